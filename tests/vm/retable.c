// SPDX-License-Identifier: GPL-2.0-only
/*
 * retable.c - change a compiled quirk table in one place, for the VM tests
 *
 *	retable IN OUT version N	the version of the format
 *	retable IN OUT level ENTRY N	the level of the language that an entry
 *					says it needs
 *
 * The checksum is put right afterwards: what is wrong with OUT is what was
 * asked for and nothing else. IN has to be a good table.
 *
 * Exit status: 0 done, 2 usage or trouble with a message on stderr.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../quirks/table.h"

#define TROUBLE 2

static u8 image[1 << 20];

static int trouble(const char *what, const char *name)
{
	fprintf(stderr, "retable: %s: %s\n", name, what);
	return TROUBLE;
}

static int number(const char *text, u32 *value)
{
	char *end;

	*value = (u32)strtoul(text, &end, 0);
	return *end || !*text ? trouble("is no number", text) : 0;
}

static int set_level(const struct quirk_table *t, const char *name, u32 level)
{
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++) {
		const u8 *entry = quirk_entry_at(t, i);

		if (!strcmp(quirk_string(t, entry + QUIRK_ENT_NAME), name)) {
			put_le32(image + (entry - image) + QUIRK_ENT_LEVEL,
				 level);
			return 0;
		}
	}
	return trouble("the table has no such entry", name);
}

int main(int argc, char **argv)
{
	struct quirk_fault fault = { NULL, 0 };
	struct quirk_table t;
	size_t size;
	FILE *file;
	u32 value;

	if (!(argc == 5 && !strcmp(argv[3], "version")) &&
	    !(argc == 6 && !strcmp(argv[3], "level"))) {
		fprintf(stderr, "usage: retable IN OUT version N\n"
			"       retable IN OUT level ENTRY N\n");
		return TROUBLE;
	}
	file = fopen(argv[1], "rb");
	if (!file)
		return trouble("cannot be opened", argv[1]);
	size = fread(image, 1, sizeof(image), file);
	fclose(file);
	if (quirk_table_open(&t, image, size, &fault))
		return trouble(fault.what, argv[1]);
	if (number(argv[argc - 1], &value))
		return TROUBLE;
	if (argc == 5)
		put_le32(image + QUIRK_HDR_VERSION, value);
	else if (set_level(&t, argv[4], value))
		return TROUBLE;

	put_le32(image + QUIRK_HDR_CRC, 0);
	put_le32(image + QUIRK_HDR_CRC, env_crc32(0, image, size));
	file = fopen(argv[2], "wb");
	if (!file || fwrite(image, 1, size, file) != size || fclose(file))
		return trouble("cannot be written", argv[2]);
	return 0;
}
