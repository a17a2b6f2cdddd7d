// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommus.c - the IOMMUs of the machine, and their ID registers
 *
 * An IOMMU is a device of class "iommu" (iommu_device_sysfs_add()), whose parent
 * is the device that the IOMMU's driver is bound to, where Linux has one. It is
 * found where devices are (devices.c): by a walk, and when its parent is bound
 * to its driver; and is forgotten when that has been unbound. A walk takes the
 * parent from its own references only: the class device's own goes when it does.
 *
 * ID registers. The driver's hw_info is asked where it has one: that is what
 * iommufd gives to user space. It wants a device behind the IOMMU (iommufd
 * calls it with its own reference to one that is bound to VFIO, and with no lock
 * that matters here: iommufd_get_hw_info() in 6.12 and 7.3), so it is called with
 * the mutex of that device's group held, under which the IOMMU core would take
 * the device from its IOMMU (iommu_deinit_device()). Else the registers of an
 * SMMU are read, never written, while its device is locked, so that its driver
 * stays, and its power is held: where runtime PM is enabled, only when it is
 * active already, and nothing is woken for it. Where the driver has left runtime
 * PM disabled, the SMMU has power as long as the driver is bound: SMMUv3's never
 * enables it, SMMUv2's does exactly where there is a power domain to manage
 * (arm_smmu_device_probe()).
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/io.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#ifdef HAVE_IOMMU_HW_INFO
#include <uapi/linux/iommufd.h>
#endif

#include "facts.h"
#include "iommus.h"

/* Below resv_tree_lock. */
static DEFINE_MUTEX(resv_iommus_lock);
static LIST_HEAD(resv_iommus);		/* both locks to change, one to read */

static void resv_iommu_free(struct kref *refs)
{
	struct resv_iommu *ri = container_of(refs, struct resv_iommu, refs);

	put_device(ri->dev);
	put_device(ri->hw);
	kfree(ri);
}

static void resv_iommu_put(struct resv_iommu *ri)
{
	kref_put(&ri->refs, resv_iommu_free);
}

static bool resv_is_iommu(const struct device *dev)
{
	return dev->class && !strcmp(dev->class->name, "iommu");
}

/*
 * Takes an IOMMU into the list. What its driver is called is read as
 * resv_binding_of() in devices.c does.
 */
static void resv_iommu_add(struct device *dev, struct device *hw)
{
	struct device_driver *drv;
	struct resv_iommu *ri;

	lockdep_assert_held(&resv_tree_lock);
	if (!device_is_registered(dev))
		return;
	list_for_each_entry(ri, &resv_iommus, node)
		if (ri->dev == dev)
			return;
	ri = kzalloc(sizeof(*ri), GFP_KERNEL);
	if (!ri) {
		pr_warn("no memory to note the IOMMU %s: debugfs lacks it\n",
			dev_name(dev));
		return;
	}
	kref_init(&ri->refs);
	ri->dev = get_device(dev);
	ri->hw = get_device(hw);
	if (hw) {
		rcu_read_lock();
		drv = (struct device_driver *)READ_ONCE(hw->driver);
		if (drv)
			strscpy(ri->driver, drv->name, RESV_NAME_LEN);
		rcu_read_unlock();
	}
	ri->type = resv_iommu_type(ri->driver[0] ? ri->driver : NULL,
				   dev_name(dev));
	ri->dir = resv_debugfs_add_iommu(ri, dev_name(dev));
	mutex_lock(&resv_iommus_lock);
	list_add_tail(&ri->node, &resv_iommus);
	mutex_unlock(&resv_iommus_lock);
}

static void resv_iommu_remove(struct resv_iommu *ri)
{
	mutex_lock(&resv_iommus_lock);
	list_del(&ri->node);
	mutex_unlock(&resv_iommus_lock);
	/* Waits for readers of its files; they do not take resv_tree_lock. */
	resv_debugfs_remove(ri->dir);
	resv_iommu_put(ri);
}

/*
 * The device that an IOMMU is: one of all devices, which are referenced; none
 * where the IOMMU has none, or has just gone.
 */
