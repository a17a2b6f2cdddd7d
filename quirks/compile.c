// SPDX-License-Identifier: GPL-2.0-only
/*
 * compile.c - from quirk sources to the binary table
 *
 * dtc parses a source, libfdt reads what it made, and vocabulary.h says what
 * may stand where. Two things are lost in a device tree blob: where something
 * stood in the source, and whether a value was written as text or as numbers.
 * Both come from a scan of the source's own tokens, whose order is the order of
 * the blob. The same scan refuses the constructs that would break that order,
 * among them those by which dtc merges repeated nodes without a word.
 *
 * A defect does not end the compilation: all of them are printed, as
 * FILE:LINE: NODE: PROPERTY: what is wrong.
 */
#include "compile.h"
#include "vocabulary.h"
#include "../tools/problem.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* An identity or scope condition; an identity may be the key of its match. */
struct cond {
	u32 kind;
	const char *value;
	u64 lo;
	u64 hi;
};

struct conds {
	struct cond *all;
	size_t count;
};

struct key {
	struct cond id;
	struct conds further;
	const struct entry *entry;
	const struct source *source;
	int node;
};

struct rule {
	const char *name;
	const char *reference;
	const char *reason;
	const char *arg_string;
	u8 type;
	u8 source;
	u8 confidence;
	u8 advise;
	u32 arg_index;
	u64 arg_a;
	u64 arg_b;
	struct conds scope;
};

struct entry {
	const char *name;
	const char *title;
	const char *reference;
	u32 flags;
	struct rule *rules;
	size_t rule_count;
	const struct source *source;
	int node;
	u32 index;
};

/* Memory that lives until the compilation ends. */
struct chunk {
	struct chunk *next;
	max_align_t bytes[];
};

struct compiler {
	struct chunk *chunks;
	struct source **sources;
	size_t source_count;
	struct entry **entries;
	size_t entry_count;
	struct key *keys;
	size_t key_count;
	size_t defects;
	bool trouble;
};

/* How a value is written; a property may mix them. */
#define WRITTEN_TEXT	(1u << 0)
#define WRITTEN_CELLS	(1u << 1)
#define WRITTEN_BYTES	(1u << 2)

/* A node or a property as it stands in the source, in source order. */
struct mark {
	const char *name;
	size_t len;
	unsigned int line;
	bool is_node;
	unsigned int written;
	int offset;	/* in the blob */
};

struct source {
	struct compiler *c;
	const char *file;
	const char *text;
	void *fdt;
	struct mark *marks;
	size_t mark_count;
};

/* The properties of one node, by their row in vocab[]. */
struct props {
	struct {
		bool seen;
		int offset;
		const char *data;	/* NULL: absent, or not usable */
		int len;
	} p[ARRAY_SIZE(vocab)];
};

static void *keep(struct compiler *c, size_t size)
{
	struct chunk *chunk = xrealloc(NULL, sizeof(*chunk) + size);

	memset(chunk, 0, sizeof(*chunk) + size);
	chunk->next = c->chunks;
	c->chunks = chunk;
	return chunk->bytes;
}

/* Make room for one more member of an array that grows. */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return xrealloc(array, (count ? count * 2 : 1) * size);
}

__attribute__((format(printf, 3, 4)))
static void line_defect(const struct source *s, unsigned int line,
			const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	problem("%s:%u: %s", s->file, line, text);
	s->c->defects++;
}

