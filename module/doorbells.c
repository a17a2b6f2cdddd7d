// SPDX-License-Identifier: GPL-2.0-only
/*
 * doorbells.c - where devices were told to write their MSIs
 *
 * A root complex that takes MSIs itself swallows every write to its doorbell,
 * and some are given the address by the running kernel (Tegra186; DesignWare
 * before 7.0). The kernel remembers the message of every MSI that it
 * has programmed; no device is asked.
 *
 * Reading those messages takes the lock of a device's MSIs. Since 7.x
 * iommu_dma_prepare_msi() takes group->mutex below that lock, so the wrapper,
 * which runs below group->mutex, must not take it. Messages are therefore
 * collected elsewhere: when the module loads, when a driver has been bound, and
 * before a report; what was found is kept for each host bridge, and that is all
 * that the wrapper looks at. The service driver of a root port (PME, errors)
 * mostly gives a host its first message long before the module loads.
 *
 * Where the IOMMU translates an MSI its message holds an IOVA, which says
 * nothing about the root complex: such a message is passed over. Rules with the
 * source "msi-message" are for hosts that have no ITS (host-lacks = "msi-map").
 * Hosts with one, and devices that are not translated, soon have more different
 * addresses here than a root complex can have doorbells. Such a host is marked
 * and not used, rather than cut short.
 *
 * A driver that asks for its MSIs only later (a network card that is brought up,
 * a probe that goes on in the background) is seen at the next report. A hole that
 * is found so late has been one all the time; but mostly it is known already,
 * because all devices below such a root complex write to the same few addresses.
 *
 * An address once seen stays as long as its host bridge: a hole too many is
 * safe, and nothing tells when the root complex stops to listen there.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "iommu_resv.h"
#include "msi.h"

/**
 * struct resv_doorbells - addresses seen below one host bridge
 * @node: in resv_doorbell_hosts
 * @rcu: for kfree_rcu()
 * @bridge: the host bridge; referenced, so that no other one can have its place
 * @count: how many addresses
 * @many: there were more than fit
 * @address: the addresses
 */
struct resv_doorbells {
	struct list_head node;
	struct rcu_head rcu;
	struct pci_host_bridge *bridge;
	unsigned int count;
	bool many;
	u64 address[RESV_DOORBELLS_MAX];
};

static LIST_HEAD(resv_doorbell_hosts);		/* RCU; to change: the lock */
static DEFINE_SPINLOCK(resv_doorbells_lock);
static bool resv_doorbells_running;

static bool resv_doorbell_in(const u64 *address, unsigned int count, u64 one)
{
	while (count)
		if (address[--count] == one)
			return true;
	return false;
}

static void resv_doorbells_note(struct resv_messages *messages, u64 address,
				bool translated)
{
	struct resv_message *one = messages->message;
	unsigned int i;

	for (i = 0; i < messages->count; i++, one++)
		if (one->address == address && one->translated == translated)
			return;
	if (i == ARRAY_SIZE(messages->message)) {
		messages->more = true;
		return;
	}
	one->address = address;
	one->translated = translated;
	messages->count++;
}

/**
 * resv_doorbells_messages() - the different addresses in a device's messages
 * @dev: any device; its lock is held, so that its driver, and with it the MSI
 *	data, stays
 * @messages: filled in; what the addresses are translated to is left open
 *
 * Context: may sleep; takes the lock of the device's MSIs, so group->mutex must
 * not be held.
 */
void resv_doorbells_messages(struct device *dev, struct resv_messages *messages)
{
	struct msi_desc *desc;

	memset(messages, 0, sizeof(*messages));
	if (!dev->msi.data)
		return;
	resv_msi_lock(dev);
	msi_for_each_desc(desc, dev, MSI_DESC_ASSOCIATED) {
		u64 address = (u64)desc->msg.address_hi << 32 |
			      desc->msg.address_lo;

		/* All zero: not programmed yet. */
		if (address || desc->msg.data)
			resv_doorbells_note(messages, address,
					    resv_msi_is_translated(desc));
	}
	resv_msi_unlock(dev);
}

static struct resv_doorbells *resv_doorbells_find(const struct pci_host_bridge *bridge)
{
	struct resv_doorbells *host;

	list_for_each_entry_rcu(host, &resv_doorbell_hosts, node,
				lockdep_is_held(&resv_doorbells_lock))
		if (host->bridge == bridge)
			return host;
	return NULL;
}

/* Readers see an address before they see that it counts. */
static bool resv_doorbells_add(struct resv_doorbells *host, u64 address)
{
	if (host->many || resv_doorbell_in(host->address, host->count, address))
		return false;
	if (host->count == RESV_DOORBELLS_MAX) {
		WRITE_ONCE(host->many, true);
		return true;
	}
	host->address[host->count] = address;
	smp_store_release(&host->count, host->count + 1);
	return true;
}

