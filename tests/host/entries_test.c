// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/compile.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * entries_test.c - the shipped entries, replayed on described machines
 *
 * Identities, bridges and addresses of the machines are those of their device
 * trees in Linux 7.3 or of their firmware, as named in the entries; what has to
 * come out is written down by hand beside them. Machines for which nothing is
 * shipped have to stay without an entry.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "fake_machine.h"
#include "quirk_source.h"

static u8 *image;
static struct quirk_table table;

static int setup(void **state)
{
	struct quirk_fault fault;
	size_t size;
	glob_t sources;

	assert_int_equal(glob("quirks/*.dts", 0, NULL, &sources), 0);
	assert_int_equal(quirk_compile(sources.gl_pathv, sources.gl_pathc,
				       TEST_SERIAL, &image, &size),
			 QUIRK_COMPILE_OK);
	globfree(&sources);
	return quirk_table_open(&table, image, size, &fault);
}

static int teardown(void **state)
{
	free(image);
	return 0;
}

/* Host bridges */

/* tegra234.dtsi */
static const struct fake_host tegra234_c5 = {
	.segment = 5,
	.path = "/bus@0/pcie@141a0000",
	.compatibles = { "nvidia,tegra234-pcie" },
	.properties = { "reg", "reg-names", "ranges", "iommu-map",
			"iommu-map-mask" },
	.regs = {
		{ "appl", { 0x141a0000, 0x141bffff } },
		{ "config", { 0x3a000000, 0x3a03ffff } },
		{ "atu_dma", { 0x3a040000, 0x3a07ffff } },
		{ "dbi", { 0x3a080000, 0x3a0bffff } },
	},
	.windows = { { 0x2800000000, 0x2b27ffffff }, { 0x40000000, 0x47ffffff } },
};

/* The same, as a device tree that gives its MSIs to an ITS would have it. */
static const struct fake_host tegra234_with_msi_map = {
	.segment = 5,
	.path = "/bus@0/pcie@141a0000",
	.compatibles = { "nvidia,tegra234-pcie" },
	.properties = { "reg", "iommu-map", "msi-map" },
	.regs = { { "config", { 0x3a000000, 0x3a03ffff } } },
	.windows = { { 0x40000000, 0x47ffffff } },
};

/* sm8250.dtsi, pcie1 */
static const struct fake_host sm8250_pcie1 = {
	.segment = 1,
	.path = "/soc@0/pcie@1c08000",
	.compatibles = { "qcom,pcie-sm8250" },
	.properties = { "reg", "reg-names", "iommu-map" },
	.regs = {
		{ "parf", { 0x1c08000, 0x1c0afff } },
		{ "dbi", { 0x40000000, 0x40000f1c } },
		{ "elbi", { 0x40000f20, 0x40000fc7 } },
		{ "atu", { 0x40001000, 0x40001fff } },
		{ "config", { 0x40100000, 0x401fffff } },
	},
	.windows = { { 0x40300000, 0x5fffffff } },
};

/* kodiak.dtsi, pcie0 */
static const struct fake_host sc7280_pcie0 = {
	.segment = 0,
	.path = "/soc@0/pcie@1c00000",
	.compatibles = { "qcom,pcie-sc7280" },
	.properties = { "reg", "reg-names", "iommu-map" },
	.regs = {
		{ "parf", { 0x1c00000, 0x1c02fff } },
		{ "config", { 0x60100000, 0x601fffff } },
	},
};

/* mt8195.dtsi */
static const struct fake_host mt8195_pcie0 = {
	.segment = 0,
	.path = "/soc/pcie@112f0000",
	.compatibles = { "mediatek,mt8195-pcie", "mediatek,mt8192-pcie" },
	.regs = { { "pcie-mac", { 0x112f0000, 0x112f3fff } } },
	.windows = { { 0x20200000, 0x23ffffff } },
};

static const struct fake_host mt8195_pcie1 = {
	.segment = 1,
	.path = "/soc/pcie@112f8000",
	.compatibles = { "mediatek,mt8195-pcie", "mediatek,mt8192-pcie" },
	.regs = { { "pcie-mac", { 0x112f8000, 0x112fbfff } } },
	.windows = { { 0x24200000, 0x27ffffff } },
};

