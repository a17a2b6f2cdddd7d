// SPDX-License-Identifier: GPL-2.0-only
/*
 * place.c - where the software MSI window goes
 *
 * Contracts are in place.h; compiled into the module, the command and the
 * host's tests.
 */
#include "place.h"

#define FOUR_GIB	(1ULL << 32)
/* Nothing is that large, and no sum with it wraps. */
#define SIZE_TOO_LARGE	(1ULL << 62)

static const u64 usual_preferred[] = { RESV_PLACE_USUAL_BASE };

/*
 * QEMU's "virt" machine has RAM from 1 GiB on, as long as it takes (QEMU
 * hw/arm/virt.c, base_memmap[VIRT_MEM]). kvmtool starts at 2 GiB (its
 * arm-common/kvm-arch.h, ARM_MEMORY_AREA), inside of it.
 */
static const struct resv_range usual_ram[] = {
	{ 1ULL << 30, FOUR_GIB - 1 },
};

void resv_place_request_init(struct resv_place_request *request,
			     const struct resv_ranges *forbidden,
			     struct resv_range aperture, u64 size,
			     u64 page_size)
{
	request->forbidden = forbidden;
	request->outside = NULL;
	request->aperture = aperture;
	request->limit = RESV_PLACE_LIMIT_32;
	request->own.start = 1;
	request->own.last = 0;
	request->size = size ? size : RESV_PLACE_USUAL_SIZE;
	request->page_size = page_size;
	request->preferred = usual_preferred;
	request->preferred_count = ARRAY_SIZE(usual_preferred);
	request->ram = usual_ram;
	request->ram_count = ARRAY_SIZE(usual_ram);
}

static u64 grid_of(u64 page_size)
{
	return page_size > RESV_PLACE_GRID ? page_size : RESV_PLACE_GRID;
}

/* What a window's base is a multiple of, less one. */
static u64 grid_mask(const struct resv_place_request *r)
{
	return grid_of(r->page_size) - 1;
}

/* @size in whole units of @unit, a power of two. */
static u64 round_size(u64 size, u64 unit)
{
	return size < SIZE_TOO_LARGE ? (size + unit - 1) & ~(unit - 1) :
				       SIZE_TOO_LARGE;
}

/* One walk over the gaps. @base is the answer, once @found. */
struct place_search {
	const struct resv_place_request *request;
	u64 size;
	u64 wanted;	/* this base only; 0 for the lowest one */
	bool avoid_ram;
	bool found;
	u64 base;
	u64 largest;
	struct resv_range gap;
};

/* The last byte of some known RAM that the window at @base touches, or 0. */
static u64 touched_ram(const struct place_search *s, u64 base)
{
	u32 i;

	for (i = 0; i < s->request->ram_count; i++) {
		const struct resv_range *r = &s->request->ram[i];

		if (r->start <= base + s->size - 1 && base <= r->last)
			return r->last;
	}
	return 0;
}

/*
 * @start and @last are those of whole pages. @start is not 0, so no length
 * wraps; a base is rounded up only where that stays at or below @last.
 */
static int search_gap(void *ctx, u64 start, u64 last)
{
	struct place_search *s = ctx;
	u64 mask = grid_mask(s->request);
	u64 length;
	u64 ram_last;

	if (start > U64_MAX - mask)
		return 0;
	start = (start + mask) & ~mask;
	if (start > last)
		return 0;
	length = last - start + 1;

	if (length > s->largest) {
		s->largest = length;
		s->gap.start = start;
		s->gap.last = last;
	}
	if (s->wanted) {
		if (s->wanted < start || s->wanted > last)
			return 0;
		start = s->wanted;
	}
	while (start <= last && last - start >= s->size - 1) {
		ram_last = s->avoid_ram ? touched_ram(s, start) : 0;
		if (!ram_last) {
			s->found = true;
			s->base = start;
			return 1;
		}
		if (ram_last >= last || ram_last > U64_MAX - mask - 1)
			return 0;
		start = (ram_last + 1 + mask) & ~mask;
	}
	return 0;
}

