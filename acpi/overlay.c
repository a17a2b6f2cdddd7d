// SPDX-License-Identifier: GPL-2.0-only
/*
 * overlay.c - I/O Remapping Tables that we write (ARM DEN 0049E.f)
 *
 * Turns what callers want into rectangles of streams and addresses (rmr_plan.h),
 * and leaves the bytes to iort_write.c.
 */
#include "iort_fix.h"

static void begin(struct iort_overlay_result *r)
{
	*r = (struct iort_overlay_result){
		.want = IORT_NO_WISH,
		.region = IORT_NO_WISH,
		.other_want = IORT_NO_WISH,
		.other_region = IORT_NO_WISH,
		.fix = IORT_NO_WISH,
		.other_fix = IORT_NO_WISH,
	};
}

/* ---- RMRs that the base has ---- */

/*
 * Only RMRs of DEN 0049E.d and later are known to be what they look like, and
 * Linux reads no others: in a table that is to be touched at all there must be
 * none.
 */
static int check_rmrs(const struct iort_writer *w, struct acpi_fault *f)
{
	const struct sdt_header *h = (const struct sdt_header *)w->base->buf;
	u32 i;

	for (i = 0; i < w->base->node_count; i++) {
		const u32 off = w->node[i].off;
		const struct iort_node *n = iort_node_at(w->base, off);

		if (n->type != IORT_RMR)
			continue;
		if (n->revision < IORT_RMR_FIRST_REVISION)
			return sdt_fault(f, -EOPNOTSUPP,
					 off + offsetof(struct iort_node, revision),
					 "this RMR node has the layout of a draft of the specification");
		if (h->revision < IORT_REVISION_RMR)
			return sdt_fault(f, -EOPNOTSUPP, off,
					 "the table has an RMR node and a revision below 5, with which Linux does not read it");
	}
	return 0;
}

/* One RMR node of the base: each mapping times each range. */
static int read_rmr(const struct iort_table *t, u32 off,
		    struct rmr_rects *list, struct acpi_fault *f)
{
	const struct iort_rmr *rmr = (const void *)iort_node_at(t, off);
	u32 maps = get_le32(rmr->node.mapping_count);
	u32 ranges = iort_rmr_range_count(t, off);
	u32 i, k;
	int ret;

