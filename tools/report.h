/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - reader of the module's report.json, live or saved
 *
 * The file may come from another machine, so nothing in it is taken for granted:
 * a member that is missing or of another type is a problem() with its place.
 */
#ifndef IOMMU_RESV_REPORT_FILE_H
#define IOMMU_RESV_REPORT_FILE_H

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
 * report_close() - give back a report
 * @r: from report_open()
 */
void report_close(struct report *r);

#endif
