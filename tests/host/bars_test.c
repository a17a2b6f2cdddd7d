// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/bars.c module/ranges.c */
/*
 * bars_test.c - which BARs VFIO lets be mapped at a page size
 *
 * Boards by hand, and random ones against a slow model: a tree of resources into
 * which vfio-pci's own placeholder is put as the kernel does it, and one byte
 * after another looked at. There a page has 16 bytes and more, so that a board
 * has few of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../module/bars.h"

#define KIB4 0x1000ull
#define KIB16 0x4000ull
#define KIB64 0x10000ull
#define CLAIMS_MAX 64

static uint64_t random_state;

static uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t below(uint64_t limit)
{
	return random64() % limit;
}

/*
 * A board: claim 0 is the window of the host bridge, the function that is asked
 * about is number 1.
 */
struct board {
	struct resv_claim claim[CLAIMS_MAX];
	struct resv_bars bars;
};

static void board_init(struct board *b, uint64_t start, uint64_t last)
{
	memset(b, 0, sizeof(*b));
	b->claim[0] = (struct resv_claim){
		.kind = RESV_CLAIM_HOST,
		.range = { start, last },
		.parent = RESV_CLAIM_ELSEWHERE,
	};
	b->bars.all.claim = b->claim;
	b->bars.all.count = 1;
	b->bars.page_size = KIB4;
}

static uint32_t add_claim(struct board *b, enum resv_claim_kind kind,
			  uint32_t parent, uint64_t start, uint64_t size)
{
	uint32_t i = b->bars.all.count++;

	assert_true(i < CLAIMS_MAX);
	b->claim[i] = (struct resv_claim){
		.kind = kind,
		.function = 2,
		.range = { start, start + size - 1 },
		.parent = parent,
	};
	return i;
}

/* Of the function itself, in claim @parent. */
static uint32_t add_bar(struct board *b, enum resv_claim_kind kind,
			uint32_t parent, uint64_t start, uint64_t size)
{
	uint32_t claim = add_claim(b, kind, parent, start, size);
	uint32_t n = b->bars.count++;

	b->claim[claim].function = 1;
	b->claim[claim].number = n;
	b->bars.bar[n] = (struct resv_bar){
		.kind = kind,
		.number = n,
		.bits = 64,
		.assigned = parent != RESV_CLAIM_NONE,
		.range = b->claim[claim].range,
		.size = size,
		.claim = claim,
	};
	return n;
}

/* "VFIO why" and what blames whom; then "at OFFSET in PAGES". */
static void describe(char *text, const struct board *b, uint32_t index,
		     uint64_t page_size)
{
	struct resv_bar_page p;
	const char *why;
	uint32_t i;

	memset(&p, 0xa5, sizeof(p));
	if (resv_bar_at(&b->bars, index, page_size, &p)) {
		strcpy(text, "refused");
		return;
	}
	why = resv_bar_why_word(p.why);
	text += sprintf(text, "%s", resv_bar_vfio_word(p.vfio));
	if (why)
		text += sprintf(text, " %s", why);
	if (p.why == RESV_BAR_SHARED || p.why == RESV_BAR_WINDOW_END)
		text += sprintf(text, " by %u", p.by);
	if (p.why == RESV_BAR_NOT_ASSIGNED || p.why == RESV_BAR_VF_GROWS ||
	    p.why == RESV_BAR_VF_ODD)
		text += sprintf(text, " bar %u", p.by_bar);
	if (p.moves)
		text += sprintf(text, ", moves");
	if (!p.size_known)
		text += sprintf(text, ", size unknown");
	if (p.has_address)
		text += sprintf(text, ", at 0x%llx of %llu from 0x%llx",
				(unsigned long long)p.offset,
				(unsigned long long)p.pages,
				(unsigned long long)p.first_page);
	for (i = 0; i < b->bars.all.count; i++)
		if (resv_bar_shares(&b->bars, index, &p, i))
			text += sprintf(text, ", with %u", i);
	if (p.msix_table.start <= p.msix_table.last)
		text += sprintf(text, ", table 0x%llx-0x%llx",
				(unsigned long long)p.msix_table.start,
				(unsigned long long)p.msix_table.last);
	if (p.msix_pba.start <= p.msix_pba.last)
		text += sprintf(text, ", pba 0x%llx-0x%llx",
				(unsigned long long)p.msix_pba.start,
				(unsigned long long)p.msix_pba.last);
	for (i = 0; i < p.directs; i++)
		text += sprintf(text, ", direct 0x%llx-0x%llx",
				(unsigned long long)p.direct[i].start,
				(unsigned long long)p.direct[i].last);
	if (p.has_guest)
		sprintf(text, ", guest 0x%llx align 0x%llx in 0x%llx",
			(unsigned long long)p.guest_offset,
			(unsigned long long)p.guest_align,
			(unsigned long long)p.guest_footprint);
}

static void assert_bar(const struct board *b, uint32_t index,
		       uint64_t page_size, const char *wanted)
{
	char text[512];

	describe(text, b, index, page_size);
	assert_string_equal(text, wanted);
}

/*
 * By hand
 */

