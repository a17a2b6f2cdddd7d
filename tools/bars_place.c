// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_place.c - where a guest can have the BARs of devices that it is given
 *
 * What a BAR has for itself is a block: as many bytes as a power of two says,
 * at a multiple of as many. For a BAR that traps it is the BAR; for one that is
 * mapped it is the larger of the BAR and a page, and BARs that are in one page
 * of the host share one. Pinned BARs are blocks, too, that are in the way.
 *
 * With such blocks the obvious way is the best one: the largest first, each at
 * the first place that is left. Why: a block of some size takes a whole number
 * of the places that there are for any smaller size, and wherever it is put it
 * takes the same number. So where the first place that is left for a block lies
 * behind some address, larger or equal blocks fill all its places up to there,
 * in this placement and, wherever they are put, in any other: no placement ends
 * in front of that address.
 *
 * Zones: not all blocks may be everywhere, but of two blocks one may be
 * wherever the other may. A block that may be in a higher zone goes there if it
 * can. If a placement had it below, though there was a place above, what is in
 * that place would consist of smaller blocks, which may be below as well: the
 * two can be exchanged, and the higher zone has no less in it. So this costs no
 * room, and finds a placement wherever there is one.
 */
#include "bars_place.h"
#include "problem.h"

#include <stdlib.h>

#define ZONES	3

/* BARs that have one block between them: almost always one. */
struct unit {
	size_t pin;		/* the item that pins it, or BARS_NONE */
	size_t first;		/* its first item */
	u64 block;
	unsigned int reach;	/* the highest zone for it */
	bool misplaced;		/* pinned where it has no block */
	u64 anchor;		/* where offset 0 of its items is */
	struct resv_range own;
};

struct gap {
	struct resv_range range;
	unsigned int zone;
};

struct work {
	struct bars_request *request;
	bool bridge;		/* there are prefetchable windows */
	struct bars_item **order;
	size_t *unit_of;	/* by item */
	struct unit *unit;
	size_t units;
	struct gap *gap;
	size_t gaps;
	size_t room;
};

static const struct {
	const char *name;
	const char *text;
} rules[BARS_RULES] = {
	[BARS_RULE_OFFSET] = { "offset",
		"a BAR smaller than a page is at a multiple of its size in it, a larger one at its start" },
	[BARS_RULE_ALIGN] = { "align",
		"a BAR is at a multiple of its size" },
	[BARS_RULE_CONGRUENT] = { "congruent",
		"a BAR that is mapped is at the same offset of a page in the guest as on the host" },
	[BARS_RULE_ZERO] = { "zero",
		"a BAR at address 0 counts as not set" },
	[BARS_RULE_WIDTH] = { "width",
		"a BAR of 32 bits is below 4 GiB" },
	[BARS_RULE_PREFETCHABLE] = { "prefetchable",
		"a bridge's prefetchable window is for prefetchable BARs" },
	[BARS_RULE_WINDOW] = { "window",
		"a BAR is in one window, with the whole pages that are mapped for it" },
	[BARS_RULE_KEPT] = { "kept",
		"no BAR is where the devices' group has a reserved region" },
	[BARS_RULE_OVERLAP] = { "overlap",
		"no two BARs have a byte in common" },
	[BARS_RULE_PAGE] = { "page",
		"nothing else is in the pages of a BAR that is mapped, as an access would go to the host's page" },
	[BARS_RULE_TOGETHER] = { "together",
		"BARs that are mapped and are in one page of the host are in one page of the guest" },
	[BARS_RULE_ROOM] = { "room",
		"there is a place for each BAR" },
};

const char *bars_rule_name(enum bars_rule rule)
{
	return rules[rule].name;
}

const char *bars_rule_text(enum bars_rule rule)
{
	return rules[rule].text;
}

static bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

static bool within(const struct resv_range *a, const struct resv_range *b)
{
	return b->start <= a->start && a->last <= b->last;
}

static void *zeroed(size_t count, size_t size)
{
	void *p = xrealloc(NULL, (count + 1) * size);

	memset(p, 0, (count + 1) * size);
	return p;
}

