// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c acpi/iort_check.c acpi/iort_check_node.c acpi/rmr_plan.c acpi/iort_write.c acpi/iort_fix.c acpi/overlay.c acpi/corrected.c */
/*
 * overlay_test.c - tests of the IORT writer
 *
 * Bytes where they matter; what a table says to a device where they do not; and
 * for random wishes that the table says exactly what was wanted, and nothing
 * twice. That real kernels take such tables is for tests/vm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/corrected.h"
#include "acpi/iort_check.h"
#include "acpi/iort_write.h"
#include "acpi_builder.h"
#include "iort_corpus.h"

#define WB	IORT_RMR_ATTR(IORT_RMR_ATTR_NORMAL_WB)
#define REMAP	IORT_RMR_F_REMAP

/* The table that most tests begin with. */
struct base {
	struct builder b;
	u32 its, v3, v2, rc, rc1, pmcg;
};

static void build_base(struct base *base)
{
	struct builder *b = &base->b;

	iort_begin(b);
	b->buf[8] = 3;
	put_le(b->buf + 24, 4, 7);	/* OEM revision */
	memcpy(b->buf + 28, "MAKE", 4);
	base->its = iort_add_its(b, 1, (u32[]){ 5 });
	base->rc = iort_add_rc(b, 0);
	b->buf[base->rc + 32] = 48;
	base->pmcg = iort_add(b, 5, 1, 40);
	base->v3 = iort_add_smmu_v3(b, 4);
	put_le(b->buf + base->v3 + 16, 8, 0x9050000);
	iort_map(b, 0, 0xffff, 0, base->its, 0);
	base->v2 = iort_add(b, 3, 0, 76);
	put_le(b->buf + base->v2 + 16, 8, 0x2b400000);
	put_le(b->buf + base->v2 + 40, 4, 60);
	put_le(b->buf + base->v2 + 48, 4, 76);
	put_le(b->buf + base->v2 + 56, 4, 76);
	iort_map(b, 0, 0xffff, 0, base->its, 0);
	base->rc1 = iort_add_rc(b, 1);
	b->buf[base->rc1 + 32] = 48;
	iort_map(b, 0, 0xfff, 0x4000, base->v3, 0);
	put_le(b->buf + base->pmcg + 28, 4, base->v3);
}

/*
 * Give the root complex of segment 0 mappings: the builder appends to the last
 * node only, so the table is built again around it.
 */
static void build_mapped(struct base *base, u32 count, const u32 (*map)[4])
{
	struct builder *b = &base->b;
	u32 i, later = 36 + 20 * count;

	iort_begin(b);
	b->buf[8] = 5;
	base->its = iort_add_its(b, 1, (u32[]){ 5 });
	base->v3 = b->len + later;
	base->rc = iort_add_rc(b, 0);
	b->buf[base->rc + 32] = 48;
	for (i = 0; i < count; i++)
		iort_map(b, map[i][0], map[i][1], map[i][2],
			 map[i][3] ? base->v3 : base->its, 0);
	assert_int_equal(b->len, base->v3);
	iort_add_smmu_v3(b, 4);
	put_le(b->buf + base->v3 + 16, 8, 0x9050000);
	iort_map(b, 0, 0xffff, 0, base->its, 0);
	base->v2 = 0;
	base->pmcg = iort_add(b, 5, 1, 40);
	put_le(b->buf + base->pmcg + 28, 4, base->v3);
	for (i = 0; i < 4; i++)
		put_le(b->buf + (u32[]){ base->its, base->rc, base->v3,
					 base->pmcg }[i] + 4, 4, i);
}

struct made {
	u8 *buf;
	u32 length;
	struct iort_table t;
	struct iort_overlay_result r;
	struct acpi_fault f;
};

static void drop(struct made *m)
{
	free(m->buf);
	m->buf = NULL;
}

/* Both calls must agree; the table must be in memory of its exact length. */
static int overlay(const struct iort_table *t, const struct iort_overlay *o,
		   struct made *m)
{
	u32 again = 0xdead;
	int ret;

	memset(m, 0, sizeof(*m));
	m->f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	ret = iort_overlay_build(t, o, NULL, 0, &m->length, &m->r, &m->f);
	if (ret)
		return ret;
	m->buf = malloc(m->length);
	assert_non_null(m->buf);
	memset(m->buf, 0xa5, m->length);
	assert_int_equal(iort_overlay_build(t, o, m->buf, m->length - 1, &again,
					    &m->r, &m->f), -ENOSPC);
	m->f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	ret = iort_overlay_build(t, o, m->buf, m->length, &again, &m->r, &m->f);
	if (ret)
		return ret;
	assert_int_equal(again, m->length);
	assert_int_equal(iort_open(&m->t, m->buf, m->length, &m->f), 0);
	assert_int_equal(m->t.length, m->length);
	return 0;
}

static void open_built(struct builder *b, struct iort_table *t)
{
	struct acpi_fault f;

	builder_finish(b);
	if (iort_open(t, b->buf, b->len, &f))
		fail_msg("base refused: %s at 0x%x", f.what, f.offset);
}

/* ---- RMRs ---- */

struct wish {
	u64 start, last;
	u32 flags;
	u32 smmu, first, end;	/* one range of streams, end exclusive */
};

static int wish(const struct iort_table *t, u32 count, const struct wish *w,
		struct made *m)
{
	struct iort_streams streams[64];
	struct iort_rmr_want want[64];
	struct iort_overlay o = {
		.streams = streams, .stream_count = count,
		.rmr = want, .rmr_count = count,
	};
	u32 i;

	assert_true(count <= ARRAY_SIZE(want));
	for (i = 0; i < count; i++) {
		streams[i] = (struct iort_streams){
			.smmu = w[i].smmu, .first = w[i].first,
			.last = w[i].end - 1,
		};
		want[i] = (struct iort_rmr_want){
			.start = w[i].start, .last = w[i].last,
			.flags = w[i].flags, .stream = i, .streams = 1,
		};
	}
	return overlay(t, &o, m);
}

static void good(int ret, const struct made *m)
{
	if (ret)
		fail_msg("%d: %s at 0x%x", ret, m->f.what, m->f.offset);
}

static void bad(int ret, const struct made *m, int error, u32 offset,
		const char *what)
{
	if (ret != error || m->f.offset != offset || !strstr(m->f.what, what))
		fail_msg("%d: \"%s\" at 0x%x, not %d: \"%s\" at 0x%x", ret,
			 m->f.what, m->f.offset, error, what, offset);
	assert_null(m->buf);
}

static void nothing_wanted_is_the_same_table(void **state)
{
	struct iort_overlay o = { .fix_count = 0 };
	struct iort_table t;
	struct base base;
	struct made m;

	(void)state;
	build_base(&base);
	open_built(&base.b, &t);
	good(overlay(&t, &o, &m), &m);
	assert_false(m.r.changed);
	assert_int_equal(m.length, base.b.len);
	assert_memory_equal(m.buf, base.b.buf, base.b.len);
	drop(&m);
}

