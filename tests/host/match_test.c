// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c */
/*
 * match_test.c - which entries recognise which machine
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fake_machine.h"
#include "quirk_source.h"

/* An entry that recognises by @matches and says nothing more. */
#define ENTRY(name, matches) name " {" ENTRY_WORDS " known-good; " matches " };"

static void assert_matches(const struct quirk_table *t,
			   const struct fake_device *d, const char *wanted)
{
	struct fake_matches m = fake_match(t, d);
	char names[256] = "";
	u32 i;

	for (i = 0; i < m.count; i++) {
		if (i) {
			strcat(names, " ");
			assert_true(m.entry[i] > m.entry[i - 1]);
		}
		strcat(names, quirk_string(t, quirk_entry_at(t, m.entry[i]) +
					      QUIRK_ENT_NAME));
		assert_int_equal(get_le32(quirk_key_at(t, m.key[i]) +
					  QUIRK_KEY_ENTRY), m.entry[i]);
	}
	assert_string_equal(names, wanted);
}

static void keys_are_exact(void **state)
{
	static const struct {
		struct fake_token token;
		const char *wanted;
	} cases[] = {
		{ { QUIRK_KEY_DT_ROOT, "acme,a" }, "root" },
		{ { QUIRK_KEY_DT_ROOT, "acme,aa" }, "" },
		{ { QUIRK_KEY_DT_ROOT, "acme," }, "" },
		{ { QUIRK_KEY_DT_ROOT, "ACME,a" }, "" },
		{ { QUIRK_KEY_DT_ROOT, "" }, "" },
		{ { QUIRK_KEY_DT_NODE, "acme,a" }, "node" },
		{ { QUIRK_KEY_DT_NODE, "acme,b" }, "" },
		{ { QUIRK_KEY_DMI, "product_name=Box" }, "dmi" },
		{ { QUIRK_KEY_DMI, "product_name=Box 2" }, "" },
		{ { QUIRK_KEY_DMI, "board_name=Box" }, "" },
		{ { QUIRK_KEY_DT_ROOT, "product_name=Box" }, "" },
		{ { QUIRK_KEY_ACPI, "MCFGACME  BOX     ", 0 }, "acpi" },
		{ { QUIRK_KEY_ACPI, "FACPACME  BOX     ", 0 }, "" },
		{ { QUIRK_KEY_ACPI, "MCFGACME  BOX", 0 }, "" },
		{ { QUIRK_KEY_PCI, "1def:e100" }, "pci" },
		{ { QUIRK_KEY_PCI, "1def:e101" }, "" },
		{ { QUIRK_KEY_PCI, "1def:e10" }, "" },
		{ { QUIRK_KEY_DT_NODE, "1def:e100" }, "" },
		{ { QUIRK_KEY_SMMU, "smmuv3-2" }, "smmu" },
		{ { QUIRK_KEY_SMMU, "smmu-2" }, "" },
		{ { QUIRK_KEY_SMMU, "smmuv3-22" }, "" },
	};
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("acpi", "match { acpi-table = \"MCFG\", \"ACME  \", \"BOX     \"; };")
		ENTRY("dmi", "match { dmi-product-name = \"Box\"; };")
		ENTRY("node", "match { dt-node = \"acme,a\"; };")
		ENTRY("pci", "match { pci-id = \"1def:e100\"; };")
		ENTRY("root", "match { dt-root = \"acme,a\"; };")
		ENTRY("smmu", "match { smmu-model = \"smmuv3-2\"; };")), &t);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_device d = { .tokens = { cases[i].token } };

		assert_matches(&t, &d, cases[i].wanted);
	}
	assert_matches(&t, &(struct fake_device){ 0 }, "");
	free(image);
}

static void oem_padding_does_not_matter(void **state)
{
	static const char *const ids[][2] = {
		{ "ACME\0\0", "BOX\0\0\0\0\0" },
		{ "ACME  ", "BOX     " },
		{ "ACME\0\0", "BOX     " },
	};
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("acpi", "match { acpi-table = \"MCFG\", \"ACME  \", \"BOX     \"; };")), &t);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		char key[19];
		struct fake_device d = {
			.tokens = { { QUIRK_KEY_ACPI, key, 7 } },
		};

		quirk_acpi_key(key, "MCFG", ids[i][0], ids[i][1]);
		assert_matches(&t, &d, "acpi");
	}
	free(image);
}

