// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_check_node.c - what can be wrong with the nodes of an IORT, by their type
 *
 * Field by field of DEN 0049E.f, and nodes compared with each other. Called for
 * nodes that have their type's fixed part; arrays may be anywhere.
 */
#include "iort_judge.h"

#define RMR_ALIGNMENT	0x10000		/* DEN 0049E.f, memory range descriptor */
#define RMR_ATTR_MAX	5		/* normal, inner and outer write-back */

/* ---- parts that several types have ---- */

/* Report the field at @field of the node if it has any of the bits @mask. */
static void judge_reserved(struct iort_judge *j, u32 field, u32 value, u32 mask,
			   const char *what)
{
	if (value & mask)
		iort_judge_report(j, IORT_DEFECT_RESERVED, j->off + field, what);
}

/*
 * Memory access properties: CCA (4 bytes), allocation hints, 2 bytes reserved,
 * and memory access flags CPM, DACS and CANWBS.
 */
static void judge_memory_properties(struct iort_judge *j, u32 field)
{
	const u8 *p = j->t.buf + j->off + field;
	u32 cca = get_le32(p);
	bool cpm = p[7] & 1;
	bool dacs = p[7] & 2;

	judge_reserved(j, field, cca, ~1U,
		       "cache coherency attribute is neither 0 nor 1");
	judge_reserved(j, field + 4, p[4], 0xf0,
		       "reserved bits of the allocation hints are not zero");
	judge_reserved(j, field + 5, get_le16(p + 5), 0xffff,
		       "reserved bytes of the memory access properties are not zero");
	judge_reserved(j, field + 7, p[7], 0xf8,
		       "reserved bits of the memory access flags are not zero");
	if (cca == 1 ? !cpm : !cca && cpm && dacs)
		iort_judge_report(j, IORT_DEFECT_MEMORY_ATTRIBUTES,
				  j->off + field, NULL);
}

static void judge_address_limit(struct iort_judge *j, u32 field, u8 bits)
{
	if (!bits)
		iort_judge_report(j, IORT_DEFECT_ADDRESS_LIMIT_MISSING,
				  j->off + field, NULL);
	else if (bits > 64)
		iort_judge_report(j, IORT_DEFECT_ADDRESS_LIMIT_LARGE,
				  j->off + field, NULL);
}

/* An array inside a node: offset of its first byte, and of that behind it. */
struct judge_array {
	u32 start;
	u64 end;
};

static struct judge_array judge_mapping_array(struct iort_judge *j)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	u32 start = get_le32(n->mapping_offset);

	return (struct judge_array){ start, start +
		(u64)iort_judge_mappings(j, j->off) *
		sizeof(struct iort_id_mapping) };
}

/* Report the first array that has bytes of one before it. */
static void judge_array_overlap(struct iort_judge *j,
				const struct judge_array *a, u32 count)
{
	u32 i, k;

	for (i = 1; i < count; i++) {
		for (k = 0; k < i; k++) {
			if (a[i].start == a[i].end || a[k].start == a[k].end ||
			    a[i].start >= a[k].end || a[k].start >= a[i].end)
				continue;
			iort_judge_report(j, IORT_DEFECT_ARRAY_OVERLAP,
					  j->off + a[i].start, NULL);
			return;
		}
	}
}

/* ---- types ---- */

static void judge_its_group(struct iort_judge *j)
{
	const struct iort_its_group *its =
		(const void *)iort_node_at(&j->t, j->off);
	u64 end = sizeof(*its) + (u64)get_le32(its->its_count) *
		  sizeof(its->its_ids[0]);
	struct judge_array a[] = {
		{ sizeof(*its), end },
		judge_mapping_array(j),
	};

	if (!get_le32(its->its_count))
		iort_judge_report(j, IORT_DEFECT_ITS_EMPTY,
				  j->off + offsetof(struct iort_its_group, its_count),
				  NULL);
	if (end <= get_le16(its->node.length))
		judge_array_overlap(j, a, ARRAY_SIZE(a));
}

