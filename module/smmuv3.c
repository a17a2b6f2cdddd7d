// SPDX-License-Identifier: GPL-2.0-only
/*
 * smmuv3.c - what the ID registers of an SMMUv3 say
 *
 * Contracts, and where the fields come from, are in smmuv3.h; compiled into the
 * module and into a host test.
 */
#include "smmuv3.h"

#ifndef __KERNEL__
#include <stdio.h>
#endif

/**
 * enum field_kind - how a field is read
 * @FIELD_FLAG: "yes" or "no"
 * @FIELD_NUMBER: a number; above the greatest that is allowed: reserved
 * @FIELD_WORD: a word for each value; values without one are reserved
 */
enum field_kind {
	FIELD_FLAG,
	FIELD_NUMBER,
	FIELD_WORD,
};

/**
 * struct field - a field of a register
 * @name: the architecture's
 * @reg: its register
 * @low: lowest bit
 * @bits: how many
 * @kind: how it is read
 * @most: FIELD_NUMBER: the greatest; FIELD_WORD: how many words
 * @word: FIELD_WORD: the words; %NULL for reserved values
 */
struct field {
	const char *name;
	u8 reg;
	u8 low;
	u8 bits;
	u8 kind;
	u32 most;
	const char *const *word;
};

#define FLAG(r, n, bit) \
	{ .name = n, .reg = r, .low = bit, .bits = 1, .kind = FIELD_FLAG }
#define NUMBER(r, n, high, lowest, max)					\
	{ .name = n, .reg = r, .low = lowest, .bits = (high) - (lowest) + 1, \
	  .kind = FIELD_NUMBER, .most = max }
#define WORD(r, n, high, lowest, words)					\
	{ .name = n, .reg = r, .low = lowest, .bits = (high) - (lowest) + 1, \
	  .kind = FIELD_WORD, .most = ARRAY_SIZE(words), .word = words }

static const char *const ttf_words[] = {
	NULL, "VMSAv8-32 LPAE", "VMSAv8-64", "VMSAv8-32 LPAE and VMSAv8-64",
};

static const char *const httu_words[] = {
	"none", "access flag", "access flag and dirty state",
	"access flag and dirty state, access flag of tables",
};

static const char *const ttendian_words[] = {
	"mixed", NULL, "little", "big",
};

static const char *const stall_words[] = {
	"stall and terminate", "terminate only", "stall forced",
};

static const char *const term_words[] = {
	"abort or RAZ/WI", "abort only",
};

static const char *const st_words[] = {
	"linear", "linear and 2-level",
};

static const char *const bbml_words[] = {
	"level 0", "level 1", "level 2",
};

/* 52 bits from SMMUv3.1, 56 bits from SMMUv3.4 on. */
static const char *const oas_words[] = {
	"32 bits", "36 bits", "40 bits", "42 bits", "44 bits", "48 bits",
	"52 bits", "56 bits",
};

static const u8 oas_bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

static const char *const vax_words[] = {
	"48 bits", "52 bits", "56 bits",
};

static const u8 vax_bits[] = { 48, 52, 56 };

/* Those that other functions here ask for stand first, in this order. */
enum {
	F_S2P,
	F_S1P,
	F_TTF,
	F_ASID16,
	F_VMID16,
	F_CD2L,
	F_SIDSIZE,
	F_SSIDSIZE,
	F_FWB,
	F_OAS,
	F_VAX,
	F_GRAN4K,
	F_GRAN16K,
	F_GRAN64K,
	F_PRODUCT,
	F_VARIANT,
	F_REVISION,
	F_IMPLEMENTER,
	F_MAJOR,
	F_MINOR,
};

