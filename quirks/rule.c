// SPDX-License-Identifier: GPL-2.0-only
/*
 * rule.c - the rules of the quirk sources
 *
 * Reads one rule into the fields of the table, and checks what its properties
 * say together: which arguments a source takes, and what may be done with the
 * addresses that it gives. Called by compile.c for each node of an entry that is
 * no match node; the contract is in compile_priv.h.
 */
#include "compile_priv.h"

#include <inttypes.h>
#include <libfdt.h>

#define MESSAGE_MIN	4
#define MESSAGE_MAX	0x10000
/* What an IOMMU can map at once. */
#define WINDOW_UNIT	4096

static void read_scope(const struct source *s, const struct props *props,
		       size_t id, struct conds *out)
{
	const char *data = props->p[id].data;
	int at = 0;

	while (at < props->p[id].len) {
		struct cond cond = { .kind = vocab[id].cond, .value = "" };

		switch (vocab[id].kind) {
		case VOCAB_NUMBERS:
			cond.lo = cond.hi = quirkc_cell_at(data + at, 4);
			at += 4;
			break;
		case VOCAB_ADDRESSES:
			cond.lo = cond.hi = quirkc_cell_at(data + at, 8);
			at += 8;
			break;
		case VOCAB_WORDS:
			cond.lo = cond.hi = quirkc_find_word(vocab[id].words,
							     data + at)->value;
			at += (int)strlen(data + at) + 1;
			break;
		default:
			cond.value = data + at;
			at += (int)strlen(data + at) + 1;
		}
		quirkc_add_cond(out, &cond);
	}
}

/* Say of a property what is wrong with it. */
static void prop_defect(const struct source *s, int node,
			const struct props *props, enum vocab_id id,
			const char *what)
{
	quirkc_defect(s, node, props->p[id].offset, vocab[id].name, "%s", what);
}

static void check_dt_reg(const struct source *s, int node,
			 const struct props *props, const struct rule *rule)
{
	if (props->p[VOCAB_ARG_REG_NAME].seen ==
	    props->p[VOCAB_ARG_REG_INDEX].seen)
		prop_defect(s, node, props, VOCAB_SOURCE,
			    "the source \"dt-reg\" needs either reg-name or reg-index");
	if (quirkc_number(props, VOCAB_ARG_REG_INDEX) > U32_MAX)
		prop_defect(s, node, props, VOCAB_ARG_REG_INDEX,
			    "a node has no more than 32 bits of ranges");
	if (props->p[VOCAB_ARG_LENGTH].data && !rule->arg_b)
		prop_defect(s, node, props, VOCAB_ARG_LENGTH,
			    "nothing is left of the range");
	if (rule->arg_b && rule->arg_b - 1 > U64_MAX - rule->arg_a)
		prop_defect(s, node, props, VOCAB_ARG_LENGTH,
			    "offset and length exceed the address space");
}

/* A number of a correction: a field of 32 bits at most. */
static void check_field(const struct source *s, int node,
			const struct props *props, enum vocab_id id)
{
	if (quirkc_number(props, id) > U32_MAX)
		prop_defect(s, node, props, id, "the field has 32 bits");
}

static void check_mapping(const struct source *s, int node,
			  const struct props *props)
{
	const char *range = props->p[VOCAB_ARG_INPUT].data;
	int width = props->p[VOCAB_ARG_INPUT].len / 2;
	u64 first = range ? quirkc_cell_at(range, width) : 0;
	u64 last = range ? quirkc_cell_at(range + width, width) : 0;
	u64 base = quirkc_number(props, VOCAB_ARG_OUTPUT_BASE);

	check_field(s, node, props, VOCAB_ARG_OUTPUT_BASE);
	if (last > QUIRK_REQUESTER_MAX)
		prop_defect(s, node, props, VOCAB_ARG_INPUT,
			    "a requester ID has 16 bits: bus, device and function");
	else if (base <= U32_MAX && last - first > U32_MAX - base)
		prop_defect(s, node, props, VOCAB_ARG_OUTPUT_BASE,
			    "the last of these stream IDs has more than 32 bits");
	if (props->p[VOCAB_ARG_OUTPUT_SMMU].data &&
	    !quirkc_number(props, VOCAB_ARG_OUTPUT_SMMU))
		prop_defect(s, node, props, VOCAB_ARG_OUTPUT_SMMU,
			    "no SMMU is at address 0: write the base address that its node has");
}

