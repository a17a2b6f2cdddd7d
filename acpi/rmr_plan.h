/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rmr_plan.h - which RMR nodes say what is wanted
 *
 * What is wanted is a set of rectangles: these stream IDs of this SMMU, times
 * these addresses, with these flags. What comes out is as few nodes as say it
 * when each has one set of streams and one of ranges, and no stream has an
 * address twice. Same rectangles, same nodes, in whatever order they are given.
 *
 * Knows nothing of tables. Used by overlay.c. Works on memory of its own: may
 * sleep, may fail with -ENOMEM.
 */
#ifndef IOMMU_RESV_RMR_PLAN_H
#define IOMMU_RESV_RMR_PLAN_H

#include "overlay.h"

/*
 * The most rectangles. Bounds the time that a table takes, which grows with the
 * square at worst; RMRs of real machines are a handful.
 */
#define RMR_RECTS_MAX		0x10000
/* The most comparisons, for the same reason: of the order of a second. */
#define RMR_WORK_MAX		0x10000000
/*
 * The most stream IDs of a node. Linux (iort_rmr_alloc_sids()) makes an array of
 * all of them, in one piece of memory.
 */
#define RMR_STREAMS_MAX		0x40000

/**
 * struct rmr_rect - stream IDs times addresses
 * @smmu: offset of the SMMU's node
 * @id_first: first stream ID
 * @id_last: last stream ID, inclusive
 * @start: first address
 * @last: last address, inclusive
 * @flags: of the RMR
 * @want: what an error calls it: &iort_overlay_result.want; of a rectangle of
 *	the base the offset of its range
 * @region: likewise: &iort_overlay_result.region
 */
struct rmr_rect {
	u32 smmu;
	u32 id_first;
	u32 id_last;
	u64 start;
	u64 last;
	u32 flags;
	u32 want;
	u32 region;
};

/**
 * struct rmr_rects - a growing list of rectangles
 * @r: they
 * @count: how many
 * @room: for how many there is memory
 */
struct rmr_rects {
	struct rmr_rect *r;
	u32 count;
	u32 room;
};

/**
 * struct rmr_ids - stream IDs of a node
 * @first: first one
 * @last: last one, inclusive
 */
struct rmr_ids {
	u32 first;
	u32 last;
};

/**
 * struct rmr_range - addresses of a node
 * @node: index of the node
 * @start: first address
 * @last: last address, inclusive
 */
struct rmr_range {
	u32 node;
	u64 start;
	u64 last;
};

/**
 * struct rmr_node - an RMR node
 * @smmu: offset of the SMMU's node
 * @flags: Flags
 * @id: index into &rmr_plan.id of its first stream IDs
 * @ids: how many ranges of them; sorted, and no two touch
 * @range: index into &rmr_plan.range of its first range
 * @ranges: how many; sorted, and no two touch
 */
struct rmr_node {
	u32 smmu;
	u32 flags;
	u32 id;
	u32 ids;
	u32 range;
	u32 ranges;
};

/**
 * struct rmr_plan - the nodes
 * @node: they, in the order of SMMU, flags, and first address
 * @nodes: how many
 * @id: stream IDs of all of them
 * @range: ranges of all of them
 */
struct rmr_plan {
	struct rmr_node *node;
	u32 nodes;
	struct rmr_ids *id;
	struct rmr_range *range;
};

int rmr_rects_add(struct rmr_rects *l, const struct rmr_rect *r,
		  struct acpi_fault *f);
void rmr_rects_free(struct rmr_rects *l);
int rmr_plan_subtract(const struct rmr_rects *wanted,
		      const struct rmr_rects *base, struct rmr_rects *rest,
		      struct iort_overlay_result *r, struct acpi_fault *f);
int rmr_plan_make(struct rmr_plan *p, struct rmr_rects *rects,
		  struct iort_overlay_result *r, struct acpi_fault *f);
void rmr_plan_free(struct rmr_plan *p);

#endif
