// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - a growing text, and JSON strings in it; bytes go as well
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/slab.h>

#include "text.h"

/* The widest single addition; strings from the table are shorter. */
#define RESV_TEXT_STEP	1024

static void resv_text_room(struct resv_text *t, size_t more)
{
	size_t size = max_t(size_t, 4096, t->size * 2);
	char *p;

	if (t->failed || t->len + more <= t->size)
		return;
	size = max(size, t->len + more);
	p = kvmalloc(size, GFP_KERNEL);
	if (!p) {
		t->failed = true;
		return;
	}
	if (t->len)
		memcpy(p, t->p, t->len);
	kvfree(t->p);
	t->p = p;
	t->size = size;
}

/**
 * put() - add formatted text
 * @t: the text; out of memory, it is marked as failed and stays as it is
 * @fmt: as printf()
 */
void put(struct resv_text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	resv_text_room(t, RESV_TEXT_STEP);
	if (t->failed)
		return;
	va_start(args, fmt);
	n = vsnprintf(t->p + t->len, t->size - t->len, fmt, args);
	va_end(args);
	if (n >= t->size - t->len) {
		resv_text_room(t, n + 1);
		if (t->failed)
			return;
		va_start(args, fmt);
		n = vsnprintf(t->p + t->len, t->size - t->len, fmt, args);
		va_end(args);
	}
	t->len += n;
}

/**
 * put_bytes() - add bytes as they are
 * @t: the text
 * @data: the bytes
 * @len: how many
 */
void put_bytes(struct resv_text *t, const void *data, size_t len)
{
	resv_text_room(t, len);
	if (t->failed)
		return;
	memcpy(t->p + t->len, data, len);
	t->len += len;
}

/**
 * put_space() - add bytes that the caller writes
 * @t: the text
 * @len: how many
 *
 * Return: where they go, until more is added; %NULL without memory.
 */
void *put_space(struct resv_text *t, size_t len)
{
	void *space;

	resv_text_room(t, len);
	if (t->failed)
		return NULL;
	space = t->p + t->len;
	t->len += len;
	return space;
}

/**
 * put_string() - add a JSON string (RFC 8259, section 7)
 * @t: the text
 * @s: the string
 *
 * Firmware strings are in no known encoding: a byte above ASCII is shown as the
 * character of that number, so that the document stays valid.
 */
void put_string(struct resv_text *t, const char *s)
{
	resv_text_room(t, strlen(s) * 6 + 3);
	if (t->failed)
		return;
	t->p[t->len++] = '"';
	for (; *s; s++) {
		u8 c = *s;

		if (c == '"' || c == '\\') {
			t->p[t->len++] = '\\';
			t->p[t->len++] = c;
		} else if (c < 0x20 || c >= 0x7f) {
			t->len += sprintf(t->p + t->len, "\\u%04x", c);
		} else {
			t->p[t->len++] = c;
		}
	}
	t->p[t->len++] = '"';
}

/**
 * put_member() - add a JSON member whose value is a string
 * @t: the text
 * @name: plain ASCII
 * @value: any string
 */
void put_member(struct resv_text *t, const char *name, const char *value)
{
	put(t, "\"%s\":", name);
	put_string(t, value);
}

/**
 * put_comma() - between JSON elements: nothing before the first, a comma after
 * @t: the text
 * @first: true before the first; becomes false
 */
void put_comma(struct resv_text *t, bool *first)
{
	if (!*first)
		put(t, ",");
	*first = false;
}

/**
 * put_plain() - add a firmware string to a text file: one line, ASCII
 * @t: the text
 * @s: the string; other bytes become question marks
 */
void put_plain(struct resv_text *t, const char *s)
{
	for (; *s; s++)
		put(t, "%c", *s >= 0x20 && *s < 0x7f ? *s : '?');
}
