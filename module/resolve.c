// SPDX-License-Identifier: GPL-2.0-only
/*
 * resolve.c - from rules to the address ranges of one device
 *
 * What the operator wants of a rule is known without a device: its mode. For a
 * device the rule then goes through these questions: do its conditions hold,
 * does the machine give addresses for its source, do its flags let them count,
 * and does the mode put them into the list. Contracts are in resolve.h;
 * compiled into the module and into the host's tools and tests.
 */
#include "../acpi/madt.h"
#include "resolve.h"

#define ITS_DOORBELL_LAST	(ITS_DOORBELL_OFFSET + ITS_DOORBELL_SIZE - 1)
#define FOUR_GIB		(1ULL << 32)

/* How far a name of a list goes into a rule's own: longer beats shorter. */
enum name_depth {
	NAME_NONE,
	NAME_ENTRY,
	NAME_RULE,
};

/* Length of the kebab-case word at @s, 0 where there is none. */
static size_t word_length(const char *s)
{
	size_t n = 0;

	if (s[0] < 'a' || s[0] > 'z')
		return 0;
	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') ||
	       (s[n] == '-' && s[n - 1] != '-'))
		n++;
	return s[n - 1] == '-' ? 0 : n;
}

bool resv_names_check(const char *names, size_t *at)
{
	const char *p = names;
	size_t n;

	if (!*p)
		return true;
	for (;;) {
		*at = (size_t)(p - names);
		n = word_length(p);
		if (n && p[n] == '/') {
			p += n + 1;
			n = word_length(p);
		}
		if (!n || (p[n] && p[n] != ','))
			return false;
		if (!p[n])
			return true;
		p += n + 1;
	}
}

/* Does the word at @s, which ends at '/', ',' or the end, equal @name? */
static bool word_is(const char *s, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(s, name, n) && (!s[n] || s[n] == ',' || s[n] == '/');
}

/* The name behind the next comma, or NULL. */
static const char *next_name(const char *p)
{
	while (*p && *p != ',')
		p++;
	return *p ? p + 1 : NULL;
}

/* The rule part of the name at @p, or NULL where it names a whole entry. */
static const char *rule_part(const char *p)
{
	while (*p && *p != ',' && *p != '/')
		p++;
	return *p == '/' ? p + 1 : NULL;
}

static enum name_depth depth_in(const char *names, const char *entry,
				const char *rule)
{
	enum name_depth depth = NAME_NONE;
	const char *p;

	for (p = names; p && *p; p = next_name(p)) {
		const char *part = rule_part(p);

		if (!word_is(p, entry))
			continue;
		if (!part)
			depth = depth == NAME_NONE ? NAME_ENTRY : depth;
		else if (word_is(part, rule))
			return NAME_RULE;
	}
	return depth;
}

static bool entry_has_rule(const struct quirk_table *t, const u8 *entry,
			   const char *part)
{
	u32 first = get_le32(entry + QUIRK_ENT_RULE_FIRST);
	u32 end = first + get_le32(entry + QUIRK_ENT_RULE_COUNT);
	u32 i;

	for (i = first; i < end; i++)
		if (word_is(part, quirk_string(t, quirk_rule_at(t, i) +
						  QUIRK_RULE_NAME)))
			return true;
	return false;
}

static bool table_has_name(const struct quirk_table *t, const char *p)
{
	const char *part = rule_part(p);
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++) {
		const u8 *e = quirk_entry_at(t, i);

		if (word_is(p, quirk_string(t, e + QUIRK_ENT_NAME)))
			return !part || entry_has_rule(t, e, part);
	}
	return false;
}

int resv_names_unknown(const struct quirk_table *t, const char *names,
		       size_t from)
{
	/* Anything but the very start lies inside a name that is done. */
	const char *p = from ? next_name(names + from) : names;

	for (; p && *p; p = next_name(p))
		if (!table_has_name(t, p))
			return (int)(p - names);
	return -1;
}

