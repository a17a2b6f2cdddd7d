// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups.c - who has been answered what in a group
 *
 * What is published is the answer of now. Others act on an answer of some time
 * ago:
 *
 * VFIO and iommufd ask when a group is attached, which is never before one of
 * its devices is bound to a driver that manages DMA itself. What the list was at
 * that moment is kept (claimed), and so is each device's answer (held.c): with
 * late=refuse the two are the same as long as the group is in use.
 *
 * Host DMA reads a list once for each domain, of the first device that is set up
 * to use it (dma-iommu.c: iommu_dma_init_domain(), iova_reserve_iommu_regions();
 * read in 6.1, 6.12 and 7.3): in 6.1 when a driver is bound, later when the
 * device gets its IOMMU or the group's type is written. Nobody tells, and nobody
 * says later what was read. So the address of the group's domain is kept, to be
 * compared and never followed, and what a domain must have read: what the
 * answers of all moments at which it can have been made, for each of the devices
 * that can have been the first, have in common. That list is too short rather
 * than too long, and "stale" may be said of a domain that agrees, but "agrees" of
 * none that does not:
 *
 *  - A group is looked at before and after each switch, whenever a device of it
 *    is added, bound or unbound, and before a report where the domain is another
 *    one. A new domain was made between two looks, and the answer of both times
 *    counts.
 *  - While no driver uses host DMA (the group is loose) its domain may be freed
 *    and another one made at the same address, and 6.1 may not yet have read the
 *    list. Each look then takes away from what was read.
 *  - A device that comes while a switch goes on may have been asked about before
 *    it or after it.
 *
 * An address that a rule takes from the machine and that comes and goes between
 * two looks is not noticed.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/slab.h>

#include "devices.h"
#include "iommu_resv.h"

/* Answers. */

static struct resv_answer *resv_answer_new(u32 room)
{
	struct resv_answer *answer;

	answer = kvmalloc(struct_size(answer, said, room),
			  GFP_KERNEL | __GFP_NOFAIL);
	answer->count = 0;
	return answer;
}

static void resv_answer_add(struct resv_answer *answer, u64 start, u64 last,
			    enum quirk_type type)
{
	struct resv_said *said = &answer->said[answer->count++];

	said->start = start;
	said->last = last;
	said->type = type;
}

/* What both say. Takes over @a; where there is no @a, it is all that @b says. */
static struct resv_answer *resv_answer_common(struct resv_answer *a,
					      const struct resv_answer *b)
{
	struct resv_answer *both;

	both = resv_answer_new((a ? a->count : 0) + b->count);
	if (a) {
		both->count = resv_said_common(a->said, a->count, b->said,
					       b->count, both->said);
	} else {
		both->count = b->count;
		memcpy(both->said, b->said, b->count * sizeof(*b->said));
	}
	kvfree(a);
	return both;
}

/**
 * resv_answer_either() - what one or the other answer says
 * @a: an answer, taken over; or %NULL
 * @b: an answer
 *
 * Context: may sleep. Cannot fail.
 * Return: the answer, to be freed with kvfree().
 */
struct resv_answer *resv_answer_either(struct resv_answer *a,
				       const struct resv_answer *b)
{
	struct resv_answer *all;

	all = resv_answer_new((a ? a->count : 0) + b->count);
	if (a) {
		all->count = a->count;
		memcpy(all->said, a->said, a->count * sizeof(*a->said));
	}
	memcpy(all->said + all->count, b->said, b->count * sizeof(*b->said));
	all->count = resv_said_normalise(all->said, all->count + b->count);
	kvfree(a);
	return all;
}

/**
 * resv_answer_of_plan() - a plan as an answer
 * @dp: the plan
 * @driver: what the driver says instead, with nothing changed
 *
 * Context: may sleep. Cannot fail.
 * Return: the answer, to be freed with kvfree().
 */
struct resv_answer *resv_answer_of_plan(const struct resv_device_plan *dp,
					bool driver)
{
	const struct resv_plan *plan = &dp->plan;
	struct resv_answer *answer;
	struct resv_range range;
	u32 i;

	answer = resv_answer_new(plan->region_count + RESV_PLAN_RANGES);
	for (i = 0; i < plan->region_count; i++) {
		const struct resv_plan_region *r = &dp->region[i];
		enum quirk_type type = r->type;

		if (r->last < r->start)
			continue;
		if (!driver && r->fate == RESV_FATE_REMOVE)
			continue;
		if (!driver && r->fate == RESV_FATE_RELAX)
			type = QUIRK_TYPE_DIRECT_RELAXABLE;
		resv_answer_add(answer, r->start, r->last, type);
	}
	for (i = 0; !driver && i < resv_plan_count(plan); i++) {
		enum quirk_type type = resv_plan_added(plan, i, &range);

		resv_answer_add(answer, range.start, range.last, type);
	}
	answer->count = resv_said_normalise(answer->said, answer->count);
	return answer;
}

