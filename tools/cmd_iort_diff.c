// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_diff.c - iommu-resv iort diff
 *
 * Compares two tables by what they mean. Each node becomes a title (what it is)
 * and a list of statements (its fields, what its mappings lead to, by title), with
 * nothing in them that depends on where the node or an array of it is, in which
 * order they are, or how nodes are numbered. What is left are differences.
 */
#include "cmd.h"
#include "iort_table.h"
#include "out.h"
#include "problem.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
	u32 off;
	char *title;
	char **line;		/* sorted */
	size_t lines;
	struct node *other;	/* the same node in the other table */
};

struct side {
	const char *name;	/* "old" or "new" */
	struct iort_file file;
	struct node *node;
	u32 nodes;
};

/* ---- from a node to statements ---- */

__attribute__((format(printf, 2, 3)))
static void say(struct node *n, const char *format, ...)
{
	char *text;
	va_list args;
	int ret;

	va_start(args, format);
	ret = vasprintf(&text, format, args);
	va_end(args);
	if (ret < 0) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	/* Grows at powers of two. */
	if (!(n->lines & (n->lines - 1)))
		n->line = xrealloc(n->line, (n->lines ? 2 * n->lines : 1) *
				   sizeof(*n->line));
	n->line[n->lines++] = text;
}

static void say_fields(struct node *n, const struct iort_table *t)
{
	const struct iort_node *wire = iort_node_at(t, n->off);
	const struct iort_field *field;
	u32 count, i;
	char *text;
	u64 value;

	field = iort_fields(wire->type, &count);
	for (i = 0; i < count; i++) {
		if (!iort_field_value(t, n->off, &field[i], &value))
			continue;
		switch (field[i].kind) {
		case IORT_FIELD_NUMBER:
			say(n, "%s: %" PRIu64, field[i].name, value);
			break;
		case IORT_FIELD_HEX:
			say(n, "%s: 0x%" PRIx64, field[i].name, value);
			break;
		case IORT_FIELD_PATH:
			text = iort_printable(t->buf + n->off + field[i].offset,
					      get_le16(wire->length) -
					      field[i].offset);
			say(n, "%s: %s", field[i].name, text);
			free(text);
			break;
		case IORT_FIELD_NODE:
			text = iort_node_title(t, (u32)value);
			say(n, "%s: %s", field[i].name, text);
			free(text);
			break;
		}
	}
}

static void say_arrays(struct node *n, const struct iort_table *t)
{
	struct iort_array arrays[3];
	u32 count = iort_arrays(t, n->off, arrays);
	u32 i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < arrays[i].count; k++) {
			const u8 *p = t->buf + arrays[i].offset +
				      k * arrays[i].size;

			if (arrays[i].size == 4)
				say(n, "%s, %u: %u", arrays[i].name, k,
				    get_le32(p));
			else
				say(n, "%s, %u: GSIV %u, flags 0x%x",
				    arrays[i].name, k, get_le32(p),
				    get_le32(p + 4));
		}
	}
}

static void say_ranges(struct node *n, const struct iort_table *t)
{
	u32 i;

	for (i = 0; i < iort_rmr_range_count(t, n->off); i++) {
		const struct iort_rmr_range *r = iort_rmr_range_at(t, n->off, i);

		say(n, "memory range: 0x%" PRIx64 ", length 0x%" PRIx64,
		    get_le64(r->base), get_le64(r->length));
	}
}

static void say_mappings(struct node *n, const struct iort_table *t)
{
	u32 count = get_le32(iort_node_at(t, n->off)->mapping_count);
	u32 i;

	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(t, n->off, i);
		u32 flags = get_le32(m->flags) & ~IORT_ID_SINGLE;
		u32 out = get_le32(m->output_base);
		char *to = iort_node_title(t, get_le32(m->output_reference));
		char more[24] = "";

		if (flags)
			snprintf(more, sizeof(more), ", flags 0x%x", flags);
		if (iort_mapping_is_single(m))
			say(n, "ID mapping: single, to 0x%x of %s%s", out, to,
			    more);
		else
			say(n, "ID mapping: 0x%x-0x%" PRIx64 ", to 0x%x-0x%" PRIx64 " of %s%s",
			    get_le32(m->input_base), iort_mapping_last(m), out,
			    (u64)out + get_le32(m->id_count), to, more);
		free(to);
	}
}

