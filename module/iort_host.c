// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_host.c - the machine's I/O Remapping Table, with what its board needs
 *
 * The table once more, with corrections of its nodes, and with reserved memory
 * ranges (RMR) for memory that has to be mapped 1:1. An RMR is a request: Linux
 * maps it 1:1 and takes its streams past the SMMU at boot. So of all that rules
 * say only memory that devices are known to use that way becomes one: ranges
 * that enforced rules add as direct or direct-relaxable. A group in use is in it
 * with what it was answered, as in its other files.
 *
 * Made when it is read. The bytes come from the library that the command uses as
 * well (acpi/), so that it makes the same table from a report. What that refuses
 * is an error when the file is opened, and one line in the log.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../acpi/corrected.h"
#include "../acpi/iort_check.h"
#include "../quirks/correct.h"
#include "facts.h"
#include "report.h"

/* How often the table is made anew where answers change meanwhile. */
#define RESV_IORT_TRIES	4

/**
 * struct resv_iort_job - the machine's table in the making
 * @base: the table of now
 * @fix: corrections
 * @fixes: how many
 * @stream: streams that ranges are wanted for
 * @streams: how many
 * @stream_room: room for
 * @rmr: the ranges
 * @rmrs: how many
 * @rmr_room: room for
 */
struct resv_iort_job {
	struct iort_table base;
	struct iort_fix *fix;
	u32 fixes;
	struct iort_streams *stream;
	u32 streams;
	u32 stream_room;
	struct iort_rmr_want *rmr;
	u32 rmrs;
	u32 rmr_room;
};

/**
 * resv_iort_refuse() - say why there is no table
 * @error: the error that the reader of the file gets
 * @fmt: why; one line
 *
 * Return: @error.
 */
int resv_iort_refuse(int error, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	if (error == -ENODEV)
		pr_info_ratelimited("%pV\n", &vaf);
	else
		pr_warn_ratelimited("%pV\n", &vaf);
	va_end(args);
	return error;
}

/**
 * resv_iort_error() - the library's error, for whoever opens a file
 * @error: the error
 *
 * Some would say there that the file is the problem. The log has the reason.
 *
 * Return: the error.
 */
int resv_iort_error(int error)
{
	switch (error) {
	case -ENODEV:
	case -ENOENT:
	case -EEXIST:
	case -ELOOP:
		return -EINVAL;
	default:
		return error;
	}
}

/* An array with room for one more element: this one, or a new one, or NULL. */
static void *resv_iort_room(void *array, u32 count, u32 *room, size_t size)
{
	void *more;

	if (count < *room)
		return array;
	more = kvmalloc_array(2 * *room + 16, size, GFP_KERNEL);
	if (!more)
		return NULL;
	if (count)
		memcpy(more, array, count * size);
	kvfree(array);
	*room = 2 * *room + 16;
	return more;
}

static int resv_job_stream(struct resv_iort_job *job, u32 smmu, u32 id)
{
	struct iort_streams *s;

	s = resv_iort_room(job->stream, job->streams, &job->stream_room,
			   sizeof(*s));
	if (!s)
		return -ENOMEM;
	job->stream = s;
	s += job->streams++;
	s->smmu = smmu;
	s->first = id;
	s->last = id;
	return 0;
}

/**
 * struct resv_iort_search - the search for a device's streams
 * @job: receives them
 * @sd: the device
 * @fixes: how many of the corrections are made
 * @fault: what is wrong with the table
 */
struct resv_iort_search {
	struct resv_iort_job *job;
	const struct resv_snap_device *sd;
	u32 fixes;
	struct acpi_fault fault;
};

static int resv_search_stream(void *ctx, u32 smmu, u32 id)
{
	struct resv_iort_search *search = ctx;

	return resv_job_stream(search->job, smmu, id);
}

static int resv_search_rid(void *ctx, u32 rid)
{
	struct resv_iort_search *search = ctx;
	struct pci_dev *pdev = to_pci_dev(search->sd->dev);

	return iort_corrected_streams(&search->job->base, search->job->fix,
				      search->fixes, pci_domain_nr(pdev->bus),
				      rid, resv_search_stream, search,
				      &search->fault);
}

