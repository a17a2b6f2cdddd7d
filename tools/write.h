/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * write.h - output files that appear whole or not at all
 */
#ifndef IOMMU_RESV_WRITE_H
#define IOMMU_RESV_WRITE_H

#include <stdio.h>

/**
 * struct output - a file that is being written
 * @file: to write to
 * @name: what it will be called
 * @temp: what it is called until then; NULL for a device or a pipe, which is
 *	written into
 */
struct output {
	FILE *file;
	char *name;
	char *temp;
};

/**
 * output_open() - start a file, beside its place
 * @o: filled in on success
 * @name: of the file
 *
 * Return: 0, or -1 after a problem().
 */
int output_open(struct output *o, const char *name);

/**
 * output_close() - put a file in its place, on the disk
 * @o: from output_open(); ends here
 *
 * Return: 0; or -1 after a problem(): what was there before is still there.
 */
int output_close(struct output *o);

/**
 * output_bytes() - write a whole file, or none
 * @name: of the file
 * @data: its content
 * @size: bytes of it
 *
 * Return: as output_close().
 */
int output_bytes(const char *name, const void *data, size_t size);

/**
 * make_parents() - make the directories that a file lies in
 * @name: of the file
 *
 * Return: 0, or -1 after a problem().
 */
int make_parents(const char *name);

#endif
