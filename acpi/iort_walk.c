// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_walk.c - from a device to the SMMUs and ITS groups that it reaches
 * (ARM DEN 0049E.f)
 *
 * For tables that iort_open() has accepted: no offset is looked at again.
 */
#include "iort.h"

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

/* In silence first, so that nobody is told a part of an answer. */
static int iort_walk_twice(struct iort_walk *w, u32 segment, u32 rid)
{
	int ret = iort_walk_segment(w, segment, rid);

	if (ret)
		return ret;
	w->report = true;
	return iort_walk_segment(w, segment, rid);
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

	return iort_walk_twice(&w, segment, rid);
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

	return iort_walk_twice(&w, segment, rid);
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
