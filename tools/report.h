/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - reader of the module's report.json, live or saved
 *
 * The file may come from another machine, so nothing in it is taken for granted:
 * a member that is missing or of another type is a problem() with its place.
 */
#ifndef IOMMU_RESV_REPORT_FILE_H
#define IOMMU_RESV_REPORT_FILE_H

#include "../module/place.h"
#include "machine.h"
#include "out.h"

struct json_object;

/**
 * struct report - a report in memory
 * @file: its name
 * @root: the document
 */
struct report {
	const char *file;
	struct json_object *root;
};

/**
 * report_open() - read a report and check that it is one
 * @r: filled in on success; ends with report_close()
 * @file: its name; must outlive @r
 *
 * Return: 0, or -1 after a problem().
 */
int report_open(struct report *r, const char *file);

/**
 * report_machine() - the machine that a report is of
 * @r: the report
 * @m: filled in; ends with machine_free(), also on failure
 *
 * Return: 0, or -1 after a problem().
 */
int report_machine(const struct report *r, struct machine *m);

/**
 * report_crc() - which table was in force
 * @r: the report
 * @crc: checksum of the table
 *
 * Return: 0, or -1 after a problem().
 */
int report_crc(const struct report *r, u32 *crc);

/**
 * report_print_devices() - print what became of each rule, device by device, as
 *	a member "devices" of the open object
 * @r: the report
 * @o: the printer
 *
 * Return: 0, or -1 after a problem().
 */
int report_print_devices(const struct report *r, struct out *o);

/**
 * struct report_window - the software MSI window of an IOMMU driver
 * @iommu: name of one of its IOMMUs
 * @own: the driver's own window
 * @now: the one in force
 * @from: where that comes from: "driver", "rule", "operator" or "before"
 * @note: what the module has to say of it; NULL for nothing
 * @stay: why it cannot be moved; NULL where it can
 * @wish: parameter "window" of the module; NULL where it is not given
 * @size: bytes that it has to have
 * @pages: host pages with doorbells
 * @complete: there are no others
 * @page_size: of the host
 * @aperture: what the IOMMU maps, or what any maps where that is not known
 * @limit: the last address that all devices can write MSIs to
 * @forbidden: where it must not be
 * @outside: the part of it that inbound windows do not let through
 * @solvable: the two above are complete
 */
struct report_window {
	const char *iommu;
	struct resv_range own;
	struct resv_range now;
	const char *from;
	const char *note;
	const char *stay;
	const char *wish;
	u64 size;
	u32 pages;
	bool complete;
	u64 page_size;
	struct resv_range aperture;
	u64 limit;
	struct resv_ranges forbidden;
	struct resv_ranges outside;
	bool solvable;
};

/**
 * report_windows() - read the software MSI windows
 * @r: the report; the windows' texts are its own
 * @windows: to be given back with report_windows_free(), also on failure
 * @count: how many
 *
 * Return: 0, or -1 after a problem().
 */
int report_windows(const struct report *r, struct report_window **windows,
		   size_t *count);

/**
 * report_windows_free() - give windows back
 * @windows: from report_windows()
 * @count: how many
 */
void report_windows_free(struct report_window *windows, size_t count);

/**
 * report_close() - give back a report
 * @r: from report_open()
 */
void report_close(struct report *r);

#endif
