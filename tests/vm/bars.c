// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars.c - what vfio-pci lets user space do with the BARs of devices, tried for
 * the VM tests
 *
 *	bars [-c] probe DEVICE...	open the devices, ask for their regions and
 *					map them, a JSON object a line for each
 *	bars [-c] hold DEVICE...	the same, then keep them open until stdin
 *					ends
 *	bars [-c] map DEVICE/REGION/START/LAST...
 *					map these byte ranges of regions, rounded
 *					to whole pages, an object a line for each
 *
 * Through type1 and a device's group; with -c through its character device and
 * iommufd. All devices of a group have to be bound to vfio-pci before. Devices
 * stay open until the program ends, so that all are open at once.
 *
 * probe's object is {"device", "page_size", "open", "msix", "regions"}: open is
 * "ok" or the name of the errno (regions is [] then); msix null or {"vectors",
 * "table_bar", "table", "pba_bar", "pba"} as in the configuration space that VFIO
 * shows, with offsets in the BARs; a region {"index", "error": null or
 * the name of an errno, "size": hex string, "read", "write", "mmap": flags,
 * "msix_mappable": its capability, "sparse": null or [{"start", "last"}], and
 * what real mmaps of it answer, "ok" or the name of the errno:
 *	"whole"		all of it, in whole pages; null where its size is 0
 *	"pages"		[{"start", "last", "result"}], each of its pages alone;
 *			neighbours with the same result are one
 *	"tried"		how many pages these are
 *	"beyond"	the page behind the last
 *	"read_back"	null, or where the whole was mapped: 4 bytes at its start
 *			are the "same" as pread() has them, "differ", "SIGBUS",
 *			or "hidden" where the MSI-X table is, which pread() hides
 * }. Reading 4 bytes at the start of a BAR changes nothing in the devices that
 * QEMU emulates; nothing is written but the devices' command register.
 * map's object is {"device", "index", "start", "last", "result"}.
 *
 * Exit status: 0 all was asked, whatever the answers; 2 usage or trouble with a
 * message on stderr.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/iommufd.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TROUBLE		2
#define NAME_MAX_LEN	32
#define ROOM		64

/* A group that is open, in a container of its own. */
struct group {
	char name[NAME_MAX_LEN];
	int fd;
};

/* Where a device's MSI-X table and pending bits are; without vectors: none. */
struct msix {
	uint32_t vectors;
	uint32_t table_bar, table;
	uint32_t pba_bar, pba;
};

/* A device that is open; @error where it could not be. */
struct device {
	char name[NAME_MAX_LEN];
	int fd;
	int error;
	struct msix msix;
};

static struct group groups[ROOM];
static size_t group_count;
static struct device devices[ROOM];
static size_t device_count;
static bool use_cdev;
static int iommufd = -1;
static uint64_t page;
static sigjmp_buf bus_error;

static _Noreturn void trouble(const char *what, const char *which)
{
	fprintf(stderr, "bars: %s: %s: %s\n", which, what, strerror(errno));
	exit(TROUBLE);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: bars [-c] probe|hold DEVICE...\n"
		"       bars [-c] map DEVICE/REGION/START/LAST...\n");
	exit(TROUBLE);
}

static const char *errno_name(int error)
{
	return error ? strerrorname_np(error) : "ok";
}

/* The number of a PCI device's group, as sysfs has it. */
static void group_of(const char *name, char *group)
{
	char path[128], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		trouble(path, name);
	target[n] = '\0';
	slash = strrchr(target, '/');
	if (!slash || strlen(slash + 1) >= NAME_MAX_LEN) {
		errno = ENAMETOOLONG;
		trouble(target, name);
	}
	strcpy(group, slash + 1);
}

