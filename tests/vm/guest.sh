# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of the VM tests; payloads source it after /lib/tap.sh. Runs under
# busybox sh. Functions print to stdout what they are asked for and fail with a
# status; only asks() makes a result line.

DEBUG=/sys/kernel/debug/iommu-resv
GROUPS_DIR=/sys/kernel/iommu_groups
PCI=/sys/bus/pci/devices
TRACING=/sys/kernel/tracing

# What QEMU's machine reports without the module, for every group.
DRIVER_REGIONS="0x0000000008000000 0x00000000080fffff msi"

# load() - load the module; @...: its parameters
load()
{
	insmod "$KO" "$@"
}

# unload() - unload it; a file of its that is open holds it, so that may take a few attempts
unload()
{
	unload_tries=0
	while ! rmmod iommu_resv 2>/tmp/rmmod; do
		unload_tries=$((unload_tries + 1))
		if [ "$unload_tries" = 100 ]; then
			cat /tmp/rmmod >&2
			return 1
		fi
		usleep 50000
	done
}

# log_mark() - remember the end of the kernel's log
log_mark()
{
	log_marked=$(dmesg | wc -l)
}

# log_since() - the module's lines since then
log_since()
{
	dmesg | tail -n +$((log_marked + 1)) | grep iommu-resv || :
}

# wait_for() - wait until a command succeeds; @1: seconds at most, @...: command
wait_for()
{
	wait_left=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		wait_left=$((wait_left - 1))
		[ "$wait_left" -gt 0 ] || return 1
		usleep 100000
	done
}

# pci_of_class() - addresses of the PCI devices of a class, as 0x010802
pci_of_class()
{
	for pci_dir in "$PCI"/*; do
		[ "$(cat "$pci_dir/class")" != "$1" ] || basename "$pci_dir"
	done
}

# pci_of_id() - addresses of the PCI devices with an id, as 0x8086:0x10ca
pci_of_id()
{
	for pci_dir in "$PCI"/*; do
		[ "$(cat "$pci_dir/vendor"):$(cat "$pci_dir/device")" != "$1" ] || basename "$pci_dir"
	done
}

# group_of() - number of a PCI device's group
group_of()
{
	basename "$(readlink "$PCI/$1/iommu_group")"
}

# driver_of() - name of a PCI device's driver, or nothing
driver_of()
{
	[ ! -e "$PCI/$1/driver" ] || basename "$(readlink "$PCI/$1/driver")"
}

# set_driver() - take a PCI device from its driver and give it to another; @1: address, @2: driver
set_driver()
{
	echo "$2" >"$PCI/$1/driver_override"
	[ ! -e "$PCI/$1/driver" ] || echo "$1" >"$PCI/$1/driver/unbind"
	echo "$1" >/sys/bus/pci/drivers_probe
	[ "$(driver_of "$1")" = "$2" ]
}

# all_regions() - the reserved regions of all groups, each under the number of its group
all_regions()
{
	for group_dir in "$GROUPS_DIR"/*; do
		echo "group ${group_dir##*/}"
		cat "$group_dir/reserved_regions"
	done
}

# disk_sum() - SHA-256 of a disk's content, read anew from the device
disk_sum()
{
	echo 3 >/proc/sys/vm/drop_caches
	sha256sum <"/dev/$1" | cut -d ' ' -f 1
}

# page_size() - the kernel's page size in bytes
page_size()
{
	echo $(($(sed -n '/^KernelPageSize/{s/[^0-9]//gp;q}' /proc/self/smaps) * 1024))
}

# complement() - the gaps between regions, in whole pages
# @1: first address, @2: last address; stdin: lines of reserved_regions
complement()
{
	complement_page=$(page_size)
	complement_next=$(($1))
	complement_end=$(($2 + 1))
	sort | {
		while read -r region_start region_last _; do
			gap "$complement_next" "$((region_start / complement_page * complement_page))"
			region_end=$(((region_last / complement_page + 1) * complement_page))
			[ "$region_end" -le "$complement_next" ] || complement_next=$region_end
		done
		gap "$complement_next" "$complement_end"
	}
}

# lockdep_is_on() - a result line: nothing that the lock checker saw has switched it off; 7.3-64k has none
lockdep_is_on()
{
	[ "$KERNEL" != 7.3-64k ] || return 0
	like "the lock checker is still at work" "$(cat /proc/lockdep_stats)" 'debug_locks: +1'
}

# lockable() - can this kernel be locked down? See tests/kernels/64k.config
lockable()
{
	[ "$KERNEL" != 7.3-64k ]
}

# tracer_off() - turn the function tracer off; from 7.3 on the kernel refuses that (ftrace_enable_sysctl()): status 1
tracer_off()
{
	echo 0 >/proc/sys/kernel/ftrace_enabled
}

# tracer_stays() - a result line in place of those about a tracer that is off, where it cannot be; status 1 where it can
tracer_stays()
{
	case $KERNEL in
	6.* | 7.[0-2]-*)
		return 1
		;;
	esac
	nok "the tracer cannot be turned off" tracer_off
}

# as_ranges() - stdin: lines "START LAST" of 16 digits; prints them on one line, as the scripts of vfio and iommufd do
as_ranges()
{
	sed 's/0x0*\([0-9a-f]\)/0x\1/g; s/ /-/' | tr '\n' ' ' | sed 's/ $//'
}

# board_regions() - what the entry of the demonstration board adds to every group: its hole, and its doorbell in whole
# pages. Where pages are larger than 4 KiB that page begins where the hole ends: the two are one region then.
board_regions()
{
	board_page=$(page_size)
	board_first=$((0x5000107f / board_page * board_page))
	board_last=$((board_first + board_page - 1))
	if [ "$board_first" = $((0x50000000)) ]; then
		printf '0x%016x 0x%016x reserved\n' 0x48000000 "$board_last"
	else
		printf '0x%016x 0x%016x reserved\n' 0x48000000 0x4fffffff "$board_first" "$board_last"
	fi
}

# gap() - print the range from @1 up to @2, if there is any
gap()
{
	[ "$1" -ge "$2" ] || printf '0x%016x 0x%016x\n' "$1" "$(($2 - 1))"
}

# hooked() - functions of IOMMU drivers that are redirected now
hooked()
{
	grep get_resv_regions "$TRACING/enabled_functions" || :
}

# send() - hand stdin to the host script, as a file; @1: its name
send()
{
	echo "# file $1"
	gzip -c | base64 | sed 's/^/# /'
	echo "# end $1"
}

# asks() - a result line: the host script does what it is asked; @1: name, @...: request
#
# Needs /lib/host.sh. Not for ok(), which would keep the request from the channel.
asks()
{
	asks_name=$1
	shift
	if host "$@"; then
		pass "$asks_name"
	else
		fail "$asks_name" "$REPLY"
	fi
}

BOARD_REGIONS=$(board_regions)
# The one of them that the hole is in.
BOARD_HOLE=$(echo "$BOARD_REGIONS" | head -n 1)
