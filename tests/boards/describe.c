// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe.c - read descriptions of machines (boards.h says how they look)
 *
 * A member that is not known, of the wrong kind, or missing is an error that
 * names the file, the board and the member: a description that is half read
 * would test nothing.
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const outcome_words[] = {
	[RESV_ENFORCED] = "enforced",
	[RESV_ADVISED] = "advised",
	[RESV_UNRESOLVED] = "unresolved",
};

/**
 * struct reader - where in a file the reader is
 * @file: its name
 * @board: the board's name, or NULL before it is known
 * @bad: something was wrong
 */
struct reader {
	const char *file;
	const char *board;
	bool bad;
};

static void wrong(struct reader *r, const char *member, const char *what)
{
	problem("%s: %s: %s: %s", r->file, r->board ? r->board : "(no name)",
		member, what);
	r->bad = true;
}

static const char *get_string(struct reader *r, const char *member,
			      struct json_object *v)
{
	if (!json_object_is_type(v, json_type_string) ||
	    !json_object_get_string_len(v)) {
		wrong(r, member, "has to be a string that is not empty");
		return "?";
	}
	return json_object_get_string(v);
}

/* NULL at the end. */
static const char **get_strings(struct reader *r, const char *member,
				struct json_object *v)
{
	size_t count = 0;
	const char **list;
	size_t i;

	if (!json_object_is_type(v, json_type_array))
		wrong(r, member, "has to be an array of strings");
	else
		count = json_object_array_length(v);
	list = xrealloc(NULL, (count + 1) * sizeof(*list));
	for (i = 0; i < count; i++)
		list[i] = get_string(r, member, json_object_array_get_idx(v, i));
	list[count] = NULL;
	return list;
}

static const char *one_of(struct reader *r, const char *member,
			  struct json_object *v, const char *const *words)
{
	const char *s = get_string(r, member, v);
	size_t i;

	for (i = 0; words[i]; i++)
		if (!strcmp(s, words[i]))
			return s;
	wrong(r, member, "is none of the words that it may be");
	return s;
}

static long get_number(struct reader *r, const char *member,
		       struct json_object *v)
{
	if (json_object_is_type(v, json_type_int) && json_object_get_int64(v) >= 0 &&
	    json_object_get_int64(v) <= U32_MAX)
		return json_object_get_int64(v);
	wrong(r, member, "has to be a number of 32 bits");
	return 0;
}

static u64 get_address(struct reader *r, const char *member,
		       struct json_object *v)
{
	const char *s = get_string(r, member, v);
	u64 value = 0;
	char *end = "?";

	errno = 0;
	if (!strncmp(s, "0x", 2) && isxdigit((unsigned char)s[2]))
		value = strtoull(s, &end, 16);
	if (*end || errno)
		wrong(r, member, "has to be a hexadecimal number in a string, as \"0x1000\"");
	return value;
}

static struct list get_one(struct reader *r, const char *member,
			   struct json_object *v)
{
	struct list list = { .given = true, .count = 1 };

	list.r = xrealloc(NULL, sizeof(*list.r));
	list.r->start = get_address(r, member, v);
	list.r->last = list.r->start;
	return list;
}

/* An array of addresses, or with @pairs of [start, last]. */
static struct list get_list(struct reader *r, const char *member,
			    struct json_object *v, bool pairs)
{
	struct list list = { .given = true };
	size_t i;

	if (!json_object_is_type(v, json_type_array)) {
		wrong(r, member, "has to be an array");
		return list;
	}
	list.count = json_object_array_length(v);
	list.r = xrealloc(NULL, (list.count + 1) * sizeof(*list.r));
	for (i = 0; i < list.count; i++) {
		struct json_object *item = json_object_array_get_idx(v, i);

		if (!pairs) {
			list.r[i].start = get_address(r, member, item);
			list.r[i].last = list.r[i].start;
			continue;
		}
		if (!json_object_is_type(item, json_type_array) ||
		    json_object_array_length(item) != 2) {
			wrong(r, member, "has to hold pairs [start, last]");
			list.count = i;
			return list;
		}
		list.r[i].start = get_address(r, member,
					      json_object_array_get_idx(item, 0));
		list.r[i].last = get_address(r, member,
					     json_object_array_get_idx(item, 1));
		if (list.r[i].start > list.r[i].last)
			wrong(r, member, "has a range that ends before it starts");
	}
	return list;
}

