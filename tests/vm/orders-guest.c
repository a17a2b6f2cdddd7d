// SPDX-License-Identifier: GPL-2.0-only
/*
 * orders-guest.c - a guest that asks its virtio-iommu about the assigned disk
 *
 * The demonstration's guest (tests/demo/guest.c, which says where it runs) with
 * an IOMMU of its own. Before it reads the disk it finds a virtio-iommu on bus
 * 0 and prints, a line each:
 *
 *	guest: reserved 0xSTART 0xLAST		what PROBE says of the disk, in
 *	guest: msi 0xSTART 0xLAST		the order in which it says it
 *	guest: PROBE answers N			N: a status of the
 *	guest: ATTACH answers N			specification, 0 is OK
 *	guest: MAP 0xIOVA answers N		one line for each address below
 *
 * It then maps the disk's queues one to one and the buffer for data to another
 * page, and reads the disk. The demonstration's line shows what came to the
 * buffer's own address, past the IOMMU; the last line is
 *
 *	guest: behind its IOMMU the disk says: '...'
 *
 * with what came to the page that the IOMMU was told.
 *
 * Virtual I/O Device (VIRTIO) 1.2: PCI transport in section 4.1, split
 * virtqueues in 2.7, the IOMMU device in 5.13. Names of fields are the
 * specification's.
 */
#define guest_main read_disk
#include "../demo/guest.c"
#undef guest_main

/* Behind the disk's BAR, which is at PCI_BAR. */
#define IOMMU_BAR	(PCI_BAR + 0x100000)

/* Inside the demonstration board's hole, and clear of everything. */
static const uint64_t tried[] = { 0x48000000, 0x60000000 };

/* Kinds of structures, cfg_type of a virtio capability */
#define COMMON_CFG	1
#define NOTIFY_CFG	2
#define DEVICE_CFG	4

/* Registers of the common configuration structure */
#define DRIVER_FEATURE_SELECT	0x08
#define DRIVER_FEATURE		0x0c
#define DEVICE_STATUS		0x14
#define QUEUE_SELECT		0x16
#define QUEUE_SIZE		0x18
#define QUEUE_ENABLE		0x1c
#define QUEUE_NOTIFY_OFF	0x1e
#define QUEUE_DESC		0x20
#define QUEUE_DRIVER		0x28
#define QUEUE_DEVICE		0x30

#define ACKNOWLEDGE	1
#define DRIVER		2
#define DRIVER_OK	4
#define FEATURES_OK	8

#define F_VERSION_1	(1u << 0)	/* of features 32 to 63 */
#define F_MAP_UNMAP	(1u << 2)
#define F_PROBE		(1u << 4)

#define PROBE_SIZE	0x20		/* in the device's configuration */

/* Requests */
#define T_ATTACH	1
#define T_MAP		3
#define T_PROBE		5
#define PROBE_T_RESV_MEM	1
#define MAP_F_READ_WRITE	3
#define DOMAIN		1
#define RESPONSE_MAX	1024

struct request {
	uint32_t type;			/* and three reserved bytes */
	union {
		struct {
			uint32_t domain, endpoint, flags, reserved;
		} attach;
		struct {
			uint32_t domain, virt_start[2], virt_end[2],
				 phys_start[2], flags;
		} map;
		struct {
			uint32_t endpoint, reserved[16];
		} probe;
	};
};

