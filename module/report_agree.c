// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_agree.c - does everybody act on the answer that is published?
 *
 * Per group: the IOMMU core (sysfs, and whoever asks from now on), VFIO with
 * iommufd, and host DMA; groups.c says how that is known. Also which state a
 * group answers with, and why not with that of now.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/mm.h>
#include <linux/slab.h>

#include "devices.h"
#include "report.h"

/* Most regions that are named as missing; the rest is counted. */
#define RESV_MISSING_MAX	64

/**
 * struct resv_agreement - one of those who act on an answer
 * @state: the word for it
 * @last: where that is "unknown": what it was when it was last seen, or %NULL
 * @reason: why, or %NULL
 * @next: what to do, or %NULL
 * @missing: regions that are published and not kept
 * @count: how many there are
 */
struct resv_agreement {
	const char *state;
	const char *last;
	const char *reason;
	char *next;
	struct resv_said *missing;
	u32 count;
};

/**
 * struct resv_agreements - all of them, of one group
 * @use: who has been answered what
 * @snap: the group
 * @said: what is published, a normal list
 * @count: how many
 * @sysfs: the IOMMU core
 * @vfio: VFIO and iommufd
 * @host: host DMA
 * @pending: what the group gets when it is no longer in use: its regions are
 *	"missing"
 */
struct resv_agreements {
	struct resv_use use;
	const struct resv_snapshot *snap;
	struct resv_said *said;
	u32 count;
	struct resv_agreement sysfs;
	struct resv_agreement vfio;
	struct resv_agreement host;
	struct resv_agreement pending;
};

static enum iommu_resv_type resv_type_of(enum quirk_type type)
{
	return resv_kernel_type(type);
}

static int resv_agree_room(struct resv_agreement *a)
{
	a->missing = kvcalloc(RESV_MISSING_MAX, sizeof(*a->missing),
			      GFP_KERNEL);
	return a->missing ? 0 : -ENOMEM;
}

/* Which of the regions that are published a list lacks; for host DMA, or not. */
static int resv_agree_missing(struct resv_agreement *a,
			      const struct resv_agreements *all,
			      const struct resv_answer *have, bool host)
{
	int ret = resv_agree_room(a);

	if (ret)
		return ret;
	a->count = resv_said_missing(all->said, all->count, !host, have->said,
				     have->count, all->snap->kept,
				     host ? all->snap->kept_count : 0,
				     a->missing, RESV_MISSING_MAX);
	return 0;
}

/* Does a list say more than is published? */
static bool resv_agree_more(const struct resv_agreements *all,
			    const struct resv_answer *have, bool host)
{
	return resv_said_missing(have->said, have->count, !host, all->said,
				 all->count, NULL, 0, NULL, 0);
}

static int resv_agree_pending(struct resv_agreements *all)
{
	const struct resv_answer *pending = all->snap->pending;
	struct resv_agreement *a = &all->pending;
	int ret;

	if (!pending)
		return 0;
	ret = resv_agree_room(a);
	if (ret)
		return ret;
	a->count = resv_said_missing(pending->said, pending->count, true,
				     all->said, all->count, NULL, 0,
				     a->missing, RESV_MISSING_MAX);
	return 0;
}

static void resv_agree_sysfs(struct resv_agreements *all)
{
	struct resv_agreement *a = &all->sysfs;

	a->state = all->snap->differs ? "differs" : "agrees";
	if (!all->snap->differs)
		return;
	if (all->use.covered || !all->snap->state->enforcing) {
		a->reason = "the list of the group is not the one that the lists of its devices make: the machine is changing";
		a->next = kasprintf(GFP_KERNEL, "read again");
	} else {
		a->reason = "the driver of its IOMMU is not hooked (see the kernel's log): it answers with its own regions";
		a->next = kasprintf(GFP_KERNEL, "load iommu_resv again, now that this driver is there");
	}
}