static struct device *resv_iommu_hardware(struct device **all, size_t count,
					  const struct device *dev)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (all[i] == dev->parent)
			return all[i];
	return NULL;
}

/**
 * resv_iommus_add() - note the IOMMUs that a walk has found
 * @all: all devices of the machine, referenced
 * @count: how many
 *
 * Context: may sleep; the caller holds resv_tree_lock.
 */
void resv_iommus_add(struct device **all, size_t count)
{
	struct device *hw;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!resv_is_iommu(all[i]))
			continue;
		hw = resv_iommu_hardware(all, count, all[i]);
		if (hw || !all[i]->parent)
			resv_iommu_add(all[i], hw);
	}
	resv_iommus_prune();
}

static int resv_iommu_child(struct device *dev, void *hw)
{
	if (resv_is_iommu(dev))
		resv_iommu_add(dev, hw);
	return 0;
}

/**
 * resv_iommus_bound() - note the IOMMU that a device has turned out to be
 * @hw: a device that was bound to its driver
 *
 * Context: may sleep; the caller holds resv_tree_lock and @hw's device_lock.
 */
void resv_iommus_bound(struct device *hw)
{
	device_for_each_child(hw, hw, resv_iommu_child);
}

/**
 * resv_iommus_prune() - forget the IOMMUs that have gone
 *
 * Context: may sleep; the caller holds resv_tree_lock.
 */
void resv_iommus_prune(void)
{
	struct resv_iommu *ri, *next;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry_safe(ri, next, &resv_iommus, node)
		if (!device_is_registered(ri->dev))
			resv_iommu_remove(ri);
}

/**
 * resv_iommus_publish() - make the files of the IOMMUs known so far
 *
 * Context: may sleep; the caller holds resv_tree_lock.
 */
void resv_iommus_publish(void)
{
	struct resv_iommu *ri;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry(ri, &resv_iommus, node)
		if (!ri->dir)
			ri->dir = resv_debugfs_add_iommu(ri, dev_name(ri->dev));
}

/**
 * resv_iommus_stop() - forget all IOMMUs
 *
 * Context: may sleep; the caller holds resv_tree_lock.
 */
void resv_iommus_stop(void)
{
	struct resv_iommu *ri, *next;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry_safe(ri, next, &resv_iommus, node)
		resv_iommu_remove(ri);
}

/* What to read in the registers of an IOMMU: offsets of 32-bit registers. */
static u32 resv_iommu_offsets(const struct resv_iommu *ri,
			      u32 offset[RESV_IOMMU_WORDS])
{
	/* IDR0 to IDR2: Arm IHI 0062; offsets as in Linux's arm-smmu.h. */
	static const u32 smmuv2[] = { 0x20, 0x24, 0x28 };
	u32 i;

	switch (ri->type) {
	case RESV_IOMMU_SMMUV3:
		BUILD_BUG_ON(SMMUV3_REGS > RESV_IOMMU_WORDS);
		for (i = 0; i < SMMUV3_REGS; i++)
			offset[i] = smmuv3_reg_offset(i);
		return SMMUV3_REGS;
	case RESV_IOMMU_SMMUV2:
		memcpy(offset, smmuv2, sizeof(smmuv2));
		return ARRAY_SIZE(smmuv2);
	default:
		return 0;
	}
}

/* Reads them: its device is locked, has a driver and power. */
static const char *resv_iommu_registers(const struct resource *res,
					const u32 *offset, u32 words,
					struct resv_iommu_id *id)
{
	void __iomem *base;
	u32 i;

	/* Of the first 4 KiB, which no page of any size is shorter than. */
	if (resource_size(res) < SZ_4K)
		return "its register range is shorter than the architecture's";
	base = ioremap(res->start, SZ_4K);
	if (!base)
		return "its registers could not be mapped";
	for (i = 0; i < words; i++)
		id->word[i] = readl(base + offset[i]);
	iounmap(base);
	id->words = words;
	id->source = RESV_IOMMU_SOURCE_REGISTERS;
	return NULL;
}