static const struct field fields[] = {
	[F_S2P] = FLAG(SMMUV3_IDR0, "S2P", 0),
	[F_S1P] = FLAG(SMMUV3_IDR0, "S1P", 1),
	[F_TTF] = WORD(SMMUV3_IDR0, "TTF", 3, 2, ttf_words),
	[F_ASID16] = FLAG(SMMUV3_IDR0, "ASID16", 12),
	[F_VMID16] = FLAG(SMMUV3_IDR0, "VMID16", 18),
	[F_CD2L] = FLAG(SMMUV3_IDR0, "CD2L", 19),
	[F_SIDSIZE] = NUMBER(SMMUV3_IDR1, "SIDSIZE", 5, 0, 32),
	[F_SSIDSIZE] = NUMBER(SMMUV3_IDR1, "SSIDSIZE", 10, 6, 20),
	[F_FWB] = FLAG(SMMUV3_IDR3, "FWB", 8),
	[F_OAS] = WORD(SMMUV3_IDR5, "OAS", 2, 0, oas_words),
	[F_VAX] = WORD(SMMUV3_IDR5, "VAX", 11, 10, vax_words),
	[F_GRAN4K] = FLAG(SMMUV3_IDR5, "GRAN4K", 4),
	[F_GRAN16K] = FLAG(SMMUV3_IDR5, "GRAN16K", 5),
	[F_GRAN64K] = FLAG(SMMUV3_IDR5, "GRAN64K", 6),
	[F_PRODUCT] = NUMBER(SMMUV3_IIDR, "ProductID", 31, 20, U32_MAX),
	[F_VARIANT] = NUMBER(SMMUV3_IIDR, "Variant", 19, 16, U32_MAX),
	[F_REVISION] = NUMBER(SMMUV3_IIDR, "Revision", 15, 12, U32_MAX),
	[F_IMPLEMENTER] = NUMBER(SMMUV3_IIDR, "Implementer", 11, 0, U32_MAX),
	[F_MAJOR] = NUMBER(SMMUV3_AIDR, "ArchMajorRev", 7, 4, 0),
	[F_MINOR] = NUMBER(SMMUV3_AIDR, "ArchMinorRev", 3, 0, 4),

	FLAG(SMMUV3_IDR0, "COHACC", 4),
	FLAG(SMMUV3_IDR0, "BTM", 5),
	WORD(SMMUV3_IDR0, "HTTU", 7, 6, httu_words),
	FLAG(SMMUV3_IDR0, "DORMHINT", 8),
	FLAG(SMMUV3_IDR0, "Hyp", 9),
	FLAG(SMMUV3_IDR0, "ATS", 10),
	FLAG(SMMUV3_IDR0, "NS1ATS", 11),
	FLAG(SMMUV3_IDR0, "MSI", 13),
	FLAG(SMMUV3_IDR0, "SEV", 14),
	FLAG(SMMUV3_IDR0, "ATOS", 15),
	FLAG(SMMUV3_IDR0, "PRI", 16),
	FLAG(SMMUV3_IDR0, "VMW", 17),
	FLAG(SMMUV3_IDR0, "VATOS", 20),
	WORD(SMMUV3_IDR0, "TTENDIAN", 22, 21, ttendian_words),
	FLAG(SMMUV3_IDR0, "ATSRECERR", 23),
	WORD(SMMUV3_IDR0, "STALL_MODEL", 25, 24, stall_words),
	WORD(SMMUV3_IDR0, "TERM_MODEL", 26, 26, term_words),
	WORD(SMMUV3_IDR0, "ST_LEVEL", 28, 27, st_words),
	FLAG(SMMUV3_IDR0, "RME_IMPL", 30),

	NUMBER(SMMUV3_IDR1, "PRIQS", 15, 11, 19),
	NUMBER(SMMUV3_IDR1, "EVENTQS", 20, 16, 19),
	NUMBER(SMMUV3_IDR1, "CMDQS", 25, 21, 19),
	FLAG(SMMUV3_IDR1, "ATTR_PERMS_OVR", 26),
	FLAG(SMMUV3_IDR1, "ATTR_TYPES_OVR", 27),
	FLAG(SMMUV3_IDR1, "REL", 28),
	FLAG(SMMUV3_IDR1, "QUEUES_PRESET", 29),
	FLAG(SMMUV3_IDR1, "TABLES_PRESET", 30),
	FLAG(SMMUV3_IDR1, "ECMDQ", 31),

	FLAG(SMMUV3_IDR3, "HAD", 2),
	FLAG(SMMUV3_IDR3, "PBHA", 3),
	FLAG(SMMUV3_IDR3, "XNX", 4),
	FLAG(SMMUV3_IDR3, "PPS", 5),
	FLAG(SMMUV3_IDR3, "MPAM", 7),
	FLAG(SMMUV3_IDR3, "STT", 9),
	FLAG(SMMUV3_IDR3, "RIL", 10),
	WORD(SMMUV3_IDR3, "BBML", 12, 11, bbml_words),
	FLAG(SMMUV3_IDR3, "E0PD", 13),
	FLAG(SMMUV3_IDR3, "PTWNNC", 14),
	FLAG(SMMUV3_IDR3, "DPT", 15),
	FLAG(SMMUV3_IDR3, "PASIDTT", 16),
	FLAG(SMMUV3_IDR3, "EPAN", 17),
	FLAG(SMMUV3_IDR3, "S1PI", 18),
	FLAG(SMMUV3_IDR3, "S2PI", 19),
	FLAG(SMMUV3_IDR3, "S2PO", 20),
	FLAG(SMMUV3_IDR3, "THE", 21),
	FLAG(SMMUV3_IDR3, "MTEPERM", 22),
	FLAG(SMMUV3_IDR3, "AIE", 23),

	FLAG(SMMUV3_IDR5, "DS", 7),
	FLAG(SMMUV3_IDR5, "D128", 8),
	NUMBER(SMMUV3_IDR5, "STALL_MAX", 31, 16, U16_MAX),
};

