// SPDX-License-Identifier: GPL-2.0-only
/*
 * rival.c - a module that redirects the SMMUv3 driver's callback too
 *
 * For hook.test: the tracer lets only one user change where a function goes.
 * This one takes that right and does nothing with it.
 */
#define pr_fmt(fmt) "rival: " fmt

#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static void notrace rival_callback(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *fops,
				   struct ftrace_regs *fregs)
{
}

static struct ftrace_ops rival_fops = {
	.func = rival_callback,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED,
};

static int __init rival_init(void)
{
	static unsigned char name[] = "arm_smmu_get_resv_regions";
	int ret;

	ret = ftrace_set_filter(&rival_fops, name, strlen(name), 1);
	if (!ret)
		ret = register_ftrace_function(&rival_fops);
	pr_info("registered: %d\n", ret);
	if (ret)
		ftrace_free_filter(&rival_fops);
	return ret;
}

static void __exit rival_exit(void)
{
	unregister_ftrace_function(&rival_fops);
	ftrace_free_filter(&rival_fops);
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_DESCRIPTION("Takes the tracer's right to redirect a function, for a test");
MODULE_LICENSE("GPL");
