// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - the shipped entries, replayed on described machines
 *
 * Identity and facts of a machine are those of its device tree, compiled from
 * Linux's own sources, with what the description says on top; they go through
 * the same reader and resolver as in the module.
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * The machine
 */

static bool has_host(const struct machine *m)
{
	return !m->board->node_path;
}

static int each(const struct list *list, resv_range_fn fn, void *ctx)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < list->count; i++)
		ret = fn(ctx, list->r[i].start, list->r[i].last);
	return ret;
}

static bool fact_is_acpi(void *dev)
{
	return ((struct machine *)dev)->board->is_acpi;
}

static bool fact_kernel_has(void *dev, const char *name)
{
	return dt_facts.kernel_has(&((struct machine *)dev)->dt, name);
}

static u64 fact_page_size(void *dev)
{
	return ((struct machine *)dev)->board->page_size;
}

static int fact_segment(void *dev)
{
	const struct machine *m = dev;

	if (!has_host(m))
		return -ENODEV;
	if (m->board->segment >= 0)
		return m->board->segment;
	return m->dt.host >= 0 ? dt_facts.segment((void *)&m->dt) : 0;
}

static bool fact_host_compatible(void *dev, const char *compatible)
{
	const struct machine *m = dev;
	const char **c;

	for (c = m->board->compatible; c && *c; c++)
		if (!strcmp(*c, compatible))
			return true;
	return dt_facts.host_compatible((void *)&m->dt, compatible);
}

static bool fact_host_path_is(void *dev, const char *path)
{
	return dt_facts.host_path_is(&((struct machine *)dev)->dt, path);
}

static bool fact_host_has_property(void *dev, const char *name)
{
	return dt_facts.host_has_property(&((struct machine *)dev)->dt, name);
}

static bool fact_device_path_is(void *dev, const char *path)
{
	return dt_facts.device_path_is(&((struct machine *)dev)->dt, path);
}

static bool fact_device_compatible(void *dev, const char *compatible)
{
	return dt_facts.device_compatible(&((struct machine *)dev)->dt, compatible);
}

static bool fact_pci_id_is(void *dev, enum quirk_cond whose, const char *id)
{
	const struct board *b = ((struct machine *)dev)->board;
	const char *is = whose == QUIRK_COND_DEVICE_ID ? b->device_id :
			 whose == QUIRK_COND_ROOT_PORT ? b->root_port :
			 b->host_bridge;

	return is && !strcmp(is, id);
}

static int fact_iommu_base(void *dev, u64 *base)
{
	struct machine *m = dev;

	if (!m->board->iommu_base.given)
		return dt_facts.iommu_base(&m->dt, base);
	*base = m->board->iommu_base.r[0].start;
	return 0;
}

static enum resv_acs fact_acs(void *dev, bool own_ports)
{
	return ((struct machine *)dev)->board->acs;
}

static int fact_node_reg(void *dev, enum quirk_node node, const char *name,
			 u32 index, resv_range_fn fn, void *ctx)
{
	return dt_facts.node_reg(&((struct machine *)dev)->dt, node, name, index,
				 fn, ctx);
}

static int fact_node_property(void *dev, enum quirk_node node, const char *name,
			      resv_range_fn fn, void *ctx)
{
	return dt_facts.node_property(&((struct machine *)dev)->dt, node, name,
				      fn, ctx);
}

static int fact_host_windows(void *dev, resv_range_fn fn, void *ctx)
{
	struct machine *m = dev;

	if (!has_host(m))
		return -ENODEV;
	if (m->board->windows.given || m->dt.host < 0)
		return each(&m->board->windows, fn, ctx);
	return dt_facts.host_windows(&m->dt, fn, ctx);
}

static int fact_port_windows(void *dev, resv_range_fn fn, void *ctx)
{
	struct machine *m = dev;

	return m->board->ports.given ? each(&m->board->ports, fn, ctx) : -ENODEV;
}

static int fact_inbound(void *dev, resv_range_fn fn, void *ctx)
{
	struct machine *m = dev;

	if (!has_host(m))
		return -ENODEV;
	/* What Linux does not read it does not know: see module/facts.c. */
	if (m->board->is_acpi)
		return -EOPNOTSUPP;
	if (m->board->inbound.given || m->dt.host < 0)
		return each(&m->board->inbound, fn, ctx);
	return dt_facts.inbound(&m->dt, fn, ctx);
}

