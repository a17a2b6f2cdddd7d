// SPDX-License-Identifier: GPL-2.0-only
/*
 * graft.c - a board's device tree, grafted onto that of QEMU's machine
 *
 * The board's are the root's compatibles, the PCI host's path, compatibles,
 * reg ranges, inbound windows and segment, and the properties that rules ask
 * for. QEMU's stay the ECAM range, the windows, the ITS and the SMMU.
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#define GRAFT_SIZE	(2u << 20)
#define GRAFT_REGS	32

/**
 * struct graft - a device tree in the making
 * @fdt: of GRAFT_SIZE bytes
 * @pcie: node of the PCI host; found anew after each change that moves it
 * @err: first error of libfdt; nothing is done after it
 */
struct graft {
	void *fdt;
	char *pcie;
	int err;
};

static int at(struct graft *g, const char *path)
{
	int node = g->err ? -1 : fdt_path_offset(g->fdt, path);

	if (!g->err && node < 0)
		g->err = node;
	return node;
}

static void set(struct graft *g, const char *path, const char *name,
		const void *value, int len)
{
	int node = at(g, path);

	if (!g->err)
		g->err = fdt_setprop(g->fdt, node, name, value, len);
}

static void set_cells(struct graft *g, const char *path, const char *name,
		      const u32 *cells, size_t count)
{
	fdt32_t *value = xrealloc(NULL, (count + 1) * sizeof(*value));
	size_t i;

	for (i = 0; i < count; i++)
		value[i] = cpu_to_fdt32(cells[i]);
	set(g, path, name, value, count * sizeof(*value));
	free(value);
}

static void set_cell(struct graft *g, const char *path, const char *name, u32 cell)
{
	set_cells(g, path, name, &cell, 1);
}

static void drop(struct graft *g, const char *path, const char *name)
{
	int node = at(g, path);

	if (!g->err && fdt_getprop(g->fdt, node, name, NULL))
		g->err = fdt_delprop(g->fdt, node, name);
}

static void add_node(struct graft *g, const char *parent, const char *name)
{
	int node = at(g, parent);

	if (!g->err)
		node = fdt_add_subnode(g->fdt, node, name);
	if (!g->err && node < 0 && node != -FDT_ERR_EXISTS)
		g->err = node;
}

/* Strings one after the other, each once. */
struct strings {
	char *p;
	size_t len;
};

static void add_string(struct strings *s, const char *value)
{
	size_t i;

	for (i = 0; i < s->len; i += strlen(s->p + i) + 1)
		if (!strcmp(s->p + i, value))
			return;
	s->p = xrealloc(s->p, s->len + strlen(value) + 1);
	strcpy(s->p + s->len, value);
	s->len += strlen(value) + 1;
}

static int add_root_token(void *arg, enum quirk_key kind, const char *value,
			  u32 revision)
{
	if (kind == QUIRK_KEY_DT_ROOT)
		add_string(arg, value);
	return 0;
}

static void graft_root(struct graft *g, const struct machine *m)
{
	struct strings s = { NULL, 0 };
	size_t i;

	if (m->has_tree)
		dt_tree_for_each_token(&m->tree, add_root_token, &s);
	for (i = 0; i < m->board->token_count; i++)
		add_root_token(&s, m->board->tokens[i].kind,
			       m->board->tokens[i].value, 0);
	/* Linux's drivers for the virtual machine ask for this one. */
	add_string(&s, "linux,dummy-virt");
	set(g, "/", "compatible", s.p, s.len);
	free(s.p);
}

struct node_tokens {
	const struct quirk_table *table;
	struct strings found;
};

/* A node's compatible that some entry is recognised by. */
static int add_node_token(void *arg, enum quirk_key kind, const char *value,
			  u32 revision)
{
	struct node_tokens *n = arg;
	const struct quirk_table *t = n->table;
	u32 i;

	if (kind != QUIRK_KEY_DT_NODE)
		return 0;
	for (i = 0; i < t->count[QUIRK_SEC_KEYS]; i++) {
		const u8 *key = quirk_key_at(t, i);

		if (get_le32(key + QUIRK_KEY_KIND) == QUIRK_KEY_DT_NODE &&
		    !strcmp(quirk_string(t, key + QUIRK_KEY_VALUE), value))
			add_string(&n->found, value);
	}
	for (i = 0; i < t->count[QUIRK_SEC_CONDS]; i++) {
		const u8 *cond = quirk_cond_at(t, i);

		if (get_le32(cond + QUIRK_COND_KIND) == QUIRK_COND_DT_NODE &&
		    !strcmp(quirk_string(t, cond + QUIRK_COND_VALUE), value))
			add_string(&n->found, value);
	}
	return 0;
}

