// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_overlay.c - iommu-resv iort overlay
 *
 * The table of a host, with what its board needs: RMR nodes for memory that has
 * to be mapped one to one, and corrections of nodes. From the module's report,
 * live or saved, and from what the operator adds; the same table as the module's
 * own in debugfs.
 *
 * A host's RMR is never made of anything but a rule that adds a direct region:
 * Linux maps what is in one, and a doorbell or a window is not to be mapped.
 */
#include "cmd.h"
#include "iort_made.h"
#include "iort_table.h"
#include "problem.h"
#include "report.h"
#include "write.h"
#include "../acpi/corrected.h"
#include "../acpi/iort_check.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Stream IDs of one device; the node of the SMMU, and the IDs there. */
struct ids {
	struct stream {
		u32 smmu;
		u32 id;
	} *s;
	size_t count;
};

/* A wanted RMR, and what it is called; its streams are of the same index. */
struct wish {
	struct iort_rmr_want want;
	char *name;
};

struct making {
	struct iort_file table;
	const char *report;	/* NULL for none */
	struct report r;
	struct iort_fix *fix;
	char **fix_name;
	size_t fixes;
	struct wish *wish;
	size_t wishes;
	struct iort_streams *stream;
	size_t streams;
	const char *out;
	bool verbose;
};

static char *format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static char *format(const char *format, ...)
{
	va_list args;
	char *text;
	int ret;

	va_start(args, format);
	ret = vasprintf(&text, format, args);
	va_end(args);
	if (ret < 0) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}

/*
 * Streams
 */

static int note_id(void *ctx, u32 smmu, u32 id)
{
	struct ids *ids = ctx;
	size_t i;

	for (i = 0; i < ids->count; i++)
		if (ids->s[i].smmu == smmu && ids->s[i].id == id)
			return 0;
	ids->s = xrealloc(ids->s, (ids->count + 1) * sizeof(*ids->s));
	ids->s[ids->count++] = (struct stream){ .smmu = smmu, .id = id };
	return 0;
}

static bool has_id(const struct ids *ids, u32 smmu, u32 id)
{
	size_t i;

	for (i = 0; i < ids->count; i++)
		if (ids->s[i].smmu == smmu && ids->s[i].id == id)
			return true;
	return false;
}

static bool same_ids(const struct ids *a, const struct ids *b)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (!has_id(b, a->s[i].smmu, a->s[i].id))
			return false;
	return a->count == b->count;
}

/* The streams of a requester: as the table has them, and as it will. */
static int pci_ids(const struct making *m, const char *name, u32 segment,
		   u32 rid, struct ids *now, struct ids *then)
{
	struct acpi_fault f;

	if (iort_for_each_stream(&m->table.t, segment, rid, note_id, now, &f) ||
	    iort_corrected_streams(&m->table.t, m->fix, (u32)m->fixes, segment,
				   rid, note_id, then, &f)) {
		problem("%s: 0x%x: %s (for %s)", m->table.name, f.offset, f.what,
			name);
		return -1;
	}
	return 0;
}

static int component_ids(const struct making *m, const char *path,
			 struct ids *ids)
{
	struct acpi_fault f;

	if (!iort_for_each_component_stream(&m->table.t, path, note_id, ids, &f))
		return 0;
	problem("%s: 0x%x: %s (for %s)", m->table.name, f.offset, f.what, path);
	return -1;
}

/*
 * The stream IDs that Linux gave a device are not more than what the table says
 * of it, but for those of its aliases; which requesters these are no report says.
 */
static int reported_ids(const struct making *m, const struct report_device *d,
			struct ids *ids)
{
	struct ids now = { .s = NULL }, then = { .s = NULL };
	struct ids linux_ids = { .s = NULL };
	int ret = -1;
	size_t i;

