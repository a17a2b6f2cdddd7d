// SPDX-License-Identifier: GPL-2.0-only
/*
 * msi.c - which MSI controller a device has, and how its MSIs travel; see msi.h
 *
 * The controller is known by the device's MSI domain, the live object that its
 * MSIs are made by: by the device tree node that stands behind it, by its
 * address where firmware is ACPI (the name that irq_domain_alloc_fwnode() makes,
 * found again in the MADT), or by the prefix that its driver gives to names.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kernel.h>
#include <linux/msi.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/property.h>
#include <linux/string.h>

#include "../acpi/madt.h"
#include "facts.h"
#include "msi.h"

/* GITS_TRANSLATER, in the second frame of an ITS (Arm IHI 0069, section 12.18). */
#define ITS_TRANSLATER	(ITS_DOORBELL_OFFSET + 0x40)
/* Of x86 (X86_MSI_BASE_ADDRESS_LOW in arch/x86/include/asm/msi.h). */
#define X86_DOORBELLS	0xfee00000ULL

/* x86: the IOMMU takes writes to 0xfeexxxxx for interrupts and maps none. */
static bool resv_msi_is_x86(void)
{
	return IS_ENABLED(CONFIG_X86);
}

/* Where the kernel asks device by device; else the whole machine is asked. */
static bool resv_msi_isolated(struct device *dev)
{
#ifdef HAVE_IOMMU_GROUP_HAS_ISOLATED_MSI
	return msi_device_has_isolated_msi(dev);
#else
	return false;
#endif
}

/**
 * struct resv_msi_kind - what a controller's node or name says
 * @what: compatible or prefix
 * @controller: the kind
 */
struct resv_msi_kind {
	const char *what;
	enum resv_msi_controller controller;
};

/*
 * Drivers that map doorbells; "arm,gic-v3" is a domain's own node for MBI only,
 * ITSs have nodes of their own.
 */
static const struct resv_msi_kind resv_msi_nodes[] = {
	{ "arm,gic-v3-its", RESV_MSI_ITS },
	{ "arm,gic-v2m-frame", RESV_MSI_V2M },
	{ "arm,gic-v3", RESV_MSI_MBI },
	{ "arm,gic-v5-its", RESV_MSI_GICV5_ITS },
	{ "fsl,ls1012a-msi", RESV_MSI_LS_SCFG },
	{ "fsl,ls1021a-msi", RESV_MSI_LS_SCFG },
	{ "fsl,1s1021a-msi", RESV_MSI_LS_SCFG },
	{ "fsl,ls1043a-msi", RESV_MSI_LS_SCFG },
	{ "fsl,1s1043a-msi", RESV_MSI_LS_SCFG },
	{ "fsl,ls1043a-v1.1-msi", RESV_MSI_LS_SCFG },
	{ "fsl,ls1046a-msi", RESV_MSI_LS_SCFG },
	/* None of these calls iommu_dma_prepare_msi(). */
	{ "apm,xgene1-msi", RESV_MSI_OTHER },
	{ "al,alpine-msix", RESV_MSI_OTHER },
	{ "altr,msi-1.0", RESV_MSI_OTHER },
	{ "brcm,bcm2712-mip", RESV_MSI_OTHER },
	{ "sophgo,sg2042-msi", RESV_MSI_OTHER },
};

#ifdef HAVE_MSI_PARENT_OPS
/* struct msi_parent_ops in the drivers, 6.12 to 7.3; longer ones first. */
static const struct resv_msi_kind resv_msi_prefixes[] = {
	{ "ITS-v5-", RESV_MSI_GICV5_ITS },
	{ "ITS-", RESV_MSI_ITS },
	{ "GICv2m-", RESV_MSI_V2M },
	{ "MBI-", RESV_MSI_MBI },
	{ "DW-", RESV_MSI_ROOT_COMPLEX },
};
#endif

/**
 * struct resv_msi_found - a controller that was recognised
 * @controller: its kind
 * @np: its node in the device tree; or %NULL
 * @base_known: @base is where its registers are
 * @base: that address
 * @domain: its IRQ domain
 * @evidence: how it was recognised
 */
struct resv_msi_found {
	enum resv_msi_controller controller;
	struct device_node *np;
	bool base_known;
	u64 base;
	struct irq_domain *domain;
	const char *evidence;
};