struct descriptor {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

#define DESC_F_NEXT	1
#define DESC_F_WRITE	2
#define RING		8

static volatile struct descriptor desc[RING] __attribute__((aligned(16)));
static volatile struct {
	uint16_t flags, idx, ring[RING], used_event;
} avail __attribute__((aligned(2)));
static volatile struct {
	uint16_t flags, idx;
	struct {
		uint32_t id, len;
	} ring[RING];
	uint16_t avail_event;
} used __attribute__((aligned(4)));
static uint8_t elsewhere[PAGE] __attribute__((aligned(PAGE)));
static struct request request;
static uint8_t response[RESPONSE_MAX] __attribute__((aligned(8)));
static uint64_t common, notify, device;

static uint16_t read16(uint64_t address)
{
	return *(volatile uint16_t *)address;
}

static void write16(uint64_t address, uint16_t value)
{
	*(volatile uint16_t *)address = value;
}

static void write64(uint64_t address, uint64_t value)
{
	write32(address, (uint32_t)value);
	write32(address + 4, (uint32_t)(value >> 32));
}

static void add_status(uint8_t bit)
{
	volatile uint8_t *status = (volatile uint8_t *)(common + DEVICE_STATUS);

	*status |= bit;
}

static void print_hex(uint64_t value)
{
	print("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		write32(UART, (uint8_t)"0123456789abcdef"[value >> shift & 15]);
}

/* The end of a line; a status has one digit. */
static void print_answer(unsigned int status)
{
	print(" answers ");
	write32(UART, '0' + status);
	print("\n");
}

/* Configuration space of the function with this vendor and device id; 0 if there is none. */
static uint64_t find_id(uint32_t id)
{
	for (unsigned int slot = 0; slot < 32; slot++) {
		uint64_t config = ECAM + ((uint64_t)slot << 15);

		if (read32(config) == id)
			return config;
	}
	return 0;
}

/* Give the BAR that holds the virtio structures its place, and find them. */
static void find_structures(uint64_t config)
{
	uint64_t cap = config + (read32(config + 0x34) & 0xfc);
	uint32_t multiplier = 0;
	int bar = -1;

	for (; cap != config; cap = config + (read32(cap) >> 8 & 0xfc)) {
		uint32_t kind = read32(cap) >> 24;
		uint64_t place = IOMMU_BAR + read32(cap + 8);

		/* vendor specific */
		if ((read32(cap) & 0xff) != 9 || kind == 0 || kind > DEVICE_CFG)
			continue;
		if (bar >= 0 && bar != (int)(read32(cap + 4) & 0xff))
			fail("the virtio-iommu has structures in several BARs");
		bar = read32(cap + 4) & 0xff;
		if (kind == COMMON_CFG)
			common = place;
		if (kind == DEVICE_CFG)
			device = place;
		if (kind == NOTIFY_CFG) {
			notify = place;
			multiplier = read32(cap + 16);
		}
	}
	if (!common || !device || !notify)
		fail("the virtio-iommu lacks a structure");
	write32(config + 0x10 + 4 * bar, IOMMU_BAR);
	write32(config + 0x14 + 4 * bar, 0);
	write32(config + 0x04, 0x6);	/* memory space, bus master */
	write16(common + QUEUE_SELECT, 0);
	notify += (uint64_t)read16(common + QUEUE_NOTIFY_OFF) * multiplier;
}

static void start_iommu(void)
{
	uint64_t config = find_id(0x10571af4);	/* 0x1040 + 23 */

	if (!config)
		fail("no virtio-iommu on bus 0");
	find_structures(config);
	*(volatile uint8_t *)(common + DEVICE_STATUS) = 0;
	add_status(ACKNOWLEDGE);
	add_status(DRIVER);
	write32(common + DRIVER_FEATURE_SELECT, 0);
	write32(common + DRIVER_FEATURE, F_MAP_UNMAP | F_PROBE);
	write32(common + DRIVER_FEATURE_SELECT, 1);
	write32(common + DRIVER_FEATURE, F_VERSION_1);
	add_status(FEATURES_OK);
	if (!(*(volatile uint8_t *)(common + DEVICE_STATUS) & FEATURES_OK))
		fail("the virtio-iommu does not take MAP_UNMAP and PROBE");
	write16(common + QUEUE_SELECT, 0);
	write16(common + QUEUE_SIZE, RING);
	write64(common + QUEUE_DESC, (uintptr_t)desc);
	write64(common + QUEUE_DRIVER, (uintptr_t)&avail);
	write64(common + QUEUE_DEVICE, (uintptr_t)&used);
	write16(common + QUEUE_ENABLE, 1);
	add_status(DRIVER_OK);
}

/* Send the first @size bytes of @request; the answer's status, which follows @properties bytes. */
static unsigned int send(uint32_t size, uint32_t properties)
{
	desc[0].addr = (uintptr_t)&request;
	desc[0].len = size;
	desc[0].flags = DESC_F_NEXT;
	desc[0].next = 1;
	desc[1].addr = (uintptr_t)response;
	desc[1].len = properties + 4;
	desc[1].flags = DESC_F_WRITE;
	memset(response, 0, sizeof(response));
	avail.ring[avail.idx % RING] = 0;
	barrier();
	avail.idx++;
	barrier();
	write16(notify, 0);
	for (unsigned long i = 0; used.idx != avail.idx; i++)
		if (i == SPINS)
			fail("the virtio-iommu does not answer");
	barrier();
	return response[properties];
}

static void probe(uint32_t endpoint)
{
	uint32_t size = read32(device + PROBE_SIZE);
	const uint32_t *property = (const uint32_t *)response;
	unsigned int status;

	if (size > RESPONSE_MAX - 4)
		fail("the virtio-iommu has more properties than fit");
	request = (struct request){
		.type = T_PROBE, .probe.endpoint = endpoint,
	};
	status = send(4 + sizeof(request.probe), size);
	print("guest: PROBE");
	print_answer(status);
	/* Head: type, 16 bits, and length without head, 16 bits. */
	while (!status && (*property & 0xfff)) {
		if ((*property & 0xfff) == PROBE_T_RESV_MEM) {
			print((property[1] & 0xff) == 1 ? "guest: msi " :
			      "guest: reserved ");
			print_hex(property[2] | (uint64_t)property[3] << 32);
			print(" ");
			print_hex(property[4] | (uint64_t)property[5] << 32);
			print("\n");
		}
		property += 1 + (*property >> 16) / 4;
		if ((const uint8_t *)property >= response + size)
			break;
	}
}

static unsigned int map(uint64_t iova, uint64_t size, const void *to)
{
	uint64_t last = iova + size - 1, phys = (uintptr_t)to;

	request = (struct request){
		.type = T_MAP,
		.map = {
			.domain = DOMAIN,
			.virt_start = { (uint32_t)iova, iova >> 32 },
			.virt_end = { (uint32_t)last, last >> 32 },
			.phys_start = { (uint32_t)phys, phys >> 32 },
			.flags = MAP_F_READ_WRITE,
		},
	};
	return send(4 + sizeof(request.map), 0);
}

/* Called by the entry code of the demonstration's guest. */
void guest_main(void);

void guest_main(void)
{
	/* Bus 0: the stream is the slot and the function. */
	uint32_t endpoint = (uint32_t)((find_nvme() - ECAM) >> 12);

	start_iommu();
	probe(endpoint);
	request = (struct request){
		.type = T_ATTACH,
		.attach = { .domain = DOMAIN, .endpoint = endpoint },
	};
	print("guest: ATTACH");
	print_answer(send(4 + sizeof(request.attach), 0));
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		print("guest: MAP ");
		print_hex(tried[i]);
		print_answer(map(tried[i], PAGE, pages[4]));
	}
	if (map((uintptr_t)pages, sizeof(pages) - PAGE, pages) ||
	    map((uintptr_t)pages[4], PAGE, elsewhere))
		fail("the virtio-iommu does not map the buffers");
	read_disk();
	print("guest: behind its IOMMU the disk says: '");
	print_field(elsewhere, BLOCK);
	print("'\n");
}
