// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/iort.c acpi/iort_walk.c acpi/iort_check.c acpi/iort_check_node.c */
/*
 * iort_check_test.c - tests of the named checks of an IORT
 *
 * A table that has one node of each type and no defect; changes to it, each of
 * which makes the defects that are listed next to it, at that place, and no
 * others; every defect there is must come up. What the tables of real machines
 * have is recorded: those are findings about the machines, not failures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/iort_check.h"
#include "acpi_builder.h"
#include "iort_corpus.h"

#define SINGLE	1

/* ---- what a check finds ---- */

struct findings {
	struct iort_defect d[256];
	u32 count;
	int worse;	/* errors and warnings */
};

static void note(void *ctx, const struct iort_defect *d)
{
	struct findings *all = ctx;

	assert_true(all->count < ARRAY_SIZE(all->d));
	assert_non_null(d->name);
	assert_true(strlen(d->what) > 10 && d->what[strlen(d->what) - 1] != '.');
	assert_true(strlen(d->fix) > 5 && d->fix[strlen(d->fix) - 1] != '.');
	assert_in_range(d->severity, IORT_NOTE, IORT_ERROR);
	if (d->severity != IORT_NOTE)
		all->worse++;
	all->d[all->count++] = *d;
}

static void look(const u8 *table, size_t size, struct findings *all)
{
	u8 *p = exact_copy(table, size);
	int ret;

	memset(all, 0, sizeof(*all));
	ret = iort_check_all(p, size, note, all);
	free(p);
	assert_int_equal(ret, all->worse);
}

/* ---- the table that the defects are put into ---- */

enum base_node {
	TABLE,		/* not a node: offsets count from the table's start */
	ITS,
	V3,
	V2,
	RC,
	NC,
	PMCG,
	RMR,
	RMR2,
	IWB,		/* the last node */
	BASE_NODES,
};

struct base {
	struct builder b;
	u32 at[BASE_NODES];
};

static u32 add(struct base *base, enum base_node which, u8 type, u8 revision,
	       u32 fixed)
{
	u32 at = iort_add(&base->b, type, revision, fixed);

	base->at[which] = at;
	put_le(base->b.buf + at + 4, 4, which);
	return at;
}

static void build_base(struct base *base)
{
	struct builder *b = &base->b;
	u32 *at = base->at;
	u32 n;

	iort_begin(b);
	at[TABLE] = 0;
	n = add(base, ITS, 0, 1, 20);
	put_le(b->buf + n + 16, 4, 2);
	put_le(b->buf + iort_grow(b, 8), 4, 5);

	/* SMMUv3: event and error interrupts are MSIs, by mapping 1 */
	n = add(base, V3, 4, 5, 68);
	put_le(b->buf + n + 16, 8, 0x2b400000);
	put_le(b->buf + n + 24, 4, 0x19);
	put_le(b->buf + n + 48, 4, 101);
	put_le(b->buf + n + 64, 4, 1);
	iort_map(b, 0, 0xffff, 0, at[ITS], 0);
	iort_map(b, 0, 0, 0x10000, at[ITS], SINGLE);

	/* SMMUv2: two global, three context and one PMU interrupt */
	n = add(base, V2, 3, 3, 60);
	put_le(b->buf + n + 16, 8, 0x15000000);
	put_le(b->buf + n + 24, 8, 0x100000);
	put_le(b->buf + n + 32, 4, 3);
	put_le(b->buf + n + 40, 4, 60);
	put_le(b->buf + n + 44, 4, 3);
	put_le(b->buf + n + 48, 4, 76);
	put_le(b->buf + n + 52, 4, 1);
	put_le(b->buf + n + 56, 4, 100);
	iort_grow(b, 48);
	iort_map(b, 0, 0xffff, 0, at[ITS], 0);

	n = add(base, RC, 2, 4, 40);
	put_le(b->buf + n + 16, 4, 1);
	b->buf[n + 23] = 3;
	b->buf[n + 32] = 48;
	put_le(b->buf + n + 33, 2, 20);
	put_le(b->buf + n + 36, 4, 1);
	iort_map(b, 0, 0xff, 0, at[V3], 0);
	iort_map(b, 0x100, 0xff, 0, at[V2], 0);

	n = add(base, NC, 1, 4, 29);
	b->buf[n + 28] = 40;
	memcpy(b->buf + iort_grow(b, 11), "\\_SB_.DEV0", 11);
	iort_map(b, 0, 0, 0x700, at[V2], SINGLE);
	iort_map(b, 0, 0, 0x700, at[ITS], SINGLE);

	n = add(base, PMCG, 5, 2, 40);
	put_le(b->buf + n + 28, 4, at[V3]);
	iort_map(b, 0, 0, 7, at[ITS], SINGLE);

	n = add(base, RMR, 6, 3, 28);
	put_le(b->buf + n + 16, 4, 5 << 2 | 1);
	put_le(b->buf + n + 20, 4, 2);
	put_le(b->buf + n + 24, 4, 28);
	iort_grow(b, 40);
	put_le(b->buf + n + 28, 8, 0x80000000);
	put_le(b->buf + n + 36, 8, 0x20000);
	put_le(b->buf + n + 48, 8, 0x80020000);
	put_le(b->buf + n + 56, 8, 0x10000);
	iort_map(b, 0, 3, 0x10, at[V3], 0);

	/* The arrays the other way round, other streams of the same addresses */
	n = add(base, RMR2, 6, 3, 28);
	put_le(b->buf + n + 20, 4, 1);
	put_le(b->buf + n + 24, 4, 48);
	iort_map(b, 0, 3, 0x14, at[V3], 0);
	iort_grow(b, 20);
	put_le(b->buf + n + 48, 8, 0x80010000);
	put_le(b->buf + n + 56, 8, 0x10000);

	add(base, IWB, 7, 0, 26);
	memcpy(b->buf + iort_grow(b, 11), "\\_SB_.IWB0", 11);
	iort_map(b, 0, 0x1f, 0x20000, at[ITS], 0);
	builder_finish(b);
}

