// SPDX-License-Identifier: GPL-2.0-only
/*
 * dt_overlay.c - device tree overlays that tell Linux of reserved regions
 *
 * A device gets one node of /reserved-memory without "reg" for all its holes:
 * Linux tries each cell of "iommu-addresses" as a phandle until it finds the
 * device's, so a node for several devices would be read wrong where a cell of
 * an address happens to be the phandle of a device behind it. A region that has
 * to be mapped needs a "reg", and two nodes with the same memory make Linux
 * complain: devices share such a node unless that could happen.
 *
 * A PCI device without a node gets one, and so do the bridges above it that
 * have none. A bridge with a node is where Linux starts to look for the INTx of
 * devices below it (drivers/pci/of.c, of_irq_parse_pci()), so such a node gets
 * an interrupt-map that does what bridges without one do: the pins go round
 * with the device number (PCI-to-PCI Bridge Architecture Specification 1.2, 9.1).
 *
 * What a running kernel takes of it (drivers/of/overlay.c): not a phandle for a
 * node that is there already, which is why the base's own numbers are used
 * where it has them; and no node is made or changed by two fragments.
 */
#include "dt_overlay.h"
#include "dt_tree.h"
#include "problem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define RESERVED	"/reserved-memory"
#define PATH_MAX_LEN	1024
#define TEXT_MAX	(PATH_MAX_LEN + 256)
/* Device number and pin: all that decides where a bridge leads an INTx. */
#define INTX_SLOTS	4
#define INTX_PINS	4

/* A region, or a part of one, as it is written. */
struct part {
	struct dt_region r;
	u32 flags;
	u64 address;
};

/* A node for a PCI device or bridge that the base does not have. */
struct made {
	int bus;		/* of the base; -1 below another such node */
	u32 parent;		/* that node */
	u8 devfn;
	bool bridge;
	bool intx;		/* has an interrupt-map */
	struct dt_node *node;
	struct dt_ref ref;	/* value 0: has no phandle yet */
};

/* A device, on its way into the overlay. */
struct device {
	const struct dt_wanted *w;
	int node;		/* the deepest that the base has */
	u32 depth;		/* and how deep that is */
	u32 made;		/* its own, where the base has none */
	struct dt_levels levels;
	struct part *part;
	u32 parts;
	struct dt_region *had;	/* what Linux reads from the base */
	u32 hads;
};

/* A node with a "reg" in the overlay. */
struct direct {
	struct dt_region r;
	struct dt_node *node;
	struct dt_ref ref;
	u32 *user;		/* phandles of its devices, as in the end */
	u32 users;
	u32 *cell;		/* all cells of iommu-addresses, the same */
	u32 cells;
};

struct target {
	int node;
	struct dt_node *overlay;
	u32 phandle;		/* given by the overlay; 0 for none */
};

struct builder {
	const void *base;
	dt_say_fn say;
	void *ctx;
	struct dt_built *built;
	struct device *device;
	u32 devices;
	struct made *made;
	u32 mades;
	struct direct *direct;
	u32 directs;
	struct target *target;
	u32 targets;
	struct dt_node *root;
	struct dt_node *reserved;	/* where children of RESERVED go */
	int base_reserved;
	u32 na, ns;			/* of the root */
	u32 max_phandle;
	u32 phandles;
	u32 names;
};

/* Room for one more, which is zero; doubles the array where it is full. */
static void *grow(void *array, u32 count, size_t size)
{
	if (!(count & (count - 1)))
		array = xrealloc(array, (count ? 2ull * count : 1) * size);
	memset((char *)array + count * size, 0, size);
	return array;
}

__attribute__((format(printf, 4, 5)))
static void say(const struct builder *b, enum dt_say what,
		const struct device *d, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	b->say(b->ctx, what, d->w->name, text);
}

static const char *path_of(const struct builder *b, int node, char *path)
{
	if (fdt_get_path(b->base, node, path, PATH_MAX_LEN))
		return NULL;
	return path;
}