/* The bytes of a node that is not understood, but for its ID mappings. */
static void say_bytes(struct node *n, const struct iort_table *t)
{
	const struct iort_node *wire = iort_node_at(t, n->off);
	u32 length = get_le16(wire->length), i, used = 0;
	char *text = xrealloc(NULL, 2 * length + 1);

	*text = '\0';
	for (i = sizeof(*wire); i < length; i++)
		if (iort_has_field(t, n->off, i, 1))
			used += (u32)sprintf(text + used, "%02x",
					     ((const u8 *)wire)[i]);
	say(n, "bytes: %s", text);
	free(text);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

static int add_node(void *ctx, u32 index, u32 off)
{
	struct side *s = ctx;
	const struct iort_table *t = &s->file.t;
	const struct iort_node *wire = iort_node_at(t, off);
	struct node *n = &s->node[index];

	*n = (struct node){ .off = off, .title = iort_node_title(t, off) };
	say(n, "revision: %u", wire->revision);
	say_fields(n, t);
	say_arrays(n, t);
	if (wire->type == IORT_RMR)
		say_ranges(n, t);
	if (wire->type > IORT_IWB || (wire->type == IORT_RMR &&
				      wire->revision < IORT_RMR_FIRST_REVISION))
		say_bytes(n, t);
	say_mappings(n, t);
	qsort(n->line, n->lines, sizeof(*n->line), compare_lines);
	return 0;
}

static int side_read(struct side *s, const char *name)
{
	if (iort_file_read(&s->file, name) || iort_file_open(&s->file))
		return -1;
	s->nodes = s->file.t.node_count;
	s->node = xrealloc(NULL, (s->nodes + 1) * sizeof(*s->node));
	iort_for_each_node(&s->file.t, add_node, s);
	return 0;
}

static void side_free(struct side *s)
{
	u32 i;
	size_t k;

	for (i = 0; i < s->nodes; i++) {
		for (k = 0; k < s->node[i].lines; k++)
			free(s->node[i].line[k]);
		free(s->node[i].line);
		free(s->node[i].title);
	}
	free(s->node);
	iort_file_free(&s->file);
}

/* ---- which node of one table is which of the other ---- */

static int compare_nodes(const struct node *a, const struct node *b)
{
	int ret = strcmp(a->title, b->title);
	size_t i;

	for (i = 0; !ret && i < a->lines && i < b->lines; i++)
		ret = strcmp(a->line[i], b->line[i]);
	if (ret)
		return ret;
	return a->lines < b->lines ? -1 : a->lines > b->lines;
}

static int compare_pointers(const void *a, const void *b)
{
	const struct node *x = *(struct node * const *)a;
	const struct node *y = *(struct node * const *)b;
	int ret = compare_nodes(x, y);

	/* Of nodes that are alike the first stays the first. */
	return ret ? ret : x->off < y->off ? -1 : x->off > y->off;
}

static struct node **sorted(struct side *s)
{
	struct node **list = xrealloc(NULL, (s->nodes + 1) * sizeof(*list));
	u32 i;

	for (i = 0; i < s->nodes; i++)
		list[i] = &s->node[i];
	qsort(list, s->nodes, sizeof(*list), compare_pointers);
	return list;
}

static void join(struct node *a, struct node *b)
{
	a->other = b;
	b->other = a;
}

static void match_equal(struct side *a, struct side *b)
{
	struct node **x = sorted(a), **y = sorted(b);
	u32 i = 0, k = 0;
	int order;

	while (i < a->nodes && k < b->nodes) {
		order = compare_nodes(x[i], y[k]);
		if (!order)
			join(x[i++], y[k++]);
		else if (order < 0)
			i++;
		else
			k++;
	}
	free(x);
	free(y);
}

/* Do both say the same of a memory range, or of a mapping? */
static bool share_line(const struct node *a, const struct node *b)
{
	size_t i = 0, k = 0;
	int order;

	while (i < a->lines && k < b->lines) {
		order = strcmp(a->line[i], b->line[k]);
		if (!order && (!strncmp(a->line[i], "ID mapping", 10) ||
			       !strncmp(a->line[i], "memory range", 12)))
			return true;
		if (order <= 0)
			i++;
		if (order >= 0)
			k++;
	}
	return false;
}

/*
 * Nodes that are not alike belong together if they are of one title; RMR nodes,
 * whose titles are their ranges, also if they share a range or a mapping.
 */
static void match_similar(struct side *a, struct side *b, bool by_title)
{
	u32 i, k;

	for (i = 0; i < a->nodes; i++) {
		struct node *x = &a->node[i];
		u8 type = iort_node_at(&a->file.t, x->off)->type;

		for (k = 0; k < b->nodes && !x->other; k++) {
			struct node *y = &b->node[k];

			if (y->other ||
			    type != iort_node_at(&b->file.t, y->off)->type)
				continue;
			if (by_title ? !strcmp(x->title, y->title) :
			    type == IORT_RMR && share_line(x, y))
				join(x, y);
		}
	}
}

/* ---- what differs ---- */

/* The lines of @a that @b does not have, as often. */
static void print_missing(struct out *o, const char *key, const struct node *a,
			  const struct node *b)
{
	size_t i = 0, k = 0;
	int order;

	out_array(o, key);
	while (i < a->lines) {
		order = k < b->lines ? strcmp(a->line[i], b->line[k]) : -1;
		if (order < 0)
			out_text(o, NULL, a->line[i]);
		if (order <= 0)
			i++;
		if (order >= 0)
			k++;
	}
	out_close(o);
}

static bool print_pair(struct out *o, const struct node *a)
{
	const struct node *b = a->other;

	if (!compare_nodes(a, b))
		return false;
	out_object(o);
	out_text(o, "node", b->title);
	if (strcmp(a->title, b->title))
		out_text(o, "was", a->title);
	out_hex(o, "offset in old", a->off, 1);
	out_hex(o, "offset in new", b->off, 1);
	print_missing(o, "only in old", a, b);
	print_missing(o, "only in new", b, a);
	out_close(o);
	return true;
}

static bool print_alone(struct out *o, const struct side *s)
{
	char key[32];
	bool found = false;
	u32 i;
	size_t k;

	snprintf(key, sizeof(key), "offset in %s", s->name);
	for (i = 0; i < s->nodes; i++) {
		const struct node *n = &s->node[i];

		if (n->other)
			continue;
		found = true;
		out_object(o);
		out_text(o, "node", n->title);
		out_hex(o, key, n->off, 1);
		snprintf(key, sizeof(key), "only in %s", s->name);
		out_array(o, key);
		for (k = 0; k < n->lines; k++)
			out_text(o, NULL, n->line[k]);
		out_close(o);
		snprintf(key, sizeof(key), "offset in %s", s->name);
		out_close(o);
	}
	return found;
}

/* Length, checksum and who compiled the table say nothing of what it means. */
static const struct iort_field header_fields[] = {
	{ "revision", offsetof(struct sdt_header, revision), 1, 0,
	  IORT_FIELD_NUMBER },
	{ "OEMID", offsetof(struct sdt_header, oem_id), 6, 0,
	  IORT_FIELD_PATH },
	{ "OEM table ID", offsetof(struct sdt_header, oem_table_id), 8, 0,
	  IORT_FIELD_PATH },
	{ "OEM revision", offsetof(struct sdt_header, oem_revision), 4, 0,
	  IORT_FIELD_HEX },
};

static void print_header_value(struct out *o, const char *key,
			       const struct iort_field *field, const u8 *p)
{
	char *text;

	if (field->kind == IORT_FIELD_NUMBER) {
		out_number(o, key, *p);
	} else if (field->kind == IORT_FIELD_HEX) {
		out_hex(o, key, get_le32(p), 8);
	} else {
		text = iort_printable(p, field->size);
		out_text(o, key, text);
		free(text);
	}
}

static bool print_header(struct out *o, const struct side *a,
			 const struct side *b)
{
	bool found = false;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(header_fields); i++) {
		const struct iort_field *f = &header_fields[i];
		const u8 *x = a->file.t.buf + f->offset;
		const u8 *y = b->file.t.buf + f->offset;

		if (!memcmp(x, y, f->size))
			continue;
		found = true;
		out_object(o);
		out_text(o, "field", f->name);
		print_header_value(o, "old", f, x);
		print_header_value(o, "new", f, y);
		out_close(o);
	}
	return found;
}

