/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report_bars.h - what report_bars.c and report_json_bars.c share
 */
#ifndef IOMMU_RESV_REPORT_BARS_H
#define IOMMU_RESV_REPORT_BARS_H

#include "facts_bars.h"
#include "report.h"

/**
 * struct bars_report - a report on a function's BARs
 * @t: receives it
 * @state: the decisions that are in force: rules about BARs change no answer that
 *	a group in use might have to keep
 * @dev: the function
 * @pci: who has which addresses
 * @facts: the function's BARs
 * @rule: storage for rules
 */
struct bars_report {
	struct resv_text *t;
	const struct resv_state *state;
	struct device *dev;
	struct resv_pci *pci;
	struct resv_bar_facts facts;
	struct resv_bar_rule *rule;
};

/**
 * struct bar_answer - what is said of one BAR at one page size
 * @index: index of the BAR
 * @bar: the BAR
 * @page: the answer
 * @rules: how many rules there are
 */
struct bar_answer {
	u32 index;
	const struct resv_bar *bar;
	struct resv_bar_page page;
	u32 rules;
};

/* Room for bars_why(). */
#define BARS_WHY_LEN	256

/* Page sizes that are told of: arm64's three, and that of another kernel. */
#define BARS_PAGE_SIZES	4

extern const u64 bars_page_sizes[BARS_PAGE_SIZES];

/* Is there something in an inclusive range? */
static inline bool bars_is_some(const struct resv_range *r)
{
	return r->start <= r->last;
}

int bars_start(struct bars_report *r);
int bars_answer(struct bars_report *r, u32 index, u64 page_size,
		struct bar_answer *a);
const char *bars_why(const struct bars_report *r, const struct bar_answer *a,
		     char text[BARS_WHY_LEN]);
const char *bars_claim_device(const struct bars_report *r, u32 claim);
const char *bars_kind_word(enum resv_claim_kind kind, bool io);
const char *bars_outcome_word(const struct resv_bar_rule *rule);
void put_bars_sizes(struct resv_text *t, u32 sizes, char between);

#endif