/* hip07.dtsi */
static const struct fake_host hip07_pcie2 = {
	.segment = 0,
	.path = "/soc/pcie@af800000",
	.compatibles = { "hisilicon,hip07-pcie-ecam" },
	.properties = { "reg", "msi-map" },
	.windows = { { 0xa8000000, 0xaf7effff } },
};

/* The bridge of an ACPI machine has a segment and windows, and no node. */
static const struct fake_host acpi_root = {
	.segment = 2,
	.windows = { { 0x08000000, 0x0fffffff },
		     { 0x280000000000, 0x2fffffffffff } },
};

/* juno-base.dtsi */
static const struct fake_host juno_pcie = {
	.segment = 0,
	.path = "/pcie@40000000",
	.compatibles = { "arm,juno-r1-pcie", "plda,xpressrich3-axi",
			 "pci-host-ecam-generic" },
	.properties = { "msi-parent", "iommu-map" },
	.windows = { { 0x50000000, 0x57ffffff },
		     { 0x4000000000, 0x40ffffffff } },
	.inbound = { { 0x80000000, 0xffffffff }, { 0x800000000, 0x9ffffffff } },
};

/* amd-seattle-soc.dtsi */
static const struct fake_host seattle_pcie = {
	.segment = 0,
	.path = "/smb/pcie@f0000000",
	.compatibles = { "pci-host-ecam-generic" },
	.windows = { { 0x40000000, 0xbfffffff }, { 0x100000000, 0x7fffffffff } },
	.inbound = { { 0, 0xffffffffff } },
};

/* fsl-lx2160a-rev2.dtsi */
static const struct fake_host lx2160a_pcie = {
	.segment = 2,
	.path = "/soc/pcie@3800000",
	.compatibles = { "fsl,lx2160ar2-pcie", "fsl,ls2088a-pcie" },
	.windows = { { 0x40000000, 0x7fffffff } },
};

/* rk3588-base.dtsi: windows clear of everything, nothing to say */
static const struct fake_host rk3588_pcie = {
	.segment = 0,
	.path = "/pcie@fe150000",
	.compatibles = { "rockchip,rk3588-pcie", "rockchip,rk3568-pcie" },
	.properties = { "msi-map", "iommu-map" },
	.windows = { { 0xf0200000, 0xf0ffffff } },
};

/* QEMU virt */
static const struct fake_host virt_pcie = {
	.segment = 0,
	.windows = { { 0x10000000, 0x3efeffff },
		     { 0x8000000000, 0xffffffffff } },
};

#define DT_ROOT(value) { QUIRK_KEY_DT_ROOT, value }
#define ACPI(key, revision) { QUIRK_KEY_ACPI, key, revision }
#define DMI(value) { QUIRK_KEY_DMI, value }
#define NEW_KERNEL .kernel = { "dwc-doorbell-is-config" }
#define OLD_KERNEL .kernel = { "dwc-doorbell-is-allocated" }

/*
 * What each matching entry's rules come to under the default policy; rules out
 * of scope are left out.
 */
