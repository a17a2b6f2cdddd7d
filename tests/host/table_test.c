// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/correct.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * table_test.c - tests of the quirk table reader
 *
 * A good image is damaged in every way that touches one byte, and in many that
 * touch two; the checksum is made right again, so that the damage is met by the
 * checks behind it. An image that is accepted all the same has to be safe to
 * use: it is walked from end to end. What the reader says of each defect is in
 * table_defects_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "table_image.h"

static void good_image_holds_what_was_compiled(void **state)
{
	const struct quirk_table *t = &good_table;
	u32 alpha = find_entry(t, "alpha");
	u32 beta = find_entry(t, "beta");
	u32 gamma = find_entry(t, "gamma");
	u32 zenith = find_entry(t, "zenith");
	u32 zeta = find_entry(t, "zeta");
	const u8 *r;

	assert_int_equal(t->serial, TEST_SERIAL);
	assert_int_equal(t->local, 0);
	assert_int_equal(t->count[QUIRK_SEC_ENTRIES], 5);
	assert_int_equal(t->count[QUIRK_SEC_KEYS], 9);
	assert_int_equal(t->count[QUIRK_SEC_RULES], 21);
	/* Only what needs it: an older reader has the others. */
	assert_int_equal(entry_level(t, alpha), 1);
	assert_int_equal(entry_level(t, beta), 1);
	assert_int_equal(entry_level(t, gamma), 1);
	assert_int_equal(entry_level(t, zeta), 2);
	assert_int_equal(entry_level(t, zenith), 3);
	assert_int_equal(get_le32(quirk_entry_at(t, beta) + QUIRK_ENT_FLAGS),
			 QUIRK_ENT_F_DEMO);
	assert_int_equal(get_le32(quirk_entry_at(t, gamma) + QUIRK_ENT_FLAGS),
			 QUIRK_ENT_F_KNOWN_GOOD);

	r = quirk_rule_at(t, find_rule(t, alpha, "named"));
	assert_int_equal(r[QUIRK_RULE_SOURCE], QUIRK_SOURCE_DT_REG);
	assert_string_equal(quirk_string(t, r + QUIRK_RULE_ARG_STRING),
			    "config");
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_A), 4);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_B), 8);
	assert_int_equal(r[QUIRK_RULE_ACTION], QUIRK_ACTION_ADD);
	assert_int_equal(r[QUIRK_RULE_NODE], QUIRK_NODE_HOST);
	assert_int_equal(r[QUIRK_RULE_FLAGS], QUIRK_RULE_F_BELOW_4G);

	r = quirk_rule_at(t, find_rule(t, alpha, "property"));
	assert_int_equal(r[QUIRK_RULE_NODE], QUIRK_NODE_DEVICE);
	assert_string_equal(quirk_string(t, r + QUIRK_RULE_ARG_STRING),
			    "maker,range");

	r = quirk_rule_at(t, find_rule(t, alpha, "windows"));
	assert_int_equal(r[QUIRK_RULE_NODE], 0);
	assert_int_equal(r[QUIRK_RULE_ADVISE], 1);
	assert_int_equal(r[QUIRK_RULE_FLAGS], QUIRK_RULE_F_UNLESS_REDIRECTED);

	r = quirk_rule_at(t, find_rule(t, beta, "placed"));
	assert_int_equal(r[QUIRK_RULE_TYPE], QUIRK_TYPE_SW_MSI);
	assert_int_equal(r[QUIRK_RULE_ACTION], QUIRK_ACTION_REPLACE);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_A), 0x200000);
	assert_int_equal(get_le64(good + cond_offset(QUIRK_COND_IOMMU_BASE) +
				  QUIRK_COND_LO), 0x2b400000);

	r = quirk_rule_at(t, find_rule(t, zenith, "realign"));
	assert_int_equal(r[QUIRK_RULE_SOURCE], QUIRK_SOURCE_BAR_REALIGN);
	assert_int_equal(r[QUIRK_RULE_ACTION], QUIRK_ACTION_ADD);
	assert_int_equal(get_le32(r + QUIRK_RULE_ARG_INDEX), 0);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_A), 0x4000);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_B), 0);
	r = quirk_rule_at(t, find_rule(t, zenith, "offset"));
	assert_int_equal(r[QUIRK_RULE_SOURCE], QUIRK_SOURCE_BAR_OFFSET);
	assert_int_equal(get_le32(r + QUIRK_RULE_ARG_INDEX), 2);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_A), 0);
	assert_int_equal(get_le64(r + QUIRK_RULE_ARG_B), 0x3000);
	use_table(t);
}

static void every_source_action_and_condition_is_there(void **state)
{
	const struct quirk_table *t = &good_table;
	unsigned int sources = 0;
	unsigned int actions = 0;
	unsigned int nodes = 0;
	u32 kind;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_RULES]; i++) {
		const u8 *r = quirk_rule_at(t, i);

		sources |= 1u << r[QUIRK_RULE_SOURCE];
		actions |= 1u << r[QUIRK_RULE_ACTION];
		nodes |= 1u << r[QUIRK_RULE_NODE];
	}
	assert_int_equal(sources, (1u << QUIRK_SOURCES_END) - 2);
	assert_int_equal(actions, (1u << QUIRK_ACTIONS_END) - 2);
	assert_int_equal(nodes, (1u << QUIRK_NODES_END) - 1);
	for (kind = QUIRK_COND_BOOT; kind < QUIRK_CONDS_END; kind++)
		cond_offset(kind);
	for (kind = QUIRK_KEY_DT_ROOT; kind < QUIRK_KEYS_END; kind++)
		key_offset(kind);
}

