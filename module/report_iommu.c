// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_iommu.c - IOMMUs, and which devices one guest SMMU can serve
 *
 * As text (debugfs iommus/DEV/info) and in JSON (ABI 1). What registers say has
 * the architecture's names.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/errno.h>

#include "iommus.h"
#include "report.h"

static const char *source_word(enum resv_iommu_source source)
{
	switch (source) {
	case RESV_IOMMU_SOURCE_HW_INFO:
		return "hw_info";
	case RESV_IOMMU_SOURCE_REGISTERS:
		return "registers";
	case RESV_IOMMU_SOURCE_NONE:
		break;
	}
	return "none";
}

static const char *answer_word(enum smmuv3_answer answer)
{
	switch (answer) {
	case SMMUV3_NO:
		return "no";
	case SMMUV3_YES:
		return "yes";
	case SMMUV3_SOME:
		return "some";
	case SMMUV3_UNKNOWN:
		break;
	}
	return "unknown";
}

/* Name of an ID register in lower case; SMMUv3's are those of smmuv3.h. */
static const char *word_name(enum resv_iommu_type type, u32 i)
{
	static const char *const smmuv3[] = {
		[SMMUV3_IDR0] = "idr0", [SMMUV3_IDR1] = "idr1",
		[SMMUV3_IDR3] = "idr3", [SMMUV3_IDR5] = "idr5",
		[SMMUV3_IIDR] = "iidr", [SMMUV3_AIDR] = "aidr",
	};
	static const char *const smmuv2[] = { "idr0", "idr1", "idr2" };
	static const char *const vtd[] = { "cap", "ecap" };
	static const char *const amd[] = { "efr", "efr2" };

	switch (type) {
	case RESV_IOMMU_SMMUV3:
		return i < ARRAY_SIZE(smmuv3) ? smmuv3[i] : "";
	case RESV_IOMMU_SMMUV2:
		return i < ARRAY_SIZE(smmuv2) ? smmuv2[i] : "";
	case RESV_IOMMU_VTD:
		return i < ARRAY_SIZE(vtd) ? vtd[i] : "";
	case RESV_IOMMU_AMD:
		return i < ARRAY_SIZE(amd) ? amd[i] : "";
	default:
		return "";
	}
}

/* Have the registers of an SMMUv3 been read? */
static bool has_smmuv3(const struct resv_iommu_view *view,
		       struct smmuv3_regs *regs)
{
	u32 i;

	if (view->ri->type != RESV_IOMMU_SMMUV3 ||
	    view->id.words != SMMUV3_REGS)
		return false;
	for (i = 0; i < SMMUV3_REGS; i++)
		regs->value[i] = view->id.word[i];
	return true;
}

static void nesting_of(const struct resv_iommu_view *view,
		       const struct smmuv3_regs *regs,
		       struct smmuv3_nesting *nesting)
{
	struct smmuv3_host host = {
		.iommufd = IS_ENABLED(CONFIG_ARM_SMMU_V3_IOMMUFD),
		.mmu700 = RESV_MMU700_NESTS,
		.devices = view->pci,
		.canwbs = view->canwbs,
	};

	smmuv3_nesting(regs, &host, nesting);
}

/* Can one guest SMMU serve devices of this IOMMU? */
static struct smmuv3_verdict guest_smmu(const struct resv_iommu_view *view)
{
	struct smmuv3_verdict bound = {
		.answer = SMMUV3_UNKNOWN,
		.why = "the SMMU's ID registers were not read",
		.source = "reason, there",
	};
	struct smmuv3_nesting nesting;
	struct smmuv3_regs regs;

	if (has_smmuv3(view, &regs)) {
		nesting_of(view, &regs, &nesting);
		bound = nesting.state[SMMUV3_STATE_BOUND];
	}
	return share_guest_smmu(view->ri->type, true, bound);
}