	if (!d->streams_known) {
		problem("%s: %s: its stream IDs are not known: an RMR cannot name it",
			m->report, d->name);
		return -1;
	}
	if (d->is_pci)
		ret = pci_ids(m, d->name, d->segment, d->rid, &now, &then);
	else if (d->path)
		ret = component_ids(m, d->path, &now);
	else
		problem("%s: %s: has neither a requester ID nor a path in ACPI: the table cannot name it",
			m->report, d->name);
	if (ret)
		goto out;
	for (i = 0; now.count && i < d->streams; i++)
		note_id(&linux_ids, now.s[0].smmu, d->stream[i]);
	for (i = 0; i < now.count; i++)
		if (!has_id(&linux_ids, now.s[i].smmu, now.s[i].id))
			ret = -1;
	if (!d->is_pci && !same_ids(&now, &linux_ids))
		ret = -1;
	if (ret || !now.count) {
		problem("%s: %s: the table gives it other stream IDs than Linux has: they are not of one machine, or of two states of it",
			m->report, d->name);
		ret = -1;
	} else if (!d->is_pci || same_ids(&now, &then)) {
		*ids = linux_ids;
		linux_ids.s = NULL;
	} else if (same_ids(&now, &linux_ids)) {
		*ids = then;
		then.s = NULL;
	} else {
		problem("%s: %s: has stream IDs of aliases, and a correction gives it others: say with --rmr and --correct what is wanted",
			m->report, d->name);
		ret = -1;
	}
out:
	free(linux_ids.s);
	free(now.s);
	free(then.s);
	return ret;
}

/*
 * Wishes
 */

/* Takes @name. */
static void add_wish(struct making *m, const struct resv_range *range,
		     u32 flags, const struct ids *ids, char *name)
{
	struct wish *wish;
	size_t i;

	m->wish = xrealloc(m->wish, (m->wishes + 1) * sizeof(*m->wish));
	m->stream = xrealloc(m->stream,
			     (m->streams + ids->count + 1) * sizeof(*m->stream));
	wish = &m->wish[m->wishes++];
	*wish = (struct wish){ .name = name, .want = {
		.start = range->start,
		.last = range->last,
		.flags = flags,
		.stream = (u32)m->streams,
		.streams = (u32)ids->count,
	} };
	for (i = 0; i < ids->count; i++)
		m->stream[m->streams++] = (struct iort_streams){
			.smmu = ids->s[i].smmu,
			.first = ids->s[i].id,
			.last = ids->s[i].id,
		};
}

/* The flags of the RMR that a rule is for; false for a rule that is for none. */
static bool rule_flags(const struct report_rule *rule, u32 *flags)
{
	if (!rule->enforced || strcmp(rule->action, "add"))
		return false;
	if (!strcmp(rule->type, "direct-relaxable"))
		*flags = IORT_RMR_DIRECT_RELAXABLE;
	else if (!strcmp(rule->type, "direct"))
		*flags = IORT_RMR_DIRECT;
	else
		return false;
	return true;
}

static int take_device(const struct report_device *d, void *arg)
{
	struct ids ids = { .s = NULL };
	struct making *m = arg;
	size_t i, k;
	u32 flags;

	if (!d->rules_known) {
		problem("%s: %s: no rules: this is the report of an older module",
			m->report, d->name);
		return -1;
	}
	for (i = 0; i < d->rules; i++) {
		const struct report_rule *rule = &d->rule[i];

		if (!rule_flags(rule, &flags) || !rule->ranges)
			continue;
		if (!ids.count && reported_ids(m, d, &ids))
			return -1;
		for (k = 0; k < rule->ranges; k++)
			add_wish(m, &rule->range[k], flags, &ids,
				 format("rule %s for %s", rule->name, d->name));
	}
	free(ids.s);
	return 0;
}

static void add_fix(struct making *m, const struct iort_fix *fix, char *name)
{
	m->fix = xrealloc(m->fix, (m->fixes + 1) * sizeof(*m->fix));
	m->fix_name = xrealloc(m->fix_name,
			       (m->fixes + 1) * sizeof(*m->fix_name));
	m->fix[m->fixes] = *fix;
	m->fix_name[m->fixes++] = name;
}

static int take_correction(const struct report_correction *c, void *arg)
{
	if (c->made)
		add_fix(arg, &c->fix, format("rule %s", c->rule));
	return 0;
}

/*
 * Arguments
 */

static bool number(const char **text, u64 max, u64 *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 0);
	*text = end;
	return !errno && *value <= max;
}

