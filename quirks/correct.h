/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * correct.h - rules that correct a node of the firmware's IORT
 *
 * Such a rule is about a table and not about a device: no device has it among
 * its rules, and it changes nothing while the kernel runs. It counts where an
 * overlay of the table is written (acpi/overlay.h), which the next boot takes.
 *
 * Works on a table that quirk_table_open() has checked; compiled into the module
 * and into the host's tools and tests. No allocation, no locks.
 */
#ifndef IOMMU_RESV_QUIRK_CORRECT_H
#define IOMMU_RESV_QUIRK_CORRECT_H

#include "../acpi/overlay.h"
#include "table.h"

/**
 * quirk_correction() - is a rule a correction, and of what?
 * @t: a checked table
 * @rule: index of the rule; its entry's level is known (quirk_entry_known())
 * @fix: filled in where it is; members that do not belong to its kind are 0,
 *	and a segment or an SMMU that the rule does not name is all of them
 *
 * Whether it is to be made is the policy's decision: resv_rule_mode().
 *
 * Return: 1 where it is a correction, else 0.
 */
int quirk_correction(const struct quirk_table *t, u32 rule,
		     struct iort_fix *fix);

/**
 * quirk_correction_name() - the word for what a correction changes
 * @kind: of struct iort_fix
 *
 * Return: "smmu-model", "address-limit" or "id-mapping", for reports.
 */
const char *quirk_correction_name(enum iort_fix_kind kind);

#endif
