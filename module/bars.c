// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars.c - which of a PCI function's BARs VFIO lets be mapped, at a page size
 *
 * Contracts are in bars.h; compiled into the module and into the host's tests.
 * Addresses are inclusive at both ends: a BAR may reach the top of the address
 * space, and what firmware and devices say may be nonsense.
 */
#include "bars.h"

/* More claims than this do not lie in each other on any machine. */
#define CLAIM_DEPTH	64

static bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

/* Is it one of a virtual function's, or of all of a physical one's? */
static bool is_of_vf(const struct resv_bars *bars, const struct resv_bar *bar)
{
	return bar->kind == RESV_CLAIM_VF ||
	       (bars->is_vf && bar->kind == RESV_CLAIM_BAR);
}

static bool is_sane(const struct resv_bar *bar)
{
	u64 less = bar->range.last - bar->range.start;

	if (!bar->size)
		return false;
	if (!bar->assigned)
		return true;
	if (bar->range.last < bar->range.start)
		return false;
	/* The aperture of all VFs holds at least one. */
	if (bar->kind == RESV_CLAIM_VF)
		return less >= bar->size - 1;
	return less == bar->size - 1;
}

u64 resv_vf_page_size(u32 sizes, u64 page_size)
{
	u64 size = 0x1000;
	u32 bit;

	for (bit = 0; bit < 32; bit++, size <<= 1)
		if (sizes & (u32)1 << bit && size >= page_size)
			return size;
	return 0;
}

bool resv_msix_fits(const struct resv_bars *bars,
		    const struct resv_msix_place *place)
{
	u32 i;

	for (i = 0; i < bars->count; i++) {
		const struct resv_bar *bar = &bars->bar[i];

		if (bar->kind == RESV_CLAIM_BAR && bar->number == place->bar)
			return !bar->io &&
			       place->range.start <= place->range.last &&
			       place->range.last < bar->size;
	}
	return false;
}

/*
 * One VF BAR at a page size. sriov_init() gives up where one is no multiple of
 * the page size, so where there are VFs their BARs can be mapped.
 */
static enum resv_bar_why vf_at(const struct resv_bars *bars,
			       const struct resv_bar *bar, u64 page_size,
			       bool *moves)
{
	u64 now, then;

	*moves = false;
	if (page_size == bars->page_size)
		return bar->size & (page_size - 1) ? RESV_BAR_VF_ODD :
						     RESV_BAR_OK;
	*moves = true;
	if (!bars->vf_sizes_known)
		return RESV_BAR_VF_UNREAD;
	now = resv_vf_page_size(bars->vf_sizes, bars->page_size);
	then = resv_vf_page_size(bars->vf_sizes, page_size);
	if (!then)
		return RESV_BAR_VF_NONE;
	if (now == then) {
		*moves = false;
		return bar->size & (page_size - 1) ? RESV_BAR_VF_ODD :
						     RESV_BAR_OK;
	}
	/*
	 * Of a device that heeds System Page Size it will be a multiple of that,
	 * of another one (as QEMU 10.0 has them) it stays as long as it is.
	 */
	return bar->size & (page_size - 1) ? RESV_BAR_VF_GROWS : RESV_BAR_OK;
}

/* Are there VFs at a page size? One bad VF BAR and there are none. */
static void look_at_vfs(const struct resv_bars *bars,
			const struct resv_bar *bar, struct resv_bar_page *page)
{
	u32 i;

	page->vfio = RESV_BAR_MAPS;
	vf_at(bars, bar, page->page_size, &page->moves);
	for (i = 0; i < bars->count; i++) {
		enum resv_bar_vfio vfio = RESV_BAR_FAILS;
		enum resv_bar_why why;
		bool moves;

		if (!is_of_vf(bars, &bars->bar[i]))
			continue;
		why = vf_at(bars, &bars->bar[i], page->page_size, &moves);
		if (!bars->bar[i].assigned)
			why = RESV_BAR_NOT_ASSIGNED;
		if (why == RESV_BAR_OK)
			continue;
		if (why == RESV_BAR_VF_UNREAD || why == RESV_BAR_VF_GROWS)
			vfio = RESV_BAR_UNKNOWN;
		/* The first that is certain, else the first. */
		if (page->vfio == RESV_BAR_FAILS ||
		    (page->vfio == RESV_BAR_UNKNOWN && vfio == page->vfio))
			continue;
		page->vfio = vfio;
		page->why = why;
		page->by_bar = i;
	}
}

static bool is_above(const struct resv_claims *all, u32 below, u32 claim)
{
	u32 depth;

	for (depth = 0; depth < CLAIM_DEPTH && below < all->count; depth++) {
		below = all->claim[below].parent;
		if (below == claim)
			return true;
	}
	return false;
}

/*
 * The first claim, by address, in what the BAR is claimed in itself: what
 * request_resource() stumbles over.
 */