static int group_open(const char *name)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	struct group *g;
	char path[64];
	int container;

	for (size_t i = 0; i < group_count; i++)
		if (!strcmp(groups[i].name, name))
			return groups[i].fd;
	if (group_count == ROOM) {
		errno = ENOSPC;
		trouble("too many groups", name);
	}
	g = &groups[group_count++];
	snprintf(path, sizeof(path), "/dev/vfio/%s", name);
	g->fd = open(path, O_RDWR | O_CLOEXEC);
	if (g->fd < 0 || ioctl(g->fd, VFIO_GROUP_GET_STATUS, &status))
		trouble(path, name);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		errno = EPERM;
		trouble("not viable: bind all devices of the group to vfio-pci",
			name);
	}
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (container < 0)
		trouble("/dev/vfio/vfio", name);
	if (ioctl(g->fd, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		trouble("VFIO_SET_IOMMU type1v2", name);
	strcpy(g->name, name);
	return g->fd;
}

/* A device's descriptor, or -1 with the errno of what opens the device. */
static int open_by_group(const char *name)
{
	char group[NAME_MAX_LEN];

	group_of(name, group);
	return ioctl(group_open(group), VFIO_GROUP_GET_DEVICE_FD, name);
}

/* As open_by_group(). */
static int open_by_cdev(const char *name)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	struct dirent *entry;
	char path[300];
	DIR *dir;
	int fd, error;

	if (iommufd < 0)
		iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	if (iommufd < 0)
		trouble("/dev/iommu", name);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", name);
	dir = opendir(path);
	if (!dir)
		trouble(path, name);
	*path = '\0';
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "/dev/vfio/devices/%s",
				 entry->d_name);
	closedir(dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		trouble(path, name);
	bind.iommufd = iommufd;
	if (ioctl(fd, VFIO_DEVICE_BIND_IOMMUFD, &bind)) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static off_t config_offset(const struct device *d)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info), .index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		trouble("region info of the configuration space", d->name);
	return (off_t)info.offset;
}

static uint32_t config_read(const struct device *d, uint32_t at, size_t size)
{
	uint32_t value = 0;

	/* Both ends are little. */
	if (pread(d->fd, &value, size, config_offset(d) + at) != (ssize_t)size)
		trouble("read of the configuration space", d->name);
	return value;
}

/* Memory of a device answers only where its command register says so. */
static void enable_memory(const struct device *d)
{
	uint16_t command = config_read(d, PCI_COMMAND, 2) | PCI_COMMAND_MEMORY;

	if (pwrite(d->fd, &command, sizeof(command),
		   config_offset(d) + PCI_COMMAND) != sizeof(command))
		trouble("write of the command register", d->name);
}

static void find_msix(struct device *d)
{
	struct msix *m = &d->msix;
	uint32_t at, table, pba;
	int left = 64;

	if (!(config_read(d, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST))
		return;
	at = config_read(d, PCI_CAPABILITY_LIST, 1);
	while (at && config_read(d, at, 1) != PCI_CAP_ID_MSIX && left--)
		at = config_read(d, at + PCI_CAP_LIST_NEXT, 1);
	if (!at || left < 0)
		return;
	table = config_read(d, at + PCI_MSIX_TABLE, 4);
	pba = config_read(d, at + PCI_MSIX_PBA, 4);
	m->vectors = (config_read(d, at + PCI_MSIX_FLAGS, 2) &
		      PCI_MSIX_FLAGS_QSIZE) + 1;
	m->table_bar = table & PCI_MSIX_TABLE_BIR;
	m->table = table & PCI_MSIX_TABLE_OFFSET;
	m->pba_bar = pba & PCI_MSIX_PBA_BIR;
	m->pba = pba & PCI_MSIX_PBA_OFFSET;
}

static struct device *device_of(const char *name)
{
	struct device *d;

	for (size_t i = 0; i < device_count; i++)
		if (!strcmp(devices[i].name, name))
			return &devices[i];
	if (device_count == ROOM || strlen(name) >= NAME_MAX_LEN) {
		errno = ENOSPC;
		trouble("too many devices, or no device", name);
	}
	d = &devices[device_count++];
	strcpy(d->name, name);
	d->fd = use_cdev ? open_by_cdev(name) : open_by_group(name);
	d->error = d->fd < 0 ? errno : 0;
	if (!d->error) {
		enable_memory(d);
		find_msix(d);
	}
	return d;
}

/*
 * Region info with its capabilities, to be freed; NULL with the errno where
 * VFIO has none.
 */
static struct vfio_region_info *region_info(const struct device *d,
					    uint32_t index)
{
	struct vfio_region_info *info = NULL;
	uint32_t argsz = sizeof(*info);
	int error;

	/* The first answer says how long the whole one is, the second is it. */
	for (;;) {
		free(info);
		info = calloc(1, argsz);
		if (!info)
			trouble("memory", d->name);
		info->argsz = argsz;
		info->index = index;
		if (ioctl(d->fd, VFIO_DEVICE_GET_REGION_INFO, info)) {
			error = errno;
			free(info);
			errno = error;
			return NULL;
		}
		if (info->argsz <= argsz)
			return info;
		argsz = info->argsz;
	}
}

static const struct vfio_info_cap_header *
region_cap(const struct vfio_region_info *info, uint16_t id)
{
	const struct vfio_info_cap_header *header;
	uint32_t offset;

	if (!(info->flags & VFIO_REGION_INFO_FLAG_CAPS))
		return NULL;
	for (offset = info->cap_offset; offset; offset = header->next) {
		if (offset > info->argsz - sizeof(*header)) {
			errno = EBADMSG;
			trouble("a capability lies outside the answer", "region info");
		}
		header = (const void *)((const char *)info + offset);
		if (header->id == id)
			return header;
	}
	return NULL;
}

static uint64_t round_up(uint64_t size)
{
	return (size + page - 1) / page * page;
}

/* 0 or an errno; @at is where it was mapped then, if that is asked for. */
static int try_map(const struct device *d, const struct vfio_region_info *info,
		   uint64_t start, uint64_t size, void **at)
{
	int prot = PROT_READ;
	void *p;

	if (info->flags & VFIO_REGION_INFO_FLAG_WRITE)
		prot |= PROT_WRITE;
	p = mmap(NULL, size, prot, MAP_SHARED, d->fd,
		 (off_t)(info->offset + start));
	if (p == MAP_FAILED)
		return errno;
	if (at)
		*at = p;
	else
		munmap(p, size);
	return 0;
}

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(bus_error, 1);
}

