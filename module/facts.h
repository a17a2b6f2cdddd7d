/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts.h - what facts.c and facts_msi.c share
 */
#ifndef IOMMU_RESV_FACTS_H
#define IOMMU_RESV_FACTS_H

#include <linux/acpi.h>
#include <linux/pci.h>

#include "iommu_resv.h"

static inline struct device *fact_device(void *subject)
{
	return ((const struct resv_subject *)subject)->dev;
}

/* The device as a PCI function, or NULL. */
static inline struct pci_dev *fact_pci(void *subject)
{
	struct device *dev = fact_device(subject);

	return dev_is_pci(dev) ? to_pci_dev(dev) : NULL;
}

static inline bool fact_is_acpi(void *subject)
{
#ifdef CONFIG_ACPI
	return !acpi_disabled;
#else
	return false;
#endif
}

static inline struct pci_host_bridge *fact_host(void *subject)
{
	struct pci_dev *pdev = fact_pci(subject);

	return pdev ? pci_find_host_bridge(pdev->bus) : NULL;
}

/* The node is the host controller's and lives as long as the bridge does. */
static inline struct device_node *fact_host_node(void *subject)
{
	struct pci_host_bridge *bridge = fact_host(subject);

	if (!bridge)
		return NULL;
	if (bridge->dev.parent && bridge->dev.parent->of_node)
		return bridge->dev.parent->of_node;
	return bridge->dev.of_node;
}

/* facts_msi.c */
int fact_for_each_rid(struct pci_dev *pdev, int (*fn)(void *ctx, u32 rid),
		      void *ctx);
int fact_node_reg(void *subject, enum quirk_node node, const char *name,
		  u32 index, resv_range_fn fn, void *ctx);
int fact_node_property(void *subject, enum quirk_node node, const char *name,
		       resv_range_fn fn, void *ctx);
int fact_its_bases(void *subject, bool all, resv_range_fn fn, void *ctx);

/**
 * struct fact_its_parent - an ITS that a device's MSIs may go to
 * @base: its physical base address
 * @has_id: firmware gives it an identifier (MADT, IORT)
 * @id: that one
 * @np: its node in the device tree; %NULL with ACPI
 */
struct fact_its_parent {
	u64 base;
	bool has_id;
	u32 id;
	struct device_node *np;
};

int fact_its_parents(void *subject,
		     int (*fn)(void *ctx, const struct fact_its_parent *parent),
		     void *ctx);
int fact_node_base(struct device_node *np, u64 *base);
bool fact_madt_has_its(u64 base);
bool fact_madt_has_frame(u64 base);

#endif
