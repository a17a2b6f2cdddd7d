// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_bars.c - what becomes of devices' BARs at a page size, as text
 *
 * The text of devices/DEV/bars: one fact a line, "KEY: VALUE". First the device
 * (path, as pci=resource_alignment= takes it; page-size, that of the running
 * kernel; msix; vfs or vf-of), then for each BAR what it is, and for it and each
 * page size what VFIO makes of it:
 *
 *	bar 0: memory 0x10040000-0x10043fff, size 0x4000, ...
 *	bar 0 64K: traps, shared: 0000:00:02.0 BAR 1 ... is in the rest of its page
 *	bar 0 64K pages: the host pages that it touches, and its offset in them
 *	bar 0 64K shared: one line for each other with a byte in them
 *	bar 0 64K msix: what MSI-X makes untouchable, as offsets in the BAR
 *	bar 0 64K direct: what a guest reaches without a trap; only where it maps
 *	bar 0 64K guest: where a guest can have it; only where it maps
 *	bar 0 64K rule: one line for each rule of the board about it
 *
 * The ROM is "rom", the BARs of all virtual functions of a physical one "vf bar N".
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "report_bars.h"

/* What arm64 kernels can have (arch/arm64/Kconfig); 0 is for none. */
const u64 bars_page_sizes[BARS_PAGE_SIZES] = {
	SZ_4K, SZ_16K, SZ_64K,
#if PAGE_SIZE != SZ_4K && PAGE_SIZE != SZ_16K && PAGE_SIZE != SZ_64K
	PAGE_SIZE,
#endif
};

/**
 * bars_claim_device() - whose a claim is
 * @r: the report
 * @claim: index of the claim
 *
 * Return: name of the function; "host" for a window of a host bridge, "none" for
 * what is no PCI function's.
 */
const char *bars_claim_device(const struct bars_report *r, u32 claim)
{
	const struct resv_claim *c = &r->facts.bars.all.claim[claim];

	switch (c->kind) {
	case RESV_CLAIM_HOST:
		return "host";
	case RESV_CLAIM_OTHER:
		return "none";
	case RESV_CLAIM_BAR:
	case RESV_CLAIM_ROM:
	case RESV_CLAIM_VF:
	case RESV_CLAIM_WINDOW:
		break;
	}
	return pci_name(r->pci->dev[c->function]);
}

/**
 * bars_kind_word() - what has addresses
 * @kind: what
 * @io: they are I/O ports
 *
 * Return: the word.
 */
const char *bars_kind_word(enum resv_claim_kind kind, bool io)
{
	switch (kind) {
	case RESV_CLAIM_BAR:
		return io ? "io" : "memory";
	case RESV_CLAIM_ROM:
		return "rom";
	case RESV_CLAIM_VF:
		return "vf-memory";
	case RESV_CLAIM_WINDOW:
	case RESV_CLAIM_HOST:
		return "window";
	case RESV_CLAIM_OTHER:
		break;
	}
	return "other";
}

/* A claim by name, as a noun. */
static const char *claim_text(const struct bars_report *r, u32 claim,
			      char text[64])
{
	const struct resv_claim *c = &r->facts.bars.all.claim[claim];

	switch (c->kind) {
	case RESV_CLAIM_BAR:
		snprintf(text, 64, "%s BAR %u", bars_claim_device(r, claim),
			 c->number);
		break;
	case RESV_CLAIM_ROM:
		snprintf(text, 64, "%s ROM", bars_claim_device(r, claim));
		break;
	case RESV_CLAIM_VF:
		snprintf(text, 64, "%s VF BAR %u", bars_claim_device(r, claim),
			 c->number);
		break;
	case RESV_CLAIM_WINDOW:
		snprintf(text, 64, "the window of %s", bars_claim_device(r, claim));
		break;
	case RESV_CLAIM_HOST:
		snprintf(text, 64, "the window of the host bridge");
		break;
	case RESV_CLAIM_OTHER:
		snprintf(text, 64, "something that is no PCI function");
		break;
	}
	return text;
}

/* One of the function's own BARs by name, as a noun. */
static const char *bar_text(const struct resv_bar *bar, char text[16])
{
	switch (bar->kind) {
	case RESV_CLAIM_ROM:
		snprintf(text, 16, "rom");
		break;
	case RESV_CLAIM_VF:
		snprintf(text, 16, "vf bar %u", bar->number);
		break;
	default:
		snprintf(text, 16, "bar %u", bar->number);
		break;
	}
	return text;
}

/**
 * bars_why() - why a BAR cannot be mapped
 * @r: the report
 * @a: the answer
 * @text: room for it, which may be used or not
 *
 * Return: a sentence without its end, or %NULL where it can.
 */