/* A BAR of a device that is named, at an offset that its pages have. */
static void check_bar(const struct source *s, int node,
		      const struct props *props, const struct rule *rule)
{
	bool named = false;
	size_t i;

	if (quirkc_number(props, VOCAB_ARG_BAR) > QUIRK_BAR_MAX)
		prop_defect(s, node, props, VOCAB_ARG_BAR,
			    "a function has BARs 0 to 5, and its ROM as 6");
	if (props->p[VOCAB_ARG_BAR_SIZE].data &&
	    (rule->arg_a < QUIRK_BAR_SIZE_MIN || rule->arg_a & (rule->arg_a - 1)))
		prop_defect(s, node, props, VOCAB_ARG_BAR_SIZE,
			    "needs a power of two, 16 at least");
	if (rule->arg_b > U32_MAX)
		prop_defect(s, node, props, VOCAB_ARG_BAR_OFFSET,
			    "has more than 32 bits: no page is as large");
	for (i = 0; i < rule->scope.count; i++) {
		const struct cond *cond = &rule->scope.all[i];

		named |= cond->kind == QUIRK_COND_DEVICE_ID;
		if (cond->kind == QUIRK_COND_PAGE_SIZE &&
		    rule->arg_b >= cond->lo && rule->arg_b <= U32_MAX)
			quirkc_defect(s, node,
				      props->p[VOCAB_ARG_BAR_OFFSET].offset,
				      vocab[VOCAB_ARG_BAR_OFFSET].name,
				      "is outside a page of %" PRIu64 " bytes, which page-size names",
				      cond->lo);
	}
	if (!named && !props->p[VOCAB_DEVICE_ID].seen)
		quirkc_defect(s, node, node, vocab[VOCAB_DEVICE_ID].name,
			      "missing property: the source \"%s\" needs it: it says whose BAR is meant",
			      props->p[VOCAB_SOURCE].data);
}

/* Arguments must be those that the source takes, and make sense together. */
static void check_args(const struct source *s, int node,
		       const struct props *props, const struct rule *rule)
{
	unsigned int source = 1u << rule->source;
	const char *word = props->p[VOCAB_SOURCE].data;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		if (props->p[i].seen && vocab[i].sources &&
		    !(vocab[i].sources & source))
			quirkc_defect(s, node, props->p[i].offset,
				      vocab[i].name,
				      "the source \"%s\" does not take it",
				      word);
		if (!props->p[i].seen && vocab[i].needed_by & source)
			quirkc_defect(s, node, node, vocab[i].name,
				      "missing property: the source \"%s\" needs it: %s",
				      word, vocab[i].doc);
	}

	switch (rule->source) {
	case QUIRK_SOURCE_DT_REG:
		check_dt_reg(s, node, props, rule);
		break;
	case QUIRK_SOURCE_INBOUND_LIMIT:
		if (props->p[VOCAB_ARG_APERTURE_LAST].data && !rule->arg_a)
			prop_defect(s, node, props, VOCAB_ARG_APERTURE_LAST,
				    "an IOMMU that maps nothing");
		break;
	case QUIRK_SOURCE_MSI_MESSAGE:
		if (props->p[VOCAB_ARG_LENGTH].data &&
		    (rule->arg_a < MESSAGE_MIN || rule->arg_a > MESSAGE_MAX ||
		     rule->arg_a & (rule->arg_a - 1)))
			prop_defect(s, node, props, VOCAB_ARG_LENGTH,
				    "needs a power of two from 4 to 0x10000");
		break;
	case QUIRK_SOURCE_PLACED:
		if (props->p[VOCAB_ARG_SIZE].data &&
		    (!rule->arg_a || rule->arg_a % WINDOW_UNIT))
			prop_defect(s, node, props, VOCAB_ARG_SIZE,
				    "needs a multiple of 4096");
		break;
	case QUIRK_SOURCE_IORT_SMMU_MODEL:
		check_field(s, node, props, VOCAB_ARG_MODEL);
		break;
	case QUIRK_SOURCE_IORT_ADDRESS_LIMIT:
		if (props->p[VOCAB_ARG_BITS].data &&
		    (!rule->arg_index || rule->arg_index > 64 ||
		     quirkc_number(props, VOCAB_ARG_BITS) > U32_MAX))
			prop_defect(s, node, props, VOCAB_ARG_BITS,
				    "needs a number from 1 to 64");
		break;
	case QUIRK_SOURCE_IORT_ID_MAPPING:
		check_mapping(s, node, props);
		break;
	case QUIRK_SOURCE_BAR_REALIGN:
	case QUIRK_SOURCE_BAR_WHOLE_PAGE:
	case QUIRK_SOURCE_BAR_OFFSET:
		check_bar(s, node, props, rule);
		break;
	}
}

