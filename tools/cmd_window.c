// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_window.c - iommu-resv window
 *
 * Where the software MSI window of each IOMMU driver is, and whether a guest's
 * ITS lies in it.
 *
 * That matters where translation is nested: the guest's own stage 1 leads a
 * device's MSI to the guest-physical address of the guest's ITS, and the host's
 * stage 2 must have the host's ITS there. But stage 2 has the pages of the
 * window as well, so the two must lie apart. Without nesting nothing but the
 * host's kernel decides where MSIs are written, and an ITS in the guest is at no
 * address that a device uses.
 */
#include "cmd.h"
#include "problem.h"
#include "report.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Two frames of 64 KiB (Arm IHI 0069, ITS register map). */
#define ITS_SIZE	0x20000ull
/* QEMU hw/arm/virt.c, base_memmap[VIRT_GIC_ITS]. */
#define QEMU_VIRT_ITS	0x08080000ull

static const char *range_text(char text[48], const struct resv_range *range)
{
	snprintf(text, 48, "0x%" PRIx64 "-0x%" PRIx64, range->start, range->last);
	return text;
}

static bool parse_number(const char *text, char **end, u64 *value)
{
	errno = 0;
	*value = strtoull(text, end, 0);
	return *end != text && !errno && *text >= '0' && *text <= '9';
}

/* "ADDRESS[,SIZE]", or the name of a machine that is known. */
static int parse_its(const char *text, struct resv_range *its)
{
	u64 size = ITS_SIZE;
	char *end;

	if (!strcmp(text, "qemu-virt")) {
		its->start = QEMU_VIRT_ITS;
		its->last = QEMU_VIRT_ITS + ITS_SIZE - 1;
		return 0;
	}
	if (!parse_number(text, &end, &its->start) ||
	    (*end == ',' && !parse_number(end + 1, &end, &size)) || *end ||
	    !size || size - 1 > U64_MAX - its->start) {
		problem("window: --guest-its %s: must be ADDRESS or ADDRESS,SIZE, as 0x8080000,0x20000, or qemu-virt",
			text);
		return -1;
	}
	its->last = its->start + size - 1;
	return 0;
}

/* Where the window would be if a guest's ITS were in nobody's way. */
static int propose(const struct report_window *w, const struct resv_range *its,
		   struct resv_placement *placement)
{
	struct resv_place_request request;
	struct resv_ranges forbidden;
	struct resv_range *storage;
	u32 room = w->forbidden.count + 1;
	u32 i;
	int ret;

	storage = xrealloc(NULL, room * sizeof(*storage));
	resv_ranges_init(&forbidden, storage, room);
	for (i = 0; i < w->forbidden.count; i++)
		resv_ranges_add(&forbidden, w->forbidden.r[i].start,
				w->forbidden.r[i].last);
	if (its)
		resv_ranges_add(&forbidden, its->start, its->last);
	resv_place_request_init(&request, &forbidden, w->aperture, w->size,
				w->page_size);
	request.outside = &w->outside;
	request.limit = w->limit;
	request.own = w->own;
	/*
	 * At the driver's own base the window would keep the driver's length: it
	 * can be there as it is or longer, but not shorter.
	 */
	request.preferred = &w->own.start;
	request.preferred_count = w->own.last - w->own.start < w->size - 1;
	ret = resv_place(&request, placement);
	free(storage);
	return ret;
}

static void print_proposal(struct out *o, const struct report_window *w,
			   const struct resv_range *its)
{
	struct resv_placement placement;
	char text[80];

	/* What the operator wants he can change. */
	if (w->stay && (!w->wish || strcmp(w->wish, "driver"))) {
		out_text(o, "proposal", w->stay);
		return;
	}
	if (!w->solvable) {
		out_text(o, "proposal",
			 "none: the report does not have all that is in the way");
		return;
	}
	if (propose(w, its, &placement)) {
		out_text(o, "proposal", "none");
		out_text(o, "constraint", resv_place_text(placement.how));
		if (placement.largest)
			out_text(o, "largest place",
				 range_text(text, &placement.gap));
		return;
	}
	out_text(o, "proposal", range_text(text, &placement.window));
	out_text(o, "how", resv_place_text(placement.how));
	snprintf(text, sizeof(text), "options iommu_resv window=0x%" PRIx64,
		 placement.window.start);
	out_text(o, "modprobe.d", text);
}

