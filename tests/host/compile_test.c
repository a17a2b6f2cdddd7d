// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c */
/*
 * compile_test.c - what the quirk compiler gives to its callers
 *
 * The header fields, and beside the image what it does not hold: where entries
 * and rules stand, their aliases, device trees and lines of code. What the
 * compiler says of defects is in quirkc.test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "quirk_source.h"

/* Two files, the entries of which interleave. */
static const char *const texts[2] = {
	"/dts-v1/;\n/ {\n"
	"beta {" ENTRY_WORDS "\n"
	"	alias-compatible = \"acme,pcie\", \"acme,dma\";\n"
	"	dts = \"acme/b.dts\";\n"
	"	code = \"drivers/pci/acme.c\", \"#define A 1\", \"include/acme.h\", \"B =\t2,\";\n"
	"	match { dt-root = \"acme,b\"; };\n"
	"	second { source = \"its\"; confidence = \"confirmed\";" RULE_WORDS "};\n"
	"	first { source = \"its-all\"; confidence = \"confirmed\";" RULE_WORDS "\n"
	"		code = \"drivers/x.c\", \"if (y)\";\n"
	"	};\n"
	"};\n"
	"delta {" ENTRY_WORDS "known-good; match { dt-root = \"acme,d\"; }; };\n"
	"};\n",
	"/dts-v1/;\n/ {\n"
	"alpha {" ENTRY_WORDS "known-good; dts = \"a.dts\", \"acme/a.dts\";\n"
	"	match { dt-root = \"acme,a\"; }; };\n"
	"gamma {" ENTRY_WORDS "known-good; match { dt-root = \"acme,d\"; }; };\n"
	"};\n",
};

static char names[2][64];

