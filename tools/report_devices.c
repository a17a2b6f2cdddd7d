// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_devices.c - the devices of a report: where firmware has them, and their
 * regions with who says so
 */
#include "report_priv.h"
#include "problem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A walk over all devices. */
struct reading {
	int (*fn)(const struct report_device *d, void *arg);
	void *arg;
	int64_t group;
	int ret;	/* what @fn returned */
};

/* A number of at most 32 bits that the module writes in hex. */
static int hex32(const struct report *r, const char *text, const char *place,
		 u32 *value)
{
	char *end;
	u64 wide;

	errno = 0;
	wide = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) || !text[2] || strchr("+- \t", text[2]) ||
	    *end || errno || wide > U32_MAX)
		return report_refuse(r, place, "a number of 32 bits in hex");
	*value = (u32)wide;
	return 0;
}

static int read_devfns(const struct report *r, struct json_object *firmware,
		       const char *place, struct report_device *d)
{
	struct json_object *array;
	size_t i, n;

	if (report_array(r, firmware, place, "path_from_host", &array))
		return -1;
	n = array ? json_object_array_length(array) : 0;
	d->devfn = report_zeroed(n, sizeof(*d->devfn));
	for (i = 0; i < n; i++) {
		struct json_object *devfn = json_object_array_get_idx(array, i);
		char whole[3 * REPORT_PLACE_MAX];

		snprintf(whole, sizeof(whole), "%s.path_from_host[%zu]", place,
			 i);
		if (!report_is_a(r, devfn, json_type_int, whole))
			return -1;
		if (json_object_get_int64(devfn) < 0 ||
		    json_object_get_int64(devfn) > 0xff)
			return report_refuse(r, whole, "a device and function");
		d->devfn[d->devfns++] = (u8)json_object_get_int64(devfn);
	}
	return 0;
}

/* Where firmware has a device: PCI, or a path, or a node; or nowhere. */
static int read_firmware(const struct report *r, struct json_object *device,
			 const char *place, struct report_device *d)
{
	char where[2 * REPORT_PLACE_MAX];
	struct json_object *firmware;
	int64_t segment;
	const char *text;

	/* Missing in reports of a module that did not say it. */
	firmware = report_member(r, device, place, "firmware", json_type_object);
	if (!firmware)
		return -1;
	snprintf(where, sizeof(where), "%s.firmware", place);
	if (report_optional(firmware, "rid")) {
		text = report_text(r, firmware, where, "rid");
		if (!text ||
		    report_number(r, firmware, where, "segment", U32_MAX,
				  &segment) ||
		    hex32(r, text, where, &d->rid))
			return -1;
		d->segment = (u32)segment;
		d->is_pci = true;
	}
	d->path = report_optional_text(firmware, "path");
	d->node = report_optional_text(firmware, "node");
	d->host_node = report_optional_text(firmware, "host_node");
	text = report_optional_text(firmware, "phandle");
	if (text) {
		if (hex32(r, text, where, &d->phandle))
			return -1;
		d->has_phandle = true;
	}
	return read_devfns(r, firmware, where, d);
}

static int read_streams(const struct report *r, struct json_object *device,
			const char *place, struct report_device *d)
{
	struct json_object *array;
	size_t i, n;

	if (report_array(r, device, place, "stream_ids", &array))
		return -1;
	d->streams_known = array;
	n = array ? json_object_array_length(array) : 0;
	d->stream = report_zeroed(n, sizeof(*d->stream));
	for (i = 0; i < n; i++) {
		struct json_object *id = json_object_array_get_idx(array, i);
		char whole[2 * REPORT_PLACE_MAX];

		snprintf(whole, sizeof(whole), "%s.stream_ids[%zu]", place, i);
		if (!report_is_a(r, id, json_type_string, whole) ||
		    hex32(r, json_object_get_string(id), whole,
			  &d->stream[d->streams]))
			return -1;
		d->streams++;
	}
	return 0;
}

static int read_from(const struct report *r, struct json_object *object,
		     const char *place, void *arg)
{
	struct report_region *region = arg;
	struct report_from *from = &region->from[region->from_count++];
	const char *by = report_text(r, object, place, "by");

	if (!by)
		return -1;
	from->device = report_optional_text(object, "device");
	from->quirk = !strcmp(by, "quirk");
	if (!strcmp(by, "driver"))
		region->driver = true;
	if (!from->quirk)
		return 0;
	from->rule = report_text(r, object, place, "rule");
	from->action = from->rule ? report_text(r, object, place, "action") :
				    NULL;
	from->type = from->action ? report_text(r, object, place, "type") : NULL;
	if (!from->type)
		return -1;
	if (!region->rule)
		region->rule = from->rule;
	if (!report_optional(object, "start"))
		return 0;
	from->ranged = true;
	return report_range(r, object, place, &from->range);
}

static int read_region(const struct report *r, struct json_object *object,
		       const char *place, void *arg)
{
	struct report_device *d = arg;
	struct report_region *region = &d->region[d->regions++];
	char where[2 * REPORT_PLACE_MAX];
	struct json_object *from;

	region->type = report_text(r, object, place, "type");
	if (!region->type || report_range(r, object, place, &region->range))
		return -1;
	from = report_member(r, object, place, "from", json_type_array);
	if (!from)
		return -1;
	region->from = report_zeroed(json_object_array_length(from),
				     sizeof(*region->from));
	snprintf(where, sizeof(where), "%s.from", place);
	return report_each(r, from, where, read_from, region);
}

