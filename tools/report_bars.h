/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report_bars.h - the BARs of a report: where they are, and what VFIO makes of
 * them at each page size
 *
 * The member "bars" of each device in report.json (module/report_bars.c), read
 * and checked: who uses what stands here need not ask again whether ranges have
 * an end, pages are powers of two, or offsets lie in their page. Texts are the
 * report's own, and live as long as it.
 */
#ifndef IOMMU_RESV_REPORT_BARS_H
#define IOMMU_RESV_REPORT_BARS_H

#include "report.h"

/* More is no PCI function: 0 to 5, the ROM, and 0 to 5 of its VFs. */
#define BAR_ROM		6
#define BARS_MAX	13
/* Page sizes that the kernel has or might have had, with room for more. */
#define BAR_PAGES_MAX	16

/**
 * enum bar_kind - what a BAR is of
 * @BAR_MEMORY: memory
 * @BAR_IO: ports
 * @BAR_EXPANSION_ROM: the expansion ROM
 * @BAR_VF_MEMORY: memory of the virtual functions of this physical one
 */
enum bar_kind {
	BAR_MEMORY,
	BAR_IO,
	BAR_EXPANSION_ROM,
	BAR_VF_MEMORY,
};

/**
 * enum bar_vfio - what vfio-pci makes of a BAR
 * @BAR_MAPS: user space can map it
 * @BAR_TRAPS: user space can read and write it by calls only
 * @BAR_FAILS: vfio-pci cannot open the device
 * @BAR_UNKNOWN: it cannot be told
 */
enum bar_vfio {
	BAR_MAPS,
	BAR_TRAPS,
	BAR_FAILS,
	BAR_UNKNOWN,
};

/**
 * struct bar_shared - somebody else with a byte in the host pages of a BAR
 * @device: name of the PCI function or host bridge
 * @has_bar: it is a BAR
 * @bar: number of the BAR
 * @kind: the report's word for what it is
 * @range: where it is, CPU physical
 */
struct bar_shared {
	const char *device;
	bool has_bar;
	u32 bar;
	const char *kind;
	struct resv_range range;
};

/**
 * struct bar_msix - pages of a BAR that MSI-X makes untouchable
 * @is_table: for the table; else for the pending bits
 * @range: offsets in the BAR
 */
struct bar_msix {
	bool is_table;
	struct resv_range range;
};

/**
 * struct bar_page_rule - a rule of the board about a BAR at a page size
 * @rule: its name, ENTRY/RULE
 * @says: "realign", "whole-page" or "offset"
 * @enforced: it has effect
 * @outcome: "enforced", "advised" or "disabled"
 * @has_offset: @offset is known
 * @offset: where in its page a guest has to have the BAR
 * @confidence: how sure it is
 * @reason: why
 * @reference: who says so
 */
struct bar_page_rule {
	const char *rule;
	const char *says;
	bool enforced;
	const char *outcome;
	bool has_offset;
	u64 offset;
	const char *confidence;
	const char *reason;
	const char *reference;
};

/**
 * struct bar_page - the answer for a BAR at a page size
 * @page_size: that, a power of two
 * @running: the kernel of the report has it
 * @vfio: the verdict
 * @reason: a word for why; NULL where it maps
 * @why: the same as a sentence; NULL for none
 * @has_offset: @offset, @first_page and @page_count are known
 * @offset: of the BAR's start in its host page, below @page_size
 * @first_page: CPU physical address of the first host page that it touches
 * @page_count: how many it touches
 * @has_size: @size is known
 * @size: of the BAR at this page size: that of VFs grows with it
 * @moves: Linux gives it another place at this page size
 * @shared: others with a byte in those pages
 * @shareds: how many
 * @msix: what MSI-X makes untouchable
 * @msixs: how many
 * @direct: offsets that a guest reaches without a trap; none unless it maps
 * @directs: how many
 * @has_guest: there is a rule for the guest's address; only where it maps
 * @guest_offset: the guest's address modulo @page_size, below that
 * @guest_align: what that address has to be a multiple of, beside that; not 0
 * @guest_footprint: from the address less @guest_offset on, so many bytes must
 *	have no BAR of another host page; a multiple of @page_size, not 0
 * @rule: what rules of the board say
 * @rules: how many
 */
