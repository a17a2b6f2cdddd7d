// SPDX-License-Identifier: GPL-2.0-only
/* LINK: tools/dt_facts.c module/ranges.c */
/*
 * dt_facts_test.c - what tools/dt_facts.c reads from good and from bad trees
 *
 * The good one has a PCI host behind two buses that move addresses. Bad ones
 * are that tree with one property spoilt, cut off anywhere, or with any of its
 * bytes changed: nothing but an orderly answer may come of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <libfdt.h>

#include "../../tools/dt_facts.h"

#define TREE_SIZE	8192
#define HOST		"/bus@0/soc@1/pcie@1000"
#define SMMU		"/bus@0/soc@1/iommu@5000"
#define ITS		"/its@80000000"

static u8 good[TREE_SIZE];

static void check(int err)
{
	if (err < 0)
		fail_msg("libfdt: %s", fdt_strerror(err));
}

static void cells(void *fdt, const char *name, const u32 *value, size_t count)
{
	fdt32_t be[40];
	size_t i;

	assert_true(count <= ARRAY_SIZE(be));
	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(value[i]);
	check(fdt_property(fdt, name, be, count * sizeof(*be)));
}

#define CELLS(fdt, name, ...) \
	cells(fdt, name, (const u32[]){ __VA_ARGS__ }, \
	      sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

static void make_host(void *f)
{
	static const char compatible[] = "acme,rev2-pcie\0acme,pcie";
	static const char names[] = "dbi\0config";

	check(fdt_begin_node(f, "pcie@1000"));
	check(fdt_property(f, "compatible", compatible, sizeof(compatible)));
	check(fdt_property_string(f, "device_type", "pci"));
	CELLS(f, "#address-cells", 3);
	CELLS(f, "#size-cells", 2);
	CELLS(f, "reg", 0x1000, 0x1000, 0x8000, 0x800);
	check(fdt_property(f, "reg-names", names, sizeof(names)));
	CELLS(f, "ranges",
	      0x01000000, 0, 0, 0x9000, 0, 0x100,
	      0x02000000, 0, 0x40000000, 0xa000, 0, 0x1000,
	      0x43000000, 0x80, 0, 0xb000, 1, 0,
	      0x02000000, 0, 0x50000000, 0xa000, 0, 0,
	      0x02000000, 0, 0x60000000, 0xff000000, 0, 0x1000);
	CELLS(f, "dma-ranges", 0x02000000, 0, 0x80000000, 0x2000, 0, 0x1000);
	CELLS(f, "linux,pci-domain", 3);
	CELLS(f, "msi-map", 0, 7, 0, 0x100, 0x100, 8, 0, 0x100);
	CELLS(f, "iommu-map", 0, 9, 0, 0x10000);
	CELLS(f, "acme,holes", 0x10000000, 0x1000, 0x20000000, 0x2000);
	check(fdt_end_node(f));
}

static void make_its(void *f, const char *name, u32 phandle, u32 at,
		     const char *status)
{
	check(fdt_begin_node(f, name));
	check(fdt_property_string(f, "compatible", "arm,gic-v3-its"));
	CELLS(f, "reg", 0, at, 0, 0x20000);
	CELLS(f, "#msi-cells", 1);
	CELLS(f, "phandle", phandle);
	if (status)
		check(fdt_property_string(f, "status", status));
	check(fdt_end_node(f));
}

/*
 * Addresses: the outer bus adds 0x100000000 and has two cells above it, the
 * inner one maps 0x0-0xffff to 0x30000 of the outer one.
 */
