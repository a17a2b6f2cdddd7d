// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/ranges.c module/place.c */
/*
 * place_test.c - where the software MSI window goes
 *
 * Machines by hand, and random ones against a model that tries page after page.
 * There a page has 16 MiB, so that 256 of them are all there is below 4 GiB.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/place.h"

#define KIB4 0x1000ull
#define KIB64 0x10000ull
#define MIB 0x100000ull
#define GIB 0x40000000ull
#define ALL { 0, U64_MAX }
#define SET_MAX 64

static const char *const hows[] = {
	[RESV_PLACE_OWN] = "own",
	[RESV_PLACE_PREFERRED] = "preferred",
	[RESV_PLACE_CLEAR] = "clear",
	[RESV_PLACE_INSIDE_RAM] = "inside-ram",
	[RESV_PLACE_HIGH] = "high",
	[RESV_PLACE_NO_APERTURE] = "no-aperture",
	[RESV_PLACE_NO_LIMIT] = "no-limit",
	[RESV_PLACE_NO_INBOUND] = "no-inbound",
	[RESV_PLACE_NO_GAP] = "no-gap",
};

/* "HOW START-LAST", or where it does not fit "HOW LARGEST". */
static void describe(char *text, const struct resv_place_request *request)
{
	struct resv_placement p;
	int ret;

	memset(&p, 0xa5, sizeof(p));
	ret = resv_place(request, &p);
	if (p.how >= RESV_PLACE_NO_APERTURE) {
		assert_int_equal(ret, -ENOSPC);
		if (p.largest)
			assert_true(p.gap.last - p.gap.start == p.largest - 1);
		sprintf(text, "%s %llx", hows[p.how],
			(unsigned long long)p.largest);
	} else {
		assert_int_equal(ret, 0);
		sprintf(text, "%s %llx-%llx", hows[p.how],
			(unsigned long long)p.window.start,
			(unsigned long long)p.window.last);
	}
}

struct place_case {
	struct resv_range aperture;
	struct resv_range forbidden[6];
	u64 size;
	u64 page_size;
	const char *wanted;
};

static void assert_places(const struct place_case *cases, size_t count)
{
	size_t i;
	size_t k;

	for (i = 0; i < count; i++) {
		const struct place_case *c = &cases[i];
		struct resv_range storage[SET_MAX];
		struct resv_place_request request;
		struct resv_ranges set;
		char text[80];

		resv_ranges_init(&set, storage, SET_MAX);
		for (k = 0; k < ARRAY_SIZE(c->forbidden); k++)
			if (c->forbidden[k].last)
				resv_ranges_add(&set, c->forbidden[k].start,
						c->forbidden[k].last);
		resv_place_request_init(&request, &set, c->aperture, c->size,
					c->page_size);
		describe(text, &request);
		if (strcmp(text, c->wanted))
			fail_msg("case %zu: got \"%s\", wanted \"%s\"", i, text,
				 c->wanted);
	}
}

static void machines(void **state)
{
	static const struct place_case cases[] = {
		/* Nothing in the way. */
		{ ALL, { { 0 } }, 0, KIB4, "preferred 8000000-80fffff" },
		{ ALL, { { 0 } }, 0, KIB64, "preferred 8000000-80fffff" },
		/* Just beside it. */
		{ ALL, { { 0, 0x7ffffff }, { 0x8100000, U64_MAX } }, 0, KIB4,
		  "preferred 8000000-80fffff" },
		/* Altra: a root port's window is there. */
		{ ALL, { { 0x8000000, 0xfffffff } }, 0, KIB4, "clear 10000-10ffff" },
		{ ALL, { { 0x8000000, 0xfffffff } }, 0, KIB64, "clear 10000-10ffff" },
		/* NS2: the window begins at 0. */
		{ ALL, { { 0, 0x1fffffff } }, 0, KIB4, "clear 20000000-200fffff" },
		/* Windows from 1 GiB on are no matter below it. */
		{ ALL, { { 0x8000000, 0xfffffff }, { 0x40000000, 0xbfffffff } },
		  0, KIB4, "clear 10000-10ffff" },
		/* Juno: DMA reaches nothing below 2 GiB. */
		{ ALL, { { 0, 0x7fffffff }, { 0x100000000, 0x7ffffffff } },
		  0, KIB4, "inside-ram 80000000-800fffff" },
		/* An IOMMU that maps from somewhere to somewhere. */
		{ { 0x10000000, 0x1fffffff }, { { 0 } }, 0, KIB4,
		  "clear 10000000-100fffff" },
		{ { 0x10000800, 0x1fffffff }, { { 0 } }, 0, KIB4,
		  "clear 10010000-1010ffff" },
		{ { 0x8000000, 0x80fffff }, { { 0 } }, 0, KIB4,
		  "preferred 8000000-80fffff" },
		{ { 0x8000000, 0x80ffffe }, { { 0 } }, 0, KIB4,
		  "no-aperture ff000" },
	};

	assert_places(cases, ARRAY_SIZE(cases));
}