static bool has_base(const struct resv_iommu_view *view, u64 *base)
{
	const struct resv_iommu *ri = view->ri;

	return (ri->type == RESV_IOMMU_SMMUV3 ||
		ri->type == RESV_IOMMU_SMMUV2) && !resv_iommu_base(ri, base);
}

/* What there is to say where no registers are read. */
static const char *no_registers(const struct resv_iommu_view *view)
{
	return view->reason ?: "unknown";
}

/**
 * struct bits - an unsigned field of a 64-bit register
 * @word: which register
 * @low: lowest bit
 * @count: how many bits
 * @name: the architecture's
 */
struct bits {
	u8 word;
	u8 low;
	u8 count;
	const char *name;
};

/* Arm IHI 0062, IDR0 to IDR2; bits as in Linux's arm-smmu.h (ID0 to ID2). */
static const struct bits smmuv2_bits[] = {
	{ 0, 30, 1, "IDR0.S1TS" }, { 0, 29, 1, "IDR0.S2TS" },
	{ 0, 28, 1, "IDR0.NTS" }, { 0, 27, 1, "IDR0.SMS" },
	{ 0, 14, 1, "IDR0.CTTW" }, { 0, 9, 4, "IDR0.NUMSIDB" },
	{ 0, 8, 1, "IDR0.EXIDS" }, { 0, 0, 8, "IDR0.NUMSMRG" },
	{ 1, 31, 1, "IDR1.PAGESIZE" }, { 1, 16, 8, "IDR1.NUMS2CB" },
	{ 1, 0, 8, "IDR1.NUMCB" },
	{ 2, 15, 1, "IDR2.VMID16" }, { 2, 14, 1, "IDR2.PTFSv8_64kB" },
	{ 2, 13, 1, "IDR2.PTFSv8_16kB" }, { 2, 12, 1, "IDR2.PTFSv8_4kB" },
	{ 2, 8, 4, "IDR2.UBS" }, { 2, 4, 4, "IDR2.OAS" },
	{ 2, 0, 4, "IDR2.IAS" },
};

/* CAP_REG and ECAP_REG of Intel VT-d; bits as in Linux's intel/iommu.h. */
static const struct bits vtd_bits[] = {
	{ 0, 8, 5, "CAP.SAGAW" }, { 0, 16, 6, "CAP.MGAW" },
	{ 1, 3, 1, "ECAP.IR" }, { 1, 26, 1, "ECAP.NEST" },
	{ 1, 40, 1, "ECAP.PASID" }, { 1, 43, 1, "ECAP.SMTS" },
};

static const struct bits *bits_of(const struct resv_iommu_view *view,
				  u32 *count)
{
	*count = 0;
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		return NULL;
	switch (view->ri->type) {
	case RESV_IOMMU_SMMUV2:
		*count = ARRAY_SIZE(smmuv2_bits);
		return smmuv2_bits;
	case RESV_IOMMU_VTD:
		*count = ARRAY_SIZE(vtd_bits);
		return vtd_bits;
	default:
		return NULL;
	}
}

static u64 bits_value(const struct resv_iommu_view *view, const struct bits *b)
{
	return view->id.word[b->word] >> b->low & ((1ULL << b->count) - 1);
}

/* A number of bits; "reserved" where the register has no meaning. */
static void put_size(struct resv_text *t, const char *key, int size)
{
	if (size < 0)
		put(t, "%s: reserved\n", key);
	else
		put(t, "%s: %d\n", key, size);
}

static void put_verdict(struct resv_text *t, const char *key,
			const struct smmuv3_verdict *v)
{
	put(t, "%s: %s: %s (%s)\n", key, answer_word(v->answer), v->why,
	    v->source);
}

