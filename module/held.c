// SPDX-License-Identifier: GPL-2.0-only
/*
 * held.c - answers that devices of groups in use keep giving
 *
 * A rule's addresses come from the live machine: windows of bridges, ACS bits,
 * doorbells that were programmed. They may change while a guest runs, and a
 * guest heeds nothing but the answer of the moment when it got the device. So
 * for a device of a group in use (devices.c) the plan is made once, when the
 * group comes into use, and replayed from then on: to the wrapper, and with what
 * became of each rule to reports. That the machine has changed since is shown
 * next to it (report_agree.c).
 *
 * What is held is the change, not the list: the driver's own regions are asked
 * for each time, because they are its objects. One that was not there when the
 * plan was made stays in the list.
 *
 * Readers hold resv_srcu and take no lock. Changes are made with resv_tree_lock
 * held, and with group->mutex where anyone may ask meanwhile. A device's entry
 * goes before our reference to the device does, so no other device can be taken
 * for it.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "devices.h"
#include "iommu_resv.h"

/**
 * struct resv_held_rule - what became of a rule
 * @ref: the rule
 * @verdict: what became of it
 * @ranges: its addresses
 * @count: how many
 */
struct resv_held_rule {
	const struct resv_rule_ref *ref;
	struct resv_verdict verdict;
	struct resv_range *ranges;
	u32 count;
};

/**
 * struct resv_held - the answer of one device
 * @node: in resv_helds
 * @retired: once nobody can find it
 * @dev: the device; compared, never followed
 * @state: what it was made under, which has the rules; referenced
 * @dp: the plan, with the driver's regions of that time
 * @rules: how many
 * @rule: what became of them
 */
struct resv_held {
	struct hlist_node node;
	struct resv_retired retired;
	const struct device *dev;
	struct resv_state *state;
	struct resv_device_plan *dp;
	u32 rules;
	struct resv_held_rule rule[];
};

static DEFINE_HASHTABLE(resv_helds, 6);

static struct resv_held *resv_held_find(const struct device *dev)
{
	struct resv_held *held;

	hash_for_each_possible_rcu(resv_helds, held, node, (unsigned long)dev,
				   srcu_read_lock_held(&resv_srcu) ||
				   lockdep_is_held(&resv_tree_lock))
		if (held->dev == dev)
			return held;
	return NULL;
}

/* The fate that was decided for a region of the driver. */
static enum resv_fate resv_held_fate(const struct resv_held *held,
				     const struct resv_plan_region *r)
{
	u32 i;

	for (i = 0; i < held->dp->plan.region_count; i++) {
		const struct resv_plan_region *was = &held->dp->region[i];

		if (was->start == r->start && was->last == r->last &&
		    was->type == r->type)
			return was->fate;
	}
	return RESV_FATE_KEEP;
}

/**
 * resv_held_replay() - the plan of a device whose answer is held
 * @state: the decisions that hold for it
 * @dev: the device
 * @driver: what its driver says
 * @seen: as for resv_device_plan()
 * @ctx: handed to @seen
 *
 * Context: as resv_device_plan(); the caller holds resv_srcu until it is done
 * with what @seen was given.
 * Return: the plan, to be freed with kfree(), or %NULL where no answer made
 * under @state is held.
 */
struct resv_device_plan *
resv_held_replay(const struct resv_state *state, struct device *dev,
		 const struct list_head *driver,
		 resv_seen_fn seen,
		 void *ctx)
{
	const struct resv_held *held = resv_held_find(dev);
	struct resv_device_plan *dp;
	u32 i, count;

	if (!held || held->state != state)
		return NULL;
	dp = resv_device_plan_new(driver);
	count = dp->plan.region_count;
	dp->plan = held->dp->plan;
	dp->plan.regions = dp->region;
	dp->plan.region_count = count;
	resv_plan_scratch(&dp->plan);
	for (i = 0; i < dp->plan.region_count; i++)
		dp->region[i].fate = resv_held_fate(held, &dp->region[i]);
	for (i = 0; seen && i < held->rules; i++) {
		const struct resv_held_rule *rule = &held->rule[i];
		struct resv_ranges set = {
			.r = rule->ranges,
			.max = rule->count,
			.count = rule->count,
		};

		seen(ctx, rule->ref, rule->verdict, &set);
	}
	return dp;
}

