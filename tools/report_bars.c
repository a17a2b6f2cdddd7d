// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_bars.c - the BARs of a report, read and checked
 *
 * The commands that use it divide by sizes, walk pages and print lines for a
 * root shell, so all that they rely on is checked here, once: numbers against
 * each other, and names against the form that the kernel gives them.
 */
#include "report_bars.h"
#include "problem.h"
#include "report_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Places of what lies in a BAR in a device in a group. */
#define PLACE_MAX (2 * REPORT_PLACE_MAX)

/* What is being read. */
struct reading {
	const struct report *r;
	struct bar_device *device;
	size_t count;
	size_t room;
	int64_t group;
};

static const char * const kind_names[] = {
	[BAR_MEMORY] = "memory",
	[BAR_IO] = "io",
	[BAR_EXPANSION_ROM] = "rom",
	[BAR_VF_MEMORY] = "vf-memory",
};

static const char * const vfio_names[] = {
	[BAR_MAPS] = "maps",
	[BAR_TRAPS] = "traps",
	[BAR_FAILS] = "fails",
	[BAR_UNKNOWN] = "unknown",
};

static const char * const rule_words[] = { "realign", "whole-page", "offset" };

const char *bar_kind_name(enum bar_kind kind)
{
	return kind_names[kind];
}

const char *bar_vfio_name(enum bar_vfio vfio)
{
	return vfio_names[vfio];
}

const struct bar_page *bar_page_of(const struct bar *b, u64 page_size)
{
	size_t i;

	for (i = 0; i < b->pages; i++)
		if (b->page[i].page_size == page_size)
			return &b->page[i];
	return NULL;
}

static const char *place_of(char whole[PLACE_MAX], const char *place,
			    const char *key)
{
	snprintf(whole, PLACE_MAX, "%.450s.%.50s", place, key);
	return whole;
}

static int refuse_member(const struct report *r, const char *place,
			 const char *key, const char *what)
{
	char whole[PLACE_MAX];

	return report_refuse(r, place_of(whole, place, key), what);
}

/* A string that is one of those that are known. */
static int word(const struct report *r, struct json_object *object,
		const char *place, const char *key, const char * const *words,
		size_t count, u32 *found)
{
	const char *text = report_text(r, object, place, key);
	u32 i;

	if (!text)
		return -1;
	for (i = 0; i < count; i++)
		if (!strcmp(words[i], text)) {
			*found = i;
			return 0;
		}
	return refuse_member(r, place, key,
			     "a word that is known here: is the module newer than this command?");
}

static int flag(const struct report *r, struct json_object *object,
		const char *place, const char *key, bool *value)
{
	struct json_object *member = report_member(r, object, place, key,
						   json_type_boolean);

	if (!member)
		return -1;
	*value = json_object_get_boolean(member);
	return 0;
}

static int number(const struct report *r, struct json_object *object,
		  const char *place, const char *key, u64 max, u64 *value)
{
	int64_t wide;

	if (report_number(r, object, place, key, (int64_t)max, &wide))
		return -1;
	*value = (u64)wide;
	return 0;
}

/*
 * A member that must be there, but may be null: @present says which. Missing is
 * not null: that is another version's report.
 */
static int nullable(const struct report *r, struct json_object *object,
		    const char *place, const char *key, bool *present)
{
	struct json_object *value;
	bool is_member = json_object_object_get_ex(object, key, &value);
	char whole[PLACE_MAX];

	*present = is_member && value;
	if (is_member)
		return 0;
	problem("%s: %s: is missing: this is no report.json of iommu-resv, or one of an older version",
		r->file, place_of(whole, place, key));
	return -1;
}

static int nullable_text(const struct report *r, struct json_object *object,
			 const char *place, const char *key, const char **text)
{
	bool present;

	*text = NULL;
	if (nullable(r, object, place, key, &present))
		return -1;
	if (!present)
		return 0;
	*text = report_text(r, object, place, key);
	return *text ? 0 : -1;
}

