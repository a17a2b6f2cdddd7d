// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - load, parameters, unload
 *
 * On a board with an entry whose rules are in force, the IOMMU drivers' answer
 * to "which addresses must this device not use" is put right. On any other
 * board nothing is hooked; what is known is published all the same.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/crash_dump.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "iommu_resv.h"

DEFINE_SRCU(resv_srcu);
struct resv_state __rcu *resv_state;
const char *resv_off_reason;

static atomic64_t resv_generation_count = ATOMIC64_INIT(1);

/* Parameters that are one of a few words. */

static const char *const resv_policy_words[] = {
	[RESV_ENFORCE_CONFIRMED] = "confirmed",
	[RESV_ENFORCE_ALL] = "all",
	[RESV_ENFORCE_NONE] = "none",
};

static const char *const resv_hook_words[] = {
	[RESV_HOOK_AUTO] = "auto",
	[RESV_HOOK_FTRACE] = "ftrace",
	[RESV_HOOK_CLONE] = "clone",
};

/**
 * struct resv_choice - a parameter that is one of a few words
 * @name: of the parameter, for messages
 * @words: the words
 * @count: how many
 * @permitted: the same as one text
 * @value: index of the word chosen
 */
struct resv_choice {
	const char *name;
	const char *const *words;
	unsigned int count;
	const char *permitted;
	unsigned int value;
};

static int resv_choice_set(const char *text, const struct kernel_param *kp)
{
	struct resv_choice *choice = kp->arg;
	unsigned int i;

	for (i = 0; i < choice->count; i++) {
		if (sysfs_streq(text, choice->words[i])) {
			choice->value = i;
			return 0;
		}
	}
	pr_err("parameter %s=%s: must be one of %s\n", choice->name, text,
	       choice->permitted);
	return -EINVAL;
}

static int resv_choice_get(char *buf, const struct kernel_param *kp)
{
	const struct resv_choice *choice = kp->arg;

	return sysfs_emit(buf, "%s\n", choice->words[choice->value]);
}

static const struct kernel_param_ops resv_choice_ops = {
	.set = resv_choice_set,
	.get = resv_choice_get,
};

static struct resv_choice resv_enforce = {
	.name = "enforce",
	.words = resv_policy_words,
	.count = ARRAY_SIZE(resv_policy_words),
	.permitted = "confirmed, all, none",
	.value = RESV_ENFORCE_CONFIRMED,
};

static struct resv_choice resv_hook = {
	.name = "hook",
	.words = resv_hook_words,
	.count = ARRAY_SIZE(resv_hook_words),
	.permitted = "auto, ftrace, clone",
	.value = RESV_HOOK_AUTO,
};

static bool resv_off;

static int resv_off_set(const char *text, const struct kernel_param *kp)
{
	int ret = param_set_bool(text, kp);

	if (ret)
		pr_err("parameter off=%s: must be one of 0, 1, n, y\n", text);
	return ret;
}

static const struct kernel_param_ops resv_off_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = resv_off_set,
	.get = param_get_bool,
};

module_param_cb(enforce, &resv_choice_ops, &resv_enforce, 0444);
MODULE_PARM_DESC(enforce, "rules that go into the list: confirmed (default), all, or none (show only)");
module_param_cb(hook, &resv_choice_ops, &resv_hook, 0444);
MODULE_PARM_DESC(hook, "how to reach the callback: auto (default), ftrace, or clone");
module_param_cb(off, &resv_off_ops, &resv_off, 0444);
MODULE_PARM_DESC(off, "load, but do nothing (for the kernel command line: iommu_resv.off=1)");

/**
 * resv_policy_name() - the word for a policy
 * @policy: the policy
 *
 * Return: the parameter's word.
 */
const char *resv_policy_name(enum resv_enforce policy)
{
	return resv_policy_words[policy];
}

/**
 * resv_generation_bump() - note that an answer may have changed
 *
 * Context: any.
 */
