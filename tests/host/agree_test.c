// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/agree.c */
/*
 * agree_test.c - lists of reserved regions, compared
 *
 * Cases by hand, and random lists against a model that has one bit for each
 * address and type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/agree.h"

#define MAX 24
#define SPACE 64	/* addresses of the model */
#define ROUNDS 20000

static const char *const words[QUIRK_TYPES_END] = {
	[QUIRK_TYPE_RESERVED] = "reserved",
	[QUIRK_TYPE_MSI] = "msi",
	[QUIRK_TYPE_SW_MSI] = "sw-msi",
	[QUIRK_TYPE_DIRECT] = "direct",
	[QUIRK_TYPE_DIRECT_RELAXABLE] = "relaxable",
};

/* The list as "START-LAST TYPE" with commas. */
static const char *show(char *text, const struct resv_said *list, u32 count)
{
	char *p = text;
	u32 i;

	*p = 0;
	for (i = 0; i < count; i++)
		p += sprintf(p, "%s%llx-%llx %s", i ? ", " : "",
			     (unsigned long long)list[i].start,
			     (unsigned long long)list[i].last,
			     words[list[i].type]);
	return text;
}

static void normalise_by_hand(void **state)
{
	struct resv_said list[] = {
		{ 0x300, 0x3ff, QUIRK_TYPE_RESERVED },
		{ 0x100, 0x1ff, QUIRK_TYPE_MSI },
		{ 0x200, 0x2ff, QUIRK_TYPE_RESERVED },
		{ U64_MAX - 1, U64_MAX, QUIRK_TYPE_RESERVED },
		{ 0x1000, U64_MAX, QUIRK_TYPE_RESERVED },
		{ 0x200, 0x2ff, QUIRK_TYPE_MSI },
	};
	char text[400];

	(void)state;
	assert_string_equal(show(text, list, resv_said_normalise(list, 6)),
			    "200-3ff reserved, 1000-ffffffffffffffff reserved, 100-2ff msi");
	assert_int_equal(resv_said_normalise(list, 0), 0);
}

struct missing_case {
	const char *name;
	bool windows;
	struct resv_said want[4];
	struct resv_said have[4];
	struct resv_range kept[2];
	const char *wanted;
};

static const struct missing_case missing_cases[] = {
	{ "nothing is wanted", false, {}, { { 1, 2, QUIRK_TYPE_MSI } }, {}, "" },
	{ "a window of software counts for nothing", false,
	  { { 1, 2, QUIRK_TYPE_SW_MSI } }, {}, {}, "" },
	{ "nor does it keep anything", false,
	  { { 1, 2, QUIRK_TYPE_RESERVED } }, { { 1, 2, QUIRK_TYPE_SW_MSI } },
	  {}, "1-2 reserved" },
	{ "unless it is asked for", true,
	  { { 1, 9, QUIRK_TYPE_SW_MSI } }, { { 1, 3, QUIRK_TYPE_SW_MSI } },
	  {}, "4-9 sw-msi" },
	{ "any other type keeps what is reserved", false,
	  { { 1, 9, QUIRK_TYPE_RESERVED } },
	  { { 1, 3, QUIRK_TYPE_MSI }, { 4, 6, QUIRK_TYPE_DIRECT },
	    { 7, 9, QUIRK_TYPE_DIRECT_RELAXABLE } }, {}, "" },
	{ "reserved is not mapped", false,
	  { { 1, 9, QUIRK_TYPE_DIRECT } }, { { 1, 9, QUIRK_TYPE_RESERVED } },
	  {}, "1-9 direct" },
	{ "both direct types are mapped", false,
	  { { 1, 9, QUIRK_TYPE_DIRECT } },
	  { { 1, 9, QUIRK_TYPE_DIRECT_RELAXABLE } }, {}, "" },
	{ "a doorbell of hardware is one of that type only", false,
	  { { 1, 9, QUIRK_TYPE_MSI } }, { { 1, 9, QUIRK_TYPE_RESERVED } }, {},
	  "1-9 msi" },
	{ "what nobody uses keeps what is reserved, and nothing else", false,
	  { { 1, 9, QUIRK_TYPE_RESERVED }, { 1, 9, QUIRK_TYPE_MSI } }, {},
	  { { 0, 4 }, { 6, 20 } }, "5-5 reserved, 1-9 msi" },
	{ "pieces", false, { { 10, 90, QUIRK_TYPE_RESERVED } },
	  { { 0, 19, QUIRK_TYPE_RESERVED }, { 30, 39, QUIRK_TYPE_RESERVED },
	    { 80, 200, QUIRK_TYPE_RESERVED } }, {},
	  "14-1d reserved, 28-4f reserved" },
	{ "up to the top", false, { { 0x1000, U64_MAX, QUIRK_TYPE_RESERVED } },
	  { { U64_MAX, U64_MAX, QUIRK_TYPE_RESERVED } }, {},
	  "1000-fffffffffffffffe reserved" },
	{ "all of it", false,  { { 0, U64_MAX, QUIRK_TYPE_RESERVED } },
	  { { 0, U64_MAX, QUIRK_TYPE_RESERVED } }, {}, "" },
};

