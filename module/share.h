/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * share.h - which devices one guest SMMU can serve
 *
 * A guest's SMMU with nested translation is one vIOMMU object of iommufd, and
 * that belongs to one physical instance: a stage 2 domain is made for an
 * instance, and neither it nor a guest stage on it can be attached to a device
 * of another one (Linux 7.3: arm_smmu_attach_dev(), arm_vsmmu_init() and
 * arm_smmu_attach_dev_nested() return -EINVAL; domains of 6.12 belong to the
 * instance of their first device, arm_smmu_attach_dev() returns -EINVAL, in 6.1
 * -ENXIO). ITSs do not divide devices further: each ITS that is used gets a page
 * of its own in the software MSI window, at the same place in all domains of an
 * iommufd context (7.3: iommufd_sw_msi()). They are told apart because a guest
 * that sees its devices behind ITSs as the host does needs to know.
 *
 * Needs no kernel: compiled into the module and into a host test.
 */
#ifndef IOMMU_RESV_SHARE_H
#define IOMMU_RESV_SHARE_H

#include "env.h"
#include "smmuv3.h"

/**
 * enum resv_iommu_type - what an IOMMU is
 * @RESV_IOMMU_OTHER: none of the following
 * @RESV_IOMMU_SMMUV3: Arm SMMUv3
 * @RESV_IOMMU_SMMUV2: Arm SMMUv1 or v2
 * @RESV_IOMMU_VIRTIO: virtio-iommu
 * @RESV_IOMMU_VTD: Intel VT-d
 * @RESV_IOMMU_AMD: AMD-Vi
 */
enum resv_iommu_type {
	RESV_IOMMU_OTHER,
	RESV_IOMMU_SMMUV3,
	RESV_IOMMU_SMMUV2,
	RESV_IOMMU_VIRTIO,
	RESV_IOMMU_VTD,
	RESV_IOMMU_AMD,
};

/**
 * resv_iommu_type() - what an IOMMU is, by what Linux calls it
 * @driver: name of its device's driver; %NULL where it has no device with one
 * @name: its name in class "iommu"
 *
 * Return: the type.
 */
enum resv_iommu_type resv_iommu_type(const char *driver, const char *name);

/**
 * resv_iommu_type_word() - the word for a type
 * @type: the type
 *
 * Return: the word.
 */
const char *resv_iommu_type_word(enum resv_iommu_type type);

/* Most ITSs that are told apart for one device. */
#define SHARE_ITS_MAX	16

/**
 * struct share_member - a device
 * @iommu: number of its IOMMU, from 1 on; 0 where that is not known
 * @its_known: the set of ITSs is known
 * @its_count: how many ITSs its MSIs may go to
 * @its: their physical addresses; brought into order
 * @set: receives the number of its set, from 0 on in order of appearance
 */
struct share_member {
	u32 iommu;
	bool its_known;
	u32 its_count;
	u64 its[SHARE_ITS_MAX];
	u32 set;
};

/**
 * share_sets() - put devices with the same IOMMU and the same ITSs into sets
 * @member: the devices
 * @count: how many
 *
 * Return: how many sets there are.
 */
u32 share_sets(struct share_member *member, u32 count);

/**
 * share_guest_smmu() - can a guest SMMU stand in front of an IOMMU's devices?
 * @type: what the IOMMU is; %RESV_IOMMU_OTHER where it is not known
 * @known: it is known which IOMMU it is
 * @bound: SMMUv3: is the bound state possible? (smmuv3_nesting()); unknown where
 *	its registers were not read
 *
 * Return: yes or some: one guest SMMU can serve all devices of the IOMMU, or
 * those of them that can be bound; with the reason and the source of it.
 */
struct smmuv3_verdict share_guest_smmu(enum resv_iommu_type type, bool known,
				       struct smmuv3_verdict bound);

/**
 * share_domain_text() - how far one translation domain of the host's reaches
 * @type: what the IOMMU is
 *
 * Return: a sentence; %NULL where it is not known.
 */
const char *share_domain_text(enum resv_iommu_type type);

#endif
