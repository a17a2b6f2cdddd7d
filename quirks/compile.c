// SPDX-License-Identifier: GPL-2.0-only
/*
 * compile.c - the grammar of the quirk sources
 *
 * libfdt reads the blob that source.c made of each source, and vocabulary.h
 * says what may stand where: entries, and in these match nodes and rules. Then
 * all sources together are sorted and checked against each other, and image.c
 * writes them. Called by `iommu-resv quirks` and by the host's tests; the
 * contract is in compile.h.
 *
 * A defect does not end the compilation: all of them are printed, as
 * FILE:LINE: NODE: PROPERTY: what is wrong.
 */
#include "compile_priv.h"
#include "vocabulary.h"
#include "../tools/problem.h"

#include <ctype.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

/* Memory that lives until the compilation ends. */
struct chunk {
	struct chunk *next;
	max_align_t bytes[];
};

void *keep(struct compiler *c, size_t size)
{
	struct chunk *chunk = xrealloc(NULL, sizeof(*chunk) + size);

	memset(chunk, 0, sizeof(*chunk) + size);
	chunk->next = c->chunks;
	c->chunks = chunk;
	return chunk->bytes;
}

void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return xrealloc(array, (count ? count * 2 : 1) * size);
}

/*
 * Properties
 */

/* The properties of one node, by their row in vocab[]. */
struct props {
	struct {
		bool seen;
		int offset;
		const char *data;	/* NULL: absent, or not usable */
		int len;
	} p[ARRAY_SIZE(vocab)];
};

static int find_prop(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (!strcmp(vocab[i].name, name))
			return (int)i;
	return -1;
}

static const char *node_kind_name(enum vocab_node where)
{
	return where == VOCAB_ENTRY ? "an entry" :
	       where == VOCAB_MATCH ? "a match node" : "a rule";
}

/* Read the properties of a node; true where they are complete and correct. */
static bool read_props(const struct source *s, int node, enum vocab_node where,
		       struct props *props)
{
	size_t before = s->c->defects;
	int offset;
	size_t i;

	memset(props, 0, sizeof(*props));
	fdt_for_each_property_offset(offset, s->fdt, node) {
		const char *name;
		const char *data;
		const char *fault;
		int len;
		int id;

		data = fdt_getprop_by_offset(s->fdt, offset, &name, &len);
		if (!data)
			continue;
		id = find_prop(name);
		if (id < 0) {
			defect(s, node, offset, name,
			       "unknown property: quirks/vocabulary.h lists those of %s",
			       node_kind_name(where));
			continue;
		}
		if (!(vocab[id].nodes & where)) {
			defect(s, node, offset, name, "has no place in %s",
			       node_kind_name(where));
			continue;
		}
		if (props->p[id].seen) {
			defect(s, node, offset, name, "repeated property");
			continue;
		}
		props->p[id].seen = true;
		props->p[id].offset = offset;
		props->p[id].len = len;
		fault = value_fault(s->c, &vocab[id],
				    mark_at(s, offset)->written, data, len);
		if (fault)
			defect(s, node, offset, name, "%s", fault);
		else
			props->p[id].data = data;
	}
	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].required && vocab[i].nodes & where &&
		    !props->p[i].seen)
			defect(s, node, node, vocab[i].name,
			       "missing property: %s", vocab[i].doc);
	return s->c->defects == before;
}

static u64 number_or_zero(const struct props *props, enum vocab_id id)
{
	return props->p[id].data ?
		cell_at(props->p[id].data, props->p[id].len) : 0;
}

static u32 word_value(const struct props *props, enum vocab_id id)
{
	return find_word(vocab[id].words, props->p[id].data)->value;
}

/*
 * Nodes
 */

static void add_cond(struct conds *conds, const struct cond *cond)
{
	conds->all = grow(conds->all, conds->count, sizeof(*conds->all));
	conds->all[conds->count++] = *cond;
}

