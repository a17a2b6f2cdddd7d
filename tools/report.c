// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - reader of the module's report.json, live or saved
 */
#include "report_priv.h"
#include "problem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *type_name(enum json_type type)
{
	switch (type) {
	case json_type_string:
		return "a string";
	case json_type_int:
		return "a whole number";
	case json_type_array:
		return "an array";
	case json_type_boolean:
		return "true or false";
	default:
		return "an object";
	}
}

bool report_is_a(const struct report *r, struct json_object *value,
		 enum json_type type, const char *place)
{
	if (json_object_is_type(value, type))
		return true;
	problem("%s: %s: is not %s: this is no report.json of iommu-resv",
		r->file, place, type_name(type));
	return false;
}

struct json_object *report_member(const struct report *r,
				  struct json_object *object, const char *place,
				  const char *key, enum json_type type)
{
	char whole[REPORT_PLACE_MAX];
	struct json_object *value;

	snprintf(whole, sizeof(whole), "%s%s%s", place, *place ? "." : "", key);
	if (!json_object_object_get_ex(object, key, &value)) {
		problem("%s: %s: is missing: this is no report.json of iommu-resv, or one of an older version",
			r->file, whole);
		return NULL;
	}
	return report_is_a(r, value, type, whole) ? value : NULL;
}