static void large_bars_map(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10004000, 0x4000);
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 4 from 0x10004000, direct 0x0-0x3fff, guest 0x0 align 0x4000 in 0x4000");
	assert_bar(&b, 0, KIB16,
		   "maps, at 0x0 of 1 from 0x10004000, direct 0x0-0x3fff, guest 0x0 align 0x4000 in 0x4000");
	assert_bar(&b, 0, KIB64,
		   "traps unaligned, at 0x4000 of 1 from 0x10000000");
	/* A whole page and more is mapped whatever its start (fixed resources). */
	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10001000, 0x6000);
	assert_bar(&b, 0, KIB16,
		   "maps, at 0x1000 of 2 from 0x10000000, direct 0x0-0x5fff, guest 0x1000 align 0x8000 in 0x8000");
}

static void small_bars_need_their_page(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x100);
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xff, guest 0x0 align 0x100 in 0x10000");
	/* The last byte of the page; then another one nearer, added later. */
	add_claim(&b, RESV_CLAIM_ROM, 0, 0x1001ffff, 1);
	assert_bar(&b, 0, KIB64,
		   "traps shared by 2, at 0x0 of 1 from 0x10010000, with 2");
	add_claim(&b, RESV_CLAIM_BAR, 0, 0x10018000, 0x100);
	assert_bar(&b, 0, KIB64,
		   "traps shared by 3, at 0x0 of 1 from 0x10010000, with 2, with 3");
	assert_bar(&b, 0, KIB16,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xff, guest 0x0 align 0x100 in 0x4000");
	/* In the next page; I/O ports of those numbers; one without a place. */
	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x100);
	add_claim(&b, RESV_CLAIM_BAR, 0, 0x10020000, 0x100);
	b.claim[add_claim(&b, RESV_CLAIM_BAR, 0, 0x10011000, 0x100)].io = true;
	add_claim(&b, RESV_CLAIM_BAR, RESV_CLAIM_NONE, 0x10012000, 0x100);
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xff, guest 0x0 align 0x100 in 0x10000");
	/* Two of its own. */
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010100, 0x100);
	assert_bar(&b, 0, KIB64,
		   "traps shared by 5, at 0x0 of 1 from 0x10010000, with 5");
	assert_bar(&b, 1, KIB64,
		   "traps unaligned, at 0x100 of 1 from 0x10010000, with 1");
	/* What is no PCI function. */
	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x100);
	add_claim(&b, RESV_CLAIM_OTHER, 0, 0x10011000, 0x1000);
	assert_bar(&b, 0, KIB64,
		   "traps shared by 2, at 0x0 of 1 from 0x10010000, with 2");
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xff, guest 0x0 align 0x100 in 0x1000");
}

static void pages_end_with_their_window(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x10017fff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x100);
	assert_bar(&b, 0, KIB64,
		   "traps window-end by 0, at 0x0 of 1 from 0x10010000");
	b.claim[0].range.last = 0x1001ffff;
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xff, guest 0x0 align 0x100 in 0x10000");
	/* The page may begin before it: VFIO does not look there. */
	board_init(&b, 0x10018000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10018000, 0x100);
	assert_bar(&b, 0, KIB64,
		   "traps unaligned, at 0x8000 of 1 from 0x10010000");
	/* Of the bridge's window, not the host bridge's; and not its neighbour's. */
	board_init(&b, 0x10000000, 0x1fffffff);
	add_claim(&b, RESV_CLAIM_WINDOW, 0, 0x10100000, 0x8000);
	add_bar(&b, RESV_CLAIM_BAR, 1, 0x10100000, 0x1000);
	add_claim(&b, RESV_CLAIM_WINDOW, 0, 0x10108000, 0x8000);
	add_claim(&b, RESV_CLAIM_BAR, 3, 0x10108000, 0x1000);
	assert_bar(&b, 0, KIB64,
		   "traps window-end by 1, at 0x0 of 1 from 0x10100000, with 3");
	/* Somebody in it who is claimed elsewhere is shown as well. */
	b.claim[3].kind = RESV_CLAIM_HOST;
	assert_bar(&b, 0, KIB64,
		   "traps window-end by 1, at 0x0 of 1 from 0x10100000, with 4");
	b.claim[2].parent = RESV_CLAIM_ELSEWHERE;
	b.claim[4].parent = RESV_CLAIM_ELSEWHERE;
	assert_bar(&b, 0, KIB64,
		   "unknown, at 0x0 of 1 from 0x10100000, with 1, with 4");
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 1 from 0x10100000, with 1, direct 0x0-0xfff, guest 0x0 align 0x1000 in 0x1000");
}

static void other_kinds_do_not_map(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x10000);
	add_bar(&b, RESV_CLAIM_ROM, 0, 0x10020000, 0x10000);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x1000, 0x100);
	b.bars.bar[2].io = true;
	assert_bar(&b, 1, KIB64, "traps rom, at 0x0 of 1 from 0x10020000");
	assert_bar(&b, 2, KIB64, "traps io");
	b.bars.bar[0].held = true;
	assert_bar(&b, 0, KIB64, "fails busy, at 0x0 of 1 from 0x10010000");
	b.bars.bar[0].held = false;
	b.bars.not_mappable = true;
	assert_bar(&b, 0, KIB64,
		   "traps not-mappable, at 0x0 of 1 from 0x10010000");
	assert_bar(&b, 1, KIB64, "traps rom, at 0x0 of 1 from 0x10020000");
	b.bars.bridge = true;
	assert_bar(&b, 0, KIB64, "fails bridge, at 0x0 of 1 from 0x10010000");
	assert_bar(&b, 2, KIB64, "fails bridge");
}