const char *bars_why(const struct bars_report *r, const struct bar_answer *a,
		     char text[BARS_WHY_LEN])
{
	const struct resv_claim *all = r->facts.bars.all.claim;
	const struct resv_bar_page *p = &a->page;
	const struct resv_bar *blamed = &r->facts.bars.bar[p->by_bar];
	char name[64];
	char bar[16];

	switch (p->why) {
	case RESV_BAR_OK:
		return NULL;
	case RESV_BAR_IS_IO:
		return "vfio-pci has I/O ports read and written, not mapped";
	case RESV_BAR_IS_ROM:
		return "vfio-pci has the ROM read, not mapped";
	case RESV_BAR_NOT_MAPPABLE:
		return "the kernel says that this device's BARs must not be mapped";
	case RESV_BAR_BRIDGE:
		return "vfio-pci takes no bridges";
	case RESV_BAR_PARENT:
		return "what it is claimed in is no window of a bridge, so it is not known who has the rest of its page";
	case RESV_BAR_VF_UNREAD:
		return "which page sizes the virtual functions support cannot be read";
	case RESV_BAR_VF_NONE:
		return "the device supports no System Page Size as large as a page, so Linux makes no virtual functions";
	case RESV_BAR_UNALIGNED:
		snprintf(text, BARS_WHY_LEN,
			 "it is smaller than a page and starts 0x%llx bytes into one",
			 p->offset);
		break;
	case RESV_BAR_SHARED:
		snprintf(text, BARS_WHY_LEN,
			 "%s (0x%llx-0x%llx) is in the rest of its page",
			 claim_text(r, p->by, name), all[p->by].range.start,
			 all[p->by].range.last);
		break;
	case RESV_BAR_WINDOW_END:
		snprintf(text, BARS_WHY_LEN,
			 "%s ends at 0x%llx, before the page does",
			 claim_text(r, p->by, name), all[p->by].range.last);
		break;
	case RESV_BAR_NOT_ASSIGNED:
		snprintf(text, BARS_WHY_LEN, "%s has no address, so %s",
			 bar_text(blamed, bar),
			 a->bar->kind == RESV_CLAIM_VF ?
				 "Linux makes no virtual functions" :
				 "Linux does not enable the device");
		break;
	case RESV_BAR_HELD:
		snprintf(text, BARS_WHY_LEN,
			 "something else has 0x%llx-0x%llx of it, so vfio-pci gets EBUSY",
			 a->bar->holder.start, a->bar->holder.last);
		break;
	case RESV_BAR_VF_GROWS:
		snprintf(text, BARS_WHY_LEN,
			 "%s has 0x%llx bytes a function now; how many it has with pages of another size shows only there",
			 bar_text(blamed, bar), blamed->size);
		break;
	case RESV_BAR_VF_ODD:
		snprintf(text, BARS_WHY_LEN,
			 "%s has 0x%llx bytes a function, no multiple of a page, so Linux makes no virtual functions",
			 bar_text(blamed, bar), blamed->size);
		break;
	}
	return text;
}

/**
 * bars_outcome_word() - what became of a rule
 * @rule: the rule
 *
 * Return: the word.
 */
const char *bars_outcome_word(const struct resv_bar_rule *rule)
{
	switch (rule->verdict.outcome) {
	case RESV_ENFORCED:
		return "enforced";
	case RESV_DISABLED:
		return "disabled";
	default:
		return "advised";
	}
}

/**
 * bars_answer() - the answer for a BAR, with what rules say
 * @r: the report; its storage for rules is filled in
 * @index: index of the BAR
 * @page_size: the page size
 * @a: filled in
 *
 * Return: 0 or an error.
 */
int bars_answer(struct bars_report *r, u32 index, u64 page_size,
		struct bar_answer *a)
{
	bool moved = false;
	u32 i;
	int ret;

	a->index = index;
	a->bar = &r->facts.bars.bar[index];
	a->rules = 0;
	ret = resv_bar_at(&r->facts.bars, index, page_size, &a->page);
	if (ret || a->bar->kind == RESV_CLAIM_VF)
		return ret;
	ret = resv_bar_rules(r->state, r->dev, a->bar->number, a->bar->size,
			     page_size, r->rule, r->state->bar_rules);
	if (ret < 0)
		return ret;
	a->rules = ret;
	for (i = 0; i < a->rules && !moved; i++) {
		moved = r->rule[i].says == QUIRK_SOURCE_BAR_OFFSET &&
			r->rule[i].verdict.outcome == RESV_ENFORCED;
		if (moved)
			resv_bar_move_guest(&a->page, r->rule[i].offset);
	}
	return 0;
}

/*
 * Text
 */

/* The key of a line: "bar 0 64K" and a word. */
static void put_key(struct resv_text *t, const struct bar_answer *a,
		    const char *word)
{
	char name[16];

	put(t, "%s %lluK%s%s: ", bar_text(a->bar, name),
	    a->page.page_size / SZ_1K, *word ? " " : "", word);
}

