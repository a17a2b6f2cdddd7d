/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_regions.h - what a guest is told of a host's regions
 */
#ifndef IOMMU_RESV_GUEST_REGIONS_H
#define IOMMU_RESV_GUEST_REGIONS_H

#include "../acpi/overlay.h"
#include "report.h"

/**
 * guest_regions_add() - append all regions of a device, as a guest's RMRs
 * @d: the device
 * @region: the regions so far, to be freed; NULL for none
 * @regions: how many
 *
 * Linux has no RMR that is a mere hole: all are mapped one to one, and its DMA
 * keeps clear of them. For what is no memory of the guest's (doorbells, the
 * software MSI window, windows that swallow writes) the mapping is that of
 * device memory, and remapping is permitted: without that Linux lets no user
 * space have the device (drivers/iommu/iommu.c, require_direct; not in 6.1).
 *
 * Return: 0; or -1 after a problem(): a type that is not known, or a region that
 * is longer than %IORT_RMR_LENGTH_MAX.
 */
int guest_regions_add(const struct report_device *d,
		      struct iort_guest_region **region, size_t *regions);

#endif
