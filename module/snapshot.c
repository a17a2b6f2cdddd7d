// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot.c - the state of one group, held still
 *
 * Taken with group->mutex held (iommu_group_for_each_dev()), which is also how
 * the IOMMU core asks for a group's list: no device of the group comes or goes
 * meanwhile, and its domain stays.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "devices.h"
#include "iommu_resv.h"

static int resv_region_cmp(const void *a, const void *b)
{
	const struct resv_snap_region *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return 0;
}

/*
 * Sort by start and type, and unite overlapping or adjacent regions of the same
 * type: what iommu_insert_resv_region() makes of a group's lists.
 */
static u32 resv_regions_normalise(struct resv_snap_region *r, u32 count)
{
	u32 i, k, n = 0;

	sort(r, count, sizeof(*r), resv_region_cmp, NULL);
	for (i = 0; i < count; i++) {
		for (k = n; k; k--)
			if (r[k - 1].type == r[i].type)
				break;
		if (k && (r[k - 1].last == U64_MAX ||
			  r[i].start <= r[k - 1].last + 1)) {
			if (r[i].last > r[k - 1].last)
				r[k - 1].last = r[i].last;
		} else {
			r[n++] = r[i];
		}
	}
	return n;
}

static u32 resv_list_count(const struct list_head *list)
{
	const struct iommu_resv_region *region;
	u32 n = 0;

	list_for_each_entry(region, list, list)
		n++;
	return n;
}

/* Copies a list; regions of length 0 say nothing and are left out. */
static u32 resv_list_copy(struct resv_snap_region *r,
			  const struct list_head *list)
{
	const struct iommu_resv_region *region;
	u32 n = 0;

	list_for_each_entry(region, list, list) {
		if (!region->length)
			continue;
		r[n].start = region->start;
		r[n].last = region->start + region->length - 1;
		r[n].type = region->type;
		n++;
	}
	return n;
}

/**
 * struct resv_snap_seen - what a plan in the making leaves in a snapshot
 * @sd: the device
 * @ret: 0, or -ENOMEM
 */
struct resv_snap_seen {
	struct resv_snap_device *sd;
	int ret;
};

static void resv_snap_rule(void *ctx, const struct resv_rule_ref *ref,
			   struct resv_verdict verdict,
			   const struct resv_ranges *set)
{
	struct resv_snap_seen *seen = ctx;
	struct resv_snap_device *sd = seen->sd;
	struct resv_snap_rule *rule = &sd->rules[sd->rule_count++];

	rule->ref = ref;
	rule->verdict = verdict;
	if (verdict.outcome != RESV_ENFORCED && verdict.outcome != RESV_ADVISED)
		return;
	if (!set->count)
		return;
	rule->ranges = kmemdup(set->r, set->count * sizeof(*set->r),
			       GFP_KERNEL);
	if (rule->ranges)
		rule->count = set->count;
	else
		seen->ret = -ENOMEM;
}

/* What the driver says and what becomes of it. */
static void resv_snap_plan(struct resv_snap_device *sd,
			   const struct list_head *list,
			   const struct resv_device_plan *dp)
{
	const struct iommu_resv_region *region;
	struct resv_range range;
	u32 i = 0;

	list_for_each_entry(region, list, list) {
		const struct resv_plan_region *r = &dp->region[i++];
		struct resv_snap_region one = {
			.start = r->start, .last = r->last, .type = region->type,
		};

		/* Of length 0: says nothing, and is left out. */
		if (!region->length)
			continue;
		sd->driver[sd->drivers] = one;
		sd->fate[sd->drivers++] = r->fate;
		if (r->fate == RESV_FATE_REMOVE)
			continue;
		if (r->fate == RESV_FATE_RELAX)
			one.type = IOMMU_RESV_DIRECT_RELAXABLE;
		sd->regions[sd->count++] = one;
	}
	for (i = 0; i < resv_plan_count(&dp->plan); i++) {
		enum quirk_type type = resv_plan_added(&dp->plan, i, &range);
		struct resv_snap_region *one = &sd->regions[sd->count++];

		one->start = range.start;
		one->last = range.last;
		one->type = resv_kernel_type(type);
	}
	sd->flags = dp->plan.flags;
	sd->count = resv_regions_normalise(sd->regions, sd->count);
}