void resv_generation_bump(void)
{
	atomic64_inc(&resv_generation_count);
}

/**
 * resv_generation() - a number that changes whenever an answer may have changed
 *
 * Return: the number; rises from 1.
 */
u64 resv_generation(void)
{
	return atomic64_read(&resv_generation_count);
}

static void resv_state_free(struct resv_state *state)
{
	resv_board_free(state);
	kfree(state);
}

static struct resv_state *resv_state_make(void)
{
	struct quirk_fault fault = {};
	struct resv_state *state;
	int ret;

	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return ERR_PTR(-ENOMEM);
	state->policy = resv_enforce.value;
	ret = quirk_table_open(&state->table, resv_embedded_table,
			       resv_embedded_table_size, &fault);
	if (ret) {
		pr_err("the embedded quirk table is refused: %s (offset %u); build the module again\n",
		       fault.what, fault.offset);
		goto err;
	}
	ret = resv_board_match(state);
	if (ret)
		goto err;
	return state;

err:
	resv_state_free(state);
	return ERR_PTR(ret);
}

static void resv_announce(const struct resv_state *state)
{
	u32 i, enforced = 0;

	if (!state->matches) {
		pr_info("no entry for this board: nothing is overridden (its keys: debugfs %s/board)\n",
			RESV_NAME);
		return;
	}
	for (i = 0; i < state->rules; i++)
		enforced += state->rule[i].enforced;
	for (i = 0; i < state->matches; i++)
		pr_info("board: %s\n",
			quirk_string(&state->table,
				     quirk_entry_at(&state->table,
						    state->match[i].entry) +
				     QUIRK_ENT_NAME));
	pr_info("%u of %u rules enforced (enforce=%s)%s\n", enforced,
		state->rules, resv_policy_name(state->policy),
		state->enforcing ? "" : ": nothing is overridden");
}

static int __init resv_init(void)
{
	struct resv_state *state;
	int ret;

	if (is_kdump_kernel())
		resv_off_reason = "kdump kernel";
	else if (resv_off)
		resv_off_reason = "parameter off";

	state = resv_state_make();
	if (IS_ERR(state))
		return PTR_ERR(state);
	if (resv_off_reason) {
		/* Nothing of the machine is touched, not even looked at. */
		state->matches = 0;
		state->rules = 0;
		state->enforcing = false;
	}
	rcu_assign_pointer(resv_state, state);

	if (resv_off_reason) {
		resv_debugfs_start();
		pr_info("off (%s): nothing is overridden\n", resv_off_reason);
		return 0;
	}

	resv_facts_init();
	if (state->enforcing) {
		ret = resv_hooks_start(resv_hook.value);
		if (ret)
			goto err_facts;
		ret = resv_devices_hook();
		if (ret)
			goto err_hooks;
	}
	ret = resv_devices_start();
	if (ret)
		goto err_hooks;

	/*
	 * Last, and without a failure: a file that someone holds open would
	 * outlive a module that failed to load.
	 */
	resv_debugfs_start();
	resv_devices_publish();
	resv_announce(state);
	return 0;

err_hooks:
	resv_hooks_stop();
err_facts:
	resv_facts_exit();
	RCU_INIT_POINTER(resv_state, NULL);
	resv_state_free(state);
	pr_err("not loaded (error %d), nothing is overridden\n", ret);
	return ret;
}

static void __exit resv_exit(void)
{
	struct resv_state *state = rcu_dereference_protected(resv_state, true);

	resv_devices_stop();
	resv_hooks_stop();
	resv_debugfs_stop();
	resv_facts_exit();
	RCU_INIT_POINTER(resv_state, NULL);
	resv_state_free(state);
}

module_init(resv_init);
module_exit(resv_exit);

MODULE_DESCRIPTION("Per-board corrections of IOMMU reserved regions");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOMMU_RESV_VERSION);
