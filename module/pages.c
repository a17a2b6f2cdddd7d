// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages.c - how many doorbells a software MSI window has to hold
 *
 * Of all interrupt controllers only five have Linux map their doorbells into a
 * device's address space, those that call iommu_dma_prepare_msi(): the ITSs of
 * GICv3 and GICv5, GICv2m frames, the message-based interrupts of a GICv3
 * distributor (MBI), and Layerscape's SCFG (grep in drivers/irqchip, 6.1 to
 * 7.3). All the others write to physical addresses. Each host page with a
 * doorbell costs a page of the window, whichever device it is for; counted are
 * those of the whole machine, because any device may be plugged in later.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/acpi.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/slab.h>

#include "../acpi/madt.h"
#include "iommu_resv.h"

/* Most ranges of pages; pages next to each other count as one. */
#define RESV_DOORBELL_RANGES	256

/* GITS_TRANSLATER in the second frame of an ITS (Arm IHI 0069, section 12.18). */
#define ITS_TRANSLATER		(ITS_DOORBELL_OFFSET + 0x40)
/* GICD_SETSPI_NSR of a distributor (Arm IHI 0069, section 12.9). */
#define GICD_SETSPI_NSR		0x40
/* Bytes of a doorbell register. */
#define DOORBELL_LENGTH		4

static void resv_doorbell_at(struct resv_ranges *set, u64 address)
{
	resv_doorbell_add(set, address, address + DOORBELL_LENGTH - 1,
			  PAGE_SIZE);
}

#ifdef CONFIG_OF
/*
 * Writes to this window, 4 bytes for each device id, are what an ITS behind a
 * pre-ITS takes: the driver hands out base + 4 * id
 * (its_irq_get_msi_base_pre_its() in irq-gic-v3-its.c).
 */
static bool resv_doorbells_pre_its(struct resv_ranges *set,
				   struct device_node *np)
{
	static const char name[] = "socionext,synquacer-pre-its";
	u32 window[2];

	if (!of_find_property(np, name, NULL))
		return true;
	if (of_property_read_u32_array(np, name, window, ARRAY_SIZE(window)) ||
	    !window[1])
		return false;
	resv_doorbell_add(set, window[0], (u64)window[0] + window[1] - 1,
			  PAGE_SIZE);
	return true;
}

static bool resv_doorbells_its(struct resv_ranges *set, struct device_node *np)
{
	struct resource res;

	if (of_address_to_resource(np, 0, &res))
		return false;
	resv_doorbell_at(set, res.start + ITS_TRANSLATER);
	return resv_doorbells_pre_its(set, np);
}

static bool resv_doorbells_v2m(struct resv_ranges *set, struct device_node *np)
{
	struct resource res;

	if (of_address_to_resource(np, 0, &res))
		return false;
	resv_doorbell_at(set, res.start + V2M_DOORBELL_OFFSET);
	return true;
}

/* As mbi_init() in irq-gic-v3-mbi.c finds it. */
static bool resv_doorbells_mbi(struct resv_ranges *set, struct device_node *np)
{
	struct resource res;
	const __be32 *alias;
	u64 base;

	if (!of_find_property(np, "mbi-ranges", NULL))
		return true;
	alias = of_get_property(np, "mbi-alias", NULL);
	if (alias) {
		base = of_translate_address(np, alias);
		if (base == OF_BAD_ADDR)
			return false;
	} else if (of_address_to_resource(np, 0, &res)) {
		return false;
	} else {
		base = res.start;
	}
	resv_doorbell_at(set, base + GICD_SETSPI_NSR);
	return true;
}

/* The first register range is the doorbell (ls_scfg_msi_probe()). */
static bool resv_doorbells_scfg(struct resv_ranges *set, struct device_node *np)
{
	struct resource res;

	if (of_address_to_resource(np, 0, &res))
		return false;
	resv_doorbell_at(set, res.start);
	return true;
}

/* A frame of a GICv5 ITS that devices write to (arm,gic-v5-its, ns-translate). */
static bool resv_doorbells_gicv5(struct resv_ranges *set,
				 struct device_node *np)
{
	struct device_node *frame;
	struct resource res;
	bool found = false;
	int i;

	for_each_available_child_of_node(np, frame) {
		i = of_property_match_string(frame, "reg-names", "ns-translate");
		if (i < 0 || of_address_to_resource(frame, i, &res))
			continue;
		resv_doorbell_at(set, res.start);
		found = true;
	}
	return found;
}

/**
 * struct resv_doorbell_kind - a kind of controller whose doorbells are mapped
 * @compatible: its node's
 * @bare: its node needs no property msi-controller to be used
 * @add: adds the doorbells of a node; false where they cannot be read
 */