static int compare_u64(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_conds(const void *a, const void *b)
{
	const struct cond *x = a;
	const struct cond *y = b;
	int order = compare_u64(x->kind, y->kind);

	if (!order)
		order = strcmp(x->value, y->value);
	if (!order)
		order = compare_u64(x->lo, y->lo);
	return order ? order : compare_u64(x->hi, y->hi);
}

static void sort_conds(struct conds *conds)
{
	if (conds->count)
		qsort(conds->all, conds->count, sizeof(*conds->all),
		      compare_conds);
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

/* The name of a node, printed as a defect where it is none of ours. */
static const char *node_name(const struct source *s, int node)
{
	const char *name = fdt_get_name(s->fdt, node, NULL);

	if (!kebab_case(name))
		defect(s, node, node, NULL,
		       "the name is not kebab-case (lower case letters, digits, single hyphens)");
	if (strlen(name) > 64)
		defect(s, node, node, NULL,
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
		char *value = keep(s->c, 19);
		struct cond cond = {
			.kind = QUIRK_KEY_ACPI,
			.value = value,
			.lo = rev ? cell_at(rev, width) : 0,
			.hi = rev ? cell_at(rev + width, width) : U32_MAX,
		};

		quirk_acpi_key(value, data, oem_id,
			       oem_id + strlen(oem_id) + 1);
		add_cond(out, &cond);
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
			char *value = keep(s->c, room);

			snprintf(value, room, "%s=%s", vocab[id].dmi,
				 data + at);
			cond.value = value;
		}
		add_cond(out, &cond);
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
		total *= groups[g].count;
	if (total > MATCH_KEYS_MAX) {
		defect(s, node, node, NULL,
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
				add_cond(&key.further, cond);
			else
				key.id = *cond;
		}
		sort_conds(&key.further);
		c->keys = grow(c->keys, c->key_count, sizeof(*c->keys));
		c->keys[c->key_count++] = key;
	}
}

static void refuse_children(const struct source *s, int node)
{
	int child;

	fdt_for_each_subnode(child, s->fdt, node)
		defect(s, child, child, NULL, "a node has no place here");
}

static void read_match(const struct source *s, const struct entry *entry,
		       int node)
{
	struct conds groups[ARRAY_SIZE(vocab)] = { 0 };
	struct props props;
	size_t count = 0;
	size_t i;

	refuse_children(s, node);
	if (!read_props(s, node, VOCAB_MATCH, &props))
		return;
	if (props.p[VOCAB_ACPI_REVISION].data &&
	    !props.p[VOCAB_ACPI_TABLE].data)
		defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
		       vocab[VOCAB_ACPI_REVISION].name,
		       "has no meaning without acpi-table");
	if (props.p[VOCAB_ACPI_REVISION].len == 16)
		defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
		       vocab[VOCAB_ACPI_REVISION].name,
		       "an OEM revision has 32 bits");

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].is_key && props.p[i].data)
			read_identities(s, &props, i, &groups[count++]);
	if (count)
		add_keys(s, entry, node, groups, count);
	else
		defect(s, node, node, NULL, "recognises nothing: it needs a key");
	while (count--)
		free(groups[count].all);
}

static void read_scope(const struct source *s, const struct props *props,
		       size_t id, struct conds *out)
{
	const char *data = props->p[id].data;
	int at = 0;

	while (at < props->p[id].len) {
		struct cond cond = { .kind = vocab[id].cond, .value = "" };

		if (vocab[id].kind == VOCAB_NUMBERS) {
			cond.lo = cond.hi = cell_at(data + at, 4);
			at += 4;
		} else {
			if (vocab[id].words)
				cond.lo = cond.hi =
					find_word(vocab[id].words,
						  data + at)->value;
			else
				cond.value = data + at;
			at += (int)strlen(data + at) + 1;
		}
		add_cond(out, &cond);
	}
}

/* Arguments must be those that the source takes, and make sense together. */
static void check_args(const struct source *s, int node,
		       const struct props *props, const struct rule *rule)
{
	unsigned int source = 1u << rule->source;
	const char *word = props->p[VOCAB_SOURCE].data;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		if (props->p[i].seen && vocab[i].sources &&
		    !(vocab[i].sources & source))
			defect(s, node, props->p[i].offset, vocab[i].name,
			       "the source \"%s\" does not take it", word);
		if (!props->p[i].seen && vocab[i].needed_by & source)
			defect(s, node, node, vocab[i].name,
			       "missing property: the source \"%s\" needs it: %s",
			       word, vocab[i].doc);
	}

	if (rule->source == QUIRK_SOURCE_INBOUND_LIMIT &&
	    props->p[VOCAB_ARG_APERTURE_LAST].data && !rule->arg_a)
		defect(s, node, props->p[VOCAB_ARG_APERTURE_LAST].offset,
		       vocab[VOCAB_ARG_APERTURE_LAST].name,
		       "an IOMMU that maps nothing");
	if (rule->source != QUIRK_SOURCE_HOST_REG)
		return;
	if (props->p[VOCAB_ARG_REG_NAME].seen ==
	    props->p[VOCAB_ARG_REG_INDEX].seen)
		defect(s, node, props->p[VOCAB_SOURCE].offset, "source",
		       "the source \"host-reg\" needs either reg-name or reg-index");
	if (number_or_zero(props, VOCAB_ARG_REG_INDEX) > U32_MAX)
		defect(s, node, props->p[VOCAB_ARG_REG_INDEX].offset,
		       vocab[VOCAB_ARG_REG_INDEX].name,
		       "a node has no more than 32 bits of ranges");
	if (props->p[VOCAB_ARG_LENGTH].data && !rule->arg_b)
		defect(s, node, props->p[VOCAB_ARG_LENGTH].offset,
		       vocab[VOCAB_ARG_LENGTH].name, "nothing is left of the range");
	if (rule->arg_b && rule->arg_b - 1 > U64_MAX - rule->arg_a)
		defect(s, node, props->p[VOCAB_ARG_LENGTH].offset,
		       vocab[VOCAB_ARG_LENGTH].name,
		       "offset and length exceed the address space");
}