static void judge_path(struct iort_judge *j)
{
	const char *path = iort_component_path(&j->t, j->off);
	u32 at = j->off + sizeof(struct iort_named_component);
	u32 name = 0;
	bool padded = true;
	const char *p;

	if (!path) {
		iort_judge_report(j, IORT_DEFECT_PATH_END, at, NULL);
		return;
	}
	if (*path != '\\') {
		iort_judge_report(j, IORT_DEFECT_PATH_RELATIVE, at, NULL);
		return;
	}
	/*
	 * Linux compares with the full path name of the object, byte for byte
	 * (iort_match_node_callback()), and that has four characters a name.
	 */
	for (p = path + 1; ; p++) {
		if (*p && *p != '.') {
			name++;
			continue;
		}
		if (name != 4)
			padded = false;
		name = 0;
		if (!*p)
			break;
	}
	if (!padded)
		iort_judge_report(j, IORT_DEFECT_PATH_PADDING, at, NULL);
}

static void judge_component(struct iort_judge *j)
{
	const struct iort_named_component *nc =
		(const void *)iort_node_at(&j->t, j->off);

	/* Bit 0 is stall, bits 5 to 1 the width of PASIDs. */
	judge_reserved(j, offsetof(struct iort_named_component, flags),
		       get_le32(nc->flags), ~0x3fU,
		       "reserved bits of the named component's flags are not zero");
	judge_memory_properties(j, offsetof(struct iort_named_component, memory_properties));
	judge_address_limit(j, offsetof(struct iort_named_component, memory_address_limit),
			    nc->memory_address_limit);
	judge_path(j);
}

static void judge_root_complex(struct iort_judge *j)
{
	const u32 at_pasid = offsetof(struct iort_root_complex_late, pasid_capabilities);
	const u32 at_reserved = offsetof(struct iort_root_complex_late, reserved);
	const u32 at_flags = offsetof(struct iort_root_complex_late, flags);
	const struct iort_root_complex_late *rc =
		(const void *)iort_node_at(&j->t, j->off);
	u8 revision = rc->rc.node.revision;
	u32 end = revision < 1 ? sizeof(rc->rc) :
		  revision < 4 ? at_flags : sizeof(*rc);

	judge_memory_properties(j, offsetof(struct iort_root_complex, memory_properties));
	judge_reserved(j, offsetof(struct iort_root_complex, ats_attribute),
		       get_le32(rc->rc.ats_attribute), ~7U,
		       "reserved bits of the ATS attribute are not zero");
	if (revision < 1)
		return;
	if (!iort_has_field(&j->t, j->off, sizeof(rc->rc), end - sizeof(rc->rc))) {
		iort_judge_report(j, IORT_DEFECT_RC_FIELDS,
				  j->off + sizeof(rc->rc), NULL);
		return;
	}
	judge_address_limit(j, offsetof(struct iort_root_complex_late, address_limit),
			    rc->address_limit);
	judge_reserved(j, at_reserved, rc->reserved, 0xff,
		       "reserved byte of the root complex is not zero");
	judge_reserved(j, at_pasid, get_le16(rc->pasid_capabilities),
		       revision < 4 ? 0xffff : 0xffe0,
		       "reserved bits of the PASID capabilities are not zero");
	/* fwts has PASID support as bit 0 of the flags, edk2 as bit 1. */
	if (revision >= 4)
		judge_reserved(j, at_flags, get_le32(rc->flags), ~3U,
			       "reserved bits of the root complex's flags are not zero");
}

/*
 * The interrupts of an SMMUv1 or v2: a pair of GSIV and flags each. Linux reads
 * the global array, which is of two, without asking.
 */
static void judge_interrupts(struct iort_judge *j, u32 field, u32 count,
			     u32 start, struct judge_array *a)
{
	const struct iort_node *n = iort_node_at(&j->t, j->off);
	u32 i;

	*a = (struct judge_array){ 0, 0 };
	if (!count)
		return;
	if (start < sizeof(struct iort_smmu) ||
	    !sdt_fits(start, (u64)count * 8, get_le16(n->length))) {
		iort_judge_report(j, IORT_DEFECT_SMMU_INTERRUPTS,
				  j->off + field, NULL);
		return;
	}
	*a = (struct judge_array){ start, start + count * 8 };
	for (i = 0; i < count; i++)
		judge_reserved(j, start + i * 8 + 4,
			       get_le32(j->t.buf + j->off + start + i * 8 + 4),
			       ~1U, "reserved bits of an interrupt's flags are not zero");
}

