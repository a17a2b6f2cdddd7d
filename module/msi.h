/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * msi.h - which MSI controller a device has, and how its MSIs travel
 *
 * Of all MSI drivers five have doorbells mapped where an IOMMU translates: they
 * call iommu_dma_prepare_msi() (grep in drivers/irqchip and drivers/pci, 6.1 to
 * 7.3). Every other one gives the device the doorbell's own address.
 *
 * resv_msi_path() asks memory that does not change while a device exists; the
 * rest asks for messages that were programmed, with the lock of a device's MSIs,
 * which must not be taken below group->mutex (doorbells.c has why).
 */
#ifndef IOMMU_RESV_MSI_H
#define IOMMU_RESV_MSI_H

#include <linux/types.h>

#include "consume.h"
#include "iommu_resv.h"

/**
 * enum resv_msi_controller - kinds of MSI controllers
 * @RESV_MSI_NONE: the device has no MSIs
 * @RESV_MSI_ITS: ITS of a GICv3 or GICv4
 * @RESV_MSI_V2M: GICv2m frame
 * @RESV_MSI_MBI: message-based interrupts of a GICv3 distributor
 * @RESV_MSI_GICV5_ITS: ITS of a GICv5
 * @RESV_MSI_LS_SCFG: Layerscape's SCFG
 * @RESV_MSI_ROOT_COMPLEX: part of the PCI host bridge
 * @RESV_MSI_OTHER: another one whose driver is known not to map doorbells
 * @RESV_MSI_UNKNOWN: not recognised
 */
enum resv_msi_controller {
	RESV_MSI_NONE,
	RESV_MSI_ITS,
	RESV_MSI_V2M,
	RESV_MSI_MBI,
	RESV_MSI_GICV5_ITS,
	RESV_MSI_LS_SCFG,
	RESV_MSI_ROOT_COMPLEX,
	RESV_MSI_OTHER,
	RESV_MSI_UNKNOWN,
};

/**
 * struct resv_message - where some of a device's MSIs are written
 * @address: in the message
 * @translated: it is an IOVA at which the kernel has mapped a doorbell
 * @physical_known: @physical was seen
 * @physical: with @translated: what the device's domain has there
 */
struct resv_message {
	u64 address;
	bool translated;
	bool physical_known;
	u64 physical;
};

/**
 * struct resv_messages - the different places that a device's MSIs are written to
 * @count: how many
 * @more: there are more than fit
 * @message: the places
 */
struct resv_messages {
	unsigned int count;
	bool more;
	struct resv_message message[RESV_DOORBELLS_MAX + 1];
};

/* Most ITSs of one device that are told of. */
#define RESV_MSI_ITS_MAX	8

/**
 * struct resv_its_parent - an ITS that a device's MSIs may go to
 * @base: its physical base address
 * @has_id: firmware gives it an identifier (MADT, IORT)
 * @id: that one
 * @node: full path of its node in the device tree, or empty
 */
struct resv_its_parent {
	u64 base;
	bool has_id;
	u32 id;
	char node[96];
};

/**
 * struct resv_msi - how the MSIs of a device travel
 * @controller: what takes them
 * @name: the controller's compatible or the name of its IRQ domain; or empty
 * @evidence: how it was recognised, as a clause
 * @path: translated or not
 * @path_why: why, as a sentence
 * @swallowed: see struct resv_consume_device
 * @bits: address bits of the device's MSIs, 32 or 64; 0 where not known
 * @messages: where they are written now
 * @messages_why: why there is none; %NULL where there is one
 * @its_count: how many of @its
 * @its_why: why there is none, or not all of them; %NULL where these are all
 * @its: ITSs that the device's MSIs may go to, as firmware says
 * @doorbell_known: @doorbell is the physical address of a doorbell
 * @doorbell: that address
 * @isolated: see struct resv_consume_device
 * @isolated_why: why, as a sentence
 * @coherent: see struct resv_consume_device
 * @direct: see struct resv_consume_device, as far as the kernel says it
 */
struct resv_msi {
	enum resv_msi_controller controller;
	char name[64];
	const char *evidence;
	enum resv_msi_path path;
	const char *path_why;
	enum resv_tri swallowed;
	u32 bits;
	struct resv_messages messages;
	const char *messages_why;
	u32 its_count;
	const char *its_why;
	struct resv_its_parent its[RESV_MSI_ITS_MAX];
	bool doorbell_known;
	u64 doorbell;
	enum resv_tri isolated;
	const char *isolated_why;
	enum resv_tri coherent;
	enum resv_tri direct;
};

enum resv_msi_path resv_msi_path(struct device *dev);
void resv_msi_look(struct resv_msi *msi, struct device *dev,
		   struct iommu_group *group);
const char *resv_msi_controller_word(enum resv_msi_controller controller);
const char *resv_msi_path_word(enum resv_msi_path path);

/* doorbells.c */
void resv_doorbells_messages(struct device *dev, struct resv_messages *messages);

#endif
