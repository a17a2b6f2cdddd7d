// SPDX-License-Identifier: GPL-2.0-only
/*
 * ranges.c - small sorted sets of address ranges
 *
 * Plain arrays and linear walks: a device has a handful of ranges. Everything
 * counts in inclusive last addresses, so nothing may compute last + 1 without
 * asking for the top of the address space first. Contracts are in ranges.h;
 * compiled into the module and into the host's tests.
 */
#include "ranges.h"

void resv_ranges_init(struct resv_ranges *set, struct resv_range *storage,
		      u32 max)
{
	set->r = storage;
	set->max = max;
	set->count = 0;
	set->widened = false;
}

/* Does a range that ends at @last overlap or touch one that starts at @start? */
static bool range_reaches(u64 last, u64 start)
{
	return last == U64_MAX || last + 1 >= start;
}

/* Forget members @first up to, but not including, @end. */
static void ranges_remove(struct resv_ranges *set, u32 first, u32 end)
{
	u32 i;

	for (i = end; i < set->count; i++)
		set->r[first + i - end] = set->r[i];
	set->count -= end - first;
}

/* Place a range before member @at; the caller knows that there is room. */
static void ranges_insert(struct resv_ranges *set, u32 at, u64 start, u64 last)
{
	u32 i;

	for (i = set->count; i > at; i--)
		set->r[i] = set->r[i - 1];
	set->r[at].start = start;
	set->r[at].last = last;
	set->count++;
}

/*
 * The set is full and the new range lies apart from all members, before member
 * @at. Close the narrowest of all gaps, those beside the new range included.
 */
static void ranges_add_full(struct resv_ranges *set, u32 at, u64 start,
			    u64 last)
{
	u64 narrowest = U64_MAX;
	u32 join = 0;
	u32 i;

	set->widened = true;
	for (i = 1; i < set->count; i++) {
		if (i == at)
			continue;
		if (set->r[i].start - set->r[i - 1].last < narrowest) {
			narrowest = set->r[i].start - set->r[i - 1].last;
			join = i;
		}
	}
	if (at > 0 && start - set->r[at - 1].last <= narrowest &&
	    (at == set->count ||
	     start - set->r[at - 1].last <= set->r[at].start - last)) {
		set->r[at - 1].last = last;
		return;
	}
	if (at < set->count && set->r[at].start - last <= narrowest) {
		set->r[at].start = start;
		return;
	}
	set->r[join - 1].last = set->r[join].last;
	ranges_remove(set, join, join + 1);
	ranges_insert(set, at > join ? at - 1 : at, start, last);
}

void resv_ranges_add(struct resv_ranges *set, u64 start, u64 last)
{
	u32 first = 0;
	u32 end;

	if (last < start)
		return;

	while (first < set->count &&
	       !range_reaches(set->r[first].last, start))
		first++;
	end = first;
	while (end < set->count && range_reaches(last, set->r[end].start))
		end++;

	if (first == end) {
		if (set->count == set->max)
			ranges_add_full(set, first, start, last);
		else
			ranges_insert(set, first, start, last);
		return;
	}

	if (start < set->r[first].start)
		set->r[first].start = start;
	if (last < set->r[end - 1].last)
		last = set->r[end - 1].last;
	set->r[first].last = last;
	ranges_remove(set, first + 1, end);
}

void resv_ranges_subtract(struct resv_ranges *set, u64 start, u64 last)
{
	u32 i = 0;

	if (last < start)
		return;

	while (i < set->count) {
		struct resv_range *r = &set->r[i];
		bool keeps_head = r->start < start;
		bool keeps_tail = r->last > last;

		if (r->last < start || r->start > last) {
			i++;
		} else if (keeps_head && keeps_tail) {
			if (set->count == set->max) {
				set->widened = true;
				return;
			}
			ranges_insert(set, i + 1, last + 1, r->last);
			set->r[i].last = start - 1;
			return;
		} else if (keeps_head) {
			r->last = start - 1;
			i++;
		} else if (keeps_tail) {
			r->start = last + 1;
			return;
		} else {
			ranges_remove(set, i, i + 1);
		}
	}
}

void resv_ranges_align_out(struct resv_ranges *set, u64 page_size)
{
	u64 mask = page_size - 1;
	u32 kept = 0;
	u32 i;

	for (i = 0; i < set->count; i++) {
		struct resv_range r = {
			.start = set->r[i].start & ~mask,
			.last = set->r[i].last | mask,
		};

		if (kept && range_reaches(set->r[kept - 1].last, r.start))
			set->r[kept - 1].last = r.last;
		else
			set->r[kept++] = r;
	}
	set->count = kept;
}

/* Visit @start..@last, shrunk to whole pages, if a page is left of it. */
static int visit_gap(u64 start, u64 last, u64 page_size,
		     int (*fn)(void *ctx, u64 start, u64 last), void *ctx)
{
	u64 mask = page_size - 1;

	if (start > U64_MAX - mask)
		return 0;
	start = (start + mask) & ~mask;
	if (last != U64_MAX) {
		if (last < mask)
			return 0;
		last = ((last + 1) & ~mask) - 1;
	}
	return start <= last ? fn(ctx, start, last) : 0;
}

int resv_ranges_for_each_gap(const struct resv_ranges *set,
			     struct resv_range aperture, u64 page_size,
			     int (*fn)(void *ctx, u64 start, u64 last),
			     void *ctx)
{
	u64 start = aperture.start;
	int ret;
	u32 i;

	if (aperture.last < aperture.start)
		return 0;

	for (i = 0; i < set->count; i++) {
		const struct resv_range *r = &set->r[i];

		if (r->last < start)
			continue;
		if (r->start > aperture.last)
			break;
		if (r->start > start) {
			ret = visit_gap(start, r->start - 1, page_size, fn,
					ctx);
			if (ret)
				return ret;
		}
		if (r->last >= aperture.last)
			return 0;
		start = r->last + 1;
	}
	return visit_gap(start, aperture.last, page_size, fn, ctx);
}
