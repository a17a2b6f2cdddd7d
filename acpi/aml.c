// SPDX-License-Identifier: GPL-2.0-only
/*
 * aml.c - reader of the names that an ACPI table defines (ACPI 6.5, 20.2)
 *
 * One loop reads one object or statement after the other; scopes and devices
 * are entered, packages of which nothing is wanted are stepped over. No byte is
 * read before aml_need() has seen that it lies in the innermost scope.
 */
#include "aml.h"

/* Opcodes that open scopes, define names or have a length of their own */
#define OP_ALIAS		0x06
#define OP_NAME			0x08
#define OP_STRING		0x0d
#define OP_SCOPE		0x10
#define OP_BUFFER		0x11
#define OP_PACKAGE		0x12
#define OP_VAR_PACKAGE		0x13
#define OP_METHOD		0x14
#define OP_EXTERNAL		0x15
#define OP_DUAL_NAME		0x2e
#define OP_MULTI_NAME		0x2f
#define OP_EXTENDED		0x5b
#define OP_ROOT			'\\'
#define OP_PARENT		'^'
#define OP_REF_OF		0x71
#define OP_CREATE_DWORD_FIELD	0x8a
#define OP_CREATE_WORD_FIELD	0x8b
#define OP_CREATE_BYTE_FIELD	0x8c
#define OP_CREATE_BIT_FIELD	0x8d
#define OP_OBJECT_TYPE		0x8e
#define OP_CREATE_QWORD_FIELD	0x8f
#define OP_IF			0xa0
#define OP_ELSE			0xa1
#define OP_WHILE		0xa2
/* Those behind OP_EXTENDED */
#define EXT(op)			(0x100 | (op))
#define OP_MUTEX		EXT(0x01)
#define OP_EVENT		EXT(0x02)
#define OP_COND_REF_OF		EXT(0x12)
#define OP_CREATE_FIELD		EXT(0x13)
#define OP_REGION		EXT(0x80)
#define OP_FIELD		EXT(0x81)
#define OP_DEVICE		EXT(0x82)
#define OP_PROCESSOR		EXT(0x83)
#define OP_POWER_RESOURCE	EXT(0x84)
#define OP_THERMAL_ZONE		EXT(0x85)
#define OP_INDEX_FIELD		EXT(0x86)
#define OP_BANK_FIELD		EXT(0x87)
#define OP_DATA_REGION		EXT(0x88)

/*
 * What stands behind an opcode that has no length of its own: bytes, then
 * operands, each an opcode again. A target that is not wanted is the byte 0,
 * which reads like the constant Zero. Match, Acquire and Fatal mix the two and
 * are not known here.
 */