struct resv_doorbell_kind {
	const char *compatible;
	bool bare;
	bool (*add)(struct resv_ranges *set, struct device_node *np);
};

static const struct resv_doorbell_kind resv_doorbell_kinds[] = {
	{ "arm,gic-v3-its", false, resv_doorbells_its },
	{ "arm,gic-v2m-frame", false, resv_doorbells_v2m },
	{ "arm,gic-v3", false, resv_doorbells_mbi },
	{ "arm,gic-v5-its", true, resv_doorbells_gicv5 },
	/* With the two that the driver calls misspelled. */
	{ "fsl,ls1012a-msi", true, resv_doorbells_scfg },
	{ "fsl,ls1021a-msi", true, resv_doorbells_scfg },
	{ "fsl,1s1021a-msi", true, resv_doorbells_scfg },
	{ "fsl,ls1043a-msi", true, resv_doorbells_scfg },
	{ "fsl,1s1043a-msi", true, resv_doorbells_scfg },
	{ "fsl,ls1043a-v1.1-msi", true, resv_doorbells_scfg },
	{ "fsl,ls1046a-msi", true, resv_doorbells_scfg },
};

static bool resv_doorbells_dt(struct resv_ranges *set)
{
	const struct resv_doorbell_kind *kind = resv_doorbell_kinds;
	struct device_node *np;
	bool complete = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(resv_doorbell_kinds); i++, kind++) {
		for_each_compatible_node(np, NULL, kind->compatible) {
			if (!of_device_is_available(np) ||
			    (!kind->bare &&
			     !of_property_read_bool(np, "msi-controller")))
				continue;
			complete &= kind->add(set, np);
		}
	}
	return complete;
}
#else
static bool resv_doorbells_dt(struct resv_ranges *set)
{
	return true;
}
#endif

#ifdef CONFIG_ACPI
static int resv_doorbells_madt_its(void *ctx, u32 id, u64 base)
{
	resv_doorbell_at(ctx, base + ITS_TRANSLATER);
	return 0;
}

static int resv_doorbells_madt_frame(void *ctx, u64 base)
{
	resv_doorbell_at(ctx, base + V2M_DOORBELL_OFFSET);
	return 0;
}

/*
 * Graviton's frames have 8 KiB, each address of which is a doorbell
 * (gicv2m_get_msi_addr() in irq-gic-v2m.c, which knows them by this OEM id).
 */
static int resv_doorbells_madt_graviton(void *ctx, u64 base)
{
	resv_doorbell_add(ctx, base, base + 2 * V2M_FRAME_SIZE - 1, PAGE_SIZE);
	return 0;
}

static const char *resv_doorbells_madt(struct resv_ranges *set)
{
	const char *why = "the MADT cannot be read";
	struct acpi_table_header *madt;
	struct acpi_fault fault = {};
	int gicv5;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_MADT, 0, &madt)))
		return why;
	gicv5 = madt_has_gicv5(madt, madt->length, &fault);
	if (gicv5 >= 0 &&
	    !madt_for_each_its(madt, madt->length, resv_doorbells_madt_its, set,
			       &fault) &&
	    !madt_for_each_msi_frame(madt, madt->length,
				     memcmp(madt->oem_id, "AMAZON", 6) ?
					     resv_doorbells_madt_frame :
					     resv_doorbells_madt_graviton,
				     set, &fault))
		why = gicv5 ? "the MADT has controllers that are not known here" :
			      NULL;
	acpi_put_table(madt);
	return why;
}
#else
static const char *resv_doorbells_madt(struct resv_ranges *set)
{
	return NULL;
}
#endif

/**
 * resv_doorbell_count() - in how many host pages are there doorbells to map?
 * @pages: receives how many are known
 *
 * Context: may sleep.
 * Return: %NULL where these are all, else why there may be more.
 */
const char *resv_doorbell_count(u32 *pages)
{
	struct resv_range *storage;
	struct resv_ranges set;
	const char *why = NULL;

	*pages = 0;
	storage = kvmalloc_array(RESV_DOORBELL_RANGES, sizeof(*storage),
				 GFP_KERNEL);
	if (!storage)
		return "no memory to count them";
	resv_ranges_init(&set, storage, RESV_DOORBELL_RANGES);
#ifdef CONFIG_ACPI
	if (!acpi_disabled)
		why = resv_doorbells_madt(&set);
	else
#endif
	if (!resv_doorbells_dt(&set))
		why = "a controller's node does not say where its doorbell is";
	if (!why && set.widened)
		why = "there are too many to be counted";
	if (!why && !set.count)
		why = "no controller was found whose doorbells are mapped";
	*pages = resv_doorbell_pages(&set, PAGE_SIZE);
	kvfree(storage);
	return why;
}