/* What a device would answer if its group were not in use. */
static void resv_snap_pending(struct resv_snapshot *snap, struct device *dev,
			      const struct list_head *driver)
{
	const struct resv_state *now = resv_state_now();
	bool changed = resv_held_differs(snap->state, dev, driver);
	struct resv_device_plan *dp;
	struct resv_answer *answer;

	snap->changed |= changed;
	if (!changed && snap->state == now)
		return;
	if (now->enforcing)
		dp = resv_device_plan_live(now, dev, driver, resv_plan_unseen,
					   NULL);
	else
		dp = resv_device_plan_new(driver);
	answer = resv_answer_of_plan(dp, false);
	snap->pending = resv_answer_either(snap->pending, answer);
	kvfree(answer);
	kfree(dp);
}

static int resv_snap_regions(struct resv_snapshot *snap, struct device *dev,
			     struct resv_snap_device *sd)
{
	const struct resv_state *state = snap->state;
	struct resv_snap_seen seen = { .sd = sd };
	struct resv_device_plan *dp = NULL;
	LIST_HEAD(list);
	u32 drivers;

	sd->rules = kvcalloc(state->rules + 1, sizeof(*sd->rules), GFP_KERNEL);
	if (!sd->rules)
		return -ENOMEM;
	resv_driver_regions(dev, &list);
	dp = resv_device_plan(state, dev, &list, resv_snap_rule, &seen);
	drivers = dp->plan.region_count;
	sd->driver = kvcalloc(drivers + 1, sizeof(*sd->driver), GFP_KERNEL);
	sd->fate = kvcalloc(drivers + 1, sizeof(*sd->fate), GFP_KERNEL);
	sd->regions = kvcalloc(drivers + RESV_PLAN_RANGES,
			       sizeof(*sd->regions), GFP_KERNEL);
	if (!sd->driver || !sd->fate || !sd->regions)
		seen.ret = -ENOMEM;
	else
		resv_snap_plan(sd, &list, dp);
	resv_snap_pending(snap, dev, &list);
	kfree(dp);
	iommu_put_resv_regions(dev, &list);
	return seen.ret;
}

/**
 * resv_domain_reach() - what a domain of a device can translate
 * @dev: the device
 * @reach: filled in
 *
 * Its own domain, or where that one does not translate (identity, blocked), a
 * new one as VFIO would get.
 *
 * Context: may sleep; group->mutex is held.
 * Return: true where it is known.
 */
bool resv_domain_reach(struct device *dev, struct resv_reach *reach)
{
	struct iommu_domain *domain = resv_domain_locked(dev), *new = NULL;
	bool known;

	if (!domain || !(domain->type & __IOMMU_DOMAIN_PAGING)) {
		new = resv_domain_try(dev);
		if (IS_ERR_OR_NULL(new))
			return false;
		domain = new;
	}
	known = domain->geometry.aperture_end > domain->geometry.aperture_start;
	if (known) {
		reach->aperture.start = domain->geometry.aperture_start;
		reach->aperture.last = domain->geometry.aperture_end;
		reach->page_sizes = domain->pgsize_bitmap;
	}
	if (new)
		iommu_domain_free(new);
	return known;
}

static void resv_snap_aperture(struct resv_snapshot *snap, struct device *dev)
{
	struct resv_reach reach;

	if (snap->aperture_known || !resv_domain_reach(dev, &reach))
		return;
	snap->aperture = reach.aperture;
	snap->aperture_known = true;
}

