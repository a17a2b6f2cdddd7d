// SPDX-License-Identifier: GPL-2.0-only
/*
 * dt_linux.c - which reserved regions Linux reads from a device tree blob
 *
 * The blob has been checked as a whole; what properties say has not. Follows
 * Linux 6.12 to 7.3: drivers/of/address.c, drivers/iommu/of_iommu.c and
 * drivers/pci/of.c. Where these differ from version to version, or walk on with
 * a warning, the answer is that there is no way.
 */
#include "dt_linux.h"

#define PCI_CELLS	3
#define PCI_SIZE_CELLS	2
/* Cells of a 64-bit number. */
#define CELLS_MAX	2
/* "reg" of a PCI device has at least this (of_pci_get_devfn()). */
#define PCI_REG_CELLS	5

const char *dt_base_check(const void *base, size_t size)
{
	int err;

	if (size < sizeof(struct fdt_header))
		return "it is shorter than a device tree's header";
	err = fdt_check_full(base, size);
	return err ? fdt_strerror(err) : NULL;
}

const fdt32_t *dt_cells(const void *fdt, int node, const char *name,
			u32 *count)
{
	int len;
	const fdt32_t *cells = fdt_getprop(fdt, node, name, &len);

	*count = 0;
	if (!cells || len % (int)sizeof(*cells))
		return NULL;
	*count = len / sizeof(*cells);
	return cells;
}

bool dt_u32(const void *fdt, int node, const char *name, u32 *value)
{
	u32 count;
	const fdt32_t *cell = dt_cells(fdt, node, name, &count);

	if (!cell || count != 1)
		return false;
	*value = fdt32_ld(cell);
	return true;
}

/* of_read_number(): of more cells than two the last two. */
static u64 number(const fdt32_t *cells, u32 count)
{
	u64 value = 0;

	while (count--)
		value = value << 32 | fdt32_ld(cells++);
	return value;
}

/* The last string must end inside the property. */
static const char *strings(const void *fdt, int node, const char *name,
			   int *len)
{
	const char *list = fdt_getprop(fdt, node, name, len);

	return list && *len > 0 && !list[*len - 1] ? list : NULL;
}

static bool name_is(const void *fdt, int node, const char *name)
{
	size_t n = strlen(name);
	const char *own = fdt_get_name(fdt, node, NULL);

	return own && !strncmp(own, name, n) && (!own[n] || own[n] == '@');
}

