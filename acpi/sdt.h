/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sdt.h - what the readers of ACPI tables have in common
 *
 * Models the header that every system description table starts with (ACPI 6.5,
 * section 5.2.6), the report that a reader gives of a bad table, and the one
 * test that decides whether bytes may be read. Used by iort.c and madt.c, in
 * the module and on the host.
 *
 * Firmware bytes are hostile. Wire structs are therefore made of bytes only:
 * they have no alignment, hold no padding, and a field can be read in no other
 * way than through get_le16/32/64().
 */
#ifndef IOMMU_RESV_SDT_H
#define IOMMU_RESV_SDT_H

#include "../module/env.h"

/**
 * struct acpi_fault - the first defect that a reader met
 * @offset: where, in bytes from the start of the table
 * @what: what is wrong there, a constant string without a full stop
 *
 * Written only by a call that fails.
 */
struct acpi_fault {
	u32 offset;
	const char *what;
};

/**
 * struct sdt_header - the header of every ACPI table, as on the wire
 * @signature: Signature
 * @length: Length, of the whole table with this header
 * @revision: Revision
 * @checksum: Checksum, makes the sum of all bytes of the table zero
 * @oem_id: OEMID
 * @oem_table_id: OEM Table ID
 * @oem_revision: OEM Revision
 * @creator_id: Creator ID
 * @creator_revision: Creator Revision
 */
struct sdt_header {
	u8 signature[4];
	u8 length[4];
	u8 revision;
	u8 checksum;
	u8 oem_id[6];
	u8 oem_table_id[8];
	u8 oem_revision[4];
	u8 creator_id[4];
	u8 creator_revision[4];
};
_Static_assert(sizeof(struct sdt_header) == 36, "ACPI 6.5 section 5.2.6");

/**
 * sdt_fault() - note a defect
 * @f: where to note it
 * @ret: the error to return
 * @offset: offset of the defect in the table
 * @what: what is wrong there
 *
 * Return: @ret, so that a check is one statement.
 */
static inline int sdt_fault(struct acpi_fault *f, int ret, u32 offset,
			    const char *what)
{
	f->offset = offset;
	f->what = what;
	return ret;
}

/**
 * sdt_fits() - the one bounds test
 * @start: offset of the first byte wanted
 * @length: number of bytes wanted; 64 bits wide so that count times size
 *	    cannot wrap
 * @end: offset behind the last byte there is
 *
 * Callers ask twice about a thing that states its own length: first for its
 * fixed part, then for the length which that part states.
 *
 * Return: true if all wanted bytes exist.
 */
static inline bool sdt_fits(u32 start, u64 length, u32 end)
{
	return start <= end && length <= end - start;
}

/**
 * sdt_check() - check what is true of every table
 * @buf: the table
 * @size: number of bytes that may be read at @buf
 * @signature: the four characters that the table must start with
 * @fixed: size of the table's fixed part, header included
 * @max: length above which a table is not read
 * @length: where to put the length that the table states, on success
 * @f: where to note the defect on failure
 *
 * Bytes between the stated length and @size belong to nobody and are not read.
 *
 * Return: 0, -EINVAL for a bad table, -E2BIG for one longer than @max.
 */
static inline int sdt_check(const u8 *buf, size_t size, const char *signature,
			    u32 fixed, u32 max, u32 *length,
			    struct acpi_fault *f)
{
	const struct sdt_header *h = (const struct sdt_header *)buf;
	const u32 at_length = offsetof(struct sdt_header, length);
	u32 i, len;
	u8 sum = 0;

	if (size < sizeof(*h))
		return sdt_fault(f, -EINVAL, 0,
				 "fewer bytes than a table header");
	if (memcmp(h->signature, signature, sizeof(h->signature)))
		return sdt_fault(f, -EINVAL, 0, "wrong signature");

	len = get_le32(h->length);
	if (len < fixed)
		return sdt_fault(f, -EINVAL, at_length,
				 "table length is less than its fixed part");
	if (len > size)
		return sdt_fault(f, -EINVAL, at_length,
				 "table length is more than there is");
	if (len > max)
		return sdt_fault(f, -E2BIG, at_length,
				 "table is longer than the reader's limit");

	for (i = 0; i < len; i++)
		sum += buf[i];
	if (sum)
		return sdt_fault(f, -EINVAL,
				 offsetof(struct sdt_header, checksum),
				 "wrong checksum");

	*length = len;
	return 0;
}

#endif
