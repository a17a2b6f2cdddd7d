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
 * struct resv_policy - what the operator wants of all rules
 * @enforce: for rules that are not named
 * @enable: rules to enforce, whatever @enforce says; "" for none
 * @disable: rules to leave out; "" for none
 * @weaken: rules whose action weakens isolation may take effect
 *
 * The lists hold names separated by commas, without spaces: "ENTRY" for all
 * rules of an entry or "ENTRY/RULE" for one. The longer name wins over the
 * shorter, and where both lists have the same one, @disable.
 */
struct resv_policy {
	enum resv_enforce enforce;
	const char *enable;
	const char *disable;
	bool weaken;
};

/**
 * enum resv_mode - what the policy makes of a rule on this machine
 * @RESV_MODE_ADVISE: it is shown
 * @RESV_MODE_ENFORCE: it takes effect where the live machine agrees
 * @RESV_MODE_INSIST: the operator has said so ("enforce=all", or named in
 *	"enable"): it takes effect also where the machine does not tell
 *	(RESV_ACS_UNKNOWN), but not where it says no (RESV_ACS_REDIRECTED)
 * @RESV_MODE_WITHHOLD: it is shown only because it weakens isolation, and the
 *	operator has not agreed to that
 * @RESV_MODE_DISABLED: the operator has named it in "disable"
 */
enum resv_mode {
	RESV_MODE_ADVISE,
	RESV_MODE_ENFORCE,
	RESV_MODE_INSIST,
	RESV_MODE_WITHHOLD,
	RESV_MODE_DISABLED,
};

/**
 * resv_mode_enforces() - may a rule of this mode take effect on some device?
 * @mode: the mode
 *
 * Return: true if it may.
 */
static inline bool resv_mode_enforces(enum resv_mode mode)
{
	return mode == RESV_MODE_ENFORCE || mode == RESV_MODE_INSIST;
}

/**
 * enum resv_acs - what raw ACS bits say of requests into bridge windows
 * @RESV_ACS_UNKNOWN: a port on the path has no ACS capability, or it cannot be
 *	read
 * @RESV_ACS_REDIRECTED: every port on the path sends them upstream
 * @RESV_ACS_NOT_REDIRECTED: some port on the path does not
 */
enum resv_acs {
	RESV_ACS_UNKNOWN,
	RESV_ACS_REDIRECTED,
	RESV_ACS_NOT_REDIRECTED,
};

typedef int (*resv_range_fn)(void *ctx, u64 start, u64 last);

/**
 * struct resv_facts - questions about one device on the live machine
 *
 * Every callback gets the @dev handed to resv_resolve_rule(). A device that is
 * not below a PCI host bridge has no segment and no host: the callbacks then
 * return -ENODEV or false. Callbacks that take a function call it with each
 * range and return what it returned where that is not 0.
 *
 * @is_acpi: the machine booted with ACPI tables rather than a device tree
 * @kernel_has: the running kernel has the behaviour of this name
 *	(quirk_kernel_names[])
 * @page_size: of the running host, in bytes; not asked for a rule about a BAR
 * @segment: PCI segment, or -ENODEV
 * @host_compatible: the host bridge's DT node carries this compatible
 * @host_path_is: full DT path of the host bridge's node equals this
 * @host_has_property: the host bridge's DT node has this property
 * @device_path_is: full DT path of the device's own node equals this
 * @device_compatible: the device's own DT node carries this compatible
 * @pci_id_is: the device itself (QUIRK_COND_DEVICE_ID), the root port above it
 *	(QUIRK_COND_ROOT_PORT) or its host bridge's own function
 *	(QUIRK_COND_HOST_BRIDGE) has this id ("vvvv:dddd")
 * @iommu_base: physical address of the registers of the device's IOMMU; 0, or
 *	-ENODEV where it has none that Linux knows
 * @acs: for the windows of the host bridge, or with @own_ports of the ports
 *	between it and the device alone
 * @node_reg: calls @fn with the `reg` range of a node by @name, or by @index
 *	where @name is empty (of each such node, where there are several); 0,
 *	-ENODEV without such a node, -ENOENT where a node has no such range
 * @node_property: calls @fn with each pair of base and size of a property of a
 *	node; as @node_reg, -EINVAL where it is not made of such pairs
 * @host_windows: calls @fn for each memory window of the host bridge, as bus
 *	addresses; 0, -ENODEV
 * @port_windows: the same for each bridge between the host bridge and the
 *	device; -ENODEV where there is no such bridge
 * @inbound: the same for the host's inbound windows; sorted or not
 * @its_bases: calls @fn with the base of each ITS that the device's MSIs can
 *	reach, or with @all of each of the machine (start only, last is
 *	ignored); 0, -ENODEV where there is none, another error when the
 *	firmware cannot be read
 * @msi_messages: calls @fn with each address (start only) that a function below
 *	the device's host bridge was told to write MSIs to; 0, -ENODEV without a
 *	host, -ENODATA while there is none
 * @placed: the window that was placed for the device's IOMMU driver; 0, -ENODEV
 *	where the driver has no software window, -ENOSPC where none fits
 * @needs_window: a device of the same IOMMU driver cannot do without the
 *	software window, or may not be able to
 */