static void edges(void **state)
{
	static const struct place_case cases[] = {
		/* Never at 0, nor off the grid of 64 KiB. */
		{ ALL, { { 0x100000, U64_MAX } }, MIB, KIB4, "no-gap f0000" },
		{ ALL, { { 0x101000, U64_MAX } }, MIB, KIB4, "no-gap f1000" },
		{ ALL, { { 0x110000, U64_MAX } }, MIB, KIB4, "clear 10000-10ffff" },
		{ ALL, { { 0x100000, U64_MAX } }, MIB - KIB64, KIB4,
		  "clear 10000-fffff" },
		/* Whole pages, of what is left between others. */
		{ ALL, { { 0, 0x1fff001 }, { 0x2100fff, U64_MAX } }, MIB, KIB4,
		  "clear 2000000-20fffff" },
		{ ALL, { { 0, 0x2000000 }, { 0x2110fff, U64_MAX } }, MIB, KIB4,
		  "clear 2010000-210ffff" },
		{ ALL, { { 0, 0x2000000 }, { 0x210ffff, U64_MAX } }, MIB, KIB4,
		  "no-gap ff000" },
		{ ALL, { { 0x8000000, 0x8000000 } }, 1, KIB4, "clear 10000-10fff" },
		{ ALL, { { 0 } }, KIB4 + 1, KIB4, "preferred 8000000-8001fff" },
		{ ALL, { { 0 } }, 1, KIB64, "preferred 8000000-800ffff" },
		/* The preferred place must be clear to its end. */
		{ ALL, { { 0x80fffff, 0x80fffff } }, MIB, KIB4,
		  "clear 10000-10ffff" },
		/* The last place below 1 GiB, and right behind it guests' RAM. */
		{ ALL, { { 0, 0x3fefffff } }, MIB, KIB4,
		  "clear 3ff00000-3fffffff" },
		{ ALL, { { 0, 0x3ff00fff } }, MIB, KIB4,
		  "inside-ram 3ff10000-4000ffff" },
		/* The last place below 4 GiB, and none above. */
		{ ALL, { { 0, 0xffefffff } }, MIB, KIB4,
		  "inside-ram fff00000-ffffffff" },
		{ ALL, { { 0, 0xfff00000 } }, MIB, KIB4, "no-gap f0000" },
		{ { 0x100000000, U64_MAX }, { { 0 } }, MIB, KIB4, "no-limit 0" },
		{ { 0x80000000, 0x7fffffff }, { { 0 } }, MIB, KIB4, "no-aperture 0" },
		{ { 0, 0x11fff }, { { 0 } }, MIB, KIB4, "no-aperture 2000" },
		{ ALL, { { 0, U64_MAX } }, MIB, KIB4, "no-gap 0" },
		/* Sizes that nothing holds. */
		{ ALL, { { 0 } }, 4 * GIB - KIB64, KIB4,
		  "inside-ram 10000-ffffffff" },
		{ ALL, { { 0 } }, 4 * GIB - KIB64 + 1, KIB4,
		  "no-limit ffff0000" },
		{ ALL, { { 0 } }, 4 * GIB, KIB4, "no-limit ffff0000" },
		{ ALL, { { 0 } }, 1ull << 62, KIB4, "no-limit ffff0000" },
		{ ALL, { { 0 } }, U64_MAX, KIB4, "no-limit ffff0000" },
		{ { 0, GIB }, { { 0 } }, U64_MAX, KIB4, "no-aperture 3fff0000" },
	};

	assert_places(cases, ARRAY_SIZE(cases));
}