/* of_bus_pci_match() */
static bool is_pci_bus(const void *fdt, int node)
{
	static const char *const types[] = { "pci", "pciex", "vci", "ht" };
	int len;
	const char *type = strings(fdt, node, "device_type", &len);
	size_t i;

	for (i = 0; type && i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return name_is(fdt, node, "pcie");
}

/* of_pci_find_child_device(): the first one, whatever the bus number says. */
int dt_child(const void *fdt, int bus, u8 devfn)
{
	int node, inner;

	fdt_for_each_subnode(node, fdt, bus) {
		u32 count;
		const fdt32_t *reg = dt_cells(fdt, node, "reg", &count);

		if (reg && count >= PCI_REG_CELLS &&
		    (fdt32_ld(reg) >> 8 & 0xff) == devfn)
			return node;
		if (!name_is(fdt, node, "multifunc-device"))
			continue;
		inner = dt_child(fdt, node, devfn);
		if (inner >= 0)
			return inner;
	}
	return -ENODEV;
}

int dt_find(const void *fdt, const struct dt_place *place, u32 *depth)
{
	int node = *place->node == '/' ? fdt_path_offset(fdt, place->node) : -1;
	int child;

	if (node < 0)
		return -ENODEV;
	for (*depth = 0; *depth < place->depth; (*depth)++) {
		child = dt_child(fdt, node, place->devfn[*depth]);
		if (child < 0)
			break;
		node = child;
	}
	return node;
}

/* of_parse_phandle_with_args() of "interconnects": the node, or -1. */
static int interconnect(const void *fdt, int node, int index)
{
	u32 count, i = 0, args;
	const fdt32_t *cells = dt_cells(fdt, node, "interconnects", &count);
	int to;

	for (; cells && i < count; i += 1 + args, index--) {
		if (fdt32_ld(cells + i) == DT_NO_PHANDLE) {
			/* An empty entry. */
			if (!index)
				return -1;
			args = 0;
			continue;
		}
		to = fdt_node_offset_by_phandle(fdt, fdt32_ld(cells + i));
		if (to < 0 || !dt_u32(fdt, to, "#interconnect-cells", &args) ||
		    args >= count - i)
			return -1;
		if (!index)
			return to;
	}
	return -1;
}

/* __of_get_dma_parent() */
static int dma_parent(const void *fdt, int node)
{
	int index = fdt_stringlist_search(fdt, node, "interconnect-names",
					  "dma-mem");
	int to = index < 0 ? -1 : interconnect(fdt, node, index);

	return to < 0 ? fdt_parent_offset(fdt, node) : to;
}

static int bus_parent(const void *fdt, int node, bool dma)
{
	/* The root has none. */
	if (!node)
		return -1;
	return dma ? dma_parent(fdt, node) : fdt_parent_offset(fdt, node);
}

static const char *add_level(const void *fdt, int bus, bool dma,
			     struct dt_levels *l)
{
	struct dt_level *level = &l->level[l->count];
	const char *name = dma ? "dma-ranges" : "ranges";
	int len;

	if (l->count == DT_LEVELS_MAX)
		return "it is below more buses than any tree has";
	if (!dt_u32(fdt, bus, "#address-cells", &level->na) ||
	    !dt_u32(fdt, bus, "#size-cells", &level->ns))
		return "a bus above it has no #address-cells or no #size-cells";
	level->pci = is_pci_bus(fdt, bus);
	if (level->pci &&
	    (level->na != PCI_CELLS || level->ns != PCI_SIZE_CELLS))
		return "a PCI bus above it has not 3 address cells and 2 size cells";
	if (!level->pci && name_is(fdt, bus, "isa"))
		return "it is below an ISA bus";
	if (!level->pci && (!level->na || level->na > CELLS_MAX || !level->ns ||
			    level->ns > CELLS_MAX))
		return "a bus above it has addresses or sizes that are not 1 or 2 cells";
	level->ranges = dt_cells(fdt, bus, name, &level->cells);
	if (!level->ranges && fdt_getprop(fdt, bus, name, &len))
		return "a bus above it has ranges that are not made of cells";
	/* Without "ranges" nothing below is an address of memory. */
	if (!level->ranges && !dma && bus)
		return "a bus above it has no ranges";
	l->count++;
	return NULL;
}

static const char *levels_above(const void *fdt, int bus, bool dma,
				struct dt_levels *l)
{
	const char *wrong;

	while (bus >= 0) {
		wrong = add_level(fdt, bus, dma, l);
		if (wrong)
			return wrong;
		bus = bus_parent(fdt, bus, dma);
	}
	return NULL;
}

/*
 * Linux counts cells at the parent in the tree and follows the parent for DMA:
 * where these differ, so must nothing else.
 */
static const char *levels_of(const void *fdt, int node, bool dma,
			     struct dt_levels *l)
{
	struct dt_levels other = { .count = 0 };
	int tree = fdt_parent_offset(fdt, node);
	int bus = bus_parent(fdt, node, dma);
	const char *wrong;

	l->count = 0;
	if (bus < 0)
		return "it is the root";
	wrong = levels_above(fdt, bus, dma, l);
	if (wrong || bus == tree)
		return wrong;
	wrong = add_level(fdt, tree, dma, &other);
	if (!wrong && (l->level[0].na != other.level[0].na ||
		       l->level[0].ns != other.level[0].ns))
		wrong = "its bus and its interconnect have addresses of different sizes";
	return wrong;
}

const char *dt_dma_above(const void *fdt, int bus, struct dt_levels *l)
{
	return levels_above(fdt, bus, true, l);
}

const char *dt_dma_levels(const void *fdt, int node, struct dt_levels *l)
{
	return levels_of(fdt, node, true, l);
}

static u64 cut(u64 value, u32 cells)
{
	return cells == 1 ? (u32)value : value;
}

/* of_bus_pci_get_flags(): configuration, I/O, memory. */
static u32 pci_space(u32 flags)
{
	u32 space = flags >> 24 & 3;

	return space < 2 ? space : 2;
}

static bool is_memory(u32 flags)
{
	return pci_space(flags) == 2;
}

/* One entry of ranges: child address, parent address, size. */
static const fdt32_t *entry(const struct dt_levels *l, u32 i, u32 *at)
{
	const struct dt_level *level = &l->level[i];
	u32 cells = level->na + l->level[i + 1].na + level->ns;
	const fdt32_t *p = level->ranges + *at;

	if (level->cells < cells || *at > level->cells - cells)
		return NULL;
	*at += cells;
	return p;
}

/* of_translate_one(), and the translate() of the bus above. */
static bool translate_one(const struct dt_levels *l, u32 i, u32 *flags,
			  u64 *address)
{
	const struct dt_level *level = &l->level[i];
	const struct dt_level *above = level + 1;
	const fdt32_t *p;
	u32 at = 0;

	if (!level->cells) {
		*flags = 0;
		*address = cut(*address, above->na);
		return true;
	}
	while ((p = entry(l, i, &at)) != NULL) {
		u64 child = number(p, level->na);
		u64 size = number(p + level->na + above->na, level->ns);

		if (level->pci && pci_space(*flags) != pci_space(fdt32_ld(p)))
			continue;
		if (*address < child || *address >= child + size)
			continue;
		*address = cut(number(p + level->na, above->na) +
			       (*address - child), above->na);
		*flags = above->pci ? fdt32_ld(p + level->na) : 0;
		return true;
	}
	return false;
}

bool dt_translate(const struct dt_levels *l, u32 flags, u64 address, u64 *out)
{
	u32 i;

	address = cut(address, l->level[0].na);
	for (i = 0; i + 1 < l->count; i++)
		if (!translate_one(l, i, &flags, &address))
			return false;
	*out = address;
	return true;
}

/* An address that the first fitting entry would lead to @address. */
static bool untranslate_one(const struct dt_levels *l, u32 i, u64 *address)
{
	const struct dt_level *level = &l->level[i];
	const struct dt_level *above = level + 1;
	const fdt32_t *p;
	u32 at = 0;

	if (!level->cells)
		return true;
	while ((p = entry(l, i, &at)) != NULL) {
		u64 parent = number(p + level->na, above->na);
		u64 size = number(p + level->na + above->na, level->ns);

		if (level->pci && !is_memory(fdt32_ld(p)))
			continue;
		if (*address < parent || *address - parent >= size)
			continue;
		*address = number(p, level->na) + (*address - parent);
		return true;
	}
	return false;
}

bool dt_untranslate(const struct dt_levels *l, u64 wanted, u32 *flags,
		    u64 *address)
{
	u64 back;
	u32 i;

	*address = wanted;
	for (i = l->count - 1; i-- > 0;)
		if (!untranslate_one(l, i, address))
			return false;
	*flags = 0;
	if (l->level[0].pci)
		*flags = *address >> 32 ? DT_PCI_MEM64 : DT_PCI_MEM32;
	/* What an entry in front leads elsewhere, or does not fit. */
	return cut(*address, l->level[0].na) == *address &&
	       dt_translate(l, *flags, *address, &back) && back == wanted;
}

/* of_address_to_resource(); false where Linux leaves the node out. */
static bool read_reg(const void *fdt, int node, u64 *start, u64 *last)
{
	struct dt_levels l;
	const fdt32_t *reg;
	u64 size;
	u32 count;

	reg = dt_cells(fdt, node, "reg", &count);
	if (!reg || levels_of(fdt, node, false, &l) ||
	    count < l.level[0].na + l.level[0].ns)
		return false;
	size = number(reg + l.level[0].na, l.level[0].ns);
	if (!dt_translate(&l, l.level[0].pci ? fdt32_ld(reg) : 0,
			  number(reg, l.level[0].na), start))
		return false;
	*last = *start + size - 1;
	return true;
}

/* The regions of one node of memory-region that are for a device. */
static const char *read_node(const void *fdt, int node, int device,
			     void (*fn)(void *ctx, const struct dt_region *r),
			     void *ctx)
{
	u64 start = 0, last = 0;
	const fdt32_t *cells;
	struct dt_levels l;
	const char *wrong;
	u32 count, i = 0;
	int len;

	if (fdt_getprop(fdt, node, "reg", &len) &&
	    !read_reg(fdt, node, &start, &last))
		return NULL;
	if (!fdt_getprop(fdt, node, "iommu-addresses", &len))
		return NULL;
	cells = dt_cells(fdt, node, "iommu-addresses", &count);
	if (!cells)
		return "iommu-addresses is not made of cells";
	while (i < count) {
		u32 phandle = fdt32_ld(cells + i++);
		struct dt_region r;
		u32 na, ns;
		u64 size;

		/* Linux tries each cell until one is the device. */
		if (phandle == DT_NO_PHANDLE ||
		    fdt_node_offset_by_phandle(fdt, phandle) != device)
			continue;
		wrong = dt_dma_levels(fdt, device, &l);
		if (wrong)
			return wrong;
		na = l.level[0].na;
		ns = l.level[0].ns;
		if (count - i < na + ns)
			return "iommu-addresses ends in the middle of a region";
		if (!dt_translate(&l, l.level[0].pci ? fdt32_ld(cells + i) : 0,
				  number(cells + i, na), &r.start))
			return "iommu-addresses has an address that no dma-ranges has";
		size = number(cells + i + na, ns);
		i += na + ns;
		if (!size)
			continue;
		r.last = r.start + size - 1;
		r.direct = start < last && r.start == start && r.last == last;
		fn(ctx, &r);
	}
	return NULL;
}

const char *dt_read_regions(const void *fdt, int node,
			    void (*fn)(void *ctx, const struct dt_region *r),
			    void *ctx)
{
	const char *wrong = NULL;
	u32 count, i;
	const fdt32_t *cells = dt_cells(fdt, node, "memory-region", &count);

	for (i = 0; !wrong && i < count; i++) {
		u32 phandle = fdt32_ld(cells + i);
		int to = phandle == DT_NO_PHANDLE ? -1 :
			 fdt_node_offset_by_phandle(fdt, phandle);

		if (to >= 0)
			wrong = read_node(fdt, to, node, fn, ctx);
	}
	return wrong;
}

int dt_in_memory(const void *fdt, u64 start, u64 last)
{
	u32 na, ns, count, i;
	bool any = false;
	int node;

	if (!dt_u32(fdt, 0, "#address-cells", &na) ||
	    !dt_u32(fdt, 0, "#size-cells", &ns) || !na || !ns ||
	    na > CELLS_MAX || ns > CELLS_MAX)
		return -1;
	fdt_for_each_subnode(node, fdt, 0) {
		const fdt32_t *reg;
		const char *type;
		int len;

		type = strings(fdt, node, "device_type", &len);
		if (!type || strcmp(type, "memory"))
			continue;
		reg = dt_cells(fdt, node, "reg", &count);
		for (i = 0; reg && count - i >= na + ns; i += na + ns) {
			u64 first = number(reg + i, na);
			u64 size = number(reg + i + na, ns);

			any |= !!size;
			if (size && start <= first + size - 1 && first <= last)
				return 1;
		}
	}
	return any ? 0 : -1;
}
