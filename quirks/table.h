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
 * Rule for versions. QUIRK_VERSION says how the image is laid out: a reader
 * takes exactly the version it knows. Within a version the language may grow
 * (a new kind of key, condition, source, type, action or flag). Each entry says
 * which level of the language it needs, and a reader that knows less than that
 * carries the entry without understanding it: only its place, its strings and
 * its indices are checked. Should such an entry turn out to be the running
 * machine's (one of its keys that the reader does know matches), the table as a
 * whole is not for this reader, and quirk_table_match() says so: what is in
 * force stays in force. Whatever an entry of a known level holds that the
 * reader does not know, or a bit set in a field that must be zero, makes the
 * image an error. A table is complete or it is an error.
 */
#ifndef IOMMU_RESV_QUIRK_TABLE_H
#define IOMMU_RESV_QUIRK_TABLE_H

#include "../module/env.h"

#define QUIRK_MAGIC		"IORESVQT"	/* 8 bytes, no NUL */
#define QUIRK_VERSION		1
/*
 * Level of the language that this header describes; see the rule above.
 *	1	all that is not named below
 *	2	corrections of the IORT: sources of QUIRK_SOURCE_LEVEL() 2
 *	3	rules about BARs: sources of QUIRK_SOURCE_LEVEL() 3
 */
#ifndef QUIRK_LEVEL	/* a test makes an older reader */
#define QUIRK_LEVEL		3
#endif
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
#define QUIRK_HDR_LOCAL		72	/* u32: of two tables of one serial the one with more wins; 0 as shipped */
#define QUIRK_HDR_ZERO		76	/* 4 bytes, zero */
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
#define QUIRK_ENT_LEVEL		24	/* level of the language it needs, from 1 */
#define QUIRK_ENT_ZERO		28	/* 4 bytes, zero */
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

/* Characters of a QUIRK_KEY_ACPI value. */
#define QUIRK_ACPI_KEY_LEN	18

/**
 * enum quirk_key - kinds of identity keys
 * @QUIRK_KEY_DT_ROOT: a compatible string of the device tree's root node
 * @QUIRK_KEY_DT_NODE: a compatible string of any enabled node
 * @QUIRK_KEY_ACPI: signature (4), OEM id (6) and OEM table id (8) of an ACPI
 *	table as one string of 18 characters, padding as spaces (see
 *	quirk_acpi_key()), with a range of OEM revisions
 * @QUIRK_KEY_DMI: "field=value", field being one of the names of
 *	quirk_dmi_fields[], value exact
 * @QUIRK_KEY_PCI: "vvvv:dddd", vendor and device id in lower-case hex, of any
 *	PCI function of the machine
 * @QUIRK_KEY_SMMU: "smmu-MODEL" or "smmuv3-MODEL": the model field, in decimal,
 *	of an SMMU node of the IORT (DEN0049E.f, tables 9 and 10)
 */
