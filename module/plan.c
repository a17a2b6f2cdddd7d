// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan.c - what the list of a device becomes
 *
 * What is added lies in one array, sorted by type, so that all types share its
 * room. To change one type, those behind it are pushed to the array's end, and
 * what is then between is a set of ranges as ranges.h knows it. Each type that
 * has nothing yet keeps one place, so such a set is never without room at all.
 *
 * Contracts are in plan.h; compiled into the module and into the host's tests.
 */
#include "plan.h"

_Static_assert(sizeof(struct resv_plan) < 2048, "it may stand on a stack");
_Static_assert(RESV_PLAN_RULE_RANGES + QUIRK_TYPE_DIRECT_RELAXABLE -
	       QUIRK_TYPE_RESERVED == RESV_PLAN_RANGES,
	       "a rule's ranges, and one of each other type");

#define FOR_EACH_TYPE(type) \
	for ((type) = QUIRK_TYPE_RESERVED; \
	     (type) <= QUIRK_TYPE_DIRECT_RELAXABLE; (type)++)

void resv_plan_init(struct resv_plan *plan, struct resv_plan_region *regions,
		    u32 count, u64 page_size)
{
	u32 i;

	memset(plan, 0, sizeof(*plan));
	plan->regions = regions;
	plan->region_count = count;
	plan->page_size = page_size;
	for (i = 0; i < count; i++)
		regions[i].fate = RESV_FATE_KEEP;
}

struct resv_ranges *resv_plan_scratch(struct resv_plan *plan)
{
	resv_ranges_init(&plan->scratch, plan->scratch_storage,
			 ARRAY_SIZE(plan->scratch_storage));
	return &plan->scratch;
}

/**
 * struct type_view - the ranges of one type as a set
 * @plan: the plan
 * @type: the type
 * @set: the set; valid until type_close()
 * @behind: ranges of the types behind it
 */
struct type_view {
	struct resv_plan *plan;
	u32 type;
	struct resv_ranges set;
	u32 behind;
};

static void type_open(struct type_view *v, struct resv_plan *plan, u32 type)
{
	u32 max = RESV_PLAN_RANGES;
	u32 first = 0;
	u32 t;

	v->plan = plan;
	v->type = type;
	v->behind = 0;
	FOR_EACH_TYPE(t) {
		if (t < type)
			first += plan->count[t];
		else if (t > type)
			v->behind += plan->count[t];
		if (t != type)
			max -= plan->count[t] ? plan->count[t] : 1;
	}
	memmove(&plan->added[RESV_PLAN_RANGES - v->behind],
		&plan->added[first + plan->count[type]],
		v->behind * sizeof(plan->added[0]));
	resv_ranges_init(&v->set, &plan->added[first], max);
	v->set.count = plan->count[type];
}

static void type_close(struct type_view *v)
{
	struct resv_plan *plan = v->plan;

	plan->count[v->type] = (u8)v->set.count;
	if (v->set.widened)
		plan->flags |= RESV_PLAN_F_WIDENED;
	memmove(&v->set.r[v->set.count],
		&plan->added[RESV_PLAN_RANGES - v->behind],
		v->behind * sizeof(plan->added[0]));
}

/*
 * Add the first @count ranges of the rule at hand, as whole pages, because that
 * is what a VMM can map or leave out.
 */
static void add_whole_pages(struct resv_plan *plan, u32 type, u32 count)
{
	const struct resv_range *ranges = plan->scratch.r;
	u64 mask = plan->page_size - 1;
	struct type_view v;
	u32 i;

	if (plan->scratch.widened)
		plan->flags |= RESV_PLAN_F_WIDENED;
	type_open(&v, plan, type);
	for (i = 0; i < count; i++)
		resv_ranges_add(&v.set, ranges[i].start & ~mask,
				ranges[i].last | mask);
	type_close(&v);
}

static bool region_is_empty(const struct resv_plan_region *r)
{
	return r->last < r->start;
}

static bool lies_inside(const struct resv_plan_region *r,
			const struct resv_ranges *set)
{
	u32 i;

	if (region_is_empty(r))
		return false;
	for (i = 0; i < set->count; i++)
		if (set->r[i].start <= r->start && r->last <= set->r[i].last)
			return true;
	return false;
}

static void replace_window(struct resv_plan *plan, enum quirk_type type)
{
	bool window = false;
	u32 i;

	if (plan->replaced) {
		plan->flags |= RESV_PLAN_F_SECOND;
		return;
	}
	for (i = 0; i < plan->region_count; i++)
		if (plan->regions[i].type == QUIRK_TYPE_SW_MSI &&
		    !region_is_empty(&plan->regions[i]))
			window = true;
	if (!window && type == QUIRK_TYPE_SW_MSI) {
		plan->flags |= RESV_PLAN_F_NO_WINDOW;
		return;
	}
	for (i = 0; i < plan->region_count; i++)
		if (plan->regions[i].type == QUIRK_TYPE_SW_MSI)
			plan->regions[i].fate = RESV_FATE_REMOVE;
	plan->replaced = true;
	/* Two windows are one too many for iommufd: only sources of one do. */
	add_whole_pages(plan, type,
			type == QUIRK_TYPE_SW_MSI ? 1 : plan->scratch.count);
}

