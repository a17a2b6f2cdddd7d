/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dt_facts.h - the resolver's questions, answered from a device tree blob
 *
 * What module/facts.c reads from the live machine, read from a blob on a host:
 * a tree that was compiled, or one saved from a running machine. The answers
 * are those that Linux would give after booting with this tree; what only a
 * running machine knows (its kernel, ACS bits, PCI ids, MSI messages, placed
 * windows) the caller says or leaves unknown.
 */
#ifndef IOMMU_RESV_DT_FACTS_H
#define IOMMU_RESV_DT_FACTS_H

#include "../module/resolve.h"

/**
 * struct dt_tree - a checked device tree blob
 * @fdt: the blob; stays the caller's and must outlive the tree
 */
struct dt_tree {
	const void *fdt;
};

/**
 * dt_tree_open() - check a whole blob and make it readable
 * @tree: filled in on success only
 * @blob: untrusted bytes
 * @size: how many there are
 *
 * Return: NULL, or what is wrong with it: a constant string without a full stop.
 */
const char *dt_tree_open(struct dt_tree *tree, const void *blob, size_t size);

/**
 * dt_tree_node() - find a node
 * @tree: the tree
 * @path: full path; an alias is none
 *
 * Return: its offset in the blob, or -ENODEV.
 */
int dt_tree_node(const struct dt_tree *tree, const char *path);

/**
 * dt_tree_for_each_token() - visit the identity tokens of a machine
 * @tree: its device tree
 * @fn: called with each: the root's compatibles as QUIRK_KEY_DT_ROOT, those of
 *	nodes that are not disabled as QUIRK_KEY_DT_NODE; a value other than 0
 *	ends the walk
 * @arg: handed to @fn
 *
 * Return: 0, or what @fn returned.
 */
int dt_tree_for_each_token(const struct dt_tree *tree,
			   int (*fn)(void *arg, enum quirk_key kind,
				     const char *value, u32 revision),
			   void *arg);

/* dt_device.rid: any function below the host. */
#define DT_ANY_RID	U32_MAX

/**
 * struct dt_device - one device of such a machine
 * @tree: the machine
 * @host: node of the PCI host bridge above it, or -ENODEV
 * @node: its own node, or -ENODEV
 * @rid: its PCI requester id; DT_ANY_RID asks for all that some function below
 *	the host reaches
 * @segment: of its host bridge, where the tree does not say; see dt_facts
 * @page_size: of the host, in bytes
 * @kernel: behaviours of the kernel (quirk_kernel_names[]), NULL at the end
 */
struct dt_device {
	const struct dt_tree *tree;
	int host;
	int node;
	u32 rid;
	int segment;
	u64 page_size;
	const char *const *kernel;
};

/*
 * dt_facts - the answers; each gets a struct dt_device
 *
 * The segment is the host's linux,pci-domain, else dt_device.segment. ACS is
 * unknown, PCI ids match nothing, there is no bridge below the host, no message
 * (-ENODATA) and no placed window (-ENODEV).
 */
extern const struct resv_facts dt_facts;

#endif
