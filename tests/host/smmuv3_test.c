// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/smmuv3.c */
/*
 * smmuv3_test.c - what the ID registers of an SMMUv3 say
 *
 * Register values are QEMU 10.0's (hw/arm/smmuv3.c, smmuv3_init_id_regs()), and
 * ones made up bit by bit from the architecture's tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../../module/smmuv3.h"

/* QEMU's, with stage 1 alone. */
static const struct smmuv3_regs qemu = {
	{ 0x0d44101a, 0x02730010, 0x00001404, 0x00000074, 0, 0x1 },
};

/* Makes a value of one register; the others are QEMU's. */
static struct smmuv3_regs with(enum smmuv3_reg reg, u32 value)
{
	struct smmuv3_regs regs = qemu;

	regs.value[reg] = value;
	return regs;
}

static unsigned int field_called(const char *wanted)
{
	char name[SMMUV3_TEXT];
	unsigned int i;

	for (i = 0; i < smmuv3_fields(); i++) {
		smmuv3_field_name(i, name);
		if (!strcmp(name, wanted))
			return i;
	}
	fail_msg("no field %s", wanted);
	return 0;
}

static void says(const struct smmuv3_regs *regs, const char *field,
		 const char *wanted)
{
	char text[SMMUV3_TEXT];

	smmuv3_field_text(regs, field_called(field), text);
	if (strcmp(text, wanted))
		fail_msg("%s: \"%s\", not \"%s\"", field, text, wanted);
}

static void test_offsets(void **state)
{
	static const u32 offset[] = { 0x0, 0x4, 0xc, 0x14, 0x18, 0x1c };
	static const char *const name[] = {
		"IDR0", "IDR1", "IDR3", "IDR5", "IIDR", "AIDR",
	};
	unsigned int i;

	(void)state;
	assert_int_equal(SMMUV3_REGS, ARRAY_SIZE(offset));
	for (i = 0; i < SMMUV3_REGS; i++) {
		assert_int_equal(smmuv3_reg_offset(i), offset[i]);
		assert_string_equal(smmuv3_reg_name(i), name[i]);
	}
}

static void test_qemu(void **state)
{
	struct smmuv3_sizes s;
	char text[SMMUV3_TEXT];

	(void)state;
	says(&qemu, "IDR0.S1P", "yes");
	says(&qemu, "IDR0.S2P", "no");
	says(&qemu, "IDR0.TTF", "VMSAv8-64");
	says(&qemu, "IDR0.COHACC", "yes");
	says(&qemu, "IDR0.HTTU", "none");
	says(&qemu, "IDR0.ASID16", "yes");
	says(&qemu, "IDR0.ATS", "no");
	says(&qemu, "IDR0.PRI", "no");
	says(&qemu, "IDR0.VMID16", "yes");
	says(&qemu, "IDR0.TTENDIAN", "little");
	says(&qemu, "IDR0.STALL_MODEL", "terminate only");
	says(&qemu, "IDR0.TERM_MODEL", "abort only");
	says(&qemu, "IDR0.ST_LEVEL", "linear and 2-level");
	says(&qemu, "IDR0.CD2L", "no");
	says(&qemu, "IDR1.SIDSIZE", "16");
	says(&qemu, "IDR1.SSIDSIZE", "0");
	says(&qemu, "IDR1.EVENTQS", "19");
	says(&qemu, "IDR1.CMDQS", "19");
	says(&qemu, "IDR1.PRIQS", "0");
	says(&qemu, "IDR3.HAD", "yes");
	says(&qemu, "IDR3.RIL", "yes");
	says(&qemu, "IDR3.BBML", "level 2");
	says(&qemu, "IDR3.FWB", "no");
	says(&qemu, "IDR5.OAS", "44 bits");
	says(&qemu, "IDR5.VAX", "48 bits");
	says(&qemu, "IDR5.GRAN4K", "yes");
	says(&qemu, "IDR5.GRAN16K", "yes");
	says(&qemu, "IDR5.GRAN64K", "yes");
	says(&qemu, "IDR5.STALL_MAX", "0");
	says(&qemu, "IIDR.Implementer", "0x0");
	says(&qemu, "AIDR.ArchMinorRev", "1");

	smmuv3_sizes(&qemu, &s);
	assert_true(s.s1);
	assert_false(s.s2);
	assert_int_equal(s.asid_bits, 16);
	assert_int_equal(s.vmid_bits, 16);
	assert_int_equal(s.ssid_bits, 0);
	assert_int_equal(s.sid_bits, 16);
	assert_int_equal(s.va_bits, 48);
	assert_int_equal(s.ias, 44);
	assert_int_equal(s.oas, 44);
	assert_true(s.granule_4k && s.granule_16k && s.granule_64k);

	smmuv3_implementer(&qemu, text);
	assert_string_equal(text, "unknown (JEP106 code 0x0)");
	smmuv3_product(&qemu, text);
	assert_string_equal(text, "unknown (0x0 r0p0)");
	smmuv3_architecture(&qemu, text);
	assert_string_equal(text, "SMMUv3.1");
}

