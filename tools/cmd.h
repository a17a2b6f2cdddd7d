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

/**
 * cmd_iort_overlay() - make a host's table with what its board needs
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_overlay(int argc, char **argv);

/**
 * cmd_iort_fragment() - make RMR nodes for a VMM that makes its own table
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_fragment(int argc, char **argv);

/**
 * cmd_iort_dump() - print an IORT
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_dump(int argc, char **argv);

/**
 * cmd_iort_check() - say all that is wrong with an IORT
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_check(int argc, char **argv);

/**
 * cmd_iort_diff() - compare two IORTs by what they mean
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_diff(int argc, char **argv);

/**
 * cmd_iort_guest() - make the tables of a guest behind a virtual SMMU
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_guest(int argc, char **argv);

/**
 * cmd_iort_preserve() - make tables with which Linux heeds RMRs of PCI devices
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_preserve(int argc, char **argv);

/**
 * cmd_iort_cpio() - make the archive that Linux takes ACPI tables from
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_iort_cpio(int argc, char **argv);

/**
 * cmd_bars_show() - print which BARs VFIO maps, and why it does not
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_bars_show(int argc, char **argv);

/**
 * cmd_bars_remedy() - print how each BAR gets pages of its own
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_bars_remedy(int argc, char **argv);

/**
 * cmd_bars_check() - print whether that setting took
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_bars_check(int argc, char **argv);

/**
 * cmd_bars_place() - find a place in a guest for the BARs of devices
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_bars_place(int argc, char **argv);

/**
 * cmd_dt_overlay() - write a device tree overlay with reserved regions
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: the exit code.
 */
int cmd_dt_overlay(int argc, char **argv);

#endif
