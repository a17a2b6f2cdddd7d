// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/madt.c */
/*
 * madt_test.c - tests of the MADT reader
 *
 * Every defect of a table is refused with its place, and an ITS is found by its
 * identifier wherever it stands among structures of other types.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/madt.h"
#include "acpi_builder.h"

#define UNTOUCHED	0x5a5a5a5a5a5a5a5aULL

static int find(struct builder *b, u32 id, u64 *base, struct acpi_fault *f)
{
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	*f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	*base = UNTOUCHED;
	ret = madt_its_base(p, b->len, id, base, f);
	free(p);
	return ret;
}

static void expect_base(struct builder *b, u32 id, u64 want)
{
	struct acpi_fault f;
	u64 base;
	int ret = find(b, id, &base, &f);

	if (ret)
		fail_msg("ITS 0x%x: error %d: %s at 0x%x", id, ret, f.what,
			 f.offset);
	assert_int_equal(base, want);
	assert_string_equal(f.what, "untouched");
}

static void expect_error(struct builder *b, u32 id, int error, u32 offset,
			 const char *what)
{
	struct acpi_fault f;
	u64 base;
	int ret = find(b, id, &base, &f);

	if (ret != error)
		fail_msg("ITS 0x%x: returned %d, not %d", id, ret, error);
	assert_int_equal(base, UNTOUCHED);
	if (f.offset != offset || !strstr(f.what, what))
		fail_msg("fault is \"%s\" at 0x%x, not \"%s\" at 0x%x", f.what,
			 f.offset, what, offset);
}

/*
 * What HIP07 boards have: eight ITSs, among CPU interfaces, a distributor and
 * redistributors. Identifiers and bases are those of MadtHi1616.aslc in
 * edk2-platforms, which hip07.dtsi repeats.
 */
static const u64 hip07[] = {
	0x4c000000, 0x6c000000, 0xc6000000, 0x8c6000000,
	0x4004c000000, 0x4006c000000, 0x400c6000000, 0x408c6000000,
};

static u32 build_hip07(struct builder *b)
{
	u32 i, last = 0;

	madt_begin(b);
	for (i = 0; i < 4; i++)
		madt_add(b, 11, 80);
	madt_add(b, 12, 24);
	for (i = 0; i < ARRAY_SIZE(hip07); i++) {
		madt_add(b, 14, 16);
		last = madt_add_its(b, i, hip07[i]);
	}
	builder_finish(b);
	return last;
}

static void finds_each_its(void **state)
{
	struct builder b;
	u32 i;

	(void)state;
	build_hip07(&b);
	for (i = 0; i < ARRAY_SIZE(hip07); i++)
		expect_base(&b, i, hip07[i]);
	expect_error(&b, 8, -ENOENT, 44, "no GIC ITS structure");
	expect_error(&b, 0xffffffff, -ENOENT, 44, "no GIC ITS structure");
}

static void finds_nothing_in_empty_table(void **state)
{
	struct builder b;

	(void)state;
	madt_begin(&b);
	expect_error(&b, 0, -ENOENT, 44, "no GIC ITS structure");
}

static void finds_its_with_wide_identifier(void **state)
{
	struct builder b;

	(void)state;
	madt_begin(&b);
	madt_add_its(&b, 0xfedcba98, 0x0123456789ab0000);
	expect_base(&b, 0xfedcba98, 0x0123456789ab0000);
}

/* The bytes of another structure must not pass for an ITS. */
static void steps_over_other_types(void **state)
{
	struct builder b;
	u32 type, at;

	(void)state;
	madt_begin(&b);
	for (type = 0; type < 256; type++) {
		if (type == 15)
			continue;
		at = madt_add(&b, (u8)type, 20);
		put_le(b.buf + at + 4, 4, 3);
		put_le(b.buf + at + 8, 8, 0x10000);
	}
	expect_error(&b, 3, -ENOENT, 44, "no GIC ITS structure");
	madt_add_its(&b, 3, 0xc6000000);
	expect_base(&b, 3, 0xc6000000);
}

