// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c */
/*
 * iort_test.c - tests of the IORT reader
 *
 * Three parts: every defect of a table is refused with its place; every way of
 * mapping a requester to ITS groups gives the groups that ARM DEN 0049E.f says;
 * the tables of real machines are accepted and read as iasl decodes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/iort.h"
#include "acpi_builder.h"
#include "iort_corpus.h"

#define SINGLE	1

/* ---- asking the reader ---- */

struct its_list {
	u32 id[64];
	u32 count;
	u32 stop_at;	/* the callback ends the walk at this call, from 1 */
};

static int collect(void *ctx, u32 its_id)
{
	struct its_list *l = ctx;

	assert_true(l->count < ARRAY_SIZE(l->id));
	l->id[l->count++] = its_id;
	return l->count == l->stop_at ? -EINTR : 0;
}

static int ask(struct builder *b, u32 segment, u32 rid, struct its_list *l,
	       struct acpi_fault *f)
{
	struct iort_table t;
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	*f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	ret = iort_open(&t, p, b->len, f);
	if (ret)
		fail_msg("table refused: %s at 0x%x", f->what, f->offset);
	l->count = 0;
	ret = iort_for_each_its(&t, segment, rid, collect, l, f);
	free(p);
	return ret;
}

/* The device must reach exactly these ITSs, in the order of the table. */
static void expect_its(struct builder *b, u32 segment, u32 rid, u32 count,
		       const u32 *ids)
{
	struct its_list l = { 0 };
	struct acpi_fault f;
	int ret = ask(b, segment, rid, &l, &f);
	u32 i;

	if (ret)
		fail_msg("rid 0x%x: error %d: %s at 0x%x", rid, ret, f.what,
			 f.offset);
	assert_string_equal(f.what, "untouched");
	if (l.count != count)
		fail_msg("rid 0x%x: %u ITSs, not %u", rid, l.count, count);
	for (i = 0; i < count; i++)
		if (l.id[i] != ids[i])
			fail_msg("rid 0x%x: ITS 0x%x, not 0x%x", rid, l.id[i],
				 ids[i]);
}

#define EXPECT(b, rid, ...)						\
	expect_its(b, 0, rid, ARRAY_SIZE(((u32[]){ __VA_ARGS__ })),	\
		   (u32[]){ __VA_ARGS__ })
#define EXPECT_NONE(b, rid)	expect_its(b, 0, rid, 0, NULL)

/* The walk must end with this error, at this place, and report nothing. */
static void expect_error(struct builder *b, u32 segment, u32 rid, int error,
			 u32 offset, const char *what)
{
	struct its_list l = { 0 };
	struct acpi_fault f;
	int ret = ask(b, segment, rid, &l, &f);

	if (ret != error)
		fail_msg("rid 0x%x: returned %d, not %d", rid, ret, error);
	assert_int_equal(l.count, 0);
	if (f.offset != offset || !strstr(f.what, what))
		fail_msg("fault is \"%s\" at 0x%x, not \"%s\" at 0x%x", f.what,
			 f.offset, what, offset);
}

/* ---- defects of a table ---- */

/* The table that the defects are put into: one node of each type. */
enum base_node {
	TABLE,		/* not a node: offsets count from the table's start */
	ITS,
	V3,
	V2,
	RC,
	NC,
	PMCG,
	RMR,
	OTHER,		/* of an unknown type; the last node */
	BASE_NODES,
};

struct base {
	struct builder b;
	u32 at[BASE_NODES];
};

static void build_base(struct base *base)
{
	struct builder *b = &base->b;
	u32 *at = base->at;

	iort_begin(b);
	at[TABLE] = 0;
	at[ITS] = iort_add_its(b, 2, (u32[]){ 5, 6 });
	at[V3] = iort_add_smmu_v3(b, 1);
	iort_map(b, 0, 0xffff, 0, at[ITS], 0);
	at[V2] = iort_add(b, 3, 0, 76);
	iort_map(b, 0, 0xffff, 0, at[ITS], 0);
	at[RC] = iort_add_rc(b, 0);
	iort_map(b, 0, 0xff, 0, at[V3], 0);
	iort_map(b, 0x100, 0xff, 0, at[V2], 0);
	at[NC] = iort_add(b, 1, 2, 29);
	memcpy(b->buf + iort_grow(b, 11), "\\_SB_.DEV0", 11);
	iort_map(b, 0, 0, 7, at[V2], SINGLE);
	at[PMCG] = iort_add(b, 5, 1, 40);
	put_le(b->buf + at[PMCG] + 28, 4, at[V3]);
	iort_map(b, 0, 0, 7, at[ITS], SINGLE);
	at[RMR] = iort_add(b, 6, 1, 28);
	put_le(b->buf + at[RMR] + 20, 4, 2);
	put_le(b->buf + at[RMR] + 24, 4, 28);
	iort_grow(b, 40);
	iort_map(b, 0, 0, 7, at[V3], SINGLE);
	at[OTHER] = iort_add(b, 0x42, 9, 24);
	iort_map(b, 0, 0xffff, 0, at[ITS], 0);
	builder_finish(b);
}

/*
 * A value that a defect puts in; the bits above VALUE say relative to what, so
 * that no offset of the base table is typed by hand.
 */
#define VALUE		0xffffffffULL
#define PLUS_OLD	(1ULL << 32)	/* to what is there */
#define PLUS_LEN	(1ULL << 33)	/* to the table's length */
#define PLUS_NODE(n)	((u64)(n) << 36) /* to the offset of a base node */
#define MINUS_ONE	0xffffffffULL

struct patch {
	enum base_node node;
	u32 off;
	u32 width;
	u64 value;
};

struct defect {
	const char *name;
	struct patch patch[3];
	bool bad_sum;
	enum base_node where;		/* of the fault */
	u64 where_off;			/* may use PLUS_LEN */
	const char *what;		/* NULL: the table is good */
};

#define SUM_OFF 9

