// SPDX-License-Identifier: GPL-2.0-only
/*
 * rmr_plan.c - which RMR nodes say what is wanted
 *
 * For each SMMU and flags, the addresses are cut wherever a rectangle begins or
 * ends. In such a piece the same streams want every address; pieces that touch
 * and want the same streams become one range, and ranges of the same streams one
 * node.
 */
#include "rmr_plan.h"

/* Addresses are counted in granules here, so that an end fits 64 bits. */
static u64 granule(u64 address)
{
	return address / IORT_RMR_GRANULE;
}

static int no_memory(struct acpi_fault *f)
{
	return sdt_fault(f, -ENOMEM, 0, "no memory to work out RMR nodes");
}

static int work(u64 *done, u64 more, struct acpi_fault *f)
{
	*done += more;
	if (*done > RMR_WORK_MAX)
		return sdt_fault(f, -E2BIG, 0,
				 "too many different ranges and streams for RMR nodes");
	return 0;
}

/**
 * rmr_rects_add() - append a rectangle
 * @l: the list, all zero at first; ends with rmr_rects_free()
 * @r: the rectangle
 * @f: where to note an error
 *
 * Return: 0, -ENOMEM, or -E2BIG above %RMR_RECTS_MAX.
 */
int rmr_rects_add(struct rmr_rects *l, const struct rmr_rect *r,
		  struct acpi_fault *f)
{
	if (l->count == RMR_RECTS_MAX)
		return sdt_fault(f, -E2BIG, 0,
				 "too many ranges times streams for RMR nodes");
	if (l->count == l->room) {
		u32 room = l->room ? 2 * l->room : 16;
		struct rmr_rect *more = env_alloc(room, sizeof(*more));

		if (!more)
			return no_memory(f);
		if (l->count)
			memcpy(more, l->r, l->count * sizeof(*more));
		env_free(l->r);
		l->r = more;
		l->room = room;
	}
	l->r[l->count++] = *r;
	return 0;
}

/**
 * rmr_rects_free() - give a list back
 * @l: the list
 */
void rmr_rects_free(struct rmr_rects *l)
{
	env_free(l->r);
	*l = (struct rmr_rects){ .r = NULL };
}

/* ---- what is there already ---- */

/*
 * Does an RMR do for what is wanted? It may be stricter: one that does not
 * permit remapping keeps the range as well.
 */
static bool flags_do(u32 there, u32 wanted)
{
	return there == wanted || there == (wanted & ~IORT_RMR_F_REMAP);
}

static bool addresses_meet(const struct rmr_rect *a, u64 start, u64 last)
{
	return a->start <= last && start <= a->last;
}

static void widen(struct rmr_rect *r)
{
	r->start &= ~(u64)(IORT_RMR_GRANULE - 1);
	r->last |= IORT_RMR_GRANULE - 1;
}

/*
 * Do the RMRs of the base that have stream @id cover the addresses of @want?
 * 1 or 0; -EEXIST where they have a part, or have it with other flags.
 */
static int covered(const struct rmr_rect *want, const struct rmr_rects *base,
		   u32 id, u64 *done, struct iort_overlay_result *r,
		   struct acpi_fault *f)
{
	struct rmr_rect wide = *want;
	u64 at = want->start;
	u32 met = IORT_NO_WISH;
	bool moved = true;
	int ret;
	u32 i;

	widen(&wide);
	for (i = 0; i < base->count; i++) {
		const struct rmr_rect *b = &base->r[i];

		if (b->smmu != want->smmu || id < b->id_first ||
		    id > b->id_last || !addresses_meet(b, wide.start, wide.last))
			continue;
		met = i;
		if (flags_do(b->flags, want->flags))
			continue;
		r->want = want->want;
		r->region = want->region;
		return sdt_fault(f, -EEXIST, b->want,
				 "the table has an RMR with other flags for a part of these addresses and streams");
	}
	if (met == IORT_NO_WISH)
		return 0;
	while (moved) {
		moved = false;
		ret = work(done, base->count, f);
		if (ret)
			return ret;
		for (i = 0; i < base->count; i++) {
			const struct rmr_rect *b = &base->r[i];

			if (b->smmu != want->smmu || id < b->id_first ||
			    id > b->id_last || at < b->start || at > b->last)
				continue;
			if (b->last >= want->last)
				return 1;
			at = b->last + 1;
			moved = true;
		}
	}
	r->want = want->want;
	r->region = want->region;
	return sdt_fault(f, -EEXIST, base->r[met].want,
			 "the table has an RMR for a part of these addresses only");
}