enum quirk_key {
	QUIRK_KEY_DT_ROOT = 1,
	QUIRK_KEY_DT_NODE = 2,
	QUIRK_KEY_ACPI = 3,
	QUIRK_KEY_DMI = 4,
	QUIRK_KEY_PCI = 5,
	QUIRK_KEY_SMMU = 6,
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
 * @QUIRK_COND_PCI: identity: as the key of that name
 * @QUIRK_COND_SMMU: identity: as the key of that name
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
 * @QUIRK_COND_DEVICE_COMPATIBLE: scope: the device's own DT node has this
 *	compatible string
 * @QUIRK_COND_DEVICE_ID: scope: "vvvv:dddd", PCI id of the device itself
 * @QUIRK_COND_ROOT_PORT: scope: the same of the root port above it
 * @QUIRK_COND_HOST_BRIDGE: scope: the same of its host bridge's own function
 *	(class 0600 on the root bus)
 * @QUIRK_COND_IOMMU_BASE: scope: physical address lo..hi of the registers of
 *	the IOMMU that the device is behind
 * @QUIRK_COND_PAGE_SIZE: scope: page size of the host in bytes, lo..hi; of a
 *	rule about a BAR the page size that is asked about
 */
enum quirk_cond {
	QUIRK_COND_DT_ROOT = 1,
	QUIRK_COND_DT_NODE = 2,
	QUIRK_COND_ACPI = 3,
	QUIRK_COND_DMI = 4,
	QUIRK_COND_PCI = 5,
	QUIRK_COND_SMMU = 6,
	QUIRK_COND_BOOT = 16,
	QUIRK_COND_SEGMENT = 17,
	QUIRK_COND_HOST_COMPATIBLE = 18,
	QUIRK_COND_HOST_PATH = 19,
	QUIRK_COND_HOST_LACKS = 20,
	QUIRK_COND_KERNEL = 21,
	QUIRK_COND_DEVICE_PATH = 22,
	QUIRK_COND_DEVICE_COMPATIBLE = 23,
	QUIRK_COND_DEVICE_ID = 24,
	QUIRK_COND_ROOT_PORT = 25,
	QUIRK_COND_HOST_BRIDGE = 26,
	QUIRK_COND_IOMMU_BASE = 27,
	QUIRK_COND_PAGE_SIZE = 28,
	/* private: */
	QUIRK_CONDS_END
};

#define QUIRK_COND_IS_IDENTITY(kind)	((kind) >= QUIRK_COND_DT_ROOT && (kind) <= QUIRK_COND_SMMU)
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
#define QUIRK_RULE_ACTION	52	/* u8, enum quirk_action */
#define QUIRK_RULE_NODE		53	/* u8, enum quirk_node; 0 where the source reads no node */
#define QUIRK_RULE_FLAGS	54	/* u8, QUIRK_RULE_F_* */
#define QUIRK_RULE_ZERO		55	/* 9 bytes, zero */
#define QUIRK_RULE_LEN		64

/* Only where raw ACS bits do not show that the request is sent upstream. */
#define QUIRK_RULE_F_UNLESS_REDIRECTED	(1u << 0)
/* Only where the address is below 4 GiB. */
#define QUIRK_RULE_F_BELOW_4G		(1u << 1)
#define QUIRK_RULE_F_ALL	(QUIRK_RULE_F_UNLESS_REDIRECTED | QUIRK_RULE_F_BELOW_4G)

/**
 * enum quirk_type - what a rule's range is, in the kernel's sysfs words
 * @QUIRK_TYPE_RESERVED: "reserved": must not be used for DMA
 * @QUIRK_TYPE_MSI: "msi": interrupts are written there and are not translated
 * @QUIRK_TYPE_SW_MSI: "sw-msi": the window in which the kernel maps doorbells
 * @QUIRK_TYPE_DIRECT: "direct": has to be mapped 1:1 at all times
 * @QUIRK_TYPE_DIRECT_RELAXABLE: "direct-relaxable": the same, but for devices
 *	that are given to a guest
 * @QUIRK_TYPE_NONE: a rule without addresses (QUIRK_SOURCE_NOTICE,
 *	QUIRK_SOURCE_CORRECTS() and QUIRK_SOURCE_BARS())
 */
enum quirk_type {
	QUIRK_TYPE_RESERVED = 1,
	QUIRK_TYPE_MSI = 2,
	QUIRK_TYPE_SW_MSI = 3,
	QUIRK_TYPE_DIRECT = 4,
	QUIRK_TYPE_DIRECT_RELAXABLE = 5,
	QUIRK_TYPE_NONE = 6,
	/* private: */
	QUIRK_TYPES_END
};

/**
 * enum quirk_action - what a rule does to the list of a device
 *
 * Which action goes with which type is one table, quirk_action_takes().
 *
 * @QUIRK_ACTION_ADD: put the range in, as the type says; types reserved, direct
 *	and direct-relaxable, and none for what has no addresses. Not msi:
 *	beside a software window it makes iommufd
 *	refuse the device (Linux io_pagetable.c,
 *	iopt_table_enforce_dev_resv_regions())
 * @QUIRK_ACTION_REPLACE: take the driver's sw-msi regions out and put the range
 *	in instead; type sw-msi (one range) or msi
 * @QUIRK_ACTION_DROP: take the driver's regions of this type out that lie
 *	wholly inside the range; types reserved, msi, sw-msi, direct. Weakens
 * @QUIRK_ACTION_RELAX: make the driver's direct regions that lie wholly inside
 *	the range relaxable; type direct. Weakens
 */
enum quirk_action {
	QUIRK_ACTION_ADD = 1,
	QUIRK_ACTION_REPLACE = 2,
	QUIRK_ACTION_DROP = 3,
	QUIRK_ACTION_RELAX = 4,
	/* private: */
	QUIRK_ACTIONS_END
};

#define QUIRK_ACTION_WEAKENS(action) \
	((action) == QUIRK_ACTION_DROP || (action) == QUIRK_ACTION_RELAX)

/**
 * enum quirk_node - which device tree node a source reads
 * @QUIRK_NODE_HOST: the PCI host bridge's
 * @QUIRK_NODE_MSI_CONTROLLER: that of each MSI controller that the device's
 *	MSIs go to (msi-map or msi-parent of its PCI host bridge, or msi-parent
 *	of its own node)
 * @QUIRK_NODE_DEVICE: the device's own
 */
enum quirk_node {
	QUIRK_NODE_HOST = 1,
	QUIRK_NODE_MSI_CONTROLLER = 2,
	QUIRK_NODE_DEVICE = 3,
	/* private: */
	QUIRK_NODES_END
};

/**
 * enum quirk_source - where a rule's addresses come from
 * @QUIRK_SOURCE_RANGE: literal: arg A is the first, arg B the last byte
 * @QUIRK_SOURCE_DT_REG: a `reg` range of the rule's node: named by arg string
 *	(reg-names), or where that is empty the arg index-th; arg A is an offset
 *	into it, arg B the length taken from there (0: to its end). The range's
 *	CPU address is the bus address of the doorbell.
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
 * @QUIRK_SOURCE_DT_PROPERTY: pairs of 32-bit cells, base and size, in the
 *	property of the rule's node that arg string names
 * @QUIRK_SOURCE_PORT_WINDOWS: the memory windows, as bus addresses, of every
 *	bridge between the device and its host bridge: the root port's own and
 *	each switch port's
 * @QUIRK_SOURCE_ITS_ALL: as QUIRK_SOURCE_ITS, of every ITS of the machine
 * @QUIRK_SOURCE_MSI_MESSAGE: arg A bytes (a power of two) around each address
 *	that Linux has programmed into the MSI capability of a function below
 *	the same host bridge, as the kernel remembers it, but for those that an
 *	IOMMU translates. Unresolved as long as
 *	there is none. For root complexes that take MSIs themselves.
 * @QUIRK_SOURCE_PLACED: a window of arg A bytes (0: 1 MiB) that the module
 *	places where it collides with nothing known (module/place.h): one for
 *	all devices of an IOMMU driver. Type sw-msi only
 * @QUIRK_SOURCE_NOTICE: no addresses: something to be known about the device
 * @QUIRK_SOURCE_IORT_SMMU_MODEL: correction of the firmware's IORT: Model of the
 *	SMMUv3 nodes becomes arg index (DEN 0049E.f, table 10). Takes one
 *	QUIRK_COND_IOMMU_BASE: the base address of the SMMUs meant; without it all
 * @QUIRK_SOURCE_IORT_ADDRESS_LIMIT: likewise: Memory address size limit of the
 *	root complex nodes becomes arg index, 1 to 64 bits. Takes one
 *	QUIRK_COND_SEGMENT: whose; without it all
 * @QUIRK_SOURCE_IORT_ID_MAPPING: likewise: in the root complex node of the
 *	segment that its one QUIRK_COND_SEGMENT names, the requester IDs from
 *	the low to the high 32 bits of arg A, inclusive and at most 0xffff,
 *	become stream IDs from arg index of the SMMU whose base address is arg B
 * @QUIRK_SOURCE_BAR_REALIGN: rule about a BAR: it should get pages of its own
 *	where a page is larger. As of the next two, arg index is the BAR's
 *	number, 0 to QUIRK_BAR_MAX; arg A its size, a power of two, where the
 *	rule is about a BAR of that size only, else 0. Takes a
 *	QUIRK_COND_DEVICE_ID
 * @QUIRK_SOURCE_BAR_WHOLE_PAGE: likewise: nothing else answers in the host pages
 *	that it touches
 * @QUIRK_SOURCE_BAR_OFFSET: likewise: a guest has to have it arg B bytes
 *	behind the start of a page of its host's size, wherever the host has it
 */
enum quirk_source {
	QUIRK_SOURCE_RANGE = 1,
	QUIRK_SOURCE_DT_REG = 2,
	QUIRK_SOURCE_HOST_WINDOWS = 3,
	QUIRK_SOURCE_INBOUND_LIMIT = 4,
	QUIRK_SOURCE_ITS = 5,
	QUIRK_SOURCE_RUN_TIME = 6,
	QUIRK_SOURCE_DT_PROPERTY = 7,
	QUIRK_SOURCE_PORT_WINDOWS = 8,
	QUIRK_SOURCE_ITS_ALL = 9,
	QUIRK_SOURCE_MSI_MESSAGE = 10,
	QUIRK_SOURCE_PLACED = 11,
	QUIRK_SOURCE_NOTICE = 12,
	QUIRK_SOURCE_IORT_SMMU_MODEL = 13,
	QUIRK_SOURCE_IORT_ADDRESS_LIMIT = 14,
	QUIRK_SOURCE_IORT_ID_MAPPING = 15,
	QUIRK_SOURCE_BAR_REALIGN = 16,
	QUIRK_SOURCE_BAR_WHOLE_PAGE = 17,
	QUIRK_SOURCE_BAR_OFFSET = 18,
	/* private: */
	QUIRK_SOURCES_END
};

/* Is it a correction of the IORT: of a table, and of no device (correct.h)? */
#define QUIRK_SOURCE_CORRECTS(source) \
	((source) >= QUIRK_SOURCE_IORT_SMMU_MODEL && \
	 (source) <= QUIRK_SOURCE_IORT_ID_MAPPING)
/* Is it about a BAR: about where a device answers, and not where it writes? */
#define QUIRK_SOURCE_BARS(source) \
	((source) >= QUIRK_SOURCE_BAR_REALIGN && \
	 (source) <= QUIRK_SOURCE_BAR_OFFSET)
/* The level of the language that a source came with. */
#define QUIRK_SOURCE_LEVEL(source) \
	(QUIRK_SOURCE_BARS(source) ? 3 : QUIRK_SOURCE_CORRECTS(source) ? 2 : 1)
/* The last BAR of a function: its ROM. */
#define QUIRK_BAR_MAX		6
/* The smallest memory BAR (PCI Local Bus 3.0, section 6.2.5.1). */
#define QUIRK_BAR_SIZE_MIN	16
/* A PCI requester ID: bus, device and function. */
#define QUIRK_REQUESTER_MAX	0xffff

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
 * @local: as in the header
 * @crc: as in the header; names the table in reports
 */
struct quirk_table {
	const u8 *image;
	u32 size;
	const u8 *sec[QUIRK_SECTIONS];
	u32 count[QUIRK_SECTIONS];
	u64 serial;
	u32 local;
	u32 crc;
};

/**
 * quirk_table_newer() - which of two tables wins
 * @a: a checked table
 * @b: another
 *
 * Return: true where @a is newer than @b: by serial, then by local number.
 */
static inline bool quirk_table_newer(const struct quirk_table *a,
				     const struct quirk_table *b)
{
	return a->serial != b->serial ? a->serial > b->serial :
					a->local > b->local;
}

/**
 * quirk_action_takes() - does this action go with this type of region?
 * @action: the action
 * @type: the type
 *
 * Return: true if it does.
 */
bool quirk_action_takes(enum quirk_action action, enum quirk_type type);

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
 * quirk_entry_known() - does this reader understand an entry?
 * @t: a checked table
 * @entry: index of the entry
 *
 * Return: false where the entry is of a level above QUIRK_LEVEL; then nobody
 * but quirk_table_match() looks at its keys and rules.
 */
static inline bool quirk_entry_known(const struct quirk_table *t, u32 entry)
{
	return get_le32(quirk_entry_at(t, entry) + QUIRK_ENT_LEVEL) <=
	       QUIRK_LEVEL;
}

/**
 * quirk_key_name() - the word for a kind of identity key
 * @kind: the kind
 *
 * Return: the word that a source uses; "dmi" stands for all DMI fields.
 */
const char *quirk_key_name(u32 kind);

/**
 * quirk_bar_word() - the word for what a rule about a BAR says
 * @source: its source, QUIRK_SOURCE_BARS()
 *
 * Return: "realign", "whole-page" or "offset", for reports.
 */
const char *quirk_bar_word(enum quirk_source source);

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
void quirk_acpi_key(char key[QUIRK_ACPI_KEY_LEN + 1], const char *signature, const char *oem_id,
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
 * Return: 0, -EOPNOTSUPP where an entry of a level above QUIRK_LEVEL matches
 * (@fn is not called for any then), or what @fn or the identity returned.
 */
int quirk_table_match(const struct quirk_table *t,
		      const struct quirk_identity *id,
		      int (*fn)(void *arg, u32 entry, u32 key), void *arg,
		      u8 *seen);

#endif
