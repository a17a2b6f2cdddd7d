// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_group.c - a group's regions as an I/O Remapping Table
 *
 * For VMMs that make the tables of their guests themselves: a small table with
 * the nodes that theirs is to get. In a guest, which has an SMMU of its own, an
 * RMR keeps the guest's kernel off the addresses, and any region becomes one
 * (iort_host.c has what is put into a host's table). Made when it is read, as
 * that one.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../acpi/overlay.h"
#include "report.h"

/* What a guest's kernel has to know of a region: keep off it, or map it 1:1. */
static int resv_guest_flags(enum iommu_resv_type type, u32 *flags)
{
	switch (type) {
	case IOMMU_RESV_DIRECT:
		*flags = IORT_RMR_DIRECT;
		return 0;
	case IOMMU_RESV_DIRECT_RELAXABLE:
		*flags = IORT_RMR_DIRECT_RELAXABLE;
		return 0;
	case IOMMU_RESV_RESERVED:
	case IOMMU_RESV_MSI:
	case IOMMU_RESV_SW_MSI:
		*flags = IORT_RMR_KEEP_OFF;
		return 0;
	}
	return -EOPNOTSUPP;
}

/* The group's regions as a guest's; the array is freed with kvfree(). */
static struct iort_guest_region *
resv_guest_regions(const struct resv_snapshot *snap)
{
	struct iort_guest_region *region;
	int ret;
	u32 i;

	region = kvcalloc(snap->count + 1, sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < snap->count; i++) {
		const struct resv_snap_region *r = &snap->regions[i];

		region[i].start = r->start;
		region[i].last = r->last;
		ret = resv_guest_flags(r->type, &region[i].flags);
		if (ret)
			resv_iort_refuse(ret, "groups/%d/iort: type %d of 0x%llx-0x%llx is not known",
					 snap->id, r->type, r->start, r->last);
		else if (r->last - r->start >= IORT_RMR_LENGTH_MAX)
			ret = resv_iort_refuse(-E2BIG, "groups/%d/iort: %s 0x%llx-0x%llx is too long: a guest would map it page by page",
					       snap->id, resv_type_name(r->type),
					       r->start, r->last);
		if (ret) {
			kvfree(region);
			return ERR_PTR(ret);
		}
	}
	return region;
}

/* Who the group's devices are; the array is freed with kvfree(). */
static struct iort_guest_id *resv_guest_ids(const struct resv_snapshot *snap,
					    struct iort_guest_want *want)
{
	const struct resv_snap_device *sd;
	struct iort_guest_id *id;
	struct pci_dev *pdev;
	u32 n = 0;

	list_for_each_entry(sd, &snap->devices, node) {
		if (!dev_is_pci(sd->dev)) {
			resv_iort_refuse(-EOPNOTSUPP, "groups/%d/iort: %s is not a PCI function, and has no requester ID",
					 snap->id, sd->name);
			return ERR_PTR(-EOPNOTSUPP);
		}
		pdev = to_pci_dev(sd->dev);
		if (n && pci_domain_nr(pdev->bus) != want->segment) {
			resv_iort_refuse(-EOPNOTSUPP, "groups/%d/iort: its devices are on several PCI segments",
					 snap->id);
			return ERR_PTR(-EOPNOTSUPP);
		}
		want->segment = pci_domain_nr(pdev->bus);
		n++;
	}
	id = kvcalloc(n + 1, sizeof(*id), GFP_KERNEL);
	if (!id)
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(sd, &snap->devices, node) {
		id[want->ids].first = pci_dev_id(to_pci_dev(sd->dev));
		id[want->ids].last = id[want->ids].first;
		want->ids++;
	}
	return id;
}

static int put_fragment(struct resv_text *t, int group,
			const struct iort_guest_want *want)
{
	struct acpi_fault fault = {};
	u32 length;
	void *out;
	int ret;

	ret = iort_fragment_build(want, 1, NULL, 0, &length, &fault);
	if (!ret) {
		out = put_space(t, length);
		if (!out)
			return -ENOMEM;
		ret = iort_fragment_build(want, 1, out, length, &length,
					  &fault);
	}
	if (!ret || ret == -ENOMEM)
		return ret;
	return resv_iort_refuse(resv_iort_error(ret),
				"groups/%d/iort: error %d: %s", group, ret,
				fault.what ?: "it cannot be made");
}

/**
 * resv_report_group_iort() - a group's regions as a guest's table says them
 * @t: receives it
 * @object: struct resv_group
 *
 * A table of one SMMUv3, which stands for the guest's, and the RMRs. The streams
 * are the requester IDs that the devices have on the host: whoever puts it into
 * a guest's table puts the guest's in their place.
 *
 * Context: may sleep; takes group->mutex, but not while the table is made.
 * Return: 0; -EOPNOTSUPP where a device of the group is not a PCI function;
 * -E2BIG where a region is too long; or another error. But for -ENOMEM the log
 * has the reason.
 */
int resv_report_group_iort(struct resv_text *t, void *object)
{
	const struct resv_group *rg = object;
	struct iort_guest_region *region;
	struct iort_guest_want want = {};
	struct iort_guest_id *id = NULL;
	struct resv_snapshot snap;
	int idx, ret;

	resv_doorbells_look();
	idx = srcu_read_lock(&resv_srcu);
	ret = resv_snapshot_take(&snap, rg->group, NULL);
	if (ret) {
		srcu_read_unlock(&resv_srcu, idx);
		return ret;
	}
	region = resv_guest_regions(&snap);
	ret = PTR_ERR_OR_ZERO(region);
	if (!ret) {
		want.region = region;
		want.regions = snap.count;
		id = resv_guest_ids(&snap, &want);
		want.id = id;
		ret = PTR_ERR_OR_ZERO(id);
	}
	resv_snapshot_drop(&snap);
	srcu_read_unlock(&resv_srcu, idx);
	if (!ret)
		ret = put_fragment(t, rg->id, &want);
	if (!IS_ERR(region))
		kvfree(region);
	if (!IS_ERR(id))
		kvfree(id);
	return ret;
}