static const struct defect defects[] = {
	/* the table */
	{ "untouched table is good", {}, .what = NULL },
	{ "signature", { { TABLE, 3, 1, 'X' } },
	  .where = TABLE, .where_off = 0, .what = "wrong signature" },
	{ "length below the fixed part", { { TABLE, 4, 4, 47 } },
	  .where = TABLE, .where_off = 4, .what = "less than its fixed part" },
	{ "length above the buffer", { { TABLE, 4, 4, 1 | PLUS_OLD } },
	  .where = TABLE, .where_off = 4, .what = "more than there is" },
	{ "length of all ones", { { TABLE, 4, 4, 0xffffffff } },
	  .where = TABLE, .where_off = 4, .what = "more than there is" },
	{ "checksum", { { TABLE, SUM_OFF, 1, 1 | PLUS_OLD } }, .bad_sum = true,
	  .where = TABLE, .where_off = SUM_OFF, .what = "wrong checksum" },
	{ "node offset inside the header", { { TABLE, 40, 4, 47 } },
	  .where = TABLE, .where_off = 40, .what = "node offset" },
	{ "node offset behind the table", { { TABLE, 40, 4, 1 | PLUS_LEN } },
	  .where = TABLE, .where_off = 40, .what = "node offset" },
	{ "node offset of all ones", { { TABLE, 40, 4, 0xffffffff } },
	  .where = TABLE, .where_off = 40, .what = "node offset" },
	{ "node offset at the table's end", { { TABLE, 40, 4, PLUS_LEN } },
	  .where = TABLE, .where_off = PLUS_LEN, .what = "node header leaves" },
	{ "one node fewer than counted", { { TABLE, 36, 4, 1 | PLUS_OLD } },
	  .where = TABLE, .where_off = PLUS_LEN, .what = "fewer nodes" },
	{ "one node more than counted", { { TABLE, 36, 4, MINUS_ONE | PLUS_OLD } },
	  .where = OTHER, .where_off = 0, .what = "bytes behind the last node" },
	{ "no node counted", { { TABLE, 36, 4, 0 } },
	  .where = ITS, .where_off = 0, .what = "bytes behind the last node" },
	{ "node count of all ones", { { TABLE, 36, 4, 0xffffffff } },
	  .where = TABLE, .where_off = PLUS_LEN, .what = "fewer nodes" },

	/* a node's length */
	{ "node of no length", { { V2, 1, 2, 0 } },
	  .where = V2, .where_off = 1, .what = "fixed part" },
	{ "ITS group too short", { { ITS, 1, 2, 19 } },
	  .where = ITS, .where_off = 1, .what = "fixed part" },
	{ "named component too short", { { NC, 1, 2, 28 } },
	  .where = NC, .where_off = 1, .what = "fixed part" },
	{ "root complex too short", { { RC, 1, 2, 31 } },
	  .where = RC, .where_off = 1, .what = "fixed part" },
	{ "SMMUv2 too short", { { V2, 1, 2, 59 } },
	  .where = V2, .where_off = 1, .what = "fixed part" },
	{ "SMMUv3 of revision 1 too short", { { V3, 1, 2, 67 } },
	  .where = V3, .where_off = 1, .what = "fixed part" },
	{ "SMMUv3 of revision 0 too short",
	  { { V3, 1, 2, 59 }, { V3, 3, 1, 0 } },
	  .where = V3, .where_off = 1, .what = "fixed part" },
	{ "PMCG of revision 1 too short", { { PMCG, 1, 2, 39 } },
	  .where = PMCG, .where_off = 1, .what = "fixed part" },
	{ "PMCG of revision 0 too short",
	  { { PMCG, 1, 2, 31 }, { PMCG, 3, 1, 0 } },
	  .where = PMCG, .where_off = 1, .what = "fixed part" },
	{ "RMR too short", { { RMR, 1, 2, 27 } },
	  .where = RMR, .where_off = 1, .what = "fixed part" },
	{ "unknown node shorter than a node header", { { OTHER, 1, 2, 15 } },
	  .where = OTHER, .where_off = 1, .what = "fixed part" },
	{ "last node one byte too long", { { OTHER, 1, 2, 1 | PLUS_OLD } },
	  .where = OTHER, .where_off = 1, .what = "node leaves the table" },
	{ "first node as long as can be stated", { { ITS, 1, 2, 0xffff } },
	  .where = ITS, .where_off = 1, .what = "node leaves the table" },

	/* ID mappings */
	{ "mappings begin in the node header", { { RC, 12, 4, 15 } },
	  .where = RC, .where_off = 12, .what = "fixed part" },
	{ "mappings begin in the type's fixed part", { { V3, 12, 4, 67 } },
	  .where = V3, .where_off = 12, .what = "fixed part" },
	{ "mappings begin nowhere", { { RC, 12, 4, 0 } },
	  .where = RC, .where_off = 12, .what = "fixed part" },
	{ "one mapping too many", { { RC, 8, 4, 1 | PLUS_OLD } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mappings shifted by one", { { RC, 12, 4, 1 | PLUS_OLD } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mapping count that wraps to one", { { RC, 8, 4, 0x0ccccccd } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mapping count of all ones", { { RC, 8, 4, 0xffffffff } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mapping offset of all ones", { { RC, 12, 4, 0xffffffff } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mapping offset that wraps with the count",
	  { { RC, 12, 4, 0xffffffec }, { RC, 8, 4, 1 } },
	  .where = RC, .where_off = 8, .what = "ID mappings leave" },
	{ "mappings of the last node leave node and table",
	  { { OTHER, 8, 4, 1 | PLUS_OLD } },
	  .where = OTHER, .where_off = 8, .what = "ID mappings leave" },
	{ "mapping offset without mappings means nothing",
	  { { V3, 8, 4, 0 }, { V3, 12, 4, 0xffffffff } }, .what = NULL },

	/* ITS identifiers */
	{ "one ITS too many", { { ITS, 16, 4, 3 } },
	  .where = ITS, .where_off = 16, .what = "ITS identifiers leave" },
	{ "ITS count that wraps to one", { { ITS, 16, 4, 0x40000001 } },
	  .where = ITS, .where_off = 16, .what = "ITS identifiers leave" },

	/* memory ranges */
	{ "one memory range beyond the node", { { RMR, 20, 4, 4 } },
	  .where = RMR, .where_off = 20, .what = "memory ranges leave" },
	{ "memory range count that wraps to one", { { RMR, 20, 4, 0x0ccccccd } },
	  .where = RMR, .where_off = 20, .what = "memory ranges leave" },
	{ "memory ranges begin in the fixed part", { { RMR, 24, 4, 27 } },
	  .where = RMR, .where_off = 24, .what = "memory ranges begin" },
	{ "memory range offset of all ones", { { RMR, 24, 4, 0xffffffff } },
	  .where = RMR, .where_off = 20, .what = "memory ranges leave" },
	{ "memory range offset without ranges means nothing",
	  { { RMR, 20, 4, 0 }, { RMR, 24, 4, 0xffffffff } }, .what = NULL },

	/* references; the first mapping of the RC is at 36, of the RMR at 68 */
	{ "reference of nothing", { { RC, 36 + 12, 4, 0 } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference into the header", { { RC, 36 + 12, 4, 47 } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference one byte behind a node's start",
	  { { RC, 36 + 12, 4, 1 | PLUS_NODE(V3) } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference one byte before a node's start",
	  { { RC, 36 + 12, 4, MINUS_ONE | PLUS_NODE(V3) } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference of the table's end", { { RC, 36 + 12, 4, PLUS_LEN } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference of all ones", { { RC, 36 + 12, 4, 0xffffffff } },
	  .where = RC, .where_off = 36 + 12, .what = "output reference" },
	{ "reference in the second mapping", { { RC, 56 + 12, 4, 49 } },
	  .where = RC, .where_off = 56 + 12, .what = "output reference" },
	{ "reference of an SMMUv2", { { V2, 76 + 12, 4, 0 } },
	  .where = V2, .where_off = 76 + 12, .what = "output reference" },
	{ "reference of an RMR", { { RMR, 68 + 12, 4, 50 } },
	  .where = RMR, .where_off = 68 + 12, .what = "output reference" },
	{ "reference of a node of unknown type", { { OTHER, 24 + 12, 4, 1 } },
	  .where = OTHER, .where_off = 24 + 12, .what = "output reference" },
	{ "reference of a PMCG", { { PMCG, 28, 4, 1 | PLUS_NODE(V3) } },
	  .where = PMCG, .where_off = 28, .what = "node reference of a PMCG" },
	{ "reference of a PMCG to nothing", { { PMCG, 28, 4, 0 } },
	  .where = PMCG, .where_off = 28, .what = "node reference of a PMCG" },
	{ "reference to a node of unknown type is a reference",
	  { { RC, 36 + 12, 4, PLUS_NODE(OTHER) } }, .what = NULL },
};

static u32 resolve(const struct base *base, u64 v, u32 old)
{
	u32 r = (u32)(v & VALUE);

	if (v & PLUS_OLD)
		r += old;
	if (v & PLUS_LEN)
		r += base->b.len;
	return r + base->at[v >> 36];
}

static void check_defect(void **state)
{
	const struct defect *d = *state;
	struct acpi_fault f = { .offset = 0xdead, .what = "untouched" };
	struct base base;
	u32 i, where;
	u8 *p;
	int ret;

	build_base(&base);
	for (i = 0; i < ARRAY_SIZE(d->patch) && d->patch[i].width; i++) {
		const struct patch *c = &d->patch[i];
		u8 *at = base.b.buf + base.at[c->node] + c->off;
		u32 old = c->width == 1 ? *at :
			  c->width == 2 ? get_le16(at) : get_le32(at);

		put_le(at, c->width, resolve(&base, c->value, old));
	}
	if (!d->bad_sum)
		table_sum(base.b.buf, base.b.len);

	p = exact_copy(base.b.buf, base.b.len);
	ret = iort_check(p, base.b.len, &f);
	free(p);

	if (!d->what) {
		if (ret)
			fail_msg("refused: %s at 0x%x", f.what, f.offset);
		assert_string_equal(f.what, "untouched");
		return;
	}
	where = base.at[d->where] + resolve(&base, d->where_off, 0);
	assert_int_equal(ret, -EINVAL);
	if (f.offset != where || !strstr(f.what, d->what))
		fail_msg("fault is \"%s\" at 0x%x, not \"%s\" at 0x%x", f.what,
			 f.offset, d->what, where);
}

static void check_every_truncation(void **state)
{
	struct acpi_fault f;
	struct base base;
	u32 size;
	u8 *p;

	(void)state;
	build_base(&base);
	for (size = 0; size < base.b.len; size++) {
		p = exact_copy(base.b.buf, size);
		assert_int_equal(iort_check(p, size, &f), -EINVAL);
		assert_int_equal(f.offset, size < 36 ? 0 : 4);
		free(p);
	}
}

/* The same, but the table itself says that it is that short. */
static void check_every_shorter_length(void **state)
{
	struct acpi_fault f;
	struct base base;
	u32 size;
	u8 *p;

	(void)state;
	build_base(&base);
	for (size = 48; size < base.b.len; size++) {
		p = exact_copy(base.b.buf, size);
		put_le(p + 4, 4, size);
		table_sum(p, size);
		assert_int_equal(iort_check(p, size, &f), -EINVAL);
		assert_true(f.offset <= size);
		free(p);
	}
}

static void check_bytes_behind_the_table(void **state)
{
	struct acpi_fault f;
	struct base base;
	u8 *p;

	(void)state;
	build_base(&base);
	memset(base.b.buf + base.b.len, 0xa5, 16);
	p = exact_copy(base.b.buf, base.b.len + 16);
	assert_int_equal(iort_check(p, base.b.len + 16, &f), 0);
	free(p);
}

static void check_length_limit(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 len;
	u8 *p;

	(void)state;
	for (len = 0x100000; len <= 0x100001; len++) {
		u32 at = 48, nodes = 0, size;

		iort_begin(&b);
		p = calloc(1, len);
		assert_non_null(p);
		memcpy(p, b.buf, 48);
		while (at < len) {
			size = len - at < 0xff00 ? len - at : 0xfe00;
			p[at] = 0x42;
			put_le(p + at + 1, 2, size);
			at += size;
			nodes++;
		}
		put_le(p + 4, 4, len);
		put_le(p + 36, 4, nodes);
		table_sum(p, len);
		if (len == 0x100000) {
			assert_int_equal(iort_check(p, len, &f), 0);
		} else {
			assert_int_equal(iort_check(p, len, &f), -E2BIG);
			assert_int_equal(f.offset, 4);
		}
		free(p);
	}
}

static void check_smallest_nodes(void **state)
{
	static const struct {
		u8 type, revision, size;
	} nodes[] = {
		{ 0, 0, 20 }, { 1, 0, 29 }, { 2, 0, 32 }, { 3, 0, 60 },
		{ 4, 0, 60 }, { 4, 1, 68 }, { 5, 1, 40 }, { 6, 1, 28 },
		{ 7, 0, 16 }, { 255, 0, 16 }, { 5, 0, 32 },
	};
	struct acpi_fault f;
	struct builder b;
	u32 i, last = 0;
	u8 *p;

	(void)state;
	iort_begin(&b);
	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		last = iort_add(&b, nodes[i].type, nodes[i].revision,
				nodes[i].size);
		if (nodes[i].type == 5)
			put_le(b.buf + last + 28, 4, 48);
	}
	builder_finish(&b);
	p = exact_copy(b.buf, b.len);
	if (iort_check(p, b.len, &f))
		fail_msg("refused: %s at 0x%x", f.what, f.offset);
	free(p);
}

static void check_table_without_nodes(void **state)
{
	struct builder b;

	(void)state;
	iort_begin(&b);
	expect_error(&b, 0, 0, -ENODEV, 48, "no root complex");
}

static void check_gap_before_the_first_node(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	b.len += 5;
	put_le(b.buf + 40, 4, b.len);
	its = iort_add_its(&b, 1, (u32[]){ 3 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	EXPECT(&b, 0x10, 3);
}

/* open leaves the caller's struct alone when it fails */
static void check_open_on_failure(void **state)
{
	struct iort_table t = { .length = 0x1234 };
	struct acpi_fault f;
	struct base base;

	(void)state;
	build_base(&base);
	base.b.buf[SUM_OFF]++;
	assert_int_equal(iort_open(&t, base.b.buf, base.b.len, &f), -EINVAL);
	assert_int_equal(t.length, 0x1234);
	assert_null(t.buf);
}

/* ---- mappings ---- */

static void map_through_each_smmu(void **state)
{
	struct base base;

	(void)state;
	build_base(&base);
	EXPECT(&base.b, 0x00, 5, 6);
	EXPECT(&base.b, 0xff, 5, 6);
	EXPECT(&base.b, 0x100, 5, 6);
	EXPECT(&base.b, 0x1ff, 5, 6);
	EXPECT_NONE(&base.b, 0x200);
}

static void map_first_and_last_rid(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 7 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x100, 0x7f, 0, its, 0);
	EXPECT_NONE(&b, 0x0ff);
	EXPECT(&b, 0x100, 7);
	EXPECT(&b, 0x17f, 7);
	EXPECT_NONE(&b, 0x180);
}

static void map_range_of_one_id(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 7 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x100, 0, 0, its, 0);
	EXPECT_NONE(&b, 0x0ff);
	EXPECT(&b, 0x100, 7);
	EXPECT_NONE(&b, 0x101);
}

static void map_whole_id_space(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 7 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffffffff, 0, its, 0);
	EXPECT(&b, 0, 7);
	EXPECT(&b, 0xffffffff, 7);
}

/* The output ID decides which of the SMMU's mappings is taken. */
static void map_output_base_is_added(void **state)
{
	struct builder b;
	u32 its[3], smmu;

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 10 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 11 });
	its[2] = iort_add_its(&b, 1, (u32[]){ 12 });
	smmu = iort_add_smmu_v3(&b, 4);
	iort_map(&b, 0x0000, 0x4fff, 0, its[0], 0);
	iort_map(&b, 0x5000, 0x000f, 0, its[1], 0);
	iort_map(&b, 0x5010, 0xffff, 0, its[2], 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0x100, 0xff, 0x4ff8, smmu, 0);
	EXPECT(&b, 0x100, 10);
	EXPECT(&b, 0x107, 10);
	EXPECT(&b, 0x108, 11);
	EXPECT(&b, 0x117, 11);
	EXPECT(&b, 0x118, 12);
}

static void map_reaches_last_of_32_bits(void **state)
{
	struct builder b;
	u32 its, smmu;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 7 });
	smmu = iort_add_smmu_v3(&b, 4);
	iort_map(&b, 0xffffff00, 0xff, 0xffffff00, its, 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0xffffff00, smmu, 0);
	EXPECT(&b, 0x00, 7);
	EXPECT(&b, 0xff, 7);
	EXPECT_NONE(&b, 0x100);
}

