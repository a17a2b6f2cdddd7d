// SPDX-License-Identifier: GPL-2.0-only
/*
 * state.c - which decisions answer for whom
 *
 * A state (struct resv_state) is a table with what was decided from it about
 * this machine. Once it is shown it does not change any more; a reload makes
 * another one.
 *
 * A view says which state answers: the one of now, but for groups that are
 * pinned to another. There is one view at a time; readers find it under
 * resv_srcu and take no lock. Two things are done with pins:
 *
 *  - A reload first shows a view in which every group is pinned to the state it
 *    has answered with so far, and then lets go of one group after the other
 *    with that group's mutex held. The IOMMU core asks for a group's regions
 *    device by device under the same mutex, so a group's list is made from one
 *    state and never half from each. There is no moment at which a group has
 *    neither.
 *  - Groups in use stay pinned (they are frozen): see devices.c.
 *
 * Views and pins are changed with resv_tree_lock held. What is no longer shown
 * is freed by a work item after all readers are done, so that nobody who holds
 * a lock has to wait for them.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "iommu_resv.h"
#include "text.h"

/**
 * struct resv_pin - a group that does not answer with the state of now
 * @group: the group; compared, never followed
 * @shown: the state that readers get; may become the view's state of now while
 *	the view is shown. %NULL where nothing was in force before
 * @held: the state that it was pinned to: referenced as long as the view lives,
 *	because a reader may have found it before
 */
struct resv_pin {
	const struct iommu_group *group;
	struct resv_state __rcu *shown;
	struct resv_state *held;
};

/**
 * struct resv_view - which state answers
 * @node: in the list of those no longer shown
 * @now: the state for all groups without a pin; referenced
 * @pins: how many
 * @pin: groups that answer otherwise
 */
struct resv_view {
	struct list_head node;
	struct resv_state *now;
	unsigned int pins;
	struct resv_pin pin[];
};

DEFINE_SRCU(resv_srcu);

static struct resv_view __rcu *resv_view;

static void resv_view_free_work(struct work_struct *work);
static DECLARE_WORK(resv_view_work, resv_view_free_work);
static DEFINE_SPINLOCK(resv_retired_lock);
static LIST_HEAD(resv_retired);

/* States. */

/**
 * resv_state_put() - let go of a state; the last one frees it
 * @state: the state, or %NULL
 *
 * Context: may sleep.
 */
void resv_state_put(struct resv_state *state)
{
	if (!state || !refcount_dec_and_test(&state->refs))
		return;
	resv_windows_free(state);
	resv_board_free(state);
	kvfree(state->firmware);
	kfree(state);
}

/**
 * resv_state_new() - make an empty state, to be filled in
 *
 * Return: the state with one reference, or %NULL without memory.
 */
struct resv_state *resv_state_new(void)
{
	struct resv_state *state = kzalloc(sizeof(*state), GFP_KERNEL);

	if (state)
		refcount_set(&state->refs, 1);
	return state;
}

/* Views: readers. */

static struct resv_view *resv_view_get(void)
{
	return srcu_dereference_check(resv_view, &resv_srcu,
				      lockdep_is_held(&resv_tree_lock));
}

/* The group's pin, or %NULL. */
static struct resv_pin *resv_view_find(struct resv_view *view,
				       const struct iommu_group *group)
{
	unsigned int i;

	for (i = 0; i < view->pins; i++)
		if (view->pin[i].group == group)
			return &view->pin[i];
	return NULL;
}

static struct resv_state *resv_pin_state(const struct resv_pin *pin)
{
	return srcu_dereference_check(pin->shown, &resv_srcu,
				      lockdep_is_held(&resv_tree_lock));
}

static struct resv_state *resv_view_state(struct resv_view *view,
					  const struct iommu_group *group)
{
	struct resv_pin *pin = resv_view_find(view, group);

	return pin ? resv_pin_state(pin) : view->now;
}

/**
 * resv_state_now() - the state that answers for groups that are not in use
 *
 * Context: the caller holds resv_srcu.
 * Return: the state; %NULL while the module loads.
 */
const struct resv_state *resv_state_now(void)
{
	struct resv_view *view = resv_view_get();

	return view ? view->now : NULL;
}

