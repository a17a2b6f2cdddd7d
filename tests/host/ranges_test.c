// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/ranges.c */
/*
 * ranges_test.c - tests of the range sets
 *
 * The properties are checked against a bitmap: 192 blocks that stand for the
 * first 64, the middle 64 and the last 64 addresses of the 64-bit space, so
 * that both ends of it are met all the time. Everything between these islands
 * is one block that only ranges across it touch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/ranges.h"

#define CASES		200000
#define MIDDLE		0x8000000000000000ull
#define ISLAND		64
#define POINTS		(3 * ISLAND)
#define GAPS		2
#define STORAGE_MAX	16

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static u64 point_address(unsigned int point)
{
	if (point < ISLAND)
		return point;
	if (point < 2 * ISLAND)
		return MIDDLE + point - ISLAND;
	return U64_MAX - (POINTS - 1 - point);
}

/* The truth: which points, and which of the seas between islands, are in. */
struct model {
	bool point[POINTS];
	bool sea[GAPS];
};

static void model_set(struct model *m, unsigned int first, unsigned int last,
		      bool value)
{
	unsigned int i;

	for (i = first; i <= last; i++) {
		m->point[i] = value;
		if (i < last && i % ISLAND == ISLAND - 1)
			m->sea[i / ISLAND] = value;
	}
}

static bool set_has(const struct resv_ranges *set, u64 address)
{
	u32 i;

	for (i = 0; i < set->count; i++)
		if (set->r[i].start <= address && address <= set->r[i].last)
			return true;
	return false;
}

static void assert_well_formed(const struct resv_ranges *set)
{
	u32 i;

	assert_true(set->count <= set->max);
	for (i = 0; i < set->count; i++) {
		assert_true(set->r[i].start <= set->r[i].last);
		if (i) {
			assert_true(set->r[i - 1].last < set->r[i].start);
			/* Neighbours that touch would be one member. */
			assert_true(set->r[i].start - set->r[i - 1].last > 1);
		}
	}
}

static void assert_is_model(const struct resv_ranges *set,
			    const struct model *m)
{
	unsigned int i;

	for (i = 0; i < POINTS; i++) {
		bool has = set_has(set, point_address(i));

		if (m->point[i])
			assert_true(has);
		else if (!set->widened)
			assert_false(has);
	}
	for (i = 0; i < GAPS; i++) {
		bool has = set_has(set, (i ? MIDDLE : 0) + (1ull << 40));

		if (m->sea[i])
			assert_true(has);
		else if (!set->widened)
			assert_false(has);
	}
}

struct gap_walk {
	u64 page_size;
	struct resv_range aperture;
	const struct resv_ranges *set;
	u64 next;
	bool any;
	struct resv_ranges *seen;
};

static int check_gap(void *ctx, u64 start, u64 last)
{
	struct gap_walk *w = ctx;
	u32 i;

	assert_true(start <= last);
	assert_int_equal(start % w->page_size, 0);
	assert_int_equal((last + 1) % w->page_size, 0);
	assert_true(start >= w->aperture.start && last <= w->aperture.last);
	if (w->any)
		assert_true(start > w->next);
	w->any = true;
	w->next = last;
	for (i = 0; i < w->set->count; i++)
		assert_true(w->set->r[i].last < start ||
			    w->set->r[i].start > last);
	resv_ranges_add(w->seen, start, last);
	return 0;
}

/* Gaps and members together have to leave out less than two pages anywhere. */
static void assert_gaps_are_complement(const struct resv_ranges *set,
				       struct resv_range aperture,
				       u64 page_size)
{
	struct resv_range storage[2 * STORAGE_MAX + 2];
	struct resv_ranges seen;
	struct gap_walk w = {
		.page_size = page_size,
		.aperture = aperture,
		.set = set,
		.seen = &seen,
	};
	unsigned int i;

	resv_ranges_init(&seen, storage, ARRAY_SIZE(storage));
	assert_int_equal(resv_ranges_for_each_gap(set, aperture, page_size,
						  check_gap, &w), 0);
	assert_false(seen.widened);

	for (i = 0; i < POINTS; i++) {
		u64 page = point_address(i) & ~(page_size - 1);
		u64 page_last = page + page_size - 1;
		bool is_free = page >= aperture.start &&
			       page_last <= aperture.last;
		u32 k;

		for (k = 0; k < set->count; k++)
			if (set->r[k].start <= page_last &&
			    page <= set->r[k].last)
				is_free = false;
		assert_int_equal(set_has(&seen, point_address(i)), is_free);
	}
}

