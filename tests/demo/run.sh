#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make demo: a person watches the module do its job, on a real arm64 kernel in a
# virtual machine. Sets up everything (asks for root at most once), needs no
# argument and ends with "demo: ok" only if every step was observed.
#
#	tests/demo/run.sh		set up, then go on in the toolbox
#	tests/demo/run.sh --inside	build, boot, show
#
# What happens in the VM is demo.payload's. It tells its steps over the VM's
# verdict channel in lines that start with "@": the last step reached is known
# here even if the VM dies, and the steps are counted here.
set -eu

. tests/lib/all.sh

KERNEL_NAME=6.12-arm64
STEPS=8
SERIAL=IORESV-DEMO-1
MESSAGE="hello from a real disk, read by DMA"

# heading() - start a step
# @1: its number, @2: what is done
heading()
{
	printf '\n[%s/%s] %s\n' "$1" "$STEPS" "$2"
	printf '%s %s\n' "$1" "$2" >"$DEMO/step"
}

# wrap() - indent text, and fold what is wider than a terminal
wrap()
{
	fold -s -w 72 | sed 's/^/      /; s/ *$//'
}

# provenance() - regions of the disk's group and where each comes from, from report.json on stdin
# @1: the disk's address
provenance()
{
	jq -re --arg disk "$1" '
		.groups[] | select(any(.devices[]; .name == $disk)) | .regions[] |
		"\(.start) - \(.last) \(.type)",
		(.from | unique_by(.rule)[] |
			if .by == "driver" then "  says the IOMMU driver (\(.iommu))"
			else "  says quirk \(.rule) (\(.confidence)):", "  \(.reason)" end)
	'
}

# narrate() - turn the payload's lines into the demonstration's; the end of the input is the end of the VM
narrate()
{
	while IFS= read -r line; do
		case $line in
		"@step "*)
			line=${line#@step }
			heading "${line%% *}" "${line#* }"
			;;
		"@report "*)
			line=${line#@report }
			echo "${line#* }" | base64 -d | gunzip >"$DEMO/report.json" &&
				provenance "${line%% *}" <"$DEMO/report.json" >"$DEMO/provenance" || {
				echo "      the report that came out of the VM makes no sense"
				echo "bad report" >"$DEMO/bad"
				continue
			}
			wrap <"$DEMO/provenance"
			;;
		*)
			printf '%s\n' "$line" | wrap
			;;
		esac
	done
}

# failed() - the end, if something was not as it should be
failed()
{
	echo
	echo "demo: FAILED at step $(cat "$DEMO/step")"
	exit 1
}

inside()
{
	DEMO=$(mktemp -d /tmp/demo.XXXXXX)
	trap 'rm -rf "$DEMO"' EXIT

	heading 2 "build the module for Debian's $(kernel_prepared $KERNEL_NAME headers)"
	progress demo-tools "the quirk compiler, and the table from quirks/*.dts" make quirks || failed
	say "  iommu_resv.ko"
	ko=$(module_ko $KERNEL_NAME) || failed
	modinfo "$ko" | grep -E '^(description|vermagic):' | tr -s ' ' | wrap
	aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -static \
		-mgeneral-regs-only -mstrict-align -fno-stack-protector -fno-tree-loop-distribute-patterns -fno-pie \
		-no-pie -Wl,-Ttext=0x40080000,-e,_start,--build-id=none -o "$DEMO/guest.elf" tests/demo/guest.c || failed

	echo "$MESSAGE" >"$DEMO/disk"
	truncate -s 16M "$DEMO/disk"
	printf "SERIAL='%s'\nMESSAGE='%s'\n" "$SERIAL" "$MESSAGE" >"$DEMO/demo.env"

	heading 3 "boot that kernel on the demonstration board"
	{
		vm_status=0
		vm_run --kernel $KERNEL_NAME --boot acpi --payload tests/demo/demo.payload --name demo --live --rootfs \
			--ko "$ko" --module nvme --module vfio_iommu_type1 --module vfio-pci \
			--machine x-oem-id=IORESV,x-oem-table-id=DEMOVIRT --mem 2048 --timeout 150 \
			--file tests/vm/guest.sh:/lib/guest.sh --file "$DEMO/guest.elf:/lib/guest.elf" \
			--file "$DEMO/demo.env:/etc/demo.env" -- \
			-device pcie-root-port,id=rp0,chassis=1,slot=1 \
			-drive "if=none,id=disk,format=raw,readonly=on,file=$DEMO/disk" \
			-device "nvme,serial=$SERIAL,drive=disk,bus=rp0" || vm_status=$?
		echo "$vm_status" >"$DEMO/status"
	} | narrate
	if [ "$(cat "$DEMO/status" 2>/dev/null)" != 0 ] || [ -e "$DEMO/bad" ]; then
		failed
	fi
	# The VM's good end says that the payload came to its own; so the last step has to be the last one planned.
	case $(cat "$DEMO/step") in
	"$STEPS "*) ;;
	*)
		failed
		;;
	esac
	echo
	echo "demo: ok"
}

if [ "${1:-}" = --inside ]; then
	inside
	exit
fi

in_toolbox || need_root "$0"
cat <<-END
	iommu-resv, a demonstration

	On some boards DMA to certain addresses never reaches memory, and the kernel
	does not know. A virtual machine given such an address loses data silently.
	Here the board is a virtual one, whose quirks table entry (quirks/demo.dts) says
	that DMA to 0x48000000-0x4fffffff is lost. Kernel, IOMMU driver, VFIO and QEMU
	are Debian's own, unchanged.

	[1/$STEPS] set up: toolbox, kernel, QEMU (minutes the first time, then nothing)
END
prepare chroot:toolbox image:$KERNEL_NAME chroot:rootfs-arm64 || {
	give_back
	echo
	echo "demo: FAILED at step 1 set up"
	exit 1
}
toolbox sh tests/demo/run.sh --inside
