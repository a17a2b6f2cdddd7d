// SPDX-License-Identifier: GPL-2.0-only
/*
 * board.c - who is this machine, and which entries of the table match
 *
 * The machine is asked for all its identity tokens; each costs one search in
 * the table's sorted keys. Nothing is compared by substring or pattern.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/bitmap.h>
#include <linux/dmi.h>
#include <linux/of.h>
#include <linux/slab.h>

#include "iommu_resv.h"

/* The fields that keys may use (quirk_dmi_fields[]), as dmi_get_system_info() has them. */
static const struct {
	const char *name;
	int id;
} resv_dmi_ids[] = {
	{ "bios_vendor", DMI_BIOS_VENDOR },
	{ "board_name", DMI_BOARD_NAME },
	{ "board_vendor", DMI_BOARD_VENDOR },
	{ "product_name", DMI_PRODUCT_NAME },
	{ "product_version", DMI_PRODUCT_VERSION },
	{ "sys_vendor", DMI_SYS_VENDOR },
};

/* Longest token: a DMI string (at most 255 in SMBIOS type 1/2) and its name. */
#define RESV_TOKEN_MAX	320

static int __maybe_unused resv_dt_tokens(struct device_node *np, enum quirk_key kind,
			  int (*fn)(void *, enum quirk_key, const char *, u32),
			  void *arg)
{
	struct property *prop;
	const char *compatible;
	int ret;

	of_property_for_each_string(np, "compatible", prop, compatible) {
		ret = fn(arg, kind, compatible, 0);
		if (ret)
			return ret;
	}
	return 0;
}

static int resv_dt_all_tokens(int (*fn)(void *, enum quirk_key, const char *,
					u32), void *arg)
{
#ifdef CONFIG_OF
	struct device_node *np = NULL;
	int ret = 0;

	while ((np = of_find_all_nodes(np))) {
		if (!np->parent)
			ret = resv_dt_tokens(np, QUIRK_KEY_DT_ROOT, fn, arg);
		else if (of_device_is_available(np))
			ret = resv_dt_tokens(np, QUIRK_KEY_DT_NODE, fn, arg);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
#endif
	return 0;
}

static int resv_acpi_tokens(int (*fn)(void *, enum quirk_key, const char *,
				      u32), void *arg)
{
#ifdef CONFIG_ACPI
	struct acpi_table_header *table;
	char key[19];
	u32 i;
	int ret;

	if (acpi_disabled)
		return 0;

	for (i = 0; ACPI_SUCCESS(acpi_get_table_by_index(i, &table)); i++) {
		/* The FACS has no OEM fields (ACPI 6.5, section 5.2.10). */
		if (!memcmp(table->signature, ACPI_SIG_FACS, 4)) {
			acpi_put_table(table);
			continue;
		}
		quirk_acpi_key(key, table->signature, table->oem_id,
			       table->oem_table_id);
		ret = fn(arg, QUIRK_KEY_ACPI, key, table->oem_revision);
		acpi_put_table(table);
		if (ret)
			return ret;
	}
#endif
	return 0;
}

static int resv_dmi_tokens(int (*fn)(void *, enum quirk_key, const char *,
				     u32), void *arg)
{
	char token[RESV_TOKEN_MAX];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(resv_dmi_ids) && !ret; i++) {
		const char *value = dmi_get_system_info(resv_dmi_ids[i].id);

		if (!value || !*value)
			continue;
		/* Too long for any key: such a field cannot match. */
		if (snprintf(token, sizeof(token), "%s=%s",
			     resv_dmi_ids[i].name, value) >= sizeof(token))
			continue;
		ret = fn(arg, QUIRK_KEY_DMI, token, 0);
	}
	return ret;
}

/**
 * resv_board_for_each_token() - visit all identity tokens of this machine
 * @fn: called with each; a value other than 0 ends the walk
 * @arg: handed to @fn
 *
 * Context: may sleep.
 * Return: 0, or what @fn returned.
 */
