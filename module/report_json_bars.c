// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_json_bars.c - what becomes of devices' BARs at a page size, as JSON
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "report_bars.h"

static void put_hex(struct resv_text *t, const char *name, bool known, u64 value)
{
	if (known)
		put(t, "\"%s\":\"0x%llx\",", name, value);
	else
		put(t, "\"%s\":null,", name);
}

static void put_json_place(struct resv_text *t, const char *name,
			   const struct resv_msix_place *place)
{
	put(t, "\"%s\":{\"bar\":%u,", name, place->bar);
	put_range(t, &place->range);
	put(t, "}");
}

static void put_json_shared(const struct bars_report *r,
			    const struct bar_answer *a)
{
	const struct resv_claims *all = &r->facts.bars.all;
	bool first = true;
	u32 i;

	put(r->t, "\"shared_with\":[");
	for (i = 0; i < all->count; i++) {
		const struct resv_claim *c = &all->claim[i];

		if (!resv_bar_shares(&r->facts.bars, a->index, &a->page, i))
			continue;
		put_comma(r->t, &first);
		put(r->t, "{\"device\":\"%s\",", bars_claim_device(r, i));
		if (c->kind <= RESV_CLAIM_VF)
			put(r->t, "\"bar\":%u,", c->number);
		else
			put(r->t, "\"bar\":null,");
		put(r->t, "\"kind\":\"%s\",", bars_kind_word(c->kind, c->io));
		put_range(r->t, &c->range);
		put(r->t, "}");
	}
	put(r->t, "],");
}

static void put_json_msix(struct resv_text *t, const struct resv_bar_page *p)
{
	bool first = true;

	put(t, "\"msix\":[");
	if (bars_is_some(&p->msix_table)) {
		put_comma(t, &first);
		put(t, "{\"what\":\"table\",");
		put_range(t, &p->msix_table);
		put(t, "}");
	}
	if (bars_is_some(&p->msix_pba)) {
		put_comma(t, &first);
		put(t, "{\"what\":\"pba\",");
		put_range(t, &p->msix_pba);
		put(t, "}");
	}
	put(t, "],");
}

static void put_json_rules(const struct bars_report *r,
			   const struct bar_answer *a)
{
	struct resv_text *t = r->t;
	bool first = true;
	u32 i;

	put(t, "\"rules\":[");
	for (i = 0; i < a->rules; i++) {
		const struct resv_bar_rule *rule = &r->rule[i];

		put_comma(t, &first);
		put(t, "{\"rule\":\"");
		put_rule_name(t, r->state, rule->ref);
		put(t, "\",\"says\":\"%s\",\"outcome\":\"%s\",",
		    quirk_bar_word(rule->says), bars_outcome_word(rule));
		put_hex(t, "offset", rule->says == QUIRK_SOURCE_BAR_OFFSET,
			rule->offset);
		put(t, "\"confidence\":\"%s\",",
		    rule_confidence(r->state, rule->ref->rule));
		put_member(t, "reason",
			   rule_string(r->state, rule->ref->rule,
				       QUIRK_RULE_REASON));
		put(t, ",");
		put_member(t, "reference",
			   rule_string(r->state, rule->ref->rule,
				       QUIRK_RULE_REFERENCE));
		put(t, "}");
	}
	put(t, "]");
}

static void put_json_answer(const struct bars_report *r,
			    const struct bar_answer *a)
{
	const struct resv_bar_page *p = &a->page;
	const char *word = resv_bar_why_word(p->why);
	struct resv_text *t = r->t;
	char why[BARS_WHY_LEN];
	bool first = true;
	u32 i;

	put(t, "\n{\"page_size\":%llu,\"running\":%s,\"vfio\":\"%s\",",
	    p->page_size, p->page_size == PAGE_SIZE ? "true" : "false",
	    resv_bar_vfio_word(p->vfio));
	if (word)
		put(t, "\"reason\":\"%s\",", word);
	else
		put(t, "\"reason\":null,");
	if (p->why == RESV_BAR_OK)
		put(t, "\"why\":null");
	else
		put_member(t, "why", bars_why(r, a, why));
	put(t, ",");
	put_hex(t, "offset", p->has_address, p->offset);
	put_hex(t, "first_page", p->has_address, p->first_page);
	if (p->has_address)
		put(t, "\"page_count\":%llu,", p->pages);
	else
		put(t, "\"page_count\":null,");
	put_hex(t, "size", p->size_known, p->size);
	put(t, "\"moves\":%s,", p->moves ? "true" : "false");
	put_json_shared(r, a);
	put_json_msix(t, p);
	put(t, "\"direct\":[");
	for (i = 0; i < p->directs; i++) {
		put_comma(t, &first);
		put(t, "{");
		put_range(t, &p->direct[i]);
		put(t, "}");
	}
	put(t, "],\"guest\":");
	if (p->has_guest)
		put(t, "{\"offset\":\"0x%llx\",\"align\":\"0x%llx\",\"footprint\":\"0x%llx\"},",
		    p->guest_offset, p->guest_align, p->guest_footprint);
	else
		put(t, "null,");
	put_json_rules(r, a);
	put(t, "}");
}

