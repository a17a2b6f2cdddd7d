/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aml.h - reader of the names that an ACPI table defines
 *
 * Models ACPI 6.5, section 20.2: the byte code (AML) of a DSDT or SSDT, as far
 * as it builds the namespace when the table is loaded: scopes, devices, methods,
 * names with their values. What a method does when it is called is not looked
 * at. Used by the command, to find the host bridges of PCI and their _DSM, and
 * by host tests.
 *
 * AML cannot be stepped over without knowing its opcodes, and a method that is
 * called without brackets takes as many operands as its definition says. So the
 * reader refuses what it does not know, with the place, and asks its caller what
 * names mean; it never guesses where the next object begins. The body of an If,
 * Else or While at this level is not read, but reported: the caller has to judge
 * what may be in it.
 *
 * Where the specification and ACPICA (Linux 7.3, drivers/acpi/acpica) differ,
 * this follows ACPICA, which is what runs.
 *
 * No allocation, no recursion, no locks: the stack is in struct aml_scanner,
 * which is too large for the stack of a kernel thread.
 */
#ifndef IOMMU_RESV_AML_H
#define IOMMU_RESV_AML_H

#include "sdt.h"

/* Real tables have four or five name segments in a path. */
#define AML_PATH_MAX		16
/* The deepest nesting of scopes and devices. */
#define AML_DEPTH_MAX		24
/* The longest table that is read; those of servers have half a MiB. */
#define AML_LENGTH_MAX		0x1000000
/* Bytes of a path as text: backslash, segments, dots, NUL. */
#define AML_TEXT_MAX		(1 + AML_PATH_MAX * 5 + 1)

/**
 * struct aml_path - where an object is, from the root
 * @count: number of segments; 0 is the root
 * @seg: their names, filled up with underscores as in AML
 */
struct aml_path {
	u32 count;
	u8 seg[AML_PATH_MAX][4];
};

/**
 * enum aml_kind - what kind of object, or of code
 * @AML_DEVICE: Device
 * @AML_METHOD: Method
 * @AML_VALUE: Name
 * @AML_SCOPE: Scope: opens an object that exists, defines none
 * @AML_OTHER: any other object that has a name
 * @AML_BLOCK: If, Else or While outside a method; is not read
 */
enum aml_kind {
	AML_DEVICE,
	AML_METHOD,
	AML_VALUE,
	AML_SCOPE,
	AML_OTHER,
	AML_BLOCK,
};

/**
 * struct aml_object - an object of a table
 * @kind: what it is
 * @path: where it is; of an %AML_BLOCK the scope that the block stands in
 * @offset: of its opcode, in the table
 * @name: offset of the last segment of its name; 0 where it has none
 * @body: offset of its value (%AML_VALUE), code (%AML_METHOD, %AML_BLOCK; that
 *	of If and While begins with the condition) or content
 * @end: offset behind that
 * @args: operands that an %AML_METHOD takes
 */
struct aml_object {
	enum aml_kind kind;
	struct aml_path path;
	u32 offset;
	u32 name;
	u32 body;
	u32 end;
	u32 args;
};

/**
 * struct aml_reader - whom to tell what was found, and whom to ask
 * @object: called for each object, in the order of the table; what it returns,
 *	if not 0, ends the scan
 * @find: asked for an object of this path, in tables loaded before and in what
 *	was reported so far. Return: the operands that it takes if it is a
 *	method, 0 for any other object, -ENOENT if there is none
 * @ctx: passed to both
 */
struct aml_reader {
	int (*object)(void *ctx, const struct aml_object *o);
	int (*find)(void *ctx, const struct aml_path *path);
	void *ctx;
};

/**
 * struct aml_scanner - the state of a scan; nothing in it is for the caller
 * @buf: the table
 * @off: offset of the next byte
 * @end: offset behind the innermost scope
 * @depth: number of scopes around it
 * @scope: these, innermost last: where each ends, and its path
 * @r: the caller's functions
 * @f: where to note a defect
 */
struct aml_scanner {
	const u8 *buf;
	u32 off;
	u32 end;
	u32 depth;
	struct {
		u32 end;
		struct aml_path path;
	} scope[AML_DEPTH_MAX];
	const struct aml_reader *r;
	struct acpi_fault *f;
};

int aml_scan(struct aml_scanner *s, const void *buf, size_t size,
	     const struct aml_reader *r, struct acpi_fault *f);
bool aml_integer(const void *buf, const struct aml_object *o, u64 *value);
bool aml_is_dead(const void *buf, const struct aml_object *o);
bool aml_same_path(const struct aml_path *a, const struct aml_path *b);
bool aml_is_below(const struct aml_path *path, const struct aml_path *top);
void aml_path_text(const struct aml_path *path, char text[AML_TEXT_MAX]);

#endif