static bool number32(const char **text, u32 *value)
{
	u64 wide;

	if (!number(text, U32_MAX, &wide))
		return false;
	*value = (u32)wide;
	return true;
}

static bool skip(const char **text, const char *what)
{
	size_t length = strlen(what);

	if (strncmp(*text, what, length))
		return false;
	*text += length;
	return true;
}

/* "MODEL[@SMMU]", "BITS[@SEGMENT]", "FIRST-LAST=STREAM@SMMU[,SEGMENT]" */
static bool parse_fix(const char *text, struct iort_fix *fix)
{
	*fix = (struct iort_fix){
		.segment_last = U32_MAX, .smmu_last = U64_MAX,
	};
	if (skip(&text, "smmu-model=")) {
		fix->kind = IORT_FIX_SMMU_MODEL;
		if (!number32(&text, &fix->value))
			return false;
		if (skip(&text, "@")) {
			if (!number(&text, U64_MAX, &fix->smmu_first))
				return false;
			fix->smmu_last = fix->smmu_first;
		}
	} else if (skip(&text, "address-limit=")) {
		fix->kind = IORT_FIX_ADDRESS_LIMIT;
		if (!number32(&text, &fix->value))
			return false;
		if (skip(&text, "@")) {
			if (!number32(&text, &fix->segment_first))
				return false;
			fix->segment_last = fix->segment_first;
		}
	} else if (skip(&text, "id-mapping=")) {
		fix->kind = IORT_FIX_ID_MAPPING;
		fix->segment_last = 0;
		if (!number32(&text, &fix->input_first) || !skip(&text, "-") ||
		    !number32(&text, &fix->input_last) || !skip(&text, "=") ||
		    !number32(&text, &fix->output_base) || !skip(&text, "@") ||
		    !number(&text, U64_MAX, &fix->output_smmu))
			return false;
		if (skip(&text, ",")) {
			if (!number32(&text, &fix->segment_first))
				return false;
			fix->segment_last = fix->segment_first;
		}
	} else {
		return false;
	}
	return !*text;
}

static int argument_fix(struct making *m, const char *text)
{
	struct iort_fix fix;

	if (!parse_fix(text, &fix)) {
		problem("iort overlay: --correct %s: must be smmu-model=MODEL[@SMMU], address-limit=BITS[@SEGMENT] or id-mapping=FIRST-LAST=STREAM@SMMU[,SEGMENT], as id-mapping=0x100-0x1ff=0x8100@0x9050000",
			text);
		return -1;
	}
	add_fix(m, &fix, format("--correct %s", text));
	return 0;
}

/* "[SEGMENT:]BUS:DEVICE.FUNCTION", in hex as everywhere in Linux. */
static bool parse_pci(const char *text, u32 *segment, u32 *rid)
{
	unsigned int s = 0, b, d, f;
	int end = 0;

	if (strspn(text, "0123456789abcdefABCDEF:.") != strlen(text))
		return false;
	if (sscanf(text, "%4x:%2x:%2x.%1x%n", &s, &b, &d, &f, &end) != 4 ||
	    text[end]) {
		s = 0;
		if (sscanf(text, "%2x:%2x.%1x%n", &b, &d, &f, &end) != 3 ||
		    text[end])
			return false;
	}
	*segment = s;
	*rid = b << 8 | d << 3 | f;
	return d < 32 && f < 8;
}

/* "START-LAST@DEVICE[,remap][,privileged][,attr=N]", the device to be freed */
static bool parse_rmr(const char *text, struct resv_range *range, u32 *flags,
		      char **device)
{
	u64 attr = IORT_RMR_ATTR_NORMAL_WB;
	const char *at = text, *end;

	*flags = 0;
	if (!number(&at, U64_MAX, &range->start) || !skip(&at, "-") ||
	    !number(&at, U64_MAX, &range->last) || !skip(&at, "@") ||
	    range->last < range->start)
		return false;
	end = at + strcspn(at, ",");
	if (end == at)
		return false;
	*device = strndup(at, (size_t)(end - at));
	if (!*device)
		return false;
	for (at = end; skip(&at, ",");) {
		if (skip(&at, "remap"))
			*flags |= IORT_RMR_F_REMAP;
		else if (skip(&at, "privileged"))
			*flags |= IORT_RMR_F_PRIVILEGED;
		else if (!skip(&at, "attr=") ||
			 !number(&at, IORT_RMR_ATTR_MAX, &attr))
			return false;
	}
	*flags |= IORT_RMR_ATTR(attr);
	return !*at;
}

