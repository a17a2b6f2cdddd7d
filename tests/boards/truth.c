// SPDX-License-Identifier: GPL-2.0-only
/*
 * truth.c - what the quirk table says, checked against Linux's own sources
 *
 * An entry names device trees (`dts`) and lines of drivers (`code`) that have
 * its facts. Here they are looked up: the trees match the entry and no other,
 * the nodes that rules speak of are in them, the lines are where they should
 * be, and each number of a rule stands in one or the other. What rests on a
 * reference outside Linux alone cannot be derived; it is counted and listed.
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <ctype.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Lengths that need no source: a 32-bit register, pages of the architecture. */
static const u64 plain_lengths[] = { 0, 4, 0x1000, 0x10000, 0x100000 };

/**
 * struct claim - an entry or rule under examination
 * @all: everything
 * @entry: index of the entry
 * @source: what its source says beside the table
 * @trees: its device trees
 * @tree_count: how many could be opened
 * @rule: index of the rule
 * @rule_source: as @source
 * @device: which the rule is tried on, see truth_facts
 */
struct claim {
	const struct boards *all;
	u32 entry;
	const struct quirk_entry_source *source;
	struct machine *trees;
	size_t tree_count;
	u32 rule;
	const struct quirk_rule_source *rule_source;
	struct dt_device device;
};

static unsigned int references;

/*
 * Lines of code
 */

static size_t squeeze(char *to, const char *from)
{
	size_t n = 0;

	for (; *from; from++)
		if (!isspace((unsigned char)*from))
			to[n++] = *from;
	to[n] = '\0';
	return n;
}

static void check_code(const char *tree, const char *name,
		       const struct quirk_code *code)
{
	char *file = text("%s/%s", tree, code->file);
	char *wanted = xrealloc(NULL, strlen(code->text) + 1);
	char *content;
	size_t size;

	squeeze(wanted, code->text);
	if (access(file, R_OK) || read_file(file, &content, &size)) {
		result(false, "%s: %s is there", name, code->file);
		detail("Linux has no such file; `code` names files of its source tree");
	} else {
		squeeze(content, content);
		result(strlen(wanted) >= 8 && strstr(content, wanted),
		       "%s: %s says so", name, code->file);
		if (strlen(wanted) < 8)
			detail("too short to show anything: %s", code->text);
		else if (!strstr(content, wanted))
			detail("not found there: %s", code->text);
		free(content);
	}
	free(wanted);
	free(file);
}

/* Names of sizes in Linux's include/linux/sizes.h: SZ_64K. */
static u64 size_name(const char *s)
{
	u64 value = strtoull(s, (char **)&s, 10);

	return *s == 'K' ? value << 10 : *s == 'M' ? value << 20 :
	       *s == 'G' ? value << 30 : value;
}

static bool ends_with(const char *from, const char *to, const char *word)
{
	size_t len = strlen(word);

	while (to > from && (to[-1] == ' ' || to[-1] == '('))
		to--;
	return (size_t)(to - from) >= len && !memcmp(to - len, word, len);
}

/* Does a number stand in a piece of code, as it is, as SZ_n, or by its bits? */
static bool code_has(const char *code, u64 value)
{
	const char *p = code;

	while (*p) {
		const char *start = p;
		u64 n;

		if (!strncmp(p, "SZ_", 3) && isdigit((unsigned char)p[3])) {
			if (size_name(p + 3) == value)
				return true;
			p += 3;
		}
		if (!isdigit((unsigned char)*p)) {
			/* Digits inside a name are none. */
			if (isalpha((unsigned char)*p) || *p == '_')
				while (isalnum((unsigned char)*p) || *p == '_')
					p++;
			else
				p++;
			continue;
		}
		n = strtoull(p, (char **)&p, 0);
		if (n == value)
			return true;
		if (n < 64 && (ends_with(code, start, "BIT") ||
			       ends_with(code, start, "BIT_ULL") ||
			       ends_with(code, start, "1 <<")) &&
		    value == 1ull << n)
			return true;
		if (n && n <= 64 && value == U64_MAX >> (64 - n))
			return true;
		while (isalnum((unsigned char)*p))
			p++;
	}
	return false;
}