static void add_token(struct board *b, enum quirk_key kind, const char *value,
		      u32 revision)
{
	b->tokens = xrealloc(b->tokens,
			     (b->token_count + 1) * sizeof(*b->tokens));
	b->tokens[b->token_count++] = (struct token){ kind, value, revision };
}

static void get_acpi_table(struct reader *r, struct board *b,
			   struct json_object *v)
{
	char field[3][9];
	char *key;
	size_t i;

	if (!json_object_is_type(v, json_type_array) ||
	    json_object_array_length(v) != 4) {
		wrong(r, "identity.acpi",
		      "has to hold [signature, OEM id, OEM table id, revision]");
		return;
	}
	for (i = 0; i < 3; i++) {
		static const size_t sizes[] = { 4, 6, 8 };
		const char *s = get_string(r, "identity.acpi",
					   json_object_array_get_idx(v, i));

		if (strlen(s) > sizes[i])
			wrong(r, "identity.acpi", "has a string that is too long");
		snprintf(field[i], sizeof(field[i]), "%-8s", s);
	}
	key = xrealloc(NULL, 19);
	quirk_acpi_key(key, field[0], field[1], field[2]);
	add_token(b, QUIRK_KEY_ACPI, key,
		  get_number(r, "identity.acpi", json_object_array_get_idx(v, 3)));
}

static void get_identity(struct reader *r, struct board *b,
			 struct json_object *v)
{
	static const struct {
		const char *name;
		enum quirk_key kind;
	} kinds[] = {
		{ "dt-root", QUIRK_KEY_DT_ROOT },
		{ "dt-node", QUIRK_KEY_DT_NODE },
		{ "pci", QUIRK_KEY_PCI },
		{ "smmu", QUIRK_KEY_SMMU },
	};

	if (!json_object_is_type(v, json_type_object)) {
		wrong(r, "identity", "has to be an object");
		return;
	}
	json_object_object_foreach(v, name, value) {
		bool known = false;
		const char **s;
		size_t i;

		for (i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (strcmp(name, kinds[i].name))
				continue;
			known = true;
			for (s = get_strings(r, name, value); *s; s++)
				add_token(b, kinds[i].kind, *s, 0);
		}
		if (!strcmp(name, "acpi") &&
		    json_object_is_type(value, json_type_array)) {
			known = true;
			for (i = 0; i < json_object_array_length(value); i++)
				get_acpi_table(r, b, json_object_array_get_idx(value, i));
		}
		if (!strcmp(name, "dmi") &&
		    json_object_is_type(value, json_type_object)) {
			known = true;
			json_object_object_foreach(value, field, string)
				add_token(b, QUIRK_KEY_DMI,
					  text("%s=%s", field, get_string(r, field, string)), 0);
		}
		if (!known)
			wrong(r, name, "is not known in an identity, or not of that kind");
	}
}

static enum resv_acs get_acs(struct reader *r, struct json_object *v)
{
	static const char *const words[] = {
		"unknown", "redirected", "not-redirected", NULL
	};
	const char *s = one_of(r, "acs", v, words);

	return !strcmp(s, "redirected") ? RESV_ACS_REDIRECTED :
	       !strcmp(s, "not-redirected") ? RESV_ACS_NOT_REDIRECTED :
	       RESV_ACS_UNKNOWN;
}

static void get_bars(struct reader *r, struct board *b, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object)) {
		wrong(r, "bars", "has to be an object");
		return;
	}
	json_object_object_foreach(v, number, size) {
		if (number[0] < '0' || number[0] > '0' + QUIRK_BAR_MAX || number[1])
			wrong(r, number, "is no number of a BAR");
		else
			b->bar[number[0] - '0'] = get_address(r, "bars", size);
	}
}

