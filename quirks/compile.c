// SPDX-License-Identifier: GPL-2.0-only
/*
 * compile.c - the grammar of the quirk sources
 *
 * libfdt reads the blob that source.c made of each source, and vocabulary.h
 * says what may stand where: entries, and in these match nodes and rules (which
 * rule.c reads). Then check.c sorts all sources together and checks them against
 * each other, and image.c writes them. Called by `iommu-resv quirks` and by the
 * host's tests; the contract is in compile.h.
 *
 * A defect does not end the compilation: all of them are printed, as
 * FILE:LINE: NODE: PROPERTY: what is wrong.
 */
#include "compile_priv.h"
#include "../tools/problem.h"

#include <ctype.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

/* Memory that lives until the compilation ends. */
struct quirkc_chunk {
	struct quirkc_chunk *next;
	max_align_t bytes[];
};

void *quirkc_keep(struct compiler *c, size_t size)
{
	struct quirkc_chunk *chunk = xrealloc(NULL, sizeof(*chunk) + size);

	memset(chunk, 0, sizeof(*chunk) + size);
	chunk->next = c->chunks;
	c->chunks = chunk;
	return chunk->bytes;
}

void *quirkc_grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return xrealloc(array, (count ? count * 2 : 1) * size);
}

/*
 * Nodes
 */

void quirkc_add_cond(struct conds *conds, const struct cond *cond)
{
	conds->all = quirkc_grow(conds->all, conds->count,
				 sizeof(*conds->all));
	conds->all[conds->count++] = *cond;
}

int quirkc_compare(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

int quirkc_compare_conds(const void *a, const void *b)
{
	const struct cond *x = a;
	const struct cond *y = b;
	int order = quirkc_compare(x->kind, y->kind);

	if (!order)
		order = strcmp(x->value, y->value);
	if (!order)
		order = quirkc_compare(x->lo, y->lo);
	return order ? order : quirkc_compare(x->hi, y->hi);
}

void quirkc_sort_conds(struct conds *conds)
{
	if (conds->count)
		qsort(conds->all, conds->count, sizeof(*conds->all),
		      quirkc_compare_conds);
}

static bool kebab_case(const char *s)
{
	if (!islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) &&
		    (*s != '-' || s[1] == '-' || !s[1]))
			return false;
	return true;
}

const char *quirkc_node_name(const struct source *s, int node)
{
	const char *name = fdt_get_name(s->fdt, node, NULL);

	if (!kebab_case(name))
		quirkc_defect(s, node, node, NULL,
			      "the name is not kebab-case (lower case letters, digits, single hyphens)");
	if (strlen(name) > 64)
		quirkc_defect(s, node, node, NULL,
			      "the name has more than 64 characters");
	return name;
}

/* The identities that the values of one property of a match node stand for. */
static void read_identities(const struct source *s, const struct props *props,
			    size_t id, struct conds *out)
{
	const char *data = props->p[id].data;
	int at;

	if (id == VOCAB_ACPI_TABLE) {
		const char *oem_id = data + strlen(data) + 1;
		int width = props->p[VOCAB_ACPI_REVISION].len / 2;
		const char *rev = props->p[VOCAB_ACPI_REVISION].data;
		char *value = quirkc_keep(s->c, 19);
		struct cond cond = {
			.kind = QUIRK_KEY_ACPI,
			.value = value,
			.lo = rev ? quirkc_cell_at(rev, width) : 0,
			.hi = rev ? quirkc_cell_at(rev + width, width) : U32_MAX,
		};

		quirk_acpi_key(value, data, oem_id,
			       oem_id + strlen(oem_id) + 1);
		quirkc_add_cond(out, &cond);
		return;
	}
	for (at = 0; at < props->p[id].len; at += (int)strlen(data + at) + 1) {
		struct cond cond = {
			.kind = vocab[id].is_key,
			.value = data + at,
		};

		if (vocab[id].dmi) {
			size_t room = strlen(vocab[id].dmi) +
				      strlen(data + at) + 2;
			char *value = quirkc_keep(s->c, room);

			snprintf(value, room, "%s=%s", vocab[id].dmi,
				 data + at);
			cond.value = value;
		}
		quirkc_add_cond(out, &cond);
	}
}

/*
 * A match node says "one of these and one of those". The table has one value a
 * key, so each combination becomes a key of its own.
 */
#define MATCH_KEYS_MAX 64

