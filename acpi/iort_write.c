// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_write.c - an I/O Remapping Table, written again with changes
 * (ARM DEN 0049E.f)
 *
 * First everything gets its place, then bytes are copied there and what is
 * different is written over them. The result is read back before it is given
 * away.
 */
#include "iort_write.h"

/* ID mappings and memory ranges of one RMR node, whose length has 16 bits */
#define RMR_ARRAYS_MAX							\
	((U16_MAX - (u32)sizeof(struct iort_rmr)) /			\
	 (u32)sizeof(struct iort_rmr_range))
_Static_assert(sizeof(struct iort_rmr_range) == sizeof(struct iort_id_mapping),
	       "one number is enough for both arrays");

/**
 * iort_writer_init() - begin with a table as it is
 * @w: the writer; ends with iort_writer_free(), also on failure
 * @base: a table that iort_open() accepted; must outlive @w
 * @f: where to note an error
 *
 * Return: 0 or -ENOMEM.
 */
int iort_writer_init(struct iort_writer *w, const struct iort_table *base,
		     struct acpi_fault *f)
{
	u32 off = base->node_offset;
	u32 i;

	*w = (struct iort_writer){ .base = base };
	w->node = env_alloc(base->node_count, sizeof(*w->node));
	if (!w->node)
		return sdt_fault(f, -ENOMEM, 0, "no memory for a list of nodes");
	for (i = 0; i < base->node_count; i++) {
		w->node[i].off = off;
		w->node[i].to = off;
		w->node[i].length = get_le16(iort_node_at(base, off)->length);
		w->node[i].model_fix = IORT_NO_WISH;
		w->node[i].limit_fix = IORT_NO_WISH;
		off += w->node[i].length;
	}
	return 0;
}

/**
 * iort_writer_free() - give a writer back
 * @w: the writer
 */
void iort_writer_free(struct iort_writer *w)
{
	u32 i;

	for (i = 0; w->node && i < w->base->node_count; i++)
		env_free(w->node[i].map);
	env_free(w->node);
	w->node = NULL;
	rmr_plan_free(&w->rmr);
}

/**
 * iort_writer_map() - give a node other ID mappings
 * @w: the writer
 * @node: index of the node; its mappings are not replaced yet
 * @map: from env_alloc(); is the writer's from now on, also on failure
 * @maps: how many, at least one
 * @f: where to note an error
 *
 * The array stays where it is if it ends the node, as it mostly does, or if
 * there are not more than before. Else it goes behind all that the node has, and
 * zeroes stay in its old place.
 *
 * Return: 0, or -E2BIG where a node cannot be as long as that.
 */
int iort_writer_map(struct iort_writer *w, u32 node, struct iort_map *map,
		    u32 maps, struct acpi_fault *f)
{
	struct iort_edit *e = &w->node[node];
	const struct iort_node *n = iort_node_at(w->base, e->off);
	const u32 each = sizeof(struct iort_id_mapping);
	u32 count = get_le32(n->mapping_count);
	u32 start = get_le32(n->mapping_offset);
	u64 length = e->length;

	e->map = map;
	e->maps = maps;
	e->map_offset = start;
	if (count && start + count * each == e->length) {
		length = start + (u64)maps * each;
	} else if (maps > count) {
		/* The arrays of nodes are on four bytes. */
		e->map_offset = (e->length + 3) & ~3u;
		length = e->map_offset + (u64)maps * each;
	}
	if (length > U16_MAX)
		return sdt_fault(f, -E2BIG, e->off,
				 "the node would be longer than a node can be");
	e->length = (u32)length;
	e->changed = true;
	return 0;
}

/* ---- places ---- */

/*
 * An RMR node of the plan may have more mappings and ranges than a node takes:
 * then it becomes several, which together have each range for each stream.
 */
struct rmr_split {
	u32 ids;	/* most mappings of each */
	u32 ranges;	/* most ranges of each */
	u32 id_parts;
	u32 range_parts;
};

static void split(const struct rmr_node *n, struct rmr_split *s)
{
	s->ids = n->ids;
	s->ranges = n->ranges;
	if ((u64)n->ids + n->ranges > RMR_ARRAYS_MAX) {
		if (s->ids > RMR_ARRAYS_MAX / 2)
			s->ids = RMR_ARRAYS_MAX / 2;
		if (s->ranges > RMR_ARRAYS_MAX - s->ids)
			s->ranges = RMR_ARRAYS_MAX - s->ids;
	}
	s->id_parts = (n->ids + s->ids - 1) / s->ids;
	s->range_parts = (n->ranges + s->ranges - 1) / s->ranges;
}