static int fact_its_bases(void *dev, bool all, resv_range_fn fn, void *ctx)
{
	struct machine *m = dev;
	const struct list *list = all ? &m->board->its_all : &m->board->its;

	if (!list->given)
		return m->has_tree ? dt_facts.its_bases(&m->dt, all, fn, ctx) :
				     -ENODEV;
	return list->count ? each(list, fn, ctx) : -ENODEV;
}

static int fact_msi_messages(void *dev, resv_range_fn fn, void *ctx)
{
	struct machine *m = dev;

	if (!has_host(m))
		return -ENODEV;
	return m->board->messages.count ? each(&m->board->messages, fn, ctx) :
					  -ENODATA;
}

static int fact_placed(void *dev, struct resv_range *window)
{
	const struct machine *m = dev;

	if (!m->board->placed.given)
		return -ENODEV;
	*window = m->board->placed.r[0];
	return 0;
}

/* Nobody asks under which type a rule's ranges go on. */
static bool fact_needs_window(void *dev)
{
	return false;
}

const struct resv_facts machine_facts = {
	.is_acpi = fact_is_acpi,
	.kernel_has = fact_kernel_has,
	.page_size = fact_page_size,
	.segment = fact_segment,
	.host_compatible = fact_host_compatible,
	.host_path_is = fact_host_path_is,
	.host_has_property = fact_host_has_property,
	.device_path_is = fact_device_path_is,
	.device_compatible = fact_device_compatible,
	.pci_id_is = fact_pci_id_is,
	.iommu_base = fact_iommu_base,
	.acs = fact_acs,
	.node_reg = fact_node_reg,
	.node_property = fact_node_property,
	.host_windows = fact_host_windows,
	.port_windows = fact_port_windows,
	.inbound = fact_inbound,
	.its_bases = fact_its_bases,
	.msi_messages = fact_msi_messages,
	.placed = fact_placed,
	.needs_window = fact_needs_window,
};

/* Give a machine the device tree in @file. */
const char *machine_tree(struct machine *m, const char *file)
{
	const char *fault;
	size_t size;

	if (read_file(file, &m->blob, &size))
		return text("its device tree %s cannot be read", file);
	fault = dt_tree_open(&m->tree, m->blob, size);
	if (fault)
		return text("%s: %s", file, fault);
	m->has_tree = true;
	return NULL;
}

/* Return: NULL, or why there is no such machine. */
const char *machine_open(struct machine *m, const struct boards *all,
			 const struct board *b)
{
	const char *path = b->host_path ? b->host_path : b->node_path;
	const char *fault;
	char *file;
	int node;

	*m = (struct machine){
		.board = b,
		.dt = { .tree = &m->tree, .host = -ENODEV, .node = -ENODEV,
			.rid = DT_ANY_RID, .page_size = b->page_size,
			.kernel = b->kernel },
	};
	if (!b->dts)
		return NULL;
	file = text("%s/%.*s.dtb", all->dtb, (int)strlen(b->dts) - 4, b->dts);
	fault = machine_tree(m, file);
	free(file);
	if (fault || !path)
		return fault;
	node = dt_tree_node(&m->tree, path);
	if (node < 0)
		return text("%s has no node %s", b->dts, path);
	if (b->host_path)
		m->dt.host = node;
	else
		m->dt.node = node;
	return NULL;
}

void machine_close(struct machine *m)
{
	free(m->blob);
}

/*
 * Identity
 */

static int each_token(void *ctx,
		      int (*fn)(void *arg, enum quirk_key kind,
				const char *value, u32 revision),
		      void *arg)
{
	const struct machine *m = ctx;
	size_t i;
	int ret = 0;

	if (m->has_tree)
		ret = dt_tree_for_each_token(&m->tree, fn, arg);
	for (i = 0; !ret && m->board && i < m->board->token_count; i++)
		ret = fn(arg, m->board->tokens[i].kind,
			 m->board->tokens[i].value,
			 m->board->tokens[i].revision);
	return ret;
}

struct search {
	enum quirk_key kind;
	const char *value;
	u32 min;
	u32 max;
};

static int is_token(void *arg, enum quirk_key kind, const char *value,
		    u32 revision)
{
	const struct search *s = arg;

	return kind == s->kind && !strcmp(value, s->value) &&
	       (kind != QUIRK_KEY_ACPI ||
		(revision >= s->min && revision <= s->max));
}

