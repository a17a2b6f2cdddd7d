// SPDX-License-Identifier: GPL-2.0-only
/* LINK: tools/bars_place.c tools/problem.c */
/*
 * bars_place_test.c - where a guest can have the BARs of devices
 *
 * Cases by hand, and random ones in small spaces, with pages of a few bytes,
 * against a search that tries every address of every BAR. What is a placement
 * is told there byte by byte, and not by blocks as in the solver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../tools/bars_place.h"

#define KIB 0x400ull
#define MIB 0x100000ull
#define GIB 0x40000000ull
#define KIB64 (64 * KIB)
#define FOUR_GIB (4 * GIB)
#define ITEMS_MAX 8
#define WINDOWS_MAX 4
#define CASES 12000

/* By hand */

struct request {
	struct bars_request r;
	struct bars_item item[ITEMS_MAX];
	struct bars_window window[WINDOWS_MAX];
	struct resv_range kept[WINDOWS_MAX];
};

static struct request *begin(u64 page_size)
{
	static struct request q;

	memset(&q, 0, sizeof(q));
	q.r.page_size = page_size;
	q.r.item = q.item;
	q.r.window = q.window;
	q.r.kept = q.kept;
	return &q;
}

static void window(struct request *q, u64 start, u64 size)
{
	assert_true(q->r.windows < WINDOWS_MAX);
	q->window[q->r.windows++].range =
		(struct resv_range){ start, start + (size - 1) };
}

static void keep(struct request *q, u64 start, u64 last)
{
	assert_true(q->r.kepts < WINDOWS_MAX);
	q->kept[q->r.kepts++] = (struct resv_range){ start, last };
}

static struct bars_item *item(struct request *q, const char *device, u32 bar,
			      u64 size)
{
	struct bars_item *i = &q->item[q->r.items++];

	assert_true(q->r.items <= ITEMS_MAX);
	i->device = device;
	i->bar = bar;
	i->size = size;
	return i;
}

static struct bars_item *mapped(struct request *q, const char *device, u32 bar,
				u64 size)
{
	struct bars_item *i = item(q, device, bar, size);

	i->maps = true;
	return i;
}

static struct bars_item *at(struct bars_item *i, u64 address)
{
	i->pinned = true;
	i->address = address;
	return i;
}

static void placed(struct request *q, ...)
{
	va_list list;
	size_t i;

	assert_int_equal(bars_place(&q->r), 0);
	assert_null(q->r.conflict);
	assert_int_equal(q->r.conflicts, 0);
	va_start(list, q);
	for (i = 0; i < q->r.items; i++) {
		u64 wanted = va_arg(list, u64);

		if (q->item[i].address != wanted)
			fail_msg("item %zu: at 0x%llx, wanted 0x%llx", i,
				 (unsigned long long)q->item[i].address,
				 (unsigned long long)wanted);
	}
	va_end(list);
}

/* Exactly one conflict; what it is about is in @a and @b. */
static struct bars_conflict conflict(struct request *q, enum bars_rule rule,
				     size_t a, size_t b)
{
	struct bars_conflict c;

	assert_int_equal(bars_place(&q->r), -ENOSPC);
	assert_int_equal(q->r.conflicts, 1);
	c = q->r.conflict[0];
	free(q->r.conflict);
	if (c.rule != rule || c.a != a || c.b != b)
		fail_msg("rule %s, BARs %zd %zd", bars_rule_name(c.rule), c.a,
			 c.b);
	assert_true(c.blocks == c.blocks_kept + c.blocks_pinned +
				c.blocks_placed);
	return c;
}

static void mapped_bars_have_pages_of_their_own(void **state)
{
	struct request *q = begin(KIB64);

	window(q, 0x10000000, MIB);
	mapped(q, "a", 0, 4 * KIB);
	mapped(q, "a", 2, 16 * KIB);
	item(q, "a", 4, 4 * KIB);
	item(q, "b", 0, 4 * KIB);
	mapped(q, "b", 1, 2 * KIB64);
	placed(q, 0x10020000ull, 0x10030000ull, 0x10040000ull, 0x10041000ull,
	       0x10000000ull);
	assert_int_equal(q->item[0].own.last, 0x1002ffff);
	assert_int_equal(q->item[2].own.last, 0x10040fff);

	/* The same on pages of 4 KiB. */
	q->r.page_size = 4 * KIB;
	placed(q, 0x10024000ull, 0x10020000ull, 0x10025000ull, 0x10026000ull,
	       0x10000000ull);
	/* And a guest with larger pages. */
	q->r.guest_page_size = KIB64;
	placed(q, 0x10020000ull, 0x10030000ull, 0x10040000ull, 0x10041000ull,
	       0x10000000ull);
	/* A guest with smaller ones has no say. */
	q->r.page_size = KIB64;
	q->r.guest_page_size = 4 * KIB;
	placed(q, 0x10020000ull, 0x10030000ull, 0x10040000ull, 0x10041000ull,
	       0x10000000ull);
}

