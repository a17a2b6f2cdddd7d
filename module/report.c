// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - the text files, and what they share with JSON (ABI 1)
 *
 * The files of regions keep the syntax of sysfs reserved_regions, because
 * consumers parse that with sscanf().
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../quirks/correct.h"
#include "report.h"

/**
 * resv_type_name() - the word for a type of region
 * @type: the kernel's type
 *
 * Return: the word of sysfs, but "sw-msi" where sysfs says "msi" too.
 */
const char *resv_type_name(enum iommu_resv_type type)
{
	switch (type) {
	case IOMMU_RESV_DIRECT:
		return "direct";
	case IOMMU_RESV_DIRECT_RELAXABLE:
		return "direct-relaxable";
	case IOMMU_RESV_RESERVED:
		return "reserved";
	case IOMMU_RESV_MSI:
		return "msi";
	case IOMMU_RESV_SW_MSI:
		return "sw-msi";
	}
	return "unknown";
}

/**
 * resv_mode_name() - the word for what the policy makes of a rule
 * @mode: the mode
 *
 * Return: the word.
 */
const char *resv_mode_name(enum resv_mode mode)
{
	switch (mode) {
	case RESV_MODE_ADVISE:
		return "advised";
	case RESV_MODE_ENFORCE:
		return "enforced";
	case RESV_MODE_INSIST:
		return "enforced by the operator";
	case RESV_MODE_WITHHOLD:
		return "withheld";
	case RESV_MODE_DISABLED:
		return "disabled";
	}
	return "unknown";
}

/* sysfs calls both kinds of MSI window "msi". */
static const char *resv_sysfs_name(enum iommu_resv_type type)
{
	return resv_type_name(type == IOMMU_RESV_SW_MSI ? IOMMU_RESV_MSI : type);
}

static void put_regions(struct resv_text *t, const struct resv_snap_region *r,
			u32 count)
{
	int relaxable;
	u32 i;

	/*
	 * kvmtool stops reading at the first line whose type is longer than
	 * eight characters: those come last.
	 */
	for (relaxable = 0; relaxable < 2; relaxable++) {
		for (i = 0; i < count; i++) {
			if ((r[i].type == IOMMU_RESV_DIRECT_RELAXABLE) !=
			    relaxable)
				continue;
			put(t, "0x%016llx 0x%016llx %s\n", r[i].start,
			    r[i].last, resv_sysfs_name(r[i].type));
		}
	}
}

struct resv_gap_text {
	struct resv_text *t;
	bool json;
	bool first;
};

static int put_gap(void *ctx, u64 start, u64 last)
{
	struct resv_gap_text *g = ctx;

	if (g->json) {
		put_comma(g->t, &g->first);
		put(g->t, "{\"start\":\"0x%llx\",\"last\":\"0x%llx\"}", start,
		    last);
	} else {
		put(g->t, "0x%016llx 0x%016llx\n", start, last);
	}
	return 0;
}

/**
 * put_usable() - add what is left of the aperture, in whole host pages
 * @t: the text
 * @r: the regions
 * @count: how many
 * @aperture: the addresses that exist at all
 * @json: as elements of an array; else as lines
 *
 * Relaxable direct mappings do not count: VFIO and iommufd ignore them.
 *
 * Return: 0 or -ENOMEM.
 */
int put_usable(struct resv_text *t, const struct resv_snap_region *r,
		      u32 count, struct resv_range aperture, bool json)
{
	struct resv_gap_text g = { .t = t, .json = json, .first = true };
	struct resv_range *storage;
	struct resv_ranges set;
	u32 i;

	storage = kvmalloc_array(count + 1, sizeof(*storage), GFP_KERNEL);
	if (!storage)
		return -ENOMEM;
	resv_ranges_init(&set, storage, count + 1);
	for (i = 0; i < count; i++)
		if (r[i].type != IOMMU_RESV_DIRECT_RELAXABLE)
			resv_ranges_add(&set, r[i].start, r[i].last);
	resv_ranges_for_each_gap(&set, aperture, PAGE_SIZE, put_gap, &g);
	kvfree(storage);
	return 0;
}

/**
 * resv_report_abi() - the number of this interface
 * @t: receives it
 * @unused: not used
 *
 * Return: 0.
 */
int resv_report_abi(struct resv_text *t, void *unused)
{
	put(t, "%d\n", RESV_ABI);
	return 0;
}

/**
 * resv_report_generation() - a number that moves when an answer may have changed
 * @t: receives it
 * @unused: not used
 *
 * Return: 0.
 */
