// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_job_print.c - the answer of iommu-resv bars place
 *
 * Contracts are in bars_job.h.
 */
#include "bars_job.h"
#include "out.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND		"bars place"
#define TEXT_MAX	512

/*
 * Conflicts
 */

static const char *item_text(char text[96], const struct bars_item *item)
{
	if (item->bar == BAR_ROM)
		snprintf(text, 96, "%.64s/rom", item->device);
	else
		snprintf(text, 96, "%.64s/%" PRIu32, item->device, item->bar);
	return text;
}

__attribute__((format(printf, 3, 4)))
static void say(struct out *o, const char *key, const char *format, ...)
{
	char text[2 * TEXT_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	out_text(o, key, text);
}

/* The rule of a table that says which offset a guest needs; NULL for none. */
static const char *offset_rule(const struct bar_page *p)
{
	size_t i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].enforced && !strcmp(p->rule[i].says, "offset"))
			return p->rule[i].rule;
	return NULL;
}

static void say_offset(struct out *o, const struct bars_job *job,
		       const struct bars_item *a, const char *name)
{
	const struct bar_page *p = job->source[a - job->request.item].page;
	const char *rule = offset_rule(p);

	say(o, "why",
	    "%s has 0x%" PRIx64 " bytes, and %s%s has it at offset 0x%" PRIx64 " of a page of 0x%" PRIx64,
	    name, a->size, rule ? "rule " : "the host", rule ? rule : "",
	    a->offset, job->request.page_size);
	if (rule)
		say(o, "do", "correct that rule, or load the module with disable=%s",
		    rule);
	else
		say(o, "do", "keep %s from being mapped in the VMM", name);
}

/* Where a pinned BAR might be instead. */
static void say_pin(struct out *o, const struct bars_job *job,
		    const struct bars_item *a, const char *name)
{
	u64 offset = a->maps ? a->offset : 0;
	u64 mask = a->size - 1;

	if (a->maps)
		mask |= job->request.page_size - 1;
	if (a->maps)
		say(o, "why",
		    "%s is at 0x%" PRIx64 ", and has 0x%" PRIx64 " bytes and on the host offset 0x%" PRIx64 " of a page of 0x%" PRIx64,
		    name, a->address, a->size, offset,
		    job->request.page_size);
	else
		say(o, "why", "%s is at 0x%" PRIx64 ", and has 0x%" PRIx64 " bytes",
		    name, a->address, a->size);
	say(o, "do", "for example have it at 0x%" PRIx64,
	    (a->address & ~mask) + offset);
}

/* What is in the pages of a mapped BAR. */
static void say_page(struct out *o, const struct bars_job *job,
		     const struct bars_item *a, u64 at, const char *one,
		     u64 there, const char *two)
{
	struct resv_range own = bars_own(&job->request, a, at);
	char pages[48];

	say(o, "why", "%s is mapped and has %s for itself, where %s is at 0x%" PRIx64,
	    one, bars_range_text(pages, &own), two, there);
}

static void say_two(struct out *o, const struct bars_job *job,
		    const struct bars_conflict *c, const char *one,
		    const char *two)
{
	const struct bars_item *a = &job->request.item[c->a];
	const struct bars_item *b = &job->request.item[c->b];

	switch (c->rule) {
	case BARS_RULE_PAGE:
		if (a->maps)
			say_page(o, job, a, c->a_at, one, c->b_at, two);
		else
			say_page(o, job, b, c->b_at, two, c->a_at, one);
		break;
	case BARS_RULE_OVERLAP:
		say(o, "why", "%s has 0x%" PRIx64 " bytes at 0x%" PRIx64 ", and %s has 0x%" PRIx64 " at 0x%" PRIx64,
		    one, a->size, c->a_at, two, b->size, c->b_at);
		break;
	case BARS_RULE_TOGETHER:
		if (a->pinned && b->pinned &&
		    c->a_at - a->offset != c->b_at - b->offset)
			say(o, "why", "%s and %s are in page 0x%" PRIx64 " of the host, but are to be at 0x%" PRIx64 " and 0x%" PRIx64,
			    one, two, a->host_page, c->a_at, c->b_at);
		else
			say(o, "why", "%s and %s are in page 0x%" PRIx64 " of the host, there at offsets 0x%" PRIx64 " and 0x%" PRIx64 " with 0x%" PRIx64 " and 0x%" PRIx64 " bytes",
			    one, two, a->host_page, a->offset, b->offset,
			    a->size, b->size);
		say(o, "do", "have both in one page, or give the guest only one of the devices");
		return;
	default:
		say(o, "why", "%s has to be in one page with %s, which is at 0x%" PRIx64,
		    one, two, c->b_at);
	}
	say(o, "do", "have one of them elsewhere, or leave out its --at");
}

