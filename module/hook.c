// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook.c - which callbacks the wrapper stands in for
 *
 * One hook for each distinct callback, made when the module loads on a board
 * with enforced rules, when a driver registers, or, as a safety net, when a
 * device of a driver shows up that was not seen before.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

static LIST_HEAD(resv_hooks);
static DEFINE_MUTEX(resv_hooks_lock);
static enum resv_hook_way resv_way;
static bool resv_may_clone;
static bool resv_hooks_running;
static bool resv_watching;

static struct resv_hook *resv_hook_find(const struct iommu_ops *ops)
{
	struct resv_hook *hook;

	list_for_each_entry(hook, &resv_hooks, node) {
		if (hook->clone ? hook->ops == ops :
				  hook->callback == ops->get_resv_regions)
			return hook;
	}
	return NULL;
}

static int resv_hook_new(const struct iommu_ops *ops, struct resv_hook **out)
{
	bool clone = resv_way == RESV_HOOK_CLONE;
	struct resv_hook *hook;
	int ret;

	if (!ops->get_resv_regions && !clone) {
		if (!resv_may_clone) {
			pr_err("hook=ftrace: an IOMMU driver has no get_resv_regions to redirect; hook=auto would give it a clone of its ops\n");
			return -EOPNOTSUPP;
		}
		if (!RESV_CAN_CLONE) {
			pr_err("an IOMMU driver has no get_resv_regions to redirect, and this kernel cannot bear the other way (hook=clone)\n");
			return -EOPNOTSUPP;
		}
		clone = true;
	}

	hook = kzalloc(sizeof(*hook), GFP_KERNEL);
	if (!hook)
		return -ENOMEM;
	INIT_LIST_HEAD(&hook->instances);
	hook->ops = ops;
	hook->callback = ops->get_resv_regions;
	hook->owner = ops->owner;
	if (!try_module_get(hook->owner)) {
		ret = -ENODEV;
		goto err_free;
	}
	ret = clone ? resv_clone_hook(hook) : resv_ftrace_hook(hook);
	if (ret)
		goto err_put;
	list_add_tail(&hook->node, &resv_hooks);
	*out = hook;
	return 0;

err_put:
	module_put(hook->owner);
err_free:
	kfree(hook);
	return ret;
}

/**
 * resv_hook_ops() - make sure that the callback of these operations is hooked
 * @ops: a driver's operations, or a clone of ours
 * @iommu: the IOMMU that has them, where known; the clone way needs it
 *
 * Context: may sleep.
 * Return: 1 if a hook was made, 0 if there was one (or hooks are not in use),
 * or an error whose reason is in the log.
 */
int resv_hook_ops(const struct iommu_ops *ops, struct iommu_device *iommu)
{
	struct resv_hook *hook;
	int ret = 0;

	mutex_lock(&resv_hooks_lock);
	if (!resv_hooks_running)
		goto out;
	ops = resv_clone_original(ops);
	hook = resv_hook_find(ops);
	if (!hook) {
		ret = resv_hook_new(ops, &hook);
		if (ret)
			goto out;
		ret = 1;
	}
	if (hook->clone && iommu) {
		int swap = resv_clone_swap(hook, iommu);

		if (swap)
			ret = swap;
	}
out:
	mutex_unlock(&resv_hooks_lock);
	return ret;
}

static void resv_hook_remove(struct resv_hook *hook)
{
	if (hook->clone)
		resv_clone_unhook(hook);
	else
		resv_ftrace_unhook(hook);
}

/**
 * resv_hook_undo() - forget a hook that was made for a registration that failed
 * @ops: the driver's operations
 */
void resv_hook_undo(const struct iommu_ops *ops)
{
	struct resv_hook *hook;

	mutex_lock(&resv_hooks_lock);
	hook = resv_hook_find(resv_clone_original(ops));
	if (hook && !hook->tested) {
		resv_hook_remove(hook);
		list_del(&hook->node);
		module_put(hook->owner);
		if (hook->clone)
			resv_clone_free(hook);
		kfree(hook);
	}
	mutex_unlock(&resv_hooks_lock);
}

/**
 * resv_hook_test() - let a device's hook prove itself, once
 * @dev: a device with an IOMMU, kept from being released by the caller
 *
 * Context: may sleep; takes group->mutex.
 * Return: 0, or -EIO where the IOMMU core's question does not reach us.
 */
int resv_hook_test(struct device *dev)
{
	const struct iommu_ops *ops = resv_dev_ops(dev);
	struct iommu_group *group;
	struct resv_hook *hook;
	int ret = 0;

	mutex_lock(&resv_hooks_lock);
	hook = resv_hooks_running && ops ?
	       resv_hook_find(resv_clone_original(ops)) : NULL;
	if (!hook || hook->tested)
		goto out;
	group = iommu_group_get(dev);
	if (!group)
		goto out;
	hook->tested = resv_self_test(group);
	iommu_group_put(group);
	if (!hook->tested) {
		pr_err("self-test: the IOMMU core's question for %s does not reach the %s hook\n",
		       dev_name(dev), hook->clone ? "clone" : "ftrace");
		ret = -EIO;
	}
out:
	mutex_unlock(&resv_hooks_lock);
	return ret;
}

