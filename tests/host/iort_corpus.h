/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iort_corpus.h - IORTs of real machines, for the tests of acpi/
 *
 * They are not in this tree: IORT_CORPUS says where they are, else they are
 * looked for in shared/iort-corpus beside it. Included after cmocka.h.
 */
#ifndef IORT_CORPUS_H
#define IORT_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module/env.h"

/* The directory of the tables; without one the test is skipped. */
static inline const char *corpus_or_skip(void)
{
	const char *places[] = {
		"../shared/iort-corpus", "/shared/iort-corpus",
	};
	const char *asked = getenv("IORT_CORPUS");
	DIR *d = NULL;
	u32 i;

	if (asked) {
		places[0] = asked;
		places[1] = asked;
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		d = opendir(places[i]);
		if (d) {
			closedir(d);
			return places[i];
		}
	}
	print_message("# no tables of real machines here: set IORT_CORPUS to their directory\n");
	skip();
	return NULL;
}

/* Reads a table; the buffer is the same one each time. */
static inline u8 *corpus_read(const char *dir, const char *name, size_t *size)
{
	static u8 table[0x10000];
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: cannot open", path);
	*size = fread(table, 1, sizeof(table), file);
	fclose(file);
	assert_true(*size > 64 && *size < sizeof(table));
	return table;
}

/* Calls @fn with each table, which it may change. Return: how many there are. */
static inline u32 corpus_for_each(void (*fn)(void *ctx, const char *name,
					     u8 *table, size_t size),
				  void *ctx)
{
	const char *dir = corpus_or_skip();
	DIR *d = opendir(dir);
	struct dirent *e;
	u32 tables = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name), size;
		u8 *table;

		if (n < 5 || strcmp(e->d_name + n - 5, ".iort"))
			continue;
		table = corpus_read(dir, e->d_name, &size);
		fn(ctx, e->d_name, table, size);
		tables++;
	}
	closedir(d);
	return tables;
}

#endif
