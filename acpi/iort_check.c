// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_check.c - all that is wrong with an I/O Remapping Table
 *
 * The table, what all nodes have in common, and ID mappings. What Linux does is
 * from drivers/acpi/arm64/iort.c of 7.3; which revisions there are is from edk2's
 * MdePkg/Include/IndustryStandard/IoRemappingTable.h, and the highest revision
 * of each type of node from fwts' src/acpi/iort/iort.c.
 */
#include "iort_judge.h"

/**
 * iort_defect_describe() - what is known of a defect beforehand
 * @id: which
 * @d: filled, all but the place
 */
void iort_defect_describe(enum iort_defect_id id, struct iort_defect *d)
{
#define IORT_DEFECT_ROW(id, name, severity, what, fix)			\
	[IORT_DEFECT_##id] = { name, IORT_##severity, 0, U32_MAX, what, fix },
	static const struct iort_defect defects[] = {
		IORT_DEFECTS(IORT_DEFECT_ROW)
	};
#undef IORT_DEFECT_ROW

	*d = defects[id];
}

/**
 * iort_judge_report() - tell of a defect of the node that is looked at
 * @j: the check
 * @id: which defect
 * @offset: where, in the table
 * @what: what is wrong there; NULL: what is wrong wherever that defect is
 */
void iort_judge_report(struct iort_judge *j, enum iort_defect_id id, u32 offset,
		       const char *what)
{
	struct iort_defect d;

	iort_defect_describe(id, &d);
	d.offset = offset;
	d.node = j->index;
	if (what)
		d.what = what;
	if (d.severity != IORT_NOTE)
		j->found++;
	j->fn(j->ctx, &d);
}

/**
 * iort_judge_step() - spend a step on a comparison
 * @j: the check
 *
 * Return: false if none is left.
 */
bool iort_judge_step(struct iort_judge *j)
{
	u32 index = j->index;

	if (!j->steps)
		return false;
	if (--j->steps)
		return true;
	j->index = U32_MAX;
	iort_judge_report(j, IORT_DEFECT_TOO_MUCH_WORK, 0, NULL);
	j->index = index;
	return false;
}

/**
 * iort_judge_mappings() - how many ID mappings of a node can be looked at
 * @j: the check
 * @off: offset of the node
 *
 * Return: their number, 0 where they are not inside the node.
 */
u32 iort_judge_mappings(const struct iort_judge *j, u32 off)
{
	const struct iort_node *n = iort_node_at(&j->t, off);
	u32 count = get_le32(n->mapping_count);
	u32 start = get_le32(n->mapping_offset);

	if (start < iort_node_fixed(n) ||
	    !sdt_fits(start, (u64)count * sizeof(struct iort_id_mapping),
		      get_le16(n->length)))
		return 0;
	return count;
}

/**
 * iort_judge_ranges() - how many memory ranges of an RMR node can be looked at
 * @j: the check
 * @off: offset of the node, which must have its fixed part
 *
 * Return: their number, 0 where they are not inside the node.
 */
u32 iort_judge_ranges(const struct iort_judge *j, u32 off)
{
	const struct iort_rmr *rmr = (const void *)iort_node_at(&j->t, off);
	u32 count = iort_rmr_range_count(&j->t, off);
	u32 start;

	if (!count)
		return 0;
	start = get_le32(rmr->range_offset);
	if (start < sizeof(*rmr) ||
	    !sdt_fits(start, (u64)count * sizeof(struct iort_rmr_range),
		      get_le16(rmr->node.length)))
		return 0;
	return count;
}

/**
 * iort_judge_node_is() - does a node start there?
 * @j: the check
 * @target: offset in the table
 * @known: where to put whether that node can be looked at
 *
 * Return: false if it is certain that none does.
 */
bool iort_judge_node_is(struct iort_judge *j, u32 target, bool *known)
{
	u32 off = j->t.node_offset, i;

	*known = true;
	if (target == j->known)
		return true;
	for (i = 0; i < j->t.node_count && off <= target; i++) {
		if (off == target) {
			j->known = off;
			return true;
		}
		if (!iort_judge_step(j)) {
			*known = false;
			return true;
		}
		off += get_le16(iort_node_at(&j->t, off)->length);
	}
	*known = false;
	/* Behind a node of wrong length may be anything. */
	return !j->complete && target >= off;
}

/* ---- ID mappings ---- */

static bool judge_is_smmu(u8 type)
{
	return type == IORT_SMMU || type == IORT_SMMU_V3;
}

#define NO_OWN_MAPPING	U64_MAX

/*
 * Which mapping of the node is for MSIs of its own, as Linux has it. May be
 * beyond the mappings.
 */
static u64 judge_own_mapping(const struct iort_node *n)
{
	const struct iort_smmu_v3 *smmu = (const void *)n;
	const struct iort_pmcg *pmcg = (const void *)n;

	if (get_le16(n->length) < iort_node_fixed(n))
		return NO_OWN_MAPPING;
	if (n->type == IORT_PMCG)
		return get_le32(pmcg->overflow_gsiv) ||
		       !get_le32(n->mapping_count) ? NO_OWN_MAPPING : 0;
	if (n->type != IORT_SMMU_V3 || n->revision < 1)
		return NO_OWN_MAPPING;
	if (n->revision >= 5 ?
	    !(get_le32(smmu->flags) & IORT_SMMU_V3_DEVICEID_VALID) :
	    get_le32(smmu->event_gsiv) && get_le32(smmu->pri_gsiv) &&
	    get_le32(smmu->gerr_gsiv) && get_le32(smmu->sync_gsiv))
		return NO_OWN_MAPPING;
	return get_le32(smmu->device_id_index);
}

/*
 * Does a way through SMMUs that begins at @from come back to @to? The way is
 * followed as deep as the reader goes.
 */
static bool judge_leads_back(struct iort_judge *j, u32 from, u32 to)
{
	struct {
		u32 node;
		u32 next;
	} path[IORT_DEPTH_MAX];
	u32 depth = 1;

	path[0].node = from;
	path[0].next = 0;
	while (depth) {
		u32 node = path[depth - 1].node;
		u32 i = path[depth - 1].next++;
		u32 out;
		bool known;

		if (node == to)
			return true;
		if (i >= iort_judge_mappings(j, node)) {
			depth--;
			continue;
		}
		if (!iort_judge_step(j))
			return false;
		out = get_le32(iort_mapping_at(&j->t, node, i)->output_reference);
		if (!iort_judge_node_is(j, out, &known) || !known ||
		    !judge_is_smmu(iort_node_at(&j->t, out)->type) ||
		    depth == IORT_DEPTH_MAX)
			continue;
		path[depth].node = out;
		path[depth++].next = 0;
	}
	return false;
}

/* May a mapping of this node lead to the node at @out? */
static void judge_target(struct iort_judge *j, u32 at, u32 out)
{
	u8 from = iort_node_at(&j->t, j->off)->type;
	u8 to = iort_node_at(&j->t, out)->type;

	/* Of types that are not known here nothing is known. */
	if (from > IORT_IWB || to > IORT_IWB)
		return;
	if (from == IORT_RMR) {
		if (!judge_is_smmu(to))
			iort_judge_report(j, IORT_DEFECT_RMR_TARGET, at, NULL);
		return;
	}
	if (to != IORT_ITS_GROUP && !judge_is_smmu(to)) {
		iort_judge_report(j, IORT_DEFECT_MAPPING_TARGET, at, NULL);
		return;
	}
	if (!judge_is_smmu(from) || !judge_is_smmu(to))
		return;
	if (judge_leads_back(j, out, j->off))
		iort_judge_report(j, IORT_DEFECT_MAPPING_LOOP, at, NULL);
	else
		iort_judge_report(j, IORT_DEFECT_MAPPING_CHAIN, at, NULL);
}

static void judge_mapping(struct iort_judge *j, u32 i, u64 own)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	const struct iort_id_mapping *m = iort_mapping_at(&j->t, j->off, i);
	u32 at = iort_mapping_offset(&j->t, j->off, i);
	u32 at_target = at + offsetof(struct iort_id_mapping, output_reference);
	u32 at_flags = at + offsetof(struct iort_id_mapping, flags);
	u32 out = get_le32(m->output_reference);
	bool single = iort_mapping_is_single(m);
	bool known;

	if (!iort_judge_node_is(j, out, &known))
		iort_judge_report(j, IORT_DEFECT_MAPPING_REFERENCE, at_target,
				  NULL);
	else if (known)
		judge_target(j, at_target, out);

	/* Linux takes Number of IDs of an RMR's mapping whatever the flag. */
	if (!single && iort_mapping_last(m) > U32_MAX)
		iort_judge_report(j, IORT_DEFECT_MAPPING_INPUT,
				  at + offsetof(struct iort_id_mapping, id_count),
				  NULL);
	if ((!single || n->type == IORT_RMR) &&
	    get_le32(m->id_count) > U32_MAX - get_le32(m->output_base))
		iort_judge_report(j, IORT_DEFECT_MAPPING_OUTPUT,
				  at + offsetof(struct iort_id_mapping, output_base),
				  NULL);
	if (get_le32(m->flags) & ~IORT_ID_SINGLE)
		iort_judge_report(j, IORT_DEFECT_RESERVED, at_flags,
				  "reserved bits of an ID mapping's flags are not zero");
	if (own == i) {
		if (!single)
			iort_judge_report(j, IORT_DEFECT_DEVICE_ID_MAPPING,
					  at_flags, NULL);
		else if (known &&
			 iort_node_at(&j->t, out)->type != IORT_ITS_GROUP)
			iort_judge_report(j, IORT_DEFECT_DEVICE_ID_MAPPING,
					  at_target, NULL);
	} else if (single && judge_is_smmu(n->type)) {
		iort_judge_report(j, IORT_DEFECT_SINGLE_TYPE, at_flags, NULL);
	}
}