/* The fragment for a node of the base. */
static struct target *target_of(struct builder *b, int node)
{
	struct dt_node *fragment;
	char path[PATH_MAX_LEN];
	struct target *t;
	char name[32];
	u32 i;

	for (i = 0; i < b->targets; i++)
		if (b->target[i].node == node)
			return &b->target[i];
	if (!path_of(b, node, path)) {
		problem("a node of the base has a path of more than %d bytes",
			PATH_MAX_LEN);
		return NULL;
	}
	b->target = grow(b->target, b->targets, sizeof(*b->target));
	t = &b->target[b->targets];
	snprintf(name, sizeof(name), "fragment@%x", b->targets++);
	fragment = dt_node_new(b->root, name);
	dt_put_bytes(dt_prop(fragment, "target-path"), path, strlen(path) + 1);
	t->node = node;
	t->overlay = dt_node_new(fragment, "__overlay__");
	return t;
}

static struct dt_ref new_phandle(struct builder *b, struct dt_node *node)
{
	struct dt_ref ref = { .value = ++b->phandles, .own = true };

	dt_put(dt_prop(node, "phandle"), ref.value);
	return ref;
}

/* How often a phandle is in the base. */
static u32 count_phandle(const void *fdt, u32 phandle)
{
	u32 count = 0;
	int node;

	for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
		count += fdt_get_phandle(fdt, node) == phandle;
	return count;
}

/* The phandle of a node of the base; it gets one where it has none. */
static int base_ref(struct builder *b, const struct device *d, int node,
		    struct dt_ref *ref)
{
	u32 phandle = fdt_get_phandle(b->base, node);
	char path[PATH_MAX_LEN];
	struct target *t;
	int len;

	if (!path_of(b, node, path))
		path[0] = '\0';
	if (!phandle && !fdt_getprop(b->base, node, "phandle", &len) &&
	    !fdt_getprop(b->base, node, "linux,phandle", &len)) {
		t = target_of(b, node);
		if (!t)
			return -1;
		if (!t->phandle) {
			t->phandle = new_phandle(b, t->overlay).value;
			say(b, DT_NOTE, d, "%s has no phandle and gets one: apply the overlay before Linux starts, a running kernel does not take it",
			    path);
		}
		*ref = (struct dt_ref){ .value = t->phandle, .own = true };
		return 0;
	}
	if (phandle == DT_NO_PHANDLE || phandle == DT_PHANDLE_ILLEGAL ||
	    phandle == U32_MAX) {
		problem("%s: its node %s of the base has a phandle that is none (0x%x)",
			d->w->name, path, phandle);
		return -1;
	}
	if (count_phandle(b->base, phandle) != 1) {
		problem("%s: phandle 0x%x of its node %s is also that of another node of the base",
			d->w->name, phandle, path);
		return -1;
	}
	*ref = (struct dt_ref){ .value = phandle };
	return 0;
}

/* What a phandle will be where fdtoverlay or a boot loader applies it. */
static u32 final_phandle(const struct builder *b, struct dt_ref ref)
{
	return ref.own ? b->max_phandle + ref.value : ref.value;
}

static const fdt32_t *identity(u32 *cells)
{
	static fdt32_t ranges[8];

	/* Child, parent, size: all memory; keeps the kind of address. */
	ranges[0] = cpu_to_fdt32(DT_PCI_MEM64);
	ranges[3] = cpu_to_fdt32(DT_PCI_MEM64);
	ranges[6] = cpu_to_fdt32(U32_MAX);
	ranges[7] = cpu_to_fdt32(U32_MAX);
	*cells = ARRAY_SIZE(ranges);
	return ranges;
}

/*
 * A bus without dma-ranges makes Linux forget what kind of address it has, and
 * then no dma-ranges further up fits.
 */
static bool needs_identity(const struct builder *b, int bus)
{
	u32 cells;

	return dt_cells(b->base, bus, "dma-ranges", &cells) && cells;
}