static int resv_agree_vfio(struct resv_agreements *all)
{
	struct resv_agreement *a = &all->vfio;
	const struct resv_use *use = &all->use;
	int ret;

	if (!use->device) {
		a->state = "free";
		return 0;
	}
	if (!use->claimed) {
		/* It came into use between two looks of this report. */
		a->state = "unknown";
		a->reason = "the group is just being taken";
		a->next = kasprintf(GFP_KERNEL, "read again");
		return 0;
	}
	ret = resv_agree_missing(a, all, use->claimed, false);
	if (ret)
		return ret;
	a->state = "agrees";
	if (a->count || resv_agree_more(all, use->claimed, false)) {
		a->state = "older";
		a->reason = "who attached the group before the answer changed has the older one until it asks again";
		a->next = kasprintf(GFP_KERNEL, "end its user, then unbind %s from %s and bind it again",
				    use->device, use->driver);
	} else if (all->snap->changed) {
		a->reason = "the machine has changed since the group came into use: its answer is held, and another one holds afterwards";
		a->next = kasprintf(GFP_KERNEL, "unbind %s from %s",
				    use->device, use->driver);
	}
	return 0;
}

/*
 * A group's type may be written while no driver uses its domain. The present
 * type makes no new domain; from DMA to DMA-FQ there is none either, back there
 * is (iommu.c: iommu_group_store_type(), in 6.1, 6.12 and 7.3). On that way the
 * device is translated all the time.
 */
static char *resv_next_domain(const struct resv_snapshot *snap)
{
	return kasprintf(GFP_KERNEL, "unbind the drivers of the group, write %s to /sys/kernel/iommu_groups/%d/type, bind them again; where the kernel refuses that (6.1 for groups of several devices), load iommu_resv before they are bound",
			 snap->domain_fq ? "DMA and then DMA-FQ" :
					   "DMA-FQ and then DMA", snap->id);
}

static int resv_agree_host(struct resv_agreements *all)
{
	const struct resv_snapshot *snap = all->snap;
	struct resv_agreement *a = &all->host;
	const char *word = NULL;
	int ret;

	if (snap->sight == RESV_SIGHT_IDENTITY) {
		a->state = "untranslated";
		a->reason = "addresses of host DMA are physical ones: nobody hands them out";
		return 0;
	}
	if (all->use.domain && all->use.host) {
		ret = resv_agree_missing(a, all, all->use.host, true);
		if (ret)
			return ret;
		word = a->count || resv_agree_more(all, all->use.host, true) ?
		       "stale" : "agrees";
	}
	if (snap->sight == RESV_SIGHT_DMA && snap->domain == all->use.domain &&
	    word) {
		a->state = word;
		if (*word != 's')
			return 0;
		a->reason = "its domain is older than the answer, or may be";
		a->next = resv_next_domain(snap);
		return 0;
	}
	a->state = "unknown";
	a->last = word;
	switch (snap->sight) {
	case RESV_SIGHT_OWNED:
		a->reason = "somebody has taken the group: host DMA's domain is not to be seen";
		break;
	case RESV_SIGHT_NONE:
		a->reason = "the group has no domain";
		break;
	case RESV_SIGHT_DMA:
	case RESV_SIGHT_IDENTITY:
		a->reason = "its domain has just been made";
		a->last = NULL;
		a->count = 0;
		a->next = kasprintf(GFP_KERNEL, "read again");
		break;
	}
	return 0;
}

static void resv_agreement_free(struct resv_agreement *a)
{
	kfree(a->next);
	kvfree(a->missing);
}

static void resv_agreements_put(struct resv_agreements *all)
{
	resv_agreement_free(&all->sysfs);
	resv_agreement_free(&all->vfio);
	resv_agreement_free(&all->host);
	resv_agreement_free(&all->pending);
	resv_use_put(&all->use);
	kvfree(all->said);
}

static int resv_agreements_get(struct resv_agreements *all,
			       const struct resv_snapshot *snap,
			       struct iommu_group *group)
{
	u32 i;
	int ret;

