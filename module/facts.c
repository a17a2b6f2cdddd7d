// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - what the live machine says about a device
 *
 * The resolver's questions (resolve.h), answered from the PCI core, the device
 * tree and ACPI tables. Nothing is read from a device's registers. Called by
 * the wrapper with group->mutex held: sleeps at most for memory.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/pci.h>

#include "../acpi/iort.h"
#include "../acpi/madt.h"
#include "iommu_resv.h"

/* The tables that rules with the source "its" need; checked once, at load. */
static struct acpi_table_header *resv_iort_raw;
static struct acpi_table_header *resv_madt_raw;
static struct iort_table resv_iort;
static bool resv_iort_ok;

/**
 * resv_facts_init() - take and check the firmware tables that rules refer to
 *
 * A table that is missing or bad is said once in the log and leads to
 * unresolved rules later; it is no reason not to load.
 */
void resv_facts_init(void)
{
#ifdef CONFIG_ACPI
	struct acpi_fault fault = {};

	if (acpi_disabled)
		return;
	if (ACPI_SUCCESS(acpi_get_table(ACPI_SIG_IORT, 0, &resv_iort_raw))) {
		if (iort_open(&resv_iort, resv_iort_raw,
			      resv_iort_raw->length, &fault))
			pr_warn(FW_BUG "IORT, offset %u: %s; rules that need it stay unresolved\n",
				fault.offset, fault.what);
		else
			resv_iort_ok = true;
	}
	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_MADT, 0, &resv_madt_raw)))
		resv_madt_raw = NULL;
#endif
}

/**
 * resv_facts_exit() - give the firmware tables back
 */
void resv_facts_exit(void)
{
#ifdef CONFIG_ACPI
	if (resv_iort_raw)
		acpi_put_table(resv_iort_raw);
	if (resv_madt_raw)
		acpi_put_table(resv_madt_raw);
	resv_iort_raw = NULL;
	resv_madt_raw = NULL;
	resv_iort_ok = false;
#endif
}

static bool fact_is_acpi(void *dev)
{
#ifdef CONFIG_ACPI
	return !acpi_disabled;
#else
	return false;
#endif
}

static bool fact_kernel_has(void *dev, const char *name)
{
	if (!strcmp(name, "dwc-doorbell-is-config"))
		return RESV_DWC_DOORBELL_IS_CONFIG;
	if (!strcmp(name, "dwc-doorbell-is-allocated"))
		return !RESV_DWC_DOORBELL_IS_CONFIG;
	return false;
}

static struct pci_host_bridge *fact_host(struct device *dev)
{
	return dev_is_pci(dev) ? pci_find_host_bridge(to_pci_dev(dev)->bus) :
				 NULL;
}

/* The node is the host controller's and lives as long as the bridge does. */
static struct device_node *fact_host_node(struct device *dev)
{
	struct pci_host_bridge *bridge = fact_host(dev);

	if (!bridge)
		return NULL;
	if (bridge->dev.parent && bridge->dev.parent->of_node)
		return bridge->dev.parent->of_node;
	return bridge->dev.of_node;
}

static int fact_segment(void *dev)
{
	return dev_is_pci((struct device *)dev) ?
	       pci_domain_nr(to_pci_dev((struct device *)dev)->bus) : -ENODEV;
}

static bool fact_host_compatible(void *dev, const char *compatible)
{
	struct device_node *np = fact_host_node(dev);

	return np && of_device_is_compatible(np, compatible);
}

static bool fact_path_is(struct device_node *np, const char *path)
{
	struct device_node *want;

	if (!np)
		return false;
	want = of_find_node_by_path(path);
	of_node_put(want);
	/* Compared only, never followed. */
	return want == np;
}

static bool fact_host_path_is(void *dev, const char *path)
{
	return fact_path_is(fact_host_node(dev), path);
}

static bool fact_device_path_is(void *dev, const char *path)
{
	return fact_path_is(((struct device *)dev)->of_node, path);
}

static bool fact_host_has_property(void *dev, const char *name)
{
	struct device_node *np = fact_host_node(dev);

	return np && of_find_property(np, name, NULL);
}

static int fact_host_reg(void *dev, const char *name, u32 index,
			 struct resv_range *range)
{
	struct device_node *np = fact_host_node(dev);
	struct resource res;
	int i;