static int read_range(const struct report *r, struct json_object *object,
		      const char *place, void *arg)
{
	struct report_rule *rule = arg;

	return report_range(r, object, place, &rule->range[rule->ranges++]);
}

/* What a rule does at all stands in another place of the report. */
static int read_action(const struct report *r, struct report_rule *rule)
{
	struct json_object *list = report_member(r, r->root, "", "quirks",
						 json_type_array);
	size_t i;

	if (!list)
		return -1;
	for (i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		char place[REPORT_PLACE_MAX];
		const char *name;

		snprintf(place, sizeof(place), "quirks[%zu]", i);
		if (!report_is_a(r, one, json_type_object, place))
			return -1;
		name = report_text(r, one, place, "rule");
		if (!name)
			return -1;
		if (strcmp(name, rule->name))
			continue;
		rule->action = report_text(r, one, place, "action");
		rule->type = report_text(r, one, place, "type");
		return rule->action && rule->type ? 0 : -1;
	}
	problem("%s: quirks: does not have rule %s of a device", r->file,
		rule->name);
	return -1;
}

static int read_rule(const struct report *r, struct json_object *object,
		     const char *place, void *arg)
{
	struct report_device *d = arg;
	struct report_rule *rule = &d->rule[d->rules++];
	char where[2 * REPORT_PLACE_MAX];
	struct json_object *ranges;
	const char *outcome;

	rule->name = report_text(r, object, place, "rule");
	outcome = report_text(r, object, place, "outcome");
	ranges = report_member(r, object, place, "ranges", json_type_array);
	if (!rule->name || !outcome || !ranges || read_action(r, rule))
		return -1;
	rule->enforced = !strcmp(outcome, "enforced");
	rule->range = report_zeroed(json_object_array_length(ranges),
				    sizeof(*rule->range));
	snprintf(where, sizeof(where), "%s.ranges", place);
	return report_each(r, ranges, where, read_range, rule);
}

static int read_rules(const struct report *r, struct json_object *device,
		      const char *place, struct report_device *d)
{
	char where[2 * REPORT_PLACE_MAX];
	struct json_object *rules;

	if (report_array(r, device, place, "rules", &rules))
		return -1;
	if (!rules)
		return 0;
	d->rules_known = true;
	d->rule = report_zeroed(json_object_array_length(rules),
				sizeof(*d->rule));
	snprintf(where, sizeof(where), "%s.rules", place);
	return report_each(r, rules, where, read_rule, d);
}

static int read_device(const struct report *r, struct json_object *device,
		       const char *place, struct report_device *d)
{
	char where[2 * REPORT_PLACE_MAX];
	struct json_object *regions;

	d->place = place;
	d->name = report_text(r, device, place, "name");
	d->iommu = report_optional_text(device, "iommu");
	if (!d->name || read_firmware(r, device, place, d) ||
	    read_streams(r, device, place, d) ||
	    read_rules(r, device, place, d))
		return -1;
	regions = report_member(r, device, place, "regions", json_type_array);
	if (!regions)
		return -1;
	d->region = report_zeroed(json_object_array_length(regions),
				  sizeof(*d->region));
	snprintf(where, sizeof(where), "%s.regions", place);
	return report_each(r, regions, where, read_region, d);
}

static int each_device(const struct report *r, struct json_object *device,
		       const char *place, void *arg)
{
	struct report_device d = { .name = NULL };
	struct reading *reading = arg;
	int ret;

	d.group = reading->group;
	ret = read_device(r, device, place, &d);
	if (!ret) {
		reading->ret = reading->fn(&d, reading->arg);
		ret = reading->ret ? -1 : 0;
	}
	while (d.regions)
		free(d.region[--d.regions].from);
	while (d.rules)
		free(d.rule[--d.rules].range);
	free(d.rule);
	free(d.region);
	free(d.stream);
	free(d.devfn);
	return ret;
}

static int each_group(const struct report *r, struct json_object *group,
		      const char *place, void *arg)
{
	char where[2 * REPORT_PLACE_MAX];
	struct reading *reading = arg;
	struct json_object *devices;

	if (report_number(r, group, place, "id", INT32_MAX, &reading->group))
		return -1;
	devices = report_member(r, group, place, "devices", json_type_array);
	if (!devices)
		return -1;
	snprintf(where, sizeof(where), "%s.devices", place);
	return report_each(r, devices, where, each_device, reading);
}

int report_for_each_device(const struct report *r,
			   int (*fn)(const struct report_device *d, void *arg),
			   void *arg)
{
	struct json_object *groups = report_member(r, r->root, "", "groups",
						   json_type_array);
	struct reading reading = { .fn = fn, .arg = arg };

	if (!groups)
		return -1;
	if (!report_each(r, groups, "groups", each_group, &reading))
		return 0;
	return reading.ret ? reading.ret : -1;
}