static const struct {
	u16 op;
	u8 bytes;
	u8 operands;
} aml_terms[] = {
	{ 0x00, 0, 0 },		/* Zero */
	{ 0x01, 0, 0 },		/* One */
	{ 0x0a, 1, 0 },		/* byte */
	{ 0x0b, 2, 0 },		/* word */
	{ 0x0c, 4, 0 },		/* double word */
	{ 0x0e, 8, 0 },		/* quad word */
	{ 0x60, 0, 0 }, { 0x61, 0, 0 }, { 0x62, 0, 0 }, { 0x63, 0, 0 },
	{ 0x64, 0, 0 }, { 0x65, 0, 0 }, { 0x66, 0, 0 }, { 0x67, 0, 0 },
				/* Local0 to Local7; Args are for methods only */
	{ 0x70, 0, 2 },		/* Store */
	{ OP_REF_OF, 0, 1 },
	{ 0x72, 0, 3 },		/* Add */
	{ 0x73, 0, 3 },		/* Concatenate */
	{ 0x74, 0, 3 },		/* Subtract */
	{ 0x75, 0, 1 },		/* Increment */
	{ 0x76, 0, 1 },		/* Decrement */
	{ 0x77, 0, 3 },		/* Multiply */
	{ 0x78, 0, 4 },		/* Divide */
	{ 0x79, 0, 3 },		/* ShiftLeft */
	{ 0x7a, 0, 3 },		/* ShiftRight */
	{ 0x7b, 0, 3 },		/* And */
	{ 0x7c, 0, 3 },		/* Nand */
	{ 0x7d, 0, 3 },		/* Or */
	{ 0x7e, 0, 3 },		/* Nor */
	{ 0x7f, 0, 3 },		/* Xor */
	{ 0x80, 0, 2 },		/* Not */
	{ 0x81, 0, 2 },		/* FindSetLeftBit */
	{ 0x82, 0, 2 },		/* FindSetRightBit */
	{ 0x83, 0, 1 },		/* DerefOf */
	{ 0x84, 0, 3 },		/* ConcatenateResTemplate */
	{ 0x85, 0, 3 },		/* Mod */
	{ 0x86, 0, 2 },		/* Notify */
	{ 0x87, 0, 1 },		/* SizeOf */
	{ 0x88, 0, 3 },		/* Index */
	{ OP_OBJECT_TYPE, 0, 1 },
	{ 0x90, 0, 2 },		/* LAnd */
	{ 0x91, 0, 2 },		/* LOr */
	{ 0x92, 0, 1 },		/* LNot */
	{ 0x93, 0, 2 },		/* LEqual */
	{ 0x94, 0, 2 },		/* LGreater */
	{ 0x95, 0, 2 },		/* LLess */
	{ 0x96, 0, 2 },		/* ToBuffer */
	{ 0x97, 0, 2 },		/* ToDecimalString */
	{ 0x98, 0, 2 },		/* ToHexString */
	{ 0x99, 0, 2 },		/* ToInteger */
	{ 0x9c, 0, 3 },		/* ToString */
	{ 0x9d, 0, 2 },		/* CopyObject */
	{ 0x9e, 0, 4 },		/* Mid */
	{ 0xa3, 0, 0 },		/* Noop */
	{ 0xff, 0, 0 },		/* Ones */
	{ OP_COND_REF_OF, 0, 2 },
	{ EXT(0x1f), 0, 6 },	/* LoadTable */
	{ EXT(0x20), 0, 2 },	/* Load */
	{ EXT(0x21), 0, 1 },	/* Stall */
	{ EXT(0x22), 0, 1 },	/* Sleep */
	{ EXT(0x24), 0, 1 },	/* Signal */
	{ EXT(0x25), 0, 2 },	/* Wait */
	{ EXT(0x26), 0, 1 },	/* Reset */
	{ EXT(0x27), 0, 1 },	/* Release */
	{ EXT(0x28), 0, 2 },	/* FromBCD */
	{ EXT(0x29), 0, 2 },	/* ToBCD */
	{ EXT(0x30), 0, 0 },	/* Revision */
	{ EXT(0x31), 0, 0 },	/* Debug */
	{ EXT(0x33), 0, 0 },	/* Timer */
};

/* A name as it stands in AML */
struct aml_name {
	bool root;
	u32 parents;
	u32 count;
	u32 first;	/* offset of the first segment */
};

static int aml_fault(const struct aml_scanner *s, int ret, u32 offset,
		     const char *what)
{
	return sdt_fault(s->f, ret, offset, what);
}

/* Do @count bytes follow in the scope? */
static int aml_need(const struct aml_scanner *s, u64 count)
{
	if (!sdt_fits(s->off, count, s->end))
		return aml_fault(s, -EINVAL, s->off,
				 "AML ends in the middle of an object");
	return 0;
}

static int aml_skip(struct aml_scanner *s, u64 count)
{
	int ret = aml_need(s, count);

	if (!ret)
		s->off += (u32)count;
	return ret;
}

static const struct aml_path *aml_here(const struct aml_scanner *s)
{
	return &s->scope[s->depth - 1].path;
}

/*
 * PkgLength counts from its own first byte. Its first byte says how many
 * follow, and holds six bits where none does, else four; bits between are
 * ignored, as ACPICA does.
 */
static int aml_package(struct aml_scanner *s, u32 *end)
{
	u32 start = s->off;
	u32 follow, length, i;
	int ret = aml_need(s, 1);

	if (ret)
		return ret;
	follow = s->buf[start] >> 6;
	length = s->buf[start] & (follow ? 0x0f : 0x3f);
	ret = aml_need(s, 1 + follow);
	if (ret)
		return ret;
	for (i = 1; i <= follow; i++)
		length |= (u32)s->buf[start + i] << (8 * i - 4);
	if (length < 1 + follow)
		return aml_fault(s, -EINVAL, start,
				 "AML package is shorter than its own length field");
	if (!sdt_fits(start, length, s->end))
		return aml_fault(s, -EINVAL, start,
				 "AML package leaves what it is in");
	s->off += 1 + follow;
	*end = start + length;
	return 0;
}