/* Looking at a group. */

/**
 * struct resv_look - what is seen of a group at one moment
 * @covered: questions about its devices reach the wrapper
 * @common: what the answers of all its devices have in common
 * @all: what any of them says, which is the group's list
 * @driver: what their drivers' regions have in common with @common
 * @sight: what its domain is
 * @domain: its domain; compared, never followed
 */
struct resv_look {
	bool covered;
	struct resv_answer *common;
	struct resv_answer *all;
	struct resv_answer *driver;
	enum resv_sight sight;
	const void *domain;
};

/**
 * resv_sight_of() - whose domain does a device have?
 * @domain: of the device, with group->mutex held; or %NULL
 *
 * Return: what it is.
 */
enum resv_sight resv_sight_of(const struct iommu_domain *domain)
{
	if (!domain)
		return RESV_SIGHT_NONE;
	if (domain->type & __IOMMU_DOMAIN_DMA_API)
		return RESV_SIGHT_DMA;
	if (domain->type == IOMMU_DOMAIN_IDENTITY)
		return RESV_SIGHT_IDENTITY;
	return RESV_SIGHT_OWNED;
}

static int resv_look_device(struct device *dev, void *arg)
{
	struct resv_look *look = arg;
	const struct iommu_domain *domain;
	const struct resv_state *state;
	struct resv_device_plan *dp;
	struct resv_answer *answer, *driver;
	LIST_HEAD(list);

	if (!resv_dev_ops(dev))
		return 0;
	if (!look->common) {
		domain = resv_domain_locked(dev);
		look->sight = resv_sight_of(domain);
		look->domain = domain;
	}

	resv_driver_regions(dev, &list);
	state = resv_state_of(dev);
	if (look->covered && state->enforcing)
		dp = resv_device_plan(state, dev, &list, resv_plan_unseen,
				      NULL);
	else
		dp = resv_device_plan_new(&list);
	answer = resv_answer_of_plan(dp, false);
	look->all = resv_answer_either(look->all, answer);
	look->common = resv_answer_common(look->common, answer);
	driver = resv_answer_of_plan(dp, true);
	look->driver = resv_answer_common(look->driver, answer);
	look->driver = resv_answer_common(look->driver, driver);
	kvfree(driver);
	kvfree(answer);
	kfree(dp);
	iommu_put_resv_regions(dev, &list);
	return 0;
}

/* Is the group's list the one that the wrapper makes? */
static bool resv_group_covered(const struct resv_group *rg)
{
	const struct resv_device *rd;

	list_for_each_entry(rd, &resv_devices, node)
		if (rd->group == rg && !resv_hook_covers(rd->dev))
			return false;
	return true;
}

/* Does no driver use host DMA with this group? */
static bool resv_group_loose(const struct resv_group *rg)
{
	const struct resv_device *rd;

	list_for_each_entry(rd, &resv_devices, node)
		if (rd->group == rg && rd->host_dma)
			return false;
	return true;
}

/* What the domain must have read, by now. Takes over nothing. */
static struct resv_answer *resv_host_read(struct resv_group *rg,
					  const struct resv_look *look,
					  bool unsure, bool loose)
{
	bool seen = look->sight == RESV_SIGHT_DMA ||
		    look->sight == RESV_SIGHT_IDENTITY;
	struct resv_answer *read;

	if (!rg->answer)	/* the first look */
		return resv_answer_common(NULL, unsure ? look->driver :
							 look->common);
	if (seen && rg->domain && rg->domain != look->domain) {
		/* Another one, made since the last look. */
		read = resv_answer_common(NULL, rg->answer);
		return resv_answer_common(read, look->common);
	}
	read = resv_answer_common(NULL, rg->read);
	if (!rg->domain || rg->loose || loose)
		read = resv_answer_common(read, look->common);
	return read;
}

/**
 * resv_group_look() - note what a group is answered, and its domain
 * @rg: the group
 * @unsure: where this is the first look: the wrapper may have been asked before
 *	the last switch, or not at all yet
 *
 * Context: may sleep; the caller holds resv_tree_lock. Takes resv_hooks_lock,
 * resv_devices_lock and group->mutex, and resv_srcu.
 */
