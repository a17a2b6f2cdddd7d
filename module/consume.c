// SPDX-License-Identifier: GPL-2.0-only
/*
 * consume.c - what VFIO type1 and iommufd do with a device; see consume.h
 *
 * Read in Linux 6.1, 6.12 and 7.3. Both ask in turn: may the device be taken at
 * all, does the list of regions make sense, are interrupts isolated; and when an
 * MSI is set up, whether there is a place to map the doorbell.
 */
#include "consume.h"

static struct resv_consumed resv_consumed(enum resv_consume_word word,
					  const char *why)
{
	struct resv_consumed c = { .word = word, .why = why };

	return c;
}

/*
 * Before anything about MSIs. Coherency: whoever registers a device with VFIO
 * (drivers/vfio/vfio_main.c), and iommufd_device_bind().
 * 1:1 memory: both claim the group's DMA (iommu_group_claim_dma_owner(),
 * iommu_device_claim_dma_owner()), which attaches it to a blocking domain, and
 * __iommu_device_set_domain() refuses that with -EINVAL.
 */
static bool resv_consume_refused(const struct resv_consume_kernel *k,
				 const struct resv_consume_device *d,
				 struct resv_consumed *c)
{
	if (d->coherent == RESV_NO) {
		*c = resv_consumed(RESV_CONSUME_REFUSED,
				   "The IOMMU does not keep the device's DMA coherent with CPU caches, and VFIO takes no such device (-EINVAL): nothing can be done on this board.");
		return true;
	}
	if (d->direct == RESV_YES && k->refuses_direct) {
		*c = resv_consumed(RESV_CONSUME_REFUSED,
				   "Firmware wants memory mapped 1:1 for the device, and the kernel lets nobody have it without (-EINVAL): a change of firmware, or a rule that relaxes the region before the device is probed, is needed.");
		return true;
	}
	return false;
}

/* Whether MSIs arrive in a domain of a consumer, whatever else holds. */
static struct resv_consumed
resv_consume_arrive(const struct resv_consume_device *d, bool window,
		    bool refuses, const char *none)
{
	switch (d->path) {
	case RESV_MSI_PATH_NONE:
		return resv_consumed(RESV_CONSUME_WORKS,
				     "The device has no MSIs that could go astray.");
	case RESV_MSI_PATH_RAW:
		if (d->swallowed == RESV_YES)
			return resv_consumed(RESV_CONSUME_WORKS,
					     "MSIs are taken before the IOMMU translates them, so nothing has to be mapped. A guest must have nothing at the doorbell's address.");
		return resv_consumed(RESV_CONSUME_UNKNOWN,
				     "The device writes its MSIs to the doorbell's own address, and it is not known whether the IOMMU lets such writes pass: if not, interrupts are lost.");
	case RESV_MSI_PATH_TRANSLATED:
		if (window)
			return resv_consumed(RESV_CONSUME_WORKS,
					     "The kernel maps the doorbell in the software MSI window.");
		if (refuses)
			return resv_consumed(RESV_CONSUME_REFUSED, none);
		if (d->bypass == RESV_YES)
			return resv_consumed(RESV_CONSUME_WORKS,
					     "The hardware does not translate writes to the doorbell, so nothing has to be mapped.");
		if (d->bypass == RESV_UNKNOWN)
			return resv_consumed(RESV_CONSUME_UNKNOWN,
					     "There is no software MSI window, and it is not known whether the doorbell lies in a region of type msi, which the hardware would not translate: if not, interrupts are lost.");
		return resv_consumed(RESV_CONSUME_LOST, none);
	case RESV_MSI_PATH_UNKNOWN:
		break;
	}
	return resv_consumed(RESV_CONSUME_UNKNOWN,
			     "How the device's MSIs travel is not known, so neither whether they would arrive.");
}

/* What holds of a device that would be taken, where interrupts decide. */
static struct resv_consumed resv_consume_gate(const struct resv_consume_kernel *k,
					      const struct resv_consume_device *d,
					      struct resv_consumed arrive,
					      const char *unsafe)
{
	if (arrive.word == RESV_CONSUME_REFUSED ||
	    arrive.word == RESV_CONSUME_LOST)
		return arrive;
	if (d->direct == RESV_UNKNOWN ||
	    (d->direct == RESV_YES && !k->refuses_direct))
		return resv_consumed(RESV_CONSUME_UNKNOWN,
				     "Memory has to be mapped 1:1 for the device, and this kernel leaves it to the IOMMU driver whether the device can be given away and what then becomes of that mapping.");
	if (arrive.word == RESV_CONSUME_UNKNOWN)
		return arrive;
	if (d->isolated == RESV_NO)
		return resv_consumed(RESV_CONSUME_UNSAFE, unsafe);
	if (d->isolated == RESV_UNKNOWN)
		return resv_consumed(RESV_CONSUME_UNKNOWN,
				     "Whether interrupts are isolated is not known: if not, the device is refused with -EPERM until allow_unsafe_interrupts is set.");
	if (d->coherent == RESV_UNKNOWN)
		return resv_consumed(RESV_CONSUME_UNKNOWN,
				     "Whether the IOMMU keeps DMA coherent is not known, and VFIO takes no device where it does not.");
	return arrive;
}

