// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort.c - reader of the I/O Remapping Table (ARM DEN 0049E.f)
 *
 * Two halves. iort_open() looks at every byte count, offset and reference of
 * the table once. What it has accepted is then walked without further bounds
 * tests: all offsets in the second half come from accepted fields.
 *
 * A node of a type that is not known here is no defect, it is stepped over;
 * its ID mappings are in the part that all nodes share and are checked.
 */
#include "iort.h"

/* ---- access; for nodes that iort_check_node() has accepted ---- */

static const struct iort_node *iort_node(const struct iort_table *t, u32 off)
{
	return (const struct iort_node *)(t->buf + off);
}

/* Offset of mapping @i of the node at @off. */
static u32 iort_mapping_offset(const struct iort_table *t, u32 off, u32 i)
{
	return off + get_le32(iort_node(t, off)->mapping_offset) +
	       i * (u32)sizeof(struct iort_id_mapping);
}

static const struct iort_id_mapping *iort_mapping(const struct iort_table *t,
						  u32 off, u32 i)
{
	return (const struct iort_id_mapping *)
		(t->buf + iort_mapping_offset(t, off, i));
}

/*
 * The last input ID of a mapping: the one place that knows that id_count is
 * one less than the number of IDs. May lie above 32 bits in a bad table.
 */
static u64 iort_mapping_last(const struct iort_id_mapping *m)
{
	return (u64)get_le32(m->input_base) + get_le32(m->id_count);
}

static bool iort_mapping_is_single(const struct iort_id_mapping *m)
{
	return get_le32(m->flags) & IORT_ID_SINGLE;
}

/* ---- checks ---- */

/* Size of the part that a node must have before its arrays may begin. */
static u32 iort_node_fixed(const struct iort_node *n)
{
	switch (n->type) {
	case IORT_ITS_GROUP:
		return sizeof(struct iort_its_group);
	case IORT_NAMED_COMPONENT:
		return sizeof(struct iort_named_component);
	case IORT_ROOT_COMPLEX:
		return sizeof(struct iort_root_complex);
	case IORT_SMMU:
		return sizeof(struct iort_smmu);
	case IORT_SMMU_V3:
		if (n->revision < 1)
			return offsetof(struct iort_smmu_v3, proximity_domain);
		return sizeof(struct iort_smmu_v3);
	case IORT_PMCG:
		if (n->revision < 1)
			return offsetof(struct iort_pmcg, page1_base);
		return sizeof(struct iort_pmcg);
	case IORT_RMR:
		return sizeof(struct iort_rmr);
	default:
		return sizeof(struct iort_node);
	}
}

/* Does the node at @off, with all of its arrays, lie inside the table? */
static int iort_check_node(const struct iort_table *t, u32 off,
			   struct acpi_fault *f)
{
	const struct iort_node *n = iort_node(t, off);
	u32 fixed, length, count, start;

	if (!sdt_fits(off, sizeof(*n), t->length))
		return sdt_fault(f, -EINVAL, off,
				 "node header leaves the table, or fewer nodes than the node count");

	fixed = iort_node_fixed(n);
	length = get_le16(n->length);
	if (length < fixed)
		return sdt_fault(f, -EINVAL,
				 off + offsetof(struct iort_node, length),
				 "node length is less than its type's fixed part");
	if (!sdt_fits(off, length, t->length))
		return sdt_fault(f, -EINVAL,
				 off + offsetof(struct iort_node, length),
				 "node leaves the table");

	count = get_le32(n->mapping_count);
	start = get_le32(n->mapping_offset);
	if (count && start < fixed)
		return sdt_fault(f, -EINVAL,
				 off + offsetof(struct iort_node, mapping_offset),
				 "ID mappings begin inside the node's fixed part");
	if (count && !sdt_fits(start, (u64)count * sizeof(struct iort_id_mapping),
			       length))
		return sdt_fault(f, -EINVAL,
				 off + offsetof(struct iort_node, mapping_count),
				 "ID mappings leave the node");

	if (n->type == IORT_ITS_GROUP) {
		const struct iort_its_group *its = (const void *)n;

		count = get_le32(its->its_count);
		if (!sdt_fits(fixed, (u64)count * sizeof(its->its_ids[0]),
			      length))
			return sdt_fault(f, -EINVAL,
					 off + offsetof(struct iort_its_group, its_count),
					 "ITS identifiers leave the node");
	}