int resv_report_generation(struct resv_text *t, void *unused)
{
	resv_devices_refresh();
	resv_doorbells_look();
	put(t, "%llu\n", resv_generation());
	return 0;
}

/**
 * resv_state_word() - one word for what the module does on this machine
 * @state: its state
 *
 * Return: "active", "no-iommu" (rules in force, but no IOMMU to tell), "advising"
 * (rules, but none in force), "no-entry" or "off".
 */
const char *resv_state_word(const struct resv_state *state)
{
	if (resv_off_reason)
		return "off";
	if (!state->matches && !state->enforcing)
		return "no-entry";
	if (!state->enforcing)
		return "advising";
	return resv_hooks_any() ? "active" : "no-iommu";
}

/* An identity key as a source file would name it. */
static void put_key(struct resv_text *t, enum quirk_key kind,
		    const char *value)
{
	put(t, "%s ", quirk_key_name(kind));
	if (kind == QUIRK_KEY_ACPI) {
		put(t, "\"%.4s\", \"%.6s\", \"%.8s\"", value, value + 4,
		    value + 10);
	} else {
		put(t, "\"");
		put_plain(t, value);
		put(t, "\"");
	}
}

/**
 * put_json_key() - add an identity key as members of a JSON object
 * @t: the text
 * @kind: its kind
 * @value: its value
 */
void put_json_key(struct resv_text *t, enum quirk_key kind,
			 const char *value)
{
	char part[9];

	put_member(t, "key", quirk_key_name(kind));
	put(t, ",");
	if (kind != QUIRK_KEY_ACPI) {
		put_member(t, "value", value);
		return;
	}
	strscpy(part, value, 4 + 1);
	put_member(t, "signature", part);
	put(t, ",");
	strscpy(part, value + 4, 6 + 1);
	put_member(t, "oem_id", part);
	put(t, ",");
	strscpy(part, value + 10, 8 + 1);
	put_member(t, "oem_table_id", part);
}

/**
 * put_token() - add one identity token of this machine
 * @arg: struct resv_token_text
 * @kind: its kind
 * @value: its value
 * @revision: of an ACPI table
 *
 * The compatibles of all the nodes of a tree are hundreds; this keeps to those
 * of the root.
 *
 * Return: 0.
 */
int put_token(void *arg, enum quirk_key kind, const char *value,
		     u32 revision)
{
	struct resv_token_text *tt = arg;

	if (kind == QUIRK_KEY_DT_NODE)
		return 0;
	if (tt->json) {
		put_comma(tt->t, &tt->first);
		put(tt->t, "{");
		put_json_key(tt->t, kind, value);
		if (kind == QUIRK_KEY_ACPI)
			put(tt->t, ",\"revision\":%u", revision);
		put(tt->t, "}");
	} else {
		put(tt->t, "key: ");
		put_key(tt->t, kind, value);
		if (kind == QUIRK_KEY_ACPI)
			put(tt->t, ", revision 0x%x", revision);
		put(tt->t, "\n");
	}
	return 0;
}

static void put_hook(void *ctx, const char *way, const char *driver,
		     bool tested)
{
	put(ctx, "hook: %s, driver %s, %s\n", way, *driver ? driver : "built in",
	    tested ? "self-test passed" : "no device to test it with yet");
}

static void put_unknown(void *ctx, const char *param, const char *name, int len)
{
	put(ctx, "unknown: %.*s (%s)\n", len, name, param);
}

/**
 * resv_report_board() - what was decided, and the keys of this machine
 * @t: receives it
 * @unused: not used
 *
 * Return: 0 or -ENOMEM.
 */