static enum resv_mode mode_wanted(const struct quirk_table *t, const u8 *rule,
				  const struct resv_policy *policy)
{
	const u8 *e = quirk_entry_at(t, get_le32(rule + QUIRK_RULE_ENTRY));
	const char *entry = quirk_string(t, e + QUIRK_ENT_NAME);
	const char *name = quirk_string(t, rule + QUIRK_RULE_NAME);
	enum name_depth disable = depth_in(policy->disable, entry, name);
	enum name_depth enable = depth_in(policy->enable, entry, name);

	if (disable != NAME_NONE && disable >= enable)
		return RESV_MODE_DISABLED;
	if (enable != NAME_NONE)
		return RESV_MODE_INSIST;

	switch (policy->enforce) {
	case RESV_ENFORCE_ALL:
		return RESV_MODE_INSIST;
	case RESV_ENFORCE_NONE:
		return RESV_MODE_ADVISE;
	case RESV_ENFORCE_CONFIRMED:
		break;
	}
	return rule[QUIRK_RULE_CONFIDENCE] == QUIRK_CONFIRMED &&
	       !rule[QUIRK_RULE_ADVISE] ? RESV_MODE_ENFORCE : RESV_MODE_ADVISE;
}

enum resv_mode resv_rule_mode(const struct quirk_table *t, u32 rule,
			      const struct resv_policy *policy)
{
	const u8 *r = quirk_rule_at(t, rule);
	enum resv_mode mode = mode_wanted(t, r, policy);

	if (!resv_mode_enforces(mode))
		return mode;
	/* These never have an address that could be enforced. */
	if (r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_RUN_TIME ||
	    r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_NOTICE)
		return RESV_MODE_ADVISE;
	if (QUIRK_ACTION_WEAKENS(r[QUIRK_RULE_ACTION]) && !policy->weaken)
		return RESV_MODE_WITHHOLD;
	return mode;
}

static bool cond_holds(const struct quirk_table *t, const u8 *c,
		       const struct resv_facts *facts, void *dev, u64 page_size)
{
	const char *value = quirk_string(t, c + QUIRK_COND_VALUE);
	u32 kind = get_le32(c + QUIRK_COND_KIND);
	u64 lo = get_le64(c + QUIRK_COND_LO);
	u64 hi = get_le64(c + QUIRK_COND_HI);
	u64 number;
	int segment;

	switch (kind) {
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
	case QUIRK_COND_DEVICE_COMPATIBLE:
		return facts->device_compatible(dev, value);
	case QUIRK_COND_DEVICE_ID:
	case QUIRK_COND_ROOT_PORT:
	case QUIRK_COND_HOST_BRIDGE:
		return facts->pci_id_is(dev, kind, value);
	case QUIRK_COND_IOMMU_BASE:
		return !facts->iommu_base(dev, &number) && lo <= number &&
		       number <= hi;
	case QUIRK_COND_PAGE_SIZE:
		return lo <= page_size && page_size <= hi;
	}
	return false;
}

/*
 * The first kind of condition that fails, or 0. Conditions of one kind are
 * alternatives, but for those that all must hold.
 */
static u32 failing_cond(const struct quirk_table *t, const u8 *rule,
			const struct resv_facts *facts, void *dev, u64 page_size)
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
			if (cond_holds(t, c, facts, dev, page_size))
				any = true;
			else
				all = false;
		}
		if (named && !(kind == QUIRK_COND_HOST_LACKS ? all : any))
			return kind;
	}
	return 0;
}

/*
 * One walk over what the machine says of a source. The first one, without @out,
 * refuses the impossible; the second one adds. So a rule gives all its ranges
 * or none, provided that the machine says the same twice.
 */
struct source_walk {
	const u8 *rule;
	struct resv_ranges *out;
	bool taken;	/* at least one range counts */
	bool above_4g;	/* at least one does not, for its address */
};

static int take_range(void *ctx, u64 start, u64 last)
{
	struct source_walk *w = ctx;

	if (start > last)
		return -ERANGE;
	if ((w->rule[QUIRK_RULE_FLAGS] & QUIRK_RULE_F_BELOW_4G) &&
	    start >= FOUR_GIB) {
		w->above_4g = true;
		return 0;
	}
	w->taken = true;
	if (w->out)
		resv_ranges_add(w->out, start, last);
	return 0;
}

static int take_reg(void *ctx, u64 start, u64 last)
{
	struct source_walk *w = ctx;
	u64 offset = get_le64(w->rule + QUIRK_RULE_ARG_A);
	u64 length = get_le64(w->rule + QUIRK_RULE_ARG_B);

	/* A range that is not as large as the rule says is another hardware. */
	if (start > last || offset > last - start ||
	    (length && length - 1 > last - start - offset))
		return -ERANGE;
	start += offset;
	return take_range(w, start, length ? start + length - 1 : last);
}

/* Of a property: base and size. An empty range is no statement. */
static int take_pair(void *ctx, u64 base, u64 size)
{
	if (!size)
		return -EINVAL;
	if (size - 1 > U64_MAX - base)
		return -ERANGE;
	return take_range(ctx, base, base + size - 1);
}

