// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_window.c - the software MSI windows, as text and in JSON (ABI 1)
 *
 * JSON has all that a window was decided by, so that somebody else (the command
 * iommu-resv window, or a VMM's author) can solve it again with a wish of his
 * own.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include "report.h"

/**
 * window_from_word() - the word for who says where a window is
 * @from: who
 *
 * Return: the word.
 */
const char *window_from_word(enum resv_window_from from)
{
	switch (from) {
	case RESV_WINDOW_DRIVER:
		return "driver";
	case RESV_WINDOW_RULE:
		return "rule";
	case RESV_WINDOW_OPERATOR:
		return "operator";
	case RESV_WINDOW_BEFORE:
		return "before";
	}
	return "unknown";
}

/**
 * put_windows() - add the lines about the windows
 * @t: the text
 * @state: their state
 */
void put_windows(struct resv_text *t, const struct resv_state *state)
{
	u32 i;

	if (state->wish.stay)
		put(t, "window-wish: driver\n");
	else if (state->wish.asked)
		put(t, "window-wish: 0x%llx\n", state->wish.base);
	for (i = 0; i < state->windows; i++) {
		const struct resv_window *w = &state->window[i];

		if (!resv_window_exists(w))
			continue;
		put(t, "window: 0x%llx-0x%llx, IOMMU %s: %s\n", w->now.start,
		    w->now.last, w->iommu, resv_window_whence(w));
		if (w->wanted && !w->error && w->from != RESV_WINDOW_RULE)
			put(t, "window: 0x%llx-0x%llx, IOMMU %s: %s (advised: not in use)\n",
			    w->placement.window.start, w->placement.window.last,
			    w->iommu, resv_place_text(w->placement.how));
		put(t, "window-need: IOMMU %s: 0x%llx bytes, %u pages with doorbells",
		    w->iommu, w->size, w->pages);
		if (w->incomplete)
			put(t, " or more (%s)", w->incomplete);
		put(t, "\n");
		if (resv_window_is_short(w))
			put(t, "window-short: IOMMU %s: it ends before the doorbells do: nothing stops the kernel at its end; make it longer with window=ADDRESS\n",
			    w->iommu);
		if (w->said)
			put(t, "window-note: IOMMU %s: %s\n", w->iommu, w->said);
	}
}

static void put_optional(struct resv_text *t, const char *name,
			 const char *value)
{
	if (value)
		put_member(t, name, value);
	else
		put(t, "\"%s\":null", name);
}

static void put_obstacle(struct resv_text *t, const struct resv_state *state,
			 const struct resv_obstacle *o)
{
	put(t, "\n{");
	put_range(t, &o->range);
	switch (o->by) {
	case RESV_OBSTACLE_DRIVER:
		put(t, ",\"by\":\"driver\",\"type\":\"%s\",",
		    resv_type_name(o->type));
		put_member(t, "device", o->name);
		break;
	case RESV_OBSTACLE_RULE:
		put(t, ",\"by\":\"rule\",\"rule\":\"");
		put_rule_name(t, state, &state->rule[o->rule]);
		put(t, "\",");
		put_member(t, "device", o->name);
		break;
	case RESV_OBSTACLE_INBOUND:
		put(t, ",\"by\":\"inbound\",");
		put_member(t, "host", o->name);
		break;
	}
	put(t, ",\"devices\":%u}", o->devices);
}

/* What it was decided by. */
static void put_window_inputs(struct resv_text *t,
			      const struct resv_state *state,
			      const struct resv_window *w)
{
	bool first = true;
	u32 i;

	put(t, ",\n\"doorbells\":{\"pages\":%u,\"complete\":%s,", w->pages,
	    w->incomplete ? "false" : "true");
	put_optional(t, "reason", w->incomplete);
	put(t, "},\"minimum\":\"0x%llx\",\"aperture\":", w->minimum);
	if (w->aperture_known) {
		put(t, "{");
		put_range(t, &w->aperture);
		put(t, "},");
	} else {
		put(t, "null,\"aperture_reason\":\"no domain that translates could be asked\",");
	}
	if (!w->narrow || w->narrow_known)
		put(t, "\"msi_address_bits\":%d,", w->narrow ? 32 : 64);
	else
		put(t, "\"msi_address_bits\":null,\"msi_address_reason\":\"the device is no PCI function and does not say\",");
	put_optional(t, "msi_address_device", w->narrow);
	if (w->inbound_unread)
		put(t, ",\"inbound\":null,\"inbound_reason\":\"with ACPI, Linux does not take the inbound windows of a host bridge from _DMA\"");
	else
		put(t, ",\"inbound\":\"read\"");
	put(t, ",\"wish\":");
	if (state->wish.asked)
		put(t, "\"0x%llx\"", state->wish.base);
	else
		put(t, state->wish.stay ? "\"driver\"" : "null");
	put(t, ",\"stay\":");
	if (w->stay)
		put_string(t, resv_stay_text(w->stay));
	else
		put(t, "null");
	put(t, ",\"forbidden\":");
	if (w->too_many) {
		put(t, "null,\"forbidden_reason\":\"there are more than can be noted\"");
		return;
	}
	put(t, "[");
	for (i = 0; i < w->obstacles; i++) {
		put_comma(t, &first);
		put_obstacle(t, state, &w->obstacle[i]);
	}
	put(t, "]");
}

static void put_json_window(struct resv_text *t, const struct resv_state *state,
			    const struct resv_window *w)
{
	bool placed = w->used || (w->wanted && !w->error);
	const struct resv_range *window = w->used ? &w->now :
						    &w->placement.window;

	put(t, "\n{");
	put_member(t, "iommu", w->iommu);
	put(t, ",\"size\":\"0x%llx\",\"used\":%s,", w->size,
	    w->used ? "true" : "false");
	/* The one that is placed, in force or only shown. */
	if (placed)
		put_range(t, window);
	else
		put(t, "\"start\":null,\"last\":null");
	put(t, ",");
	if (w->from == RESV_WINDOW_DRIVER && w->wanted && w->error != -E2BIG)
		put_member(t, "how", resv_place_text(w->placement.how));
	else
		put_member(t, "how", resv_window_whence(w));
	put(t, ",\"driver\":{");
	put_range(t, &w->own);
	put(t, "},\"in_force\":{");
	put_range(t, &w->now);
	put(t, ",\"from\":\"%s\"},\"short\":%s,\"clear\":",
	    window_from_word(w->from),
	    resv_window_is_short(w) ? "true" : "false");
	if (w->too_many)
		put(t, "null");
	else
		put(t, resv_window_hit(w, &w->now) ? "false" : "true");
	put(t, ",");
	put_optional(t, "note", w->said);
	put_window_inputs(t, state, w);
	put(t, "}");
}

/**
 * put_json_windows() - add the windows, as a member of the document
 * @t: the text
 * @state: their state
 */
void put_json_windows(struct resv_text *t, const struct resv_state *state)
{
	bool first = true;
	u32 i;

	put(t, "\"windows\":[");
	for (i = 0; i < state->windows; i++) {
		if (!resv_window_exists(&state->window[i]))
			continue;
		put_comma(t, &first);
		put_json_window(t, state, &state->window[i]);
	}
	put(t, "],\n");
}

/**
 * put_from_window() - add who says so, where a window in force comes from no rule
 * @t: the text, inside the array of who says so
 * @sd: the device
 * @region: one of its regions, or of its group's
 * @first: true before the first element
 */
void put_from_window(struct resv_text *t, const struct resv_snap_device *sd,
		     const struct resv_snap_region *region, bool *first)
{
	const struct resv_window *w = sd->window;

	if (!w || !w->used || region->type != IOMMU_RESV_SW_MSI ||
	    (w->from != RESV_WINDOW_OPERATOR && w->from != RESV_WINDOW_BEFORE) ||
	    region->last < w->now.start || w->now.last < region->start)
		return;
	put_comma(t, first);
	put(t, "{");
	put_member(t, "device", sd->name);
	put(t, ",\"by\":\"%s\",\"parameter\":\"window\"}",
	    window_from_word(w->from));
}

/**
 * put_window_hazard() - add a device's window as a hazard, where it is too short
 * @t: the text, inside the array of hazards
 * @sd: the device
 * @first: true before the first element
 *
 * Doorbells beyond its end are mapped there all the same, over what a guest has
 * at these addresses.
 */
void put_window_hazard(struct resv_text *t, const struct resv_snap_device *sd,
		       bool *first)
{
	const struct resv_window *w = sd->window;
	struct resv_range beyond;
	u32 i;

	if (!w || !resv_window_is_short(w) || w->now.last == U64_MAX)
		return;
	/* Not where the device's list has no such window. */
	for (i = 0; i < sd->count; i++)
		if (sd->regions[i].type == IOMMU_RESV_SW_MSI)
			break;
	if (i == sd->count)
		return;
	beyond.start = w->now.last + 1;
	beyond.last = w->size - 1 > U64_MAX - w->now.start ?
		U64_MAX : w->now.start + w->size - 1;
	put_comma(t, first);
	put(t, "{");
	put_member(t, "device", sd->name);
	put(t, ",\"by\":\"live\",\"type\":\"sw-msi\",");
	put_member(t, "reason",
		   "The software MSI window is shorter than the doorbells need, and nothing stops the kernel at its end.");
	put(t, ",\"why\":\"window-short\",");
	put_range(t, &beyond);
	put(t, ",\"covers_sw_msi\":false}\n");
}