static int setup(void **state)
{
	int i;

	for (i = 0; i < 2; i++) {
		FILE *f;

		snprintf(names[i], sizeof(names[i]),
			 "%s/quirk-test-XXXXXX", P_tmpdir);
		f = fdopen(mkstemp(names[i]), "w");
		if (!f || fputs(texts[i], f) < 0 || fclose(f))
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	return unlink(names[0]) || unlink(names[1]);
}

static struct quirk_compiled compile(int first, int second, u64 serial,
				     u32 local)
{
	const struct quirk_compile_options options = {
		.serial = serial,
		.local = local,
	};
	char *files[] = { names[first], names[second] };
	struct quirk_compiled out;

	assert_int_equal(quirk_compile(files, 2, &options, &out),
			 QUIRK_COMPILE_OK);
	return out;
}

static struct quirk_table open_compiled(const struct quirk_compiled *c)
{
	struct quirk_fault fault;
	struct quirk_table t;

	assert_int_equal(quirk_table_open(&t, c->image, c->size, &fault), 0);
	return t;
}

static void header_has_the_options(void **state)
{
	struct quirk_compiled c = compile(0, 1, 2026123199, 4000000000u);
	struct quirk_table t = open_compiled(&c);

	assert_int_equal(t.serial, 2026123199);
	assert_int_equal(t.local, 4000000000u);
	quirk_compiled_free(&c);
	assert_null(c.image);
}

/* Entry i here is entry i of the table, and so for rules. */
static void entries_are_those_of_the_table(void **state)
{
	struct quirk_compiled c = compile(0, 1, TEST_SERIAL, 0);
	struct quirk_table t = open_compiled(&c);
	size_t rules = 0;
	size_t i;
	size_t j;

	assert_int_equal(c.entry_count, 4);
	assert_int_equal(c.entry_count, t.count[QUIRK_SEC_ENTRIES]);
	for (i = 0; i < c.entry_count; i++) {
		const struct quirk_entry_source *e = &c.entries[i];
		const u8 *in_table = quirk_entry_at(&t, (u32)i);

		assert_string_equal(e->name, quirk_string(&t, in_table +
							  QUIRK_ENT_NAME));
		assert_int_equal(e->rule_count,
				 get_le32(in_table + QUIRK_ENT_RULE_COUNT));
		for (j = 0; j < e->rule_count; j++)
			assert_string_equal(e->rules[j].name,
					    quirk_string(&t, quirk_rule_at(&t, (u32)rules++) +
							     QUIRK_RULE_NAME));
	}
	assert_int_equal(rules, 2);
	quirk_compiled_free(&c);
}

static void places_and_derivations_are_those_of_the_source(void **state)
{
	struct quirk_compiled c = compile(0, 1, TEST_SERIAL, 0);
	const struct quirk_entry_source *alpha = &c.entries[0];
	const struct quirk_entry_source *beta = &c.entries[1];
	const struct quirk_entry_source *delta = &c.entries[2];

	assert_string_equal(alpha->name, "alpha");
	assert_ptr_equal(alpha->file, names[1]);
	assert_int_equal(alpha->line, 3);
	assert_int_equal(alpha->alias_count, 0);
	assert_int_equal(alpha->code_count, 0);
	assert_int_equal(alpha->dts_count, 2);
	assert_string_equal(alpha->dts[0], "a.dts");
	assert_string_equal(alpha->dts[1], "acme/a.dts");

	assert_string_equal(beta->name, "beta");
	assert_ptr_equal(beta->file, names[0]);
	assert_int_equal(beta->line, 3);
	assert_int_equal(beta->alias_count, 2);
	assert_string_equal(beta->aliases[0], "acme,pcie");
	assert_string_equal(beta->aliases[1], "acme,dma");
	assert_int_equal(beta->dts_count, 1);
	assert_string_equal(beta->dts[0], "acme/b.dts");
	assert_int_equal(beta->code_count, 2);
	assert_string_equal(beta->code[0].file, "drivers/pci/acme.c");
	assert_string_equal(beta->code[0].text, "#define A 1");
	assert_string_equal(beta->code[1].file, "include/acme.h");
	assert_string_equal(beta->code[1].text, "B =\t2,");
	assert_int_equal(beta->rule_count, 2);
	assert_string_equal(beta->rules[0].name, "second");
	assert_int_equal(beta->rules[0].line, 8);
	assert_int_equal(beta->rules[0].code_count, 0);
	assert_string_equal(beta->rules[1].name, "first");
	assert_int_equal(beta->rules[1].line, 9);
	assert_int_equal(beta->rules[1].code_count, 1);
	assert_string_equal(beta->rules[1].code[0].file, "drivers/x.c");
	assert_string_equal(beta->rules[1].code[0].text, "if (y)");

	assert_string_equal(delta->name, "delta");
	assert_int_equal(delta->line, 13);
	assert_int_equal(delta->rule_count, 0);
	quirk_compiled_free(&c);
}

/* delta and gamma have one key, which is worth a note and no more. */
static void notes_are_counted(void **state)
{
	struct quirk_compiled c = compile(0, 1, TEST_SERIAL, 0);

	assert_int_equal(c.notes, 1);
	quirk_compiled_free(&c);
}

static void order_of_the_files_does_not_matter(void **state)
{
	struct quirk_compiled a = compile(0, 1, TEST_SERIAL, 0);
	struct quirk_compiled b = compile(1, 0, TEST_SERIAL, 0);

	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.image, b.image, a.size);
	assert_string_equal(a.entries[1].rules[1].code[0].text,
			    b.entries[1].rules[1].code[0].text);
	quirk_compiled_free(&a);
	quirk_compiled_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_has_the_options),
		cmocka_unit_test(entries_are_those_of_the_table),
		cmocka_unit_test(places_and_derivations_are_those_of_the_source),
		cmocka_unit_test(notes_are_counted),
		cmocka_unit_test(order_of_the_files_does_not_matter),
	};

	return cmocka_run_group_tests_name("compile", tests, setup, teardown);
}