static void missing_addresses_keep_all_from_vfio(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x10000);
	add_bar(&b, RESV_CLAIM_ROM, RESV_CLAIM_NONE, 0, 0x10000);
	b.bars.bar[1].idle = true;
	assert_bar(&b, 1, KIB64, "traps rom");
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xffff, guest 0x0 align 0x10000 in 0x10000");
	b.bars.bar[1].idle = false;
	assert_bar(&b, 0, KIB64,
		   "fails not-assigned bar 1, at 0x0 of 1 from 0x10010000");
	b.bars.bar[1].idle = true;
	add_bar(&b, RESV_CLAIM_BAR, RESV_CLAIM_NONE, 0, 0x100);
	b.bars.bar[2].io = true;
	assert_bar(&b, 0, KIB64,
		   "fails not-assigned bar 2, at 0x0 of 1 from 0x10010000");
	assert_bar(&b, 1, KIB64, "fails not-assigned bar 2");
	assert_bar(&b, 2, KIB64, "fails not-assigned bar 2");
	/* The BARs of VFs that do not exist are no matter. */
	b.bars.count = 1;
	add_bar(&b, RESV_CLAIM_VF, RESV_CLAIM_NONE, 0, 0x10000);
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, direct 0x0-0xffff, guest 0x0 align 0x10000 in 0x10000");
	assert_bar(&b, 1, KIB4, "fails not-assigned bar 1");
}

static void msix_takes_whole_pages(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x10000);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10020000, 0x10000);
	b.bars.msix = RESV_MSIX_PLACED;
	b.bars.table = (struct resv_msix_place){ 0, { 0x2ff0, 0x300f } };
	b.bars.pba = (struct resv_msix_place){ 0, { 0x8000, 0x8007 } };
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 16 from 0x10010000, table 0x2000-0x3fff, pba 0x8000-0x8fff, direct 0x0-0x1fff, direct 0x4000-0x7fff, direct 0x9000-0xffff, guest 0x0 align 0x10000 in 0x10000");
	assert_bar(&b, 1, KIB4,
		   "maps, at 0x0 of 16 from 0x10020000, direct 0x0-0xffff, guest 0x0 align 0x10000 in 0x10000");
	assert_bar(&b, 0, KIB16,
		   "maps, at 0x0 of 4 from 0x10010000, table 0x0-0x3fff, pba 0x8000-0xbfff, direct 0x4000-0x7fff, direct 0xc000-0xffff, guest 0x0 align 0x10000 in 0x10000");
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0x10010000, table 0x0-0xffff, pba 0x0-0xffff, guest 0x0 align 0x10000 in 0x10000");
	/* Over each other, in different BARs, and in one that is too short. */
	b.bars.pba = b.bars.table;
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 16 from 0x10010000, table 0x2000-0x3fff, pba 0x2000-0x3fff, direct 0x0-0x1fff, direct 0x4000-0xffff, guest 0x0 align 0x10000 in 0x10000");
	b.bars.pba = (struct resv_msix_place){ 1, { 0xfff8, 0xffff } };
	assert_bar(&b, 1, KIB16,
		   "maps, at 0x0 of 4 from 0x10020000, pba 0xc000-0xffff, direct 0x0-0xbfff, guest 0x0 align 0x10000 in 0x10000");
	assert_true(resv_msix_fits(&b.bars, &b.bars.pba));
	b.bars.pba = (struct resv_msix_place){ 1, { 0xfff9, 0x10000 } };
	assert_false(resv_msix_fits(&b.bars, &b.bars.pba));
	b.bars.pba.bar = 2;
	assert_false(resv_msix_fits(&b.bars, &b.bars.pba));
	b.bars.bar[1].io = true;
	b.bars.pba = (struct resv_msix_place){ 1, { 0, 7 } };
	assert_false(resv_msix_fits(&b.bars, &b.bars.pba));
	b.bars.bar[1].io = false;
	assert_true(resv_msix_fits(&b.bars, &b.bars.pba));
	b.bars.bar[1].kind = RESV_CLAIM_ROM;
	assert_false(resv_msix_fits(&b.bars, &b.bars.pba));
	/* Where it is not known where, nothing is promised. */
	b.bars.msix = RESV_MSIX_UNKNOWN;
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 16 from 0x10010000, guest 0x0 align 0x10000 in 0x10000");
}

/* Four VFs with two BARs each at 4 KiB pages; bit 0 is 4 KiB, bit 4 64 KiB. */
static void board_vfs(struct board *b, uint64_t size)
{
	board_init(b, 0x10000000, 0x1fffffff);
	add_bar(b, RESV_CLAIM_VF, 0, 0x10100000, 4 * 0x20000);
	add_bar(b, RESV_CLAIM_VF, 0, 0x10200000, 4 * size);
	b->bars.bar[0].size = 0x20000;
	b->bars.bar[1].size = size;
	b->bars.vf_sizes_known = true;
	b->bars.vf_sizes = 0x553;
}