static void say_room(struct out *o, const struct bars_job *job,
		     const struct bars_conflict *c, const char *one,
		     const char *two)
{
	const struct bars_item *a = &job->request.item[c->a];
	const char *which = "";

	if (bars_has_bridge(job->want) && !a->prefetchable)
		which = " (those that are not prefetchable)";
	else if (!a->wide)
		which = " (those below 4 GiB)";
	say(o, "why", "%s needs 0x%" PRIx64 " bytes at a multiple of as many; the windows that it may be in%s have room for %" PRIu64 " such blocks, of which regions and address 0 take %" PRIu64 ", BARs that have to be where they are %" PRIu64 ", and BARs that need no less %" PRIu64,
	    one, c->block, which, c->blocks, c->blocks_kept,
	    c->blocks_pinned, c->blocks_placed);
	if (two)
		out_text(o, "largest of these", two);
	out_text(o, "do",
		 "give the guest one such block more in such a window, or fewer devices");
}

static void say_one(struct out *o, const struct bars_job *job,
		    const struct bars_conflict *c, const char *name)
{
	const struct bars_item *a = &job->request.item[c->a];
	struct resv_range own = bars_own(&job->request, a, c->a_at);
	char pages[48], region[48];

	bars_range_text(pages, &own);
	switch (c->rule) {
	case BARS_RULE_OFFSET:
		say_offset(o, job, a, name);
		return;
	case BARS_RULE_ALIGN:
	case BARS_RULE_CONGRUENT:
		say_pin(o, job, a, name);
		return;
	case BARS_RULE_KEPT:
		say(o, "why", "%s has %s, where group %" PRId64 " has a region of type %s at %s, by %s",
		    name, pages, job->kept[c->kept].group,
		    job->kept[c->kept].type,
		    bars_range_text(region, &job->kept[c->kept].range),
		    job->kept[c->kept].by);
		say(o, "do", "have it elsewhere; or, where no other device needs to reach it, --ignore-regions");
		return;
	case BARS_RULE_ROOM:
		say_room(o, job, c, name, NULL);
		return;
	default:
		say(o, "why", "%s has %s", name, pages);
		say(o, "do", "have it elsewhere, or leave out its --at");
	}
}

static void print_conflict(struct out *o, const struct bars_job *job,
			   const struct bars_conflict *c)
{
	char one[96], two[96];

	item_text(one, &job->request.item[c->a]);
	if (c->b != BARS_NONE)
		item_text(two, &job->request.item[c->b]);
	out_object(o);
	out_text(o, "rule", bars_rule_name(c->rule));
	out_array(o, "bars");
	out_text(o, NULL, one);
	if (c->b != BARS_NONE)
		out_text(o, NULL, two);
	out_close(o);
	out_text(o, "says", bars_rule_text(c->rule));
	if (c->b == BARS_NONE)
		say_one(o, job, c, one);
	else if (c->rule == BARS_RULE_ROOM)
		say_room(o, job, c, one, two);
	else
		say_two(o, job, c, one, two);
	if (c->rule == BARS_RULE_ROOM) {
		out_hex(o, "block", c->block, 1);
		out_hex(o, "blocks", c->blocks, 1);
		out_hex(o, "blocks of regions", c->blocks_kept, 1);
		out_hex(o, "blocks of pinned", c->blocks_pinned, 1);
		out_hex(o, "blocks of others", c->blocks_placed, 1);
	}
	out_close(o);
}

static void print_closed(struct out *o, const struct bars_closed *c)
{
	char name[96];

	out_object(o);
	out_text(o, "rule", "vfio");
	out_array(o, "bars");
	item_text(name, &(struct bars_item){ .device = c->device->name,
					     .bar = c->bar->number });
	out_text(o, NULL, name);
	out_close(o);
	out_text(o, "says", "VFIO has to open the device");
	out_text(o, "why", c->page->why ? c->page->why : "it does not");
	if (c->page->reason && !strcmp(c->page->reason, "bridge"))
		say(o, "do", "leave out %s: it is no device for a guest",
		    c->device->name);
	else
		say(o, "do", "see what is wrong: iommu-resv bars show %s",
		    c->device->name);
	out_close(o);
}

static void print_conflicts(struct out *o, const struct bars_job *job)
{
	size_t i;

	out_array(o, "conflicts");
	for (i = 0; i < job->closeds; i++)
		print_closed(o, &job->closed[i]);
	for (i = 0; i < job->request.conflicts; i++)
		print_conflict(o, job, &job->request.conflict[i]);
	out_close(o);
}

/*
 * The answer
 */