	memset(all, 0, sizeof(*all));
	all->snap = snap;
	ret = resv_use_get(group, &all->use);
	/* Its last device is gone: what the snapshot has is all there is. */
	if (ret && ret != -ENOENT)
		return ret;
	all->said = kvcalloc(snap->count + 1, sizeof(*all->said), GFP_KERNEL);
	if (!all->said) {
		resv_use_put(&all->use);
		return -ENOMEM;
	}
	for (i = 0; i < snap->count; i++) {
		all->said[i].start = snap->regions[i].start;
		all->said[i].last = snap->regions[i].last;
		all->said[i].type = resv_quirk_type(snap->regions[i].type);
	}
	all->count = resv_said_normalise(all->said, snap->count);

	resv_agree_sysfs(all);
	ret = resv_agree_vfio(all);
	if (!ret)
		ret = resv_agree_host(all);
	if (!ret)
		ret = resv_agree_pending(all);
	if (ret)
		resv_agreements_put(all);
	return ret;
}

/* As JSON. */

static void put_json_or_null(struct resv_text *t, const char *name,
			     const char *value)
{
	if (value)
		put_member(t, name, value);
	else
		put(t, "\"%s\":null", name);
}

/* The regions of an agreement, as elements of an array. */
static void put_json_missing(struct resv_text *t,
			     const struct resv_agreement *a)
{
	bool first = true;
	u32 i;

	for (i = 0; i < a->count && i < RESV_MISSING_MAX; i++) {
		put_comma(t, &first);
		put(t, "{\"start\":\"0x%llx\",\"last\":\"0x%llx\",\"type\":\"%s\"}",
		    a->missing[i].start, a->missing[i].last,
		    resv_type_name(resv_type_of(a->missing[i].type)));
	}
}

static void put_json_agree(struct resv_text *t, const char *name,
			   const struct resv_agreement *a)
{
	put(t, "\"%s\":{\"state\":\"%s\",", name, a->state);
	put_json_or_null(t, "last", a->last);
	put(t, ",\"missing_count\":%u,\"missing\":[", a->count);
	put_json_missing(t, a);
	put(t, "],");
	put_json_or_null(t, "reason", a->reason);
	put(t, ",");
	put_json_or_null(t, "next", a->next);
	put(t, "}");
}

/**
 * put_json_agreement() - add whether everybody acts on what is published
 * @t: the text
 * @snap: the group
 * @group: the group
 *
 * Context: may sleep; the caller holds resv_srcu. Takes resv_devices_lock.
 * Return: 0 or -ENOMEM.
 */
int put_json_agreement(struct resv_text *t, const struct resv_snapshot *snap,
		       struct iommu_group *group)
{
	struct resv_agreements all;
	int ret;

	ret = resv_agreements_get(&all, snap, group);
	if (ret)
		return ret;
	put(t, "\"agreement\":{");
	put_json_agree(t, "sysfs", &all.sysfs);
	put(t, ",\n");
	put_json_agree(t, "vfio", &all.vfio);
	put(t, ",\n");
	put_json_agree(t, "host_dma", &all.host);
	put(t, ",\n\"pending_count\":%u,\"pending\":[", all.pending.count);
	put_json_missing(t, &all.pending);
	put(t, "]}");
	resv_agreements_put(&all);
	return 0;
}

/*
 * Does a group answer with another state than that of now because it is in use?
 * Where it is not in use any more it is about to get that of now.
 */
static bool resv_is_frozen(const struct resv_snapshot *snap,
			   const struct resv_use *use)
{
	return snap->state != resv_state_now() && use->device && use->frozen;
}

/* What has to happen for a frozen group to get the answer of now. */
static char *resv_next_thaw(const struct resv_use *use)
{
	return kasprintf(GFP_KERNEL, "unbind %s from %s%s", use->device,
			 use->driver, use->frozen == RESV_CHANGE_LOAD ?
			 ", or load iommu_resv before it is bound" : "");
}

/**
 * put_frozen() - add why a group does not answer with the state of now
 * @t: the text
 * @snap: the group
 * @group: the group
 *
 * As a JSON member; null where it does, or is about to.
 *
 * Context: may sleep; the caller holds resv_srcu. Takes resv_devices_lock.
 * Return: 0 or -ENOMEM.
 */
