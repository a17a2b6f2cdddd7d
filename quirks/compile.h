/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compile.h - from quirk sources to the binary table
 */
#ifndef IOMMU_RESV_QUIRK_COMPILE_H
#define IOMMU_RESV_QUIRK_COMPILE_H

#include "table.h"

/**
 * enum quirk_compile_result - how a compilation ended
 * @QUIRK_COMPILE_OK: the image is there
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
 * quirk_compile() - compile sources into one table
 * @files: names of the sources, in any order
 * @count: how many
 * @serial: number of the table, for its header
 * @image: the image, to be freed by the caller; set on QUIRK_COMPILE_OK only
 * @size: its length in bytes
 *
 * The image depends on nothing but the content of the sources and @serial. It
 * has been read back with quirk_table_open().
 *
 * Return: how it ended.
 */
enum quirk_compile_result quirk_compile(char *const *files, size_t count,
					u64 serial, u8 **image, size_t *size);

#endif
