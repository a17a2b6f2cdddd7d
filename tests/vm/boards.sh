# SPDX-License-Identifier: GPL-2.0-only
#
# Boots described boards (tests/boards): QEMU's machine takes a board's identity
# and, with a device tree, its PCI host, and the module has to make of it what
# the description says. Sourced by the tests after tests/lib/all.sh and
# tests/vm/common.sh.
#
# The kernels of Debian have the drivers of some of these hosts built in. The
# generic host driver takes the node nevertheless: it is registered before most
# of them, and those before it give up without the board's clocks and phys. What
# reads a SoC's registers because of the root's compatible alone is kept from
# starting, see BOARDS_APPEND.

BOARDS_PROGRAM=$BUILD/host/boards
export BOARDS_PROGRAM
# These read identification registers at fixed addresses, or call a firmware that is not there.
BOARDS_APPEND="initcall_blacklist=renesas_soc_init,imx9_soc_init"

# boards_trees() - compile the device trees that the descriptions name; prints the directory
boards_trees()
{
	source_dtb $("$BOARDS_PROGRAM" trees)
}

# boards_qemu_tree() - QEMU's own device tree; prints its path
boards_qemu_tree()
{
	[ -f "$WORK/qemu.dtb" ] || vm_dtb "$WORK/qemu.dtb" --boot dt
	echo "$WORK/qemu.dtb"
}

# boards_ko() - the module for a kernel, built once for all VMs; prints its path
boards_ko()
{
	[ -f "$WORK/$1.ko" ] || cp "$(module_ko "$1")" "$WORK/$1.ko" || return 1
	echo "$WORK/$1.ko"
}

# boards_boot() - boot one board
# @1: directory of compiled trees, @2: how, @3: kernel, @4: ACS, @5: arguments for QEMU, @6: name
boards_boot()
{
	boards_dtb=$1
	boards_how=$2
	boards_kernel=$3
	boards_acs=$4
	boards_arguments=$5
	boards_name=$6
	boards_tree=$(boards_qemu_tree)
	boards_n=$((boards_n + 1))
	EXPECTED=$WORK/expected.$boards_n
	export EXPECTED
	set -- "$boards_kernel" acpi boards
	case $boards_how in
	dt)
		boards_tree=$WORK/board.dtb
		if ! "$BOARDS_PROGRAM" tree "$boards_dtb" "$boards_name" "$(boards_qemu_tree)" "$boards_tree" \
			>"$WORK/said" 2>&1; then
			fail "$boards_name: its device tree can be made" "$(cat "$WORK/said")"
			return 0
		fi
		set -- "$boards_kernel" dt boards --dtb "$boards_tree"
		;;
	acpi)
		set -- "$@" --machine "$boards_arguments"
		;;
	esac
	if ! "$BOARDS_PROGRAM" expect "$boards_dtb" "$boards_name" "$boards_kernel" "$boards_tree" >"$EXPECTED" \
		2>"$WORK/said"; then
		fail "$boards_name: QEMU can carry it" "$(cat "$WORK/said")"
		return 0
	fi
	# The label names a file, of which QEMU is told. Older kernels give a device a group with its driver only.
	set -- "$@" --name "boards/$boards_kernel/$(echo "$boards_name" | tr -d ',:')" \
		--host-script tests/vm/boards.host --ko "$(boards_ko "$boards_kernel")" --module nvme \
		--append "$BOARDS_APPEND" --cpu cortex-a72 --smp 1 --mem 512 --
	if [ "$boards_how" = dmi ]; then
		boards_ifs=$IFS
		IFS='|'
		for boards_value in $boards_arguments; do
			set -- "$@" -smbios "$boards_value"
		done
		IFS=$boards_ifs
	fi
	# The port's windows are what the rules about them are for: it must say of ACS what the board's does.
	case $boards_acs in
	not-redirected)
		set -- "$@" -device nvme,serial=board
		;;
	redirected)
		set -- "$@" -device pcie-root-port,id=rp0,chassis=1,slot=1 -device nvme,serial=board,bus=rp0
		;;
	*)
		set -- "$@" -device pcie-root-port,id=rp0,chassis=1,slot=1,disable-acs=on \
			-device nvme,serial=board,bus=rp0
		;;
	esac
	sed -n 's/^# /# '"$(echo "$boards_name" | sed 's/[&/\]/\\&/g')"': /p' "$EXPECTED"
	vm_plain "$@"
	boards_booted=$((boards_booted + 1))
}

# boards_boot_share() - boot every @2-th board that QEMU can carry, from the @1-th on
boards_boot_share()
{
	boards_n=0
	boards_booted=0
	boards_all=$(boards_trees)
	"$BOARDS_PROGRAM" list | awk -v first="$1" -v step="$2" 'NR % step == first % step' >"$WORK/list"
	while IFS="$(printf '\t')" read -r boards_f1 boards_f2 boards_f3 boards_f4 boards_f5 <&8; do
		boards_boot "$boards_all" "$boards_f1" "$boards_f2" "$boards_f3" "$boards_f4" "$boards_f5"
	done 8<"$WORK/list"
	is "all boards of this share were booted" "$boards_booted" "$(wc -l <"$WORK/list")"
	diag "$boards_booted boards booted under their own identity; those that QEMU cannot carry are listed by" \
		"tests/host/entries.test, with reasons"
}