/* Marks rise with their offsets, once match_marks() has set these. */
static const struct mark *mark_at(const struct source *s, int offset)
{
	size_t low = 0;
	size_t high = s->mark_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->marks[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return &s->marks[low];
}

/*
 * A defect of a node, or of one of its properties where @name is given. @where
 * is the offset of either in the blob: it gives the line.
 */
__attribute__((format(printf, 5, 6)))
static void defect(const struct source *s, int node, int where,
		   const char *name, const char *format, ...)
{
	char path[256];
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (fdt_get_path(s->fdt, node, path, sizeof(path)))
		strcpy(path, "(a node with a very long path)");
	problem("%s:%u: %s: %s%s%s", s->file, mark_at(s, where)->line, path,
		name ? name : "", name ? ": " : "", text);
	s->c->defects++;
}

/*
 * Scan
 */

static bool is_name_char(int c)
{
	return isalnum(c) || (c && strchr(",._+*#?@-", c));
}

/* Behind a comment, a string or a character constant, or @p where none starts. */
static const char *skip_quoted(const char *p, unsigned int *line)
{
	char quote = *p;

	if (p[0] == '/' && p[1] == '/') {
		while (*p && *p != '\n')
			p++;
		return p;
	}
	if (p[0] == '/' && p[1] == '*') {
		for (p += 2; *p && (p[0] != '*' || p[1] != '/'); p++)
			*line += *p == '\n';
		return *p ? p + 2 : p;
	}
	if (quote != '"' && quote != '\'')
		return p;
	for (p++; *p && *p != quote; p++) {
		if (*p == '\\' && p[1])
			p++;
		*line += *p == '\n';
	}
	return *p ? p + 1 : p;
}

static void add_mark(struct source *s, const char *name, size_t len,
		     unsigned int line, bool is_node)
{
	struct mark *m;

	s->marks = grow(s->marks, s->mark_count, sizeof(*s->marks));
	m = &s->marks[s->mark_count++];
	*m = (struct mark){
		.name = name,
		.len = len,
		.line = line,
		.is_node = is_node,
		.offset = -1,
	};
}

static size_t name_length(const char *p)
{
	size_t len = 0;

	while (is_name_char((unsigned char)p[len]))
		len++;
	return len;
}

/* A directive such as /bits/; only those that keep the order are let through. */
static const char *scan_directive(struct source *s, const char *p,
				  unsigned int line)
{
	size_t len = name_length(p + 1);

	if (p[len + 1] != '/')
		return p + 1;
	if (!(len == 6 && !memcmp(p + 1, "dts-v1", 6)) &&
	    !(len == 4 && !memcmp(p + 1, "bits", 4)))
		line_defect(s, line,
			    "/%.*s/ has no place in a quirk source: write the properties out",
			    (int)len, p + 1);
	return p + len + 2;
}

static void scan(struct source *s)
{
	const char *p = s->text;
	const char *name = NULL;
	unsigned int line = 1;
	unsigned int name_line = 0;
	unsigned int written = 0;
	unsigned int roots = 0;
	unsigned int depth = 0;
	size_t name_len = 0;
	bool in_value = false;
	char before = 0;

	while (*p) {
		const char *behind = skip_quoted(p, &line);

		if (behind != p) {
			if (*p == '"')
				written |= WRITTEN_TEXT;
			p = behind;
			continue;
		}
		if (*p == '\n')
			line++;
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (*p == '/' && isalpha((unsigned char)p[1])) {
			p = scan_directive(s, p, line);
			continue;
		}
		if (depth && !in_value && is_name_char((unsigned char)*p)) {
			name = p;
			name_line = line;
			name_len = name_length(p);
			p += name_len;
			continue;
		}

		switch (*p) {
		case '&':
			line_defect(s, line,
				    "a reference to a label has no place in a quirk source");
			break;
		case '<':
			written |= WRITTEN_CELLS;
			break;
		case '[':
			written |= WRITTEN_BYTES;
			break;
		case ':':
			if (!in_value)
				name = NULL;
			break;
		case '{':
			if (!depth && before == '/' && ++roots == 2)
				line_defect(s, line,
					    "a second root node: dtc would merge repeated properties without a word");
			if (!depth)
				add_mark(s, "", 0, line, true);
			else if (name)
				add_mark(s, name, name_len, name_line, true);
			name = NULL;
			depth++;
			break;
		case '}':
			if (depth)
				depth--;
			break;
		case '=':
			in_value = true;
			written = 0;
			break;
		case ';':
			if (depth && name) {
				add_mark(s, name, name_len, name_line, false);
				s->marks[s->mark_count - 1].written =
					in_value ? written : 0;
			}
			name = NULL;
			in_value = false;
			break;
		}
		before = *p++;
	}
}

/* Give each mark the offset of its node or property in the blob. */
static bool match_marks(struct source *s)
{
	size_t i = 0;
	int offset = 0;
	int next;

	for (;; offset = next) {
		uint32_t tag = fdt_next_tag(s->fdt, offset, &next);
		const struct fdt_property *prop;
		const char *name;
		int len;

		if (next < 0)
			return false;
		if (tag == FDT_END)
			return i == s->mark_count;
		if (tag != FDT_BEGIN_NODE && tag != FDT_PROP)
			continue;
		if (tag == FDT_BEGIN_NODE) {
			name = fdt_get_name(s->fdt, offset, &len);
		} else {
			prop = fdt_get_property_by_offset(s->fdt, offset, &len);
			name = prop ? fdt_get_string(s->fdt,
						     fdt32_to_cpu(prop->nameoff),
						     &len) : NULL;
		}
		if (!name || i == s->mark_count ||
		    s->marks[i].is_node != (tag == FDT_BEGIN_NODE) ||
		    s->marks[i].len != (size_t)len ||
		    memcmp(s->marks[i].name, name, (size_t)len))
			return false;
		s->marks[i++].offset = offset;
	}
}

/*
 * dtc
 */

static void exec_dtc(const char *file, int out, int err)
{
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	/*
	 * Forced, because dtc ends at the first kind of defect that it finds
	 * and does not show the others; we find them all in its output.
	 */
	execlp("dtc", "dtc", "-I", "dts", "-O", "dtb", "-f", "-q", "-q", "-o",
	       "-", "--", file, (char *)NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

/* The content of a temporary file; NULL where it is empty or unreadable. */
static char *take_output(struct compiler *c, FILE *f, size_t *size)
{
	long length;
	char *bytes;

	if (fseek(f, 0, SEEK_END) || (length = ftell(f)) <= 0)
		return NULL;
	rewind(f);
	bytes = keep(c, (size_t)length + 1);
	*size = fread(bytes, 1, (size_t)length, f);
	return *size == (size_t)length ? bytes : NULL;
}

/* dtc's own words, a line each, with our name in front. */
static void pass_on(struct compiler *c, FILE *err)
{
	size_t size;
	char *text = take_output(c, err, &size);
	char *line;

	for (line = text ? strtok(text, "\n") : NULL; line;
	     line = strtok(NULL, "\n")) {
		static const char prefix[] = "Error: ";

		if (!strncmp(line, prefix, sizeof(prefix) - 1))
			line += sizeof(prefix) - 1;
		problem("%s", line);
	}
}

static void run_dtc(struct source *s)
{
	struct compiler *c = s->c;
	FILE *out = tmpfile();
	FILE *err = tmpfile();
	size_t size;
	int status;
	pid_t pid;

	if (!out || !err) {
		problem("%s: cannot make a temporary file: %s", s->file,
			strerror(errno));
		c->trouble = true;
		goto out;
	}
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (!pid)
		exec_dtc(s->file, fileno(out), fileno(err));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		problem("%s: cannot run dtc: %s", s->file, strerror(errno));
		c->trouble = true;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		problem("%s: dtc is not installed: install device-tree-compiler",
			s->file);
		c->trouble = true;
	} else if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		pass_on(c, err);
		problem("%s: dtc refuses this source", s->file);
		c->defects++;
	} else {
		s->fdt = take_output(c, out, &size);
		if (!s->fdt || fdt_check_full(s->fdt, size)) {
			problem("%s: dtc gave no valid device tree blob",
				s->file);
			s->fdt = NULL;
			c->trouble = true;
		}
	}
out:
	if (out)
		fclose(out);
	if (err)
		fclose(err);
}

/*
 * Values
 */

static bool is_text(enum vocab_kind kind)
{
	return kind == VOCAB_TEXT || kind == VOCAB_TEXTS ||
	       kind == VOCAB_WORD || kind == VOCAB_WORDS || kind == VOCAB_ACPI;
}

static u64 cell_at(const char *data, int width)
{
	return width == 4 ? fdt32_ld((const fdt32_t *)data) :
			    fdt64_ld((const fdt64_t *)data);
}

static const struct vocab_word *find_word(const struct vocab_word *words,
					  const char *word)
{
	for (; words->word; words++)
		if (!strcmp(words->word, word))
			return words;
	return NULL;
}

/* "a, b or c", of words or of a list of names */
static const char *list_words(struct compiler *c, const struct vocab_word *w,
			      const char *const *names)
{
	char *text = keep(c, 1024);
	size_t used = 0;
	size_t i;

	for (i = 0; w ? !!w[i].word : !!names[i]; i++) {
		bool is_last = w ? !w[i + 1].word : !names[i + 1];

		used += (size_t)snprintf(text + used, 1024 - used, "%s%s",
					 !i ? "" : is_last ? " or " : ", ",
					 w ? w[i].word : names[i]);
	}
	return text;
}

static bool known_name(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

__attribute__((format(printf, 2, 3)))
static const char *fault_text(struct compiler *c, const char *format, ...)
{
	char *text = keep(c, 1280);
	va_list args;

	va_start(args, format);
	vsnprintf(text, 1280, format, args);
	va_end(args);
	return text;
}

/* Check one string; what is wrong with it, or NULL. */
static const char *text_fault(struct compiler *c, const struct vocab_prop *v,
			      const char *text)
{
	size_t len = strlen(text);
	size_t i;

	if (!len)
		return "is empty";
	for (i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return "has an unprintable or non-ASCII character";
	/* Room for the longest field name in front of a DMI value. */
	if (len > QUIRK_STRING_MAX - 32)
		return fault_text(c, "has %zu characters, %d at most", len,
				  QUIRK_STRING_MAX - 32);
	if (v->words && !find_word(v->words, text))
		return fault_text(c, "\"%.64s\" is not known: use %s", text,
				  list_words(c, v->words, NULL));
	if (v->cond == QUIRK_COND_KERNEL &&
	    !known_name(quirk_kernel_names, text))
		return fault_text(c, "\"%.64s\" is not known: use %s", text,
				  list_words(c, NULL, quirk_kernel_names));
	if ((v->cond == QUIRK_COND_HOST_PATH ||
	     v->cond == QUIRK_COND_DEVICE_PATH) && text[0] != '/')
		return "is not a full device tree path: it starts with /";
	return NULL;
}

static const char *acpi_fault(const char *signature)
{
	const char *oem_id = signature + strlen(signature) + 1;
	const char *table_id = oem_id + strlen(oem_id) + 1;

	if (strlen(signature) != 4)
		return "the signature needs 4 characters";
	if (strlen(oem_id) != 6)
		return "the OEM id needs 6 characters: pad it with spaces";
	if (strlen(table_id) != 8)
		return "the OEM table id needs 8 characters: pad it with spaces";
	return NULL;
}

static const char *texts_fault(struct compiler *c, const struct vocab_prop *v,
			       const char *data, int len)
{
	const char *fault;
	int count = 0;
	int at = 0;

	if (!len || data[len - 1])
		return "is not a string";
	for (; at < len; at += (int)strlen(data + at) + 1) {
		fault = text_fault(c, v, data + at);
		if (fault)
			return fault;
		count++;
	}
	if (v->kind == VOCAB_ACPI)
		return count == 3 ? acpi_fault(data) :
			"needs three strings: signature, OEM id, OEM table id";
	if (v->kind != VOCAB_TEXTS && v->kind != VOCAB_WORDS && count > 1)
		return "takes one string only";
	return NULL;
}

static const char *cells_fault(const struct vocab_prop *v, const char *data,
			       int len)
{
	int i;

	switch (v->kind) {
	case VOCAB_NUMBER:
		return len == 4 || len == 8 ? NULL :
			"needs one number, of 32 or 64 bits";
	case VOCAB_NUMBERS:
		if (!len || len % 4)
			return "needs numbers of 32 bits";
		for (i = 0; i < len; i += 4)
			if (cell_at(data + i, 4) > INT32_MAX)
				return "is larger than any PCI segment";
		return NULL;
	default:
		if (len != 8 && len != 16)
			return "needs two numbers, first and last, of 32 bits each or written /bits/ 64 <first last>";
		if (cell_at(data, len / 2) > cell_at(data + len / 2, len / 2))
			return "the first number is larger than the last";
		return NULL;
	}
}

static const char *value_fault(struct compiler *c, const struct vocab_prop *v,
			       unsigned int written, const char *data, int len)
{
	if (v->kind == VOCAB_FLAG)
		return !len ? NULL : "takes no value";
	if (!len)
		return "has no value";
	if (is_text(v->kind))
		return written != WRITTEN_TEXT ? "needs text in double quotes" :
		       texts_fault(c, v, data, len);
	return written != WRITTEN_CELLS ? "needs numbers in < >" :
	       cells_fault(v, data, len);
}

static int find_prop(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (!strcmp(vocab[i].name, name))
			return (int)i;
	return -1;
}

static const char *node_kind_name(enum vocab_node where)
{
	return where == VOCAB_ENTRY ? "an entry" :
	       where == VOCAB_MATCH ? "a match node" : "a rule";
}

/* Read the properties of a node; true where they are complete and correct. */
static bool read_props(const struct source *s, int node, enum vocab_node where,
		       struct props *props)
{
	size_t before = s->c->defects;
	int offset;
	size_t i;

	memset(props, 0, sizeof(*props));
	fdt_for_each_property_offset(offset, s->fdt, node) {
		const char *name;
		const char *data;
		const char *fault;
		int len;
		int id;

		data = fdt_getprop_by_offset(s->fdt, offset, &name, &len);
		if (!data)
			continue;
		id = find_prop(name);
		if (id < 0) {
			defect(s, node, offset, name,
			       "unknown property: quirks/vocabulary.h lists those of %s",
			       node_kind_name(where));
			continue;
		}
		if (!(vocab[id].nodes & where)) {
			defect(s, node, offset, name, "has no place in %s",
			       node_kind_name(where));
			continue;
		}
		if (props->p[id].seen) {
			defect(s, node, offset, name, "repeated property");
			continue;
		}
		props->p[id].seen = true;
		props->p[id].offset = offset;
		props->p[id].len = len;
		fault = value_fault(s->c, &vocab[id],
				    mark_at(s, offset)->written, data, len);
		if (fault)
			defect(s, node, offset, name, "%s", fault);
		else
			props->p[id].data = data;
	}
	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].required && vocab[i].nodes & where &&
		    !props->p[i].seen)
			defect(s, node, node, vocab[i].name,
			       "missing property: %s", vocab[i].doc);
	return s->c->defects == before;
}

static u64 number_or_zero(const struct props *props, enum vocab_id id)
{
	return props->p[id].data ?
		cell_at(props->p[id].data, props->p[id].len) : 0;
}

static u32 word_value(const struct props *props, enum vocab_id id)
{
	return find_word(vocab[id].words, props->p[id].data)->value;
}

/*
 * Nodes
 */

static void add_cond(struct conds *conds, const struct cond *cond)
{
	conds->all = grow(conds->all, conds->count, sizeof(*conds->all));
	conds->all[conds->count++] = *cond;
}

static int compare_u64(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_conds(const void *a, const void *b)
{
	const struct cond *x = a;
	const struct cond *y = b;
	int order = compare_u64(x->kind, y->kind);

	if (!order)
		order = strcmp(x->value, y->value);
	if (!order)
		order = compare_u64(x->lo, y->lo);
	return order ? order : compare_u64(x->hi, y->hi);
}

static void sort_conds(struct conds *conds)
{
	if (conds->count)
		qsort(conds->all, conds->count, sizeof(*conds->all),
		      compare_conds);
}

static bool kebab_case(const char *s)
{
	if (!islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) &&
		    (*s != '-' || s[1] == '-' || !s[1]))
			return false;
	return true;
}

/* The name of a node, printed as a defect where it is none of ours. */
static const char *node_name(const struct source *s, int node)
{
	const char *name = fdt_get_name(s->fdt, node, NULL);

	if (!kebab_case(name))
		defect(s, node, node, NULL,
		       "the name is not kebab-case (lower case letters, digits, single hyphens)");
	if (strlen(name) > 64)
		defect(s, node, node, NULL,
		       "the name has more than 64 characters");
	return name;
}

/* The identities that the values of one property of a match node stand for. */
static void read_identities(const struct source *s, const struct props *props,
			    size_t id, struct conds *out)
{
	const char *data = props->p[id].data;
	int at;

	if (id == VOCAB_ACPI_TABLE) {
		const char *oem_id = data + strlen(data) + 1;
		int width = props->p[VOCAB_ACPI_REVISION].len / 2;
		const char *rev = props->p[VOCAB_ACPI_REVISION].data;
		char *value = keep(s->c, 19);
		struct cond cond = {
			.kind = QUIRK_KEY_ACPI,
			.value = value,
			.lo = rev ? cell_at(rev, width) : 0,
			.hi = rev ? cell_at(rev + width, width) : U32_MAX,
		};

		quirk_acpi_key(value, data, oem_id,
			       oem_id + strlen(oem_id) + 1);
		add_cond(out, &cond);
		return;
	}
	for (at = 0; at < props->p[id].len; at += (int)strlen(data + at) + 1) {
		struct cond cond = {
			.kind = vocab[id].is_key,
			.value = data + at,
		};

		if (vocab[id].dmi) {
			size_t room = strlen(vocab[id].dmi) +
				      strlen(data + at) + 2;
			char *value = keep(s->c, room);

			snprintf(value, room, "%s=%s", vocab[id].dmi,
				 data + at);
			cond.value = value;
		}
		add_cond(out, &cond);
	}
}

/*
 * A match node says "one of these and one of those". The table has one value a
 * key, so each combination becomes a key of its own.
 */
#define MATCH_KEYS_MAX 64

static void add_keys(const struct source *s, const struct entry *entry,
		     int node, const struct conds *groups, size_t group_count)
{
	struct compiler *c = s->c;
	size_t total = 1;
	size_t n;
	size_t g;

	for (g = 0; g < group_count; g++)
		total *= groups[g].count;
	if (total > MATCH_KEYS_MAX) {
		defect(s, node, node, NULL,
		       "%zu combinations of values, %d at most: split the node",
		       total, MATCH_KEYS_MAX);
		return;
	}
	for (n = 0; n < total; n++) {
		struct key key = {
			.entry = entry,
			.source = s,
			.node = node,
		};
		size_t rest = n;

		for (g = 0; g < group_count; g++) {
			const struct cond *cond =
				&groups[g].all[rest % groups[g].count];

			rest /= groups[g].count;
			if (g)
				add_cond(&key.further, cond);
			else
				key.id = *cond;
		}
		sort_conds(&key.further);
		c->keys = grow(c->keys, c->key_count, sizeof(*c->keys));
		c->keys[c->key_count++] = key;
	}
}

static void refuse_children(const struct source *s, int node)
{
	int child;

	fdt_for_each_subnode(child, s->fdt, node)
		defect(s, child, child, NULL, "a node has no place here");
}

static void read_match(const struct source *s, const struct entry *entry,
		       int node)
{
	struct conds groups[ARRAY_SIZE(vocab)] = { 0 };
	struct props props;
	size_t count = 0;
	size_t i;

	refuse_children(s, node);
	if (!read_props(s, node, VOCAB_MATCH, &props))
		return;
	if (props.p[VOCAB_ACPI_REVISION].data &&
	    !props.p[VOCAB_ACPI_TABLE].data)
		defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
		       vocab[VOCAB_ACPI_REVISION].name,
		       "has no meaning without acpi-table");
	if (props.p[VOCAB_ACPI_REVISION].len == 16)
		defect(s, node, props.p[VOCAB_ACPI_REVISION].offset,
		       vocab[VOCAB_ACPI_REVISION].name,
		       "an OEM revision has 32 bits");

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].is_key && props.p[i].data)
			read_identities(s, &props, i, &groups[count++]);
	if (count)
		add_keys(s, entry, node, groups, count);
	else
		defect(s, node, node, NULL, "recognises nothing: it needs a key");
	while (count--)
		free(groups[count].all);
}

