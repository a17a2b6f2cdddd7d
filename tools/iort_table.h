/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_table.h - an IORT in a file, and its fields by the specification's names
 *
 * Names are those of ARM DEN 0049E.f, in lower case. What prints a table and what
 * compares two of them go by the same list of fields.
 */
#ifndef IOMMU_RESV_IORT_TABLE_H
#define IOMMU_RESV_IORT_TABLE_H

#include "../acpi/iort.h"

/* The table of the running kernel: firmware's, or the one of an initramfs. */
#define IORT_LIVE "/sys/firmware/acpi/tables/IORT"

/**
 * struct iort_file - a table that was read
 * @name: where from
 * @data: the bytes
 * @size: their number
 * @t: the table; of no use before iort_file_open()
 */
struct iort_file {
	const char *name;
	char *data;
	size_t size;
	struct iort_table t;
};

/**
 * iort_file_read() - read the bytes of a table
 * @file: filled; to be freed with iort_file_free()
 * @name: which file; NULL for the table of this machine
 *
 * Return: 0, or -1 after a problem() that says why.
 */
int iort_file_read(struct iort_file *file, const char *name);

/**
 * iort_file_mend() - make the sum of the bytes right, in memory
 * @file: from iort_file_read()
 *
 * A wrong sum says that something is wrong, but not what; Linux takes such a
 * table from firmware, so that one wants to look at it.
 *
 * Return: true if it was wrong and nothing else hinders a reader.
 */
bool iort_file_mend(struct iort_file *file);

/**
 * iort_file_open() - make a table ready for use
 * @file: from iort_file_read()
 *
 * Return: 0, or -1 after a problem() that names its first defect.
 */
int iort_file_open(struct iort_file *file);

/**
 * iort_file_free() - free the bytes
 * @file: from iort_file_read(), or all zero
 */
void iort_file_free(struct iort_file *file);

/**
 * iort_printable() - text of a table, fit for a terminal and for JSON
 * @bytes: the text
 * @size: most bytes to take; ends at a NUL too
 *
 * Return: the text, anything that is not printable ASCII as \\xNN; to be freed.
 */
char *iort_printable(const void *bytes, size_t size);

/**
 * iort_node_title() - what a node is, in words that do not depend on its place
 * @t: the table
 * @off: offset of the node
 *
 * Return: its type with its address, segment, path or ITSs; to be freed.
 */
char *iort_node_title(const struct iort_table *t, u32 off);

enum iort_field_kind {
	IORT_FIELD_NUMBER,
	IORT_FIELD_HEX,
	IORT_FIELD_PATH,	/* text up to a NUL */
	IORT_FIELD_NODE,	/* offset of another node */
};

/**
 * struct iort_field - a field of a node, but the header's and those that only
 *		       say where something is
 * @name: what DEN 0049E.f calls it
 * @offset: where, in the node
 * @size: bytes; 0 for a path
 * @revision: the first revision of the node that has it
 * @kind: what it is
 */
struct iort_field {
	const char *name;
	u16 offset;
	u8 size;
	u8 revision;
	enum iort_field_kind kind;
};

/**
 * iort_fields() - the fields of a type of node
 * @type: the type
 * @count: where to put their number
 *
 * Return: the list; of no entries for a type that is not known.
 */
const struct iort_field *iort_fields(u8 type, u32 *count);

/**
 * iort_field_value() - read a field
 * @t: the table
 * @off: offset of the node
 * @field: which
 * @value: where to put the value; 0 for a path
 *
 * Return: false if the node does not have the field.
 */
bool iort_field_value(const struct iort_table *t, u32 off,
		      const struct iort_field *field, u64 *value);

/**
 * struct iort_array - an array of numbers or of interrupts in a node
 * @name: what it has in it
 * @offset: where, in the table
 * @count: elements
 * @size: bytes of an element: 4 for an ITS, 8 for an interrupt
 */
struct iort_array {
	const char *name;
	u32 offset;
	u32 count;
	u32 size;
};

/**
 * iort_arrays() - the arrays of a node, other than ID mappings and memory ranges
 * @t: the table
 * @off: offset of the node
 * @arrays: filled
 *
 * One that is not inside the node has no elements.
 *
 * Return: their number, at most 3.
 */
u32 iort_arrays(const struct iort_table *t, u32 off,
		struct iort_array arrays[3]);

#endif
