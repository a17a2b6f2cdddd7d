// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_bars_check.c - iommu-resv bars check
 *
 * Did the setting that bars remedy has printed take? Holds what the kernel was
 * told (/proc/cmdline and /sys/bus/pci/resource_alignment) against where BARs
 * are now: each function that is named, and each that should be.
 */
#include "bars_alignment.h"
#include "bars_common.h"
#include "cmd.h"
#include "problem.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The work of one call. */
struct checking {
	struct bars bars;
	struct pci_machine machine;
	struct alignment now;
	struct alignment boot;
	bool finding;
	bool remedy;	/* bars remedy is the next step */
};

static bool is_small(const struct checking *c, const struct bar *bar,
		     const struct bar_page *p)
{
	return bar->kind == BAR_MEMORY && p->has_size &&
	       p->size < c->bars.page_size;
}

/* A BAR that grew, and then found no place. */
static void say_no_room(struct out *o, const struct checking *c,
			const char *label, const struct pci_function *f)
{
	struct pci_function bridge = *f;
	char *path;

	if (bridge.hops < 2) {
		bars_say(o, "%s has no address, so the device cannot be opened: the window of the host bridge has no room for it; name fewer devices",
			 label);
		return;
	}
	bridge.hops--;
	path = alignment_path(&bridge);
	bars_say(o, "%s has no address, so the device cannot be opened: the window of the bridge above it has no room; name that bridge too (;%u@%s), or boot with pci=realloc",
		 label, bars_order(c->bars.page_size), path);
	free(path);
}

/* A BAR of a function that is named, which has no pages of its own: why? */
static void say_why(struct out *o, struct checking *c, const struct bar *bar,
		    const struct pci_function *f,
		    const struct alignment_entry *e)
{
	char label[16];
	char unit[24];

	bars_label(label, bar);
	bars_unit(unit, c->bars.page_size);
	if (!bar->assigned) {
		say_no_room(o, c, label, f);
	} else if (e->has_order && e->order < bars_order(c->bars.page_size)) {
		bars_say(o, "%s has 0x%" PRIx64 " bytes: \"%s\" is for 2^%u bytes, and pages of %s need %u",
			 label, bar->size, e->text, e->order, unit,
			 bars_order(c->bars.page_size));
		c->remedy = true;
	} else if (c->machine.probe_only) {
		bars_say(o, "%s has 0x%" PRIx64 " bytes: the device tree has linux,pci-probe-only in /chosen, and Linux ignores the setting then",
			 label, bar->size);
	} else if (bar->number < f->resources &&
		   f->resource[bar->number].flags & PCI_RESOURCE_FIXED) {
		bars_say(o, "%s has 0x%" PRIx64 " bytes: it is fixed in place by the hardware (Enhanced Allocation)",
			 label, bar->size);
	} else if (!alignment_of(&c->boot, f)) {
		bars_say(o, "%s has 0x%" PRIx64 " bytes: the setting came after the device was found; remove it and rescan as bars remedy prints, or boot with the argument",
			 label, bar->size);
		c->remedy = true;
	} else {
		bars_say(o, "%s has 0x%" PRIx64 " bytes, and it is not known why: see dmesg for \"requesting alignment\" of %s",
			 label, bar->size, f->name);
	}
}

/* A function that the setting names; false where it did not take. */
static bool check_named(struct out *o, struct checking *c,
			const struct bar_device *d,
			const struct pci_function *f,
			const struct alignment_entry *e)
{
	bool taken = true;
	size_t i;

	for (i = 0; i < d->bars; i++) {
		const struct bar *bar = &d->bar[i];
		const struct bar_page *p = bar_page_of(bar, c->bars.page_size);
		char label[16];

		if (bar->kind != BAR_MEMORY)
			continue;
		if (!bar->assigned || is_small(c, bar, p)) {
			say_why(o, c, bar, f, e);
			taken = false;
		} else if (p->vfio != BAR_MAPS && !bars_of_bridge(p)) {
			bars_say(o, "%s %s: %s", bars_label(label, bar),
				 bar_vfio_name(p->vfio),
				 p->why ? p->why : "no reason is given");
			taken = false;
		}
	}
	return taken;
}

/* A function that it does not; false where it should. */
static bool check_other(struct out *o, struct checking *c,
			const struct bar_device *d)
{
	bool in_need = false;
	size_t i;

	for (i = 0; i < d->bars; i++) {
		const struct bar *bar = &d->bar[i];
		const struct bar_page *p = bar_page_of(bar, c->bars.page_size);
		char label[16];

		if (!bars_by_place(bar, p))
			continue;
		in_need = true;
		bars_say(o, "%s traps: %s", bars_label(label, bar),
			 p->why ? p->why : p->reason);
	}
	return !in_need;
}

