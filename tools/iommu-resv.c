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
	  "[-q | [-v] [-j]] [-l] [-r DIR] [-t FILE]",
	  "find the entries of this machine; exit code 0 where there is one, else 1\n"
	  "\t-q, --quiet           print nothing\n"
	  "\t-v, --verbose         print all keys of the machine too, as a match node has them\n"
	  "\t-l, --load            leave out those that are no reason to load the module\n"
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
	{ "iort", "dump",
	  "[-j] [FILE]",
	  "print an IORT, by default this machine's; names are those of ARM DEN 0049E.f\n"
	  "\t-j, --json            as JSON",
	  cmd_iort_dump },
	{ "iort", "check",
	  "[-v] [-j] [FILE]",
	  "say all that is wrong with an IORT, by default this machine's\n"
	  "\t-v, --verbose         what is worth knowing but no defect, too, and how much it is\n"
	  "\t-j, --json            as JSON",
	  cmd_iort_check },
	{ "iort", "diff",
	  "[-j] OLD NEW",
	  "compare two IORTs by what they mean, wherever things are in them\n"
	  "\t-j, --json            as JSON",
	  cmd_iort_diff },
	{ "iort", "overlay",
	  "[-t TABLE] [-R FILE] [-r RMR]... [-c CORRECTION]... [-v] -o OUT",
	  "make this host's IORT with what its board needs, for the next boot\n"
	  "\t-t, --table TABLE     from this table, not from the live one\n"
	  "\t-R, --report FILE     for the machine whose report.json was saved as FILE; the live\n"
	  "\t                      one, if there is neither -r nor -c\n"
	  "\t-r, --rmr START-LAST@DEVICE[,remap][,privileged][,attr=N]\n"
	  "\t                      also this memory, mapped one to one for DEVICE, a PCI address\n"
	  "\t                      or a path in ACPI; N is 5, normal write-back, if not given\n"
	  "\t-c, --correct CORRECTION\n"
	  "\t                      also smmu-model=MODEL[@SMMU], address-limit=BITS[@SEGMENT] or\n"
	  "\t                      id-mapping=FIRST-LAST=STREAM@SMMU[,SEGMENT]\n"
	  "\t-v, --verbose         say what was added\n"
	  "\t-o, --output OUT      write it there, all or nothing",
	  cmd_iort_overlay },
	{ "iort", "fragment",
	  "[-R FILE] [-v] -o OUT DEVICE|GROUP...",
	  "make RMR nodes for a VMM that makes its guest's IORT itself\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE\n"
	  "\t-v, --verbose         say what is in it\n"
	  "\t-o, --output OUT      write it there, all or nothing",
	  cmd_iort_fragment },
	{ "iort", "guest",
	  "-b BASE -m HOST=GUEST... [-R FILE] [-d DSDT] [-s SSDT]... [-i IASL] [-v] -o DIR",
	  "make the tables that tell a guest behind a virtual SMMU of the host's regions\n"
	  "\t-b, --base PATH       its VMM's IORT, or a copy of the guest's /sys/firmware/acpi/tables\n"
	  "\t-m, --map HOST=GUEST  a device or group of the host, and where the guest has it:\n"
	  "\t                      [SEGMENT:]BUS:DEVICE.FUNCTION, or bus:[SEGMENT:]BUS[-BUS]\n"
	  "\t-R, --report FILE     of the host whose report.json was saved as FILE\n"
	  "\t-d, --dsdt FILE       the guest's DSDT\n"
	  "\t-s, --ssdt FILE       its SSDTs, in the order in which they are loaded\n"
	  "\t-i, --iasl PATH       the compiler (default iasl)\n"
	  "\t-v, --verbose         say what was made\n"
	  "\t-o, --output DIR      write them there",
	  cmd_iort_guest },
	{ "iort", "preserve",
	  "[-b DIR] [-d DSDT] [-s SSDT]... [-i IASL] [-v] -o DIR",
	  "make a DSDT and an SSDT with which Linux heeds RMRs of PCI devices\n"
	  "\t-b, --base DIR        of the machine whose /sys/firmware/acpi/tables was copied to DIR\n"
	  "\t-d, --dsdt FILE       its DSDT\n"
	  "\t-s, --ssdt FILE       its SSDTs, in the order in which they are loaded\n"
	  "\t-i, --iasl PATH       the compiler (default iasl)\n"
	  "\t-v, --verbose         say what was made\n"
	  "\t-o, --output DIR      write them there",
	  cmd_iort_preserve },
	{ "iort", "cpio",
	  "-o OUT FILE.aml...",
	  "make the archive for the front of the initramfs, from which Linux takes tables\n"
	  "\t-o, --output OUT      write it there, all or nothing",
	  cmd_iort_cpio },
	{ "window", NULL,
	  "[-j] [-R FILE] [-g ADDRESS[,SIZE]]",
	  "print where the software MSI window is; exit code 1 where something is wrong with it\n"
	  "\t-j, --json            as JSON\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE\n"
	  "\t-g, --guest-its ADDRESS[,SIZE]\n"
	  "\t                      does a guest's ITS lie in it, and where would it not?\n"
	  "\t                      qemu-virt is 0x8080000,0x20000; SIZE is 0x20000 if not given",
	  cmd_window },
	{ "bars", "show",
	  "[-s SIZE] [-j] [-R FILE] [DEVICE...]",
	  "print which BARs VFIO maps into guests; exit code 1 where one traps or fails\n"
	  "\t-s, --page-size SIZE  of a kernel with such pages, as 64K; all: of each that is known\n"
	  "\t-j, --json            as JSON\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE",
	  cmd_bars_show },
	{ "bars", "remedy",
	  "[-s SIZE] [-j] [-r DIR | -R FILE] [DEVICE...]",
	  "print the kernel argument, or writes to sysfs, that give BARs pages of their own;\n"
	  "\texit code 1 where some lack them\n"
	  "\t-s, --page-size SIZE  of a kernel with such pages, as 64K\n"
	  "\t-j, --json            as JSON\n"
	  "\t-r, --root DIR        of the machine whose /sys and /proc were copied to DIR\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE",
	  cmd_bars_remedy },
	{ "bars", "check",
	  "[-s SIZE] [-j] [-r DIR] [DEVICE...]",
	  "print whether that took; exit code 1 where it did not, or where a device should be named\n"
	  "\t-s, --page-size SIZE  of a kernel with such pages, as 64K\n"
	  "\t-j, --json            as JSON\n"
	  "\t-r, --root DIR        of the machine whose /sys and /proc were copied to DIR",
	  cmd_bars_check },
	{ "bars", "place",
	  "-w WINDOW... [-p WINDOW]... [-s SIZE] [-G SIZE] [-a DEVICE/BAR=ADDRESS]... [-x] [-i] [-j] [-R FILE] DEVICE...",
	  "find a place in a guest for each BAR of the devices; exit code 1 where there is none\n"
	  "\t-w, --window WINDOW   where the guest has room, START+SIZE or START-LAST; the former first\n"
	  "\t-p, --prefetchable WINDOW\n"
	  "\t                      the windows are those of a bridge, and this is the prefetchable one\n"
	  "\t-s, --page-size SIZE  of a host with such pages, as 64K (default that of the report)\n"
	  "\t-G, --guest-page-size SIZE\n"
	  "\t                      and of a guest with larger ones\n"
	  "\t-a, --at DEVICE/BAR=ADDRESS\n"
	  "\t                      this BAR is there; without -w, check such a layout\n"
	  "\t-x, --rom             place ROMs, too\n"
	  "\t-i, --ignore-regions  place BARs also where the devices' groups have reserved regions\n"
	  "\t-j, --json            as JSON\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE",
	  cmd_bars_place },
	{ "dt", "overlay",
	  "-o OUT [-b BASE] [-R FILE] [-v] [-m DEVICE=PLACE... | DEVICE... | GROUP...]",
	  "write a device tree overlay with the regions that rules add; exit code 1 where it cannot say one\n"
	  "\t-o, --output OUT      write it there\n"
	  "\t-b, --base BASE       for this device tree (default /sys/firmware/fdt)\n"
	  "\t-R, --report FILE     of the machine whose report.json was saved as FILE\n"
	  "\t-m, --map DEVICE=PLACE\n"
	  "\t                      for a guest: where it has the host's DEVICE, /NODE or\n"
	  "\t                      [/HOST-BRIDGE:]DD.F[/DD.F...], the way from its root bus\n"
	  "\t-v, --verbose         say what is good to know, and how much it is",
	  cmd_dt_overlay },
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
