/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h - the software MSI windows of IOMMU drivers
 *
 * What obstacles.c finds, window.c decides and report_window.c shows.
 */
#ifndef IOMMU_RESV_WINDOW_H
#define IOMMU_RESV_WINDOW_H

#include <linux/iommu.h>
#include <linux/types.h>

#include "place.h"
#include "ranges.h"

struct device;
struct resv_state;

/**
 * struct resv_window_wish - parameter "window": where the operator wants it
 * @stay: where the driver has it, whatever rules say
 * @asked: at @base
 * @base: the address
 */
struct resv_window_wish {
	bool stay;
	bool asked;
	u64 base;
};

/**
 * enum resv_obstacle_by - who says that a window must not be somewhere
 * @RESV_OBSTACLE_DRIVER: the IOMMU driver has a region there
 * @RESV_OBSTACLE_RULE: a rule says so, in force or only shown
 * @RESV_OBSTACLE_INBOUND: the host bridge does not let it through
 */
enum resv_obstacle_by {
	RESV_OBSTACLE_DRIVER,
	RESV_OBSTACLE_RULE,
	RESV_OBSTACLE_INBOUND,
};

/**
 * struct resv_obstacle - addresses where a window must not be
 * @range: the addresses
 * @by: who says so
 * @type: with RESV_OBSTACLE_DRIVER: the type of its region
 * @rule: with RESV_OBSTACLE_RULE: index in the state's rules
 * @devices: of how many devices, or below this host bridge
 * @name: the first of these devices, or the host bridge
 */
struct resv_obstacle {
	struct resv_range range;
	enum resv_obstacle_by by;
	enum iommu_resv_type type;
	u32 rule;
	u32 devices;
	char *name;
};

/**
 * enum resv_window_from - where the window in force comes from
 * @RESV_WINDOW_DRIVER: it is the driver's own
 * @RESV_WINDOW_RULE: a rule has it placed
 * @RESV_WINDOW_OPERATOR: the operator wants it there
 * @RESV_WINDOW_BEFORE: a former state had it there, and it must not be moved now
 */
enum resv_window_from {
	RESV_WINDOW_DRIVER,
	RESV_WINDOW_RULE,
	RESV_WINDOW_OPERATOR,
	RESV_WINDOW_BEFORE,
};

/**
 * struct resv_window - the software MSI window of an IOMMU driver's devices
 * @ops: the driver's original operations
 * @iommu: name of one of its IOMMUs
 * @own: the driver's own window; last below start where it has none, then
 *	nothing of the rest means anything
 * @pages: in how many host pages there are doorbells
 * @incomplete: why there may be more; %NULL where these are all
 * @minimum: bytes that rules want at least
 * @size: bytes that it has to have
 * @wanted: a rule wants it placed, if only to show where
 * @enforced: one of these rules is in force
 * @stay: why it is not moved, whatever rules say
 * @nested: with RESV_STAY_NESTED: the device whose translation is nested
 * @wish: what is wrong with the operator's address, where there is one
 * @error: of the placement: 0, -ENOSPC where nothing fits, -E2BIG where there
 *	are too many obstacles, or -ENODEV where nobody wanted one
 * @placement: where rules have it
 * @from: where the one in force comes from
 * @used: the one in force is ours: lists have it in place of the driver's
 * @now: the one in force
 * @said: what the operator should know of it, as a sentence; %NULL for nothing
 * @aperture_known: @aperture was seen; else an IOMMU's least is assumed
 * @aperture: what all IOMMUs of the driver can map
 * @limit: the last address that all devices can write MSIs to
 * @narrow: a device that cannot write MSIs above 4 GiB; %NULL where all can
 * @narrow_known: it says so; else it does not say
 * @inbound_unread: some host bridge does not say what it lets through
 * @obstacle: where the window must not be, in rising order
 * @obstacles: how many
 * @too_many: there were more, and nothing is decided by them
 */
struct resv_window {
	const struct iommu_ops *ops;
	char iommu[32];
	struct resv_range own;
	u32 pages;
	const char *incomplete;
	u64 minimum;
	u64 size;
	bool wanted;
	bool enforced;
	enum resv_stay stay;
	char *nested;
	enum resv_wish wish;
	int error;
	struct resv_placement placement;
	enum resv_window_from from;
	bool used;
	struct resv_range now;
	char *said;
	bool aperture_known;
	struct resv_range aperture;
	u64 limit;
	char *narrow;
	bool narrow_known;
	bool inbound_unread;
	struct resv_obstacle *obstacle;
	u32 obstacles;
	bool too_many;
};

/* pages.c */
const char *resv_doorbell_count(u32 *pages);

/* obstacles.c */
int resv_windows_survey(struct resv_state *state);
void resv_obstacles_free(struct resv_window *w);
void resv_obstacles_set(const struct resv_window *w, struct resv_ranges *set,
			struct resv_range *storage, bool inbound_only);
const struct resv_obstacle *resv_window_hit(const struct resv_window *w,
					    const struct resv_range *range);
bool resv_window_is_narrow(struct device *dev);

/* window.c */
int resv_windows_place(struct resv_state *state);
void resv_windows_free(struct resv_state *state);
int resv_window_of(const struct resv_state *state, struct device *dev,
		   struct resv_range *window);
const struct resv_window *resv_window_find(const struct resv_state *state,
					   const struct iommu_ops *ops);
const struct resv_window *resv_window_dev(const struct resv_state *state,
					  struct device *dev);
bool resv_window_yields(const struct resv_state *state, struct device *dev,
			const u8 *rule);
bool resv_window_unruled(const struct resv_state *state, struct device *dev,
			 struct resv_range *window);
void resv_windows_newcomer(struct device *dev);
const char *resv_window_whence(const struct resv_window *w);

static inline bool resv_window_exists(const struct resv_window *w)
{
	return w->own.start <= w->own.last;
}

/* The one in force ends before the last doorbell that may have to be mapped. */
static inline bool resv_window_is_short(const struct resv_window *w)
{
	return w->now.last - w->now.start < w->size - 1;
}

#endif