static struct resource *resv_iommu_resource(const struct resv_iommu *ri)
{
	if (!ri->hw || !dev_is_platform(ri->hw))
		return NULL;
	return platform_get_resource(to_platform_device(ri->hw),
				     IORESOURCE_MEM, 0);
}

/**
 * resv_iommu_base() - where an IOMMU's registers are
 * @ri: the IOMMU
 * @base: receives the physical address
 *
 * Return: 0, or -ENODEV where it has no register range that Linux knows.
 */
int resv_iommu_base(const struct resv_iommu *ri, u64 *base)
{
	const struct resource *res = resv_iommu_resource(ri);

	if (!res)
		return -ENODEV;
	*base = res->start;
	return 0;
}

/* Reads them if they can be read now: %NULL, or why not. */
static const char *resv_iommu_read(struct resv_iommu *ri,
				   struct resv_iommu_id *id)
{
	const char *reason;
	u32 offset[RESV_IOMMU_WORDS];
	struct resource *res;
	u32 words;
	int held;

	words = resv_iommu_offsets(ri, offset);
	res = resv_iommu_resource(ri);
	if (!words || !res)
		return "it has no registers that are known here";
	/*
	 * No more than a try: who unbinds the driver holds this lock while our
	 * directory is removed, and that waits for the reader that we are.
	 */
	if (!device_trylock(ri->hw))
		return "its driver is being bound or unbound: ask again";
	if (!ri->hw->driver || !device_is_registered(ri->dev)) {
		reason = "it has lost its driver";
	} else {
		held = resv_pm_get_if_active(ri->hw);
		if (held)
			reason = resv_iommu_registers(res, offset, words, id);
		else
			reason = "nothing is read: power-gated";
		if (held > 0)
			pm_runtime_put(ri->hw);
	}
	device_unlock(ri->hw);
	return reason;
}

#ifdef HAVE_IOMMU_HW_INFO
static bool resv_hw_info_words(const void *data, u32 length, u32 type,
			       struct resv_iommu_id *id)
{
	const struct iommu_hw_info_vtd *vtd = data;
#if IS_ENABLED(CONFIG_ARM_SMMU_V3_IOMMUFD)
	const struct iommu_hw_info_arm_smmuv3 *smmuv3 = data;

	if (type == IOMMU_HW_INFO_TYPE_ARM_SMMUV3 &&
	    length >= sizeof(*smmuv3)) {
		id->word[SMMUV3_IDR0] = smmuv3->idr[0];
		id->word[SMMUV3_IDR1] = smmuv3->idr[1];
		id->word[SMMUV3_IDR3] = smmuv3->idr[3];
		id->word[SMMUV3_IDR5] = smmuv3->idr[5];
		id->word[SMMUV3_IIDR] = smmuv3->iidr;
		id->word[SMMUV3_AIDR] = smmuv3->aidr;
		id->words = SMMUV3_REGS;
		return true;
	}
#endif
#ifdef HAVE_IOMMU_HW_INFO_AMD
	if (type == IOMMU_HW_INFO_TYPE_AMD &&
	    length >= sizeof(struct iommu_hw_info_amd)) {
		const struct iommu_hw_info_amd *amd = data;

		id->word[0] = amd->efr;
		id->word[1] = amd->efr2;
		id->words = 2;
		return true;
	}
#endif
	if (type != IOMMU_HW_INFO_TYPE_INTEL_VTD || length < sizeof(*vtd))
		return false;
	id->word[0] = vtd->cap_reg;
	id->word[1] = vtd->ecap_reg;
	id->words = 2;
	return true;
}

/* Asks the driver. The device's group is locked. */
static void resv_hw_info(struct device *dev, const struct iommu_ops *ops,
			 struct resv_iommu_id *id)
{
	u32 length = 0;
	/* Goes in as the type that is wanted: 0 is the driver's own choice. */
	u32 type = IOMMU_HW_INFO_TYPE_NONE;
	void *data;