static void wishes_of_the_caller(void **state)
{
	static const struct {
		u64 preferred[4];
		struct resv_range ram[3];
		const char *wanted;
	} cases[] = {
		{ { 0xa0000000 }, { { 0 } }, "preferred a0000000-a00fffff" },
		/* In this order, those that fit. */
		{ { 0x9000000, 0x8000000 }, { { 0 } }, "preferred 9000000-90fffff" },
		{ { 0x5000000, 0x8000000 }, { { 0 } }, "preferred 8000000-80fffff" },
		{ { 0xa0000800, 0x8000000 }, { { 0 } }, "preferred 8000000-80fffff" },
		{ { 0xfff80000, 0x100000000, 0x8000000 }, { { 0 } },
		  "preferred 8000000-80fffff" },
		{ { 0x5000000, 0x5000001 }, { { 0 } }, "clear 6000000-60fffff" },
		/* RAM is no matter for a preferred place, else it is left out: */
		{ { 0x8000000 }, { { 0, U64_MAX } }, "preferred 8000000-80fffff" },
		{ { 0 }, { { 0, 0x6000000 } }, "clear 6010000-610ffff" },
		/* overlapping and in any order, touched by the window's end, */
		{ { 0 }, { { 0x6100000, 0x62fffff }, { 0, 0x6180000 } },
		  "clear 6300000-63fffff" },
		{ { 0 }, { { 0x60fffff, 0x60fffff } }, "clear 6100000-61fffff" },
		{ { 0 }, { { 0x6100000, 0x6100000 } }, "clear 6000000-60fffff" },
		/* with too little between two, */
		{ { 0 }, { { 0x6000000, 0x60fffff }, { 0x61fffff, 0x6200000 } },
		  "clear 6210000-630ffff" },
		{ { 0 }, { { 0x6000000, 0x60fffff }, { 0x6200000, 0x6200000 } },
		  "clear 6100000-61fffff" },
		/* up to where there is nothing else. */
		{ { 0 }, { { 0, U64_MAX } }, "inside-ram 6000000-60fffff" },
		{ { 0 }, { { 0, 0xffefffff } }, "clear fff00000-ffffffff" },
		{ { 0 }, { { 0, 0xfff00000 } }, "inside-ram 6000000-60fffff" },
	};
	struct resv_range used = { 0, 0x5ffffff };
	struct resv_ranges set;
	size_t i;

	resv_ranges_init(&set, &used, 1);
	set.count = 1;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_place_request request = {
			.forbidden = &set,
			.aperture = ALL,
			.limit = RESV_PLACE_LIMIT_32,
			.size = MIB,
			.page_size = KIB4,
			.preferred = cases[i].preferred,
			.ram = cases[i].ram,
		};
		char text[80];

		while (cases[i].preferred[request.preferred_count])
			request.preferred_count++;
		while (cases[i].ram[request.ram_count].last)
			request.ram_count++;
		describe(text, &request);
		if (strcmp(text, cases[i].wanted))
			fail_msg("case %zu: got \"%s\", wanted \"%s\"", i, text,
				 cases[i].wanted);
	}
}

/* A machine with all that a request has. */
struct full_case {
	const char *what;
	struct resv_range own;
	struct resv_range aperture;
	struct resv_range outside[3];
	struct resv_range forbidden[3];
	u64 limit;
	u64 size;
	const char *wanted;
};

static void full_request(struct resv_place_request *request,
			 const struct full_case *c, struct resv_ranges sets[2],
			 struct resv_range storage[2][SET_MAX])
{
	size_t k;

	resv_ranges_init(&sets[0], storage[0], SET_MAX);
	resv_ranges_init(&sets[1], storage[1], SET_MAX);
	for (k = 0; k < ARRAY_SIZE(c->outside); k++) {
		if (c->forbidden[k].last)
			resv_ranges_add(&sets[0], c->forbidden[k].start,
					c->forbidden[k].last);
		if (!c->outside[k].last)
			continue;
		resv_ranges_add(&sets[0], c->outside[k].start,
				c->outside[k].last);
		resv_ranges_add(&sets[1], c->outside[k].start,
				c->outside[k].last);
	}
	resv_place_request_init(request, &sets[0], c->aperture, c->size, KIB4);
	request->outside = &sets[1];
	request->limit = c->limit;
	request->own = c->own;
	request->preferred = &request->own.start;
	request->preferred_count = 1;
}

