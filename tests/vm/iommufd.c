// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommufd.c - what a VMM sees and may do through iommufd and the VFIO character
 * devices, for the VM tests
 *
 *	iommufd info DEVICE		what the IOMMU of a device tells about
 *					itself (IOMMU_GET_HW_INFO), a line each:
 *					type NAME, capabilities 0x..., then for
 *					arm-smmuv3 its registers, raw: flags,
 *					idr0 to idr5, iidr, aidr
 *	iommufd ranges DEVICE...	attach devices to one address space;
 *					the IOVA ranges that it then allows, a
 *					line each: 0xSTART 0xLAST (last is
 *					inclusive, sixteen digits)
 *	iommufd map DEVICE IOVA SIZE	map SIZE bytes of memory at IOVA; prints
 *					"ok" or the name of the errno
 *	iommufd script			do what stdin says, see below
 *
 * A DEVICE is a PCI address; it has to be bound to vfio-pci before. Every call
 * opens an iommufd of its own and leaves nothing behind.
 *
 * Exit status: 0 done (or mapped), 1 mapping refused, 2 usage or trouble with
 * a message on stderr.
 *
 * A script has a command on each line and gets one line back for each, at once.
 * S is a name for an address space (IOAS), made when it is first named; all are
 * of one iommufd. A device is opened, and bound to that, when it is first named.
 *	attach S DEVICE		attach a device, or move it from another space:
 *				"ok", or the name of the errno
 *	detach DEVICE		the reverse: "ok"
 *	close DEVICE		detach and unbind: "ok"
 *	ranges S		the IOVA ranges that it allows, on one line:
 *				0xSTART-0xLAST 0xSTART-0xLAST...
 *	map S IOVA SIZE		map memory: "ok", or the name of the errno
 *	unmap S IOVA SIZE	the same
 *	msi DEVICE		let an edu device raise an MSI: "interrupt",
 *				"silence", or the name of the errno if it could
 *				not be set up; it stays set up, and the command
 *				may be said again
 *	nomsi DEVICE		take its MSI away: "ok"
 *	info DEVICE		as above, on one line
 * Whatever else happens the answer begins with "error: ", and the script goes
 * on. Exit status at the end of stdin: 0.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <linux/iommufd.h>

#include "edu.h"

/*
 * struct iommu_hw_info_arm_smmuv3 and its number in enum iommu_hw_info_type:
 * Linux 7.3, include/uapi/linux/iommufd.h. The headers of the compiler are
 * those of 6.12, which lack it.
 */
#define HW_INFO_ARM_SMMUV3	2

struct hw_info_arm_smmuv3 {
	uint32_t flags;
	uint32_t reserved;
	uint32_t idr[6];
	uint32_t iidr;
	uint32_t aidr;
};

#define NAME_MAX_LEN	32
#define SCRIPT_ROOM	8

/* An address space; its name is "" where the place is free. */
struct space {
	char name[NAME_MAX_LEN];
	uint32_t id;
};

/* A device that is bound; its name is "" where the place is free. */
struct device {
	char name[NAME_MAX_LEN];
	int fd;
	int event;
	uint32_t id;
};

static struct space spaces[SCRIPT_ROOM];
static struct device devices[SCRIPT_ROOM];
static int iommufd = -1;

/* What went wrong last, for whoever prints it. */
static char complaint[256];

static int complain(const char *what, const char *which)
{
	snprintf(complaint, sizeof(complaint), "%s: %s", which, what);
	return TROUBLE;
}

static int complain_errno(const char *what, const char *which)
{
	snprintf(complaint, sizeof(complaint), "%s: %s: %s", which, what,
		 strerror(errno));
	return TROUBLE;
}

static int iommufd_open(void)
{
	iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	return iommufd < 0 ? trouble("/dev/iommu") : 0;
}

/* Finds an address space or makes it; NULL with a complaint. */
static struct space *space_of(const char *name)
{
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct space *room = NULL;

