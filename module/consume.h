/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * consume.h - what VFIO type1 and iommufd do with a device, as far as MSIs go
 *
 * From the kinds of regions in the lists that they read, from how the device's
 * MSIs travel, and from what this kernel does. Nothing is asked here. Compiled
 * into the module (report_msi.c) and into the host's tests.
 *
 * Not looked at: what else can keep a device from a guest (other devices of its
 * group, mappings that a guest has already, a page that a window has not).
 */
#ifndef IOMMU_RESV_CONSUME_H
#define IOMMU_RESV_CONSUME_H

#include "env.h"

/**
 * enum resv_msi_path - how a device's MSIs travel
 * @RESV_MSI_PATH_NONE: it has none
 * @RESV_MSI_PATH_TRANSLATED: like all its DMA: where the IOMMU translates, the
 *	kernel maps the doorbell and gives the device an IOVA
 * @RESV_MSI_PATH_RAW: the device writes to the doorbell's own address, whatever
 *	the IOMMU maps there
 * @RESV_MSI_PATH_UNKNOWN: cannot be told
 */
enum resv_msi_path {
	RESV_MSI_PATH_NONE,
	RESV_MSI_PATH_TRANSLATED,
	RESV_MSI_PATH_RAW,
	RESV_MSI_PATH_UNKNOWN,
};

/**
 * enum resv_tri - an answer that may be missing
 * @RESV_NO: no
 * @RESV_YES: yes
 * @RESV_UNKNOWN: cannot be told
 */
enum resv_tri {
	RESV_NO,
	RESV_YES,
	RESV_UNKNOWN,
};

/**
 * struct resv_consume_kernel - what a kernel has and does
 * @type1: it has VFIO type1 (CONFIG_VFIO_IOMMU_TYPE1)
 * @iommufd: it has iommufd (CONFIG_IOMMUFD, 6.2 and later)
 * @refuses_no_cookie: a domain that has no place for doorbells is an error when
 *	an MSI is set up, since 6.15 (iommu_dma_prepare_msi() in iommu.c); before,
 *	the device is given the doorbell's own address (the same function in
 *	dma-iommu.c), which the IOMMU does not map
 * @refuses_direct: a device whose IOMMU driver wants memory mapped 1:1 cannot be
 *	given away, since 6.6 (__iommu_device_set_domain() in iommu.c)
 */
struct resv_consume_kernel {
	bool type1;
	bool iommufd;
	bool refuses_no_cookie;
	bool refuses_direct;
};

/**
 * struct resv_consume_list - how many regions of two kinds a list has
 * @msi: of type msi
 * @sw_msi: of type sw-msi
 */
struct resv_consume_list {
	u32 msi;
	u32 sw_msi;
};

/**
 * struct resv_consume_device - what the two need to know of a device
 * @group: the list of its group, which type1 reads
 * @own: its own list, which iommufd reads
 * @path: how its MSIs travel
 * @swallowed: with RESV_MSI_PATH_RAW: something in front of the IOMMU takes
 *	the writes, or the IOMMU itself does
 * @bypass: with RESV_MSI_PATH_TRANSLATED: a region of type msi holds the
 *	doorbell, which says that the hardware does not translate writes to it
 * @isolated: the kernel's own verdict over its group: no device of it can raise
 *	interrupts that are not its own
 * @coherent: its IOMMU keeps DMA coherent with CPU caches
 * @direct: its IOMMU driver wants memory mapped 1:1 for it; RESV_UNKNOWN where
 *	its list has such memory and the kernel does not say
 */
struct resv_consume_device {
	struct resv_consume_list group;
	struct resv_consume_list own;
	enum resv_msi_path path;
	enum resv_tri swallowed;
	enum resv_tri bypass;
	enum resv_tri isolated;
	enum resv_tri coherent;
	enum resv_tri direct;
};

/**
 * enum resv_consume_word - what a consumer does
 * @RESV_CONSUME_WORKS: it takes the device, and its MSIs arrive
 * @RESV_CONSUME_UNSAFE: the same, once allow_unsafe_interrupts is set
 * @RESV_CONSUME_REFUSED: it does not take the device, or sets up no MSI
 * @RESV_CONSUME_LOST: it takes the device, and MSIs do not arrive
 * @RESV_CONSUME_UNKNOWN: cannot be told
 * @RESV_CONSUME_NOT_AVAILABLE: this kernel does not have it
 */
enum resv_consume_word {
	RESV_CONSUME_WORKS,
	RESV_CONSUME_UNSAFE,
	RESV_CONSUME_REFUSED,
	RESV_CONSUME_LOST,
	RESV_CONSUME_UNKNOWN,
	RESV_CONSUME_NOT_AVAILABLE,
};

/**
 * struct resv_consumed - what a consumer does, and why
 * @word: what
 * @why: what happens, and what to do; a whole sentence, or several
 */
struct resv_consumed {
	enum resv_consume_word word;
	const char *why;
};

struct resv_consumed resv_consume_type1(const struct resv_consume_kernel *k,
					const struct resv_consume_device *d);
struct resv_consumed resv_consume_iommufd(const struct resv_consume_kernel *k,
					  const struct resv_consume_device *d);
const char *resv_consume_word(enum resv_consume_word word);

#endif