static void vf_bars_follow_the_page_size(void **state)
{
	struct board b;

	board_vfs(&b, KIB16);
	assert_bar(&b, 1, KIB4,
		   "maps, at 0x0 of 16 from 0x10200000, guest 0x0 align 0x4000 in 0x4000");
	/* Linux sets 64 KiB, as 16 KiB is not supported. */
	assert_bar(&b, 1, KIB16, "maps, moves, size unknown");
	assert_bar(&b, 0, KIB64,
		   "unknown vf-size bar 1, moves, size unknown");
	assert_bar(&b, 1, KIB64,
		   "unknown vf-size bar 1, moves, size unknown");
	board_vfs(&b, KIB64);
	assert_bar(&b, 0, KIB64, "maps, moves, size unknown");
	assert_bar(&b, 1, KIB64, "maps, moves, size unknown");
	assert_bar(&b, 1, 4 * KIB64,
		   "unknown vf-size bar 0, moves, size unknown");
	/* 16 and 64 KiB pages are the same to it. */
	b.bars.page_size = KIB16;
	assert_bar(&b, 1, KIB64,
		   "maps, at 0x0 of 4 from 0x10200000, guest 0x0 align 0x10000 in 0x10000");
	board_vfs(&b, KIB16);
	b.bars.page_size = KIB16;
	assert_bar(&b, 0, KIB64,
		   "fails vf-page-size bar 1, at 0x0 of 8 from 0x10100000");
	b.bars.page_size = KIB64;
	assert_bar(&b, 0, KIB4, "maps, moves, size unknown");
	/* None so large; none known. */
	board_vfs(&b, KIB64);
	b.bars.vf_sizes = 1;
	assert_bar(&b, 1, KIB64,
		   "fails vf-page-size, moves, size unknown");
	assert_bar(&b, 1, KIB4,
		   "maps, at 0x0 of 64 from 0x10200000, guest 0x0 align 0x10000 in 0x10000");
	b.bars.vf_sizes_known = false;
	assert_bar(&b, 1, KIB64, "unknown vf-size, moves, size unknown");
	assert_bar(&b, 1, KIB4,
		   "maps, at 0x0 of 64 from 0x10200000, guest 0x0 align 0x10000 in 0x10000");
	/* One that is certain comes before one that is not. */
	board_vfs(&b, KIB16);
	b.bars.bar[1].assigned = false;
	assert_bar(&b, 0, KIB64,
		   "fails not-assigned bar 1, moves, size unknown");
	b.bars.bar[0].assigned = false;
	assert_bar(&b, 1, KIB4, "fails not-assigned bar 0");
}

static void a_vf_is_one_of_them(void **state)
{
	struct board b;
	uint32_t all;

	board_init(&b, 0x10000000, 0x1fffffff);
	all = add_claim(&b, RESV_CLAIM_VF, 0, 0x10100000, 4 * KIB16);
	add_claim(&b, RESV_CLAIM_BAR, all, 0x10100000, KIB16);
	add_bar(&b, RESV_CLAIM_BAR, all, 0x10104000, KIB16);
	b.bars.is_vf = true;
	b.bars.vf_sizes_known = true;
	b.bars.vf_sizes = 0x553;
	b.bars.msix = RESV_MSIX_PLACED;
	b.bars.table = (struct resv_msix_place){ 0, { 0x2000, 0x209f } };
	b.bars.pba = (struct resv_msix_place){ 0, { 0x2800, 0x2807 } };
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 4 from 0x10104000, table 0x2000-0x2fff, pba 0x2000-0x2fff, direct 0x0-0x1fff, direct 0x3000-0x3fff, guest 0x0 align 0x4000 in 0x4000");
	assert_bar(&b, 0, KIB16, "maps, moves, size unknown");
	assert_bar(&b, 0, KIB64,
		   "unknown vf-size bar 0, moves, size unknown");
	/* At the same System Page Size: it stays, and shows its neighbour. */
	b.bars.vf_sizes = 0x10;
	assert_bar(&b, 0, KIB64,
		   "fails vf-page-size bar 0, at 0x4000 of 1 from 0x10100000, with 2, table 0x0-0x3fff, pba 0x0-0x3fff");
}

static void page_sizes_of_vfs(void **state)
{
	assert_int_equal(resv_vf_page_size(0x553, KIB4), KIB4);
	assert_int_equal(resv_vf_page_size(0x553, KIB16), KIB64);
	assert_int_equal(resv_vf_page_size(0x553, KIB64), KIB64);
	assert_int_equal(resv_vf_page_size(0x553, 2 * KIB64), 0x40000);
	assert_int_equal(resv_vf_page_size(0x553, 0x800000), 0);
	assert_int_equal(resv_vf_page_size(0, KIB4), 0);
	assert_int_equal(resv_vf_page_size(0x80000000, KIB4), 1ull << 43);
	assert_int_equal(resv_vf_page_size(0x80000000, 1ull << 63), 0);
	assert_int_equal(resv_vf_page_size(2, 1), 0x2000);
}

