/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sources.h - the installed quirk sources, and the table that is in force
 *
 * The package's sources are in /usr/share/iommu-resv/quirks. Other packages and
 * the administrator drop more into /usr/lib/iommu-resv/quirks.d and
 * /etc/iommu-resv/quirks.d. Of files of one name the one in /etc counts, then
 * the one in /usr/lib; an empty file, or a link to /dev/null, takes the others
 * of its name away.
 */
#ifndef IOMMU_RESV_SOURCES_H
#define IOMMU_RESV_SOURCES_H

#include "../quirks/compile.h"

#define SOURCES_SHIPPED	"/usr/share/iommu-resv/quirks"
#define SOURCES_VENDOR	"/usr/lib/iommu-resv/quirks.d"
#define SOURCES_LOCAL	"/etc/iommu-resv/quirks.d"
#define DEBUG_DIR	"/sys/kernel/debug/iommu-resv"
/* The shipped sources, compiled; and those with drop-ins, for the module. */
#define TABLE_SHIPPED	SOURCES_SHIPPED "/quirks.bin"
#define TABLE_UPDATED	"/lib/firmware/iommu-resv/quirks.bin"

/**
 * struct sources - quirk sources that go into one table
 * @files: their names, in the order of their base names
 * @count: how many
 * @drop_ins: how many files /usr/lib and /etc have, those that only take others
 *	away included
 */
struct sources {
	char **files;
	size_t count;
	size_t drop_ins;
};

/**
 * sources_installed() - find the installed sources
 * @s: filled in; ends with sources_free()
 * @root: directory in front of the three; "" for this machine's
 *
 * Return: 0, or -1 after a problem(): a directory cannot be read, or there are
 * no shipped sources.
 */
int sources_installed(struct sources *s, const char *root);

/**
 * sources_add() - add a source, in place of one of the same base name
 * @s: the sources
 * @file: its name
 */
void sources_add(struct sources *s, const char *file);

/**
 * sources_serial() - the number of the shipped sources
 * @root: as for sources_installed()
 * @serial: the number
 *
 * Return: 0, or -1 after a problem().
 */
int sources_serial(const char *root, u64 *serial);

/**
 * sources_free() - give back what sources_installed() and sources_add() took
 * @s: the sources
 */
void sources_free(struct sources *s);

/**
 * parse_serial() - read the number of a table
 * @text: YYYYMMDDnn: a date, and a count within it
 * @serial: the number
 *
 * Return: 0, or -1 where it is none.
 */
int parse_serial(const char *text, u64 *serial);

/**
 * struct table_file - a table in memory
 * @table: the checked table
 * @from: where it comes from, for people
 * @image: its bytes
 * @compiled: it was compiled here, and this is the owner of the bytes
 * @is_compiled: @compiled is set
 */
struct table_file {
	struct quirk_table table;
	const char *from;
	char *image;
	struct quirk_compiled compiled;
	bool is_compiled;
};

/**
 * table_read() - read the files of a table: one that is compiled, or sources
 * @t: filled in; ends with table_free()
 * @files: their names
 * @count: how many, at least one
 *
 * Return: EXIT_CLEAN; EXIT_FINDINGS where the table or a source has defects,
 * EXIT_TROUBLE otherwise, both after a problem().
 */
int table_read(struct table_file *t, char *const *files, size_t count);

/**
 * table_current() - get the table that is in force
 * @t: filled in; ends with table_free()
 * @root: directory in front of all paths; "" for this machine
 *
 * The one that the loaded module shows; else the one that it would load, which
 * is the newer of the shipped one and the one of `quirks update`. Where there is
 * none below @root, that of this machine.
 *
 * Return: as table_read().
 */
int table_current(struct table_file *t, const char *root);

/**
 * table_free() - give back a table
 * @t: from table_read() or table_current(), whatever these returned
 */
void table_free(struct table_file *t);

#endif