/* The way from a device that may have no node yet. */
static const char *find_levels(const struct builder *b, struct device *d)
{
	u32 missing = d->w->place.depth - d->depth;
	struct dt_level *level;
	const char *wrong;
	u32 bridges;

	d->levels.count = 0;
	if (!missing)
		return dt_dma_levels(b->base, d->node, &d->levels);
	bridges = missing - 1;
	for (; d->levels.count < bridges; d->levels.count++) {
		level = &d->levels.level[d->levels.count];
		*level = (struct dt_level){ .pci = true, .na = 3, .ns = 2 };
		if (needs_identity(b, d->node))
			level->ranges = identity(&level->cells);
	}
	wrong = dt_dma_above(b->base, d->node, &d->levels);
	if (!wrong && !d->levels.level[bridges].pci)
		wrong = "the node above it is no PCI bus (device_type)";
	return wrong;
}

static void add_had(void *ctx, const struct dt_region *r)
{
	struct device *d = ctx;

	d->had = grow(d->had, d->hads, sizeof(*d->had));
	d->had[d->hads++] = *r;
}

static bool same(const struct dt_region *a, const struct dt_region *b)
{
	return a->start == b->start && a->last == b->last &&
	       a->direct == b->direct;
}

static void leave_out(struct builder *b, const struct device *d,
		      const struct dt_region *r, const char *why)
{
	b->built->left++;
	say(b, DT_FINDING, d, "0x%" PRIx64 "-0x%" PRIx64 " %s is left out: %s",
	    r->start, r->last, r->direct ? "direct" : "reserved", why);
}

/*
 * Cuts a region into what fits into the cells of a size; nothing of it is kept
 * where a part cannot be said.
 */
static void cut_region(struct builder *b, struct device *d,
		       const struct dt_region *r)
{
	u32 had, parts = d->parts;
	u64 start = r->start;
	u32 already = 0;
	u64 most;

	most = d->levels.level[0].ns == 1 || (r->direct && b->ns == 1) ?
		       1ull << 31 : 1ull << 63;
	if (r->direct && b->na == 1 && r->last > U32_MAX) {
		leave_out(b, d, r, "addresses of the root are of 32 bits");
		return;
	}
	for (;;) {
		struct part p = { .r = *r };

		p.r.start = start;
		if (r->last - start >= most)
			p.r.last = start + most - 1;
		if (!dt_untranslate(&d->levels, start, &p.flags, &p.address)) {
			leave_out(b, d, r, "no dma-ranges above the device leads there, or it does not fit into an address");
			d->parts = parts;
			return;
		}
		for (had = 0; had < d->hads; had++)
			if (same(&d->had[had], &p.r))
				break;
		if (had < d->hads) {
			already++;
		} else {
			d->part = grow(d->part, d->parts, sizeof(*d->part));
			d->part[d->parts++] = p;
		}
		if (p.r.last == r->last)
			break;
		start = p.r.last + 1;
	}
	if (d->parts == parts && already)
		b->built->already++;
	else
		b->built->regions++;
}

/* What there is to say of a device, and where its node is or will be. */
static int begin_device(struct builder *b, const struct dt_wanted *w)
{
	struct device *d = &b->device[b->devices++];
	const char *wrong;
	u32 i;

	d->w = w;
	d->node = dt_find(b->base, &w->place, &d->depth);
	if (d->node < 0) {
		problem("%s: the base has no node %s: is it this machine's?",
			w->name, w->place.node);
		return -1;
	}
	wrong = find_levels(b, d);
	if (wrong) {
		for (i = 0; i < w->count; i++)
			leave_out(b, d, &w->regions[i], wrong);
		return 0;
	}
	if (d->depth == w->place.depth) {
		wrong = dt_read_regions(b->base, d->node, add_had, d);
		if (wrong) {
			problem("%s: its memory-region of the base: %s",
				w->name, wrong);
			return -1;
		}
	}
	for (i = 0; i < w->count; i++)
		cut_region(b, d, &w->regions[i]);
	return 0;
}

