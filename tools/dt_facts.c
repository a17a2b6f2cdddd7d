// SPDX-License-Identifier: GPL-2.0-only
/*
 * dt_facts.c - the resolver's questions, answered from a device tree blob
 *
 * The blob is checked once as a whole (dt_tree_open()); after that libfdt's
 * offsets and lengths can be trusted, and what is left to check is what the
 * properties say. Answers follow Linux 7.3: drivers/of/address.c for addresses
 * and windows, drivers/pci/of.c for what a host bridge makes of them.
 */
#include "dt_facts.h"

#include <libfdt.h>
#include <strings.h>

/* Most cells of an address or a size that mean a 64-bit number. */
#define CELLS_MAX	2
/* A child address of a PCI host: flags, then 64 bits (PCI Bus Binding 2.1). */
#define PCI_CELLS	3
#define PCI_SPACE(flags)	((flags) >> 24 & 3)
#define PCI_SPACE_MEM32		2

static const char its_compatible[] = "arm,gic-v3-its";

/**
 * struct cells - a property as an array of 32-bit cells
 * @p: first byte
 * @count: cells
 */
struct cells {
	const fdt32_t *p;
	u32 count;
};

/* -ENOENT without the property, -EINVAL where it is not made of cells. */
static int get_cells(const struct dt_tree *tree, int node, const char *name,
		     struct cells *cells)
{
	int len;

	cells->p = fdt_getprop(tree->fdt, node, name, &len);
	if (!cells->p)
		return -ENOENT;
	if (len % (int)sizeof(*cells->p))
		return -EINVAL;
	cells->count = len / sizeof(*cells->p);
	return 0;
}

static u32 cell(const struct cells *cells, u32 i)
{
	return fdt32_ld(cells->p + i);
}

/* Up to CELLS_MAX of them as one number; none is 0. */
static u64 number(const struct cells *cells, u32 i, u32 count)
{
	u64 value = 0;

	while (count--)
		value = value << 32 | cell(cells, i++);
	return value;
}

/* One cell, where the property is exactly that. */
static bool get_u32(const struct dt_tree *tree, int node, const char *name,
		    u32 *value)
{
	struct cells cells;

	if (get_cells(tree, node, name, &cells) || cells.count != 1)
		return false;
	*value = cell(&cells, 0);
	return true;
}

const char *dt_tree_open(struct dt_tree *tree, const void *blob, size_t size)
{
	int err = fdt_check_full(blob, size);

	if (err)
		return fdt_strerror(err);
	tree->fdt = blob;
	return NULL;
}

int dt_tree_node(const struct dt_tree *tree, const char *path)
{
	int node = *path == '/' ? fdt_path_offset(tree->fdt, path) : -1;

	return node < 0 ? -ENODEV : node;
}

/* The check of the whole blob does not look into properties. */
static bool are_strings(const char *list, int len)
{
	return list && len > 0 && !list[len - 1];
}

static bool is_enabled(const struct dt_tree *tree, int node)
{
	int len;
	const char *status = fdt_getprop(tree->fdt, node, "status", &len);

	return !status || (are_strings(status, len) &&
			   (!strcmp(status, "ok") || !strcmp(status, "okay")));
}

static int node_tokens(const struct dt_tree *tree, int node,
		       enum quirk_key kind,
		       int (*fn)(void *arg, enum quirk_key kind,
				 const char *value, u32 revision),
		       void *arg)
{
	int ret = 0;
	int len;
	const char *list = fdt_getprop(tree->fdt, node, "compatible", &len);
	const char *end;

	if (!are_strings(list, len))
		return 0;
	for (end = list + len; !ret && list < end; list += strlen(list) + 1)
		ret = fn(arg, kind, list, 0);
	return ret;
}

