// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - all sources together
 *
 * Brings entries and keys into the order of the table, and holds the entries
 * against each other: several of them may be for one machine, and what they say
 * must not contradict. Called by compile.c when all sources were read; the
 * contract is in compile_priv.h.
 *
 * Which entries can be for one machine cannot be known in general: any two
 * strings may stand in one device tree. Two keys are taken to go together where
 * they name the same thing at least once and nowhere ask for different things
 * of one kind (different strings of the root node, different values of a DMI
 * field): whoever writes those wants to tell machines apart. An entry for a SoC
 * and one for a board of it have different root strings; that they go together
 * shows where both name one device tree (`dts`). Where they do not, it is seen
 * when the board is replayed (tests/boards).
 */
#include "compile_priv.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * Order
 */

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->source->file, y->source->file);
	return order ? order : quirkc_compare((u64)x->node, (u64)y->node);
}

static int compare_further(const struct conds *x, const struct conds *y)
{
	size_t i;
	int order;

	for (i = 0; i < x->count && i < y->count; i++) {
		order = quirkc_compare_conds(&x->all[i], &y->all[i]);
		if (order)
			return order;
	}
	return quirkc_compare(x->count, y->count);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int order = quirkc_compare(x->id.kind, y->id.kind);

	if (!order)
		order = strcmp(x->id.value, y->id.value);
	if (!order)
		order = quirkc_compare(x->entry->index, y->entry->index);
	if (!order)
		order = quirkc_compare(x->id.lo, y->id.lo);
	if (!order)
		order = quirkc_compare(x->id.hi, y->id.hi);
	return order ? order : compare_further(&x->further, &y->further);
}

void quirkc_sort(struct compiler *c)
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

static unsigned int line_of(const struct entry *e, int node)
{
	return quirkc_mark_at(e->source, node)->line;
}

/*
 * Identity
 */

/* An identity of a key: the one that is searched for, then the further ones. */
static const struct cond *identity(const struct key *k, size_t i)
{
	return i ? &k->further.all[i - 1] : &k->id;
}

/* Two answers to one question: what the device tree's root says, a DMI field. */
static bool same_question(const struct cond *x, const struct cond *y)
{
	size_t len;

	if (x->kind != y->kind)
		return false;
	if (x->kind != QUIRK_KEY_DMI)
		return true;
	len = strcspn(x->value, "=") + 1;
	return !strncmp(x->value, y->value, len);
}

static bool same_answer(const struct cond *x, const struct cond *y)
{
	return !strcmp(x->value, y->value) && x->lo <= y->hi && y->lo <= x->hi;
}

/* A maker's name alone says nothing about the machine. */
static bool is_maker(const struct cond *x)
{
	return x->kind == QUIRK_KEY_DMI &&
	       !strncmp(x->value + strcspn(x->value, "_="), "_vendor=", 8);
}

static bool go_together(const struct key *x, const struct key *y)
{
	bool shared = false;
	size_t i;
	size_t j;

	for (i = 0; i <= x->further.count; i++) {
		for (j = 0; j <= y->further.count; j++) {
			const struct cond *a = identity(x, i);
			const struct cond *b = identity(y, j);

			if (!same_question(a, b))
				continue;
			if (!same_answer(a, b))
				return false;
			shared |= !is_maker(a);
		}
	}
	return shared;
}

static bool share_tree(const struct entry *x, const struct entry *y)
{
	size_t i;
	size_t j;

	for (i = 0; i < x->dts.count; i++)
		for (j = 0; j < y->dts.count; j++)
			if (!strcmp(x->dts.all[i], y->dts.all[j]))
				return true;
	return false;
}

/* The first key by which @y can be for a machine of @x, or NULL. */
static const struct key *key_together(const struct compiler *c,
				      const struct entry *x,
				      const struct entry *y)
{
	bool one_tree = share_tree(x, y);
	size_t i;
	size_t j;

	for (i = 0; i < c->key_count; i++) {
		if (c->keys[i].entry != y)
			continue;
		if (one_tree)
			return &c->keys[i];
		for (j = 0; j < c->key_count; j++)
			if (c->keys[j].entry == x &&
			    go_together(&c->keys[j], &c->keys[i]))
				return &c->keys[i];
	}
	return NULL;
}

/*
 * Rules
 */

/* The part of a kernel behaviour's name in front of its value. */
static size_t stem(const char *name)
{
	const char *is = strstr(name, "-is-");

	return is ? (size_t)(is - name) : strlen(name);
}

/* Can one device answer both? Of most kinds a device has one value only. */
static bool can_both_hold(const struct cond *x, const struct cond *y)
{
	switch (x->kind) {
	case QUIRK_COND_BOOT:
	case QUIRK_COND_SEGMENT:
	case QUIRK_COND_IOMMU_BASE:
	case QUIRK_COND_PAGE_SIZE:
		return x->lo <= y->hi && y->lo <= x->hi;
	case QUIRK_COND_HOST_PATH:
	case QUIRK_COND_DEVICE_PATH:
	case QUIRK_COND_DEVICE_ID:
	case QUIRK_COND_ROOT_PORT:
		return !strcmp(x->value, y->value);
	case QUIRK_COND_KERNEL:
		return !strcmp(x->value, y->value) ||
		       stem(x->value) != stem(y->value) ||
		       strncmp(x->value, y->value, stem(x->value));
	}
	return true;
}

