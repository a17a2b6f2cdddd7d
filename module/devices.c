// SPDX-License-Identifier: GPL-2.0-only
/*
 * devices.c - which devices have an IOMMU, now and later
 *
 * All devices of the machine are in one kset, whatever bus they are on; walking
 * it finds every device with an IOMMU, and the IOMMUs themselves (class
 * "iommu"). Notifiers on their buses tell of later ones. A device is known from
 * the moment it has an IOMMU (on probe, or on older kernels just before its
 * driver binds) until its removal begins, which is before the IOMMU core lets
 * go of it.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/amba/bus.h>
#include <linux/fsl/mc.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "iommu_resv.h"

/**
 * struct resv_bus - a bus whose devices we hear of
 * @node: in resv_buses
 * @bus: the bus
 * @nb: our notifier
 */
struct resv_bus {
	struct list_head node;
	resv_bus_t bus;
	struct notifier_block nb;
};

static DEFINE_MUTEX(resv_tree_lock);
static DEFINE_MUTEX(resv_devices_lock);
static LIST_HEAD(resv_devices);		/* both locks to change, one to read */
static LIST_HEAD(resv_groups);		/* likewise */
static LIST_HEAD(resv_buses);		/* resv_tree_lock */
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

/* Takes over the reference to the group, also on failure. */
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
	rg = kzalloc(sizeof(*rg), GFP_KERNEL);
	if (!rg) {
		iommu_group_put(group);
		return NULL;
	}
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
	kfree(rg);
}

static void resv_device_add(struct device *dev)
{
	struct iommu_group *group;
	struct resv_device *rd;

	lockdep_assert_held(&resv_tree_lock);
	if (!resv_dev_ops(dev) || !device_is_registered(dev) ||
	    resv_device_find(dev))
		return;
	group = iommu_group_get(dev);
	if (!group)
		return;

	rd = kzalloc(sizeof(*rd), GFP_KERNEL);
	if (!rd) {
		iommu_group_put(group);
		goto err;
	}
	rd->group = resv_group_get(group);
	if (!rd->group) {
		kfree(rd);
		goto err;
	}
	rd->dev = get_device(dev);
	rd->dir = resv_debugfs_add_device(rd);
	mutex_lock(&resv_devices_lock);
	list_add_tail(&rd->node, &resv_devices);
	mutex_unlock(&resv_devices_lock);
	resv_generation_bump();
	return;

err:
	/* The override does not need this list: only the report is short. */
	dev_warn(dev, "%s: no memory: not in debugfs\n", RESV_NAME);
}

static void resv_device_remove(struct resv_device *rd)
{
	lockdep_assert_held(&resv_tree_lock);
	mutex_lock(&resv_devices_lock);
	list_del(&rd->node);
	mutex_unlock(&resv_devices_lock);
	/* Waits for readers of its files; they do not take resv_tree_lock. */
	resv_debugfs_remove(rd->dir);
	resv_group_put(rd->group);
	put_device(rd->dev);
	kfree(rd);
	resv_generation_bump();
}

/* The safety net for a driver that no walk and no registration showed us. */
static void resv_device_hook(struct device *dev)
{
	const struct iommu_ops *ops = resv_dev_ops(dev);

	if (!ops)
		return;
	if (resv_hook_ops(ops, dev->iommu->iommu_dev) == 1)
		dev_warn(dev, "%s: its IOMMU driver was hooked only now: host DMA of this device may know the driver's regions only\n",
			 RESV_NAME);
	resv_hook_test(dev);
}

static int resv_bus_event(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	struct device *dev = data;
	struct resv_device *rd;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
	case BUS_NOTIFY_BIND_DRIVER:
	case BUS_NOTIFY_BOUND_DRIVER:
		resv_device_hook(dev);
		mutex_lock(&resv_tree_lock);
		if (resv_devices_running)
			resv_device_add(dev);
		mutex_unlock(&resv_tree_lock);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		mutex_lock(&resv_tree_lock);
		rd = resv_device_find(dev);
		if (rd)
			resv_device_remove(rd);
		mutex_unlock(&resv_tree_lock);
		break;
	}
	return NOTIFY_DONE;
}