/* ---- changes to it ---- */

/*
 * A value that a change puts in; the bits above VALUE say relative to what, so
 * that no offset of the base table is typed by hand.
 */
#define VALUE		0xffffffffULL
#define PLUS_OLD	(1ULL << 32)	/* to what is there */
#define PLUS_LEN	(1ULL << 33)	/* to the table's length */
#define PLUS_NODE(n)	((u64)(n) << 36) /* to the offset of a base node */
#define MINUS_ONE	0xffffffffULL

struct patch {
	enum base_node node;
	u32 off;
	u32 width;
	u64 value;
};

struct expected {
	const char *name;
	enum base_node node;
	u64 off;	/* may use PLUS_LEN */
	const char *what;	/* part of it; NULL: whatever */
};

struct defect {
	const char *title;
	struct patch patch[4];
	struct expected expected[4];
	bool keep_sum;
	u32 cut;	/* bytes that are there; 0: all */
};

/* Offsets of fields in the base table's nodes: mappings and ranges */
#define V3_MAP		68
#define V2_MAP		108
#define RC_MAP		40
#define NC_MAP		40
#define PMCG_MAP	40
#define RMR_MAP		68
#define RMR_RANGE	28
#define RMR2_MAP	28
#define IWB_MAP		37

static const struct defect defects[] = {
	{ "the table itself has none", {}, {} },

	/* the table */
	{ "a few bytes", {}, { { "header", TABLE, 0 } }, .cut = 35 },
	{ "nothing at all", {}, { { "header", TABLE, 0 } }, .cut = 1 },
	{ "another table", { { TABLE, 3, 1, 'X' } },
	  { { "signature", TABLE, 0 } } },
	{ "length of a header alone", { { TABLE, 4, 4, 47 } },
	  { { "length", TABLE, 4, "less than its fixed part" } },
	  .keep_sum = true },
	{ "length beyond the end", { { TABLE, 4, 4, 1 | PLUS_OLD } },
	  { { "length", TABLE, 4, "more than there is" } } },
	{ "length of all ones", { { TABLE, 4, 4, 0xffffffff } },
	  { { "length", TABLE, 4, "more than there is" } } },
	{ "only the header is there", {},
	  { { "length", TABLE, 4, "more than there is" } }, .cut = 40 },
	{ "nothing but the fixed part is there", {},
	  { { "length", TABLE, 4, "more than there is" },
	    { "node-count", ITS, 0, "fewer nodes" } }, .cut = 48 },
	{ "nothing but the common header is there", {},
	  { { "length", TABLE, 4, "more than there is" } }, .cut = 36 },
	{ "checksum", { { TABLE, 9, 1, 1 | PLUS_OLD } },
	  { { "checksum", TABLE, 9 } }, .keep_sum = true },
	{ "revision of a draft", { { TABLE, 8, 1, 2 } },
	  { { "table-revision", TABLE, 8 },
	    { "rmr-table-revision", RMR, 0 },
	    { "rmr-table-revision", RMR2, 0 } } },
	{ "revision that was withdrawn", { { TABLE, 8, 1, 4 } },
	  { { "table-revision", TABLE, 8 },
	    { "rmr-table-revision", RMR, 0 },
	    { "rmr-table-revision", RMR2, 0 } } },
	{ "revision to come", { { TABLE, 8, 1, 7 } },
	  { { "table-revision-newer", TABLE, 8 } } },
	{ "first revision with RMR nodes", { { TABLE, 8, 1, 5 } }, {} },
	{ "revision without RMR nodes", { { TABLE, 8, 1, 3 } },
	  { { "rmr-table-revision", RMR, 0 },
	    { "rmr-table-revision", RMR2, 0 } } },
	{ "reserved field of the table", { { TABLE, 44, 4, 0x80000000 } },
	  { { "reserved", TABLE, 44 } } },
	{ "node offset inside the header", { { TABLE, 40, 4, 47 } },
	  { { "node-offset", TABLE, 40 } } },
	{ "node offset behind the table", { { TABLE, 40, 4, 1 | PLUS_LEN } },
	  { { "node-offset", TABLE, 40 } } },
	{ "one node too few counted", { { TABLE, 36, 4, MINUS_ONE | PLUS_OLD } },
	  { { "node-count", IWB, 0, "bytes behind" } } },
	{ "one node too many counted", { { TABLE, 36, 4, 1 | PLUS_OLD } },
	  { { "node-count", TABLE, PLUS_LEN, "fewer nodes" } } },
	{ "node count of all ones", { { TABLE, 36, 4, 0xffffffff } },
	  { { "node-count", TABLE, PLUS_LEN, "fewer nodes" } } },

	{ "references to the table's end are judged all the same",
	  { { TABLE, 36, 4, 1 | PLUS_OLD }, { RC, RC_MAP + 12, 4, PLUS_LEN } },
	  { { "node-count", TABLE, PLUS_LEN, "fewer nodes" },
	    { "id-mapping-reference", RC, RC_MAP + 12 } } },

	/* any node */
	{ "last node too long", { { IWB, 1, 2, 1 | PLUS_OLD } },
	  { { "node-length", IWB, 1 } } },
	{ "node of no length hides those behind it", { { RMR2, 1, 2, 0 } },
	  { { "node-length", RMR2, 1 } } },
	{ "node without its fixed part", { { IWB, 0, 1, 4 } },
	  { { "node-length", IWB, 1, "fixed part" },
	    { "id-mapping-array", IWB, 12, "fixed part" } } },
	{ "unknown type of node", { { IWB, 0, 1, 8 } },
	  { { "node-type", IWB, 0 } } },
	{ "newer ITS group", { { ITS, 3, 1, 2 } },
	  { { "node-revision", ITS, 3 } } },
	{ "newer SMMUv3", { { V3, 3, 1, 6 } },
	  { { "node-revision", V3, 3 } } },
	{ "newer SMMUv2", { { V2, 3, 1, 4 } },
	  { { "node-revision", V2, 3 } } },
	{ "newer root complex", { { RC, 3, 1, 5 } },
	  { { "node-revision", RC, 3 } } },
	{ "newer named component", { { NC, 3, 1, 5 } },
	  { { "node-revision", NC, 3 } } },
	{ "newer PMCG", { { PMCG, 3, 1, 3 } },
	  { { "node-revision", PMCG, 3 } } },
	{ "newer RMR", { { RMR, 3, 1, 4 } },
	  { { "node-revision", RMR, 3 } } },
	{ "identifiers have to be unique from E.b on",
	  { { TABLE, 8, 1, 3 }, { IWB, 4, 4, ITS } },
	  { { "rmr-table-revision", RMR, 0 }, { "rmr-table-revision", RMR2, 0 },
	    { "identifier-repeated", IWB, 4 } } },
	{ "identifier of another node", { { IWB, 4, 4, ITS } },
	  { { "identifier-repeated", IWB, 4 } } },

	/* ID mappings */
	{ "mappings in the fixed part", { { RC, 12, 4, 31 } },
	  { { "id-mapping-array", RC, 12, "fixed part" },
	    { "root-complex-fields", RC, 32 } } },
	{ "mappings leave the node", { { RC, 8, 4, 3 } },
	  { { "id-mapping-array", RC, 8, "leave the node" } } },
	{ "reference into a node", { { RC, RC_MAP + 12, 4, 1 | PLUS_NODE(V3) } },
	  { { "id-mapping-reference", RC, RC_MAP + 12 } } },
	{ "reference to nothing", { { RC, RC_MAP + 32, 4, 0 } },
	  { { "id-mapping-reference", RC, RC_MAP + 32 } } },
	{ "reference behind a bad node is not judged",
	  { { RMR2, 1, 2, 0 }, { RC, RC_MAP + 12, 4, PLUS_LEN | MINUS_ONE } },
	  { { "node-length", RMR2, 1 } } },
	{ "reference to the bad node is one",
	  { { RMR2, 1, 2, 0 }, { RC, RC_MAP + 12, 4, PLUS_NODE(RMR2) } },
	  { { "node-length", RMR2, 1 } } },
	{ "of an unknown type nothing is known",
	  { { IWB, 0, 1, 8 }, { IWB, IWB_MAP + 12, 4, PLUS_NODE(IWB) } },
	  { { "node-type", IWB, 0 } } },
	{ "nor of what leads to one",
	  { { IWB, 0, 1, 8 }, { RC, RC_MAP + 12, 4, PLUS_NODE(IWB) } },
	  { { "node-type", IWB, 0 } } },
	{ "reference in front of a bad node is judged",
	  { { RMR2, 1, 2, 0 }, { RC, RC_MAP + 12, 4, 1 | PLUS_NODE(V3) } },
	  { { "node-length", RMR2, 1 },
	    { "id-mapping-reference", RC, RC_MAP + 12 } } },
	{ "ITS group with mappings",
	  { { ITS, 8, 4, 0x7fffffff } },
	  { { "id-mapping-array", ITS, 12 },
	    { "id-mapping-at-its-group", ITS, 8 } } },
	{ "root complex to root complex", { { RC, RC_MAP + 12, 4, PLUS_NODE(RC) } },
	  { { "id-mapping-target", RC, RC_MAP + 12 } } },
	{ "root complex to RMR", { { RC, RC_MAP + 12, 4, PLUS_NODE(RMR) } },
	  { { "id-mapping-target", RC, RC_MAP + 12 } } },
	{ "SMMU to root complex", { { V2, V2_MAP + 12, 4, PLUS_NODE(RC) } },
	  { { "id-mapping-target", V2, V2_MAP + 12 } } },
	{ "component to component", { { NC, NC_MAP + 12, 4, PLUS_NODE(NC) } },
	  { { "id-mapping-target", NC, NC_MAP + 12 } } },
	{ "IWB to IWB", { { IWB, IWB_MAP + 12, 4, PLUS_NODE(IWB) } },
	  { { "id-mapping-target", IWB, IWB_MAP + 12 } } },
	{ "SMMU to SMMU", { { V2, V2_MAP + 12, 4, PLUS_NODE(V3) } },
	  { { "id-mapping-chain", V2, V2_MAP + 12 } } },
	{ "SMMU to itself", { { V2, V2_MAP + 12, 4, PLUS_NODE(V2) } },
	  { { "id-mapping-loop", V2, V2_MAP + 12 } } },
	{ "circle of SMMUs", { { V2, V2_MAP + 12, 4, PLUS_NODE(V3) },
	    { V3, V3_MAP + 12, 4, PLUS_NODE(V2) } },
	  { { "id-mapping-loop", V3, V3_MAP + 12 },
	    { "id-mapping-loop", V2, V2_MAP + 12 } } },
	{ "last ID is the last there is",
	  { { RC, RC_MAP + 20, 4, 0xffffff00 }, { RC, RC_MAP + 28, 4, 0xffffff00 } },
	  {} },
	{ "input passes 32 bits", { { RC, RC_MAP + 20, 4, 0xffffff01 } },
	  { { "id-mapping-input", RC, RC_MAP + 24 } } },
	{ "output passes 32 bits", { { RC, RC_MAP + 28, 4, 0xffffff01 } },
	  { { "id-mapping-output", RC, RC_MAP + 28 } } },
	{ "streams of an RMR pass 32 bits", { { RMR, RMR_MAP + 8, 4, 0xfffffffd } },
	  { { "id-mapping-output", RMR, RMR_MAP + 8 } } },
	{ "a single mapping has no range",
	  { { NC, NC_MAP, 4, 0xffffffff }, { NC, NC_MAP + 4, 4, 0xffffffff } },
	  {} },
	{ "ranges overlap", { { RC, RC_MAP + 20, 4, 0xfe } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "range in a range", { { RC, RC_MAP + 4, 4, 0xffff } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "same range", { { RC, RC_MAP + 20, 4, 0 } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "number of IDs not minus one", { { RC, RC_MAP + 4, 4, 0x100 } },
	  { { "id-mapping-off-by-one", RC, RC_MAP + 20 } } },
	{ "the same, ranges the other way round",
	  { { RC, RC_MAP, 4, 0x200 }, { RC, RC_MAP + 24, 4, 0x100 } },
	  { { "id-mapping-off-by-one", RC, RC_MAP + 20 } } },
	{ "range of one ID at the end of another",
	  { { RC, RC_MAP + 20, 4, 0xff }, { RC, RC_MAP + 24, 4, 0 } },
	  { { "id-mapping-off-by-one", RC, RC_MAP + 20 } } },
	{ "range of one ID at the start of another",
	  { { RC, RC_MAP + 20, 4, 0 }, { RC, RC_MAP + 24, 4, 0 } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "ranges overlap and agree",
	  { { RC, RC_MAP + 20, 4, 0xf0 }, { RC, RC_MAP + 28, 4, 0xf0 },
	    { RC, RC_MAP + 32, 4, PLUS_NODE(V3) } },
	  { { "id-mapping-repeated", RC, RC_MAP + 20 } } },
	{ "single mapping next to another", { { RC, RC_MAP + 16, 4, SINGLE } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "two single mappings to one ID",
	  { { RC, RC_MAP + 16, 4, SINGLE }, { RC, RC_MAP + 36, 4, SINGLE },
	    { RC, RC_MAP + 32, 4, PLUS_NODE(V3) } },
	  { { "id-mapping-repeated", RC, RC_MAP + 20 } } },
	{ "two single mappings to two IDs",
	  { { RC, RC_MAP + 16, 4, SINGLE }, { RC, RC_MAP + 36, 4, SINGLE },
	    { RC, RC_MAP + 32, 4, PLUS_NODE(V3) }, { RC, RC_MAP + 28, 4, 1 } },
	  { { "id-mapping-overlap", RC, RC_MAP + 20 } } },
	{ "input of an RMR does not matter", { { RMR, RMR_MAP, 4, 0x1000 } }, {} },
	{ "reserved flag of a mapping", { { RC, RC_MAP + 16, 4, 2 } },
	  { { "reserved", RC, RC_MAP + 16, "mapping" } } },
	{ "single mapping at an SMMUv2", { { V2, V2_MAP + 16, 4, SINGLE } },
	  { { "single-mapping-type", V2, V2_MAP + 16 } } },
	{ "single mapping of an SMMUv3 for streams", { { V3, V3_MAP + 16, 4, SINGLE } },
	  { { "single-mapping-type", V3, V3_MAP + 16 } } },
	{ "single mapping without a valid index", { { V3, 24, 4, 9 } },
	  { { "single-mapping-type", V3, V3_MAP + 36 } } },

	/* ITS group */
	{ "one ITS too many", { { ITS, 16, 4, 3 } },
	  { { "its-array", ITS, 16 } } },
	{ "no ITS", { { ITS, 16, 4, 0 } }, { { "its-group-empty", ITS, 16 } } },

	/* named component */
	{ "path without an end", { { NC, 39, 1, 'X' } },
	  { { "component-path-end", NC, 29 } } },
	{ "path from nowhere", { { NC, 29, 1, 'X' } },
	  { { "component-path-relative", NC, 29 } } },
	{ "path of short names", { { NC, 33, 1, '.' } },
	  { { "component-path-padding", NC, 29 } } },
	{ "last name is short", { { NC, 38, 1, 0 } },
	  { { "component-path-padding", NC, 29 } } },
	{ "name is too long", { { NC, 34, 1, 'X' } },
	  { { "component-path-padding", NC, 29 } } },
	{ "flags of a component", { { NC, 16, 4, 0x3f } }, {} },
	{ "reserved flag of a component", { { NC, 16, 4, 0x40 } },
	  { { "reserved", NC, 16, "named component" } } },
	{ "component without an address limit", { { NC, 28, 1, 0 } },
	  { { "address-limit-missing", NC, 28 } } },
	{ "component of too many bits", { { NC, 28, 1, 65 } },
	  { { "address-limit-large", NC, 28 } } },
	{ "coherency of a component", { { NC, 20, 4, 2 } },
	  { { "reserved", NC, 20, "coherency" } } },
	{ "reserved allocation hint", { { NC, 24, 1, 0x10 } },
	  { { "reserved", NC, 24, "hints" } } },
	{ "reserved bytes of memory properties", { { NC, 26, 1, 1 } },
	  { { "reserved", NC, 25, "memory access properties" } } },
	{ "reserved memory access flag", { { NC, 27, 1, 8 } },
	  { { "reserved", NC, 27, "memory access flags" } } },
	{ "not coherent, but DACS", { { NC, 27, 1, 2 } }, {} },
	{ "not coherent, but CPM", { { NC, 27, 1, 1 } }, {} },
	{ "not coherent, but CPM and DACS", { { NC, 27, 1, 3 } },
	  { { "memory-attributes", NC, 20 } } },

	/* root complex */
	{ "coherent without CPM", { { RC, 23, 1, 2 } },
	  { { "memory-attributes", RC, 16 } } },
	{ "ATS, PRI and forwarding of PASIDs", { { RC, 24, 4, 7 } }, {} },
	{ "flags of a root complex", { { RC, 36, 4, 3 } }, {} },
	{ "revision 1 has a limit",
	  { { RC, 3, 1, 1 }, { RC, 33, 2, 0 }, { RC, 32, 1, 0 } },
	  { { "address-limit-missing", RC, 32 } } },
	{ "reserved ATS attribute", { { RC, 24, 4, 8 } },
	  { { "reserved", RC, 24, "ATS" } } },
	{ "limit of 64 bits", { { RC, 32, 1, 64 } }, {} },
	{ "root complex without an address limit", { { RC, 32, 1, 0 } },
	  { { "address-limit-missing", RC, 32 } } },
	{ "root complex of too many bits", { { RC, 32, 1, 65 } },
	  { { "address-limit-large", RC, 32 } } },
	{ "a limit is no field of revision 0",
	  { { RC, 32, 1, 0 }, { RC, 3, 1, 0 } }, {} },
	{ "reserved PASID capability", { { RC, 33, 2, 0x20 } },
	  { { "reserved", RC, 33, "PASID" } } },
	{ "no PASID before revision 4", { { RC, 3, 1, 3 } },
	  { { "reserved", RC, 33, "PASID" } } },
	{ "reserved byte of a root complex", { { RC, 35, 1, 1 } },
	  { { "reserved", RC, 35 } } },
	{ "reserved flag of a root complex", { { RC, 36, 4, 4 } },
	  { { "reserved", RC, 36, "flags" } } },
	{ "a mapping where the flags should be",
	  { { RC, 12, 4, 36 }, { RC, 8, 4, 1 } },
	  { { "id-mapping-reference", RC, 36 + 12 },
	    { "reserved", RC, 36 + 16, "mapping" },
	    { "root-complex-fields", RC, 32 } } },

	/* SMMUv1 and v2 */
	{ "last model and all flags of an SMMUv2",
	  { { V2, 32, 4, 5 }, { V2, 36, 4, 3 } }, {} },
	{ "SMMU up to the last address",
	  { { V2, 16, 4, 0xfff00000 }, { V2, 20, 4, 0xffffffff } }, {} },
	{ "model of an SMMUv2", { { V2, 32, 4, 6 } },
	  { { "smmu-model", V2, 32 } } },
	{ "SMMU of no size", { { V2, 24, 4, 0 } }, { { "smmu-span", V2, 24 } } },
	{ "SMMU beyond 64 bits",
	  { { V2, 16, 4, 0 }, { V2, 20, 4, 0xffffffff }, { V2, 28, 4, 1 } },
	  { { "smmu-span", V2, 24 } } },
	{ "two SMMUs at one address", { { V2, 16, 4, 0x2b400000 } },
	  { { "smmu-base-repeated", V2, 16 } } },
	{ "reserved flag of an SMMUv2", { { V2, 36, 4, 4 } },
	  { { "reserved", V2, 36, "SMMU" } } },
	{ "global interrupts nowhere", { { V2, 40, 4, 0 } },
	  { { "smmu-interrupts", V2, 40 } } },
	{ "global interrupts behind the node", { { V2, 40, 4, 113 } },
	  { { "smmu-interrupts", V2, 40 } } },
	{ "context interrupts leave the node", { { V2, 44, 4, 7 } },
	  { { "smmu-interrupts", V2, 44 } } },
	{ "PMU interrupts of all ones", { { V2, 52, 4, 0xffffffff } },
	  { { "smmu-interrupts", V2, 52 } } },
	{ "no PMU interrupts", { { V2, 52, 4, 0 }, { V2, 56, 4, 0xffff } }, {} },
	{ "reserved flag of an interrupt", { { V2, 76 + 12, 4, 2 } },
	  { { "reserved", V2, 76 + 12, "interrupt" } } },
	{ "interrupts in the ID mappings", { { V2, 56, 4, V2_MAP - 7 } },
	  { { "array-overlap", V2, V2_MAP } } },

	/* SMMUv3 */
	{ "last model of an SMMUv3", { { V3, 40, 4, 2 } }, {} },
	{ "index counts from revision 1 on", { { V3, 3, 1, 1 } }, {} },
	{ "but not at revision 0", { { V3, 3, 1, 0 } },
	  { { "single-mapping-type", V3, V3_MAP + 36 } } },
	{ "nor where all interrupts are wired",
	  { { V3, 3, 1, 4 }, { V3, 44, 4, 1 }, { V3, 52, 4, 1 }, { V3, 56, 4, 1 } },
	  { { "single-mapping-type", V3, V3_MAP + 36 } } },
	{ "one that is not wired will do",
	  { { V3, 3, 1, 4 }, { V3, 44, 4, 1 }, { V3, 52, 4, 1 } }, {} },
	{ "model of an SMMUv3", { { V3, 40, 4, 3 } },
	  { { "smmu-model", V3, 40 } } },
	{ "reserved flag of an SMMUv3", { { V3, 24, 4, 0x39 } },
	  { { "reserved", V3, 24, "SMMU" } } },
	{ "reserved field of an SMMUv3", { { V3, 28, 4, 1 } },
	  { { "reserved", V3, 28 } } },
	{ "device ID mapping that is not there", { { V3, 64, 4, 2 } },
	  { { "device-id-index", V3, 64 },
	    { "single-mapping-type", V3, V3_MAP + 36 } } },
	{ "index counts without a flag before revision 5",
	  { { V3, 3, 1, 4 }, { V3, 64, 4, 2 } },
	  { { "device-id-index", V3, 64 },
	    { "single-mapping-type", V3, V3_MAP + 36 } } },
	{ "device ID mapping is not single", { { V3, 64, 4, 0 } },
	  { { "device-id-mapping", V3, V3_MAP + 16 },
	    { "single-mapping-type", V3, V3_MAP + 36 } } },
	{ "device ID mapping to an SMMU", { { V3, V3_MAP + 32, 4, PLUS_NODE(V2) } },
	  { { "id-mapping-chain", V3, V3_MAP + 32 },
	    { "device-id-mapping", V3, V3_MAP + 32 } } },

	/* PMCG */
	{ "PMCG counts nothing", { { PMCG, 28, 4, 0 } },
	  { { "pmcg-reference", PMCG, 28 } } },
	{ "PMCG counts an ITS group", { { PMCG, 28, 4, PLUS_NODE(ITS) } },
	  { { "pmcg-target", PMCG, 28 } } },
	{ "PMCG counts a root complex", { { PMCG, 28, 4, PLUS_NODE(RC) } }, {} },
	{ "PMCG of revision 1", { { PMCG, 3, 1, 1 } }, {} },
	{ "PMCG without page 1", { { PMCG, 3, 1, 0 } },
	  { { "pmcg-page1", PMCG, 3 } } },
	{ "MSI of a PMCG by a range", { { PMCG, PMCG_MAP + 16, 4, 0 } },
	  { { "device-id-mapping", PMCG, PMCG_MAP + 16 } } },
	{ "a wired PMCG needs no mapping",
	  { { PMCG, PMCG_MAP + 16, 4, 0 }, { PMCG, 24, 4, 99 } }, {} },

	/* RMR */
	{ "RMR of a draft", { { RMR, 3, 1, 0 } },
	  { { "rmr-pre-release", RMR, 3 } } },
	{ "RMR of a draft is not read",
	  { { RMR, 3, 1, 0 }, { RMR, 20, 4, 0xffffffff }, { RMR, 24, 4, 0xffffffff } },
	  { { "rmr-pre-release", RMR, 3 } } },
	{ "RMR of E.b", { { RMR, 3, 1, 1 } },
	  { { "rmr-old-revision", RMR, 3 } } },
	{ "flags of an RMR of E.c", { { RMR, 3, 1, 2 }, { RMR, 16, 4, 0x3ff } },
	  { { "rmr-old-revision", RMR, 3 } } },
	{ "ranges in the fixed part", { { RMR, 24, 4, 27 } },
	  { { "rmr-range-array", RMR, 24, "fixed part" } } },
	{ "ranges leave the node", { { RMR, 20, 4, 4 } },
	  { { "rmr-range-array", RMR, 20, "leave the node" } } },
	{ "ranges in the ID mappings", { { RMR, 20, 4, 3 } },
	  { { "array-overlap", RMR, RMR_RANGE },
	    { "rmr-not-64k-aligned", RMR, RMR_MAP } } },
	{ "RMR without mappings", { { RMR, 8, 4, 0 } },
	  { { "rmr-no-mapping", RMR, 8 } } },
	{ "RMR of a root complex", { { RMR, RMR_MAP + 12, 4, PLUS_NODE(RC) } },
	  { { "rmr-target", RMR, RMR_MAP + 12 } } },
	{ "RMR without ranges", { { RMR, 20, 4, 0 } },
	  { { "rmr-no-range", RMR, 20 } } },
	{ "attributes of an RMR", { { RMR, 16, 4, 6 << 2 } },
	  { { "rmr-attributes", RMR, 16 } } },
	{ "reserved flag of an RMR", { { RMR, 16, 4, 0x400 } },
	  { { "reserved", RMR, 16, "RMR" } } },
	{ "range of no length", { { RMR, RMR_RANGE + 8, 4, 0 } },
	  { { "rmr-zero-length", RMR, RMR_RANGE + 8 } } },
	{ "range up to the last address",
	  { { RMR, RMR_RANGE, 4, 0xfffe0000 }, { RMR, RMR_RANGE + 4, 4, 0xffffffff } },
	  {} },
	{ "range passes 64 bits",
	  { { RMR, RMR_RANGE, 4, 0xffff0000 }, { RMR, RMR_RANGE + 4, 4, 0xffffffff } },
	  { { "rmr-range", RMR, RMR_RANGE + 8 } } },
	{ "base is not aligned", { { RMR, RMR_RANGE + 20, 4, 0x80028000 },
	    { RMR, RMR_RANGE + 28, 4, 0x8000 } },
	  { { "rmr-not-64k-aligned", RMR, RMR_RANGE + 20 } } },
	{ "length is not aligned", { { RMR, RMR_RANGE + 28, 4, 0x1000 } },
	  { { "rmr-not-64k-aligned", RMR, RMR_RANGE + 20 } } },
	{ "reserved field of a range", { { RMR, RMR_RANGE + 16, 4, 1 } },
	  { { "reserved", RMR, RMR_RANGE + 16, "memory range" } } },
	{ "ranges of one node overlap", { { RMR, RMR_RANGE + 8, 4, 0x30000 } },
	  { { "rmr-overlap", RMR, RMR_RANGE + 20 } } },
	{ "ranges of one node share a byte", { { RMR, RMR_RANGE + 8, 4, 0x20001 } },
	  { { "rmr-not-64k-aligned", RMR, RMR_RANGE },
	    { "rmr-overlap", RMR, RMR_RANGE + 20 } } },
	{ "ranges of two nodes share the last byte",
	  { { RMR, RMR_MAP + 4, 4, 4 }, { RMR2, 48, 4, 0x8002ffff },
	    { RMR2, 56, 4, 1 } },
	  { { "rmr-not-64k-aligned", RMR2, 48 }, { "rmr-overlap", RMR2, 48 } } },
	{ "ranges of two nodes share the first byte",
	  { { RMR, RMR_MAP + 4, 4, 4 }, { RMR2, 48, 4, 0x7fff0000 },
	    { RMR2, 56, 4, 0x10001 } },
	  { { "rmr-not-64k-aligned", RMR2, 48 }, { "rmr-overlap", RMR2, 48 } } },
	{ "ranges next to each other, streams in common",
	  { { RMR, RMR_MAP + 4, 4, 4 }, { RMR2, 48, 4, 0x80030000 } }, {} },
	{ "ranges of two nodes with a stream in common",
	  { { RMR, RMR_MAP + 4, 4, 4 } },
	  { { "rmr-overlap", RMR2, 48 } } },
	{ "the same streams of another SMMU",
	  { { RMR, RMR_MAP + 4, 4, 4 }, { RMR, RMR_MAP + 12, 4, PLUS_NODE(V2) } },
	  {} },
};

static u32 resolve(const struct base *base, u64 v, u32 old)
{
	u32 r = (u32)(v & VALUE);

	if (v & PLUS_OLD)
		r += old;
	if (v & PLUS_LEN)
		r += base->b.len;
	return r + base->at[v >> 36];
}

static void make(const struct defect *d, struct base *base)
{
	u32 i;

	build_base(base);
	for (i = 0; i < ARRAY_SIZE(d->patch) && d->patch[i].width; i++) {
		const struct patch *c = &d->patch[i];
		u8 *at = base->b.buf + base->at[c->node] + c->off;
		u32 old = c->width == 1 ? *at :
			  c->width == 2 ? get_le16(at) : get_le32(at);

		put_le(at, c->width, resolve(base, c->value, old));
	}
	if (!d->keep_sum)
		table_sum(base->b.buf, base->b.len);
}

static void check_defect(void **state)
{
	const struct defect *d = *state;
	struct findings all;
	struct base base;
	u32 i, where;

	make(d, &base);
	look(base.b.buf, d->cut ? d->cut : base.b.len, &all);
	for (i = 0; i < all.count; i++)
		if (i >= ARRAY_SIZE(d->expected) || !d->expected[i].name)
			fail_msg("also %s at 0x%x: %s", all.d[i].name,
				 all.d[i].offset, all.d[i].what);
	for (i = 0; i < ARRAY_SIZE(d->expected) && d->expected[i].name; i++) {
		const struct expected *e = &d->expected[i];

		where = base.at[e->node] + resolve(&base, e->off, 0);
		if (i >= all.count)
			fail_msg("%s is not found", e->name);
		if (strcmp(all.d[i].name, e->name) || all.d[i].offset != where ||
		    (e->what && !strstr(all.d[i].what, e->what)))
			fail_msg("%s at 0x%x (%s), not %s at 0x%x (%s)",
				 all.d[i].name, all.d[i].offset, all.d[i].what,
				 e->name, where, e->what ? e->what : "");
		/* nodes follow each other as in the enum */
		if (all.d[i].node != (e->node == TABLE ? U32_MAX :
				      e->node - 1) &&
		    strcmp(e->name, "node-count"))
			fail_msg("%s: node %u", e->name, all.d[i].node);
	}
}

/*
 * What iort_open() refuses is an error here, at the same place; what it takes
 * has none of the defects of its checks.
 */
static void check_agrees_with_open(void **state)
{
	u32 refused = 0, i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(defects); i++) {
		const struct defect *d = &defects[i];
		struct acpi_fault f;
		struct findings all;
		struct iort_table t;
		struct base base;
		u32 size;
		u8 *p;

		make(d, &base);
		size = d->cut ? d->cut : base.b.len;
		look(base.b.buf, size, &all);
		p = exact_copy(base.b.buf, size);
		if (iort_open(&t, p, size, &f)) {
			refused++;
			for (k = 0; k < all.count; k++)
				if (all.d[k].severity == IORT_ERROR &&
				    all.d[k].offset == f.offset)
					break;
			if (k == all.count)
				fail_msg("%s: %s at 0x%x is not found", d->title,
					 f.what, f.offset);
		}
		free(p);
	}
	assert_true(refused > 15);
}

/* Every defect there is, but for those that need another table. */
static void check_every_name_comes_up(void **state)
{
	static const enum iort_defect_id elsewhere[] = {
		IORT_DEFECT_TOO_MUCH_WORK,	/* check_work_is_bounded() */
		IORT_DEFECT_SMMU_PROXIMITY,	/* check_proximity_domain() */
		IORT_DEFECT_PATH_REPEATED,	/* check_repeated() */
		IORT_DEFECT_SEGMENT_REPEATED,
	};
	u32 id, i, k;

	(void)state;
	for (id = 0; id < IORT_DEFECT_COUNT; id++) {
		struct iort_defect d, other;
		bool found = false;

		iort_defect_describe(id, &d);
		assert_true(d.name && d.what && d.fix);
		for (i = 0; d.name[i]; i++)
			if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-",
				    d.name[i]))
				fail_msg("%s: not kebab-case", d.name);
		for (i = 0; i < id; i++) {
			iort_defect_describe(i, &other);
			assert_string_not_equal(d.name, other.name);
		}
		for (i = 0; i < ARRAY_SIZE(elsewhere); i++)
			found |= id == elsewhere[i];
		for (i = 0; i < ARRAY_SIZE(defects) && !found; i++)
			for (k = 0; k < ARRAY_SIZE(defects[i].expected); k++)
				if (defects[i].expected[k].name &&
				    !strcmp(defects[i].expected[k].name, d.name))
					found = true;
		if (!found)
			fail_msg("%s comes up in no test", d.name);
	}
}

/* The oldest SMMUv3 nodes end in front of the proximity domain. */
static void check_proximity_domain(void **state)
{
	struct findings all;
	struct builder b;
	u32 at;

	(void)state;
	iort_begin(&b);
	at = iort_add(&b, 4, 0, 60);
	put_le(b.buf + at + 16, 4, 0x10000);
	put_le(b.buf + at + 24, 4, 8);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 1);
	assert_string_equal(all.d[0].name, "smmu-proximity");
	assert_int_equal(all.d[0].offset, at + 24);
	assert_int_equal(all.d[0].severity, IORT_ERROR);

	iort_grow(&b, 4);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 0);
}

