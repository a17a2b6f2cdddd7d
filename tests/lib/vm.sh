# SPDX-License-Identifier: GPL-2.0-only
#
# Runs a payload in a virtual arm64 machine with an SMMUv3, under one of Debian's kernels; sourced after common.sh,
# toolbox.sh, kernel.sh, module.sh and tap.sh (or all at once through tests/lib/all.sh). Toolbox only.
#
#	vm_run --kernel 6.12-arm64 --boot dt|acpi --payload FILE [option]... [-- QEMU-ARGUMENT...]
#
#	--kernel NAME		as in kernel.sh; the test's '# needs:' line must say image:NAME
#	--boot dt|acpi		from device tree, directly; or through UEFI firmware with ACPI tables
#	--payload FILE		shell script for the guest's busybox sh; its stdout is TAP, see tests/lib/tap.sh, which it
#				may source as /lib/tap.sh. Sees $KERNEL, $BOOT and $KO (path of iommu_resv.ko)
#	--file SRC:DST		put a file into the guest (repeatable); programs must be static arm64
#	--module NAME		load a kernel module, with what it depends on, before the payload (repeatable)
#	--has-module NAME	put it there for the payload to modprobe (repeatable)
#	--ko FILE | --no-ko	which iommu_resv.ko goes in; else the one that module_ko builds for the kernel
#	--early FILE		archive that comes first in the initramfs, as 'iommu-resv iort cpio' makes it
#	--append STRING		more kernel parameters
#	--machine EXTRA		more machine properties, as x-oem-id=ACME,x-oem-table-id=BOARD
#	--dtb FILE		device tree instead of QEMU's own, see vm_dtb
#	--cpu, --smp, --mem	default: max,pauth=off; 2; 1024 (MiB)
#	--timeout SECONDS	default 180
#	--rootfs		mount a Debian system with a QEMU in it at /mnt, read-only, with /dev, /proc, /sys, /tmp
#				and /run live; the test's '# needs:' line must say chroot:rootfs-arm64
#	--rootfs-from CHROOT	the same with another chroot, which the '# needs:' line must name
#	--host-script FILE	runs beside the VM on the host, see below
#	--allow-warn		a kernel that complains is not a failure (for tests that make it complain)
#	--qemu-bug REGEX	where QEMU aborts with this among its last words, that is said, there is no result, and the
#				status is 75: the caller boots once more, without this
#	--name LABEL		label of the results and name of the log; default KERNEL/BOOT
#	--live			print the payload's lines as they come and nothing else (for the demonstration)
#
# Results: the payload's TAP lines, renumbered and labelled, and one more, which is 'ok' only if the payload returned 0,
# its plan matched, no line of it was lost and the kernel log is free of complaints. A VM that dies, hangs or panics
# has not sent its token: 'not ok', with the end of the console. The whole console is in .cache/log/LABEL.console.
# Return: 0 if all of that was ok.
#
# Host script: a sh script that sees $VM_QMP (QMP socket), $VM_VERDICT (what the payload has printed so far) and
# $VM_ANSWER (lines for the payload's stdin). After '. tests/lib/vmhost.sh' it has host_wait, host_answer and qmp. In
# the payload, 'host WORD' (from /lib/host.sh) asks and waits for the answer. A failing script fails the VM's result.

VM_CACHE=$CACHE/vm

# What the kernel prints when something is wrong with it. 'Call trace' covers splats without a headline of their own.
VM_COMPLAINT='WARNING: |BUG: |Oops|Kernel panic|Internal error|possible (recursive|circular)|inconsistent lock state'
VM_COMPLAINT="$VM_COMPLAINT|suspicious RCU usage|kmemleak: [0-9]+ new|UBSAN: |KASAN: |Call [tT]race|refcount_t: "
VM_COMPLAINT="$VM_COMPLAINT|blocked for more than [0-9]+ seconds|detected stalls"
# The lock checker's last line, whatever it found, and what switches it off.
VM_COMPLAINT="$VM_COMPLAINT|turning off the locking correctness validator|INFO: trying to register non-static key"

# vm_cpio() - pack a directory as an initramfs piece
# @1: directory, @2: output file
vm_cpio()
{
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$2"
}

# vm_base() - the piece that all VMs share: busybox and init
vm_base()
{
	vm_dir=$(mktemp -d)
	mkdir -p "$vm_dir/bin" "$vm_dir/lib"
	cp "$VM_CACHE/busybox" "$vm_dir/bin/busybox"
	cp tests/lib/init/init "$vm_dir/init"
	chmod 755 "$vm_dir/init" "$vm_dir/bin/busybox"
	cp tests/lib/tap.sh tests/lib/init/host.sh "$vm_dir/lib/"
	vm_cpio "$vm_dir" "$1"
	rm -rf "$vm_dir"
}

