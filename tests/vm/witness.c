// SPDX-License-Identifier: GPL-2.0-only
/*
 * witness.c - a module that sees every PCI device just before its driver does
 *
 * For bridge.test. The driver core announces BUS_NOTIFY_BIND_DRIVER when it has
 * set up a device's DMA and is about to call a driver's probe function. For
 * each, debugfs file "witness" gets one more line,
 *
 *	DEVICE DRIVER 0xSTART-0xLAST 0xSTART-0xLAST ...
 *
 * with the reserved regions of the device's group as VFIO and iommu-dma would
 * get them at that moment, or "no-group". To be loaded before iommu_resv: those
 * who listened first hear first.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/driver.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define WITNESS_ROOM	(256 << 10)

static DEFINE_MUTEX(witness_lock);
static struct debugfs_blob_wrapper witness_text;
static struct dentry *witness_file;

/* A line that no longer fits is missing, which the test sees. */
static __printf(1, 2) void witness_put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	witness_text.size += vscnprintf(witness_text.data + witness_text.size,
					WITNESS_ROOM - witness_text.size,
					format, args);
	va_end(args);
}

static void witness_put_regions(struct device *dev)
{
	struct iommu_resv_region *region, *next;
	struct iommu_group *group;
	LIST_HEAD(regions);

	group = iommu_group_get(dev);
	if (!group) {
		witness_put(" no-group");
		return;
	}
	if (iommu_get_group_resv_regions(group, &regions))
		witness_put(" no-regions");
	list_for_each_entry_safe(region, next, &regions, list) {
		witness_put(" 0x%llx-0x%llx", (u64)region->start,
			    (u64)region->start + region->length - 1);
		/* The core's own copies: allocated plainly. */
		kfree(region);
	}
	iommu_group_put(group);
}

static int witness_notify(struct notifier_block *nb, unsigned long action,
			  void *data)
{
	struct device *dev = data;

	if (action == BUS_NOTIFY_BIND_DRIVER) {
		mutex_lock(&witness_lock);
		witness_put("%s %s", dev_name(dev), dev->driver->name);
		witness_put_regions(dev);
		witness_put("\n");
		mutex_unlock(&witness_lock);
	}
	return NOTIFY_DONE;
}

static struct notifier_block witness_nb = {
	.notifier_call = witness_notify,
};

static int __init witness_init(void)
{
	int ret;

	witness_text.data = vzalloc(WITNESS_ROOM);
	if (!witness_text.data)
		return -ENOMEM;
	ret = bus_register_notifier(&pci_bus_type, &witness_nb);
	if (ret) {
		vfree(witness_text.data);
		return ret;
	}
	witness_file = debugfs_create_blob("witness", 0400, NULL, &witness_text);
	return 0;
}

static void __exit witness_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &witness_nb);
	debugfs_remove(witness_file);
	vfree(witness_text.data);
}

module_init(witness_init);
module_exit(witness_exit);
MODULE_DESCRIPTION("Sees PCI devices before their drivers do, for a test");
MODULE_LICENSE("GPL");
