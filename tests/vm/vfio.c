// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio.c - what a VMM sees and may do through VFIO type1, for the VM tests
 *
 *	vfio ranges GROUP		the IOVA ranges that type1 offers, a line
 *					each: 0xSTART 0xLAST (last is inclusive)
 *	vfio map GROUP IOVA SIZE	map SIZE bytes of memory at IOVA; prints
 *					"ok" or the name of the errno
 *	vfio hold GROUP			print "held" and keep the group open
 *					until stdin ends
 *	vfio msi GROUP DEVICE		let DEVICE, which is QEMU's "edu", raise
 *					an MSI; print "interrupt" or "silence"
 *					and keep it set up until stdin ends
 *	vfio script			do what stdin says, see below
 *
 * Every call opens the group and a container of its own and leaves nothing
 * behind. The group's devices have to be bound to vfio-pci before.
 *
 * Exit status: 0 done (or mapped), 1 mapping refused, 2 usage or trouble with
 * a message on stderr.
 *
 * A script has a command on each line and gets one line back for each, at once.
 * What it has opened stays open until it is closed or stdin ends. C is a name
 * for a container.
 *	open C			make a container: "ok"
 *	attach C GROUP		put a group into it; the first one makes it a
 *				type1v2 container: "ok", or the name of the errno
 *	detach C GROUP		take it out, its devices are closed before: "ok"
 *	close C			detach all groups, then close it: "ok"
 *	ranges C		the IOVA ranges that type1 offers, on one line:
 *				0xSTART-0xLAST 0xSTART-0xLAST...
 *	map C IOVA SIZE		map memory: "ok", or the name of the errno
 *	unmap C IOVA SIZE	the same
 *	msi C DEVICE		let an edu device raise an MSI: "interrupt",
 *				"silence", or the name of the errno if it could
 *				not be set up; it stays set up, and the command
 *				may be said again
 *	nomsi C DEVICE		take its MSI away and close it: "ok"
 * Whatever else happens the answer begins with "error: ", and the script goes
 * on. Exit status at the end of stdin: 0.
 */
#define _GNU_SOURCE
#include <limits.h>

#include "edu.h"

struct session {
	int container;
	int group;
};

