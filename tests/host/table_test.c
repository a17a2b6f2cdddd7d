// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/compile.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * table_test.c - tests of the quirk table reader
 *
 * One good image that holds every kind of record is damaged in every way that
 * touches one byte, and in many that touch two; the checksum is made right
 * again, so that the damage is met by the checks behind it. An image that is
 * accepted all the same has to be safe to use: it is walked from end to end.
 * Each image lies in an allocation of exactly its size and the test is built
 * with the sanitizers, so a read outside ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fake_machine.h"
#include "quirk_source.h"

static const char source[] = SOURCE(
	"alpha {" ENTRY_WORDS
	"  match-acpi { acpi-table = \"MCFG\", \"OEMID1\", \"TABLEID1\"; acpi-revision = <2 5>; dmi-sys-vendor = \"maker\"; };"
	"  match-dmi { dmi-product-name = \"box\"; dmi-sys-vendor = \"maker\"; };"
	"  match-dt { dt-root = \"maker,box\"; };"
	"  literal { source = \"range\"; range = <0x1000 0x1fff>; confidence = \"confirmed\"; boot = \"dt\"; segment = <0 1>;" RULE_WORDS "};"
	"  named { source = \"host-reg\"; reg-name = \"config\"; offset = <4>; length = <8>; confidence = \"confirmed\"; kernel = \"dwc-doorbell-is-config\"; host-compatible = \"h\"; host-lacks = \"msi-map\";" RULE_WORDS "};"
	"  counted { source = \"host-reg\"; reg-index = <1>; confidence = \"inferred\"; host-path = \"/soc/pcie\";" RULE_WORDS "};"
	"  windows { source = \"host-windows\"; confidence = \"inferred\"; advise;" RULE_WORDS "};"
	"};"
	"beta {" ENTRY_WORDS "demo;"
	"  match { dt-node = \"maker,node\"; };"
	"  inbound { source = \"inbound-limit\"; aperture-last = <0xffffffff>; confidence = \"inferred\";" RULE_WORDS "};"
	"  its { source = \"its\"; confidence = \"confirmed\"; device-path = \"/soc/dev\";" RULE_WORDS "};"
	"  later { source = \"run-time\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"};"
	"gamma {" ENTRY_WORDS "known-good; match { dt-root = \"maker,good\"; }; };");

static u8 *good;
static size_t good_size;
static struct quirk_table good_table;

static int setup(void **state)
{
	struct quirk_fault fault;

	good = compile_text(source, &good_size);
	return quirk_table_open(&good_table, good, good_size, &fault);
}

static int teardown(void **state)
{
	free(good);
	return 0;
}

static void put_le32(u8 *p, u32 value)
{
	int i;

	for (i = 0; i < 4; i++)
		p[i] = (u8)(value >> 8 * i);
}

static void fix_crc(u8 *image, size_t size)
{
	put_le32(image + QUIRK_HDR_CRC, 0);
	put_le32(image + QUIRK_HDR_CRC, env_crc32(0, image, size));
}

static u8 *copy_good(void)
{
	u8 *image = malloc(good_size);

	assert_non_null(image);
	return memcpy(image, good, good_size);
}

static size_t use_string(const struct quirk_table *t, const u8 *field)
{
	const char *s = quirk_string(t, field);
	size_t len = strlen(s);
	size_t i;

	for (i = 0; i < len; i++)
		assert_in_range(s[i], 0x20, 0x7e);
	return len;
}

static const struct fake_host some_host = {
	.segment = 1,
	.path = "/soc/pcie",
	.compatibles = { "h" },
	.regs = { { "other", { 0x100, 0x1ff } }, { "config", { 0x2000, 0x2fff } } },
	.windows = { { 0x40000000, 0x4fffffff } },
	.inbound = { { 0x80000000, 0x8fffffff } },
};

