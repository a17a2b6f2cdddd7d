/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table_image.h - one good table image, to be damaged by tests
 *
 * It holds every kind of record and every word of the language. Each copy of it
 * lies in an allocation of exactly its size and the tests are built with the
 * sanitizers, so a read outside ends them.
 *
 * Needs LINK: as quirk_source.h, and quirks/correct.c module/ranges.c module/resolve.c
 */
#ifndef IOMMU_RESV_TEST_TABLE_IMAGE_H
#define IOMMU_RESV_TEST_TABLE_IMAGE_H

#include "../../quirks/correct.h"
#include "fake_machine.h"
#include "quirk_source.h"

/* As RULE_WORDS, with an effect of its own. */
#define RULE_EFFECT(type, action) \
	" type = \"" type "\"; action = \"" action "\"; confidence = \"confirmed\";" \
	" reference = \"rr\"; reason = \"why\"; "

static const char table_source[] = SOURCE(
	"alpha {" ENTRY_WORDS
	"  match-acpi { acpi-table = \"MCFG\", \"OEMID1\", \"TABLEID1\"; acpi-revision = <2 5>; dmi-sys-vendor = \"maker\"; };"
	"  match-dmi { dmi-product-name = \"box\"; dmi-sys-vendor = \"maker\"; };"
	"  match-dt { dt-root = \"maker,box\"; };"
	"  match-pci { pci-id = \"1def:e100\"; };"
	"  match-smmu { smmu-model = \"smmuv3-2\"; pci-id = \"14e4:9084\"; };"
	"  literal { source = \"range\"; range = <0x1000 0x1fff>; confidence = \"confirmed\"; boot = \"dt\"; segment = <0 1>;" RULE_WORDS "};"
	"  named { source = \"dt-reg\"; reg-name = \"config\"; offset = <4>; length = <8>; below-4g; confidence = \"confirmed\"; kernel = \"dwc-doorbell-is-config\"; host-compatible = \"h\"; host-lacks = \"msi-map\";" RULE_WORDS "};"
	"  counted { source = \"dt-reg\"; reg-index = <1>; node = \"msi-controller\"; confidence = \"inferred\"; host-path = \"/soc/pcie\";" RULE_WORDS "};"
	"  windows { source = \"host-windows\"; unless-redirected; confidence = \"inferred\"; advise;" RULE_WORDS "};"
	"  ports { source = \"port-windows\"; unless-redirected; confidence = \"confirmed\"; root-port = \"1def:e101\"; host-bridge = \"1def:e102\";" RULE_WORDS "};"
	"  property { source = \"dt-property\"; property = \"maker,range\"; node = \"device\"; confidence = \"confirmed\"; device-compatible = \"dc\";" RULE_WORDS "};"
	"};"
	"beta {" ENTRY_WORDS "demo;"
	"  match { dt-node = \"maker,node\"; };"
	"  inbound { source = \"inbound-limit\"; aperture-last = <0xffffffff>; confidence = \"inferred\";" RULE_WORDS "};"
	"  its { source = \"its\"; confidence = \"confirmed\"; device-path = \"/soc/dev\";" RULE_WORDS "};"
	"  later { source = \"run-time\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"  message { source = \"msi-message\"; length = <4096>; confidence = \"confirmed\"; page-size = <4096 65536>;" RULE_WORDS "};"
	"  placed { source = \"placed\"; size = <0x200000>; iommu-base = /bits/ 64 <0x2b400000>;" RULE_EFFECT("sw-msi", "replace") "};"
	"  bypass { source = \"its-all\"; iommu-base = /bits/ 64 <0x2b500000>;" RULE_EFFECT("msi", "replace") "};"
	"  relaxed { source = \"range\"; range = <0x9000000 0x90fffff>;" RULE_EFFECT("direct", "relax") "};"
	"  known { source = \"notice\";" RULE_EFFECT("none", "add") "};"
	"  dropped { source = \"range\"; range = <0x8000000 0x80fffff>; device-id = \"1def:e103\";" RULE_EFFECT("sw-msi", "drop") "};"
	"};"
	"gamma {" ENTRY_WORDS "known-good; match { dt-root = \"maker,good\"; }; };"
	"zenith {" ENTRY_WORDS
	"  match { dt-root = \"maker,zenith\"; };"
	"  realign { source = \"bar-realign\"; bar = <0>; bar-size = <0x4000>; page-size = <65536>; device-id = \"1def:e103\";" RULE_EFFECT("none", "add") "};"
	"  whole { source = \"bar-whole-page\"; bar = <6>; device-id = \"1def:e103\";" RULE_EFFECT("none", "add") "};"
	"  offset { source = \"bar-offset\"; bar = <2>; bar-offset = <0x3000>; page-size = <16384>; device-id = \"1def:e103\", \"1def:e104\";" RULE_EFFECT("none", "add") "};"
	"};"
	"zeta {" ENTRY_WORDS
	"  match { dt-root = \"maker,zeta\"; };"
	"  limit { source = \"iort-address-limit\"; bits = <32>;" RULE_EFFECT("none", "add") "};"
	"  mapping { source = \"iort-id-mapping\"; input = <0x100 0x1ff>; output-base = <0x20000>; output-smmu = /bits/ 64 <0x72b400000>; segment = <1>;" RULE_EFFECT("none", "add") "};"
	"  model { source = \"iort-smmu-model\"; model = <2>; iommu-base = /bits/ 64 <0x2b600000>;" RULE_EFFECT("none", "add") "};"
	"};");

static u8 *good;
static size_t good_size;
static struct quirk_table good_table;

static inline int table_setup(void **state)
{
	struct quirk_fault fault;

	good = compile_text(table_source, &good_size);
	return quirk_table_open(&good_table, good, good_size, &fault);
}

static inline int table_teardown(void **state)
{
	free(good);
	return 0;
}

static inline u8 *copy_good(void)
{
	u8 *image = malloc(good_size);

	assert_non_null(image);
	return memcpy(image, good, good_size);
}

static const struct fake_host table_host = {
	.segment = 1,
	.node = {
		.path = "/soc/pcie",
		.compatibles = { "h" },
		.regs = {
			{ "other", { 0x100, 0x1ff } },
			{ "config", { 0x2000, 0x2fff } },
		},
	},
	.bridge_id = "1def:e102",
	.windows = { { 0x40000000, 0x4fffffff } },
	.inbound = { { 0x80000000, 0x8fffffff } },
	.messages = { 0x7000 },
};

static const struct fake_node table_device_node = {
	.path = "/soc/dev",
	.compatibles = { "dc" },
	.values = { { "maker,range", { { 0x6000, 0x1000 } } } },
};

static const struct fake_device table_device = {
	.kernel = { "dwc-doorbell-is-config" },
	.host = &table_host,
	.node = &table_device_node,
	.controllers = { &table_host.node },
	.pci_id = "1def:e103",
	.root_port = "1def:e101",
	.iommu_base = 0x2b400000,
	.acs = RESV_ACS_NOT_REDIRECTED,
	.own_acs = RESV_ACS_NOT_REDIRECTED,
	.has_ports = true,
	.ports = { { 0x50000000, 0x5fffffff } },
	.its = { 0x8080000 },
	.its_all = { 0x8080000, 0x8090000 },
	.placed = { 0xf000000, 0xf1fffff },
	.tokens = {
		{ QUIRK_KEY_DT_ROOT, "maker,box", 0 },
		{ QUIRK_KEY_DT_NODE, "maker,node", 0 },
		{ QUIRK_KEY_ACPI, "MCFGOEMID1TABLEID1", 3 },
		{ QUIRK_KEY_DMI, "sys_vendor=maker", 0 },
		{ QUIRK_KEY_DMI, "product_name=box", 0 },
		{ QUIRK_KEY_PCI, "1def:e100", 0 },
		{ QUIRK_KEY_PCI, "14e4:9084", 0 },
		{ QUIRK_KEY_SMMU, "smmuv3-2", 0 },
	},
};

static inline size_t use_string(const struct quirk_table *t, const u8 *field)
{
	const char *s = quirk_string(t, field);
	size_t len = strlen(s);
	size_t i;

	for (i = 0; i < len; i++)
		assert_in_range(s[i], 0x20, 0x7e);
	return len;
}

static inline u32 entry_level(const struct quirk_table *t, u32 entry)
{
	assert_true(entry < t->count[QUIRK_SEC_ENTRIES]);
	return get_le32(quirk_entry_at(t, entry) + QUIRK_ENT_LEVEL);
}

static inline int count_match(void *arg, u32 entry, u32 key)
{
	(*(u32 *)arg)++;
	return 0;
}

/* Match the device above; what quirk_table_match() says, and how many match. */
static inline int match_device(const struct quirk_table *t, u32 *matches)
{
	const struct quirk_identity id = {
		.for_each_token = fake_for_each_token,
		.has = fake_has,
		.ctx = (void *)&table_device,
	};
	u8 *seen = calloc(1, t->count[QUIRK_SEC_ENTRIES] / 8 + 1);
	int ret;

	assert_non_null(seen);
	*matches = 0;
	ret = quirk_table_match(t, &id, count_match, matches, seen);
	free(seen);
	return ret;
}

/* What writes an overlay relies on this. */
static inline void use_fix(const struct iort_fix *fix)
{
	assert_true(fix->segment_first <= fix->segment_last);
	assert_true(fix->smmu_first <= fix->smmu_last);
	if (fix->kind == IORT_FIX_ADDRESS_LIMIT)
		assert_in_range(fix->value, 1, 64);
	if (fix->kind != IORT_FIX_ID_MAPPING)
		return;
	assert_true(fix->input_first <= fix->input_last);
	assert_true(fix->input_last <= QUIRK_REQUESTER_MAX);
	assert_true(fix->output_base <=
		    U32_MAX - (fix->input_last - fix->input_first));
	assert_true(fix->output_smmu != 0);
	assert_true(fix->segment_last <= 0x7fffffff);
}

/* What reports BARs relies on this. */
static inline void use_bar_rule(const struct quirk_table *t, u32 rule)
{
	const u8 *r = quirk_rule_at(t, rule);
	struct resv_verdict verdict;
	u64 page_size;
	u32 bar;

	for (bar = 0; bar <= QUIRK_BAR_MAX; bar++) {
		for (page_size = 4096; page_size <= 65536; page_size *= 4) {
			verdict = resv_resolve_bar_rule(t, rule,
							RESV_MODE_ENFORCE,
							&fake_facts,
							(void *)&table_device,
							bar, 0x4000, page_size);
			if (verdict.outcome == RESV_NOT_IN_SCOPE)
				continue;
			assert_int_equal(verdict.outcome, RESV_ENFORCED);
			assert_true(QUIRK_SOURCE_BARS(r[QUIRK_RULE_SOURCE]));
			assert_true(get_le64(r + QUIRK_RULE_ARG_B) < page_size);
			assert_true(strlen(quirk_bar_word(r[QUIRK_RULE_SOURCE])) > 0);
		}
	}
}

/* Read all that a table has, as its users would. */
static inline void use_table(const struct quirk_table *t)
{
	struct resv_range storage[8];
	u32 matches;
	int ret;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++) {
		const u8 *e = quirk_entry_at(t, i);

		assert_true(use_string(t, e + QUIRK_ENT_NAME) > 0);
		use_string(t, e + QUIRK_ENT_TITLE);
		use_string(t, e + QUIRK_ENT_REFERENCE);
		assert_true(get_le32(e + QUIRK_ENT_RULE_FIRST) +
			    get_le32(e + QUIRK_ENT_RULE_COUNT) <=
			    t->count[QUIRK_SEC_RULES]);
	}
	for (i = 0; i < t->count[QUIRK_SEC_KEYS]; i++) {
		use_string(t, quirk_key_at(t, i) + QUIRK_KEY_VALUE);
		assert_true(get_le32(quirk_key_at(t, i) + QUIRK_KEY_ENTRY) <
			    t->count[QUIRK_SEC_ENTRIES]);
	}
	for (i = 0; i < t->count[QUIRK_SEC_CONDS]; i++)
		use_string(t, quirk_cond_at(t, i) + QUIRK_COND_VALUE);
	for (i = 0; i < t->count[QUIRK_SEC_RULES]; i++) {
		const u8 *r = quirk_rule_at(t, i);
		struct resv_ranges out;
		struct iort_fix fix;

		use_string(t, r + QUIRK_RULE_NAME);
		use_string(t, r + QUIRK_RULE_REFERENCE);
		use_string(t, r + QUIRK_RULE_REASON);
		use_string(t, r + QUIRK_RULE_ARG_STRING);
		if (entry_level(t, get_le32(r + QUIRK_RULE_ENTRY)) > QUIRK_LEVEL)
			continue;
		assert_true(quirk_action_takes(r[QUIRK_RULE_ACTION],
					       r[QUIRK_RULE_TYPE]));
		resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
		resv_resolve_rule(t, i, RESV_MODE_ENFORCE, &fake_facts,
				  (void *)&table_device, &out);
		if (quirk_correction(t, i, &fix))
			use_fix(&fix);
		use_bar_rule(t, i);
	}
	ret = match_device(t, &matches);
	assert_true(ret == 0 || (ret == -EOPNOTSUPP && !matches));
	assert_true(matches <= t->count[QUIRK_SEC_ENTRIES]);
}