static int setup(void **state)
{
	void *f = good;

	check(fdt_create(f, TREE_SIZE));
	check(fdt_finish_reservemap(f));
	check(fdt_begin_node(f, ""));
	check(fdt_property(f, "compatible", "acme,board\0acme,soc", 20));
	CELLS(f, "#address-cells", 2);
	CELLS(f, "#size-cells", 2);
	check(fdt_begin_node(f, "bus@0"));
	CELLS(f, "#address-cells", 1);
	CELLS(f, "#size-cells", 1);
	CELLS(f, "ranges", 0, 1, 0, 0x1000000);
	check(fdt_begin_node(f, "soc@1"));
	CELLS(f, "#address-cells", 1);
	CELLS(f, "#size-cells", 1);
	CELLS(f, "ranges", 0, 0x30000, 0x10000);
	make_host(f);
	check(fdt_begin_node(f, "iommu@5000"));
	check(fdt_property_string(f, "compatible", "arm,smmu-v3"));
	CELLS(f, "reg", 0x5000, 0x1000);
	CELLS(f, "phandle", 9);
	CELLS(f, "#iommu-cells", 1);
	check(fdt_end_node(f));
	check(fdt_begin_node(f, "usb@6000"));
	check(fdt_property_string(f, "compatible", "acme,usb"));
	CELLS(f, "reg", 0x6000, 0x10);
	CELLS(f, "iommus", 9, 4);
	CELLS(f, "msi-parent", 8, 0x77);
	check(fdt_end_node(f));
	check(fdt_end_node(f));
	check(fdt_end_node(f));
	make_its(f, "its@80000000", 7, 0x80000000, NULL);
	make_its(f, "its@90000000", 8, 0x90000000, "okay");
	make_its(f, "its@a0000000", 10, 0xa0000000, "disabled");
	check(fdt_end_node(f));
	check(fdt_finish(f));
	return 0;
}

struct answer {
	struct resv_range r[16];
	unsigned int count;
};

static int note(void *ctx, u64 start, u64 last)
{
	struct answer *a = ctx;

	if (a->count == ARRAY_SIZE(a->r))
		return -ENOSPC;
	a->r[a->count++] = (struct resv_range){ start, last };
	return 0;
}

#define IS(answer, ...) \
	is_answer(answer, (const u64[]){ __VA_ARGS__ }, \
		  sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

static void is_answer(const struct answer *a, const u64 *want, size_t count)
{
	size_t i;

	assert_int_equal(a->count, count / 2);
	for (i = 0; i < a->count; i++) {
		assert_int_equal(a->r[i].start, want[2 * i]);
		assert_int_equal(a->r[i].last, want[2 * i + 1]);
	}
}

static struct dt_device device(const struct dt_tree *tree, const char *host,
			       const char *node)
{
	return (struct dt_device){
		.tree = tree,
		.host = host ? dt_tree_node(tree, host) : -ENODEV,
		.node = node ? dt_tree_node(tree, node) : -ENODEV,
		.rid = DT_ANY_RID,
		.page_size = 4096,
	};
}

/* The tree with one property of a node set anew, in @copy. */
static struct dt_tree spoilt(u8 *copy, const char *path, const char *name,
			     const u32 *value, size_t count)
{
	struct dt_tree tree;
	fdt32_t be[40];
	size_t i;

	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(value[i]);
	check(fdt_open_into(good, copy, TREE_SIZE));
	check(fdt_setprop(copy, fdt_path_offset(copy, path), name, be,
			  count * sizeof(*be)));
	check(fdt_pack(copy));
	assert_null(dt_tree_open(&tree, copy, fdt_totalsize(copy)));
	return tree;
}

#define SPOILT(copy, path, name, ...) \
	spoilt(copy, path, name, (const u32[]){ __VA_ARGS__ }, \
	       sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

static struct dt_tree open_good(void)
{
	struct dt_tree tree;

	assert_null(dt_tree_open(&tree, good, fdt_totalsize(good)));
	return tree;
}

static int count_tokens(void *arg, enum quirk_key kind, const char *value,
			u32 revision)
{
	char *seen = arg;

	sprintf(seen + strlen(seen), "%u:%s ", kind, value);
	return 0;
}

static void identity_is_root_and_enabled_nodes(void **state)
{
	struct dt_tree tree = open_good();
	char seen[512] = "";

	assert_int_equal(dt_tree_for_each_token(&tree, count_tokens, seen), 0);
	assert_string_equal(seen,
			    "1:acme,board 1:acme,soc 2:acme,rev2-pcie 2:acme,pcie "
			    "2:arm,smmu-v3 2:acme,usb 2:arm,gic-v3-its 2:arm,gic-v3-its ");
}

static void a_host_is_known_by_path_compatible_and_property(void **state)
{
	struct dt_tree tree = open_good();
	struct dt_device d = device(&tree, HOST, NULL);
	struct dt_device usb = device(&tree, NULL, "/bus@0/soc@1/usb@6000");

	assert_true(dt_facts.host_path_is(&d, HOST));
	assert_false(dt_facts.host_path_is(&d, "/bus@0"));
	assert_false(dt_facts.host_path_is(&d, "pcie"));
	assert_true(dt_facts.host_compatible(&d, "acme,pcie"));
	assert_false(dt_facts.host_compatible(&d, "acme,pci"));
	assert_true(dt_facts.host_has_property(&d, "msi-map"));
	assert_false(dt_facts.host_has_property(&d, "msi-parent"));
	assert_false(dt_facts.device_compatible(&d, "acme,pcie"));
	assert_int_equal(dt_facts.segment(&d), 3);
	assert_int_equal(dt_facts.segment(&usb), -ENODEV);
	assert_true(dt_facts.device_compatible(&usb, "acme,usb"));
	assert_true(dt_facts.device_path_is(&usb, "/bus@0/soc@1/usb@6000"));
	assert_false(dt_facts.host_compatible(&usb, "acme,usb"));
}

static void reg_is_translated_through_both_buses(void **state)
{
	struct dt_tree tree = open_good();
	struct dt_device d = device(&tree, HOST, NULL);
	struct answer a = { .count = 0 };

	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "config", 0, note, &a), 0);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "", 0, note, &a), 0);
	IS(&a, 0x100038000, 0x1000387ff, 0x100031000, 0x100031fff);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "", 2, note, &a), -ENOENT);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "conf", 0, note, &a), -ENOENT);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_DEVICE, "", 0, note, &a), -ENODEV);
}