/* The descriptors live until the process ends; so does the IOMMU domain. */
static int session_open(struct session *s, const char *group)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[64];

	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	s->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (s->container < 0)
		return trouble("/dev/vfio/vfio");
	s->group = open(path, O_RDWR | O_CLOEXEC);
	if (s->group < 0)
		return trouble(path);
	if (ioctl(s->group, VFIO_GROUP_GET_STATUS, &status))
		return trouble("VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		fprintf(stderr, "vfio: group %s is not viable: bind all its devices to vfio-pci\n",
			group);
		return TROUBLE;
	}
	if (ioctl(s->group, VFIO_GROUP_SET_CONTAINER, &s->container))
		return trouble("VFIO_GROUP_SET_CONTAINER");
	if (ioctl(s->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return trouble("VFIO_SET_IOMMU type1v2");
	return 0;
}

/* With @format of two numbers for each range. */
static int print_ranges(const struct vfio_iommu_type1_info *info,
			const char *format)
{
	const struct vfio_iommu_type1_info_cap_iova_range *cap;
	const struct vfio_info_cap_header *header;
	uint32_t offset = info->cap_offset;

	while (offset) {
		if (offset > info->argsz - sizeof(*header)) {
			fprintf(stderr, "vfio: capability at 0x%x lies outside the answer\n",
				offset);
			return TROUBLE;
		}
		header = (const void *)((const char *)info + offset);
		if (header->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) {
			cap = (const void *)header;
			for (uint32_t i = 0; i < cap->nr_iovas; i++)
				printf(format, cap->iova_ranges[i].start,
				       cap->iova_ranges[i].end);
			return 0;
		}
		offset = header->next;
	}
	fprintf(stderr, "vfio: type1 offers no IOVA range capability\n");
	return TROUBLE;
}

/* With @format as for print_ranges(). */
static int container_ranges(int container, const char *format)
{
	struct vfio_iommu_type1_info *info;
	uint32_t argsz = sizeof(*info);
	int ret;

	/* The first answer says how long the whole one is, the second is it. */
	for (;;) {
		info = calloc(1, argsz);
		if (!info)
			return trouble("memory");
		info->argsz = argsz;
		if (ioctl(container, VFIO_IOMMU_GET_INFO, info)) {
			free(info);
			return trouble("VFIO_IOMMU_GET_INFO");
		}
		if (info->argsz <= argsz)
			break;
		argsz = info->argsz;
		free(info);
	}
	ret = print_ranges(info, format);
	free(info);
	return ret;
}

static int cmd_ranges(const char *group)
{
	struct session s;
	int ret;

	ret = session_open(&s, group);
	return ret ? ret : container_ranges(s.container,
					    "0x%016llx 0x%016llx\n");
}

static int parse_range(const char *iova, const char *size, uint64_t *start,
		       uint64_t *length)
{
	char *rest[2];

	errno = 0;
	*start = strtoull(iova, &rest[0], 0);
	*length = strtoull(size, &rest[1], 0);
	if (!errno && rest[0] != iova && !*rest[0] && !*rest[1] && *length)
		return 0;
	fprintf(stderr, "vfio: IOVA '%s' and SIZE '%s' have to be numbers, SIZE not 0\n",
		iova, size);
	return TROUBLE;
}

/* Prints how it went. */
static int container_map(int container, uint64_t iova, uint64_t size)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = iova,
		.size = size,
	};
	void *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return trouble("mmap");
	map.vaddr = (uintptr_t)memory;
	if (ioctl(container, VFIO_IOMMU_MAP_DMA, &map)) {
		printf("%s\n", strerrorname_np(errno));
		return 1;
	}
	printf("ok\n");
	return 0;
}

static int cmd_map(const char *group, const char *iova, const char *size)
{
	uint64_t start, length;
	struct session s;
	int ret;

	ret = parse_range(iova, size, &start, &length);
	if (!ret)
		ret = session_open(&s, group);
	return ret ? ret : container_map(s.container, start, length);
}