static bool find_sibling(const struct resv_bars *bars,
			 const struct resv_bar *bar,
			 const struct resv_range *rest, u32 *found)
{
	const struct resv_claim *all = bars->all.claim;
	bool any = false;
	u32 i;

	for (i = 0; i < bars->all.count; i++) {
		if (i == bar->claim || all[i].io ||
		    all[i].parent != all[bar->claim].parent ||
		    !resv_range_overlaps(&all[i].range, rest))
			continue;
		if (!any || all[i].range.start < all[*found].range.start)
			*found = i;
		any = true;
	}
	return any;
}

/* A BAR that is smaller than a page; see vfio_pci_probe_mmaps(). */
static enum resv_bar_why look_at_page(const struct resv_bars *bars,
				      const struct resv_bar *bar,
				      struct resv_bar_page *page)
{
	struct resv_range rest = { .last = page->last_page };
	u32 parent;

	if (page->offset)
		return RESV_BAR_UNALIGNED;
	/* No overflow: it ends before its page does. */
	rest.start = bar->range.last + 1;
	parent = bar->claim < bars->all.count ?
			 bars->all.claim[bar->claim].parent : RESV_CLAIM_NONE;
	if (parent >= bars->all.count)
		return RESV_BAR_PARENT;
	if (bars->all.claim[parent].range.last < rest.last) {
		page->by = parent;
		return RESV_BAR_WINDOW_END;
	}
	if (find_sibling(bars, bar, &rest, &page->by))
		return RESV_BAR_SHARED;
	return RESV_BAR_OK;
}

/* The first BAR without which pci_enable_device() does nothing. */
static bool find_missing(const struct resv_bars *bars, u32 *index)
{
	u32 i;

	for (i = 0; i < bars->count; i++) {
		const struct resv_bar *bar = &bars->bar[i];

		if (bar->kind == RESV_CLAIM_VF || bar->idle || bar->assigned)
			continue;
		*index = i;
		return true;
	}
	return false;
}

static void decide(const struct resv_bars *bars, const struct resv_bar *bar,
		   struct resv_bar_page *page)
{
	page->vfio = RESV_BAR_FAILS;
	if (bar->kind != RESV_CLAIM_VF && bars->bridge) {
		page->why = RESV_BAR_BRIDGE;
		return;
	}
	if (bar->kind != RESV_CLAIM_VF && find_missing(bars, &page->by_bar)) {
		page->why = RESV_BAR_NOT_ASSIGNED;
		return;
	}
	if (bar->held) {
		page->why = RESV_BAR_HELD;
		return;
	}
	page->vfio = RESV_BAR_TRAPS;
	if (bar->kind == RESV_CLAIM_ROM)
		page->why = RESV_BAR_IS_ROM;
	else if (bar->io)
		page->why = RESV_BAR_IS_IO;
	else if (bar->kind == RESV_CLAIM_BAR && bars->not_mappable)
		page->why = RESV_BAR_NOT_MAPPABLE;
	else if (is_of_vf(bars, bar))
		look_at_vfs(bars, bar, page);
	else if (bar->size < page->page_size)
		page->why = look_at_page(bars, bar, page);

	if (page->why == RESV_BAR_OK)
		page->vfio = RESV_BAR_MAPS;
	else if (page->why == RESV_BAR_PARENT)
		page->vfio = RESV_BAR_UNKNOWN;
}

/* The pages of a BAR in which an MSI-X structure has bytes. */
static struct resv_range msix_pages(const struct resv_bar *bar,
				    const struct resv_bar_page *page,
				    const struct resv_msix_place *place)
{
	const struct resv_range none = { .start = 1, .last = 0 };
	u64 mask = page->page_size - 1;
	u64 last = bar->size - 1;
	/* One that has no address would be at a page's start, or all in one. */
	u64 offset = page->has_address ? page->offset : 0;
	struct resv_range pages;

	if (bar->kind != RESV_CLAIM_BAR || bar->number != place->bar ||
	    place->range.start > place->range.last || place->range.start > last)
		return none;
	/* Down to the start of the page, but not below the BAR's own. */
	pages.start = place->range.start;
	if (pages.start <= (mask - offset))
		pages.start = 0;
	else
		pages.start -= (pages.start + offset) & mask;
	pages.last = place->range.last < last ? place->range.last : last;
	/* Up to the end of the page, but not above the BAR's. */
	if (last - pages.last <= (mask & ~(pages.last + offset)))
		pages.last = last;
	else
		pages.last += mask & ~(pages.last + offset);
	return pages;
}

static void find_direct(const struct resv_bars *bars,
			const struct resv_bar *bar, struct resv_bar_page *page)
{
	struct resv_ranges set;

	if (page->vfio != RESV_BAR_MAPS || page->moves ||
	    bar->kind != RESV_CLAIM_BAR || bars->msix == RESV_MSIX_UNKNOWN)
		return;
	/* Two ranges split one into three at most. */
	resv_ranges_init(&set, page->direct, ARRAY_SIZE(page->direct));
	resv_ranges_add(&set, 0, bar->size - 1);
	resv_ranges_subtract(&set, page->msix_table.start,
			     page->msix_table.last);
	resv_ranges_subtract(&set, page->msix_pba.start, page->msix_pba.last);
	page->directs = set.count;
}