static void the_offset_is_the_hosts(void **state)
{
	struct request *q = begin(KIB64);

	window(q, 0x10000000, MIB);
	mapped(q, "a", 0, 4 * KIB)->offset = 0x3000;
	placed(q, 0x10003000ull);
	assert_int_equal(q->item[0].own.start, 0x10000000);
	/* On a larger page of the guest, too. */
	q->r.guest_page_size = MIB;
	placed(q, 0x10003000ull);
	at(&q->item[0], 0x10043000);
	placed(q, 0x10043000ull);
	assert_int_equal(q->item[0].own.start, 0x10000000);
	assert_int_equal(q->item[0].own.last, 0x100fffff);
	at(&q->item[0], 0x10004000);
	conflict(q, BARS_RULE_CONGRUENT, 0, BARS_NONE);

	/* Where it cannot be. */
	q = begin(KIB64);
	window(q, 0x10000000, MIB);
	mapped(q, "a", 0, 8 * KIB)->offset = 0x3000;
	conflict(q, BARS_RULE_OFFSET, 0, BARS_NONE);
	q->item[0].size = KIB64;
	conflict(q, BARS_RULE_OFFSET, 0, BARS_NONE);
	q->item[0].size = 4 * KIB;
	placed(q, 0x10003000ull);
	/* It says nothing where it is not mapped. */
	q->item[0].size = KIB64;
	q->item[0].maps = false;
	placed(q, 0x10000000ull);
}

static void one_page_of_the_host_is_one_of_the_guest(void **state)
{
	struct request *q = begin(KIB64);
	size_t i;

	window(q, 0x10000000, MIB);
	mapped(q, "a", 0, 4 * KIB);
	mapped(q, "b", 0, 4 * KIB)->offset = 0x8000;
	mapped(q, "c", 0, 4 * KIB);
	for (i = 0; i < 3; i++) {
		q->item[i].has_host = true;
		q->item[i].host_page = i < 2 ? 0x50000000 : 0x50010000;
	}
	placed(q, 0x10000000ull, 0x10008000ull, 0x10010000ull);
	at(&q->item[1], 0x10028000);
	placed(q, 0x10020000ull, 0x10028000ull, 0x10000000ull);
	at(&q->item[0], 0x10020000);
	placed(q, 0x10020000ull, 0x10028000ull, 0x10000000ull);
	/* Pinned to two pages. */
	at(&q->item[0], 0x10030000);
	conflict(q, BARS_RULE_TOGETHER, 0, 1);
	/* At the same place of the page. */
	q->item[0].pinned = false;
	q->item[1].pinned = false;
	q->item[1].offset = 0;
	conflict(q, BARS_RULE_TOGETHER, 0, 1);
	/* One goes as high as the other cannot. */
	q->item[1].offset = 0x8000;
	q->item[0].wide = true;
	window(q, FOUR_GIB, MIB);
	placed(q, 0x10000000ull, 0x10008000ull, 0x10010000ull);
	at(&q->item[0], FOUR_GIB);
	conflict(q, BARS_RULE_WIDTH, 1, 0);
	/* What is not known to be in one page is in two. */
	q->item[0].pinned = false;
	q->item[0].wide = false;
	q->item[1].has_host = false;
	placed(q, 0x10000000ull, 0x10018000ull, 0x10020000ull);
	/* Large ones have their pages, whatever is said of them. */
	q->item[1].has_host = true;
	q->item[0].size = q->item[1].size = KIB64;
	q->item[1].offset = 0;
	placed(q, 0x10000000ull, 0x10010000ull, 0x10020000ull);
}