static void read_scope(const struct source *s, const struct props *props,
		       size_t id, struct conds *out)
{
	const char *data = props->p[id].data;
	int at = 0;

	while (at < props->p[id].len) {
		struct cond cond = { .kind = vocab[id].cond, .value = "" };

		if (vocab[id].kind == VOCAB_NUMBERS) {
			cond.lo = cond.hi = cell_at(data + at, 4);
			at += 4;
		} else {
			if (vocab[id].words)
				cond.lo = cond.hi =
					find_word(vocab[id].words,
						  data + at)->value;
			else
				cond.value = data + at;
			at += (int)strlen(data + at) + 1;
		}
		add_cond(out, &cond);
	}
}

/* Arguments must be those that the source takes, and make sense together. */
static void check_args(const struct source *s, int node,
		       const struct props *props, const struct rule *rule)
{
	unsigned int source = 1u << rule->source;
	const char *word = props->p[VOCAB_SOURCE].data;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		if (props->p[i].seen && vocab[i].sources &&
		    !(vocab[i].sources & source))
			defect(s, node, props->p[i].offset, vocab[i].name,
			       "the source \"%s\" does not take it", word);
		if (!props->p[i].seen && vocab[i].needed_by & source)
			defect(s, node, node, vocab[i].name,
			       "missing property: the source \"%s\" needs it: %s",
			       word, vocab[i].doc);
	}

	if (rule->source == QUIRK_SOURCE_INBOUND_LIMIT &&
	    props->p[VOCAB_ARG_APERTURE_LAST].data && !rule->arg_a)
		defect(s, node, props->p[VOCAB_ARG_APERTURE_LAST].offset,
		       vocab[VOCAB_ARG_APERTURE_LAST].name,
		       "an IOMMU that maps nothing");
	if (rule->source != QUIRK_SOURCE_HOST_REG)
		return;
	if (props->p[VOCAB_ARG_REG_NAME].seen ==
	    props->p[VOCAB_ARG_REG_INDEX].seen)
		defect(s, node, props->p[VOCAB_SOURCE].offset, "source",
		       "the source \"host-reg\" needs either reg-name or reg-index");
	if (number_or_zero(props, VOCAB_ARG_REG_INDEX) > U32_MAX)
		defect(s, node, props->p[VOCAB_ARG_REG_INDEX].offset,
		       vocab[VOCAB_ARG_REG_INDEX].name,
		       "a node has no more than 32 bits of ranges");
	if (props->p[VOCAB_ARG_LENGTH].data && !rule->arg_b)
		defect(s, node, props->p[VOCAB_ARG_LENGTH].offset,
		       vocab[VOCAB_ARG_LENGTH].name, "nothing is left of the range");
	if (rule->arg_b && rule->arg_b - 1 > U64_MAX - rule->arg_a)
		defect(s, node, props->p[VOCAB_ARG_LENGTH].offset,
		       vocab[VOCAB_ARG_LENGTH].name,
		       "offset and length exceed the address space");
}

