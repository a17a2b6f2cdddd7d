// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_read.c - iommu-resv iort dump, iort check
 */
#include "cmd.h"
#include "iort_table.h"
#include "out.h"
#include "problem.h"

#include "../acpi/iort_check.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- dump ---- */

static void print_text(struct out *o, const char *key, const void *bytes,
		       size_t size)
{
	char *text = iort_printable(bytes, size);

	out_text(o, key, text);
	free(text);
}

static void print_header(struct out *o, const struct iort_table *t, u8 sum,
			 bool mended)
{
	const struct iort_header *h = (const void *)t->buf;
	const struct sdt_header *s = &h->sdt;

	print_text(o, "signature", s->signature, sizeof(s->signature));
	out_number(o, "length", t->length);
	out_number(o, "revision", s->revision);
	out_hex(o, "checksum", sum, 2);
	out_flag(o, "checksum is right", !mended);
	print_text(o, "OEMID", s->oem_id, sizeof(s->oem_id));
	print_text(o, "OEM table ID", s->oem_table_id, sizeof(s->oem_table_id));
	out_hex(o, "OEM revision", get_le32(s->oem_revision), 8);
	print_text(o, "creator ID", s->creator_id, sizeof(s->creator_id));
	out_hex(o, "creator revision", get_le32(s->creator_revision), 8);
	out_number(o, "number of IORT nodes", t->node_count);
	out_hex(o, "offset to array of IORT nodes", t->node_offset, 1);
}

static void print_reference(struct out *o, const char *key,
			    const struct iort_table *t, u32 target)
{
	char *title = iort_node_title(t, target);

	out_hex(o, key, target, 1);
	out_number(o, "to node", iort_node_index(t, target));
	out_text(o, "which is", title);
	free(title);
}

static void print_fields(struct out *o, const struct iort_table *t, u32 off)
{
	const struct iort_node *n = iort_node_at(t, off);
	const struct iort_field *field;
	u32 count, i;
	u64 value;

	field = iort_fields(n->type, &count);
	for (i = 0; i < count; i++) {
		const struct iort_field *f = &field[i];

		if (!iort_field_value(t, off, f, &value))
			continue;
		switch (f->kind) {
		case IORT_FIELD_NUMBER:
			out_number(o, f->name, (int64_t)value);
			break;
		case IORT_FIELD_HEX:
			out_hex(o, f->name, value, 1);
			break;
		case IORT_FIELD_PATH:
			print_text(o, f->name, t->buf + off + f->offset,
				   get_le16(n->length) - f->offset);
			break;
		case IORT_FIELD_NODE:
			print_reference(o, f->name, t, (u32)value);
			break;
		}
	}
}

static void print_arrays(struct out *o, const struct iort_table *t, u32 off)
{
	struct iort_array arrays[3];
	u32 count = iort_arrays(t, off, arrays);
	u32 i, k;

	for (i = 0; i < count; i++) {
		const struct iort_array *a = &arrays[i];

		out_array(o, a->name);
		for (k = 0; k < a->count; k++) {
			const u8 *p = t->buf + a->offset + k * a->size;

			if (a->size == 4) {
				out_number(o, NULL, get_le32(p));
				continue;
			}
			out_object(o);
			out_number(o, "GSIV", get_le32(p));
			out_hex(o, "flags", get_le32(p + 4), 1);
			out_close(o);
		}
		out_close(o);
	}
}

static void print_ranges(struct out *o, const struct iort_table *t, u32 off)
{
	u32 count = iort_rmr_range_count(t, off);
	u32 i;

	if (iort_node_at(t, off)->revision < IORT_RMR_FIRST_REVISION)
		out_text(o, "not read", "its revision has the layout of a draft");
	out_array(o, "memory range descriptors");
	for (i = 0; i < count; i++) {
		const struct iort_rmr_range *r = iort_rmr_range_at(t, off, i);

		out_object(o);
		out_hex(o, "offset", iort_rmr_range_offset(t, off, i), 1);
		out_hex(o, "physical range offset", get_le64(r->base), 1);
		out_hex(o, "physical range length", get_le64(r->length), 1);
		out_close(o);
	}
	out_close(o);
}

static void print_mappings(struct out *o, const struct iort_table *t, u32 off)
{
	u32 count = get_le32(iort_node_at(t, off)->mapping_count);
	u32 i;

	out_array(o, "ID mappings");
	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(t, off, i);

		out_object(o);
		out_hex(o, "offset", iort_mapping_offset(t, off, i), 1);
		out_hex(o, "input base", get_le32(m->input_base), 1);
		out_hex(o, "input last", iort_mapping_last(m), 1);
		out_hex(o, "output base", get_le32(m->output_base), 1);
		print_reference(o, "output reference", t,
				get_le32(m->output_reference));
		out_hex(o, "flags", get_le32(m->flags), 1);
		out_flag(o, "single mapping", iort_mapping_is_single(m));
		out_close(o);
	}
	out_close(o);
}

struct dump {
	struct out *o;
	const struct iort_table *t;
};

