/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts_bars.h - who has which addresses of PCI (facts_pci.c), and a function's
 * BARs (facts_bars.c)
 */
#ifndef IOMMU_RESV_FACTS_BARS_H
#define IOMMU_RESV_FACTS_BARS_H

#include "bars.h"

struct device;
struct pci_dev;

/* Most claims around a function's BARs that are no PCI function's. */
#define RESV_PCI_MORE	64

/* Room for a function on a root bus and more than twenty below it. */
#define RESV_PCI_PATH_LEN	128

/**
 * struct resv_pci - who has which addresses of PCI, at one moment
 * @dev: all PCI functions, referenced; a claim's function is an index of this
 * @ready: of each: Linux has set it up, and does not remove it
 * @devs: how many
 * @claim: what they and their host bridges have, in the order of functions and of
 *	their resources, with RESV_PCI_MORE unused ones behind them
 * @claims: how many
 * @offset: of each claim of RESV_CLAIM_HOST: CPU address less bus address
 * @flags: of each claim: IORESOURCE_*
 *
 * BARs without an address are among the claims, too, with RESV_CLAIM_NONE.
 */
struct resv_pci {
	struct pci_dev **dev;
	bool *ready;
	u32 devs;
	struct resv_claim *claim;
	u32 claims;
	u64 *offset;
	unsigned long *flags;
};

/**
 * struct resv_bar_facts - a PCI function with its BARs
 * @bars: the function, for resv_bar_at()
 * @error: why its BARs are not known; then the rest is of no meaning. %NULL where
 *	they are
 * @has_bus: of each BAR: the next is known
 * @bus: of each BAR: its bus address
 * @vectors: with MSI-X: how many
 * @msix_error: why it is not known where its MSI-X structures are, or %NULL
 * @is_pf: it has an SR-IOV capability
 * @vfs: how many virtual functions it can have
 * @vfs_now: how many it has
 * @vfs_set_up: Linux has set them up; else it has no BARs of RESV_CLAIM_VF
 * @path: where it is, as pci=resource_alignment= takes it: the function on the
 *	root bus and those below that down to this one; "" for a virtual one
 * @vf_of: its physical function, or %NULL; lives as long as the struct resv_pci
 */
struct resv_bar_facts {
	struct resv_bars bars;
	const char *error;
	bool has_bus[RESV_BARS_MAX];
	u64 bus[RESV_BARS_MAX];
	u32 vectors;
	const char *msix_error;
	char path[RESV_PCI_PATH_LEN];
	bool is_pf;
	u32 vfs;
	u32 vfs_now;
	bool vfs_set_up;
	struct pci_dev *vf_of;
};

bool resv_pci_is_ready(const struct pci_dev *pdev);
int resv_pci_look(struct resv_pci *pci);
void resv_pci_forget(struct resv_pci *pci);
int resv_bar_facts_look(struct resv_bar_facts *facts, struct resv_pci *pci,
			struct device *dev);

#endif
