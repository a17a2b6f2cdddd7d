# SPDX-License-Identifier: GPL-2.0-only
#
# Chroots made by mmdebstrap, and the way into them; sourced after common.sh and apt.sh.
#
#	toolbox		Debian 13 amd64 with what it takes to build all parts and to run a VM, so that a fresh Debian 12
#			machine needs nothing but git and make, and every machine works with the same tools
#	toolbox-check	the same and what only tests need; serves as the toolbox once it is there
#	dkms-13		Debian 13 amd64 with its own dkms and a real kernel with headers	(tests/build/dkms.test)
#	dkms-12		the same of Debian 12
#	rootfs-arm64	Debian 13 arm64 files with QEMU, unpacked and never run here; the inner system of VM tests
#	udev-arm64	the same with udev and kmod, and libraries to link the command with	(tests/vm/autoload.test)
#	systemd-13	Debian 13 amd64 with systemd, to install the package in		(tests/build/deb.test)
#	initramfs-13	Debian 13 amd64 with both that make an initramfs, and a kernel	(tests/build/initramfs.test)
#	initramfs-12	the same of Debian 12, and what it takes to build the command
#	fwts-sid		Debian sid amd64 with fwts, which no release has up to 13	(tests/host/fwts.test)
#
# Each is built once and again when its definition below changes. Building and entering need root.

CHROOTS=$CACHE/chroots

# chroot_define() - set suite, arch, variant, packages and hooks (a line each: when, and a command) of one chroot
# @1: its name
chroot_define()
{
	chroot_suite=trixie
	chroot_arch=amd64
	chroot_variant=apt
	chroot_hooks=
	case $1 in
	toolbox | toolbox-check)
		# gcc-14 is the compiler of Debian's kernels from 6.12; their headers ask for it by name.
		chroot_packages="make gcc libc6-dev gcc-aarch64-linux-gnu gcc-14-aarch64-linux-gnu libc6-dev-arm64-cross
			libelf1t64 libssl3t64 dwarves device-tree-compiler libfdt-dev libjson-c-dev zlib1g-dev
			qemu-system-arm qemu-efi-aarch64 squashfs-tools cpio xz-utils kmod jq mount util-linux"
		[ "$1" = toolbox ] || chroot_packages="$chroot_packages
			gcc-12 gcc-14 gcc-12-aarch64-linux-gnu sparse libcmocka-dev ipxe-qemu acpica-tools
			flex bison libssl-dev libelf-dev
			gzip zstd bc file git perl python3-minimal codespell shellcheck socat procps bsdextrautils
			debhelper dh-dkms dpkg-dev lintian"
		;;
	dkms-13)
		# The cloud flavour is a complete kernel at a sixth of the size.
		chroot_packages="dkms make gcc libc6-dev kmod linux-headers-cloud-amd64"
		# Nothing boots from this chroot: its kernel is there to be built for.
		chroot_hooks='essential mkdir -p "$1/etc/initramfs-tools"
			essential echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"'
		;;
	dkms-12)
		chroot_suite=bookworm
		chroot_packages="dkms make gcc libc6-dev kmod linux-headers-amd64"
		;;
	rootfs-arm64)
		chroot_arch=arm64
		chroot_variant=extract
		chroot_packages="qemu-system-arm busybox-static"
		# Only unpacked, so no package has made the directories and links of a running system.
		chroot_hooks='extract cd "$1" && mkdir -p proc sys run root mnt usr/sbin
			extract cd "$1" && ln -s usr/bin bin && ln -s usr/sbin sbin && ln -s usr/lib lib
			extract ln -s busybox "$1/usr/bin/sh"'
		;;
	udev-arm64)
		chroot_arch=arm64
		chroot_variant=extract
		chroot_packages="udev kmod device-tree-compiler libfdt-dev libjson-c-dev zlib1g-dev"
		# Places for what a test puts there, by binding: the disk that is made of it cannot be written.
		chroot_hooks='extract cd "$1" && mkdir -p proc sys dev tmp run usr/lib/modules usr/lib/firmware
			extract cd "$1" && mkdir -p usr/share/iommu-resv etc/iommu-resv etc/udev/rules.d
			extract cd "$1" && ln -sfn usr/bin bin && ln -sfn usr/sbin sbin && ln -sfn usr/lib lib
			extract : >"$1/usr/bin/iommu-resv"'
		;;
	systemd-13)
		chroot_packages="systemd udev kmod device-tree-compiler libfdt1 libjson-c5 zlib1g"
		;;
	initramfs-1[23])
		# dracut itself cannot stand beside initramfs-tools; its command is in dracut-core.
		chroot_packages="initramfs-tools dracut-core cpio kmod linux-image-cloud-amd64 device-tree-compiler zlib1g"
		chroot_hooks='essential mkdir -p "$1/etc/initramfs-tools"
			essential echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"'
		if [ "$1" = initramfs-12 ]; then
			chroot_suite=bookworm
			chroot_packages="$chroot_packages make gcc libc6-dev libfdt-dev libjson-c-dev zlib1g-dev"
		else
			chroot_packages="$chroot_packages libfdt1 libjson-c5"
		fi
		;;
	fwts-sid)
		chroot_suite=sid
		chroot_packages="fwts acpica-tools"
		;;
	*)
		die "there is no chroot called $1: see chroot_define() in tests/lib/toolbox.sh"
		;;
	esac
}

# chroot_current() - true if a chroot is there and its definition is unchanged
# @1: its name
#
# Leaves the definition in the chroot_* variables, and in $chroot_stamp what identifies it.
chroot_current()
{
	chroot_define "$1"
	chroot_stamp=$(echo "$chroot_suite $chroot_arch $chroot_variant $chroot_hooks $chroot_packages" | cksum)
	[ "$(cat "$CHROOTS/$1.stamp" 2>/dev/null)" = "$chroot_stamp" ]
}

