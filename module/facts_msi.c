// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts_msi.c - what the live machine says about a device's MSI controllers
 *
 * The part of facts.c that reads firmware: nodes of the device tree, and the
 * ACPI tables that say where ITSs are. What is said there of locks and registers
 * holds here as well.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/pci.h>

#include "../acpi/iort.h"
#include "../acpi/madt.h"
#include "facts.h"

/* The tables that rules with the source "its" need; checked once, at load. */
static struct acpi_table_header *resv_iort_raw;
static struct acpi_table_header *resv_madt_raw;
static struct iort_table resv_iort;
static bool resv_iort_ok;

/**
 * resv_facts_init() - take and check the firmware tables that rules refer to
 *
 * A table that is missing or bad is said once in the log and leads to
 * unresolved rules later; it is no reason not to load.
 */
void resv_facts_init(void)
{
#ifdef CONFIG_ACPI
	struct acpi_fault fault = {};

	if (acpi_disabled)
		return;
	if (ACPI_SUCCESS(acpi_get_table(ACPI_SIG_IORT, 0, &resv_iort_raw))) {
		if (iort_open(&resv_iort, resv_iort_raw,
			      resv_iort_raw->length, &fault))
			pr_warn(FW_BUG "IORT, offset %u: %s; rules that need it stay unresolved\n",
				fault.offset, fault.what);
		else
			resv_iort_ok = true;
	}
	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_MADT, 0, &resv_madt_raw)))
		resv_madt_raw = NULL;
#endif
}

/**
 * resv_facts_exit() - give the firmware tables back
 */
void resv_facts_exit(void)
{
#ifdef CONFIG_ACPI
	if (resv_iort_raw)
		acpi_put_table(resv_iort_raw);
	if (resv_madt_raw)
		acpi_put_table(resv_madt_raw);
	resv_iort_raw = NULL;
	resv_madt_raw = NULL;
	resv_iort_ok = false;
#endif
}

/**
 * resv_facts_iort() - the machine's IORT
 *
 * Return: the checked table, or %NULL where there is none or a bad one.
 */
const struct iort_table *resv_facts_iort(void)
{
	return resv_iort_ok ? &resv_iort : NULL;
}

/*
 * The requester ID that a bridge gives to requests from the bus below it, or -1.
 * While devices are removed the bridge may not know that bus any more.
 */
static int fact_bridge_rid(const struct pci_bus *bus)
{
	int secondary = PCI_DEVID(bus->number, 0);
	struct pci_dev *bridge = bus->self;

	if (!pci_is_pcie(bridge))
		return bridge->dev_flags & PCI_DEV_FLAG_PCIE_BRIDGE_ALIAS ?
			       secondary : pci_dev_id(bridge);
	switch (pci_pcie_type(bridge)) {
	case PCI_EXP_TYPE_PCI_BRIDGE:
		return resv_bridge_has_no_alias(bridge) ? -1 : secondary;
	case PCI_EXP_TYPE_PCIE_BRIDGE:
		return pci_dev_id(bridge);
	default:
		return -1;
	}
}

/**
 * fact_for_each_rid() - requester IDs under which a device may be seen
 * @pdev: the device
 * @fn: called with each, the device's own first; one may come twice
 * @ctx: handed to @fn
 *
 * Its own, the aliases that PCI quirks gave it, and those of bridges above it
 * (PCI Express to PCI/PCI-X Bridge Specification 1.0, section 2.3): what the PCI
 * core's pci_for_each_dma_alias() gives (drivers/pci/search.c), which modules
 * may not call.
 *
 * Context: any; the caller keeps the device.
 * Return: 0, or what @fn returned where that is not 0.
 */
