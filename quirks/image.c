// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c - write the binary table
 *
 * The image has the layout of table.h. Its strings are kept once each, sorted,
 * so that it depends on nothing but what was compiled. The last step is to read
 * it back with the reader that the module uses. Called by compile.c when the
 * sources have no defect; the contract is in compile_priv.h.
 */
#include "compile_priv.h"
#include "../tools/problem.h"

#include <inttypes.h>
#include <stdlib.h>

struct pool {
	const char **strings;
	size_t count;
	u32 *offsets;
	u32 size;
};

struct image {
	u8 *bytes;
	size_t size;
};

static void pool_add(struct pool *pool, const char *string)
{
	pool->strings = quirkc_grow(pool->strings, pool->count,
				    sizeof(*pool->strings));
	pool->strings[pool->count++] = string;
}

static void pool_add_conds(struct pool *pool, const struct conds *conds)
{
	size_t i;

	for (i = 0; i < conds->count; i++)
		pool_add(pool, conds->all[i].value);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Collect all strings, sort them and drop what is there twice. */
static void pool_build(struct pool *pool, const struct compiler *c)
{
	size_t kept = 0;
	size_t i;
	size_t j;

	pool_add(pool, "");
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		pool_add(pool, e->name);
		pool_add(pool, e->title);
		pool_add(pool, e->reference);
		for (j = 0; j < e->rule_count; j++) {
			pool_add(pool, e->rules[j].name);
			pool_add(pool, e->rules[j].reference);
			pool_add(pool, e->rules[j].reason);
			pool_add(pool, e->rules[j].arg_string);
			pool_add_conds(pool, &e->rules[j].scope);
		}
	}
	for (i = 0; i < c->key_count; i++) {
		pool_add(pool, c->keys[i].id.value);
		pool_add_conds(pool, &c->keys[i].further);
	}

	qsort(pool->strings, pool->count, sizeof(*pool->strings),
	      compare_strings);
	pool->offsets = xrealloc(NULL, pool->count * sizeof(*pool->offsets));
	for (i = 0; i < pool->count; i++) {
		if (kept && !strcmp(pool->strings[kept - 1], pool->strings[i]))
			continue;
		pool->strings[kept] = pool->strings[i];
		pool->offsets[kept++] = pool->size;
		pool->size += (u32)strlen(pool->strings[i]) + 1;
	}
	pool->count = kept;
}

static u32 pool_offset(const struct pool *pool, const char *string)
{
	const char **found = bsearch(&string, pool->strings, pool->count,
				     sizeof(*pool->strings), compare_strings);

	return pool->offsets[found - pool->strings];
}

static void put8(struct image *image, u8 value)
{
	image->bytes = quirkc_grow(image->bytes, image->size, 1);
	image->bytes[image->size++] = value;
}

static void put32(struct image *image, u32 value)
{
	int i;

	for (i = 0; i < 4; i++)
		put8(image, (u8)(value >> 8 * i));
}

static void put64(struct image *image, u64 value)
{
	put32(image, (u32)value);
	put32(image, (u32)(value >> 32));
}

static void put_conds(struct image *image, const struct pool *pool,
		      const struct conds *conds)
{
	size_t i;

	for (i = 0; i < conds->count; i++) {
		put32(image, conds->all[i].kind);
		put32(image, pool_offset(pool, conds->all[i].value));
		put64(image, conds->all[i].lo);
		put64(image, conds->all[i].hi);
		put64(image, 0);
	}
}

static void put_key(struct image *image, const struct pool *pool,
		    const struct key *k, u32 cond_first)
{
	put32(image, k->id.kind);
	put32(image, pool_offset(pool, k->id.value));
	put32(image, k->entry->index);
	put32(image, cond_first);
	put32(image, (u32)k->further.count);
	put32(image, (u32)k->id.lo);
	put32(image, (u32)k->id.hi);
	put32(image, 0);
}

static void put_rule(struct image *image, const struct pool *pool,
		     const struct entry *e, const struct rule *r,
		     u32 cond_first)
{
	put32(image, pool_offset(pool, r->name));
	put32(image, pool_offset(pool, r->reference));
	put32(image, pool_offset(pool, r->reason));
	put8(image, r->type);
	put8(image, r->source);
	put8(image, r->confidence);
	put8(image, r->advise);
	put32(image, cond_first);
	put32(image, (u32)r->scope.count);
	put32(image, pool_offset(pool, r->arg_string));
	put32(image, r->arg_index);
	put64(image, r->arg_a);
	put64(image, r->arg_b);
	put32(image, e->index);
	put8(image, r->action);
	put8(image, r->dt_node);
	put8(image, r->flags);
	put8(image, 0);
	put64(image, 0);
}

