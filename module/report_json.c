// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_json.c - everything, as one JSON document (ABI 1)
 *
 * With the provenance of each region. Addresses are strings: numbers in JSON
 * are doubles for many readers and lose the low bits of a 64-bit address.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>

#include "facts_bars.h"
#include "report.h"

static bool overlaps(u64 start, u64 last, const struct resv_snap_region *r)
{
	return start <= r->last && r->start <= last;
}

/**
 * put_rule() - add a rule and who says so, as members of a JSON object
 * @t: the text
 * @state: the state that it is of
 * @ref: the rule
 */
void put_rule(struct resv_text *t, const struct resv_state *state,
	      const struct resv_rule_ref *ref)
{
	put(t, "\"rule\":\"");
	put_rule_name(t, state, ref);
	put(t, "\",\"action\":\"%s\",\"type\":\"%s\",\"confidence\":\"%s\",",
	    rule_action(state, ref->rule), rule_type(state, ref->rule),
	    rule_confidence(state, ref->rule));
	put_member(t, "reason",
		   rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, ",");
	put_member(t, "reference",
		   rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
}

/**
 * put_range() - add a range as members of a JSON object
 * @t: the text
 * @r: the range
 */
void put_range(struct resv_text *t, const struct resv_range *r)
{
	put(t, "\"start\":\"0x%llx\",\"last\":\"0x%llx\"", r->start, r->last);
}

/* Begins an element of an array: what a rule says for a device. */
static void put_from_rule(struct resv_text *t, const struct resv_state *state,
			  const struct resv_snap_device *sd,
			  const struct resv_rule_ref *ref, bool *first)
{
	put_comma(t, first);
	put(t, "{");
	put_member(t, "device", sd->name);
	put(t, ",\"by\":\"quirk\",");
	put_rule(t, state, ref);
}

/* Is this what became of the driver's region i of a device? */
static bool is_from_driver(const struct resv_snap_region *region,
			   const struct resv_snap_device *sd, u32 i)
{
	enum iommu_resv_type type = sd->driver[i].type;

	if (sd->fate[i] == RESV_FATE_REMOVE)
		return false;
	if (sd->fate[i] == RESV_FATE_RELAX)
		type = IOMMU_RESV_DIRECT_RELAXABLE;
	return type == region->type &&
	       overlaps(sd->driver[i].start, sd->driver[i].last, region);
}

/* Does an enforced rule of this kind lead to regions of this type? */
static bool rule_gives(const struct resv_state *state,
		       const struct resv_snap_rule *snap,
		       enum iommu_resv_type type)
{
	const u8 *rule = quirk_rule_at(&state->table, snap->ref->rule);

	if (snap->verdict.demoted)
		return type == IOMMU_RESV_RESERVED;
	switch (rule[QUIRK_RULE_ACTION]) {
	case QUIRK_ACTION_ADD:
	case QUIRK_ACTION_REPLACE:
		return resv_kernel_type(rule[QUIRK_RULE_TYPE]) == type;
	case QUIRK_ACTION_RELAX:
		return type == IOMMU_RESV_DIRECT_RELAXABLE;
	}
	return false;
}

/* Who says so: drivers' regions and enforced rules that a region came from. */
static void put_provenance(struct resv_text *t,
			   const struct resv_snapshot *snap,
			   const struct resv_snap_region *region)
{
	const struct resv_snap_device *sd;
	bool first = true;
	u32 i, k;

	list_for_each_entry(sd, &snap->devices, node) {
		for (i = 0; i < sd->drivers; i++) {
			if (!is_from_driver(region, sd, i))
				continue;
			put_comma(t, &first);
			put(t, "{");
			put_member(t, "device", sd->name);
			put(t, ",\"by\":\"driver\",");
			put_member(t, "iommu", sd->iommu);
			put(t, "}");
			break;
		}
		put_from_window(t, sd, region, &first);
		for (i = 0; i < sd->rule_count; i++) {
			const struct resv_snap_rule *rule = &sd->rules[i];

			if (rule->verdict.outcome != RESV_ENFORCED ||
			    !rule_gives(snap->state, rule, region->type))
				continue;
			for (k = 0; k < rule->count; k++) {
				const struct resv_range *r = &rule->ranges[k];

				if (!overlaps(r->start, r->last, region))
					continue;
				put_from_rule(t, snap->state, sd, rule->ref,
					      &first);
				put(t, ",");
				put_range(t, r);
				put(t, "}");
			}
		}
	}
}

static void put_json_regions(struct resv_text *t,
			     const struct resv_snapshot *snap,
			     const struct resv_snap_region *r, u32 count)
{
	bool first = true;
	u32 i;

	put(t, "\"regions\":[");
	for (i = 0; i < count; i++) {
		put_comma(t, &first);
		put(t, "\n{\"start\":\"0x%llx\",\"last\":\"0x%llx\",\"type\":\"%s\",\"from\":[",
		    r[i].start, r[i].last, resv_type_name(r[i].type));
		put_provenance(t, snap, &r[i]);
		put(t, "]}");
	}
	put(t, "]");
}

static bool hits_sw_msi(const struct resv_snap_device *sd, u64 start, u64 last)
{
	u32 i;

	for (i = 0; i < sd->count; i++)
		if (sd->regions[i].type == IOMMU_RESV_SW_MSI &&
		    overlaps(start, last, &sd->regions[i]))
			return true;
	return false;
}

/* One rule of one device that is known but not in the list. */
static void put_hazard(struct resv_text *t, const struct resv_snapshot *snap,
		       const struct resv_snap_device *sd,
		       const struct resv_snap_rule *rule, bool *first)
{
	const u8 *record = quirk_rule_at(&snap->state->table, rule->ref->rule);
	const char *why = NULL;
	u32 k;

	if (rule->verdict.outcome == RESV_UNRESOLVED)
		why = "unresolved";
	else if (rule->verdict.outcome == RESV_ADVISED &&
		 record[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_NOTICE)
		why = "notice";
	if (why) {
		put_from_rule(t, snap->state, sd, rule->ref, first);
		put(t, ",\"why\":\"%s\",\"start\":null,\"last\":null}\n", why);
	}
	if (rule->verdict.outcome != RESV_ADVISED)
		return;
	for (k = 0; k < rule->count; k++) {
		const struct resv_range *r = &rule->ranges[k];

		put_from_rule(t, snap->state, sd, rule->ref, first);
		put(t, ",\"why\":\"advised\",");
		put_range(t, r);
		put(t, ",\"covers_sw_msi\":%s}\n",
		    hits_sw_msi(sd, r->start, r->last) ? "true" : "false");
	}
}

/*
 * What is known but not in the list. A hazard without an address is one whose
 * rule applies but could not be resolved on this machine, or a notice, which
 * has none.
 */
static void put_hazards(struct resv_text *t, const struct resv_snapshot *snap)
{
	const struct resv_snap_device *sd;
	bool first = true;
	u32 i;

	put(t, "\"hazards\":[\n");
	list_for_each_entry(sd, &snap->devices, node) {
		for (i = 0; i < sd->rule_count; i++)
			put_hazard(t, snap, sd, &sd->rules[i], &first);
		put_window_hazard(t, sd, &first);
		put_msi_hazards(t, sd, &first);
	}
	put(t, "]");
}

static const char *outcome_word(enum resv_outcome outcome)
{
	switch (outcome) {
	case RESV_NOT_IN_SCOPE:
		return "not-in-scope";
	case RESV_ENFORCED:
		return "enforced";
	case RESV_ADVISED:
		return "advised";
	case RESV_UNRESOLVED:
		return "unresolved";
	case RESV_DISABLED:
		return "disabled";
	}
	return "unknown";
}

static const char *why_word(enum resv_why why)
{
	switch (why) {
	case RESV_WHY_SCOPE:
		return "scope";
	case RESV_WHY_ABSENT:
		return "absent";
	case RESV_WHY_REDIRECTED:
		return "redirected";
	case RESV_WHY_ABOVE_4G:
		return "above-4g";
	case RESV_WHY_UNREADABLE:
		return "unreadable";
	case RESV_WHY_ACS_UNKNOWN:
		return "acs-unknown";
	case RESV_WHY_WEAKENS:
		return "weakens";
	case RESV_WHY_POLICY:
		return "policy";
	}
	return "unknown";
}

/* Why a rule's msi regions are reserved ones, beside the software window. */
static void put_demoted(struct resv_text *t, const struct resv_state *state,
			const struct resv_snap_device *sd)
{
	enum resv_need_why why;
	const char *device;

	why = resv_need_of(state, sd->dev, &device);
	put(t, ",\"demoted\":{\"to\":\"reserved\",\"device\":");
	if (device)
		put_string(t, device);
	else
		put(t, "null");
	put(t, ",");
	/* What made it so stays as long as the state: a held verdict has it too. */
	put_member(t, "why", !device ? "the IOMMU driver had no device when that was decided" :
			     resv_need_text(why));
	put(t, "}");
}

/* What became of every rule of the board's entries for a device, and why. */
static void put_verdicts(struct resv_text *t, const struct resv_state *state,
			 const struct resv_snap_device *sd)
{
	bool first = true;
	u32 i, k;

	put(t, "\"rules\":[");
	for (i = 0; i < sd->rule_count; i++) {
		const struct resv_snap_rule *rule = &sd->rules[i];
		bool first_range = true;

		put_comma(t, &first);
		put(t, "\n{\"rule\":\"");
		put_rule_name(t, state, rule->ref);
		put(t, "\",\"outcome\":\"%s\",\"why\":\"%s\",",
		    outcome_word(rule->verdict.outcome),
		    why_word(rule->verdict.why));
		if (rule->verdict.why == RESV_WHY_SCOPE)
			put(t, "\"scope\":\"%s\",",
			    resv_cond_word(rule->verdict.cond));
		if (rule->verdict.why == RESV_WHY_UNREADABLE)
			put(t, "\"error\":%d,", rule->verdict.error);
		put(t, "\"ranges\":[");
		for (k = 0; k < rule->count; k++) {
			put_comma(t, &first_range);
			put(t, "{");
			put_range(t, &rule->ranges[k]);
			put(t, "}");
		}
		put(t, "]");
		if (rule->verdict.demoted)
			put_demoted(t, state, sd);
		put(t, "}");
	}
	put(t, "]");
}

/* What somebody should know of a device's list; see plan.h. */
static void put_notes(struct resv_text *t, const struct resv_snap_device *sd)
{
	static const struct {
		u32 flag;
		const char *word;
	} notes[] = {
		{ RESV_PLAN_F_WIDENED, "widened" },
		{ RESV_PLAN_F_SECOND, "second-replacement-ignored" },
		{ RESV_PLAN_F_NO_WINDOW, "no-window-to-replace" },
		{ RESV_PLAN_F_TOO_MANY, "too-many-ranges-to-weaken" },
		{ RESV_PLAN_F_OVERLAP, "sw-msi-overlaps" },
		{ RESV_PLAN_F_DEMOTED, "msi-demoted" },
	};
	bool first = true;
	unsigned int i;

	put(t, "\"notes\":[");
	for (i = 0; i < ARRAY_SIZE(notes); i++) {
		if (!(sd->flags & notes[i].flag))
			continue;
		put_comma(t, &first);
		put(t, "\"%s\"", notes[i].word);
	}
	put(t, "]");
}

static int put_json_usable(struct resv_text *t,
			   const struct resv_snapshot *snap,
			   const struct resv_snap_region *r, u32 count)
{
	int ret;

	if (!snap->aperture_known) {
		put(t, "\"usable\":null");
		return 0;
	}
	put(t, "\"usable\":[");
	ret = put_usable(t, r, count, snap->aperture, true);
	put(t, "]");
	return ret;
}

static int put_group(struct resv_text *t, const struct resv_snapshot *snap,
		     struct iommu_group *group, struct resv_pci *pci)
{
	const struct resv_snap_device *sd;
	bool first = true;
	int ret;

	put(t, "\n{\"id\":%d,\"aperture\":", snap->id);
	if (snap->aperture_known)
		put(t, "{\"start\":\"0x%llx\",\"last\":\"0x%llx\"},",
		    snap->aperture.start, snap->aperture.last);
	else
		put(t, "null,");
	ret = put_frozen(t, snap, group);
	if (ret)
		return ret;
	put(t, ",");
	ret = put_json_agreement(t, snap, group);
	if (ret)
		return ret;
	put(t, ",\n");
	put_json_regions(t, snap, snap->regions, snap->count);
	put(t, ",\n");
	ret = put_json_usable(t, snap, snap->regions, snap->count);
	if (ret)
		return ret;
	put(t, ",\n");
	put_hazards(t, snap);
	put(t, ",\n\"devices\":[");
	list_for_each_entry(sd, &snap->devices, node) {
		put_comma(t, &first);
		put(t, "\n{");
		put_member(t, "name", sd->name);
		put(t, ",");
		put_member(t, "bus", sd->bus);
		put(t, ",");
		put_member(t, "iommu", sd->iommu);
		put(t, ",\"widened\":%s,",
		    sd->flags & RESV_PLAN_F_WIDENED ? "true" : "false");
		put_notes(t, sd);
		put(t, ",\n");
		ret = put_json_firmware(t, sd);
		if (ret)
			return ret;
		put(t, ",\n");
		put_json_msi(t, snap, sd);
		put(t, ",\n");
		ret = put_json_bars(t, sd->dev, pci);
		if (ret)
			return ret;
		put(t, ",\n");
		put_json_regions(t, snap, sd->regions, sd->count);
		put(t, ",\n");
		ret = put_json_usable(t, snap, sd->regions, sd->count);
		if (ret)
			return ret;
		put(t, ",\n");
		put_verdicts(t, snap->state, sd);
		put(t, "}");
	}
	put(t, "]}");
	return 0;
}

/**
 * resv_report_json() - everything, as one JSON document
 * @t: receives it
 * @unused: not used
 *
 * Each group is taken at one moment; the generation at the head is that of
 * before the first one, so a reader who finds the same number in `generation`
 * afterwards knows that nothing changed meanwhile. Addresses of PCI are those of
 * one moment for all groups.
 *
 * Context: may sleep; takes each group->mutex in turn.
 * Return: 0 or an error; a document is never short.
 */
int resv_report_json(struct resv_text *t, void *unused)
{
	const struct resv_state *state;
	struct iommu_group **groups;
	unsigned int count, i;
	bool first = true, steady;
	struct resv_pci pci;
	int idx, ret;

	resv_devices_refresh();
	resv_doorbells_look();
	put(t, "{\"abi\":%d,\"generation\":%llu,\n", RESV_ABI,
	    resv_generation());
	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	ret = put_json_board(t, state);
	srcu_read_unlock(&resv_srcu, idx);
	if (ret)
		return ret;

	groups = resv_devices_groups(&count);
	if (IS_ERR(groups))
		return PTR_ERR(groups);
	ret = resv_pci_look(&pci);
	steady = ret != -EAGAIN;
	if (!steady)
		ret = 0;
	put(t, "\"groups\":[");
	for (i = 0; i < count && !ret; i++) {
		struct resv_snapshot snap;

		idx = srcu_read_lock(&resv_srcu);
		ret = resv_snapshot_take(&snap, groups[i], NULL);
		if (!ret) {
			put_comma(t, &first);
			ret = resv_msi_fill(&snap, groups[i]);
			if (!ret)
				ret = put_group(t, &snap, groups[i],
						steady ? &pci : NULL);
			resv_snapshot_drop(&snap);
		} else if (ret == -ENODEV) {
			/* Its last device left between the two looks. */
			ret = 0;
		}
		srcu_read_unlock(&resv_srcu, idx);
	}
	resv_pci_forget(&pci);
	resv_devices_put_groups(groups, count);
	put(t, "],\n");
	if (!ret)
		ret = put_json_iommus(t);
	put(t, "}\n");
	return ret;
}