static const struct machine {
	const char *name;
	struct fake_device device;
	const char *wanted;
} machines[] = {
	{
		"Tegra234, kernel with the doorbell in config",
		{ NEW_KERNEL, .host = &tegra234_c5,
		  .tokens = { DT_ROOT("nvidia,p3768-0000+p3767-0000"),
			      DT_ROOT("nvidia,p3767-0000"),
			      DT_ROOT("nvidia,tegra234") } },
		"tegra234: msi-doorbell enforced 3a000000-3a000003, "
		"host-bridge-windows advised 40000000-47ffffff 2800000000-2b27ffffff;",
	}, {
		"Tegra234, kernel that allocates the doorbell",
		{ OLD_KERNEL, .host = &tegra234_c5,
		  .tokens = { DT_ROOT("nvidia,tegra234") } },
		"tegra234: msi-doorbell-allocated unresolved, "
		"host-bridge-windows advised 40000000-47ffffff 2800000000-2b27ffffff;",
	}, {
		"Tegra234, MSIs through an ITS",
		{ NEW_KERNEL, .host = &tegra234_with_msi_map,
		  .tokens = { DT_ROOT("nvidia,tegra234") } },
		"tegra234: host-bridge-windows advised 40000000-47ffffff;",
	}, {
		"Tegra234, a platform device",
		{ NEW_KERNEL, .path = "/bus@0/ethernet@2310000",
		  .tokens = { DT_ROOT("nvidia,tegra234") } },
		"tegra234:;",
	}, {
		"Tegra234 booted with ACPI: no key of that kind is known",
		{ NEW_KERNEL, .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGNVIDIATEGRA234", 1) } },
		"",
	}, {
		"SM8250",
		{ NEW_KERNEL, .host = &sm8250_pcie1,
		  .tokens = { DT_ROOT("qcom,qrb5165-rb5"),
			      DT_ROOT("qcom,sm8250") } },
		"sm8250: msi-doorbell enforced 40100000-40100003;",
	}, {
		"SM8250, kernel that allocates the doorbell",
		{ OLD_KERNEL, .host = &sm8250_pcie1,
		  .tokens = { DT_ROOT("qcom,sm8250") } },
		"sm8250: msi-doorbell-allocated unresolved;",
	}, {
		"QCM6490",
		{ NEW_KERNEL, .host = &sc7280_pcie0,
		  .tokens = { DT_ROOT("fairphone,fp5"),
			      DT_ROOT("qcom,qcm6490") } },
		"sc7280: msi-doorbell enforced 60100000-60100003;",
	}, {
		"SC7280 Chromebook",
		{ OLD_KERNEL, .host = &sc7280_pcie0,
		  .tokens = { DT_ROOT("google,herobrine"),
			      DT_ROOT("qcom,sc7280") } },
		"sc7280: msi-doorbell-allocated unresolved;",
	}, {
		"MT8195, first host",
		{ NEW_KERNEL, .host = &mt8195_pcie0,
		  .tokens = { DT_ROOT("google,tomato-rev2"),
			      DT_ROOT("mediatek,mt8195") } },
		"mt8195: msi-capture-pcie0 advised 112f0c00-112f0c7f;",
	}, {
		"MT8195, second host",
		{ NEW_KERNEL, .host = &mt8195_pcie1,
		  .tokens = { DT_ROOT("mediatek,mt8195") } },
		"mt8195: msi-capture-pcie1 advised 112f8c00-112f8c7f;",
	}, {
		"HIP07 from a device tree",
		{ .host = &hip07_pcie2, .its = { 0xc6000000 },
		  .tokens = { DT_ROOT("hisilicon,hip07-d05") } },
		"hip07: its-doorbells enforced c6010000-c601ffff;",
	}, {
		"HIP07 from ACPI, two ITSs in the group",
		{ .is_acpi = true, .host = &acpi_root,
		  .its = { 0x4c000000, 0xc6000000 },
		  .tokens = { ACPI("MCFGHISI  HIP07   ", 0),
			      ACPI("GTDTHISI  HIP07   ", 0) } },
		"hip07: its-doorbells enforced 4c010000-4c01ffff c6010000-c601ffff;",
	}, {
		"HIP07, a device without MSIs",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGHISI  HIP07   ", 0) } },
		"hip07:;",
	}, {
		"HIP08",
		{ .is_acpi = true, .host = &acpi_root, .its = { 0x202100000 },
		  .tokens = { ACPI("MCFGHISI  HIP08   ", 0),
			      ACPI("IORTHISI  HIP08   ", 0) } },
		"",
	}, {
		"Altra, the segment whose window covers the software MSI window",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGAmpereAltra   ", 1),
			      ACPI("IORTAmpereAltra   ", 2) } },
		"altra: host-bridge-windows advised 8000000-fffffff 280000000000-2fffffffffff;",
	}, {
		"AmpereOne",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGAmpereAmpereOn", 1) } },
		"",
	}, {
		"Grace, AMI firmware",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGNVIDIAA M I   ", 0x01072009),
			      ACPI("IORTNVIDIAA M I   ", 0) } },
		"grace: host-bridge-windows advised 8000000-fffffff 280000000000-2fffffffffff;",
	}, {
		"Grace, edk2",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGNVIDIATH500   ", 1) } },
		"grace: host-bridge-windows advised 8000000-fffffff 280000000000-2fffffffffff;",
	}, {
		"a PC with AMI firmware",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("MCFGALASKAA M I   ", 0x01072009) } },
		"",
	}, {
		"Juno r2",
		{ .host = &juno_pcie,
		  .tokens = { DT_ROOT("arm,juno-r2"), DT_ROOT("arm,juno"),
			      DT_ROOT("arm,vexpress") } },
		"juno: inbound-limit advised 0-7fffffff 100000000-7ffffffff a00000000-ffffffffffff;",
	}, {
		"Juno r0, which has no PCIe",
		{ .tokens = { DT_ROOT("arm,juno"), DT_ROOT("arm,vexpress") } },
		"",
	}, {
		"Seattle from a device tree",
		{ .host = &seattle_pcie,
		  .tokens = { DT_ROOT("amd,seattle-overdrive"),
			      DT_ROOT("amd,seattle") } },
		"seattle: host-bridge-windows advised 40000000-bfffffff 100000000-7fffffffff;",
	}, {
		"Seattle from ACPI",
		{ .is_acpi = true, .host = &acpi_root,
		  .tokens = { ACPI("IORTAMDINCSEATTLE ", 0) } },
		"seattle: host-bridge-windows advised 8000000-fffffff 280000000000-2fffffffffff;",
	}, {
		"LX2160A",
		{ .host = &lx2160a_pcie,
		  .tokens = { DT_ROOT("solidrun,honeycomb"),
			      DT_ROOT("solidrun,lx2160a-cex7"),
			      DT_ROOT("fsl,lx2160a") } },
		"lx2160a: host-bridge-windows advised 40000000-7fffffff;",
	}, {
		"RK3588",
		{ .host = &rk3588_pcie, .its = { 0xfe640000 },
		  .tokens = { DT_ROOT("radxa,rock-5b"),
			      DT_ROOT("rockchip,rk3588") } },
		"",
	}, {
		"QEMU virt under its own name",
		{ .is_acpi = true, .host = &virt_pcie, .its = { 0x8080000 },
		  .tokens = { ACPI("MCFGBOCHS BXPC    ", 1),
			      DMI("sys_vendor=QEMU"),
			      DMI("product_name=QEMU Virtual Machine") } },
		"",
	}, {
		"the demonstration board, from ACPI",
		{ .is_acpi = true, .host = &virt_pcie, .its = { 0x8080000 },
		  .tokens = { ACPI("MCFGIORESVDEMOVIRT", 1) } },
		"demo-board: dram-hole enforced 48000000-4fffffff, "
		"doorbell-page enforced 50001000-5000107f, "
		"windows advised 10000000-3efeffff 8000000000-ffffffffff, "
		"inbound advised;",
	}, {
		"the demonstration board, by DMI",
		{ .host = &virt_pcie, .tokens = { DMI("sys_vendor=iommu-resv"),
			      DMI("product_name=iommu-resv demo board") } },
		"demo-board: dram-hole enforced 48000000-4fffffff, "
		"doorbell-page enforced 50001000-5000107f, "
		"windows advised 10000000-3efeffff 8000000000-ffffffffff, "
		"inbound advised;",
	}, {
		"its product name, of another vendor",
		{ .host = &virt_pcie, .tokens = { DMI("sys_vendor=QEMU"),
			      DMI("product_name=iommu-resv demo board") } },
		"",
	}, {
		"its tables, in a later revision",
		{ .is_acpi = true, .host = &virt_pcie,
		  .tokens = { ACPI("MCFGIORESVDEMOVIRT", 2) } },
		"",
	},
};

