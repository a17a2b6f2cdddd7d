// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c acpi/iort_check.c acpi/iort_check_node.c acpi/madt.c */
/*
 * acpi_mutation_test.c - the ACPI readers on randomly damaged tables
 *
 * Good tables are damaged in a few bytes and given a right checksum again, so
 * that the damage is met by the checks behind it. The readers may refuse, with
 * an error of the documented set and a place inside the table; what they
 * report otherwise must be what stands in the table. The checks name what
 * iort_open() refuses, at the same place. All run on a copy of
 * exactly the table's size; the test is built with the sanitizers, and a byte
 * read too far ends it.
 *
 * The seed is fixed: a failure comes again, and prints its round.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/iort_check.h"
#include "acpi/madt.h"
#include "acpi_builder.h"
#include "iort_corpus.h"

#define ROUNDS		20000
#define MACHINE_ROUNDS	1500

/* xorshift64, George Marsaglia, "Xorshift RNGs", 2003 */
static u64 random_state;

static u32 random_below(u32 end)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16) % end);
}

/* What the rounds came to; each must have happened, or the test is empty. */
struct tally {
	u32 refused;
	u32 accepted;
	u32 walk_failed;
	u32 reported;
	u32 defects;
	u32 streams;
};

struct answer {
	const u8 *table;
	u32 length;
	u32 count;
	bool foreign;	/* an identifier is not in any ITS group */
};

/* Does any ITS group of the table, walked here by hand, hold this ITS? */
static bool in_table(const struct answer *a, u32 its_id)
{
	u32 off = get_le32(a->table + 40);
	u32 i;

	while (off < a->length) {
		if (a->table[off] == 0)
			for (i = 0; i < get_le32(a->table + off + 16); i++)
				if (get_le32(a->table + off + 20 + 4 * i) == its_id)
					return true;
		off += get_le16(a->table + off + 1);
	}
	return false;
}

static int note(void *ctx, u32 its_id)
{
	struct answer *a = ctx;

	a->count++;
	if (!in_table(a, its_id))
		a->foreign = true;
	return 0;
}

struct verdict {
	u32 size;
	u32 place;	/* of what iort_open() refuses */
	u32 count;
	int worse;
	bool outside;	/* a place is not in the table */
	bool named;	/* an error is at @place */
};

static void note_defect(void *ctx, const struct iort_defect *d)
{
	struct verdict *v = ctx;

	v->count++;
	if (d->severity != IORT_NOTE)
		v->worse++;
	if (d->offset > v->size)
		v->outside = true;
	if (d->severity == IORT_ERROR && d->offset == v->place)
		v->named = true;
}

static void check_iort(const u8 *p, u32 size, u32 round, int opened,
		       const struct acpi_fault *f, struct tally *y)
{
	struct verdict v = { .size = size, .place = f->offset };
	int ret = iort_check_all(p, size, note_defect, &v);

	if (ret != v.worse || v.outside)
		fail_msg("round %u: iort_check_all: %d of %d", round, ret,
			 v.worse);
	if (opened && !v.named)
		fail_msg("round %u: %s at 0x%x is not found", round, f->what,
			 f->offset);
	y->defects += v.count;
}

static int note_stream(void *ctx, u32 smmu, u32 id)
{
	struct answer *a = ctx;

	(void)id;
	a->count++;
	if (smmu >= a->length || (a->table[smmu] != 3 && a->table[smmu] != 4))
		a->foreign = true;
	return 0;
}

/* The streams of a requester, or of a component if @path is given. */
static void read_streams(const struct iort_table *t, u32 segment, u32 rid,
			 const char *path, u32 round, struct tally *y)
{
	struct answer a = { .table = t->buf, .length = t->length };
	struct acpi_fault f = { 0 };
	int ret;

	if (path)
		ret = iort_for_each_component_stream(t, path, note_stream, &a,
						     &f);
	else
		ret = iort_for_each_stream(t, segment, rid, note_stream, &a,
					   &f);
	if (a.foreign)
		fail_msg("round %u: a stream of no SMMU", round);
	if (!ret) {
		y->streams += a.count;
		return;
	}
	if (a.count)
		fail_msg("round %u: a part of an answer", round);
	if ((ret != -EINVAL && ret != -E2BIG && ret != -ENODEV) || !f.what ||
	    f.offset > t->length)
		fail_msg("round %u: streams: %d at 0x%x", round, ret, f.offset);
}

