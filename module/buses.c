// SPDX-License-Identifier: GPL-2.0-only
/*
 * buses.c - the buses whose devices we hear of
 *
 * Those on which Linux has devices with an IOMMU, from the beginning, and any
 * other as soon as a device with an IOMMU is seen on it.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/amba/bus.h>
#include <linux/fsl/mc.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "devices.h"
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

/*
 * Notifiers take resv_tree_lock below the lock of their bus, so it must not be
 * held where one is registered: the list of buses has a lock of its own.
 */
static DEFINE_MUTEX(resv_buses_lock);
static LIST_HEAD(resv_buses);		/* resv_buses_lock */
static bool resv_buses_open;		/* resv_buses_lock */

static int resv_bus_event(struct notifier_block *nb, unsigned long event,
			  void *data)
{
	resv_devices_event(event, data);
	return NOTIFY_DONE;
}

/* Hear of the devices of a bus: 1 where that is new, 0, or an error. */
static int resv_bus_watch(resv_bus_t bus)
{
	struct resv_bus *rb;
	int ret;

	lockdep_assert_held(&resv_buses_lock);
	if (!resv_buses_open)
		return 0;
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
	return 1;
}

/**
 * resv_buses_watch() - hear of the buses of all devices with an IOMMU
 * @all: devices
 * @count: how many
 *
 * Context: may sleep.
 * Return: 1 where a bus was new, 0 where none was, or an error.
 */
int resv_buses_watch(struct device **all, size_t count)
{
	int ret, new = 0;
	size_t i;

	mutex_lock(&resv_buses_lock);
	for (i = 0; i < count; i++) {
		if (!resv_dev_ops(all[i]) || !all[i]->bus)
			continue;
		ret = resv_bus_watch(all[i]->bus);
		if (ret < 0) {
			new = ret;
			break;
		}
		new |= ret;
	}
	mutex_unlock(&resv_buses_lock);
	return new;
}

/**
 * resv_buses_start() - hear of the buses that Linux knows with IOMMUs
 *
 * Context: may sleep.
 * Return: 0 or an error; ends with resv_buses_stop() in both cases.
 */
int resv_buses_start(void)
{
	int ret;

	mutex_lock(&resv_buses_lock);
	resv_buses_open = true;
	ret = resv_bus_watch(&platform_bus_type);
	if (ret >= 0)
		ret = resv_bus_watch(&pci_bus_type);
#if IS_BUILTIN(CONFIG_ARM_AMBA)
	if (ret >= 0)
		ret = resv_bus_watch(&amba_bustype);
#endif
#if IS_BUILTIN(CONFIG_FSL_MC_BUS)
	if (ret >= 0)
		ret = resv_bus_watch(&fsl_mc_bus_type);
#endif
	mutex_unlock(&resv_buses_lock);
	return ret < 0 ? ret : 0;
}

/**
 * resv_buses_stop() - stop hearing of devices, and wait for who does
 *
 * Context: may sleep; without resv_tree_lock, which notifiers take.
 */
void resv_buses_stop(void)
{
	struct resv_bus *rb, *next_rb;
	LIST_HEAD(buses);

	mutex_lock(&resv_buses_lock);
	resv_buses_open = false;
	list_splice_init(&resv_buses, &buses);
	mutex_unlock(&resv_buses_lock);
	list_for_each_entry_safe(rb, next_rb, &buses, node) {
		bus_unregister_notifier(rb->bus, &rb->nb);
		kfree(rb);
	}
}
