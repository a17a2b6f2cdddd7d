/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edu.h - what the programs vfio.c and iommufd.c do alike with a VFIO device:
 * let QEMU's "edu" raise an MSI, and complain
 *
 * Included once, before anything else but what needs _GNU_SOURCE.
 */
#ifndef TESTS_VM_EDU_H
#define TESTS_VM_EDU_H

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TROUBLE 2

static int trouble(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(errno));
	return TROUBLE;
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

/* One vector of kind MSI, signalled through @event; a failure is in errno. */
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

	return ioctl(device, VFIO_DEVICE_SET_IRQS, &irq);
}

/* The reverse; a failure is in errno. */
static inline int msi_disable(int device)
{
	struct vfio_irq_set none = {
		.argsz = sizeof(none),
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSI_IRQ_INDEX,
	};

	return ioctl(device, VFIO_DEVICE_SET_IRQS, &none);
}

/* Let an edu device, which has its vector, raise it; prints what comes. */
static int msi_raise(int device, int event)
{
	/* Register 0x60 of edu: raise an interrupt (QEMU, docs/specs/edu). */
	const uint32_t cause = 1;
	struct pollfd wait = { .fd = event, .events = POLLIN };
	uint64_t seen;
	int ret;

	ret = region_write(device, VFIO_PCI_BAR0_REGION_INDEX, 0x60, &cause,
			   sizeof(cause));
	if (ret)
		return ret;
	if (poll(&wait, 1, 5000) < 0)
		return trouble("poll");
	if (wait.revents & POLLIN && read(event, &seen, sizeof(seen)) < 0)
		return trouble("eventfd");
	printf("%s\n", wait.revents & POLLIN ? "interrupt" : "silence");
	return 0;
}

/* Memory and bus master, in the command register at 4. */
static int device_enable(int device)
{
	const uint16_t command = 0x6;

	return region_write(device, VFIO_PCI_CONFIG_REGION_INDEX, 4, &command,
			    sizeof(command));
}

#endif