static void map_two_ranges(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x200, 0xff, 0, its[1], 0);
	iort_map(&b, 0x100, 0xff, 0, its[0], 0);
	EXPECT_NONE(&b, 0x0ff);
	EXPECT(&b, 0x1ff, 1);
	EXPECT(&b, 0x200, 2);
	EXPECT_NONE(&b, 0x300);
}

/* Linux stops at the first group; both swallow writes. */
static void map_two_groups_from_root(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 2, (u32[]){ 1, 2 });
	its[1] = iort_add_its(&b, 3, (u32[]){ 3, 0xfffffffe, 5 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, its[0], 0);
	iort_map(&b, 0x80, 0x7f, 0, its[1], 0);
	EXPECT(&b, 0x7f, 1, 2);
	EXPECT(&b, 0x90, 1, 2, 3, 0xfffffffe, 5);
	EXPECT(&b, 0x100, 1, 2);
}

static void map_two_groups_behind_smmu(void **state)
{
	struct builder b;
	u32 its[2], smmu;

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	smmu = iort_add_smmu_v3(&b, 0);
	iort_map(&b, 0, 0xffff, 0, its[0], 0);
	iort_map(&b, 0, 0xffff, 0, its[1], 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, smmu, 0);
	iort_map(&b, 0x10, 0, 0, its[1], 0);
	EXPECT(&b, 0x00, 1, 2);
	EXPECT(&b, 0x10, 1, 2, 2);
	EXPECT(&b, 0xffff, 1, 2);
}

static void map_empty_group(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 0, NULL);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	EXPECT_NONE(&b, 0);
}