/* Length of all RMR nodes, and their number. */
static u64 measure_rmr(const struct rmr_plan *p, u32 *count)
{
	u64 length = 0, nodes = 0;
	struct rmr_split s;
	u32 i;

	for (i = 0; i < p->nodes; i++) {
		const struct rmr_node *n = &p->node[i];
		u64 parts;

		split(n, &s);
		parts = (u64)s.id_parts * s.range_parts;
		nodes += parts;
		length += parts * sizeof(struct iort_rmr);
		length += (u64)n->ids * s.range_parts *
			  sizeof(struct iort_id_mapping);
		length += (u64)n->ranges * s.id_parts *
			  sizeof(struct iort_rmr_range);
	}
	/* Larger than any table anyway, if it does not fit. */
	*count = nodes > U32_MAX ? U32_MAX : (u32)nodes;
	return length;
}

/* Put the nodes behind each other; gives the end of the last one. */
static int place(struct iort_writer *w, u64 *end, struct acpi_fault *f)
{
	const struct iort_table *t = w->base;
	u64 at = t->node_offset;
	bool moved = false;
	u32 i;

	for (i = 0; i < t->node_count; i++) {
		w->node[i].to = (u32)at;
		moved |= at != w->node[i].off;
		at += w->node[i].length;
		if (at > IORT_LENGTH_MAX)
			break;
	}
	*end = at;
	for (i = 0; moved && i < t->node_count; i++)
		if (iort_node_at(t, w->node[i].off)->type > IORT_IWB)
			return sdt_fault(f, -EOPNOTSUPP, w->node[i].off,
					 "a correction moves nodes, and this node of an unknown type may refer to them");
	return 0;
}

/* Where a node of the base is now. Only references that iort_open() has seen. */
static u32 moved_to(const struct iort_writer *w, u32 off)
{
	u32 low = 0, high = w->base->node_count;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (w->node[middle].off <= off)
			low = middle;
		else
			high = middle;
	}
	return w->node[low].to;
}

/* ---- bytes ---- */

static void write_map(const struct iort_writer *w, struct iort_id_mapping *m,
		      const struct iort_map *map)
{
	put_le32(m->input_base, map->input);
	put_le32(m->id_count, map->count);
	put_le32(m->output_base, map->output);
	put_le32(m->output_reference, moved_to(w, map->target));
	put_le32(m->flags, map->flags);
}

static void write_node(const struct iort_writer *w, const struct iort_edit *e,
		       u8 *out)
{
	const struct iort_table *t = w->base;
	const struct iort_node *old = iort_node_at(t, e->off);
	struct iort_node *n = (struct iort_node *)(out + e->to);
	u32 was = get_le16(old->length);
	u32 count = get_le32(old->mapping_count);
	u32 start = get_le32(old->mapping_offset);
	u32 i;

	memset(n, 0, e->length);
	memcpy(n, old, was < e->length ? was : e->length);
	put_le16(n->length, (u16)e->length);
	if (e->map) {
		struct iort_id_mapping *m = (void *)((u8 *)n + e->map_offset);

		if (count && start < e->length)
			memset((u8 *)n + start, 0,
			       e->length - start < count * sizeof(*m) ?
				       e->length - start :
				       count * sizeof(*m));
		put_le32(n->mapping_count, e->maps);
		put_le32(n->mapping_offset, e->map_offset);
		for (i = 0; i < e->maps; i++)
			write_map(w, &m[i], &e->map[i]);
	} else if (count) {
		struct iort_id_mapping *m = (void *)((u8 *)n + start);

		for (i = 0; i < count; i++)
			put_le32(m[i].output_reference,
				 moved_to(w, get_le32(m[i].output_reference)));
	}
	if (n->type == IORT_PMCG) {
		struct iort_pmcg *pmcg = (void *)n;

		put_le32(pmcg->node_reference,
			 moved_to(w, get_le32(pmcg->node_reference)));
	}
	if (e->model_fix != IORT_NO_WISH)
		put_le32(((struct iort_smmu_v3 *)n)->model, e->model);
	if (e->limit_fix != IORT_NO_WISH)
		((struct iort_root_complex_late *)n)->address_limit = e->limit;
}

