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
 * What nodes and values mean is left to the callers. Contracts are in
 * compile_priv.h.
 */
#include "compile_priv.h"
#include "../tools/problem.h"

#include <ctype.h>
#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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
const struct mark *quirkc_mark_at(const struct source *s, int offset)
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

void quirkc_defect(const struct source *s, int node, int where, const char *name,
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
	problem("%s:%u: %s: %s%s%s", s->file, quirkc_mark_at(s, where)->line, path,
		name ? name : "", name ? ": " : "", text);
	s->c->defects++;
}

void quirkc_note(const struct source *s, int node, const char *format, ...)
{
	char path[256];
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (fdt_get_path(s->fdt, node, path, sizeof(path)))
		strcpy(path, "(a node with a very long path)");
	problem("note: %s:%u: %s: %s", s->file,
		quirkc_mark_at(s, node)->line, path, text);
	s->c->notes++;
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

	s->marks = quirkc_grow(s->marks, s->mark_count, sizeof(*s->marks));
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

/*
 * A directive such as /bits/; only those that keep the order are let through.
 * @wide is set behind the one that makes the next numbers 64 bits wide.
 */
static const char *scan_directive(struct source *s, const char *p,
				  unsigned int line, bool *wide)
{
	size_t len = name_length(p + 1);

	if (p[len + 1] != '/')
		return p + 1;
	if (!(len == 6 && !memcmp(p + 1, "dts-v1", 6)) &&
	    !(len == 4 && !memcmp(p + 1, "bits", 4)))
		line_defect(s, line,
			    "/%.*s/ has no place in a quirk source: write the properties out",
			    (int)len, p + 1);
	p += len + 2;
	if (len == 4)
		*wide = strtoul(p, NULL, 0) == 64;
	return p;
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
	bool wide = false;
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
			p = scan_directive(s, p, line, &wide);
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
			written |= wide ? WRITTEN_WIDE : WRITTEN_CELLS;
			wide = false;
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
			wide = false;
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
	bytes = quirkc_keep(c, (size_t)length + 1);
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

const struct source *quirkc_open_source(struct compiler *c, const char *file)
{
	struct source *s = quirkc_keep(c, sizeof(*s));
	size_t before = c->defects;
	char *text;
	size_t size;

	s->c = c;
	s->file = file;
	c->sources = quirkc_grow(c->sources, c->source_count, sizeof(*c->sources));
	c->sources[c->source_count++] = s;
	if (read_file(file, &text, &size)) {
		c->trouble = true;
		return NULL;
	}
	s->text = memcpy(quirkc_keep(c, size + 1), text, size + 1);
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
