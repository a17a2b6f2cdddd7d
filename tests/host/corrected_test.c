// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c acpi/corrected.c */
/*
 * corrected_test.c - tests of stream IDs in a table that is going to be corrected
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/corrected.h"
#include "acpi_builder.h"

#define V3_BASE		0x9050000
#define V2_BASE		0x2b400000

/* A table of two SMMUs; segment 0 is behind the first, stream 0x1000 + RID. */
struct machine {
	struct builder b;
	struct iort_table t;
	u32 its, v3, v2, rc;
};

static void machine_make(struct machine *m)
{
	struct acpi_fault fault;

	iort_begin(&m->b);
	m->its = iort_add_its(&m->b, 1, (u32[]){ 0 });
	m->v3 = iort_add_smmu_v3(&m->b, 4);
	put_le(m->b.buf + m->v3 + 16, 8, V3_BASE);
	m->v2 = iort_add(&m->b, IORT_SMMU, 0, 76);
	put_le(m->b.buf + m->v2 + 16, 8, V2_BASE);
	m->rc = iort_add_rc(&m->b, 0);
	iort_map(&m->b, 0, 0xffff, 0x1000, m->v3, 0);
	builder_finish(&m->b);
	assert_int_equal(iort_open(&m->t, m->b.buf, m->b.len, &fault), 0);
}

/* What was reported. */
struct seen {
	u32 count, smmu, id;
};

static int see(void *ctx, u32 smmu, u32 id)
{
	struct seen *seen = ctx;

	seen->count++;
	seen->smmu = smmu;
	seen->id = id;
	return 0;
}

static const struct iort_fix mapping = {
	.kind = IORT_FIX_ID_MAPPING,
	.segment_last = 0,
	.smmu_last = U64_MAX,
	.input_first = 0x100,
	.input_last = 0x10f,
	.output_base = 0x7000,
	.output_smmu = V2_BASE,
};

static void check(const struct iort_fix *fix, u32 fixes, u32 rid, bool v3, u32 id)
{
	struct acpi_fault fault = {};
	struct seen seen = {};
	struct machine m = {};

	machine_make(&m);
	assert_int_equal(iort_corrected_streams(&m.t, fix, fixes, 0, rid, see,
						&seen, &fault), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.smmu, v3 ? m.v3 : m.v2);
	assert_int_equal(seen.id, id);
}

static void streams_without_a_correction(void **state)
{
	const struct iort_fix model = {
		.kind = IORT_FIX_SMMU_MODEL, .segment_last = U32_MAX,
		.smmu_last = U64_MAX, .input_last = U32_MAX,
	};

	check(NULL, 0, 0x100, true, 0x1100);
	/* Of another kind. */
	check(&model, 1, 0x100, true, 0x1100);
}

static void streams_at_the_ends_of_a_correction(void **state)
{
	check(&mapping, 1, 0xff, true, 0x10ff);
	check(&mapping, 1, 0x100, false, 0x7000);
	check(&mapping, 1, 0x10f, false, 0x700f);
	check(&mapping, 1, 0x110, true, 0x1110);
}

static void streams_of_another_segment(void **state)
{
	struct iort_fix other = mapping;

	other.segment_first = 1;
	other.segment_last = 2;
	check(&other, 1, 0x100, true, 0x1100);
	other.segment_first = 0;
	check(&other, 1, 0x100, false, 0x7000);
}

static void streams_of_two_corrections(void **state)
{
	struct iort_fix two[] = { mapping, mapping };

	two[1].input_first = 0x108;
	two[1].output_base = 0x8000;
	two[1].output_smmu = V3_BASE;
	check(two, 2, 0x107, false, 0x7007);
	check(two, 2, 0x108, true, 0x8000);
}

static void streams_of_an_smmu_that_is_not_there(void **state)
{
	struct iort_fix lost = mapping;
	struct acpi_fault fault = {};
	struct seen seen = {};
	struct machine m = {};

	lost.output_smmu = V3_BASE + 1;
	machine_make(&m);
	assert_int_equal(iort_corrected_streams(&m.t, &lost, 1, 0, 0x100, see,
						&seen, &fault), -ENOENT);
	assert_int_equal(seen.count, 0);
	assert_non_null(fault.what);
	/* Who is not meant is not disturbed. */
	assert_int_equal(iort_corrected_streams(&m.t, &lost, 1, 0, 0x200, see,
						&seen, &fault), 0);
	assert_int_equal(seen.id, 0x1200);
}

static int stop(void *ctx, u32 smmu, u32 id)
{
	return 42;
}

static void streams_end_where_the_caller_says(void **state)
{
	struct acpi_fault fault = {};
	struct machine m = {};

	machine_make(&m);
	assert_int_equal(iort_corrected_streams(&m.t, &mapping, 1, 0, 0x100,
						stop, NULL, &fault), 42);
	assert_int_equal(iort_corrected_streams(&m.t, &mapping, 1, 0, 0x200,
						stop, NULL, &fault), 42);
}

static void bases_of_nodes(void **state)
{
	struct machine m = {};
	u64 base = 1;

	machine_make(&m);
	assert_true(iort_smmu_base(&m.t, m.v3, &base));
	assert_int_equal(base, V3_BASE);
	assert_true(iort_smmu_base(&m.t, m.v2, &base));
	assert_int_equal(base, V2_BASE);
	assert_false(iort_smmu_base(&m.t, m.rc, &base));
	assert_false(iort_smmu_base(&m.t, m.its, &base));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_without_a_correction),
		cmocka_unit_test(streams_at_the_ends_of_a_correction),
		cmocka_unit_test(streams_of_another_segment),
		cmocka_unit_test(streams_of_two_corrections),
		cmocka_unit_test(streams_of_an_smmu_that_is_not_there),
		cmocka_unit_test(streams_end_where_the_caller_says),
		cmocka_unit_test(bases_of_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
