// SPDX-License-Identifier: GPL-2.0-only
/*
 * window.c - the software MSI windows, and which of them are moved
 *
 * VFIO and iommufd map the doorbells of a container's devices into the window of
 * whichever device came first, so there is one window for all devices of an
 * IOMMU driver, however many IOMMUs and groups there are. It must therefore be
 * clear of what any of these devices must not use: what their driver says, what
 * the rules say of them (also those that are only shown), and what their host
 * bridges do not let through.
 *
 * Who decides, first to last: where the kernel lets user space choose, it is not
 * moved. Where the translation of a device is nested, it stays where it is at
 * that moment. Then the operator (parameter "window"), whose address is taken
 * where it fits and else counts as not given; then the rules in force. A rule
 * that is only shown has its window placed as well, for the report.
 *
 * All of that is decided when a state is made and stays as long as the state
 * does. A device that comes later gets the window as well; should that one have
 * a hole there it says so itself (its plan is marked, see plan.h). The first
 * device of another driver makes a new state (resv_windows_newcomer()).
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "hook.h"
#include "iommu_resv.h"

/**
 * resv_window_find() - the window of a driver
 * @state: the decisions
 * @ops: the driver's original operations
 *
 * Return: the window, which may not exist (resv_window_exists()), or %NULL for a
 * driver that had no device when the state was made.
 */
const struct resv_window *resv_window_find(const struct resv_state *state,
					   const struct iommu_ops *ops)
{
	u32 i;

	for (i = 0; i < state->windows; i++)
		if (state->window[i].ops == ops)
			return &state->window[i];
	return NULL;
}

/**
 * resv_window_dev() - the window of the driver of a device's IOMMU
 * @state: the decisions that hold for the device
 * @dev: a device with an IOMMU, which stays
 *
 * Return: the window, or %NULL where its driver has none.
 */
const struct resv_window *resv_window_dev(const struct resv_state *state,
					  struct device *dev)
{
	const struct resv_window *w;

	w = resv_window_find(state, resv_clone_original(resv_dev_ops(dev)));
	return w && resv_window_exists(w) ? w : NULL;
}

/**
 * resv_obstacle_text() - who says that a window must not be somewhere
 * @state: the state, whose rules obstacles name
 * @o: the obstacle
 *
 * Return: a text to be freed, or %NULL without memory.
 */
static char *resv_obstacle_text(const struct resv_state *state,
				const struct resv_obstacle *o)
{
	const struct quirk_table *t = &state->table;

	switch (o->by) {
	case RESV_OBSTACLE_DRIVER:
		return kasprintf(GFP_KERNEL,
				 "0x%llx-0x%llx, a region of the IOMMU driver for %s",
				 o->range.start, o->range.last, o->name);
	case RESV_OBSTACLE_RULE:
		return kasprintf(GFP_KERNEL, "0x%llx-0x%llx, rule %s/%s for %s",
				 o->range.start, o->range.last,
				 quirk_string(t, quirk_entry_at(t, state->rule[o->rule].entry) +
					      QUIRK_ENT_NAME),
				 quirk_string(t, quirk_rule_at(t, state->rule[o->rule].rule) +
					      QUIRK_RULE_NAME),
				 o->name);
	case RESV_OBSTACLE_INBOUND:
		break;
	}
	return kasprintf(GFP_KERNEL,
			 "0x%llx-0x%llx, outside the inbound windows of host bridge %s",
			 o->range.start, o->range.last, o->name);
}

/* Why the operator's address is refused, as a sentence. */
static int resv_window_say_refused(const struct resv_state *state,
				   struct resv_window *w,
				   const struct resv_range *wished)
{
	const struct resv_obstacle *hit;
	char *what = NULL;

	if (w->wish == RESV_WISH_FORBIDDEN) {
		hit = resv_window_hit(w, wished);
		if (hit) {
			what = resv_obstacle_text(state, hit);
			if (!what)
				return -ENOMEM;
		}
	} else if (w->wish == RESV_WISH_LIMIT && w->narrow) {
		what = kasprintf(GFP_KERNEL, "%s %s", w->narrow,
				 w->narrow_known ? "has 32-bit MSIs" :
				 "does not say how wide its MSIs are");
		if (!what)
			return -ENOMEM;
	} else if (w->wish == RESV_WISH_APERTURE) {
		what = kasprintf(GFP_KERNEL, "it maps 0x%llx-0x%llx",
				 w->aperture.start, w->aperture.last);
		if (!what)
			return -ENOMEM;
	}
	w->said = kasprintf(GFP_KERNEL,
			    "window=0x%llx is refused: %s%s%s; it needs 0x%llx bytes",
			    state->wish.base, resv_wish_text(w->wish),
			    what ? ": " : "", what ?: "", w->size);
	kfree(what);
	return w->said ? 0 : -ENOMEM;
}

