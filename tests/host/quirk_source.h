/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * quirk_source.h - tables for tests, from quirk sources written in the test
 *
 * Needs LINK: quirks/table.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c
 */
#ifndef IOMMU_RESV_TEST_QUIRK_SOURCE_H
#define IOMMU_RESV_TEST_QUIRK_SOURCE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../quirks/compile.h"

#define TEST_SERIAL 2026010203ull

/* What every entry and rule needs, and no test cares about. */
#define ENTRY_WORDS " title = \"t ~!\"; reference = \"r\"; "
#define RULE_WORDS " type = \"reserved\"; reference = \"rr\"; reason = \"why\"; "
#define SOURCE(entries) "/dts-v1/; / { " entries " };"

/* Make the checksum right again. */
static inline void fix_crc(u8 *image, size_t size)
{
	put_le32(image + QUIRK_HDR_CRC, 0);
	put_le32(image + QUIRK_HDR_CRC, env_crc32(0, image, size));
}

/* Compile a source; the image is exactly as large as its allocation. */
static inline u8 *compile_text(const char *text, size_t *size)
{
	char name[] = P_tmpdir "/quirk-test-XXXXXX";
	char *files[] = { name };
	const struct quirk_compile_options options = { .serial = TEST_SERIAL };
	struct quirk_compiled compiled;
	u8 *exact;
	FILE *f = fdopen(mkstemp(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(quirk_compile(files, 1, &options, &compiled),
			 QUIRK_COMPILE_OK);
	unlink(name);
	*size = compiled.size;
	exact = malloc(*size);
	assert_non_null(exact);
	memcpy(exact, compiled.image, *size);
	quirk_compiled_free(&compiled);
	return exact;
}

/* The same, opened; free(the result) when done. */
static inline u8 *open_text(const char *text, struct quirk_table *table)
{
	struct quirk_fault fault;
	size_t size;
	u8 *image = compile_text(text, &size);

	assert_int_equal(quirk_table_open(table, image, size, &fault), 0);
	return image;
}

static inline u32 find_entry(const struct quirk_table *t, const char *name)
{
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++)
		if (!strcmp(quirk_string(t, quirk_entry_at(t, i) +
					    QUIRK_ENT_NAME), name))
			return i;
	fail_msg("no entry %s", name);
	return 0;
}

static inline u32 find_rule(const struct quirk_table *t, u32 entry,
			    const char *name)
{
	const u8 *e = quirk_entry_at(t, entry);
	u32 first = get_le32(e + QUIRK_ENT_RULE_FIRST);
	u32 i;

	for (i = first; i < first + get_le32(e + QUIRK_ENT_RULE_COUNT); i++)
		if (!strcmp(quirk_string(t, quirk_rule_at(t, i) +
					    QUIRK_RULE_NAME), name))
			return i;
	fail_msg("no rule %s", name);
	return 0;
}

#endif
