// SPDX-License-Identifier: GPL-2.0-only
/*
 * words.c - words of the quirk language, for the log and for reports
 *
 * Contracts are in words.h; compiled into the module and into a host test.
 */
#include "words.h"

static const char *const resv_type_words[] = {
	[QUIRK_TYPE_RESERVED] = "reserved",
	[QUIRK_TYPE_MSI] = "msi",
	[QUIRK_TYPE_SW_MSI] = "sw-msi",
	[QUIRK_TYPE_DIRECT] = "direct",
	[QUIRK_TYPE_DIRECT_RELAXABLE] = "direct-relaxable",
	[QUIRK_TYPE_NONE] = "none",
};

static const char *const resv_action_words[] = {
	[QUIRK_ACTION_ADD] = "add",
	[QUIRK_ACTION_REPLACE] = "replace",
	[QUIRK_ACTION_DROP] = "drop",
	[QUIRK_ACTION_RELAX] = "relax",
};

static const char *const resv_cond_words[] = {
	[QUIRK_COND_BOOT] = "boot",
	[QUIRK_COND_SEGMENT] = "segment",
	[QUIRK_COND_HOST_COMPATIBLE] = "host-compatible",
	[QUIRK_COND_HOST_PATH] = "host-path",
	[QUIRK_COND_HOST_LACKS] = "host-lacks",
	[QUIRK_COND_KERNEL] = "kernel",
	[QUIRK_COND_DEVICE_PATH] = "device-path",
	[QUIRK_COND_DEVICE_COMPATIBLE] = "device-compatible",
	[QUIRK_COND_DEVICE_ID] = "device-id",
	[QUIRK_COND_ROOT_PORT] = "root-port",
	[QUIRK_COND_HOST_BRIDGE] = "host-bridge",
	[QUIRK_COND_IOMMU_BASE] = "iommu-base",
	[QUIRK_COND_PAGE_SIZE] = "page-size",
};

_Static_assert(ARRAY_SIZE(resv_type_words) == QUIRK_TYPES_END &&
	       ARRAY_SIZE(resv_action_words) == QUIRK_ACTIONS_END &&
	       ARRAY_SIZE(resv_cond_words) == QUIRK_CONDS_END,
	       "a word for each");

const char *resv_type_word(enum quirk_type type)
{
	return resv_type_words[type];
}

const char *resv_action_word(enum quirk_action action)
{
	return resv_action_words[action];
}

const char *resv_cond_word(enum quirk_cond kind)
{
	return resv_cond_words[kind];
}
