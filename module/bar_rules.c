// SPDX-License-Identifier: GPL-2.0-only
/*
 * bar_rules.c - which rules of the board's entries are about a device's BAR
 *
 * Where a BAR is and what shares its page the live machine says (bars.c). What
 * it cannot say is in the table. Such a rule is about where a device answers
 * and not where it writes: it changes no list, and nothing is hooked for it.
 */
#include "iommu_resv.h"

/**
 * resv_bar_rules() - the rules that are about a BAR, at a page size
 * @state: the state; the caller holds resv_srcu
 * @dev: the device
 * @bar: number of its BAR, 0 to QUIRK_BAR_MAX; none of those that its virtual
 *	functions have
 * @size: size of the BAR in bytes
 * @page_size: the page size that is asked about, in bytes; need not be that of
 *	the running kernel
 * @rule: receives them, in the order of the state's rules
 * @room: how many fit there; state->bar_rules always do
 *
 * Rules that the operator has switched off are among them, as disabled.
 *
 * Context: may sleep; takes no lock but what the facts take (facts.c).
 * Return: how many there are, or -ENOSPC where they do not fit.
 */
int resv_bar_rules(const struct resv_state *state, struct device *dev, u32 bar,
		   u64 size, u64 page_size, struct resv_bar_rule *rule, u32 room)
{
	struct resv_subject subject = { .dev = dev, .state = state };
	u32 count = 0;
	u32 i;

	for (i = 0; i < state->bar_rules; i++) {
		const struct resv_rule_ref *ref = &state->bar_rule[i];
		const u8 *r = quirk_rule_at(&state->table, ref->rule);
		struct resv_verdict verdict;

		verdict = resv_resolve_bar_rule(&state->table, ref->rule,
						ref->mode, &resv_machine,
						&subject, bar, size, page_size);
		if (verdict.outcome == RESV_NOT_IN_SCOPE)
			continue;
		if (count == room)
			return -ENOSPC;
		rule[count++] = (struct resv_bar_rule){
			.ref = ref,
			.verdict = verdict,
			.says = r[QUIRK_RULE_SOURCE],
			.offset = get_le64(r + QUIRK_RULE_ARG_B),
		};
	}
	return count;
}
