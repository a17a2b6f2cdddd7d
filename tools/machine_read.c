// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine_read.c - who a machine is, as user space can see it
 *
 * Device tree nodes, headers of ACPI tables, DMI fields and ids of PCI functions
 * are read from where Linux shows them. The same rules hold as in the module's
 * board.c: a node that is switched off has no compatible strings, the FACS has
 * no OEM fields, an empty DMI field is none.
 */
#include "machine.h"
#include "problem.h"
#include "../acpi/iort.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* As deep as the kernel unflattens a tree, and more nodes than any has. */
#define TREE_DEPTH_MAX	64
#define TREE_NODES_MAX	100000
/* Longest property, DMI field or id that is read. */
#define VALUE_MAX	65536

static const char *const dt_dirs[] = {
	"/sys/firmware/devicetree/base",
	"/proc/device-tree",
};

/*
 * Files
 */

static const char *why_not(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "not permitted: try again as root";
	case EINVAL:	/* read_at() */
		return "is no plain file";
	case ELOOP:	/* O_NOFOLLOW */
		return "is a link: copy what it points to";
	default:
		return strerror(error);
	}
}

/*
 * Read a plain file, at most @max bytes of it; a NUL stands behind them.
 * Return: the bytes, or NULL with errno set (ENOENT: it is not there).
 */
static char *read_at(int dir, const char *name, int flags, size_t max,
		     size_t *size)
{
	/* Not to hang on a pipe, nor to wait for a terminal. */
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY |
			O_CLOEXEC | flags);
	struct stat st;
	char *bytes;
	size_t used = 0;
	ssize_t got;
	int error;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st)) {
		error = errno;
		close(fd);
		errno = error;
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	bytes = xrealloc(NULL, max + 1);
	do {
		got = read(fd, bytes + used, max - used);
		used += got > 0 ? (size_t)got : 0;
	} while (got > 0 && used < max);
	error = errno;
	close(fd);
	if (got < 0) {
		free(bytes);
		errno = error;
		return NULL;
	}
	bytes[used] = '\0';
	*size = used;
	return bytes;
}

/* "ROOT/sub/name", to be freed; @name may be NULL. */
static char *path_of(const char *root, const char *sub, const char *name)
{
	size_t room = strlen(root) + strlen(sub) + (name ? strlen(name) : 0) + 2;
	char *path = xrealloc(NULL, room);

	snprintf(path, room, "%s%s%s%s", root, sub, name ? "/" : "",
		 name ? name : "");
	return path;
}

/*
 * Device tree
 */

struct tree_walk {
	struct machine *m;
	unsigned int nodes;
	bool cut;
	char path[4096];	/* of the node, for messages */
};

static bool is_available(int dir)
{
	size_t size;
	char *status = read_at(dir, "status", O_NOFOLLOW, VALUE_MAX, &size);
	bool available;

	if (!status)
		return errno == ENOENT;
	available = !strcmp(status, "okay") || !strcmp(status, "ok");
	free(status);
	return available;
}

static void add_compatibles(struct tree_walk *w, int dir, enum quirk_key kind)
{
	size_t size;
	size_t at;
	char *value = read_at(dir, "compatible", O_NOFOLLOW, VALUE_MAX, &size);

	if (!value) {
		if (errno != ENOENT)
			machine_unread(w->m, kind, w->path,
				       "property compatible: %s",
				       why_not(errno));
		return;
	}
	if (size && value[size - 1])
		machine_unread(w->m, kind, w->path,
			       "property compatible: is not a string");
	else
		for (at = 0; at < size; at += strlen(value + at) + 1)
			if (value[at])
				machine_add(w->m, kind, value + at, 0);
	free(value);
}

