// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - what the live machine says about a device
 *
 * The resolver's questions (resolve.h), answered from the PCI core, the device
 * tree and ACPI tables. What they get as "dev" is a struct resv_subject. Called
 * by the wrapper with group->mutex held: sleeps at most for memory and takes no
 * lock that may be held while somebody asks for that mutex: not the PCI core's
 * bus semaphore, no device lock, and not the lock of a device's MSIs
 * (doorbells.c). The only registers read are those of bridges (ACS control, in
 * config space), never a device's own.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

#include "facts.h"

static bool fact_kernel_has(void *subject, const char *name)
{
	if (!strcmp(name, "dwc-doorbell-is-config"))
		return RESV_DWC_DOORBELL_IS_CONFIG;
	if (!strcmp(name, "dwc-doorbell-is-allocated"))
		return !RESV_DWC_DOORBELL_IS_CONFIG;
	return false;
}

static u64 fact_page_size(void *subject)
{
	return PAGE_SIZE;
}

static int fact_segment(void *subject)
{
	struct pci_dev *pdev = fact_pci(subject);

	return pdev ? pci_domain_nr(pdev->bus) : -ENODEV;
}

static bool fact_host_compatible(void *subject, const char *compatible)
{
	struct device_node *np = fact_host_node(subject);

	return np && of_device_is_compatible(np, compatible);
}

static bool fact_path_is(struct device_node *np, const char *path)
{
	struct device_node *want;

	if (!np)
		return false;
	want = of_find_node_by_path(path);
	of_node_put(want);
	/* Compared only, never followed. */
	return want == np;
}

static bool fact_host_path_is(void *subject, const char *path)
{
	return fact_path_is(fact_host_node(subject), path);
}

static bool fact_device_path_is(void *subject, const char *path)
{
	return fact_path_is(fact_device(subject)->of_node, path);
}

static bool fact_host_has_property(void *subject, const char *name)
{
	struct device_node *np = fact_host_node(subject);

	return np && of_find_property(np, name, NULL);
}

static bool fact_device_compatible(void *subject, const char *compatible)
{
	struct device_node *np = fact_device(subject)->of_node;

	return np && of_device_is_compatible(np, compatible);
}

static bool fact_has_id(const struct pci_dev *pdev, const char *id)
{
	char own[RESV_PCI_ID_LEN];

	resv_pci_id(own, pdev->vendor, pdev->device);
	return !strcmp(own, id);
}

/*
 * The host bridge's own function: of class 0600 on the root bus. Found without
 * the PCI core's bus semaphore, see the head of this file.
 */
static bool fact_host_bridge_is(struct pci_dev *pdev, const char *id)
{
	struct pci_bus *root = pci_find_host_bridge(pdev->bus)->bus;
	struct pci_dev *bridge = NULL;

	while ((bridge = pci_get_class(PCI_CLASS_BRIDGE_HOST << 8, bridge))) {
		if (bridge->bus == root && fact_has_id(bridge, id)) {
			pci_dev_put(bridge);
			return true;
		}
	}
	return false;
}

static bool fact_pci_id_is(void *subject, enum quirk_cond whose, const char *id)
{
	struct pci_dev *pdev = fact_pci(subject);

	if (!pdev)
		return false;
	if (whose == QUIRK_COND_HOST_BRIDGE)
		return fact_host_bridge_is(pdev, id);
	/* A root port counts as its own: its MSIs go the same way. */
	if (whose == QUIRK_COND_ROOT_PORT)
		pdev = pcie_find_root_port(pdev);
	return pdev && fact_has_id(pdev, id);
}

static int fact_iommu_base(void *subject, u64 *base)
{
	struct dev_iommu *param = READ_ONCE(fact_device(subject)->iommu);
	struct iommu_device *iommu = param ? READ_ONCE(param->iommu_dev) : NULL;
	struct device *hw = iommu && iommu->dev ? iommu->dev->parent : NULL;
	struct resource *res;

	if (!hw || !dev_is_platform(hw))
		return -ENODEV;
	res = platform_get_resource(to_platform_device(hw), IORESOURCE_MEM, 0);
	if (!res)
		return -ENODEV;
	*base = res->start;
	return 0;
}