static void patch32(struct image *image, size_t at, u32 value)
{
	int i;

	for (i = 0; i < 4; i++)
		image->bytes[at + (size_t)i] = (u8)(value >> 8 * i);
}

static void put_header(struct image *image, u64 serial)
{
	size_t i;

	for (i = 0; i < 8; i++)
		put8(image, (u8)QUIRK_MAGIC[i]);
	put32(image, QUIRK_VERSION);
	put32(image, QUIRK_HDR_LEN);
	put32(image, 0);
	put32(image, 0);
	put64(image, serial);
	while (image->size < QUIRK_HDR_LEN)
		put8(image, 0);
}

static void begin_section(struct image *image, enum quirk_section sec,
			  size_t count)
{
	size_t at = QUIRK_HDR_SECTIONS + 8 * (size_t)sec;

	patch32(image, at, (u32)image->size);
	patch32(image, at + 4, (u32)count);
}

static void build(const struct compiler *c, const struct pool *pool,
		  const struct quirk_compile_options *options,
		  struct image *image)
{
	size_t rules = 0;
	size_t conds = 0;
	u32 next = 0;
	size_t i;
	size_t j;

	put_header(image, options->serial);

	begin_section(image, QUIRK_SEC_ENTRIES, c->entry_count);
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		put32(image, pool_offset(pool, e->name));
		put32(image, pool_offset(pool, e->title));
		put32(image, pool_offset(pool, e->reference));
		put32(image, (u32)rules);
		put32(image, (u32)e->rule_count);
		put32(image, e->flags);
		put32(image, e->level);
		put32(image, 0);
		rules += e->rule_count;
		for (j = 0; j < e->rule_count; j++)
			conds += e->rules[j].scope.count;
	}

	begin_section(image, QUIRK_SEC_KEYS, c->key_count);
	for (i = 0; i < c->key_count; i++) {
		put_key(image, pool, &c->keys[i], next);
		next += (u32)c->keys[i].further.count;
	}

	begin_section(image, QUIRK_SEC_CONDS, conds + next);
	for (i = 0; i < c->key_count; i++)
		put_conds(image, pool, &c->keys[i].further);
	for (i = 0; i < c->entry_count; i++)
		for (j = 0; j < c->entries[i]->rule_count; j++)
			put_conds(image, pool, &c->entries[i]->rules[j].scope);

	begin_section(image, QUIRK_SEC_RULES, rules);
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		for (j = 0; j < e->rule_count; j++) {
			put_rule(image, pool, e, &e->rules[j], next);
			next += (u32)e->rules[j].scope.count;
		}
	}

	begin_section(image, QUIRK_SEC_STRINGS, pool->size);
	for (i = 0; i < pool->count; i++)
		for (j = 0; j <= strlen(pool->strings[i]); j++)
			put8(image, (u8)pool->strings[i][j]);
	while (image->size % 8)
		put8(image, 0);

	patch32(image, QUIRK_HDR_LOCAL, options->local);
	patch32(image, QUIRK_HDR_TOTAL, (u32)image->size);
	patch32(image, QUIRK_HDR_CRC,
		env_crc32(0, image->bytes, image->size));
}

enum quirk_compile_result
quirkc_make_image(const struct compiler *c,
		  const struct quirk_compile_options *options,
		  struct quirk_compiled *out)
{
	struct pool pool = { .count = 0 };
	struct image image = { .size = 0 };
	struct quirk_fault fault;
	struct quirk_table table;
	enum quirk_compile_result result = QUIRK_COMPILE_OK;

	pool_build(&pool, c);
	build(c, &pool, options, &image);
	free(pool.strings);
	free(pool.offsets);

	if (quirk_table_open(&table, image.bytes, image.size, &fault)) {
		problem("the reader refuses the table at byte %" PRIu32 ": %s",
			fault.offset, fault.what);
		free(image.bytes);
		result = QUIRK_COMPILE_TROUBLE;
	} else {
		out->image = image.bytes;
		out->size = image.size;
	}
	return result;
}
