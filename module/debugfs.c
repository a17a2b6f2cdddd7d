// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs.c - files and directories below /sys/kernel/debug/iommu-resv
 *
 * What a file holds, text or bytes, is built whole when it is opened, so that a
 * reader never sees half of a change, however small its reads are. Files have no
 * ioctl and no mmap and are 0400, which keeps them readable under lockdown;
 * directories are for root only.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "iommu_resv.h"
#include "text.h"

static struct dentry *resv_root;
static struct dentry *resv_dir_devices;
static struct dentry *resv_dir_groups;
static struct dentry *resv_dir_iommus;

static int resv_file_open(struct inode *inode, struct file *file,
			  int (*build)(struct resv_text *t, void *object))
{
	struct resv_text *text;
	int ret;

	text = kzalloc(sizeof(*text), GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	ret = build(text, inode->i_private);
	if (!ret && text->failed)
		ret = -ENOMEM;
	if (ret) {
		kvfree(text->p);
		kfree(text);
		return ret;
	}
	file->private_data = text;
	return 0;
}

static ssize_t resv_file_read(struct file *file, char __user *buf,
			      size_t count, loff_t *pos)
{
	struct resv_text *text = file->private_data;

	return simple_read_from_buffer(buf, count, pos, text->p, text->len);
}

static loff_t resv_file_llseek(struct file *file, loff_t offset, int whence)
{
	struct resv_text *text = file->private_data;

	return fixed_size_llseek(file, offset, whence, text->len);
}

static int resv_file_release(struct inode *inode, struct file *file)
{
	struct resv_text *text = file->private_data;

	kvfree(text->p);
	kfree(text);
	return 0;
}

#define RESV_FILE(name)							\
static int name##_open(struct inode *inode, struct file *file)		\
{									\
	return resv_file_open(inode, file, resv_report_##name);		\
}									\
static const struct file_operations name##_fops = {			\
	.owner = THIS_MODULE,						\
	.open = name##_open,						\
	.read = resv_file_read,						\
	.llseek = resv_file_llseek,					\
	.release = resv_file_release,					\
}

RESV_FILE(abi);
RESV_FILE(generation);
RESV_FILE(board);
RESV_FILE(quirks);
RESV_FILE(json);
RESV_FILE(iort);
RESV_FILE(table);
RESV_FILE(device_regions);
RESV_FILE(device_usable);
RESV_FILE(device_msi);
RESV_FILE(device_bars);
RESV_FILE(group_regions);
RESV_FILE(group_usable);
RESV_FILE(group_state);
RESV_FILE(group_iort);
RESV_FILE(iommu_info);

static struct dentry *resv_mkdir(const char *name, struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(name, parent);

	if (!IS_ERR(dir)) {
		struct inode *inode = d_inode(dir);

		inode_lock(inode);
		inode->i_mode = S_IFDIR | 0700;
		inode_unlock(inode);
	}
	return dir;
}

/**
 * resv_debugfs_add_device() - make a device's directory
 * @rd: the device; outlives the directory
 *
 * Device names are unique on a bus only: a second device of a name gets
 * "BUS:NAME".
 *
 * Return: the directory, or an ERR_PTR() that resv_debugfs_remove() takes; that
 * a debug file could not be made is no reason to fail.
 */
struct dentry *resv_debugfs_add_device(struct resv_device *rd)
{
	struct dentry *dir;
	char *name;

	if (IS_ERR_OR_NULL(resv_dir_devices))
		return NULL;
	dir = resv_mkdir(dev_name(rd->dev), resv_dir_devices);
	if (IS_ERR(dir) && PTR_ERR(dir) == -EEXIST) {
		name = kasprintf(GFP_KERNEL, "%s:%s", rd->dev->bus->name,
				 dev_name(rd->dev));
		if (!name)
			return NULL;
		dir = resv_mkdir(name, resv_dir_devices);
		kfree(name);
	}
	debugfs_create_file("regions", 0400, dir, rd, &device_regions_fops);
	debugfs_create_file("usable", 0400, dir, rd, &device_usable_fops);
	debugfs_create_file("msi", 0400, dir, rd, &device_msi_fops);
	if (dev_is_pci(rd->dev))
		debugfs_create_file("bars", 0400, dir, rd, &device_bars_fops);
	return dir;
}

/**
 * resv_debugfs_add_group() - make a group's directory
 * @rg: the group; outlives the directory
 *
 * Return: as resv_debugfs_add_device().
 */
struct dentry *resv_debugfs_add_group(struct resv_group *rg)
{
	struct dentry *dir;
	char name[16];

	if (IS_ERR_OR_NULL(resv_dir_groups))
		return NULL;
	snprintf(name, sizeof(name), "%d", rg->id);
	dir = resv_mkdir(name, resv_dir_groups);
	debugfs_create_file("regions", 0400, dir, rg, &group_regions_fops);
	debugfs_create_file("usable", 0400, dir, rg, &group_usable_fops);
	debugfs_create_file("state", 0400, dir, rg, &group_state_fops);
	if (IS_ENABLED(CONFIG_ARM64))
		debugfs_create_file("iort", 0400, dir, rg, &group_iort_fops);
	return dir;
}

/**
 * resv_debugfs_add_iommu() - make an IOMMU's directory
 * @ri: the IOMMU; outlives the directory
 * @name: its name
 *
 * Return: as resv_debugfs_add_device().
 */
struct dentry *resv_debugfs_add_iommu(struct resv_iommu *ri, const char *name)
{
	struct dentry *dir;

	if (IS_ERR_OR_NULL(resv_dir_iommus))
		return NULL;
	dir = resv_mkdir(name, resv_dir_iommus);
	debugfs_create_file("info", 0400, dir, ri, &iommu_info_fops);
	return dir;
}

/**
 * resv_debugfs_remove() - remove a directory and wait for readers of its files
 * @dir: from one of the functions above; an ERR_PTR() or %NULL is fine
 */
void resv_debugfs_remove(struct dentry *dir)
{
	debugfs_remove(dir);
}

/**
 * resv_debugfs_start() - make the top directory and its files
 *
 * Where debugfs is off, not allowed, or has that name already, the override
 * works all the same; the log says that it is not published.
 */
void resv_debugfs_start(void)
{
	resv_root = resv_mkdir(RESV_NAME, NULL);
	if (IS_ERR(resv_root)) {
		pr_warn("no debugfs directory %s (error %ld): what is in force is not published\n",
			RESV_NAME, PTR_ERR(resv_root));
		resv_root = NULL;
		return;
	}
	debugfs_create_file("abi", 0400, resv_root, NULL, &abi_fops);
	debugfs_create_file("generation", 0400, resv_root, NULL,
			    &generation_fops);
	debugfs_create_file("board", 0400, resv_root, NULL, &board_fops);
	debugfs_create_file("quirks", 0400, resv_root, NULL, &quirks_fops);
	debugfs_create_file("report.json", 0400, resv_root, NULL, &json_fops);
	debugfs_create_file("table", 0400, resv_root, NULL, &table_fops);
	/* Other architectures have no such table. */
	if (IS_ENABLED(CONFIG_ARM64))
		debugfs_create_file("iort", 0400, resv_root, NULL, &iort_fops);
	resv_dir_devices = resv_mkdir("devices", resv_root);
	resv_dir_groups = resv_mkdir("groups", resv_root);
	resv_dir_iommus = resv_mkdir("iommus", resv_root);
}

/**
 * resv_debugfs_stop() - remove everything and wait for readers
 */
void resv_debugfs_stop(void)
{
	debugfs_remove(resv_root);
	resv_root = NULL;
	resv_dir_devices = NULL;
	resv_dir_groups = NULL;
	resv_dir_iommus = NULL;
}
