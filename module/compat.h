/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - everything that depends on the kernel's version
 *
 * What can be probed is probed: probe.sh compiles a few lines against the
 * kernel at hand and Kbuild passes the answers as HAVE_* definitions; the rest
 * follows from the kernel's own configuration symbols. Only two facts are
 * taken from the version number: the range that we support, and behaviours of
 * other drivers, which no build can probe.
 *
 * dkms.conf states the same range; a test compares them:
 * kernel-min: 6.1
 * kernel-max: 7.3
 */
#ifndef IOMMU_RESV_COMPAT_H
#define IOMMU_RESV_COMPAT_H

#include <linux/device.h>
#include <linux/ftrace.h>
#include <linux/iommu.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "iommu-resv needs Linux 6.1 or newer: before it, iommu_ops is reached through the bus and not through the device"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 4, 0)
#error "iommu-resv is tested up to Linux 7.3 only: a newer release of iommu-resv is needed for this kernel"
#endif

/*
 * Before a redirected function may vanish, every task that was preempted
 * between the tracer's decision and our first instruction has to be waited
 * for. Only Tasks RCU can do that where tasks are preempted at all.
 */
#if defined(CONFIG_PREEMPTION) && !defined(CONFIG_TASKS_RCU)
#error "a preemptible kernel without CONFIG_TASKS_RCU cannot unload iommu-resv safely"
#endif

/*
 * Behaviour of the DesignWare PCIe host driver: since 68ac85fb42cf ("PCI: dwc:
 * Use cfg0_base as iMSI-RX target address to support 32-bit MSI devices", 7.0)
 * the MSI target is the base of the "config" range when that is a 32-bit
 * address; before, it came from dmam_alloc_coherent().
 */
#define RESV_DWC_DOORBELL_IS_CONFIG	(LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0))

/* Pointer to a bus, const or not as the kernel has it (6.12 has it const). */
typedef typeof(((struct device *)NULL)->bus) resv_bus_t;

/*
 * Ftrace's way to change where a traced function goes. With
 * DYNAMIC_FTRACE_WITH_REGS (x86; arm64 up to 6.1) the whole register set has to
 * be asked for; with DYNAMIC_FTRACE_WITH_ARGS alone (arm64 from 6.2) the
 * arguments and the program counter come by themselves.
 */
#if defined(CONFIG_FUNCTION_TRACER) && defined(CONFIG_DYNAMIC_FTRACE) && \
	(defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS) || \
	 defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
#define RESV_HAVE_FTRACE 1

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#define RESV_FTRACE_FLAGS	FTRACE_OPS_FL_SAVE_REGS

static __always_inline unsigned long resv_ftrace_arg0(struct ftrace_regs *fregs)
{
	return regs_get_kernel_argument(ftrace_get_regs(fregs), 0);
}

static __always_inline void resv_ftrace_goto(struct ftrace_regs *fregs,
					     unsigned long ip)
{
	instruction_pointer_set(ftrace_get_regs(fregs), ip);
}
#else
#define RESV_FTRACE_FLAGS	0

static __always_inline unsigned long resv_ftrace_arg0(struct ftrace_regs *fregs)
{
	return ftrace_regs_get_argument(fregs, 0);
}

static __always_inline void resv_ftrace_goto(struct ftrace_regs *fregs,
					     unsigned long ip)
{
	ftrace_regs_set_instruction_pointer(fregs, ip);
}
#endif /* CONFIG_DYNAMIC_FTRACE_WITH_REGS */
#else
#define RESV_HAVE_FTRACE 0
#endif /* tracer */

/*
 * The domain that a device translates through, called with group->mutex held.
 * Newer kernels have a function of its own for that, and the old one asserts
 * there that the mutex is not held (seen in 7.3).
 */
static inline struct iommu_domain *resv_domain_locked(struct device *dev)
{
#ifdef HAVE_IOMMU_DRIVER_GET_DOMAIN
	return iommu_driver_get_domain_for_dev(dev);
#else
	return iommu_get_domain_for_dev(dev);
#endif
}

/*
 * A domain as VFIO would get it, to learn the aperture where the device's own
 * domain does not translate. Where that function
 * is missing (6.1), a new domain does not know its aperture before it is
 * attached, so there is nothing to ask.
 */
static inline struct iommu_domain *resv_domain_try(struct device *dev)
{
#ifdef HAVE_IOMMU_PAGING_DOMAIN_ALLOC
	return iommu_paging_domain_alloc(dev);
#else
	return ERR_PTR(-EOPNOTSUPP);
#endif
}

/*
 * Is the device's translation nested: a guest's own stage in front of ours? Only
 * kernels with iommufd have such domains (6.7 and later).
 */
static inline bool resv_domain_is_nested(const struct iommu_domain *domain)
{
#ifdef __IOMMU_DOMAIN_NESTED
	return domain->type & __IOMMU_DOMAIN_NESTED;
#else
	return false;
#endif
}

/*
 * Does a device's IOMMU driver want memory mapped 1:1, so that nobody may have
 * the device without? Newer kernels note that when they probe a device (6.6 and
 * later); before, they did not care. With group->mutex held.
 */
static inline bool resv_direct_required(const struct device *dev)
{
#ifdef HAVE_DEV_IOMMU_REQUIRE_DIRECT
	return dev->iommu->require_direct;
#else
	return false;
#endif
}