static void describe_rule(char *text, const struct machine *m, u32 rule)
{
	static const char *const outcomes[] = {
		[RESV_ENFORCED] = "enforced",
		[RESV_ADVISED] = "advised",
		[RESV_UNRESOLVED] = "unresolved",
	};
	struct resv_range storage[16];
	struct resv_ranges out;
	enum resv_outcome outcome;
	u32 i;

	resv_ranges_init(&out, storage, ARRAY_SIZE(storage));
	outcome = resv_resolve_rule(&table, rule, RESV_ENFORCE_CONFIRMED,
				    &fake_facts, (void *)&m->device, &out);
	if (outcome == RESV_NOT_IN_SCOPE) {
		assert_int_equal(out.count, 0);
		return;
	}
	sprintf(text + strlen(text), "%s %s %s",
		text[strlen(text) - 1] == ':' ? "" : ",",
		quirk_string(&table, quirk_rule_at(&table, rule) +
			     QUIRK_RULE_NAME), outcomes[outcome]);
	for (i = 0; i < out.count; i++)
		sprintf(text + strlen(text), " %llx-%llx",
			(unsigned long long)out.r[i].start,
			(unsigned long long)out.r[i].last);
}

static void each_machine_gets_its_ranges(void **state)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(machines); n++) {
		const struct machine *m = &machines[n];
		struct fake_matches found = fake_match(&table, &m->device);
		char text[1024] = "";
		u32 i;

		for (i = 0; i < found.count; i++) {
			const u8 *e = quirk_entry_at(&table, found.entry[i]);
			u32 first = get_le32(e + QUIRK_ENT_RULE_FIRST);
			u32 rule;

			sprintf(text + strlen(text), "%s:",
				quirk_string(&table, e + QUIRK_ENT_NAME));
			for (rule = first; rule < first +
			     get_le32(e + QUIRK_ENT_RULE_COUNT); rule++)
				describe_rule(text, m, rule);
			strcat(text, ";");
		}
		if (strcmp(text, m->wanted))
			fail_msg("%s: got \"%s\", wanted \"%s\"", m->name, text,
				 m->wanted);
	}
}