static bool resv_msi_node(struct resv_msi_found *found, struct device_node *np)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(resv_msi_nodes); i++) {
		if (!of_device_is_compatible(np, resv_msi_nodes[i].what))
			continue;
		found->controller = resv_msi_nodes[i].controller;
		found->np = np;
		found->evidence = "the node behind its MSI domain";
		return true;
	}
	return false;
}

/*
 * A domain whose node is the host bridge's, or below it, is of the host bridge's
 * own driver. None of these maps doorbells (drivers/pci/controller).
 */
static bool resv_msi_host(struct resv_msi_found *found, struct device *dev,
			  struct device_node *np)
{
	struct resv_subject subject = { .dev = dev };
	struct device_node *host = fact_host_node(&subject);
	struct device_node *up;

	for (up = np; host && up; up = up->parent) {
		if (up != host)
			continue;
		found->controller = RESV_MSI_ROOT_COMPLEX;
		found->np = host;
		found->evidence = "its MSI domain is the PCI host bridge's own";
		return true;
	}
	return false;
}

/* "irqchip@ADDRESS", as irq_domain_alloc_fwnode() makes it from an address. */
static bool resv_msi_address(struct resv_msi_found *found,
			     struct fwnode_handle *fwnode)
{
	static const char prefix[] = "irqchip@";
	const char *name = is_fwnode_irqchip(fwnode) ? fwnode_get_name(fwnode) :
						       NULL;
	u64 base;

	if (!name || strncmp(name, prefix, sizeof(prefix) - 1) ||
	    kstrtoull(name + sizeof(prefix) - 1, 0, &base))
		return false;
	if (fact_madt_has_its(base))
		found->controller = RESV_MSI_ITS;
	else if (fact_madt_has_frame(base))
		found->controller = RESV_MSI_V2M;
	else
		return false;
	found->base = base;
	found->base_known = true;
	found->evidence = "the address of its MSI domain stands in the MADT";
	return true;
}

static bool resv_msi_prefix(struct resv_msi_found *found,
			    const struct irq_domain *domain)
{
#ifdef HAVE_MSI_PARENT_OPS
	const struct msi_parent_ops *ops = READ_ONCE(domain->msi_parent_ops);
	unsigned int i;

	if (!ops || !ops->prefix)
		return false;
	for (i = 0; i < ARRAY_SIZE(resv_msi_prefixes); i++) {
		const char *what = resv_msi_prefixes[i].what;

		if (strncmp(ops->prefix, what, strlen(what)))
			continue;
		found->controller = resv_msi_prefixes[i].controller;
		found->evidence = "the name that the driver of its MSI domain gives to interrupts";
		return true;
	}
#endif
	return false;
}

static bool resv_msi_domain(struct resv_msi_found *found, struct device *dev,
			    struct irq_domain *domain)
{
	struct fwnode_handle *fwnode = domain->fwnode;
	struct device_node *np = to_of_node(fwnode);

	found->domain = domain;
	/* The domain of a GICv5 ITS may be that of one of its frames. */
	if (np && np->parent &&
	    of_device_is_compatible(np->parent, "arm,gic-v5-its"))
		np = np->parent;
	if (np && (resv_msi_node(found, np) || resv_msi_host(found, dev, np)))
		return true;
	if (fwnode && resv_msi_address(found, fwnode))
		return true;
	return resv_msi_prefix(found, domain);
}

static bool resv_msi_has_capability(struct device *dev)
{
	return !dev_is_pci(dev) ||
	       to_pci_dev(dev)->msi_cap || to_pci_dev(dev)->msix_cap;
}

/*
 * The device's own domain decides: domains above it may be of what the controller
 * itself interrupts.
 */
static void resv_msi_find(struct resv_msi_found *found, struct device *dev)
{
	struct irq_domain *domain = dev_get_msi_domain(dev);

	memset(found, 0, sizeof(*found));
	if (!resv_msi_has_capability(dev)) {
		found->controller = RESV_MSI_NONE;
		found->evidence = "it has neither the MSI nor the MSI-X capability";
		return;
	}
	if (!domain) {
		found->controller = RESV_MSI_NONE;
		found->evidence = "the kernel gave it no MSI domain";
		return;
	}
	if (resv_msi_domain(found, dev, domain))
		return;
	found->controller = RESV_MSI_UNKNOWN;
	found->evidence = "its MSI domain is of no kind that this module knows";
}

