// SPDX-License-Identifier: GPL-2.0-only
/*
 * window.c - the software MSI windows that the module places
 *
 * VFIO and iommufd map the doorbells of a container's devices into the window of
 * whichever device came first, so there is one window for all devices of an
 * IOMMU driver, however many IOMMUs and groups there are. It must therefore be
 * clear of what any of these devices must not use: what their driver says, what
 * the rules say of them (also those that are only shown), and what their host
 * bridges do not let through.
 *
 * A rule that is only shown has its window placed as well, for the report; then
 * the driver's own stays in use.
 *
 * A window is placed when a state is made and stays where it is as long as the
 * state does. A device that comes later gets the window as well; should that one
 * have a hole there it says so itself (its plan is marked, see plan.h). A driver
 * whose first device comes later keeps its own window until the next state.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

/*
 * Most forbidden ranges of all devices of a driver; a set that is full is
 * widened, which forbids more than it has to.
 */
#define RESV_FORBIDDEN_MAX	512

/* Does a rule place windows, if only to show them? */
static bool resv_rule_places(const struct resv_state *state,
			     const struct resv_rule_ref *ref)
{
	return ref->mode != RESV_MODE_DISABLED &&
	       quirk_rule_at(&state->table, ref->rule)[QUIRK_RULE_SOURCE] ==
	       QUIRK_SOURCE_PLACED;
}

static struct resv_window *resv_window_find(const struct resv_state *state,
					    const struct iommu_ops *ops)
{
	u32 i;

	for (i = 0; i < state->windows; i++)
		if (state->window[i].ops == ops)
			return &state->window[i];
	return NULL;
}

/**
 * struct resv_window_walk - a walk over all devices with an IOMMU
 * @state: the state in the making
 * @look: called for each device with its driver's regions; group->mutex is held
 * @dev: the device at hand
 * @ops: its driver's operations
 * @window: the window at hand, for the second walk
 * @forbidden: where it must not be
 * @aperture: what all devices of the driver can translate
 */
struct resv_window_walk {
	struct resv_state *state;
	int (*look)(struct resv_window_walk *walk,
		    const struct list_head *driver);
	struct device *dev;
	const struct iommu_ops *ops;
	struct resv_window *window;
	struct resv_ranges forbidden;
	struct resv_range aperture;
};

/* A device of a group; takes the one that the walk is at. */
static int resv_window_member(struct device *dev, void *arg)
{
	struct resv_window_walk *walk = arg;
	LIST_HEAD(driver);
	int ret;

	if (dev != walk->dev)
		return 0;
	walk->ops = resv_clone_original(resv_dev_ops(dev));
	if (!walk->ops || (walk->window && walk->window->ops != walk->ops))
		return 0;
	resv_driver_regions(dev, &driver);
	ret = walk->look(walk, &driver);
	iommu_put_resv_regions(dev, &driver);
	return ret;
}

static int resv_window_each(struct resv_window_walk *walk, struct device **all,
			    size_t count)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		struct iommu_group *group = iommu_group_get(all[i]);

		if (!group)
			continue;
		walk->dev = all[i];
		ret = iommu_group_for_each_dev(group, walk, resv_window_member);
		iommu_group_put(group);
	}
	return ret;
}

/* While it is not known where: any window will do to ask whether one is wanted. */
static int resv_window_anywhere(void *subject, struct resv_range *window)
{
	window->start = SZ_4K;
	window->last = 2 * SZ_4K - 1;
	return 0;
}

