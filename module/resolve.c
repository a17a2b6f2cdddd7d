// SPDX-License-Identifier: GPL-2.0-only
/*
 * resolve.c - from rules to the address ranges of one device
 *
 * A rule goes through three questions: do its conditions hold for the device,
 * does the machine give addresses for its source, and does the operator's
 * policy put them into the list. Contracts are in resolve.h; compiled into the
 * module and into the host's tests.
 */
#include "../acpi/madt.h"
#include "resolve.h"

#define ITS_DOORBELL_LAST	(ITS_DOORBELL_OFFSET + ITS_DOORBELL_SIZE - 1)

bool resv_rule_enforced(const u8 *rule, enum resv_enforce policy)
{
	/* It never has an address that could be enforced. */
	if (rule[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_RUN_TIME)
		return false;

	switch (policy) {
	case RESV_ENFORCE_ALL:
		return true;
	case RESV_ENFORCE_NONE:
		return false;
	case RESV_ENFORCE_CONFIRMED:
		break;
	}
	return rule[QUIRK_RULE_CONFIDENCE] == QUIRK_CONFIRMED &&
	       !rule[QUIRK_RULE_ADVISE];
}

static bool cond_holds(const struct quirk_table *t, const u8 *c,
		       const struct resv_facts *facts, void *dev)
{
	const char *value = quirk_string(t, c + QUIRK_COND_VALUE);
	u64 lo = get_le64(c + QUIRK_COND_LO);
	u64 hi = get_le64(c + QUIRK_COND_HI);
	int segment;

	switch (get_le32(c + QUIRK_COND_KIND)) {
	case QUIRK_COND_BOOT:
		return facts->is_acpi(dev) == !!lo;
	case QUIRK_COND_SEGMENT:
		segment = facts->segment(dev);
		return segment >= 0 && lo <= (u64)segment && (u64)segment <= hi;
	case QUIRK_COND_HOST_COMPATIBLE:
		return facts->host_compatible(dev, value);
	case QUIRK_COND_HOST_PATH:
		return facts->host_path_is(dev, value);
	case QUIRK_COND_HOST_LACKS:
		/* Only a host that is described by a node can lack something. */
		return !facts->is_acpi(dev) && facts->segment(dev) >= 0 &&
		       !facts->host_has_property(dev, value);
	case QUIRK_COND_KERNEL:
		return facts->kernel_has(dev, value);
	case QUIRK_COND_DEVICE_PATH:
		return facts->device_path_is(dev, value);
	}
	return false;
}

/* Conditions of one kind are alternatives, but for those that all must hold. */
static bool in_scope(const struct quirk_table *t, const u8 *rule,
		     const struct resv_facts *facts, void *dev)
{
	u32 first = get_le32(rule + QUIRK_RULE_COND_FIRST);
	u32 end = first + get_le32(rule + QUIRK_RULE_COND_COUNT);
	u32 kind;
	u32 i;

	for (kind = QUIRK_COND_BOOT; kind < QUIRK_CONDS_END; kind++) {
		bool named = false;
		bool any = false;
		bool all = true;

		for (i = first; i < end; i++) {
			const u8 *c = quirk_cond_at(t, i);

			if (get_le32(c + QUIRK_COND_KIND) != kind)
				continue;
			named = true;
			if (cond_holds(t, c, facts, dev))
				any = true;
			else
				all = false;
		}
		if (named && !(kind == QUIRK_COND_HOST_LACKS ? all : any))
			return false;
	}
	return true;
}

static int add_range(void *ctx, u64 start, u64 last)
{
	resv_ranges_add(ctx, start, last);
	return 0;
}

static int add_its(void *ctx, u64 base, u64 last)
{
	resv_ranges_add(ctx, base + ITS_DOORBELL_OFFSET,
			base + ITS_DOORBELL_LAST);
	return 0;
}

/* The dry run in front of add_range() and add_its(): refuses the impossible. */
static int check_range(void *ctx, u64 start, u64 last)
{
	return start <= last ? 0 : -ERANGE;
}

static int check_its(void *ctx, u64 base, u64 last)
{
	return base <= U64_MAX - ITS_DOORBELL_LAST ? 0 : -ERANGE;
}

/* The inbound window that covers @from, or else the next one above it. */
struct inbound_search {
	u64 from;
	bool found;
	struct resv_range next;
};

static int search_inbound(void *ctx, u64 start, u64 last)
{
	struct inbound_search *s = ctx;

	if (last < s->from)
		return 0;
	if (!s->found || start < s->next.start) {
		s->next.start = start;
		s->next.last = last;
		s->found = true;
	}
	return 0;
}

/*
 * Walks the windows once for each window: they need not be sorted, there are
 * few of them, and so no storage can run out.
 */
static int add_outside_inbound(const struct resv_facts *facts, void *dev,
			       u64 aperture_last, struct resv_ranges *out)
{
	struct inbound_search s = { .from = 0 };
	bool any = false;

	for (;;) {
		int ret;

		s.found = false;
		ret = facts->inbound(dev, search_inbound, &s);
		if (ret)
			return ret;
		if (!s.found)
			break;
		any = true;
		if (s.next.start > aperture_last)
			break;
		if (s.next.start > s.from)
			resv_ranges_add(out, s.from, s.next.start - 1);
		if (s.next.last >= aperture_last)
			return 0;
		s.from = s.next.last + 1;
	}
	if (any)
		resv_ranges_add(out, s.from, aperture_last);
	return 0;
}

static int add_host_reg(const struct quirk_table *t, const u8 *rule,
			const struct resv_facts *facts, void *dev,
			struct resv_ranges *out)
{
	u64 offset = get_le64(rule + QUIRK_RULE_ARG_A);
	u64 length = get_le64(rule + QUIRK_RULE_ARG_B);
	struct resv_range reg;
	int ret;

	ret = facts->host_reg(dev, quirk_string(t, rule + QUIRK_RULE_ARG_STRING),
			      get_le32(rule + QUIRK_RULE_ARG_INDEX), &reg);
	if (ret)
		return ret;
	/* A range that is not as large as the rule says is another hardware. */
	if (reg.start > reg.last || offset > reg.last - reg.start ||
	    (length && length - 1 > reg.last - reg.start - offset))
		return -ERANGE;
	reg.start += offset;
	if (length)
		reg.last = reg.start + length - 1;
	resv_ranges_add(out, reg.start, reg.last);
	return 0;
}

static int add_source(const struct quirk_table *t, const u8 *rule,
		      const struct resv_facts *facts, void *dev,
		      struct resv_ranges *out)
{
	int ret;

	switch (rule[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
		resv_ranges_add(out, get_le64(rule + QUIRK_RULE_ARG_A),
				get_le64(rule + QUIRK_RULE_ARG_B));
		return 0;
	case QUIRK_SOURCE_HOST_REG:
		return add_host_reg(t, rule, facts, dev, out);
	case QUIRK_SOURCE_HOST_WINDOWS:
		ret = facts->host_windows(dev, check_range, NULL);
		return ret ? ret : facts->host_windows(dev, add_range, out);
	case QUIRK_SOURCE_INBOUND_LIMIT:
		ret = facts->inbound(dev, check_range, NULL);
		return ret ? ret :
			add_outside_inbound(facts, dev,
					    get_le64(rule + QUIRK_RULE_ARG_A),
					    out);
	case QUIRK_SOURCE_ITS:
		ret = facts->its_bases(dev, check_its, NULL);
		return ret ? ret : facts->its_bases(dev, add_its, out);
	}
	return -EOPNOTSUPP;	/* QUIRK_SOURCE_RUN_TIME */
}

enum resv_outcome resv_resolve_rule(const struct quirk_table *t, u32 rule,
				    enum resv_enforce policy,
				    const struct resv_facts *facts, void *dev,
				    struct resv_ranges *out)
{
	const u8 *r = quirk_rule_at(t, rule);

	if (!in_scope(t, r, facts, dev))
		return RESV_NOT_IN_SCOPE;

	switch (add_source(t, r, facts, dev, out)) {
	case 0:
		break;
	case -ENODEV:
		/* No host, or no ITS: what the rule is about is not there. */
		return RESV_NOT_IN_SCOPE;
	default:
		return RESV_UNRESOLVED;
	}
	return resv_rule_enforced(r, policy) ? RESV_ENFORCED : RESV_ADVISED;
}
