// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_dt.c - iommu-resv dt overlay
 *
 * What the module says of a machine, for a kernel that boots from a device tree
 * without the module; or, with -m, what its devices' guest has to know.
 *
 * On a host only what rules add is written: the rest the IOMMU drivers say by
 * themselves, in any kernel. In a guest nobody says it. There the software MSI
 * window has to be mapped 1:1: behind a virtual SMMU the guest's own stage 1
 * leads the device's MSIs, at the host's address, to the host's stage 2. What
 * is reserved or the doorbell of other hardware is left alone, never mapped.
 */
#include "cmd.h"
#include "dt_overlay.h"
#include "problem.h"
#include "report.h"
#include "write.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LIVE_BASE	"/sys/firmware/fdt"

/* A device asked for by name or group, or mapped into a guest. */
struct choice {
	char *name;
	bool is_group;
	int64_t group;
	bool used;
	struct dt_place place;	/* in the guest */
};

struct work {
	const char *base_name;
	char *base;
	struct choice *choice;
	u32 choices;
	bool guest;
	bool verbose;
	bool finding;
	struct dt_wanted *wanted;
	u32 count;
};

__attribute__((format(printf, 3, 4)))
static void finding(struct work *w, const char *device, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	problem("%s: %s", device, text);
	w->finding = true;
}

static void say(void *ctx, enum dt_say what, const char *device,
		const char *text)
{
	struct work *w = ctx;

	if (what == DT_FINDING)
		finding(w, device, "%s", text);
	else if (w->verbose)
		printf("%s: note: %s\n", device, text);
}

static void *grow(void *array, u32 count, size_t size)
{
	array = xrealloc(array, (count + 1) * size);
	memset((char *)array + count * size, 0, size);
	return array;
}

/* "DD.F", in hex as lspci has it. */
static bool parse_function(const char *text, size_t len, u8 *devfn)
{
	unsigned int slot, function;
	int end = 0;
	char one[8];

	if (len >= sizeof(one))
		return false;
	memcpy(one, text, len);
	one[len] = '\0';
	if (strspn(one, "0123456789abcdefABCDEF.") != len ||
	    sscanf(one, "%2x.%1x%n", &slot, &function, &end) != 2 ||
	    (size_t)end != len || slot > 0x1f || function > 7)
		return false;
	*devfn = (u8)(slot << 3 | function);
	return true;
}

/* "DD.F/DD.F...": the way from the root bus. */
static bool parse_way(const char *text, struct dt_place *place)
{
	while (place->depth < DT_DEPTH_MAX) {
		size_t len = strcspn(text, "/");

		if (!parse_function(text, len, &place->devfn[place->depth++]))
			return false;
		if (!text[len])
			return true;
		text += len + 1;
	}
	return false;
}

/* The one PCI host bridge of a tree, or NULL after a problem(). */
static char *only_host(const struct work *w, const char *text)
{
	char path[1024];
	int found = -1;
	int len, node;

	for (node = 0; node >= 0; node = fdt_next_node(w->base, node, NULL)) {
		const char *type = fdt_getprop(w->base, node, "device_type",
					       &len);
		const char *above;
		int parent;

		if (!type || len != 4 || memcmp(type, "pci", 4))
			continue;
		parent = fdt_parent_offset(w->base, node);
		above = parent < 0 ? NULL :
			fdt_getprop(w->base, parent, "device_type", &len);
		if (above && len == 4 && !memcmp(above, "pci", 4))
			continue;
		if (found >= 0) {
			problem("dt overlay: -m %s: %s has several PCI host bridges: say which one, as /pcie@10000000:01.0",
				text, w->base_name);
			return NULL;
		}
		found = node;
	}
	if (found < 0 || fdt_get_path(w->base, found, path, sizeof(path))) {
		problem("dt overlay: -m %s: %s has no PCI host bridge", text,
			w->base_name);
		return NULL;
	}
	return xstrdup(path);
}