static u64 offset_of(const struct bars_item *item)
{
	return item->maps ? item->offset : 0;
}

/* Where pins have an item; 0 where they do not say. */
static u64 place_of(const struct work *w, size_t index)
{
	const struct bars_item *item;
	const struct unit *unit;

	if (index == BARS_NONE)
		return 0;
	item = &w->request->item[index];
	unit = &w->unit[w->unit_of[index]];
	if (item->pinned)
		return item->address;
	return unit->pin == BARS_NONE ? 0 : unit->anchor + offset_of(item);
}

static struct bars_conflict *add_conflict(struct work *w, enum bars_rule rule,
					  size_t a, size_t b, size_t kept)
{
	struct bars_request *request = w->request;
	struct bars_conflict *c;

	request->conflict = xrealloc(request->conflict,
				     (request->conflicts + 1) *
				     sizeof(*request->conflict));
	c = &request->conflict[request->conflicts++];
	*c = (struct bars_conflict){
		.rule = rule,
		.a = a,
		.b = b,
		.a_at = place_of(w, a),
		.b_at = place_of(w, b),
		.kept = kept,
	};
	return c;
}

/*
 * The request
 */

static int by_name(const void *a, const void *b)
{
	const struct bars_item *x = *(const struct bars_item * const *)a;
	const struct bars_item *y = *(const struct bars_item * const *)b;
	int ret = strcmp(x->device, y->device);

	return ret ? ret : (x->bar > y->bar) - (x->bar < y->bar);
}

static bool sort_items(struct work *w)
{
	struct bars_request *request = w->request;
	size_t i;

	for (i = 0; i < request->items; i++)
		w->order[i] = &request->item[i];
	qsort(w->order, request->items, sizeof(*w->order), by_name);
	for (i = 1; i < request->items; i++)
		if (!by_name(&w->order[i - 1], &w->order[i]))
			return false;
	return true;
}

static bool are_windows(struct work *w)
{
	const struct bars_request *request = w->request;
	size_t i, j;

	for (i = 0; i < request->windows; i++)
		w->bridge |= request->window[i].prefetchable;
	for (i = 0; i < request->windows; i++) {
		const struct bars_window *window = &request->window[i];

		if (window->range.start > window->range.last ||
		    (w->bridge && !window->prefetchable &&
		     window->range.last > BARS_LAST_32))
			return false;
		for (j = 0; j < i; j++)
			if (resv_range_overlaps(&window->range,
						&request->window[j].range))
				return false;
	}
	return true;
}

static bool are_items(const struct bars_request *request)
{
	size_t i;

	for (i = 0; i < request->items; i++) {
		const struct bars_item *item = &request->item[i];

		if (!is_power_of_two(item->size) ||
		    (item->maps && item->offset >= request->page_size) ||
		    (!item->pinned && !request->windows))
			return false;
	}
	return true;
}

static bool is_request(struct work *w)
{
	const struct bars_request *request = w->request;
	size_t i;

	if (!is_power_of_two(request->page_size) ||
	    (request->guest_page_size &&
	     !is_power_of_two(request->guest_page_size)))
		return false;
	for (i = 0; i < request->kepts; i++)
		if (request->kept[i].start > request->kept[i].last)
			return false;
	return are_windows(w) && are_items(request) && sort_items(w);
}

/*
 * Units
 */

/* How many bytes it has for itself, at a multiple of as many. */
static u64 block_of(const struct bars_request *request,
		    const struct bars_item *item)
{
	u64 block = item->size;

	if (item->maps && block < request->page_size)
		block = request->page_size;
	if (item->maps && block < request->guest_page_size)
		block = request->guest_page_size;
	return block;
}

struct resv_range bars_own(const struct bars_request *request,
			   const struct bars_item *item, u64 address)
{
	u64 mask = block_of(request, item) - 1;

	return (struct resv_range){ address & ~mask, address | mask };
}

