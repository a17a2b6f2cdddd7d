// SPDX-License-Identifier: GPL-2.0-only
/*
 * devices.c - which devices have an IOMMU, now and later
 *
 * All devices of the machine are in one kset, whatever bus they are on; walking
 * it finds every device with an IOMMU, and the IOMMUs themselves (class
 * "iommu"). Notifiers on their buses tell of later ones. A device is known from
 * the moment it has an IOMMU (on probe, or on older kernels just before its
 * driver binds) until its removal begins or, where it keeps its group in use, its
 * driver has let it go; both are before the IOMMU core lets go of it.
 *
 * Groups in use. VFIO and iommufd ask for the regions of a group when a guest
 * gets it and act on the answer as long as the guest lives; another answer in
 * between would be one that nobody heeds, or would make a later device of the
 * guest be refused. They can do so only while a device of the group is bound to
 * a driver that manages DMA itself (driver_managed_dma). So a group with such a
 * device, but for a PCI bridge's (the port driver does no DMA), goes on
 * answering as before when the module is loaded or a table comes into force: it
 * is frozen, until the last such device is unbound or gone. Its answer is held
 * from the beginning, against a machine that changes (held.c). With late=apply
 * it gets the new answer at once, and is marked: who has attached it before
 * knows the older one only (groups.c).
 *
 * No group can come into use behind the back of a switch. The driver core
 * (drivers/base/dd.c, really_probe(); read in 6.1, 6.12 and 7.3) sets
 * dev->driver, raises BUS_NOTIFY_BIND_DRIVER (driver_sysfs_add()) and only then
 * calls the driver's probe, without which VFIO does not have the device. Our
 * notifier takes resv_tree_lock, which a reload holds from the look at all
 * groups to the last switch. Either the event comes first, and the reload sees
 * the device as bound; or it waits until the reload is done, and whoever gets
 * the device then asks after that. The event at the end of a binding
 * (BUS_NOTIFY_UNBOUND_DRIVER, or BUS_NOTIFY_DRIVER_NOT_BOUND after a failed
 * probe) comes after the driver's remove, in which VFIO waits for its users.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/amba/bus.h>
#include <linux/fsl/mc.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "devices.h"
#include "iommu_resv.h"

DEFINE_MUTEX(resv_tree_lock);
DEFINE_MUTEX(resv_devices_lock);
LIST_HEAD(resv_devices);
LIST_HEAD(resv_groups);
static bool resv_devices_running;	/* resv_tree_lock */

static struct resv_device *resv_device_find(struct device *dev)
{
	struct resv_device *rd;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry(rd, &resv_devices, node)
		if (rd->dev == dev)
			return rd;
	return NULL;
}

/*
 * Takes over the reference to the group. Cannot fail, and neither can what
 * follows it: a device that is not known is not seen to be in use either.
 */
static struct resv_group *resv_group_get(struct iommu_group *group)
{
	struct resv_group *rg;

	list_for_each_entry(rg, &resv_groups, node) {
		if (rg->group == group) {
			iommu_group_put(group);
			rg->devices++;
			return rg;
		}
	}
	rg = kzalloc(sizeof(*rg), GFP_KERNEL | __GFP_NOFAIL);
	rg->group = group;
	rg->id = iommu_group_id(group);
	rg->devices = 1;
	rg->dir = resv_debugfs_add_group(rg);
	mutex_lock(&resv_devices_lock);
	list_add_tail(&rg->node, &resv_groups);
	mutex_unlock(&resv_devices_lock);
	return rg;
}

static void resv_group_put(struct resv_group *rg)
{
	if (--rg->devices)
		return;
	mutex_lock(&resv_devices_lock);
	list_del(&rg->node);
	mutex_unlock(&resv_devices_lock);
	resv_debugfs_remove(rg->dir);
	iommu_group_put(rg->group);
	resv_group_forget(rg);
	kfree(rg);
}

