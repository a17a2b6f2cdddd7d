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
 * The first view, before anything of the machine is looked at, shows an empty
 * state: no table, no rules, every list as the driver has it. That is what has
 * been answered so far, so that loading is a switch like any other.
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
 *	the view is shown
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
 * @retired: once it is no longer shown
 * @now: the state for all groups without a pin; referenced
 * @pins: how many
 * @pin: groups that answer otherwise
 */
struct resv_view {
	struct resv_retired retired;
	struct resv_state *now;
	unsigned int pins;
	struct resv_pin pin[];
};

DEFINE_SRCU(resv_srcu);

static struct resv_view __rcu *resv_view;

static void resv_retired_free(struct work_struct *work);
static DECLARE_WORK(resv_retired_work, resv_retired_free);
static DEFINE_SPINLOCK(resv_retired_lock);
static LIST_HEAD(resv_retired);

/**
 * resv_retire() - free something when all readers of today are done
 * @retired: part of it; nobody can find it any more
 * @free: frees it; may sleep
 *
 * Context: any; does not wait.
 */
void resv_retire(struct resv_retired *retired,
		 void (*free)(struct resv_retired *retired))
{
	retired->free = free;
	spin_lock(&resv_retired_lock);
	list_add_tail(&retired->node, &resv_retired);
	spin_unlock(&resv_retired_lock);
	schedule_work(&resv_retired_work);
}

static void resv_retired_free(struct work_struct *work)
{
	struct resv_retired *retired, *next;
	LIST_HEAD(gone);

	spin_lock(&resv_retired_lock);
	list_splice_init(&resv_retired, &gone);
	spin_unlock(&resv_retired_lock);
	if (list_empty(&gone))
		return;
	synchronize_srcu(&resv_srcu);
	list_for_each_entry_safe(retired, next, &gone, node)
		retired->free(retired);
}

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
	resv_needs_free(state);
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
 * Return: the state; %NULL before the first and after the last one.
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
 * Return: the state; %NULL before the first and after the last one.
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
 * Return: the state; %NULL before the first and after the last one.
 */
const struct resv_state *resv_state_of(struct device *dev)
{
	return resv_state_of_group(READ_ONCE(dev->iommu_group));
}

/* Views: changes. */

static void resv_view_free(struct resv_retired *retired)
{
	struct resv_view *view = container_of(retired, struct resv_view,
					      retired);
	unsigned int i;

	for (i = 0; i < view->pins; i++)
		resv_state_put(view->pin[i].held);
	resv_state_put(view->now);
	kvfree(view);
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
	pin->held = shown ? resv_view_state(shown, group) : view->now;
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
	if (old)
		resv_retire(&old->retired, resv_view_free);
}

/**
 * resv_view_unpin() - let a group answer with the state of now
 * @group: the group; compared, not followed
 *
 * Context: the caller holds resv_tree_lock, and group->mutex but for a group
 * that has no device any more and so nobody who asks.
 * Return: true if it answered with another one before.
 */
bool resv_view_unpin(const struct iommu_group *group)
{
	struct resv_view *view = resv_view_get();
	struct resv_pin *pin = view ? resv_view_find(view, group) : NULL;

	lockdep_assert_held(&resv_tree_lock);
	if (!pin || resv_pin_state(pin) == view->now)
		return false;
	rcu_assign_pointer(pin->shown, view->now);
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
	flush_work(&resv_retired_work);
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