/* Is there any address of that size with that offset? */
static bool is_offset(const struct bars_request *request,
		      const struct bars_item *item)
{
	if (!item->maps)
		return true;
	if (item->size >= request->page_size)
		return !item->offset;
	return !(item->offset & (item->size - 1));
}

static unsigned int reach_of(const struct work *w, const struct bars_item *item)
{
	if (w->bridge && !item->prefetchable)
		return 0;
	if (item->wide)
		return 2;
	return w->bridge ? 1 : 0;
}

/* The unit of others in the same page of the host, or BARS_NONE. */
static size_t unit_with_page(const struct work *w, size_t rank)
{
	const struct bars_request *request = w->request;
	const struct bars_item *item = w->order[rank];
	size_t i;

	if (!item->maps || !item->has_host || item->size >= request->page_size)
		return BARS_NONE;
	for (i = 0; i < rank; i++) {
		const struct bars_item *other = w->order[i];

		if (other->maps && other->has_host &&
		    other->size < request->page_size &&
		    other->host_page == item->host_page)
			return w->unit_of[other - request->item];
	}
	return BARS_NONE;
}

/* Two BARs that would be at the same place of their page. */
static void check_offsets(struct work *w, size_t unit, size_t rank)
{
	const struct bars_item *a = w->order[rank];
	const struct bars_item *item = w->request->item;
	size_t i;

	for (i = 0; i < rank; i++) {
		const struct bars_item *b = w->order[i];

		if (w->unit_of[b - item] == unit &&
		    a->offset < b->offset + b->size &&
		    b->offset < a->offset + a->size)
			add_conflict(w, BARS_RULE_TOGETHER,
				     (size_t)(b - item), (size_t)(a - item),
				     BARS_NONE);
	}
}

static void make_units(struct work *w)
{
	struct bars_request *request = w->request;
	size_t rank;

	for (rank = 0; rank < request->items; rank++) {
		const struct bars_item *item = w->order[rank];
		size_t index = (size_t)(item - request->item);
		size_t unit = unit_with_page(w, rank);
		unsigned int reach = reach_of(w, item);

		if (unit == BARS_NONE) {
			unit = w->units++;
			w->unit[unit] = (struct unit){
				.pin = BARS_NONE,
				.first = index,
				.block = block_of(request, item),
				.reach = reach,
			};
		}
		w->unit_of[index] = unit;
		if (w->unit[unit].reach > reach)
			w->unit[unit].reach = reach;
		check_offsets(w, unit, rank);
		if (!is_offset(request, item))
			add_conflict(w, BARS_RULE_OFFSET, index, BARS_NONE,
				     BARS_NONE);
	}
}

/*
 * Pins
 */

/* An item that says where its unit is. */
static void pin_unit(struct work *w, size_t index)
{
	struct bars_request *request = w->request;
	struct bars_item *item = &request->item[index];
	struct unit *unit = &w->unit[w->unit_of[index]];
	u64 anchor = item->address - offset_of(item);

	if (!is_offset(request, item)) {
		/* That has been said. */
		unit->misplaced = true;
	} else if (item->address & (item->size - 1)) {
		add_conflict(w, BARS_RULE_ALIGN, index, BARS_NONE,
			     BARS_NONE);
		unit->misplaced = true;
	} else if (item->maps &&
		   (item->address & (request->page_size - 1)) != item->offset) {
		add_conflict(w, BARS_RULE_CONGRUENT, index, BARS_NONE,
			     BARS_NONE);
		unit->misplaced = true;
	} else if (unit->pin != BARS_NONE && unit->anchor != anchor) {
		add_conflict(w, BARS_RULE_TOGETHER, unit->pin, index,
			     BARS_NONE);
		unit->misplaced = true;
	} else if (unit->pin == BARS_NONE) {
		unit->pin = index;
		unit->anchor = anchor;
		unit->own = bars_own(request, item, item->address);
	}
}

/* Which rule keeps a block out of the windows; BARS_RULES for none. */
static enum bars_rule window_rule(const struct work *w, const struct unit *unit)
{
	const struct bars_request *request = w->request;
	enum bars_rule rule = BARS_RULE_WINDOW;
	size_t i;

