// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - what a VM's module said, compared with what had to come out
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Region types as sysfs names them. */
static const char *const region_types[] = {
	"reserved", "msi", "direct", "direct-relaxable"
};

#define REGION_MSI	1	/* index of software MSI windows too */

/**
 * struct check - a comparison under way
 * @expected: lines from vm_expect(), then "device NAME" and sysfs lines
 *	"region START LAST TYPE" of its group
 * @wrong: differences so far
 * @set: what is enforced, for each of region_types
 * @storage: of @set
 * @replaced: the driver's software MSI window is gone
 * @anywhere: what stands for it is where the module has placed it
 */
struct check {
	char *expected;
	unsigned int wrong;
	struct resv_ranges set[ARRAY_SIZE(region_types)];
	struct resv_range storage[ARRAY_SIZE(region_types)][64];
	bool replaced;
	bool anywhere;
};

static struct json_object *member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, name, &v))
		return NULL;
	return v;
}

static const char *string_of(struct json_object *o, const char *name)
{
	struct json_object *v = member(o, name);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : "?";
}

/* The rest of the line that starts with @start, or NULL; to be freed. */
static char *line_of(const struct check *c, const char *start)
{
	const char *p = c->expected;
	size_t len = strlen(start);

	for (; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, start, len) && (p[len] == ' ' || p[len] == '\n'))
			return text("%.*s", (int)strcspn(p + len, "\n"), p + len);
	return NULL;
}

__attribute__((format(printf, 2, 3)))
static void say_wrong(struct check *c, const char *format, ...)
{
	va_list args;

	c->wrong++;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("; ");
}

/* What the group's list has to show for an enforced rule. */
static void note_enforced(struct check *c, const char *name,
			  const struct resv_ranges *set, const char *wanted)
{
	char *start = text("kind %s", name);
	char *kind = line_of(c, start);
	char action[32] = "", type[32] = "";
	size_t i, n;

	if (kind && sscanf(kind, " %31s %31s", action, type) == 2) {
		c->replaced |= !strcmp(action, "replace");
		c->anywhere |= !strcmp(action, "replace") && wanted && strchr(wanted, '*');
		for (n = 0; n < ARRAY_SIZE(region_types); n++)
			if (!strcmp(type, region_types[n]) ||
			    (n == REGION_MSI && !strcmp(type, "sw-msi")))
				for (i = 0; i < set->count; i++)
					resv_ranges_add(&c->set[n], set->r[i].start,
							set->r[i].last);
	}
	free(kind);
	free(start);
}

static void check_verdict(struct check *c, struct json_object *rule)
{
	const char *name = string_of(rule, "rule");
	const char *outcome = string_of(rule, "outcome");
	struct json_object *ranges = member(rule, "ranges");
	char *start = text("rule %s", name);
	char *wanted = line_of(c, start);
	char *any_start = text("any %s", name);
	char *any = line_of(c, any_start);
	struct resv_range storage[64];
	struct resv_ranges set;
	char *got, *all;
	size_t i;

	resv_ranges_init(&set, storage, ARRAY_SIZE(storage));
	for (i = 0; ranges && i < json_object_array_length(ranges); i++) {
		struct json_object *r = json_object_array_get_idx(ranges, i);

		resv_ranges_add(&set, strtoull(string_of(r, "start"), NULL, 16),
				strtoull(string_of(r, "last"), NULL, 16));
	}
	if (!strcmp(outcome, "enforced"))
		note_enforced(c, name, &set, wanted);
	all = text(" %s", outcome);
	for (i = 0; i < set.count; i++) {
		got = text("%s 0x%llx-0x%llx", all, (unsigned long long)set.r[i].start,
			   (unsigned long long)set.r[i].last);
		free(all);
		all = got;
	}
	if (any)
		;
	else if (!wanted && strcmp(outcome, "not-in-scope"))
		say_wrong(c, "%s:%s, wanted: not in scope", name, all);
	else if (wanted && strchr(wanted, '*') ?
		 strncmp(wanted + 1, outcome, strlen(outcome)) :
		 wanted && strcmp(wanted, all))
		say_wrong(c, "%s:%s, wanted:%s", name, all, wanted);
	free(all);
	free(any);
	free(any_start);
	free(wanted);
	free(start);
}