/* The last stream ID up to which the same RMRs of the base hold as for @id. */
static u32 same_until(const struct rmr_rect *want,
		      const struct rmr_rects *base, u32 id)
{
	u32 last = want->id_last;
	u32 i;

	for (i = 0; i < base->count; i++) {
		const struct rmr_rect *b = &base->r[i];

		if (b->smmu != want->smmu)
			continue;
		if (b->id_first > id && b->id_first <= last)
			last = b->id_first - 1;
		else if (b->id_first <= id && b->id_last >= id &&
			 b->id_last < last)
			last = b->id_last;
	}
	return last;
}

/**
 * rmr_plan_subtract() - what is wanted and not yet there
 * @wanted: what is wanted, each wish's rectangles next to each other
 * @base: what RMRs of the base say, as far as they are known
 * @rest: gets what is missing, in whole granules; all zero at first; ends with
 *	rmr_rects_free(), also on failure
 * @r: counts wishes that need nothing and those that got longer; on failure says
 *	which wish it is about
 * @f: where to note an error
 *
 * A range that the base has without %IORT_RMR_F_REMAP does for one that is wanted
 * with it.
 *
 * Return: 0; -EEXIST where the base has a part of a range, or has it with other
 * flags; -ENOMEM or -E2BIG.
 */
int rmr_plan_subtract(const struct rmr_rects *wanted,
		      const struct rmr_rects *base, struct rmr_rects *rest,
		      struct iort_overlay_result *r, struct acpi_fault *f)
{
	bool missing = false;
	u64 done = 0;
	u32 i;
	int ret;

	for (i = 0; i < wanted->count; i++) {
		const struct rmr_rect *want = &wanted->r[i];
		const struct rmr_rect *next = want + 1;
		struct rmr_rect piece;
		u32 id = want->id_first;
		u32 last;

		for (;;) {
			ret = work(&done, 2 * (u64)base->count + 1, f);
			if (ret)
				return ret;
			last = same_until(want, base, id);
			ret = covered(want, base, id, &done, r, f);
			if (ret < 0)
				return ret;
			if (!ret) {
				piece = *want;
				piece.id_first = id;
				piece.id_last = last;
				widen(&piece);
				ret = rmr_rects_add(rest, &piece, f);
				if (ret)
					return ret;
				missing = true;
			}
			if (last == want->id_last)
				break;
			id = last + 1;
		}
		if (i + 1 < wanted->count && next->want == want->want &&
		    next->region == want->region)
			continue;
		piece = *want;
		widen(&piece);
		if (!missing)
			r->already++;
		else if (piece.start != want->start || piece.last != want->last)
			r->widened++;
		missing = false;
	}
	return 0;
}

/* ---- nodes ---- */