	if (!request->windows)
		return BARS_RULES;
	for (i = 0; i < request->windows; i++) {
		const struct bars_window *window = &request->window[i];

		if (!within(&unit->own, &window->range))
			continue;
		if (!window->prefetchable || unit->reach)
			return BARS_RULES;
		rule = BARS_RULE_PREFETCHABLE;
	}
	return rule;
}

/* The BAR that keeps its unit out of prefetchable windows. */
static size_t unprefetchable(const struct work *w, const struct unit *unit)
{
	const struct bars_request *request = w->request;
	size_t i;

	for (i = 0; i < request->items; i++) {
		size_t index = (size_t)(w->order[i] - request->item);

		if (&w->unit[w->unit_of[index]] == unit &&
		    !request->item[index].prefetchable)
			return index;
	}
	return unit->pin;
}

/* One of two, if they differ. */
static size_t other(size_t a, size_t b)
{
	return a == b ? BARS_NONE : b;
}

static void check_pinned_unit(struct work *w, const struct unit *unit)
{
	struct bars_request *request = w->request;
	enum bars_rule rule = window_rule(w, unit);
	size_t about = unit->pin;
	size_t i;

	if (!unit->own.start)
		add_conflict(w, BARS_RULE_ZERO, unit->pin, BARS_NONE,
			     BARS_NONE);
	for (i = 0; i < request->items; i++) {
		size_t index = (size_t)(w->order[i] - request->item);
		const struct bars_item *item = w->order[i];

		if (&w->unit[w->unit_of[index]] == unit && !item->wide &&
		    unit->own.last > BARS_LAST_32)
			add_conflict(w, BARS_RULE_WIDTH, index,
				     other(index, unit->pin), BARS_NONE);
	}
	if (rule == BARS_RULE_PREFETCHABLE)
		about = unprefetchable(w, unit);
	if (rule != BARS_RULES)
		add_conflict(w, rule, about, other(about, unit->pin),
			     BARS_NONE);
	for (i = 0; i < request->kepts; i++)
		if (resv_range_overlaps(&unit->own, &request->kept[i])) {
			add_conflict(w, BARS_RULE_KEPT, unit->pin,
				     BARS_NONE, i);
			break;
		}
}

/* Do items of two units have a byte in common? */
static bool check_bytes(struct work *w, const struct unit *a,
			const struct unit *b)
{
	struct bars_request *request = w->request;
	size_t i, j;

	for (i = 0; i < request->items; i++) {
		if (&w->unit[w->unit_of[i]] != a)
			continue;
		for (j = 0; j < request->items; j++) {
			const struct bars_item *x = &request->item[i];
			const struct bars_item *y = &request->item[j];
			u64 at = a->anchor + offset_of(x);
			u64 there = b->anchor + offset_of(y);

			if (&w->unit[w->unit_of[j]] == b &&
			    at <= there + (y->size - 1) &&
			    there <= at + (x->size - 1)) {
				add_conflict(w, BARS_RULE_OVERLAP, i, j,
					     BARS_NONE);
				return true;
			}
		}
	}
	return false;
}

static void check_pins(struct work *w)
{
	struct bars_request *request = w->request;
	size_t i, j;

	for (i = 0; i < request->items; i++)
		if (w->order[i]->pinned)
			pin_unit(w, (size_t)(w->order[i] - request->item));
	for (i = 0; i < w->units; i++) {
		struct unit *a = &w->unit[i];

		if (a->pin == BARS_NONE || a->misplaced)
			continue;
		check_pinned_unit(w, a);
		for (j = 0; j < i; j++) {
			struct unit *b = &w->unit[j];

			if (b->pin == BARS_NONE || b->misplaced ||
			    !resv_range_overlaps(&a->own, &b->own) ||
			    check_bytes(w, b, a))
				continue;
			add_conflict(w, BARS_RULE_PAGE, b->pin, a->pin,
				     BARS_NONE);
		}
	}
}

/*
 * Gaps
 */