/* Nodes of the same thing, which the base table has one of only. */
static void check_repeated(void **state)
{
	static const char path[] = "\\_SB_.ABC_";
	static const char same[] = "\\_SB_.ABC";
	struct findings all;
	struct builder b;
	u32 at;

	(void)state;
	iort_begin(&b);
	b.buf[8] = 0;	/* identifiers do not count */
	at = iort_add(&b, 2, 0, 32);
	put_le(b.buf + at + 28, 4, 7);
	at = iort_add(&b, 1, 0, 29);
	b.buf[at + 28] = 32;
	memcpy(b.buf + iort_grow(&b, sizeof(path)), path, sizeof(path));
	at = iort_add(&b, 2, 0, 32);
	put_le(b.buf + at + 28, 4, 8);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 0);

	put_le(b.buf + at + 28, 4, 7);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 1);
	assert_string_equal(all.d[0].name, "segment-repeated");
	assert_int_equal(all.d[0].offset, at + 28);
	assert_int_equal(all.d[0].node, 2);

	put_le(b.buf + at + 28, 4, 8);
	at = iort_add(&b, 1, 0, 29);
	b.buf[at + 28] = 32;
	memcpy(b.buf + iort_grow(&b, sizeof(same)), same, sizeof(same));
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 2);
	assert_string_equal(all.d[0].name, "component-path-padding");
	assert_string_equal(all.d[1].name, "component-path-repeated");
	assert_int_equal(all.d[1].offset, at + 29);
}