/*
 * One function's word on requests that it lets through or sends itself. A
 * function that answers with all ones is asleep or gone; one without the
 * capability may do either.
 */
static enum resv_acs fact_acs_bits(struct pci_dev *pdev, u16 wanted)
{
	u16 ctrl;

	if (!pdev->acs_cap ||
	    pci_read_config_word(pdev, pdev->acs_cap + PCI_ACS_CTRL, &ctrl) ||
	    ctrl == U16_MAX)
		return RESV_ACS_UNKNOWN;
	return (ctrl & wanted) == wanted ? RESV_ACS_REDIRECTED :
					   RESV_ACS_NOT_REDIRECTED;
}

/* Functions of one device reach each other inside it. */
static bool fact_has_siblings(struct pci_dev *pdev)
{
	return pdev->multifunction || pdev->is_virtfn || pci_num_vf(pdev);
}

/*
 * One function on the way from the device (which has the @first turn) to its
 * host bridge; PCIe 6.0, section 6.12. A downstream port takes a request from
 * below for a sibling's window unless P2P Request Redirect is on, and one for
 * its own window unless Upstream Forwarding is. A root port's siblings are what
 * the host's other windows lead to. A switch's upstream port has no such bits:
 * what its downstream ports send up goes up. The bits of the device's own
 * bridge say nothing of requests that the bridge makes itself.
 */
static enum resv_acs fact_acs_step(struct pci_dev *pdev, bool first,
				   bool own_ports)
{
	if (!pci_is_pcie(pdev))
		return RESV_ACS_NOT_REDIRECTED;

	switch (pci_pcie_type(pdev)) {
	case PCI_EXP_TYPE_ROOT_PORT:
		if (first)
			return RESV_ACS_UNKNOWN;
		return fact_acs_bits(pdev, own_ports ? PCI_ACS_UF :
						       PCI_ACS_UF | PCI_ACS_RR);
	case PCI_EXP_TYPE_DOWNSTREAM:
		if (first)
			return RESV_ACS_REDIRECTED;
		return fact_acs_bits(pdev, PCI_ACS_UF | PCI_ACS_RR);
	case PCI_EXP_TYPE_ENDPOINT:
	case PCI_EXP_TYPE_LEG_END:
	case PCI_EXP_TYPE_UPSTREAM:
		/* No port between it and the host's windows. */
		if (pci_is_root_bus(pci_physfn(pdev)->bus))
			return RESV_ACS_NOT_REDIRECTED;
		if (fact_has_siblings(pdev))
			return fact_acs_bits(pdev, PCI_ACS_RR);
		return RESV_ACS_REDIRECTED;
	default:
		/* Integrated into the root complex, or a conventional bus. */
		return RESV_ACS_NOT_REDIRECTED;
	}
}

static enum resv_acs fact_acs(void *subject, bool own_ports)
{
	struct pci_dev *pdev = fact_pci(subject);
	enum resv_acs all = RESV_ACS_REDIRECTED;
	struct pci_bus *bus;
	bool first = true;

	if (!pdev)
		return RESV_ACS_UNKNOWN;
	for (;;) {
		enum resv_acs step = fact_acs_step(pdev, first, own_ports);

		if (step == RESV_ACS_NOT_REDIRECTED)
			return step;
		if (step == RESV_ACS_UNKNOWN)
			all = step;
		/* The bus of a virtual function may have no bridge of its own. */
		for (bus = pdev->bus; bus && !bus->self; bus = bus->parent)
			;
		if (!bus)
			return all;
		pdev = bus->self;
		first = false;
	}
}