/* Does this driver manage the device's DMA itself? Where unknown, it does. */
static bool resv_driver_managed(const struct device *dev,
				struct device_driver *drv)
{
	if (dev->bus == &pci_bus_type)
		return to_pci_driver(drv)->driver_managed_dma;
	if (dev->bus == &platform_bus_type)
		return to_platform_driver(drv)->driver_managed_dma;
#if IS_BUILTIN(CONFIG_ARM_AMBA)
	if (dev->bus == &amba_bustype)
		return container_of(drv, struct amba_driver, drv)
			->driver_managed_dma;
#endif
#if IS_BUILTIN(CONFIG_FSL_MC_BUS)
	if (dev->bus == &fsl_mc_bus_type)
		return to_fsl_mc_driver(drv)->driver_managed_dma;
#endif
	/* A bus whose drivers cannot be asked: to be on the safe side. */
	return true;
}

/**
 * struct resv_binding - what a device's driver does with DMA
 * @manager: the driver's name where it manages DMA itself, and does some; else
 *	empty
 * @host_dma: it uses host DMA
 */
struct resv_binding {
	char manager[RESV_NAME_LEN];
	bool host_dma;
};

/*
 * The driver that a device is bound to, or being bound to.
 *
 * Outside of bus events nothing keeps the driver there. dev->driver is cleared
 * before a driver's module goes, and a module's memory goes after an RCU grace
 * period (free_module()).
 */
static struct resv_binding resv_binding_of(struct device *dev)
{
	struct resv_binding binding = {};
	struct device_driver *drv;

	rcu_read_lock();
	drv = (struct device_driver *)READ_ONCE(dev->driver);
	if (drv && !resv_driver_managed(dev, drv))
		binding.host_dma = true;
	else if (drv && !(dev_is_pci(dev) && pci_is_bridge(to_pci_dev(dev))))
		strscpy(binding.manager, drv->name, RESV_NAME_LEN);
	rcu_read_unlock();
	return binding;
}

/**
 * resv_group_in_use() - is a device of this group managed by its driver?
 * @rg: the group
 *
 * Context: the caller holds resv_tree_lock.
 * Return: true if one is.
 */
bool resv_group_in_use(const struct resv_group *rg)
{
	const struct resv_device *rd;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry(rd, &resv_devices, node)
		if (rd->group == rg && rd->manager[0])
			return true;
	return false;
}

/*
 * The driver of a device has changed. The group is looked at in any case: what
 * host DMA has read depends on who was bound when.
 */
static void resv_device_bound(struct resv_device *rd,
			      const struct resv_binding *binding)
{
	struct resv_group *rg = rd->group;
	bool was = resv_group_in_use(rg), is;

	lockdep_assert_held(&resv_tree_lock);
	mutex_lock(&resv_devices_lock);
	strscpy(rd->manager, binding->manager, RESV_NAME_LEN);
	mutex_unlock(&resv_devices_lock);
	rd->host_dma = binding->host_dma;
	is = resv_group_in_use(rg);
	if (is && !was) {
		resv_group_claim(rg);
		resv_generation_bump(RESV_CHANGE_CLAIMED);
	} else if (was && !is) {
		resv_group_release(rg);
		resv_view_tidy();
		resv_generation_bump(RESV_CHANGE_THAWED);
	} else {
		resv_group_look(rg, false);
	}
}

static void resv_device_unbound(struct resv_device *rd)
{
	static const struct resv_binding none;

	resv_device_bound(rd, &none);
}

