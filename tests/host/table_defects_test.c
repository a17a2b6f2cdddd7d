// SPDX-License-Identifier: GPL-2.0-only
/* LINK: quirks/table.c quirks/match.c quirks/correct.c quirks/compile.c quirks/rule.c quirks/value.c quirks/check.c quirks/image.c quirks/source.c tools/problem.c module/ranges.c module/resolve.c */
/*
 * table_defects_test.c - what the reader of the quirk table says of defects
 *
 * Each field of a good image is given values that it must not have; the defect
 * has to be named, and found where it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "table_image.h"

/* A defect of one field is refused there, with words that name it. */
/* Where the first condition of the rule at @rule is. */
static size_t first_cond(size_t rule)
{
	return offset_of(quirk_cond_at(&good_table,
				       get_le32(good + rule + QUIRK_RULE_COND_FIRST)));
}

static void each_defect_is_named(void **state)
{
	const struct quirk_table *t = &good_table;
	size_t entry = entry_offset("alpha");
	size_t entry1 = entry_offset("beta");
	size_t entry2 = entry_offset("gamma");
	size_t entry3 = entry_offset("zeta");
	size_t pool = offset_of(t->sec[QUIRK_SEC_STRINGS]);
	size_t literal = rule_offset("alpha", "literal");
	size_t named = rule_offset("alpha", "named");
	size_t counted = rule_offset("alpha", "counted");
	size_t its = rule_offset("beta", "its");
	size_t inbound = rule_offset("beta", "inbound");
	size_t windows = rule_offset("alpha", "windows");
	size_t property = rule_offset("alpha", "property");
	size_t later = rule_offset("beta", "later");
	size_t message = rule_offset("beta", "message");
	size_t placed = rule_offset("beta", "placed");
	size_t bypass = rule_offset("beta", "bypass");
	size_t known = rule_offset("beta", "known");
	size_t limit = rule_offset("zeta", "limit");
	size_t mapping = rule_offset("zeta", "mapping");
	size_t model = rule_offset("zeta", "model");
	size_t entry_bars = entry_offset("zenith");
	size_t realign = rule_offset("zenith", "realign");
	size_t whole = rule_offset("zenith", "whole");
	size_t offset = rule_offset("zenith", "offset");
	size_t realign_id = first_cond(realign);
	size_t offset_page = first_cond(offset) + 2 * QUIRK_COND_LEN;
	size_t acpi = key_offset(QUIRK_KEY_ACPI);
	size_t dmi = key_offset(QUIRK_KEY_DMI);
	size_t root = key_offset(QUIRK_KEY_DT_ROOT);
	size_t pci = key_offset(QUIRK_KEY_PCI);
	size_t smmu = key_offset(QUIRK_KEY_SMMU);
	size_t id_cond = cond_offset(QUIRK_COND_DMI);
	size_t pci_cond = cond_offset(QUIRK_COND_PCI);
	size_t boot = cond_offset(QUIRK_COND_BOOT);
	size_t segment = cond_offset(QUIRK_COND_SEGMENT);
	size_t kernel = cond_offset(QUIRK_COND_KERNEL);
	size_t path = cond_offset(QUIRK_COND_HOST_PATH);
	size_t device = cond_offset(QUIRK_COND_DEVICE_PATH);
	size_t device_id = cond_offset(QUIRK_COND_DEVICE_ID);
	size_t port = cond_offset(QUIRK_COND_ROOT_PORT);
	size_t bridge = cond_offset(QUIRK_COND_HOST_BRIDGE);
	size_t base = cond_offset(QUIRK_COND_IOMMU_BASE);
	size_t page = cond_offset(QUIRK_COND_PAGE_SIZE);
	u32 strings = t->count[QUIRK_SEC_STRINGS];
	u32 title = get_le32(quirk_entry_at(t, 0) + QUIRK_ENT_TITLE);
	size_t vendor = offset_of((const u8 *)quirk_string(t, good + id_cond +
							      QUIRK_COND_VALUE));
	u32 reason = get_le32(good + literal + QUIRK_RULE_REASON);
	u32 last_cond = t->count[QUIRK_SEC_CONDS];
	size_t last_cond_at = offset_of(quirk_cond_at(t, last_cond - 1));
	size_t mapped_cond = last_cond_at - QUIRK_COND_LEN;
	const struct {
		const char *what;
		size_t at;
		u32 value;
		size_t reported;	/* 0: there */
		size_t also_at;		/* a second edit, where not 0 */
		u32 also_value;
	} cases[] = {
		{ "wrong magic: not a quirk table", 0, 0x41414141, 0 },
		{ "unknown format version", QUIRK_HDR_VERSION, 2, 0 },
		{ "wrong header length", QUIRK_HDR_SIZE, 72, 0 },
		{ "length in the header is not the length of the image", QUIRK_HDR_TOTAL, (u32)good_size + 8, 0 },
		{ "length in the header is not the length of the image", QUIRK_HDR_TOTAL, 0, 0 },
		{ "header has bits set in a zero field", QUIRK_HDR_ZERO, 1, 0 },
		{ "header has bits set in a zero field", QUIRK_HDR_ZERO, 0x01000000, 0 },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS, 88, 0 },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS + 16, 0, 0 },
		{ "section exceeds the image", QUIRK_HDR_SECTIONS + 4, 0x08000000, 0 },
		{ "section exceeds the image", QUIRK_HDR_SECTIONS + 36, strings + 8, 0 },
		{ "section does not start where the one before ends", QUIRK_HDR_SECTIONS + 4, 6, QUIRK_HDR_SECTIONS + 8 },
		{ "bytes after the last section", QUIRK_HDR_SECTIONS + 36, strings - 8, pool + strings - 8 },
		{ "string pool does not start with the empty string", pool, 0x41, 0 },
		{ "unprintable character in a string", pool + 1, 0x0a, 0 },
		{ "unprintable character in a string", pool + 1, 0x7f, 0 },
		{ "unprintable character in a string", pool + 1, 0xc3, 0 },
		{ "empty string in the middle of the pool", pool + 1, 0, 0 },

		{ "unknown kind of key", root, 0, 0 },
		{ "unknown kind of key", root, QUIRK_KEYS_END, 0 },
		{ "string offset outside the string pool", root + QUIRK_KEY_VALUE, strings, 0 },
		{ "string offset outside the string pool", root + QUIRK_KEY_VALUE, U32_MAX, 0 },
		{ "string offset inside another string", root + QUIRK_KEY_VALUE, reason + 1, 0 },
		{ "required string is empty", root + QUIRK_KEY_VALUE, 0, 0 },
		{ "ACPI key is not 18 characters long", acpi + QUIRK_KEY_VALUE, title, 0 },
		{ "DMI key is not field=value", dmi + QUIRK_KEY_VALUE, title, 0 },
		{ "DMI key is not field=value", id_cond + QUIRK_COND_VALUE, title, 0 },
		{ "DMI key is not field=value", vendor + strlen("sys_vendor="), 0, id_cond + QUIRK_COND_VALUE },
		{ "unknown DMI field", vendor, 'x', id_cond + QUIRK_COND_VALUE },
		{ "PCI id is not vvvv:dddd in lower-case hex", pci + QUIRK_KEY_VALUE, title, 0 },
		{ "PCI id is not vvvv:dddd in lower-case hex", pci_cond + QUIRK_COND_VALUE, title, 0 },
		{ "SMMU model is neither smmu-N nor smmuv3-N", smmu + QUIRK_KEY_VALUE, title, 0 },
		{ "key of an entry that does not exist", root + QUIRK_KEY_ENTRY, 5, 0 },
		{ "bad range of OEM revisions", acpi + QUIRK_KEY_REV_MIN, 6, 0 },
		{ "bad range of OEM revisions", root + QUIRK_KEY_REV_MAX, 1, root + QUIRK_KEY_REV_MIN },
		{ "key has bits set in a zero field", root + QUIRK_KEY_ZERO, 1, 0 },
		{ "first index does not continue its neighbour's", root + QUIRK_KEY_COND_FIRST, 1, 0 },
		{ "count leaves the section", root + QUIRK_KEY_COND_COUNT, last_cond + 1, 0 },
		{ "count leaves the section", root + QUIRK_KEY_COND_COUNT, U32_MAX, 0 },
		{ "keys are not sorted", root + QUIRK_KEY_KIND, QUIRK_KEY_DT_NODE, root + QUIRK_KEY_LEN },
		{ "keys are not sorted", root + QUIRK_KEY_VALUE, get_le32(good + root + QUIRK_KEY_LEN + QUIRK_KEY_VALUE) + 11, root + QUIRK_KEY_LEN },

		{ "unknown kind of identity condition", id_cond, QUIRK_COND_BOOT, 0 },
		{ "unknown kind of identity condition", id_cond, 0, 0 },
		{ "bad range of OEM revisions", id_cond + QUIRK_COND_LO, 1, 0 },
		{ "condition has bits set in a zero field", id_cond + QUIRK_COND_ZERO, 1, 0 },
		{ "condition has bits set in a zero field", boot + QUIRK_COND_ZERO + 4, 1, boot + QUIRK_COND_ZERO },
		{ "unknown kind of scope condition", boot, QUIRK_COND_DMI, 0 },
		{ "unknown kind of scope condition", boot, QUIRK_CONDS_END, 0 },
		{ "unknown kind of boot", boot + QUIRK_COND_LO, 1, 0 },
		{ "unknown kind of boot", boot + QUIRK_COND_HI, 1, boot + QUIRK_COND_LO },
		{ "string in a condition on a number", boot + QUIRK_COND_VALUE, title, 0 },
		{ "bad range of PCI segments", segment + QUIRK_COND_LO, 9, 0 },
		{ "bad range of PCI segments", segment + QUIRK_COND_HI, 0x80000000, segment + QUIRK_COND_LO },
		{ "string in a condition on a number", base + QUIRK_COND_VALUE, title, 0 },
		{ "bad range of IOMMU addresses", base + QUIRK_COND_LO + 4, 1, base + QUIRK_COND_LO },
		{ "string in a condition on a number", page + QUIRK_COND_VALUE, title, 0 },
		{ "page size is not a power of two", page + QUIRK_COND_LO, 0, 0 },
		{ "page size is not a power of two", page + QUIRK_COND_LO, 0xfff, 0 },
		{ "page size is not a power of two", page + QUIRK_COND_LO, 0x2000, 0 },
		{ "page size is not a power of two", page + QUIRK_COND_HI, 0x1800, page + QUIRK_COND_LO },
		{ "PCI id is not vvvv:dddd in lower-case hex", device_id + QUIRK_COND_VALUE, title, 0 },
		{ "PCI id is not vvvv:dddd in lower-case hex", port + QUIRK_COND_VALUE, title, 0 },
		{ "PCI id is not vvvv:dddd in lower-case hex", bridge + QUIRK_COND_VALUE, title, 0 },
		{ "number in a condition on a string", device_id + QUIRK_COND_LO, 1, 0 },
		{ "number in a condition on a string", path + QUIRK_COND_HI, 1, path + QUIRK_COND_LO },
		{ "required string is empty", path + QUIRK_COND_VALUE, 0, 0 },
		{ "device tree path does not start with /", path + QUIRK_COND_VALUE, title, 0 },
		{ "device tree path does not start with /", device + QUIRK_COND_VALUE, title, 0 },
		{ "unknown kernel behaviour", kernel + QUIRK_COND_VALUE, title, 0 },

		{ "required string is empty", entry + QUIRK_ENT_NAME, 0, 0 },
		{ "required string is empty", entry + QUIRK_ENT_TITLE, 0, 0 },
		{ "required string is empty", entry + QUIRK_ENT_REFERENCE, 0, 0 },
		{ "entry name is not kebab-case", entry + QUIRK_ENT_NAME, get_le32(good + root + QUIRK_KEY_VALUE), 0 },
		{ "entries are not sorted by unique names", entry1 + QUIRK_ENT_NAME, get_le32(good + entry + QUIRK_ENT_NAME), 0 },
		{ "unknown entry flag", entry + QUIRK_ENT_FLAGS, 4, 0 },
		{ "entry of no level", entry + QUIRK_ENT_LEVEL, 0, 0 },
		{ "entry has bits set in a zero field", entry + QUIRK_ENT_ZERO, 1, 0 },
		{ "entry has bits set in a zero field", entry + QUIRK_ENT_ZERO, 0x01000000, 0 },
		{ "first index does not continue its neighbour's", entry1 + QUIRK_ENT_RULE_FIRST, 3, 0 },
		{ "count leaves the section", entry + QUIRK_ENT_RULE_COUNT, 22, 0 },
		{ "entry needs either rules or the known-good flag", entry + QUIRK_ENT_FLAGS, QUIRK_ENT_F_KNOWN_GOOD, entry + QUIRK_ENT_RULE_COUNT },
		{ "entry needs either rules or the known-good flag", entry2 + QUIRK_ENT_FLAGS, 0, entry2 + QUIRK_ENT_RULE_COUNT },
		{ "first index does not continue its neighbour's", entry1 + QUIRK_ENT_RULE_COUNT, 2, entry2 + QUIRK_ENT_RULE_FIRST },
		{ "rule without an entry", entry3 + QUIRK_ENT_RULE_COUNT, 2, model },
		{ "condition without an owner", model + QUIRK_RULE_COND_COUNT, 0, last_cond_at },

		{ "rule name is not kebab-case", literal + QUIRK_RULE_NAME, get_le32(good + root + QUIRK_KEY_VALUE), 0 },
		{ "two rules of one entry share a name", named + QUIRK_RULE_NAME, get_le32(good + literal + QUIRK_RULE_NAME), 0 },
		{ "required string is empty", literal + QUIRK_RULE_REFERENCE, 0, 0 },
		{ "required string is empty", literal + QUIRK_RULE_REASON, 0, 0 },
		{ "string offset outside the string pool", literal + QUIRK_RULE_ARG_STRING, strings, 0 },
		{ "unknown region type", literal + QUIRK_RULE_TYPE, 0x00010100, 0 },
		{ "unknown region type", literal + QUIRK_RULE_TYPE, 0x00010107, 0 },
		{ "unknown source of addresses", literal + QUIRK_RULE_TYPE, 0x00010001, literal + QUIRK_RULE_SOURCE },
		{ "unknown source of addresses", literal + QUIRK_RULE_TYPE, 0x00011301, literal + QUIRK_RULE_SOURCE },
		{ "unknown confidence", literal + QUIRK_RULE_TYPE, 0x00000101, literal + QUIRK_RULE_CONFIDENCE },
		{ "unknown confidence", literal + QUIRK_RULE_TYPE, 0x00030101, literal + QUIRK_RULE_CONFIDENCE },
		{ "advise is neither 0 nor 1", literal + QUIRK_RULE_TYPE, 0x02010101, literal + QUIRK_RULE_ADVISE },
		{ "rule names another entry than its owner", literal + QUIRK_RULE_ENTRY, 1, 0 },
		{ "rule has bits set in a zero field", literal + QUIRK_RULE_LEN - 4, 1, literal + QUIRK_RULE_ZERO },
		{ "rule has bits set in a zero field", literal + QUIRK_RULE_ACTION, 0x01000001, literal + QUIRK_RULE_ZERO },
		{ "range ends before it starts", literal + QUIRK_RULE_ARG_B, 0xfff, literal + QUIRK_RULE_ARG_A },
		{ "offset and length exceed the address space", named + QUIRK_RULE_ARG_A + 4, U32_MAX, named + QUIRK_RULE_ARG_B, named + QUIRK_RULE_ARG_A, U32_MAX },
		{ "inbound limit without an aperture", inbound + QUIRK_RULE_ARG_A, 0, 0 },
		{ "argument that the source does not take", literal + QUIRK_RULE_ARG_INDEX, 1, literal + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", its + QUIRK_RULE_ARG_A, 1, its + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", named + QUIRK_RULE_ARG_INDEX, 1, named + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", inbound + QUIRK_RULE_ARG_B, 1, inbound + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", message + QUIRK_RULE_ARG_B, 1, message + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", placed + QUIRK_RULE_ARG_INDEX, 1, placed + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", known + QUIRK_RULE_ARG_A, 1, known + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", property + QUIRK_RULE_ARG_A, 1, property + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", windows + QUIRK_RULE_ARG_STRING, title, 0 },
		{ "property without a name", property + QUIRK_RULE_ARG_STRING, 0, 0 },
		{ "length around an MSI address is not a power of two from 4 to 64 KiB", message + QUIRK_RULE_ARG_A, 0, 0 },
		{ "length around an MSI address is not a power of two from 4 to 64 KiB", message + QUIRK_RULE_ARG_A, 2, 0 },
		{ "length around an MSI address is not a power of two from 4 to 64 KiB", message + QUIRK_RULE_ARG_A, 12, 0 },
		{ "length around an MSI address is not a power of two from 4 to 64 KiB", message + QUIRK_RULE_ARG_A, 0x20000, 0 },
		/* action, node, flags, zero: a byte each, the first one lowest */
		{ "unknown action", literal + QUIRK_RULE_ACTION, 0, 0 },
		{ "unknown action", literal + QUIRK_RULE_ACTION, QUIRK_ACTIONS_END, 0 },
		{ "action that does not go with the region type", literal + QUIRK_RULE_ACTION, QUIRK_ACTION_REPLACE, 0 },
		{ "action that does not go with the region type", bypass + QUIRK_RULE_ACTION, QUIRK_ACTION_ADD, 0 },
		{ "action that does not go with the region type", known + QUIRK_RULE_ACTION, QUIRK_ACTION_DROP, 0 },
		{ "action on an address that cannot be read", later + QUIRK_RULE_ACTION, QUIRK_ACTION_DROP, 0 },
		{ "unknown node, or one that the source does not read", literal + QUIRK_RULE_ACTION, 0x00000101, literal + QUIRK_RULE_NODE },
		{ "unknown node, or one that the source does not read", named + QUIRK_RULE_ACTION, 0x00020001, named + QUIRK_RULE_NODE },
		{ "unknown node, or one that the source does not read", named + QUIRK_RULE_ACTION, 0x00020401, named + QUIRK_RULE_NODE },
		{ "flag that is unknown or not the source's", literal + QUIRK_RULE_ACTION, 0x00010001, literal + QUIRK_RULE_FLAGS },
		{ "flag that is unknown or not the source's", windows + QUIRK_RULE_ACTION, 0x00020001, windows + QUIRK_RULE_FLAGS },
		{ "flag that is unknown or not the source's", windows + QUIRK_RULE_ACTION, 0x00040001, windows + QUIRK_RULE_FLAGS },
		{ "flag that is unknown or not the source's", named + QUIRK_RULE_ACTION, 0x00010101, named + QUIRK_RULE_FLAGS },
		/* type, source, confidence, advise, likewise */
		{ "a notice, a correction, a rule about a BAR and no other has no region type", its + QUIRK_RULE_TYPE, 0x00010506, 0 },
		{ "a notice, a correction, a rule about a BAR and no other has no region type", known + QUIRK_RULE_TYPE, 0x00010c01, 0 },
		{ "a notice, a correction, a rule about a BAR and no other has no region type", limit + QUIRK_RULE_TYPE, 0x00010e01, 0 },
		{ "a notice, a correction, a rule about a BAR and no other has no region type", model + QUIRK_RULE_TYPE, 0x00010d04, 0 },
		{ "a software MSI window is a range or placed, and nothing else is placed", bypass + QUIRK_RULE_TYPE, 0x00010903, bypass + QUIRK_RULE_SOURCE },
		{ "a software MSI window is a range or placed, and nothing else is placed", placed + QUIRK_RULE_TYPE, 0x00010b02, placed + QUIRK_RULE_SOURCE },
		{ "a software MSI window is a range or placed, and nothing else is placed", placed + QUIRK_RULE_ACTION, QUIRK_ACTION_DROP, placed + QUIRK_RULE_SOURCE },
		{ "source of a level above its entry's", entry3 + QUIRK_ENT_LEVEL, 1, limit + QUIRK_RULE_SOURCE },
		{ "source of a level above its entry's", known + QUIRK_RULE_TYPE, 0x00010e06, known + QUIRK_RULE_SOURCE },
		{ "action that does not go with the region type", limit + QUIRK_RULE_ACTION, QUIRK_ACTION_DROP, 0 },
		{ "unknown node, or one that the source does not read", limit + QUIRK_RULE_ACTION, 0x00000101, limit + QUIRK_RULE_NODE },
		{ "flag that is unknown or not the source's", model + QUIRK_RULE_ACTION, 0x00010001, model + QUIRK_RULE_FLAGS },
		{ "argument that the source does not take", model + QUIRK_RULE_ARG_A, 1, model + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", model + QUIRK_RULE_ARG_STRING, title, 0 },
		{ "argument that the source does not take", limit + QUIRK_RULE_ARG_B, 1, limit + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", mapping + QUIRK_RULE_ARG_STRING, title, 0 },
		{ "address limit is not 1 to 64 bits", limit + QUIRK_RULE_ARG_INDEX, 0, 0 },
		{ "address limit is not 1 to 64 bits", limit + QUIRK_RULE_ARG_INDEX, 65, 0 },
		{ "bad range of requester IDs", mapping + QUIRK_RULE_ARG_A, 0x200, 0 },
		{ "bad range of requester IDs", mapping + QUIRK_RULE_ARG_A + 4, 0x10000, mapping + QUIRK_RULE_ARG_A },
		{ "stream IDs have more than 32 bits", mapping + QUIRK_RULE_ARG_INDEX, 0xffffff01, 0 },
		{ "ID mapping without an SMMU", mapping + QUIRK_RULE_ARG_B, 0, 0, mapping + QUIRK_RULE_ARG_B + 4, 0 },
		{ "ID mapping without a PCI segment", mapping + QUIRK_RULE_COND_COUNT, 0, 0 },
		{ "scope condition that the correction does not take", mapped_cond, QUIRK_COND_IOMMU_BASE, 0 },
		{ "scope condition that the correction does not take", last_cond_at, QUIRK_COND_SEGMENT, 0 },
		{ "correction with more than one scope condition", mapping + QUIRK_RULE_COND_COUNT, 2, 0 },
		{ "a notice, a correction, a rule about a BAR and no other has no region type", realign + QUIRK_RULE_TYPE, 0x00011001, 0 },
		{ "a notice, a correction, a rule about a BAR and no other has no region type", offset + QUIRK_RULE_TYPE, 0x00011204, 0 },
		{ "source of a level above its entry's", entry_bars + QUIRK_ENT_LEVEL, 2, realign + QUIRK_RULE_SOURCE },
		{ "source of a level above its entry's", model + QUIRK_RULE_TYPE, 0x00011106, model + QUIRK_RULE_SOURCE },
		{ "action that does not go with the region type", whole + QUIRK_RULE_ACTION, QUIRK_ACTION_REPLACE, 0 },
		{ "unknown node, or one that the source does not read", offset + QUIRK_RULE_ACTION, 0x00000101, offset + QUIRK_RULE_NODE },
		{ "flag that is unknown or not the source's", realign + QUIRK_RULE_ACTION, 0x00010001, realign + QUIRK_RULE_FLAGS },
		{ "argument that the source does not take", realign + QUIRK_RULE_ARG_B, 1, realign + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", whole + QUIRK_RULE_ARG_B, 1, whole + QUIRK_RULE_ARG_STRING },
		{ "argument that the source does not take", whole + QUIRK_RULE_ARG_STRING, title, 0 },
		{ "argument that the source does not take", offset + QUIRK_RULE_ARG_STRING, title, 0 },
		{ "a function has no BAR of that number", realign + QUIRK_RULE_ARG_INDEX, 7, 0 },
		{ "a function has no BAR of that number", whole + QUIRK_RULE_ARG_INDEX, U32_MAX, 0 },
		{ "size of a BAR is not a power of two from 16", realign + QUIRK_RULE_ARG_A, 0x3000, 0 },
		{ "size of a BAR is not a power of two from 16", whole + QUIRK_RULE_ARG_A, 8, 0 },
		{ "offset of a BAR has more than 32 bits", offset + QUIRK_RULE_ARG_B + 4, 1, offset + QUIRK_RULE_ARG_B },
		{ "offset of a BAR outside a page of this size", offset + QUIRK_RULE_ARG_B, 0x4000, offset_page + QUIRK_COND_LO },
		{ "offset of a BAR outside a page of this size", offset_page + QUIRK_COND_LO, 0x1000, 0 },
		{ "rule about a BAR of no named device", realign_id, QUIRK_COND_ROOT_PORT, realign + QUIRK_RULE_COND_COUNT },
		{ "rule about a BAR of no named device", whole + QUIRK_RULE_COND_COUNT, 0, 0 },
		{ "first index does not continue its neighbour's", counted + QUIRK_RULE_COND_FIRST, 0, 0 },
		{ "count leaves the section", counted + QUIRK_RULE_COND_COUNT, last_cond, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();
		size_t reported = cases[i].reported ? cases[i].reported :
						      cases[i].at;

		put_le32(image + cases[i].at, cases[i].value);
		/* One byte of the pool, not four. */
		if (cases[i].at >= pool)
			memcpy(image + cases[i].at + 1, good + cases[i].at + 1,
			       3);
		if (cases[i].also_at)
			put_le32(image + cases[i].also_at, cases[i].also_value);
		fix_crc(image, good_size);
		assert_refused_at(image, good_size, cases[i].what, reported);
		free(image);
	}
}

static void names_are_kebab_case(void **state)
{
	static const struct {
		u32 entry;
		const char *name;
		bool good;
	} cases[] = {
		{ 0, "a-b-c", true }, { 0, "a0b9z", true },
		{ 0, "azaz9", true }, { 2, "zamma", true },
		{ 0, "Alpha", false }, { 0, "1lpha", false },
		{ 0, "-lpha", false }, { 0, "`lpha", false },
		{ 2, "{amma", false }, { 0, "alph-", false },
		{ 0, "al--a", false }, { 0, "al_ha", false },
		{ 0, "al ha", false }, { 0, "alPha", false },
		{ 0, "al/ha", false }, { 0, "al:ha", false },
		{ 0, "al{ha", false }, { 0, "al`ha", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();
		const u8 *field = quirk_entry_at(&good_table, cases[i].entry) +
				  QUIRK_ENT_NAME;

		memcpy(image + offset_of((const u8 *)quirk_string(&good_table,
								  field)),
		       cases[i].name, 5);
		fix_crc(image, good_size);
		if (cases[i].good)
			assert_true(try_image(image, good_size));
		else
			assert_refused_at(image, good_size,
					  "entry name is not kebab-case",
					  offset_of(field));
		free(image);
	}
}

/* The compiler makes an ACPI table a key, but the format has it as condition. */
static void acpi_condition_has_a_range_of_revisions(void **state)
{
	static const struct {
		u64 lo;
		u64 hi;
		bool good;
	} cases[] = {
		{ 2, 5, true }, { 5, 5, true }, { 0, U32_MAX, true },
		{ 6, 5, false }, { 0, 1ull + U32_MAX, false },
		{ 2ull + U32_MAX, 1ull + U32_MAX, false },
	};
	size_t cond = cond_offset(QUIRK_COND_DMI);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();

		put_le32(image + cond, QUIRK_COND_ACPI);
		memcpy(image + cond + QUIRK_COND_VALUE,
		       good + key_offset(QUIRK_KEY_ACPI) + QUIRK_KEY_VALUE, 4);
		put_le64(image + cond + QUIRK_COND_LO, cases[i].lo);
		put_le64(image + cond + QUIRK_COND_HI, cases[i].hi);
		fix_crc(image, good_size);
		if (cases[i].good)
			assert_true(try_image(image, good_size));
		else
			assert_refused_at(image, good_size,
					  "bad range of OEM revisions",
					  cond + QUIRK_COND_LO);
		free(image);
	}
}

static void offset_and_length_may_reach_the_last_byte(void **state)
{
	size_t named = rule_offset("alpha", "named");
	u8 *image = copy_good();

	put_le64(image + named + QUIRK_RULE_ARG_A, U64_MAX);
	put_le64(image + named + QUIRK_RULE_ARG_B, 1);
	fix_crc(image, good_size);
	assert_true(try_image(image, good_size));
	put_le64(image + named + QUIRK_RULE_ARG_B, 2);
	fix_crc(image, good_size);
	assert_refused_at(image, good_size,
			  "offset and length exceed the address space",
			  named + QUIRK_RULE_ARG_B);
	free(image);
}

/* The forms of two kinds of identities, written over a title. */
static void ids_have_their_form(void **state)
{
	static const struct {
		u32 key;
		const char *value;
		bool good;
	} cases[] = {
		{ QUIRK_KEY_PCI, "0000:0000", true },
		{ QUIRK_KEY_PCI, "ffff:9a0f", true },
		{ QUIRK_KEY_PCI, "1DEF:e100", false },
		{ QUIRK_KEY_PCI, "1def-e100", false },
		{ QUIRK_KEY_PCI, "1de::e100", false },
		{ QUIRK_KEY_PCI, "1def:e10g", false },
		{ QUIRK_KEY_PCI, "1def:e10", false },
		{ QUIRK_KEY_PCI, "1def:e1000", false },
		{ QUIRK_KEY_PCI, "/def:e100", false },
		{ QUIRK_KEY_PCI, "`def:e100", false },
		{ QUIRK_KEY_SMMU, "smmu-0", true },
		{ QUIRK_KEY_SMMU, "smmu-255", true },
		{ QUIRK_KEY_SMMU, "smmuv3-0", true },
		{ QUIRK_KEY_SMMU, "smmuv3-4294967295", true },
		{ QUIRK_KEY_SMMU, "smmuv3-4294967296", false },
		{ QUIRK_KEY_SMMU, "smmuv3-18446744073709551618", false },
		{ QUIRK_KEY_SMMU, "smmu-00", false },
		{ QUIRK_KEY_SMMU, "smmu-02", false },
		{ QUIRK_KEY_SMMU, "smmu-", false },
		{ QUIRK_KEY_SMMU, "smmuv3-", false },
		{ QUIRK_KEY_SMMU, "smmuv3-2x", false },
		{ QUIRK_KEY_SMMU, "smmuv3-:", false },
		{ QUIRK_KEY_SMMU, "smmuv3-/", false },
		{ QUIRK_KEY_SMMU, "smmu--2", false },
		{ QUIRK_KEY_SMMU, "Smmuv3-2", false },
		{ QUIRK_KEY_SMMU, "smmuv4-2", false },
		{ QUIRK_KEY_SMMU, "2", false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct quirk_table t;
		u8 *image = open_text(SOURCE(
			"a { title = \"a title with room for all of the values\"; reference = \"r\"; known-good;"
			"  match-1 { pci-id = \"1def:e100\"; }; match-2 { smmu-model = \"smmu-1\"; }; };"), &t);
		u32 title = get_le32(quirk_entry_at(&t, 0) + QUIRK_ENT_TITLE);
		char *text = (char *)image +
			     (t.sec[QUIRK_SEC_STRINGS] - image) + title;
		size_t key = (size_t)(quirk_key_at(&t, 0) - image);

		if (cases[i].key == QUIRK_KEY_SMMU)
			key += QUIRK_KEY_LEN;
		assert_int_equal(get_le32(image + key), cases[i].key);
		assert_true(strlen(cases[i].value) + 1 < strlen(text));
		strcpy(text, cases[i].value);
		put_le32(image + key + QUIRK_KEY_VALUE, title);
		fix_crc(image, t.size);
		if (cases[i].good)
			assert_true(try_image(image, t.size));
		else
			assert_refused_at(image, t.size,
					  cases[i].key == QUIRK_KEY_PCI ?
					  "PCI id is not vvvv:dddd in lower-case hex" :
					  "SMMU model is neither smmu-N nor smmuv3-N",
					  key + QUIRK_KEY_VALUE);
		free(image);
	}
}

/* The ends of what a correction may say. */
static void corrections_at_their_limits(void **state)
{
	size_t mapping = rule_offset("zeta", "mapping");
	size_t limit = rule_offset("zeta", "limit");
	size_t model = rule_offset("zeta", "model");
	const struct {
		size_t at;
		u64 value;
		u32 index_at;
		u32 index;
	} cases[] = {
		{ limit + QUIRK_RULE_ARG_A, 0, limit + QUIRK_RULE_ARG_INDEX, 1 },
		{ limit + QUIRK_RULE_ARG_A, 0, limit + QUIRK_RULE_ARG_INDEX, 64 },
		{ model + QUIRK_RULE_ARG_A, 0, model + QUIRK_RULE_ARG_INDEX, 0 },
		{ model + QUIRK_RULE_ARG_A, 0, model + QUIRK_RULE_ARG_INDEX, U32_MAX },
		{ mapping + QUIRK_RULE_ARG_A, 0, mapping + QUIRK_RULE_ARG_INDEX, U32_MAX },
		{ mapping + QUIRK_RULE_ARG_A, 0xffffull << 32, mapping + QUIRK_RULE_ARG_INDEX, 0xffff0000 },
		{ mapping + QUIRK_RULE_ARG_B, U64_MAX, mapping + QUIRK_RULE_ARG_INDEX, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();

		put_le64(image + cases[i].at, cases[i].value);
		put_le32(image + cases[i].index_at, cases[i].index);
		fix_crc(image, good_size);
		assert_true(try_image(image, good_size));
		free(image);
	}
}

/* The ends of what a rule about a BAR may say. */
static void bar_rules_at_their_limits(void **state)
{
	size_t realign = rule_offset("zenith", "realign");
	size_t whole = rule_offset("zenith", "whole");
	size_t offset = rule_offset("zenith", "offset");
	const struct {
		size_t at;
		u64 value;
		u32 index_at;
		u32 index;
	} cases[] = {
		{ realign + QUIRK_RULE_ARG_A, 16, realign + QUIRK_RULE_ARG_INDEX, 0 },
		{ realign + QUIRK_RULE_ARG_A, 1ull << 63, realign + QUIRK_RULE_ARG_INDEX, 5 },
		{ whole + QUIRK_RULE_ARG_A, 0, whole + QUIRK_RULE_ARG_INDEX, 6 },
		{ offset + QUIRK_RULE_ARG_B, 0, offset + QUIRK_RULE_ARG_INDEX, 0 },
		{ offset + QUIRK_RULE_ARG_B, 0x3fff, offset + QUIRK_RULE_ARG_INDEX, 6 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();

		put_le64(image + cases[i].at, cases[i].value);
		put_le32(image + cases[i].index_at, cases[i].index);
		fix_crc(image, good_size);
		assert_true(try_image(image, good_size));
		free(image);
	}
}

/* What another level may mean is let through; where it points is checked. */
static void an_entry_of_the_next_level_is_carried(void **state)
{
	size_t beta = entry_offset("beta");
	size_t its = rule_offset("beta", "its");
	size_t placed = rule_offset("beta", "placed");
	size_t known = rule_offset("beta", "known");
	size_t device = cond_offset(QUIRK_COND_DEVICE_PATH);
	size_t base = cond_offset(QUIRK_COND_IOMMU_BASE);
	size_t node = key_offset(QUIRK_KEY_DT_NODE);
	size_t smmu = key_offset(QUIRK_KEY_SMMU);
	u32 strings = good_table.count[QUIRK_SEC_STRINGS];
	u32 title = get_le32(good + beta + QUIRK_ENT_TITLE);
	u32 root = get_le32(good + key_offset(QUIRK_KEY_DT_ROOT) +
			    QUIRK_KEY_VALUE);
	const struct {
		const char *what;	/* NULL: accepted */
		size_t at;
		u32 value;
		size_t also_at;
		u32 also_value;
	} cases[] = {
		{ NULL, beta + QUIRK_ENT_LEVEL, U32_MAX },
		{ NULL, beta + QUIRK_ENT_FLAGS, U32_MAX },
		{ NULL, beta + QUIRK_ENT_ZERO, U32_MAX },
		{ NULL, node + QUIRK_KEY_REV_MIN, 7 },
		{ NULL, node + QUIRK_KEY_ZERO, 7 },
		{ NULL, node + QUIRK_KEY_VALUE, 0 },
		{ NULL, smmu + QUIRK_KEY_KIND, U32_MAX, smmu + QUIRK_KEY_ENTRY, 1 },
		{ NULL, its + QUIRK_RULE_TYPE, U32_MAX },
		{ NULL, its + QUIRK_RULE_TYPE, 0x00010006u | QUIRK_SOURCE_IORT_ID_MAPPING << 8 },
		{ NULL, its + QUIRK_RULE_ACTION, U32_MAX },
		{ NULL, its + QUIRK_RULE_LEN - 4, U32_MAX },
		{ NULL, its + QUIRK_RULE_ARG_STRING, title },
		{ NULL, its + QUIRK_RULE_ARG_INDEX, 7, its + QUIRK_RULE_ARG_B, 7 },
		{ NULL, placed + QUIRK_RULE_ACTION, 0 },
		{ NULL, known + QUIRK_RULE_TYPE, 0 },
		{ NULL, device + QUIRK_COND_KIND, U32_MAX },
		{ NULL, device + QUIRK_COND_VALUE, 0 },
		{ NULL, device + QUIRK_COND_LO, 7, device + QUIRK_COND_ZERO, 7 },
		{ NULL, base + QUIRK_COND_HI, 0 },

		{ "required string is empty", beta + QUIRK_ENT_NAME, 0 },
		{ "required string is empty", beta + QUIRK_ENT_TITLE, 0 },
		{ "entry name is not kebab-case", beta + QUIRK_ENT_NAME, root },
		{ "entries are not sorted by unique names", beta + QUIRK_ENT_NAME, get_le32(good + entry_offset("alpha") + QUIRK_ENT_NAME) },
		{ "first index does not continue its neighbour's", beta + QUIRK_ENT_RULE_FIRST, 7 },
		{ "count leaves the section", beta + QUIRK_ENT_RULE_COUNT, 19 },
		{ "string offset outside the string pool", node + QUIRK_KEY_VALUE, strings },
		{ "string offset inside another string", node + QUIRK_KEY_VALUE, title + 1 },
		{ "key of an entry that does not exist", node + QUIRK_KEY_ENTRY, 5 },
		{ "keys are not sorted", node + QUIRK_KEY_KIND, QUIRK_KEYS_END },
		{ "count leaves the section", node + QUIRK_KEY_COND_COUNT, U32_MAX },
		{ "required string is empty", its + QUIRK_RULE_NAME, 0 },
		{ "required string is empty", its + QUIRK_RULE_REASON, 0 },
		{ "rule name is not kebab-case", its + QUIRK_RULE_NAME, root },
		{ "two rules of one entry share a name", known + QUIRK_RULE_NAME, get_le32(good + its + QUIRK_RULE_NAME) },
		{ "rule names another entry than its owner", its + QUIRK_RULE_ENTRY, 0 },
		{ "string offset inside another string", its + QUIRK_RULE_ARG_STRING, title + 1 },
		{ "first index does not continue its neighbour's", its + QUIRK_RULE_COND_FIRST, 0 },
		{ "string offset outside the string pool", device + QUIRK_COND_VALUE, strings },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *image = copy_good();
		size_t at = cases[i].at;

		put_le32(image + beta + QUIRK_ENT_LEVEL, QUIRK_LEVEL + 1);
		put_le32(image + at, cases[i].value);
		if (cases[i].also_at)
			put_le32(image + cases[i].also_at, cases[i].also_value);
		fix_crc(image, good_size);
		if (!cases[i].what)
			assert_true(try_image(image, good_size));
		else if (!strcmp(cases[i].what, "keys are not sorted"))
			assert_refused_at(image, good_size, cases[i].what,
					  at + QUIRK_KEY_LEN);
		else
			assert_refused_at(image, good_size, cases[i].what, at);
		free(image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_defect_is_named),
		cmocka_unit_test(names_are_kebab_case),
		cmocka_unit_test(acpi_condition_has_a_range_of_revisions),
		cmocka_unit_test(offset_and_length_may_reach_the_last_byte),
		cmocka_unit_test(ids_have_their_form),
		cmocka_unit_test(corrections_at_their_limits),
		cmocka_unit_test(bar_rules_at_their_limits),
		cmocka_unit_test(an_entry_of_the_next_level_is_carried),
	};

	return cmocka_run_group_tests_name("table defects", tests, table_setup,
					   table_teardown);
}
