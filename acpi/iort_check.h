/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_check.h - all that is wrong with an I/O Remapping Table
 *
 * ARM DEN 0049E.f, and what Linux makes of a table (drivers/acpi/arm64/iort.c).
 * iort_open() stops at the first thing that cannot be walked; this looks for
 * everything, goes on behind a defect as far as that is safe, and gives each
 * defect a name that stays. Used by the iort commands, and by the module for the
 * tables that it offers. No allocation, no recursion, no locks.
 */
#ifndef IOMMU_RESV_IORT_CHECK_H
#define IOMMU_RESV_IORT_CHECK_H

#include "iort.h"

/*
 * The most steps spent on comparing things in pairs. Tables of real machines
 * need some thousand; without a limit, one of %IORT_LENGTH_MAX bytes could ask
 * for 2^32. Where it is hit the table is said to be too much work.
 */
#define IORT_CHECK_STEPS_MAX	(1U << 24)

enum iort_severity {
	IORT_NOTE,	/* worth knowing, no defect */
	IORT_WARNING,	/* against the specification, or of no use to Linux */
	IORT_ERROR,	/* iort_open() refuses it, or Linux misreads it */
};

/*
 * The defects: enumerator, name, severity, what is wrong (may be said in more
 * detail), what to do. Names are kebab-case, never reused and never changed.
 */
