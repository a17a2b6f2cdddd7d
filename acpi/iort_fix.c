// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_fix.c - corrections inside the nodes of an I/O Remapping Table
 * (ARM DEN 0049E.f)
 *
 * A correction that hits no node is an error: what it is about is not there, so
 * the table is not the one that it was made for. One that finds the right value
 * changes nothing.
 */
#include "corrected.h"
#include "iort_fix.h"

static int contradiction(struct iort_overlay_result *r, u32 fix, u32 other,
			 u32 off, struct acpi_fault *f)
{
	r->fix = fix;
	r->other_fix = other;
	return sdt_fault(f, -EINVAL, off,
			 "two corrections want different things of one node");
}

static bool is_root_of(const struct iort_node *n, const struct iort_fix *fix)
{
	u32 segment;

	if (n->type != IORT_ROOT_COMPLEX)
		return false;
	segment = get_le32(((const struct iort_root_complex *)n)->segment);
	return segment >= fix->segment_first && segment <= fix->segment_last;
}

static int fix_model(struct iort_writer *w, const struct iort_fix *all, u32 i,
		     struct iort_overlay_result *r, struct acpi_fault *f)
{
	const struct iort_fix *fix = &all[i];
	bool hit = false;
	u64 base;
	u32 k;

	for (k = 0; k < w->base->node_count; k++) {
		struct iort_edit *e = &w->node[k];
		const struct iort_node *n = iort_node_at(w->base, e->off);
		const struct iort_smmu_v3 *smmu = (const void *)n;

		if (n->type != IORT_SMMU_V3 ||
		    !iort_smmu_base(w->base, e->off, &base) ||
		    base < fix->smmu_first || base > fix->smmu_last)
			continue;
		hit = true;
		if (e->model_fix != IORT_NO_WISH) {
			if (e->model != fix->value)
				return contradiction(r, i, e->model_fix, e->off,
						     f);
			continue;
		}
		e->model_fix = i;
		e->model = fix->value;
		if (get_le32(smmu->model) == fix->value) {
			r->already++;
			continue;
		}
		e->changed = true;
		r->fixed++;
	}
	if (hit)
		return 0;
	r->fix = i;
	return sdt_fault(f, -ENOENT, w->base->node_offset,
			 "no SMMUv3 has the base address that a correction of the model is for");
}

static int fix_limit(struct iort_writer *w, const struct iort_fix *all, u32 i,
		     struct iort_overlay_result *r, struct acpi_fault *f)
{
	const u32 at = offsetof(struct iort_root_complex_late, address_limit);
	const struct iort_fix *fix = &all[i];
	bool hit = false;
	u32 k;

	r->fix = i;
	if (!fix->value || fix->value > 64)
		return sdt_fault(f, -EINVAL, w->base->node_offset,
				 "an address limit is 1 to 64 bits");
	for (k = 0; k < w->base->node_count; k++) {
		struct iort_edit *e = &w->node[k];
		const struct iort_node *n = iort_node_at(w->base, e->off);
		const struct iort_root_complex_late *rc = (const void *)n;

		if (!is_root_of(n, fix))
			continue;
		hit = true;
		if (n->revision < 1 ||
		    !iort_has_field(w->base, e->off, at, sizeof(rc->address_limit)))
			return sdt_fault(f, -EOPNOTSUPP,
					 e->off + offsetof(struct iort_node, revision),
					 "this root complex node has no address limit: that came with revision 1 of the node");
		if (e->limit_fix != IORT_NO_WISH) {
			if (e->limit != fix->value)
				return contradiction(r, i, e->limit_fix, e->off,
						     f);
			continue;
		}
		e->limit_fix = i;
		e->limit = (u8)fix->value;
		if (rc->address_limit == fix->value) {
			r->already++;
			continue;
		}
		e->changed = true;
		r->fixed++;
	}
	if (!hit)
		return sdt_fault(f, -ENOENT, w->base->node_offset,
				 "no root complex has the PCI segment that a correction of the address limit is for");
	r->fix = IORT_NO_WISH;
	return 0;
}

/* ---- ID mappings ---- */

static bool is_single(const struct iort_map *m)
{
	return m->flags & IORT_ID_SINGLE;
}

/*
 * The last requester ID that mapping @i of @map takes in. Where firmware took
 * the count for the number of IDs, ranges overlap by one, and the ID belongs to
 * the range that it begins (iort.c, and Linux iort_id_map()).
 */
