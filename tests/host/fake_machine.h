/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_machine.h - a machine that exists in a test's description only
 *
 * Nothing here reads hardware or the kernel. A test describes a machine, its
 * identity, host bridges and devices, and the quirk table's reader and the
 * resolver ask it through the same callbacks as they ask the kernel.
 */
#ifndef IOMMU_RESV_TEST_FAKE_MACHINE_H
#define IOMMU_RESV_TEST_FAKE_MACHINE_H

#include "../../module/resolve.h"

#define FAKE_MAX 12

/**
 * struct fake_token - one identity token
 * @kind: 0 ends a list
 * @value: as in the table
 * @revision: of an ACPI table
 */
struct fake_token {
	enum quirk_key kind;
	const char *value;
	u32 revision;
};

/**
 * struct fake_reg - one reg range of a node
 * @name: its reg-names string
 * @range: its addresses
 */
struct fake_reg {
	const char *name;
	struct resv_range range;
};

/**
 * struct fake_property - a property made of pairs of cells
 * @name: its name
 * @pairs: base and size, both of 0 at the end
 * @error: what reading it gives instead
 */
struct fake_property {
	const char *name;
	struct fake_pair {
		u64 base;
		u64 size;
	} pairs[FAKE_MAX];
	int error;
};

/**
 * struct fake_node - a device tree node; lists end at the first empty member
 * @path: full path
 * @compatibles: its compatible strings
 * @properties: names of its properties
 * @regs: its reg ranges
 * @values: those of its properties that a rule reads
 */
struct fake_node {
	const char *path;
	const char *compatibles[FAKE_MAX];
	const char *properties[FAKE_MAX];
	struct fake_reg regs[FAKE_MAX];
	struct fake_property values[FAKE_MAX];
};

/**
 * struct fake_host - a PCI host bridge; lists end at the first empty member
 * @segment: PCI segment
 * @node: its device tree node; empty where there is no tree
 * @bridge_id: PCI id of its own function
 * @windows: memory windows, as bus addresses
 * @inbound: inbound windows
 * @messages: addresses that functions below it write MSIs to
 */
struct fake_host {
	int segment;
	struct fake_node node;
	const char *bridge_id;
	struct resv_range windows[FAKE_MAX];
	struct resv_range inbound[FAKE_MAX];
	u64 messages[FAKE_MAX];
};

/**
 * struct fake_device - a machine, seen from one of its devices
 * @is_acpi: booted with ACPI
 * @kernel: behaviours of its kernel
 * @page_size: of its kernel; 0 stands for 4 KiB
 * @host: above the device; NULL where it is not a PCI device
 * @node: the device's own; NULL where it has none
 * @controllers: those that its MSIs go to
 * @pci_id: its PCI id
 * @root_port: PCI id of the root port above it
 * @iommu_base: registers of its IOMMU; 0 where it has none
 * @acs: what ACS says of the host's windows
 * @own_acs: what it says of those of the ports above the device
 * @has_ports: there are bridges between the host bridge and the device
 * @ports: their windows
 * @its: bases of the ITSs that its MSIs reach
 * @its_all: bases of those of the machine
 * @its_error: what asking for them gives instead
 * @placed: the window placed for its IOMMU driver; empty where the driver has
 *	none
 * @placed_error: what asking for it gives instead
 * @needs_window: some device of the driver needs the software window
 * @tokens: the machine's identity
 */
struct fake_device {
	bool is_acpi;
	const char *kernel[FAKE_MAX];
	u64 page_size;
	const struct fake_host *host;
	const struct fake_node *node;
	const struct fake_node *controllers[FAKE_MAX];
	const char *pci_id;
	const char *root_port;
	u64 iommu_base;
	enum resv_acs acs;
	enum resv_acs own_acs;
	bool has_ports;
	struct resv_range ports[FAKE_MAX];
	u64 its[FAKE_MAX];
	u64 its_all[FAKE_MAX];
	int its_error;
	struct resv_range placed;
	int placed_error;
	bool needs_window;
	struct fake_token tokens[FAKE_MAX];
};

static inline bool fake_list_has(const char *const *list, const char *value)
{
	unsigned int i;

	for (i = 0; i < FAKE_MAX && list[i]; i++)
		if (!strcmp(list[i], value))
			return true;
	return false;
}

static inline bool fake_is(const char *has, const char *value)
{
	return has && !strcmp(has, value);
}

static inline bool fake_is_acpi(void *dev)
{
	return ((struct fake_device *)dev)->is_acpi;
}

static inline bool fake_kernel_has(void *dev, const char *name)
{
	return fake_list_has(((struct fake_device *)dev)->kernel, name);
}

static inline u64 fake_page_size(void *dev)
{
	const struct fake_device *d = dev;

	return d->page_size ? d->page_size : 4096;
}