static int nullable_hex(const struct report *r, struct json_object *object,
			const char *place, const char *key, bool *present,
			u64 *value)
{
	if (nullable(r, object, place, key, present))
		return -1;
	return *present ? report_hex(r, object, place, key, value) : 0;
}

/* An object in it, or null: NULL. @whole: its place, for PLACE_MAX bytes. */
static int nullable_object(const struct report *r, struct json_object *object,
			   const char *place, const char *key,
			   struct json_object **member, char *whole)
{
	bool present;

	*member = NULL;
	place_of(whole, place, key);
	if (nullable(r, object, place, key, &present))
		return -1;
	if (!present)
		return 0;
	*member = report_member(r, object, place, key, json_type_object);
	return *member ? 0 : -1;
}

/*
 * The objects of an array, one after another, into storage of the caller's own,
 * of which *@count is how much is filled.
 */
static int objects(const struct report *r, struct json_object *object,
		   const char *place, const char *key, size_t most, size_t size,
		   void **storage, size_t *count,
		   int (*fn)(const struct report *r, struct json_object *object,
			     const char *place, void *one))
{
	struct json_object *list = report_member(r, object, place, key,
						 json_type_array);
	size_t n = list ? json_object_array_length(list) : 0;
	char whole[PLACE_MAX];
	char where[PLACE_MAX];
	size_t i;

	if (!list)
		return -1;
	if (n > most)
		return refuse_member(r, place, key,
				     "a list of that many at most");
	place_of(whole, place, key);
	*storage = report_zeroed(n, size);
	for (i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		snprintf(where, sizeof(where), "%.450s[%zu]", whole, i);
		if (!report_is_a(r, one, json_type_object, where))
			return -1;
		/* What a failed one points at is to be freed, too. */
		(*count)++;
		if (fn(r, one, where, (char *)*storage + i * size))
			return -1;
	}
	return 0;
}

static bool hex_digits(const char *text, size_t fewest, size_t most,
		       size_t *length)
{
	*length = strspn(text, "0123456789abcdef");
	return *length >= fewest && *length <= most;
}

/* DDDD:BB:DD.F, as the kernel names PCI functions (pci_setup_device()). */
static bool is_function(const char *text)
{
	size_t n;

	if (!hex_digits(text, 4, 8, &n) || text[n] != ':')
		return false;
	text += n + 1;
	if (!hex_digits(text, 2, 2, &n) || text[n] != ':')
		return false;
	text += n + 1;
	if (!hex_digits(text, 2, 2, &n) || text[n] != '.')
		return false;
	text += n + 1;
	return *text >= '0' && *text <= '7' && !text[1];
}

/* The same of one on a root bus, and /DD.F of each on the way from there. */
static bool is_path(const char *text)
{
	char first[32];
	size_t n = strcspn(text, "/");

	if (n >= sizeof(first))
		return false;
	memcpy(first, text, n);
	first[n] = '\0';
	if (!is_function(first))
		return false;
	for (text += n; *text; text += 5) {
		if (strlen(text) < 5)
			return false;
		memcpy(first, "0000:00:", 8);
		memcpy(first + 8, text + 1, 4);
		first[12] = '\0';
		if (*text != '/' || !is_function(first))
			return false;
	}
	return true;
}

static bool is_power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

static int read_size(const struct report *r, struct json_object *object,
		     const char *place, u64 *size)
{
	if (report_hex(r, object, place, "size", size))
		return -1;
	return *size ? 0 : refuse_member(r, place, "size", "more than 0");
}

/*
 * One answer
 */

static int read_shared(const struct report *r, struct json_object *object,
		       const char *place, void *one)
{
	struct bar_shared *s = one;
	u64 bar;

	s->device = report_text(r, object, place, "device");
	s->kind = s->device ? report_text(r, object, place, "kind") : NULL;
	if (!s->kind || nullable(r, object, place, "bar", &s->has_bar) ||
	    report_range(r, object, place, &s->range))
		return -1;
	if (!s->has_bar)
		return 0;
	if (number(r, object, place, "bar", U32_MAX, &bar))
		return -1;
	s->bar = (u32)bar;
	return 0;
}

