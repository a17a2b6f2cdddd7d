// SPDX-License-Identifier: GPL-2.0-only
/*
 * value.c - the properties of a node, held against the vocabulary
 *
 * How a value was written and what the blob has of it decide together whether
 * it has the form that vocabulary.h asks for. What the values mean together is
 * left to compile.c and rule.c, the callers. Contracts are in compile_priv.h.
 */
#include "compile_priv.h"

#include <ctype.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_text(enum vocab_kind kind)
{
	return kind == VOCAB_TEXT || kind == VOCAB_TEXTS ||
	       kind == VOCAB_WORD || kind == VOCAB_WORDS ||
	       kind == VOCAB_ACPI || kind == VOCAB_PAIRS;
}

u64 quirkc_cell_at(const char *data, int width)
{
	return width == 4 ? fdt32_ld((const fdt32_t *)data) :
			    fdt64_ld((const fdt64_t *)data);
}

const struct vocab_word *quirkc_find_word(const struct vocab_word *words,
					  const char *word)
{
	for (; words->word; words++)
		if (!strcmp(words->word, word))
			return words;
	return NULL;
}

const char *quirkc_word_of(const struct vocab_word *words, u32 value)
{
	while (words->value != value)
		words++;
	return words->word;
}

/* "a, b or c", of words or of a list of names */
static const char *list_words(struct compiler *c, const struct vocab_word *w,
			      const char *const *names)
{
	char *text = quirkc_keep(c, 1024);
	size_t used = 0;
	size_t i;

	for (i = 0; w ? !!w[i].word : !!names[i]; i++) {
		bool is_last = w ? !w[i + 1].word : !names[i + 1];

		used += (size_t)snprintf(text + used, 1024 - used, "%s%s",
					 !i ? "" : is_last ? " or " : ", ",
					 w ? w[i].word : names[i]);
	}
	return text;
}