/*
 * A correction is made in a table, perhaps for another kernel than this one, and
 * for all devices behind a node.
 */
static void check_correction_scope(const struct source *s, int node,
				   const struct props *props,
				   const struct rule *rule)
{
	bool is_model = rule->source == QUIRK_SOURCE_IORT_SMMU_MODEL;
	u32 kind = is_model ? QUIRK_COND_IOMMU_BASE : QUIRK_COND_SEGMENT;
	const char *word = props->p[VOCAB_SOURCE].data;
	size_t count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vocab); i++)
		if (vocab[i].cond && vocab[i].cond != kind && props->p[i].seen)
			quirkc_defect(s, node, props->p[i].offset,
				      vocab[i].name,
				      "the source \"%s\" does not take it: a table is corrected, for every kernel and device: %s",
				      word, is_model ?
				      "only iommu-base can say which SMMU is meant" :
				      "only segment can say whose root complex is meant");
	for (i = 0; i < rule->scope.count; i++)
		count += rule->scope.all[i].kind == kind;
	for (i = 0; vocab[i].cond != kind; i++)
		;
	if (count > 1)
		quirkc_defect(s, node, props->p[i].offset, vocab[i].name,
			      "has %zu values: the source \"%s\" takes one: write a rule for each",
			      count, word);
	if (!props->p[i].seen && rule->source == QUIRK_SOURCE_IORT_ID_MAPPING)
		quirkc_defect(s, node, node, vocab[i].name,
			      "missing property: the source \"%s\" needs it: it says whose root complex is meant",
			      word);
}

/* Why an action does not go with a type, and what to write instead. */
static const char *action_advice(u8 action, u8 type)
{
	switch (action) {
	case QUIRK_ACTION_ADD:
		return type == QUIRK_TYPE_MSI ?
			"iommufd refuses a device that has one beside a software window: write action = \"replace\", or type = \"reserved\"" :
			"a device has one software window: write action = \"replace\"";
	case QUIRK_ACTION_REPLACE:
		return "only \"msi\" and \"sw-msi\" can stand in for the driver's software window: leave the action out";
	case QUIRK_ACTION_DROP:
		return "drivers report \"reserved\", \"msi\", \"sw-msi\" and \"direct\" regions: write one of these";
	default:
		return "only \"direct\" regions become relaxable: write type = \"direct\"";
	}
}