static const struct fake_device some_device = {
	.kernel = { "dwc-doorbell-is-config" },
	.host = &some_host,
	.path = "/soc/dev",
	.its = { 0x8080000 },
	.tokens = {
		{ QUIRK_KEY_DT_ROOT, "maker,box", 0 },
		{ QUIRK_KEY_DT_NODE, "maker,node", 0 },
		{ QUIRK_KEY_ACPI, "MCFGOEMID1TABLEID1", 3 },
		{ QUIRK_KEY_DMI, "sys_vendor=maker", 0 },
		{ QUIRK_KEY_DMI, "product_name=box", 0 },
	},
};

/* Read all that a table has, as its users would. */
static void use_table(const struct quirk_table *t)
{
	struct resv_range storage[8];
	struct fake_matches m;
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

		use_string(t, r + QUIRK_RULE_NAME);
		use_string(t, r + QUIRK_RULE_REFERENCE);
		use_string(t, r + QUIRK_RULE_REASON);
		use_string(t, r + QUIRK_RULE_ARG_STRING);
		assert_true(get_le32(r + QUIRK_RULE_ENTRY) <
			    t->count[QUIRK_SEC_ENTRIES]);
		resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
		resv_resolve_rule(t, i, RESV_ENFORCE_ALL, &fake_facts,
				  (void *)&some_device, &out);
	}
	m = fake_match(t, &some_device);
	assert_true(m.count <= t->count[QUIRK_SEC_ENTRIES]);
}

/* Open a damaged image; true where it was accepted, and then it was used. */
static bool try_image(const u8 *image, size_t size)
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

static void good_image_holds_what_was_compiled(void **state)
{
	u32 alpha = find_entry(&good_table, "alpha");
	u32 beta = find_entry(&good_table, "beta");
	u32 gamma = find_entry(&good_table, "gamma");
	const u8 *r = quirk_rule_at(&good_table,
				    find_rule(&good_table, alpha, "named"));

	assert_int_equal(good_table.serial, TEST_SERIAL);
	assert_int_equal(good_table.count[QUIRK_SEC_ENTRIES], 3);
	assert_int_equal(good_table.count[QUIRK_SEC_KEYS], 5);
	assert_int_equal(good_table.count[QUIRK_SEC_RULES], 7);
	assert_int_equal(get_le32(quirk_entry_at(&good_table, beta) +
				  QUIRK_ENT_FLAGS), QUIRK_ENT_F_DEMO);
	assert_int_equal(get_le32(quirk_entry_at(&good_table, gamma) +
				  QUIRK_ENT_FLAGS), QUIRK_ENT_F_KNOWN_GOOD);
	assert_int_equal(r[QUIRK_RULE_SOURCE], QUIRK_SOURCE_HOST_REG);
	assert_string_equal(quirk_string(&good_table,
					 r + QUIRK_RULE_ARG_STRING), "config");
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_A), 4);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_B), 8);
	use_table(&good_table);
}

static void every_value_of_every_byte(void **state)
{
	unsigned int accepted = 0;
	size_t at;

	for (at = 0; at < good_size; at++) {
		unsigned int value;

		for (value = 0; value < 256; value++) {
			u8 *image;

			if (good[at] == value)
				continue;
			image = copy_good();
			image[at] = (u8)value;
			/* Without a right checksum nothing is accepted. */
			assert_false(try_image(image, good_size));
			if (at < QUIRK_HDR_CRC || at >= QUIRK_HDR_CRC + 4) {
				fix_crc(image, good_size);
				accepted += try_image(image, good_size);
			}
			free(image);
		}
	}
	/* Other letters in a title are fine; or the test would test nothing. */
	assert_true(accepted > 1000);
}

static void many_pairs_of_bytes(void **state)
{
	uint64_t seed = 0x2545f4914f6cdd1dull;
	unsigned int n;

	for (n = 0; n < 100000; n++) {
		u8 *image = copy_good();
		unsigned int k;

		for (k = 0; k < 2; k++) {
			size_t records = good_table.sec[QUIRK_SEC_STRINGS] -
					 good;

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			image[QUIRK_HDR_SECTIONS +
			      seed % (records - QUIRK_HDR_SECTIONS)] =
				seed >> 60 & 1 ? (u8)(seed >> 32 & 7) :
				(u8)(seed >> 32);
		}
		fix_crc(image, good_size);
		try_image(image, good_size);
		free(image);
	}
}

