/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort.h - reader of the I/O Remapping Table
 *
 * Models ARM DEN 0049E.f. An IORT is a list of nodes; a node has an array of ID
 * mappings, and each mapping turns a range of the IDs that arrive at the node
 * into IDs of another node. A PCI device is found as a requester ID at the root
 * complex of its segment; what it can reach is found by following the mappings,
 * through the SMMUs, to the ITS groups.
 *
 * References are offsets from the start of the table. Nothing may be assumed
 * about the order of nodes, nor about the order of the arrays inside a node.
 *
 * Used by the module (rules whose source is "the ITS groups that the device
 * maps to"; boards that are known by the model of an SMMU; the tables that it
 * offers in debugfs) and by the iort commands. No allocation, no recursion, no
 * locks: the caller's buffer is read in place and must not change between
 * iort_open() and the last use of the struct it filled.
 *
 * iort_open() refuses what cannot be walked; what can be walked and is wrong all
 * the same is for iort_check.h to name.
 */
#ifndef IOMMU_RESV_IORT_H
#define IOMMU_RESV_IORT_H

#include "sdt.h"

/*
 * The longest table that is read. Those of real machines have some KiB. The
 * limit bounds the time spent on a hostile one, since finding out whether a
 * reference hits a node costs a walk.
 */
#define IORT_LENGTH_MAX		0x100000

/*
 * The longest chain of nodes that have mappings. Two are what the
 * specification has (root complex, SMMU); a longer chain is a loop.
 */
#define IORT_DEPTH_MAX		8

/*
 * The most nodes entered for one device. Overlapping mappings multiply at each
 * level, so that the depth alone does not bound the work.
 */
#define IORT_VISIT_MAX		1024

/* Node types, DEN 0049E.f */
enum iort_type {
	IORT_ITS_GROUP = 0,
	IORT_NAMED_COMPONENT = 1,
	IORT_ROOT_COMPLEX = 2,
	IORT_SMMU = 3,		/* SMMUv1 and SMMUv2 */
	IORT_SMMU_V3 = 4,
	IORT_PMCG = 5,
	IORT_RMR = 6,
	/* After E.f; GICv5's interrupt wire bridge, Linux include/acpi/actbl2.h */
	IORT_IWB = 7,
};

/**
 * struct iort_header - the table's fixed part, as on the wire
 * @sdt: the header of every ACPI table, signature "IORT"
 * @node_count: Number of IORT Nodes
 * @node_offset: Offset to Array of IORT Nodes
 * @reserved: Reserved
 */
struct iort_header {
	struct sdt_header sdt;
	u8 node_count[4];
	u8 node_offset[4];
	u8 reserved[4];
};
_Static_assert(sizeof(struct iort_header) == 48, "DEN 0049E.f table header");

/**
 * struct iort_node - what every node starts with, as on the wire
 * @type: Type, &enum iort_type or one that this reader does not know
 * @length: Length, of the node with its arrays
 * @revision: Revision, of this type of node
 * @identifier: Identifier
 * @mapping_count: Number of ID mappings
 * @mapping_offset: Reference to ID Array, from the start of the node
 */
struct iort_node {
	u8 type;
	u8 length[2];
	u8 revision;
	u8 identifier[4];
	u8 mapping_count[4];
	u8 mapping_offset[4];
};
_Static_assert(sizeof(struct iort_node) == 16, "DEN 0049E.f node header");

#define IORT_ID_SINGLE		(1U << 0)	/* Flags: Single mapping */

/**
 * struct iort_id_mapping - one ID mapping, as on the wire
 * @input_base: Input base, the lowest ID taken in
 * @id_count: Number of IDs, minus one
 * @output_base: Output base, what @input_base becomes
 * @output_reference: Output Reference, a node's offset in the table
 * @flags: Flags, %IORT_ID_SINGLE
 */
struct iort_id_mapping {
	u8 input_base[4];
	u8 id_count[4];
	u8 output_base[4];
	u8 output_reference[4];
	u8 flags[4];
};
_Static_assert(sizeof(struct iort_id_mapping) == 20, "DEN 0049E.f ID mapping");