/* How many of an array are filled in: none begins and ends at 0. */
#define FILLED(array) \
	({ u32 n_ = 0; \
	   while (n_ < ARRAY_SIZE(array) && (array)[n_].last) \
		   n_++; \
	   n_; })

static void missing_by_hand(void **state)
{
	struct resv_said out[MAX];
	char text[400];
	size_t i;
	u32 n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(missing_cases); i++) {
		const struct missing_case *c = &missing_cases[i];

		n = resv_said_missing(c->want, FILLED(c->want), c->windows,
				      c->have, FILLED(c->have), c->kept,
				      FILLED(c->kept), out, MAX);
		if (strcmp(show(text, out, n), c->wanted))
			fail_msg("%s: %s", c->name, text);
		assert_int_equal(resv_said_missing(c->want, FILLED(c->want),
						   c->windows, c->have,
						   FILLED(c->have), c->kept,
						   FILLED(c->kept), NULL, 0),
				 n);
	}
}

static void missing_does_not_overrun(void **state)
{
	const struct resv_said want[] = { { 0, 9, QUIRK_TYPE_RESERVED } };
	const struct resv_said have[] = {
		{ 2, 3, QUIRK_TYPE_RESERVED }, { 6, 7, QUIRK_TYPE_RESERVED },
	};
	struct resv_said out[2] = { [1] = { 7, 7, QUIRK_TYPE_MSI } };

	(void)state;
	assert_int_equal(resv_said_missing(want, 1, false, have, 2, NULL, 0,
					   out, 1), 3);
	assert_int_equal(out[0].last, 1);
	assert_int_equal(out[1].start, 7);
}

/* The model: bit t of an address is set where a region of type t covers it. */
typedef unsigned char model[SPACE];

static u32 random_list(struct resv_said *list, model m)
{
	u32 i, count = rand() % 9;

	memset(m, 0, SPACE);
	for (i = 0; i < count; i++) {
		u64 at;

		list[i].start = rand() % SPACE;
		list[i].last = list[i].start +
			       rand() % (SPACE - list[i].start) / 3;
		list[i].type = QUIRK_TYPE_RESERVED +
			       rand() % (QUIRK_TYPES_END - QUIRK_TYPE_RESERVED);
		for (at = list[i].start; at <= list[i].last; at++)
			m[at] |= 1u << list[i].type;
	}
	return resv_said_normalise(list, count);
}

static void to_model(const struct resv_said *list, u32 count, model m)
{
	u64 at;
	u32 i;

	memset(m, 0, SPACE);
	for (i = 0; i < count; i++) {
		assert_true(list[i].start <= list[i].last);
		assert_true(list[i].last < SPACE);
		if (i && list[i].type == list[i - 1].type)
			assert_true(list[i].start > list[i - 1].last);
		for (at = list[i].start; at <= list[i].last; at++)
			m[at] |= 1u << list[i].type;
	}
}

static void against_a_model(void **state)
{
	const unsigned int direct = 1u << QUIRK_TYPE_DIRECT |
				    1u << QUIRK_TYPE_DIRECT_RELAXABLE;
	struct resv_said a[MAX], b[MAX], out[4 * MAX];
	model ma, mb, mo;
	u32 na, nb, n, round;
	int at;

	(void)state;
	srand(5);
	for (round = 0; round < ROUNDS; round++) {
		struct resv_range kept = { rand() % SPACE, 0 };

		kept.last = kept.start + rand() % 8;
		na = random_list(a, ma);
		to_model(a, na, mo);
		assert_memory_equal(mo, ma, SPACE);
		nb = random_list(b, mb);
		n = resv_said_common(a, na, b, nb, out);
		assert_true(n <= na + nb);
		to_model(out, n, mo);
		for (at = 0; at < SPACE; at++)
			assert_int_equal(mo[at], ma[at] & mb[at]);

		n = resv_said_missing(a, na, round & 1, b, nb, &kept, 1, out,
				      4 * MAX);
		assert_true(n <= 4 * MAX);
		to_model(out, n, mo);
		for (at = 0; at < SPACE; at++) {
			unsigned int window = 1u << QUIRK_TYPE_SW_MSI;
			unsigned int want = ma[at];
			unsigned int have = mb[at];
			bool unused = (u64)at >= kept.start &&
				      (u64)at <= kept.last;

			if (!(round & 1))
				want &= ~window;
			if (have & direct)
				have |= direct;
			if ((have & ~window) || unused)
				have |= 1u << QUIRK_TYPE_RESERVED;
			assert_int_equal(mo[at], want & ~have);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normalise_by_hand),
		cmocka_unit_test(missing_by_hand),
		cmocka_unit_test(missing_does_not_overrun),
		cmocka_unit_test(against_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