static u32 last_input(const struct iort_map *map, u32 maps, u32 i)
{
	u32 last = map[i].input + map[i].count;
	u32 k;

	for (k = 0; map[i].count && k < maps; k++)
		if (k != i && !is_single(&map[k]) && map[k].input == last)
			return last - 1;
	return last;
}

/* Does the node do what the correction wants, and nothing else besides? */
static bool maps_right(const struct iort_map *map, u32 maps,
		       const struct iort_fix *fix, u32 smmu)
{
	bool right = false;
	u32 i;

	for (i = 0; i < maps; i++) {
		u32 last = last_input(map, maps, i);

		if (map[i].input > fix->input_last || last < fix->input_first)
			continue;
		if (right || map[i].input > fix->input_first ||
		    last < fix->input_last || map[i].target != smmu ||
		    map[i].output + (fix->input_first - map[i].input) !=
		    fix->output_base)
			return false;
		right = true;
	}
	return right;
}

/* All mappings but for the IDs of the correction, which it then gets. */
static u32 cut_maps(const struct iort_map *map, u32 maps,
		    const struct iort_fix *fix, u32 smmu, struct iort_map *out)
{
	u32 n = 0, i;

	for (i = 0; i < maps; i++) {
		u32 last = last_input(map, maps, i);

		if (map[i].input > fix->input_last || last < fix->input_first) {
			out[n++] = map[i];
			continue;
		}
		if (map[i].input < fix->input_first) {
			out[n] = map[i];
			out[n++].count = fix->input_first - 1 - map[i].input;
		}
		if (last > fix->input_last) {
			out[n] = map[i];
			out[n].input = fix->input_last + 1;
			out[n].output += out[n].input - map[i].input;
			out[n].count = last - out[n].input;
			n++;
		}
	}
	out[n++] = (struct iort_map){
		.input = fix->input_first,
		.count = fix->input_last - fix->input_first,
		.output = fix->output_base,
		.target = smmu,
	};
	return n;
}

/* The mappings of a node as they are in the base; NULL after a fault. */
static struct iort_map *read_maps(const struct iort_table *t, u32 off,
				  u32 count, int *ret, struct acpi_fault *f)
{
	struct iort_map *map = env_alloc(count, sizeof(*map));
	u32 i;

	if (!map) {
		*ret = sdt_fault(f, -ENOMEM, off, "no memory for ID mappings");
		return NULL;
	}
	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(t, off, i);

		map[i] = (struct iort_map){
			.input = get_le32(m->input_base),
			.count = get_le32(m->id_count),
			.output = get_le32(m->output_base),
			.target = get_le32(m->output_reference),
			.flags = get_le32(m->flags),
		};
		*ret = 0;
		if (is_single(&map[i]))
			*ret = sdt_fault(f, -EOPNOTSUPP,
					 iort_mapping_offset(t, off, i) +
					 offsetof(struct iort_id_mapping, flags),
					 "a single mapping takes in all requesters: a correction cannot take some of them out");
		else if (map[i].count > U32_MAX - map[i].input ||
			 map[i].count > U32_MAX - map[i].output)
			*ret = sdt_fault(f, -EINVAL,
					 iort_mapping_offset(t, off, i) +
					 offsetof(struct iort_id_mapping, id_count),
					 "an ID mapping passes 32 bits");
		if (*ret) {
			env_free(map);
			return NULL;
		}
	}
	return map;
}

/* Replace the mappings of node @k as @fix, and those before it, want them. */
static int remap(struct iort_writer *w, u32 k, const struct iort_fix *fix,
		 u32 smmu, struct iort_overlay_result *r, struct acpi_fault *f)
{
	struct iort_edit *e = &w->node[k];
	const struct iort_node *n = iort_node_at(w->base, e->off);
	u32 count = e->map ? e->maps : get_le32(n->mapping_count);
	struct iort_map *old = e->map, *new;
	u32 maps;
	int ret = 0;

	if (!old)
		old = read_maps(w->base, e->off, count, &ret, f);
	if (!old)
		return ret;
	if (maps_right(old, count, fix, smmu)) {
		r->already++;
		if (!e->map)
			env_free(old);
		return 0;
	}
	/* Each may be cut in two. */
	new = env_alloc(2 * (size_t)count + 1, sizeof(*new));
	if (!new) {
		if (!e->map)
			env_free(old);
		return sdt_fault(f, -ENOMEM, e->off, "no memory for ID mappings");
	}
	maps = cut_maps(old, count, fix, smmu, new);
	env_free(old);
	e->map = NULL;
	e->length = get_le16(n->length);
	r->fixed++;
	return iort_writer_map(w, k, new, maps, f);
}