/**
 * struct iort_its_group - ITS group node, as on the wire
 * @node: what every node starts with
 * @its_count: Number of ITSs
 * @its_ids: GIC ITS Identifier Array, four bytes each
 */
struct iort_its_group {
	struct iort_node node;
	u8 its_count[4];
	u8 its_ids[][4];
};
_Static_assert(sizeof(struct iort_its_group) == 20, "DEN 0049E.f ITS group");

/**
 * struct iort_named_component - named component node, as on the wire
 * @node: what every node starts with
 * @flags: Node flags
 * @memory_properties: Memory access properties
 * @memory_address_limit: Device memory address size limit
 *
 * The object's path follows.
 */
struct iort_named_component {
	struct iort_node node;
	u8 flags[4];
	u8 memory_properties[8];
	u8 memory_address_limit;
};
_Static_assert(sizeof(struct iort_named_component) == 29,
	       "DEN 0049E.f named component");

/**
 * struct iort_root_complex - root complex node of revision 0, as on the wire
 * @node: what every node starts with
 * @memory_properties: Memory access properties
 * @ats_attribute: ATS attribute
 * @segment: PCI Segment number
 */
struct iort_root_complex {
	struct iort_node node;
	u8 memory_properties[8];
	u8 ats_attribute[4];
	u8 segment[4];
};
_Static_assert(sizeof(struct iort_root_complex) == 32,
	       "DEN 0049E.f root complex");

/**
 * struct iort_root_complex_late - root complex node of revision 4, as on the wire
 * @rc: the part that all revisions have
 * @address_limit: Memory address size limit, in bits; from revision 1
 * @pasid_capabilities: PASID capabilities; from revision 4, reserved before
 * @reserved: Reserved
 * @flags: Flags; nodes of revisions 1 to 3 end before it
 *
 * Which of these fields a node has is for iort_has_field() to say: those of
 * revision 0 may have other things there, and do (ID mappings).
 */
struct iort_root_complex_late {
	struct iort_root_complex rc;
	u8 address_limit;
	u8 pasid_capabilities[2];
	u8 reserved;
	u8 flags[4];
};
_Static_assert(sizeof(struct iort_root_complex_late) == 40,
	       "DEN 0049E.f root complex");

/**
 * struct iort_smmu - SMMUv1 or SMMUv2 node, as on the wire
 * @node: what every node starts with
 * @base: Base address
 * @span: Span
 * @model: Model
 * @flags: Flags
 * @global_irq_offset: Reference to Global Interrupt Array
 * @context_irq_count: Number of context interrupts
 * @context_irq_offset: Reference to Context Interrupt Array
 * @pmu_irq_count: Number of PMU Interrupts
 * @pmu_irq_offset: Reference to PMU Interrupt Array
 */
struct iort_smmu {
	struct iort_node node;
	u8 base[8];
	u8 span[8];
	u8 model[4];
	u8 flags[4];
	u8 global_irq_offset[4];
	u8 context_irq_count[4];
	u8 context_irq_offset[4];
	u8 pmu_irq_count[4];
	u8 pmu_irq_offset[4];
};
_Static_assert(sizeof(struct iort_smmu) == 60, "DEN 0049E.f SMMUv1 or v2");

#define IORT_SMMU_V3_PROXIMITY_VALID	(1U << 3)
#define IORT_SMMU_V3_DEVICEID_VALID	(1U << 4) /* Flags, from revision 5 */

/**
 * struct iort_smmu_v3 - SMMUv3 node, as on the wire
 * @node: what every node starts with
 * @base: Base address
 * @flags: Flags
 * @reserved: Reserved
 * @vatos_address: VATOS Address
 * @model: Model
 * @event_gsiv: Event, the interrupt's GSIV or 0 if it is an MSI
 * @pri_gsiv: PRI, likewise
 * @gerr_gsiv: GERR, likewise
 * @sync_gsiv: Sync, likewise
 * @proximity_domain: Proximity domain; a node of revision 0 may end before it
 * @device_id_index: Device ID mapping index, which of the node's mappings is
 *		     for the SMMU's own MSIs; from revision 1
 */
