// SPDX-License-Identifier: GPL-2.0-only
/*
 * boards.c - described machines and the shipped quirk table: the command line
 *
 *	boards trees			device trees of Linux that are needed, one a line
 *	boards replay DTB		replay all descriptions; TAP
 *	boards truth DTB TREE		check the table against Linux; TAP
 *	boards aliases			ENTRY, alias-compatible, dt-root, tab-separated
 *	boards carries FILE.dtb COMPATIBLE
 *					does an enabled node of this tree have it?
 *	boards list			boards that a VM boots, see vm_list()
 *	boards tree DTB NAME FROM TO	make the VM's device tree
 *	boards expect DTB NAME KERNEL [TREE]
 *					what has to come out in that VM
 *	boards check EXPECTED REPORT	compare it with report.json
 *
 * DTB is the directory of compiled device trees, TREE that of Linux's sources
 * (tests/lib/source.sh). Runs at the top of the checkout. With BOARDS in the
 * environment only the descriptions in that file are read.
 */
#include "boards.h"
#include "../../tools/problem.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Descriptions and table live as long as the program: nothing frees them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static unsigned int results;
static unsigned int failures;

void result(bool good, const char *format, ...)
{
	va_list args;

	failures += !good;
	printf("%sok %u - ", good ? "" : "not ", ++results);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void detail(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

int results_end(void)
{
	printf("1..%u\n", results);
	return failures ? EXIT_FINDINGS : EXIT_CLEAN;
}

char *text(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	if (vasprintf(&s, format, args) < 0)
		abort();
	va_end(args);
	return s;
}

static bool load(struct boards *all)
{
	const struct quirk_compile_options options = { .serial = 1 };
	const char *only = getenv("BOARDS");
	struct quirk_fault fault;
	bool good = true;
	glob_t files;
	size_t i;

	/* The names stay: what is compiled points to them. */
	if (glob("quirks/*.dts", 0, NULL, &files)) {
		problem("no quirks/*.dts: this runs at the top of the checkout");
		return false;
	}
	if (quirk_compile(files.gl_pathv, files.gl_pathc, &options,
			  &all->compiled) != QUIRK_COMPILE_OK)
		return false;
	if (quirk_table_open(&all->table, all->compiled.image,
			     all->compiled.size, &fault)) {
		problem("the compiled table is bad at offset %u: %s",
			fault.offset, fault.what);
		return false;
	}
	if (only && *only)
		return describe_file(all, only);
	if (glob("tests/boards/*.json", 0, NULL, &files)) {
		problem("no tests/boards/*.json");
		return false;
	}
	for (i = 0; i < files.gl_pathc; i++)
		good &= describe_file(all, files.gl_pathv[i]);
	return good;
}

static int trees(const struct boards *all)
{
	size_t i, n;

	for (i = 0; i < all->count; i++)
		if (all->board[i].dts)
			puts(all->board[i].dts);
	for (i = 0; i < all->compiled.entry_count; i++)
		for (n = 0; n < all->compiled.entries[i].dts_count; n++)
			puts(all->compiled.entries[i].dts[n]);
	return EXIT_CLEAN;
}

/* Each alias with each dt-root string of its entry. */
static int aliases(const struct boards *all)
{
	const struct quirk_table *t = &all->table;
	size_t i, n;
	u32 k;

	for (i = 0; i < all->compiled.entry_count; i++) {
		const struct quirk_entry_source *e = &all->compiled.entries[i];

		for (n = 0; n < e->alias_count; n++)
			for (k = 0; k < t->count[QUIRK_SEC_KEYS]; k++) {
				const u8 *key = quirk_key_at(t, k);

				if (get_le32(key + QUIRK_KEY_ENTRY) == i &&
				    get_le32(key + QUIRK_KEY_KIND) == QUIRK_KEY_DT_ROOT)
					printf("%s\t%s\t%s\n", e->name, e->aliases[n],
					       quirk_string(t, key + QUIRK_KEY_VALUE));
			}
	}
	return EXIT_CLEAN;
}

static int is_compatible(void *arg, enum quirk_key kind, const char *value,
			 u32 revision)
{
	return kind == QUIRK_KEY_DT_NODE && !strcmp(value, arg);
}

static int carries(const char *file, char *compatible)
{
	static const struct board nobody;
	struct machine m = { .board = &nobody };
	const char *fault = machine_tree(&m, file);

	if (fault) {
		problem("%s", fault);
		return EXIT_TROUBLE;
	}
	return dt_tree_for_each_token(&m.tree, is_compatible, compatible) ?
	       EXIT_CLEAN : EXIT_FINDINGS;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct boards all = { .count = 0 };

	if (!strcmp(command, "check") && argc == 4)
		return vm_check(argv[2], argv[3]);
	if (!strcmp(command, "carries") && argc == 4)
		return carries(argv[2], argv[3]);
	if (!load(&all))
		return EXIT_TROUBLE;
	if (!strcmp(command, "trees") && argc == 2)
		return trees(&all);
	if (!strcmp(command, "aliases") && argc == 2)
		return aliases(&all);
	if (!strcmp(command, "list") && argc == 2)
		return vm_list(&all);
	all.dtb = argc > 2 ? argv[2] : "";
	if (!strcmp(command, "replay") && argc == 3)
		return replay(&all);
	if (!strcmp(command, "truth") && argc == 4)
		return truth(&all, argv[3]);
	if (!strcmp(command, "tree") && argc == 6)
		return vm_tree(&all, argv[3], argv[4], argv[5]);
	if (!strcmp(command, "expect") && (argc == 5 || argc == 6))
		return vm_expect(&all, argv[3], argv[4], argv[5]);
	problem("usage: boards trees | aliases | carries FILE COMPATIBLE | list | replay DTB | truth DTB TREE |"
		" tree DTB NAME FROM TO | expect DTB NAME KERNEL [TREE] | check EXPECTED REPORT");
	return EXIT_TROUBLE;
}