static void revisions_are_inclusive(void **state)
{
	static const struct {
		u32 revision;
		const char *wanted;
	} cases[] = {
		{ 0, "any" }, { 1, "any" }, { 2, "any few" }, { 3, "any few" },
		{ 4, "any few" }, { 5, "any" }, { 0x8180, "any one" },
		{ U32_MAX, "any top" }, { U32_MAX - 1, "any" },
	};
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("any", "match { acpi-table = \"IORT\", \"ACME  \", \"BOX     \"; dt-node = \"n\"; };"
			     "match-2 { acpi-table = \"XSDT\", \"ACME  \", \"BOX     \"; };")
		ENTRY("few", "match { acpi-table = \"IORT\", \"ACME  \", \"BOX     \"; acpi-revision = <2 4>; };")
		ENTRY("one", "match { acpi-table = \"IORT\", \"ACME  \", \"BOX     \"; acpi-revision = <0x8180 0x8180>; };")
		ENTRY("top", "match { acpi-table = \"IORT\", \"ACME  \", \"BOX     \"; acpi-revision = <0xffffffff 0xffffffff>; };")), &t);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_device d = {
			.tokens = {
				{ QUIRK_KEY_ACPI, "IORTACME  BOX     ",
				  cases[i].revision },
				{ QUIRK_KEY_DT_NODE, "n" },
			},
		};

		assert_matches(&t, &d, cases[i].wanted);
	}
	free(image);
}

/* All of a match node has to hold; a revision beside a key counts as well. */
static void conjunctions_need_everything(void **state)
{
	static const struct fake_token all[] = {
		{ QUIRK_KEY_ACPI, "IORTACME  BOX     ", 3 },
		{ QUIRK_KEY_DMI, "sys_vendor=ACME" },
		{ QUIRK_KEY_DMI, "product_name=Box" },
		{ QUIRK_KEY_DT_ROOT, "acme,box" },
		{ QUIRK_KEY_PCI, "1def:e100" },
		{ QUIRK_KEY_SMMU, "smmuv3-0" },
	};
	const unsigned int whole = (1u << ARRAY_SIZE(all)) - 1;
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("board", "match { acpi-table = \"IORT\", \"ACME  \", \"BOX     \"; acpi-revision = <3 3>;"
			       " dmi-sys-vendor = \"ACME\"; dmi-product-name = \"Box\"; dt-root = \"acme,box\"; pci-id = \"1def:e100\"; smmu-model = \"smmuv3-0\"; };")), &t);
	unsigned int mask;

	for (mask = 0; mask <= whole; mask++) {
		struct fake_device d = { 0 };
		unsigned int n = 0;
		size_t i;

		for (i = 0; i < ARRAY_SIZE(all); i++)
			if (mask & 1u << i)
				d.tokens[n++] = all[i];
		assert_matches(&t, &d, mask == whole ? "board" : "");
		if (mask == whole) {
			d.tokens[0].revision = 2;
			assert_matches(&t, &d, "");
		}
	}
	free(image);
}

static void several_strings_are_alternatives(void **state)
{
	static const struct {
		const char *root;
		const char *vendor;
		const char *wanted;
	} cases[] = {
		{ "a", "sys_vendor=x", "board" },
		{ "a", "sys_vendor=y", "board" },
		{ "b", "sys_vendor=x", "board" },
		{ "b", "sys_vendor=y", "board" },
		{ "c", "sys_vendor=x", "" },
		{ "a", "sys_vendor=z", "" },
	};
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("board", "match { dt-root = \"a\", \"b\"; dmi-sys-vendor = \"x\", \"y\"; };")), &t);
	size_t i;

	assert_int_equal(t.count[QUIRK_SEC_KEYS], 4);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_device d = {
			.tokens = {
				{ QUIRK_KEY_DT_ROOT, cases[i].root },
				{ QUIRK_KEY_DMI, cases[i].vendor },
			},
		};

		assert_matches(&t, &d, cases[i].wanted);
	}
	free(image);
}