static void graft_node_tokens(struct graft *g, const struct quirk_table *t,
			      const struct machine *m)
{
	struct node_tokens n = { .table = t };
	size_t i;

	if (m->has_tree)
		dt_tree_for_each_token(&m->tree, add_node_token, &n);
	for (i = 0; i < m->board->token_count; i++)
		add_node_token(&n, m->board->tokens[i].kind,
			       m->board->tokens[i].value, 0);
	if (n.found.len) {
		add_node(g, "/", "board-parts");
		set(g, "/board-parts", "compatible", n.found.p, n.found.len);
	}
	free(n.found.p);
}

/* Move QEMU's PCI host to the path that the board's has. */
static void graft_path(struct graft *g, const char *path)
{
	const char *slash = path;
	const void *value;
	const char *name;
	char *parent;
	int node, property, len;
	fdt32_t *copy;

	while ((slash = strchr(slash + 1, '/'))) {
		char *dir = text("%.*s", (int)(slash - path), path);
		char *above = text("%.*s", (int)(strrchr(dir, '/') - dir), dir);
		bool there = fdt_path_offset(g->fdt, dir) >= 0;

		if (!there) {
			add_node(g, *above ? above : "/", strrchr(dir, '/') + 1);
			set(g, dir, "compatible", "simple-bus", sizeof("simple-bus"));
			set_cell(g, dir, "#address-cells", 2);
			set_cell(g, dir, "#size-cells", 2);
			set(g, dir, "ranges", NULL, 0);
		}
		free(above);
		free(dir);
	}
	parent = text("%.*s", (int)(strrchr(path, '/') - path), path);
	add_node(g, *parent ? parent : "/", strrchr(path, '/') + 1);
	free(parent);
	node = at(g, g->pcie);
	if (g->err)
		return;
	/* Setting a property moves the others: from the last to the first. */
	while ((property = fdt_first_property_offset(g->fdt, node)) >= 0) {
		value = fdt_getprop_by_offset(g->fdt, property, &name, &len);
		if (!value)
			break;
		copy = xrealloc(NULL, len + 1);
		memcpy(copy, value, len);
		parent = text("%s", name);
		g->err = fdt_delprop(g->fdt, node, parent);
		set(g, path, parent, copy, len);
		free(parent);
		free(copy);
		node = at(g, g->pcie);
		if (g->err)
			return;
	}
	g->err = fdt_del_node(g->fdt, node);
	free(g->pcie);
	g->pcie = text("%s", path);
}

/* pci-host-ecam-generic first: it decides how the generic driver reads ECAM. */
static void graft_compatible(struct graft *g, const struct machine *m)
{
	struct strings s = { NULL, 0 };
	const char **given;
	const char *value;
	int i;

	add_string(&s, "pci-host-ecam-generic");
	for (i = 0; m->dt.host >= 0 &&
	     (value = fdt_stringlist_get(m->tree.fdt, m->dt.host, "compatible", i, NULL)); i++)
		add_string(&s, value);
	for (given = m->board->compatible; given && *given; given++)
		add_string(&s, *given);
	set(g, g->pcie, "compatible", s.p, s.len);
	free(s.p);
}

int note_range(void *ctx, u64 start, u64 last)
{
	struct list *list = ctx;

	list->r = xrealloc(list->r, (list->count + 1) * sizeof(*list->r));
	list->r[list->count++] = (struct resv_range){ start, last };
	return 0;
}

static size_t put_reg(u32 *cells, struct resv_range r)
{
	u64 size = r.last - r.start + 1;

	cells[0] = r.start >> 32;
	cells[1] = r.start;
	cells[2] = size >> 32;
	cells[3] = size;
	return 4;
}

/*
 * Behind QEMU's ECAM range, which has to be the first, the board's: each under
 * its index but for the first, which comes last, and all under their names.
 */
