/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compile_priv.h - what the parts of the quirk compiler share
 *
 * source.c makes a blob with line marks of each source, value.c holds the
 * properties in it against the vocabulary, compile.c reads the entries, rule.c
 * their rules, check.c checks all sources together, image.c writes what was
 * read. For these only; compile.h is for everyone else.
 *
 * The first defect ends nothing: it is printed and counted in struct compiler,
 * and no image is made of a compiler that has any.
 */
#ifndef IOMMU_RESV_QUIRK_COMPILE_PRIV_H
#define IOMMU_RESV_QUIRK_COMPILE_PRIV_H

#include "compile.h"
#include "vocabulary.h"

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
 * @all: an array made with quirkc_grow(), or NULL
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
 * struct codes - the pairs of a `code` property
 * @all: the pairs
 * @count: how many
 */
struct codes {
	struct quirk_code *all;
	size_t count;
};

/**
 * struct texts - the strings of a property
 * @all: the strings
 * @count: how many
 */
struct texts {
	const char **all;
	size_t count;
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
 * @action: enum quirk_action
 * @dt_node: enum quirk_node, 0 where the source reads no node
 * @flags: QUIRK_RULE_F_*
 * @arg_index: index argument of the source
 * @arg_a: first number of the source
 * @arg_b: second number of the source
 * @scope: when the rule holds, sorted
 * @code: lines of Linux that show it
 * @node: offset of its node in the blob
 * @is_sound: nothing was wrong with it when it was read
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
	u8 action;
	u8 dt_node;
	u8 flags;
	u32 arg_index;
	u64 arg_a;
	u64 arg_b;
	struct conds scope;
	struct codes code;
	int node;
	bool is_sound;
};

/**
 * struct entry - a board or a SoC
 * @name: name of its node
 * @title: for people
 * @reference: where it is described
 * @flags: QUIRK_ENT_F_*
 * @level: level of the language that it needs
 * @aliases: compatible strings that only its boards have
 * @dts: its device trees in Linux
 * @code: lines of Linux that show it
 * @rules: an array made with quirkc_grow(), or NULL
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
	u32 level;
	struct texts aliases;
	struct texts dts;
	struct codes code;
	struct rule *rules;
	size_t rule_count;
	const struct source *source;
	int node;
	u32 index;
};

/**
 * struct compiler - one compilation
 * @chunks: memory from quirkc_keep()
 * @sources: an array made with quirkc_grow(), or NULL
 * @source_count: its members
 * @entries: likewise; sorted by name before an image is made
 * @entry_count: its members
 * @keys: likewise; sorted in the order of the table before an image is made
 * @key_count: its members
 * @defects: how many were printed
 * @notes: likewise
 * @trouble: something could not be tried, and was printed
 */
struct compiler {
	struct quirkc_chunk *chunks;
	struct source **sources;
	size_t source_count;
	struct entry **entries;
	size_t entry_count;
	struct key *keys;
	size_t key_count;
	size_t defects;
	size_t notes;
	bool trouble;
};

/**
 * struct mark - a node or a property as it stands in the source
 * @name: in the source's text, with no NUL behind it
 * @len: bytes of the name
 * @line: line of the name, from 1
 * @is_node: a node, not a property
 * @written: how the value is written, for quirkc_value_fault()
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
 *	array made with quirkc_grow(), or NULL
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

/**
 * struct props - the properties of one node, by their row in vocab[]
 * @p: for each row, whether the property is there, its offset in the blob, its
 *	value (NULL where it is absent or not usable) and the bytes of that
 */
struct props {
	struct {
		bool seen;
		int offset;
		const char *data;
		int len;
	} p[ARRAY_SIZE(vocab)];
};

/* compile.c */

/**
 * quirkc_keep() - memory that lives until the compilation ends
 * @c: compilation
 * @size: bytes
 *
 * What a compilation without defects gives to its caller lives there, too.
 *
 * Return: the memory, all 0.
 */
void *quirkc_keep(struct compiler *c, size_t size);

/**
 * quirkc_grow() - make room for one more member of an array that grows
 * @array: result of the last call, NULL in front of the first
 * @count: members it has now
 * @size: bytes of a member
 *
 * Return: the array, perhaps elsewhere; to be freed by the caller.
 */
void *quirkc_grow(void *array, size_t count, size_t size);

/**
 * quirkc_node_name() - the name of an entry or a rule
 * @s: a source from quirkc_open_source()
 * @node: offset of the node in the blob
 *
 * One that is not permitted is printed as a defect.
 *
 * Return: the name.
 */
const char *quirkc_node_name(const struct source *s, int node);

/**
 * quirkc_refuse_children() - print each child of a node as a defect
 * @s: a source from quirkc_open_source()
 * @node: offset of the node in the blob
 */
void quirkc_refuse_children(const struct source *s, int node);

/**
 * quirkc_add_cond() - put a condition at the end of a list
 * @conds: the list
 * @cond: copied
 */
void quirkc_add_cond(struct conds *conds, const struct cond *cond);

/**
 * quirkc_sort_conds() - bring a list into the order of the table
 * @conds: the list
 */
void quirkc_sort_conds(struct conds *conds);

