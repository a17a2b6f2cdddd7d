// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_alignment.c - the kernel's setting pci=resource_alignment=, read and made
 */
#include "bars_alignment.h"
#include "problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits in hex, with or without 0x, as the kernel's sscanf() has them. */
static bool take_hex(const char **p, u32 max, u32 *value)
{
	const char *at = *p;
	u64 wide = 0;
	size_t n;

	if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X') &&
	    strspn(at + 2, "0123456789abcdefABCDEF"))
		at += 2;
	n = strspn(at, "0123456789abcdefABCDEF");
	if (!n)
		return false;
	for (; n; n--, at++) {
		wide = wide << 4 | (u32)(*at <= '9' ? *at - '0' :
					 (*at | 0x20) - 'a' + 10);
		if (wide > max)
			return false;
	}
	*value = (u32)wide;
	*p = at;
	return true;
}

static bool take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* "DD.F" */
static bool take_devfn(const char **p, u8 *devfn)
{
	u32 slot, function;

	if (!take_hex(p, 0x1f, &slot) || !take(p, '.') ||
	    !take_hex(p, 7, &function))
		return false;
	*devfn = (u8)(slot << 3 | function);
	return true;
}

/* "ORDER@"; without it nothing is taken. */
static bool take_order(const char **p, struct alignment_entry *e)
{
	size_t n = strspn(*p, "0123456789");
	u64 order;

	if (!n || (*p)[n] != '@')
		return true;
	/* sscanf("%d") of more is anything. */
	if (n > 9)
		return false;
	order = strtoull(*p, NULL, 10);
	e->has_order = order <= ALIGNMENT_ORDER_MAX;
	e->order = e->has_order ? (u32)order : 0;
	*p += n + 1;
	return true;
}

static bool take_ids(const char **p, struct alignment_entry *e)
{
	const char *at = *p;
	u32 id[4] = { 0 };
	const char *pair;
	size_t i;

	for (i = 0; i < 2; i++)
		if ((i && !take(&at, ':')) || !take_hex(&at, U16_MAX, &id[i]))
			return false;
	/* Both subsystem ids, or the entry ends before them. */
	pair = at;
	if (take(&at, ':') && take_hex(&at, U16_MAX, &id[2]) && take(&at, ':') &&
	    take_hex(&at, U16_MAX, &id[3]))
		pair = at;
	else
		id[2] = id[3] = 0;
	for (i = 0; i < 4; i++)
		e->id[i] = (u16)id[i];
	e->by_id = true;
	*p = pair;
	return true;
}

static bool take_path(const char **p, struct alignment_entry *e)
{
	const char *at = *p;
	u32 number[2];

	if (!take_hex(&at, U32_MAX, &number[0]) || !take(&at, ':') ||
	    !take_hex(&at, U32_MAX, &number[1]))
		return false;
	if (take(&at, ':')) {
		e->domain = number[0];
		e->bus = number[1];
		if (!take_devfn(&at, &e->devfn[0]))
			return false;
	} else {
		at = *p;
		e->domain = 0;
		if (!take_hex(&at, U32_MAX, &e->bus) || !take(&at, ':') ||
		    !take_devfn(&at, &e->devfn[0]))
			return false;
	}
	for (e->hops = 1; take(&at, '/'); e->hops++)
		if (e->hops == PCI_HOPS_MAX ||
		    !take_devfn(&at, &e->devfn[e->hops]))
			return false;
	/* The kernel looks for the semicolon first, and takes no other end. */
	if (*at && *at != ';')
		return false;
	*p = at;
	return true;
}

static char *copy(const char *text, size_t length)
{
	char *to = xrealloc(NULL, length + 1);

	memcpy(to, text, length);
	to[length] = '\0';
	return to;
}