static void what_is_above_four_gib(void **state)
{
	struct request *q = begin(4 * KIB);

	window(q, FOUR_GIB - MIB, 2 * MIB);
	item(q, "a", 0, MIB / 2)->wide = true;
	item(q, "a", 2, MIB / 2);
	item(q, "b", 0, MIB)->wide = true;
	placed(q, FOUR_GIB - MIB, FOUR_GIB - MIB / 2, FOUR_GIB);
	q->item[1].wide = true;
	placed(q, FOUR_GIB - MIB, FOUR_GIB - MIB / 2, FOUR_GIB);
	q->item[2].wide = false;
	placed(q, FOUR_GIB, FOUR_GIB + MIB / 2, FOUR_GIB - MIB);
	at(&q->item[2], FOUR_GIB);
	conflict(q, BARS_RULE_WIDTH, 2, BARS_NONE);
	/* The order of windows counts on each side. */
	q = begin(4 * KIB);
	window(q, 0x20000000, MIB);
	window(q, FOUR_GIB + MIB, MIB);
	window(q, 0x10000000, MIB);
	window(q, FOUR_GIB, MIB);
	item(q, "a", 0, MIB)->wide = true;
	item(q, "b", 0, MIB)->wide = true;
	item(q, "c", 0, MIB)->wide = true;
	item(q, "d", 0, 4 * KIB);
	placed(q, FOUR_GIB + MIB, FOUR_GIB, 0x20000000ull, 0x10000000ull);
}

static void behind_a_bridge(void **state)
{
	struct request *q = begin(4 * KIB);

	window(q, 0x10000000, MIB);
	window(q, FOUR_GIB, MIB);
	q->window[1].prefetchable = true;
	item(q, "a", 0, 4 * KIB)->wide = true;
	item(q, "b", 0, 8 * KIB)->wide = true;
	q->item[1].prefetchable = true;
	item(q, "c", 0, 4 * KIB)->prefetchable = true;
	placed(q, 0x10000000ull, FOUR_GIB, 0x10001000ull);
	/* A prefetchable window below 4 GiB takes the narrow one as well. */
	window(q, 0x20000000, MIB);
	q->window[2].prefetchable = true;
	placed(q, 0x10000000ull, FOUR_GIB, 0x20000000ull);
	at(&q->item[0], 0x20000000);
	conflict(q, BARS_RULE_PREFETCHABLE, 0, BARS_NONE);
	/* The other window has 32 bits. */
	q->item[0].pinned = false;
	q->window[0].range.last = FOUR_GIB;
	assert_int_equal(bars_place(&q->r), -EINVAL);
}

static void pins_that_cannot_be(void **state)
{
	struct request *q = begin(KIB64);

	window(q, 0, MIB);
	window(q, U64_MAX - (MIB - 1), MIB);
	mapped(q, "a", 0, 4 * KIB);
	item(q, "b", 0, 4 * KIB);
	q->item[0].wide = q->item[1].wide = true;
	at(&q->item[0], 0x20000);
	at(&q->item[1], 0x30000);
	placed(q, 0x20000ull, 0x30000ull);
	at(&q->item[1], 0x20000);
	conflict(q, BARS_RULE_OVERLAP, 0, 1);
	at(&q->item[1], 0x2f000);
	conflict(q, BARS_RULE_PAGE, 0, 1);
	q->item[0].maps = false;
	placed(q, 0x20000ull, 0x2f000ull);
	q->item[1].maps = true;
	conflict(q, BARS_RULE_CONGRUENT, 1, BARS_NONE);
	q->item[1].maps = false;
	at(&q->item[1], 0x2f800);
	conflict(q, BARS_RULE_ALIGN, 1, BARS_NONE);
	at(&q->item[1], U64_MAX);
	conflict(q, BARS_RULE_ALIGN, 1, BARS_NONE);
	at(&q->item[1], 0);
	conflict(q, BARS_RULE_ZERO, 1, BARS_NONE);
	at(&q->item[1], MIB);
	conflict(q, BARS_RULE_WINDOW, 1, BARS_NONE);
	/* At the very top. */
	at(&q->item[1], U64_MAX - 4 * KIB + 1);
	placed(q, 0x20000ull, U64_MAX - 4 * KIB + 1);
	/* With its page it is not in the window. */
	q->item[0].maps = true;
	q->window[0].range.last = 0x2fffe;
	conflict(q, BARS_RULE_WINDOW, 0, BARS_NONE);
	keep(q, 0x2ffff, 0x2ffff);
	q->r.windows = 0;
	assert_int_equal(conflict(q, BARS_RULE_KEPT, 0, BARS_NONE).kept, 0);
	keep(q, U64_MAX, U64_MAX);
	q->kept[0] = (struct resv_range){ 0x30000, 0x3ffff };
	assert_int_equal(conflict(q, BARS_RULE_KEPT, 1, BARS_NONE).kept, 1);
	q->r.kepts = 1;
	placed(q, 0x20000ull, U64_MAX - 4 * KIB + 1);
}