static int read_msix_pages(const struct report *r, struct json_object *object,
			   const char *place, void *one)
{
	static const char * const words[] = { "table", "pba" };
	struct bar_msix *m = one;
	u32 what;

	if (word(r, object, place, "what", words, ARRAY_SIZE(words), &what))
		return -1;
	m->is_table = what == 0;
	return report_range(r, object, place, &m->range);
}

static int read_direct(const struct report *r, struct json_object *object,
		       const char *place, void *one)
{
	return report_range(r, object, place, one);
}

static int read_rule(const struct report *r, struct json_object *object,
		     const char *place, void *one)
{
	struct bar_page_rule *rule = one;
	u32 says;

	rule->rule = report_text(r, object, place, "rule");
	if (!rule->rule || word(r, object, place, "says", rule_words,
				ARRAY_SIZE(rule_words), &says))
		return -1;
	rule->says = rule_words[says];
	rule->outcome = report_text(r, object, place, "outcome");
	if (!rule->outcome ||
	    nullable_hex(r, object, place, "offset", &rule->has_offset,
			 &rule->offset) ||
	    nullable_text(r, object, place, "confidence", &rule->confidence) ||
	    nullable_text(r, object, place, "reason", &rule->reason) ||
	    nullable_text(r, object, place, "reference", &rule->reference))
		return -1;
	rule->enforced = !strcmp(rule->outcome, "enforced");
	return 0;
}

static int read_pages(const struct report *r, struct json_object *object,
		      const char *place, struct bar_page *p)
{
	bool has_first;

	if (nullable_hex(r, object, place, "offset", &p->has_offset,
			 &p->offset) ||
	    nullable_hex(r, object, place, "first_page", &has_first,
			 &p->first_page))
		return -1;
	if (has_first != p->has_offset)
		return refuse_member(r, place, "first_page",
				     "known where offset is, and only there");
	if (!has_first)
		return 0;
	if (number(r, object, place, "page_count", INT64_MAX, &p->page_count))
		return -1;
	if (p->offset >= p->page_size)
		return refuse_member(r, place, "offset", "in a page");
	if (p->first_page & (p->page_size - 1))
		return refuse_member(r, place, "first_page",
				     "the start of a page");
	if (!p->page_count ||
	    p->page_count - 1 > (U64_MAX - p->first_page) / p->page_size)
		return refuse_member(r, place, "page_count",
				     "a number of pages that there can be");
	return 0;
}

static int read_guest(const struct report *r, struct json_object *object,
		      const char *place, struct bar_page *p)
{
	struct json_object *guest;
	char where[PLACE_MAX];

	if (nullable_object(r, object, place, "guest", &guest, where))
		return -1;
	if (!guest)
		return 0;
	p->has_guest = true;
	if (report_hex(r, guest, where, "offset", &p->guest_offset) ||
	    report_hex(r, guest, where, "align", &p->guest_align) ||
	    report_hex(r, guest, where, "footprint", &p->guest_footprint))
		return -1;
	if (p->guest_offset >= p->page_size)
		return refuse_member(r, where, "offset", "in a page");
	if (!is_power_of_two(p->guest_align))
		return refuse_member(r, where, "align", "a power of two");
	if (!p->guest_footprint || p->guest_footprint & (p->page_size - 1))
		return refuse_member(r, where, "footprint", "in whole pages");
	if (p->vfio != BAR_MAPS)
		return report_refuse(r, where,
				     "null where VFIO does not map the BAR");
	return 0;
}

static int check_direct(const struct report *r, const char *place,
			const struct bar_page *p)
{
	size_t i;

	if (p->directs && (p->vfio != BAR_MAPS || !p->has_size))
		return refuse_member(r, place, "direct",
				     "empty where VFIO does not map the BAR");
	for (i = 0; i < p->directs; i++)
		if (p->direct[i].last >= p->size ||
		    (i && p->direct[i].start <= p->direct[i - 1].last))
			return refuse_member(r, place, "direct",
					     "a rising list of ranges in the BAR");
	return 0;
}