const char *report_text(const struct report *r, struct json_object *object,
			const char *place, const char *key)
{
	struct json_object *value = report_member(r, object, place, key,
						  json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

int report_each(const struct report *r, struct json_object *array,
		const char *place,
		int (*fn)(const struct report *r,
			  struct json_object *object, const char *place,
			  void *arg),
		void *arg)
{
	size_t count = json_object_array_length(array);
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *object = json_object_array_get_idx(array, i);
		char whole[REPORT_PLACE_MAX];

		snprintf(whole, sizeof(whole), "%s[%zu]", place, i);
		if (!report_is_a(r, object, json_type_object, whole) ||
		    fn(r, object, whole, arg))
			return -1;
	}
	return 0;
}

void *report_zeroed(size_t count, size_t size)
{
	void *p = xrealloc(NULL, (count + 1) * size);

	memset(p, 0, (count + 1) * size);
	return p;
}

int report_refuse(const struct report *r, const char *place, const char *what)
{
	problem("%s: %s: is not %s", r->file, place, what);
	return -1;
}

int report_number(const struct report *r, struct json_object *object,
		  const char *place, const char *key, int64_t max,
		  int64_t *value)
{
	struct json_object *number = report_member(r, object, place, key,
						   json_type_int);
	char whole[2 * REPORT_PLACE_MAX];

	if (!number)
		return -1;
	*value = json_object_get_int64(number);
	if (*value >= 0 && *value <= max)
		return 0;
	snprintf(whole, sizeof(whole), "%s.%s", place, key);
	return report_refuse(r, whole, "in the range of such a number");
}

int report_array(const struct report *r, struct json_object *object,
		 const char *place, const char *key, struct json_object **array)
{
	char whole[3 * REPORT_PLACE_MAX];

	*array = report_optional(object, key);
	if (!*array)
		return 0;
	snprintf(whole, sizeof(whole), "%s.%s", place, key);
	return report_is_a(r, *array, json_type_array, whole) ? 0 : -1;
}

int report_open(struct report *r, const char *file)
{
	struct json_tokener *tokener;
	char *text;
	size_t size;
	size_t end;

	*r = (struct report){ .file = file };
	if (read_file(file, &text, &size))
		return -1;
	tokener = json_tokener_new();
	if (!tokener || size > INT32_MAX) {
		problem("%s: is too large", file);
		goto out;
	}
	r->root = json_tokener_parse_ex(tokener, text, (int)size);
	end = json_tokener_get_parse_end(tokener);
	if (!r->root) {
		enum json_tokener_error error = json_tokener_get_error(tokener);

		problem("%s: byte %zu: is not JSON: %s", file, end,
			error == json_tokener_continue ?
				"it is cut short" :
				json_tokener_error_desc(error));
		goto out;
	}
	while (end < size && strchr(" \t\r\n", text[end]))
		end++;
	if (end < size) {
		problem("%s: byte %zu: there is more behind the document", file,
			end);
		report_close(r);
	} else if (!report_is_a(r, r->root, json_type_object, "the document")) {
		report_close(r);
	}
out:
	if (tokener)
		json_tokener_free(tokener);
	free(text);
	return r->root ? 0 : -1;
}

void report_close(struct report *r)
{
	json_object_put(r->root);
	r->root = NULL;
}

/*
 * The machine
 */

static bool key_kind(const char *word, enum quirk_key *kind)
{
	u32 i;

	for (i = QUIRK_KEY_DT_ROOT; i < QUIRK_KEYS_END; i++)
		if (!strcmp(quirk_key_name(i), word)) {
			*kind = (enum quirk_key)i;
			return true;
		}
	return false;
}

static int add_key(const struct report *r, struct json_object *object,
		   const char *place, void *arg)
{
	const char *word = report_text(r, object, place, "key");
	const char *signature, *oem_id, *table_id, *value;
	struct json_object *revision;
	enum quirk_key kind;
	char key[19];

	if (!word)
		return -1;
	/* A kind that only a newer module knows is in no table of ours. */
	if (!key_kind(word, &kind))
		return 0;
	if (kind != QUIRK_KEY_ACPI) {
		value = report_text(r, object, place, "value");
		if (!value)
			return -1;
		machine_add(arg, kind, value, 0);
		return 0;
	}
	signature = report_text(r, object, place, "signature");
	oem_id = signature ? report_text(r, object, place, "oem_id") : NULL;
	table_id = oem_id ? report_text(r, object, place, "oem_table_id") : NULL;
	revision = table_id ? report_member(r, object, place, "revision",
					    json_type_int) : NULL;
	if (!revision)
		return -1;
	if (strlen(signature) != 4 || strlen(oem_id) > 6 ||
	    strlen(table_id) > 8) {
		problem("%s: %s: no ACPI table has ids of such lengths",
			r->file, place);
		return -1;
	}
	snprintf(key, sizeof(key), "%-4s%-6s%-8s", signature, oem_id, table_id);
	machine_add(arg, kind, key, (u32)json_object_get_int64(revision));
	return 0;
}

int report_machine(const struct report *r, struct machine *m)
{
	struct json_object *board = report_member(r, r->root, "", "board",
						  json_type_object);
	struct json_object *keys = board ?
		report_member(r, board, "board", "keys", json_type_array) : NULL;
	struct json_object *nodes;
	size_t i;

	*m = (struct machine){ .count = 0 };
	if (!keys || report_each(r, keys, "board.keys", add_key, m))
		return -1;
	nodes = report_member(r, board, "board", "dt_nodes", json_type_array);
	if (!nodes)
		return -1;
	for (i = 0; i < json_object_array_length(nodes); i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);
		char place[REPORT_PLACE_MAX];

		snprintf(place, sizeof(place), "board.dt_nodes[%zu]", i);
		if (!report_is_a(r, node, json_type_string, place))
			return -1;
		machine_add(m, QUIRK_KEY_DT_NODE, json_object_get_string(node),
			    0);
	}
	machine_sort(m);
	return 0;
}

int report_crc(const struct report *r, u32 *crc)
{
	struct json_object *table = report_member(r, r->root, "", "table",
						  json_type_object);
	const char *text = table ? report_text(r, table, "table", "crc") : NULL;

	if (!text)
		return -1;
	if (strlen(text) != 10 || sscanf(text, "0x%8" SCNx32, crc) != 1) {
		problem("%s: table.crc: is not of the form 0x01234567", r->file);
		return -1;
	}
	return 0;
}

/*
 * Rules
 */

