/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boards.h - described machines, and what the shipped quirk table makes of them
 *
 * tests/boards/VENDOR.json describe machines, each seen from one of its
 * devices, with what has to come out, written by hand. This program replays
 * them on the host, checks what the table says against Linux's own sources, and
 * makes the device trees by which QEMU's machine takes their identity.
 *
 * A description is an object:
 *
 *	"board"		its name; unique
 *	"entries"	names of the entries that must match, in the table's order
 *	"dts"		tree of Linux below arch/arm64/boot/dts: gives the root's and
 *			the nodes' compatibles, and with device.host the host
 *	"boot"		"dt" (default) or "acpi"
 *	"identity"	{"dt-root": [..], "dt-node": [..], "acpi": [[signature,
 *			OEM id, OEM table id, revision], ..], "dmi": {field: value},
 *			"pci": ["vvvv:dddd"], "smmu": [..]}: beside those of the tree
 *	"device"	{"host": path of a PCI host} or {"path": path of a node}, or
 *			neither: a PCI device below a host that has no node, or one
 *			that only firmware describes: {"compatible": [..]}; with any
 *			of "segment", "windows", "ports", "its", "its-all", "inbound",
 *			"messages", "acs", "device-id", "root-port", "host-bridge",
 *			"iommu-base", "placed", which override what the tree says;
 *			and "bars": {"0": SIZE, ..}, "6" being the ROM
 *	"page-size"	default 4096
 *	"kernel"	behaviours of its kernel (quirk_kernel_names[])
 *	"wanted"	{"ENTRY/RULE": "OUTCOME [0xSTART-0xLAST]..."}: all rules in
 *			scope under the default policy
 *	"corrections"	{"ENTRY/RULE": "MODE WHAT"}: likewise, all corrections of the
 *			IORT, in the form of describe_correction(); default none
 *	"bar-rules"	{"ENTRY/RULE": "OUTCOME SAYS [OFFSET] BAR N on PAGE-SIZE.."}: likewise,
 *			all rules that are about one of the device's BARs on a host with
 *			pages of 4096, 16384 or 65536 bytes, whatever "page-size" says; in
 *			the form of machine_bar_rule(); default none
 *	"vm"		"dt", "acpi" or "dmi": how QEMU carries this identity; or
 *	"replay-only"	why it cannot
 *
 * Addresses are strings in hexadecimal.
 */
#ifndef IOMMU_RESV_TEST_BOARDS_H
#define IOMMU_RESV_TEST_BOARDS_H

#include "../../quirks/compile.h"
#include "../../quirks/correct.h"
#include "../../tools/dt_facts.h"

/**
 * struct token - one identity token
 * @kind: of a key
 * @value: as in the table
 * @revision: of an ACPI table
 */
struct token {
	enum quirk_key kind;
	const char *value;
	u32 revision;
};

/**
 * struct list - ranges or addresses that a description gives
 * @given: the member is there, maybe empty
 * @count: how many
 * @r: the ranges; of an address only the start counts
 */
struct list {
	bool given;
	size_t count;
	struct resv_range *r;
};

/**
 * struct wanted - what has to become of a rule
 * @rule: "ENTRY/RULE"
 * @text: "OUTCOME 0x..-0x.. ...", in the form of describe_outcome(), or in that of
 *	describe_correction() or machine_bar_rule()
 */
struct wanted {
	const char *rule;
	const char *text;
};

/**
 * struct board - one description; see the top of this file
 * @file: where it stands
 * @name: its label
 * @entries: NULL at the end
 * @dts: or NULL
 * @is_acpi: how it boots
 * @tokens: beside those of the tree
 * @token_count: how many
 * @host_path: or NULL
 * @node_path: or NULL
 * @compatible: of the host, where there is no tree; NULL at the end
 * @segment: or -1
 * @windows: of the host
 * @ports: windows of the bridges
 * @its: bases
 * @its_all: bases
 * @inbound: of the host
 * @messages: addresses
 * @placed: one window
 * @iommu_base: one address
 * @acs: what ACS says
 * @device_id: or NULL
 * @root_port: or NULL
 * @host_bridge: or NULL
 * @bar: sizes of the device's BARs; 0 for none
 * @page_size: in bytes
 * @kernel: NULL at the end
 * @wanted: in the order of the description
 * @wanted_count: how many
 * @corrections: likewise
 * @correction_count: how many
 * @bar_rules: likewise
 * @bar_rule_count: how many
 * @vm: "dt", "acpi", "dmi" or NULL
 * @replay_only: or NULL
 */
