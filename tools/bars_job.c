// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_job.c - what a report has for iommu-resv bars place
 *
 * Contracts are in bars_job.h.
 */
#include "bars_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND		"bars place"
#define TEXT_MAX	512

const char *bars_range_text(char text[48], const struct resv_range *r)
{
	snprintf(text, 48, "0x%" PRIx64 "-0x%" PRIx64, r->start, r->last);
	return text;
}

bool bars_has_bridge(const struct bars_want *want)
{
	size_t i;

	for (i = 0; i < want->windows; i++)
		if (want->window[i].prefetchable)
			return true;
	return false;
}

char *bars_full_name(const char *text, size_t length)
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

static int find_devices(struct bars_job *job)
{
	const struct bars_want *want = job->want;
	size_t i, j;

	job->device = bars_grown(NULL, want->devices, sizeof(*job->device));
	for (i = 0; i < want->devices; i++) {
		char *name = bars_full_name(want->device[i],
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

static const struct bars_pin *find_pin(const struct bars_job *job,
				  const struct bar_device *d,
				  const struct bar *b)
{
	const struct bars_want *want = job->want;
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
static int check_pins(const struct bars_job *job)
{
	const struct bars_want *want = job->want;
	size_t i, j;

	for (i = 0; i < want->pins; i++) {
		const struct bars_pin *p = &want->pin[i];
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

static void leave(struct bars_job *job, const struct bar_device *d,
		  const struct bar *b, const char *why)
{
	job->left = bars_grown(job->left, job->lefts, sizeof(*job->left));
	job->left[job->lefts++] = (struct bars_left){ d, b, why };
}

static int refuse(const struct bars_job *job, const struct bar_device *d,
		  const struct bar *b, const char *what, const char *why)
{
	problem("%s: %s: BAR %" PRIu32 ": %s%s%s", job->want->report, d->name,
		b->number, what, why ? ": " : "", why ? why : "");
	return -1;
}

/* What the report says of a BAR at that page size, as an item to place. */
static int add_item(struct bars_job *job, const struct bar_device *d,
		    const struct bar *b, const struct bars_pin *pin)
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
		job->closed = bars_grown(job->closed, job->closeds,
					 sizeof(*job->closed));
		job->closed[job->closeds++] = (struct bars_closed){ d, b, p };
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
	request->item = bars_grown(request->item, request->items,
				   sizeof(*request->item));
	job->source = bars_grown(job->source, request->items,
				 sizeof(*job->source));
	job->source[request->items] = (struct bars_source){ b, p };
	request->item[request->items++] = item;
	return 0;
}

static int add_bar(struct bars_job *job, const struct bar_device *d,
		   const struct bar *b)
{
	const struct bars_pin *pin =
		b->kind == BAR_IO ? NULL : find_pin(job, d, b);

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

static int add_items(struct bars_job *job)
{
	const struct bars_want *want = job->want;
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
	struct bars_job *job = arg;
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
		job->kept = bars_grown(job->kept, job->kepts,
				       sizeof(*job->kept));
		job->range = bars_grown(job->range, job->kepts,
					sizeof(*job->range));
		job->range[job->kepts] = region->range;
		job->kept[job->kepts++] = (struct bars_kept){
			.range = region->range,
			.type = region->type,
			.group = d->group,
			.by = by_text(region),
		};
	}
	return 0;
}

int bars_job_open(struct bars_job *job, const struct bars_want *want,
		  const struct report *report)
{
	memset(job, 0, sizeof(*job));
	job->want = want;
	job->request.window = want->window;
	job->request.windows = want->windows;
	if (report_bars(report, &job->all, &job->count) ||
	    find_devices(job) || add_items(job))
		return -1;
	if (!want->ignore_regions &&
	    report_for_each_device(report, keep_regions, job))
		return -1;
	job->request.kept = job->range;
	job->request.kepts = job->kepts;
	return 0;
}

void bars_job_close(struct bars_job *job)
{
	while (job->kepts)
		free(job->kept[--job->kepts].by);
	free(job->kept);
	free(job->range);
	free(job->left);
	free(job->closed);
	free(job->source);
	free(job->device);
	free(job->request.item);
	free(job->request.conflict);
	report_bars_free(job->all, job->count);
}