static void random_operations_equal_bitmap(void **state)
{
	unsigned int n;

	random_state = 0x9e3779b97f4a7c15ull;
	for (n = 0; n < CASES / 20; n++) {
		struct resv_range storage[STORAGE_MAX];
		struct resv_ranges set;
		struct model m = { 0 };
		unsigned int step;

		resv_ranges_init(&set, storage,
				 n % 4 ? STORAGE_MAX : 1 + random64() % 4);
		for (step = 0; step < 20; step++) {
			unsigned int first = random64() % POINTS;
			unsigned int last = first + random64() % 8;
			bool was_widened = set.widened;
			bool full = set.count == set.max;

			if (random64() % 16 == 0)
				last = random64() % POINTS;
			if (last >= POINTS)
				last = POINTS - 1;
			if (random64() % 3) {
				resv_ranges_add(&set, point_address(first),
						point_address(last));
				if (first <= last)
					model_set(&m, first, last, true);
			} else {
				resv_ranges_subtract(&set, point_address(first),
						     point_address(last));
				if (first <= last)
					model_set(&m, first, last, false);
			}
			/* It may only be widened where there was no room. */
			if (!was_widened && set.widened)
				assert_true(full);
			assert_well_formed(&set);
			assert_is_model(&set, &m);
		}
		assert_gaps_are_complement(&set,
					   (struct resv_range){ 0, U64_MAX }, 1);
		assert_gaps_are_complement(&set,
					   (struct resv_range){ 3, U64_MAX - 5 },
					   1ull << random64() % 7);
	}
}

static void align_out_covers_whole_pages(void **state)
{
	unsigned int n;

	random_state = 42;
	for (n = 0; n < CASES / 20; n++) {
		struct resv_range storage[STORAGE_MAX];
		struct resv_range before[STORAGE_MAX];
		u64 page_size = 1ull << random64() % 13;
		struct resv_ranges set;
		u32 count;
		u32 i;
		u32 k;

		resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
		for (i = 0; i < STORAGE_MAX; i++) {
			u64 start = random64() >> random64() % 64;
			u64 last = start + random64() % 10000;

			if (last >= start)
				resv_ranges_add(&set, start, last);
		}
		resv_ranges_add(&set, U64_MAX - random64() % 3, U64_MAX);
		count = set.count;
		memcpy(before, storage, sizeof(before));

		resv_ranges_align_out(&set, page_size);
		assert_well_formed(&set);
		for (i = 0; i < set.count; i++) {
			assert_int_equal(set.r[i].start % page_size, 0);
			assert_int_equal((set.r[i].last + 1) % page_size, 0);
		}
		/* Each member is inside one; each edge is a member's page. */
		for (i = 0; i < count; i++) {
			assert_true(set_has(&set, before[i].start));
			assert_true(set_has(&set, before[i].last));
		}
		for (i = 0; i < set.count; i++) {
			bool start_used = false;
			bool last_used = false;

			for (k = 0; k < count; k++) {
				start_used |= before[k].start / page_size ==
					      set.r[i].start / page_size;
				last_used |= before[k].last / page_size ==
					     set.r[i].last / page_size;
			}
			assert_true(start_used);
			assert_true(last_used);
		}
	}
}

static void add_joins_what_touches(void **state)
{
	struct resv_range storage[4];
	struct resv_ranges set;

	resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
	resv_ranges_add(&set, 0x1000, 0x1fff);
	resv_ranges_add(&set, 0x3000, 0x3fff);
	assert_int_equal(set.count, 2);
	resv_ranges_add(&set, 0x2000, 0x2fff);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.r[0].start, 0x1000);
	assert_int_equal(set.r[0].last, 0x3fff);
	assert_false(set.widened);
}

static void add_ignores_a_range_that_ends_before_it_starts(void **state)
{
	struct resv_range storage[2];
	struct resv_ranges set;

	resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
	resv_ranges_add(&set, 1, 0);
	resv_ranges_add(&set, U64_MAX, 0);
	assert_int_equal(set.count, 0);
	resv_ranges_add(&set, 0, U64_MAX);
	resv_ranges_subtract(&set, 1, 0);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.r[0].last, U64_MAX);
	resv_ranges_subtract(&set, 0, U64_MAX);
	assert_int_equal(set.count, 0);
}

