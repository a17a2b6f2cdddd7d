/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * problem.h - how the tools complain, and how their commands end
 */
#ifndef IOMMU_RESV_PROBLEM_H
#define IOMMU_RESV_PROBLEM_H

#include <stddef.h>

/* Exit codes of every command. */
#define EXIT_CLEAN	0	/* yes, or nothing to complain about */
#define EXIT_FINDINGS	1	/* no, or the input has defects */
#define EXIT_TROUBLE	2	/* wrong usage, or it could not be tried */

/**
 * problem() - print one line about a problem on stderr
 * @format: as printf(), without the program's name and without a newline
 */
__attribute__((format(printf, 1, 2)))
void problem(const char *format, ...);

/**
 * xrealloc() - realloc() that ends the program where there is no memory
 * @p: NULL or an allocation
 * @size: bytes, not 0
 *
 * Return: the new allocation.
 */
void *xrealloc(void *p, size_t size);

/**
 * xstrdup() - strdup() that ends the program where there is no memory
 * @text: what to copy
 *
 * Return: the copy.
 */
char *xstrdup(const char *text);

/**
 * path_join() - the path of a file in a directory
 * @dir: the directory
 * @name: the file in it
 *
 * Return: the path, to be freed by the caller.
 */
char *path_join(const char *dir, const char *name);

/**
 * read_file() - read a whole file
 * @name: which
 * @data: its content, a NUL after it; to be freed by the caller
 * @size: bytes without that NUL
 *
 * Return: 0, or -1 after a problem() that says why.
 */
int read_file(const char *name, char **data, size_t *size);

#endif