static bool has_token(void *ctx, enum quirk_key kind, const char *value,
		      u32 rev_min, u32 rev_max)
{
	struct search s = { kind, value, rev_min, rev_max };

	return each_token(ctx, is_token, &s);
}

static int note_match(void *arg, u32 entry, u32 key)
{
	struct found *f = arg;

	if (f->count == ARRAY_SIZE(f->entry))
		return -ENOSPC;
	f->entry[f->count++] = entry;
	return 0;
}

void machine_match(const struct machine *m, const struct quirk_table *t,
		   struct found *found)
{
	const struct quirk_identity identity = {
		.for_each_token = each_token,
		.has = has_token,
		.ctx = (void *)m,
	};
	u8 *seen = calloc(1, t->count[QUIRK_SEC_ENTRIES] / 8 + 1);

	found->count = 0;
	if (!seen || quirk_table_match(t, &identity, note_match, found, seen)) {
		problem("matching a machine failed: more than %zu entries match, or no memory",
			ARRAY_SIZE(found->entry));
		exit(EXIT_TROUBLE);
	}
	free(seen);
}

/*
 * Rules
 */

const char *entry_name(const struct quirk_table *t, u32 entry)
{
	return quirk_string(t, quirk_entry_at(t, entry) + QUIRK_ENT_NAME);
}

char *rule_name(const struct quirk_table *t, u32 rule)
{
	const u8 *r = quirk_rule_at(t, rule);

	return text("%s/%s", entry_name(t, get_le32(r + QUIRK_RULE_ENTRY)),
		    quirk_string(t, r + QUIRK_RULE_NAME));
}

static const struct resv_policy default_policy = {
	.enforce = RESV_ENFORCE_CONFIRMED, .enable = "", .disable = "",
};

char *machine_rule(const struct machine *m, const struct quirk_table *t, u32 rule)
{
	struct resv_range storage[64];
	struct resv_verdict verdict;
	struct resv_ranges out;

	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	verdict = resv_resolve_rule(t, rule, resv_rule_mode(t, rule, &default_policy),
				    &machine_facts, (void *)m, &out);
	return verdict.outcome == RESV_NOT_IN_SCOPE ? NULL :
	       describe_outcome(verdict.outcome, &out);
}

char *machine_correction(const struct quirk_table *t, u32 rule)
{
	struct iort_fix fix;

	if (!quirk_correction(t, rule, &fix))
		return NULL;
	return describe_correction(resv_rule_mode(t, rule, &default_policy) ==
				   RESV_MODE_ENFORCE ? "enforce" : "advise", &fix);
}

const char *machine_bar_mode(const struct quirk_table *t, u32 rule)
{
	if (!QUIRK_SOURCE_BARS(quirk_rule_at(t, rule)[QUIRK_RULE_SOURCE]))
		return NULL;
	return resv_rule_mode(t, rule, &default_policy) == RESV_MODE_ENFORCE ?
		"enforce" : "advise";
}

char *machine_bar_rule(const struct machine *m, const struct quirk_table *t, u32 rule)
{
	const u8 *r = quirk_rule_at(t, rule);
	u32 bar = get_le32(r + QUIRK_RULE_ARG_INDEX);
	u64 page_size;
	char *all = NULL;

	if (!machine_bar_mode(t, rule) || !m->board->bar[bar])
		return NULL;
	for (page_size = 4096; page_size <= 65536; page_size *= 4) {
		struct resv_verdict verdict;
		char *longer;

		verdict = resv_resolve_bar_rule(t, rule, resv_rule_mode(t, rule, &default_policy),
						&machine_facts, (void *)m, bar,
						m->board->bar[bar], page_size);
		if (verdict.outcome == RESV_NOT_IN_SCOPE)
			continue;
		if (!all && r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_BAR_OFFSET)
			all = text("%s offset 0x%llx BAR %u on",
				   verdict.outcome == RESV_ENFORCED ? "enforced" : "advised",
				   (unsigned long long)get_le64(r + QUIRK_RULE_ARG_B), bar);
		else if (!all)
			all = text("%s %s BAR %u on",
				   verdict.outcome == RESV_ENFORCED ? "enforced" : "advised",
				   quirk_bar_word(r[QUIRK_RULE_SOURCE]), bar);
		longer = text("%s %llu", all, (unsigned long long)page_size);
		free(all);
		all = longer;
	}
	return all;
}

/*
 * Replay
 */

/* Collects what differs, one thing to a line. */
struct differences {
	char *lines[64];
	size_t count;
};