/* First walk: which drivers need a window, and how large a one. */
static int resv_window_wanted(struct resv_window_walk *walk,
			      const struct list_head *driver)
{
	struct resv_subject subject = { .dev = walk->dev, .state = walk->state };
	struct resv_facts facts = resv_machine;
	struct resv_state *state = walk->state;
	const struct iommu_resv_region *region;
	bool translated = false;
	u32 i;

	/* Only a driver that has a window can have another. */
	list_for_each_entry(region, driver, list)
		translated |= region->type == IOMMU_RESV_SW_MSI && region->length;
	if (!translated)
		return 0;

	facts.placed = resv_window_anywhere;
	for (i = 0; i < state->rules; i++) {
		const u8 *rule = quirk_rule_at(&state->table,
					       state->rule[i].rule);
		enum resv_outcome outcome;
		struct resv_window *window;
		struct resv_range storage;
		struct resv_ranges set;

		if (!resv_rule_places(state, &state->rule[i]))
			continue;
		resv_ranges_init(&set, &storage, 1);
		outcome = resv_resolve_rule(&state->table, state->rule[i].rule,
					    state->rule[i].mode, &facts,
					    &subject, &set).outcome;
		if (outcome != RESV_ENFORCED && outcome != RESV_ADVISED)
			continue;
		window = resv_window_find(state, walk->ops);
		if (!window) {
			window = krealloc(state->window,
					  (state->windows + 1) * sizeof(*window),
					  GFP_KERNEL);
			if (!window)
				return -ENOMEM;
			state->window = window;
			window += state->windows++;
			*window = (struct resv_window){ .ops = walk->ops };
			strscpy(window->iommu, resv_iommu_name(walk->dev),
				sizeof(window->iommu));
		}
		window->used |= outcome == RESV_ENFORCED;
		window->size = max_t(u64, window->size,
				     get_le64(rule + QUIRK_RULE_ARG_A) ?:
				     RESV_PLACE_USUAL_SIZE);
	}
	return 0;
}

static int resv_window_forbid(void *ctx, u64 start, u64 last)
{
	resv_ranges_add(ctx, start, last);
	return 0;
}

/* What the host bridge does not let through, where it says that. */
static void resv_window_forbid_outside(struct resv_window_walk *walk,
				       struct resv_subject *subject)
{
	const struct resv_range all = { .start = 0, .last = U64_MAX };
	struct resv_range *storage;
	struct resv_ranges inbound;

	storage = kmalloc_array(RESV_PLAN_RULE_RANGES, sizeof(*storage),
				GFP_KERNEL | __GFP_NOFAIL);
	resv_ranges_init(&inbound, storage, RESV_PLAN_RULE_RANGES);
	if (!resv_machine.inbound(subject, resv_window_forbid, &inbound) &&
	    inbound.count && !inbound.widened)
		resv_ranges_for_each_gap(&inbound, all, PAGE_SIZE,
					 resv_window_forbid, &walk->forbidden);
	kfree(storage);
}

static void resv_window_forbid_rule(void *ctx, const struct resv_rule_ref *ref,
				    struct resv_verdict verdict,
				    const struct resv_ranges *set)
{
	struct resv_window_walk *walk = ctx;
	const u8 *rule = quirk_rule_at(&walk->state->table, ref->rule);
	u32 i;

	/* Other windows are no obstacle, they give way; nor is what is taken out. */
	if (rule[QUIRK_RULE_TYPE] == QUIRK_TYPE_SW_MSI ||
	    QUIRK_ACTION_WEAKENS(rule[QUIRK_RULE_ACTION]) ||
	    (verdict.outcome != RESV_ENFORCED &&
	     verdict.outcome != RESV_ADVISED))
		return;
	for (i = 0; i < set->count; i++)
		resv_ranges_add(&walk->forbidden, set->r[i].start,
				set->r[i].last);
}

/* Second walk: where the window at hand must not be. */
static int resv_window_obstacles(struct resv_window_walk *walk,
				 const struct list_head *driver)
{
	struct resv_subject subject = { .dev = walk->dev, .state = walk->state };
	const struct iommu_resv_region *region;
	struct iommu_domain *domain;

	list_for_each_entry(region, driver, list)
		if (region->type != IOMMU_RESV_SW_MSI && region->length)
			resv_ranges_add(&walk->forbidden, region->start,
					region->start + region->length - 1);
	kfree(resv_device_plan(walk->state, walk->dev, driver,
			       resv_window_forbid_rule, walk));
	resv_window_forbid_outside(walk, &subject);

	domain = resv_domain_locked(walk->dev);
	if (domain && domain->type & __IOMMU_DOMAIN_PAGING &&
	    domain->geometry.aperture_end > domain->geometry.aperture_start) {
		walk->aperture.start = max_t(u64, walk->aperture.start,
					     domain->geometry.aperture_start);
		walk->aperture.last = min_t(u64, walk->aperture.last,
					    domain->geometry.aperture_end);
	}
	return 0;
}