static void every_other_length(void **state)
{
	size_t size;

	for (size = 0; size < good_size + 16; size++) {
		u8 *image = malloc(size ? size : 1);

		assert_non_null(image);
		memset(image, 0, size);
		memcpy(image, good, size < good_size ? size : good_size);
		if (size == good_size) {
			free(image);
			continue;
		}
		assert_false(try_image(image, size));
		if (size >= QUIRK_HDR_LEN) {
			put_le32(image + QUIRK_HDR_TOTAL, (u32)size);
			fix_crc(image, size);
			assert_false(try_image(image, size));
		}
		free(image);
	}
}

static void assert_refused_at(const u8 *image, size_t size, const char *what,
			      size_t offset)
{
	struct quirk_fault fault = { "nothing", 0 };
	struct quirk_table t;

	if (quirk_table_open(&t, image, size, &fault) != -EINVAL ||
	    strcmp(fault.what, what) || fault.offset != offset)
		fail_msg("%s at %u, wanted: %s at %zu", fault.what,
			 fault.offset, what, offset);
}

static size_t offset_of(const u8 *record)
{
	return (size_t)(record - good);
}

static size_t rule_offset(const char *entry, const char *rule)
{
	u32 e = find_entry(&good_table, entry);

	return offset_of(quirk_rule_at(&good_table,
				       find_rule(&good_table, e, rule)));
}

/* The first condition of a kind. */
static size_t cond_offset(u32 kind)
{
	u32 i;

	for (i = 0; i < good_table.count[QUIRK_SEC_CONDS]; i++)
		if (get_le32(quirk_cond_at(&good_table, i)) == kind)
			return offset_of(quirk_cond_at(&good_table, i));
	fail_msg("no condition of kind %u", kind);
	return 0;
}

static size_t key_offset(u32 kind)
{
	u32 i;

	for (i = 0; i < good_table.count[QUIRK_SEC_KEYS]; i++)
		if (get_le32(quirk_key_at(&good_table, i)) == kind)
			return offset_of(quirk_key_at(&good_table, i));
	fail_msg("no key of kind %u", kind);
	return 0;
}