static void put_json_window(const struct bars_report *r,
			    const struct resv_bar *bar)
{
	const struct resv_claims *all = &r->facts.bars.all;
	u32 parent = bar->assigned ? all->claim[bar->claim].parent :
				     RESV_CLAIM_NONE;

	put(r->t, "\"window\":");
	if (parent >= all->count) {
		put(r->t, "null,");
		return;
	}
	put(r->t, "{");
	put_range(r->t, &all->claim[parent].range);
	put(r->t, ",\"owner\":\"%s\"},", bars_claim_device(r, parent));
}

static int put_json_bar(struct bars_report *r, u32 index)
{
	const struct resv_bar *bar = &r->facts.bars.bar[index];
	struct resv_text *t = r->t;
	bool first = true;
	u32 i;
	int ret;

	put(t, "\n{\"bar\":%u,\"kind\":\"%s\",", bar->number,
	    bars_kind_word(bar->kind, bar->io));
	if (bar->io)
		put(t, "\"bits\":null,\"prefetchable\":null,");
	else
		put(t, "\"bits\":%u,\"prefetchable\":%s,", bar->bits,
		    bar->prefetchable ? "true" : "false");
	put_hex(t, "start", bar->assigned, bar->range.start);
	put_hex(t, "last", bar->assigned, bar->range.last);
	put_hex(t, "bus", r->facts.has_bus[index], r->facts.bus[index]);
	put_hex(t, "size", true, bar->size);
	put(t, "\"assigned\":%s,", bar->assigned ? "true" : "false");
	put_json_window(r, bar);
	put(t, "\"pages\":[");
	for (i = 0; i < BARS_PAGE_SIZES && bars_page_sizes[i]; i++) {
		struct bar_answer a;

		ret = bars_answer(r, index, bars_page_sizes[i], &a);
		if (ret)
			return ret;
		put_comma(t, &first);
		put_json_answer(r, &a);
	}
	put(t, "]}");
	return 0;
}

static int put_json_function(struct bars_report *r)
{
	const struct resv_bars *bars = &r->facts.bars;
	struct resv_text *t = r->t;
	bool first = true;
	u32 i;
	int ret;

	put(t, "{\"page_size\":%lu,\"error\":null,\"msix\":", PAGE_SIZE);
	if (bars->msix == RESV_MSIX_PLACED) {
		put(t, "{\"vectors\":%u,", r->facts.vectors);
		put_json_place(t, "table", &bars->table);
		put(t, ",");
		put_json_place(t, "pba", &bars->pba);
		put(t, "},");
	} else {
		put(t, "null,");
	}
	if (r->facts.msix_error)
		put_member(t, "msix_error", r->facts.msix_error);
	else
		put(t, "\"msix_error\":null");
	if (r->facts.is_pf) {
		put(t, ",\"vfs\":{\"total\":%u,\"enabled\":%u,\"page_sizes\":[",
		    r->facts.vfs, r->facts.vfs_now);
		put_bars_sizes(t, bars->vf_sizes, ',');
		put(t, "]},");
	} else {
		put(t, ",\"vfs\":null,");
	}
	if (r->facts.vf_of)
		put_member(t, "vf_of", pci_name(r->facts.vf_of));
	else
		put(t, "\"vf_of\":null");
	if (*r->facts.path)
		put(t, ",\"path\":\"%s\"", r->facts.path);
	else
		put(t, ",\"path\":null");
	put(t, ",\"list\":[");
	for (i = 0; i < bars->count; i++) {
		put_comma(t, &first);
		ret = put_json_bar(r, i);
		if (ret)
			return ret;
	}
	put(t, "]}");
	return 0;
}

static void put_json_error(struct resv_text *t, const char *error)
{
	put(t, "{\"page_size\":%lu,", PAGE_SIZE);
	put_member(t, "error", error);
	put(t, ",\"msix\":null,\"msix_error\":null,\"vfs\":null,\"vf_of\":null,\"path\":null,\"list\":[]}");
}

/**
 * put_json_bars() - add what becomes of a device's BARs, as a member of its object
 * @t: the text
 * @dev: the device, referenced by the caller
 * @pci: who has which addresses, or %NULL where that kept changing
 *
 * Context: may sleep; the caller holds resv_srcu.
 * Return: 0 or an error.
 */
int put_json_bars(struct resv_text *t, struct device *dev,
		  struct resv_pci *pci)
{
	struct bars_report *r;
	int ret;

	put(t, "\"bars\":");
	if (!dev_is_pci(dev)) {
		put(t, "null");
		return 0;
	}
	if (!pci) {
		put_json_error(t, "PCI devices kept coming and going: read the report again");
		return 0;
	}
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->t = t;
	r->state = resv_state_now();
	r->dev = dev;
	r->pci = pci;
	ret = bars_start(r);
	if (ret == -ENODEV) {
		put_json_error(t, "the device is gone or going, or Linux has not set it up yet");
		ret = 0;
	} else if (ret == -E2BIG) {
		put_json_error(t, "there is too much in its pages that is no PCI function");
		ret = 0;
	} else if (!ret && r->facts.error) {
		put_json_error(t, r->facts.error);
	} else if (!ret) {
		ret = put_json_function(r);
	}
	cond_resched();
	kvfree(r->rule);
	kfree(r);
	return ret;
}
