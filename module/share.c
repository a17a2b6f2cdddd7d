// SPDX-License-Identifier: GPL-2.0-only
/*
 * share.c - which devices one guest SMMU can serve
 *
 * Contracts are in share.h; compiled into the module and into a host test.
 */
#include "share.h"

/*
 * Names of drivers are those of struct device_driver (Linux 6.1 to 7.3). VT-d
 * has no device, and AMD's is a PCI function without a driver: these go by the
 * names that drivers/iommu/intel/dmar.c and drivers/iommu/amd/init.c give them.
 */
enum resv_iommu_type resv_iommu_type(const char *driver, const char *name)
{
	if (driver && !strcmp(driver, "arm-smmu-v3"))
		return RESV_IOMMU_SMMUV3;
	if (driver && !strcmp(driver, "arm-smmu"))
		return RESV_IOMMU_SMMUV2;
	if (driver && !strcmp(driver, "virtio_iommu"))
		return RESV_IOMMU_VIRTIO;
	if (driver)
		return RESV_IOMMU_OTHER;
	if (!strncmp(name, "dmar", 4))
		return RESV_IOMMU_VTD;
	if (!strncmp(name, "ivhd", 4))
		return RESV_IOMMU_AMD;
	return RESV_IOMMU_OTHER;
}

const char *resv_iommu_type_word(enum resv_iommu_type type)
{
	switch (type) {
	case RESV_IOMMU_SMMUV3:
		return "smmuv3";
	case RESV_IOMMU_SMMUV2:
		return "smmuv2";
	case RESV_IOMMU_VIRTIO:
		return "virtio-iommu";
	case RESV_IOMMU_VTD:
		return "intel-vtd";
	case RESV_IOMMU_AMD:
		return "amd";
	case RESV_IOMMU_OTHER:
		break;
	}
	return "other";
}

/* Sorts a device's ITSs, and forgets those that are there twice. */
static void share_order(struct share_member *m)
{
	u32 i, k, n = 0;

	for (i = 0; i < m->its_count; i++) {
		u64 its = m->its[i];

		for (k = n; k && m->its[k - 1] > its; k--)
			;
		if (k && m->its[k - 1] == its)
			continue;
		memmove(&m->its[k + 1], &m->its[k],
			(n - k) * sizeof(m->its[0]));
		m->its[k] = its;
		n++;
	}
	m->its_count = n;
}

static bool share_same(const struct share_member *a,
		       const struct share_member *b)
{
	if (a->iommu != b->iommu || a->its_known != b->its_known)
		return false;
	if (!a->its_known)
		return true;
	return a->its_count == b->its_count &&
	       !memcmp(a->its, b->its, a->its_count * sizeof(a->its[0]));
}

u32 share_sets(struct share_member *member, u32 count)
{
	u32 i, k, sets = 0;

	for (i = 0; i < count; i++) {
		if (!member[i].its_known)
			member[i].its_count = 0;
		share_order(&member[i]);
		for (k = 0; k < i; k++)
			if (share_same(&member[k], &member[i]))
				break;
		member[i].set = k < i ? member[k].set : sets++;
	}
	return sets;
}

struct smmuv3_verdict share_guest_smmu(enum resv_iommu_type type, bool known,
				       struct smmuv3_verdict bound)
{
	struct smmuv3_verdict v = { .answer = SMMUV3_NO };

	if (!known) {
		v.answer = SMMUV3_UNKNOWN;
		v.why = "it is not known which IOMMU the device is behind";
		v.source = "the IOMMU has no name in class iommu";
		return v;
	}
	switch (type) {
	case RESV_IOMMU_SMMUV3:
		if (bound.answer != SMMUV3_YES && bound.answer != SMMUV3_SOME)
			return bound;
		v.answer = bound.answer;
		v.why = bound.answer == SMMUV3_YES ?
			"one guest SMMU can serve all devices of this SMMU, and none of another" :
			"one guest SMMU can serve the devices of this SMMU with the IORT's CANWBS, and none of another SMMU";
		v.source = "Linux 7.3, arm-smmu-v3-iommufd.c: arm_vsmmu_init(), arm_smmu_attach_dev_nested()";
		break;
	case RESV_IOMMU_SMMUV2:
		v.why = "no nesting: the kernel's driver of SMMUv1 and v2 takes no guest stage";
		v.source = "Linux 7.3, arm-smmu.c: arm_smmu_ops has no viommu_init";
		break;
	case RESV_IOMMU_VIRTIO:
		v.why = "no nesting: the kernel's driver of virtio-iommu takes no guest stage";
		v.source = "Linux 7.3, virtio-iommu.c: viommu_ops has no viommu_init";
		break;
	case RESV_IOMMU_VTD:
	case RESV_IOMMU_AMD:
		v.why = "no SMMU: its nesting is for guests with an IOMMU of the same kind";
		v.source = "Linux 7.3, include/uapi/linux/iommufd.h: enum iommu_hwpt_data_type";
		break;
	case RESV_IOMMU_OTHER:
		v.why = "no SMMU: a guest stage of an SMMU needs one";
		v.source = "Linux 7.3, include/uapi/linux/iommufd.h: enum iommu_hwpt_data_type";
		break;
	}
	return v;
}

const char *share_domain_text(enum resv_iommu_type type)
{
	switch (type) {
	case RESV_IOMMU_SMMUV3:
	case RESV_IOMMU_SMMUV2:
	case RESV_IOMMU_VIRTIO:
		return "a domain is of one IOMMU: devices of another one need one of their own (VFIO and iommufd make it)";
	case RESV_IOMMU_VTD:
	case RESV_IOMMU_AMD:
	case RESV_IOMMU_OTHER:
		break;
	}
	return NULL;
}