static void check_table_without_nodes(void **state)
{
	struct findings all;
	struct builder b;

	(void)state;
	iort_begin(&b);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 0);
	/* offset of the first node: where it would be */
	put_le(b.buf + 40, 4, 49);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 1);
	assert_string_equal(all.d[0].name, "node-offset");
}

/* Linux looks at the output of these alone. */
static void check_rmr_inputs(void **state)
{
	struct findings all;
	struct builder b;
	u32 v3, at;

	(void)state;
	iort_begin(&b);
	b.buf[8] = 5;
	v3 = iort_add_smmu_v3(&b, 4);
	put_le(b.buf + v3 + 4, 4, 1);
	at = iort_add(&b, 6, 3, 28);
	iort_map(&b, 0, 3, 0x10, v3, 0);
	iort_map(&b, 0, 3, 0x20, v3, 0);
	put_le(b.buf + at + 20, 4, 1);
	put_le(b.buf + at + 24, 4, 68);
	iort_grow(&b, 20);
	put_le(b.buf + at + 68 + 8, 4, 0x10000);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 0);

	/* those of a node that is not known neither */
	at = iort_add(&b, 9, 0, 16);
	put_le(b.buf + at + 4, 4, 2);
	iort_map(&b, 0, 3, 0x10, v3, 0);
	iort_map(&b, 0, 3, 0x20, v3, 0);
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_int_equal(all.count, 1);
	assert_string_equal(all.d[0].name, "node-type");

	/* but those of an IWB */
	b.buf[at] = 7;
	builder_finish(&b);
	look(b.buf, b.len, &all);
	assert_true(all.count >= 1);
	assert_string_equal(all.d[all.count - 1].name, "id-mapping-overlap");
}

