# SPDX-License-Identifier: GPL-2.0-only
#
# Host side of the VM tests; sourced after tests/lib/all.sh. Gives them the
# demonstration board (quirks/demo.dts), a disk of known content and the
# programs that payloads use.
#
# $WORK is a directory of the test's own, gone when it ends.

WORK=$(mktemp -d /tmp/vmtest.XXXXXX)
trap 'rm -rf "$WORK"' EXIT

# How a QEMU virt machine becomes the demonstration board, in ACPI tables and in a device tree.
DEMO_OEM=x-oem-id=IORESV,x-oem-table-id=DEMOVIRT
DEMO_COMPATIBLE="iommu-resv,demo-board"

# What QEMU 10.0 may die of where a bridge was unplugged: its SMMU keeps pointers to buses (smmu_find_smmu_pcibus() in
# hw/arm/smmu-common.c) and follows those of buses that are gone. Not ours; once in a hundred boots or so.
QEMU_BUG='PCI_BUS_GET_CLASS: Object .* is not an instance of type PCI'

# make_disk() - a disk of known content
# @1: file; its SHA-256 is left in FILE.sum
make_disk()
{
	head -c 4194304 /dev/urandom >"$1"
	sha256sum <"$1" | cut -d ' ' -f 1 >"$1.sum"
}

# make_vfio() - build the VFIO program for the guest; prints its path
make_vfio()
{
	aarch64-linux-gnu-gcc -std=gnu11 -static -O2 -Wall -Wextra -Werror -o "$WORK/vfio" tests/vm/vfio.c || return 1
	echo "$WORK/vfio"
}

# rawmsi_ko() - build the stand-in for a kernel; prints its path; @1: kernel
rawmsi_ko()
{
	rawmsi_dir=$WORK/rawmsi-$1
	mkdir -p "$rawmsi_dir"
	cp tests/vm/rawmsi.c "$rawmsi_dir/"
	cat >"$rawmsi_dir/Kbuild" <<-'KBUILD'
		obj-m := rawmsi.o
		ifneq ($(shell grep -s msi_create_parent_irq_domain $(srctree)/include/linux/msi.h),)
		ccflags-y += -DHAVE_MSI_CREATE_PARENT_IRQ_DOMAIN
		endif
	KBUILD
	make -C "$(kernel_headers "$1")" M="$rawmsi_dir" $(kernel_make_args "$1") modules >"$LOG/rawmsi-$1.log" 2>&1 ||
		die "rawmsi.ko does not build for $1: $(tail -n 5 "$LOG/rawmsi-$1.log")"
	echo "$rawmsi_dir/rawmsi.ko"
}

# demo_dtb() - the device tree of the demonstration board; prints its path
demo_dtb()
{
	if [ ! -f "$WORK/demo.dtb" ]; then
		vm_dtb "$WORK/demo.dtb" --boot dt
		fdtput -t s "$WORK/demo.dtb" / compatible $DEMO_COMPATIBLE linux,dummy-virt
	fi
	echo "$WORK/demo.dtb"
}

# vm_demo() - vm_run on the demonstration board
# @1: kernel, @2: dt or acpi, @3: payload's name in tests/vm, @...: as for vm_run
#
# A failure is one in the TAP; the test goes on to its next VM.
vm_demo()
{
	vm_demo_kernel=$1
	vm_demo_boot=$2
	vm_demo_payload=$3
	shift 3
	case $vm_demo_boot in
	acpi)
		set -- --machine "$DEMO_OEM" "$@"
		;;
	dt)
		set -- --dtb "$(demo_dtb)" "$@"
		;;
	esac
	vm_plain "$vm_demo_kernel" "$vm_demo_boot" "$vm_demo_payload" "$@"
}

# vm_plain() - vm_run on a board that no entry knows; arguments as for vm_demo()
vm_plain()
{
	vm_plain_kernel=$1
	vm_plain_boot=$2
	vm_plain_payload=$3
	shift 3
	set -- --kernel "$vm_plain_kernel" --boot "$vm_plain_boot" --payload "tests/vm/$vm_plain_payload.payload" \
		--name "$(basename "$0" .test)/$vm_plain_kernel/$vm_plain_boot" --file tests/vm/guest.sh:/lib/guest.sh "$@"
	vm_plain_rc=0
	vm_run --qemu-bug "$QEMU_BUG" "$@" || vm_plain_rc=$?
	[ "$vm_plain_rc" != 75 ] || vm_run "$@" || :
}
