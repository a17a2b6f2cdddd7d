/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h - parts of a quirk table, printed
 */
#ifndef IOMMU_RESV_PRINT_H
#define IOMMU_RESV_PRINT_H

#include "out.h"
#include "../quirks/table.h"

/**
 * print_entry_head() - print what an entry is: members of the open object
 * @o: the printer
 * @t: a checked table
 * @entry: index of the entry
 */
void print_entry_head(struct out *o, const struct quirk_table *t, u32 entry);

/**
 * print_entry() - print all of an entry, as an object of the open array
 * @o: the printer
 * @t: a checked table
 * @entry: index of the entry
 */
void print_entry(struct out *o, const struct quirk_table *t, u32 entry);

/**
 * print_identity() - print a key, or a further condition of a key: members of
 *	the open object
 * @o: the printer
 * @kind: enum quirk_key
 * @value: its value
 * @rev_min: of an ACPI table: lowest revision
 * @rev_max: of an ACPI table: highest revision
 */
void print_identity(struct out *o, u32 kind, const char *value, u64 rev_min,
		    u64 rev_max);

/**
 * print_key() - print a key as print_identity() does
 * @o: the printer
 * @t: a checked table
 * @key: index of the key
 */
void print_key(struct out *o, const struct quirk_table *t, u32 key);

/**
 * source_line() - an identity as it is written in a match node
 * @kind: enum quirk_key
 * @value: its value
 * @revision: of an ACPI table
 *
 * Return: the properties, to be freed by the caller.
 */
char *source_line(u32 kind, const char *value, u32 revision);

#endif