static void all_pins_are_looked_at(void **state)
{
	struct request *q = begin(KIB64);

	window(q, 0x10000000, MIB);
	at(mapped(q, "a", 0, 4 * KIB), 0x10000000);
	at(item(q, "b", 0, 4 * KIB), 0x10001000);
	at(item(q, "c", 0, 4 * KIB), 0x20000000);
	at(item(q, "d", 0, 4 * KIB), 0x10000800);
	assert_int_equal(bars_place(&q->r), -ENOSPC);
	assert_int_equal(q->r.conflicts, 3);
	assert_int_equal(q->r.conflict[0].rule, BARS_RULE_ALIGN);
	assert_int_equal(q->r.conflict[0].a, 3);
	assert_int_equal(q->r.conflict[1].rule, BARS_RULE_PAGE);
	assert_int_equal(q->r.conflict[1].a, 0);
	assert_int_equal(q->r.conflict[1].b, 1);
	assert_int_equal(q->r.conflict[2].rule, BARS_RULE_WINDOW);
	assert_int_equal(q->r.conflict[2].a, 2);
	free(q->r.conflict);
}

static void no_room_has_numbers(void **state)
{
	struct request *q = begin(KIB64);
	struct bars_conflict c;

	/* Four blocks: one is kept, one is pinned, two are taken by one BAR. */
	window(q, 0x10000000, 4 * KIB64);
	keep(q, 0x10010000, 0x10010fff);
	mapped(q, "a", 0, 2 * KIB64);
	mapped(q, "b", 0, 4 * KIB);
	at(item(q, "c", 0, 4 * KIB), 0x10000000);
	c = conflict(q, BARS_RULE_ROOM, 1, 0);
	assert_int_equal(c.block, KIB64);
	assert_int_equal(c.blocks, 4);
	assert_int_equal(c.blocks_kept, 1);
	assert_int_equal(c.blocks_pinned, 1);
	assert_int_equal(c.blocks_placed, 2);
	/* The pinned one alone. */
	q->item[0].size = 4 * KIB;
	q->window[0].range.last = 0x1001ffff;
	c = conflict(q, BARS_RULE_ROOM, 0, 2);
	assert_int_equal(c.blocks, 2);
	assert_int_equal(c.blocks_placed, 0);
	/* What is kept, alone. */
	q->item[2].address = 0x10000000;
	q->r.items = 2;
	keep(q, 0x10000000, 0x10000000);
	c = conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	assert_int_equal(c.blocks_kept, 2);
	/* The largest of several, in the windows where it might have been. */
	q->r.kepts = 0;
	q->window[0].range.last = 0x1006ffff;
	q->r.items = 0;
	memset(q->item, 0, sizeof(q->item));
	item(q, "x", 0, 2 * KIB64);
	item(q, "y", 0, 4 * KIB64);
	item(q, "z", 0, KIB64);
	item(q, "a", 0, 2 * GIB)->wide = true;
	mapped(q, "zz", 0, 4 * KIB);
	window(q, 2 * FOUR_GIB, 2 * GIB);
	c = conflict(q, BARS_RULE_ROOM, 4, 1);
	assert_int_equal(c.blocks, 7);
	assert_int_equal(c.blocks_placed, 7);
	q->r.windows = 1;
	q->r.items = 0;
	memset(q->item, 0, sizeof(q->item));
	mapped(q, "a", 0, 4 * KIB);
	mapped(q, "b", 0, 4 * KIB);
	q->window[0].range.last = 0x1001ffff;
	/* The window is too small by itself, or there is no window for it. */
	q->item[0].size = 4 * KIB64;
	c = conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	assert_int_equal(c.blocks, 0);
	q->window[0].range = (struct resv_range){ FOUR_GIB, FOUR_GIB + GIB };
	c = conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	assert_int_equal(c.blocks, 0);
	/* It begins in the middle of a block. */
	q->window[0].range = (struct resv_range){ 0x10001000, 0x1000ffff };
	q->item[0].size = 4 * KIB;
	conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	q->item[0].maps = false;
	q->item[1].maps = false;
	placed(q, 0x10001000ull, 0x10002000ull);
}