/* Change one to four places: bits, interesting values, or a copied field. */
static void damage(u8 *p, u32 size, u32 fixed)
{
	static const u32 values[] = {
		0, 1, 2, 15, 16, 17, 20, 47, 48, 0x7f, 0xff, 0x100, 0xffff,
		0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
	};
	u32 n = 1 + random_below(4);

	while (n--) {
		/* one in four hits the table's own length and counts */
		u32 at = random_below(4) ?
			 fixed + random_below(size - fixed - 4) :
			 4 + random_below(fixed - 8);
		u32 v;

		switch (random_below(5)) {
		case 0:
			p[at] ^= (u8)(1 << random_below(8));
			break;
		case 1:
			p[at] = (u8)random_below(256);
			break;
		case 2:
			put_le(p + at, 1 + random_below(4),
			       values[random_below(ARRAY_SIZE(values))]);
			break;
		case 3:
			v = get_le32(p + at) + random_below(9) - 4;
			put_le(p + at, 4, v);
			break;
		default:
			memmove(p + at, p + random_below(size - 4), 4);
			break;
		}
	}
}

static void read_iort(const u8 *p, u32 size, u32 round, struct tally *y)
{
	static const u32 rids[] = { 0, 0xff, 0x100, 0x1ff, 0xffff, 0x87030000 };
	struct acpi_fault f = { 0 };
	struct iort_table t;
	int ret = iort_open(&t, p, size, &f);
	u32 segment, i;

	check_iort(p, size, round, ret, &f, y);
	if (ret) {
		if ((ret != -EINVAL && ret != -E2BIG) || !f.what ||
		    f.offset > size)
			fail_msg("round %u: iort_open: %d at 0x%x", round, ret,
				 f.offset);
		y->refused++;
		return;
	}
	y->accepted++;
	read_streams(&t, 0, 0, "\\_SB.GPU0", round, y);

	for (segment = 0; segment < 2; segment++) {
		for (i = 0; i < ARRAY_SIZE(rids); i++) {
			struct answer a = { .table = p, .length = t.length };

			read_streams(&t, segment, rids[i], NULL, round, y);
			f.what = NULL;
			ret = iort_for_each_its(&t, segment, rids[i], note, &a,
						&f);
			if (a.foreign)
				fail_msg("round %u: rid 0x%x: an ITS that is in no group",
					 round, rids[i]);
			if (!ret) {
				y->reported += a.count;
				continue;
			}
			if (a.count)
				fail_msg("round %u: rid 0x%x: a part of an answer",
					 round, rids[i]);
			if ((ret != -EINVAL && ret != -E2BIG &&
			     ret != -ELOOP && ret != -ENODEV) || !f.what ||
			    f.offset > size)
				fail_msg("round %u: iort_for_each_its: %d at 0x%x",
					 round, ret, f.offset);
			if (ret != -ENODEV)
				y->walk_failed++;
		}
	}
}

static void read_madt(const u8 *p, u32 size, u32 round, struct tally *y)
{
	struct acpi_fault f = { 0 }, g = { 0 };
	int ret = madt_check(p, size, &f);
	u32 id, at;
	u64 base;

	if (ret) {
		if ((ret != -EINVAL && ret != -E2BIG) || !f.what ||
		    f.offset > size)
			fail_msg("round %u: madt_check: %d at 0x%x", round, ret,
				 f.offset);
		y->refused++;
	} else {
		y->accepted++;
	}

	for (id = 0; id < 4; id++) {
		int its = madt_its_base(p, size, id, &base, &g);

		if (its) {
			if (ret ? its != ret || g.offset != f.offset :
				  (its != -ENOENT && its != -EEXIST &&
				   its != -EINVAL) || g.offset > size)
				fail_msg("round %u: madt_its_base: %d at 0x%x",
					 round, its, g.offset);
			if (!ret && its != -ENOENT)
				y->walk_failed++;
			continue;
		}
		if (ret)
			fail_msg("round %u: an ITS in a bad table", round);
		for (at = 44; at + 20 <= size; at++)
			if (p[at] == 15 && get_le32(p + at + 4) == id &&
			    get_le64(p + at + 8) == base)
				break;
		if (at + 20 > size)
			fail_msg("round %u: an address that is not in the table",
				 round);
		y->reported++;
	}
}

