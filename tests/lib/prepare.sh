# SPDX-License-Identifier: GPL-2.0-only
#
# Set-up of tests and demonstration: fetches and builds what they name; sourced after the rest of the library. Outside
# the toolbox.

# prepare() - prepare things, side by side where they do not need each other
# @...: headers:NAME (a kernel, or all), image:NAME (with its headers), chroot:NAME, source:dts (linux-source)
prepare()
{
	# Once for all: the branches below would get in each other's way on a machine without package lists.
	apt_setup && with_lock host-mmdebstrap host_mmdebstrap || return 1
	(
		for prepare_need; do
			case $prepare_need in
			headers:all)
				for prepare_kernel in $KERNEL_NAMES; do
					kernel_prepare_headers "$prepare_kernel" || exit 1
				done
				;;
			headers:*)
				kernel_prepare_headers "${prepare_need#*:}" || exit 1
				;;
			image:*)
				vm_prepare || exit 1
				kernel_prepare_headers "${prepare_need#*:}" || exit 1
				kernel_prepare_image "${prepare_need#*:}" || exit 1
				;;
			source:dts)
				source_prepare || exit 1
				;;
			chroot:*) ;;
			*)
				say "error: '$prepare_need' is needed, which prepare() in tests/lib/prepare.sh does not know"
				exit 1
				;;
			esac
		done
	) &
	prepare_kernels=$!
	(
		for prepare_need; do
			case $prepare_need in
			chroot:toolbox*) ;;
			chroot:*)
				chroot_prepare "${prepare_need#*:}" || exit 1
				;;
			esac
		done
	) &
	prepare_chroots=$!
	prepare_rc=0
	for prepare_need; do
		case $prepare_need in
		chroot:toolbox)
			chroot_prepare "$(toolbox_name)" || prepare_rc=1
			;;
		chroot:toolbox-check)
			chroot_prepare toolbox-check || prepare_rc=1
			;;
		esac
	done
	wait "$prepare_kernels" || prepare_rc=1
	wait "$prepare_chroots" || prepare_rc=1
	return "$prepare_rc"
}
