// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c */
/*
 * level_test.c - a reader of an earlier level, and tables of today
 *
 * The table is compiled with the language of today. The reader is a second copy
 * of table.c and match.c that knows the first level only, as a module of an
 * earlier version does: it takes the table, and has each entry but those that
 * need more. It does not go by one of these where it is the machine's.
 */
#define QUIRK_LEVEL		1
#define quirk_dmi_fields	old_dmi_fields
#define quirk_kernel_names	old_kernel_names
#define quirk_action_takes	old_action_takes
#define quirk_table_open	old_table_open
#define quirk_key_name		old_key_name
#define quirk_acpi_key		old_acpi_key
#define quirk_table_match	old_table_match

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../quirks/table.c"
#include "../../quirks/match.c"
#include "quirk_source.h"

#define CORRECTION " type = \"none\"; confidence = \"confirmed\"; reference = \"rr\"; reason = \"why\"; "

static const char source[] = SOURCE(
	"a-model {" ENTRY_WORDS "match { dt-root = \"acme,model\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"  model { source = \"iort-smmu-model\"; model = <1>;" CORRECTION "};"
	"};"
	"b-limit {" ENTRY_WORDS "match { dt-root = \"acme,limit\"; };"
	"  limit { source = \"iort-address-limit\"; bits = <32>; segment = <1>;" CORRECTION "};"
	"};"
	"c-mapping {" ENTRY_WORDS "match { dt-root = \"acme,mapping\"; dmi-sys-vendor = \"ACME\"; };"
	"  mapping { source = \"iort-id-mapping\"; input = <0 1>; output-base = <0>; output-smmu = <0x1000>; segment = <1>;" CORRECTION "};"
	"};"
	"d-plain {" ENTRY_WORDS "match { dt-root = \"acme,plain\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"};");

static u8 *image;
static struct quirk_table table;

static int setup(void **state)
{
	image = open_text(source, &table);
	return 0;
}

static int teardown(void **state)
{
	free(image);
	return 0;
}

/* A machine with one string in its device tree's root, and nothing else. */
static int tokens(void *ctx,
		  int (*fn)(void *arg, enum quirk_key kind, const char *value,
			    u32 revision), void *arg)
{
	return fn(arg, QUIRK_KEY_DT_ROOT, ctx, 0);
}

static bool has(void *ctx, enum quirk_key kind, const char *value, u32 rev_min,
		u32 rev_max)
{
	return kind == QUIRK_KEY_DT_ROOT && !strcmp(ctx, value);
}

static int note(void *arg, u32 entry, u32 key)
{
	*(u32 *)arg |= 1u << entry;
	return 0;
}

static int match(const char *root, u32 *found)
{
	const struct quirk_identity id = { tokens, has, (void *)root };
	u8 seen = 0;

	*found = 0;
	return quirk_table_match(&table, &id, note, found, &seen);
}

static void entries_without_corrections_are_of_the_first_level(void **state)
{
	static const u32 levels[] = { 2, 2, 2, 1 };
	u32 i;

	assert_int_equal(table.count[QUIRK_SEC_ENTRIES], ARRAY_SIZE(levels));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		assert_int_equal(get_le32(quirk_entry_at(&table, i) +
					  QUIRK_ENT_LEVEL), levels[i]);
		assert_int_equal(quirk_entry_known(&table, i), levels[i] == 1);
	}
}

static void other_machines_have_their_entries(void **state)
{
	u32 found;

	assert_int_equal(match("acme,plain", &found), 0);
	assert_int_equal(found, 1u << 3);
	assert_int_equal(match("acme,other", &found), 0);
	assert_int_equal(found, 0);
	/* Only with the vendor's name it would be. */
	assert_int_equal(match("acme,mapping", &found), 0);
	assert_int_equal(found, 0);
}

static void the_machine_of_such_an_entry_is_not_for_it(void **state)
{
	u32 found;

	assert_int_equal(match("acme,model", &found), -EOPNOTSUPP);
	assert_int_equal(found, 0);
	assert_int_equal(match("acme,limit", &found), -EOPNOTSUPP);
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_without_corrections_are_of_the_first_level),
		cmocka_unit_test(other_machines_have_their_entries),
		cmocka_unit_test(the_machine_of_such_an_entry_is_not_for_it),
	};

	return cmocka_run_group_tests_name("level", tests, setup, teardown);
}
