// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook_clone.c - the fallback: swap an IOMMU's ops pointer for a changed copy
 *
 * Only where the kernel has no function tracer, or for a driver that has no
 * callback to redirect. Its costs, which the ftrace way does not have:
 *
 *  - A domain remembers the ops it was made with. One made before the swap (or
 *    before the swap back) no longer matches its device; VFIO type1 and
 *    iommufd's automatic domains recover by making a new one, an explicit or
 *    nest-parent domain fails to attach.
 *  - A driver that registers later is hooked only when its first device shows
 *    up, after that device's own default domain was made.
 *  - An IOMMU that is unbound from its driver while swapped leaves a stale
 *    pointer here. The drivers that this is for do not allow that
 *    (suppress_bind_attrs).
 *
 * The copies are never freed: a domain made while swapped keeps comparing its
 * owner with live ops after we are gone, and must not match recycled memory.
 * That is a few hundred bytes for each load.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

/**
 * struct resv_clone - a driver's ops with our callback
 * @ops: the copy
 * @original: what it was copied from
 */
struct resv_clone {
	struct iommu_ops ops;
	const struct iommu_ops *original;
};

/**
 * struct resv_instance - an IOMMU whose ops pointer was swapped
 * @node: in resv_hook.instances
 * @iommu: the IOMMU
 */
struct resv_instance {
	struct list_head node;
	struct iommu_device *iommu;
};

/**
 * resv_clone_original() - from ops that may be a copy of ours to the driver's
 * @ops: ops of a device, or %NULL
 *
 * Return: the driver's own ops, or %NULL for %NULL.
 */
const struct iommu_ops *resv_clone_original(const struct iommu_ops *ops)
{
	if (ops && ops->get_resv_regions == resv_wrapper)
		return container_of(ops, struct resv_clone, ops)->original;
	return ops;
}

/**
 * resv_clone_hook() - make the copy; no IOMMU uses it yet
 * @hook: with its ops
 *
 * Return: 0, -EOPNOTSUPP where this kernel cannot bear it, or -ENOMEM.
 */
int resv_clone_hook(struct resv_hook *hook)
{
	struct resv_clone *clone;

	if (!RESV_CAN_CLONE) {
		pr_err("this kernel keeps a copy of the ops pointer for each device: swapping it would take the IOMMU from every device bound later\n");
		return -EOPNOTSUPP;
	}
	clone = kmalloc(sizeof(*clone), GFP_KERNEL);
	if (!clone)
		return -ENOMEM;
	clone->original = hook->ops;
	memcpy(&clone->ops, hook->ops, sizeof(clone->ops));
	clone->ops.get_resv_regions = resv_wrapper;
	hook->clone = clone;
	return 0;
}

/**
 * resv_clone_swap() - let one IOMMU use the copy
 * @hook: with its copy
 * @iommu: an IOMMU that uses the original; seen before is fine
 *
 * Return: 0 or -ENOMEM.
 */
int resv_clone_swap(struct resv_hook *hook, struct iommu_device *iommu)
{
	struct resv_instance *instance;

	if (iommu->ops == &hook->clone->ops)
		return 0;
	instance = kmalloc(sizeof(*instance), GFP_KERNEL);
	if (!instance)
		return -ENOMEM;
	instance->iommu = iommu;
	list_add(&instance->node, &hook->instances);
	/* The copy is complete before anyone can follow the pointer to it. */
	smp_store_release(&iommu->ops, &hook->clone->ops);
	return 0;
}

/**
 * resv_clone_unhook() - give every IOMMU its driver's ops back
 * @hook: the hook
 *
 * Callers that read the pointer before may still be in the wrapper.
 */
void resv_clone_unhook(struct resv_hook *hook)
{
	struct resv_instance *instance, *next;

	list_for_each_entry_safe(instance, next, &hook->instances, node) {
		WRITE_ONCE(instance->iommu->ops, hook->ops);
		list_del(&instance->node);
		kfree(instance);
	}
}

/**
 * resv_clone_free() - free a copy that no IOMMU ever used
 * @hook: the hook
 */
void resv_clone_free(struct resv_hook *hook)
{
	kfree(hook->clone);
	hook->clone = NULL;
}