static void put_bar(const struct bars_report *r, u32 index)
{
	const struct resv_bar *bar = &r->facts.bars.bar[index];
	struct resv_text *t = r->t;
	char name[64];
	u32 parent;

	put(t, "%s: %s ", bar_text(bar, name),
	    bars_kind_word(bar->kind == RESV_CLAIM_VF ? RESV_CLAIM_BAR :
							bar->kind, bar->io));
	if (bar->assigned)
		put(t, "0x%llx-0x%llx", bar->range.start, bar->range.last);
	else
		put(t, "without an address");
	put(t, ", size 0x%llx%s", bar->size,
	    bar->kind == RESV_CLAIM_VF ? " each" : "");
	if (!bar->io)
		put(t, ", %u bits, %sprefetchable", bar->bits,
		    bar->prefetchable ? "" : "not ");
	if (r->facts.has_bus[index])
		put(t, ", bus 0x%llx", r->facts.bus[index]);
	if (bar->assigned) {
		parent = r->facts.bars.all.claim[bar->claim].parent;
		if (parent < r->facts.bars.all.count)
			put(t, ", in %s at 0x%llx-0x%llx",
			    claim_text(r, parent, name),
			    r->facts.bars.all.claim[parent].range.start,
			    r->facts.bars.all.claim[parent].range.last);
	}
	put(t, "\n");
}

static void put_shared(const struct bars_report *r, const struct bar_answer *a)
{
	const struct resv_claims *all = &r->facts.bars.all;
	char name[64];
	u32 i;

	for (i = 0; i < all->count; i++) {
		if (!resv_bar_shares(&r->facts.bars, a->index, &a->page, i))
			continue;
		put_key(r->t, a, "shared");
		put(r->t, "%s, 0x%llx-0x%llx\n", claim_text(r, i, name),
		    all->claim[i].range.start, all->claim[i].range.last);
	}
}

static void put_direct(const struct bars_report *r, const struct bar_answer *a)
{
	u32 i;

	put_key(r->t, a, "direct");
	for (i = 0; i < a->page.directs; i++)
		put(r->t, "%s0x%llx-0x%llx", i ? ", " : "",
		    a->page.direct[i].start, a->page.direct[i].last);
	if (a->bar->kind == RESV_CLAIM_VF)
		put(r->t, "unknown (see the virtual functions)");
	else if (a->page.moves)
		put(r->t, "unknown (it depends on the page size what is where)");
	else if (r->facts.msix_error)
		put(r->t, "unknown (%s)", r->facts.msix_error);
	else if (!a->page.directs)
		put(r->t, "none");
	put(r->t, "\n");
}

static void put_answer(const struct bars_report *r, const struct bar_answer *a)
{
	const struct resv_bar_page *p = &a->page;
	const char *word = resv_bar_why_word(p->why);
	struct resv_text *t = r->t;
	char why[BARS_WHY_LEN];
	u32 i;

	put_key(t, a, "");
	put(t, "%s", resv_bar_vfio_word(p->vfio));
	if (word)
		put(t, ", %s", word);
	if (p->why != RESV_BAR_OK)
		put(t, ": %s", bars_why(r, a, why));
	put(t, "\n");
	if (p->has_address) {
		put_key(t, a, "pages");
		put(t, "%llu from 0x%llx, offset 0x%llx\n", p->pages,
		    p->first_page, p->offset);
	}
	if (p->moves) {
		put_key(t, a, "moves");
		put(t, "Linux may give it another size and place there\n");
	}
	put_shared(r, a);
	if (bars_is_some(&p->msix_table)) {
		put_key(t, a, "msix");
		put(t, "table, 0x%llx-0x%llx\n", p->msix_table.start,
		    p->msix_table.last);
	}
	if (bars_is_some(&p->msix_pba)) {
		put_key(t, a, "msix");
		put(t, "pending bits, 0x%llx-0x%llx\n", p->msix_pba.start,
		    p->msix_pba.last);
	}
	if (p->vfio == RESV_BAR_MAPS)
		put_direct(r, a);
	if (p->has_guest) {
		put_key(t, a, "guest");
		put(t, "guest address = 0x%llx modulo 0x%llx, a multiple of 0x%llx, alone in 0x%llx bytes of pages\n",
		    p->guest_offset, p->page_size, p->guest_align,
		    p->guest_footprint);
	}
	for (i = 0; i < a->rules; i++) {
		const struct resv_bar_rule *rule = &r->rule[i];

		put_key(t, a, "rule");
		put_rule_name(t, r->state, rule->ref);
		put(t, " says %s", quirk_bar_word(rule->says));
		if (rule->says == QUIRK_SOURCE_BAR_OFFSET)
			put(t, " 0x%llx", rule->offset);
		put(t, ", %s, %s: %s\n", bars_outcome_word(rule),
		    rule_confidence(r->state, rule->ref->rule),
		    rule_string(r->state, rule->ref->rule, QUIRK_RULE_REASON));
	}
}

