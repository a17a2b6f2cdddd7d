/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_common.h - what bars show, remedy and check have in common: the report,
 * the functions that were asked for, and the page size
 */
#ifndef IOMMU_RESV_BARS_COMMON_H
#define IOMMU_RESV_BARS_COMMON_H

#include "report_bars.h"

/**
 * struct bars - the work of such a command
 * @command: its name, for a problem()
 * @report_name: file of the report
 * @json: print JSON
 * @page_size: that is asked for; 0 until bars_open() for that of the report
 * @all_sizes: all that the report has answers for are asked for
 * @running: page size of the kernel of the report
 * @named: functions were asked for by name
 * @report: the report
 * @device: all its PCI functions
 * @devices: how many
 * @chosen: for each of them: was it asked for?
 */
struct bars {
	const char *command;
	const char *report_name;
	bool json;
	u64 page_size;
	bool all_sizes;
	u64 running;
	bool named;
	struct report report;
	struct bar_device *device;
	size_t devices;
	bool *chosen;
};

/**
 * bars_size() - read the argument of --page-size
 * @b: the command; gets the page size
 * @text: the argument; "all" where the command knows that
 * @with_all: it does
 *
 * Return: 0, or -1 after a problem().
 */
int bars_size(struct bars *b, const char *text, bool with_all);

/**
 * bars_open() - read the report and choose functions
 * @b: the command, with its options; ends with bars_close(), also on failure
 * @name: functions by name, DDDD:BB:DD.F or BB:DD.F
 * @names: how many; none is all
 *
 * Return: 0, or -1 after a problem().
 */
int bars_open(struct bars *b, char **name, size_t names);

/**
 * bars_close() - give all back
 * @b: from bars_open()
 */
void bars_close(struct bars *b);

/**
 * bars_pages() - the answer for a BAR at the page size that is asked for
 * @b: the command
 * @d: the function
 * @bar: the BAR
 *
 * Return: it, or NULL after a problem().
 */
const struct bar_page *bars_pages(const struct bars *b,
				  const struct bar_device *d,
				  const struct bar *bar);

/**
 * bars_unit() - a page size as people say it
 * @text: for the answer
 * @size: in bytes
 *
 * Return: @text: "64K".
 */
const char *bars_unit(char text[24], u64 size);

/**
 * bars_kind() - what a BAR is of, as people say it
 * @bar: the BAR
 *
 * Return: the words.
 */
const char *bars_kind(const struct bar *bar);

/**
 * bars_label() - a BAR as people say it
 * @text: for the answer
 * @bar: the BAR
 *
 * Return: @text: "BAR 0", "ROM" or "VF BAR 0".
 */
const char *bars_label(char text[16], const struct bar *bar);

/**
 * bars_by_place() - does a BAR trap because of where it is in its page?
 * @bar: the BAR
 * @p: the answer
 *
 * Return: true where a page of its own would let VFIO map it.
 */
bool bars_by_place(const struct bar *bar, const struct bar_page *p);

/**
 * bars_of_bridge() - is it a bridge's BAR, which nobody passes through?
 * @p: the answer
 *
 * Return: that; vfio-pci refuses bridges, and it is no finding.
 */
bool bars_of_bridge(const struct bar_page *p);

/**
 * bars_order() - a page size as the power of two that it is
 * @size: a power of two
 *
 * Return: 16 for 65536.
 */
u32 bars_order(u64 size);

/**
 * bars_format() - print into a text of any length
 * @format: as printf()
 *
 * Return: the text, to be freed by the caller.
 */
__attribute__((format(printf, 1, 2)))
char *bars_format(const char *format, ...);

/**
 * bars_say() - add a line to the array of strings that is open
 * @o: the printer
 * @format: as printf()
 */
__attribute__((format(printf, 2, 3)))
void bars_say(struct out *o, const char *format, ...);

#endif