/* A part of a node of the plan, as an RMR node at @at; gives its end. */
static u32 write_rmr_part(const struct iort_writer *w, const struct rmr_node *n,
			  u32 id, u32 ids, u32 range, u32 ranges,
			  u32 identifier, u8 *out, u32 at)
{
	const u32 map_offset = sizeof(struct iort_rmr);
	const u32 range_offset =
		map_offset + ids * (u32)sizeof(struct iort_id_mapping);
	const u32 length =
		range_offset + ranges * (u32)sizeof(struct iort_rmr_range);
	struct iort_rmr *rmr = (struct iort_rmr *)(out + at);
	struct iort_id_mapping *m = (void *)(out + at + map_offset);
	struct iort_rmr_range *d = (void *)(out + at + range_offset);
	u32 i;

	memset(rmr, 0, length);
	rmr->node.type = IORT_RMR;
	put_le16(rmr->node.length, (u16)length);
	rmr->node.revision = IORT_RMR_REVISION;
	put_le32(rmr->node.identifier, identifier);
	put_le32(rmr->node.mapping_count, ids);
	put_le32(rmr->node.mapping_offset, map_offset);
	put_le32(rmr->flags, n->flags);
	put_le32(rmr->range_count, ranges);
	put_le32(rmr->range_offset, range_offset);
	for (i = 0; i < ids; i++) {
		const struct rmr_ids *s = &w->rmr.id[n->id + id + i];

		/*
		 * No ID comes in at an RMR. QEMU and OpenVMM write as input what
		 * comes out, and so no two inputs overlap either. Not a single
		 * mapping: that has no range.
		 */
		write_map(w, &m[i], &(struct iort_map){
			.input = s->first, .count = s->last - s->first,
			.output = s->first, .target = n->smmu,
		});
	}
	for (i = 0; i < ranges; i++) {
		const struct rmr_range *r = &w->rmr.range[n->range + range + i];

		put_le64(d[i].base, r->start);
		put_le64(d[i].length, r->last - r->start + 1);
	}
	return at + length;
}

static u32 smaller(u32 a, u32 b)
{
	return a < b ? a : b;
}

static u32 write_rmr(const struct iort_writer *w, const struct rmr_node *n,
		     u32 *identifier, u8 *out, u32 at)
{
	struct rmr_split s;
	u32 i, k;

	split(n, &s);
	for (i = 0; i < n->ids; i += s.ids)
		for (k = 0; k < n->ranges; k += s.ranges)
			at = write_rmr_part(w, n, i, smaller(s.ids, n->ids - i),
					    k, smaller(s.ranges, n->ranges - k),
					    (*identifier)++, out, at);
	return at;
}

