// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_bars_place.c - iommu-resv bars place
 *
 * Where a guest can have the BARs of the devices that it is given, or which of
 * them are in each other's way; or whether the layout of a VMM is one.
 *
 * For VMMs that place BARs themselves (cloud-hypervisor, crosvm, Firecracker,
 * kvmtool). In a guest of QEMU firmware or the guest's kernel does that.
 */
#include "bars_place.h"
#include "cmd.h"
#include "problem.h"
#include "report_bars.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMAND		"bars place"
#define MIB		0x100000ull
#define TEXT_MAX	512
/* Smaller pages are not on any machine that has PCI. */
#define PAGE_MIN	0x1000ull

/* A BAR that the VMM has somewhere already. */
struct pin {
	char *device;
	u32 bar;
	u64 address;
	bool used;
};

/* What is asked. */
struct want {
	const char *report;
	u64 page_size;		/* 0: that of the report */
	u64 guest_page_size;	/* 0: any */
	bool rom;
	bool ignore_regions;
	struct bars_window *window;
	size_t windows;
	struct pin *pin;
	size_t pins;
	char **device;
	size_t devices;
};

/* A region that BARs are kept out of. */
struct kept {
	struct resv_range range;
	const char *type;
	int64_t group;
	char *by;
};

/* What a BAR to be placed is in the report. */
struct source {
	const struct bar *bar;
	const struct bar_page *page;
};

struct left {
	const struct bar_device *device;
	const struct bar *bar;
	const char *why;
};

/* A device that cannot be opened. */
struct closed {
	const struct bar_device *device;
	const struct bar *bar;
	const struct bar_page *page;
};

struct job {
	const struct want *want;
	struct bar_device *all;
	size_t count;
	const struct bar_device **device;	/* those asked for */
	struct bars_request request;
	struct source *source;		/* by item */
	struct kept *kept;		/* by kept range of the request */
	struct resv_range *range;	/* the same */
	size_t kepts;
	struct left *left;
	size_t lefts;
	struct closed *closed;
	size_t closeds;
};

static void *grown(void *p, size_t count, size_t size)
{
	return xrealloc(p, (count + 1) * size);
}

/*
 * The command line
 */

/* A number, with K, M, G or T behind it for powers of 1024. */
static bool parse_number(const char *text, const char **end, u64 *value)
{
	static const char units[] = "KMGTkmgt";
	const char *unit;
	char *behind;
	unsigned int shift;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &behind, 0);
	if (errno)
		return false;
	unit = *behind ? strchr(units, *behind) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)((unit - units) % 4 + 1);
		if (*value > U64_MAX >> shift)
			return false;
		*value <<= shift;
		behind++;
	}
	*end = behind;
	return true;
}

static int parse_window(struct want *want, const char *option, const char *text,
			bool prefetchable)
{
	struct resv_range r = { 0 };
	const char *end;
	bool good;
	u64 second;

	good = parse_number(text, &end, &r.start) &&
	       (*end == '+' || *end == '-') &&
	       parse_number(end + 1, &end, &second) && !*end;
	if (good && strchr(text, '+')) {
		good = second && second - 1 <= U64_MAX - r.start;
		r.last = r.start + (second - 1);
	} else if (good) {
		good = second >= r.start;
		r.last = second;
	}
	if (!good) {
		problem(COMMAND ": --%s %s: must be START+SIZE or START-LAST, as 0x10000000+512M or 0x10000000-0x2fffffff",
			option, text);
		return -1;
	}
	want->window = grown(want->window, want->windows,
			     sizeof(*want->window));
	want->window[want->windows++] = (struct bars_window){
		.range = r, .prefetchable = prefetchable,
	};
	return 0;
}

static int parse_page_size(const char *option, const char *text, u64 *size)
{
	const char *end;

	if (parse_number(text, &end, size) && !*end && *size >= PAGE_MIN &&
	    !(*size & (*size - 1)))
		return 0;
	problem(COMMAND ": --%s %s: must be the size of a page: 4K, 16K, 64K or another power of two that is no less",
		option, text);
	return -1;
}

