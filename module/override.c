// SPDX-License-Identifier: GPL-2.0-only
/*
 * override.c - what a device's list of reserved regions becomes
 *
 * resv_wrapper() stands where the IOMMU driver's get_resv_regions callback
 * stood: it calls the driver's own function and changes what that gave as the
 * board's enforced rules say. It runs with group->mutex (sysfs, VFIO, host DMA)
 * or iommufd's iova_rwsem held by its caller and may sleep; of ours it holds
 * SRCU only.
 *
 * The callback returns nothing, so it cannot fail: a region lost here is a hole
 * that a guest falls into. What it needs is allocated so that the allocation
 * cannot fail. What it adds are objects that the IOMMU core frees by itself,
 * since lists outlive this module; what it takes out goes the way that its
 * driver gave it.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/bitops.h>
#include <linux/overflow.h>
#include <linux/panic.h>
#include <linux/slab.h>

#include "devices.h"
#include "hook.h"
#include "iommu_resv.h"
#include "words.h"

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
 * resv_iommu_name() - name of the IOMMU that a device is behind
 * @dev: a device with an IOMMU, which stays
 *
 * Return: the name, "" where the IOMMU's driver has given it none.
 */
const char *resv_iommu_name(struct device *dev)
{
	const struct device *iommu = dev->iommu->iommu_dev->dev;

	return iommu ? dev_name(iommu) : "";
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
 * resv_quirk_type() - a kernel's type as the plan knows it
 * @type: the kernel's type
 *
 * Return: the type; %QUIRK_TYPE_NONE for one that is not known.
 */
enum quirk_type resv_quirk_type(enum iommu_resv_type type)
{
	switch (type) {
	case IOMMU_RESV_DIRECT:
		return QUIRK_TYPE_DIRECT;
	case IOMMU_RESV_DIRECT_RELAXABLE:
		return QUIRK_TYPE_DIRECT_RELAXABLE;
	case IOMMU_RESV_RESERVED:
		return QUIRK_TYPE_RESERVED;
	case IOMMU_RESV_MSI:
		return QUIRK_TYPE_MSI;
	case IOMMU_RESV_SW_MSI:
		return QUIRK_TYPE_SW_MSI;
	}
	return QUIRK_TYPE_NONE;
}

/**
 * resv_kernel_type() - the type of a rule as the kernel knows it
 * @type: of a range that a plan adds
 *
 * Return: the kernel's type.
 */
enum iommu_resv_type resv_kernel_type(enum quirk_type type)
{
	switch (type) {
	case QUIRK_TYPE_MSI:
		return IOMMU_RESV_MSI;
	case QUIRK_TYPE_SW_MSI:
		return IOMMU_RESV_SW_MSI;
	case QUIRK_TYPE_DIRECT:
		return IOMMU_RESV_DIRECT;
	case QUIRK_TYPE_DIRECT_RELAXABLE:
		return IOMMU_RESV_DIRECT_RELAXABLE;
	case QUIRK_TYPE_RESERVED:
	case QUIRK_TYPE_NONE:
	case QUIRK_TYPES_END:
		break;
	}
	return IOMMU_RESV_RESERVED;
}

static u32 resv_fates_changed(const struct resv_plan *plan)
{
	u32 i, n = 0;

	for (i = 0; i < plan->region_count; i++)
		n += plan->regions[i].fate != RESV_FATE_KEEP;
	return n;
}

/*
 * Say it once for each rule that weakening has begun, and taint the kernel: who
 * reads a report of a bug has to know that the operator opened something.
 * TAINT_USER is for that: user space asked for it. (That the module is not the
 * kernel's own is a taint of its own, which it has already.)
 */
static void resv_say_weakened(const struct resv_state *state,
			      struct resv_rule_ref *ref, struct device *dev,
			      const struct resv_ranges *set)
{
	const struct quirk_table *t = &state->table;
	const u8 *rule = quirk_rule_at(t, ref->rule);

	if (test_and_set_bit(0, &ref->said))
		return;
	add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	pr_warn("isolation is weakened by %s/%s, as weaken=1 permits: action %s on the driver's %s regions in 0x%llx-0x%llx%s; first for %s\n",
		quirk_string(t, quirk_entry_at(t, ref->entry) + QUIRK_ENT_NAME),
		quirk_string(t, rule + QUIRK_RULE_NAME),
		resv_action_word(rule[QUIRK_RULE_ACTION]),
		resv_type_word(rule[QUIRK_RULE_TYPE]), set->r[0].start,
		set->r[0].last, set->count > 1 ? " and others" : "",
		dev_name(dev));
}

/* Does the driver say that it maps doorbells for the device? */
static bool resv_has_window(const struct list_head *driver)
{
	const struct iommu_resv_region *region;

	list_for_each_entry(region, driver, list)
		if (region->type == IOMMU_RESV_SW_MSI && region->length)
			return true;
	return false;
}

/**
 * resv_device_plan_new() - a plan that changes nothing
 * @driver: what the driver of a device says
 *
 * Element i of its regions is the i-th of @driver.
 *
 * Context: may sleep. Allocates so that it cannot fail.
 * Return: the plan, to be freed with kfree().
 */
struct resv_device_plan *resv_device_plan_new(const struct list_head *driver)
{
	const struct iommu_resv_region *region;
	struct resv_device_plan *dp;
	u32 count = 0, i = 0;

	list_for_each_entry(region, driver, list)
		count++;
	dp = kmalloc(struct_size(dp, region, count), GFP_KERNEL | __GFP_NOFAIL);
	list_for_each_entry(region, driver, list)
		dp->region[i++] =
			resv_plan_region(region->start, region->length,
					 resv_quirk_type(region->type));
	resv_plan_init(&dp->plan, dp->region, count, PAGE_SIZE);
	return dp;
}

/**
 * resv_plan_unseen() - for plans that nobody is given
 * @ctx: not used
 * @ref: not used
 * @verdict: not used
 * @set: not used
 *
 * Does nothing; that somebody looks keeps a plan from being taken for an answer
 * that was asked for, which would say in the log that isolation is weakened.
 */
void resv_plan_unseen(void *ctx, const struct resv_rule_ref *ref,
		      struct resv_verdict verdict,
		      const struct resv_ranges *set)
{
}

/**
 * resv_device_plan_live() - what the list of a device becomes, asked anew
 * @state: the decisions that hold for it; the caller holds resv_srcu
 * @dev: the device
 * @driver: what its driver says
 * @seen: called with each rule of the board's entries, what became of it and
 *	its ranges; or %NULL, then rules without effect are not looked at
 * @ctx: handed to @seen
 *
 * Looks at the machine, also where the device's answer is held.
 *
 * Context: may sleep, group->mutex or iova_rwsem may be held. Allocates so that
 * it cannot fail.
 * Return: the plan, to be freed with kfree().
 */
struct resv_device_plan *
resv_device_plan_live(const struct resv_state *state, struct device *dev,
		      const struct list_head *driver,
		      resv_seen_fn seen,
		      void *ctx)
{
	struct resv_subject subject = { .dev = dev, .state = state };
	struct resv_device_plan *dp = resv_device_plan_new(driver);
	const struct quirk_table *t = &state->table;
	struct resv_range window;
	u32 i;

	for (i = 0; i < state->rules; i++) {
		struct resv_rule_ref *ref = &state->rule[i];
		const u8 *rule = quirk_rule_at(t, ref->rule);
		struct resv_verdict verdict;
		struct resv_ranges *set;
		u32 changed;

		if (!seen && !resv_mode_enforces(ref->mode))
			continue;
		set = resv_plan_scratch(&dp->plan);
		verdict = resv_resolve_rule(t, ref->rule, ref->mode,
					    &resv_machine, &subject, set);
		if (verdict.outcome == RESV_ENFORCED &&
		    resv_window_yields(state, dev, rule)) {
			verdict.outcome = RESV_ADVISED;
			verdict.why = RESV_WHY_POLICY;
		}
		if (seen)
			seen(ctx, ref, verdict, set);
		if (verdict.outcome != RESV_ENFORCED)
			continue;
		changed = resv_fates_changed(&dp->plan);
		if (verdict.demoted)
			resv_plan_demoted(&dp->plan);
		else
			resv_plan_rule(&dp->plan, rule[QUIRK_RULE_ACTION],
				       rule[QUIRK_RULE_TYPE]);
		if (!seen && QUIRK_ACTION_WEAKENS(rule[QUIRK_RULE_ACTION]) &&
		    resv_fates_changed(&dp->plan) != changed)
			resv_say_weakened(state, ref, dev, set);
	}
	/* The operator's window, for example; what replaces it by rule stays. */
	if (!dp->plan.replaced && resv_has_window(driver) &&
	    resv_window_unruled(state, dev, &window)) {
		resv_ranges_add(resv_plan_scratch(&dp->plan), window.start,
				window.last);
		resv_plan_rule(&dp->plan, QUIRK_ACTION_REPLACE,
			       QUIRK_TYPE_SW_MSI);
	}
	resv_plan_finish(&dp->plan);
	return dp;
}

/**
 * resv_device_plan() - what the list of a device becomes
 * @state: the decisions that hold for it; the caller holds resv_srcu
 * @dev: the device
 * @driver: what its driver says
 * @seen: called with each rule of the board's entries, what became of it and
 *	its ranges; or %NULL, then rules without effect are not looked at
 * @ctx: handed to @seen
 *
 * The one place where that is decided: the wrapper acts on it, a snapshot
 * shows it. Element i of its regions is the i-th of @driver. What was decided
 * when a group came into use holds as long as it is (held.c).
 *
 * Context: may sleep, group->mutex or iova_rwsem may be held. Allocates so that
 * it cannot fail.
 * Return: the plan, to be freed with kfree().
 */
struct resv_device_plan *
resv_device_plan(const struct resv_state *state, struct device *dev,
		 const struct list_head *driver,
		 resv_seen_fn seen,
		 void *ctx)
{
	struct resv_device_plan *dp;

	dp = resv_held_replay(state, dev, driver, seen, ctx);
	return dp ?: resv_device_plan_live(state, dev, driver, seen, ctx);
}

/* A region that the IOMMU core frees by itself: free stays NULL. */
static void resv_add_region(struct list_head *list, u64 start, u64 length,
			    int prot, enum iommu_resv_type type)
{
	struct iommu_resv_region *region;

	region = iommu_alloc_resv_region(start, length, prot, type,
					 GFP_KERNEL | __GFP_NOFAIL);
	list_add_tail(&region->list, list);
}

/* Protection of what we add: as the drivers have it for regions of that type. */
static int resv_prot(enum iommu_resv_type type)
{
	switch (type) {
	case IOMMU_RESV_DIRECT:
	case IOMMU_RESV_DIRECT_RELAXABLE:
		return IOMMU_READ | IOMMU_WRITE;
	case IOMMU_RESV_MSI:
	case IOMMU_RESV_SW_MSI:
		return IOMMU_WRITE | IOMMU_NOEXEC | IOMMU_MMIO;
	case IOMMU_RESV_RESERVED:
		break;
	}
	return 0;
}

static void resv_add_range(struct list_head *list, const struct resv_range *r,
			   enum iommu_resv_type type)
{
	u64 length = r->last - r->start + 1;
	int prot = resv_prot(type);

	/* The whole 64-bit space has no length of its own. */
	if (!length) {
		resv_add_region(list, 0, 1ULL << 63, prot, type);
		resv_add_region(list, 1ULL << 63, 1ULL << 63, prot, type);
	} else {
		resv_add_region(list, r->start, length, prot, type);
	}
}

/* Turn the driver's list into what was planned. */
static void resv_plan_apply(struct device *dev, struct list_head *list,
			    const struct resv_device_plan *dp)
{
	struct iommu_resv_region *region, *next;
	struct resv_range range;
	LIST_HEAD(added);
	u32 i = 0;

	list_for_each_entry_safe(region, next, list, list) {
		enum resv_fate fate = dp->region[i++].fate;

		if (fate == RESV_FATE_KEEP)
			continue;
		if (fate == RESV_FATE_RELAX)
			resv_add_region(&added, region->start, region->length,
					region->prot,
					IOMMU_RESV_DIRECT_RELAXABLE);
		list_del(&region->list);
		if (region->free)
			region->free(dev, region);
		else
			kfree(region);
	}
	for (i = 0; i < resv_plan_count(&dp->plan); i++) {
		enum quirk_type type = resv_plan_added(&dp->plan, i, &range);

		resv_add_range(&added, &range, resv_kernel_type(type));
	}
	list_splice_tail(&added, list);
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
	const struct resv_state *state;
	struct resv_device_plan *dp;
	LIST_HEAD(driver);
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	if (unlikely(READ_ONCE(resv_test_task) == current))
		WRITE_ONCE(resv_test_seen, true);

	resv_driver_regions(dev, &driver);
	/* Before the first state and after the last one there is none. */
	state = resv_state_of(dev);
	if (state && state->enforcing) {
		dp = resv_device_plan(state, dev, &driver, NULL, NULL);
		resv_plan_apply(dev, &driver, dp);
		kfree(dp);
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