static int fact_port_windows(void *subject, resv_range_fn fn, void *ctx)
{
	static const int windows[] = {
		PCI_BRIDGE_MEM_WINDOW, PCI_BRIDGE_PREF_MEM_WINDOW
	};
	struct pci_dev *pdev = fact_pci(subject);
	struct pci_bus_region region;
	struct pci_bus *bus;
	bool found = false;
	int i, ret;

	if (!pdev)
		return -ENODEV;
	for (bus = pdev->bus; bus; bus = bus->parent) {
		if (!bus->self)
			continue;
		found = true;
		for (i = 0; i < ARRAY_SIZE(windows); i++) {
			struct resource *res = &bus->self->resource[windows[i]];

			if (resource_type(res) != IORESOURCE_MEM ||
			    res->flags & (IORESOURCE_UNSET | IORESOURCE_DISABLED) ||
			    !res->parent || !resource_size(res))
				continue;
			pcibios_resource_to_bus(bus->self->bus, &region, res);
			ret = fn(ctx, region.start, region.end);
			if (ret)
				return ret;
		}
	}
	return found ? 0 : -ENODEV;
}

static int fact_windows(struct list_head *windows, resv_range_fn fn, void *ctx)
{
	struct resource_entry *entry;
	int ret;

	resource_list_for_each_entry(entry, windows) {
		if (resource_type(entry->res) != IORESOURCE_MEM ||
		    !resource_size(entry->res))
			continue;
		ret = fn(ctx, entry->res->start - entry->offset,
			 entry->res->end - entry->offset);
		if (ret)
			return ret;
	}
	return 0;
}

static int fact_host_windows(void *subject, resv_range_fn fn, void *ctx)
{
	struct pci_host_bridge *bridge = fact_host(subject);

	return bridge ? fact_windows(&bridge->windows, fn, ctx) : -ENODEV;
}

static int fact_inbound(void *subject, resv_range_fn fn, void *ctx)
{
	struct pci_host_bridge *bridge = fact_host(subject);

	if (!bridge)
		return -ENODEV;
	/* Linux fills in dma_ranges from the device tree only, not from _DMA. */
	if (fact_is_acpi(subject))
		return -EOPNOTSUPP;
	return fact_windows(&bridge->dma_ranges, fn, ctx);
}

static int fact_msi_messages(void *subject, resv_range_fn fn, void *ctx)
{
	struct pci_host_bridge *bridge = fact_host(subject);
	u64 address[RESV_DOORBELLS_MAX];
	int count, i, ret;

	if (!bridge)
		return -ENODEV;
	count = resv_doorbells_of(bridge, address);
	if (count < 0)
		return count;
	if (!count)
		return -ENODATA;
	for (i = 0; i < count; i++) {
		ret = fn(ctx, address[i], address[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int fact_placed(void *subject, struct resv_range *window)
{
	const struct resv_subject *s = subject;

	return resv_window_of(s->state, s->dev, window);
}

static bool fact_needs_window(void *subject)
{
	const struct resv_subject *s = subject;
	const char *device;

	return resv_need_of(s->state, s->dev, &device) != RESV_NEED_NOT;
}

const struct resv_facts resv_machine = {
	.is_acpi = fact_is_acpi,
	.kernel_has = fact_kernel_has,
	.page_size = fact_page_size,
	.segment = fact_segment,
	.host_compatible = fact_host_compatible,
	.host_path_is = fact_host_path_is,
	.host_has_property = fact_host_has_property,
	.device_path_is = fact_device_path_is,
	.device_compatible = fact_device_compatible,
	.pci_id_is = fact_pci_id_is,
	.iommu_base = fact_iommu_base,
	.acs = fact_acs,
	.node_reg = fact_node_reg,
	.node_property = fact_node_property,
	.host_windows = fact_host_windows,
	.port_windows = fact_port_windows,
	.inbound = fact_inbound,
	.its_bases = fact_its_bases,
	.msi_messages = fact_msi_messages,
	.placed = fact_placed,
	.needs_window = fact_needs_window,
};