static int compare(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int by_start(const void *left, const void *right)
{
	const struct rmr_rect *a = left, *b = right;
	int ret = compare(a->smmu, b->smmu);

	if (!ret)
		ret = compare(a->start, b->start);
	return ret ? ret : compare(a->last, b->last);
}

static int by_flags(const void *left, const void *right)
{
	const struct rmr_rect *a = left, *b = right;
	int ret = compare(a->smmu, b->smmu);

	if (!ret)
		ret = compare(a->flags, b->flags);
	return ret ? ret : by_start(left, right);
}

static int by_id(const void *left, const void *right)
{
	const struct rmr_ids *a = left, *b = right;
	int ret = compare(a->first, b->first);

	return ret ? ret : compare(a->last, b->last);
}

static int by_value(const void *left, const void *right)
{
	return compare(*(const u64 *)left, *(const u64 *)right);
}

static int by_node(const void *left, const void *right)
{
	const struct rmr_range *a = left, *b = right;
	int ret = compare(a->node, b->node);

	return ret ? ret : compare(a->start, b->start);
}

/* Nobody may be told two things of one address. */
static int check_flags(struct rmr_rects *rects, u64 *done,
		       struct iort_overlay_result *r, struct acpi_fault *f)
{
	u32 i, j;
	int ret;

	env_sort(rects->r, rects->count, sizeof(*rects->r), by_start);
	for (i = 0; i < rects->count; i++) {
		const struct rmr_rect *a = &rects->r[i];

		for (j = i + 1; j < rects->count; j++) {
			const struct rmr_rect *b = &rects->r[j];

			if (b->smmu != a->smmu || b->start > a->last)
				break;
			ret = work(done, 1, f);
			if (ret)
				return ret;
			if (a->flags == b->flags ||
			    a->id_first > b->id_last ||
			    b->id_first > a->id_last)
				continue;
			r->want = a->want;
			r->region = a->region;
			r->other_want = b->want;
			r->other_region = b->region;
			return sdt_fault(f, -EINVAL, 0,
					 "two regions of a stream, in whole 64 KiB, overlap and have other flags");
		}
	}
	return 0;
}

/* Sorted, and none touches the next; gives how many are left. */
static u32 merge_ids(struct rmr_ids *id, u32 count)
{
	u32 n = 0, i;

	env_sort(id, count, sizeof(*id), by_id);
	for (i = 0; i < count; i++) {
		if (n && (u64)id[n - 1].last + 1 >= id[i].first) {
			if (id[i].last > id[n - 1].last)
				id[n - 1].last = id[i].last;
			continue;
		}
		id[n++] = id[i];
	}
	return n;
}

/* Memory for the pieces of one SMMU and flags. */
struct pieces {
	u64 *edge;		/* where rectangles begin or end, in granules */
	struct rmr_ids *id;	/* the streams of one piece */
	u32 id_room;		/* of &rmr_plan.id */
	u32 id_count;
	u32 range_count;
	u64 done;
};

static bool has_ids(const struct rmr_plan *p, const struct rmr_node *n,
		    const struct rmr_ids *id, u32 ids)
{
	return n->ids == ids && !memcmp(&p->id[n->id], id, ids * sizeof(*id));
}

static int keep_ids(struct rmr_plan *p, struct pieces *w,
		    const struct rmr_ids *id, u32 ids, struct acpi_fault *f)
{
	u64 total = 0;
	u32 i;

	for (i = 0; i < ids; i++)
		total += (u64)id[i].last - id[i].first + 1;
	if (total > RMR_STREAMS_MAX)
		return sdt_fault(f, -E2BIG, 0,
				 "more stream IDs than Linux takes in one RMR node");
	/* Each is an ID mapping of the table: no use to hold more of them. */
	if (ids > IORT_LENGTH_MAX / sizeof(struct iort_id_mapping) - w->id_count)
		return sdt_fault(f, -E2BIG, 0,
				 "more ranges of streams than a table can have");
	if (ids > w->id_room - w->id_count) {
		u32 room = 2 * (w->id_count + ids);
		struct rmr_ids *more = env_alloc(room, sizeof(*more));

		if (!more)
			return no_memory(f);
		if (w->id_count)
			memcpy(more, p->id, w->id_count * sizeof(*more));
		env_free(p->id);
		p->id = more;
		w->id_room = room;
	}
	memcpy(&p->id[w->id_count], id, ids * sizeof(*id));
	w->id_count += ids;
	return 0;
}

/* A piece that @ids stream IDs want goes to the node that has just these. */
static int add_piece(struct rmr_plan *p, struct pieces *w,
		     const struct rmr_rect *like, u32 first_node, u64 from,
		     u64 to, u32 ids, struct acpi_fault *f)
{
	const u64 start = from * IORT_RMR_GRANULE;
	const u64 last = (to - 1) * IORT_RMR_GRANULE + (IORT_RMR_GRANULE - 1);
	struct rmr_range *before = NULL;
	u32 i;
	int ret;

	if (w->range_count)
		before = &p->range[w->range_count - 1];
	if (before && before->node >= first_node && before->last + 1 == start &&
	    has_ids(p, &p->node[before->node], w->id, ids)) {
		before->last = last;
		return 0;
	}
	for (i = first_node; i < p->nodes; i++) {
		ret = work(&w->done, 1, f);
		if (ret)
			return ret;
		if (has_ids(p, &p->node[i], w->id, ids))
			break;
	}
	if (i == p->nodes) {
		p->node[i] = (struct rmr_node){
			.smmu = like->smmu, .flags = like->flags,
			.id = w->id_count, .ids = ids,
		};
		ret = keep_ids(p, w, w->id, ids, f);
		if (ret)
			return ret;
		p->nodes++;
	}
	p->range[w->range_count++] = (struct rmr_range){
		.node = i, .start = start, .last = last,
	};
	return 0;
}

/* The nodes of @count rectangles of one SMMU and flags, sorted by start. */
static int plan_some(struct rmr_plan *p, struct pieces *w,
		     const struct rmr_rect *rect, u32 count,
		     struct acpi_fault *f)
{
	const u32 first_node = p->nodes;
	u32 edges = 0, i, k, ids;
	int ret;

	for (i = 0; i < count; i++) {
		w->edge[edges++] = granule(rect[i].start);
		w->edge[edges++] = granule(rect[i].last) + 1;
	}
	env_sort(w->edge, edges, sizeof(*w->edge), by_value);
	for (k = 0; k + 1 < edges; k++) {
		if (w->edge[k] == w->edge[k + 1])
			continue;
		ids = 0;
		for (i = 0; i < count; i++) {
			if (granule(rect[i].start) > w->edge[k])
				break;
			if (granule(rect[i].last) < w->edge[k])
				continue;
			w->id[ids].first = rect[i].id_first;
			w->id[ids++].last = rect[i].id_last;
		}
		ret = work(&w->done, i + 1, f);
		if (ret)
			return ret;
		if (!ids)
			continue;
		ids = merge_ids(w->id, ids);
		ret = add_piece(p, w, rect, first_node, w->edge[k],
				w->edge[k + 1], ids, f);
		if (ret)
			return ret;
	}
	return 0;
}

/* Ranges were added by address: put those of a node together. */
static void settle(struct rmr_plan *p, u32 count)
{
	u32 i;

	env_sort(p->range, count, sizeof(*p->range), by_node);
	for (i = 0; i < count; i++) {
		struct rmr_node *n = &p->node[p->range[i].node];

		if (!n->ranges++)
			n->range = i;
	}
}

/**
 * rmr_plan_make() - work out the nodes
 * @p: the plan; ends with rmr_plan_free(), also on failure
 * @rects: what is wanted, in whole granules; is sorted
 * @r: on failure says which wishes it is about
 * @f: where to note an error
 *
 * Return: 0; -EINVAL where a stream's rectangles overlap and have other flags;
 * -ENOMEM or -E2BIG.
 */
int rmr_plan_make(struct rmr_plan *p, struct rmr_rects *rects,
		  struct iort_overlay_result *r, struct acpi_fault *f)
{
	struct pieces w = { .edge = NULL };
	u32 i, n;
	int ret;

	*p = (struct rmr_plan){ .node = NULL };
	if (!rects->count)
		return 0;
	ret = check_flags(rects, &w.done, r, f);
	if (ret)
		return ret;

	/* Between the edges of n rectangles there are fewer than 2n pieces. */
	p->node = env_alloc(2 * (size_t)rects->count, sizeof(*p->node));
	p->range = env_alloc(2 * (size_t)rects->count, sizeof(*p->range));
	w.edge = env_alloc(2 * (size_t)rects->count, sizeof(*w.edge));
	w.id = env_alloc(rects->count, sizeof(*w.id));
	if (!p->node || !p->range || !w.edge || !w.id) {
		ret = no_memory(f);
		goto out;
	}

	env_sort(rects->r, rects->count, sizeof(*rects->r), by_flags);
	for (i = 0; i < rects->count && !ret; i += n) {
		const struct rmr_rect *rect = &rects->r[i];

		for (n = 1; i + n < rects->count; n++)
			if (rect[n].smmu != rect->smmu ||
			    rect[n].flags != rect->flags)
				break;
		ret = plan_some(p, &w, rect, n, f);
	}
	if (!ret)
		settle(p, w.range_count);
out:
	env_free(w.edge);
	env_free(w.id);
	return ret;
}

/**
 * rmr_plan_free() - give a plan back
 * @p: the plan
 */
void rmr_plan_free(struct rmr_plan *p)
{
	env_free(p->node);
	env_free(p->id);
	env_free(p->range);
	*p = (struct rmr_plan){ .node = NULL };
}
