// SPDX-License-Identifier: GPL-2.0-only
/*
 * obstacles.c - where a software MSI window must not be, and who says so
 *
 * One walk over all devices with an IOMMU finds for each IOMMU driver what
 * window.c decides by: its own window, what is in the way of another, how far
 * devices can write MSIs, what the IOMMUs map, and which rules want it moved.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

/*
 * Most different obstacles of all devices of a driver. A board has tens; with
 * more nothing is moved, rather than moved onto one that was not noted.
 */
#define RESV_OBSTACLES_MAX	2048
/* Most inbound windows of a host bridge, and gaps between them. */
#define RESV_INBOUND_MAX	256

/* Does a rule place windows, if only to show them? */
static bool resv_rule_places(const struct resv_state *state,
			     const struct resv_rule_ref *ref)
{
	return ref->mode != RESV_MODE_DISABLED &&
	       quirk_rule_at(&state->table, ref->rule)[QUIRK_RULE_SOURCE] ==
	       QUIRK_SOURCE_PLACED;
}

/**
 * struct resv_window_walk - a walk over all devices with an IOMMU
 * @state: the state in the making
 * @dev: the device at hand
 * @rule: the index of the rule at hand
 * @tried: the IOMMU of the last device whose aperture was asked of a new domain
 * @storage: room for RESV_INBOUND_MAX ranges
 */
struct resv_window_walk {
	struct resv_state *state;
	struct device *dev;
	u32 rule;
	const struct iommu_device *tried;
	struct resv_range *storage;
};

static struct resv_window *resv_window_new(struct resv_state *state,
					   const struct iommu_ops *ops,
					   const char *iommu)
{
	struct resv_window *w;

	w = krealloc(state->window, (state->windows + 1) * sizeof(*w),
		     GFP_KERNEL);
	if (!w)
		return NULL;
	state->window = w;
	w += state->windows++;
	*w = (struct resv_window){
		.ops = ops,
		.own = { .start = 1, .last = 0 },
		.error = -ENODEV,
		.aperture = { .start = 0, .last = U64_MAX },
		.limit = U64_MAX,
	};
	strscpy(w->iommu, iommu, sizeof(w->iommu));
	return w;
}

/* Obstacles: sorted by address, then by who says so; each stands there once. */

static int resv_obstacle_cmp(const struct resv_obstacle *a,
			     const struct resv_obstacle *b)
{
	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->range.last != b->range.last)
		return a->range.last < b->range.last ? -1 : 1;
	if (a->by != b->by)
		return a->by < b->by ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return 0;
}

