// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c - reader of the compiled quirk table
 *
 * The image may come from anywhere, so quirk_table_open() checks all of it
 * before anything else looks at it: one function for each kind of record,
 * first its references, then its values. Everything after that reads without
 * checks. No allocation, no recursion, no state: the same file is compiled into
 * the module and into the tools. Format and contracts are in table.h.
 *
 * Of an entry whose level is above ours only the references are checked, and
 * nothing but quirk_table_match() may look at what it holds.
 */
#include "table.h"

const char *const quirk_dmi_fields[] = {
	"bios_vendor",
	"board_name",
	"board_vendor",
	"product_name",
	"product_version",
	"sys_vendor",
	NULL
};

const char *const quirk_kernel_names[] = {
	"dwc-doorbell-is-allocated",
	"dwc-doorbell-is-config",
	NULL
};

static const u32 record_len[QUIRK_SECTIONS] = {
	[QUIRK_SEC_ENTRIES] = QUIRK_ENT_LEN,
	[QUIRK_SEC_KEYS] = QUIRK_KEY_LEN,
	[QUIRK_SEC_CONDS] = QUIRK_COND_LEN,
	[QUIRK_SEC_RULES] = QUIRK_RULE_LEN,
	[QUIRK_SEC_STRINGS] = 1,
};

/* Record the first defect; always the value that its caller returns. */
static int fault_at(struct quirk_fault *fault, const struct quirk_table *t,
		    const u8 *where, const char *what)
{
	fault->what = what;
	fault->offset = (u32)(where - t->image);
	return -EINVAL;
}

static bool all_zero(const u8 *p, size_t len)
{
	while (len--)
		if (*p++)
			return false;
	return true;
}

static bool name_in(const char *const *names, const char *name, size_t len)
{
	for (; *names; names++)
		if (strlen(*names) == len && !memcmp(*names, name, len))
			return true;
	return false;
}

static bool is_power_of_two(u64 n)
{
	return n && !(n & (n - 1));
}

/* "vvvv:dddd" in lower-case hex */
static bool is_pci_id(const char *s)
{
	unsigned int i;

	for (i = 0; i < 9; i++)
		if (i == 4 ? s[i] != ':' :
			     !((s[i] >= '0' && s[i] <= '9') ||
			       (s[i] >= 'a' && s[i] <= 'f')))
			return false;
	return !s[9];
}

/* "smmu-N" or "smmuv3-N", N in decimal without leading zeros */
static bool is_smmu_model(const char *s)
{
	u64 model = 0;

	if (!strncmp(s, "smmu-", 5))
		s += 5;
	else if (!strncmp(s, "smmuv3-", 7))
		s += 7;
	else
		return false;
	if (!*s || (*s == '0' && s[1]))
		return false;
	for (; *s >= '0' && *s <= '9' && model <= U32_MAX; s++)
		model = model * 10 + (u64)(*s - '0');
	return !*s && model <= U32_MAX;
}

/* Lower case letters, digits and single hyphens inside; starts with a letter. */
static bool is_kebab_case(const char *s)
{
	if (*s < 'a' || *s > 'z')
		return false;
	for (; *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9'))
			continue;
		if (*s != '-' || s[1] == '-' || !s[1])
			return false;
	}
	return true;
}

/* A string field must point at the first byte of a string of the pool. */
static int check_string(const struct quirk_table *t, const u8 *field,
			bool required, struct quirk_fault *fault)
{
	u32 offset = get_le32(field);

	if (offset >= t->count[QUIRK_SEC_STRINGS])
		return fault_at(fault, t, field,
				"string offset outside the string pool");
	if (offset && t->sec[QUIRK_SEC_STRINGS][offset - 1])
		return fault_at(fault, t, field,
				"string offset inside another string");
	if (required && !offset)
		return fault_at(fault, t, field, "required string is empty");
	return 0;
}

static int check_strings(const struct quirk_table *t,
			 struct quirk_fault *fault)
{
	const u8 *pool = t->sec[QUIRK_SEC_STRINGS];
	u32 count = t->count[QUIRK_SEC_STRINGS];
	u32 len = 0;
	u32 i;

	if (!count || pool[0])
		return fault_at(fault, t, pool,
				"string pool does not start with the empty string");
	if (pool[count - 1])
		return fault_at(fault, t, pool + count - 1,
				"last string has no end");
	for (i = 1; i < count; i++) {
		if (pool[i]) {
			if (pool[i] < 0x20 || pool[i] > 0x7e)
				return fault_at(fault, t, pool + i,
						"unprintable character in a string");
			if (++len > QUIRK_STRING_MAX)
				return fault_at(fault, t, pool + i,
						"string is too long");
			continue;
		}
		if (!len)
			return fault_at(fault, t, pool + i,
					"empty string in the middle of the pool");
		len = 0;
	}
	return 0;
}