/* Open a damaged image; true where it was accepted, and then it was used. */
static inline bool try_image(const u8 *image, size_t size)
{
	struct quirk_table t;
	struct quirk_fault fault = { NULL, U32_MAX };

	memset(&t, 0x55, sizeof(t));
	if (!quirk_table_open(&t, image, size, &fault)) {
		use_table(&t);
		return true;
	}
	assert_non_null(fault.what);
	assert_true(fault.offset <= size);
	/* Nothing may look opened. */
	assert_int_equal(t.size, 0x55555555);
	return false;
}

static inline void assert_refused_at(const u8 *image, size_t size,
				     const char *what, size_t offset)
{
	struct quirk_fault fault = { "nothing", 0 };
	struct quirk_table t;

	if (quirk_table_open(&t, image, size, &fault) != -EINVAL ||
	    strcmp(fault.what, what) || fault.offset != offset)
		fail_msg("%s at %u, wanted: %s at %zu", fault.what,
			 fault.offset, what, offset);
}

static inline size_t offset_of(const u8 *record)
{
	return (size_t)(record - good);
}

static inline size_t entry_offset(const char *name)
{
	return offset_of(quirk_entry_at(&good_table,
					find_entry(&good_table, name)));
}

static inline size_t rule_offset(const char *entry, const char *rule)
{
	u32 e = find_entry(&good_table, entry);

	return offset_of(quirk_rule_at(&good_table,
				       find_rule(&good_table, e, rule)));
}

/* The first condition of a kind. */
static inline size_t cond_offset(u32 kind)
{
	u32 i;

	for (i = 0; i < good_table.count[QUIRK_SEC_CONDS]; i++)
		if (get_le32(quirk_cond_at(&good_table, i)) == kind)
			return offset_of(quirk_cond_at(&good_table, i));
	fail_msg("no condition of kind %u", kind);
	return 0;
}

static inline size_t key_offset(u32 kind)
{
	u32 i;

	for (i = 0; i < good_table.count[QUIRK_SEC_KEYS]; i++)
		if (get_le32(quirk_key_at(&good_table, i)) == kind)
			return offset_of(quirk_key_at(&good_table, i));
	fail_msg("no key of kind %u", kind);
	return 0;
}

#endif
