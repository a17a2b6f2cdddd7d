// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/correct.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * bar_rules_test.c - rules about BARs
 *
 * Which of them are about a BAR, at which page size, and what the policy makes of
 * that. Such a rule is in the list of no device, and no correction.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../quirks/correct.h"
#include "fake_machine.h"
#include "quirk_source.h"

#define BAR_WORDS " type = \"none\"; reference = \"rr\"; reason = \"why\"; "
#define SURE " confidence = \"confirmed\";" BAR_WORDS
#define CARD " device-id = \"144d:a808\";"

static const char source[] = SOURCE(
	"card {" ENTRY_WORDS "match { pci-id = \"144d:a808\"; };"
	"  any-size { source = \"bar-realign\"; bar = <0>;" CARD SURE "};"
	"  of-16k { source = \"bar-realign\"; bar = <0>; bar-size = <0x4000>;" CARD SURE "};"
	"  of-64g { source = \"bar-whole-page\"; bar = <2>; bar-size = /bits/ 64 <0x1000000000>;" CARD SURE "};"
	"  rom { source = \"bar-whole-page\"; bar = <6>;" CARD SURE "};"
	"  on-64k { source = \"bar-realign\"; bar = <1>; page-size = <65536>;" CARD SURE "};"
	"  on-large { source = \"bar-realign\"; bar = <1>; page-size = <16384 65536>;" CARD SURE "};"
	"  offset { source = \"bar-offset\"; bar = <3>; bar-offset = <0x3000>;" CARD SURE "};"
	"  offset-0 { source = \"bar-offset\"; bar = <4>; bar-offset = <0>;" CARD SURE "};"
	"  of-others { source = \"bar-realign\"; bar = <5>; device-id = \"144d:a809\", \"144d:a80a\";" SURE "};"
	"  segment-1 { source = \"bar-realign\"; bar = <5>; segment = <1>;" CARD SURE "};"
	"  behind-port { source = \"bar-whole-page\"; bar = <5>; root-port = \"1def:e101\";" CARD SURE "};"
	"  unsure { source = \"bar-whole-page\"; bar = <5>; confidence = \"inferred\";" CARD BAR_WORDS "};"
	"  quiet { source = \"bar-whole-page\"; bar = <5>; advise;" CARD SURE "};"
	"  known { source = \"notice\"; confidence = \"confirmed\";" BAR_WORDS "};"
	"  model { source = \"iort-smmu-model\"; model = <1>;" SURE "};"
	"};");

static u8 *image;
static struct quirk_table table;

static const struct fake_host host = { .segment = 1 };

static const struct fake_device device = {
	.is_acpi = true,
	/* The running kernel's: nobody may ask for it here. */
	.page_size = 4096,
	.pci_id = "144d:a808",
	.root_port = "1def:e102",
	.host = &host,
};

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

static u32 rule_named(const char *name)
{
	return find_rule(&table, find_entry(&table, "card"), name);
}

static struct resv_verdict resolve(const char *rule, enum resv_mode mode,
				   u32 bar, u64 size, u64 page_size)
{
	return resv_resolve_bar_rule(&table, rule_named(rule), mode,
				     &fake_facts, (void *)&device, bar, size,
				     page_size);
}