	if (!np)
		return -ENODEV;
	i = *name ? of_property_match_string(np, "reg-names", name) : (int)index;
	if (i < 0 || of_address_to_resource(np, i, &res))
		return -ENOENT;
	range->start = res.start;
	range->last = res.end;
	return 0;
}

static int fact_windows(struct list_head *windows,
			int (*fn)(void *ctx, u64 start, u64 last), void *ctx)
{
	struct resource_entry *entry;
	int ret;

	resource_list_for_each_entry(entry, windows) {
		if (resource_type(entry->res) != IORESOURCE_MEM ||
		    !resource_size(entry->res))
			continue;
		ret = fn(ctx, entry->res->start - entry->offset,
			 entry->res->end - entry->offset);
		if (ret)
			return ret;
	}
	return 0;
}

static int fact_host_windows(void *dev,
			     int (*fn)(void *ctx, u64 start, u64 last),
			     void *ctx)
{
	struct pci_host_bridge *bridge = fact_host(dev);

	return bridge ? fact_windows(&bridge->windows, fn, ctx) : -ENODEV;
}

static int fact_inbound(void *dev, int (*fn)(void *ctx, u64 start, u64 last),
			void *ctx)
{
	struct pci_host_bridge *bridge = fact_host(dev);

	if (!bridge)
		return -ENODEV;
	/* Linux fills in dma_ranges from the device tree only, not from _DMA. */
	if (fact_is_acpi(dev))
		return -EOPNOTSUPP;
	return fact_windows(&bridge->dma_ranges, fn, ctx);
}

/*
 * Requester IDs under which a device's MSIs may be seen: its own, the aliases
 * that PCI quirks gave it, and that of a PCIe-to-PCI bridge above it
 * (PCI Express to PCI/PCI-X Bridge Specification 1.0, section 2.3).
 */
static int fact_for_each_rid(struct pci_dev *pdev,
			     int (*fn)(void *ctx, u32 rid), void *ctx)
{
	struct pci_bus *bus = pdev->bus;
	unsigned int devfn;
	int ret;

	ret = fn(ctx, PCI_DEVID(bus->number, pdev->devfn));
	if (ret)
		return ret;
	if (pdev->dma_alias_mask) {
		/* One bit for each devfn. */
		for_each_set_bit(devfn, pdev->dma_alias_mask, U8_MAX + 1) {
			ret = fn(ctx, PCI_DEVID(bus->number, devfn));
			if (ret)
				return ret;
		}
	}
	for (; bus && bus->self; bus = bus->parent) {
		if (!pci_is_pcie(bus->self) ||
		    pci_pcie_type(bus->self) != PCI_EXP_TYPE_PCI_BRIDGE)
			continue;
		ret = fn(ctx, PCI_DEVID(bus->number, 0));
		if (ret)
			return ret;
	}
	return 0;
}

struct fact_its {
	int (*fn)(void *ctx, u64 start, u64 last);
	void *ctx;
	struct device_node *host;
	int segment;
	unsigned int found;
};

/* An MSI controller node that is an ITS: its first reg range is the ITS. */
static int fact_its_node(struct fact_its *its, struct device_node *np)
{
	struct resource res;

	if (!of_device_is_compatible(np, "arm,gic-v3-its"))
		return 0;
	if (of_address_to_resource(np, 0, &res))
		return -EINVAL;
	its->found++;
	return its->fn(its->ctx, res.start, res.end);
}

/*
 * msi-map: (rid-base, msi-controller phandle, msi-base, length), rid masked
 * with msi-map-mask first (Devicetree binding pci-msi).
 */