/* "HOST=/node", "HOST=/host-bridge:DD.F/DD.F" or "HOST=[00:]DD.F/DD.F". */
static int parse_map(struct work *w, const char *text, struct choice *c)
{
	const char *to = strchr(text, '=');
	const char *colon;
	char *node;

	if (!to || to == text || !to[1])
		goto err_form;
	to++;
	colon = strrchr(to, ':');
	if (*to == '/') {
		node = xstrdup(to);
		c->place.node = node;
		if (colon)
			node[colon - to] = '\0';
		if (colon && !parse_way(colon + 1, &c->place))
			goto err_form;
		return 0;
	}
	/* A bus number is the guest's to give, but for the root bus. */
	if (colon && strncmp(to, "00:", 3) && strncmp(to, "0000:00:", 8)) {
		problem("dt overlay: -m %s: the guest numbers its buses when it boots: say the way from the root bus, as 01.0/00.0",
			text);
		return -1;
	}
	if (!parse_way(colon ? colon + 1 : to, &c->place))
		goto err_form;
	c->place.node = only_host(w, text);
	return c->place.node ? 0 : -1;

err_form:
	problem("dt overlay: -m %s: must be HOST-DEVICE=/NODE, HOST-DEVICE=/HOST-BRIDGE:DD.F[/DD.F...] or HOST-DEVICE=DD.F[/DD.F...]",
		text);
	return -1;
}

static void add_choice(struct work *w, const char *text, size_t len)
{
	struct choice *c;

	w->choice = grow(w->choice, w->choices, sizeof(*w->choice));
	c = &w->choice[w->choices++];
	c->name = xstrdup(text);
	c->name[len] = '\0';
	c->is_group = !w->guest && len && len < 10 &&
		      strspn(c->name, "0123456789") == len;
	if (c->is_group)
		c->group = strtoll(c->name, NULL, 10);
}

static int add_map(struct work *w, const char *text)
{
	add_choice(w, text, strcspn(text, "="));
	return parse_map(w, text, &w->choice[w->choices - 1]);
}

static int compare_regions(const void *a, const void *b)
{
	const struct dt_region *x = a, *y = b;

	if (x->direct != y->direct)
		return x->direct ? 1 : -1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->last < y->last ? -1 : x->last > y->last;
}

static void want_region(struct dt_wanted *d, u64 start, u64 last, bool direct)
{
	struct dt_region *r;

	d->regions = grow(d->regions, d->count, sizeof(*d->regions));
	r = &d->regions[d->count++];
	r->start = start;
	r->last = last;
	r->direct = direct;
}

/* Sorted; those of one kind that meet are one. */
static void merge_regions(struct dt_wanted *d)
{
	struct dt_region *r = d->regions;
	u32 i, n = 0;

	if (!d->count)
		return;
	qsort(r, d->count, sizeof(*r), compare_regions);
	for (i = 1; i < d->count; i++) {
		if (r[i].direct == r[n].direct &&
		    (r[n].last == U64_MAX || r[i].start <= r[n].last + 1)) {
			if (r[i].last > r[n].last)
				r[n].last = r[i].last;
			continue;
		}
		r[++n] = r[i];
	}
	d->count = n + 1;
}

static bool is_direct(const char *type)
{
	return !strncmp(type, "direct", 6);
}

static void note_type(struct work *w, const char *device,
		      const struct report_from *f,
		      const struct report_region *r)
{
	if (!strcmp(r->type, "direct-relaxable"))
		finding(w, device, "%s: 0x%" PRIx64 "-0x%" PRIx64 " is written as direct, as a device tree has no direct-relaxable: Linux will not give the device to a guest",
			f->rule, r->range.start, r->range.last);
	else if (!strcmp(r->type, "msi") && w->verbose)
		printf("%s: note: %s: 0x%" PRIx64 "-0x%" PRIx64 " is written as reserved, as a device tree has no msi\n",
		       device, f->rule, r->range.start, r->range.last);
}

