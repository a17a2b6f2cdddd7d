/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_judge.h - what the two halves of iort_check_all() share
 *
 * iort_check.c looks at the table, at what all nodes have in common and at ID
 * mappings; iort_check_node.c at the rest of each node, by its type.
 */
#ifndef IOMMU_RESV_IORT_JUDGE_H
#define IOMMU_RESV_IORT_JUDGE_H

#include "iort_check.h"

/**
 * struct iort_judge - a check that is under way
 * @t: the table as far as its nodes were found; no array and no reference of
 *     them has been checked, other than by iort_open()
 * @complete: the nodes are all there are
 * @index: number of the node that is looked at, %U32_MAX for the table
 * @off: its offset
 * @known: offset of a node that was found last, 0 for none
 * @steps: steps left
 * @found: errors and warnings so far
 * @fn: told of each defect
 * @ctx: passed to @fn
 */
struct iort_judge {
	struct iort_table t;
	bool complete;
	u32 index;
	u32 off;
	u32 known;
	u32 steps;
	int found;
	void (*fn)(void *ctx, const struct iort_defect *d);
	void *ctx;
};

void iort_judge_report(struct iort_judge *j, enum iort_defect_id id, u32 offset,
		       const char *what);
bool iort_judge_step(struct iort_judge *j);
u32 iort_judge_mappings(const struct iort_judge *j, u32 off);
u32 iort_judge_ranges(const struct iort_judge *j, u32 off);
bool iort_judge_node_is(struct iort_judge *j, u32 target, bool *known);
void iort_judge_pair(struct iort_judge *j, u32 earlier);
void iort_judge_type(struct iort_judge *j);

#endif