static void accepts_longer_its_structure(void **state)
{
	struct builder b;
	u32 at;

	(void)state;
	madt_begin(&b);
	at = madt_add(&b, 15, 28);
	put_le(b.buf + at + 4, 4, 1);
	put_le(b.buf + at + 8, 8, 0xc6000000);
	expect_base(&b, 1, 0xc6000000);
}

static void accepts_shortest_structures(void **state)
{
	struct builder b;

	(void)state;
	madt_begin(&b);
	madt_add(&b, 11, 2);
	madt_add(&b, 0x80, 2);
	madt_add_its(&b, 1, 0xc6000000);
	madt_add(&b, 0x80, 255);
	madt_add(&b, 0x80, 2);
	expect_base(&b, 1, 0xc6000000);
}

static void refuses_two_of_the_same_identifier(void **state)
{
	struct builder b;
	u32 second;

	(void)state;
	madt_begin(&b);
	madt_add_its(&b, 1, 0xc6000000);
	madt_add_its(&b, 2, 0xd6000000);
	second = madt_add_its(&b, 1, 0xe6000000);
	expect_error(&b, 1, -EEXIST, second + 4, "two GIC ITS structures");
	/* the others are not in doubt */
	expect_base(&b, 2, 0xd6000000);
}

static void refuses_impossible_addresses(void **state)
{
	static const struct {
		u64 base;
		const char *what;	/* NULL: good */
	} cases[] = {
		{ 0xc6000001, "aligned" },
		{ 0xc6008000, "aligned" },
		{ 0xc600ffff, "aligned" },
		{ 0xc6010000, NULL },
		/* the doorbell's last byte is the last one there is */
		{ 0xfffffffffffe0000, NULL },
		{ 0xffffffffffff0000, "passes 64 bits" },
	};
	struct builder b;
	u32 at, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		madt_begin(&b);
		madt_add(&b, 12, 24);
		at = madt_add_its(&b, 1, cases[i].base);
		if (cases[i].what)
			expect_error(&b, 1, -EINVAL, at + 8, cases[i].what);
		else
			expect_base(&b, 1, cases[i].base);
		/* of no concern to one who asks for another */
		expect_error(&b, 2, -ENOENT, 44, "no GIC ITS structure");
	}
}

/* ---- defects; the table is that of HIP07, its last structure is ITS 7 ---- */

struct defect {
	const char *name;
	bool last;		/* @off counts from the last structure */
	u32 off;
	u32 width;
	int add;		/* to what is there */
	bool bad_sum;
	u32 where;		/* of the fault, counted as @off */
	const char *what;	/* NULL: the table is good */
};

static const struct defect defects[] = {
	{ "untouched table is good", false, 0, 1, 0, false, 0, NULL },
	{ "signature", false, 0, 1, 1, false, 0, "wrong signature" },
	{ "checksum", false, 9, 1, 1, true, 9, "wrong checksum" },
	{ "length above the buffer", false, 4, 4, 1, false, 4,
	  "more than there is" },
	{ "structure of no length", true, 1, 1, -20, false, 1,
	  "less than its header" },
	{ "structure of length one", true, 1, 1, -19, false, 1,
	  "less than its header" },
	{ "ITS structure too short", true, 1, 1, -1, false, 1,
	  "GIC ITS structure is too short" },
	{ "structure one byte too long", true, 1, 1, 1, false, 1,
	  "structure leaves the table" },
	{ "structure as long as can be stated", true, 1, 1, 235, false, 1,
	  "structure leaves the table" },
};