/* Takes a device in; @unsure: it may have been asked about before a switch. */
static void resv_device_add(struct device *dev, bool unsure)
{
	struct resv_binding binding;
	struct iommu_group *group;
	struct resv_device *rd;
	bool in_use;

	lockdep_assert_held(&resv_tree_lock);
	if (!resv_dev_ops(dev) || !device_is_registered(dev) ||
	    resv_device_find(dev))
		return;
	group = iommu_group_get(dev);
	if (!group)
		return;

	/* First: what is held from now on must not be older than this. */
	resv_needs_newcomer(dev);
	rd = kzalloc(sizeof(*rd), GFP_KERNEL | __GFP_NOFAIL);
	rd->group = resv_group_get(group);
	rd->dev = get_device(dev);
	in_use = resv_group_in_use(rd->group);
	rd->dir = resv_debugfs_add_device(rd);
	mutex_lock(&resv_devices_lock);
	list_add_tail(&rd->node, &resv_devices);
	mutex_unlock(&resv_devices_lock);
	resv_group_look(rd->group, unsure);
	if (in_use)
		resv_group_hold(rd->group, dev);
	/*
	 * It may have been bound before we heard of it. Who uses host DMA is
	 * known by events only: a driver that is just being bound does not yet.
	 */
	binding = resv_binding_of(dev);
	binding.host_dma = false;
	if (binding.manager[0])
		resv_device_bound(rd, &binding);
	resv_windows_newcomer(dev);
	resv_generation_bump(RESV_CHANGE_ADDED);
}

static void resv_device_remove(struct resv_device *rd)
{
	resv_device_unbound(rd);
	resv_held_drop(rd->dev);
	mutex_lock(&resv_devices_lock);
	list_del(&rd->node);
	mutex_unlock(&resv_devices_lock);
	/* Waits for readers of its files; they do not take resv_tree_lock. */
	resv_debugfs_remove(rd->dir);
	resv_group_put(rd->group);
	put_device(rd->dev);
	kfree(rd);
	resv_generation_bump(RESV_CHANGE_REMOVED);
}

/*
 * The safety net for a driver that no walk and no registration showed us. True
 * where it had to be: host DMA has read the driver's list by now.
 */
static bool resv_device_hook(struct device *dev)
{
	const struct iommu_ops *ops = resv_dev_ops(dev);
	bool late;

	if (!ops)
		return false;
	late = resv_hook_ops(ops, dev->iommu->iommu_dev) == 1;
	if (late)
		dev_warn(dev, "%s: its IOMMU driver was hooked only now: host DMA of this device may know the driver's regions only\n",
			 RESV_NAME);
	resv_hook_test(dev);
	return late;
}

/**
 * resv_devices_event() - something happens to a device of a bus that is watched
 * @event: BUS_NOTIFY_*
 * @dev: the device
 *
 * Context: from a bus's notifier; may sleep.
 */
void resv_devices_event(unsigned long event, struct device *dev)
{
	struct resv_binding binding;
	struct resv_device *rd;
	bool late;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
	case BUS_NOTIFY_BIND_DRIVER:
	case BUS_NOTIFY_BOUND_DRIVER:
		late = resv_device_hook(dev);
		if (event == BUS_NOTIFY_BOUND_DRIVER)
			resv_doorbells_device(dev);
		mutex_lock(&resv_tree_lock);
		if (resv_devices_running)
			resv_device_add(dev, late);
		rd = resv_device_find(dev);
		if (rd && event != BUS_NOTIFY_ADD_DEVICE) {
			binding = resv_binding_of(dev);
			resv_device_bound(rd, &binding);
		}
		if (resv_devices_running && event == BUS_NOTIFY_BOUND_DRIVER)
			resv_iommus_bound(dev);
		mutex_unlock(&resv_tree_lock);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		mutex_lock(&resv_tree_lock);
		rd = resv_device_find(dev);
		if (rd && rd->leaving)
			resv_device_remove(rd);
		else if (rd)
			resv_device_unbound(rd);
		resv_iommus_prune();
		mutex_unlock(&resv_tree_lock);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
	case BUS_NOTIFY_REMOVED_DEVICE:
		/*
		 * The first when the removal begins; a device that keeps its
		 * group in use does so until its driver has let it go. The
		 * second because a walk may have found the device once more in
		 * between, when it was still registered and had its IOMMU; the
		 * core has taken that away by now (its notifier comes first), so
		 * no later walk will.
		 */
		mutex_lock(&resv_tree_lock);
		rd = resv_device_find(dev);
		if (rd && rd->manager[0] && event == BUS_NOTIFY_DEL_DEVICE)
			rd->leaving = true;
		else if (rd)
			resv_device_remove(rd);
		resv_iommus_prune();
		mutex_unlock(&resv_tree_lock);
		break;
	}
}

