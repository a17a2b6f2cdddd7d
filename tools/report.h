/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - reader of the module's report.json, live or saved
 *
 * The file may come from another machine, so nothing in it is taken for granted:
 * a member that is missing or of another type is a problem() with its place.
 */
#ifndef IOMMU_RESV_REPORT_FILE_H
#define IOMMU_RESV_REPORT_FILE_H

#include "../acpi/overlay.h"
#include "../module/place.h"
#include "machine.h"
#include "out.h"
#include "sources.h"

struct json_object;

/* Where the loaded module's is. */
#define REPORT_LIVE	DEBUG_DIR "/report.json"

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
 * struct report_from - who says that a region is there
 * @device: of which device it was said
 * @quirk: a rule does; else a driver, or what moved the window
 * @rule: name of the rule, ENTRY/RULE; NULL where it is none
 * @action: what the rule does: "add", ...; NULL where it is none
 * @type: the type that the rule gives; NULL where it is none
 * @ranged: @range is known
 * @range: what it said; the region may be longer
 */
struct report_from {
	const char *device;
	bool quirk;
	const char *rule;
	const char *action;
	const char *type;
	bool ranged;
	struct resv_range range;
};

/**
 * struct report_region - a region of a device's list
 * @range: where
 * @type: the kernel's word for its type: "direct", "direct-relaxable",
 *	"reserved", "msi", "sw-msi"
 * @driver: the IOMMU driver says so
 * @rule: the first rule that says so; NULL for none
 * @from: all who say so
 * @from_count: how many
 */
struct report_region {
	struct resv_range range;
	const char *type;
	bool driver;
	const char *rule;
	struct report_from *from;
	size_t from_count;
};

/**
 * struct report_rule - a rule of the board, and what it came to for a device
 * @name: ENTRY/RULE
 * @enforced: it has effect
 * @action: what it does: "add", ...
 * @type: the type of its regions
 * @range: its ranges
 * @ranges: how many
 */
struct report_rule {
	const char *name;
	bool enforced;
	const char *action;
	const char *type;
	struct resv_range *range;
	size_t ranges;
};

/**
 * struct report_device - a device behind an IOMMU, and where firmware has it
 * @place: its place in the report, for a problem()
 * @name: its name
 * @iommu: the name of its IOMMU
 * @group: number of its IOMMU group
 * @is_pci: @segment and @rid are known
 * @segment: PCI segment
 * @rid: requester ID, bus << 8 | devfn
 * @path: path in the ACPI namespace; NULL for none
 * @node: path of its node in the device tree; NULL for none
 * @has_phandle: that node has one
 * @phandle: which
 * @host_node: of a PCI device: path of its host bridge's node; NULL for none
 * @devfn: of a PCI device: devfns on the way from the root bus, its own last
 * @devfns: how many; 0 where that is not known
 * @streams_known: Linux knows its stream IDs
 * @stream: stream IDs
 * @streams: how many
 * @region: the regions of its list
 * @regions: how many
 * @rules_known: the report says what became of the rules
 * @rule: that
 * @rules: how many
 */
struct report_device {
	const char *place;
	const char *name;
	const char *iommu;
	int64_t group;
	bool is_pci;
	u32 segment;
	u32 rid;
	const char *path;
	const char *node;
	bool has_phandle;
	u32 phandle;
	const char *host_node;
	u8 *devfn;
	size_t devfns;
	bool streams_known;
	u32 *stream;
	size_t streams;
	struct report_region *region;
	size_t regions;
	bool rules_known;
	struct report_rule *rule;
	size_t rules;
};

/**
 * report_for_each_device() - read the devices, group by group
 * @r: the report
 * @fn: called with each; the device and all that it points at, but for texts, end
 *	when it returns; what it returns, if not 0, ends the walk
 * @arg: passed to @fn
 *
 * Return: 0; -1 after a problem(); else what @fn returned.
 */
int report_for_each_device(const struct report *r,
			   int (*fn)(const struct report_device *d, void *arg),
			   void *arg);

/**
 * struct report_correction - a rule that corrects the firmware's IORT
 * @rule: its name, ENTRY/RULE
 * @mode: the word for what the operator's policy makes of it
 * @made: it belongs into an overlay of the table, by that policy
 * @fix: what it changes
 * @reason: why
 * @reference: who says so
 */
struct report_correction {
	const char *rule;
	const char *mode;
	bool made;
	struct iort_fix fix;
	const char *reason;
	const char *reference;
};

/**
 * report_for_each_correction() - read the corrections, in the order of the table
 * @r: the report
 * @fn: called with each; its texts are the report's; what @fn returns, if not 0,
 *	ends the walk
 * @arg: passed to @fn
 *
 * Return: 0; -1 after a problem(); else what @fn returned.
 */
int report_for_each_correction(const struct report *r,
			       int (*fn)(const struct report_correction *c,
					 void *arg),
			       void *arg);

/**
 * report_print_corrections() - print the corrections, and what became of them, as
 *	a member "corrections" of the open object
 * @r: the report; one without that member has none
 * @o: the printer
 *
 * Return: 0, or -1 after a problem().
 */
int report_print_corrections(const struct report *r, struct out *o);

/**
 * report_print_bar_rules() - print the rules about BARs, as a member "bar-rules" of
 *	the open object
 * @r: the report; one without that member has none
 * @o: the printer
 *
 * Return: 0, or -1 after a problem().
 */
int report_print_bar_rules(const struct report *r, struct out *o);

/**
 * report_close() - give back a report
 * @r: from report_open()
 */
void report_close(struct report *r);

#endif