static void put_smmuv3_sizes(struct resv_text *t,
			     const struct smmuv3_regs *regs)
{
	struct smmuv3_sizes s;

	smmuv3_sizes(regs, &s);
	put(t, "stages:%s%s%s\n", s.s1 ? " s1" : "", s.s2 ? " s2" : "",
	    s.s1 || s.s2 ? "" : " none");
	put_size(t, "ssid-bits", s.ssid_bits);
	put_size(t, "sid-bits", s.sid_bits);
	put_size(t, "asid-bits", s.asid_bits);
	put_size(t, "vmid-bits", s.vmid_bits);
	put_size(t, "va-bits", s.va_bits);
	put_size(t, "ias-bits", s.ias);
	put_size(t, "oas-bits", s.oas);
	put(t, "granules:%s%s%s\n", s.granule_4k ? " 4K" : "",
	    s.granule_16k ? " 16K" : "", s.granule_64k ? " 64K" : "");
}

static void put_smmuv3_nesting(struct resv_text *t,
			       const struct resv_iommu_view *view,
			       const struct smmuv3_regs *regs)
{
	struct smmuv3_nesting n;
	char key[SMMUV3_TEXT];
	unsigned int i;

	nesting_of(view, regs, &n);
	for (i = 0; i < SMMUV3_STATES; i++) {
		snprintf(key, sizeof(key), "nesting-%s", smmuv3_state_word(i));
		put_verdict(t, key, &n.state[i]);
	}
	if (n.state[SMMUV3_STATE_BOUND].answer != SMMUV3_YES &&
	    n.state[SMMUV3_STATE_BOUND].answer != SMMUV3_SOME)
		return;
	put_size(t, "nesting-s1cdmax", n.s1cdmax);
	if (n.s1cdmax > 0) {
		put(t, "nesting-s1fmt: linear%s\n",
		    n.s1fmt_2level ? " 4k-l2 64k-l2" : "");
		put(t, "nesting-s1dss: terminate bypass ssid0\n");
	} else {
		put(t, "nesting-s1fmt: ignored (no substreams: one context descriptor)\n");
		put(t, "nesting-s1dss: ignored (no substreams)\n");
	}
}

static void put_smmuv3(struct resv_text *t, const struct resv_iommu_view *view,
		       const struct smmuv3_regs *regs)
{
	char name[SMMUV3_TEXT], text[SMMUV3_TEXT];
	unsigned int i;

	smmuv3_implementer(regs, text);
	put(t, "implementer: %s\n", text);
	smmuv3_product(regs, text);
	put(t, "product: %s\n", text);
	smmuv3_architecture(regs, text);
	put(t, "architecture: %s\n", text);
	put_smmuv3_sizes(t, regs);
	for (i = 0; i < smmuv3_fields(); i++) {
		smmuv3_field_name(i, name);
		smmuv3_field_text(regs, i, text);
		put(t, "%s: %s\n", name, text);
	}
	put_smmuv3_nesting(t, view, regs);
}

/* The first device of a set. */
static const struct resv_iommu_device *
set_head(const struct resv_census *census, u32 set)
{
	const struct resv_iommu_device *one;

	list_for_each_entry(one, &census->devices, node)
		if (one->member->set == set)
			return one;
	return NULL;
}

/* A line for each set of the IOMMU's devices: their ITSs, and who they are. */
static void put_sets(struct resv_text *t, const struct resv_census *census,
		     u32 number)
{
	const struct resv_iommu_device *one;
	const struct share_member *m;
	u32 set, i;

	for (set = 0; set < census->sets; set++) {
		one = set_head(census, set);
		if (!one || one->member->iommu != number)
			continue;
		m = one->member;
		put(t, "devices-of-its:");
		if (!m->its_known)
			put(t, " unknown");
		else if (!m->its_count)
			put(t, " none");
		for (i = 0; i < m->its_count; i++)
			put(t, " 0x%llx", m->its[i]);
		put(t, ":");
		list_for_each_entry(one, &census->devices, node)
			if (one->member->set == set)
				put(t, " %s", dev_name(one->dev));
		put(t, "\n");
	}
}