/* A 0 is also what nobody has written to since it was allocated. */
static bool says_number(const char *code, u64 value)
{
	return code_has(code, value) || (!value && strstr(code, "zalloc("));
}

static bool any_code_has(const struct claim *c, u64 value)
{
	size_t i;

	for (i = 0; i < c->source->code_count; i++)
		if (says_number(c->source->code[i].text, value))
			return true;
	for (i = 0; i < c->rule_source->code_count; i++)
		if (says_number(c->rule_source->code[i].text, value))
			return true;
	return false;
}

/*
 * Nodes
 */

/* What a tree cannot say is taken as the rule wants it. */
static bool fact_kernel_has(void *dev, const char *name)
{
	return true;
}

static u64 wanted_number(const struct claim *c, u32 kind)
{
	const u8 *r = quirk_rule_at(&c->all->table, c->rule);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 i;

	for (i = first; i < first + get_le32(r + QUIRK_RULE_COND_COUNT); i++) {
		const u8 *cond = quirk_cond_at(&c->all->table, i);

		if (get_le32(cond + QUIRK_COND_KIND) == kind)
			return get_le64(cond + QUIRK_COND_LO);
	}
	return 0;
}

static u64 fact_page_size(void *dev)
{
	return wanted_number(dev, QUIRK_COND_PAGE_SIZE);
}

static int fact_segment(void *dev)
{
	return dt_facts.segment(&((struct claim *)dev)->device);
}

static bool fact_host_compatible(void *dev, const char *compatible)
{
	return dt_facts.host_compatible(&((struct claim *)dev)->device, compatible);
}

static bool fact_host_path_is(void *dev, const char *path)
{
	return dt_facts.host_path_is(&((struct claim *)dev)->device, path);
}

static bool fact_host_has_property(void *dev, const char *name)
{
	return dt_facts.host_has_property(&((struct claim *)dev)->device, name);
}

static bool fact_device_path_is(void *dev, const char *path)
{
	return dt_facts.device_path_is(&((struct claim *)dev)->device, path);
}

static bool fact_device_compatible(void *dev, const char *compatible)
{
	return dt_facts.device_compatible(&((struct claim *)dev)->device, compatible);
}

static bool fact_pci_id_is(void *dev, enum quirk_cond whose, const char *id)
{
	return true;
}

static int fact_iommu_base(void *dev, u64 *base)
{
	return dt_facts.iommu_base(&((struct claim *)dev)->device, base);
}

static enum resv_acs fact_acs(void *dev, bool own_ports)
{
	return RESV_ACS_UNKNOWN;
}

static bool fact_is_acpi(void *dev)
{
	return false;
}

static int fact_node_reg(void *dev, enum quirk_node node, const char *name,
			 u32 index, resv_range_fn fn, void *ctx)
{
	return dt_facts.node_reg(&((struct claim *)dev)->device, node, name,
				 index, fn, ctx);
}

static int fact_node_property(void *dev, enum quirk_node node, const char *name,
			      resv_range_fn fn, void *ctx)
{
	return dt_facts.node_property(&((struct claim *)dev)->device, node,
				      name, fn, ctx);
}

static int fact_host_windows(void *dev, resv_range_fn fn, void *ctx)
{
	return dt_facts.host_windows(&((struct claim *)dev)->device, fn, ctx);
}

static int fact_port_windows(void *dev, resv_range_fn fn, void *ctx)
{
	return 0;
}

static int fact_inbound(void *dev, resv_range_fn fn, void *ctx)
{
	return dt_facts.inbound(&((struct claim *)dev)->device, fn, ctx);
}

static int fact_its_bases(void *dev, bool all, resv_range_fn fn, void *ctx)
{
	return dt_facts.its_bases(&((struct claim *)dev)->device, all, fn, ctx);
}

static int fact_msi_messages(void *dev, resv_range_fn fn, void *ctx)
{
	return fn(ctx, 0, 0);
}

static int fact_placed(void *dev, struct resv_range *window)
{
	*window = (struct resv_range){ 0, 0xfffff };
	return 0;
}

static bool fact_needs_window(void *dev)
{
	return false;
}

