// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort.c - reader of the I/O Remapping Table (ARM DEN 0049E.f)
 *
 * iort_open() looks at every byte count, offset and reference of the table once.
 * What it has accepted is then walked without further bounds tests, here and in
 * iort_walk.c: all offsets come from accepted fields.
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
