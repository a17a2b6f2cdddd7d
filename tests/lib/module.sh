# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the module for Debian's kernels; sourced after common.sh and kernel.sh. Toolbox only.
#
# Each kernel has a tree of its own, .cache/build/NAME/, so that builds neither disturb each other nor the checkout;
# only changed files are copied into it, which keeps make incremental.

BUILD_TREES=$CACHE/build

# module_sources() - list the files that the module is built from
module_sources()
{
	find dkms.conf module acpi quirks -type f \( -name '*.[ch]' -o -name '*.inc' -o -name Kbuild -o -name '*.sh' \
		-o -name dkms.conf \) ! -name '*.mod.c' | LC_ALL=C sort
}

# module_tree() - bring a copy of the module's sources up to date
# @1: directory
module_tree()
{
	module_dir=$1
	mkdir -p "$module_dir"
	(
		module_sources |
			while read -r module_file; do
				cmp -s "$module_file" "$module_dir/$module_file" || {
					mkdir -p "$(dirname "$module_dir/$module_file")"
					cp "$module_file" "$module_dir/$module_file"
				}
			done
		# A file that is gone from the checkout must not be built here.
		cd "$module_dir"
		find . -type f \( -name '*.[ch]' -o -name '*.inc' -o -name Kbuild -o -name '*.sh' \) ! -name '*.mod.c' |
			while read -r module_file; do
				[ -e "$TOP/$module_file" ] || rm -f "$module_file"
			done
	)
}

# module_build() - build the module for a kernel
# @1: kernel name, @2: directory with a copy of the sources, @3: log file, @...: more arguments for make
module_build()
{
	module_kernel=$1
	module_dir=$2
	module_log=$3
	shift 3
	module_kdir=$(kernel_headers "$module_kernel") || return 1
	make -C "$module_kdir" M="$module_dir/module" $(kernel_make_args "$module_kernel") "$@" modules \
		>"$module_log" 2>&1
}

# module_ko() - path of iommu_resv.ko for a kernel, built if stale
# @1: kernel name
module_ko()
{
	with_lock "module-$1" module_ko_locked "$1"
}

# Asking make whether there is anything to do takes seconds, and each VM asks.
module_ko_locked()
{
	module_now="$(module_sources | xargs sha256sum | sha256sum) $(kernel_prepared "$1" headers)" || return 1
	if [ -f "$BUILD_TREES/$1/module/iommu_resv.ko" ] &&
		[ "$(cat "$BUILD_TREES/$1/built" 2>/dev/null)" = "$module_now" ]; then
		echo "$BUILD_TREES/$1/module/iommu_resv.ko"
		return
	fi
	rm -f "$BUILD_TREES/$1/built"
	module_tree "$BUILD_TREES/$1" || return 1
	if ! module_build "$1" "$BUILD_TREES/$1" "$LOG/module-$1.log"; then
		say "error: iommu_resv.ko does not build for $1; the end of $LOG/module-$1.log:"
		tail -n 20 "$LOG/module-$1.log" >&2
		return 1
	fi
	printf '%s\n' "$module_now" >"$BUILD_TREES/$1/built"
	echo "$BUILD_TREES/$1/module/iommu_resv.ko"
}
