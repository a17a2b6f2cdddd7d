// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_bars_remedy.c - iommu-resv bars remedy
 *
 * The kernel's setting that gives each BAR which VFIO cannot map pages of its
 * own: as an argument for the next boot, and as writes to sysfs for now. What
 * the setting does is in bars_alignment.h. As BARs of a function that it names
 * grow, nobody else gets into their pages: what is not named need not be known.
 * At a boot Linux may place all others anew, though: a small BAR that is alone
 * in its page now need not be then. So the argument names those too; writes to
 * sysfs move nothing but what is removed.
 *
 * Firmware's addresses are no obstacle, not even where it asks Linux to keep
 * them (_DSM function 5, or linux,pci-probe-only of one host bridge): Linux finds
 * the BAR that was reset without an address, and gives it one that is free in the
 * window of its bridge (pci_host_probe(), pci_bus_claim_resources()). There it
 * may find no room; a bridge that is named too has its windows made anew.
 */
#include "bars_alignment.h"
#include "bars_common.h"
#include "bars_room.h"
#include "cmd.h"
#include "problem.h"
#include "report_priv.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SETTING		"/sys/bus/pci/resource_alignment"
#define ARGUMENT	"pci=resource_alignment="
/* arch/arm64/include/uapi/asm/setup.h and arch/x86's: COMMAND_LINE_SIZE. */
#define COMMAND_LINE_MAX 2048

/* A function that is in need, or a bridge above one. */
struct target {
	const struct bar_device *device;	/* NULL for a bridge */
	const struct pci_function *function;
	char *cannot;				/* why it is not helped */
	const struct pci_function *removed;	/* to be removed in its stead */
};

/* The work of one call. */
struct remedy {
	struct bars bars;
	const char *root;
	bool live;
	struct pci_machine machine;
	struct pci_function *made;	/* of a report without a machine */
	struct target *target;
	size_t targets;
	struct target *lucky;		/* small BARs that are mapped as is */
	size_t luckies;
	struct target *bridge;
	size_t bridges;
	bool *moves;			/* functions of the machine that move */
	bool *moves_at_boot;		/* the same, with the lucky ones */
	struct alignment now;
	struct alignment boot;
};

/*
 * Who is in need
 */

/* A rule that wants it; NULL for none. @advised: or one that has no effect. */
static const struct bar_page_rule *realign_rule(const struct bar_page *p,
						bool advised)
{
	size_t i;

	for (i = 0; i < p->rules; i++)
		if (!strcmp(p->rule[i].says, "realign") &&
		    (p->rule[i].enforced ||
		     (advised && !strcmp(p->rule[i].outcome, "advised"))))
			return &p->rule[i];
	return NULL;
}

/* Some VMMs map whole pages only: who names a device wants these. */
static bool is_in_need(const struct remedy *r, const struct bar *bar,
		       const struct bar_page *p)
{
	if (bar->kind != BAR_MEMORY || bar->size >= r->bars.page_size)
		return false;
	return bars_by_place(bar, p) ||
	       (p->vfio == BAR_MAPS && r->bars.named) ||
	       (p->vfio != BAR_FAILS && realign_rule(p, r->bars.named));
}

/* Of a report alone: what the name and the way say, which a VF has none of. */
static void make_function(struct pci_function *f, const struct bar_device *d)
{
	struct alignment a;
	struct pci_hop own = { .bus = PCI_BUS_ANY };
	size_t i;

	alignment_parse(&a, d->path ? d->path : d->name);
	f->name = xstrdup(d->name);
	pci_address(d->name, strlen(d->name), &f->domain, &own);
	f->hops = a.count ? a.entry[0].hops : 1;
	f->hop = report_zeroed(f->hops, sizeof(*f->hop));
	for (i = 0; i < f->hops; i++) {
		f->hop[i].bus = PCI_BUS_ANY;
		f->hop[i].devfn = a.count ? a.entry[0].devfn[i] : own.devfn;
	}
	f->hop[f->hops - 1].bus = own.bus;
	if (a.count)
		f->hop[0].bus = (int)a.entry[0].bus;
	alignment_free(&a);
}

