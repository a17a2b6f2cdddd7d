/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - words of the quirk language, for the log and for reports
 *
 * The language itself is quirks/vocabulary.h, which only the compiler reads; a
 * host test holds the two together.
 */
#ifndef IOMMU_RESV_WORDS_H
#define IOMMU_RESV_WORDS_H

#include "../quirks/table.h"

/**
 * resv_type_word() - the word for the type of a rule
 * @type: the type, of a checked table
 *
 * Return: the word.
 */
const char *resv_type_word(enum quirk_type type);

/**
 * resv_action_word() - the word for the action of a rule
 * @action: the action, of a checked table
 *
 * Return: the word.
 */
const char *resv_action_word(enum quirk_action action);

/**
 * resv_cond_word() - the word for a scope condition of a rule
 * @kind: its kind, of a checked table
 *
 * Return: the word.
 */
const char *resv_cond_word(enum quirk_cond kind);

#endif
