// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
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
/* Of a rule whose type is not "reserved". */
#define TYPED(type, words) "rule { type = \"" type "\"; reference = \"rr\"; reason = \"why\";" \
			   CONFIRMED words "};"

static const struct fake_host tree_host = {
	.segment = 4,
	.node = {
		.path = "/soc/pcie@1000",
		.compatibles = { "acme,pcie-2", "acme,pcie" },
		.properties = { "reg", "ranges", "iommu-map" },
		.regs = {
			{ "dbi", { 0x10000, 0x1ffff } },
			{ "config", { 0x30000000, 0x300fffff } },
			{ "high", { 0x100000000, 0x1000fffff } },
			{ "edge", { 0xfffff000, 0x100000fff } },
		},
		.values = {
			{ "acme,pre-its", { { 0x58000000, 0x200000 } } },
			{ "acme,two", { { 0x7000, 0x1000 }, { 0x9000, 1 } } },
			{ "acme,none", { { 0x7000, 0x1000 }, { 0x9000, 0 } } },
			{ "acme,wraps", { { U64_MAX - 0xfff, 0x1001 } } },
			{ "acme,top", { { U64_MAX - 0x1fff, 0x1000 } } },
			{ "acme,odd", { { 0x7000, 0x1000 } }, -EINVAL },
		},
	},
	.bridge_id = "1def:e100",
	.windows = { { 0x50000000, 0x5fffffff }, { 0x40000000, 0x40ffffff } },
	/* Not sorted, and two of them overlap. */
	.inbound = {
		{ 0x800000000, 0x9ffffffff },
		{ 0x80000000, 0xbfffffff },
		{ 0xa0000000, 0xffffffff },
	},
	.messages = { 0x3a000040, 0x3a000044, 0x3a001000 },
};

static const struct fake_host bare_host = { .segment = 0 };

static const struct fake_node its_node = {
	.path = "/soc/msi@2000",
	.regs = { { "", { 0x2000, 0x2fff } }, { "frame", { 0x20000, 0x2ffff } } },
	.values = { { "acme,pre-its", { { 0x68000000, 0x100000 } } } },
};

static const struct fake_node far_node = {
	.path = "/soc/msi@3000",
	.regs = { { "", { 0x3000, 0x3fff } },
		  { "frame", { 0x200000000, 0x20000ffff } } },
	.values = { { "acme,pre-its", { { 0x78000000, 0x100000 } } } },
};

static const struct fake_node dma_node = {
	.path = "/soc/dma@2000",
	.compatibles = { "acme,dma-2", "acme,dma" },
	.regs = { { "regs", { 0x5000, 0x5fff } } },
	.values = { { "acme,hole", { { 0xa000, 0x100 } } } },
};

static const struct fake_device tree_device = {
	.kernel = { "dwc-doorbell-is-config" },
	.host = &tree_host,
	.controllers = { &its_node, &far_node },
	.pci_id = "8086:10d3",
	.root_port = "1def:e101",
	.iommu_base = 0x12600000,
	.has_ports = true,
	.ports = { { 0x50100000, 0x501fffff }, { 0x50300000, 0x503fffff } },
	.its = { 0x8080000, 0x4c000000 },
	.its_all = { 0x8080000, 0x4c000000, 0xc6000000 },
	.placed = { 0x10000000, 0x100fffff },
};

static const struct fake_device bare_device = { .host = &bare_host };
static const struct fake_device acpi_device = {
	.is_acpi = true,
	.host = &bare_host,
};
static const struct fake_device platform_device = { .node = &dma_node };

static const char *const cond_names[QUIRK_CONDS_END] = {
	[QUIRK_COND_BOOT] = "boot",
	[QUIRK_COND_SEGMENT] = "segment",
	[QUIRK_COND_HOST_COMPATIBLE] = "host-compatible",
	[QUIRK_COND_HOST_PATH] = "host-path",
	[QUIRK_COND_HOST_LACKS] = "host-lacks",
	[QUIRK_COND_KERNEL] = "kernel",
	[QUIRK_COND_DEVICE_PATH] = "device-path",
	[QUIRK_COND_DEVICE_COMPATIBLE] = "device-compatible",
	[QUIRK_COND_DEVICE_ID] = "device-id",
	[QUIRK_COND_ROOT_PORT] = "root-port",
	[QUIRK_COND_HOST_BRIDGE] = "host-bridge",
	[QUIRK_COND_IOMMU_BASE] = "iommu-base",
	[QUIRK_COND_PAGE_SIZE] = "page-size",
};

/*
 * "OUTCOME", "OUTCOME: WHY", or with its condition or error "OUTCOME: WHY WHAT";
 * what decides in the ordinary course, the policy, is not said.
 */
