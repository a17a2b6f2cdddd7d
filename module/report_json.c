// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_json.c - everything, as one JSON document (ABI 1)
 *
 * With the provenance of each region. Addresses are strings: numbers in JSON
 * are doubles for many readers and lose the low bits of a 64-bit address.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/utsname.h>

#include "report.h"

static bool overlaps(u64 start, u64 last, const struct resv_snap_region *r)
{
	return start <= r->last && r->start <= last;
}

static void put_rule(struct resv_text *t, const struct resv_state *state,
		     const struct resv_snap_device *sd,
		     const struct resv_rule_ref *ref)
{
	put(t, "{");
	put_member(t, "device", sd->name);
	put(t, ",\"by\":\"quirk\",\"rule\":\"%s/%s\",\"confidence\":\"%s\",",
	    entry_string(state, ref->entry, QUIRK_ENT_NAME),
	    rule_string(state, ref->rule, QUIRK_RULE_NAME),
	    rule_confidence(state, ref->rule));
	put_member(t, "reason",
		   rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, ",");
	put_member(t, "reference",
		   rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
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
			if (sd->driver[i].type != region->type ||
			    !overlaps(sd->driver[i].start, sd->driver[i].last,
				      region))
				continue;
			put_comma(t, &first);
			put(t, "{");
			put_member(t, "device", sd->name);
			put(t, ",\"by\":\"driver\",");
			put_member(t, "iommu", sd->iommu);
			put(t, "}");
			break;
		}
		if (region->type != IOMMU_RESV_RESERVED)
			continue;
		for (i = 0; i < sd->rule_count; i++) {
			const struct resv_snap_rule *rule = &sd->rules[i];

			if (rule->outcome != RESV_ENFORCED)
				continue;
			for (k = 0; k < rule->count; k++) {
				const struct resv_range *r = &rule->ranges[k];

				if (!overlaps(r->start, r->last, region))
					continue;
				put_comma(t, &first);
				put_rule(t, snap->state, sd, rule->ref);
				put(t, ",\"start\":\"0x%llx\",\"last\":\"0x%llx\"}",
				    r->start, r->last);
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

	for (i = 0; i < sd->drivers; i++)
		if (sd->driver[i].type == IOMMU_RESV_SW_MSI &&
		    overlaps(start, last, &sd->driver[i]))
			return true;
	return false;
}

/*
 * What is known but not in the list. A hazard without an address is one whose
 * rule applies but could not be resolved on this machine.
 */
static void put_hazards(struct resv_text *t, const struct resv_snapshot *snap)
{
	const struct resv_snap_device *sd;
	bool first = true;
	u32 i, k;

	put(t, "\"hazards\":[");
	list_for_each_entry(sd, &snap->devices, node) {
		for (i = 0; i < sd->rule_count; i++) {
			const struct resv_snap_rule *rule = &sd->rules[i];

			if (rule->outcome == RESV_UNRESOLVED) {
				put_comma(t, &first);
				put(t, "\n");
				put_rule(t, snap->state, sd, rule->ref);
				put(t, ",\"why\":\"unresolved\",\"start\":null,\"last\":null}");
			}
			if (rule->outcome != RESV_ADVISED)
				continue;
			for (k = 0; k < rule->count; k++) {
				const struct resv_range *r = &rule->ranges[k];

				put_comma(t, &first);
				put(t, "\n");
				put_rule(t, snap->state, sd, rule->ref);
				put(t, ",\"why\":\"advised\",\"start\":\"0x%llx\",\"last\":\"0x%llx\",\"covers_sw_msi\":%s}",
				    r->start, r->last,
				    hits_sw_msi(sd, r->start, r->last) ?
				    "true" : "false");
			}
		}
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

static int put_group(struct resv_text *t, const struct resv_snapshot *snap)
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
		put(t, ",\"widened\":%s,", sd->widened ? "true" : "false");
		put_json_regions(t, snap, sd->regions, sd->count);
		put(t, ",\n");
		ret = put_json_usable(t, snap, sd->regions, sd->count);
		if (ret)
			return ret;
		put(t, "}");
	}
	put(t, "]}");
	return 0;
}

struct resv_hook_text {
	struct resv_text *t;
	bool first;
};

static void put_json_hook(void *ctx, const char *way, const char *driver,
			  bool tested)
{
	struct resv_hook_text *ht = ctx;

	put_comma(ht->t, &ht->first);
	put(ht->t, "{\"way\":\"%s\",", way);
	put_member(ht->t, "driver", driver);
	put(ht->t, ",\"tested\":%s}", tested ? "true" : "false");
}

static int put_json_board(struct resv_text *t, const struct resv_state *state)
{
	struct resv_token_text tt = { .t = t, .json = true, .first = true };
	struct resv_hook_text ht = { .t = t, .first = true };
	bool first = true;
	int ret = 0;
	u32 i;

	put(t, "\"module\":{\"version\":\"%s\",\"kernel\":",
	    IOMMU_RESV_VERSION);
	put_string(t, init_utsname()->release);
	put(t, ",\"page_size\":%lu,\"state\":\"%s\",", PAGE_SIZE,
	    resv_state_word(state));
	if (resv_off_reason) {
		put_member(t, "off", resv_off_reason);
		put(t, ",");
	}
	put(t, "\"enforce\":\"%s\",\"hooks\":[", resv_policy_name(state->policy));
	resv_hooks_describe(put_json_hook, &ht);
	put(t, "]},\n\"table\":{\"serial\":%llu,\"crc\":\"0x%08x\",\"entries\":%u},\n",
	    state->table.serial, state->table.crc,
	    state->table.count[QUIRK_SEC_ENTRIES]);

	put(t, "\"board\":{\"entries\":[");
	for (i = 0; i < state->matches; i++) {
		u32 key = state->match[i].key;

		put_comma(t, &first);
		put(t, "{");
		put_member(t, "name", entry_string(state, state->match[i].entry,
						   QUIRK_ENT_NAME));
		put(t, ",");
		put_member(t, "title", entry_string(state,
						    state->match[i].entry,
						    QUIRK_ENT_TITLE));
		put(t, ",");
		put_member(t, "reference", entry_string(state,
							state->match[i].entry,
							QUIRK_ENT_REFERENCE));
		put(t, ",\"matched\":{");
		put_json_key(t, key_kind(state, key), key_value(state, key));
		put(t, "}}");
	}
	put(t, "],\n\"keys\":[");
	if (!resv_off_reason)
		ret = resv_board_for_each_token(put_token, &tt);
	put(t, "]},\n");

	first = true;
	put(t, "\"quirks\":[");
	for (i = 0; i < state->rules; i++) {
		const struct resv_rule_ref *ref = &state->rule[i];

		put_comma(t, &first);
		put(t, "\n{\"rule\":\"%s/%s\",\"enforced\":%s,\"confidence\":\"%s\",",
		    entry_string(state, ref->entry, QUIRK_ENT_NAME),
		    rule_string(state, ref->rule, QUIRK_RULE_NAME),
		    ref->enforced ? "true" : "false",
		    rule_confidence(state, ref->rule));
		put_member(t, "reason",
			   rule_string(state, ref->rule, QUIRK_RULE_REASON));
		put(t, ",");
		put_member(t, "reference",
			   rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
		put(t, "}");
	}
	put(t, "],\n");
	return ret;
}

/**
 * resv_report_json() - everything, as one JSON document
 * @t: receives it
 * @unused: not used
 *
 * Each group is taken at one moment; the generation at the head is that of
 * before the first one, so a reader who finds the same number in `generation`
 * afterwards knows that nothing changed meanwhile.
 *
 * Context: may sleep; takes each group->mutex in turn.
 * Return: 0 or an error; a document is never short.
 */
int resv_report_json(struct resv_text *t, void *unused)
{
	const struct resv_state *state;
	struct iommu_group **groups;
	unsigned int count, i;
	bool first = true;
	int idx, ret;

	resv_devices_refresh();
	put(t, "{\"abi\":%d,\"generation\":%llu,\n", RESV_ABI,
	    resv_generation());
	idx = srcu_read_lock(&resv_srcu);
	state = srcu_dereference(resv_state, &resv_srcu);
	ret = put_json_board(t, state);
	srcu_read_unlock(&resv_srcu, idx);
	if (ret)
		return ret;

	groups = resv_devices_groups(&count);
	if (IS_ERR(groups))
		return PTR_ERR(groups);
	put(t, "\"groups\":[");
	for (i = 0; i < count && !ret; i++) {
		struct resv_snapshot snap;

		ret = resv_snapshot_take(&snap, groups[i], NULL);
		/* Its last device left between the two looks. */
		if (ret == -ENODEV) {
			ret = 0;
			continue;
		}
		if (ret)
			break;
		put_comma(t, &first);
		ret = put_group(t, &snap);
		resv_snapshot_drop(&snap);
	}
	resv_devices_put_groups(groups, count);
	put(t, "]}\n");
	return ret;
}