static int by_identifier(const void *left, const void *right)
{
	const u32 *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/*
 * Look at the Identifiers: is each there once, and which is the first of @count
 * that none has? Behind the highest, or where that does not fit in the first gap
 * that is long enough; there is one, as a table has not that many nodes.
 */
static int look_at_identifiers(const struct iort_writer *w, u32 count,
			       bool *unique, u32 *free, struct acpi_fault *f)
{
	u32 nodes = w->base->node_count;
	u32 *id = env_alloc(nodes, sizeof(*id));
	u32 i, at = 0;

	if (!id)
		return sdt_fault(f, -ENOMEM, 0,
				 "no memory for a list of identifiers");
	for (i = 0; i < nodes; i++)
		id[i] = get_le32(iort_node_at(w->base, w->node[i].off)->identifier);
	env_sort(id, nodes, sizeof(*id), by_identifier);
	*unique = true;
	for (i = 1; i < nodes; i++)
		if (id[i] == id[i - 1])
			*unique = false;
	*free = 0;
	if (nodes && id[nodes - 1] < U32_MAX - count) {
		*free = id[nodes - 1] + 1;
	} else {
		for (i = 0; i < nodes; i++) {
			if (id[i] >= at && id[i] - at >= count)
				break;
			at = id[i] + 1;
		}
		*free = at;
	}
	env_free(id);
	return 0;
}

/* The header, and what belongs to no node; all nodes are written. */
static int write_header(const struct iort_writer *w, u32 rmr_nodes, u32 length,
			u8 *out, struct acpi_fault *f)
{
	struct iort_header *h = (struct iort_header *)out;
	u32 oem = get_le32(h->sdt.oem_revision);
	u8 sum = 0;
	u32 i;

	/*
	 * Linux takes a table in the initramfs for a newer one of the firmware's
	 * if all OEM fields are the same and this one is higher
	 * (drivers/acpi/tables.c, acpi_table_initrd_override()).
	 */
	if (oem == U32_MAX)
		return sdt_fault(f, -ERANGE,
				 offsetof(struct sdt_header, oem_revision),
				 "the OEM revision is the highest there is, and an overlay has to have a higher one");
	put_le32(h->sdt.oem_revision, oem + 1);
	put_le32(h->sdt.length, length);
	put_le32(h->node_count, w->base->node_count + rmr_nodes);
	if (rmr_nodes && h->sdt.revision < IORT_REVISION_RMR)
		h->sdt.revision = IORT_REVISION_RMR;
	h->sdt.checksum = 0;
	for (i = 0; i < length; i++)
		sum += out[i];
	h->sdt.checksum = (u8)-sum;
	return 0;
}

static int write_all(struct iort_writer *w, u32 rmr_nodes, u32 end, u32 length,
		     u8 *out, struct acpi_fault *f)
{
	const struct iort_table *t = w->base;
	const struct iort_header *h = (const struct iort_header *)t->buf;
	u32 identifier, i;
	bool unique;
	int ret;

	ret = look_at_identifiers(w, rmr_nodes, &unique, &identifier, f);
	if (ret)
		return ret;
	memcpy(out, t->buf, t->node_offset);
	for (i = 0; i < t->node_count; i++)
		write_node(w, &w->node[i], out);
	/*
	 * The field was reserved before DEN 0049E.b, and nothing refers to it:
	 * in a table that becomes newer than that nodes get numbers.
	 */
	if (rmr_nodes && !unique &&
	    h->sdt.revision < IORT_REVISION_IDENTIFIERS) {
		for (i = 0; i < t->node_count; i++)
			put_le32(out + w->node[i].to +
				 offsetof(struct iort_node, identifier), i);
		identifier = t->node_count;
	}
	for (i = 0; i < w->rmr.nodes; i++)
		end = write_rmr(w, &w->rmr.node[i], &identifier, out, end);
	return write_header(w, rmr_nodes, length, out, f);
}

/**
 * iort_write() - write a table, or say how long it will be
 * @w: the writer
 * @out: where to; NULL to ask for the length
 * @size: bytes that there are at @out
 * @length: the table's length
 * @r: gets what was done
 * @f: where to note an error
 *
 * A table without any change comes out as it is. Else its OEM revision is one
 * more, and where there are new RMR nodes its revision is %IORT_REVISION_RMR at
 * least. No other node becomes invalid by that: what a node has is told by its
 * own revision.
 *
 * Return: 0; -E2BIG where the table would be too long, -ENOSPC where @size is
 * less than its length, -EOPNOTSUPP, -ERANGE, -ENOMEM. @out is worth nothing
 * then.
 */
int iort_write(struct iort_writer *w, void *out, size_t size, u32 *length,
	       struct iort_overlay_result *r, struct acpi_fault *f)
{
	const struct iort_table *t = w->base;
	struct iort_table again;
	u64 end, total;
	u32 i, nodes;
	int ret;

	ret = place(w, &end, f);
	if (ret)
		return ret;
	total = end + measure_rmr(&w->rmr, &nodes);
	if (total > IORT_LENGTH_MAX)
		return sdt_fault(f, -E2BIG, 0,
				 "the table would be longer than a table can be");
	r->rmr_nodes = nodes;
	r->changed = nodes;
	for (i = 0; i < t->node_count; i++)
		r->changed |= w->node[i].changed;
	*length = r->changed ? (u32)total : t->length;
	if (!out)
		return 0;
	if (size < *length)
		return sdt_fault(f, -ENOSPC, 0,
				 "there is less room than the table needs");
	if (!r->changed) {
		memcpy(out, t->buf, t->length);
		return 0;
	}
	ret = write_all(w, nodes, (u32)end, *length, out, f);
	return ret ? ret : iort_open(&again, out, *length, f);
}
