/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_builder.h - hand-made ACPI tables for the tests of acpi/
 *
 * Offsets and sizes are written here as numbers, from the specifications (ARM
 * DEN 0049E.f, ACPI 6.5) and not from the reader's wire structs: a wrong struct
 * must not be able to agree with itself.
 */
#ifndef ACPI_BUILDER_H
#define ACPI_BUILDER_H

#include <stdio.h>
#include <stdlib.h>

#include "module/env.h"

struct builder {
	u8 buf[0x4000];
	u32 len;
	u32 nodes;
	u32 node;	/* offset of the node that is being built */
};

static inline void put_le(u8 *p, u32 width, u64 v)
{
	u32 i;

	for (i = 0; i < width; i++)
		p[i] = (u8)(v >> (8 * i));
}

static inline void builder_need(const struct builder *b, u32 len)
{
	if (len > sizeof(b->buf) - b->len) {
		fprintf(stderr, "acpi_builder.h: the test's table is too big\n");
		abort();
	}
}

/* Make the sum of the first @len bytes zero; the checksum is byte 9. */
static inline void table_sum(u8 *buf, u32 len)
{
	u8 sum = 0;
	u32 i;

	buf[9] = 0;
	for (i = 0; i < len; i++)
		sum += buf[i];
	buf[9] = (u8)-sum;
}

static inline void builder_finish(struct builder *b)
{
	put_le(b->buf + 4, 4, b->len);
	table_sum(b->buf, b->len);
}

/* ---- IORT ---- */

static inline void iort_begin(struct builder *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->buf, "IORT", 4);
	b->buf[8] = 6;
	memcpy(b->buf + 10, "TESTER", 6);
	memcpy(b->buf + 16, "TESTTABL", 8);
	b->len = 48;
	put_le(b->buf + 40, 4, 48);
}

/* Begin a node with @fixed bytes before its arrays; gives its offset. */
static inline u32 iort_add(struct builder *b, u8 type, u8 revision, u32 fixed)
{
	builder_need(b, fixed);
	b->node = b->len;
	b->buf[b->node] = type;
	b->buf[b->node + 3] = revision;
	put_le(b->buf + b->node + 1, 2, fixed);
	b->len += fixed;
	put_le(b->buf + 36, 4, ++b->nodes);
	return b->node;
}

/* Append @len zero bytes to the node; gives their offset in the table. */
static inline u32 iort_grow(struct builder *b, u32 len)
{
	u32 at = b->len;

	builder_need(b, len);
	b->len += len;
	put_le(b->buf + b->node + 1, 2, b->len - b->node);
	return at;
}

/* Append an ID mapping to the node, next to those already there. */
static inline u32 iort_map(struct builder *b, u32 input, u32 id_count,
			   u32 output, u32 reference, u32 flags)
{
	u8 *n = b->buf + b->node;
	u32 count = get_le32(n + 8);
	u32 at = iort_grow(b, 20);

	if (!count)
		put_le(n + 12, 4, at - b->node);
	put_le(n + 8, 4, count + 1);
	put_le(b->buf + at, 4, input);
	put_le(b->buf + at + 4, 4, id_count);
	put_le(b->buf + at + 8, 4, output);
	put_le(b->buf + at + 12, 4, reference);
	put_le(b->buf + at + 16, 4, flags);
	return at;
}

static inline u32 iort_add_its(struct builder *b, u32 count, const u32 *ids)
{
	u32 node = iort_add(b, 0, 1, 20);
	u32 i, at = iort_grow(b, 4 * count);

	put_le(b->buf + node + 16, 4, count);
	for (i = 0; i < count; i++)
		put_le(b->buf + at + 4 * i, 4, ids[i]);
	return node;
}

static inline u32 iort_add_rc(struct builder *b, u32 segment)
{
	u32 node = iort_add(b, 2, 3, 36);

	put_le(b->buf + node + 28, 4, segment);
	return node;
}

/* An SMMUv3 with wired interrupts only: it has no MSIs of its own. */
static inline u32 iort_add_smmu_v3(struct builder *b, u8 revision)
{
	u32 node = iort_add(b, 4, revision, 68);
	u32 i;

	for (i = 0; i < 4; i++)
		put_le(b->buf + node + 44 + 4 * i, 4, 100 + i);
	return node;
}

/* ---- MADT ---- */

static inline void madt_begin(struct builder *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->buf, "APIC", 4);
	b->buf[8] = 5;
	memcpy(b->buf + 10, "TESTER", 6);
	b->len = 44;
}

static inline u32 madt_add(struct builder *b, u8 type, u8 length)
{
	u32 at = b->len;

	builder_need(b, length);
	b->buf[at] = type;
	b->buf[at + 1] = length;
	b->len += length;
	return at;
}

static inline u32 madt_add_its(struct builder *b, u32 id, u64 base)
{
	u32 at = madt_add(b, 15, 20);

	put_le(b->buf + at + 4, 4, id);
	put_le(b->buf + at + 8, 8, base);
	return at;
}

static inline u32 madt_add_frame(struct builder *b, u64 base)
{
	u32 at = madt_add(b, 13, 24);

	put_le(b->buf + at + 8, 8, base);
	return at;
}

/* ---- both ---- */

/*
 * A copy that ends where the table ends, so that the address sanitizer sees
 * the first byte that is read too far.
 */
static inline u8 *exact_copy(const u8 *buf, size_t size)
{
	u8 *p = malloc(size ? size : 1);

	if (!p) {
		fprintf(stderr, "acpi_builder.h: out of memory\n");
		abort();
	}
	memcpy(p, buf, size);
	return p;
}

#endif
