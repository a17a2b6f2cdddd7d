// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * policy_test.c - what the operator's words make of rules
 *
 * The mode of a rule, which needs no device, and the lists of names in the
 * parameters "enable" and "disable".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/resolve.h"
#include "quirk_source.h"

#define WORDS " reference = \"rr\"; reason = \"why\"; "
#define NODE(name, words) name " {" WORDS words "};"
#define WINDOWS " type = \"reserved\"; source = \"host-windows\"; "
#define SURE " confidence = \"confirmed\"; "
#define MAYBE " confidence = \"inferred\"; "

/* "acme" is the beginning of another entry's name, "a" of another rule's. */
static const char source[] = SOURCE(
	"acme {" ENTRY_WORDS "match { dt-root = \"x\"; };"
		NODE("a", WINDOWS SURE)
		NODE("a-b", WINDOWS SURE "advise;")
		NODE("maybe", WINDOWS MAYBE)
		NODE("drop", " type = \"reserved\"; source = \"range\"; range = <0x1000 0x1fff>; action = \"drop\"; " SURE)
		NODE("drop-maybe", " type = \"reserved\"; source = \"range\"; range = <0x3000 0x3fff>; action = \"drop\"; " MAYBE)
		NODE("relax", " type = \"direct\"; source = \"range\"; range = <0x5000 0x5fff>; action = \"relax\"; " SURE)
		NODE("move", " type = \"sw-msi\"; source = \"placed\"; action = \"replace\"; " SURE)
		NODE("notice", " type = \"none\"; source = \"notice\"; " SURE)
		NODE("run-time", " type = \"reserved\"; source = \"run-time\"; " SURE)
		NODE("model", " type = \"none\"; source = \"iort-smmu-model\"; model = <1>; " SURE)
		NODE("limit", " type = \"none\"; source = \"iort-address-limit\"; bits = <32>; advise; " SURE)
		NODE("mapping", " type = \"none\"; source = \"iort-id-mapping\"; input = <0 1>; output-base = <0>; output-smmu = <1>; segment = <0>; " MAYBE)
	"};"
	"acme-2 {" ENTRY_WORDS "match { dt-root = \"y\"; };"
		NODE("a", WINDOWS SURE)
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

static const char *const mode_names[] = {
	[RESV_MODE_ADVISE] = "advise",
	[RESV_MODE_ENFORCE] = "enforce",
	[RESV_MODE_INSIST] = "insist",
	[RESV_MODE_WITHHOLD] = "withhold",
	[RESV_MODE_DISABLED] = "disabled",
};

static void assert_mode(const char *entry, const char *rule,
			const struct resv_policy *policy, enum resv_mode wanted)
{
	enum resv_mode got = resv_rule_mode(&table,
			find_rule(&table, find_entry(&table, entry), rule),
			policy);

	if (got != wanted)
		fail_msg("%s/%s, enforce %d, enable \"%s\", disable \"%s\": %s, wanted %s",
			 entry, rule, policy->enforce, policy->enable,
			 policy->disable, mode_names[got], mode_names[wanted]);
}

static void unnamed_rules(void **state)
{
	static const struct {
		const char *rule;
		enum resv_mode wanted[3];	/* confirmed, all, none */
	} cases[] = {
		{ "a", { RESV_MODE_ENFORCE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		{ "a-b", { RESV_MODE_ADVISE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		{ "maybe", { RESV_MODE_ADVISE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		{ "move", { RESV_MODE_ENFORCE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		/* Withheld is only what would take effect otherwise. */
		{ "drop", { RESV_MODE_WITHHOLD, RESV_MODE_WITHHOLD, RESV_MODE_ADVISE } },
		{ "relax", { RESV_MODE_WITHHOLD, RESV_MODE_WITHHOLD, RESV_MODE_ADVISE } },
		{ "drop-maybe", { RESV_MODE_ADVISE, RESV_MODE_WITHHOLD, RESV_MODE_ADVISE } },
		/* Never anything to enforce. */
		{ "notice", { RESV_MODE_ADVISE, RESV_MODE_ADVISE, RESV_MODE_ADVISE } },
		{ "run-time", { RESV_MODE_ADVISE, RESV_MODE_ADVISE, RESV_MODE_ADVISE } },
		/* Corrections are rules like others here. */
		{ "model", { RESV_MODE_ENFORCE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		{ "limit", { RESV_MODE_ADVISE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
		{ "mapping", { RESV_MODE_ADVISE, RESV_MODE_INSIST, RESV_MODE_ADVISE } },
	};
	static const enum resv_enforce policies[] = {
		RESV_ENFORCE_CONFIRMED, RESV_ENFORCE_ALL, RESV_ENFORCE_NONE,
	};
	size_t i;
	size_t k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (k = 0; k < ARRAY_SIZE(policies); k++) {
			struct resv_policy policy = {
				.enforce = policies[k],
				.enable = "",
				.disable = "",
			};
			enum resv_mode wanted = cases[i].wanted[k];

			assert_mode("acme", cases[i].rule, &policy, wanted);
			/* With the operator's consent nothing is withheld. */
			policy.weaken = true;
			if (wanted == RESV_MODE_WITHHOLD)
				wanted = policies[k] == RESV_ENFORCE_ALL ?
					 RESV_MODE_INSIST : RESV_MODE_ENFORCE;
			assert_mode("acme", cases[i].rule, &policy, wanted);
		}
	}
}

static void named_rules(void **state)
{
	static const struct {
		const char *enable;
		const char *disable;
		enum resv_mode a;	/* of acme/a, which is enforced unnamed */
		enum resv_mode maybe;	/* of acme/maybe, which is not */
	} cases[] = {
		{ "", "", RESV_MODE_ENFORCE, RESV_MODE_ADVISE },
		{ "acme", "", RESV_MODE_INSIST, RESV_MODE_INSIST },
		{ "acme/maybe", "", RESV_MODE_ENFORCE, RESV_MODE_INSIST },
		{ "other,acme/maybe", "", RESV_MODE_ENFORCE, RESV_MODE_INSIST },
		{ "acme/maybe,acme/a", "", RESV_MODE_INSIST, RESV_MODE_INSIST },
		{ "", "acme", RESV_MODE_DISABLED, RESV_MODE_DISABLED },
		{ "", "acme/a", RESV_MODE_DISABLED, RESV_MODE_ADVISE },
		/* The longer name wins, wherever in its list it stands, */
		{ "acme/a", "acme", RESV_MODE_INSIST, RESV_MODE_DISABLED },
		{ "acme", "acme/a", RESV_MODE_DISABLED, RESV_MODE_INSIST },
		{ "acme,acme/a", "acme", RESV_MODE_INSIST, RESV_MODE_DISABLED },
		{ "acme/a,acme", "acme", RESV_MODE_INSIST, RESV_MODE_DISABLED },
		/* and of the same one "disable". */
		{ "acme", "acme", RESV_MODE_DISABLED, RESV_MODE_DISABLED },
		{ "acme/a", "acme/a", RESV_MODE_DISABLED, RESV_MODE_ADVISE },
		{ "acme/a", "acme,acme/a", RESV_MODE_DISABLED, RESV_MODE_DISABLED },
		/* Names are whole ones. */
		{ "acm,acme-2,acme-2/a,cme,acme/a-b,acme/,e/a", "", RESV_MODE_ENFORCE, RESV_MODE_ADVISE },
		{ "", "acm,acme-2,acme-2/a,acme/may,acme/aa", RESV_MODE_ENFORCE, RESV_MODE_ADVISE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_policy policy = {
			.enforce = RESV_ENFORCE_CONFIRMED,
			.enable = cases[i].enable,
			.disable = cases[i].disable,
		};

		assert_mode("acme", "a", &policy, cases[i].a);
		assert_mode("acme", "maybe", &policy, cases[i].maybe);
	}
}

/* A name goes before the policy for all rules, but cannot do everything. */
static void names_and_the_rest_of_the_policy(void **state)
{
	struct resv_policy policy = {
		.enforce = RESV_ENFORCE_NONE,
		.enable = "acme",
		.disable = "",
	};

	assert_mode("acme", "maybe", &policy, RESV_MODE_INSIST);
	assert_mode("acme-2", "a", &policy, RESV_MODE_ADVISE);
	assert_mode("acme", "notice", &policy, RESV_MODE_ADVISE);
	assert_mode("acme", "run-time", &policy, RESV_MODE_ADVISE);
	assert_mode("acme", "drop-maybe", &policy, RESV_MODE_WITHHOLD);
	policy.weaken = true;
	assert_mode("acme", "drop-maybe", &policy, RESV_MODE_INSIST);
	assert_mode("acme", "mapping", &policy, RESV_MODE_INSIST);

	policy.enforce = RESV_ENFORCE_ALL;
	policy.enable = "";
	policy.disable = "acme";
	assert_mode("acme", "a", &policy, RESV_MODE_DISABLED);
	assert_mode("acme", "notice", &policy, RESV_MODE_DISABLED);
	assert_mode("acme", "drop", &policy, RESV_MODE_DISABLED);
	assert_mode("acme", "model", &policy, RESV_MODE_DISABLED);
	assert_mode("acme-2", "a", &policy, RESV_MODE_INSIST);
}

static void modes_that_enforce(void **state)
{
	assert_true(resv_mode_enforces(RESV_MODE_ENFORCE));
	assert_true(resv_mode_enforces(RESV_MODE_INSIST));
	assert_false(resv_mode_enforces(RESV_MODE_ADVISE));
	assert_false(resv_mode_enforces(RESV_MODE_WITHHOLD));
	assert_false(resv_mode_enforces(RESV_MODE_DISABLED));
}

static void lists_of_names(void **state)
{
	static const struct {
		const char *names;
		int bad_at;	/* -1: it is a list */
	} cases[] = {
		{ "", -1 },
		{ "a", -1 },
		{ "sm8250", -1 },
		{ "sm8250/msi-doorbell", -1 },
		{ "a,b", -1 },
		{ "a/b,c-1/d-2,e", -1 },
		{ "a09z,z90a-z/z-0,a9", -1 },
		{ ",", 0 },
		{ ",a", 0 },
		{ "a,", 2 },
		{ "a,,b", 2 },
		{ "a, b", 2 },
		{ " a", 0 },
		{ "a ", 0 },
		{ "a\n", 0 },
		{ "A", 0 },
		{ "aB", 0 },
		{ "1a", 0 },
		{ "-a", 0 },
		{ "a-", 0 },
		{ "a--b", 0 },
		{ "a-,b", 0 },
		{ "a_b", 0 },
		{ "a,b_", 2 },
		{ "/", 0 },
		{ "a/", 0 },
		{ "/a", 0 },
		{ "a/b/c", 0 },
		{ "a/,b", 0 },
		{ "a//b", 0 },
		{ "a/1", 0 },
		{ "a,b,c/-", 4 },
		{ "a\xc3\xa4", 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t at = 1000;
		bool good = resv_names_check(cases[i].names, &at);

		if (good != (cases[i].bad_at < 0) ||
		    (!good && at != (size_t)cases[i].bad_at))
			fail_msg("\"%s\": %s, at %zu", cases[i].names,
				 good ? "taken" : "refused", at);
	}
}

static void names_that_the_table_lacks(void **state)
{
	static const struct {
		const char *names;
		const char *unknown;	/* offsets */
	} cases[] = {
		{ "", "" },
		{ "acme", "" },
		{ "acme/a", "" },
		{ "acme-2/a,acme/a-b,acme-2", "" },
		{ "acme/model,acme/mapping", "" },
		{ "b", " 0" },
		{ "acm", " 0" },
		{ "acme-", " 0" },
		{ "acme-3", " 0" },
		{ "acme/b", " 0" },
		{ "acme-2/maybe", " 0" },
		{ "a,b,acme,c", " 0 2 9" },
		{ "acme,x/a,acme/x,acme/a,acme/a-", " 5 9 23" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[64] = "";
		int at = -1;

		while ((at = resv_names_unknown(&table, cases[i].names,
						(size_t)(at + 1))) >= 0)
			sprintf(text + strlen(text), " %d", at);
		assert_string_equal(text, cases[i].unknown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unnamed_rules),
		cmocka_unit_test(named_rules),
		cmocka_unit_test(names_and_the_rest_of_the_policy),
		cmocka_unit_test(modes_that_enforce),
		cmocka_unit_test(lists_of_names),
		cmocka_unit_test(names_that_the_table_lacks),
	};

	return cmocka_run_group_tests_name("policy", tests, setup, teardown);
}
