// SPDX-License-Identifier: GPL-2.0-only
/* LINK: tools/dt_linux.c tools/dt_tree.c tools/dt_overlay.c tools/problem.c */
/*
 * dt_overlay_test.c - device tree overlays: what is written is what Linux reads
 *
 * dt_overlay_build() itself reads what it has made with the functions of
 * dt_linux.c. So these have tests of their own, against trees that are written
 * down here; and what overlays are made of is looked at cell by cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../tools/dt_overlay.h"

#define TREE_SIZE	16384
#define REGIONS_MAX	16

/* Phandles of the base. */
enum {
	P_GIC = 1,
	P_DEV = 0x7000,
	P_FIRMWARE = 3,
	P_OTHER = 4,
	P_NET = 0x10000,
};

static void check(int err)
{
	if (err < 0)
		fail_msg("libfdt: %s", fdt_strerror(err));
}

static void cells(void *f, const char *name, const u32 *value, size_t count)
{
	fdt32_t be[64];
	size_t i;

	assert_true(count <= ARRAY_SIZE(be));
	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(value[i]);
	check(fdt_property(f, name, be, count * sizeof(*be)));
}

#define CELLS(f, name, ...) \
	cells(f, name, (const u32[]){ __VA_ARGS__ }, \
	      sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

static void make_pci(void *f)
{
	check(fdt_property_string(f, "device_type", "pci"));
	CELLS(f, "#address-cells", 3);
	CELLS(f, "#size-cells", 2);
}

/* Hosts: of QEMU's kind; behind dma-ranges, with a port. */
static void make_hosts(void *f)
{
	check(fdt_begin_node(f, "pcie@10000000"));
	check(fdt_property_string(f, "compatible", "pci-host-ecam-generic"));
	make_pci(f);
	CELLS(f, "#interrupt-cells", 1);
	CELLS(f, "interrupt-map-mask", 0x1800, 0, 0, 7);
	CELLS(f, "interrupt-map", 0, 0, 0, 1, P_GIC, 5);
	check(fdt_end_node(f));

	check(fdt_begin_node(f, "pcie@20000000"));
	check(fdt_property_string(f, "compatible", "acme,pcie"));
	make_pci(f);
	/* I/O; memory, moved down by 2 GiB; and some more of it. */
	CELLS(f, "dma-ranges",
	      0x01000000, 0, 0, 0, 0, 0, 0x10000,
	      0x43000000, 0, 0x80000000, 0, 0, 0, 0x40000000,
	      0x42000000, 1, 0, 0, 0x80000000, 0, 0x10000000);
	check(fdt_begin_node(f, "pcie@1,0"));
	make_pci(f);
	CELLS(f, "reg", 0x800, 0, 0, 0, 0);
	check(fdt_property(f, "ranges", NULL, 0));
	check(fdt_begin_node(f, "multifunc-device"));
	check(fdt_begin_node(f, "net@0,1"));
	CELLS(f, "reg", 0x10100, 0, 0, 0, 0);
	CELLS(f, "phandle", P_NET);
	check(fdt_end_node(f));
	check(fdt_end_node(f));
	check(fdt_end_node(f));
	check(fdt_end_node(f));
}

static void make_soc(void *f)
{
	check(fdt_begin_node(f, "soc"));
	CELLS(f, "#address-cells", 1);
	CELLS(f, "#size-cells", 1);
	check(fdt_property(f, "ranges", NULL, 0));
	/* Its devices see memory at 1 GiB at 0. */
	CELLS(f, "dma-ranges", 0, 0, 0x40000000, 0x40000000);
	check(fdt_begin_node(f, "dev@1000"));
	CELLS(f, "reg", 0x1000, 0x1000);
	CELLS(f, "phandle", P_DEV);
	CELLS(f, "memory-region", P_FIRMWARE, P_OTHER);
	check(fdt_end_node(f));
	check(fdt_begin_node(f, "plain@2000"));
	CELLS(f, "reg", 0x2000, 0x1000);
	check(fdt_end_node(f));
	check(fdt_begin_node(f, "gic@3000"));
	CELLS(f, "phandle", P_GIC);
	CELLS(f, "#interrupt-cells", 1);
	check(fdt_end_node(f));
	check(fdt_end_node(f));

	check(fdt_begin_node(f, "pcie-like"));
	check(fdt_end_node(f));
}

static void make_reserved(void *f)
{
	check(fdt_begin_node(f, "reserved-memory"));
	CELLS(f, "#address-cells", 2);
	CELLS(f, "#size-cells", 2);
	check(fdt_property(f, "ranges", NULL, 0));
	check(fdt_begin_node(f, "fw@50000000"));
	CELLS(f, "reg", 0, 0x50000000, 0, 0x100000);
	CELLS(f, "phandle", P_FIRMWARE);
	/* Somebody else's, ours 1:1, ours elsewhere. */
	CELLS(f, "iommu-addresses", P_OTHER, 0, 0x50000000,
	      P_DEV, 0x10000000, 0x100000, P_DEV, 0x11000000, 0x2000);
	check(fdt_end_node(f));
	check(fdt_begin_node(f, "hole"));
	CELLS(f, "phandle", P_OTHER);
	CELLS(f, "iommu-addresses", P_DEV, 0x20000000, 0x1000, P_DEV, 0, 0);
	check(fdt_end_node(f));
	check(fdt_begin_node(f, "iommu-resv-0"));
	check(fdt_end_node(f));
	check(fdt_end_node(f));
}

/* What a test may want otherwise in the base. */
struct twist {
	bool no_cells;
	bool no_memory;
	bool no_reserved;
};

static void *make_base_with(struct twist t)
{
	void *f = malloc(TREE_SIZE);

	assert_non_null(f);
	memset(f, 0, TREE_SIZE);
	check(fdt_create(f, TREE_SIZE));
	check(fdt_finish_reservemap(f));
	check(fdt_begin_node(f, ""));
	if (!t.no_cells) {
		CELLS(f, "#address-cells", 2);
		CELLS(f, "#size-cells", 2);
	}
	if (!t.no_memory) {
		check(fdt_begin_node(f, "memory@40000000"));
		check(fdt_property_string(f, "device_type", "memory"));
		CELLS(f, "reg", 0, 0x40000000, 0, 0x20000000);
		check(fdt_end_node(f));
	}
	make_soc(f);
	make_hosts(f);
	if (!t.no_reserved)
		make_reserved(f);
	check(fdt_end_node(f));
	check(fdt_finish(f));
	/* With room for a test to change it. */
	check(fdt_open_into(f, f, TREE_SIZE));
	assert_null(dt_base_check(f, TREE_SIZE));
	return f;
}

static void *make_base(void)
{
	return make_base_with((struct twist){ .no_cells = false });
}

static int node_at(const void *fdt, const char *path)
{
	int node = fdt_path_offset(fdt, path);

	if (node < 0)
		fail_msg("no node %s", path);
	return node;
}

static void set(void *base, const char *path, const char *name,
		const u32 *value, u32 count)
{
	fdt32_t be[16];
	u32 i;

	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(value[i]);
	check(fdt_setprop(base, node_at(base, path), name, be, count * 4));
}

#define SET(base, path, name, ...) \
	set(base, path, name, (const u32[]){ __VA_ARGS__ }, \
	    sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

/* Regions as Linux reads them. */
struct list {
	struct dt_region r[REGIONS_MAX];
	u32 count;
};

static void keep(void *ctx, const struct dt_region *r)
{
	struct list *list = ctx;

	assert_true(list->count < REGIONS_MAX);
	list->r[list->count++] = *r;
}

static void assert_regions(const void *fdt, const char *path,
			   const struct dt_region *want, u32 count)
{
	struct list list = { .count = 0 };
	const char *wrong;
	u32 i;

	wrong = dt_read_regions(fdt, node_at(fdt, path), keep, &list);
	if (wrong)
		fail_msg("%s: %s", path, wrong);
	assert_int_equal(list.count, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(list.r[i].start, want[i].start);
		assert_int_equal(list.r[i].last, want[i].last);
		assert_int_equal(list.r[i].direct, want[i].direct);
	}
}

#define ASSERT_REGIONS(fdt, path, ...) \
	assert_regions(fdt, path, (const struct dt_region[]){ __VA_ARGS__ }, \
		       sizeof((const struct dt_region[]){ __VA_ARGS__ }) / \
		       sizeof(struct dt_region))

static void assert_cells(const void *fdt, const char *path, const char *name,
			 const u32 *want, u32 count)
{
	const fdt32_t *have;
	u32 n, i;

	have = dt_cells(fdt, node_at(fdt, path), name, &n);
	if (n != count)
		fail_msg("%s %s: %u cells, not %u", path, name, n, count);
	for (i = 0; i < n; i++)
		if (fdt32_ld(have + i) != want[i])
			fail_msg("%s %s: cell %u is 0x%x, not 0x%x", path,
				 name, i, fdt32_ld(have + i), want[i]);
}

#define ASSERT_CELLS(fdt, path, name, ...) \
	assert_cells(fdt, path, name, (const u32[]){ __VA_ARGS__ }, \
		     sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

/* What the builder has said. */
struct said {
	u32 findings;
	u32 notes;
	char last[512];
};

static void hear(void *ctx, enum dt_say what, const char *device,
		 const char *text)
{
	struct said *said = ctx;

	assert_non_null(device);
	if (what == DT_FINDING)
		said->findings++;
	else
		said->notes++;
	snprintf(said->last, sizeof(said->last), "%s", text);
}

static void assert_said(const struct said *said, const char *text)
{
	if (!strstr(said->last, text))
		fail_msg("it said \"%s\", not \"%s\"", said->last, text);
}

static void *apply(const void *base, const struct dt_built *built)
{
	void *overlay = malloc(built->size);
	void *merged = malloc(4 * TREE_SIZE);

	assert_non_null(overlay);
	assert_non_null(merged);
	memcpy(overlay, built->blob, built->size);
	check(fdt_open_into(base, merged, 4 * TREE_SIZE));
	check(fdt_overlay_apply(merged, overlay));
	free(overlay);
	return merged;
}

/*
 * What a running kernel refuses (drivers/of/overlay.c): a property or a node
 * from two fragments, and a phandle for a node that has one.
 */
static void assert_kernel_takes(const void *base, const void *overlay)
{
	const char *seen[16];
	int count = 0;
	int f, i, len;

	fdt_for_each_subnode(f, overlay, 0) {
		const char *name = fdt_get_name(overlay, f, NULL);
		const char *path = fdt_getprop(overlay, f, "target-path", &len);
		int content = fdt_subnode_offset(overlay, f, "__overlay__");
		int target, kid;

		if (!strcmp(name, "__local_fixups__"))
			continue;
		assert_non_null(path);
		assert_true(content >= 0);
		target = node_at(base, path);
		for (i = 0; i < count; i++)
			assert_string_not_equal(seen[i], path);
		assert_true(count < (int)ARRAY_SIZE(seen));
		seen[count++] = path;
		if (fdt_get_phandle(base, target))
			assert_int_equal(fdt_get_phandle(overlay, content), 0);
		fdt_for_each_subnode(kid, overlay, content) {
			name = fdt_get_name(overlay, kid, NULL);
			assert_true(fdt_subnode_offset(base, target, name) < 0);
		}
	}
	assert_true(count > 0);
}

/* Builds, applies, and gives the merged tree. */
static void *build(const void *base, const struct dt_wanted *w, u32 count,
		   struct said *said, struct dt_built *built)
{
	void *merged;

	memset(said, 0, sizeof(*said));
	assert_int_equal(dt_overlay_build(base, w, count, hear, said, built),
			 0);
	assert_non_null(built->blob);
	assert_null(dt_base_check(built->blob, built->size));
	assert_kernel_takes(base, built->blob);
	merged = apply(base, built);
	free(built->blob);
	return merged;
}

/* Nothing comes of it, and nothing leaks; @expect is what is printed. */
static void refuse(const void *base, const struct dt_wanted *w, u32 count,
		   const char *expect)
{
	struct said said = { .findings = 0 };
	struct dt_built built;
	char text[1024] = "";
	FILE *err = tmpfile();
	int saved, ret;

	assert_non_null(err);
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	ret = dt_overlay_build(base, w, count, hear, &said, &built);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(err);
	text[fread(text, 1, sizeof(text) - 1, err)] = '\0';
	fclose(err);
	assert_int_equal(ret, -1);
	assert_null(built.blob);
	if (!strstr(text, expect))
		fail_msg("it said \"%s\", not \"%s\"", text, expect);
}

#define HOLE(start, last)	{ start, last, false }
#define DIRECT(start, last)	{ start, last, true }
#define WANTED(n, p, r) \
	{ .name = n, .place = p, .regions = r, .count = ARRAY_SIZE(r) }
#define NODE(p)		{ .node = p }
#define BELOW(p, ...) \
	{ .node = p, .devfn = { __VA_ARGS__ }, \
	  .depth = sizeof((const u8[]){ __VA_ARGS__ }) }

static struct dt_levels levels_of(const void *fdt, const char *path)
{
	struct dt_levels l;
	const char *wrong = dt_dma_levels(fdt, node_at(fdt, path), &l);

	if (wrong)
		fail_msg("%s: %s", path, wrong);
	return l;
}

static void addresses_go_through_dma_ranges(void **state)
{
	void *base = make_base();
	struct dt_levels l;
	u64 address, out;
	u32 flags;

	l = levels_of(base, "/soc/dev@1000");
	assert_int_equal(l.count, 2);
	assert_true(dt_translate(&l, 0, 0x1000, &out));
	assert_int_equal(out, 0x40001000);
	assert_true(dt_translate(&l, 0, 0x3fffffff, &out));
	assert_false(dt_translate(&l, 0, 0x40000000, &out));
	assert_true(dt_untranslate(&l, 0x40000000, &flags, &address));
	assert_int_equal(address, 0);
	assert_int_equal(flags, 0);
	assert_false(dt_untranslate(&l, 0x3fffffff, &flags, &address));
	assert_false(dt_untranslate(&l, 0x80000000, &flags, &address));

	/* A port without dma-ranges: Linux forgets that it is memory. */
	l = levels_of(base, "/pcie@20000000/pcie@1,0/multifunc-device");
	assert_int_equal(l.count, 3);
	assert_false(dt_translate(&l, DT_PCI_MEM32, 0x80001000, &out));
	assert_false(dt_untranslate(&l, 0x1000, &flags, &address));
	free(base);
}

static void addresses_of_pci_have_flags(void **state)
{
	void *base = make_base();
	struct dt_levels l = { .count = 0 };
	u64 address, out;
	u32 flags;

	assert_null(dt_dma_above(base, node_at(base, "/pcie@20000000"), &l));
	assert_true(dt_translate(&l, DT_PCI_MEM32, 0x80001000, &out));
	assert_int_equal(out, 0x1000);
	/* Not through a window for I/O. */
	assert_false(dt_translate(&l, DT_PCI_MEM32, 0x1000, &out));
	assert_true(dt_translate(&l, 0x01000000, 0x1000, &out));
	assert_false(dt_translate(&l, 0, 0x80001000, &out));
	assert_true(dt_untranslate(&l, 0x3fffffff, &flags, &address));
	assert_int_equal(flags, DT_PCI_MEM32);
	assert_int_equal(address, 0xbfffffff);
	assert_true(dt_untranslate(&l, 0x8fffffff, &flags, &address));
	assert_int_equal(flags, DT_PCI_MEM64);
	assert_int_equal(address, 0x10fffffff);
	assert_false(dt_untranslate(&l, 0x90000000, &flags, &address));
	assert_false(dt_untranslate(&l, 0x40000000, &flags, &address));

	/* No dma-ranges: all of them, as they are. */
	l.count = 0;
	assert_null(dt_dma_above(base, node_at(base, "/pcie@10000000"), &l));
	assert_true(dt_untranslate(&l, U64_MAX, &flags, &address));
	assert_int_equal(address, U64_MAX);
	free(base);
}

static void short_addresses_do_not_get_through(void **state)
{
	void *base = make_base();
	struct dt_levels l;
	u64 address, out;
	u32 flags;

	/* 1:1 from 1 cell: nothing above 4 GiB. */
	check(fdt_delprop(base, node_at(base, "/soc"), "dma-ranges"));
	l = levels_of(base, "/soc/dev@1000");
	assert_true(dt_untranslate(&l, 0xffffffff, &flags, &address));
	assert_false(dt_untranslate(&l, 0x100000000, &flags, &address));
	/* From 2 cells to 1, Linux drops the upper half. */
	SET(base, "/", "#address-cells", 1);
	SET(base, "/soc", "#address-cells", 2);
	l = levels_of(base, "/soc/dev@1000");
	assert_true(dt_translate(&l, 0, 0x1000001000, &out));
	assert_int_equal(out, 0x1000);
	assert_false(dt_untranslate(&l, 0x1000001000, &flags, &address));
	free(base);
}

static void the_way_for_dma_may_be_an_interconnect(void **state)
{
	void *base = make_base();
	const char *wrong;
	struct dt_levels l;
	u64 out;

	/* "dma-mem" is the second; its parent is the root. */
	check(fdt_setprop(base, node_at(base, "/soc/dev@1000"),
			  "interconnect-names", "other\0dma-mem", 14));
	SET(base, "/soc/dev@1000", "interconnects", P_GIC, 9, P_OTHER);
	SET(base, "/soc/gic@3000", "#interconnect-cells", 1);
	SET(base, "/reserved-memory/hole", "#interconnect-cells", 0);
	SET(base, "/reserved-memory/hole", "#address-cells", 1);
	SET(base, "/reserved-memory/hole", "#size-cells", 1);
	l = levels_of(base, "/soc/dev@1000");
	assert_int_equal(l.count, 3);
	assert_true(dt_translate(&l, 0, 0x1000, &out));
	assert_int_equal(out, 0x1000);
	/* Other cells than its parent in the tree: Linux would mix them. */
	SET(base, "/reserved-memory/hole", "#address-cells", 2);
	wrong = dt_dma_levels(base, node_at(base, "/soc/dev@1000"), &l);
	assert_string_equal(wrong, "its bus and its interconnect have addresses of different sizes");
	/* One that cannot be read is as good as none. */
	SET(base, "/soc/dev@1000", "interconnects", P_GIC, 9, 0x99);
	l = levels_of(base, "/soc/dev@1000");
	assert_int_equal(l.count, 2);
	free(base);
}

static void buses_that_linux_does_not_count(void **state)
{
	void *base = make_base();
	struct dt_levels l;

	SET(base, "/soc", "#address-cells", 3);
	assert_non_null(dt_dma_levels(base, node_at(base, "/soc/dev@1000"),
				      &l));
	SET(base, "/soc", "#address-cells", 0);
	assert_non_null(dt_dma_levels(base, node_at(base, "/soc/dev@1000"),
				      &l));
	check(fdt_delprop(base, node_at(base, "/soc"), "#address-cells"));
	assert_non_null(dt_dma_levels(base, node_at(base, "/soc/dev@1000"),
				      &l));
	SET(base, "/pcie@20000000", "#address-cells", 2);
	assert_non_null(dt_dma_levels(base, node_at(base,
						    "/pcie@20000000/pcie@1,0"),
				      &l));
	assert_non_null(dt_dma_levels(base, 0, &l));
	free(base);
}

static void devices_are_found_as_linux_does(void **state)
{
	struct dt_place port = BELOW("/pcie@20000000", 8);
	struct dt_place net = BELOW("/pcie@20000000", 8, 1);
	struct dt_place deeper = BELOW("/pcie@20000000", 8, 1, 0);
	struct dt_place none = BELOW("/pcie@10000000", 8, 0);
	struct dt_place nowhere = NODE("/pcie@30000000");
	struct dt_place alias = NODE("soc");
	void *base = make_base();
	u32 depth;

	assert_int_equal(dt_find(base, &port, &depth),
			 node_at(base, "/pcie@20000000/pcie@1,0"));
	assert_int_equal(dt_find(base, &net, &depth),
			 node_at(base, "/pcie@20000000/pcie@1,0/multifunc-device/net@0,1"));
	assert_int_equal(depth, 2);
	dt_find(base, &deeper, &depth);
	assert_int_equal(depth, 2);
	assert_int_equal(dt_find(base, &none, &depth),
			 node_at(base, "/pcie@10000000"));
	assert_int_equal(depth, 0);
	assert_int_equal(dt_find(base, &nowhere, &depth), -ENODEV);
	assert_int_equal(dt_find(base, &alias, &depth), -ENODEV);
	free(base);
}

static void regions_are_read_as_linux_does(void **state)
{
	void *base = make_base();
	struct list list = { .count = 0 };

	ASSERT_REGIONS(base, "/soc/dev@1000",
		       DIRECT(0x50000000, 0x500fffff),
		       HOLE(0x51000000, 0x51001fff),
		       HOLE(0x60000000, 0x60000fff));
	/* A "reg" that cannot be read: Linux leaves the node out. */
	SET(base, "/reserved-memory/fw@50000000", "reg", 0);
	ASSERT_REGIONS(base, "/soc/dev@1000", HOLE(0x60000000, 0x60000fff));
	/* A cell of an address that is somebody's phandle. */
	SET(base, "/reserved-memory/hole", "iommu-addresses",
	    P_OTHER, P_DEV, 0x1000, 0x2000);
	ASSERT_REGIONS(base, "/soc/dev@1000", HOLE(0x40001000, 0x40002fff));
	/* Where Linux would follow a NULL pointer, or read past the end. */
	SET(base, "/reserved-memory/hole", "iommu-addresses", P_DEV,
	    0x40000000, 0x1000);
	assert_non_null(dt_read_regions(base, node_at(base, "/soc/dev@1000"),
					keep, &list));
	SET(base, "/reserved-memory/hole", "iommu-addresses", P_DEV, 0x1000);
	assert_non_null(dt_read_regions(base, node_at(base, "/soc/dev@1000"),
					keep, &list));
	check(fdt_setprop(base, node_at(base, "/reserved-memory/hole"),
			  "iommu-addresses", "abc", 3));
	assert_non_null(dt_read_regions(base, node_at(base, "/soc/dev@1000"),
					keep, &list));
	free(base);
}

static void memory_is_where_the_tree_says(void **state)
{
	void *base = make_base();

	assert_int_equal(dt_in_memory(base, 0, 0x3fffffff), 0);
	assert_int_equal(dt_in_memory(base, 0, 0x40000000), 1);
	assert_int_equal(dt_in_memory(base, 0x5fffffff, U64_MAX), 1);
	assert_int_equal(dt_in_memory(base, 0x60000000, U64_MAX), 0);
	SET(base, "/memory@40000000", "reg", 0, 0x40000000, 0, 0);
	assert_int_equal(dt_in_memory(base, 0, U64_MAX), -1);
	free(base);
	base = make_base_with((struct twist){ .no_memory = true });
	assert_int_equal(dt_in_memory(base, 0, U64_MAX), -1);
	free(base);
}

static void a_device_keeps_what_it_had(void **state)
{
	struct dt_region r[] = { HOLE(0x70000000, 0x700fffff),
				 DIRECT(0x5f000000, 0x5f00ffff),
				 HOLE(0x60000000, 0x60000fff) };
	struct dt_wanted w = WANTED("dev", NODE("/soc/dev@1000"), r);
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;

	merged = build(base, &w, 1, &said, &built);
	ASSERT_REGIONS(merged, "/soc/dev@1000",
		       DIRECT(0x50000000, 0x500fffff),
		       HOLE(0x51000000, 0x51001fff),
		       HOLE(0x60000000, 0x60000fff),
		       HOLE(0x70000000, 0x700fffff),
		       DIRECT(0x5f000000, 0x5f00ffff));
	assert_int_equal(built.regions, 2);
	assert_int_equal(built.already, 1);
	assert_int_equal(built.left, 0);
	assert_int_equal(said.findings + said.notes, 0);
	/* The name was taken. */
	ASSERT_CELLS(merged, "/reserved-memory/iommu-resv-1",
		     "iommu-addresses", P_DEV, 0x30000000, 0x100000);
	/* In memory: kept from others, and mapped as ever. */
	ASSERT_CELLS(merged, "/reserved-memory/iommu-resv-2@5f000000", "reg",
		     0, 0x5f000000, 0, 0x10000);
	assert_null(fdt_getprop(merged, node_at(merged,
			"/reserved-memory/iommu-resv-2@5f000000"), "no-map",
			NULL));
	free(merged);
	free(base);
}

static void a_node_without_phandle_gets_one(void **state)
{
	struct dt_region r[] = { HOLE(0x40000000, 0x4fffffff) };
	struct dt_wanted w = WANTED("plain", NODE("/soc/plain@2000"), r);
	void *base = make_base_with((struct twist){ .no_reserved = true });
	struct dt_built built;
	struct said said;
	void *merged;

	merged = build(base, &w, 1, &said, &built);
	ASSERT_REGIONS(merged, "/soc/plain@2000",
		       HOLE(0x40000000, 0x4fffffff));
	ASSERT_CELLS(merged, "/soc/plain@2000", "phandle", P_NET + 1);
	ASSERT_CELLS(merged, "/reserved-memory", "#address-cells", 2);
	ASSERT_CELLS(merged, "/reserved-memory", "#size-cells", 2);
	assert_non_null(fdt_getprop(merged, node_at(merged, "/reserved-memory"),
				    "ranges", NULL));
	/* No phandle, and no memory-region before. */
	assert_int_equal(said.notes, 2);
	assert_int_equal(said.findings, 0);
	free(merged);
	free(base);
}

static void pci_devices_get_nodes(void **state)
{
	struct dt_region r[] = { HOLE(0x48000000, 0x4fffffff),
				 HOLE(0xf000000000000000, U64_MAX) };
	struct dt_region port[] = { HOLE(0x48000000, 0x4fffffff) };
	struct dt_wanted w[] = {
		WANTED("deep", BELOW("/pcie@10000000", 0x1a, 3, 0), r),
		WANTED("port", BELOW("/pcie@10000000", 0x1a), port),
	};
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;
	u32 host;

	merged = build(base, w, 2, &said, &built);
	assert_int_equal(built.nodes, 3);
	ASSERT_REGIONS(merged, "/pcie@10000000/pci@3,2/pci@0,3/device@0,0",
		       HOLE(0x48000000, 0x4fffffff),
		       HOLE(0xf000000000000000, U64_MAX));
	ASSERT_REGIONS(merged, "/pcie@10000000/pci@3,2",
		       HOLE(0x48000000, 0x4fffffff));
	ASSERT_CELLS(merged, "/pcie@10000000/pci@3,2", "reg",
		     0x1a00, 0, 0, 0, 0);
	/* INTx: 32 pins of which 16 differ; the first, and the last. */
	host = fdt_get_phandle(merged, node_at(merged, "/pcie@10000000"));
	assert_true(host > P_NET);
	ASSERT_CELLS(merged, "/pcie@10000000/pci@3,2", "interrupt-map-mask",
		     0x1800, 0, 0, 7);
	ASSERT_CELLS(merged, "/pcie@10000000/pci@3,2", "interrupt-map",
		     0, 0, 0, 1, host, 0x1a00, 0, 0, 1,
		     0, 0, 0, 2, host, 0x1a00, 0, 0, 2,
		     0, 0, 0, 3, host, 0x1a00, 0, 0, 3,
		     0, 0, 0, 4, host, 0x1a00, 0, 0, 4,
		     0x800, 0, 0, 1, host, 0x1a00, 0, 0, 2,
		     0x800, 0, 0, 2, host, 0x1a00, 0, 0, 3,
		     0x800, 0, 0, 3, host, 0x1a00, 0, 0, 4,
		     0x800, 0, 0, 4, host, 0x1a00, 0, 0, 1,
		     0x1000, 0, 0, 1, host, 0x1a00, 0, 0, 3,
		     0x1000, 0, 0, 2, host, 0x1a00, 0, 0, 4,
		     0x1000, 0, 0, 3, host, 0x1a00, 0, 0, 1,
		     0x1000, 0, 0, 4, host, 0x1a00, 0, 0, 2,
		     0x1800, 0, 0, 1, host, 0x1a00, 0, 0, 4,
		     0x1800, 0, 0, 2, host, 0x1a00, 0, 0, 1,
		     0x1800, 0, 0, 3, host, 0x1a00, 0, 0, 2,
		     0x1800, 0, 0, 4, host, 0x1a00, 0, 0, 3);
	assert_null(fdt_getprop(merged, node_at(merged, "/pcie@10000000/pci@3,2"),
				"dma-ranges", NULL));
	assert_int_equal(said.findings, 0);
	free(merged);
	free(base);
}

static void bridges_carry_the_kind_of_address(void **state)
{
	struct dt_region r[] = { DIRECT(0x3f000000, 0x3f00ffff) };
	struct dt_wanted w = WANTED("nic", BELOW("/pcie@20000000", 0x10, 0), r);
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;

	merged = build(base, &w, 1, &said, &built);
	ASSERT_REGIONS(merged, "/pcie@20000000/pci@2,0/device@0,0",
		       DIRECT(0x3f000000, 0x3f00ffff));
	ASSERT_CELLS(merged, "/pcie@20000000/pci@2,0", "dma-ranges",
		     DT_PCI_MEM64, 0, 0, DT_PCI_MEM64, 0, 0, U32_MAX, U32_MAX);
	/* Not memory: nothing to keep from others. */
	assert_non_null(fdt_getprop(merged, node_at(merged,
			"/reserved-memory/iommu-resv-0@3f000000"), "no-map",
			NULL));
	/* No INTx to pass on. */
	assert_null(fdt_getprop(merged, node_at(merged,
			"/pcie@20000000/pci@2,0"), "interrupt-map", NULL));
	/* Who knows what the driver of such a host makes of a new child. */
	assert_int_equal(said.findings, 1);
	free(merged);
	free(base);
}

static void what_has_no_address_is_left_out(void **state)
{
	struct dt_region r[] = { HOLE(0x1000, 0x1fff),
				 HOLE(0xa0000000, 0xa0000fff) };
	struct dt_wanted w[] = {
		WANTED("nic", BELOW("/pcie@20000000", 0x10), r),
		WANTED("net", BELOW("/pcie@20000000", 8, 0x10), r),
	};
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;

	merged = build(base, &w[0], 1, &said, &built);
	ASSERT_REGIONS(merged, "/pcie@20000000/device@2,0",
		       HOLE(0x1000, 0x1fff));
	assert_int_equal(built.left, 1);
	assert_int_equal(said.findings, 2);
	free(merged);
	/* Below a port of the base nothing has an address. */
	memset(&said, 0, sizeof(said));
	assert_int_equal(dt_overlay_build(base, &w[1], 1, hear, &said, &built),
			 0);
	assert_null(built.blob);
	assert_int_equal(built.left, 2);
	assert_int_equal(said.findings, 2);
	assert_said(&said, "0xa0000000-0xa0000fff reserved is left out");
	free(base);
}

static void long_regions_are_cut(void **state)
{
	struct dt_region soc[] = { HOLE(0x40000000, 0x17fffffff) };
	struct dt_region all[] = { HOLE(0, U64_MAX) };
	struct dt_wanted w[] = {
		WANTED("plain", NODE("/soc/plain@2000"), soc),
		WANTED("deep", BELOW("/pcie@10000000", 0), all),
	};
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;

	merged = build(base, &w[1], 1, &said, &built);
	ASSERT_REGIONS(merged, "/pcie@10000000/device@0,0",
		       HOLE(0, 0x7fffffffffffffff),
		       HOLE(0x8000000000000000, U64_MAX));
	assert_int_equal(built.regions, 1);
	free(merged);
	/* The second half of it is nowhere: all of it is left out. */
	assert_int_equal(dt_overlay_build(base, &w[0], 1, hear, &said, &built),
			 0);
	assert_null(built.blob);
	assert_int_equal(built.left, 1);
	free(base);
}

static void devices_share_memory(void **state)
{
	struct dt_region r[] = { DIRECT(0x5f000000, 0x5f00ffff) };
	struct dt_wanted w[] = {
		WANTED("dev", NODE("/soc/dev@1000"), r),
		WANTED("a", BELOW("/pcie@10000000", 0), r),
		WANTED("b", BELOW("/pcie@10000000", 1), r),
	};
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *merged;
	u32 count;

	merged = build(base, w, 3, &said, &built);
	dt_cells(merged, node_at(merged, "/reserved-memory/iommu-resv-0@5f000000"),
		 "iommu-addresses", &count);
	assert_int_equal(count, 3 + 6 + 6);
	free(merged);
	/* Its phandle is the length: b would take that cell for itself. */
	SET(base, "/pcie@20000000/pcie@1,0/multifunc-device/net@0,1",
	    "phandle", 0x77);
	check(fdt_add_subnode(base, node_at(base, "/pcie@10000000"),
			      "b@0,1"));
	SET(base, "/pcie@10000000/b@0,1", "reg", 0x100, 0, 0, 0, 0);
	SET(base, "/pcie@10000000/b@0,1", "phandle", 0x10000);
	merged = build(base, w, 3, &said, &built);
	ASSERT_REGIONS(merged, "/pcie@10000000/b@0,1",
		       DIRECT(0x5f000000, 0x5f00ffff));
	ASSERT_REGIONS(merged, "/pcie@10000000/device@0,0",
		       DIRECT(0x5f000000, 0x5f00ffff));
	dt_cells(merged, node_at(merged, "/reserved-memory/iommu-resv-0@5f000000"),
		 "iommu-addresses", &count);
	assert_int_equal(count, 3 + 6);
	ASSERT_CELLS(merged, "/reserved-memory/iommu-resv-1@5f000000",
		     "iommu-addresses", 0x10000, DT_PCI_MEM32, 0, 0x5f000000,
		     0, 0x10000);
	free(merged);
	free(base);
}

static void memory_that_somebody_has_is_noted(void **state)
{
	struct dt_region r[] = { DIRECT(0x500ff000, 0x5010efff) };
	struct dt_wanted w = WANTED("dev", NODE("/soc/dev@1000"), r);
	void *base = make_base();
	struct dt_built built;
	struct said said;

	free(build(base, &w, 1, &said, &built));
	assert_int_equal(said.notes, 1);
	assert_said(&said, "overlaps /reserved-memory/fw@50000000");
	free(base);
}

static void twice_is_once(void **state)
{
	struct dt_region r[] = { HOLE(0x48000000, 0x4fffffff),
				 DIRECT(0x5f000000, 0x5f00ffff) };
	struct dt_wanted w[] = {
		WANTED("deep", BELOW("/pcie@10000000", 8, 0), r),
		WANTED("dev", NODE("/soc/dev@1000"), r),
	};
	void *base = make_base();
	struct dt_built built, again;
	struct said said = { .findings = 0 };
	void *merged;

	assert_int_equal(dt_overlay_build(base, w, 2, hear, &said, &built), 0);
	assert_int_equal(dt_overlay_build(base, w, 2, hear, &said, &again), 0);
	assert_int_equal(built.size, again.size);
	assert_memory_equal(built.blob, again.blob, built.size);
	free(again.blob);
	merged = apply(base, &built);
	free(built.blob);
	assert_int_equal(dt_overlay_build(merged, w, 2, hear, &said, &again),
			 0);
	assert_null(again.blob);
	assert_int_equal(again.already, 4);
	assert_int_equal(again.regions, 0);
	free(merged);
	free(base);
}

static void nothing_wanted_is_nothing(void **state)
{
	struct dt_wanted w = { .name = "x", .place = NODE("/soc/dev@1000") };
	void *base = make_base();
	struct dt_built built;
	struct said said = { .findings = 0 };

	assert_int_equal(dt_overlay_build(base, &w, 0, hear, &said, &built), 0);
	assert_null(built.blob);
	assert_int_equal(dt_overlay_build(base, &w, 1, hear, &said, &built), 0);
	assert_null(built.blob);
	free(base);
}

static void bad_bases_are_refused(void **state)
{
	struct dt_region r[] = { HOLE(0x48000000, 0x4fffffff) };
	struct dt_wanted w = WANTED("dev", NODE("/soc/dev@1000"), r);
	struct dt_wanted lost = WANTED("lost", NODE("/soc/gone@1"), r);
	struct dt_wanted twice[] = {
		WANTED("one", BELOW("/pcie@20000000", 8, 1), r),
		WANTED("two", NODE("/pcie@20000000/pcie@1,0/multifunc-device/net@0,1"), r),
	};
	struct dt_wanted made[] = {
		WANTED("one", BELOW("/pcie@10000000", 8, 1), r),
		WANTED("two", BELOW("/pcie@10000000", 8, 1), r),
	};
	void *base = make_base_with((struct twist){ .no_cells = true });

	refuse(base, &w, 1, "#address-cells");
	free(base);
	base = make_base();
	refuse(base, &lost, 1, "no node /soc/gone@1");
	refuse(base, twice, 2, "one and two are one device");
	refuse(base, made, 2, "one and two are one device");
	SET(base, "/soc/plain@2000", "phandle", P_DEV);
	refuse(base, &w, 1, "0x7000 of its node /soc/dev@1000 is also");
	SET(base, "/soc/plain@2000", "phandle", 0x55);
	SET(base, "/soc/dev@1000", "phandle", 0);
	refuse(base, &w, 1, "a phandle that is none (0x0)");
	SET(base, "/soc/dev@1000", "phandle", DT_PHANDLE_ILLEGAL);
	refuse(base, &w, 1, "a phandle that is none (0xdeadbeef)");
	SET(base, "/soc/dev@1000", "phandle", P_DEV);
	SET(base, "/reserved-memory/hole", "iommu-addresses", P_DEV,
	    0x40000000, 0x1000);
	refuse(base, &w, 1, "no dma-ranges has");
	SET(base, "/reserved-memory/hole", "iommu-addresses", P_DEV, 0, 0x1000);
	SET(base, "/reserved-memory", "#size-cells", 1);
	refuse(base, &w, 1, "not the root's, so Linux ignores it");
	SET(base, "/reserved-memory", "#size-cells", 2);
	check(fdt_delprop(base, node_at(base, "/reserved-memory"), "ranges"));
	refuse(base, &w, 1, "no empty ranges, so Linux ignores it");
	free(base);
	/* The last phandles are taken. */
	base = make_base();
	SET(base, "/soc/plain@2000", "phandle", 0xfffffffe);
	refuse(base, &w, 1, "does not apply to the base");
	free(base);
}

static void bytes_that_are_no_tree(void **state)
{
	void *base = make_base();
	u32 size = fdt_totalsize(base);

	assert_non_null(dt_base_check("", 0));
	assert_non_null(dt_base_check(base, 39));
	assert_non_null(dt_base_check(base, size - 1));
	*(u8 *)base = 0;
	assert_non_null(dt_base_check(base, size));
	free(base);
}

static void trees_have_an_end(void **state)
{
	const u32 count = 100000;
	struct dt_region *r = calloc(count, sizeof(*r));
	struct dt_wanted w = {
		.name = "a", .place = BELOW("/pcie@10000000", 0), .regions = r
	};
	void *base = make_base();
	struct dt_built built;
	struct said said;
	void *big, *p;
	u32 i;

	assert_non_null(r);
	for (i = 0; i < count; i++)
		r[i] = (struct dt_region)HOLE(0x10000ull * i, 0x10000ull * i);
	w.count = count;
	refuse(base, &w, 1, "the overlay is longer than the 2 MiB");
	/* The base has all but a little of it. */
	big = calloc(1, DT_SIZE_MAX + TREE_SIZE);
	assert_non_null(big);
	check(fdt_open_into(base, big, DT_SIZE_MAX + TREE_SIZE));
	check(fdt_pack(base));
	check(fdt_setprop_placeholder(big, 0, "blob", DT_SIZE_MAX - 64 -
				      fdt_totalsize(base), &p));
	w.count = 1;
	free(build(base, &w, 1, &said, &built));
	refuse(big, &w, 1, "bytes, and Linux takes 2 MiB");
	free(big);
	free(base);
	free(r);
}

/* Each byte of the base with others in its place: an orderly answer, always. */
static void spoilt_trees_do_no_harm(void **state)
{
	static const u8 flips[] = { 0x01, 0x80, 0xff };
	struct dt_region r[] = { HOLE(0x48000000, 0x4fffffff),
				 DIRECT(0x5f000000, 0x5f00ffff) };
	struct dt_wanted w[] = {
		WANTED("deep", BELOW("/pcie@10000000", 8, 0), r),
		WANTED("net", BELOW("/pcie@20000000", 8, 1), r),
		WANTED("dev", NODE("/soc/dev@1000"), r),
	};
	void *good = make_base();
	u32 size, i, k, taken = 0;
	struct said said;
	u8 *bad;
	int saved, null;

	check(fdt_pack(good));
	size = fdt_totalsize(good);
	saved = dup(STDERR_FILENO);
	null = dup(STDERR_FILENO);
	assert_non_null(freopen("/dev/null", "w", stderr));
	for (i = 0; i < size; i++) {
		for (k = 0; k < ARRAY_SIZE(flips); k++) {
			struct dt_built built;

			bad = malloc(size);
			assert_non_null(bad);
			memcpy(bad, good, size);
			bad[i] ^= flips[k];
			if (!dt_base_check(bad, size) &&
			    !dt_overlay_build(bad, w, 3, hear, &said, &built)) {
				taken++;
				free(built.blob);
			}
			free(bad);
		}
	}
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(null);
	assert_true(taken > 0);
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_go_through_dma_ranges),
		cmocka_unit_test(addresses_of_pci_have_flags),
		cmocka_unit_test(short_addresses_do_not_get_through),
		cmocka_unit_test(the_way_for_dma_may_be_an_interconnect),
		cmocka_unit_test(buses_that_linux_does_not_count),
		cmocka_unit_test(devices_are_found_as_linux_does),
		cmocka_unit_test(regions_are_read_as_linux_does),
		cmocka_unit_test(memory_is_where_the_tree_says),
		cmocka_unit_test(a_device_keeps_what_it_had),
		cmocka_unit_test(a_node_without_phandle_gets_one),
		cmocka_unit_test(pci_devices_get_nodes),
		cmocka_unit_test(bridges_carry_the_kind_of_address),
		cmocka_unit_test(what_has_no_address_is_left_out),
		cmocka_unit_test(long_regions_are_cut),
		cmocka_unit_test(devices_share_memory),
		cmocka_unit_test(memory_that_somebody_has_is_noted),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(nothing_wanted_is_nothing),
		cmocka_unit_test(bad_bases_are_refused),
		cmocka_unit_test(bytes_that_are_no_tree),
		cmocka_unit_test(trees_have_an_end),
		cmocka_unit_test(spoilt_trees_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
