/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * overlay.h - I/O Remapping Tables that we write
 *
 * Models ARM DEN 0049E.f. An overlay is a whole IORT again: the table of the
 * firmware, or that of a VMM, with reserved memory range nodes (RMR, section
 * 3.1.1.5) behind its nodes and with corrections inside them. Everything that it
 * had is still there, and in the same order.
 *
 * An RMR asks that memory be mapped one to one for the streams that it lists; it
 * is not a hole. Linux (7.3, drivers/acpi/arm64/iort.c and
 * arm_smmu_rmr_install_bypass_ste()) takes such streams past the SMMU from boot
 * until their devices get a domain. What an RMR is wanted for is the caller's to
 * decide; see iort_overlay_build() and iort_guest_build().
 *
 * Used by the module (debugfs iort) and by the command. No recursion, no locks;
 * memory for the time of a call only. Each function is called twice: without a
 * buffer it says how long the table will be, then it fills a buffer of that
 * length. What it writes depends on what is wanted, and not on the order in which
 * that is said.
 */
#ifndef IOMMU_RESV_OVERLAY_H
#define IOMMU_RESV_OVERLAY_H

#include "iort.h"

/* Flags of an RMR, DEN 0049E.f RMR node */
#define IORT_RMR_F_REMAP	(1U << 0)	/* remapping permitted */
#define IORT_RMR_F_PRIVILEGED	(1U << 1)	/* access is privileged */
/*
 * Access attributes: 0 to 3 device nGnRnE, nGnRE, nGRE, GRE; 4 normal
 * non-cacheable; 5 normal, inner and outer write-back cacheable
 */
#define IORT_RMR_ATTR(a)	((u32)(a) << 2)
#define IORT_RMR_ATTR_DEVICE_NGNRNE	0
#define IORT_RMR_ATTR_NORMAL_WB		5
#define IORT_RMR_ATTR_MAX		5

/*
 * What a type of reserved region becomes. Linux maps normal memory cacheable
 * (drivers/acpi/arm64/iort.c, iort_get_rmrs()), which is right for memory that a
 * device's firmware uses.
 */
#define IORT_RMR_DIRECT			IORT_RMR_ATTR(IORT_RMR_ATTR_NORMAL_WB)
#define IORT_RMR_DIRECT_RELAXABLE	(IORT_RMR_DIRECT | IORT_RMR_F_REMAP)
/*
 * In a guest alone: a window, a doorbell or a hole of the host. Its kernel keeps
 * its DMA off these addresses; where the guest puts something else there, it may.
 */
#define IORT_RMR_KEEP_OFF		(IORT_RMR_F_REMAP | \
					 IORT_RMR_ATTR(IORT_RMR_ATTR_DEVICE_NGNRNE))
#define IORT_RMR_F_ALL		(IORT_RMR_F_REMAP | IORT_RMR_F_PRIVILEGED | \
				 IORT_RMR_ATTR(0xff))

/* RMR ranges are whole granules (section 3.1.1.5), whatever a page is. */
#define IORT_RMR_GRANULE	0x10000u

/*
 * The longest region that is put into an RMR. Linux maps it page by page at
 * boot, and every stream of it has that mapping.
 */
#define IORT_RMR_LENGTH_MAX	0x100000000ull

/**
 * struct iort_streams - stream IDs of an SMMU
 * @smmu: offset of the SMMU's node in the base table
 * @first: first stream ID
 * @last: last stream ID, inclusive
 */
struct iort_streams {
	u32 smmu;
	u32 first;
	u32 last;
};

/**
 * struct iort_rmr_want - memory that is to be mapped one to one
 * @start: first address
 * @last: last address, inclusive
 * @flags: of the RMR: IORT_RMR_F_*, IORT_RMR_ATTR()
 * @stream: index into &iort_overlay.streams of the first of its streams
 * @streams: how many
 */
struct iort_rmr_want {
	u64 start;
	u64 last;
	u32 flags;
	u32 stream;
	u32 streams;
};

/**
 * enum iort_fix_kind - what a correction changes
 * @IORT_FIX_SMMU_MODEL: Model, of SMMUv3 nodes
 * @IORT_FIX_ADDRESS_LIMIT: Memory address size limit, of root complex nodes
 * @IORT_FIX_ID_MAPPING: to which SMMU a root complex sends requesters, and as
 *	which streams
 */