static const struct {
	const char *outcome;	/* NULL: any */
	const char *why;
	const char *text;
} explanations[] = {
	{ NULL, "scope", "its condition does not hold for this device" },
	{ NULL, "absent", "what it is about does not exist here" },
	{ NULL, "redirected",
	  "ACS sends such requests upstream, so that the IOMMU sees them" },
	{ NULL, "above-4g", "the address is not below 4 GiB" },
	{ NULL, "unreadable",
	  "it applies, but where it points to cannot be read on this machine" },
	{ NULL, "acs-unknown",
	  "shown only: ACS does not tell whether such requests get to the IOMMU" },
	{ NULL, "weakens",
	  "shown only: it weakens isolation, and the parameter weaken is not set" },
	{ "enforced", "policy",
	  "it holds here, and is confirmed or wanted by the operator" },
	{ "advised", "policy",
	  "shown only: it is not confirmed, or made for that, or the operator wants it so" },
	{ "disabled", "policy", "the operator has switched it off" },
};

static const char *explanation(const char *outcome, const char *why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(explanations); i++)
		if (!strcmp(explanations[i].why, why) &&
		    (!explanations[i].outcome ||
		     !strcmp(explanations[i].outcome, outcome)))
			return explanations[i].text;
	return NULL;
}

static int print_range(const struct report *r, struct json_object *range,
		       const char *place, void *arg)
{
	const char *start = report_text(r, range, place, "start");
	const char *last = start ? report_text(r, range, place, "last") : NULL;
	char text[128];

	if (!last)
		return -1;
	snprintf(text, sizeof(text), "%s-%s", start, last);
	out_text(arg, NULL, text);
	return 0;
}

/* Of a rule whose regions are of another type than it says: why. */
static int print_demoted(const struct report *r, struct json_object *demoted,
			 const char *place, struct out *o)
{
	struct json_object *device = NULL;
	const char *to = report_text(r, demoted, place, "to");
	const char *why = to ? report_text(r, demoted, place, "why") : NULL;
	char text[256];

	if (!why)
		return -1;
	json_object_object_get_ex(demoted, "device", &device);
	snprintf(text, sizeof(text), "to %s: %s%s%s", to,
		 device ? json_object_get_string(device) : "",
		 device ? " " : "", why);
	out_text(o, "demoted", text);
	return 0;
}

static int print_rule(const struct report *r, struct json_object *rule,
		      const char *place, void *arg)
{
	const char *name = report_text(r, rule, place, "rule");
	const char *outcome = name ? report_text(r, rule, place, "outcome") :
				     NULL;
	const char *why = outcome ? report_text(r, rule, place, "why") : NULL;
	struct json_object *ranges = why ?
		report_member(r, rule, place, "ranges", json_type_array) : NULL;
	struct json_object *demoted = NULL;
	struct json_object *scope = NULL;
	struct json_object *error = NULL;
	char where[REPORT_PLACE_MAX];
	struct out *o = arg;
	const char *text;
	int ret;

	if (!ranges)
		return -1;
	json_object_object_get_ex(rule, "demoted", &demoted);
	json_object_object_get_ex(rule, "scope", &scope);
	json_object_object_get_ex(rule, "error", &error);
	out_object(o);
	out_text(o, "rule", name);
	out_text(o, "outcome", outcome);
	out_text(o, "why", why);
	text = explanation(outcome, why);
	if (text)
		out_text(o, "explanation", text);
	if (json_object_is_type(scope, json_type_string))
		out_text(o, "condition", json_object_get_string(scope));
	if (json_object_is_type(error, json_type_int))
		out_text(o, "error", strerror(-json_object_get_int(error)));
	snprintf(where, sizeof(where), "%s.demoted", place);
	ret = json_object_is_type(demoted, json_type_object) ?
	      print_demoted(r, demoted, where, o) : 0;
	out_array(o, "ranges");
	snprintf(where, sizeof(where), "%s.ranges", place);
	if (!ret)
		ret = report_each(r, ranges, where, print_range, o);
	out_close(o);
	out_close(o);
	return ret;
}