/* Something else that lies in the window; false where there is nothing. */
static bool print_hits(struct out *o, const struct report_window *w)
{
	bool hit = false;
	char text[48];
	u32 i;

	out_array(o, "collides with");
	for (i = 0; i < w->forbidden.count; i++) {
		if (!resv_range_overlaps(&w->forbidden.r[i], &w->now))
			continue;
		hit = true;
		out_text(o, NULL, range_text(text, &w->forbidden.r[i]));
	}
	out_close(o);
	return hit;
}

static bool print_window(struct out *o, const struct report_window *w,
			 const struct resv_range *its)
{
	bool is_short = w->now.last - w->now.start < w->size - 1;
	bool hits_its = its && resv_range_overlaps(its, &w->now);
	bool finding = is_short || hits_its;
	char text[48];

	out_object(o);
	out_text(o, "iommu", w->iommu);
	out_text(o, "window", range_text(text, &w->now));
	out_text(o, "from", w->from);
	out_text(o, "driver's own", range_text(text, &w->own));
	out_hex(o, "needed", w->size, 1);
	out_number(o, "pages with doorbells", w->pages);
	out_flag(o, "all doorbells known", w->complete);
	if (w->note)
		out_text(o, "note", w->note);
	finding |= print_hits(o, w);
	if (is_short)
		out_text(o, "too short",
			 "doorbells beyond its end are mapped all the same, where a guest may have memory");
	if (its) {
		out_text(o, "guest's ITS", range_text(text, its));
		out_flag(o, "guest's ITS in it", hits_its);
	}
	if (hits_its)
		out_text(o, "why it matters",
			 "with nested translation the host's stage 2 has to have the ITS at the guest's address of it, and the window lies over that; without nesting it is no matter");
	if (finding)
		print_proposal(o, w, its);
	/* Somebody else says it in the guest, too. */
	if (hits_its)
		out_text(o, "mind",
			 "the VMM has to tell its guest where the window is: QEMU's accelerated SMMUv3 says 0x8000000 to 0x80fffff, wherever the host has it");
	out_close(o);
	return finding;
}

int cmd_window(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "report", required_argument, NULL, 'R' },
		{ "guest-its", required_argument, NULL, 'g' },
		{ NULL, 0, NULL, 0 }
	};
	struct report_window *windows = NULL;
	struct report report = { .root = NULL };
	const char *file = REPORT_LIVE;
	struct resv_range its;
	bool with_its = false;
	bool finding = false;
	bool json = false;
	size_t count = 0;
	struct out *o;
	int option;
	int ret;
	size_t i;

	while ((option = getopt_long(argc, argv, "jR:g:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'R':
			file = optarg;
			break;
		case 'g':
			if (parse_its(optarg, &its))
				return EXIT_TROUBLE;
			with_its = true;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (optind < argc) {
		problem("window: what is \"%s\"? It takes options only",
			argv[optind]);
		return EXIT_TROUBLE;
	}
	/* Says why where the module is not loaded. */
	if (report_open(&report, file))
		return EXIT_TROUBLE;
	ret = report_windows(&report, &windows, &count);
	if (!ret) {
		o = out_begin(json);
		out_array(o, "windows");
		for (i = 0; i < count; i++)
			finding |= print_window(o, &windows[i],
						with_its ? &its : NULL);
		out_close(o);
		ret = out_end(o, NULL);
	}
	report_windows_free(windows, count);
	report_close(&report);
	if (ret)
		return EXIT_TROUBLE;
	return finding ? EXIT_FINDINGS : EXIT_CLEAN;
}
