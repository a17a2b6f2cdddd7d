// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_pci.c - PCI functions as sysfs has them
 */
#include "bars_pci.h"
#include "problem.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES		"/sys/bus/pci/devices"
#define SETTING		"/sys/bus/pci/resource_alignment"
#define COMMAND_LINE	"/proc/cmdline"
#define PROBE_ONLY	"/proc/device-tree/chosen/linux,pci-probe-only"
#define ARGUMENT	"resource_alignment="

static bool hex_field(const char **p, const char *end, size_t fewest,
		      size_t most, u32 *value)
{
	size_t n = 0;

	*value = 0;
	while (*p + n < end && n < most) {
		const char *digits = "0123456789abcdef";
		const char *digit = strchr(digits, (*p)[n]);

		if (!digit || !*digit)
			break;
		*value = *value << 4 | (u32)(digit - digits);
		n++;
	}
	*p += n;
	return n >= fewest;
}

int pci_address(const char *text, size_t length, u32 *domain,
		struct pci_hop *hop)
{
	const char *end = text + length;
	u32 bus, slot, function;

	if (!hex_field(&text, end, 4, 8, domain) || text == end ||
	    *text++ != ':' || !hex_field(&text, end, 2, 2, &bus) ||
	    text == end || *text++ != ':' ||
	    !hex_field(&text, end, 2, 2, &slot) || text == end ||
	    *text++ != '.' || !hex_field(&text, end, 1, 1, &function) ||
	    text != end || slot > 0x1f || function > 7)
		return -1;
	hop->bus = (int)bus;
	hop->devfn = (u8)(slot << 3 | function);
	return 0;
}

/*
 * The way to a function is that of its directory: what follows the last
 * "pciDDDD:BB", a root bus; a bridge such as VMD has root buses below it.
 */
static int read_way(struct pci_function *f, const char *link)
{
	const char *name = link;
	u32 domain;

	f->hop = xrealloc(NULL, PCI_HOPS_MAX * sizeof(*f->hop));
	while (*name) {
		size_t length = strcspn(name, "/");

		if (length > 3 && !strncmp(name, "pci", 3))
			f->hops = 0;
		else if (f->hops < PCI_HOPS_MAX &&
			 !pci_address(name, length, &domain, &f->hop[f->hops])) {
			f->domain = domain;
			f->hops++;
		}
		name += length;
		name += strspn(name, "/");
	}
	return f->hops ? 0 : -1;
}

static int read_number(const char *dir, const char *name, u32 *value)
{
	char *file = path_join(dir, name);
	char *text = NULL;
	size_t size;
	char *end;
	int ret = read_file(file, &text, &size);

	if (!ret) {
		u64 wide = strtoull(text, &end, 16);

		if (end == text || wide > U32_MAX) {
			problem("%s: \"%.20s\" is no number", file, text);
			ret = -1;
		}
		*value = (u32)wide;
	}
	free(text);
	free(file);
	return ret;
}

static int read_resources(struct pci_function *f, const char *dir)
{
	char *file = path_join(dir, "resource");
	char *text = NULL;
	size_t size;
	const char *line;
	int ret = read_file(file, &text, &size);

	for (line = text; !ret && *line; line += strcspn(line, "\n") + 1) {
		struct pci_resource r;
		char *end;

		r.range.start = strtoull(line, &end, 16);
		r.range.last = strtoull(end, &end, 16);
		r.flags = strtoull(end, &end, 16);
		if (end == line || *end != '\n') {
			problem("%s: line %zu is not \"START LAST FLAGS\"", file,
				f->resources + 1);
			ret = -1;
			break;
		}
		/* A window that is closed, as [mem 0x00100000-0x000fffff]. */
		if (r.range.last < r.range.start)
			r = (struct pci_resource){ .flags = 0 };
		f->resource = xrealloc(f->resource,
				       (f->resources + 1) * sizeof(r));
		f->resource[f->resources++] = r;
	}
	free(text);
	free(file);
	return ret;
}

/* Where a link leads; NULL where there is none. */
static char *read_link(const char *dir, const char *name)
{
	char *file = path_join(dir, name);
	char to[PATH_MAX];
	ssize_t n = readlink(file, to, sizeof(to) - 1);

	free(file);
	if (n < 0)
		return NULL;
	to[n] = '\0';
	return xstrdup(to);
}

static int read_function(struct pci_function *f, const char *devices,
			 const char *name)
{
	static const char * const ids[] = {
		"vendor", "device", "subsystem_vendor", "subsystem_device"
	};
	char *dir = path_join(devices, name);
	char *link = read_link(devices, name);
	char *driver, *vf;
	u32 value;
	size_t i;
	int ret = -1;

	f->name = xstrdup(name);
	if (!link || read_way(f, link)) {
		problem("%s: is not a link to a PCI function's directory", dir);
		goto out;
	}
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		if (read_number(dir, ids[i], &value))
			goto out;
		f->id[i] = (u16)value;
	}
	if (read_number(dir, "class", &f->class) || read_resources(f, dir))
		goto out;
	driver = read_link(dir, "driver");
	if (driver)
		f->driver = xstrdup(strrchr(driver, '/') ?
				    strrchr(driver, '/') + 1 : driver);
	free(driver);
	vf = read_link(dir, "physfn");
	f->is_vf = vf;
	free(vf);
	ret = 0;
