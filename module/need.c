// SPDX-License-Identifier: GPL-2.0-only
/*
 * need.c - whose MSIs need the software MSI window
 *
 * A rule of type "msi" puts the doorbell of a root complex in the place of the
 * IOMMU driver's software window. That suits devices below such a root complex:
 * their MSIs are raw, and nothing has to be mapped for them. But VFIO type1
 * makes one domain for all devices of a container that are behind one IOMMU
 * driver, and whether it has a window is decided by the first group's list. A
 * device whose MSIs an IOMMU translates, in the same container, would get none
 * (resolve.c has what happens then). So it is decided for a driver as a whole,
 * when a state is made: where one of its devices needs the window, or it cannot
 * be told, such rules are demoted (struct resv_verdict).
 *
 * They are demoted as well where they would hold for one device of a group and
 * not for another: a group's list would then have both kinds.
 *
 * The decision is kept in the state, where the wrapper finds it without a lock.
 * It changes in one direction only: a device that comes later may need the
 * window, and then all groups of the driver that are not in use have it again
 * from that moment, before any driver can get at the newcomer. One that goes
 * changes nothing until the next state.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"
#include "msi.h"

/* Is it a rule that may be demoted? */
static bool resv_rule_spares_window(const struct resv_state *state,
				    const struct resv_rule_ref *ref)
{
	const u8 *rule = quirk_rule_at(&state->table, ref->rule);

	return resv_mode_enforces(ref->mode) &&
	       rule[QUIRK_RULE_ACTION] == QUIRK_ACTION_REPLACE &&
	       rule[QUIRK_RULE_TYPE] == QUIRK_TYPE_MSI &&
	       rule[QUIRK_RULE_SOURCE] != QUIRK_SOURCE_ITS &&
	       rule[QUIRK_RULE_SOURCE] != QUIRK_SOURCE_ITS_ALL;
}

/* Does anything depend on what is decided here? */
static bool resv_state_spares_window(const struct resv_state *state)
{
	u32 i;

	for (i = 0; i < state->rules; i++)
		if (resv_rule_spares_window(state, &state->rule[i]))
			return true;
	return false;
}

static struct resv_need *resv_need_find(const struct resv_state *state,
					const struct iommu_ops *ops)
{
	u32 i;

	for (i = 0; i < state->needs; i++)
		if (state->need[i].ops == ops)
			return &state->need[i];
	return NULL;
}

/**
 * struct resv_need_walk - a look at the devices of a group
 * @state: the state
 * @spared: a rule that may be demoted holds for one of them
 * @other: one for which none does, and which has a software window; its name
 */
struct resv_need_walk {
	const struct resv_state *state;
	bool spared;
	char other[RESV_NAME_LEN];
};

/* Would such a rule take effect here, now or once its source can be read? */
static bool resv_need_is_spared(const struct resv_state *state,
				struct device *dev)
{
	struct resv_subject subject = { .dev = dev, .state = state };
	struct resv_range storage;
	struct resv_ranges set;
	u32 i;

	for (i = 0; i < state->rules; i++) {
		enum resv_outcome outcome;

		if (!resv_rule_spares_window(state, &state->rule[i]))
			continue;
		resv_ranges_init(&set, &storage, 1);
		outcome = resv_resolve_rule(&state->table, state->rule[i].rule,
					    state->rule[i].mode, &resv_machine,
					    &subject, &set).outcome;
		if (outcome == RESV_ENFORCED || outcome == RESV_UNRESOLVED)
			return true;
	}
	return false;
}

static bool resv_need_has_window(struct device *dev)
{
	const struct iommu_resv_region *region;
	bool window = false;
	LIST_HEAD(driver);

	resv_driver_regions(dev, &driver);
	list_for_each_entry(region, &driver, list)
		window |= region->type == IOMMU_RESV_SW_MSI && region->length;
	iommu_put_resv_regions(dev, &driver);
	return window;
}

static int resv_need_member(struct device *dev, void *arg)
{
	struct resv_need_walk *walk = arg;

	if (!resv_dev_ops(dev))
		return 0;
	if (resv_need_is_spared(walk->state, dev))
		walk->spared = true;
	else if (resv_need_has_window(dev))
		strscpy(walk->other, dev_name(dev), sizeof(walk->other));
	return 0;
}

/* Why a device, or the group that it is in, needs the window; @name: which one. */
static enum resv_need_why resv_need_look(const struct resv_state *state,
					 struct device *dev,
					 char name[RESV_NAME_LEN])
{
	struct resv_need_walk walk = { .state = state };
	struct iommu_group *group;

	strscpy(name, dev_name(dev), RESV_NAME_LEN);
	switch (resv_msi_path(dev)) {
	case RESV_MSI_PATH_NONE:
	case RESV_MSI_PATH_RAW:
		break;
	case RESV_MSI_PATH_TRANSLATED:
		return RESV_NEED_TRANSLATED;
	case RESV_MSI_PATH_UNKNOWN:
		return RESV_NEED_UNKNOWN;
	}
	group = iommu_group_get(dev);
	if (!group)
		return RESV_NEED_NOT;
	iommu_group_for_each_dev(group, &walk, resv_need_member);
	iommu_group_put(group);
	if (!walk.spared || !walk.other[0])
		return RESV_NEED_NOT;
	strscpy(name, walk.other, RESV_NAME_LEN);
	return RESV_NEED_UNEVEN;
}

/* The name is there before the reason is seen. */
static void resv_need_set(struct resv_need *need, enum resv_need_why why,
			  const char *device)
{
	lockdep_assert_held(&resv_tree_lock);
	strscpy(need->device, device, sizeof(need->device));
	smp_store_release(&need->why, why);
	pr_info("rules of type msi: their ranges are reserved, beside the software MSI window, which stays: %s %s\n",
		device, resv_need_text(why));
}

