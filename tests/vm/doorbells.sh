# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of doorbells.test, which says what is in /tables; its payloads source
# it after guest.sh.

FIRMWARE=/lib/firmware/iommu-resv/quirks.bin
CONTROL=/sys/devices/platform/iommu-resv
RAW=/sys/kernel/debug/rawmsi
WINDOW=$DRIVER_REGIONS
MOVED="0x0000000070000000 0x00000000700fffff msi"
page=$(page_size)
mkdir -p "${FIRMWARE%/*}"

# use() - put a table where the module finds it
use()
{
	cp "/tables/$1" "$FIRMWARE"
}

# reload() - let the module look at it; @1: table
reload()
{
	use "$1"
	echo 1 >$CONTROL/reload
}

# regions_are() - sysfs of a device's group, and debugfs; @1: when, @2: device, @3: lines
regions_are()
{
	is "$1: sysfs of ${2##*:}" "$(cat "$GROUPS_DIR/$(group_of "$2")/reserved_regions")" "$(printf '%s\n' "$3" | sort)"
	is "$1: debugfs of ${2##*:}" "$(cat "$DEBUG/groups/$(group_of "$2")/regions")" "$(printf '%s\n' "$3" | sort)"
}

# of_device() - the report's part about a device; @1: device
of_device()
{
	cat $DEBUG/report.json >/tmp/report
	awk -v device="$1" '/^\{"name":"/ { here = index($0, "{\"name\":\"" device "\"") == 1 } here' /tmp/report
}

# rule_of() - what became of the rule "doorbell" for a device
rule_of()
{
	of_device "$1" | grep -o '{"rule":"doorbells/doorbell","outcome":.*' || echo none
}

# doorbell_of() - page of what a device was told to write its MSI to, from its MSI capability, which QEMU's edu has at 0x40
doorbell_of()
{
	doorbell_low=$(od -An -v -tx4 -j 68 -N 4 "$PCI/$1/config" | tr -d ' ')
	printf '0x%x\n' $((0x$doorbell_low / page * page))
}

# let_go() - take a device from its driver
let_go()
{
	echo "$1" >"$PCI/$1/driver/unbind"
}

# doorbells_start() - $its, $other and $raw: edu devices; $plain_port and $raw_port: root ports, the first one bound to
# the port driver; two are below the root complex; $doorbell is the page of what it takes, $HOLE and $INSTEAD lines of
# regions for it
doorbells_start()
{
	set -- $(pci_of_id 0x1234:0x11e8)
	its=$1 other=$2 raw=$3
	set -- $(pci_of_class 0x060400)
	plain_port=$1 raw_port=$2
	ok "the stand-in is there" insmod /lib/rawmsi.ko
	doorbell=$(($(cat $RAW/doorbell) / page * page))
	HOLE=$(printf '0x%016x 0x%016x reserved' "$doorbell" $((doorbell + page - 1)))
	INSTEAD=$(printf '0x%016x 0x%016x msi' "$doorbell" $((doorbell + page - 1)))
	let_go "$raw_port"
	echo "$raw_port" >$RAW/take
	echo "$raw" >$RAW/take
}

# first_message() - a root port's service driver gives the root complex its first one, as on most machines
first_message()
{
	echo "$raw_port" >$RAW/map
	echo "$raw_port" >/sys/bus/pci/drivers/pcieport/bind
	ok "the root port has an MSI of the root complex" test -d "$PCI/$raw_port/msi_irqs"
}

# take_all() - leave no device whose MSIs are translated
take_all()
{
	let_go "$plain_port"
	for take_device in "$its" "$other" "$plain_port"; do
		echo "$take_device" >$RAW/take
	done
}

# replug() - a device goes and comes again: as the machine has it, so its MSIs are translated; @1: address
replug()
{
	echo 1 >"$PCI/$1/remove"
	echo 1 >/sys/bus/pci/rescan
}