/* Why rules cannot have it placed. */
static int resv_window_say_error(struct resv_window *w)
{
	const struct resv_placement *p = &w->placement;

	if (w->too_many)
		w->said = kstrdup("there are more obstacles than can be noted: not moved",
				  GFP_KERNEL);
	else if (p->largest)
		w->said = kasprintf(GFP_KERNEL,
				    "no place for 0x%llx bytes: %s; the largest place is 0x%llx-0x%llx",
				    w->size, resv_place_text(p->how),
				    p->gap.start, p->gap.last);
	else
		w->said = kasprintf(GFP_KERNEL,
				    "no place for 0x%llx bytes: %s; there is none at all",
				    w->size, resv_place_text(p->how));
	return w->said ? 0 : -ENOMEM;
}

static int resv_window_say_stay(struct resv_window *w)
{
	w->said = kasprintf(GFP_KERNEL, "%s%s%s", resv_stay_text(w->stay),
			    w->nested ? ", because of " : "", w->nested ?: "");
	return w->said ? 0 : -ENOMEM;
}

/* Where rules and the operator would have the window. */
static int resv_window_solve(const struct resv_state *state,
			     struct resv_window *w, struct resv_range *wished)
{
	struct resv_place_request request;
	struct resv_ranges forbidden, outside;
	struct resv_range *storage;
	size_t n = max(w->obstacles, 1U);

	storage = kvmalloc_array(2 * n, sizeof(*storage), GFP_KERNEL);
	if (!storage)
		return -ENOMEM;
	resv_obstacles_set(w, &forbidden, storage, false);
	resv_obstacles_set(w, &outside, storage + n, true);
	resv_place_request_init(&request, &forbidden, w->aperture, w->size,
				PAGE_SIZE);
	request.outside = &outside;
	request.limit = w->limit;
	request.own = w->own;
	request.preferred = &w->own.start;
	request.preferred_count = 1;
	if (w->too_many)
		w->error = -E2BIG;
	else if (w->wanted)
		w->error = resv_place(&request, &w->placement);
	if (state->wish.asked)
		w->wish = resv_place_wish(&request, state->wish.base, wished);
	kvfree(storage);
	return 0;
}

static bool resv_range_equal(const struct resv_range *a,
			     const struct resv_range *b)
{
	return a->start == b->start && a->last == b->last;
}

/* @before: the window of the driver that a former state has in force, or NULL. */
static int resv_window_decide(const struct resv_state *state,
			      struct resv_window *w,
			      const struct resv_range *before)
{
	bool asked = state->wish.asked;
	struct resv_range wished = {};
	int ret;

	w->now = w->own;
	w->from = RESV_WINDOW_DRIVER;
	w->size = resv_window_size(w->pages, !w->incomplete, PAGE_SIZE,
				   w->minimum);
	/* What an IOMMU maps at least, where none was seen. */
	if (!w->aperture_known)
		w->aperture.last = RESV_PLACE_LIMIT_32;
	w->stay = resv_stay(RESV_KERNEL_MOVES_WINDOW, w->nested,
			    state->wish.stay);
	if (w->stay == RESV_STAY_NESTED && before) {
		w->now = *before;
		w->from = RESV_WINDOW_BEFORE;
		w->used = !resv_range_equal(&w->now, &w->own);
	}
	if (!w->wanted && !asked)
		return w->from == RESV_WINDOW_BEFORE ? resv_window_say_stay(w) :
						       0;

	ret = resv_window_solve(state, w, &wished);
	if (ret)
		return ret;
	if (w->stay)
		return resv_window_say_stay(w);
	if (asked && !w->too_many && w->wish == RESV_WISH_GRANTED) {
		if (state->policy.enforce == RESV_ENFORCE_NONE) {
			w->said = kasprintf(GFP_KERNEL,
					    "window=0x%llx would be possible, but has no effect with enforce=none",
					    state->wish.base);
			return w->said ? 0 : -ENOMEM;
		}
		w->now = wished;
		w->from = RESV_WINDOW_OPERATOR;
	} else if (w->enforced && !w->error) {
		w->now = w->placement.window;
		w->from = RESV_WINDOW_RULE;
	}
	w->used = !resv_range_equal(&w->now, &w->own);
	if (asked && !w->too_many && w->wish != RESV_WISH_GRANTED)
		return resv_window_say_refused(state, w, &wished);
	if (w->too_many || (w->wanted && w->error))
		return resv_window_say_error(w);
	return 0;
}