static int argument_rmr(struct making *m, const char *text)
{
	struct ids now = { .s = NULL }, ids = { .s = NULL };
	struct resv_range range;
	char *device = NULL;
	u32 flags, segment, rid;
	int ret = -1;

	if (!parse_rmr(text, &range, &flags, &device)) {
		problem("iort overlay: --rmr %s: must be START-LAST@DEVICE[,remap][,privileged][,attr=0 to 5], as 0x72000000-0x7201ffff@0000:01:00.0,remap or ...@\\_SB.DEV0",
			text);
	} else if (*device == '\\') {
		ret = component_ids(m, device, &ids);
	} else if (!parse_pci(device, &segment, &rid)) {
		problem("iort overlay: --rmr %s: \"%s\" is neither a PCI address nor a path in ACPI that begins with \\",
			text, device);
	} else {
		ret = pci_ids(m, device, segment, rid, &now, &ids);
	}
	if (!ret && !ids.count) {
		problem("%s: %s reaches no SMMU (for --rmr %s)", m->table.name,
			device, text);
		ret = -1;
	}
	if (!ret)
		add_wish(m, &range, flags, &ids, format("--rmr %s", text));
	free(device);
	free(now.s);
	free(ids.s);
	return ret;
}

/*
 * The table
 */

/* Says which wish an error is about; the fault is a place in the table. */
static void explain(const struct making *m, const struct iort_overlay_result *r,
		    const struct acpi_fault *f)
{
	const char *about = NULL, *other = NULL;

	if (r->want != IORT_NO_WISH)
		about = m->wish[r->want].name;
	else if (r->fix != IORT_NO_WISH)
		about = m->fix_name[r->fix];
	if (r->other_want != IORT_NO_WISH)
		other = m->wish[r->other_want].name;
	else if (r->other_fix != IORT_NO_WISH)
		other = m->fix_name[r->other_fix];
	problem("%s: 0x%x: %s%s%s%s%s%s", m->table.name, f->offset, f->what,
		about ? " (" : "", about ? about : "", other ? " and " : "",
		other ? other : "", about ? ")" : "");
}

/* What was longer is longer because of a granule. */
static void say_widened(FILE *to, const struct making *m)
{
	const u64 mask = IORT_RMR_GRANULE - 1;
	size_t i;

	for (i = 0; i < m->wishes; i++) {
		const struct iort_rmr_want *w = &m->wish[i].want;

		if ((w->start & mask) || (~w->last & mask))
			fprintf(to, "%s: 0x%" PRIx64 "-0x%" PRIx64 " is not whole 64 KiB: 0x%" PRIx64 "-0x%" PRIx64 "\n",
				m->wish[i].name, w->start, w->last,
				w->start & ~mask, w->last | mask);
	}
}

struct judging {
	const struct making *m;
	int ret;
};

static void refuse_error(void *ctx, const struct iort_defect *d)
{
	struct judging *j = ctx;

	if (d->severity != IORT_ERROR)
		return;
	problem("%s: the table that this becomes would be misread: 0x%x: %s (%s): %s",
		j->m->table.name, d->offset, d->what, d->name, d->fix);
	j->ret = -1;
}

/*
 * As the module does: a defect that corrections are there for is gone by now,
 * and one that has Linux misread the table is not carried on.
 */
static int judge(const struct making *m, const u8 *table, u32 length)
{
	struct judging j = { .m = m };

	iort_check_all(table, length, refuse_error, &j);
	return j.ret;
}