/* A defect of one field is refused there, with words that name it. */
static void each_defect_is_named(void **state)
{
	const struct quirk_table *t = &good_table;
	size_t entry = offset_of(quirk_entry_at(t, 0));
	size_t entry1 = offset_of(quirk_entry_at(t, 1));
	size_t entry2 = offset_of(quirk_entry_at(t, 2));
	size_t pool = offset_of(t->sec[QUIRK_SEC_STRINGS]);
	size_t literal = rule_offset("alpha", "literal");
	size_t named = rule_offset("alpha", "named");
	size_t counted = rule_offset("alpha", "counted");
	size_t its = rule_offset("beta", "its");
	size_t inbound = rule_offset("beta", "inbound");
	size_t acpi = key_offset(QUIRK_KEY_ACPI);
	size_t dmi = key_offset(QUIRK_KEY_DMI);
	size_t root = key_offset(QUIRK_KEY_DT_ROOT);
	size_t id_cond = cond_offset(QUIRK_COND_DMI);
	size_t boot = cond_offset(QUIRK_COND_BOOT);
	size_t segment = cond_offset(QUIRK_COND_SEGMENT);
	size_t kernel = cond_offset(QUIRK_COND_KERNEL);
	size_t path = cond_offset(QUIRK_COND_HOST_PATH);
	size_t device = cond_offset(QUIRK_COND_DEVICE_PATH);
	u32 strings = t->count[QUIRK_SEC_STRINGS];
	u32 title = get_le32(quirk_entry_at(t, 0) + QUIRK_ENT_TITLE);
	size_t vendor = offset_of((const u8 *)quirk_string(t, good + id_cond +
							      QUIRK_COND_VALUE));
	u32 reason = get_le32(good + literal + QUIRK_RULE_REASON);
	u32 last_cond = t->count[QUIRK_SEC_CONDS];
	const struct {
		const char *what;
		size_t at;
		u32 value;
		size_t reported;	/* 0: there */
		size_t also_at;		/* a second edit, where not 0 */
		u32 also_value;
	} cases[] = {
		{ "wrong magic: not a quirk table", 0, 0x41414141, 0 },
		{ "unknown format version", QUIRK_HDR_VERSION, 2, 0 },
		{ "wrong header length", QUIRK_HDR_SIZE, 72, 0 },
		{ "length in the header is not the length of the image", QUIRK_HDR_TOTAL, (u32)good_size + 8, 0 },
		{ "length in the header is not the length of the image", QUIRK_HDR_TOTAL, 0, 0 },
		{ "header has bits set in a zero field", QUIRK_HDR_ZERO, 1, 0 },
		{ "header has bits set in a zero field", QUIRK_HDR_ZERO + 4, 1, QUIRK_HDR_ZERO },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS, 88, 0 },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS + 16, 0, 0 },
		{ "section exceeds the image", QUIRK_HDR_SECTIONS + 4, 0x08000000, 0 },
		{ "section exceeds the image", QUIRK_HDR_SECTIONS + 36, strings + 8, 0 },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS + 4, 4, QUIRK_HDR_SECTIONS + 8 },
		{ "bytes after the last section", QUIRK_HDR_SECTIONS + 36, strings - 8, pool + strings - 8 },
		{ "string pool does not start with the empty string", pool, 0x41, 0 },
		{ "unprintable character in a string", pool + 1, 0x0a, 0 },
		{ "unprintable character in a string", pool + 1, 0x7f, 0 },
		{ "unprintable character in a string", pool + 1, 0xc3, 0 },
		{ "empty string in the middle of the pool", pool + 1, 0, 0 },

		{ "unknown kind of key", root, 0, 0 },
		{ "unknown kind of key", root, QUIRK_KEYS_END, 0 },
		{ "string offset outside the string pool", root + QUIRK_KEY_VALUE, strings, 0 },
		{ "string offset outside the string pool", root + QUIRK_KEY_VALUE, U32_MAX, 0 },
		{ "string offset inside another string", root + QUIRK_KEY_VALUE, reason + 1, 0 },
		{ "required string is empty", root + QUIRK_KEY_VALUE, 0, 0 },
		{ "ACPI key is not 18 characters long", acpi + QUIRK_KEY_VALUE, title, 0 },
		{ "DMI key is not field=value", dmi + QUIRK_KEY_VALUE, title, 0 },
		{ "DMI key is not field=value", id_cond + QUIRK_COND_VALUE, title, 0 },
		{ "DMI key is not field=value", vendor + strlen("sys_vendor="), 0, id_cond + QUIRK_COND_VALUE },
		{ "unknown DMI field", vendor, 'x', id_cond + QUIRK_COND_VALUE },
		{ "key of an entry that does not exist", root + QUIRK_KEY_ENTRY, 3, 0 },
		{ "bad range of OEM revisions", acpi + QUIRK_KEY_REV_MIN, 6, 0 },
		{ "bad range of OEM revisions", root + QUIRK_KEY_REV_MAX, 1, root + QUIRK_KEY_REV_MIN },
		{ "key has bits set in a zero field", root + QUIRK_KEY_ZERO, 1, 0 },
		{ "first index does not continue its neighbour's", root + QUIRK_KEY_COND_FIRST, 1, 0 },
		{ "count leaves the section", root + QUIRK_KEY_COND_COUNT, last_cond + 1, 0 },
		{ "count leaves the section", root + QUIRK_KEY_COND_COUNT, U32_MAX, 0 },
		{ "keys are not sorted", root + QUIRK_KEY_KIND, QUIRK_KEY_DT_NODE, root + QUIRK_KEY_LEN },
		{ "keys are not sorted", root + QUIRK_KEY_VALUE, get_le32(good + root + QUIRK_KEY_LEN + QUIRK_KEY_VALUE) + 11, root + QUIRK_KEY_LEN },

		{ "unknown kind of identity condition", id_cond, QUIRK_COND_BOOT, 0 },
		{ "unknown kind of identity condition", id_cond, 0, 0 },
		{ "bad range of OEM revisions", id_cond + QUIRK_COND_LO, 1, 0 },
		{ "condition has bits set in a zero field", id_cond + QUIRK_COND_ZERO, 1, 0 },
		{ "condition has bits set in a zero field", boot + QUIRK_COND_ZERO + 4, 1, boot + QUIRK_COND_ZERO },
		{ "unknown kind of scope condition", boot, QUIRK_COND_DMI, 0 },
		{ "unknown kind of scope condition", boot, QUIRK_CONDS_END, 0 },
		{ "unknown kind of boot", boot + QUIRK_COND_LO, 1, 0 },
		{ "unknown kind of boot", boot + QUIRK_COND_HI, 1, boot + QUIRK_COND_LO },
		{ "string in a condition on a number", boot + QUIRK_COND_VALUE, title, 0 },
		{ "bad range of PCI segments", segment + QUIRK_COND_LO, 9, 0 },
		{ "bad range of PCI segments", segment + QUIRK_COND_HI, 0x80000000, segment + QUIRK_COND_LO },
		{ "number in a condition on a string", path + QUIRK_COND_HI, 1, path + QUIRK_COND_LO },
		{ "required string is empty", path + QUIRK_COND_VALUE, 0, 0 },
		{ "device tree path does not start with /", path + QUIRK_COND_VALUE, title, 0 },
		{ "device tree path does not start with /", device + QUIRK_COND_VALUE, title, 0 },
		{ "unknown kernel behaviour", kernel + QUIRK_COND_VALUE, title, 0 },

		{ "required string is empty", entry + QUIRK_ENT_NAME, 0, 0 },
		{ "required string is empty", entry + QUIRK_ENT_TITLE, 0, 0 },
		{ "required string is empty", entry + QUIRK_ENT_REFERENCE, 0, 0 },
		{ "entry name is not kebab-case", entry + QUIRK_ENT_NAME, get_le32(good + root + QUIRK_KEY_VALUE), 0 },
		{ "entries are not sorted by unique names", entry1 + QUIRK_ENT_NAME, get_le32(good + entry + QUIRK_ENT_NAME), 0 },
		{ "unknown entry flag", entry + QUIRK_ENT_FLAGS, 4, 0 },
		{ "entry has bits set in a zero field", entry + QUIRK_ENT_ZERO + 4, 1, entry + QUIRK_ENT_ZERO },
		{ "first index does not continue its neighbour's", entry1 + QUIRK_ENT_RULE_FIRST, 3, 0 },
		{ "count leaves the section", entry + QUIRK_ENT_RULE_COUNT, 8, 0 },
		{ "entry needs either rules or the known-good flag", entry + QUIRK_ENT_FLAGS, QUIRK_ENT_F_KNOWN_GOOD, entry + QUIRK_ENT_RULE_COUNT },
		{ "entry needs either rules or the known-good flag", entry2 + QUIRK_ENT_FLAGS, 0, entry2 + QUIRK_ENT_RULE_COUNT },
		{ "first index does not continue its neighbour's", entry1 + QUIRK_ENT_RULE_COUNT, 2, entry2 + QUIRK_ENT_RULE_FIRST },
		{ "rule without an entry", entry1 + QUIRK_ENT_RULE_COUNT, 2, rule_offset("beta", "later"), entry2 + QUIRK_ENT_RULE_FIRST, 6 },
		{ "condition without an owner", its + QUIRK_RULE_COND_COUNT, 0, device, rule_offset("beta", "later") + QUIRK_RULE_COND_FIRST, last_cond - 1 },

		{ "rule name is not kebab-case", literal + QUIRK_RULE_NAME, get_le32(good + root + QUIRK_KEY_VALUE), 0 },
		{ "two rules of one entry share a name", named + QUIRK_RULE_NAME, get_le32(good + literal + QUIRK_RULE_NAME), 0 },
		{ "required string is empty", literal + QUIRK_RULE_REFERENCE, 0, 0 },
		{ "required string is empty", literal + QUIRK_RULE_REASON, 0, 0 },
		{ "string offset outside the string pool", literal + QUIRK_RULE_ARG_STRING, strings, 0 },
		{ "unknown region type", literal + QUIRK_RULE_TYPE, 0x00010100, 0 },
		{ "unknown region type", literal + QUIRK_RULE_TYPE, 0x00010102, 0 },
		{ "unknown source of addresses", literal + QUIRK_RULE_TYPE, 0x00010001, literal + QUIRK_RULE_SOURCE },
		{ "unknown source of addresses", literal + QUIRK_RULE_TYPE, 0x00010701, literal + QUIRK_RULE_SOURCE },
		{ "unknown confidence", literal + QUIRK_RULE_TYPE, 0x00000101, literal + QUIRK_RULE_CONFIDENCE },
		{ "unknown confidence", literal + QUIRK_RULE_TYPE, 0x00030101, literal + QUIRK_RULE_CONFIDENCE },
		{ "advise is neither 0 nor 1", literal + QUIRK_RULE_TYPE, 0x02010101, literal + QUIRK_RULE_ADVISE },
		{ "rule names another entry than its owner", literal + QUIRK_RULE_ENTRY, 1, 0 },
		{ "rule has bits set in a zero field", literal + QUIRK_RULE_ZERO + 8, 1, literal + QUIRK_RULE_ZERO },
		{ "range ends before it starts", literal + QUIRK_RULE_ARG_B, 0xfff, literal + QUIRK_RULE_ARG_A },
		{ "offset and length exceed the address space", named + QUIRK_RULE_ARG_A + 4, U32_MAX, named + QUIRK_RULE_ARG_B, named + QUIRK_RULE_ARG_A, U32_MAX },
		{ "inbound limit without an aperture", inbound + QUIRK_RULE_ARG_A, 0, 0 },
		{ "argument that the source does not take", literal + QUIRK_RULE_ARG_INDEX, 1, literal + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", its + QUIRK_RULE_ARG_A, 1, its + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", named + QUIRK_RULE_ARG_INDEX, 1, named + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", inbound + QUIRK_RULE_ARG_B, 1, inbound + QUIRK_RULE_ARG_STRING },
		{ "first index does not continue its neighbour's", counted + QUIRK_RULE_COND_FIRST, 0, 0 },
		{ "count leaves the section", counted + QUIRK_RULE_COND_COUNT, last_cond, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();
		size_t reported = cases[i].reported ? cases[i].reported :
						      cases[i].at;

		put_le32(image + cases[i].at, cases[i].value);
		/* One byte of the pool, not four. */
		if (cases[i].at >= pool)
			memcpy(image + cases[i].at + 1, good + cases[i].at + 1,
			       3);
		if (cases[i].also_at)
			put_le32(image + cases[i].also_at, cases[i].also_value);
		fix_crc(image, good_size);
		assert_refused_at(image, good_size, cases[i].what, reported);
		free(image);
	}
}

