// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_json_board.c - what is the same for all devices, in JSON (ABI 1)
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "../quirks/correct.h"
#include "report.h"

/* A JSON array in the making: for functions that are called with each element. */
struct resv_json_list {
	struct resv_text *t;
	bool first;
};

static void put_json_hook(void *ctx, const char *way, const char *driver,
			  bool tested)
{
	struct resv_json_list *ht = ctx;

	put_comma(ht->t, &ht->first);
	put(ht->t, "{\"way\":\"%s\",", way);
	put_member(ht->t, "driver", driver);
	put(ht->t, ",\"tested\":%s}", tested ? "true" : "false");
}

static void put_json_unknown(void *ctx, const char *param, const char *name,
			     int len)
{
	struct resv_json_list *ut = ctx;

	put_comma(ut->t, &ut->first);
	put(ut->t, "{\"parameter\":\"%s\",\"name\":\"%.*s\"}", param, len,
	    name);
}

/* What the operator wants; resv_names_check() has seen the characters of names. */
static void put_policy(struct resv_text *t, const struct resv_state *state)
{
	const struct resv_policy *policy = &state->policy;
	struct resv_json_list ut = { .t = t, .first = true };

	put(t, "\"enforce\":\"%s\",\"enable\":\"%s\",\"disable\":\"%s\",\"weaken\":%s,\"unknown\":[",
	    resv_policy_name(policy->enforce), policy->enable, policy->disable,
	    policy->weaken ? "true" : "false");
	resv_params_for_each_unknown(&state->table, policy, put_json_unknown,
				     &ut);
	put(t, "]");
}

/**
 * struct resv_node_list - compatible strings of a device tree's nodes
 * @name: the strings, allocated each
 * @count: how many
 * @max: room
 */
struct resv_node_list {
	char **name;
	size_t count;
	size_t max;
};