static int fact_its_msi_map(void *ctx, u32 rid)
{
	struct fact_its *its = ctx;
	struct device_node *np;
	u32 mask = U32_MAX;
	u32 base, phandle, length;
	int cells, i, ret;

	cells = of_property_count_u32_elems(its->host, "msi-map");
	if (cells <= 0 || cells % 4)
		return -EINVAL;
	of_property_read_u32(its->host, "msi-map-mask", &mask);
	rid &= mask;

	for (i = 0; i < cells; i += 4) {
		if (of_property_read_u32_index(its->host, "msi-map", i, &base) ||
		    of_property_read_u32_index(its->host, "msi-map", i + 1,
					       &phandle) ||
		    of_property_read_u32_index(its->host, "msi-map", i + 3,
					       &length))
			return -EINVAL;
		if (rid < base || rid - base >= length)
			continue;
		np = of_find_node_by_phandle(phandle);
		if (!np)
			return -EINVAL;
		ret = fact_its_node(its, np);
		of_node_put(np);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * A list of MSI controllers, each with as many cells as it says. One that says
 * nothing (a GICv2m frame) has none and is the only one there can be.
 */
static int fact_its_msi_parent(struct fact_its *its, struct device_node *np)
{
	struct of_phandle_args args;
	struct device_node *only;
	int i, ret;

	for (i = 0;; i++) {
		ret = of_parse_phandle_with_args(np, "msi-parent", "#msi-cells",
						 i, &args);
		if (ret == -ENOENT)
			return 0;
		if (ret)
			break;
		ret = fact_its_node(its, args.np);
		of_node_put(args.np);
		if (ret)
			return ret;
	}
	only = i ? NULL : of_parse_phandle(np, "msi-parent", 0);
	if (!only)
		return -EINVAL;
	ret = fact_its_node(its, only);
	of_node_put(only);
	return ret;
}

static int fact_its_dt(struct device *dev, struct fact_its *its)
{
	if (!dev_is_pci(dev))
		return dev->of_node ? fact_its_msi_parent(its, dev->of_node) : 0;

	its->host = fact_host_node(dev);
	if (!its->host)
		return -ENODEV;
	if (of_find_property(its->host, "msi-map", NULL))
		return fact_for_each_rid(to_pci_dev(dev), fact_its_msi_map, its);
	return fact_its_msi_parent(its, its->host);
}

#ifdef CONFIG_ACPI
static int fact_its_id(void *ctx, u32 id)
{
	struct fact_its *its = ctx;
	struct acpi_fault fault = {};
	u64 base;
	int ret;

	if (!resv_madt_raw)
		return -ENOENT;
	ret = madt_its_base(resv_madt_raw, resv_madt_raw->length, id, &base,
			    &fault);
	if (ret) {
		pr_warn_once(FW_BUG "MADT, offset %u: %s (ITS %u)\n",
			     fault.offset, fault.what, id);
		return ret;
	}
	its->found++;
	return its->fn(its->ctx, base, base);
}

static int fact_its_iort(void *ctx, u32 rid)
{
	struct fact_its *its = ctx;
	struct acpi_fault fault = {};
	int ret;

	ret = iort_for_each_its(&resv_iort, its->segment, rid, fact_its_id,
				its, &fault);
	/* One id of several may well map to nothing. */
	if (ret == -ENODEV)
		return 0;
	if (ret)
		pr_warn_once(FW_BUG "IORT, offset %u: %s (segment %d, requester 0x%x)\n",
			     fault.offset, fault.what, its->segment, rid);
	return ret;
}
#endif

static int fact_its_bases(void *vdev, int (*fn)(void *ctx, u64 start, u64 last),
			  void *ctx)
{
	struct device *dev = vdev;
	struct fact_its its = { .fn = fn, .ctx = ctx };
	int ret;

	if (!fact_is_acpi(dev)) {
		ret = fact_its_dt(dev, &its);
	} else {
#ifdef CONFIG_ACPI
		/* Named components are not looked up: no rule needs them. */
		if (!dev_is_pci(dev))
			return -ENODEV;
		if (!resv_iort_ok)
			return -EINVAL;
		its.segment = fact_segment(dev);
		ret = fact_for_each_rid(to_pci_dev(dev), fact_its_iort, &its);
#else
		ret = -ENODEV;
#endif
	}
	if (ret)
		return ret;
	return its.found ? 0 : -ENODEV;
}

const struct resv_facts resv_machine = {
	.is_acpi = fact_is_acpi,
	.kernel_has = fact_kernel_has,
	.segment = fact_segment,
	.host_compatible = fact_host_compatible,
	.host_path_is = fact_host_path_is,
	.host_has_property = fact_host_has_property,
	.device_path_is = fact_device_path_is,
	.host_reg = fact_host_reg,
	.host_windows = fact_host_windows,
	.inbound = fact_inbound,
	.its_bases = fact_its_bases,
};
