// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_corrections.c - corrections of the IORT in a report.json
 */
#include "report_priv.h"
#include "problem.h"
#include "../quirks/correct.h"

#include <stdio.h>

struct walk {
	int (*fn)(const struct report_correction *c, void *arg);
	void *arg;
	int ret;
};

/* A number of at most 32 bits. */
static int number(const struct report *r, struct json_object *object,
		  const char *place, const char *key, u32 *value)
{
	struct json_object *v = report_member(r, object, place, key,
					      json_type_int);

	if (!v)
		return -1;
	if (json_object_get_int64(v) < 0 || json_object_get_int64(v) > U32_MAX) {
		problem("%s: %s.%s: is no number of 32 bits", r->file, place,
			key);
		return -1;
	}
	*value = (u32)json_object_get_int64(v);
	return 0;
}

/* Two numbers, "first" and "last". */
static int numbers(const struct report *r, struct json_object *object,
		   const char *place, u32 *first, u32 *last)
{
	if (number(r, object, place, "first", first) ||
	    number(r, object, place, "last", last))
		return -1;
	if (*last < *first) {
		problem("%s: %s: ends before it starts", r->file, place);
		return -1;
	}
	return 0;
}

/* A member that is an object or null, which is all of what it names. */
static int which(const struct report *r, struct json_object *object,
		 const char *place, const char *key, struct json_object **value)
{
	char whole[2 * REPORT_PLACE_MAX];

	if (!json_object_object_get_ex(object, key, value)) {
		problem("%s: %s.%s: is missing: this is no report.json of iommu-resv, or one of an older version",
			r->file, place, key);
		return -1;
	}
	snprintf(whole, sizeof(whole), "%s.%s", place, key);
	return !*value || report_is_a(r, *value, json_type_object, whole) ?
		0 : -1;
}

static int read_kind(const struct report *r, const char *kind,
		     const char *place, struct iort_fix *fix)
{
	fix->kind = IORT_FIX_SMMU_MODEL;
	while (strcmp(quirk_correction_name(fix->kind), kind)) {
		if (fix->kind == IORT_FIX_ID_MAPPING) {
			problem("%s: %s.kind: \"%s\" is not known: the report is of a newer module than this command; take one of its version",
				r->file, place, kind);
			return -1;
		}
		fix->kind++;
	}
	return 0;
}

static int read_fix(const struct report *r, struct json_object *object,
		    const char *place, struct iort_fix *fix)
{
	bool is_model = fix->kind == IORT_FIX_SMMU_MODEL;
	const char *key = is_model ? "smmu" : "segment";
	char whole[2 * REPORT_PLACE_MAX];
	struct resv_range smmu = { 0, U64_MAX };
	struct json_object *of;
	int ret = 0;

	fix->segment_last = U32_MAX;
	snprintf(whole, sizeof(whole), "%s.%s", place, key);
	if (which(r, object, place, key, &of))
		return -1;
	if (of && is_model)
		ret = report_range(r, of, whole, &smmu);
	else if (of)
		ret = numbers(r, of, whole, &fix->segment_first,
			      &fix->segment_last);
	fix->smmu_first = smmu.start;
	fix->smmu_last = smmu.last;
	if (ret || fix->kind != IORT_FIX_ID_MAPPING)
		return ret ? ret : number(r, object, place, "value",
					  &fix->value);

	of = report_member(r, object, place, "input", json_type_object);
	snprintf(whole, sizeof(whole), "%s.input", place);
	if (!of || numbers(r, of, whole, &fix->input_first, &fix->input_last) ||
	    number(r, object, place, "output_base", &fix->output_base))
		return -1;
	return report_hex(r, object, place, "output_smmu", &fix->output_smmu);
}

static int read_correction(const struct report *r, struct json_object *object,
			   const char *place, void *arg)
{
	struct report_correction c = { .rule = NULL };
	struct json_object *enforced = NULL;
	struct walk *walk = arg;
	const char *kind;

	c.rule = report_text(r, object, place, "rule");
	kind = c.rule ? report_text(r, object, place, "kind") : NULL;
	c.mode = kind ? report_text(r, object, place, "mode") : NULL;
	c.reason = c.mode ? report_text(r, object, place, "reason") : NULL;
	c.reference = c.reason ? report_text(r, object, place, "reference") :
				 NULL;
	enforced = c.reference ? report_member(r, object, place, "enforced",
					       json_type_boolean) : NULL;
	if (!enforced || read_kind(r, kind, place, &c.fix) ||
	    read_fix(r, object, place, &c.fix))
		return -1;
	c.made = json_object_get_boolean(enforced);
	walk->ret = walk->fn(&c, walk->arg);
	return walk->ret;
}

int report_for_each_correction(const struct report *r,
			       int (*fn)(const struct report_correction *c,
					 void *arg),
			       void *arg)
{
	struct json_object *list = report_member(r, r->root, "", "corrections",
						 json_type_array);
	struct walk walk = { .fn = fn, .arg = arg };
	int ret;

	if (!list)
		return -1;
	ret = report_each(r, list, "corrections", read_correction, &walk);
	return walk.ret ? walk.ret : ret;
}

/*
 * Printing
 */

static const char *explanation(const char *mode)
{
	static const struct {
		const char *mode;
		const char *text;
	} texts[] = {
		{ "enforced",
		  "it is confirmed: it goes into an overlay of the IORT (iommu-resv iort overlay), which the next boot takes" },
		{ "enforced by the operator",
		  "the operator wants it: it goes into an overlay of the IORT (iommu-resv iort overlay), which the next boot takes" },
		{ "advised",
		  "shown only: it is not confirmed, or made for that, or the operator wants it so" },
		{ "disabled", "the operator has switched it off" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i].mode, mode))
			return texts[i].text;
	return NULL;
}

static void print_segment(struct out *o, const struct iort_fix *fix)
{
	if (fix->segment_first || fix->segment_last != U32_MAX)
		out_number(o, "segment", fix->segment_first);
	else
		out_text(o, "segment", "all");
}

static int print_correction(const struct report_correction *c, void *arg)
{
	const struct iort_fix *fix = &c->fix;
	const char *text = explanation(c->mode);
	struct out *o = arg;

	out_object(o);
	out_text(o, "rule", c->rule);
	out_text(o, "corrects", quirk_correction_name(fix->kind));
	switch (fix->kind) {
	case IORT_FIX_SMMU_MODEL:
		if (fix->smmu_first || fix->smmu_last != U64_MAX)
			out_hex(o, "smmu", fix->smmu_first, 16);
		else
			out_text(o, "smmu", "all");
		out_number(o, "model", fix->value);
		break;
	case IORT_FIX_ADDRESS_LIMIT:
		print_segment(o, fix);
		out_number(o, "bits", fix->value);
		break;
	case IORT_FIX_ID_MAPPING:
		print_segment(o, fix);
		out_hex(o, "first", fix->input_first, 4);
		out_hex(o, "last", fix->input_last, 4);
		out_hex(o, "output-base", fix->output_base, 1);
		out_hex(o, "output-smmu", fix->output_smmu, 16);
		break;
	}
	out_text(o, "mode", c->mode);
	if (text)
		out_text(o, "explanation", text);
	out_text(o, "reason", c->reason);
	out_close(o);
	return 0;
}

int report_print_corrections(const struct report *r, struct out *o)
{
	struct json_object *list;
	int ret;

	/* A module that knows none does not say so. */
	if (!json_object_object_get_ex(r->root, "corrections", &list))
		return 0;
	out_array(o, "corrections");
	ret = report_for_each_correction(r, print_correction, o);
	out_close(o);
	return ret;
}
