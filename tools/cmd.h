/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.h - the commands of iommu-resv
 *
 * Each takes its arguments, its own name first, and returns the exit code.
 */
#ifndef IOMMU_RESV_CMD_H
#define IOMMU_RESV_CMD_H

/**
 * cmd_quirks_compile() - compile quirk sources into a table
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_compile(int argc, char **argv);

/**
 * cmd_quirks_lint() - say all that is wrong with quirk sources
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_lint(int argc, char **argv);

/**
 * cmd_quirks_list() - print a table
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_list(int argc, char **argv);

/**
 * cmd_quirks_match() - print which entries are this machine's
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_match(int argc, char **argv);

/**
 * cmd_quirks_explain() - print why entries match, and what became of rules
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_explain(int argc, char **argv);

/**
 * cmd_quirks_update() - make the table file from all installed sources
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_update(int argc, char **argv);

/**
 * cmd_quirks_aliases() - print udev rules that load the module
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_quirks_aliases(int argc, char **argv);

/**
 * cmd_window() - print the software MSI windows, and what a guest's ITS hits
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_window(int argc, char **argv);

#endif
