// SPDX-License-Identifier: GPL-2.0-only
/*
 * match.c - which entries of a table are a machine's
 *
 * Works on a table that quirk_table_open() has checked, and reads it without
 * checks of its own. Contracts are in table.h; compiled into the module and
 * into the host's tools and tests.
 */
#include "table.h"

static void copy_padded(char *to, const char *from, size_t len)
{
	size_t used = len;
	size_t i;

	while (used && (!from[used - 1] || from[used - 1] == ' '))
		used--;
	for (i = 0; i < len; i++)
		to[i] = i < used ? from[i] : ' ';
}

void quirk_acpi_key(char key[QUIRK_ACPI_KEY_LEN + 1], const char *signature, const char *oem_id,
		    const char *oem_table_id)
{
	memcpy(key, signature, 4);
	copy_padded(key + 4, oem_id, 6);
	copy_padded(key + 10, oem_table_id, 8);
	key[QUIRK_ACPI_KEY_LEN] = '\0';
}

/* What match_token() needs: a pass over the tokens, for all entries or one. */
struct match_pass {
	const struct quirk_table *t;
	const struct quirk_identity *id;
	u8 *seen;	/* not NULL: mark entries there */
	u32 entry;	/* else: find the first key of this entry */
	u32 key;
};

/* Order of a key record relative to a token: below, at or above 0. */
static int compare_key(const struct quirk_table *t, u32 key, u32 kind,
		       const char *value)
{
	const u8 *k = quirk_key_at(t, key);
	u32 key_kind = get_le32(k + QUIRK_KEY_KIND);

	if (key_kind != kind)
		return key_kind < kind ? -1 : 1;
	return strcmp(quirk_string(t, k + QUIRK_KEY_VALUE), value);
}

static bool conds_hold(const struct match_pass *pass, const u8 *k)
{
	u32 first = get_le32(k + QUIRK_KEY_COND_FIRST);
	u32 count = get_le32(k + QUIRK_KEY_COND_COUNT);
	u32 i;

	for (i = first; i < first + count; i++) {
		const u8 *c = quirk_cond_at(pass->t, i);
		u32 kind = get_le32(c + QUIRK_COND_KIND);

		/*
		 * Only in an entry of a level above ours: it must not be taken
		 * for another machine's because of what we do not know.
		 */
		if (!QUIRK_COND_IS_IDENTITY(kind))
			continue;
		if (!pass->id->has(pass->id->ctx, kind,
				   quirk_string(pass->t, c + QUIRK_COND_VALUE),
				   (u32)get_le64(c + QUIRK_COND_LO),
				   (u32)get_le64(c + QUIRK_COND_HI)))
			return false;
	}
	return true;
}

static int match_token(void *arg, enum quirk_key kind, const char *value,
		       u32 revision)
{
	struct match_pass *pass = arg;
	const struct quirk_table *t = pass->t;
	u32 low = 0;
	u32 high = t->count[QUIRK_SEC_KEYS];

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (compare_key(t, middle, kind, value) < 0)
			low = middle + 1;
		else
			high = middle;
	}

	for (; low < t->count[QUIRK_SEC_KEYS] &&
	       !compare_key(t, low, kind, value); low++) {
		const u8 *k = quirk_key_at(t, low);
		u32 entry = get_le32(k + QUIRK_KEY_ENTRY);

		if (kind == QUIRK_KEY_ACPI &&
		    (revision < get_le32(k + QUIRK_KEY_REV_MIN) ||
		     revision > get_le32(k + QUIRK_KEY_REV_MAX)))
			continue;
		if (pass->seen ? pass->seen[entry / 8] & 1 << entry % 8 :
				 entry != pass->entry || low >= pass->key)
			continue;
		if (!conds_hold(pass, k))
			continue;
		if (pass->seen)
			pass->seen[entry / 8] |= (u8)(1 << entry % 8);
		else
			pass->key = low;
	}
	return 0;
}

int quirk_table_match(const struct quirk_table *t,
		      const struct quirk_identity *id,
		      int (*fn)(void *arg, u32 entry, u32 key), void *arg,
		      u8 *seen)
{
	struct match_pass all = { .t = t, .id = id, .seen = seen };
	u32 entry;
	int ret;

	ret = id->for_each_token(id->ctx, match_token, &all);
	if (ret)
		return ret;

	for (entry = 0; entry < t->count[QUIRK_SEC_ENTRIES]; entry++)
		if (seen[entry / 8] & 1 << entry % 8 &&
		    !quirk_entry_known(t, entry))
			return -EOPNOTSUPP;

	for (entry = 0; entry < t->count[QUIRK_SEC_ENTRIES]; entry++) {
		struct match_pass one = {
			.t = t,
			.id = id,
			.entry = entry,
			.key = U32_MAX,
		};

		if (!(seen[entry / 8] & 1 << entry % 8))
			continue;
		ret = id->for_each_token(id->ctx, match_token, &one);
		if (ret)
			return ret;
		ret = fn(arg, entry, one.key);
		if (ret)
			return ret;
	}
	return 0;
}