static void add_gap(struct work *w, size_t at, u64 start, u64 last,
		    unsigned int zone)
{
	if (start > last)
		return;
	if (w->gaps == w->room) {
		w->room = 2 * w->room + 8;
		w->gap = xrealloc(w->gap, w->room * sizeof(*w->gap));
	}
	memmove(&w->gap[at + 1], &w->gap[at],
		(w->gaps - at) * sizeof(*w->gap));
	w->gap[at] = (struct gap){ { start, last }, zone };
	w->gaps++;
}

/* The part of a window that is in a zone; it ends before it starts for none. */
static struct resv_range part_of(const struct bars_window *window,
				 unsigned int zone)
{
	struct resv_range part = window->range;

	if (zone == 2 && part.start <= BARS_LAST_32)
		part.start = BARS_LAST_32 + 1;
	if (zone < 2 && part.last > BARS_LAST_32)
		part.last = BARS_LAST_32;
	if (zone < 2 && window->prefetchable != (zone == 1))
		part = (struct resv_range){ 1, 0 };
	return part;
}

/* All windows; in a zone the former comes first. */
static void open_gaps(struct work *w)
{
	const struct bars_request *request = w->request;
	unsigned int zone;
	size_t i;

	w->gaps = 0;
	for (i = 0; i < request->windows; i++)
		for (zone = 0; zone < ZONES; zone++) {
			struct resv_range part = part_of(&request->window[i],
							 zone);

			add_gap(w, w->gaps, part.start, part.last, zone);
		}
}

static void take(struct work *w, const struct resv_range *range)
{
	size_t i = 0;

	while (i < w->gaps) {
		struct gap old = w->gap[i];

		if (!resv_range_overlaps(&old.range, range)) {
			i++;
			continue;
		}
		memmove(&w->gap[i], &w->gap[i + 1],
			(w->gaps - i - 1) * sizeof(*w->gap));
		w->gaps--;
		/* Both are clear of the range: not looked at again. */
		if (old.range.start < range->start) {
			add_gap(w, i, old.range.start, range->start - 1,
				old.zone);
			i++;
		}
		if (old.range.last > range->last) {
			add_gap(w, i, range->last + 1, old.range.last,
				old.zone);
			i++;
		}
	}
}

static void take_kept(struct work *w)
{
	static const struct resv_range zero = { 0, 0 };
	const struct bars_request *request = w->request;
	size_t i;

	take(w, &zero);
	for (i = 0; i < request->kepts; i++)
		take(w, &request->kept[i]);
}

static void take_pinned(struct work *w)
{
	size_t i;

	for (i = 0; i < w->units; i++)
		if (w->unit[i].pin != BARS_NONE)
			take(w, &w->unit[i].own);
}

/* The first whole block in a gap; false where there is none. */
static bool first_block(const struct gap *gap, u64 block, u64 *start)
{
	u64 up = (0 - gap->range.start) & (block - 1);

	*start = gap->range.start + up;
	return *start >= gap->range.start && *start <= gap->range.last &&
	       gap->range.last - *start >= block - 1;
}

static u64 count_blocks(const struct work *w, u64 block, unsigned int reach)
{
	u64 blocks = 0;
	u64 start;
	size_t i;

	for (i = 0; i < w->gaps; i++) {
		const struct gap *gap = &w->gap[i];
		u64 more;

		if (gap->zone > reach || !first_block(gap, block, &start))
			continue;
		/* One less than there are, whose number may be 2^64. */
		more = (gap->range.last - start - (block - 1)) / block;
		blocks = blocks > U64_MAX - more ? U64_MAX : blocks + more;
		blocks += blocks < U64_MAX;
	}
	return blocks;
}

/*
 * Placing
 */

static int by_block(const void *a, const void *b)
{
	const struct unit *x = *(const struct unit * const *)a;
	const struct unit *y = *(const struct unit * const *)b;

	if (x->block != y->block)
		return x->block < y->block ? 1 : -1;
	/* They are in the order of names. */
	return (x > y) - (x < y);
}

