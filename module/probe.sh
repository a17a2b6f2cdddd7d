#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# probe.sh - ask the kernel's headers which interfaces they have
#
# Called by Kbuild with the C compiler and its flags as arguments; prints
# -DHAVE_...=1 for each interface that is there. A probe is a few lines that
# compile only where the interface exists, and a control that differs from them
# in that interface alone and has to compile everywhere: where neither does, it
# is the probe that is broken, and the build stops instead of taking an answer
# from a typing error.
#
# kbuild reads Kbuild several times in one build, and each time all of this is
# done again: so the probes run side by side, and nothing is generated.
set -eu

try() {
	printf '#include <linux/iommu.h>\n#include <linux/msi.h>\n%s\n' "$code" |
		"$@" -Wno-unused -x c -fsyntax-only - 2>/dev/null
}

probe_one() {
	name=$1 yes=$2 control=$3
	shift 3
	code=$yes
	if try "$@"; then
		echo "-D$name=1"
		return
	fi
	code=$control
	if ! try "$@"; then
		printf 'iommu-resv: probe.sh: the control of %s does not compile: wrong compiler or broken kernel headers\n' "$name" >&2
		echo "-DIOMMU_RESV_PROBE_FAILED=1"
	fi
}

probes=
probe() {
	probe_one "$@" &
	probes="$probes $!"
}

