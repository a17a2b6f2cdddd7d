// SPDX-License-Identifier: GPL-2.0-only
/* LINK: tools/report_bars.c tools/report.c tools/machine.c tools/out.c tools/problem.c quirks/table.c quirks/match.c module/ranges.c */
/*
 * report_bars_test.c - the reader of a report's BARs, on good and on damaged
 * reports
 *
 * The good one is of a real machine (tests/host/bars/real.json). Damaged ones
 * are that with members that are gone, or that are something else. The reader
 * refuses, and says where; or what it gives holds all that report_bars.h
 * promises. The test is built with the sanitizers.
 *
 * The seed is fixed: a failure comes again, and prints its round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "tools/problem.h"
#include "tools/report_bars.h"

#define GOOD	"tests/host/bars/real.json"
#define ROUNDS	6000

/* xorshift64, George Marsaglia, "Xorshift RNGs", 2003 */
static u64 random_state;

static u32 random_below(u32 end)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16) % end);
}

static bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

/* What report_bars.h says of an answer. */
static void check_page(const struct bar *b, const struct bar_page *p)
{
	size_t i;

	assert_true(is_power_of_two(p->page_size));
	assert_non_null(bar_vfio_name(p->vfio));
	assert_ptr_equal(bar_page_of(b, p->page_size), p);
	if (p->has_offset) {
		assert_true(p->offset < p->page_size);
		assert_int_equal(p->first_page & (p->page_size - 1), 0);
		assert_true(p->page_count);
		assert_true((p->page_count - 1) <=
			    (U64_MAX - p->first_page) / p->page_size);
	}
	if (p->has_size)
		assert_true(p->size);
	for (i = 0; i < p->shareds; i++) {
		assert_non_null(p->shared[i].device);
		assert_non_null(p->shared[i].kind);
		assert_true(p->shared[i].range.start <= p->shared[i].range.last);
	}
	for (i = 0; i < p->msixs; i++)
		assert_true(p->msix[i].range.start <= p->msix[i].range.last);
	for (i = 0; i < p->directs; i++) {
		assert_int_equal(p->vfio, BAR_MAPS);
		assert_true(p->direct[i].start <= p->direct[i].last);
		assert_true(p->direct[i].last < p->size);
		assert_true(!i || p->direct[i].start > p->direct[i - 1].last);
	}
	if (p->has_guest) {
		assert_int_equal(p->vfio, BAR_MAPS);
		assert_true(p->guest_offset < p->page_size);
		assert_true(is_power_of_two(p->guest_align));
		assert_true(p->guest_footprint);
		assert_int_equal(p->guest_footprint & (p->page_size - 1), 0);
	}
	for (i = 0; i < p->rules; i++) {
		assert_non_null(p->rule[i].rule);
		assert_non_null(p->rule[i].says);
		assert_non_null(p->rule[i].outcome);
	}
}

static void check_bar(const struct bar *b)
{
	size_t i;

	assert_non_null(bar_kind_name(b->kind));
	assert_true(b->number <= BAR_ROM);
	assert_int_equal(b->number == BAR_ROM, b->kind == BAR_EXPANSION_ROM);
	assert_true(b->size);
	assert_true(b->pages <= BAR_PAGES_MAX);
	if (b->kind == BAR_IO)
		assert_int_equal(b->bits, 0);
	else
		assert_true(b->bits == 32 || b->bits == 64);
	if (b->has_address) {
		assert_true(b->range.start <= b->range.last);
		assert_true(b->range.last - b->range.start >= b->size - 1);
	} else {
		assert_false(b->assigned);
	}
	if (b->has_window) {
		assert_non_null(b->owner);
		assert_true(b->window.start <= b->window.last);
	}
	for (i = 0; i < b->pages; i++)
		check_page(b, &b->page[i]);
}