int put_frozen(struct resv_text *t, const struct resv_snapshot *snap,
	       struct iommu_group *group)
{
	struct resv_use use;
	char *next;
	int ret;

	put(t, "\"frozen\":");
	ret = resv_use_get(group, &use);
	if (ret && ret != -ENOENT)
		return ret;
	if (!resv_is_frozen(snap, &use)) {
		put(t, "null");
		resv_use_put(&use);
		return 0;
	}
	if (snap->state->table.image)
		put(t, "{\"serial\":%llu,", snap->state->table.serial);
	else
		put(t, "{\"serial\":null,");
	put_member(t, "by", use.device);
	put(t, ",");
	put_member(t, "driver", use.driver);
	put(t, ",");
	next = resv_next_thaw(&use);
	put_json_or_null(t, "next", next);
	t->failed |= !next;
	kfree(next);
	put(t, ",\"since\":\"%s\",\"generation\":%llu}",
	    resv_change_word(use.frozen), snap->state->generation);
	resv_use_put(&use);
	return 0;
}

/* As text. */

static void put_missing(struct resv_text *t, const char *name,
			const struct resv_agreement *a)
{
	u32 i;

	for (i = 0; i < a->count && i < RESV_MISSING_MAX; i++)
		put(t, "%s: 0x%016llx 0x%016llx %s\n", name,
		    a->missing[i].start, a->missing[i].last,
		    resv_type_name(resv_type_of(a->missing[i].type)));
	if (a->count > RESV_MISSING_MAX)
		put(t, "%s-count: %u\n", name, a->count);
}

static void put_agree(struct resv_text *t, const char *name,
		      const char *missing, const struct resv_agreement *a)
{
	put(t, "%s: %s\n", name, a->state);
	if (a->last)
		put(t, "%s-last: %s\n", name, a->last);
	put_missing(t, missing, a);
	if (a->reason)
		put(t, "%s-reason: %s\n", name, a->reason);
	if (a->next)
		put(t, "%s-next: %s\n", name, a->next);
}

static void put_serial(struct resv_text *t, const struct resv_state *state)
{
	if (state->table.image)
		put(t, "serial: %llu\n", state->table.serial);
	else
		put(t, "serial: none\n");
}

static int put_group_state(struct resv_text *t,
			   const struct resv_snapshot *snap,
			   struct iommu_group *group)
{
	struct resv_agreements all;
	char *next;
	int ret;

	ret = resv_agreements_get(&all, snap, group);
	if (ret)
		return ret;
	if (!resv_is_frozen(snap, &all.use)) {
		put(t, "current\n");
		put_serial(t, snap->state);
	} else {
		put(t, "frozen\n");
		put_serial(t, snap->state);
		next = resv_next_thaw(&all.use);
		put(t, "by: %s\ndriver: %s\nnext: %s\nsince: %s\n",
		    all.use.device, all.use.driver, next ?: "",
		    resv_change_word(all.use.frozen));
		t->failed |= !next;
		kfree(next);
	}
	put(t, "generation: %llu\n", snap->state->generation);
	put_agree(t, "sysfs", "sysfs-missing", &all.sysfs);
	put_agree(t, "vfio", "vfio-missing", &all.vfio);
	put_agree(t, "host-dma", "host-dma-missing", &all.host);
	put_missing(t, "pending", &all.pending);
	resv_agreements_put(&all);
	return 0;
}

/**
 * resv_report_group_state() - what answers for a group, and who acts on it
 * @t: receives it
 * @object: struct resv_group
 *
 * The first word is "current" or "frozen"; then lines of "key: value".
 *
 * Return: 0 or an error.
 */
int resv_report_group_state(struct resv_text *t, void *object)
{
	const struct resv_group *rg = object;
	struct resv_snapshot snap;
	int idx, ret;

	resv_devices_refresh();
	resv_doorbells_look();
	idx = srcu_read_lock(&resv_srcu);
	ret = resv_snapshot_take(&snap, rg->group, NULL);
	if (!ret) {
		ret = put_group_state(t, &snap, rg->group);
		resv_snapshot_drop(&snap);
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}
