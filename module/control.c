// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - what user space may ask and hear: /sys/devices/platform/iommu-resv
 *
 *	generation	a number that changes whenever an answer may have
 *			changed; poll() wakes on each change
 *	reload		write 1: look at the file of the table again
 *
 * Each change also makes a uevent (action "change") of the device, with
 * IOMMU_RESV_GENERATION, and after a reload that put another table into force
 * with IOMMU_RESV_TABLE, its serial number. Changes that follow each other
 * closely share one.
 *
 * A reload is prepared aside: the new state is complete, the hooks are in and
 * the windows are placed before anything of it is shown. Whatever fails until
 * then leaves things as they were. What it runs into:
 *
 *  - another reload, or the end of loading: they take turns (resv_reload_lock);
 *  - devices that come and go, and drivers that bind: the switch holds
 *    resv_tree_lock, which their notifiers take (devices.c);
 *  - readers of files: they hold resv_srcu as long as they use a state, and what
 *    is not shown any more is freed after that (state.c);
 *  - unloading: the file "reload" is removed first, which waits for whoever
 *    writes to it; only then is the rest taken down.
 *
 * Hooks that were made stay until the module is unloaded, also where the table
 * of now enforces nothing: groups in use may answer with an older one, and
 * otherwise they pass through.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>

#include "iommu_resv.h"

DEFINE_MUTEX(resv_reload_lock);

static struct platform_device *resv_pdev;
static atomic64_t resv_generation_count = ATOMIC64_INIT(1);

/* Bit 0: another table is in force, and the next uevent has to say so. */
static unsigned long resv_new_table;

static void resv_tell(struct work_struct *work)
{
	char generation[48], table[48];
	char *env[] = { generation, NULL, NULL };
	const struct resv_state *state;
	int idx;

	if (test_and_clear_bit(0, &resv_new_table)) {
		idx = srcu_read_lock(&resv_srcu);
		state = resv_state_now();
		if (state) {
			snprintf(table, sizeof(table), "IOMMU_RESV_TABLE=%llu",
				 state->table.serial);
			env[1] = table;
		}
		srcu_read_unlock(&resv_srcu, idx);
	}
	snprintf(generation, sizeof(generation), "IOMMU_RESV_GENERATION=%llu",
		 resv_generation());
	sysfs_notify(&resv_pdev->dev.kobj, NULL, "generation");
	kobject_uevent_env(&resv_pdev->dev.kobj, KOBJ_CHANGE, env);
}

static DECLARE_WORK(resv_tell_work, resv_tell);

/**
 * resv_generation_bump() - note that an answer may have changed
 *
 * Context: any; between resv_control_start() and resv_control_stop().
 */
void resv_generation_bump(void)
{
	atomic64_inc(&resv_generation_count);
	schedule_work(&resv_tell_work);
}

/**
 * resv_generation() - a number that changes whenever an answer may have changed
 *
 * Return: the number; rises from 1.
 */
u64 resv_generation(void)
{
	return atomic64_read(&resv_generation_count);
}

/**
 * resv_adopt() - put a state into force, all of it or nothing
 * @state: complete but for hooks and windows; the caller keeps its reference
 *
 * Context: may sleep; the caller holds resv_reload_lock, and devices are known.
 * Return: 0, or an error whose reason is in the log; nothing has changed then.
 */
int resv_adopt(struct resv_state *state)
{
	bool hooked = false;
	int ret;

	lockdep_assert_held(&resv_reload_lock);
	if (state->enforcing && !resv_hooks_active()) {
		ret = resv_hooks_start(resv_params_hook());
		if (ret)
			return ret;
		hooked = true;
		ret = resv_devices_hook();
		if (ret)
			goto err;
	}
	ret = resv_windows_place(state);
	if (!ret)
		ret = resv_devices_switch(state);
	if (ret)
		goto err;
	return 0;

err:
	if (hooked)
		resv_hooks_stop();
	return ret;
}

static int resv_reload(void)
{
	struct resv_state *state;
	int ret;

	if (resv_off_reason) {
		pr_err("reload: off (%s); load the module without that\n",
		       resv_off_reason);
		return -EOPNOTSUPP;
	}
	ret = mutex_lock_interruptible(&resv_reload_lock);
	if (ret)
		return ret;

	state = resv_state_choose(&resv_pdev->dev, false);
	ret = PTR_ERR_OR_ZERO(state);
	if (ret == -EALREADY) {
		pr_info("reload: the table is in force already\n");
		ret = 0;
		goto out;
	}
	if (!ret) {
		ret = resv_adopt(state);
		if (!ret)
			resv_announce(state);
		resv_state_put(state);
	}
	if (ret) {
		pr_err("reload failed (error %d): everything stays as it was\n",
		       ret);
		goto out;
	}
	set_bit(0, &resv_new_table);
	resv_generation_bump();
	/* A loop of reloads must not gather old tables. */
	resv_view_wait();
out:
	mutex_unlock(&resv_reload_lock);
	return ret;
}

static ssize_t generation_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", resv_generation());
}
static DEVICE_ATTR(generation, 0400, generation_show, NULL);

static ssize_t reload_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	int ret;

	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	ret = resv_reload();
	return ret ?: count;
}
static DEVICE_ATTR(reload, 0200, NULL, reload_store);

static struct attribute *resv_attrs[] = {
	&dev_attr_generation.attr,
	NULL
};
ATTRIBUTE_GROUPS(resv);

/**
 * resv_control_start() - make the device, without "reload"
 *
 * Return: 0, or an error whose reason is in the log.
 */
int resv_control_start(void)
{
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc(RESV_NAME, PLATFORM_DEVID_NONE);
	if (!pdev)
		return -ENOMEM;
	pdev->dev.groups = resv_groups;
	ret = platform_device_add(pdev);
	if (ret) {
		pr_err("no platform device %s (error %d)\n", RESV_NAME, ret);
		platform_device_put(pdev);
		return ret;
	}
	resv_pdev = pdev;
	return 0;
}

/**
 * resv_control_open() - take reloads from now on
 *
 * They wait until the caller lets go of resv_reload_lock.
 *
 * Return: 0 or an error.
 */
int resv_control_open(void)
{
	return device_create_file(&resv_pdev->dev, &dev_attr_reload);
}

/**
 * resv_control_close() - take no more reloads, and wait for the last one
 *
 * Context: may sleep; without resv_reload_lock. Cannot fail.
 */
void resv_control_close(void)
{
	device_remove_file(&resv_pdev->dev, &dev_attr_reload);
}

/**
 * resv_control_stop() - remove the device
 *
 * Context: may sleep; when nothing is left that could change the generation.
 * Cannot fail.
 */
void resv_control_stop(void)
{
	cancel_work_sync(&resv_tell_work);
	platform_device_unregister(resv_pdev);
	resv_pdev = NULL;
}

/**
 * resv_control_device() - the device, for the firmware loader
 *
 * Return: the device.
 */
struct device *resv_control_device(void)
{
	return &resv_pdev->dev;
}
