/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hook.h - the ways into the callback's place, for hook.c and override.c
 */
#ifndef IOMMU_RESV_HOOK_H
#define IOMMU_RESV_HOOK_H

#include <linux/ftrace.h>
#include <linux/iommu.h>
#include <linux/list.h>

#include "compat.h"

typedef void (*resv_callback_t)(struct device *dev, struct list_head *list);

/**
 * struct resv_hook - one distinct callback that the wrapper stands in for
 * @node: in the list of hooks
 * @ops: the driver's original operations (the first that had this callback)
 * @callback: the driver's function; %NULL for a driver without one
 * @owner: module of the driver, pinned; %NULL if built in
 * @clone: the changed copy, for the clone way
 * @instances: IOMMUs whose ops pointer was swapped, for the clone way
 * @tested: the self-test passed through it
 * @fops: for the ftrace way
 */
struct resv_hook {
	struct list_head node;
	const struct iommu_ops *ops;
	resv_callback_t callback;
	struct module *owner;
	struct resv_clone *clone;
	struct list_head instances;
	bool tested;
#if RESV_HAVE_FTRACE
	struct ftrace_ops fops;
#endif
};

/* hook_ftrace.c */
int resv_ftrace_hook(struct resv_hook *hook);
void resv_ftrace_unhook(struct resv_hook *hook);
int resv_ftrace_watch(void);
void resv_ftrace_unwatch(void);

/* hook_clone.c */
int resv_clone_hook(struct resv_hook *hook);
int resv_clone_swap(struct resv_hook *hook, struct iommu_device *iommu);
void resv_clone_unhook(struct resv_hook *hook);
void resv_clone_free(struct resv_hook *hook);
const struct iommu_ops *resv_clone_original(const struct iommu_ops *ops);

#endif