static int read_page(const struct report *r, struct json_object *object,
		     const char *place, void *one)
{
	struct bar_page *p = one;
	u32 vfio;

	if (number(r, object, place, "page_size", U32_MAX, &p->page_size) ||
	    flag(r, object, place, "running", &p->running) ||
	    word(r, object, place, "vfio", vfio_names, ARRAY_SIZE(vfio_names),
		 &vfio))
		return -1;
	p->vfio = (enum bar_vfio)vfio;
	if (!is_power_of_two(p->page_size))
		return refuse_member(r, place, "page_size", "a power of two");
	if (nullable_text(r, object, place, "reason", &p->reason) ||
	    nullable_text(r, object, place, "why", &p->why) ||
	    read_pages(r, object, place, p) ||
	    nullable(r, object, place, "size", &p->has_size) ||
	    (p->has_size && read_size(r, object, place, &p->size)) ||
	    flag(r, object, place, "moves", &p->moves))
		return -1;
	/* VFs that are larger there are mapped, however large they are. */
	if (p->vfio == BAR_MAPS && !p->has_size && !p->moves)
		return refuse_member(r, place, "size",
				     "known, though VFIO maps the BAR");
	if (objects(r, object, place, "shared_with", SIZE_MAX,
		    sizeof(*p->shared), (void **)&p->shared, &p->shareds,
		    read_shared) ||
	    objects(r, object, place, "msix", SIZE_MAX, sizeof(*p->msix),
		    (void **)&p->msix, &p->msixs, read_msix_pages) ||
	    objects(r, object, place, "direct", SIZE_MAX, sizeof(*p->direct),
		    (void **)&p->direct, &p->directs, read_direct) ||
	    objects(r, object, place, "rules", SIZE_MAX, sizeof(*p->rule),
		    (void **)&p->rule, &p->rules, read_rule))
		return -1;
	return check_direct(r, place, p) || read_guest(r, object, place, p) ?
		-1 : 0;
}

/*
 * One BAR
 */

static int read_where(const struct report *r, struct json_object *object,
		      const char *place, struct bar *b)
{
	bool has_last;

	if (nullable(r, object, place, "start", &b->has_address) ||
	    nullable(r, object, place, "last", &has_last) ||
	    nullable_hex(r, object, place, "bus", &b->has_bus, &b->bus) ||
	    flag(r, object, place, "assigned", &b->assigned))
		return -1;
	if (b->has_address != has_last)
		return refuse_member(r, place, "last",
				     "known where start is, and only there");
	if (!b->has_address)
		return b->assigned ?
			refuse_member(r, place, "assigned",
				      "false, though there is no address") : 0;
	if (report_range(r, object, place, &b->range))
		return -1;
	/* The VFs' BARs lie one behind the other. */
	if (b->range.last - b->range.start < b->size - 1 ||
	    (b->kind != BAR_VF_MEMORY &&
	     b->range.last - b->range.start != b->size - 1))
		return refuse_member(r, place, "size",
				     "that of the range from start to last");
	return 0;
}

static int read_window(const struct report *r, struct json_object *object,
		       const char *place, struct bar *b)
{
	struct json_object *window;
	char where[PLACE_MAX];

	if (nullable_object(r, object, place, "window", &window, where))
		return -1;
	if (!window)
		return 0;
	b->has_window = true;
	b->owner = report_text(r, window, where, "owner");
	return b->owner ? report_range(r, window, where, &b->window) : -1;
}

static int check_pages(const struct report *r, const char *place,
		       const struct bar *b)
{
	bool running = false;
	size_t i;

	for (i = 0; i < b->pages; i++) {
		if (bar_page_of(b, b->page[i].page_size) != &b->page[i] ||
		    (running && b->page[i].running))
			return refuse_member(r, place, "pages",
					     "a list of different page sizes");
		running |= b->page[i].running;
	}
	return 0;
}