static void graft_reg(struct graft *g, const struct machine *m)
{
	struct resv_range qemu = { 0, 0 };
	struct strings names = { NULL, 0 };
	struct list regs = { .count = 0 };
	u32 cells[4 * (GRAFT_REGS + 1)];
	const fdt32_t *ecam;
	size_t count = 0;
	size_t i;
	int len;

	while (m->dt.host >= 0 && regs.count < GRAFT_REGS &&
	       !dt_facts.node_reg((void *)&m->dt, QUIRK_NODE_HOST, "", regs.count,
				  note_range, &regs))
		;
	ecam = fdt_getprop(g->fdt, at(g, g->pcie), "reg", &len);
	if (g->err || !ecam || len != 16) {
		g->err = g->err ? g->err : -FDT_ERR_BADVALUE;
		return;
	}
	qemu.start = (u64)fdt32_ld(ecam) << 32 | fdt32_ld(ecam + 1);
	qemu.last = qemu.start + ((u64)fdt32_ld(ecam + 2) << 32 | fdt32_ld(ecam + 3)) - 1;
	count += put_reg(cells, qemu);
	add_string(&names, "qemu-ecam");
	for (i = 1; i <= regs.count; i++) {
		const char *name = fdt_stringlist_get(m->tree.fdt, m->dt.host,
						      "reg-names", i % regs.count, NULL);
		char *other = text("board-reg-%zu", i % regs.count);

		count += put_reg(cells + count, regs.r[i % regs.count]);
		add_string(&names, name ? name : other);
		free(other);
	}
	set_cells(g, g->pcie, "reg", cells, count);
	set(g, g->pcie, "reg-names", names.p, names.len);
	free(names.p);
	free(regs.r);
}

/* Inbound windows, where the CPU sees memory under the same addresses. */
static void graft_inbound(struct graft *g, const struct machine *m)
{
	struct list inbound = { .count = 0 };
	u32 *cells;
	size_t i;

	machine_facts.inbound((void *)m, note_range, &inbound);
	cells = xrealloc(NULL, (inbound.count + 1) * 7 * sizeof(*cells));
	for (i = 0; i < inbound.count; i++) {
		u32 *row = cells + i * 7;
		struct resv_range *r = &inbound.r[i];

		/* All of 64 bits has no size. */
		if (!r->start && r->last == U64_MAX)
			r->last--;
		row[0] = 0x02000000;
		row[1] = r->start >> 32;
		row[2] = r->start;
		put_reg(row + 3, *r);
	}
	if (inbound.count)
		set_cells(g, g->pcie, "dma-ranges", cells, inbound.count * 7);
	free(cells);
	free(inbound.r);
}

/* Does some rule ask for this property of a host or of its MSI controller? */
static void each_property(const struct quirk_table *t,
			  void (*fn)(void *ctx, const char *name, bool of_host), void *ctx)
{
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_CONDS]; i++) {
		const u8 *cond = quirk_cond_at(t, i);

		if (get_le32(cond + QUIRK_COND_KIND) == QUIRK_COND_HOST_LACKS)
			fn(ctx, quirk_string(t, cond + QUIRK_COND_VALUE), true);
	}
	for (i = 0; i < t->count[QUIRK_SEC_RULES]; i++) {
		const u8 *r = quirk_rule_at(t, i);

		if (r[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_DT_PROPERTY &&
		    r[QUIRK_RULE_NODE] != QUIRK_NODE_DEVICE)
			fn(ctx, quirk_string(t, r + QUIRK_RULE_ARG_STRING),
			   r[QUIRK_RULE_NODE] == QUIRK_NODE_HOST);
	}
}

struct properties {
	struct graft *g;
	const struct machine *m;
	char *its;
	int controller;
};

static void graft_property(void *ctx, const char *name, bool of_host)
{
	struct properties *p = ctx;
	int from = of_host ? p->m->dt.host : p->controller;
	const char *to = of_host ? p->g->pcie : p->its;
	const void *value;
	int len;

	if (!strcmp(name, "msi-map") || !strcmp(name, "msi-parent"))
		return;
	value = from < 0 ? NULL : fdt_getprop(p->m->tree.fdt, from, name, &len);
	if (value)
		set(p->g, to, name, value, len);
	else
		drop(p->g, to, name);
}

/* A property's first MSI controller. */
static int controller_of(const void *fdt, int node, u32 cell)
{
	int len;
	const fdt32_t *map = fdt_getprop(fdt, node, cell ? "msi-map" : "msi-parent", &len);

	return map && len >= (int)(cell + 1) * 4 ?
	       fdt_node_offset_by_phandle(fdt, fdt32_ld(map + cell)) : -1;
}

/* The PCI host's phandle; QEMU's tree gives it none. */
static u32 host_phandle(struct graft *g)
{
	u32 phandle = 0;
	int node = at(g, g->pcie);

	if (!g->err)
		phandle = fdt_get_phandle(g->fdt, node);
	if (!g->err && !phandle) {
		g->err = fdt_generate_phandle(g->fdt, &phandle);
		set_cell(g, g->pcie, "phandle", phandle);
	}
	return phandle;
}

