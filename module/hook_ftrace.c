// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook_ftrace.c - redirect a driver's callback with the function tracer
 *
 * No pointer of the IOMMU core or of a driver is changed: the tracer's call
 * site at the entry of the driver's function sends the caller on to the
 * wrapper. Unregistering undoes it.
 *
 * iommu_device_register() is redirected likewise, so that a driver that
 * registers later is hooked before it probes its first device.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/module.h>

#include "hook.h"
#include "iommu_resv.h"

#if RESV_HAVE_FTRACE

/*
 * Runs at the entry of a driver's callback, preemption off. Steps aside when
 * our own code asks the driver, and when the function is a helper that serves
 * as one driver's callback and that another driver calls from its own.
 */
static void notrace resv_ftrace_callback(unsigned long ip,
					 unsigned long parent_ip,
					 struct ftrace_ops *fops,
					 struct ftrace_regs *fregs)
{
	struct resv_hook *hook = container_of(fops, struct resv_hook, fops);
	struct device *dev = (struct device *)resv_ftrace_arg0(fregs);
	const struct iommu_ops *ops;

	if (within_module(parent_ip, THIS_MODULE))
		return;
	if (!dev || !dev->iommu || !dev->iommu->iommu_dev)
		return;
	ops = dev->iommu->iommu_dev->ops;
	if (!ops || ops->get_resv_regions != hook->callback)
		return;
	resv_ftrace_goto(fregs, (unsigned long)resv_wrapper);
}

static int resv_ftrace_register(struct ftrace_ops *fops, unsigned long address,
				const char *what)
{
	int ret;

	ret = ftrace_set_filter_ip(fops, address, 0, 0);
	if (ret) {
		pr_err("%s cannot be traced (error %d): it was built without a tracer's call site\n",
		       what, ret);
		return ret;
	}
	ret = register_ftrace_function(fops);
	if (!ret)
		return 0;

	ftrace_set_filter_ip(fops, address, 1, 0);
	ftrace_free_filter(fops);
	if (ret == -EBUSY)
		pr_err("%s cannot be redirected: the function tracer is off (sysctl kernel.ftrace_enabled) or another module or live patch has redirected it already\n",
		       what);
	else
		pr_err("%s cannot be redirected: the function tracer refuses with error %d\n",
		       what, ret);
	return ret;
}

static void resv_ftrace_unregister(struct ftrace_ops *fops,
				   unsigned long address)
{
	unregister_ftrace_function(fops);
	ftrace_set_filter_ip(fops, address, 1, 0);
	ftrace_free_filter(fops);
}

/**
 * resv_ftrace_hook() - redirect a hook's callback to the wrapper
 * @hook: with its callback; zeroed but for that
 *
 * Context: may sleep; takes the tracer's locks.
 * Return: 0, or an error whose reason is in the log.
 */
int resv_ftrace_hook(struct resv_hook *hook)
{
	hook->fops.func = resv_ftrace_callback;
	hook->fops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT |
			   RESV_FTRACE_FLAGS;
	return resv_ftrace_register(&hook->fops, (unsigned long)hook->callback,
				    "the IOMMU driver's get_resv_regions");
}

/**
 * resv_ftrace_unhook() - undo resv_ftrace_hook()
 * @hook: the hook
 *
 * Callers that were sent on already may still be in the wrapper.
 */
void resv_ftrace_unhook(struct resv_hook *hook)
{
	resv_ftrace_unregister(&hook->fops, (unsigned long)hook->callback);
}

static noinline int resv_register_wrapper(struct iommu_device *iommu,
					  const struct iommu_ops *ops,
					  struct device *hwdev)
{
	int idx, hooked, ret;

	idx = srcu_read_lock(&resv_srcu);
	hooked = resv_hook_ops(ops, NULL);
	if (hooked < 0)
		pr_err("an IOMMU driver that registers now could not be hooked (error %d): its devices get no regions from this module\n",
		       hooked);
	ret = iommu_device_register(iommu, ops, hwdev);
	/* Its module may now go away, with the function that we traced. */
	if (ret && hooked == 1)
		resv_hook_undo(ops);
	/* Devices that were there before their IOMMU make no event. */
	if (!ret)
		resv_devices_rescan();
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

static void notrace resv_ftrace_watcher(unsigned long ip,
					unsigned long parent_ip,
					struct ftrace_ops *fops,
					struct ftrace_regs *fregs)
{
	if (!within_module(parent_ip, THIS_MODULE))
		resv_ftrace_goto(fregs, (unsigned long)resv_register_wrapper);
}

static struct ftrace_ops resv_watch_fops = {
	.func = resv_ftrace_watcher,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT |
		 RESV_FTRACE_FLAGS,
};

/**
 * resv_ftrace_watch() - see IOMMU drivers that register from now on
 *
 * Return: 0, or an error whose reason is in the log.
 */
int resv_ftrace_watch(void)
{
	return resv_ftrace_register(&resv_watch_fops,
				    (unsigned long)iommu_device_register,
				    "iommu_device_register");
}

/**
 * resv_ftrace_unwatch() - undo resv_ftrace_watch()
 */
void resv_ftrace_unwatch(void)
{
	resv_ftrace_unregister(&resv_watch_fops,
			       (unsigned long)iommu_device_register);
}

#else /* !RESV_HAVE_FTRACE */

int resv_ftrace_hook(struct resv_hook *hook)
{
	pr_err("this kernel has no function tracer that can redirect (CONFIG_FUNCTION_TRACER with CONFIG_DYNAMIC_FTRACE_WITH_REGS or _WITH_ARGS)\n");
	return -EOPNOTSUPP;
}

void resv_ftrace_unhook(struct resv_hook *hook)
{
}

int resv_ftrace_watch(void)
{
	return -EOPNOTSUPP;
}

void resv_ftrace_unwatch(void)
{
}

#endif
