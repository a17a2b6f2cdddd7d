// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_cpio.c - iommu-resv iort cpio
 *
 * An archive that Linux takes ACPI tables from at boot, in place of firmware's or
 * beside them: uncompressed cpio in front of the initramfs, each table a file
 * kernel/firmware/acpi/NAME (Linux, Documentation/admin-guide/acpi/
 * initrd_table_override.rst and drivers/acpi/tables.c acpi_table_upgrade()). The
 * kernel leaves a bad table out with a line in its log, at a time when nobody
 * looks; so here nothing is written unless it will take all of them. The same
 * files give the same bytes.
 */
#include "cmd.h"
#include "problem.h"
#include "write.h"

#include "../acpi/iort.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define WHERE "kernel/firmware/acpi"

/* drivers/acpi/tables.c NR_ACPI_INITRD_TABLES */
#define TABLES_MAX 64
/* include/linux/earlycpio.h MAX_CPIO_FILE_NAME, with the NUL */
#define NAME_SIZE_MAX 18
/* Sum of the lengths, an int in drivers/acpi/tables.c. */
#define TOTAL_MAX INT32_MAX

/*
 * drivers/acpi/tables.c table_sigs: those of Linux 6.1, then those that came
 * with 6.12 (NBFT) and after. DSDT and FADT are named by what the tables say.
 */
static const char signatures[][5] = {
	"BERT", "BGRT", "CPEP", "ECDT", "EINJ", "ERST", "HEST", "APIC", "MSCT",
	"SBST", "SLIT", "SRAT", "ASF!", "BOOT", "DBGP", "DMAR", "HPET", "IBFT",
	"IVRS", "MCFG", "MCHI", "SLIC", "SPCR", "SPMI", "TCPA", "UEFI", "WAET",
	"WDAT", "WDDT", "WDRT", "DSDT", "FACP", "PSDT", "RSDT", "XSDT", "SSDT",
	"IORT", "NFIT", "HMAT", "PPTT", "NHLT", "AEST", "CEDT", "AGDI",
	"NBFT", "SWFT", "MPAM",
};

struct cpio_file {
	const char *path;
	const char *name;
	char *data;
	size_t size;
};

static const struct sdt_header *header(const struct cpio_file *file)
{
	return (const struct sdt_header *)file->data;
}

/* Is there one table of this kind at most? */
static bool is_single(const struct cpio_file *file)
{
	return memcmp(file->data, "SSDT", 4) && memcmp(file->data, "PSDT", 4);
}

static int check_table(const struct cpio_file *file)
{
	struct acpi_fault f;
	char signature[5] = "";
	u32 length;
	size_t i;

	if (strlen(file->name) >= NAME_SIZE_MAX) {
		problem("%s: a name of more than %d characters: the kernel complains of it",
			file->path, NAME_SIZE_MAX - 1);
		return -1;
	}
	if (file->size < sizeof(struct sdt_header)) {
		problem("%s: fewer bytes than a table header: this is no ACPI table",
			file->path);
		return -1;
	}
	memcpy(signature, file->data, 4);
	for (i = 0; i < ARRAY_SIZE(signatures); i++)
		if (!strcmp(signatures[i], signature))
			break;
	if (i == ARRAY_SIZE(signatures)) {
		problem("%s: signature: the kernel takes no such table",
			file->path);
		return -1;
	}
	if (sdt_check((u8 *)file->data, file->size, signature,
		      sizeof(struct sdt_header), U32_MAX, &length, &f)) {
		problem("%s: offset 0x%x: %s", file->path, f.offset, f.what);
		return -1;
	}
	if (length != file->size) {
		problem("%s: offset 0x%x: the table has %u bytes, the file %zu: the kernel takes it only if they are the same",
			file->path,
			(u32)offsetof(struct sdt_header, length), length,
			file->size);
		return -1;
	}
	if (!strcmp(signature, "IORT") &&
	    iort_check(file->data, file->size, &f)) {
		problem("%s: offset 0x%x: %s: see iommu-resv iort check",
			file->path, f.offset, f.what);
		return -1;
	}
	return 0;
}

/* The kernel takes the first of two tables that replace the same one. */
static int check_pair(const struct cpio_file *a, const struct cpio_file *b)
{
	const struct sdt_header *x = header(a), *y = header(b);

	if (!strcmp(a->name, b->name)) {
		problem("%s: has the name of %s: both would be %s/%s", b->path,
			a->path, WHERE, a->name);
		return -1;
	}
	if (memcmp(x->signature, y->signature, 4))
		return 0;
	if (!is_single(a) && memcmp(x->oem_id, y->oem_id,
				    sizeof(x->oem_id) + sizeof(x->oem_table_id)))
		return 0;
	problem("%s: is another %.4s%s: %s is one already", b->path,
		(const char *)x->signature,
		is_single(a) ? "" : " of the same OEM ids", a->path);
	return -1;
}