static const struct resv_facts truth_facts = {
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

static bool is_pci(const void *fdt, int node)
{
	int len;
	const char *type = node < 0 ? NULL :
			   fdt_getprop(fdt, node, "device_type", &len);

	return type && len == 4 && !memcmp(type, "pci", 4);
}

/* Does the rule apply, and can its source be read, on this device? */
static bool applies(struct claim *c, const struct machine *tree, int host, int node)
{
	struct resv_range storage[64];
	struct resv_verdict verdict;
	struct resv_ranges out;
	u8 source = quirk_rule_at(&c->all->table, c->rule)[QUIRK_RULE_SOURCE];

	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	c->device = (struct dt_device){
		.tree = &tree->tree, .host = host, .node = node,
		.rid = DT_ANY_RID,
		.segment = wanted_number(c, QUIRK_COND_SEGMENT),
	};
	verdict = resv_resolve_rule(&c->all->table, c->rule, RESV_MODE_ADVISE,
				    &truth_facts, c, &out);
	return verdict.outcome == RESV_ADVISED ||
	       (verdict.outcome == RESV_UNRESOLVED &&
		source == QUIRK_SOURCE_RUN_TIME);
}

static bool is_kind(u32 kind, const u32 *kinds)
{
	while (*kinds && *kinds != kind)
		kinds++;
	return *kinds;
}

static const u32 device_kinds[] = {
	QUIRK_COND_DEVICE_PATH, QUIRK_COND_DEVICE_COMPATIBLE, 0
};

static bool has_cond(const struct claim *c, const u32 *kinds, u64 lo_only)
{
	const u8 *r = quirk_rule_at(&c->all->table, c->rule);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 i;

	for (i = first; i < first + get_le32(r + QUIRK_RULE_COND_COUNT); i++) {
		const u8 *cond = quirk_cond_at(&c->all->table, i);

		if (is_kind(get_le32(cond + QUIRK_COND_KIND), kinds) &&
		    (lo_only == U64_MAX || get_le64(cond + QUIRK_COND_LO) == lo_only))
			return true;
	}
	return false;
}

static bool applies_somewhere(struct claim *c)
{
	bool platform = has_cond(c, device_kinds, U64_MAX);
	size_t i;

	for (i = 0; i < c->tree_count; i++) {
		const void *fdt = c->trees[i].tree.fdt;
		int node;

		for (node = fdt_next_node(fdt, 0, NULL); node >= 0;
		     node = fdt_next_node(fdt, node, NULL)) {
			if (platform ? fdt_getprop(fdt, node, "compatible", NULL) &&
				       applies(c, &c->trees[i], -ENODEV, node) :
			    is_pci(fdt, node) &&
			    !is_pci(fdt, fdt_parent_offset(fdt, node)) &&
			    applies(c, &c->trees[i], node, -ENODEV))
				return true;
		}
	}
	return false;
}

static bool has_compatible(const struct machine *tree, const char *compatible)
{
	return fdt_node_offset_by_compatible(tree->tree.fdt, -1, compatible) >= 0;
}

static bool has_path(const struct machine *tree, const char *path)
{
	return dt_tree_node(&tree->tree, path) >= 0;
}

/* Any node with a property of this name, in any tree of Linux that is here. */
static bool has_property(const struct machine *tree, const char *name)
{
	const void *fdt = tree->tree.fdt;
	int node;

	for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
		if (fdt_getprop(fdt, node, name, NULL))
			return true;
	return false;
}

static bool some_tree(const struct machine *trees, size_t count, const char *value,
		      bool (*has)(const struct machine *tree, const char *value))
{
	size_t i;

	for (i = 0; i < count; i++)
		if (has(&trees[i], value))
			return true;
	return false;
}

/* Each value of a scope is there, or it would be a dead letter. */
static void check_values(struct claim *c, const char *name,
			 const struct machine *every, size_t every_count)
{
	const u8 *r = quirk_rule_at(&c->all->table, c->rule);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 i;

	for (i = first; i < first + get_le32(r + QUIRK_RULE_COND_COUNT); i++) {
		const u8 *cond = quirk_cond_at(&c->all->table, i);
		const char *value = quirk_string(&c->all->table, cond + QUIRK_COND_VALUE);
		bool good;

		switch (get_le32(cond + QUIRK_COND_KIND)) {
		case QUIRK_COND_HOST_COMPATIBLE:
		case QUIRK_COND_DEVICE_COMPATIBLE:
			good = some_tree(c->trees, c->tree_count, value, has_compatible);
			break;
		case QUIRK_COND_HOST_PATH:
		case QUIRK_COND_DEVICE_PATH:
			good = some_tree(c->trees, c->tree_count, value, has_path);
			break;
		case QUIRK_COND_HOST_LACKS:
			good = some_tree(every, every_count, value, has_property);
			break;
		default:
			continue;
		}
		result(good, "%s: %s is in a tree of Linux", name, value);
	}
}

/*
 * Numbers
 */

struct reg_search {
	u64 start;
	u64 last;
	bool start_only;
	bool found;
};

static int compare_reg(void *ctx, u64 start, u64 last)
{
	struct reg_search *s = ctx;

	s->found |= start == s->start && (s->start_only || last == s->last);
	return 0;
}

/* Is there a node with this reg range? */
static bool is_reg(const struct claim *c, u64 start, u64 last, bool start_only)
{
	struct reg_search s = { .start = start, .last = last, .start_only = start_only };
	size_t i;

	for (i = 0; !s.found && i < c->tree_count; i++) {
		const void *fdt = c->trees[i].tree.fdt;
		int node;

		for (node = fdt_next_node(fdt, 0, NULL); !s.found && node >= 0;
		     node = fdt_next_node(fdt, node, NULL)) {
			struct dt_device d = {
				.tree = &c->trees[i].tree, .host = -ENODEV, .node = node,
			};
			u32 index;

			if (!fdt_getprop(fdt, node, "reg", NULL))
				continue;
			for (index = 0; !dt_facts.node_reg(&d, QUIRK_NODE_DEVICE, "",
							   index, compare_reg, &s); index++)
				;
		}
	}
	return s.found;
}

static bool is_segment(const struct claim *c, u64 value)
{
	size_t i;

	for (i = 0; i < c->tree_count; i++) {
		const void *fdt = c->trees[i].tree.fdt;
		int node;

		for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
			int len;
			const fdt32_t *domain = fdt_getprop(fdt, node,
							    "linux,pci-domain", &len);

			if (domain && len == 4 && fdt32_ld(domain) == value)
				return true;
		}
	}
	return false;
}