/* Do both mappings make the same of every ID that they share? */
static bool judge_agree(const struct iort_id_mapping *a,
			const struct iort_id_mapping *b)
{
	bool single = iort_mapping_is_single(a);

	if (get_le32(a->output_reference) != get_le32(b->output_reference) ||
	    single != iort_mapping_is_single(b))
		return false;
	if (single)
		return get_le32(a->output_base) == get_le32(b->output_base);
	return get_le32(a->output_base) - get_le32(a->input_base) ==
	       get_le32(b->output_base) - get_le32(b->input_base);
}

/* Is the one ID that two mappings share the surplus one at the end of @a? */
static bool judge_surplus(const struct iort_id_mapping *a, u64 first, u64 last)
{
	return first == last && get_le32(a->id_count) &&
	       iort_mapping_last(a) == last;
}

/* Compare the input range of mapping @i with that of an earlier one. */
static void judge_mapping_pair(struct iort_judge *j, u32 earlier, u32 i)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	const struct iort_id_mapping *a = iort_mapping_at(&j->t, j->off, earlier);
	const struct iort_id_mapping *b = iort_mapping_at(&j->t, j->off, i);
	u32 at = iort_mapping_offset(&j->t, j->off, i);
	u64 first = get_le32(b->input_base);
	u64 last = iort_mapping_last(b);

	if (iort_mapping_is_single(a) || iort_mapping_is_single(b)) {
		/* A single mapping of a root complex takes in everything. */
		if (n->type != IORT_ROOT_COMPLEX)
			return;
	} else {
		if (first < get_le32(a->input_base))
			first = get_le32(a->input_base);
		if (last > iort_mapping_last(a))
			last = iort_mapping_last(a);
		if (first > last)
			return;
	}
	if (judge_agree(a, b))
		iort_judge_report(j, IORT_DEFECT_MAPPING_REPEATED, at, NULL);
	else if (!iort_mapping_is_single(a) && !iort_mapping_is_single(b) &&
		 ((judge_surplus(a, first, last) &&
		   get_le32(b->input_base) == last) ||
		  (judge_surplus(b, first, last) &&
		   get_le32(a->input_base) == last)))
		iort_judge_report(j, IORT_DEFECT_MAPPING_OFF_BY_ONE, at, NULL);
	else
		iort_judge_report(j, IORT_DEFECT_MAPPING_OVERLAP, at, NULL);
}

