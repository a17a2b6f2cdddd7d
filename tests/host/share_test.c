// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/share.c */
/*
 * share_test.c - which devices one guest SMMU can serve
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../../module/share.h"

#define ITS(...) .its_known = true, \
	.its_count = sizeof((u64[]){ __VA_ARGS__ }) / sizeof(u64), \
	.its = { __VA_ARGS__ }
#define NO_ITS .its_known = true

static void test_sets(void **state)
{
	struct share_member m[] = {
		{ .iommu = 1, ITS(0x8080000) },
		{ .iommu = 2, ITS(0x8080000) },
		/* The same, in another order and twice. */
		{ .iommu = 1, ITS(0x9000000, 0x8080000, 0x9000000) },
		{ .iommu = 1, ITS(0x8080000) },
		{ .iommu = 1, ITS(0x8080000, 0x9000000) },
		{ .iommu = 1, NO_ITS },
		{ .iommu = 1 },
		{ .iommu = 0, ITS(0x8080000) },
		/* What is there of an unknown set counts for nothing. */
		{ .iommu = 1, .its_count = 1, .its = { 0x8080000 } },
		{ .iommu = 0, ITS(0x8080000) },
	};
	static const u32 set[] = { 0, 1, 2, 0, 2, 3, 4, 5, 4, 5 };
	unsigned int i;

	(void)state;
	assert_int_equal(share_sets(m, ARRAY_SIZE(m)), 6);
	for (i = 0; i < ARRAY_SIZE(m); i++)
		assert_int_equal(m[i].set, set[i]);
	assert_int_equal(m[2].its_count, 2);
	assert_int_equal(m[2].its[0], 0x8080000);
	assert_int_equal(m[2].its[1], 0x9000000);
	assert_int_equal(m[8].its_count, 0);
	assert_int_equal(share_sets(m, 0), 0);
}

/* As many ITSs as there can be, in falling order. */
static void test_full(void **state)
{
	struct share_member m = {
		.iommu = 1, .its_known = true, .its_count = SHARE_ITS_MAX,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < SHARE_ITS_MAX; i++)
		m.its[i] = (u64)(SHARE_ITS_MAX - i) << 32;
	assert_int_equal(share_sets(&m, 1), 1);
	assert_int_equal(m.its_count, SHARE_ITS_MAX);
	for (i = 0; i < SHARE_ITS_MAX; i++)
		assert_true(m.its[i] == (u64)(i + 1) << 32);
}

static void test_types(void **state)
{
	static const struct {
		const char *driver;
		const char *name;
		enum resv_iommu_type type;
		const char *word;
	} cases[] = {
		{ "arm-smmu-v3", "smmu3.0x0000000009050000",
		  RESV_IOMMU_SMMUV3, "smmuv3" },
		{ "arm-smmu", "smmu.0x000000002b500000", RESV_IOMMU_SMMUV2,
		  "smmuv2" },
		{ "virtio_iommu", "0000:00:02.0", RESV_IOMMU_VIRTIO,
		  "virtio-iommu" },
		{ NULL, "dmar0", RESV_IOMMU_VTD, "intel-vtd" },
		{ NULL, "ivhd1", RESV_IOMMU_AMD, "amd" },
		{ NULL, "iommu0", RESV_IOMMU_OTHER, "other" },
		{ "mtk-iommu", "mtk-iommu.0x10205000", RESV_IOMMU_OTHER,
		  "other" },
		/* A name means nothing where there is a driver. */
		{ "mine", "dmar0", RESV_IOMMU_OTHER, "other" },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(resv_iommu_type(cases[i].driver,
						 cases[i].name), cases[i].type);
		assert_string_equal(resv_iommu_type_word(cases[i].type),
				    cases[i].word);
	}
}

static void guest(enum resv_iommu_type type, bool known,
		  enum smmuv3_answer bound, enum smmuv3_answer wanted,
		  const char *word)
{
	struct smmuv3_verdict b = {
		.answer = bound, .why = "because", .source = "there",
	};
	struct smmuv3_verdict v = share_guest_smmu(type, known, b);

	assert_int_equal(v.answer, wanted);
	assert_non_null(v.source);
	if (!strstr(v.why, word))
		fail_msg("\"%s\" lacks \"%s\"", v.why, word);
}

static void test_guest_smmu(void **state)
{
	(void)state;
	guest(RESV_IOMMU_SMMUV3, true, SMMUV3_YES, SMMUV3_YES,
	      "all devices of this SMMU");
	guest(RESV_IOMMU_SMMUV3, true, SMMUV3_SOME, SMMUV3_SOME, "CANWBS");
	guest(RESV_IOMMU_SMMUV3, true, SMMUV3_NO, SMMUV3_NO, "because");
	guest(RESV_IOMMU_SMMUV3, true, SMMUV3_UNKNOWN, SMMUV3_UNKNOWN,
	      "because");
	guest(RESV_IOMMU_SMMUV2, true, SMMUV3_YES, SMMUV3_NO, "no nesting");
	guest(RESV_IOMMU_VIRTIO, true, SMMUV3_YES, SMMUV3_NO, "no nesting");
	guest(RESV_IOMMU_VTD, true, SMMUV3_YES, SMMUV3_NO, "no SMMU");
	guest(RESV_IOMMU_AMD, true, SMMUV3_YES, SMMUV3_NO, "no SMMU");
	guest(RESV_IOMMU_OTHER, true, SMMUV3_YES, SMMUV3_NO, "no SMMU");
	guest(RESV_IOMMU_SMMUV3, false, SMMUV3_YES, SMMUV3_UNKNOWN,
	      "not known");
	assert_non_null(share_domain_text(RESV_IOMMU_SMMUV3));
	assert_non_null(share_domain_text(RESV_IOMMU_SMMUV2));
	assert_non_null(share_domain_text(RESV_IOMMU_VIRTIO));
	assert_null(share_domain_text(RESV_IOMMU_VTD));
	assert_null(share_domain_text(RESV_IOMMU_OTHER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_guest_smmu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
