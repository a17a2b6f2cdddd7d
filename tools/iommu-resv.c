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

struct command {
	const char *group;
	const char *name;
	const char *synopsis;
	const char *help;
	int (*fn)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "quirks", "compile",
	  "{-o OUT -s SERIAL [-a] | -c} FILE.dts...",
	  "compile quirk sources into one table\n"
	  "\t-o, --output OUT      write the table there, all or nothing\n"
	  "\t-s, --serial SERIAL   number of the table, YYYYMMDDnn\n"
	  "\t-a, --c-array         write the bytes of a C array instead\n"
	  "\t-c, --check           check the sources only",
	  cmd_quirks_compile },
	{ "quirks", "list",
	  "[-j] FILE",
	  "check a compiled table and print what it says\n"
	  "\t-j, --json            as JSON",
	  cmd_quirks_list },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	size_t i;

	printf("usage: iommu-resv COMMAND [OPTION...] [ARGUMENT...]\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("\n%s %s %s\n\t%s\n", commands[i].group,
		       commands[i].name, commands[i].synopsis,
		       commands[i].help);
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
	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].group, group) &&
		    !strcmp(commands[i].name, name))
			return commands[i].fn(argc - 2, argv + 2);

	problem("no such command: \"%s%s%s\": try iommu-resv help", group,
		*name ? " " : "", name);
	return EXIT_TROUBLE;
}