static void check_defect(void **state)
{
	const struct defect *d = *state;
	struct acpi_fault f, g;
	struct builder b;
	u32 last = build_hip07(&b);
	u8 *at = b.buf + d->off + (d->last ? last : 0);
	u32 where = d->where + (d->last ? last : 0);
	u64 base = UNTOUCHED;
	int ret, its;
	u8 *p;

	put_le(at, d->width,
	       (d->width == 1 ? *at : get_le32(at)) + (u32)d->add);
	if (!d->bad_sum)
		table_sum(b.buf, b.len);

	p = exact_copy(b.buf, b.len);
	ret = madt_check(p, b.len, &f);
	/* the first ITS is good, but not in a bad table */
	its = madt_its_base(p, b.len, 0, &base, &g);
	free(p);

	if (!d->what) {
		assert_int_equal(ret, 0);
		assert_int_equal(its, 0);
		assert_int_equal(base, hip07[0]);
		return;
	}
	assert_int_equal(ret, -EINVAL);
	if (f.offset != where || !strstr(f.what, d->what))
		fail_msg("fault is \"%s\" at 0x%x, not \"%s\" at 0x%x", f.what,
			 f.offset, d->what, where);
	assert_int_equal(its, -EINVAL);
	assert_int_equal(base, UNTOUCHED);
	assert_int_equal(g.offset, where);
	assert_string_equal(g.what, f.what);
}

static void check_length_below_fixed_part(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 len;

	(void)state;
	for (len = 0; len <= 44; len++) {
		madt_begin(&b);
		put_le(b.buf + 4, 4, len);
		table_sum(b.buf, 44);
		if (len == 44) {
			assert_int_equal(madt_check(b.buf, 44, &f), 0);
		} else {
			assert_int_equal(madt_check(b.buf, 44, &f), -EINVAL);
			assert_int_equal(f.offset, 4);
		}
	}
}

static void check_half_a_structure_header(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 end;
	u8 *p;

	(void)state;
	build_hip07(&b);
	end = b.len++;
	b.buf[end] = 15;
	builder_finish(&b);
	p = exact_copy(b.buf, b.len);
	assert_int_equal(madt_check(p, b.len, &f), -EINVAL);
	assert_int_equal(f.offset, end);
	assert_non_null(strstr(f.what, "structure header leaves"));
	free(p);
}

static void check_every_truncation(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 size;
	u8 *p;

	(void)state;
	build_hip07(&b);
	for (size = 0; size < b.len; size++) {
		p = exact_copy(b.buf, size);
		assert_int_equal(madt_check(p, size, &f), -EINVAL);
		assert_int_equal(f.offset, size < 36 ? 0 : 4);
		free(p);
	}
}

static void check_bytes_behind_the_table(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u64 base;
	u32 len;

	(void)state;
	build_hip07(&b);
	len = b.len;
	madt_add_its(&b, 9, 0x10000);
	assert_int_equal(madt_check(b.buf, b.len, &f), 0);
	assert_int_equal(madt_its_base(b.buf, b.len, 9, &base, &f), -ENOENT);
	assert_int_equal(get_le32(b.buf + 4), len);
}

static void check_length_limit(void **state)
{
	struct acpi_fault f;
	struct builder b;
	u32 len, at, size;
	u8 *p;

	(void)state;
	for (len = 0x200000; len <= 0x200001; len++) {
		madt_begin(&b);
		p = calloc(1, len);
		assert_non_null(p);
		memcpy(p, b.buf, 44);
		for (at = 44; at < len; at += size) {
			size = len - at < 250 ? len - at : 200;
			p[at] = 0x80;
			p[at + 1] = (u8)size;
		}
		put_le(p + 4, 4, len);
		table_sum(p, len);
		if (len == 0x200000) {
			assert_int_equal(madt_check(p, len, &f), 0);
		} else {
			assert_int_equal(madt_check(p, len, &f), -E2BIG);
			assert_int_equal(f.offset, 4);
		}
		free(p);
	}
}

/* ---- all ITSs ---- */

struct its_bases {
	u32 id[16];
	u64 base[16];
	u32 count;
	u32 stop_at;	/* the callback ends the walk at this call, from 1 */
};

static int collect(void *ctx, u32 id, u64 base)
{
	struct its_bases *l = ctx;

	assert_true(l->count < ARRAY_SIZE(l->id));
	l->id[l->count] = id;
	l->base[l->count++] = base;
	return l->count == l->stop_at ? -EINTR : 0;
}