static void map_smmu_without_mappings(void **state)
{
	struct builder b;
	u32 smmu;

	(void)state;
	iort_begin(&b);
	smmu = iort_add(&b, 3, 0, 76);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, smmu, 0);
	EXPECT_NONE(&b, 0);
}

static void map_root_without_mappings(void **state)
{
	struct builder b;

	(void)state;
	iort_begin(&b);
	iort_add_its(&b, 1, (u32[]){ 1 });
	iort_add_rc(&b, 0);
	EXPECT_NONE(&b, 0);
}

static void map_single_at_root(void **state)
{
	struct builder b;
	u32 its[2], smmu;

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	smmu = iort_add_smmu_v3(&b, 4);
	iort_map(&b, 0, 0x33, 0, its[0], 0);
	iort_map(&b, 0x34, 0, 0, its[1], 0);
	iort_add_rc(&b, 0);
	/* input base, count and the wrap that they make mean nothing here */
	iort_map(&b, 0xfffffff0, 0xff, 0x34, smmu, SINGLE);
	EXPECT(&b, 0, 2);
	EXPECT(&b, 0x1234, 2);
}

static void map_single_flag_is_one_bit(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 1 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x10, 0, 0, its, 0xfffffffe);
	EXPECT_NONE(&b, 0x11);
	EXPECT(&b, 0x10, 1);
}

/* A single mapping of an SMMU is for its own interrupts. */
static void map_single_at_smmu_takes_no_stream(void **state)
{
	static const u8 types[] = { 3, 4 };
	struct builder b;
	u32 its[2], smmu, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		iort_begin(&b);
		its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
		its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
		smmu = iort_add(&b, types[i], 1, 76);
		iort_map(&b, 0, 0, 0, its[0], SINGLE);
		iort_map(&b, 0, 0xffff, 0, its[1], 0);
		iort_add_rc(&b, 0);
		iort_map(&b, 0, 0xffff, 0, smmu, 0);
		EXPECT(&b, 0, 2);
		EXPECT(&b, 1, 2);
	}
}

/* What the SMMUv3's fields are when index 1 is a range that takes ID 0x20 in */
struct own_case {
	const char *name;
	u8 revision;
	u32 flags;
	u32 index;
	int unwired;	/* which of the four interrupts is an MSI, or -1 */
	bool own;
};

static const struct own_case own_cases[] = {
	{ "revision 0 has no index", 0, 0x10, 1, 0, false },
	{ "revision 1, all wired", 1, 0, 1, -1, false },
	{ "revision 1, event by MSI", 1, 0, 1, 0, true },
	{ "revision 2, PRI by MSI", 2, 0, 1, 1, true },
	{ "revision 3, GERR by MSI", 3, 0, 1, 2, true },
	{ "revision 4, sync by MSI", 4, 0, 1, 3, true },
	{ "revision 4, the flag is not yet there", 4, 0x10, 1, -1, false },
	{ "revision 4, index of no mapping", 4, 0, 2, 0, false },
	{ "revision 5 without the flag", 5, 0x0f, 1, 0, false },
	{ "revision 5 with the flag", 5, 0x10, 1, -1, true },
	{ "revision 5, index of no mapping", 5, 0x10, 7, -1, false },
};

static void map_own_mapping_of_smmu_v3(void **state)
{
	const struct own_case *c = *state;
	struct builder b;
	u32 its[2], smmu, own;

	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	smmu = iort_add_smmu_v3(&b, c->revision);
	put_le(b.buf + smmu + 24, 4, c->flags);
	put_le(b.buf + smmu + 64, 4, c->index);
	if (c->unwired >= 0)
		put_le(b.buf + smmu + 44 + 4 * (u32)c->unwired, 4, 0);
	iort_map(&b, 0, 0x1f, 0, its[0], 0);
	own = iort_map(&b, 0x20, 0x1f, 0, its[1], 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0, smmu, 0);

	EXPECT(&b, 0x1f, 1);
	if (c->own)
		expect_error(&b, 0, 0x20, -EINVAL, own + 16,
			     "lacks the single mapping flag");
	else
		EXPECT(&b, 0x20, 2);

	/* with the flag it is the SMMU's, whatever the index says */
	put_le(b.buf + own + 16, 4, SINGLE);
	EXPECT(&b, 0x1f, 1);
	EXPECT_NONE(&b, 0x20);
}

/* Ranges of firmware that took id_count for a true count overlap by one. */
static void map_off_by_one(void **state)
{
	struct builder b;
	u32 its[2], order;

	(void)state;
	for (order = 0; order < 2; order++) {
		iort_begin(&b);
		its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
		its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
		iort_add_rc(&b, 0);
		if (order)
			iort_map(&b, 0x100, 0x100, 0, its[1], 0);
		iort_map(&b, 0x000, 0x100, 0, its[0], 0);
		if (!order)
			iort_map(&b, 0x100, 0x100, 0, its[1], 0);
		EXPECT(&b, 0x0ff, 1);
		EXPECT(&b, 0x100, 2);
		EXPECT(&b, 0x101, 2);
		/* the last ID that is not claimed by a next range stays */
		EXPECT(&b, 0x200, 2);
		EXPECT_NONE(&b, 0x201);
	}
}

static void map_off_by_one_behind_smmu(void **state)
{
	struct builder b;
	u32 its[2], smmu;

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	smmu = iort_add_smmu_v3(&b, 4);
	iort_map(&b, 0x1000, 0x100, 0, its[0], 0);
	iort_map(&b, 0x1100, 0x100, 0, its[1], 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xfff, 0x1000, smmu, 0);
	EXPECT(&b, 0x0ff, 1);
	EXPECT(&b, 0x100, 2);
}

/* Overlaps by more than one are meant, and so is a common end or start. */
static void map_overlap_is_not_off_by_one(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x000, 0x100, 0, its[0], 0);
	iort_map(&b, 0x0f0, 0x010, 0, its[1], 0);
	EXPECT(&b, 0x0f0, 1, 2);
	EXPECT(&b, 0x0ff, 1, 2);
	EXPECT(&b, 0x100, 1, 2);

	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 0);
	/* two ranges of the same one ID: none ends a longer range */
	iort_map(&b, 0x40, 0, 0, its[0], 0);
	iort_map(&b, 0x40, 0, 0, its[1], 0);
	EXPECT(&b, 0x40, 1, 2);
}

/* A single mapping has no input range that could begin at the ID. */
static void map_single_supersedes_nothing(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0x000, 0x100, 0, its[0], 0);
	iort_map(&b, 0x100, 0, 0, its[1], SINGLE);
	EXPECT(&b, 0x100, 1, 2);
}

static void map_segments(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	iort_add_rc(&b, 0x10003);
	iort_map(&b, 0, 0xffff, 0, its[0], 0);
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 3);
	iort_map(&b, 0, 0xffff, 0, its[1], 0);
	expect_its(&b, 3, 0, 1, (u32[]){ 2 });
	expect_its(&b, 0x10003, 0, 1, (u32[]){ 1 });
	expect_error(&b, 0, 0, -ENODEV, 48, "no root complex");
	expect_error(&b, 4, 0, -ENODEV, 48, "no root complex");
}