static bool place_unit(struct work *w, struct unit *unit)
{
	unsigned int zone;
	size_t i;

	for (zone = unit->reach + 1; zone-- > 0;) {
		for (i = 0; i < w->gaps; i++) {
			if (w->gap[i].zone != zone ||
			    !first_block(&w->gap[i], unit->block,
					 &unit->anchor))
				continue;
			unit->own.start = unit->anchor;
			unit->own.last = unit->anchor + (unit->block - 1);
			take(w, &unit->own);
			return true;
		}
	}
	return false;
}

/* Is a unit in a place that another might have had? */
static bool is_rival(const struct work *w, const struct unit *rival,
		     const struct unit *unit)
{
	const struct bars_request *request = w->request;
	unsigned int zone;
	size_t i;

	for (i = 0; i < request->windows; i++)
		for (zone = 0; zone <= unit->reach; zone++) {
			struct resv_range part = part_of(&request->window[i],
							 zone);

			if (part.start <= part.last &&
			    resv_range_overlaps(&part, &rival->own))
				return true;
		}
	return false;
}

/* @placed: units that have been placed, in that order: no room for @unit. */
static void add_no_room(struct work *w, struct unit **placed, size_t count,
			const struct unit *unit)
{
	const struct unit *rival = NULL;
	struct bars_conflict *c;
	u64 left;
	size_t i;

	c = add_conflict(w, BARS_RULE_ROOM, unit->first, BARS_NONE, BARS_NONE);
	c->block = unit->block;
	open_gaps(w);
	c->blocks = count_blocks(w, unit->block, unit->reach);
	take_kept(w);
	left = count_blocks(w, unit->block, unit->reach);
	c->blocks_kept = c->blocks - left;
	take_pinned(w);
	c->blocks_placed = count_blocks(w, unit->block, unit->reach);
	c->blocks_pinned = left - c->blocks_placed;
	for (i = 0; i < w->units; i++)
		if (w->unit[i].pin != BARS_NONE &&
		    is_rival(w, &w->unit[i], unit) &&
		    (!rival || rival->block < w->unit[i].block))
			rival = &w->unit[i];
	for (i = 0; i < count; i++)
		if (is_rival(w, placed[i], unit) &&
		    (!rival || rival->block < placed[i]->block))
			rival = placed[i];
	if (rival && c->blocks > c->blocks_kept)
		c->b = rival->first;
}

static int place_units(struct work *w)
{
	struct unit **unit = zeroed(w->units, sizeof(*unit));
	size_t count = 0;
	int ret = 0;
	size_t i;

	for (i = 0; i < w->units; i++)
		if (w->unit[i].pin == BARS_NONE)
			unit[count++] = &w->unit[i];
	qsort(unit, count, sizeof(*unit), by_block);
	open_gaps(w);
	take_kept(w);
	take_pinned(w);
	for (i = 0; !ret && i < count; i++) {
		if (place_unit(w, unit[i]))
			continue;
		add_no_room(w, unit, i, unit[i]);
		ret = -ENOSPC;
	}
	free(unit);
	return ret;
}

int bars_place(struct bars_request *request)
{
	size_t items = request->items;
	struct work w = { .request = request };
	int ret = -EINVAL;
	size_t i;

	request->conflict = NULL;
	request->conflicts = 0;
	w.order = zeroed(items, sizeof(*w.order));
	w.unit_of = zeroed(items, sizeof(*w.unit_of));
	w.unit = zeroed(items, sizeof(*w.unit));
	if (!is_request(&w))
		goto out;
	make_units(&w);
	check_pins(&w);
	ret = request->conflicts ? -ENOSPC : place_units(&w);
	if (ret)
		goto out;
	for (i = 0; i < items; i++) {
		struct unit *unit = &w.unit[w.unit_of[i]];

		request->item[i].address = unit->anchor +
					   offset_of(&request->item[i]);
		request->item[i].own = unit->own;
	}
out:
	free(w.gap);
	free(w.unit);
	free(w.unit_of);
	free(w.order);
	return ret;
}
