// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_update.c - iommu-resv quirks update, iommu-resv quirks aliases
 *
 * The table that is built into the module has the shipped sources only. What
 * vendors and administrators drop in is compiled together with these into a
 * file that the module prefers, and udev gets rules that know the new boards.
 */
#include "cmd.h"
#include "aliases.h"
#include "problem.h"
#include "sources.h"
#include "write.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define RULES_FILE	"/etc/udev/rules.d/80-iommu-resv.rules"
#define RELOAD_FILE	"/sys/devices/platform/iommu-resv/reload"

static char *below(const char *root, const char *path)
{
	size_t room = strlen(root) + strlen(path) + 1;
	char *whole = xrealloc(NULL, room);

	snprintf(whole, room, "%s%s", root, path);
	return whole;
}

/* Rules that somebody else wrote, or a link that switches ours off. */
static bool is_foreign(const char *name)
{
	char line[sizeof(ALIASES_MARK)] = "";
	FILE *f;
	bool ours;

	if (access(name, F_OK) && errno == ENOENT) {
		/* A link that leads nowhere is somebody's, too. */
		return readlink(name, line, sizeof(line)) >= 0;
	}
	f = fopen(name, "r");
	ours = f && fgets(line, sizeof(line), f) && !strcmp(line, ALIASES_MARK);
	if (f)
		fclose(f);
	return !ours;
}

static int write_rules(const char *name, const struct quirk_table *t,
		       const struct quirk_compiled *compiled)
{
	struct output output;

	if (!name)
		return 0;
	if (is_foreign(name)) {
		printf("%s: not written by this command: left alone\n", name);
		return 0;
	}
	if (make_parents(name) || output_open(&output, name))
		return -1;
	aliases_write(output.file, t, compiled);
	return output_close(&output);
}

/* Tell the loaded module; @no_file: there is none any more. */
static int reload(bool no_file)
{
	int fd = open(RELOAD_FILE, O_WRONLY | O_CLOEXEC);
	ssize_t ret;
	int error;

	if (fd < 0 && errno == ENOENT) {
		printf("the module is not loaded: it takes the table when it is\n");
		return EXIT_CLEAN;
	}
	ret = fd < 0 ? -1 : write(fd, "1\n", 2);
	error = errno;
	if (fd >= 0)
		close(fd);
	if (ret == 2 || (no_file && error == ENOENT)) {
		printf("the module has taken the table\n");
		return EXIT_CLEAN;
	}
	problem("the module does not take the table: %s: what it has stays in force; the reason is in the kernel's log: dmesg | grep iommu-resv",
		strerror(error));
	return EXIT_TROUBLE;
}