static void requests_that_are_none(void **state)
{
	struct request *q = begin(KIB64);

	window(q, 0x10000000, MIB);
	placed(q);
	mapped(q, "a", 0, 4 * KIB);
	placed(q, 0x10000000ull);
#define REFUSED(member, value) do { \
	__typeof__(q->member) _old = q->member; \
	q->member = value; \
	assert_int_equal(bars_place(&q->r), -EINVAL); \
	assert_null(q->r.conflict); \
	q->member = _old; \
	} while (0)
	REFUSED(r.page_size, 0);
	REFUSED(r.page_size, 0x3000);
	REFUSED(r.guest_page_size, 0x3000);
	REFUSED(item[0].size, 0);
	REFUSED(item[0].size, 0x3000);
	REFUSED(item[0].offset, KIB64);
	REFUSED(r.windows, 0);
	REFUSED(window[0].range.last, 0xfffffff);
	item(q, "a", 0, 4 * KIB);
	assert_int_equal(bars_place(&q->r), -EINVAL);
	q->item[1].bar = 1;
	placed(q, 0x10000000ull, 0x10010000ull);
	window(q, 0x100fffff, 1);
	assert_int_equal(bars_place(&q->r), -EINVAL);
	q->window[1].range = (struct resv_range){ 0x10100000, 0x10100000 };
	placed(q, 0x10000000ull, 0x10010000ull);
	keep(q, 1, 0);
	assert_int_equal(bars_place(&q->r), -EINVAL);
}

static void the_ends_of_numbers(void **state)
{
	struct request *q = begin(1ull << 63);
	struct bars_conflict c;

	q->window[0].range = (struct resv_range){ 0, U64_MAX };
	q->r.windows = 1;
	mapped(q, "a", 0, 1)->wide = true;
	q->item[0].offset = (1ull << 63) - 1;
	placed(q, U64_MAX);
	assert_int_equal(q->item[0].own.start, 1ull << 63);
	mapped(q, "b", 0, 1)->wide = true;
	c = conflict(q, BARS_RULE_ROOM, 1, 0);
	assert_int_equal(c.blocks, 1);
	/* As many blocks as there are bytes. */
	q->r.items = 1;
	q->r.page_size = 1;
	q->item[0].offset = 0;
	keep(q, 0, U64_MAX);
	c = conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	assert_true(c.blocks == U64_MAX);
	assert_true(c.blocks_kept == U64_MAX);
	q->kept[0].last = U64_MAX - 1;
	placed(q, U64_MAX);
	q->item[0].size = 1ull << 63;
	conflict(q, BARS_RULE_ROOM, 0, BARS_NONE);
	q->r.kepts = 0;
	placed(q, 1ull << 63);
}

static void each_rule_has_words(void **state)
{
	size_t i, k;

	for (i = 0; i < BARS_RULES; i++) {
		assert_true(*bars_rule_name(i) && *bars_rule_text(i));
		for (k = 0; k < i; k++)
			assert_string_not_equal(bars_rule_name(i),
						bars_rule_name(k));
	}
}

/* Random ones */

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static bool one_in(u64 n)
{
	return random64() % n == 0;
}

/* Bytes that a BAR has for itself, found page by page. */
static struct resv_range pages_of(const struct bars_request *r,
				  const struct bars_item *i, u64 address)
{
	struct resv_range own = { address, address + i->size - 1 };
	u64 page = r->page_size;

	if (!i->maps)
		return own;
	if (r->guest_page_size > page)
		page = r->guest_page_size;
	while (own.start % page)
		own.start--;
	while (own.last % page != page - 1)
		own.last++;
	return own;
}

static bool in_range(const struct resv_range *r, u64 address)
{
	return address >= r->start && address <= r->last;
}

static bool has_bridge(const struct bars_request *r)
{
	size_t i;

	for (i = 0; i < r->windows; i++)
		if (r->window[i].prefetchable)
			return true;
	return false;
}