static bool is_fixed(const struct pci_function *f, const struct bar *bar)
{
	return bar->number < f->resources &&
	       f->resource[bar->number].flags & PCI_RESOURCE_FIXED;
}

/* Why no setting moves the function's small BARs, or NULL. */
static char *immovable(const struct remedy *r, const struct bar_device *d,
		       const struct pci_function *f)
{
	size_t i;

	if (d->vf_of)
		return bars_format("it is a virtual function: Linux sizes its BARs by its own pages, and no setting moves them");
	if (f->class >> 8 == 0x0600)
		return bars_format("it is a host bridge: Linux does not move these (pci_reassigndev_resource_alignment())");
	for (i = 0; i < d->bars; i++)
		if (d->bar[i].kind == BAR_MEMORY &&
		    d->bar[i].size < r->bars.page_size &&
		    !is_fixed(f, &d->bar[i]))
			return NULL;
	return bars_format("its BARs are fixed in place by the hardware (Enhanced Allocation)");
}

static const struct pci_function *function_of(struct remedy *r, size_t index)
{
	const struct bar_device *d = &r->bars.device[index];
	const struct pci_function *f;

	if (!r->live) {
		make_function(&r->made[index], d);
		return &r->made[index];
	}
	f = pci_function_of(&r->machine, d->name);
	if (!f)
		problem("bars remedy: %s: has gone since the report was made: try again",
			d->name);
	return f;
}

static int add_target(struct remedy *r, size_t index)
{
	const struct bar_device *d = &r->bars.device[index];
	const struct pci_function *f = function_of(r, index);
	struct target *t = &r->target[r->targets];

	if (!f)
		return -1;
	r->targets++;
	t->device = d;
	t->function = f;
	t->removed = f;
	t->cannot = immovable(r, d, f);
	if (r->live && !t->cannot) {
		r->moves[f - r->machine.function] = true;
		r->moves_at_boot[f - r->machine.function] = true;
	}
	return 0;
}

/* Nothing is said where it cannot be moved: it is mapped, after all. */
static int add_lucky(struct remedy *r, size_t index)
{
	const struct bar_device *d = &r->bars.device[index];
	const struct pci_function *f = function_of(r, index);
	char *cannot;

	if (!f)
		return -1;
	cannot = immovable(r, d, f);
	if (!cannot) {
		r->lucky[r->luckies++] = (struct target){
			.device = d, .function = f, .removed = f,
		};
		if (r->live)
			r->moves_at_boot[f - r->machine.function] = true;
	}
	free(cannot);
	return 0;
}

static int find_targets(struct remedy *r)
{
	size_t i, j;

	for (i = 0; i < r->bars.devices; i++) {
		const struct bar_device *d = &r->bars.device[i];
		bool lucky = false;
		bool need = false;

		for (j = 0; j < d->bars && r->bars.chosen[i]; j++) {
			const struct bar_page *p = bars_pages(&r->bars, d,
							      &d->bar[j]);

			if (!p)
				return -1;
			need |= is_in_need(r, &d->bar[j], p);
			lucky |= d->bar[j].kind == BAR_MEMORY &&
				 p->vfio == BAR_MAPS &&
				 d->bar[j].size < r->bars.page_size;
		}
		if ((need && add_target(r, i)) ||
		    (lucky && !need && add_lucky(r, i)))
			return -1;
	}
	return 0;
}

/*
 * Is there room?
 */

static const struct pci_function *function_at(const struct remedy *r,
					      const struct pci_function *f,
					      size_t hop)
{
	size_t i;

	for (i = 0; i < r->machine.functions; i++) {
		const struct pci_function *at = &r->machine.function[i];

		if (at->domain == f->domain && at->hops == hop + 1 &&
		    at->hop[hop].bus == f->hop[hop].bus &&
		    at->hop[hop].devfn == f->hop[hop].devfn)
			return at;
	}
	return NULL;
}

