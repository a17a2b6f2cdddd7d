/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compile_priv.h - what the parts of the quirk compiler share
 *
 * source.c makes a blob with line marks of each source, compile.c reads the
 * entries in it and checks all sources together, image.c writes what it read.
 * For these three only; compile.h is for everyone else.
 *
 * The first defect ends nothing: it is printed and counted in struct compiler,
 * and no image is made of a compiler that has any.
 */
#ifndef IOMMU_RESV_QUIRK_COMPILE_PRIV_H
#define IOMMU_RESV_QUIRK_COMPILE_PRIV_H

#include "compile.h"

struct chunk;
struct vocab_prop;
struct vocab_word;

/**
 * struct cond - an identity or a scope condition
 * @kind: enum quirk_key of an identity, enum quirk_cond of a scope condition;
 *	the second has the numbers of the first
 * @value: text to compare with, "" where the kind takes numbers
 * @lo: first number, 0 where the kind takes text alone
 * @hi: last number, likewise
 */
struct cond {
	u32 kind;
	const char *value;
	u64 lo;
	u64 hi;
};

/**
 * struct conds - a list of them
 * @all: an array made with grow(), or NULL
 * @count: its members
 */
struct conds {
	struct cond *all;
	size_t count;
};

/**
 * struct key - one combination of identities that stands for an entry
 * @id: the identity that the table is searched for
 * @further: those that have to hold as well, sorted
 * @entry: what it recognises
 * @source: where the match node stands that it comes from
 * @node: offset of that node in the blob
 */
struct key {
	struct cond id;
	struct conds further;
	const struct entry *entry;
	const struct source *source;
	int node;
};

/**
 * struct rule - a rule of an entry, with the fields of the table
 * @name: name of its node
 * @reference: where the fact is written
 * @reason: why the addresses cannot be used
 * @arg_string: text argument of the source, or ""
 * @type: enum quirk_type
 * @source: enum quirk_source
 * @confidence: enum quirk_confidence
 * @advise: 1 where the rule never enforces
 * @arg_index: index argument of the source
 * @arg_a: first number of the source
 * @arg_b: second number of the source
 * @scope: when the rule holds, sorted
 */
struct rule {
	const char *name;
	const char *reference;
	const char *reason;
	const char *arg_string;
	u8 type;
	u8 source;
	u8 confidence;
	u8 advise;
	u32 arg_index;
	u64 arg_a;
	u64 arg_b;
	struct conds scope;
};

/**
 * struct entry - a board or a SoC
 * @name: name of its node
 * @title: for people
 * @reference: where it is described
 * @flags: QUIRK_ENT_F_*
 * @rules: an array made with grow(), or NULL
 * @rule_count: its members
 * @source: where it stands
 * @node: offset of its node in the blob
 * @index: its place in the table, once all entries are sorted
 */
struct entry {
	const char *name;
	const char *title;
	const char *reference;
	u32 flags;
	struct rule *rules;
	size_t rule_count;
	const struct source *source;
	int node;
	u32 index;
};

/**
 * struct compiler - one compilation
 * @chunks: memory from keep()
 * @sources: an array made with grow(), or NULL
 * @source_count: its members
 * @entries: likewise; sorted by name before an image is made
 * @entry_count: its members
 * @keys: likewise; sorted in the order of the table before an image is made
 * @key_count: its members
 * @defects: how many were printed
 * @trouble: something could not be tried, and was printed
 */
struct compiler {
	struct chunk *chunks;
	struct source **sources;
	size_t source_count;
	struct entry **entries;
	size_t entry_count;
	struct key *keys;
	size_t key_count;
	size_t defects;
	bool trouble;
};

/**
 * struct mark - a node or a property as it stands in the source
 * @name: in the source's text, with no NUL behind it
 * @len: bytes of the name
 * @line: line of the name, from 1
 * @is_node: a node, not a property
 * @written: how the value is written, for value_fault()
 * @offset: of the node or the property in the blob
 */
struct mark {
	const char *name;
	size_t len;
	unsigned int line;
	bool is_node;
	unsigned int written;
	int offset;
};

/**
 * struct source - one source file
 * @c: the compilation that it is part of
 * @file: its name
 * @text: its content, a NUL behind it
 * @fdt: the blob that dtc made of it; NULL where there is none
 * @marks: its nodes and properties in source order, which is the blob's; an
 *	array made with grow(), or NULL
 * @mark_count: its members
 */
struct source {
	struct compiler *c;
	const char *file;
	const char *text;
	void *fdt;
	struct mark *marks;
	size_t mark_count;
};

/* compile.c */

/**
 * keep() - memory that lives until the compilation ends
 * @c: compilation
 * @size: bytes
 *
 * Return: the memory, all 0.
 */
void *keep(struct compiler *c, size_t size);

/**
 * grow() - make room for one more member of an array that grows
 * @array: result of the last call, NULL in front of the first
 * @count: members it has now
 * @size: bytes of a member
 *
 * Return: the array, perhaps elsewhere; to be freed by the caller.
 */
void *grow(void *array, size_t count, size_t size);

/* source.c */

/**
 * open_source() - make a blob of a source file, with its marks
 * @c: compilation; the source becomes a part of it in any case
 * @file: name of the file, which is not copied
 *
 * Return: the source, or NULL where nothing in it can be read: a defect or
 * trouble was printed then.
 */
const struct source *open_source(struct compiler *c, const char *file);

/**
 * mark_at() - find the mark of a node or a property
 * @s: a source from open_source()
 * @offset: of the node or the property in the blob
 *
 * Return: the mark.
 */
const struct mark *mark_at(const struct source *s, int offset);

/**
 * defect() - print and count a defect of a node or of one of its properties
 * @s: a source from open_source()
 * @node: offset of the node in the blob
 * @where: offset of what gives the line: that node, or one of its properties
 * @name: name of the property, or NULL
 * @format: what is wrong, as printf(), without a newline
 */
__attribute__((format(printf, 5, 6)))
void defect(const struct source *s, int node, int where, const char *name,
	    const char *format, ...);

/**
 * value_fault() - hold a value against the vocabulary
 * @c: compilation, for memory
 * @v: what the value should be
 * @written: of the property's mark
 * @data: the value in the blob
 * @len: its bytes
 *
 * Return: what is wrong with it, to stand behind the property's name; NULL where
 * nothing is.
 */
const char *value_fault(struct compiler *c, const struct vocab_prop *v,
			unsigned int written, const char *data, int len);

/**
 * cell_at() - read a number of a value
 * @data: where it starts
 * @width: its bytes, 4 or 8
 *
 * Return: the number.
 */
u64 cell_at(const char *data, int width);

/**
 * find_word() - look up a word
 * @words: words of the vocabulary, ending in one that is NULL
 * @word: which
 *
 * Return: its row, or NULL where it is not among them.
 */
const struct vocab_word *find_word(const struct vocab_word *words,
				   const char *word);

/* image.c */

/**
 * make_image() - write the table
 * @c: a compilation without defects, its entries and keys sorted
 * @serial: number of the table
 * @bytes: the image, to be freed by the caller; set on QUIRK_COMPILE_OK only
 * @size: its length in bytes, likewise
 *
 * Return: QUIRK_COMPILE_OK, or QUIRK_COMPILE_TROUBLE where the reader refuses
 * the image, which was printed.
 */
enum quirk_compile_result make_image(const struct compiler *c, u64 serial,
				     u8 **bytes, size_t *size);

#endif