/* What is done with the addresses must suit where they come from. */
static void check_effect(const struct source *s, int node,
			 const struct props *props, const struct rule *rule)
{
	bool no_type = rule->type == QUIRK_TYPE_NONE;
	bool notice = rule->source == QUIRK_SOURCE_NOTICE;
	bool corrects = QUIRK_SOURCE_CORRECTS(rule->source);
	bool bars = QUIRK_SOURCE_BARS(rule->source);
	bool run_time = rule->source == QUIRK_SOURCE_RUN_TIME;
	bool window = rule->type == QUIRK_TYPE_SW_MSI &&
		      rule->action == QUIRK_ACTION_REPLACE;
	/* Where the action stands, or what made it the default. */
	enum vocab_id action = props->p[VOCAB_ACTION].seen ? VOCAB_ACTION :
							     VOCAB_TYPE;

	if (no_type != (notice || corrects || bars)) {
		prop_defect(s, node, props, VOCAB_TYPE, notice ?
			    "a notice has no addresses: write type = \"none\"" :
			    corrects ?
			    "a correction of the IORT has no addresses: write type = \"none\"" :
			    bars ?
			    "a rule about a BAR has no addresses: write type = \"none\"" :
			    "only a notice, a correction of the IORT and a rule about a BAR have no addresses: write source = \"notice\", or another type");
		return;
	}
	if (notice && rule->action != QUIRK_ACTION_ADD)
		prop_defect(s, node, props, action,
			    "a notice changes nothing: leave the action out");
	else if (corrects && rule->action != QUIRK_ACTION_ADD)
		prop_defect(s, node, props, action,
			    "a correction of the IORT changes the list of no device: leave the action out");
	else if (bars && rule->action != QUIRK_ACTION_ADD)
		prop_defect(s, node, props, action,
			    "a rule about a BAR changes the list of no device: leave the action out");
	else if (!quirk_action_takes(rule->action, rule->type))
		quirkc_defect(s, node, props->p[action].offset,
			      vocab[action].name,
			      "the action \"%s\" does not take the type \"%s\": %s",
			      quirkc_word_of(vocab_actions, rule->action),
			      quirkc_word_of(vocab_types, rule->type),
			      action_advice(rule->action, rule->type));
	else if (run_time && rule->action != QUIRK_ACTION_ADD)
		prop_defect(s, node, props, action,
			    "where the addresses cannot be read nothing can be changed: leave the action out");
	else if (window && rule->source != QUIRK_SOURCE_RANGE &&
		 rule->source != QUIRK_SOURCE_PLACED)
		prop_defect(s, node, props, VOCAB_SOURCE,
			    "the software window needs one range: write source = \"range\" or \"placed\"");
	if (rule->source == QUIRK_SOURCE_PLACED && !window)
		prop_defect(s, node, props, VOCAB_SOURCE,
			    "only the software window can be placed: write type = \"sw-msi\" and action = \"replace\"");
	if (rule->advise && (notice || run_time))
		prop_defect(s, node, props, VOCAB_ADVISE,
			    "such a rule is never enforced anyway: leave it out");
}

/* The two requester IDs as one number; larger ones are a defect (check_mapping()). */
static u64 read_input(const struct props *props)
{
	const char *range = props->p[VOCAB_ARG_INPUT].data;
	int width = props->p[VOCAB_ARG_INPUT].len / 2;

	return (quirkc_cell_at(range, width) & U32_MAX) |
	       quirkc_cell_at(range + width, width) << 32;
}