/* A result where Linux is said to have it, a count where it is not. */
static void number_is(const struct claim *c, const char *name, const char *what,
		      u64 value, bool derived)
{
	if (!derived && !c->source->dts_count && !c->source->code_count &&
	    !c->rule_source->code_count) {
		references++;
		detail("reference only: %s: %s 0x%llx", name, what,
		       (unsigned long long)value);
		return;
	}
	result(derived, "%s: %s 0x%llx is in Linux", name, what,
	       (unsigned long long)value);
	if (!derived)
		detail("neither a tree in `dts` nor a text in `code` has it; name one that does");
}

static bool is_plain_length(u64 value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain_lengths); i++)
		if (value == plain_lengths[i])
			return true;
	return false;
}

/* A length stands there as such, or as where it ends behind its offset. */
static void length_is(const struct claim *c, const char *name, u64 offset,
		      u64 length)
{
	if (!is_plain_length(length))
		number_is(c, name, "length", length,
			  any_code_has(c, length) ||
			  (offset && any_code_has(c, offset + length)));
}

/*
 * What a firmware table has to say stands in no tree, and rarely in a driver:
 * the reference names the firmware.
 */
static void check_correction(const char *name, const struct iort_fix *fix)
{
	char *text = describe_correction("", fix);

	references++;
	detail("reference only: %s:%s", name, text);
	free(text);
}

/* Sizes of BARs stand in logs of machines, not in drivers: the reference names one. */
static void check_bar_rule(const char *name, const u8 *r)
{
	char *text = describe_bar_rule("", quirk_bar_word(r[QUIRK_RULE_SOURCE]),
				       get_le32(r + QUIRK_RULE_ARG_INDEX),
				       get_le64(r + QUIRK_RULE_ARG_A),
				       get_le64(r + QUIRK_RULE_ARG_B));

	references++;
	detail("reference only: %s:%s", name, text);
	free(text);
}

