// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts_bars.c - where a PCI function's BARs are, and what is in their pages
 *
 * What is no PCI function (facts_pci.c has those) and sits in the same page is
 * seen where it has marked its addresses as busy (request_mem_region()); so is
 * somebody who has addresses of a BAR whose function has no driver, or vfio-pci,
 * which takes whole BARs: a boot framebuffer for one. Not seen: others with
 * addresses in a window of PCI that are not busy; whether a driver that has the
 * function now gives all back; one that has a whole BAR behind vfio-pci's back;
 * and what a driver other than vfio-pci does that is built on its core.
 *
 * No register is written, and no device is woken.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "compat.h"
#include "devices.h"
#include "facts_bars.h"
#include "iommu_resv.h"

/* The largest page size that is asked about. */
#define PAGE_MOST	max_t(u64, PAGE_SIZE, SZ_64K)

static int pci_find(const struct resv_pci *pci, const void *pdev)
{
	u32 i;

	for (i = 0; i < pci->devs; i++)
		if (pci->dev[i] == pdev)
			return i;
	return -ENODEV;
}

/* Is there an answer when config space is read? Nobody is woken for that. */
static bool is_awake(const struct pci_dev *pdev)
{
	return pdev->current_state != PCI_D3cold;
}

static bool is_read(struct pci_dev *pdev, int where, u32 *value)
{
	return !pci_read_config_dword(pdev, where, value);
}

#ifdef CONFIG_PCI_IOV
/*
 * The SR-IOV capability of a physical function. All ones come from one that is
 * asleep or gone.
 */
static bool read_sriov(struct pci_dev *pdev, u32 *sizes, u16 *total)
{
	int pos = is_awake(pdev) ?
		  pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV) : 0;

	return pos && is_read(pdev, pos + PCI_SRIOV_SUP_PGSIZE, sizes) &&
	       !pci_read_config_word(pdev, pos + PCI_SRIOV_TOTAL_VF, total) &&
	       !(*sizes == U32_MAX && *total == U16_MAX);
}

static int look_at_sriov(struct resv_bar_facts *facts,
			 const struct resv_pci *pci, struct pci_dev *pdev)
{
	struct resv_bars *bars = &facts->bars;
	u16 total;
	int pf;

	if (pdev->is_virtfn) {
		bars->is_vf = true;
		pf = pci_find(pci, pdev->physfn);
		if (pf < 0)
			return pf;
		facts->vf_of = pci->dev[pf];
		bars->vf_sizes_known =
			read_sriov(facts->vf_of, &bars->vf_sizes, &total);
		return 0;
	}
	bars->vf_sizes_known = read_sriov(pdev, &bars->vf_sizes, &total);
	if (bars->vf_sizes_known) {
		facts->is_pf = true;
		facts->vfs = total;
		facts->vfs_now = pci_num_vf(pdev);
		facts->vfs_set_up = pdev->is_physfn;
	} else if (pdev->is_physfn) {
		facts->error = "its SR-IOV capability cannot be read: the device is asleep or gone";
	}
	return 0;
}
#else
static int look_at_sriov(struct resv_bar_facts *facts,
			 const struct resv_pci *pci, struct pci_dev *pdev)
{
	return 0;
}
#endif

/*
 * Size of one VF's BAR: that of a VF which exists, else its part of what there is
 * for all that there may be. Newer kernels let a driver resize VF BARs
 * (pci_iov_vf_bar_set_size()), which cannot be seen without a VF.
 */
static u64 vf_size(const struct resv_bar_facts *facts,
		   const struct resv_pci *pci, u32 claim)
{
	const struct resv_claim *all = &pci->claim[claim];
	u64 less = all->range.last - all->range.start;
	u32 i;

	for (i = 0; i < pci->claims; i++)
		if (pci->claim[i].parent == claim)
			return pci->claim[i].range.last -
			       pci->claim[i].range.start + 1;
	return facts->vfs && (less + 1) % facts->vfs == 0 ?
		       (less + 1) / facts->vfs : 0;
}

/* The bus address, by the window of the host bridge at the end of the way up. */
static bool bus_address(const struct resv_pci *pci, u32 claim, u64 *bus)
{
	u64 start = pci->claim[claim].range.start;
	u32 depth;

	for (depth = 0; depth < pci->claims && claim < pci->claims; depth++) {
		if (pci->claim[claim].kind == RESV_CLAIM_HOST) {
			*bus = start - pci->offset[claim];
			return true;
		}
		claim = pci->claim[claim].parent;
	}
	return false;
}