static enum resv_msi_path resv_msi_path_of(enum resv_msi_controller controller)
{
	switch (controller) {
	case RESV_MSI_NONE:
		return RESV_MSI_PATH_NONE;
	case RESV_MSI_ITS:
	case RESV_MSI_V2M:
	case RESV_MSI_MBI:
	case RESV_MSI_GICV5_ITS:
	case RESV_MSI_LS_SCFG:
		return RESV_MSI_PATH_TRANSLATED;
	case RESV_MSI_ROOT_COMPLEX:
	case RESV_MSI_OTHER:
		return RESV_MSI_PATH_RAW;
	case RESV_MSI_UNKNOWN:
		break;
	}
	return resv_msi_is_x86() ? RESV_MSI_PATH_RAW : RESV_MSI_PATH_UNKNOWN;
}

static const char *resv_msi_path_why(enum resv_msi_controller controller)
{
	switch (controller) {
	case RESV_MSI_NONE:
		return "There are no MSIs.";
	case RESV_MSI_ITS:
	case RESV_MSI_V2M:
	case RESV_MSI_MBI:
	case RESV_MSI_GICV5_ITS:
	case RESV_MSI_LS_SCFG:
		return "The controller's driver has its doorbell mapped where the IOMMU translates.";
	case RESV_MSI_ROOT_COMPLEX:
		return "The PCI host bridge takes the write before the IOMMU sees it, and its driver has no doorbell mapped.";
	case RESV_MSI_OTHER:
		return "The controller's driver has no doorbell mapped.";
	case RESV_MSI_UNKNOWN:
		break;
	}
	if (resv_msi_is_x86())
		return "The IOMMU takes writes to 0xfee00000-0xfeefffff for interrupts and translates none of them.";
	return "Whether the driver of an unknown controller has its doorbell mapped is not known.";
}

/**
 * resv_msi_path() - how a device's MSIs travel
 * @dev: the device
 *
 * Context: any; takes no lock, but the caller holds one that keeps the device
 * from being removed (resv_tree_lock, or the mutex of its group): MSI domains go
 * after the devices that have them.
 * Return: the path; RESV_MSI_PATH_NONE also where the kernel gave the device no
 * MSI domain.
 */
enum resv_msi_path resv_msi_path(struct device *dev)
{
	struct resv_msi_found found;

	resv_msi_find(&found, dev);
	return resv_msi_path_of(found.controller);
}

static void resv_msi_name(struct resv_msi *msi,
			  const struct resv_msi_found *found)
{
	const char *name = NULL;

	if (!found->np ||
	    of_property_read_string(found->np, "compatible", &name))
		name = found->domain ? found->domain->name : NULL;
	strscpy(msi->name, name ?: "", sizeof(msi->name));
}

/* The doorbell where the controller alone tells it; other kinds may have several. */
static void resv_msi_doorbell(struct resv_msi *msi,
			      const struct resv_msi_found *found)
{
	u64 base = found->base;

	if (resv_msi_is_x86() && found->controller == RESV_MSI_UNKNOWN) {
		msi->doorbell = X86_DOORBELLS;
		msi->doorbell_known = true;
	}
	if (found->controller != RESV_MSI_ITS)
		return;
	if (found->np) {
		/* Devices behind a pre-ITS write elsewhere (irq-gic-v3-its.c). */
		if (of_find_property(found->np, "socionext,synquacer-pre-its",
				     NULL) ||
		    fact_node_base(found->np, &base))
			return;
	} else if (!found->base_known) {
		return;
	}
	msi->doorbell = base + ITS_TRANSLATER;
	msi->doorbell_known = true;
}

static int resv_msi_its(void *ctx, const struct fact_its_parent *parent)
{
	struct resv_msi *msi = ctx;
	struct resv_its_parent *its;
	u32 i;

	for (i = 0; i < msi->its_count; i++)
		if (msi->its[i].base == parent->base)
			return 0;
	if (msi->its_count == RESV_MSI_ITS_MAX)
		return -E2BIG;
	its = &msi->its[msi->its_count++];
	its->base = parent->base;
	its->has_id = parent->has_id;
	its->id = parent->id;
	if (parent->np)
		snprintf(its->node, sizeof(its->node), "%pOF", parent->np);
	return 0;
}