/**
 * resv_state_of_group() - the state that answers for a group
 * @group: the group; compared, not followed
 *
 * With group->mutex held it stays the same.
 *
 * Context: the caller holds resv_srcu.
 * Return: the state; %NULL while the module loads.
 */
const struct resv_state *resv_state_of_group(const struct iommu_group *group)
{
	struct resv_view *view = resv_view_get();

	return view ? resv_view_state(view, group) : NULL;
}

/**
 * resv_state_of() - the state that answers for a device
 * @dev: a device with an IOMMU
 *
 * Context: the caller holds resv_srcu; takes no lock.
 * Return: the state; %NULL while the module loads.
 */
const struct resv_state *resv_state_of(struct device *dev)
{
	return resv_state_of_group(READ_ONCE(dev->iommu_group));
}

/* Views: changes. */

static void resv_view_free(struct resv_view *view)
{
	unsigned int i;

	for (i = 0; i < view->pins; i++)
		resv_state_put(view->pin[i].held);
	resv_state_put(view->now);
	kvfree(view);
}

static void resv_view_free_work(struct work_struct *work)
{
	struct resv_view *view, *next;
	LIST_HEAD(retired);

	spin_lock(&resv_retired_lock);
	list_splice_init(&resv_retired, &retired);
	spin_unlock(&resv_retired_lock);
	if (list_empty(&retired))
		return;
	synchronize_srcu(&resv_srcu);
	list_for_each_entry_safe(view, next, &retired, node)
		resv_view_free(view);
}

/**
 * resv_view_new() - make a view, for resv_view_show()
 * @state: its state of now
 * @room: for how many pins
 *
 * Return: the view, or %NULL without memory.
 */
struct resv_view *resv_view_new(struct resv_state *state, unsigned int room)
{
	struct resv_view *view;

	view = kvzalloc(struct_size(view, pin, room), GFP_KERNEL);
	if (!view)
		return NULL;
	refcount_inc(&state->refs);
	view->now = state;
	return view;
}

/**
 * resv_view_exists() - is anything in force yet?
 *
 * Context: the caller holds resv_tree_lock.
 * Return: true if a view is shown.
 */
bool resv_view_exists(void)
{
	lockdep_assert_held(&resv_tree_lock);
	return rcu_access_pointer(resv_view);
}

/**
 * resv_view_pin() - let a group answer as it does now, in a new view
 * @view: not shown yet, with room
 * @group: the group
 *
 * Context: the caller holds resv_tree_lock.
 */
void resv_view_pin(struct resv_view *view, const struct iommu_group *group)
{
	struct resv_view *shown = resv_view_get();
	struct resv_pin *pin = &view->pin[view->pins++];

	lockdep_assert_held(&resv_tree_lock);
	pin->group = group;
	pin->held = shown ? resv_view_state(shown, group) : NULL;
	if (pin->held)
		refcount_inc(&pin->held->refs);
	RCU_INIT_POINTER(pin->shown, pin->held);
}

/**
 * resv_view_show() - put a view into force
 * @view: takes over the caller's; %NULL to have none any more
 *
 * Context: the caller holds resv_tree_lock. Does not wait for readers.
 */
void resv_view_show(struct resv_view *view)
{
	struct resv_view *old;

	lockdep_assert_held(&resv_tree_lock);
	old = rcu_replace_pointer(resv_view, view,
				  lockdep_is_held(&resv_tree_lock));
	if (!old)
		return;
	spin_lock(&resv_retired_lock);
	list_add_tail(&old->node, &resv_retired);
	spin_unlock(&resv_retired_lock);
	schedule_work(&resv_view_work);
}

/**
 * struct resv_unpin - a pin to be let go
 * @pin: the pin
 * @now: the state to show from now on
 */
struct resv_unpin {
	struct resv_pin *pin;
	struct resv_state *now;
};

static int resv_unpin(struct device *dev, void *arg)
{
	struct resv_unpin *unpin = arg;

	rcu_assign_pointer(unpin->pin->shown, unpin->now);
	return 1;
}

/**
 * resv_view_unpin() - let a group answer with the state of now
 * @group: the group, referenced
 *
 * Done with group->mutex held, but for a group that has no device any more and
 * so nobody who asks.
 *
 * Context: the caller holds resv_tree_lock; takes group->mutex.
 * Return: true if it answered with another one before.
 */