/* Takes @fd over. */
static void walk_tree(struct tree_walk *w, int fd, unsigned int depth)
{
	DIR *dir = fdopendir(fd);
	size_t length = strlen(w->path);
	struct dirent *entry;

	if (!dir) {
		machine_unread(w->m, QUIRK_KEY_DT_NODE, w->path, "%s",
			       why_not(errno));
		close(fd);
		return;
	}
	if (!depth)
		add_compatibles(w, fd, QUIRK_KEY_DT_ROOT);
	else if (is_available(fd))
		add_compatibles(w, fd, QUIRK_KEY_DT_NODE);

	while ((entry = readdir(dir))) {
		size_t room = sizeof(w->path) - length;
		int child;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		if (depth + 1 > TREE_DEPTH_MAX || w->nodes >= TREE_NODES_MAX ||
		    strlen(entry->d_name) + 2 > room) {
			if (!w->cut)
				machine_unread(w->m, QUIRK_KEY_DT_NODE, w->path,
					       "the tree is deeper or larger than any device tree: the rest is left out");
			w->cut = true;
			continue;
		}
		child = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY |
			       O_NOFOLLOW | O_CLOEXEC);
		if (child < 0) {
			/* A property, or a link, which no tree has. */
			if (errno != ENOTDIR && errno != ELOOP)
				machine_unread(w->m, QUIRK_KEY_DT_NODE,
					       w->path, "node %s: %s",
					       entry->d_name, why_not(errno));
			continue;
		}
		w->nodes++;
		snprintf(w->path + length, room, "/%s", entry->d_name);
		walk_tree(w, child, depth + 1);
		w->path[length] = '\0';
	}
	closedir(dir);
}

static void read_tree(struct machine *m, const char *root)
{
	struct tree_walk *w = xrealloc(NULL, sizeof(*w));
	size_t i;

	*w = (struct tree_walk){ .m = m };
	for (i = 0; i < ARRAY_SIZE(dt_dirs); i++) {
		char *path = path_of(root, dt_dirs[i], NULL);
		/* Links here lead from a copy to this machine's own tree. */
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			      O_CLOEXEC);
		bool found = fd >= 0;

		if (found) {
			snprintf(w->path, sizeof(w->path), "%s", path);
			walk_tree(w, fd, 0);
		} else if (errno != ENOENT && errno != ENOTDIR &&
			   errno != ELOOP) {
			machine_unread(m, QUIRK_KEY_DT_ROOT, path, "%s",
				       why_not(errno));
		}
		free(path);
		if (found)
			break;
	}
	free(w);
}

/*
 * ACPI
 */

static int add_smmu(void *ctx, enum iort_type type, u32 model)
{
	char value[32];

	snprintf(value, sizeof(value), "%s-%u",
		 type == IORT_SMMU_V3 ? "smmuv3" : "smmu", model);
	machine_add(ctx, QUIRK_KEY_SMMU, value, 0);
	return 0;
}

static void read_iort(struct machine *m, const char *name, const char *bytes,
		      size_t size)
{
	struct acpi_fault fault;
	struct iort_table t;

	if (iort_open(&t, bytes, size, &fault))
		machine_unread(m, QUIRK_KEY_SMMU, name, "byte %u: %s",
			       fault.offset, fault.what);
	else
		iort_for_each_smmu(&t, add_smmu, m);
}

static void read_table(struct machine *m, const char *name, const char *bytes,
		       size_t size)
{
	const struct sdt_header *h = (const struct sdt_header *)bytes;
	char key[19];

	if (size < sizeof(*h)) {
		machine_unread(m, QUIRK_KEY_ACPI, name,
			       "%zu bytes are fewer than a table header has",
			       size);
		return;
	}
	if (!memcmp(h->signature, "FACS", 4))
		return;
	quirk_acpi_key(key, (const char *)h->signature,
		       (const char *)h->oem_id, (const char *)h->oem_table_id);
	machine_add(m, QUIRK_KEY_ACPI, key, get_le32(h->oem_revision));
	if (!memcmp(h->signature, "IORT", 4))
		read_iort(m, name, bytes, size);
}