int dt_tree_for_each_token(const struct dt_tree *tree,
			   int (*fn)(void *arg, enum quirk_key kind,
				     const char *value, u32 revision),
			   void *arg)
{
	int ret = 0;
	int node;

	for (node = 0; !ret && node >= 0;
	     node = fdt_next_node(tree->fdt, node, NULL)) {
		if (!node)
			ret = node_tokens(tree, node, QUIRK_KEY_DT_ROOT, fn,
					  arg);
		else if (is_enabled(tree, node))
			ret = node_tokens(tree, node, QUIRK_KEY_DT_NODE, fn,
					  arg);
	}
	return ret;
}

/* Linux compares compatibles without regard to case. */
static bool node_is_compatible(const struct dt_tree *tree, int node,
			       const char *compatible)
{
	int len;
	const char *list = fdt_getprop(tree->fdt, node, "compatible", &len);
	const char *end;

	if (!are_strings(list, len))
		return false;
	for (end = list + len; list < end; list += strlen(list) + 1)
		if (!strcasecmp(list, compatible))
			return true;
	return false;
}

/*
 * Addresses
 */

/*
 * How many cells the children of @bus have, in @name: like Linux, a node that
 * does not say inherits it. -EINVAL where no 64-bit number comes of them.
 */
static int bus_cells(const struct dt_tree *tree, int bus, const char *name)
{
	u32 cells = 1;

	while (bus >= 0 && !get_u32(tree, bus, name, &cells))
		bus = fdt_parent_offset(tree->fdt, bus);
	return cells <= CELLS_MAX ? (int)cells : -EINVAL;
}

/**
 * struct bus_format - how addresses below a bus are written
 * @na: cells of an address
 * @ns: cells of a size
 */
struct bus_format {
	u32 na;
	u32 ns;
};

/* -EINVAL for a bus whose addresses are not plain numbers, PCI for one. */
static int bus_format(const struct dt_tree *tree, int bus,
		      struct bus_format *format)
{
	int na = bus_cells(tree, bus, "#address-cells");
	int ns = bus_cells(tree, bus, "#size-cells");

	if (na < 1 || ns < 0)
		return -EINVAL;
	format->na = na;
	format->ns = ns;
	return 0;
}

/*
 * From an address on the bus that @node lies on to one of the CPU, through
 * property @by of each bus above. A bus without "ranges" is no way to memory; one
 * without "dma-ranges" changes nothing.
 */
static int translate(const struct dt_tree *tree, int node, const char *by,
		     u64 *address)
{
	int bus = fdt_parent_offset(tree->fdt, node);

	for (;;) {
		int above = bus < 0 ? -1 : fdt_parent_offset(tree->fdt, bus);
		struct bus_format child, parent;
		struct cells map;
		u32 row, i;
		int ret;

		if (bus < 0)
			return -EINVAL;
		if (above < 0)
			return 0;
		if (bus_format(tree, bus, &child) ||
		    bus_format(tree, above, &parent))
			return -EINVAL;
		ret = get_cells(tree, bus, by, &map);
		if (ret == -EINVAL || (ret && !strcmp(by, "ranges")))
			return -EINVAL;
		row = child.na + parent.na + child.ns;
		if (!ret && map.count) {
			for (i = 0; map.count - i >= row; i += row) {
				u64 from = number(&map, i, child.na);
				u64 size = number(&map, i + child.na +
						  parent.na, child.ns);

				if (*address < from || *address - from >= size)
					continue;
				*address = *address - from +
					   number(&map, i + child.na,
						  parent.na);
				break;
			}
			if (map.count - i < row)
				return -EINVAL;
		}
		bus = above;
	}
}

/* The index-th reg range of a node, as the CPU sees it. */
static int reg_range(const struct dt_tree *tree, int node, u32 index,
		     struct resv_range *range)
{
	int bus = fdt_parent_offset(tree->fdt, node);
	struct bus_format format;
	struct cells reg;
	u64 size;
	u32 at;