/* 01:00.0 is 0000:01:00.0. */
static char *full_name(const char *text, size_t length)
{
	static const char domain[] = "0000:";
	const char *colon = memchr(text, ':', length);
	char *name = xrealloc(NULL, sizeof(domain) + length);
	bool is_short;

	is_short = colon &&
		   !memchr(colon + 1, ':', length - (size_t)(colon + 1 - text));
	sprintf(name, "%s%.*s", is_short ? domain : "", (int)length, text);
	return name;
}

static int parse_pin(struct want *want, const char *text)
{
	const char *slash = strchr(text, '/');
	struct pin pin = { .device = NULL };
	const char *end = slash;

	if (slash && !strncmp(slash, "/rom=", 5)) {
		pin.bar = BAR_ROM;
		end = slash + 5;
	} else if (slash && slash[1] >= '0' && slash[1] < '0' + BAR_ROM &&
		   slash[2] == '=') {
		pin.bar = (u32)(slash[1] - '0');
		end = slash + 3;
	}
	if (end == slash || slash == text ||
	    !parse_number(end, &end, &pin.address) || *end) {
		problem(COMMAND ": --at %s: must be DEVICE/BAR=ADDRESS, as 0000:01:00.0/0=0x10000000; BAR is 0 to 5 or rom",
			text);
		return -1;
	}
	pin.device = full_name(text, (size_t)(slash - text));
	want->pin = grown(want->pin, want->pins, sizeof(*want->pin));
	want->pin[want->pins++] = pin;
	return 0;
}

static bool overlap(const struct resv_range *a, const struct resv_range *b)
{
	return a->start <= b->last && b->start <= a->last;
}

static const char *range_text(char text[48], const struct resv_range *r)
{
	snprintf(text, 48, "0x%" PRIx64 "-0x%" PRIx64, r->start, r->last);
	return text;
}

static bool has_bridge(const struct want *want)
{
	size_t i;

	for (i = 0; i < want->windows; i++)
		if (want->window[i].prefetchable)
			return true;
	return false;
}

static int check_windows(const struct want *want)
{
	bool bridge = has_bridge(want);
	char text[48], other[48];
	size_t i, j;

	for (i = 0; i < want->windows; i++) {
		const struct bars_window *w = &want->window[i];

		range_text(text, &w->range);
		/* PCI-to-PCI Bridge 1.2, 3.2.5.8 and 3.2.5.9. */
		if (bridge && (w->range.start & (MIB - 1) ||
			       ~w->range.last & (MIB - 1))) {
			problem(COMMAND ": window %s: that of a bridge, as there is a prefetchable one, starts at a multiple of 1 MiB and ends in front of one",
				text);
			return -1;
		}
		if (bridge && !w->prefetchable &&
		    w->range.last > BARS_LAST_32) {
			problem(COMMAND ": window %s: that of a bridge, as there is a prefetchable one: this one has 32 bits and cannot be above 4 GiB",
				text);
			return -1;
		}
		for (j = 0; j < i; j++) {
			if (!overlap(&w->range, &want->window[j].range))
				continue;
			problem(COMMAND ": windows %s and %s overlap",
				range_text(other, &want->window[j].range),
				text);
			return -1;
		}
	}
	return 0;
}

/*
 * The report
 */

static int find_devices(struct job *job)
{
	const struct want *want = job->want;
	size_t i, j;

	job->device = grown(NULL, want->devices, sizeof(*job->device));
	for (i = 0; i < want->devices; i++) {
		char *name = full_name(want->device[i],
				       strlen(want->device[i]));

		job->device[i] = NULL;
		for (j = 0; j < job->count; j++)
			if (!strcmp(job->all[j].name, name))
				job->device[i] = &job->all[j];
		free(name);
		if (!job->device[i]) {
			problem("%s: has no PCI function %s (one without an IOMMU is not in it)",
				want->report, want->device[i]);
			return -1;
		}
		if (job->device[i]->error) {
			problem("%s: %s: its BARs are not known: %s",
				want->report, job->device[i]->name,
				job->device[i]->error);
			return -1;
		}
		for (j = 0; j < i; j++)
			if (job->device[j] == job->device[i]) {
				problem(COMMAND ": %s is named twice",
					job->device[i]->name);
				return -1;
			}
	}
	return 0;
}

static const struct pin *find_pin(const struct job *job,
				  const struct bar_device *d,
				  const struct bar *b)
{
	const struct want *want = job->want;
	size_t i;

	if (b->kind == BAR_VF_MEMORY)
		return NULL;
	for (i = 0; i < want->pins; i++)
		if (want->pin[i].bar == b->number &&
		    !strcmp(want->pin[i].device, d->name)) {
			want->pin[i].used = true;
			return &want->pin[i];
		}
	return NULL;
}

