// SPDX-License-Identifier: GPL-2.0-only
/* LINK: acpi/aml.c */
/*
 * aml_test.c - the reader of names in AML, on tables made by hand
 *
 * Opcodes are written here as numbers, from ACPI 6.5, section 20.2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "acpi/aml.h"
#include "acpi_builder.h"

#define LOG_MAX 4000

/* What was reported, as text: "device \\_SB.PCI0" and so on. */
static char said[LOG_MAX];
/* What find() knows beside what was reported: a path and its operands. */
static const char *known;
static int known_args;
static struct builder b;
static struct acpi_fault fault;
static struct aml_object seen[256];
static u32 seen_count;

static void begin(void)
{
	memset(&b, 0, sizeof(b));
	memcpy(b.buf, "DSDT", 4);
	b.buf[8] = 2;
	memcpy(b.buf + 10, "TESTERTESTTABL", 14);
	b.len = 36;
	known = NULL;
}

static void bytes(const char *p, u32 count)
{
	builder_need(&b, count);
	memcpy(b.buf + b.len, p, count);
	b.len += count;
}

/* A string literal may hold NULs. */
#define put(literal) bytes(literal, sizeof(literal) - 1)

/* PkgLength of two bytes; gives its place, for package_end(). */
static u32 package(void)
{
	put("\x40\x00");
	return b.len - 2;
}

static void package_end(u32 at)
{
	u32 length = b.len - at;

	b.buf[at] = (u8)(0x40 | (length & 0xf));
	b.buf[at + 1] = (u8)(length >> 4);
}

static int find(void *ctx, const struct aml_path *path)
{
	char text[AML_TEXT_MAX];
	u32 i;

	aml_path_text(path, text);
	if (known && !strcmp(known, text))
		return known_args;
	for (i = 0; i < seen_count; i++)
		if (seen[i].kind != AML_SCOPE && seen[i].kind != AML_BLOCK &&
		    aml_same_path(&seen[i].path, path))
			return seen[i].kind == AML_METHOD ?
			       (int)seen[i].args : 0;
	return -ENOENT;
}

static int note(void *ctx, const struct aml_object *o)
{
	static const char * const kinds[] = {
		"device", "method", "name", "scope", "other", "block",
	};
	char text[AML_TEXT_MAX];
	size_t used = strlen(said);

	aml_path_text(&o->path, text);
	snprintf(said + used, sizeof(said) - used, "%s%s %s",
		 used ? ", " : "", kinds[o->kind], text);
	if (seen_count < ARRAY_SIZE(seen))
		seen[seen_count++] = *o;
	return 0;
}

static int scan_bytes(const u8 *p, u32 size)
{
	const struct aml_reader reader = { .object = note, .find = find };
	static struct aml_scanner scanner;

	said[0] = '\0';
	seen_count = 0;
	fault = (struct acpi_fault){ 0 };
	return aml_scan(&scanner, p, size, &reader, &fault);
}

static int scan(void)
{
	u8 *p;
	int ret;

	builder_finish(&b);
	p = exact_copy(b.buf, b.len);
	ret = scan_bytes(p, b.len);
	free(p);
	return ret;
}

static void expect(const char *text)
{
	int ret = scan();

	if (ret)
		fail_msg("%d at 0x%x: %s", ret, fault.offset, fault.what);
	assert_string_equal(said, text);
}

static void refused(int ret, u32 offset, const char *what)
{
	assert_int_equal(scan(), ret);
	assert_string_equal(fault.what, what);
	assert_int_equal(fault.offset, offset);
}

