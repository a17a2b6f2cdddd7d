// SPDX-License-Identifier: GPL-2.0-only
/* LINK: tools/bars_alignment.c tools/bars_room.c tools/problem.c module/ranges.c */
/*
 * bars_alignment_test.c - the setting pci=resource_alignment=, and the room in a
 * window
 *
 * Settings are read as the kernel reads them: what it takes, what it ignores,
 * and which entry counts. Of the room, the answer is compared with a search
 * that tries every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tools/bars_alignment.h"
#include "tools/bars_room.h"

#define ROUNDS		4000
#define PLACES		16	/* pages of the window of the search */
#define FUNCTIONS	6

/* xorshift64, George Marsaglia, "Xorshift RNGs", 2003 */
static u64 random_state;

static u32 random_below(u32 end)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16) % end);
}

/* 0001:40:01.0/02.3/00.1 is 0001:42:00.1 */
static struct pci_hop way[] = {
	{ 0x40, 1 << 3 }, { 0x41, 2 << 3 | 3 }, { 0x42, 1 },
};

static struct pci_function make(size_t hops)
{
	struct pci_function f = {
		.domain = 1, .hop = way, .hops = hops,
		.id = { 0x8086, 0x10ca, 0x1af4, 0x1100 },
	};

	return f;
}

/* The entry that counts for the function, by its text; "" for none. */
static void counts(const char *setting, const char *wanted)
{
	struct pci_function f = make(3);
	const struct alignment_entry *e;
	struct alignment a;

	alignment_parse(&a, setting);
	e = alignment_of(&a, &f);
	assert_string_equal(e ? e->text : "", wanted);
	alignment_free(&a);
}

static void match_is_the_kernels(void **state)
{
	struct pci_function f = make(3);
	struct alignment a;

	counts("", "");
	counts("16@0001:42:00.1", "16@0001:42:00.1");
	counts("1:42:0.1", "1:42:0.1");
	counts("0x1:0x42:00.1", "0x1:0x42:00.1");
	counts("16@0001:40:01.0/02.3/00.1", "16@0001:40:01.0/02.3/00.1");
	counts("0001:41:02.3/00.1", "0001:41:02.3/00.1");
	counts("0001:40:01.0/02.3", "");
	counts("0001:40:01.0/02.3/00.0", "");
	counts("0001:40:01.0/02.2/00.1", "");
	counts("0001:40:01.1/02.3/00.1", "");
	counts("0001:41:01.0/02.3/00.1", "");
	counts("0001:3f:00.0/01.0/02.3/00.1", "");
	/* Without a domain it is 0. */
	counts("42:00.1", "");
	counts("0000:42:00.1", "");
	/* The first one counts, whatever its order. */
	counts("12@0001:42:00.0;14@0001:42:00.1;16@0001:42:00.1",
	       "14@0001:42:00.1");
	counts("pci:8086:10ca", "pci:8086:10ca");
	counts("16@pci:8086:10ca:1af4:1100", "16@pci:8086:10ca:1af4:1100");
	counts("16@pci:8086:10ca:1af4:1101", "");
	counts("pci:0:0", "pci:0:0");
	counts("pci:0:10ca:0:1100", "pci:0:10ca:0:1100");
	counts("pci:8086:10cb", "");
	counts("pci:1b36:10ca,pci:8086:0", "pci:8086:0");
	counts("pci:1b36:10ca;20@pci:8086:0", "20@pci:8086:0");

	/* No VF. */
	f.is_vf = true;
	alignment_parse(&a, "pci:0:0");
	assert_null(alignment_of(&a, &f));
	alignment_free(&a);
}

static void rest_is(const char *setting, size_t entries, const char *rest)
{
	struct alignment a;

	alignment_parse(&a, setting);
	assert_int_equal(a.count, entries);
	assert_string_equal(a.rest ? a.rest : "", rest);
	alignment_free(&a);
}

static void what_the_kernel_ignores_is_told(void **state)
{
	rest_is("", 0, "");
	rest_is("00:01.0;", 1, "");
	rest_is("00:01.0;;00:02.0", 1, ";00:02.0");
	rest_is("x", 0, "x");
	rest_is("00:01.0;x;00:02.0", 1, "x;00:02.0");
	rest_is("16@", 0, "16@");
	rest_is("16", 0, "16");
	rest_is("@00:01.0", 0, "@00:01.0");
	rest_is("-1@00:01.0", 0, "-1@00:01.0");
	rest_is("12345678901@00:01.0", 0, "12345678901@00:01.0");
	rest_is("00:01", 0, "00:01");
	rest_is("00:01.", 0, "00:01.");
	rest_is("00:20.0", 0, "00:20.0");
	rest_is("00:01.8", 0, "00:01.8");
	rest_is("00:01.0/", 0, "00:01.0/");
	rest_is("00:01.0/02", 0, "00:01.0/02");
	rest_is("00:01.0 ", 0, "00:01.0 ");
	/* A comma ends no way, but ids. */
	rest_is("00:01.0,00:02.0", 0, "00:01.0,00:02.0");
	rest_is("pci:1:2,00:02.0", 2, "");
	rest_is("pci:1", 0, "pci:1");
	rest_is("pci:1:2:3", 1, ":3");
	rest_is("pci:1:2:3:4:5", 1, ":5");
	rest_is("pci:10000:2", 0, "pci:10000:2");
	rest_is("PCI:1:2", 0, "PCI:1:2");
}