/**
 * resv_consume_type1() - what VFIO type1 does with a device
 * @k: the kernel
 * @d: the device
 *
 * vfio_iommu_type1_attach_group() reads the group's list. It gives the domain a
 * place for doorbells (iommu_get_msi_cookie()) where that has a region of type
 * sw-msi and none of type msi (vfio_iommu_has_sw_msi()), and returns -EPERM
 * without isolated interrupts (iommu_group_has_isolated_msi(), in 6.1
 * irq_domain_check_msi_remap()) unless allow_unsafe_interrupts is set.
 *
 * For a group that comes first in its container; another one is put into the
 * same domain, with the same window.
 *
 * Context: any.
 * Return: the verdict, with a text that lives for ever.
 */
struct resv_consumed resv_consume_type1(const struct resv_consume_kernel *k,
					const struct resv_consume_device *d)
{
	static const char lost[] =
		"Its group's list has no software MSI window, or one beside a region of type msi: VFIO type1 maps no doorbell then, and this kernel has the device write to an address that the IOMMU does not map. The window has to stay, without a region of type msi beside it.";
	static const char refused[] =
		"Its group's list has no software MSI window, or one beside a region of type msi: VFIO type1 maps no doorbell then, and this kernel refuses to set up its MSIs (-EOPNOTSUPP). The window has to stay, without a region of type msi beside it; or use iommufd where there is no window at all.";
	struct resv_consumed c;
	bool window;

	if (!k->type1)
		return resv_consumed(RESV_CONSUME_NOT_AVAILABLE,
				     "This kernel was built without VFIO type1 (CONFIG_VFIO_IOMMU_TYPE1).");
	if (resv_consume_refused(k, d, &c))
		return c;
	window = d->group.sw_msi && !d->group.msi;
	c = resv_consume_arrive(d, window, k->refuses_no_cookie,
				k->refuses_no_cookie ? refused : lost);
	return resv_consume_gate(k, d, c,
				 "The interrupt controller does not check who raises an interrupt, so a guest could raise those of others: VFIO type1 refuses the group (-EPERM) unless the parameter allow_unsafe_interrupts of vfio_iommu_type1 is set. With the parameter it works.");
}

/**
 * resv_consume_iommufd() - what iommufd does with a device
 * @k: the kernel
 * @d: the device
 *
 * iommufd_device_bind() returns -EPERM without isolated interrupts unless its
 * own allow_unsafe_interrupts is set. iopt_table_enforce_dev_resv_regions()
 * reads the device's list and refuses some (-EINVAL, with a WARN).
 * iommufd_group_setup_msi() makes a place for doorbells where the list has a
 * window. Where it has none an MSI is set up with the doorbell's own address,
 * up to 6.14 for want of a cookie and since then by iommufd_sw_msi().
 *
 * Context: any.
 * Return: the verdict, with a text that lives for ever.
 */
struct resv_consumed resv_consume_iommufd(const struct resv_consume_kernel *k,
					  const struct resv_consume_device *d)
{
	struct resv_consumed c;

	if (!k->iommufd)
		return resv_consumed(RESV_CONSUME_NOT_AVAILABLE,
				     "This kernel was built without iommufd (CONFIG_IOMMUFD, Linux 6.2 and later).");
	if (resv_consume_refused(k, d, &c))
		return c;
	if (d->own.sw_msi && d->own.msi)
		return resv_consumed(RESV_CONSUME_REFUSED,
				     "The device's list has a region of type msi beside the software MSI window: iommufd refuses that (-EINVAL) and the kernel warns. One of the two has to go.");
	if (d->own.sw_msi > 1)
		return resv_consumed(RESV_CONSUME_REFUSED,
				     "The device's list has more than one software MSI window: iommufd refuses that (-EINVAL) and the kernel warns. There must be one.");
	c = resv_consume_arrive(d, d->own.sw_msi, false,
				"The device's list has no software MSI window: iommufd maps no doorbell then, and the device writes to an address that the IOMMU does not map. The window has to stay.");
	return resv_consume_gate(k, d, c,
				 "The interrupt controller does not check who raises an interrupt, so a guest could raise those of others: iommufd refuses the device (-EPERM) unless the parameter allow_unsafe_interrupts of iommufd is set. With the parameter it works.");
}

/**
 * resv_consume_word() - the word for a verdict
 * @word: the verdict
 *
 * Return: the word.
 */
const char *resv_consume_word(enum resv_consume_word word)
{
	switch (word) {
	case RESV_CONSUME_WORKS:
		return "works";
	case RESV_CONSUME_UNSAFE:
		return "needs-unsafe-interrupts";
	case RESV_CONSUME_REFUSED:
		return "refused";
	case RESV_CONSUME_LOST:
		return "interrupts-lost";
	case RESV_CONSUME_UNKNOWN:
		break;
	case RESV_CONSUME_NOT_AVAILABLE:
		return "not-available";
	}
	return "unknown";
}