/**
 * resv_need_text() - why a driver's software window has to stay
 * @why: the reason
 *
 * Return: what is said of the device that needs it; %NULL where none does.
 */
const char *resv_need_text(enum resv_need_why why)
{
	switch (why) {
	case RESV_NEED_NOT:
		break;
	case RESV_NEED_TRANSLATED:
		return "has MSIs that the IOMMU translates, which would be lost without it";
	case RESV_NEED_UNKNOWN:
		return "may have MSIs that the IOMMU translates: its MSI controller is not known";
	case RESV_NEED_UNEVEN:
		return "is in a group with devices that would do without it, and the rule is not for this one";
	case RESV_NEED_UNBOUND:
		return "has MSIs that an IOMMU may translate, and has never had a driver, so that its IOMMU is not known yet";
	}
	return NULL;
}

static int resv_need_device(struct resv_state *state, struct device *dev)
{
	const struct iommu_ops *ops = resv_clone_original(resv_dev_ops(dev));
	char name[RESV_NAME_LEN];
	enum resv_need_why why;
	struct resv_need *need;

	if (!ops)
		return 0;
	need = resv_need_find(state, ops);
	if (!need) {
		need = krealloc(state->need,
				(state->needs + 1) * sizeof(*need), GFP_KERNEL);
		if (!need)
			return -ENOMEM;
		state->need = need;
		need += state->needs++;
		*need = (struct resv_need){ .ops = ops };
	}
	if (need->why != RESV_NEED_NOT)
		return 0;
	why = resv_need_look(state, dev, name);
	if (why != RESV_NEED_NOT)
		resv_need_set(need, why, name);
	return 0;
}

/*
 * Kernels before 7.x give a device its IOMMU when a driver is bound: until then
 * it may be anybody's.
 */
static bool resv_need_is_unbound(struct device *dev)
{
	enum resv_msi_path path;

	if (!dev_is_pci(dev) || resv_dev_ops(dev) || READ_ONCE(dev->driver))
		return false;
	path = resv_msi_path(dev);
	return path == RESV_MSI_PATH_TRANSLATED || path == RESV_MSI_PATH_UNKNOWN;
}

/**
 * resv_needs_find() - decide for each IOMMU driver whether it needs its window
 * @state: matched, not shown to anyone yet
 *
 * Nothing is done where no rule depends on it.
 *
 * Context: may sleep; the caller holds resv_tree_lock until the state is shown,
 * so that nobody comes unseen; takes group->mutex.
 * Return: 0 or -ENOMEM.
 */
int resv_needs_find(struct resv_state *state)
{
	struct device *unbound = NULL;
	struct device **all;
	size_t count, n;
	int ret = 0;
	u32 i;

	lockdep_assert_held(&resv_tree_lock);
	if (!resv_state_spares_window(state))
		return 0;
	all = resv_devices_all(&count);
	if (IS_ERR(all))
		return PTR_ERR(all);
	for (n = 0; n < count && !ret; n++) {
		ret = resv_need_device(state, all[n]);
		if (!unbound && resv_need_is_unbound(all[n]))
			unbound = all[n];
	}
	for (i = 0; unbound && i < state->needs; i++)
		if (state->need[i].why == RESV_NEED_NOT)
			resv_need_set(&state->need[i], RESV_NEED_UNBOUND,
				      dev_name(unbound));
	resv_devices_all_put(all, count);
	return ret;
}

/**
 * resv_needs_free() - free what resv_needs_find() made
 * @state: its state
 */
void resv_needs_free(struct resv_state *state)
{
	kfree(state->need);
}

/**
 * resv_need_of() - whether the IOMMU driver of a device needs its window
 * @state: the decisions that hold for the device
 * @dev: a device with an IOMMU
 * @device: receives the name of the device for whose sake it does, which is
 *	valid as long as the state is; %NULL where nobody is known
 *
 * A driver that had no device when the state was made is not known to do
 * without.
 *
 * Context: any.
 * Return: why it does.
 */
enum resv_need_why resv_need_of(const struct resv_state *state,
				struct device *dev, const char **device)
{
	const struct resv_need *need;
	enum resv_need_why why;

	*device = NULL;
	need = resv_need_find(state, resv_clone_original(resv_dev_ops(dev)));
	if (!need)
		return RESV_NEED_UNKNOWN;
	why = smp_load_acquire(&need->why);
	if (why != RESV_NEED_NOT)
		*device = need->device;
	return why;
}

/**
 * resv_needs_newcomer() - a device with an IOMMU has come
 * @dev: the device, with its group
 *
 * To be called before anything is said about the device. Where its driver did
 * without the window and this one needs it, all have it again.
 *
 * Context: may sleep; the caller holds resv_tree_lock, and notes afterwards that
 * answers may have changed. Takes group->mutex.
 */
void resv_needs_newcomer(struct device *dev)
{
	const struct resv_state *state;
	char name[RESV_NAME_LEN];
	enum resv_need_why why;
	struct resv_need *need;
	int idx;

	lockdep_assert_held(&resv_tree_lock);
	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	need = state ? resv_need_find(state,
				      resv_clone_original(resv_dev_ops(dev))) :
		       NULL;
	if (need && need->why == RESV_NEED_NOT) {
		why = resv_need_look(state, dev, name);
		if (why != RESV_NEED_NOT)
			resv_need_set(need, why, name);
	}
	srcu_read_unlock(&resv_srcu, idx);
}
