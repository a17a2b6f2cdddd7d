/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dt_overlay.h - device tree overlays that tell Linux of reserved regions
 *
 * What Linux reads is in dt_linux.h. An overlay belongs to the base that it was
 * made from: it has phandles of that base as numbers.
 */
#ifndef IOMMU_RESV_DT_OVERLAY_H
#define IOMMU_RESV_DT_OVERLAY_H

#include "dt_linux.h"

/* arm64's MAX_FDT_SIZE (arch/arm64/include/asm/boot.h). */
#define DT_SIZE_MAX	0x200000

/**
 * struct dt_wanted - a device and what is to be said of it
 * @name: what messages call it
 * @place: where it is
 * @regions: what Linux is to read besides what the base says
 * @count: how many
 */
struct dt_wanted {
	const char *name;
	struct dt_place place;
	struct dt_region *regions;
	u32 count;
};

/**
 * struct dt_built - an overlay
 * @blob: the overlay; NULL where there is nothing to say, or the base says it
 * @size: its bytes
 * @regions: regions that it adds, over all devices
 * @nodes: nodes of PCI devices and bridges that it adds
 * @already: wanted regions that the base has
 * @left: wanted regions that it has not, because they cannot be said
 */
struct dt_built {
	void *blob;
	size_t size;
	u32 regions;
	u32 nodes;
	u32 already;
	u32 left;
};

/**
 * enum dt_say - how much a message matters
 * @DT_FINDING: a region is left out, or applying the overlay may do harm
 * @DT_NOTE: as it has to be, and good to know
 */
enum dt_say {
	DT_FINDING,
	DT_NOTE,
};

/* Told of all that a person has to know of an overlay. */
typedef void (*dt_say_fn)(void *ctx, enum dt_say what, const char *device,
			  const char *text);

/**
 * dt_overlay_build() - make the overlay for some devices
 * @base: a blob that dt_base_check() has found good
 * @wanted: the devices; no two of them the same
 * @count: how many
 * @say: told of what cannot be said in a device tree, and of side effects; the
 *	texts are good until it returns
 * @ctx: handed to @say
 * @built: filled in on success; @built->blob is to be freed
 *
 * The overlay has been applied to a copy of the base, and what Linux reads
 * there is what the base had and what was wanted.
 *
 * Return: 0, or -1 after a problem().
 */
int dt_overlay_build(const void *base, const struct dt_wanted *wanted,
		     u32 count, dt_say_fn say, void *ctx,
		     struct dt_built *built);

#endif
