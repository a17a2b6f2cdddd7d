/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_resv.h - what the files of the module know of each other
 *
 *	main.c		load, parameters, unload
 *	board.c		who is this machine, which entries match
 *	facts.c		what the live machine says about a device (resolve.h)
 *	override.c	what a device's list becomes; the wrapper
 *	hook*.c		how the wrapper gets into the callback's place
 *	devices.c	which devices have an IOMMU, now and later
 *	snapshot.c	the state of one group or device, held still
 *	report.c	snapshots as text; report_json.c as JSON
 *	text.c		a growing text
 *	debugfs.c	files and directories
 *
 * Locks, outermost first:
 *	resv_tree_lock		adding and removing devices, and their files
 *				(devices.c); no reader of a file waits for it
 *	resv_hooks_lock		list of hooks (hook.c)
 *	resv_devices_lock	list of devices and groups (devices.c)
 *	group->mutex		the IOMMU core's
 *	resv_srcu		read side: everything the wrapper uses
 * The wrapper runs below group->mutex or iommufd's iova_rwsem and takes
 * resv_srcu only.
 */
#ifndef IOMMU_RESV_H
#define IOMMU_RESV_H

#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/srcu.h>
#include <linux/types.h>

#include "compat.h"
#include "resolve.h"

struct dentry;

#define RESV_NAME	"iommu-resv"
#define RESV_ABI	1

/*
 * Most ranges that one device's list can get from us. sysfs prints a whole
 * group into one page: 74 lines on 4 KiB pages, some of which are the driver's.
 */
#define RESV_MAX_RANGES	48

/**
 * enum resv_hook_way - how the wrapper gets into the callback's place
 * @RESV_HOOK_AUTO: ftrace where the kernel has it, else clone
 * @RESV_HOOK_FTRACE: redirect the driver's function
 * @RESV_HOOK_CLONE: swap the ops of each IOMMU for a changed copy
 */
enum resv_hook_way {
	RESV_HOOK_AUTO,
	RESV_HOOK_FTRACE,
	RESV_HOOK_CLONE,
};

/**
 * struct resv_rule_ref - a rule of an entry that matched
 * @rule: its index in the table
 * @entry: index of its entry in the table
 * @enforced: the policy puts it into the list
 */
struct resv_rule_ref {
	u32 rule;
	u32 entry;
	bool enforced;
};

/**
 * struct resv_match - an entry that matched
 * @entry: its index in the table
 * @key: index of the key that matched
 */
struct resv_match {
	u32 entry;
	u32 key;
};

/**
 * struct resv_state - what the module decided about this machine
 * @table: the checked table
 * @policy: module parameter "enforce"
 * @match: entries that matched
 * @matches: how many
 * @rule: their rules, in the order of @match
 * @rules: how many
 * @enforcing: at least one rule is enforced
 *
 * Immutable once published in resv_state; readers hold resv_srcu.
 */
struct resv_state {
	struct quirk_table table;
	enum resv_enforce policy;
	struct resv_match *match;
	u32 matches;
	struct resv_rule_ref *rule;
	u32 rules;
	bool enforcing;
};

/* main.c */
extern struct srcu_struct resv_srcu;
extern struct resv_state __rcu *resv_state;
extern const char *resv_off_reason;	/* NULL while the module is active */
const char *resv_policy_name(enum resv_enforce policy);
void resv_generation_bump(void);
u64 resv_generation(void);

/* table_embed.c */
extern const u8 resv_embedded_table[];
extern const size_t resv_embedded_table_size;

/* board.c */
int resv_board_match(struct resv_state *state);
void resv_board_free(struct resv_state *state);
int resv_board_for_each_token(int (*fn)(void *arg, enum quirk_key kind,
					const char *value, u32 revision),
			      void *arg);

/* facts.c */
extern const struct resv_facts resv_machine;
void resv_facts_init(void);
void resv_facts_exit(void);

/* override.c */
const struct iommu_ops *resv_dev_ops(struct device *dev);
void resv_driver_regions(struct device *dev, struct list_head *list);
void resv_device_set(const struct resv_state *state, struct device *dev,
		     const struct list_head *driver, struct resv_ranges *set);
bool resv_region_covers(enum iommu_resv_type type);
void resv_add_regions(struct list_head *list, const struct resv_ranges *set);
void resv_wrapper(struct device *dev, struct list_head *list);
bool resv_self_test(struct iommu_group *group);

