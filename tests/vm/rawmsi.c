// SPDX-License-Identifier: GPL-2.0-only
/*
 * rawmsi.c - a stand-in for a root complex that takes MSIs itself
 *
 * For doorbells.test. On hosts such as those with the MSI receiver of the
 * DesignWare core (iMSI-RX) a device's MSI is a write to a raw address, which
 * the root complex swallows before any IOMMU sees it. QEMU has no such host in
 * front of an SMMU: its DesignWare model (designware.c) belongs to boards
 * without one, and its `virt` machine sends every write through the SMMU to an
 * ITS or a v2m frame. So this module gives chosen PCI devices an MSI domain as
 * the kernel's driver of that core does (pcie-designware-host.c: no
 * iommu_dma_prepare_msi(), not isolated, the same names), with a word in the
 * middle of a page of RAM as the doorbell.
 *
 * Two things are not as in hardware. The write does go through the SMMU, so the
 * page has to be mapped 1:1 in the domain that the device is attached to, when
 * it is attached: that is on request. And nothing interrupts: a thread looks at
 * the page.
 *
 * Files in debugfs, rawmsi/:
 *	take		write a device's address: it has the raw domain from then
 *			on; must not be bound to a driver
 *	map, unmap	write a device's address: the doorbell is (is not any more)
 *			mapped in the domain that the device is attached to
 *	doorbell	its address
 *	count		how many MSIs came
 *
 * It cannot be unloaded.
 */
#define pr_fmt(fmt) "rawmsi: " fmt

#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#ifdef HAVE_MSI_CREATE_PARENT_IRQ_DOMAIN
#include <linux/irqchip/irq-msi-lib.h>
#endif

/* As many as one controller of the DesignWare core has. */
#define RAWMSI_VECTORS	32

static DEFINE_MUTEX(rawmsi_lock);	/* the bitmap */
static DECLARE_BITMAP(rawmsi_used, RAWMSI_VECTORS);
static struct irq_domain *rawmsi_parent;
/* What devices are given: the parent itself where the kernel makes a domain of its own for each device. */
static struct irq_domain *rawmsi_domain;
static u32 *rawmsi_word;
static phys_addr_t rawmsi_doorbell;
static atomic_t rawmsi_count;

/* The data is never 0, which stands for "nothing was written". */
static void rawmsi_compose(struct irq_data *d, struct msi_msg *msg)
{
	msg->address_lo = lower_32_bits(rawmsi_doorbell);
	msg->address_hi = upper_32_bits(rawmsi_doorbell);
	msg->data = d->hwirq + 1;
}

static void rawmsi_nothing(struct irq_data *d)
{
}

static struct irq_chip rawmsi_bottom_chip = {
	.name = "DWPCI-MSI",
	.irq_ack = rawmsi_nothing,
	.irq_compose_msi_msg = rawmsi_compose,
	.irq_mask = rawmsi_nothing,
	.irq_unmask = rawmsi_nothing,
};

static int rawmsi_alloc(struct irq_domain *domain, unsigned int virq,
			unsigned int count, void *args)
{
	unsigned int i;
	int bit;

	mutex_lock(&rawmsi_lock);
	bit = bitmap_find_free_region(rawmsi_used, RAWMSI_VECTORS,
				      order_base_2(count));
	mutex_unlock(&rawmsi_lock);
	if (bit < 0)
		return -ENOSPC;
	for (i = 0; i < count; i++)
		irq_domain_set_info(domain, virq + i, bit + i,
				    &rawmsi_bottom_chip, NULL, handle_edge_irq,
				    NULL, NULL);
	return 0;
}

static void rawmsi_free(struct irq_domain *domain, unsigned int virq,
			unsigned int count)
{
	struct irq_data *d = irq_domain_get_irq_data(domain, virq);

	mutex_lock(&rawmsi_lock);
	bitmap_release_region(rawmsi_used, d->hwirq, order_base_2(count));
	mutex_unlock(&rawmsi_lock);
}

static const struct irq_domain_ops rawmsi_ops = {
	.alloc = rawmsi_alloc,
	.free = rawmsi_free,
};

#ifdef HAVE_MSI_CREATE_PARENT_IRQ_DOMAIN
static const struct msi_parent_ops rawmsi_parent_ops = {
	.required_flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
			  MSI_FLAG_NO_AFFINITY,
	.supported_flags = MSI_FLAG_PCI_MSIX | MSI_GENERIC_FLAGS_MASK,
	.chip_flags = MSI_CHIP_FLAG_SET_ACK,
	.bus_select_token = DOMAIN_BUS_PCI_MSI,
	.prefix = "DW-",
	.init_dev_msi_info = msi_lib_init_dev_msi_info,
};

static int rawmsi_make_domain(struct fwnode_handle *fwnode)
{
	struct irq_domain_info info = {
		.fwnode = fwnode,
		.ops = &rawmsi_ops,
		.size = RAWMSI_VECTORS,
	};

	rawmsi_parent = msi_create_parent_irq_domain(&info, &rawmsi_parent_ops);
	rawmsi_domain = rawmsi_parent;
	return rawmsi_domain ? 0 : -ENOMEM;
}
#else
static void rawmsi_mask(struct irq_data *d)
{
	pci_msi_mask_irq(d);
	irq_chip_mask_parent(d);
}

static void rawmsi_unmask(struct irq_data *d)
{
	pci_msi_unmask_irq(d);
	irq_chip_unmask_parent(d);
}

