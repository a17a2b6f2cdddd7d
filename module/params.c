// SPDX-License-Identifier: GPL-2.0-only
/*
 * params.c - module parameters, and the policy that they make
 *
 * All of them are set when the module loads and never change after that. A bad
 * value is refused with the permitted ones; a name that no table has is not a
 * bad value, because tables come and go: it is said and has no effect.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/module.h>
#include <linux/security.h>
#include <linux/string.h>

#include "iommu_resv.h"

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

static const char *const resv_late_words[] = {
	[RESV_LATE_REFUSE] = "refuse",
	[RESV_LATE_APPLY] = "apply",
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

static struct resv_choice resv_late = {
	.name = "late",
	.words = resv_late_words,
	.count = ARRAY_SIZE(resv_late_words),
	.permitted = "refuse, apply",
	.value = RESV_LATE_REFUSE,
};

/* Parameters that are on or off. */

/**
 * struct resv_switch - a parameter that is on or off
 * @name: of the parameter, for messages
 * @value: which
 */
struct resv_switch {
	const char *name;
	bool value;
};

static int resv_switch_set(const char *text, const struct kernel_param *kp)
{
	struct resv_switch *sw = kp->arg;

	/* A name alone, without "=", means on. */
	if (!text) {
		sw->value = true;
		return 0;
	}
	if (kstrtobool(text, &sw->value)) {
		pr_err("parameter %s=%s: must be one of 0, 1, n, y\n", sw->name,
		       text);
		return -EINVAL;
	}
	return 0;
}

static int resv_switch_get(char *buf, const struct kernel_param *kp)
{
	const struct resv_switch *sw = kp->arg;

	return sysfs_emit(buf, "%c\n", sw->value ? 'Y' : 'N');
}

static const struct kernel_param_ops resv_switch_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = resv_switch_set,
	.get = resv_switch_get,
};

static struct resv_switch resv_off = { .name = "off" };
static struct resv_switch resv_weaken = { .name = "weaken" };

/* Parameters that are lists of names. */

/* Room for a list of the names of rules: that many characters, and a NUL. */
#define RESV_NAMES_LEN	1025

/**
 * struct resv_names - a parameter that lists entries and rules
 * @name: of the parameter, for messages
 * @value: the list, as struct resv_policy has it
 */
struct resv_names {
	const char *name;
	char value[RESV_NAMES_LEN];
};

static int resv_names_set(const char *text, const struct kernel_param *kp)
{
	struct resv_names *names = kp->arg;
	size_t len = strlen(text);
	size_t at;

	/* Whoever writes a configuration file may end it with a newline. */
	if (len && text[len - 1] == '\n')
		len--;
	if (len >= sizeof(names->value)) {
		pr_err("parameter %s: %zu characters, at most %zu fit\n",
		       names->name, len, sizeof(names->value) - 1);
		return -EINVAL;
	}
	memcpy(names->value, text, len);
	names->value[len] = 0;
	if (!resv_names_check(names->value, &at)) {
		pr_err("parameter %s: no name of an entry or rule at \"%.*s\": must be names as ENTRY or ENTRY/RULE, separated by commas, without spaces\n",
		       names->name,
		       (int)strcspn(names->value + at, ","),
		       names->value + at);
		names->value[0] = 0;
		return -EINVAL;
	}
	return 0;
}

static int resv_names_get(char *buf, const struct kernel_param *kp)
{
	const struct resv_names *names = kp->arg;

	return sysfs_emit(buf, "%s\n", names->value);
}

static const struct kernel_param_ops resv_names_ops = {
	.set = resv_names_set,
	.get = resv_names_get,
};

static struct resv_names resv_enable = { .name = "enable" };
static struct resv_names resv_disable = { .name = "disable" };

/* Where the software MSI window goes: an address, "driver", or nothing. */

/* Room for the longest number that fits into 64 bits, in octal, and a NUL. */
#define RESV_WINDOW_LEN	24

/**
 * struct resv_window_param - the parameter that wants a window somewhere
 * @text: as it was given
 * @wish: what it means
 */
struct resv_window_param {
	char text[RESV_WINDOW_LEN];
	struct resv_window_wish wish;
};

static int resv_window_set(const char *text, const struct kernel_param *kp)
{
	struct resv_window_param *param = kp->arg;
	struct resv_window_wish wish = {};

	if (sysfs_streq(text, "driver")) {
		wish.stay = true;
	} else if (!sysfs_streq(text, "")) {
		/*
		 * Whether a window can be there depends on the machine, also
		 * for 0: that is for window.c to say.
		 */
		if (strlen(text) >= sizeof(param->text) ||
		    kstrtou64(text, 0, &wish.base)) {
			pr_err("parameter window=%s: must be an address such as 0xa0000000, or driver, or nothing\n",
			       text);
			return -EINVAL;
		}
		wish.asked = true;
	}
	strscpy(param->text, text, sizeof(param->text));
	strim(param->text);
	param->wish = wish;
	return 0;
}