static int read_bar(const struct report *r, struct json_object *object,
		    const char *place, void *one)
{
	struct bar *b = one;
	u64 value;
	u32 kind;

	if (word(r, object, place, "kind", kind_names, ARRAY_SIZE(kind_names),
		 &kind) ||
	    number(r, object, place, "bar", BAR_ROM, &value) ||
	    read_size(r, object, place, &b->size))
		return -1;
	b->kind = (enum bar_kind)kind;
	b->number = (u32)value;
	if ((b->number == BAR_ROM) != (b->kind == BAR_EXPANSION_ROM))
		return refuse_member(r, place, "bar",
				     "the number of a BAR of this kind");
	if (b->kind != BAR_IO) {
		if (number(r, object, place, "bits", 64, &value) ||
		    flag(r, object, place, "prefetchable", &b->prefetchable))
			return -1;
		if (value != 32 && value != 64)
			return refuse_member(r, place, "bits", "32 or 64");
		b->bits = (u32)value;
	}
	if (read_where(r, object, place, b) ||
	    read_window(r, object, place, b) ||
	    objects(r, object, place, "pages", BAR_PAGES_MAX, sizeof(*b->page),
		    (void **)&b->page, &b->pages, read_page))
		return -1;
	return check_pages(r, place, b);
}

/*
 * One device
 */

static int read_part(const struct report *r, struct json_object *msix,
		     const char *place, const char *key, u32 *bar,
		     struct resv_range *range)
{
	struct json_object *part = report_member(r, msix, place, key,
						 json_type_object);
	char where[PLACE_MAX];
	u64 value;

	place_of(where, place, key);
	if (!part || number(r, part, where, "bar", BAR_ROM - 1, &value))
		return -1;
	*bar = (u32)value;
	return report_range(r, part, where, range);
}

static int read_msix(const struct report *r, struct json_object *bars,
		     const char *place, struct bar_device *d)
{
	struct json_object *msix;
	char where[PLACE_MAX];
	u64 vectors;

	if (nullable_text(r, bars, place, "msix_error", &d->msix_error) ||
	    nullable_object(r, bars, place, "msix", &msix, where))
		return -1;
	if (!msix)
		return 0;
	d->has_msix = true;
	if (number(r, msix, where, "vectors", 2048, &vectors))
		return -1;
	d->vectors = (u32)vectors;
	return read_part(r, msix, where, "table", &d->table_bar, &d->table) ||
	       read_part(r, msix, where, "pba", &d->pba_bar, &d->pba) ? -1 : 0;
}

static int read_vfs(const struct report *r, struct json_object *bars,
		    const char *place, struct bar_device *d)
{
	struct json_object *vfs, *sizes;
	char where[PLACE_MAX];
	u64 total, enabled;
	size_t i, n;

	if (nullable_text(r, bars, place, "vf_of", &d->vf_of) ||
	    nullable_object(r, bars, place, "vfs", &vfs, where))
		return -1;
	if (d->vf_of && !is_function(d->vf_of))
		return refuse_member(r, place, "vf_of",
				     "the name of a PCI function");
	if (!vfs)
		return 0;
	d->is_pf = true;
	sizes = report_member(r, vfs, where, "page_sizes", json_type_array);
	if (!sizes || number(r, vfs, where, "total", U16_MAX, &total) ||
	    number(r, vfs, where, "enabled", U16_MAX, &enabled))
		return -1;
	d->vfs_total = (u32)total;
	d->vfs_enabled = (u32)enabled;
	n = json_object_array_length(sizes);
	d->vf_page_size = report_zeroed(n, sizeof(*d->vf_page_size));
	for (i = 0; i < n; i++) {
		struct json_object *size = json_object_array_get_idx(sizes, i);
		int64_t value = json_object_get_int64(size);

		if (!json_object_is_type(size, json_type_int) || value < 0 ||
		    !is_power_of_two((u64)value))
			return refuse_member(r, where, "page_sizes",
					     "a list of powers of two");
		d->vf_page_size[d->vf_page_sizes++] = (u64)value;
	}
	return 0;
}