static void an_rmr_is_these_bytes(void **state)
{
	static const u8 flags[] = { 0x15, 0, 0, 0 };
	struct iort_table t;
	struct base base;
	struct made m;
	u8 sum = 0, *n;
	u32 i;

	(void)state;
	build_base(&base);
	put_le(base.b.buf + base.its + 4, 4, 1);
	put_le(base.b.buf + base.rc + 4, 4, 2);
	put_le(base.b.buf + base.pmcg + 4, 4, 3);
	put_le(base.b.buf + base.v3 + 4, 4, 4);
	put_le(base.b.buf + base.v2 + 4, 4, 9);
	put_le(base.b.buf + base.rc1 + 4, 4, 6);
	open_built(&base.b, &t);
	good(wish(&t, 1, (struct wish[]){
		{ 0x72000000, 0x7201ffff, WB | REMAP, base.v3, 8, 16 } }, &m), &m);
	assert_true(m.r.changed);
	assert_int_equal(m.r.rmr_nodes, 1);
	assert_int_equal(m.r.widened, 0);
	assert_int_equal(m.length, base.b.len + 68);

	/* The header: revision, OEM revision, length, count; ids stay. */
	assert_int_equal(m.buf[8], 5);
	assert_int_equal(get_le32(m.buf + 4), m.length);
	assert_memory_equal(m.buf + 10, base.b.buf + 10, 14);
	assert_int_equal(get_le32(m.buf + 24), 8);
	assert_memory_equal(m.buf + 28, base.b.buf + 28, 8);
	assert_int_equal(get_le32(m.buf + 36), 7);
	assert_memory_equal(m.buf + 40, base.b.buf + 40, base.b.len - 40);
	for (i = 0; i < m.length; i++)
		sum += m.buf[i];
	assert_int_equal(sum, 0);

	/* DEN 0049E.f, tables of the RMR node, ID mapping and range */
	n = m.buf + base.b.len;
	assert_int_equal(n[0], 6);
	assert_int_equal(get_le16(n + 1), 68);
	assert_int_equal(n[3], 3);
	assert_int_equal(get_le32(n + 4), 10);
	assert_int_equal(get_le32(n + 8), 1);
	assert_int_equal(get_le32(n + 12), 28);
	assert_memory_equal(n + 16, flags, 4);
	assert_int_equal(get_le32(n + 20), 1);
	assert_int_equal(get_le32(n + 24), 48);
	assert_int_equal(get_le32(n + 28), 8);
	assert_int_equal(get_le32(n + 32), 7);
	assert_int_equal(get_le32(n + 36), 8);
	assert_int_equal(get_le32(n + 40), base.v3);
	assert_int_equal(get_le32(n + 44), 0);
	assert_int_equal(get_le64(n + 48), 0x72000000);
	assert_int_equal(get_le64(n + 56), 0x20000);
	assert_int_equal(get_le32(n + 64), 0);
	drop(&m);
}

/* RMR node @index behind the base's nodes, as text. */
static void describe(const struct made *m, u32 nodes, u32 index, char *text,
		     size_t room)
{
	u32 off = m->t.node_offset, i;
	const struct iort_rmr *rmr;
	size_t n;

	for (i = 0; i < nodes + index; i++)
		off += get_le16(iort_node_at(&m->t, off)->length);
	rmr = (const void *)iort_node_at(&m->t, off);
	assert_int_equal(rmr->node.type, IORT_RMR);
	n = (size_t)snprintf(text, room, "%x:", get_le32(rmr->flags));
	for (i = 0; i < get_le32(rmr->node.mapping_count); i++) {
		const struct iort_id_mapping *p = iort_mapping_at(&m->t, off, i);

		n += (size_t)snprintf(text + n, room - n, " %x-%x",
				      get_le32(p->output_base),
				      get_le32(p->output_base) +
				      get_le32(p->id_count));
	}
	n += (size_t)snprintf(text + n, room - n, " =");
	for (i = 0; i < iort_rmr_range_count(&m->t, off); i++) {
		const struct iort_rmr_range *r = iort_rmr_range_at(&m->t, off, i);

		n += (size_t)snprintf(text + n, room - n, " %llx+%llx",
				      (unsigned long long)get_le64(r->base),
				      (unsigned long long)get_le64(r->length));
	}
}

static void expect_nodes(u32 count, const struct wish *w, u32 nodes,
			 const char * const *expected)
{
	struct wish copy[64];
	struct iort_table t;
	struct base base;
	char text[512];
	struct made m;
	u32 i;

	build_base(&base);
	open_built(&base.b, &t);
	memcpy(copy, w, count * sizeof(*w));
	for (i = 0; i < count; i++)
		copy[i].smmu = copy[i].smmu ? base.v2 : base.v3;
	good(wish(&t, count, copy, &m), &m);
	if (m.r.rmr_nodes != nodes)
		fail_msg("%u nodes, not %u", m.r.rmr_nodes, nodes);
	for (i = 0; i < nodes; i++) {
		describe(&m, t.node_count, i, text, sizeof(text));
		assert_string_equal(text, expected[i]);
	}
	drop(&m);
}

#define EXPECT(nodes, ...)						\
	expect_nodes(ARRAY_SIZE(((struct wish[]){ __VA_ARGS__ })),	\
		     (struct wish[]){ __VA_ARGS__ },			\
		     ARRAY_SIZE(((const char *[]){ UNPACK nodes })),	\
		     (const char *[]){ UNPACK nodes })
#define UNPACK(...) __VA_ARGS__

static void wishes_become_few_nodes(void **state)
{
	(void)state;
	/* Two devices, one range */
	EXPECT(("14: 8-9 = 10000+10000"),
	       { 0x10000, 0x1ffff, WB, 0, 8, 9 },
	       { 0x10000, 0x1ffff, WB, 0, 9, 10 });
	EXPECT(("14: 8-8 a-a = 10000+10000"),
	       { 0x10000, 0x1ffff, WB, 0, 10, 11 },
	       { 0x10000, 0x1ffff, WB, 0, 8, 9 });
	/* One device, ranges that touch, overlap, and neither */
	EXPECT(("14: 8-8 = 10000+30000 80000+10000"),
	       { 0x80000, 0x8ffff, WB, 0, 8, 9 },
	       { 0x20000, 0x3ffff, WB, 0, 8, 9 },
	       { 0x10000, 0x2ffff, WB, 0, 8, 9 });
	/* What a stream wants twice it gets once */
	EXPECT(("14: 8-8 = 10000+10000 30000+10000", "14: 8-9 = 20000+10000"),
	       { 0x10000, 0x3ffff, WB, 0, 8, 9 },
	       { 0x20000, 0x2ffff, WB, 0, 9, 10 });
	/* Flags, and SMMUs, make nodes of their own */
	EXPECT(("14: 8-8 = 10000+10000", "15: 8-8 = 20000+10000",
		"14: 8-8 = 10000+10000"),
	       { 0x20000, 0x2ffff, WB | REMAP, 0, 8, 9 },
	       { 0x10000, 0x1ffff, WB, 1, 8, 9 },
	       { 0x10000, 0x1ffff, WB, 0, 8, 9 });
	/* Whole granules; the ends of addresses and of streams */
	EXPECT(("0: 0-ffff = 0+10000 ffffffffffff0000+10000"),
	       { 0x8000, 0x8000, 0, 0, 0, 0x10000 },
	       { U64_MAX, U64_MAX, 0, 0, 0, 0x10000 });
	EXPECT(("14: ffffffff-ffffffff = 10000+10000"),
	       { 0x10000, 0x1ffff, WB, 0, U32_MAX, 0 });
}