static void guests_are_moved(void **state)
{
	struct resv_bar_page p;
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x2000);
	assert_int_equal(resv_bar_at(&b.bars, 0, KIB64, &p), 0);
	resv_bar_move_guest(&p, 0x4000);
	assert_int_equal(p.guest_offset, 0x4000);
	assert_int_equal(p.guest_footprint, KIB64);
	resv_bar_move_guest(&p, 0xf000);
	assert_int_equal(p.guest_offset, 0xf000);
	assert_int_equal(p.guest_footprint, 2 * KIB64);
	resv_bar_move_guest(&p, KIB64);
	assert_int_equal(p.guest_offset, 0xf000);
	/* One VF is enough for an aperture. */
	add_bar(&b, RESV_CLAIM_VF, 0, 0x10040000, KIB64);
	assert_bar(&b, 1, KIB4,
		   "maps, at 0x0 of 16 from 0x10040000, guest 0x0 align 0x10000 in 0x10000");
	/* Nothing to move. */
	b.bars.not_mappable = true;
	assert_int_equal(resv_bar_at(&b.bars, 0, KIB64, &p), 0);
	resv_bar_move_guest(&p, 0x4000);
	assert_false(p.has_guest);
	assert_int_equal(p.guest_offset, 0);
}

static void nonsense_is_refused(void **state)
{
	static const uint64_t page_sizes[] = { 0, 3, 0x1001, 0x18000 };
	struct board b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(page_sizes); i++) {
		board_init(&b, 0x10000000, 0x1fffffff);
		add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x2000);
		assert_bar(&b, 0, page_sizes[i], "refused");
		b.bars.page_size = page_sizes[i];
		assert_bar(&b, 0, KIB4, "refused");
	}
	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x2000);
	b.bars.bar[0].size = 0;
	assert_bar(&b, 0, KIB4, "refused");
	b.bars.bar[0].size = 0x1000;
	assert_bar(&b, 0, KIB4, "refused");
	b.bars.bar[0].size = 0x2000;
	b.bars.bar[0].range.last = 0x1000ffff;
	assert_bar(&b, 0, KIB4, "refused");
	/* All of the address space has no size. */
	b.bars.bar[0].range = (struct resv_range){ 0, U64_MAX };
	assert_bar(&b, 0, KIB4, "refused");
	/* Another BAR of it makes no more sense. */
	board_init(&b, 0x10000000, 0x1fffffff);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x10010000, 0x2000);
	add_bar(&b, RESV_CLAIM_VF, 0, 0x10020000, 0x2000);
	b.bars.bar[1].size = 0x2001;
	assert_bar(&b, 0, KIB4, "refused");
}

static void the_top_is_no_trap(void **state)
{
	struct resv_bar_page p;
	struct board b;

	board_init(&b, 0, U64_MAX);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0xfffffffffffff000ull, 0x1000);
	assert_bar(&b, 0, KIB4,
		   "maps, at 0x0 of 1 from 0xfffffffffffff000, direct 0x0-0xfff, guest 0x0 align 0x1000 in 0x1000");
	assert_bar(&b, 0, KIB64,
		   "traps unaligned, at 0xf000 of 1 from 0xffffffffffff0000");
	board_init(&b, 0, U64_MAX);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0xffffffffffff0000ull, 0x1000);
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x0 of 1 from 0xffffffffffff0000, direct 0x0-0xfff, guest 0x0 align 0x1000 in 0x10000");
	/* It maps, but no guest has such an address space. */
	board_init(&b, 0, U64_MAX);
	add_bar(&b, RESV_CLAIM_BAR, 0, 0x1000, 0xffffffffffffe000ull);
	assert_bar(&b, 0, KIB64,
		   "maps, at 0x1000 of 281474976710656 from 0x0, direct 0x0-0xffffffffffffdfff");
	board_init(&b, 0, U64_MAX);
	add_bar(&b, RESV_CLAIM_BAR, 0, 1ull << 63, 1ull << 63);
	assert_bar(&b, 0, 1ull << 63,
		   "maps, at 0x0 of 1 from 0x8000000000000000, direct 0x0-0x7fffffffffffffff, guest 0x0 align 0x8000000000000000 in 0x8000000000000000");
	assert_int_equal(resv_bar_at(&b.bars, 0, 1ull << 63, &p), 0);
	resv_bar_move_guest(&p, 1);
	assert_int_equal(p.guest_offset, 0);
	assert_int_equal(p.guest_footprint, 1ull << 63);
	board_init(&b, 0, U64_MAX);
	add_bar(&b, RESV_CLAIM_BAR, 0, 1, 1ull << 63);
	assert_bar(&b, 0, 1ull << 63,
		   "maps, at 0x1 of 2 from 0x0, direct 0x0-0x7fffffffffffffff");
}

