# SPDX-License-Identifier: GPL-2.0-only
#
# Host side of the tests that boot with ACPI tables in front of the initramfs;
# sourced after common.sh. The machine is the one that quirks/demo.dts calls
# demo-iort, with two edu devices, a disk, and a network card of which no rule
# says anything.

tool=.cache/build/tools/iommu-resv
make tools quirks >"$LOG/$(basename "$0" .test)-tools.log" 2>&1 ||
	die "make tools quirks failed: $(tail -n 5 "$LOG/$(basename "$0" .test)-tools.log")"

RMR_KERNELS="6.1-arm64 6.12-arm64 7.2-arm64 7.3-64k"

# rmr_vm() - boot the machine
# @1: kernel, @2: payload's name in tests/vm, @3: label, @...: options of vm_run
#
# Its RAM ends below all addresses that the regions have. QEMU's tables depend on the number of buses, so all tests have
# the same devices. A failure is one in the TAP.
rmr_vm()
{
	rmr_kernel=$1
	rmr_payload=$2
	rmr_label=$3
	shift 3
	[ -f "$WORK/disk" ] || make_disk "$WORK/disk"
	[ -f "$WORK/vfio" ] || make_vfio >/dev/null
	vm_run --kernel "$rmr_kernel" --boot acpi --machine x-oem-id=IORESV,x-oem-table-id=DEMOIORT --mem 768 \
		--payload "tests/vm/$rmr_payload.payload" --host-script tests/vm/rmr.host \
		--name "$(basename "$0" .test)/$rmr_kernel/$rmr_label" --append trace_event=iommu:map \
		--file tests/vm/guest.sh:/lib/guest.sh --file tests/vm/vfio.sh:/lib/vfio.sh \
		--file tests/vm/rmr-guest.sh:/lib/rmr.sh --file "$WORK/vfio:/bin/vfio" \
		--file "$WORK/disk.sum:/disk.sum" --has-module vfio-pci --has-module vfio_iommu_type1 \
		"$@" -- \
		-device pcie-root-port,id=rp0,chassis=1,slot=1 -device pcie-root-port,id=rp1,chassis=2,slot=2 \
		-device pcie-root-port,id=rp2,chassis=3,slot=3 \
		-drive "if=none,id=a,format=raw,readonly=on,file=$WORK/disk" -device nvme,serial=a,drive=a,bus=rp0 \
		-device edu,bus=rp1 -device e1000e,bus=rp2,romfile= -device edu,bus=pcie.0,addr=1f.0 || :
}

# rmr_base() - save the firmware's tables, and the module's report with and without the correction of the SMMU's model,
# after which drivers get no interrupts: $WORK/base/IORT, DSDT, report-model, report-plain
rmr_base()
{
	mkdir -p "$WORK/base"
	RMR_BASE=$WORK/base
	export RMR_BASE
	rmr_vm 7.2-arm64 rmr-base base
	for rmr_file in IORT DSDT report-model report-plain; do
		[ -s "$RMR_BASE/$rmr_file" ] || die "the machine has sent no $rmr_file"
	done
}