/*
 * QEMU's ITS stands for the board's. Any other controller is one that QEMU does
 * not have: the host names itself in its place, and there are no MSIs.
 */
static void graft_msi(struct graft *g, const struct machine *m,
		      const struct quirk_table *t)
{
	struct properties p = { .g = g, .m = m, .controller = -1 };
	const void *fdt = m->tree.fdt;
	char path[256];
	bool mapped;
	u32 phandle;
	int its;

	if (m->dt.host < 0)
		return;
	its = controller_of(g->fdt, at(g, g->pcie), 1);
	if (g->err || its < 0 || fdt_get_path(g->fdt, its, path, sizeof(path))) {
		g->err = g->err ? g->err : -FDT_ERR_NOTFOUND;
		return;
	}
	p.its = path;
	p.controller = controller_of(fdt, m->dt.host, 1);
	if (p.controller < 0)
		p.controller = controller_of(fdt, m->dt.host, 0);
	each_property(t, graft_property, &p);
	phandle = fdt_get_phandle(g->fdt, at(g, path));
	if (p.controller >= 0 &&
	    fdt_node_check_compatible(fdt, p.controller, "arm,gic-v3-its"))
		phandle = host_phandle(g);
	mapped = fdt_getprop(fdt, m->dt.host, "msi-map", NULL);
	if (fdt_getprop(fdt, m->dt.host, "msi-parent", NULL)) {
		/* With one cell: the device id. */
		u32 parent[2] = { phandle, 0 };

		set_cells(g, g->pcie, "msi-parent", parent, 2);
	}
	if (mapped)
		set_cells(g, g->pcie, "msi-map", (u32[]){ 0, phandle, 0, 0x10000 }, 4);
	else
		drop(g, g->pcie, "msi-map");
}

char *find_pcie(const void *fdt)
{
	char path[256];
	int node = fdt_node_offset_by_compatible(fdt, -1, "pci-host-ecam-generic");

	return node < 0 || fdt_get_path(fdt, node, path, sizeof(path)) ?
	       NULL : text("%s", path);
}

static int write_file(const char *name, const void *data, size_t size)
{
	FILE *f = fopen(name, "w");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		problem("%s: %s", name, strerror(errno));
		return EXIT_TROUBLE;
	}
	return EXIT_CLEAN;
}

int vm_tree(const struct boards *all, const char *name, const char *from,
	    const char *to)
{
	const struct board *b = board_named(all, name);
	struct graft g = { .err = 0 };
	struct machine m;
	const char *fault;
	char *qemu;
	size_t size;
	int segment;
	int ret;

	if (!b || !b->vm || strcmp(b->vm, "dt") || b->node_path) {
		problem("%s: no such board, or none that QEMU carries by a device tree with a PCI host",
			name);
		return EXIT_TROUBLE;
	}
	fault = machine_open(&m, all, b);
	if (fault) {
		problem("%s: %s", name, fault);
		return EXIT_TROUBLE;
	}
	if (read_file(from, &qemu, &size))
		return EXIT_TROUBLE;
	g.fdt = calloc(1, GRAFT_SIZE);
	if (!g.fdt)
		abort();
	g.err = fdt_open_into(qemu, g.fdt, GRAFT_SIZE);
	free(qemu);
	g.pcie = g.err ? NULL : find_pcie(g.fdt);
	if (!g.pcie) {
		problem("%s: not QEMU's tree with a PCI host", from);
		return EXIT_TROUBLE;
	}
	graft_root(&g, &m);
	graft_node_tokens(&g, &all->table, &m);
	graft_msi(&g, &m, &all->table);
	graft_compatible(&g, &m);
	if (m.dt.host >= 0)
		graft_reg(&g, &m);
	graft_inbound(&g, &m);
	segment = machine_facts.segment(&m);
	if (segment > 0)
		set_cell(&g, g.pcie, "linux,pci-domain", segment);
	if (b->host_path)
		graft_path(&g, b->host_path);
	if (!g.err)
		g.err = fdt_pack(g.fdt);
	if (g.err) {
		problem("%s: libfdt: %s", name, fdt_strerror(g.err));
		ret = EXIT_TROUBLE;
	} else {
		ret = write_file(to, g.fdt, fdt_totalsize(g.fdt));
	}
	free(g.pcie);
	free(g.fdt);
	machine_close(&m);
	return ret;
}
