/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - the compiled quirk table: format and reader
 *
 * One position-independent, little-endian, checksummed image, made by
 * `iommu-resv quirks compile` from the sources beside this file and read in
 * place by the module and by the tools. Everything is an array of fixed-size
 * records, found by an offset in the header, plus one pool of NUL-terminated
 * strings that records point into by offset. All fields are naturally aligned
 * from the start of the image; readers still use unaligned loads.
 *
 *	header | entries | keys | conditions | rules | string pool
 *
 * The sections lie in this order without gaps (each padded with zeros to 8
 * bytes) and end at total_size.
 *
 * Rule for versions: a reader takes exactly the versions it knows. An image of
 * another version, with an unknown kind of key, condition, source, type or
 * confidence, with a bit set in a field that must be zero, is refused whole.
 * A table is complete or it is an error.
 */
#ifndef IOMMU_RESV_QUIRK_TABLE_H
#define IOMMU_RESV_QUIRK_TABLE_H

#include "../module/env.h"

#define QUIRK_MAGIC		"IORESVQT"	/* 8 bytes, no NUL */
#define QUIRK_VERSION		1
/* Larger than any table that makes sense; keeps every u32 sum from wrapping. */
#define QUIRK_MAX_SIZE		(64u << 20)
/* Longest string without its NUL: fits a log line beside its context. */
#define QUIRK_STRING_MAX	512
/*
 * Most rules of one entry. sysfs prints a group's regions into one page, which
 * is 74 lines on 4 KiB; the driver's own regions need some of them.
 */
#define QUIRK_RULES_MAX		48

/* Header, 80 bytes. Offsets from its start; u32 unless said otherwise. */
#define QUIRK_HDR_MAGIC		0	/* 8 bytes */
#define QUIRK_HDR_VERSION	8
#define QUIRK_HDR_SIZE		12	/* of the header, 80 */
#define QUIRK_HDR_TOTAL		16	/* of the image in bytes */
#define QUIRK_HDR_CRC		20	/* CRC-32 (IEEE) of the image with this field 0 */
#define QUIRK_HDR_SERIAL	24	/* u64: date of the table, 0xYYYYMMDDnn style decimal */
#define QUIRK_HDR_SECTIONS	32	/* 5 pairs of u32: offset, count (bytes for strings) */
#define QUIRK_HDR_ZERO		72	/* 8 bytes, zero */
#define QUIRK_HDR_LEN		80

enum quirk_section {
	QUIRK_SEC_ENTRIES,
	QUIRK_SEC_KEYS,
	QUIRK_SEC_CONDS,
	QUIRK_SEC_RULES,
	QUIRK_SEC_STRINGS,
	QUIRK_SECTIONS
};

/* Entry: one board or SoC. 32 bytes. Sorted by name. */
#define QUIRK_ENT_NAME		0	/* string, kebab-case, unique, never reused */
#define QUIRK_ENT_TITLE		4	/* string: what a person calls the board */
#define QUIRK_ENT_REFERENCE	8	/* string: where the identity comes from */
#define QUIRK_ENT_RULE_FIRST	12	/* index of the first rule */
#define QUIRK_ENT_RULE_COUNT	16	/* rules of one entry are neighbours, in source order */
#define QUIRK_ENT_FLAGS		20	/* QUIRK_ENT_F_* */
#define QUIRK_ENT_ZERO		24	/* 8 bytes, zero */
#define QUIRK_ENT_LEN		32

#define QUIRK_ENT_F_DEMO	(1u << 0)	/* no real board: demonstration only */
#define QUIRK_ENT_F_KNOWN_GOOD	(1u << 1)	/* recorded because nothing is needed: no rules */
#define QUIRK_ENT_F_ALL		(QUIRK_ENT_F_DEMO | QUIRK_ENT_F_KNOWN_GOOD)

/*
 * Key: one way to recognise an entry. 32 bytes. Sorted by (kind, value bytes,
 * entry); an entry has one or more, any of them may match (or), each may carry
 * further conditions that have to hold as well (and).
 */
#define QUIRK_KEY_KIND		0	/* enum quirk_key */
#define QUIRK_KEY_VALUE		4	/* string */
#define QUIRK_KEY_ENTRY		8	/* index of the entry */
#define QUIRK_KEY_COND_FIRST	12	/* index of the first further condition */
#define QUIRK_KEY_COND_COUNT	16
#define QUIRK_KEY_REV_MIN	20	/* QUIRK_KEY_ACPI: OEM revision, inclusive; else 0 */
#define QUIRK_KEY_REV_MAX	24	/* QUIRK_KEY_ACPI: OEM revision, inclusive; else 0 */
#define QUIRK_KEY_ZERO		28
#define QUIRK_KEY_LEN		32