static void resv_doorbells_merge(struct pci_host_bridge *bridge,
				 const struct resv_messages *seen)
{
	struct resv_doorbells *host, *new = NULL;
	bool changed = false, any = false;
	unsigned int i;

	for (i = 0; i < seen->count; i++)
		any |= !seen->message[i].translated;
	if (!any)
		return;
	rcu_read_lock();
	host = resv_doorbells_find(bridge);
	rcu_read_unlock();
	if (!host) {
		new = kzalloc(sizeof(*new), GFP_KERNEL);
		if (!new) {
			pr_warn_once("no memory to note where MSIs are written: rules about that may stay unresolved until the next report\n");
			return;
		}
	}

	spin_lock(&resv_doorbells_lock);
	host = resv_doorbells_find(bridge);
	if (!host && new && resv_doorbells_running) {
		host = new;
		new = NULL;
		get_device(&bridge->dev);
		host->bridge = bridge;
		list_add_rcu(&host->node, &resv_doorbell_hosts);
	}
	for (i = 0; host && i < seen->count; i++)
		if (!seen->message[i].translated)
			changed |= resv_doorbells_add(host,
						      seen->message[i].address);
	spin_unlock(&resv_doorbells_lock);
	kfree(new);
	if (changed)
		resv_generation_bump(RESV_CHANGE_DOORBELL);
}

/**
 * resv_doorbells_device() - note where a device writes its MSIs
 * @dev: any device; its lock is held
 *
 * For a driver that has just been bound: the driver core calls with the lock
 * held.
 *
 * Context: may sleep; takes the lock of the device's MSIs, so group->mutex must
 * not be held.
 */
void resv_doorbells_device(struct device *dev)
{
	struct resv_messages seen;

	if (!dev_is_pci(dev))
		return;
	resv_doorbells_messages(dev, &seen);
	resv_doorbells_merge(pci_find_host_bridge(to_pci_dev(dev)->bus), &seen);
}

/* Take one host bridge that is gone out of the list; or any. */
static struct resv_doorbells *resv_doorbells_take(bool any)
{
	struct resv_doorbells *host;

	spin_lock(&resv_doorbells_lock);
	list_for_each_entry(host, &resv_doorbell_hosts, node) {
		if (any || !device_is_registered(&host->bridge->dev)) {
			list_del_rcu(&host->node);
			spin_unlock(&resv_doorbells_lock);
			return host;
		}
	}
	spin_unlock(&resv_doorbells_lock);
	return NULL;
}

/* Forget host bridges that are gone; or all. Letting go of one may sleep. */
static void resv_doorbells_prune(bool all)
{
	struct resv_doorbells *host;

	while ((host = resv_doorbells_take(all))) {
		put_device(&host->bridge->dev);
		kfree_rcu(host, rcu);
	}
}

/**
 * resv_doorbells_look() - note where all devices write their MSIs
 *
 * A device that is busy binding or unbinding is left out: who reads a file must
 * not wait for that, and the end of the binding makes a note of its own.
 *
 * Context: may sleep; as resv_doorbells_device().
 */
void resv_doorbells_look(void)
{
	struct pci_dev *pdev = NULL;

	if (!READ_ONCE(resv_doorbells_running))
		return;
	resv_doorbells_prune(false);
	for_each_pci_dev(pdev) {
		if (!device_trylock(&pdev->dev))
			continue;
		resv_doorbells_device(&pdev->dev);
		device_unlock(&pdev->dev);
	}
}

/**
 * resv_doorbells_of() - where devices below a host bridge write their MSIs
 * @bridge: the host bridge
 * @address: filled in
 *
 * Context: any.
 * Return: how many (0 where none has been seen yet), or -EOVERFLOW where there
 * are more than any root complex has doorbells.
 */
int resv_doorbells_of(const struct pci_host_bridge *bridge,
		      u64 address[RESV_DOORBELLS_MAX])
{
	const struct resv_doorbells *host;
	int count = 0;

	rcu_read_lock();
	host = resv_doorbells_find(bridge);
	if (host && READ_ONCE(host->many)) {
		count = -EOVERFLOW;
	} else if (host) {
		count = smp_load_acquire(&host->count);
		memcpy(address, host->address, count * sizeof(*address));
	}
	rcu_read_unlock();
	if (count == -EOVERFLOW)
		pr_warn_once("%s: devices below it write MSIs to more than %d addresses: these are not the doorbells of a root complex; rules with source msi-message stay unresolved\n",
			     dev_name(&bridge->dev), RESV_DOORBELLS_MAX);
	return count;
}

/**
 * resv_doorbells_start() - begin to take notes
 *
 * Context: may sleep.
 */
void resv_doorbells_start(void)
{
	WRITE_ONCE(resv_doorbells_running, true);
	resv_doorbells_look();
}

/**
 * resv_doorbells_stop() - forget everything
 *
 * Called when nobody else can call into this file any more.
 *
 * Context: may sleep.
 */
void resv_doorbells_stop(void)
{
	WRITE_ONCE(resv_doorbells_running, false);
	resv_doorbells_prune(true);
}
