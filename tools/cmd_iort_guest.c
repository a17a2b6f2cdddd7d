// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_guest.c - iommu-resv iort guest
 *
 * Tables for a guest behind a virtual SMMU: the VMM's IORT with RMR nodes for the
 * regions that the host's devices have, at the places where the guest has these
 * devices; and the tables with which Linux heeds the nodes (preserve.h).
 */
#include "cmd.h"
#include "guest_regions.h"
#include "preserve.h"
#include "problem.h"
#include "write.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/**
 * struct guest_map - a device or group of the host, and where the guest has it
 * @text: as it was given
 * @host: name of the device, or number of the group
 * @is_bus: the guest has it somewhere on the buses of @id
 * @segment: PCI segment in the guest
 * @id: requester IDs there
 * @found: the report has it
 * @group: number of its group
 * @region: the regions of that
 * @regions: how many
 */
struct guest_map {
	const char *text;
	char *host;
	bool is_bus;
	u32 segment;
	struct iort_guest_id id;
	bool found;
	int64_t group;
	struct iort_guest_region *region;
	size_t regions;
};

struct guest {
	struct guest_map *map;
	size_t maps;
	const char *base;
	const char *report;
	const char *dsdt;
	char **ssdt;
	size_t ssdts;
	const char *iasl;
	const char *out;
	bool verbose;
};

/*
 * The map
 */

static bool hex_field(const char **text, u32 max, u32 *value)
{
	char *end;
	unsigned long long n;

	if (!strchr("0123456789abcdefABCDEF", **text) || !**text)
		return false;
	errno = 0;
	n = strtoull(*text, &end, 16);
	if (errno || n > max || end - *text > 4)
		return false;
	*value = (u32)n;
	*text = end;
	return true;
}

static bool skip_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* "[SEGMENT:]" and a bus, where @next ends the bus. */
static bool segment_and_bus(const char **text, const char *next,
			    u32 *segment, u32 *bus)
{
	const char *colon = strchr(*text, ':');

	*segment = 0;
	/* Two colons, or one in front of something that has none. */
	if (colon && (*next != ':' || strchr(colon + 1, ':')))
		if (!hex_field(text, 0xffff, segment) || !skip_char(text, ':'))
			return false;
	return hex_field(text, 0xff, bus);
}

static bool parse_guest(struct guest_map *m, const char *text)
{
	u32 bus, last, device, function;

	if (!strncmp(text, "bus:", 4)) {
		text += 4;
		m->is_bus = true;
		if (!segment_and_bus(&text, "", &m->segment, &bus))
			return false;
		last = bus;
		if (skip_char(&text, '-') && !hex_field(&text, 0xff, &last))
			return false;
		m->id.first = bus << 8;
		m->id.last = last << 8 | 0xff;
		return !*text && bus <= last;
	}
	if (!segment_and_bus(&text, ":", &m->segment, &bus) ||
	    !skip_char(&text, ':') || !hex_field(&text, 0x1f, &device) ||
	    !skip_char(&text, '.') || !hex_field(&text, 7, &function))
		return false;
	m->id.first = bus << 8 | device << 3 | function;
	m->id.last = m->id.first;
	return !*text;
}

static bool is_group(const char *host)
{
	return host[strspn(host, "0123456789")] == '\0';
}

static int check_map(const struct guest_map *a, const struct guest_map *b)
{
	if (!a->is_bus && !b->is_bus && a->segment == b->segment &&
	    a->id.first == b->id.first) {
		problem("iort guest: --map %s and %s: two devices at one address of the guest",
			b->text, a->text);
		return -1;
	}
	/* The devices of a group may be at many. */
	if (!strcmp(a->host, b->host) && !is_group(a->host)) {
		problem("iort guest: --map %s and %s: one device at two places of the guest",
			b->text, a->text);
		return -1;
	}
	return 0;
}

static int add_map(struct guest *g, const char *text)
{
	const char *equals = strrchr(text, '=');
	struct guest_map *m;
	size_t i;

	g->map = xrealloc(g->map, (g->maps + 1) * sizeof(*g->map));
	m = &g->map[g->maps];
	*m = (struct guest_map){ .text = text };
	if (!equals || equals == text || !parse_guest(m, equals + 1)) {
		problem("iort guest: --map %s: must be HOST=GUEST: a device or group of the host, and [SEGMENT:]BUS:DEVICE.FUNCTION or bus:[SEGMENT:]BUS[-BUS] of the guest, as 0000:01:00.0=02:00.0 or 7=bus:80-8f",
			text);
		return -1;
	}
	m->host = strndup(text, (size_t)(equals - text));
	if (!m->host) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	g->maps++;
	for (i = 0; i + 1 < g->maps; i++)
		if (check_map(&g->map[i], m))
			return -1;
	return 0;
}