static void paths_are_resolved(void **state)
{
	u32 scope, device, inner;

	(void)state;
	begin();
	put("\x10");				/* Scope (\_SB) */
	scope = package();
	put("\\_SB_");
	put("\x5b\x82");			/* Device (PCI0) */
	device = package();
	put("PCI0" "\x08_SEG\x00");
	put("\x08^NAM1\x01");			/* Name (^NAM1, One) */
	put("\x08\x2eLPCBNAM2\x0a\x07");	/* Name (LPCB.NAM2, 7) */
	put("\x08\\\x2f\x03_SB_PCI0NAM3\xff");	/* three segments, from the root */
	put("\x5b\x82");			/* Device (^^DEV_) */
	inner = package();
	put("^^DEV_" "\x08INN_\x00");
	package_end(inner);
	package_end(device);
	put("\x5b\x82");
	device = package();
	put("\\\x2e_SB_GED_");			/* as QEMU has it */
	package_end(device);
	package_end(scope);
	put("\x08LAST\x00");
	expect("scope \\_SB, device \\_SB.PCI0, name \\_SB.PCI0._SEG, name \\_SB.NAM1, name \\_SB.PCI0.LPCB.NAM2, name \\_SB.PCI0.NAM3, device \\DEV, name \\DEV.INN, device \\_SB.GED, name \\LAST");
	assert_memory_equal(b.buf + seen[5].name, "NAM3", 4);
	assert_memory_equal(b.buf + seen[8].name, "GED_", 4);
	assert_int_equal(seen[1].body, seen[2].offset);
}

static void a_scope_is_searched_for_upwards(void **state)
{
	u32 outer, inner;

	(void)state;
	begin();
	put("\x5b\x82");
	outer = package();
	put("AAAA");
	put("\x5b\x82");
	inner = package();
	put("BBBB");
	package_end(inner);
	put("\x10");
	inner = package();
	put("BBBB\x08IN_B\x00");		/* the one beside */
	package_end(inner);
	put("\x10");
	inner = package();
	put("AAAA\x08IN_A\x00");		/* the one around */
	package_end(inner);
	put("\x10");
	inner = package();
	put("_SB_\x08IN_S\x00");		/* one that is always there */
	package_end(inner);
	package_end(outer);
	expect("device \\AAAA, device \\AAAA.BBBB, scope \\AAAA.BBBB, name \\AAAA.BBBB.IN_B, scope \\AAAA, name \\AAAA.IN_A, scope \\_SB, name \\_SB.IN_S");

	begin();
	put("\x10");
	outer = package();
	put("\\FAR_\x08MINE\x00");
	package_end(outer);
	refused(-ENOENT, 36, "AML scope of an object that is not defined before it outside a condition");
	known = "\\FAR";
	known_args = 0;
	expect("scope \\FAR, name \\FAR.MINE");
	/* With more than one segment nothing is searched. */
	begin();
	put("\x5b\x82");
	outer = package();
	put("AAAA\x10");
	inner = package();
	put("\x2e_SB_AAAA");
	package_end(inner);
	package_end(outer);
	refused(-ENOENT, 44, "AML scope of an object that is not defined before it outside a condition");
}

