# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of rmr.test and rmr-limits.test; payloads source it after guest.sh,
# host.sh and vfio.sh. The machine is that of rmr.sh.

TABLES=/sys/firmware/acpi/tables

# The devices, each in a group of its own. Their requester IDs are their stream IDs unless a correction says otherwise.
disk=0000:01:00.0	# direct-relaxable
edu=0000:02:00.0	# direct
card=0000:03:00.0	# nothing
slot=0000:00:1f.0	# an edu: direct; the correction gives it other stream IDs

# When Linux gives a device its group, and takes its stream out of bypass: when it finds it, or when a driver is bound.
case $KERNEL in
6.1-* | 6.12-*) GROUPED=bound ;;
*) GROUPED=found ;;
esac

# regions_of() - reserved regions of a device's group; @1: device
regions_of()
{
	cat "$GROUPS_DIR/$(group_of "$1")/reserved_regions"
}

# streams_are() - a result line: what the stream table's entries are
# @1: name, @2: a word for each: none, abort, bypass, translate; @...: stream IDs
streams_are()
{
	streams_name=$1
	streams_want=$2
	shift 2
	host streams "$@" || :
	is "$streams_name" "${REPLY% }" "ok $streams_want"
}

# to_vfio() - a result line: a device goes to vfio-pci; @1: device
to_vfio()
{
	ok "$1 goes to vfio-pci" set_driver "$1" vfio-pci
}

# mapped_1to1() - what was mapped where it is itself, a line each: START LAST
mapped_1to1()
{
	sed -n 's/.* map: IOMMU: iova=0x\([0-9a-f]*\) - 0x[0-9a-f]* paddr=0x\([0-9a-f]*\) size=\([0-9]*\)$/\1 \2 \3/p' \
		"$TRACING/trace" | while read -r map_iova map_paddr map_size; do
		[ "$map_iova" != "$map_paddr" ] || printf '0x%x 0x%x\n' "0x$map_iova" "$((0x$map_iova + map_size - 1))"
	done
}

# mapped_last() - the highest address that a device was given
mapped_last()
{
	sed -n 's/.* map: IOMMU: iova=0x0*\([0-9a-f]*\) - 0x0*\([0-9a-f]*\) paddr.*/\2/p' "$TRACING/trace" |
		awk '{ printf "%16s\n", $1 }' | sort | tail -n 1 | tr -d ' '
}

# log_has() - the kernel's log has a line; @1: fixed text
log_has()
{
	dmesg | grep -qF -- "$1"
}

# finish() - the end of a payload's results
finish()
{
	asks "the host has nothing more to do" end
	plan
}