static bool is_in_need(const struct checking *c, const struct bar_device *d)
{
	size_t i;

	for (i = 0; i < d->bars; i++)
		if (bars_by_place(&d->bar[i], bar_page_of(&d->bar[i],
							  c->bars.page_size)))
			return true;
	return false;
}

static int check_device(struct out *o, struct checking *c,
			const struct bar_device *d)
{
	const struct pci_function *f = pci_function_of(&c->machine, d->name);
	const struct alignment_entry *e;
	bool fine;
	size_t i;

	if (!f) {
		problem("bars check: %s: has gone since the report was made: try again",
			d->name);
		return -1;
	}
	for (i = 0; i < d->bars; i++)
		if (!bars_pages(&c->bars, d, &d->bar[i]))
			return -1;
	e = alignment_of(&c->now, f);
	if (!e && !c->bars.named && !d->error && !is_in_need(c, d))
		return 0;
	out_object(o);
	out_text(o, "device", d->name);
	out_text(o, "named by", e ? e->text : "nothing");
	if (d->error)
		out_text(o, "error", d->error);
	out_array(o, "not as it should be");
	fine = e ? check_named(o, c, d, f, e) : check_other(o, c, d);
	out_close(o);
	out_text(o, "state", d->error ? "unknown" : e ?
		 (fine ? "taken" : "not taken") :
		 (fine ? "needs none" : "not named"));
	out_close(o);
	c->finding |= !fine || d->error;
	/* A VF can be named by nobody. */
	c->remedy |= !fine && !e && !d->vf_of;
	return 0;
}

/* Entries that are no function's here. */
static void print_unused(struct out *o, struct checking *c)
{
	size_t i, j;

	out_array(o, "entries without a device");
	for (i = 0; i < c->now.count; i++) {
		for (j = 0; j < c->machine.functions; j++)
			if (alignment_names(&c->now.entry[i],
					    &c->machine.function[j]))
				break;
		if (j < c->machine.functions)
			continue;
		out_text(o, NULL, c->now.entry[i].text);
		c->finding = true;
	}
	out_close(o);
	if (c->now.rest) {
		out_text(o, "not read by the kernel", c->now.rest);
		c->finding = true;
	}
}

static int print(struct out *o, struct checking *c)
{
	const struct pci_machine *m = &c->machine;
	char unit[24];
	char *next;
	int ret = 0;
	size_t i;

	out_text(o, "page size", bars_unit(unit, c->bars.page_size));
	out_text(o, "setting", *m->setting ? m->setting : "none");
	out_text(o, "kernel argument", m->argument ? m->argument : "none");
	out_array(o, "devices");
	for (i = 0; i < c->bars.devices && !ret; i++)
		if (c->bars.chosen[i])
			ret = check_device(o, c, &c->bars.device[i]);
	out_close(o);
	if (ret)
		return ret;
	print_unused(o, c);
	if (c->remedy) {
		next = bars_format("iommu-resv bars remedy -s %s", unit);
		out_text(o, "next step", next);
		free(next);
	} else if (*m->setting &&
		   (!m->argument || strcmp(m->argument, m->setting))) {
		out_text(o, "after a reboot",
			 "the kernel argument holds again, and that is another one");
	}
	return 0;
}

static int work(struct checking *c, const char *root, char **name, size_t names)
{
	char *path = NULL;
	struct out *o;
	int ret;

	if (root) {
		path = bars_format("%s" REPORT_LIVE, root);
		c->bars.report_name = path;
	}
	ret = bars_open(&c->bars, name, names);
	if (!ret)
		ret = pci_machine_read(&c->machine, root ? root : "");
	if (!ret) {
		alignment_parse(&c->now, c->machine.setting);
		alignment_parse(&c->boot, c->machine.argument ?
				c->machine.argument : "");
		o = out_begin(c->bars.json);
		ret = print(o, c);
		if (ret)
			out_drop(o);
		else
			ret = out_end(o, NULL);
	}
	alignment_free(&c->now);
	alignment_free(&c->boot);
	pci_machine_free(&c->machine);
	bars_close(&c->bars);
	free(path);
	if (ret)
		return EXIT_TROUBLE;
	return c->finding ? EXIT_FINDINGS : EXIT_CLEAN;
}

int cmd_bars_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "root", required_argument, NULL, 'r' },
		{ "page-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	struct checking c = {
		.bars = { .command = "bars check", .report_name = REPORT_LIVE },
	};
	const char *root = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "jr:s:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			c.bars.json = true;
			break;
		case 'r':
			root = optarg;
			break;
		case 's':
			if (bars_size(&c.bars, optarg, false))
				return EXIT_TROUBLE;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	return work(&c, root, argv + optind, (size_t)(argc - optind));
}