static const struct {
	const char *name;
	u32 offset;
} registers[SMMUV3_REGS] = {
	[SMMUV3_IDR0] = { "IDR0", 0x0 },
	[SMMUV3_IDR1] = { "IDR1", 0x4 },
	[SMMUV3_IDR3] = { "IDR3", 0xc },
	[SMMUV3_IDR5] = { "IDR5", 0x14 },
	[SMMUV3_IIDR] = { "IIDR", 0x18 },
	[SMMUV3_AIDR] = { "AIDR", 0x1c },
};

const char *smmuv3_reg_name(enum smmuv3_reg reg)
{
	return registers[reg].name;
}

u32 smmuv3_reg_offset(enum smmuv3_reg reg)
{
	return registers[reg].offset;
}

unsigned int smmuv3_fields(void)
{
	return ARRAY_SIZE(fields);
}

void smmuv3_field_name(unsigned int field, char name[SMMUV3_TEXT])
{
	snprintf(name, SMMUV3_TEXT, "%s.%s", registers[fields[field].reg].name,
		 fields[field].name);
}

u32 smmuv3_field(const struct smmuv3_regs *regs, unsigned int field)
{
	const struct field *f = &fields[field];

	return regs->value[f->reg] >> f->low & ((1u << f->bits) - 1);
}

/* Does the architecture give this value of the field a meaning? */
static bool field_is_defined(const struct field *f, u32 value)
{
	switch (f->kind) {
	case FIELD_NUMBER:
		return value <= f->most;
	case FIELD_WORD:
		return value < f->most && f->word[value];
	}
	return true;
}

static void put_reserved(char text[SMMUV3_TEXT], u32 value)
{
	snprintf(text, SMMUV3_TEXT, "reserved (%u)", value);
}

void smmuv3_field_text(const struct smmuv3_regs *regs, unsigned int field,
		       char text[SMMUV3_TEXT])
{
	const struct field *f = &fields[field];
	u32 value = smmuv3_field(regs, field);

	if (!field_is_defined(f, value))
		put_reserved(text, value);
	else if (f->reg == SMMUV3_IIDR)
		snprintf(text, SMMUV3_TEXT, "0x%x", value);
	else if (f->kind == FIELD_NUMBER)
		snprintf(text, SMMUV3_TEXT, "%u", value);
	else if (f->kind == FIELD_WORD)
		snprintf(text, SMMUV3_TEXT, "%s", f->word[value]);
	else
		snprintf(text, SMMUV3_TEXT, "%s", value ? "yes" : "no");
}

/* A field's number, or -1 where it has a reserved value. */
static int field_number(const struct smmuv3_regs *regs, unsigned int field)
{
	u32 value = smmuv3_field(regs, field);

	return field_is_defined(&fields[field], value) ? (int)value : -1;
}

void smmuv3_sizes(const struct smmuv3_regs *regs, struct smmuv3_sizes *sizes)
{
	int ttf = field_number(regs, F_TTF);
	int vax = field_number(regs, F_VAX);

	sizes->s1 = smmuv3_field(regs, F_S1P);
	sizes->s2 = smmuv3_field(regs, F_S2P);
	sizes->asid_bits = smmuv3_field(regs, F_ASID16) ? 16 : 8;
	sizes->vmid_bits = smmuv3_field(regs, F_VMID16) ? 16 : 8;
	sizes->ssid_bits = field_number(regs, F_SSIDSIZE);
	sizes->sid_bits = field_number(regs, F_SIDSIZE);
	sizes->va_bits = vax < 0 ? -1 : vax_bits[vax];
	sizes->oas = oas_bits[smmuv3_field(regs, F_OAS)];
	/* Section 3.4: 40 bits with VMSAv8-32 LPAE, the OAS with VMSAv8-64. */
	sizes->ias = ttf < 0 ? -1 : 0;
	if (ttf > 0 && ttf & 1)
		sizes->ias = 40;
	if (ttf > 0 && ttf & 2 && sizes->ias < sizes->oas)
		sizes->ias = sizes->oas;
	sizes->granule_4k = smmuv3_field(regs, F_GRAN4K);
	sizes->granule_16k = smmuv3_field(regs, F_GRAN16K);
	sizes->granule_64k = smmuv3_field(regs, F_GRAN64K);
}