/* The part of the aperture between two addresses where a window may lie. */
static struct resv_range usable(const struct resv_place_request *r, u64 start,
				u64 last)
{
	struct resv_range range = r->aperture;

	if (start < r->page_size)
		start = r->page_size;
	if (range.start < start)
		range.start = start;
	if (range.last > last)
		range.last = last;
	return range;
}

static bool search(struct place_search *s, const struct resv_ranges *forbidden,
		   struct resv_range range)
{
	s->found = false;
	if (range.start <= range.last)
		resv_ranges_for_each_gap(forbidden, range,
					 s->request->page_size, search_gap, s);
	return s->found;
}

static bool touches(const struct resv_ranges *set, const struct resv_range *r)
{
	u32 i;

	for (i = 0; i < set->count; i++)
		if (set->r[i].start <= r->last && r->start <= set->r[i].last)
			return true;
	return false;
}

static bool inside(const struct resv_range *r, u64 start, u64 last)
{
	return start <= r->start && r->last <= last;
}

/* May the driver's own window stay as it is? */
static bool own_fits(const struct resv_place_request *r, u64 size)
{
	const struct resv_range *own = &r->own;

	return own->start && own->start <= own->last &&
	       own->last - own->start >= size - 1 &&
	       inside(own, r->aperture.start, r->aperture.last) &&
	       own->last <= r->limit && !touches(r->forbidden, own);
}

/* Tries what may be tried, best first. */
static bool search_in_order(struct place_search *s, enum resv_place_how *how)
{
	const struct resv_place_request *r = s->request;
	struct resv_range low = usable(r, 0, r->limit < FOUR_GIB ?
						 r->limit : FOUR_GIB - 1);
	u64 mask = grid_mask(r);
	u32 i;

	*how = RESV_PLACE_PREFERRED;
	for (i = 0; i < r->preferred_count; i++) {
		s->wanted = r->preferred[i];
		if (s->wanted && !(s->wanted & mask) &&
		    search(s, r->forbidden, low))
			return true;
	}
	s->wanted = 0;
	s->avoid_ram = true;
	*how = RESV_PLACE_CLEAR;
	if (search(s, r->forbidden, low))
		return true;
	s->avoid_ram = false;
	*how = RESV_PLACE_INSIDE_RAM;
	if (search(s, r->forbidden, low))
		return true;
	*how = RESV_PLACE_HIGH;
	return search(s, r->forbidden, usable(r, FOUR_GIB, r->limit));
}

/* The first constraint that leaves no place. */
static enum resv_place_how search_why(struct place_search *s)
{
	const struct resv_ranges nothing = { .count = 0 };
	const struct resv_place_request *r = s->request;
	struct resv_range reach = usable(r, 0, r->limit);

	if (!search(s, &nothing, usable(r, 0, U64_MAX)))
		return RESV_PLACE_NO_APERTURE;
	if (!search(s, &nothing, reach))
		return RESV_PLACE_NO_LIMIT;
	if (r->outside && !search(s, r->outside, reach))
		return RESV_PLACE_NO_INBOUND;
	return RESV_PLACE_NO_GAP;
}

int resv_place(const struct resv_place_request *request,
	       struct resv_placement *placement)
{
	struct place_search s = { .request = request };

	s.size = round_size(request->size, request->page_size);
	if (own_fits(request, s.size)) {
		placement->how = RESV_PLACE_OWN;
		placement->window = request->own;
		return 0;
	}
	if (search_in_order(&s, &placement->how)) {
		placement->window.start = s.base;
		placement->window.last = s.base + s.size - 1;
		return 0;
	}
	/* Once more over all there is, for the largest place. */
	s.largest = 0;
	search(&s, request->forbidden, usable(request, 0, request->limit));
	placement->largest = s.largest;
	placement->gap = s.gap;
	placement->how = search_why(&s);
	return -ENOSPC;
}

