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