/* hook.c */
int resv_hooks_start(enum resv_hook_way way);
int resv_hook_ops(const struct iommu_ops *ops, struct iommu_device *iommu);
void resv_hook_undo(const struct iommu_ops *ops);
int resv_hook_test(struct device *dev);
void resv_hooks_stop(void);
void resv_hooks_describe(void (*fn)(void *ctx, const char *way,
				    const char *driver, bool tested),
			 void *ctx);

/* devices.c */

/**
 * struct resv_group - an IOMMU group with at least one known device
 * @node: in the list of groups
 * @group: referenced
 * @id: its number in sysfs
 * @devices: known devices in it
 * @dir: its debugfs directory; %NULL before resv_devices_publish()
 */
struct resv_group {
	struct list_head node;
	struct iommu_group *group;
	int id;
	unsigned int devices;
	struct dentry *dir;
};

/**
 * struct resv_device - a device behind an IOMMU
 * @node: in the list of devices
 * @dev: referenced
 * @group: the group it is in
 * @dir: its debugfs directory; %NULL before resv_devices_publish()
 */
struct resv_device {
	struct list_head node;
	struct device *dev;
	struct resv_group *group;
	struct dentry *dir;
};

int resv_devices_start(void);
int resv_devices_hook(void);
void resv_devices_publish(void);
void resv_devices_rescan(void);
void resv_devices_refresh(void);
void resv_devices_stop(void);
struct iommu_group **resv_devices_groups(unsigned int *count);
void resv_devices_put_groups(struct iommu_group **groups, unsigned int count);

/* snapshot.c */

/**
 * struct resv_snap_region - one line of a list of reserved regions
 * @start: first byte
 * @last: last byte
 * @type: the kernel's type
 */
struct resv_snap_region {
	u64 start;
	u64 last;
	enum iommu_resv_type type;
};

/**
 * struct resv_snap_rule - what became of a rule for a device
 * @ref: the rule
 * @outcome: enforced, advised or unresolved; rules out of scope are left out
 * @ranges: its addresses as its source gives them
 * @count: how many
 */
struct resv_snap_rule {
	const struct resv_rule_ref *ref;
	enum resv_outcome outcome;
	struct resv_range *ranges;
	u32 count;
};

/**
 * struct resv_snap_device - a device as it was when the snapshot was made
 * @node: in struct resv_snapshot
 * @name: device name
 * @bus: name of its bus
 * @iommu: name of its IOMMU's device, "" if unknown
 * @driver: what the IOMMU driver says, as it says it
 * @drivers: how many
 * @regions: the device's whole list, sorted and merged as the kernel does
 * @count: how many
 * @rules: the rules that apply
 * @rule_count: how many
 * @widened: ranges of ours had to be joined over a gap
 */
struct resv_snap_device {
	struct list_head node;
	char *name;
	char *bus;
	char *iommu;
	struct resv_snap_region *driver;
	u32 drivers;
	struct resv_snap_region *regions;
	u32 count;
	struct resv_snap_rule *rules;
	u32 rule_count;
	bool widened;
};

/**
 * struct resv_snapshot - a group (or one device of it), held still
 * @id: number of the group
 * @only: take this device only; %NULL for all
 * @devices: struct resv_snap_device
 * @regions: the group's list, from the IOMMU core itself; empty with @only
 * @count: how many
 * @aperture_known: the two below mean something
 * @aperture: addresses that a domain of this group can translate
 * @state: the decisions it was made under
 */
struct resv_snapshot {
	int id;
	struct device *only;
	struct list_head devices;
	struct resv_snap_region *regions;
	u32 count;
	bool aperture_known;
	struct resv_range aperture;
	const struct resv_state *state;
};

int resv_snapshot_take(struct resv_snapshot *snap, struct iommu_group *group,
		       struct device *only);
void resv_snapshot_drop(struct resv_snapshot *snap);

/* report.c */

struct resv_text;

int resv_report_abi(struct resv_text *t, void *unused);
int resv_report_generation(struct resv_text *t, void *unused);
int resv_report_board(struct resv_text *t, void *unused);
int resv_report_quirks(struct resv_text *t, void *unused);
int resv_report_json(struct resv_text *t, void *unused);
int resv_report_device_regions(struct resv_text *t, void *rd);
int resv_report_device_usable(struct resv_text *t, void *rd);
int resv_report_group_regions(struct resv_text *t, void *rg);
int resv_report_group_usable(struct resv_text *t, void *rg);

/* debugfs.c */
void resv_debugfs_start(void);
void resv_debugfs_stop(void);
struct dentry *resv_debugfs_add_device(struct resv_device *rd);
struct dentry *resv_debugfs_add_group(struct resv_group *rg);
void resv_debugfs_remove(struct dentry *dir);

#endif
