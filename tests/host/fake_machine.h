/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_machine.h - a machine that exists in a test's description only
 *
 * Nothing here reads hardware or the kernel. A test describes a machine, its
 * identity, host bridges and devices, and the quirk table's reader and the
 * resolver ask it through the same callbacks as they ask the kernel.
 */
#ifndef IOMMU_RESV_TEST_FAKE_MACHINE_H
#define IOMMU_RESV_TEST_FAKE_MACHINE_H

#include "../../module/resolve.h"

#define FAKE_MAX 12

/**
 * struct fake_token - one identity token
 * @kind: 0 ends a list
 * @value: as in the table
 * @revision: of an ACPI table
 */
struct fake_token {
	enum quirk_key kind;
	const char *value;
	u32 revision;
};

/**
 * struct fake_reg - one reg range of a node
 * @name: its reg-names string
 * @range: its addresses
 */
struct fake_reg {
	const char *name;
	struct resv_range range;
};

/**
 * struct fake_host - a PCI host bridge; lists end at the first empty member
 * @segment: PCI segment
 * @path: device tree path, NULL where there is no tree
 * @compatibles: of its node
 * @properties: of its node
 * @regs: of its node
 * @windows: memory windows, as bus addresses
 * @inbound: inbound windows
 */
struct fake_host {
	int segment;
	const char *path;
	const char *compatibles[FAKE_MAX];
	const char *properties[FAKE_MAX];
	struct fake_reg regs[FAKE_MAX];
	struct resv_range windows[FAKE_MAX];
	struct resv_range inbound[FAKE_MAX];
};

/**
 * struct fake_device - a machine, seen from one of its devices
 * @is_acpi: booted with ACPI
 * @kernel: behaviours of its kernel
 * @host: above the device; NULL where it is not a PCI device
 * @path: the device's own path
 * @its: bases of the ITSs that its MSIs reach
 * @its_error: what asking for them gives instead
 * @tokens: the machine's identity
 */
struct fake_device {
	bool is_acpi;
	const char *kernel[FAKE_MAX];
	const struct fake_host *host;
	const char *path;
	u64 its[FAKE_MAX];
	int its_error;
	struct fake_token tokens[FAKE_MAX];
};

static inline bool fake_list_has(const char *const *list, const char *value)
{
	unsigned int i;

	for (i = 0; i < FAKE_MAX && list[i]; i++)
		if (!strcmp(list[i], value))
			return true;
	return false;
}

static inline bool fake_is_acpi(void *dev)
{
	return ((struct fake_device *)dev)->is_acpi;
}

static inline bool fake_kernel_has(void *dev, const char *name)
{
	return fake_list_has(((struct fake_device *)dev)->kernel, name);
}

static inline int fake_segment(void *dev)
{
	const struct fake_device *d = dev;

	return d->host ? d->host->segment : -ENODEV;
}

static inline bool fake_host_compatible(void *dev, const char *compatible)
{
	const struct fake_device *d = dev;

	return d->host && fake_list_has(d->host->compatibles, compatible);
}

static inline bool fake_host_path_is(void *dev, const char *path)
{
	const struct fake_device *d = dev;

	return d->host && d->host->path && !strcmp(d->host->path, path);
}

static inline bool fake_host_has_property(void *dev, const char *name)
{
	const struct fake_device *d = dev;

	return d->host && fake_list_has(d->host->properties, name);
}

static inline bool fake_device_path_is(void *dev, const char *path)
{
	const struct fake_device *d = dev;

	return d->path && !strcmp(d->path, path);
}

static inline int fake_host_reg(void *dev, const char *name, u32 index,
				struct resv_range *range)
{
	const struct fake_device *d = dev;
	u32 i;

	if (!d->host)
		return -ENODEV;
	for (i = 0; i < FAKE_MAX && d->host->regs[i].name; i++) {
		if (*name ? strcmp(d->host->regs[i].name, name) : i != index)
			continue;
		*range = d->host->regs[i].range;
		return 0;
	}
	return -ENOENT;
}

