// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_explain.c - iommu-resv quirks explain
 *
 * Why an entry matches this machine or does not, condition by condition, and
 * what became of each rule for each device, of each correction of the IORT, and
 * of each rule about a BAR.
 * An entry is worth showing where it matches, where it nearly does (some
 * condition holds, or an ACPI table of that maker is there), or where the user
 * asks for it.
 */
#include "cmd.h"
#include "machine.h"
#include "out.h"
#include "print.h"
#include "problem.h"
#include "report.h"
#include "sources.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum closeness {
	FAILS,	/* nothing like it here */
	CLOSE,	/* not it, but something of the same maker */
	HOLDS,
};

/* A condition of an identity, with what the machine has instead. */
struct finding {
	u32 kind;
	const char *value;
	u64 lo;
	u64 hi;
	enum closeness is;
	char *found;
};

struct explain {
	struct out *o;
	const struct quirk_table *t;
	struct machine *m;
	bool all;
	char **names;
	int name_count;
};

static bool is_missing(const struct machine *m, u32 kind)
{
	return m->missing & 1u << kind;
}

/* The part of a value that tokens have to share to be shown beside it. */
static size_t family_length(u32 kind, const char *value)
{
	switch (kind) {
	case QUIRK_KEY_ACPI:
		return 4;	/* signature */
	case QUIRK_KEY_DMI:
		return strcspn(value, "=") + 1;
	default:
		return 0;
	}
}

static void put_token(FILE *f, u32 kind, const char *value, u32 revision,
		      bool *first)
{
	fputs(*first ? "" : ", ", f);
	*first = false;
	if (kind == QUIRK_KEY_ACPI)
		fprintf(f, "\"%.6s\" \"%.8s\" revision 0x%" PRIx32, value + 4,
			value + 10, revision);
	else
		fprintf(f, "\"%s\"",
			value + (kind == QUIRK_KEY_DMI ?
				 family_length(kind, value) : 0));
}

