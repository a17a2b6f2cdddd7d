/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - what the list of a device becomes
 *
 * From what the IOMMU driver says and what the enforced rules say to a plan:
 * which of the driver's regions stay, and which ranges are added. Pure
 * arithmetic without allocation, compiled into the module (the wrapper and the
 * snapshots, override.c and snapshot.c) and into the host's tests.
 *
 *	resv_plan_init(plan, regions, count, page_size);
 *	for each enforced rule, in the order of the table
 *		resv_resolve_rule(..., resv_plan_scratch(plan));
 *		if enforced: resv_plan_rule(plan, action, type);
 *			or, if demoted, resv_plan_demoted(plan);
 *	resv_plan_finish(plan);
 *
 * After that each of the regions has its fate, and resv_plan_added() gives what
 * is added. Nothing of this can fail. As in ranges.h a set that is full is
 * widened over its narrowest gap, never cut, and what weakens (drop, relax) is
 * never widened: a rule that would be is left out.
 *
 * Only driver regions are ever dropped or relaxed, and only where they lie
 * wholly inside one range of the rule, which is not aligned for that. What is
 * added is whole host pages, less what those driver regions that stay say
 * already. Ranges that overlap each other in different types are left alone:
 * the kernel takes such lists.
 */
#ifndef IOMMU_RESV_PLAN_H
#define IOMMU_RESV_PLAN_H

#include "env.h"
#include "ranges.h"
#include "../quirks/table.h"

/*
 * Most ranges that one device's list can get from us, of all types together:
 * one type alone can have 48, because each other one has a place kept for it.
 * sysfs prints a whole group into one page, which is 74 lines on 4 KiB, and
 * some of them are the driver's.
 */
#define RESV_PLAN_RANGES	52
/* Most ranges of one rule. */
#define RESV_PLAN_RULE_RANGES	48

/**
 * enum resv_fate - what becomes of a driver's region
 * @RESV_FATE_KEEP: it stays
 * @RESV_FATE_REMOVE: it is taken out
 * @RESV_FATE_RELAX: it is taken out, and a direct-relaxable one of the same
 *	addresses and protection is put in
 */
enum resv_fate {
	RESV_FATE_KEEP,
	RESV_FATE_REMOVE,
	RESV_FATE_RELAX,
};

/**
 * struct resv_plan_region - a region as the IOMMU driver says it
 * @start: first byte
 * @last: last byte; below @start where the region is empty
 * @type: its type; QUIRK_TYPE_NONE for one that is not known: it stays
 * @fate: set by the plan
 */
struct resv_plan_region {
	u64 start;
	u64 last;
	enum quirk_type type;
	enum resv_fate fate;
};

/*
 * What somebody should know of; the plan is good nevertheless.
 *	WIDENED		ranges were joined over a gap
 *	SECOND		a second replacement was left out
 *	NO_WINDOW	a window was left out: the driver has none to be replaced
 *	TOO_MANY	a rule that weakens was left out: it has too many ranges
 *	OVERLAP		something else lies in the software MSI window
 *	DEMOTED		what would replace the window is reserved beside it
 */
#define RESV_PLAN_F_WIDENED	(1u << 0)
#define RESV_PLAN_F_SECOND	(1u << 1)
#define RESV_PLAN_F_NO_WINDOW	(1u << 2)
#define RESV_PLAN_F_TOO_MANY	(1u << 3)
#define RESV_PLAN_F_OVERLAP	(1u << 4)
#define RESV_PLAN_F_DEMOTED	(1u << 5)

/**
 * struct resv_plan - the list of one device, in the making
 * @regions: the driver's, the caller's storage
 * @region_count: how many
 * @page_size: of the host
 * @flags: RESV_PLAN_F_*
 * @replaced: a replacement is in
 * @count: ranges in @added of each type
 * @added: what is added, by type and then by address
 * @scratch: the ranges of the rule at hand
 * @scratch_storage: their storage
 *
 * Less than 2 KiB. Private but for @flags.
 */
struct resv_plan {
	struct resv_plan_region *regions;
	u32 region_count;
	u32 flags;
	u64 page_size;
	bool replaced;
	u8 count[QUIRK_TYPES_END];
	struct resv_range added[RESV_PLAN_RANGES];
	struct resv_ranges scratch;
	struct resv_range scratch_storage[RESV_PLAN_RULE_RANGES];
};

/**
 * resv_plan_region() - describe a driver's region
 * @start: first byte
 * @length: bytes; 0 for an empty region, which then says nothing
 * @type: its type
 *
 * Return: the region, with a fate of %RESV_FATE_KEEP. One that runs over the
 * top of the address space ends there.
 */
static inline struct resv_plan_region
resv_plan_region(u64 start, u64 length, enum quirk_type type)
{
	struct resv_plan_region r = { .start = 1, .last = 0, .type = type };

	if (length) {
		r.start = start;
		r.last = length - 1 > U64_MAX - start ? U64_MAX :
							start + length - 1;
	}
	return r;
}

/**
 * resv_plan_init() - start a plan
 * @plan: the plan
 * @regions: what the driver says; fates are set here. Outlives the plan
 * @count: how many
 * @page_size: of the host, a power of two
 */
void resv_plan_init(struct resv_plan *plan, struct resv_plan_region *regions,
		    u32 count, u64 page_size);

/**
 * resv_plan_scratch() - a place for the ranges of the next rule
 * @plan: a plan that is not finished
 *
 * Return: an empty set, to be filled in by resv_resolve_rule().
 */
struct resv_ranges *resv_plan_scratch(struct resv_plan *plan);

/**
 * resv_plan_rule() - take an enforced rule in
 * @plan: a plan that is not finished; the rule's ranges are in its scratch set
 * @action: the rule's
 * @type: the rule's
 *
 * A rule without ranges changes nothing: in particular, without a window to put
 * in the driver's stays. The first replacement wins. A sw-msi replacement needs
 * a sw-msi region of the driver: where there is none the driver maps no
 * doorbells.
 */
void resv_plan_rule(struct resv_plan *plan, enum quirk_action action,
		    enum quirk_type type);

/**
 * resv_plan_demoted() - take in a replacement of the window that may be none
 * @plan: a plan that is not finished; the rule's ranges are in its scratch set
 *
 * For struct resv_verdict, @demoted: the driver's window stays, and the ranges
 * are added as reserved. Another replacement may still come.
 */
void resv_plan_demoted(struct resv_plan *plan);

/**
 * resv_plan_finish() - all enforced rules are in
 * @plan: the plan
 */
void resv_plan_finish(struct resv_plan *plan);

/**
 * resv_plan_count() - how many ranges are added?
 * @plan: a finished plan
 *
 * Return: their number.
 */
u32 resv_plan_count(const struct resv_plan *plan);

/**
 * resv_plan_added() - one of the ranges to add
 * @plan: a finished plan
 * @i: which, below resv_plan_count()
 * @range: filled in
 *
 * They come by type (reserved, msi, sw-msi, direct, direct-relaxable), then by
 * address; those of one type neither overlap nor touch.
 *
 * Return: its type.
 */
enum quirk_type resv_plan_added(const struct resv_plan *plan, u32 i,
				struct resv_range *range);

#endif