static void get_device(struct reader *r, struct board *b, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object)) {
		wrong(r, "device", "has to be an object");
		return;
	}
	json_object_object_foreach(v, name, value) {
		if (!strcmp(name, "host"))
			b->host_path = get_string(r, name, value);
		else if (!strcmp(name, "path"))
			b->node_path = get_string(r, name, value);
		else if (!strcmp(name, "compatible"))
			b->compatible = get_strings(r, name, value);
		else if (!strcmp(name, "segment"))
			b->segment = get_number(r, name, value);
		else if (!strcmp(name, "windows"))
			b->windows = get_list(r, name, value, true);
		else if (!strcmp(name, "ports"))
			b->ports = get_list(r, name, value, true);
		else if (!strcmp(name, "its"))
			b->its = get_list(r, name, value, false);
		else if (!strcmp(name, "its-all"))
			b->its_all = get_list(r, name, value, false);
		else if (!strcmp(name, "inbound"))
			b->inbound = get_list(r, name, value, true);
		else if (!strcmp(name, "messages"))
			b->messages = get_list(r, name, value, false);
		else if (!strcmp(name, "acs"))
			b->acs = get_acs(r, value);
		else if (!strcmp(name, "device-id"))
			b->device_id = get_string(r, name, value);
		else if (!strcmp(name, "root-port"))
			b->root_port = get_string(r, name, value);
		else if (!strcmp(name, "host-bridge"))
			b->host_bridge = get_string(r, name, value);
		else if (!strcmp(name, "iommu-base"))
			b->iommu_base = get_one(r, name, value);
		else if (!strcmp(name, "bars"))
			get_bars(r, b, value);
		else if (!strcmp(name, "placed")) {
			struct list ends = get_list(r, name, value, false);

			if (ends.count != 2) {
				wrong(r, name, "has to be [start, last]");
				continue;
			}
			ends.r[0].last = ends.r[1].start;
			ends.count = 1;
			b->placed = ends;
		} else {
			wrong(r, name, "is not known in a device");
		}
	}
}

static void get_wanted(struct reader *r, struct board *b, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object)) {
		wrong(r, "wanted", "has to be an object");
		return;
	}
	json_object_object_foreach(v, rule, value) {
		char *outcome = describe_parse(get_string(r, rule, value));

		if (!outcome) {
			wrong(r, rule, "has to be an outcome and ranges, as \"enforced 0x1000-0x1fff\"");
			continue;
		}
		b->wanted = xrealloc(b->wanted,
				     (b->wanted_count + 1) * sizeof(*b->wanted));
		b->wanted[b->wanted_count++] = (struct wanted){ rule, outcome };
	}
}

/* What is wanted of rules, as it is written; the number of them goes to @count. */
static struct wanted *get_texts(struct reader *r, const char *member,
				struct json_object *v, size_t *count)
{
	struct wanted *list = NULL;

	if (!json_object_is_type(v, json_type_object)) {
		wrong(r, member, "has to be an object");
		return NULL;
	}
	json_object_object_foreach(v, rule, value) {
		list = xrealloc(list, (*count + 1) * sizeof(*list));
		list[(*count)++] = (struct wanted){
			rule, get_string(r, rule, value)
		};
	}
	return list;
}

static void get_board(struct reader *r, struct board *b, struct json_object *v)
{
	static const char *const boots[] = { "dt", "acpi", NULL };
	static const char *const vms[] = { "dt", "acpi", "dmi", NULL };
	struct json_object *name_object;

	*b = (struct board){ .file = r->file, .segment = -1, .page_size = 4096 };
	r->board = NULL;
	if (!json_object_is_type(v, json_type_object) ||
	    !json_object_object_get_ex(v, "board", &name_object)) {
		wrong(r, "board", "is missing");
		return;
	}
	r->board = b->name = get_string(r, "board", name_object);
	if (strpbrk(b->name, "\t\n#"))
		wrong(r, "board", "has a tab, a line end or a # in it");
	json_object_object_foreach(v, name, value) {
		if (!strcmp(name, "board"))
			continue;
		if (!strcmp(name, "entries"))
			b->entries = get_strings(r, name, value);
		else if (!strcmp(name, "dts"))
			b->dts = get_string(r, name, value);
		else if (!strcmp(name, "boot"))
			b->is_acpi = !strcmp(one_of(r, name, value, boots), "acpi");
		else if (!strcmp(name, "identity"))
			get_identity(r, b, value);
		else if (!strcmp(name, "device"))
			get_device(r, b, value);
		else if (!strcmp(name, "page-size"))
			b->page_size = get_number(r, name, value);
		else if (!strcmp(name, "kernel"))
			b->kernel = get_strings(r, name, value);
		else if (!strcmp(name, "wanted"))
			get_wanted(r, b, value);
		else if (!strcmp(name, "corrections"))
			b->corrections = get_texts(r, name, value, &b->correction_count);
		else if (!strcmp(name, "bar-rules"))
			b->bar_rules = get_texts(r, name, value, &b->bar_rule_count);
		else if (!strcmp(name, "vm"))
			b->vm = one_of(r, name, value, vms);
		else if (!strcmp(name, "replay-only"))
			b->replay_only = get_string(r, name, value);
		else
			wrong(r, name, "is not known in a board");
	}
	if (!b->entries)
		wrong(r, "entries", "is missing");
	if (!b->vm == !b->replay_only)
		wrong(r, "vm", "exactly one of vm and replay-only has to be there");
	if (b->host_path && b->node_path)
		wrong(r, "device", "host and path exclude each other");
	if (b->compatible && (b->dts || b->is_acpi))
		wrong(r, "compatible", "is for a host that is in no tree, on a boot from one");
	if ((b->host_path || b->node_path) && !b->dts)
		wrong(r, "device", "a path without a dts to look it up in");
	if (b->dts && b->is_acpi)
		wrong(r, "dts", "a machine that boots from ACPI has no device tree");
}