static void windows_are_bus_addresses_of_memory(void **state)
{
	struct dt_tree tree = open_good();
	struct dt_device d = device(&tree, HOST, NULL);
	struct answer a = { .count = 0 };
	struct answer in = { .count = 0 };

	/* Left out: I/O, an empty row, one that leads nowhere. */
	assert_int_equal(dt_facts.host_windows(&d, note, &a), 0);
	IS(&a, 0x40000000, 0x40000fff, 0x8000000000, 0x80ffffffff);
	assert_int_equal(dt_facts.inbound(&d, note, &in), 0);
	IS(&in, 0x80000000, 0x80000fff);
}

static void msi_controllers_follow_the_map(void **state)
{
	struct dt_tree tree = open_good();
	struct dt_device d = device(&tree, HOST, NULL);
	struct dt_device usb = device(&tree, NULL, "/bus@0/soc@1/usb@6000");
	struct answer every = { .count = 0 };
	struct answer one = { .count = 0 };
	struct answer all = { .count = 0 };
	struct answer parent = { .count = 0 };
	struct answer regs = { .count = 0 };

	assert_int_equal(dt_facts.its_bases(&d, false, note, &every), 0);
	IS(&every, 0x80000000, 0x8001ffff, 0x90000000, 0x9001ffff);
	assert_int_equal(dt_facts.its_bases(&d, true, note, &all), 0);
	IS(&all, 0x80000000, 0x8001ffff, 0x90000000, 0x9001ffff);
	d.rid = 0x108;
	assert_int_equal(dt_facts.its_bases(&d, false, note, &one), 0);
	IS(&one, 0x90000000, 0x9001ffff);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_MSI_CONTROLLER, "", 0, note, &regs), 0);
	IS(&regs, 0x90000000, 0x9001ffff);
	d.rid = 0x300;
	assert_int_equal(dt_facts.its_bases(&d, false, note, &one), -ENODEV);
	assert_int_equal(dt_facts.its_bases(&usb, false, note, &parent), 0);
	IS(&parent, 0x90000000, 0x9001ffff);
}