# In an order that stays, or kbuild would compile all anew.
{

# Does each device's fwspec cache the ops? Seen in 6.1, gone in 6.12.
probe HAVE_IOMMU_FWSPEC_OPS \
	'const void *f(struct iommu_fwspec *s); const void *f(struct iommu_fwspec *s) { return s->ops; }' \
	'const void *f(struct iommu_fwspec *s); const void *f(struct iommu_fwspec *s) { return s->iommu_fwnode; }' \
	"$@"

# iommu_paging_domain_alloc(): seen in 6.12, absent in 6.1.
probe HAVE_IOMMU_PAGING_DOMAIN_ALLOC \
	'void *f(struct device *d); void *f(struct device *d) { return iommu_paging_domain_alloc(d); }' \
	'void *f(struct device *d); void *f(struct device *d) { return iommu_get_domain_for_dev(d); }' \
	"$@"

# pm_runtime_get_if_active() with one argument: seen in 6.12, two in 6.1.
probe HAVE_PM_RUNTIME_GET_IF_ACTIVE_ONE \
	'#include <linux/pm_runtime.h>
	int f(struct device *d); int f(struct device *d) { return pm_runtime_get_if_active(d); }' \
	'#include <linux/pm_runtime.h>
	int f(struct device *d); int f(struct device *d) { return pm_runtime_get_if_in_use(d); }' \
	"$@"

# iommu_ops.hw_info: seen in 6.12, absent in 6.1.
probe HAVE_IOMMU_HW_INFO \
	'const void *f(struct iommu_ops *o); const void *f(struct iommu_ops *o) { return o->hw_info; }' \
	'const void *f(struct iommu_ops *o); const void *f(struct iommu_ops *o) { return o->capable; }' \
	"$@"

# struct iommu_hw_info_amd: seen in 7.3, absent in 6.12. Kernels before 6.2 have no
# iommufd.h at all.
probe HAVE_IOMMU_HW_INFO_AMD \
	'#include <uapi/linux/iommufd.h>
	int f(void); int f(void) { return sizeof(struct iommu_hw_info_amd) + IOMMU_HW_INFO_TYPE_AMD; }' \
	'#if __has_include(<uapi/linux/iommufd.h>)
	#include <uapi/linux/iommufd.h>
	#endif
	int f(void); int f(void) { return 0; }' \
	"$@"

# iommu_driver_get_domain_for_dev(): seen in 7.3, absent in 6.12.
probe HAVE_IOMMU_DRIVER_GET_DOMAIN \
	'void *f(struct device *d); void *f(struct device *d) { return iommu_driver_get_domain_for_dev(d); }' \
	'void *f(struct device *d); void *f(struct device *d) { return iommu_get_domain_for_dev(d); }' \
	"$@"

# msi_desc.iommu_msi_shift: seen in Debian's 6.1 and later, with IRQ_MSI_IOMMU.
probe HAVE_MSI_DESC_IOMMU_SHIFT \
	'int f(struct msi_desc *d); int f(struct msi_desc *d) { return d->iommu_msi_shift; }' \
	'int f(struct msi_desc *d); int f(struct msi_desc *d) { return d->irq; }' \
	"$@"

# msi_lock_descs(): seen in 6.12, a guard around __msi_lock_descs() in 7.2.
probe HAVE_MSI_LOCK_DESCS \
	'void f(struct device *d); void f(struct device *d) { msi_lock_descs(d); }' \
	'void f(struct device *d); void f(struct device *d) { __msi_lock_descs(d); }' \
	"$@"

# pci_dev.msi_addr_mask: seen in 7.2, a bit (no_64bit_msi) in 6.12.
probe HAVE_PCI_MSI_ADDR_MASK \
	'#include <linux/pci.h>
	u64 f(struct pci_dev *d); u64 f(struct pci_dev *d) { return d->msi_addr_mask; }' \
	'#include <linux/pci.h>
	u64 f(struct pci_dev *d); u64 f(struct pci_dev *d) { return d->dma_mask; }' \
	"$@"

# PCI_DEV_FLAGS_PCI_BRIDGE_NO_ALIAS: seen in 7.3, absent in 6.12.
probe HAVE_PCI_BRIDGE_NO_ALIAS \
	'#include <linux/pci.h>
	int f(void); int f(void) { return PCI_DEV_FLAGS_PCI_BRIDGE_NO_ALIAS; }' \
	'#include <linux/pci.h>
	int f(void); int f(void) { return PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT; }' \
	"$@"

# pci_dev.non_mappable_bars: seen in 7.3, absent in 6.12.
probe HAVE_PCI_NON_MAPPABLE_BARS \
	'#include <linux/pci.h>
	int f(struct pci_dev *d); int f(struct pci_dev *d) { return d->non_mappable_bars; }' \
	'#include <linux/pci.h>
	int f(struct pci_dev *d); int f(struct pci_dev *d) { return d->is_busmaster; }' \
	"$@"

# iommu_group_has_isolated_msi(): seen in 6.12, absent in 6.1.
probe HAVE_IOMMU_GROUP_HAS_ISOLATED_MSI \
	'bool f(struct iommu_group *g); bool f(struct iommu_group *g) { return iommu_group_has_isolated_msi(g); }' \
	'bool f(struct iommu_group *g); bool f(struct iommu_group *g) { return iommu_group_id(g); }' \
	"$@"

# irq_domain.msi_parent_ops: seen in 6.12, absent in 6.1.
probe HAVE_MSI_PARENT_OPS \
	'#include <linux/irqdomain.h>
	const char *f(struct irq_domain *d); const char *f(struct irq_domain *d) { return d->msi_parent_ops->prefix; }' \
	'#include <linux/irqdomain.h>
	const char *f(struct irq_domain *d); const char *f(struct irq_domain *d) { return d->name; }' \
	"$@"

# dev_iommu.require_direct: seen in 6.12, absent in 6.1.
probe HAVE_DEV_IOMMU_REQUIRE_DIRECT \
	'bool f(struct dev_iommu *p); bool f(struct dev_iommu *p) { return p->require_direct; }' \
	'bool f(struct dev_iommu *p); bool f(struct dev_iommu *p) { return p->priv; }' \
	"$@"

# iommu_domain.cookie_type: seen in 7.2, absent in 6.12.
probe HAVE_IOMMU_COOKIE_TYPE \
	'int f(struct iommu_domain *d); int f(struct iommu_domain *d) { return d->cookie_type == IOMMU_COOKIE_NONE; }' \
	'int f(struct iommu_domain *d); int f(struct iommu_domain *d) { return d->type; }' \
	"$@"

# IOMMU_OPTION_SW_MSI_START: proposed, in no kernel up to 7.3. Kernels before 6.2
# have no iommufd.h at all.
probe HAVE_IOMMU_OPTION_SW_MSI_START \
	'#if __has_include(<uapi/linux/iommufd.h>)
	#include <uapi/linux/iommufd.h>
	#endif
	int f(void); int f(void) { return IOMMU_OPTION_SW_MSI_START; }' \
	'#if __has_include(<uapi/linux/iommufd.h>)
	#include <uapi/linux/iommufd.h>
	#endif
	int f(void); int f(void) { return 0; }' \
	"$@"

for probe in $probes; do
	wait "$probe" || echo "-DIOMMU_RESV_PROBE_FAILED=1"
done
# Says that all of them have been waited for.
echo "-DIOMMU_RESV_PROBED=1"
} | LC_ALL=C sort -u | tr '\n' ' '
