/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommus.h - what iommus.c and report_iommu.c share
 */
#ifndef IOMMU_RESV_IOMMUS_H
#define IOMMU_RESV_IOMMUS_H

#include <linux/kref.h>

#include "iommu_resv.h"
#include "msi.h"
#include "share.h"

/**
 * enum resv_iommu_source - where an IOMMU's ID registers were read
 * @RESV_IOMMU_SOURCE_NONE: they were not
 * @RESV_IOMMU_SOURCE_HW_INFO: its driver gave them (iommu_ops.hw_info)
 * @RESV_IOMMU_SOURCE_REGISTERS: in its registers
 */
enum resv_iommu_source {
	RESV_IOMMU_SOURCE_NONE,
	RESV_IOMMU_SOURCE_HW_INFO,
	RESV_IOMMU_SOURCE_REGISTERS,
};

/* Most ID registers of one IOMMU. */
#define RESV_IOMMU_WORDS	6

/**
 * struct resv_iommu_id - an IOMMU's ID registers
 * @source: where they were read
 * @words: how many
 * @word: SMMUv3: by enum smmuv3_reg; SMMUv2: ID0, ID1, ID2; VT-d: CAP, ECAP;
 *	AMD: EFR, EFR2
 */
struct resv_iommu_id {
	enum resv_iommu_source source;
	u32 words;
	u64 word[RESV_IOMMU_WORDS];
};

/**
 * struct resv_iommu - an IOMMU of the machine
 * @node: in the list of IOMMUs
 * @refs: the list, and who looks at it
 * @dev: its device of class "iommu", referenced
 * @hw: the device that it is, referenced; %NULL where Linux has none
 * @type: what it is
 * @driver: name of @hw's driver; empty without one
 * @dir: its debugfs directory; %NULL before resv_iommus_publish()
 * @id: its ID registers; resv_iommus_lock. They do not change, and are read once
 */
struct resv_iommu {
	struct list_head node;
	struct kref refs;
	struct device *dev;
	struct device *hw;
	enum resv_iommu_type type;
	char driver[RESV_NAME_LEN];
	struct dentry *dir;
	struct resv_iommu_id id;
};

/**
 * struct resv_iommu_view - an IOMMU at one moment
 * @ri: the IOMMU, referenced
 * @id: its ID registers
 * @reason: why there are none
 * @devices: how many devices are behind it
 * @pci: how many of them are PCI functions
 * @canwbs: how many of these have the IORT's flag CANWBS
 * @groups: in how many groups
 * @group: number of the last one counted
 * @domain_known: the two below mean something
 * @page_sizes: pages that a domain of it can map, a bit for each size
 * @aperture: addresses that a domain of it can translate
 */
struct resv_iommu_view {
	struct resv_iommu *ri;
	struct resv_iommu_id id;
	const char *reason;
	u32 devices;
	u32 pci;
	u32 canwbs;
	u32 groups;
	int group;
	bool domain_known;
	unsigned long page_sizes;
	struct resv_range aperture;
};

/**
 * struct resv_iommu_device - a device behind an IOMMU
 * @node: in struct resv_census
 * @dev: referenced
 * @bus: name of its bus
 * @group: number of its group
 * @member: its IOMMU and its ITSs, in order and in a set
 * @its: the same as they were found
 * @its_error: why its ITSs are not known, as fact_its_bases() says it
 * @isolated: as struct resv_msi has it
 * @isolated_why: why
 * @direct: its IOMMU driver wants memory mapped 1:1 for it
 */
struct resv_iommu_device {
	struct list_head node;
	struct device *dev;
	const char *bus;
	int group;
	struct share_member *member;
	struct share_member its;
	int its_error;
	enum resv_tri isolated;
	const char *isolated_why;
	enum resv_tri direct;
};

/**
 * struct resv_census - all IOMMUs, and all devices behind them
 * @view: the IOMMUs; number 1 is @view[0]
 * @views: how many
 * @devices: struct resv_iommu_device
 * @count: how many
 * @member: @count of them
 * @sets: how many sets they make
 */
struct resv_census {
	struct resv_iommu_view *view;
	u32 views;
	struct list_head devices;
	u32 count;
	struct share_member *member;
	u32 sets;
};

int resv_iommu_base(const struct resv_iommu *ri, u64 *base);
int resv_census_take(struct resv_census *census);
void resv_census_drop(struct resv_census *census);

#endif