static void names_are_kebab_case(void **state)
{
	static const struct {
		u32 entry;
		const char *name;
		bool good;
	} cases[] = {
		{ 0, "a-b-c", true }, { 0, "a0b9z", true },
		{ 0, "azaz9", true }, { 2, "zamma", true },
		{ 0, "Alpha", false }, { 0, "1lpha", false },
		{ 0, "-lpha", false }, { 0, "`lpha", false },
		{ 2, "{amma", false }, { 0, "alph-", false },
		{ 0, "al--a", false }, { 0, "al_ha", false },
		{ 0, "al ha", false }, { 0, "alPha", false },
		{ 0, "al/ha", false }, { 0, "al:ha", false },
		{ 0, "al{ha", false }, { 0, "al`ha", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();
		const u8 *field = quirk_entry_at(&good_table, cases[i].entry) +
				  QUIRK_ENT_NAME;

		memcpy(image + offset_of((const u8 *)quirk_string(&good_table,
								  field)),
		       cases[i].name, 5);
		fix_crc(image, good_size);
		if (cases[i].good)
			assert_true(try_image(image, good_size));
		else
			assert_refused_at(image, good_size,
					  "entry name is not kebab-case",
					  offset_of(field));
		free(image);
	}
}

static void put_le64(u8 *p, u64 value)
{
	put_le32(p, (u32)value);
	put_le32(p + 4, (u32)(value >> 32));
}

/* The compiler makes an ACPI table a key, but the format has it as condition. */
static void acpi_condition_has_a_range_of_revisions(void **state)
{
	static const struct {
		u64 lo;
		u64 hi;
		bool good;
	} cases[] = {
		{ 2, 5, true }, { 5, 5, true }, { 0, U32_MAX, true },
		{ 6, 5, false }, { 0, 1ull + U32_MAX, false },
		{ 2ull + U32_MAX, 1ull + U32_MAX, false },
	};
	size_t cond = cond_offset(QUIRK_COND_DMI);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();

		put_le32(image + cond, QUIRK_COND_ACPI);
		memcpy(image + cond + QUIRK_COND_VALUE,
		       good + key_offset(QUIRK_KEY_ACPI) + QUIRK_KEY_VALUE, 4);
		put_le64(image + cond + QUIRK_COND_LO, cases[i].lo);
		put_le64(image + cond + QUIRK_COND_HI, cases[i].hi);
		fix_crc(image, good_size);
		if (cases[i].good)
			assert_true(try_image(image, good_size));
		else
			assert_refused_at(image, good_size,
					  "bad range of OEM revisions",
					  cond + QUIRK_COND_LO);
		free(image);
	}
}