/* Each is one object or statement: what follows it is found. */
static void everything_is_stepped_over(void **state)
{
	static const struct {
		const char *p;
		u32 size;
		const char *text;
	} cases[] = {
#define CASE(literal, text) { literal, sizeof(literal) - 1, text }
		CASE("\x08""A___\x00", "name \\A, "),
		CASE("\x08""AAAA\x01", "name \\AAAA, "),
		CASE("\x08""AAAA\xff", "name \\AAAA, "),
		CASE("\x08""AAAA\x0a\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x0b\x08\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x0c\x08\x08\x08\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x0e\x08\x08\x08\x08\x08\x08\x08\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x0d\x00", "name \\AAAA, "),
		CASE("\x08""AAAA\x0dPNP0A08\x00", "name \\AAAA, "),
		CASE("\x08""AAAA\x11\x05\x0a\x02\x08\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x12\x05\x02\x01\x0a\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\x13\x04\x01\x01\x08", "name \\AAAA, "),
		CASE("\x08""AAAA\\BBBB", "name \\AAAA, "),
		CASE("\x08""AAAA\x5b\x30", "name \\AAAA, "),
		CASE("\x06""AAAABBBB", "other \\BBBB, "),
		CASE("\x15""AAAA\x06\x04", ""),
		CASE("\x14\x08""AAAA\x04\xa3\x08", "method \\AAAA, "),
		CASE("\x5b\x01""AAAA\x0f", "other \\AAAA, "),
		CASE("\x5b\x02""AAAA", "other \\AAAA, "),
		CASE("\x5b\x80""AAAA\x00\x0c\x00\x00\x00\x08\x0b\x08\x08", "other \\AAAA, "),
		/* OperationRegion (AAAA, 0, Add (ONE_, 2), SizeOf (BUFF)) */
		CASE("\x5b\x80""AAAA\x00\x72ONE_\x0a\x02\x00\x87""BUFF", "other \\AAAA, "),
		CASE("\x5b\x81\x0f""AAAA\x01""BBBB\x08\x00\x08\x08\x00", ""),
		CASE("\x5b\x86\x0f""AAAABBBB\x01""CCCC\x08", ""),
		CASE("\x5b\x87\x11""AAAABBBB\x0a\x08\x01""CCCC\x08", ""),
		CASE("\x5b\x83\x0d""AAAA\x01\x08\x08\x08\x08\x06\xa3\xa3", "other \\AAAA, "),
		CASE("\x5b\x84\x0e""AAAA\x01\x08\x08\x08""BBBB\x00", "other \\AAAA, name \\AAAA.BBBB, "),
		CASE("\x5b\x85\x05""AAAA", "other \\AAAA, "),
		CASE("\x5b\x88""AAAA\x0d""A\x00\x0d""B\x00\x0d\x00", "other \\AAAA, "),
		CASE("\x8a""BUFF\x0a\x08""AAAA", "other \\AAAA, "),
		CASE("\x8f\x11\x03\x0a\x08\x00""AAAA", "other \\AAAA, "),
		CASE("\x5b\x13""BUFF\x00\x0a\x08""AAAA", "other \\AAAA, "),
		CASE("\xa0\x07\x93""AAAA\x08", "block \\, "),
		CASE("\xa1\x03\x08\x08", "block \\, "),
		CASE("\xa2\x04\x01\x08\x08", "block \\, "),
		/* Store (LNot (LEqual (Local0, CondRefOf (METH))), AAAA) */
		CASE("\x70\x92\x93\x60\x5b\x12METH\x61""AAAA", ""),
		CASE("\x70\x5b\x12METH\x00""AAAA", ""),
		CASE("\x70\x8eMETH\x60", ""),
		/* METH (1, METH (2, 3)) */
		CASE("METH\x01METH\x0a\x02\x0a\x03", ""),
		CASE("_OSI\x0dLinux\x00", ""),
		CASE("\xa3", ""),
#undef CASE
	};
	char text[200];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		known = "\\METH";
		known_args = 2;
		bytes(cases[i].p, cases[i].size);
		put("\x5b\x02MARK");
		snprintf(text, sizeof(text), "%sother \\MARK", cases[i].text);
		if (scan() || strcmp(said, text))
			fail_msg("case %u: \"%s\", not \"%s\"; 0x%x: %s", i, said,
				 text, fault.offset, fault.what);
	}
}