static void read_rule(const struct source *s, struct entry *entry, int node)
{
	const char *name = node_name(s, node);
	struct props props;
	struct rule rule;
	size_t i;

	refuse_children(s, node);
	for (i = 0; i < entry->rule_count; i++)
		if (!strcmp(entry->rules[i].name, name))
			defect(s, node, node, NULL, "repeated node");
	read_props(s, node, VOCAB_RULE, &props);

	rule = (struct rule){
		.name = name,
		.reference = props.p[VOCAB_REFERENCE].data,
		.reason = props.p[VOCAB_REASON].data,
		.arg_string = "",
		.advise = props.p[VOCAB_ADVISE].seen,
	};
	if (props.p[VOCAB_TYPE].data)
		rule.type = (u8)word_value(&props, VOCAB_TYPE);
	if (props.p[VOCAB_CONFIDENCE].data)
		rule.confidence = (u8)word_value(&props, VOCAB_CONFIDENCE);
	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].cond && props.p[i].data)
			read_scope(s, &props, i, &rule.scope);
	sort_conds(&rule.scope);

	if (props.p[VOCAB_SOURCE].data) {
		const char *range = props.p[VOCAB_ARG_RANGE].data;
		int width = props.p[VOCAB_ARG_RANGE].len / 2;

		rule.source = (u8)word_value(&props, VOCAB_SOURCE);
		switch (rule.source) {
		case QUIRK_SOURCE_RANGE:
			rule.arg_a = range ? cell_at(range, width) : 0;
			rule.arg_b = range ? cell_at(range + width, width) : 0;
			break;
		case QUIRK_SOURCE_HOST_REG:
			if (props.p[VOCAB_ARG_REG_NAME].data)
				rule.arg_string =
					props.p[VOCAB_ARG_REG_NAME].data;
			rule.arg_index = (u32)number_or_zero(&props,
							     VOCAB_ARG_REG_INDEX);
			rule.arg_a = number_or_zero(&props, VOCAB_ARG_OFFSET);
			rule.arg_b = number_or_zero(&props, VOCAB_ARG_LENGTH);
			break;
		case QUIRK_SOURCE_INBOUND_LIMIT:
			rule.arg_a = number_or_zero(&props,
						    VOCAB_ARG_APERTURE_LAST);
			break;
		}
		check_args(s, node, &props, &rule);
	}

	entry->rules = grow(entry->rules, entry->rule_count,
			    sizeof(*entry->rules));
	entry->rules[entry->rule_count++] = rule;
}