struct group_print {
	struct out *o;
	int64_t id;
};

static int print_device(const struct report *r, struct json_object *device,
			const char *place, void *arg)
{
	struct group_print *g = arg;
	const char *name = report_text(r, device, place, "name");
	struct json_object *rules = name ?
		report_member(r, device, place, "rules", json_type_array) : NULL;
	char where[REPORT_PLACE_MAX];
	int ret;

	if (!rules)
		return -1;
	out_object(g->o);
	out_text(g->o, "name", name);
	out_number(g->o, "group", g->id);
	out_array(g->o, "rules");
	snprintf(where, sizeof(where), "%s.rules", place);
	ret = report_each(r, rules, where, print_rule, g->o);
	out_close(g->o);
	out_close(g->o);
	return ret;
}

static int print_group(const struct report *r, struct json_object *group,
		       const char *place, void *arg)
{
	struct json_object *id = report_member(r, group, place, "id", json_type_int);
	struct json_object *devices = id ?
		report_member(r, group, place, "devices", json_type_array) : NULL;
	struct group_print g = { .o = arg };
	char where[REPORT_PLACE_MAX];

	if (!devices)
		return -1;
	g.id = json_object_get_int64(id);
	snprintf(where, sizeof(where), "%s.devices", place);
	return report_each(r, devices, where, print_device, &g);
}

int report_print_devices(const struct report *r, struct out *o)
{
	struct json_object *groups = report_member(r, r->root, "", "groups",
						   json_type_array);
	int ret = -1;

	out_array(o, "devices");
	if (groups)
		ret = report_each(r, groups, "groups", print_group, o);
	out_close(o);
	return ret;
}

/*
 * Software MSI windows
 */

int report_hex(const struct report *r, struct json_object *object,
	       const char *place, const char *key, u64 *value)
{
	const char *text = report_text(r, object, place, key);
	char *end = NULL;

	if (!text)
		return -1;
	errno = 0;
	*value = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) || !text[2] || *end || errno) {
		problem("%s: %s.%s: \"%s\" is no address", r->file, place, key,
			text);
		return -1;
	}
	return 0;
}

int report_range(const struct report *r, struct json_object *object,
		 const char *place, struct resv_range *range)
{
	if (report_hex(r, object, place, "start", &range->start) ||
	    report_hex(r, object, place, "last", &range->last))
		return -1;
	if (range->last < range->start) {
		problem("%s: %s: ends before it starts", r->file, place);
		return -1;
	}
	return 0;
}

int report_range_member(const struct report *r, struct json_object *object,
			const char *place, const char *key,
			struct resv_range *range)
{
	struct json_object *value = report_member(r, object, place, key,
						  json_type_object);
	char whole[2 * REPORT_PLACE_MAX];

	snprintf(whole, sizeof(whole), "%s.%s", place, key);
	return value ? report_range(r, value, whole, range) : -1;
}