/* No entry is shipped that no machine above shows at work. */
static void each_entry_has_a_machine(void **state)
{
	u32 i;

	for (i = 0; i < table.count[QUIRK_SEC_ENTRIES]; i++) {
		const char *name = quirk_string(&table,
				quirk_entry_at(&table, i) + QUIRK_ENT_NAME);
		bool shown = false;
		size_t n;

		for (n = 0; n < ARRAY_SIZE(machines); n++)
			shown |= !strncmp(machines[n].wanted, name,
					  strlen(name)) &&
				 machines[n].wanted[strlen(name)] == ':';
		if (!shown)
			fail_msg("no machine is described for %s: add one to machines[]",
				 name);
	}
}

/*
 * Windows and inbound limits were once enforced blindly and broke machines that
 * worked: no shipped rule of these kinds may be enforced by default.
 */
static void windows_are_never_enforced_by_default(void **state)
{
	u32 i;

	for (i = 0; i < table.count[QUIRK_SEC_RULES]; i++) {
		const u8 *r = quirk_rule_at(&table, i);

		if (r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_HOST_WINDOWS ||
		    r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_INBOUND_LIMIT)
			assert_false(resv_rule_enforced(r,
							RESV_ENFORCE_CONFIRMED));
	}
}

/* Only the board that says so is a demonstration. */
static void demo_flag_marks_the_demonstration(void **state)
{
	u32 i;

	for (i = 0; i < table.count[QUIRK_SEC_ENTRIES]; i++) {
		const u8 *e = quirk_entry_at(&table, i);

		assert_int_equal(!!(get_le32(e + QUIRK_ENT_FLAGS) &
				    QUIRK_ENT_F_DEMO),
				 !strcmp(quirk_string(&table,
						      e + QUIRK_ENT_NAME),
					 "demo-board"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine_gets_its_ranges),
		cmocka_unit_test(each_entry_has_a_machine),
		cmocka_unit_test(windows_are_never_enforced_by_default),
		cmocka_unit_test(demo_flag_marks_the_demonstration),
	};

	return cmocka_run_group_tests_name("entries", tests, setup, teardown);
}