/*
 * The report
 */

static bool is_host(const struct guest_map *m, const struct report_device *d)
{
	if (!is_group(m->host))
		return !strcmp(m->host, d->name);
	return strtoll(m->host, NULL, 10) == d->group;
}

static int find_group(const struct report_device *d, void *arg)
{
	struct guest *g = arg;
	size_t i;

	for (i = 0; i < g->maps; i++) {
		if (!is_host(&g->map[i], d))
			continue;
		g->map[i].found = true;
		g->map[i].group = d->group;
	}
	return 0;
}

/* A group is given away as a whole, and VFIO keeps to the list of all of it. */
static int take_regions(const struct report_device *d, void *arg)
{
	struct guest *g = arg;
	size_t i;

	for (i = 0; i < g->maps; i++) {
		struct guest_map *m = &g->map[i];

		if (m->group == d->group &&
		    guest_regions_add(d, &m->region, &m->regions))
			return -1;
	}
	return 0;
}

static int read_regions(struct guest *g)
{
	struct report report;
	size_t i;
	int ret;

	if (report_open(&report, g->report))
		return -1;
	ret = report_for_each_device(&report, find_group, g);
	for (i = 0; !ret && i < g->maps; i++) {
		if (g->map[i].found)
			continue;
		problem("%s: no %s %s is behind an IOMMU there", g->report,
			is_group(g->map[i].host) ? "group" : "device",
			g->map[i].host);
		ret = -1;
	}
	if (!ret)
		ret = report_for_each_device(&report, take_regions, g);
	report_close(&report);
	return ret;
}

/*
 * The IORT
 */

static void say_wish(const struct guest *g, const char *file,
		     const struct acpi_fault *f,
		     const struct iort_overlay_result *r)
{
	const struct guest_map *m;
	const struct iort_guest_region *region;

	if (r->want >= g->maps) {
		problem("%s: offset 0x%x: %s", file, f->offset, f->what);
		return;
	}
	m = &g->map[r->want];
	if (r->region >= m->regions) {
		problem("%s: offset 0x%x: %s: --map %s", file, f->offset,
			f->what, m->text);
		return;
	}
	region = &m->region[r->region];
	problem("%s: offset 0x%x: %s: region 0x%" PRIx64 "-0x%" PRIx64 " of --map %s",
		file, f->offset, f->what, region->start, region->last, m->text);
}

static int build_iort(const struct guest *g, const char *file, u8 **data,
		      u32 *length, struct iort_overlay_result *r)
{
	struct iort_guest_want *want;
	struct iort_table base;
	struct acpi_fault f = { 0 };
	char *bytes;
	size_t size, i;
	int ret;

	if (read_file(file, &bytes, &size))
		return -1;
	if (iort_open(&base, bytes, size, &f)) {
		problem("%s: offset 0x%x: %s: see iommu-resv iort check", file,
			f.offset, f.what);
		free(bytes);
		return -1;
	}
	want = xrealloc(NULL, g->maps * sizeof(*want));
	for (i = 0; i < g->maps; i++)
		want[i] = (struct iort_guest_want){
			.region = g->map[i].region,
			.regions = (u32)g->map[i].regions,
			.id = &g->map[i].id,
			.ids = 1,
			.segment = g->map[i].segment,
		};
	*data = NULL;
	*r = (struct iort_overlay_result){ .want = IORT_NO_WISH };
	ret = iort_guest_build(&base, want, (u32)g->maps, NULL, 0, length, r,
			       &f);
	if (!ret) {
		*data = xrealloc(NULL, *length);
		ret = iort_guest_build(&base, want, (u32)g->maps, *data,
				       *length, length, r, &f);
	}
	if (ret == -ENOMEM)
		problem("out of memory");
	else if (ret)
		say_wish(g, file, &f, r);
	if (ret) {
		free(*data);
		*data = NULL;
	}
	free(want);
	free(bytes);
	return ret ? -1 : 0;
}

static int write_iort(const struct guest *g, const u8 *data, u32 length)
{
	char *file = path_join(g->out, "IORT.aml");
	int ret = make_parents(file);

	if (!ret)
		ret = output_bytes(file, data, length);
	if (!ret && g->verbose)
		printf("%s\n", file);
	free(file);
	return ret;
}

