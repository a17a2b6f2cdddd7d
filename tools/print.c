// SPDX-License-Identifier: GPL-2.0-only
/*
 * print.c - parts of a quirk table, printed
 *
 * All words come from the vocabulary, so that what is printed can be looked up,
 * and written, there.
 */
#include "print.h"
#include "problem.h"
#include "../quirks/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *word_of(const struct vocab_word *words, u32 value)
{
	while (words->word && words->value != value)
		words++;
	return words->word;
}

void print_identity(struct out *o, u32 kind, const char *value, u64 rev_min,
		    u64 rev_max)
{
	out_text(o, "kind", quirk_key_name(kind));
	out_text(o, "value", value);
	if (kind == QUIRK_KEY_ACPI) {
		out_number(o, "revision-min", (int64_t)rev_min);
		out_number(o, "revision-max", (int64_t)rev_max);
	}
}

void print_key(struct out *o, const struct quirk_table *t, u32 key)
{
	const u8 *k = quirk_key_at(t, key);

	print_identity(o, get_le32(k + QUIRK_KEY_KIND),
		       quirk_string(t, k + QUIRK_KEY_VALUE),
		       get_le32(k + QUIRK_KEY_REV_MIN),
		       get_le32(k + QUIRK_KEY_REV_MAX));
}

static void print_matches(struct out *o, const struct quirk_table *t, u32 entry)
{
	u32 i;
	u32 j;

	out_array(o, "matches");
	for (i = 0; i < t->count[QUIRK_SEC_KEYS]; i++) {
		const u8 *k = quirk_key_at(t, i);
		u32 first = get_le32(k + QUIRK_KEY_COND_FIRST);

		if (get_le32(k + QUIRK_KEY_ENTRY) != entry)
			continue;
		out_object(o);
		print_key(o, t, i);
		out_array(o, "and");
		for (j = 0; j < get_le32(k + QUIRK_KEY_COND_COUNT); j++) {
			const u8 *c = quirk_cond_at(t, first + j);

			out_object(o);
			print_identity(o, get_le32(c + QUIRK_COND_KIND),
				       quirk_string(t, c + QUIRK_COND_VALUE),
				       get_le64(c + QUIRK_COND_LO),
				       get_le64(c + QUIRK_COND_HI));
			out_close(o);
		}
		out_close(o);
		out_close(o);
	}
	out_close(o);
}

static const char *scope_name(u32 kind)
{
	size_t i = 0;

	while (vocab[i].cond != kind)
		i++;
	return vocab[i].name;
}

static void print_scope(struct out *o, const struct quirk_table *t,
			const u8 *rule)
{
	u32 first = get_le32(rule + QUIRK_RULE_COND_FIRST);
	u32 i;

	out_array(o, "scope");
	for (i = 0; i < get_le32(rule + QUIRK_RULE_COND_COUNT); i++) {
		const u8 *c = quirk_cond_at(t, first + i);
		u32 kind = get_le32(c + QUIRK_COND_KIND);
		u64 lo = get_le64(c + QUIRK_COND_LO);

		out_object(o);
		out_text(o, "kind", scope_name(kind));
		if (kind == QUIRK_COND_BOOT)
			out_text(o, "value", word_of(vocab_boots, (u32)lo));
		else if (kind == QUIRK_COND_SEGMENT ||
			 kind == QUIRK_COND_PAGE_SIZE)
			out_number(o, "value", (int64_t)lo);
		else if (kind == QUIRK_COND_IOMMU_BASE)
			out_hex(o, "value", lo, 16);
		else
			out_text(o, "value",
				 quirk_string(t, c + QUIRK_COND_VALUE));
		out_close(o);
	}
	out_close(o);
}

static void print_arguments(struct out *o, const struct quirk_table *t,
			    const u8 *rule)
{
	const char *string = quirk_string(t, rule + QUIRK_RULE_ARG_STRING);
	u32 index = get_le32(rule + QUIRK_RULE_ARG_INDEX);
	u64 a = get_le64(rule + QUIRK_RULE_ARG_A);
	u64 b = get_le64(rule + QUIRK_RULE_ARG_B);

	if (rule[QUIRK_RULE_NODE])
		out_text(o, vocab[VOCAB_ARG_NODE].name,
			 word_of(vocab_dt_nodes, rule[QUIRK_RULE_NODE]));
	switch (rule[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
		out_hex(o, "first", a, 16);
		out_hex(o, "last", b, 16);
		break;
	case QUIRK_SOURCE_DT_REG:
		if (*string)
			out_text(o, vocab[VOCAB_ARG_REG_NAME].name, string);
		else
			out_number(o, vocab[VOCAB_ARG_REG_INDEX].name, index);
		out_hex(o, vocab[VOCAB_ARG_OFFSET].name, a, 1);
		if (b)
			out_hex(o, vocab[VOCAB_ARG_LENGTH].name, b, 1);
		break;
	case QUIRK_SOURCE_DT_PROPERTY:
		out_text(o, vocab[VOCAB_ARG_PROPERTY].name, string);
		break;
	case QUIRK_SOURCE_INBOUND_LIMIT:
		out_hex(o, vocab[VOCAB_ARG_APERTURE_LAST].name, a, 16);
		break;
	case QUIRK_SOURCE_MSI_MESSAGE:
		out_hex(o, vocab[VOCAB_ARG_LENGTH].name, a, 1);
		break;
	case QUIRK_SOURCE_PLACED:
		if (a)
			out_hex(o, vocab[VOCAB_ARG_SIZE].name, a, 1);
		break;
	case QUIRK_SOURCE_IORT_SMMU_MODEL:
		out_number(o, vocab[VOCAB_ARG_MODEL].name, index);
		break;
	case QUIRK_SOURCE_IORT_ADDRESS_LIMIT:
		out_number(o, vocab[VOCAB_ARG_BITS].name, index);
		break;
	case QUIRK_SOURCE_IORT_ID_MAPPING:
		out_hex(o, "first", (u32)a, 4);
		out_hex(o, "last", a >> 32, 4);
		out_hex(o, vocab[VOCAB_ARG_OUTPUT_BASE].name, index, 1);
		out_hex(o, vocab[VOCAB_ARG_OUTPUT_SMMU].name, b, 16);
		break;
	case QUIRK_SOURCE_BAR_REALIGN:
	case QUIRK_SOURCE_BAR_WHOLE_PAGE:
	case QUIRK_SOURCE_BAR_OFFSET:
		out_number(o, vocab[VOCAB_ARG_BAR].name, index);
		if (a)
			out_hex(o, vocab[VOCAB_ARG_BAR_SIZE].name, a, 1);
		if (rule[QUIRK_RULE_SOURCE] == QUIRK_SOURCE_BAR_OFFSET)
			out_hex(o, vocab[VOCAB_ARG_BAR_OFFSET].name, b, 1);
		break;
	}
}

static void print_flags(struct out *o, const u8 *rule)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].flag)
			out_flag(o, vocab[i].name,
				 rule[QUIRK_RULE_FLAGS] & vocab[i].flag);
}

