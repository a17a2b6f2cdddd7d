/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smmuv3.h - what the ID registers of an SMMUv3 say
 *
 * Arm IHI 0070 issue H.a, System Memory Management Unit Architecture Specification,
 * SMMUv3: IDR0 section 6.3.1, IDR1 6.3.2, IDR3 6.3.4, IDR5 6.3.6, IIDR 6.3.7,
 * AIDR 6.3.8; address sizes 3.4; stream table entries (STE) 5.2.
 *
 * Needs no kernel: compiled into the module and into a host test.
 */
#ifndef IOMMU_RESV_SMMUV3_H
#define IOMMU_RESV_SMMUV3_H

#include "env.h"

/**
 * enum smmuv3_reg - the ID registers that are read
 * @SMMUV3_IDR0: features
 * @SMMUV3_IDR1: sizes of stream and substream IDs, and of queues
 * @SMMUV3_IDR3: more features
 * @SMMUV3_IDR5: address sizes, granules
 * @SMMUV3_IIDR: implementer and product
 * @SMMUV3_AIDR: version of the architecture
 * @SMMUV3_REGS: how many
 *
 * IDR2 and IDR4 say nothing that is used here.
 */
enum smmuv3_reg {
	SMMUV3_IDR0,
	SMMUV3_IDR1,
	SMMUV3_IDR3,
	SMMUV3_IDR5,
	SMMUV3_IIDR,
	SMMUV3_AIDR,
	SMMUV3_REGS
};

/**
 * struct smmuv3_regs - their values
 * @value: by enum smmuv3_reg
 */
struct smmuv3_regs {
	u32 value[SMMUV3_REGS];
};

/* Room for what smmuv3_field_text() and the like write. */
#define SMMUV3_TEXT	64

/**
 * smmuv3_reg_name() - name of a register as the architecture has it
 * @reg: which
 *
 * Return: such as "IDR0".
 */
const char *smmuv3_reg_name(enum smmuv3_reg reg);

/**
 * smmuv3_reg_offset() - where a register is in page 0
 * @reg: which
 *
 * Return: bytes from the SMMU's base.
 */
u32 smmuv3_reg_offset(enum smmuv3_reg reg);

/**
 * smmuv3_fields() - how many fields are known
 *
 * Return: fields have numbers below that.
 */
unsigned int smmuv3_fields(void);

/**
 * smmuv3_field_name() - name of a field as the architecture has it
 * @field: number of the field
 * @name: receives such as "IDR0.S1P", whole
 */
void smmuv3_field_name(unsigned int field, char name[SMMUV3_TEXT]);

/**
 * smmuv3_field() - value of a field
 * @regs: the registers
 * @field: number of the field
 *
 * Return: its bits.
 */
u32 smmuv3_field(const struct smmuv3_regs *regs, unsigned int field);

/**
 * smmuv3_field_text() - what a field says
 * @regs: the registers
 * @field: number of the field
 * @text: receives it; "reserved (N)" where the architecture gives the value no
 *	meaning
 */
void smmuv3_field_text(const struct smmuv3_regs *regs, unsigned int field,
		       char text[SMMUV3_TEXT]);

/**
 * struct smmuv3_sizes - what several fields give together
 * @s1: stage 1 is implemented (IDR0.S1P)
 * @s2: stage 2 is implemented (IDR0.S2P)
 * @asid_bits: width of an ASID
 * @vmid_bits: width of a VMID
 * @ssid_bits: width of a substream ID, 0 without substreams; -1: reserved value
 * @sid_bits: width of a stream ID; -1: reserved value
 * @va_bits: of a stage 1 input address, for each of the two tables; -1: reserved
 *	value
 * @ias: bits of an intermediate physical address (IPA); -1: not known, as the
 *	format (IDR0.TTF) has a reserved value
 * @oas: bits of an output address
 * @granule_4k: page size of 4 KiB
 * @granule_16k: page size of 16 KiB
 * @granule_64k: page size of 64 KiB
 */
struct smmuv3_sizes {
	bool s1;
	bool s2;
	int asid_bits;
	int vmid_bits;
	int ssid_bits;
	int sid_bits;
	int va_bits;
	int ias;
	int oas;
	bool granule_4k;
	bool granule_16k;
	bool granule_64k;
};

/**
 * smmuv3_sizes() - compute what several fields give together
 * @regs: the registers
 * @sizes: filled in
 */
void smmuv3_sizes(const struct smmuv3_regs *regs, struct smmuv3_sizes *sizes);