/**
 * struct bit_case - one field alone
 * @field: its name
 * @value: its register, all else 0
 * @says: what it says
 */
struct bit_case {
	const char *field;
	u32 value;
	const char *says;
};

static const struct bit_case bit_cases[] = {
	{ "IDR0.S2P", 1u << 0, "yes" }, { "IDR0.S1P", 1u << 1, "yes" },
	{ "IDR0.TTF", 0u << 2, "reserved (0)" },
	{ "IDR0.TTF", 1u << 2, "VMSAv8-32 LPAE" },
	{ "IDR0.TTF", 3u << 2, "VMSAv8-32 LPAE and VMSAv8-64" },
	{ "IDR0.COHACC", 1u << 4, "yes" }, { "IDR0.BTM", 1u << 5, "yes" },
	{ "IDR0.HTTU", 1u << 6, "access flag" },
	{ "IDR0.HTTU", 2u << 6, "access flag and dirty state" },
	{ "IDR0.HTTU", 3u << 6,
	  "access flag and dirty state, access flag of tables" },
	{ "IDR0.DORMHINT", 1u << 8, "yes" }, { "IDR0.Hyp", 1u << 9, "yes" },
	{ "IDR0.ATS", 1u << 10, "yes" }, { "IDR0.NS1ATS", 1u << 11, "yes" },
	{ "IDR0.ASID16", 1u << 12, "yes" }, { "IDR0.MSI", 1u << 13, "yes" },
	{ "IDR0.SEV", 1u << 14, "yes" }, { "IDR0.ATOS", 1u << 15, "yes" },
	{ "IDR0.PRI", 1u << 16, "yes" }, { "IDR0.VMW", 1u << 17, "yes" },
	{ "IDR0.VMID16", 1u << 18, "yes" }, { "IDR0.CD2L", 1u << 19, "yes" },
	{ "IDR0.VATOS", 1u << 20, "yes" },
	{ "IDR0.TTENDIAN", 0u << 21, "mixed" },
	{ "IDR0.TTENDIAN", 1u << 21, "reserved (1)" },
	{ "IDR0.TTENDIAN", 3u << 21, "big" },
	{ "IDR0.ATSRECERR", 1u << 23, "yes" },
	{ "IDR0.STALL_MODEL", 0u << 24, "stall and terminate" },
	{ "IDR0.STALL_MODEL", 2u << 24, "stall forced" },
	{ "IDR0.STALL_MODEL", 3u << 24, "reserved (3)" },
	{ "IDR0.TERM_MODEL", 0, "abort or RAZ/WI" },
	{ "IDR0.ST_LEVEL", 0u << 27, "linear" },
	{ "IDR0.ST_LEVEL", 2u << 27, "reserved (2)" },
	{ "IDR0.ST_LEVEL", 3u << 27, "reserved (3)" },
	{ "IDR0.RME_IMPL", 1u << 30, "yes" },
	{ "IDR1.SIDSIZE", 32, "32" }, { "IDR1.SIDSIZE", 33, "reserved (33)" },
	{ "IDR1.SSIDSIZE", 20u << 6, "20" },
	{ "IDR1.SSIDSIZE", 21u << 6, "reserved (21)" },
	{ "IDR1.PRIQS", 19u << 11, "19" },
	{ "IDR1.PRIQS", 20u << 11, "reserved (20)" },
	{ "IDR1.EVENTQS", 7u << 16, "7" }, { "IDR1.CMDQS", 9u << 21, "9" },
	{ "IDR1.ATTR_PERMS_OVR", 1u << 26, "yes" },
	{ "IDR1.ATTR_TYPES_OVR", 1u << 27, "yes" },
	{ "IDR1.REL", 1u << 28, "yes" },
	{ "IDR1.QUEUES_PRESET", 1u << 29, "yes" },
	{ "IDR1.TABLES_PRESET", 1u << 30, "yes" },
	{ "IDR1.ECMDQ", 1u << 31, "yes" },
	{ "IDR3.HAD", 1u << 2, "yes" }, { "IDR3.PBHA", 1u << 3, "yes" },
	{ "IDR3.XNX", 1u << 4, "yes" }, { "IDR3.PPS", 1u << 5, "yes" },
	{ "IDR3.MPAM", 1u << 7, "yes" }, { "IDR3.FWB", 1u << 8, "yes" },
	{ "IDR3.STT", 1u << 9, "yes" }, { "IDR3.RIL", 1u << 10, "yes" },
	{ "IDR3.BBML", 1u << 11, "level 1" },
	{ "IDR3.BBML", 3u << 11, "reserved (3)" },
	{ "IDR3.E0PD", 1u << 13, "yes" }, { "IDR3.PTWNNC", 1u << 14, "yes" },
	{ "IDR3.DPT", 1u << 15, "yes" }, { "IDR3.PASIDTT", 1u << 16, "yes" },
	{ "IDR3.EPAN", 1u << 17, "yes" }, { "IDR3.S1PI", 1u << 18, "yes" },
	{ "IDR3.S2PI", 1u << 19, "yes" }, { "IDR3.S2PO", 1u << 20, "yes" },
	{ "IDR3.THE", 1u << 21, "yes" }, { "IDR3.MTEPERM", 1u << 22, "yes" },
	{ "IDR3.AIE", 1u << 23, "yes" },
	{ "IDR5.OAS", 0, "32 bits" }, { "IDR5.OAS", 1, "36 bits" },
	{ "IDR5.OAS", 2, "40 bits" }, { "IDR5.OAS", 3, "42 bits" },
	{ "IDR5.OAS", 5, "48 bits" }, { "IDR5.OAS", 6, "52 bits" },
	{ "IDR5.OAS", 7, "56 bits" }, { "IDR5.DS", 1u << 7, "yes" },
	{ "IDR5.D128", 1u << 8, "yes" }, { "IDR5.VAX", 1u << 10, "52 bits" },
	{ "IDR5.VAX", 2u << 10, "56 bits" },
	{ "IDR5.VAX", 3u << 10, "reserved (3)" },
	{ "IDR5.STALL_MAX", 0xffffu << 16, "65535" },
	{ "IIDR.ProductID", 0x483u << 20, "0x483" },
	{ "IIDR.Variant", 2u << 16, "0x2" },
	{ "IIDR.Revision", 3u << 12, "0x3" },
	{ "IIDR.Implementer", 0x43b, "0x43b" },
	{ "AIDR.ArchMajorRev", 0x10, "reserved (1)" },
	{ "AIDR.ArchMinorRev", 4, "4" },
	{ "AIDR.ArchMinorRev", 5, "reserved (5)" },
};