static int walk(struct builder *b, struct its_bases *l, struct acpi_fault *f)
{
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	*f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	l->count = 0;
	ret = madt_for_each_its(p, b->len, collect, l, f);
	free(p);
	return ret;
}

static void visits_each_its(void **state)
{
	struct its_bases l = { 0 };
	struct acpi_fault f;
	struct builder b;
	u32 i;

	(void)state;
	build_hip07(&b);
	assert_int_equal(walk(&b, &l, &f), 0);
	assert_string_equal(f.what, "untouched");
	assert_int_equal(l.count, ARRAY_SIZE(hip07));
	for (i = 0; i < l.count; i++) {
		assert_int_equal(l.id[i], i);
		assert_int_equal(l.base[i], hip07[i]);
	}

	madt_begin(&b);
	assert_int_equal(walk(&b, &l, &f), 0);
	assert_int_equal(l.count, 0);
}

static void visits_two_its_of_one_identifier(void **state)
{
	struct its_bases l = { 0 };
	struct acpi_fault f;
	struct builder b;

	(void)state;
	madt_begin(&b);
	madt_add_its(&b, 7, 0x10000);
	madt_add_its(&b, 7, 0x50000);
	assert_int_equal(walk(&b, &l, &f), 0);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.base[0], 0x10000);
	assert_int_equal(l.base[1], 0x50000);
}

static void visit_ends_when_told(void **state)
{
	struct its_bases l = { .stop_at = 3 };
	struct acpi_fault f;
	struct builder b;

	(void)state;
	build_hip07(&b);
	assert_int_equal(walk(&b, &l, &f), -EINTR);
	assert_int_equal(l.count, 3);
	assert_string_equal(f.what, "untouched");
}

/* A bad address in the last structure must not leave a part of an answer. */
static void visits_none_if_one_is_bad(void **state)
{
	struct its_bases l = { 0 };
	struct acpi_fault f;
	struct builder b;
	u32 at;

	(void)state;
	at = build_hip07(&b);
	put_le(b.buf + at + 8, 8, hip07[7] + 0x1000);
	assert_int_equal(walk(&b, &l, &f), -EINVAL);
	assert_int_equal(l.count, 0);
	assert_int_equal(f.offset, at + 8);
	assert_non_null(strstr(f.what, "not aligned"));

	put_le(b.buf + at + 8, 8, 0xffffffffffff0000);
	assert_int_equal(walk(&b, &l, &f), -EINVAL);
	assert_int_equal(l.count, 0);
	assert_int_equal(f.offset, at + 8);
	assert_non_null(strstr(f.what, "passes 64 bits"));

	/* And a defect of the table itself. */
	b.buf[at + 1] = 19;
	assert_int_equal(walk(&b, &l, &f), -EINVAL);
	assert_int_equal(l.count, 0);
	assert_int_equal(f.offset, at + 1);
}

/* ---- GICv2m frames, and what is newer than this reader ---- */

static int collect_frame(void *ctx, u64 base)
{
	return collect(ctx, 0, base);
}

static int walk_frames(struct builder *b, struct its_bases *l,
		       struct acpi_fault *f)
{
	u8 *p;
	int ret;

	builder_finish(b);
	p = exact_copy(b->buf, b->len);
	*f = (struct acpi_fault){ .offset = 0xdead, .what = "untouched" };
	l->count = 0;
	ret = madt_for_each_msi_frame(p, b->len, collect_frame, l, f);
	free(p);
	return ret;
}

