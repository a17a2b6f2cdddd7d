/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_made.h - an I/O Remapping Table that was made: written, and told of
 */
#ifndef IOMMU_RESV_IORT_MADE_H
#define IOMMU_RESV_IORT_MADE_H

#include "../acpi/iort.h"

#include <stdio.h>

/**
 * iort_made_write() - write a table, all or nothing
 * @name: the file's name
 * @table: the table
 * @length: its bytes
 *
 * Return: 0, or -1 after a problem().
 */
int iort_made_write(const char *name, const u8 *table, u32 length);

/**
 * iort_made_say() - say what RMR nodes say, one line each
 * @to: where to
 * @table: a good table
 * @length: its bytes
 * @first: index of the first node that is looked at
 */
void iort_made_say(FILE *to, const u8 *table, u32 length, u32 first);

#endif