static void offset_and_length_may_reach_the_last_byte(void **state)
{
	size_t named = rule_offset("alpha", "named");
	u8 *image = copy_good();

	put_le64(image + named + QUIRK_RULE_ARG_A, U64_MAX);
	put_le64(image + named + QUIRK_RULE_ARG_B, 1);
	fix_crc(image, good_size);
	assert_true(try_image(image, good_size));
	put_le64(image + named + QUIRK_RULE_ARG_B, 2);
	fix_crc(image, good_size);
	assert_refused_at(image, good_size,
			  "offset and length exceed the address space",
			  named + QUIRK_RULE_ARG_B);
	free(image);
}

static void an_entry_has_so_many_rules_and_no_more(void **state)
{
	static char text[(QUIRK_RULES_MAX + 1) * 256];
	struct quirk_table t;
	size_t used;
	size_t entry;
	u8 *image;
	int i;

	used = (size_t)sprintf(text, "/dts-v1/; / { a {" ENTRY_WORDS
			       "match { dt-root = \"a\"; };");
	for (i = 0; i < QUIRK_RULES_MAX; i++)
		used += (size_t)sprintf(text + used, "r%d { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};", i);
	sprintf(text + used, "}; b {" ENTRY_WORDS "match { dt-root = \"b\"; };"
		"r { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "}; }; };");
	image = open_text(text, &t);
	use_table(&t);

	entry = (size_t)(quirk_entry_at(&t, 0) - image);
	put_le32(image + entry + QUIRK_ENT_RULE_COUNT, QUIRK_RULES_MAX + 1);
	fix_crc(image, t.size);
	assert_refused_at(image, t.size, "entry has too many rules",
			  entry + QUIRK_ENT_RULE_COUNT);
	free(image);
}

