/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dt_linux.h - which reserved regions Linux reads from a device tree blob
 *
 * Linux takes a device's regions from the "iommu-addresses" of the nodes that
 * the "memory-region" of the device's own node names (drivers/iommu/of_iommu.c,
 * of_iommu_get_resv_regions(); in 6.12 to 7.3, not in 6.1). A node without "reg"
 * gives regions of type reserved; one whose "reg" is the same range a direct
 * one, mapped 1:1; there are no other types. A PCI device has a node where its
 * bus has one and that has a child of the device's number (drivers/pci/of.c,
 * pci_set_of_node()).
 *
 * Addresses are those of the device's bus, and lead through the "dma-ranges"
 * above it (drivers/of/address.c, of_translate_dma_region()). Where none of
 * these has the address, Linux follows a NULL pointer while it boots: what this
 * file does not translate must never be written into a tree.
 *
 * All functions take blobs that dt_base_check() has found good.
 */
#ifndef IOMMU_RESV_DT_LINUX_H
#define IOMMU_RESV_DT_LINUX_H

#include "../module/env.h"

#include <libfdt.h>

/* Bridges between a host bridge and a device, and the device. */
#define DT_DEPTH_MAX	32
/* Buses above a device; more than any tree has. */
#define DT_LEVELS_MAX	64
/* First cell of a PCI address (PCI Bus Binding 2.1): memory, 32 and 64 bits. */
#define DT_PCI_MEM32	0x02000000u
#define DT_PCI_MEM64	0x03000000u
/* None; and what Linux takes for none (include/linux/of.h). */
#define DT_NO_PHANDLE	0u
#define DT_PHANDLE_ILLEGAL 0xdeadbeefu

/**
 * struct dt_region - a reserved region
 * @start: first address
 * @last: last address
 * @direct: mapped 1:1 by the kernel; else neither mapped nor used
 */
struct dt_region {
	u64 start;
	u64 last;
	bool direct;
};

/**
 * struct dt_place - where a device is in a tree
 * @node: path of its own node, or of the host bridge that a PCI device is below
 * @devfn: of a PCI device: device << 3 | function of each bridge, from the root
 *	bus down, and of the device
 * @depth: how many of these; 0 where @node is the device's own
 */
struct dt_place {
	const char *node;
	u8 devfn[DT_DEPTH_MAX];
	u32 depth;
};

/**
 * struct dt_level - a bus on the way from a device to memory
 * @pci: addresses have flags in front
 * @na: cells of an address
 * @ns: cells of a size
 * @ranges: to the next bus; NULL for none
 * @cells: how many cells these are; 0 is 1:1
 */
struct dt_level {
	bool pci;
	u32 na;
	u32 ns;
	const fdt32_t *ranges;
	u32 cells;
};

/**
 * struct dt_levels - the way from a device to memory, its own bus first
 * @level: the buses; the last one is the root
 * @count: how many
 */
struct dt_levels {
	struct dt_level level[DT_LEVELS_MAX];
	u32 count;
};

/**
 * dt_base_check() - is this a tree that can be read?
 * @base: the blob, untrusted
 * @size: its bytes
 *
 * Return: NULL, or what is wrong: a constant string without a full stop.
 */
const char *dt_base_check(const void *base, size_t size);

/**
 * dt_child() - the node that Linux takes for a PCI device
 * @fdt: a checked blob
 * @bus: node of its bus
 * @devfn: device << 3 | function
 *
 * Return: its offset, or -ENODEV.
 */
int dt_child(const void *fdt, int bus, u8 devfn);

/**
 * dt_find() - the node that Linux takes for a device
 * @fdt: a checked blob
 * @place: where it is
 * @depth: filled in: how many of @place->devfn have nodes
 *
 * Return: the offset of the node of that depth, or -ENODEV where there is no
 * node of the path.
 */
int dt_find(const void *fdt, const struct dt_place *place, u32 *depth);

/**
 * dt_cells() - a property as cells
 * @fdt: a checked blob
 * @node: the node
 * @name: of the property
 * @count: filled in: how many
 *
 * Return: the first, or NULL where there is no such property; one that is not
 * made of cells is as good as none.
 */
const fdt32_t *dt_cells(const void *fdt, int node, const char *name,
			u32 *count);

/**
 * dt_u32() - a property that is one cell
 * @fdt: a checked blob
 * @node: the node
 * @name: of the property
 * @value: filled in on success
 *
 * Return: is there one?
 */
bool dt_u32(const void *fdt, int node, const char *name, u32 *value);

/**
 * dt_dma_above() - add a bus, and all between it and memory
 * @fdt: a checked blob
 * @bus: node of the bus
 * @l: has what is below
 *
 * Return: NULL, or why Linux would not find the way: a constant string.
 */
const char *dt_dma_above(const void *fdt, int bus, struct dt_levels *l);

/**
 * dt_dma_levels() - the way from a device to memory
 * @fdt: a checked blob
 * @node: the device
 * @l: filled in
 *
 * Return: NULL, or why Linux would not find the way: a constant string.
 */
const char *dt_dma_levels(const void *fdt, int node, struct dt_levels *l);

/**
 * dt_translate() - what Linux makes of an address on a device's bus
 * @l: the way
 * @flags: first cell of a PCI address
 * @address: the rest
 * @out: filled in on success
 *
 * Return: does Linux find one?
 */
bool dt_translate(const struct dt_levels *l, u32 flags, u64 address, u64 *out);

/**
 * dt_untranslate() - the address on a device's bus that Linux takes for another
 * @l: the way
 * @wanted: what Linux is to make of it
 * @flags: filled in: first cell of a PCI address
 * @address: filled in: the rest
 *
 * Return: is there one?
 */
bool dt_untranslate(const struct dt_levels *l, u64 wanted, u32 *flags,
		    u64 *address);

/**
 * dt_read_regions() - the regions that Linux reads for a device
 * @fdt: a checked blob
 * @node: the device
 * @fn: called with each, in Linux's order
 * @ctx: handed to @fn
 *
 * Return: NULL, or why Linux would stumble: a constant string.
 */
const char *dt_read_regions(const void *fdt, int node,
			    void (*fn)(void *ctx, const struct dt_region *r),
			    void *ctx);

/**
 * dt_in_memory() - does a range lie in what a tree says is memory?
 * @fdt: a checked blob
 * @start: first address
 * @last: last address
 *
 * Return: 1 where some of it does, 0 where nothing does, -1 where the tree has
 * no memory node, as after booting through UEFI.
 */
int dt_in_memory(const void *fdt, u64 start, u64 last);

#endif