static void look_at_bar(struct resv_bar_facts *facts,
			const struct resv_pci *pci, u32 claim)
{
	const struct resv_claim *c = &pci->claim[claim];
	unsigned long flags = pci->flags[claim];
	u32 n = facts->bars.count++;
	struct resv_bar *bar = &facts->bars.bar[n];

	bar->kind = c->kind;
	bar->io = c->io;
	bar->number = c->number;
	bar->bits = flags & IORESOURCE_MEM_64 ? 64 : 32;
	bar->prefetchable = flags & IORESOURCE_PREFETCH;
	bar->idle = c->kind == RESV_CLAIM_ROM &&
		    !(flags & IORESOURCE_ROM_ENABLE);
	bar->assigned = c->parent != RESV_CLAIM_NONE;
	bar->range = c->range;
	bar->claim = claim;
	bar->size = c->kind == RESV_CLAIM_VF ?
			    vf_size(facts, pci, claim) :
			    c->range.last - c->range.start + 1;
	if (bar->assigned)
		facts->has_bus[n] = bus_address(pci, claim, &facts->bus[n]);
}

static void look_at_msix(struct resv_bar_facts *facts, struct pci_dev *pdev)
{
	struct resv_bars *bars = &facts->bars;
	u32 table, pba;
	u16 control;

	/* Read once by the PCI core; a quirk may have cleared it. */
	if (!pdev->msix_cap)
		return;
	bars->msix = RESV_MSIX_UNKNOWN;
	if (!is_awake(pdev) ||
	    pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
				 &control) ||
	    !is_read(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &table) ||
	    !is_read(pdev, pdev->msix_cap + PCI_MSIX_PBA, &pba) ||
	    (control == U16_MAX && table == U32_MAX)) {
		facts->msix_error = "its MSI-X capability cannot be read: the device is asleep or gone";
		return;
	}
	facts->vectors = (control & PCI_MSIX_FLAGS_QSIZE) + 1;
	bars->table.bar = table & PCI_MSIX_TABLE_BIR;
	bars->table.range.start = table & PCI_MSIX_TABLE_OFFSET;
	bars->table.range.last = bars->table.range.start +
		facts->vectors * PCI_MSIX_ENTRY_SIZE - 1;
	bars->pba.bar = pba & PCI_MSIX_PBA_BIR;
	bars->pba.range.start = pba & PCI_MSIX_PBA_OFFSET;
	/* A bit each, in whole QWORDs (PCI Local Bus 3.0, section 6.8.2.10). */
	bars->pba.range.last = bars->pba.range.start +
		DIV_ROUND_UP(facts->vectors, 64) * 8 - 1;
	if (!resv_msix_fits(bars, &bars->table))
		facts->msix_error = "its MSI-X table lies in none of its memory BARs";
	else if (!resv_msix_fits(bars, &bars->pba))
		facts->msix_error = "its MSI-X pending bits lie in none of its memory BARs";
	else
		bars->msix = RESV_MSIX_PLACED;
}

/**
 * struct holder - a look for somebody who has addresses of a BAR
 * @bar: the BAR
 * @whole_counts: so has somebody who has all of it
 */
struct holder {
	struct resv_bar *bar;
	bool whole_counts;
};

/* A busy range, cut to the BAR and one byte in front of it. */
static int holder_add(struct resource *res, void *arg)
{
	struct holder *h = arg;
	const struct resv_range *bar = &h->bar->range;

	/* One that begins in front of it is not in it, but around it. */
	if (h->bar->held || res->start < bar->start ||
	    (!h->whole_counts && res->start == bar->start &&
	     res->end == bar->last))
		return 0;
	h->bar->held = true;
	h->bar->holder.start = res->start;
	h->bar->holder.last = res->end;
	return 0;
}

static bool is_with_vfio_pci(const struct device *dev)
{
	const struct resv_device *rd;
	bool found = false;

	mutex_lock(&resv_devices_lock);
	list_for_each_entry(rd, &resv_devices, node)
		if (rd->dev == dev)
			found = !strcmp(rd->manager, "vfio-pci");
	mutex_unlock(&resv_devices_lock);
	return found;
}

/* Addresses of BARs that pci_request_selected_regions() would stumble over. */
static void look_at_holders(struct resv_bars *bars, const struct device *dev)
{
	bool free = !READ_ONCE(dev->driver);
	u32 i;

	if (!free && !is_with_vfio_pci(dev))
		return;
	for (i = 0; i < bars->count; i++) {
		struct resv_bar *bar = &bars->bar[i];
		struct holder h = { .bar = bar, .whole_counts = free };

		if (bar->kind != RESV_CLAIM_BAR || bar->io || !bar->assigned)
			continue;
		walk_iomem_res_desc(IORES_DESC_NONE,
				    IORESOURCE_MEM | IORESOURCE_BUSY,
				    bar->range.start - !!bar->range.start,
				    bar->range.last, &h, holder_add);
		/* It may have got a driver meanwhile, which is no hindrance. */
		if (free && READ_ONCE(dev->driver))
			bar->held = false;
	}
}

/* See pci_dev_str_match_path() in drivers/pci/pci.c. One too long is left out. */
static void look_at_path(struct resv_bar_facts *facts, struct pci_dev *pdev)
{
	u8 devfn[RESV_PCI_PATH_LEN / 5];
	struct pci_dev *top = pdev;
	u32 below = 0;
	int len;

	while (!pci_is_root_bus(top->bus)) {
		if (pdev->is_virtfn || !top->bus->self ||
		    below == ARRAY_SIZE(devfn) - 4)
			return;
		devfn[below++] = top->devfn;
		top = top->bus->self;
	}
	len = snprintf(facts->path, sizeof(facts->path), "%04x:%02x:%02x.%x",
		       pci_domain_nr(top->bus), top->bus->number,
		       PCI_SLOT(top->devfn), PCI_FUNC(top->devfn));
	while (below--)
		len += snprintf(facts->path + len, sizeof(facts->path) - len,
				"/%02x.%x", PCI_SLOT(devfn[below]),
				PCI_FUNC(devfn[below]));
}