/*
 * All together
 */

static int preserve_buses(const struct guest *g, const char *dir)
{
	struct preserve p;
	size_t i;
	int ret = preserve_read(&p, dir, g->dsdt, g->ssdt, g->ssdts);

	for (i = 0; !ret && i < g->maps; i++) {
		const struct guest_map *m = &g->map[i];

		if (m->regions)
			ret = preserve_want(&p, m->segment, m->id.first >> 8,
					    m->id.last >> 8);
	}
	if (!ret && !p.placed && p.bridges > 1)
		problem("%s: does not tell which buses a host bridge has: all of them are changed",
			p.table[0].file);
	if (!ret)
		ret = preserve_write(&p, g->out, g->iasl, g->verbose);
	preserve_free(&p);
	return ret;
}

static int make(const struct guest *g)
{
	struct iort_overlay_result r;
	struct stat st;
	char *file;
	bool is_dir;
	u32 length;
	u8 *data;
	int ret;

	if (stat(g->base, &st)) {
		problem("%s: %s", g->base, strerror(errno));
		return EXIT_TROUBLE;
	}
	is_dir = S_ISDIR(st.st_mode);
	if (!is_dir && !g->dsdt && g->ssdts) {
		problem("iort guest: --ssdt without a --dsdt");
		return EXIT_TROUBLE;
	}
	file = is_dir ? path_join(g->base, "IORT") : xstrdup(g->base);
	ret = build_iort(g, file, &data, &length, &r);
	free(file);
	if (ret)
		return EXIT_TROUBLE;
	if (g->dsdt || is_dir)
		ret = preserve_buses(g, g->base);
	else
		problem("iort guest: without --dsdt no _DSM is made: Linux does not heed the nodes for PCI devices unless the guest's host bridges have one that says with function 5 that firmware's configuration is to be kept");
	if (!ret)
		ret = write_iort(g, data, length);
	free(data);
	if (!ret && g->verbose)
		printf("RMR nodes: %u; wishes that were there before: %u; ranges that had to be widened to 64 KiB: %u\n",
		       r.rmr_nodes, r.already, r.widened);
	return ret ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(struct guest *g)
{
	size_t regions = 0;
	size_t i;

	if (!g->base || !g->out || !g->maps) {
		problem("iort guest: say which tables with --base, which devices with --map, and where to write with --output");
		return EXIT_TROUBLE;
	}
	if (read_regions(g))
		return EXIT_TROUBLE;
	for (i = 0; i < g->maps; i++)
		regions += g->map[i].regions;
	if (!regions) {
		problem("%s: these devices have no regions: nothing is written",
			g->report);
		return EXIT_FINDINGS;
	}
	return make(g);
}

int cmd_iort_guest(int argc, char **argv)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "report", required_argument, NULL, 'R' },
		{ "map", required_argument, NULL, 'm' },
		{ "dsdt", required_argument, NULL, 'd' },
		{ "ssdt", required_argument, NULL, 's' },
		{ "iasl", required_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	struct guest g = { .report = REPORT_LIVE, .iasl = "iasl" };
	int ret = -1;
	int option;
	size_t i;

	while ((option = getopt_long(argc, argv, "b:R:m:d:s:i:o:v", options,
				     NULL)) != -1) {
		switch (option) {
		case 'b':
			g.base = optarg;
			break;
		case 'R':
			g.report = optarg;
			break;
		case 'm':
			if (add_map(&g, optarg))
				goto out;
			break;
		case 'd':
			g.dsdt = optarg;
			break;
		case 's':
			g.ssdt = xrealloc(g.ssdt,
					  (g.ssdts + 1) * sizeof(*g.ssdt));
			g.ssdt[g.ssdts++] = optarg;
			break;
		case 'i':
			g.iasl = optarg;
			break;
		case 'o':
			g.out = optarg;
			break;
		case 'v':
			g.verbose = true;
			break;
		default:
			goto out;
		}
	}
	if (optind < argc)
		problem("iort guest: what is \"%s\"? It takes options only",
			argv[optind]);
	else
		ret = run(&g);
out:
	for (i = 0; i < g.maps; i++) {
		free(g.map[i].host);
		free(g.map[i].region);
	}
	free(g.map);
	free(g.ssdt);
	return ret < 0 ? EXIT_TROUBLE : ret;
}