static int resv_bus_watch(resv_bus_t bus)
{
	struct resv_bus *rb;
	int ret;

	list_for_each_entry(rb, &resv_buses, node)
		if (rb->bus == bus)
			return 0;
	rb = kzalloc(sizeof(*rb), GFP_KERNEL);
	if (!rb)
		return -ENOMEM;
	rb->bus = bus;
	rb->nb.notifier_call = resv_bus_event;
	/* After the IOMMU core's own notifier, which has priority 0. */
	rb->nb.priority = -1;
	ret = bus_register_notifier(bus, &rb->nb);
	if (ret) {
		kfree(rb);
		return ret;
	}
	list_add(&rb->node, &resv_buses);
	return 0;
}

/*
 * References to all devices of the machine, at one moment. The kset is reached
 * through a device that always exists; only its members that are devices (and
 * not on their way out) are taken.
 */
static struct device **resv_all_devices(size_t *count)
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

static void resv_put_all(struct device **all, size_t count)
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

	all = resv_all_devices(&count);
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
	resv_put_all(all, count);
	return ret < 0 ? ret : 0;
}

static int resv_devices_scan(void)
{
	struct device **all;
	size_t count, i;
	int ret = 0;

	lockdep_assert_held(&resv_tree_lock);
	all = resv_all_devices(&count);
	if (IS_ERR(all))
		return PTR_ERR(all);
	for (i = 0; i < count && !ret; i++) {
		if (!resv_dev_ops(all[i]) || !all[i]->bus)
			continue;
		ret = resv_bus_watch(all[i]->bus);
		if (!ret)
			resv_device_add(all[i]);
	}
	resv_put_all(all, count);
	return ret;
}

/**
 * resv_devices_start() - learn of all devices, and hear of later ones
 *
 * Context: may sleep.
 * Return: 0 or an error; nothing is left behind.
 */
int resv_devices_start(void)
{
	int ret;

	/* No PCI device comes or goes between the walk and the notifiers. */
	pci_lock_rescan_remove();
	mutex_lock(&resv_tree_lock);
	resv_devices_running = true;
	ret = resv_bus_watch(&platform_bus_type);
	if (!ret)
		ret = resv_bus_watch(&pci_bus_type);
#if IS_BUILTIN(CONFIG_ARM_AMBA)
	if (!ret)
		ret = resv_bus_watch(&amba_bustype);
#endif
#if IS_BUILTIN(CONFIG_FSL_MC_BUS)
	if (!ret)
		ret = resv_bus_watch(&fsl_mc_bus_type);
#endif
	if (!ret)
		ret = resv_devices_scan();
	mutex_unlock(&resv_tree_lock);
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
	mutex_unlock(&resv_tree_lock);
}

static void resv_devices_look_again(void)
{
	if (resv_devices_running && resv_devices_scan())
		pr_warn("no memory to look for devices: debugfs may lack some\n");
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

	mutex_lock(&resv_tree_lock);
	resv_devices_look_again();
	list_for_each_entry(rd, &resv_devices, node)
		resv_hook_test(rd->dev);
	mutex_unlock(&resv_tree_lock);
}

/**
 * resv_devices_refresh() - the same before a report
 *
 * Does nothing while devices are being added or removed: who reads a file must
 * not wait for that.
 */
void resv_devices_refresh(void)
{
	if (resv_off_reason || !mutex_trylock(&resv_tree_lock))
		return;
	resv_devices_look_again();
	mutex_unlock(&resv_tree_lock);
}

/**
 * resv_devices_stop() - forget all devices and stop hearing of them
 *
 * Context: may sleep. Cannot fail.
 */
void resv_devices_stop(void)
{
	struct resv_device *rd, *next_rd;
	struct resv_bus *rb, *next_rb;
	LIST_HEAD(buses);

	mutex_lock(&resv_tree_lock);
	resv_devices_running = false;
	list_splice_init(&resv_buses, &buses);
	mutex_unlock(&resv_tree_lock);

	/* A notifier that runs right now takes resv_tree_lock itself. */
	list_for_each_entry_safe(rb, next_rb, &buses, node) {
		bus_unregister_notifier(rb->bus, &rb->nb);
		kfree(rb);
	}

	mutex_lock(&resv_tree_lock);
	list_for_each_entry_safe(rd, next_rd, &resv_devices, node)
		resv_device_remove(rd);
	mutex_unlock(&resv_tree_lock);
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