struct bar_page {
	u64 page_size;
	bool running;
	enum bar_vfio vfio;
	const char *reason;
	const char *why;
	bool has_offset;
	u64 offset;
	u64 first_page;
	u64 page_count;
	bool has_size;
	u64 size;
	bool moves;
	struct bar_shared *shared;
	size_t shareds;
	struct bar_msix *msix;
	size_t msixs;
	struct resv_range *direct;
	size_t directs;
	bool has_guest;
	u64 guest_offset;
	u64 guest_align;
	u64 guest_footprint;
	struct bar_page_rule *rule;
	size_t rules;
};

/**
 * struct bar - a BAR
 * @number: 0 to 5; BAR_ROM; VF BARs of a physical function 0 to 5 again
 * @kind: what it is of
 * @bits: 32 or 64, of its address register; 0 for ports
 * @prefetchable: reading has no side effects
 * @assigned: it has an address and a place in @window
 * @has_address: @range is known
 * @range: where it is, CPU physical; of VFs: where they all are
 * @has_bus: @bus is known
 * @bus: bus address of its start
 * @size: in bytes, not 0; of one VF
 * @has_window: @window and @owner are known
 * @window: the range that it is in, CPU physical
 * @owner: name of the bridge whose window that is, or "host"
 * @page: the answers, by page size
 * @pages: how many
 */
struct bar {
	u32 number;
	enum bar_kind kind;
	u32 bits;
	bool prefetchable;
	bool assigned;
	bool has_address;
	struct resv_range range;
	bool has_bus;
	u64 bus;
	u64 size;
	bool has_window;
	struct resv_range window;
	const char *owner;
	struct bar_page *page;
	size_t pages;
};

/**
 * struct bar_device - a PCI function and its BARs
 * @name: its name, DDDD:BB:DD.F in hex
 * @group: number of its IOMMU group
 * @page_size: of the kernel of the report
 * @error: why its BARs could not be read; NULL where they could
 * @has_msix: it has MSI-X, and the five below are known
 * @vectors: how many
 * @table_bar: BAR of the table
 * @table: its offsets there
 * @pba_bar: BAR of the pending bits
 * @pba: their offsets there
 * @msix_error: it has MSI-X, but this is why it is not known where; else NULL
 * @is_pf: it has virtual functions, and the three below are known
 * @vfs_total: how many it can have
 * @vfs_enabled: how many it has
 * @vf_page_size: system page sizes that it supports
 * @vf_page_sizes: how many
 * @vf_of: name of its physical function; NULL where it is no virtual one
 * @path: the way to it, DDDD:BB:DD.F[/DD.F]... from the root bus on, as the
 *	kernel takes it in its arguments; NULL for a virtual function
 * @bar: its BARs, in the order of the report
 * @bars: how many
 */
struct bar_device {
	const char *name;
	int64_t group;
	u64 page_size;
	const char *error;
	bool has_msix;
	u32 vectors;
	u32 table_bar;
	struct resv_range table;
	u32 pba_bar;
	struct resv_range pba;
	const char *msix_error;
	bool is_pf;
	u32 vfs_total;
	u32 vfs_enabled;
	u64 *vf_page_size;
	size_t vf_page_sizes;
	const char *vf_of;
	const char *path;
	struct bar *bar;
	size_t bars;
};

/**
 * report_bars() - read the BARs of all PCI functions
 * @r: the report; texts are its own
 * @devices: to be given back with report_bars_free(), also on failure; in the
 *	order of the report
 * @count: how many
 *
 * Return: 0, or -1 after a problem().
 */
int report_bars(const struct report *r, struct bar_device **devices,
		size_t *count);

/**
 * report_bars_free() - give them back
 * @devices: from report_bars()
 * @count: how many
 */
void report_bars_free(struct bar_device *devices, size_t count);

/**
 * bar_page_of() - the answer for a BAR at a page size
 * @b: the BAR
 * @page_size: in bytes
 *
 * Return: it, or NULL where the report has none.
 */
const struct bar_page *bar_page_of(const struct bar *b, u64 page_size);

/**
 * bar_kind_name() - the word for what a BAR is of
 * @kind: what
 *
 * Return: the report's word.
 */
const char *bar_kind_name(enum bar_kind kind);

/**
 * bar_vfio_name() - the word for a verdict
 * @vfio: the verdict
 *
 * Return: the report's word.
 */
const char *bar_vfio_name(enum bar_vfio vfio);

#endif