/* The value of an identity key or condition, whose enums are the same. */
static int check_identity(const struct quirk_table *t, u32 kind,
			  const u8 *field, struct quirk_fault *fault)
{
	const char *value;
	size_t len;

	if (check_string(t, field, true, fault))
		return -EINVAL;
	value = quirk_string(t, field);

	if (kind == QUIRK_KEY_ACPI && strlen(value) != QUIRK_ACPI_KEY_LEN)
		return fault_at(fault, t, field,
				"ACPI key is not 18 characters long");
	if (kind == QUIRK_KEY_DMI) {
		for (len = 0; value[len] && value[len] != '='; len++)
			;
		if (!value[len] || !value[len + 1])
			return fault_at(fault, t, field,
					"DMI key is not field=value");
		if (!name_in(quirk_dmi_fields, value, len))
			return fault_at(fault, t, field,
					"unknown DMI field");
	}
	if (kind == QUIRK_KEY_PCI && !is_pci_id(value))
		return fault_at(fault, t, field,
				"PCI id is not vvvv:dddd in lower-case hex");
	if (kind == QUIRK_KEY_SMMU && !is_smmu_model(value))
		return fault_at(fault, t, field,
				"SMMU model is neither smmu-N nor smmuv3-N");
	return 0;
}

static int check_scope(const struct quirk_table *t, const u8 *c,
		       struct quirk_fault *fault)
{
	u32 kind = get_le32(c + QUIRK_COND_KIND);
	u64 lo = get_le64(c + QUIRK_COND_LO);
	u64 hi = get_le64(c + QUIRK_COND_HI);
	bool is_number = kind == QUIRK_COND_BOOT ||
			 kind == QUIRK_COND_SEGMENT ||
			 kind == QUIRK_COND_IOMMU_BASE ||
			 kind == QUIRK_COND_PAGE_SIZE;
	const char *value;

	if (check_string(t, c + QUIRK_COND_VALUE, !is_number, fault))
		return -EINVAL;
	if (is_number && get_le32(c + QUIRK_COND_VALUE))
		return fault_at(fault, t, c + QUIRK_COND_VALUE,
				"string in a condition on a number");
	if (!is_number && (lo || hi))
		return fault_at(fault, t, c + QUIRK_COND_LO,
				"number in a condition on a string");
	value = quirk_string(t, c + QUIRK_COND_VALUE);

	switch (kind) {
	case QUIRK_COND_BOOT:
		if (lo > 1 || hi != lo)
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"unknown kind of boot");
		break;
	case QUIRK_COND_SEGMENT:
		if (lo > hi || hi > 0x7fffffff)
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"bad range of PCI segments");
		break;
	case QUIRK_COND_IOMMU_BASE:
		if (lo > hi)
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"bad range of IOMMU addresses");
		break;
	case QUIRK_COND_PAGE_SIZE:
		if (lo > hi || !is_power_of_two(lo) || !is_power_of_two(hi))
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"page size is not a power of two");
		break;
	case QUIRK_COND_DEVICE_ID:
	case QUIRK_COND_ROOT_PORT:
	case QUIRK_COND_HOST_BRIDGE:
		if (!is_pci_id(value))
			return fault_at(fault, t, c + QUIRK_COND_VALUE,
					"PCI id is not vvvv:dddd in lower-case hex");
		break;
	case QUIRK_COND_HOST_PATH:
	case QUIRK_COND_DEVICE_PATH:
		if (value[0] != '/')
			return fault_at(fault, t, c + QUIRK_COND_VALUE,
					"device tree path does not start with /");
		break;
	case QUIRK_COND_KERNEL:
		if (!name_in(quirk_kernel_names, value, strlen(value)))
			return fault_at(fault, t, c + QUIRK_COND_VALUE,
					"unknown kernel behaviour");
		break;
	}
	return 0;
}

