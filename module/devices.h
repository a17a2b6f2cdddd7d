/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * devices.h - what the files about devices and groups share: devices.c, buses.c,
 * groups.c, held.c, report_agree.c
 */
#ifndef IOMMU_RESV_DEVICES_H
#define IOMMU_RESV_DEVICES_H

#include "agree.h"
#include "iommu_resv.h"

/**
 * struct resv_answer - what a device or a group was answered
 * @count: how many regions
 * @said: the regions, a normal list (agree.h)
 */
struct resv_answer {
	u32 count;
	struct resv_said said[];
};

/* devices.c */
extern struct mutex resv_devices_lock;
extern struct list_head resv_devices;	/* both locks to change, one to read */
extern struct list_head resv_groups;	/* likewise */

bool resv_group_in_use(const struct resv_group *rg);
void resv_devices_event(unsigned long event, struct device *dev);

/* buses.c */
int resv_buses_start(void);
int resv_buses_watch(struct device **all, size_t count);
void resv_buses_stop(void);

/* groups.c */

/**
 * struct resv_use - who has been answered what in a group
 * @device: the first device that keeps it in use; %NULL where none does
 * @driver: its driver
 * @frozen: what froze it: RESV_CHANGE_*, or 0
 * @covered: questions about its devices reach the wrapper, or need not
 * @claimed: what the group's list was when it came into use, or %NULL
 * @host: what host DMA has read for certain, or %NULL
 * @domain: host DMA's domain; compared, never followed. %NULL where none was seen
 */
struct resv_use {
	char *device;
	char *driver;
	enum resv_change frozen;
	bool covered;
	struct resv_answer *claimed;
	struct resv_answer *host;
	const void *domain;
};

struct resv_answer *resv_answer_either(struct resv_answer *a,
				       const struct resv_answer *b);
struct resv_answer *resv_answer_of_plan(const struct resv_device_plan *dp,
					bool driver);
void resv_group_look(struct resv_group *rg, bool unsure);
void resv_group_claim(struct resv_group *rg);
void resv_group_hold(struct resv_group *rg, struct device *dev);
void resv_group_switch(struct resv_group *rg);
void resv_group_freeze(struct resv_group *rg, enum resv_change why);
bool resv_group_release(struct resv_group *rg);
void resv_group_forget(struct resv_group *rg);
void resv_groups_refresh(void);
int resv_use_get(struct iommu_group *group, struct resv_use *use);
void resv_use_put(struct resv_use *use);

/* held.c */
struct resv_device_plan *
resv_held_replay(const struct resv_state *state, struct device *dev,
		 const struct list_head *driver,
		 resv_seen_fn seen,
		 void *ctx);
void resv_held_make(const struct resv_state *state, struct device *dev);
bool resv_held_drop(const struct device *dev);
bool resv_held_differs(const struct resv_state *state, struct device *dev,
		       const struct list_head *driver);

#endif