/* Do two rules ask for things of one kind that no device has both of? */
static bool apart_by(const struct rule *x, const struct rule *y, u32 kind)
{
	bool asked = false;
	size_t i;
	size_t j;

	for (i = 0; i < x->scope.count; i++) {
		if (x->scope.all[i].kind != kind)
			continue;
		for (j = 0; j < y->scope.count; j++) {
			if (y->scope.all[j].kind != kind)
				continue;
			asked = true;
			/* Values of one kind are alternatives. */
			if (can_both_hold(&x->scope.all[i], &y->scope.all[j]))
				return false;
		}
	}
	return asked;
}

/* Is it certain that no device is in the scope of both rules? */
static bool scopes_apart(const struct rule *x, const struct rule *y)
{
	u32 kind;

	for (kind = QUIRK_COND_BOOT; kind < QUIRK_CONDS_END; kind++)
		if (apart_by(x, y, kind))
			return true;
	return false;
}

static bool overlap(const struct rule *x, const struct rule *y)
{
	return x->source == QUIRK_SOURCE_RANGE &&
	       y->source == QUIRK_SOURCE_RANGE &&
	       x->arg_a <= y->arg_b && y->arg_a <= x->arg_b;
}

static bool puts_in(const struct rule *r)
{
	return r->action == QUIRK_ACTION_ADD ||
	       r->action == QUIRK_ACTION_REPLACE;
}

/* How one rule's taking away meets what another one wants, or NULL. */
static const char *weakening(const struct rule *x, const struct rule *y)
{
	if (!QUIRK_ACTION_WEAKENS(x->action) || x->type != y->type ||
	    x->action == y->action || !overlap(x, y))
		return NULL;
	if (x->action == QUIRK_ACTION_DROP)
		return puts_in(y) ? "one drops what the other puts in" :
				    "one drops what the other relaxes";
	return puts_in(y) ? "one relaxes what the other puts in" : NULL;
}

/*
 * Two corrections of one thing, where their scopes meet. A mapping may be there
 * twice, whole or in part, as long as each requester becomes one stream.
 */
static const char *corrected_twice(const struct rule *x, const struct rule *y)
{
	u32 first_x = (u32)x->arg_a;
	u32 first_y = (u32)y->arg_a;

	if (x->source != y->source || !QUIRK_SOURCE_CORRECTS(x->source))
		return NULL;
	if (x->source != QUIRK_SOURCE_IORT_ID_MAPPING)
		return x->arg_index == y->arg_index ? NULL :
			"a field of a node has one value";
	if (first_x > y->arg_a >> 32 || first_y > x->arg_a >> 32)
		return NULL;
	return x->arg_b == y->arg_b && x->arg_index - first_x ==
	       y->arg_index - first_y ? NULL :
		"a requester ID becomes one stream ID of one SMMU";
}

/* Two offsets for one BAR. One of another size is another BAR. */
static const char *placed_twice(const struct rule *x, const struct rule *y)
{
	bool same_bar = x->arg_index == y->arg_index &&
			(!x->arg_a || !y->arg_a || x->arg_a == y->arg_a);

	return x->source == QUIRK_SOURCE_BAR_OFFSET && y->source == x->source &&
	       same_bar && x->arg_b != y->arg_b ?
		"a BAR has one offset in a page" : NULL;
}

/* Why two rules cannot both be right for a device, or NULL. */
static const char *contradiction(const struct rule *x, const struct rule *y)
{
	const char *why;

	if (scopes_apart(x, y))
		return NULL;
	if (x->action == QUIRK_ACTION_REPLACE &&
	    y->action == QUIRK_ACTION_REPLACE &&
	    (x->type == QUIRK_TYPE_SW_MSI || y->type == QUIRK_TYPE_SW_MSI))
		return x->type == y->type ?
			"both replace the software window, and a device has one" :
			"one replaces the software window and the other does away with it";
	if (puts_in(x) && puts_in(y) && x->type != y->type && overlap(x, y))
		return "the types of one address differ";
	why = corrected_twice(x, y);
	if (!why)
		why = placed_twice(x, y);
	if (!why)
		why = weakening(x, y);
	return why ? why : weakening(y, x);
}

/*
 * Two rules that say the same of some addresses: no harm. Where they do not
 * contradict and have one type, they have one action as well.
 */
static bool repeats(const struct rule *x, const struct rule *y)
{
	return x->type == y->type && overlap(x, y) && !scopes_apart(x, y);
}