#define IORT_DEFECTS(D)							\
	/* the table as a whole */					\
	D(HEADER, "header", ERROR,					\
	  "fewer bytes than the table's header",			\
	  "save the whole table")					\
	D(SIGNATURE, "signature", ERROR,				\
	  "signature is not IORT",					\
	  "this is another table, or a text: give the binary IORT")	\
	D(LENGTH, "length", ERROR,					\
	  "table length is wrong",					\
	  "set Length to the size of the table")			\
	D(CHECKSUM, "checksum", ERROR,					\
	  "sum of all bytes is not zero",				\
	  "compute Checksum anew; Linux takes the table from firmware all the same, and none from an initramfs") \
	D(TABLE_REVISION, "table-revision", WARNING,			\
	  "table revision of a draft, or of a version that was withdrawn", \
	  "use 0 (A to D), 3 (E.b), 5 (E.d) or 6 (E.e, E.f)")		\
	D(TABLE_REVISION_NEWER, "table-revision-newer", NOTE,		\
	  "table revision is newer than DEN 0049E.f",			\
	  "nothing; later fields are not looked at")			\
	D(NODE_OFFSET, "node-offset", ERROR,				\
	  "offset of the first node is outside the table's body",	\
	  "set it to 48, or to where the first node is")		\
	D(NODE_COUNT, "node-count", ERROR,				\
	  "number of nodes does not match the table's length",		\
	  "set Number of IORT Nodes and Length to what is there")	\
	D(NODE_LENGTH, "node-length", ERROR,				\
	  "node length is wrong; nodes behind it cannot be found",	\
	  "set Length to the size of the node with its arrays")		\
	D(TOO_MUCH_WORK, "too-much-work", WARNING,			\
	  "so many nodes or mappings that not all pairs were compared",	\
	  "nothing; what was found is right, but may not be all")	\
	/* any node */							\
	D(NODE_TYPE, "node-type", NOTE,					\
	  "type of node that is not known here",			\
	  "nothing; it is carried as it is")				\
	D(NODE_REVISION, "node-revision", NOTE,				\
	  "revision of the node is newer than DEN 0049E.f",		\
	  "nothing; later fields are not looked at")			\
	D(IDENTIFIER_REPEATED, "identifier-repeated", WARNING,		\
	  "an earlier node has the same identifier, which has to be unique from E.b on", \
	  "number the nodes")						\
	D(RESERVED, "reserved", WARNING,				\
	  "reserved bits are not zero",					\
	  "set them to zero")						\
	D(ARRAY_OVERLAP, "array-overlap", ERROR,			\
	  "two arrays of the node share bytes",				\
	  "move one of them, and the offset of it")			\
	D(MEMORY_ATTRIBUTES, "memory-attributes", WARNING,		\
	  "impossible combination of CCA, CPM and DACS",		\
	  "CCA needs CPM; a device with CPM and DACS has CCA")		\
	/* ID mappings */						\
	D(MAPPING_ARRAY, "id-mapping-array", ERROR,			\
	  "ID mappings are not inside the node",			\
	  "set the number of ID mappings, their offset and the node's length to what is there") \
	D(MAPPING_REFERENCE, "id-mapping-reference", ERROR,		\
	  "output reference of an ID mapping is not the start of a node", \
	  "set it to the offset of the SMMU or ITS group in the table")	\
	D(MAPPING_ITS, "id-mapping-at-its-group", WARNING,		\
	  "an ITS group has ID mappings; it is where they end",		\
	  "remove them")						\
	D(MAPPING_TARGET, "id-mapping-target", ERROR,			\
	  "ID mapping leads to a node of a type that takes in nothing",	\
	  "let it lead to an SMMU or to an ITS group")			\
	D(MAPPING_CHAIN, "id-mapping-chain", WARNING,			\
	  "ID mapping leads from one SMMU to another",			\
	  "let it lead to an ITS group")				\
	D(MAPPING_LOOP, "id-mapping-loop", ERROR,			\
	  "ID mappings of SMMUs lead in a circle; Linux may walk it for ever", \
	  "let the SMMU's mapping lead to an ITS group")		\
	D(MAPPING_INPUT, "id-mapping-input", ERROR,			\
	  "input range of an ID mapping passes 32 bits",		\
	  "Number of IDs is their number minus one")			\
	D(MAPPING_OUTPUT, "id-mapping-output", ERROR,			\
	  "output range of an ID mapping passes 32 bits",		\
	  "Number of IDs is their number minus one")			\
	D(MAPPING_OVERLAP, "id-mapping-overlap", ERROR,			\
	  "input range overlaps that of an earlier ID mapping and leads elsewhere; Linux takes the first that fits", \
	  "cut one of the ranges")					\
	D(MAPPING_OFF_BY_ONE, "id-mapping-off-by-one", WARNING,		\
	  "last ID of a mapping is the first of another; Linux takes the latter", \
	  "Number of IDs is their number minus one")			\
	D(MAPPING_REPEATED, "id-mapping-repeated", NOTE,		\
	  "input range overlaps that of an earlier ID mapping and leads to the same IDs", \
	  "cut one of the ranges")					\
	D(SINGLE_TYPE, "single-mapping-type", WARNING,			\
	  "single mapping at an SMMU that is not for the SMMU's own MSIs; Linux passes over it", \
	  "clear the flag and give the range of stream IDs")		\
	/* ITS group */							\
	D(ITS_ARRAY, "its-array", ERROR,				\
	  "ITS identifiers leave the node",				\
	  "set Number of ITSs or the node's length to what is there")	\
	D(ITS_EMPTY, "its-group-empty", ERROR,				\
	  "ITS group has no ITS; Linux reads the first identifier all the same", \
	  "name an ITS, or remove the group and what leads to it")	\
	/* named component */						\
	D(PATH_END, "component-path-end", ERROR,			\
	  "path of the named component has no end in front of the ID mappings; Linux reads on", \
	  "end it with a zero byte")					\
	D(PATH_RELATIVE, "component-path-relative", WARNING,		\
	  "path of the named component does not begin at the root; Linux finds no such device", \
	  "give the full path, as \\_SB_.ABC0")				\
	D(PATH_PADDING, "component-path-padding", WARNING,		\
	  "names in the path are not padded to four characters; Linux finds no such device", \
	  "pad them with underscores, as \\_SB_.ABC0")			\
	D(PATH_REPEATED, "component-path-repeated", ERROR,		\
	  "an earlier named component has the same path; Linux takes the first", \
	  "put the ID mappings of both into one")			\
	D(ADDRESS_LIMIT_MISSING, "address-limit-missing", WARNING,	\
	  "memory address size limit is 0; Linux takes it for missing",	\
	  "give the number of address bits that the device has")	\
	D(ADDRESS_LIMIT_LARGE, "address-limit-large", WARNING,		\
	  "memory address size limit is more than 64 bits",		\
	  "give the number of address bits that the device has")	\
	/* root complex */						\
	D(SEGMENT_REPEATED, "segment-repeated", ERROR,			\
	  "an earlier root complex has the same PCI segment; Linux takes the first", \
	  "put the ID mappings of both into one")			\
	D(RC_FIELDS, "root-complex-fields", ERROR,			\
	  "no room for the fields that the revision of the node has; Linux reads them from what is there", \
	  "put the ID mappings behind the fields, or lower the revision") \
	/* SMMUs */							\
	D(SMMU_MODEL, "smmu-model", WARNING,				\
	  "model that DEN 0049E.f does not have",			\
	  "give the model of the specification; 0 is a generic one")	\
	D(SMMU_SPAN, "smmu-span", ERROR,				\
	  "registers of the SMMU have no length, or pass 64 bits",	\
	  "give the size of the SMMU's register area")			\
	D(SMMU_BASE, "smmu-base-repeated", ERROR,			\
	  "an earlier SMMU has the same base address",			\
	  "remove one of them; ID mappings of several nodes may lead to one SMMU") \
	D(SMMU_INTERRUPTS, "smmu-interrupts", ERROR,			\
	  "an array of interrupts is not inside the node; Linux reads it all the same", \
	  "set the number of interrupts, their offset and the node's length to what is there") \
	D(SMMU_PROXIMITY, "smmu-proximity", ERROR,			\
	  "proximity domain is said to be valid, but the node has no room for it", \
	  "make the node 68 bytes long, or clear the flag")		\
	D(DEVICE_ID_INDEX, "device-id-index", WARNING,			\
	  "device ID mapping index is beyond the node's ID mappings; the SMMU has no MSIs in Linux", \
	  "set the index to a single mapping that leads to an ITS group") \
	D(DEVICE_ID_MAPPING, "device-id-mapping", ERROR,		\
	  "mapping for the node's own MSIs lacks the single mapping flag, or does not lead to an ITS group", \
	  "make it a single mapping to an ITS group")			\
	/* PMCG */							\
	D(PMCG_REFERENCE, "pmcg-reference", ERROR,			\
	  "node reference of a PMCG is not the start of a node",	\
	  "set it to the offset of the node that is counted")		\
	D(PMCG_TARGET, "pmcg-target", WARNING,				\
	  "node reference of a PMCG is neither a device nor an SMMU",	\
	  "set it to the offset of the node that is counted")		\
	D(PMCG_PAGE1, "pmcg-page1", WARNING,				\
	  "node of revision 0 cannot say where register page 1 is; most PMCGs have one", \
	  "use revision 1 or later")					\
	/* RMR */							\
	D(RMR_PRE_RELEASE, "rmr-pre-release", ERROR,			\
	  "RMR node of revision 0: the layout of a draft, which Linux misreads", \
	  "write the node anew, as revision 3 of DEN 0049E.d or later")	\
	D(RMR_OLD_REVISION, "rmr-old-revision", WARNING,		\
	  "RMR node from before revision 3 has no access attributes; Linux reads them all the same", \
	  "use revision 3")						\
	D(RMR_TABLE_REVISION, "rmr-table-revision", ERROR,		\
	  "RMR node in a table of a revision before 5: Linux ignores it", \
	  "raise the revision of the table to 5 or 6")			\
	D(RANGE_ARRAY, "rmr-range-array", ERROR,			\
	  "memory ranges are not inside the node",			\
	  "set the number of ranges, their offset and the node's length to what is there") \
	D(RMR_NO_MAPPING, "rmr-no-mapping", ERROR,			\
	  "RMR node without ID mappings: Linux passes over it",		\
	  "map the stream IDs of the devices to their SMMU")		\
	D(RMR_TARGET, "rmr-target", ERROR,				\
	  "ID mapping of an RMR node does not lead to an SMMU: Linux passes over it", \
	  "let it lead to the SMMU of the devices")			\
	D(RMR_NO_RANGE, "rmr-no-range", WARNING,			\
	  "RMR node without memory ranges: Linux passes over it",	\
	  "remove the node")						\
	D(RMR_ATTRIBUTES, "rmr-attributes", WARNING,			\
	  "access attributes that DEN 0049E.f does not have",		\
	  "use 0 to 3 for device memory, 4 or 5 for normal memory")	\
	D(RMR_ZERO_LENGTH, "rmr-zero-length", ERROR,			\
	  "memory range of no length",					\
	  "give its length, or remove it")				\
	D(RMR_RANGE, "rmr-range", ERROR,				\
	  "memory range passes 64 bits",				\
	  "set base and length to what is there")			\
	D(RMR_ALIGNMENT, "rmr-not-64k-aligned", WARNING,		\
	  "memory range is not aligned to 64 KiB; Linux takes whole pages", \
	  "widen it to multiples of 64 KiB")				\
	D(RMR_OVERLAP, "rmr-overlap", WARNING,				\
	  "memory range overlaps an earlier one of the same streams",	\
	  "cut or join the ranges")

#define IORT_DEFECT_ENUM(id, name, severity, what, fix) IORT_DEFECT_##id,
enum iort_defect_id {
	IORT_DEFECTS(IORT_DEFECT_ENUM)
	IORT_DEFECT_COUNT
};
#undef IORT_DEFECT_ENUM

/**
 * struct iort_defect - one thing that is wrong
 * @name: which of the defects it is
 * @severity: how bad that is
 * @offset: where, in bytes from the start of the table
 * @node: number of the node it is in, %U32_MAX if it is in none
 * @what: what is wrong there, without a full stop
 * @fix: what to do, without a full stop
 *
 * All strings are constant.
 */
struct iort_defect {
	const char *name;
	enum iort_severity severity;
	u32 offset;
	u32 node;
	const char *what;
	const char *fix;
};

void iort_defect_describe(enum iort_defect_id id, struct iort_defect *d);
int iort_check_all(const void *buf, size_t size,
		   void (*fn)(void *ctx, const struct iort_defect *d),
		   void *ctx);

#endif