enum resv_wish resv_place_wish(const struct resv_place_request *request,
			       u64 base, struct resv_range *window)
{
	const struct resv_range *own = &request->own;
	u64 size = round_size(request->size, request->page_size);

	if (!base)
		return RESV_WISH_ZERO;
	if (base & grid_mask(request))
		return RESV_WISH_UNALIGNED;
	if (size - 1 > U64_MAX - base)
		return RESV_WISH_TOO_HIGH;
	window->start = base;
	window->last = base + size - 1;
	if (base == own->start && own->last > window->last)
		window->last = own->last;
	if (!inside(window, request->aperture.start, request->aperture.last))
		return RESV_WISH_APERTURE;
	if (window->last > request->limit)
		return RESV_WISH_LIMIT;
	return touches(request->forbidden, window) ? RESV_WISH_FORBIDDEN :
						     RESV_WISH_GRANTED;
}

const char *resv_place_text(enum resv_place_how how)
{
	switch (how) {
	case RESV_PLACE_OWN:
		return "stays as the driver has it";
	case RESV_PLACE_PREFERRED:
		return "stays where it usually is";
	case RESV_PLACE_CLEAR:
		return "moved to the lowest clear address";
	case RESV_PLACE_INSIDE_RAM:
		return "moved to the lowest clear address, in the RAM of QEMU's guests";
	case RESV_PLACE_HIGH:
		return "moved to the lowest clear address above 4 GiB";
	case RESV_PLACE_NO_APERTURE:
		return "the IOMMU maps too little for it";
	case RESV_PLACE_NO_LIMIT:
		return "the IOMMU maps too little for it where devices with 32-bit MSIs can write, below 4 GiB";
	case RESV_PLACE_NO_INBOUND:
		return "the inbound windows of the host bridges let too little through for it";
	case RESV_PLACE_NO_GAP:
		return "no gap that nothing else needs is large enough";
	}
	return "";
}

const char *resv_wish_text(enum resv_wish wish)
{
	switch (wish) {
	case RESV_WISH_GRANTED:
		return "nothing is wrong with it";
	case RESV_WISH_ZERO:
		return "a window cannot be at 0";
	case RESV_WISH_UNALIGNED:
		return "a window starts at a multiple of 64 KiB and of the host's pages";
	case RESV_WISH_TOO_HIGH:
		return "it would run over the top of the address space";
	case RESV_WISH_APERTURE:
		return "the IOMMU cannot map all of it";
	case RESV_WISH_LIMIT:
		return "a device cannot write MSIs above 4 GiB, or is not known to";
	case RESV_WISH_FORBIDDEN:
		return "something else is there";
	}
	return "";
}

enum resv_stay resv_stay(bool kernel_option, bool nested, bool operator)
{
	if (kernel_option)
		return RESV_STAY_KERNEL;
	if (nested)
		return RESV_STAY_NESTED;
	return operator ? RESV_STAY_OPERATOR : RESV_STAY_NOT;
}

const char *resv_stay_text(enum resv_stay stay)
{
	switch (stay) {
	case RESV_STAY_NOT:
		return "";
	case RESV_STAY_KERNEL:
		return "the kernel lets user space choose (IOMMU_OPTION_SW_MSI_START): not moved";
	case RESV_STAY_NESTED:
		return "a guest's own translation stage leads to it: not moved";
	case RESV_STAY_OPERATOR:
		return "the operator wants it to stay (window=driver): not moved";
	}
	return "";
}

void resv_doorbell_add(struct resv_ranges *pages, u64 start, u64 last,
		       u64 page_size)
{
	u64 mask = page_size - 1;

	if (start <= last)
		resv_ranges_add(pages, start & ~mask, last | mask);
}

u32 resv_doorbell_pages(const struct resv_ranges *pages, u64 page_size)
{
	u64 count = 0;
	u32 i;

	/* Of 64 bits, less the page's: no sum wraps, but all of them together. */
	for (i = 0; i < pages->count; i++) {
		const struct resv_range *r = &pages->r[i];

		count += r->last / page_size - r->start / page_size + 1;
	}
	return count < U32_MAX ? (u32)count : U32_MAX;
}

u64 resv_window_size(u32 pages, bool complete, u64 page_size, u64 minimum)
{
	u64 size = pages * page_size;

	if (!complete && size < RESV_PLACE_USUAL_SIZE)
		size = RESV_PLACE_USUAL_SIZE;
	if (size < minimum)
		size = minimum;
	if (!size)
		size = 1;
	return round_size(size, grid_of(page_size));
}