static void differs(struct differences *d, char *line)
{
	if (d->count < ARRAY_SIZE(d->lines))
		d->lines[d->count++] = line;
	else
		free(line);
}

static const struct wanted *wanted_rule(const struct board *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->wanted_count; i++)
		if (!strcmp(b->wanted[i].rule, name))
			return &b->wanted[i];
	return NULL;
}

static const char *text_of(const struct wanted *list, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(list[i].rule, name))
			return list[i].text;
	return NULL;
}

static const char *wanted_correction(const struct board *b, const char *name)
{
	return text_of(b->corrections, b->correction_count, name);
}

static const char *wanted_bar_rule(const struct board *b, const char *name)
{
	return text_of(b->bar_rules, b->bar_rule_count, name);
}

static void compare_text(struct differences *d, const char *name, const char *what,
			 const char *got, const char *wanted)
{
	if (!got != !wanted || (got && strcmp(got, wanted)))
		differs(d, text("%s: %s: %s, wanted: %s", name, what,
				got ? got : "none", wanted ? wanted : "none"));
}

static void compare_rules(struct differences *d, const struct machine *m,
			  const struct quirk_table *t, u32 entry)
{
	const u8 *e = quirk_entry_at(t, entry);
	u32 first = get_le32(e + QUIRK_ENT_RULE_FIRST);
	u32 rule;

	for (rule = first; rule < first + get_le32(e + QUIRK_ENT_RULE_COUNT);
	     rule++) {
		char *name = rule_name(t, rule);
		const struct wanted *w = wanted_rule(m->board, name);
		char *got = machine_rule(m, t, rule);
		char *correction = machine_correction(t, rule);
		char *bar_rule = machine_bar_rule(m, t, rule);

		compare_text(d, name, "correction", correction,
			     wanted_correction(m->board, name));
		compare_text(d, name, "rule about a BAR", bar_rule,
			     wanted_bar_rule(m->board, name));
		free(correction);
		free(bar_rule);
		if (!got && w)
			differs(d, text("%s: not in scope, wanted: %s", name, w->text));
		else if (got && !w)
			differs(d, text("%s: %s, wanted: not in scope", name, got));
		else if (got && strcmp(got, w->text))
			differs(d, text("%s: %s, wanted: %s", name, got, w->text));
		free(got);
		free(name);
	}
}

static void check_name(struct differences *d, const struct quirk_table *t,
		       const char *wanted)
{
	bool known = false;
	u32 rule;

	for (rule = 0; rule < t->count[QUIRK_SEC_RULES]; rule++) {
		char *name = rule_name(t, rule);

		known |= !strcmp(name, wanted);
		free(name);
	}
	if (!known)
		differs(d, text("%s: no such rule", wanted));
}

static void compare_board(struct differences *d, const struct boards *all,
			  const struct board *b)
{
	const struct quirk_table *t = &all->table;
	struct machine m;
	const char *fault = machine_open(&m, all, b);
	struct found found;
	size_t i, n;

	if (fault) {
		differs(d, text("%s", fault));
		return;
	}
	machine_match(&m, t, &found);
	for (n = 0; b->entries[n]; n++)
		if (n >= found.count || strcmp(b->entries[n], entry_name(t, found.entry[n])))
			differs(d, text("entry %zu: %s, wanted: %s", n + 1,
					n < found.count ? entry_name(t, found.entry[n]) : "none",
					b->entries[n]));
	for (; n < found.count; n++)
		differs(d, text("entry %zu: %s, wanted: none", n + 1,
				entry_name(t, found.entry[n])));
	for (i = 0; i < found.count; i++)
		compare_rules(d, &m, t, found.entry[i]);
	/* A name that no matching entry has would be wanted in vain. */
	for (i = 0; i < b->wanted_count; i++)
		check_name(d, t, b->wanted[i].rule);
	for (i = 0; i < b->correction_count; i++)
		check_name(d, t, b->corrections[i].rule);
	for (i = 0; i < b->bar_rule_count; i++)
		check_name(d, t, b->bar_rules[i].rule);
	for (i = 0; b->kernel && b->kernel[i]; i++) {
		const char *const *k = quirk_kernel_names;

		while (*k && strcmp(*k, b->kernel[i]))
			k++;
		if (!*k)
			differs(d, text("kernel: no such behaviour: %s", b->kernel[i]));
	}
	machine_close(&m);
}