static void what_is_there_is_not_added_again(void **state)
{
	struct iort_table t;
	struct made m, n;
	struct base base;
	struct wish w[3];
	u32 at;

	(void)state;
	build_base(&base);
	open_built(&base.b, &t);
	w[0] = (struct wish){ 0x10000, 0x2ffff, WB, base.v3, 8, 16 };
	w[1] = (struct wish){ 0x48000, 0x48fff, REMAP, base.v3, 8, 16 };
	good(wish(&t, 2, w, &m), &m);
	assert_int_equal(m.r.rmr_nodes, 2);
	assert_int_equal(m.r.widened, 1);
	assert_int_equal(m.r.already, 0);

	good(wish(&m.t, 2, w, &n), &n);
	assert_false(n.r.changed);
	assert_int_equal(n.r.already, 2);
	assert_int_equal(n.r.widened, 0);
	assert_int_equal(n.length, m.length);
	assert_memory_equal(n.buf, m.buf, m.length);
	drop(&n);

	/* Parts of it: fewer streams, fewer addresses, and what is stricter. */
	w[0] = (struct wish){ 0x20000, 0x2ffff, WB | REMAP, base.v3, 9, 10 };
	good(wish(&m.t, 1, w, &n), &n);
	assert_false(n.r.changed);
	drop(&n);

	/* Another stream beside those: that alone is added. */
	w[0] = (struct wish){ 0x10000, 0x2ffff, WB, base.v3, 8, 17 };
	good(wish(&m.t, 1, w, &n), &n);
	assert_int_equal(n.r.rmr_nodes, 1);
	assert_int_equal(n.r.already, 0);
	assert_int_equal(n.length, m.length + 68);
	assert_int_equal(get_le32(n.buf + m.length + 28 + 8), 16);
	assert_int_equal(get_le32(n.buf + m.length + 28 + 4), 0);
	assert_int_equal(get_le32(n.buf + 24), 9);
	drop(&n);

	/* A part of the addresses only, and other flags */
	at = base.b.len + 68 + 48;
	w[0] = (struct wish){ 0x10000, 0x3ffff, WB, base.v3, 8, 9 };
	bad(wish(&m.t, 1, w, &n), &n, -EEXIST, at, "part of these addresses only");
	assert_int_equal(n.r.want, 0);
	w[1] = (struct wish){ 0x20000, 0x2ffff, 0, base.v3, 15, 16 };
	w[0] = (struct wish){ 0x80000, 0x8ffff, 0, base.v3, 15, 16 };
	bad(wish(&m.t, 2, w, &n), &n, -EEXIST, at, "other flags");
	assert_int_equal(n.r.want, 1);
	assert_int_equal(n.r.fix, IORT_NO_WISH);
	/* What may not be remapped is not fulfilled by what may. */
	w[0] = (struct wish){ 0x40000, 0x4ffff, 0, base.v3, 8, 9 };
	bad(wish(&m.t, 1, w, &n), &n, -EEXIST, base.b.len + 48, "other flags");
	/* The neighbour in the same 64 KiB */
	w[0] = (struct wish){ 0x41000, 0x41fff, REMAP, base.v3, 8, 9 };
	good(wish(&m.t, 1, w, &n), &n);
	assert_false(n.r.changed);
	drop(&n);
	drop(&m);
}

static void an_impossible_wish_is_refused(void **state)
{
	const u64 four = 0x100000000;
	struct iort_streams s = { .first = 1, .last = 1 };
	struct iort_rmr_want r = { .start = 0, .last = 0xffff, .streams = 1 };
	struct iort_overlay o = {
		.streams = &s, .stream_count = 1, .rmr = &r, .rmr_count = 1,
	};
	struct iort_table t;
	struct base base;
	struct made m;

	(void)state;
	build_base(&base);
	open_built(&base.b, &t);
	bad(wish(&t, 1, (struct wish[]){ { 1, 0, WB, base.v3, 1, 2 } }, &m), &m,
	    -EINVAL, 0, "ends before");
	bad(wish(&t, 1, (struct wish[]){ { 0, four, WB, base.v3, 1, 2 } }, &m),
	    &m, -E2BIG, 0, "4 GiB");
	good(wish(&t, 1, (struct wish[]){ { 0, four - 1, WB, base.v3, 1, 2 } }, &m),
	     &m);
	drop(&m);
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, 0x400, base.v3, 1, 2 } }, &m),
	    &m, -EINVAL, 0, "flags");
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, IORT_RMR_ATTR(6), base.v3, 1, 2 } },
		 &m), &m, -EINVAL, 0, "flags");
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, WB, base.v3, 2, 2 } }, &m), &m,
	    -EINVAL, 0, "streams that are none");
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, WB, base.its, 1, 2 } }, &m), &m,
	    -EINVAL, 0, "of no SMMU");
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, WB, base.v3 + 4, 1, 2 } }, &m),
	    &m, -EINVAL, 0, "of no SMMU");
	bad(wish(&t, 1, (struct wish[]){ { 0, 1, WB, base.v3, 0, 0x40001 } }, &m),
	    &m, -E2BIG, 0, "more stream IDs");
	assert_int_equal(m.r.want, IORT_NO_WISH);
	bad(wish(&t, 2, (struct wish[]){ { 0, 1, WB, base.v3, 1, 3 },
					 { 0xffff, 0x10000, 0, base.v3, 2, 9 } },
		 &m), &m, -EINVAL, 0, "other flags");
	assert_int_equal(m.r.want + m.r.other_want, 1);
	/* Of other streams, or of another SMMU, it may have other flags. */
	good(wish(&t, 3, (struct wish[]){ { 0, 1, WB, base.v3, 1, 3 },
					  { 0, 1, 0, base.v3, 3, 9 },
					  { 0, 1, 0, base.v2, 1, 3 } }, &m), &m);
	drop(&m);

	s.smmu = base.v3;
	r.streams = 0;
	bad(overlay(&t, &o, &m), &m, -EINVAL, 0, "without streams");
	r.streams = 2;
	bad(overlay(&t, &o, &m), &m, -EINVAL, 0, "without streams");
	r.stream = U32_MAX;
	bad(overlay(&t, &o, &m), &m, -EINVAL, 0, "without streams");
	assert_int_equal(m.r.want, 0);
}

static void a_node_of_more_than_64k_becomes_several(void **state)
{
	enum { STREAMS = 4000, RANGES = 3000 };
	struct iort_streams *s = calloc(STREAMS, sizeof(*s));
	struct iort_rmr_want *r = calloc(RANGES, sizeof(*r));
	struct iort_overlay o = { .streams = s, .rmr = r };
	u32 off, i, k, nodes = 0;
	struct iort_table t;
	struct base base;
	struct made m, again;
	u64 pairs = 0;

	(void)state;
	assert_true(s && r);
	build_base(&base);
	open_built(&base.b, &t);
	for (i = 0; i < STREAMS; i++)
		s[i] = (struct iort_streams){ base.v3, 2 * i, 2 * i };
	for (i = 0; i < RANGES; i++)
		r[i] = (struct iort_rmr_want){
			.start = 0x20000ull * i, .last = 0x20000ull * i + 0xffff,
			.flags = WB, .streams = i ? 1 : STREAMS,
		};
	/* All streams for one range, and then one stream for all ranges */
	o.stream_count = STREAMS;
	for (k = 0; k < 2; k++) {
		o.rmr_count = k ? RANGES : 1;
		r[0].streams = k ? 1 : STREAMS;
		good(overlay(&t, &o, &m), &m);
		assert_int_equal(m.r.rmr_nodes, k ? 1 : 3);
		for (off = base.b.len, pairs = 0; off < m.length; nodes++) {
			pairs += (u64)get_le32(m.buf + off + 8) *
				 get_le32(m.buf + off + 20);
			off += get_le16(m.buf + off + 1);
		}
		assert_int_equal(pairs, k ? RANGES : STREAMS);
		good(overlay(&m.t, &o, &again), &again);
		assert_false(again.r.changed);
		drop(&again);
		drop(&m);
	}
	/* Each range for one stream more than the one before */
	for (i = 0; i < RANGES; i++)
		r[i] = (struct iort_rmr_want){
			.start = 0, .last = 0x10000ull * i + 0xffff,
			.flags = WB, .stream = i, .streams = 1,
		};
	bad(overlay(&t, &o, &m), &m, -E2BIG, 0, "more ranges of streams");
	for (i = 0; i < RANGES; i++)
		r[i] = (struct iort_rmr_want){
			.start = 0x20000ull * i, .last = 0x20000ull * i + 0xffff,
			.flags = WB,
		};
	/* Both: more than a table, and more than anybody wants to compare */
	for (i = 0; i < RANGES; i++)
		r[i].streams = STREAMS;
	bad(overlay(&t, &o, &m), &m, -E2BIG, 0, "too many ranges times streams");
	for (i = 0; i < RANGES; i++) {
		r[i].streams = 1;
		r[i].stream = i;
	}
	good(overlay(&t, &o, &m), &m);
	assert_int_equal(m.r.rmr_nodes, RANGES);
	drop(&m);
	free(s);
	free(r);
}