static bool aml_lead_char(u8 c)
{
	return (c >= 'A' && c <= 'Z') || c == '_';
}

static bool aml_starts_name(u8 c)
{
	return aml_lead_char(c) || c == OP_ROOT || c == OP_PARENT ||
	       c == OP_DUAL_NAME || c == OP_MULTI_NAME;
}

static int aml_name(struct aml_scanner *s, struct aml_name *n)
{
	u32 start = s->off;
	u32 i, j;
	int ret;
	u8 c;

	*n = (struct aml_name){ .count = 1 };
	for (;;) {
		ret = aml_need(s, 1);
		if (ret)
			return ret;
		c = s->buf[s->off];
		if (c == OP_ROOT && s->off == start)
			n->root = true;
		else if (c == OP_PARENT && !n->root)
			n->parents++;
		else
			break;
		s->off++;
	}
	if (c == 0 || c == OP_DUAL_NAME || c == OP_MULTI_NAME) {
		s->off++;
		n->count = c == OP_DUAL_NAME ? 2 : 0;
	}
	if (c == OP_MULTI_NAME) {
		ret = aml_need(s, 1);
		if (ret)
			return ret;
		n->count = s->buf[s->off++];
		if (!n->count)
			return aml_fault(s, -EINVAL, start,
					 "AML name of no segments");
	}
	n->first = s->off;
	ret = aml_skip(s, 4ull * n->count);
	if (ret)
		return ret;
	for (i = 0; i < n->count; i++)
		for (j = 0; j < 4; j++) {
			c = s->buf[n->first + 4 * i + j];
			if (!aml_lead_char(c) && !(j && c >= '0' && c <= '9'))
				return aml_fault(s, -EINVAL, start,
						 "no AML name where one must be, or an opcode that is not known");
		}
	return 0;
}

/* The path of a name that is defined, or looked up without a search. */
static int aml_resolve(const struct aml_scanner *s, const struct aml_name *n,
		       struct aml_path *path)
{
	*path = *aml_here(s);
	if (n->root)
		path->count = 0;
	if (n->parents > path->count)
		return aml_fault(s, -EINVAL, n->first,
				 "AML name goes above the root");
	path->count -= n->parents;
	if (n->count > AML_PATH_MAX - path->count)
		return aml_fault(s, -E2BIG, n->first,
				 "AML name has more segments than the reader's limit");
	memcpy(path->seg[path->count], s->buf + n->first, 4 * n->count);
	path->count += n->count;
	return 0;
}

/* Names that ACPICA makes before it loads a table (utglobal.c). */
static int aml_predefined(const struct aml_path *path)
{
	static const char names[][5] = {
		"_GPE", "_PR_", "_SB_", "_SI_", "_TZ_", "_REV", "_OS_", "_GL_",
	};
	u32 i;

	if (!path->count)
		return 0;
	if (path->count > 1)
		return -ENOENT;
	if (!memcmp(path->seg[0], "_OSI", 4))
		return 1;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!memcmp(path->seg[0], names[i], 4))
			return 0;
	return -ENOENT;
}

/*
 * What a name that is used means: as the find() of struct aml_reader, and with
 * the path where it was found. A single segment is searched for in the scopes
 * around as well (ACPI 6.5, section 5.3).
 */
static int aml_find(const struct aml_scanner *s, const struct aml_name *n,
		    struct aml_path *path, int *args)
{
	bool search = n->count == 1 && !n->root && !n->parents;
	int ret = aml_resolve(s, n, path);

	if (ret)
		return ret;
	for (;;) {
		*args = aml_predefined(path);
		if (*args == -ENOENT)
			*args = s->r->find(s->r->ctx, path);
		if (*args != -ENOENT || !search || path->count < 2)
			return 0;
		path->count--;
		memcpy(path->seg[path->count - 1], s->buf + n->first, 4);
	}
}