/*
 * Host DMA leaves out the windows of the host bridge of the device that it is
 * set up for first (dma-iommu.c: iova_reserve_pci_windows(), in 6.1, 6.12 and
 * 7.3), which may be any of the group. A bridge's windows stay as they are.
 */
static void resv_snap_kept(struct resv_snapshot *snap, struct device *dev)
{
	struct pci_host_bridge *bridge;
	struct resource_entry *window;

	bridge = pci_find_host_bridge(to_pci_dev(dev)->bus);
	resource_list_for_each_entry(window, &bridge->windows) {
		struct resv_range *r = &snap->kept[snap->kept_count];

		if (resource_type(window->res) != IORESOURCE_MEM)
			continue;
		if (snap->kept_count == RESV_SNAP_KEPT)
			return;
		r->start = window->res->start - window->offset;
		r->last = window->res->end - window->offset;
		if (r->start <= r->last)
			snap->kept_count++;
	}
}

static void resv_snap_domain(struct resv_snapshot *snap, struct device *dev)
{
	const struct iommu_domain *domain;

	if (!list_is_singular(&snap->devices)) {
		if (!dev_is_pci(dev))
			snap->kept_count = 0;
		return;
	}
	domain = resv_domain_locked(dev);
	snap->sight = resv_sight_of(domain);
	snap->domain = domain;
	snap->domain_fq = domain && domain->type == IOMMU_DOMAIN_DMA_FQ;
	if (dev_is_pci(dev))
		resv_snap_kept(snap, dev);
}

/*
 * Who the device is to its IOMMU. With group->mutex held the IOMMU core frees no
 * fwspec of a device that is still in the group (6.1: iommu_release_device()
 * takes it out first; 7.3: iommu_deinit_device() holds the mutex), and once the
 * device has its IOMMU no ID is added.
 */
static int resv_snap_streams(struct resv_snap_device *sd, struct device *dev)
{
	const struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
	struct resv_subject subject = { .dev = dev };

	sd->smmu_known = !resv_machine.iommu_base(&subject, &sd->smmu_base);
	if (!fwspec || !fwspec->num_ids)
		return 0;
	sd->stream = kmemdup(fwspec->ids,
			     fwspec->num_ids * sizeof(*sd->stream), GFP_KERNEL);
	if (!sd->stream)
		return -ENOMEM;
	sd->streams = fwspec->num_ids;
	return 0;
}

static int resv_snap_device(struct device *dev, void *arg)
{
	struct resv_snapshot *snap = arg;
	struct resv_snap_device *sd;
	int ret;

	if (!resv_dev_ops(dev) || (snap->only && snap->only != dev))
		return 0;
	sd = kzalloc(sizeof(*sd), GFP_KERNEL);
	if (!sd)
		return -ENOMEM;
	list_add_tail(&sd->node, &snap->devices);
	sd->dev = get_device(dev);

	sd->name = kstrdup(dev_name(dev), GFP_KERNEL);
	sd->bus = kstrdup(dev->bus ? dev->bus->name : "", GFP_KERNEL);
	sd->iommu = kstrdup(resv_iommu_name(dev), GFP_KERNEL);
	if (!sd->name || !sd->bus || !sd->iommu)
		return -ENOMEM;

	/* The same for all devices of the group, and held still as they are. */
	snap->state = resv_state_of(dev);
	sd->window = resv_window_dev(snap->state, dev);
	ret = resv_snap_regions(snap, dev, sd);
	if (!ret)
		ret = resv_snap_streams(sd, dev);
	if (ret)
		return ret;
	resv_snap_aperture(snap, dev);
	resv_snap_domain(snap, dev);
	return ret;
}

/* The group's own list, asked of the IOMMU core: through the hook, if any. */
static int resv_snap_group(struct resv_snapshot *snap,
			   struct iommu_group *group)
{
	struct iommu_resv_region *region, *next;
	LIST_HEAD(list);
	int ret;