static void iommus_and_properties_are_read(void **state)
{
	struct dt_tree tree = open_good();
	struct dt_device d = device(&tree, HOST, NULL);
	struct dt_device usb = device(&tree, NULL, "/bus@0/soc@1/usb@6000");
	struct answer a = { .count = 0 };
	u64 base = 0;

	assert_int_equal(dt_facts.iommu_base(&d, &base), 0);
	assert_int_equal(base, 0x100035000);
	assert_int_equal(dt_facts.iommu_base(&usb, &base), 0);
	assert_int_equal(dt_facts.node_property(&d, QUIRK_NODE_HOST, "acme,holes", note, &a), 0);
	IS(&a, 0x10000000, 0x1000, 0x20000000, 0x2000);
	assert_int_equal(dt_facts.node_property(&d, QUIRK_NODE_HOST, "acme,none", note, &a), -ENOENT);
	assert_int_equal(dt_facts.node_property(&d, QUIRK_NODE_HOST, "linux,pci-domain", note, &a),
			 -EINVAL);
}

/* One property spoilt: what depends on it fails, in an orderly way. */
static void spoilt_properties_are_errors(void **state)
{
	u8 copy[TREE_SIZE];
	struct answer a = { .count = 0 };
	struct dt_tree tree;
	struct dt_device d;
	u64 base;

	tree = SPOILT(copy, "/bus@0", "#address-cells", 3);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "config", 0, note, &a), -ENOENT);

	tree = SPOILT(copy, "/bus@0/soc@1", "#address-cells", 0);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "config", 0, note, &a), -ENOENT);
	assert_int_equal(dt_facts.host_windows(&d, note, &a), -EINVAL);

	/* A bus that does not reach the host's registers. */
	tree = SPOILT(copy, "/bus@0/soc@1", "ranges", 0, 0x30000, 0x4000);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.node_reg(&d, QUIRK_NODE_HOST, "config", 0, note, &a), -ENOENT);
	assert_int_equal(dt_facts.iommu_base(&d, &base), -ENODEV);

	/* A range past the end of the address space. */
	tree = SPOILT(copy, ITS, "reg", 0xffffffff, 0xffff0000, 0, 0x20000);
	d = device(&tree, HOST, NULL);
	d.rid = 0;
	assert_int_equal(dt_facts.its_bases(&d, false, note, &a), -EINVAL);

	/* A row short of cells, a controller that is not there. */
	tree = SPOILT(copy, HOST, "msi-map", 0, 7, 0);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.its_bases(&d, false, note, &a), -EINVAL);
	tree = SPOILT(copy, HOST, "msi-map", 0, 77, 0, 0x10000);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.its_bases(&d, false, note, &a), -EINVAL);

	/* More cells behind a phandle than there are. */
	tree = SPOILT(copy, "/its@90000000", "#msi-cells", 0xffffffff);
	d = device(&tree, NULL, "/bus@0/soc@1/usb@6000");
	assert_int_equal(dt_facts.its_bases(&d, false, note, &a), -EINVAL);

	tree = SPOILT(copy, HOST, "linux,pci-domain", 0x10000);
	d = device(&tree, HOST, NULL);
	assert_int_equal(dt_facts.segment(&d), -ENODEV);
	assert_int_equal(a.count, 0);
}

/* A status or compatible without its NUL is not read past its end. */
static void strings_without_end_are_no_strings(void **state)
{
	u8 copy[TREE_SIZE];
	struct dt_tree tree = SPOILT(copy, ITS, "status", 0x6f6b6f6b);
	struct dt_device d = device(&tree, HOST, NULL);
	struct answer all = { .count = 0 };

	assert_int_equal(dt_facts.its_bases(&d, true, note, &all), 0);
	IS(&all, 0x90000000, 0x9001ffff);
	tree = SPOILT(copy, HOST, "compatible", 0x61636d65);
	d = device(&tree, HOST, NULL);
	assert_false(dt_facts.host_compatible(&d, "acme"));
}