static void weaken(struct resv_plan *plan, enum quirk_type type,
		   enum resv_fate fate)
{
	u32 i;

	/* Widened, it would weaken more than the rule says. */
	if (plan->scratch.widened) {
		plan->flags |= RESV_PLAN_F_TOO_MANY;
		return;
	}
	for (i = 0; i < plan->region_count; i++) {
		struct resv_plan_region *r = &plan->regions[i];

		if (r->type == type && r->fate != RESV_FATE_REMOVE &&
		    lies_inside(r, &plan->scratch))
			r->fate = fate;
	}
}

void resv_plan_rule(struct resv_plan *plan, enum quirk_action action,
		    enum quirk_type type)
{
	if (!plan->scratch.count)
		return;
	switch (action) {
	case QUIRK_ACTION_ADD:
		add_whole_pages(plan, type, plan->scratch.count);
		break;
	case QUIRK_ACTION_REPLACE:
		replace_window(plan, type);
		break;
	case QUIRK_ACTION_DROP:
		weaken(plan, type, RESV_FATE_REMOVE);
		break;
	case QUIRK_ACTION_RELAX:
		weaken(plan, type, RESV_FATE_RELAX);
		break;
	case QUIRK_ACTIONS_END:
		break;
	}
}

void resv_plan_demoted(struct resv_plan *plan)
{
	if (!plan->scratch.count)
		return;
	plan->flags |= RESV_PLAN_F_DEMOTED;
	add_whole_pages(plan, QUIRK_TYPE_RESERVED, plan->scratch.count);
}

/*
 * Does what the driver says make what we say superfluous? Guests are kept out
 * of reserved, msi and direct regions alike. The software MSI window is none of
 * them, it is an address that the host uses, and VFIO ignores relaxable ones.
 */
static bool says_already(enum quirk_type driver, u32 ours)
{
	switch (ours) {
	case QUIRK_TYPE_RESERVED:
		return driver == QUIRK_TYPE_RESERVED ||
		       driver == QUIRK_TYPE_MSI || driver == QUIRK_TYPE_DIRECT;
	case QUIRK_TYPE_DIRECT_RELAXABLE:
		return driver == QUIRK_TYPE_DIRECT ||
		       driver == QUIRK_TYPE_DIRECT_RELAXABLE;
	}
	return driver == ours;
}

/* The type under which a driver's region goes on, or %QUIRK_TYPE_NONE. */
static enum quirk_type type_left(const struct resv_plan_region *r)
{
	if (r->fate == RESV_FATE_REMOVE || region_is_empty(r))
		return QUIRK_TYPE_NONE;
	return r->fate == RESV_FATE_RELAX ? QUIRK_TYPE_DIRECT_RELAXABLE :
					    r->type;
}

/* Does anything but a window lie at @start..@last? */
static bool is_used(const struct resv_plan *plan, u64 start, u64 last,
		    bool by_driver)
{
	struct resv_range range;
	u32 i;

	for (i = 0; i < resv_plan_count(plan); i++)
		if (resv_plan_added(plan, i, &range) != QUIRK_TYPE_SW_MSI &&
		    range.start <= last && start <= range.last)
			return true;
	for (i = 0; by_driver && i < plan->region_count; i++) {
		const struct resv_plan_region *r = &plan->regions[i];
		enum quirk_type type = type_left(r);

		if (type != QUIRK_TYPE_NONE && type != QUIRK_TYPE_SW_MSI &&
		    r->start <= last && start <= r->last)
			return true;
	}
	return false;
}

/* What a driver says over its own window is nothing that we did. */
static bool window_is_used(const struct resv_plan *plan)
{
	struct resv_range range;
	u32 i;

	for (i = 0; i < plan->region_count; i++)
		if (type_left(&plan->regions[i]) == QUIRK_TYPE_SW_MSI &&
		    is_used(plan, plan->regions[i].start,
			    plan->regions[i].last, false))
			return true;
	for (i = 0; i < resv_plan_count(plan); i++)
		if (resv_plan_added(plan, i, &range) == QUIRK_TYPE_SW_MSI &&
		    is_used(plan, range.start, range.last, true))
			return true;
	return false;
}

void resv_plan_finish(struct resv_plan *plan)
{
	struct type_view v;
	u32 type;
	u32 i;

	FOR_EACH_TYPE(type) {
		type_open(&v, plan, type);
		for (i = 0; i < plan->region_count; i++) {
			const struct resv_plan_region *r = &plan->regions[i];

			if (says_already(type_left(r), type))
				resv_ranges_subtract(&v.set, r->start, r->last);
		}
		type_close(&v);
	}
	if (window_is_used(plan))
		plan->flags |= RESV_PLAN_F_OVERLAP;
}

u32 resv_plan_count(const struct resv_plan *plan)
{
	u32 count = 0;
	u32 type;

	FOR_EACH_TYPE(type)
		count += plan->count[type];
	return count;
}

enum quirk_type resv_plan_added(const struct resv_plan *plan, u32 i,
				struct resv_range *range)
{
	u32 end = 0;
	u32 type;

	*range = plan->added[i];
	FOR_EACH_TYPE(type) {
		end += plan->count[type];
		if (i < end)
			break;
	}
	return type;
}
