// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_common.c - what bars show, remedy and check have in common
 */
#include "bars_common.h"
#include "problem.h"
#include "report_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int bars_size(struct bars *b, const char *text, bool with_all)
{
	char *end;
	u64 size;

	if (with_all && !strcmp(text, "all")) {
		b->all_sizes = true;
		return 0;
	}
	errno = 0;
	size = strtoull(text, &end, 0);
	if (*end == 'K' || *end == 'k') {
		size = size > UINT32_MAX ? 0 : size << 10;
		end++;
	}
	if (*text < '0' || *text > '9' || *end || errno || !size ||
	    size & (size - 1) || size > UINT32_MAX) {
		problem("%s: --page-size %s: must be a power of two%s, as 64K, 65536 or 0x10000",
			b->command, text, with_all ? " or all" : "");
		return -1;
	}
	b->all_sizes = false;
	b->page_size = size;
	return 0;
}

static int read_running(struct bars *b)
{
	const struct report *r = &b->report;
	struct json_object *module = report_member(r, r->root, "", "module",
						   json_type_object);
	int64_t size;

	if (!module ||
	    report_number(r, module, "module", "page_size", UINT32_MAX, &size))
		return -1;
	if (!size || size & (size - 1))
		return report_refuse(r, "module.page_size", "a power of two");
	b->running = (u64)size;
	if (!b->page_size)
		b->page_size = b->running;
	return 0;
}

/* "02:00.0" is "0000:02:00.0", as in lspci. */
static bool is_called(const struct bar_device *d, const char *name)
{
	return !strcmp(d->name, name) ||
	       (strlen(name) == 7 && !strncmp(d->name, "0000:", 5) &&
		!strcmp(d->name + 5, name));
}

static int choose(struct bars *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->devices; i++)
		if (is_called(&b->device[i], name)) {
			b->chosen[i] = true;
			return 0;
		}
	problem("%s: %s: is no PCI function of %s; it has those that are behind an IOMMU, as 0000:01:00.0",
		b->command, name, b->report_name);
	return -1;
}

int bars_open(struct bars *b, char **name, size_t names)
{
	size_t i;

	/* Says why where the module is not loaded. */
	if (report_open(&b->report, b->report_name))
		return -1;
	if (read_running(b) || report_bars(&b->report, &b->device, &b->devices))
		return -1;
	b->named = names;
	b->chosen = report_zeroed(b->devices, sizeof(*b->chosen));
	for (i = 0; i < b->devices && !names; i++)
		b->chosen[i] = true;
	for (i = 0; i < names; i++)
		if (choose(b, name[i]))
			return -1;
	return 0;
}

void bars_close(struct bars *b)
{
	free(b->chosen);
	report_bars_free(b->device, b->devices);
	report_close(&b->report);
}

const struct bar_page *bars_pages(const struct bars *b,
				  const struct bar_device *d,
				  const struct bar *bar)
{
	const struct bar_page *p = bar_page_of(bar, b->page_size);
	char text[24], label[16];

	if (!p)
		problem("%s: %s: has no answer for pages of %s for %s of %s",
			b->command, b->report_name,
			bars_unit(text, b->page_size), bars_label(label, bar),
			d->name);
	return p;
}

const char *bars_unit(char text[24], u64 size)
{
	if (size & 1023)
		snprintf(text, 24, "%" PRIu64, size);
	else
		snprintf(text, 24, "%" PRIu64 "K", size >> 10);
	return text;
}

const char *bars_kind(const struct bar *bar)
{
	switch (bar->kind) {
	case BAR_MEMORY:
		return bar->bits == 64 ?
			(bar->prefetchable ? "mem64 pref" : "mem64") :
			(bar->prefetchable ? "mem32 pref" : "mem32");
	case BAR_IO:
		return "io";
	case BAR_EXPANSION_ROM:
		return "rom";
	default:
		return bar->bits == 64 ? "VFs' mem64" : "VFs' mem32";
	}
}

const char *bars_label(char text[16], const struct bar *bar)
{
	if (bar->kind == BAR_EXPANSION_ROM)
		snprintf(text, 16, "ROM");
	else
		snprintf(text, 16, "%sBAR %u",
			 bar->kind == BAR_VF_MEMORY ? "VF " : "",
			 bar->number);
	return text;
}

bool bars_by_place(const struct bar *bar, const struct bar_page *p)
{
	static const char * const reasons[] = {
		"unaligned", "shared", "window-end"
	};
	size_t i;

	if (bar->kind != BAR_MEMORY || p->vfio != BAR_TRAPS || !p->reason)
		return false;
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(p->reason, reasons[i]))
			return true;
	return false;
}

bool bars_of_bridge(const struct bar_page *p)
{
	return p->reason && !strcmp(p->reason, "bridge");
}

u32 bars_order(u64 size)
{
	return (u32)__builtin_ctzll(size);
}

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}

char *bars_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	return text;
}

void bars_say(struct out *o, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	out_text(o, NULL, text);
	free(text);
}