int resv_board_for_each_token(int (*fn)(void *arg, enum quirk_key kind,
					const char *value, u32 revision),
			      void *arg)
{
	int ret;

	ret = resv_dt_all_tokens(fn, arg);
	if (!ret)
		ret = resv_acpi_tokens(fn, arg);
	if (!ret)
		ret = resv_dmi_tokens(fn, arg);
	return ret;
}

struct resv_has {
	enum quirk_key kind;
	const char *value;
	u32 rev_min;
	u32 rev_max;
};

static int resv_has_token(void *arg, enum quirk_key kind, const char *value,
			  u32 revision)
{
	const struct resv_has *want = arg;

	if (kind != want->kind || strcmp(value, want->value))
		return 0;
	if (kind == QUIRK_KEY_ACPI &&
	    (revision < want->rev_min || revision > want->rev_max))
		return 0;
	return 1;
}

static bool resv_board_has(void *ctx, enum quirk_key kind, const char *value,
			   u32 rev_min, u32 rev_max)
{
	struct resv_has want = {
		.kind = kind,
		.value = value,
		.rev_min = rev_min,
		.rev_max = rev_max,
	};

	return resv_board_for_each_token(resv_has_token, &want) == 1;
}

static int resv_board_tokens(void *ctx,
			     int (*fn)(void *arg, enum quirk_key kind,
				       const char *value, u32 revision),
			     void *arg)
{
	return resv_board_for_each_token(fn, arg);
}

static int resv_board_matched(void *arg, u32 entry, u32 key)
{
	struct resv_state *state = arg;
	struct resv_match *more;

	more = krealloc(state->match, (state->matches + 1) * sizeof(*more),
			GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	state->match = more;
	more[state->matches].entry = entry;
	more[state->matches].key = key;
	state->matches++;
	return 0;
}

static int resv_board_rules(struct resv_state *state)
{
	const struct quirk_table *t = &state->table;
	u32 total = 0;
	u32 i, k;

	for (i = 0; i < state->matches; i++)
		total += get_le32(quirk_entry_at(t, state->match[i].entry) +
				  QUIRK_ENT_RULE_COUNT);
	if (!total)
		return 0;
	state->rule = kcalloc(total, sizeof(*state->rule), GFP_KERNEL);
	if (!state->rule)
		return -ENOMEM;

	for (i = 0; i < state->matches; i++) {
		const u8 *entry = quirk_entry_at(t, state->match[i].entry);
		u32 first = get_le32(entry + QUIRK_ENT_RULE_FIRST);
		u32 count = get_le32(entry + QUIRK_ENT_RULE_COUNT);

		for (k = 0; k < count; k++) {
			struct resv_rule_ref *ref = &state->rule[state->rules++];

			ref->rule = first + k;
			ref->entry = state->match[i].entry;
			ref->enforced =
				resv_rule_enforced(quirk_rule_at(t, ref->rule),
						   state->policy);
			state->enforcing |= ref->enforced;
		}
	}
	return 0;
}

/**
 * resv_board_match() - find this machine's entries and their rules
 * @state: with a checked table and a policy; the rest is filled in
 *
 * Context: may sleep. On failure the caller still calls resv_board_free().
 * Return: 0 (also where nothing matches), or -ENOMEM.
 */
int resv_board_match(struct resv_state *state)
{
	const struct quirk_identity id = {
		.for_each_token = resv_board_tokens,
		.has = resv_board_has,
	};
	u8 *seen;
	int ret;

	seen = kvzalloc((state->table.count[QUIRK_SEC_ENTRIES] + 7) / 8 + 1,
			GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	ret = quirk_table_match(&state->table, &id, resv_board_matched, state,
				seen);
	kvfree(seen);
	if (ret)
		return ret;
	return resv_board_rules(state);
}

/**
 * resv_board_free() - free what resv_board_match() made
 * @state: its state
 */
void resv_board_free(struct resv_state *state)
{
	kfree(state->match);
	kfree(state->rule);
}