# vm_prepare() - fetch what a VM needs besides its kernel; outside the toolbox
vm_prepare()
{
	[ ! -f "$VM_CACHE/busybox" ] || return 0
	mkdir -p "$VM_CACHE"
	vm_deb=$(apt_fetch busybox-static:arm64) || return 1
	vm_dir=$(mktemp -d)
	dpkg-deb -x "$vm_deb" "$vm_dir" || return 1
	# /bin or /usr/bin, as the release has it
	find "$vm_dir" -name busybox -type f -exec cp {} "$VM_CACHE/busybox.new" \;
	rm -rf "$vm_dir"
	mv "$VM_CACHE/busybox.new" "$VM_CACHE/busybox"
}

# vm_module_files() - files of modules and all that they depend on, relative to the modules' directory
# @1: directory with modules.dep, @2: kernel name for messages, @...: module names
vm_module_files()
{
	vm_modules_dir=$1
	vm_modules_of=$2
	shift 2
	for vm_module; do
		awk -v want="$(echo "$vm_module" | tr - _)" '
			function base(path) {
				sub(/.*\//, "", path)
				sub(/\.ko.*/, "", path)
				gsub(/-/, "_", path)
				return path
			}
			FILENAME ~ /modules\.builtin$/ {
				if (base($1) == want)
					found = 1
				next
			}
			{
				file = $1
				sub(/:$/, "", file)
				if (base(file) == want) {
					found = 1
					print file
					for (i = 2; i <= NF; i++)
						print $i
				}
			}
			END { exit !found }
		' "$vm_modules_dir/modules.builtin" "$vm_modules_dir/modules.dep" || {
			say "error: kernel $vm_modules_of has no module $vm_module"
			return 1
		}
	done
}

# vm_modules() - make the piece with kernel modules
# @1: kernel name, @...: module names
#
# Return: prints the path of the piece. Made once for each set of modules.
vm_modules()
{
	vm_kernel=$1
	shift
	vm_mdir=$(kernel_modules "$vm_kernel") || return 1
	vm_key=$(echo "$*" | cksum | tr ' ' -)
	vm_mcpio=$VM_CACHE/modules-${vm_mdir##*/}-$vm_key.cpio
	if [ ! -f "$vm_mcpio" ]; then
		vm_files=$(vm_module_files "$vm_mdir" "$vm_kernel" "$@") || return 1
		vm_stage=$(mktemp -d)
		vm_to=$vm_stage/lib/modules/${vm_mdir##*/}
		mkdir -p "$vm_to"
		for vm_file in $(echo "$vm_files" | sort -u); do
			mkdir -p "$vm_to/${vm_file%/*}"
			case $vm_file in
			*.xz)
				xz -dc "$vm_mdir/$vm_file" >"$vm_to/${vm_file%.xz}" || return 1
				;;
			*)
				cp "$vm_mdir/$vm_file" "$vm_to/$vm_file" || return 1
				;;
			esac
		done
		cp "$vm_mdir/modules.builtin" "$vm_to/"
		[ ! -f "$vm_mdir/modules.builtin.modinfo" ] || cp "$vm_mdir/modules.builtin.modinfo" "$vm_to/"
		: >"$vm_to/modules.order"
		depmod -b "$vm_stage" "${vm_mdir##*/}" || return 1
		vm_cpio "$vm_stage" "$vm_mcpio.$$"
		mv "$vm_mcpio.$$" "$vm_mcpio"
		rm -rf "$vm_stage"
	fi
	echo "$vm_mcpio"
}

# vm_rootfs() - image of the inner system; prints its path
# @1: chroot that it is made of
vm_rootfs()
{
	chroot_prepare "$1" || return 1
	with_lock "vm-$1" vm_rootfs_locked "$1" || return 1
	echo "$VM_CACHE/$1.sqfs"
}

vm_rootfs_locked()
{
	if [ "$VM_CACHE/$1.sqfs" -nt "$CHROOTS/$1.stamp" ]; then
		return 0
	fi
	# Not compressed: the emulated processor would spend seconds on it. squashfs, because ext4 needs modules that differ
	# from kernel to kernel.
	mksquashfs "$CHROOTS/$1" "$VM_CACHE/$1.new" -noappend -noI -noD -noF -noX -no-xattrs -all-root \
		-no-progress >"$LOG/vm-$1.log" 2>&1 || {
		say "error: mksquashfs failed: $(tail -n 3 "$LOG/vm-$1.log")"
		return 1
	}
	mv "$VM_CACHE/$1.new" "$VM_CACHE/$1.sqfs"
}

