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

/**
 * iort_node_index() - which node of the table it is
 * @t: the table
 * @off: offset of a node
 *
 * Return: its number, from 0; %U32_MAX if no node starts at @off.
 */
u32 iort_node_index(const struct iort_table *t, u32 off)
{
	u32 at = t->node_offset, i;

	for (i = 0; i < t->node_count && at <= off; i++) {
		if (at == off)
			return i;
		at += get_le16(iort_node_at(t, at)->length);
	}
	return U32_MAX;
}

/**
 * iort_for_each_node() - visit every node, in the order of the table
 * @t: the table
 * @fn: called with the number and the offset of each; what it returns, if not 0,
 *	ends the walk
 * @ctx: passed to @fn
 *
 * Return: 0, or what @fn returned.
 */
int iort_for_each_node(const struct iort_table *t,
		       int (*fn)(void *ctx, u32 index, u32 off), void *ctx)
{
	u32 off = t->node_offset, i;
	int ret;

	for (i = 0; i < t->node_count; i++) {
		u32 next = off + get_le16(iort_node_at(t, off)->length);

		ret = fn(ctx, i, off);
		if (ret)
			return ret;
		off = next;
	}
	return 0;
}

/**
 * iort_has_field() - does a node have a field of a later revision?
 * @t: the table
 * @off: offset of a node
 * @field: offset of the field in the node
 * @size: its size
 *
 * Says whether there is room for it in front of the ID mappings, and nothing of
 * the node's revision: that is for the caller to know.
 *
 * Return: true if all of its bytes are in the node and no ID mapping.
 */
bool iort_has_field(const struct iort_table *t, u32 off, u32 field, u32 size)
{
	const struct iort_node *n = iort_node_at(t, off);
	u64 start = get_le32(n->mapping_offset);
	u64 end = start + (u64)get_le32(n->mapping_count) *
		  sizeof(struct iort_id_mapping);

	if (!sdt_fits(field, size, get_le16(n->length)))
		return false;
	return start == end || field + size <= start || field >= end;
}

/**
 * iort_component_path() - the path of a named component's object
 * @t: the table
 * @off: offset of a node of type %IORT_NAMED_COMPONENT
 *
 * Return: the path as it is in the table, or NULL where no NUL ends it in front
 * of the node's ID mappings and its end.
 */
const char *iort_component_path(const struct iort_table *t, u32 off)
{
	const struct iort_node *n = iort_node_at(t, off);
	const u32 fixed = sizeof(struct iort_named_component);
	u32 end = get_le16(n->length);

	if (get_le32(n->mapping_count) && get_le32(n->mapping_offset) < end)
		end = get_le32(n->mapping_offset);
	if (end < fixed || !memchr(t->buf + off + fixed, 0, end - fixed))
		return NULL;
	return (const char *)(t->buf + off + fixed);
}

/**
 * iort_same_path() - are they paths of one object?
 * @a: a full path
 * @b: another
 *
 * Names of less than four characters are padded with underscores (ACPI 6.5,
 * section 5.3), which may be written or not.
 *
 * Return: true if they are.
 */
bool iort_same_path(const char *a, const char *b)
{
	for (;;) {
		while (*a && *a == *b) {
			a++;
			b++;
		}
		if (!*a && !*b)
			return true;
		if (*a == '_' && (!*b || *b == '.')) {
			while (*a == '_')
				a++;
		} else if (*b == '_' && (!*a || *a == '.')) {
			while (*b == '_')
				b++;
		} else {
			return false;
		}
		/* Underscores were trailing only if the name ends with them. */
		if ((*a && *a != '.') || (*b && *b != '.'))
			return false;
	}
}

/**
 * iort_type_name() - what a type of node is called
 * @type: Type
 *
 * Return: the name, "unknown" for a type that is not known here.
 */
