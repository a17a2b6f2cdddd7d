// SPDX-License-Identifier: GPL-2.0-only
/*
 * write.c - output files that appear whole or not at all
 *
 * Written under another name in the same directory, brought to the disk, then
 * renamed. Nobody, not even after a power cut, finds a part of one. A device or a
 * pipe, such as /dev/stdout, is written into: it is not ours to replace.
 */
#include "write.h"
#include "problem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void drop(struct output *o)
{
	if (o->temp)
		unlink(o->temp);
	free(o->temp);
	free(o->name);
}

int output_open(struct output *o, const char *name)
{
	size_t room = strlen(name) + sizeof(".XXXXXX");
	struct stat st;
	int fd;

	o->name = xstrdup(name);
	o->temp = NULL;
	if (!stat(name, &st) && !S_ISREG(st.st_mode)) {
		o->file = fopen(name, "wb");
		if (o->file)
			return 0;
		problem("%s: cannot write: %s", name, strerror(errno));
		free(o->name);
		return -1;
	}
	o->temp = xrealloc(NULL, room);
	snprintf(o->temp, room, "%s.XXXXXX", name);
	fd = mkstemp(o->temp);
	o->file = fd < 0 ? NULL : fdopen(fd, "wb");
	if (o->file)
		return 0;
	problem("%s: cannot create: %s", name, strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(o->temp);
	}
	free(o->temp);
	free(o->name);
	return -1;
}

/* The new name is on the disk once its directory is. */
static int sync_directory(const char *name)
{
	char *path = xstrdup(name);
	char *slash = strrchr(path, '/');
	int fd;
	int ret;

	if (slash)
		slash[slash == path] = '\0';
	fd = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = fd < 0 ? -1 : fsync(fd);
	/* Some file systems cannot, and need not. */
	if (ret && fd >= 0 && errno == EINVAL)
		ret = 0;
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

int output_close(struct output *o)
{
	mode_t mask = umask(0);
	int fd = fileno(o->file);
	int ret = -1;

	umask(mask);
	if (!o->temp) {
		ret = ferror(o->file) ? -1 : 0;
		if (fclose(o->file) || ret) {
			problem("%s: cannot write: %s", o->name,
				strerror(errno));
			ret = -1;
		}
		drop(o);
		return ret;
	}
	if (fchmod(fd, 0666 & ~mask) || fflush(o->file) || ferror(o->file) ||
	    fsync(fd)) {
		problem("%s: cannot write: %s", o->name, strerror(errno));
		fclose(o->file);
		drop(o);
		return -1;
	}
	if (fclose(o->file) || rename(o->temp, o->name)) {
		problem("%s: cannot replace: %s", o->name, strerror(errno));
		drop(o);
		return -1;
	}
	ret = sync_directory(o->name);
	if (ret)
		problem("%s: written, but perhaps not yet on the disk: %s",
			o->name, strerror(errno));
	free(o->temp);
	free(o->name);
	return ret;
}

int output_bytes(const char *name, const void *data, size_t size)
{
	struct output o;

	if (output_open(&o, name))
		return -1;
	/* A short write is met when the file is closed. */
	fwrite(data, 1, size, o.file);
	return output_close(&o);
}

int make_parents(const char *name)
{
	char *path = xstrdup(name);
	char *slash = path;
	int ret = 0;

	while (!ret && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0777) && errno != EEXIST) {
			problem("%s: cannot make this directory: %s", path,
				strerror(errno));
			ret = -1;
		}
		*slash = '/';
	}
	free(path);
	return ret;
}
