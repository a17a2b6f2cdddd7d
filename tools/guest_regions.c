// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_regions.c - what a guest is told of a host's regions
 */
#include "guest_regions.h"
#include "problem.h"

#include <inttypes.h>

static const struct {
	const char *type;
	u32 flags;
} guest_types[] = {
	{ "reserved", IORT_RMR_KEEP_OFF },
	{ "msi", IORT_RMR_KEEP_OFF },
	{ "sw-msi", IORT_RMR_KEEP_OFF },
	{ "direct-relaxable", IORT_RMR_DIRECT_RELAXABLE },
	{ "direct", IORT_RMR_DIRECT },
};

int guest_regions_add(const struct report_device *d,
		      struct iort_guest_region **region, size_t *regions)
{
	size_t i, j;

	for (i = 0; i < d->regions; i++) {
		const struct report_region *r = &d->region[i];

		for (j = 0; j < ARRAY_SIZE(guest_types); j++)
			if (!strcmp(guest_types[j].type, r->type))
				break;
		if (j == ARRAY_SIZE(guest_types)) {
			problem("%s: region 0x%" PRIx64 "-0x%" PRIx64 ": type \"%s\" is not known here",
				d->name, r->range.start, r->range.last,
				r->type);
			return -1;
		}
		if (r->range.last - r->range.start >= IORT_RMR_LENGTH_MAX) {
			problem("%s: region 0x%" PRIx64 "-0x%" PRIx64 " (%s) is longer than 4 GiB: Linux would map all of it, page by page; leave it out with its rule, or keep the guest's memory away from it in another way",
				d->name, r->range.start, r->range.last,
				r->type);
			return -1;
		}
		*region = xrealloc(*region, (*regions + 1) * sizeof(**region));
		(*region)[(*regions)++] = (struct iort_guest_region){
			.start = r->range.start,
			.last = r->range.last,
			.flags = guest_types[j].flags,
		};
	}
	return 0;
}