	if (!ops->hw_info)
		return;
	/* A pointer to u32 or to an enum, as the kernel has it. */
	data = ops->hw_info(dev, &length, (void *)&type);
	if (IS_ERR_OR_NULL(data))
		return;
	if (resv_hw_info_words(data, length, type, id))
		id->source = RESV_IOMMU_SOURCE_HW_INFO;
	kfree(data);
}
#else
static void resv_hw_info(struct device *dev, const struct iommu_ops *ops,
			 struct resv_iommu_id *id)
{
}
#endif

static void resv_iommu_domain(struct resv_iommu_view *view, struct device *dev)
{
	struct resv_reach reach;

	if (!resv_domain_reach(dev, &reach))
		return;
	view->page_sizes = reach.page_sizes;
	view->aperture = reach.aperture;
	view->domain_known = true;
}

/* The IORT says of its root complex that it is fully coherent. */
static bool resv_canwbs(struct device *dev)
{
#ifdef IOMMU_FWSPEC_PCI_RC_CANWBS
	const struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);

	return fwspec && fwspec->flags & IOMMU_FWSPEC_PCI_RC_CANWBS;
#else
	return false;
#endif
}

static int resv_census_its(void *ctx, u64 start, u64 last)
{
	struct share_member *its = ctx;
	u32 i;

	/* Those of aliases are mostly the same. */
	for (i = 0; i < its->its_count; i++)
		if (its->its[i] == start)
			return 0;
	if (its->its_count == SHARE_ITS_MAX)
		return -E2BIG;
	its->its[its->its_count++] = start;
	return 0;
}

/**
 * struct resv_census_group - a census at one group
 * @census: the census
 * @group: number of the group
 */
struct resv_census_group {
	struct resv_census *census;
	int group;
};

static struct resv_iommu_view *resv_census_view(struct resv_census *census,
						struct device *dev, u32 *number)
{
	const struct device *iommu = dev->iommu->iommu_dev->dev;
	u32 i;

	for (i = 0; i < census->views; i++) {
		if (census->view[i].ri->dev != iommu)
			continue;
		*number = i + 1;
		return &census->view[i];
	}
	return NULL;
}

/* One device; its group is locked. */
static int resv_census_device(struct device *dev, void *arg)
{
	const struct iommu_ops *ops = resv_dev_ops(dev);
	struct resv_subject subject = { .dev = dev };
	struct resv_census_group *at = arg;
	struct resv_iommu_device *one;
	struct resv_iommu_view *view;
	int ret;

	if (!ops)
		return 0;
	one = kzalloc(sizeof(*one), GFP_KERNEL);
	if (!one)
		return -ENOMEM;
	one->dev = get_device(dev);
	one->bus = dev->bus ? dev->bus->name : "";
	one->group = at->group;
	ret = fact_its_bases(&subject, false, resv_census_its, &one->its);
	/*
	 * None is an answer too; but only PCI functions are looked up in ACPI's
	 * tables.
	 */
	if (ret == -ENODEV && fact_is_acpi(&subject) && !dev_is_pci(dev))
		ret = -EOPNOTSUPP;
	one->its.its_known = !ret || ret == -ENODEV;
	one->its_error = ret;
	list_add_tail(&one->node, &at->census->devices);
	at->census->count++;

	view = resv_census_view(at->census, dev, &one->its.iommu);
	if (!view)
		return 0;
	view->devices++;
	if (view->group != at->group) {
		view->group = at->group;
		view->groups++;
	}
	if (dev_is_pci(dev)) {
		view->pci++;
		view->canwbs += resv_canwbs(dev);
	}
	if (!view->domain_known)
		resv_iommu_domain(view, dev);
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		resv_hw_info(dev, ops, &view->id);
	return 0;
}

/* What VFIO wants to know of the devices of a group, which is not locked. */
static int resv_census_msi(struct resv_census *census,
			   struct iommu_group *group)
{
	struct resv_iommu_device *one;
	struct resv_msi *msi;