static int cmd_hold(const char *group)
{
	struct session s;
	int ret;

	ret = session_open(&s, group);
	if (ret)
		return ret;
	printf("held\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

static int cmd_msi(const char *group, const char *name)
{
	struct session s;
	int device, event, ret;

	ret = session_open(&s, group);
	if (ret)
		return ret;
	device = ioctl(s.group, VFIO_GROUP_GET_DEVICE_FD, name);
	if (device < 0)
		return trouble("VFIO_GROUP_GET_DEVICE_FD");
	event = eventfd(0, EFD_CLOEXEC);
	if (event < 0)
		return trouble("eventfd");
	ret = device_enable(device);
	if (!ret && msi_enable(device, event))
		ret = trouble("VFIO_DEVICE_SET_IRQS");
	if (!ret)
		ret = msi_raise(device, event);
	if (ret)
		return ret;
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

/* Scripts. */

#define NAME_MAX_LEN	32
#define SCRIPT_ROOM	8

/* A container; its name is "" where the place is free. */
struct script_container {
	char name[NAME_MAX_LEN];
	int fd;
};

/* A group that is in a container; @of is NULL where the place is free. */
struct script_group {
	struct script_container *of;
	char name[NAME_MAX_LEN];
	int fd;
};

/* A device that has its MSI; @of is NULL where the place is free. */
struct script_device {
	struct script_group *of;
	char name[NAME_MAX_LEN];
	int fd;
	int event;
};

static struct script_container containers[SCRIPT_ROOM];
static struct script_group groups[SCRIPT_ROOM];
static struct script_device devices[SCRIPT_ROOM];

static int script_error(const char *what, const char *which)
{
	printf("error: %s: %s\n", which, what);
	return TROUBLE;
}

static int script_errno(void)
{
	printf("%s\n", strerrorname_np(errno));
	return 1;
}

static struct script_container *find_container(const char *name)
{
	for (size_t i = 0; i < SCRIPT_ROOM; i++)
		if (!strcmp(containers[i].name, name))
			return &containers[i];
	return NULL;
}

static struct script_group *find_group(const struct script_container *of,
				       const char *name)
{
	for (size_t i = 0; i < SCRIPT_ROOM; i++)
		if (groups[i].of == of && (!name || !strcmp(groups[i].name, name)))
			return &groups[i];
	return NULL;
}

static struct script_device *find_device(const struct script_group *of,
					 const char *name)
{
	for (size_t i = 0; i < SCRIPT_ROOM; i++)
		if (devices[i].of == of && (!name || !strcmp(devices[i].name, name)))
			return &devices[i];
	return NULL;
}

static int script_open(const char *name)
{
	struct script_container *c;

	if (find_container(name))
		return script_error("is open", name);
	c = find_container("");
	if (!c)
		return script_error("too many containers", name);
	c->fd = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (c->fd < 0)
		return script_errno();
	strcpy(c->name, name);
	printf("ok\n");
	return 0;
}

static int script_attach(struct script_container *c, const char *name)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	bool first = !find_group(c, NULL);
	struct script_group *g = find_group(NULL, NULL);
	char path[64];

	if (find_group(c, name))
		return script_error("is attached", name);
	if (!g)
		return script_error("too many groups", name);
	snprintf(path, sizeof(path), "/dev/vfio/%s", name);
	g->fd = open(path, O_RDWR | O_CLOEXEC);
	if (g->fd < 0)
		return script_errno();
	if (ioctl(g->fd, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
		close(g->fd);
		return script_error("is not viable: bind all its devices to vfio-pci",
				    name);
	}
	if (ioctl(g->fd, VFIO_GROUP_SET_CONTAINER, &c->fd) ||
	    (first && ioctl(c->fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))) {
		script_errno();
		close(g->fd);
		return 1;
	}
	g->of = c;
	strcpy(g->name, name);
	printf("ok\n");
	return 0;
}

static void drop_device(struct script_device *d)
{
	close(d->fd);
	close(d->event);
	d->of = NULL;
}

/* Nothing is printed; a failure is in errno. */
static int drop_group(struct script_group *g)
{
	struct script_device *d;

	while ((d = find_device(g, NULL)))
		drop_device(d);
	if (ioctl(g->fd, VFIO_GROUP_UNSET_CONTAINER))
		return -1;
	close(g->fd);
	g->of = NULL;
	return 0;
}

static int script_detach(struct script_container *c, const char *name)
{
	struct script_group *g = find_group(c, name);

	if (!g)
		return script_error("is not attached", name);
	if (drop_group(g))
		return script_errno();
	printf("ok\n");
	return 0;
}

static int script_close(struct script_container *c)
{
	struct script_group *g;

	while ((g = find_group(c, NULL)))
		if (drop_group(g))
			return script_errno();
	close(c->fd);
	c->name[0] = '\0';
	printf("ok\n");
	return 0;
}

static int script_ranges(struct script_container *c)
{
	int ret = container_ranges(c->fd, "0x%llx-0x%llx ");

	printf(ret ? "error: no ranges\n" : "\n");
	return ret;
}

static int script_map(struct script_container *c, const char *iova,
		      const char *size, bool map)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap) };
	uint64_t start, length;

	if (parse_range(iova, size, &start, &length))
		return script_error("are no IOVA and SIZE", iova);
	if (map)
		return container_map(c->fd, start, length) == TROUBLE ?
		       script_error("no memory", size) : 0;
	unmap.iova = start;
	unmap.size = length;
	if (ioctl(c->fd, VFIO_IOMMU_UNMAP_DMA, &unmap))
		return script_errno();
	/* Nothing there, or less than what was asked for. */
	if (unmap.size != length)
		return script_error("was not all mapped", iova);
	printf("ok\n");
	return 0;
}