static void add_bridge(struct remedy *r, const struct pci_function *f)
{
	size_t i;

	for (i = 0; i < r->bridges; i++)
		if (r->bridge[i].function == f)
			return;
	r->bridge = xrealloc(r->bridge, (r->bridges + 1) * sizeof(*r->bridge));
	r->bridge[r->bridges++] = (struct target){ .function = f, .removed = f };
}

/* The bridges above a function: all their windows have to grow. */
static void name_bridges(struct remedy *r, const struct target *t)
{
	const struct pci_function *f;
	size_t i;

	for (i = 0; i + 1 < t->function->hops; i++) {
		f = function_at(r, t->function, i);
		if (f)
			add_bridge(r, f);
	}
}

/* The bridge on the root bus takes all that is below it along. */
static void find_removed(struct remedy *r)
{
	size_t i, j;

	for (i = 0; i < r->targets; i++) {
		struct target *t = &r->target[i];
		const struct pci_function *top = function_at(r, t->function, 0);

		for (j = 0; j < r->bridges; j++)
			if (r->bridge[j].function == top)
				t->removed = top;
	}
}

/* The worse of the two ways: over a boot, and without. */
static struct bars_room room_in(const struct remedy *r, struct resv_range window)
{
	struct bars_room room = bars_room(&r->machine, r->moves, window,
					  r->bars.page_size);

	return room.placed < room.needed ? room :
	       bars_room(&r->machine, r->moves_at_boot, window,
			 r->bars.page_size);
}

static bool is_moved(const struct bar *bar, u64 page_size)
{
	return bar->has_window && bar->has_address && bar->size < page_size &&
	       (bar->kind == BAR_MEMORY || bar->kind == BAR_EXPANSION_ROM);
}

static void find_room(struct remedy *r, struct target *t)
{
	struct bars_room room;
	char unit[24];
	size_t i;

	for (i = 0; i < t->device->bars && !t->cannot; i++) {
		const struct bar *bar = &t->device->bar[i];

		if (!is_moved(bar, r->bars.page_size))
			continue;
		room = room_in(r, bar->window);
		if (room.placed == room.needed)
			continue;
		if (t->function->hops > 1) {
			name_bridges(r, t);
			continue;
		}
		t->cannot = bars_format("the window 0x%" PRIx64 "-0x%" PRIx64 " of the host bridge has room for %zu of the %zu BARs that need %s each or more: name fewer devices",
					bar->window.start, bar->window.last,
					room.placed, room.needed,
					bars_unit(unit, r->bars.page_size));
	}
}

/*
 * The setting
 */

static bool is_settled(const struct remedy *r, const struct alignment *a,
		       const struct pci_function *f)
{
	const struct alignment_entry *e = alignment_of(a, f);
	u32 order = bars_order(r->bars.page_size);

	return e && (!e->has_order || e->order >= order);
}

static size_t add_wishes(const struct remedy *r, const struct alignment *a,
			 const struct target *target, size_t count,
			 struct alignment_wish *wish)
{
	size_t wishes = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (target[i].cannot || is_settled(r, a, target[i].function))
			continue;
		wish[wishes].function = target[i].function;
		wish[wishes++].order = bars_order(r->bars.page_size);
	}
	return wishes;
}

/* The setting with all targets in it, to be freed. */
static char *make_setting(const struct remedy *r, const struct alignment *a,
			  bool with_lucky)
{
	struct alignment_wish *wish;
	size_t wishes;
	char *text;

	wish = xrealloc(NULL, (r->targets + r->bridges + r->luckies + 1) *
			sizeof(*wish));
	wishes = add_wishes(r, a, r->target, r->targets, wish);
	wishes += add_wishes(r, a, r->bridge, r->bridges, wish + wishes);
	wishes += add_wishes(r, a, r->lucky, with_lucky ? r->luckies : 0,
			     wish + wishes);
	text = alignment_merge(a, wish, wishes);
	free(wish);
	return text;
}