static bool known_name(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

__attribute__((format(printf, 2, 3)))
static const char *fault_text(struct compiler *c, const char *format, ...)
{
	char *text = quirkc_keep(c, 1280);
	va_list args;

	va_start(args, format);
	vsnprintf(text, 1280, format, args);
	va_end(args);
	return text;
}

/* "vvvv:dddd" */
static bool is_pci_id(const char *text)
{
	return strlen(text) == 9 && strspn(text, "0123456789abcdef") == 4 &&
	       text[4] == ':' && strspn(text + 5, "0123456789abcdef") == 4;
}

/* "smmu-N" or "smmuv3-N" */
static bool is_smmu_model(const char *text)
{
	const char *number = strchr(text, '-');
	char again[32];

	if (!number || !isdigit((unsigned char)number[1]))
		return false;
	snprintf(again, sizeof(again), "%s-%" PRIu32,
		 number - text == 6 ? "smmuv3" : "smmu",
		 (u32)strtoul(number + 1, NULL, 10));
	return !strcmp(text, again);
}

/* A file below some directory. */
static bool is_inside(const char *path)
{
	const char *at;

	for (at = path; at; at = strchr(at, '/')) {
		size_t len;

		at += *at == '/' && at != path;
		len = strcspn(at, "/");
		if (!len || (len <= 2 && strspn(at, ".") == len))
			return false;
	}
	return true;
}

/* What the one property that a string belongs to asks of it. */
static const char *meaning_fault(struct compiler *c, const struct vocab_prop *v,
				 const char *text)
{
	static const char name_chars[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,._+#?-";
	size_t len = strlen(text);

	if (v->words && !quirkc_find_word(v->words, text))
		return fault_text(c, "\"%.64s\" is not known: use %s", text,
				  list_words(c, v->words, NULL));
	if (v->cond == QUIRK_COND_KERNEL &&
	    !known_name(quirk_kernel_names, text))
		return fault_text(c, "\"%.64s\" is not known: use %s", text,
				  list_words(c, NULL, quirk_kernel_names));
	if ((v->cond == QUIRK_COND_HOST_PATH ||
	     v->cond == QUIRK_COND_DEVICE_PATH) && text[0] != '/')
		return "is not a full device tree path: it starts with /";
	if ((v->is_key == QUIRK_KEY_PCI || v->cond == QUIRK_COND_DEVICE_ID ||
	     v->cond == QUIRK_COND_ROOT_PORT ||
	     v->cond == QUIRK_COND_HOST_BRIDGE) && !is_pci_id(text))
		return fault_text(c, "\"%.64s\" is no PCI id: write vendor and device in lower-case hex, as in \"1def:e100\"",
				  text);
	if (v->is_key == QUIRK_KEY_SMMU && !is_smmu_model(text))
		return fault_text(c, "\"%.64s\" is no SMMU model: write type and decimal number, as in \"smmuv3-2\"",
				  text);
	if ((v == &vocab[VOCAB_ARG_PROPERTY] ||
	     v->cond == QUIRK_COND_HOST_LACKS) &&
	    strspn(text, name_chars) != len)
		return fault_text(c, "\"%.64s\" is no name of a device tree property",
				  text);
	/* A blank ends it in modprobe's file, and * ? [ ] are patterns there. */
	if (v == &vocab[VOCAB_ALIAS] &&
	    (strspn(text, name_chars) != len || strchr(text, '?')))
		return fault_text(c, "\"%.64s\" has a character that a compatible string cannot have: use letters, digits and , . _ + # -",
				  text);
	if (v == &vocab[VOCAB_DTS] &&
	    (len < 5 || strcmp(text + len - 4, ".dts") || !is_inside(text)))
		return fault_text(c, "\"%.64s\" is no device tree source: name a .dts file below arch/arm64/boot/dts, without . or ..",
				  text);
	return NULL;
}

/* Check one string; what is wrong with it, or NULL. */
static const char *text_fault(struct compiler *c, const struct vocab_prop *v,
			      const char *text)
{
	size_t len = strlen(text);
	size_t i;

	if (!len)
		return "is empty";
	/* A line of code may be copied with its tabs: it is not in the table. */
	for (i = 0; i < len; i++)
		if ((text[i] < 0x20 || text[i] > 0x7e) &&
		    !(v->kind == VOCAB_PAIRS && strchr("\t\n", text[i])))
			return "has an unprintable or non-ASCII character";
	/* Room for the longest field name in front of a DMI value. */
	if (len > QUIRK_STRING_MAX - 32)
		return fault_text(c, "has %zu characters, %d at most", len,
				  QUIRK_STRING_MAX - 32);
	return meaning_fault(c, v, text);
}

static const char *acpi_fault(const char *signature)
{
	const char *oem_id = signature + strlen(signature) + 1;
	const char *table_id = oem_id + strlen(oem_id) + 1;

	if (strlen(signature) != 4)
		return "the signature needs 4 characters";
	if (strlen(oem_id) != 6)
		return "the OEM id needs 6 characters: pad it with spaces";
	if (strlen(table_id) != 8)
		return "the OEM table id needs 8 characters: pad it with spaces";
	return NULL;
}

/* Pairs of a file and a text in it. */
static const char *pairs_fault(struct compiler *c, const char *data, int len,
			       int count)
{
	int at = 0;

	if (count % 2)
		return fault_text(c, "has %d strings: write pairs of a file and a text in it",
				  count);
	while (at < len) {
		if (!is_inside(data + at) || strpbrk(data + at, " \t\n"))
			return fault_text(c, "\"%.64s\" is no file of Linux: name it from the top of the source tree, without . or ..",
					  data + at);
		at += (int)strlen(data + at) + 1;
		at += (int)strlen(data + at) + 1;
	}
	return NULL;
}

static const char *texts_fault(struct compiler *c, const struct vocab_prop *v,
			       const char *data, int len)
{
	const char *fault;
	int count = 0;
	int at = 0;

	if (!len || data[len - 1])
		return "is not a string";
	for (; at < len; at += (int)strlen(data + at) + 1) {
		fault = text_fault(c, v, data + at);
		if (fault)
			return fault;
		count++;
	}
	if (v->kind == VOCAB_ACPI)
		return count == 3 ? acpi_fault(data) :
			"needs three strings: signature, OEM id, OEM table id";
	if (v->kind == VOCAB_PAIRS)
		return pairs_fault(c, data, len, count);
	if (v->kind != VOCAB_TEXTS && v->kind != VOCAB_WORDS && count > 1)
		return "takes one string only";
	return NULL;
}

static const char *numbers_fault(const struct vocab_prop *v, const char *data,
				 int len)
{
	int i;

	if (!len || len % 4)
		return "needs numbers of 32 bits";
	for (i = 0; i < len; i += 4) {
		u64 n = quirkc_cell_at(data + i, 4);

		if (v->cond == QUIRK_COND_SEGMENT && n > INT32_MAX)
			return "is larger than any PCI segment";
		if (v->cond == QUIRK_COND_PAGE_SIZE &&
		    (n < 4096 || n & (n - 1)))
			return "is no page size: a power of two, 4096 at least";
	}
	return NULL;
}

static const char *cells_fault(const struct vocab_prop *v,
			       unsigned int written, const char *data, int len)
{
	switch (v->kind) {
	case VOCAB_NUMBER:
		return len == 4 || len == 8 ? NULL :
			"needs one number, of 32 or 64 bits";
	case VOCAB_NUMBERS:
		return numbers_fault(v, data, len);
	case VOCAB_ADDRESSES:
		/* Two addresses of 32 bits would pass for one of 64. */
		return written == WRITTEN_WIDE && !(len % 8) ? NULL :
			"needs addresses written /bits/ 64 <...>";
	default:
		if (len != 8 && len != 16)
			return "needs two numbers, first and last, of 32 bits each or written /bits/ 64 <first last>";
		if (quirkc_cell_at(data, len / 2) >
		    quirkc_cell_at(data + len / 2, len / 2))
			return "the first number is larger than the last";
		return NULL;
	}
}

/* What is wrong with a value, to stand behind its name; NULL: nothing. */
static const char *value_fault(struct compiler *c, const struct vocab_prop *v,
			       unsigned int written, const char *data, int len)
{
	if (v->kind == VOCAB_FLAG)
		return !len ? NULL : "takes no value";
	if (!len)
		return "has no value";
	if (is_text(v->kind))
		return written != WRITTEN_TEXT ? "needs text in double quotes" :
		       texts_fault(c, v, data, len);
	return !written || written & ~(WRITTEN_CELLS | WRITTEN_WIDE) ?
		"needs numbers in < >" : cells_fault(v, written, data, len);
}

static int find_prop(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (!strcmp(vocab[i].name, name))
			return (int)i;
	return -1;
}

static const char *node_kind_name(enum vocab_node where)
{
	return where == VOCAB_ENTRY ? "an entry" :
	       where == VOCAB_MATCH ? "a match node" : "a rule";
}

bool quirkc_read_props(const struct source *s, int node, enum vocab_node where,
		       struct props *props)
{
	size_t before = s->c->defects;
	int offset;
	size_t i;

	memset(props, 0, sizeof(*props));
	fdt_for_each_property_offset(offset, s->fdt, node) {
		const char *name;
		const char *data;
		const char *fault;
		int len;
		int id;

		data = fdt_getprop_by_offset(s->fdt, offset, &name, &len);
		if (!data)
			continue;
		id = find_prop(name);
		if (id < 0) {
			quirkc_defect(s, node, offset, name,
				      "unknown property: quirks/vocabulary.h lists those of %s",
				      node_kind_name(where));
			continue;
		}
		if (!(vocab[id].nodes & where)) {
			quirkc_defect(s, node, offset, name, "has no place in %s",
				      node_kind_name(where));
			continue;
		}
		if (props->p[id].seen) {
			quirkc_defect(s, node, offset, name, "repeated property");
			continue;
		}
		props->p[id].seen = true;
		props->p[id].offset = offset;
		props->p[id].len = len;
		fault = value_fault(s->c, &vocab[id],
				    quirkc_mark_at(s, offset)->written, data, len);
		if (fault)
			quirkc_defect(s, node, offset, name, "%s", fault);
		else
			props->p[id].data = data;
	}
	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].required && vocab[i].nodes & where &&
		    !props->p[i].seen)
			quirkc_defect(s, node, node, vocab[i].name,
				      "missing property: %s", vocab[i].doc);
	return s->c->defects == before;
}

u64 quirkc_number(const struct props *props, enum vocab_id id)
{
	return props->p[id].data ?
		quirkc_cell_at(props->p[id].data, props->p[id].len) : 0;
}

u32 quirkc_word(const struct props *props, enum vocab_id id)
{
	return props->p[id].data ?
		quirkc_find_word(vocab[id].words, props->p[id].data)->value : 0;
}
