/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ranges.h - small sorted sets of address ranges
 *
 * Both ends are inclusive ("last"), so that a range may reach the top of the
 * 64-bit space. A set is sorted, its members neither overlap nor touch. It has
 * a fixed capacity, because it is filled where an allocation must not fail; a
 * set that is full joins its two closest neighbours: it then covers more than
 * was asked for, never less, and says so in @widened.
 */
#ifndef IOMMU_RESV_RANGES_H
#define IOMMU_RESV_RANGES_H

#include "env.h"

/**
 * struct resv_range - an inclusive range of bus addresses (IOVAs)
 * @start: first byte
 * @last: last byte, never below @start
 */
struct resv_range {
	u64 start;
	u64 last;
};

/* Have two ranges, neither of them empty, an address in common? */
static inline bool resv_range_overlaps(const struct resv_range *a,
				       const struct resv_range *b)
{
	return a->start <= b->last && b->start <= a->last;
}

/**
 * struct resv_ranges - a sorted set of disjoint, non-adjacent ranges
 * @r: storage, given by the caller
 * @max: capacity of @r, at least 1
 * @count: members in use
 * @widened: two members were joined over a gap because the set was full
 */
struct resv_ranges {
	struct resv_range *r;
	u32 max;
	u32 count;
	bool widened;
};

/**
 * resv_ranges_init() - start an empty set over the caller's storage
 * @set: the set
 * @storage: array of @max members, outlives the set
 * @max: capacity, at least 1
 */
void resv_ranges_init(struct resv_ranges *set, struct resv_range *storage,
		      u32 max);

/**
 * resv_ranges_add() - unite a range with the set
 * @set: the set
 * @start: first byte
 * @last: last byte; below @start nothing happens
 */
void resv_ranges_add(struct resv_ranges *set, u64 start, u64 last);

/**
 * resv_ranges_subtract() - take a range out of the set
 * @set: the set
 * @start: first byte
 * @last: last byte; below @start nothing happens
 *
 * Splitting a member needs a free place. Where there is none the member stays
 * whole and @widened is set: the set never loses an address it should keep.
 */
void resv_ranges_subtract(struct resv_ranges *set, u64 start, u64 last);

/**
 * resv_ranges_align_out() - widen every member to whole pages
 * @set: the set
 * @page_size: a power of two, in bytes
 */
void resv_ranges_align_out(struct resv_ranges *set, u64 page_size);

/**
 * resv_ranges_for_each_gap() - visit the complement inside an aperture
 * @set: the set
 * @aperture: the addresses that exist at all
 * @page_size: gaps are shrunk to whole pages of this power of two
 * @fn: called for each gap that holds at least one page, in rising order; a
 *	value other than 0 ends the walk
 * @ctx: handed to @fn
 *
 * Return: 0, or what @fn returned.
 */
int resv_ranges_for_each_gap(const struct resv_ranges *set,
			     struct resv_range aperture, u64 page_size,
			     int (*fn)(void *ctx, u64 start, u64 last),
			     void *ctx);

#endif
