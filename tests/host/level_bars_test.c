// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c */
/*
 * level_bars_test.c - a reader that knows no rules about BARs, and tables that
 * have some
 */
#define QUIRK_LEVEL 2

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "level_reader.h"

#define OF_CARD " bar = <0>; device-id = \"144d:a808\";" NO_EFFECT

static const char source[] = SOURCE(
	"a-realign {" ENTRY_WORDS "match { dt-root = \"acme,realign\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"  realign { source = \"bar-realign\"; bar-size = <0x4000>; page-size = <65536>;" OF_CARD "};"
	"};"
	"b-whole {" ENTRY_WORDS "match { dt-root = \"acme,whole\"; };"
	"  whole { source = \"bar-whole-page\";" OF_CARD "};"
	"};"
	"c-offset {" ENTRY_WORDS "match { dt-root = \"acme,offset\"; dmi-sys-vendor = \"ACME\"; };"
	"  offset { source = \"bar-offset\"; bar-offset = <0x1000>;" OF_CARD "};"
	"};"
	"d-model {" ENTRY_WORDS "match { dt-root = \"acme,model\"; };"
	"  model { source = \"iort-smmu-model\"; model = <1>;" NO_EFFECT "};"
	"};"
	"e-plain {" ENTRY_WORDS "match { dt-root = \"acme,plain\"; };"
	"  its { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};"
	"};");

static int setup(void **state)
{
	image = open_text(source, &table);
	return 0;
}

static void entries_about_bars_are_of_the_third_level(void **state)
{
	static const u32 levels[] = { 3, 3, 3, 2, 1 };
	u32 i;

	assert_int_equal(table.count[QUIRK_SEC_ENTRIES], ARRAY_SIZE(levels));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		assert_int_equal(get_le32(quirk_entry_at(&table, i) +
					  QUIRK_ENT_LEVEL), levels[i]);
		assert_int_equal(quirk_entry_known(&table, i), levels[i] < 3);
	}
}

static void other_machines_have_their_entries(void **state)
{
	u32 found;

	assert_int_equal(match("acme,plain", &found), 0);
	assert_int_equal(found, 1u << 4);
	assert_int_equal(match("acme,model", &found), 0);
	assert_int_equal(found, 1u << 3);
	assert_int_equal(match("acme,other", &found), 0);
	assert_int_equal(found, 0);
	/* Only with the vendor's name it would be. */
	assert_int_equal(match("acme,offset", &found), 0);
	assert_int_equal(found, 0);
}

static void the_machine_of_such_an_entry_is_not_for_it(void **state)
{
	u32 found;

	assert_int_equal(match("acme,realign", &found), -EOPNOTSUPP);
	assert_int_equal(found, 0);
	assert_int_equal(match("acme,whole", &found), -EOPNOTSUPP);
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_about_bars_are_of_the_third_level),
		cmocka_unit_test(other_machines_have_their_entries),
		cmocka_unit_test(the_machine_of_such_an_entry_is_not_for_it),
	};

	return cmocka_run_group_tests_name("level_bars", tests, setup,
					   level_teardown);
}
