// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_msi.c - how devices' MSIs travel, as text and JSON
 *
 * The group's regions are those of a snapshot; the rest is looked at after it,
 * without group->mutex (msi.h).
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/slab.h>

#include "msi.h"
#include "report.h"

/* Bytes of an MSI: a DWORD (PCI Local Bus 3.0, section 6.8.1). */
#define MSI_LENGTH	4

/**
 * resv_msi_fill() - look how the MSIs of a snapshot's devices travel
 * @snap: a snapshot; what is found is freed with it
 * @group: its group, referenced by the caller
 *
 * Context: as resv_msi_look().
 * Return: 0 or -ENOMEM.
 */
int resv_msi_fill(struct resv_snapshot *snap, struct iommu_group *group)
{
	struct resv_snap_device *sd;

	list_for_each_entry(sd, &snap->devices, node) {
		sd->msi = kzalloc(sizeof(*sd->msi), GFP_KERNEL);
		if (!sd->msi)
			return -ENOMEM;
		resv_msi_look(sd->msi, sd->dev, group);
	}
	return 0;
}

/* Does a list keep guests and the kernel's DMA off an MSI's address? */
static bool is_kept_off(const struct resv_snap_device *sd, u64 address)
{
	u64 at = address;
	u32 i;

	/* Regions are sorted by address; two that touch may hold it together. */
	for (i = 0; i < sd->count; i++) {
		const struct resv_snap_region *r = &sd->regions[i];

		if (r->type != IOMMU_RESV_RESERVED && r->type != IOMMU_RESV_MSI)
			continue;
		if (r->start > at || r->last < at)
			continue;
		if (r->last - at >= address + MSI_LENGTH - 1 - at)
			return true;
		at = r->last + 1;
	}
	return false;
}

static bool is_in_msi(const struct resv_snap_device *sd, u64 address)
{
	u32 i;

	for (i = 0; i < sd->count; i++)
		if (sd->regions[i].type == IOMMU_RESV_MSI &&
		    sd->regions[i].start <= address &&
		    sd->regions[i].last >= address)
			return true;
	return false;
}

/* See struct resv_consume_device. A doorbell in no such region is translated. */
static enum resv_tri msi_bypass(const struct resv_snap_device *sd)
{
	const struct resv_msi *msi = sd->msi;
	u32 i, n = 0;

	for (i = 0; i < sd->count; i++)
		n += sd->regions[i].type == IOMMU_RESV_MSI;
	if (!n)
		return RESV_NO;
	if (!msi->doorbell_known)
		return RESV_UNKNOWN;
	return is_in_msi(sd, msi->doorbell) ? RESV_YES : RESV_NO;
}

static struct resv_consume_list count_msi(const struct resv_snap_region *r,
					  u32 count, bool *direct)
{
	struct resv_consume_list list = {};
	u32 i;

	for (i = 0; i < count; i++) {
		list.msi += r[i].type == IOMMU_RESV_MSI;
		list.sw_msi += r[i].type == IOMMU_RESV_SW_MSI;
		*direct |= r[i].type == IOMMU_RESV_DIRECT;
	}
	return list;
}

static const struct resv_consume_kernel this_kernel = {
	.type1 = IS_ENABLED(CONFIG_VFIO_IOMMU_TYPE1),
	.iommufd = IS_ENABLED(CONFIG_IOMMUFD),
	.refuses_no_cookie = RESV_KERNEL_REFUSES_NO_COOKIE,
	.refuses_direct = RESV_KERNEL_REFUSES_DIRECT,
};

static void consume(const struct resv_snapshot *snap,
		    const struct resv_snap_device *sd,
		    struct resv_consumed *type1, struct resv_consumed *iommufd)
{
	const struct resv_msi *msi = sd->msi;
	struct resv_consume_device d = {
		.path = msi->path,
		.swallowed = msi->swallowed,
		.bypass = msi_bypass(sd),
		.isolated = msi->isolated,
		.coherent = msi->coherent,
		.direct = msi->direct,
	};
	bool direct = false;

	d.group = count_msi(snap->regions, snap->count, &direct);
	d.own = count_msi(sd->regions, sd->count, &direct);
	/* Where the kernel does not keep that, what the lists say has to do. */
	if (!RESV_KERNEL_REFUSES_DIRECT)
		d.direct = direct ? RESV_UNKNOWN : RESV_NO;
	*type1 = resv_consume_type1(&this_kernel, &d);
	*iommufd = resv_consume_iommufd(&this_kernel, &d);
}