static void map_all_roots_of_a_segment(void **state)
{
	struct builder b;
	u32 its[2];

	(void)state;
	iort_begin(&b);
	its[0] = iort_add_its(&b, 1, (u32[]){ 1 });
	its[1] = iort_add_its(&b, 1, (u32[]){ 2 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0x7fff, 0, its[0], 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0x8000, 0x7fff, 0, its[1], 0);
	EXPECT(&b, 0x7fff, 1);
	EXPECT(&b, 0x8000, 2);
}

/* Nodes are found by reference: root first, SMMU in between, group last. */
static void map_any_order_of_nodes(void **state)
{
	struct builder b;
	u32 its, smmu, root_map, smmu_map;

	(void)state;
	iort_begin(&b);
	iort_add_rc(&b, 0);
	root_map = iort_map(&b, 0, 0xffff, 0, 0, 0);
	smmu = iort_add_smmu_v3(&b, 5);
	smmu_map = iort_map(&b, 0, 0xffff, 0, 0, 0);
	its = iort_add_its(&b, 1, (u32[]){ 9 });
	put_le(b.buf + root_map + 12, 4, smmu);
	put_le(b.buf + smmu_map + 12, 4, its);
	EXPECT(&b, 0x55, 9);
}

/* Bytes between a node's fixed part and its mappings; odd offsets. */
static void map_array_anywhere_in_the_node(void **state)
{
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	iort_add(&b, 0x99, 0, 17);
	its = iort_add_its(&b, 1, (u32[]){ 9 });
	iort_add_rc(&b, 0);
	memset(b.buf + iort_grow(&b, 7), 0xff, 7);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	memset(b.buf + iort_grow(&b, 3), 0xff, 3);
	EXPECT(&b, 0x55, 9);
}

/* ---- impossible mappings: an error, and no part of an answer ---- */

/* The good mapping comes first: it must not be reported either. */
static void build_two_maps(struct builder *b, u32 *second, u32 input,
			   u32 id_count, u32 output)
{
	u32 its;

	iort_begin(b);
	its = iort_add_its(b, 1, (u32[]){ 1 });
	iort_add_rc(b, 0);
	iort_map(b, 0, 0xffff, 0, its, 0);
	*second = iort_map(b, input, id_count, output, its, 0);
}

static void map_input_range_wraps(void **state)
{
	struct builder b;
	u32 at;

	(void)state;
	build_two_maps(&b, &at, 0xffffff00, 0xff, 0);
	EXPECT(&b, 0, 1);
	build_two_maps(&b, &at, 0xffffff00, 0x100, 0);
	expect_error(&b, 0, 0, -EINVAL, at + 4, "input range");
	build_two_maps(&b, &at, 0xffffffff, 0xffffffff, 0);
	expect_error(&b, 0, 0, -EINVAL, at + 4, "input range");
}

static void map_output_range_wraps(void **state)
{
	struct builder b;
	u32 at;

	(void)state;
	build_two_maps(&b, &at, 0x10000, 0xff, 0xffffff00);
	EXPECT(&b, 0, 1);
	build_two_maps(&b, &at, 0x10000, 0x100, 0xffffff00);
	expect_error(&b, 0, 0, -EINVAL, at + 8, "output range");
}

/* Only nodes that the device's way passes are looked at. */
static void map_wrap_elsewhere_is_ignored(void **state)
{
	struct builder b;
	u32 at;

	(void)state;
	build_two_maps(&b, &at, 0xffffff00, 0x100, 0);
	iort_add_rc(&b, 1);
	iort_map(&b, 0, 0xffff, 0, 48, 0);
	expect_its(&b, 1, 0, 1, (u32[]){ 1 });
}

static void map_to_a_node_of_wrong_type(void **state)
{
	/* named component, root complex, PMCG, RMR, unknown */
	static const u8 types[] = { 1, 2, 5, 6, 0x42 };
	struct builder b;
	u32 its, wrong, at, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		iort_begin(&b);
		its = iort_add_its(&b, 1, (u32[]){ 1 });
		wrong = iort_add(&b, types[i], 1, 44);
		if (types[i] == 2)
			put_le(b.buf + wrong + 28, 4, 77);
		if (types[i] == 5)
			put_le(b.buf + wrong + 28, 4, its);
		iort_add_rc(&b, 0);
		iort_map(&b, 0, 0xffff, 0, its, 0);
		at = iort_map(&b, 0x100, 0xff, 0, wrong, 0);
		expect_error(&b, 0, 0x100, -EINVAL, at + 12,
			     "neither an SMMU nor an ITS group");
		/* a device that does not go there is not concerned */
		EXPECT(&b, 0xff, 1);
	}
}

static void map_smmu_to_itself(void **state)
{
	struct builder b;
	u32 its, smmu, at;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 1, (u32[]){ 1 });
	smmu = iort_add_smmu_v3(&b, 4);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	at = iort_map(&b, 0, 0xffff, 0, b.node, 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, smmu, 0);
	expect_error(&b, 0, 0, -ELOOP, at + 12, "loop");
}

static void map_loop_of_two(void **state)
{
	struct builder b;
	u32 smmu[2], at[2];

	(void)state;
	iort_begin(&b);
	smmu[0] = iort_add_smmu_v3(&b, 4);
	at[0] = iort_map(&b, 0, 0xffff, 0, 0, 0);
	smmu[1] = iort_add(&b, 3, 0, 76);
	at[1] = iort_map(&b, 0, 0xffff, 0, smmu[0], 0);
	put_le(b.buf + at[0] + 12, 4, smmu[1]);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, smmu[0], 0);
	/* root + 7 SMMUs are the 8 that fit: the 7th of them is smmu[0] */
	expect_error(&b, 0, 0, -ELOOP, at[0] + 12, "loop");
}

/*
 * A chain of @count SMMUs between the root complex and the group; gives the
 * mapping that leads to the SMMU next to the group.
 */
static u32 build_chain(struct builder *b, u32 count)
{
	u32 i, at, last = 0, next;

	iort_begin(b);
	next = iort_add_its(b, 1, (u32[]){ 1 });
	for (i = 0; i < count; i++) {
		u32 to = next;

		next = iort_add_smmu_v3(b, 4);
		at = iort_map(b, 0, 0xffff, 0, to, 0);
		if (i == 1)
			last = at;
	}
	iort_add_rc(b, 0);
	iort_map(b, 0, 0xffff, 0, next, 0);
	return last;
}

static void map_longest_chain(void **state)
{
	struct builder b;
	u32 at;

	(void)state;
	build_chain(&b, 7);
	EXPECT(&b, 0, 1);
	at = build_chain(&b, 8);
	expect_error(&b, 0, 0, -ELOOP, at + 12, "loop");
}

/* Six SMMUs with 40 mappings each have 40^6 ways: must end, and soon. */
static void map_multiplying_ways(void **state)
{
	struct its_list l = { 0 };
	struct acpi_fault f;
	struct builder b;
	u32 i, j, to;

	(void)state;
	iort_begin(&b);
	to = iort_add_its(&b, 1, (u32[]){ 1 });
	for (i = 0; i < 6; i++) {
		u32 next = iort_add_smmu_v3(&b, 4);

		for (j = 0; j < 40; j++)
			iort_map(&b, 0, 0xffff, 0, to, 0);
		to = next;
	}
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, to, 0);
	assert_int_equal(ask(&b, 0, 0, &l, &f), -E2BIG);
	assert_int_equal(l.count, 0);
	assert_non_null(strstr(f.what, "too many ways"));
}

/*
 * @direct ways from the root complex, and 31 through an SMMU that has 31: with
 * the root complex itself 1 + 31 * (1 + 31) + @direct nodes are entered.
 */
static void build_ways(struct builder *b, u32 direct)
{
	u32 its, smmu, i;

	iort_begin(b);
	its = iort_add_its(b, 0, NULL);
	smmu = iort_add_smmu_v3(b, 4);
	for (i = 0; i < 31; i++)
		iort_map(b, 0, 0xffff, 0, its, 0);
	iort_add_rc(b, 0);
	for (i = 0; i < 31; i++)
		iort_map(b, 0, 0xffff, 0, smmu, 0);
	for (i = 0; i < direct; i++)
		iort_map(b, 0, 0xffff, 0, its, 0);
}

static void map_most_ways(void **state)
{
	struct builder b;

	(void)state;
	build_ways(&b, 31);
	EXPECT_NONE(&b, 0);
	build_ways(&b, 32);
	expect_error(&b, 0, 0, -E2BIG, 48, "too many ways");
}

/* ---- the callback ---- */