static void read_rule(const struct source *s, struct entry *entry, int node)
{
	const char *name = node_name(s, node);
	struct props props;
	struct rule rule;
	size_t i;

	refuse_children(s, node);
	for (i = 0; i < entry->rule_count; i++)
		if (!strcmp(entry->rules[i].name, name))
			defect(s, node, node, NULL, "repeated node");
	read_props(s, node, VOCAB_RULE, &props);

	rule = (struct rule){
		.name = name,
		.reference = props.p[VOCAB_REFERENCE].data,
		.reason = props.p[VOCAB_REASON].data,
		.arg_string = "",
		.advise = props.p[VOCAB_ADVISE].seen,
	};
	if (props.p[VOCAB_TYPE].data)
		rule.type = (u8)word_value(&props, VOCAB_TYPE);
	if (props.p[VOCAB_CONFIDENCE].data)
		rule.confidence = (u8)word_value(&props, VOCAB_CONFIDENCE);
	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].cond && props.p[i].data)
			read_scope(s, &props, i, &rule.scope);
	sort_conds(&rule.scope);

	if (props.p[VOCAB_SOURCE].data) {
		const char *range = props.p[VOCAB_ARG_RANGE].data;
		int width = props.p[VOCAB_ARG_RANGE].len / 2;

		rule.source = (u8)word_value(&props, VOCAB_SOURCE);
		switch (rule.source) {
		case QUIRK_SOURCE_RANGE:
			rule.arg_a = range ? cell_at(range, width) : 0;
			rule.arg_b = range ? cell_at(range + width, width) : 0;
			break;
		case QUIRK_SOURCE_HOST_REG:
			if (props.p[VOCAB_ARG_REG_NAME].data)
				rule.arg_string =
					props.p[VOCAB_ARG_REG_NAME].data;
			rule.arg_index = (u32)number_or_zero(&props,
							     VOCAB_ARG_REG_INDEX);
			rule.arg_a = number_or_zero(&props, VOCAB_ARG_OFFSET);
			rule.arg_b = number_or_zero(&props, VOCAB_ARG_LENGTH);
			break;
		case QUIRK_SOURCE_INBOUND_LIMIT:
			rule.arg_a = number_or_zero(&props,
						    VOCAB_ARG_APERTURE_LAST);
			break;
		}
		check_args(s, node, &props, &rule);
	}

	entry->rules = grow(entry->rules, entry->rule_count,
			    sizeof(*entry->rules));
	entry->rules[entry->rule_count++] = rule;
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
	struct entry *entry = keep(c, sizeof(*entry));
	size_t matches = 0;
	struct props props;
	bool known_good;
	int child;

	entry->name = node_name(s, node);
	entry->source = s;
	entry->node = node;
	read_props(s, node, VOCAB_ENTRY, &props);
	entry->title = props.p[VOCAB_TITLE].data;
	entry->reference = props.p[VOCAB_REFERENCE].data;
	known_good = props.p[VOCAB_KNOWN_GOOD].seen;
	if (props.p[VOCAB_DEMO].seen)
		entry->flags |= QUIRK_ENT_F_DEMO;
	if (known_good)
		entry->flags |= QUIRK_ENT_F_KNOWN_GOOD;

	fdt_for_each_subnode(child, s->fdt, node) {
		if (!is_match_node(fdt_get_name(s->fdt, child, NULL))) {
			read_rule(s, entry, child);
			continue;
		}
		matches++;
		if (is_repeated_match(s, node, child))
			defect(s, child, child, NULL, "repeated node");
		read_match(s, entry, child);
	}
	if (!matches)
		defect(s, node, node, NULL,
		       "recognises no machine: it needs a match node");
	if (!entry->rule_count && !known_good)
		defect(s, node, node, NULL,
		       "says nothing: it needs a rule, or known-good where nothing is needed");
	if (entry->rule_count && known_good)
		defect(s, node, node, NULL,
		       "known-good means that nothing is needed, but there are rules");
	if (entry->rule_count > QUIRK_RULES_MAX)
		defect(s, node, node, NULL,
		       "%zu rules, %d at most: a group's regions must fit into one page of sysfs",
		       entry->rule_count, QUIRK_RULES_MAX);

	c->entries = grow(c->entries, c->entry_count, sizeof(*c->entries));
	c->entries[c->entry_count++] = entry;
}