static int check_conds(const struct quirk_table *t, u32 entry, u32 first,
		       u32 count, bool identity, struct quirk_fault *fault)
{
	bool known = quirk_entry_known(t, entry);
	u32 i;

	for (i = first; i < first + count; i++) {
		const u8 *c = quirk_cond_at(t, i);
		u32 kind = get_le32(c + QUIRK_COND_KIND);
		int ret;

		if (!known) {
			ret = check_string(t, c + QUIRK_COND_VALUE, false,
					   fault);
			if (ret)
				return ret;
			continue;
		}
		if (!all_zero(c + QUIRK_COND_ZERO,
			      QUIRK_COND_LEN - QUIRK_COND_ZERO))
			return fault_at(fault, t, c + QUIRK_COND_ZERO,
					"condition has bits set in a zero field");

		if (!identity) {
			if (!QUIRK_COND_IS_SCOPE(kind))
				return fault_at(fault, t, c,
						"unknown kind of scope condition");
			ret = check_scope(t, c, fault);
			if (ret)
				return ret;
			continue;
		}

		if (!QUIRK_COND_IS_IDENTITY(kind))
			return fault_at(fault, t, c,
					"unknown kind of identity condition");
		ret = check_identity(t, kind, c + QUIRK_COND_VALUE, fault);
		if (ret)
			return ret;
		if (kind == QUIRK_COND_ACPI ?
		    get_le64(c + QUIRK_COND_LO) > get_le64(c + QUIRK_COND_HI) ||
		    get_le64(c + QUIRK_COND_HI) > U32_MAX :
		    !all_zero(c + QUIRK_COND_LO, 16))
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"bad range of OEM revisions");
	}
	return 0;
}

/*
 * Indices and counts of neighbours have to continue at @next: then each record
 * has one owner, and no sum can leave the section.
 */
static int check_span(const struct quirk_table *t, enum quirk_section sec,
		      const u8 *first_field, const u8 *count_field, u32 *next,
		      struct quirk_fault *fault)
{
	u32 count = get_le32(count_field);

	if (get_le32(first_field) != *next)
		return fault_at(fault, t, first_field,
				"first index does not continue its neighbour's");
	if (count > t->count[sec] - *next)
		return fault_at(fault, t, count_field,
				"count leaves the section");
	*next += count;
	return 0;
}

static int check_key(const struct quirk_table *t, const u8 *k,
		     struct quirk_fault *fault)
{
	u32 kind = get_le32(k + QUIRK_KEY_KIND);
	u32 min = get_le32(k + QUIRK_KEY_REV_MIN);
	u32 max = get_le32(k + QUIRK_KEY_REV_MAX);
	int ret;

	if (!kind || kind >= QUIRK_KEYS_END)
		return fault_at(fault, t, k, "unknown kind of key");
	ret = check_identity(t, kind, k + QUIRK_KEY_VALUE, fault);
	if (ret)
		return ret;
	if (kind == QUIRK_KEY_ACPI ? min > max : min || max)
		return fault_at(fault, t, k + QUIRK_KEY_REV_MIN,
				"bad range of OEM revisions");
	if (!all_zero(k + QUIRK_KEY_ZERO, QUIRK_KEY_LEN - QUIRK_KEY_ZERO))
		return fault_at(fault, t, k + QUIRK_KEY_ZERO,
				"key has bits set in a zero field");
	return 0;
}

static int check_keys(const struct quirk_table *t, u32 *next_cond,
		      struct quirk_fault *fault)
{
	const u8 *before = NULL;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_KEYS]; i++) {
		const u8 *k = quirk_key_at(t, i);
		u32 kind = get_le32(k + QUIRK_KEY_KIND);
		u32 entry = get_le32(k + QUIRK_KEY_ENTRY);
		u32 cond = *next_cond;
		int ret;

		if (entry >= t->count[QUIRK_SEC_ENTRIES])
			return fault_at(fault, t, k + QUIRK_KEY_ENTRY,
					"key of an entry that does not exist");
		if (quirk_entry_known(t, entry))
			ret = check_key(t, k, fault);
		else
			ret = check_string(t, k + QUIRK_KEY_VALUE, false, fault);
		if (ret)
			return ret;
		ret = check_span(t, QUIRK_SEC_CONDS, k + QUIRK_KEY_COND_FIRST,
				 k + QUIRK_KEY_COND_COUNT, next_cond, fault);
		if (ret)
			return ret;
		ret = check_conds(t, entry, cond, *next_cond - cond, true,
				  fault);
		if (ret)
			return ret;

		if (before) {
			u32 kind_before = get_le32(before + QUIRK_KEY_KIND);
			int order = strcmp(quirk_string(t, before + QUIRK_KEY_VALUE),
					   quirk_string(t, k + QUIRK_KEY_VALUE));

			if (kind_before > kind ||
			    (kind_before == kind &&
			     (order > 0 ||
			      (!order && get_le32(before + QUIRK_KEY_ENTRY) >
					 get_le32(k + QUIRK_KEY_ENTRY)))))
				return fault_at(fault, t, k,
						"keys are not sorted");
		}
		before = k;
	}
	return 0;
}