static void add_keys(const struct source *s, const struct entry *entry,
		     int node, const struct conds *groups, size_t group_count)
{
	struct compiler *c = s->c;
	size_t total = 1;
	size_t n;
	size_t g;

	for (g = 0; g < group_count; g++)
		if (__builtin_mul_overflow(total, groups[g].count, &total))
			total = SIZE_MAX;
	if (total > MATCH_KEYS_MAX) {
		quirkc_defect(s, node, node, NULL,
			      "%zu combinations of values, %d at most: split the node",
			      total, MATCH_KEYS_MAX);
		return;
	}
	for (n = 0; n < total; n++) {
		struct key key = {
			.entry = entry,
			.source = s,
			.node = node,
		};
		size_t rest = n;

		for (g = 0; g < group_count; g++) {
			const struct cond *cond =
				&groups[g].all[rest % groups[g].count];

			rest /= groups[g].count;
			if (g)
				quirkc_add_cond(&key.further, cond);
			else
				key.id = *cond;
		}
		quirkc_sort_conds(&key.further);
		c->keys = quirkc_grow(c->keys, c->key_count, sizeof(*c->keys));
		c->keys[c->key_count++] = key;
	}
}

void quirkc_refuse_children(const struct source *s, int node)
{
	int child;

	fdt_for_each_subnode(child, s->fdt, node)
		quirkc_defect(s, child, child, NULL, "a node has no place here");
}

/* The strings of a property; the array alone is new. */
static struct texts read_texts(const struct source *s,
			       const struct props *props, enum vocab_id id)
{
	const char *data = props->p[id].data;
	int len = data ? props->p[id].len : 0;
	struct texts texts = { .count = 0 };
	int at;

	for (at = 0; at < len; at++)
		texts.count += !data[at];
	if (!texts.count)
		return texts;
	texts.all = quirkc_keep(s->c, texts.count * sizeof(*texts.all));
	texts.count = 0;
	for (at = 0; at < len; at += (int)strlen(data + at) + 1)
		texts.all[texts.count++] = data + at;
	return texts;
}

struct codes quirkc_read_code(const struct source *s,
			      const struct props *props)
{
	struct texts texts = read_texts(s, props, VOCAB_CODE);
	struct codes codes = { .count = texts.count / 2 };
	size_t i;

	if (codes.count)
		codes.all = quirkc_keep(s->c,
					codes.count * sizeof(*codes.all));
	for (i = 0; i < codes.count; i++)
		codes.all[i] = (struct quirk_code){
			.file = texts.all[2 * i],
			.text = texts.all[2 * i + 1],
		};
	return codes;
}

static void read_match(const struct source *s, const struct entry *entry,
		       int node)
{
	struct conds groups[ARRAY_SIZE(vocab)] = { 0 };
	struct props props;
	size_t count = 0;
	size_t i;

	quirkc_refuse_children(s, node);
	if (!quirkc_read_props(s, node, VOCAB_MATCH, &props))
		return;
	if (props.p[VOCAB_ACPI_REVISION].data &&
	    !props.p[VOCAB_ACPI_TABLE].data)
		quirkc_defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
			      vocab[VOCAB_ACPI_REVISION].name,
			      "has no meaning without acpi-table");
	if (props.p[VOCAB_ACPI_REVISION].len == 16)
		quirkc_defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
			      vocab[VOCAB_ACPI_REVISION].name,
			      "an OEM revision has 32 bits");

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].is_key && props.p[i].data)
			read_identities(s, &props, i, &groups[count++]);
	if (count)
		add_keys(s, entry, node, groups, count);
	else
		quirkc_defect(s, node, node, NULL,
			      "recognises nothing: it needs a key");
	while (count--)
		free(groups[count].all);
}

static bool is_match_node(const char *name)
{
	return !strcmp(name, "match") || !strncmp(name, "match-", 6);
}

static bool is_repeated_match(const struct source *s, int entry, int node)
{
	const char *name = fdt_get_name(s->fdt, node, NULL);
	int child;

	fdt_for_each_subnode(child, s->fdt, entry) {
		if (child == node)
			return false;
		if (!strcmp(fdt_get_name(s->fdt, child, NULL), name))
			return true;
	}
	return false;
}

static void read_entry(const struct source *s, int node)
{
	struct compiler *c = s->c;
	struct entry *entry = quirkc_keep(c, sizeof(*entry));
	size_t matches = 0;
	struct props props;
	bool known_good;
	int child;

	entry->name = quirkc_node_name(s, node);
	entry->source = s;
	entry->node = node;
	quirkc_read_props(s, node, VOCAB_ENTRY, &props);
	entry->title = props.p[VOCAB_TITLE].data;
	entry->reference = props.p[VOCAB_REFERENCE].data;
	/* Raised by rules that need more. */
	entry->level = 1;
	entry->aliases = read_texts(s, &props, VOCAB_ALIAS);
	entry->dts = read_texts(s, &props, VOCAB_DTS);
	entry->code = quirkc_read_code(s, &props);
	known_good = props.p[VOCAB_KNOWN_GOOD].seen;
	if (props.p[VOCAB_DEMO].seen)
		entry->flags |= QUIRK_ENT_F_DEMO;
	if (known_good)
		entry->flags |= QUIRK_ENT_F_KNOWN_GOOD;

	fdt_for_each_subnode(child, s->fdt, node) {
		if (!is_match_node(fdt_get_name(s->fdt, child, NULL))) {
			quirkc_read_rule(s, entry, child);
			continue;
		}
		matches++;
		if (is_repeated_match(s, node, child))
			quirkc_defect(s, child, child, NULL, "repeated node");
		read_match(s, entry, child);
	}
	if (!matches)
		quirkc_defect(s, node, node, NULL,
			      "recognises no machine: it needs a match node");
	if (!entry->rule_count && !known_good)
		quirkc_defect(s, node, node, NULL,
			      "says nothing: it needs a rule, or known-good where nothing is needed");
	if (entry->rule_count && known_good)
		quirkc_defect(s, node, node, NULL,
			      "known-good means that nothing is needed, but there are rules");
	if (entry->rule_count > QUIRK_RULES_MAX)
		quirkc_defect(s, node, node, NULL,
			      "%zu rules, %d at most: a group's regions must fit into one page of sysfs",
			      entry->rule_count, QUIRK_RULES_MAX);

	c->entries = quirkc_grow(c->entries, c->entry_count, sizeof(*c->entries));
	c->entries[c->entry_count++] = entry;
}

