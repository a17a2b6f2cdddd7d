// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - what user space may ask and hear: /sys/devices/platform/iommu-resv
 *
 *	generation	a number that changes whenever an answer may have
 *			changed; poll() wakes on each change
 *	reload		write 1: look at the file of the table again
 *
 * Each change also makes a uevent (action "change") of the device, with
 * IOMMU_RESV_GENERATION, with IOMMU_RESV_REASON, words with commas between them
 * (resv_change_word()), and after a reload that put another table into force
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

/* Bits RESV_CHANGE_*: what the next uevent has to say. */
static unsigned long resv_changes;

static const char *const resv_change_words[] = {
	[RESV_CHANGE_LOAD] = "load",
	[RESV_CHANGE_RELOAD] = "reload",
	[RESV_CHANGE_RENEW] = "renew",
	[RESV_CHANGE_ADDED] = "device-added",
	[RESV_CHANGE_REMOVED] = "device-removed",
	[RESV_CHANGE_CLAIMED] = "claimed",
	[RESV_CHANGE_THAWED] = "thawed",
	[RESV_CHANGE_DOORBELL] = "doorbell",
};

/**
 * resv_change_word() - the word for a reason
 * @why: the reason
 *
 * Return: the word, as in IOMMU_RESV_REASON.
 */
const char *resv_change_word(enum resv_change why)
{
	return resv_change_words[why];
}

static void resv_tell(struct work_struct *work)
{
	char generation[48], table[48], reason[128];
	char *env[] = { generation, reason, NULL, NULL };
	const struct resv_state *state;
	unsigned int i, len;
	bool reload = false;
	int idx;

	len = scnprintf(reason, sizeof(reason), "IOMMU_RESV_REASON=");
	for (i = 0; i < RESV_CHANGES_END; i++) {
		if (!test_and_clear_bit(i, &resv_changes))
			continue;
		reload |= i == RESV_CHANGE_RELOAD;
		len += scnprintf(reason + len, sizeof(reason) - len, "%s%s",
				 reason[len - 1] == '=' ? "" : ",",
				 resv_change_words[i]);
	}
	if (reload) {
		idx = srcu_read_lock(&resv_srcu);
		state = resv_state_now();
		if (state) {
			snprintf(table, sizeof(table), "IOMMU_RESV_TABLE=%llu",
				 state->table.serial);
			env[2] = table;
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
 * @why: the reason
 *
 * Called when the change can be seen: who finds the same generation before and
 * after reading has read nothing older.
 *
 * Context: any; between resv_control_start() and resv_control_stop().
 */
void resv_generation_bump(enum resv_change why)
{
	set_bit(why, &resv_changes);
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
 * @state: complete but for windows and hooks; the caller keeps its reference
 * @why: what made it
 *
 * Context: may sleep; the caller holds resv_reload_lock, and devices are known.
 * Return: 0, or an error whose reason is in the log; nothing has changed then.
 */
int resv_adopt(struct resv_state *state, enum resv_change why)
{
	bool hooked = false;
	int ret;

	lockdep_assert_held(&resv_reload_lock);
	/* First: the operator's window may be all that there is to enforce. */
	ret = resv_windows_place(state);
	if (ret)
		return ret;
	if (state->enforcing && !resv_hooks_active()) {
		ret = resv_hooks_start(resv_params_hook());
		if (ret)
			return ret;
		hooked = true;
		ret = resv_devices_hook();
		if (ret)
			goto err;
	}
	ret = resv_devices_switch(state, why);
	if (ret)
		goto err;
	resv_generation_bump(why);
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
		ret = resv_adopt(state, RESV_CHANGE_RELOAD);
		if (!ret)
			resv_announce(state);
		resv_state_put(state);
	}
	if (ret) {
		pr_err("reload failed (error %d): everything stays as it was\n",
		       ret);
		goto out;
	}
	/* A loop of reloads must not gather old tables. */
	resv_view_wait();
out:
	mutex_unlock(&resv_reload_lock);
	return ret;
}

/* Set while the module is wholly loaded; the lock is resv_reload_lock. */
static bool resv_renew_open;
static const char *resv_renew_why;

static void resv_renew_do(struct work_struct *work)
{
	struct resv_state *state;
	int ret;

	mutex_lock(&resv_reload_lock);
	if (!resv_renew_open) {
		mutex_unlock(&resv_reload_lock);
		return;
	}
	state = resv_state_again();
	ret = PTR_ERR_OR_ZERO(state);
	if (!ret) {
		ret = resv_adopt(state, RESV_CHANGE_RENEW);
		resv_state_put(state);
	}
	if (ret) {
		pr_err("what is decided for this machine stays as it was, though it has changed (%s): error %d\n",
		       READ_ONCE(resv_renew_why), ret);
	} else {
		pr_info("decided anew: %s\n", READ_ONCE(resv_renew_why));
		resv_view_wait();
	}
	mutex_unlock(&resv_reload_lock);
}

static DECLARE_WORK(resv_renew_work, resv_renew_do);

/**
 * resv_renew() - decide anew, soon, because the machine has changed
 * @why: what has changed, in a word that stays
 *
 * The table stays the same. Does nothing while the module is being loaded or
 * unloaded.
 *
 * Context: any, until resv_control_stop().
 */
void resv_renew(const char *why)
{
	WRITE_ONCE(resv_renew_why, why);
	schedule_work(&resv_renew_work);
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
	int ret;

	lockdep_assert_held(&resv_reload_lock);
	ret = device_create_file(&resv_pdev->dev, &dev_attr_reload);
	resv_renew_open = !ret && !resv_off_reason;
	return ret;
}

/**
 * resv_control_close() - take no more reloads, and wait for the last one
 *
 * Context: may sleep; without resv_reload_lock. Cannot fail.
 */
void resv_control_close(void)
{
	device_remove_file(&resv_pdev->dev, &dev_attr_reload);
	mutex_lock(&resv_reload_lock);
	resv_renew_open = false;
	mutex_unlock(&resv_reload_lock);
}

/**
 * resv_control_stop() - remove the device
 *
 * Context: may sleep; when nothing is left that could change the generation.
 * Cannot fail.
 */
void resv_control_stop(void)
{
	cancel_work_sync(&resv_renew_work);
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
