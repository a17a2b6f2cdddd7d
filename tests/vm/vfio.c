// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio.c - what a VMM sees and may do through VFIO type1, for the VM tests
 *
 *	vfio ranges GROUP		the IOVA ranges that type1 offers, a line
 *					each: 0xSTART 0xLAST (last is inclusive)
 *	vfio map GROUP IOVA SIZE	map SIZE bytes of memory at IOVA; prints
 *					"ok" or the name of the errno
 *	vfio hold GROUP			print "held" and keep the group open
 *					until stdin ends
 *	vfio msi GROUP DEVICE		let DEVICE, which is QEMU's "edu", raise
 *					an MSI; print "interrupt" or "silence"
 *					and keep it set up until stdin ends
 *
 * Every call opens the group and a container of its own and leaves nothing
 * behind. The group's devices have to be bound to vfio-pci before.
 *
 * Exit status: 0 done (or mapped), 1 mapping refused, 2 usage or trouble with
 * a message on stderr.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TROUBLE 2

struct session {
	int container;
	int group;
};

static int trouble(const char *what)
{
	fprintf(stderr, "vfio: %s: %s\n", what, strerror(errno));
	return TROUBLE;
}

/* The descriptors live until the process ends; so does the IOMMU domain. */
static int session_open(struct session *s, const char *group)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	s->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (s->container < 0)
		return trouble("/dev/vfio/vfio");
	s->group = open(path, O_RDWR | O_CLOEXEC);
	if (s->group < 0)
		return trouble(path);
	if (ioctl(s->group, VFIO_GROUP_GET_STATUS, &status))
		return trouble("VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		fprintf(stderr, "vfio: group %s is not viable: bind all its devices to vfio-pci\n",
			group);
		return TROUBLE;
	}
	if (ioctl(s->group, VFIO_GROUP_SET_CONTAINER, &s->container))
		return trouble("VFIO_GROUP_SET_CONTAINER");
	if (ioctl(s->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return trouble("VFIO_SET_IOMMU type1v2");
	return 0;
}

static int print_ranges(const struct vfio_iommu_type1_info *info)
{
	const struct vfio_iommu_type1_info_cap_iova_range *cap;
	const struct vfio_info_cap_header *header;
	uint32_t offset = info->cap_offset;

	while (offset) {
		if (offset > info->argsz - sizeof(*header)) {
			fprintf(stderr, "vfio: capability at 0x%x lies outside the answer\n",
				offset);
			return TROUBLE;
		}
		header = (const void *)((const char *)info + offset);
		if (header->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) {
			cap = (const void *)header;
			for (uint32_t i = 0; i < cap->nr_iovas; i++)
				printf("0x%016llx 0x%016llx\n",
				       (unsigned long long)cap->iova_ranges[i].start,
				       (unsigned long long)cap->iova_ranges[i].end);
			return 0;
		}
		offset = header->next;
	}
	fprintf(stderr, "vfio: type1 offers no IOVA range capability\n");
	return TROUBLE;
}

static int cmd_ranges(const char *group)
{
	struct vfio_iommu_type1_info *info;
	struct session s;
	uint32_t argsz = sizeof(*info);
	int ret;

	ret = session_open(&s, group);
	if (ret)
		return ret;
	/* The first answer says how long the whole one is, the second is it. */
	for (;;) {
		info = calloc(1, argsz);
		if (!info)
			return trouble("memory");
		info->argsz = argsz;
		if (ioctl(s.container, VFIO_IOMMU_GET_INFO, info))
			return trouble("VFIO_IOMMU_GET_INFO");
		if (info->argsz <= argsz)
			break;
		argsz = info->argsz;
		free(info);
	}
	ret = print_ranges(info);
	free(info);
	return ret;
}

static int cmd_map(const char *group, const char *iova, const char *size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
	};
	struct session s;
	char *rest[2];
	void *memory;
	int ret;

	errno = 0;
	map.iova = strtoull(iova, &rest[0], 0);
	map.size = strtoull(size, &rest[1], 0);
	if (errno || *rest[0] || *rest[1] || !map.size) {
		fprintf(stderr, "vfio: IOVA '%s' and SIZE '%s' have to be numbers, SIZE not 0\n",
			iova, size);
		return TROUBLE;
	}
	ret = session_open(&s, group);
	if (ret)
		return ret;
	memory = mmap(NULL, map.size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return trouble("mmap");
	map.vaddr = (uintptr_t)memory;
	if (ioctl(s.container, VFIO_IOMMU_MAP_DMA, &map)) {
		printf("%s\n", strerrorname_np(errno));
		return 1;
	}
	printf("ok\n");
	return 0;
}

static int cmd_hold(const char *group)
{
	struct session s;
	int ret;

	ret = session_open(&s, group);
	if (ret)
		return ret;
	printf("held\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

/* Write to a region of a device: configuration space, or a BAR. */
static int region_write(int device, uint32_t index, uint64_t offset,
			const void *value, size_t size)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info), .index = index,
	};

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return trouble("VFIO_DEVICE_GET_REGION_INFO");
	if (pwrite(device, value, size, (off_t)(info.offset + offset)) !=
	    (ssize_t)size)
		return trouble("write to a region");
	return 0;
}

