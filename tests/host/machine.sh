# SPDX-License-Identifier: GPL-2.0-only
#
# Builds copies of a machine's /sys for the tests of `quirks match` and `quirks explain`, and holds what else the tests
# of the command share; sourced after tests/lib/tap.sh. $tmp is a directory of the test's own, gone when it ends.

tool=${BUILD:-build}/host/iommu-resv
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# status() - run the command; its exit code is a result, what it printed is in $tmp/out and $tmp/err
# @1: exit code wanted, @2: name of the result, @...: arguments
status()
{
	status_wanted=$1
	status_name=$2
	shift 2
	status_got=0
	"$tool" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status_got=$?
	is "$status_name" "$status_got" "$status_wanted"
	# A leak or an overflow found by a sanitizer has the status of a finding.
	unlike "$status_name: no sanitizer speaks" "$(cat "$tmp/err")" 'Sanitizer|runtime error'
}

# said() - the last command has said, in one line on stderr, what matches a pattern
# @1: name of the result, @2: extended regular expression
said()
{
	like "$1" "$(cat "$tmp/err")" "^iommu-resv: .*$2"
}

# node() - a device tree node
# @1: root of the copy, @2: path, @...: compatible strings
node()
{
	node_dir=$1/sys/firmware/devicetree/base$2
	shift 2
	mkdir -p "$node_dir"
	[ $# = 0 ] || printf '%s\0' "$@" >"$node_dir/compatible"
}

# le32() - a number as four bytes, in the escapes of printf
# @1: number
le32()
{
	printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# table() - an ACPI table
# @1: root of the copy, @2: file name, @3: signature, @4: OEM id, @5: OEM table id, @6: revision, @7: file with its body
table()
{
	table_file=$1/sys/firmware/acpi/tables/$2
	mkdir -p "${table_file%/*}"
	table_length=36
	[ -z "${7:-}" ] || table_length=$((36 + $(wc -c <"$7")))
	{
		printf '%s' "$3"
		printf "$(le32 "$table_length")\\001\\000"
		printf '%-6s%-8s' "$4" "$5"
		printf "$(le32 "$6")TEST\\001\\000\\000\\000"
		[ -z "${7:-}" ] || cat "$7"
	} >"$table_file"
	table_sum=$(od -An -v -tu1 "$table_file" | tr -s ' ' '\n' | awk '{ s += $1 } END { print (256 - s % 256) % 256 }')
	printf "\\$(printf %03o "$table_sum")" | dd of="$table_file" bs=1 seek=9 conv=notrunc 2>/dev/null
}

# dmi() - a DMI field
# @1: root of the copy, @2: field, @3: value
dmi()
{
	mkdir -p "$1/sys/class/dmi/id"
	printf '%s\n' "$3" >"$1/sys/class/dmi/id/$2"
}

# pci() - a PCI function
# @1: root of the copy, @2: address, @3: vendor, @4: device
pci()
{
	mkdir -p "$1/sys/bus/pci/devices/$2"
	echo "$3" >"$1/sys/bus/pci/devices/$2/vendor"
	echo "$4" >"$1/sys/bus/pci/devices/$2/device"
}

# entry() - an entry of a source, on stdout
# @1: its name, @2: properties of its match node, @3: more properties
entry()
{
	cat <<-END
		$1 {
			title = "Board $1"; reference = "r"; ${3:-}
			match { $2 };
			hole {
				source = "range"; range = <0xfe000000 0xfe000fff>; type = "reserved";
				confidence = "confirmed"; reference = "r"; reason = "s";
			};
		};
	END
}

# source_of() - a source with the entries on stdin, on stdout
source_of()
{
	printf '/dts-v1/;\n/ {\n'
	cat
	printf '};\n'
}
