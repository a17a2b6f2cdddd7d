// SPDX-License-Identifier: GPL-2.0-only
/*
 * disturb.c - a module that does to the addresses of a BAR what others may do
 *
 * For bars.test. Loaded with device=DDDD:BB:DD.F bar=N and
 *
 *	size=BYTES at=OFFSET	it holds these addresses from the start of the BAR
 *				until it is unloaded, as a driver or the firmware's
 *				console does that has them by another way than PCI
 *	nothing else		it leaves the BAR as Linux leaves one that no place
 *				was found for: its resource has a size, no parent
 *				and IORESOURCE_UNSET; what the device decodes stays
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *device = "";
module_param(device, charp, 0400);

static unsigned int bar;
module_param(bar, uint, 0400);

static unsigned long at;
module_param(at, ulong, 0400);

static unsigned long size;
module_param(size, ulong, 0400);

static resource_size_t held;

static int disturb(struct pci_dev *pdev)
{
	if (!pdev->resource[bar].parent)
		return -ENXIO;
	if (!size) {
		pci_release_resource(pdev, bar);
		return 0;
	}
	held = pci_resource_start(pdev, bar) + at;
	return request_mem_region(held, size, "disturb") ? 0 : -EBUSY;
}

static int __init disturb_init(void)
{
	unsigned int domain, bus, slot, func;
	struct pci_dev *pdev;
	int ret;

	if (sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &func) != 4 ||
	    bar > PCI_ROM_RESOURCE)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, func));
	if (!pdev)
		return -ENODEV;
	ret = disturb(pdev);
	pci_dev_put(pdev);
	return ret;
}
module_init(disturb_init);

static void __exit disturb_exit(void)
{
	if (size)
		release_mem_region(held, size);
}
module_exit(disturb_exit);

MODULE_DESCRIPTION("Takes or holds addresses of a BAR (for tests)");
MODULE_LICENSE("GPL");