enum iort_fix_kind {
	IORT_FIX_SMMU_MODEL,
	IORT_FIX_ADDRESS_LIMIT,
	IORT_FIX_ID_MAPPING,
};

/**
 * struct iort_fix - a correction inside the nodes
 * @kind: what it changes
 * @segment_first: first PCI segment of the root complexes meant
 * @segment_last: last one, inclusive; 0 to %U32_MAX is all
 * @smmu_first: lowest base address of the SMMUs meant
 * @smmu_last: highest one, inclusive; 0 to %U64_MAX is all
 * @value: %IORT_FIX_SMMU_MODEL: the model; %IORT_FIX_ADDRESS_LIMIT: bits
 * @input_first: %IORT_FIX_ID_MAPPING: first requester ID
 * @input_last: likewise: last one, inclusive
 * @output_base: likewise: the stream ID that @input_first becomes
 * @output_smmu: likewise: base address of the SMMU that it arrives at
 *
 * Segments count for root complexes only, base addresses for SMMUs only.
 */
struct iort_fix {
	enum iort_fix_kind kind;
	u32 segment_first;
	u32 segment_last;
	u64 smmu_first;
	u64 smmu_last;
	u32 value;
	u32 input_first;
	u32 input_last;
	u32 output_base;
	u64 output_smmu;
};

/**
 * struct iort_overlay - what a host's table is to become
 * @streams: stream IDs, for @rmr to point at
 * @stream_count: how many
 * @rmr: memory that is to be mapped one to one
 * @rmr_count: how many
 * @fix: corrections
 * @fix_count: how many
 */
struct iort_overlay {
	const struct iort_streams *streams;
	u32 stream_count;
	const struct iort_rmr_want *rmr;
	u32 rmr_count;
	const struct iort_fix *fix;
	u32 fix_count;
};

/* In struct iort_overlay_result: an error is not about such a thing. */
#define IORT_NO_WISH		U32_MAX

/**
 * struct iort_overlay_result - what was done, or which wish cannot be fulfilled
 * @changed: the table is not that of before
 * @rmr_nodes: RMR nodes that were added
 * @fixed: nodes that corrections changed
 * @already: wishes that the table had fulfilled before: RMRs, and nodes that
 *	corrections found to be right
 * @widened: wanted ranges that were not whole granules and are longer now
 * @want: of an error: index of the RMR or, for a guest, of the want that it is
 *	about, else %IORT_NO_WISH
 * @region: likewise: index of the region in it, for a guest
 * @other_want: likewise: the one that it contradicts
 * @other_region: likewise
 * @fix: likewise: the correction
 * @other_fix: likewise: the one that it contradicts
 */
struct iort_overlay_result {
	bool changed;
	u32 rmr_nodes;
	u32 fixed;
	u32 already;
	u32 widened;
	u32 want;
	u32 region;
	u32 other_want;
	u32 other_region;
	u32 fix;
	u32 other_fix;
};

int iort_overlay_build(const struct iort_table *base,
		       const struct iort_overlay *o, void *out, size_t size,
		       u32 *length, struct iort_overlay_result *r,
		       struct acpi_fault *f);

/**
 * struct iort_guest_region - a region that a guest has to know of
 * @start: first address
 * @last: last address, inclusive
 * @flags: of the RMR: IORT_RMR_F_*, IORT_RMR_ATTR()
 */
struct iort_guest_region {
	u64 start;
	u64 last;
	u32 flags;
};

/**
 * struct iort_guest_id - requester IDs in a guest
 * @first: first one: bus << 8 | devfn
 * @last: last one, inclusive
 */
struct iort_guest_id {
	u32 first;
	u32 last;
};

/**
 * struct iort_guest_want - devices of a guest, and the regions that they have
 * @region: the regions
 * @regions: how many
 * @id: where the devices are in the guest
 * @ids: how many ranges
 * @segment: the PCI segment that they are on
 */
struct iort_guest_want {
	const struct iort_guest_region *region;
	u32 regions;
	const struct iort_guest_id *id;
	u32 ids;
	u32 segment;
};

int iort_guest_build(const struct iort_table *base,
		     const struct iort_guest_want *want, u32 wants, void *out,
		     size_t size, u32 *length, struct iort_overlay_result *r,
		     struct acpi_fault *f);
int iort_fragment_build(const struct iort_guest_want *want, u32 wants,
			void *out, size_t size, u32 *length,
			struct acpi_fault *f);

#endif