/**
 * smmuv3_implementer() - who made it
 * @regs: the registers
 * @text: receives the name, or the code and that it is not known
 */
void smmuv3_implementer(const struct smmuv3_regs *regs, char text[SMMUV3_TEXT]);

/**
 * smmuv3_product() - what it is
 * @regs: the registers
 * @text: receives name and revision (rVARIANTpREVISION), or the code and that it
 *	is not known
 */
void smmuv3_product(const struct smmuv3_regs *regs, char text[SMMUV3_TEXT]);

/**
 * smmuv3_architecture() - to which version it conforms
 * @regs: the registers
 * @text: receives such as "SMMUv3.1", or "reserved (N)"
 */
void smmuv3_architecture(const struct smmuv3_regs *regs,
			 char text[SMMUV3_TEXT]);

/**
 * enum smmuv3_answer - is something possible?
 * @SMMUV3_NO: no
 * @SMMUV3_YES: yes
 * @SMMUV3_SOME: for some of the SMMU's devices
 * @SMMUV3_UNKNOWN: it cannot be told
 */
enum smmuv3_answer {
	SMMUV3_NO,
	SMMUV3_YES,
	SMMUV3_SOME,
	SMMUV3_UNKNOWN
};

/**
 * enum smmuv3_state - states of a device whose guest has an SMMU of its own
 * @SMMUV3_STATE_DEFAULT: not given to user space: a domain of the kernel's
 * @SMMUV3_STATE_PARENT: in a stage 2 domain that guest stages can be bound to:
 *	STE.Config 0b110
 * @SMMUV3_STATE_BOUND: the guest's stage 1 in front of it: STE.Config 0b111
 * @SMMUV3_STATE_UNBOUND: the guest's STE says bypass (STE.Config 0b110, stage 2
 *	of the parent alone), abort or nothing (STE.Config 0b000)
 * @SMMUV3_STATE_REMOVED: taken from user space: blocked, then default again
 * @SMMUV3_STATES: how many
 */
enum smmuv3_state {
	SMMUV3_STATE_DEFAULT,
	SMMUV3_STATE_PARENT,
	SMMUV3_STATE_BOUND,
	SMMUV3_STATE_UNBOUND,
	SMMUV3_STATE_REMOVED,
	SMMUV3_STATES
};

/**
 * smmuv3_state_word() - the word for a state
 * @state: which
 *
 * Return: the word.
 */
const char *smmuv3_state_word(enum smmuv3_state state);

/**
 * struct smmuv3_host - what nesting depends on besides the SMMU
 * @iommufd: the kernel was built with CONFIG_ARM_SMMU_V3_IOMMUFD
 * @mmu700: does the kernel's driver nest on an MMU-700 from r1p1 on? Older ones
 *	do not, because of errata 2268618 and 2812531
 * @devices: PCI devices behind the SMMU
 * @canwbs: how many of them are fully coherent: the IORT's flag CANWBS of their
 *	root complex (IORT issue E.f), as the kernel read it
 */
struct smmuv3_host {
	bool iommufd;
	enum smmuv3_answer mmu700;
	u32 devices;
	u32 canwbs;
};

/**
 * struct smmuv3_verdict - whether a state is possible
 * @answer: is it?
 * @why: the reason, as half a sentence
 * @source: where that is written
 */
struct smmuv3_verdict {
	enum smmuv3_answer answer;
	const char *why;
	const char *source;
};

/**
 * struct smmuv3_nesting - what a guest's SMMU may ask for
 * @state: by enum smmuv3_state
 * @s1fmt_2level: STE.S1Fmt: two-level tables of context descriptors, with leaves
 *	of 4 KiB or 64 KiB; linear ones always. Only if @s1cdmax is above 0: else
 *	the field is ignored
 * @s1cdmax: STE.S1CDMax: 0 to this; -1: not known, IDR1.SSIDSIZE is reserved
 *
 * STE.S1DSS may be terminate, bypass or substream 0 where @s1cdmax is above 0,
 * and is ignored otherwise. The last two mean something only where the bound
 * state is possible.
 */
struct smmuv3_nesting {
	struct smmuv3_verdict state[SMMUV3_STATES];
	bool s1fmt_2level;
	int s1cdmax;
};

/**
 * smmuv3_nesting() - say which states are possible
 * @regs: the registers
 * @host: what else it depends on
 * @nesting: filled in
 */
void smmuv3_nesting(const struct smmuv3_regs *regs,
		    const struct smmuv3_host *host,
		    struct smmuv3_nesting *nesting);

#endif
