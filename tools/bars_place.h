/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_place.h - where a guest can have the BARs of devices that it is given
 *
 * A VMM maps a BAR into its guest in whole pages of the host. So a BAR that
 * VFIO lets it map has to be at the same offset of a page in the guest as on
 * the host, and nothing else may be in that page: an access to it would go to
 * the host's page, and not to the VMM. A BAR that traps can be anywhere else.
 *
 * Addresses are the guest's physical ones. They are those that its PCI buses
 * have too, or differ from them by a multiple of all sizes that occur.
 */
#ifndef IOMMU_RESV_BARS_PLACE_H
#define IOMMU_RESV_BARS_PLACE_H

#include "../module/ranges.h"

/* The last address that a BAR of 32 bits reaches. */
#define BARS_LAST_32	0xffffffffull
/* Where there is no such item or range. */
#define BARS_NONE	SIZE_MAX

/**
 * enum bars_rule - what a placement can be in conflict with
 * @BARS_RULE_OFFSET: no address of a BAR of that size has the offset in a page
 *	that the guest needs
 * @BARS_RULE_ALIGN: a BAR is at a multiple of its size
 * @BARS_RULE_CONGRUENT: a mapped BAR has the same offset in a page as on the
 *	host
 * @BARS_RULE_ZERO: a BAR at address 0 counts as not set
 * @BARS_RULE_WIDTH: a BAR of 32 bits is below 4 GiB
 * @BARS_RULE_PREFETCHABLE: a bridge's prefetchable window is for prefetchable
 *	BARs
 * @BARS_RULE_WINDOW: a BAR, with its pages if it is mapped, is in one window
 * @BARS_RULE_KEPT: nothing is in a range that is kept out
 * @BARS_RULE_OVERLAP: no two BARs have a byte in common
 * @BARS_RULE_PAGE: nothing else is in the pages of a mapped BAR
 * @BARS_RULE_TOGETHER: mapped BARs of one page of the host are in one page of
 *	the guest
 * @BARS_RULE_ROOM: there is a place for each
 * @BARS_RULES: how many there are
 */
enum bars_rule {
	BARS_RULE_OFFSET,
	BARS_RULE_ALIGN,
	BARS_RULE_CONGRUENT,
	BARS_RULE_ZERO,
	BARS_RULE_WIDTH,
	BARS_RULE_PREFETCHABLE,
	BARS_RULE_WINDOW,
	BARS_RULE_KEPT,
	BARS_RULE_OVERLAP,
	BARS_RULE_PAGE,
	BARS_RULE_TOGETHER,
	BARS_RULE_ROOM,
	BARS_RULES,
};

/**
 * struct bars_item - a BAR that needs a place
 * @device: name of its device
 * @bar: its number; no other item has the same name and number
 * @size: in bytes, a power of two
 * @wide: its address has 64 bits, not 32
 * @prefetchable: it may be in a bridge's prefetchable window
 * @maps: the VMM maps it
 * @offset: if so, where in a page of the host the guest has to have it
 * @has_host: @host_page is known
 * @host_page: the host's address of the first page that the BAR is in
 * @pinned: it has to be at @address
 * @address: where it is in the guest; filled in where it is not @pinned
 * @own: filled in: the addresses that it has for itself, or with BARs of the
 *	same host page: itself, and if it is mapped the pages that it is in
 */
struct bars_item {
	const char *device;
	u32 bar;
	u64 size;
	bool wide;
	bool prefetchable;
	bool maps;
	u64 offset;
	bool has_host;
	u64 host_page;
	bool pinned;
	u64 address;
	struct resv_range own;
};

/**
 * struct bars_window - addresses that the VMM has for BARs
 * @range: which
 * @prefetchable: it is the prefetchable window of a bridge
 */
struct bars_window {
	struct resv_range range;
	bool prefetchable;
};

/**
 * struct bars_conflict - why there is no placement
 * @rule: the rule that cannot be kept
 * @a: the item that it is about
 * @b: the item that it is in conflict with, or BARS_NONE
 * @a_at: where @a is or would have to be, if pins say so; else 0
 * @b_at: the same of @b
 * @kept: the kept range that it is in conflict with, or BARS_NONE
 * @block: BARS_RULE_ROOM: how many bytes, at a multiple of as many, @a needs
 *	for itself
 * @blocks: how many such blocks the windows have that @a may be in
 * @blocks_kept: how many of them kept ranges, or address 0, take
 * @blocks_pinned: how many of the others pinned BARs take
 * @blocks_placed: and how many BARs take that need as much or more; the sum of
 *	the three is @blocks, and @b has the largest of all these BARs
 */
struct bars_conflict {
	enum bars_rule rule;
	size_t a;
	size_t b;
	u64 a_at;
	u64 b_at;
	size_t kept;
	u64 block;
	u64 blocks;
	u64 blocks_kept;
	u64 blocks_pinned;
	u64 blocks_placed;
};

/**
 * struct bars_request - what is to be placed, and where there is room
 * @page_size: of the host, a power of two
 * @guest_page_size: a power of two: a mapped BAR has whole pages of this size
 *	for itself, too; 0 for the host's
 * @item: the BARs, in any order
 * @items: how many
 * @window: where they may be, first choice first; they do not overlap
 * @windows: how many; 0 only where all BARs are pinned, which may then be
 *	anywhere
 * @kept: where nothing may be
 * @kepts: how many
 * @conflict: filled in: why it cannot be done; to be freed
 * @conflicts: how many
 */
struct bars_request {
	u64 page_size;
	u64 guest_page_size;
	struct bars_item *item;
	size_t items;
	const struct bars_window *window;
	size_t windows;
	const struct resv_range *kept;
	size_t kepts;
	struct bars_conflict *conflict;
	size_t conflicts;
};

/**
 * bars_own() - what a BAR has for itself
 * @request: the page sizes
 * @item: the BAR
 * @address: where it is in the guest, a multiple of its size
 *
 * Return: itself, and if it is mapped the pages that it is in.
 */
struct resv_range bars_own(const struct bars_request *request,
			   const struct bars_item *item, u64 address);

/**
 * bars_place() - find a place for each BAR
 * @request: what is wanted; filled in as said there
 *
 * Where there is a prefetchable window, the windows are those of a bridge: the
 * others then take BARs of 32 bits as well as of 64, but all are below 4 GiB,
 * as such a window of a bridge has 32 bits; prefetchable BARs go to prefetchable
 * windows, others do not. Else BARs of 64 bits may be in all windows, and go
 * above 4 GiB where there is one.
 *
 * The placement found has as much as there can be above 4 GiB, or for a bridge
 * in the prefetchable windows, those above 4 GiB first; then the least last
 * address below, or in the windows that are not prefetchable; and then the
 * least last address there. Of several windows a former one comes before a
 * later one. It does not depend on the order of the items.
 *
 * Return: 0; -ENOSPC where there is none, with @conflict; or -EINVAL where the
 * request is not as said there.
 */
int bars_place(struct bars_request *request);

/**
 * bars_rule_name() - the word for a rule
 * @rule: which
 *
 * Return: the word, as programs may rely on it.
 */
const char *bars_rule_name(enum bars_rule rule);

/**
 * bars_rule_text() - what a rule demands
 * @rule: which
 *
 * Return: half a sentence.
 */
const char *bars_rule_text(enum bars_rule rule);

#endif
