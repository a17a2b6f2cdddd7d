// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_fragment.c - iommu-resv iort fragment
 *
 * RMR nodes for groups or devices of a host, for a VMM that makes its guest's
 * table itself: a small table whose one SMMU stands for the VMM's, and whose
 * stream IDs are the host's requester IDs. The same as groups/N/iort in debugfs.
 */
#include "cmd.h"
#include "guest_regions.h"
#include "iort_made.h"
#include "problem.h"
#include "write.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

/* A group or a device of the command line, and what the report has of it. */
struct part {
	const char *name;
	bool is_group;
	struct iort_guest_region *region;
	size_t regions;
	struct iort_guest_id *id;
	size_t ids;
};

struct parts {
	struct part *part;
	size_t count;
};

static bool is_meant(const struct part *p, const struct report_device *d)
{
	if (!p->is_group)
		return !strcmp(p->name, d->name);
	return strtoll(p->name, NULL, 10) == d->group;
}

static int take_device(const struct report_device *d, void *arg)
{
	struct parts *parts = arg;
	size_t i;

	for (i = 0; i < parts->count; i++) {
		struct part *p = &parts->part[i];

		if (!is_meant(p, d))
			continue;
		if (!d->is_pci) {
			problem("%s: is not a PCI device: a guest's table has it under a name that only its VMM knows",
				d->name);
			return -1;
		}
		if (d->rid > U16_MAX) {
			problem("%s: requester ID 0x%x has more than 16 bits",
				d->name, d->rid);
			return -1;
		}
		p->id = xrealloc(p->id, (p->ids + 1) * sizeof(*p->id));
		p->id[p->ids++] = (struct iort_guest_id){
			.first = d->rid, .last = d->rid,
		};
		if (guest_regions_add(d, &p->region, &p->regions))
			return -1;
	}
	return 0;
}

static int make(const struct parts *parts, const char *out, bool verbose)
{
	struct iort_guest_want *want;
	struct acpi_fault f;
	u8 *table = NULL;
	u32 length;
	size_t i;
	int ret;

	want = xrealloc(NULL, (parts->count + 1) * sizeof(*want));
	for (i = 0; i < parts->count; i++)
		want[i] = (struct iort_guest_want){
			.region = parts->part[i].region,
			.regions = (u32)parts->part[i].regions,
			.id = parts->part[i].id,
			.ids = (u32)parts->part[i].ids,
		};
	ret = iort_fragment_build(want, (u32)parts->count, NULL, 0, &length, &f);
	if (!ret) {
		table = xrealloc(NULL, length);
		ret = iort_fragment_build(want, (u32)parts->count, table,
					  length, &length, &f);
	}
	if (ret)
		problem("iort fragment: %s", f.what);
	else
		ret = output_bytes(out, table, length);
	if (!ret && verbose)
		iort_made_say(stderr, table, length, 1);
	free(want);
	free(table);
	return ret;
}

static int read_parts(const char *file, struct parts *parts)
{
	struct report r;
	size_t i;
	int ret;

	if (report_open(&r, file))
		return -1;
	ret = report_for_each_device(&r, take_device, parts);
	for (i = 0; i < parts->count && !ret; i++) {
		if (parts->part[i].ids)
			continue;
		problem("%s: has no %s %s", file,
			parts->part[i].is_group ? "group" : "device",
			parts->part[i].name);
		ret = -1;
	}
	report_close(&r);
	return ret;
}

int cmd_iort_fragment(int argc, char **argv)
{
	static const struct option options[] = {
		{ "report", required_argument, NULL, 'R' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	struct parts parts = { .part = NULL };
	const char *report = REPORT_LIVE;
	const char *out = NULL;
	bool verbose = false;
	int option;
	int ret;
	size_t i;

	while ((option = getopt_long(argc, argv, "R:vo:", options, NULL)) != -1) {
		switch (option) {
		case 'R':
			report = optarg;
			break;
		case 'v':
			verbose = true;
			break;
		case 'o':
			out = optarg;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (!out || optind == argc) {
		problem("iort fragment: %s", out ?
			"of what? Name devices, or groups by number" :
			"where to? --output is missing");
		return EXIT_TROUBLE;
	}
	parts.count = (size_t)(argc - optind);
	parts.part = xrealloc(NULL, parts.count * sizeof(*parts.part));
	for (i = 0; i < parts.count; i++) {
		const char *name = argv[optind + (int)i];

		parts.part[i] = (struct part){ .name = name };
		parts.part[i].is_group =
			name[strspn(name, "0123456789")] == '\0';
	}
	ret = read_parts(report, &parts);
	if (!ret)
		ret = make(&parts, out, verbose);
	for (i = 0; i < parts.count; i++) {
		free(parts.part[i].region);
		free(parts.part[i].id);
	}
	free(parts.part);
	return ret ? EXIT_TROUBLE : EXIT_CLEAN;
}