static size_t describe_verdict(char *text, struct resv_verdict v)
{
	static const char *const outcomes[] = {
		[RESV_NOT_IN_SCOPE] = "not-in-scope",
		[RESV_ENFORCED] = "enforced",
		[RESV_ADVISED] = "advised",
		[RESV_UNRESOLVED] = "unresolved",
		[RESV_DISABLED] = "disabled",
	};
	static const char *const whys[] = {
		[RESV_WHY_SCOPE] = "scope",
		[RESV_WHY_ABSENT] = "absent",
		[RESV_WHY_REDIRECTED] = "redirected",
		[RESV_WHY_ABOVE_4G] = "above-4g",
		[RESV_WHY_UNREADABLE] = "unreadable",
		[RESV_WHY_ACS_UNKNOWN] = "acs-unknown",
		[RESV_WHY_WEAKENS] = "weakens",
	};
	const char *what = "";

	if (v.why == RESV_WHY_SCOPE)
		what = cond_names[v.cond];
	else
		assert_int_equal(v.cond, 0);
	if (v.why == RESV_WHY_UNREADABLE)
		what = strerrorname_np(-v.error);
	else
		assert_int_equal(v.error, 0);
	if (v.why == RESV_WHY_POLICY)
		return (size_t)sprintf(text, "%s%s", outcomes[v.outcome],
				       v.demoted ? " demoted" : "");
	assert_false(v.demoted);
	return (size_t)sprintf(text, "%s: %s%s%s", outcomes[v.outcome],
			       whys[v.why], *what ? " " : "", what);
}

/*
 * Resolve the only rule of a source and compare with its verdict and ranges.
 * The set holds a range before, which has to stay as it is.
 */
static void assert_resolves_in(const char *rule, enum resv_mode mode,
			       const struct fake_device *d, const char *wanted)
{
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
	used = describe_verdict(text, resv_resolve_rule(&t, 0, mode,
							&fake_facts, (void *)d,
							&out));
	assert_true(out.count > 0);
	assert_int_equal(out.r[out.count - 1].start, U64_MAX);
	for (i = 0; i + 1 < out.count; i++)
		used += (size_t)sprintf(text + used, " %llx-%llx",
					(unsigned long long)out.r[i].start,
					(unsigned long long)out.r[i].last);
	if (strcmp(text, wanted))
		fail_msg("%s: got \"%s\", wanted \"%s\"", rule, text, wanted);
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
		assert_resolves_in(cases[i].rule, RESV_MODE_ENFORCE,
				   cases[i].device, cases[i].wanted);
}