/* No field reads a bit of another one, and all say "no" or 0 without theirs. */
static void test_bits(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bit_cases); i++) {
		const struct bit_case *c = &bit_cases[i];
		struct smmuv3_regs regs = { { 0 } };
		unsigned int r, f, set = 0;

		for (r = 0; r < SMMUV3_REGS; r++)
			if (!strncmp(c->field, smmuv3_reg_name(r), 4))
				regs.value[r] = c->value;
		says(&regs, c->field, c->says);
		for (f = 0; f < smmuv3_fields(); f++)
			set += smmuv3_field(&regs, f) != 0;
		assert_int_equal(set, c->value != 0);
	}
}

static void test_sizes(void **state)
{
	struct smmuv3_regs regs;
	struct smmuv3_sizes s;

	(void)state;
	/* LPAE has 40 bits, whatever the output; VMSAv8-64 has the output's. */
	regs = with(SMMUV3_IDR0, 1u << 2);
	regs.value[SMMUV3_IDR5] = 1;
	smmuv3_sizes(&regs, &s);
	assert_int_equal(s.ias, 40);
	assert_int_equal(s.oas, 36);
	assert_int_equal(s.asid_bits, 8);
	assert_int_equal(s.vmid_bits, 8);
	regs = with(SMMUV3_IDR0, 3u << 2);
	regs.value[SMMUV3_IDR5] = 1;
	smmuv3_sizes(&regs, &s);
	assert_int_equal(s.ias, 40);
	regs.value[SMMUV3_IDR5] = 5;
	smmuv3_sizes(&regs, &s);
	assert_int_equal(s.ias, 48);
	regs = with(SMMUV3_IDR0, 0);
	regs.value[SMMUV3_IDR1] = 33 | 21 << 6;
	regs.value[SMMUV3_IDR5] = 3u << 10;
	smmuv3_sizes(&regs, &s);
	assert_int_equal(s.ias, -1);
	assert_int_equal(s.va_bits, -1);
	assert_int_equal(s.sid_bits, -1);
	assert_int_equal(s.ssid_bits, -1);
}

