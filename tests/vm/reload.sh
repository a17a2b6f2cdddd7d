# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of reload.test; its payloads source it after guest.sh. The tables
# are in /tables; reload.test says what is in them.

FIRMWARE=/lib/firmware/iommu-resv/quirks.bin
CONTROL=/sys/devices/platform/iommu-resv
mkdir -p "${FIRMWARE%/*}"

# What sysfs shows for every group while a table is in force.
NOTHING=$DRIVER_REGIONS
EMBEDDED=$DRIVER_REGIONS"
$BOARD_REGIONS"
FIRST=$DRIVER_REGIONS"
0x0000000060000000 0x00000000600fffff reserved"
SECOND=$DRIVER_REGIONS"
0x0000000061000000 0x0000000061ffffff reserved
0x0000000070000000 0x000000007000ffff reserved"

# use() - put a table where the firmware loader finds it; @1: its name, or nothing to have none
use()
{
	rm -f "$FIRMWARE"
	[ -z "${1:-}" ] || cp "/tables/$1" "$FIRMWARE"
}

# reload() - let the module look at it
reload()
{
	echo 1 >"$CONTROL/reload"
}

generation()
{
	cat "$CONTROL/generation"
}

# groups_are() - every group's regions; @1: when, @2: what
groups_are()
{
	is "$1: regions of every group" "$(sort -u "$GROUPS_DIR"/*/reserved_regions)" "$2"
}

# group_is() - one group's regions; @1: when, @2: its number, @3: what
group_is()
{
	is "$1" "$(cat "$GROUPS_DIR/$2/reserved_regions")" "$3"
}

# others_are() - the regions of all groups but one; @1: when, @2: the one, @3: what
others_are()
{
	others_list=
	for others_dir in "$GROUPS_DIR"/*; do
		[ "${others_dir##*/}" = "$2" ] || others_list="$others_list $others_dir/reserved_regions"
	done
	is "$1" "$(sort -u $others_list)" "$3"
}