/* What a rule says of a host's device, which no driver says by itself. */
static void host_rule(struct work *w, struct dt_wanted *want,
		      const struct report_region *r,
		      const struct report_from *f)
{
	const struct resv_range *range = &r->range;

	if (!strcmp(f->action, "relax")) {
		finding(w, want->name, "%s relaxes 0x%" PRIx64 "-0x%" PRIx64 ", which a device tree cannot: it stays direct",
			f->rule, r->range.start, r->range.last);
		return;
	}
	if (!strcmp(r->type, "sw-msi")) {
		finding(w, want->name, "%s places the software MSI window at 0x%" PRIx64 ", which a device tree cannot: it stays where the driver has it",
			f->rule, r->range.start);
		return;
	}
	if (!strcmp(f->action, "replace"))
		finding(w, want->name, "%s replaces what the driver says, and a device tree only adds: the driver's region stays beside 0x%" PRIx64 "-0x%" PRIx64,
			f->rule, range->start, range->last);
	note_type(w, want->name, f, r);
	/* Memory that the driver has mapped already is no business of ours. */
	if (r->driver && is_direct(r->type) && f->ranged)
		range = &f->range;
	want_region(want, range->start, range->last, is_direct(r->type));
}

static void host_regions(struct work *w, const struct report_device *d,
			 struct dt_wanted *want)
{
	size_t i, k;

	for (i = 0; i < d->regions; i++) {
		const struct report_region *r = &d->region[i];
		bool placed = !strcmp(r->type, "sw-msi") && !r->driver;

		for (k = 0; k < r->from_count; k++) {
			if (!r->from[k].quirk)
				continue;
			host_rule(w, want, r, &r->from[k]);
			placed = false;
		}
		/* The operator has moved it. */
		if (placed)
			finding(w, want->name, "the software MSI window is moved to 0x%" PRIx64 ", which a device tree cannot: it stays where the driver has it",
				r->range.start);
	}
}

static void guest_regions(struct work *w, const struct report_device *d,
			  struct dt_wanted *want)
{
	size_t i;

	for (i = 0; i < d->regions; i++) {
		const struct report_region *r = &d->region[i];

		want_region(want, r->range.start, r->range.last,
			    is_direct(r->type) || !strcmp(r->type, "sw-msi"));
	}
	merge_regions(want);
	for (i = 0; i < want->count; i++) {
		const struct dt_region *r = &want->regions[i];

		if (dt_in_memory(w->base, r->start, r->last) == 1)
			finding(w, want->name, "the guest has memory in 0x%" PRIx64 "-0x%" PRIx64 ", where its device must not use it: give the guest another memory map",
				r->start, r->last);
	}
}

/* Where the host has a device; false where its device tree cannot say. */
static bool host_place(const struct report_device *d, struct dt_place *place)
{
	if (d->host_node && d->devfns && d->devfns <= DT_DEPTH_MAX) {
		place->node = d->host_node;
		memcpy(place->devfn, d->devfn, d->devfns);
		place->depth = (u32)d->devfns;
		return true;
	}
	place->node = d->node;
	return d->node;
}

static void add_device(struct work *w, const struct report_device *d,
		       const struct choice *c)
{
	struct dt_wanted *want;
	u32 i;

	w->wanted = grow(w->wanted, w->count, sizeof(*w->wanted));
	want = &w->wanted[w->count];
	want->name = d->name;
	if (w->guest)
		guest_regions(w, d, want);
	else
		host_regions(w, d, want);
	merge_regions(want);
	if (w->guest) {
		want->place = c->place;
	} else if (want->count && !host_place(d, &want->place)) {
		for (i = 0; i < want->count; i++)
			finding(w, d->name, "0x%" PRIx64 "-0x%" PRIx64 " is left out: the device has no node in the device tree, nor has a host bridge above it",
				want->regions[i].start, want->regions[i].last);
		want->count = 0;
	}
	if (want->count)
		w->count++;
	else
		free(want->regions);
}