static bool is_match_node(const char *name)
{
	return !strcmp(name, "match") || !strncmp(name, "match-", 6);
}

static bool is_repeated_match(const struct source *s, int entry, int node)
{
	const char *name = fdt_get_name(s->fdt, node, NULL);
	int child;

	fdt_for_each_subnode(child, s->fdt, entry) {
		if (child == node)
			return false;
		if (!strcmp(fdt_get_name(s->fdt, child, NULL), name))
			return true;
	}
	return false;
}

static void read_entry(const struct source *s, int node)
{
	struct compiler *c = s->c;
	struct entry *entry = keep(c, sizeof(*entry));
	size_t matches = 0;
	struct props props;
	bool known_good;
	int child;

	entry->name = node_name(s, node);
	entry->source = s;
	entry->node = node;
	read_props(s, node, VOCAB_ENTRY, &props);
	entry->title = props.p[VOCAB_TITLE].data;
	entry->reference = props.p[VOCAB_REFERENCE].data;
	known_good = props.p[VOCAB_KNOWN_GOOD].seen;
	if (props.p[VOCAB_DEMO].seen)
		entry->flags |= QUIRK_ENT_F_DEMO;
	if (known_good)
		entry->flags |= QUIRK_ENT_F_KNOWN_GOOD;

	fdt_for_each_subnode(child, s->fdt, node) {
		if (!is_match_node(fdt_get_name(s->fdt, child, NULL))) {
			read_rule(s, entry, child);
			continue;
		}
		matches++;
		if (is_repeated_match(s, node, child))
			defect(s, child, child, NULL, "repeated node");
		read_match(s, entry, child);
	}
	if (!matches)
		defect(s, node, node, NULL,
		       "recognises no machine: it needs a match node");
	if (!entry->rule_count && !known_good)
		defect(s, node, node, NULL,
		       "says nothing: it needs a rule, or known-good where nothing is needed");
	if (entry->rule_count && known_good)
		defect(s, node, node, NULL,
		       "known-good means that nothing is needed, but there are rules");
	if (entry->rule_count > QUIRK_RULES_MAX)
		defect(s, node, node, NULL,
		       "%zu rules, %d at most: a group's regions must fit into one page of sysfs",
		       entry->rule_count, QUIRK_RULES_MAX);

	c->entries = grow(c->entries, c->entry_count, sizeof(*c->entries));
	c->entries[c->entry_count++] = entry;
}