static int print_node(void *ctx, u32 index, u32 off)
{
	const struct dump *d = ctx;
	const struct iort_table *t = d->t;
	const struct iort_node *n = iort_node_at(t, off);
	struct out *o = d->o;
	char *bytes;
	u32 i, length = get_le16(n->length);

	out_object(o);
	out_number(o, "node", index);
	out_hex(o, "offset", off, 1);
	out_text(o, "is", iort_type_name(n->type));
	out_number(o, "type", n->type);
	out_number(o, "length", length);
	out_number(o, "revision", n->revision);
	out_hex(o, "identifier", get_le32(n->identifier), 1);
	print_fields(o, t, off);
	print_arrays(o, t, off);
	if (n->type == IORT_RMR)
		print_ranges(o, t, off);
	if (n->type > IORT_IWB) {
		bytes = xrealloc(NULL, 2 * length + 1);
		for (i = 0; i < length; i++)
			sprintf(bytes + 2 * i, "%02x", ((const u8 *)n)[i]);
		out_text(o, "bytes", bytes);
		free(bytes);
	}
	print_mappings(o, t, off);
	out_close(o);
	return 0;
}

/* The options of the commands that read one table; the exit code, or -1. */
static int parse(int argc, char **argv, bool *json, bool *verbose,
		 const struct option *options, const char *letters)
{
	int option;

	while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		switch (option) {
		case 'j':
			*json = true;
			break;
		case 'v':
			*verbose = true;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (argc - optind > 1) {
		problem("iort %s: takes one table, not %d", argv[0],
			argc - optind);
		return EXIT_TROUBLE;
	}
	return -1;
}

int cmd_iort_dump(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 }
	};
	struct iort_file file = { .data = NULL };
	struct dump d = { .t = &file.t };
	bool json = false, verbose = false, mended = false;
	u8 sum = 0;
	int ret;

	ret = parse(argc, argv, &json, &verbose, options, "j");
	if (ret >= 0)
		return ret;
	if (iort_file_read(&file, argv[optind]))
		return EXIT_TROUBLE;
	if (file.size >= sizeof(struct sdt_header))
		sum = ((const struct sdt_header *)file.data)->checksum;
	mended = iort_file_mend(&file);
	ret = iort_file_open(&file);
	if (!ret) {
		d.o = out_begin(json);
		out_text(d.o, "file", file.name);
		print_header(d.o, &file.t, sum, mended);
		out_array(d.o, "nodes");
		iort_for_each_node(&file.t, print_node, &d);
		out_close(d.o);
		ret = out_end(d.o, NULL);
	}
	if (!ret && mended)
		problem("%s: its checksum is wrong; what it says may be, too",
			file.name);
	iort_file_free(&file);
	if (ret)
		return EXIT_TROUBLE;
	return mended ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* ---- check ---- */

static const char * const severities[] = {
	[IORT_NOTE] = "note",
	[IORT_WARNING] = "warning",
	[IORT_ERROR] = "error",
};

struct check {
	const struct iort_file *file;
	struct out *o;		/* NULL for text */
	bool verbose;
	u32 count[ARRAY_SIZE(severities)];
};

static void print_defect(void *ctx, const struct iort_defect *d)
{
	struct check *c = ctx;

	c->count[d->severity]++;
	if (d->severity == IORT_NOTE && !c->verbose)
		return;
	if (!c->o) {
		printf("%s: offset 0x%x: ", c->file->name, d->offset);
		if (d->node != U32_MAX)
			printf("node %u: ", d->node);
		printf("%s: %s: %s: %s\n", severities[d->severity], d->name,
		       d->what, d->fix);
		return;
	}
	out_object(c->o);
	out_text(c->o, "name", d->name);
	out_text(c->o, "severity", severities[d->severity]);
	out_hex(c->o, "offset", d->offset, 1);
	if (d->node != U32_MAX)
		out_number(c->o, "node", d->node);
	out_text(c->o, "what", d->what);
	out_text(c->o, "fix", d->fix);
	out_close(c->o);
}

static int print_counts(struct check *c)
{
	if (!c->o) {
		if (c->verbose)
			printf("%s: %u errors, %u warnings, %u notes\n",
			       c->file->name, c->count[IORT_ERROR],
			       c->count[IORT_WARNING], c->count[IORT_NOTE]);
		if (fflush(stdout) || ferror(stdout)) {
			problem("cannot write to standard output");
			return -1;
		}
		return 0;
	}
	out_close(c->o);
	out_number(c->o, "errors", c->count[IORT_ERROR]);
	out_number(c->o, "warnings", c->count[IORT_WARNING]);
	out_number(c->o, "notes", c->count[IORT_NOTE]);
	return out_end(c->o, NULL);
}

int cmd_iort_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	struct iort_file file = { .data = NULL };
	struct check c = { .file = &file };
	bool json = false;
	int found, ret;

	ret = parse(argc, argv, &json, &c.verbose, options, "jv");
	if (ret >= 0)
		return ret;
	if (iort_file_read(&file, argv[optind]))
		return EXIT_TROUBLE;
	if (json) {
		c.o = out_begin(true);
		out_text(c.o, "file", file.name);
		out_array(c.o, "defects");
	}
	found = iort_check_all(file.data, file.size, print_defect, &c);
	ret = print_counts(&c);
	iort_file_free(&file);
	if (ret)
		return EXIT_TROUBLE;
	return found ? EXIT_FINDINGS : EXIT_CLEAN;
}
