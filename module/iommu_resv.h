/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_resv.h - what the files of the module know of each other
 *
 *	main.c		load and unload
 *	control.c	what user space may ask and hear: reload, generation, uevents
 *	choose.c	which table is in force: the embedded one, or the file
 *	state.c		which decisions answer for whom
 *	params.c	module parameters, and the policy that they make
 *	board.c		who is this machine, which entries match
 *	bar_rules.c	which rules are about a device's BAR
 *	facts*.c	what the live machine says about a device (resolve.h)
 *	doorbells.c	where devices were told to write their MSIs
 *	obstacles.c	where a software MSI window must not be
 *	window.c	the software MSI windows, and which of them are moved
 *	pages.c		how many doorbells a window has to hold
 *	need.c		whose MSIs need the software MSI window
 *	override.c	what a device's list becomes; the wrapper
 *	hook*.c		how the wrapper gets into the callback's place
 *	devices.c	which devices have an IOMMU, now and later;
 *			buses.c where later ones are heard of
 *	groups.c	who has been answered what in a group
 *	held.c		answers that devices of groups in use keep giving
 *	snapshot.c	the state of one group or device, held still
 *	report.c	snapshots as text; report_json*.c as JSON;
 *			report_window.c both, of the windows
 *	msi.c		which MSI controller a device has, and how its MSIs travel;
 *			consume.c what VFIO and iommufd make of that;
 *			report_msi.c both as text and JSON
 *	bars.c		which BARs VFIO lets be mapped at a page size;
 *			facts_bars.c where they are, facts_pci.c who else is
 *			there, report_bars.c as text, report_json_bars.c as JSON
 *	iommus.c	the IOMMUs, and their ID registers; smmuv3.c what these say,
 *			share.c which devices one guest SMMU can serve;
 *			report_iommu.c all as text and JSON
 *	firmware.c	what the firmware calls a device
 *	iort_host.c	the machine's IORT with what its board needs
 *	iort_group.c	a group's regions as one, for guests
 *	text.c		a growing text
 *	debugfs.c	files and directories
 *
 * Locks, outermost first:
 *	resv_reload_lock	one load or reload at a time (control.c)
 *	resv_buses_lock		buses that we hear of (buses.c)
 *	device_lock		the driver core's; held by it around bus events
 *	a bus's notifier lock	the driver core's; written below resv_buses_lock
 *				only, read around bus events
 *	resv_tree_lock		adding and removing devices, and their files
 *				(devices.c), and which decisions are shown
 *				(state.c); no reader of a file waits for it
 *	resv_hooks_lock		list of hooks (hook.c)
 *	resv_devices_lock	list of devices and groups (devices.c)
 *	resv_iommus_lock	list of IOMMUs (iommus.c); a leaf
 *	group->mutex		the IOMMU core's
 *	resv_srcu		read side: everything the wrapper uses
 * The wrapper runs below group->mutex or iommufd's iova_rwsem and takes
 * resv_srcu only. A driver that registers its IOMMU takes resv_tree_lock with
 * resv_srcu held (hook_ftrace.c): nobody may wait for readers of resv_srcu with
 * resv_tree_lock held. resv_refusal_lock (choose.c) is a leaf.
 */
#ifndef IOMMU_RESV_H
#define IOMMU_RESV_H

#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/srcu.h>
#include <linux/types.h>

#include "compat.h"
#include "place.h"
#include "plan.h"
#include "resolve.h"
#include "window.h"

struct dentry;
struct resv_iommu;
struct resv_answer;
struct resv_msi;
struct resv_text;
struct resv_view;
struct iort_table;
struct pci_dev;
struct pci_host_bridge;

#define RESV_NAME	"iommu-resv"
#define RESV_ABI	1

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
 * @mode: what the policy makes of it
 * @said: bit 0: that it weakens isolation is in the log; the one thing in a
 *	published state that changes
 */