/**
 * resv_devices_all() - references to all devices of the machine, at one moment
 * @count: receives how many
 *
 * The kset is reached through a device that always exists; only its members
 * that are devices (and not on their way out) are taken.
 *
 * Return: an array for resv_devices_all_put(), or an ERR_PTR().
 */
struct device **resv_devices_all(size_t *count)
{
	struct kset *kset = platform_bus.kobj.kset;
	struct device **all = NULL;
	struct kobject *kobj;
	size_t n = 0, max = 0;

	for (;;) {
		size_t i = 0;

		spin_lock(&kset->list_lock);
		list_for_each_entry(kobj, &kset->list, entry) {
			if (kobj->ktype != platform_bus.kobj.ktype)
				continue;
			if (i++ >= max)
				continue;
			if (kobject_get_unless_zero(kobj))
				all[n++] = kobj_to_dev(kobj);
		}
		spin_unlock(&kset->list_lock);
		if (i <= max)
			break;

		while (n)
			put_device(all[--n]);
		kvfree(all);
		max = i + 64;
		all = kvmalloc_array(max, sizeof(*all), GFP_KERNEL);
		if (!all)
			return ERR_PTR(-ENOMEM);
	}
	*count = n;
	return all;
}

/**
 * resv_devices_all_put() - undo resv_devices_all()
 * @all: its array
 * @count: its count
 */
void resv_devices_all_put(struct device **all, size_t count)
{
	while (count)
		put_device(all[--count]);
	kvfree(all);
}

static struct iommu_device *resv_class_iommu(struct device *dev)
{
	if (!dev->class || strcmp(dev->class->name, "iommu"))
		return NULL;
	return dev_get_drvdata(dev);
}

/**
 * resv_devices_hook() - hook the callbacks of all IOMMUs of the machine
 *
 * IOMMUs without devices are found as devices of class "iommu".
 *
 * Context: may sleep. Hooks must have been started.
 * Return: 0, or an error whose reason is in the log; hooks made stay.
 */
int resv_devices_hook(void)
{
	struct device **all;
	size_t count, i;
	int ret = 0;

	all = resv_devices_all(&count);
	if (IS_ERR(all))
		return PTR_ERR(all);

	for (i = 0; i < count && ret >= 0; i++) {
		const struct iommu_ops *ops = resv_dev_ops(all[i]);
		struct iommu_device *iommu = resv_class_iommu(all[i]);

		if (ops)
			ret = resv_hook_ops(ops, all[i]->iommu->iommu_dev);
		else if (iommu && iommu->ops)
			ret = resv_hook_ops(iommu->ops, iommu);
	}
	for (i = 0; i < count && ret >= 0; i++)
		if (resv_dev_ops(all[i]))
			ret = resv_hook_test(all[i]);
	resv_devices_all_put(all, count);
	return ret < 0 ? ret : 0;
}

/*
 * All devices of the machine, when later ones with an IOMMU are heard of: one
 * that came to a bus just before that is found by another walk.
 */
static struct device **resv_devices_watched(size_t *count)
{
	struct device **all;
	int ret;

	for (;;) {
		all = resv_devices_all(count);
		if (IS_ERR(all))
			return all;
		ret = resv_buses_watch(all, *count);
		if (!ret)
			return all;
		resv_devices_all_put(all, *count);
		if (ret < 0)
			return ERR_PTR(ret);
	}
}

static void resv_devices_add(struct device **all, size_t count, bool unsure)
{
	size_t i;

	lockdep_assert_held(&resv_tree_lock);
	for (i = 0; i < count; i++)
		if (all[i]->bus)
			resv_device_add(all[i], unsure);
	resv_iommus_add(all, count);
}