/* What a source reads; everything else must be zero. */
static const struct source_takes {
	bool string, index, a, b, node;
	u8 flags;
} source_takes[QUIRK_SOURCES_END] = {
	[QUIRK_SOURCE_RANGE] = { .a = true, .b = true },
	[QUIRK_SOURCE_DT_REG] = {
		.string = true, .index = true, .a = true, .b = true,
		.node = true, .flags = QUIRK_RULE_F_BELOW_4G,
	},
	[QUIRK_SOURCE_HOST_WINDOWS] = { .flags = QUIRK_RULE_F_UNLESS_REDIRECTED },
	[QUIRK_SOURCE_INBOUND_LIMIT] = { .a = true },
	[QUIRK_SOURCE_DT_PROPERTY] = { .string = true, .node = true },
	[QUIRK_SOURCE_PORT_WINDOWS] = { .flags = QUIRK_RULE_F_UNLESS_REDIRECTED },
	[QUIRK_SOURCE_MSI_MESSAGE] = { .a = true },
	[QUIRK_SOURCE_PLACED] = { .a = true },
	[QUIRK_SOURCE_IORT_SMMU_MODEL] = { .index = true },
	[QUIRK_SOURCE_IORT_ADDRESS_LIMIT] = { .index = true },
	[QUIRK_SOURCE_IORT_ID_MAPPING] = {
		.index = true, .a = true, .b = true,
	},
	[QUIRK_SOURCE_BAR_REALIGN] = { .index = true, .a = true },
	[QUIRK_SOURCE_BAR_WHOLE_PAGE] = { .index = true, .a = true },
	[QUIRK_SOURCE_BAR_OFFSET] = { .index = true, .a = true, .b = true },
};

/* Requester IDs and what they become, of QUIRK_SOURCE_IORT_ID_MAPPING. */
static int check_mapping(const struct quirk_table *t, const u8 *r,
			 struct quirk_fault *fault)
{
	u64 input = get_le64(r + QUIRK_RULE_ARG_A);
	u32 first = (u32)input;
	u32 last = (u32)(input >> 32);

	if (first > last || last > QUIRK_REQUESTER_MAX)
		return fault_at(fault, t, r + QUIRK_RULE_ARG_A,
				"bad range of requester IDs");
	if (last - first > U32_MAX - get_le32(r + QUIRK_RULE_ARG_INDEX))
		return fault_at(fault, t, r + QUIRK_RULE_ARG_INDEX,
				"stream IDs have more than 32 bits");
	if (!get_le64(r + QUIRK_RULE_ARG_B))
		return fault_at(fault, t, r + QUIRK_RULE_ARG_B,
				"ID mapping without an SMMU");
	return 0;
}

/* Which BAR, of QUIRK_SOURCE_BARS(). */
static int check_bar(const struct quirk_table *t, const u8 *r,
		     struct quirk_fault *fault)
{
	u64 size = get_le64(r + QUIRK_RULE_ARG_A);

	if (get_le32(r + QUIRK_RULE_ARG_INDEX) > QUIRK_BAR_MAX)
		return fault_at(fault, t, r + QUIRK_RULE_ARG_INDEX,
				"a function has no BAR of that number");
	if (size && (!is_power_of_two(size) || size < QUIRK_BAR_SIZE_MIN))
		return fault_at(fault, t, r + QUIRK_RULE_ARG_A,
				"size of a BAR is not a power of two from 16");
	if (get_le64(r + QUIRK_RULE_ARG_B) > U32_MAX)
		return fault_at(fault, t, r + QUIRK_RULE_ARG_B,
				"offset of a BAR has more than 32 bits");
	return 0;
}

static int check_source(const struct quirk_table *t, const u8 *r,
			struct quirk_fault *fault)
{
	u32 string = get_le32(r + QUIRK_RULE_ARG_STRING);
	u32 index = get_le32(r + QUIRK_RULE_ARG_INDEX);
	u64 a = get_le64(r + QUIRK_RULE_ARG_A);
	u64 b = get_le64(r + QUIRK_RULE_ARG_B);
	const struct source_takes *takes;

	if (!r[QUIRK_RULE_SOURCE] || r[QUIRK_RULE_SOURCE] >= QUIRK_SOURCES_END)
		return fault_at(fault, t, r + QUIRK_RULE_SOURCE,
				"unknown source of addresses");
	takes = &source_takes[r[QUIRK_RULE_SOURCE]];
	if ((string && !takes->string) || (index && !takes->index) ||
	    (a && !takes->a) || (b && !takes->b) || (string && index))
		return fault_at(fault, t, r + QUIRK_RULE_ARG_STRING,
				"argument that the source does not take");
	if (takes->node ? !r[QUIRK_RULE_NODE] ||
			  r[QUIRK_RULE_NODE] >= QUIRK_NODES_END :
			  r[QUIRK_RULE_NODE])
		return fault_at(fault, t, r + QUIRK_RULE_NODE,
				"unknown node, or one that the source does not read");
	if (r[QUIRK_RULE_FLAGS] & ~takes->flags)
		return fault_at(fault, t, r + QUIRK_RULE_FLAGS,
				"flag that is unknown or not the source's");