/**
 * put_bars_sizes() - add page sizes in bytes
 * @t: the text
 * @sizes: bit n for 4 KiB << n
 * @between: what stands between two
 */
void put_bars_sizes(struct resv_text *t, u32 sizes, char between)
{
	bool first = true;
	u32 bit;

	for (bit = 0; bit < 32; bit++) {
		if (!(sizes & BIT(bit)))
			continue;
		if (!first)
			put(t, "%c", between);
		put(t, "%llu", (u64)SZ_4K << bit);
		first = false;
	}
}

static void put_function(const struct bars_report *r)
{
	const struct resv_bars *bars = &r->facts.bars;
	struct resv_text *t = r->t;

	if (*r->facts.path)
		put(t, "path: %s\n", r->facts.path);
	put(t, "page-size: %lu\n", PAGE_SIZE);
	put(t, "other-page-sizes: as below where addresses stay as they are\n");
	switch (bars->msix) {
	case RESV_MSIX_NONE:
		put(t, "msix: none\n");
		break;
	case RESV_MSIX_UNKNOWN:
		put(t, "msix: unknown (%s)\n", r->facts.msix_error);
		break;
	case RESV_MSIX_PLACED:
		put(t, "msix: %u vectors, table in bar %u at 0x%llx-0x%llx, pending bits in bar %u at 0x%llx-0x%llx\n",
		    r->facts.vectors, bars->table.bar, bars->table.range.start,
		    bars->table.range.last, bars->pba.bar,
		    bars->pba.range.start, bars->pba.range.last);
		break;
	}
	if (r->facts.vf_of)
		put(t, "vf-of: %s\n", pci_name(r->facts.vf_of));
	if (r->facts.is_pf) {
		put(t, "vfs: %u, ", r->facts.vfs);
		if (r->facts.vfs_set_up)
			put(t, "of which there are %u", r->facts.vfs_now);
		else
			put(t, "which Linux has not set up");
		put(t, "; page sizes ");
		put_bars_sizes(t, bars->vf_sizes, ' ');
		put(t, "\n");
	}
}

/**
 * bars_start() - see a function's BARs, for a report on them
 * @r: with all but the facts and the storage for rules, which are filled in; the
 *	latter is the caller's to free, in any case
 *
 * Return: 0, with facts.error where they cannot be told, or what
 * resv_bar_facts_look() returns, or -ENOMEM.
 */
int bars_start(struct bars_report *r)
{
	int ret;

	/* Before the first state and after the last one. */
	if (!r->state)
		return -ENODEV;
	ret = resv_bar_facts_look(&r->facts, r->pci, r->dev);
	if (ret)
		return ret;
	r->rule = kvmalloc_array(max(r->state->bar_rules, 1U), sizeof(*r->rule),
				 GFP_KERNEL);
	return r->rule ? 0 : -ENOMEM;
}

static int put_text(struct bars_report *r)
{
	u32 i, k;
	int ret;

	put_function(r);
	for (i = 0; i < r->facts.bars.count; i++) {
		put_bar(r, i);
		for (k = 0; k < BARS_PAGE_SIZES && bars_page_sizes[k]; k++) {
			struct bar_answer a;

			ret = bars_answer(r, i, bars_page_sizes[k], &a);
			if (ret)
				return ret;
			put_answer(r, &a);
		}
	}
	return 0;
}

/**
 * resv_report_device_bars() - what becomes of a device's BARs, as text
 * @t: receives it
 * @object: struct resv_device of a PCI function
 *
 * Context: may sleep; takes no lock of the PCI core.
 * Return: 0; -ENODEV where the device is gone, going or not set up yet, -EAGAIN
 * where PCI devices kept coming and going, -EIO where its BARs cannot be told, or
 * another error.
 */
int resv_report_device_bars(struct resv_text *t, void *object)
{
	const struct resv_device *rd = object;
	struct bars_report *r;
	struct resv_pci pci;
	int idx, ret;

	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	idx = srcu_read_lock(&resv_srcu);
	ret = resv_pci_look(&pci);
	if (!ret) {
		r->t = t;
		r->state = resv_state_now();
		r->dev = rd->dev;
		r->pci = &pci;
		ret = bars_start(r);
		if (!ret)
			ret = r->facts.error ? -EIO : put_text(r);
	}
	resv_pci_forget(&pci);
	srcu_read_unlock(&resv_srcu, idx);
	kvfree(r->rule);
	kfree(r);
	return ret;
}