static void callback_ends_the_walk(void **state)
{
	struct its_list l = { .stop_at = 2 };
	struct acpi_fault f;
	struct builder b;
	u32 its;

	(void)state;
	iort_begin(&b);
	its = iort_add_its(&b, 3, (u32[]){ 1, 2, 3 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	iort_map(&b, 0, 0xffff, 0, its, 0);
	assert_int_equal(ask(&b, 0, 0, &l, &f), -EINTR);
	assert_int_equal(l.count, 2);
	assert_string_equal(f.what, "untouched");
}

/* ---- tables of real machines ---- */

/*
 * Node counts, segments and identifiers as iasl 20250404 decodes them. Each
 * table with an ITS group has one, with the one ITS 0.
 */
struct machine {
	const char *file;
	u32 nodes;
	u32 segments;		/* root complexes have the segments 0 ... */
	bool its;		/* requesters 0 to 0xffff reach ITS 0 */
	u32 other_rid;		/* also mapped, but to an SMMU without an ITS */
	bool bad_sum;
};

static const struct machine machines[] = {
	{ "acer-aspire-1.iort", 18, 0, false, 0, false },
	{ "hp-elitebook-6-g1q.iort", 30, 8, true, 0, false },
	{ "lenovo-thinkpad-t14s.iort", 29, 8, true, 0, false },
	{ "lenovo-thinkpad-x13s.iort", 23, 7, true, 0, false },
	{ "lenovo-yoga-c630.iort", 22, 1, false, 0x87030010, false },
	{ "microsoft-surface-pro-9-5g.iort", 24, 7, true, 0, false },
	{ "microsoft-surface-romulus.bad-checksum.iort", 29, 8, true, 0, true },
	{ "qemu-virt-gicv3.iort", 2, 1, true, 0, false },
	{ "qualcomm-sm8150.iort", 24, 1, false, 0x87030100, false },
	{ "samsung-galaxybook2-go.iort", 18, 2, false, 0x8703003c, false },
};

static u8 *read_table(const char *dir, const char *name, size_t *size)
{
	u8 *table = corpus_read(dir, name, size);

	return exact_copy(table, *size);
}

static void machine_reads_as_decoded(void **state)
{
	const struct machine *m = *state;
	const char *dir = corpus_or_skip();
	static const u32 rids[] = { 0, 8, 0x100, 0xfffe, 0xffff };
	struct iort_table t = { 0 };
	struct acpi_fault f;
	size_t size;
	u8 *p = read_table(dir, m->file, &size);
	int ret = iort_open(&t, p, size, &f);
	u32 s, i;

	if (m->bad_sum) {
		assert_int_equal(ret, -EINVAL);
		assert_int_equal(f.offset, SUM_OFF);
		assert_string_equal(f.what, "wrong checksum");
		table_sum(p, (u32)size);
		ret = iort_open(&t, p, size, &f);
	}
	if (ret)
		fail_msg("%s: %s at 0x%x", m->file, f.what, f.offset);
	assert_int_equal(t.node_count, m->nodes);

	for (s = 0; s < m->segments; s++) {
		struct its_list l = { 0 };

		for (i = 0; i < ARRAY_SIZE(rids); i++) {
			l.count = 0;
			assert_int_equal(iort_for_each_its(&t, s, rids[i],
							   collect, &l, &f), 0);
			assert_int_equal(l.count, m->its ? 1 : 0);
			if (m->its)
				assert_int_equal(l.id[0], 0);
		}
		l.count = 0;
		assert_int_equal(iort_for_each_its(&t, s, 0x10000, collect,
						   &l, &f), 0);
		assert_int_equal(l.count, 0);
		if (m->other_rid) {
			assert_int_equal(iort_for_each_its(&t, s, m->other_rid,
							   collect, &l, &f), 0);
			assert_int_equal(l.count, 0);
		}
	}
	assert_int_equal(iort_for_each_its(&t, m->segments, 0, collect, NULL,
					   &f), -ENODEV);
	free(p);
}

static void is_tested(void *ctx, const char *name, u8 *table, size_t size)
{
	u32 i;

	(void)ctx;
	(void)table;
	(void)size;
	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strcmp(name, machines[i].file))
			return;
	fail_msg("%s is in no test", name);
}

/* No table of the corpus may lie there without being tested. */
static void machines_are_all_tested(void **state)
{
	(void)state;
	assert_int_equal(corpus_for_each(is_tested, NULL),
			 ARRAY_SIZE(machines));
}

/* ---- streams ---- */

struct stream_list {
	u32 smmu[2100];
	u32 id[2100];
	u32 count;
	u32 stop_at;	/* the callback ends the walk at this call, from 1 */
};

static int collect_stream(void *ctx, u32 smmu, u32 id)
{
	struct stream_list *l = ctx;

	assert_true(l->count < ARRAY_SIZE(l->id));
	l->smmu[l->count] = smmu;
	l->id[l->count++] = id;
	return l->count == l->stop_at ? -EINTR : 0;
}

/* Of a requester, or of a component if @path is given. */
static int ask_streams(struct builder *b, u32 rid, const char *path,
		       struct stream_list *l, struct acpi_fault *f)
{
	struct iort_table t;
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	*f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	ret = iort_open(&t, p, b->len, f);
	if (ret)
		fail_msg("table refused: %s at 0x%x", f->what, f->offset);
	l->count = 0;
	if (path)
		ret = iort_for_each_component_stream(&t, path, collect_stream,
						     l, f);
	else
		ret = iort_for_each_stream(&t, 0, rid, collect_stream, l, f);
	free(p);
	return ret;
}

/* Pairs of an SMMU and a stream ID, in the order of the table. */
static void expect_streams(struct builder *b, u32 rid, const char *path,
			   u32 count, const u32 *pairs)
{
	static struct stream_list l;
	struct acpi_fault f;
	int ret = ask_streams(b, rid, path, &l, &f);
	u32 i;

	if (ret)
		fail_msg("error %d: %s at 0x%x", ret, f.what, f.offset);
	assert_string_equal(f.what, "untouched");
	if (l.count != count / 2)
		fail_msg("%u streams, not %u", l.count, count / 2);
	for (i = 0; i < l.count; i++)
		if (l.smmu[i] != pairs[2 * i] || l.id[i] != pairs[2 * i + 1])
			fail_msg("stream 0x%x of 0x%x, not 0x%x of 0x%x",
				 l.id[i], l.smmu[i], pairs[2 * i + 1],
				 pairs[2 * i]);
}

#define STREAMS(b, rid, path, ...)					\
	expect_streams(b, rid, path, ARRAY_SIZE(((u32[]){ __VA_ARGS__ })), \
		       (u32[]){ __VA_ARGS__ })
#define NO_STREAM(b, rid, path)	expect_streams(b, rid, path, 0, NULL)

static void expect_stream_error(struct builder *b, u32 rid, const char *path,
				int error, u32 offset, const char *what)
{
	static struct stream_list l;
	struct acpi_fault f;
	int ret = ask_streams(b, rid, path, &l, &f);

	if (ret != error)
		fail_msg("returned %d, not %d", ret, error);
	assert_int_equal(l.count, 0);
	if (f.offset != offset || !strstr(f.what, what))
		fail_msg("fault is \"%s\" at 0x%x, not \"%s\" at 0x%x", f.what,
			 f.offset, what, offset);
}

/* An SMMU of each type; what is behind them does not matter to a stream. */
static void begin_smmus(struct builder *b, u32 *v3, u32 *v2)
{
	u32 at, its;

	iort_begin(b);
	its = iort_add_its(b, 1, (u32[]){ 1 });
	*v3 = iort_add_smmu_v3(b, 4);
	at = iort_map(b, 0, 0xffffffff, 0x10, its, 0);
	put_le(b->buf + at + 4, 4, 0xffffffff);
	*v2 = iort_add(b, 3, 0, 60);
	iort_map(b, 0, 0xffff, 0, *v2, 0);
}

static void stream_of_each_smmu(void **state)
{
	struct builder b;
	u32 v3, v2;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0x1000, v3, 0);
	iort_map(&b, 0x100, 0xff, 0, v2, 0);
	iort_map(&b, 0x200, 0xff, 0, 48, 0);
	STREAMS(&b, 0, NULL, v3, 0x1000);
	STREAMS(&b, 0xff, NULL, v3, 0x10ff);
	STREAMS(&b, 0x100, NULL, v2, 0);
	NO_STREAM(&b, 0x200, NULL);
	NO_STREAM(&b, 0x300, NULL);
	/* the walk for an ITS still goes through: that of the SMMUv3 is impossible */
	expect_error(&b, 0, 0, -EINVAL, v3 + 68 + 8, "output range");
}

static void stream_by_single_mapping(void **state)
{
	struct builder b;
	u32 v3, v2;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	iort_add_rc(&b, 0);
	iort_map(&b, 0x500, 0, 0x77, v2, SINGLE);
	STREAMS(&b, 0, NULL, v2, 0x77);
	STREAMS(&b, 0xffff, NULL, v2, 0x77);
}

