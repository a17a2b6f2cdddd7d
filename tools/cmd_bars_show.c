// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_bars_show.c - iommu-resv bars show
 *
 * Which BARs VFIO lets a VMM map into its guest, at the page size of this
 * kernel or of another; and where it does not, why.
 *
 * What VMMs make of a BAR that cannot be mapped: QEMU reads and writes it for
 * the guest (hw/vfio/region.c); cloud-hypervisor maps whole pages only
 * (pci/src/vfio.rs, map_mmio_regions()); Firecracker refuses the device.
 */
#include "bars_common.h"
#include "cmd.h"
#include "problem.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What was found at a page size. */
struct found {
	bool error;	/* functions whose BARs are not known */
	bool traps;
	bool fails;
	bool place;	/* BARs that would be mapped in pages of their own */
	bool less;	/* BARs that are mapped, but are less than a page */
};

/* Ports and the ROM are always read and written by calls: not worth a word. */
static bool is_finding(const struct bar *bar, const struct bar_page *p)
{
	if (bars_of_bridge(p))
		return false;
	return (bar->kind == BAR_MEMORY || bar->kind == BAR_VF_MEMORY) &&
	       (p->vfio == BAR_TRAPS || p->vfio == BAR_FAILS);
}

static const char *direct_word(const struct bar_page *p)
{
	if (!p->directs)
		return "none";
	return p->directs == 1 && !p->direct[0].start && p->has_size &&
	       p->direct[0].last == p->size - 1 ? "all" : "part";
}

static void print_row(struct out *o, const struct bar *bar,
		      const struct bar_page *p)
{
	bool is_mapped = p->vfio == BAR_MAPS && bar->kind == BAR_MEMORY;
	char label[16];

	out_object(o);
	out_text(o, "BAR", bars_label(label, bar));
	out_text(o, "kind", bars_kind(bar));
	if (bar->has_address)
		out_hex(o, "address", bar->range.start, 1);
	out_hex(o, "size", p->has_size ? p->size : bar->size, 1);
	if (p->has_offset)
		out_hex(o, "offset", p->offset, 1);
	out_text(o, "vfio", bar_vfio_name(p->vfio));
	if (is_mapped)
		out_text(o, "direct", direct_word(p));
	if (p->has_guest)
		out_hex(o, "guest", p->guest_offset, 1);
	out_close(o);
}

static void say_ranges(struct out *o, const char *label,
		       const struct bar_page *p)
{
	size_t i;

	/* What traps as a whole has no pages that trap. */
	if (p->vfio != BAR_MAPS)
		return;
	for (i = 0; i < p->msixs; i++)
		bars_say(o, "%s: 0x%" PRIx64 "-0x%" PRIx64 " has the MSI-X %s: VMMs keep it",
			 label, p->msix[i].range.start, p->msix[i].range.last,
			 p->msix[i].is_table ? "table" : "pending bits");
	if (p->directs && strcmp(direct_word(p), "all"))
		for (i = 0; i < p->directs; i++)
			bars_say(o, "%s: 0x%" PRIx64 "-0x%" PRIx64 " is direct",
				 label, p->direct[i].start, p->direct[i].last);
	else if (p->msixs)
		bars_say(o, "%s: nothing of it is direct: MSI-X is in each of its pages (QEMU can move the table elsewhere: x-msix-relocation)",
			 label);
}

static void say_rules(struct out *o, const char *label,
		      const struct bar_page *p)
{
	size_t i;

	for (i = 0; i < p->rules; i++) {
		const struct bar_page_rule *rule = &p->rule[i];
		char offset[32] = "";

		if (rule->has_offset)
			snprintf(offset, sizeof(offset), " 0x%" PRIx64,
				 rule->offset);
		bars_say(o, "%s: rule %s says %s%s (%s%s%s)%s%s", label,
			 rule->rule, rule->says, offset, rule->outcome,
			 rule->confidence ? ", " : "",
			 rule->confidence ? rule->confidence : "",
			 rule->reason ? ": " : "",
			 rule->reason ? rule->reason : "");
	}
}

static void say_bar(struct out *o, const struct bar *bar,
		    const struct bar_page *p)
{
	char label[16];

	bars_label(label, bar);
	/* Of ports and ROMs everybody knows. */
	if (p->why && bar->kind != BAR_IO && bar->kind != BAR_EXPANSION_ROM)
		bars_say(o, "%s: %s", label, p->why);
	say_ranges(o, label, p);
	say_rules(o, label, p);
	/* Where it fills its pages it is in its place by its own alignment. */
	if (p->has_guest && (p->guest_offset || p->guest_footprint > p->size))
		bars_say(o, "%s: in a guest at 0x%" PRIx64 " modulo 0x%" PRIx64 ", a multiple of 0x%" PRIx64 ", with no BAR of another host page in those 0x%" PRIx64 " bytes",
			 label, p->guest_offset, p->page_size, p->guest_align,
			 p->guest_footprint);
}

/* Bridges and functions without a BAR are of no interest, unless asked for. */
static bool is_shown(const struct bars *b, size_t index)
{
	const struct bar_device *d = &b->device[index];
	size_t i;

	if (!b->chosen[index] || b->named || d->error)
		return b->chosen[index];
	for (i = 0; i < d->bars; i++) {
		const struct bar_page *p = bar_page_of(&d->bar[i],
						       b->page_size);

		if (!p || !bars_of_bridge(p))
			return true;
	}
	return false;
}