/* So many nodes that not all pairs of them can be compared. */
static void check_work_is_bounded(void **state)
{
	const u32 count = 0x10000 / 16 * 15, len = 48 + 16 * count;
	struct findings *all = calloc(1, sizeof(*all));
	u8 *p = calloc(1, len);
	u32 i;

	(void)state;
	assert_non_null(p);
	assert_non_null(all);
	memcpy(p, "IORT", 4);
	put_le(p + 4, 4, len);
	p[8] = 6;
	put_le(p + 36, 4, count);
	put_le(p + 40, 4, 48);
	for (i = 0; i < count; i++) {
		p[48 + 16 * i] = 7;
		put_le(p + 48 + 16 * i + 1, 2, 16);
		put_le(p + 48 + 16 * i + 4, 4, i);
	}
	table_sum(p, len);
	look(p, len, all);
	assert_int_equal(all->count, 1);
	assert_string_equal(all->d[0].name, "too-much-work");
	assert_int_equal(all->d[0].node, U32_MAX);
	free(p);
	free(all);
}

/* ---- tables of real machines ---- */

struct machine {
	const char *file;
	/* how many components Linux does not find by their path */
	u32 padding;
	bool bad_sum;
};

static const struct machine machines[] = {
	{ "acer-aspire-1.iort", 16 },
	{ "hp-elitebook-6-g1q.iort", 18 },
	{ "lenovo-thinkpad-t14s.iort", 17 },
	{ "lenovo-thinkpad-x13s.iort", 12 },
	{ "lenovo-yoga-c630.iort", 19 },
	{ "microsoft-surface-pro-9-5g.iort", 13 },
	{ "microsoft-surface-romulus.bad-checksum.iort", 17, true },
	{ "qemu-virt-gicv3.iort", 0 },
	{ "qualcomm-sm8150.iort", 21 },
	{ "samsung-galaxybook2-go.iort", 14 },
};