struct resv_rule_ref {
	u32 rule;
	u32 entry;
	enum resv_mode mode;
	unsigned long said;
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
 * enum resv_need_why - why an IOMMU driver's software MSI window has to stay
 * @RESV_NEED_NOT: it does not: no device of the driver needs it
 * @RESV_NEED_TRANSLATED: the MSIs of a device are translated
 * @RESV_NEED_UNKNOWN: it cannot be told whether they are
 * @RESV_NEED_UNEVEN: a group would have a window for one of its devices only
 * @RESV_NEED_UNBOUND: a device without a driver has MSIs that are translated, and
 *	it is not known yet which IOMMU it is behind
 */
enum resv_need_why {
	RESV_NEED_NOT,
	RESV_NEED_TRANSLATED,
	RESV_NEED_UNKNOWN,
	RESV_NEED_UNEVEN,
	RESV_NEED_UNBOUND,
};

/**
 * struct resv_need - do the devices of an IOMMU driver need its window?
 * @ops: the driver's original operations
 * @why: why they do; with the name the one thing in a published state that
 *	changes, from RESV_NEED_NOT to another value
 * @device: name of the first such device
 */
struct resv_need {
	const struct iommu_ops *ops;
	enum resv_need_why why;
	char device[64];
};

/**
 * struct resv_state - what the module decided about this machine
 * @table: the checked table
 * @policy: what the operator wants
 * @match: entries that matched
 * @matches: how many
 * @rule: their rules, in the order of @match
 * @rules: how many
 * @correction: those of their rules that correct the IORT (quirks/correct.h);
 *	not among @rule, and none of @enforcing: they are about a table of the
 *	next boot, and about no device
 * @corrections: how many
 * @bar_rule: those of their rules that are about a BAR; neither among @rule nor of
 *	@enforcing: they change no list (bar_rules.c)
 * @bar_rules: how many
 * @enforcing: at least one rule may take effect, or a window is moved
 * @wish: where the operator wants windows
 * @placed: the windows have been decided
 * @window: the software MSI windows, one for each IOMMU driver with devices
 * @windows: how many
 * @need: whether the software window is needed, one for each driver; only where
 *	there are rules that depend on it
 * @needs: how many
 * @generation: the first generation that it answered with; 0 where nothing of
 *	ours is in it (the driver's own answers)
 * @firmware: the bytes of the table where they came from a file; %NULL where
 *	it is the embedded one
 * @refs: views that show it (state.c), and its maker
 *
 * Immutable once shown; readers hold resv_srcu.
 */
struct resv_state {
	struct quirk_table table;
	struct resv_policy policy;
	struct resv_match *match;
	u32 matches;
	struct resv_rule_ref *rule;
	u32 rules;
	struct resv_rule_ref *correction;
	u32 corrections;
	struct resv_rule_ref *bar_rule;
	u32 bar_rules;
	bool enforcing;
	struct resv_window_wish wish;
	bool placed;
	struct resv_window *window;
	u32 windows;
	struct resv_need *need;
	u32 needs;
	u64 generation;
	void *firmware;
	refcount_t refs;
};

/**
 * enum resv_change - why an answer may have changed
 * @RESV_CHANGE_LOAD: the module has been loaded
 * @RESV_CHANGE_RELOAD: another table is in force
 * @RESV_CHANGE_RENEW: the same table was looked at again
 * @RESV_CHANGE_ADDED: a device has come
 * @RESV_CHANGE_REMOVED: a device has gone
 * @RESV_CHANGE_CLAIMED: a group has come into use
 * @RESV_CHANGE_THAWED: a group is no longer in use
 * @RESV_CHANGE_DOORBELL: an MSI was programmed to an address not seen before
 */
enum resv_change {
	RESV_CHANGE_LOAD = 1,
	RESV_CHANGE_RELOAD,
	RESV_CHANGE_RENEW,
	RESV_CHANGE_ADDED,
	RESV_CHANGE_REMOVED,
	RESV_CHANGE_CLAIMED,
	RESV_CHANGE_THAWED,
	RESV_CHANGE_DOORBELL,
	/* private: */
	RESV_CHANGES_END
};

/**
 * enum resv_late - what a new answer means for groups that are in use
 * @RESV_LATE_REFUSE: they go on answering as before
 * @RESV_LATE_APPLY: it holds for them too
 */
enum resv_late {
	RESV_LATE_REFUSE,
	RESV_LATE_APPLY,
};

/**
 * struct resv_subject - what struct resv_facts is asked about
 * @dev: the device
 * @state: the decisions that hold for it
 */
struct resv_subject {
	struct device *dev;
	const struct resv_state *state;
};

/* main.c */
extern const char *resv_off_reason;	/* NULL while the module is active */
void resv_announce(const struct resv_state *state);

/* control.c */

/* The file that may hold a newer table, as the firmware loader knows it. */
#define RESV_TABLE_FILE	"iommu-resv/quirks.bin"

extern struct mutex resv_reload_lock;

int resv_control_start(void);
int resv_control_open(void);
void resv_control_close(void);
void resv_control_stop(void);
struct device *resv_control_device(void);
int resv_adopt(struct resv_state *state, enum resv_change why);
void resv_renew(const char *why);
void resv_generation_bump(enum resv_change why);
const char *resv_change_word(enum resv_change why);
u64 resv_generation(void);

/* choose.c */
struct resv_text;
struct resv_state *resv_state_choose(struct device *dev, bool loading);
struct resv_state *resv_state_again(void);
void put_table(struct resv_text *t, const struct resv_state *state);
void put_json_table(struct resv_text *t, const struct resv_state *state);

/* state.c */
struct resv_state *resv_state_new(void);

extern struct srcu_struct resv_srcu;

/**
 * struct resv_retired - something that readers may still use
 * @node: in the list of such
 * @free: frees it
 */
struct resv_retired {
	struct list_head node;
	void (*free)(struct resv_retired *retired);
};

void resv_retire(struct resv_retired *retired,
		 void (*free)(struct resv_retired *retired));
void resv_state_put(struct resv_state *state);
const struct resv_state *resv_state_now(void);
const struct resv_state *resv_state_of(struct device *dev);
const struct resv_state *resv_state_of_group(const struct iommu_group *group);
struct resv_view *resv_view_new(struct resv_state *state, unsigned int room);
void resv_view_pin(struct resv_view *view, const struct iommu_group *group);
void resv_view_show(struct resv_view *view);
bool resv_view_unpin(const struct iommu_group *group);
void resv_view_tidy(void);
void resv_view_wait(void);
void resv_view_stop(void);
int resv_report_table(struct resv_text *t, void *unused);

/* params.c */
enum resv_late resv_params_late(void);
bool resv_params_off(void);
enum resv_hook_way resv_params_hook(void);
struct resv_policy resv_params_policy(bool embedded);
void resv_params_warn_unknown(const struct quirk_table *t,
			      const struct resv_policy *policy);
void resv_params_for_each_unknown(const struct quirk_table *t,
				  const struct resv_policy *policy,
				  void (*fn)(void *ctx, const char *param,
					     const char *name, int len),
				  void *ctx);
const char *resv_policy_name(enum resv_enforce policy);
struct resv_window_wish resv_params_window(void);

/* table_embed.c */
extern const u8 resv_embedded_table[];
extern const size_t resv_embedded_table_size;

/* board.c */
int resv_board_match(struct resv_state *state);
void resv_board_free(struct resv_state *state);
int resv_board_for_each_token(int (*fn)(void *arg, enum quirk_key kind,
					const char *value, u32 revision),
			      void *arg);

/* Room for "vvvv:dddd", vendor and device id of a PCI function. */
#define RESV_PCI_ID_LEN	10

void resv_pci_id(char id[RESV_PCI_ID_LEN], u16 vendor, u16 device);

/* bar_rules.c */

/**
 * struct resv_bar_rule - a rule that is about a BAR
 * @ref: the rule
 * @verdict: what became of it: enforced, advised or disabled
 * @says: one of QUIRK_SOURCE_BARS(); quirk_bar_word() has the word
 * @offset: with QUIRK_SOURCE_BAR_OFFSET: from the start of a page, below the page
 *	size that was asked about; else 0
 */
struct resv_bar_rule {
	const struct resv_rule_ref *ref;
	struct resv_verdict verdict;
	enum quirk_source says;
	u64 offset;
};

int resv_bar_rules(const struct resv_state *state, struct device *dev, u32 bar,
		   u64 size, u64 page_size, struct resv_bar_rule *rule,
		   u32 room);

/* facts.c, facts_msi.c */
extern const struct resv_facts resv_machine;
void resv_facts_init(void);
void resv_facts_exit(void);
const struct iort_table *resv_facts_iort(void);

/* doorbells.c */

/*
 * Most addresses that are kept for one host bridge. A root complex that takes
 * MSIs itself has one for each of its MSI controllers.
 */
#define RESV_DOORBELLS_MAX	16

void resv_doorbells_start(void);
void resv_doorbells_stop(void);
void resv_doorbells_device(struct device *dev);
void resv_doorbells_look(void);
int resv_doorbells_of(const struct pci_host_bridge *bridge,
		      u64 address[RESV_DOORBELLS_MAX]);

/* need.c */
int resv_needs_find(struct resv_state *state);
void resv_needs_free(struct resv_state *state);
enum resv_need_why resv_need_of(const struct resv_state *state,
				struct device *dev, const char **device);
const char *resv_need_text(enum resv_need_why why);
void resv_needs_newcomer(struct device *dev);

/* override.c */
const struct iommu_ops *resv_dev_ops(struct device *dev);
const char *resv_iommu_name(struct device *dev);
void resv_driver_regions(struct device *dev, struct list_head *list);
enum iommu_resv_type resv_kernel_type(enum quirk_type type);
enum quirk_type resv_quirk_type(enum iommu_resv_type type);

/**
 * struct resv_device_plan - what the list of a device becomes
 * @plan: the plan
 * @region: the driver's regions in the order of its list, with their fates
 */
struct resv_device_plan {
	struct resv_plan plan;
	struct resv_plan_region region[];
};

/* Told of a rule, what became of it and its ranges, while a plan is made. */
typedef void (*resv_seen_fn)(void *ctx, const struct resv_rule_ref *ref,
			     struct resv_verdict verdict,
			     const struct resv_ranges *set);

void resv_plan_unseen(void *ctx, const struct resv_rule_ref *ref,
		      struct resv_verdict verdict,
		      const struct resv_ranges *set);
struct resv_device_plan *resv_device_plan_new(const struct list_head *driver);
struct resv_device_plan *
resv_device_plan_live(const struct resv_state *state, struct device *dev,
		      const struct list_head *driver,
		      resv_seen_fn seen,
		      void *ctx);
struct resv_device_plan *
resv_device_plan(const struct resv_state *state, struct device *dev,
		 const struct list_head *driver,
		 resv_seen_fn seen,
		 void *ctx);
void resv_wrapper(struct device *dev, struct list_head *list);
bool resv_self_test(struct iommu_group *group);

/* hook.c */
bool resv_hooks_active(void);
bool resv_hooks_any(void);
bool resv_hook_covers(struct device *dev);
int resv_hooks_start(enum resv_hook_way way);
int resv_hook_ops(const struct iommu_ops *ops, struct iommu_device *iommu);
void resv_hook_undo(const struct iommu_ops *ops);
int resv_hook_test(struct device *dev);
void resv_hooks_stop(void);
void resv_hooks_describe(void (*fn)(void *ctx, const char *way,
				    const char *driver, bool tested),
			 void *ctx);

/* devices.c */

/* Room for a driver's name; a longer one would be shown cut. */
#define RESV_NAME_LEN	64

/**
 * struct resv_group - an IOMMU group with at least one known device
 * @node: in the list of groups
 * @group: referenced
 * @id: its number in sysfs
 * @devices: known devices in it
 * @dir: its debugfs directory; %NULL before resv_devices_publish()
 * @frozen: what it did not take part in (RESV_CHANGE_*), or 0
 * @covered: at the last look: the wrapper is asked about its devices
 * @claiming: the next look is the one at which it has come into use
 * @loose: since the last look no driver uses host DMA with it
 * @domain: its domain for host DMA at the last look that saw it; compared, never
 *	followed
 * @claimed: its list when it came into use, or %NULL
 * @answer: what all its devices had in their lists at the last look
 * @read: what host DMA must have read (groups.c)
 *
 * Those from @frozen on are groups.c's.
 */
struct resv_group {
	struct list_head node;
	struct iommu_group *group;
	int id;
	unsigned int devices;
	struct dentry *dir;
	enum resv_change frozen;
	bool covered;
	bool claiming;
	bool loose;
	const void *domain;
	struct resv_answer *claimed;
	struct resv_answer *answer;
	struct resv_answer *read;
};

/**
 * struct resv_device - a device behind an IOMMU
 * @node: in the list of devices
 * @dev: referenced
 * @group: the group it is in
 * @manager: name of the driver that it is bound to, or being bound to, where
 *	that driver manages the device's DMA itself, as VFIO's do; else empty
 * @host_dma: it is known to be bound to a driver that uses host DMA
 * @leaving: its removal has begun; it is kept until its driver lets it go
 * @dir: its debugfs directory; %NULL before resv_devices_publish()
 */
struct resv_device {
	struct list_head node;
	struct device *dev;
	struct resv_group *group;
	char manager[RESV_NAME_LEN];
	bool host_dma;
	bool leaving;
	struct dentry *dir;
};

extern struct mutex resv_tree_lock;

int resv_devices_start(void);
struct device **resv_devices_all(size_t *count);
void resv_devices_all_put(struct device **all, size_t count);
int resv_devices_hook(void);
void resv_devices_publish(void);
void resv_devices_rescan(void);
void resv_devices_refresh(void);
void resv_devices_stop(void);
int resv_devices_switch(struct resv_state *state, enum resv_change why);
struct iommu_group **resv_devices_groups(unsigned int *count);
void resv_devices_put_groups(struct iommu_group **groups, unsigned int count);

/* groups.c */

/**
 * enum resv_sight - what a device's domain is
 * @RESV_SIGHT_NONE: there is none
 * @RESV_SIGHT_DMA: host DMA's, which translates
 * @RESV_SIGHT_IDENTITY: host DMA's, which does not
 * @RESV_SIGHT_OWNED: that of somebody who has taken the group, as VFIO does
 */
enum resv_sight {
	RESV_SIGHT_NONE,
	RESV_SIGHT_DMA,
	RESV_SIGHT_IDENTITY,
	RESV_SIGHT_OWNED,
};

enum resv_sight resv_sight_of(const struct iommu_domain *domain);

/* snapshot.c */

/* Most windows of a host bridge that are noted in a snapshot. */
#define RESV_SNAP_KEPT	16

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
 * @verdict: what became of it
 * @ranges: its addresses as its source gives them
 * @count: how many
 */
struct resv_snap_rule {
	const struct resv_rule_ref *ref;
	struct resv_verdict verdict;
	struct resv_range *ranges;
	u32 count;
};

/**
 * struct resv_snap_device - a device as it was when the snapshot was made
 * @node: in struct resv_snapshot
 * @dev: the device, referenced: for facts that are read after the snapshot
 * @name: device name
 * @bus: name of its bus
 * @iommu: name of its IOMMU's device, "" if unknown
 * @driver: what the IOMMU driver says, as it says it
 * @fate: what became of each of them
 * @drivers: how many
 * @regions: the device's whole list, sorted and merged as the kernel does
 * @count: how many
 * @rules: all rules of the board's entries, in their order
 * @rule_count: how many
 * @flags: RESV_PLAN_F_*
 * @window: the software MSI window of its IOMMU's driver, part of the state; or
 *	%NULL
 * @msi: how its MSIs travel, once resv_msi_fill() has looked; else %NULL
 * @stream: its IDs at its IOMMU, as Linux has them from firmware and in that
 *	order; %NULL where there are none
 * @streams: how many
 * @smmu_known: the next one means something
 * @smmu_base: physical address of its IOMMU's registers
 */
struct resv_snap_device {
	struct list_head node;
	struct device *dev;
	char *name;
	char *bus;
	char *iommu;
	struct resv_snap_region *driver;
	enum resv_fate *fate;
	u32 drivers;
	struct resv_snap_region *regions;
	u32 count;
	struct resv_snap_rule *rules;
	u32 rule_count;
	u32 flags;
	const struct resv_window *window;
	struct resv_msi *msi;
	u32 *stream;
	u32 streams;
	bool smmu_known;
	u64 smmu_base;
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
 * @sight: what the group's domain is
 * @domain: its domain; compared, never followed
 * @domain_fq: with RESV_SIGHT_DMA: of type DMA-FQ
 * @kept: addresses that host DMA leaves out by itself: windows of the host
 *	bridge, where all devices are below one
 * @kept_count: how many
 * @differs: the IOMMU core's list is not the one that its devices' lists make
 * @changed: an answer is held, and would be another one now
 * @pending: what the devices would answer now whose answer is held or made under
 *	another state; %NULL where there are none
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
	enum resv_sight sight;
	const void *domain;
	bool domain_fq;
	struct resv_range kept[RESV_SNAP_KEPT];
	u32 kept_count;
	bool differs;
	bool changed;
	struct resv_answer *pending;
};

/**
 * struct resv_reach - what a domain can translate
 * @aperture: addresses
 * @page_sizes: sizes of pages, a bit each
 */
struct resv_reach {
	struct resv_range aperture;
	unsigned long page_sizes;
};

bool resv_domain_reach(struct device *dev, struct resv_reach *reach);
int resv_snapshot_take(struct resv_snapshot *snap, struct iommu_group *group,
		       struct device *only);
void resv_snapshot_drop(struct resv_snapshot *snap);

/* iort_host.c, iort_group.c */
int resv_report_iort(struct resv_text *t, void *unused);
int resv_report_group_iort(struct resv_text *t, void *rg);

/* firmware.c */
char *resv_firmware_path(struct device *dev);

/* report_agree.c */
int put_frozen(struct resv_text *t, const struct resv_snapshot *snap,
	       struct iommu_group *group);
int put_json_agreement(struct resv_text *t, const struct resv_snapshot *snap,
		       struct iommu_group *group);
int resv_report_group_state(struct resv_text *t, void *rg);

/* report.c */

int resv_report_abi(struct resv_text *t, void *unused);
int resv_report_generation(struct resv_text *t, void *unused);
int resv_report_board(struct resv_text *t, void *unused);
int resv_report_quirks(struct resv_text *t, void *unused);
int resv_report_json(struct resv_text *t, void *unused);
int resv_report_device_regions(struct resv_text *t, void *rd);
int resv_report_device_usable(struct resv_text *t, void *rd);
int resv_report_group_regions(struct resv_text *t, void *rg);
int resv_report_group_usable(struct resv_text *t, void *rg);

/* report_msi.c */
int resv_msi_fill(struct resv_snapshot *snap, struct iommu_group *group);
int resv_report_device_msi(struct resv_text *t, void *rd);

/* report_bars.c */
int resv_report_device_bars(struct resv_text *t, void *rd);

/* iommus.c, report_iommu.c */
void resv_iommus_add(struct device **all, size_t count);
void resv_iommus_bound(struct device *hw);
void resv_iommus_prune(void);
void resv_iommus_publish(void);
void resv_iommus_stop(void);
int resv_report_iommu_info(struct resv_text *t, void *ri);
int put_json_iommus(struct resv_text *t);

/* debugfs.c */
void resv_debugfs_start(void);
void resv_debugfs_stop(void);
struct dentry *resv_debugfs_add_device(struct resv_device *rd);
struct dentry *resv_debugfs_add_group(struct resv_group *rg);
struct dentry *resv_debugfs_add_iommu(struct resv_iommu *ri, const char *name);
void resv_debugfs_remove(struct dentry *dir);

#endif