static void wrong_checksum_is_named(void **state)
{
	u8 *image = copy_good();

	image[good_size - 9] ^= 1;
	assert_refused_at(image, good_size, "wrong checksum", QUIRK_HDR_CRC);
	free(image);
}

static void sizes_at_the_limits(void **state)
{
	const size_t too_large = QUIRK_MAX_SIZE + 8;
	u8 *image = calloc(1, too_large);

	assert_refused_at(good, QUIRK_HDR_LEN - 1,
			  "image is shorter than its header", 0);
	assert_refused_at(good, QUIRK_HDR_LEN,
			  "length in the header is not the length of the image",
			  QUIRK_HDR_TOTAL);

	assert_non_null(image);
	memcpy(image, good, good_size);
	put_le32(image + QUIRK_HDR_TOTAL, (u32)too_large);
	assert_refused_at(image, too_large, "image is too large",
			  QUIRK_HDR_TOTAL);
	/* As large as it may be: refused for its content only. */
	put_le32(image + QUIRK_HDR_TOTAL, QUIRK_MAX_SIZE);
	assert_refused_at(image, QUIRK_MAX_SIZE, "wrong checksum",
			  QUIRK_HDR_CRC);
	free(image);
}

static void too_long_a_string_is_refused(void **state)
{
	size_t size = good_size + 1024;
	u32 strings = good_table.count[QUIRK_SEC_STRINGS];
	size_t end = offset_of(good_table.sec[QUIRK_SEC_STRINGS]) + strings;
	u8 *image = calloc(1, size);

	assert_non_null(image);
	memcpy(image, good, good_size);
	memset(image + end, 'x', 1024);
	image[end + 1023] = 0;
	put_le32(image + QUIRK_HDR_TOTAL, (u32)size);
	put_le32(image + QUIRK_HDR_SECTIONS + 36, strings + 1024);
	fix_crc(image, size);
	assert_refused_at(image, size, "string is too long",
			  end + QUIRK_STRING_MAX);
	image[end + QUIRK_STRING_MAX] = 0;
	image[end + 1023] = 0;
	memset(image + end + QUIRK_STRING_MAX + 1, 'y', 10);
	image[end + QUIRK_STRING_MAX + 11] = 0;
	memset(image + end + QUIRK_STRING_MAX + 12, 'z', 499);
	fix_crc(image, size);
	assert_true(try_image(image, size));
	image[end + 1023] = 'x';
	fix_crc(image, size);
	assert_refused_at(image, size, "last string has no end", end + 1023);
	free(image);
}