const struct board *board_named(const struct boards *all, const char *name)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		if (!strcmp(all->board[i].name, name))
			return &all->board[i];
	return NULL;
}

static void replay_boards(const struct boards *all)
{
	size_t i, n;

	for (i = 0; i < all->count; i++) {
		const struct board *b = &all->board[i];
		struct differences d = { .count = 0 };

		if (board_named(all, b->name) != b)
			differs(&d, text("another board has this name, in %s",
					 board_named(all, b->name)->file));
		compare_board(&d, all, b);
		result(!d.count, "replayed on the host: %s%s", b->name,
		       b->vm ? " (also booted)" : "");
		for (n = 0; n < d.count; n++) {
			detail("%s: %s", b->file, d.lines[n]);
			free(d.lines[n]);
		}
	}
}

/* No entry and no rule is shipped that no machine shows at work. */
static void all_is_shown(const struct boards *all)
{
	const struct quirk_table *t = &all->table;
	size_t i, n;
	u32 at;

	for (at = 0; at < t->count[QUIRK_SEC_ENTRIES]; at++) {
		bool shown = false;

		for (i = 0; i < all->count; i++)
			for (n = 0; all->board[i].entries[n]; n++)
				shown |= !strcmp(all->board[i].entries[n], entry_name(t, at));
		result(shown, "entry %s is shown on a board", entry_name(t, at));
		if (!shown)
			detail("no board in tests/boards/*.json has it in \"entries\"");
	}
	for (at = 0; at < t->count[QUIRK_SEC_RULES]; at++) {
		char *name = rule_name(t, at);
		bool shown = false;

		for (i = 0; i < all->count; i++)
			shown |= wanted_rule(&all->board[i], name) ||
				 wanted_correction(&all->board[i], name) ||
				 wanted_bar_rule(&all->board[i], name);
		result(shown, "rule %s is in scope on a board", name);
		if (!shown)
			detail("no board in tests/boards/*.json has it in \"wanted\", \"corrections\" or \"bar-rules\"");
		free(name);
	}
}

/*
 * Windows and inbound limits were once enforced blindly and broke machines that
 * worked. A rule about windows may be enforced only where it is shown that such
 * requests are lost and where ACS does not rescue them; one about inbound limits
 * never is.
 */
static void windows_are_advised(const struct boards *all)
{
	const struct quirk_table *t = &all->table;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_RULES]; i++) {
		const u8 *r = quirk_rule_at(t, i);
		u8 source = r[QUIRK_RULE_SOURCE];
		bool enforced = resv_rule_mode(t, i, &default_policy) == RESV_MODE_ENFORCE;
		char *name;

		if (source != QUIRK_SOURCE_HOST_WINDOWS &&
		    source != QUIRK_SOURCE_PORT_WINDOWS &&
		    source != QUIRK_SOURCE_INBOUND_LIMIT)
			continue;
		name = rule_name(t, i);
		result(!enforced || (source != QUIRK_SOURCE_INBOUND_LIMIT &&
				     (r[QUIRK_RULE_FLAGS] & QUIRK_RULE_F_UNLESS_REDIRECTED)),
		       "%s does not take windows away blindly", name);
		free(name);
	}
}

/* Only what demo.dts says is a demonstration. */
static void demo_flag_marks_demonstrations(const struct boards *all)
{
	size_t i;

	for (i = 0; i < all->compiled.entry_count; i++) {
		const char *file = all->compiled.entries[i].file;
		bool is_demo = get_le32(quirk_entry_at(&all->table, i) + QUIRK_ENT_FLAGS) &
			       QUIRK_ENT_F_DEMO;

		result(is_demo == !strcmp(file, "quirks/demo.dts"),
		       "entry %s %s a demonstration", all->compiled.entries[i].name,
		       is_demo ? "is" : "is not");
	}
}

int replay(const struct boards *all)
{
	size_t booted = 0;
	size_t i;

	replay_boards(all);
	all_is_shown(all);
	windows_are_advised(all);
	demo_flag_marks_demonstrations(all);
	for (i = 0; i < all->count; i++)
		booted += !!all->board[i].vm;
	detail("%zu boards: all replayed on the host, %zu of them also booted in a VM",
	       all->count, booted);
	for (i = 0; i < all->count; i++)
		if (all->board[i].replay_only)
			detail("replayed only: %s: %s", all->board[i].name,
			       all->board[i].replay_only);
	return results_end();
}