/* What this machine has where the condition looks; sets how near that is. */
static char *look(const struct machine *m, struct finding *c)
{
	size_t family = family_length(c->kind, c->value);
	bool first = true;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	size_t i;

	if (!f) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	for (i = 0; i < m->count; i++) {
		const struct token *token = &m->tokens[i];

		if (token->kind != c->kind ||
		    strncmp(token->value, c->value, family))
			continue;
		/* Signature and OEM id. */
		if (c->kind == QUIRK_KEY_ACPI &&
		    !strncmp(token->value, c->value, 10))
			c->is = CLOSE;
		/* These are hundreds. */
		if (c->kind == QUIRK_KEY_DT_NODE || c->kind == QUIRK_KEY_PCI)
			continue;
		put_token(f, c->kind, token->value, token->revision, &first);
	}
	if (first && c->kind == QUIRK_KEY_DT_NODE)
		fputs("no enabled node has it", f);
	else if (first && c->kind == QUIRK_KEY_PCI)
		fputs("no PCI function has it", f);
	else if (first)
		fputs("nothing", f);
	if (is_missing(m, c->kind))
		fputs(" (not all could be read)", f);
	if (fclose(f)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}

static void check(struct machine *m, struct finding *c)
{
	c->is = FAILS;
	c->found = NULL;
	if (machine_has(m, c->kind, c->value, (u32)c->lo, (u32)c->hi))
		c->is = HOLDS;
	else
		c->found = look(m, c);
}

/* The conditions of a key record: itself, and those beside it. */
static struct finding *findings_of(const struct explain *e, u32 key, u32 *count)
{
	const u8 *k = quirk_key_at(e->t, key);
	u32 first = get_le32(k + QUIRK_KEY_COND_FIRST);
	struct finding *all;
	u32 i;

	*count = get_le32(k + QUIRK_KEY_COND_COUNT) + 1;
	all = xrealloc(NULL, *count * sizeof(*all));
	all[0].kind = get_le32(k + QUIRK_KEY_KIND);
	all[0].value = quirk_string(e->t, k + QUIRK_KEY_VALUE);
	all[0].lo = get_le32(k + QUIRK_KEY_REV_MIN);
	all[0].hi = get_le32(k + QUIRK_KEY_REV_MAX);
	for (i = 1; i < *count; i++) {
		const u8 *c = quirk_cond_at(e->t, first + i - 1);

		all[i].kind = get_le32(c + QUIRK_COND_KIND);
		all[i].value = quirk_string(e->t, c + QUIRK_COND_VALUE);
		all[i].lo = get_le64(c + QUIRK_COND_LO);
		all[i].hi = get_le64(c + QUIRK_COND_HI);
	}
	for (i = 0; i < *count; i++)
		check(e->m, &all[i]);
	return all;
}

static void free_findings(struct finding *all, u32 count)
{
	while (count--)
		free(all[count].found);
	free(all);
}

/* How near a whole key record is. */
static enum closeness sum_up(const struct finding *all, u32 count)
{
	bool some = false;
	bool every = true;
	u32 i;

	for (i = 0; i < count; i++) {
		some |= all[i].is != FAILS;
		every &= all[i].is == HOLDS;
	}
	return every ? HOLDS : some ? CLOSE : FAILS;
}

static const char *const result_words[] = {
	[FAILS] = "does not match",
	[CLOSE] = "near miss",
	[HOLDS] = "matches",
};

static void print_findings(struct out *o, const struct finding *all, u32 count)
{
	u32 i;

	out_object(o);
	out_text(o, "result", result_words[sum_up(all, count)]);
	out_array(o, "conditions");
	for (i = 0; i < count; i++) {
		out_object(o);
		print_identity(o, all[i].kind, all[i].value, all[i].lo,
			       all[i].hi);
		out_flag(o, "holds", all[i].is == HOLDS);
		if (all[i].found)
			out_text(o, "found", all[i].found);
		out_close(o);
	}
	out_close(o);
	out_close(o);
}

static bool is_named(const struct explain *e, u32 entry)
{
	const char *name = quirk_string(e->t, quirk_entry_at(e->t, entry) +
						 QUIRK_ENT_NAME);
	int i;

	for (i = 0; i < e->name_count; i++)
		if (!strcmp(e->names[i], name))
			return true;
	return false;
}

static void explain_entry(const struct explain *e, u32 entry)
{
	const u8 *record = quirk_entry_at(e->t, entry);
	bool wanted = e->name_count ? is_named(e, entry) : e->all;
	enum closeness best = FAILS;
	struct finding *all;
	u32 count;
	u32 key;

	if (e->name_count && !wanted)
		return;
	for (key = 0; key < e->t->count[QUIRK_SEC_KEYS]; key++) {
		enum closeness is;

		if (get_le32(quirk_key_at(e->t, key) + QUIRK_KEY_ENTRY) != entry)
			continue;
		all = findings_of(e, key, &count);
		is = sum_up(all, count);
		free_findings(all, count);
		if (is > best)
			best = is;
	}
	if (best == FAILS && !wanted)
		return;

	out_object(e->o);
	out_text(e->o, "name", quirk_string(e->t, record + QUIRK_ENT_NAME));
	out_text(e->o, "title", quirk_string(e->t, record + QUIRK_ENT_TITLE));
	out_text(e->o, "result", result_words[best]);
	out_array(e->o, "alternatives");
	for (key = 0; key < e->t->count[QUIRK_SEC_KEYS]; key++) {
		if (get_le32(quirk_key_at(e->t, key) + QUIRK_KEY_ENTRY) != entry)
			continue;
		all = findings_of(e, key, &count);
		if (wanted || sum_up(all, count) != FAILS)
			print_findings(e->o, all, count);
		free_findings(all, count);
	}
	out_close(e->o);
	out_close(e->o);
}

static bool has_entry(const struct quirk_table *t, const char *name)
{
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++)
		if (!strcmp(quirk_string(t, quirk_entry_at(t, i) +
						 QUIRK_ENT_NAME), name))
			return true;
	problem("there is no entry called \"%s\": iommu-resv quirks list shows them all",
		name);
	return false;
}