static void acpi_key_pads_with_spaces(void **state)
{
	static const struct {
		const char *oem_id;
		const char *table_id;
		const char *wanted;
	} cases[] = {
		{ "HISI\0\0", "HIP07\0\0\0", "MCFGHISI  HIP07   " },
		{ "HISI  ", "HIP07   ", "MCFGHISI  HIP07   " },
		{ "HISI\0 ", "HIP07 \0 ", "MCFGHISI  HIP07   " },
		{ "NVIDIA", "A M I   ", "MCFGNVIDIAA M I   " },
		{ "\0\0\0\0\0\0", "\0\0\0\0\0\0\0\0", "MCFG              " },
		{ "ABCDEF", "ABCDEFGH", "MCFGABCDEFABCDEFGH" },
	};
	char key[19];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(key, 0x55, sizeof(key));
		quirk_acpi_key(key, "MCFG", cases[i].oem_id, cases[i].table_id);
		assert_string_equal(key, cases[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_image_holds_what_was_compiled),
		cmocka_unit_test(every_value_of_every_byte),
		cmocka_unit_test(many_pairs_of_bytes),
		cmocka_unit_test(every_other_length),
		cmocka_unit_test(each_defect_is_named),
		cmocka_unit_test(names_are_kebab_case),
		cmocka_unit_test(acpi_condition_has_a_range_of_revisions),
		cmocka_unit_test(offset_and_length_may_reach_the_last_byte),
		cmocka_unit_test(an_entry_has_so_many_rules_and_no_more),
		cmocka_unit_test(wrong_checksum_is_named),
		cmocka_unit_test(sizes_at_the_limits),
		cmocka_unit_test(too_long_a_string_is_refused),
		cmocka_unit_test(acpi_key_pads_with_spaces),
	};

	return cmocka_run_group_tests_name("table", tests, setup, teardown);
}