static void revisions_and_identifiers(void **state)
{
	struct iort_table t;
	struct base base;
	struct made m;
	struct wish w;
	u32 i, off;

	(void)state;
	build_base(&base);
	w = (struct wish){ 0, 1, WB, base.v3, 1, 2 };

	/* Revision 0 had no identifiers: all nodes get one. */
	base.b.buf[8] = 0;
	open_built(&base.b, &t);
	good(wish(&t, 1, &w, &m), &m);
	assert_int_equal(m.buf[8], 5);
	for (i = 0, off = 48; off < m.length; i++) {
		assert_int_equal(get_le32(m.buf + off + 4), i);
		off += get_le16(m.buf + off + 1);
	}
	assert_int_equal(i, 7);
	drop(&m);

	/* From 3 on they are the firmware's own business. */
	base.b.buf[8] = 3;
	open_built(&base.b, &t);
	good(wish(&t, 1, &w, &m), &m);
	assert_int_equal(get_le32(m.buf + base.rc1 + 4), 0);
	assert_int_equal(get_le32(m.buf + base.b.len + 4), 1);
	drop(&m);

	/* The highest is taken: the first gap */
	put_le(base.b.buf + base.its + 4, 4, U32_MAX);
	put_le(base.b.buf + base.v3 + 4, 4, 1);
	put_le(base.b.buf + base.rc + 4, 4, 3);
	base.b.buf[8] = 6;
	open_built(&base.b, &t);
	good(wish(&t, 1, &w, &m), &m);
	assert_int_equal(m.buf[8], 6);
	assert_int_equal(get_le32(m.buf + base.b.len + 4), 2);
	drop(&m);

	/* No OEM revision is left. */
	put_le(base.b.buf + 24, 4, U32_MAX);
	open_built(&base.b, &t);
	m.buf = malloc(0x1000);
	i = 0;
	assert_int_equal(iort_overlay_build(&t, &(struct iort_overlay){
		.rmr = &(struct iort_rmr_want){ .last = 1, .streams = 1 },
		.rmr_count = 1, .stream_count = 1,
		.streams = &(struct iort_streams){ .smmu = base.v3 },
	}, m.buf, 0x1000, &i, &m.r, &m.f), -ERANGE);
	assert_int_equal(m.f.offset, 24);
	drop(&m);
}

static void rmrs_of_drafts_are_not_touched(void **state)
{
	struct iort_overlay nothing = { .fix_count = 0 };
	struct iort_table t;
	struct base base;
	struct made m;
	struct wish w;
	u32 at;

	(void)state;
	build_base(&base);
	w = (struct wish){ 0, 1, WB, base.v3, 1, 2 };
	at = iort_add(&base.b, 6, 0, 28);
	iort_map(&base.b, 0, 0, 7, base.v3, 0);
	base.b.buf[8] = 5;
	open_built(&base.b, &t);
	bad(wish(&t, 1, &w, &m), &m, -EOPNOTSUPP, at + 3, "draft");
	base.b.buf[at + 3] = 3;
	base.b.buf[8] = 3;
	open_built(&base.b, &t);
	bad(wish(&t, 1, &w, &m), &m, -EOPNOTSUPP, at, "below 5");
	good(overlay(&t, &nothing, &m), &m);
	assert_false(m.r.changed);
	drop(&m);
	base.b.buf[8] = 5;
	open_built(&base.b, &t);
	good(wish(&t, 1, &w, &m), &m);
	drop(&m);
}

/* ---- corrections ---- */

#define ALL	.segment_last = U32_MAX, .smmu_last = U64_MAX

static int fix(const struct iort_table *t, u32 count, const struct iort_fix *f,
	       struct made *m)
{
	return overlay(t, &(struct iort_overlay){ .fix = f, .fix_count = count },
		       m);
}

#define FIX(t, m, ...)							\
	fix(t, ARRAY_SIZE(((struct iort_fix[]){ __VA_ARGS__ })),	\
	    (struct iort_fix[]){ __VA_ARGS__ }, m)
#define MODEL_FROM(v, base)						\
	{ .kind = IORT_FIX_SMMU_MODEL, .value = (v),			\
	  .smmu_first = (base), .smmu_last = U64_MAX }
#define MODEL(v)	MODEL_FROM(v, 0)
#define LIMIT_OF(v, first, last)					\
	{ .kind = IORT_FIX_ADDRESS_LIMIT, .value = (v),			\
	  .segment_first = (first), .segment_last = (last) }
#define LIMIT(v)	LIMIT_OF(v, 0, U32_MAX)
#define MAPS(from, to, out)						\
	{ .kind = IORT_FIX_ID_MAPPING, .segment_last = 0, .smmu_last = U64_MAX, \
	  .input_first = (from), .input_last = (to), .output_base = (out), \
	  .output_smmu = 0x9050000 }

/* The two tables may differ in these bytes only. */
static void expect_same_but(const struct made *m, const struct builder *b,
			    u32 at, u32 size)
{
	u32 i;

	assert_int_equal(m->length, b->len);
	for (i = 0; i < m->length; i++)
		if (m->buf[i] != b->buf[i] && i != 9 && (i < 24 || i >= 28) &&
		    (i < at || i >= at + size))
			fail_msg("byte 0x%x is 0x%x, was 0x%x", i, m->buf[i],
				 b->buf[i]);
	assert_int_equal(get_le32(m->buf + 24), get_le32(b->buf + 24) + 1);
	assert_int_equal(m->buf[8], b->buf[8]);
}

static void fields_are_corrected_in_place(void **state)
{
	struct iort_table t;
	struct base base;
	struct made m, n;

	(void)state;
	build_base(&base);
	open_built(&base.b, &t);
	good(FIX(&t, &m, MODEL(2)), &m);
	assert_int_equal(m.r.fixed, 1);
	assert_int_equal(get_le32(m.buf + base.v3 + 40), 2);
	expect_same_but(&m, &base.b, base.v3 + 40, 4);
	good(FIX(&m.t, &n, MODEL(2)), &n);
	assert_false(n.r.changed);
	assert_int_equal(n.r.already, 1);
	drop(&n);
	drop(&m);

	good(FIX(&t, &m, LIMIT_OF(40, 1, 1)), &m);
	assert_int_equal(m.buf[base.rc1 + 32], 40);
	assert_int_equal(m.buf[base.rc + 32], 48);
	expect_same_but(&m, &base.b, base.rc1 + 32, 1);
	drop(&m);
	good(FIX(&t, &m, LIMIT_OF(40, 0, 0),
		 LIMIT_OF(48, 1, 9)), &m);
	assert_int_equal(m.r.fixed, 1);
	assert_int_equal(m.r.already, 1);
	expect_same_but(&m, &base.b, base.rc + 32, 1);
	drop(&m);

	bad(FIX(&t, &m, MODEL(1), MODEL_FROM(1, 0x9050001)), &m,
	    -ENOENT, 48, "no SMMUv3 has");
	assert_int_equal(m.r.fix, 1);
	bad(FIX(&t, &m, MODEL(1), MODEL(2)), &m, -EINVAL, base.v3,
	    "different things");
	assert_int_equal(m.r.fix, 1);
	assert_int_equal(m.r.other_fix, 0);
	assert_int_equal(m.r.want, IORT_NO_WISH);
	good(FIX(&t, &m, MODEL(1), MODEL(1)), &m);
	assert_int_equal(m.r.fixed, 1);
	drop(&m);
	bad(FIX(&t, &m, LIMIT_OF(40, 2, U32_MAX)), &m, -ENOENT, 48,
	    "no root complex");
	bad(FIX(&t, &m, LIMIT(0)), &m, -EINVAL, 48, "1 to 64");
	bad(FIX(&t, &m, LIMIT(65)), &m, -EINVAL, 48, "1 to 64");
	bad(FIX(&t, &m, LIMIT(64), LIMIT(63)), &m, -EINVAL, base.rc,
	    "different things");
	bad(FIX(&t, &m, { .kind = 99, ALL }), &m, -EINVAL, 48, "unknown kind");

	/* A root complex node of revision 0 has no limit. */
	base.b.buf[base.rc1 + 3] = 0;
	open_built(&base.b, &t);
	bad(FIX(&t, &m, LIMIT(40)), &m, -EOPNOTSUPP, base.rc1 + 3,
	    "no address limit");
	good(FIX(&t, &m, LIMIT_OF(40, 0, 0)), &m);
	drop(&m);
}

