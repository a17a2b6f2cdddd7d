// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware.c - what the firmware calls a device
 *
 * A table for another kernel, firmware or a guest has to name a device as the
 * firmware does: by segment and requester ID, by its object in ACPI's namespace,
 * or by its node in the device tree.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "facts.h"
#include "report.h"

/**
 * resv_firmware_path() - the ACPI object that an IORT knows a device by
 * @dev: a device that is not a PCI function, referenced
 *
 * As Linux has it where it looks for the device's named component
 * (iort_match_node_callback() in drivers/acpi/arm64/iort.c): the object of the
 * next device upwards that has one, written with all its underscores.
 *
 * Context: may sleep; takes ACPI's namespace mutex, so not below group->mutex.
 * Return: the path, to be freed with kfree(); %NULL where there is none, or an
 * ERR_PTR().
 */
char *resv_firmware_path(struct device *dev)
{
#ifdef CONFIG_ACPI
	struct acpi_buffer buf = { ACPI_ALLOCATE_BUFFER, NULL };
	struct acpi_device *adev = NULL;
	acpi_status status;
	char *path;

	if (acpi_disabled)
		return NULL;
	for (; dev && !adev; dev = dev->parent)
		adev = ACPI_COMPANION(dev);
	if (!adev)
		return NULL;
	status = acpi_get_name(adev->handle, ACPI_FULL_PATHNAME, &buf);
	if (status == AE_NO_MEMORY)
		return ERR_PTR(-ENOMEM);
	if (ACPI_FAILURE(status))
		return NULL;
	path = kstrdup(buf.pointer, GFP_KERNEL);
	ACPI_FREE(buf.pointer);
	return path ?: ERR_PTR(-ENOMEM);
#else
	return NULL;
#endif
}

/* A node's full path, as the value of a member. */
static int put_node(struct resv_text *t, const char *name,
		    struct device_node *np)
{
	char *path = kasprintf(GFP_KERNEL, "%pOF", np);

	if (!path)
		return -ENOMEM;
	put_member(t, name, path);
	kfree(path);
	return 0;
}

static int put_own_node(struct resv_text *t, struct device_node *np)
{
	int ret = put_node(t, "node", np);

	if (ret)
		return ret;
	if (np->phandle)
		put(t, ",\"phandle\":\"0x%x\"", np->phandle);
	else
		put(t, ",\"phandle\":null");
	return 0;
}

/*
 * The device numbers of the bridges on the way from the root bus, and the
 * device's own. A function on a bus that no bridge leads to (that of virtual
 * functions) has no such way.
 */
static void put_way(struct resv_text *t, const struct pci_dev *pdev)
{
	const struct pci_bus *bus;
	const struct pci_dev *at;
	unsigned int depth = 0, i;
	bool first = true;

	for (bus = pdev->bus; !pci_is_root_bus((struct pci_bus *)bus);
	     bus = bus->parent) {
		if (!bus->self) {
			put(t, "null");
			return;
		}
		depth++;
	}
	put(t, "[");
	for (;;) {
		at = pdev;
		for (i = 0; i < depth; i++)
			at = at->bus->self;
		put_comma(t, &first);
		put(t, "%u", at->devfn);
		if (!depth--)
			break;
	}
	put(t, "]");
}

static int put_pci(struct resv_text *t, struct pci_dev *pdev)
{
	struct resv_subject subject = { .dev = &pdev->dev };
	struct device_node *host = fact_host_node(&subject);
	int ret = 0;

	put(t, "\"segment\":%d,\"rid\":\"0x%x\"", pci_domain_nr(pdev->bus),
	    pci_dev_id(pdev));
	if (pdev->dev.of_node) {
		put(t, ",");
		ret = put_own_node(t, pdev->dev.of_node);
	}
	if (!ret && host) {
		put(t, ",");
		ret = put_node(t, "host_node", host);
		put(t, ",\"path_from_host\":");
		put_way(t, pdev);
	}
	return ret;
}

static int put_other(struct resv_text *t, struct device *dev)
{
	char *path;

	if (dev->of_node)
		return put_own_node(t, dev->of_node);
	path = resv_firmware_path(dev);
	if (IS_ERR(path))
		return PTR_ERR(path);
	if (path)
		put_member(t, "path", path);
	kfree(path);
	return 0;
}

/**
 * put_json_firmware() - add what the firmware calls a device, and its stream IDs
 * @t: the text, inside an object
 * @sd: the device
 *
 * Context: may sleep; not below group->mutex.
 * Return: 0 or -ENOMEM.
 */
int put_json_firmware(struct resv_text *t, const struct resv_snap_device *sd)
{
	bool first = true;
	int ret;
	u32 i;

	put(t, "\"firmware\":{");
	if (dev_is_pci(sd->dev))
		ret = put_pci(t, to_pci_dev(sd->dev));
	else
		ret = put_other(t, sd->dev);
	if (ret)
		return ret;
	put(t, "},\"stream_ids\":");
	if (!sd->stream) {
		put(t, "null");
		return 0;
	}
	put(t, "[");
	for (i = 0; i < sd->streams; i++) {
		put_comma(t, &first);
		put(t, "\"0x%x\"", sd->stream[i]);
	}
	put(t, "]");
	return 0;
}