struct json_object *report_optional(struct json_object *object,
				    const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

const char *report_optional_text(struct json_object *object, const char *key)
{
	struct json_object *value = report_optional(object, key);

	return json_object_is_type(value, json_type_string) ?
		json_object_get_string(value) : NULL;
}

static int add_forbidden(const struct report *r, struct json_object *object,
			 const char *place, void *arg)
{
	const char *by = report_text(r, object, place, "by");
	struct report_window *w = arg;
	struct resv_range range;

	if (!by || report_range(r, object, place, &range))
		return -1;
	resv_ranges_add(&w->forbidden, range.start, range.last);
	if (!strcmp(by, "inbound"))
		resv_ranges_add(&w->outside, range.start, range.last);
	return 0;
}

static int read_forbidden(const struct report *r, struct json_object *object,
			  const char *place, struct report_window *w)
{
	struct json_object *list = report_optional(object, "forbidden");
	char whole[2 * REPORT_PLACE_MAX];
	size_t room;

	if (!list)
		return 0;
	snprintf(whole, sizeof(whole), "%s.forbidden", place);
	if (!report_is_a(r, list, json_type_array, whole))
		return -1;
	room = json_object_array_length(list) + 1;
	resv_ranges_init(&w->forbidden,
			 xrealloc(NULL, room * sizeof(struct resv_range)),
			 (u32)room);
	resv_ranges_init(&w->outside,
			 xrealloc(NULL, room * sizeof(struct resv_range)),
			 (u32)room);
	w->solvable = true;
	return report_each(r, list, whole, add_forbidden, w);
}

static bool is_power_of_two(int64_t value)
{
	return value > 0 && !(value & (value - 1));
}

static int read_window(const struct report *r, struct json_object *object,
		       const char *place, struct report_window *w)
{
	struct json_object *module = report_member(r, r->root, "", "module",
						   json_type_object);
	struct json_object *page_size = module ?
		report_member(r, module, "module", "page_size", json_type_int) : NULL;
	struct json_object *doorbells = page_size ?
		report_member(r, object, place, "doorbells", json_type_object) : NULL;
	struct json_object *pages = doorbells ?
		report_member(r, doorbells, "doorbells", "pages", json_type_int) : NULL;
	struct json_object *in_force = pages ?
		report_member(r, object, place, "in_force", json_type_object) : NULL;
	struct json_object *bits = report_optional(object, "msi_address_bits");

	w->iommu = in_force ? report_text(r, object, place, "iommu") : NULL;
	if (!w->iommu || report_range_member(r, object, place, "driver", &w->own) ||
	    report_range(r, in_force, place, &w->now) ||
	    report_hex(r, object, place, "size", &w->size))
		return -1;
	w->from = report_text(r, in_force, place, "from");
	if (!w->from)
		return -1;
	w->note = report_optional_text(object, "note");
	w->stay = report_optional_text(object, "stay");
	w->wish = report_optional_text(object, "wish");
	w->pages = (u32)json_object_get_int64(pages);
	w->complete = json_object_get_boolean(report_optional(doorbells, "complete"));
	if (!is_power_of_two(json_object_get_int64(page_size)) || !w->size) {
		problem("%s: %s: pages or windows of no size", r->file, place);
		return -1;
	}
	w->page_size = (u64)json_object_get_int64(page_size);
	w->aperture.start = 0;
	w->aperture.last = RESV_PLACE_LIMIT_32;
	if (report_optional(object, "aperture") &&
	    report_range_member(r, object, place, "aperture", &w->aperture))
		return -1;
	w->limit = json_object_get_int64(bits) == 64 ? U64_MAX :
						       RESV_PLACE_LIMIT_32;
	return read_forbidden(r, object, place, w);
}

int report_windows(const struct report *r, struct report_window **windows,
		   size_t *count)
{
	struct json_object *list = report_member(r, r->root, "", "windows",
						 json_type_array);
	size_t n = list ? json_object_array_length(list) : 0;
	size_t i;

	*windows = xrealloc(NULL, (n + 1) * sizeof(**windows));
	*count = 0;
	if (!list)
		return -1;
	for (i = 0; i < n; i++) {
		struct json_object *object = json_object_array_get_idx(list, i);
		struct report_window *w = &(*windows)[*count];
		char place[REPORT_PLACE_MAX];

		*w = (struct report_window){ .iommu = NULL };
		(*count)++;
		snprintf(place, sizeof(place), "windows[%zu]", i);
		if (!report_is_a(r, object, json_type_object, place) ||
		    read_window(r, object, place, w))
			return -1;
	}
	return 0;
}

void report_windows_free(struct report_window *windows, size_t count)
{
	while (count--) {
		free(windows[count].forbidden.r);
		free(windows[count].outside.r);
	}
	free(windows);
}