static bool inputs_meet(const struct iort_fix *a, const struct iort_fix *b)
{
	return a->input_first <= b->input_last &&
	       b->input_first <= a->input_last;
}

/* Earlier corrections must be about other requesters, as none comes first. */
static int check_earlier(const struct iort_fix *all, u32 i,
			 const struct iort_node *n, u32 off,
			 struct iort_overlay_result *r, struct acpi_fault *f)
{
	u32 k;

	for (k = 0; k < i; k++)
		if (all[k].kind == IORT_FIX_ID_MAPPING &&
		    is_root_of(n, &all[k]) && inputs_meet(&all[k], &all[i]))
			return contradiction(r, i, k, off, f);
	return 0;
}

/* The one SMMU that has the base address. */
static int find_smmu(const struct iort_writer *w, u64 wanted, u32 *smmu,
		     struct acpi_fault *f)
{
	u32 found = 0;
	u64 base;
	u32 k;

	for (k = 0; k < w->base->node_count; k++) {
		u32 off = w->node[k].off;

		if (!iort_smmu_base(w->base, off, &base) || base != wanted)
			continue;
		if (found)
			return sdt_fault(f, -EINVAL, off,
					 "two SMMUs have the base address that a correction sends requesters to");
		found = off;
	}
	if (!found)
		return sdt_fault(f, -ENOENT, w->base->node_offset,
				 "no SMMU has the base address that a correction sends requesters to");
	*smmu = found;
	return 0;
}

static int fix_mapping(struct iort_writer *w, const struct iort_fix *all, u32 i,
		       struct iort_overlay_result *r, struct acpi_fault *f)
{
	const struct iort_fix *fix = &all[i];
	bool hit = false;
	u32 smmu, k;
	int ret;

	r->fix = i;
	if (fix->input_last < fix->input_first ||
	    fix->input_last - fix->input_first > U32_MAX - fix->output_base)
		return sdt_fault(f, -EINVAL, w->base->node_offset,
				 "the requesters of a correction end before they begin, or become IDs of more than 32 bits");
	ret = find_smmu(w, fix->output_smmu, &smmu, f);
	if (ret)
		return ret;
	for (k = 0; k < w->base->node_count; k++) {
		const u32 off = w->node[k].off;
		const struct iort_node *n = iort_node_at(w->base, off);

		if (!is_root_of(n, fix))
			continue;
		hit = true;
		ret = check_earlier(all, i, n, off, r, f);
		if (!ret)
			ret = remap(w, k, fix, smmu, r, f);
		if (ret)
			return ret;
	}
	if (!hit)
		return sdt_fault(f, -ENOENT, w->base->node_offset,
				 "no root complex has the PCI segment that a correction of ID mappings is for");
	r->fix = IORT_NO_WISH;
	return 0;
}

/**
 * iort_fix_all() - work corrections into a table that is going to be written
 * @w: the writer; no node of it has been changed
 * @fix: the corrections
 * @count: how many
 * @r: counts nodes that are changed, and those that were right; on failure says
 *	which correction it is about
 * @f: where to note an error
 *
 * Return: 0; -ENOENT where a correction hits no node, -EINVAL where one is
 * impossible or contradicts another, -EOPNOTSUPP where a node cannot have what
 * it wants, -E2BIG, -ENOMEM.
 */
int iort_fix_all(struct iort_writer *w, const struct iort_fix *fix, u32 count,
		 struct iort_overlay_result *r, struct acpi_fault *f)
{
	u32 i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		switch (fix[i].kind) {
		case IORT_FIX_SMMU_MODEL:
			ret = fix_model(w, fix, i, r, f);
			break;
		case IORT_FIX_ADDRESS_LIMIT:
			ret = fix_limit(w, fix, i, r, f);
			break;
		case IORT_FIX_ID_MAPPING:
			ret = fix_mapping(w, fix, i, r, f);
			break;
		default:
			r->fix = i;
			ret = sdt_fault(f, -EINVAL, w->base->node_offset,
					"a correction of an unknown kind");
		}
	}
	return ret;
}
