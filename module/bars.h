/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars.h - which of a PCI function's BARs VFIO lets be mapped, at a page size
 *
 * What vfio-pci does (vfio_pci_probe_mmaps() in drivers/vfio/pci/vfio_pci_core.c;
 * read in 6.1, 6.12 and 7.3): memory BARs 0 to 5 of at least a page can be
 * mapped; a smaller one where it starts at a page's start and the rest of that
 * page can be claimed in the resource that it is in itself; the ROM and I/O
 * ports never. Before all that pci_enable_device() refuses a device with a BAR
 * that is not claimed (pci_enable_resources() in drivers/pci/setup-res.c).
 *
 * Who has what is a list of claims: memory and I/O ports that PCI functions and
 * the windows of bridges have in the kernel's resource tree, and in which other
 * claim each lies. The answers for a page size other than that of the running
 * kernel hold where addresses stay as they are. Those of VF BARs do not stay:
 * Linux sets System Page Size by its own (sriov_init() in drivers/pci/iov.c), and
 * a VF BAR consumes a multiple of that (SR-IOV 1.1, on that register).
 *
 * Compiled into the module (facts_bars.c, report_bars.c) and the host's tests.
 */
#ifndef IOMMU_RESV_BARS_H
#define IOMMU_RESV_BARS_H

#include "env.h"
#include "ranges.h"

/* Most BARs of a function: 0 to 5, the ROM, and 0 to 5 of its VFs. */
#define RESV_BARS_MAX	13
/* The ROM's number among BARs, as VFIO has it. */
#define RESV_BAR_ROM	6

/* For the parent of a claim: it is claimed nowhere. */
#define RESV_CLAIM_NONE		U32_MAX
/* For the parent of a claim: something that is no claim of the list. */
#define RESV_CLAIM_ELSEWHERE	(U32_MAX - 1)

/**
 * enum resv_claim_kind - what has addresses
 * @RESV_CLAIM_BAR: a BAR
 * @RESV_CLAIM_ROM: an expansion ROM
 * @RESV_CLAIM_VF: a BAR of all the VFs of a physical function
 * @RESV_CLAIM_WINDOW: a window of a bridge
 * @RESV_CLAIM_HOST: a window of a host bridge
 * @RESV_CLAIM_OTHER: none of these
 */
enum resv_claim_kind {
	RESV_CLAIM_BAR,
	RESV_CLAIM_ROM,
	RESV_CLAIM_VF,
	RESV_CLAIM_WINDOW,
	RESV_CLAIM_HOST,
	RESV_CLAIM_OTHER,
};

/**
 * struct resv_claim - addresses that somebody has
 * @kind: what has them
 * @io: they are I/O ports, not memory
 * @function: whose; a number that means something to the caller
 * @number: of the BAR, RESV_BAR_ROM, or of a bridge's window: 0 I/O, 1 memory,
 *	2 prefetchable
 * @range: CPU addresses, or ports
 * @parent: index of the claim that it lies in, or RESV_CLAIM_*
 */
struct resv_claim {
	enum resv_claim_kind kind;
	bool io;
	u32 function;
	u32 number;
	struct resv_range range;
	u32 parent;
};

/**
 * struct resv_claims - all claims of a machine
 * @claim: the claims, in any order
 * @count: how many
 */
struct resv_claims {
	const struct resv_claim *claim;
	u32 count;
};

/**
 * struct resv_bar - a BAR of the function that is asked about
 * @kind: RESV_CLAIM_BAR, _ROM or _VF
 * @io: it is I/O ports
 * @number: as in its claim
 * @bits: 32 or 64 address bits; of no meaning with @io
 * @prefetchable: memory that may be prefetched
 * @idle: a ROM that is switched off: without an address it keeps nobody from
 *	enabling the function
 * @assigned: it has an address and is claimed
 * @range: where; only with @assigned
 * @size: in bytes, not 0; with RESV_CLAIM_VF that of one VF
 * @claim: index of its claim; only with @assigned
 * @held: somebody else keeps VFIO from it: pci_request_selected_regions() fails
 * @holder: with @held: the addresses that are in use
 */
struct resv_bar {
	enum resv_claim_kind kind;
	bool io;
	u32 number;
	u32 bits;
	bool prefetchable;
	bool idle;
	bool assigned;
	struct resv_range range;
	u64 size;
	u32 claim;
	bool held;
	struct resv_range holder;
};