/* A BAR is there once; the registers of 64-bit ones are two. */
static int check_bars(const struct report *r, const char *place,
		      const struct bar_device *d)
{
	bool seen[2][BAR_ROM + 1] = { { false } };
	size_t i;

	for (i = 0; i < d->bars; i++) {
		const struct bar *b = &d->bar[i];
		bool *twice = &seen[b->kind == BAR_VF_MEMORY][b->number];

		if (*twice)
			return refuse_member(r, place, "list",
					     "a list of different BARs");
		*twice = true;
	}
	return 0;
}

static int read_path(const struct report *r, struct json_object *bars,
		     const char *place, struct bar_device *d)
{
	if (nullable_text(r, bars, place, "path", &d->path))
		return -1;
	return !d->path || is_path(d->path) ? 0 :
		refuse_member(r, place, "path", "the way to a PCI function");
}

static int read_bars(const struct report *r, struct json_object *bars,
		     const char *place, struct bar_device *d)
{
	if (number(r, bars, place, "page_size", U32_MAX, &d->page_size) ||
	    nullable_text(r, bars, place, "error", &d->error) ||
	    read_path(r, bars, place, d) || read_msix(r, bars, place, d) ||
	    read_vfs(r, bars, place, d))
		return -1;
	if (!is_power_of_two(d->page_size))
		return refuse_member(r, place, "page_size", "a power of two");
	if (objects(r, bars, place, "list", BARS_MAX, sizeof(*d->bar),
		    (void **)&d->bar, &d->bars, read_bar))
		return -1;
	if (d->error && d->bars)
		return refuse_member(r, place, "list",
				     "empty, though BARs could not be read");
	return check_bars(r, place, d);
}

static int each_device(const struct report *r, struct json_object *object,
		       const char *place, void *arg)
{
	struct reading *reading = arg;
	struct json_object *bars;
	struct bar_device *d;
	char where[PLACE_MAX];

	if (nullable_object(r, object, place, "bars", &bars, where))
		return -1;
	if (!bars)
		return 0;
	if (reading->count == reading->room) {
		reading->room = 2 * reading->room + 16;
		reading->device = xrealloc(reading->device,
					   reading->room * sizeof(*d));
	}
	d = &reading->device[reading->count++];
	*d = (struct bar_device){ .group = reading->group };
	d->name = report_text(r, object, place, "name");
	if (!d->name)
		return -1;
	if (!is_function(d->name))
		return refuse_member(r, place, "name",
				     "the name of a PCI function, but it has BARs");
	return read_bars(r, bars, where, d);
}

static int each_group(const struct report *r, struct json_object *group,
		      const char *place, void *arg)
{
	struct reading *reading = arg;
	struct json_object *devices;
	char where[PLACE_MAX];

	if (report_number(r, group, place, "id", INT32_MAX, &reading->group))
		return -1;
	devices = report_member(r, group, place, "devices", json_type_array);
	place_of(where, place, "devices");
	return devices ? report_each(r, devices, where, each_device, reading) :
			 -1;
}

int report_bars(const struct report *r, struct bar_device **devices,
		size_t *count)
{
	struct json_object *groups = report_member(r, r->root, "", "groups",
						   json_type_array);
	struct reading reading = { .r = r };
	int ret = -1;

	if (groups)
		ret = report_each(r, groups, "groups", each_group, &reading);
	*devices = reading.device;
	*count = reading.count;
	return ret;
}

void report_bars_free(struct bar_device *devices, size_t count)
{
	size_t i, j, k;

	for (i = 0; i < count; i++) {
		for (j = 0; j < devices[i].bars; j++) {
			struct bar *b = &devices[i].bar[j];

			for (k = 0; k < b->pages; k++) {
				free(b->page[k].shared);
				free(b->page[k].msix);
				free(b->page[k].direct);
				free(b->page[k].rule);
			}
			free(b->page);
		}
		free(devices[i].bar);
		free(devices[i].vf_page_size);
	}
	free(devices);
}