static void more_hops_than_there_can_be_are_refused(void **state)
{
	char text[8 + 5 * PCI_HOPS_MAX] = "00:01.0";
	size_t i;

	for (i = 1; i < PCI_HOPS_MAX; i++)
		strcat(text, "/01.0");
	rest_is(text, 1, "");
	strcat(text, "/01.0");
	rest_is(text, 0, text);
}

static void order_is(const char *setting, bool has, u32 order)
{
	struct alignment a;

	alignment_parse(&a, setting);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.entry[0].has_order, has);
	assert_int_equal(a.entry[0].order, order);
	alignment_free(&a);
}

static void orders(void **state)
{
	order_is("00:01.0", false, 0);
	order_is("0@00:01.0", true, 0);
	order_is("16@00:01.0", true, 16);
	order_is("63@00:01.0", true, 63);
	/* The kernel takes PAGE_SHIFT then. */
	order_is("64@00:01.0", false, 0);
}

static void merged_is(const char *setting, size_t hops, const char *wanted)
{
	struct pci_function f = make(hops);
	struct alignment_wish wish = { .function = &f, .order = 16 };
	struct alignment a;
	char *text;

	alignment_parse(&a, setting);
	text = alignment_merge(&a, &wish, 1);
	assert_string_equal(text, wanted);
	free(text);
	alignment_free(&a);

	/* What is made is read again, and counts. */
	alignment_parse(&a, wanted);
	assert_null(a.rest);
	assert_ptr_equal(alignment_of(&a, &f), &a.entry[0]);
	alignment_free(&a);
}

static void merge_keeps_others(void **state)
{
	merged_is("", 1, "16@0001:40:01.0");
	merged_is("", 3, "16@0001:40:01.0/02.3/00.1");
	merged_is("12@00:02.0", 1, "16@0001:40:01.0;12@00:02.0");
	/* An older one of the same function goes, however it was named. */
	merged_is("12@0001:40:01.0", 1, "16@0001:40:01.0");
	merged_is("12@00:02.0;14@0001:42:00.1;pci:1:2", 3,
		  "16@0001:40:01.0/02.3/00.1;12@00:02.0;pci:1:2");
	/* One by ids may be about others, too. */
	merged_is("12@pci:8086:10ca", 3,
		  "16@0001:40:01.0/02.3/00.1;12@pci:8086:10ca");
	/* What the kernel ignores is left out. */
	merged_is("12@00:02.0;oops;pci:1:2", 1, "16@0001:40:01.0;12@00:02.0");
}

static void joined(void **state)
{
	struct alignment a;
	char *text;

	alignment_parse(&a, "12@00:02.0;pci:1:2");
	alignment_join(&a, "pci:1:2;14@00:03.0;oops");
	text = alignment_merge(&a, NULL, 0);
	assert_string_equal(text, "12@00:02.0;pci:1:2;14@00:03.0");
	free(text);
	alignment_free(&a);
}

static void no_way_without_its_root(void **state)
{
	struct pci_hop hop = { PCI_BUS_ANY, 8 };
	struct pci_function f = { .hop = &hop, .hops = 1 };

	assert_null(alignment_path(&f));
}

/* Any words: the reader ends, and what it takes is what it can write again. */
static void rubbish(void **state)
{
	static const char * const words[] = {
		"0", "01", "16@", "64@", "0000:", "00:", "01.0", "/02.3", "pci:",
		"8086:", "10ca", ":", ".", "@", "/", ";", ";", ",", "x", " ",
	};
	size_t entries = 0;
	u32 round;

	random_state = 0x1234567;
	for (round = 0; round < 20000; round++) {
		char text[8 * 8] = "";
		struct alignment a;
		struct alignment again;
		u32 count = random_below(8);
		char *made;
		u32 i;

		for (i = 0; i < count; i++)
			strcat(text, words[random_below(ARRAY_SIZE(words))]);
		alignment_parse(&a, text);
		entries += a.count;
		made = alignment_merge(&a, NULL, 0);
		alignment_parse(&again, made);
		assert_null(again.rest);
		assert_int_equal(again.count, a.count);
		free(made);
		alignment_free(&again);
		alignment_free(&a);
	}
	assert_true(entries > 100);
}

/*
 * Room
 */

