// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/consume.c */
/*
 * consume_test.c - what VFIO type1 and iommufd do with a device
 *
 * Devices as they are on real boards, on three kernels; then every combination,
 * against what must hold of each verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../module/consume.h"

static const struct resv_consume_kernel linux_6_1 = {
	.type1 = true,
};
static const struct resv_consume_kernel linux_6_12 = {
	.type1 = true, .iommufd = true, .refuses_direct = true,
};
static const struct resv_consume_kernel linux_7_2 = {
	.type1 = true, .iommufd = true, .refuses_direct = true,
	.refuses_no_cookie = true,
};

/* Below an ITS, behind an SMMU with its usual window. */
static const struct resv_consume_device its_device = {
	.group = { .sw_msi = 1 },
	.own = { .sw_msi = 1 },
	.path = RESV_MSI_PATH_TRANSLATED,
	.isolated = RESV_YES,
	.coherent = RESV_YES,
};

static void verdicts(const struct resv_consume_kernel *k,
		     const struct resv_consume_device *d, const char *type1,
		     const char *iommufd)
{
	struct resv_consumed c;

	c = resv_consume_type1(k, d);
	assert_string_equal(resv_consume_word(c.word), type1);
	c = resv_consume_iommufd(k, d);
	assert_string_equal(resv_consume_word(c.word), iommufd);
}

static void an_its_device_works(void **state)
{
	(void)state;
	verdicts(&linux_6_1, &its_device, "works", "not-available");
	verdicts(&linux_6_12, &its_device, "works", "works");
	verdicts(&linux_7_2, &its_device, "works", "works");
}

static void a_kernel_without_type1(void **state)
{
	const struct resv_consume_kernel k = { .iommufd = true };

	(void)state;
	verdicts(&k, &its_device, "not-available", "works");
}

static void a_v2m_device_needs_unsafe_interrupts(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.isolated = RESV_NO;
	verdicts(&linux_6_1, &d, "needs-unsafe-interrupts", "not-available");
	verdicts(&linux_7_2, &d, "needs-unsafe-interrupts",
		 "needs-unsafe-interrupts");
	d.isolated = RESV_UNKNOWN;
	verdicts(&linux_7_2, &d, "unknown", "unknown");
}

/* HIP06, HIP07: the driver has both kinds; the doorbell is not translated. */
static void both_kinds_of_window(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.group.msi = 1;
	d.own.msi = 1;
	d.bypass = RESV_YES;
	verdicts(&linux_6_1, &d, "works", "not-available");
	verdicts(&linux_6_12, &d, "works", "refused");
	verdicts(&linux_7_2, &d, "refused", "refused");
	d.bypass = RESV_NO;
	verdicts(&linux_6_12, &d, "interrupts-lost", "refused");
	verdicts(&linux_7_2, &d, "refused", "refused");
	d.bypass = RESV_UNKNOWN;
	verdicts(&linux_6_12, &d, "unknown", "refused");
}

/* The same with the window replaced: iommufd takes that on every kernel. */
static void a_doorbell_in_place_of_the_window(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.group = (struct resv_consume_list){ .msi = 1 };
	d.own = d.group;
	d.bypass = RESV_YES;
	verdicts(&linux_6_12, &d, "works", "works");
	verdicts(&linux_7_2, &d, "refused", "works");
	d.bypass = RESV_NO;
	verdicts(&linux_6_12, &d, "interrupts-lost", "interrupts-lost");
	verdicts(&linux_7_2, &d, "refused", "interrupts-lost");
}

static void no_window_at_all(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.group.sw_msi = 0;
	d.own.sw_msi = 0;
	verdicts(&linux_6_1, &d, "interrupts-lost", "not-available");
	verdicts(&linux_6_12, &d, "interrupts-lost", "interrupts-lost");
	verdicts(&linux_7_2, &d, "refused", "interrupts-lost");
}

/* Type1 reads the group's list, iommufd the device's. */
static void another_device_of_the_group_has_an_msi_region(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.group.msi = 1;
	verdicts(&linux_6_12, &d, "interrupts-lost", "works");
	verdicts(&linux_7_2, &d, "refused", "works");
}

static void two_software_windows(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.group.sw_msi = 2;
	d.own.sw_msi = 2;
	verdicts(&linux_7_2, &d, "works", "refused");
}

static void a_raw_device(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.path = RESV_MSI_PATH_RAW;
	d.swallowed = RESV_YES;
	d.isolated = RESV_NO;
	verdicts(&linux_6_12, &d, "needs-unsafe-interrupts",
		 "needs-unsafe-interrupts");
	d.group = (struct resv_consume_list){ .msi = 1 };
	d.own = d.group;
	verdicts(&linux_7_2, &d, "needs-unsafe-interrupts",
		 "needs-unsafe-interrupts");
	d.isolated = RESV_YES;
	verdicts(&linux_7_2, &d, "works", "works");
	d.swallowed = RESV_UNKNOWN;
	verdicts(&linux_7_2, &d, "unknown", "unknown");
}