static void check_machine(void *ctx, const char *name, u8 *table, size_t size)
{
	u32 i, k, padding = 0, sums = 0;
	struct findings all;

	(void)ctx;
	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strcmp(machines[i].file, name))
			break;
	if (i == ARRAY_SIZE(machines))
		fail_msg("%s is in no test", name);
	look(table, size, &all);
	for (k = 0; k < all.count; k++) {
		if (!strcmp(all.d[k].name, "component-path-padding"))
			padding++;
		else if (!strcmp(all.d[k].name, "checksum"))
			sums++;
		else
			fail_msg("%s: %s at 0x%x: %s", name, all.d[k].name,
				 all.d[k].offset, all.d[k].what);
	}
	if (padding != machines[i].padding || sums != machines[i].bad_sum)
		fail_msg("%s: %u paths and %u checksums", name, padding, sums);
}

static void check_machines(void **state)
{
	(void)state;
	assert_int_equal(corpus_for_each(check_machine, NULL),
			 ARRAY_SIZE(machines));
}

#define T(fn)	{ #fn, fn, NULL, NULL, NULL }

static const struct CMUnitTest plain[] = {
	T(check_agrees_with_open),
	T(check_every_name_comes_up),
	T(check_proximity_domain),
	T(check_repeated),
	T(check_table_without_nodes),
	T(check_rmr_inputs),
	T(check_work_is_bounded),
	T(check_machines),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(defects) + ARRAY_SIZE(plain)];
	u32 n = 0, i;

	for (i = 0; i < ARRAY_SIZE(defects); i++)
		tests[n++] = (struct CMUnitTest){
			.name = defects[i].title,
			.test_func = check_defect,
			.initial_state = (void *)&defects[i],
		};
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		tests[n++] = plain[i];
	return cmocka_run_group_tests_name("iort check", tests, NULL, NULL) ?
	       1 : 0;
}