static int make(struct making *m)
{
	struct iort_rmr_want *want = xrealloc(NULL, (m->wishes + 1) * sizeof(*want));
	struct iort_overlay o = {
		.streams = m->stream, .stream_count = (u32)m->streams,
		.rmr = want, .rmr_count = (u32)m->wishes,
		.fix = m->fix, .fix_count = (u32)m->fixes,
	};
	struct iort_overlay_result r;
	struct acpi_fault f;
	u8 *table = NULL;
	u32 length;
	size_t i;
	int ret;

	for (i = 0; i < m->wishes; i++)
		want[i] = m->wish[i].want;
	ret = iort_overlay_build(&m->table.t, &o, NULL, 0, &length, &r, &f);
	if (!ret) {
		table = xrealloc(NULL, length);
		ret = iort_overlay_build(&m->table.t, &o, table, length,
					 &length, &r, &f);
	}
	free(want);
	if (ret)
		explain(m, &r, &f);
	else
		ret = judge(m, table, length);
	if (!ret)
		ret = output_bytes(m->out, table, length);
	if (!ret && !r.changed)
		fprintf(stderr, "iommu-resv: %s: nothing to add: %s is the same table\n",
			m->table.name, m->out);
	if (!ret && m->verbose) {
		iort_made_say(stderr, table, length, m->table.t.node_count);
		if (r.widened)
			say_widened(stderr, m);
		fprintf(stderr, "%u RMR nodes added, %u corrections made, %u wishes fulfilled already\n",
			r.rmr_nodes, r.fixed, r.already);
	}
	free(table);
	return ret;
}

static int collect(struct making *m, const char *table, char **rmr, size_t rmrs,
		   char **correct, size_t corrects)
{
	size_t i;

	/* NULL is the live one. */
	if (iort_file_read(&m->table, table) || iort_file_open(&m->table))
		return -1;
	if (m->report && report_open(&m->r, m->report))
		return -1;
	if (m->report && report_for_each_correction(&m->r, take_correction, m))
		return -1;
	for (i = 0; i < corrects; i++)
		if (argument_fix(m, correct[i]))
			return -1;
	/* Streams are those of the corrected table. */
	if (m->report && report_for_each_device(&m->r, take_device, m))
		return -1;
	for (i = 0; i < rmrs; i++)
		if (argument_rmr(m, rmr[i]))
			return -1;
	return 0;
}

static void drop(struct making *m)
{
	while (m->wishes)
		free(m->wish[--m->wishes].name);
	while (m->fixes)
		free(m->fix_name[--m->fixes]);
	free(m->wish);
	free(m->stream);
	free(m->fix);
	free(m->fix_name);
	report_close(&m->r);
	iort_file_free(&m->table);
}

int cmd_iort_overlay(int argc, char **argv)
{
	static const struct option options[] = {
		{ "table", required_argument, NULL, 't' },
		{ "report", required_argument, NULL, 'R' },
		{ "rmr", required_argument, NULL, 'r' },
		{ "correct", required_argument, NULL, 'c' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	struct making m = { .report = NULL };
	const char *table = NULL;
	char **rmr = xrealloc(NULL, (size_t)argc * sizeof(*rmr));
	char **correct = xrealloc(NULL, (size_t)argc * sizeof(*correct));
	size_t rmrs = 0, corrects = 0;
	int ret = EXIT_TROUBLE;
	int option;

	while ((option = getopt_long(argc, argv, "t:R:r:c:vo:", options, NULL)) != -1) {
		switch (option) {
		case 't':
			table = optarg;
			break;
		case 'R':
			m.report = optarg;
			break;
		case 'r':
			rmr[rmrs++] = optarg;
			break;
		case 'c':
			correct[corrects++] = optarg;
			break;
		case 'v':
			m.verbose = true;
			break;
		case 'o':
			m.out = optarg;
			break;
		default:
			goto out;
		}
	}
	if (optind < argc) {
		problem("iort overlay: what is \"%s\"? It takes options only",
			argv[optind]);
		goto out;
	}
	if (!m.out) {
		problem("iort overlay: where to? --output is missing");
		goto out;
	}
	/* What the operator says himself needs no module. */
	if (!m.report && !rmrs && !corrects)
		m.report = REPORT_LIVE;
	if (!collect(&m, table, rmr, rmrs, correct, corrects) && !make(&m))
		ret = EXIT_CLEAN;
	drop(&m);
out:
	free(rmr);
	free(correct);
	return ret;
}
