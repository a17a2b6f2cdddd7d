/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compile.h - from quirk sources to the binary table
 */
#ifndef IOMMU_RESV_QUIRK_COMPILE_H
#define IOMMU_RESV_QUIRK_COMPILE_H

#include "table.h"

/**
 * enum quirk_compile_result - how a compilation ended
 * @QUIRK_COMPILE_OK: the table is there
 * @QUIRK_COMPILE_DEFECTS: the sources are wrong; each defect was printed
 * @QUIRK_COMPILE_TROUBLE: it could not be tried (a file cannot be read, no dtc);
 *	the reason was printed
 */
enum quirk_compile_result {
	QUIRK_COMPILE_OK,
	QUIRK_COMPILE_DEFECTS,
	QUIRK_COMPILE_TROUBLE,
};

/**
 * struct quirk_compile_options - what the sources do not say
 * @serial: number of the table, for its header
 * @local: likewise: which of two tables of one serial wins; 0 as shipped
 */
struct quirk_compile_options {
	u64 serial;
	u32 local;
};

/**
 * struct quirk_code - a line of Linux that shows a fact: one pair of `code`
 * @file: of the kernel's source tree
 * @text: what stands in it, however spaced
 */
struct quirk_code {
	const char *file;
	const char *text;
};

/**
 * struct quirk_rule_source - what a source says of a rule and the table does not
 * @name: of the rule
 * @line: where it stands, in the file of its entry
 * @code: the lines of Linux that show its facts
 * @code_count: how many
 */
struct quirk_rule_source {
	const char *name;
	unsigned int line;
	const struct quirk_code *code;
	size_t code_count;
};

/**
 * struct quirk_entry_source - the same of an entry
 * @name: of the entry
 * @file: where it stands, as given to quirk_compile()
 * @line: likewise
 * @aliases: compatible strings that only its boards have
 * @alias_count: how many
 * @dts: its device trees in Linux, below arch/arm64/boot/dts
 * @dts_count: how many
 * @code: lines of Linux that show its facts
 * @code_count: how many
 * @rules: its rules, in the order of the table
 * @rule_count: how many
 */
struct quirk_entry_source {
	const char *name;
	const char *file;
	unsigned int line;
	const char *const *aliases;
	size_t alias_count;
	const char *const *dts;
	size_t dts_count;
	const struct quirk_code *code;
	size_t code_count;
	const struct quirk_rule_source *rules;
	size_t rule_count;
};

/**
 * struct quirk_compiled - what came out of a compilation
 * @image: the table
 * @size: its length in bytes
 * @entries: in the order of the table: entry i and its rule j are entry i there
 *	and its j-th rule
 * @entry_count: how many
 * @notes: how many notes were printed: things that are worth knowing and no
 *	defects
 * @memory: for quirk_compiled_free()
 */
struct quirk_compiled {
	u8 *image;
	size_t size;
	const struct quirk_entry_source *entries;
	size_t entry_count;
	size_t notes;
	struct quirkc_chunk *memory;
};

/**
 * quirk_compile() - compile sources into one table
 * @files: names of the sources, in any order; must outlive @out
 * @count: how many
 * @options: the rest of the table
 * @out: to be freed with quirk_compiled_free(); set on QUIRK_COMPILE_OK only
 *
 * The image depends on nothing but the content of the sources and the options.
 * It has been read back with quirk_table_open().
 *
 * Return: how it ended.
 */
enum quirk_compile_result
quirk_compile(char *const *files, size_t count,
	      const struct quirk_compile_options *options,
	      struct quirk_compiled *out);

/**
 * quirk_compiled_free() - give back what a compilation gave
 * @out: from quirk_compile()
 */
void quirk_compiled_free(struct quirk_compiled *out);

#endif
