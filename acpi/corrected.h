/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * corrected.h - stream IDs as they are once a table is corrected
 *
 * A correction of ID mappings (overlay.h) gives devices other stream IDs. What
 * else is written into the same table about such a device has to say the new
 * ones. No allocation, no recursion, no locks.
 */
#ifndef IOMMU_RESV_CORRECTED_H
#define IOMMU_RESV_CORRECTED_H

#include "overlay.h"

int iort_corrected_streams(const struct iort_table *base,
			   const struct iort_fix *fix, u32 fixes, u32 segment,
			   u32 rid, int (*fn)(void *ctx, u32 smmu, u32 id),
			   void *ctx, struct acpi_fault *f);
bool iort_smmu_base(const struct iort_table *t, u32 off, u64 *base);

#endif