#ifdef HAVE_DEV_IOMMU_REQUIRE_DIRECT
#define RESV_KERNEL_REFUSES_DIRECT	true
#else
#define RESV_KERNEL_REFUSES_DIRECT	false
#endif

/*
 * Is a domain without a place for doorbells an error when an MSI is set up? So
 * it is where domains have a cookie_type: iommu_dma_prepare_msi() in iommu.c
 * looks at it (seen in 7.2, absent in 6.12).
 */
#ifdef HAVE_IOMMU_COOKIE_TYPE
#define RESV_KERNEL_REFUSES_NO_COOKIE	true
#else
#define RESV_KERNEL_REFUSES_NO_COOKIE	false
#endif

#ifndef HAVE_IOMMU_GROUP_HAS_ISOLATED_MSI
static inline int resv_device_remaps(struct device *dev, void *unused)
{
	return dev->iommu && device_iommu_capable(dev, IOMMU_CAP_INTR_REMAP);
}

/*
 * Can an IOMMU of a group's devices remap interrupts? VFIO type1 in 6.1 takes
 * the first one that can for all (vfio_iommu_device_capable()).
 */
static inline bool resv_group_remaps(struct iommu_group *group)
{
	return iommu_group_for_each_dev(group, NULL, resv_device_remaps);
}
#endif

/*
 * Does user space choose where the software MSI window is? That is the kernel's
 * own way, where it has one: proposed as IOMMU_OPTION_SW_MSI_START, in no kernel
 * up to 7.3.
 */
#ifdef HAVE_IOMMU_OPTION_SW_MSI_START
#define RESV_KERNEL_MOVES_WINDOW	true
#else
#define RESV_KERNEL_MOVES_WINDOW	false
#endif

/*
 * Can a PCI function write MSIs below 4 GiB only? What the PCI core read from
 * its capability.
 */
static inline bool resv_msi_is_32bit(const struct pci_dev *pdev)
{
#ifdef HAVE_PCI_MSI_ADDR_MASK
	return pdev->msi_addr_mask <= U32_MAX;
#else
	return pdev->no_64bit_msi;
#endif
}

/*
 * Does a PCIe-to-PCI bridge leave requester IDs as they are? Newer kernels know
 * of such bridges.
 */
static inline bool resv_bridge_has_no_alias(const struct pci_dev *bridge)
{
#ifdef HAVE_PCI_BRIDGE_NO_ALIAS
	return !!(bridge->dev_flags & PCI_DEV_FLAGS_PCI_BRIDGE_NO_ALIAS);
#else
	return false;
#endif
}

/*
 * Does the kernel say that a PCI function's BARs must not be mapped? Newer kernels
 * have a bit for such functions.
 */
static inline bool resv_bars_not_mappable(const struct pci_dev *pdev)
{
#ifdef HAVE_PCI_NON_MAPPABLE_BARS
	return pdev->non_mappable_bars;
#else
	return false;
#endif
}

/*
 * Does the message of an MSI hold an IOVA, at which an IOMMU driver has mapped
 * the doorbell? Newer kernels note the mapping's size, older ones the mapping
 * itself, and those whose doorbells are never mapped nothing at all.
 */
static inline bool resv_msi_is_translated(const struct msi_desc *desc)
{
#if defined(HAVE_MSI_DESC_IOMMU_SHIFT)
	return desc->iommu_msi_shift;
#elif defined(CONFIG_IRQ_MSI_IOMMU)
	return desc->iommu_cookie;
#else
	return false;
#endif
}

/*
 * The lock of a device's MSIs. Newer kernels have it as a guard only (seen in
 * 7.2).
 */
static inline void resv_msi_lock(struct device *dev)
{
#ifdef HAVE_MSI_LOCK_DESCS
	msi_lock_descs(dev);
#else
	__msi_lock_descs(dev);
#endif
}

static inline void resv_msi_unlock(struct device *dev)
{
#ifdef HAVE_MSI_LOCK_DESCS
	msi_unlock_descs(dev);
#else
	__msi_unlock_descs(dev);
#endif
}

/*
 * Keeps a device powered that is: 1 where it is active, to be followed by
 * pm_runtime_put(), 0 where it is not, or -EINVAL where runtime PM is disabled.
 */
static inline int resv_pm_get_if_active(struct device *dev)
{
#ifdef HAVE_PM_RUNTIME_GET_IF_ACTIVE_ONE
	return pm_runtime_get_if_active(dev);
#else
	return pm_runtime_get_if_active(dev, true);
#endif
}

/*
 * Does the SMMUv3 driver nest on an MMU-700 from r1p1 on? An enum
 * smmuv3_answer. Up to 6.12 arm_smmu_device_iidr_probe() has it nest on none, in
 * 7.3 on these; where in between that changed has not been looked up.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define RESV_MMU700_NESTS	SMMUV3_YES
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define RESV_MMU700_NESTS	SMMUV3_NO
#else
#define RESV_MMU700_NESTS	SMMUV3_UNKNOWN
#endif

/*
 * Where every device's fwspec caches the ops (6.1), a device bound after its
 * IOMMU's ops pointer was swapped would be refused (iommu_fwspec_init()
 * compares them). The clone way is not possible there.
 */
#ifdef HAVE_IOMMU_FWSPEC_OPS
#define RESV_CAN_CLONE	0
#else
#define RESV_CAN_CLONE	1
#endif

#endif