static void stream_off_by_one(void **state)
{
	struct builder b;
	u32 v3, v2;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0x100, 0, v3, 0);
	iort_map(&b, 0x100, 0x100, 0x5000, v2, 0);
	STREAMS(&b, 0xff, NULL, v3, 0xff);
	STREAMS(&b, 0x100, NULL, v2, 0x5000);
	STREAMS(&b, 0x200, NULL, v2, 0x5100);
}

static void stream_of_two_smmus(void **state)
{
	struct builder b;
	u32 v3, v2;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0x10, v3, 0);
	iort_map(&b, 0, 0xff, 0x20, v2, 0);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0x30, v2, 0);
	STREAMS(&b, 1, NULL, v3, 0x11, v2, 0x21, v2, 0x31);
}

static void stream_errors(void **state)
{
	struct builder b;
	u32 v3, v2, at;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	expect_stream_error(&b, 0, NULL, -ENODEV, 48, "PCI segment");
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0x10, v3, 0);
	at = iort_map(&b, 0x100, 0, 0x10, b.node, 0);
	STREAMS(&b, 0xff, NULL, v3, 0x10f);
	expect_stream_error(&b, 0x100, NULL, -EINVAL, at + 12,
			    "neither an SMMU nor an ITS group");
	/* a range that is impossible is met by every requester */
	put_le(b.buf + at + 8, 4, 0xffffffff);
	put_le(b.buf + at + 4, 4, 1);
	expect_stream_error(&b, 0, NULL, -EINVAL, at + 8, "output range");
	put_le(b.buf + at, 4, 0xffffffff);
	expect_stream_error(&b, 0, NULL, -EINVAL, at + 4, "input range");
}

static void stream_callback_ends_the_walk(void **state)
{
	static struct stream_list l = { .stop_at = 1 };
	struct acpi_fault f;
	struct builder b;
	u32 v3, v2;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0xff, 0x10, v3, 0);
	iort_map(&b, 0, 0xff, 0x10, v2, 0);
	assert_int_equal(ask_streams(&b, 0, NULL, &l, &f), -EINTR);
	assert_int_equal(l.count, 1);
	assert_string_equal(f.what, "untouched");
}

/* A named component with a path and no mapping yet. */
static u32 add_component(struct builder *b, const char *path)
{
	u32 at = iort_add(b, 1, 2, 29);
	size_t size = strlen(path) + 1;

	memcpy(b->buf + iort_grow(b, size), path, size);
	return at;
}

static void component_streams(void **state)
{
	struct builder b;
	u32 v3, v2, at;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	add_component(&b, "\\_SB_.DEV0");
	iort_map(&b, 0, 0, 0x40, v3, SINGLE);
	iort_map(&b, 0, 9, 0x41, v2, SINGLE);
	iort_map(&b, 0, 0, 7, 48, SINGLE);
	iort_map(&b, 0x1000, 2, 0x50, v3, 0);
	add_component(&b, "\\_SB_.DEV1");
	iort_map(&b, 0, 0, 0x60, v3, SINGLE);
	STREAMS(&b, 0, "\\_SB_.DEV0", v3, 0x40, v2, 0x41, v3, 0x50, v3, 0x51,
		v3, 0x52);
	STREAMS(&b, 0, "\\_SB_.DEV1", v3, 0x60);
	expect_stream_error(&b, 0, "\\_SB_.DEV2", -ENODEV, 48, "device's path");
	/* a range that begins with the last ID of another one: not minus one */
	at = iort_map(&b, 0x10, 4, 0x70, v3, 0);
	iort_map(&b, 0x14, 0, 0x90, v2, 0);
	STREAMS(&b, 0, "\\_SB_.DEV1", v3, 0x60, v3, 0x70, v3, 0x71, v3, 0x72,
		v3, 0x73, v2, 0x90);
	put_le(b.buf + at + 12, 4, b.node);
	expect_stream_error(&b, 0, "\\_SB_.DEV1", -EINVAL, at + 12, "neither");
	STREAMS(&b, 0, "\\_SB_.DEV0", v3, 0x40, v2, 0x41, v3, 0x50, v3, 0x51,
		v3, 0x52);
}

/* The node is entered, too: 1023 streams are left. */
static void component_with_most_streams(void **state)
{
	static struct stream_list l;
	struct acpi_fault f;
	struct builder b;
	u32 v3, v2, at;

	(void)state;
	begin_smmus(&b, &v3, &v2);
	add_component(&b, "\\DEV0");
	at = iort_map(&b, 0, 1022, 0, v3, 0);
	assert_int_equal(ask_streams(&b, 0, "\\DEV0", &l, &f), 0);
	assert_int_equal(l.count, 1023);
	put_le(b.buf + at + 4, 4, 1023);
	expect_stream_error(&b, 0, "\\DEV0", -E2BIG, v3, "too many ways");
	put_le(b.buf + at + 4, 4, 0xffffffff);
	expect_stream_error(&b, 0, "\\DEV0", -E2BIG, v3, "too many ways");
}

static void component_paths(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{ "\\_SB_.ABC_.D___", "\\_SB_.ABC_.D___", true },
		{ "\\_SB_.ABC_.D___", "\\_SB.ABC.D", true },
		{ "\\_SB_.ABC_.D___", "\\_SB_.ABC_.D_", true },
		{ "\\_SB_.ABC_.D___", "\\_SB.ABC.E", false },
		{ "\\_SB_.ABC_", "\\_SB_.ABC_.D___", false },
		{ "\\_SB_.A_B0", "\\_SB_.A", false },
		{ "\\_SB_.A_B0", "\\_SB_.AB0", false },
		{ "\\_SB_.A_B", "\\_SB_.A_B_", true },
		{ "\\_SB_.ABC0", "\\_SB_.abc0", false },
		{ "\\_SB_.ABC0", "_SB_.ABC0", false },
		{ "", "", true },
		{ "", "\\", false },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (iort_same_path(pairs[i].a, pairs[i].b) != pairs[i].same ||
		    iort_same_path(pairs[i].b, pairs[i].a) != pairs[i].same)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
	}
}

static void component_path_has_an_end(void **state)
{
	struct acpi_fault f;
	struct iort_table t;
	struct builder b;
	u32 v3, v2, at;
	u8 *p;
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin_smmus(&b, &v3, &v2);
		at = add_component(&b, "\\DEV0");
		if (i)
			iort_map(&b, 0, 0, 0, v3, SINGLE);
		builder_finish(&b);
		p = exact_copy(b.buf, b.len);
		assert_int_equal(iort_open(&t, p, b.len, &f), 0);
		assert_string_equal(iort_component_path(&t, at), "\\DEV0");
		p[at + 29 + 5] = 'X';
		table_sum(p, b.len);
		assert_int_equal(iort_open(&t, p, b.len, &f), 0);
		assert_null(iort_component_path(&t, at));
		assert_int_equal(iort_for_each_component_stream(&t, "\\DEV0",
								collect_stream,
								NULL, &f),
				 -ENODEV);
		free(p);
	}
}

/* ---- access ---- */

static int collect_node(void *ctx, u32 index, u32 off)
{
	u32 *seen = ctx;

	assert_int_equal(index, seen[0]);
	seen[1 + seen[0]++] = off;
	return seen[0] == seen[9] ? -EINTR : 0;
}