static inline int fake_each_range(const struct resv_range *list,
				  int (*fn)(void *ctx, u64 start, u64 last),
				  void *ctx)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < FAKE_MAX && (list[i].start || list[i].last);
	     i++)
		ret = fn(ctx, list[i].start, list[i].last);
	return ret;
}

static inline int fake_host_windows(void *dev,
				    int (*fn)(void *ctx, u64 start, u64 last),
				    void *ctx)
{
	const struct fake_device *d = dev;

	return d->host ? fake_each_range(d->host->windows, fn, ctx) : -ENODEV;
}

static inline int fake_inbound(void *dev,
			       int (*fn)(void *ctx, u64 start, u64 last),
			       void *ctx)
{
	const struct fake_device *d = dev;

	return d->host ? fake_each_range(d->host->inbound, fn, ctx) : -ENODEV;
}

static inline int fake_its_bases(void *dev,
				 int (*fn)(void *ctx, u64 start, u64 last),
				 void *ctx)
{
	const struct fake_device *d = dev;
	unsigned int i;
	int ret;

	if (d->its_error)
		return d->its_error;
	if (!d->its[0])
		return -ENODEV;
	for (i = 0; i < FAKE_MAX && d->its[i]; i++) {
		ret = fn(ctx, d->its[i], d->its[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static const struct resv_facts fake_facts = {
	.is_acpi = fake_is_acpi,
	.kernel_has = fake_kernel_has,
	.segment = fake_segment,
	.host_compatible = fake_host_compatible,
	.host_path_is = fake_host_path_is,
	.host_has_property = fake_host_has_property,
	.device_path_is = fake_device_path_is,
	.host_reg = fake_host_reg,
	.host_windows = fake_host_windows,
	.inbound = fake_inbound,
	.its_bases = fake_its_bases,
};

static inline int fake_for_each_token(void *ctx,
				      int (*fn)(void *arg, enum quirk_key kind,
						const char *value, u32 revision),
				      void *arg)
{
	const struct fake_device *d = ctx;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < FAKE_MAX && d->tokens[i].kind; i++)
		ret = fn(arg, d->tokens[i].kind, d->tokens[i].value,
			 d->tokens[i].revision);
	return ret;
}

static inline bool fake_has(void *ctx, enum quirk_key kind, const char *value,
			    u32 rev_min, u32 rev_max)
{
	const struct fake_device *d = ctx;
	unsigned int i;

	for (i = 0; i < FAKE_MAX && d->tokens[i].kind; i++)
		if (d->tokens[i].kind == kind &&
		    !strcmp(d->tokens[i].value, value) &&
		    (kind != QUIRK_KEY_ACPI ||
		     (d->tokens[i].revision >= rev_min &&
		      d->tokens[i].revision <= rev_max)))
			return true;
	return false;
}

/**
 * struct fake_matches - what quirk_table_match() found
 * @count: entries
 * @entry: their indices
 * @key: the keys that matched
 */
struct fake_matches {
	u32 count;
	u32 entry[FAKE_MAX];
	u32 key[FAKE_MAX];
};

static inline int fake_note_match(void *arg, u32 entry, u32 key)
{
	struct fake_matches *m = arg;

	if (m->count == FAKE_MAX)
		return -ENOSPC;
	m->entry[m->count] = entry;
	m->key[m->count++] = key;
	return 0;
}

static inline struct fake_matches fake_match(const struct quirk_table *t,
					     const struct fake_device *d)
{
	const struct quirk_identity identity = {
		.for_each_token = fake_for_each_token,
		.has = fake_has,
		.ctx = (void *)d,
	};
	struct fake_matches m = { 0 };
	u8 *seen = calloc(1, (t->count[QUIRK_SEC_ENTRIES] + 7) / 8 + 1);

	assert_non_null(seen);
	assert_int_equal(quirk_table_match(t, &identity, fake_note_match, &m,
					   seen), 0);
	free(seen);
	return m;
}

#endif