/* May one BAR be there, whatever the others do? */
static bool alone(const struct bars_request *r, const struct bars_item *i,
		  u64 address)
{
	struct resv_range own = pages_of(r, i, address);
	bool inside = false;
	size_t k;
	u64 n;

	if (address % i->size ||
	    (i->maps && address % r->page_size != i->offset))
		return false;
	for (n = own.start; n <= own.last; n++) {
		if (!n || (!i->wide && n >= FOUR_GIB))
			return false;
		for (k = 0; k < r->kepts; k++)
			if (in_range(&r->kept[k], n))
				return false;
	}
	for (k = 0; k < r->windows; k++)
		inside |= own.start >= r->window[k].range.start &&
			  own.last <= r->window[k].range.last &&
			  (i->prefetchable || !r->window[k].prefetchable);
	return inside || !r->windows;
}

static bool same_host_page(const struct bars_request *r,
			   const struct bars_item *a, const struct bars_item *b)
{
	return a->maps && b->maps && a->has_host && b->has_host &&
	       a->size < r->page_size && b->size < r->page_size &&
	       a->host_page == b->host_page;
}

/* May two BARs be there, as far as they are concerned? */
static bool pair(const struct bars_request *r, const struct bars_item *a,
		 u64 at_a, const struct bars_item *b, u64 at_b)
{
	struct resv_range pages_a = pages_of(r, a, at_a);
	struct resv_range pages_b = pages_of(r, b, at_b);
	u64 n;

	for (n = at_a; n < at_a + a->size; n++)
		if (n >= at_b && n < at_b + b->size)
			return false;
	if (same_host_page(r, a, b))
		return at_a - a->offset == at_b - b->offset;
	for (n = at_a; n < at_a + a->size; n++)
		if (in_range(&pages_b, n))
			return false;
	for (n = at_b; n < at_b + b->size; n++)
		if (in_range(&pages_a, n))
			return false;
	/* A page of the guest of two of the host's is no page for either. */
	for (n = pages_a.start; n <= pages_a.last; n++)
		if (in_range(&pages_b, n))
			return false;
	return true;
}

/*
 * How good a placement is, the most important number first: bytes in the zones
 * that are preferred, and how far it gets in each; less is better.
 */
struct score {
	u64 n[5];
};

static void grade(const struct bars_request *r, const u64 *address,
		  struct score *score)
{
	bool bridge = has_bridge(r);
	u8 seen[3][256] = { { 0 } };
	size_t i, k;
	u64 n;

	memset(score, 0, sizeof(*score));
	for (i = 0; i < r->items; i++) {
		struct resv_range own;

		/* Not the solver's to say. */
		if (r->item[i].pinned)
			continue;
		own = pages_of(r, &r->item[i], address[i]);
		for (n = own.start; n <= own.last; n++) {
			u64 rank[3] = { 0 };
			int zone = 0;

			for (k = 0; k < r->windows; k++) {
				const struct bars_window *w = &r->window[k];
				u64 m = w->range.start;

				for (; m <= w->range.last; m++) {
					zone = bridge && w->prefetchable;
					if (m >= FOUR_GIB)
						zone = 2;
					rank[zone]++;
					if (m == n)
						goto found;
				}
			}
			continue;
found:
			if (score->n[2 + zone] < rank[zone])
				score->n[2 + zone] = rank[zone];
			assert_true(rank[zone] < 256);
			seen[zone][rank[zone]] = 1;
		}
	}
	score->n[0] = score->n[1] = 1000;
	for (i = 0; i < 256; i++) {
		score->n[0] -= seen[2][i];
		score->n[1] -= seen[1][i];
	}
}

struct search {
	const struct bars_request *r;
	u64 address[ITEMS_MAX];
	bool found;
	struct score best;
};

static void try_item(struct search *s, size_t item);

static void try_at(struct search *s, size_t item, u64 address)
{
	size_t k;

	if (!alone(s->r, &s->r->item[item], address))
		return;
	for (k = 0; k < item; k++)
		if (!pair(s->r, &s->r->item[k], s->address[k],
			  &s->r->item[item], address))
			return;
	s->address[item] = address;
	try_item(s, item + 1);
}

static void try_item(struct search *s, size_t item)
{
	const struct bars_item *i = &s->r->item[item];
	size_t k;
	u64 n;

	if (item == s->r->items) {
		struct score score;

		grade(s->r, s->address, &score);
		for (k = 0; s->found && k < 5; k++)
			if (score.n[k] != s->best.n[k])
				break;
		if (!s->found || (k < 5 && score.n[k] < s->best.n[k]))
			s->best = score;
		s->found = true;
		return;
	}
	if (i->pinned) {
		try_at(s, item, i->address);
		return;
	}
	for (k = 0; k < s->r->windows; k++)
		for (n = s->r->window[k].range.start;
		     n <= s->r->window[k].range.last; n++)
			try_at(s, item, n);
}