/**
 * resv_window_whence() - why the window in force is where it is
 * @w: the window
 *
 * Return: the words.
 */
const char *resv_window_whence(const struct resv_window *w)
{
	switch (w->from) {
	case RESV_WINDOW_OPERATOR:
		return "where the operator wants it";
	case RESV_WINDOW_BEFORE:
		return "where it was before";
	case RESV_WINDOW_RULE:
		return resv_place_text(w->placement.how);
	case RESV_WINDOW_DRIVER:
		break;
	}
	return "the driver's own";
}

static void resv_window_log(const struct resv_state *state,
			    const struct resv_window *w)
{
	bool heard = state->wish.asked || state->wish.stay || w->enforced;

	/* What is only shown is for reports. */
	if (w->said && heard)
		pr_warn("%s: software MSI window: %s\n", w->iommu, w->said);
	if (w->used || (heard && w->from != RESV_WINDOW_DRIVER))
		pr_info("%s: software MSI window at 0x%llx-0x%llx: %s\n",
			w->iommu, w->now.start, w->now.last,
			resv_window_whence(w));
	else if (w->said && heard)
		pr_info("%s: software MSI window at 0x%llx-0x%llx: the driver's own stays\n",
			w->iommu, w->now.start, w->now.last);
	if (resv_window_is_short(w))
		pr_warn("%s: software MSI window at 0x%llx-0x%llx is too short: %u pages of doorbells%s need 0x%llx bytes, and nothing stops the kernel at its end; make it longer with window=ADDRESS\n",
			w->iommu, w->now.start, w->now.last, w->pages,
			w->incomplete ? " or more" : "", w->size);
}

/**
 * struct resv_window_before - a window of a former state
 * @ops: of its driver
 * @now: the one in force
 */
struct resv_window_before {
	const struct iommu_ops *ops;
	struct resv_range now;
};