bool describe_file(struct boards *all, const char *name)
{
	struct reader r = { .file = name };
	struct json_object *top;
	size_t i;

	top = json_object_from_file(name);
	if (!json_object_is_type(top, json_type_array)) {
		problem("%s: not a JSON array: %s", name,
			top ? "another value" : json_util_get_last_err());
		return false;
	}
	/* The descriptions point into the document, which stays. */
	for (i = 0; i < json_object_array_length(top); i++) {
		all->board = xrealloc(all->board,
				      (all->count + 1) * sizeof(*all->board));
		get_board(&r, &all->board[all->count],
			  json_object_array_get_idx(top, i));
		all->count++;
	}
	return !r.bad;
}

char *describe_outcome(enum resv_outcome outcome, const struct resv_ranges *out)
{
	char *s = text("%s%s", outcome_words[outcome],
		       out->widened ? " (too many ranges for this test)" : "");
	u32 i;

	for (i = 0; i < out->count; i++) {
		char *longer = text("%s 0x%llx-0x%llx", s,
				    (unsigned long long)out->r[i].start,
				    (unsigned long long)out->r[i].last);

		free(s);
		s = longer;
	}
	return s;
}

char *describe_correction(const char *mode, const struct iort_fix *fix)
{
	const char *name = quirk_correction_name(fix->kind);

	if (fix->kind == IORT_FIX_ID_MAPPING)
		return text("%s %s 0x%x-0x%x of segment %u to 0x%x of 0x%llx", mode, name,
			    fix->input_first, fix->input_last, fix->segment_first,
			    fix->output_base, (unsigned long long)fix->output_smmu);
	if (fix->kind == IORT_FIX_SMMU_MODEL ? !fix->smmu_first && fix->smmu_last == U64_MAX :
					       !fix->segment_first && fix->segment_last == U32_MAX)
		return text("%s %s %u of all", mode, name, fix->value);
	if (fix->kind == IORT_FIX_SMMU_MODEL)
		return text("%s %s %u of 0x%llx", mode, name, fix->value,
			    (unsigned long long)fix->smmu_first);
	return text("%s %s %u of segment %u", mode, name, fix->value, fix->segment_first);
}

char *describe_bar_rule(const char *mode, const char *says, u32 bar, u64 size, u64 offset)
{
	return text("%s %s 0x%llx of BAR %u of 0x%llx", mode, says, (unsigned long long)offset,
		    bar, (unsigned long long)size);
}

char *describe_parse(const char *s)
{
	struct resv_range storage[64];
	struct resv_ranges out;
	size_t word = strcspn(s, " ");
	size_t i;

	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	for (i = 0; i < ARRAY_SIZE(outcome_words); i++)
		if (outcome_words[i] && strlen(outcome_words[i]) == word &&
		    !memcmp(outcome_words[i], s, word))
			break;
	if (i == ARRAY_SIZE(outcome_words))
		return NULL;
	for (s += word; *s == ' ';) {
		unsigned long long start, last;
		int used = 0;

		if (sscanf(s, " 0x%llx-0x%llx%n", &start, &last, &used) != 2 ||
		    start > last)
			return NULL;
		resv_ranges_add(&out, start, last);
		s += used;
	}
	return *s ? NULL : describe_outcome(i, &out);
}