/**
 * struct resv_msi_window - the software MSI window of a device
 * @region: the window
 * @from: who says so
 * @ref: the rule that does; or %NULL
 */
struct resv_msi_window {
	const struct resv_snap_region *region;
	const char *from;
	const struct resv_rule_ref *ref;
};

static bool meets(const struct resv_snap_region *region, u64 start, u64 last)
{
	return start <= region->last && region->start <= last;
}

static const struct resv_rule_ref *
window_rule(const struct resv_snapshot *snap, const struct resv_snap_device *sd,
	    const struct resv_snap_region *region)
{
	u32 i, k;

	for (i = 0; i < sd->rule_count; i++) {
		const struct resv_snap_rule *rule = &sd->rules[i];
		const u8 *record;

		if (rule->verdict.outcome != RESV_ENFORCED)
			continue;
		record = quirk_rule_at(&snap->state->table, rule->ref->rule);
		if (record[QUIRK_RULE_TYPE] != QUIRK_TYPE_SW_MSI)
			continue;
		for (k = 0; k < rule->count; k++)
			if (meets(region, rule->ranges[k].start,
				  rule->ranges[k].last))
				return rule->ref;
	}
	return NULL;
}

/* False where the device's list has no such window. */
static bool find_window(const struct resv_snapshot *snap,
			const struct resv_snap_device *sd,
			struct resv_msi_window *w)
{
	u32 i;

	*w = (struct resv_msi_window){ .from = "unknown" };
	for (i = 0; i < sd->count && !w->region; i++)
		if (sd->regions[i].type == IOMMU_RESV_SW_MSI)
			w->region = &sd->regions[i];
	if (!w->region)
		return false;
	for (i = 0; i < sd->drivers; i++) {
		if (sd->driver[i].type == IOMMU_RESV_SW_MSI &&
		    sd->fate[i] != RESV_FATE_REMOVE &&
		    meets(w->region, sd->driver[i].start, sd->driver[i].last)) {
			w->from = "driver";
			return true;
		}
	}
	w->ref = window_rule(snap, sd, w->region);
	if (w->ref)
		w->from = "rule";
	else if (sd->window && sd->window->used)
		w->from = window_from_word(sd->window->from);
	return true;
}

static const char *tri_word(enum resv_tri tri)
{
	switch (tri) {
	case RESV_NO:
		return "no";
	case RESV_YES:
		return "yes";
	case RESV_UNKNOWN:
		break;
	}
	return "unknown";
}

/**
 * resv_tri_json() - an answer that may be unknown, in JSON
 * @tri: the answer
 *
 * Return: the literal.
 */
const char *resv_tri_json(enum resv_tri tri)
{
	switch (tri) {
	case RESV_NO:
		return "false";
	case RESV_YES:
		return "true";
	case RESV_UNKNOWN:
		break;
	}
	return "null";
}

static void put_doorbells(struct resv_text *t, const struct resv_msi *msi)
{
	unsigned int i;

	for (i = 0; i < msi->messages.count; i++) {
		const struct resv_message *m = &msi->messages.message[i];

		if (!m->translated)
			put(t, "doorbell: 0x%llx\n", m->address);
		else if (m->physical_known)
			put(t, "doorbell: 0x%llx, at IOVA 0x%llx\n",
			    m->physical, m->address);
		else
			put(t, "doorbell: unknown, at IOVA 0x%llx\n",
			    m->address);
	}
	if (msi->messages.more)
		put(t, "doorbell: unknown (there are more than these)\n");
	if (!msi->messages.count)
		put(t, "doorbell: %s (%s)\n",
		    msi->path == RESV_MSI_PATH_NONE ? "none" : "unknown",
		    msi->messages_why);
}

static void put_its(struct resv_text *t, const struct resv_msi *msi)
{
	u32 i;

	for (i = 0; i < msi->its_count; i++) {
		const struct resv_its_parent *its = &msi->its[i];

		put(t, "its: 0x%llx", its->base);
		if (its->has_id)
			put(t, ", id %u", its->id);
		if (*its->node)
			put(t, ", %s", its->node);
		put(t, "\n");
	}
	if (msi->controller == RESV_MSI_ITS && msi->its_why)
		put(t, "its: unknown (%s)\n", msi->its_why);
}

