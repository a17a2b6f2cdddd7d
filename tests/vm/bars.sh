# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of bars.test; its payloads source it after guest.sh.

# functions() - PCI functions that vfio-pci has, which is all that are behind an IOMMU and are no bridges
#
# Up to Linux 6.14 a function gets its IOMMU when it gets a driver, so all are bound first. Without an IOMMU vfio-pci has
# none, as behind the bridge to conventional PCI, whose functions have one stream ID in common.
functions()
{
	for functions_dir in "$PCI"/*; do
		case $(cat "$functions_dir/class") in
		0x0604*) ;;
		*)
			functions_name=${functions_dir##*/}
			set_driver "$functions_name" vfio-pci 2>/dev/null && echo "$functions_name" || :
			;;
		esac
	done
}

# to_vfio() - a result line: vfio-pci has them; @...: devices
to_vfio()
{
	to_vfio_not=
	for to_vfio_device; do
		set_driver "$to_vfio_device" vfio-pci || to_vfio_not="$to_vfio_not $to_vfio_device"
	done
	is "vfio-pci has $# functions" "$to_vfio_not" ""
}

# tell() - send what the module says and what the kernel has; @1: part of the files' names
tell()
{
	cat $DEBUG/report.json >/tmp/report
	send "report-$1" </tmp/report
	for tell_dir in "$PCI"/*; do
		awk -v device="${tell_dir##*/}" '{ print device, NR - 1, $1, $2, $3 }' "$tell_dir/resource"
	done | send "resources-$1"
}

# hold() - have VFIO open devices until let_go(); @...: devices; their answers are in /tmp/probe
hold()
{
	rm -f /tmp/hold
	mkfifo /tmp/hold
	# The program's shell empties it only once the fifo is open at both ends: all_held() must not see the last one's.
	: >/tmp/probe
	bars hold "$@" </tmp/hold >/tmp/probe 2>/tmp/probe.err &
	hold_pid=$!
	exec 8>/tmp/hold
	hold_count=$#
	ok "VFIO opens $#" wait_for 30 all_held
}

all_held()
{
	[ "$(wc -l </tmp/probe)" = "$hold_count" ]
}

# let_go() - have VFIO close them
let_go()
{
	exec 8>&-
	let_go_status=0
	wait "$hold_pid" || let_go_status=$?
	is "VFIO closes them" "$let_go_status $(cat /tmp/probe.err)" "0 "
}

# probed() - send what VFIO answered; @1: part of the file's name
probed()
{
	send "probe-$1" </tmp/probe
}

# judged() - a result line: what the module says is what VFIO does, for all that was probed; says what was compared
# @1: name, @2: part of the names of report and resources, @3: of the probe
judged()
{
	asks "$1" judge "report-$2" "resources-$2" "probe-$3"
	diag "$REPLY"
}

# direct() - what a guest reaches without a trap on these pages, as arguments of `bars map`, by the text file; @1: device
direct()
{
	sed -n "s,^bar \([0-5]\) $(($(page_size) / 1024))K direct: 0x,\1/0x,p" "$DEBUG/devices/$1/bars" |
		sed 's/, 0x/ 0x/g' | while IFS=/ read -r direct_bar direct_ranges; do
		for direct_range in $direct_ranges; do
			echo "$1/$direct_bar/$(echo "$direct_range" | tr - /)"
		done
	done
}

# copy_pci() - copy what `iommu-resv bars remedy -r` and `check -r` read of a machine; @1: directory
copy_pci()
{
	mkdir -p "$1/sys/bus/pci/devices" "$1/proc" "$1$DEBUG"
	cat /proc/cmdline >"$1/proc/cmdline"
	cat /sys/bus/pci/resource_alignment >"$1/sys/bus/pci/resource_alignment"
	cat "$DEBUG/report.json" >"$1$DEBUG/report.json"
	for copy_from in "$PCI"/*; do
		copy_way=$(readlink -f "$copy_from")
		mkdir -p "$1$copy_way"
		ln -s "$(readlink "$copy_from")" "$1$copy_from"
		for copy_file in vendor device subsystem_vendor subsystem_device class resource; do
			cat "$copy_way/$copy_file" >"$1$copy_way/$copy_file"
		done
		for copy_file in driver physfn; do
			[ ! -e "$copy_way/$copy_file" ] || ln -s "$(readlink "$copy_way/$copy_file")" "$1$copy_way/$copy_file"
		done
	done
}

# save_tables() - have firmware's DSDT kept, where there is one
save_tables()
{
	[ "$BOOT" = acpi ] || return 0
	send DSDT </sys/firmware/acpi/tables/DSDT
	asks "the DSDT is kept" save DSDT
}

# The slot of several functions; one has its first BAR at the start of a page.
slot_of()
{
	slot=
	for slot_dir in "$PCI"/*:00.3; do
		slot=${slot_dir##*/}
		slot=${slot%.3}
	done
	slot_functions=
	first=
	for slot_dir in "$PCI/$slot".?; do
		slot_functions="$slot_functions ${slot_dir##*/}"
		read -r slot_start _ <"$slot_dir/resource"
		[ $((slot_start % $(page_size))) != 0 ] || first=${slot_dir##*/}
	done
}