/* The mappings of the root complex of segment 0, as text. */
static void maps_of(const struct made *m, const struct base *base, char *text,
		    size_t room)
{
	const struct iort_node *n = iort_node_at(&m->t, base->rc);
	size_t at = 0;
	u32 i;

	*text = '\0';
	for (i = 0; i < get_le32(n->mapping_count); i++) {
		const struct iort_id_mapping *p =
			iort_mapping_at(&m->t, base->rc, i);
		u32 to = get_le32(p->output_reference);

		at += (size_t)snprintf(text + at, room - at, "%s%x-%x:%x%s",
				       i ? " " : "", get_le32(p->input_base),
				       get_le32(p->input_base) +
				       get_le32(p->id_count),
				       get_le32(p->output_base),
				       iort_node_at(&m->t, to)->type ==
					       IORT_SMMU_V3 ? "" : "i");
	}
}

static void expect_maps(u32 count, const u32 (*map)[4],
			const struct iort_fix *f, u32 fixes,
			const char *expected)
{
	struct iort_table t;
	struct base base;
	struct made m, n;
	char text[512];
	u32 pmcg, v3;

	build_mapped(&base, count, map);
	open_built(&base.b, &t);
	good(fix(&t, fixes, f, &m), &m);
	maps_of(&m, &base, text, sizeof(text));
	assert_string_equal(text, expected);

	/* What is behind has moved, and is still found. */
	pmcg = base.pmcg + (m.length - base.b.len);
	v3 = base.v3 + (m.length - base.b.len);
	assert_int_equal(m.buf[pmcg], 5);
	assert_int_equal(get_le32(m.buf + pmcg + 28), v3);
	assert_int_equal(get_le32(m.buf + v3 + 68 + 12), base.its);
	good(fix(&m.t, fixes, f, &n), &n);
	assert_false(n.r.changed);
	assert_memory_equal(n.buf, m.buf, m.length);
	drop(&n);
	drop(&m);
}

#define MAPPED(expected, fixes, ...)					\
	expect_maps(ARRAY_SIZE(((u32[][4]){ __VA_ARGS__ })),		\
		    (const u32[][4]){ __VA_ARGS__ },			\
		    (struct iort_fix[]){ UNPACK fixes },		\
		    ARRAY_SIZE(((struct iort_fix[]){ UNPACK fixes })),	\
		    expected)

static void mappings_are_cut_and_replaced(void **state)
{
	(void)state;
	/* the whole of one, its ends, its middle */
	MAPPED("0-ff:1000", (MAPS(0, 0xff, 0x1000)), { 0, 0xff, 0, 1 });
	MAPPED("80-ff:80 0-7f:1000", (MAPS(0, 0x7f, 0x1000)), { 0, 0xff, 0, 1 });
	MAPPED("0-7f:0 80-ff:1000", (MAPS(0x80, 0xff, 0x1000)), { 0, 0xff, 0, 1 });
	MAPPED("0-7:0 9-ff:9 8-8:1000", (MAPS(8, 8, 0x1000)), { 0, 0xff, 0, 1 });
	/* several, and those that are not meant stay */
	MAPPED("0-7f:0 201-2ff:101i 300-3ff:3000i 80-200:0",
	       (MAPS(0x80, 0x200, 0)), { 0, 0xff, 0, 1 },
	       { 0x100, 0xff, 0x100, 1 }, { 0x200, 0xff, 0x100, 0 },
	       { 0x300, 0xff, 0x3000, 0 });
	/* none that was there: behind the others */
	MAPPED("0-ff:0 100-1ff:4000", (MAPS(0x100, 0x1ff, 0x4000)),
	       { 0, 0xff, 0, 1 });
	/* two corrections */
	MAPPED("20-ff:20 0-f:1000 10-1f:2000",
	       (MAPS(0, 0xf, 0x1000), MAPS(0x10, 0x1f, 0x2000)),
	       { 0, 0xff, 0, 1 });
	/* an ID that ends one range and begins another belongs to the latter */
	MAPPED("0-7f:0 100-200:100 80-ff:1000", (MAPS(0x80, 0xff, 0x1000)),
	       { 0, 0x100, 0, 1 }, { 0x100, 0x100, 0x100, 1 });
	MAPPED("100-200:100 0-7f:1000 80-ff:2000",
	       (MAPS(0, 0x7f, 0x1000), MAPS(0x80, 0xff, 0x2000)),
	       { 0, 0x100, 0, 1 }, { 0x100, 0x100, 0x100, 1 });
	MAPPED("0-100:0 100-1ff:1000", (MAPS(0x100, 0x1ff, 0x1000)),
	       { 0, 0x100, 0, 1 }, { 0x100, 0xff, 0x100, 1 });
	MAPPED("0-ff:0 100-1ff:1000", (MAPS(0x100, 0x1ff, 0x1000)),
	       { 0, 0x100, 0, 1 });
	/* twice the same, and once is enough */
	MAPPED("0-ff:0", (MAPS(0, 0xff, 0)), { 0, 0xff, 0, 1 },
	       { 0, 0xff, 0, 1 });
	/* the last IDs there are */
	MAPPED("0-fffffffe:0 ffffffff-ffffffff:7",
	       (MAPS(U32_MAX, U32_MAX, 7)), { 0, U32_MAX, 0, 1 });
}

static void a_mapping_that_is_right_stays(void **state)
{
	struct iort_table t;
	struct base base;
	struct made m;

	(void)state;
	build_mapped(&base, 2, (const u32[][4]){ { 0, 0x100, 0x1000, 1 },
						 { 0x100, 0xff, 0, 1 } });
	open_built(&base.b, &t);
	good(FIX(&t, &m, MAPS(0x10, 0xff, 0x1010)), &m);
	assert_false(m.r.changed);
	assert_int_equal(m.r.already, 1);
	drop(&m);
	/* Not when the ITS gets them too. */
	put_le(base.b.buf + base.rc + 36 + 20, 4, 0x80);
	open_built(&base.b, &t);
	good(FIX(&t, &m, MAPS(0x10, 0xff, 0x1010)), &m);
	assert_true(m.r.changed);
	drop(&m);
}