static void judge_mappings(struct iort_judge *j)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	u32 count = get_le32(n->mapping_count);
	u64 own = judge_own_mapping(n);
	u32 i, k;

	if (own != NO_OWN_MAPPING && own >= count)
		iort_judge_report(j, IORT_DEFECT_DEVICE_ID_INDEX,
				  j->off + offsetof(struct iort_smmu_v3, device_id_index),
				  NULL);
	if (count && n->type == IORT_ITS_GROUP)
		iort_judge_report(j, IORT_DEFECT_MAPPING_ITS,
				  j->off + offsetof(struct iort_node, mapping_count),
				  NULL);
	count = iort_judge_mappings(j, j->off);
	for (i = 0; i < count; i++) {
		judge_mapping(j, i, own);
		/* Linux does not look at the input of an RMR's mappings. */
		if (n->type == IORT_RMR || n->type > IORT_IWB || own == i)
			continue;
		for (k = 0; k < i; k++) {
			if (own == k)
				continue;
			if (!iort_judge_step(j))
				break;
			judge_mapping_pair(j, k, i);
		}
	}
}

/* ---- nodes ---- */

/* The revision of each type of node in DEN 0049E.f */
static u8 judge_newest(u8 type)
{
	static const u8 newest[] = {
		[IORT_ITS_GROUP] = 1,
		[IORT_NAMED_COMPONENT] = 4,
		[IORT_ROOT_COMPLEX] = 4,
		[IORT_SMMU] = 3,
		[IORT_SMMU_V3] = 5,
		[IORT_PMCG] = 2,
		[IORT_RMR] = 3,
	};

	return type < ARRAY_SIZE(newest) ? newest[type] : 0xff;
}