static void read_tables(struct machine *m, const char *root, const char *sub)
{
	char *path = path_of(root, sub, NULL);
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir) {
		if (errno != ENOENT && errno != ENOTDIR)
			machine_unread(m, QUIRK_KEY_ACPI, path, "%s",
				       why_not(errno));
		free(path);
		return;
	}
	while ((entry = readdir(dir))) {
		char *name;
		char *bytes;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		name = path_of(path, "", entry->d_name);
		bytes = read_at(dirfd(dir), entry->d_name, O_NOFOLLOW,
				IORT_LENGTH_MAX, &size);
		if (bytes)
			read_table(m, name, bytes, size);
		else if (errno != EISDIR)
			machine_unread(m, QUIRK_KEY_ACPI, name, "%s",
				       why_not(errno));
		free(bytes);
		free(name);
	}
	closedir(dir);
	free(path);
}

/*
 * DMI and PCI
 */

static char *read_line(struct machine *m, enum quirk_key kind, const char *path)
{
	size_t size;
	char *line = read_at(AT_FDCWD, path, 0, VALUE_MAX, &size);

	if (!line) {
		if (errno != ENOENT && errno != ENOTDIR)
			machine_unread(m, kind, path, "%s", why_not(errno));
		return NULL;
	}
	if (size && line[size - 1] == '\n')
		line[size - 1] = '\0';
	return line;
}

static void read_dmi(struct machine *m, const char *root)
{
	size_t i;

	for (i = 0; quirk_dmi_fields[i]; i++) {
		char *path = path_of(root, "/sys/class/dmi/id",
				     quirk_dmi_fields[i]);
		char *line = read_line(m, QUIRK_KEY_DMI, path);
		char *value;

		if (line && *line) {
			size_t room = strlen(line) +
				      strlen(quirk_dmi_fields[i]) + 2;

			value = xrealloc(NULL, room);
			snprintf(value, room, "%s=%s", quirk_dmi_fields[i],
				 line);
			machine_add(m, QUIRK_KEY_DMI, value, 0);
			free(value);
		}
		free(line);
		free(path);
	}
}

static bool parse_id(const char *line, unsigned int *id)
{
	return line && strlen(line) == 6 && !strncmp(line, "0x", 2) &&
	       strspn(line + 2, "0123456789abcdef") == 4 &&
	       sscanf(line, "%x", id) == 1;
}

static void read_pci(struct machine *m, const char *root)
{
	char *path = path_of(root, "/sys/bus/pci/devices", NULL);
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *device = path_of(path, "", entry->d_name);
		char *vendor_file = path_of(device, "", "vendor");
		char *device_file = path_of(device, "", "device");
		char *vendor_line = NULL;
		char *device_line = NULL;
		unsigned int vendor;
		unsigned int id;

		if (entry->d_name[0] != '.') {
			vendor_line = read_line(m, QUIRK_KEY_PCI, vendor_file);
			device_line = read_line(m, QUIRK_KEY_PCI, device_file);
		}
		if (parse_id(vendor_line, &vendor) &&
		    parse_id(device_line, &id)) {
			char value[16];

			snprintf(value, sizeof(value), "%04x:%04x", vendor, id);
			machine_add(m, QUIRK_KEY_PCI, value, 0);
		} else if (vendor_line || device_line) {
			machine_unread(m, QUIRK_KEY_PCI, device,
				       "vendor and device are not ids such as 0x8086");
		}
		free(vendor_line);
		free(device_line);
		free(vendor_file);
		free(device_file);
		free(device);
	}
	if (dir)
		closedir(dir);
	free(path);
}

void machine_read(struct machine *m, const char *root)
{
	*m = (struct machine){ .count = 0 };
	read_tree(m, root);
	read_tables(m, root, "/sys/firmware/acpi/tables");
	read_tables(m, root, "/sys/firmware/acpi/tables/dynamic");
	read_dmi(m, root);
	read_pci(m, root);
	machine_sort(m);
}
