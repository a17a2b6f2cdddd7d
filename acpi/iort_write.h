/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_write.h - an I/O Remapping Table, written again with changes
 *
 * Models ARM DEN 0049E.f. Nodes stay in their order; new ones, RMRs, come behind
 * them. A node whose ID mappings are replaced may get longer: then those behind
 * it move, and all references to them are put right (Output Reference of ID
 * mappings, Node reference of a PMCG). A table that has a node of unknown type
 * is refused in that case, since such a node may hold references that nobody
 * knows; as long as nothing moves it is carried along.
 *
 * Used by overlay.c. Works on memory of its own: may sleep, may fail with
 * -ENOMEM.
 */
#ifndef IOMMU_RESV_IORT_WRITE_H
#define IOMMU_RESV_IORT_WRITE_H

#include "rmr_plan.h"

/* An RMR node has this table revision at least: DEN 0049E.d; Linux wants it. */
#define IORT_REVISION_RMR	5
/* Revision of the RMR nodes that we write: DEN 0049E.d to E.f */
#define IORT_RMR_REVISION	3
/* From this table revision on, DEN 0049E.b, Identifiers have to be unique. */
#define IORT_REVISION_IDENTIFIERS 3

/**
 * struct iort_map - an ID mapping that is to be written
 * @input: Input base
 * @count: Number of IDs, minus one
 * @output: Output base
 * @target: offset of the output node in the base table
 * @flags: Flags
 */
struct iort_map {
	u32 input;
	u32 count;
	u32 output;
	u32 target;
	u32 flags;
};

/**
 * struct iort_edit - a node of the base, and what becomes of it
 * @off: its offset in the base
 * @to: its offset in the new table
 * @length: its new length
 * @map: its new ID mappings; NULL if it keeps those it has
 * @maps: how many
 * @map_offset: where they begin in the node
 * @model_fix: the correction that says what its Model is, or %IORT_NO_WISH
 * @model: the model
 * @limit_fix: the same for Memory address size limit
 * @limit: the limit
 * @changed: a correction makes a difference
 */
struct iort_edit {
	u32 off;
	u32 to;
	u32 length;
	struct iort_map *map;
	u32 maps;
	u32 map_offset;
	u32 model_fix;
	u32 model;
	u32 limit_fix;
	u8 limit;
	bool changed;
};

/**
 * struct iort_writer - a table that is going to be written
 * @base: the table that it is made from
 * @node: the nodes of that
 * @rmr: new RMR nodes
 */
struct iort_writer {
	const struct iort_table *base;
	struct iort_edit *node;
	struct rmr_plan rmr;
};

int iort_writer_init(struct iort_writer *w, const struct iort_table *base,
		     struct acpi_fault *f);
void iort_writer_free(struct iort_writer *w);
int iort_writer_map(struct iort_writer *w, u32 node, struct iort_map *map,
		    u32 maps, struct acpi_fault *f);
int iort_write(struct iort_writer *w, void *out, size_t size, u32 *length,
	       struct iort_overlay_result *r, struct acpi_fault *f);

#endif