static void corrections_of_mappings_are_refused(void **state)
{
	struct iort_table t;
	struct base base;
	struct made m;
	u32 at;

	(void)state;
	build_mapped(&base, 1, (const u32[][4]){ { 0, 0xff, 0, 1 } });
	open_built(&base.b, &t);
	bad(FIX(&t, &m, MAPS(0, 0x10, 0), MAPS(0x10, 0x20, 0x10)), &m, -EINVAL,
	    base.rc, "different things");
	assert_int_equal(m.r.fix, 1);
	assert_int_equal(m.r.other_fix, 0);
	bad(FIX(&t, &m, MAPS(1, 0, 0)), &m, -EINVAL, 48, "end before");
	bad(FIX(&t, &m, MAPS(0, 1, U32_MAX)), &m, -EINVAL, 48, "32 bits");
	bad(FIX(&t, &m, { .kind = IORT_FIX_ID_MAPPING, ALL, .output_smmu = 1 }),
	    &m, -ENOENT, 48, "no SMMU has");
	bad(FIX(&t, &m, { .kind = IORT_FIX_ID_MAPPING, .segment_first = 1,
			  .segment_last = 1, .output_smmu = 0x9050000 }), &m,
	    -ENOENT, 48, "no root complex");

	/* A single mapping, and one that passes 32 bits */
	put_le(base.b.buf + base.rc + 36 + 16, 4, 1);
	open_built(&base.b, &t);
	bad(FIX(&t, &m, MAPS(0, 0, 0)), &m, -EOPNOTSUPP, base.rc + 36 + 16,
	    "single mapping");
	put_le(base.b.buf + base.rc + 36 + 16, 4, 0);
	put_le(base.b.buf + base.rc + 36 + 8, 4, U32_MAX);
	open_built(&base.b, &t);
	bad(FIX(&t, &m, MAPS(0, 0, 0)), &m, -EINVAL, base.rc + 36 + 4,
	    "passes 32 bits");
	put_le(base.b.buf + base.rc + 36 + 8, 4, 0);

	/* Nodes that move, and one of which nobody knows what it refers to */
	at = iort_add(&base.b, 200, 0, 20);
	open_built(&base.b, &t);
	bad(FIX(&t, &m, MAPS(0, 7, 0x100)), &m, -EOPNOTSUPP, at,
	    "unknown type");
	good(FIX(&t, &m, MAPS(0, 0xff, 0x100), MODEL(1)), &m);
	assert_int_equal(m.r.fixed, 2);
	drop(&m);
	base.b.buf[at] = 7;
	open_built(&base.b, &t);
	good(FIX(&t, &m, MAPS(0, 7, 0x100)), &m);
	drop(&m);

	/* A second SMMU at the address */
	iort_add_smmu_v3(&base.b, 4);
	put_le(base.b.buf + base.b.node + 16, 8, 0x9050000);
	open_built(&base.b, &t);
	bad(FIX(&t, &m, MAPS(0, 7, 0x100)), &m, -EINVAL, base.b.node,
	    "two SMMUs");
}

static void mappings_that_do_not_end_their_node(void **state)
{
	struct iort_table t;
	struct base base;
	char text[128];
	struct made m;

	(void)state;
	/* Bytes behind them: a longer array goes behind these. */
	build_mapped(&base, 2, (const u32[][4]){ { 0, 0xff, 0, 1 },
						 { 0x100, 0xff, 0x100, 1 } });
	put_le(base.b.buf + base.rc + 8, 4, 1);
	open_built(&base.b, &t);
	good(FIX(&t, &m, MAPS(0, 7, 0x1000)), &m);
	maps_of(&m, &base, text, sizeof(text));
	assert_string_equal(text, "8-ff:8 0-7:1000");
	assert_int_equal(get_le32(m.buf + base.rc + 12), 36 + 40);
	assert_int_equal(get_le16(m.buf + base.rc + 1), 36 + 80);
	assert_int_equal(get_le32(m.buf + base.rc + 36 + 4), 0);
	assert_memory_equal(m.buf + base.rc + 56, base.b.buf + base.rc + 56, 12);
	drop(&m);
	/* No more than before: it stays. */
	good(FIX(&t, &m, MAPS(0, 0xff, 0x1000)), &m);
	assert_int_equal(m.length, base.b.len);
	maps_of(&m, &base, text, sizeof(text));
	assert_string_equal(text, "0-ff:1000");
	drop(&m);

	/* None at all before */
	build_base(&base);
	open_built(&base.b, &t);
	good(FIX(&t, &m, MAPS(0, 7, 0x1000)), &m);
	maps_of(&m, &base, text, sizeof(text));
	assert_string_equal(text, "0-7:1000");
	assert_int_equal(get_le32(m.buf + base.rc + 12), 36);
	assert_int_equal(m.length, base.b.len + 20);
	drop(&m);
}

static void an_overlay_can_do_both(void **state)
{
	struct iort_streams s = { .first = 0x1000, .last = 0x1007 };
	struct iort_rmr_want r = { .last = 0xffff, .flags = WB, .streams = 1 };
	struct iort_fix f[] = { MAPS(0, 7, 0x1000), MODEL(1) };
	struct iort_overlay o = {
		.streams = &s, .stream_count = 1, .rmr = &r, .rmr_count = 1,
		.fix = f, .fix_count = 2,
	};
	struct iort_table t;
	struct made m, n;
	struct base base;
	u32 rmr;

	(void)state;
	build_mapped(&base, 1, (const u32[][4]){ { 0, 0xff, 0, 1 } });
	open_built(&base.b, &t);
	s.smmu = base.v3;
	good(overlay(&t, &o, &m), &m);
	/* The node of the SMMU has moved; the RMR refers to where it is now. */
	rmr = base.b.len + 20;
	assert_int_equal(m.length, rmr + 68);
	assert_int_equal(get_le32(m.buf + rmr + 40), base.v3 + 20);
	assert_int_equal(get_le32(m.buf + base.v3 + 20 + 40), 1);
	assert_int_equal(get_le32(m.buf + 24), 1);
	s.smmu += 20;
	good(overlay(&m.t, &o, &n), &n);
	assert_false(n.r.changed);
	assert_int_equal(n.r.already, 3);
	drop(&n);
	drop(&m);
}

/* ---- guests ---- */

static int guest(const struct iort_table *t, const struct iort_guest_want *w,
		 u32 wants, struct made *m)
{
	int ret;

	memset(m, 0, sizeof(*m));
	ret = iort_guest_build(t, w, wants, NULL, 0, &m->length, &m->r, &m->f);
	if (ret)
		return ret;
	m->buf = malloc(m->length);
	assert_non_null(m->buf);
	ret = iort_guest_build(t, w, wants, m->buf, m->length, &m->length,
			       &m->r, &m->f);
	if (!ret)
		assert_int_equal(iort_open(&m->t, m->buf, m->length, &m->f), 0);
	return ret;
}

static void a_guest_gets_the_regions_of_its_devices(void **state)
{
	const struct iort_guest_region window = {
		0x8000000, 0x80fffff, REMAP
	};
	const struct iort_guest_region two[] = {
		{ 0x8000000, 0x80fffff, REMAP },
		{ 0x72000000, 0x72000fff, WB },
	};
	struct iort_guest_id id[2] = { { 0x10, 0x10 }, { 0x100, 0x1ff } };
	struct iort_guest_want w[2] = {
		{ &window, 1, &id[1], 1, 0 },
		{ two, 2, &id[0], 1, 0 },
	};
	struct iort_table t;
	struct base base;
	char text[256];
	struct made m;

	(void)state;
	build_mapped(&base, 2, (const u32[][4]){ { 0, 0xff, 0x2000, 1 },
						 { 0x100, 0xff, 0, 0 } });
	open_built(&base.b, &t);
	/* Bus 1 passes by the SMMU. */
	bad(guest(&t, w, 2, &m), &m, -ENOENT, 48, "none of these requesters");
	assert_int_equal(m.r.want, 0);
	id[1] = (struct iort_guest_id){ 0xf8, 0x108 };
	good(guest(&t, w, 2, &m), &m);
	assert_int_equal(m.r.rmr_nodes, 2);
	assert_int_equal(m.r.widened, 1);
	describe(&m, t.node_count, 0, text, sizeof(text));
	assert_string_equal(text, "1: 2010-2010 20f8-20ff = 8000000+100000");
	describe(&m, t.node_count, 1, text, sizeof(text));
	assert_string_equal(text, "14: 2010-2010 = 72000000+10000");
	drop(&m);

	/* A VMM's own RMR for the window, which is stricter, does. */
	iort_add(&base.b, 6, 3, 28);
	put_le(base.b.buf + base.b.node + 20, 4, 1);
	put_le(base.b.buf + base.b.node + 24, 4, 48);
	iort_map(&base.b, 0, 0xffff, 0, base.v3, 1);
	iort_grow(&base.b, 20);
	put_le(base.b.buf + base.b.node + 48, 8, 0x8000000);
	put_le(base.b.buf + base.b.node + 56, 8, 0x100000);
	open_built(&base.b, &t);
	good(guest(&t, w, 2, &m), &m);
	assert_int_equal(m.r.rmr_nodes, 1);
	assert_int_equal(m.r.already, 2);
	drop(&m);

	id[0].last = 0x10000;
	bad(guest(&t, w, 2, &m), &m, -EINVAL, 0, "16 bits");
	assert_int_equal(m.r.want, 1);
	id[0].last = 0xf;
	bad(guest(&t, w, 2, &m), &m, -EINVAL, 0, "16 bits");
	id[0].last = 0x10;
	w[0].segment = 3;
	bad(guest(&t, w, 2, &m), &m, -ENODEV, 48, "segment");
	w[0].segment = 0;
	w[1].region = (struct iort_guest_region[]){
		{ 0, 0, 0 }, { 0, 0x100000000, 0 }
	};
	bad(guest(&t, w, 2, &m), &m, -E2BIG, 0, "4 GiB");
	assert_int_equal(m.r.want, 1);
	assert_int_equal(m.r.region, 1);
	w[1].region = (struct iort_guest_region[]){
		{ 0x20000, 0x20fff, 0 }, { 0x21000, 0x21fff, WB }
	};
	bad(guest(&t, w, 2, &m), &m, -EINVAL, 0, "other flags");
	assert_int_equal(m.r.want, 1);
	assert_int_equal(m.r.other_want, 1);
	assert_int_equal(m.r.region + m.r.other_region, 1);
	/* Nothing to say */
	w[1].regions = 0;
	w[0].regions = 0;
	good(guest(&t, w, 2, &m), &m);
	assert_false(m.r.changed);
	drop(&m);
}

