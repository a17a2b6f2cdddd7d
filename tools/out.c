// SPDX-License-Identifier: GPL-2.0-only
/*
 * out.c - one printer for people and for programs
 *
 * Both forms are printed from the same tree of json-c objects, which the calls
 * build and out_end() writes.
 */
#include "out.h"
#include "problem.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_DEPTH_MAX 16

/* What tells an array that is printed as a table, by its address. */
static char table_mark;

struct out {
	bool json;
	int depth;
	struct json_object *open[OUT_DEPTH_MAX];
};

static struct json_object *made(struct json_object *object)
{
	if (!object) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return object;
}

static void add(struct out *o, const char *key, struct json_object *value)
{
	struct json_object *parent = o->open[o->depth];
	int ret;

	assert((key == NULL) == json_object_is_type(parent, json_type_array));
	ret = key ? json_object_object_add(parent, key, made(value)) :
		    json_object_array_add(parent, made(value));
	if (ret)
		made(NULL);
}

static void push(struct out *o, const char *key, struct json_object *value)
{
	add(o, key, value);
	assert(o->depth + 1 < OUT_DEPTH_MAX);
	o->open[++o->depth] = value;
}

struct out *out_begin(bool json)
{
	struct out *o = xrealloc(NULL, sizeof(*o));

	o->json = json;
	o->depth = 0;
	o->open[0] = made(json_object_new_object());
	return o;
}

void out_array(struct out *o, const char *key)
{
	push(o, key, json_object_new_array());
}

void out_table(struct out *o, const char *key)
{
	out_array(o, key);
	json_object_set_userdata(o->open[o->depth], &table_mark, NULL);
}

void out_object(struct out *o)
{
	push(o, NULL, json_object_new_object());
}

void out_close(struct out *o)
{
	assert(o->depth > 0);
	o->depth--;
}

void out_text(struct out *o, const char *key, const char *text)
{
	add(o, key, json_object_new_string(text));
}

void out_hex(struct out *o, const char *key, uint64_t value, int digits)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*" PRIx64, digits, value);
	out_text(o, key, text);
}

void out_number(struct out *o, const char *key, int64_t value)
{
	add(o, key, json_object_new_int64(value));
}

void out_flag(struct out *o, const char *key, bool value)
{
	add(o, key, json_object_new_boolean(value));
}

static void print_text(struct json_object *value, int indent);

static const char *plain(struct json_object *value)
{
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value) ? "yes" : "no";
	return json_object_get_string(value);
}

static bool is_plain(struct json_object *value)
{
	return !json_object_is_type(value, json_type_array) &&
	       !json_object_is_type(value, json_type_object);
}

static void print_array(struct json_object *array, int indent)
{
	size_t count = json_object_array_length(array);
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *member = json_object_array_get_idx(array, i);

		printf("%*s- ", indent, "");
		if (is_plain(member))
			printf("%s\n", plain(member));
		else
			print_text(member, indent + 2);
	}
}

/* The names of all members of a table's objects, in the order of their coming. */
static struct json_object *columns_of(struct json_object *table)
{
	struct json_object *columns = made(json_object_new_object());
	size_t count = json_object_array_length(table);
	size_t i;

	for (i = 0; i < count; i++) {
		json_object_object_foreach(json_object_array_get_idx(table, i),
					   key, value) {
			struct json_object *widest = NULL;
			int width = (int)strlen(plain(value));

			json_object_object_get_ex(columns, key, &widest);
			if (!widest) {
				widest = made(json_object_new_int((int)strlen(key)));
				json_object_object_add(columns, key, widest);
			}
			if (json_object_get_int(widest) < width)
				json_object_set_int(widest, width);
		}
	}
	return columns;
}

/* One line of a table; the names where @row is NULL. */
static void print_row(struct json_object *columns, struct json_object *row,
		      int indent)
{
	int blanks = indent;

	json_object_object_foreach(columns, key, width) {
		struct json_object *value = NULL;
		const char *text = row ? "-" : key;

		if (row && json_object_object_get_ex(row, key, &value))
			text = plain(value);
		printf("%*s%s", blanks, "", text);
		blanks = json_object_get_int(width) - (int)strlen(text) + 2;
	}
	printf("\n");
}

static void print_table(struct json_object *table, int indent)
{
	struct json_object *columns = columns_of(table);
	size_t count = json_object_array_length(table);
	size_t i;

	print_row(columns, NULL, indent);
	for (i = 0; i < count; i++)
		print_row(columns, json_object_array_get_idx(table, i), indent);
	json_object_put(columns);
}

/* The members of an object; the first one's indentation is already there. */
static void print_text(struct json_object *object, int indent)
{
	bool first = true;

	json_object_object_foreach(object, key, value) {
		printf("%*s%s:", first ? 0 : indent, "", key);
		first = false;
		if (is_plain(value)) {
			printf(" %s\n", plain(value));
		} else if (!json_object_array_length(value)) {
			printf(" none\n");
		} else if (json_object_get_userdata(value) == &table_mark) {
			printf("\n");
			print_table(value, indent + 2);
		} else {
			printf("\n");
			print_array(value, indent + 2);
		}
	}
}

void out_drop(struct out *o)
{
	json_object_put(o->open[0]);
	free(o);
}

int out_end(struct out *o, const char *key)
{
	struct json_object *root = o->open[0];
	int ret = 0;

	assert(o->depth == 0);
	if (o->json)
		printf("%s\n",
		       json_object_to_json_string_ext(key ? json_object_object_get(root, key) : root,
						      JSON_C_TO_STRING_PRETTY |
						      JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		print_text(root, 0);
	out_drop(o);

	if (fflush(stdout) || ferror(stdout)) {
		problem("cannot write to standard output: %s", strerror(errno));
		ret = -1;
	}
	return ret;
}