static void print_rules(struct out *o, const struct quirk_table *t,
			const u8 *entry)
{
	u32 first = get_le32(entry + QUIRK_ENT_RULE_FIRST);
	u32 i;

	out_array(o, "rules");
	for (i = 0; i < get_le32(entry + QUIRK_ENT_RULE_COUNT); i++) {
		const u8 *r = quirk_rule_at(t, first + i);

		out_object(o);
		out_text(o, "name", quirk_string(t, r + QUIRK_RULE_NAME));
		out_text(o, "source",
			 word_of(vocab_sources, r[QUIRK_RULE_SOURCE]));
		print_arguments(o, t, r);
		out_text(o, "type", word_of(vocab_types, r[QUIRK_RULE_TYPE]));
		out_text(o, "action",
			 word_of(vocab_actions, r[QUIRK_RULE_ACTION]));
		out_text(o, "confidence",
			 word_of(vocab_confidences, r[QUIRK_RULE_CONFIDENCE]));
		out_flag(o, "advise", r[QUIRK_RULE_ADVISE]);
		print_flags(o, r);
		print_scope(o, t, r);
		out_text(o, "reason", quirk_string(t, r + QUIRK_RULE_REASON));
		out_text(o, "reference",
			 quirk_string(t, r + QUIRK_RULE_REFERENCE));
		out_close(o);
	}
	out_close(o);
}

void print_entry_head(struct out *o, const struct quirk_table *t, u32 entry)
{
	const u8 *e = quirk_entry_at(t, entry);
	u32 flags = get_le32(e + QUIRK_ENT_FLAGS);

	out_text(o, "name", quirk_string(t, e + QUIRK_ENT_NAME));
	out_text(o, "title", quirk_string(t, e + QUIRK_ENT_TITLE));
	out_text(o, "reference", quirk_string(t, e + QUIRK_ENT_REFERENCE));
	out_flag(o, vocab[VOCAB_DEMO].name, flags & QUIRK_ENT_F_DEMO);
	out_flag(o, vocab[VOCAB_KNOWN_GOOD].name,
		 flags & QUIRK_ENT_F_KNOWN_GOOD);
}

void print_entry(struct out *o, const struct quirk_table *t, u32 entry)
{
	const u8 *e = quirk_entry_at(t, entry);
	u32 level = get_le32(e + QUIRK_ENT_LEVEL);

	out_object(o);
	print_entry_head(o, t, entry);
	out_number(o, "level", level);
	/* What is above our level has words that we do not know. */
	if (quirk_entry_known(t, entry)) {
		print_matches(o, t, entry);
		print_rules(o, t, e);
	}
	out_close(o);
}

/* "text", as dtc reads it */
static void put_quoted(FILE *f, const char *text, size_t length)
{
	fputc('"', f);
	while (length--) {
		if (*text == '"' || *text == '\\')
			fputc('\\', f);
		fputc(*text++, f);
	}
	fputc('"', f);
}

/* The property that makes a token: its row in the vocabulary. */
static const struct vocab_prop *row_of(u32 kind, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		size_t length = vocab[i].dmi ? strlen(vocab[i].dmi) : 0;

		if (vocab[i].is_key == kind &&
		    (!length || (!strncmp(vocab[i].dmi, value, length) &&
				 value[length] == '=')))
			return &vocab[i];
	}
	return NULL;
}

char *source_line(u32 kind, const char *value, u32 revision)
{
	const struct vocab_prop *row = row_of(kind, value);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	if (row && row->dmi)
		value += strlen(row->dmi) + 1;
	fprintf(f, "%s = ", row ? row->name : quirk_key_name(kind));
	if (kind == QUIRK_KEY_ACPI) {
		put_quoted(f, value, 4);
		fputs(", ", f);
		put_quoted(f, value + 4, 6);
		fputs(", ", f);
		put_quoted(f, value + 10, 8);
		fprintf(f, "; %s = <0x%" PRIx32 " 0x%" PRIx32 ">;",
			vocab[VOCAB_ACPI_REVISION].name, revision, revision);
	} else {
		put_quoted(f, value, strlen(value));
		fputc(';', f);
	}
	if (fclose(f)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return text;
}