/**
 * quirkc_compare_conds() - order of two conditions, as for qsort()
 * @a: a struct cond
 * @b: another
 *
 * Return: below, at or above 0.
 */
int quirkc_compare_conds(const void *a, const void *b);

/**
 * quirkc_compare() - order of two numbers, as for qsort()
 * @a: a number
 * @b: another
 *
 * Return: below, at or above 0.
 */
int quirkc_compare(u64 a, u64 b);

/**
 * quirkc_read_code() - the pairs of a `code` property
 * @s: a source from quirkc_open_source()
 * @props: of an entry or a rule
 *
 * Return: the pairs, none where there is no such property.
 */
struct codes quirkc_read_code(const struct source *s,
			      const struct props *props);

/* rule.c */

/**
 * quirkc_read_rule() - read a rule and add it to its entry
 * @s: a source from quirkc_open_source()
 * @entry: the entry
 * @node: offset of the rule's node in the blob
 */
void quirkc_read_rule(const struct source *s, struct entry *entry, int node);

/* value.c */

/**
 * quirkc_read_props() - read the properties of a node
 * @s: a source from quirkc_open_source()
 * @node: offset of the node in the blob
 * @where: what kind of node it is
 * @props: filled in
 *
 * Each that is not as the vocabulary says is printed as a defect.
 *
 * Return: true where there was none.
 */
bool quirkc_read_props(const struct source *s, int node, enum vocab_node where,
		       struct props *props);

/**
 * quirkc_number() - the value of a property that is one number
 * @props: the properties of its node
 * @id: which
 *
 * Return: the number, 0 where the property is absent or not usable.
 */
u64 quirkc_number(const struct props *props, enum vocab_id id);

/**
 * quirkc_word() - the value of a property that is one word
 * @props: the properties of its node
 * @id: which
 *
 * Return: what the word stands for, 0 where the property is absent or not
 * usable.
 */
u32 quirkc_word(const struct props *props, enum vocab_id id);

/**
 * quirkc_cell_at() - read a number of a value
 * @data: where it starts
 * @width: its bytes, 4 or 8
 *
 * Return: the number.
 */
u64 quirkc_cell_at(const char *data, int width);

/**
 * quirkc_find_word() - look up a word
 * @words: words of the vocabulary, ending in one that is NULL
 * @word: which
 *
 * Return: its row, or NULL where it is not among them.
 */
const struct vocab_word *quirkc_find_word(const struct vocab_word *words,
					  const char *word);

/**
 * quirkc_word_of() - the word for a value
 * @words: words of the vocabulary
 * @value: one that is among them
 *
 * Return: the word.
 */
const char *quirkc_word_of(const struct vocab_word *words, u32 value);

/* check.c */

/**
 * quirkc_sort() - bring all that was read into the order of the table
 * @c: compilation; the entries get their indices
 */
void quirkc_sort(struct compiler *c);

/**
 * quirkc_check() - check all entries against each other
 * @c: compilation, sorted
 */
void quirkc_check(struct compiler *c);

/* source.c */

/* How a value is written; a property may mix them. */
#define WRITTEN_TEXT	(1u << 0)
#define WRITTEN_CELLS	(1u << 1)
#define WRITTEN_WIDE	(1u << 2)	/* as cells, each behind /bits/ 64 */
#define WRITTEN_BYTES	(1u << 3)

/**
 * quirkc_open_source() - make a blob of a source file, with its marks
 * @c: compilation; the source becomes a part of it in any case
 * @file: name of the file, which is not copied
 *
 * Return: the source, or NULL where nothing in it can be read: a defect or
 * trouble was printed then.
 */
const struct source *quirkc_open_source(struct compiler *c, const char *file);

/**
 * quirkc_mark_at() - find the mark of a node or a property
 * @s: a source from quirkc_open_source()
 * @offset: of the node or the property in the blob
 *
 * Return: the mark.
 */
const struct mark *quirkc_mark_at(const struct source *s, int offset);

/**
 * quirkc_defect() - print and count a defect of a node or one of its properties
 * @s: a source from quirkc_open_source()
 * @node: offset of the node in the blob
 * @where: offset of what gives the line: that node, or one of its properties
 * @name: name of the property, or NULL
 * @format: what is wrong, as printf(), without a newline
 */
__attribute__((format(printf, 5, 6)))
void quirkc_defect(const struct source *s, int node, int where,
		   const char *name, const char *format, ...);

/**
 * quirkc_note() - print and count what is worth knowing of a node, but no defect
 * @s: a source from quirkc_open_source()
 * @node: offset of the node in the blob
 * @format: what, as printf(), without a newline
 */
__attribute__((format(printf, 3, 4)))
void quirkc_note(const struct source *s, int node, const char *format, ...);

/* image.c */

/**
 * quirkc_make_image() - write the table
 * @c: a compilation without defects, its entries and keys sorted
 * @options: for the header
 * @out: the image goes there, on QUIRK_COMPILE_OK only
 *
 * Return: QUIRK_COMPILE_OK, or QUIRK_COMPILE_TROUBLE where the reader refuses
 * the image, which was printed.
 */
enum quirk_compile_result
quirkc_make_image(const struct compiler *c,
		  const struct quirk_compile_options *options,
		  struct quirk_compiled *out);

#endif