static void put_info(struct resv_text *t, const struct resv_census *census,
		     u32 number)
{
	const struct resv_iommu_view *view = &census->view[number - 1];
	const struct resv_iommu *ri = view->ri;
	struct smmuv3_verdict guest;
	struct smmuv3_regs regs;
	const struct bits *b;
	u32 i, count;
	u64 base;

	put(t, "name: %s\ntype: %s\ndriver: %s\n", dev_name(ri->dev),
	    resv_iommu_type_word(ri->type), ri->driver[0] ? ri->driver : "-");
	if (has_base(view, &base))
		put(t, "base: 0x%llx\n", base);
	put(t, "devices: %u\ngroups: %u\n", view->devices, view->groups);
	if (view->domain_known)
		put(t, "page-sizes: 0x%lx\naperture: 0x%llx-0x%llx\n",
		    view->page_sizes, view->aperture.start,
		    view->aperture.last);
	put(t, "source: %s\n", source_word(view->id.source));
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		put(t, "reason: %s\n", no_registers(view));
	for (i = 0; i < view->id.words; i++)
		put(t, "%s: 0x%llx\n", word_name(ri->type, i),
		    view->id.word[i]);
	if (has_smmuv3(view, &regs))
		put_smmuv3(t, view, &regs);
	b = bits_of(view, &count);
	for (i = 0; i < count; i++)
		put(t, "%s: %llu\n", b[i].name, bits_value(view, &b[i]));
	guest = guest_smmu(view);
	put_verdict(t, "guest-smmu", &guest);
	if (share_domain_text(ri->type))
		put(t, "domain: %s\n", share_domain_text(ri->type));
	put_sets(t, census, number);
}

/**
 * resv_report_iommu_info() - what an IOMMU is and can do
 * @t: receives it
 * @ri: struct resv_iommu
 *
 * Context: may sleep; takes each group->mutex in turn.
 * Return: 0, -ENODEV where the IOMMU has gone, or another error.
 */
int resv_report_iommu_info(struct resv_text *t, void *ri)
{
	struct resv_census census;
	u32 i;
	int ret;

	ret = resv_census_take(&census);
	if (ret)
		return ret;
	ret = -ENODEV;
	for (i = 0; i < census.views; i++) {
		if (census.view[i].ri != ri)
			continue;
		put_info(t, &census, i + 1);
		ret = 0;
	}
	resv_census_drop(&census);
	return ret;
}

static void put_json_verdict(struct resv_text *t, const struct smmuv3_verdict *v)
{
	put(t, "{\"answer\":\"%s\",", answer_word(v->answer));
	put_member(t, "reason", v->why);
	put(t, ",");
	put_member(t, "source", v->source);
	put(t, "}");
}

static void put_json_size(struct resv_text *t, const char *key, int size)
{
	if (size < 0)
		put(t, "\"%s\":null,\"%s_reason\":\"reserved value\",", key,
		    key);
	else
		put(t, "\"%s\":%d,", key, size);
}

static void put_json_nesting(struct resv_text *t,
			     const struct resv_iommu_view *view,
			     const struct smmuv3_regs *regs)
{
	struct smmuv3_nesting n;
	bool first = true, bound;
	unsigned int i;

	nesting_of(view, regs, &n);
	bound = n.state[SMMUV3_STATE_BOUND].answer == SMMUV3_YES ||
		n.state[SMMUV3_STATE_BOUND].answer == SMMUV3_SOME;
	put(t, "\"nesting\":{\"states\":{");
	for (i = 0; i < SMMUV3_STATES; i++) {
		put_comma(t, &first);
		put(t, "\n\"%s\":", smmuv3_state_word(i));
		put_json_verdict(t, &n.state[i]);
	}
	put(t, "},");
	if (!bound) {
		put(t, "\"s1cdmax\":null,\"s1fmt\":null,\"s1dss\":null,\"s1_reason\":\"no guest stage can be bound for certain\"},");
		return;
	}
	put_json_size(t, "s1cdmax", n.s1cdmax);
	/* Both are ignored without substreams. */
	put(t, "\"s1fmt\":[%s%s],\"s1dss\":[%s]},",
	    n.s1cdmax > 0 ? "\"linear\"" : "",
	    n.s1cdmax > 0 && n.s1fmt_2level ? ",\"4k-l2\",\"64k-l2\"" : "",
	    n.s1cdmax > 0 ? "\"terminate\",\"bypass\",\"ssid0\"" : "");
}