static void judge_smmu(struct iort_judge *j)
{
	const struct iort_smmu *smmu = (const void *)iort_node_at(&j->t, j->off);
	u64 base = get_le64(smmu->base);
	u64 span = get_le64(smmu->span);
	struct judge_array a[4];

	if (!span || span - 1 > U64_MAX - base)
		iort_judge_report(j, IORT_DEFECT_SMMU_SPAN,
				  j->off + offsetof(struct iort_smmu, span),
				  NULL);
	if (get_le32(smmu->model) > 5)
		iort_judge_report(j, IORT_DEFECT_SMMU_MODEL,
				  j->off + offsetof(struct iort_smmu, model),
				  NULL);
	judge_reserved(j, offsetof(struct iort_smmu, flags),
		       get_le32(smmu->flags), ~3U,
		       "reserved bits of the SMMU's flags are not zero");
	judge_interrupts(j, offsetof(struct iort_smmu, global_irq_offset), 2,
			 get_le32(smmu->global_irq_offset), &a[0]);
	judge_interrupts(j, offsetof(struct iort_smmu, context_irq_count),
			 get_le32(smmu->context_irq_count),
			 get_le32(smmu->context_irq_offset), &a[1]);
	judge_interrupts(j, offsetof(struct iort_smmu, pmu_irq_count),
			 get_le32(smmu->pmu_irq_count),
			 get_le32(smmu->pmu_irq_offset), &a[2]);
	a[3] = judge_mapping_array(j);
	judge_array_overlap(j, a, ARRAY_SIZE(a));
}

static void judge_smmu_v3(struct iort_judge *j)
{
	const u32 at_domain = offsetof(struct iort_smmu_v3, proximity_domain);
	const struct iort_smmu_v3 *smmu =
		(const void *)iort_node_at(&j->t, j->off);
	u32 flags = get_le32(smmu->flags);

	if (get_le32(smmu->model) > 2)
		iort_judge_report(j, IORT_DEFECT_SMMU_MODEL,
				  j->off + offsetof(struct iort_smmu_v3, model),
				  NULL);
	judge_reserved(j, offsetof(struct iort_smmu_v3, flags), flags, ~0x1fU,
		       "reserved bits of the SMMU's flags are not zero");
	judge_reserved(j, offsetof(struct iort_smmu_v3, reserved),
		       get_le32(smmu->reserved), ~0U,
		       "reserved field of the SMMU is not zero");
	if ((flags & IORT_SMMU_V3_PROXIMITY_VALID) &&
	    !iort_has_field(&j->t, j->off, at_domain,
			    sizeof(smmu->proximity_domain)))
		iort_judge_report(j, IORT_DEFECT_SMMU_PROXIMITY,
				  j->off + offsetof(struct iort_smmu_v3, flags),
				  NULL);
}

static void judge_pmcg(struct iort_judge *j)
{
	const u32 at = j->off + offsetof(struct iort_pmcg, node_reference);
	const struct iort_pmcg *pmcg = (const void *)iort_node_at(&j->t, j->off);
	u32 target = get_le32(pmcg->node_reference);
	bool known;
	u8 type;

	if (!iort_judge_node_is(j, target, &known)) {
		iort_judge_report(j, IORT_DEFECT_PMCG_REFERENCE, at, NULL);
	} else if (known) {
		type = iort_node_at(&j->t, target)->type;
		if (type == IORT_ITS_GROUP || type == IORT_PMCG ||
		    type == IORT_RMR)
			iort_judge_report(j, IORT_DEFECT_PMCG_TARGET, at, NULL);
	}
	if (pmcg->node.revision < 1)
		iort_judge_report(j, IORT_DEFECT_PMCG_PAGE1,
				  j->off + offsetof(struct iort_node, revision),
				  NULL);
}

/* One memory range; false if it is of no use for comparing. */
static bool judge_range(const struct iort_judge *j, u32 off, u32 i, u64 *first,
			u64 *last)
{
	const struct iort_rmr_range *r = iort_rmr_range_at(&j->t, off, i);
	u64 length = get_le64(r->length);

	*first = get_le64(r->base);
	if (!length || length - 1 > U64_MAX - *first)
		return false;
	*last = *first + length - 1;
	return true;
}

