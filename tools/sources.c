// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources.c - the installed quirk sources, and the table that is in force
 */
#include "sources.h"
#include "problem.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *joined(const char *root, const char *path, const char *name)
{
	size_t room = strlen(root) + strlen(path) + strlen(name) + 2;
	char *whole = xrealloc(NULL, room);

	snprintf(whole, room, "%s%s%s%s", root, path, *name ? "/" : "", name);
	return whole;
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static bool is_source_name(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && name[0] != '.' && !strcmp(name + length - 4, ".dts");
}

/* Where a name is or should be, in the order of base names. */
static size_t place_of(const struct sources *s, const char *file, bool *found)
{
	size_t i = 0;
	int order = 1;

	while (i < s->count &&
	       (order = strcmp(base_name(s->files[i]), base_name(file))) < 0)
		i++;
	*found = i < s->count && !order;
	return i;
}

static void remove_name(struct sources *s, const char *file)
{
	bool found;
	size_t at = place_of(s, file, &found);

	if (!found)
		return;
	free(s->files[at]);
	s->count--;
	memmove(&s->files[at], &s->files[at + 1],
		(s->count - at) * sizeof(*s->files));
}

void sources_add(struct sources *s, const char *file)
{
	bool found;
	size_t at;

	remove_name(s, file);
	at = place_of(s, file, &found);
	s->files = xrealloc(s->files, (s->count + 1) * sizeof(*s->files));
	memmove(&s->files[at + 1], &s->files[at],
		(s->count - at) * sizeof(*s->files));
	s->files[at] = xstrdup(file);
	s->count++;
}

/* Does this file only take others of its name away? */
static bool is_mask(const char *file)
{
	char target[16];
	ssize_t length = readlink(file, target, sizeof(target));
	struct stat st;

	if (length == 9 && !memcmp(target, "/dev/null", 9))
		return true;
	return !stat(file, &st) && S_ISREG(st.st_mode) && !st.st_size;
}

static int read_dir(struct sources *s, const char *root, const char *path,
		    bool drop_in)
{
	char *name = joined(root, path, "");
	DIR *dir = opendir(name);
	struct dirent *entry;
	int ret = 0;

	if (!dir && (errno != ENOENT || !drop_in)) {
		problem("%s: cannot read: %s%s", name, strerror(errno),
			drop_in ? "" : ": install the package iommu-resv, or say make install");
		ret = -1;
	}
	while (dir && (entry = readdir(dir))) {
		char *file;

		if (!is_source_name(entry->d_name))
			continue;
		file = joined(root, path, entry->d_name);
		s->drop_ins += drop_in;
		if (is_mask(file))
			remove_name(s, file);
		else
			sources_add(s, file);
		free(file);
	}
	if (dir)
		closedir(dir);
	free(name);
	return ret;
}

int sources_installed(struct sources *s, const char *root)
{
	*s = (struct sources){ .count = 0 };
	if (read_dir(s, root, SOURCES_SHIPPED, false) ||
	    read_dir(s, root, SOURCES_VENDOR, true) ||
	    read_dir(s, root, SOURCES_LOCAL, true))
		return -1;
	if (!s->count) {
		problem("%s%s: has no source, and the drop-ins have none either",
			root, SOURCES_SHIPPED);
		return -1;
	}
	return 0;
}

int parse_serial(const char *text, u64 *serial)
{
	unsigned int month;
	unsigned int day;

	if (strlen(text) != 10 || strspn(text, "0123456789") != 10)
		return -1;
	*serial = strtoull(text, NULL, 10);
	month = (unsigned int)(*serial / 10000 % 100);
	day = (unsigned int)(*serial / 100 % 100);
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? 0 : -1;
}

int sources_serial(const char *root, u64 *serial)
{
	char *name = joined(root, SOURCES_SHIPPED, "serial");
	char *text = NULL;
	size_t size;
	int ret = read_file(name, &text, &size);

	if (!ret) {
		if (size && text[size - 1] == '\n')
			text[size - 1] = '\0';
		ret = parse_serial(text, serial);
		if (ret)
			problem("%s: is not a number of the form YYYYMMDDnn: install the package iommu-resv again",
				name);
		free(text);
	}
	free(name);
	return ret;
}

void sources_free(struct sources *s)
{
	while (s->count)
		free(s->files[--s->count]);
	free(s->files);
	s->files = NULL;
}

static int compile_sources(struct table_file *t, char *const *files,
			   size_t count)
{
	const struct quirk_compile_options header = { .serial = 0 };
	struct quirk_fault fault;

	switch (quirk_compile(files, count, &header, &t->compiled)) {
	case QUIRK_COMPILE_DEFECTS:
		return EXIT_FINDINGS;
	case QUIRK_COMPILE_TROUBLE:
		return EXIT_TROUBLE;
	case QUIRK_COMPILE_OK:
		break;
	}
	t->is_compiled = true;
	if (quirk_table_open(&t->table, t->compiled.image, t->compiled.size,
			     &fault)) {
		problem("byte %" PRIu32 " of the new table: %s", fault.offset,
			fault.what);
		return EXIT_TROUBLE;
	}
	return EXIT_CLEAN;
}

static int read_image(struct table_file *t, const char *file)
{
	struct quirk_fault fault;
	size_t size;

	if (read_file(file, &t->image, &size))
		return EXIT_TROUBLE;
	if (quirk_table_open(&t->table, t->image, size, &fault)) {
		problem("%s: refused: byte %" PRIu32 ": %s", file, fault.offset,
			fault.what);
		return EXIT_FINDINGS;
	}
	return EXIT_CLEAN;
}

int table_read(struct table_file *t, char *const *files, size_t count)
{
	*t = (struct table_file){ .from = files[0] };
	if (count > 1 || is_source_name(base_name(files[0]))) {
		t->from = count > 1 ? "the sources given" : files[0];
		return compile_sources(t, files, count);
	}
	return read_image(t, files[0]);
}

/* Read a table where there is one; @have: there was, and it is good. */
static void try_image(struct table_file *t, const char *root, const char *path,
		      const char *from, bool *have)
{
	struct table_file other = { .from = from };
	char *file = joined(root, path, "");

	/* A bad one was reported; the module would not take it either. */
	if (!access(file, R_OK) && !read_image(&other, file) &&
	    (!*have || quirk_table_newer(&other.table, &t->table))) {
		table_free(t);
		*t = other;
		*have = true;
	} else {
		table_free(&other);
	}
	free(file);
}

int table_current(struct table_file *t, const char *root)
{
	bool have = false;

	*t = (struct table_file){ .from = "" };
	for (;;) {
		try_image(t, root, DEBUG_DIR "/table", "the loaded module",
			  &have);
		if (have)
			return EXIT_CLEAN;
		try_image(t, root, TABLE_SHIPPED, TABLE_SHIPPED, &have);
		try_image(t, root, TABLE_UPDATED, TABLE_UPDATED, &have);
		if (have)
			return EXIT_CLEAN;
		if (!*root)
			break;
		root = "";
	}
	problem("no table: the module is not loaded (or only root may see its table), and %s is not there: install the package iommu-resv, or name a table",
		TABLE_SHIPPED);
	return EXIT_TROUBLE;
}

void table_free(struct table_file *t)
{
	if (t->is_compiled)
		quirk_compiled_free(&t->compiled);
	free(t->image);
}