/* The node's arrays; iort_check_node() of iort.c has the same, for the first. */
static void judge_arrays(struct iort_judge *j)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	const struct iort_its_group *its = (const void *)n;
	const struct iort_rmr *rmr = (const void *)n;
	u32 fixed = iort_node_fixed(n);
	u32 length = get_le16(n->length);
	u32 count = get_le32(n->mapping_count);
	u32 start = get_le32(n->mapping_offset);

	if (count && start < fixed)
		iort_judge_report(j, IORT_DEFECT_MAPPING_ARRAY,
				  j->off + offsetof(struct iort_node, mapping_offset),
				  "ID mappings begin inside the node's fixed part");
	else if (count && !sdt_fits(start, (u64)count * sizeof(struct iort_id_mapping),
				    length))
		iort_judge_report(j, IORT_DEFECT_MAPPING_ARRAY,
				  j->off + offsetof(struct iort_node, mapping_count),
				  "ID mappings leave the node");
	if (length < fixed)
		return;
	if (n->type == IORT_ITS_GROUP &&
	    !sdt_fits(fixed, (u64)get_le32(its->its_count) *
		      sizeof(its->its_ids[0]), length))
		iort_judge_report(j, IORT_DEFECT_ITS_ARRAY,
				  j->off + offsetof(struct iort_its_group, its_count),
				  NULL);
	if (n->type != IORT_RMR)
		return;
	count = iort_rmr_range_count(&j->t, j->off);
	if (count && get_le32(rmr->range_offset) < fixed)
		iort_judge_report(j, IORT_DEFECT_RANGE_ARRAY,
				  j->off + offsetof(struct iort_rmr, range_offset),
				  "memory ranges begin inside the node's fixed part");
	else if (count && !iort_judge_ranges(j, j->off))
		iort_judge_report(j, IORT_DEFECT_RANGE_ARRAY,
				  j->off + offsetof(struct iort_rmr, range_count),
				  "memory ranges leave the node");
}

static int judge_node(void *ctx, u32 index, u32 off)
{
	struct iort_judge *j = ctx;
	const struct iort_node *n = iort_node_at(&j->t, off);
	u32 fixed = iort_node_fixed(n);
	u32 earlier = j->t.node_offset, i;

	j->index = index;
	j->off = off;
	if (n->type > IORT_IWB)
		iort_judge_report(j, IORT_DEFECT_NODE_TYPE, off, NULL);
	if (n->revision > judge_newest(n->type))
		iort_judge_report(j, IORT_DEFECT_NODE_REVISION,
				  off + offsetof(struct iort_node, revision),
				  NULL);
	if (get_le16(n->length) < fixed)
		iort_judge_report(j, IORT_DEFECT_NODE_LENGTH,
				  off + offsetof(struct iort_node, length),
				  "node length is less than its type's fixed part");
	judge_arrays(j);
	judge_mappings(j);
	if (get_le16(n->length) >= fixed)
		iort_judge_type(j);
	for (i = 0; i < index && iort_judge_step(j); i++) {
		iort_judge_pair(j, earlier);
		earlier += get_le16(iort_node_at(&j->t, earlier)->length);
	}
	return 0;
}

/* ---- the table ---- */

