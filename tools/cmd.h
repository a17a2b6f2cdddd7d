/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.h - the commands of iommu-resv
 */
#ifndef IOMMU_RESV_CMD_H
#define IOMMU_RESV_CMD_H

/**
 * cmd_quirks_compile() - compile quirk sources into a table
 * @argc: number of arguments, the command's own name included
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_compile(int argc, char **argv);

/**
 * cmd_quirks_list() - print a compiled table
 * @argc: number of arguments, the command's own name included
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_list(int argc, char **argv);

#endif