static void visits_each_frame(void **state)
{
	struct its_bases l = { 0 };
	struct acpi_fault f;
	struct builder b;
	u32 i;

	(void)state;
	madt_begin(&b);
	assert_int_equal(walk_frames(&b, &l, &f), 0);
	assert_int_equal(l.count, 0);
	/* X-Gene 2: 16 frames, 64 KiB apart; ITSs are other structures. */
	for (i = 0; i < 16; i++) {
		madt_add_frame(&b, 0x79000000 + i * 0x10000);
		madt_add_its(&b, i, 0x10000);
	}
	assert_int_equal(walk_frames(&b, &l, &f), 0);
	assert_string_equal(f.what, "untouched");
	assert_int_equal(l.count, 16);
	for (i = 0; i < 16; i++)
		assert_int_equal(l.base[i], 0x79000000 + i * 0x10000);
	l.stop_at = 2;
	assert_int_equal(walk_frames(&b, &l, &f), -EINTR);
	assert_int_equal(l.count, 2);
}

static void visits_no_frame_if_one_is_bad(void **state)
{
	struct its_bases l = { 0 };
	struct acpi_fault f;
	struct builder b;
	u32 at;

	(void)state;
	madt_begin(&b);
	madt_add_frame(&b, 0x79000000);
	at = madt_add_frame(&b, U64_MAX - 0xfff);
	assert_int_equal(walk_frames(&b, &l, &f), 0);
	assert_int_equal(l.count, 2);
	put_le(b.buf + at + 8, 8, U64_MAX - 0xffe);
	assert_int_equal(walk_frames(&b, &l, &f), -EINVAL);
	assert_int_equal(l.count, 0);
	assert_int_equal(f.offset, at + 8);

	/* One that is too short is a defect to those who ask for frames. */
	madt_begin(&b);
	madt_add_frame(&b, 0x79000000);
	at = madt_add(&b, 13, 23);
	assert_int_equal(walk_frames(&b, &l, &f), -EINVAL);
	assert_int_equal(l.count, 0);
	assert_int_equal(f.offset, at + 1);
	assert_int_equal(walk(&b, &l, &f), 0);
}

static void sees_a_gicv5(void **state)
{
	static const struct {
		u8 type;
		int wanted;
	} cases[] = {
		{ 11, 0 }, { 13, 0 }, { 15, 0 }, { 27, 0 }, { 28, 1 },
		{ 30, 1 }, { 0x7f, 1 }, { 0x80, 0 }, { 0xff, 0 },
	};
	struct acpi_fault f;
	struct builder b;
	size_t i;
	u8 *p;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		madt_begin(&b);
		madt_add(&b, 12, 24);
		madt_add(&b, cases[i].type, 24);
		builder_finish(&b);
		p = exact_copy(b.buf, b.len);
		assert_int_equal(madt_has_gicv5(p, b.len, &f), cases[i].wanted);
		assert_int_equal(madt_has_gicv5(p, b.len - 1, &f), -EINVAL);
		free(p);
	}
}

#define T(fn)	{ #fn, fn, NULL, NULL, NULL }

static const struct CMUnitTest plain[] = {
	T(finds_each_its),
	T(finds_nothing_in_empty_table),
	T(finds_its_with_wide_identifier),
	T(steps_over_other_types),
	T(accepts_longer_its_structure),
	T(accepts_shortest_structures),
	T(refuses_two_of_the_same_identifier),
	T(refuses_impossible_addresses),
	T(check_length_below_fixed_part),
	T(check_half_a_structure_header),
	T(check_every_truncation),
	T(check_bytes_behind_the_table),
	T(check_length_limit),
	T(visits_each_its),
	T(visits_two_its_of_one_identifier),
	T(visit_ends_when_told),
	T(visits_none_if_one_is_bad),
	T(visits_each_frame),
	T(visits_no_frame_if_one_is_bad),
	T(sees_a_gicv5),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(defects) + ARRAY_SIZE(plain)];
	u32 i, n = 0;

	for (i = 0; i < ARRAY_SIZE(defects); i++)
		tests[n++] = (struct CMUnitTest){
			.name = defects[i].name,
			.test_func = check_defect,
			.initial_state = (void *)&defects[i],
	};
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];

	return cmocka_run_group_tests_name("madt", tests, NULL, NULL) ? 1 : 0;
}