/* Find the nodes; ends with the first whose length is of no use. */
static void judge_find_nodes(struct iort_judge *j)
{
	const struct iort_header *h = (const void *)j->t.buf;
	u32 count = get_le32(h->node_count);
	u32 off = j->t.node_offset, i;

	for (i = 0; i < count; i++) {
		const struct iort_node *n = iort_node_at(&j->t, off);
		u32 at_length = off + offsetof(struct iort_node, length);

		if (!sdt_fits(off, sizeof(*n), j->t.length)) {
			iort_judge_report(j, IORT_DEFECT_NODE_COUNT, off,
					  "node header leaves the table, or fewer nodes than the node count");
			j->t.node_count = i;
			j->complete = off == j->t.length;
			return;
		}
		if (get_le16(n->length) < sizeof(*n) ||
		    !sdt_fits(off, get_le16(n->length), j->t.length)) {
			j->index = i;
			iort_judge_report(j, IORT_DEFECT_NODE_LENGTH, at_length,
					  NULL);
			j->index = U32_MAX;
			j->t.node_count = i;
			return;
		}
		off += get_le16(n->length);
	}
	j->t.node_count = count;
	j->complete = true;
	if (off != j->t.length)
		iort_judge_report(j, IORT_DEFECT_NODE_COUNT, off,
				  "bytes behind the last node that the node count covers");
}

static void judge_table_revision(struct iort_judge *j, u8 revision)
{
	u32 at = offsetof(struct sdt_header, revision);

	if (revision > 6)
		iort_judge_report(j, IORT_DEFECT_TABLE_REVISION_NEWER, at, NULL);
	else if (revision == 1 || revision == 2 || revision == 4)
		iort_judge_report(j, IORT_DEFECT_TABLE_REVISION, at, NULL);
}

/* False if there is nothing that nodes could be looked for in. */
static bool judge_header(struct iort_judge *j, const u8 *buf, size_t size)
{
	const struct iort_header *h = (const void *)buf;
	u32 at_length = offsetof(struct sdt_header, length);
	u32 i, length;
	u8 sum = 0;

	if (size < sizeof(h->sdt)) {
		iort_judge_report(j, IORT_DEFECT_HEADER, 0, NULL);
		return false;
	}
	if (memcmp(h->sdt.signature, "IORT", sizeof(h->sdt.signature))) {
		iort_judge_report(j, IORT_DEFECT_SIGNATURE, 0, NULL);
		return false;
	}
	length = get_le32(h->sdt.length);
	if (length < sizeof(*h)) {
		iort_judge_report(j, IORT_DEFECT_LENGTH, at_length,
				  "table length is less than its fixed part");
		return false;
	}
	if (length > size) {
		iort_judge_report(j, IORT_DEFECT_LENGTH, at_length,
				  "table length is more than there is");
		if (size < sizeof(*h))
			return false;
		length = (u32)size;
	} else if (length > IORT_LENGTH_MAX) {
		iort_judge_report(j, IORT_DEFECT_LENGTH, at_length,
				  "table is longer than the reader's limit");
		return false;
	} else {
		for (i = 0; i < length; i++)
			sum += buf[i];
		if (sum)
			iort_judge_report(j, IORT_DEFECT_CHECKSUM,
					  offsetof(struct sdt_header, checksum),
					  NULL);
	}
	judge_table_revision(j, h->sdt.revision);
	if (get_le32(h->reserved))
		iort_judge_report(j, IORT_DEFECT_RESERVED,
				  offsetof(struct iort_header, reserved), NULL);

	j->t.buf = buf;
	j->t.length = length;
	j->t.node_offset = get_le32(h->node_offset);
	if (j->t.node_offset < sizeof(*h) || j->t.node_offset > length) {
		iort_judge_report(j, IORT_DEFECT_NODE_OFFSET,
				  offsetof(struct iort_header, node_offset),
				  NULL);
		return false;
	}
	return true;
}

/**
 * iort_check_all() - find all that is wrong with a table
 * @buf: the table
 * @size: number of bytes that may be read at @buf
 * @fn: told of each defect, in the order of the nodes it is in; the struct is
 *	gone when it returns
 * @ctx: passed to @fn
 *
 * Where iort_open() refuses the table, one of the defects is an error and has
 * the place that iort_open() notes.
 *
 * Context: any; @fn decides. Looks at no more than %IORT_CHECK_STEPS_MAX pairs.
 * Return: the number of errors and warnings; notes do not count.
 */
int iort_check_all(const void *buf, size_t size,
		   void (*fn)(void *ctx, const struct iort_defect *d),
		   void *ctx)
{
	struct iort_judge j = {
		.index = U32_MAX,
		.steps = IORT_CHECK_STEPS_MAX,
		.fn = fn,
		.ctx = ctx,
	};

	if (!judge_header(&j, buf, size))
		return j.found;
	judge_find_nodes(&j);
	iort_for_each_node(&j.t, judge_node, &j);
	return j.found;
}