static int collect_node(void *arg, enum quirk_key kind, const char *value,
			u32 revision)
{
	struct resv_node_list *list = arg;
	char **more;

	if (kind != QUIRK_KEY_DT_NODE)
		return 0;
	if (list->count == list->max) {
		more = kvmalloc_array(list->max + 256, sizeof(*more),
				      GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		if (list->count)
			memcpy(more, list->name, list->count * sizeof(*more));
		kvfree(list->name);
		list->name = more;
		list->max += 256;
	}
	list->name[list->count] = kstrdup(value, GFP_KERNEL);
	return list->name[list->count++] ? 0 : -ENOMEM;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * The compatibles of all enabled nodes, each once, so that what matched can be
 * told from the document alone.
 */
static int put_dt_nodes(struct resv_text *t)
{
	struct resv_node_list list = {};
	bool first = true;
	size_t i;
	int ret;

	ret = resv_board_for_each_token(collect_node, &list);
	if (!ret && list.count)
		sort(list.name, list.count, sizeof(*list.name), compare_names,
		     NULL);
	for (i = 0; i < list.count && !ret; i++) {
		if (i && !strcmp(list.name[i], list.name[i - 1]))
			continue;
		put_comma(t, &first);
		put_string(t, list.name[i]);
	}
	while (list.count)
		kfree(list.name[--list.count]);
	kvfree(list.name);
	return ret;
}

/* The whole object; struct iort_fix says which members belong to which kind. */
static void put_correction(struct resv_text *t, const struct resv_state *state,
			   const struct resv_rule_ref *ref,
			   const struct iort_fix *fix)
{
	put(t, "\n{\"rule\":\"");
	put_rule_name(t, state, ref);
	put(t, "\",\"kind\":\"%s\",\"enforced\":%s,\"mode\":\"%s\",",
	    quirk_correction_name(fix->kind),
	    resv_mode_enforces(ref->mode) ? "true" : "false",
	    resv_mode_name(ref->mode));
	if (fix->kind == IORT_FIX_SMMU_MODEL) {
		if (fix->smmu_first || fix->smmu_last != U64_MAX)
			put(t, "\"smmu\":{\"start\":\"0x%llx\",\"last\":\"0x%llx\"},",
			    fix->smmu_first, fix->smmu_last);
		else
			put(t, "\"smmu\":null,");
	} else {
		if (fix->segment_first || fix->segment_last != U32_MAX)
			put(t, "\"segment\":{\"first\":%u,\"last\":%u},",
			    fix->segment_first, fix->segment_last);
		else
			put(t, "\"segment\":null,");
	}
	if (fix->kind == IORT_FIX_ID_MAPPING)
		put(t, "\"input\":{\"first\":%u,\"last\":%u},\"output_base\":%u,\"output_smmu\":\"0x%llx\",",
		    fix->input_first, fix->input_last, fix->output_base,
		    fix->output_smmu);
	else
		put(t, "\"value\":%u,", fix->value);
	put_member(t, "reason",
		   rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, ",");
	put_member(t, "reference",
		   rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
	put(t, "}");
}

/* A number that a rule may leave open. */
static void put_json_choice(struct resv_text *t, const char *key, u64 value,
			    bool given)
{
	if (given)
		put(t, "\"%s\":\"0x%llx\",", key, value);
	else
		put(t, "\"%s\":null,", key);
}

/* Which devices, and at which page sizes: what a rule about a BAR is about. */
static void put_json_bar_scope(struct resv_text *t,
			       const struct resv_state *state, const u8 *rule)
{
	u32 cond = get_le32(rule + QUIRK_RULE_COND_FIRST);
	u32 end = cond + get_le32(rule + QUIRK_RULE_COND_COUNT);
	bool sizes = false;
	bool first = true;
	u32 i;

	put(t, "\"device_ids\":[");
	for (i = cond; i < end; i++) {
		const u8 *c = quirk_cond_at(&state->table, i);

		if (get_le32(c + QUIRK_COND_KIND) != QUIRK_COND_DEVICE_ID)
			continue;
		put_comma(t, &first);
		put_string(t, quirk_string(&state->table,
					   c + QUIRK_COND_VALUE));
	}
	put(t, "],\"page_sizes\":");
	first = true;
	for (i = cond; i < end; i++) {
		const u8 *c = quirk_cond_at(&state->table, i);

		if (get_le32(c + QUIRK_COND_KIND) != QUIRK_COND_PAGE_SIZE)
			continue;
		put(t, sizes ? "" : "[");
		sizes = true;
		put_comma(t, &first);
		put(t, "{\"first\":%llu,\"last\":%llu}",
		    get_le64(c + QUIRK_COND_LO), get_le64(c + QUIRK_COND_HI));
	}
	put(t, sizes ? "]," : "null,");
}

/*
 * A rule about a BAR, whatever it finds here: what it means for the devices that
 * there are is with their BARs.
 */
static void put_json_bar_rule(struct resv_text *t,
			      const struct resv_state *state,
			      const struct resv_rule_ref *ref)
{
	const u8 *rule = quirk_rule_at(&state->table, ref->rule);
	u8 source = rule[QUIRK_RULE_SOURCE];
	u64 size = get_le64(rule + QUIRK_RULE_ARG_A);

	put(t, "\n{\"rule\":\"");
	put_rule_name(t, state, ref);
	put(t, "\",\"says\":\"%s\",\"bar\":%u,", quirk_bar_word(source),
	    get_le32(rule + QUIRK_RULE_ARG_INDEX));
	put_json_choice(t, "size", size, size);
	put_json_choice(t, "offset", get_le64(rule + QUIRK_RULE_ARG_B),
			source == QUIRK_SOURCE_BAR_OFFSET);
	put_json_bar_scope(t, state, rule);
	put(t, "\"enforced\":%s,\"mode\":\"%s\",\"confidence\":\"%s\",",
	    resv_mode_enforces(ref->mode) ? "true" : "false",
	    resv_mode_name(ref->mode), rule_confidence(state, ref->rule));
	put_member(t, "reason",
		   rule_string(state, ref->rule, QUIRK_RULE_REASON));
	put(t, ",");
	put_member(t, "reference",
		   rule_string(state, ref->rule, QUIRK_RULE_REFERENCE));
	put(t, "}");
}

/**
 * put_json_board() - add the module, its table, the board and its rules
 * @t: the text, inside the document's object
 * @state: the state that new groups get; the caller holds resv_srcu
 *
 * Return: 0 or -ENOMEM.
 */
int put_json_board(struct resv_text *t, const struct resv_state *state)
{
	struct resv_token_text tt = { .t = t, .json = true, .first = true };
	struct resv_json_list ht = { .t = t, .first = true };
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
	put_policy(t, state);
	put(t, ",\"hooks\":[");
	resv_hooks_describe(put_json_hook, &ht);
	put(t, "]},\n\"table\":");
	put_json_table(t, state);
	put(t, ",\n");

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
	put(t, "],\n\"dt_nodes\":[");
	if (!resv_off_reason && !ret)
		ret = put_dt_nodes(t);
	put(t, "]},\n");
	put_json_windows(t, state);

	first = true;
	put(t, "\"quirks\":[");
	for (i = 0; i < state->rules; i++) {
		const struct resv_rule_ref *ref = &state->rule[i];

		put_comma(t, &first);
		put(t, "\n{\"enforced\":%s,\"mode\":\"%s\",",
		    resv_mode_enforces(ref->mode) ? "true" : "false",
		    resv_mode_name(ref->mode));
		put_rule(t, state, ref);
		put(t, "}");
	}
	put(t, "],\n");

	first = true;
	put(t, "\"corrections\":[");
	for (i = 0; i < state->corrections; i++) {
		const struct resv_rule_ref *ref = &state->correction[i];
		struct iort_fix fix;

		if (!quirk_correction(&state->table, ref->rule, &fix))
			continue;
		put_comma(t, &first);
		put_correction(t, state, ref, &fix);
	}
	put(t, "],\n");

	first = true;
	put(t, "\"bar_rules\":[");
	for (i = 0; i < state->bar_rules; i++) {
		put_comma(t, &first);
		put_json_bar_rule(t, state, &state->bar_rule[i]);
	}
	put(t, "],\n");
	return ret;
}