static u32 made_of(struct builder *b, int bus, u32 parent, u8 devfn)
{
	struct made *m;
	u32 i;

	for (i = 0; i < b->mades; i++) {
		m = &b->made[i];
		if (m->bus == bus && m->devfn == devfn &&
		    (bus >= 0 || m->parent == parent))
			return i;
	}
	b->made = grow(b->made, b->mades, sizeof(*b->made));
	m = &b->made[b->mades];
	m->bus = bus;
	m->parent = parent;
	m->devfn = devfn;
	return b->mades++;
}

/* Plans the nodes of a device and of the bridges above it. */
static void plan_nodes(struct builder *b, struct device *d)
{
	const struct dt_place *place = &d->w->place;
	u32 i, parent = 0;

	for (i = d->depth; i < place->depth; i++) {
		if (i > d->depth)
			b->made[parent].bridge = true;
		parent = made_of(b, i == d->depth ? d->node : -1, parent,
				 place->devfn[i]);
	}
	d->made = parent;
}

static bool is_generic_host(const struct builder *b, int node)
{
	return !fdt_node_check_compatible(b->base, node,
					  "pci-host-ecam-generic") ||
	       !fdt_node_check_compatible(b->base, node,
					  "pci-host-cam-generic");
}

/* Who a bridge without an interrupt-map leaves the search for INTx to. */
static int find_intx(const struct builder *b, int bus)
{
	u32 cells, count;
	int len;

	for (; bus >= 0; bus = fdt_parent_offset(b->base, bus)) {
		if (fdt_getprop(b->base, bus, "#interrupt-cells", &len))
			break;
		if (fdt_getprop(b->base, bus, "interrupt-parent", &len))
			return -1;
	}
	if (bus < 0 || !dt_u32(b->base, bus, "#interrupt-cells", &cells) ||
	    cells != 1 || !dt_u32(b->base, bus, "#address-cells", &cells) ||
	    cells != 3 || !dt_cells(b->base, bus, "interrupt-map", &count))
		return -1;
	return bus;
}

static void put_intx(struct dt_node *node, u8 devfn, struct dt_ref parent)
{
	struct dt_prop *map = dt_prop(node, "interrupt-map");
	struct dt_prop *mask = dt_prop(node, "interrupt-map-mask");
	u32 slot, pin;

	dt_put(dt_prop(node, "#interrupt-cells"), 1);
	dt_put(mask, (INTX_SLOTS - 1) << 11);
	dt_put_number(mask, 0, 2);
	dt_put(mask, 7);
	for (slot = 0; slot < INTX_SLOTS; slot++) {
		for (pin = 0; pin < INTX_PINS; pin++) {
			dt_put(map, slot << 11);
			dt_put_number(map, 0, 2);
			dt_put(map, pin + 1);
			dt_put_ref(map, parent);
			dt_put(map, (u32)devfn << 8);
			dt_put_number(map, 0, 2);
			dt_put(map, (pin + slot) % INTX_PINS + 1);
		}
	}
}

static int make_bridge(struct builder *b, const struct device *d,
		       struct made *m, int bus)
{
	struct dt_ref parent;
	const fdt32_t *ranges;
	u32 cells;
	int host;

	dt_put_bytes(dt_prop(m->node, "device_type"), "pci", 4);
	dt_put(dt_prop(m->node, "#address-cells"), 3);
	dt_put(dt_prop(m->node, "#size-cells"), 2);
	dt_prop(m->node, "ranges");
	if (needs_identity(b, bus)) {
		ranges = identity(&cells);
		dt_put_bytes(dt_prop(m->node, "dma-ranges"), ranges,
			     cells * sizeof(*ranges));
	}
	if (m->bus < 0) {
		if (!b->made[m->parent].intx)
			return 0;
		parent = b->made[m->parent].ref;
	} else {
		host = find_intx(b, m->bus);
		if (host < 0)
			return 0;
		if (base_ref(b, d, host, &parent))
			return -1;
	}
	m->intx = true;
	m->ref = new_phandle(b, m->node);
	put_intx(m->node, m->devfn, parent);
	return 0;
}