	ret = iommu_get_group_resv_regions(group, &list);
	if (ret)
		goto out;
	snap->regions = kvcalloc(resv_list_count(&list) + 1,
				 sizeof(*snap->regions), GFP_KERNEL);
	if (snap->regions)
		snap->count = resv_list_copy(snap->regions, &list);
	else
		ret = -ENOMEM;
out:
	list_for_each_entry_safe(region, next, &list, list)
		kfree(region);
	return ret;
}

/*
 * Is the core's list the one that the devices' lists make? It is not where the
 * driver's callback is not ours.
 */
static int resv_snap_compare(struct resv_snapshot *snap)
{
	const struct resv_snap_device *sd;
	struct resv_snap_region *all;
	u32 i, n = 0;

	list_for_each_entry(sd, &snap->devices, node)
		n += sd->count;
	all = kvcalloc(n + 1, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	n = 0;
	list_for_each_entry(sd, &snap->devices, node)
		for (i = 0; i < sd->count; i++)
			all[n++] = sd->regions[i];
	n = resv_regions_normalise(all, n);
	snap->differs = n != snap->count;
	for (i = 0; i < n && !snap->differs; i++)
		snap->differs = all[i].start != snap->regions[i].start ||
				all[i].last != snap->regions[i].last ||
				all[i].type != snap->regions[i].type;
	kvfree(all);
	return 0;
}

/**
 * resv_snapshot_drop() - free a snapshot
 * @snap: filled in by resv_snapshot_take()
 */
void resv_snapshot_drop(struct resv_snapshot *snap)
{
	struct resv_snap_device *sd, *next;
	u32 i;

	list_for_each_entry_safe(sd, next, &snap->devices, node) {
		list_del(&sd->node);
		for (i = 0; i < sd->rule_count; i++)
			kfree(sd->rules[i].ranges);
		kvfree(sd->rules);
		kvfree(sd->driver);
		kvfree(sd->fate);
		kvfree(sd->regions);
		kfree(sd->msi);
		kfree(sd->stream);
		kfree(sd->name);
		kfree(sd->bus);
		kfree(sd->iommu);
		put_device(sd->dev);
		kfree(sd);
	}
	kvfree(snap->regions);
	snap->regions = NULL;
	snap->count = 0;
	snap->aperture_known = false;
	snap->kept_count = 0;
	snap->changed = false;
	kvfree(snap->pending);
	snap->pending = NULL;
}

/**
 * resv_snapshot_take() - look at a group
 * @snap: filled in
 * @group: referenced by the caller
 * @only: take this device only and leave the group's own list out; or %NULL
 *
 * The group's own list is asked for after its devices, and a reload may change
 * the group's answer between the two: then both are taken anew. So they are, a
 * few times, where they differ, because the machine may have changed.
 *
 * Context: may sleep; takes group->mutex. The caller holds resv_srcu until the
 * drop, which keeps the state.
 * Return: 0 with a snapshot to be dropped, -ENODEV where the group has no
 * (such) device any more, or another error with nothing to drop.
 */
int resv_snapshot_take(struct resv_snapshot *snap, struct iommu_group *group,
		       struct device *only)
{
	int ret, tries = 3;

	memset(snap, 0, sizeof(*snap));
	INIT_LIST_HEAD(&snap->devices);
	snap->id = iommu_group_id(group);
	snap->only = only;

	for (;;) {
		ret = iommu_group_for_each_dev(group, snap, resv_snap_device);
		if (!ret && list_empty(&snap->devices))
			ret = -ENODEV;
		if (!ret && !only)
			ret = resv_snap_group(snap, group);
		if (!ret && !only)
			ret = resv_snap_compare(snap);
		if (ret || only ||
		    (resv_state_of_group(group) == snap->state &&
		     (!snap->differs || !--tries)))
			break;
		resv_snapshot_drop(snap);
	}
	if (ret)
		resv_snapshot_drop(snap);
	return ret;
}
