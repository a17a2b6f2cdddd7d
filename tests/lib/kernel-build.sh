# SPDX-License-Identifier: GPL-2.0-only
#
# Kernels that Debian does not have, built from its linux-source packages; sourced after kernel.sh.
#
# A name is SERIES-FLAVOUR as for Debian's own kernels (kernel.sh), and works wherever these do. It is one of ours if
# there is a tests/kernels/FLAVOUR.config: what that kernel has beyond tests/kernels/base, which all of them have. Both
# are lines of a .config on top of allnoconfig; the later line wins, and a line that does not take effect (a dependency is
# missing, a symbol has another name in this series) fails the build. Another kernel is one more such file. There is no
# hyphen in FLAVOUR: it is what tells a release's parts from each other.
#
# The newest build of the series in the archive is taken. It is built anew when that, a setting or the way it is built
# changes: the release, as in 7.3.4-iommufd-0123abcd, ends with a hash of them, so nothing made for another is mistaken
# for it. What a build leaves is where kernel.sh looks: image and modules in .cache/kernels/image/RELEASE, headers in
# .cache/kernels/usr/src/linux-headers-RELEASE.

KERNEL_CONFIGS=tests/kernels

# kernel_is_ours() - true if a name stands for a kernel that is built here
# @1: kernel name
kernel_is_ours()
{
	case ${1#*-} in
	*-*)
		return 1
		;;
	esac
	[ -f "$KERNEL_CONFIGS/${1#*-}.config" ]
}

# kernel_prepare_built() - build one of our kernels unless it is there; outside the toolbox
# @1: kernel name
kernel_prepare_built()
{
	if in_toolbox; then
		say "error: kernel $1 is not built: name 'image:$1' in the test's '# needs:' line, and start through make check"
		return 1
	fi
	with_lock "kernel-build-$1" kernel_prepare_built_locked "$1"
}

kernel_prepare_built_locked()
{
	kernel_deb=$(apt_fetch "linux-source-${1%%-*}") || return 1
	kernel_key=$({
		echo "${kernel_deb##*/}"
		# The recipe is what follows in this file. Comments make no other kernel.
		cat "$KERNEL_CONFIGS/base" "$KERNEL_CONFIGS/${1#*-}.config" | grep -E '^(# )?CONFIG_'
		sed -n '/^kernel_build()/,$p' tests/lib/kernel-build.sh | grep -v '^[[:space:]]*#'
	} | sha256sum | cut -c 1-8)
	case $(cat "$KERNELS/$1.image" 2>/dev/null) in
	*-"$kernel_key")
		return 0
		;;
	esac
	# The chroot of the tests has the compiler, and what else a kernel needs to be built.
	chroot_prepare toolbox-check || return 1
	progress "kernel-$1" "building kernel $1 (six minutes on two idle cores)" toolbox sh -eu -c '
		. tests/lib/all.sh
		kernel_build "$@"
	' sh "$1" "${kernel_deb##*/}" "$kernel_key"
}

# kernel_build() - unpack, configure, build and install one of our kernels; in the toolbox
# @1: kernel name, @2: file name of its linux-source package, @3: last part of its release
#
# Speaks to a log. The names of headers and image are written last, so what was interrupted is not taken for done.
kernel_build()
{
	kernel_tree=$KERNELS/build/$1
	kernel_stage=$KERNELS/build/$1.install
	rm -rf "$kernel_tree" "$kernel_stage"
	mkdir -p "$kernel_tree" "$kernel_stage/boot"
	kernel_unpack "$DEBS/$2" "$kernel_tree" || return 1
	kernel_configure "$1" "$3" || return 1
	kernel_make -j "$(($(nproc) + 1))" Image modules || {
		# That log is where this function's output goes: grep reads no file that it writes to.
		kernel_errors=$(grep -E -m 10 ': (fatal )?error:|\*\*\* ' "$LOG/kernel-$1.log") || :
		echo "--- what failed first:"
		echo "$kernel_errors"
		return 1
	}
	kernel_rel=$(cat "$kernel_tree/include/config/kernel.release") || return 1
	kernel_make INSTALL_MOD_PATH="$kernel_stage" modules_install || return 1
	cp "$kernel_tree/arch/arm64/boot/Image" "$kernel_stage/boot/vmlinuz-$kernel_rel" || return 1
	cp "$kernel_tree/.config" "$kernel_stage/boot/config-$kernel_rel" || return 1
	cp "$kernel_tree/System.map" "$kernel_stage/boot/System.map-$kernel_rel" || return 1
	rm -f "$kernel_stage/lib/modules/$kernel_rel/build"
	kernel_install_headers "$kernel_rel" || return 1
	# Those of earlier builds are of no use any more.
	for kernel_old in "$KERNELS"/image/[0-9]*-"${1#*-}"-[0-9a-f]*; do
		kernel_old=${kernel_old##*/}
		case $kernel_old in
		"${1%%-*}".*)
			rm -rf "$KERNELS/image/$kernel_old"
			[ "$kernel_old" = "$kernel_rel" ] || rm -rf "$KERNELS/usr/src/linux-headers-$kernel_old"
			;;
		esac
	done
	mkdir -p "$KERNELS/image"
	mv "$kernel_stage" "$KERNELS/image/$kernel_rel" || return 1
	rm -rf "$kernel_tree"
	echo "$kernel_rel" >"$KERNELS/$1.headers"
	echo "$kernel_rel" >"$KERNELS/$1.image"
}