/* Makes a planned node; its parent has been made. */
static int make_node(struct builder *b, const struct device *d, struct made *m)
{
	struct dt_node *parent;
	struct target *t;
	char name[32];

	if (m->node)
		return 0;
	if (m->bus >= 0) {
		t = target_of(b, m->bus);
		if (!t)
			return -1;
		parent = t->overlay;
	} else {
		parent = b->made[m->parent].node;
	}
	snprintf(name, sizeof(name), "%s@%x,%x", m->bridge ? "pci" : "device",
		 m->devfn >> 3, m->devfn & 7);
	m->node = dt_node_new(parent, name);
	dt_put(dt_prop(m->node, "reg"), (u32)m->devfn << 8);
	dt_put_number(dt_prop(m->node, "reg"), 0, 4);
	b->built->nodes++;
	if (m->bridge)
		return make_bridge(b, d, m, d->node);
	return 0;
}

static int make_nodes(struct builder *b, struct device *d)
{
	const struct dt_place *place = &d->w->place;
	char path[PATH_MAX_LEN];
	u32 i, made = 0;

	for (i = d->depth; i < place->depth; i++) {
		made = made_of(b, i == d->depth ? d->node : -1, made,
			       place->devfn[i]);
		if (!i && !b->made[made].node && !is_generic_host(b, d->node))
			say(b, DT_FINDING, d, "%s gets a child node that it did not have: the drivers of some host bridges take each for a root port of theirs, try it first",
			    path_of(b, d->node, path) ? path : "its host bridge");
		if (make_node(b, d, &b->made[made]))
			return -1;
	}
	return 0;
}

/* Linux takes no notice of one whose numbers are not as the root's. */
static int check_reserved(struct builder *b)
{
	const char *wrong = NULL;
	u32 na, ns;
	int len;

	b->base_reserved = fdt_path_offset(b->base, RESERVED);
	if (!dt_u32(b->base, 0, "#address-cells", &b->na) ||
	    !dt_u32(b->base, 0, "#size-cells", &b->ns) || !b->na || !b->ns ||
	    b->na > 2 || b->ns > 2) {
		problem("the root of the base has not 1 or 2 #address-cells and #size-cells");
		return -1;
	}
	if (b->base_reserved < 0)
		return 0;
	if (!dt_u32(b->base, b->base_reserved, "#address-cells", &na) ||
	    !dt_u32(b->base, b->base_reserved, "#size-cells", &ns) ||
	    na != b->na || ns != b->ns)
		wrong = "its #address-cells and #size-cells are not the root's";
	else if (!fdt_getprop(b->base, b->base_reserved, "ranges", &len) || len)
		wrong = "it has no empty ranges";
	if (!wrong)
		return 0;
	problem(RESERVED " of the base: %s, so Linux ignores it", wrong);
	return -1;
}

static int begin_reserved(struct builder *b)
{
	struct target *t;

	if (b->reserved)
		return 0;
	t = target_of(b, b->base_reserved < 0 ? 0 : b->base_reserved);
	if (!t)
		return -1;
	b->reserved = t->overlay;
	if (b->base_reserved >= 0)
		return 0;
	b->reserved = dt_node_new(t->overlay, RESERVED + 1);
	dt_put(dt_prop(b->reserved, "#address-cells"), b->na);
	dt_put(dt_prop(b->reserved, "#size-cells"), b->ns);
	dt_prop(b->reserved, "ranges");
	return 0;
}

static bool is_name_taken(const struct builder *b, const char *name)
{
	const struct dt_node *kid;

	for (kid = b->reserved->kids; kid; kid = kid->next)
		if (!strcmp(kid->name, name))
			return true;
	return b->base_reserved >= 0 &&
	       fdt_subnode_offset(b->base, b->base_reserved, name) >= 0;
}