/* Asks everything; nothing but errors and ranges may come of it. */
static void ask_all(const struct dt_tree *tree)
{
	static const char *const nodes[] = { HOST, "/bus@0/soc@1/usb@6000", ITS, SMMU };
	static const char *const properties[] = { "acme,holes", "reg", "ranges", "compatible" };
	char seen[4096] = "";
	struct dt_device d;
	size_t i, n;
	u64 base;

	/* Room for what a tree of this size can have. */
	dt_tree_for_each_token(tree, count_tokens, seen);
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		for (n = 0; n < 2; n++) {
			struct answer a = { .count = 0 };

			d = device(tree, n ? nodes[i] : NULL, n ? NULL : nodes[i]);
			d.rid = i;
			dt_facts.segment(&d);
			dt_facts.host_compatible(&d, "acme,pcie");
			dt_facts.device_compatible(&d, "acme,usb");
			dt_facts.host_has_property(&d, "msi-map");
			dt_facts.iommu_base(&d, &base);
			dt_facts.host_windows(&d, note, &a);
			dt_facts.inbound(&d, note, &a);
			dt_facts.its_bases(&d, true, note, &a);
			dt_facts.its_bases(&d, false, note, &a);
			dt_facts.node_reg(&d, n ? QUIRK_NODE_HOST : QUIRK_NODE_DEVICE, "config", 0,
					  note, &a);
			dt_facts.node_reg(&d, QUIRK_NODE_MSI_CONTROLLER, "", 1, note, &a);
			dt_facts.node_property(&d, n ? QUIRK_NODE_HOST : QUIRK_NODE_DEVICE,
					       properties[i], note, &a);
		}
}

static void cut_blobs_are_refused(void **state)
{
	size_t size = fdt_totalsize(good);
	struct dt_tree tree;
	size_t len;

	for (len = 0; len < size; len++) {
		/* On the heap, so that the sanitizer sees a read behind it. */
		u8 *cut = malloc(len ? len : 1);

		assert_non_null(cut);
		memcpy(cut, good, len);
		if (!dt_tree_open(&tree, cut, len))
			fail_msg("%zu of %zu bytes were taken for a tree", len, size);
		free(cut);
	}
}

static void changed_bytes_do_no_harm(void **state)
{
	static const u8 values[] = { 0x00, 0x01, 0x03, 0x7f, 0x80, 0xff };
	size_t size = fdt_totalsize(good);
	unsigned int taken = 0;
	u8 *copy = malloc(size);
	size_t i, n;

	assert_non_null(copy);
	for (i = 0; i < size; i++)
		for (n = 0; n < ARRAY_SIZE(values); n++) {
			struct dt_tree tree;

			memcpy(copy, good, size);
			copy[i] = values[n];
			if (dt_tree_open(&tree, copy, size))
				continue;
			taken++;
			ask_all(&tree);
		}
	free(copy);
	/* Most bytes are names and numbers, which may be anything. */
	assert_true(taken > size);
}

static void a_path_is_a_full_path(void **state)
{
	struct dt_tree tree = open_good();

	assert_int_equal(dt_tree_node(&tree, ""), -ENODEV);
	assert_int_equal(dt_tree_node(&tree, "its@80000000"), -ENODEV);
	assert_int_equal(dt_tree_node(&tree, "/its@70000000"), -ENODEV);
	assert_true(dt_tree_node(&tree, ITS) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identity_is_root_and_enabled_nodes),
		cmocka_unit_test(a_host_is_known_by_path_compatible_and_property),
		cmocka_unit_test(reg_is_translated_through_both_buses),
		cmocka_unit_test(windows_are_bus_addresses_of_memory),
		cmocka_unit_test(msi_controllers_follow_the_map),
		cmocka_unit_test(iommus_and_properties_are_read),
		cmocka_unit_test(spoilt_properties_are_errors),
		cmocka_unit_test(strings_without_end_are_no_strings),
		cmocka_unit_test(cut_blobs_are_refused),
		cmocka_unit_test(changed_bytes_do_no_harm),
		cmocka_unit_test(a_path_is_a_full_path),
	};

	return cmocka_run_group_tests_name("dt_facts", tests, setup, NULL);
}
