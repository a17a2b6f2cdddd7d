/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - a growing text, and JSON strings in it
 */
#ifndef IOMMU_RESV_TEXT_H
#define IOMMU_RESV_TEXT_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct resv_text - a growing text
 * @p: the bytes
 * @len: how many
 * @size: allocated
 * @failed: memory ran out; nothing is added any more
 */
struct resv_text {
	char *p;
	size_t len;
	size_t size;
	bool failed;
};

__printf(2, 3) void put(struct resv_text *t, const char *fmt, ...);
void put_bytes(struct resv_text *t, const void *data, size_t len);
void *put_space(struct resv_text *t, size_t len);
void put_string(struct resv_text *t, const char *s);
void put_member(struct resv_text *t, const char *name, const char *value);
void put_comma(struct resv_text *t, bool *first);
void put_plain(struct resv_text *t, const char *s);

#endif