static void put_json_smmuv3(struct resv_text *t,
			    const struct resv_iommu_view *view,
			    const struct smmuv3_regs *regs)
{
	char name[SMMUV3_TEXT], text[SMMUV3_TEXT];
	struct smmuv3_sizes s;
	bool first = true;
	unsigned int i;

	smmuv3_implementer(regs, text);
	put_member(t, "implementer", text);
	smmuv3_product(regs, text);
	put(t, ",");
	put_member(t, "product", text);
	smmuv3_architecture(regs, text);
	put(t, ",");
	put_member(t, "architecture", text);
	smmuv3_sizes(regs, &s);
	put(t, ",\"stages\":[%s%s%s],", s.s1 ? "\"s1\"" : "",
	    s.s1 && s.s2 ? "," : "", s.s2 ? "\"s2\"" : "");
	put_json_size(t, "ssid_bits", s.ssid_bits);
	put_json_size(t, "sid_bits", s.sid_bits);
	put_json_size(t, "asid_bits", s.asid_bits);
	put_json_size(t, "vmid_bits", s.vmid_bits);
	put_json_size(t, "va_bits", s.va_bits);
	put_json_size(t, "ias_bits", s.ias);
	put_json_size(t, "oas_bits", s.oas);
	put(t, "\"fields\":{");
	for (i = 0; i < smmuv3_fields(); i++) {
		smmuv3_field_name(i, name);
		smmuv3_field_text(regs, i, text);
		put_comma(t, &first);
		put(t, "\n\"%s\":{\"value\":%u,", name, smmuv3_field(regs, i));
		put_member(t, "means", text);
		put(t, "}");
	}
	put(t, "},");
	put_json_nesting(t, view, regs);
}

static void put_json_iommu(struct resv_text *t,
			   const struct resv_iommu_view *view)
{
	const struct resv_iommu *ri = view->ri;
	struct smmuv3_verdict guest;
	struct smmuv3_regs regs;
	const struct bits *b;
	bool first = true;
	u32 i, count;
	u64 base;

	put(t, "\n{");
	put_member(t, "name", dev_name(ri->dev));
	put(t, ",\"type\":\"%s\",", resv_iommu_type_word(ri->type));
	if (ri->driver[0])
		put_member(t, "driver", ri->driver);
	else
		put(t, "\"driver\":null,\"driver_reason\":\"it has no device that is bound to a driver\"");
	if (has_base(view, &base))
		put(t, ",\"base\":\"0x%llx\"", base);
	else
		put(t, ",\"base\":null,\"base_reason\":\"it is no SMMU with a register range\"");
	put(t, ",\"devices\":%u,\"groups\":%u,", view->devices, view->groups);
	if (view->domain_known)
		put(t, "\"page_sizes\":\"0x%lx\",\"aperture\":{\"start\":\"0x%llx\",\"last\":\"0x%llx\"},",
		    view->page_sizes, view->aperture.start,
		    view->aperture.last);
	else
		put(t, "\"page_sizes\":null,\"aperture\":null,\"aperture_reason\":\"no domain that translates could be asked\",");
	put(t, "\"source\":\"%s\",\"reason\":", source_word(view->id.source));
	if (view->id.source == RESV_IOMMU_SOURCE_NONE)
		put_string(t, no_registers(view));
	else
		put(t, "null");
	put(t, ",\"registers\":{");
	for (i = 0; i < view->id.words; i++) {
		put_comma(t, &first);
		put(t, "\"%s\":\"0x%llx\"", word_name(ri->type, i),
		    view->id.word[i]);
	}
	put(t, "},");
	if (has_smmuv3(view, &regs))
		put_json_smmuv3(t, view, &regs);
	b = bits_of(view, &count);
	if (b) {
		put(t, "\"fields\":{");
		first = true;
		for (i = 0; i < count; i++) {
			put_comma(t, &first);
			put(t, "\"%s\":{\"value\":%llu}", b[i].name,
			    bits_value(view, &b[i]));
		}
		put(t, "},");
	}
	guest = guest_smmu(view);
	put(t, "\"guest_smmu\":");
	put_json_verdict(t, &guest);
	put(t, "}");
}

