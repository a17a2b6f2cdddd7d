# SPDX-License-Identifier: GPL-2.0-only
#
# Guest side of iommufd.test; its payloads source it after guest.sh and vfio.sh.

# iommufd_devices() - $one and $other: the edu devices, each below a root port; no driver has them yet
iommufd_devices()
{
	ok "VFIO is there" modprobe -a vfio-pci
	edus=$(pci_of_id 0x1234:0x11e8)
	is "two devices that raise MSIs are there" "$(echo "$edus" | wc -l)" 2
	one=$(echo "$edus" | head -n 1)
	other=$(echo "$edus" | tail -n 1)
	ok "they are in two groups" test "$(group_of "$one")" != "$(group_of "$other")"
}

# bind() - give a device to vfio-pci; @1: when, @2: device
bind()
{
	ok "$1: $2 goes to vfio-pci" set_driver "$2" vfio-pci
}

# unbind() - take it back; nobody else wants it; @1: when, @2: device
unbind()
{
	ok "$1: $2 is free" set_driver "$2" ""
}

# regions_of() - what sysfs says about a device's group; @1: device
regions_of()
{
	cat "$GROUPS_DIR/$(group_of "$1")/reserved_regions"
}

# offers() - iommufd's ranges for a device are the complement of its group's regions; @1: when, @2: device
offers()
{
	is "$1: iommufd offers the complement of the regions of $2" "$(iommufd ranges "$2" 2>&1)" \
		"$(regions_of "$2" | complement 0 0xffffffffffff)"
}

# may_map(), must_not_map() - @1: when, @2: device, @3: address, @4: size
may_map()
{
	is "$1: iommufd maps $3 + $4" "$(iommufd map "$2" "$3" "$4" 2>&1 || :)" ok
}

must_not_map()
{
	is "$1: iommufd refuses $3 + $4" "$(iommufd map "$2" "$3" "$4" 2>&1 || :)" EINVAL
}

# doorbell() - where the MSIs of an edu device go, as its capability says (at 0x40, 64 bits wide); @1: device
doorbell()
{
	od -An -v -tx4 -j 68 -N 8 "$PCI/$1/config" | while read -r doorbell_low doorbell_high; do
		printf '0x%x\n' "0x$doorbell_high$doorbell_low"
	done
}