	switch (r[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
		if (a > b)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_A,
					"range ends before it starts");
		break;
	case QUIRK_SOURCE_DT_REG:
		if (b && b - 1 > U64_MAX - a)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_B,
					"offset and length exceed the address space");
		break;
	case QUIRK_SOURCE_INBOUND_LIMIT:
		if (!a)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_A,
					"inbound limit without an aperture");
		break;
	case QUIRK_SOURCE_DT_PROPERTY:
		if (!string)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_STRING,
					"property without a name");
		break;
	case QUIRK_SOURCE_MSI_MESSAGE:
		if (!is_power_of_two(a) || a < 4 || a > 0x10000)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_A,
					"length around an MSI address is not a power of two from 4 to 64 KiB");
		break;
	case QUIRK_SOURCE_IORT_ADDRESS_LIMIT:
		if (!index || index > 64)
			return fault_at(fault, t, r + QUIRK_RULE_ARG_INDEX,
					"address limit is not 1 to 64 bits");
		break;
	case QUIRK_SOURCE_IORT_ID_MAPPING:
		return check_mapping(t, r, fault);
	case QUIRK_SOURCE_BAR_REALIGN:
	case QUIRK_SOURCE_BAR_WHOLE_PAGE:
	case QUIRK_SOURCE_BAR_OFFSET:
		return check_bar(t, r, fault);
	}
	return 0;
}

bool quirk_action_takes(enum quirk_action action, enum quirk_type type)
{
	static const u8 types[QUIRK_ACTIONS_END] = {
		[QUIRK_ACTION_ADD] = 1 << QUIRK_TYPE_RESERVED |
				     1 << QUIRK_TYPE_DIRECT |
				     1 << QUIRK_TYPE_DIRECT_RELAXABLE |
				     1 << QUIRK_TYPE_NONE,
		[QUIRK_ACTION_REPLACE] = 1 << QUIRK_TYPE_SW_MSI |
					 1 << QUIRK_TYPE_MSI,
		[QUIRK_ACTION_DROP] = 1 << QUIRK_TYPE_RESERVED |
				      1 << QUIRK_TYPE_MSI |
				      1 << QUIRK_TYPE_SW_MSI |
				      1 << QUIRK_TYPE_DIRECT,
		[QUIRK_ACTION_RELAX] = 1 << QUIRK_TYPE_DIRECT,
	};

	return action < QUIRK_ACTIONS_END && type < QUIRK_TYPES_END &&
	       types[action] & 1 << type;
}

/* Type, action and source have to make sense together. */
static int check_effect(const struct quirk_table *t, const u8 *r,
			struct quirk_fault *fault)
{
	u8 type = r[QUIRK_RULE_TYPE];
	u8 source = r[QUIRK_RULE_SOURCE];
	u8 action = r[QUIRK_RULE_ACTION];

	if (!action || action >= QUIRK_ACTIONS_END)
		return fault_at(fault, t, r + QUIRK_RULE_ACTION,
				"unknown action");
	if (!quirk_action_takes(action, type))
		return fault_at(fault, t, r + QUIRK_RULE_ACTION,
				"action that does not go with the region type");
	if ((type == QUIRK_TYPE_NONE) != (source == QUIRK_SOURCE_NOTICE ||
					  QUIRK_SOURCE_CORRECTS(source) ||
					  QUIRK_SOURCE_BARS(source)))
		return fault_at(fault, t, r + QUIRK_RULE_TYPE,
				"a notice, a correction, a rule about a BAR and no other has no region type");
	if (source == QUIRK_SOURCE_RUN_TIME && action != QUIRK_ACTION_ADD)
		return fault_at(fault, t, r + QUIRK_RULE_ACTION,
				"action on an address that cannot be read");
	if (action == QUIRK_ACTION_REPLACE && type == QUIRK_TYPE_SW_MSI ?
	    source != QUIRK_SOURCE_RANGE && source != QUIRK_SOURCE_PLACED :
	    source == QUIRK_SOURCE_PLACED)
		return fault_at(fault, t, r + QUIRK_RULE_SOURCE,
				"a software MSI window is a range or placed, and nothing else is placed");
	return 0;
}

/* What this reader has to understand in a rule. */
static int check_rule_values(const struct quirk_table *t, const u8 *r,
			     struct quirk_fault *fault)
{
	int ret;

