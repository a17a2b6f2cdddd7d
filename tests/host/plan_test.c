// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/ranges.c module/plan.c */
/*
 * plan_test.c - what a device's list becomes
 *
 * Cases by hand for each sentence of plan.h, and random plans against a model
 * that knows nothing of ranges: for each type a list of single addresses. The
 * model's addresses lie at either end of the 64-bit space.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/plan.h"

#define KIB4 4096

static const char *const type_names[] = {
	[QUIRK_TYPE_RESERVED] = "reserved",
	[QUIRK_TYPE_MSI] = "msi",
	[QUIRK_TYPE_SW_MSI] = "sw-msi",
	[QUIRK_TYPE_DIRECT] = "direct",
	[QUIRK_TYPE_DIRECT_RELAXABLE] = "direct-relaxable",
};

/* Take a rule of up to three ranges in; a range of 0 to 0 ends them. */
struct test_rule {
	enum quirk_action action;
	enum quirk_type type;
	struct resv_range ranges[4];
	bool demoted;
};

static void take_rule(struct resv_plan *plan, const struct test_rule *rule)
{
	struct resv_ranges *set = resv_plan_scratch(plan);
	size_t i;

	assert_int_equal(set->count, 0);
	for (i = 0; i < ARRAY_SIZE(rule->ranges) && rule->ranges[i].last; i++)
		resv_ranges_add(set, rule->ranges[i].start,
				rule->ranges[i].last);
	if (rule->demoted)
		resv_plan_demoted(plan);
	else
		resv_plan_rule(plan, rule->action, rule->type);
}

/*
 * What comes out, as text: a letter for the fate of each region (keep, remove,
 * relax: k, -, r), then what is added, then flags.
 */
static void describe(char *text, const struct resv_plan *plan)
{
	static const char fates[] = {
		[RESV_FATE_KEEP] = 'k',
		[RESV_FATE_REMOVE] = '-',
		[RESV_FATE_RELAX] = 'r',
	};
	static const char *const flags[] = {
		"widened", "second", "no-window", "too-many", "overlap",
		"demoted",
	};
	struct resv_range range;
	size_t f;
	u32 i;

	for (i = 0; i < plan->region_count; i++)
		text += sprintf(text, "%c", fates[plan->regions[i].fate]);
	*text = '\0';
	for (i = 0; i < resv_plan_count(plan); i++) {
		enum quirk_type type = resv_plan_added(plan, i, &range);

		text += sprintf(text, " %s %llx-%llx", type_names[type],
				(unsigned long long)range.start,
				(unsigned long long)range.last);
	}
	for (f = 0; f < ARRAY_SIZE(flags); f++)
		if (plan->flags & 1u << f)
			text += sprintf(text, " !%s", flags[f]);
	assert_int_equal(plan->flags >> ARRAY_SIZE(flags), 0);
}

#define REGIONS 4
#define RULES 4

struct plan_case {
	struct resv_plan_region regions[REGIONS];
	struct test_rule rules[RULES];
	const char *wanted;
};

static void assert_plans(const struct plan_case *cases, size_t count,
			 u64 page_size)
{
	size_t i;
	size_t k;

	for (i = 0; i < count; i++) {
		struct resv_plan_region regions[REGIONS];
		struct resv_plan plan;
		char text[512];
		u32 used = 0;

		memcpy(regions, cases[i].regions, sizeof(regions));
		while (used < REGIONS && regions[used].type)
			/* Must be forgotten. */
			regions[used++].fate = RESV_FATE_RELAX;
		memset(&plan, 0xa5, sizeof(plan));
		resv_plan_init(&plan, regions, used, page_size);
		for (k = 0; k < RULES && cases[i].rules[k].action; k++)
			take_rule(&plan, &cases[i].rules[k]);
		resv_plan_finish(&plan);
		describe(text, &plan);
		if (strcmp(text, cases[i].wanted))
			fail_msg("case %zu: got \"%s\", wanted \"%s\"", i, text,
				 cases[i].wanted);
	}
}

#define WINDOW { 0x8000000, 0x80fffff, QUIRK_TYPE_SW_MSI }
#define ADD QUIRK_ACTION_ADD
#define REPLACE QUIRK_ACTION_REPLACE
#define DROP QUIRK_ACTION_DROP
#define RELAX QUIRK_ACTION_RELAX
#define RESERVED QUIRK_TYPE_RESERVED
#define MSI QUIRK_TYPE_MSI
#define SW_MSI QUIRK_TYPE_SW_MSI
#define DIRECT QUIRK_TYPE_DIRECT
#define RELAXABLE QUIRK_TYPE_DIRECT_RELAXABLE

