/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vocabulary.h - the language of the quirk sources, as one table
 *
 * The compiler (compile.c) knows no property that is not listed here, and the
 * text in each row is what a person needs to use it.
 *
 * A source is device-tree source, one file a vendor. Each child of the root is
 * an entry: one board or SoC. Its children named `match` (or `match-1`, ...)
 * say how it is recognised; each other child is a rule about addresses (or, with
 * one of the sources iort-*, a correction of the firmware's IORT, or, with one
 * of the sources bar-*, a rule about a BAR of a device):
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
 *	PCI:          lspci -n
 *	all of them:  iommu-resv quirks match -v
 *
 * How to write an entry
 *	- Name the source of every fact so that another person can open it. What
 *	  cannot be shown is not an entry.
 *	- Give the rule for an address rather than the address where the machine
 *	  itself knows it (dt-reg, its, host-windows, msi-message).
 *	- Say how a constant of mainline Linux can be found again: `dts` names
 *	  device trees that have it, `code` a line of a driver. A test compiles
 *	  and reads them from Debian's newest linux-source package.
 *	- `confirmed` means that the behaviour is shown by a primary source, not
 *	  only the numbers. Such a rule is enforced: guests that use the addresses
 *	  are refused. When in doubt write `inferred`: it is then shown only.
 *	- Match nodes are alternatives. Inside one, all properties have to hold,
 *	  and of several strings of one property any.
 *	- Scope properties of a rule all have to hold; of several values of one
 *	  property any, but for host-lacks, where all count.
 *	- Entries of a file are in alphabetical order; names are never reused.
 *	- Check it: iommu-resv quirks lint FILE.dts
 *	- Describe the machine in tests/boards/VENDOR.json, with what has to come
 *	  out: a test refuses an entry without one.
 *
 *
 * Corrections of the IORT (iort-smmu-model, iort-address-limit, iort-id-mapping)
 * are no rules about addresses of a device: type "none", no action, and no scope
 * but the segment or the SMMU (iommu-base) whose node is meant, one of them. The
 * running kernel has read its tables and is not changed: they count when an
 * overlay of the IORT is written for the next boot (iommu-resv iort overlay,
 * debugfs iort). Only the rules that are enforced do (confirmed ones, or by
 * the operator's word); the reference must show what the hardware really has.
 *
 * Rules about BARs (bar-realign, bar-whole-page, bar-offset) are about where a
 * device answers and not where it writes: type "none", no action, and a scope
 * that names the device (device-id). They change the list of no device, so that
 * nothing is hooked for them, and neither udev nor the unit loads the module for
 * an entry that has no others. They show in debugfs devices/DEV/bars, for the page
 * size that is asked about (page-size is that one, not only the running kernel's),
 * and in what iommu-resv bars makes of it. Where a BAR is, whether it shares a host
 * page and what VFIO makes of that is no rule: the live machine says so. Rules
 * say what it cannot say.
 *	bar-realign	guests use this BAR so much that it should have pages of
 *			its own; nothing is said of pages that are no larger than
 *			the BAR, which has whole ones anyway
 *	bar-whole-page	the board or the device leaves the rest of the pages
 *			unused: they are safe to map whole
 *	bar-offset	drivers or firmware go by the offset in the page; an
 *			enforced one stands in for the host's offset. Nothing is
 *			said of pages that are too small to have it
 * The size of a BAR (bar-size) is the one that Linux has: the kernel argument
 * pci=resource_alignment= makes it as large as what it asks for.
 *
 * What the table does not say: whether a device's interrupts are isolated. That
 * follows from the live device and kernel, not from the board.
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
	{ "msi", QUIRK_TYPE_MSI,
	  "interrupts are written there, untranslated; only with action replace. For hardware that bypasses an ITS (source its, its-all); anything else becomes reserved, beside the window, where a device of the same IOMMU driver has MSIs that are translated" },
	{ "sw-msi", QUIRK_TYPE_SW_MSI,
	  "the window in which the kernel maps doorbells; only with action replace or drop" },
	{ "direct", QUIRK_TYPE_DIRECT, "has to be mapped 1:1 at all times" },
	{ "direct-relaxable", QUIRK_TYPE_DIRECT_RELAXABLE,
	  "has to be mapped 1:1 until a guest gets the device" },
	{ "none", QUIRK_TYPE_NONE,
	  "no addresses: only with source notice and the sources iort-* and bar-*" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_sources[] = {
	{ "range", QUIRK_SOURCE_RANGE, "the literal range in `range`" },
	{ "dt-reg", QUIRK_SOURCE_DT_REG, "a reg range of the node in `node`" },
	{ "dt-property", QUIRK_SOURCE_DT_PROPERTY,
	  "base and size, 32 bits each, in a property of the node in `node`" },
	{ "host-windows", QUIRK_SOURCE_HOST_WINDOWS,
	  "the memory windows of the PCI host bridge, as bus addresses" },
	{ "port-windows", QUIRK_SOURCE_PORT_WINDOWS,
	  "the memory windows of every bridge above the device: its root port's and each switch port's" },
	{ "inbound-limit", QUIRK_SOURCE_INBOUND_LIMIT,
	  "what lies outside the inbound windows of the PCI host bridge" },
	{ "its", QUIRK_SOURCE_ITS,
	  "the doorbell of each GIC ITS that the device's MSIs can reach" },
	{ "its-all", QUIRK_SOURCE_ITS_ALL,
	  "the doorbell of each GIC ITS of the machine" },
	{ "msi-message", QUIRK_SOURCE_MSI_MESSAGE,
	  "where Linux lets the devices below the PCI host bridge write their MSIs" },
	{ "placed", QUIRK_SOURCE_PLACED,
	  "a window that is placed where it collides with nothing known; only for type sw-msi" },
	{ "run-time", QUIRK_SOURCE_RUN_TIME,
	  "chosen by the running kernel or firmware and not readable: a warning" },
	{ "notice", QUIRK_SOURCE_NOTICE,
	  "no address: something to be known about the device" },
	{ "iort-smmu-model", QUIRK_SOURCE_IORT_SMMU_MODEL,
	  "no address: a correction of the IORT: the model of its SMMUv3 nodes, or of that at `iommu-base`, is `model`" },
	{ "iort-address-limit", QUIRK_SOURCE_IORT_ADDRESS_LIMIT,
	  "no address: a correction of the IORT: the root complexes, or that of `segment`, can address memory of `bits` bits" },
	{ "iort-id-mapping", QUIRK_SOURCE_IORT_ID_MAPPING,
	  "no address: a correction of the IORT: the requester IDs `input` of `segment` arrive at the SMMU at `output-smmu`, as stream IDs from `output-base`" },
	{ "bar-realign", QUIRK_SOURCE_BAR_REALIGN,
	  "no address: a rule about a BAR: the BAR `bar` should get pages of its own where a page is larger" },
	{ "bar-whole-page", QUIRK_SOURCE_BAR_WHOLE_PAGE,
	  "no address: a rule about a BAR: nothing else answers in the host pages that the BAR `bar` touches: they are safe to map whole" },
	{ "bar-offset", QUIRK_SOURCE_BAR_OFFSET,
	  "no address: a rule about a BAR: a guest has to have the BAR `bar` at `bar-offset` of a page, wherever the host has it" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_actions[] = {
	{ "add", QUIRK_ACTION_ADD, "put the range into the list" },
	{ "replace", QUIRK_ACTION_REPLACE,
	  "put the range in instead of the driver's sw-msi window" },
	{ "drop", QUIRK_ACTION_DROP,
	  "take the driver's regions of that type out that lie inside the range; weakens isolation: needs the operator's consent" },
	{ "relax", QUIRK_ACTION_RELAX,
	  "make the driver's direct regions that lie inside the range relaxable; weakens isolation: needs the operator's consent" },
	{ NULL, 0, NULL }
};

static const struct vocab_word vocab_dt_nodes[] = {
	{ "host", QUIRK_NODE_HOST, "the PCI host bridge's node" },
	{ "msi-controller", QUIRK_NODE_MSI_CONTROLLER,
	  "the node of each MSI controller that the device's MSIs go to" },
	{ "device", QUIRK_NODE_DEVICE, "the device's own node" },
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
 * @VOCAB_ADDRESSES: one or more numbers of 64 bits
 * @VOCAB_ACPI: three strings: signature, OEM id, OEM table id
 * @VOCAB_PAIRS: one or more pairs of strings
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
	VOCAB_ADDRESSES,
	VOCAB_ACPI,
	VOCAB_PAIRS,
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
 * @flag: rule: the bit of QUIRK_RULE_FLAGS that it sets
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
	unsigned int flag;
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
	VOCAB_ALIAS,
	VOCAB_DTS,
	VOCAB_CODE,
	VOCAB_ACPI_TABLE,
	VOCAB_ACPI_REVISION,
	VOCAB_SOURCE,
	VOCAB_TYPE,
	VOCAB_ACTION,
	VOCAB_CONFIDENCE,
	VOCAB_REASON,
	VOCAB_ADVISE,
	VOCAB_ARG_RANGE,
	VOCAB_ARG_NODE,
	VOCAB_ARG_PROPERTY,
	VOCAB_ARG_REG_NAME,
	VOCAB_ARG_REG_INDEX,
	VOCAB_ARG_OFFSET,
	VOCAB_ARG_LENGTH,
	VOCAB_ARG_APERTURE_LAST,
	VOCAB_ARG_SIZE,
	VOCAB_ARG_MODEL,
	VOCAB_ARG_BITS,
	VOCAB_ARG_INPUT,
	VOCAB_ARG_OUTPUT_BASE,
	VOCAB_ARG_OUTPUT_SMMU,
	VOCAB_ARG_BAR,
	VOCAB_ARG_BAR_SIZE,
	VOCAB_ARG_BAR_OFFSET,
	VOCAB_DEVICE_ID,
	VOCAB_OTHERS
};

#define VOCAB_FROM(source) (1u << QUIRK_SOURCE_##source)
#define VOCAB_FROM_BARS \
	(VOCAB_FROM(BAR_REALIGN) | VOCAB_FROM(BAR_WHOLE_PAGE) | \
	 VOCAB_FROM(BAR_OFFSET))

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
	[VOCAB_ALIAS] = { "alias-compatible", VOCAB_ENTRY, VOCAB_TEXTS,
		.doc = "compatible strings of nodes that only boards of this entry have: udev loads the module by them" },
	[VOCAB_DTS] = { "dts", VOCAB_ENTRY, VOCAB_TEXTS,
		.doc = "device trees of such boards in Linux, below arch/arm64/boot/dts: what the entry says of a tree must hold in each" },
	[VOCAB_CODE] = { "code", VOCAB_ENTRY | VOCAB_RULE, VOCAB_PAIRS,
		.doc = "a file of Linux and a piece of text in it, however spaced, that shows the fact; more pairs may follow" },

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
	[VOCAB_ACTION] = { "action", VOCAB_RULE, VOCAB_WORD,
		.words = vocab_actions,
		.doc = "what is done with the range (default add)" },
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
	[VOCAB_ARG_NODE] = { "node", VOCAB_RULE, VOCAB_WORD,
		.words = vocab_dt_nodes,
		.sources = VOCAB_FROM(DT_REG) | VOCAB_FROM(DT_PROPERTY),
		.doc = "which device tree node is read (default host)" },
	[VOCAB_ARG_PROPERTY] = { "property", VOCAB_RULE, VOCAB_TEXT,
		.sources = VOCAB_FROM(DT_PROPERTY),
		.needed_by = VOCAB_FROM(DT_PROPERTY),
		.doc = "name of the property" },
	[VOCAB_ARG_REG_NAME] = { "reg-name", VOCAB_RULE, VOCAB_TEXT,
		.sources = VOCAB_FROM(DT_REG),
		.doc = "which reg range, by its reg-names string" },
	[VOCAB_ARG_REG_INDEX] = { "reg-index", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(DT_REG),
		.doc = "which reg range, counted from 0, where there is no name" },
	[VOCAB_ARG_OFFSET] = { "offset", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(DT_REG),
		.doc = "bytes to skip at its start (default 0)" },
	[VOCAB_ARG_LENGTH] = { "length", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(DT_REG) | VOCAB_FROM(MSI_MESSAGE),
		.needed_by = VOCAB_FROM(MSI_MESSAGE),
		.doc = "dt-reg: bytes to take from there (default: to its end); msi-message: bytes, a power of two, of the naturally aligned piece around the address" },
	[VOCAB_ARG_APERTURE_LAST] = { "aperture-last", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(INBOUND_LIMIT),
		.needed_by = VOCAB_FROM(INBOUND_LIMIT),
		.doc = "the last address that the IOMMU could map" },
	[VOCAB_ARG_SIZE] = { "size", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(PLACED),
		.doc = "bytes that the window has at least (default: what the machine's MSI doorbells need)" },
	[VOCAB_ARG_MODEL] = { "model", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(IORT_SMMU_MODEL),
		.needed_by = VOCAB_FROM(IORT_SMMU_MODEL),
		.doc = "number of the SMMUv3's model: 0 generic, 1 HiSilicon HI161x, 2 Cavium CN99xx" },
	[VOCAB_ARG_BITS] = { "bits", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(IORT_ADDRESS_LIMIT),
		.needed_by = VOCAB_FROM(IORT_ADDRESS_LIMIT),
		.doc = "address bits of the root complex, 1 to 64" },
	[VOCAB_ARG_INPUT] = { "input", VOCAB_RULE, VOCAB_RANGE,
		.sources = VOCAB_FROM(IORT_ID_MAPPING),
		.needed_by = VOCAB_FROM(IORT_ID_MAPPING),
		.doc = "first and last requester ID, both inclusive: bus * 256 + device * 8 + function" },
	[VOCAB_ARG_OUTPUT_BASE] = { "output-base", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(IORT_ID_MAPPING),
		.needed_by = VOCAB_FROM(IORT_ID_MAPPING),
		.doc = "the stream ID that the first of these becomes" },
	[VOCAB_ARG_OUTPUT_SMMU] = { "output-smmu", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(IORT_ID_MAPPING),
		.needed_by = VOCAB_FROM(IORT_ID_MAPPING),
		.doc = "base address of the SMMU that they arrive at, as in its node" },
	[VOCAB_ARG_BAR] = { "bar", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM_BARS, .needed_by = VOCAB_FROM_BARS,
		.doc = "number of the BAR, 0 to 5, or 6 for the ROM; of one of 64 bits the lower number" },
	[VOCAB_ARG_BAR_SIZE] = { "bar-size", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM_BARS,
		.doc = "bytes of the BAR that the rule is about; on a device where it has another size the rule does not apply (default: any)" },
	[VOCAB_ARG_BAR_OFFSET] = { "bar-offset", VOCAB_RULE, VOCAB_NUMBER,
		.sources = VOCAB_FROM(BAR_OFFSET),
		.needed_by = VOCAB_FROM(BAR_OFFSET),
		.doc = "bytes from the start of a page to the BAR" },

	[VOCAB_DEVICE_ID] = { "device-id", VOCAB_RULE, VOCAB_TEXTS,
		.cond = QUIRK_COND_DEVICE_ID,
		.doc = "scope: \"vvvv:dddd\": PCI vendor and device id of the device" },

	[VOCAB_OTHERS] = { "smmu-model", VOCAB_MATCH, VOCAB_TEXTS,
		.is_key = QUIRK_KEY_SMMU,
		.doc = "\"smmu-N\" or \"smmuv3-N\": type and model number of an SMMU node of the IORT" },
	{ "dt-root", VOCAB_MATCH, VOCAB_TEXTS,
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
	{ "pci-id", VOCAB_MATCH, VOCAB_TEXTS, .is_key = QUIRK_KEY_PCI,
		.doc = "\"vvvv:dddd\": vendor and device id, lower-case hex, of any PCI function" },

	{ "unless-redirected", VOCAB_RULE, VOCAB_FLAG,
		.flag = QUIRK_RULE_F_UNLESS_REDIRECTED,
		.sources = VOCAB_FROM(HOST_WINDOWS) | VOCAB_FROM(PORT_WINDOWS),
		.doc = "not where ACS on the path sends such requests upstream; only shown where ACS does not tell" },
	{ "below-4g", VOCAB_RULE, VOCAB_FLAG,
		.flag = QUIRK_RULE_F_BELOW_4G,
		.sources = VOCAB_FROM(DT_REG),
		.doc = "only where the range starts below 4 GiB" },

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
	{ "device-compatible", VOCAB_RULE, VOCAB_TEXTS,
		.cond = QUIRK_COND_DEVICE_COMPATIBLE,
		.doc = "scope: a compatible string of the device's own node" },
	{ "root-port", VOCAB_RULE, VOCAB_TEXTS, .cond = QUIRK_COND_ROOT_PORT,
		.doc = "scope: the same of the root port above it" },
	{ "host-bridge", VOCAB_RULE, VOCAB_TEXTS,
		.cond = QUIRK_COND_HOST_BRIDGE,
		.doc = "scope: the same of the host bridge's own function on its root bus" },
	{ "iommu-base", VOCAB_RULE, VOCAB_ADDRESSES,
		.cond = QUIRK_COND_IOMMU_BASE,
		.doc = "scope: physical addresses of the registers of the device's IOMMU" },
	{ "page-size", VOCAB_RULE, VOCAB_NUMBERS, .cond = QUIRK_COND_PAGE_SIZE,
		.doc = "scope: page sizes of the host, in bytes; of a rule about a BAR the page size that is asked about" },
};

#endif