/* However often and by whatever an entry is recognised, it is named once. */
static void an_entry_is_named_once_with_its_first_key(void **state)
{
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("board", "match-1 { dt-root = \"a\"; }; match-2 { dt-root = \"b\"; }; match-3 { dt-node = \"c\"; };")
		ENTRY("later", "match { dt-node = \"c\"; dmi-sys-vendor = \"x\"; };")
		ENTRY("other", "match { dt-node = \"c\"; dmi-sys-vendor = \"y\"; };")), &t);
	struct fake_device d = {
		.tokens = {
			{ QUIRK_KEY_DMI, "sys_vendor=y" },
			{ QUIRK_KEY_DT_NODE, "c" },
			{ QUIRK_KEY_DT_NODE, "c" },
			{ QUIRK_KEY_DT_ROOT, "b" },
			{ QUIRK_KEY_DT_ROOT, "a" },
			{ QUIRK_KEY_DT_ROOT, "b" },
		},
	};
	struct fake_matches m;

	assert_matches(&t, &d, "board other");
	m = fake_match(&t, &d);
	assert_string_equal(quirk_string(&t, quirk_key_at(&t, m.key[0]) +
					     QUIRK_KEY_VALUE), "a");
	assert_string_equal(quirk_string(&t, quirk_key_at(&t, m.key[1]) +
					     QUIRK_KEY_VALUE), "c");
	free(image);
}

/* Every key of a large table is found, and nothing between the keys. */
static void search_finds_every_key_of_a_large_table(void **state)
{
	enum { COUNT = 300 };
	static char text[COUNT * 128 + 64];
	struct quirk_table t;
	size_t used = 0;
	u8 *image;
	unsigned int i;

	used += (size_t)sprintf(text, "/dts-v1/; / {");
	for (i = 0; i < COUNT; i++)
		used += (size_t)sprintf(text + used,
					"e%03u {" ENTRY_WORDS "known-good; match { dt-root = \"v,%03u\"; }; };\n",
					i, (i * 7) % COUNT);
	sprintf(text + used, "};");
	image = open_text(text, &t);
	for (i = 0; i < COUNT; i++) {
		char value[16];
		char wanted[16];
		struct fake_device d = {
			.tokens = { { QUIRK_KEY_DT_ROOT, value } },
		};

		sprintf(value, "v,%03u", (i * 7) % COUNT);
		sprintf(wanted, "e%03u", i);
		assert_matches(&t, &d, wanted);
		strcat(value, "0");
		assert_matches(&t, &d, "");
	}
	free(image);
}

static int count_call(void *arg, u32 entry, u32 key)
{
	(*(unsigned int *)arg)++;
	return 0;
}

/*
 * An entry of a level that we do not know: as long as it is another machine's,
 * nothing is wrong; what cannot be known of a key counts as its holding.
 */
