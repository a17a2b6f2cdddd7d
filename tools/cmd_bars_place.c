// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_bars_place.c - iommu-resv bars place
 *
 * Where a guest can have the BARs of the devices that it is given, or which of
 * them are in each other's way; or whether the layout of a VMM is one.
 *
 * For VMMs that place BARs themselves (cloud-hypervisor, crosvm, Firecracker,
 * kvmtool). In a guest of QEMU firmware or the guest's kernel does that.
 */
#include "bars_job.h"
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND		"bars place"
#define MIB		0x100000ull
/* Smaller pages are not on any machine that has PCI. */
#define PAGE_MIN	0x1000ull

/* A number, with K, M, G or T behind it for powers of 1024. */
static bool parse_number(const char *text, const char **end, u64 *value)
{
	static const char units[] = "KMGTkmgt";
	const char *unit;
	char *behind;
	unsigned int shift;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &behind, 0);
	if (errno)
		return false;
	unit = *behind ? strchr(units, *behind) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)((unit - units) % 4 + 1);
		if (*value > U64_MAX >> shift)
			return false;
		*value <<= shift;
		behind++;
	}
	*end = behind;
	return true;
}

static int parse_window(struct bars_want *want, const char *option,
			const char *text, bool prefetchable)
{
	struct resv_range r = { 0 };
	const char *end;
	bool good;
	u64 second;

	good = parse_number(text, &end, &r.start) &&
	       (*end == '+' || *end == '-') &&
	       parse_number(end + 1, &end, &second) && !*end;
	if (good && strchr(text, '+')) {
		good = second && second - 1 <= U64_MAX - r.start;
		r.last = r.start + (second - 1);
	} else if (good) {
		good = second >= r.start;
		r.last = second;
	}
	if (!good) {
		problem(COMMAND ": --%s %s: must be START+SIZE or START-LAST, as 0x10000000+512M or 0x10000000-0x2fffffff",
			option, text);
		return -1;
	}
	want->window = bars_grown(want->window, want->windows,
				  sizeof(*want->window));
	want->window[want->windows++] = (struct bars_window){
		.range = r, .prefetchable = prefetchable,
	};
	return 0;
}

static int parse_page_size(const char *option, const char *text, u64 *size)
{
	const char *end;

	if (parse_number(text, &end, size) && !*end && *size >= PAGE_MIN &&
	    !(*size & (*size - 1)))
		return 0;
	problem(COMMAND ": --%s %s: must be the size of a page: 4K, 16K, 64K or another power of two that is no less",
		option, text);
	return -1;
}

static int parse_pin(struct bars_want *want, const char *text)
{
	const char *slash = strchr(text, '/');
	struct bars_pin pin = { .device = NULL };
	const char *end = slash;

	if (slash && !strncmp(slash, "/rom=", 5)) {
		pin.bar = BAR_ROM;
		end = slash + 5;
	} else if (slash && slash[1] >= '0' && slash[1] < '0' + BAR_ROM &&
		   slash[2] == '=') {
		pin.bar = (u32)(slash[1] - '0');
		end = slash + 3;
	}
	if (end == slash || slash == text ||
	    !parse_number(end, &end, &pin.address) || *end) {
		problem(COMMAND ": --at %s: must be DEVICE/BAR=ADDRESS, as 0000:01:00.0/0=0x10000000; BAR is 0 to 5 or rom",
			text);
		return -1;
	}
	pin.device = bars_full_name(text, (size_t)(slash - text));
	want->pin = bars_grown(want->pin, want->pins, sizeof(*want->pin));
	want->pin[want->pins++] = pin;
	return 0;
}

static int check_windows(const struct bars_want *want)
{
	bool bridge = bars_has_bridge(want);
	char text[48], other[48];
	size_t i, j;

	for (i = 0; i < want->windows; i++) {
		const struct bars_window *w = &want->window[i];

		bars_range_text(text, &w->range);
		/* PCI-to-PCI Bridge 1.2, 3.2.5.8 and 3.2.5.9. */
		if (bridge && (w->range.start & (MIB - 1) ||
			       ~w->range.last & (MIB - 1))) {
			problem(COMMAND ": window %s: that of a bridge, as there is a prefetchable one, starts at a multiple of 1 MiB and ends in front of one",
				text);
			return -1;
		}
		if (bridge && !w->prefetchable &&
		    w->range.last > BARS_LAST_32) {
			problem(COMMAND ": window %s: that of a bridge, as there is a prefetchable one: this one has 32 bits and cannot be above 4 GiB",
				text);
			return -1;
		}
		for (j = 0; j < i; j++) {
			if (!resv_range_overlaps(&w->range,
						 &want->window[j].range))
				continue;
			problem(COMMAND ": windows %s and %s overlap",
				bars_range_text(other, &want->window[j].range),
				text);
			return -1;
		}
	}
	return 0;
}

static int place(const struct bars_want *want, bool json)
{
	struct report report = { .root = NULL };
	int ret = EXIT_TROUBLE;
	struct bars_job job;

	/* Says why where the module is not loaded. */
	if (report_open(&report, want->report))
		return EXIT_TROUBLE;
	if (!bars_job_open(&job, want, &report))
		ret = bars_job_answer(&job, json);
	bars_job_close(&job);
	report_close(&report);
	return ret;
}

static int parse(struct bars_want *want, bool *json, int argc, char **argv)
{
	static const struct option options[] = {
		{ "window", required_argument, NULL, 'w' },
		{ "prefetchable", required_argument, NULL, 'p' },
		{ "page-size", required_argument, NULL, 's' },
		{ "guest-page-size", required_argument, NULL, 'G' },
		{ "at", required_argument, NULL, 'a' },
		{ "rom", no_argument, NULL, 'x' },
		{ "ignore-regions", no_argument, NULL, 'i' },
		{ "json", no_argument, NULL, 'j' },
		{ "report", required_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 }
	};
	int option;
	int ret = 0;

	while (!ret && (option = getopt_long(argc, argv, "w:p:s:G:a:xijR:",
					     options, NULL)) != -1) {
		switch (option) {
		case 'w':
			ret = parse_window(want, "window", optarg, false);
			break;
		case 'p':
			ret = parse_window(want, "prefetchable", optarg, true);
			break;
		case 's':
			ret = parse_page_size("page-size", optarg,
					      &want->page_size);
			break;
		case 'G':
			ret = parse_page_size("guest-page-size", optarg,
					      &want->guest_page_size);
			break;
		case 'a':
			ret = parse_pin(want, optarg);
			break;
		case 'x':
			want->rom = true;
			break;
		case 'i':
			want->ignore_regions = true;
			break;
		case 'j':
			*json = true;
			break;
		case 'R':
			want->report = optarg;
			break;
		default:
			ret = -1;
		}
	}
	if (ret)
		return -1;
	if (optind == argc) {
		problem(COMMAND ": BARs of what? Name the devices, as 0000:01:00.0");
		return -1;
	}
	want->device = argv + optind;
	want->devices = (size_t)(argc - optind);
	return check_windows(want);
}

int cmd_bars_place(int argc, char **argv)
{
	struct bars_want want = { .report = REPORT_LIVE };
	bool json = false;
	int ret = EXIT_TROUBLE;

	if (!parse(&want, &json, argc, argv))
		ret = place(&want, json);
	while (want.pins)
		free(want.pin[--want.pins].device);
	free(want.window);
	free(want.pin);
	return ret;
}