static void print_kept(struct out *o, const struct bars_job *job)
{
	const struct bars_want *want = job->want;
	size_t i, j;

	out_table(o, "kept out");
	for (i = 0; i < job->kepts; i++) {
		const struct bars_kept *k = &job->kept[i];

		for (j = 0; j < want->windows; j++)
			if (resv_range_overlaps(&k->range,
						&want->window[j].range))
				break;
		if (want->windows && j == want->windows)
			continue;
		out_object(o);
		out_hex(o, "start", k->range.start, 1);
		out_hex(o, "last", k->range.last, 1);
		out_text(o, "type", k->type);
		out_number(o, "group", k->group);
		out_text(o, "by", k->by);
		out_close(o);
	}
	out_close(o);
}

static void print_left(struct out *o, const struct bars_job *job)
{
	size_t i;

	out_table(o, "left out");
	for (i = 0; i < job->lefts; i++) {
		const struct bars_left *l = &job->left[i];

		out_object(o);
		out_text(o, "device", l->device->name);
		out_number(o, "bar", l->bar->number);
		out_text(o, "kind", bar_kind_name(l->bar->kind));
		out_text(o, "why", l->why);
		out_close(o);
	}
	out_close(o);
}

/* What a guest reaches without a trap. */
static const char *access_of(const struct bar_page *p)
{
	if (p->vfio != BAR_MAPS)
		return "traps";
	if (!p->directs)
		return "maps";
	return p->direct[0].last - p->direct[0].start == p->size - 1 ?
		       "direct" : "partly";
}

static int by_address(const void *a, const void *b)
{
	const struct bars_item *x = *(const struct bars_item * const *)a;
	const struct bars_item *y = *(const struct bars_item * const *)b;

	return (x->address > y->address) - (x->address < y->address);
}

static void print_placement(struct out *o, const struct bars_job *job)
{
	const struct bars_request *request = &job->request;
	const struct bars_item **order;
	size_t i;

	order = bars_grown(NULL, request->items, sizeof(*order));
	for (i = 0; i < request->items; i++)
		order[i] = &request->item[i];
	qsort(order, request->items, sizeof(*order), by_address);
	out_table(o, "placement");
	for (i = 0; i < request->items; i++) {
		const struct bars_item *item = order[i];

		out_object(o);
		out_hex(o, "address", item->address, 1);
		out_hex(o, "size", item->size, 1);
		out_text(o, "device", item->device);
		out_number(o, "bar", item->bar);
		out_text(o, "access",
			 access_of(job->source[item - request->item].page));
		out_hex(o, "own start", item->own.start, 1);
		out_hex(o, "own last", item->own.last, 1);
		out_close(o);
	}
	out_close(o);
	free(order);
}

static void print_windows(struct out *o, const struct bars_job *job)
{
	const struct bars_request *request = &job->request;
	size_t i, j;

	out_table(o, "windows");
	for (i = 0; i < request->windows; i++) {
		const struct bars_window *w = &request->window[i];
		bool used = false;
		u64 last = 0;

		for (j = 0; j < request->items; j++) {
			const struct resv_range *own = &request->item[j].own;

			if (!resv_range_overlaps(own, &w->range))
				continue;
			used = true;
			if (last < own->last)
				last = own->last;
		}
		out_object(o);
		out_hex(o, "start", w->range.start, 1);
		out_hex(o, "last", w->range.last, 1);
		out_flag(o, "prefetchable", w->prefetchable);
		if (used)
			out_hex(o, "used last", last, 1);
		out_close(o);
	}
	out_close(o);
}

int bars_job_answer(struct bars_job *job, bool json)
{
	u64 running = job->device[0]->page_size;
	bool good;
	struct out *o;
	int ret = 0;

	if (!job->closeds)
		ret = bars_place(&job->request);
	if (ret == -EINVAL) {
		problem(COMMAND ": %s contradicts itself",
			job->want->report);
		return EXIT_TROUBLE;
	}
	good = !ret && !job->closeds;
	o = out_begin(json);
	out_text(o, "result", good ? "placed" : "impossible");
	out_number(o, "page size", (int64_t)job->request.page_size);
	if (job->want->guest_page_size)
		out_hex(o, "guest page size", job->want->guest_page_size, 1);
	if (job->request.page_size != running)
		say(o, "mind", "the host has pages of %" PRIu64 " bytes; with others this holds if its BARs stay where they are",
		    running);
	if (good) {
		print_placement(o, job);
		print_windows(o, job);
	} else {
		print_conflicts(o, job);
	}
	print_kept(o, job);
	print_left(o, job);
	if (out_end(o, NULL))
		return EXIT_TROUBLE;
	return good ? EXIT_CLEAN : EXIT_FINDINGS;
}