	if (!r[QUIRK_RULE_TYPE] || r[QUIRK_RULE_TYPE] >= QUIRK_TYPES_END)
		return fault_at(fault, t, r + QUIRK_RULE_TYPE,
				"unknown region type");
	if (!r[QUIRK_RULE_CONFIDENCE] ||
	    r[QUIRK_RULE_CONFIDENCE] >= QUIRK_CONFIDENCES_END)
		return fault_at(fault, t, r + QUIRK_RULE_CONFIDENCE,
				"unknown confidence");
	if (QUIRK_SOURCE_LEVEL(r[QUIRK_RULE_SOURCE]) >
	    get_le32(quirk_entry_at(t, get_le32(r + QUIRK_RULE_ENTRY)) +
		     QUIRK_ENT_LEVEL))
		return fault_at(fault, t, r + QUIRK_RULE_SOURCE,
				"source of a level above its entry's");
	if (r[QUIRK_RULE_ADVISE] > 1)
		return fault_at(fault, t, r + QUIRK_RULE_ADVISE,
				"advise is neither 0 nor 1");
	if (!all_zero(r + QUIRK_RULE_ZERO, QUIRK_RULE_LEN - QUIRK_RULE_ZERO))
		return fault_at(fault, t, r + QUIRK_RULE_ZERO,
				"rule has bits set in a zero field");
	ret = check_source(t, r, fault);
	return ret ? ret : check_effect(t, r, fault);
}

/*
 * A correction is of one segment or of one SMMU, which a table can name; it can
 * name neither the running kernel nor a device.
 */
static int check_correction_scope(const struct quirk_table *t, const u8 *r,
				  struct quirk_fault *fault)
{
	u8 source = r[QUIRK_RULE_SOURCE];
	u32 kind = source == QUIRK_SOURCE_IORT_SMMU_MODEL ?
		   QUIRK_COND_IOMMU_BASE : QUIRK_COND_SEGMENT;
	u32 count = get_le32(r + QUIRK_RULE_COND_COUNT);
	const u8 *c;

	if (!count)
		return source != QUIRK_SOURCE_IORT_ID_MAPPING ? 0 :
		       fault_at(fault, t, r + QUIRK_RULE_COND_COUNT,
				"ID mapping without a PCI segment");
	c = quirk_cond_at(t, get_le32(r + QUIRK_RULE_COND_FIRST));
	if (get_le32(c + QUIRK_COND_KIND) != kind)
		return fault_at(fault, t, c,
				"scope condition that the correction does not take");
	if (count > 1)
		return fault_at(fault, t, r + QUIRK_RULE_COND_COUNT,
				"correction with more than one scope condition");
	return 0;
}

/*
 * A BAR is one of a device that is named, and where a guest's pages are named
 * they have room for the offset.
 */
static int check_bar_scope(const struct quirk_table *t, const u8 *r,
			   struct quirk_fault *fault)
{
	u64 offset = get_le64(r + QUIRK_RULE_ARG_B);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 end = first + get_le32(r + QUIRK_RULE_COND_COUNT);
	bool named = false;
	u32 i;

	for (i = first; i < end; i++) {
		const u8 *c = quirk_cond_at(t, i);
		u32 kind = get_le32(c + QUIRK_COND_KIND);

		named |= kind == QUIRK_COND_DEVICE_ID;
		if (kind == QUIRK_COND_PAGE_SIZE &&
		    offset >= get_le64(c + QUIRK_COND_LO))
			return fault_at(fault, t, c + QUIRK_COND_LO,
					"offset of a BAR outside a page of this size");
	}
	return named ? 0 : fault_at(fault, t, r + QUIRK_RULE_COND_COUNT,
				    "rule about a BAR of no named device");
}