/**
 * enum resv_msix_known - is it known where a function's MSI-X structures are?
 * @RESV_MSIX_NONE: it has no MSI-X
 * @RESV_MSIX_PLACED: it is
 * @RESV_MSIX_UNKNOWN: it has MSI-X, and it is not
 */
enum resv_msix_known {
	RESV_MSIX_NONE,
	RESV_MSIX_PLACED,
	RESV_MSIX_UNKNOWN,
};

/**
 * struct resv_msix_place - where an MSI-X structure is
 * @bar: number of its BAR
 * @range: offsets in that
 */
struct resv_msix_place {
	u32 bar;
	struct resv_range range;
};

/**
 * struct resv_bars - a PCI function with its BARs
 * @all: all claims of the machine
 * @bar: its BARs, each of a kind and number once
 * @count: how many
 * @page_size: of the running kernel, a power of two
 * @bridge: its header is a bridge's
 * @not_mappable: the kernel says that its BARs must not be mapped
 * @is_vf: it is a virtual function
 * @vf_sizes_known: with @is_vf or a BAR of RESV_CLAIM_VF: the next one is known
 * @vf_sizes: Supported Page Sizes of the physical function: bit n for 4 KiB << n
 * @msix: is it known where its MSI-X structures are?
 * @table: the MSI-X table
 * @pba: its pending bits
 */
struct resv_bars {
	struct resv_claims all;
	struct resv_bar bar[RESV_BARS_MAX];
	u32 count;
	u64 page_size;
	bool bridge;
	bool not_mappable;
	bool is_vf;
	bool vf_sizes_known;
	u32 vf_sizes;
	enum resv_msix_known msix;
	struct resv_msix_place table;
	struct resv_msix_place pba;
};

/**
 * enum resv_bar_vfio - what vfio-pci makes of a BAR
 * @RESV_BAR_MAPS: user space can map it
 * @RESV_BAR_TRAPS: user space can read and write it by calls only
 * @RESV_BAR_FAILS: there is no opening the function, or nothing else can be done
 *	with this BAR
 * @RESV_BAR_UNKNOWN: it cannot be told
 */
enum resv_bar_vfio {
	RESV_BAR_MAPS,
	RESV_BAR_TRAPS,
	RESV_BAR_FAILS,
	RESV_BAR_UNKNOWN,
};

/**
 * enum resv_bar_why - why a BAR cannot be mapped
 * @RESV_BAR_OK: it can
 * @RESV_BAR_IS_IO: it is I/O ports
 * @RESV_BAR_IS_ROM: it is the ROM
 * @RESV_BAR_UNALIGNED: smaller than a page and not at a page's start
 * @RESV_BAR_SHARED: another claim is in the rest of its page
 * @RESV_BAR_WINDOW_END: its page is longer than the window that it is in
 * @RESV_BAR_PARENT: it is claimed in something that is not known
 * @RESV_BAR_NOT_ASSIGNED: a BAR of the function has no address
 * @RESV_BAR_HELD: somebody else has some of it
 * @RESV_BAR_NOT_MAPPABLE: the kernel says so
 * @RESV_BAR_BRIDGE: vfio-pci takes no bridges
 * @RESV_BAR_VF_GROWS: a VF BAR smaller than a page, whose size at that page
 *	size shows only when Linux has set it
 * @RESV_BAR_VF_UNREAD: the page sizes that the VFs support are not known
 * @RESV_BAR_VF_NONE: the VFs support no page size as large as that
 * @RESV_BAR_VF_ODD: a VF BAR is no multiple of a page, so Linux makes no VFs
 */
enum resv_bar_why {
	RESV_BAR_OK,
	RESV_BAR_IS_IO,
	RESV_BAR_IS_ROM,
	RESV_BAR_UNALIGNED,
	RESV_BAR_SHARED,
	RESV_BAR_WINDOW_END,
	RESV_BAR_PARENT,
	RESV_BAR_NOT_ASSIGNED,
	RESV_BAR_HELD,
	RESV_BAR_NOT_MAPPABLE,
	RESV_BAR_BRIDGE,
	RESV_BAR_VF_GROWS,
	RESV_BAR_VF_UNREAD,
	RESV_BAR_VF_NONE,
	RESV_BAR_VF_ODD,
};