static int take_its(void *ctx, u64 base, u64 last)
{
	if (base > U64_MAX - ITS_DOORBELL_LAST)
		return -ERANGE;
	return take_range(ctx, base + ITS_DOORBELL_OFFSET,
			  base + ITS_DOORBELL_LAST);
}

/* The naturally aligned piece around a doorbell; its length is a power of 2. */
static int take_message(void *ctx, u64 address, u64 last)
{
	struct source_walk *w = ctx;
	u64 mask = get_le64(w->rule + QUIRK_RULE_ARG_A) - 1;

	return take_range(w, address & ~mask, address | mask);
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

	if (start > last)
		return -ERANGE;
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
static int take_outside_inbound(const struct resv_facts *facts, void *dev,
				struct source_walk *w)
{
	u64 aperture_last = get_le64(w->rule + QUIRK_RULE_ARG_A);
	struct inbound_search s = { .from = 0 };
	bool any = false;
	int ret;

	for (;;) {
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
			take_range(w, s.from, s.next.start - 1);
		if (s.next.last >= aperture_last)
			return 0;
		s.from = s.next.last + 1;
	}
	return any ? take_range(w, s.from, aperture_last) : 0;
}

static int walk_source(const struct quirk_table *t,
		       const struct resv_facts *facts, void *dev,
		       struct source_walk *w)
{
	const u8 *r = w->rule;
	const char *name = quirk_string(t, r + QUIRK_RULE_ARG_STRING);
	enum quirk_node node = r[QUIRK_RULE_NODE];
	struct resv_range window;
	int ret;

	switch (r[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
		return take_range(w, get_le64(r + QUIRK_RULE_ARG_A),
				  get_le64(r + QUIRK_RULE_ARG_B));
	case QUIRK_SOURCE_DT_REG:
		return facts->node_reg(dev, node, name,
				       get_le32(r + QUIRK_RULE_ARG_INDEX),
				       take_reg, w);
	case QUIRK_SOURCE_DT_PROPERTY:
		return facts->node_property(dev, node, name, take_pair, w);
	case QUIRK_SOURCE_HOST_WINDOWS:
		return facts->host_windows(dev, take_range, w);
	case QUIRK_SOURCE_PORT_WINDOWS:
		return facts->port_windows(dev, take_range, w);
	case QUIRK_SOURCE_INBOUND_LIMIT:
		return take_outside_inbound(facts, dev, w);
	case QUIRK_SOURCE_ITS:
		return facts->its_bases(dev, false, take_its, w);
	case QUIRK_SOURCE_ITS_ALL:
		return facts->its_bases(dev, true, take_its, w);
	case QUIRK_SOURCE_MSI_MESSAGE:
		return facts->msi_messages(dev, take_message, w);
	case QUIRK_SOURCE_PLACED:
		ret = facts->placed(dev, &window);
		return ret ? ret : take_range(w, window.start, window.last);
	}
	return -EOPNOTSUPP;	/* QUIRK_SOURCE_RUN_TIME */
}

static struct resv_verdict verdict(enum resv_outcome outcome, enum resv_why why)
{
	struct resv_verdict v = { .outcome = outcome, .why = why };

	return v;
}

static struct resv_verdict unreadable(int error)
{
	struct resv_verdict v = {
		.outcome = RESV_UNRESOLVED,
		.why = RESV_WHY_UNREADABLE,
		.error = error,
	};

	return v;
}

/* What the mode makes of a rule whose ranges are known. */
static struct resv_verdict judge(const u8 *rule, enum resv_mode mode,
				 const struct resv_facts *facts, void *dev)
{
	bool own = rule[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_PORT_WINDOWS;
	enum resv_acs acs = RESV_ACS_NOT_REDIRECTED;

	if (rule[QUIRK_RULE_FLAGS] & QUIRK_RULE_F_UNLESS_REDIRECTED)
		acs = facts->acs(dev, own);
	if (acs == RESV_ACS_REDIRECTED)
		return verdict(RESV_NOT_IN_SCOPE, RESV_WHY_REDIRECTED);
	if (mode == RESV_MODE_WITHHOLD)
		return verdict(RESV_ADVISED, RESV_WHY_WEAKENS);
	if (!resv_mode_enforces(mode))
		return verdict(RESV_ADVISED, RESV_WHY_POLICY);
	if (acs == RESV_ACS_UNKNOWN && mode != RESV_MODE_INSIST)
		return verdict(RESV_ADVISED, RESV_WHY_ACS_UNKNOWN);
	return verdict(RESV_ENFORCED, RESV_WHY_POLICY);
}

/*
 * A list with an msi region makes VFIO type1 do without the software window for
 * the whole container (vfio_iommu_has_sw_msi()); MSIs of a device there that are
 * translated are then lost (Linux 6.12, iommu_dma_prepare_msi() finds no cookie
 * and succeeds) or refused (7.x, -EOPNOTSUPP).
 */
static bool is_demoted(const u8 *rule, const struct resv_facts *facts,
		       void *dev)
{
	return rule[QUIRK_RULE_ACTION] == QUIRK_ACTION_REPLACE &&
	       rule[QUIRK_RULE_TYPE] == QUIRK_TYPE_MSI &&
	       rule[QUIRK_RULE_SOURCE] != QUIRK_SOURCE_ITS &&
	       rule[QUIRK_RULE_SOURCE] != QUIRK_SOURCE_ITS_ALL &&
	       facts->needs_window(dev);
}

struct resv_verdict resv_resolve_rule(const struct quirk_table *t, u32 rule,
				      enum resv_mode mode,
				      const struct resv_facts *facts, void *dev,
				      struct resv_ranges *out)
{
	struct source_walk w = { .rule = quirk_rule_at(t, rule) };
	struct resv_verdict v;
	u32 cond;
	int ret;

	/*
	 * Of a table, and of no device, or of where a device answers; what its
	 * mode is decides elsewhere.
	 */
	if (QUIRK_SOURCE_CORRECTS(w.rule[QUIRK_RULE_SOURCE]) ||
	    QUIRK_SOURCE_BARS(w.rule[QUIRK_RULE_SOURCE]))
		return verdict(RESV_NOT_IN_SCOPE, RESV_WHY_ABSENT);
	if (mode == RESV_MODE_DISABLED)
		return verdict(RESV_DISABLED, RESV_WHY_POLICY);

	cond = failing_cond(t, w.rule, facts, dev, facts->page_size(dev));
	if (cond) {
		v = verdict(RESV_NOT_IN_SCOPE, RESV_WHY_SCOPE);
		v.cond = cond;
		return v;
	}
	if (w.rule[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_NOTICE)
		return verdict(RESV_ADVISED, RESV_WHY_POLICY);

	ret = walk_source(t, facts, dev, &w);
	if (ret == -ENODEV)
		return verdict(RESV_NOT_IN_SCOPE, RESV_WHY_ABSENT);
	if (ret)
		return unreadable(ret);
	if (w.above_4g && !w.taken)
		return verdict(RESV_NOT_IN_SCOPE, RESV_WHY_ABOVE_4G);

	v = judge(w.rule, mode, facts, dev);
	if (v.outcome == RESV_NOT_IN_SCOPE)
		return v;
	w.out = out;
	ret = walk_source(t, facts, dev, &w);
	if (ret)
		return unreadable(ret);
	v.demoted = v.outcome == RESV_ENFORCED && is_demoted(w.rule, facts, dev);
	return v;
}

struct resv_verdict resv_resolve_bar_rule(const struct quirk_table *t, u32 rule,
					  enum resv_mode mode,
					  const struct resv_facts *facts,
					  void *dev, u32 bar, u64 size,
					  u64 page_size)
{
	const u8 *r = quirk_rule_at(t, rule);
	u64 of_size = get_le64(r + QUIRK_RULE_ARG_A);
	u8 source = r[QUIRK_RULE_SOURCE];
	struct resv_verdict v;
	u32 cond;

	if (!QUIRK_SOURCE_BARS(source) ||
	    bar != get_le32(r + QUIRK_RULE_ARG_INDEX) ||
	    (of_size && size != of_size) ||
	    (source == QUIRK_SOURCE_BAR_REALIGN && size >= page_size) ||
	    get_le64(r + QUIRK_RULE_ARG_B) >= page_size)
		return verdict(RESV_NOT_IN_SCOPE, RESV_WHY_ABSENT);
	cond = failing_cond(t, r, facts, dev, page_size);
	if (cond) {
		v = verdict(RESV_NOT_IN_SCOPE, RESV_WHY_SCOPE);
		v.cond = cond;
		return v;
	}
	if (mode == RESV_MODE_DISABLED)
		return verdict(RESV_DISABLED, RESV_WHY_POLICY);
	return verdict(resv_mode_enforces(mode) ? RESV_ENFORCED : RESV_ADVISED,
		       RESV_WHY_POLICY);
}