static void read_source(struct compiler *c, const char *file)
{
	struct source *s = keep(c, sizeof(*s));
	size_t before = c->defects;
	const char *last_name = NULL;
	char *text;
	size_t size;
	int offset;

	s->c = c;
	s->file = file;
	c->sources = grow(c->sources, c->source_count, sizeof(*c->sources));
	c->sources[c->source_count++] = s;
	if (read_file(file, &text, &size)) {
		c->trouble = true;
		return;
	}
	s->text = memcpy(keep(c, size + 1), text, size + 1);
	free(text);

	scan(s);
	run_dtc(s);
	if (!s->fdt || c->defects != before)
		return;
	if (!match_marks(s)) {
		problem("%s: this source cannot be followed: write it as vocabulary.h shows",
			file);
		c->defects++;
		return;
	}

	fdt_for_each_property_offset(offset, s->fdt, 0) {
		const char *name;

		fdt_getprop_by_offset(s->fdt, offset, &name, NULL);
		defect(s, 0, offset, name, "has no place in the root node");
	}
	fdt_for_each_subnode(offset, s->fdt, 0) {
		const char *name = fdt_get_name(s->fdt, offset, NULL);

		if (last_name && strcmp(last_name, name) > 0)
			defect(s, offset, offset, NULL,
			       "stands behind \"%s\": entries are in alphabetical order",
			       last_name);
		last_name = name;
		read_entry(s, offset);
	}
}

/*
 * All sources together
 */

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->source->file, y->source->file);
	return order ? order : compare_u64((u64)x->node, (u64)y->node);
}

