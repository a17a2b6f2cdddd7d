/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vocabulary.h - the language of the quirk sources, as one table
 *
 * The compiler (compile.c) knows no property that is not listed here, and the
 * text in each row is what a person needs to use it.
 *
 * A source is device-tree source, one file a vendor. Each child of the root is
 * an entry: one board or SoC. Its children named `match` (or `match-1`, ...)
 * say how it is recognised; each other child is a rule about addresses:
 *
 *	/dts-v1/;
 *	/ {
 *		acme-roadrunner {
 *			title = "ACME Roadrunner";
 *			reference = "ACME Roadrunner board manual 1.2, table 7";
 *			match { dt-root = "acme,roadrunner"; };
 *			pcie-doorbell {
 *				source = "range";
 *				range = <0xfe000000 0xfe000fff>;
 *				type = "reserved";
 *				confidence = "confirmed";
 *				reference = "ACME Roadrunner TRM 0.9, section 14.3";
 *				reason = "The root complex takes writes to this page as MSIs.";
 *			};
 *		};
 *	};
 *
 * How to find the keys of your machine
 *	device tree:  tr '\0' '\n' < /proc/device-tree/compatible
 *	ACPI:         bytes 0 to 3 (signature), 10 to 15 (OEM id), 16 to 23 (OEM
 *	              table id), 24 to 27 (OEM revision, little-endian) of a file
 *	              below /sys/firmware/acpi/tables: hexdump -C -n 28 FILE
 *	DMI:          grep . /sys/class/dmi/id/{sys_vendor,product_name}
 *
 * How to write an entry
 *	- Name the source of every fact so that another person can open it. What
 *	  cannot be shown is not an entry.
 *	- Give the rule for an address rather than the address where the machine
 *	  itself knows it (host-reg, its, host-windows).
 *	- `confirmed` means that the behaviour is shown by a primary source, not
 *	  only the numbers. Such a rule is enforced: guests that use the addresses
 *	  are refused. When in doubt write `inferred`: it is then shown only.
 *	- Match nodes are alternatives. Inside one, all properties have to hold,
 *	  and of several strings of one property any.
 *	- Scope properties of a rule all have to hold; of several values of one
 *	  property any, but for host-lacks, where all count.
 *	- Entries of a file are in alphabetical order; names are never reused.
 *	- Check it: iommu-resv quirks compile --check FILE.dts
 *	- Describe your machine in machines[] of tests/host/entries_test.c, with
 *	  what has to come out: a test refuses an entry without one.
 */
#ifndef IOMMU_RESV_QUIRK_VOCABULARY_H
#define IOMMU_RESV_QUIRK_VOCABULARY_H

#include "table.h"

/**
 * struct vocab_word - a word that stands for a value of the table format
 * @word: as written in a source
 * @value: as stored
 * @doc: what it means
 */
struct vocab_word {
	const char *word;
	u32 value;
	const char *doc;
};