bool resv_view_unpin(struct iommu_group *group)
{
	struct resv_view *view = resv_view_get();
	struct resv_unpin unpin;

	lockdep_assert_held(&resv_tree_lock);
	unpin.pin = view ? resv_view_find(view, group) : NULL;
	if (!unpin.pin || resv_pin_state(unpin.pin) == view->now)
		return false;
	unpin.now = view->now;
	if (!iommu_group_for_each_dev(group, &unpin, resv_unpin))
		resv_unpin(NULL, &unpin);
	return true;
}

/**
 * resv_view_tidy() - show a view without the pins that were let go
 *
 * They do no harm but keep old states from being freed. Without memory that
 * has to wait for the next time.
 *
 * Context: the caller holds resv_tree_lock.
 */
void resv_view_tidy(void)
{
	struct resv_view *view = resv_view_get(), *new;
	unsigned int i, left = 0;

	lockdep_assert_held(&resv_tree_lock);
	if (!view)
		return;
	for (i = 0; i < view->pins; i++)
		left += resv_pin_state(&view->pin[i]) != view->now;
	if (left == view->pins)
		return;
	new = resv_view_new(view->now, left);
	if (!new)
		return;
	for (i = 0; i < view->pins; i++)
		if (resv_pin_state(&view->pin[i]) != view->now)
			resv_view_pin(new, view->pin[i].group);
	resv_view_show(new);
}

/**
 * resv_view_wait() - wait until what is no longer shown is freed
 *
 * Context: may sleep; not with resv_tree_lock or resv_srcu held.
 */
void resv_view_wait(void)
{
	flush_work(&resv_view_work);
}

/**
 * resv_view_stop() - have no state any more, and free them all
 *
 * Context: may sleep. Cannot fail.
 */
void resv_view_stop(void)
{
	mutex_lock(&resv_tree_lock);
	resv_view_show(NULL);
	mutex_unlock(&resv_tree_lock);
	resv_view_wait();
}

/* What is said about them. */

/**
 * put_frozen() - add why a group does not answer with the state of now
 * @t: the text
 * @group: the group
 * @state: the state that answers for it; the caller holds resv_srcu
 *
 * As a JSON member; null where it does, or is about to.
 */
void put_frozen(struct resv_text *t, struct iommu_group *group,
		const struct resv_state *state)
{
	char *device, *driver, *next;
	int ret = -ENOENT;

	put(t, "\"frozen\":");
	if (state != resv_state_now())
		ret = resv_devices_manager(group, &device, &driver);
	if (ret) {
		put(t, "null");
		t->failed |= ret != -ENOENT;
		return;
	}
	next = kasprintf(GFP_KERNEL, "unbind %s from %s", device, driver);
	put(t, "{\"serial\":%llu,", state->table.serial);
	put_member(t, "by", device);
	put(t, ",");
	put_member(t, "driver", driver);
	put(t, ",");
	if (next)
		put_member(t, "next", next);
	else
		t->failed = true;
	put(t, "}");
	kfree(next);
	kfree(device);
	kfree(driver);
}

/**
 * resv_report_table() - the table in force itself
 * @t: receives it
 * @unused: not used
 *
 * Return: 0.
 */
int resv_report_table(struct resv_text *t, void *unused)
{
	const struct resv_state *state;
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	put_bytes(t, state->table.image, state->table.size);
	srcu_read_unlock(&resv_srcu, idx);
	return 0;
}

/**
 * resv_report_group_state() - which table answers for a group, and why
 * @t: receives it
 * @object: struct resv_group
 *
 * Return: 0, or -ENOMEM.
 */
int resv_report_group_state(struct resv_text *t, void *object)
{
	const struct resv_group *rg = object;
	const struct resv_state *state;
	char *device, *driver;
	int idx, ret = -ENOENT;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_of_group(rg->group);
	if (state != resv_state_now())
		ret = resv_devices_manager(rg->group, &device, &driver);
	if (ret == -ENOENT) {
		put(t, "current\nserial: %llu\n", state->table.serial);
		ret = 0;
	} else if (!ret) {
		put(t, "frozen\nserial: %llu\nby: %s\ndriver: %s\nnext: unbind %s from %s\n",
		    state->table.serial, device, driver, device, driver);
		kfree(device);
		kfree(driver);
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}