static void a_fragment_is_a_table_of_its_own(void **state)
{
	const struct iort_guest_region r[] = {
		{ 0x8000000, 0x80fffff, REMAP }, { 0x9000000, 0x9000fff, REMAP },
	};
	const struct iort_guest_id id[] = { { 0x108, 0x108 }, { 0x109, 0x109 } };
	const struct iort_guest_want w = { r, 2, id, 2, 7 };
	struct made m = { .buf = NULL };
	struct iort_table t;
	char text[128];
	u32 length;

	(void)state;
	assert_int_equal(iort_fragment_build(&w, 1, NULL, 0, &length, &m.f), 0);
	assert_int_equal(length, 48 + 68 + 28 + 20 + 40);
	m.buf = malloc(length);
	assert_int_equal(iort_fragment_build(&w, 1, m.buf, length, &length,
					     &m.f), 0);
	assert_int_equal(iort_open(&m.t, m.buf, length, &m.f), 0);
	assert_memory_equal(m.buf + 10, "IORESVFRAGMENT", 14);
	assert_int_equal(m.buf[8], 6);
	assert_int_equal(m.buf[48], 4);
	assert_int_equal(get_le64(m.buf + 48 + 16), 0);
	assert_int_equal(get_le32(m.buf + 48 + 68 + 40), 48);
	describe(&m, 1, 0, text, sizeof(text));
	assert_string_equal(text, "1: 108-109 = 8000000+100000 9000000+10000");
	drop(&m);

	/* Of nothing */
	assert_int_equal(iort_fragment_build(NULL, 0, NULL, 0, &length, &m.f), 0);
	assert_int_equal(length, 48 + 68);
	m.buf = malloc(length);
	assert_int_equal(iort_fragment_build(NULL, 0, m.buf, length, &length,
					     &m.f), 0);
	assert_int_equal(iort_open(&t, m.buf, length, &m.f), 0);
	drop(&m);
}

/* ---- random wishes, and tables of real machines ---- */

static u32 random_below(u32 end)
{
	static u64 x = 0x0ee1a7;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (u32)((x >> 16) % end);
}

enum { SMMUS = 2, IDS = 12, GRANULES = 16 };

/* What each stream has at each granule: 0 nothing, else flags + 1. */
struct picture {
	u32 cell[SMMUS][IDS][GRANULES];
	bool twice;
};

static void paint(struct picture *p, const struct base *base,
		  const struct made *m, u32 first)
{
	u32 off = m->t.node_offset, i, a, b, id, g;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < m->t.node_count; i++) {
		const struct iort_node *n = iort_node_at(&m->t, off);
		u32 flags = get_le32(((const struct iort_rmr *)n)->flags);

		for (a = 0; i >= first && n->type == IORT_RMR &&
			    a < get_le32(n->mapping_count); a++)
			for (b = 0; b < iort_rmr_range_count(&m->t, off); b++) {
				const struct iort_id_mapping *map =
					iort_mapping_at(&m->t, off, a);
				const struct iort_rmr_range *r =
					iort_rmr_range_at(&m->t, off, b);
				u32 smmu = get_le32(map->output_reference) ==
					   base->v2;
				u32 out = get_le32(map->output_base);

				for (id = out; id <= out + get_le32(map->id_count);
				     id++)
					for (g = 0; g < get_le64(r->length) >> 16;
					     g++) {
						u32 *cell = &p->cell[smmu][id]
							[g + (get_le64(r->base) >> 16)];

						if (*cell)
							p->twice = true;
						*cell = flags + 1;
					}
			}
		off += get_le16(n->length);
	}
}

struct defects {
	struct {
		const char *name;
		u32 count;
	} of[64];
	u32 names;
};

static void count_defect(void *ctx, const struct iort_defect *d)
{
	struct defects *l = ctx;
	u32 i;

	if (d->severity == IORT_NOTE)
		return;
	for (i = 0; i < l->names; i++)
		if (!strcmp(l->of[i].name, d->name))
			break;
	if (i == l->names) {
		assert_true(i < ARRAY_SIZE(l->of));
		l->of[l->names++].name = d->name;
	}
	l->of[i].count++;
}

/* No check finds more in the new table than in the old one. */
static void expect_no_new_defect(const void *old, u32 old_size, const void *new,
				 u32 new_size)
{
	struct defects before = { .names = 0 }, after = { .names = 0 };
	u32 i, k;

	iort_check_all(old, old_size, count_defect, &before);
	iort_check_all(new, new_size, count_defect, &after);
	for (i = 0; i < after.names; i++) {
		for (k = 0; k < before.names; k++)
			if (!strcmp(before.of[k].name, after.of[i].name))
				break;
		if (k == before.names || before.of[k].count < after.of[i].count)
			fail_msg("new defect: %s", after.of[i].name);
	}
}

/* All nodes of the base, byte for byte, but for identifiers and references. */
static void expect_same_nodes(const struct iort_table *base,
			      const struct iort_table *t)
{
	u32 a = base->node_offset, b = t->node_offset, i, k;

	for (i = 0; i < base->node_count; i++) {
		const struct iort_node *x = iort_node_at(base, a);
		const struct iort_node *y = iort_node_at(t, b);
		u32 length = get_le16(x->length);
		u32 maps = get_le32(x->mapping_offset);
		u32 end = get_le32(x->mapping_count) ? maps : length;

		assert_int_equal(get_le16(y->length), length);
		assert_memory_equal(x, y, 4);
		assert_memory_equal((const u8 *)x + 8, (const u8 *)y + 8,
				    (x->type == IORT_PMCG ? 28 : end) - 8);
		for (k = 0; k < get_le32(x->mapping_count); k++) {
			const struct iort_id_mapping *m =
				iort_mapping_at(base, a, k);
			const struct iort_id_mapping *n =
				iort_mapping_at(t, b, k);

			assert_memory_equal(m, n, 12);
			assert_memory_equal(m->flags, n->flags, 4);
			assert_int_equal(iort_node_index(base, get_le32(m->output_reference)),
					 iort_node_index(t, get_le32(n->output_reference)));
		}
		a += length;
		b += length;
	}
}