	if (n->type == IORT_RMR) {
		const struct iort_rmr *rmr = (const void *)n;

		count = get_le32(rmr->range_count);
		start = get_le32(rmr->range_offset);
		if (count && start < fixed)
			return sdt_fault(f, -EINVAL,
					 off + offsetof(struct iort_rmr, range_offset),
					 "memory ranges begin inside the node's fixed part");
		if (count && !sdt_fits(start, (u64)count * sizeof(struct iort_rmr_range),
				       length))
			return sdt_fault(f, -EINVAL,
					 off + offsetof(struct iort_rmr, range_count),
					 "memory ranges leave the node");
	}
	return 0;
}

/* Does a node start at @target? Only after all nodes are known to fit. */
static bool iort_is_node(const struct iort_table *t, u32 target)
{
	u32 off = t->node_offset, i;

	for (i = 0; i < t->node_count && off <= target; i++) {
		if (off == target)
			return true;
		off += get_le16(iort_node(t, off)->length);
	}
	return false;
}

/* Do the references of the node at @off hit nodes? */
static int iort_check_references(const struct iort_table *t, u32 off,
				 u32 *known, struct acpi_fault *f)
{
	const struct iort_node *n = iort_node(t, off);
	u32 count = get_le32(n->mapping_count);
	u32 i, target;

	for (i = 0; i < count; i++) {
		target = get_le32(iort_mapping(t, off, i)->output_reference);
		/* Mostly it is that of the mapping before: spare the walk. */
		if (target == *known)
			continue;
		if (!iort_is_node(t, target))
			return sdt_fault(f, -EINVAL,
					 iort_mapping_offset(t, off, i) +
					 offsetof(struct iort_id_mapping, output_reference),
					 "output reference of an ID mapping is not the start of a node");
		*known = target;
	}

	if (n->type == IORT_PMCG) {
		const struct iort_pmcg *pmcg = (const void *)n;

		if (!iort_is_node(t, get_le32(pmcg->node_reference)))
			return sdt_fault(f, -EINVAL,
					 off + offsetof(struct iort_pmcg, node_reference),
					 "node reference of a PMCG is not the start of a node");
	}
	return 0;
}

/**
 * iort_open() - check a whole table and make it ready for use
 * @t: filled on success, untouched on failure
 * @buf: the table
 * @size: number of bytes that may be read at @buf
 * @f: where to note the defect on failure
 *
 * Return: 0, -EINVAL for a bad table, -E2BIG for one longer than
 * %IORT_LENGTH_MAX.
 */
int iort_open(struct iort_table *t, const void *buf, size_t size,
	      struct acpi_fault *f)
{
	const struct iort_header *h = buf;
	struct iort_table n = { .buf = buf };
	u32 known = 0;	/* offset 0 is the table's header, never a node */
	u32 off, i;
	int ret;

	ret = sdt_check(buf, size, "IORT", sizeof(*h), IORT_LENGTH_MAX,
			&n.length, f);
	if (ret)
		return ret;

	n.node_count = get_le32(h->node_count);
	n.node_offset = get_le32(h->node_offset);
	if (n.node_offset < sizeof(*h) || n.node_offset > n.length)
		return sdt_fault(f, -EINVAL,
				 offsetof(struct iort_header, node_offset),
				 "node offset is outside the table's body");

	off = n.node_offset;
	for (i = 0; i < n.node_count; i++) {
		ret = iort_check_node(&n, off, f);
		if (ret)
			return ret;
		off += get_le16(iort_node(&n, off)->length);
	}
	if (off != n.length)
		return sdt_fault(f, -EINVAL, off,
				 "bytes behind the last node that the node count covers");

	off = n.node_offset;
	for (i = 0; i < n.node_count; i++) {
		ret = iort_check_references(&n, off, &known, f);
		if (ret)
			return ret;
		off += get_le16(iort_node(&n, off)->length);
	}

	*t = n;
	return 0;
}

/**
 * iort_check() - check a whole table
 * @buf: the table
 * @size: number of bytes that may be read at @buf
 * @f: where to note the defect on failure
 *
 * Return: as iort_open().
 */
int iort_check(const void *buf, size_t size, struct acpi_fault *f)
{
	struct iort_table t;

	return iort_open(&t, buf, size, f);
}

/* ---- from a PCI device to its ITS groups ---- */

/*
 * One node on the way from the root complex: which of its mappings is looked
 * at next.
 */
struct iort_step {
	u32 node;		/* offset of the node */
	u32 id;			/* the ID that arrives there */
	u32 next;		/* index of the next mapping */
	bool restarted;		/* a range begins at @id, see iort_takes() */
};

struct iort_walk {
	const struct iort_table *t;
	int (*fn)(void *ctx, u32 its_id);	/* NULL in the rehearsal */
	void *ctx;
	u32 visits;
	struct acpi_fault *f;
};