#define IMPLEMENTER_ARM		0x43b
#define PRODUCT_MMU600		0x483
#define PRODUCT_MMU700		0x487

/* Arm's, as drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c has them (Linux 7.3). */
static const struct {
	u32 product;
	const char *name;
} arm_products[] = {
	{ PRODUCT_MMU600, "MMU-600" },
	{ PRODUCT_MMU700, "MMU-700" },
	{ 0x48a, "MMU-L1" },
	{ 0x498, "MMU-S3" },
};

void smmuv3_implementer(const struct smmuv3_regs *regs, char text[SMMUV3_TEXT])
{
	u32 implementer = smmuv3_field(regs, F_IMPLEMENTER);

	if (implementer == IMPLEMENTER_ARM)
		snprintf(text, SMMUV3_TEXT, "Arm");
	else
		snprintf(text, SMMUV3_TEXT, "unknown (JEP106 code 0x%x)",
			 implementer);
}

void smmuv3_product(const struct smmuv3_regs *regs, char text[SMMUV3_TEXT])
{
	u32 product = smmuv3_field(regs, F_PRODUCT);
	const char *name = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arm_products); i++)
		if (smmuv3_field(regs, F_IMPLEMENTER) == IMPLEMENTER_ARM &&
		    arm_products[i].product == product)
			name = arm_products[i].name;
	if (name)
		snprintf(text, SMMUV3_TEXT, "%s r%up%u", name,
			 smmuv3_field(regs, F_VARIANT),
			 smmuv3_field(regs, F_REVISION));
	else
		snprintf(text, SMMUV3_TEXT, "unknown (0x%x r%up%u)", product,
			 smmuv3_field(regs, F_VARIANT),
			 smmuv3_field(regs, F_REVISION));
}

void smmuv3_architecture(const struct smmuv3_regs *regs,
			 char text[SMMUV3_TEXT])
{
	int major = field_number(regs, F_MAJOR);
	int minor = field_number(regs, F_MINOR);

	if (major < 0 || minor < 0)
		put_reserved(text, regs->value[SMMUV3_AIDR] & 0xff);
	else
		snprintf(text, SMMUV3_TEXT, "SMMUv3.%d", minor);
}

static const char *const state_words[SMMUV3_STATES] = {
	[SMMUV3_STATE_DEFAULT] = "default",
	[SMMUV3_STATE_PARENT] = "nesting-parent",
	[SMMUV3_STATE_BOUND] = "bound",
	[SMMUV3_STATE_UNBOUND] = "unbound",
	[SMMUV3_STATE_REMOVED] = "removed",
};

const char *smmuv3_state_word(enum smmuv3_state state)
{
	return state_words[state];
}

/* Errata for which the kernel's driver gives up nesting. */
static struct smmuv3_verdict nesting_errata(const struct smmuv3_regs *regs,
					    const struct smmuv3_host *host)
{
	static const char probe[] =
		"Linux 7.3, arm-smmu-v3.c: arm_smmu_device_iidr_probe()";
	u32 variant = smmuv3_field(regs, F_VARIANT);
	struct smmuv3_verdict v = { .answer = SMMUV3_YES, .source = probe };

	if (smmuv3_field(regs, F_IMPLEMENTER) != IMPLEMENTER_ARM)
		return v;
	switch (smmuv3_field(regs, F_PRODUCT)) {
	case PRODUCT_MMU600:
		if (variant >= 2)
			break;
		v.answer = SMMUV3_NO;
		v.why = "the kernel does not nest on an MMU-600 before r2p0 (erratum 1209401)";
		break;
	case PRODUCT_MMU700:
		if (variant < 1 || smmuv3_field(regs, F_REVISION) < 1) {
			v.answer = SMMUV3_NO;
			v.why = "the kernel does not nest on an MMU-700 before r1p1 (errata 2268618 and 2812531)";
			break;
		}
		v.answer = host->mmu700;
		if (v.answer == SMMUV3_NO)
			v.why = "this kernel does not nest on any MMU-700 (errata 2268618 and 2812531)";
		else if (v.answer != SMMUV3_YES)
			v.why = "it is not known from which version on the kernel nests on this MMU-700 (errata 2268618 and 2812531)";
		break;
	}
	return v;
}