static inline int fake_segment(void *dev)
{
	const struct fake_device *d = dev;

	return d->host ? d->host->segment : -ENODEV;
}

static inline bool fake_host_compatible(void *dev, const char *compatible)
{
	const struct fake_device *d = dev;

	return d->host && fake_list_has(d->host->node.compatibles, compatible);
}

static inline bool fake_host_path_is(void *dev, const char *path)
{
	const struct fake_device *d = dev;

	return d->host && fake_is(d->host->node.path, path);
}

static inline bool fake_host_has_property(void *dev, const char *name)
{
	const struct fake_device *d = dev;

	return d->host && fake_list_has(d->host->node.properties, name);
}

static inline bool fake_device_path_is(void *dev, const char *path)
{
	const struct fake_device *d = dev;

	return d->node && fake_is(d->node->path, path);
}

static inline bool fake_device_compatible(void *dev, const char *compatible)
{
	const struct fake_device *d = dev;

	return d->node && fake_list_has(d->node->compatibles, compatible);
}

static inline bool fake_pci_id_is(void *dev, enum quirk_cond whose,
				  const char *id)
{
	const struct fake_device *d = dev;

	if (whose == QUIRK_COND_DEVICE_ID)
		return fake_is(d->pci_id, id);
	if (whose == QUIRK_COND_ROOT_PORT)
		return fake_is(d->root_port, id);
	assert_int_equal(whose, QUIRK_COND_HOST_BRIDGE);
	return d->host && fake_is(d->host->bridge_id, id);
}

static inline int fake_iommu_base(void *dev, u64 *base)
{
	const struct fake_device *d = dev;

	if (!d->iommu_base)
		return -ENODEV;
	*base = d->iommu_base;
	return 0;
}

static inline enum resv_acs fake_acs(void *dev, bool own_ports)
{
	const struct fake_device *d = dev;

	return own_ports ? d->own_acs : d->acs;
}

/* The node's @i-th bearer of its part, or NULL behind the last one. */
static inline const struct fake_node *
fake_node_at(const struct fake_device *d, enum quirk_node node, unsigned int i)
{
	if (node == QUIRK_NODE_MSI_CONTROLLER)
		return i < FAKE_MAX ? d->controllers[i] : NULL;
	if (i)
		return NULL;
	if (node == QUIRK_NODE_DEVICE)
		return d->node;
	assert_int_equal(node, QUIRK_NODE_HOST);
	return d->host && d->host->node.path ? &d->host->node : NULL;
}

static inline int fake_reg_of(const struct fake_node *n, const char *name,
			      u32 index, resv_range_fn fn, void *ctx)
{
	u32 i;

	for (i = 0; i < FAKE_MAX && n->regs[i].name; i++)
		if (*name ? !strcmp(n->regs[i].name, name) : i == index)
			return fn(ctx, n->regs[i].range.start,
				  n->regs[i].range.last);
	return -ENOENT;
}

static inline int fake_node_reg(void *dev, enum quirk_node node,
				const char *name, u32 index, resv_range_fn fn,
				void *ctx)
{
	const struct fake_node *n;
	int ret = -ENODEV;
	unsigned int i;

	for (i = 0; (n = fake_node_at(dev, node, i)); i++) {
		ret = fake_reg_of(n, name, index, fn, ctx);
		if (ret)
			break;
	}
	return ret;
}

static inline int fake_value_of(const struct fake_node *n, const char *name,
				resv_range_fn fn, void *ctx)
{
	const struct fake_property *p = n->values;
	int ret = 0;
	u32 i;

	while (p < n->values + FAKE_MAX && p->name && strcmp(p->name, name))
		p++;
	if (p == n->values + FAKE_MAX || !p->name)
		return -ENOENT;
	for (i = 0; !ret && i < FAKE_MAX &&
	     (p->pairs[i].base || p->pairs[i].size); i++)
		ret = fn(ctx, p->pairs[i].base, p->pairs[i].size);
	return ret ? ret : p->error;
}

static inline int fake_node_property(void *dev, enum quirk_node node,
				     const char *name, resv_range_fn fn,
				     void *ctx)
{
	const struct fake_node *n;
	int ret = -ENODEV;
	unsigned int i;

	for (i = 0; (n = fake_node_at(dev, node, i)); i++) {
		ret = fake_value_of(n, name, fn, ctx);
		if (ret)
			break;
	}
	return ret;
}

static inline int fake_each_range(const struct resv_range *list,
				  resv_range_fn fn, void *ctx)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < FAKE_MAX && (list[i].start || list[i].last);
	     i++)
		ret = fn(ctx, list[i].start, list[i].last);
	return ret;
}

/* Of addresses the start only says something. */
static inline int fake_each_address(const u64 *list, int none,
				    resv_range_fn fn, void *ctx)
{
	unsigned int i;
	int ret = none;

	for (i = 0; i < FAKE_MAX && list[i]; i++) {
		ret = fn(ctx, list[i], 0);
		if (ret)
			break;
	}
	return ret;
}

