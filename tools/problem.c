// SPDX-License-Identifier: GPL-2.0-only
/*
 * problem.c - what every command needs: complaints, memory, input files
 */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void problem(const char *format, ...)
{
	va_list args;

	fputs("iommu-resv: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return p;
}

char *xstrdup(const char *text)
{
	return strcpy(xrealloc(NULL, strlen(text) + 1), text);
}

char *path_join(const char *dir, const char *name)
{
	size_t room = strlen(dir) + strlen(name) + 2;
	char *path = xrealloc(NULL, room);

	snprintf(path, room, "%s/%s", dir, name);
	return path;
}

int read_file(const char *name, char **data, size_t *size)
{
	FILE *f = fopen(name, "rb");
	char *bytes = NULL;
	size_t used = 0;
	size_t room = 0;

	if (!f) {
		problem("%s: cannot open: %s", name, strerror(errno));
		return -1;
	}
	do {
		if (room - used < 2) {
			room = room ? room * 2 : 4096;
			bytes = xrealloc(bytes, room);
		}
		used += fread(bytes + used, 1, room - used - 1, f);
	} while (!feof(f) && !ferror(f));

	if (ferror(f)) {
		problem("%s: cannot read: %s", name, strerror(errno));
		fclose(f);
		free(bytes);
		return -1;
	}
	fclose(f);
	bytes[used] = '\0';
	*data = bytes;
	*size = used;
	return 0;
}