/* A full set closes its narrowest gap, wherever that is. */
static void add_to_a_full_set_closes_the_narrowest_gap(void **state)
{
	static const struct {
		struct resv_range added;
		struct resv_range wanted[3];
	} cases[] = {
		/* between two old members */
		{ { 5000, 5000 }, { { 100, 100 }, { 1000, 1010 }, { 5000, 5000 } } },
		/* the new one and the member before it */
		{ { 103, 103 }, { { 100, 103 }, { 1000, 1000 }, { 1010, 1010 } } },
		/* the new one and the member behind it */
		{ { 97, 97 }, { { 97, 100 }, { 1000, 1000 }, { 1010, 1010 } } },
		/* the new one lies in the gap that was the narrowest */
		{ { 1004, 1004 }, { { 100, 100 }, { 1000, 1004 }, { 1010, 1010 } } },
		{ { 1007, 1007 }, { { 100, 100 }, { 1000, 1000 }, { 1007, 1010 } } },
		/* before the first member, far away */
		{ { 0, 0 }, { { 0, 0 }, { 100, 100 }, { 1000, 1010 } } },
		/* at the top */
		{ { U64_MAX, U64_MAX },
		  { { 100, 100 }, { 1000, 1010 }, { U64_MAX, U64_MAX } } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct resv_range storage[3] = {
			{ 100, 100 }, { 1000, 1000 }, { 1010, 1010 }
		};
		struct resv_ranges set;

		resv_ranges_init(&set, storage, 3);
		set.count = 3;
		resv_ranges_add(&set, cases[i].added.start, cases[i].added.last);
		assert_true(set.widened);
		assert_int_equal(set.count, 3);
		assert_memory_equal(storage, cases[i].wanted, sizeof(storage));
	}
}

static void add_to_a_full_set_closes_the_first_gap_if_narrowest(void **state)
{
	struct resv_range storage[3] = { { 10, 10 }, { 20, 20 }, { 1000, 1000 } };
	struct resv_ranges set;

	resv_ranges_init(&set, storage, 3);
	set.count = 3;
	resv_ranges_add(&set, 5000, 5001);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.r[0].start, 10);
	assert_int_equal(set.r[0].last, 20);
	assert_int_equal(set.r[1].start, 1000);
	assert_int_equal(set.r[2].last, 5001);
}

static void subtract_from_a_full_set_keeps_what_it_cannot_split(void **state)
{
	struct resv_range storage[1];
	struct resv_ranges set;

	resv_ranges_init(&set, storage, 1);
	resv_ranges_add(&set, 10, 20);
	resv_ranges_subtract(&set, 15, 15);
	assert_true(set.widened);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.r[0].start, 10);
	assert_int_equal(set.r[0].last, 20);
}

static int count_gap(void *ctx, u64 start, u64 last)
{
	unsigned int *count = ctx;

	(*count)++;
	return *count == 2 ? 7 : 0;
}

static void gap_walk_ends_when_told(void **state)
{
	struct resv_range storage[4];
	struct resv_ranges set;
	unsigned int count = 0;

	resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
	resv_ranges_add(&set, 10, 19);
	resv_ranges_add(&set, 30, 39);
	assert_int_equal(resv_ranges_for_each_gap(&set,
						  (struct resv_range){ 0, 99 },
						  1, count_gap, &count), 7);
	assert_int_equal(count, 2);
	assert_int_equal(resv_ranges_for_each_gap(&set,
						  (struct resv_range){ 9, 8 },
						  1, count_gap, &count), 0);
	assert_int_equal(count, 2);

	/* An aperture of one address is one. */
	count = 0;
	assert_int_equal(resv_ranges_for_each_gap(&set,
						  (struct resv_range){ 9, 9 },
						  1, count_gap, &count), 0);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_equal_bitmap),
		cmocka_unit_test(align_out_covers_whole_pages),
		cmocka_unit_test(add_joins_what_touches),
		cmocka_unit_test(add_ignores_a_range_that_ends_before_it_starts),
		cmocka_unit_test(add_to_a_full_set_closes_the_narrowest_gap),
		cmocka_unit_test(add_to_a_full_set_closes_the_first_gap_if_narrowest),
		cmocka_unit_test(subtract_from_a_full_set_keeps_what_it_cannot_split),
		cmocka_unit_test(gap_walk_ends_when_told),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