static void access_nodes(void **state)
{
	u32 seen[10] = { 0 };
	struct acpi_fault f;
	struct iort_table t;
	struct base base;
	u32 i;

	(void)state;
	build_base(&base);
	assert_int_equal(iort_open(&t, base.b.buf, base.b.len, &f), 0);
	assert_int_equal(iort_for_each_node(&t, collect_node, seen), 0);
	assert_int_equal(seen[0], BASE_NODES - 1);
	for (i = 1; i < BASE_NODES; i++) {
		assert_int_equal(seen[i], base.at[i]);
		assert_int_equal(iort_node_index(&t, base.at[i]), i - 1);
		assert_int_equal(iort_node_index(&t, base.at[i] + 1), U32_MAX);
		assert_int_equal(iort_node_index(&t, base.at[i] - 1), U32_MAX);
	}
	assert_int_equal(iort_node_index(&t, 0), U32_MAX);
	assert_int_equal(iort_node_index(&t, base.b.len), U32_MAX);
	seen[0] = 0;
	seen[9] = 3;
	assert_int_equal(iort_for_each_node(&t, collect_node, seen), -EINTR);
	assert_int_equal(seen[0], 3);

	/* the RMR: two ranges at 28, then a mapping */
	assert_int_equal(iort_rmr_range_count(&t, base.at[RMR]), 2);
	assert_int_equal(iort_rmr_range_offset(&t, base.at[RMR], 1),
			 base.at[RMR] + 48);
	assert_ptr_equal(iort_rmr_range_at(&t, base.at[RMR], 1),
			 base.b.buf + base.at[RMR] + 48);
	assert_int_equal(iort_mapping_offset(&t, base.at[RMR], 0),
			 base.at[RMR] + 68);
	base.b.buf[base.at[RMR] + 3] = 0;
	assert_int_equal(iort_rmr_range_count(&t, base.at[RMR]), 0);

	/* the root complex has 36 bytes in front of two mappings */
	assert_true(iort_has_field(&t, base.at[RC], 32, 4));
	assert_false(iort_has_field(&t, base.at[RC], 32, 5));
	assert_false(iort_has_field(&t, base.at[RC], 36, 4));
	assert_false(iort_has_field(&t, base.at[RC], 75, 1));
	assert_false(iort_has_field(&t, base.at[RC], 76, 1));
	assert_false(iort_has_field(&t, base.at[RC], 0xffffffff, 4));
	assert_string_equal(iort_type_name(6), "RMR");
	assert_string_equal(iort_type_name(8), "unknown");
	assert_string_equal(iort_type_name(255), "unknown");
}

/* A draft's RMR node is carried, whatever is where the fields would be. */
static void access_rmr_of_a_draft(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 at;

	(void)state;
	iort_begin(&b);
	at = iort_add(&b, 6, 0, 24);
	put_le(b.buf + at + 16, 4, 1);
	put_le(b.buf + at + 20, 4, 24);
	iort_grow(&b, 20);
	builder_finish(&b);
	assert_int_equal(iort_check(b.buf, b.len, &f), 0);
	b.buf[at + 3] = 1;
	builder_finish(&b);
	assert_int_equal(iort_check(b.buf, b.len, &f), -EINVAL);
	assert_int_equal(f.offset, at + 24);
}

/* ---- models of SMMUs ---- */

struct model_list {
	enum iort_type type[8];
	u32 model[8];
	u32 count;
	u32 stop_at;	/* the callback ends the walk at this call, from 1 */
};

static int collect_model(void *ctx, enum iort_type type, u32 model)
{
	struct model_list *l = ctx;

	assert_true(l->count < ARRAY_SIZE(l->type));
	l->type[l->count] = type;
	l->model[l->count++] = model;
	return l->count == l->stop_at ? -EINTR : 0;
}

static int ask_models(struct builder *b, struct model_list *l)
{
	struct acpi_fault f;
	struct iort_table t;
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	ret = iort_open(&t, p, b->len, &f);
	if (ret)
		fail_msg("table refused: %s at 0x%x", f.what, f.offset);
	l->count = 0;
	ret = iort_for_each_smmu(&t, collect_model, l);
	free(p);
	return ret;
}

/*
 * Offsets of the Model field are those of DEN 0049E.f: 32 in the node of an
 * SMMUv1 or v2 (table 9), 40 in that of an SMMUv3 (table 10), whose oldest
 * revision ends at 60.
 */
static void reports_smmu_models(void **state)
{
	struct model_list l = { 0 };
	struct builder b;
	u32 id = 0, at;

	(void)state;
	iort_begin(&b);
	iort_add_its(&b, 1, &id);
	at = iort_add(&b, IORT_SMMU_V3, 0, 60);
	put_le(b.buf + at + 40, 4, 1);
	at = iort_add(&b, IORT_SMMU, 3, 60);
	put_le(b.buf + at + 32, 4, 0xfffffffe);
	put_le(b.buf + at + 40, 4, 0x55);
	iort_add(&b, 0x7e, 0, 16);
	at = iort_add(&b, IORT_SMMU_V3, 4, 68);
	put_le(b.buf + at + 32, 4, 0x55);
	put_le(b.buf + at + 40, 4, 2);
	assert_int_equal(ask_models(&b, &l), 0);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.type[0], IORT_SMMU_V3);
	assert_int_equal(l.model[0], 1);
	assert_int_equal(l.type[1], IORT_SMMU);
	assert_int_equal(l.model[1], 0xfffffffe);
	assert_int_equal(l.type[2], IORT_SMMU_V3);
	assert_int_equal(l.model[2], 2);

	l.stop_at = 2;
	assert_int_equal(ask_models(&b, &l), -EINTR);
	assert_int_equal(l.count, 2);
}

static void reports_no_smmu_where_there_is_none(void **state)
{
	struct model_list l = { 0 };
	struct builder b;
	u32 id = 0;

	(void)state;
	iort_begin(&b);
	assert_int_equal(ask_models(&b, &l), 0);
	assert_int_equal(l.count, 0);
	iort_add_its(&b, 1, &id);
	assert_int_equal(ask_models(&b, &l), 0);
	assert_int_equal(l.count, 0);
}

#define T(fn)	{ #fn, fn, NULL, NULL, NULL }

static const struct CMUnitTest plain[] = {
	T(check_every_truncation),
	T(check_every_shorter_length),
	T(check_bytes_behind_the_table),
	T(check_length_limit),
	T(check_smallest_nodes),
	T(check_table_without_nodes),
	T(check_gap_before_the_first_node),
	T(check_open_on_failure),
	T(map_through_each_smmu),
	T(map_first_and_last_rid),
	T(map_range_of_one_id),
	T(map_whole_id_space),
	T(map_output_base_is_added),
	T(map_reaches_last_of_32_bits),
	T(map_two_ranges),
	T(map_two_groups_from_root),
	T(map_two_groups_behind_smmu),
	T(map_empty_group),
	T(map_smmu_without_mappings),
	T(map_root_without_mappings),
	T(map_single_at_root),
	T(map_single_flag_is_one_bit),
	T(map_single_at_smmu_takes_no_stream),
	T(map_off_by_one),
	T(map_off_by_one_behind_smmu),
	T(map_overlap_is_not_off_by_one),
	T(map_single_supersedes_nothing),
	T(map_segments),
	T(map_all_roots_of_a_segment),
	T(map_any_order_of_nodes),
	T(map_array_anywhere_in_the_node),
	T(map_input_range_wraps),
	T(map_output_range_wraps),
	T(map_wrap_elsewhere_is_ignored),
	T(map_to_a_node_of_wrong_type),
	T(map_smmu_to_itself),
	T(map_loop_of_two),
	T(map_longest_chain),
	T(map_multiplying_ways),
	T(map_most_ways),
	T(callback_ends_the_walk),
	T(machines_are_all_tested),
	T(stream_of_each_smmu),
	T(stream_by_single_mapping),
	T(stream_off_by_one),
	T(stream_of_two_smmus),
	T(stream_errors),
	T(stream_callback_ends_the_walk),
	T(component_streams),
	T(component_with_most_streams),
	T(component_paths),
	T(component_path_has_an_end),
	T(access_nodes),
	T(access_rmr_of_a_draft),
	T(reports_smmu_models),
	T(reports_no_smmu_where_there_is_none),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(defects) + ARRAY_SIZE(own_cases) +
				ARRAY_SIZE(machines) + ARRAY_SIZE(plain)];
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(defects); i++)
		tests[n++] = (struct CMUnitTest){
			.name = defects[i].name,
			.test_func = check_defect,
			.initial_state = (void *)&defects[i],
	};
	for (i = 0; i < ARRAY_SIZE(own_cases); i++)
		tests[n++] = (struct CMUnitTest){
			.name = own_cases[i].name,
			.test_func = map_own_mapping_of_smmu_v3,
			.initial_state = (void *)&own_cases[i],
		};
	for (i = 0; i < ARRAY_SIZE(machines); i++)
		tests[n++] = (struct CMUnitTest){
			.name = machines[i].file,
			.test_func = machine_reads_as_decoded,
			.initial_state = (void *)&machines[i],
		};
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];

	return cmocka_run_group_tests_name("iort", tests, NULL, NULL) ? 1 : 0;
}
