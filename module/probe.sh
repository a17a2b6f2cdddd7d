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
set -eu

try() {
	printf '#include <linux/iommu.h>\n#include <linux/msi.h>\n%s\n' "$code" |
		"$@" -Wno-unused -x c -c -o /dev/null - 2>/dev/null
}

fail=
probe() {
	name=$1 yes=$2 control=$3
	shift 3
	code=$yes
	if try "$@"; then
		printf -- '-D%s=1 ' "$name"
		return
	fi
	code=$control
	if ! try "$@"; then
		printf 'iommu-resv: probe.sh: the control of %s does not compile: wrong compiler or broken kernel headers\n' "$name" >&2
		fail=1
	fi
}

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

[ -z "$fail" ] || printf -- '-DIOMMU_RESV_PROBE_FAILED=1'