# vm_options() - parse the options of vm_run() and vm_dtb() into vm_* variables
vm_options()
{
	vm_kernel= vm_boot= vm_payload= vm_files= vm_load= vm_has= vm_ko=default vm_append= vm_machine= vm_dtb_file=
	vm_cpu=max,pauth=off vm_smp=2 vm_mem=1024 vm_timeout=180 vm_use_rootfs=0 vm_script= vm_warn=0 vm_label= vm_live=0
	vm_root_of=rootfs-arm64 vm_early= vm_qemu_bug=
	vm_parsed=0
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		case $1 in
		--rootfs)
			vm_use_rootfs=1
			vm_load="virtio_mmio virtio_blk squashfs $vm_load"
			;;
		--allow-warn)
			vm_warn=1
			;;
		--no-ko)
			vm_ko=
			;;
		--live)
			vm_live=1
			;;
		--kernel | --boot | --payload | --file | --module | --has-module | --ko | --early | --append | --machine | \
			--dtb | --cpu | --smp | --mem | --timeout | --rootfs-from | --host-script | --qemu-bug | --name)
			[ $# -ge 2 ] || die "vm_run: $1 needs a value"
			case $1 in
			--kernel) vm_kernel=$2 ;;
			--boot) vm_boot=$2 ;;
			--payload) vm_payload=$2 ;;
			--file) vm_files="$vm_files $2" ;;
			--module) vm_load="$vm_load $2" ;;
			--has-module) vm_has="$vm_has $2" ;;
			--ko) vm_ko=$2 ;;
			--early) vm_early=$2 ;;
			--append) vm_append="$vm_append $2" ;;
			--machine) vm_machine="$vm_machine,$2" ;;
			--dtb) vm_dtb_file=$2 ;;
			--cpu) vm_cpu=$2 ;;
			--smp) vm_smp=$2 ;;
			--mem) vm_mem=$2 ;;
			--timeout) vm_timeout=$2 ;;
			--rootfs-from)
				vm_root_of=$2
				vm_use_rootfs=1
				vm_load="virtio_mmio virtio_blk squashfs $vm_load"
				;;
			--host-script) vm_script=$2 ;;
			--qemu-bug) vm_qemu_bug=$2 ;;
			--name) vm_label=$2 ;;
			esac
			shift
			vm_parsed=$((vm_parsed + 1))
			;;
		*)
			die "vm_run: unknown option $1: see the top of tests/lib/vm.sh"
			;;
		esac
		shift
		vm_parsed=$((vm_parsed + 1))
	done
	[ "${1:-}" != -- ] || vm_parsed=$((vm_parsed + 1))
	case $vm_boot in
	dt | acpi) ;;
	*)
		die "vm_run: --boot '$vm_boot' is neither dt nor acpi"
		;;
	esac
}

# vm_dtb() - write the device tree that QEMU would make for a VM, to be edited and given back with --dtb
# @1: output file, @...: options of vm_run
vm_dtb()
{
	vm_out=$1
	shift
	vm_options "$@"
	shift "$vm_parsed"
	qemu-system-aarch64 -M "virt,iommu=smmuv3,gic-version=3$vm_machine,dumpdtb=$vm_out" -cpu "$vm_cpu" \
		-smp "$vm_smp" -m "$vm_mem" -display none -nodefaults -serial null -serial null "$@" \
		>"$LOG/vm-dtb.log" 2>&1 || die "vm_dtb: qemu failed: $(cat "$LOG/vm-dtb.log")"
}

# vm_result() - report the VM's own result line
# @1: empty or what went wrong, @2: detail
vm_result()
{
	if [ "$vm_live" = 1 ]; then
		if [ -n "$1" ]; then
			say "error: VM $vm_label: $1"
			say "$2"
		fi
	elif [ -z "$1" ]; then
		pass "$vm_label: the VM ran to its end with a clean kernel log"
	else
		fail "$vm_label: the VM ran to its end with a clean kernel log" "$1" "$2"
	fi
	[ -z "$1" ]
}