static int resv_window_solve(struct resv_window_walk *walk,
			     struct device **all, size_t count)
{
	struct resv_window *window = walk->window;
	struct resv_place_request request;
	struct resv_placement placement;
	int ret;

	walk->forbidden.count = 0;
	walk->forbidden.widened = false;
	walk->aperture = (struct resv_range){ .start = 0, .last = U64_MAX };
	walk->look = resv_window_obstacles;
	ret = resv_window_each(walk, all, count);
	if (ret)
		return ret;

	resv_place_request_init(&request, &walk->forbidden, walk->aperture,
				window->size, PAGE_SIZE);
	window->error = resv_place(&request, &placement);
	window->how = placement.how;
	if (!window->error)
		window->window = placement.window;
	if (!window->used)
		return 0;
	if (window->error)
		pr_warn("%s: software MSI window of 0x%llx bytes: %s (largest place: 0x%llx bytes); the driver's own window stays\n",
			window->iommu, window->size,
			resv_place_text(placement.how), placement.largest);
	else
		pr_info("%s: software MSI window at 0x%llx-0x%llx: %s\n",
			window->iommu, window->window.start,
			window->window.last, resv_place_text(placement.how));
	return 0;
}

/**
 * resv_windows_place() - place the windows that a state's rules want
 * @state: matched, not shown to anyone yet
 *
 * Where nothing fits the driver's own window stays, which is said in the log
 * and in reports.
 *
 * Context: may sleep; takes group->mutex. The facts must have been initialised.
 * Return: 0 or -ENOMEM.
 */
int resv_windows_place(struct resv_state *state)
{
	struct resv_window_walk walk = {
		.state = state,
		.look = resv_window_wanted,
	};
	struct resv_range *storage;
	struct device **all;
	bool any = false;
	size_t count;
	u32 i;
	int ret;

	for (i = 0; i < state->rules; i++)
		any |= resv_rule_places(state, &state->rule[i]);
	if (!any)
		return 0;

	all = resv_devices_all(&count);
	if (IS_ERR(all))
		return PTR_ERR(all);
	storage = kvmalloc_array(RESV_FORBIDDEN_MAX, sizeof(*storage),
				 GFP_KERNEL);
	if (!storage) {
		ret = -ENOMEM;
		goto out;
	}
	resv_ranges_init(&walk.forbidden, storage, RESV_FORBIDDEN_MAX);
	ret = resv_window_each(&walk, all, count);
	for (i = 0; i < state->windows && !ret; i++) {
		/* Until it is placed, nobody has it. */
		walk.window = &state->window[i];
		walk.window->error = -ENOSPC;
		ret = resv_window_solve(&walk, all, count);
	}
out:
	kvfree(storage);
	resv_devices_all_put(all, count);
	return ret;
}

/**
 * resv_windows_free() - free what resv_windows_place() made
 * @state: its state
 */
void resv_windows_free(struct resv_state *state)
{
	kfree(state->window);
}

/**
 * resv_window_of() - the window placed for the driver of a device's IOMMU
 * @state: the decisions that hold for the device
 * @dev: the device
 * @window: filled in
 *
 * Return: 0, -ENODEV where none was wanted, or -ENOSPC where none fits.
 */
int resv_window_of(const struct resv_state *state, struct device *dev,
		   struct resv_range *window)
{
	const struct resv_window *w;

	w = resv_window_find(state, resv_clone_original(resv_dev_ops(dev)));
	if (!w)
		return -ENODEV;
	if (!w->error)
		*window = w->window;
	return w->error;
}
