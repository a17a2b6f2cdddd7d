/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * preserve.h - tables with which PCI host bridges keep firmware's configuration
 *
 * Linux heeds the RMR nodes of an IORT for a PCI device only where the _DSM of
 * its host bridge says with function 5 that the configuration made by firmware
 * is to be kept (PCI Firmware Specification 3.3, section 4.6.5; Linux 7.3,
 * drivers/pci/pci-acpi.c pci_acpi_preserve_config() and drivers/acpi/arm64/iort.c
 * iort_rmr_has_dev()). So an SSDT gives the bridges such a _DSM. An object
 * cannot be defined twice (AE_ALREADY_EXISTS, the second one is not there):
 * where a bridge has a _DSM, that one gets another name in the table that
 * defines it, and the new one calls it for all that is not its own.
 */
#ifndef IOMMU_RESV_PRESERVE_H
#define IOMMU_RESV_PRESERVE_H

#include "../acpi/aml.h"

#include <sys/types.h>

/**
 * struct preserve_table - a DSDT or SSDT
 * @file: its name
 * @data: its bytes
 * @size: how many; the length that it states
 * @out: name of the file that it is written to
 * @changed: a method in it was renamed
 */
struct preserve_table {
	char *file;
	u8 *data;
	size_t size;
	char out[32];
	bool changed;
};

/**
 * struct preserve_object - an object that the tables define
 * @o: the object
 * @table: index of its table
 */
struct preserve_object {
	struct aml_object o;
	size_t table;
};

/**
 * struct preserve_bridge - a PCI host bridge
 * @path: where it is
 * @dsm: index of its _DSM among the objects; -1 for none
 * @placed: @segment and @bus are known
 * @segment: PCI segment
 * @bus: its first bus
 * @wanted: it is to get a _DSM
 */
struct preserve_bridge {
	struct aml_path path;
	ssize_t dsm;
	bool placed;
	u64 segment;
	u64 bus;
	bool wanted;
};

/**
 * struct preserve - the tables of a machine, and what is to be changed
 * @table: DSDT, then SSDTs in the order in which they are loaded
 * @tables: how many
 * @object: all objects
 * @objects: how many
 * @bridge: all host bridges
 * @bridges: how many
 * @loading: the table that is being read
 * @placed: of all bridges @segment and @bus are known
 */
struct preserve {
	struct preserve_table *table;
	size_t tables;
	struct preserve_object *object;
	size_t objects;
	struct preserve_bridge *bridge;
	size_t bridges;
	size_t loading;
	bool placed;
};

/**
 * preserve_read() - read the tables and find the host bridges
 * @p: filled in; ends with preserve_free(), also on failure
 * @dir: directory with copies of /sys/firmware/acpi/tables; NULL for none
 * @dsdt: the DSDT; NULL for that in @dir
 * @ssdt: SSDTs, in the order in which they are loaded; without any and without
 *	a @dsdt those in @dir
 * @ssdts: how many
 *
 * Return: 0, or -1 after a problem().
 */
int preserve_read(struct preserve *p, const char *dir, const char *dsdt,
		  char *const *ssdt, size_t ssdts);

/**
 * preserve_want() - choose the bridges that buses are below
 * @p: the tables
 * @segment: PCI segment
 * @first: first bus
 * @last: last one, inclusive
 *
 * Where the tables do not tell which bridge it is, all are chosen.
 *
 * Return: 0, or -1 after a problem() where there is no such bridge.
 */
int preserve_want(struct preserve *p, u32 segment, u32 first, u32 last);

/**
 * preserve_want_all() - choose all bridges
 * @p: the tables
 */
void preserve_want_all(struct preserve *p);

/**
 * preserve_write() - write the tables that the chosen bridges need
 * @p: the tables; those that are to be changed are changed in memory
 * @dir: directory to write to; is made
 * @iasl: the compiler
 * @verbose: say on stdout what was written
 *
 * Nothing is written unless all can be made.
 *
 * Return: 0, or -1 after a problem().
 */
int preserve_write(struct preserve *p, const char *dir, const char *iasl,
		   bool verbose);

/**
 * preserve_free() - give the tables back
 * @p: from preserve_read()
 */
void preserve_free(struct preserve *p);

/**
 * asl_text() - write the source of the SSDT
 * @p: the tables, with bridges chosen
 * @name: what the bridges' own _DSMs are called now
 *
 * Return: the text, to be freed.
 */
char *asl_text(const struct preserve *p, const char name[5]);

/**
 * asl_compile() - compile ASL
 * @iasl: the compiler
 * @text: the source
 * @data: the table, to be freed
 * @size: its bytes
 *
 * Return: 0, or -1 after a problem().
 */
int asl_compile(const char *iasl, const char *text, u8 **data, size_t *size);

#endif
