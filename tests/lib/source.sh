# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's newest linux-source package: what the quirk table says about mainline Linux is checked against it. Sourced
# after common.sh and apt.sh. The package is fetched outside the toolbox (source_prepare, '# needs: source:dts') and
# unpacked inside, where there is an xz: device trees, what these include, and the files that the quirk sources name.
#
#	.cache/source/package	name of the package and path of its file, as last fetched
#	.cache/source/tree/	what is unpacked of it; .stamp says of which package and which files
#	.cache/source/dtb/	device trees compiled from it, with the messages of dtc beside them

SOURCE=$CACHE/source

# source_prepare() - fetch the package; outside the toolbox
source_prepare()
{
	source_name=$(apt_newest 'linux-source-[0-9]+\.[0-9]+' all) || return 1
	source_deb=$(apt_fetch "$source_name") || return 1
	mkdir -p "$SOURCE"
	echo "$source_name $source_deb" >"$SOURCE/package.new"
	mv "$SOURCE/package.new" "$SOURCE/package"
}

# source_version() - what was fetched, for messages
source_version()
{
	sed 's|.*/||; s|%3a|:|; s|_all\.deb$||' "$SOURCE/package"
}

# source_named() - files of Linux that the quirk sources name beside the device trees
#
# A string that is a path below one of Linux's directories is taken for one; which of them matter is the truth test's
# business.
source_named()
{
	cat quirks/*.dts | grep -oE '"(Documentation|arch|drivers|include|kernel|mm)/[A-Za-z0-9_.,+/-]+\.(c|h|rst|yaml|txt|dtsi?|S)"' |
		tr -d '"' | sort -u
}

# source_tree() - the unpacked tree, brought up to date; prints its path
source_tree()
{
	[ -f "$SOURCE/package" ] || {
		say "error: no linux-source package: say 'source:dts' in the test's '# needs:' line, and start through make check"
		return 1
	}
	with_lock source source_tree_locked || return 1
	echo "$SOURCE/tree"
}

source_tree_locked()
{
	read -r source_name source_deb <"$SOURCE/package"
	# The path is that of the machine that fetched it; inside, the checkout lies elsewhere.
	source_deb=$CACHE/debs/${source_deb##*/}
	source_list=$(
		# The last is where a link among the bindings points to.
		printf '%s\n' arch/arm64/boot/dts arch/arm/boot/dts include/dt-bindings scripts/dtc/include-prefixes \
			include/uapi/linux/input-event-codes.h
		source_named | grep -v '^arch/arm64/boot/dts/'
	)
	source_stamp="${source_deb##*/} $(echo "$source_list" | cksum)"
	[ "$(cat "$SOURCE/tree/.stamp" 2>/dev/null)" != "$source_stamp" ] || return 0
	rm -rf "$SOURCE/tree.new"
	mkdir -p "$SOURCE/tree.new"
	echo "$source_list" | sed "s|^|$source_name/|" >"$SOURCE/tree.list"
	progress source "unpacking device trees of $(source_version)" sh -c '
		mkfifo "$2.pipe" || exit 1
		dpkg-deb --fsys-tarfile "$1" | tar -xOf - "./usr/src/$3.tar.xz" | xz -dc >"$2.pipe" &
		# A named file that Linux does not have is for the truth test to report.
		tar -xf "$2.pipe" -C "$2.new" --strip-components=1 -T "$2.list" 2>"$2.err"
		rm "$2.pipe"
		cat "$2.err"
		! grep -v -e ": Not found in archive" -e "Exiting with failure status due to previous errors" "$2.err"
	' sh "$source_deb" "$SOURCE/tree" "$source_name" || return 1
	for source_dir in arch/arm64/boot/dts arch/arm/boot/dts include/dt-bindings scripts/dtc/include-prefixes; do
		[ -d "$SOURCE/tree.new/$source_dir" ] || {
			say "error: $source_deb has no $source_dir"
			return 1
		}
	done
	# Device trees compiled from another package are worth nothing.
	[ "$(cat "$SOURCE/dtb/.of" 2>/dev/null)" = "${source_deb##*/}" ] || rm -rf "$SOURCE/dtb"
	mkdir -p "$SOURCE/dtb"
	echo "${source_deb##*/}" >"$SOURCE/dtb/.of"
	echo "$source_stamp" >"$SOURCE/tree.new/.stamp"
	rm -rf "$SOURCE/tree"
	mv "$SOURCE/tree.new" "$SOURCE/tree"
}

# source_dtb() - compile device trees that are not compiled yet
# @...: paths below arch/arm64/boot/dts, ending in .dts
#
# Return: prints the directory of the trees: qcom/a.dts becomes qcom/a.dtb in it. One that does not compile is missing
# there; qcom/a.log says why.
source_dtb()
{
	source_tree >/dev/null || return 1
	with_lock source source_dtb_locked "$@" || return 1
	echo "$SOURCE/dtb"
}

source_dtb_locked()
{
	for source_dts; do
		source_out=$SOURCE/dtb/${source_dts%.dts}
		[ ! -f "$source_out.dtb" ] || continue
		echo "$source_dts"
	done | sort -u | xargs -r -P 2 -n 1 sh -c '
		out=$1/dtb/${2%.dts}
		dts=$1/tree/arch/arm64/boot/dts/$2
		mkdir -p "${out%/*}"
		# As scripts/Makefile.lib of Linux calls them.
		gcc -E -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I "$1/tree/scripts/dtc/include-prefixes" \
			-I "$1/tree/include" "$dts" -o "$out.pre" 2>"$out.log" &&
			dtc -q -I dts -O dtb -b 0 -i "${dts%/*}" -i "$1/tree/scripts/dtc/include-prefixes" \
				-o "$out.new" "$out.pre" 2>>"$out.log" && mv "$out.new" "$out.dtb"
		rm -f "$out.pre"
	' sh "$SOURCE" || :
}
