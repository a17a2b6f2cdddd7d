// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/compile.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * resolve_test.c - from rules to ranges, on described machines
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fake_machine.h"
#include "quirk_source.h"

#define RULE(words) "rule {" RULE_WORDS words "};"
#define CONFIRMED " confidence = \"confirmed\"; "
#define LITERAL " source = \"range\"; range = <0x1000 0x1fff>; " CONFIRMED

static const struct fake_host tree_host = {
	.segment = 4,
	.path = "/soc/pcie@1000",
	.compatibles = { "acme,pcie-2", "acme,pcie" },
	.properties = { "reg", "ranges", "iommu-map" },
	.regs = {
		{ "dbi", { 0x10000, 0x1ffff } },
		{ "config", { 0x30000000, 0x300fffff } },
	},
	.windows = { { 0x50000000, 0x5fffffff }, { 0x40000000, 0x40ffffff } },
	/* Not sorted, and two of them overlap. */
	.inbound = {
		{ 0x800000000, 0x9ffffffff },
		{ 0x80000000, 0xbfffffff },
		{ 0xa0000000, 0xffffffff },
	},
};

static const struct fake_host bare_host = { .segment = 0 };

static const struct fake_device tree_device = {
	.kernel = { "dwc-doorbell-is-config" },
	.host = &tree_host,
	.its = { 0x8080000, 0x4c000000 },
};

static const struct fake_device bare_device = { .host = &bare_host };
static const struct fake_device acpi_device = {
	.is_acpi = true,
	.host = &bare_host,
};
static const struct fake_device platform_device = { .path = "/soc/dma@2000" };

/*
 * Resolve the only rule of a source and compare with "OUTCOME ranges". The set
 * holds a range before, which has to stay as it is.
 */
static void assert_resolves(const char *rule, enum resv_enforce policy,
			    const struct fake_device *d, const char *wanted)
{
	static const char *const outcomes[] = {
		[RESV_NOT_IN_SCOPE] = "not-in-scope",
		[RESV_ENFORCED] = "enforced",
		[RESV_ADVISED] = "advised",
		[RESV_UNRESOLVED] = "unresolved",
	};
	struct resv_range storage[16];
	struct resv_ranges out;
	struct quirk_table t;
	char source[1024];
	char text[512];
	size_t used;
	u8 *image;
	u32 i;

	snprintf(source, sizeof(source), "/dts-v1/; / { entry {" ENTRY_WORDS
		 "match { dt-root = \"x\"; }; %s }; };", rule);
	image = open_text(source, &t);
	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	resv_ranges_add(&out, U64_MAX, U64_MAX);
	used = (size_t)sprintf(text, "%s", outcomes[resv_resolve_rule(&t, 0,
			policy, &fake_facts, (void *)d, &out)]);
	assert_true(out.count > 0);
	assert_int_equal(out.r[out.count - 1].start, U64_MAX);
	for (i = 0; i + 1 < out.count; i++)
		used += (size_t)sprintf(text + used, " %llx-%llx",
					(unsigned long long)out.r[i].start,
					(unsigned long long)out.r[i].last);
	assert_string_equal(text, wanted);
	free(image);
}

struct resolve_case {
	const char *rule;
	const struct fake_device *device;
	const char *wanted;
};

static void assert_all(const struct resolve_case *cases, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		assert_resolves(cases[i].rule, RESV_ENFORCE_CONFIRMED,
				cases[i].device, cases[i].wanted);
}