# kernel_make() - make in the tree that is being built
# @...: arguments
kernel_make()
{
	make -s -C "$kernel_tree" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- "$@"
}

# kernel_unpack() - unpack what an arm64 kernel is built from
# @1: package file, @2: directory
#
# Documentation, other architectures and the headers of a graphics driver are the bulk of what is not needed.
kernel_unpack()
{
	dpkg-deb --fsys-tarfile "$1" | tar -xOf - --wildcards './usr/src/linux-source-*.tar.xz' | xz -dc |
		tar -x -C "$2" --strip-components=1 --exclude='*/Documentation/*/*' --exclude='*/tools/testing/*' \
			--exclude='*/tools/perf/*' --exclude='*/drivers/gpu/drm/amd/include/*' \
			$(kernel_other_arches) || {
		echo "$1 cannot be unpacked"
		return 1
	}
}

# kernel_other_arches() - tar options that leave out what belongs to other architectures
#
# Their Kconfig stays: some of it is read for every architecture.
kernel_other_arches()
{
	for kernel_other in alpha arc csky hexagon loongarch m68k microblaze mips nios2 openrisc parisc powerpc riscv s390 \
		sh sparc um x86 xtensa; do
		printf -- '--exclude=*/arch/%s/*.[chS] --exclude=*/arch/%s/*.dts* ' "$kernel_other" "$kernel_other"
	done
}

# kernel_settings() - the lines of a .config that a kernel is to have, each symbol once
# @1: kernel name, @2: last part of its release
kernel_settings()
{
	{
		cat "$KERNEL_CONFIGS/base" "$KERNEL_CONFIGS/${1#*-}.config"
		echo "CONFIG_LOCALVERSION=\"-${1#*-}-$2\""
	} | awk '
		/^CONFIG_[A-Za-z0-9_]+=/ {
			symbol = $0
			sub(/=.*/, "", symbol)
		}
		/^# CONFIG_[A-Za-z0-9_]+ is not set$/ {
			symbol = $2
		}
		symbol {
			line[symbol] = $0
			symbol = ""
			next
		}
		!/^(#.*)?$/ {
			print "tests/kernels: neither a setting nor a comment: " $0 >"/dev/stderr"
			bad = 1
		}
		END {
			for (symbol in line)
				print line[symbol]
			exit bad
		}
	'
}

# kernel_configure() - make the .config; arguments as for kernel_settings()
kernel_configure()
{
	kernel_settings "$1" "$2" >"$kernel_tree/settings" || return 1
	kernel_make KCONFIG_ALLCONFIG="$kernel_tree/settings" allnoconfig || return 1
	kernel_lost=$(awk '
		NR == FNR {
			have[$0] = 1
			next
		}
		# A symbol that is not there at all is not set either.
		/ is not set$/ {
			symbol = $2
			if (have[symbol "=y"] || have[symbol "=m"])
				print
			next
		}
		!have[$0]
	' "$kernel_tree/.config" "$kernel_tree/settings")
	[ -z "$kernel_lost" ] || {
		echo "these lines of $KERNEL_CONFIGS/base and $KERNEL_CONFIGS/${1#*-}.config did not take effect;" \
			"see what the symbols depend on:"
		echo "$kernel_lost"
		return 1
	}
}

# kernel_install_headers() - keep of the built tree what modules are built against
# @1: release
kernel_install_headers()
{
	kernel_to=$KERNELS/usr/src/linux-headers-$1
	rm -rf "$kernel_to"
	mkdir -p "$kernel_to"
	(
		cd "$kernel_tree" || exit 1
		find . -maxdepth 1 -type f ! -name 'vmlinux*' ! -name '*.o' ! -name '*.a' ! -name 'System.map' -print0
		find include scripts arch/arm64/include arch/arm64/tools tools/include tools/build -type f -print0
		find scripts -type l -print0
		find arch/arm64 -maxdepth 1 -type f -print0
		find arch/arm64/kernel -name module.lds -print0
	) | tar -C "$kernel_tree" --null -T - -cf - | tar -x -C "$kernel_to"
	[ -f "$kernel_to/Module.symvers" ] || {
		echo "the built tree has no Module.symvers"
		return 1
	}
}