#define PAGE	0x10000ull
#define BASE	0x10000000ull

/* Can all blocks be placed, each at a multiple of its size? Tries all ways. */
static bool fits(u32 taken, const u32 *pages, u32 count)
{
	u32 at;

	if (!count)
		return true;
	for (at = 0; at + pages[0] <= PLACES; at += pages[0]) {
		u32 mask = ((1u << pages[0]) - 1) << at;

		if (!(taken & mask) && fits(taken | mask, pages + 1, count - 1))
			return true;
	}
	return false;
}

static void room_is_that_of_a_search(void **state)
{
	u32 yes = 0, no = 0;
	u32 round;

	random_state = 0x89abcdef;
	for (round = 0; round < ROUNDS; round++) {
		struct resv_range window = { BASE, BASE + PLACES * PAGE - 1 };
		struct pci_function function[FUNCTIONS];
		struct pci_resource resource[FUNCTIONS];
		struct pci_machine m = { .function = function };
		bool moves[FUNCTIONS];
		u32 pages[FUNCTIONS];
		struct bars_room room;
		u32 taken = 0;
		u32 count = 0;
		u32 i;

		m.functions = 1 + random_below(FUNCTIONS);
		for (i = 0; i < m.functions; i++) {
			u32 size = 1u << random_below(4);
			u32 at = random_below(PLACES / size) * size;

			moves[i] = random_below(3);
			resource[i].flags = PCI_RESOURCE_MEM;
			resource[i].range.start = BASE + at * PAGE;
			resource[i].range.last = resource[i].range.start +
						 size * PAGE - 1;
			/* A small one, which grows to one page. */
			if (size == 1)
				resource[i].range.last -= PAGE / 2;
			function[i] = (struct pci_function){
				.resource = &resource[i], .resources = 1,
			};
			if (moves[i])
				pages[count++] = size;
			else
				taken |= ((1u << size) - 1) << at;
		}
		room = bars_room(&m, moves, window, PAGE);
		assert_int_equal(room.needed, count);
		assert_int_equal(room.placed == room.needed,
				 fits(taken, pages, count));
		yes += room.placed == room.needed;
		no += room.placed != room.needed;
	}
	assert_true(yes > ROUNDS / 10 && no > ROUNDS / 100);
}

static void room_of_odd_resources(void **state)
{
	struct resv_range window = { BASE, BASE + PAGE - 1 };
	struct pci_resource resource[] = {
		/* The window itself, ports, no address, outside, the rest. */
		{ window, PCI_RESOURCE_MEM },
		{ { BASE, BASE + 0xff }, 0x100 },
		{ { BASE, BASE + 0xff }, PCI_RESOURCE_MEM | PCI_RESOURCE_UNSET },
		{ { BASE + PAGE, BASE + PAGE + 0xff }, PCI_RESOURCE_MEM },
		{ { 0, U64_MAX }, PCI_RESOURCE_MEM },
	};
	struct pci_resource bridge[14] = {
		[0] = { { BASE, BASE + 0xff }, PCI_RESOURCE_MEM },
		[13] = { { BASE + 0x1000, BASE + 0x1fff }, PCI_RESOURCE_MEM },
	};
	struct pci_function function = {
		.resource = resource, .resources = ARRAY_SIZE(resource),
	};
	struct pci_machine m = { .function = &function, .functions = 1 };
	bool moves = true;
	struct bars_room room = bars_room(&m, &moves, window, PAGE);

	assert_int_equal(room.needed, 0);
	/* A bridge's window inside: it stays, with what is in it. */
	function.resource = bridge;
	function.resources = ARRAY_SIZE(bridge);
	room = bars_room(&m, &moves, window, PAGE);
	assert_int_equal(room.needed, 1);
	assert_int_equal(room.placed, 0);
	function.resource = resource;
	function.resources = ARRAY_SIZE(resource);
	/* At the end of all addresses. */
	window = (struct resv_range){ U64_MAX - PAGE + 1, U64_MAX };
	resource[0].range = (struct resv_range){ U64_MAX - 0xff, U64_MAX };
	room = bars_room(&m, &moves, window, PAGE);
	assert_int_equal(room.needed, 1);
	assert_int_equal(room.placed, 1);
	room = bars_room(&m, &moves, window, 2 * PAGE);
	assert_int_equal(room.needed, 1);
	assert_int_equal(room.placed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(match_is_the_kernels),
		cmocka_unit_test(what_the_kernel_ignores_is_told),
		cmocka_unit_test(more_hops_than_there_can_be_are_refused),
		cmocka_unit_test(orders),
		cmocka_unit_test(merge_keeps_others),
		cmocka_unit_test(joined),
		cmocka_unit_test(no_way_without_its_root),
		cmocka_unit_test(rubbish),
		cmocka_unit_test(room_is_that_of_a_search),
		cmocka_unit_test(room_of_odd_resources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