/**
 * enum quirk_key - kinds of identity keys
 * @QUIRK_KEY_DT_ROOT: a compatible string of the device tree's root node
 * @QUIRK_KEY_DT_NODE: a compatible string of any enabled node
 * @QUIRK_KEY_ACPI: signature (4), OEM id (6) and OEM table id (8) of an ACPI
 *	table as one string of 18 characters, padding as spaces (see
 *	quirk_acpi_key()), with a range of OEM revisions
 * @QUIRK_KEY_DMI: "field=value", field being one of the names of
 *	quirk_dmi_fields[], value exact
 */
enum quirk_key {
	QUIRK_KEY_DT_ROOT = 1,
	QUIRK_KEY_DT_NODE = 2,
	QUIRK_KEY_ACPI = 3,
	QUIRK_KEY_DMI = 4,
	/* private: */
	QUIRK_KEYS_END
};

/*
 * Condition: of a key (identity) or of a rule (scope). 32 bytes. First those of
 * all keys in the order of the keys, then those of all rules: each is owned by
 * exactly one record, and the ranges in the records follow each other.
 */
#define QUIRK_COND_KIND		0	/* enum quirk_cond */
#define QUIRK_COND_VALUE	4	/* string, or 0 (the empty string) */
#define QUIRK_COND_LO		8	/* u64, inclusive */
#define QUIRK_COND_HI		16	/* u64, inclusive */
#define QUIRK_COND_ZERO		24	/* 8 bytes, zero */
#define QUIRK_COND_LEN		32

/**
 * enum quirk_cond - kinds of conditions
 *
 * Conditions of one rule of the same kind are alternatives (or); different
 * kinds all have to hold (and). QUIRK_COND_HOST_LACKS is the exception: every
 * one of them has to hold.
 *
 * @QUIRK_COND_DT_ROOT: identity: as the key of that name
 * @QUIRK_COND_DT_NODE: identity: as the key of that name
 * @QUIRK_COND_ACPI: identity: as the key of that name; lo..hi is the revision
 * @QUIRK_COND_DMI: identity: as the key of that name
 * @QUIRK_COND_BOOT: scope: lo is 0 for a device tree boot, 1 for ACPI
 * @QUIRK_COND_SEGMENT: scope: PCI segment (domain) number lo..hi
 * @QUIRK_COND_HOST_COMPATIBLE: scope: the PCI host bridge's DT node has this
 *	compatible string
 * @QUIRK_COND_HOST_PATH: scope: full DT path of the PCI host bridge's node
 * @QUIRK_COND_HOST_LACKS: scope: the PCI host bridge's DT node does not have
 *	this property
 * @QUIRK_COND_KERNEL: scope: a behaviour of the running kernel, by name; one
 *	of quirk_kernel_names[]
 * @QUIRK_COND_DEVICE_PATH: scope: full DT path of the device itself (platform
 *	devices)
 */
enum quirk_cond {
	QUIRK_COND_DT_ROOT = 1,
	QUIRK_COND_DT_NODE = 2,
	QUIRK_COND_ACPI = 3,
	QUIRK_COND_DMI = 4,
	QUIRK_COND_BOOT = 16,
	QUIRK_COND_SEGMENT = 17,
	QUIRK_COND_HOST_COMPATIBLE = 18,
	QUIRK_COND_HOST_PATH = 19,
	QUIRK_COND_HOST_LACKS = 20,
	QUIRK_COND_KERNEL = 21,
	QUIRK_COND_DEVICE_PATH = 22,
	/* private: */
	QUIRK_CONDS_END
};

#define QUIRK_COND_IS_IDENTITY(kind)	((kind) >= QUIRK_COND_DT_ROOT && (kind) <= QUIRK_COND_DMI)
#define QUIRK_COND_IS_SCOPE(kind)	((kind) >= QUIRK_COND_BOOT && (kind) < QUIRK_CONDS_END)