static void entries_of_the_next_level_end_the_match(void **state)
{
	enum { NO_EDIT, KEY_KIND, COND_KIND, SCOPE_COND };
	static const struct {
		struct fake_token tokens[4];
		int edit;
		int ret;
		unsigned int calls;
	} cases[] = {
		/* not that machine */
		{ { { QUIRK_KEY_DT_ROOT, "other" } }, NO_EDIT, 0, 1 },
		{ { { QUIRK_KEY_DT_ROOT, "new" } }, NO_EDIT, 0, 0 },
		{ { { QUIRK_KEY_SMMU, "smmu-1" } }, NO_EDIT, 0, 0 },
		{ { { QUIRK_KEY_DT_ROOT, "other" }, { QUIRK_KEY_SMMU, "smmu-1" } }, NO_EDIT, 0, 1 },
		/* that machine, and perhaps another entry's as well */
		{ { { QUIRK_KEY_DT_ROOT, "new" }, { QUIRK_KEY_DMI, "sys_vendor=x" } }, NO_EDIT, -EOPNOTSUPP, 0 },
		{ { { QUIRK_KEY_DT_ROOT, "new" }, { QUIRK_KEY_DMI, "sys_vendor=x" }, { QUIRK_KEY_DT_ROOT, "other" } }, NO_EDIT, -EOPNOTSUPP, 0 },
		{ { { QUIRK_KEY_SMMU, "smmu-1" }, { QUIRK_KEY_PCI, "1def:e100" } }, NO_EDIT, -EOPNOTSUPP, 0 },
		/* a key of an unknown kind recognises nothing */
		{ { { QUIRK_KEY_SMMU, "smmu-1" }, { QUIRK_KEY_PCI, "1def:e100" } }, KEY_KIND, 0, 0 },
		/* a condition of an unknown kind, or of one that is no identity */
		{ { { QUIRK_KEY_SMMU, "smmu-1" } }, COND_KIND, -EOPNOTSUPP, 0 },
		{ { { QUIRK_KEY_SMMU, "smmu-1" } }, SCOPE_COND, -EOPNOTSUPP, 0 },
		{ { { QUIRK_KEY_SMMU, "smmu-2" } }, COND_KIND, 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct quirk_fault fault;
		struct quirk_table t;
		/* The key by the SMMU is the last one, its condition the second. */
		u8 *image = open_text(SOURCE(
			ENTRY("new", "match-1 { dt-root = \"new\"; dmi-sys-vendor = \"x\"; };"
				     "match-2 { smmu-model = \"smmu-1\"; pci-id = \"1def:e100\"; };")
			ENTRY("other", "match { dt-root = \"other\"; };")), &t);
		struct fake_device d = { 0 };
		struct quirk_identity id = {
			.for_each_token = fake_for_each_token,
			.has = fake_has,
			.ctx = &d,
		};
		u32 key = t.count[QUIRK_SEC_KEYS] - 1;
		u8 *k = image + (quirk_key_at(&t, key) - image);
		u8 *c = image + (quirk_cond_at(&t, 1) - image);
		unsigned int calls = 0;
		u8 seen[1] = { 0 };

		assert_int_equal(get_le32(k), QUIRK_KEY_SMMU);
		assert_int_equal(get_le32(c), QUIRK_COND_PCI);
		image[quirk_entry_at(&t, 0) - image + QUIRK_ENT_LEVEL] =
			QUIRK_LEVEL + 1;
		if (cases[i].edit == KEY_KIND)
			k[QUIRK_KEY_KIND] = QUIRK_KEYS_END;
		if (cases[i].edit == COND_KIND)
			c[QUIRK_COND_KIND] = QUIRK_KEYS_END;
		if (cases[i].edit == SCOPE_COND)
			c[QUIRK_COND_KIND] = QUIRK_COND_SEGMENT;
		fix_crc(image, t.size);
		assert_int_equal(quirk_table_open(&t, image, t.size, &fault), 0);

		memcpy(d.tokens, cases[i].tokens, sizeof(cases[i].tokens));
		if (quirk_table_match(&t, &id, count_call, &calls, seen) !=
		    cases[i].ret || calls != cases[i].calls)
			fail_msg("case %zu: %u calls", i, calls);
		free(image);
	}
}

static int refuse_token(void *ctx, int (*fn)(void *arg, enum quirk_key kind,
					     const char *value, u32 revision),
			void *arg)
{
	return -EIO;
}

static int stop(void *arg, u32 entry, u32 key)
{
	(*(unsigned int *)arg)++;
	return 5;
}

static void errors_and_stops_are_handed_on(void **state)
{
	struct quirk_table t;
	u8 *image = open_text(SOURCE(
		ENTRY("a", "match { dt-root = \"x\"; };")
		ENTRY("b", "match { dt-root = \"x\"; dt-node = \"y\"; };")), &t);
	struct fake_device d = {
		.tokens = { { QUIRK_KEY_DT_ROOT, "x" }, { QUIRK_KEY_DT_NODE, "y" } },
	};
	struct quirk_identity id = {
		.for_each_token = refuse_token,
		.has = fake_has,
		.ctx = &d,
	};
	unsigned int calls = 0;
	u8 seen[1] = { 0 };

	assert_int_equal(quirk_table_match(&t, &id, stop, &calls, seen), -EIO);
	assert_int_equal(calls, 0);
	id.for_each_token = fake_for_each_token;
	assert_int_equal(quirk_table_match(&t, &id, stop, &calls, seen), 5);
	assert_int_equal(calls, 1);
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_exact),
		cmocka_unit_test(oem_padding_does_not_matter),
		cmocka_unit_test(revisions_are_inclusive),
		cmocka_unit_test(conjunctions_need_everything),
		cmocka_unit_test(several_strings_are_alternatives),
		cmocka_unit_test(an_entry_is_named_once_with_its_first_key),
		cmocka_unit_test(search_finds_every_key_of_a_large_table),
		cmocka_unit_test(entries_of_the_next_level_end_the_match),
		cmocka_unit_test(errors_and_stops_are_handed_on),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