static void check_entries(struct check *c, struct json_object *report)
{
	struct json_object *entries = member(member(report, "board"), "entries");
	char *wanted = line_of(c, "entries");
	char *got = text("%s", "");
	size_t i;

	for (i = 0; json_object_is_type(entries, json_type_array) &&
	     i < json_object_array_length(entries); i++) {
		char *longer = text("%s %s", got,
				    string_of(json_object_array_get_idx(entries, i), "name"));

		free(got);
		got = longer;
	}
	if (!wanted || strcmp(got, wanted))
		say_wrong(c, "entries:%s, wanted:%s", got, wanted ? wanted : "?");
	free(got);
	free(wanted);
}

/* The kernel's pages, from the report; complains if they are not those wanted. */
static u64 check_page_size(struct check *c, struct json_object *report)
{
	struct json_object *got = member(member(report, "module"), "page_size");
	char *wanted = line_of(c, "page-size");
	u64 size = (u64)json_object_get_int64(got);

	if (!wanted || size != strtoull(wanted, NULL, 10))
		say_wrong(c, "page size: %llu, wanted:%s",
			  (unsigned long long)size, wanted ? wanted : " ?");
	free(wanted);
	return size && !(size & (size - 1)) ? size : 4096;
}

static u64 hex_of(struct json_object *o, const char *name)
{
	return strtoull(string_of(o, name), NULL, 16);
}

static u32 number_of(struct json_object *o, const char *name)
{
	return (u32)json_object_get_int64(member(o, name));
}

/* A correction as the report has it, as text; members that it lacks are 0. */
static char *correction_of(struct json_object *o)
{
	struct json_object *segment = member(o, "segment");
	struct json_object *smmu = member(o, "smmu");
	struct iort_fix fix = { .segment_last = U32_MAX, .smmu_last = U64_MAX };

	for (; strcmp(quirk_correction_name(fix.kind), string_of(o, "kind")); fix.kind++)
		if (fix.kind == IORT_FIX_ID_MAPPING)
			return text("kind %s", string_of(o, "kind"));
	fix.value = number_of(o, "value");
	fix.input_first = number_of(member(o, "input"), "first");
	fix.input_last = number_of(member(o, "input"), "last");
	fix.output_base = number_of(o, "output_base");
	fix.output_smmu = hex_of(o, "output_smmu");
	if (segment) {
		fix.segment_first = number_of(segment, "first");
		fix.segment_last = number_of(segment, "last");
	}
	if (smmu) {
		fix.smmu_first = hex_of(smmu, "start");
		fix.smmu_last = hex_of(smmu, "last");
	}
	return describe_correction(json_object_get_boolean(member(o, "enforced")) ?
				   "enforce" : "advise", &fix);
}

/* A rule about a BAR as the report has it, likewise. */
static char *bar_rule_of(struct json_object *o)
{
	return describe_bar_rule(json_object_get_boolean(member(o, "enforced")) ?
				 "enforce" : "advise", string_of(o, "says"),
				 number_of(o, "bar"), hex_of(o, "size"),
				 hex_of(o, "offset"));
}

/*
 * A list of the report, whose members are as they are on every machine of the
 * entries; the lines that @line_start begins have what is wanted.
 */