/*
 * Is mapping @i of an SMMUv3 declared to be for the SMMU's own MSIs? Before
 * revision 5 of the node the index counted unless all interrupts are wired.
 */
static bool iort_is_own_mapping(const struct iort_node *n, u32 i)
{
	const struct iort_smmu_v3 *smmu = (const void *)n;

	if (n->type != IORT_SMMU_V3 || n->revision < 1 ||
	    get_le32(smmu->device_id_index) != i)
		return false;
	if (n->revision >= 5)
		return get_le32(smmu->flags) & IORT_SMMU_V3_DEVICEID_VALID;
	return !get_le32(smmu->event_gsiv) || !get_le32(smmu->pri_gsiv) ||
	       !get_le32(smmu->gerr_gsiv) || !get_le32(smmu->sync_gsiv);
}

/*
 * Does mapping @m take in the ID of @s?
 *
 * A single mapping has no input range. At a root complex it takes in every
 * requester; at an SMMU it describes the SMMU's own MSIs, and no stream.
 *
 * Firmware that took id_count for the number of IDs has ranges that overlap by
 * one: an ID which ends one range and begins another belongs to the latter,
 * whatever their order. Other overlaps are meant: the device reaches all.
 */
static bool iort_takes(const struct iort_node *n, const struct iort_step *s,
		       const struct iort_id_mapping *m)
{
	u32 first = get_le32(m->input_base);
	u64 last = iort_mapping_last(m);

	if (iort_mapping_is_single(m))
		return n->type == IORT_ROOT_COMPLEX;
	if (s->id < first || s->id > last)
		return false;
	return !(s->restarted && first < last && s->id == last);
}

static int iort_visit(struct iort_walk *w, u32 node)
{
	if (++w->visits > IORT_VISIT_MAX)
		return sdt_fault(w->f, -E2BIG, node,
				 "too many ways through the ID mappings for one device");
	return 0;
}

/*
 * Begin with the node at @node. All of its mappings must be possible, whether
 * or not the ID falls into them: a range that is wrong may be the one that
 * should have taken the ID in.
 */
static int iort_enter(struct iort_walk *w, struct iort_step *s, u32 node,
		      u32 id)
{
	const struct iort_node *n = iort_node(w->t, node);
	u32 count = get_le32(n->mapping_count);
	u32 i;
	int ret;

	ret = iort_visit(w, node);
	if (ret)
		return ret;

	*s = (struct iort_step){ .node = node, .id = id };
	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping(w->t, node, i);
		u32 at = iort_mapping_offset(w->t, node, i);
		u32 ids = get_le32(m->id_count);

		if (iort_mapping_is_single(m))
			continue;
		if (iort_mapping_last(m) > U32_MAX)
			return sdt_fault(w->f, -EINVAL,
					 at + offsetof(struct iort_id_mapping, id_count),
					 "input range of an ID mapping passes 32 bits");
		if (ids > U32_MAX - get_le32(m->output_base))
			return sdt_fault(w->f, -EINVAL,
					 at + offsetof(struct iort_id_mapping, output_base),
					 "output range of an ID mapping passes 32 bits");
		if (get_le32(m->input_base) == id)
			s->restarted = true;
	}
	return 0;
}

static int iort_report_group(struct iort_walk *w, u32 node)
{
	const struct iort_its_group *its =
		(const void *)iort_node(w->t, node);
	u32 count = get_le32(its->its_count);
	u32 i;
	int ret;

	ret = iort_visit(w, node);
	if (ret || !w->fn)
		return ret;
	for (i = 0; i < count; i++) {
		ret = w->fn(w->ctx, get_le32(its->its_ids[i]));
		if (ret)
			return ret;
	}
	return 0;
}