static void is_product(u32 iidr, const char *implementer, const char *product)
{
	struct smmuv3_regs regs = with(SMMUV3_IIDR, iidr);
	char text[SMMUV3_TEXT];

	smmuv3_implementer(&regs, text);
	assert_string_equal(text, implementer);
	smmuv3_product(&regs, text);
	assert_string_equal(text, product);
}

static void test_products(void **state)
{
	struct smmuv3_regs regs;
	char text[SMMUV3_TEXT];

	(void)state;
	is_product(0x4832143b, "Arm", "MMU-600 r2p1");
	is_product(0x4871143b, "Arm", "MMU-700 r1p1");
	is_product(0x4980043b, "Arm", "MMU-S3 r0p0");
	is_product(0x48a0043b, "Arm", "MMU-L1 r0p0");
	is_product(0x1230043b, "Arm", "unknown (0x123 r0p0)");
	/* The same product code of somebody else is another product. */
	is_product(0x4830036b, "unknown (JEP106 code 0x36b)",
		   "unknown (0x483 r0p0)");
	regs = with(SMMUV3_AIDR, 4);
	smmuv3_architecture(&regs, text);
	assert_string_equal(text, "SMMUv3.4");
	regs = with(SMMUV3_AIDR, 5);
	smmuv3_architecture(&regs, text);
	assert_string_equal(text, "reserved (5)");
	regs = with(SMMUV3_AIDR, 0x11);
	smmuv3_architecture(&regs, text);
	assert_string_equal(text, "reserved (17)");
}

/* A state's answer, and a word of its reason. */
static void answers(const struct smmuv3_nesting *n, enum smmuv3_state state,
		    enum smmuv3_answer answer, const char *word)
{
	assert_int_equal(n->state[state].answer, answer);
	assert_non_null(n->state[state].source);
	if (!strstr(n->state[state].why, word))
		fail_msg("%s: \"%s\" lacks \"%s\"", smmuv3_state_word(state),
			 n->state[state].why, word);
}

/* All three of a guest's states have this answer. */
static void guest_states(const struct smmuv3_regs *regs,
			 const struct smmuv3_host *host,
			 enum smmuv3_answer answer, const char *word)
{
	struct smmuv3_nesting n;

	smmuv3_nesting(regs, host, &n);
	answers(&n, SMMUV3_STATE_DEFAULT, SMMUV3_YES, "kernel");
	answers(&n, SMMUV3_STATE_PARENT, answer, word);
	answers(&n, SMMUV3_STATE_BOUND, answer, word);
	answers(&n, SMMUV3_STATE_UNBOUND, answer, word);
	answers(&n, SMMUV3_STATE_REMOVED, SMMUV3_YES, "blocked");
}