#define OWN { 0x8000000, 0x80fffff }
#define BITS32 RESV_PLACE_LIMIT_32
#define BITS64 U64_MAX

static void drivers_windows_and_reasons(void **state)
{
	static const struct full_case cases[] = {
		{ "nothing is wrong with the driver's", OWN, ALL, { { 0 } },
		  { { 0 } }, BITS32, KIB64, "own 8000000-80fffff" },
		{ "it is exactly long enough", OWN, ALL, { { 0 } }, { { 0 } },
		  BITS32, MIB, "own 8000000-80fffff" },
		{ "it is too short and can be longer", OWN, ALL, { { 0 } },
		  { { 0 } }, BITS32, MIB + 1, "preferred 8000000-8100fff" },
		{ "its end is taken, but what is needed fits", OWN, ALL,
		  { { 0 } }, { { 0x8080000, 0x809ffff } }, BITS32, KIB64,
		  "preferred 8000000-800ffff" },
		{ "its start is taken", OWN, ALL, { { 0 } },
		  { { 0x8000000, 0x8000000 } }, BITS32, KIB64,
		  "clear 10000-1ffff" },
		{ "off the grid, but it is the driver's", { 0x1000, 0x1fff },
		  ALL, { { 0 } }, { { 0 } }, BITS32, KIB4, "own 1000-1fff" },
		{ "the driver has it at 0", { 0, 0xfffff }, ALL, { { 0 } },
		  { { 0 } }, BITS32, KIB64, "clear 10000-1ffff" },
		{ "the driver has none", { 1, 0 }, ALL, { { 0 } }, { { 0 } },
		  BITS32, KIB64, "clear 10000-1ffff" },
		{ "above 4 GiB and MSIs of 32 bits",
		  { 0x100000000, 0x1000fffff }, ALL, { { 0 } }, { { 0 } },
		  BITS32, KIB64, "clear 10000-1ffff" },
		{ "above 4 GiB and MSIs of 64 bits",
		  { 0x100000000, 0x1000fffff }, ALL, { { 0 } }, { { 0 } },
		  BITS64, KIB64, "own 100000000-1000fffff" },
		{ "outside the aperture", OWN, { 0x10000000, 0x1fffffff },
		  { { 0 } }, { { 0 } }, BITS32, KIB64, "clear 10000000-1000ffff" },
		{ "nothing below 4 GiB, MSIs of 64 bits", OWN, ALL, { { 0 } },
		  { { 0, 0xffffffff } }, BITS64, KIB64,
		  "high 100000000-10000ffff" },
		{ "RAM below 4 GiB comes first", OWN, ALL, { { 0 } },
		  { { 0, 0xbfffffff } }, BITS64, KIB64,
		  "inside-ram c0000000-c000ffff" },
		{ "nothing below 4 GiB, MSIs of 32 bits", OWN, ALL, { { 0 } },
		  { { 0, 0xffffffff } }, BITS32, KIB64, "no-gap 0" },
		{ "at the very top", OWN, ALL, { { 0 } },
		  { { 0, 0xfffffffffffeffff } }, BITS64, KIB64,
		  "high ffffffffffff0000-ffffffffffffffff" },
		{ "not even there", OWN, ALL, { { 0 } },
		  { { 0, 0xfffffffffffeffff } }, BITS64, KIB64 + 1,
		  "no-gap 10000" },
		{ "no whole step of 64 KiB below the very top", OWN, ALL,
		  { { 0 } }, { { 0, 0xffffffffffff0fff } }, BITS64, KIB4,
		  "no-gap 0" },
		{ "the aperture is too small", OWN, { 0, 0x1ffff }, { { 0 } },
		  { { 0 } }, BITS64, MIB, "no-aperture 10000" },
		{ "the aperture is above what MSIs reach", OWN,
		  { 0xfffff000, 0xffffffffff }, { { 0 } }, { { 0 } }, BITS32,
		  KIB64, "no-limit 0" },
		{ "inbound windows leave too little", OWN, ALL,
		  { { 0, 0x7fffffff }, { 0x80010000, U64_MAX } }, { { 0 } },
		  BITS64, MIB, "no-inbound 10000" },
		{ "something stands in the inbound window", OWN, ALL,
		  { { 0, 0x7fffffff }, { 0x80200000, U64_MAX } },
		  { { 0x80080000, 0x8017ffff } }, BITS64, MIB, "no-gap 80000" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_range storage[2][SET_MAX];
		struct resv_place_request request;
		struct resv_ranges sets[2];
		char text[80];

		full_request(&request, &cases[i], sets, storage);
		describe(text, &request);
		if (strcmp(text, cases[i].wanted))
			fail_msg("%s: got \"%s\", wanted \"%s\"", cases[i].what,
				 text, cases[i].wanted);
	}
}

static void wishes_of_the_operator(void **state)
{
	static const struct {
		struct full_case machine;
		u64 base;
		enum resv_wish wanted;
		struct resv_range window;
	} cases[] = {
#define MACHINE(limit, ...) { "", OWN, ALL, { { 0 } }, { __VA_ARGS__ }, limit, \
			      2 * KIB64, "" }
		{ MACHINE(BITS32, { 0 }), 0xa0000000, RESV_WISH_GRANTED,
		  { 0xa0000000, 0xa001ffff } },
		{ MACHINE(BITS32, { 0 }), 0, RESV_WISH_ZERO, { 0 } },
		{ MACHINE(BITS32, { 0 }), 0xa0001000, RESV_WISH_UNALIGNED, { 0 } },
		{ MACHINE(BITS32, { 0 }), 1, RESV_WISH_UNALIGNED, { 0 } },
		{ MACHINE(BITS64, { 0 }), 0xffffffffffff0000, RESV_WISH_TOO_HIGH,
		  { 0 } },
		{ MACHINE(BITS64, { 0 }), 0xfffffffffffe0000, RESV_WISH_GRANTED,
		  { 0xfffffffffffe0000, U64_MAX } },
		/* The last place for 32 bits, and one that runs over. */
		{ MACHINE(BITS32, { 0 }), 0xfffe0000, RESV_WISH_GRANTED,
		  { 0xfffe0000, 0xffffffff } },
		{ MACHINE(BITS32, { 0 }), 0xffff0000, RESV_WISH_LIMIT,
		  { 0xffff0000, 0x10000ffff } },
		{ MACHINE(BITS64, { 0 }), 0x100000000, RESV_WISH_GRANTED,
		  { 0x100000000, 0x10001ffff } },
		/* One byte of it is taken; one before and behind is not it. */
		{ MACHINE(BITS32, { 0xa001ffff, 0xa001ffff }), 0xa0000000,
		  RESV_WISH_FORBIDDEN, { 0xa0000000, 0xa001ffff } },
		{ MACHINE(BITS32, { 0xa0020000, 0xa0020000 },
			  { 0x9fffffff, 0x9fffffff }), 0xa0000000,
		  RESV_WISH_GRANTED, { 0xa0000000, 0xa001ffff } },
		/* At the driver's base it is the driver's, taken or not. */
		{ MACHINE(BITS32, { 0 }), 0x8000000, RESV_WISH_GRANTED, OWN },
		{ MACHINE(BITS32, { 0x80fffff, 0x80fffff }), 0x8000000,
		  RESV_WISH_FORBIDDEN, OWN },
		{ { "", OWN, { 0, 0xa000ffff }, { { 0 } }, { { 0 } }, BITS32,
		    2 * KIB64, "" }, 0xa0000000, RESV_WISH_APERTURE,
		  { 0xa0000000, 0xa001ffff } },
		{ { "", OWN, { 0xa0000001, U64_MAX }, { { 0 } }, { { 0 } },
		    BITS32, 2 * KIB64, "" }, 0xa0000000, RESV_WISH_APERTURE,
		  { 0xa0000000, 0xa001ffff } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_range storage[2][SET_MAX];
		struct resv_range window = { 0 };
		struct resv_place_request request;
		struct resv_ranges sets[2];
		enum resv_wish got;

		full_request(&request, &cases[i].machine, sets, storage);
		got = resv_place_wish(&request, cases[i].base, &window);
		if (got != cases[i].wanted ||
		    window.start != cases[i].window.start ||
		    window.last != cases[i].window.last)
			fail_msg("case %zu: got %d %llx-%llx", i, got,
				 (unsigned long long)window.start,
				 (unsigned long long)window.last);
	}
}

/* Not moved: first of all where the kernel has its own way. */
static void who_keeps_a_window(void **state)
{
	static const enum resv_stay wanted[8] = {
		RESV_STAY_NOT, RESV_STAY_OPERATOR, RESV_STAY_NESTED,
		RESV_STAY_NESTED, RESV_STAY_KERNEL, RESV_STAY_KERNEL,
		RESV_STAY_KERNEL, RESV_STAY_KERNEL,
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		assert_int_equal(resv_stay(i & 4, i & 2, i & 1), wanted[i]);
	assert_non_null(strstr(resv_stay_text(RESV_STAY_KERNEL),
			       "IOMMU_OPTION_SW_MSI_START"));
	assert_string_equal(resv_stay_text(RESV_STAY_NOT), "");
	for (i = RESV_STAY_KERNEL; i <= RESV_STAY_OPERATOR; i++)
		assert_non_null(strstr(resv_stay_text(i), "not moved"));
}

static void doorbells_are_counted_in_pages(void **state)
{
	struct resv_range storage[4];
	struct resv_ranges pages;

	resv_ranges_init(&pages, storage, ARRAY_SIZE(storage));
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 0);
	resv_doorbell_add(&pages, 0x8090040, 0x8090043, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 1);
	/* A second one in the same page, one in the next, one apart. */
	resv_doorbell_add(&pages, 0x8090080, 0x8090083, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 1);
	resv_doorbell_add(&pages, 0x8091040, 0x8091043, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 2);
	resv_doorbell_add(&pages, 0x2c1c0040, 0x2c1c0043, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 3);
	/* One that lies across a border, and the pre-ITS of TI's K3. */
	resv_doorbell_add(&pages, 0x4fff, 0x5000, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 5);
	resv_doorbell_add(&pages, 0x1000000, 0x13fffff, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 5 + 1024);
	assert_false(pages.widened);
	/* Nothing is added by what ends before it starts. */
	resv_doorbell_add(&pages, 0x9000, 0x8fff, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), 5 + 1024);
	/* All there is. */
	resv_doorbell_add(&pages, 0, U64_MAX, KIB4);
	assert_int_equal(resv_doorbell_pages(&pages, KIB4), U32_MAX);

	/* On 64 KiB pages neighbours share one. */
	resv_ranges_init(&pages, storage, ARRAY_SIZE(storage));
	resv_doorbell_add(&pages, 0xb00a040, 0xb00a043, KIB64);
	resv_doorbell_add(&pages, 0xb00b040, 0xb00b043, KIB64);
	assert_int_equal(resv_doorbell_pages(&pages, KIB64), 1);
}