/* The arguments of the source, as the table has them. */
static void read_args(const struct props *props, struct rule *rule)
{
	const char *range = props->p[VOCAB_ARG_RANGE].data;
	int width = props->p[VOCAB_ARG_RANGE].len / 2;

	switch (rule->source) {
	case QUIRK_SOURCE_RANGE:
		rule->arg_a = range ? quirkc_cell_at(range, width) : 0;
		rule->arg_b = range ? quirkc_cell_at(range + width, width) : 0;
		break;
	case QUIRK_SOURCE_DT_REG:
		if (props->p[VOCAB_ARG_REG_NAME].data)
			rule->arg_string = props->p[VOCAB_ARG_REG_NAME].data;
		rule->arg_index = (u32)quirkc_number(props,
						     VOCAB_ARG_REG_INDEX);
		rule->arg_a = quirkc_number(props, VOCAB_ARG_OFFSET);
		rule->arg_b = quirkc_number(props, VOCAB_ARG_LENGTH);
		break;
	case QUIRK_SOURCE_DT_PROPERTY:
		if (props->p[VOCAB_ARG_PROPERTY].data)
			rule->arg_string = props->p[VOCAB_ARG_PROPERTY].data;
		break;
	case QUIRK_SOURCE_INBOUND_LIMIT:
		rule->arg_a = quirkc_number(props, VOCAB_ARG_APERTURE_LAST);
		break;
	case QUIRK_SOURCE_MSI_MESSAGE:
		rule->arg_a = quirkc_number(props, VOCAB_ARG_LENGTH);
		break;
	case QUIRK_SOURCE_PLACED:
		rule->arg_a = quirkc_number(props, VOCAB_ARG_SIZE);
		break;
	case QUIRK_SOURCE_IORT_SMMU_MODEL:
		rule->arg_index = (u32)quirkc_number(props, VOCAB_ARG_MODEL);
		break;
	case QUIRK_SOURCE_IORT_ADDRESS_LIMIT:
		rule->arg_index = (u32)quirkc_number(props, VOCAB_ARG_BITS);
		break;
	case QUIRK_SOURCE_IORT_ID_MAPPING:
		if (props->p[VOCAB_ARG_INPUT].data)
			rule->arg_a = read_input(props);
		rule->arg_index = (u32)quirkc_number(props,
						     VOCAB_ARG_OUTPUT_BASE);
		rule->arg_b = quirkc_number(props, VOCAB_ARG_OUTPUT_SMMU);
		break;
	case QUIRK_SOURCE_BAR_REALIGN:
	case QUIRK_SOURCE_BAR_WHOLE_PAGE:
	case QUIRK_SOURCE_BAR_OFFSET:
		rule->arg_index = (u32)quirkc_number(props, VOCAB_ARG_BAR);
		rule->arg_a = quirkc_number(props, VOCAB_ARG_BAR_SIZE);
		rule->arg_b = quirkc_number(props, VOCAB_ARG_BAR_OFFSET);
		break;
	}

	if (vocab[VOCAB_ARG_NODE].sources & 1u << rule->source)
		rule->dt_node = props->p[VOCAB_ARG_NODE].data ?
			(u8)quirkc_word(props, VOCAB_ARG_NODE) :
			QUIRK_NODE_HOST;
}

void quirkc_read_rule(const struct source *s, struct entry *entry, int node)
{
	const char *name = quirkc_node_name(s, node);
	size_t before = s->c->defects;
	struct props props;
	struct rule rule;
	size_t i;

	quirkc_refuse_children(s, node);
	for (i = 0; i < entry->rule_count; i++)
		if (!strcmp(entry->rules[i].name, name))
			quirkc_defect(s, node, node, NULL, "repeated node");
	quirkc_read_props(s, node, VOCAB_RULE, &props);

	rule = (struct rule){
		.name = name,
		.reference = props.p[VOCAB_REFERENCE].data,
		.reason = props.p[VOCAB_REASON].data,
		.arg_string = "",
		.type = (u8)quirkc_word(&props, VOCAB_TYPE),
		.source = (u8)quirkc_word(&props, VOCAB_SOURCE),
		.confidence = (u8)quirkc_word(&props, VOCAB_CONFIDENCE),
		.advise = props.p[VOCAB_ADVISE].seen,
		.action = props.p[VOCAB_ACTION].seen ?
			  (u8)quirkc_word(&props, VOCAB_ACTION) :
			  QUIRK_ACTION_ADD,
		.code = quirkc_read_code(s, &props),
		.node = node,
	};
	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		if (vocab[i].cond && props.p[i].data)
			read_scope(s, &props, i, &rule.scope);
		if (props.p[i].seen)
			rule.flags |= (u8)vocab[i].flag;
	}
	quirkc_sort_conds(&rule.scope);

	if (rule.source) {
		read_args(&props, &rule);
		check_args(s, node, &props, &rule);
		if (QUIRK_SOURCE_CORRECTS(rule.source))
			check_correction_scope(s, node, &props, &rule);
		if (QUIRK_SOURCE_LEVEL(rule.source) > entry->level)
			entry->level = QUIRK_SOURCE_LEVEL(rule.source);
	}
	/* A word that is none was a defect already. */
	if (rule.source && rule.type && rule.action)
		check_effect(s, node, &props, &rule);

	rule.is_sound = s->c->defects == before;
	entry->rules = quirkc_grow(entry->rules, entry->rule_count,
				   sizeof(*entry->rules));
	entry->rules[entry->rule_count++] = rule;
}
