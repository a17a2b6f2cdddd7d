/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * level_reader.h - a reader of an earlier level of the quirk language
 *
 * A second copy of table.c and match.c beside that of today, which compiles the
 * tables: it knows QUIRK_LEVEL only, which has to be defined before this. It does
 * so as a module of an earlier version does: it takes the table, and has each
 * entry but those that need more. It does not go by one of these where it is the
 * machine's.
 *
 * Needs LINK: as quirk_source.h, and quirks/match.c
 */
#ifndef IOMMU_RESV_TEST_LEVEL_READER_H
#define IOMMU_RESV_TEST_LEVEL_READER_H

#define quirk_dmi_fields	old_dmi_fields
#define quirk_kernel_names	old_kernel_names
#define quirk_action_takes	old_action_takes
#define quirk_table_open	old_table_open
#define quirk_bar_word		old_bar_word
#define quirk_key_name		old_key_name
#define quirk_acpi_key		old_acpi_key
#define quirk_table_match	old_table_match

#include "../../quirks/table.c"
#include "../../quirks/match.c"
#include "quirk_source.h"

#define NO_EFFECT " type = \"none\"; confidence = \"confirmed\"; reference = \"rr\"; reason = \"why\"; "

static u8 *image;
static struct quirk_table table;

static inline int level_teardown(void **state)
{
	free(image);
	return 0;
}

/* A machine with one string in its device tree's root, and nothing else. */
static inline int tokens(void *ctx,
			 int (*fn)(void *arg, enum quirk_key kind,
				   const char *value, u32 revision), void *arg)
{
	return fn(arg, QUIRK_KEY_DT_ROOT, ctx, 0);
}

static inline bool has(void *ctx, enum quirk_key kind, const char *value,
		       u32 rev_min, u32 rev_max)
{
	return kind == QUIRK_KEY_DT_ROOT && !strcmp(ctx, value);
}

static inline int note(void *arg, u32 entry, u32 key)
{
	*(u32 *)arg |= 1u << entry;
	return 0;
}

/* The entries of the machine with that root, a bit each. */
static inline int match(const char *root, u32 *found)
{
	const struct quirk_identity id = { tokens, has, (void *)root };
	u8 seen = 0;

	*found = 0;
	return quirk_table_match(&table, &id, note, found, &seen);
}

#endif