/* ACPI 6.5, section 20.2.5.4: as the value of a name, whose end is reported. */
static void operands_are_counted(void **state)
{
	static const struct {
		u8 op[2];
		u32 count;
	} cases[] = {
		{ { 0x70 }, 2 }, { { 0x71 }, 1 }, { { 0x72 }, 3 },
		{ { 0x73 }, 3 }, { { 0x74 }, 3 }, { { 0x75 }, 1 },
		{ { 0x76 }, 1 }, { { 0x77 }, 3 }, { { 0x78 }, 4 },
		{ { 0x79 }, 3 }, { { 0x7a }, 3 }, { { 0x7b }, 3 },
		{ { 0x7c }, 3 }, { { 0x7d }, 3 }, { { 0x7e }, 3 },
		{ { 0x7f }, 3 }, { { 0x80 }, 2 }, { { 0x81 }, 2 },
		{ { 0x82 }, 2 }, { { 0x83 }, 1 }, { { 0x84 }, 3 },
		{ { 0x85 }, 3 }, { { 0x86 }, 2 }, { { 0x87 }, 1 },
		{ { 0x88 }, 3 }, { { 0x8e }, 1 }, { { 0x90 }, 2 },
		{ { 0x91 }, 2 }, { { 0x92 }, 1 }, { { 0x93 }, 2 },
		{ { 0x94 }, 2 }, { { 0x95 }, 2 }, { { 0x96 }, 2 },
		{ { 0x97 }, 2 }, { { 0x98 }, 2 }, { { 0x99 }, 2 },
		{ { 0x9c }, 3 }, { { 0x9d }, 2 }, { { 0x9e }, 4 },
		{ { 0xa3 }, 0 }, { { 0x60 }, 0 }, { { 0x67 }, 0 },
		{ { 0x5b, 0x12 }, 2 }, { { 0x5b, 0x1f }, 6 },
		{ { 0x5b, 0x20 }, 2 }, { { 0x5b, 0x21 }, 1 },
		{ { 0x5b, 0x22 }, 1 }, { { 0x5b, 0x24 }, 1 },
		{ { 0x5b, 0x25 }, 2 }, { { 0x5b, 0x26 }, 1 },
		{ { 0x5b, 0x27 }, 1 }, { { 0x5b, 0x28 }, 2 },
		{ { 0x5b, 0x29 }, 2 }, { { 0x5b, 0x30 }, 0 },
		{ { 0x5b, 0x31 }, 0 }, { { 0x5b, 0x33 }, 0 },
	};
	u32 i, j, end;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		put("\x08""AAAA");
		bytes((const char *)cases[i].op, cases[i].op[1] ? 2 : 1);
		for (j = 0; j < cases[i].count; j++)
			bytes(j & 1 ? "\x61" : "BBBB", j & 1 ? 1 : 4);
		end = b.len;
		put("\x60\x60\x60\x60\x60\x60");
		if (scan() || seen[0].end != end)
			fail_msg("case %u: ends at 0x%x, not 0x%x", i,
				 seen[0].end, end);
	}
}

static void what_is_not_known_is_refused(void **state)
{
	(void)state;
	begin();
	put("\x08""AAAA\x00\x5b\x23MUTX\xff\xff");	/* Acquire */
	refused(-EOPNOTSUPP, 42, "AML opcode that is not known here");
	begin();
	put("\x5b\x82\x05""AAA-");
	refused(-EINVAL, 39, "no AML name where one must be, or an opcode that is not known");
	begin();
	put("\x5b\x82\x05""0AAA");
	refused(-EINVAL, 39, "no AML name where one must be, or an opcode that is not known");
	begin();
	put("\x08^AAAA\x00");
	refused(-EINVAL, 38, "AML name goes above the root");
	begin();
	put("\x08\\\x00\x00");
	refused(-EINVAL, 36, "AML object without a name");
	begin();
	put("\x08\x2f\x00\x00");
	refused(-EINVAL, 37, "AML name of no segments");
	begin();
	put("\x08""AAAA\x0dno end");
	refused(-EINVAL, 48, "AML ends in the middle of an object");
	begin();
	put("\x10\x06\\_SB_\x08");
	refused(-EINVAL, 44, "AML ends in the middle of an object");
	begin();
	put("\x10\x07\\_SB_");
	refused(-EINVAL, 37, "AML package leaves what it is in");
	begin();
	put("\x10\x00\\_SB_");
	refused(-EINVAL, 37, "AML package is shorter than its own length field");
	begin();
	put("\x10\x40\x00");
	refused(-EINVAL, 37, "AML package is shorter than its own length field");
	/* Of what is inside, too: it may not be longer than what it is in. */
	begin();
	put("\x10\x0c\\_SB_\x5b\x82\x06""AAAA\xa3\xa3");
	refused(-EINVAL, 45, "AML package leaves what it is in");
}

