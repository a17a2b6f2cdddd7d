// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine.c - the identity tokens of a machine, and questions about them
 */
#include "machine.h"
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

void machine_unread(struct machine *m, enum quirk_key kind, const char *name,
		    const char *format, ...)
{
	size_t room = strlen(name) + 300;
	char *text = xrealloc(NULL, room);
	size_t used = (size_t)snprintf(text, room, "%s: ", name);
	va_list args;
	char *p;

	va_start(args, format);
	vsnprintf(text + used, room - used, format, args);
	va_end(args);
	/* File names of a copy may be anything. */
	for (p = text; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	m->unread = xrealloc(m->unread,
			     (m->unread_count + 1) * sizeof(*m->unread));
	m->unread[m->unread_count++] = text;
	m->missing |= 1u << kind;
}

void machine_add(struct machine *m, enum quirk_key kind, const char *value,
		 u32 revision)
{
	if (!printable(value) || strlen(value) > QUIRK_STRING_MAX)
		return;
	if (!(m->count & (m->count - 1)))
		m->tokens = xrealloc(m->tokens, (m->count ? m->count * 2 : 1) *
					       sizeof(*m->tokens));
	m->tokens[m->count++] = (struct token){
		.kind = kind,
		.value = xstrdup(value),
		.revision = revision,
	};
}

static int compare_tokens(const void *a, const void *b)
{
	const struct token *x = a;
	const struct token *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (!order)
		order = strcmp(x->value, y->value);
	if (!order)
		order = (x->revision > y->revision) -
			(x->revision < y->revision);
	return order;
}

void machine_sort(struct machine *m)
{
	size_t kept = 0;
	size_t i;

	if (m->count)
		qsort(m->tokens, m->count, sizeof(*m->tokens), compare_tokens);
	for (i = 0; i < m->count; i++)
		if (!kept ||
		    compare_tokens(&m->tokens[kept - 1], &m->tokens[i]))
			m->tokens[kept++] = m->tokens[i];
		else
			free(m->tokens[i].value);
	m->count = kept;
}

/*
 * Questions
 */

bool machine_has(void *ctx, enum quirk_key kind, const char *value, u32 rev_min,
		 u32 rev_max)
{
	const struct machine *m = ctx;
	size_t i;

	for (i = 0; i < m->count; i++) {
		const struct token *token = &m->tokens[i];

		if (token->kind != kind || strcmp(token->value, value))
			continue;
		if (kind != QUIRK_KEY_ACPI || (token->revision >= rev_min &&
					       token->revision <= rev_max))
			return true;
	}
	return false;
}

static int for_each_token(void *ctx,
			  int (*fn)(void *arg, enum quirk_key kind,
				    const char *value, u32 revision),
			  void *arg)
{
	const struct machine *m = ctx;
	size_t i;
	int ret = 0;

	for (i = 0; i < m->count && !ret; i++)
		ret = fn(arg, m->tokens[i].kind, m->tokens[i].value,
			 m->tokens[i].revision);
	return ret;
}

int machine_match(struct machine *m, const struct quirk_table *t,
		  int (*fn)(void *arg, u32 entry, u32 key), void *arg)
{
	const struct quirk_identity id = {
		.for_each_token = for_each_token,
		.has = machine_has,
		.ctx = m,
	};
	size_t room = t->count[QUIRK_SEC_ENTRIES] / 8 + 1;
	u8 *seen = xrealloc(NULL, room);
	int ret;

	memset(seen, 0, room);
	ret = quirk_table_match(t, &id, fn, arg, seen);
	free(seen);
	if (ret == -EOPNOTSUPP)
		problem("the table says more of this machine than this command understands: install the newer iommu-resv that it was made for");
	return ret ? -1 : 0;
}

void machine_free(struct machine *m)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		free(m->tokens[i].value);
	for (i = 0; i < m->unread_count; i++)
		free(m->unread[i]);
	free(m->tokens);
	free(m->unread);
}