static void check_device(const struct bar_device *d)
{
	size_t i;

	assert_true(strlen(d->name) >= 12);
	assert_int_equal(strspn(d->name, "0123456789abcdef:."),
			 strlen(d->name));
	assert_true(is_power_of_two(d->page_size));
	assert_true(d->group >= 0);
	assert_true(d->bars <= BARS_MAX);
	assert_true(!d->error || !d->bars);
	if (d->path)
		assert_int_equal(strspn(d->path, "0123456789abcdef:./"),
				 strlen(d->path));
	if (d->has_msix) {
		assert_true(d->table_bar < BAR_ROM && d->pba_bar < BAR_ROM);
		assert_true(d->table.start <= d->table.last);
		assert_true(d->pba.start <= d->pba.last);
	}
	for (i = 0; i < d->vf_page_sizes; i++)
		assert_true(is_power_of_two(d->vf_page_size[i]));
	for (i = 0; i < d->bars; i++)
		check_bar(&d->bar[i]);
}

static struct json_object *read_good(void)
{
	struct json_object *root;
	char *text;
	size_t size;

	assert_int_equal(read_file(GOOD, &text, &size), 0);
	root = json_tokener_parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

static void good_is_read(void **state)
{
	struct report r = { .file = GOOD, .root = read_good() };
	const struct bar_page *p;
	struct bar_device *d;
	size_t count;
	size_t i;

	assert_int_equal(report_bars(&r, &d, &count), 0);
	assert_int_equal(count, 10);
	for (i = 0; i < count; i++)
		check_device(&d[i]);
	/* An e1000e: BAR 3 of 16 KiB has MSI-X, and others in its page. */
	for (i = 0; strcmp(d[i].name, "0000:00:05.0"); i++)
		assert_true(i + 1 < count);
	assert_int_equal(d[i].page_size, 4096);
	assert_int_equal(d[i].bars, 5);
	assert_true(d[i].has_msix);
	assert_int_equal(d[i].table_bar, 3);
	assert_int_equal(d[i].bar[3].number, 3);
	assert_int_equal(d[i].bar[3].kind, BAR_MEMORY);
	assert_int_equal(d[i].bar[3].size, 0x4000);
	assert_int_equal(d[i].bar[3].range.start, 0x10280000);
	assert_string_equal(d[i].bar[3].owner, "host");
	p = bar_page_of(&d[i].bar[3], 4096);
	assert_int_equal(p->vfio, BAR_MAPS);
	assert_true(p->running);
	assert_int_equal(p->directs, 2);
	p = bar_page_of(&d[i].bar[3], 65536);
	assert_int_equal(p->vfio, BAR_TRAPS);
	assert_string_equal(p->reason, "shared");
	assert_true(p->shareds > 0);
	assert_null(bar_page_of(&d[i].bar[3], 8192));
	assert_int_equal(d[i].bar[2].kind, BAR_IO);
	assert_int_equal(d[i].bar[4].kind, BAR_EXPANSION_ROM);
	report_bars_free(d, count);
	report_close(&r);
}

/*
 * Damage
 */

/* A value of the document, by its number on a walk through all. */
struct walk {
	size_t left;
	struct json_object *parent;
	const char *key;	/* NULL in an array */
	size_t index;
};

static bool walk_to(struct walk *w, struct json_object *at)
{
	size_t i;

	if (json_object_is_type(at, json_type_array)) {
		for (i = 0; i < json_object_array_length(at); i++) {
			struct json_object *value =
				json_object_array_get_idx(at, i);

			if (!w->left--) {
				w->parent = at;
				w->key = NULL;
				w->index = i;
				return true;
			}
			if (walk_to(w, value))
				return true;
		}
	} else if (json_object_is_type(at, json_type_object)) {
		json_object_object_foreach(at, key, value) {
			if (!w->left--) {
				w->parent = at;
				w->key = key;
				return true;
			}
			if (walk_to(w, value))
				return true;
		}
	}
	return false;
}

static size_t count_values(struct json_object *root)
{
	struct walk w = { .left = SIZE_MAX };

	walk_to(&w, root);
	return SIZE_MAX - w.left;
}

static struct json_object *odd_value(struct json_object *root, size_t values)
{
	static const char * const texts[] = {
		"", "0x", "0x0", "0x1", "0xfff", "0x10000", "0x10003fff",
		"0xffffffffffffffff", "0x10000000000000000", "x", "maps",
		"traps", "fails", "unknown", "memory", "io", "rom", "vf-memory",
		"realign", "table", "0000:00:01.0", "0000:00:01.0/00.1",
		"$(reboot)", "shared",
	};
	static const int64_t numbers[] = {
		0, 1, -1, 2, 6, 7, 64, 4095, 4096, 65536, 1ll << 31, 1ll << 32,
		INT64_MAX, INT64_MIN,
	};
	struct json_object *copy = NULL;
	struct walk w;