static void check_list(struct check *c, struct json_object *report,
		       const char *name, const char *line_start,
		       char *(*describe)(struct json_object *o))
{
	struct json_object *list = member(report, name);
	size_t length = strlen(line_start);
	size_t count = json_object_is_type(list, json_type_array) ?
		       json_object_array_length(list) : 0;
	const char *p = c->expected;
	size_t wanted = 0;
	size_t i;

	for (; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		wanted += !strncmp(p, line_start, length) && p[length] == ' ';
	if (!list || count != wanted)
		say_wrong(c, "%zu %s, wanted %zu", count, name, wanted);
	for (i = 0; i < count; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		char *start = text("%s %s", line_start, string_of(o, "rule"));
		char *line = line_of(c, start);
		char *got = describe(o);

		if (!line || strcmp(line + 1, got))
			say_wrong(c, "%s: %s, wanted:%s", start, got, line ? line : " none");
		free(got);
		free(line);
		free(start);
	}
}

/* The group's sysfs file: the driver's window and what is enforced, in pages. */
static void check_regions(struct check *c, u64 page_size)
{
	static const struct resv_range window = { 0x8000000, 0x80fffff };
	struct resv_range storage[64];
	struct resv_ranges got;
	size_t n;
	u32 i;

	if (!c->replaced)
		resv_ranges_add(&c->set[REGION_MSI], window.start, window.last);
	for (n = 0; n < ARRAY_SIZE(region_types); n++) {
		const char *p = c->expected;

		resv_ranges_init(&got, storage, ARRAY_SIZE(storage));
		for (; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
			unsigned long long start, last;
			char type[32];

			if (sscanf(p, "region 0x%llx 0x%llx %31s", &start, &last, type) == 3 &&
			    !strcmp(type, region_types[n]))
				resv_ranges_add(&got, start, last);
		}
		resv_ranges_align_out(&c->set[n], page_size);
		/* What a driver says already is not added again. */
		if (n != REGION_MSI && !c->replaced)
			resv_ranges_subtract(&c->set[n], window.start, window.last);
		if (n == REGION_MSI && c->anywhere && got.count == 1)
			continue;
		for (i = 0; i < got.count || i < c->set[n].count; i++) {
			if (i < got.count && i < c->set[n].count &&
			    got.r[i].start == c->set[n].r[i].start &&
			    got.r[i].last == c->set[n].r[i].last)
				continue;
			say_wrong(c, "sysfs: %u %s regions, wanted %u; they differ at number %u",
				  got.count, region_types[n], c->set[n].count, i + 1);
			break;
		}
	}
}

int vm_check(const char *expected, const char *report)
{
	struct json_object *top = json_object_from_file(report);
	struct json_object *groups, *devices, *rules;
	struct check c = { .wrong = 0 };
	size_t size, i, n, k;
	unsigned int seen = 0;
	char *device;

	for (n = 0; n < ARRAY_SIZE(region_types); n++)
		resv_ranges_init(&c.set[n], c.storage[n], ARRAY_SIZE(c.storage[n]));
	if (!top || read_file(expected, &c.expected, &size)) {
		printf("%s: %s", report, top ? "cannot be compared" : json_util_get_last_err());
		return EXIT_TROUBLE;
	}
	device = line_of(&c, "device");
	check_entries(&c, top);
	check_list(&c, top, "corrections", "correction", correction_of);
	check_list(&c, top, "bar_rules", "bar-rule", bar_rule_of);
	groups = member(top, "groups");
	for (i = 0; json_object_is_type(groups, json_type_array) &&
	     i < json_object_array_length(groups); i++) {
		devices = member(json_object_array_get_idx(groups, i), "devices");
		for (n = 0; json_object_is_type(devices, json_type_array) &&
		     n < json_object_array_length(devices); n++) {
			struct json_object *d = json_object_array_get_idx(devices, n);

			if (!device || strcmp(string_of(d, "name"), device + 1))
				continue;
			rules = member(d, "rules");
			for (k = 0; json_object_is_type(rules, json_type_array) &&
			     k < json_object_array_length(rules); k++)
				check_verdict(&c, json_object_array_get_idx(rules, k));
			seen++;
			c.wrong += !rules;
		}
	}
	if (seen != 1)
		say_wrong(&c, "the device%s is in the report %u times", device ? device : "", seen);
	check_regions(&c, check_page_size(&c, top));
	free(device);
	free(c.expected);
	json_object_put(top);
	return c.wrong ? EXIT_FINDINGS : EXIT_CLEAN;
}