	msi = kzalloc(sizeof(*msi), GFP_KERNEL);
	if (!msi)
		return -ENOMEM;
	list_for_each_entry(one, &census->devices, node) {
		if (one->group != iommu_group_id(group))
			continue;
		resv_msi_look(msi, one->dev, group);
		one->isolated = msi->isolated;
		one->isolated_why = msi->isolated_why;
		one->direct = msi->direct;
	}
	kfree(msi);
	return 0;
}

static int resv_census_groups(struct resv_census *census)
{
	struct iommu_group **groups;
	unsigned int count, i;
	int ret = 0;

	groups = resv_devices_groups(&count);
	if (IS_ERR(groups))
		return PTR_ERR(groups);
	for (i = 0; i < count && !ret; i++) {
		struct resv_census_group at = {
			.census = census, .group = iommu_group_id(groups[i]),
		};

		ret = iommu_group_for_each_dev(groups[i], &at,
					       resv_census_device);
		if (!ret)
			ret = resv_census_msi(census, groups[i]);
	}
	resv_devices_put_groups(groups, count);
	return ret;
}

/* The IOMMUs, referenced, with what was read of them before. */
static int resv_census_iommus(struct resv_census *census)
{
	struct resv_iommu *ri;
	u32 n = 0;

	mutex_lock(&resv_iommus_lock);
	/* One that has gone may not be forgotten yet. */
	list_for_each_entry(ri, &resv_iommus, node)
		n++;
	census->view = kvcalloc(n + 1, sizeof(*census->view), GFP_KERNEL);
	if (census->view) {
		list_for_each_entry(ri, &resv_iommus, node) {
			struct resv_iommu_view *view;

			if (!device_is_registered(ri->dev))
				continue;
			view = &census->view[census->views++];
			kref_get(&ri->refs);
			view->ri = ri;
			view->id = ri->id;
			view->group = -1;
		}
	}
	mutex_unlock(&resv_iommus_lock);
	return census->view ? 0 : -ENOMEM;
}

static void resv_census_read(struct resv_iommu_view *view)
{
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		view->reason = resv_iommu_read(view->ri, &view->id);
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		return;
	mutex_lock(&resv_iommus_lock);
	view->ri->id = view->id;
	mutex_unlock(&resv_iommus_lock);
}

static int resv_census_share(struct resv_census *census)
{
	struct resv_iommu_device *one;
	u32 i = 0;

	census->member = kvcalloc(census->count + 1, sizeof(*census->member),
				  GFP_KERNEL);
	if (!census->member)
		return -ENOMEM;
	list_for_each_entry(one, &census->devices, node) {
		census->member[i] = one->its;
		one->member = &census->member[i++];
	}
	census->sets = share_sets(census->member, census->count);
	return 0;
}

/**
 * resv_census_drop() - free a census
 * @census: filled in by resv_census_take()
 */
void resv_census_drop(struct resv_census *census)
{
	struct resv_iommu_device *one, *next;
	u32 i;

	for (i = 0; i < census->views; i++)
		resv_iommu_put(census->view[i].ri);
	list_for_each_entry_safe(one, next, &census->devices, node) {
		list_del(&one->node);
		put_device(one->dev);
		kfree(one);
	}
	kvfree(census->view);
	kvfree(census->member);
}

/**
 * resv_census_take() - look at all IOMMUs and the devices behind them
 * @census: filled in
 *
 * Each group is taken at one moment.
 *
 * Context: may sleep; takes each group->mutex in turn, and tries the
 * device_lock of SMMUs.
 * Return: 0 with a census to be dropped, or an error with nothing to drop.
 */
int resv_census_take(struct resv_census *census)
{
	u32 i;
	int ret;

	memset(census, 0, sizeof(*census));
	INIT_LIST_HEAD(&census->devices);
	ret = resv_census_iommus(census);
	if (!ret)
		ret = resv_census_groups(census);
	if (!ret)
		ret = resv_census_share(census);
	if (ret) {
		resv_census_drop(census);
		return ret;
	}
	for (i = 0; i < census->views; i++)
		resv_census_read(&census->view[i]);
	return 0;
}