/* Rule: one statement about addresses. 64 bytes. */
#define QUIRK_RULE_NAME		0	/* string, unique within its entry */
#define QUIRK_RULE_REFERENCE	4	/* string: who says so */
#define QUIRK_RULE_REASON	8	/* string: what happens to a DMA there */
#define QUIRK_RULE_TYPE		12	/* u8, enum quirk_type */
#define QUIRK_RULE_SOURCE	13	/* u8, enum quirk_source */
#define QUIRK_RULE_CONFIDENCE	14	/* u8, enum quirk_confidence */
#define QUIRK_RULE_ADVISE	15	/* u8: 1 = advised whatever the confidence, else 0 */
#define QUIRK_RULE_COND_FIRST	16
#define QUIRK_RULE_COND_COUNT	20
#define QUIRK_RULE_ARG_STRING	24	/* string: see enum quirk_source */
#define QUIRK_RULE_ARG_INDEX	28	/* u32: see enum quirk_source */
#define QUIRK_RULE_ARG_A	32	/* u64: see enum quirk_source */
#define QUIRK_RULE_ARG_B	40	/* u64: see enum quirk_source */
#define QUIRK_RULE_ENTRY	48	/* index of the entry it belongs to */
#define QUIRK_RULE_ZERO		52	/* 12 bytes, zero */
#define QUIRK_RULE_LEN		64

/**
 * enum quirk_type - what a rule's range is, in the kernel's sysfs words
 * @QUIRK_TYPE_RESERVED: "reserved": must not be used for DMA
 */
enum quirk_type {
	QUIRK_TYPE_RESERVED = 1,
	/* private: */
	QUIRK_TYPES_END
};

/**
 * enum quirk_source - where a rule's addresses come from
 * @QUIRK_SOURCE_RANGE: literal: arg A is the first, arg B the last byte
 * @QUIRK_SOURCE_HOST_REG: a `reg` range of the PCI host bridge's DT node: named
 *	by arg string (reg-names), or where that is empty the arg index-th; arg
 *	A is an offset into it, arg B the length taken from there (0: to its
 *	end). The range's CPU address is the bus address of the doorbell.
 * @QUIRK_SOURCE_HOST_WINDOWS: the PCI host bridge's memory windows, as bus
 *	addresses
 * @QUIRK_SOURCE_INBOUND_LIMIT: everything outside the PCI host bridge's inbound
 *	windows (DT dma-ranges, ACPI _DMA), up to arg A, which is the last
 *	address that the IOMMU could map. Nothing where the host names none.
 * @QUIRK_SOURCE_ITS: the doorbell page (base + 64 KiB, 64 KiB long: GICv3
 *	GITS_TRANSLATER frame, ARM IHI 0069) of every ITS that the device's
 *	MSIs can reach: DT msi-map/msi-parent, or IORT ITS groups with MADT
 * @QUIRK_SOURCE_RUN_TIME: the address is chosen by the running kernel or by
 *	firmware, and nothing that can be read without disturbing the device
 *	says which: always an unresolved hazard, never a range
 */
enum quirk_source {
	QUIRK_SOURCE_RANGE = 1,
	QUIRK_SOURCE_HOST_REG = 2,
	QUIRK_SOURCE_HOST_WINDOWS = 3,
	QUIRK_SOURCE_INBOUND_LIMIT = 4,
	QUIRK_SOURCE_ITS = 5,
	QUIRK_SOURCE_RUN_TIME = 6,
	/* private: */
	QUIRK_SOURCES_END
};

/**
 * enum quirk_confidence - how sure a rule is
 * @QUIRK_CONFIRMED: the behaviour is shown by a primary source
 * @QUIRK_INFERRED: deduced; the reference says from what
 */
enum quirk_confidence {
	QUIRK_CONFIRMED = 1,
	QUIRK_INFERRED = 2,
	/* private: */
	QUIRK_CONFIDENCES_END
};

/*
 * quirk_dmi_fields - names of the DMI fields a key may use, NULL at the end
 *
 * "sys_vendor", "product_name", "product_version", "board_vendor",
 * "board_name", "bios_vendor": the file names of /sys/class/dmi/id.
 */
extern const char *const quirk_dmi_fields[];

/*
 * quirk_kernel_names - kernel behaviours a rule may depend on, NULL at the end
 *
 * "dwc-doorbell-is-config": the DesignWare host driver programs the base of its
 * "config" range as MSI target when that lies below 4 GiB (Linux commit
 * 68ac85fb42cf, 7.0); before, the address came from an allocation.
 * "dwc-doorbell-is-allocated": the opposite.
 */
extern const char *const quirk_kernel_names[];

/**
 * struct quirk_fault - what is wrong with a table image
 * @what: a sentence without its address, for the log
 * @offset: byte offset of the defect in the image
 */