static void limits_are_kept(void **state)
{
	u32 start[AML_DEPTH_MAX + 2], depth, i, ret;

	(void)state;
	for (depth = AML_PATH_MAX - 1; depth <= AML_PATH_MAX + 1; depth++) {
		begin();
		for (i = 0; i < depth; i++) {
			put("\x5b\x82");
			start[i] = package();
			put("AAAA");
		}
		while (i--)
			package_end(start[i]);
		ret = (u32)-scan();
		assert_int_equal(ret, depth > AML_PATH_MAX ? E2BIG : 0);
		if (ret)
			assert_string_equal(fault.what, "AML name has more segments than the reader's limit");
	}
	/* Scopes do not make the path longer. */
	for (depth = AML_DEPTH_MAX - 1; depth <= AML_DEPTH_MAX; depth++) {
		begin();
		for (i = 0; i < depth; i++) {
			put("\x10");
			start[i] = package();
			put("\\_SB_");
		}
		while (i--)
			package_end(start[i]);
		ret = (u32)-scan();
		assert_int_equal(ret, depth == AML_DEPTH_MAX ? E2BIG : 0);
		if (ret)
			assert_string_equal(fault.what, "AML scopes are nested deeper than the reader's limit");
	}
}

static void lengths_of_all_sizes_are_read(void **state)
{
	static const u32 contents[] = { 0, 50, 4000, 8000 };
	u32 i, follow, length;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(contents); i++)
		for (follow = 0; follow < 4; follow++) {
			length = 1 + follow + 5 + contents[i];
			if (length >= (follow ? 1u << (4 + 8 * follow) : 64))
				continue;
			begin();
			put("\x14");
			builder_need(&b, length + 16);
			put_le(b.buf + b.len, 4,
			       follow ? (u32)follow << 6 | (length & 0xf) |
					(length >> 4) << 8 : length);
			b.len += 1 + follow;
			put("METH\x02");
			memset(b.buf + b.len, 0x08, contents[i]);
			b.len += contents[i];
			put("\x08""NEXT\x00");
			expect("method \\METH, name \\NEXT");
			assert_int_equal(seen[0].args, 2);
			assert_int_equal(seen[0].end - seen[0].body, contents[i]);
		}
}

static void values_are_read(void **state)
{
	static const struct {
		const char *p;
		u32 size;
		bool is;
		u64 value;
	} cases[] = {
#define CASE(literal, is, value) { literal, sizeof(literal) - 1, is, value }
		CASE("\x00", true, 0),
		CASE("\x01", true, 1),
		CASE("\x0a\xfe", true, 0xfe),
		CASE("\x0b\x34\x12", true, 0x1234),
		CASE("\x0c\x78\x56\x34\x12", true, 0x12345678),
		CASE("\x0e\x08\x07\x06\x05\x04\x03\x02\x81", true, 0x8102030405060708),
		CASE("\xff", false, 0),
		CASE("\x0d" "12\x00", false, 0),
		CASE("BBBB", false, 0),
		CASE("\x11\x03\x0a\x08", false, 0),
#undef CASE
	};
	u64 value;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		put("\x08""AAAA");
		bytes(cases[i].p, cases[i].size);
		assert_int_equal(scan(), 0);
		value = 0;
		assert_int_equal(aml_integer(b.buf, &seen[0], &value), cases[i].is);
		assert_int_equal(value, cases[i].value);
	}
	begin();
	put("\x14\x08""AAAA\x04\x0a\x08");
	assert_int_equal(scan(), 0);
	assert_false(aml_integer(b.buf, &seen[0], &value));
}