/* The streams that the table gives a device, behind those of the job. */
static int resv_search(struct resv_iort_search *search)
{
	struct device *dev = search->sd->dev;
	char *path;
	int ret;

	if (dev_is_pci(dev)) {
		ret = fact_for_each_rid(to_pci_dev(dev), resv_search_rid,
					search);
	} else {
		path = resv_firmware_path(dev);
		if (IS_ERR(path))
			return PTR_ERR(path);
		if (!path)
			return resv_iort_refuse(-EINVAL, "iort: %s: the firmware has no object for it",
						search->sd->name);
		ret = iort_for_each_component_stream(&search->job->base, path,
						     resv_search_stream,
						     search, &search->fault);
		kfree(path);
	}
	if (ret && search->fault.what)
		resv_iort_refuse(-EINVAL, "iort: %s: error %d: IORT, offset %u: %s",
				 search->sd->name, ret, search->fault.offset,
				 search->fault.what);
	return resv_iort_error(ret);
}

static bool resv_has_stream(const struct resv_snap_device *sd, u32 id)
{
	u32 i;

	for (i = 0; i < sd->streams; i++)
		if (sd->stream[i] == id)
			return true;
	return false;
}

/*
 * Linux has the streams from the same table, but goes its own way through it.
 * Where the two differ one of them has not understood the table.
 */
static int resv_search_compare(const struct resv_iort_search *search, u32 from)
{
	const struct resv_iort_job *job = search->job;
	const struct resv_snap_device *sd = search->sd;
	u64 base;
	u32 i, k;

	for (i = from; i < job->streams; i++) {
		const struct iort_streams *s = &job->stream[i];

		if (!iort_smmu_base(&job->base, s->smmu, &base) ||
		    !sd->smmu_known || base != sd->smmu_base)
			return resv_iort_refuse(-EINVAL, "iort: %s: the IORT has it behind the SMMU in node %u, offset %u, which is not the one that Linux has it behind",
						sd->name,
						iort_node_index(&job->base,
								s->smmu),
						s->smmu);
		/* Linux takes those of a component's single mappings only. */
		if (dev_is_pci(sd->dev) && !resv_has_stream(sd, s->first))
			return resv_iort_refuse(-EINVAL, "iort: %s: by the IORT it is stream 0x%x too of the SMMU in node %u, offset %u; Linux does not have it so",
						sd->name, s->first,
						iort_node_index(&job->base,
								s->smmu),
						s->smmu);
	}
	for (k = 0; k < sd->streams; k++) {
		for (i = from; i < job->streams; i++)
			if (job->stream[i].first == sd->stream[k])
				break;
		if (i == job->streams)
			return resv_iort_refuse(-EINVAL, "iort: %s: Linux has it as stream 0x%x, which the IORT does not say",
						sd->name, sd->stream[k]);
	}
	if (from == job->streams)
		return resv_iort_refuse(-EINVAL, "iort: %s: neither Linux nor the IORT has a stream of it",
					sd->name);
	return 0;
}

/*
 * The streams that a device is going to have: first those that it has, to be
 * compared with Linux's, then with corrections.
 */
static int resv_job_streams(struct resv_iort_job *job,
			    const struct resv_snap_device *sd)
{
	struct resv_iort_search search = { .job = job, .sd = sd };
	u32 from = job->streams, smmu, i;
	int ret;

	ret = resv_search(&search);
	if (!ret)
		ret = resv_search_compare(&search, from);
	if (ret)
		return ret;
	smmu = job->stream[from].smmu;
	job->streams = from;
	if (dev_is_pci(sd->dev)) {
		search.fixes = job->fixes;
		return resv_search(&search);
	}
	for (i = 0; i < sd->streams && !ret; i++)
		ret = resv_job_stream(job, smmu, sd->stream[i]);
	return ret;
}

/*
 * Is it memory that has to be mapped 1:1, and how? What is not memory has no
 * place in a host's RMR: windows and doorbells are other types.
 */
static bool resv_host_flags(const struct resv_state *state,
			    const struct resv_snap_rule *rule, u32 *flags)
{
	const u8 *r = quirk_rule_at(&state->table, rule->ref->rule);

	if (rule->verdict.outcome != RESV_ENFORCED ||
	    r[QUIRK_RULE_ACTION] != QUIRK_ACTION_ADD)
		return false;
	switch (r[QUIRK_RULE_TYPE]) {
	case QUIRK_TYPE_DIRECT:
		*flags = IORT_RMR_DIRECT;
		return true;
	case QUIRK_TYPE_DIRECT_RELAXABLE:
		*flags = IORT_RMR_DIRECT_RELAXABLE;
		return true;
	default:
		return false;
	}
}