/**
 * resv_devices_start() - learn of all devices, and hear of later ones
 *
 * Context: may sleep.
 * Return: 0 or an error; nothing is left behind.
 */
int resv_devices_start(void)
{
	struct device **all;
	size_t count;
	int ret;

	/* No PCI device comes or goes between the walk and the notifiers. */
	pci_lock_rescan_remove();
	mutex_lock(&resv_tree_lock);
	resv_devices_running = true;
	mutex_unlock(&resv_tree_lock);
	ret = resv_buses_start();
	if (!ret) {
		all = resv_devices_watched(&count);
		ret = PTR_ERR_OR_ZERO(all);
	}
	if (!ret) {
		mutex_lock(&resv_tree_lock);
		resv_devices_add(all, count, false);
		mutex_unlock(&resv_tree_lock);
		resv_devices_all_put(all, count);
	}
	pci_unlock_rescan_remove();
	if (ret)
		resv_devices_stop();
	return ret;
}

/**
 * resv_devices_publish() - make the files of the devices known so far
 *
 * Later devices get theirs as they come.
 */
void resv_devices_publish(void)
{
	struct resv_device *rd;
	struct resv_group *rg;

	mutex_lock(&resv_tree_lock);
	list_for_each_entry(rg, &resv_groups, node)
		if (!rg->dir)
			rg->dir = resv_debugfs_add_group(rg);
	list_for_each_entry(rd, &resv_devices, node)
		if (!rd->dir)
			rd->dir = resv_debugfs_add_device(rd);
	resv_iommus_publish();
	mutex_unlock(&resv_tree_lock);
}

/*
 * A binding that was seen by a walk and failed before its first event
 * (really_probe(), at dma_configure) ends without one.
 */
static void resv_devices_unbound(void)
{
	struct resv_device *rd;

	list_for_each_entry(rd, &resv_devices, node)
		if (rd->manager[0] && !READ_ONCE(rd->dev->driver))
			resv_device_unbound(rd);
}

/* Adds what a walk has found, unless there was no memory for it. */
static void resv_devices_look_again(struct device **all, size_t count)
{
	if (!resv_devices_running)
		return;
	if (IS_ERR(all))
		pr_warn("no memory to look for devices: debugfs may lack some\n");
	else
		resv_devices_add(all, count, false);
	resv_devices_unbound();
}

/**
 * resv_devices_rescan() - look for devices that made no event
 *
 * Those of an IOMMU that has just registered, and those on a bus that was not
 * known before. Also lets their hooks prove themselves.
 *
 * Context: may sleep; not from a reader of a file.
 */
void resv_devices_rescan(void)
{
	struct resv_device *rd;
	struct device **all;
	size_t count;

	all = resv_devices_watched(&count);
	mutex_lock(&resv_tree_lock);
	resv_devices_look_again(all, count);
	list_for_each_entry(rd, &resv_devices, node)
		resv_hook_test(rd->dev);
	mutex_unlock(&resv_tree_lock);
	if (!IS_ERR(all))
		resv_devices_all_put(all, count);
}

/**
 * resv_devices_refresh() - the same before a report
 *
 * Does nothing while devices are being added or removed: who reads a file must
 * not wait for that.
 */
void resv_devices_refresh(void)
{
	struct device **all;
	size_t count;

	if (resv_off_reason)
		return;
	all = resv_devices_watched(&count);
	if (mutex_trylock(&resv_tree_lock)) {
		resv_devices_look_again(all, count);
		if (resv_devices_running)
			resv_groups_refresh();
		mutex_unlock(&resv_tree_lock);
	}
	if (!IS_ERR(all))
		resv_devices_all_put(all, count);
}

/**
 * resv_devices_stop() - forget all devices and stop hearing of them
 *
 * Context: may sleep. Cannot fail.
 */