/* Is a pin about a BAR that can be placed, and the only one about it? */
static int check_pins(const struct job *job)
{
	const struct want *want = job->want;
	size_t i, j;

	for (i = 0; i < want->pins; i++) {
		const struct pin *p = &want->pin[i];
		bool twice = false;
		char bar[16];

		for (j = 0; j < i; j++)
			twice |= want->pin[j].bar == p->bar &&
				 !strcmp(want->pin[j].device, p->device);
		if (p->used && !twice)
			continue;
		snprintf(bar, sizeof(bar), "%" PRIu32, p->bar);
		problem(COMMAND ": --at %s/%s: %s", p->device,
			p->bar == BAR_ROM ? "rom" : bar,
			twice ? "is said twice" :
				"no device to place has that BAR in memory");
		return -1;
	}
	return 0;
}

static void leave(struct job *job, const struct bar_device *d,
		  const struct bar *b, const char *why)
{
	job->left = grown(job->left, job->lefts, sizeof(*job->left));
	job->left[job->lefts++] = (struct left){ d, b, why };
}

static int refuse(const struct job *job, const struct bar_device *d,
		  const struct bar *b, const char *what, const char *why)
{
	problem("%s: %s: BAR %" PRIu32 ": %s%s%s", job->want->report, d->name,
		b->number, what, why ? ": " : "", why ? why : "");
	return -1;
}

/* What the report says of a BAR at that page size, as an item to place. */
static int add_item(struct job *job, const struct bar_device *d,
		    const struct bar *b, const struct pin *pin)
{
	struct bars_request *request = &job->request;
	const struct bar_page *p = bar_page_of(b, request->page_size);
	struct bars_item item = {
		.device = d->name,
		.bar = b->number,
		.wide = b->bits == 64,
		.prefetchable = b->prefetchable,
	};
	u64 end;

	if (!p)
		return refuse(job, d, b,
			      "there is no answer for pages of that size", NULL);
	if (p->vfio == BAR_FAILS) {
		/* One reason to leave a device alone will do. */
		if (job->closeds &&
		    job->closed[job->closeds - 1].device == d)
			return 0;
		job->closed = grown(job->closed, job->closeds,
				    sizeof(*job->closed));
		job->closed[job->closeds++] = (struct closed){ d, b, p };
		return 0;
	}
	if (p->vfio == BAR_UNKNOWN)
		return refuse(job, d, b, "what VFIO makes of it is not known",
			      p->why);
	if (!p->has_size || (p->vfio == BAR_MAPS && !p->has_guest))
		return refuse(job, d, b, p->moves ?
			      "at that page size Linux gives it another size and place, which only a kernel that has it can tell" :
			      "its size and place are not known", p->why);
	item.size = p->size;
	if (item.size & (item.size - 1))
		return refuse(job, d, b,
			      "its size is no power of two, as a guest takes it to be",
			      NULL);
	end = (p->guest_offset + (p->size - 1)) | (p->page_size - 1);
	if (p->vfio == BAR_MAPS &&
	    (p->guest_align != p->size || p->guest_footprint != end + 1))
		return refuse(job, d, b,
			      "the rule for a guest is not that of its size and offset",
			      NULL);
	if (p->vfio == BAR_MAPS) {
		item.maps = true;
		item.offset = p->guest_offset;
		item.has_host = p->has_offset && !p->moves;
		item.host_page = p->first_page;
	}
	if (pin) {
		item.pinned = true;
		item.address = pin->address;
	}
	request->item = grown(request->item, request->items,
			      sizeof(*request->item));
	job->source = grown(job->source, request->items, sizeof(*job->source));
	job->source[request->items] = (struct source){ b, p };
	request->item[request->items++] = item;
	return 0;
}