static int remove_file(const char *name, bool *was_there)
{
	if (!unlink(name)) {
		*was_there = true;
		printf("%s: removed: nothing is dropped in\n", name);
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	problem("%s: cannot remove: %s", name, strerror(errno));
	return -1;
}

/* Nothing is dropped in: the built-in table and the packaged rules serve. */
static int drop_all(const char *table, const char *rules, bool tell)
{
	bool was_there = false;
	bool had_rules = false;

	if (remove_file(table, &was_there) ||
	    (!is_foreign(rules) && remove_file(rules, &had_rules)))
		return EXIT_TROUBLE;
	if (!was_there) {
		printf("nothing is dropped in: the table that is built into the module serves\n");
		return EXIT_CLEAN;
	}
	return tell ? reload(true) : EXIT_CLEAN;
}

static int compile_all(const struct sources *s, u64 serial,
		       const char *table_name, const char *rules_name,
		       bool tell)
{
	struct quirk_compile_options header = {
		.serial = serial,
		.local = s->drop_ins != 0,
	};
	struct quirk_compiled compiled;
	struct quirk_fault fault;
	struct quirk_table table;
	int ret = EXIT_TROUBLE;

	switch (quirk_compile(s->files, s->count, &header, &compiled)) {
	case QUIRK_COMPILE_DEFECTS:
		problem("nothing was changed: put right what is named above, or take the file away");
		return EXIT_FINDINGS;
	case QUIRK_COMPILE_TROUBLE:
		return EXIT_TROUBLE;
	case QUIRK_COMPILE_OK:
		break;
	}
	if (quirk_table_open(&table, compiled.image, compiled.size, &fault)) {
		problem("the new table is damaged: %s", fault.what);
	} else if (!make_parents(table_name) &&
		   !output_bytes(table_name, compiled.image, compiled.size) &&
		   !write_rules(rules_name, &table, &compiled)) {
		printf("%s: %zu entries, drop-ins: %zu\n", table_name,
		       compiled.entry_count, s->drop_ins);
		ret = tell ? reload(false) : EXIT_CLEAN;
	}
	quirk_compiled_free(&compiled);
	return ret;
}

int cmd_quirks_update(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "aliases", required_argument, NULL, 'a' },
		{ "no-reload", no_argument, NULL, 'n' },
		{ "root", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	const char *output = NULL;
	const char *aliases = NULL;
	const char *root = "";
	struct sources s = { .count = 0 };
	char *table_name;
	char *rules_name;
	bool tell = true;
	int option;
	u64 serial;
	int ret;

	while ((option = getopt_long(argc, argv, "o:a:nr:", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'a':
			aliases = optarg;
			break;
		case 'n':
			tell = false;
			break;
		case 'r':
			root = optarg;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (optind < argc) {
		problem("quirks update: takes no file: put \"%s\" into %s",
			argv[optind], SOURCES_LOCAL);
		return EXIT_TROUBLE;
	}

	/* Only the table in its own place is the running module's. */
	tell = tell && !*root && !output;
	table_name = output ? xstrdup(output) : below(root, TABLE_UPDATED);
	/* A table for elsewhere does not change what udev does here. */
	rules_name = aliases ? xstrdup(aliases) :
		     output ? NULL : below(root, RULES_FILE);
	if (sources_installed(&s, root) || sources_serial(root, &serial))
		ret = EXIT_TROUBLE;
	else if (!s.drop_ins && !output)
		ret = drop_all(table_name, rules_name, tell);
	else
		ret = compile_all(&s, serial, table_name, rules_name, tell);
	if (fflush(stdout) && ret == EXIT_CLEAN) {
		problem("cannot write to standard output: %s", strerror(errno));
		ret = EXIT_TROUBLE;
	}
	sources_free(&s);
	free(table_name);
	free(rules_name);
	return ret;
}

int cmd_quirks_aliases(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	const struct quirk_compile_options header = { .serial = 0 };
	struct quirk_compiled compiled;
	const char *name = NULL;
	struct quirk_fault fault;
	struct quirk_table table;
	struct output output;
	int option;
	int ret;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option != 'o')
			return EXIT_TROUBLE;
		name = optarg;
	}
	if (optind == argc) {
		problem("quirks aliases: no source given: name one or more FILE.dts");
		return EXIT_TROUBLE;
	}
	switch (quirk_compile(argv + optind, (size_t)(argc - optind), &header,
			      &compiled)) {
	case QUIRK_COMPILE_DEFECTS:
		return EXIT_FINDINGS;
	case QUIRK_COMPILE_TROUBLE:
		return EXIT_TROUBLE;
	case QUIRK_COMPILE_OK:
		break;
	}
	ret = quirk_table_open(&table, compiled.image, compiled.size, &fault);
	if (ret) {
		problem("the new table is damaged: %s", fault.what);
	} else if (name) {
		ret = output_open(&output, name);
		if (!ret) {
			aliases_write(output.file, &table, &compiled);
			ret = output_close(&output);
		}
	} else {
		aliases_write(stdout, &table, &compiled);
		ret = fflush(stdout);
		if (ret)
			problem("cannot write to standard output: %s",
				strerror(errno));
	}
	quirk_compiled_free(&compiled);
	return ret ? EXIT_TROUBLE : EXIT_CLEAN;
}