static const char *read_back(const struct device *d,
			     const struct vfio_region_info *info,
			     const volatile uint32_t *mapped)
{
	uint32_t by_map, by_read;

	if (d->msix.vectors && d->msix.table_bar == info->index && !d->msix.table)
		return "\"hidden\"";
	if (sigsetjmp(bus_error, 1))
		return "\"SIGBUS\"";
	by_map = *mapped;
	if (pread(d->fd, &by_read, sizeof(by_read), (off_t)info->offset) !=
	    sizeof(by_read))
		trouble("read of a BAR", d->name);
	return by_map == by_read ? "\"same\"" : "\"differ\"";
}

static void print_flag(const char *name, bool set)
{
	printf(",\"%s\":%s", name, set ? "true" : "false");
}

static void print_sparse(const struct vfio_info_cap_header *header)
{
	const struct vfio_region_info_cap_sparse_mmap *cap =
		(const void *)header;

	if (!header) {
		printf(",\"sparse\":null");
		return;
	}
	printf(",\"sparse\":[");
	for (uint32_t i = 0; i < cap->nr_areas; i++)
		printf("%s{\"start\":\"0x%llx\",\"last\":\"0x%llx\"}",
		       i ? "," : "", cap->areas[i].offset,
		       cap->areas[i].offset + cap->areas[i].size - 1);
	printf("]");
}

static void print_run(bool first, uint64_t start, uint64_t end, int error)
{
	printf("%s{\"start\":\"0x%" PRIx64 "\",\"last\":\"0x%" PRIx64 "\",\"result\":\"%s\"}",
	       first ? "" : ",", start, end - 1, errno_name(error));
}

static void print_maps(const struct device *d,
		       const struct vfio_region_info *info)
{
	uint64_t size = round_up(info->size);
	uint64_t start = 0, tried = 0;
	const char *same = "null";
	int error, before = 0;
	bool first = true;
	void *at = NULL;

	if (!size) {
		printf(",\"whole\":null,\"pages\":[],\"tried\":0,\"beyond\":null,\"read_back\":null");
		return;
	}
	error = try_map(d, info, 0, size, &at);
	if (!error) {
		same = read_back(d, info, at);
		munmap(at, size);
	}
	printf(",\"whole\":\"%s\",\"pages\":[", errno_name(error));
	for (uint64_t offset = 0; offset < size; offset += page) {
		error = try_map(d, info, offset, page, NULL);
		tried++;
		if (offset && error != before) {
			print_run(first, start, offset, before);
			first = false;
			start = offset;
		}
		before = error;
	}
	print_run(first, start, size, before);
	error = try_map(d, info, size, page, NULL);
	printf("],\"tried\":%" PRIu64 ",\"beyond\":\"%s\",\"read_back\":%s",
	       tried, errno_name(error), same);
}