static void put_msi(struct resv_text *t, const struct resv_snapshot *snap,
		    const struct resv_snap_device *sd)
{
	const struct resv_msi *msi = sd->msi;
	struct resv_consumed type1, iommufd;
	struct resv_msi_window w;

	put(t, "controller: %s (%s)\n",
	    resv_msi_controller_word(msi->controller), msi->evidence);
	if (*msi->name)
		put(t, "controller-name: %s\n", msi->name);
	put(t, "path: %s\npath-why: %s\n", resv_msi_path_word(msi->path),
	    msi->path_why);
	if (msi->bits)
		put(t, "address-bits: %u\n", msi->bits);
	else
		put(t, "address-bits: unknown\n");
	put_doorbells(t, msi);
	put_its(t, msi);
	put(t, "isolated: %s\nisolated-why: %s\n", tri_word(msi->isolated),
	    msi->isolated_why);
	if (find_window(snap, sd, &w)) {
		put(t, "window: 0x%llx-0x%llx, %s", w.region->start,
		    w.region->last, w.from);
		if (w.ref) {
			put(t, " ");
			put_rule_name(t, snap->state, w.ref);
		}
		put(t, "\n");
	} else {
		put(t, "window: none\n");
	}
	consume(snap, sd, &type1, &iommufd);
	put(t, "type1: %s\ntype1-why: %s\n", resv_consume_word(type1.word),
	    type1.why);
	put(t, "iommufd: %s\niommufd-why: %s\n",
	    resv_consume_word(iommufd.word), iommufd.why);
}

static void put_or_null(struct resv_text *t, const char *name, const char *value)
{
	if (value && *value)
		put_member(t, name, value);
	else
		put(t, "\"%s\":null", name);
}

static void put_json_doorbells(struct resv_text *t, const struct resv_msi *msi)
{
	bool first = true;
	unsigned int i;

	put(t, "\"doorbells\":[");
	for (i = 0; i < msi->messages.count; i++) {
		const struct resv_message *m = &msi->messages.message[i];

		put_comma(t, &first);
		put(t, "{\"translated\":%s,", m->translated ? "true" : "false");
		if (m->translated)
			put(t, "\"iova\":\"0x%llx\",", m->address);
		else
			put(t, "\"iova\":null,");
		if (!m->translated || m->physical_known)
			put(t, "\"physical\":\"0x%llx\"}",
			    m->translated ? m->physical : m->address);
		else
			put(t, "\"physical\":null,\"why\":\"its domain has nothing there now\"}");
	}
	put(t, "],\"doorbells_complete\":%s,",
	    (msi->messages.count || msi->path == RESV_MSI_PATH_NONE) &&
	    !msi->messages.more ? "true" : "false");
	put_or_null(t, "doorbells_why", msi->messages.more ?
		    "there are more than are shown" : msi->messages_why);
	put(t, ",");
}

static void put_json_its(struct resv_text *t, const struct resv_msi *msi)
{
	bool first = true;
	u32 i;

	put(t, "\"its\":[");
	for (i = 0; i < msi->its_count; i++) {
		const struct resv_its_parent *its = &msi->its[i];

		put_comma(t, &first);
		put(t, "{\"base\":\"0x%llx\",", its->base);
		if (its->has_id)
			put(t, "\"id\":%u,", its->id);
		else
			put(t, "\"id\":null,");
		put_or_null(t, "node", its->node);
		put(t, "}");
	}
	put(t, "],");
	put_or_null(t, "its_why", msi->its_why);
	put(t, ",");
}

static void put_json_consumed(struct resv_text *t, const char *name,
			      const struct resv_consumed *c)
{
	put(t, "\"%s\":{\"verdict\":\"%s\",", name, resv_consume_word(c->word));
	put_member(t, "why", c->why);
	put(t, "}");
}

/**
 * put_json_msi() - add how a device's MSIs travel, as a member of its object
 * @t: the text
 * @snap: the snapshot, filled in by resv_msi_fill()
 * @sd: the device
 */
