// SPDX-License-Identifier: GPL-2.0-only
/*
 * dt_tree.c - a device tree overlay that is being made
 *
 * The format of __local_fixups__ is that of dtc's "-@" (dtc, Documentation/
 * dt-object-internal.txt): the nodes and properties that have such cells, each
 * with the offsets of these as its value.
 */
#include "dt_tree.h"
#include "problem.h"

#include <libfdt.h>
#include <stdlib.h>

#define FIRST_SIZE	4096

struct dt_prop {
	const char *name;
	u8 *data;
	size_t len;
	size_t room;
	u32 *fixup;
	u32 fixups;
	struct dt_prop *next;
};

static void *zeroed(size_t size)
{
	return memset(xrealloc(NULL, size), 0, size);
}

struct dt_node *dt_node_new(struct dt_node *parent, const char *name)
{
	struct dt_node *node = zeroed(sizeof(*node));
	struct dt_node **at;

	node->name = xstrdup(name);
	if (parent) {
		for (at = &parent->kids; *at; at = &(*at)->next)
			;
		*at = node;
	}
	return node;
}

void dt_node_free(struct dt_node *root)
{
	if (!root)
		return;
	while (root->kids) {
		struct dt_node *next = root->kids->next;

		dt_node_free(root->kids);
		root->kids = next;
	}
	while (root->props) {
		struct dt_prop *next = root->props->next;

		free(root->props->data);
		free(root->props->fixup);
		free(root->props);
		root->props = next;
	}
	free(root->name);
	free(root);
}

struct dt_prop *dt_prop(struct dt_node *node, const char *name)
{
	struct dt_prop **at;

	for (at = &node->props; *at; at = &(*at)->next)
		if (!strcmp((*at)->name, name))
			return *at;
	*at = zeroed(sizeof(**at));
	(*at)->name = name;
	return *at;
}

void dt_put_bytes(struct dt_prop *prop, const void *bytes, size_t count)
{
	if (!count)
		return;
	if (prop->room - prop->len < count) {
		prop->room = 2 * prop->room + count;
		prop->data = xrealloc(prop->data, prop->room);
	}
	memcpy(prop->data + prop->len, bytes, count);
	prop->len += count;
}

void dt_put(struct dt_prop *prop, u32 cell)
{
	fdt32_t be = cpu_to_fdt32(cell);

	dt_put_bytes(prop, &be, sizeof(be));
}

void dt_put_number(struct dt_prop *prop, u64 value, u32 cells)
{
	while (cells--)
		dt_put(prop, cells < 2 ? (u32)(value >> 32 * cells) : 0);
}

void dt_put_ref(struct dt_prop *prop, struct dt_ref ref)
{
	if (ref.own) {
		/* Doubled where it is full. */
		if (!(prop->fixups & (prop->fixups - 1)))
			prop->fixup = xrealloc(prop->fixup,
					       (2ull * prop->fixups + 1) *
					       sizeof(*prop->fixup));
		prop->fixup[prop->fixups++] = (u32)prop->len;
	}
	dt_put(prop, ref.value);
}

static bool has_fixups(const struct dt_node *node)
{
	const struct dt_prop *prop;
	const struct dt_node *kid;

	for (prop = node->props; prop; prop = prop->next)
		if (prop->fixups)
			return true;
	for (kid = node->kids; kid; kid = kid->next)
		if (has_fixups(kid))
			return true;
	return false;
}

/* The first error stays. */
static void step(int *err, int ret)
{
	if (!*err)
		*err = ret;
}

static void write_fixups(void *fdt, const struct dt_node *node,
			 const char *name, int *err)
{
	const struct dt_prop *prop;
	const struct dt_node *kid;
	fdt32_t *offsets;
	u32 i;

	step(err, fdt_begin_node(fdt, name));
	for (prop = node->props; prop; prop = prop->next) {
		if (!prop->fixups || *err)
			continue;
		offsets = xrealloc(NULL, prop->fixups * sizeof(*offsets));
		for (i = 0; i < prop->fixups; i++)
			offsets[i] = cpu_to_fdt32(prop->fixup[i]);
		step(err, fdt_property(fdt, prop->name, offsets,
				       (int)(prop->fixups * sizeof(*offsets))));
		free(offsets);
	}
	for (kid = node->kids; kid; kid = kid->next)
		if (has_fixups(kid))
			write_fixups(fdt, kid, kid->name, err);
	step(err, fdt_end_node(fdt));
}

static void write_node(void *fdt, const struct dt_node *node, bool root,
		       int *err)
{
	const struct dt_prop *prop;
	const struct dt_node *kid;

	step(err, fdt_begin_node(fdt, node->name));
	for (prop = node->props; prop && !*err; prop = prop->next)
		step(err, fdt_property(fdt, prop->name, prop->data,
				       (int)prop->len));
	for (kid = node->kids; kid; kid = kid->next)
		write_node(fdt, kid, false, err);
	if (root && has_fixups(node))
		write_fixups(fdt, node, "__local_fixups__", err);
	step(err, fdt_end_node(fdt));
}

static int write_to(void *fdt, size_t size, const struct dt_node *root)
{
	int err = fdt_create(fdt, (int)size);

	step(&err, fdt_finish_reservemap(fdt));
	write_node(fdt, root, true, &err);
	step(&err, fdt_finish(fdt));
	return err;
}

void *dt_write(const struct dt_node *root, size_t limit, size_t *size)
{
	size_t room = FIRST_SIZE;
	void *fdt = NULL;

	for (; room <= 2 * limit; room *= 2) {
		fdt = xrealloc(fdt, room);
		/* What is left of the last attempt would be in the padding. */
		memset(fdt, 0, room);
		/* Nothing but lack of room can go wrong. */
		if (write_to(fdt, room, root))
			continue;
		*size = fdt_totalsize(fdt);
		if (*size <= limit)
			return fdt;
		break;
	}
	free(fdt);
	return NULL;
}