/* A child of /reserved-memory; with a "reg" for a direct region. */
static struct dt_node *new_region(struct builder *b, const struct dt_region *r)
{
	char unit[32] = "";
	struct dt_node *node;
	char name[64];

	if (r)
		snprintf(unit, sizeof(unit), "@%" PRIx64, r->start);
	do
		snprintf(name, sizeof(name), "iommu-resv-%u%s", b->names++,
			 unit);
	while (is_name_taken(b, name));
	node = dt_node_new(b->reserved, name);
	if (!r)
		return node;
	dt_put_number(dt_prop(node, "reg"), r->start, b->na);
	dt_put_number(dt_prop(node, "reg"), r->last - r->start + 1, b->ns);
	/* Where nothing is memory there is nothing to keep from others. */
	if (!dt_in_memory(b->base, r->start, r->last))
		dt_prop(node, "no-map");
	return node;
}

static void put_part(struct dt_prop *prop, const struct device *d,
		     const struct part *p, struct dt_ref device)
{
	const struct dt_level *bus = &d->levels.level[0];

	dt_put_ref(prop, device);
	if (bus->pci)
		dt_put(prop, p->flags);
	dt_put_number(prop, p->address, bus->pci ? bus->na - 1 : bus->na);
	dt_put_number(prop, p->r.last - p->r.start + 1, bus->ns);
}

/* The cells of put_part(), the phandle as it will be. */
static u32 part_cells(const struct device *d, const struct part *p,
		      u32 phandle, u32 cell[6])
{
	const struct dt_level *bus = &d->levels.level[0];
	u64 size = p->r.last - p->r.start + 1;
	u32 n = 0;

	cell[n++] = phandle;
	if (bus->pci)
		cell[n++] = p->flags;
	if (bus->na > 1)
		cell[n++] = (u32)(p->address >> 32);
	cell[n++] = (u32)p->address;
	if (bus->ns > 1)
		cell[n++] = (u32)(size >> 32);
	cell[n++] = (u32)size;
	return n;
}

/* Would one of the devices take a cell of another's for its own phandle? */
static bool collides(const struct direct *direct, u32 phandle, const u32 *cell,
		     u32 cells)
{
	u32 i, k;

	for (i = 0; i < direct->cells; i++)
		if (direct->cell[i] == phandle)
			return true;
	for (i = 0; i < direct->users; i++)
		for (k = 0; k < cells; k++)
			if (direct->user[i] == cell[k])
				return true;
	return false;
}

static void warn_overlap(const struct builder *b, const struct device *d,
			 const struct dt_region *r)
{
	int node;

	if (b->base_reserved < 0)
		return;
	fdt_for_each_subnode(node, b->base, b->base_reserved) {
		u32 count, i;
		const fdt32_t *reg = dt_cells(b->base, node, "reg", &count);
		u64 v[2] = { 0, 0 };

		if (!reg || count < b->na + b->ns)
			continue;
		for (i = 0; i < b->na + b->ns; i++)
			v[i >= b->na] = v[i >= b->na] << 32 |
					fdt32_ld(reg + i);
		if (v[1] && v[0] <= r->last && r->start <= v[0] + v[1] - 1)
			say(b, DT_NOTE, d, "0x%" PRIx64 "-0x%" PRIx64 " direct overlaps " RESERVED "/%s: Linux logs that, and both stay in force",
			    r->start, r->last,
			    fdt_get_name(b->base, node, NULL));
	}
}