/**
 * struct resv_bar_page - the answer for a BAR at a page size
 * @page_size: the page size
 * @vfio: what vfio-pci makes of the BAR
 * @why: why it cannot be mapped
 * @by: with RESV_BAR_SHARED and _WINDOW_END: index of the claim that is in the
 *	way, or ends there
 * @by_bar: with RESV_BAR_NOT_ASSIGNED, _VF_GROWS and _VF_ODD: index of the
 *	function's BAR that is to blame
 * @moves: at this page size Linux gives it another size and place
 * @size_known: @size is known
 * @size: as it is at this page size
 * @has_address: the next four are known
 * @offset: from the start of its first page to its own
 * @first_page: address of the first page that it touches
 * @last_page: last byte of the last one
 * @pages: how many these are
 * @msix_table: pages of it that the MSI-X table makes untouchable, as offsets in
 *	the BAR; last below start for none. VMMs emulate the table
 * @msix_pba: the same for the pending bits
 * @directs: how many of @direct
 * @direct: what is left of a BAR that maps, as offsets in it; nothing where it
 *	is not known what is
 * @has_guest: a guest can have it; the rest is where
 * @guest_offset: from the start of a page
 * @guest_align: a power of two; the address is a multiple of it
 * @guest_footprint: from the guest's address less @guest_offset on, so many bytes
 *	can hold nothing that is in another page of the host
 */
struct resv_bar_page {
	u64 page_size;
	enum resv_bar_vfio vfio;
	enum resv_bar_why why;
	u32 by;
	u32 by_bar;
	bool moves;
	bool size_known;
	u64 size;
	bool has_address;
	u64 offset;
	u64 first_page;
	u64 last_page;
	u64 pages;
	struct resv_range msix_table;
	struct resv_range msix_pba;
	u32 directs;
	struct resv_range direct[3];
	bool has_guest;
	u64 guest_offset;
	u64 guest_align;
	u64 guest_footprint;
};

/**
 * resv_bar_at() - the answer for a BAR at a page size
 * @bars: the function
 * @index: index of the BAR in @bars
 * @page_size: a power of two
 * @page: filled in
 *
 * Return: 0, or -EINVAL where a page size is no power of two, or what is said of
 * a BAR is none of one: no size, another range than size, an end beyond the top
 * of the address space.
 */
int resv_bar_at(const struct resv_bars *bars, u32 index, u64 page_size,
		struct resv_bar_page *page);

/**
 * resv_bar_shares() - has a claim a byte in the pages of a BAR?
 * @bars: the function
 * @index: index of the BAR
 * @page: the answer for it
 * @claim: index of the claim
 *
 * The BAR itself is none, nor are the windows that it lies in, nor what lies in
 * it, nor what lies in another claim that has.
 *
 * Return: true where it has.
 */
bool resv_bar_shares(const struct resv_bars *bars, u32 index,
		     const struct resv_bar_page *page, u32 claim);

/**
 * resv_bar_move_guest() - a guest has to have a BAR at another offset of a page
 * @page: the answer for it; changed
 * @offset: the offset, below the page size
 *
 * Nothing happens where there is no rule for a guest, or no such offset.
 */
void resv_bar_move_guest(struct resv_bar_page *page, u64 offset);

/**
 * resv_vf_page_size() - which System Page Size does Linux set?
 * @sizes: Supported Page Sizes, bit n for 4 KiB << n
 * @page_size: of the kernel, a power of two
 *
 * The smallest that is supported and not smaller than the kernel's own.
 *
 * Return: bytes, or 0 where there is none and Linux makes no VFs.
 */
u64 resv_vf_page_size(u32 sizes, u64 page_size);

/**
 * resv_msix_fits() - does an MSI-X structure lie in one of a function's BARs?
 * @bars: the function; its BARs are complete
 * @place: where it is said to be
 *
 * Return: true where it does, as a whole, and that is memory.
 */
bool resv_msix_fits(const struct resv_bars *bars,
		    const struct resv_msix_place *place);

/**
 * resv_bar_vfio_word() - a verdict as reports have it
 * @vfio: the verdict
 *
 * Return: the word.
 */
const char *resv_bar_vfio_word(enum resv_bar_vfio vfio);

/**
 * resv_bar_why_word() - a reason as reports have it
 * @why: the reason
 *
 * Return: the word, or NULL where reports have none.
 */
const char *resv_bar_why_word(enum resv_bar_why why);

#endif