/* @rounds damaged copies of a good table, one in eight also cut short */
static void mutate(const u8 *table, u32 size, u32 fixed, u32 rounds,
		   void (*read)(const u8 *p, u32 size, u32 round,
				struct tally *y),
		   struct tally *y)
{
	u8 *work = malloc(size), *p;
	u32 round, len;

	assert_non_null(work);
	for (round = 0; round < rounds; round++) {
		memcpy(work, table, size);
		damage(work, size, fixed);
		/* mostly as long as it is, so that more than that is met */
		if (random_below(8))
			put_le(work + 4, 4, size);
		memcpy(work, table, 4);
		table_sum(work, size);
		len = random_below(8) ? size : random_below(size + 1);
		p = exact_copy(work, len);
		read(p, len, round, y);
		free(p);
	}
	free(work);
}

static void expect_all_kinds(const struct tally *y)
{
	print_message("# refused %u, accepted %u, walks failed %u, ITSs %u\n",
		      y->refused, y->accepted, y->walk_failed, y->reported);
	assert_true(y->refused > 50);
	assert_true(y->accepted > 50);
	assert_true(y->walk_failed > 50);
	assert_true(y->reported > 50);
}

static void iort_survives_damage(void **state)
{
	struct tally y = { 0 };
	struct builder b;
	u32 its[2], v3, v2;

	(void)state;
	random_state = 0x10e7;
	iort_begin(&b);
	iort_add_rc(&b, 1);
	its[0] = iort_add_its(&b, 2, (u32[]){ 0x11, 0x22 });
	v3 = iort_add_smmu_v3(&b, 5);
	put_le(b.buf + v3 + 24, 4, 0x10);
	iort_map(&b, 0, 0, 7, its[0], 1);
	iort_map(&b, 0, 0xffff, 0, its[0], 0);
	v2 = iort_add(&b, 3, 0, 76);
	iort_map(&b, 0, 0x100, 0, v3, 0);
	its[1] = iort_add_its(&b, 1, (u32[]){ 0x33 });
	iort_add_rc(&b, 0);
	iort_map(&b, 0, 0x100, 0, v3, 0);
	iort_map(&b, 0x100, 0x100, 0, v2, 0);
	iort_map(&b, 0x1f0, 0xffff, 0, its[1], 0);
	iort_add(&b, 5, 1, 40);
	put_le(b.buf + b.node + 28, 4, v3);
	iort_add(&b, 6, 1, 28);
	put_le(b.buf + b.node + 20, 4, 1);
	put_le(b.buf + b.node + 24, 4, 48);
	iort_map(&b, 0, 0, 7, v3, 1);
	iort_grow(&b, 20);
	iort_add(&b, 1, 2, 29);
	memcpy(b.buf + iort_grow(&b, 11), "\\_SB_.GPU0", 11);
	iort_map(&b, 0, 0, 7, v2, 1);
	iort_map(&b, 0, 3, 8, v3, 0);
	builder_finish(&b);

	mutate(b.buf, b.len, 48, ROUNDS, read_iort, &y);
	expect_all_kinds(&y);
	assert_true(y.defects > ROUNDS && y.streams > ROUNDS);
}

static void madt_survives_damage(void **state)
{
	struct tally y = { 0 };
	struct builder b;

	(void)state;
	random_state = 0xa91c;
	madt_begin(&b);
	madt_add(&b, 11, 80);
	madt_add_its(&b, 0, 0x4c000000);
	madt_add(&b, 14, 16);
	madt_add_its(&b, 1, 0x6c000000);
	madt_add(&b, 12, 24);
	madt_add_its(&b, 2, 0x408c6000000);
	builder_finish(&b);

	mutate(b.buf, b.len, 44, ROUNDS, read_madt, &y);
	expect_all_kinds(&y);
}

static void survive_damage(void *ctx, const char *name, u8 *table, size_t size)
{
	(void)name;
	/* of its own, whatever the order of the directory */
	random_state = 0xc0de0000 + size;
	mutate(table, (u32)size, 48, MACHINE_ROUNDS, read_iort, ctx);
}

static void real_iorts_survive_damage(void **state)
{
	struct tally y = { 0 };

	(void)state;
	corpus_for_each(survive_damage, &y);
	expect_all_kinds(&y);
	assert_true(y.defects > 1000 && y.streams > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iort_survives_damage),
		cmocka_unit_test(madt_survives_damage),
		cmocka_unit_test(real_iorts_survive_damage),
	};

	return cmocka_run_group_tests_name("acpi mutation", tests, NULL, NULL) ?
	       1 : 0;
}
