// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_bar_rules.c - rules about BARs in a report.json
 *
 * What such a rule says, and what the operator's policy makes of it. For which
 * BARs of this machine it holds stands with those (report_bars.c).
 */
#include "report_priv.h"
#include "problem.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *explanation(const char *mode)
{
	static const struct {
		const char *mode;
		const char *text;
	} texts[] = {
		{ "enforced",
		  "it is confirmed: it counts for the BARs that it is about (iommu-resv bars show)" },
		{ "enforced by the operator",
		  "the operator wants it: it counts for the BARs that it is about (iommu-resv bars show)" },
		{ "advised",
		  "shown only, with the BARs that it is about (iommu-resv bars show): it is not confirmed, or made for that, or the operator wants it so" },
		{ "disabled", "the operator has switched it off" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i].mode, mode))
			return texts[i].text;
	return NULL;
}

/* Is there such a member? It may be null. */
static bool has_member(const struct report *r, struct json_object *object,
		       const char *place, const char *key,
		       struct json_object **value)
{
	if (json_object_object_get_ex(object, key, value))
		return true;
	problem("%s: %s.%s: is missing: this is no report.json of iommu-resv, or one of an older version",
		r->file, place, key);
	return false;
}

/* A number that may be null; nothing is printed of that. */
static int print_choice(const struct report *r, struct json_object *object,
			const char *place, const char *key, struct out *o,
			const char *name)
{
	struct json_object *value;
	u64 number;

	if (!has_member(r, object, place, key, &value))
		return -1;
	if (!value)
		return 0;
	if (report_hex(r, object, place, key, &number))
		return -1;
	out_hex(o, name, number, 1);
	return 0;
}

static int print_ids(const struct report *r, struct json_object *object,
		     const char *place, struct out *o)
{
	struct json_object *list = report_member(r, object, place, "device_ids",
						 json_type_array);
	char whole[2 * REPORT_PLACE_MAX];
	size_t i;

	if (!list)
		return -1;
	out_array(o, "devices");
	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *id = json_object_array_get_idx(list, i);

		snprintf(whole, sizeof(whole), "%s.device_ids[%zu]", place, i);
		if (!report_is_a(r, id, json_type_string, whole))
			return -1;
		out_text(o, NULL, json_object_get_string(id));
	}
	out_close(o);
	return 0;
}

static int print_size(const struct report *r, struct json_object *object,
		      const char *place, void *arg)
{
	struct out *o = arg;
	char text[64];
	int64_t first;
	int64_t last;

	if (report_number(r, object, place, "first", INT64_MAX, &first) ||
	    report_number(r, object, place, "last", INT64_MAX, &last))
		return -1;
	if (last < first)
		return report_refuse(r, place, "a range of page sizes");
	if (first == last)
		snprintf(text, sizeof(text), "%" PRId64, first);
	else
		snprintf(text, sizeof(text), "%" PRId64 " to %" PRId64, first,
			 last);
	out_text(o, NULL, text);
	return 0;
}

static int print_sizes(const struct report *r, struct json_object *object,
		       const char *place, struct out *o)
{
	char whole[2 * REPORT_PLACE_MAX];
	struct json_object *list;
	int ret;

	if (!has_member(r, object, place, "page_sizes", &list))
		return -1;
	if (!list) {
		out_text(o, "page-sizes", "all");
		return 0;
	}
	snprintf(whole, sizeof(whole), "%s.page_sizes", place);
	if (!report_is_a(r, list, json_type_array, whole))
		return -1;
	out_array(o, "page-sizes");
	ret = report_each(r, list, whole, print_size, o);
	out_close(o);
	return ret;
}

static int print_rule(const struct report *r, struct json_object *object,
		      const char *place, void *arg)
{
	const char *rule = report_text(r, object, place, "rule");
	const char *says = rule ? report_text(r, object, place, "says") : NULL;
	const char *mode = says ? report_text(r, object, place, "mode") : NULL;
	const char *why = mode ? report_text(r, object, place, "reason") : NULL;
	struct out *o = arg;
	int64_t bar;

	if (!why || report_number(r, object, place, "bar", QUIRK_BAR_MAX, &bar))
		return -1;
	out_object(o);
	out_text(o, "rule", rule);
	out_text(o, "says", says);
	out_number(o, "bar", bar);
	if (print_choice(r, object, place, "size", o, "bar-size") ||
	    print_choice(r, object, place, "offset", o, "bar-offset") ||
	    print_ids(r, object, place, o) || print_sizes(r, object, place, o))
		return -1;
	out_text(o, "mode", mode);
	if (explanation(mode))
		out_text(o, "explanation", explanation(mode));
	out_text(o, "reason", why);
	out_close(o);
	return 0;
}

int report_print_bar_rules(const struct report *r, struct out *o)
{
	struct json_object *list;
	int ret;

	/* A module that knows none does not say so. */
	if (!json_object_object_get_ex(r->root, "bar_rules", &list))
		return 0;
	list = report_member(r, r->root, "", "bar_rules", json_type_array);
	if (!list)
		return -1;
	out_array(o, "bar-rules");
	ret = report_each(r, list, "bar_rules", print_rule, o);
	out_close(o);
	return ret;
}