static void windows_hold_all_doorbells(void **state)
{
	static const struct {
		u32 pages;
		bool complete;
		u64 page_size;
		u64 minimum;
		u64 wanted;
	} cases[] = {
		{ 1, true, KIB4, 0, KIB64 },
		{ 16, true, KIB4, 0, KIB64 },
		{ 17, true, KIB4, 0, 2 * KIB64 },
		{ 1, true, KIB64, 0, KIB64 },
		{ 17, true, KIB64, 0, 17 * KIB64 },
		{ 1, true, 0x4000, 0, KIB64 },
		{ 1, true, 0x200000, 0, 0x200000 },
		{ 1024, true, KIB4, 0, 4 * MIB },
		{ 257, true, KIB4, 0, 0x110000 },
		/* Not all are known. */
		{ 0, false, KIB4, 0, MIB },
		{ 3, false, KIB4, 0, MIB },
		{ 257, false, KIB4, 0, 0x110000 },
		/* Somebody wants more, or less. */
		{ 1, true, KIB4, 0x200000, 0x200000 },
		{ 1, true, KIB4, 0x200001, 0x210000 },
		{ 1024, true, KIB4, KIB64, 4 * MIB },
		{ 1, false, KIB4, KIB64, MIB },
		/* Never nothing, never over the top. */
		{ 0, true, KIB4, 0, KIB64 },
		{ U32_MAX, true, KIB64, 0, 0xffffffffull * KIB64 },
		{ 1, true, KIB4, U64_MAX, 1ull << 62 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 got = resv_window_size(cases[i].pages, cases[i].complete,
					   cases[i].page_size,
					   cases[i].minimum);

		if (got != cases[i].wanted)
			fail_msg("case %zu: got %llx, wanted %llx", i,
				 (unsigned long long)got,
				 (unsigned long long)cases[i].wanted);
	}
}

/* A base of 0 does not fit even where it is free and asked for. */
static void zero_is_no_place(void **state)
{
	static const u64 zero[] = { 0 };
	const struct resv_ranges nothing = { .count = 0 };
	const struct resv_place_request request = {
		.forbidden = &nothing,
		.aperture = ALL,
		.limit = RESV_PLACE_LIMIT_32,
		.size = MIB,
		.page_size = KIB4,
		.preferred = zero,
		.preferred_count = 1,
	};
	char text[80];

	describe(text, &request);
	assert_string_equal(text, "clear 10000-10ffff");
}

static void each_outcome_has_words(void **state)
{
	size_t i;
	size_t k;

	for (i = 0; i < ARRAY_SIZE(hows); i++) {
		assert_true(*resv_place_text(i));
		for (k = 0; k < i; k++)
			assert_string_not_equal(resv_place_text(i),
						resv_place_text(k));
	}
	for (i = RESV_WISH_GRANTED; i <= RESV_WISH_FORBIDDEN; i++) {
		assert_true(*resv_wish_text(i));
		for (k = RESV_WISH_GRANTED; k < i; k++)
			assert_string_not_equal(resv_wish_text(i),
						resv_wish_text(k));
	}
}

/* The model */

#define PAGE (16 * MIB)
#define PAGES 256
#define CASES 20000

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

struct model {
	bool free[PAGES];
	bool ram[PAGES];
};

/* Mark the pages that a range touches; or with @whole those that it fills. */
static void model_mark(bool *pages, struct resv_range r, bool value, bool whole)
{
	u64 i;

	for (i = 0; i < PAGES; i++) {
		u64 start = i * PAGE;
		u64 last = start + PAGE - 1;

		if (whole ? r.start <= start && last <= r.last :
			    r.start <= last && start <= r.last)
			pages[i] = value;
	}
}

static bool model_fits(const bool *pages, u64 at, u64 count, bool value)
{
	u64 i;

	if (!at || at + count > PAGES)
		return false;
	for (i = at; i < at + count; i++)
		if (pages[i] != value)
			return false;
	return true;
}

static void model_describe(char *text, const struct model *m, u64 count,
			   const u64 *preferred, u32 preferred_count)
{
	const char *how = NULL;
	u64 at = 0;
	u64 i;

	for (i = 0; !how && i < preferred_count; i++) {
		at = preferred[i] / PAGE;
		if (preferred[i] % PAGE == 0 &&
		    model_fits(m->free, at, count, true))
			how = "preferred";
	}
	for (i = 0; !how && i < PAGES; i++) {
		at = i;
		if (model_fits(m->free, i, count, true) &&
		    model_fits(m->ram, i, count, false))
			how = "clear";
	}
	for (i = 0; !how && i < PAGES; i++) {
		at = i;
		if (model_fits(m->free, i, count, true))
			how = "inside-ram";
	}
	*text = '\0';
	if (how)
		sprintf(text, "%s %llx-%llx", how,
			(unsigned long long)(at * PAGE),
			(unsigned long long)((at + count) * PAGE - 1));
}

static struct resv_range random_range(u64 longest)
{
	u64 start = random64() % (PAGES * PAGE + PAGE);
	struct resv_range r = { start, start + random64() % longest };

	/* Half of them at the borders of pages. */
	if (random64() % 2) {
		r.start = r.start / PAGE * PAGE;
		r.last |= PAGE - 1;
	}
	return r;
}

static void random_places_equal_the_model(void **state)
{
	u32 met[ARRAY_SIZE(hows)] = { 0 };
	u32 n;
	u32 i;

	random_state = 0x2545f4914f6cdd1dull;
	for (n = 0; n < CASES; n++) {
		u64 count = 1 + random64() % 12;
		u32 used = random64() % (n % 2 ? 6 : 40);
		struct resv_range storage[SET_MAX];
		struct resv_range ram[3];
		struct resv_placement p;
		u64 preferred[3];
		struct resv_ranges set;
		struct model m = { 0 };
		struct resv_place_request request = {
			.forbidden = &set,
			.aperture = ALL,
			.limit = RESV_PLACE_LIMIT_32,
			.size = count * PAGE - random64() % PAGE,
			.page_size = PAGE,
			.preferred = preferred,
			.preferred_count = random64() % 4,
			.ram = ram,
			.ram_count = random64() % 4,
		};
		char wanted[80];
		char text[80];

		if (random64() % 4 == 0)
			request.aperture = random_range(PAGES * PAGE / 2);
		model_mark(m.free, request.aperture, true, true);
		resv_ranges_init(&set, storage, SET_MAX);
		for (i = 0; i < used; i++) {
			struct resv_range r = random_range(n % 2 ? 60 * PAGE :
								   8 * PAGE);

			resv_ranges_add(&set, r.start, r.last);
			model_mark(m.free, r, false, false);
		}
		assert_false(set.widened);
		for (i = 0; i < request.ram_count; i++) {
			ram[i] = random_range(100 * PAGE);
			model_mark(m.ram, ram[i], true, false);
		}
		for (i = 0; i < request.preferred_count; i++)
			preferred[i] = random64() % 4 ?
				random64() % PAGES * PAGE :
				random64() % (2 * PAGES * PAGE);

		model_describe(wanted, &m, count, preferred,
			       request.preferred_count);
		describe(text, &request);
		if (*wanted)
			assert_string_equal(text, wanted);
		resv_place(&request, &p);
		met[p.how]++;
		if (*wanted)
			continue;
		/* The model does not know why, but how large a place there is. */
		assert_true(p.how >= RESV_PLACE_NO_APERTURE);
		assert_int_equal(p.largest % PAGE, 0);
		for (i = 1; i < PAGES; i++) {
			assert_false(model_fits(m.free, i, p.largest / PAGE + 1,
						true));
			if (model_fits(m.free, i, p.largest / PAGE, true))
				break;
		}
		assert_true(i < PAGES || !p.largest);
	}
	/* All kinds of answers were met that the model has. */
	for (i = 0; i < ARRAY_SIZE(met); i++)
		assert_true(met[i] > 50 || i == RESV_PLACE_OWN ||
			    i == RESV_PLACE_HIGH || i == RESV_PLACE_NO_LIMIT ||
			    i == RESV_PLACE_NO_INBOUND);
}

/*
 * The same machine gives the same window, in whatever order its devices say
 * what they have to say, and however often.
 */
static void order_is_no_matter(void **state)
{
	struct resv_range said[24];
	u32 n, i, round;

	random_state = 0x9e3779b97f4a7c15ull;
	for (n = 0; n < 2000; n++) {
		u32 count = 1 + random64() % ARRAY_SIZE(said);
		u64 size = 1 + random64() % (64 * MIB);
		u64 limit = random64() % 2 ? BITS32 : BITS64;
		char first[80], text[80];

		for (i = 0; i < count; i++)
			said[i] = random_range(40 * PAGE);
		for (round = 0; round < 4; round++) {
			struct resv_range storage[2][SET_MAX];
			struct resv_place_request request;
			struct resv_ranges sets[2];
			struct full_case c = {
				"", OWN, ALL, { { 0 } }, { { 0 } }, limit, size, "",
			};

			full_request(&request, &c, sets, storage);
			for (i = 0; i < count; i++)
				resv_ranges_add(&sets[0], said[i].start,
						said[i].last);
			/* Again, as a second device says it. */
			if (round == 3)
				for (i = 0; i < count; i++)
					resv_ranges_add(&sets[0], said[i].start,
							said[i].last);
			assert_false(sets[0].widened);
			describe(round ? text : first, &request);
			if (round)
				assert_string_equal(text, first);
			for (i = count - 1; i; i--) {
				u32 k = random64() % (i + 1);
				struct resv_range other = said[i];

				said[i] = said[k];
				said[k] = other;
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines),
		cmocka_unit_test(drivers_windows_and_reasons),
		cmocka_unit_test(wishes_of_the_operator),
		cmocka_unit_test(who_keeps_a_window),
		cmocka_unit_test(doorbells_are_counted_in_pages),
		cmocka_unit_test(windows_hold_all_doorbells),
		cmocka_unit_test(order_is_no_matter),
		cmocka_unit_test(edges),
		cmocka_unit_test(wishes_of_the_caller),
		cmocka_unit_test(zero_is_no_place),
		cmocka_unit_test(each_outcome_has_words),
		cmocka_unit_test(random_places_equal_the_model),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