static void judge_ranges(struct iort_judge *j)
{
	u32 count = iort_judge_ranges(j, j->off);
	u64 first, last, first_k, last_k;
	u32 i, k;

	for (i = 0; i < count; i++) {
		const struct iort_rmr_range *r = iort_rmr_range_at(&j->t, j->off, i);
		u32 at = iort_rmr_range_offset(&j->t, j->off, i);

		if (get_le32(r->reserved))
			iort_judge_report(j, IORT_DEFECT_RESERVED,
					  at + offsetof(struct iort_rmr_range, reserved),
					  "reserved field of a memory range is not zero");
		if (!judge_range(j, j->off, i, &first, &last)) {
			iort_judge_report(j, get_le64(r->length) ?
					  IORT_DEFECT_RMR_RANGE :
					  IORT_DEFECT_RMR_ZERO_LENGTH,
					  at + offsetof(struct iort_rmr_range, length),
					  NULL);
			continue;
		}
		if (first % RMR_ALIGNMENT || (last + 1) % RMR_ALIGNMENT)
			iort_judge_report(j, IORT_DEFECT_RMR_ALIGNMENT, at, NULL);
		for (k = 0; k < i && iort_judge_step(j); k++) {
			if (judge_range(j, j->off, k, &first_k, &last_k) &&
			    first <= last_k && first_k <= last) {
				iort_judge_report(j, IORT_DEFECT_RMR_OVERLAP,
						  at, NULL);
				break;
			}
		}
	}
}

static void judge_rmr(struct iort_judge *j)
{
	const u32 at_flags = j->off + offsetof(struct iort_rmr, flags);
	const struct iort_rmr *rmr = (const void *)iort_node_at(&j->t, j->off);
	const struct iort_header *h = (const void *)j->t.buf;
	u8 revision = rmr->node.revision;
	struct judge_array a[2];
	u32 ranges;

	if (h->sdt.revision < 5)
		iort_judge_report(j, IORT_DEFECT_RMR_TABLE_REVISION, j->off,
				  NULL);
	if (!get_le32(rmr->node.mapping_count))
		iort_judge_report(j, IORT_DEFECT_RMR_NO_MAPPING,
				  j->off + offsetof(struct iort_node, mapping_count),
				  NULL);
	if (revision < IORT_RMR_FIRST_REVISION) {
		iort_judge_report(j, IORT_DEFECT_RMR_PRE_RELEASE,
				  j->off + offsetof(struct iort_node, revision),
				  NULL);
		return;
	}
	if (revision < 3)
		iort_judge_report(j, IORT_DEFECT_RMR_OLD_REVISION,
				  j->off + offsetof(struct iort_node, revision),
				  NULL);
	else if ((get_le32(rmr->flags) >> 2 & 0xff) > RMR_ATTR_MAX)
		iort_judge_report(j, IORT_DEFECT_RMR_ATTRIBUTES, at_flags, NULL);
	judge_reserved(j, offsetof(struct iort_rmr, flags),
		       get_le32(rmr->flags), ~0x3ffU,
		       "reserved bits of the RMR node's flags are not zero");
	if (!get_le32(rmr->range_count))
		iort_judge_report(j, IORT_DEFECT_RMR_NO_RANGE,
				  j->off + offsetof(struct iort_rmr, range_count),
				  NULL);
	ranges = iort_judge_ranges(j, j->off);
	a[0] = judge_mapping_array(j);
	a[1].start = get_le32(rmr->range_offset);
	a[1].end = a[1].start + (u64)ranges * sizeof(struct iort_rmr_range);
	judge_array_overlap(j, a, ARRAY_SIZE(a));
	judge_ranges(j);
}

/**
 * iort_judge_type() - look at the fields of the node, by its type
 * @j: the check; the node has its type's fixed part
 */
void iort_judge_type(struct iort_judge *j)
{
	switch (iort_node_at(&j->t, j->off)->type) {
	case IORT_ITS_GROUP:
		judge_its_group(j);
		break;
	case IORT_NAMED_COMPONENT:
		judge_component(j);
		break;
	case IORT_ROOT_COMPLEX:
		judge_root_complex(j);
		break;
	case IORT_SMMU:
		judge_smmu(j);
		break;
	case IORT_SMMU_V3:
		judge_smmu_v3(j);
		break;
	case IORT_PMCG:
		judge_pmcg(j);
		break;
	case IORT_RMR:
		/* One of a draft need not even be that long. */
		judge_rmr(j);
		break;
	default:
		break;
	}
}

/* ---- two nodes ---- */