void alignment_parse(struct alignment *a, const char *text)
{
	const char *p = text;

	*a = (struct alignment){ .count = 0 };
	while (*p) {
		struct alignment_entry e = { .text = NULL };
		const char *start = p;
		bool read;

		read = take_order(&p, &e);
		if (read && !strncmp(p, "pci:", 4)) {
			p += 4;
			read = take_ids(&p, &e);
		} else if (read) {
			read = take_path(&p, &e);
		}
		if (!read) {
			a->rest = xstrdup(start);
			return;
		}
		e.text = copy(start, (size_t)(p - start));
		a->entry = xrealloc(a->entry, (a->count + 1) * sizeof(e));
		a->entry[a->count++] = e;
		if (*p && *p != ';' && *p != ',') {
			a->rest = xstrdup(p);
			return;
		}
		p += *p != '\0';
	}
}

static bool has_text(const struct alignment *a, const char *text)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (!strcmp(a->entry[i].text, text))
			return true;
	return false;
}

void alignment_join(struct alignment *a, const char *text)
{
	struct alignment more;
	size_t i;

	alignment_parse(&more, text);
	a->entry = xrealloc(a->entry, (a->count + more.count + 1) *
			    sizeof(*a->entry));
	for (i = 0; i < more.count; i++) {
		if (has_text(a, more.entry[i].text))
			free(more.entry[i].text);
		else
			a->entry[a->count++] = more.entry[i];
	}
	more.count = 0;
	alignment_free(&more);
}

void alignment_free(struct alignment *a)
{
	while (a->count)
		free(a->entry[--a->count].text);
	free(a->entry);
	free(a->rest);
	*a = (struct alignment){ .count = 0 };
}

bool alignment_names(const struct alignment_entry *e,
		     const struct pci_function *f)
{
	size_t above;
	size_t i;

	if (f->is_vf)
		return false;
	if (e->by_id) {
		for (i = 0; i < 4; i++)
			if (e->id[i] && e->id[i] != f->id[i])
				return false;
		return true;
	}
	if (e->hops > f->hops || e->domain != f->domain)
		return false;
	above = f->hops - e->hops;
	for (i = 0; i < e->hops; i++)
		if (e->devfn[i] != f->hop[above + i].devfn)
			return false;
	return f->hop[above].bus >= 0 && (u32)f->hop[above].bus == e->bus;
}

const struct alignment_entry *alignment_of(const struct alignment *a,
					   const struct pci_function *f)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (alignment_names(&a->entry[i], f))
			return &a->entry[i];
	return NULL;
}

char *alignment_path(const struct pci_function *f)
{
	/* "/DD.F" each, and the domain and the bus. */
	size_t room = 16 + 5 * f->hops;
	char *text;
	size_t n, i;

	if (f->hop[0].bus < 0)
		return NULL;
	text = xrealloc(NULL, room);
	n = (size_t)snprintf(text, room, "%04x:%02x:%02x.%x", f->domain,
			     f->hop[0].bus & 0xff, f->hop[0].devfn >> 3,
			     f->hop[0].devfn & 7);
	for (i = 1; i < f->hops; i++)
		n += (size_t)snprintf(text + n, room - n, "/%02x.%x",
				      f->hop[i].devfn >> 3,
				      f->hop[i].devfn & 7);
	return text;
}

static bool wished_anew(const struct alignment_entry *e,
			const struct alignment_wish *wish, size_t wishes)
{
	size_t i;

	/* By ids it may be about others, too. */
	for (i = 0; i < wishes && !e->by_id; i++)
		if (alignment_names(e, wish[i].function))
			return true;
	return false;
}

char *alignment_merge(const struct alignment *a,
		      const struct alignment_wish *wish, size_t wishes)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	size_t i;

	if (!to) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	for (i = 0; i < wishes; i++) {
		char *path = alignment_path(wish[i].function);

		fprintf(to, "%s%u@%s", ftell(to) ? ";" : "", wish[i].order,
			path);
		free(path);
	}
	for (i = 0; i < a->count; i++)
		if (!wished_anew(&a->entry[i], wish, wishes))
			fprintf(to, "%s%s", ftell(to) ? ";" : "",
				a->entry[i].text);
	if (fclose(to)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}