struct resv_facts {
	bool (*is_acpi)(void *dev);
	bool (*kernel_has)(void *dev, const char *name);
	u64 (*page_size)(void *dev);
	int (*segment)(void *dev);
	bool (*host_compatible)(void *dev, const char *compatible);
	bool (*host_path_is)(void *dev, const char *path);
	bool (*host_has_property)(void *dev, const char *name);
	bool (*device_path_is)(void *dev, const char *path);
	bool (*device_compatible)(void *dev, const char *compatible);
	bool (*pci_id_is)(void *dev, enum quirk_cond whose, const char *id);
	int (*iommu_base)(void *dev, u64 *base);
	enum resv_acs (*acs)(void *dev, bool own_ports);
	int (*node_reg)(void *dev, enum quirk_node node, const char *name,
			u32 index, resv_range_fn fn, void *ctx);
	int (*node_property)(void *dev, enum quirk_node node, const char *name,
			     resv_range_fn fn, void *ctx);
	int (*host_windows)(void *dev, resv_range_fn fn, void *ctx);
	int (*port_windows)(void *dev, resv_range_fn fn, void *ctx);
	int (*inbound)(void *dev, resv_range_fn fn, void *ctx);
	int (*its_bases)(void *dev, bool all, resv_range_fn fn, void *ctx);
	int (*msi_messages)(void *dev, resv_range_fn fn, void *ctx);
	int (*placed)(void *dev, struct resv_range *window);
	bool (*needs_window)(void *dev);
};

/**
 * enum resv_outcome - what became of a rule for a device
 * @RESV_NOT_IN_SCOPE: its conditions do not hold here
 * @RESV_ENFORCED: its ranges take effect on the callback's list
 * @RESV_ADVISED: its ranges are hazards, shown but not enforced; a notice, which
 *	has no ranges, always ends here
 * @RESV_UNRESOLVED: it applies, but where it points to cannot be read on this
 *	machine: a hazard without an address
 * @RESV_DISABLED: the operator switched it off; not looked at any further
 */
enum resv_outcome {
	RESV_NOT_IN_SCOPE,
	RESV_ENFORCED,
	RESV_ADVISED,
	RESV_UNRESOLVED,
	RESV_DISABLED,
};

/**
 * enum resv_why - what decided the outcome
 * @RESV_WHY_SCOPE: a condition does not hold: resv_verdict.cond
 * @RESV_WHY_ABSENT: what the source is about does not exist here
 * @RESV_WHY_REDIRECTED: ACS sends such requests upstream
 * @RESV_WHY_ABOVE_4G: the address is not below 4 GiB
 * @RESV_WHY_UNREADABLE: the source could not be read: resv_verdict.error
 * @RESV_WHY_ACS_UNKNOWN: the rule would be enforced, but ACS does not tell
 * @RESV_WHY_WEAKENS: the rule would be enforced, but weakens isolation and the
 *	operator has not agreed to that
 * @RESV_WHY_POLICY: the policy (or its confidence, or `advise`)
 */
enum resv_why {
	RESV_WHY_SCOPE,
	RESV_WHY_ABSENT,
	RESV_WHY_REDIRECTED,
	RESV_WHY_ABOVE_4G,
	RESV_WHY_UNREADABLE,
	RESV_WHY_ACS_UNKNOWN,
	RESV_WHY_WEAKENS,
	RESV_WHY_POLICY,
};