int fact_for_each_rid(struct pci_dev *pdev, int (*fn)(void *ctx, u32 rid),
		      void *ctx)
{
	struct pci_bus *bus = pdev->bus;
	unsigned int devfn;
	int ret, rid;

	ret = fn(ctx, PCI_DEVID(bus->number, pdev->devfn));
	if (ret)
		return ret;
	if (pdev->dma_alias_mask) {
		/* One bit for each devfn. */
		for_each_set_bit(devfn, pdev->dma_alias_mask, U8_MAX + 1) {
			ret = fn(ctx, PCI_DEVID(bus->number, devfn));
			if (ret)
				return ret;
		}
	}
	for (; !pci_is_root_bus(bus); bus = bus->parent) {
		/* The bus of virtual functions may have no bridge of its own. */
		if (!bus->self)
			continue;
		if (bus->self->dev_flags & PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT)
			break;
		rid = fact_bridge_rid(bus);
		ret = rid < 0 ? 0 : fn(ctx, rid);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * struct fact_controllers - a walk over the MSI controllers of a device
 * @fn: called with the node of each; one that is reached in two ways is
 *	reported twice, which the sets that ranges end up in do not mind
 * @ctx: handed to @fn
 * @host: the node that has the msi-map
 * @found: how many calls
 */
struct fact_controllers {
	int (*fn)(void *ctx, struct device_node *np);
	void *ctx;
	struct device_node *host;
	unsigned int found;
};

static int fact_controller(struct fact_controllers *c, struct device_node *np)
{
	c->found++;
	return c->fn(c->ctx, np);
}

/*
 * msi-map: (rid-base, msi-controller phandle, msi-base, length), rid masked
 * with msi-map-mask first (Devicetree binding pci-msi).
 */
static int fact_msi_map(void *ctx, u32 rid)
{
	struct fact_controllers *c = ctx;
	struct device_node *np;
	u32 mask = U32_MAX;
	u32 base, phandle, length;
	int cells, i, ret;

	cells = of_property_count_u32_elems(c->host, "msi-map");
	if (cells <= 0 || cells % 4)
		return -EINVAL;
	of_property_read_u32(c->host, "msi-map-mask", &mask);
	rid &= mask;

	for (i = 0; i < cells; i += 4) {
		if (of_property_read_u32_index(c->host, "msi-map", i, &base) ||
		    of_property_read_u32_index(c->host, "msi-map", i + 1,
					       &phandle) ||
		    of_property_read_u32_index(c->host, "msi-map", i + 3,
					       &length))
			return -EINVAL;
		if (rid < base || rid - base >= length)
			continue;
		np = of_find_node_by_phandle(phandle);
		if (!np)
			return -EINVAL;
		ret = fact_controller(c, np);
		of_node_put(np);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * A list of MSI controllers, each with as many cells as it says. One that says
 * nothing (a GICv2m frame) has none and is the only one there can be.
 */
static int fact_msi_parent(struct fact_controllers *c, struct device_node *np)
{
	struct of_phandle_args args;
	struct device_node *only;
	int i, ret;

	for (i = 0;; i++) {
		ret = of_parse_phandle_with_args(np, "msi-parent", "#msi-cells",
						 i, &args);
		if (ret == -ENOENT)
			return 0;
		if (ret)
			break;
		ret = fact_controller(c, args.np);
		of_node_put(args.np);
		if (ret)
			return ret;
	}
	only = i ? NULL : of_parse_phandle(np, "msi-parent", 0);
	if (!only)
		return -EINVAL;
	ret = fact_controller(c, only);
	of_node_put(only);
	return ret;
}

/*
 * Calls @fn with the node of each MSI controller that the device's MSIs go to;
 * -ENODEV where the device tree names none.
 */
static int fact_for_each_controller(void *subject,
				    int (*fn)(void *ctx,
					      struct device_node *np),
				    void *ctx)
{
	struct fact_controllers c = { .fn = fn, .ctx = ctx };
	struct pci_dev *pdev = fact_pci(subject);
	struct device_node *np;
	int ret;

	np = pdev ? fact_host_node(subject) : fact_device(subject)->of_node;
	if (!np)
		return -ENODEV;
	c.host = np;
	if (pdev && of_find_property(np, "msi-map", NULL))
		ret = fact_for_each_rid(pdev, fact_msi_map, &c);
	else
		ret = fact_msi_parent(&c, np);
	if (ret)
		return ret;
	return c.found ? 0 : -ENODEV;
}

/* Calls @fn with each node that a rule names. */
static int fact_for_each_node(void *subject, enum quirk_node node,
			      int (*fn)(void *ctx, struct device_node *np),
			      void *ctx)
{
	struct device_node *np;

	if (node == QUIRK_NODE_MSI_CONTROLLER)
		return fact_for_each_controller(subject, fn, ctx);
	np = node == QUIRK_NODE_HOST ? fact_host_node(subject) :
				       fact_device(subject)->of_node;
	return np ? fn(ctx, np) : -ENODEV;
}

/**
 * struct fact_wish - what is wanted of a node
 * @name: of the reg range or property
 * @index: of the reg range, where it has no name
 * @fn: receives each range, or each base and size of a property
 * @ctx: handed to @fn
 */
struct fact_wish {
	const char *name;
	u32 index;
	resv_range_fn fn;
	void *ctx;
};

static int fact_reg_of(void *ctx, struct device_node *np)
{
	const struct fact_wish *wish = ctx;
	struct resource res;
	int i = wish->index;

	if (*wish->name)
		i = of_property_match_string(np, "reg-names", wish->name);
	if (i < 0 || of_address_to_resource(np, i, &res))
		return -ENOENT;
	return wish->fn(wish->ctx, res.start, res.end);
}

/**
 * fact_node_reg() - as struct resv_facts has it
 * @subject: struct resv_subject
 * @node: which node
 * @name: of the range, or ""
 * @index: of the range, where it has no name
 * @fn: receives the range of each such node
 * @ctx: handed to @fn
 *
 * Return: 0, -ENODEV without such a node, -ENOENT where a node has no such
 * range, or what @fn returned.
 */
int fact_node_reg(void *subject, enum quirk_node node, const char *name,
			 u32 index, resv_range_fn fn, void *ctx)
{
	struct fact_wish wish = {
		.name = name, .index = index, .fn = fn, .ctx = ctx,
	};

	return fact_for_each_node(subject, node, fact_reg_of, &wish);
}

static int fact_property_of(void *ctx, struct device_node *np)
{
	const struct fact_wish *wish = ctx;
	int cells, i, ret;
	u32 base, size;

	if (!of_find_property(np, wish->name, NULL))
		return -ENOENT;
	cells = of_property_count_u32_elems(np, wish->name);
	if (cells <= 0 || cells % 2)
		return -EINVAL;
	for (i = 0; i < cells; i += 2) {
		if (of_property_read_u32_index(np, wish->name, i, &base) ||
		    of_property_read_u32_index(np, wish->name, i + 1, &size))
			return -EINVAL;
		ret = wish->fn(wish->ctx, base, size);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * fact_node_property() - as struct resv_facts has it
 * @subject: struct resv_subject
 * @node: which node
 * @name: of the property
 * @fn: receives each base and size
 * @ctx: handed to @fn
 *
 * Return: 0, -ENODEV without such a node, -ENOENT where a node has no such
 * property, -EINVAL where it is not made of pairs, or what @fn returned.
 */
int fact_node_property(void *subject, enum quirk_node node,
			      const char *name, resv_range_fn fn, void *ctx)
{
	struct fact_wish wish = { .name = name, .fn = fn, .ctx = ctx };

	return fact_for_each_node(subject, node, fact_property_of, &wish);
}

/**
 * struct fact_its - a walk over ITSs
 * @fn: receives each
 * @ctx: handed to @fn
 * @segment: of the device
 * @found: how many calls
 */
struct fact_its {
	int (*fn)(void *ctx, const struct fact_its_parent *parent);
	void *ctx;
	int segment;
	unsigned int found;
};

static int fact_its_found(struct fact_its *its,
			  const struct fact_its_parent *parent)
{
	its->found++;
	return its->fn(its->ctx, parent);
}

/**
 * fact_node_base() - where a node's registers begin
 * @np: the node
 * @base: filled in: the CPU address of its first reg range
 *
 * Return: 0 or an error.
 */
int fact_node_base(struct device_node *np, u64 *base)
{
	struct resource res;
	int ret = of_address_to_resource(np, 0, &res);

	if (!ret)
		*base = res.start;
	return ret;
}

static const char fact_its_compatible[] = "arm,gic-v3-its";

/* An MSI controller node that is an ITS: its first reg range is the ITS. */
static int fact_its_node(void *ctx, struct device_node *np)
{
	struct fact_its_parent parent = { .np = np };

	if (!of_device_is_compatible(np, fact_its_compatible))
		return 0;
	if (fact_node_base(np, &parent.base))
		return -EINVAL;
	return fact_its_found(ctx, &parent);
}

static int fact_its_all_nodes(struct fact_its *its)
{
	struct device_node *np;
	int ret;

	for_each_compatible_node(np, NULL, fact_its_compatible) {
		if (!of_device_is_available(np))
			continue;
		ret = fact_its_node(its, np);
		if (ret) {
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}

#ifdef CONFIG_ACPI
static int fact_its_id(void *ctx, u32 id)
{
	struct fact_its_parent parent = { .has_id = true, .id = id };
	struct acpi_fault fault = {};
	int ret;

	if (!resv_madt_raw)
		return -ENOENT;
	ret = madt_its_base(resv_madt_raw, resv_madt_raw->length, id,
			    &parent.base, &fault);
	if (ret) {
		pr_warn_once(FW_BUG "MADT, offset %u: %s (ITS %u)\n",
			     fault.offset, fault.what, id);
		return ret;
	}
	return fact_its_found(ctx, &parent);
}

static int fact_its_iort(void *ctx, u32 rid)
{
	struct fact_its *its = ctx;
	struct acpi_fault fault = {};
	int ret;

	ret = iort_for_each_its(&resv_iort, its->segment, rid, fact_its_id,
				its, &fault);
	/* One id of several may well map to nothing. */
	if (ret == -ENODEV)
		return 0;
	if (ret && fault.what)
		pr_warn_once(FW_BUG "IORT, offset %u: %s (segment %d, requester 0x%x)\n",
			     fault.offset, fault.what, its->segment, rid);
	return ret;
}
#endif

#ifdef CONFIG_ACPI
static int fact_its_madt(void *ctx, u32 id, u64 base)
{
	const struct fact_its_parent parent = {
		.base = base, .has_id = true, .id = id,
	};

	return fact_its_found(ctx, &parent);
}

static int fact_its_all_tables(struct fact_its *its)
{
	struct acpi_fault fault = {};
	int ret;

	if (!resv_madt_raw)
		return -ENOENT;
	ret = madt_for_each_its(resv_madt_raw, resv_madt_raw->length,
				fact_its_madt, its, &fault);
	if (ret && fault.what)
		pr_warn_once(FW_BUG "MADT, offset %u: %s\n", fault.offset,
			     fault.what);
	return ret;
}
#endif

static int fact_its_acpi(void *subject, bool all, struct fact_its *its)
{
#ifdef CONFIG_ACPI
	struct pci_dev *pdev = fact_pci(subject);

	if (all)
		return fact_its_all_tables(its);
	/* Named components are not looked up: no rule needs them. */
	if (!pdev)
		return -ENODEV;
	if (!resv_iort_ok)
		return -EINVAL;
	its->segment = pci_domain_nr(pdev->bus);
	return fact_for_each_rid(pdev, fact_its_iort, its);
#else
	return -ENODEV;
#endif
}

static int fact_its_walk(void *subject, bool all, struct fact_its *its)
{
	int ret;

	if (fact_is_acpi(subject))
		ret = fact_its_acpi(subject, all, its);
	else if (all)
		ret = fact_its_all_nodes(its);
	else
		ret = fact_for_each_controller(subject, fact_its_node, its);
	if (ret)
		return ret;
	return its->found ? 0 : -ENODEV;
}

/**
 * struct fact_its_range - where the base of an ITS goes
 * @fn: receives it
 * @ctx: handed to @fn
 */
struct fact_its_range {
	resv_range_fn fn;
	void *ctx;
};

static int fact_its_to_range(void *ctx, const struct fact_its_parent *parent)
{
	const struct fact_its_range *to = ctx;

	return to->fn(to->ctx, parent->base, parent->base);
}

/**
 * fact_its_bases() - as struct resv_facts has it
 * @subject: struct resv_subject
 * @all: all of the machine, not only those of the device
 * @fn: receives the base of each, as a range that begins there
 * @ctx: handed to @fn
 *
 * Return: 0, -ENODEV where there is none, another error where the firmware
 * cannot be read, or what @fn returned.
 */
int fact_its_bases(void *subject, bool all, resv_range_fn fn, void *ctx)
{
	struct fact_its_range to = { .fn = fn, .ctx = ctx };
	struct fact_its its = { .fn = fact_its_to_range, .ctx = &to };

	return fact_its_walk(subject, all, &its);
}

/**
 * fact_its_parents() - the ITSs that a device's MSIs may go to
 * @subject: struct resv_subject; its state is not looked at
 * @fn: receives each; one that is reached in two ways is reported twice
 * @ctx: handed to @fn
 *
 * With ACPI these are all ITSs of the IORT's groups; Linux takes the first one
 * of a group only (iort_dev_find_its_id() in drivers/acpi/arm64/iort.c).
 *
 * Context: any.
 * Return: 0, -ENODEV where firmware names none, another error where it cannot
 * be read, or what @fn returned.
 */
int fact_its_parents(void *subject,
		     int (*fn)(void *ctx, const struct fact_its_parent *parent),
		     void *ctx)
{
	struct fact_its its = { .fn = fn, .ctx = ctx };

	return fact_its_walk(subject, false, &its);
}

#ifdef CONFIG_ACPI
static int fact_madt_its_is(void *ctx, u32 id, u64 base)
{
	return base == *(const u64 *)ctx;
}

static int fact_madt_frame_is(void *ctx, u64 base)
{
	return base == *(const u64 *)ctx;
}
#endif

/**
 * fact_madt_has_its() - does the MADT have an ITS at an address?
 * @base: physical address
 *
 * Return: whether; false without a MADT, and with one that is bad before it.
 */
bool fact_madt_has_its(u64 base)
{
#ifdef CONFIG_ACPI
	struct acpi_fault fault = {};

	return resv_madt_raw &&
	       madt_for_each_its(resv_madt_raw, resv_madt_raw->length,
				 fact_madt_its_is, &base, &fault) > 0;
#else
	return false;
#endif
}

/**
 * fact_madt_has_frame() - does the MADT have a GICv2m frame at an address?
 * @base: physical address
 *
 * Return: as fact_madt_has_its().
 */
bool fact_madt_has_frame(u64 base)
{
#ifdef CONFIG_ACPI
	struct acpi_fault fault = {};

	return resv_madt_raw &&
	       madt_for_each_msi_frame(resv_madt_raw, resv_madt_raw->length,
				       fact_madt_frame_is, &base, &fault) > 0;
#else
	return false;
#endif
}
