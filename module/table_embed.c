// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_embed.c - the quirk table that this module was built with
 *
 * The bytes come from `iommu-resv quirks compile --c-array`.
 */
#include "iommu_resv.h"

const u8 resv_embedded_table[] __aligned(8) = {
#include "quirks-table.inc"
};

const size_t resv_embedded_table_size = sizeof(resv_embedded_table);
