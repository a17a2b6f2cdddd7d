// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest.c - the demo's guest: a few hundred lines that read a disk by DMA
 *
 * Runs bare, as the kernel of a qemu-system-aarch64 "virt" machine with
 * highmem=off (so that ECAM and BARs lie below RAM), at EL1 with the MMU off.
 * It finds an NVMe controller on bus 0, starts it, reads block 0 into RAM and
 * prints what it found on the UART, one line, "guest: ..."; then it idles until
 * the machine is ended. Every byte of its answer has come through the host's
 * IOMMU, so the answer proves that the assigned device works. Interrupts are
 * not used.
 *
 * NVM Express Base Specification 1.4: registers in section 3.1, commands in
 * section 5 and 6. Names of fields are the specification's.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places of QEMU's "virt" machine with highmem=off. */
#define UART		0x09000000ul
#define PCI_BAR		0x10000000ul
#define ECAM		0x3f000000ul

#define PAGE		0x10000		/* the host's, at most: its IOMMU maps whole ones */
#define BLOCK		512
#define QUEUE		4		/* entries of each queue */
#define SPINS		100000000ul	/* of one wait; far more than it takes */

/* NVMe controller registers */
#define NVME_CC		0x14
#define NVME_CSTS	0x1c
#define NVME_AQA	0x24
#define NVME_ASQ	0x28
#define NVME_ACQ	0x30
#define NVME_DOORBELLS	0x1000		/* stride 4: CAP.DSTRD is 0 in QEMU */

#define CC_EN		(1u << 0)
#define CC_IOSQES	(6u << 16)	/* 2^6 bytes a submission entry */
#define CC_IOCQES	(4u << 20)	/* 2^4 bytes a completion entry */
#define CSTS_RDY	(1u << 0)

#define ADMIN_CREATE_SQ	0x01
#define ADMIN_CREATE_CQ	0x05
#define ADMIN_IDENTIFY	0x06
#define NVM_READ	0x02

struct command {
	uint32_t cdw0, nsid;
	uint64_t reserved, mptr, prp1, prp2;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct completion {
	uint32_t dw0, dw1;
	uint16_t sqhd, sqid, cid, status;
};

struct queue {
	volatile struct command *sq;
	volatile struct completion *cq;
	unsigned int id, tail, head;
	bool phase;
};

/* The device writes here: page aligned, each a page of its own. */
static uint8_t pages[5][PAGE] __attribute__((aligned(PAGE)));

/* What the compiler expects to find even without a C library. */
void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);

void *memcpy(void *to, const void *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	return to;
}

void *memset(void *to, int byte, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((uint8_t *)to)[i] = (uint8_t)byte;
	return to;
}

static void barrier(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}

static uint32_t read32(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static void write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static void print(const char *text)
{
	while (*text)
		write32(UART, (uint8_t)*text++);
}

/* Up to @max characters of a field that need not end, without line ends. */
static void print_field(const uint8_t *field, unsigned int max)
{
	while (max && field[max - 1] == ' ')
		max--;
	for (unsigned int i = 0; i < max && field[i] >= ' ' && field[i] < 127; i++)
		write32(UART, field[i]);
}

/* Where guest_main() returns to, too. */
void stop(void);

void stop(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

static void fail(const char *why)
{
	print("guest: FAILED: ");
	print(why);
	print("\n");
	stop();
}

static uint64_t find_nvme(void)
{
	for (unsigned int slot = 0; slot < 32; slot++) {
		uint64_t config = ECAM + ((uint64_t)slot << 15);

		/* class 01, subclass 08, interface 02 */
		if (read32(config) != 0xffffffff && read32(config + 8) >> 8 == 0x010802)
			return config;
	}
	fail("no NVMe controller on bus 0");
	return 0;
}

static void wait_ready(uint32_t want)
{
	for (unsigned long i = 0; i < SPINS; i++)
		if ((read32(PCI_BAR + NVME_CSTS) & CSTS_RDY) == want)
			return;
	fail("the controller does not change its ready state");
}

static void submit(struct queue *q, const struct command *command)
{
	volatile struct completion *done = &q->cq[q->head];

	q->sq[q->tail] = *command;
	q->tail = (q->tail + 1) % QUEUE;
	barrier();
	write32(PCI_BAR + NVME_DOORBELLS + 8 * q->id, q->tail);
	for (unsigned long i = 0; (done->status & 1) != q->phase; i++)
		if (i == SPINS)
			fail("no completion arrives in memory");
	barrier();
	if (done->status >> 1)
		fail("the controller reports an error");
	q->head = (q->head + 1) % QUEUE;
	if (!q->head)
		q->phase = !q->phase;
	write32(PCI_BAR + NVME_DOORBELLS + 8 * q->id + 4, q->head);
}

/* Called by the entry code below. */
void guest_main(void);

void guest_main(void)
{
	struct queue admin = {
		.sq = (void *)pages[0], .cq = (void *)pages[1], .phase = true,
	};
	struct queue io = {
		.sq = (void *)pages[2], .cq = (void *)pages[3], .id = 1,
		.phase = true,
	};
	uint8_t *data = pages[4];
	uint64_t config = find_nvme();

	write32(config + 0x10, PCI_BAR);
	write32(config + 0x14, 0);
	write32(config + 0x04, 0x6);	/* memory space, bus master */

	write32(PCI_BAR + NVME_CC, 0);
	wait_ready(0);
	write32(PCI_BAR + NVME_AQA, (QUEUE - 1) << 16 | (QUEUE - 1));
	write32(PCI_BAR + NVME_ASQ, (uint32_t)(uintptr_t)admin.sq);
	write32(PCI_BAR + NVME_ASQ + 4, 0);
	write32(PCI_BAR + NVME_ACQ, (uint32_t)(uintptr_t)admin.cq);
	write32(PCI_BAR + NVME_ACQ + 4, 0);
	write32(PCI_BAR + NVME_CC, CC_EN | CC_IOSQES | CC_IOCQES);
	wait_ready(CSTS_RDY);

	submit(&admin, &(struct command){
		.cdw0 = ADMIN_IDENTIFY, .prp1 = (uintptr_t)data, .cdw10 = 1,
	});
	print("guest: NVMe disk with serial number '");
	print_field(data + 4, 20);
	print("' says: '");

	submit(&admin, &(struct command){
		.cdw0 = ADMIN_CREATE_CQ, .prp1 = (uintptr_t)io.cq,
		.cdw10 = (QUEUE - 1) << 16 | 1, .cdw11 = 1,
	});
	submit(&admin, &(struct command){
		.cdw0 = ADMIN_CREATE_SQ, .prp1 = (uintptr_t)io.sq,
		.cdw10 = (QUEUE - 1) << 16 | 1, .cdw11 = 1 << 16 | 1,
	});
	submit(&io, &(struct command){
		.cdw0 = NVM_READ, .nsid = 1, .prp1 = (uintptr_t)data,
	});
	print_field(data, BLOCK);
	print("'\n");
}

/* FP and SIMD stay off: the compiler is told not to use them. */
__asm__(
	".section .text.start, \"ax\"\n"
	".global _start\n"
	"_start:\n"
	"	ldr	x0, =stack_top\n"
	"	mov	sp, x0\n"
	"	bl	guest_main\n"
	"	b	stop\n"
	".section .bss.stack, \"aw\", %nobits\n"
	"	.balign 16\n"
	"	.skip 8192\n"
	"stack_top:\n"
	".text\n"
);