/* Is a domain possible that guest stages can be bound to? */
static struct smmuv3_verdict nesting_parent(const struct smmuv3_regs *regs,
					    const struct smmuv3_host *host)
{
	struct smmuv3_verdict v = { .answer = SMMUV3_NO };

	if (!smmuv3_field(regs, F_S1P)) {
		v.why = "the SMMU has no stage 1";
		v.source = "Arm IHI 0070, 6.3.1 SMMU_IDR0.S1P";
		return v;
	}
	if (!smmuv3_field(regs, F_S2P)) {
		v.why = "the SMMU has no stage 2";
		v.source = "Arm IHI 0070, 6.3.1 SMMU_IDR0.S2P";
		return v;
	}
	if (!host->iommufd) {
		v.why = "this kernel has no CONFIG_ARM_SMMU_V3_IOMMUFD: no guest stage could be bound to it";
		v.source = "Linux 7.3, drivers/iommu/arm/Kconfig";
		return v;
	}
	v = nesting_errata(regs, host);
	if (v.answer != SMMUV3_YES)
		return v;
	v.why = "stage 2 alone, for a HWPT with IOMMU_HWPT_ALLOC_NEST_PARENT";
	v.source = "Linux 7.3, arm-smmu-v3.c: arm_smmu_domain_alloc_paging_flags()";
	return v;
}

/*
 * Can a guest have a vIOMMU on that domain? Guests must not get around the
 * caches: either stage 2 can force that, or the device is fully coherent.
 */
static struct smmuv3_verdict nesting_viommu(const struct smmuv3_regs *regs,
					    const struct smmuv3_host *host,
					    struct smmuv3_verdict parent)
{
	struct smmuv3_verdict v = {
		.source = "Linux 7.3, arm-smmu-v3-iommufd.c: arm_smmu_get_viommu_size()",
	};

	if (parent.answer != SMMUV3_YES)
		return parent;
	if (smmuv3_field(regs, F_FWB)) {
		v.answer = SMMUV3_YES;
		v.why = "the SMMU has IDR3.FWB";
	} else if (!host->devices) {
		v.answer = SMMUV3_UNKNOWN;
		v.why = "the SMMU has no IDR3.FWB, and no PCI device to ask for the IORT's CANWBS";
	} else if (!host->canwbs) {
		v.answer = SMMUV3_NO;
		v.why = "the SMMU has no IDR3.FWB, and none of its PCI devices the IORT's CANWBS";
	} else {
		v.answer = host->canwbs < host->devices ? SMMUV3_SOME :
							  SMMUV3_YES;
		v.why = "the SMMU has no IDR3.FWB: only for PCI devices with the IORT's CANWBS";
	}
	return v;
}

void smmuv3_nesting(const struct smmuv3_regs *regs,
		    const struct smmuv3_host *host,
		    struct smmuv3_nesting *nesting)
{
	struct smmuv3_verdict *state = nesting->state;
	int ssid = field_number(regs, F_SSIDSIZE);

	state[SMMUV3_STATE_DEFAULT] = (struct smmuv3_verdict){
		.answer = SMMUV3_YES,
		.why = smmuv3_field(regs, F_S1P) ?
			"a domain of the kernel's: stage 1, or bypass" :
			"a domain of the kernel's: stage 2, or bypass",
		.source = "Linux 7.3, arm-smmu-v3.c: arm_smmu_attach_dev()",
	};
	state[SMMUV3_STATE_PARENT] = nesting_parent(regs, host);
	state[SMMUV3_STATE_BOUND] =
		nesting_viommu(regs, host, state[SMMUV3_STATE_PARENT]);
	state[SMMUV3_STATE_UNBOUND] = state[SMMUV3_STATE_BOUND];
	if (state[SMMUV3_STATE_BOUND].answer == SMMUV3_YES ||
	    state[SMMUV3_STATE_BOUND].answer == SMMUV3_SOME) {
		state[SMMUV3_STATE_UNBOUND].why =
			"the guest's STE says bypass (stage 2 alone), or abort, or is invalid (which aborts)";
		state[SMMUV3_STATE_UNBOUND].source =
			"Linux 7.3, arm-smmu-v3-iommufd.c: arm_smmu_make_nested_domain_ste()";
	}
	state[SMMUV3_STATE_REMOVED] = (struct smmuv3_verdict){
		.answer = SMMUV3_YES,
		.why = "blocked as long as user space owns the group, then default again",
		.source = "Linux 7.3, iommu.c: __iommu_group_set_core_domain()",
	};
	nesting->s1cdmax = ssid;
	nesting->s1fmt_2level = smmuv3_field(regs, F_CD2L);
}
