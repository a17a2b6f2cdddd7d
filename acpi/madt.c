// SPDX-License-Identifier: GPL-2.0-only
/*
 * madt.c - reader of the Multiple APIC Description Table, for MSI doorbells
 *
 * ACPI 6.5, sections 5.2.12, 5.2.12.16 and 5.2.12.18. Structures of other types are
 * stepped over.
 */
#include "madt.h"

/* Check the structure at @off, below @end. */
static int madt_check_entry(const u8 *buf, u32 off, u32 end,
			    struct acpi_fault *f)
{
	const struct madt_entry *e = (const void *)(buf + off);
	const u32 at = off + (u32)offsetof(struct madt_entry, length);

	if (!sdt_fits(off, sizeof(*e), end))
		return sdt_fault(f, -EINVAL, off,
				 "structure header leaves the table");
	if (e->length < sizeof(*e))
		return sdt_fault(f, -EINVAL, at,
				 "structure length is less than its header");
	if (!sdt_fits(off, e->length, end))
		return sdt_fault(f, -EINVAL, at, "structure leaves the table");
	if (e->type == MADT_GIC_ITS && e->length < sizeof(struct madt_its))
		return sdt_fault(f, -EINVAL, at,
				 "GIC ITS structure is too short");
	return 0;
}

/* As madt_check(); also gives the length that the table states. */
static int madt_check_all(const u8 *buf, size_t size, u32 *length,
			  struct acpi_fault *f)
{
	u32 off;
	int ret;

	ret = sdt_check(buf, size, "APIC", sizeof(struct madt_header),
			MADT_LENGTH_MAX, length, f);
	if (ret)
		return ret;

	for (off = sizeof(struct madt_header); off < *length;) {
		ret = madt_check_entry(buf, off, *length, f);
		if (ret)
			return ret;
		off += ((const struct madt_entry *)(buf + off))->length;
	}
	return 0;
}

/**
 * madt_check() - check a whole table
 * @madt: the table
 * @size: number of bytes that may be read at @madt
 * @f: where to note the defect on failure
 *
 * Return: 0, -EINVAL for a bad table, -E2BIG for one longer than
 * %MADT_LENGTH_MAX.
 */
int madt_check(const void *madt, size_t size, struct acpi_fault *f)
{
	u32 length;

	return madt_check_all(madt, size, &length, f);
}

/* The address in the GIC ITS structure at @off, if a doorbell can be there. */
static int madt_its_address(const u8 *buf, u32 off, u64 *base,
			    struct acpi_fault *f)
{
	const struct madt_its *its = (const void *)(buf + off);
	const u32 at = off + (u32)offsetof(struct madt_its, base);
	u64 addr = get_le64(its->base);

	if (addr % ITS_DOORBELL_SIZE)
		return sdt_fault(f, -EINVAL, at,
				 "address of the ITS is not aligned to 64 KiB");
	if (addr > U64_MAX - ITS_DOORBELL_OFFSET - (ITS_DOORBELL_SIZE - 1))
		return sdt_fault(f, -EINVAL, at,
				 "doorbell of the ITS passes 64 bits");
	*base = addr;
	return 0;
}

/**
 * madt_its_base() - find an ITS
 * @madt: the table; need not have been checked
 * @size: number of bytes that may be read at @madt
 * @its_id: the identifier that an IORT uses
 * @base: where to put the ITS's physical address; untouched on failure
 * @f: where to note the defect on failure
 *
 * The doorbell page is at @base + %ITS_DOORBELL_OFFSET; that it ends below
 * 2^64 is checked here.
 *
 * Return: 0, -ENOENT if the table has no such ITS, -EEXIST if it has more than
 * one, -EINVAL or -E2BIG if it or the address is bad.
 */
int madt_its_base(const void *madt, size_t size, u32 its_id, u64 *base,
		  struct acpi_fault *f)
{
	const u8 *buf = madt;
	u32 length, off, found = 0;
	int ret;

	ret = madt_check_all(buf, size, &length, f);
	if (ret)
		return ret;

	for (off = sizeof(struct madt_header); off < length;) {
		const struct madt_its *its = (const void *)(buf + off);

		if (its->entry.type == MADT_GIC_ITS &&
		    get_le32(its->its_id) == its_id) {
			if (found)
				return sdt_fault(f, -EEXIST,
						 off + offsetof(struct madt_its, its_id),
						 "two GIC ITS structures have this identifier");
			found = off;
		}
		off += its->entry.length;
	}