/* Does any stream belong to both RMR nodes? Linux goes by the output alone. */
static bool judge_share_streams(struct iort_judge *j, u32 a, u32 b)
{
	u32 a_count = iort_judge_mappings(j, a);
	u32 b_count = iort_judge_mappings(j, b);
	u32 i, k;

	for (i = 0; i < a_count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(&j->t, a, i);
		u64 m_first = get_le32(m->output_base);
		u64 m_last = m_first + get_le32(m->id_count);

		for (k = 0; k < b_count; k++) {
			const struct iort_id_mapping *n =
				iort_mapping_at(&j->t, b, k);
			u64 n_first = get_le32(n->output_base);
			u64 n_last = n_first + get_le32(n->id_count);

			if (!iort_judge_step(j))
				return false;
			if (get_le32(m->output_reference) ==
			    get_le32(n->output_reference) &&
			    m_first <= n_last && n_first <= m_last)
				return true;
		}
	}
	return false;
}

static void judge_rmr_pair(struct iort_judge *j, u32 earlier)
{
	u32 count = iort_judge_ranges(j, j->off);
	u32 count_k = iort_judge_ranges(j, earlier);
	u64 first, last, first_k, last_k;
	u32 i, k;

	if (!count || !count_k || !judge_share_streams(j, earlier, j->off))
		return;
	for (i = 0; i < count; i++) {
		if (!judge_range(j, j->off, i, &first, &last))
			continue;
		for (k = 0; k < count_k && iort_judge_step(j); k++) {
			if (judge_range(j, earlier, k, &first_k, &last_k) &&
			    first <= last_k && first_k <= last) {
				iort_judge_report(j, IORT_DEFECT_RMR_OVERLAP,
						  iort_rmr_range_offset(&j->t, j->off, i),
						  NULL);
				break;
			}
		}
	}
}

static bool judge_fixed(const struct iort_node *n)
{
	return get_le16(n->length) >= iort_node_fixed(n);
}

/**
 * iort_judge_pair() - compare the node with an earlier one
 * @j: the check
 * @earlier: offset of the earlier node
 */
void iort_judge_pair(struct iort_judge *j, u32 earlier)
{
	const struct iort_header *h = (const void *)j->t.buf;
	const struct iort_node *a = iort_node_at(&j->t, earlier);
	const struct iort_node *b = iort_node_at(&j->t, j->off);
	const struct iort_root_complex *rc_a = (const void *)a;
	const struct iort_root_complex *rc_b = (const void *)b;
	const struct iort_smmu *smmu_a = (const void *)a;
	const struct iort_smmu *smmu_b = (const void *)b;
	const char *path_a, *path_b;

	/* The field was reserved up to D. */
	if (h->sdt.revision >= 3 &&
	    get_le32(a->identifier) == get_le32(b->identifier))
		iort_judge_report(j, IORT_DEFECT_IDENTIFIER_REPEATED,
				  j->off + offsetof(struct iort_node, identifier),
				  NULL);
	if (!judge_fixed(a) || !judge_fixed(b))
		return;
	/* Both types of SMMU have the base address at the same place. */
	if ((a->type == IORT_SMMU || a->type == IORT_SMMU_V3) &&
	    (b->type == IORT_SMMU || b->type == IORT_SMMU_V3) &&
	    get_le64(smmu_a->base) == get_le64(smmu_b->base))
		iort_judge_report(j, IORT_DEFECT_SMMU_BASE,
				  j->off + offsetof(struct iort_smmu, base),
				  NULL);
	if (a->type != b->type)
		return;
	if (a->type == IORT_ROOT_COMPLEX &&
	    get_le32(rc_a->segment) == get_le32(rc_b->segment))
		iort_judge_report(j, IORT_DEFECT_SEGMENT_REPEATED,
				  j->off + offsetof(struct iort_root_complex, segment),
				  NULL);
	if (a->type == IORT_NAMED_COMPONENT) {
		path_a = iort_component_path(&j->t, earlier);
		path_b = iort_component_path(&j->t, j->off);
		if (path_a && path_b && iort_same_path(path_a, path_b))
			iort_judge_report(j, IORT_DEFECT_PATH_REPEATED,
					  j->off + sizeof(struct iort_named_component),
					  NULL);
	}
	if (a->type == IORT_RMR)
		judge_rmr_pair(j, earlier);
}