static void each_source(void **state)
{
	static const struct fake_host small_config = {
		.regs = { { "config", { 0x1000, 0x1002 } } },
	};
	static const struct fake_host top_config = {
		.regs = { { "config", { U64_MAX - 0xfff, U64_MAX - 1 } } },
	};
	static const struct fake_host bad_window = {
		.windows = { { 0x1000, 0x1fff }, { 0x3000, 0x2000 } },
		.inbound = { { 0x1000, 0x1fff }, { 0x3000, 0x2000 } },
	};
	static const struct fake_host full_inbound = {
		.inbound = { { 0x1000, U64_MAX } },
	};
	static const struct fake_host high_inbound = {
		.inbound = { { 0x100000000, 0x1ffffffff } },
	};
	static const struct fake_host low_inbound = {
		.inbound = { { 0, 0x7fffffff } },
	};
	static const struct fake_host far_inbound = {
		.inbound = { { 0x800000000, 0x9ffffffff } },
	};
	/* Ranges of one byte each, the last right behind its neighbour. */
	static const struct fake_host single = {
		.regs = { { "one", { 0x7000, 0x7000 } } },
		.windows = { { 0x5000, 0x5000 } },
		.inbound = { { 0x1000, 0x1fff }, { 0x2000, 0x2000 } },
	};
	static const struct fake_device low = { .host = &low_inbound };
	static const struct fake_device far = { .host = &far_inbound };
	static const struct fake_device bytes = { .host = &single };
	static const struct fake_device small = { .host = &small_config };
	static const struct fake_device top = { .host = &top_config };
	static const struct fake_device bad = { .host = &bad_window };
	static const struct fake_device full = { .host = &full_inbound };
	static const struct fake_device high = { .host = &high_inbound };
	static const struct fake_device no_its = { .its_error = -ENODEV };
	static const struct fake_device bad_firmware = { .its_error = -EINVAL };
	static const struct fake_device impossible_its = {
		.its = { 0x8080000, U64_MAX - 0xffff },
	};
	static const struct resolve_case cases[] = {
		{ RULE(LITERAL), &tree_device, "enforced 1000-1fff" },
		{ RULE(LITERAL), &platform_device, "enforced 1000-1fff" },
		{ RULE(" source = \"range\"; range = /bits/ 64 <0 0xfffffffffffffffd>;" CONFIRMED),
		  &tree_device, "enforced 0-fffffffffffffffd" },

		{ RULE(" source = \"host-reg\"; reg-name = \"config\";" CONFIRMED),
		  &tree_device, "enforced 30000000-300fffff" },
		{ RULE(" source = \"host-reg\"; reg-name = \"config\"; length = <4>;" CONFIRMED),
		  &tree_device, "enforced 30000000-30000003" },
		{ RULE(" source = \"host-reg\"; reg-index = <0>; offset = <0xc00>; length = <0x80>;" CONFIRMED),
		  &tree_device, "enforced 10c00-10c7f" },
		{ RULE(" source = \"host-reg\"; reg-index = <1>; offset = <0xfffff>;" CONFIRMED),
		  &tree_device, "enforced 300fffff-300fffff" },
		{ RULE(" source = \"host-reg\"; reg-index = <1>; offset = <0xffffe>; length = <2>;" CONFIRMED),
		  &tree_device, "enforced 300ffffe-300fffff" },
		{ RULE(" source = \"host-reg\"; reg-index = <1>; offset = <0xffffe>; length = <3>;" CONFIRMED),
		  &tree_device, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-index = <1>; offset = <0x100000>;" CONFIRMED),
		  &tree_device, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-name = \"config\"; length = <4>;" CONFIRMED),
		  &small, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-name = \"config\"; offset = /bits/ 64 <0xffffffffffffff00>; length = <4>;" CONFIRMED),
		  &top, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-name = \"one\";" CONFIRMED),
		  &bytes, "enforced 7000-7000" },
		{ RULE(" source = \"host-reg\"; reg-name = \"missing\";" CONFIRMED),
		  &tree_device, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-index = <2>;" CONFIRMED),
		  &tree_device, "unresolved" },
		{ RULE(" source = \"host-reg\"; reg-name = \"config\";" CONFIRMED),
		  &platform_device, "not-in-scope" },

		{ RULE(" source = \"host-windows\";" CONFIRMED), &tree_device,
		  "enforced 40000000-40ffffff 50000000-5fffffff" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &bare_device,
		  "enforced" },
		{ RULE(" source = \"host-windows\";" CONFIRMED),
		  &platform_device, "not-in-scope" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &bytes,
		  "enforced 5000-5000" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &bad,
		  "unresolved" },

		{ RULE(" source = \"inbound-limit\"; aperture-last = /bits/ 64 <0xffffffffff>;" CONFIRMED),
		  &tree_device,
		  "enforced 0-7fffffff 100000000-7ffffffff a00000000-ffffffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = /bits/ 64 <0x9fffffffe>;" CONFIRMED),
		  &tree_device, "enforced 0-7fffffff 100000000-7ffffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &tree_device, "enforced 0-7fffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &high, "enforced 0-ffffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = /bits/ 64 <0xfffffffffffffffd>;" CONFIRMED),
		  &full, "enforced 0-fff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = /bits/ 64 <0xffffffffffffffff>;" CONFIRMED),
		  &full, "enforced 0-fff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &low, "enforced 80000000-ffffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &far, "enforced 0-ffffffff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0x2fff>;" CONFIRMED),
		  &bytes, "enforced 0-fff 2001-2fff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0x2000>;" CONFIRMED),
		  &bytes, "enforced 0-fff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0x1000>;" CONFIRMED),
		  &bytes, "enforced 0-fff" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &bare_device, "enforced" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &platform_device, "not-in-scope" },
		{ RULE(" source = \"inbound-limit\"; aperture-last = <0xffffffff>;" CONFIRMED),
		  &bad, "unresolved" },

		{ RULE(" source = \"its\";" CONFIRMED), &tree_device,
		  "enforced 8090000-809ffff 4c010000-4c01ffff" },
		{ RULE(" source = \"its\";" CONFIRMED), &no_its, "not-in-scope" },
		{ RULE(" source = \"its\";" CONFIRMED), &bad_firmware,
		  "unresolved" },
		{ RULE(" source = \"its\";" CONFIRMED), &impossible_its,
		  "unresolved" },

		{ RULE(" source = \"run-time\";" CONFIRMED), &tree_device,
		  "unresolved" },
		{ RULE(" source = \"run-time\"; segment = <5>;" CONFIRMED),
		  &tree_device, "not-in-scope" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define IN_SCOPE "enforced 1000-1fff"
#define OUTSIDE "not-in-scope"

static void each_scope(void **state)
{
	static const struct resolve_case cases[] = {
		{ RULE(LITERAL "boot = \"dt\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"dt\";"), &acpi_device, OUTSIDE },
		{ RULE(LITERAL "boot = \"acpi\";"), &acpi_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"acpi\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "boot = \"acpi\", \"dt\";"), &tree_device, IN_SCOPE },

		{ RULE(LITERAL "segment = <4>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <3>;"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "segment = <3 4>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <0>;"), &bare_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <0>;"), &platform_device, OUTSIDE },
		{ RULE(LITERAL "segment = <0x7fffffff>;"), &platform_device, OUTSIDE },

		{ RULE(LITERAL "host-compatible = \"acme,pcie\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-compatible = \"acme,pci\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "host-compatible = \"no\", \"acme,pcie-2\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-compatible = \"acme,pcie\";"), &platform_device, OUTSIDE },

		{ RULE(LITERAL "host-path = \"/soc/pcie@1000\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-path = \"/soc/pcie@1\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "host-path = \"/soc/pcie@1000\";"), &acpi_device, OUTSIDE },

		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-lacks = \"msi-map\", \"msi-parent\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-lacks = \"msi-map\", \"iommu-map\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "host-lacks = \"iommu-map\", \"msi-map\";"), &tree_device, OUTSIDE },
		/* Without a host, or without a tree, nothing can be lacking. */
		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &platform_device, OUTSIDE },
		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &acpi_device, OUTSIDE },

		{ RULE(LITERAL "kernel = \"dwc-doorbell-is-config\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "kernel = \"dwc-doorbell-is-allocated\";"), &tree_device, OUTSIDE },

		{ RULE(LITERAL "device-path = \"/soc/dma@2000\";"), &platform_device, IN_SCOPE },
		{ RULE(LITERAL "device-path = \"/soc/dma\";"), &platform_device, OUTSIDE },
		{ RULE(LITERAL "device-path = \"/soc/dma@2000\";"), &tree_device, OUTSIDE },

		/* Different kinds all have to hold. */
		{ RULE(LITERAL "boot = \"dt\"; segment = <4>; host-compatible = \"acme,pcie\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"acpi\"; segment = <4>; host-compatible = \"acme,pcie\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "boot = \"dt\"; segment = <5>; host-compatible = \"acme,pcie\";"), &tree_device, OUTSIDE },
		{ RULE(LITERAL "boot = \"dt\"; segment = <4>; host-compatible = \"acme\";"), &tree_device, OUTSIDE },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define POLICY_RULE(words) RULE(" source = \"range\"; range = <0x1000 0x1fff>; " words)