static const struct vocab_word vocab_types[] = {
	{ "reserved", QUIRK_TYPE_RESERVED, "must not be used for DMA" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_sources[] = {
	{ "range", QUIRK_SOURCE_RANGE, "the literal range in `range`" },
	{ "host-reg", QUIRK_SOURCE_HOST_REG,
	  "a reg range of the PCI host bridge's DT node" },
	{ "host-windows", QUIRK_SOURCE_HOST_WINDOWS,
	  "the memory windows of the PCI host bridge, as bus addresses" },
	{ "inbound-limit", QUIRK_SOURCE_INBOUND_LIMIT,
	  "what lies outside the inbound windows of the PCI host bridge" },
	{ "its", QUIRK_SOURCE_ITS,
	  "the doorbell of each GIC ITS that the device's MSIs can reach" },
	{ "run-time", QUIRK_SOURCE_RUN_TIME,
	  "chosen by the running kernel or firmware and not readable: a warning" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_confidences[] = {
	{ "confirmed", QUIRK_CONFIRMED, "the behaviour is shown by a primary source" },
	{ "inferred", QUIRK_INFERRED, "deduced; the reference says from what" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_boots[] = {
	{ "dt", 0, "booted from a device tree" },
	{ "acpi", 1, "booted from ACPI tables" },
	{ NULL, 0, NULL }
};

/**
 * enum vocab_node - where a property may stand
 * @VOCAB_ENTRY: in a child of the root
 * @VOCAB_MATCH: in a match node
 * @VOCAB_RULE: in a rule
 */
enum vocab_node {
	VOCAB_ENTRY = 1 << 0,
	VOCAB_MATCH = 1 << 1,
	VOCAB_RULE = 1 << 2,
};

/**
 * enum vocab_kind - what its value looks like
 * @VOCAB_FLAG: no value: present or not
 * @VOCAB_TEXT: one string
 * @VOCAB_TEXTS: one or more strings
 * @VOCAB_WORD: one of the words of vocab_prop.words
 * @VOCAB_WORDS: one or more of them
 * @VOCAB_NUMBER: one number, of 32 or 64 bits
 * @VOCAB_NUMBERS: one or more numbers of 32 bits
 * @VOCAB_RANGE: two numbers, first and last, both of 32 or both of 64 bits
 * @VOCAB_ACPI: three strings: signature, OEM id, OEM table id
 */
enum vocab_kind {
	VOCAB_FLAG,
	VOCAB_TEXT,
	VOCAB_TEXTS,
	VOCAB_WORD,
	VOCAB_WORDS,
	VOCAB_NUMBER,
	VOCAB_NUMBERS,
	VOCAB_RANGE,
	VOCAB_ACPI,
};

/**
 * struct vocab_prop - one property
 * @name: as written in a source
 * @nodes: where it may stand (enum vocab_node, or-ed)
 * @kind: what its value looks like
 * @required: it must be there
 * @is_key: match: the enum quirk_key that it makes
 * @cond: rule: the enum quirk_cond that it makes
 * @dmi: match: the field of a DMI key
 * @sources: rule: the sources that take it (1 << enum quirk_source, or-ed); 0:
 *	does not belong to a source
 * @needed_by: rule: the sources that cannot do without it
 * @words: permitted words
 * @doc: what it says
 */
struct vocab_prop {
	const char *name;
	unsigned int nodes;
	enum vocab_kind kind;
	bool required;
	unsigned int is_key;
	unsigned int cond;
	const char *dmi;
	unsigned int sources;
	unsigned int needed_by;
	const struct vocab_word *words;
	const char *doc;
};

/* Rows that the compiler addresses one by one; the others go by their fields. */
enum vocab_id {
	VOCAB_TITLE,
	VOCAB_REFERENCE,
	VOCAB_DEMO,
	VOCAB_KNOWN_GOOD,
	VOCAB_ACPI_TABLE,
	VOCAB_ACPI_REVISION,
	VOCAB_SOURCE,
	VOCAB_TYPE,
	VOCAB_CONFIDENCE,
	VOCAB_REASON,
	VOCAB_ADVISE,
	VOCAB_ARG_RANGE,
	VOCAB_ARG_REG_NAME,
	VOCAB_ARG_REG_INDEX,
	VOCAB_ARG_OFFSET,
	VOCAB_ARG_LENGTH,
	VOCAB_ARG_APERTURE_LAST,
	VOCAB_OTHERS
};

#define VOCAB_FROM(source) (1u << QUIRK_SOURCE_##source)

/*
 * The key rows are in order of selectivity: the first one that a match node has
 * becomes the key that is searched for, the others its further conditions.
 */
static const struct vocab_prop vocab[] = {
	[VOCAB_TITLE] = { "title", VOCAB_ENTRY, VOCAB_TEXT, .required = true,
		.doc = "what a person calls the board" },
	[VOCAB_REFERENCE] = { "reference", VOCAB_ENTRY | VOCAB_RULE, VOCAB_TEXT,
		.required = true,
		.doc = "who says so: of an entry its identity, of a rule its facts" },
	[VOCAB_DEMO] = { "demo", VOCAB_ENTRY, VOCAB_FLAG,
		.doc = "no real board: for demonstration only" },
	[VOCAB_KNOWN_GOOD] = { "known-good", VOCAB_ENTRY, VOCAB_FLAG,
		.doc = "recorded because nothing is needed: has no rules" },

	[VOCAB_ACPI_TABLE] = { "acpi-table", VOCAB_MATCH, VOCAB_ACPI,
		.is_key = QUIRK_KEY_ACPI,
		.doc = "signature, OEM id (6 characters) and OEM table id (8) of an ACPI table, padded with spaces" },
	[VOCAB_ACPI_REVISION] = { "acpi-revision", VOCAB_MATCH, VOCAB_RANGE,
		.doc = "first and last OEM revision of that table (default: any)" },
	[VOCAB_SOURCE] = { "source", VOCAB_RULE, VOCAB_WORD, .required = true,
		.words = vocab_sources, .doc = "where the addresses come from" },
	[VOCAB_TYPE] = { "type", VOCAB_RULE, VOCAB_WORD, .required = true,
		.words = vocab_types,
		.doc = "region type, in the words of sysfs reserved_regions" },
	[VOCAB_CONFIDENCE] = { "confidence", VOCAB_RULE, VOCAB_WORD,
		.required = true, .words = vocab_confidences,
		.doc = "how sure the rule is; only confirmed ones are enforced" },
	[VOCAB_REASON] = { "reason", VOCAB_RULE, VOCAB_TEXT, .required = true,
		.doc = "what happens to a DMA there" },
	[VOCAB_ADVISE] = { "advise", VOCAB_RULE, VOCAB_FLAG,
		.doc = "show it, but do not enforce it, whatever the confidence" },
	[VOCAB_ARG_RANGE] = { "range", VOCAB_RULE, VOCAB_RANGE,
		.sources = VOCAB_FROM(RANGE), .needed_by = VOCAB_FROM(RANGE),
		.doc = "first and last address, both inclusive" },
	[VOCAB_ARG_REG_NAME] = { "reg-name", VOCAB_RULE, VOCAB_TEXT,
		.sources = VOCAB_FROM(HOST_REG),
		.doc = "which reg range, by its reg-names string" },
	[VOCAB_ARG_REG_INDEX] = { "reg-index", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(HOST_REG),
		.doc = "which reg range, counted from 0, where there is no name" },
	[VOCAB_ARG_OFFSET] = { "offset", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(HOST_REG),
		.doc = "bytes to skip at its start (default 0)" },
	[VOCAB_ARG_LENGTH] = { "length", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(HOST_REG),
		.doc = "bytes to take from there (default: to its end)" },
	[VOCAB_ARG_APERTURE_LAST] = { "aperture-last", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(INBOUND_LIMIT),
		.needed_by = VOCAB_FROM(INBOUND_LIMIT),
		.doc = "the last address that the IOMMU could map" },

	[VOCAB_OTHERS] = { "dt-root", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DT_ROOT,
		.doc = "a compatible string of the device tree's root node" },
	{ "dt-node", VOCAB_MATCH, VOCAB_TEXTS, .is_key = QUIRK_KEY_DT_NODE,
		.doc = "a compatible string of any enabled device tree node" },
	{ "dmi-product-name", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "product_name",
		.doc = "DMI system product name, exact" },
	{ "dmi-board-name", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "board_name",
		.doc = "DMI base board name, exact" },
	{ "dmi-product-version", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "product_version",
		.doc = "DMI system product version, exact" },
	{ "dmi-sys-vendor", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "sys_vendor",
		.doc = "DMI system vendor, exact" },
	{ "dmi-board-vendor", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "board_vendor",
		.doc = "DMI base board vendor, exact" },
	{ "dmi-bios-vendor", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_DMI, .dmi = "bios_vendor",
		.doc = "DMI firmware vendor, exact" },

	{ "boot", VOCAB_RULE, VOCAB_WORDS, .cond = QUIRK_COND_BOOT,
		.words = vocab_boots, .doc = "scope: how the machine was booted" },
	{ "segment", VOCAB_RULE, VOCAB_NUMBERS, .cond = QUIRK_COND_SEGMENT,
		.doc = "scope: PCI segments (domains)" },
	{ "host-compatible", VOCAB_RULE, VOCAB_TEXTS,
		.cond = QUIRK_COND_HOST_COMPATIBLE,
		.doc = "scope: a compatible string of the PCI host bridge's node" },
	{ "host-path", VOCAB_RULE, VOCAB_TEXTS, .cond = QUIRK_COND_HOST_PATH,
		.doc = "scope: full device tree path of the PCI host bridge" },
	{ "host-lacks", VOCAB_RULE, VOCAB_TEXTS, .cond = QUIRK_COND_HOST_LACKS,
		.doc = "scope: properties that the PCI host bridge's node must not have" },
	{ "kernel", VOCAB_RULE, VOCAB_TEXTS, .cond = QUIRK_COND_KERNEL,
		.doc = "scope: a behaviour of the running kernel (quirk_kernel_names)" },
	{ "device-path", VOCAB_RULE, VOCAB_TEXTS,
		.cond = QUIRK_COND_DEVICE_PATH,
		.doc = "scope: full device tree path of the device itself" },
};

#endif