static void resv_msi_its_parents(struct resv_msi *msi, struct device *dev)
{
	struct resv_subject subject = { .dev = dev };
	int ret;

	if (msi->controller != RESV_MSI_ITS) {
		msi->its_why = "its controller is not an ITS";
		return;
	}
	ret = fact_its_parents(&subject, resv_msi_its, msi);
	if (!ret)
		return;
	/* All or none: some of them would be taken for all. */
	if (ret != -E2BIG)
		msi->its_count = 0;
	if (ret == -E2BIG)
		msi->its_why = "there are more than are shown";
	else if (ret == -ENODEV && fact_is_acpi(&subject) && !dev_is_pci(dev))
		msi->its_why = "named components are not looked up in the IORT";
	else if (ret == -ENODEV)
		msi->its_why = "firmware names none for this device";
	else
		msi->its_why = "what firmware says of it cannot be read";
}

/**
 * struct resv_msi_walk - a look at a device while it is in its group
 * @msi: filled in
 * @dev: the device
 * @dma: it is attached to a domain of the kernel's own DMA
 * @isolated: its own MSI domain is isolated
 */
struct resv_msi_walk {
	struct resv_msi *msi;
	struct device *dev;
	bool dma;
	bool isolated;
};

static void resv_msi_identify(struct resv_msi *msi, struct device *dev)
{
	struct resv_msi_found found;

	resv_msi_find(&found, dev);
	msi->controller = found.controller;
	msi->evidence = found.evidence;
	msi->path = resv_msi_path_of(found.controller);
	msi->path_why = resv_msi_path_why(found.controller);
	msi->swallowed = found.controller == RESV_MSI_ROOT_COMPLEX ||
			 resv_msi_is_x86() ? RESV_YES : RESV_UNKNOWN;
	resv_msi_name(msi, &found);
	resv_msi_doorbell(msi, &found);
}

/* With group->mutex held: the device is not gone, its domains stay. */
static int resv_msi_attached(struct device *dev, void *arg)
{
	struct resv_msi_walk *walk = arg;
	struct resv_messages *m = &walk->msi->messages;
	struct iommu_domain *domain;
	unsigned int i;

	if (dev != walk->dev || !resv_dev_ops(dev))
		return 0;
	resv_msi_identify(walk->msi, dev);
	walk->isolated = resv_msi_isolated(dev);
	walk->msi->coherent =
		device_iommu_capable(dev, IOMMU_CAP_CACHE_COHERENCY) ?
		RESV_YES : RESV_NO;
	walk->msi->direct = resv_direct_required(dev) ? RESV_YES : RESV_NO;
	domain = resv_domain_locked(dev);
	if (!domain || !(domain->type & __IOMMU_DOMAIN_PAGING))
		return 0;
	walk->dma = domain->type & __IOMMU_DOMAIN_DMA_API;
	for (i = 0; i < m->count; i++) {
		struct resv_message *one = &m->message[i];
		phys_addr_t pa = one->translated ?
			iommu_iova_to_phys(domain, one->address) : 0;

		one->physical_known = pa;
		one->physical = pa;
	}
	return 0;
}

/*
 * A device whose DMA the kernel itself has translated, and whose controller was
 * not recognised: an address that is no IOVA shows that nothing was mapped.
 */
static void resv_msi_learn(struct resv_msi *msi, bool dma)
{
	unsigned int i;

	if (msi->path != RESV_MSI_PATH_UNKNOWN)
		return;
	for (i = 0; i < msi->messages.count; i++) {
		if (msi->messages.message[i].translated) {
			msi->path = RESV_MSI_PATH_TRANSLATED;
			msi->path_why = "A doorbell is mapped for a message that was programmed.";
			return;
		}
	}
	if (dma && msi->messages.count) {
		msi->path = RESV_MSI_PATH_RAW;
		msi->path_why = "No doorbell is mapped for the messages that were programmed, though the device's DMA is translated.";
	}
}

static void resv_msi_messages(struct resv_msi_walk *walk,
			      struct iommu_group *group)
{
	struct resv_msi *msi = walk->msi;
	struct device *dev = walk->dev;
	bool locked = device_trylock(dev);

	/* The lock keeps the driver, and with it the MSIs and the domain. */
	if (locked && dev_is_pci(dev))
		resv_doorbells_messages(dev, &msi->messages);
	iommu_group_for_each_dev(group, walk, resv_msi_attached);
	if (locked)
		device_unlock(dev);
	resv_msi_learn(msi, walk->dma);