static void no_msis(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.path = RESV_MSI_PATH_NONE;
	d.group.sw_msi = 0;
	d.own.sw_msi = 0;
	verdicts(&linux_7_2, &d, "works", "works");
	d.isolated = RESV_NO;
	verdicts(&linux_7_2, &d, "needs-unsafe-interrupts",
		 "needs-unsafe-interrupts");
}

static void an_unknown_controller(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.path = RESV_MSI_PATH_UNKNOWN;
	verdicts(&linux_7_2, &d, "unknown", "unknown");
}

static void memory_mapped_1_to_1(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.direct = RESV_YES;
	verdicts(&linux_6_12, &d, "refused", "refused");
	d.direct = RESV_UNKNOWN;
	verdicts(&linux_6_1, &d, "unknown", "not-available");
}

static void an_iommu_that_is_not_coherent(void **state)
{
	struct resv_consume_device d = its_device;

	(void)state;
	d.coherent = RESV_NO;
	verdicts(&linux_6_1, &d, "refused", "not-available");
	verdicts(&linux_7_2, &d, "refused", "refused");
	d.coherent = RESV_UNKNOWN;
	verdicts(&linux_7_2, &d, "unknown", "unknown");
}

static void check(const struct resv_consume_kernel *k,
		  const struct resv_consume_device *d, struct resv_consumed c,
		  bool available, bool window)
{
	assert_non_null(c.why);
	assert_int_equal(c.why[strlen(c.why) - 1], '.');
	assert_int_equal(c.word == RESV_CONSUME_NOT_AVAILABLE, !available);
	if (!available)
		return;
	if (c.word == RESV_CONSUME_WORKS) {
		assert_int_equal(d->isolated, RESV_YES);
		assert_int_equal(d->coherent, RESV_YES);
		assert_int_equal(d->direct, RESV_NO);
	}
	if (c.word == RESV_CONSUME_UNSAFE)
		assert_int_equal(d->isolated, RESV_NO);
	if (c.word == RESV_CONSUME_WORKS || c.word == RESV_CONSUME_UNSAFE) {
		assert_int_not_equal(d->path, RESV_MSI_PATH_UNKNOWN);
		if (d->path == RESV_MSI_PATH_TRANSLATED)
			assert_true(window || d->bypass == RESV_YES);
		if (d->path == RESV_MSI_PATH_RAW)
			assert_int_equal(d->swallowed, RESV_YES);
	}
	if (c.word == RESV_CONSUME_LOST) {
		assert_int_equal(d->path, RESV_MSI_PATH_TRANSLATED);
		assert_false(window);
	}
	if (d->direct == RESV_YES && k->refuses_direct)
		assert_int_equal(c.word, RESV_CONSUME_REFUSED);
}

static void every_combination(void **state)
{
	struct resv_consume_kernel k;
	struct resv_consume_device d;
	unsigned int n, tried = 0;

	(void)state;
	/* Four kernel bits, lists of 0 to 2 and 0 or 1, four and five times three. */
	for (n = 0; n < 16 * 36 * 4 * 243; n++) {
		unsigned int m = n;

		k.type1 = m & 1;
		k.iommufd = m & 2;
		k.refuses_no_cookie = m & 4;
		k.refuses_direct = m & 8;
		m /= 16;
		d.group.msi = m % 2;
		m /= 2;
		d.own.msi = m % 2;
		m /= 2;
		d.group.sw_msi = m % 3;
		m /= 3;
		d.own.sw_msi = m % 3;
		m /= 3;
		d.path = m % 4;
		m /= 4;
		d.swallowed = m % 3;
		m /= 3;
		d.bypass = m % 3;
		m /= 3;
		d.isolated = m % 3;
		m /= 3;
		d.coherent = m % 3;
		m /= 3;
		d.direct = m % 3;
		check(&k, &d, resv_consume_type1(&k, &d), k.type1,
		      d.group.sw_msi && !d.group.msi);
		check(&k, &d, resv_consume_iommufd(&k, &d), k.iommufd,
		      d.own.sw_msi == 1 && !d.own.msi);
		tried++;
	}
	assert_int_equal(tried, 16 * 36 * 4 * 243);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_its_device_works),
		cmocka_unit_test(a_kernel_without_type1),
		cmocka_unit_test(a_v2m_device_needs_unsafe_interrupts),
		cmocka_unit_test(both_kinds_of_window),
		cmocka_unit_test(a_doorbell_in_place_of_the_window),
		cmocka_unit_test(no_window_at_all),
		cmocka_unit_test(another_device_of_the_group_has_an_msi_region),
		cmocka_unit_test(two_software_windows),
		cmocka_unit_test(a_raw_device),
		cmocka_unit_test(no_msis),
		cmocka_unit_test(an_unknown_controller),
		cmocka_unit_test(memory_mapped_1_to_1),
		cmocka_unit_test(an_iommu_that_is_not_coherent),
		cmocka_unit_test(every_combination),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