/* One byte, or two where the first says so; aml_need() has been asked for one. */
static int aml_opcode(struct aml_scanner *s, u32 *op)
{
	int ret = aml_need(s, 1);

	if (ret)
		return ret;
	*op = s->buf[s->off++];
	if (*op != OP_EXTENDED)
		return 0;
	ret = aml_need(s, 1);
	if (!ret)
		*op = EXT(s->buf[s->off++]);
	return ret;
}

/* A string ends with a NUL, which must be there. */
static int aml_string(struct aml_scanner *s)
{
	while (s->off < s->end)
		if (!s->buf[s->off++])
			return 0;
	return aml_need(s, 1);
}

/* A name as an operand: with the operands of the method that it calls, if so. */
static int aml_use(struct aml_scanner *s, u64 *operands)
{
	struct aml_name n;
	struct aml_path path;
	int args;
	int ret = aml_name(s, &n);

	if (!ret)
		ret = aml_find(s, &n, &path, &args);
	if (!ret && args > 0)
		*operands += (u32)args;
	return ret;
}

/*
 * Step over @operands operands. Operands of operands are counted up, so that no
 * stack is needed; each takes a byte at least, so the loop ends.
 */
static int aml_operands(struct aml_scanner *s, u64 operands)
{
	u32 op, end, start, i;
	int ret;

	while (operands) {
		operands--;
		ret = aml_need(s, 1);
		if (ret)
			return ret;
		start = s->off;
		if (aml_starts_name(s->buf[start])) {
			ret = aml_use(s, &operands);
			if (ret)
				return ret;
			continue;
		}
		ret = aml_opcode(s, &op);
		if (ret)
			return ret;
		switch (op) {
		case OP_STRING:
			ret = aml_string(s);
			break;
		case OP_BUFFER:
		case OP_PACKAGE:
		case OP_VAR_PACKAGE:
			ret = aml_package(s, &end);
			if (!ret)
				s->off = end;
			break;
		default:
			for (i = 0; i < ARRAY_SIZE(aml_terms); i++)
				if (aml_terms[i].op == op)
					break;
			if (i == ARRAY_SIZE(aml_terms))
				return aml_fault(s, -EOPNOTSUPP, start,
						 "AML opcode that is not known here");
			operands += aml_terms[i].operands;
			ret = aml_skip(s, aml_terms[i].bytes);
			/* These three name a method without calling it. */
			if (!ret && (op == OP_REF_OF || op == OP_COND_REF_OF ||
				     op == OP_OBJECT_TYPE) &&
			    s->off < s->end &&
			    aml_starts_name(s->buf[s->off])) {
				struct aml_name n;

				ret = aml_name(s, &n);
				operands--;
			}
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* The name of an object that is defined here, and its path. */
static int aml_define(struct aml_scanner *s, struct aml_object *o)
{
	struct aml_name n;
	int ret = aml_name(s, &n);

	if (!ret)
		ret = aml_resolve(s, &n, &o->path);
	if (ret)
		return ret;
	if (!n.count)
		return aml_fault(s, -EINVAL, o->offset,
				 "AML object without a name");
	o->name = n.first + 4 * (n.count - 1);
	return 0;
}

/* The object that a Scope opens has to be there. */
static int aml_scope(struct aml_scanner *s, struct aml_object *o)
{
	struct aml_name n;
	int args;
	int ret = aml_name(s, &n);

	if (!ret)
		ret = aml_find(s, &n, &o->path, &args);
	if (!ret && args == -ENOENT)
		ret = aml_fault(s, -ENOENT, o->offset,
				"AML scope of an object that is not defined before it outside a condition");
	return ret;
}

static int aml_report(struct aml_scanner *s, const struct aml_object *o)
{
	return s->r->object(s->r->ctx, o);
}

/* Objects with a length and objects inside: go in. */
static int aml_enter(struct aml_scanner *s, u32 op, struct aml_object *o)
{
	u32 bytes = 0;
	int ret = aml_package(s, &o->end);

	if (ret)
		return ret;
	/* The name and what else belongs to it lie inside. */
	s->scope[s->depth - 1].end = s->end;
	s->end = o->end;

	if (op == OP_SCOPE) {
		o->kind = AML_SCOPE;
		ret = aml_scope(s, o);
	} else {
		o->kind = op == OP_DEVICE ? AML_DEVICE : AML_OTHER;
		if (op == OP_PROCESSOR)
			bytes = 6;
		else if (op == OP_POWER_RESOURCE)
			bytes = 3;
		ret = aml_define(s, o);
	}
	if (!ret)
		ret = aml_skip(s, bytes);
	if (ret)
		return ret;
	o->body = s->off;
	ret = aml_report(s, o);
	if (ret)
		return ret;
	if (s->depth == AML_DEPTH_MAX)
		return aml_fault(s, -E2BIG, o->offset,
				 "AML scopes are nested deeper than the reader's limit");
	s->scope[s->depth].path = o->path;
	s->depth++;
	return 0;
}

static int aml_method(struct aml_scanner *s, struct aml_object *o)
{
	u32 end = s->end;
	int ret = aml_package(s, &o->end);

	if (ret)
		return ret;
	o->kind = AML_METHOD;
	s->end = o->end;
	ret = aml_define(s, o);
	if (!ret)
		ret = aml_need(s, 1);
	if (ret)
		return ret;
	o->args = s->buf[s->off++] & 7;
	o->body = s->off;
	s->off = o->end;
	s->end = end;
	return aml_report(s, o);
}

/* An object with a name, then bytes, then operands. */
static int aml_simple(struct aml_scanner *s, struct aml_object *o, u32 bytes,
		      u32 operands)
{
	int ret = aml_define(s, o);

	if (ret)
		return ret;
	o->body = s->off;
	ret = aml_skip(s, bytes);
	if (!ret)
		ret = aml_operands(s, operands);
	if (ret)
		return ret;
	o->end = s->off;
	return aml_report(s, o);
}

/* A field of a buffer: what it is of comes before its name. */
static int aml_create_field(struct aml_scanner *s, struct aml_object *o,
			    u32 operands)
{
	int ret = aml_operands(s, operands);

	if (!ret)
		ret = aml_define(s, o);
	if (ret)
		return ret;
	o->body = s->off;
	o->end = s->off;
	return aml_report(s, o);
}

static int aml_one(struct aml_scanner *s)
{
	struct aml_object o = { .kind = AML_OTHER, .offset = s->off };
	struct aml_name n;
	u32 op;
	int ret = aml_opcode(s, &op);

	if (ret)
		return ret;
	switch (op) {
	case OP_SCOPE:
	case OP_DEVICE:
	case OP_PROCESSOR:
	case OP_POWER_RESOURCE:
	case OP_THERMAL_ZONE:
		return aml_enter(s, op, &o);
	case OP_METHOD:
		return aml_method(s, &o);
	case OP_NAME:
		o.kind = AML_VALUE;
		return aml_simple(s, &o, 0, 1);
	case OP_MUTEX:
		return aml_simple(s, &o, 1, 0);
	case OP_EVENT:
		return aml_simple(s, &o, 0, 0);
	case OP_REGION:
		return aml_simple(s, &o, 1, 2);
	case OP_DATA_REGION:
		return aml_simple(s, &o, 0, 3);
	case OP_ALIAS:
		ret = aml_name(s, &n);
		return ret ? ret : aml_simple(s, &o, 0, 0);
	case OP_EXTERNAL:
		ret = aml_name(s, &n);
		return ret ? ret : aml_skip(s, 2);
	case OP_CREATE_BIT_FIELD:
	case OP_CREATE_BYTE_FIELD:
	case OP_CREATE_WORD_FIELD:
	case OP_CREATE_DWORD_FIELD:
	case OP_CREATE_QWORD_FIELD:
		return aml_create_field(s, &o, 2);
	case OP_CREATE_FIELD:
		return aml_create_field(s, &o, 3);
	case OP_FIELD:
	case OP_INDEX_FIELD:
	case OP_BANK_FIELD:
		ret = aml_package(s, &o.end);
		s->off = ret ? s->off : o.end;
		return ret;
	case OP_IF:
	case OP_ELSE:
	case OP_WHILE:
		ret = aml_package(s, &o.end);
		if (ret)
			return ret;
		o.kind = AML_BLOCK;
		o.path = *aml_here(s);
		o.body = s->off;
		s->off = o.end;
		return aml_report(s, &o);
	default:
		/* A statement. */
		s->off = o.offset;
		return aml_operands(s, 1);
	}
}

/**
 * aml_scan() - report all objects that a table defines when it is loaded
 * @s: memory for the scan
 * @buf: the table, with its header; DSDT or SSDT
 * @size: number of bytes that may be read at @buf
 * @r: whom to tell, and whom to ask
 * @f: where to note the defect on failure
 *
 * Return: 0; -EINVAL for a bad table; -E2BIG for one beyond a limit of the
 * reader; -EOPNOTSUPP for an opcode that is not known; -ENOENT for a Scope of an
 * object that is not known. Otherwise what @r->object returned, without a note
 * in @f. What was reported before a failure is no answer.
 */
int aml_scan(struct aml_scanner *s, const void *buf, size_t size,
	     const struct aml_reader *r, struct acpi_fault *f)
{
	bool is_dsdt = size >= 4 && !memcmp(buf, "DSDT", 4);
	u32 length;
	int ret;

	ret = sdt_check(buf, size, is_dsdt ? "DSDT" : "SSDT",
			sizeof(struct sdt_header), AML_LENGTH_MAX, &length, f);
	if (ret)
		return ret;
	s->buf = buf;
	s->off = sizeof(struct sdt_header);
	s->end = length;
	s->depth = 1;
	s->scope[0].end = length;
	s->scope[0].path.count = 0;
	s->r = r;
	s->f = f;

	for (;;) {
		while (s->off == s->end) {
			s->depth--;
			if (!s->depth)
				return 0;
			s->end = s->scope[s->depth - 1].end;
		}
		ret = aml_one(s);
		if (ret)
			return ret;
	}
}

/**
 * aml_integer() - the value of a name
 * @buf: the table
 * @o: the object, as reported
 * @value: filled in on success
 *
 * Return: true if the object is a Name and its value a constant integer.
 */
bool aml_integer(const void *buf, const struct aml_object *o, u64 *value)
{
	const u8 *p = (const u8 *)buf + o->body;
	u32 length = o->end - o->body;

	if (o->kind != AML_VALUE || !length)
		return false;
	if (length == 1 && (*p == 0 || *p == 1))
		*value = *p;
	else if (length == 2 && *p == 0x0a)
		*value = p[1];
	else if (length == 3 && *p == 0x0b)
		*value = get_le16(p + 1);
	else if (length == 5 && *p == 0x0c)
		*value = get_le32(p + 1);
	else if (length == 9 && *p == 0x0e)
		*value = get_le64(p + 1);
	else
		return false;
	return true;
}

/**
 * aml_is_dead() - can a block never be run?
 * @buf: the table
 * @o: the block, as reported
 *
 * The compiler iasl puts declarations of what other tables define into an If
 * whose condition is the constant 0.
 *
 * Return: true if it is an If or While of the constant 0.
 */
bool aml_is_dead(const void *buf, const struct aml_object *o)
{
	const u8 *p = buf;

	return o->kind == AML_BLOCK && p[o->offset] != OP_ELSE &&
	       o->body < o->end && p[o->body] == 0;
}

/**
 * aml_same_path() - are two paths the same?
 * @a: one
 * @b: the other
 *
 * Return: true if so.
 */
bool aml_same_path(const struct aml_path *a, const struct aml_path *b)
{
	return a->count == b->count && aml_is_below(a, b);
}

/**
 * aml_is_below() - does a path lead through another one?
 * @path: the path
 * @top: the other one
 *
 * Return: true if @path is @top or below it.
 */
bool aml_is_below(const struct aml_path *path, const struct aml_path *top)
{
	return top->count <= path->count &&
	       !memcmp(path->seg, top->seg, 4 * top->count);
}

/**
 * aml_path_text() - write a path as in ASL
 * @path: the path
 * @text: where to; underscores at the end of segments are left out
 */
void aml_path_text(const struct aml_path *path, char text[AML_TEXT_MAX])
{
	char *to = text;
	u32 i, j, n;

	*to++ = '\\';
	for (i = 0; i < path->count; i++) {
		if (i)
			*to++ = '.';
		for (n = 4; n > 1 && path->seg[i][n - 1] == '_'; n--)
			;
		for (j = 0; j < n; j++)
			*to++ = (char)path->seg[i][j];
	}
	*to = '\0';
}