static void check_numbers(struct claim *c, const char *name)
{
	const struct quirk_table *t = &c->all->table;
	const u8 *r = quirk_rule_at(t, c->rule);
	u64 a = get_le64(r + QUIRK_RULE_ARG_A);
	u64 b = get_le64(r + QUIRK_RULE_ARG_B);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	struct iort_fix fix;
	u32 i;

	if (quirk_correction(t, c->rule, &fix)) {
		check_correction(name, &fix);
		return;
	}
	if (QUIRK_SOURCE_BARS(r[QUIRK_RULE_SOURCE])) {
		check_bar_rule(name, r);
		return;
	}
	switch (r[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
		if (is_reg(c, a, b, false)) {
			number_is(c, name, "reg range at", a, true);
			break;
		}
		number_is(c, name, "first address", a,
			  any_code_has(c, a) || is_reg(c, a, 0, true));
		if (!is_plain_length(b - a + 1))
			number_is(c, name, "last address", b,
				  any_code_has(c, b) || any_code_has(c, b - a + 1) ||
				  any_code_has(c, b + 1));
		break;
	case QUIRK_SOURCE_DT_REG:
		if (a)
			number_is(c, name, "offset", a, any_code_has(c, a));
		length_is(c, name, a, b);
		break;
	case QUIRK_SOURCE_MSI_MESSAGE:
	case QUIRK_SOURCE_PLACED:
		length_is(c, name, 0, a);
		break;
	case QUIRK_SOURCE_INBOUND_LIMIT:
		number_is(c, name, "aperture-last", a, any_code_has(c, a));
		break;
	}
	for (i = first; i < first + get_le32(r + QUIRK_RULE_COND_COUNT); i++) {
		const u8 *cond = quirk_cond_at(t, i);
		u64 lo = get_le64(cond + QUIRK_COND_LO);

		switch (get_le32(cond + QUIRK_COND_KIND)) {
		case QUIRK_COND_SEGMENT:
			number_is(c, name, "segment", lo,
				  is_segment(c, lo) || any_code_has(c, lo));
			break;
		case QUIRK_COND_IOMMU_BASE:
			number_is(c, name, "iommu-base", lo,
				  is_reg(c, lo, 0, true) || any_code_has(c, lo));
			break;
		}
	}
}

/*
 * Entries
 */

static bool is_listed(const struct boards *all, const char *dts, const char *entry)
{
	size_t i, n;

	for (i = 0; i < all->count; i++) {
		const struct board *b = &all->board[i];

		if (!b->dts || strcmp(b->dts, dts))
			continue;
		for (n = 0; b->entries[n]; n++)
			if (!strcmp(b->entries[n], entry))
				return true;
	}
	return false;
}

/* A tree matches its entry, and another one only where a description says so. */
static void check_tree(struct claim *c, const char *dts)
{
	static const struct board nobody;
	struct machine *m = &c->trees[c->tree_count];
	char *file = text("%s/%.*s", c->all->dtb, (int)strlen(dts) - 4, dts);
	char *dtb = text("%s.dtb", file);
	const char *fault = "it does not compile";
	bool matches = false;
	struct found found;
	size_t i;

	*m = (struct machine){ .board = &nobody };
	if (!access(dtb, R_OK))
		fault = machine_tree(m, dtb);
	result(!fault, "%s: %s compiles", c->source->name, dts);
	if (fault) {
		char *log = NULL;
		char *name = text("%s.log", file);
		size_t size;

		detail("%s", fault);
		if (!access(name, R_OK) && !read_file(name, &log, &size))
			for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
				detail("%s", line);
		free(log);
		free(name);
		goto out;
	}
	c->tree_count++;
	machine_match(m, &c->all->table, &found);
	for (i = 0; i < found.count; i++)
		matches |= found.entry[i] == c->entry;
	result(matches, "%s: %s is recognised", c->source->name, dts);
	for (i = 0; i < found.count; i++) {
		const char *other = entry_name(&c->all->table, found.entry[i]);

		if (found.entry[i] != c->entry)
			result(is_listed(c->all, dts, other),
			       "%s: %s is also %s, as a description says",
			       c->source->name, dts, other);
	}
out:
	free(dtb);
	free(file);
}

/* OEM ids of firmware: Linux has some of them. */
static void check_keys(const struct claim *c)
{
	const struct quirk_table *t = &c->all->table;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_KEYS]; i++) {
		const u8 *key = quirk_key_at(t, i);
		const char *value = quirk_string(t, key + QUIRK_KEY_VALUE);
		bool shown = false;
		size_t n;

		if (get_le32(key + QUIRK_KEY_ENTRY) != c->entry ||
		    get_le32(key + QUIRK_KEY_KIND) == QUIRK_KEY_DT_ROOT ||
		    get_le32(key + QUIRK_KEY_KIND) == QUIRK_KEY_DT_NODE)
			continue;
		for (n = 0; n < c->source->code_count; n++) {
			const char *code = c->source->code[n].text;

			shown |= !!strstr(code, value) ||
				 (get_le32(key + QUIRK_KEY_KIND) == QUIRK_KEY_ACPI &&
				  strstr(code, value + 10));
		}
		if (!shown) {
			references++;
			detail("reference only: %s: %s \"%s\"", c->source->name,
			       quirk_key_name(get_le32(key + QUIRK_KEY_KIND)), value);
		}
	}
}