const char *iort_type_name(u8 type)
{
	static const char * const names[] = {
		[IORT_ITS_GROUP] = "ITS group",
		[IORT_NAMED_COMPONENT] = "named component",
		[IORT_ROOT_COMPLEX] = "root complex",
		[IORT_SMMU] = "SMMUv1 or v2",
		[IORT_SMMU_V3] = "SMMUv3",
		[IORT_PMCG] = "PMCG",
		[IORT_RMR] = "RMR",
		[IORT_IWB] = "IWB",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "unknown";
}

/* ---- checks ---- */

/**
 * iort_node_fixed() - size of the part in front of which no array may begin
 * @n: a node, of which nothing but the header need be there
 *
 * What only some revisions of a root complex have is left out: see
 * iort_has_field().
 *
 * Return: the size in bytes, by type and revision.
 */
u32 iort_node_fixed(const struct iort_node *n)
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
		if (n->revision < IORT_RMR_FIRST_REVISION)
			return sizeof(struct iort_node);
		return sizeof(struct iort_rmr);
	default:
		return sizeof(struct iort_node);
	}
}

/* Does the node at @off, with all of its arrays, lie inside the table? */
static int iort_check_node(const struct iort_table *t, u32 off,
			   struct acpi_fault *f)
{
	const struct iort_node *n = iort_node_at(t, off);
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