static int resv_job_range(struct resv_iort_job *job,
			  const struct iort_rmr_want *want,
			  const struct resv_snap_device *sd)
{
	struct iort_rmr_want *rmr;

	if (want->last - want->start >= IORT_RMR_LENGTH_MAX)
		return resv_iort_refuse(-E2BIG, "iort: %s: 0x%llx-0x%llx is too long to be mapped 1:1",
					sd->name, want->start, want->last);
	rmr = resv_iort_room(job->rmr, job->rmrs, &job->rmr_room, sizeof(*rmr));
	if (!rmr)
		return -ENOMEM;
	job->rmr = rmr;
	rmr[job->rmrs++] = *want;
	return 0;
}

/* What the rules want of a device's memory. */
static int resv_job_device(struct resv_iort_job *job,
			   const struct resv_state *state,
			   const struct resv_snap_device *sd)
{
	struct iort_rmr_want want = { .stream = job->streams };
	u32 i, k;
	int ret;

	for (i = 0; i < sd->rule_count; i++) {
		const struct resv_snap_rule *rule = &sd->rules[i];

		if (!resv_host_flags(state, rule, &want.flags) || !rule->count)
			continue;
		if (!want.streams) {
			ret = resv_job_streams(job, sd);
			if (ret)
				return ret;
			want.streams = job->streams - want.stream;
		}
		for (k = 0; k < rule->count; k++) {
			want.start = rule->ranges[k].start;
			want.last = rule->ranges[k].last;
			ret = resv_job_range(job, &want, sd);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int resv_job_group(struct resv_iort_job *job, struct iommu_group *group)
{
	const struct resv_snap_device *sd;
	struct resv_snapshot snap;
	int idx, ret;

	idx = srcu_read_lock(&resv_srcu);
	ret = resv_snapshot_take(&snap, group, NULL);
	if (!ret) {
		list_for_each_entry(sd, &snap.devices, node) {
			ret = resv_job_device(job, snap.state, sd);
			if (ret)
				break;
		}
		resv_snapshot_drop(&snap);
	} else if (ret == -ENODEV) {
		/* Its last device has left. */
		ret = 0;
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

static int resv_job_groups(struct resv_iort_job *job)
{
	struct iommu_group **groups;
	unsigned int count, i;
	int ret = 0;

	groups = resv_devices_groups(&count);
	if (IS_ERR(groups))
		return PTR_ERR(groups);
	for (i = 0; i < count && !ret; i++)
		ret = resv_job_group(job, groups[i]);
	resv_devices_put_groups(groups, count);
	return ret;
}

/* The corrections that the policy lets through. */
static int resv_job_fixes(struct resv_iort_job *job)
{
	const struct resv_state *state;
	int idx, ret = 0;
	u32 i;

	idx = srcu_read_lock(&resv_srcu);
	state = resv_state_now();
	job->fix = kvcalloc(state->corrections + 1, sizeof(*job->fix),
			    GFP_KERNEL);
	if (!job->fix)
		ret = -ENOMEM;
	for (i = 0; i < state->corrections && !ret; i++) {
		const struct resv_rule_ref *ref = &state->correction[i];

		if (resv_mode_enforces(ref->mode))
			job->fixes += quirk_correction(&state->table, ref->rule,
						       &job->fix[job->fixes]);
	}
	srcu_read_unlock(&resv_srcu, idx);
	return ret;
}

static void resv_job_drop(struct resv_iort_job *job)
{
	kvfree(job->fix);
	kvfree(job->stream);
	kvfree(job->rmr);
	memset(job, 0, sizeof(*job));
}

/* What is wanted, all of it as it was at one generation. */
static int resv_job_take(struct resv_iort_job *job,
			 const struct iort_table *base)
{
	int tries, ret;
	u64 before;

	for (tries = 0; tries < RESV_IORT_TRIES; tries++) {
		memset(job, 0, sizeof(*job));
		job->base = *base;
		before = resv_generation();
		ret = resv_job_fixes(job);
		if (!ret)
			ret = resv_job_groups(job);
		if (!ret && before == resv_generation())
			return 0;
		resv_job_drop(job);
		if (ret)
			return ret;
	}
	return resv_iort_refuse(-EAGAIN, "iort: answers change all the time: read it again when devices have settled");
}

/**
 * struct resv_iort_find - the search for a defect
 * @fault: it is at this place; %NULL for the first one that there is
 * @defect: the defect, once found
 */
struct resv_iort_find {
	const struct acpi_fault *fault;
	struct iort_defect defect;
};

static void resv_iort_defect(void *ctx, const struct iort_defect *d)
{
	struct resv_iort_find *find = ctx;

	if (d->severity == IORT_ERROR && !find->defect.name &&
	    (!find->fault || find->fault->offset == d->offset))
		find->defect = *d;
}

/*
 * Refuses a table that cannot be read, or that Linux misreads: 0 where it is
 * good, else @error.
 */
static int resv_iort_check(const void *table, size_t size, int error,
			   const struct acpi_fault *fault)
{
	struct resv_iort_find find = { .fault = fault };
	const struct iort_defect *d = &find.defect;

	iort_check_all(table, size, resv_iort_defect, &find);
	if (!d->name && !fault)
		return 0;
	if (!d->name)
		return resv_iort_refuse(error, FW_BUG "iort: the IORT is refused: offset %u: %s",
					fault->offset, fault->what);
	if (d->node == U32_MAX)
		return resv_iort_refuse(error, FW_BUG "iort: the IORT is refused: %s: offset %u: %s",
					d->name, d->offset, d->what);
	return resv_iort_refuse(error, FW_BUG "iort: the IORT is refused: %s: node %u, offset %u: %s",
				d->name, d->node, d->offset, d->what);
}

/* Which wish an error is about, or "". */
static void resv_job_wish(const struct resv_iort_job *job,
			  const struct iort_overlay_result *result, char *text,
			  size_t size)
{
	const struct iort_rmr_want *rmr;

	*text = '\0';
	if (result->fix < job->fixes)
		snprintf(text, size, ": correction of the %s",
			 quirk_correction_name(job->fix[result->fix].kind));
	if (result->want >= job->rmrs)
		return;
	rmr = &job->rmr[result->want];
	snprintf(text, size, ": memory 0x%llx-0x%llx", rmr->start, rmr->last);
}

static int resv_job_build(struct resv_text *t, const struct resv_iort_job *job)
{
	const struct iort_overlay overlay = {
		.streams = job->stream,
		.stream_count = job->streams,
		.rmr = job->rmr,
		.rmr_count = job->rmrs,
		.fix = job->fix,
		.fix_count = job->fixes,
	};
	struct iort_overlay_result result;
	struct acpi_fault fault = {};
	char wish[64];
	u32 length;
	void *out;
	int ret;

	ret = iort_overlay_build(&job->base, &overlay, NULL, 0, &length,
				 &result, &fault);
	if (!ret) {
		out = put_space(t, length);
		if (!out)
			return -ENOMEM;
		ret = iort_overlay_build(&job->base, &overlay, out, length,
					 &length, &result, &fault);
	}
	/* A defect that the corrections are there for has gone by now. */
	if (!ret)
		return resv_iort_check(out, length, -EINVAL, NULL);
	if (ret == -ENOMEM)
		return ret;
	resv_job_wish(job, &result, wish, sizeof(wish));
	return resv_iort_refuse(resv_iort_error(ret),
				"iort: error %d: %s (IORT, offset %u)%s", ret,
				fault.what ?: "it cannot be made",
				fault.offset, wish);
}

/**
 * resv_report_iort() - the machine's IORT, with what its board needs
 * @t: receives it
 * @unused: not used
 *
 * Where nothing is needed, or all is there already, it is the table as it is.
 *
 * Context: may sleep; takes each group->mutex in turn, and none of them while
 * the table is made.
 * Return: 0; -ENODEV where the machine has no IORT; -EINVAL where it has a bad
 * one, or one in which a correction or a device does not find its place; -E2BIG
 * where the table or a range would be too long; -EAGAIN where answers do not
 * stand still; or another error. But for -ENOMEM the log has the reason.
 */
int resv_report_iort(struct resv_text *t, void *unused)
{
#ifdef CONFIG_ACPI
	struct acpi_table_header *raw;
	struct acpi_fault fault = {};
	struct resv_iort_job job;
	struct iort_table base;
	int ret;

	if (acpi_disabled)
		return resv_iort_refuse(-ENODEV, "iort: the machine was not booted with ACPI tables");
	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_IORT, 0, &raw)))
		return resv_iort_refuse(-ENODEV, "iort: the firmware has no IORT");
	ret = iort_open(&base, raw, raw->length, &fault);
	if (ret) {
		ret = resv_iort_check(raw, raw->length, ret, &fault);
		goto out;
	}
	resv_devices_refresh();
	resv_doorbells_look();
	ret = resv_job_take(&job, &base);
	if (ret)
		goto out;
	ret = resv_job_build(t, &job);
	resv_job_drop(&job);
out:
	acpi_put_table(raw);
	return ret;
#else
	return -ENODEV;
#endif
}
