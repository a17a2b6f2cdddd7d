// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - load and unload
 *
 * On a board with an entry whose rules are in force, the IOMMU drivers' answer
 * to "which addresses must this device not use" is put right. On any other
 * board nothing is hooked; what is known is published all the same.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/crash_dump.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "iommu_resv.h"

const char *resv_off_reason;

/**
 * resv_announce() - say in the log what is in force now
 * @state: the state that is
 */
void resv_announce(const struct resv_state *state)
{
	u32 i, enforced = 0, corrected = 0, barred = 0;

	if (state->firmware)
		pr_info("table: %s, serial %llu, local %u\n", RESV_TABLE_FILE,
			state->table.serial, state->table.local);
	if (!state->matches) {
		pr_info("no entry for this board: %s (its keys: debugfs %s/board)\n",
			state->enforcing ?
				"nothing is overridden but the software MSI window" :
				"nothing is overridden", RESV_NAME);
		return;
	}
	for (i = 0; i < state->rules; i++)
		enforced += resv_mode_enforces(state->rule[i].mode);
	for (i = 0; i < state->matches; i++)
		pr_info("board: %s\n",
			quirk_string(&state->table,
				     quirk_entry_at(&state->table,
						    state->match[i].entry) +
				     QUIRK_ENT_NAME));
	pr_info("%u of %u rules enforced (enforce=%s)%s\n", enforced,
		state->rules, resv_policy_name(state->policy.enforce),
		!state->enforcing ? ": nothing is overridden" :
		!resv_hooks_any() ? ": no IOMMU yet, nothing is overridden" : "");
	for (i = 0; i < state->corrections; i++)
		corrected += resv_mode_enforces(state->correction[i].mode);
	if (state->corrections)
		pr_info("%u of %u corrections of the IORT go into overlays of it (debugfs %s/iort); this kernel has the firmware's\n",
			corrected, state->corrections, RESV_NAME);
	for (i = 0; i < state->bar_rules; i++)
		barred += resv_mode_enforces(state->bar_rule[i].mode);
	if (state->bar_rules)
		pr_info("%u of %u rules about BARs enforced: they show in debugfs %s/devices/*/bars\n",
			barred, state->bar_rules, RESV_NAME);
}

/* Nothing of the machine is touched, not even looked at. */
static int __init resv_init_off(void)
{
	struct resv_state *state;
	int ret;

	mutex_lock(&resv_reload_lock);
	state = resv_state_choose(NULL, true);
	ret = PTR_ERR_OR_ZERO(state);
	if (!ret) {
		ret = resv_devices_switch(state, RESV_CHANGE_LOAD);
		resv_state_put(state);
	}
	if (!ret)
		ret = resv_control_open();
	mutex_unlock(&resv_reload_lock);
	if (ret) {
		resv_view_stop();
		return ret;
	}
	resv_debugfs_start();
	pr_info("off (%s): nothing is overridden\n", resv_off_reason);
	return 0;
}

/* What has been answered so far: as the drivers say. */
static int __init resv_init_empty(void)
{
	struct resv_state *state = resv_state_new();
	int ret;

	if (!state)
		return -ENOMEM;
	ret = resv_devices_switch(state, RESV_CHANGE_LOAD);
	resv_state_put(state);
	return ret;
}

static int __init resv_init_on(void)
{
	struct resv_state *state;
	int ret;

	mutex_lock(&resv_reload_lock);
	/* First: some of the machine's keys stand in the tables that it opens. */
	resv_facts_init();
	state = resv_state_choose(resv_control_device(), true);
	if (IS_ERR(state)) {
		ret = PTR_ERR(state);
		goto err_facts;
	}
	ret = resv_init_empty();
	if (ret)
		goto err_state;
	ret = resv_devices_start();
	if (ret)
		goto err_state;
	resv_doorbells_start();
	ret = resv_adopt(state, RESV_CHANGE_LOAD);
	if (ret)
		goto err_devices;
	ret = resv_control_open();
	if (ret)
		goto err_hooks;

	/*
	 * Last, and without a failure: a file that someone holds open would
	 * outlive a module that failed to load.
	 */
	resv_debugfs_start();
	resv_devices_publish();
	resv_announce(state);
	resv_state_put(state);
	mutex_unlock(&resv_reload_lock);
	return 0;

err_hooks:
	resv_hooks_stop();
err_devices:
	resv_devices_stop();
	resv_doorbells_stop();
err_state:
	resv_view_stop();
	resv_state_put(state);
err_facts:
	resv_facts_exit();
	mutex_unlock(&resv_reload_lock);
	return ret;
}

static int __init resv_init(void)
{
	int ret;

	if (is_kdump_kernel())
		resv_off_reason = "kdump kernel";
	else if (resv_params_off())
		resv_off_reason = "parameter off";

	ret = resv_control_start();
	if (!ret) {
		ret = resv_off_reason ? resv_init_off() : resv_init_on();
		if (ret)
			resv_control_stop();
	}
	if (ret)
		pr_err("not loaded (error %d), nothing is overridden\n", ret);
	return ret;
}

static void __exit resv_exit(void)
{
	resv_control_close();
	/* First: no group in use gets another answer on the way out than the driver's. */
	resv_hooks_stop();
	resv_devices_stop();
	resv_debugfs_stop();
	if (!resv_off_reason) {
		resv_doorbells_stop();
		resv_facts_exit();
	}
	resv_view_stop();
	resv_control_stop();
}

module_init(resv_init);
module_exit(resv_exit);

MODULE_DESCRIPTION("Per-board corrections of IOMMU reserved regions");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOMMU_RESV_VERSION);
MODULE_FIRMWARE(RESV_TABLE_FILE);
