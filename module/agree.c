// SPDX-License-Identifier: GPL-2.0-only
/*
 * agree.c - does one list of reserved regions keep what another one says?
 *
 * Lists are those of a device or a group: a hundred regions at most, mostly two
 * or three. Nothing here is clever about long ones.
 */
#include "agree.h"

static bool resv_said_before(const struct resv_said *a,
			     const struct resv_said *b)
{
	if (a->type != b->type)
		return a->type < b->type;
	if (a->start != b->start)
		return a->start < b->start;
	return a->last < b->last;
}

u32 resv_said_normalise(struct resv_said *list, u32 count)
{
	u32 i, k, n = 0;

	for (i = 1; i < count; i++) {
		struct resv_said one = list[i];

		for (k = i; k && resv_said_before(&one, &list[k - 1]); k--)
			list[k] = list[k - 1];
		list[k] = one;
	}
	for (i = 0; i < count; i++) {
		struct resv_said *top = n ? &list[n - 1] : NULL;

		if (top && top->type == list[i].type &&
		    (top->last == U64_MAX || list[i].start <= top->last + 1)) {
			if (list[i].last > top->last)
				top->last = list[i].last;
		} else {
			list[n++] = list[i];
		}
	}
	return n;
}

u32 resv_said_common(const struct resv_said *a, u32 a_count,
		     const struct resv_said *b, u32 b_count,
		     struct resv_said *out)
{
	u32 i = 0, k = 0, n = 0;

	while (i < a_count && k < b_count) {
		u64 start, last;

		if (a[i].type != b[k].type) {
			if (a[i].type < b[k].type)
				i++;
			else
				k++;
			continue;
		}
		start = a[i].start > b[k].start ? a[i].start : b[k].start;
		last = a[i].last < b[k].last ? a[i].last : b[k].last;
		if (start <= last) {
			out[n].start = start;
			out[n].last = last;
			out[n++].type = a[i].type;
		}
		if (a[i].last < b[k].last)
			i++;
		else
			k++;
	}
	return n;
}

static bool resv_type_is_direct(enum quirk_type type)
{
	return type == QUIRK_TYPE_DIRECT || type == QUIRK_TYPE_DIRECT_RELAXABLE;
}

/* Does a region of type @have do what one of type @want is there for? */
static bool resv_type_keeps(enum quirk_type have, enum quirk_type want)
{
	if (want == QUIRK_TYPE_RESERVED)
		return have != QUIRK_TYPE_SW_MSI;
	if (resv_type_is_direct(want))
		return resv_type_is_direct(have);
	return have == want;
}

/**
 * struct resv_keeping - what may keep one wanted region
 * @type: the type that is wanted
 * @have: a normal list
 * @have_count: how many
 * @kept: addresses that nobody uses
 * @kept_count: how many
 */
struct resv_keeping {
	enum quirk_type type;
	const struct resv_said *have;
	u32 have_count;
	const struct resv_range *kept;
	u32 kept_count;
};

/* Number @i of what keeps it; false for one that does not. */
static bool resv_keeping_at(const struct resv_keeping *k, u32 i,
			    struct resv_range *r)
{
	if (i < k->have_count) {
		r->start = k->have[i].start;
		r->last = k->have[i].last;
		return resv_type_keeps(k->have[i].type, k->type);
	}
	*r = k->kept[i - k->have_count];
	return k->type == QUIRK_TYPE_RESERVED;
}

/*
 * The end of the stretch that begins at @at and is kept throughout, or not at
 * all: @kept says which.
 */
static u64 resv_keeping_stretch(const struct resv_keeping *k, u64 at, u64 last,
				bool *kept)
{
	u32 i, count = k->have_count + k->kept_count;
	struct resv_range r;
	u64 end = last;

	*kept = false;
	for (i = 0; i < count; i++) {
		if (!resv_keeping_at(k, i, &r) || r.last < at)
			continue;
		if (r.start <= at) {
			*kept = true;
			return r.last < last ? r.last : last;
		}
		if (r.start <= end)
			end = r.start - 1;
	}
	return end;
}

u32 resv_said_missing(const struct resv_said *want, u32 want_count,
		      bool windows, const struct resv_said *have, u32 have_count,
		      const struct resv_range *kept, u32 kept_count,
		      struct resv_said *out, u32 room)
{
	struct resv_keeping k = {
		.have = have,
		.have_count = have_count,
		.kept = kept,
		.kept_count = kept_count,
	};
	u32 i, n = 0;

	for (i = 0; i < want_count; i++) {
		u64 at = want[i].start;

		if (want[i].type == QUIRK_TYPE_SW_MSI && !windows)
			continue;
		k.type = want[i].type;
		for (;;) {
			bool is_kept;
			u64 end = resv_keeping_stretch(&k, at, want[i].last,
						       &is_kept);

			if (!is_kept) {
				if (out && n < room) {
					out[n].start = at;
					out[n].last = end;
					out[n].type = want[i].type;
				}
				n++;
			}
			if (end >= want[i].last)
				break;
			at = end + 1;
		}
	}
	return n;
}