/*
 * What is printed
 */

static void print_bars(struct out *o, const struct remedy *r,
		       const struct bar_device *d)
{
	u64 page_size = r->bars.page_size;
	size_t i;

	out_table(o, "BARs");
	for (i = 0; i < d->bars; i++) {
		const struct bar *bar = &d->bar[i];
		const struct bar_page *p = bar_page_of(bar, page_size);
		bool has_msix = d->has_msix && (d->table_bar == bar->number ||
						d->pba_bar == bar->number);
		char label[16];

		if (bar->size >= page_size || (bar->kind != BAR_MEMORY &&
					       bar->kind != BAR_EXPANSION_ROM))
			continue;
		out_object(o);
		out_text(o, "BAR", bars_label(label, bar));
		if (bar->has_address)
			out_hex(o, "address", bar->range.start, 1);
		out_hex(o, "size", bar->size, 1);
		out_text(o, "now", bar_vfio_name(p->vfio));
		out_text(o, "reason", p->reason ? p->reason :
			 realign_rule(p, true) ? "rule" : "none");
		out_hex(o, "then", page_size, 1);
		if (bar->kind == BAR_MEMORY)
			out_text(o, "direct then", d->msix_error ? "unknown" :
				 has_msix ? "none (MSI-X)" : "all");
		out_close(o);
	}
	out_close(o);
}

static size_t helped(const struct remedy *r)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < r->targets; i++)
		count += !r->target[i].cannot;
	return count;
}

static void print_targets(struct out *o, const struct remedy *r)
{
	char *path;
	size_t i;

	out_array(o, "devices");
	for (i = 0; i < r->targets; i++) {
		const struct target *t = &r->target[i];

		out_object(o);
		out_text(o, "device", t->function->name);
		path = alignment_path(t->function);
		if (path && !t->cannot)
			out_text(o, "named as", path);
		free(path);
		if (t->function->driver)
			out_text(o, "driver", t->function->driver);
		if (t->cannot)
			out_text(o, "cannot be helped", t->cannot);
		print_bars(o, r, t->device);
		out_close(o);
	}
	out_close(o);
	if (r->luckies && helped(r)) {
		out_array(o, "mapped as they are, but perhaps not after a boot");
		for (i = 0; i < r->luckies; i++)
			out_text(o, NULL, r->lucky[i].function->name);
		out_close(o);
	}
	if (!r->bridges)
		return;
	out_array(o, "bridges whose windows have to grow");
	for (i = 0; i < r->bridges; i++)
		out_text(o, NULL, r->bridge[i].function->name);
	out_close(o);
}

/* What the setting does nothing about, with the reason; false for nothing. */
static bool print_others(struct out *o, const struct remedy *r)
{
	bool found = false;
	char label[16];
	size_t i, j;

	out_array(o, "not by this");
	for (i = 0; i < r->bars.devices; i++) {
		const struct bar_device *d = &r->bars.device[i];

		if (!r->bars.chosen[i])
			continue;
		if (d->error) {
			found = true;
			bars_say(o, "%s: its BARs are not known: %s", d->name,
				 d->error);
		}
		for (j = 0; j < d->bars; j++) {
			const struct bar *bar = &d->bar[j];
			const struct bar_page *p =
				bar_page_of(bar, r->bars.page_size);

			bars_label(label, bar);
			if (!is_in_need(r, bar, p) &&
			    (bar->kind == BAR_MEMORY ||
			     bar->kind == BAR_VF_MEMORY) && !bars_of_bridge(p) &&
			    (p->vfio == BAR_TRAPS || p->vfio == BAR_FAILS)) {
				found = true;
				bars_say(o, "%s %s: %s", d->name, label,
					 p->why ? p->why : p->reason ?
					 p->reason : "no reason is given");
			} else if (!r->bars.named && !realign_rule(p, false) &&
				   realign_rule(p, true) &&
				   bar->size < r->bars.page_size &&
				   !bars_by_place(bar, p)) {
				bars_say(o, "%s %s: rule %s advises it: name the device to have it",
					 d->name, label,
					 realign_rule(p, true)->rule);
			}
		}
	}
	out_close(o);
	return found;
}