static void resv_held_rule(void *ctx, const struct resv_rule_ref *ref,
			   struct resv_verdict verdict,
			   const struct resv_ranges *set)
{
	struct resv_held *held = ctx;
	struct resv_held_rule *rule = &held->rule[held->rules++];

	rule->ref = ref;
	rule->verdict = verdict;
	if (!set->count)
		return;
	rule->count = set->count;
	rule->ranges = kmalloc_array(set->count, sizeof(*set->r),
				     GFP_KERNEL | __GFP_NOFAIL);
	memcpy(rule->ranges, set->r, set->count * sizeof(*set->r));
}

static void resv_held_free(struct resv_retired *retired)
{
	struct resv_held *held = container_of(retired, struct resv_held,
					      retired);
	u32 i;

	for (i = 0; i < held->rules; i++)
		kfree(held->rule[i].ranges);
	kfree(held->dp);
	resv_state_put(held->state);
	kvfree(held);
}

/**
 * resv_held_make() - hold the answer of a device as it is now
 * @state: the decisions that hold for it, and enforce something
 * @dev: a device with an IOMMU, known to devices.c
 *
 * In place of the one that was held, if there was one. Cannot fail: what is not
 * held would change without a word.
 *
 * Context: may sleep; the caller holds resv_tree_lock, resv_srcu and
 * group->mutex.
 */
void resv_held_make(const struct resv_state *state, struct device *dev)
{
	struct resv_held *held, *old = resv_held_find(dev);
	struct resv_device_plan *dp;
	LIST_HEAD(list);

	lockdep_assert_held(&resv_tree_lock);
	held = kvzalloc(struct_size(held, rule, state->rules),
			GFP_KERNEL | __GFP_NOFAIL);
	held->dev = dev;
	held->state = (struct resv_state *)state;
	refcount_inc(&held->state->refs);
	resv_driver_regions(dev, &list);
	/*
	 * As the wrapper does it, because it will not any more: that rules weaken
	 * isolation is said when they begin to.
	 */
	dp = resv_device_plan_live(state, dev, &list, NULL, NULL);
	kfree(dp);
	held->dp = resv_device_plan_live(state, dev, &list, resv_held_rule,
					 held);
	iommu_put_resv_regions(dev, &list);

	if (old) {
		hlist_replace_rcu(&old->node, &held->node);
		resv_retire(&old->retired, resv_held_free);
	} else {
		hash_add_rcu(resv_helds, &held->node, (unsigned long)dev);
	}
}

/**
 * resv_held_drop() - let a device answer as the machine is
 * @dev: the device; compared, not followed
 *
 * Context: the caller holds resv_tree_lock, and group->mutex where anyone may
 * ask meanwhile.
 * Return: true if its answer was held.
 */
bool resv_held_drop(const struct device *dev)
{
	struct resv_held *held = resv_held_find(dev);

	lockdep_assert_held(&resv_tree_lock);
	if (!held)
		return false;
	hash_del_rcu(&held->node);
	resv_retire(&held->retired, resv_held_free);
	return true;
}

static bool resv_plans_differ(const struct resv_device_plan *a,
			      const struct resv_device_plan *b)
{
	struct resv_range x, y;
	u32 i;

	if (a->plan.region_count != b->plan.region_count ||
	    resv_plan_count(&a->plan) != resv_plan_count(&b->plan))
		return true;
	for (i = 0; i < a->plan.region_count; i++)
		if (a->region[i].fate != b->region[i].fate)
			return true;
	for (i = 0; i < resv_plan_count(&a->plan); i++)
		if (resv_plan_added(&a->plan, i, &x) !=
		    resv_plan_added(&b->plan, i, &y) ||
		    x.start != y.start || x.last != y.last)
			return true;
	return false;
}

/**
 * resv_held_differs() - would a device answer otherwise if it were asked anew?
 * @state: the decisions that hold for it
 * @dev: the device
 * @driver: what its driver says
 *
 * Context: as resv_device_plan().
 * Return: true if an answer is held and the machine has changed since.
 */
bool resv_held_differs(const struct resv_state *state, struct device *dev,
		       const struct list_head *driver)
{
	struct resv_device_plan *held, *live;
	bool differs;

	held = resv_held_replay(state, dev, driver, NULL, NULL);
	if (!held)
		return false;
	live = resv_device_plan_live(state, dev, driver, resv_plan_unseen,
				     NULL);
	differs = resv_plans_differ(held, live);
	kfree(held);
	kfree(live);
	return differs;
}