static int compare_further(const struct conds *x, const struct conds *y)
{
	size_t i;
	int order;

	for (i = 0; i < x->count && i < y->count; i++) {
		order = compare_conds(&x->all[i], &y->all[i]);
		if (order)
			return order;
	}
	return compare_u64(x->count, y->count);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int order = compare_u64(x->id.kind, y->id.kind);

	if (!order)
		order = strcmp(x->id.value, y->id.value);
	if (!order)
		order = compare_u64(x->entry->index, y->entry->index);
	if (!order)
		order = compare_u64(x->id.lo, y->id.lo);
	if (!order)
		order = compare_u64(x->id.hi, y->id.hi);
	return order ? order : compare_further(&x->further, &y->further);
}

static void sort_all(struct compiler *c)
{
	size_t i;

	if (c->entry_count)
		qsort(c->entries, c->entry_count, sizeof(*c->entries),
		      compare_entries);
	for (i = 0; i < c->entry_count; i++)
		c->entries[i]->index = (u32)i;
	if (c->key_count)
		qsort(c->keys, c->key_count, sizeof(*c->keys), compare_keys);
}

static void check_all(struct compiler *c)
{
	size_t i;
	size_t j;

	for (i = 1; i < c->entry_count; i++) {
		const struct entry *x = c->entries[i - 1];
		const struct entry *y = c->entries[i];

		if (!strcmp(x->name, y->name))
			defect(y->source, y->node, y->node, NULL,
			       "repeated node: the name is taken by %s:%u",
			       x->source->file,
			       mark_at(x->source, x->node)->line);
	}
	for (i = 0; i < c->key_count; i++) {
		const struct key *x = &c->keys[i];

		for (j = i + 1; j < c->key_count; j++) {
			const struct key *y = &c->keys[j];

			if (x->id.kind != y->id.kind ||
			    strcmp(x->id.value, y->id.value))
				break;
			if (x->id.hi < y->id.lo || y->id.hi < x->id.lo ||
			    compare_further(&x->further, &y->further))
				continue;
			defect(y->source, y->node, y->node, NULL,
			       "\"%s\" already recognises %s in %s",
			       y->id.value, x->entry->name,
			       x->entry->source->file);
		}
	}
}

/*
 * The image
 */

struct pool {
	const char **strings;
	size_t count;
	u32 *offsets;
	u32 size;
};

struct image {
	u8 *bytes;
	size_t size;
};

static void pool_add(struct pool *pool, const char *string)
{
	pool->strings = grow(pool->strings, pool->count,
			     sizeof(*pool->strings));
	pool->strings[pool->count++] = string;
}

static void pool_add_conds(struct pool *pool, const struct conds *conds)
{
	size_t i;

	for (i = 0; i < conds->count; i++)
		pool_add(pool, conds->all[i].value);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Collect all strings, sort them and drop what is there twice. */
static void pool_build(struct pool *pool, const struct compiler *c)
{
	size_t kept = 0;
	size_t i;
	size_t j;

	pool_add(pool, "");
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		pool_add(pool, e->name);
		pool_add(pool, e->title);
		pool_add(pool, e->reference);
		for (j = 0; j < e->rule_count; j++) {
			pool_add(pool, e->rules[j].name);
			pool_add(pool, e->rules[j].reference);
			pool_add(pool, e->rules[j].reason);
			pool_add(pool, e->rules[j].arg_string);
			pool_add_conds(pool, &e->rules[j].scope);
		}
	}
	for (i = 0; i < c->key_count; i++) {
		pool_add(pool, c->keys[i].id.value);
		pool_add_conds(pool, &c->keys[i].further);
	}

	qsort(pool->strings, pool->count, sizeof(*pool->strings),
	      compare_strings);
	pool->offsets = xrealloc(NULL, pool->count * sizeof(*pool->offsets));
	for (i = 0; i < pool->count; i++) {
		if (kept && !strcmp(pool->strings[kept - 1], pool->strings[i]))
			continue;
		pool->strings[kept] = pool->strings[i];
		pool->offsets[kept++] = pool->size;
		pool->size += (u32)strlen(pool->strings[i]) + 1;
	}
	pool->count = kept;
}

static u32 pool_offset(const struct pool *pool, const char *string)
{
	const char **found = bsearch(&string, pool->strings, pool->count,
				     sizeof(*pool->strings), compare_strings);

	return pool->offsets[found - pool->strings];
}

static void put8(struct image *image, u8 value)
{
	image->bytes = grow(image->bytes, image->size, 1);
	image->bytes[image->size++] = value;
}

static void put32(struct image *image, u32 value)
{
	int i;

	for (i = 0; i < 4; i++)
		put8(image, (u8)(value >> 8 * i));
}

static void put64(struct image *image, u64 value)
{
	put32(image, (u32)value);
	put32(image, (u32)(value >> 32));
}

static void put_conds(struct image *image, const struct pool *pool,
		      const struct conds *conds)
{
	size_t i;

	for (i = 0; i < conds->count; i++) {
		put32(image, conds->all[i].kind);
		put32(image, pool_offset(pool, conds->all[i].value));
		put64(image, conds->all[i].lo);
		put64(image, conds->all[i].hi);
		put64(image, 0);
	}
}

static void put_key(struct image *image, const struct pool *pool,
		    const struct key *k, u32 cond_first)
{
	put32(image, k->id.kind);
	put32(image, pool_offset(pool, k->id.value));
	put32(image, k->entry->index);
	put32(image, cond_first);
	put32(image, (u32)k->further.count);
	put32(image, (u32)k->id.lo);
	put32(image, (u32)k->id.hi);
	put32(image, 0);
}

