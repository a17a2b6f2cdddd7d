// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot.c - the state of one group, held still
 *
 * Taken with group->mutex held (iommu_group_for_each_dev()), which is also how
 * the IOMMU core asks for a group's list: no device of the group comes or goes
 * meanwhile, and its domain stays.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/slab.h>
#include <linux/sort.h>

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

static int resv_snap_rules(const struct resv_state *state, struct device *dev,
			   struct resv_snap_device *sd)
{
	struct resv_range *storage;
	struct resv_ranges set;
	int ret = -ENOMEM;
	u32 i;

	if (!state->rules)
		return 0;
	storage = kmalloc_array(RESV_MAX_RANGES, sizeof(*storage), GFP_KERNEL);
	sd->rules = kcalloc(state->rules, sizeof(*sd->rules), GFP_KERNEL);
	if (!storage || !sd->rules)
		goto out;

	for (i = 0; i < state->rules; i++) {
		struct resv_snap_rule *rule = &sd->rules[sd->rule_count];

		resv_ranges_init(&set, storage, RESV_MAX_RANGES);
		rule->ref = &state->rule[i];
		rule->outcome = resv_resolve_rule(&state->table,
						  rule->ref->rule,
						  state->policy, &resv_machine,
						  dev, &set);
		if (rule->outcome == RESV_NOT_IN_SCOPE)
			continue;
		if (set.count) {
			rule->ranges = kmemdup(storage,
					       set.count * sizeof(*storage),
					       GFP_KERNEL);
			if (!rule->ranges)
				goto out;
		}
		rule->count = set.count;
		sd->rule_count++;
	}
	ret = 0;
out:
	kfree(storage);
	return ret;
}

static int resv_snap_regions(const struct resv_state *state,
			     struct device *dev, struct resv_snap_device *sd)
{
	struct resv_range *storage;
	struct resv_ranges set;
	LIST_HEAD(list);
	int ret = -ENOMEM;
	u32 drivers, i;

	resv_driver_regions(dev, &list);
	drivers = resv_list_count(&list);
	storage = kmalloc_array(RESV_MAX_RANGES, sizeof(*storage), GFP_KERNEL);
	sd->driver = kvcalloc(drivers + 1, sizeof(*sd->driver), GFP_KERNEL);
	sd->regions = kvcalloc(drivers + RESV_MAX_RANGES,
			       sizeof(*sd->regions), GFP_KERNEL);
	if (!storage || !sd->driver || !sd->regions)
		goto out;

	sd->drivers = resv_list_copy(sd->driver, &list);
	memcpy(sd->regions, sd->driver, sd->drivers * sizeof(*sd->driver));
	sd->count = sd->drivers;

	resv_ranges_init(&set, storage, RESV_MAX_RANGES);
	if (state->enforcing)
		resv_device_set(state, dev, &list, &set);
	for (i = 0; i < set.count; i++) {
		sd->regions[sd->count].start = set.r[i].start;
		sd->regions[sd->count].last = set.r[i].last;
		sd->regions[sd->count].type = IOMMU_RESV_RESERVED;
		sd->count++;
	}
	sd->widened = set.widened;
	sd->count = resv_regions_normalise(sd->regions, sd->count);
	ret = 0;
out:
	iommu_put_resv_regions(dev, &list);
	kfree(storage);
	return ret;
}

/*
 * What a domain of this device can translate: its own domain's aperture, or
 * where that one does not translate (identity, blocked), that of a new one.
 */
static void resv_snap_aperture(struct resv_snapshot *snap, struct device *dev)
{
	struct iommu_domain *domain, *new = NULL;

	if (snap->aperture_known)
		return;
	domain = resv_domain_locked(dev);
	if (!domain || !(domain->type & __IOMMU_DOMAIN_PAGING)) {
		new = resv_domain_try(dev);
		if (IS_ERR_OR_NULL(new))
			return;
		domain = new;
	}
	if (domain->geometry.aperture_end > domain->geometry.aperture_start) {
		snap->aperture.start = domain->geometry.aperture_start;
		snap->aperture.last = domain->geometry.aperture_end;
		snap->aperture_known = true;
	}
	if (new)
		iommu_domain_free(new);
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

	sd->name = kstrdup(dev_name(dev), GFP_KERNEL);
	sd->bus = kstrdup(dev->bus ? dev->bus->name : "", GFP_KERNEL);
	sd->iommu = kstrdup(dev->iommu->iommu_dev->dev ?
			    dev_name(dev->iommu->iommu_dev->dev) : "",
			    GFP_KERNEL);
	if (!sd->name || !sd->bus || !sd->iommu)
		return -ENOMEM;

	ret = resv_snap_regions(snap->state, dev, sd);
	if (!ret)
		ret = resv_snap_rules(snap->state, dev, sd);
	if (!ret)
		resv_snap_aperture(snap, dev);
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

/**
 * resv_snapshot_take() - look at a group
 * @snap: filled in
 * @group: referenced by the caller
 * @only: take this device only and leave the group's own list out; or %NULL
 *
 * Context: may sleep; takes group->mutex.
 * Return: 0 with a snapshot to be dropped, -ENODEV where the group has no
 * (such) device any more, or another error with nothing to drop.
 */
int resv_snapshot_take(struct resv_snapshot *snap, struct iommu_group *group,
		       struct device *only)
{
	int idx, ret;

	memset(snap, 0, sizeof(*snap));
	INIT_LIST_HEAD(&snap->devices);
	snap->id = iommu_group_id(group);
	snap->only = only;

	idx = srcu_read_lock(&resv_srcu);
	snap->state = srcu_dereference(resv_state, &resv_srcu);
	ret = iommu_group_for_each_dev(group, snap, resv_snap_device);
	srcu_read_unlock(&resv_srcu, idx);
	if (!ret && list_empty(&snap->devices))
		ret = -ENODEV;
	if (!ret && !only)
		ret = resv_snap_group(snap, group);
	if (ret)
		resv_snapshot_drop(snap);
	return ret;
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
		for (i = 0; sd->rules && i < sd->rule_count; i++)
			kfree(sd->rules[i].ranges);
		kfree(sd->rules);
		kvfree(sd->driver);
		kvfree(sd->regions);
		kfree(sd->name);
		kfree(sd->bus);
		kfree(sd->iommu);
		kfree(sd);
	}
	kvfree(snap->regions);
	snap->regions = NULL;
}