struct board {
	const char *file;
	const char *name;
	const char **entries;
	const char *dts;
	bool is_acpi;
	struct token *tokens;
	size_t token_count;
	const char *host_path;
	const char *node_path;
	const char **compatible;
	int segment;
	struct list windows;
	struct list ports;
	struct list its;
	struct list its_all;
	struct list inbound;
	struct list messages;
	struct list placed;
	struct list iommu_base;
	enum resv_acs acs;
	const char *device_id;
	const char *root_port;
	const char *host_bridge;
	u64 bar[QUIRK_BAR_MAX + 1];
	u64 page_size;
	const char **kernel;
	struct wanted *wanted;
	size_t wanted_count;
	struct wanted *corrections;
	size_t correction_count;
	struct wanted *bar_rules;
	size_t bar_rule_count;
	const char *vm;
	const char *replay_only;
};

/**
 * struct boards - all of them, with the table
 * @board: the descriptions
 * @count: how many
 * @compiled: the table's image and what its sources say beside it
 * @table: the same, checked
 * @dtb: directory of compiled device trees
 */
struct boards {
	struct board *board;
	size_t count;
	struct quirk_compiled compiled;
	struct quirk_table table;
	const char *dtb;
};

/**
 * struct machine - a description made answerable
 * @board: the description
 * @tree: its device tree, where it has one
 * @blob: what to free
 * @has_tree: whether @tree is there
 * @dt: the device in @tree
 */
struct machine {
	const struct board *board;
	struct dt_tree tree;
	char *blob;
	bool has_tree;
	struct dt_device dt;
};

/**
 * struct found - entries that match a machine
 * @count: how many
 * @entry: their indices
 */
struct found {
	size_t count;
	u32 entry[16];
};

/* Answers for a struct machine: the description's, else its tree's. */
extern const struct resv_facts machine_facts;

/* describe.c: read one file of descriptions; complains and returns false where it is wrong. */
bool describe_file(struct boards *all, const char *name);
/* describe.c: bring "OUTCOME RANGE..." into the form that describe_outcome() writes; NULL where it is not of that form. */
char *describe_parse(const char *text);
/* describe.c: the text for an outcome and its ranges; to be freed. */
char *describe_outcome(enum resv_outcome outcome, const struct resv_ranges *out);
/* describe.c: the text for a correction: "MODE KIND ..."; to be freed. */
char *describe_correction(const char *mode, const struct iort_fix *fix);
/* describe.c: the text for a rule about a BAR: "MODE SAYS ..."; to be freed. */
char *describe_bar_rule(const char *mode, const char *says, u32 bar, u64 size, u64 offset);

/* replay.c */
const struct board *board_named(const struct boards *all, const char *name);
const char *machine_open(struct machine *m, const struct boards *all, const struct board *b);
void machine_close(struct machine *m);
const char *machine_tree(struct machine *m, const char *file);
void machine_match(const struct machine *m, const struct quirk_table *t, struct found *found);
/* What the default policy makes of a rule on a machine; NULL where it is out of scope. */
char *machine_rule(const struct machine *m, const struct quirk_table *t, u32 rule);
/* The default policy's correction that a rule is; NULL where it is none. */
char *machine_correction(const struct quirk_table *t, u32 rule);
/* What the default policy makes of a rule for a machine's BARs; NULL where it is about none. */
char *machine_bar_rule(const struct machine *m, const struct quirk_table *t, u32 rule);
/* The default policy's word for a rule about a BAR; NULL where it is none. */
const char *machine_bar_mode(const struct quirk_table *t, u32 rule);
/* "ENTRY/RULE"; to be freed */
char *rule_name(const struct quirk_table *t, u32 rule);
const char *entry_name(const struct quirk_table *t, u32 entry);
int replay(const struct boards *all);

/* truth.c */
int truth(const struct boards *all, const char *tree);

/* vm.c */
int vm_list(const struct boards *all);
int vm_expect(const struct boards *all, const char *name, const char *kernel, const char *tree);

/* graft.c */
int vm_tree(const struct boards *all, const char *name, const char *from, const char *to);
/* Path of QEMU's PCI host; to be freed, or NULL. */
char *find_pcie(const void *fdt);
/* Adds a range to the struct list that @ctx is. */
int note_range(void *ctx, u64 start, u64 last);

/* check.c */
int vm_check(const char *expected, const char *report);

/* boards.c: results as TAP */
__attribute__((format(printf, 2, 3)))
void result(bool good, const char *format, ...);
__attribute__((format(printf, 1, 2)))
void detail(const char *format, ...);
int results_end(void);
__attribute__((format(printf, 1, 2)))
char *text(const char *format, ...);

#endif