static void without_rules_the_driver_is_right(void **state)
{
	static const struct plan_case cases[] = {
		{ { { 0 } }, { { 0 } }, "" },
		{ { WINDOW, { 0x1000, 0x1fff, RESERVED }, { 0x3000, 0x3fff, DIRECT },
		    { 0x5000, 0x5fff, QUIRK_TYPE_NONE } },
		  { { 0 } }, "kkkk" },
		/* Nor do rules without ranges change anything. */
		{ { WINDOW, { 0x1000, 0x1fff, RESERVED } },
		  { { ADD, RESERVED }, { REPLACE, SW_MSI }, { REPLACE, MSI },
		    { DROP, RESERVED } }, "kk" },
		/* A driver may contradict itself, that is not ours. */
		{ { WINDOW, { 0x8000000, 0x8000fff, RESERVED } }, { { 0 } }, "kk" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

static void add(void **state)
{
	static const struct plan_case cases[] = {
		/* Whole pages; neighbours are one. */
		{ { WINDOW },
		  { { ADD, RESERVED, { { 0x40100000, 0x40100003 } } },
		    { ADD, RESERVED, { { 0x10fff, 0x11000 }, { 0x12010, 0x12fff } } } },
		  "k reserved 10000-12fff reserved 40100000-40100fff" },
		/* By type, then by address, in whatever order they came. */
		{ { WINDOW },
		  { { ADD, RELAXABLE, { { 0x1000, 0x1fff } } },
		    { ADD, RESERVED, { { 0x9000, 0x9fff }, { 0x5000, 0x5fff } } },
		    { ADD, DIRECT, { { 0x3000, 0x3fff } } } },
		  "k reserved 5000-5fff reserved 9000-9fff direct 3000-3fff direct-relaxable 1000-1fff" },
		/* Types do not know of each other. */
		{ { { 0 } },
		  { { ADD, DIRECT, { { 0x3000, 0x4fff } } },
		    { ADD, RESERVED, { { 0x3000, 0x3fff } } } },
		  " reserved 3000-3fff direct 3000-4fff" },
		/* The whole space. */
		{ { WINDOW }, { { ADD, RESERVED, { { 0, U64_MAX } } } },
		  "k reserved 0-ffffffffffffffff !overlap" },
	};
	static const struct plan_case on_64k[] = {
		{ { { 0 } }, { { ADD, RESERVED, { { 0x40100000, 0x40100003 } } } },
		  " reserved 40100000-4010ffff" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
	assert_plans(on_64k, ARRAY_SIZE(on_64k), 16 * KIB4);
}

static void add_leaves_out_what_the_driver_says(void **state)
{
	static const struct plan_case cases[] = {
		{ { { 0x1000, 0x1fff, RESERVED }, { 0x3000, 0x3fff, MSI },
		    { 0x5000, 0x5fff, DIRECT }, { 0x7000, 0x7fff, RELAXABLE } },
		  { { ADD, RESERVED, { { 0, 0x8fff } } } },
		  "kkkk reserved 0-fff reserved 2000-2fff reserved 4000-4fff reserved 6000-8fff" },
		/* An unknown type, the window and nothing at all cover nothing. */
		{ { WINDOW, { 0x3000, 0x3fff, QUIRK_TYPE_NONE },
		    { 0x5000, 0x4fff, RESERVED } },
		  { { ADD, RESERVED, { { 0, 0x8fff } } } },
		  "kkk reserved 0-8fff" },
		{ { { 0x1000, 0x1fff, RESERVED }, { 0x3000, 0x3fff, MSI },
		    { 0x5000, 0x5fff, DIRECT }, { 0x7000, 0x7fff, RELAXABLE } },
		  { { ADD, DIRECT, { { 0, 0x8fff } } } },
		  "kkkk direct 0-4fff direct 6000-8fff" },
		{ { { 0x1000, 0x1fff, RESERVED }, { 0x3000, 0x3fff, MSI },
		    { 0x5000, 0x5fff, DIRECT }, { 0x7000, 0x7fff, RELAXABLE } },
		  { { ADD, RELAXABLE, { { 0, 0x8fff } } } },
		  "kkkk direct-relaxable 0-4fff direct-relaxable 6000-6fff direct-relaxable 8000-8fff" },
		{ { { 0, 0xffff, RESERVED } },
		  { { ADD, RESERVED, { { 0x1000, 0x1fff } } } }, "k" },
		{ { { U64_MAX - 0xfff, U64_MAX, RESERVED } },
		  { { ADD, RESERVED, { { U64_MAX - 0x1fff, U64_MAX } } } },
		  "k reserved ffffffffffffe000-ffffffffffffefff" },
		/* What is dropped or relaxed does not cover any more. */
		{ { { 0x1000, 0x1fff, RESERVED }, { 0x3000, 0x3fff, DIRECT } },
		  { { ADD, RESERVED, { { 0x1000, 0x3fff } } },
		    { DROP, RESERVED, { { 0x1000, 0x1fff } } },
		    { RELAX, DIRECT, { { 0x3000, 0x3fff } } } },
		  "-r reserved 1000-3fff" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

static void replace(void **state)
{
	static const struct plan_case cases[] = {
		{ { WINDOW },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "- sw-msi a0000000-a00fffff" },
		/* In the same place is another, too. */
		{ { WINDOW },
		  { { REPLACE, SW_MSI, { { 0x8000000, 0x80fffff } } } },
		  "- sw-msi 8000000-80fffff" },
		{ { WINDOW, { 0x1000, 0x1fff, RESERVED }, WINDOW },
		  { { REPLACE, SW_MSI, { { 0xa0000800, 0xa00fffff } } } },
		  "-k- sw-msi a0000000-a00fffff" },
		{ { WINDOW },
		  { { REPLACE, MSI, { { 0xc6010000, 0xc601ffff }, { 0x4c010000, 0x4c01ffff } } } },
		  "- msi 4c010000-4c01ffff msi c6010000-c601ffff" },
		{ { WINDOW, { 0xc6010000, 0xc601ffff, MSI } },
		  { { REPLACE, MSI, { { 0xc6010000, 0xc602ffff } } } },
		  "-k msi c6020000-c602ffff" },
		/* The first one wins. */
		{ { WINDOW },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } },
		    { REPLACE, SW_MSI, { { 0xb0000000, 0xb00fffff } } },
		    { ADD, RESERVED, { { 0x1000, 0x1fff } } } },
		  "- reserved 1000-1fff sw-msi a0000000-a00fffff !second" },
		{ { WINDOW },
		  { { REPLACE, MSI, { { 0xa0000000, 0xa00fffff } } },
		    { REPLACE, SW_MSI, { { 0xb0000000, 0xb00fffff } } } },
		  "- msi a0000000-a00fffff !second" },
		/* One without ranges is none. */
		{ { WINDOW },
		  { { REPLACE, SW_MSI }, { REPLACE, SW_MSI, { { 0xb0000000, 0xb00fffff } } } },
		  "- sw-msi b0000000-b00fffff" },
		/* A driver that has no window does not get one, */
		{ { { 0x1000, 0x1fff, RESERVED }, { 1, 0, SW_MSI } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "kk !no-window" },
		/* and what could not be put in does not stand in the way. */
		{ { { 0x1000, 0x1fff, RESERVED } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } },
		    { REPLACE, MSI, { { 0xb0000000, 0xb00fffff } } } },
		  "k msi b0000000-b00fffff !no-window" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

/* Reserved beside the window, which stays, or is replaced by another rule. */
static void demoted(void **state)
{
	static const struct plan_case cases[] = {
		{ { WINDOW },
		  { { REPLACE, MSI, { { 0x40100000, 0x40100003 } }, true } },
		  "k reserved 40100000-40100fff !demoted" },
		{ { WINDOW, { 0x40100000, 0x401fffff, RESERVED } },
		  { { REPLACE, MSI, { { 0x40100000, 0x40100003 }, { 0x60100000, 0x60100003 } }, true } },
		  "kk reserved 60100000-60100fff !demoted" },
		{ { WINDOW },
		  { { REPLACE, MSI, { { 0x40100000, 0x40100003 } }, true },
		    { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "- reserved 40100000-40100fff sw-msi a0000000-a00fffff !demoted" },
		{ { WINDOW },
		  { { REPLACE, MSI, { { 0x8010000, 0x8010003 } }, true } },
		  "k reserved 8010000-8010fff !overlap !demoted" },
		/* A driver without a window has nothing to keep. */
		{ { { 0x1000, 0x1fff, RESERVED } },
		  { { REPLACE, MSI, { { 0x40100000, 0x40100003 } }, true } },
		  "k reserved 40100000-40100fff !demoted" },
		{ { WINDOW }, { { REPLACE, MSI, { { 0 } }, true } }, "k" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

static void drop_and_relax(void **state)
{
	static const struct plan_case cases[] = {
		/* Wholly inside, and of that type. */
		{ { { 0x1000, 0x1fff, RESERVED }, { 0x1000, 0x2000, RESERVED },
		    { 0xfff, 0x1fff, RESERVED }, { 0x1000, 0x1fff, DIRECT } },
		  { { DROP, RESERVED, { { 0x1000, 0x1fff } } } }, "-kkk" },
		/* The rule's range is not aligned for that. */
		{ { { 0x1000, 0x1fff, RESERVED } },
		  { { DROP, RESERVED, { { 0x1001, 0x1fff } } } }, "k" },
		/* Not in two halves, but for those that touch. */
		{ { { 0x1000, 0x4fff, RESERVED } },
		  { { DROP, RESERVED, { { 0x1000, 0x2fff }, { 0x4000, 0x4fff } } } }, "k" },
		{ { { 0x1000, 0x4fff, RESERVED } },
		  { { DROP, RESERVED, { { 0x1000, 0x2fff } } },
		    { DROP, RESERVED, { { 0x3000, 0x4fff } } } }, "k" },
		{ { { 0x1000, 0x4fff, RESERVED } },
		  { { DROP, RESERVED, { { 0x1000, 0x2fff }, { 0x3000, 0x4fff } } } }, "-" },
		{ { WINDOW, { 0xc6010000, 0xc601ffff, MSI }, { 0x5000, 0x5fff, DIRECT },
		    { 0x5000, 0x5fff, RELAXABLE } },
		  { { DROP, SW_MSI, { { 0, U64_MAX } } },
		    { DROP, MSI, { { 0, U64_MAX } } },
		    { DROP, DIRECT, { { 0, U64_MAX } } } }, "---k" },
		/* Nothing is inside of nothing. */
		{ { { 0x1001, 0x1000, RESERVED } },
		  { { DROP, RESERVED, { { 0, U64_MAX } } } }, "k" },
		{ { { 0x5000, 0x5fff, DIRECT }, { 0x7000, 0x7fff, DIRECT },
		    { 0x5000, 0x5fff, RELAXABLE } },
		  { { RELAX, DIRECT, { { 0x5000, 0x6fff } } } }, "rkk" },
		/* Dropped is dropped, whichever comes first. */
		{ { { 0x5000, 0x5fff, DIRECT } },
		  { { RELAX, DIRECT, { { 0x5000, 0x5fff } } },
		    { DROP, DIRECT, { { 0x5000, 0x5fff } } } }, "-" },
		{ { { 0x5000, 0x5fff, DIRECT } },
		  { { DROP, DIRECT, { { 0x5000, 0x5fff } } },
		    { RELAX, DIRECT, { { 0x5000, 0x5fff } } } }, "-" },
		/* What we add is never dropped. */
		{ { { 0x1000, 0x1fff, RESERVED } },
		  { { ADD, RESERVED, { { 0x1000, 0x1fff } } },
		    { DROP, RESERVED, { { 0, U64_MAX } } } },
		  "- reserved 1000-1fff" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

static void overlap_with_the_window_is_told(void **state)
{
	static const struct plan_case cases[] = {
		{ { WINDOW }, { { ADD, RESERVED, { { 0x80fffff, 0x80fffff } } } },
		  "k reserved 80ff000-80fffff !overlap" },
		{ { WINDOW }, { { ADD, RESERVED, { { 0x8100000, 0x8100000 } } } },
		  "k reserved 8100000-8100fff" },
		{ { WINDOW }, { { ADD, RELAXABLE, { { 0x8000000, 0x8000000 } } } },
		  "k direct-relaxable 8000000-8000fff !overlap" },
		{ { WINDOW },
		  { { ADD, RESERVED, { { 0x8000000, 0x8000000 } } },
		    { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "- reserved 8000000-8000fff sw-msi a0000000-a00fffff" },
		{ { WINDOW },
		  { { ADD, RESERVED, { { 0xa00ff000, 0xa01fffff } } },
		    { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "- reserved a00ff000-a01fffff sw-msi a0000000-a00fffff !overlap" },
		/* What the driver says counts for a window of ours. */
		{ { WINDOW, { 0xa0000000, 0xa0000fff, MSI } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-k sw-msi a0000000-a00fffff !overlap" },
		{ { WINDOW, { 0xa0000000, 0xa0000fff, RESERVED } },
		  { { DROP, RESERVED, { { 0xa0000000, 0xa0000fff } } },
		    { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-- sw-msi a0000000-a00fffff" },
		{ { WINDOW, { 0xa0000000, 0xa0000fff, DIRECT } },
		  { { RELAX, DIRECT, { { 0xa0000000, 0xa0000fff } } },
		    { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-r sw-msi a0000000-a00fffff !overlap" },
		/* One byte is enough, at either end. */
		{ { WINDOW, { 0x9ffff000, 0xa0000000, RESERVED } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-k sw-msi a0000000-a00fffff !overlap" },
		{ { WINDOW, { 0xa00fffff, 0xa01fffff, RESERVED } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-k sw-msi a0000000-a00fffff !overlap" },
		{ { WINDOW, { 0x9ffff000, 0x9fffffff, RESERVED },
		    { 0xa0100000, 0xa01fffff, RESERVED } },
		  { { REPLACE, SW_MSI, { { 0xa0000000, 0xa00fffff } } } },
		  "-kk sw-msi a0000000-a00fffff" },
	};

	assert_plans(cases, ARRAY_SIZE(cases), KIB4);
}

static void regions_without_length_or_end(void **state)
{
	struct resv_plan_region r = resv_plan_region(0x1000, 0x1000, RESERVED);

	assert_int_equal(r.start, 0x1000);
	assert_int_equal(r.last, 0x1fff);
	assert_int_equal(r.type, RESERVED);
	assert_int_equal(r.fate, RESV_FATE_KEEP);
	r = resv_plan_region(0, 0, RESERVED);
	assert_true(r.last < r.start);
	r = resv_plan_region(U64_MAX, 1, RESERVED);
	assert_true(r.start == U64_MAX && r.last == U64_MAX);
	r = resv_plan_region(U64_MAX - 0xfff, 0x2000, RESERVED);
	assert_true(r.start == U64_MAX - 0xfff && r.last == U64_MAX);
	r = resv_plan_region(1, U64_MAX, RESERVED);
	assert_true(r.start == 1 && r.last == U64_MAX);
}

static bool plan_has(const struct resv_plan *plan, u32 type, u64 address)
{
	struct resv_range range;
	u32 i;

	for (i = 0; i < resv_plan_count(plan); i++)
		if ((u32)resv_plan_added(plan, i, &range) == type &&
		    range.start <= address && address <= range.last)
			return true;
	return false;
}

/* @count pages of a type, each apart from the others, at @from and up. */
static void add_pages_apart(struct resv_plan *plan, enum quirk_type type,
			    u64 from, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		take_rule(plan, &(struct test_rule){ ADD, type,
			  { { from + i * 2 * KIB4, from + i * 2 * KIB4 } } });
}

static void room_is_shared_by_all_types(void **state)
{
	struct resv_plan plan;
	u32 i;

	/* One type alone, up to the last that has room, */
	resv_plan_init(&plan, NULL, 0, KIB4);
	add_pages_apart(&plan, RESERVED, 0x1000, RESV_PLAN_RULE_RANGES);
	assert_int_equal(plan.flags, 0);
	assert_int_equal(resv_plan_count(&plan), RESV_PLAN_RULE_RANGES);
	/* and one of each other, */
	add_pages_apart(&plan, RELAXABLE, 0x2000000, 1);
	add_pages_apart(&plan, DIRECT, 0x3000000, 1);
	take_rule(&plan, &(struct test_rule){ REPLACE, MSI, { { 0x4000, 0x4fff } } });
	assert_int_equal(plan.flags, 0);
	assert_int_equal(resv_plan_count(&plan), RESV_PLAN_RANGES - 1);
	/* and then one too many, which is covered nevertheless. */
	add_pages_apart(&plan, DIRECT, 0x3002000, 1);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED);
	resv_plan_finish(&plan);
	assert_int_equal(resv_plan_count(&plan), RESV_PLAN_RANGES - 1);
	for (i = 0; i < RESV_PLAN_RULE_RANGES; i++)
		assert_true(plan_has(&plan, RESERVED, 0x1000 + i * 2 * KIB4));
	assert_true(plan_has(&plan, DIRECT, 0x3000000));
	assert_true(plan_has(&plan, DIRECT, 0x3001000));
	assert_true(plan_has(&plan, DIRECT, 0x3002000));
	assert_true(plan_has(&plan, RELAXABLE, 0x2000000));
	assert_true(plan_has(&plan, MSI, 0x4000));

	resv_plan_init(&plan, NULL, 0, KIB4);
	add_pages_apart(&plan, DIRECT, 0x1000, RESV_PLAN_RULE_RANGES + 1);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED);
	assert_int_equal(resv_plan_count(&plan), RESV_PLAN_RULE_RANGES);
	assert_false(plan_has(&plan, RESERVED, 0x1000));
}

/* Splitting needs room as well; without it the range stays whole. */
static void subtraction_without_room_keeps_the_range(void **state)
{
	struct resv_plan_region hole = { 0x2001000, 0x2001fff, RESERVED };
	struct resv_plan plan;

	resv_plan_init(&plan, &hole, 1, KIB4);
	add_pages_apart(&plan, RESERVED, 0x1000, RESV_PLAN_RULE_RANGES - 1);
	take_rule(&plan, &(struct test_rule){ ADD, RESERVED,
					      { { 0x2000000, 0x2002fff } } });
	assert_int_equal(plan.flags, 0);
	resv_plan_finish(&plan);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED);
	assert_int_equal(resv_plan_count(&plan), RESV_PLAN_RULE_RANGES);
	assert_true(plan_has(&plan, RESERVED, 0x2000000));
	assert_true(plan_has(&plan, RESERVED, 0x2002fff));
}

static void a_rule_with_too_many_ranges(void **state)
{
	struct resv_plan_region inside = { 0x2000, 0x2fff, RESERVED };
	struct resv_plan plan;
	u32 i;

	resv_plan_init(&plan, &inside, 1, KIB4);
	resv_plan_scratch(&plan);
	for (i = 0; i <= RESV_PLAN_RULE_RANGES; i++)
		resv_ranges_add(&plan.scratch, i * 2 * KIB4, i * 2 * KIB4 + 0xfff);
	/* The region lies in a gap, which is closed for lack of room. */
	assert_true(plan.scratch.widened);
	resv_ranges_add(&plan.scratch, 0x3000, 0x3fff);
	resv_ranges_add(&plan.scratch, 0x1000, 0x1fff);
	resv_plan_rule(&plan, DROP, RESERVED);
	assert_int_equal(inside.fate, RESV_FATE_KEEP);
	assert_int_equal(plan.flags, RESV_PLAN_F_TOO_MANY);
	/* As something to keep out of it is taken, and told. */
	resv_plan_rule(&plan, ADD, RESERVED);
	assert_int_equal(plan.flags, RESV_PLAN_F_TOO_MANY | RESV_PLAN_F_WIDENED);
	/* The next rule begins afresh. */
	assert_int_equal(resv_plan_scratch(&plan)->count, 0);
	assert_false(plan.scratch.widened);
}

/* Each flag is raised without lowering those before it. */
static void flags_add_up(void **state)
{
	struct resv_plan_region region = { 0x9000000, 0x9ffffff, RESERVED };
	const struct test_rule window = { REPLACE, SW_MSI, { { 0xa0000000, 0xa0000fff } } };
	struct resv_plan plan;
	u32 i;

	resv_plan_init(&plan, &region, 1, KIB4);
	add_pages_apart(&plan, RESERVED, 0x1000, RESV_PLAN_RULE_RANGES + 1);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED);
	take_rule(&plan, &window);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED | RESV_PLAN_F_NO_WINDOW);
	resv_plan_scratch(&plan);
	for (i = 0; i <= RESV_PLAN_RULE_RANGES; i++)
		resv_ranges_add(&plan.scratch, i * 2, i * 2);
	resv_plan_rule(&plan, DROP, RESERVED);
	assert_int_equal(plan.flags, RESV_PLAN_F_WIDENED | RESV_PLAN_F_NO_WINDOW |
				     RESV_PLAN_F_TOO_MANY);

	region = (struct resv_plan_region)WINDOW;
	resv_plan_init(&plan, &region, 1, KIB4);
	take_rule(&plan, &window);
	take_rule(&plan, &window);
	assert_int_equal(plan.flags, RESV_PLAN_F_SECOND);
	add_pages_apart(&plan, RESERVED, 0xa0000000, RESV_PLAN_RULE_RANGES + 1);
	assert_int_equal(plan.flags, RESV_PLAN_F_SECOND | RESV_PLAN_F_WIDENED);
	resv_plan_finish(&plan);
	assert_int_equal(plan.flags, RESV_PLAN_F_SECOND | RESV_PLAN_F_WIDENED |
				     RESV_PLAN_F_OVERLAP);
}

/* The model */

#define SPACE 384
#define MODEL_REGIONS 6
#define MODEL_RULES 60

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

struct model {
	u64 base;	/* of the model's address 0 */
	bool added[QUIRK_TYPES_END][SPACE];
	bool replaced;
	u32 flags;
	struct resv_plan_region regions[MODEL_REGIONS];
	u32 region_count;
};

static void model_rule(struct model *m, const struct test_rule *given, u64 page)
{
	const struct test_rule added = { ADD, RESERVED };
	const struct test_rule *rule = given->demoted ? &added : given;
	bool said[SPACE + 1] = { false };
	bool window = false;
	bool any = false;
	u64 first_end;
	u32 i;
	u64 a;

	for (i = 0; i < ARRAY_SIZE(given->ranges) && given->ranges[i].last; i++)
		for (a = 0; a < SPACE; a++)
			if (given->ranges[i].start <= m->base + a &&
			    m->base + a <= given->ranges[i].last)
				any = said[a] = true;
	if (!any)
		return;
	if (given->demoted)
		m->flags |= RESV_PLAN_F_DEMOTED;
	for (i = 0; i < m->region_count; i++)
		if (m->regions[i].type == SW_MSI &&
		    m->regions[i].start <= m->regions[i].last)
			window = true;

	if (rule->action == REPLACE) {
		if (m->replaced) {
			m->flags |= RESV_PLAN_F_SECOND;
			return;
		}
		if (rule->type == SW_MSI && !window) {
			m->flags |= RESV_PLAN_F_NO_WINDOW;
			return;
		}
		m->replaced = true;
		for (i = 0; i < m->region_count; i++)
			if (m->regions[i].type == SW_MSI)
				m->regions[i].fate = RESV_FATE_REMOVE;
		/* Of a window only the lowest piece. */
		for (first_end = 0; !said[first_end]; first_end++)
			;
		while (said[first_end])
			first_end++;
		for (a = first_end; rule->type == SW_MSI && a < SPACE; a++)
			said[a] = false;
	}
	if (rule->action == ADD || rule->action == REPLACE) {
		for (a = 0; a < SPACE; a++)
			if (said[a])
				for (i = 0; i < page; i++)
					m->added[rule->type][a / page * page + i] = true;
		return;
	}
	for (i = 0; i < m->region_count; i++) {
		struct resv_plan_region *r = &m->regions[i];
		bool inside = r->start <= r->last && r->type == rule->type;

		for (a = 0; a < SPACE; a++)
			if (r->start <= m->base + a && m->base + a <= r->last &&
			    !said[a])
				inside = false;
		if (inside && rule->action == DROP)
			r->fate = RESV_FATE_REMOVE;
		else if (inside && r->fate == RESV_FATE_KEEP)
			r->fate = RESV_FATE_RELAX;
	}
}

static bool model_driver_has(const struct model *m, u32 type, u64 address)
{
	u32 i;

	for (i = 0; i < m->region_count; i++) {
		const struct resv_plan_region *r = &m->regions[i];
		u32 left = r->fate == RESV_FATE_RELAX ? RELAXABLE : r->type;

		if (r->fate != RESV_FATE_REMOVE && left == type &&
		    r->start <= address && address <= r->last)
			return true;
	}
	return false;
}

static void model_finish(struct model *m)
{
	u32 type;
	u32 a;

	for (a = 0; a < SPACE; a++) {
		u64 address = m->base + a;
		bool direct = model_driver_has(m, DIRECT, address);
		bool msi = model_driver_has(m, MSI, address);
		bool reserved = model_driver_has(m, RESERVED, address);
		bool relaxable = model_driver_has(m, RELAXABLE, address);
		bool ours = false;

		m->added[RESERVED][a] &= !reserved && !msi && !direct;
		m->added[MSI][a] &= !msi;
		m->added[DIRECT][a] &= !direct;
		m->added[RELAXABLE][a] &= !direct && !relaxable;
		for (type = RESERVED; type <= RELAXABLE; type++)
			ours |= type != SW_MSI && m->added[type][a];
		if ((m->added[SW_MSI][a] &&
		     (ours || reserved || msi || direct || relaxable)) ||
		    (model_driver_has(m, SW_MSI, address) && ours))
			m->flags |= RESV_PLAN_F_OVERLAP;
	}
}

static struct resv_range random_range(u64 base, u32 longest)
{
	u64 start = random64() % SPACE;
	u64 last = start + random64() % longest;

	if (last >= SPACE)
		last = SPACE - 1;
	/* A range of address 0 alone ends a list. */
	if (!base && !last)
		last = 1;
	return (struct resv_range){ base + start, base + last };
}

/* With @crowded a rule that adds little pieces, mostly. */
static struct test_rule random_rule(u64 base, bool crowded)
{
	static const struct {
		enum quirk_action action;
		enum quirk_type type;
	} kinds[] = {
		{ ADD, RESERVED }, { ADD, RESERVED }, { ADD, DIRECT },
		{ ADD, RELAXABLE }, { REPLACE, SW_MSI }, { REPLACE, MSI },
		{ DROP, RESERVED }, { DROP, MSI }, { DROP, SW_MSI },
		{ DROP, DIRECT }, { RELAX, DIRECT },
	};
	size_t kind = random64() % (crowded && random64() % 4 ?
				    4 : ARRAY_SIZE(kinds));
	struct test_rule rule = {
		.action = kinds[kind].action,
		.type = kinds[kind].type,
	};
	u32 count = random64() % (ARRAY_SIZE(rule.ranges) + 1);
	u32 longest = rule.action != ADD ? 64 : crowded ? 2 : 12;
	u32 i;

	for (i = 0; i < count; i++)
		rule.ranges[i] = random_range(base, longest);
	rule.demoted = rule.action == REPLACE && rule.type == MSI &&
		       random64() % 2;
	return rule;
}

static void assert_well_formed(const struct resv_plan *plan)
{
	struct resv_range before = { 0 };
	struct resv_range range;
	u32 type_before = 0;
	u32 i;

	assert_true(resv_plan_count(plan) <= RESV_PLAN_RANGES);
	for (i = 0; i < resv_plan_count(plan); i++) {
		u32 type = resv_plan_added(plan, i, &range);

		assert_true(range.start <= range.last);
		assert_true(type >= type_before);
		if (type == type_before)
			assert_true(range.start - before.last > 1 &&
				    range.start > before.last);
		type_before = type;
		before = range;
	}
}

static void random_plans_equal_the_model(void **state)
{
	u32 widened = 0;
	u32 exact = 0;
	u32 n;

	random_state = 0x9e3779b97f4a7c15ull;
	for (n = 0; n < 3000; n++) {
		bool crowded = n % 4 == 0;
		u64 page = crowded ? 1 : 1ull << random64() % 4;
		u32 rules = random64() % (crowded ? MODEL_RULES : 8);
		struct resv_plan_region regions[MODEL_REGIONS];
		struct resv_plan plan;
		struct model m = {
			.base = n % 3 ? 0 : U64_MAX - (SPACE - 1),
			.region_count = random64() % (MODEL_REGIONS + 1),
		};
		u32 type;
		u32 i;
		u32 a;

		for (i = 0; i < m.region_count; i++) {
			struct resv_range r = random_range(m.base, 40);

			m.regions[i].start = r.start;
			m.regions[i].last = r.last;
			m.regions[i].type = 1 + random64() % QUIRK_TYPE_NONE;
			if (random64() % 16 == 0) {
				m.regions[i].start = 1;
				m.regions[i].last = 0;
			}
		}
		memcpy(regions, m.regions, sizeof(regions));
		resv_plan_init(&plan, regions, m.region_count, page);
		for (i = 0; i < rules; i++) {
			struct test_rule rule = random_rule(m.base,
							    crowded);

			take_rule(&plan, &rule);
			model_rule(&m, &rule, page);
			assert_well_formed(&plan);
		}
		resv_plan_finish(&plan);
		model_finish(&m);
		assert_well_formed(&plan);

		for (i = 0; i < m.region_count; i++)
			assert_int_equal(regions[i].fate, m.regions[i].fate);
		for (type = RESERVED; type <= RELAXABLE; type++)
			for (a = 0; a < SPACE; a++) {
				bool has = plan_has(&plan, type, m.base + a);

				/* Never less, and more only where it says so. */
				if (m.added[type][a])
					assert_true(has);
				else if (!(plan.flags & RESV_PLAN_F_WIDENED))
					assert_false(has);
			}
		if (plan.flags & RESV_PLAN_F_WIDENED) {
			widened++;
			continue;
		}
		exact++;
		assert_int_equal(plan.flags, m.flags);
	}
	/* Both were met often enough to mean something. */
	assert_true(exact > 1000);
	assert_true(widened > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules_the_driver_is_right),
		cmocka_unit_test(add),
		cmocka_unit_test(add_leaves_out_what_the_driver_says),
		cmocka_unit_test(replace),
		cmocka_unit_test(demoted),
		cmocka_unit_test(drop_and_relax),
		cmocka_unit_test(overlap_with_the_window_is_told),
		cmocka_unit_test(regions_without_length_or_end),
		cmocka_unit_test(room_is_shared_by_all_types),
		cmocka_unit_test(subtraction_without_room_keeps_the_range),
		cmocka_unit_test(a_rule_with_too_many_ranges),
		cmocka_unit_test(flags_add_up),
		cmocka_unit_test(random_plans_equal_the_model),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