static void policy_and_confidence(void **state)
{
	static const char *const rules[] = {
		POLICY_RULE("confidence = \"confirmed\";"),
		POLICY_RULE("confidence = \"confirmed\"; advise;"),
		POLICY_RULE("confidence = \"inferred\";"),
		POLICY_RULE("confidence = \"inferred\"; advise;"),
		RULE(" source = \"run-time\"; confidence = \"confirmed\";"),
	};
	static const char *const wanted[][3] = {
		/* confirmed, all, none */
		{ "enforced 1000-1fff", "enforced 1000-1fff", "advised 1000-1fff" },
		{ "advised 1000-1fff", "enforced 1000-1fff", "advised 1000-1fff" },
		{ "advised 1000-1fff", "enforced 1000-1fff", "advised 1000-1fff" },
		{ "advised 1000-1fff", "enforced 1000-1fff", "advised 1000-1fff" },
		{ "unresolved", "unresolved", "unresolved" },
	};
	static const enum resv_enforce policies[] = {
		RESV_ENFORCE_CONFIRMED, RESV_ENFORCE_ALL, RESV_ENFORCE_NONE,
	};
	size_t i;
	size_t k;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		for (k = 0; k < ARRAY_SIZE(policies); k++)
			assert_resolves(rules[i], policies[k], &tree_device,
					wanted[i][k]);
}