static void literal_range(void **state)
{
	static const struct resolve_case cases[] = {
		{ RULE(LITERAL), &tree_device, "enforced 1000-1fff" },
		{ RULE(LITERAL), &platform_device, "enforced 1000-1fff" },
		{ RULE(" source = \"range\"; range = /bits/ 64 <0 0xfffffffffffffffd>;" CONFIRMED),
		  &tree_device, "enforced 0-fffffffffffffffd" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define DT_REG(words) RULE(" source = \"dt-reg\"; " words CONFIRMED)

static void dt_reg(void **state)
{
	static const struct fake_host small_config = {
		.node = { .path = "/p",
			  .regs = { { "config", { 0x1000, 0x1002 } } } },
	};
	static const struct fake_host top_config = {
		.node = { .path = "/p",
			  .regs = { { "config", { U64_MAX - 0xfff, U64_MAX - 1 } } } },
	};
	static const struct fake_host one_byte = {
		.node = { .path = "/p",
			  .regs = { { "one", { 0x7000, 0x7000 } } } },
	};
	static const struct fake_host backwards = {
		.node = { .path = "/p",
			  .regs = { { "config", { 0x3000, 0x2000 } } } },
	};
	static const struct fake_device small = { .host = &small_config };
	static const struct fake_device top = { .host = &top_config };
	static const struct fake_device one = { .host = &one_byte };
	static const struct fake_device bad = { .host = &backwards };
	static const struct resolve_case cases[] = {
		{ DT_REG("reg-name = \"config\";"), &tree_device,
		  "enforced 30000000-300fffff" },
		{ DT_REG("node = \"host\"; reg-name = \"config\"; length = <4>;"),
		  &tree_device, "enforced 30000000-30000003" },
		{ DT_REG("reg-index = <0>; offset = <0xc00>; length = <0x80>;"),
		  &tree_device, "enforced 10c00-10c7f" },
		{ DT_REG("reg-index = <1>; offset = <0xfffff>;"), &tree_device,
		  "enforced 300fffff-300fffff" },
		{ DT_REG("reg-index = <1>; offset = <0xffffe>; length = <2>;"),
		  &tree_device, "enforced 300ffffe-300fffff" },
		{ DT_REG("reg-index = <1>; offset = <0xffffe>; length = <3>;"),
		  &tree_device, "unresolved: unreadable ERANGE" },
		{ DT_REG("reg-index = <1>; offset = <0x100000>;"), &tree_device,
		  "unresolved: unreadable ERANGE" },
		{ DT_REG("reg-name = \"config\"; length = <4>;"), &small,
		  "unresolved: unreadable ERANGE" },
		{ DT_REG("reg-name = \"config\"; offset = /bits/ 64 <0xffffffffffffff00>; length = <4>;"),
		  &top, "unresolved: unreadable ERANGE" },
		{ DT_REG("reg-name = \"config\";"), &bad,
		  "unresolved: unreadable ERANGE" },
		{ DT_REG("reg-name = \"one\";"), &one, "enforced 7000-7000" },
		{ DT_REG("reg-name = \"missing\";"), &tree_device,
		  "unresolved: unreadable ENOENT" },
		{ DT_REG("reg-index = <4>;"), &tree_device,
		  "unresolved: unreadable ENOENT" },
		{ DT_REG("reg-name = \"config\";"), &platform_device,
		  "not-in-scope: absent" },
		{ DT_REG("reg-name = \"config\";"), &bare_device,
		  "not-in-scope: absent" },

		{ DT_REG("node = \"device\"; reg-name = \"regs\"; offset = <0x40>; length = <4>;"),
		  &platform_device, "enforced 5040-5043" },
		{ DT_REG("node = \"device\"; reg-index = <0>;"), &tree_device,
		  "not-in-scope: absent" },
		{ DT_REG("node = \"msi-controller\"; reg-index = <0>; offset = <0x40>; length = <4>;"),
		  &tree_device, "enforced 2040-2043 3040-3043" },
		/* The second of them is too short: none counts. */
		{ DT_REG("node = \"msi-controller\"; reg-name = \"frame\"; offset = <0x10000>;"),
		  &tree_device, "unresolved: unreadable ERANGE" },
		{ DT_REG("node = \"msi-controller\"; reg-index = <0>;"),
		  &bare_device, "not-in-scope: absent" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

static void below_4g(void **state)
{
	static const struct resolve_case cases[] = {
		{ DT_REG("reg-name = \"config\"; below-4g;"), &tree_device,
		  "enforced 30000000-300fffff" },
		{ DT_REG("reg-name = \"high\"; below-4g;"), &tree_device,
		  "not-in-scope: above-4g" },
		{ DT_REG("reg-name = \"high\";"), &tree_device,
		  "enforced 100000000-1000fffff" },
		{ DT_REG("reg-name = \"edge\"; below-4g;"), &tree_device,
		  "enforced fffff000-100000fff" },
		/* The address that counts is that of the doorbell. */
		{ DT_REG("reg-name = \"edge\"; offset = <0xfff>; length = <1>; below-4g;"),
		  &tree_device, "enforced ffffffff-ffffffff" },
		{ DT_REG("reg-name = \"edge\"; offset = <0x1000>; below-4g;"),
		  &tree_device, "not-in-scope: above-4g" },
		/* Of several the ones that are. */
		{ DT_REG("node = \"msi-controller\"; reg-name = \"frame\"; below-4g;"),
		  &tree_device, "enforced 20000-2ffff" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define PROPERTY(name, words) \
	RULE(" source = \"dt-property\"; property = \"" name "\"; " words CONFIRMED)

static void dt_property(void **state)
{
	static const struct resolve_case cases[] = {
		{ PROPERTY("acme,pre-its", ""), &tree_device,
		  "enforced 58000000-581fffff" },
		{ PROPERTY("acme,two", "node = \"host\";"), &tree_device,
		  "enforced 7000-7fff 9000-9000" },
		{ PROPERTY("acme,pre-its", "node = \"msi-controller\";"),
		  &tree_device, "enforced 68000000-680fffff 78000000-780fffff" },
		{ PROPERTY("acme,hole", "node = \"device\";"), &platform_device,
		  "enforced a000-a0ff" },
		{ PROPERTY("acme,top", ""), &tree_device,
		  "enforced ffffffffffffe000-ffffffffffffefff" },
		/* The first pair is good, but a rule gives all or nothing. */
		{ PROPERTY("acme,none", ""), &tree_device,
		  "unresolved: unreadable EINVAL" },
		{ PROPERTY("acme,odd", ""), &tree_device,
		  "unresolved: unreadable EINVAL" },
		{ PROPERTY("acme,wraps", ""), &tree_device,
		  "unresolved: unreadable ERANGE" },
		{ PROPERTY("acme,missing", ""), &tree_device,
		  "unresolved: unreadable ENOENT" },
		{ PROPERTY("acme,pre-its", ""), &platform_device,
		  "not-in-scope: absent" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

static void windows(void **state)
{
	static const struct fake_host one_byte = {
		.windows = { { 0x5000, 0x5000 } },
	};
	static const struct fake_host backwards = {
		.windows = { { 0x1000, 0x1fff }, { 0x3000, 0x2000 } },
	};
	static const struct fake_device one = { .host = &one_byte };
	static const struct fake_device bad = {
		.host = &backwards,
		.has_ports = true,
		.ports = { { 0x1000, 0x1fff }, { 0x3000, 0x2000 } },
	};
	static const struct fake_device closed_ports = {
		.host = &bare_host,
		.has_ports = true,
	};
	static const struct resolve_case cases[] = {
		{ RULE(" source = \"host-windows\";" CONFIRMED), &tree_device,
		  "enforced 40000000-40ffffff 50000000-5fffffff" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &bare_device,
		  "enforced" },
		{ RULE(" source = \"host-windows\";" CONFIRMED),
		  &platform_device, "not-in-scope: absent" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &one,
		  "enforced 5000-5000" },
		{ RULE(" source = \"host-windows\";" CONFIRMED), &bad,
		  "unresolved: unreadable ERANGE" },

		{ RULE(" source = \"port-windows\";" CONFIRMED), &tree_device,
		  "enforced 50100000-501fffff 50300000-503fffff" },
		{ RULE(" source = \"port-windows\";" CONFIRMED), &closed_ports,
		  "enforced" },
		/* Right on the root bus there is no port above it. */
		{ RULE(" source = \"port-windows\";" CONFIRMED), &bare_device,
		  "not-in-scope: absent" },
		{ RULE(" source = \"port-windows\";" CONFIRMED), &bad,
		  "unresolved: unreadable ERANGE" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define INBOUND(last) \
	RULE(" source = \"inbound-limit\"; aperture-last = " last ";" CONFIRMED)

static void inbound_limit(void **state)
{
	static const struct fake_host backwards = {
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
	/* The last one is one byte, right behind its neighbour. */
	static const struct fake_host one_byte = {
		.inbound = { { 0x1000, 0x1fff }, { 0x2000, 0x2000 } },
	};
	static const struct fake_device bad = { .host = &backwards };
	static const struct fake_device full = { .host = &full_inbound };
	static const struct fake_device high = { .host = &high_inbound };
	static const struct fake_device low = { .host = &low_inbound };
	static const struct fake_device far = { .host = &far_inbound };
	static const struct fake_device one = { .host = &one_byte };
	static const struct resolve_case cases[] = {
		{ INBOUND("/bits/ 64 <0xffffffffff>"), &tree_device,
		  "enforced 0-7fffffff 100000000-7ffffffff a00000000-ffffffffff" },
		{ INBOUND("/bits/ 64 <0x9fffffffe>"), &tree_device,
		  "enforced 0-7fffffff 100000000-7ffffffff" },
		{ INBOUND("<0xffffffff>"), &tree_device, "enforced 0-7fffffff" },
		{ INBOUND("<0xffffffff>"), &high, "enforced 0-ffffffff" },
		{ INBOUND("/bits/ 64 <0xfffffffffffffffd>"), &full,
		  "enforced 0-fff" },
		{ INBOUND("/bits/ 64 <0xffffffffffffffff>"), &full,
		  "enforced 0-fff" },
		{ INBOUND("<0xffffffff>"), &low, "enforced 80000000-ffffffff" },
		{ INBOUND("<0xffffffff>"), &far, "enforced 0-ffffffff" },
		{ INBOUND("<0x2fff>"), &one, "enforced 0-fff 2001-2fff" },
		{ INBOUND("<0x2000>"), &one, "enforced 0-fff" },
		{ INBOUND("<0x1000>"), &one, "enforced 0-fff" },
		{ INBOUND("<0xffffffff>"), &bare_device, "enforced" },
		{ INBOUND("<0xffffffff>"), &platform_device,
		  "not-in-scope: absent" },
		{ INBOUND("<0xffffffff>"), &bad, "unresolved: unreadable ERANGE" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

static void its(void **state)
{
	static const struct fake_device no_its = { .its_error = -ENODEV };
	static const struct fake_device bad_firmware = { .its_error = -EINVAL };
	static const struct fake_device impossible_its = {
		.its = { 0x8080000, U64_MAX - 0xffff },
	};
	static const struct resolve_case cases[] = {
		{ RULE(" source = \"its\";" CONFIRMED), &tree_device,
		  "enforced 8090000-809ffff 4c010000-4c01ffff" },
		{ RULE(" source = \"its-all\";" CONFIRMED), &tree_device,
		  "enforced 8090000-809ffff 4c010000-4c01ffff c6010000-c601ffff" },
		{ RULE(" source = \"its-all\";" CONFIRMED), &bare_device,
		  "not-in-scope: absent" },
		{ RULE(" source = \"its\";" CONFIRMED), &no_its,
		  "not-in-scope: absent" },
		{ RULE(" source = \"its\";" CONFIRMED), &bad_firmware,
		  "unresolved: unreadable EINVAL" },
		{ RULE(" source = \"its\";" CONFIRMED), &impossible_its,
		  "unresolved: unreadable ERANGE" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

/* A range may end with the address space, and not one byte behind it. */
static void assert_ends_at_the_top(const char *rule, const struct fake_device *d,
				   u64 start, enum resv_outcome wanted)
{
	struct resv_range storage[4];
	struct resv_ranges out;
	struct quirk_table t;
	char source[1024];
	u8 *image;

	snprintf(source, sizeof(source), "/dts-v1/; / { entry {" ENTRY_WORDS
		 "match { dt-root = \"x\"; }; %s }; };", rule);
	image = open_text(source, &t);
	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	assert_int_equal(resv_resolve_rule(&t, 0, RESV_MODE_ENFORCE,
					   &fake_facts, (void *)d, &out).outcome,
			 wanted);
	assert_int_equal(out.count, wanted == RESV_ENFORCED);
	if (out.count) {
		assert_int_equal(out.r[0].start, start);
		assert_int_equal(out.r[0].last, U64_MAX);
	}
	free(image);
}

static void at_the_top(void **state)
{
	struct fake_host host = {
		.node = { .path = "/p", .values = { { "p" } } },
	};
	struct fake_device d = { .host = &host };

	d.its[0] = U64_MAX - 0x1ffff;
	assert_ends_at_the_top(RULE(" source = \"its\";" CONFIRMED), &d,
			       U64_MAX - 0xffff, RESV_ENFORCED);
	d.its[0]++;
	assert_ends_at_the_top(RULE(" source = \"its\";" CONFIRMED), &d, 0,
			       RESV_UNRESOLVED);

	host.node.values[0].pairs[0] = (struct fake_pair){ U64_MAX - 0xfff, 0x1000 };
	assert_ends_at_the_top(PROPERTY("p", ""), &d, U64_MAX - 0xfff,
			       RESV_ENFORCED);
	host.node.values[0].pairs[0].size++;
	assert_ends_at_the_top(PROPERTY("p", ""), &d, 0, RESV_UNRESOLVED);
}

#define MESSAGE(length) \
	RULE(" source = \"msi-message\"; length = <" length ">;" CONFIRMED)

static void msi_message(void **state)
{
	static const struct fake_host high = {
		.messages = { U64_MAX - 0x2fff },
	};
	static const struct fake_device far = { .host = &high };
	static const struct resolve_case cases[] = {
		/* Neighbours are one range. */
		{ MESSAGE("4"), &tree_device,
		  "enforced 3a000040-3a000047 3a001000-3a001003" },
		{ MESSAGE("0x80"), &tree_device,
		  "enforced 3a000000-3a00007f 3a001000-3a00107f" },
		{ MESSAGE("0x10000"), &tree_device, "enforced 3a000000-3a00ffff" },
		{ MESSAGE("0x1000"), &far,
		  "enforced ffffffffffffd000-ffffffffffffdfff" },
		{ MESSAGE("4"), &bare_device, "unresolved: unreadable ENODATA" },
		{ MESSAGE("4"), &platform_device, "not-in-scope: absent" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

/* Whether msi regions may stand in for the software window. */
static void demoted(void **state)
{
	static const struct resolve_case alone[] = {
		{ TYPED("msi", "action = \"replace\"; source = \"msi-message\"; length = <0x10000>;"),
		  &tree_device, "enforced 3a000000-3a00ffff" },
		{ TYPED("msi", "action = \"replace\"; source = \"range\"; range = <0x1000 0x1fff>;"),
		  &tree_device, "enforced 1000-1fff" },
	};
	static const struct resolve_case shared[] = {
		{ TYPED("msi", "action = \"replace\"; source = \"msi-message\"; length = <0x10000>;"),
		  NULL, "enforced demoted 3a000000-3a00ffff" },
		{ TYPED("msi", "action = \"replace\"; source = \"range\"; range = <0x1000 0x1fff>;"),
		  NULL, "enforced demoted 1000-1fff" },
		{ TYPED("msi", "action = \"replace\"; source = \"dt-reg\"; reg-name = \"config\";"),
		  NULL, "enforced demoted 30000000-300fffff" },
		/* What is written to an ITS's doorbell there is not translated. */
		{ TYPED("msi", "action = \"replace\"; source = \"its\";"),
		  NULL, "enforced 8090000-809ffff 4c010000-4c01ffff" },
		{ TYPED("msi", "action = \"replace\"; source = \"its-all\";"), NULL,
		  "enforced 8090000-809ffff 4c010000-4c01ffff c6010000-c601ffff" },
		/* Only what would take the window away is. */
		{ TYPED("msi", "action = \"drop\"; source = \"range\"; range = <0x1000 0x1fff>;"),
		  NULL, "enforced 1000-1fff" },
		{ TYPED("sw-msi", "action = \"replace\"; source = \"placed\";"),
		  NULL, "enforced 10000000-100fffff" },
		{ MESSAGE("4"), NULL,
		  "enforced 3a000040-3a000047 3a001000-3a001003" },
		/* Nothing is where nothing takes effect. */
		{ TYPED("msi", "action = \"replace\"; source = \"range\"; range = <0x1000 0x1fff>; segment = <9>;"),
		  NULL, "not-in-scope: scope segment" },
		{ TYPED("msi", "action = \"replace\"; source = \"dt-reg\"; reg-name = \"none\";"),
		  NULL, "unresolved: unreadable ENOENT" },
	};
	struct fake_device d = tree_device;
	size_t i;

	assert_all(alone, ARRAY_SIZE(alone));
	d.needs_window = true;
	for (i = 0; i < ARRAY_SIZE(shared); i++)
		assert_resolves_in(shared[i].rule, RESV_MODE_ENFORCE, &d,
				   shared[i].wanted);
	assert_resolves_in(shared[0].rule, RESV_MODE_ADVISE, &d,
			   "advised 3a000000-3a00ffff");
	assert_resolves_in(shared[0].rule, RESV_MODE_DISABLED, &d, "disabled");
}

static void placed(void **state)
{
	static const struct fake_device full = {
		.placed = { 0x10000000, 0x100fffff },
		.placed_error = -ENOSPC,
	};
	static const struct resolve_case cases[] = {
		{ TYPED("sw-msi", "action = \"replace\"; source = \"placed\";"),
		  &tree_device, "enforced 10000000-100fffff" },
		{ TYPED("sw-msi", "action = \"replace\"; source = \"placed\"; size = <0x200000>;"),
		  &tree_device, "enforced 10000000-100fffff" },
		{ TYPED("sw-msi", "action = \"replace\"; source = \"placed\";"),
		  &bare_device, "not-in-scope: absent" },
		{ TYPED("sw-msi", "action = \"replace\"; source = \"placed\";"),
		  &full, "unresolved: unreadable ENOSPC" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

static void without_an_address(void **state)
{
	static const struct resolve_case cases[] = {
		{ RULE(" source = \"run-time\";" CONFIRMED), &tree_device,
		  "unresolved: unreadable EOPNOTSUPP" },
		{ RULE(" source = \"run-time\"; segment = <5>;" CONFIRMED),
		  &tree_device, "not-in-scope: scope segment" },
		{ TYPED("none", "source = \"notice\";"), &tree_device, "advised" },
		{ TYPED("none", "source = \"notice\"; segment = <5>;"),
		  &tree_device, "not-in-scope: scope segment" },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

#define IN_SCOPE "enforced 1000-1fff"
#define OUT(of) "not-in-scope: scope " of

static void each_scope(void **state)
{
	static const struct fake_device big_pages = { .page_size = 65536 };
	static const struct resolve_case cases[] = {
		{ RULE(LITERAL "boot = \"dt\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"dt\";"), &acpi_device, OUT("boot") },
		{ RULE(LITERAL "boot = \"acpi\";"), &acpi_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"acpi\";"), &tree_device, OUT("boot") },
		{ RULE(LITERAL "boot = \"acpi\", \"dt\";"), &tree_device, IN_SCOPE },

		{ RULE(LITERAL "segment = <4>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <3>;"), &tree_device, OUT("segment") },
		{ RULE(LITERAL "segment = <3 4>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <0>;"), &bare_device, IN_SCOPE },
		{ RULE(LITERAL "segment = <0>;"), &platform_device, OUT("segment") },
		{ RULE(LITERAL "segment = <0x7fffffff>;"), &platform_device, OUT("segment") },

		{ RULE(LITERAL "host-compatible = \"acme,pcie\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-compatible = \"acme,pci\";"), &tree_device, OUT("host-compatible") },
		{ RULE(LITERAL "host-compatible = \"no\", \"acme,pcie-2\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-compatible = \"acme,pcie\";"), &platform_device, OUT("host-compatible") },

		{ RULE(LITERAL "host-path = \"/soc/pcie@1000\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-path = \"/soc/pcie@1\";"), &tree_device, OUT("host-path") },
		{ RULE(LITERAL "host-path = \"/soc/pcie@1000\";"), &acpi_device, OUT("host-path") },

		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-lacks = \"msi-map\", \"msi-parent\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-lacks = \"msi-map\", \"iommu-map\";"), &tree_device, OUT("host-lacks") },
		{ RULE(LITERAL "host-lacks = \"iommu-map\", \"msi-map\";"), &tree_device, OUT("host-lacks") },
		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &bare_device, IN_SCOPE },
		/* Without a host, or without a tree, nothing can be lacking. */
		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &platform_device, OUT("host-lacks") },
		{ RULE(LITERAL "host-lacks = \"msi-map\";"), &acpi_device, OUT("host-lacks") },

		{ RULE(LITERAL "kernel = \"dwc-doorbell-is-config\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "kernel = \"dwc-doorbell-is-allocated\";"), &tree_device, OUT("kernel") },

		{ RULE(LITERAL "device-path = \"/soc/dma@2000\";"), &platform_device, IN_SCOPE },
		{ RULE(LITERAL "device-path = \"/soc/dma\";"), &platform_device, OUT("device-path") },
		{ RULE(LITERAL "device-path = \"/soc/dma@2000\";"), &tree_device, OUT("device-path") },

		{ RULE(LITERAL "device-compatible = \"acme,dma\";"), &platform_device, IN_SCOPE },
		{ RULE(LITERAL "device-compatible = \"acme,dma-3\", \"acme,dma-2\";"), &platform_device, IN_SCOPE },
		{ RULE(LITERAL "device-compatible = \"acme,pcie\";"), &platform_device, OUT("device-compatible") },
		{ RULE(LITERAL "device-compatible = \"acme,dma\";"), &tree_device, OUT("device-compatible") },

		{ RULE(LITERAL "device-id = \"8086:10d3\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "device-id = \"8086:10d4\", \"8086:10d3\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "device-id = \"1def:e101\";"), &tree_device, OUT("device-id") },
		{ RULE(LITERAL "device-id = \"8086:10d3\";"), &platform_device, OUT("device-id") },

		{ RULE(LITERAL "root-port = \"1def:e101\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "root-port = \"8086:10d3\";"), &tree_device, OUT("root-port") },
		{ RULE(LITERAL "root-port = \"1def:e101\";"), &bare_device, OUT("root-port") },

		{ RULE(LITERAL "host-bridge = \"1def:e100\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "host-bridge = \"1def:e101\";"), &tree_device, OUT("host-bridge") },
		{ RULE(LITERAL "host-bridge = \"1def:e100\";"), &platform_device, OUT("host-bridge") },

		{ RULE(LITERAL "iommu-base = /bits/ 64 <0x12600000>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "iommu-base = /bits/ 64 <0x12600001 0x12600000>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "iommu-base = /bits/ 64 <0x125fffff 0x12600001>;"), &tree_device, OUT("iommu-base") },
		/* A device without a known IOMMU is not behind the one at 0. */
		{ RULE(LITERAL "iommu-base = /bits/ 64 <0>;"), &platform_device, OUT("iommu-base") },

		{ RULE(LITERAL "page-size = <4096>;"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "page-size = <65536>;"), &tree_device, OUT("page-size") },
		{ RULE(LITERAL "page-size = <16384 65536>;"), &big_pages, IN_SCOPE },
		{ RULE(LITERAL "page-size = <4096 16384>;"), &big_pages, OUT("page-size") },

		/* Different kinds all have to hold; the first that does not is told. */
		{ RULE(LITERAL "boot = \"dt\"; segment = <4>; host-compatible = \"acme,pcie\";"), &tree_device, IN_SCOPE },
		{ RULE(LITERAL "boot = \"acpi\"; segment = <4>; host-compatible = \"acme,pcie\";"), &tree_device, OUT("boot") },
		{ RULE(LITERAL "boot = \"dt\"; segment = <5>; host-compatible = \"acme,pcie\";"), &tree_device, OUT("segment") },
		{ RULE(LITERAL "boot = \"dt\"; segment = <4>; host-compatible = \"acme\";"), &tree_device, OUT("host-compatible") },
		{ RULE(LITERAL "page-size = <65536>; device-id = \"8086:10d3\"; segment = <5>;"), &tree_device, OUT("segment") },
		{ RULE(LITERAL "page-size = <65536>; device-id = \"8086:10d3\"; segment = <4>;"), &tree_device, OUT("page-size") },
	};

	assert_all(cases, ARRAY_SIZE(cases));
}

/* What a rule comes to with each mode. */
static void each_mode(void **state)
{
	static const struct {
		const char *rule;
		const char *wanted[RESV_MODE_DISABLED + 1];
	} cases[] = {
		{ RULE(LITERAL),
		  { [RESV_MODE_ADVISE] = "advised 1000-1fff",
		    [RESV_MODE_ENFORCE] = "enforced 1000-1fff",
		    [RESV_MODE_INSIST] = "enforced 1000-1fff",
		    [RESV_MODE_WITHHOLD] = "advised: weakens 1000-1fff",
		    [RESV_MODE_DISABLED] = "disabled" } },
		/* Nothing is looked at any further where it is disabled. */
		{ RULE(LITERAL "segment = <5>;"),
		  { [RESV_MODE_ADVISE] = OUT("segment"),
		    [RESV_MODE_ENFORCE] = OUT("segment"),
		    [RESV_MODE_INSIST] = OUT("segment"),
		    [RESV_MODE_WITHHOLD] = OUT("segment"),
		    [RESV_MODE_DISABLED] = "disabled" } },
		{ DT_REG("reg-name = \"missing\";"),
		  { [RESV_MODE_ADVISE] = "unresolved: unreadable ENOENT",
		    [RESV_MODE_ENFORCE] = "unresolved: unreadable ENOENT",
		    [RESV_MODE_INSIST] = "unresolved: unreadable ENOENT",
		    [RESV_MODE_WITHHOLD] = "unresolved: unreadable ENOENT",
		    [RESV_MODE_DISABLED] = "disabled" } },
		{ DT_REG("reg-name = \"high\"; below-4g;"),
		  { [RESV_MODE_ADVISE] = "not-in-scope: above-4g",
		    [RESV_MODE_ENFORCE] = "not-in-scope: above-4g",
		    [RESV_MODE_INSIST] = "not-in-scope: above-4g",
		    [RESV_MODE_WITHHOLD] = "not-in-scope: above-4g",
		    [RESV_MODE_DISABLED] = "disabled" } },
	};
	size_t i;
	u32 mode;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		for (mode = 0; mode < ARRAY_SIZE(cases[i].wanted); mode++)
			assert_resolves_in(cases[i].rule, mode, &tree_device,
					   cases[i].wanted[mode]);
}

#define HOST "40000000-40ffffff 50000000-5fffffff"
#define PORT "50100000-501fffff 50300000-503fffff"

static void unless_redirected(void **state)
{
	static const struct {
		enum resv_acs acs;
		enum resv_mode mode;
		const char *host;
		const char *port;
	} cases[] = {
		{ RESV_ACS_NOT_REDIRECTED, RESV_MODE_ADVISE,
		  "advised " HOST, "advised " PORT },
		{ RESV_ACS_NOT_REDIRECTED, RESV_MODE_ENFORCE,
		  "enforced " HOST, "enforced " PORT },
		{ RESV_ACS_NOT_REDIRECTED, RESV_MODE_INSIST,
		  "enforced " HOST, "enforced " PORT },
		{ RESV_ACS_UNKNOWN, RESV_MODE_ADVISE,
		  "advised " HOST, "advised " PORT },
		{ RESV_ACS_UNKNOWN, RESV_MODE_ENFORCE,
		  "advised: acs-unknown " HOST, "advised: acs-unknown " PORT },
		/* The operator's word stands where the machine does not tell, */
		{ RESV_ACS_UNKNOWN, RESV_MODE_INSIST,
		  "enforced " HOST, "enforced " PORT },
		/* but not against what it tells. */
		{ RESV_ACS_REDIRECTED, RESV_MODE_ADVISE,
		  "not-in-scope: redirected", "not-in-scope: redirected" },
		{ RESV_ACS_REDIRECTED, RESV_MODE_ENFORCE,
		  "not-in-scope: redirected", "not-in-scope: redirected" },
		{ RESV_ACS_REDIRECTED, RESV_MODE_INSIST,
		  "not-in-scope: redirected", "not-in-scope: redirected" },
		{ RESV_ACS_REDIRECTED, RESV_MODE_DISABLED,
		  "disabled", "disabled" },
	};
	struct fake_device d = tree_device;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* Each source asks about its own ports, not the others. */
		d.acs = cases[i].acs;
		d.own_acs = RESV_ACS_NOT_REDIRECTED;
		assert_resolves_in(RULE(" source = \"host-windows\"; unless-redirected;" CONFIRMED),
				   cases[i].mode, &d, cases[i].host);
		d.acs = RESV_ACS_NOT_REDIRECTED;
		d.own_acs = cases[i].acs;
		assert_resolves_in(RULE(" source = \"port-windows\"; unless-redirected;" CONFIRMED),
				   cases[i].mode, &d, cases[i].port);
	}
	/* ACS is no question for a rule without the flag. */
	d.acs = RESV_ACS_REDIRECTED;
	d.own_acs = RESV_ACS_REDIRECTED;
	assert_resolves_in(RULE(" source = \"host-windows\";" CONFIRMED),
			   RESV_MODE_ENFORCE, &d, "enforced " HOST);
	/* What is not there needs no ACS either. */
	assert_resolves_in(RULE(" source = \"host-windows\"; unless-redirected;" CONFIRMED),
			   RESV_MODE_ENFORCE, &platform_device,
			   "not-in-scope: absent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literal_range),
		cmocka_unit_test(dt_reg),
		cmocka_unit_test(below_4g),
		cmocka_unit_test(dt_property),
		cmocka_unit_test(windows),
		cmocka_unit_test(inbound_limit),
		cmocka_unit_test(its),
		cmocka_unit_test(at_the_top),
		cmocka_unit_test(msi_message),
		cmocka_unit_test(demoted),
		cmocka_unit_test(placed),
		cmocka_unit_test(without_an_address),
		cmocka_unit_test(each_scope),
		cmocka_unit_test(each_mode),
		cmocka_unit_test(unless_redirected),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