static void read_source(struct compiler *c, const char *file)
{
	const struct source *s = quirkc_open_source(c, file);
	const char *last_name = NULL;
	int offset;

	if (!s)
		return;

	fdt_for_each_property_offset(offset, s->fdt, 0) {
		const char *name;

		fdt_getprop_by_offset(s->fdt, offset, &name, NULL);
		quirkc_defect(s, 0, offset, name, "has no place in the root node");
	}
	fdt_for_each_subnode(offset, s->fdt, 0) {
		const char *name = fdt_get_name(s->fdt, offset, NULL);

		if (last_name && strcmp(last_name, name) > 0)
			quirkc_defect(s, offset, offset, NULL,
				      "stands behind \"%s\": entries are in alphabetical order",
				      last_name);
		last_name = name;
		read_entry(s, offset);
	}
}

static void free_chunks(struct quirkc_chunk *chunks)
{
	while (chunks) {
		struct quirkc_chunk *chunk = chunks;

		chunks = chunk->next;
		free(chunk);
	}
}

/* Everything but the chunks, which the caller of the compiler may own now. */
static void release(struct compiler *c)
{
	size_t i;
	size_t j;

	for (i = 0; i < c->entry_count; i++) {
		for (j = 0; j < c->entries[i]->rule_count; j++)
			free(c->entries[i]->rules[j].scope.all);
		free(c->entries[i]->rules);
	}
	for (i = 0; i < c->key_count; i++)
		free(c->keys[i].further.all);
	for (i = 0; i < c->source_count; i++)
		free(c->sources[i]->marks);
	free(c->sources);
	free(c->entries);
	free(c->keys);
}

/* What the image does not hold, for the caller. */
static void hand_over(struct compiler *c, struct quirk_compiled *out)
{
	struct quirk_entry_source *entries =
		quirkc_keep(c, c->entry_count * sizeof(*entries));
	size_t i;
	size_t j;

	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];
		struct quirk_rule_source *rules =
			quirkc_keep(c, e->rule_count * sizeof(*rules));

		for (j = 0; j < e->rule_count; j++)
			rules[j] = (struct quirk_rule_source){
				.name = e->rules[j].name,
				.line = quirkc_mark_at(e->source,
						       e->rules[j].node)->line,
				.code = e->rules[j].code.all,
				.code_count = e->rules[j].code.count,
			};
		entries[i] = (struct quirk_entry_source){
			.name = e->name,
			.file = e->source->file,
			.line = quirkc_mark_at(e->source, e->node)->line,
			.aliases = e->aliases.all,
			.alias_count = e->aliases.count,
			.dts = e->dts.all,
			.dts_count = e->dts.count,
			.code = e->code.all,
			.code_count = e->code.count,
			.rules = rules,
			.rule_count = e->rule_count,
		};
	}
	out->entries = entries;
	out->entry_count = c->entry_count;
	out->notes = c->notes;
	out->memory = c->chunks;
}

enum quirk_compile_result
quirk_compile(char *const *files, size_t count,
	      const struct quirk_compile_options *options,
	      struct quirk_compiled *out)
{
	struct compiler c = { .defects = 0 };
	enum quirk_compile_result result;
	size_t i;

	for (i = 0; i < count; i++)
		read_source(&c, files[i]);
	quirkc_sort(&c);
	quirkc_check(&c);

	if (c.trouble)
		result = QUIRK_COMPILE_TROUBLE;
	else if (c.defects)
		result = QUIRK_COMPILE_DEFECTS;
	else
		result = quirkc_make_image(&c, options, out);
	if (result == QUIRK_COMPILE_OK)
		hand_over(&c, out);
	release(&c);
	if (result != QUIRK_COMPILE_OK)
		free_chunks(c.chunks);
	return result;
}

void quirk_compiled_free(struct quirk_compiled *out)
{
	free(out->image);
	free_chunks(out->memory);
	*out = (struct quirk_compiled){ .image = NULL };
}