	if (msi->messages.count)
		msi->messages_why = NULL;
	else if (msi->path == RESV_MSI_PATH_NONE)
		msi->messages_why = "it has no MSIs";
	else if (!dev_is_pci(dev))
		msi->messages_why = "the kernel keeps no messages of devices that are not PCI";
	else if (!locked)
		msi->messages_why = "a driver is being bound or unbound";
	else
		msi->messages_why = "no MSI of it is programmed";
}

static void resv_msi_isolation(struct resv_msi *msi, bool own,
			       struct iommu_group *group)
{
#ifdef HAVE_IOMMU_GROUP_HAS_ISOLATED_MSI
	msi->isolated = iommu_group_has_isolated_msi(group) ? RESV_YES : RESV_NO;
	if (msi->isolated == RESV_YES)
		msi->isolated_why = "The controller of each device of its group, or an interrupt remapper, checks who raises an interrupt.";
	else if (own)
		msi->isolated_why = "Its own controller checks who raises an interrupt, but that of another device of its group does not.";
	else
		msi->isolated_why = "Its controller, if it has one, takes any write to its doorbell for an interrupt, whoever it comes from.";
#else
	/* 6.1 asks for the whole machine (vfio_iommu_type1_attach_group()). */
	msi->isolated = irq_domain_check_msi_remap() ||
			resv_group_remaps(group) ? RESV_YES : RESV_NO;
	if (msi->isolated == RESV_YES)
		msi->isolated_why = "Every MSI controller of the machine, or an interrupt remapper, checks who raises an interrupt.";
	else
		msi->isolated_why = "Some MSI controller of the machine takes any write to its doorbell for an interrupt, whoever it comes from, and this kernel asks for all of them.";
#endif
}

/**
 * resv_msi_look() - how the MSIs of a device travel
 * @msi: filled in
 * @dev: a device with an IOMMU, which the caller keeps
 * @group: its group, referenced by the caller
 *
 * Context: may sleep; takes the lock of the device (if it is free) and that of
 * its MSIs, and group->mutex, so that none of these may be held. Messages are
 * those of one moment, their physical addresses those of the next.
 */
void resv_msi_look(struct resv_msi *msi, struct device *dev,
		   struct iommu_group *group)
{
	struct resv_msi_walk walk = { .msi = msi, .dev = dev };

	memset(msi, 0, sizeof(*msi));
	msi->controller = RESV_MSI_UNKNOWN;
	msi->evidence = "it has left its group";
	msi->path = RESV_MSI_PATH_UNKNOWN;
	msi->path_why = "The device is being removed.";
	msi->swallowed = RESV_UNKNOWN;
	msi->coherent = RESV_UNKNOWN;
	msi->direct = RESV_UNKNOWN;
	resv_msi_messages(&walk, group);
	if (dev_is_pci(dev) && msi->controller != RESV_MSI_NONE)
		msi->bits = resv_msi_is_32bit(to_pci_dev(dev)) ? 32 : 64;
	resv_msi_its_parents(msi, dev);
	resv_msi_isolation(msi, walk.isolated, group);
}

/**
 * resv_msi_controller_word() - the word for a kind of controller
 * @controller: the kind
 *
 * Return: the word.
 */
const char *resv_msi_controller_word(enum resv_msi_controller controller)
{
	switch (controller) {
	case RESV_MSI_NONE:
		return "none";
	case RESV_MSI_ITS:
		return "its";
	case RESV_MSI_V2M:
		return "v2m";
	case RESV_MSI_MBI:
		return "mbi";
	case RESV_MSI_GICV5_ITS:
		return "gicv5-its";
	case RESV_MSI_LS_SCFG:
		return "ls-scfg";
	case RESV_MSI_ROOT_COMPLEX:
		return "root-complex";
	case RESV_MSI_OTHER:
		return "other";
	case RESV_MSI_UNKNOWN:
		break;
	}
	return "unknown";
}

/**
 * resv_msi_path_word() - the word for a path
 * @path: the path
 *
 * Return: the word.
 */
const char *resv_msi_path_word(enum resv_msi_path path)
{
	switch (path) {
	case RESV_MSI_PATH_NONE:
		return "none";
	case RESV_MSI_PATH_TRANSLATED:
		return "translated";
	case RESV_MSI_PATH_RAW:
		return "raw";
	case RESV_MSI_PATH_UNKNOWN:
		break;
	}
	return "unknown";
}