static int print_device(struct out *o, const struct bars *b,
			const struct bar_device *d, struct found *found)
{
	int ret = 0;
	size_t i;

	out_object(o);
	out_text(o, "device", d->name);
	out_number(o, "group", d->group);
	if (d->vf_of)
		out_text(o, "VF of", d->vf_of);
	if (d->error) {
		out_text(o, "error", d->error);
		found->error = true;
	}
	out_table(o, "BARs");
	for (i = 0; i < d->bars && !ret; i++) {
		const struct bar_page *p = bars_pages(b, d, &d->bar[i]);

		if (!p) {
			ret = -1;
			break;
		}
		found->traps |= is_finding(&d->bar[i], p) &&
				p->vfio == BAR_TRAPS;
		found->fails |= is_finding(&d->bar[i], p) &&
				p->vfio == BAR_FAILS;
		found->place |= bars_by_place(&d->bar[i], p);
		found->less |= d->bar[i].kind == BAR_MEMORY &&
			       p->vfio == BAR_MAPS &&
			       d->bar[i].size < b->page_size;
		print_row(o, &d->bar[i], p);
	}
	out_close(o);
	out_array(o, "details");
	if (d->msix_error)
		bars_say(o, "MSI-X: %s", d->msix_error);
	for (i = 0; i < d->bars && !ret; i++)
		say_bar(o, &d->bar[i], bar_page_of(&d->bar[i], b->page_size));
	out_close(o);
	out_close(o);
	return ret;
}

static void print_meaning(struct out *o, const struct found *found,
			  const char *unit)
{
	char *next;

	out_array(o, "what VMMs make of it");
	if (found->traps)
		bars_say(o, "QEMU: a BAR that traps works, but each access leaves the guest");
	if (found->traps || found->less) {
		bars_say(o, "cloud-hypervisor: maps whole pages of %s only; the rest traps, see its log for \"Could not mmap\"",
			 unit);
		bars_say(o, "Firecracker: refuses a device with a BAR below %s (BARSmallerThanHostPage)",
			 unit);
	}
	if (found->fails)
		bars_say(o, "each: cannot open a device with a BAR that fails");
	out_close(o);
	if (found->place || found->less) {
		next = bars_format("a page of its own for each: iommu-resv bars remedy -s %s%s",
				   unit, found->place ? "" :
				   " DEVICE... (VFIO maps all: for VMMs that want whole pages)");
		out_text(o, "next step", next);
		free(next);
	}
}

/* Answers for one page size, which is @b's. */
static int print_size(struct out *o, const struct bars *b, bool *finding)
{
	struct found found = { .error = false };
	char unit[24];
	int ret = 0;
	size_t i;

	bars_unit(unit, b->page_size);
	out_object(o);
	out_text(o, "page size", unit);
	out_flag(o, "this kernel's", b->page_size == b->running);
	if (b->page_size != b->running)
		out_text(o, "holds if",
			 "a kernel with such pages leaves all at the addresses that they have now; where the firmware does not ask for that, Linux may choose others");
	out_array(o, "devices");
	for (i = 0; i < b->devices && !ret; i++)
		if (is_shown(b, i))
			ret = print_device(o, b, &b->device[i], &found);
	out_close(o);
	if (!ret)
		print_meaning(o, &found, unit);
	out_close(o);
	*finding |= found.error || found.traps || found.fails;
	return ret;
}

/* All page sizes that the first BAR has answers for, as the others have. */
static int print_all(struct out *o, struct bars *b, bool *finding)
{
	const struct bar *bar = NULL;
	int ret = 0;
	size_t i;

	for (i = 0; i < b->devices && !bar; i++)
		if (b->chosen[i] && b->device[i].bars &&
		    b->device[i].bar[0].pages)
			bar = &b->device[i].bar[0];
	if (!bar)
		return print_size(o, b, finding);
	for (i = 0; i < bar->pages && !ret; i++) {
		b->page_size = bar->page[i].page_size;
		ret = print_size(o, b, finding);
	}
	return ret;
}

int cmd_bars_show(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "report", required_argument, NULL, 'R' },
		{ "page-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	struct bars b = { .command = "bars show", .report_name = REPORT_LIVE };
	bool finding = false;
	struct out *o;
	int option;
	int ret;

	while ((option = getopt_long(argc, argv, "jR:s:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			b.json = true;
			break;
		case 'R':
			b.report_name = optarg;
			break;
		case 's':
			if (bars_size(&b, optarg, true))
				return EXIT_TROUBLE;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	ret = bars_open(&b, argv + optind, (size_t)(argc - optind));
	if (!ret) {
		o = out_begin(b.json);
		out_array(o, "answers");
		ret = b.all_sizes ? print_all(o, &b, &finding) :
				    print_size(o, &b, &finding);
		out_close(o);
		if (ret)
			out_drop(o);
		else
			ret = out_end(o, NULL);
	}
	bars_close(&b);
	if (ret)
		return EXIT_TROUBLE;
	return finding ? EXIT_FINDINGS : EXIT_CLEAN;
}
