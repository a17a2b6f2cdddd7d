// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c */
/*
 * level_test.c - a reader of the first level, and tables of today
 */
#define QUIRK_LEVEL 1

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "level_reader.h"

static const char source[] = SOURCE(
	"a-model {" ENTRY_WORDS "match { dt-root = \"acme,model\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"  model { source = \"iort-smmu-model\"; model = <1>;" NO_EFFECT "};"
	"};"
	"b-limit {" ENTRY_WORDS "match { dt-root = \"acme,limit\"; };"
	"  limit { source = \"iort-address-limit\"; bits = <32>; segment = <1>;" NO_EFFECT "};"
	"};"
	"c-mapping {" ENTRY_WORDS "match { dt-root = \"acme,mapping\"; dmi-sys-vendor = \"ACME\"; };"
	"  mapping { source = \"iort-id-mapping\"; input = <0 1>; output-base = <0>; output-smmu = <0x1000>; segment = <1>;" NO_EFFECT "};"
	"};"
	"d-plain {" ENTRY_WORDS "match { dt-root = \"acme,plain\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"};");

static int setup(void **state)
{
	image = open_text(source, &table);
	return 0;
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

	return cmocka_run_group_tests_name("level", tests, setup, level_teardown);
}