/* Adds a region to be mapped; gives the phandle of its node. */
static struct dt_ref add_direct(struct builder *b, const struct device *d,
				const struct part *p, struct dt_ref device)
{
	u32 phandle = final_phandle(b, device);
	struct direct *direct;
	u32 cell[6];
	u32 i, n;

	n = part_cells(d, p, phandle, cell);
	for (i = 0; i < b->directs; i++)
		if (same(&b->direct[i].r, &p->r) &&
		    !collides(&b->direct[i], phandle, cell, n))
			break;
	if (i == b->directs) {
		b->direct = grow(b->direct, b->directs++, sizeof(*b->direct));
		direct = &b->direct[i];
		direct->r = p->r;
		direct->node = new_region(b, &p->r);
		direct->ref = new_phandle(b, direct->node);
		warn_overlap(b, d, &p->r);
	}
	direct = &b->direct[i];
	put_part(dt_prop(direct->node, "iommu-addresses"), d, p, device);
	direct->user = grow(direct->user, direct->users, sizeof(u32));
	direct->user[direct->users++] = phandle;
	for (i = 0; i < n; i++) {
		direct->cell = grow(direct->cell, direct->cells, sizeof(u32));
		direct->cell[direct->cells++] = cell[i];
	}
	return direct->ref;
}

/* memory-region: what it had, and what is new. */
static struct dt_prop *begin_memory_region(struct builder *b,
					   const struct device *d,
					   struct dt_node *node)
{
	struct dt_prop *list = dt_prop(node, "memory-region");
	const void *old;
	int len;

	if (d->depth < d->w->place.depth)
		return list;
	old = fdt_getprop(b->base, d->node, "memory-region", &len);
	if (old)
		dt_put_bytes(list, old, (size_t)len);
	else if (!d->w->place.depth)
		say(b, DT_NOTE, d, "its node had no memory-region: a driver that takes the first one for memory of its own gets one that is none");
	return list;
}

static int add_regions(struct builder *b, struct device *d)
{
	struct dt_node *hole = NULL;
	struct dt_prop *list;
	struct dt_node *node;
	struct target *t;
	struct dt_ref ref;
	u32 i;

	if (make_nodes(b, d) || begin_reserved(b))
		return -1;
	if (d->depth < d->w->place.depth) {
		struct made *m = &b->made[d->made];

		if (!m->ref.value)
			m->ref = new_phandle(b, m->node);
		node = m->node;
		ref = m->ref;
	} else {
		if (base_ref(b, d, d->node, &ref))
			return -1;
		t = target_of(b, d->node);
		if (!t)
			return -1;
		node = t->overlay;
	}
	list = begin_memory_region(b, d, node);
	for (i = 0; i < d->parts; i++) {
		struct part *p = &d->part[i];

		if (p->r.direct) {
			dt_put_ref(list, add_direct(b, d, p, ref));
			continue;
		}
		if (!hole) {
			hole = new_region(b, NULL);
			dt_put_ref(list, new_phandle(b, hole));
		}
		put_part(dt_prop(hole, "iommu-addresses"), d, p, ref);
	}
	return 0;
}

/* Two devices of one node would each forget the other's memory-region. */
static int check_twice(const struct builder *b)
{
	u32 i, k;

	for (i = 0; i < b->devices; i++) {
		for (k = 0; k < i; k++) {
			const struct device *x = &b->device[i];
			const struct device *y = &b->device[k];
			u32 left = x->w->place.depth - x->depth;

			if (x->node != y->node ||
			    left != y->w->place.depth - y->depth ||
			    memcmp(x->w->place.devfn + x->depth,
				   y->w->place.devfn + y->depth, left))
				continue;
			problem("%s and %s are one device of the base",
				y->w->name, x->w->name);
			return -1;
		}
	}
	return 0;
}

static int make_overlay(struct builder *b, const struct dt_wanted *wanted,
			u32 count)
{
	u32 i;

	if (check_reserved(b))
		return -1;
	if (fdt_find_max_phandle(b->base, &b->max_phandle)) {
		problem("the base has phandles that are none");
		return -1;
	}
	b->device = xrealloc(NULL, (count + 1) * sizeof(*b->device));
	memset(b->device, 0, (count + 1) * sizeof(*b->device));
	b->root = dt_node_new(NULL, "");
	for (i = 0; i < count; i++)
		if (begin_device(b, &wanted[i]))
			return -1;
	if (check_twice(b))
		return -1;
	for (i = 0; i < b->devices; i++)
		if (b->device[i].parts)
			plan_nodes(b, &b->device[i]);
	for (i = 0; i < b->devices; i++)
		if (b->device[i].parts && add_regions(b, &b->device[i]))
			return -1;
	if (!b->targets)
		return 0;
	b->built->blob = dt_write(b->root, DT_SIZE_MAX, &b->built->size);
	if (b->built->blob)
		return 0;
	problem("the overlay is longer than the 2 MiB that Linux takes for a whole device tree");
	return -1;
}