/* The windows of ours that are in force, as long as another state is made. */
static int resv_windows_before(struct resv_window_before **before, u32 *count)
{
	const struct resv_state *state;
	int idx, ret = 0;
	u32 i;

	*before = NULL;
	*count = 0;
	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	if (state && state->windows) {
		*before = kcalloc(state->windows, sizeof(**before), GFP_KERNEL);
		if (!*before)
			ret = -ENOMEM;
		for (i = 0; *before && i < state->windows; i++) {
			if (!state->window[i].used)
				continue;
			(*before)[*count].ops = state->window[i].ops;
			(*before)[(*count)++].now = state->window[i].now;
		}
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

static int resv_windows_decide(struct resv_state *state)
{
	struct resv_window_before *before;
	const char *incomplete;
	u32 count, pages, i, k;
	bool none = true;
	int ret;

	ret = resv_windows_before(&before, &count);
	if (ret)
		return ret;
	incomplete = resv_doorbell_count(&pages);
	for (i = 0; i < state->windows && !ret; i++) {
		struct resv_window *w = &state->window[i];
		const struct resv_range *was = NULL;

		if (!resv_window_exists(w)) {
			resv_obstacles_free(w);
			continue;
		}
		none = false;
		w->pages = pages;
		w->incomplete = incomplete;
		for (k = 0; k < count; k++)
			if (before[k].ops == w->ops)
				was = &before[k].now;
		ret = resv_window_decide(state, w, was);
		if (ret)
			break;
		if (w->from == RESV_WINDOW_OPERATOR ||
		    w->from == RESV_WINDOW_BEFORE)
			state->enforcing |= w->used;
		resv_window_log(state, w);
	}
	kfree(before);
	/* No driver yet that has one: the first to come finds the hooks in place. */
	if (none && state->wish.asked && !RESV_KERNEL_MOVES_WINDOW &&
	    state->policy.enforce != RESV_ENFORCE_NONE)
		state->enforcing = true;
	return ret;
}

/**
 * resv_windows_place() - decide where a state's windows are
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
	int ret;

	state->wish = resv_params_window();
	ret = resv_windows_survey(state);
	if (!ret)
		ret = resv_windows_decide(state);
	state->placed = !ret;
	return ret;
}

/**
 * resv_windows_free() - free what resv_windows_place() made
 * @state: its state
 */
void resv_windows_free(struct resv_state *state)
{
	u32 i;

	for (i = 0; i < state->windows; i++) {
		resv_obstacles_free(&state->window[i]);
		kfree(state->window[i].nested);
		kfree(state->window[i].narrow);
		kfree(state->window[i].said);
	}
	kfree(state->window);
}

/* What the state says of a device. */

/**
 * resv_window_of() - the window that rules have for the driver of a device's IOMMU
 * @state: the decisions that hold for the device
 * @dev: the device
 * @window: filled in
 *
 * The one in force where it is ours, else the one that would be.
 *
 * Return: 0, -ENODEV where none was wanted, -ENOSPC where none fits, or -E2BIG
 * where there are too many obstacles to tell.
 */
int resv_window_of(const struct resv_state *state, struct device *dev,
		   struct resv_range *window)
{
	const struct resv_window *w = resv_window_dev(state, dev);

	if (!w)
		return -ENODEV;
	if (w->used || (w->from != RESV_WINDOW_DRIVER && !w->error)) {
		*window = w->now;
		return 0;
	}
	if (!w->error)
		*window = w->placement.window;
	return w->error;
}

/**
 * resv_window_yields() - has a rule about the window no effect for a device?
 * @state: the decisions that hold for the device
 * @dev: the device
 * @rule: the rule's record
 *
 * Return: true where it would move the window and somebody else has decided.
 */
bool resv_window_yields(const struct resv_state *state, struct device *dev,
			const u8 *rule)
{
	const struct resv_window *w;

	if (rule[QUIRK_RULE_ACTION] != QUIRK_ACTION_REPLACE ||
	    rule[QUIRK_RULE_TYPE] != QUIRK_TYPE_SW_MSI)
		return false;
	w = resv_window_dev(state, dev);
	if (!w || (!w->stay && w->from != RESV_WINDOW_OPERATOR))
		return false;
	/* A placed rule brings in what is in force. */
	return rule[QUIRK_RULE_SOURCE] != QUIRK_SOURCE_PLACED || !w->used;
}

/**
 * resv_window_unruled() - the window in force that no rule gives a device
 * @state: the decisions that hold for the device
 * @dev: the device
 * @window: filled in
 *
 * Return: true where there is one.
 */
bool resv_window_unruled(const struct resv_state *state, struct device *dev,
			 struct resv_range *window)
{
	const struct resv_window *w = resv_window_dev(state, dev);

	if (!w || !w->used || w->from == RESV_WINDOW_RULE)
		return false;
	*window = w->now;
	return true;
}

/**
 * resv_windows_newcomer() - a device has come
 * @dev: a device with an IOMMU, which stays
 *
 * Where it is the first one of its driver, nothing was decided for that; and
 * where it is the first that cannot reach the window, another thing was.
 *
 * Context: may sleep; takes resv_srcu.
 */
void resv_windows_newcomer(struct device *dev)
{
	const struct iommu_ops *ops = resv_clone_original(resv_dev_ops(dev));
	const struct resv_state *state;
	const struct resv_window *w;
	const char *why = NULL;
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	if (state && state->placed && ops) {
		w = resv_window_find(state, ops);
		if (!w)
			why = "the first device of an IOMMU driver has come";
		else if (w->used && w->now.last > RESV_PLACE_LIMIT_32 &&
			 resv_window_is_narrow(dev))
			why = "a device has come that cannot write MSIs above 4 GiB, where the window is";
	}
	srcu_read_unlock(&resv_srcu, idx);
	if (why)
		resv_renew(why);
}
