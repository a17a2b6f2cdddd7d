/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_alignment.h - the kernel's setting pci=resource_alignment=
 *
 * A list of "[ORDER@]DEVICE" with semicolons between them; DEVICE is
 * [DOMAIN:]BUS:DEVICE.FUNCTION[/DEVICE.FUNCTION]..., the way from that function
 * down, or pci:VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE] with 0 for any. What is read
 * here is what the kernel reads (drivers/pci/pci.c,
 * pci_specified_resource_alignment() and pci_dev_str_match(); the same from
 * Linux 6.1 to 7.3), and the first entry that is a function's counts.
 *
 * What it does to a function that it names (pci_request_resource_alignment()):
 * each memory BAR, and the ROM, that is smaller than 2^ORDER is from then on
 * that large, for Linux and for VFIO, and so is aligned to it and alone in there;
 * larger ones stay. BARs of VFs, BARs that cannot be moved, and host bridges
 * are left out.
 */
#ifndef IOMMU_RESV_BARS_ALIGNMENT_H
#define IOMMU_RESV_BARS_ALIGNMENT_H

#include "bars_pci.h"

/* The kernel takes the page size for more. */
#define ALIGNMENT_ORDER_MAX	63

/**
 * struct alignment_entry - one entry
 * @text: as it stands there
 * @has_order: it has one that the kernel uses; else it uses that of its pages
 * @order: the alignment is 2 to the power of it
 * @by_id: @id is what it says; else the four below
 * @id: vendor, device, subsystem vendor, subsystem device; 0: any
 * @domain: PCI segment
 * @bus: bus of the first function
 * @devfn: the functions, each behind the one before
 * @hops: how many
 */
struct alignment_entry {
	char *text;
	bool has_order;
	u32 order;
	bool by_id;
	u16 id[4];
	u32 domain;
	u32 bus;
	u8 devfn[PCI_HOPS_MAX];
	size_t hops;
};

/**
 * struct alignment - a setting
 * @entry: its entries
 * @count: how many
 * @rest: what the kernel cannot read and therefore ignores, from its first byte
 *	on; NULL for nothing
 */
struct alignment {
	struct alignment_entry *entry;
	size_t count;
	char *rest;
};

/**
 * struct alignment_wish - a function that should have an alignment
 * @function: which
 * @order: the alignment is 2 to the power of it
 */
struct alignment_wish {
	const struct pci_function *function;
	u32 order;
};

/**
 * alignment_parse() - read a setting
 * @a: filled in; ends with alignment_free()
 * @text: the setting; "" is one without entries
 */
void alignment_parse(struct alignment *a, const char *text);

/**
 * alignment_join() - add what another setting has
 * @a: the setting
 * @text: the other; entries that @a has in the same words are left out
 */
void alignment_join(struct alignment *a, const char *text);

/**
 * alignment_free() - give back a setting
 * @a: from alignment_parse()
 */
void alignment_free(struct alignment *a);

/**
 * alignment_names() - is an entry about a function?
 * @e: the entry
 * @f: the function
 *
 * Return: the kernel's answer; false for all VFs.
 */
bool alignment_names(const struct alignment_entry *e,
		     const struct pci_function *f);

/**
 * alignment_of() - the entry that counts for a function
 * @a: the setting
 * @f: the function
 *
 * Return: it, or NULL where there is none.
 */
const struct alignment_entry *alignment_of(const struct alignment *a,
					   const struct pci_function *f);

/**
 * alignment_path() - how a setting names a function
 * @f: the function
 *
 * By its way from the root bus: numbers of buses below bridges change when
 * something is plugged in; that of a root bus is the firmware's. Ids would name
 * all devices of a kind.
 *
 * Return: the text, to be freed by the caller; NULL where the number of the root
 * bus is not known.
 */
char *alignment_path(const struct pci_function *f);

/**
 * alignment_merge() - a setting with more wishes
 * @a: the setting, which is kept but for what is wished anew
 * @wish: what to put in front, where it counts; all have alignment_path()
 * @wishes: how many
 *
 * Return: the text, to be freed by the caller.
 */
char *alignment_merge(const struct alignment *a,
		      const struct alignment_wish *wish, size_t wishes);

#endif