struct iort_smmu_v3 {
	struct iort_node node;
	u8 base[8];
	u8 flags[4];
	u8 reserved[4];
	u8 vatos_address[8];
	u8 model[4];
	u8 event_gsiv[4];
	u8 pri_gsiv[4];
	u8 gerr_gsiv[4];
	u8 sync_gsiv[4];
	u8 proximity_domain[4];
	u8 device_id_index[4];
};
_Static_assert(sizeof(struct iort_smmu_v3) == 68, "DEN 0049E.f SMMUv3");

/**
 * struct iort_pmcg - performance monitor counter group node, as on the wire
 * @node: what every node starts with
 * @page0_base: Page 0 Base address
 * @overflow_gsiv: Overflow interrupt GSIV
 * @node_reference: Node reference, the offset of the node that is counted
 * @page1_base: Page 1 Base address; a node of revision 0 ends before it
 */
struct iort_pmcg {
	struct iort_node node;
	u8 page0_base[8];
	u8 overflow_gsiv[4];
	u8 node_reference[4];
	u8 page1_base[8];
};
_Static_assert(sizeof(struct iort_pmcg) == 40, "DEN 0049E.f PMCG");

/*
 * The oldest revision of an RMR node that is laid out as struct iort_rmr: that
 * of DEN 0049E.b. The one before it had no Flags, so that both of its array
 * fields were four bytes earlier (ACPICA pull request 638, taken back by 678),
 * and nothing says that a node of revision 0 is even that. Its ranges are not
 * read by anybody: see iort_rmr_range_count().
 */
#define IORT_RMR_FIRST_REVISION	1

/**
 * struct iort_rmr - reserved memory range node, as on the wire
 * @node: what every node starts with
 * @flags: Flags
 * @range_count: Number of Memory Range Descriptors
 * @range_offset: Reference to Memory Range Descriptors, from the start of the
 *		  node
 */
struct iort_rmr {
	struct iort_node node;
	u8 flags[4];
	u8 range_count[4];
	u8 range_offset[4];
};
_Static_assert(sizeof(struct iort_rmr) == 28, "DEN 0049E.f RMR");

/**
 * struct iort_rmr_range - one memory range descriptor, as on the wire
 * @base: Physical Range offset
 * @length: Physical Range length
 * @reserved: Reserved
 */
struct iort_rmr_range {
	u8 base[8];
	u8 length[8];
	u8 reserved[4];
};
_Static_assert(sizeof(struct iort_rmr_range) == 20, "DEN 0049E.f RMR range");

/**
 * struct iort_table - a table that iort_open() found to be good
 * @buf: the table, in the caller's memory
 * @length: the length that it states
 * @node_count: number of nodes
 * @node_offset: offset of the first node
 */
struct iort_table {
	const u8 *buf;
	u32 length;
	u32 node_count;
	u32 node_offset;
};

/* ---- access; for tables that iort_open() accepted ---- */

/**
 * iort_node_at() - the node at an offset
 * @t: the table
 * @off: offset of a node
 *
 * Return: the node.
 */
static inline const struct iort_node *iort_node_at(const struct iort_table *t,
						   u32 off)
{
	return (const struct iort_node *)(t->buf + off);
}

/**
 * iort_mapping_offset() - where an ID mapping is
 * @t: the table
 * @off: offset of a node
 * @i: which of its mappings, below its Number of ID mappings
 *
 * Return: offset in the table.
 */
static inline u32 iort_mapping_offset(const struct iort_table *t, u32 off,
				      u32 i)
{
	return off + get_le32(iort_node_at(t, off)->mapping_offset) +
	       i * (u32)sizeof(struct iort_id_mapping);
}

/**
 * iort_mapping_at() - an ID mapping
 * @t: the table
 * @off: offset of a node
 * @i: which of its mappings, below its Number of ID mappings
 *
 * Return: the mapping.
 */
