// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - from one quirk source to a blob with line marks
 *
 * dtc parses a source into a device tree blob. Two things are lost in it: where
 * something stood in the source, and whether a value was written as text or as
 * numbers. Both come from a scan of the source's own tokens, whose order is the
 * order of the blob. The same scan refuses the constructs that would break that
 * order, among them those by which dtc merges repeated nodes without a word.
 *
 * How a value was written and what the blob has of it decide together whether
 * it has the form that vocabulary.h asks for, so that check is here as well.
 * What nodes and values mean is left to compile.c, the only caller. Contracts
 * are in compile_priv.h.
 */
#include "compile_priv.h"
#include "vocabulary.h"
#include "../tools/problem.h"

#include <ctype.h>
#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a value is written; a property may mix them. */
#define WRITTEN_TEXT	(1u << 0)
#define WRITTEN_CELLS	(1u << 1)
#define WRITTEN_BYTES	(1u << 2)

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
const struct mark *mark_at(const struct source *s, int offset)
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

void defect(const struct source *s, int node, int where, const char *name,
	    const char *format, ...)
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

const struct source *open_source(struct compiler *c, const char *file)
{
	struct source *s = keep(c, sizeof(*s));
	size_t before = c->defects;
	char *text;
	size_t size;

	s->c = c;
	s->file = file;
	c->sources = grow(c->sources, c->source_count, sizeof(*c->sources));
	c->sources[c->source_count++] = s;
	if (read_file(file, &text, &size)) {
		c->trouble = true;
		return NULL;
	}
	s->text = memcpy(keep(c, size + 1), text, size + 1);
	free(text);

	scan(s);
	run_dtc(s);
	if (!s->fdt || c->defects != before)
		return NULL;
	if (!match_marks(s)) {
		problem("%s: this source cannot be followed: write it as vocabulary.h shows",
			file);
		c->defects++;
		return NULL;
	}
	return s;
}

/*
 * Values
 */

static bool is_text(enum vocab_kind kind)
{
	return kind == VOCAB_TEXT || kind == VOCAB_TEXTS ||
	       kind == VOCAB_WORD || kind == VOCAB_WORDS || kind == VOCAB_ACPI;
}

u64 cell_at(const char *data, int width)
{
	return width == 4 ? fdt32_ld((const fdt32_t *)data) :
			    fdt64_ld((const fdt64_t *)data);
}

const struct vocab_word *find_word(const struct vocab_word *words,
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

const char *value_fault(struct compiler *c, const struct vocab_prop *v,
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