static int check_rule(const struct quirk_table *t, u32 first, u32 rule,
		      u32 entry, u32 *next_cond, struct quirk_fault *fault)
{
	const u8 *r = quirk_rule_at(t, rule);
	u32 cond = *next_cond;
	u32 i;
	int ret;

	ret = check_string(t, r + QUIRK_RULE_NAME, true, fault);
	if (!ret)
		ret = check_string(t, r + QUIRK_RULE_REFERENCE, true, fault);
	if (!ret)
		ret = check_string(t, r + QUIRK_RULE_REASON, true, fault);
	if (!ret)
		ret = check_string(t, r + QUIRK_RULE_ARG_STRING, false, fault);
	if (ret)
		return ret;
	if (!is_kebab_case(quirk_string(t, r + QUIRK_RULE_NAME)))
		return fault_at(fault, t, r + QUIRK_RULE_NAME,
				"rule name is not kebab-case");
	for (i = first; i < rule; i++)
		if (!strcmp(quirk_string(t, quirk_rule_at(t, i) +
					    QUIRK_RULE_NAME),
			    quirk_string(t, r + QUIRK_RULE_NAME)))
			return fault_at(fault, t, r + QUIRK_RULE_NAME,
					"two rules of one entry share a name");

	if (get_le32(r + QUIRK_RULE_ENTRY) != entry)
		return fault_at(fault, t, r + QUIRK_RULE_ENTRY,
				"rule names another entry than its owner");
	if (quirk_entry_known(t, entry)) {
		ret = check_rule_values(t, r, fault);
		if (ret)
			return ret;
	}
	ret = check_span(t, QUIRK_SEC_CONDS, r + QUIRK_RULE_COND_FIRST,
			 r + QUIRK_RULE_COND_COUNT, next_cond, fault);
	if (ret)
		return ret;
	ret = check_conds(t, entry, cond, *next_cond - cond, false, fault);
	if (!ret && quirk_entry_known(t, entry) &&
	    QUIRK_SOURCE_CORRECTS(r[QUIRK_RULE_SOURCE]))
		ret = check_correction_scope(t, r, fault);
	if (!ret && quirk_entry_known(t, entry) &&
	    QUIRK_SOURCE_BARS(r[QUIRK_RULE_SOURCE]))
		ret = check_bar_scope(t, r, fault);
	return ret;
}

/* What this reader has to understand in an entry. */
static int check_entry_values(const struct quirk_table *t, const u8 *e,
			      struct quirk_fault *fault)
{
	u32 flags = get_le32(e + QUIRK_ENT_FLAGS);

	if (flags & ~QUIRK_ENT_F_ALL)
		return fault_at(fault, t, e + QUIRK_ENT_FLAGS,
				"unknown entry flag");
	if (!all_zero(e + QUIRK_ENT_ZERO, QUIRK_ENT_LEN - QUIRK_ENT_ZERO))
		return fault_at(fault, t, e + QUIRK_ENT_ZERO,
				"entry has bits set in a zero field");
	if (!get_le32(e + QUIRK_ENT_RULE_COUNT) !=
	    !!(flags & QUIRK_ENT_F_KNOWN_GOOD))
		return fault_at(fault, t, e + QUIRK_ENT_RULE_COUNT,
				"entry needs either rules or the known-good flag");
	return 0;
}

static int check_entries(const struct quirk_table *t, u32 *next_cond,
			 struct quirk_fault *fault)
{
	const u8 *before = NULL;
	u32 next_rule = 0;
	u32 i;

	for (i = 0; i < t->count[QUIRK_SEC_ENTRIES]; i++) {
		const u8 *e = quirk_entry_at(t, i);
		u32 first = next_rule;
		u32 rule;
		int ret;

		ret = check_string(t, e + QUIRK_ENT_NAME, true, fault);
		if (!ret)
			ret = check_string(t, e + QUIRK_ENT_TITLE, true, fault);
		if (!ret)
			ret = check_string(t, e + QUIRK_ENT_REFERENCE, true,
					   fault);
		if (ret)
			return ret;
		if (!is_kebab_case(quirk_string(t, e + QUIRK_ENT_NAME)))
			return fault_at(fault, t, e + QUIRK_ENT_NAME,
					"entry name is not kebab-case");
		if (before && strcmp(quirk_string(t, before + QUIRK_ENT_NAME),
				     quirk_string(t, e + QUIRK_ENT_NAME)) >= 0)
			return fault_at(fault, t, e + QUIRK_ENT_NAME,
					"entries are not sorted by unique names");
		if (!get_le32(e + QUIRK_ENT_LEVEL))
			return fault_at(fault, t, e + QUIRK_ENT_LEVEL,
					"entry of no level");

		ret = check_span(t, QUIRK_SEC_RULES, e + QUIRK_ENT_RULE_FIRST,
				 e + QUIRK_ENT_RULE_COUNT, &next_rule, fault);
		if (ret)
			return ret;
		if (next_rule - first > QUIRK_RULES_MAX)
			return fault_at(fault, t, e + QUIRK_ENT_RULE_COUNT,
					"entry has too many rules");
		if (quirk_entry_known(t, i)) {
			ret = check_entry_values(t, e, fault);
			if (ret)
				return ret;
		}
		for (rule = first; rule < next_rule; rule++) {
			ret = check_rule(t, first, rule, i, next_cond, fault);
			if (ret)
				return ret;
		}
		before = e;
	}
	if (next_rule != t->count[QUIRK_SEC_RULES])
		return fault_at(fault, t, quirk_rule_at(t, next_rule),
				"rule without an entry");
	return 0;
}

