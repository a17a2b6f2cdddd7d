// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_room.c - do BARs that grow still fit into the window of their bridge?
 */
#include "bars_room.h"
#include "problem.h"

#include <stdlib.h>

/* BARs 0 to 5 and the ROM: what follows are other things in each kernel. */
#define BARS_AND_ROM 7

static bool is_inside(const struct pci_resource *r, const struct resv_range *w)
{
	return r->flags & PCI_RESOURCE_MEM && !(r->flags & PCI_RESOURCE_UNSET) &&
	       r->range.start >= w->start && r->range.last <= w->last &&
	       (r->range.start != w->start || r->range.last != w->last);
}

/* A BAR is a power of two; what is none takes the next one. */
static u64 grown(const struct pci_resource *r, u64 align)
{
	u64 size = r->range.last - r->range.start + 1;

	while (align < size && align << 1)
		align <<= 1;
	return align < size ? U64_MAX : align;
}

static int largest_first(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static int first_gap(void *ctx, u64 start, u64 last)
{
	u64 *place = ctx;

	*place = start;
	return 1;
}

/* BARs of the window that are placed anew go to @size, all else to @taken. */
static size_t collect(const struct pci_machine *m, const bool *moves,
		      const struct resv_range *window, u64 align, u64 *size,
		      struct resv_ranges *taken)
{
	size_t needed = 0;
	size_t i, j;

	for (i = 0; i < m->functions; i++) {
		const struct pci_function *f = &m->function[i];

		for (j = 0; j < f->resources; j++) {
			const struct pci_resource *r = &f->resource[j];

			if (!is_inside(r, window))
				continue;
			if (moves[i] && j < BARS_AND_ROM)
				size[needed++] = grown(r, align);
			else
				resv_ranges_add(taken, r->range.start,
						r->range.last);
		}
	}
	return needed;
}

struct bars_room bars_room(const struct pci_machine *m, const bool *moves,
			   struct resv_range window, u64 align)
{
	struct bars_room room = { .needed = 0 };
	struct resv_range *storage;
	struct resv_ranges taken;
	size_t count = 1;
	u64 *size;
	size_t i;

	for (i = 0; i < m->functions; i++)
		count += m->function[i].resources;
	size = xrealloc(NULL, count * sizeof(*size));
	storage = xrealloc(NULL, count * sizeof(*storage));
	resv_ranges_init(&taken, storage, (u32)count);
	room.needed = collect(m, moves, &window, align, size, &taken);
	qsort(size, room.needed, sizeof(*size), largest_first);
	for (i = 0; i < room.needed; i++) {
		u64 place;

		if (size[i] == U64_MAX ||
		    !resv_ranges_for_each_gap(&taken, window, size[i], first_gap,
					      &place))
			continue;
		resv_ranges_add(&taken, place, place + size[i] - 1);
		room.placed++;
	}
	free(storage);
	free(size);
	return room;
}
