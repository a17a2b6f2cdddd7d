/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resolve.h - from rules to the address ranges of one device
 *
 * Shared by the module (facts from the live machine, facts.c) and by the host's
 * tests (facts from a description).
 */
#ifndef IOMMU_RESV_RESOLVE_H
#define IOMMU_RESV_RESOLVE_H

#include "env.h"
#include "ranges.h"
#include "../quirks/table.h"

/**
 * enum resv_enforce - the operator's policy, module parameter "enforce"
 * @RESV_ENFORCE_CONFIRMED: confirmed rules go into the callback's list, the
 *	others are advised (default)
 * @RESV_ENFORCE_ALL: all rules go into the list
 * @RESV_ENFORCE_NONE: nothing does; everything is advised
 */
enum resv_enforce {
	RESV_ENFORCE_CONFIRMED,
	RESV_ENFORCE_ALL,
	RESV_ENFORCE_NONE,
};

/**
 * struct resv_facts - questions about one device on the live machine
 *
 * Every callback gets the @dev handed to resv_resolve_rule(). A device that is
 * not below a PCI host bridge has no segment and no host: the callbacks then
 * return -ENODEV or false.
 *
 * @is_acpi: the machine booted with ACPI tables rather than a device tree
 * @kernel_has: the running kernel has the behaviour of this name
 *	(quirk_kernel_names[])
 * @segment: PCI segment, or -ENODEV
 * @host_compatible: the host bridge's DT node carries this compatible
 * @host_path_is: full DT path of the host bridge's node equals this
 * @host_has_property: the host bridge's DT node has this property
 * @device_path_is: full DT path of the device's own node equals this
 * @host_reg: the host bridge's `reg` range by @name, or by @index where @name
 *	is empty; 0, -ENODEV without a host, -ENOENT without such a range
 * @host_windows: calls @fn for each memory window of the host bridge, as bus
 *	addresses; 0, -ENODEV, or what @fn returned
 * @inbound: the same for the inbound windows; sorted or not
 * @its_bases: calls @fn with the base of each ITS that the device's MSIs can
 *	reach (start only, last is ignored); 0, -ENODEV where the device's MSIs
 *	reach none, another error when the firmware cannot be read
 */
struct resv_facts {
	bool (*is_acpi)(void *dev);
	bool (*kernel_has)(void *dev, const char *name);
	int (*segment)(void *dev);
	bool (*host_compatible)(void *dev, const char *compatible);
	bool (*host_path_is)(void *dev, const char *path);
	bool (*host_has_property)(void *dev, const char *name);
	bool (*device_path_is)(void *dev, const char *path);
	int (*host_reg)(void *dev, const char *name, u32 index,
			struct resv_range *range);
	int (*host_windows)(void *dev,
			    int (*fn)(void *ctx, u64 start, u64 last),
			    void *ctx);
	int (*inbound)(void *dev, int (*fn)(void *ctx, u64 start, u64 last),
		       void *ctx);
	int (*its_bases)(void *dev, int (*fn)(void *ctx, u64 start, u64 last),
			 void *ctx);
};

/**
 * enum resv_outcome - what became of a rule for a device
 * @RESV_NOT_IN_SCOPE: its conditions do not hold here
 * @RESV_ENFORCED: its ranges belong into the callback's list
 * @RESV_ADVISED: its ranges are hazards, shown but not enforced
 * @RESV_UNRESOLVED: it applies, but where it points to cannot be read on this
 *	machine: a hazard without an address
 */
enum resv_outcome {
	RESV_NOT_IN_SCOPE,
	RESV_ENFORCED,
	RESV_ADVISED,
	RESV_UNRESOLVED,
};

/**
 * resv_rule_enforced() - does the policy put this rule into the list?
 * @rule: a rule record
 * @policy: the operator's choice
 *
 * The caller does not need a device: a module whose matching rules are all
 * advised has no reason to hook anything.
 *
 * Return: true if it does.
 */
bool resv_rule_enforced(const u8 *rule, enum resv_enforce policy);

/**
 * resv_resolve_rule() - evaluate one rule for one device
 * @t: a checked table
 * @rule: index of the rule
 * @policy: the operator's choice
 * @facts: the machine
 * @dev: handed to the facts
 * @out: the rule's ranges are added here, as the source gives them (not page
 *	aligned); untouched unless the outcome is enforced or advised
 *
 * A source that gives no range at all where it is readable (a host bridge
 * without windows) is enforced or advised with nothing added.
 *
 * Context: may sleep if the facts do; takes no lock.
 * Return: the outcome.
 */
enum resv_outcome resv_resolve_rule(const struct quirk_table *t, u32 rule,
				    enum resv_enforce policy,
				    const struct resv_facts *facts, void *dev,
				    struct resv_ranges *out);

#endif