static void read_source(struct compiler *c, const char *file)
{
	const struct source *s = open_source(c, file);
	const char *last_name = NULL;
	int offset;

	if (!s)
		return;

	fdt_for_each_property_offset(offset, s->fdt, 0) {
		const char *name;

		fdt_getprop_by_offset(s->fdt, offset, &name, NULL);
		defect(s, 0, offset, name, "has no place in the root node");
	}
	fdt_for_each_subnode(offset, s->fdt, 0) {
		const char *name = fdt_get_name(s->fdt, offset, NULL);

		if (last_name && strcmp(last_name, name) > 0)
			defect(s, offset, offset, NULL,
			       "stands behind \"%s\": entries are in alphabetical order",
			       last_name);
		last_name = name;
		read_entry(s, offset);
	}
}

/*
 * All sources together
 */

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->source->file, y->source->file);
	return order ? order : compare_u64((u64)x->node, (u64)y->node);
}

static int compare_further(const struct conds *x, const struct conds *y)
{
	size_t i;
	int order;

	for (i = 0; i < x->count && i < y->count; i++) {
		order = compare_conds(&x->all[i], &y->all[i]);
		if (order)
			return order;
	}
	return compare_u64(x->count, y->count);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int order = compare_u64(x->id.kind, y->id.kind);

	if (!order)
		order = strcmp(x->id.value, y->id.value);
	if (!order)
		order = compare_u64(x->entry->index, y->entry->index);
	if (!order)
		order = compare_u64(x->id.lo, y->id.lo);
	if (!order)
		order = compare_u64(x->id.hi, y->id.hi);
	return order ? order : compare_further(&x->further, &y->further);
}

static void sort_all(struct compiler *c)
{
	size_t i;

	if (c->entry_count)
		qsort(c->entries, c->entry_count, sizeof(*c->entries),
		      compare_entries);
	for (i = 0; i < c->entry_count; i++)
		c->entries[i]->index = (u32)i;
	if (c->key_count)
		qsort(c->keys, c->key_count, sizeof(*c->keys), compare_keys);
}

static void check_all(struct compiler *c)
{
	size_t i;
	size_t j;

	for (i = 1; i < c->entry_count; i++) {
		const struct entry *x = c->entries[i - 1];
		const struct entry *y = c->entries[i];

		if (!strcmp(x->name, y->name))
			defect(y->source, y->node, y->node, NULL,
			       "repeated node: the name is taken by %s:%u",
			       x->source->file,
			       mark_at(x->source, x->node)->line);
	}
	for (i = 0; i < c->key_count; i++) {
		const struct key *x = &c->keys[i];

		for (j = i + 1; j < c->key_count; j++) {
			const struct key *y = &c->keys[j];

			if (x->id.kind != y->id.kind ||
			    strcmp(x->id.value, y->id.value))
				break;
			if (x->id.hi < y->id.lo || y->id.hi < x->id.lo ||
			    compare_further(&x->further, &y->further))
				continue;
			defect(y->source, y->node, y->node, NULL,
			       "\"%s\" already recognises %s in %s",
			       y->id.value, x->entry->name,
			       x->entry->source->file);
		}
	}
}

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
	while (c->chunks) {
		struct chunk *chunk = c->chunks;

		c->chunks = chunk->next;
		free(chunk);
	}
}

enum quirk_compile_result quirk_compile(char *const *files, size_t count,
					u64 serial, u8 **image, size_t *size)
{
	struct compiler c = { .defects = 0 };
	enum quirk_compile_result result;
	size_t i;

	for (i = 0; i < count; i++)
		read_source(&c, files[i]);
	sort_all(&c);
	check_all(&c);

	if (c.trouble)
		result = QUIRK_COMPILE_TROUBLE;
	else if (c.defects)
		result = QUIRK_COMPILE_DEFECTS;
	else
		result = make_image(&c, serial, image, size);
	release(&c);
	return result;
}
