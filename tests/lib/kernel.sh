# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's kernels by name, SERIES-FLAVOUR as in 6.12-arm64-16k; sourced after common.sh, apt.sh and toolbox.sh.
#
# Only the series are named here: which build of a series is the newest is asked of the archive. Preparing (download,
# unpack) happens outside the toolbox, using happens inside. Headers of all kernels are unpacked into one tree that the
# toolbox shows as /usr/src, so that the absolute paths in Debian's headers hold; the amd64 linux-kbuild of the
# same version serves the arm64 headers, and nothing is installed. Names of kernels that are built here, as 7.3-iommufd,
# work alike: kernel-build.sh.
#
#	.cache/kernels/usr/src/linux-headers-*	headers
#	.cache/kernels/image/RELEASE/		/boot and /lib/modules of an image
#	.cache/kernels/NAME.headers, .image	the release that a name stands for, written last

KERNELS=$CACHE/kernels

KERNEL_NAMES="6.1-arm64 6.1-cloud-arm64 6.1-rt-arm64
	6.12-arm64 6.12-arm64-16k 6.12-cloud-arm64 6.12-rt-arm64
	7.2-arm64 7.2-arm64-16k 7.2-cloud-arm64 7.2-rt-arm64
	7.3-arm64 7.3-arm64-16k 7.3-cloud-arm64 7.3-rt-arm64
	6.1-amd64 6.12-amd64"

# kernel_arch() - Debian architecture of a kernel
# @1: kernel name
kernel_arch()
{
	case $1 in
	*-amd64)
		echo amd64
		;;
	*)
		echo arm64
		;;
	esac
}

# kernel_newest() - release of the newest build of a kernel in the archive
# @1: kernel name
kernel_newest()
{
	kernel_series=$(echo "${1%%-*}" | sed 's/\./\\./g')
	kernel_pkg=$(apt_newest "linux-headers-$kernel_series\\.[0-9]+(-[0-9]+|\\+deb[0-9]+)-${1#*-}" \
		"$(kernel_arch "$1")") || return 1
	echo "${kernel_pkg#linux-headers-}"
}

# kernel_is_current() - true if a name already stands for a release
# @1: file that records it, @2: release
kernel_is_current()
{
	[ "$(cat "$KERNELS/$1" 2>/dev/null)" = "$2" ]
}

# deb_unpack() - unpack a package file into a directory, once
# @1: package file, @2: directory
deb_unpack()
{
	deb_stamp=$2/.unpacked/${1##*/}
	[ ! -f "$deb_stamp" ] || return 0
	mkdir -p "$2/.unpacked"
	dpkg-deb -x "$1" "$2" || return 1
	: >"$deb_stamp"
}

# kernel_prepare_headers() - download and unpack the headers of one kernel
# @1: kernel name
kernel_prepare_headers()
{
	if kernel_is_ours "$1"; then
		kernel_prepare_built "$1"
	else
		with_lock kernel-headers kernel_prepare_headers_locked "$1"
	fi
}

kernel_prepare_headers_locked()
{
	kernel_rel=$(kernel_newest "$1") || return 1
	! kernel_is_current "$1.headers" "$kernel_rel" || return 0
	kernel_a=$(kernel_arch "$1")
	kernel_debs="linux-headers-$kernel_rel:$kernel_a"
	for kernel_dep in $(apt_depends "linux-headers-$kernel_rel:$kernel_a"); do
		case $kernel_dep in
		linux-headers-* | linux-kbuild-*)
			kernel_debs="$kernel_debs $kernel_dep"
			;;
		esac
	done
	for kernel_deb in $kernel_debs; do
		kernel_file=$(apt_fetch "$kernel_deb") || return 1
		deb_unpack "$kernel_file" "$KERNELS" || return 1
	done
	[ -d "$KERNELS/usr/src/linux-headers-$kernel_rel" ] || {
		say "error: the package linux-headers-$kernel_rel holds no /usr/src/linux-headers-$kernel_rel"
		return 1
	}
	echo "$kernel_rel" >"$KERNELS/$1.headers"
}