static int resv_obstacle_add(struct resv_window *w,
			     const struct resv_obstacle *new, const char *name)
{
	u32 low = 0, high = w->obstacles;
	struct resv_obstacle *o;
	char *copy;

	while (low < high) {
		u32 middle = (low + high) / 2;
		int cmp = resv_obstacle_cmp(&w->obstacle[middle], new);

		if (!cmp) {
			w->obstacle[middle].devices++;
			return 0;
		}
		if (cmp < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (w->obstacles == RESV_OBSTACLES_MAX) {
		w->too_many = true;
		return 0;
	}
	/* Grows by doubling: where the number is a power of two it is full. */
	if (!(w->obstacles & (w->obstacles - 1))) {
		o = kvmalloc_array(max(2 * w->obstacles, 2U), sizeof(*o),
				   GFP_KERNEL);
		if (!o)
			return -ENOMEM;
		if (w->obstacles)
			memcpy(o, w->obstacle, w->obstacles * sizeof(*o));
		kvfree(w->obstacle);
		w->obstacle = o;
	}
	copy = kstrdup(name, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	o = &w->obstacle[low];
	memmove(o + 1, o, (w->obstacles - low) * sizeof(*o));
	*o = *new;
	o->devices = 1;
	o->name = copy;
	w->obstacles++;
	return 0;
}

/**
 * resv_obstacles_free() - forget what is in a window's way
 * @w: the window
 */
void resv_obstacles_free(struct resv_window *w)
{
	while (w->obstacles)
		kfree(w->obstacle[--w->obstacles].name);
	kvfree(w->obstacle);
	w->obstacle = NULL;
}

/**
 * resv_window_hit() - the first obstacle that a range touches
 * @w: the window that the obstacles are of
 * @range: the range
 *
 * Return: the obstacle, or %NULL.
 */
const struct resv_obstacle *resv_window_hit(const struct resv_window *w,
					    const struct resv_range *range)
{
	u32 i;

	for (i = 0; i < w->obstacles; i++)
		if (w->obstacle[i].range.start <= range->last &&
		    range->start <= w->obstacle[i].range.last)
			return &w->obstacle[i];
	return NULL;
}

/**
 * resv_obstacles_set() - the obstacles of a window as a set
 * @w: the window
 * @set: receives them
 * @storage: of the set; room for one, or as many as there are obstacles
 * @inbound_only: take those of RESV_OBSTACLE_INBOUND only
 */
void resv_obstacles_set(const struct resv_window *w, struct resv_ranges *set,
			struct resv_range *storage, bool inbound_only)
{
	u32 i;

	resv_ranges_init(set, storage, max(w->obstacles, 1U));
	for (i = 0; i < w->obstacles; i++)
		if (!inbound_only ||
		    w->obstacle[i].by == RESV_OBSTACLE_INBOUND)
			resv_ranges_add(set, w->obstacle[i].range.start,
					w->obstacle[i].range.last);
}

/* The walk: what each device has to say. */

/* What the driver says of the device: its own window, and other regions. */
static int resv_window_regions(struct resv_window *w, struct device *dev,
			       const struct list_head *driver)
{
	const struct iommu_resv_region *region;
	int ret;

	list_for_each_entry(region, driver, list) {
		struct resv_obstacle o = {
			.by = RESV_OBSTACLE_DRIVER,
			.type = region->type,
		};

		if (!region->length)
			continue;
		o.range.start = region->start;
		o.range.last = region->length - 1 > U64_MAX - region->start ?
			U64_MAX : region->start + region->length - 1;
		if (region->type == IOMMU_RESV_SW_MSI) {
			if (!resv_window_exists(w))
				w->own = o.range;
			continue;
		}
		ret = resv_obstacle_add(w, &o, dev_name(dev));
		if (ret)
			return ret;
	}
	return 0;
}

/* Not NULL to the resolver, and no window: to ask only whether one is wanted. */
static int resv_window_anywhere(void *subject, struct resv_range *window)
{
	window->start = SZ_4K;
	window->last = 2 * SZ_4K - 1;
	return 0;
}

/* Which rules want a window placed for the device. */
static void resv_window_wanted(struct resv_window_walk *walk,
			       struct resv_window *w)
{
	struct resv_subject subject = { .dev = walk->dev, .state = walk->state };
	struct resv_facts facts = resv_machine;
	struct resv_state *state = walk->state;
	u32 i;

	facts.placed = resv_window_anywhere;
	for (i = 0; i < state->rules; i++) {
		const u8 *rule = quirk_rule_at(&state->table,
					       state->rule[i].rule);
		enum resv_outcome outcome;
		struct resv_range storage;
		struct resv_ranges set;

		if (!resv_rule_places(state, &state->rule[i]))
			continue;
		resv_ranges_init(&set, &storage, 1);
		outcome = resv_resolve_rule(&state->table, state->rule[i].rule,
					    state->rule[i].mode, &facts,
					    &subject, &set).outcome;
		if (outcome != RESV_ENFORCED && outcome != RESV_ADVISED)
			continue;
		w->wanted = true;
		w->enforced |= outcome == RESV_ENFORCED;
		w->minimum = max_t(u64, w->minimum,
				   get_le64(rule + QUIRK_RULE_ARG_A));
	}
}

/**
 * struct resv_window_rules - rules of a device as obstacles
 * @walk: the walk
 * @w: the window at hand
 * @ret: 0, or -ENOMEM
 */
struct resv_window_rules {
	struct resv_window_walk *walk;
	struct resv_window *w;
	int ret;
};

static void resv_window_rule(void *ctx, const struct resv_rule_ref *ref,
			     struct resv_verdict verdict,
			     const struct resv_ranges *set)
{
	struct resv_window_rules *rules = ctx;
	const struct resv_state *state = rules->walk->state;
	const u8 *rule = quirk_rule_at(&state->table, ref->rule);
	struct resv_obstacle o = {
		.by = RESV_OBSTACLE_RULE,
		.rule = ref - state->rule,
	};
	u32 i;

	/* Other windows are no obstacle, they give way; nor is what is taken out. */
	if (rule[QUIRK_RULE_TYPE] == QUIRK_TYPE_SW_MSI ||
	    QUIRK_ACTION_WEAKENS(rule[QUIRK_RULE_ACTION]) ||
	    (verdict.outcome != RESV_ENFORCED &&
	     verdict.outcome != RESV_ADVISED))
		return;
	for (i = 0; i < set->count && !rules->ret; i++) {
		o.range = set->r[i];
		rules->ret = resv_obstacle_add(rules->w, &o,
					       dev_name(rules->walk->dev));
	}
}

static int resv_window_inbound_add(void *ctx, u64 start, u64 last)
{
	resv_ranges_add(ctx, start, last);
	return 0;
}

/**
 * struct resv_window_outside - what lies outside a host bridge's inbound windows
 * @w: the window at hand
 * @name: the host bridge
 */
struct resv_window_outside {
	struct resv_window *w;
	const char *name;
};

static int resv_window_outside_add(void *ctx, u64 start, u64 last)
{
	struct resv_window_outside *outside = ctx;
	struct resv_obstacle o = {
		.range = { .start = start, .last = last },
		.by = RESV_OBSTACLE_INBOUND,
	};

	return resv_obstacle_add(outside->w, &o, outside->name);
}

/* What the host bridge does not let through, where it says that. */
static int resv_window_inbound(struct resv_window_walk *walk,
			       struct resv_window *w)
{
	struct resv_subject subject = { .dev = walk->dev, .state = walk->state };
	const struct resv_range all = { .start = 0, .last = U64_MAX };
	struct resv_window_outside outside = { .w = w };
	struct resv_ranges inbound;
	int ret;

	resv_ranges_init(&inbound, walk->storage, RESV_INBOUND_MAX);
	ret = resv_machine.inbound(&subject, resv_window_inbound_add, &inbound);
	w->inbound_unread |= ret == -EOPNOTSUPP;
	if (ret || !inbound.count)
		return 0;
	if (inbound.widened) {
		w->too_many = true;
		return 0;
	}
	outside.name =
		dev_name(&pci_find_host_bridge(to_pci_dev(walk->dev)->bus)->dev);
	/* Not in whole pages: one that is let through in part is no place. */
	return resv_ranges_for_each_gap(&inbound, all, 1,
					resv_window_outside_add, &outside);
}

/**
 * resv_window_is_narrow() - may it be that a device cannot write MSIs above 4 GiB?
 * @dev: the device
 *
 * Return: true where it cannot, or does not say.
 */
bool resv_window_is_narrow(struct device *dev)
{
	struct pci_dev *pdev;

	if (!dev_is_pci(dev))
		return dev_get_msi_domain(dev);
	pdev = to_pci_dev(dev);
	return (pdev->msi_cap || pdev->msix_cap) && resv_msi_is_32bit(pdev);
}

/* Where the device can write MSIs to. */
static int resv_window_narrow(struct resv_window *w, struct device *dev)
{
	bool known = dev_is_pci(dev);

	if (!resv_window_is_narrow(dev))
		return 0;
	/* One that is known to be narrow is named rather than one that may be. */
	if (w->narrow && (w->narrow_known || !known))
		return 0;
	kfree(w->narrow);
	w->narrow = kstrdup(dev_name(dev), GFP_KERNEL);
	w->narrow_known = known;
	w->limit = RESV_PLACE_LIMIT_32;
	return w->narrow ? 0 : -ENOMEM;
}

/* What the device's IOMMU can map, and whether its translation is nested. */
static int resv_window_domain(struct resv_window_walk *walk,
			      struct resv_window *w)
{
	const struct iommu_device *iommu = walk->dev->iommu->iommu_dev;
	struct iommu_domain *domain = resv_domain_locked(walk->dev);
	struct resv_reach reach;

	if (domain && resv_domain_is_nested(domain) && !w->nested) {
		w->nested = kstrdup(dev_name(walk->dev), GFP_KERNEL);
		if (!w->nested)
			return -ENOMEM;
	}
	if (!domain || !(domain->type & __IOMMU_DOMAIN_PAGING)) {
		/* Devices of one IOMMU mostly follow each other. */
		if (walk->tried == iommu)
			return 0;
		walk->tried = iommu;
	}
	if (!resv_domain_reach(walk->dev, &reach))
		return 0;
	w->aperture.start = max_t(u64, w->aperture.start, reach.aperture.start);
	w->aperture.last = min_t(u64, w->aperture.last, reach.aperture.last);
	w->aperture_known = true;
	return 0;
}

static int resv_window_look(struct resv_window_walk *walk,
			    struct resv_window *w,
			    const struct list_head *driver)
{
	struct resv_window_rules rules = { .walk = walk, .w = w };
	int ret;

	ret = resv_window_regions(w, walk->dev, driver);
	if (ret)
		return ret;
	resv_window_wanted(walk, w);
	/* Not what is held for a device in use: that is another state's. */
	kfree(resv_device_plan_live(walk->state, walk->dev, driver,
				    resv_window_rule, &rules));
	ret = rules.ret;
	if (!ret)
		ret = resv_window_inbound(walk, w);
	if (!ret)
		ret = resv_window_narrow(w, walk->dev);
	if (!ret)
		ret = resv_window_domain(walk, w);
	return ret;
}

/* A device of a group; takes the one that the walk is at. */
static int resv_window_member(struct device *dev, void *arg)
{
	struct resv_window_walk *walk = arg;
	const struct iommu_ops *ops;
	struct resv_window *w;
	LIST_HEAD(driver);
	int ret;

	if (dev != walk->dev)
		return 0;
	ops = resv_clone_original(resv_dev_ops(dev));
	if (!ops)
		return 0;
	w = (struct resv_window *)resv_window_find(walk->state, ops);
	if (!w)
		w = resv_window_new(walk->state, ops, resv_iommu_name(dev));
	if (!w)
		return -ENOMEM;
	resv_driver_regions(dev, &driver);
	ret = resv_window_look(walk, w, &driver);
	iommu_put_resv_regions(dev, &driver);
	return ret;
}

static int resv_window_each(struct resv_window_walk *walk, struct device **all,
			    size_t count)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		struct iommu_group *group = iommu_group_get(all[i]);

		if (!group)
			continue;
		walk->dev = all[i];
		ret = iommu_group_for_each_dev(group, walk, resv_window_member);
		iommu_group_put(group);
	}
	return ret;
}

/**
 * resv_windows_survey() - find what a state's windows are decided by
 * @state: matched, not shown to anyone yet; gets a window for each IOMMU driver
 *	that has devices
 *
 * Context: may sleep; takes group->mutex. The facts must have been initialised.
 * Return: 0 or -ENOMEM.
 */
int resv_windows_survey(struct resv_state *state)
{
	struct resv_window_walk walk = { .state = state };
	struct device **all;
	size_t count;
	int ret;

	all = resv_devices_all(&count);
	if (IS_ERR(all))
		return PTR_ERR(all);
	walk.storage = kvmalloc_array(RESV_INBOUND_MAX, sizeof(*walk.storage),
				      GFP_KERNEL);
	ret = walk.storage ? resv_window_each(&walk, all, count) : -ENOMEM;
	kvfree(walk.storage);
	resv_devices_all_put(all, count);
	return ret;
}
