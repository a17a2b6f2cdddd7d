/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_pci.h - PCI functions as sysfs has them, and what Linux was told about
 * their alignment
 *
 * The report has only functions behind an IOMMU; who else lies in a bridge's
 * window, and which way leads to a function, is asked here.
 */
#ifndef IOMMU_RESV_BARS_PCI_H
#define IOMMU_RESV_BARS_PCI_H

#include "../module/ranges.h"

/* PCI has 256 buses in a domain, so no way is longer. */
#define PCI_HOPS_MAX	256
/* A bus number that is not known. */
#define PCI_BUS_ANY	-1

/**
 * struct pci_hop - one step on the way from a root bus to a function
 * @bus: number of the bus, 0 to 255, or PCI_BUS_ANY
 * @devfn: device << 3 | function
 */
struct pci_hop {
	int bus;
	u8 devfn;
};

/**
 * struct pci_resource - a line of a function's sysfs file "resource"
 * @range: where, CPU physical
 * @flags: include/linux/ioport.h
 */
struct pci_resource {
	struct resv_range range;
	u64 flags;
};

/* include/linux/ioport.h */
#define PCI_RESOURCE_FIXED	0x00000010ull	/* IORESOURCE_PCI_FIXED */
#define PCI_RESOURCE_MEM	0x00000200ull	/* IORESOURCE_MEM */
#define PCI_RESOURCE_UNSET	0x20000000ull	/* IORESOURCE_UNSET */

/**
 * struct pci_function - a PCI function of this machine
 * @name: DDDD:BB:DD.F
 * @domain: PCI segment
 * @hop: the way from the root bus, itself last
 * @hops: how many, at least one
 * @id: vendor, device, subsystem vendor, subsystem device
 * @class: base class, subclass, interface: 24 bits
 * @driver: name of its driver; NULL for none
 * @is_vf: it is a virtual function
 * @resource: line by line: BARs 0 to 5, the ROM, then what differs by kernel
 * @resources: how many
 */
struct pci_function {
	char *name;
	u32 domain;
	struct pci_hop *hop;
	size_t hops;
	u16 id[4];
	u32 class;
	char *driver;
	bool is_vf;
	struct pci_resource *resource;
	size_t resources;
};

/**
 * struct pci_machine - all of them, and what is said about alignment
 * @function: the functions, by name
 * @functions: how many
 * @setting: /sys/bus/pci/resource_alignment, without its newline
 * @page_size: of the running kernel, which bounds what that file takes; 0 where
 *	it is another machine's
 * @command_line: /proc/cmdline, without its newline
 * @argument: what pci=resource_alignment= was there; NULL where it was not
 * @probe_only: the device tree forbids Linux to change any address
 *	(linux,pci-probe-only in /chosen)
 */
struct pci_machine {
	struct pci_function *function;
	size_t functions;
	char *setting;
	u64 page_size;
	char *command_line;
	char *argument;
	bool probe_only;
};

/**
 * pci_machine_read() - read them
 * @m: filled in; ends with pci_machine_free(), also on failure
 * @root: directory in front of /sys and /proc; "" for this machine
 *
 * Return: 0, or -1 after a problem().
 */
int pci_machine_read(struct pci_machine *m, const char *root);

/**
 * pci_machine_free() - give them back
 * @m: from pci_machine_read()
 */
void pci_machine_free(struct pci_machine *m);

/**
 * pci_function_of() - find a function by its name
 * @m: the machine
 * @name: DDDD:BB:DD.F
 *
 * Return: it, or NULL.
 */
const struct pci_function *pci_function_of(const struct pci_machine *m,
					   const char *name);

/**
 * pci_address() - read the address of a PCI function
 * @text: DDDD:BB:DD.F, as the kernel writes it
 * @length: of the text
 * @domain: PCI segment
 * @hop: bus and devfn
 *
 * Return: 0, or -1 where it is none.
 */
int pci_address(const char *text, size_t length, u32 *domain,
		struct pci_hop *hop);

/**
 * pci_argument() - find pci=resource_alignment= in a command line
 * @line: the command line
 *
 * The last one counts, as in the kernel (pci_setup()).
 *
 * Return: what follows the equals sign, to be freed by the caller; NULL for none.
 */
char *pci_argument(const char *line);

#endif