static void probe_region(const struct device *d, uint32_t index)
{
	struct vfio_region_info *info = region_info(d, index);

	printf("%s{\"index\":%u", index ? "," : "", index);
	if (!info) {
		printf(",\"error\":\"%s\"}", errno_name(errno));
		return;
	}
	printf(",\"error\":null,\"size\":\"0x%llx\"", info->size);
	print_flag("read", info->flags & VFIO_REGION_INFO_FLAG_READ);
	print_flag("write", info->flags & VFIO_REGION_INFO_FLAG_WRITE);
	print_flag("mmap", info->flags & VFIO_REGION_INFO_FLAG_MMAP);
	print_flag("msix_mappable",
		   region_cap(info, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE));
	print_sparse(region_cap(info, VFIO_REGION_INFO_CAP_SPARSE_MMAP));
	print_maps(d, info);
	printf("}");
	free(info);
}

static void probe(const char *name)
{
	const struct device *d = device_of(name);

	printf("{\"device\":\"%s\",\"page_size\":%" PRIu64 ",\"open\":\"%s\",",
	       name, page, errno_name(d->error));
	if (d->msix.vectors)
		printf("\"msix\":{\"vectors\":%u,\"table_bar\":%u,\"table\":\"0x%x\",\"pba_bar\":%u,\"pba\":\"0x%x\"},",
		       d->msix.vectors, d->msix.table_bar, d->msix.table,
		       d->msix.pba_bar, d->msix.pba);
	else
		printf("\"msix\":null,");
	printf("\"regions\":[");
	if (!d->error)
		for (uint32_t i = 0; i < VFIO_PCI_NUM_REGIONS; i++)
			probe_region(d, i);
	printf("]}\n");
}

static uint64_t number(const char *text)
{
	char *rest;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &rest, 0);
	if (errno || rest == text || *rest)
		usage();
	return value;
}

static void map(char *what)
{
	struct vfio_region_info *info;
	const struct device *d;
	uint64_t start, last, from;
	char *word[4], *save;
	uint32_t index;
	int error;

	for (int i = 0; i < 4; i++) {
		word[i] = strtok_r(i ? NULL : what, "/", &save);
		if (!word[i])
			usage();
	}
	index = (uint32_t)number(word[1]);
	start = number(word[2]);
	last = number(word[3]);
	if (start > last)
		usage();
	d = device_of(word[0]);
	error = d->error;
	if (!error) {
		info = region_info(d, index);
		from = start / page * page;
		error = info ? try_map(d, info, from, round_up(last + 1 - from), NULL) : errno;
		free(info);
	}
	printf("{\"device\":\"%s\",\"index\":%u,\"start\":\"0x%" PRIx64 "\",\"last\":\"0x%" PRIx64 "\",\"result\":\"%s\"}\n",
	       word[0], index, start, last, errno_name(error));
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_bus_error };
	const char *command;

	page = (uint64_t)sysconf(_SC_PAGESIZE);
	if (argc > 1 && !strcmp(argv[1], "-c")) {
		use_cdev = true;
		argc--;
		argv++;
	}
	if (argc < 3)
		usage();
	command = argv[1];
	if (sigaction(SIGBUS, &action, NULL))
		trouble("sigaction", "SIGBUS");
	for (int i = 2; i < argc; i++) {
		if (!strcmp(command, "map"))
			map(argv[i]);
		else if (!strcmp(command, "probe") || !strcmp(command, "hold"))
			probe(argv[i]);
		else
			usage();
	}
	if (fflush(stdout))
		trouble("output", command);
	if (!strcmp(command, "hold"))
		while (getchar() != EOF)
			;
	return 0;
}