static inline const struct iort_id_mapping *
iort_mapping_at(const struct iort_table *t, u32 off, u32 i)
{
	return (const struct iort_id_mapping *)
		(t->buf + iort_mapping_offset(t, off, i));
}

/**
 * iort_mapping_last() - the last input ID of a mapping
 * @m: the mapping
 *
 * The one place that knows that id_count is one less than the number of IDs.
 *
 * Return: the ID; may lie above 32 bits in a bad table.
 */
static inline u64 iort_mapping_last(const struct iort_id_mapping *m)
{
	return (u64)get_le32(m->input_base) + get_le32(m->id_count);
}

/**
 * iort_mapping_is_single() - does a mapping have no input range?
 * @m: the mapping
 *
 * Return: true if the flag is set.
 */
static inline bool iort_mapping_is_single(const struct iort_id_mapping *m)
{
	return get_le32(m->flags) & IORT_ID_SINGLE;
}

/**
 * iort_rmr_range_count() - how many memory ranges an RMR node has
 * @t: the table
 * @off: offset of an RMR node
 *
 * Return: the number; 0 for a node of a revision before
 * %IORT_RMR_FIRST_REVISION, whose layout is another.
 */
static inline u32 iort_rmr_range_count(const struct iort_table *t, u32 off)
{
	const struct iort_rmr *rmr = (const void *)(t->buf + off);

	if (rmr->node.revision < IORT_RMR_FIRST_REVISION)
		return 0;
	return get_le32(rmr->range_count);
}

/**
 * iort_rmr_range_offset() - where a memory range of an RMR node is
 * @t: the table
 * @off: offset of an RMR node
 * @i: which, below iort_rmr_range_count()
 *
 * Return: offset in the table.
 */
static inline u32 iort_rmr_range_offset(const struct iort_table *t, u32 off,
					u32 i)
{
	const struct iort_rmr *rmr = (const void *)(t->buf + off);

	return off + get_le32(rmr->range_offset) +
	       i * (u32)sizeof(struct iort_rmr_range);
}

/**
 * iort_rmr_range_at() - a memory range of an RMR node
 * @t: the table
 * @off: offset of an RMR node
 * @i: which, below iort_rmr_range_count()
 *
 * Return: the range.
 */
static inline const struct iort_rmr_range *
iort_rmr_range_at(const struct iort_table *t, u32 off, u32 i)
{
	return (const struct iort_rmr_range *)
		(t->buf + iort_rmr_range_offset(t, off, i));
}

u32 iort_node_index(const struct iort_table *t, u32 off);
int iort_for_each_node(const struct iort_table *t,
		       int (*fn)(void *ctx, u32 index, u32 off), void *ctx);
bool iort_has_field(const struct iort_table *t, u32 off, u32 field, u32 size);
const char *iort_component_path(const struct iort_table *t, u32 off);
bool iort_same_path(const char *a, const char *b);
const char *iort_type_name(u8 type);
u32 iort_node_fixed(const struct iort_node *n);

int iort_open(struct iort_table *t, const void *buf, size_t size,
	      struct acpi_fault *f);
int iort_check(const void *buf, size_t size, struct acpi_fault *f);
int iort_for_each_its(const struct iort_table *t, u32 segment, u32 rid,
		      int (*fn)(void *ctx, u32 its_id), void *ctx,
		      struct acpi_fault *f);
int iort_for_each_stream(const struct iort_table *t, u32 segment, u32 rid,
			 int (*fn)(void *ctx, u32 smmu, u32 id), void *ctx,
			 struct acpi_fault *f);
int iort_for_each_component_stream(const struct iort_table *t, const char *path,
				   int (*fn)(void *ctx, u32 smmu, u32 id),
				   void *ctx, struct acpi_fault *f);
int iort_for_each_smmu(const struct iort_table *t,
		       int (*fn)(void *ctx, enum iort_type type, u32 model),
		       void *ctx);

#endif