static void chains_that_never_end_are_left(void **state)
{
	struct board b;

	board_init(&b, 0x10000000, 0x1fffffff);
	add_claim(&b, RESV_CLAIM_WINDOW, 2, 0x10000000, 0x100000);
	add_claim(&b, RESV_CLAIM_WINDOW, 1, 0x10000000, 0x100000);
	add_bar(&b, RESV_CLAIM_BAR, 1, 0x10010000, 0x1000);
	add_claim(&b, RESV_CLAIM_BAR, 3, 0x10011000, 0x1000);
	add_claim(&b, RESV_CLAIM_BAR, 5, 0x10012000, 0x1000);
	add_claim(&b, RESV_CLAIM_BAR, 1000000, 0x10013000, 0x1000);
	assert_bar(&b, 0, KIB64,
		   "traps shared by 2, at 0x0 of 1 from 0x10010000, with 6");
}

/*
 * Random boards, and the model
 */

#define SPACE 2048

/* As the kernel has it, in a list of children that is not sorted. */
static bool model_request(const struct board *b, uint32_t parent,
			  uint64_t start, uint64_t last)
{
	const struct resv_range *window = &b->claim[parent].range;
	uint64_t at;
	uint32_t i;

	if (last < start || start < window->start || last > window->last)
		return false;
	for (i = 0; i < b->bars.all.count; i++) {
		if (b->claim[i].parent != parent || b->claim[i].io)
			continue;
		for (at = start; at <= last; at++)
			if (at >= b->claim[i].range.start &&
			    at <= b->claim[i].range.last)
				return false;
	}
	return true;
}

/* vfio_pci_probe_mmaps(), for a memory BAR of a function that can be enabled. */
static bool model_maps(const struct board *b, const struct resv_bar *bar,
		       uint64_t page_size)
{
	uint64_t start = bar->range.start;

	if (bar->range.last - start + 1 >= page_size)
		return true;
	return start % page_size == 0 &&
	       model_request(b, b->claim[bar->claim].parent,
			     bar->range.last + 1, start + page_size - 1);
}

static bool model_in(const struct resv_msix_place *place, uint32_t bar,
		     uint64_t offset)
{
	return place->bar == bar && offset >= place->range.start &&
	       offset <= place->range.last;
}

/* Is a byte of the BAR in a page with bytes of an MSI-X structure in this BAR? */
static bool model_touched(const struct resv_bar *bar, uint64_t page_size,
			  const struct resv_msix_place *place, uint64_t offset)
{
	uint64_t page = (bar->range.start + offset) / page_size;
	uint64_t i;

	for (i = 0; i < bar->size; i++)
		if ((bar->range.start + i) / page_size == page &&
		    model_in(place, bar->number, i))
			return true;
	return false;
}

/* From the outside in: the first claim that is not above the BAR and has a byte. */
static bool model_is_above(const struct board *b, uint32_t claim, uint32_t of)
{
	while (of < b->bars.all.count) {
		of = b->claim[of].parent;
		if (of == claim)
			return true;
	}
	return false;
}

static bool model_has_byte(const struct board *b, uint32_t claim,
			   const struct resv_bar *bar, uint64_t page_size)
{
	uint64_t page, at;

	for (at = b->claim[claim].range.start;
	     at <= b->claim[claim].range.last; at++)
		for (page = bar->range.start / page_size;
		     page <= bar->range.last / page_size; page++)
			if (at / page_size == page)
				return true;
	return false;
}

static void model_sharers(const struct board *b, const struct resv_bar *bar,
			  uint64_t page_size, bool *shares)
{
	bool reached[CLAIMS_MAX];
	uint32_t i, p;

	for (i = 0; i < b->bars.all.count; i++) {
		shares[i] = !b->claim[i].io && i != bar->claim &&
			    b->claim[i].kind != RESV_CLAIM_HOST &&
			    !model_is_above(b, i, bar->claim) &&
			    model_has_byte(b, i, bar, page_size);
		reached[i] = shares[i];
	}
	/* Children are added after their parents. */
	for (i = 0; i < b->bars.all.count; i++) {
		p = b->claim[i].parent;
		if (p < b->bars.all.count && (p == bar->claim || reached[p])) {
			reached[i] = true;
			shares[i] = false;
		}
	}
}

static bool is_free(const struct board *b, uint32_t parent, uint64_t start,
		    uint64_t size)
{
	return model_request(b, parent, start, start + size - 1);
}

/* Tries a few places in claim @parent; where none is free, nothing is added. */
static void add_somewhere(struct board *b, bool own, uint32_t parent)
{
	const struct resv_range window = b->claim[parent].range;
	uint64_t size = 1ull << below(9);
	unsigned int tries;
	uint64_t start;

	if (!below(8))
		size += below(size);
	if (size > window.last - window.start + 1)
		return;
	for (tries = 0; tries < 8; tries++) {
		start = window.start +
			below(window.last - window.start + 2 - size);
		if (below(8))
			start -= start % size;
		if (!is_free(b, parent, start, size))
			continue;
		if (own)
			add_bar(b, RESV_CLAIM_BAR, parent, start, size);
		else
			add_claim(b, below(8) ? RESV_CLAIM_BAR :
						RESV_CLAIM_OTHER,
				  parent, start, size);
		return;
	}
}