static void put_rule(struct image *image, const struct pool *pool,
		     const struct entry *e, const struct rule *r,
		     u32 cond_first)
{
	put32(image, pool_offset(pool, r->name));
	put32(image, pool_offset(pool, r->reference));
	put32(image, pool_offset(pool, r->reason));
	put8(image, r->type);
	put8(image, r->source);
	put8(image, r->confidence);
	put8(image, r->advise);
	put32(image, cond_first);
	put32(image, (u32)r->scope.count);
	put32(image, pool_offset(pool, r->arg_string));
	put32(image, r->arg_index);
	put64(image, r->arg_a);
	put64(image, r->arg_b);
	put32(image, e->index);
	put32(image, 0);
	put64(image, 0);
}

static void patch32(struct image *image, size_t at, u32 value)
{
	int i;

	for (i = 0; i < 4; i++)
		image->bytes[at + (size_t)i] = (u8)(value >> 8 * i);
}

static void put_header(struct image *image, u64 serial)
{
	size_t i;

	for (i = 0; i < 8; i++)
		put8(image, (u8)QUIRK_MAGIC[i]);
	put32(image, QUIRK_VERSION);
	put32(image, QUIRK_HDR_LEN);
	put32(image, 0);
	put32(image, 0);
	put64(image, serial);
	while (image->size < QUIRK_HDR_LEN)
		put8(image, 0);
}

static void begin_section(struct image *image, enum quirk_section sec,
			  size_t count)
{
	size_t at = QUIRK_HDR_SECTIONS + 8 * (size_t)sec;

	patch32(image, at, (u32)image->size);
	patch32(image, at + 4, (u32)count);
}

static void build(const struct compiler *c, const struct pool *pool,
		  u64 serial, struct image *image)
{
	size_t rules = 0;
	size_t conds = 0;
	u32 next = 0;
	size_t i;
	size_t j;

	put_header(image, serial);

	begin_section(image, QUIRK_SEC_ENTRIES, c->entry_count);
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		put32(image, pool_offset(pool, e->name));
		put32(image, pool_offset(pool, e->title));
		put32(image, pool_offset(pool, e->reference));
		put32(image, (u32)rules);
		put32(image, (u32)e->rule_count);
		put32(image, e->flags);
		put64(image, 0);
		rules += e->rule_count;
		for (j = 0; j < e->rule_count; j++)
			conds += e->rules[j].scope.count;
	}

	begin_section(image, QUIRK_SEC_KEYS, c->key_count);
	for (i = 0; i < c->key_count; i++) {
		put_key(image, pool, &c->keys[i], next);
		next += (u32)c->keys[i].further.count;
	}

	begin_section(image, QUIRK_SEC_CONDS, conds + next);
	for (i = 0; i < c->key_count; i++)
		put_conds(image, pool, &c->keys[i].further);
	for (i = 0; i < c->entry_count; i++)
		for (j = 0; j < c->entries[i]->rule_count; j++)
			put_conds(image, pool, &c->entries[i]->rules[j].scope);

	begin_section(image, QUIRK_SEC_RULES, rules);
	for (i = 0; i < c->entry_count; i++) {
		const struct entry *e = c->entries[i];

		for (j = 0; j < e->rule_count; j++) {
			put_rule(image, pool, e, &e->rules[j], next);
			next += (u32)e->rules[j].scope.count;
		}
	}

	begin_section(image, QUIRK_SEC_STRINGS, pool->size);
	for (i = 0; i < pool->count; i++)
		for (j = 0; j <= strlen(pool->strings[i]); j++)
			put8(image, (u8)pool->strings[i][j]);
	while (image->size % 8)
		put8(image, 0);

	patch32(image, QUIRK_HDR_TOTAL, (u32)image->size);
	patch32(image, QUIRK_HDR_CRC,
		env_crc32(0, image->bytes, image->size));
}

static enum quirk_compile_result make_image(const struct compiler *c,
					    u64 serial, u8 **bytes,
					    size_t *size)
{
	struct pool pool = { .count = 0 };
	struct image image = { .size = 0 };
	struct quirk_fault fault;
	struct quirk_table table;
	enum quirk_compile_result result = QUIRK_COMPILE_OK;

	pool_build(&pool, c);
	build(c, &pool, serial, &image);
	free(pool.strings);
	free(pool.offsets);

	if (quirk_table_open(&table, image.bytes, image.size, &fault)) {
		problem("the reader refuses the table at byte %" PRIu32 ": %s",
			fault.offset, fault.what);
		free(image.bytes);
		result = QUIRK_COMPILE_TROUBLE;
	} else {
		*bytes = image.bytes;
		*size = image.size;
	}
	return result;
}

static void release(struct compiler *c)
{
	size_t i;
	size_t j;

	for (i = 0; i < c->entry_count; i++) {
		for (j = 0; j < c->entries[i]->rule_count; j++)
			free(c->entries[i]->rules[j].scope.all);
		free(c->entries[i]->rules);
	}
	for (i = 0; i < c->key_count; i++)
		free(c->keys[i].further.all);
	for (i = 0; i < c->source_count; i++)
		free(c->sources[i]->marks);
	free(c->sources);
	free(c->entries);
	free(c->keys);
	while (c->chunks) {
		struct chunk *chunk = c->chunks;

		c->chunks = chunk->next;
		free(chunk);
	}
}

enum quirk_compile_result quirk_compile(char *const *files, size_t count,
					u64 serial, u8 **image, size_t *size)
{
	struct compiler c = { .defects = 0 };
	enum quirk_compile_result result;
	size_t i;

	for (i = 0; i < count; i++)
		read_source(&c, files[i]);
	sort_all(&c);
	check_all(&c);

	if (c.trouble)
		result = QUIRK_COMPILE_TROUBLE;
	else if (c.defects)
		result = QUIRK_COMPILE_DEFECTS;
	else
		result = make_image(&c, serial, image, size);
	release(&c);
	return result;
}