# kernel_prepare_image() - download and unpack kernel image and modules of one kernel
# @1: kernel name
kernel_prepare_image()
{
	if kernel_is_ours "$1"; then
		kernel_prepare_built "$1"
	else
		with_lock "kernel-image-$1" kernel_prepare_image_locked "$1"
	fi
}

kernel_prepare_image_locked()
{
	kernel_rel=$(kernel_newest "$1") || return 1
	! kernel_is_current "$1.image" "$kernel_rel" || return 0
	kernel_a=$(kernel_arch "$1")
	if grep -qxF "linux-image-$kernel_rel-unsigned $kernel_a" "$APT_NAMES"; then
		kernel_debs="linux-image-$kernel_rel-unsigned:$kernel_a"
	else
		# From 7.x on an image is split.
		kernel_debs="linux-base-$kernel_rel:$kernel_a linux-binary-unsigned-$kernel_rel:$kernel_a
			linux-modules-$kernel_rel:$kernel_a"
	fi
	for kernel_deb in $kernel_debs; do
		kernel_file=$(apt_fetch "$kernel_deb") || return 1
		deb_unpack "$kernel_file" "$KERNELS/image/$kernel_rel" || return 1
	done
	echo "$kernel_rel" >"$KERNELS/$1.image"
}

# kernel_prepared() - release of a prepared kernel
# @1: kernel name, @2: headers or image
kernel_prepared()
{
	if [ ! -f "$KERNELS/$1.$2" ]; then
		say "error: kernel $1 is not prepared: name '$2:$1' in the test's '# needs:' line, and start through make check"
		return 1
	fi
	cat "$KERNELS/$1.$2"
}

# kernel_headers() - KDIR of a kernel, as seen in the toolbox
# @1: kernel name
kernel_headers()
{
	kernel_rel=$(kernel_prepared "$1" headers) || return 1
	echo "/usr/src/linux-headers-$kernel_rel"
}

# kernel_make_args() - make arguments that cross-build for a kernel
# @1: kernel name
kernel_make_args()
{
	case $(kernel_arch "$1") in
	arm64)
		echo "ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-"
		;;
	amd64)
		echo "ARCH=x86_64"
		;;
	esac
}

# kernel_vmlinuz() - kernel image file
# @1: kernel name
kernel_vmlinuz()
{
	kernel_rel=$(kernel_prepared "$1" image) || return 1
	for kernel_file in "$KERNELS/image/$kernel_rel/boot/vmlinuz-$kernel_rel" \
		"$KERNELS/image/$kernel_rel/usr/lib/modules/$kernel_rel/vmlinuz.unsigned" \
		"$KERNELS/image/$kernel_rel/usr/lib/modules/$kernel_rel/vmlinuz"; do
		if [ -f "$kernel_file" ]; then
			echo "$kernel_file"
			return 0
		fi
	done
	say "error: no kernel image below $KERNELS/image/$kernel_rel"
	return 1
}

# kernel_modules() - directory of a kernel's modules, with modules.dep; toolbox only
# @1: kernel name
kernel_modules()
{
	kernel_rel=$(kernel_prepared "$1" image) || return 1
	kernel_base=$KERNELS/image/$kernel_rel
	# Debian 12 packages have /lib, later ones /usr/lib.
	if [ -d "$kernel_base/usr/lib/modules" ]; then
		kernel_base=$kernel_base/usr
	fi
	with_lock "depmod-$1" kernel_depmod "$kernel_base" "$kernel_rel" || return 1
	echo "$kernel_base/lib/modules/$kernel_rel"
}

kernel_depmod()
{
	[ ! -f "$1/.depmod" ] || return 0
	depmod -b "$1" "$2" 2>"$LOG/depmod-$2.log" || {
		say "error: depmod failed: $(tail -n 3 "$LOG/depmod-$2.log")"
		return 1
	}
	: >"$1/.depmod"
}