/* One vector of kind MSI, signalled through @event. */
static int msi_enable(int device, int event)
{
	struct {
		struct vfio_irq_set set;
		int32_t event;
	} irq = {
		.set = {
			.argsz = sizeof(irq.set) + sizeof(irq.event),
			.flags = VFIO_IRQ_SET_DATA_EVENTFD |
				 VFIO_IRQ_SET_ACTION_TRIGGER,
			.index = VFIO_PCI_MSI_IRQ_INDEX,
			.count = 1,
		},
		.event = event,
	};

	if (ioctl(device, VFIO_DEVICE_SET_IRQS, &irq))
		return trouble("VFIO_DEVICE_SET_IRQS");
	return 0;
}

static int cmd_msi(const char *group, const char *name)
{
	/* Memory and bus master, in the command register at 4. */
	const uint16_t command = 0x6;
	/* Register 0x60 of edu: raise an interrupt (QEMU, docs/specs/edu). */
	const uint32_t cause = 1;
	struct pollfd wait = { .events = POLLIN };
	struct session s;
	int device, ret;

	ret = session_open(&s, group);
	if (ret)
		return ret;
	device = ioctl(s.group, VFIO_GROUP_GET_DEVICE_FD, name);
	if (device < 0)
		return trouble("VFIO_GROUP_GET_DEVICE_FD");
	wait.fd = eventfd(0, EFD_CLOEXEC);
	if (wait.fd < 0)
		return trouble("eventfd");
	ret = region_write(device, VFIO_PCI_CONFIG_REGION_INDEX, 4, &command,
			   sizeof(command));
	if (!ret)
		ret = msi_enable(device, wait.fd);
	if (!ret)
		ret = region_write(device, VFIO_PCI_BAR0_REGION_INDEX, 0x60,
				   &cause, sizeof(cause));
	if (ret)
		return ret;
	if (poll(&wait, 1, 5000) < 0)
		return trouble("poll");
	printf("%s\n", wait.revents & POLLIN ? "interrupt" : "silence");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "ranges"))
		return cmd_ranges(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "map"))
		return cmd_map(argv[2], argv[3], argv[4]);
	if (argc == 3 && !strcmp(argv[1], "hold"))
		return cmd_hold(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "msi"))
		return cmd_msi(argv[2], argv[3]);
	fprintf(stderr, "usage: vfio ranges GROUP\n"
		"       vfio hold GROUP\n"
		"       vfio msi GROUP DEVICE\n"
		"       vfio map GROUP IOVA SIZE\n");
	return TROUBLE;
}