/* A table damaged by one byte; @level is that of the entry "beta". */
static unsigned int damage_bytes(u32 level)
{
	/* Inside the pool the reader sees these classes of bytes. */
	static const u8 letters[] = {
		0, 0x0a, 0x1f, 0x20, '-', '/', '0', ':', '=', 'a', 'f', 'x',
		'z', 0x7e, 0x7f, 0xff,
	};
	size_t pool = offset_of(good_table.sec[QUIRK_SEC_STRINGS]);
	size_t beta = entry_offset("beta");
	unsigned int accepted = 0;
	size_t at;

	for (at = 0; at < good_size; at++) {
		unsigned int count = at < pool ? 256 : ARRAY_SIZE(letters);
		unsigned int n;

		for (n = 0; n < count; n++) {
			u8 value = at < pool ? (u8)n : letters[n];
			u8 *image = copy_good();

			put_le32(image + beta + QUIRK_ENT_LEVEL, level);
			if (image[at] == value) {
				free(image);
				continue;
			}
			image[at] = value;
			if (at < QUIRK_HDR_CRC || at >= QUIRK_HDR_CRC + 4)
				fix_crc(image, good_size);
			accepted += try_image(image, good_size);
			free(image);
		}
	}
	return accepted;
}

static void every_byte_with_a_right_checksum(void **state)
{
	/* Other letters in a title are fine; or the test would test nothing. */
	assert_true(damage_bytes(QUIRK_LEVEL) > 1000);
}

static void every_byte_of_an_entry_of_the_next_level(void **state)
{
	/* All values of "beta" are accepted now, unlike its references. */
	assert_true(damage_bytes(QUIRK_LEVEL + 1) >
		    damage_bytes(QUIRK_LEVEL) + 10000);
}

static void every_bit_without_a_right_checksum(void **state)
{
	size_t at;

	for (at = 0; at < good_size; at++) {
		unsigned int bit;

		for (bit = 0; bit < 8; bit++) {
			u8 *image = copy_good();

			image[at] ^= (u8)(1 << bit);
			assert_false(try_image(image, good_size));
			free(image);
		}
	}
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

static void newer_goes_by_serial_then_by_local_number(void **state)
{
	static const struct {
		u64 serial[2];
		u32 local[2];
		bool newer;
	} cases[] = {
		{ { 2026010101, 2026010101 }, { 0, 0 }, false },
		{ { 2026010102, 2026010101 }, { 0, 0 }, true },
		{ { 2026010101, 2026010102 }, { 9, 0 }, false },
		{ { 2026010102, 2026010101 }, { 0, 9 }, true },
		{ { 2026010101, 2026010101 }, { 1, 0 }, true },
		{ { 2026010101, 2026010101 }, { 0, 1 }, false },
		{ { 1ull << 32, 2026010101 }, { 0, U32_MAX }, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct quirk_fault fault;
		struct quirk_table t[2];
		u8 *image[2];
		int k;

		for (k = 0; k < 2; k++) {
			image[k] = copy_good();
			put_le64(image[k] + QUIRK_HDR_SERIAL,
				 cases[i].serial[k]);
			put_le32(image[k] + QUIRK_HDR_LOCAL, cases[i].local[k]);
			fix_crc(image[k], good_size);
			assert_int_equal(quirk_table_open(&t[k], image[k],
							  good_size, &fault), 0);
			assert_int_equal(t[k].local, cases[i].local[k]);
		}
		assert_int_equal(quirk_table_newer(&t[0], &t[1]),
				 cases[i].newer);
		free(image[0]);
		free(image[1]);
	}
}

/* One row an action, one column a type, from none to "none". */
static void actions_take_their_types(void **state)
{
	static const char *const wanted[QUIRK_ACTIONS_END] = {
		"-------",
		[QUIRK_ACTION_ADD] = "-r--dxn",
		[QUIRK_ACTION_REPLACE] = "--ms---",
		[QUIRK_ACTION_DROP] = "-rmsd--",
		[QUIRK_ACTION_RELAX] = "----d--",
	};
	unsigned int action;
	unsigned int type;

	for (action = 0; action < QUIRK_ACTIONS_END; action++)
		for (type = 0; type < QUIRK_TYPES_END; type++)
			assert_int_equal(quirk_action_takes(action, type),
					 wanted[action][type] != '-');
	assert_false(quirk_action_takes(QUIRK_ACTION_ADD, QUIRK_TYPES_END));
	assert_false(quirk_action_takes(QUIRK_ACTION_ADD, 32 + 1));
	assert_false(quirk_action_takes(QUIRK_ACTIONS_END, QUIRK_TYPE_MSI));
	assert_false(quirk_action_takes(U32_MAX, QUIRK_TYPE_MSI));
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
		cmocka_unit_test(every_source_action_and_condition_is_there),
		cmocka_unit_test(every_byte_with_a_right_checksum),
		cmocka_unit_test(every_byte_of_an_entry_of_the_next_level),
		cmocka_unit_test(every_bit_without_a_right_checksum),
		cmocka_unit_test(many_pairs_of_bytes),
		cmocka_unit_test(every_other_length),
		cmocka_unit_test(an_entry_has_so_many_rules_and_no_more),
		cmocka_unit_test(wrong_checksum_is_named),
		cmocka_unit_test(sizes_at_the_limits),
		cmocka_unit_test(too_long_a_string_is_refused),
		cmocka_unit_test(newer_goes_by_serial_then_by_local_number),
		cmocka_unit_test(actions_take_their_types),
		cmocka_unit_test(acpi_key_pads_with_spaces),
	};

	return cmocka_run_group_tests_name("table", tests, table_setup,
					   table_teardown);
}
