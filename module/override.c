// SPDX-License-Identifier: GPL-2.0-only
/*
 * override.c - what a device's list of reserved regions becomes
 *
 * resv_wrapper() stands where the IOMMU driver's get_resv_regions callback
 * stood: it calls the driver's own function and adds what the board's enforced
 * rules say. It runs with group->mutex (sysfs, VFIO, host DMA) or iommufd's
 * iova_rwsem held by its caller and may sleep; of ours it holds SRCU only.
 *
 * The callback returns nothing, so it cannot fail: a region lost here is a hole
 * that a guest falls into. What it adds is allocated so that the allocation
 * cannot fail, and consists of objects that the IOMMU core frees by itself,
 * since lists outlive this module.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

/* The task that runs resv_self_test(), and whether the wrapper saw it. */
static struct task_struct *resv_test_task;
static bool resv_test_seen;

/**
 * resv_dev_ops() - the IOMMU operations of a device
 * @dev: a device that the caller keeps from being released by its IOMMU
 *
 * Return: the operations, a clone of ours included; %NULL without an IOMMU.
 */
const struct iommu_ops *resv_dev_ops(struct device *dev)
{
	struct dev_iommu *param = READ_ONCE(dev->iommu);
	struct iommu_device *iommu = param ? READ_ONCE(param->iommu_dev) : NULL;

	return iommu ? READ_ONCE(iommu->ops) : NULL;
}

/**
 * resv_driver_regions() - what the IOMMU driver itself says
 * @dev: a device with an IOMMU
 * @list: the driver's regions are added here
 *
 * Kept out of line and away from a sibling call: the ftrace redirect knows a
 * call of ours by its return address and steps aside.
 *
 * Context: as the callback: may sleep, group->mutex or iova_rwsem may be held.
 */
noinline void resv_driver_regions(struct device *dev, struct list_head *list)
{
	const struct iommu_ops *ops = resv_clone_original(resv_dev_ops(dev));

	if (ops && ops->get_resv_regions)
		ops->get_resv_regions(dev, list);
	barrier();
}

/**
 * resv_region_covers() - does a driver's region of this type need no twin?
 * @type: the region's type
 *
 * What VFIO and iommufd already keep guests out of is not said twice. The
 * software MSI window is no such region, it is an address that the host uses;
 * a relaxable direct mapping is ignored by VFIO.
 *
 * Return: true if it needs none.
 */
bool resv_region_covers(enum iommu_resv_type type)
{
	return type == IOMMU_RESV_RESERVED || type == IOMMU_RESV_MSI ||
	       type == IOMMU_RESV_DIRECT;
}

/**
 * resv_device_set() - the ranges that enforced rules add for a device
 * @state: the module's state; the caller holds resv_srcu
 * @dev: the device
 * @driver: what its driver says
 * @set: empty; receives whole host pages, without what @driver covers
 *
 * Whole pages, because that is what a VMM can map or leave out.
 */
void resv_device_set(const struct resv_state *state, struct device *dev,
		     const struct list_head *driver, struct resv_ranges *set)
{
	const struct iommu_resv_region *region;
	u32 i;

	for (i = 0; i < state->rules; i++) {
		if (!state->rule[i].enforced)
			continue;
		resv_resolve_rule(&state->table, state->rule[i].rule,
				  state->policy, &resv_machine, dev, set);
	}
	if (!set->count)
		return;
	resv_ranges_align_out(set, PAGE_SIZE);
	list_for_each_entry(region, driver, list)
		if (resv_region_covers(region->type) && region->length)
			resv_ranges_subtract(set, region->start,
					     region->start + region->length - 1);
}

static void resv_add_region(struct list_head *list, u64 start, u64 length)
{
	struct iommu_resv_region *region;

	region = iommu_alloc_resv_region(start, length, 0, IOMMU_RESV_RESERVED,
					 GFP_KERNEL | __GFP_NOFAIL);
	list_add_tail(&region->list, list);
}

/**
 * resv_add_regions() - put ranges into a list of reserved regions
 * @list: an IOMMU list
 * @set: the ranges
 *
 * Context: may sleep. Cannot fail.
 */
void resv_add_regions(struct list_head *list, const struct resv_ranges *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		const struct resv_range *r = &set->r[i];
		u64 length = r->last - r->start + 1;

		/* The whole 64-bit space has no length of its own. */
		if (!length) {
			resv_add_region(list, 0, 1ULL << 63);
			resv_add_region(list, 1ULL << 63, 1ULL << 63);
		} else {
			resv_add_region(list, r->start, length);
		}
	}
}

/**
 * resv_wrapper() - the get_resv_regions callback that the IOMMU core reaches
 * @dev: the device
 * @list: receives its regions
 *
 * Context: see the head of this file. The unlock after all calls also keeps the
 * compiler from ending in a sibling call.
 */
noinline void resv_wrapper(struct device *dev, struct list_head *list)
{
	struct resv_range storage[RESV_MAX_RANGES];
	const struct resv_state *state;
	struct resv_ranges set;
	LIST_HEAD(driver);
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	if (unlikely(READ_ONCE(resv_test_task) == current))
		WRITE_ONCE(resv_test_seen, true);

	resv_driver_regions(dev, &driver);
	state = srcu_dereference(resv_state, &resv_srcu);
	if (state && state->enforcing) {
		resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
		resv_device_set(state, dev, &driver, &set);
		resv_add_regions(&driver, &set);
	}
	list_splice_tail(&driver, list);
	srcu_read_unlock(&resv_srcu, idx);
}

/**
 * resv_self_test() - does the IOMMU core's own question reach the wrapper?
 * @group: a group with a device whose callback was just hooked
 *
 * Context: may sleep; takes group->mutex. One at a time (module init and hook
 * creation hold resv_hooks_lock).
 * Return: true if it does.
 */
bool resv_self_test(struct iommu_group *group)
{
	struct iommu_resv_region *region, *next;
	LIST_HEAD(list);

	WRITE_ONCE(resv_test_seen, false);
	WRITE_ONCE(resv_test_task, current);
	iommu_get_group_resv_regions(group, &list);
	WRITE_ONCE(resv_test_task, NULL);
	list_for_each_entry_safe(region, next, &list, list)
		kfree(region);
	return READ_ONCE(resv_test_seen);
}