static const u32 boot_kind[] = { QUIRK_COND_BOOT, 0 };

static void check_rule(struct claim *c, const char *tree,
		       const struct machine *every, size_t every_count)
{
	u8 source = quirk_rule_at(&c->all->table, c->rule)[QUIRK_RULE_SOURCE];
	char *name = rule_name(&c->all->table, c->rule);
	size_t i;

	for (i = 0; i < c->rule_source->code_count; i++)
		check_code(tree, name, &c->rule_source->code[i]);
	if (c->tree_count &&
	    !QUIRK_SOURCE_CORRECTS(source) && !QUIRK_SOURCE_BARS(source) &&
	    (!has_cond(c, boot_kind, U64_MAX) || has_cond(c, boot_kind, 0))) {
		check_values(c, name, every, every_count);
		result(applies_somewhere(c),
		       "%s: its nodes and properties are in a tree of the entry", name);
	}
	check_numbers(c, name);
	free(name);
}

int truth(const struct boards *all, const char *tree)
{
	size_t entries = all->compiled.entry_count;
	struct claim *claims = calloc(entries + 1, sizeof(*claims));
	struct machine *every = NULL;
	size_t every_count = 0;
	size_t i, n;

	if (!claims)
		abort();
	for (i = 0; i < entries; i++) {
		struct claim *c = &claims[i];

		c->all = all;
		c->entry = i;
		c->source = &all->compiled.entries[i];
		c->trees = calloc(c->source->dts_count + 1, sizeof(*c->trees));
		if (!c->trees)
			abort();
		for (n = 0; n < c->source->dts_count; n++)
			check_tree(c, c->source->dts[n]);
		every = xrealloc(every, (every_count + c->tree_count + 1) * sizeof(*every));
		for (n = 0; n < c->tree_count; n++)
			every[every_count++] = c->trees[n];
	}
	for (i = 0; i < entries; i++) {
		struct claim *c = &claims[i];
		const u8 *e = quirk_entry_at(&all->table, i);

		for (n = 0; n < c->source->code_count; n++)
			check_code(tree, c->source->name, &c->source->code[n]);
		if (get_le32(e + QUIRK_ENT_FLAGS) & QUIRK_ENT_F_DEMO)
			continue;
		check_keys(c);
		for (n = 0; n < c->source->rule_count; n++) {
			c->rule = get_le32(e + QUIRK_ENT_RULE_FIRST) + n;
			c->rule_source = &c->source->rules[n];
			check_rule(c, tree, every, every_count);
		}
	}
	detail("%zu entries, %zu trees; %u facts rest on a reference alone",
	       entries, every_count, references);
	for (i = 0; i < every_count; i++)
		machine_close(&every[i]);
	for (i = 0; i < entries; i++)
		free(claims[i].trees);
	free(every);
	free(claims);
	return results_end();
}
