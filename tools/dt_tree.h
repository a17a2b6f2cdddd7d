/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dt_tree.h - a device tree overlay that is being made
 *
 * Nodes and properties in memory. A cell may refer to a phandle of the
 * overlay's own: whoever applies the overlay adds a number to each of these, and
 * finds where they are in __local_fixups__, written from what is known here.
 */
#ifndef IOMMU_RESV_DT_TREE_H
#define IOMMU_RESV_DT_TREE_H

#include "../module/env.h"

/**
 * struct dt_ref - a phandle
 * @value: its number
 * @own: it is the overlay's own; else one of the base
 */
struct dt_ref {
	u32 value;
	bool own;
};

struct dt_prop;

/**
 * struct dt_node - a node that is being made
 * @name: with the unit address
 * @props: properties, in order
 * @kids: children, in order
 * @next: the parent's next child
 */
struct dt_node {
	char *name;
	struct dt_prop *props;
	struct dt_node *kids;
	struct dt_node *next;
};

/**
 * dt_node_new() - make a node
 * @parent: gets it as its last child; NULL for none
 * @name: its name, copied
 *
 * Return: the node; ends with the tree.
 */
struct dt_node *dt_node_new(struct dt_node *parent, const char *name);

/**
 * dt_node_free() - end a tree
 * @root: its root
 */
void dt_node_free(struct dt_node *root);

/**
 * dt_prop() - a property of a node, made if it is not there
 * @node: the node
 * @name: its name; must outlive the tree
 *
 * Return: the property.
 */
struct dt_prop *dt_prop(struct dt_node *node, const char *name);

/**
 * dt_put_bytes() - add bytes to a property
 * @prop: the property
 * @bytes: the bytes
 * @count: how many
 */
void dt_put_bytes(struct dt_prop *prop, const void *bytes, size_t count);

/**
 * dt_put() - add a cell to a property
 * @prop: the property
 * @cell: the cell
 */
void dt_put(struct dt_prop *prop, u32 cell);

/**
 * dt_put_number() - add a number to a property
 * @prop: the property
 * @value: the number; must fit
 * @cells: in this many cells
 */
void dt_put_number(struct dt_prop *prop, u64 value, u32 cells);

/**
 * dt_put_ref() - add a phandle to a property
 * @prop: the property
 * @ref: which
 */
void dt_put_ref(struct dt_prop *prop, struct dt_ref ref);

/**
 * dt_write() - write a tree as a blob, with __local_fixups__
 * @root: its root
 * @limit: most bytes
 * @size: filled in: bytes
 *
 * Return: the blob, to be freed; NULL where it is longer than @limit.
 */
void *dt_write(const struct dt_node *root, size_t limit, size_t *size);

#endif