void put_json_msi(struct resv_text *t, const struct resv_snapshot *snap,
		  const struct resv_snap_device *sd)
{
	const struct resv_msi *msi = sd->msi;
	struct resv_consumed type1, iommufd;
	struct resv_msi_window w;

	put(t, "\"msi\":{\"controller\":\"%s\",",
	    resv_msi_controller_word(msi->controller));
	put_or_null(t, "name", msi->name);
	put(t, ",");
	put_member(t, "evidence", msi->evidence);
	put(t, ",\"path\":\"%s\",", resv_msi_path_word(msi->path));
	put_member(t, "path_why", msi->path_why);
	if (msi->bits)
		put(t, ",\"address_bits\":%u,\"address_bits_why\":null,\n",
		    msi->bits);
	else
		put(t, ",\"address_bits\":null,\"address_bits_why\":\"%s\",\n",
		    msi->controller == RESV_MSI_NONE ? "it has no MSIs" :
		    "the kernel knows it of PCI devices only");
	put_json_doorbells(t, msi);
	put_json_its(t, msi);
	put(t, "\"isolated\":%s,", resv_tri_json(msi->isolated));
	put_member(t, "isolated_why", msi->isolated_why);
	put(t, ",\n\"window\":");
	if (find_window(snap, sd, &w)) {
		put(t, "{\"start\":\"0x%llx\",\"last\":\"0x%llx\",\"from\":\"%s\",\"rule\":",
		    w.region->start, w.region->last, w.from);
		if (w.ref) {
			put(t, "\"");
			put_rule_name(t, snap->state, w.ref);
			put(t, "\"}");
		} else {
			put(t, "null}");
		}
	} else {
		put(t, "null");
	}
	consume(snap, sd, &type1, &iommufd);
	put(t, ",\n");
	put_json_consumed(t, "type1", &type1);
	put(t, ",\n");
	put_json_consumed(t, "iommufd", &iommufd);
	put(t, "}");
}

static void put_raw_hazard(struct resv_text *t,
			   const struct resv_snap_device *sd,
			   const char *why, const char *reason, bool *first)
{
	put_comma(t, first);
	put(t, "{");
	put_member(t, "device", sd->name);
	put(t, ",\"by\":\"live\",\"type\":\"reserved\",");
	put_member(t, "reason", reason);
	put(t, ",\"why\":\"%s\",", why);
}

/**
 * put_msi_hazards() - add the doorbells of a device that nothing keeps guests off
 * @t: the text, inside the array of hazards
 * @sd: the device, of a snapshot filled in by resv_msi_fill()
 * @first: true before the first element
 *
 * No entry is needed for them: the device writes to the address itself, so what
 * a guest has there is lost to it.
 */
void put_msi_hazards(struct resv_text *t, const struct resv_snap_device *sd,
		     bool *first)
{
	const struct resv_msi *msi = sd->msi;
	unsigned int i, raw = 0;

	if (msi->path != RESV_MSI_PATH_RAW)
		return;
	for (i = 0; i < msi->messages.count; i++) {
		const struct resv_message *m = &msi->messages.message[i];
		u64 last = m->address + MSI_LENGTH - 1;

		if (m->translated)
			continue;
		raw++;
		if (is_kept_off(sd, m->address))
			continue;
		put_raw_hazard(t, sd, "raw-doorbell",
			       "The device writes its MSIs to this address whatever the IOMMU maps there, and no region keeps guests off it.",
			       first);
		put(t, "\"start\":\"0x%llx\",\"last\":\"0x%llx\",\"covers_sw_msi\":false}\n",
		    m->address, last);
	}
	if (raw && !msi->messages.more)
		return;
	if (msi->doorbell_known && is_kept_off(sd, msi->doorbell))
		return;
	put_raw_hazard(t, sd, "raw-doorbell-unknown",
		       "The device will write its MSIs to an address whatever the IOMMU maps there, and no message has shown yet which one.",
		       first);
	put(t, "\"start\":null,\"last\":null}\n");
}

/**
 * resv_report_device_msi() - how a device's MSIs travel, as text
 * @t: receives it
 * @object: struct resv_device
 *
 * Context: may sleep; takes group->mutex and others, see resv_msi_look().
 * Return: 0 or an error.
 */
int resv_report_device_msi(struct resv_text *t, void *object)
{
	const struct resv_device *rd = object;
	const struct resv_snap_device *sd;
	struct resv_snapshot snap;
	int idx, ret;

	resv_doorbells_look();
	idx = srcu_read_lock(&resv_srcu);
	/* All of the group: VFIO type1 reads the group's list. */
	ret = resv_snapshot_take(&snap, rd->group->group, NULL);
	if (ret)
		goto out;
	ret = resv_msi_fill(&snap, rd->group->group);
	if (!ret)
		ret = -ENODEV;
	list_for_each_entry(sd, &snap.devices, node) {
		if (ret == -ENODEV && sd->dev == rd->dev) {
			put_msi(t, &snap, sd);
			ret = 0;
		}
	}
	resv_snapshot_drop(&snap);
out:
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}