static int compare(struct side *a, struct side *b, bool json)
{
	struct out *o = out_begin(json);
	bool found;
	u32 i;

	match_equal(a, b);
	match_similar(a, b, true);
	match_similar(a, b, false);

	out_text(o, "old", a->file.name);
	out_text(o, "new", b->file.name);
	out_array(o, "header");
	found = print_header(o, a, b);
	out_close(o);
	out_array(o, "nodes");
	for (i = 0; i < a->nodes; i++)
		if (a->node[i].other)
			found |= print_pair(o, &a->node[i]);
	found |= print_alone(o, a);
	found |= print_alone(o, b);
	out_close(o);
	if (!found && !json) {
		out_drop(o);
		return EXIT_CLEAN;
	}
	if (out_end(o, NULL))
		return EXIT_TROUBLE;
	return found ? EXIT_FINDINGS : EXIT_CLEAN;
}

int cmd_iort_diff(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 }
	};
	struct side old = { .name = "old" }, new = { .name = "new" };
	int ret = EXIT_TROUBLE;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "j", options, NULL)) != -1) {
		if (option != 'j')
			return EXIT_TROUBLE;
		json = true;
	}
	if (argc - optind != 2) {
		problem("iort diff: takes two tables, not %d", argc - optind);
		return EXIT_TROUBLE;
	}
	if (!side_read(&old, argv[optind]) && !side_read(&new, argv[optind + 1]))
		ret = compare(&old, &new, json);
	side_free(&old);
	side_free(&new);
	return ret;
}