	switch (random_below(8)) {
	case 0:
		return NULL;
	case 1:
		return json_object_new_boolean((int)random_below(2));
	case 2:
	case 3:
		return json_object_new_int64(numbers[random_below(ARRAY_SIZE(numbers))]);
	case 4:
	case 5:
		return json_object_new_string(texts[random_below(ARRAY_SIZE(texts))]);
	case 6:
		return random_below(2) ? json_object_new_array() :
					 json_object_new_object();
	default:
		w.left = random_below((u32)values);
		if (!walk_to(&w, root))
			return NULL;
		json_object_deep_copy(w.key ? json_object_object_get(w.parent, w.key) :
				      json_object_array_get_idx(w.parent, w.index),
				      &copy, NULL);
		return copy;
	}
}

static void damage(struct json_object *root)
{
	size_t values = count_values(root);
	struct json_object *value;
	struct walk w = { .left = random_below((u32)values) };

	if (!walk_to(&w, root))
		return;
	if (random_below(5)) {
		value = odd_value(root, values);
		if (w.key)
			json_object_object_add(w.parent, w.key, value);
		else
			json_object_array_put_idx(w.parent, w.index, value);
	} else if (w.key) {
		json_object_object_del(w.parent, w.key);
	} else {
		json_object_array_del_idx(w.parent, w.index, 1);
	}
}

/* Few devices: damage shall meet all parts, not only the largest one. */
static struct json_object *cut(struct json_object *root)
{
	struct json_object *groups = json_object_object_get(root, "groups");
	size_t keep = random_below(8);

	json_object_array_del_idx(groups, keep + 2,
				  json_object_array_length(groups) - keep - 2);
	json_object_array_del_idx(groups, 0, keep);
	return root;
}

static void damaged_is_refused_or_sound(void **state)
{
	struct json_object *good = read_good();
	FILE *to = stderr;
	u32 refused = 0, taken = 0;
	u32 round;

	random_state = 0x5eed0b45;
	for (round = 0; round < ROUNDS; round++) {
		struct report r = { .file = "damaged.json" };
		struct bar_device *d;
		size_t size, count, i;
		char *said;
		u32 hits = 1 + random_below(2);
		int ret;

		assert_int_equal(json_object_deep_copy(good, &r.root, NULL), 0);
		cut(r.root);
		while (hits--)
			damage(r.root);
		/* glibc lets it be assigned; the sanitizers write elsewhere. */
		stderr = open_memstream(&said, &size);
		assert_non_null(stderr);
		ret = report_bars(&r, &d, &count);
		fclose(stderr);
		stderr = to;
		if (ret)
			refused++;
		else
			taken++;
		if (!ret == !!size || (ret && !strstr(said, "damaged.json: ")))
			fail_msg("round %u: returned %d and said \"%s\"", round,
				 ret, said);
		for (i = 0; i < count && !ret; i++)
			check_device(&d[i]);
		free(said);
		report_bars_free(d, count);
		report_close(&r);
	}
	json_object_put(good);
	assert_true(refused > ROUNDS / 4);
	assert_true(taken > ROUNDS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_is_read),
		cmocka_unit_test(damaged_is_refused_or_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
