/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - who a machine is, as user space can see it
 *
 * The module asks the kernel (module/board.c); the command reads what the
 * kernel shows in /sys, of this machine or of a copy of another one's files.
 * Both come to the same identity tokens, which quirk_table_match() takes.
 */
#ifndef IOMMU_RESV_MACHINE_H
#define IOMMU_RESV_MACHINE_H

#include "../quirks/table.h"

/**
 * struct token - one identity token
 * @kind: its kind
 * @value: its value, printable ASCII only
 * @revision: of an ACPI table, else 0
 */
struct token {
	enum quirk_key kind;
	char *value;
	u32 revision;
};

/**
 * struct machine - all tokens of a machine
 * @tokens: sorted, each one once
 * @count: how many
 * @unread: what could not be read, a sentence each
 * @unread_count: how many
 * @missing: kinds of which some could not be read (1 << enum quirk_key)
 */
struct machine {
	struct token *tokens;
	size_t count;
	char **unread;
	size_t unread_count;
	unsigned int missing;
};

/**
 * machine_read() - read the identity of a machine
 * @m: filled in; ends with machine_free()
 * @root: directory in front of /sys and /proc; "" for this machine
 *
 * Nothing below @root is trusted: links out of it, devices, sizes and depths
 * are looked at. What is damaged or cannot be read is left out and noted in
 * @m->unread; what is not there is not.
 */
void machine_read(struct machine *m, const char *root);

/**
 * machine_add() - add a token
 * @m: the machine
 * @kind: its kind
 * @value: copied; left out where it has a character that no key can have
 * @revision: of an ACPI table, else 0
 */
void machine_add(struct machine *m, enum quirk_key kind, const char *value,
		 u32 revision);

/**
 * machine_sort() - put the tokens in order, each one once
 * @m: the machine; machine_read() has done that
 */
void machine_sort(struct machine *m);

/**
 * machine_unread() - note what could not be read
 * @m: the machine
 * @kind: kind of tokens that are missing for it
 * @name: file
 * @format: why, as printf(), without a newline
 */
__attribute__((format(printf, 4, 5)))
void machine_unread(struct machine *m, enum quirk_key kind, const char *name,
		    const char *format, ...);

/**
 * machine_has() - does the machine have this token?
 * @ctx: the struct machine
 * @kind: kind of the token
 * @value: its value
 * @rev_min: of an ACPI table: lowest revision
 * @rev_max: of an ACPI table: highest revision
 *
 * Return: true if it does.
 */
bool machine_has(void *ctx, enum quirk_key kind, const char *value, u32 rev_min,
		 u32 rev_max);

/**
 * machine_match() - find the machine's entries
 * @m: the machine
 * @t: a checked table
 * @fn: called for each, as by quirk_table_match()
 * @arg: handed to @fn
 *
 * Return: 0, or -1 after a problem(): the table needs a newer command.
 */
int machine_match(struct machine *m, const struct quirk_table *t,
		  int (*fn)(void *arg, u32 entry, u32 key), void *arg);

/**
 * machine_free() - give back what machine_read() and machine_add() took
 * @m: the machine
 */
void machine_free(struct machine *m);

#endif
