/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_made.h - an I/O Remapping Table that was made, told of
 */
#ifndef IOMMU_RESV_IORT_MADE_H
#define IOMMU_RESV_IORT_MADE_H

#include "../acpi/iort.h"

#include <stdio.h>

/**
 * iort_made_say() - say what RMR nodes say, one line each
 * @to: where to
 * @table: a good table
 * @length: its bytes
 * @first: index of the first node that is looked at
 */
void iort_made_say(FILE *to, const u8 *table, u32 length, u32 first);

#endif