	if (bus < 0 || bus_format(tree, bus, &format) ||
	    get_cells(tree, node, "reg", &reg) ||
	    index >= reg.count / (format.na + format.ns))
		return -ENOENT;
	at = index * (format.na + format.ns);
	range->start = number(&reg, at, format.na);
	size = number(&reg, at + format.na, format.ns);
	if (translate(tree, node, "ranges", &range->start))
		return -ENOENT;
	if (!size || size - 1 > U64_MAX - range->start)
		return -ENOENT;
	range->last = range->start + size - 1;
	return 0;
}

static int node_reg_of(const struct dt_tree *tree, int node, const char *name,
		       u32 index, resv_range_fn fn, void *ctx)
{
	struct resv_range range;
	int i = index;

	if (*name)
		i = fdt_stringlist_search(tree->fdt, node, "reg-names", name);
	if (i < 0 || reg_range(tree, node, i, &range))
		return -ENOENT;
	return fn(ctx, range.start, range.last);
}

static int node_property_of(const struct dt_tree *tree, int node,
			    const char *name, resv_range_fn fn, void *ctx)
{
	struct cells cells;
	u32 i;
	int ret = get_cells(tree, node, name, &cells);

	if (ret)
		return ret;
	if (!cells.count || cells.count % 2)
		return -EINVAL;
	for (i = 0; i < cells.count; i += 2) {
		ret = fn(ctx, cell(&cells, i), cell(&cells, i + 1));
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * The memory windows of a PCI host: the bus addresses of the rows of "ranges"
 * or "dma-ranges". Rows that are empty or lead nowhere are skipped, as Linux
 * does.
 */
static int pci_windows(const struct dt_tree *tree, int host, const char *name,
		       resv_range_fn fn, void *ctx)
{
	int bus = fdt_parent_offset(tree->fdt, host);
	struct bus_format parent;
	struct cells map;
	u32 row, i;
	int ret;

	ret = get_cells(tree, host, name, &map);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	if (bus < 0 || bus_format(tree, bus, &parent))
		return -EINVAL;
	row = PCI_CELLS + parent.na + 2;
	for (i = 0; map.count - i >= row; i += row) {
		u64 start = number(&map, i + 1, 2);
		u64 cpu = number(&map, i + PCI_CELLS, parent.na);
		u64 size = number(&map, i + PCI_CELLS + parent.na, 2);

		if (PCI_SPACE(cell(&map, i)) < PCI_SPACE_MEM32 || !size ||
		    size - 1 > U64_MAX - start ||
		    translate(tree, host, name, &cpu))
			continue;
		ret = fn(ctx, start, start + size - 1);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * MSI controllers and IOMMUs
 */

typedef int (*node_fn)(void *ctx, const struct dt_tree *tree, int node);

/* Rows of (rid-base, phandle, base, length) in @map, rid masked by @mask. */
static int map_nodes(const struct dt_device *d, const char *map,
		     const char *mask, node_fn fn, void *ctx)
{
	u32 rid = d->rid;
	u32 bits = U32_MAX;
	struct cells rows;
	u32 i;
	int ret;

	ret = get_cells(d->tree, d->host, map, &rows);
	if (ret)
		return ret;
	if (!rows.count || rows.count % 4)
		return -EINVAL;
	get_u32(d->tree, d->host, mask, &bits);
	for (i = 0; i < rows.count; i += 4) {
		u32 base = cell(&rows, i);
		int node;

		if (d->rid != DT_ANY_RID &&
		    ((rid & bits) < base ||
		     (rid & bits) - base >= cell(&rows, i + 3)))
			continue;
		node = fdt_node_offset_by_phandle(d->tree->fdt,
						  cell(&rows, i + 1));
		if (node < 0)
			return -EINVAL;
		ret = fn(ctx, d->tree, node);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * A list of phandles, each followed by as many cells as property @cells of its
 * node says; a node that does not say has none.
 */
static int listed_nodes(const struct dt_tree *tree, int node, const char *name,
			const char *cells, node_fn fn, void *ctx)
{
	struct cells list;
	u32 i = 0;
	int ret;

	ret = get_cells(tree, node, name, &list);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	while (i < list.count) {
		int target = fdt_node_offset_by_phandle(tree->fdt,
							cell(&list, i++));
		u32 skip = 0;

		if (target < 0)
			return -EINVAL;
		get_u32(tree, target, cells, &skip);
		if (skip > list.count - i)
			return -EINVAL;
		i += skip;
		ret = fn(ctx, tree, target);
		if (ret)
			return ret;
	}
	return 0;
}

static int each_controller(const struct dt_device *d, node_fn fn, void *ctx)
{
	int ret;

	if (d->host < 0)
		return d->node < 0 ? -ENODEV :
		       listed_nodes(d->tree, d->node, "msi-parent",
				    "#msi-cells", fn, ctx);
	ret = map_nodes(d, "msi-map", "msi-map-mask", fn, ctx);
	return ret == -ENOENT ? listed_nodes(d->tree, d->host, "msi-parent",
					     "#msi-cells", fn, ctx) : ret;
}

/**
 * struct node_walk - a callback for ranges behind one for nodes
 * @name: of a reg range or property
 * @index: of a reg range without name
 * @read: reads what is wanted of a node
 * @fn: receives each range
 * @ctx: handed to @fn
 * @found: nodes so far
 */
struct node_walk {
	const char *name;
	u32 index;
	int (*read)(struct node_walk *w, const struct dt_tree *tree, int node);
	resv_range_fn fn;
	void *ctx;
	u32 found;
};

static int walk_node(void *ctx, const struct dt_tree *tree, int node)
{
	struct node_walk *w = ctx;

	return w->read(w, tree, node);
}

static int read_reg(struct node_walk *w, const struct dt_tree *tree, int node)
{
	w->found++;
	return node_reg_of(tree, node, w->name, w->index, w->fn, w->ctx);
}

static int read_property(struct node_walk *w, const struct dt_tree *tree,
			 int node)
{
	w->found++;
	return node_property_of(tree, node, w->name, w->fn, w->ctx);
}

static int read_its(struct node_walk *w, const struct dt_tree *tree, int node)
{
	struct resv_range range;

	if (!node_is_compatible(tree, node, its_compatible))
		return 0;
	if (reg_range(tree, node, 0, &range))
		return -EINVAL;
	w->found++;
	return w->fn(w->ctx, range.start, range.last);
}

static int each_node(const struct dt_device *d, enum quirk_node which,
		     struct node_walk *w)
{
	int node = which == QUIRK_NODE_HOST ? d->host : d->node;
	int ret;

	if (which != QUIRK_NODE_MSI_CONTROLLER)
		return node < 0 ? -ENODEV : w->read(w, d->tree, node);
	ret = each_controller(d, walk_node, w);
	return ret || w->found ? ret : -ENODEV;
}

/*
 * The callbacks
 */

static bool fact_is_acpi(void *dev)
{
	return false;
}

static bool fact_kernel_has(void *dev, const char *name)
{
	const struct dt_device *d = dev;
	const char *const *k;

	for (k = d->kernel; k && *k; k++)
		if (!strcmp(*k, name))
			return true;
	return false;
}

static u64 fact_page_size(void *dev)
{
	return ((const struct dt_device *)dev)->page_size;
}

static int fact_segment(void *dev)
{
	const struct dt_device *d = dev;
	u32 domain;

	if (d->host < 0)
		return -ENODEV;
	if (get_u32(d->tree, d->host, "linux,pci-domain", &domain))
		return domain <= U16_MAX ? (int)domain : -ENODEV;
	return d->segment;
}

static bool fact_host_compatible(void *dev, const char *compatible)
{
	const struct dt_device *d = dev;

	return d->host >= 0 && node_is_compatible(d->tree, d->host, compatible);
}

static bool fact_device_compatible(void *dev, const char *compatible)
{
	const struct dt_device *d = dev;

	return d->node >= 0 && node_is_compatible(d->tree, d->node, compatible);
}

static bool fact_host_path_is(void *dev, const char *path)
{
	const struct dt_device *d = dev;

	return d->host >= 0 && dt_tree_node(d->tree, path) == d->host;
}

static bool fact_device_path_is(void *dev, const char *path)
{
	const struct dt_device *d = dev;

	return d->node >= 0 && dt_tree_node(d->tree, path) == d->node;
}

static bool fact_host_has_property(void *dev, const char *name)
{
	const struct dt_device *d = dev;

	return d->host >= 0 && fdt_getprop(d->tree->fdt, d->host, name, NULL);
}

static bool fact_pci_id_is(void *dev, enum quirk_cond whose, const char *id)
{
	return false;
}

/* Of the first IOMMU that is named: what it translates is all that counts. */
static int first_base(void *ctx, const struct dt_tree *tree, int node)
{
	struct resv_range range;

	if (reg_range(tree, node, 0, &range))
		return -ENODEV;
	*(u64 *)ctx = range.start;
	return 1;
}

static int fact_iommu_base(void *dev, u64 *base)
{
	const struct dt_device *d = dev;
	int ret = 0;

	if (d->host >= 0)
		ret = map_nodes(d, "iommu-map", "iommu-map-mask", first_base,
				base);
	else if (d->node >= 0)
		ret = listed_nodes(d->tree, d->node, "iommus", "#iommu-cells",
				   first_base, base);
	return ret == 1 ? 0 : -ENODEV;
}

static enum resv_acs fact_acs(void *dev, bool own_ports)
{
	return RESV_ACS_UNKNOWN;
}

static int fact_node_reg(void *dev, enum quirk_node node, const char *name,
			 u32 index, resv_range_fn fn, void *ctx)
{
	struct node_walk w = {
		.name = name, .index = index, .read = read_reg,
		.fn = fn, .ctx = ctx,
	};

	return each_node(dev, node, &w);
}

static int fact_node_property(void *dev, enum quirk_node node, const char *name,
			      resv_range_fn fn, void *ctx)
{
	struct node_walk w = {
		.name = name, .read = read_property, .fn = fn, .ctx = ctx,
	};

	return each_node(dev, node, &w);
}

static int fact_host_windows(void *dev, resv_range_fn fn, void *ctx)
{
	const struct dt_device *d = dev;

	return d->host < 0 ? -ENODEV :
	       pci_windows(d->tree, d->host, "ranges", fn, ctx);
}

static int fact_port_windows(void *dev, resv_range_fn fn, void *ctx)
{
	return -ENODEV;
}

static int fact_inbound(void *dev, resv_range_fn fn, void *ctx)
{
	const struct dt_device *d = dev;

	return d->host < 0 ? -ENODEV :
	       pci_windows(d->tree, d->host, "dma-ranges", fn, ctx);
}

static int fact_its_bases(void *dev, bool all, resv_range_fn fn, void *ctx)
{
	const struct dt_device *d = dev;
	struct node_walk w = { .read = read_its, .fn = fn, .ctx = ctx };
	int ret = 0;
	int node;

	if (!all) {
		ret = each_controller(d, walk_node, &w);
	} else {
		for (node = fdt_next_node(d->tree->fdt, 0, NULL);
		     !ret && node >= 0;
		     node = fdt_next_node(d->tree->fdt, node, NULL))
			if (is_enabled(d->tree, node))
				ret = read_its(&w, d->tree, node);
	}
	return ret || w.found ? ret : -ENODEV;
}

static int fact_msi_messages(void *dev, resv_range_fn fn, void *ctx)
{
	return ((const struct dt_device *)dev)->host < 0 ? -ENODEV : -ENODATA;
}

static int fact_placed(void *dev, struct resv_range *window)
{
	return -ENODEV;
}

/* A tree does not tell which devices there are. */
static bool fact_needs_window(void *dev)
{
	return true;
}

const struct resv_facts dt_facts = {
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
