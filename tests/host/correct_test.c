// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/correct.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * correct_test.c - rules that correct the firmware's IORT
 *
 * What a source says of a correction has to come out of quirk_correction(), each
 * field and no other; and such a rule is one of no device.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../quirks/correct.h"
#include "fake_machine.h"
#include "quirk_source.h"

#define WORDS " type = \"none\"; confidence = \"confirmed\"; reference = \"rr\"; reason = \"why\"; "

static const char source[] = SOURCE(
	"acme {" ENTRY_WORDS "match { dt-root = \"x\"; };"
	"  models { source = \"iort-smmu-model\"; model = <2>;" WORDS "};"
	"  model { source = \"iort-smmu-model\"; model = /bits/ 64 <2>; iommu-base = /bits/ 64 <0x40140000000>;" WORDS "};"
	"  limits { source = \"iort-address-limit\"; bits = <48>;" WORDS "};"
	"  limit { source = \"iort-address-limit\"; bits = <48>; segment = <7>;" WORDS "};"
	"  limit-0 { source = \"iort-address-limit\"; bits = <48>; segment = <0>;" WORDS "};"
	"  mapping { source = \"iort-id-mapping\"; input = <0x8000 0xffff>; output-base = <0xfedc8000>;"
	"    output-smmu = /bits/ 64 <0x123456789abcdef0>; segment = <2>;" WORDS "};"
	"  mapping-wide { source = \"iort-id-mapping\"; input = /bits/ 64 <0 8>; output-base = /bits/ 64 <0>;"
	"    output-smmu = <0x2b400000>; segment = <1>;" WORDS "};"
	"  its { source = \"its\"; type = \"reserved\"; confidence = \"confirmed\"; reference = \"rr\"; reason = \"why\"; };"
	"  notice { source = \"notice\";" WORDS "};"
	"};");

static u8 *image;
static struct quirk_table table;

static int setup(void **state)
{
	image = open_text(source, &table);
	return 0;
}

static int teardown(void **state)
{
	free(image);
	return 0;
}

static u32 rule_named(const char *name)
{
	return find_rule(&table, find_entry(&table, "acme"), name);
}

/* Each field, also those that do not belong to the kind. */
static void each_field_comes_out(void **state)
{
	static const struct {
		const char *rule;
		struct iort_fix fix;
	} cases[] = {
		{ "models", { .kind = IORT_FIX_SMMU_MODEL, .value = 2,
			.segment_last = U32_MAX, .smmu_last = U64_MAX } },
		{ "model", { .kind = IORT_FIX_SMMU_MODEL, .value = 2,
			.segment_last = U32_MAX, .smmu_first = 0x40140000000,
			.smmu_last = 0x40140000000 } },
		{ "limits", { .kind = IORT_FIX_ADDRESS_LIMIT, .value = 48,
			.segment_last = U32_MAX, .smmu_last = U64_MAX } },
		{ "limit", { .kind = IORT_FIX_ADDRESS_LIMIT, .value = 48,
			.segment_first = 7, .segment_last = 7,
			.smmu_last = U64_MAX } },
		{ "limit-0", { .kind = IORT_FIX_ADDRESS_LIMIT, .value = 48,
			.smmu_last = U64_MAX } },
		{ "mapping", { .kind = IORT_FIX_ID_MAPPING, .segment_first = 2,
			.segment_last = 2, .smmu_last = U64_MAX,
			.input_first = 0x8000, .input_last = 0xffff,
			.output_base = 0xfedc8000,
			.output_smmu = 0x123456789abcdef0 } },
		{ "mapping-wide", { .kind = IORT_FIX_ID_MAPPING,
			.segment_first = 1, .segment_last = 1,
			.smmu_last = U64_MAX, .input_last = 8,
			.output_smmu = 0x2b400000 } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct iort_fix *w = &cases[i].fix;
		struct iort_fix f;

		memset(&f, 0x55, sizeof(f));
		assert_int_equal(quirk_correction(&table,
						  rule_named(cases[i].rule),
						  &f), 1);
		if (f.kind != w->kind || f.value != w->value ||
		    f.segment_first != w->segment_first ||
		    f.segment_last != w->segment_last ||
		    f.smmu_first != w->smmu_first ||
		    f.smmu_last != w->smmu_last ||
		    f.input_first != w->input_first ||
		    f.input_last != w->input_last ||
		    f.output_base != w->output_base ||
		    f.output_smmu != w->output_smmu)
			fail_msg("%s: %s, value %u, segment %u-%u, SMMU 0x%llx-0x%llx, 0x%x-0x%x to 0x%x of 0x%llx",
				 cases[i].rule, quirk_correction_name(f.kind),
				 f.value, f.segment_first, f.segment_last,
				 (unsigned long long)f.smmu_first,
				 (unsigned long long)f.smmu_last, f.input_first,
				 f.input_last, f.output_base,
				 (unsigned long long)f.output_smmu);
	}
}

static void other_rules_are_none(void **state)
{
	struct iort_fix f;
	struct iort_fix before;

	memset(&f, 0x55, sizeof(f));
	before = f;
	assert_int_equal(quirk_correction(&table, rule_named("its"), &f), 0);
	assert_int_equal(quirk_correction(&table, rule_named("notice"), &f), 0);
	assert_memory_equal(&f, &before, sizeof(f));
}

static void kinds_have_their_words(void **state)
{
	assert_string_equal(quirk_correction_name(IORT_FIX_SMMU_MODEL),
			    "smmu-model");
	assert_string_equal(quirk_correction_name(IORT_FIX_ADDRESS_LIMIT),
			    "address-limit");
	assert_string_equal(quirk_correction_name(IORT_FIX_ID_MAPPING),
			    "id-mapping");
}

/* On a device that is in the segment, behind the SMMU, whatever the mode. */
static void no_device_has_one(void **state)
{
	static const struct fake_host host = { .segment = 1 };
	static const struct fake_device device = {
		.host = &host,
		.iommu_base = 0x40140000000,
	};
	static const char *const names[] = {
		"models", "model", "limits", "limit", "limit-0", "mapping",
		"mapping-wide",
	};
	static const enum resv_mode modes[] = {
		RESV_MODE_ADVISE, RESV_MODE_ENFORCE, RESV_MODE_INSIST,
		RESV_MODE_WITHHOLD, RESV_MODE_DISABLED,
	};
	struct resv_range storage[4];
	struct resv_ranges out;
	size_t i;
	size_t k;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (k = 0; k < ARRAY_SIZE(modes); k++) {
			struct resv_verdict v;

			resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
			v = resv_resolve_rule(&table, rule_named(names[i]),
					      modes[k], &fake_facts,
					      (void *)&device, &out);
			assert_int_equal(v.outcome, RESV_NOT_IN_SCOPE);
			assert_int_equal(v.why, RESV_WHY_ABSENT);
			assert_int_equal(out.count, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_comes_out),
		cmocka_unit_test(other_rules_are_none),
		cmocka_unit_test(kinds_have_their_words),
		cmocka_unit_test(no_device_has_one),
	};

	return cmocka_run_group_tests_name("correct", tests, setup, teardown);
}