/* The conflict that is said is one. */
static void check_conflict(const struct bars_request *r,
			   const struct bars_conflict *c)
{
	const struct bars_item *a = &r->item[c->a];
	const struct bars_item *b = c->b == BARS_NONE ? NULL : &r->item[c->b];
	u64 n;

	assert_true(c->a < r->items);
	switch (c->rule) {
	case BARS_RULE_OFFSET:
		for (n = 0; n < 64 * r->page_size; n += a->size)
			assert_true(n % r->page_size != a->offset);
		break;
	case BARS_RULE_ALIGN:
		assert_true(a->pinned && a->address % a->size);
		break;
	case BARS_RULE_CONGRUENT:
		assert_true(a->pinned && a->maps &&
			    a->address % r->page_size != a->offset);
		break;
	case BARS_RULE_ZERO:
		assert_true(a->pinned &&
			    !pages_of(r, a, a->address).start);
		break;
	case BARS_RULE_WIDTH:
		assert_true(!a->wide && (b ? b : a)->address >= FOUR_GIB);
		assert_true(!b || same_host_page(r, a, b));
		break;
	case BARS_RULE_PREFETCHABLE:
		assert_true(!a->prefetchable && has_bridge(r));
		break;
	case BARS_RULE_KEPT:
		assert_true(a->pinned && c->kept < r->kepts);
		assert_true(r->kept[c->kept].start <=
			    pages_of(r, a, a->address).last);
		assert_true(r->kept[c->kept].last >=
			    pages_of(r, a, a->address).start);
		break;
	case BARS_RULE_WINDOW:
		assert_true(a->pinned && r->windows);
		break;
	case BARS_RULE_OVERLAP:
	case BARS_RULE_PAGE:
		assert_non_null(b);
		if (a->pinned && b->pinned)
			assert_false(pair(r, a, a->address, b, b->address));
		break;
	case BARS_RULE_TOGETHER:
		assert_true(b && same_host_page(r, a, b));
		break;
	default:
		assert_int_equal(c->rule, BARS_RULE_ROOM);
		assert_false(a->pinned);
		assert_true(c->blocks == c->blocks_kept + c->blocks_pinned +
					 c->blocks_placed);
		assert_true(!b == !(c->blocks_pinned + c->blocks_placed));
	}
}

static void random_item(struct request *q, u64 first, u64 span)
{
	static const char *const names[] = { "c", "a", "b", "aa" };
	struct bars_item *i = item(q, names[q->r.items % 4],
				   10 - (u32)q->r.items,
				   1ull << (random64() % 4));

	i->wide = one_in(2);
	i->prefetchable = one_in(2);
	i->maps = !one_in(3);
	if (i->maps && i->size < q->r.page_size && one_in(2))
		i->offset = random64() % q->r.page_size / i->size * i->size;
	if (one_in(30))
		i->offset = random64() % q->r.page_size;
	i->has_host = one_in(2);
	i->host_page = (1 + random64() % 3) * q->r.page_size;
	if (one_in(5)) {
		u64 grain = i->maps && !one_in(8) &&
			    i->size < q->r.page_size ? q->r.page_size :
						       i->size;

		i->pinned = true;
		i->address = first + random64() % span;
		i->address = i->address / grain * grain +
			     (i->maps ? i->offset : 0);
		if (one_in(10))
			i->address++;
	}
}

/*
 * All windows lie in 48 bytes: most often in the middle of a small space, or of
 * one around 4 GiB, and now and then at 0.
 */
static void random_request(struct request *q)
{
	bool high = one_in(2);
	u64 first = high ? FOUR_GIB - 24 : one_in(4) ? 0 : 0x40;
	u64 windows = 1 + random64() % 3;
	bool bridge = one_in(3);
	u64 next = first;
	u64 i;

	if (one_in(4))
		q->r.guest_page_size = 1ull << (random64() % 5);
	for (i = 0; i < windows && next < first + 44; i++) {
		u64 size = 1 + random64() % (48 / windows);
		u64 start = next + random64() % 3;

		if (one_in(2))
			start = (start + 3) / 4 * 4;
		window(q, start, size);
		q->window[i].prefetchable = bridge && (i == 1 || one_in(2));
		next = start + size;
	}
	/* The order is the caller's. */
	if (q->r.windows > 1 && one_in(2)) {
		struct bars_window w = q->window[0];

		q->window[0] = q->window[1];
		q->window[1] = w;
	}
	for (i = 0; has_bridge(&q->r) && i < q->r.windows; i++)
		q->window[i].prefetchable |=
			q->window[i].range.last >= FOUR_GIB;
	while (one_in(3) && q->r.kepts < 2) {
		u64 start = first + random64() % 48;

		keep(q, start, start + random64() % 6);
	}
	windows = 1 + random64() % 5;
	for (i = 0; i < windows; i++)
		random_item(q, first, 48);
}