static void print_argument(struct out *o, const struct remedy *r)
{
	char *setting = make_setting(r, &r->boot, true);
	char *text = bars_format(ARGUMENT "%s", setting);
	size_t length = strlen(text) + 1;
	const char *old = r->machine.argument;
	char *quoted;

	out_text(o, "kernel argument", text);
	if (old && !strcmp(old, setting))
		out_text(o, "where", "it is there already: see iommu-resv bars check");
	else if (old)
		out_text(o, "where", "in the place of the resource_alignment= that is there: the last one counts");
	else
		out_text(o, "where", "a pci= that is there for something else stays as it is");
	/* GRUB ends a command at a semicolon, unless it is quoted. */
	quoted = bars_format("GRUB_CMDLINE_LINUX=\"... \\\"%s\\\"\"", text);
	out_text(o, "in /etc/default/grub", quoted);
	free(quoted);
	if (r->live)
		length += strlen(r->machine.command_line) -
			  (old ? strlen(old) : 0);
	if (length >= COMMAND_LINE_MAX) {
		free(text);
		text = bars_format("%zu bytes with what is there, and the kernel takes %d: " ARGUMENT "%u@pci:0:0 names all functions",
				   length, COMMAND_LINE_MAX - 1,
				   bars_order(r->bars.page_size));
		out_text(o, "too long", text);
	}
	free(text);
	free(setting);
}

/* A bridge is removed with all that is below it, once. */
static bool is_first_of(const struct remedy *r, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!r->target[i].cannot &&
		    r->target[i].removed == r->target[index].removed)
			return false;
	return !r->target[index].cannot;
}

static void print_writes(struct out *o, const struct remedy *r)
{
	char *setting = make_setting(r, &r->now, false);
	char unit[24];
	size_t i;

	out_array(o, "without a reboot");
	bars_say(o, "echo '%s' >" SETTING, setting);
	for (i = 0; i < r->targets; i++)
		if (is_first_of(r, i))
			bars_say(o, "echo 1 >/sys/bus/pci/devices/%s/remove",
				 r->target[i].removed->name);
	bars_say(o, "echo 1 >/sys/bus/pci/rescan");
	bars_say(o, "iommu-resv bars check -s %s",
		 bars_unit(unit, r->bars.page_size));
	out_close(o);
	/* The newline that echo adds is counted. */
	if (r->machine.page_size &&
	    strlen(setting) + 1 >= r->machine.page_size - 1)
		out_text(o, "too long for sysfs",
			 "the file takes a page less two bytes: only the way over a boot is left");
	free(setting);
}

static void print_mind(struct out *o, const struct remedy *r)
{
	char unit[24];
	size_t i;

	bars_unit(unit, r->bars.page_size);
	out_array(o, "mind");
	bars_say(o, "each BAR and ROM below %s of a device that is named has %s from then on, for its driver and for guests too: a driver that counts from the end of a BAR fails",
		 unit, unit);
	bars_say(o, "what is removed is taken from its driver or VMM (one that holds it makes the write wait), and comes back without driver_override and perhaps in another IOMMU group");
	for (i = 0; i < r->targets; i++)
		if (!r->target[i].cannot && r->target[i].function->driver)
			bars_say(o, "%s is %s's now: what that serves is gone while it is removed",
				 r->target[i].function->name,
				 r->target[i].function->driver);
	if (r->bridges)
		bars_say(o, "a bridge that is removed takes all that is below it along; whether its windows have found room above shows in iommu-resv bars check");
	if (!r->live)
		bars_say(o, "a report alone does not have the setting that is in force, nor all that is in the windows: whether there is room is not known");
	if (r->now.rest || r->boot.rest)
		bars_say(o, "the setting that is there cannot be read from \"%s\" on: the kernel ignores that, and it is left out here",
			 r->now.rest ? r->now.rest : r->boot.rest);
	out_close(o);
}

