// SPDX-License-Identifier: GPL-2.0-only
/*
 * corrected.c - stream IDs as they are once a table is corrected
 */
#include "corrected.h"

/**
 * iort_smmu_base() - where an SMMU is
 * @t: the table
 * @off: offset of a node
 * @base: filled in: base address of its registers
 *
 * Return: true, or false for a node that is not an SMMU.
 */
bool iort_smmu_base(const struct iort_table *t, u32 off, u64 *base)
{
	const struct iort_node *node = iort_node_at(t, off);

	if (node->type == IORT_SMMU_V3)
		*base = get_le64(((const struct iort_smmu_v3 *)node)->base);
	else if (node->type == IORT_SMMU)
		*base = get_le64(((const struct iort_smmu *)node)->base);
	else
		return false;
	return true;
}

/**
 * struct corrected_search - the search for an SMMU
 * @t: the table
 * @base: base address of its registers
 * @off: offset of its node, once found
 */
struct corrected_search {
	const struct iort_table *t;
	u64 base;
	u32 off;
};

static int corrected_is_smmu(void *ctx, u32 index, u32 off)
{
	struct corrected_search *search = ctx;
	u64 base;

	(void)index;
	if (!iort_smmu_base(search->t, off, &base) || base != search->base)
		return 0;
	search->off = off;
	return 1;
}

/**
 * iort_corrected_streams() - the streams of a requester in a corrected table
 * @base: the table that is going to be corrected
 * @fix: the corrections, in the order in which they are made
 * @fixes: how many
 * @segment: PCI segment of the requester
 * @rid: its requester ID
 * @fn: called with the offset of an SMMU's node, in @base, and the stream ID there
 * @ctx: handed to @fn
 * @f: what is wrong, and where
 *
 * Where a correction of ID mappings covers the requester, the last such one
 * says which stream it is; else the table does.
 *
 * Return: 0, what @fn returned where that is not 0, -ENOENT where a correction
 * names an SMMU that the table does not have, or as iort_for_each_stream().
 */
int iort_corrected_streams(const struct iort_table *base,
			   const struct iort_fix *fix, u32 fixes, u32 segment,
			   u32 rid, int (*fn)(void *ctx, u32 smmu, u32 id),
			   void *ctx, struct acpi_fault *f)
{
	struct corrected_search search = { .t = base };

	while (fixes--) {
		const struct iort_fix *last = &fix[fixes];

		if (last->kind != IORT_FIX_ID_MAPPING ||
		    segment < last->segment_first ||
		    segment > last->segment_last ||
		    rid < last->input_first || rid > last->input_last)
			continue;
		search.base = last->output_smmu;
		if (!iort_for_each_node(base, corrected_is_smmu, &search)) {
			f->offset = 0;
			f->what = "it has no SMMU at the address that a correction of ID mappings names";
			return -ENOENT;
		}
		return fn(ctx, search.off,
			  last->output_base + (rid - last->input_first));
	}
	return iort_for_each_stream(base, segment, rid, fn, ctx, f);
}