static int each_device(const struct report_device *d, void *arg)
{
	struct work *w = arg;
	bool chosen = false;
	u32 i;

	for (i = 0; i < w->choices; i++) {
		struct choice *c = &w->choice[i];

		if (c->is_group ? c->group != d->group :
				  strcmp(c->name, d->name))
			continue;
		c->used = true;
		/* A device may be at several places of guests, or asked for twice. */
		if (w->guest || !chosen)
			add_device(w, d, c);
		chosen = true;
	}
	if (!w->choices)
		add_device(w, d, NULL);
	return 0;
}

static int check_choices(const struct work *w, const char *file)
{
	int ret = 0;
	u32 i;

	for (i = 0; i < w->choices; i++) {
		if (w->choice[i].used)
			continue;
		problem("%s: has no %s %s", file,
			w->choice[i].is_group ? "group" : "device",
			w->choice[i].name);
		ret = -1;
	}
	return ret;
}

static int read_base(struct work *w)
{
	const char *wrong;
	size_t size;

	if (read_file(w->base_name, &w->base, &size))
		return -1;
	wrong = dt_base_check(w->base, size);
	if (!wrong)
		return 0;
	problem("%s: is no device tree that can be used: %s", w->base_name,
		wrong);
	return -1;
}

static int make(struct work *w, const char *out)
{
	struct dt_built built;
	int ret;

	if (dt_overlay_build(w->base, w->wanted, w->count, say, w, &built))
		return -1;
	if (!built.blob) {
		problem("dt overlay: there is nothing to add to %s: %s is not written",
			w->base_name, out);
		w->finding = true;
		return 0;
	}
	ret = output_bytes(out, built.blob, built.size);
	if (!ret && w->verbose)
		printf("%s: %u regions, %u new nodes of PCI devices and bridges; the base has %u more, %u left out\n",
		       out, built.regions, built.nodes, built.already,
		       built.left);
	free(built.blob);
	return ret;
}

static void drop(struct work *w)
{
	u32 i;

	for (i = 0; i < w->count; i++)
		free(w->wanted[i].regions);
	for (i = 0; i < w->choices; i++) {
		free(w->choice[i].name);
		free((char *)w->choice[i].place.node);
	}
	free(w->wanted);
	free(w->choice);
	free(w->base);
}

int cmd_dt_overlay(int argc, char **argv)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "report", required_argument, NULL, 'R' },
		{ "map", required_argument, NULL, 'm' },
		{ "output", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	struct work w = { .base_name = LIVE_BASE };
	struct report report = { .root = NULL };
	const char *file = REPORT_LIVE;
	const char **map = NULL;
	const char *out = NULL;
	u32 i, maps = 0;
	int option;
	int ret = -1;

	while ((option = getopt_long(argc, argv, "b:R:m:o:v", options,
				     NULL)) != -1) {
		switch (option) {
		case 'b':
			w.base_name = optarg;
			break;
		case 'R':
			file = optarg;
			break;
		case 'm':
			map = xrealloc(map, (maps + 1) * sizeof(*map));
			map[maps++] = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 'v':
			w.verbose = true;
			break;
		default:
			free(map);
			return EXIT_TROUBLE;
		}
	}
	w.guest = maps;
	if (!out) {
		problem("dt overlay: where to? -o FILE");
		goto out;
	}
	if (maps && optind < argc) {
		problem("dt overlay: what is \"%s\"? With -m devices are named there",
			argv[optind]);
		goto out;
	}
	if (read_base(&w))
		goto out;
	for (i = 0; i < maps; i++)
		if (add_map(&w, map[i]))
			goto out;
	for (; optind < argc; optind++)
		add_choice(&w, argv[optind], strlen(argv[optind]));
	if (report_open(&report, file))
		goto out;
	ret = report_for_each_device(&report, each_device, &w);
	if (!ret)
		ret = check_choices(&w, file);
	if (!ret)
		ret = make(&w, out);
out:
	drop(&w);
	if (report.root)
		report_close(&report);
	free(map);
	if (ret)
		return EXIT_TROUBLE;
	return w.finding ? EXIT_FINDINGS : EXIT_CLEAN;
}