# chroot_prepare() - build a chroot unless it is there and its definition is unchanged
# @1: its name
chroot_prepare()
{
	! chroot_current "$1" || return 0
	if in_toolbox; then
		say "error: chroot $1 is not there: name it in the test's '# needs:' line, and start through make check"
		return 1
	fi
	mkdir -p "$CHROOTS"
	with_lock "chroot-$1" chroot_build "$1"
}

# host_mmdebstrap() - install mmdebstrap on this machine if it is missing; the only thing that is installed there
host_mmdebstrap()
{
	! command -v mmdebstrap >/dev/null || return 0
	[ -n "$(host_mirrors)" ] || host_apt_update || return 1
	# A machine that has just been set up may be upgrading itself.
	set -- env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends mmdebstrap
	progress host-mmdebstrap "installing mmdebstrap on this machine" as_root "$@" && return 0
	# The lists may be so old that the package is gone from the mirror.
	host_apt_update || return 1
	progress host-mmdebstrap "installing mmdebstrap on this machine" as_root "$@"
}

# chroot_build() - the work of chroot_prepare(), under its lock
chroot_build()
{
	! chroot_current "$1" || return 0
	with_lock host-mmdebstrap host_mmdebstrap || return 1
	chroot_uri=$(apt_mirror) || return 1
	apt_transport >"$CHROOTS/$1.aptopt"
	rm -rf "$CHROOTS/$1.new" "$CHROOTS/$1.stamp"
	# Documentation and translations are read by nobody here.
	set -- "$1" --architectures="$chroot_arch" --variant="$chroot_variant" --aptopt="$CHROOTS/$1.aptopt" \
		--include="$(echo $chroot_packages | tr ' ' ,)" \
		--dpkgopt=force-confold --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
	chroot_name=$1
	shift
	while read -r chroot_when chroot_hook; do
		[ -z "$chroot_hook" ] || set -- "$@" "--$chroot_when-hook=$chroot_hook"
	done <<-HOOKS
		$chroot_hooks
	HOOKS
	progress "chroot-$chroot_name" "building chroot $chroot_name ($chroot_suite $chroot_arch; a minute or so)" \
		mmdebstrap "$@" "$chroot_suite" "$CHROOTS/$chroot_name.new" \
		"deb [signed-by=$APT_KEYRING] $chroot_uri $chroot_suite main" || return 1
	# Somebody may be at work in the old one: it stays until the next time.
	rm -rf "$CHROOTS/$chroot_name.old"
	[ ! -d "$CHROOTS/$chroot_name" ] || mv "$CHROOTS/$chroot_name" "$CHROOTS/$chroot_name.old"
	mv "$CHROOTS/$chroot_name.new" "$CHROOTS/$chroot_name"
	echo "$chroot_stamp" >"$CHROOTS/$chroot_name.stamp"
}

# toolbox_name() - which chroot serves as the toolbox
toolbox_name()
{
	if chroot_current toolbox-check; then
		echo toolbox-check
	else
		echo toolbox
	fi
}

# toolbox_enter() - PID 1 of the toolbox: make its mounts, run the command inside, return its status
#
# Runs in namespaces of its own (mounts, processes, network): nothing that it mounts is seen outside, no process
# outlives it, and no test can reach a network.
toolbox_enter()
{
	toolbox_root=$CHROOTS/$(toolbox_name)
	mkdir -p "$toolbox_root/src" "$toolbox_root/shared" "$CACHE/kernels/usr/src"
	mount --bind "$TOP" "$toolbox_root/src"
	if [ -d "$TOP/../shared" ]; then
		mount --bind "$TOP/../shared" "$toolbox_root/shared"
		mount -o remount,bind,ro "$toolbox_root/shared"
	fi
	mount -t proc proc "$toolbox_root/proc"
	mount --rbind /sys "$toolbox_root/sys"
	mount --rbind /dev "$toolbox_root/dev"
	mount -t tmpfs -o mode=1777 tmpfs "$toolbox_root/tmp"
	# Debian's headers include each other by absolute path, and reach their kbuild as ../../lib.
	mount --bind "$CACHE/kernels/usr/src" "$toolbox_root/usr/src"
	for toolbox_kbuild in "$CACHE"/kernels/usr/lib/linux-kbuild-*; do
		[ ! -d "$toolbox_kbuild" ] ||
			ln -sfn "/src/.cache/kernels/usr/lib/${toolbox_kbuild##*/}" \
				"$toolbox_root/usr/lib/${toolbox_kbuild##*/}"
	done
	toolbox_rc=0
	chroot "$toolbox_root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" IOMMU_RESV_TOOLBOX=1 BUILD=.cache/build/tools \
		IORT_CORPUS=/shared/iort-corpus ${CI:+CI="$CI"} \
		GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=/src \
		/bin/sh -c 'cd /src && exec "$@"' sh "$@" || toolbox_rc=$?
	return "$toolbox_rc"
}

# toolbox() - run a command in the toolbox, at the top of the checkout (there: /src)
# @...: command
#
# Return: the command's status. Inside the toolbox already, just runs it.
toolbox()
{
	if in_toolbox; then
		"$@"
		return
	fi
	chroot_prepare "$(toolbox_name)" || return 2
	toolbox_status=0
	unshare --mount --propagation private --pid --net --fork --kill-child sh -eu -c '
		. tests/lib/common.sh
		. tests/lib/toolbox.sh
		toolbox_enter "$@"
	' sh "$@" || toolbox_status=$?
	give_back
	return "$toolbox_status"
}