static void random_wishes_come_true(void **state)
{
	static const u32 flags[] = { WB, WB | REMAP, REMAP };
	u32 round, conflicts = 0, merged = 0;

	(void)state;
	for (round = 0; round < 3000; round++) {
		static struct picture wanted, got;
		struct made m, n;
		struct wish w[8], half[8];
		u32 count = 1 + random_below(8), i, id, g;
		bool conflict = false;
		struct iort_table t;
		struct base base;

		build_base(&base);
		for (i = 0; i < 6; i++)
			put_le(base.b.buf + (u32[]){ base.its, base.rc, base.v3,
				base.v2, base.rc1, base.pmcg }[i] + 4, 4, i);
		open_built(&base.b, &t);
		memset(&wanted, 0, sizeof(wanted));
		for (i = 0; i < count; i++) {
			u32 smmu = random_below(2);
			u32 first = random_below(IDS);
			u32 end = first + 1 + random_below(IDS - first);
			u32 start = random_below(GRANULES);
			u32 last = start + random_below(GRANULES - start);
			u32 flag = flags[random_below(8) ? 0 : random_below(3)];

			w[i] = (struct wish){
				.start = start * 0x10000ull + random_below(0x8000),
				.last = last * 0x10000ull + 0x8000 +
					random_below(0x8000),
				.flags = flag, .smmu = smmu ? base.v2 : base.v3,
				.first = first, .end = end,
			};
			for (id = first; id < end; id++)
				for (g = start; g <= last; g++) {
					u32 *cell = &wanted.cell[smmu][id][g];

					if (*cell && *cell != flag + 1)
						conflict = true;
					*cell = flag + 1;
				}
		}
		if (conflict) {
			bad(wish(&t, count, w, &m), &m, -EINVAL, 0,
			    "other flags");
			conflicts++;
			continue;
		}
		good(wish(&t, count, w, &m), &m);
		paint(&got, &base, &m, t.node_count);
		assert_false(got.twice);
		assert_memory_equal(got.cell, wanted.cell, sizeof(got.cell));
		merged += m.r.rmr_nodes < count;
		expect_same_nodes(&t, &m.t);
		expect_no_new_defect(t.buf, t.length, m.buf, m.length);

		/* Again, and in another order */
		good(wish(&m.t, count, w, &n), &n);
		assert_false(n.r.changed);
		assert_int_equal(n.r.already, count);
		drop(&n);
		for (i = 0; i < count; i++)
			half[i] = w[count - 1 - i];
		good(wish(&t, count, half, &n), &n);
		assert_int_equal(n.length, m.length);
		assert_memory_equal(n.buf, m.buf, m.length);
		drop(&n);
		drop(&m);
	}
	print_message("# conflicts %u, merged %u\n", conflicts, merged);
	assert_true(conflicts > 100);
	assert_true(merged > 100);
}

/* Random corrections of random mappings: each requester goes where it should. */

struct way {
	u32 smmu, id;
	u32 count;
};

static int note_way(void *ctx, u32 smmu, u32 id)
{
	struct way *w = ctx;

	w->smmu = smmu;
	w->id = id;
	w->count++;
	return 0;
}

static void random_corrections_come_true(void **state)
{
	u32 round, moved = 0;

	(void)state;
	for (round = 0; round < 2000; round++) {
		u32 map[6][4], count = 0, at = random_below(8), rid;
		struct acpi_fault f;
		struct iort_table t;
		struct iort_fix c;
		struct base base;
		struct made m, n;

		while (count < 6 && at < 60) {
			u32 length = 1 + random_below(16);

			/* some of them one too long, as firmware has it */
			map[count][0] = at;
			map[count][1] = length - 1 + !random_below(3);
			map[count][2] = 0x100 * (1 + count);
			map[count][3] = 1;
			at += length + (random_below(2) ? 2 : 0);
			count++;
		}
		build_mapped(&base, count, (const u32 (*)[4])map);
		open_built(&base.b, &t);
		at = random_below(64);
		c = (struct iort_fix)MAPS(at, at + random_below(64 - at),
					  0x8000);
		good(fix(&t, 1, &c, &m), &m);
		moved += m.length != base.b.len;
		for (rid = 0; rid < 80; rid++) {
			struct way old = { 0 }, new = { 0 }, said = { 0 };

			assert_int_equal(iort_for_each_stream(&t, 0, rid,
							      note_way, &old, &f), 0);
			assert_int_equal(iort_for_each_stream(&m.t, 0, rid,
							      note_way, &new, &f), 0);
			assert_int_equal(iort_corrected_streams(&t, &c, 1, 0,
								rid, note_way,
								&said, &f), 0);
			assert_int_equal(new.count, said.count);
			assert_int_equal(new.id, said.id);
			if (rid >= c.input_first && rid <= c.input_last) {
				assert_int_equal(new.count, 1);
				assert_int_equal(new.id, 0x8000 + rid - c.input_first);
				continue;
			}
			assert_int_equal(new.count, old.count);
			assert_int_equal(new.id, old.id);
		}
		expect_no_new_defect(t.buf, t.length, m.buf, m.length);
		good(fix(&m.t, 1, &c, &n), &n);
		assert_false(n.r.changed);
		drop(&n);
		drop(&m);
	}
	assert_true(moved > 100);
}

static int first_smmu(void *ctx, u32 index, u32 off)
{
	struct iort_table *t = ((void **)ctx)[0];
	u32 *found = ((void **)ctx)[1];

	(void)index;
	if (!*found && (iort_node_at(t, off)->type == IORT_SMMU_V3 ||
			iort_node_at(t, off)->type == IORT_SMMU))
		*found = off;
	return 0;
}

static void keep_what_it_has(void *ctx, const char *name, u8 *table,
			     size_t size)
{
	struct made m, again;
	struct acpi_fault f;
	struct iort_table t;
	u32 *tables = ctx;
	u32 smmu = 0;

	/* One table of the corpus has a wrong checksum. */
	table_sum(table, get_le32(table + 4));
	if (iort_open(&t, table, size, &f))
		fail_msg("%s: %s at 0x%x", name, f.what, f.offset);
	iort_for_each_node(&t, first_smmu, (void *[]){ &t, &smmu });
	if (!smmu)
		return;
	good(wish(&t, 2, (struct wish[]){
		{ 0x72000000, 0x7201ffff, WB, smmu, 0x10, 0x20 },
		{ 0x73000000, 0x730fffff, WB | REMAP, smmu, 0x7000, 0x7001 },
	}, &m), &m);
	assert_int_equal(m.r.rmr_nodes, 2);
	expect_same_nodes(&t, &m.t);
	expect_no_new_defect(table, (u32)size, m.buf, m.length);
	good(wish(&m.t, 1, (struct wish[]){
		{ 0x72000000, 0x7201ffff, WB, smmu, 0x10, 0x20 } },
		&again), &again);
	assert_false(again.r.changed);
	drop(&again);
	drop(&m);
	(*tables)++;
}

static void tables_of_real_machines_keep_what_they_have(void **state)
{
	u32 tables = 0;

	(void)state;
	corpus_for_each(keep_what_it_has, &tables);
	print_message("# %u tables\n", tables);
	assert_true(tables > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wanted_is_the_same_table),
		cmocka_unit_test(an_rmr_is_these_bytes),
		cmocka_unit_test(wishes_become_few_nodes),
		cmocka_unit_test(what_is_there_is_not_added_again),
		cmocka_unit_test(an_impossible_wish_is_refused),
		cmocka_unit_test(a_node_of_more_than_64k_becomes_several),
		cmocka_unit_test(revisions_and_identifiers),
		cmocka_unit_test(rmrs_of_drafts_are_not_touched),
		cmocka_unit_test(fields_are_corrected_in_place),
		cmocka_unit_test(mappings_are_cut_and_replaced),
		cmocka_unit_test(a_mapping_that_is_right_stays),
		cmocka_unit_test(corrections_of_mappings_are_refused),
		cmocka_unit_test(mappings_that_do_not_end_their_node),
		cmocka_unit_test(an_overlay_can_do_both),
		cmocka_unit_test(a_guest_gets_the_regions_of_its_devices),
		cmocka_unit_test(a_fragment_is_a_table_of_its_own),
		cmocka_unit_test(random_wishes_come_true),
		cmocka_unit_test(random_corrections_come_true),
		cmocka_unit_test(tables_of_real_machines_keep_what_they_have),
	};

	return cmocka_run_group_tests_name("overlay", tests, NULL, NULL) ? 1 : 0;
}
