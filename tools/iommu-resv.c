// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommu-resv.c - the command for people, packagers and VMM launchers
 *
 * Finds the command in its table; the help is printed from the same table.
 */
#include "cmd.h"
#include "problem.h"

#include <stdio.h>
#include <string.h>

/* A command has a group and a name, or where the name is NULL one word. */
struct command {
	const char *group;
	const char *name;
	const char *synopsis;
	const char *help;
	int (*fn)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "quirks", "match",
	  "[-q | [-v] [-j]] [-r DIR] [-t FILE]",
	  "find the entries of this machine; exit code 0 where there is one, else 1\n"
	  "\t-q, --quiet           print nothing\n"
	  "\t-v, --verbose         print all keys of the machine too, as a match node has them\n"
	  "\t-j, --json            as JSON\n"
	  "\t-r, --root DIR        of the machine whose /sys was copied to DIR\n"
	  "\t-t, --table FILE      look there: a compiled table, or a source",
	  cmd_quirks_match },
	{ "quirks", "explain",
	  "[-a] [-j] [-r DIR | -R FILE] [-t FILE] [ENTRY...]",
	  "say why entries match or do not, and what became of each rule\n"
	  "\t-a, --all             all entries, not only those that come near\n"
	  "\t-j, --json            as JSON\n"
	  "\t-r, --root DIR        of the machine whose /sys was copied to DIR\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE\n"
	  "\t-t, --table FILE      look there: a compiled table, or a source",
	  cmd_quirks_explain },
	{ "quirks", "list",
	  "[-j] [-r DIR] [FILE | FILE.dts...]",
	  "print a table: the one in force, or that of the files\n"
	  "\t-j, --json            as a JSON array of entries\n"
	  "\t-r, --root DIR        look below DIR",
	  cmd_quirks_list },
	{ "quirks", "lint",
	  "[-i [-r DIR]] FILE.dts...",
	  "say all that is wrong with quirk sources\n"
	  "\t-i, --with-installed  hold them against the installed ones too\n"
	  "\t-r, --root DIR        which are below DIR",
	  cmd_quirks_lint },
	{ "quirks", "compile",
	  "-o OUT -s SERIAL [-l NUMBER] [-a] FILE.dts...",
	  "compile quirk sources into one table\n"
	  "\t-o, --output OUT      write the table there, all or nothing\n"
	  "\t-s, --serial SERIAL   number of the table, YYYYMMDDnn\n"
	  "\t-l, --local NUMBER    of tables of one serial the one with more wins (default 0)\n"
	  "\t-a, --c-array         write the bytes of a C array instead",
	  cmd_quirks_compile },
	{ "quirks", "update",
	  "[-n] [-r DIR] [-o OUT] [-a FILE]",
	  "compile the installed sources with what is dropped in, for the module and udev\n"
	  "\t-n, --no-reload       do not tell the loaded module\n"
	  "\t-r, --root DIR        work below DIR\n"
	  "\t-o, --output OUT      write the table there\n"
	  "\t-a, --aliases FILE    write the udev rules there",
	  cmd_quirks_update },
	{ "quirks", "aliases",
	  "[-o OUT] FILE.dts...",
	  "print udev rules that load the module on the boards of the sources\n"
	  "\t-o, --output OUT      write them there",
	  cmd_quirks_aliases },
	{ "window", NULL,
	  "[-j] [-R FILE] [-g ADDRESS[,SIZE]]",
	  "print where the software MSI window is; exit code 1 where something is wrong with it\n"
	  "\t-j, --json            as JSON\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE\n"
	  "\t-g, --guest-its ADDRESS[,SIZE]\n"
	  "\t                      does a guest's ITS lie in it, and where would it not?\n"
	  "\t                      qemu-virt is 0x8080000,0x20000; SIZE is 0x20000 if not given",
	  cmd_window },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	size_t i;

	printf("usage: iommu-resv COMMAND [OPTION...] [ARGUMENT...]\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("\n%s%s%s %s\n\t%s\n", commands[i].group,
		       commands[i].name ? " " : "",
		       commands[i].name ? commands[i].name : "",
		       commands[i].synopsis, commands[i].help);
	printf("\nhelp, --help\n\tprint this\n");
	printf("\nversion, --version\n\tprint the version\n");
	printf("\nExit codes: 0 clean, 1 findings, 2 wrong usage or trouble.\n");
}

int main(int argc, char **argv)
{
	const char *group = argc > 1 ? argv[1] : "";
	const char *name = argc > 2 ? argv[2] : "";
	size_t i;

	if (!strcmp(group, "help") || !strcmp(group, "--help") ||
	    !strcmp(group, "-h")) {
		print_help();
		return EXIT_CLEAN;
	}
	if (!strcmp(group, "version") || !strcmp(group, "--version")) {
		printf("iommu-resv %s\n", IOMMU_RESV_VERSION);
		return EXIT_CLEAN;
	}
	for (i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].group, group))
			continue;
		if (!commands[i].name)
			return commands[i].fn(argc - 1, argv + 1);
		if (!strcmp(commands[i].name, name))
			return commands[i].fn(argc - 2, argv + 2);
	}

	problem("no such command: \"%s%s%s\": try iommu-resv help", group,
		*name ? " " : "", name);
	return EXIT_TROUBLE;
}
