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
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "../acpi/iort.h"
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
 * resv_pci_id() - write a PCI id as keys and conditions have it
 * @id: receives "vvvv:dddd"
 * @vendor: vendor id
 * @device: device id
 */
void resv_pci_id(char id[RESV_PCI_ID_LEN], u16 vendor, u16 device)
{
	snprintf(id, RESV_PCI_ID_LEN, "%04x:%04x", vendor, device);
}

static int resv_u32_cmp(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Vendor and device ids of all PCI functions, as many as fit. */
static size_t resv_pci_ids(u32 *ids, size_t max)
{
	struct pci_dev *pdev = NULL;
	size_t n = 0;

	for_each_pci_dev(pdev) {
		if (n < max)
			ids[n] = (u32)pdev->vendor << 16 | pdev->device;
		n++;
	}
	return n;
}

/* A machine may have hundreds of functions of one id: each id is one token. */
static int resv_pci_tokens(int (*fn)(void *, enum quirk_key, const char *,
				     u32), void *arg)
{
	size_t count, max = 0, i;
	u32 *ids = NULL;
	int ret = 0;

	while ((count = resv_pci_ids(ids, max)) > max) {
		kvfree(ids);
		/* Some room for those that come meanwhile. */
		max = count + 64;
		ids = kvmalloc_array(max, sizeof(*ids), GFP_KERNEL);
		if (!ids)
			return -ENOMEM;
	}
	if (count)
		sort(ids, count, sizeof(*ids), resv_u32_cmp, NULL);
	for (i = 0; i < count && !ret; i++) {
		char id[RESV_PCI_ID_LEN];

		if (i && ids[i] == ids[i - 1])
			continue;
		resv_pci_id(id, ids[i] >> 16, ids[i] & U16_MAX);
		ret = fn(arg, QUIRK_KEY_PCI, id, 0);
	}
	kvfree(ids);
	return ret;
}

/**
 * struct resv_smmu_tokens - a walk over the SMMUs of the IORT
 * @fn: receives the tokens
 * @arg: handed to @fn
 */
struct resv_smmu_tokens {
	int (*fn)(void *arg, enum quirk_key kind, const char *value,
		  u32 revision);
	void *arg;
};

static int resv_smmu_token(void *ctx, enum iort_type type, u32 model)
{
	const struct resv_smmu_tokens *st = ctx;
	char token[sizeof("smmuv3-4294967295")];

	snprintf(token, sizeof(token), "%s-%u",
		 type == IORT_SMMU_V3 ? "smmuv3" : "smmu", model);
	return st->fn(st->arg, QUIRK_KEY_SMMU, token, 0);
}

static int resv_smmus_tokens(int (*fn)(void *, enum quirk_key, const char *,
				       u32), void *arg)
{
	struct resv_smmu_tokens st = { .fn = fn, .arg = arg };
	const struct iort_table *iort = resv_facts_iort();

	return iort ? iort_for_each_smmu(iort, resv_smmu_token, &st) : 0;
}

/**
 * resv_board_for_each_token() - visit all identity tokens of this machine
 * @fn: called with each; a value other than 0 ends the walk
 * @arg: handed to @fn
 *
 * A PCI id comes once, an SMMU model as often as the IORT has it.
 * resv_facts_init() must have been called for SMMU models to be known.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or what @fn returned.
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
	if (!ret)
		ret = resv_pci_tokens(fn, arg);
	if (!ret)
		ret = resv_smmus_tokens(fn, arg);
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
	state->correction = kcalloc(total, sizeof(*state->correction),
				    GFP_KERNEL);
	state->bar_rule = kcalloc(total, sizeof(*state->bar_rule), GFP_KERNEL);
	if (!state->rule || !state->correction || !state->bar_rule)
		return -ENOMEM;

	for (i = 0; i < state->matches; i++) {
		const u8 *entry = quirk_entry_at(t, state->match[i].entry);
		u32 first = get_le32(entry + QUIRK_ENT_RULE_FIRST);
		u32 count = get_le32(entry + QUIRK_ENT_RULE_COUNT);

		for (k = 0; k < count; k++) {
			const u8 *rule = quirk_rule_at(t, first + k);
			struct resv_rule_ref ref = {
				.rule = first + k,
				.entry = state->match[i].entry,
				.mode = resv_rule_mode(t, first + k,
						       &state->policy),
			};

			if (QUIRK_SOURCE_CORRECTS(rule[QUIRK_RULE_SOURCE])) {
				state->correction[state->corrections++] = ref;
				continue;
			}
			if (QUIRK_SOURCE_BARS(rule[QUIRK_RULE_SOURCE])) {
				state->bar_rule[state->bar_rules++] = ref;
				continue;
			}
			state->rule[state->rules++] = ref;
			state->enforcing |= resv_mode_enforces(ref.mode);
		}
	}
	return 0;
}

/**
 * resv_board_match() - find this machine's entries and their rules
 * @state: with a checked table and a policy; the rest is filled in
 *
 * Context: may sleep. On failure the caller still calls resv_board_free().
 * Return: 0 (also where nothing matches), -ENOMEM, or -EOPNOTSUPP where an entry
 * of this machine needs a newer module.
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
	kfree(state->correction);
	kfree(state->bar_rule);
}