void resv_devices_stop(void)
{
	struct resv_device *rd, *next_rd;

	mutex_lock(&resv_tree_lock);
	resv_devices_running = false;
	mutex_unlock(&resv_tree_lock);
	/* A notifier that runs right now takes resv_tree_lock itself. */
	resv_buses_stop();

	mutex_lock(&resv_tree_lock);
	list_for_each_entry_safe(rd, next_rd, &resv_devices, node)
		resv_device_remove(rd);
	resv_iommus_stop();
	mutex_unlock(&resv_tree_lock);
}

/*
 * Devices that nobody has told us of yet. One that is there after a switch may
 * have been asked about before it, or after.
 */
static void resv_devices_strangers(void)
{
	struct device **all;
	size_t count;

	if (!resv_devices_running)
		return;
	all = resv_devices_all(&count);
	if (IS_ERR(all)) {
		pr_warn("no memory to look for devices that come just now: what host DMA has read for them may be an older list than reports say\n");
		return;
	}
	resv_devices_add(all, count, true);
	resv_devices_all_put(all, count);
}

/**
 * resv_devices_switch() - let all groups that may answer with a state
 * @state: complete; the caller keeps its reference
 * @why: what made it
 *
 * With late=refuse groups in use go on answering as before. Groups not known yet
 * (no device of theirs has been here) answer with it from the first moment.
 *
 * Context: may sleep; takes each group->mutex in turn.
 * Return: 0, or -ENOMEM and nothing has changed.
 */
int resv_devices_switch(struct resv_state *state, enum resv_change why)
{
	bool refuse = resv_params_late() == RESV_LATE_REFUSE;
	struct resv_view *view = NULL;
	struct resv_group *rg;
	unsigned int n = 0;

	mutex_lock(&resv_tree_lock);
	list_for_each_entry(rg, &resv_groups, node)
		n++;
	if (!resv_needs_find(state))
		view = resv_view_new(state, n);
	if (!view) {
		mutex_unlock(&resv_tree_lock);
		return -ENOMEM;
	}
	/* The caller's next bump; for the empty state there is none. */
	if (resv_devices_running)
		state->generation = resv_generation() + 1;
	resv_devices_unbound();
	list_for_each_entry(rg, &resv_groups, node)
		resv_view_pin(view, rg->group);
	resv_view_show(view);
	list_for_each_entry(rg, &resv_groups, node) {
		if (refuse && resv_group_in_use(rg))
			resv_group_freeze(rg, why);
		else
			resv_group_switch(rg);
	}
	resv_devices_strangers();
	resv_view_tidy();
	mutex_unlock(&resv_tree_lock);
	return 0;
}

/**
 * resv_devices_groups() - references to all known groups, by number
 * @count: receives how many
 *
 * Return: an array for resv_devices_put_groups(), or an ERR_PTR().
 */
struct iommu_group **resv_devices_groups(unsigned int *count)
{
	struct iommu_group **groups;
	struct resv_group *rg;
	unsigned int n = 0, i;

	mutex_lock(&resv_devices_lock);
	list_for_each_entry(rg, &resv_groups, node)
		n++;
	groups = kvcalloc(n + 1, sizeof(*groups), GFP_KERNEL);
	if (!groups) {
		mutex_unlock(&resv_devices_lock);
		return ERR_PTR(-ENOMEM);
	}
	n = 0;
	list_for_each_entry(rg, &resv_groups, node) {
		/* Groups mostly come in rising order: insertion is linear. */
		for (i = n; i && iommu_group_id(groups[i - 1]) > rg->id; i--)
			groups[i] = groups[i - 1];
		groups[i] = iommu_group_ref_get(rg->group);
		n++;
	}
	mutex_unlock(&resv_devices_lock);
	*count = n;
	return groups;
}

/**
 * resv_devices_put_groups() - undo resv_devices_groups()
 * @groups: its array
 * @count: its count
 */
void resv_devices_put_groups(struct iommu_group **groups, unsigned int count)
{
	while (count)
		iommu_group_put(groups[--count]);
	kvfree(groups);
}