static void shuffle(struct request *q)
{
	size_t i;

	for (i = 1; i < q->r.items; i++) {
		size_t k = random64() % (i + 1);
		struct bars_item old = q->item[i];

		q->item[i] = q->item[k];
		q->item[k] = old;
	}
}

static void random_placements_equal_the_best(void **state)
{
	u32 met[BARS_RULES] = { 0 };
	u32 good = 0;
	u32 n;

	random_state = 0x9e3779b97f4a7c15ull;
	for (n = 0; n < CASES; n++) {
		struct request *q = begin(1ull << (2 + random64() % 2));
		struct search s = { .r = &q->r };
		struct bars_item before[ITEMS_MAX];
		struct score score;
		size_t i, k;
		int ret;

		random_request(q);
		try_item(&s, 0);
		memcpy(before, q->item, sizeof(before));
		ret = bars_place(&q->r);
		if (ret != (s.found ? 0 : -ENOSPC))
			fail_msg("case %u: got %d, but there is %s", n, ret,
				 s.found ? "one" : "none");
		if (ret) {
			assert_true(q->r.conflicts > 0);
			assert_memory_equal(before, q->item, sizeof(before));
			for (i = 0; i < q->r.conflicts; i++) {
				check_conflict(&q->r, &q->r.conflict[i]);
				met[q->r.conflict[i].rule]++;
			}
			free(q->r.conflict);
			continue;
		}
		good++;
		for (i = 0; i < q->r.items; i++) {
			s.address[i] = q->item[i].address;
			assert_true(alone(&q->r, &q->item[i], s.address[i]));
			assert_true(!before[i].pinned ||
				    before[i].address == s.address[i]);
			assert_true(q->item[i].own.start ==
				    pages_of(&q->r, &q->item[i],
					     s.address[i]).start);
			assert_true(q->item[i].own.last ==
				    pages_of(&q->r, &q->item[i],
					     s.address[i]).last);
			for (k = 0; k < i; k++)
				assert_true(pair(&q->r, &q->item[k],
						 s.address[k], &q->item[i],
						 s.address[i]));
		}
		grade(&q->r, s.address, &score);
		for (k = 0; k < 5; k++)
			if (score.n[k] != s.best.n[k])
				fail_msg("case %u: number %zu is %llu, the best has %llu",
					 n, k, (unsigned long long)score.n[k],
					 (unsigned long long)s.best.n[k]);
		/* Again, in another order. */
		memcpy(q->item, before, sizeof(before));
		shuffle(q);
		assert_int_equal(bars_place(&q->r), 0);
		for (i = 0; i < q->r.items; i++)
			for (k = 0; k < q->r.items; k++)
				if (before[i].bar == q->item[k].bar)
					assert_true(q->item[k].address ==
						    s.address[i]);
	}
	/* All of it was tried. */
	assert_true(good > CASES / 5);
	for (n = 0; n < BARS_RULES; n++)
		if (met[n] < 20)
			fail_msg("%s: met %u times only", bars_rule_name(n),
				 met[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mapped_bars_have_pages_of_their_own),
		cmocka_unit_test(the_offset_is_the_hosts),
		cmocka_unit_test(one_page_of_the_host_is_one_of_the_guest),
		cmocka_unit_test(what_is_above_four_gib),
		cmocka_unit_test(behind_a_bridge),
		cmocka_unit_test(pins_that_cannot_be),
		cmocka_unit_test(all_pins_are_looked_at),
		cmocka_unit_test(no_room_has_numbers),
		cmocka_unit_test(requests_that_are_none),
		cmocka_unit_test(the_ends_of_numbers),
		cmocka_unit_test(each_rule_has_words),
		cmocka_unit_test(random_placements_equal_the_best),
	};

	return cmocka_run_group_tests_name("bars_place", tests, NULL, NULL);
}