static int check_all(const struct cpio_file *file, size_t files)
{
	u64 total = 0;
	size_t i, j;

	if (files > TABLES_MAX) {
		problem("iort cpio: %zu tables: the kernel takes no more than %d",
			files, TABLES_MAX);
		return -1;
	}
	for (i = 0; i < files; i++) {
		if (check_table(&file[i]))
			return -1;
		total += file[i].size;
		for (j = 0; j < i; j++)
			if (check_pair(&file[j], &file[i]))
				return -1;
	}
	if (total > TOTAL_MAX) {
		problem("iort cpio: %llu bytes of tables: the kernel counts no more than %d",
			(unsigned long long)total, TOTAL_MAX);
		return -1;
	}
	return 0;
}

static void pad(FILE *f, u64 *at, u32 to)
{
	while (*at % to) {
		putc(0, f);
		(*at)++;
	}
}

/* One member in the "newc" format (Linux, early-userspace/buffer-format.rst). */
static void put_member(FILE *f, u64 *at, u32 inode, const char *dir,
		       const char *name, u32 mode, const char *data,
		       size_t size)
{
	char path[sizeof(WHERE) + NAME_SIZE_MAX + 1];
	int length = snprintf(path, sizeof(path), "%s%s%s", dir,
			      *dir ? "/" : "", name);

	/* magic, inode, mode, uid, gid, links, mtime, size, device and special
	 * device as major and minor, length of the name, checksum
	 */
	*at += (u64)fprintf(f, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
			    inode, mode, 0, 0, S_ISDIR(mode) ? 2 : 1, 0,
			    (u32)size, 0, 0, 0, 0, length + 1, 0);
	*at += fwrite(path, 1, (size_t)length + 1, f);
	pad(f, at, 4);
	*at += fwrite(data, 1, size, f);
	pad(f, at, 4);
}

static int write_archive(const char *out, const struct cpio_file *file,
			 size_t files)
{
	struct output o;
	u32 inode = 1;
	u64 at = 0;
	size_t i;

	if (output_open(&o, out))
		return -1;
	put_member(o.file, &at, inode++, "", "kernel", S_IFDIR | 0755, "", 0);
	put_member(o.file, &at, inode++, "", "kernel/firmware", S_IFDIR | 0755,
		   "", 0);
	put_member(o.file, &at, inode++, "", WHERE, S_IFDIR | 0755, "", 0);
	for (i = 0; i < files; i++)
		put_member(o.file, &at, inode++, WHERE, file[i].name,
			   S_IFREG | 0644, file[i].data, file[i].size);
	put_member(o.file, &at, 0, "", "TRAILER!!!", 0, "", 0);
	/* As cpio does; what follows it begins on a boundary. */
	pad(o.file, &at, 512);
	return output_close(&o);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct cpio_file *)a)->name,
		      ((const struct cpio_file *)b)->name);
}

int cmd_iort_cpio(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	struct cpio_file *file = NULL;
	const char *out = NULL;
	size_t files = 0;
	int option;
	int ret = 0;
	size_t i;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option != 'o')
			return EXIT_TROUBLE;
		out = optarg;
	}
	if (!out || optind == argc) {
		problem("iort cpio: say where to write with --output OUT, and which tables");
		return EXIT_TROUBLE;
	}
	file = xrealloc(NULL, (size_t)(argc - optind) * sizeof(*file));
	for (; optind < argc && !ret; optind++) {
		struct cpio_file *next = &file[files];
		char *slash;

		*next = (struct cpio_file){ .path = argv[optind] };
		slash = strrchr(argv[optind], '/');
		next->name = slash ? slash + 1 : argv[optind];
		ret = read_file(next->path, &next->data, &next->size);
		files += !ret;
	}
	/* In the same order however they were named. */
	qsort(file, files, sizeof(*file), by_name);
	if (ret)
		ret = EXIT_TROUBLE;
	else if (check_all(file, files))
		ret = EXIT_FINDINGS;
	else if (write_archive(out, file, files))
		ret = EXIT_TROUBLE;
	for (i = 0; i < files; i++)
		free(file[i].data);
	free(file);
	return ret;
}