	for (size_t i = 0; i < SCRIPT_ROOM; i++) {
		if (!strcmp(spaces[i].name, name))
			return &spaces[i];
		if (!room && !*spaces[i].name)
			room = &spaces[i];
	}
	if (!room) {
		complain("too many address spaces", name);
		return NULL;
	}
	if (ioctl(iommufd, IOMMU_IOAS_ALLOC, &alloc)) {
		complain_errno("IOMMU_IOAS_ALLOC", name);
		return NULL;
	}
	room->id = alloc.out_ioas_id;
	strcpy(room->name, name);
	return room;
}

/* Opens the character device of a PCI device; -1 with a complaint. */
static int device_open(const char *name)
{
	char path[128];
	struct dirent *entry;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", name);
	dir = opendir(path);
	if (!dir) {
		complain("is not bound to vfio-pci, or the kernel has no CONFIG_VFIO_DEVICE_CDEV",
			 name);
		return -1;
	}
	*path = '\0';
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "/dev/vfio/devices/%.100s",
				 entry->d_name);
	closedir(dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		complain_errno(path, name);
	return fd;
}

static struct device *device_find(const char *name)
{
	for (size_t i = 0; i < SCRIPT_ROOM; i++)
		if (!strcmp(devices[i].name, name))
			return &devices[i];
	return NULL;
}

/* Finds a device or opens and binds it; NULL with a complaint. */
static struct device *device_of(const char *name)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = iommufd,
	};
	struct device *d = device_find(name);

	if (d)
		return d;
	d = device_find("");
	if (!d) {
		complain("too many devices", name);
		return NULL;
	}
	d->fd = device_open(name);
	if (d->fd < 0)
		return NULL;
	if (ioctl(d->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind)) {
		complain_errno("VFIO_DEVICE_BIND_IOMMUFD", name);
		close(d->fd);
		return NULL;
	}
	d->id = bind.out_devid;
	d->event = -1;
	strcpy(d->name, name);
	return d;
}

/* 0, or 1 with the reason in errno. */
static int device_attach(const struct device *d, const struct space *s)
{
	struct vfio_device_attach_iommufd_pt attach = {
		.argsz = sizeof(attach),
		.pt_id = s->id,
	};

	return ioctl(d->fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach) ? 1 : 0;
}

/* With @format of two numbers for each range. */
static int space_ranges(const struct space *s, const char *format)
{
	struct iommu_ioas_iova_ranges ranges = {
		.size = sizeof(ranges),
		.ioas_id = s->id,
	};
	struct iommu_iova_range *range = NULL;
	struct iommu_iova_range *more;

	/* The first answer says how many there are, the second which. */
	while (ioctl(iommufd, IOMMU_IOAS_IOVA_RANGES, &ranges)) {
		if (errno != EMSGSIZE) {
			free(range);
			return complain_errno("IOMMU_IOAS_IOVA_RANGES", s->name);
		}
		more = realloc(range, ranges.num_iovas * sizeof(*range));
		if (!more) {
			free(range);
			return complain_errno("memory", s->name);
		}
		range = more;
		ranges.allowed_iovas = (uintptr_t)range;
	}
	for (uint32_t i = 0; i < ranges.num_iovas; i++)
		printf(format, (unsigned long long)range[i].start,
		       (unsigned long long)range[i].last);
	free(range);
	return 0;
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
	return complain("this and the size have to be numbers, the size not 0",
			iova);
}

/* 0, 1 with the reason in errno, or TROUBLE with a complaint. */
static int space_map(const struct space *s, const char *iova, const char *size)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
			 IOMMU_IOAS_MAP_WRITEABLE,
		.ioas_id = s->id,
	};
	uint64_t start, length;
	void *memory;

	if (parse_range(iova, size, &start, &length))
		return TROUBLE;
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return complain_errno("mmap", size);
	map.user_va = (uintptr_t)memory;
	map.iova = start;
	map.length = length;
	if (!ioctl(iommufd, IOMMU_IOAS_MAP, &map))
		return 0;
	munmap(memory, length);
	return 1;
}

