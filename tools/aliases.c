// SPDX-License-Identifier: GPL-2.0-only
/*
 * aliases.c - by what udev can tell that the module is wanted
 *
 * udev rules, not aliases of modprobe.d: an alias there hides the drivers that
 * have the same one in modules.alias (kmod's kmod_module_new_from_lookup() asks
 * its configuration first and ends at the first answer), so the host bridge
 * would lose its own driver.
 *
 * What a rule can see is one device: the compatible strings of a device tree
 * node, as the kernel puts them into MODALIAS (Linux drivers/of/module.c,
 * of_modalias()), the DMI device's attributes, a PCI function's ids. Neither
 * the root node nor an ACPI table is a device. Of a match node with several
 * properties the rule has those that one device shows, so it may load the module
 * on a machine that no entry matches; the module looks itself, and stays idle.
 *
 * An entry that is all about BARs has no rule here: it changes the list of no
 * device, and a card that it is about may be in any machine.
 */
#include "aliases.h"
#include "problem.h"

#include <stdlib.h>

#define LOAD "RUN{builtin}+=\"kmod load iommu_resv\"\n"

/* The lines of one entry. */
struct lines {
	char **line;
	size_t count;
};

/* One identity of a key record: the key itself (0), or a condition of it. */
static const char *identity_of(const struct quirk_table *t, const u8 *key,
			       u32 i, u32 *kind)
{
	const u8 *c;

	if (!i) {
		*kind = get_le32(key + QUIRK_KEY_KIND);
		return quirk_string(t, key + QUIRK_KEY_VALUE);
	}
	c = quirk_cond_at(t, get_le32(key + QUIRK_KEY_COND_FIRST) + i - 1);
	*kind = get_le32(c + QUIRK_COND_KIND);
	return quirk_string(t, c + QUIRK_COND_VALUE);
}

/* A value in a pattern; what has a meaning there becomes "any character". */
static void put_value(FILE *f, const char *value, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		fputc(strchr("*?[]|\"\\", value[i]) ? '?' : value[i], f);
}

static FILE *start_line(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return f;
}

/* Ends a line; keeps it unless it is there already. */
static void end_line(struct lines *lines, FILE *f, char **text)
{
	size_t i;

	fputs(LOAD, f);
	if (fclose(f)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	for (i = 0; i < lines->count; i++)
		if (!strcmp(lines->line[i], *text)) {
			free(*text);
			return;
		}
	lines->line = xrealloc(lines->line,
			       (lines->count + 1) * sizeof(*lines->line));
	lines->line[lines->count++] = *text;
}

static void put_of_alias(FILE *f, const char *compatible, const char *behind)
{
	fputs("of:N*T*C", f);
	for (; *compatible; compatible++)
		if (*compatible == ' ')
			fputc('_', f);
		else
			put_value(f, compatible, 1);
	fputs(behind, f);
}

static void add_compatible(struct lines *lines, const char *compatible)
{
	char *text;
	size_t size;
	FILE *f = start_line(&text, &size);

	/* The last string of the list, or one with more behind it. */
	fputs("ENV{MODALIAS}==\"", f);
	put_of_alias(f, compatible, "|");
	put_of_alias(f, compatible, "C*\", ");
	end_line(lines, f, &text);
}

static void add_dmi(struct lines *lines, const struct quirk_table *t,
		    const u8 *key)
{
	char *text;
	size_t size;
	FILE *f = start_line(&text, &size);
	u32 i;

	fputs("SUBSYSTEM==\"dmi\", ", f);
	for (i = 0; i <= get_le32(key + QUIRK_KEY_COND_COUNT); i++) {
		u32 kind;
		const char *value = identity_of(t, key, i, &kind);
		size_t field = strcspn(value, "=");

		if (kind != QUIRK_KEY_DMI)
			continue;
		fprintf(f, "ATTR{%.*s}==\"", (int)field, value);
		put_value(f, value + field + 1, strlen(value + field + 1));
		fputs("\", ", f);
	}
	end_line(lines, f, &text);
}

static void add_pci(struct lines *lines, const char *id)
{
	char *text;
	size_t size;
	FILE *f = start_line(&text, &size);

	fprintf(f, "SUBSYSTEM==\"pci\", ATTR{vendor}==\"0x%.4s\", ATTR{device}==\"0x%.4s\", ",
		id, id + 5);
	end_line(lines, f, &text);
}

/* The rule for one way to recognise an entry, from what says most. */
static void add_key(struct lines *lines, const struct quirk_table *t,
		    const u8 *key)
{
	const char *node = NULL;
	const char *pci = NULL;
	bool dmi = false;
	bool root = false;
	u32 i;

	for (i = 0; i <= get_le32(key + QUIRK_KEY_COND_COUNT); i++) {
		u32 kind;
		const char *value = identity_of(t, key, i, &kind);

		dmi |= kind == QUIRK_KEY_DMI;
		root |= kind == QUIRK_KEY_DT_ROOT;
		if (kind == QUIRK_KEY_DT_NODE)
			node = value;
		if (kind == QUIRK_KEY_PCI)
			pci = value;
	}
	if (dmi)
		add_dmi(lines, t, key);
	/* Beside a root a node is a detail that other boards may share. */
	else if (node && !root)
		add_compatible(lines, node);
	else if (pci)
		add_pci(lines, pci);
}

bool aliases_wants_load(const struct quirk_table *t, u32 entry)
{
	const u8 *e = quirk_entry_at(t, entry);
	u32 first = get_le32(e + QUIRK_ENT_RULE_FIRST);
	u32 count = get_le32(e + QUIRK_ENT_RULE_COUNT);
	u32 bars = 0;
	u32 i;

	for (i = first; i < first + count; i++)
		bars += QUIRK_SOURCE_BARS(quirk_rule_at(t, i)[QUIRK_RULE_SOURCE]);
	return !count || bars < count;
}

void aliases_write(FILE *f, const struct quirk_table *t,
		   const struct quirk_compiled *compiled)
{
	size_t i;
	size_t j;
	u32 k;

	fputs(ALIASES_MARK "\n"
	      "# SPDX-License-Identifier: GPL-2.0-only\n"
	      "#\n"
	      "# Load the module on boards that the table knows, where one device tells the\n"
	      "# board; iommu-resv-autoload.service sees to the others.\n"
	      "ACTION!=\"add\", GOTO=\"iommu_resv_end\"\n", f);
	for (i = 0; i < compiled->entry_count; i++) {
		const struct quirk_entry_source *e = &compiled->entries[i];
		struct lines lines = { .count = 0 };

		if (!aliases_wants_load(t, i)) {
			fprintf(f, "\n# %s: all about BARs, nothing to load for\n",
				e->name);
			continue;
		}
		for (j = 0; j < e->alias_count; j++)
			add_compatible(&lines, e->aliases[j]);
		for (k = 0; k < t->count[QUIRK_SEC_KEYS]; k++)
			if (get_le32(quirk_key_at(t, k) + QUIRK_KEY_ENTRY) == i)
				add_key(&lines, t, quirk_key_at(t, k));
		fprintf(f, "\n# %s%s\n", e->name,
			lines.count ? "" : ": no device tells this board");
		for (j = 0; j < lines.count; j++) {
			fputs(lines.line[j], f);
			free(lines.line[j]);
		}
		free(lines.line);
	}
	fputs("\nLABEL=\"iommu_resv_end\"\n", f);
}