/* The regions of a device, each of which must be ticked off once. */
struct expected {
	const struct device *d;
	bool *seen;
	u32 extra;
};

static void tick(void *ctx, const struct dt_region *r)
{
	struct expected *e = ctx;
	const struct device *d = e->d;
	u32 i;

	for (i = 0; i < d->hads + d->parts; i++) {
		const struct dt_region *want = i < d->hads ? &d->had[i] :
					       &d->part[i - d->hads].r;

		if (e->seen[i] || !same(want, r))
			continue;
		e->seen[i] = true;
		return;
	}
	e->extra++;
}

static int check_device(const struct device *d, const void *merged)
{
	u32 all = d->hads + d->parts;
	struct expected e = { .d = d };
	const char *wrong = NULL;
	u32 i, depth, seen = 0;
	int node;

	if (!d->parts)
		return 0;
	e.seen = xrealloc(NULL, all);
	memset(e.seen, 0, all);
	node = dt_find(merged, &d->w->place, &depth);
	if (node < 0 || depth != d->w->place.depth)
		wrong = "Linux would not find the node";
	else
		wrong = dt_read_regions(merged, node, tick, &e);
	for (i = 0; i < all; i++)
		seen += e.seen[i];
	free(e.seen);
	if (!wrong && (seen != all || e.extra))
		wrong = "other regions are read than were written";
	if (!wrong)
		return 0;
	problem("%s: the overlay was applied to the base, and %s: it is not written",
		d->w->name, wrong);
	return -1;
}

/* As fdtoverlay and boot loaders do it. */
static int check_overlay(const struct builder *b)
{
	size_t room = fdt_totalsize(b->base) + 4 * b->built->size + 65536;
	void *overlay = xrealloc(NULL, b->built->size);
	void *merged = xrealloc(NULL, room);
	int ret = 0;
	int err;
	u32 i;

	memcpy(overlay, b->built->blob, b->built->size);
	err = fdt_open_into(b->base, merged, (int)room);
	if (!err)
		err = fdt_overlay_apply(merged, overlay);
	if (!err)
		err = fdt_pack(merged);
	if (err) {
		problem("the overlay does not apply to the base: %s",
			fdt_strerror(err));
		ret = -1;
	} else if (fdt_totalsize(merged) > DT_SIZE_MAX) {
		problem("with the overlay the tree has %u bytes, and Linux takes 2 MiB",
			fdt_totalsize(merged));
		ret = -1;
	}
	for (i = 0; !ret && i < b->devices; i++)
		ret = check_device(&b->device[i], merged);
	free(overlay);
	free(merged);
	return ret;
}

static void drop(struct builder *b)
{
	u32 i;

	for (i = 0; i < b->devices; i++) {
		free(b->device[i].part);
		free(b->device[i].had);
	}
	for (i = 0; i < b->directs; i++) {
		free(b->direct[i].user);
		free(b->direct[i].cell);
	}
	free(b->device);
	free(b->direct);
	free(b->made);
	free(b->target);
	dt_node_free(b->root);
}

int dt_overlay_build(const void *base, const struct dt_wanted *wanted,
		     u32 count, dt_say_fn say_fn, void *ctx,
		     struct dt_built *built)
{
	struct builder b = {
		.base = base, .say = say_fn, .ctx = ctx, .built = built
	};
	int ret;

	memset(built, 0, sizeof(*built));
	ret = make_overlay(&b, wanted, count);
	if (!ret && built->blob)
		ret = check_overlay(&b);
	if (ret) {
		free(built->blob);
		built->blob = NULL;
	}
	drop(&b);
	return ret;
}