/* As space_map(). */
static int space_unmap(const struct space *s, const char *iova, const char *size)
{
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas_id = s->id,
	};
	uint64_t start, length;

	if (parse_range(iova, size, &start, &length))
		return TROUBLE;
	unmap.iova = start;
	unmap.length = length;
	if (ioctl(iommufd, IOMMU_IOAS_UNMAP, &unmap))
		return 1;
	return unmap.length == length ? 0 : complain("was not all mapped", iova);
}

/* Prints what the IOMMU tells about itself, with @end after each. */
static int device_info(const struct device *d, char end)
{
	static const char * const types[] = {
		"none", "intel-vtd", "arm-smmuv3", "tegra241-cmdqv", "amd",
	};
	struct hw_info_arm_smmuv3 smmu = { 0 };
	struct iommu_hw_info info = {
		.size = sizeof(info),
		.dev_id = d->id,
		.data_len = sizeof(smmu),
		.data_uptr = (uintptr_t)&smmu,
	};

	if (ioctl(iommufd, IOMMU_GET_HW_INFO, &info))
		return complain_errno("IOMMU_GET_HW_INFO", d->name);
	if (info.out_data_type < sizeof(types) / sizeof(*types))
		printf("type %s%c", types[info.out_data_type], end);
	else
		printf("type %u%c", info.out_data_type, end);
	printf("capabilities 0x%llx%c", (unsigned long long)info.out_capabilities,
	       end);
	if (info.out_data_type != HW_INFO_ARM_SMMUV3)
		return 0;
	if (info.data_len < sizeof(smmu))
		return complain("its registers are cut short", d->name);
	printf("flags 0x%x%c", smmu.flags, end);
	for (int i = 0; i < 6; i++)
		printf("idr%d 0x%x%c", i, smmu.idr[i], end);
	printf("iidr 0x%x%caidr 0x%x%c", smmu.iidr, end, smmu.aidr, end);
	return 0;
}

/* The calls that are no scripts. */

static int complained(void)
{
	fprintf(stderr, "iommufd: %s\n", complaint);
	return TROUBLE;
}

static int cmd_info(const char *name)
{
	struct device *d;
	int ret;

	ret = iommufd_open();
	if (ret)
		return ret;
	d = device_of(name);
	return d && !device_info(d, '\n') ? 0 : complained();
}

/* A space with these devices; NULL after a message. */
static struct space *space_with(char **names, int count)
{
	struct space *s;

	if (iommufd_open())
		return NULL;
	s = space_of("it");
	for (int i = 0; s && i < count; i++) {
		struct device *d = device_of(names[i]);

		if (d && !device_attach(d, s))
			continue;
		if (d)
			complain_errno("VFIO_DEVICE_ATTACH_IOMMUFD_PT", names[i]);
		s = NULL;
	}
	if (!s)
		complained();
	return s;
}

static int cmd_ranges(char **names, int count)
{
	struct space *s = space_with(names, count);

	if (!s)
		return TROUBLE;
	return space_ranges(s, "0x%016llx 0x%016llx\n") ? complained() : 0;
}

static int cmd_map(char **args)
{
	struct space *s = space_with(args, 1);
	int ret;

	if (!s)
		return TROUBLE;
	ret = space_map(s, args[1], args[2]);
	if (ret == TROUBLE)
		return complained();
	printf("%s\n", ret ? strerrorname_np(errno) : "ok");
	return ret;
}

/* Scripts: each command prints its answer, but for what ends in a complaint. */

static int answer(int ret)
{
	if (ret != TROUBLE)
		printf("%s\n", ret ? strerrorname_np(errno) : "ok");
	return ret;
}

static int script_detach(const struct device *d)
{
	struct vfio_device_detach_iommufd_pt detach = { .argsz = sizeof(detach) };

	return ioctl(d->fd, VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach) ? 1 : 0;
}

static int script_nomsi(struct device *d)
{
	if (d->event < 0)
		return complain("has no MSI", d->name);
	if (msi_disable(d->fd))
		return 1;
	close(d->event);
	d->event = -1;
	return 0;
}