/* Both stages, and substreams with two-level tables. */
static struct smmuv3_regs both_stages(u32 idr3, u32 iidr)
{
	struct smmuv3_regs regs = qemu;

	regs.value[SMMUV3_IDR0] |= 1u << 0 | 1u << 19;
	regs.value[SMMUV3_IDR1] |= 16u << 6;
	regs.value[SMMUV3_IDR3] = idr3;
	regs.value[SMMUV3_IIDR] = iidr;
	return regs;
}

#define FWB (1u << 8)

static void test_nesting(void **state)
{
	struct smmuv3_host host = {
		.iommufd = true, .mmu700 = SMMUV3_YES, .devices = 3,
	};
	struct smmuv3_regs regs;
	struct smmuv3_nesting n;

	(void)state;
	guest_states(&qemu, &host, SMMUV3_NO, "no stage 2");
	regs = with(SMMUV3_IDR0, 1u << 0);
	guest_states(&regs, &host, SMMUV3_NO, "no stage 1");

	regs = both_stages(FWB, 0);
	host.iommufd = false;
	guest_states(&regs, &host, SMMUV3_NO, "CONFIG_ARM_SMMU_V3_IOMMUFD");
	host.iommufd = true;

	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_PARENT, SMMUV3_YES, "NEST_PARENT");
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_YES, "IDR3.FWB");
	answers(&n, SMMUV3_STATE_UNBOUND, SMMUV3_YES, "bypass");
	assert_true(n.s1fmt_2level);
	assert_int_equal(n.s1cdmax, 16);
	regs.value[SMMUV3_IDR0] &= ~(1u << 19);
	regs.value[SMMUV3_IDR1] |= 31u << 6;
	smmuv3_nesting(&regs, &host, &n);
	assert_false(n.s1fmt_2level);
	assert_int_equal(n.s1cdmax, -1);

	/* Without FWB it depends on the devices. */
	regs = both_stages(0, 0);
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_PARENT, SMMUV3_YES, "NEST_PARENT");
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_NO, "none of its PCI devices");
	answers(&n, SMMUV3_STATE_UNBOUND, SMMUV3_NO, "none of its PCI devices");
	host.canwbs = 2;
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_SOME, "only for");
	answers(&n, SMMUV3_STATE_UNBOUND, SMMUV3_SOME, "bypass");
	host.canwbs = 3;
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_YES, "only for");
	host.canwbs = 0;
	host.devices = 0;
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_UNKNOWN, "no PCI device");
	answers(&n, SMMUV3_STATE_UNBOUND, SMMUV3_UNKNOWN, "no PCI device");
}

static void test_errata(void **state)
{
	struct smmuv3_host host = {
		.iommufd = true, .mmu700 = SMMUV3_YES, .devices = 1,
	};
	struct smmuv3_regs regs;
	struct smmuv3_nesting n;

	(void)state;
	regs = both_stages(FWB, 0x4831343b);
	guest_states(&regs, &host, SMMUV3_NO, "1209401");
	regs = both_stages(FWB, 0x4832043b);
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_YES, "FWB");
	/* r0p1 and r1p0 have them, r1p1 has not. */
	regs = both_stages(FWB, 0x4870143b);
	guest_states(&regs, &host, SMMUV3_NO, "before r1p1");
	regs = both_stages(FWB, 0x4871043b);
	guest_states(&regs, &host, SMMUV3_NO, "before r1p1");
	regs = both_stages(FWB, 0x4871143b);
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_YES, "FWB");
	host.mmu700 = SMMUV3_NO;
	guest_states(&regs, &host, SMMUV3_NO, "any MMU-700");
	host.mmu700 = SMMUV3_UNKNOWN;
	guest_states(&regs, &host, SMMUV3_UNKNOWN, "not known");
	/* Codes of another implementer are not Arm's products. */
	regs = both_stages(FWB, 0x4830036b);
	smmuv3_nesting(&regs, &host, &n);
	answers(&n, SMMUV3_STATE_BOUND, SMMUV3_YES, "FWB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_qemu),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_errata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
