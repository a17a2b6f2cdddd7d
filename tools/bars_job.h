/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_job.h - what iommu-resv bars place works on: the command line's wishes
 * (cmd_bars_place.c), what the report has for them (bars_job.c), and the answer
 * (bars_job_print.c)
 */
#ifndef IOMMU_RESV_BARS_JOB_H
#define IOMMU_RESV_BARS_JOB_H

#include "bars_place.h"
#include "problem.h"
#include "report_bars.h"

/**
 * struct bars_pin - a BAR that the VMM has somewhere already
 * @device: name of its device
 * @bar: its number
 * @address: where it is in the guest
 * @used: the report has such a BAR
 */
struct bars_pin {
	char *device;
	u32 bar;
	u64 address;
	bool used;
};

/**
 * struct bars_want - what is asked
 * @report: name of the report's file
 * @page_size: of the host; 0 for that of the report
 * @guest_page_size: of the guest; 0 for any
 * @rom: ROMs are placed, too
 * @ignore_regions: reserved regions are not kept free
 * @window: where the guest has room
 * @windows: how many
 * @pin: BARs that have a place
 * @pins: how many
 * @device: names of devices, as they were given
 * @devices: how many, one at least
 */
struct bars_want {
	const char *report;
	u64 page_size;
	u64 guest_page_size;
	bool rom;
	bool ignore_regions;
	struct bars_window *window;
	size_t windows;
	struct bars_pin *pin;
	size_t pins;
	char **device;
	size_t devices;
};

/**
 * struct bars_kept - a region that BARs are kept out of
 * @range: where
 * @type: the kernel's word for its type
 * @group: number of the IOMMU group that has it
 * @by: who says so
 */
struct bars_kept {
	struct resv_range range;
	const char *type;
	int64_t group;
	char *by;
};

/**
 * struct bars_source - what a BAR to be placed is in the report
 * @bar: the BAR
 * @page: the answer for it at the page size that is asked about
 */
struct bars_source {
	const struct bar *bar;
	const struct bar_page *page;
};

/**
 * struct bars_left - a BAR that is not placed
 * @device: its device
 * @bar: the BAR
 * @why: why not
 */
struct bars_left {
	const struct bar_device *device;
	const struct bar *bar;
	const char *why;
};

/**
 * struct bars_closed - a device that cannot be opened
 * @device: the device
 * @bar: the BAR because of which
 * @page: the answer for that
 */
struct bars_closed {
	const struct bar_device *device;
	const struct bar *bar;
	const struct bar_page *page;
};

/**
 * struct bars_job - what is asked, with what the report has for it
 * @want: what is asked
 * @all: the functions of the report
 * @count: how many
 * @device: those that are asked for, in the order of @want
 * @request: for bars_place()
 * @source: of each item of @request
 * @kept: of each kept range of @request
 * @range: these ranges
 * @kepts: how many
 * @left: BARs that are not placed
 * @lefts: how many
 * @closed: devices that cannot be opened
 * @closeds: how many
 */
struct bars_job {
	const struct bars_want *want;
	struct bar_device *all;
	size_t count;
	const struct bar_device **device;
	struct bars_request request;
	struct bars_source *source;
	struct bars_kept *kept;
	struct resv_range *range;
	size_t kepts;
	struct bars_left *left;
	size_t lefts;
	struct bars_closed *closed;
	size_t closeds;
};

/* Room for one more thing behind @count of @size bytes each. */
static inline void *bars_grown(void *p, size_t count, size_t size)
{
	return xrealloc(p, (count + 1) * size);
}

/**
 * bars_range_text() - a range as text
 * @text: receives it
 * @r: the range
 *
 * Return: @text.
 */
const char *bars_range_text(char text[48], const struct resv_range *r);

/**
 * bars_full_name() - a device's name with its PCI segment
 * @text: as it was given: 01:00.0 is 0000:01:00.0
 * @length: how much of it
 *
 * Return: the name, to be freed by the caller.
 */
char *bars_full_name(const char *text, size_t length);

/**
 * bars_has_bridge() - are the windows those of a bridge?
 * @want: what is asked
 *
 * Return: true where one is prefetchable.
 */
bool bars_has_bridge(const struct bars_want *want);

/**
 * bars_job_open() - find in a report what is asked about
 * @job: filled in; ends with bars_job_close(), also on failure
 * @want: what is asked; its pins are marked as used
 * @report: the report; must outlive @job
 *
 * Return: 0, or -1 after a problem().
 */
int bars_job_open(struct bars_job *job, const struct bars_want *want,
		  const struct report *report);

/**
 * bars_job_close() - forget it
 * @job: from bars_job_open()
 */
void bars_job_close(struct bars_job *job);

/**
 * bars_job_answer() - place the BARs; print where, or why there is no place
 * @job: from bars_job_open()
 * @json: print JSON
 *
 * Return: the exit code.
 */
int bars_job_answer(struct bars_job *job, bool json);

#endif