static int script_close(struct device *d)
{
	if (d->event >= 0)
		close(d->event);
	close(d->fd);
	*d->name = '\0';
	return 0;
}

static int script_msi(struct device *d)
{
	if (d->event < 0) {
		d->event = eventfd(0, EFD_CLOEXEC);
		if (d->event < 0)
			return complain_errno("eventfd", d->name);
		if (device_enable(d->fd) || msi_enable(d->fd, d->event)) {
			int error = errno;

			close(d->event);
			d->event = -1;
			errno = error;
			return answer(1);
		}
	}
	return msi_raise(d->fd, d->event) ?
	       complain("its MSI cannot be raised", d->name) : 0;
}

static int script_device(char **word, int words)
{
	struct device *d;

	d = !strcmp(word[0], "info") || !strcmp(word[0], "msi") ?
	    device_of(word[1]) : device_find(word[1]);
	if (!d)
		return *complaint ? TROUBLE : complain("is not open", word[1]);
	if (words != 2)
		return complain("is no command", word[0]);
	if (!strcmp(word[0], "detach"))
		return answer(script_detach(d));
	if (!strcmp(word[0], "close"))
		return answer(script_close(d));
	if (!strcmp(word[0], "nomsi"))
		return answer(script_nomsi(d));
	if (!strcmp(word[0], "msi"))
		return script_msi(d);
	if (device_info(d, ' '))
		return TROUBLE;
	printf("\n");
	return 0;
}

static int script_space(char **word, int words)
{
	struct space *s = space_of(word[1]);
	struct device *d;

	if (!s)
		return TROUBLE;
	if (words == 2 && !strcmp(word[0], "ranges")) {
		if (space_ranges(s, "0x%llx-0x%llx "))
			return TROUBLE;
		printf("\n");
		return 0;
	}
	if (words == 3 && !strcmp(word[0], "attach")) {
		d = device_of(word[2]);
		return d ? answer(device_attach(d, s)) : TROUBLE;
	}
	if (words == 4 && !strcmp(word[0], "map"))
		return answer(space_map(s, word[2], word[3]));
	if (words == 4 && !strcmp(word[0], "unmap"))
		return answer(space_unmap(s, word[2], word[3]));
	return complain("is no command", word[0]);
}

static int script_do(char *line)
{
	static const char * const of_device[] = {
		"detach", "close", "msi", "nomsi", "info",
	};
	char *word[5] = { NULL };
	char *save;
	int words = 0;

	*complaint = '\0';
	for (char *w = strtok_r(line, " \n", &save); w;
	     w = strtok_r(NULL, " \n", &save)) {
		if (words == 4 || strlen(w) >= NAME_MAX_LEN)
			return complain("is too long a command",
					words ? word[0] : w);
		word[words++] = w;
	}
	if (words < 2)
		return complain("is no command", words ? word[0] : "");
	for (size_t i = 0; i < sizeof(of_device) / sizeof(*of_device); i++)
		if (!strcmp(word[0], of_device[i]))
			return script_device(word, words);
	return script_space(word, words);
}

static int cmd_script(void)
{
	char line[256];

	if (iommufd_open())
		return TROUBLE;
	/* A failure is in the answer; the script decides what it means. */
	while (fgets(line, sizeof(line), stdin)) {
		if (script_do(line) == TROUBLE)
			printf("error: %s\n", complaint);
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "info"))
		return cmd_info(argv[2]);
	if (argc >= 3 && !strcmp(argv[1], "ranges"))
		return cmd_ranges(argv + 2, argc - 2);
	if (argc == 5 && !strcmp(argv[1], "map"))
		return cmd_map(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "script"))
		return cmd_script();
	fprintf(stderr, "usage: iommufd info DEVICE\n"
		"       iommufd ranges DEVICE...\n"
		"       iommufd map DEVICE IOVA SIZE\n"
		"       iommufd script\n");
	return TROUBLE;
}
