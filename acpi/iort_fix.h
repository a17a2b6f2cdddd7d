/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_fix.h - corrections inside the nodes of an I/O Remapping Table
 *
 * Used by overlay.c; what a correction is, overlay.h says.
 */
#ifndef IOMMU_RESV_IORT_FIX_H
#define IOMMU_RESV_IORT_FIX_H

#include "iort_write.h"

int iort_fix_all(struct iort_writer *w, const struct iort_fix *fix, u32 count,
		 struct iort_overlay_result *r, struct acpi_fault *f);

#endif