/* What the reader has to know beside it. */
static int print_notes(const struct explain *e, const struct report *r)
{
	u32 crc = e->t->crc;
	int ret = 0;
	size_t i;

	out_array(e->o, "notes");
	if (!r->root)
		out_text(e->o, NULL,
			 "no report of the module: what became of the rules is not known (is it loaded, and is this root?)");
	else
		ret = report_crc(r, &crc);
	if (crc != e->t->crc)
		out_text(e->o, NULL,
			 "the module had another table than the one explained here: entries and rules may differ");
	for (i = 0; i < e->m->unread_count; i++)
		out_text(e->o, NULL, e->m->unread[i]);
	out_close(e->o);
	return ret;
}

static int explain(struct explain *e, const char *from, const struct report *r,
		   bool json)
{
	u32 count = e->t->count[QUIRK_SEC_ENTRIES];
	int ret = 0;
	u32 i;

	e->o = out_begin(json);
	out_text(e->o, "table", from);
	out_number(e->o, "considered", count);
	out_array(e->o, "entries");
	for (i = 0; i < count; i++)
		/* An entry above our level has keys that we do not know. */
		if (quirk_entry_known(e->t, i))
			explain_entry(e, i);
	out_close(e->o);
	if (r->root)
		ret = report_print_devices(r, e->o);
	if (!ret && r->root)
		ret = report_print_corrections(r, e->o);
	if (!ret && r->root)
		ret = report_print_bar_rules(r, e->o);
	if (!ret)
		ret = print_notes(e, r);
	if (ret) {
		out_drop(e->o);
		return EXIT_TROUBLE;
	}
	return out_end(e->o, NULL) ? EXIT_TROUBLE : EXIT_CLEAN;
}

/* The report that was named, or the live module's where there is one. */
static int find_report(struct report *r, const char *file, char *live)
{
	if (file)
		return report_open(r, file);
	return access(live, R_OK) ? 0 : report_open(r, live);
}

int cmd_quirks_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "root", required_argument, NULL, 'r' },
		{ "table", required_argument, NULL, 't' },
		{ "report", required_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 }
	};
	struct machine m = { .count = 0 };
	struct report report = { .root = NULL };
	struct explain e = { .m = &m };
	const char *report_file = NULL;
	const char *root = "";
	struct table_file t;
	char *table = NULL;
	bool json = false;
	size_t room;
	char *live;
	int option;
	int ret;
	int i;

	while ((option = getopt_long(argc, argv, "jar:t:R:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'a':
			e.all = true;
			break;
		case 'r':
			root = optarg;
			break;
		case 't':
			table = optarg;
			break;
		case 'R':
			report_file = optarg;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (report_file && *root) {
		problem("quirks explain: --report and --root both say which machine is meant: give one of them");
		return EXIT_TROUBLE;
	}
	e.names = argv + optind;
	e.name_count = argc - optind;

	ret = table ? table_read(&t, &table, 1) : table_current(&t, root);
	if (ret) {
		table_free(&t);
		return EXIT_TROUBLE;
	}
	e.t = &t.table;
	for (i = 0; i < e.name_count && !ret; i++)
		ret = has_entry(e.t, e.names[i]) ? 0 : -1;
	room = strlen(root) + sizeof(REPORT_LIVE);
	live = xrealloc(NULL, room);
	snprintf(live, room, "%s" REPORT_LIVE, root);
	if (!ret)
		ret = find_report(&report, report_file, live);
	if (!ret && report_file)
		ret = report_machine(&report, &m);
	else if (!ret)
		machine_read(&m, root);
	ret = ret ? EXIT_TROUBLE : explain(&e, t.from, &report, json);

	if (report.root)
		report_close(&report);
	machine_free(&m);
	table_free(&t);
	free(live);
	return ret;
}