	if (n->type == IORT_RMR && n->revision >= IORT_RMR_FIRST_REVISION) {
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

/* Do the references of the node at @off hit nodes? */
static int iort_check_references(const struct iort_table *t, u32 off,
				 u32 *known, struct acpi_fault *f)
{
	const struct iort_node *n = iort_node_at(t, off);
	u32 count = get_le32(n->mapping_count);
	u32 i, target;

	for (i = 0; i < count; i++) {
		target = get_le32(iort_mapping_at(t, off, i)->output_reference);
		/* Mostly it is that of the mapping before: spare the walk. */
		if (target == *known)
			continue;
		if (iort_node_index(t, target) == U32_MAX)
			return sdt_fault(f, -EINVAL,
					 iort_mapping_offset(t, off, i) +
					 offsetof(struct iort_id_mapping, output_reference),
					 "output reference of an ID mapping is not the start of a node");
		*known = target;
	}

	if (n->type == IORT_PMCG) {
		const struct iort_pmcg *pmcg = (const void *)n;

		target = get_le32(pmcg->node_reference);
		if (iort_node_index(t, target) == U32_MAX)
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
		off += get_le16(iort_node_at(&n, off)->length);
	}
	if (off != n.length)
		return sdt_fault(f, -EINVAL, off,
				 "bytes behind the last node that the node count covers");

	off = n.node_offset;
	for (i = 0; i < n.node_count; i++) {
		ret = iort_check_references(&n, off, &known, f);
		if (ret)
			return ret;
		off += get_le16(iort_node_at(&n, off)->length);
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

/* ---- from a device to the SMMUs and ITS groups that it reaches ---- */

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

/*
 * With @stream the way ends at each SMMU, as a stream of it; with @its it goes
 * on through the SMMUs to the ITS groups.
 */
struct iort_walk {
	const struct iort_table *t;
	int (*its)(void *ctx, u32 its_id);
	int (*stream)(void *ctx, u32 smmu, u32 id);
	bool report;		/* false in the rehearsal */
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

/* Does the range of any mapping of the node at @node begin with @id? */
static bool iort_begins_range(const struct iort_table *t, u32 node, u32 id)
{
	u32 count = get_le32(iort_node_at(t, node)->mapping_count);
	u32 i;

	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(t, node, i);

		if (!iort_mapping_is_single(m) &&
		    get_le32(m->input_base) == id)
			return true;
	}
	return false;
}

/*
 * Begin with the node at @node. All of its mappings must be possible, whether
 * or not the ID falls into them: a range that is wrong may be the one that
 * should have taken the ID in.
 */
static int iort_enter(struct iort_walk *w, struct iort_step *s, u32 node,
		      u32 id)
{
	const struct iort_node *n = iort_node_at(w->t, node);
	u32 count = get_le32(n->mapping_count);
	u32 i;
	int ret;

	ret = iort_visit(w, node);
	if (ret)
		return ret;

	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(w->t, node, i);
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
	}
	*s = (struct iort_step){
		.node = node,
		.id = id,
		.restarted = iort_begins_range(w->t, node, id),
	};
	return 0;
}

static int iort_report_group(struct iort_walk *w, u32 node)
{
	const struct iort_its_group *its =
		(const void *)iort_node_at(w->t, node);
	u32 count = get_le32(its->its_count);
	u32 i;
	int ret;

	ret = iort_visit(w, node);
	if (ret || !w->report || !w->its)
		return ret;
	for (i = 0; i < count; i++) {
		ret = w->its(w->ctx, get_le32(its->its_ids[i]));
		if (ret)
			return ret;
	}
	return 0;
}

static int iort_report_stream(struct iort_walk *w, u32 smmu, u32 id)
{
	int ret = iort_visit(w, smmu);

	if (ret || !w->report)
		return ret;
	return w->stream(w->ctx, smmu, id);
}

/* What may a mapping of a device, or of an SMMU, lead to? */
static int iort_check_target(struct iort_walk *w, u32 node, u32 i)
{
	u32 at = iort_mapping_offset(w->t, node, i) +
		 offsetof(struct iort_id_mapping, output_reference);

	switch (iort_node_at(w->t, get_le32(w->t->buf + at))->type) {
	case IORT_ITS_GROUP:
	case IORT_SMMU:
	case IORT_SMMU_V3:
		return 0;
	default:
		return sdt_fault(w->f, -EINVAL, at,
				 "ID mapping of the device leads to a node that is neither an SMMU nor an ITS group");
	}
}

/* All that @rid reaches from the root complex at @rc. */
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
		const struct iort_node *n = iort_node_at(w->t, s->node);
		const struct iort_id_mapping *m;
		u32 i, at, out, id;

		if (s->next == get_le32(n->mapping_count)) {
			depth--;
			continue;
		}
		i = s->next++;
		m = iort_mapping_at(w->t, s->node, i);
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

		ret = iort_check_target(w, s->node, i);
		if (ret)
			return ret;
		id = get_le32(m->output_base);
		if (!iort_mapping_is_single(m))
			id += s->id - get_le32(m->input_base);
		out = get_le32(m->output_reference);

		if (iort_node_at(w->t, out)->type == IORT_ITS_GROUP) {
			ret = iort_report_group(w, out);
		} else if (w->stream) {
			ret = iort_report_stream(w, out, id);
		} else {
			if (depth == IORT_DEPTH_MAX)
				return sdt_fault(w->f, -ELOOP,
						 at + offsetof(struct iort_id_mapping, output_reference),
						 "ID mappings form a loop, or a chain longer than any hardware's");
			ret = iort_enter(w, &path[depth++], out, id);
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
		const struct iort_node *n = iort_node_at(t, off);
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
	struct iort_walk w = { .t = t, .its = fn, .ctx = ctx, .f = f };
	int ret;

	ret = iort_walk_segment(&w, segment, rid);
	if (ret)
		return ret;

	w.report = true;
	return iort_walk_segment(&w, segment, rid);
}

/**
 * iort_for_each_stream() - report every stream that a PCI device is
 * @t: a table that iort_open() accepted
 * @segment: the device's PCI segment
 * @rid: the device's requester ID (bus, device and function), or one that it
 *	 has as an alias
 * @fn: called with the offset of an SMMU's node (of either type) and the stream
 *	ID that the device has there; what it returns, if not 0, ends the walk
 * @ctx: passed to @fn
 * @f: where to note the defect on failure
 *
 * The first SMMU on each way counts, as in Linux (drivers/acpi/arm64/iort.c,
 * iort_node_map_id() with IORT_IOMMU_TYPE); one that is reached in two ways is
 * reported twice. Like iort_for_each_its() it goes by what the table says and
 * reports all of it, where Linux takes the first root complex of the segment
 * and the first mapping that fits: where the two may differ, callers compare.
 *
 * Context: any; @fn decides. Takes less than 512 bytes of stack.
 * Return: 0 when all were reported, which may be none: the device then is behind
 * no SMMU. The errors are those of iort_for_each_its().
 */
int iort_for_each_stream(const struct iort_table *t, u32 segment, u32 rid,
			 int (*fn)(void *ctx, u32 smmu, u32 id), void *ctx,
			 struct acpi_fault *f)
{
	struct iort_walk w = { .t = t, .stream = fn, .ctx = ctx, .f = f };
	int ret;

	ret = iort_walk_segment(&w, segment, rid);
	if (ret)
		return ret;

	w.report = true;
	return iort_walk_segment(&w, segment, rid);
}

/* All streams of the named component at @node, whatever ID it shows. */
static int iort_walk_component(struct iort_walk *w, u32 node)
{
	u32 count = get_le32(iort_node_at(w->t, node)->mapping_count);
	struct iort_step s;
	u32 i, k;
	int ret;

	ret = iort_enter(w, &s, node, 0);
	if (ret)
		return ret;
	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(w->t, node, i);
		u32 out = get_le32(m->output_reference);
		u32 ids = 0;

		ret = iort_check_target(w, node, i);
		if (ret)
			return ret;
		if (iort_node_at(w->t, out)->type == IORT_ITS_GROUP)
			continue;
		if (!iort_mapping_is_single(m)) {
			ids = get_le32(m->id_count);
			/* as iort_takes() has it */
			if (ids && iort_begins_range(w->t, node,
						     (u32)iort_mapping_last(m)))
				ids--;
		}
		/* Ends by the limit on visits at the latest. */
		for (k = 0; ; k++) {
			ret = iort_report_stream(w, out,
						 get_le32(m->output_base) + k);
			if (ret)
				return ret;
			if (k == ids)
				break;
		}
	}
	return 0;
}

static int iort_walk_path(struct iort_walk *w, const char *path)
{
	const struct iort_table *t = w->t;
	u32 off = t->node_offset, i;
	bool found = false;
	const char *name;
	int ret;

	w->visits = 0;
	for (i = 0; i < t->node_count; i++) {
		const struct iort_node *n = iort_node_at(t, off);

		if (n->type == IORT_NAMED_COMPONENT) {
			name = iort_component_path(t, off);
			if (name && iort_same_path(name, path)) {
				found = true;
				ret = iort_walk_component(w, off);
				if (ret)
					return ret;
			}
		}
		off += get_le16(n->length);
	}
	if (!found)
		return sdt_fault(w->f, -ENODEV, t->node_offset,
				 "no named component has the device's path");
	return 0;
}

/**
 * iort_for_each_component_stream() - report every stream of a named component
 * @t: a table that iort_open() accepted
 * @path: the full path of the device's object, such as "\_SB.ABC0"; underscores
 *	  that pad its names may be left out
 * @fn: as for iort_for_each_stream()
 * @ctx: passed to @fn
 * @f: where to note the defect on failure
 *
 * Single mappings give one stream each, others all the streams of their range:
 * what ID the component shows is not known here. Linux gives a component those of
 * its single mappings, up to the first that does not lead to an SMMU
 * (drivers/acpi/arm64/iort.c, iort_nc_iommu_map()); those of a range only to
 * devices of a bus below it.
 *
 * Context: any; @fn decides.
 * Return: 0 when all were reported, which may be none. -ENODEV if no named
 * component has that path. -EINVAL if its mappings are impossible, -E2BIG if it
 * has more than %IORT_VISIT_MAX streams. Otherwise what @fn returned, without a
 * note in @f. As long as something is wrong @fn is not called.
 */
int iort_for_each_component_stream(const struct iort_table *t, const char *path,
				   int (*fn)(void *ctx, u32 smmu, u32 id),
				   void *ctx, struct acpi_fault *f)
{
	struct iort_walk w = { .t = t, .stream = fn, .ctx = ctx, .f = f };
	int ret;

	ret = iort_walk_path(&w, path);
	if (ret)
		return ret;

	w.report = true;
	return iort_walk_path(&w, path);
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
		const struct iort_node *n = iort_node_at(t, off);
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