	if (!found)
		return sdt_fault(f, -ENOENT, sizeof(struct madt_header),
				 "no GIC ITS structure has this identifier");
	return madt_its_address(buf, found, base, f);
}

/**
 * madt_for_each_its() - report every ITS of the machine
 * @madt: the table; need not have been checked
 * @size: number of bytes that may be read at @madt
 * @fn: called with the identifier and the physical address of each; what it
 *	returns, if not 0, ends the walk
 * @ctx: passed to @fn
 * @f: where to note the defect on failure
 *
 * The doorbell page is at the address + %ITS_DOORBELL_OFFSET; that it ends
 * below 2^64 is checked here. All structures are looked at before @fn is called
 * for the first, so that no caller can hold a part of an answer. Two ITSs of one
 * identifier are both reported: nobody asked for one of them.
 *
 * Return: 0 when all were reported, which may be none; -EINVAL or -E2BIG if the
 * table or an address is bad. Otherwise what @fn returned, without a note in @f.
 */
int madt_for_each_its(const void *madt, size_t size,
		      int (*fn)(void *ctx, u32 its_id, u64 base), void *ctx,
		      struct acpi_fault *f)
{
	const u8 *buf = madt;
	u32 length, off;
	int rehearsal, ret;
	u64 base;

	ret = madt_check_all(buf, size, &length, f);
	if (ret)
		return ret;

	for (rehearsal = 1; rehearsal >= 0; rehearsal--) {
		for (off = sizeof(struct madt_header); off < length;) {
			const struct madt_its *its = (const void *)(buf + off);

			off += its->entry.length;
			if (its->entry.type != MADT_GIC_ITS)
				continue;
			ret = madt_its_address(buf, off - its->entry.length,
					       &base, f);
			if (!ret && !rehearsal)
				ret = fn(ctx, get_le32(its->its_id), base);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * madt_for_each_msi_frame() - report every GICv2m frame of the machine
 * @madt: the table; need not have been checked
 * @size: number of bytes that may be read at @madt
 * @fn: called with the physical address of each; what it returns, if not 0,
 *	ends the walk
 * @ctx: passed to @fn
 * @f: where to note the defect on failure
 *
 * As madt_for_each_its(): the whole table is looked at before @fn is called for
 * the first frame, and each frame of 4 KiB ends below 2^64.
 *
 * Return: as madt_for_each_its().
 */
int madt_for_each_msi_frame(const void *madt, size_t size,
			    int (*fn)(void *ctx, u64 base), void *ctx,
			    struct acpi_fault *f)
{
	const u8 *buf = madt;
	u32 length, off;
	int rehearsal, ret;

	ret = madt_check_all(buf, size, &length, f);
	if (ret)
		return ret;

	for (rehearsal = 1; rehearsal >= 0; rehearsal--) {
		for (off = sizeof(struct madt_header); off < length;) {
			const struct madt_msi_frame *frame =
				(const void *)(buf + off);
			const u32 at = off;
			u64 base;

			off += frame->entry.length;
			if (frame->entry.type != MADT_GIC_MSI_FRAME)
				continue;
			/* No defect to those who look for ITSs. */
			if (frame->entry.length < sizeof(*frame))
				return sdt_fault(f, -EINVAL, at + 1,
						 "GIC MSI frame structure is too short");
			base = get_le64(frame->base);
			if (base > U64_MAX - (V2M_FRAME_SIZE - 1))
				return sdt_fault(f, -EINVAL, at + 8,
						 "MSI frame passes 64 bits");
			ret = rehearsal ? 0 : fn(ctx, base);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/**
 * madt_has_gicv5() - does the table speak of a GICv5, or of what came later?
 * @madt: the table; need not have been checked
 * @size: number of bytes that may be read at @madt
 * @f: where to note the defect on failure
 *
 * Return: 1 or 0; -EINVAL or -E2BIG if the table is bad.
 */
int madt_has_gicv5(const void *madt, size_t size, struct acpi_fault *f)
{
	const u8 *buf = madt;
	u32 length, off;
	int ret;

	ret = madt_check_all(buf, size, &length, f);
	if (ret)
		return ret;
	for (off = sizeof(struct madt_header); off < length;) {
		const struct madt_entry *e = (const void *)(buf + off);

		/* 0x80 and above are the maker's own. */
		if (e->type >= MADT_GICV5_FIRST && e->type < 0x80)
			return 1;
		off += e->length;
	}
	return 0;
}