void resv_bar_move_guest(struct resv_bar_page *page, u64 offset)
{
	u64 mask = page->page_size - 1;

	if (!page->has_guest || offset > mask ||
	    page->size - 1 >= U64_MAX - mask - offset)
		return;
	page->guest_offset = offset;
	page->guest_footprint = ((offset + page->size - 1) | mask) + 1;
}

static void find_guest(const struct resv_bar *bar, struct resv_bar_page *page)
{
	u64 align = 1;

	if (page->vfio != RESV_BAR_MAPS || !page->has_address ||
	    bar->size > (u64)1 << 63)
		return;
	while (align < bar->size)
		align <<= 1;
	page->has_guest = true;
	page->guest_align = align;
	resv_bar_move_guest(page, page->offset);
	/* No guest has pages that are the whole address space. */
	page->has_guest = page->guest_footprint;
}

int resv_bar_at(const struct resv_bars *bars, u32 index, u64 page_size,
		struct resv_bar_page *page)
{
	const struct resv_bar *bar = &bars->bar[index];
	const struct resv_range none = { .start = 1, .last = 0 };
	u64 mask = page_size - 1;
	u32 i;

	if (!is_power_of_two(page_size) || !is_power_of_two(bars->page_size))
		return -EINVAL;
	for (i = 0; i < bars->count; i++)
		if (!is_sane(&bars->bar[i]))
			return -EINVAL;

	memset(page, 0, sizeof(*page));
	page->page_size = page_size;
	page->msix_table = none;
	page->msix_pba = none;
	if (is_of_vf(bars, bar) && !bar->io)
		vf_at(bars, bar, page_size, &page->moves);
	if (!page->moves) {
		page->size_known = true;
		page->size = bar->size;
	}
	if (bar->assigned && !bar->io && !page->moves) {
		page->has_address = true;
		page->offset = bar->range.start & mask;
		page->first_page = bar->range.start & ~mask;
		page->last_page = bar->range.last | mask;
		page->pages =
			(page->last_page - page->first_page) / page_size + 1;
	}
	decide(bars, bar, page);
	if (bars->msix == RESV_MSIX_PLACED && !page->moves) {
		page->msix_table = msix_pages(bar, page, &bars->table);
		page->msix_pba = msix_pages(bar, page, &bars->pba);
	}
	find_direct(bars, bar, page);
	find_guest(bar, page);
	return 0;
}

bool resv_bar_shares(const struct resv_bars *bars, u32 index,
		     const struct resv_bar_page *page, u32 claim)
{
	const struct resv_range pages = {
		.start = page->first_page,
		.last = page->last_page,
	};
	const struct resv_bar *bar = &bars->bar[index];
	const struct resv_claim *c = &bars->all.claim[claim];
	const struct resv_claim *parent;

	if (!page->has_address || claim == bar->claim || c->io ||
	    c->kind == RESV_CLAIM_HOST || c->parent == RESV_CLAIM_NONE ||
	    !resv_range_overlaps(&c->range, &pages) ||
	    is_above(&bars->all, bar->claim, claim))
		return false;
	if (c->parent >= bars->all.count)
		return true;
	parent = &bars->all.claim[c->parent];
	return parent->kind == RESV_CLAIM_HOST ||
	       !resv_range_overlaps(&parent->range, &pages) ||
	       is_above(&bars->all, bar->claim, c->parent);
}

const char *resv_bar_vfio_word(enum resv_bar_vfio vfio)
{
	switch (vfio) {
	case RESV_BAR_MAPS:
		return "maps";
	case RESV_BAR_TRAPS:
		return "traps";
	case RESV_BAR_FAILS:
		return "fails";
	case RESV_BAR_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *resv_bar_why_word(enum resv_bar_why why)
{
	switch (why) {
	case RESV_BAR_IS_IO:
		return "io";
	case RESV_BAR_IS_ROM:
		return "rom";
	case RESV_BAR_UNALIGNED:
		return "unaligned";
	case RESV_BAR_SHARED:
		return "shared";
	case RESV_BAR_WINDOW_END:
		return "window-end";
	case RESV_BAR_NOT_ASSIGNED:
		return "not-assigned";
	case RESV_BAR_HELD:
		return "busy";
	case RESV_BAR_NOT_MAPPABLE:
		return "not-mappable";
	case RESV_BAR_BRIDGE:
		return "bridge";
	case RESV_BAR_VF_GROWS:
	case RESV_BAR_VF_UNREAD:
		return "vf-size";
	case RESV_BAR_VF_NONE:
	case RESV_BAR_VF_ODD:
		return "vf-page-size";
	case RESV_BAR_OK:
	case RESV_BAR_PARENT:
		break;
	}
	return NULL;
}