static void dead_blocks_are_told(void **state)
{
	(void)state;
	begin();
	put("\xa0\x03\x00\x08\xa0\x03\x01\x08\xa1\x03\x00\x08\xa2\x03\x00\x08\xa0\x01\xa3");
	assert_int_equal(scan(), 0);
	assert_int_equal(seen_count, 5);
	assert_true(aml_is_dead(b.buf, &seen[0]));
	assert_false(aml_is_dead(b.buf, &seen[1]));
	assert_false(aml_is_dead(b.buf, &seen[2]));	/* Else has no condition */
	assert_true(aml_is_dead(b.buf, &seen[3]));
	assert_false(aml_is_dead(b.buf, &seen[4]));	/* nor has this one */
}

static void paths_are_compared(void **state)
{
	const struct aml_path root = { 0 };
	const struct aml_path a = { .count = 1, .seg = { "AAAA" } };
	const struct aml_path ab = { .count = 2, .seg = { "AAAA", "BBBB" } };
	const struct aml_path b1 = { .count = 1, .seg = { "BBBB" } };
	char text[AML_TEXT_MAX];

	(void)state;
	assert_true(aml_same_path(&a, &a));
	assert_false(aml_same_path(&a, &b1));
	assert_false(aml_same_path(&a, &ab));
	assert_true(aml_is_below(&ab, &a));
	assert_true(aml_is_below(&ab, &root));
	assert_true(aml_is_below(&a, &a));
	assert_false(aml_is_below(&a, &ab));
	assert_false(aml_is_below(&ab, &b1));
	aml_path_text(&root, text);
	assert_string_equal(text, "\\");
	aml_path_text(&(struct aml_path){ .count = 2, .seg = { "____", "A_B_" } }, text);
	assert_string_equal(text, "\\_.A_B");
}

static int stop(void *ctx, const struct aml_object *o)
{
	(*(u32 *)ctx)++;
	return -E2BIG;
}

static void the_caller_can_stop(void **state)
{
	u32 calls = 0;
	const struct aml_reader reader = { stop, find, &calls };
	static struct aml_scanner scanner;

	(void)state;
	begin();
	put("\x08""AAAA\x00\x08""BBBB\x00");
	builder_finish(&b);
	fault.what = NULL;
	assert_int_equal(aml_scan(&scanner, b.buf, b.len, &reader, &fault), -E2BIG);
	assert_int_equal(calls, 1);
	assert_null(fault.what);
}

static void the_header_is_checked(void **state)
{
	(void)state;
	begin();
	assert_int_equal(scan(), 0);
	memcpy(b.buf, "SSDT", 4);
	assert_int_equal(scan(), 0);
	memcpy(b.buf, "IORT", 4);
	refused(-EINVAL, 0, "wrong signature");
	begin();
	builder_finish(&b);
	b.buf[9]++;
	assert_int_equal(scan_bytes(b.buf, b.len), -EINVAL);
	assert_int_equal(scan_bytes(b.buf, 3), -EINVAL);
}