static void put_json_shared(struct resv_text *t,
			    const struct resv_iommu_device *one)
{
	put(t, "\n{");
	put_member(t, "name", dev_name(one->dev));
	put(t, ",");
	put_member(t, "bus", one->bus);
	put(t, ",\"group\":%d,\"isolated\":%s,", one->group,
	    resv_tri_json(one->isolated));
	put_member(t, "isolated_reason", one->isolated_why ?: "unknown");
	put(t, ",\"refused\":%s", resv_tri_json(one->direct));
	if (one->direct == RESV_YES)
		put(t, ",\"refused_reason\":\"its IOMMU driver wants memory mapped 1:1 for it at all times: the kernel gives its group to nobody\"");
	else if (one->direct == RESV_UNKNOWN)
		put(t, ",\"refused_reason\":\"its list has memory to be mapped 1:1, and this kernel does not say whether that is required\"");
	put(t, "}");
}

/* One set: an IOMMU, its ITSs, and the devices that have both. */
static void put_json_set(struct resv_text *t, const struct resv_census *census,
			 u32 set)
{
	const struct resv_iommu_device *head = set_head(census, set), *one;
	struct smmuv3_verdict guest;
	bool first = true;
	const char *text;
	u32 i;

	if (!head)
		return;
	put(t, "\n{");
	if (head->member->iommu) {
		const struct resv_iommu_view *view =
			&census->view[head->member->iommu - 1];

		put_member(t, "iommu", dev_name(view->ri->dev));
		guest = guest_smmu(view);
		text = share_domain_text(view->ri->type);
	} else {
		guest = share_guest_smmu(RESV_IOMMU_OTHER, false,
					 (struct smmuv3_verdict){});
		text = NULL;
		put(t, "\"iommu\":null,\"iommu_reason\":\"it has no name in class iommu\"");
	}
	if (head->member->its_known) {
		put(t, ",\"its\":[");
		for (i = 0; i < head->member->its_count; i++) {
			put_comma(t, &first);
			put(t, "\"0x%llx\"", head->member->its[i]);
		}
		put(t, "]");
	} else {
		put(t, ",\"its\":null,\"its_reason\":\"firmware does not say, or not legibly (error %d)\"",
		    head->its_error);
	}
	put(t, ",\"guest_smmu\":");
	put_json_verdict(t, &guest);
	put(t, ",\"domain\":");
	if (text)
		put_string(t, text);
	else
		put(t, "null,\"domain_reason\":\"it depends on what the IOMMUs can do\"");
	put(t, ",\"devices\":[");
	first = true;
	list_for_each_entry(one, &census->devices, node) {
		if (one->member->set != set)
			continue;
		put_comma(t, &first);
		put_json_shared(t, one);
	}
	put(t, "]}");
}

/**
 * put_json_iommus() - add IOMMUs, and who can share a guest SMMU, as members of
 * the document
 * @t: the text
 *
 * Context: may sleep; takes each group->mutex in turn.
 * Return: 0 or an error.
 */
int put_json_iommus(struct resv_text *t)
{
	struct resv_census census;
	bool first = true;
	u32 i;
	int ret;

	ret = resv_census_take(&census);
	if (ret)
		return ret;
	put(t, "\"iommus\":[");
	for (i = 0; i < census.views; i++) {
		put_comma(t, &first);
		put_json_iommu(t, &census.view[i]);
	}
	put(t, "],\n\"sharing\":[");
	first = true;
	for (i = 0; i < census.sets; i++) {
		put_comma(t, &first);
		put_json_set(t, &census, i);
	}
	put(t, "]");
	resv_census_drop(&census);
	return 0;
}