/* All ITS groups that @rid reaches from the root complex at @rc. */
static int iort_walk_root(struct iort_walk *w, u32 rc, u32 rid)
{
	struct iort_step path[IORT_DEPTH_MAX];
	u32 depth = 1;
	int ret;

	ret = iort_enter(w, &path[0], rc, rid);
	if (ret)
		return ret;

	while (depth) {
		struct iort_step *s = &path[depth - 1];
		const struct iort_node *n = iort_node(w->t, s->node);
		const struct iort_id_mapping *m;
		u32 i, at, out, id;

		if (s->next == get_le32(n->mapping_count)) {
			depth--;
			continue;
		}
		i = s->next++;
		m = iort_mapping(w->t, s->node, i);
		if (!iort_takes(n, s, m))
			continue;

		/*
		 * Linux takes such a mapping for the SMMU's own, the lack of
		 * the flag says that it is for streams: either answer may be
		 * short.
		 */
		at = iort_mapping_offset(w->t, s->node, i);
		if (iort_is_own_mapping(n, i))
			return sdt_fault(w->f, -EINVAL,
					 at + offsetof(struct iort_id_mapping, flags),
					 "the SMMU's own device ID mapping lacks the single mapping flag and takes in the device");

		at += offsetof(struct iort_id_mapping, output_reference);
		id = get_le32(m->output_base);
		if (!iort_mapping_is_single(m))
			id += s->id - get_le32(m->input_base);
		out = get_le32(m->output_reference);

		switch (iort_node(w->t, out)->type) {
		case IORT_ITS_GROUP:
			ret = iort_report_group(w, out);
			break;
		case IORT_SMMU:
		case IORT_SMMU_V3:
			if (depth == IORT_DEPTH_MAX)
				return sdt_fault(w->f, -ELOOP, at,
						 "ID mappings form a loop, or a chain longer than any hardware's");
			ret = iort_enter(w, &path[depth++], out, id);
			break;
		default:
			return sdt_fault(w->f, -EINVAL, at,
					 "ID mapping of the device leads to a node that is neither an SMMU nor an ITS group");
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* All root complexes of a segment; Linux looks only at the first. */
static int iort_walk_segment(struct iort_walk *w, u32 segment, u32 rid)
{
	const struct iort_table *t = w->t;
	u32 off = t->node_offset, i;
	bool found = false;
	int ret;

	w->visits = 0;
	for (i = 0; i < t->node_count; i++) {
		const struct iort_node *n = iort_node(t, off);
		const struct iort_root_complex *rc = (const void *)n;

		if (n->type == IORT_ROOT_COMPLEX &&
		    get_le32(rc->segment) == segment) {
			found = true;
			ret = iort_walk_root(w, off, rid);
			if (ret)
				return ret;
		}
		off += get_le16(n->length);
	}
	if (!found)
		return sdt_fault(w->f, -ENODEV, t->node_offset,
				 "no root complex has the device's PCI segment");
	return 0;
}

/**
 * iort_for_each_its() - report every ITS that a PCI device can reach
 * @t: a table that iort_open() accepted
 * @segment: the device's PCI segment
 * @rid: the device's requester ID (bus, device and function)
 * @fn: called with the identifier of each ITS, which a MADT turns into an
 *	address; what it returns, if not 0, ends the walk
 * @ctx: passed to @fn
 * @f: where to note the defect on failure
 *
 * All groups are reported, and all ITSs in each. An ITS that is reached in two
 * ways is reported twice. The way is walked once in silence first: if it meets
 * something impossible, @fn is not called at all, so that no caller can hold a
 * part of an answer.
 *
 * Context: any; @fn decides. Takes less than 512 bytes of stack.
 * Return: 0 when all were reported, which may be none: the device then has no
 * way to an ITS. -ENODEV if the table does not know the segment. -EINVAL,
 * -ELOOP or -E2BIG if its mappings are impossible. Otherwise what @fn returned,
 * without a note in @f.
 */
int iort_for_each_its(const struct iort_table *t, u32 segment, u32 rid,
		      int (*fn)(void *ctx, u32 its_id), void *ctx,
		      struct acpi_fault *f)
{
	struct iort_walk w = { .t = t, .f = f };
	int ret;

	ret = iort_walk_segment(&w, segment, rid);
	if (ret)
		return ret;

	w.fn = fn;
	w.ctx = ctx;
	return iort_walk_segment(&w, segment, rid);
}

/**
 * iort_for_each_smmu() - report the model of every SMMU
 * @t: a table that iort_open() accepted
 * @fn: called with the type of each SMMU node (%IORT_SMMU or %IORT_SMMU_V3) and
 *	its Model field (tables 9 and 10); what it returns, if not 0, ends the walk
 * @ctx: passed to @fn
 *
 * Return: 0 when all were reported, which may be none; else what @fn returned.
 */
int iort_for_each_smmu(const struct iort_table *t,
		       int (*fn)(void *ctx, enum iort_type type, u32 model),
		       void *ctx)
{
	u32 off = t->node_offset, i;
	int ret;

	for (i = 0; i < t->node_count; i++) {
		const struct iort_node *n = iort_node(t, off);
		const struct iort_smmu *smmu = (const void *)n;
		const struct iort_smmu_v3 *smmu_v3 = (const void *)n;

		ret = 0;
		if (n->type == IORT_SMMU)
			ret = fn(ctx, IORT_SMMU, get_le32(smmu->model));
		else if (n->type == IORT_SMMU_V3)
			ret = fn(ctx, IORT_SMMU_V3, get_le32(smmu_v3->model));
		if (ret)
			return ret;
		off += get_le16(n->length);
	}
	return 0;
}