/**
 * struct others - a look for what is no PCI function around a BAR
 * @pci: who has which addresses; gets more claims
 * @count: claims with those that were found
 * @bar: the BAR
 */
struct others {
	struct resv_pci *pci;
	u32 count;
	const struct resv_bar *bar;
};

static bool is_known(const struct others *o, const struct resv_range *range)
{
	u32 i;

	for (i = 0; i < o->count; i++) {
		const struct resv_claim *c = &o->pci->claim[i];

		if (c->kind != RESV_CLAIM_HOST && !c->io &&
		    c->kind != RESV_CLAIM_WINDOW &&
		    c->parent != RESV_CLAIM_NONE &&
		    resv_range_overlaps(&c->range, range))
			return true;
	}
	return false;
}

/* A busy range, cut to the pages around the BAR. */
static int others_add(struct resource *res, void *arg)
{
	struct others *o = arg;
	struct resv_range range = { .start = res->start, .last = res->end };
	u32 parent = o->pci->claim[o->bar->claim].parent;

	/* In a BAR it is a driver's, around one it is not beside it. */
	if (is_known(o, &range))
		return 0;
	if (o->count == o->pci->claims + RESV_PCI_MORE)
		return -E2BIG;
	if (parent >= o->pci->claims ||
	    !resv_range_overlaps(&o->pci->claim[parent].range, &range))
		parent = RESV_CLAIM_ELSEWHERE;
	o->pci->claim[o->count++] = (struct resv_claim){
		.kind = RESV_CLAIM_OTHER,
		.function = o->pci->devs,
		.range = range,
		.parent = parent,
	};
	return 0;
}

static int look_at_others(struct resv_bar_facts *facts, struct resv_pci *pci)
{
	struct others o = { .pci = pci, .count = pci->claims };
	u32 i;

	for (i = 0; i < facts->bars.count; i++) {
		int ret;

		o.bar = &facts->bars.bar[i];
		if (!o.bar->assigned || o.bar->io ||
		    o.bar->size >= PAGE_MOST)
			continue;
		ret = walk_iomem_res_desc(IORES_DESC_NONE,
					  IORESOURCE_MEM | IORESOURCE_BUSY,
					  o.bar->range.start & ~(PAGE_MOST - 1),
					  o.bar->range.last | (PAGE_MOST - 1),
					  &o, others_add);
		/* -EINVAL is for none. */
		if (ret == -E2BIG)
			return ret;
	}
	facts->bars.all.claim = pci->claim;
	facts->bars.all.count = o.count;
	return 0;
}

/**
 * resv_bar_facts_look() - see the BARs of a PCI function
 * @facts: filled in; good as long as @pci is, and until it is used for another
 * @pci: from resv_pci_look()
 * @dev: the function
 *
 * Context: may sleep; takes resv_devices_lock, and no lock of the PCI core. Reads
 * config space.
 * Return: 0, -ENODEV where the function is gone, going or not set up yet, or
 * -E2BIG where too much is around its BARs.
 */
int resv_bar_facts_look(struct resv_bar_facts *facts, struct resv_pci *pci,
			struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct resv_bar_page page;
	u32 i;
	int function = pci_find(pci, pdev);
	int ret;

	memset(facts, 0, sizeof(*facts));
	if (function < 0 || !pci->ready[function] ||
	    pdev->error_state == pci_channel_io_perm_failure)
		return -ENODEV;
	facts->bars.page_size = PAGE_SIZE;
	facts->bars.bridge = pdev->hdr_type != PCI_HEADER_TYPE_NORMAL;
	facts->bars.not_mappable = resv_bars_not_mappable(pdev);
	ret = look_at_sriov(facts, pci, pdev);
	if (ret)
		return ret;
	for (i = 0; i < pci->claims; i++) {
		const struct resv_claim *c = &pci->claim[i];

		if (c->function == function && c->kind <= RESV_CLAIM_VF)
			look_at_bar(facts, pci, i);
	}
	look_at_msix(facts, pdev);
	look_at_path(facts, pdev);
	look_at_holders(&facts->bars, dev);
	ret = look_at_others(facts, pci);
	if (ret)
		return ret;
	for (i = 0; i < facts->bars.count && !facts->error; i++)
		if (resv_bar_at(&facts->bars, i, PAGE_SIZE, &page))
			facts->error = "what the kernel has for its BARs makes no sense";
	/* Once its removal has begun its BARs may soon be somebody else's. */
	return resv_pci_is_ready(pdev) && device_is_registered(dev) ? 0 : -ENODEV;
}