/* Rules of the entry @y against those of @x; the same one: each pair once. */
static void check_rules(const struct entry *x, const struct entry *y)
{
	size_t i;
	size_t j;

	for (i = 0; i < y->rule_count; i++) {
		const struct rule *ry = &y->rules[i];

		for (j = 0; j < (x == y ? i : x->rule_count); j++) {
			const struct rule *rx = &x->rules[j];
			const char *why;

			if (!rx->is_sound || !ry->is_sound)
				continue;
			why = contradiction(rx, ry);
			if (why)
				quirkc_defect(y->source, ry->node, ry->node,
					      NULL,
					      "contradicts %s/%s (%s:%u): %s; change one of them, or give them scopes that no device is in together",
					      x->name, rx->name,
					      x->source->file,
					      line_of(x, rx->node), why);
		}
	}
}

/* One note a rule is enough; true where there was one. */
static bool note_overlap(const struct entry *x, const struct entry *y,
			 const struct rule *ry)
{
	size_t i;

	for (i = 0; i < x->rule_count && &x->rules[i] != ry; i++) {
		const struct rule *rx = &x->rules[i];

		if (!repeats(rx, ry))
			continue;
		quirkc_note(y->source, ry->node,
			    "overlaps %s/%s (%s:%u), which says the same of 0x%" PRIx64 "-0x%" PRIx64 ": they are merged",
			    x->name, rx->name, x->source->file,
			    line_of(x, rx->node),
			    rx->arg_a > ry->arg_a ? rx->arg_a : ry->arg_a,
			    rx->arg_b < ry->arg_b ? rx->arg_b : ry->arg_b);
		return true;
	}
	return false;
}

/*
 * Entries
 */

static void check_names(const struct compiler *c)
{
	size_t i;

	for (i = 1; i < c->entry_count; i++) {
		const struct entry *x = c->entries[i - 1];
		const struct entry *y = c->entries[i];

		if (!strcmp(x->name, y->name))
			quirkc_defect(y->source, y->node, y->node, NULL,
				      "repeated node: the name is taken by %s:%u",
				      x->source->file, line_of(x, x->node));
	}
}

/*
 * The same key twice: a defect within an entry, and worth a word between two,
 * since the second may have been written without knowing of the first.
 */
static void check_keys(struct compiler *c, bool notes)
{
	size_t i;
	size_t j;

	for (i = 0; i < c->key_count; i++) {
		const struct key *x = &c->keys[i];

		for (j = i + 1; j < c->key_count; j++) {
			const struct key *y = &c->keys[j];

			if (x->id.kind != y->id.kind ||
			    strcmp(x->id.value, y->id.value))
				break;
			if (!same_answer(&x->id, &y->id) ||
			    compare_further(&x->further, &y->further))
				continue;
			if (x->entry == y->entry && !notes)
				quirkc_defect(y->source, y->node, y->node, NULL,
					      "\"%s\" already recognises this entry by line %u",
					      y->id.value,
					      line_of(x->entry, x->node));
			if (x->entry != y->entry && notes)
				quirkc_note(y->source, y->node,
					    "\"%s\" recognises %s as well (%s:%u): the rules of both apply",
					    y->id.value, x->entry->name,
					    x->source->file,
					    line_of(x->entry, x->node));
		}
	}
}

static size_t literal_ranges(const struct entry *e)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < e->rule_count; i++)
		count += e->rules[i].source == QUIRK_SOURCE_RANGE &&
			 puts_in(&e->rules[i]);
	return count;
}

/* An entry against those in front of it that can be for the same machine. */
static void check_entry(const struct compiler *c, const struct entry *e)
{
	size_t ranges = literal_ranges(e);
	size_t others = 0;
	size_t i;

	check_rules(e, e);
	for (i = 0; i < e->index; i++) {
		const struct entry *x = c->entries[i];
		const struct key *key = key_together(c, x, e);

		if (!key)
			continue;
		if ((x->flags ^ e->flags) & QUIRK_ENT_F_KNOWN_GOOD)
			quirkc_defect(key->source, key->node, key->node, NULL,
				      "recognises what %s (%s:%u) can recognise: one of the two is known-good, that is, needs nothing, and the other has rules",
				      x->name, x->source->file,
				      line_of(x, x->node));
		check_rules(x, e);
		ranges += literal_ranges(x);
		others++;
	}
	if (others && ranges > QUIRK_RULES_MAX)
		quirkc_defect(e->source, e->node, e->node, NULL,
			      "%zu literal ranges with those of the entries that it can share a machine with (%zu), %d at most: a group's regions must fit into one page of sysfs",
			      ranges, others, QUIRK_RULES_MAX);
}

/* What is harmless, but may not have been meant. */
static void note_entry(const struct compiler *c, const struct entry *e)
{
	size_t i;
	size_t j;

	for (i = 0; i < e->rule_count; i++) {
		bool noted = note_overlap(e, e, &e->rules[i]);

		for (j = 0; !noted && j < e->index; j++)
			noted = key_together(c, c->entries[j], e) &&
				note_overlap(c->entries[j], e, &e->rules[i]);
	}
}

void quirkc_check(struct compiler *c)
{
	size_t i;

	check_names(c);
	check_keys(c, false);
	for (i = 0; i < c->entry_count; i++)
		check_entry(c, c->entries[i]);
	if (c->defects || c->trouble)
		return;
	check_keys(c, true);
	for (i = 0; i < c->entry_count; i++)
		note_entry(c, c->entries[i]);
}