int resv_report_board(struct resv_text *t, void *unused)
{
	struct resv_token_text tt = { .t = t };
	const struct resv_state *state;
	int idx, ret = 0;
	size_t len;
	u32 i;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	put(t, "state: %s\n", resv_state_word(state));
	if (resv_off_reason)
		put(t, "off: %s\n", resv_off_reason);
	put(t, "enforce: %s\n", resv_policy_name(state->policy.enforce));
	if (*state->policy.enable)
		put(t, "enable: %s\n", state->policy.enable);
	if (*state->policy.disable)
		put(t, "disable: %s\n", state->policy.disable);
	put(t, "weaken: %s\n", state->policy.weaken ? "yes" : "no");
	resv_params_for_each_unknown(&state->table, &state->policy, put_unknown,
				     t);
	len = t->len;
	resv_hooks_describe(put_hook, t);
	if (len == t->len)
		put(t, "hook: none\n");
	put_table(t, state);
	for (i = 0; i < state->matches; i++) {
		put(t, "entry: %s\n",
		    entry_string(state, state->match[i].entry, QUIRK_ENT_NAME));
		put(t, "title: %s\n",
		    entry_string(state, state->match[i].entry, QUIRK_ENT_TITLE));
		put(t, "matched: ");
		put_key(t, key_kind(state, state->match[i].key),
			key_value(state, state->match[i].key));
		put(t, "\n");
	}
	put_windows(t, state);
	if (!resv_off_reason)
		ret = resv_board_for_each_token(put_token, &tt);
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

/**
 * put_rule_name() - add the full name of a rule
 * @t: the text
 * @state: the state that it is of
 * @ref: the rule
 */
void put_rule_name(struct resv_text *t, const struct resv_state *state,
		   const struct resv_rule_ref *ref)
{
	put(t, "%s/%s", entry_string(state, ref->entry, QUIRK_ENT_NAME),
	    rule_string(state, ref->rule, QUIRK_RULE_NAME));
}

/* What a correction makes of which nodes. */
static void put_fix(struct resv_text *t, const struct iort_fix *fix)
{
	switch (fix->kind) {
	case IORT_FIX_SMMU_MODEL:
		put(t, "%s %u of ", quirk_correction_name(fix->kind),
		    fix->value);
		if (fix->smmu_first || fix->smmu_last != U64_MAX)
			put(t, "the SMMUv3 at 0x%llx\n", fix->smmu_first);
		else
			put(t, "each SMMUv3\n");
		break;
	case IORT_FIX_ADDRESS_LIMIT:
		put(t, "%s %u bits of ", quirk_correction_name(fix->kind),
		    fix->value);
		if (fix->segment_first || fix->segment_last != U32_MAX)
			put(t, "the root complex of segment %u\n",
			    fix->segment_first);
		else
			put(t, "each root complex\n");
		break;
	case IORT_FIX_ID_MAPPING:
		put(t, "%s of segment %u, requesters 0x%x-0x%x to streams from 0x%x of the SMMU at 0x%llx\n",
		    quirk_correction_name(fix->kind), fix->segment_first,
		    fix->input_first, fix->input_last, fix->output_base,
		    fix->output_smmu);
		break;
	}
}

static void put_correction(struct resv_text *t, const struct resv_state *state,
			   const struct resv_rule_ref *ref)
{
	struct iort_fix fix;

	if (!quirk_correction(&state->table, ref->rule, &fix))
		return;
	put_rule_name(t, state, ref);
	put(t, ": %s, %s\n", resv_mode_name(ref->mode),
	    rule_confidence(state, ref->rule));
	put(t, "\tcorrection of the IORT: ");
	put_fix(t, &fix);
	put(t, "\treason: %s\n",
	    rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, "\treference: %s\n",
	    rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
}

/* Which BAR of which devices, and on which pages. */
static void put_bar_rule(struct resv_text *t, const struct resv_state *state,
			 const struct resv_rule_ref *ref)
{
	const u8 *rule = quirk_rule_at(&state->table, ref->rule);
	u32 cond = get_le32(rule + QUIRK_RULE_COND_FIRST);
	u32 end = cond + get_le32(rule + QUIRK_RULE_COND_COUNT);
	u64 size = get_le64(rule + QUIRK_RULE_ARG_A);
	u8 source = rule[QUIRK_RULE_SOURCE];

	put_rule_name(t, state, ref);
	put(t, ": %s, %s\n", resv_mode_name(ref->mode),
	    rule_confidence(state, ref->rule));
	put(t, "\tBAR %u", get_le32(rule + QUIRK_RULE_ARG_INDEX));
	if (size)
		put(t, " of 0x%llx bytes", size);
	put(t, ": %s", quirk_bar_word(source));
	if (source == QUIRK_SOURCE_BAR_OFFSET)
		put(t, " 0x%llx", get_le64(rule + QUIRK_RULE_ARG_B));
	put(t, "\n");
	for (; cond < end; cond++) {
		const u8 *c = quirk_cond_at(&state->table, cond);
		u32 kind = get_le32(c + QUIRK_COND_KIND);
		u64 lo = get_le64(c + QUIRK_COND_LO);
		u64 hi = get_le64(c + QUIRK_COND_HI);

		if (kind == QUIRK_COND_DEVICE_ID)
			put(t, "\tdevice: %s\n",
			    quirk_string(&state->table, c + QUIRK_COND_VALUE));
		if (kind == QUIRK_COND_PAGE_SIZE && lo == hi)
			put(t, "\tpage size: %llu\n", lo);
		else if (kind == QUIRK_COND_PAGE_SIZE)
			put(t, "\tpage size: %llu to %llu\n", lo, hi);
	}
	put(t, "\treason: %s\n",
	    rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, "\treference: %s\n",
	    rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
}

/**
 * resv_report_quirks() - the rules of this board
 * @t: receives it
 * @unused: not used
 *
 * Return: 0.
 */
int resv_report_quirks(struct resv_text *t, void *unused)
{
	const struct resv_state *state;
	u32 i;
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	for (i = 0; i < state->rules; i++) {
		const struct resv_rule_ref *ref = &state->rule[i];

		put_rule_name(t, state, ref);
		put(t, ": %s, %s\n", resv_mode_name(ref->mode),
		    rule_confidence(state, ref->rule));
		put(t, "\taction: %s %s\n", rule_action(state, ref->rule),
		    rule_type(state, ref->rule));
		put(t, "\treason: %s\n",
		    rule_string(state, ref->rule, QUIRK_RULE_REASON));
		put(t, "\treference: %s\n",
		    rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
	}
	for (i = 0; i < state->corrections; i++)
		put_correction(t, state, &state->correction[i]);
	for (i = 0; i < state->bar_rules; i++)
		put_bar_rule(t, state, &state->bar_rule[i]);
	srcu_read_unlock(&resv_srcu, idx);
	return 0;
}

/* What a file of regions is made of: one device's or one group's. */
typedef int (*resv_put_fn)(struct resv_text *t, const struct resv_snapshot *snap,
			   const struct resv_snap_region *r, u32 count);

static int put_snap_regions(struct resv_text *t,
			    const struct resv_snapshot *snap,
			    const struct resv_snap_region *r, u32 count)
{
	put_regions(t, r, count);
	return 0;
}

static int put_snap_usable(struct resv_text *t,
			   const struct resv_snapshot *snap,
			   const struct resv_snap_region *r, u32 count)
{
	if (!snap->aperture_known)
		return -ENODATA;
	return put_usable(t, r, count, snap->aperture, false);
}

static int put_of_device(struct resv_text *t, const struct resv_device *rd,
		      resv_put_fn fn)
{
	struct resv_snap_device *sd;
	struct resv_snapshot snap;
	int idx, ret;

	resv_doorbells_look();
	idx = srcu_read_lock(&resv_srcu);
	ret = resv_snapshot_take(&snap, rd->group->group, rd->dev);
	if (!ret) {
		sd = list_first_entry(&snap.devices, struct resv_snap_device,
				      node);
		ret = fn(t, &snap, sd->regions, sd->count);
		resv_snapshot_drop(&snap);
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

static int put_of_group(struct resv_text *t, const struct resv_group *rg,
			resv_put_fn fn)
{
	struct resv_snapshot snap;
	int idx, ret;

	resv_doorbells_look();
	idx = srcu_read_lock(&resv_srcu);
	ret = resv_snapshot_take(&snap, rg->group, NULL);
	if (!ret) {
		ret = fn(t, &snap, snap.regions, snap.count);
		resv_snapshot_drop(&snap);
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

/**
 * resv_report_device_regions() - a device's list, in the syntax of sysfs
 * @t: receives it
 * @object: struct resv_device
 *
 * Return: 0 or an error.
 */
int resv_report_device_regions(struct resv_text *t, void *object)
{
	return put_of_device(t, object, put_snap_regions);
}

/**
 * resv_report_device_usable() - what a device has left of its aperture
 * @t: receives it
 * @object: struct resv_device
 *
 * Return: 0, -ENODATA where the aperture is not known, or another error.
 */
int resv_report_device_usable(struct resv_text *t, void *object)
{
	return put_of_device(t, object, put_snap_usable);
}

/**
 * resv_report_group_regions() - a group's list, in the syntax of sysfs
 * @t: receives it
 * @object: struct resv_group
 *
 * Return: 0 or an error.
 */
int resv_report_group_regions(struct resv_text *t, void *object)
{
	return put_of_group(t, object, put_snap_regions);
}

/**
 * resv_report_group_usable() - what a group has left of its aperture
 * @t: receives it
 * @object: struct resv_group
 *
 * Return: 0, -ENODATA where the aperture is not known, or another error.
 */
int resv_report_group_usable(struct resv_text *t, void *object)
{
	return put_of_group(t, object, put_snap_usable);
}
