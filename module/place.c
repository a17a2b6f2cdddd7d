// SPDX-License-Identifier: GPL-2.0-only
/*
 * place.c - where the software MSI window goes
 *
 * Contracts are in place.h; compiled into the module and into the host's tests.
 */
#include "place.h"

#define FOUR_GIB	(1ULL << 32)

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
	request->aperture = aperture;
	request->size = size ? size : RESV_PLACE_USUAL_SIZE;
	request->page_size = page_size;
	request->preferred = usual_preferred;
	request->preferred_count = ARRAY_SIZE(usual_preferred);
	request->ram = usual_ram;
	request->ram_count = ARRAY_SIZE(usual_ram);
}

/* What a window's base is a multiple of, less one. */
static u64 grid_mask(const struct resv_place_request *r)
{
	return (r->page_size > RESV_PLACE_GRID ? r->page_size :
						 RESV_PLACE_GRID) - 1;
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

/* @start and @last are those of whole pages, below 4 GiB: no sum can wrap. */
static int search_gap(void *ctx, u64 start, u64 last)
{
	struct place_search *s = ctx;
	u64 mask = grid_mask(s->request);
	u64 length;
	u64 ram_last;

	start = (start + mask) & ~mask;
	if (start > last)
		return 0;
	length = last - start + 1;

	if (length > s->largest)
		s->largest = length;
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
		if (ram_last >= last)
			return 0;
		start = (ram_last + 1 + mask) & ~mask;
	}
	return 0;
}

/* The part of the aperture where a window may lie. */
static struct resv_range usable_aperture(const struct resv_place_request *r)
{
	struct resv_range usable = r->aperture;

	if (usable.start < r->page_size)
		usable.start = r->page_size;
	if (usable.last > FOUR_GIB - 1)
		usable.last = FOUR_GIB - 1;
	return usable;
}

static bool search(struct place_search *s, const struct resv_ranges *forbidden)
{
	s->found = false;
	s->largest = 0;
	resv_ranges_for_each_gap(forbidden, usable_aperture(s->request),
				 s->request->page_size, search_gap, s);
	return s->found;
}

/* Tries what may be tried, best first. */
static bool search_in_order(struct place_search *s, enum resv_place_how *how)
{
	u64 mask = grid_mask(s->request);
	u32 i;

	*how = RESV_PLACE_PREFERRED;
	for (i = 0; i < s->request->preferred_count; i++) {
		s->wanted = s->request->preferred[i];
		if (s->wanted && !(s->wanted & mask) &&
		    search(s, s->request->forbidden))
			return true;
	}
	s->wanted = 0;
	s->avoid_ram = true;
	*how = RESV_PLACE_CLEAR;
	if (search(s, s->request->forbidden))
		return true;
	s->avoid_ram = false;
	*how = RESV_PLACE_INSIDE_RAM;
	return search(s, s->request->forbidden);
}

int resv_place(const struct resv_place_request *request,
	       struct resv_placement *placement)
{
	const struct resv_ranges nothing = { .count = 0 };
	struct place_search s = { .request = request };
	u64 mask = request->page_size - 1;

	/* Rounded up; what does not even fit below 4 GiB must not wrap. */
	s.size = request->size < FOUR_GIB ? (request->size + mask) & ~mask :
					    FOUR_GIB;
	if (search_in_order(&s, &placement->how)) {
		placement->window.start = s.base;
		placement->window.last = s.base + s.size - 1;
		return 0;
	}
	placement->largest = s.largest;
	placement->how = search(&s, &nothing) ? RESV_PLACE_NO_GAP :
						RESV_PLACE_NO_APERTURE;
	return -ENOSPC;
}

const char *resv_place_text(enum resv_place_how how)
{
	switch (how) {
	case RESV_PLACE_PREFERRED:
		return "stays where it usually is";
	case RESV_PLACE_CLEAR:
		return "moved to the lowest clear address";
	case RESV_PLACE_INSIDE_RAM:
		return "moved to the lowest clear address, in the RAM of QEMU's guests";
	case RESV_PLACE_NO_APERTURE:
		return "the IOMMU maps too little below 4 GiB for it";
	case RESV_PLACE_NO_GAP:
		return "no gap below 4 GiB that nothing else needs is large enough";
	}
	return "";
}
