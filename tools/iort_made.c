// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_made.c - an I/O Remapping Table that was made, told of
 */
#include "iort_made.h"
#include "../acpi/overlay.h"

#include <inttypes.h>

struct saying {
	FILE *to;
	struct iort_table t;
	u32 first;
};

static void say_ids(const struct saying *s, u32 off)
{
	u32 count = get_le32(iort_node_at(&s->t, off)->mapping_count);
	u32 i;

	for (i = 0; i < count; i++) {
		const struct iort_id_mapping *m = iort_mapping_at(&s->t, off, i);
		u32 smmu = get_le32(m->output_reference);
		u32 first = get_le32(m->output_base);
		u32 more = get_le32(m->id_count);

		if (!i)
			fprintf(s->to, " SMMU node %u, streams",
				iort_node_index(&s->t, smmu));
		fprintf(s->to, "%s 0x%x", i ? "," : "", first);
		if (more)
			fprintf(s->to, "-0x%x", first + more);
	}
}

static int say_node(void *ctx, u32 index, u32 off)
{
	static const char * const attributes[] = {
		"device nGnRnE", "device nGnRE", "device nGRE", "device GRE",
		"normal non-cacheable", "normal write-back",
	};
	const struct saying *s = ctx;
	const struct iort_rmr *rmr = (const void *)iort_node_at(&s->t, off);
	u32 flags, attribute, i;

	if (index < s->first || rmr->node.type != IORT_RMR)
		return 0;
	flags = get_le32(rmr->flags);
	attribute = flags / IORT_RMR_ATTR(1) & 0xff;
	fprintf(s->to, "RMR node %u at 0x%x:", index, off);
	say_ids(s, off);
	for (i = 0; i < iort_rmr_range_count(&s->t, off); i++) {
		const struct iort_rmr_range *r = iort_rmr_range_at(&s->t, off, i);
		u64 start = get_le64(r->base);

		fprintf(s->to, "%s 0x%" PRIx64 "-0x%" PRIx64, i ? "," : ":",
			start, start + get_le64(r->length) - 1);
	}
	fprintf(s->to, "; remapping %spermitted%s, %s\n",
		flags & IORT_RMR_F_REMAP ? "" : "not ",
		flags & IORT_RMR_F_PRIVILEGED ? ", privileged" : "",
		attribute < ARRAY_SIZE(attributes) ? attributes[attribute] :
						     "unknown attribute");
	return 0;
}

void iort_made_say(FILE *to, const u8 *table, u32 length, u32 first)
{
	struct saying s = { .to = to, .first = first };
	struct acpi_fault f;

	if (!iort_open(&s.t, table, length, &f))
		iort_for_each_node(&s.t, say_node, &s);
}