# without_neighbours() - remove all functions of the slot but the one at the start of a page
without_neighbours()
{
	for neighbour in $slot_functions; do
		[ "$neighbour" = "$first" ] || echo 1 >"$PCI/$neighbour/remove"
	done
}

# neighbours() - those who share a page with a BAR leave and come back, while it is in use and while it is not
neighbours()
{
	slot_of
	ok "neighbours: a BAR is at the start of a page" test -n "$first"
	is "neighbours: there are three" "$(echo "$slot_functions" | wc -w)" 4
	before=$(head -n 1 "$PCI/$first/resource")
	without_neighbours
	tell alone
	hold "$first"
	probed alone
	judged "neighbours: gone, the BAR is as VFIO has it" alone alone
	asks "neighbours: it maps" verdict report-alone "$first" 0 maps null

	# VFIO has kept the page's rest for itself: they have to go elsewhere.
	echo 1 >/sys/bus/pci/rescan
	is "neighbours: they are back" "$(ls -d "$PCI/$slot".? | wc -l)" 4
	tell beside
	asks "neighbours: back while VFIO has it open, the same is said" same report-alone report-beside "$first"
	let_go
	to_vfio $slot_functions
	tell apart
	hold $slot_functions
	probed apart
	judged "neighbours: back, every BAR is as VFIO has it" apart apart
	asks "neighbours: it still maps" verdict report-apart "$first" 0 maps null
	let_go

	without_neighbours
	echo 1 >/sys/bus/pci/rescan
	is "neighbours: they are back again" "$(ls -d "$PCI/$slot".? | wc -l)" 4
	to_vfio $slot_functions
	tell again
	hold $slot_functions
	probed again
	judged "neighbours: back while nobody has it open, every BAR is as VFIO has it" again again
	asks "neighbours: it traps" verdict report-again "$first" 0 traps shared
	is "neighbours: it has not moved" "$(head -n 1 "$PCI/$first/resource")" "$before"
	let_go
}

# unassigned() - a BAR without an address keeps VFIO from opening the device
unassigned()
{
	card=$(pci_of_id 0x8086:0x10d3)
	ok "unassigned: BAR 3 loses its address" insmod /lib/disturb.ko device="$card" bar=3
	tell unassigned
	hold "$card"
	probed unassigned
	judged "unassigned: it is said that VFIO cannot open it" unassigned unassigned
	let_go
	asks "unassigned: all BARs fail" verdict report-unassigned "$card" 0 fails not-assigned
	ok "unassigned: the module for it goes" rmmod disturb
	echo 1 >"$PCI/$card/remove"
	echo 1 >/sys/bus/pci/rescan
	to_vfio "$card"
	tell assigned
	hold "$card"
	probed assigned
	judged "unassigned: found again, every BAR is as VFIO has it" assigned assigned
	let_go
}

# busy() - something that is not a PCI function's holds addresses in a BAR, or beside it in its page
busy()
{
	small=$(basename "$PCI"/0000:00:0b.0/0000:??:01.0)
	for busy_case in "0x10 fails busy" "0x800 traps shared" "none maps null"; do
		read -r busy_at busy_verdict busy_reason <<-CASE
			$busy_case
		CASE
		[ "$busy_at" = none ] ||
			ok "busy: addresses at $busy_at are held" insmod /lib/disturb.ko device="$small" bar=0 at="$busy_at" size=16
		tell "busy-$busy_at"
		hold "$small"
		probed "busy-$busy_at"
		judged "busy: at $busy_at, it is as VFIO has it" "busy-$busy_at" "busy-$busy_at"
		asks "busy: at $busy_at, it $busy_verdict" verdict "report-busy-$busy_at" "$small" 0 "$busy_verdict" "$busy_reason"
		let_go
		[ "$busy_at" = none ] || ok "busy: they are free again" rmmod disturb
	done
}