/**
 * struct resv_verdict - outcome of a rule for a device, with its reason
 * @outcome: what became of it
 * @why: what decided
 * @cond: with RESV_WHY_SCOPE: the kind of condition (enum quirk_cond)
 * @error: with RESV_WHY_UNREADABLE: a negative errno
 * @demoted: with RESV_ENFORCED: the rule would put msi regions in the place of
 *	the software window, and may not, because some device needs that (struct
 *	resv_facts, @needs_window): its ranges are reserved, beside the window
 */
struct resv_verdict {
	enum resv_outcome outcome;
	enum resv_why why;
	u32 cond;
	int error;
	bool demoted;
};

/**
 * resv_rule_mode() - what does the policy make of this rule?
 * @t: a checked table
 * @rule: index of the rule
 * @policy: the operator's choice
 *
 * The caller does not need a device: a module whose matching rules are all
 * advised has no reason to hook anything (resv_mode_enforces()). A rule that can
 * never have an address to enforce (run-time, notice) never enforces. One that
 * corrects the IORT (QUIRK_SOURCE_CORRECTS()) may: it then is in the overlay that
 * is written, and still in the list of no device; and so may one about a BAR
 * (QUIRK_SOURCE_BARS()), which is in none either. A rule
 * that weakens does so only with policy.weaken, else it is withheld.
 *
 * Return: the mode.
 */
enum resv_mode resv_rule_mode(const struct quirk_table *t, u32 rule,
			      const struct resv_policy *policy);

/**
 * resv_names_check() - is this a list of names, as in struct resv_policy?
 * @names: the list
 * @at: offset of the first name that is none, on failure
 *
 * Return: true where it is (also where it is empty).
 */
bool resv_names_check(const char *names, size_t *at);

/**
 * resv_names_unknown() - find a name that the table does not have
 * @t: a checked table
 * @names: a list that resv_names_check() accepts
 * @from: offset to start at: 0, then the value returned plus 1
 *
 * Return: the offset of the first such name, or -1.
 */
int resv_names_unknown(const struct quirk_table *t, const char *names,
		       size_t from);

/**
 * resv_resolve_rule() - evaluate one rule for one device
 * @t: a checked table
 * @rule: index of the rule
 * @mode: from resv_rule_mode()
 * @facts: the machine
 * @dev: handed to the facts
 * @out: the rule's ranges are added here, as the source gives them (not page
 *	aligned); untouched unless the outcome is enforced or advised
 *
 * A correction of the IORT (QUIRK_SOURCE_CORRECTS()) is in the scope of no
 * device, and neither is a rule about a BAR (QUIRK_SOURCE_BARS()): see
 * resv_resolve_bar_rule().
 *
 * A rule that replaces the software window by msi regions is demoted where a
 * device needs the window, unless its source is "its" or "its-all": hardware
 * that takes what is written to an ITS's doorbell for interrupts leaves nothing
 * to be translated, whatever the kernel thinks.
 *
 * A source that gives no range at all where it is readable (a host bridge
 * without windows) is enforced or advised with nothing added. With several nodes
 * a rule that asks for addresses below 4 GiB takes those that are.
 *
 * Context: may sleep if the facts do; takes no lock.
 * Return: the outcome and its reason.
 */
struct resv_verdict resv_resolve_rule(const struct quirk_table *t, u32 rule,
				      enum resv_mode mode,
				      const struct resv_facts *facts, void *dev,
				      struct resv_ranges *out);

/**
 * resv_resolve_bar_rule() - evaluate a rule for a BAR of a device
 * @t: a checked table
 * @rule: index of the rule
 * @mode: from resv_rule_mode()
 * @facts: the machine; its page size is not asked
 * @dev: handed to the facts
 * @bar: number of the BAR, 0 to QUIRK_BAR_MAX; of the device itself, not of the
 *	virtual functions that it may have
 * @size: its size in bytes
 * @page_size: the page size that is asked about, in bytes: that of the running
 *	host, or of another kernel on it
 *
 * A rule of any other kind applies to no BAR. Neither does one that wants pages of
 * its own for a BAR that has them because it is as large as a page (a BAR starts at
 * a multiple of its size), nor one that wants an offset which pages of that size
 * do not have.
 *
 * Context: may sleep if the facts do; takes no lock.
 * Return: enforced, advised or disabled where the rule is about this BAR, else
 * not in scope.
 */
struct resv_verdict resv_resolve_bar_rule(const struct quirk_table *t, u32 rule,
					  enum resv_mode mode,
					  const struct resv_facts *facts,
					  void *dev, u32 bar, u64 size,
					  u64 page_size);

#endif