struct quirk_fault {
	const char *what;
	u32 offset;
};

/**
 * struct quirk_table - a checked image
 * @image: first byte; stays the caller's and must outlive the table
 * @size: bytes
 * @sec: first byte of each section
 * @count: records of each section (bytes for the string pool)
 * @serial: as in the header
 * @crc: as in the header; names the table in reports
 */
struct quirk_table {
	const u8 *image;
	u32 size;
	const u8 *sec[QUIRK_SECTIONS];
	u32 count[QUIRK_SECTIONS];
	u64 serial;
	u32 crc;
};

/**
 * quirk_table_open() - check a whole image and make it readable
 * @t: filled in on success only
 * @image: untrusted bytes
 * @size: how many there are; must equal the size in the header
 * @fault: names the first defect on failure
 *
 * Checks magic, version, sizes, checksum, section layout, every index, every
 * string offset and every enumeration, sort order, the printability of strings
 * and the zero fields, so that readers after it need no check of their own.
 *
 * Return: 0, or -EINVAL with @fault set.
 */
int quirk_table_open(struct quirk_table *t, const void *image, size_t size,
		     struct quirk_fault *fault);

static inline const u8 *quirk_record(const struct quirk_table *t,
				     enum quirk_section sec, u32 len, u32 i)
{
	return t->sec[sec] + (size_t)len * i;
}

static inline const u8 *quirk_entry_at(const struct quirk_table *t, u32 i)
{
	return quirk_record(t, QUIRK_SEC_ENTRIES, QUIRK_ENT_LEN, i);
}

static inline const u8 *quirk_key_at(const struct quirk_table *t, u32 i)
{
	return quirk_record(t, QUIRK_SEC_KEYS, QUIRK_KEY_LEN, i);
}

static inline const u8 *quirk_cond_at(const struct quirk_table *t, u32 i)
{
	return quirk_record(t, QUIRK_SEC_CONDS, QUIRK_COND_LEN, i);
}

static inline const u8 *quirk_rule_at(const struct quirk_table *t, u32 i)
{
	return quirk_record(t, QUIRK_SEC_RULES, QUIRK_RULE_LEN, i);
}

static inline const char *quirk_string(const struct quirk_table *t,
				       const u8 *field)
{
	return (const char *)t->sec[QUIRK_SEC_STRINGS] + get_le32(field);
}

/**
 * quirk_key_name() - the word for a kind of identity key
 * @kind: the kind
 *
 * Return: the word that a source uses; "dmi" stands for all DMI fields.
 */
const char *quirk_key_name(u32 kind);

/**
 * quirk_acpi_key() - make the 18-character key of an ACPI table header
 * @key: room for 19 bytes
 * @signature: 4 bytes
 * @oem_id: 6 bytes
 * @oem_table_id: 8 bytes
 *
 * Padding at the end of each OEM field may be NUL or space in the field
 * (ACPI 6.5, section 5.2.6 says neither); both become spaces.
 */
void quirk_acpi_key(char key[19], const char *signature, const char *oem_id,
		    const char *oem_table_id);

/**
 * struct quirk_identity - how a machine answers questions about itself
 * @for_each_token: calls @fn once for every identity token the machine has:
 *	(kind, value, revision); ends at the first value other than 0. Order and
 *	repetitions do not matter.
 * @has: does the machine have this token? For conditions beside a key.
 * @ctx: handed to both
 */
struct quirk_identity {
	int (*for_each_token)(void *ctx,
			      int (*fn)(void *arg, enum quirk_key kind,
					const char *value, u32 revision),
			      void *arg);
	bool (*has)(void *ctx, enum quirk_key kind, const char *value,
		    u32 rev_min, u32 rev_max);
	void *ctx;
};

/**
 * quirk_table_match() - find the entries for a machine
 * @t: a checked table
 * @id: the machine
 * @fn: called once for each matching entry with the index of its first key
 *	that matches, in rising order of the entry index; a value other than 0
 *	ends the walk
 * @arg: handed to @fn
 * @seen: scratch, one bit per entry, (count + 7) / 8 bytes of zeros
 *
 * Each token costs one binary search, once for the whole table and once more
 * for each entry that matches, so the time does not depend on the number of
 * keys but for its logarithm.
 *
 * Return: 0, or what @fn or the identity returned.
 */
int quirk_table_match(const struct quirk_table *t,
		      const struct quirk_identity *id,
		      int (*fn)(void *arg, u32 entry, u32 key), void *arg,
		      u8 *seen);

#endif