/**
 * resv_hooks_describe() - visit all hooks
 * @fn: called with each: its way, its driver's module name ("" if built in),
 *	and whether the self-test passed through it
 * @ctx: handed to @fn
 */
void resv_hooks_describe(void (*fn)(void *ctx, const char *way,
				    const char *driver, bool tested),
			 void *ctx)
{
	struct resv_hook *hook;

	mutex_lock(&resv_hooks_lock);
	list_for_each_entry(hook, &resv_hooks, node)
		fn(ctx, hook->clone ? "clone" : "ftrace",
		   hook->owner ? module_name(hook->owner) : "", hook->tested);
	mutex_unlock(&resv_hooks_lock);
}

/**
 * resv_hooks_active() - have hooks been started?
 *
 * Return: true between resv_hooks_start() and resv_hooks_stop().
 */
bool resv_hooks_active(void)
{
	return READ_ONCE(resv_hooks_running);
}

/**
 * resv_hooks_any() - is any IOMMU driver hooked?
 *
 * Context: may sleep; takes resv_hooks_lock.
 * Return: true if one is.
 */
bool resv_hooks_any(void)
{
	bool any;

	mutex_lock(&resv_hooks_lock);
	any = !list_empty(&resv_hooks);
	mutex_unlock(&resv_hooks_lock);
	return any;
}

/**
 * resv_hook_covers() - do questions about a device reach the wrapper?
 * @dev: a device, kept from being released by the caller
 *
 * Context: may sleep; takes resv_hooks_lock.
 * Return: true if its driver's callback is hooked.
 */
bool resv_hook_covers(struct device *dev)
{
	const struct iommu_ops *ops = resv_dev_ops(dev);
	const struct resv_hook *hook = NULL;
	bool covers;

	mutex_lock(&resv_hooks_lock);
	if (resv_hooks_running && ops)
		hook = resv_hook_find(resv_clone_original(ops));
	/* A clone is for the IOMMUs that have it. */
	covers = hook && (!hook->clone || ops != resv_clone_original(ops));
	mutex_unlock(&resv_hooks_lock);
	return covers;
}

/**
 * resv_hooks_start() - allow hooks, and see drivers that register later
 * @way: the operator's choice
 *
 * Return: 0, or an error whose reason is in the log; nothing is left behind.
 */
int resv_hooks_start(enum resv_hook_way way)
{
	int ret;

	resv_may_clone = way != RESV_HOOK_FTRACE;
	if (way == RESV_HOOK_AUTO)
		way = RESV_HAVE_FTRACE ? RESV_HOOK_FTRACE : RESV_HOOK_CLONE;
	resv_way = way;
	if (way == RESV_HOOK_FTRACE) {
		ret = resv_ftrace_watch();
		if (ret)
			return ret;
		resv_watching = true;
	} else if (!RESV_CAN_CLONE) {
		pr_err("hook=clone: this kernel keeps a copy of the ops pointer for each device; swapping it would take the IOMMU from every device bound later\n");
		return -EOPNOTSUPP;
	}
	mutex_lock(&resv_hooks_lock);
	WRITE_ONCE(resv_hooks_running, true);
	mutex_unlock(&resv_hooks_lock);
	return 0;
}

/**
 * resv_hooks_stop() - undo all hooks and wait until no caller is in our code
 *
 * A caller that the tracer has already sent on may sit anywhere between the
 * traced function's entry and the wrapper's first instruction (waited for by
 * the first synchronize_rcu_tasks()), in the wrapper (SRCU), or between its
 * unlock and its return (the second one).
 *
 * Context: may sleep. Cannot fail.
 */
void resv_hooks_stop(void)
{
	struct resv_hook *hook, *next;
	LIST_HEAD(gone);

	mutex_lock(&resv_hooks_lock);
	if (!resv_hooks_running) {
		mutex_unlock(&resv_hooks_lock);
		return;
	}
	WRITE_ONCE(resv_hooks_running, false);
	list_for_each_entry(hook, &resv_hooks, node)
		resv_hook_remove(hook);
	/* A report that is being read may walk the list until then. */
	list_splice_init(&resv_hooks, &gone);
	mutex_unlock(&resv_hooks_lock);
	if (resv_watching)
		resv_ftrace_unwatch();
	resv_watching = false;

	synchronize_rcu_tasks();
	synchronize_srcu(&resv_srcu);
	synchronize_rcu_tasks();

	list_for_each_entry_safe(hook, next, &gone, node) {
		list_del(&hook->node);
		module_put(hook->owner);
		kfree(hook);
	}
}
