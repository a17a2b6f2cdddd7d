// SPDX-License-Identifier: GPL-2.0-only
/*
 * correct.c - rules that correct a node of the firmware's IORT
 *
 * Contracts are in correct.h; how such a rule is stored is in table.h, enum
 * quirk_source.
 */
#include "correct.h"

/* The first and last number of the rule's scope of a kind; all, without one. */
static void read_scope(const struct quirk_table *t, const u8 *r, u32 kind,
		       u64 *first, u64 *last)
{
	u32 cond = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 end = cond + get_le32(r + QUIRK_RULE_COND_COUNT);

	for (; cond < end; cond++) {
		const u8 *c = quirk_cond_at(t, cond);

		if (get_le32(c + QUIRK_COND_KIND) != kind)
			continue;
		*first = get_le64(c + QUIRK_COND_LO);
		*last = get_le64(c + QUIRK_COND_HI);
	}
}

int quirk_correction(const struct quirk_table *t, u32 rule,
		     struct iort_fix *fix)
{
	const u8 *r = quirk_rule_at(t, rule);
	struct iort_fix f = { .smmu_last = U64_MAX };
	u64 input = get_le64(r + QUIRK_RULE_ARG_A);
	u64 first = 0;
	u64 last = U32_MAX;

	switch (r[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_IORT_SMMU_MODEL:
		f.kind = IORT_FIX_SMMU_MODEL;
		f.value = get_le32(r + QUIRK_RULE_ARG_INDEX);
		break;
	case QUIRK_SOURCE_IORT_ADDRESS_LIMIT:
		f.kind = IORT_FIX_ADDRESS_LIMIT;
		f.value = get_le32(r + QUIRK_RULE_ARG_INDEX);
		break;
	case QUIRK_SOURCE_IORT_ID_MAPPING:
		f.kind = IORT_FIX_ID_MAPPING;
		f.input_first = (u32)input;
		f.input_last = (u32)(input >> 32);
		f.output_base = get_le32(r + QUIRK_RULE_ARG_INDEX);
		f.output_smmu = get_le64(r + QUIRK_RULE_ARG_B);
		break;
	default:
		return 0;
	}

	read_scope(t, r, QUIRK_COND_SEGMENT, &first, &last);
	f.segment_first = (u32)first;
	f.segment_last = (u32)last;
	read_scope(t, r, QUIRK_COND_IOMMU_BASE, &f.smmu_first, &f.smmu_last);
	*fix = f;
	return 1;
}

const char *quirk_correction_name(enum iort_fix_kind kind)
{
	switch (kind) {
	case IORT_FIX_SMMU_MODEL:
		return "smmu-model";
	case IORT_FIX_ADDRESS_LIMIT:
		return "address-limit";
	case IORT_FIX_ID_MAPPING:
		break;
	}
	return "id-mapping";
}
