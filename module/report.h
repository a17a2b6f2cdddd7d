/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - what the files of reports share
 */
#ifndef IOMMU_RESV_REPORT_H
#define IOMMU_RESV_REPORT_H

#include "consume.h"
#include "iommu_resv.h"
#include "text.h"
#include "words.h"

/**
 * struct resv_token_text - where put_token() puts tokens
 * @t: the text
 * @json: as elements of an array; else as lines
 * @first: true before the first element
 */
struct resv_token_text {
	struct resv_text *t;
	bool json;
	bool first;
};

const char *resv_type_name(enum iommu_resv_type type);
const char *resv_mode_name(enum resv_mode mode);
const char *resv_state_word(const struct resv_state *state);
int put_usable(struct resv_text *t, const struct resv_snap_region *r,
	       u32 count, struct resv_range aperture, bool json);
void put_rule_name(struct resv_text *t, const struct resv_state *state,
		   const struct resv_rule_ref *ref);
void put_rule(struct resv_text *t, const struct resv_state *state,
	      const struct resv_rule_ref *ref);
void put_range(struct resv_text *t, const struct resv_range *r);
void put_windows(struct resv_text *t, const struct resv_state *state);
void put_json_windows(struct resv_text *t, const struct resv_state *state);
void put_from_window(struct resv_text *t, const struct resv_snap_device *sd,
		     const struct resv_snap_region *region, bool *first);
void put_window_hazard(struct resv_text *t, const struct resv_snap_device *sd,
		       bool *first);
const char *window_from_word(enum resv_window_from from);
const char *resv_tri_json(enum resv_tri tri);
__printf(2, 3) int resv_iort_refuse(int error, const char *fmt, ...);
int resv_iort_error(int error);
int put_json_firmware(struct resv_text *t, const struct resv_snap_device *sd);
void put_json_msi(struct resv_text *t, const struct resv_snapshot *snap,
		  const struct resv_snap_device *sd);
struct resv_pci;
int put_json_bars(struct resv_text *t, struct device *dev,
		  struct resv_pci *pci);
void put_msi_hazards(struct resv_text *t, const struct resv_snap_device *sd,
		     bool *first);
int put_json_board(struct resv_text *t, const struct resv_state *state);
void put_json_key(struct resv_text *t, enum quirk_key kind,
		  const char *value);
int put_token(void *arg, enum quirk_key kind, const char *value, u32 revision);

/* Strings of the table's records. */

static inline const char *entry_string(const struct resv_state *state, u32 entry,
				u32 field)
{
	return quirk_string(&state->table,
			    quirk_entry_at(&state->table, entry) + field);
}

static inline const char *rule_string(const struct resv_state *state, u32 rule,
			       u32 field)
{
	return quirk_string(&state->table,
			    quirk_rule_at(&state->table, rule) + field);
}

static inline const char *key_value(const struct resv_state *state, u32 key)
{
	return quirk_string(&state->table,
			    quirk_key_at(&state->table, key) + QUIRK_KEY_VALUE);
}

static inline enum quirk_key key_kind(const struct resv_state *state, u32 key)
{
	return get_le32(quirk_key_at(&state->table, key) + QUIRK_KEY_KIND);
}

static inline const char *rule_confidence(const struct resv_state *state, u32 rule)
{
	const u8 *r = quirk_rule_at(&state->table, rule);

	return r[QUIRK_RULE_CONFIDENCE] == QUIRK_CONFIRMED ? "confirmed" :
							     "inferred";
}

static inline const char *rule_action(const struct resv_state *state, u32 rule)
{
	return resv_action_word(quirk_rule_at(&state->table, rule)[QUIRK_RULE_ACTION]);
}

static inline const char *rule_type(const struct resv_state *state, u32 rule)
{
	return resv_type_word(quirk_rule_at(&state->table, rule)[QUIRK_RULE_TYPE]);
}

#endif