/* What the module decides on before it knows any device. */
static void enforcement_without_a_device(void **state)
{
	struct quirk_table t;
	u8 *image = open_text(SOURCE("entry {" ENTRY_WORDS "match { dt-root = \"x\"; };"
		"a { source = \"host-windows\"; confidence = \"confirmed\";" RULE_WORDS "};"
		"b { source = \"host-windows\"; confidence = \"inferred\";" RULE_WORDS "};"
		"c { source = \"run-time\"; confidence = \"confirmed\";" RULE_WORDS "};"
		"};"), &t);
	static const bool wanted[][3] = {
		{ true, true, false },
		{ false, true, false },
		{ false, false, false },
	};
	u32 rule;

	for (rule = 0; rule < 3; rule++) {
		const u8 *r = quirk_rule_at(&t, rule);

		assert_int_equal(resv_rule_enforced(r, RESV_ENFORCE_CONFIRMED),
				 wanted[rule][0]);
		assert_int_equal(resv_rule_enforced(r, RESV_ENFORCE_ALL),
				 wanted[rule][1]);
		assert_int_equal(resv_rule_enforced(r, RESV_ENFORCE_NONE),
				 wanted[rule][2]);
	}
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_source),
		cmocka_unit_test(each_scope),
		cmocka_unit_test(policy_and_confidence),
		cmocka_unit_test(enforcement_without_a_device),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