void resv_group_look(struct resv_group *rg, bool unsure)
{
	struct resv_look look = {};
	struct resv_answer *read, *old_read, *old_answer;
	bool loose;
	int idx;

	lockdep_assert_held(&resv_tree_lock);
	look.covered = resv_group_covered(rg);
	idx = srcu_read_lock(&resv_srcu);
	iommu_group_for_each_dev(rg->group, &look, resv_look_device);
	srcu_read_unlock(&resv_srcu, idx);
	if (!look.common)
		return;

	loose = resv_group_loose(rg);
	read = resv_host_read(rg, &look, unsure, loose);
	mutex_lock(&resv_devices_lock);
	old_read = rg->read;
	old_answer = rg->answer;
	rg->read = read;
	rg->answer = look.common;
	rg->covered = look.covered;
	rg->loose = loose;
	if (look.sight == RESV_SIGHT_DMA || look.sight == RESV_SIGHT_IDENTITY)
		rg->domain = look.domain;
	if (rg->claiming) {
		swap(rg->claimed, look.all);
		rg->claiming = false;
	}
	mutex_unlock(&resv_devices_lock);
	kvfree(old_read);
	kvfree(old_answer);
	kvfree(look.all);
	kvfree(look.driver);
}

/**
 * struct resv_sighting - the domain of a group
 * @sight: what it is
 * @domain: compared, never followed
 */
struct resv_sighting {
	enum resv_sight sight;
	const void *domain;
};

static int resv_sighting_device(struct device *dev, void *arg)
{
	struct resv_sighting *s = arg;
	const struct iommu_domain *domain;

	if (!resv_dev_ops(dev))
		return 0;
	domain = resv_domain_locked(dev);
	s->sight = resv_sight_of(domain);
	s->domain = domain;
	return 1;
}

/**
 * resv_groups_refresh() - look at groups that have another domain than before
 *
 * Context: may sleep; the caller holds resv_tree_lock. Takes each group->mutex.
 */
void resv_groups_refresh(void)
{
	struct resv_group *rg;

	lockdep_assert_held(&resv_tree_lock);
	list_for_each_entry(rg, &resv_groups, node) {
		struct resv_sighting s = {};

		iommu_group_for_each_dev(rg->group, &s, resv_sighting_device);
		if ((s.sight == RESV_SIGHT_DMA ||
		     s.sight == RESV_SIGHT_IDENTITY) && s.domain != rg->domain)
			resv_group_look(rg, false);
	}
}

/* Groups in use. */

static int resv_hold_device(struct device *dev, void *arg)
{
	const struct resv_state *state;

	if (!resv_dev_ops(dev))
		return 0;
	state = resv_state_of(dev);
	if (state->enforcing)
		resv_held_make(state, dev);
	else
		resv_held_drop(dev);
	return 0;
}

static int resv_hold_new_device(struct device *dev, void *arg)
{
	return dev == arg ? resv_hold_device(dev, NULL) : 0;
}

/**
 * resv_group_hold() - hold the answer of a device that came to a group in use
 * @rg: the group
 * @dev: the device
 *
 * Context: as resv_group_claim().
 */
void resv_group_hold(struct resv_group *rg, struct device *dev)
{
	int idx;

	lockdep_assert_held(&resv_tree_lock);
	idx = srcu_read_lock(&resv_srcu);
	iommu_group_for_each_dev(rg->group, dev, resv_hold_new_device);
	srcu_read_unlock(&resv_srcu, idx);
}

/**
 * resv_group_claim() - a group has come into use: hold its answers
 * @rg: the group
 *
 * Context: may sleep; the caller holds resv_tree_lock. Takes what
 * resv_group_look() takes.
 */
void resv_group_claim(struct resv_group *rg)
{
	int idx;

	lockdep_assert_held(&resv_tree_lock);
	idx = srcu_read_lock(&resv_srcu);
	iommu_group_for_each_dev(rg->group, NULL, resv_hold_device);
	srcu_read_unlock(&resv_srcu, idx);
	rg->claiming = true;
	resv_group_look(rg, false);
}

/**
 * struct resv_turn - a group that gets the state of now
 * @group: the group
 * @hold: it is in use: hold the new answers
 * @turned: its answer is another one now
 * @done: the group has the state of now
 */
struct resv_turn {
	const struct iommu_group *group;
	bool hold;
	bool turned;
	bool done;
};

/* The first device of the group turns all of it: group->mutex is held. */
static int resv_turn_device(struct device *dev, void *arg)
{
	struct resv_turn *turn = arg;

	if (!turn->done)
		turn->turned |= resv_view_unpin(turn->group);
	turn->done = true;
	if (turn->hold)
		resv_hold_device(dev, NULL);
	else
		turn->turned |= resv_held_drop(dev);
	return 0;
}

