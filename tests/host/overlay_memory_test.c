// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c acpi/corrected.c */
/*
 * overlay_memory_test.c - the IORT writer where there is no memory
 *
 * The writer is read in here with a calloc() of ours, which fails at the n-th
 * call, for every n. The leak checker sees what is not given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static unsigned int calls, fail_at;

static void *scarce_calloc(size_t count, size_t size)
{
	return ++calls == fail_at ? NULL : calloc(count, size);
}

#define calloc(count, size) scarce_calloc(count, size)
#include "acpi/rmr_plan.c"
#include "acpi/iort_write.c"
#include "acpi/iort_fix.c"
#include "acpi/overlay.c"
#undef calloc

#include "acpi_builder.h"

/* Many streams and ranges, so that all lists have to grow. */
enum { WISHES = 40 };

static struct iort_streams streams[WISHES];
static struct iort_rmr_want wants[WISHES];
static u32 smmu;

static void build(struct builder *b, struct iort_table *t)
{
	struct acpi_fault f;
	u32 its, i;

	iort_begin(b);
	its = iort_add_its(b, 1, (u32[]){ 5 });
	smmu = iort_add_smmu_v3(b, 4);
	put_le(b->buf + smmu + 16, 8, 0x9050000);
	iort_map(b, 0, 0xffff, 0, its, 0);
	iort_add_rc(b, 0);
	iort_map(b, 0, 0xffff, 0, smmu, 0);
	builder_finish(b);
	assert_int_equal(iort_open(t, b->buf, b->len, &f), 0);
	for (i = 0; i < WISHES; i++) {
		streams[i] = (struct iort_streams){ smmu, 2 * i, 2 * i };
		wants[i] = (struct iort_rmr_want){
			.start = 0x20000ull * i, .last = 0x20000ull * i + 1,
			.stream = 0, .streams = i + 1,
		};
	}
}

static int run(const struct iort_table *t, u8 *out, size_t size, u32 *length,
	       struct acpi_fault *f)
{
	static const struct iort_fix fixes[] = {
		{ .kind = IORT_FIX_ID_MAPPING, .input_first = 8,
		  .input_last = 15, .output_base = 0x8000,
		  .output_smmu = 0x9050000 },
		{ .kind = IORT_FIX_ID_MAPPING, .input_first = 16,
		  .input_last = 17, .output_base = 0x9000,
		  .output_smmu = 0x9050000 },
	};
	struct iort_overlay o = {
		.streams = streams, .stream_count = WISHES,
		.rmr = wants, .rmr_count = WISHES,
		.fix = fixes, .fix_count = 2,
	};
	struct iort_overlay_result r;

	return iort_overlay_build(t, &o, out, size, length, &r, f);
}

static int run_guest(const struct iort_table *t, u8 *out, size_t size,
		     u32 *length, struct acpi_fault *f)
{
	struct iort_guest_region region[20];
	struct iort_guest_id id[20];
	struct iort_guest_want want = { region, 20, id, 20, 0 };
	struct iort_overlay_result r;
	u32 i;

	for (i = 0; i < 20; i++) {
		id[i] = (struct iort_guest_id){ 2 * i, 2 * i };
		region[i] = (struct iort_guest_region){
			0x20000ull * i, 0x20000ull * i, 0,
		};
	}
	return iort_guest_build(t, &want, 1, out, size, length, &r, f);
}

static void fails_at_each_call(int (*fn)(const struct iort_table *t, u8 *out,
					 size_t size, u32 *length,
					 struct acpi_fault *f),
			       unsigned int least)
{
	static u8 out[0x10000];
	struct acpi_fault f;
	struct iort_table t;
	struct builder b;
	unsigned int n;
	u32 length;
	int ret;

	build(&b, &t);
	for (n = 1; ; n++) {
		f.what = NULL;
		length = 0;
		calls = 0;
		fail_at = n;
		ret = fn(&t, out, sizeof(out), &length, &f);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
		assert_true(strstr(f.what, "no memory"));
	}
	assert_int_equal(calls, n - 1);
	assert_true(n > least);
	fail_at = 0;
	assert_int_equal(iort_open(&t, out, length, &f), 0);
	print_message("# %u calls\n", n - 1);
}

static void overlay_without_memory(void **state)
{
	(void)state;
	fails_at_each_call(run, 12);
}

static void guest_without_memory(void **state)
{
	(void)state;
	fails_at_each_call(run_guest, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlay_without_memory),
		cmocka_unit_test(guest_without_memory),
	};

	return cmocka_run_group_tests_name("overlay memory", tests, NULL, NULL) ?
	       1 : 0;
}
