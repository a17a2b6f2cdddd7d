/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * agree.h - does one list of reserved regions keep what another one says?
 *
 * Host DMA reads a device's list once for each domain, and VFIO when a group is
 * attached. Here such a list is compared with the one of now. Types count: who
 * was told "reserved" has not mapped a direct region.
 *
 * A list is normal where it is sorted by type and address, and regions of one
 * type neither overlap nor touch. Needs no kernel.
 */
#ifndef IOMMU_RESV_AGREE_H
#define IOMMU_RESV_AGREE_H

#include "env.h"
#include "ranges.h"
#include "../quirks/table.h"

/**
 * struct resv_said - a region of a list that was answered
 * @start: first byte
 * @last: last byte, not below @start
 * @type: its type
 */
struct resv_said {
	u64 start;
	u64 last;
	enum quirk_type type;
};

/**
 * resv_said_normalise() - make a list normal
 * @list: the list; changed in place
 * @count: how many
 *
 * Return: how many are left.
 */
u32 resv_said_normalise(struct resv_said *list, u32 count);

/**
 * resv_said_common() - what two lists both say
 * @a: a normal list
 * @a_count: how many
 * @b: a normal list
 * @b_count: how many
 * @out: receives a normal list; room for @a_count + @b_count
 *
 * Return: how many.
 */
u32 resv_said_common(const struct resv_said *a, u32 a_count,
		     const struct resv_said *b, u32 b_count,
		     struct resv_said *out);

/**
 * resv_said_missing() - what a list wants and another one does not keep
 * @want: a normal list
 * @want_count: how many
 * @windows: software MSI windows are wanted too; not by host DMA, which takes
 *	room for them where it likes
 * @have: a normal list
 * @have_count: how many
 * @kept: addresses that nobody uses anyhow
 * @kept_count: how many
 * @out: receives what is missing, or %NULL to have it counted only
 * @room: of @out; what comes after is counted and not stored
 *
 * A reserved region is kept by a region of any type but sw-msi, and by @kept;
 * one of another type by its own type only. Both direct types are one here: both
 * are mapped.
 *
 * Return: how many.
 */
u32 resv_said_missing(const struct resv_said *want, u32 want_count,
		      bool windows, const struct resv_said *have, u32 have_count,
		      const struct resv_range *kept, u32 kept_count,
		      struct resv_said *out, u32 room);

#endif