static int add_bar(struct job *job, const struct bar_device *d,
		   const struct bar *b)
{
	const struct pin *pin = b->kind == BAR_IO ? NULL : find_pin(job, d, b);

	switch (b->kind) {
	case BAR_IO:
		leave(job, d, b, "ports, not memory");
		return 0;
	case BAR_VF_MEMORY:
		leave(job, d, b,
		      "of VFs, which are devices of their own");
		return 0;
	case BAR_EXPANSION_ROM:
		if (!pin && !job->want->rom) {
			leave(job, d, b, "a ROM, and --rom is not given");
			return 0;
		}
		break;
	case BAR_MEMORY:
		break;
	}
	return add_item(job, d, b, pin);
}

static int add_items(struct job *job)
{
	const struct want *want = job->want;
	size_t i, j;

	job->request.page_size = want->page_size ? want->page_size :
						   job->device[0]->page_size;
	job->request.guest_page_size = want->guest_page_size;
	for (i = 0; i < want->devices; i++)
		for (j = 0; j < job->device[i]->bars; j++)
			if (add_bar(job, job->device[i],
				    &job->device[i]->bar[j]))
				return -1;
	if (check_pins(job))
		return -1;
	if (!want->windows)
		for (i = 0; i < job->request.items; i++)
			if (!job->request.item[i].pinned) {
				problem(COMMAND ": where does the guest have room? --window is missing, as --window 0x10000000+512M");
				return -1;
			}
	return 0;
}

/*
 * Regions
 */

static char *by_text(const struct report_region *region)
{
	char text[TEXT_MAX];
	size_t i;

	if (region->rule) {
		snprintf(text, sizeof(text), "rule %s", region->rule);
		return xstrdup(text);
	}
	if (region->driver)
		return xstrdup("IOMMU driver");
	for (i = 0; i < region->from_count; i++)
		if (!region->from[i].quirk)
			return xstrdup("parameter window");
	return xstrdup("not said");
}

/*
 * VFIO maps a BAR for other devices of the guest to reach it, at its address in
 * the guest; where that is reserved the mapping is refused: by type1 in
 * vfio_iommu_iova_dma_valid() and by iommufd in iopt_check_iova(), both but for
 * direct-relaxable regions (drivers/vfio/vfio_iommu_type1.c,
 * drivers/iommu/iommufd/io_pagetable.c).
 */
static int keep_regions(const struct report_device *d, void *arg)
{
	struct job *job = arg;
	size_t i, j;

	for (i = 0; i < job->want->devices; i++)
		if (job->device[i]->group == d->group)
			break;
	if (i == job->want->devices)
		return 0;
	for (i = 0; i < d->regions; i++) {
		const struct report_region *region = &d->region[i];

		if (!strcmp(region->type, "direct-relaxable"))
			continue;
		/* The devices of a group say the same. */
		for (j = 0; j < job->kepts; j++)
			if (job->range[j].start == region->range.start &&
			    job->range[j].last == region->range.last &&
			    job->kept[j].group == d->group)
				break;
		if (j < job->kepts)
			continue;
		job->kept = grown(job->kept, job->kepts, sizeof(*job->kept));
		job->range = grown(job->range, job->kepts,
				   sizeof(*job->range));
		job->range[job->kepts] = region->range;
		job->kept[job->kepts++] = (struct kept){
			.range = region->range,
			.type = region->type,
			.group = d->group,
			.by = by_text(region),
		};
	}
	return 0;
}

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

