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