/* A table with one of nearly everything. */
static void much(void)
{
	u32 scope, device, method;

	begin();
	put("\x10");
	scope = package();
	put("\\_SB_");
	put("\x5b\x82");
	device = package();
	put("PCI0\x08_HID\x0c\x41\xd0\x0a\x08\x08_CID\x12\x07\x01\x0c\x41\xd0\x0a\x03");
	put("\x08_BBN\x0a\x80\x08_CRS\x11\x05\x0a\x02\x79\x00");
	put("\x5b\x80REGN\x02\x72\x0a\x04""BASE\x00\x0b\x00\x01");
	put("\x5b\x81\x0bREGN\x03""FLD0\x08");
	put("\x14");
	method = package();
	put("_DSM\x04\xa0\x06\x93\x6a\x00\xa4\x00\xa4\x01");
	package_end(method);
	package_end(device);
	put("\xa0\x0a\x00\x15\\_DSM\x08\x04");
	put("\x06\\PCI0ALIA\x5b\x83\x0b""CPU0\x00\x00\x00\x00\x00\x00");
	put("\x5b\x84\x08POWR\x00\x00\x00\x5b\x85\x08THRM\xa3\xa3\xa3");
	package_end(scope);
	put("\x10");
	scope = package();
	put("\\\x2e_SB_PCI0\x08^PC_\x5f\x0e\x01\x02\x03\x04\x05\x06\x07\x08");
	put("\x70\x72PC__\x01\x00\\_SB_");
	package_end(scope);
	builder_finish(&b);
}

static void check_result(const u8 *p, u32 size, int ret, u32 round)
{
	u32 i;

	if (ret) {
		if ((ret != -EINVAL && ret != -E2BIG && ret != -EOPNOTSUPP &&
		     ret != -ENOENT) || !fault.what || fault.offset > size)
			fail_msg("round %u: %d at 0x%x", round, ret, fault.offset);
	}
	for (i = 0; i < seen_count; i++) {
		const struct aml_object *o = &seen[i];

		if (o->offset < 36 || o->offset >= o->body || o->body > o->end ||
		    o->end > size || o->path.count > AML_PATH_MAX ||
		    (o->name && (o->name + 4 > o->body ||
				 memcmp(p + o->name, o->path.seg[o->path.count - 1], 4))))
			fail_msg("round %u: object %u at 0x%x is impossible",
				 round, i, o->offset);
	}
}

static u64 random_state = 0xa31;

static u32 random_below(u32 end)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)((random_state >> 16) % end);
}

static void damage_is_survived(void **state)
{
	u32 round, n, accepted = 0, refusals = 0, size;
	u8 whole[1024], *p;
	int ret;

	(void)state;
	much();
	size = b.len;
	assert_true(size <= sizeof(whole));
	memcpy(whole, b.buf, size);
	ret = scan_bytes(whole, size);
	if (ret)
		fail_msg("%d at 0x%x: %s", ret, fault.offset, fault.what);
	check_result(whole, size, 0, 0);
	assert_true(seen_count > 14);

	/* Cut at each byte, with a right length and checksum. */
	for (n = 36; n < size; n++) {
		p = exact_copy(whole, n);
		put_le(p + 4, 4, n);
		table_sum(p, n);
		check_result(p, n, scan_bytes(p, n), n);
		free(p);
	}
	for (round = 0; round < 200000; round++) {
		p = exact_copy(whole, size);
		for (n = 1 + random_below(3); n; n--)
			p[36 + random_below(size - 36)] =
				(u8)(random_below(2) ? random_below(256) :
				     whole[36 + random_below(size - 36)]);
		table_sum(p, size);
		ret = scan_bytes(p, size);
		check_result(p, size, ret, round);
		free(p);
		if (ret)
			refusals++;
		else
			accepted++;
	}
	print_message("# refused %u, accepted %u\n", refusals, accepted);
	assert_true(refusals > 1000);
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_resolved),
		cmocka_unit_test(a_scope_is_searched_for_upwards),
		cmocka_unit_test(everything_is_stepped_over),
		cmocka_unit_test(operands_are_counted),
		cmocka_unit_test(what_is_not_known_is_refused),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(lengths_of_all_sizes_are_read),
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(dead_blocks_are_told),
		cmocka_unit_test(paths_are_compared),
		cmocka_unit_test(the_caller_can_stop),
		cmocka_unit_test(the_header_is_checked),
		cmocka_unit_test(damage_is_survived),
	};

	return cmocka_run_group_tests_name("aml", tests, NULL, NULL) ? 1 : 0;
}