static void random_board(struct board *b)
{
	uint64_t start = below(256);
	uint32_t windows = 1, i, n;

	board_init(b, start, SPACE - 1 - below(256));
	/* Bridges on the root bus, and one behind another. */
	for (i = 0, n = below(4); i < n; i++) {
		uint32_t parent = below(windows);
		const struct resv_range *in = &b->claim[parent].range;
		uint64_t size = 64 << below(4);
		uint64_t at = in->start +
			below(in->last - in->start + 1) / 64 * 64;

		if (!is_free(b, parent, at, size))
			continue;
		add_claim(b, RESV_CLAIM_WINDOW, parent, at, size);
		windows = b->bars.all.count;
	}
	n = below(windows);
	for (i = 0; i < 3; i++)
		add_somewhere(b, true, n);
	for (i = below(1 << below(6)); i; i--)
		add_somewhere(b, false, below(windows));
	for (i = windows; i < b->bars.all.count; i++)
		if (b->claim[i].function != 1 && !below(16))
			b->claim[i].io = true;
	/* Something in the function's own BAR, or in a neighbour's. */
	if (b->bars.all.count == windows || below(2))
		return;
	n = windows + below(b->bars.all.count - windows);
	if (!b->claim[n].io)
		add_somewhere(b, false, n);
}

static void random_msix(struct board *b)
{
	uint32_t k;

	b->bars.msix = below(4) ? RESV_MSIX_PLACED : RESV_MSIX_NONE;
	for (k = 0; k < 2; k++) {
		struct resv_msix_place *place =
			k ? &b->bars.table : &b->bars.pba;
		const struct resv_bar *bar;

		place->bar = below(b->bars.count);
		bar = &b->bars.bar[place->bar];
		place->range.start = below(bar->size);
		place->range.last = place->range.start +
			below(bar->size - place->range.start);
		assert_true(resv_msix_fits(&b->bars, place));
	}
}

static void compare(const struct board *b, uint32_t index, uint64_t page_size)
{
	const struct resv_bar *bar = &b->bars.bar[index];
	bool maps = model_maps(b, bar, page_size);
	bool shares[CLAIMS_MAX];
	struct resv_bar_page p;
	uint64_t offset;
	uint32_t i;

	assert_int_equal(resv_bar_at(&b->bars, index, page_size, &p), 0);
	assert_int_equal(p.vfio, maps ? RESV_BAR_MAPS : RESV_BAR_TRAPS);
	assert_int_equal(p.has_guest, maps);
	assert_int_equal(p.offset, bar->range.start % page_size);
	assert_int_equal(p.first_page, bar->range.start - p.offset);
	assert_int_equal(p.first_page + p.pages * page_size - 1, p.last_page);
	assert_true(p.last_page >= bar->range.last &&
		    p.last_page - bar->range.last < page_size);
	if (maps) {
		assert_int_equal(p.guest_offset, p.offset);
		assert_int_equal(p.guest_footprint, p.pages * page_size);
		assert_true(p.guest_align >= bar->size &&
			    p.guest_align / 2 < bar->size &&
			    !(p.guest_align & (p.guest_align - 1)));
	}
	for (offset = 0; offset < bar->size; offset++) {
		bool direct = false;
		bool table = false, pba = false;

		if (b->bars.msix == RESV_MSIX_PLACED) {
			table = model_touched(bar, page_size, &b->bars.table,
					      offset);
			pba = model_touched(bar, page_size, &b->bars.pba,
					    offset);
		}
		for (i = 0; i < p.directs; i++)
			direct |= offset >= p.direct[i].start &&
				  offset <= p.direct[i].last;
		assert_int_equal(direct, maps && !table && !pba);
		assert_int_equal(offset >= p.msix_table.start &&
				 offset <= p.msix_table.last, table);
		assert_int_equal(offset >= p.msix_pba.start &&
				 offset <= p.msix_pba.last, pba);
	}
	for (i = 0; i < p.directs; i++)
		assert_true(p.direct[i].start <= p.direct[i].last &&
			    p.direct[i].last < bar->size);
	model_sharers(b, bar, page_size, shares);
	for (i = 0; i < b->bars.all.count; i++)
		assert_int_equal(resv_bar_shares(&b->bars, index, &p, i),
				 shares[i]);
	if (p.why == RESV_BAR_SHARED)
		assert_true(shares[p.by]);
}

static void random_boards_equal_the_model(void **state)
{
	unsigned int maps[3] = { 0 };
	unsigned int n, k;
	uint32_t i;

	random_state = 0x9e3779b97f4a7c15ull;
	for (n = 0; n < 4000; n++) {
		struct board b;

		random_board(&b);
		if (!b.bars.count)
			continue;
		random_msix(&b);
		for (i = 0; i < b.bars.count; i++)
			for (k = 0; k < 3; k++) {
				uint64_t page_size = 16 << 2 * k;

				compare(&b, i, page_size);
				maps[k] += model_maps(&b, &b.bars.bar[i],
						      page_size);
			}
	}
	/* Both answers come often. */
	assert_in_range(maps[0], 3000, 8000);
	assert_in_range(maps[2], 500, 5000);
}

/* A number near an edge that matters. */
static uint64_t odd64(void)
{
	static const uint64_t edges[] = {
		0, 1, 0xfff, 0x1000, 0xffff, 0x10000, 1ull << 32, 1ull << 63,
		U64_MAX
	};
	uint64_t value = edges[below(ARRAY_SIZE(edges))];

	switch (below(4)) {
	case 0:
		return value + below(0x20000);
	case 1:
		return value - below(0x20000);
	case 2:
		return random64() >> below(64);
	default:
		return value;
	}
}