static int resv_window_get(char *buf, const struct kernel_param *kp)
{
	const struct resv_window_param *param = kp->arg;

	return sysfs_emit(buf, "%s\n", param->text);
}

static const struct kernel_param_ops resv_window_ops = {
	.set = resv_window_set,
	.get = resv_window_get,
};

static struct resv_window_param resv_window;

module_param_cb(enforce, &resv_choice_ops, &resv_enforce, 0444);
MODULE_PARM_DESC(enforce, "rules that take effect: confirmed (default), all, or none (show only)");
module_param_cb(enable, &resv_names_ops, &resv_enable, 0444);
MODULE_PARM_DESC(enable, "rules that take effect whatever enforce says: ENTRY or ENTRY/RULE, separated by commas");
module_param_cb(disable, &resv_names_ops, &resv_disable, 0444);
MODULE_PARM_DESC(disable, "rules that are left out; wins over enable for the same name");
module_param_cb(weaken, &resv_switch_ops, &resv_weaken, 0444);
MODULE_PARM_DESC(weaken, "let rules take effect that weaken isolation (drop, relax); taints the kernel");
module_param_cb(window, &resv_window_ops, &resv_window, 0444);
MODULE_PARM_DESC(window, "where the software MSI window goes: an address, or driver (it stays, whatever rules say)");
module_param_cb(hook, &resv_choice_ops, &resv_hook, 0444);
MODULE_PARM_DESC(hook, "how to reach the callback: auto (default), ftrace, or clone");
module_param_cb(late, &resv_choice_ops, &resv_late, 0444);
MODULE_PARM_DESC(late, "groups in use when a table comes into force: refuse (default, they keep their answer) or apply");
module_param_cb(off, &resv_switch_ops, &resv_off, 0444);
MODULE_PARM_DESC(off, "load, but do nothing (for the kernel command line: iommu_resv.off=1)");

/**
 * resv_params_off() - parameter "off"
 *
 * Return: true where the module has to do nothing.
 */
bool resv_params_off(void)
{
	return resv_off.value;
}

/**
 * resv_params_hook() - parameter "hook"
 *
 * Return: the operator's choice.
 */
enum resv_hook_way resv_params_hook(void)
{
	return resv_hook.value;
}

/**
 * resv_params_late() - parameter "late"
 *
 * Return: the operator's choice.
 */
enum resv_late resv_params_late(void)
{
	return resv_late.value;
}

/**
 * resv_params_policy() - what the operator wants of the rules of a table
 * @embedded: the table is the module's own; a signature of the module covers it
 *
 * Nobody vouches for the bytes of another table. On a kernel that is locked down
 * such a one may add to a list, but not weaken isolation: that is refused for
 * the same reason as replacing an ACPI table, which is what the kernel's message
 * says.
 *
 * Context: may sleep.
 * Return: the policy; its strings live as long as the module.
 */
struct resv_policy resv_params_policy(bool embedded)
{
	struct resv_policy policy = {
		.enforce = resv_enforce.value,
		.enable = resv_enable.value,
		.disable = resv_disable.value,
		.weaken = resv_weaken.value,
	};

	if (policy.weaken && !embedded &&
	    security_locked_down(LOCKDOWN_ACPI_TABLES)) {
		pr_warn("weaken=1 has no effect: the kernel is locked down and this table is not the module's own\n");
		policy.weaken = false;
	}
	return policy;
}

/**
 * resv_params_for_each_unknown() - visit the names that a table does not have
 * @t: the table
 * @policy: with the lists of names
 * @fn: called with the parameter, the name's first character and its length
 * @ctx: handed to @fn
 */
void resv_params_for_each_unknown(const struct quirk_table *t,
				  const struct resv_policy *policy,
				  void (*fn)(void *ctx, const char *param,
					     const char *name, int len),
				  void *ctx)
{
	const struct {
		const char *param;
		const char *names;
	} lists[] = {
		{ resv_enable.name, policy->enable },
		{ resv_disable.name, policy->disable },
	};
	unsigned int i;
	int at;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		const char *names = lists[i].names;

		for (at = resv_names_unknown(t, names, 0); at >= 0;
		     at = resv_names_unknown(t, names, at + 1))
			fn(ctx, lists[i].param, names + at,
			   strcspn(names + at, ","));
	}
}

static void resv_params_warn(void *ctx, const char *param, const char *name,
			     int len)
{
	pr_warn("no quirk named %.*s in this table: %s ignores it\n", len, name,
		param);
}

/**
 * resv_params_warn_unknown() - say which names of the parameters have no effect
 * @t: the table that is going to be in force
 * @policy: with the lists of names
 */
void resv_params_warn_unknown(const struct quirk_table *t,
			      const struct resv_policy *policy)
{
	resv_params_for_each_unknown(t, policy, resv_params_warn, NULL);
}

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
 * resv_params_window() - parameter "window"
 *
 * Return: the operator's wish.
 */
struct resv_window_wish resv_params_window(void)
{
	return resv_window.wish;
}