static struct irq_chip rawmsi_top_chip = {
	.name = "PCI-MSI",
	.irq_ack = irq_chip_ack_parent,
	.irq_mask = rawmsi_mask,
	.irq_unmask = rawmsi_unmask,
};

static struct msi_domain_info rawmsi_top_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
		 MSI_FLAG_NO_AFFINITY | MSI_FLAG_PCI_MSIX,
	.chip = &rawmsi_top_chip,
};

static int rawmsi_make_domain(struct fwnode_handle *fwnode)
{
	rawmsi_parent = irq_domain_create_linear(fwnode, RAWMSI_VECTORS,
						 &rawmsi_ops, NULL);
	if (!rawmsi_parent)
		return -ENOMEM;
	irq_domain_update_bus_token(rawmsi_parent, DOMAIN_BUS_NEXUS);
	rawmsi_domain = pci_msi_create_irq_domain(fwnode, &rawmsi_top_info,
						  rawmsi_parent);
	if (!rawmsi_domain) {
		irq_domain_remove(rawmsi_parent);
		return -ENOMEM;
	}
	return 0;
}
#endif

/* In hard interrupt context, as a controller's handler is. */
static void rawmsi_arrived(struct irq_work *work)
{
	u32 data = le32_to_cpu((__force __le32)xchg(rawmsi_word, 0));

	if (!data)
		return;
	atomic_inc(&rawmsi_count);
	if (generic_handle_domain_irq(rawmsi_parent, data - 1))
		pr_err("0x%x was written, which is nobody's\n", data);
}

static DEFINE_IRQ_WORK(rawmsi_work, rawmsi_arrived);

static int rawmsi_look(void *unused)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(*rawmsi_word))
			irq_work_queue(&rawmsi_work);
		usleep_range(500, 1000);
	}
	return 0;
}

static int rawmsi_take(struct device *dev)
{
	int ret = 0;

	device_lock(dev);
	if (dev->driver)
		ret = -EBUSY;
	else
		dev_set_msi_domain(dev, rawmsi_domain);
	device_unlock(dev);
	return ret;
}

static int rawmsi_map(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	if (!domain)
		return -ENODEV;
	return iommu_map(domain, rawmsi_doorbell & PAGE_MASK,
			 rawmsi_doorbell & PAGE_MASK, PAGE_SIZE,
			 IOMMU_WRITE | IOMMU_NOEXEC, GFP_KERNEL);
}

static int rawmsi_unmap(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	if (!domain)
		return -ENODEV;
	return iommu_unmap(domain, rawmsi_doorbell & PAGE_MASK, PAGE_SIZE) ==
	       PAGE_SIZE ? 0 : -ENOENT;
}

static ssize_t rawmsi_write(struct file *file, const char __user *buf,
			    size_t count, loff_t *pos)
{
	int (*what)(struct device *dev) = file->private_data;
	struct device *dev;
	char name[32];
	int ret;

	if (count >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, count))
		return -EFAULT;
	name[count] = 0;
	dev = bus_find_device_by_name(&pci_bus_type, NULL, strim(name));
	if (!dev)
		return -ENODEV;
	ret = what(dev);
	put_device(dev);
	return ret ?: count;
}

static const struct file_operations rawmsi_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = rawmsi_write,
};

/*
 * The host bridge's node, as the kernel's driver has it; with ACPI, where that
 * driver does not exist, a name.
 */
static struct fwnode_handle *rawmsi_fwnode(void)
{
	struct pci_bus *bus = pci_find_next_bus(NULL);
	struct device *host = NULL;

	if (bus)
		host = pci_find_host_bridge(bus)->dev.parent;
	if (host && is_of_node(dev_fwnode(host)))
		return dev_fwnode(host);
	return irq_domain_alloc_named_fwnode("rawmsi");
}

static int __init rawmsi_init(void)
{
	struct fwnode_handle *fwnode;
	struct task_struct *task;
	struct dentry *dir;
	struct page *page;
	int ret = -ENOMEM;

	/* Below 4 GiB, where this machine has all its RAM. */
	page = alloc_page(GFP_KERNEL | __GFP_ZERO | GFP_DMA32);
	if (!page)
		return -ENOMEM;
	rawmsi_word = page_address(page) + PAGE_SIZE / 2;
	rawmsi_doorbell = page_to_phys(page) + PAGE_SIZE / 2;
	fwnode = rawmsi_fwnode();
	if (fwnode)
		ret = rawmsi_make_domain(fwnode);
	if (ret)
		goto err_page;
	task = kthread_run(rawmsi_look, NULL, "rawmsi");
	if (IS_ERR(task)) {
		ret = PTR_ERR(task);
		goto err_domain;
	}

	dir = debugfs_create_dir("rawmsi", NULL);
	debugfs_create_file("take", 0200, dir, rawmsi_take, &rawmsi_fops);
	debugfs_create_file("map", 0200, dir, rawmsi_map, &rawmsi_fops);
	debugfs_create_file("unmap", 0200, dir, rawmsi_unmap, &rawmsi_fops);
	debugfs_create_x64("doorbell", 0400, dir, &rawmsi_doorbell);
	debugfs_create_atomic_t("count", 0400, dir, &rawmsi_count);
	pr_info("doorbell at %pa\n", &rawmsi_doorbell);
	return 0;

err_domain:
	if (rawmsi_domain != rawmsi_parent)
		irq_domain_remove(rawmsi_domain);
	irq_domain_remove(rawmsi_parent);
err_page:
	__free_page(page);
	return ret;
}

module_init(rawmsi_init);

MODULE_DESCRIPTION("PCI MSIs that no IOMMU translates, for a test");
MODULE_LICENSE("GPL");