# vm_run() - boot a VM, run a payload in it, report; see the top of this file
vm_run()
{
	vm_options "$@"
	shift "$vm_parsed"
	[ -n "$vm_label" ] || vm_label=$vm_kernel/$vm_boot
	[ -f "$vm_payload" ] || die "vm_run: no payload '$vm_payload'"
	[ -f "$VM_CACHE/busybox" ] || die "vm_run: not prepared: say image:$vm_kernel in the test's '# needs:' line"
	vm_image=$(kernel_vmlinuz "$vm_kernel") || exit 2
	vm_work=$(mktemp -d /tmp/vm.XXXXXX)
	vm_console=$LOG/$(echo "$vm_label" | tr '/ ' '--').console
	vm_token=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

	# The initramfs is a sequence of pieces: what the kernel reads before it unpacks any, then what never changes.
	: >"$vm_work/initrd"
	[ -z "$vm_early" ] || cp "$vm_early" "$vm_work/initrd" || die "vm_run: --early $vm_early: cannot copy"
	vm_base "$vm_work/base"
	cat "$vm_work/base" >>"$vm_work/initrd"
	rm -f "$vm_work/base"
	if [ -n "$vm_load$vm_has" ]; then
		vm_piece=$(vm_modules "$vm_kernel" $vm_load $vm_has) || exit 2
		cat "$vm_piece" >>"$vm_work/initrd"
	fi
	mkdir -p "$vm_work/files/etc" "$vm_work/files/lib"
	cp "$vm_payload" "$vm_work/files/payload"
	for vm_file in $vm_files; do
		mkdir -p "$vm_work/files/$(dirname "${vm_file#*:}")"
		cp -p "${vm_file%%:*}" "$vm_work/files/${vm_file#*:}" || die "vm_run: --file $vm_file: cannot copy"
	done
	if [ "$vm_ko" = default ]; then
		vm_ko=$(module_ko "$vm_kernel") || exit 2
	fi
	[ -z "$vm_ko" ] || cp "$vm_ko" "$vm_work/files/lib/iommu_resv.ko" || exit 2
	cat >"$vm_work/files/etc/vm.env" <<-ENV
		export KERNEL=$vm_kernel
		export BOOT=$vm_boot
		export KO=/lib/iommu_resv.ko
		VM_MODULES='$vm_load'
		VM_ROOTFS=$vm_use_rootfs
		VM_TOKEN=$vm_token
		VM_COMPLAINT='$VM_COMPLAINT'
	ENV
	vm_cpio "$vm_work/files" "$vm_work/overlay"
	cat "$vm_work/overlay" >>"$vm_work/initrd"
	rm -rf "$vm_work/files" "$vm_work/overlay"

	vm_cmdline="console=ttyAMA0 loglevel=7 panic=-1 oops=panic"
	[ "$vm_warn" = 1 ] || vm_cmdline="$vm_cmdline panic_on_warn=1"
	if [ "$vm_use_rootfs" = 1 ]; then
		vm_disk=$(vm_rootfs "$vm_root_of") || exit 2
		# On virtio-mmio, so that it does not appear among the PCI devices of a test.
		set -- -drive "if=none,id=vmroot,format=raw,readonly=on,file=$vm_disk" \
			-device virtio-blk-device,drive=vmroot "$@"
	fi
	if [ "$vm_boot" = acpi ]; then
		set -- -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd "$@"
	elif [ -n "$vm_dtb_file" ]; then
		set -- -dtb "$vm_dtb_file" "$@"
	fi

	# Two fifos and files: the verdict channel is QEMU's stdio, the console a file.
	mkfifo "$vm_work/answer" "$vm_work/verdict-fifo"
	: >"$vm_work/verdict"
	exec 7<>"$vm_work/answer"
	timeout --foreground -k 5 "$vm_timeout" qemu-system-aarch64 \
		-M "virt,iommu=smmuv3,gic-version=3$vm_machine" -cpu "$vm_cpu" -smp "$vm_smp" -m "$vm_mem" \
		-accel tcg,thread=multi -display none -nodefaults -no-reboot \
		-chardev "file,id=console,path=$vm_console" -serial chardev:console \
		-chardev stdio,id=verdict,signal=off -serial chardev:verdict \
		-qmp "unix:$vm_work/qmp,server=on,wait=off" \
		-kernel "$vm_image" -initrd "$vm_work/initrd" -append "$vm_cmdline$vm_append" "$@" \
		<"$vm_work/answer" >"$vm_work/verdict-fifo" 2>"$vm_work/qemu.log" &
	vm_pid=$!
	vm_script_pid=
	if [ -n "$vm_script" ]; then
		VM_QMP=$vm_work/qmp VM_VERDICT=$vm_work/verdict VM_ANSWER=$vm_work/answer VM_PID=$vm_pid \
			sh "$vm_script" >"$vm_work/script.log" 2>&1 </dev/null 7>&- &
		vm_script_pid=$!
	fi

	vm_end= vm_seen=0 vm_planned= vm_bad=0
	while IFS= read -r vm_line; do
		vm_line=${vm_line%"$(printf '\r')"}
		printf '%s\n' "$vm_line" >>"$vm_work/verdict"
		case $vm_line in
		"VM-END $vm_token "*)
			vm_end=${vm_line#"VM-END $vm_token "}
			continue
			;;
		esac
		if [ "$vm_live" = 1 ]; then
			printf '%s\n' "$vm_line"
			continue
		fi
		case $vm_line in
		"ok "[0-9]*" - "* | "not ok "[0-9]*" - "*)
			vm_seen=$((vm_seen + 1))
			tap_count=$((tap_count + 1))
			vm_number=${vm_line#not }
			vm_number=${vm_number#ok }
			if [ "${vm_number%% *}" != "$vm_seen" ]; then
				vm_bad=1
			fi
			case $vm_line in
			not*)
				tap_failed=$((tap_failed + 1))
				printf 'not ok %d - %s: %s\n' "$tap_count" "$vm_label" "${vm_line#*" - "}"
				;;
			*)
				printf 'ok %d - %s: %s\n' "$tap_count" "$vm_label" "${vm_line#*" - "}"
				;;
			esac
			;;
		1..[0-9]*)
			vm_planned=${vm_line#1..}
			;;
		"#"*)
			printf '%s\n' "$vm_line"
			;;
		*)
			printf '# %s\n' "$vm_line"
			;;
		esac
	done <"$vm_work/verdict-fifo"

	vm_rc=0
	wait "$vm_pid" || vm_rc=$?
	exec 7>&-
	vm_script_rc=0
	if [ -n "$vm_script_pid" ]; then
		# Its VM is gone: whatever it still waits for will not come.
		kill "$vm_script_pid" 2>/dev/null && vm_script_rc=ended-by-us || :
		wait "$vm_script_pid" || [ "$vm_script_rc" = ended-by-us ] || vm_script_rc=$?
	fi

	# 134: it was SIGABRT.
	if [ -n "$vm_qemu_bug" ] && [ "$vm_rc" = 134 ] && grep -Eq -e "$vm_qemu_bug" "$vm_work/qemu.log"; then
		sed 's/^/# qemu: /' "$vm_work/qemu.log"
		rm -rf "$vm_work"
		return 75
	fi
	vm_why=
	vm_what="console, last lines:
$(tail -n 40 "$vm_console" 2>/dev/null)
qemu: $(cat "$vm_work/qemu.log")"
	if [ "$vm_rc" = 124 ]; then
		vm_why="it had not ended after $vm_timeout s"
	elif [ "$vm_rc" != 0 ]; then
		vm_why="QEMU ended with status $vm_rc"
	elif [ -z "$vm_end" ]; then
		vm_why="it died without sending its token"
	elif [ "${vm_end%% *}" != payload=0 ]; then
		vm_why="the payload did not return 0: $vm_end"
	elif [ "$vm_warn" = 0 ] && [ "${vm_end#* }" != log=clean ]; then
		vm_why="the kernel complained"
		vm_what=$(tail -n 60 "$vm_console")
	elif [ "$vm_warn" = 0 ] && grep -aEq "$VM_COMPLAINT" "$vm_console"; then
		vm_why="the kernel complained"
		vm_what=$(grep -aE -A 20 "$VM_COMPLAINT" "$vm_console" | head -n 60)
	elif [ "$vm_live" = 0 ] && [ -z "$vm_planned" ]; then
		vm_why="the payload printed no plan"
	elif [ "$vm_live" = 0 ] && { [ "$vm_planned" != "$vm_seen" ] || [ "$vm_seen" = 0 ] || [ "$vm_bad" = 1 ]; }; then
		vm_why="$vm_seen results came, numbered badly or other than the $vm_planned planned"
		vm_what=$(cat "$vm_work/verdict")
	elif [ -n "$vm_script_pid" ] && [ "$vm_script_rc" != 0 ]; then
		vm_why="the host script failed ($vm_script_rc)"
		vm_what=
	fi
	if [ -n "$vm_script_pid" ]; then
		vm_what="$vm_what
host script:
$(tail -n 40 "$vm_work/script.log")"
	fi
	rm -rf "$vm_work"
	vm_result "$vm_why" "$vm_what"
}