/* Anything at all: either refused, or an answer that holds together. */
static void random_numbers_do_no_harm(void **state)
{
	unsigned int n, answers = 0;
	uint32_t i, k;

	random_state = 0x2545f4914f6cdd1dull;
	for (n = 0; n < 200000; n++) {
		struct resv_bar_page p;
		struct board b;

		board_init(&b, odd64(), odd64());
		b.bars.all.count = 2 + below(6);
		for (i = 1; i < b.bars.all.count; i++)
			b.claim[i] = (struct resv_claim){
				.kind = below(6),
				.io = !below(8),
				.range = { odd64(), odd64() },
				.parent = below(4) ? below(8) :
						     (uint32_t)odd64(),
			};
		b.bars.count = 1 + below(4);
		for (i = 0; i < b.bars.count; i++) {
			struct resv_bar *bar = &b.bars.bar[i];

			*bar = (struct resv_bar){
				.kind = below(3),
				.number = i,
				.io = !below(8),
				.idle = !below(4),
				.assigned = below(8),
				.range = { odd64(), odd64() },
				.size = odd64(),
				.claim = below(4) ? below(8) : U32_MAX,
				.held = !below(8),
			};
			if (below(8) && bar->range.start <= bar->range.last)
				bar->size = bar->range.last -
					    bar->range.start + 1;
		}
		b.bars.page_size = below(8) ? 1ull << below(64) : odd64();
		b.bars.is_vf = !below(4);
		b.bars.not_mappable = !below(8);
		b.bars.bridge = !below(8);
		b.bars.vf_sizes_known = below(4);
		b.bars.vf_sizes = random64();
		b.bars.msix = below(3);
		b.bars.table.bar = below(4);
		b.bars.table.range = (struct resv_range){ odd64(), odd64() };
		b.bars.pba.bar = below(4);
		b.bars.pba.range = (struct resv_range){ odd64(), odd64() };
		(void)resv_msix_fits(&b.bars, &b.bars.table);
		k = below(b.bars.count);
		if (resv_bar_at(&b.bars, k,
				below(16) ? 1ull << below(64) : odd64(), &p))
			continue;
		answers++;
		assert_int_equal(p.vfio == RESV_BAR_MAPS,
				 p.why == RESV_BAR_OK);
		assert_true(p.offset < p.page_size);
		assert_true(p.directs <= 3);
		for (i = 0; i < p.directs; i++)
			assert_true(p.vfio == RESV_BAR_MAPS &&
				    p.direct[i].start <= p.direct[i].last &&
				    p.direct[i].last < p.size &&
				    (!i || p.direct[i].start >
						   p.direct[i - 1].last));
		if (p.has_guest) {
			assert_int_equal(p.vfio, RESV_BAR_MAPS);
			assert_true(p.guest_offset < p.page_size);
			assert_true(p.guest_footprint);
			assert_int_equal(p.guest_footprint & (p.page_size - 1),
					 0);
			assert_true(p.guest_footprint - p.guest_offset >=
				    p.size);
			assert_true(p.guest_align >= p.size);
		}
		if (p.why == RESV_BAR_SHARED || p.why == RESV_BAR_WINDOW_END)
			assert_true(p.by < b.bars.all.count);
		assert_true(p.by_bar < b.bars.count);
		for (i = 0; i < b.bars.all.count; i++)
			(void)resv_bar_shares(&b.bars, k, &p, i);
		resv_bar_move_guest(&p, odd64());
		if (p.has_guest)
			assert_true(p.guest_offset < p.page_size &&
				    p.guest_footprint &&
				    p.guest_footprint - p.guest_offset >=
					    p.size);
	}
	assert_in_range(answers, 20000, 190000);
}

static void every_answer_has_a_word(void **state)
{
	uint32_t why;

	assert_null(resv_bar_why_word(RESV_BAR_OK));
	assert_null(resv_bar_why_word(RESV_BAR_PARENT));
	for (why = RESV_BAR_IS_IO; why <= RESV_BAR_VF_ODD; why++)
		if (why != RESV_BAR_PARENT)
			assert_non_null(resv_bar_why_word(why));
	assert_string_equal(resv_bar_vfio_word(RESV_BAR_UNKNOWN), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_bars_map),
		cmocka_unit_test(small_bars_need_their_page),
		cmocka_unit_test(pages_end_with_their_window),
		cmocka_unit_test(other_kinds_do_not_map),
		cmocka_unit_test(missing_addresses_keep_all_from_vfio),
		cmocka_unit_test(msix_takes_whole_pages),
		cmocka_unit_test(vf_bars_follow_the_page_size),
		cmocka_unit_test(a_vf_is_one_of_them),
		cmocka_unit_test(page_sizes_of_vfs),
		cmocka_unit_test(guests_are_moved),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(the_top_is_no_trap),
		cmocka_unit_test(chains_that_never_end_are_left),
		cmocka_unit_test(random_boards_equal_the_model),
		cmocka_unit_test(random_numbers_do_no_harm),
		cmocka_unit_test(every_answer_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