static bool resv_group_turn(struct resv_group *rg, bool hold)
{
	struct resv_turn turn = { .group = rg->group, .hold = hold };
	int idx;

	resv_group_look(rg, false);
	idx = srcu_read_lock(&resv_srcu);
	iommu_group_for_each_dev(rg->group, &turn, resv_turn_device);
	/* No device any more: nobody asks. */
	if (!turn.done)
		turn.turned = resv_view_unpin(rg->group);
	srcu_read_unlock(&resv_srcu, idx);
	mutex_lock(&resv_devices_lock);
	rg->frozen = 0;
	mutex_unlock(&resv_devices_lock);
	resv_group_look(rg, false);
	return turn.turned;
}

/**
 * resv_group_switch() - let a group answer with the state of now
 * @rg: the group; in use or not
 *
 * Context: as resv_group_claim().
 */
void resv_group_switch(struct resv_group *rg)
{
	lockdep_assert_held(&resv_tree_lock);
	resv_group_turn(rg, resv_group_in_use(rg));
}

/**
 * resv_group_freeze() - a group goes on answering as before
 * @rg: the group, which is in use
 * @why: what would have changed its answer; the first one counts
 *
 * Context: the caller holds resv_tree_lock.
 */
void resv_group_freeze(struct resv_group *rg, enum resv_change why)
{
	lockdep_assert_held(&resv_tree_lock);
	resv_group_look(rg, false);
	mutex_lock(&resv_devices_lock);
	if (!rg->frozen)
		rg->frozen = why;
	mutex_unlock(&resv_devices_lock);
}

/**
 * resv_group_release() - a group is no longer in use
 * @rg: the group
 *
 * Context: as resv_group_claim().
 * Return: true if its answer may be another one now.
 */
bool resv_group_release(struct resv_group *rg)
{
	struct resv_answer *claimed;

	lockdep_assert_held(&resv_tree_lock);
	mutex_lock(&resv_devices_lock);
	claimed = rg->claimed;
	rg->claimed = NULL;
	rg->claiming = false;
	mutex_unlock(&resv_devices_lock);
	kvfree(claimed);
	return resv_group_turn(rg, false);
}

/**
 * resv_group_forget() - free what is kept of a group
 * @rg: the group, which nobody can find any more
 */
void resv_group_forget(struct resv_group *rg)
{
	kvfree(rg->claimed);
	kvfree(rg->answer);
	kvfree(rg->read);
}

/* What reports want to know. */

static struct resv_answer *resv_answer_copy(const struct resv_answer *from,
					    int *ret)
{
	struct resv_answer *copy;

	if (!from)
		return NULL;
	copy = kvmalloc(struct_size(copy, said, from->count), GFP_KERNEL);
	if (copy)
		memcpy(copy, from, struct_size(copy, said, from->count));
	else
		*ret = -ENOMEM;
	return copy;
}

static int resv_use_fill(struct resv_use *use, const struct resv_group *rg)
{
	const struct resv_device *rd;
	int ret = 0;

	use->frozen = rg->frozen;
	use->covered = rg->covered;
	use->domain = rg->domain;
	use->claimed = resv_answer_copy(rg->claimed, &ret);
	use->host = resv_answer_copy(rg->read, &ret);
	list_for_each_entry(rd, &resv_devices, node) {
		if (rd->group != rg || !rd->manager[0])
			continue;
		use->device = kstrdup(dev_name(rd->dev), GFP_KERNEL);
		use->driver = kstrdup(rd->manager, GFP_KERNEL);
		if (!use->device || !use->driver)
			ret = -ENOMEM;
		break;
	}
	return ret;
}

/**
 * resv_use_get() - who has been answered what in a group
 * @group: the group
 * @use: filled in, for resv_use_put()
 *
 * Context: may sleep; takes resv_devices_lock.
 * Return: 0; -ENOENT for a group that is not known, or -ENOMEM, and then there
 * is nothing to put.
 */
int resv_use_get(struct iommu_group *group, struct resv_use *use)
{
	const struct resv_group *rg;
	int ret = -ENOENT;

	memset(use, 0, sizeof(*use));
	mutex_lock(&resv_devices_lock);
	list_for_each_entry(rg, &resv_groups, node) {
		if (rg->group == group) {
			ret = resv_use_fill(use, rg);
			break;
		}
	}
	mutex_unlock(&resv_devices_lock);
	if (ret)
		resv_use_put(use);
	return ret;
}

/**
 * resv_use_put() - undo resv_use_get()
 * @use: what it filled in
 */
void resv_use_put(struct resv_use *use)
{
	kfree(use->device);
	kfree(use->driver);
	kvfree(use->claimed);
	kvfree(use->host);
	memset(use, 0, sizeof(*use));
}