/* Sections follow each other without gaps; the string pool is padded. */
static int check_layout(struct quirk_table *t, struct quirk_fault *fault)
{
	u32 next = QUIRK_HDR_LEN;
	u32 i;

	for (i = 0; i < QUIRK_SECTIONS; i++) {
		const u8 *field = t->image + QUIRK_HDR_SECTIONS + 8 * i;

		t->count[i] = get_le32(field + 4);
		if (get_le32(field) != next)
			return fault_at(fault, t, field,
					"section does not start where the one before ends");
		if (t->count[i] > (t->size - next) / record_len[i])
			return fault_at(fault, t, field + 4,
					"section exceeds the image");
		t->sec[i] = t->image + next;
		next += t->count[i] * record_len[i];
	}
	if (t->size - next > 7 || t->size % 8 ||
	    !all_zero(t->image + next, t->size - next))
		return fault_at(fault, t, t->image + next,
				"bytes after the last section");
	return 0;
}

static u32 image_crc(const u8 *image, u32 size)
{
	static const u8 zeros[4];
	u32 crc = env_crc32(0, image, QUIRK_HDR_CRC);

	crc = env_crc32(crc, zeros, sizeof(zeros));
	return env_crc32(crc, image + QUIRK_HDR_CRC + 4,
			 size - QUIRK_HDR_CRC - 4);
}

static int check_header(struct quirk_table *t, size_t size,
			struct quirk_fault *fault)
{
	const u8 *h = t->image;

	if (size < QUIRK_HDR_LEN)
		return fault_at(fault, t, h, "image is shorter than its header");
	if (memcmp(h + QUIRK_HDR_MAGIC, QUIRK_MAGIC, 8))
		return fault_at(fault, t, h + QUIRK_HDR_MAGIC,
				"wrong magic: not a quirk table");
	if (get_le32(h + QUIRK_HDR_VERSION) != QUIRK_VERSION)
		return fault_at(fault, t, h + QUIRK_HDR_VERSION,
				"unknown format version");
	if (get_le32(h + QUIRK_HDR_SIZE) != QUIRK_HDR_LEN)
		return fault_at(fault, t, h + QUIRK_HDR_SIZE,
				"wrong header length");
	if (size > QUIRK_MAX_SIZE)
		return fault_at(fault, t, h + QUIRK_HDR_TOTAL,
				"image is too large");
	if (get_le32(h + QUIRK_HDR_TOTAL) != size)
		return fault_at(fault, t, h + QUIRK_HDR_TOTAL,
				"length in the header is not the length of the image");
	t->size = (u32)size;
	t->serial = get_le64(h + QUIRK_HDR_SERIAL);
	t->local = get_le32(h + QUIRK_HDR_LOCAL);
	t->crc = get_le32(h + QUIRK_HDR_CRC);
	if (image_crc(h, t->size) != t->crc)
		return fault_at(fault, t, h + QUIRK_HDR_CRC, "wrong checksum");
	if (!all_zero(h + QUIRK_HDR_ZERO, QUIRK_HDR_LEN - QUIRK_HDR_ZERO))
		return fault_at(fault, t, h + QUIRK_HDR_ZERO,
				"header has bits set in a zero field");
	return 0;
}

int quirk_table_open(struct quirk_table *t, const void *image, size_t size,
		     struct quirk_fault *fault)
{
	struct quirk_table table = { .image = image };
	u32 next_cond = 0;
	int ret;

	ret = check_header(&table, size, fault);
	if (!ret)
		ret = check_layout(&table, fault);
	if (!ret)
		ret = check_strings(&table, fault);
	if (!ret)
		ret = check_keys(&table, &next_cond, fault);
	if (!ret)
		ret = check_entries(&table, &next_cond, fault);
	if (!ret && next_cond != table.count[QUIRK_SEC_CONDS])
		ret = fault_at(fault, &table, quirk_cond_at(&table, next_cond),
			       "condition without an owner");
	if (!ret)
		*t = table;
	return ret;
}

const char *quirk_key_name(u32 kind)
{
	switch (kind) {
	case QUIRK_KEY_DT_ROOT:
		return "dt-root";
	case QUIRK_KEY_DT_NODE:
		return "dt-node";
	case QUIRK_KEY_ACPI:
		return "acpi-table";
	case QUIRK_KEY_PCI:
		return "pci-id";
	case QUIRK_KEY_SMMU:
		return "smmu-model";
	}
	return "dmi";
}

const char *quirk_bar_word(enum quirk_source source)
{
	switch (source) {
	case QUIRK_SOURCE_BAR_REALIGN:
		return "realign";
	case QUIRK_SOURCE_BAR_WHOLE_PAGE:
		return "whole-page";
	default:
		return "offset";
	}
}