	for (i = 0; i < maps; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(t, off, i);
		u32 first = get_le32(m->output_base);
		u32 count = get_le32(m->id_count);

		for (k = 0; k < ranges; k++) {
			const struct iort_rmr_range *d =
				iort_rmr_range_at(t, off, k);
			u64 start = get_le64(d->base);
			u64 length = get_le64(d->length);

			if (!length)
				continue;
			ret = rmr_rects_add(list, &(struct rmr_rect){
				.smmu = get_le32(m->output_reference),
				.id_first = first,
				.id_last = count > U32_MAX - first ?
						   U32_MAX : first + count,
				.start = start,
				.last = length - 1 > U64_MAX - start ?
						U64_MAX : start + (length - 1),
				.flags = get_le32(rmr->flags) & IORT_RMR_F_ALL,
				.want = iort_rmr_range_offset(t, off, k),
			}, f);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int read_rmrs(const struct iort_writer *w, struct rmr_rects *list,
		     struct acpi_fault *f)
{
	u32 i;
	int ret = 0;

	for (i = 0; i < w->base->node_count && !ret; i++) {
		u32 off = w->node[i].off;

		if (iort_node_at(w->base, off)->type == IORT_RMR)
			ret = read_rmr(w->base, off, list, f);
	}
	return ret;
}

/* ---- from rectangles to a table ---- */

/* What is wanted, less what there is, becomes nodes. */
static int plan(struct iort_writer *w, const struct rmr_rects *wanted,
		struct iort_overlay_result *r, struct acpi_fault *f)
{
	struct rmr_rects base = { .r = NULL };
	struct rmr_rects rest = { .r = NULL };
	int ret;

	ret = read_rmrs(w, &base, f);
	if (!ret)
		ret = rmr_plan_subtract(wanted, &base, &rest, r, f);
	if (!ret)
		ret = rmr_plan_make(&w->rmr, &rest, r, f);
	rmr_rects_free(&rest);
	rmr_rects_free(&base);
	return ret;
}

/* Is the range one that an RMR can have? Sets @r on failure. */
static int check_range(u64 start, u64 last, u32 flags, u32 want, u32 region,
		       struct iort_overlay_result *r, struct acpi_fault *f)
{
	int ret = 0;

	if (start > last)
		ret = sdt_fault(f, -EINVAL, 0, "a region ends before it begins");
	else if (last - start >= IORT_RMR_LENGTH_MAX)
		ret = sdt_fault(f, -E2BIG, 0,
				"a region is longer than 4 GiB: Linux maps an RMR page by page");
	else if ((flags & ~IORT_RMR_F_ALL) ||
		 flags / IORT_RMR_ATTR(1) > IORT_RMR_ATTR_MAX)
		ret = sdt_fault(f, -EINVAL, 0,
				"flags that an RMR does not have");
	if (ret) {
		r->want = want;
		r->region = region;
	}
	return ret;
}

/* Does an SMMU's node start there? */
static bool is_smmu(const struct iort_writer *w, u32 off)
{
	u32 low = 0, high = w->base->node_count;
	u8 type;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (w->node[middle].off == off) {
			type = iort_node_at(w->base, off)->type;
			return type == IORT_SMMU || type == IORT_SMMU_V3;
		}
		if (w->node[middle].off < off)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int add_want(const struct iort_writer *w, const struct iort_overlay *o,
		    u32 i, struct rmr_rects *wanted,
		    struct iort_overlay_result *r, struct acpi_fault *f)
{
	const struct iort_rmr_want *want = &o->rmr[i];
	u32 k;
	int ret;

	ret = check_range(want->start, want->last, want->flags, i, 0, r, f);
	if (ret)
		return ret;
	r->want = i;
	if (!want->streams || want->stream > o->stream_count ||
	    want->streams > o->stream_count - want->stream)
		return sdt_fault(f, -EINVAL, 0, "a region without streams");
	for (k = 0; k < want->streams; k++) {
		const struct iort_streams *s = &o->streams[want->stream + k];

		if (s->first > s->last || !is_smmu(w, s->smmu))
			return sdt_fault(f, -EINVAL, 0,
					 "streams that are none, or of no SMMU");
		ret = rmr_rects_add(wanted, &(struct rmr_rect){
			.smmu = s->smmu, .id_first = s->first,
			.id_last = s->last, .start = want->start,
			.last = want->last, .flags = want->flags, .want = i,
		}, f);
		if (ret)
			return ret;
	}
	r->want = IORT_NO_WISH;
	return 0;
}

/**
 * iort_overlay_build() - a host's table, with what its board needs
 * @base: a table that iort_open() accepted
 * @o: what it needs
 * @out: where to write the table; NULL to ask for its length
 * @size: bytes that there are at @out
 * @length: the table's length
 * @r: what was done; on failure which wish it is about
 * @f: where to note an error: a place in @base, or 0 where it is about a wish
 *
 * What is in the host's RMRs Linux maps one to one, read and write, and takes the
 * streams past the SMMU until their devices have a domain: so they are for memory
 * that has to be mapped, and never for windows and doorbells. That is the
 * caller's to see to.
 *
 * Ranges are widened to 64 KiB. Where the base has an RMR for all of a range,
 * with the same flags or without %IORT_RMR_F_REMAP, nothing is added. If nothing
 * at all is wanting, the table is the base; so an overlay of an overlay changes
 * nothing. Else its OEM revision is one higher, which Linux wants of a table in
 * the initramfs, and where RMRs are added its revision is 5 (DEN 0049E.d) at
 * least; OEM and creator ids stay.
 *
 * Streams are those of the table that comes out: a correction of ID mappings
 * changes them.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL where a wish is impossible or contradicts another, -ENOENT
 * where a correction hits no node, -EEXIST where the base has a part of a range,
 * or has it with other flags, -EOPNOTSUPP where the base cannot be changed like
 * that, -E2BIG where something is too long or there is too much of it, -ERANGE
 * where the OEM revision cannot become higher, -ENOSPC, -ENOMEM.
 */
int iort_overlay_build(const struct iort_table *base,
		       const struct iort_overlay *o, void *out, size_t size,
		       u32 *length, struct iort_overlay_result *r,
		       struct acpi_fault *f)
{
	struct rmr_rects wanted = { .r = NULL };
	struct iort_writer w;
	u32 i;
	int ret;

	begin(r);
	ret = iort_writer_init(&w, base, f);
	if (!ret && (o->rmr_count || o->fix_count))
		ret = check_rmrs(&w, f);
	if (!ret)
		ret = iort_fix_all(&w, o->fix, o->fix_count, r, f);
	for (i = 0; i < o->rmr_count && !ret; i++)
		ret = add_want(&w, o, i, &wanted, r, f);
	if (!ret)
		ret = plan(&w, &wanted, r, f);
	if (!ret)
		ret = iort_write(&w, out, size, length, r, f);
	rmr_rects_free(&wanted);
	iort_writer_free(&w);
	return ret;
}

/* ---- guests ---- */

/* The streams of a guest's devices, gathered. */
struct gathering {
	struct rmr_rects list;
	struct acpi_fault *f;
};

static int gather(void *ctx, u32 smmu, u32 id)
{
	struct gathering *g = ctx;
	struct rmr_rect *before = NULL;

	/* Mostly they come one after the other. */
	if (g->list.count)
		before = &g->list.r[g->list.count - 1];
	if (before && before->smmu == smmu && id > before->id_first &&
	    id - 1 == before->id_last) {
		before->id_last = id;
		return 0;
	}
	return rmr_rects_add(&g->list, &(struct rmr_rect){
		.smmu = smmu, .id_first = id, .id_last = id,
	}, g->f);
}

/*
 * The streams of the devices of a want: as @base maps them or, where it is NULL,
 * the requester IDs themselves at the SMMU whose node is at @smmu.
 */
static int gather_want(const struct iort_table *base, u32 smmu,
		       const struct iort_guest_want *want, struct gathering *g)
{
	u32 i, id;
	int ret = 0;

	for (i = 0; i < want->ids; i++) {
		const struct iort_guest_id *ids = &want->id[i];

		if (ids->first > ids->last || ids->last > U16_MAX)
			return sdt_fault(g->f, -EINVAL, 0,
					 "a requester ID has 16 bits, and the last of a range is not below the first");
		for (id = ids->first; id <= ids->last && !ret; id++)
			ret = base ? iort_for_each_stream(base, want->segment,
							  id, gather, g, g->f) :
				     gather(g, smmu, id);
		if (ret)
			return ret;
	}
	if (!g->list.count)
		return sdt_fault(g->f, -ENOENT, base ? base->node_offset : 0,
				 "none of these requesters reaches an SMMU");
	return 0;
}

/* All regions of a want, times all streams of its devices. */
static int add_guest(const struct iort_table *base, u32 smmu,
		     const struct iort_guest_want *want, u32 index,
		     struct rmr_rects *wanted, struct iort_overlay_result *r,
		     struct acpi_fault *f)
{
	struct gathering g = { .f = f };
	u32 i, k;
	int ret = 0;

	if (!want->regions)
		return 0;
	for (i = 0; i < want->regions && !ret; i++)
		ret = check_range(want->region[i].start, want->region[i].last,
				  want->region[i].flags, index, i, r, f);
	if (ret)
		return ret;
	r->want = index;
	ret = gather_want(base, smmu, want, &g);
	for (i = 0; i < want->regions && !ret; i++) {
		for (k = 0; k < g.list.count && !ret; k++) {
			struct rmr_rect rect = g.list.r[k];

			rect.start = want->region[i].start;
			rect.last = want->region[i].last;
			rect.flags = want->region[i].flags;
			rect.want = index;
			rect.region = i;
			ret = rmr_rects_add(wanted, &rect, f);
		}
	}
	rmr_rects_free(&g.list);
	if (!ret)
		r->want = IORT_NO_WISH;
	return ret;
}

static int build_guest(const struct iort_table *base, bool mapped, u32 smmu,
		       const struct iort_guest_want *want, u32 wants,
		       void *out, size_t size, u32 *length,
		       struct iort_overlay_result *r, struct acpi_fault *f)
{
	struct rmr_rects wanted = { .r = NULL };
	struct iort_writer w;
	u32 i;
	int ret;

	begin(r);
	ret = iort_writer_init(&w, base, f);
	if (!ret && wants)
		ret = check_rmrs(&w, f);
	for (i = 0; i < wants && !ret; i++)
		ret = add_guest(mapped ? base : NULL, smmu, &want[i], i,
				&wanted, r, f);
	if (!ret)
		ret = plan(&w, &wanted, r, f);
	if (!ret)
		ret = iort_write(&w, out, size, length, r, f);
	rmr_rects_free(&wanted);
	iort_writer_free(&w);
	return ret;
}

/**
 * iort_guest_build() - a guest's table, with the regions of its devices
 * @base: the table that the VMM makes, accepted by iort_open()
 * @want: devices and their regions
 * @wants: how many
 * @out: where to write the table; NULL to ask for its length
 * @size: bytes that there are at @out
 * @length: the table's length
 * @r: what was done; on failure which want it is about
 * @f: where to note an error: a place in @base, or 0 where it is about a want
 *
 * In a guest an RMR says which addresses its devices cannot have for anything
 * else, and which it has to map one to one behind a virtual SMMU: the software
 * MSI window, doorbells, windows, and memory. As iort_overlay_build() in all
 * else. The streams are what @base makes of the requester IDs; a want some of
 * whose requesters pass by all SMMUs is no error, one none of whose requesters
 * reaches one is.
 *
 * Context: may sleep.
 * Return: as iort_overlay_build(); -ENODEV where @base does not know a segment,
 * -ENOENT where requesters reach no SMMU.
 */
int iort_guest_build(const struct iort_table *base,
		     const struct iort_guest_want *want, u32 wants, void *out,
		     size_t size, u32 *length, struct iort_overlay_result *r,
		     struct acpi_fault *f)
{
	return build_guest(base, true, 0, want, wants, out, size, length, r, f);
}

/* The header and the SMMU of a fragment. */
struct iort_fragment {
	struct iort_header header;
	struct iort_smmu_v3 smmu;
};
_Static_assert(sizeof(struct iort_fragment) == 116, "no padding");

/**
 * iort_fragment_build() - RMR nodes for a VMM that makes its own table
 * @want: devices and their regions; segments do not matter
 * @wants: how many
 * @out: where to write the table; NULL to ask for its length
 * @size: bytes that there are at @out
 * @length: the table's length
 * @f: where to note an error
 *
 * A whole table, OEM id "IORESV", OEM table id "FRAGMENT", whose first node is
 * an SMMUv3 without an address. It stands for the one that the VMM has: the RMR
 * nodes behind it refer to it, with requester IDs as stream IDs.
 *
 * Context: may sleep.
 * Return: as iort_overlay_build().
 */
int iort_fragment_build(const struct iort_guest_want *want, u32 wants,
			void *out, size_t size, u32 *length,
			struct acpi_fault *f)
{
	struct iort_fragment base = { .smmu.node.type = IORT_SMMU_V3 };
	struct iort_overlay_result r;
	struct sdt_header *h = &base.header.sdt;
	const u8 *bytes = (const u8 *)&base;
	struct iort_table t;
	u8 sum = 0;
	u32 i;
	int ret;

	memcpy(h->signature, "IORT", sizeof(h->signature));
	put_le32(h->length, sizeof(base));
	/* DEN 0049E.e and E.f, whose SMMUv3 nodes say that they have no MSIs. */
	h->revision = 6;
	memcpy(h->oem_id, "IORESV", sizeof(h->oem_id));
	memcpy(h->oem_table_id, "FRAGMENT", sizeof(h->oem_table_id));
	memcpy(h->creator_id, "IORV", sizeof(h->creator_id));
	put_le32(h->creator_revision, 1);
	put_le32(base.header.node_count, 1);
	put_le32(base.header.node_offset, sizeof(base.header));
	put_le16(base.smmu.node.length, sizeof(base.smmu));
	base.smmu.node.revision = 5;
	for (i = 0; i < sizeof(base); i++)
		sum += bytes[i];
	h->checksum = (u8)-sum;
	ret = iort_open(&t, &base, sizeof(base), f);
	if (ret)
		return ret;
	return build_guest(&t, false, sizeof(base.header), want, wants, out,
			   size, length, &r, f);
}