static int print(struct out *o, const struct remedy *r)
{
	bool others;
	char unit[24];

	out_text(o, "page size", bars_unit(unit, r->bars.page_size));
	print_targets(o, r);
	others = print_others(o, r);
	if (!helped(r)) {
		out_text(o, "to do", r->targets || others ?
			 "nothing that this could do" :
			 "nothing: no BAR lacks pages of its own");
		return r->targets || others ? EXIT_FINDINGS : EXIT_CLEAN;
	}
	if (r->machine.probe_only) {
		out_text(o, "to do",
			 "nothing: the device tree has linux,pci-probe-only in /chosen, and Linux ignores the setting then (PCI_PROBE_ONLY)");
		return EXIT_FINDINGS;
	}
	print_argument(o, r);
	print_writes(o, r);
	print_mind(o, r);
	return EXIT_FINDINGS;
}

static int work(struct remedy *r, char **name, size_t names)
{
	char *path = NULL;
	size_t i;
	int ret;

	if (r->root) {
		path = bars_format("%s" REPORT_LIVE, r->root);
		r->bars.report_name = path;
	}
	ret = bars_open(&r->bars, name, names);
	if (!ret && r->live)
		ret = pci_machine_read(&r->machine, r->root ? r->root : "");
	if (!ret) {
		r->made = report_zeroed(r->bars.devices, sizeof(*r->made));
		r->target = report_zeroed(r->bars.devices, sizeof(*r->target));
		r->lucky = report_zeroed(r->bars.devices, sizeof(*r->lucky));
		r->moves = report_zeroed(r->machine.functions,
					 sizeof(*r->moves));
		r->moves_at_boot = report_zeroed(r->machine.functions,
						 sizeof(*r->moves_at_boot));
		ret = find_targets(r);
	}
	if (!ret && r->live) {
		alignment_parse(&r->now, r->machine.setting);
		alignment_parse(&r->boot, r->machine.argument ?
				r->machine.argument : "");
		alignment_join(&r->boot, r->machine.setting);
		for (i = 0; i < r->targets; i++)
			find_room(r, &r->target[i]);
		find_removed(r);
	}
	if (!ret) {
		struct out *o = out_begin(r->bars.json);

		ret = print(o, r);
		if (out_end(o, NULL))
			ret = EXIT_TROUBLE;
	} else {
		ret = EXIT_TROUBLE;
	}
	free(path);
	return ret;
}

static void drop(struct remedy *r)
{
	size_t i;

	for (i = 0; i < r->targets; i++)
		free(r->target[i].cannot);
	for (i = 0; r->made && i < r->bars.devices; i++) {
		free(r->made[i].name);
		free(r->made[i].hop);
	}
	free(r->made);
	free(r->target);
	free(r->lucky);
	free(r->bridge);
	free(r->moves);
	free(r->moves_at_boot);
	alignment_free(&r->now);
	alignment_free(&r->boot);
	pci_machine_free(&r->machine);
	bars_close(&r->bars);
}

int cmd_bars_remedy(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "report", required_argument, NULL, 'R' },
		{ "root", required_argument, NULL, 'r' },
		{ "page-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	struct remedy r = {
		.bars = { .command = "bars remedy", .report_name = REPORT_LIVE },
		.live = true,
	};
	int option;
	int ret;

	while ((option = getopt_long(argc, argv, "jR:r:s:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			r.bars.json = true;
			break;
		case 'R':
			r.bars.report_name = optarg;
			r.live = false;
			break;
		case 'r':
			r.root = optarg;
			break;
		case 's':
			if (bars_size(&r.bars, optarg, false))
				return EXIT_TROUBLE;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (r.root && !r.live) {
		problem("bars remedy: --root and --report: one of the two");
		return EXIT_TROUBLE;
	}
	ret = work(&r, argv + optind, (size_t)(argc - optind));
	drop(&r);
	return ret;
}