static void say_offset(struct out *o, const struct job *job,
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
static void say_pin(struct out *o, const struct job *job,
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
static void say_page(struct out *o, const struct job *job,
		     const struct bars_item *a, u64 at, const char *one,
		     u64 there, const char *two)
{
	struct resv_range own = bars_own(&job->request, a, at);
	char pages[48];

	say(o, "why", "%s is mapped and has %s for itself, where %s is at 0x%" PRIx64,
	    one, range_text(pages, &own), two, there);
}

static void say_two(struct out *o, const struct job *job,
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

static void say_room(struct out *o, const struct job *job,
		     const struct bars_conflict *c, const char *one,
		     const char *two)
{
	const struct bars_item *a = &job->request.item[c->a];
	const char *which = "";

	if (has_bridge(job->want) && !a->prefetchable)
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

static void say_one(struct out *o, const struct job *job,
		    const struct bars_conflict *c, const char *name)
{
	const struct bars_item *a = &job->request.item[c->a];
	struct resv_range own = bars_own(&job->request, a, c->a_at);
	char pages[48], region[48];

	range_text(pages, &own);
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
		    range_text(region, &job->kept[c->kept].range),
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

static void print_conflict(struct out *o, const struct job *job,
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

static void print_closed(struct out *o, const struct closed *c)
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

static void print_conflicts(struct out *o, const struct job *job)
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

static void print_kept(struct out *o, const struct job *job)
{
	const struct want *want = job->want;
	size_t i, j;

	out_table(o, "kept out");
	for (i = 0; i < job->kepts; i++) {
		const struct kept *k = &job->kept[i];

		for (j = 0; j < want->windows; j++)
			if (overlap(&k->range, &want->window[j].range))
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

static void print_left(struct out *o, const struct job *job)
{
	size_t i;

	out_table(o, "left out");
	for (i = 0; i < job->lefts; i++) {
		const struct left *l = &job->left[i];

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

static void print_placement(struct out *o, const struct job *job)
{
	const struct bars_request *request = &job->request;
	const struct bars_item **order;
	size_t i;

	order = grown(NULL, request->items, sizeof(*order));
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

static void print_windows(struct out *o, const struct job *job)
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

			if (!overlap(own, &w->range))
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

static int answer(struct job *job, bool json)
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

static int place(const struct want *want, bool json)
{
	struct report report = { .root = NULL };
	struct job job = { .want = want };
	int ret = EXIT_TROUBLE;
	size_t i;

	/* Says why where the module is not loaded. */
	if (report_open(&report, want->report))
		return EXIT_TROUBLE;
	job.request.window = want->window;
	job.request.windows = want->windows;
	if (!report_bars(&report, &job.all, &job.count) &&
	    !find_devices(&job) && !add_items(&job) &&
	    (want->ignore_regions ||
	     !report_for_each_device(&report, keep_regions, &job))) {
		job.request.kept = job.range;
		job.request.kepts = job.kepts;
		ret = answer(&job, json);
	}
	for (i = 0; i < job.kepts; i++)
		free(job.kept[i].by);
	free(job.kept);
	free(job.range);
	free(job.left);
	free(job.closed);
	free(job.source);
	free(job.device);
	free(job.request.item);
	free(job.request.conflict);
	report_bars_free(job.all, job.count);
	report_close(&report);
	return ret;
}

static int parse(struct want *want, bool *json, int argc, char **argv)
{
	static const struct option options[] = {
		{ "window", required_argument, NULL, 'w' },
		{ "prefetchable", required_argument, NULL, 'p' },
		{ "page-size", required_argument, NULL, 's' },
		{ "guest-page-size", required_argument, NULL, 'G' },
		{ "at", required_argument, NULL, 'a' },
		{ "rom", no_argument, NULL, 'x' },
		{ "ignore-regions", no_argument, NULL, 'i' },
		{ "json", no_argument, NULL, 'j' },
		{ "report", required_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 }
	};
	int option;
	int ret = 0;

	while (!ret && (option = getopt_long(argc, argv, "w:p:s:G:a:xijR:",
					     options, NULL)) != -1) {
		switch (option) {
		case 'w':
			ret = parse_window(want, "window", optarg, false);
			break;
		case 'p':
			ret = parse_window(want, "prefetchable", optarg, true);
			break;
		case 's':
			ret = parse_page_size("page-size", optarg,
					      &want->page_size);
			break;
		case 'G':
			ret = parse_page_size("guest-page-size", optarg,
					      &want->guest_page_size);
			break;
		case 'a':
			ret = parse_pin(want, optarg);
			break;
		case 'x':
			want->rom = true;
			break;
		case 'i':
			want->ignore_regions = true;
			break;
		case 'j':
			*json = true;
			break;
		case 'R':
			want->report = optarg;
			break;
		default:
			ret = -1;
		}
	}
	if (ret)
		return -1;
	if (optind == argc) {
		problem(COMMAND ": BARs of what? Name the devices, as 0000:01:00.0");
		return -1;
	}
	want->device = argv + optind;
	want->devices = (size_t)(argc - optind);
	return check_windows(want);
}

int cmd_bars_place(int argc, char **argv)
{
	struct want want = { .report = REPORT_LIVE };
	bool json = false;
	int ret = EXIT_TROUBLE;

	if (!parse(&want, &json, argc, argv))
		ret = place(&want, json);
	while (want.pins)
		free(want.pin[--want.pins].device);
	free(want.window);
	free(want.pin);
	return ret;
}