static inline int fake_host_windows(void *dev, resv_range_fn fn, void *ctx)
{
	const struct fake_device *d = dev;

	return d->host ? fake_each_range(d->host->windows, fn, ctx) : -ENODEV;
}

static inline int fake_port_windows(void *dev, resv_range_fn fn, void *ctx)
{
	const struct fake_device *d = dev;

	return d->has_ports ? fake_each_range(d->ports, fn, ctx) : -ENODEV;
}

static inline int fake_inbound(void *dev, resv_range_fn fn, void *ctx)
{
	const struct fake_device *d = dev;

	return d->host ? fake_each_range(d->host->inbound, fn, ctx) : -ENODEV;
}

static inline int fake_its_bases(void *dev, bool all, resv_range_fn fn,
				 void *ctx)
{
	const struct fake_device *d = dev;

	if (d->its_error)
		return d->its_error;
	return fake_each_address(all ? d->its_all : d->its, -ENODEV, fn, ctx);
}

static inline int fake_msi_messages(void *dev, resv_range_fn fn, void *ctx)
{
	const struct fake_device *d = dev;

	if (!d->host)
		return -ENODEV;
	return fake_each_address(d->host->messages, -ENODATA, fn, ctx);
}

static inline int fake_placed(void *dev, struct resv_range *window)
{
	const struct fake_device *d = dev;

	if (d->placed_error)
		return d->placed_error;
	if (!d->placed.last)
		return -ENODEV;
	*window = d->placed;
	return 0;
}

static inline bool fake_needs_window(void *dev)
{
	return ((struct fake_device *)dev)->needs_window;
}

static const struct resv_facts fake_facts = {
	.is_acpi = fake_is_acpi,
	.kernel_has = fake_kernel_has,
	.page_size = fake_page_size,
	.segment = fake_segment,
	.host_compatible = fake_host_compatible,
	.host_path_is = fake_host_path_is,
	.host_has_property = fake_host_has_property,
	.device_path_is = fake_device_path_is,
	.device_compatible = fake_device_compatible,
	.pci_id_is = fake_pci_id_is,
	.iommu_base = fake_iommu_base,
	.acs = fake_acs,
	.node_reg = fake_node_reg,
	.node_property = fake_node_property,
	.host_windows = fake_host_windows,
	.port_windows = fake_port_windows,
	.inbound = fake_inbound,
	.its_bases = fake_its_bases,
	.msi_messages = fake_msi_messages,
	.placed = fake_placed,
	.needs_window = fake_needs_window,
};

static inline int fake_for_each_token(void *ctx,
				      int (*fn)(void *arg, enum quirk_key kind,
						const char *value, u32 revision),
				      void *arg)
{
	const struct fake_device *d = ctx;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < FAKE_MAX && d->tokens[i].kind; i++)
		ret = fn(arg, d->tokens[i].kind, d->tokens[i].value,
			 d->tokens[i].revision);
	return ret;
}

static inline bool fake_has(void *ctx, enum quirk_key kind, const char *value,
			    u32 rev_min, u32 rev_max)
{
	const struct fake_device *d = ctx;
	unsigned int i;

	for (i = 0; i < FAKE_MAX && d->tokens[i].kind; i++)
		if (d->tokens[i].kind == kind &&
		    !strcmp(d->tokens[i].value, value) &&
		    (kind != QUIRK_KEY_ACPI ||
		     (d->tokens[i].revision >= rev_min &&
		      d->tokens[i].revision <= rev_max)))
			return true;
	return false;
}

/**
 * struct fake_matches - what quirk_table_match() found
 * @count: entries
 * @entry: their indices
 * @key: the keys that matched
 */
struct fake_matches {
	u32 count;
	u32 entry[FAKE_MAX];
	u32 key[FAKE_MAX];
};

static inline int fake_note_match(void *arg, u32 entry, u32 key)
{
	struct fake_matches *m = arg;

	if (m->count == FAKE_MAX)
		return -ENOSPC;
	m->entry[m->count] = entry;
	m->key[m->count++] = key;
	return 0;
}

static inline struct fake_matches fake_match(const struct quirk_table *t,
					     const struct fake_device *d)
{
	const struct quirk_identity identity = {
		.for_each_token = fake_for_each_token,
		.has = fake_has,
		.ctx = (void *)d,
	};
	struct fake_matches m = { 0 };
	u8 *seen = calloc(1, (t->count[QUIRK_SEC_ENTRIES] + 7) / 8 + 1);

	assert_non_null(seen);
	assert_int_equal(quirk_table_match(t, &identity, fake_note_match, &m,
					   seen), 0);
	free(seen);
	return m;
}

#endif