static void a_rule_is_about_its_bar(void **state)
{
	static const struct {
		const char *rule;
		u32 bar;
		u64 size;
		u64 page_size;
		bool applies;
		u32 cond;	/* the kind that fails, where one does */
	} cases[] = {
		{ "any-size", 0, 0x800, 4096, true, 0 },
		{ "any-size", 0, 0x8000, 65536, true, 0 },
		{ "any-size", 1, 0x800, 4096, false, 0 },
		{ "any-size", 6, 0x800, 4096, false, 0 },
		/* What is as large as a page has it to itself. */
		{ "any-size", 0, 0x1000, 4096, false, 0 },
		{ "any-size", 0, 0x10000, 65536, false, 0 },
		{ "any-size", 0, 1ull << 40, 65536, false, 0 },
		{ "of-16k", 0, 0x4000, 65536, true, 0 },
		{ "of-16k", 0, 0x4000, 16384, false, 0 },
		{ "of-16k", 0, 0x8000, 65536, false, 0 },
		{ "of-16k", 0, 0, 65536, false, 0 },
		{ "of-16k", 0, 0x100004000, 65536, false, 0 },
		{ "of-64g", 2, 0x1000000000, 4096, true, 0 },
		{ "of-64g", 2, 0x4000, 4096, false, 0 },
		{ "rom", 6, 0x800, 65536, true, 0 },
		{ "rom", 5, 0x800, 65536, false, 0 },
		{ "on-64k", 1, 0x4000, 65536, true, 0 },
		{ "on-64k", 1, 0x800, 16384, false, QUIRK_COND_PAGE_SIZE },
		{ "on-64k", 1, 0x800, 4096, false, QUIRK_COND_PAGE_SIZE },
		{ "on-large", 1, 0x4000, 65536, true, 0 },
		{ "on-large", 1, 0x2000, 16384, true, 0 },
		{ "on-large", 1, 0x800, 32768, false, QUIRK_COND_PAGE_SIZE },
		{ "on-large", 1, 0x800, 4096, false, QUIRK_COND_PAGE_SIZE },
		/* A page that has no such offset. */
		{ "offset", 3, 0x1000, 65536, true, 0 },
		{ "offset", 3, 0x1000, 16384, true, 0 },
		{ "offset", 3, 0x1000, 0x3001, true, 0 },
		{ "offset", 3, 0x1000, 0x3000, false, 0 },
		{ "offset", 3, 0x1000, 4096, false, 0 },
		{ "offset-0", 4, 0x1000, 4096, true, 0 },
		{ "of-others", 5, 0x800, 4096, false, QUIRK_COND_DEVICE_ID },
		{ "segment-1", 5, 0x800, 4096, true, 0 },
		{ "behind-port", 5, 0x1000, 4096, false, QUIRK_COND_ROOT_PORT },
		{ "known", 0, 0x1000, 4096, false, 0 },
		{ "model", 1, 0x1000, 4096, false, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_verdict v = resolve(cases[i].rule,
						RESV_MODE_ENFORCE, cases[i].bar,
						cases[i].size,
						cases[i].page_size);

		if ((v.outcome == RESV_ENFORCED) != cases[i].applies ||
		    (v.outcome == RESV_NOT_IN_SCOPE) == cases[i].applies ||
		    v.cond != cases[i].cond)
			fail_msg("%s, BAR %u, page %llu: outcome %d, cond %u",
				 cases[i].rule, cases[i].bar,
				 (unsigned long long)cases[i].page_size,
				 v.outcome, v.cond);
	}
}

static void the_policy_decides_what_it_is(void **state)
{
	static const struct resv_policy confirmed = { .enable = "", .disable = "" };
	static const struct resv_policy all = { RESV_ENFORCE_ALL, "", "" };
	static const struct resv_policy none = { RESV_ENFORCE_NONE, "", "" };
	static const struct resv_policy named = {
		RESV_ENFORCE_NONE, "card/quiet", "card/any-size",
	};
	static const struct {
		const struct resv_policy *policy;
		const char *rule;
		u32 bar;
		enum resv_outcome outcome;
	} cases[] = {
		{ &confirmed, "any-size", 0, RESV_ENFORCED },
		{ &confirmed, "unsure", 5, RESV_ADVISED },
		{ &confirmed, "quiet", 5, RESV_ADVISED },
		{ &all, "unsure", 5, RESV_ENFORCED },
		{ &all, "quiet", 5, RESV_ENFORCED },
		{ &none, "any-size", 0, RESV_ADVISED },
		{ &named, "any-size", 0, RESV_DISABLED },
		{ &named, "quiet", 5, RESV_ENFORCED },
		{ &named, "of-16k", 0, RESV_ADVISED },
		/* One that is about something else is not switched off here. */
		{ &named, "any-size", 1, RESV_NOT_IN_SCOPE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 rule = rule_named(cases[i].rule);
		enum resv_mode mode = resv_rule_mode(&table, rule,
						     cases[i].policy);

		assert_int_equal(resolve(cases[i].rule, mode, cases[i].bar,
					 0x4000, 65536).outcome,
				 cases[i].outcome);
	}
}

/* Whoever asks for a device's list, or for the table's corrections. */
static void it_is_nothing_else(void **state)
{
	u32 rule;

	for (rule = 0; rule < table.count[QUIRK_SEC_RULES]; rule++) {
		struct resv_range storage;
		struct resv_ranges out;
		struct resv_verdict v;
		struct iort_fix fix;
		u8 is = quirk_rule_at(&table, rule)[QUIRK_RULE_SOURCE];

		if (!QUIRK_SOURCE_BARS(is))
			continue;
		resv_ranges_init(&out, &storage, 1);
		v = resv_resolve_rule(&table, rule, RESV_MODE_INSIST,
				      &fake_facts, (void *)&device, &out);
		assert_int_equal(v.outcome, RESV_NOT_IN_SCOPE);
		assert_int_equal(v.why, RESV_WHY_ABSENT);
		assert_int_equal(out.count, 0);
		assert_int_equal(quirk_correction(&table, rule, &fix), 0);
	}
}

static void each_has_its_word(void **state)
{
	assert_string_equal(quirk_bar_word(QUIRK_SOURCE_BAR_REALIGN),
			    "realign");
	assert_string_equal(quirk_bar_word(QUIRK_SOURCE_BAR_WHOLE_PAGE),
			    "whole-page");
	assert_string_equal(quirk_bar_word(QUIRK_SOURCE_BAR_OFFSET), "offset");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_about_its_bar),
		cmocka_unit_test(the_policy_decides_what_it_is),
		cmocka_unit_test(it_is_nothing_else),
		cmocka_unit_test(each_has_its_word),
	};

	return cmocka_run_group_tests_name("bar rules", tests, setup, teardown);
}