/* The number of a PCI device's group, as sysfs has it. */
static int group_of_device(const char *name, char *group)
{
	char path[128], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	slash = strrchr(target, '/');
	if (!slash || strlen(slash + 1) >= NAME_MAX_LEN)
		return -1;
	strcpy(group, slash + 1);
	return 0;
}

static int script_msi(struct script_container *c, const char *name, bool wanted)
{
	struct script_device *d;
	struct script_group *g;
	char group[NAME_MAX_LEN];

	if (group_of_device(name, group))
		return script_error("has no IOMMU group", name);
	g = find_group(c, group);
	if (!g)
		return script_error("its group is not attached", name);
	d = find_device(g, name);
	if (!wanted) {
		if (!d)
			return script_error("has no MSI", name);
		drop_device(d);
		printf("ok\n");
		return 0;
	}
	if (!d) {
		d = find_device(NULL, NULL);
		if (!d)
			return script_error("too many devices", name);
		d->fd = ioctl(g->fd, VFIO_GROUP_GET_DEVICE_FD, name);
		if (d->fd < 0)
			return script_errno();
		d->event = eventfd(0, EFD_CLOEXEC);
		if (d->event < 0 || device_enable(d->fd) ||
		    msi_enable(d->fd, d->event)) {
			script_errno();
			drop_device(d);
			return 1;
		}
		d->of = g;
		strcpy(d->name, name);
	}
	return msi_raise(d->fd, d->event) ?
	       script_error("its MSI cannot be raised", name) : 0;
}

static int script_do(char *line)
{
	struct script_container *c;
	char *word[5] = { NULL };
	char *save;
	int words = 0;

	for (char *w = strtok_r(line, " \n", &save); w;
	     w = strtok_r(NULL, " \n", &save)) {
		if (words == 4 || strlen(w) >= NAME_MAX_LEN)
			return script_error("is too long a command", word[0] ?: w);
		word[words++] = w;
	}
	if (words < 2)
		return script_error("is no command", words ? word[0] : "");
	if (words == 2 && !strcmp(word[0], "open"))
		return script_open(word[1]);
	c = find_container(word[1]);
	if (!c)
		return script_error("is no container", word[1]);
	if (words == 2 && !strcmp(word[0], "close"))
		return script_close(c);
	if (words == 2 && !strcmp(word[0], "ranges"))
		return script_ranges(c);
	if (words == 3 && !strcmp(word[0], "attach"))
		return script_attach(c, word[2]);
	if (words == 3 && !strcmp(word[0], "detach"))
		return script_detach(c, word[2]);
	if (words == 3 && !strcmp(word[0], "msi"))
		return script_msi(c, word[2], true);
	if (words == 3 && !strcmp(word[0], "nomsi"))
		return script_msi(c, word[2], false);
	if (words == 4 && !strcmp(word[0], "map"))
		return script_map(c, word[2], word[3], true);
	if (words == 4 && !strcmp(word[0], "unmap"))
		return script_map(c, word[2], word[3], false);
	return script_error("is no command", word[0]);
}

static int cmd_script(void)
{
	char line[256];

	/* A failure is in the answer; the script decides what it means. */
	while (fgets(line, sizeof(line), stdin)) {
		script_do(line);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "ranges"))
		return cmd_ranges(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "map"))
		return cmd_map(argv[2], argv[3], argv[4]);
	if (argc == 3 && !strcmp(argv[1], "hold"))
		return cmd_hold(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "msi"))
		return cmd_msi(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "script"))
		return cmd_script();
	fprintf(stderr, "usage: vfio ranges GROUP\n"
		"       vfio script\n"
		"       vfio hold GROUP\n"
		"       vfio msi GROUP DEVICE\n"
		"       vfio map GROUP IOVA SIZE\n");
	return TROUBLE;
}