out:
	free(link);
	free(dir);
	return ret;
}

static int by_name(const void *a, const void *b)
{
	const struct pci_function *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int read_functions(struct pci_machine *m, const char *devices)
{
	DIR *dir = opendir(devices);
	struct dirent *entry;
	int ret = 0;

	if (!dir) {
		problem("%s: %s", devices, strerror(errno));
		return -1;
	}
	while (!ret && (entry = readdir(dir))) {
		struct pci_hop hop;
		u32 domain;

		if (pci_address(entry->d_name, strlen(entry->d_name), &domain,
				&hop))
			continue;
		m->function = xrealloc(m->function, (m->functions + 1) *
				       sizeof(*m->function));
		m->function[m->functions] = (struct pci_function){ .hops = 0 };
		ret = read_function(&m->function[m->functions++], devices,
				    entry->d_name);
	}
	closedir(dir);
	if (m->functions)
		qsort(m->function, m->functions, sizeof(*m->function), by_name);
	return ret;
}

char *pci_argument(const char *line)
{
	char *found = NULL;

	while (*line) {
		/* The kernel takes "pci=..." and pci="..."; neither nests. */
		bool quoted = *line == '"';
		const char *end;
		bool inside = quoted;
		const char *p;

		line += quoted;
		for (end = line; *end && (inside || *end != ' '); end++)
			inside ^= *end == '"';
		p = line;
		if (!strncmp(p, "pci=", 4)) {
			p += 4;
			p += *p == '"';
			while (p < end) {
				size_t n = 0;

				while (p + n < end && p[n] != ',' && p[n] != '"')
					n++;
				if (n >= strlen(ARGUMENT) &&
				    !strncmp(p, ARGUMENT, strlen(ARGUMENT))) {
					free(found);
					found = strndup(p + strlen(ARGUMENT),
							n - strlen(ARGUMENT));
					if (!found) {
						problem("out of memory");
						exit(EXIT_TROUBLE);
					}
				}
				p += n + 1;
			}
		}
		line = end + strspn(end, " ");
	}
	return found;
}

static int read_line(const char *root, const char *name, char **line)
{
	char *file = xrealloc(NULL, strlen(root) + strlen(name) + 1);
	size_t size;
	int ret;

	strcpy(stpcpy(file, root), name);
	ret = read_file(file, line, &size);
	if (!ret)
		(*line)[strcspn(*line, "\n")] = '\0';
	free(file);
	return ret;
}

/* Firmware without a device tree has no such file, and forbids nothing. */
static int read_probe_only(struct pci_machine *m, const char *root)
{
	char *file = xrealloc(NULL, strlen(root) + sizeof(PROBE_ONLY));
	char *data = NULL;
	size_t size = 0;
	int ret = 0;

	strcpy(stpcpy(file, root), PROBE_ONLY);
	if (!access(file, F_OK)) {
		ret = read_file(file, &data, &size);
		m->probe_only = !ret && size == 4 &&
				(data[0] | data[1] | data[2] | data[3]);
	}
	free(data);
	free(file);
	return ret;
}

int pci_machine_read(struct pci_machine *m, const char *root)
{
	char *devices = xrealloc(NULL, strlen(root) + sizeof(DEVICES));
	int ret;

	*m = (struct pci_machine){ .functions = 0 };
	if (!*root)
		m->page_size = (u64)sysconf(_SC_PAGESIZE);
	strcpy(stpcpy(devices, root), DEVICES);
	ret = read_functions(m, devices);
	free(devices);
	if (!ret)
		ret = read_line(root, SETTING, &m->setting);
	if (!ret)
		ret = read_line(root, COMMAND_LINE, &m->command_line);
	if (!ret)
		ret = read_probe_only(m, root);
	if (!ret)
		m->argument = pci_argument(m->command_line);
	return ret;
}

void pci_machine_free(struct pci_machine *m)
{
	while (m->functions) {
		struct pci_function *f = &m->function[--m->functions];

		free(f->name);
		free(f->hop);
		free(f->driver);
		free(f->resource);
	}
	free(m->function);
	free(m->setting);
	free(m->command_line);
	free(m->argument);
	*m = (struct pci_machine){ .functions = 0 };
}

const struct pci_function *pci_function_of(const struct pci_machine *m,
					   const char *name)
{
	size_t i;

	for (i = 0; i < m->functions; i++)
		if (!strcmp(m->function[i].name, name))
			return &m->function[i];
	return NULL;
}