# read_text() - read a device's file until /tmp/reading is gone; prints how often it was whole, and each error; @1: device
#
# Whole is what it was when nothing happened, asleep the same without what the device has to answer for: its MSI-X. Any
# other answer is printed.
read_text()
{
	grep -v 'msix\|direct' /tmp/text.whole >/tmp/text.asleep
	while [ -e /tmp/reading ]; do
		if ! cat "$DEBUG/devices/$1/bars" >/tmp/text 2>/tmp/text.err; then
			sed 's/^.*: //' /tmp/text.err
		elif cmp -s /tmp/text /tmp/text.whole; then
			echo whole
		elif grep -q '^msix: unknown' /tmp/text && grep -v 'msix\|direct' /tmp/text | cmp -s - /tmp/text.asleep; then
			echo asleep
		else
			sed 's/^/other: /' /tmp/text
		fi
	done | sort | uniq -c | sed 's/^ *//'
}

# read_report() - read report.json until /tmp/reading is gone; different ones are added to /tmp/reports
read_report()
{
	: >/tmp/report.sums
	while [ -e /tmp/reading ]; do
		cat "$DEBUG/report.json" >/tmp/report.now || continue
		sum=$(md5sum </tmp/report.now)
		if ! grep -q "$sum" /tmp/report.sums; then
			echo "$sum" >>/tmp/report.sums
			cat /tmp/report.now >>/tmp/reports
		fi
	done
}

# read_start() - read what is said of a device's BARs in both forms, again and again; @1: device
read_start()
{
	read_device=$1
	cat "$DEBUG/devices/$1/bars" >/tmp/text.whole
	tell present
	: >/tmp/reading
	: >/tmp/reports
	read_text "$1" >/tmp/texts &
	text_pid=$!
	read_report &
	report_pid=$!
}

# read_end() - the end of it: whole it was, or an error; @1: name
read_end()
{
	rm /tmp/reading
	wait "$text_pid" "$report_pid"
	diag "$(cat /tmp/texts)"
	like "$1: the file was read" "$(cat /tmp/texts)" '^[0-9]+ whole$'
	like "$1: and was not there" "$(cat /tmp/texts)" '^[0-9]+ No such file or directory$'
	is "$1: whole it was, or an error" "$(sed 's/^[0-9]* //' /tmp/texts | grep -vx "whole\\|asleep\\|$READ_ERRORS" || :)" ""
	send reports </tmp/reports
	asks "$1: so was report.json" vanished report-present reports "$read_device"
	diag "$REPLY"
}

# What reading may end with: gone before it was opened, while it was, or after; or not yet all there.
READ_ERRORS='No such file or directory\|No such device\|Input/output error\|Resource temporarily unavailable'

# vanish() - a device is removed and found again while what is said of its BARs is read
vanish()
{
	card=$(pci_of_id 0x8086:0x10d3)
	cat "$DEBUG/devices/$card/bars" >/tmp/text.before
	exec 7<"$DEBUG/devices/$card/bars"
	echo 1 >"$PCI/$card/remove"
	nok "vanish: a file that is open is not read on" sh -c 'cat <&7'
	exec 7<&-
	echo 1 >/sys/bus/pci/rescan
	ok "vanish: it comes back with the same BARs" cmp "$DEBUG/devices/$card/bars" /tmp/text.before

	read_start "$card"
	for vanish_time in 1 2 3 4 5 6 7 8 9 10; do
		usleep 100000
		echo 1 >"$PCI/$card/remove"
		usleep 50000
		echo 1 >/sys/bus/pci/rescan
	done
	usleep 100000
	read_end vanish
	to_vfio "$card"
}

gone()
{
	[ ! -e "$1" ]
}

# unplug() - a device is pulled out meanwhile
unplug()
{
	plugged=$(basename "$PCI"/0000:00:0a.0/0000:??:??.?)
	read_start "$plugged"
	asks "unplug: QEMU asks for it" unplug
	ok "unplug: the device is gone" wait_for 40 gone "$PCI/$plugged"
	usleep 100000
	read_end unplug
}
