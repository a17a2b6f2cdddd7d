// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts_pci.c - who has which addresses of PCI
 *
 * What request_resource() would collide with stands in the kernel's resource
 * tree, whose lock modules do not get. So it is put together again from what
 * owns the resources: the PCI functions with their BARs and bridge windows, and
 * the windows of host bridges. A resource's parent is a pointer that nothing
 * keeps alive: it is compared with the addresses of those, never followed. The
 * lock that keeps resources still (pci_rescan_remove_lock) is held while a
 * device's debugfs files are removed, which waits for their readers, so no reader
 * may take it: all is read twice instead, until two looks are the same.
 *
 * What vfio-pci adds to the tree for an open device ("vfio sub-page reserved") is
 * not seen this way, which is as well: the answer is the same while VFIO has it.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "facts_bars.h"

/* Looks at all of PCI before one gives up because it keeps changing. */
#define LOOKS_MAX	8

/**
 * struct look_claim - a resource
 * @res: the resource
 * @parent: the one that it is in; compared, never followed
 * @flags: IORESOURCE_*
 * @offset: of a host bridge's window: CPU address less bus address
 * @claim: what it says, but for the parent
 */
struct look_claim {
	const struct resource *res;
	const struct resource *parent;
	unsigned long flags;
	u64 offset;
	struct resv_claim claim;
};

/**
 * struct look - all of PCI
 * @dev: all functions, referenced
 * @ready: of each: see struct resv_pci
 * @devs: how many
 * @claim: resources
 * @claims: how many
 * @room: for how many there is memory
 */
struct look {
	struct pci_dev **dev;
	bool *ready;
	u32 devs;
	struct look_claim *claim;
	u32 claims;
	u32 room;
};

static void look_drop(struct look *look)
{
	while (look->devs)
		pci_dev_put(look->dev[--look->devs]);
	kvfree(look->dev);
	kvfree(look->ready);
	kvfree(look->claim);
}

/**
 * resv_pci_is_ready() - has Linux set a function up?
 * @pdev: the function
 *
 * It is on its bus from before Linux has given it addresses (pci_device_add())
 * until after it has lost its driver (pci_stop_dev()). In between a driver may
 * have it, and it has a file in /proc/bus/pci (pci_bus_add_device(),
 * pci_proc_attach_device()).
 *
 * Return: true where it has, and has not begun to remove it.
 */
bool resv_pci_is_ready(const struct pci_dev *pdev)
{
	return !IS_ENABLED(CONFIG_PROC_FS) || READ_ONCE(pdev->procent) ||
	       READ_ONCE(pdev->dev.driver);
}

static int look_add(struct look *look, const struct look_claim *new)
{
	struct look_claim *more;

	if (look->claims == look->room) {
		u32 room = look->room ? 2 * look->room : 64;

		more = kvmalloc_array(room, sizeof(*more), GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		if (look->claims)
			memcpy(more, look->claim, look->claims * sizeof(*more));
		kvfree(look->claim);
		look->claim = more;
		look->room = room;
	}
	look->claim[look->claims++] = *new;
	return 0;
}

/* What the number of a function's resource stands for. */
static void look_number(struct resv_claim *claim, u32 resource)
{
	claim->number = resource;
	if (resource < PCI_ROM_RESOURCE) {
		claim->kind = RESV_CLAIM_BAR;
	} else if (resource == PCI_ROM_RESOURCE) {
		claim->kind = RESV_CLAIM_ROM;
		claim->number = RESV_BAR_ROM;
#ifdef CONFIG_PCI_IOV
	} else if (resource >= PCI_IOV_RESOURCES &&
		   resource <= PCI_IOV_RESOURCE_END) {
		claim->kind = RESV_CLAIM_VF;
		claim->number = resource - PCI_IOV_RESOURCES;
#endif
	} else {
		claim->kind = RESV_CLAIM_WINDOW;
		claim->number = resource - PCI_BRIDGE_RESOURCES;
	}
}

static int look_resource(struct look *look, const struct resource *res,
			 struct look_claim *new)
{
	new->res = res;
	new->flags = READ_ONCE(res->flags);
	new->parent = READ_ONCE(res->parent);
	new->claim.range.start = READ_ONCE(res->start);
	new->claim.range.last = READ_ONCE(res->end);
	new->claim.io = !(new->flags & IORESOURCE_MEM);
	if (!(new->flags & (IORESOURCE_MEM | IORESOURCE_IO)) ||
	    (new->flags & IORESOURCE_DISABLED) ||
	    new->claim.range.last < new->claim.range.start ||
	    new->claim.range.last - new->claim.range.start == U64_MAX)
		return 0;
	if (new->flags & IORESOURCE_UNSET)
		new->parent = NULL;
	return look_add(look, new);
}

static int look_function(struct look *look, u32 function)
{
	struct pci_dev *pdev = look->dev[function];
	u32 i;
	int ret;

	for (i = 0; i < DEVICE_COUNT_RESOURCE; i++) {
		struct look_claim new = { .claim.function = function };

		look_number(&new.claim, i);
		ret = look_resource(look, &pdev->resource[i], &new);
		if (ret)
			return ret;
	}
	return 0;
}

static int look_host(struct look *look, u32 function)
{
	struct pci_host_bridge *bridge;
	struct resource_entry *entry;
	int ret;

	bridge = pci_find_host_bridge(look->dev[function]->bus);
	resource_list_for_each_entry(entry, &bridge->windows) {
		struct look_claim new = {
			.offset = entry->offset,
			.claim = {
				.kind = RESV_CLAIM_HOST,
				.function = function,
			},
		};

		ret = look_resource(look, entry->res, &new);
		if (ret)
			return ret;
	}
	return 0;
}

static int look_functions(struct look *look)
{
	struct pci_dev *pdev = NULL;
	struct pci_dev **more;
	u32 room = 0;

	while ((pdev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, pdev))) {
		if (look->devs == room) {
			room = room ? 2 * room : 64;
			more = kvmalloc_array(room, sizeof(*more), GFP_KERNEL);
			if (!more) {
				pci_dev_put(pdev);
				return -ENOMEM;
			}
			if (look->devs)
				memcpy(more, look->dev,
				       look->devs * sizeof(*more));
			kvfree(look->dev);
			look->dev = more;
		}
		look->dev[look->devs++] = pci_dev_get(pdev);
	}
	return 0;
}

static int look_take(struct look *look)
{
	u32 i;
	int ret;

	memset(look, 0, sizeof(*look));
	ret = look_functions(look);
	if (!ret) {
		look->ready = kvcalloc(look->devs + 1, sizeof(*look->ready),
				       GFP_KERNEL);
		ret = look->ready ? 0 : -ENOMEM;
	}
	for (i = 0; i < look->devs && !ret; i++) {
		struct pci_dev *pdev = look->dev[i];

		look->ready[i] = resv_pci_is_ready(pdev);
		/* Before its addresses, which are there once it is ready. */
		smp_rmb();
		ret = look_function(look, i);
		/*
		 * One function on the root bus is enough. A virtual one's bus may
		 * outlive the bus above it.
		 */
		if (!ret && !pdev->is_virtfn && pci_is_root_bus(pdev->bus) &&
		    (!i || look->dev[i - 1]->bus != pdev->bus))
			ret = look_host(look, i);
	}
	if (ret)
		look_drop(look);
	return ret;
}

static bool look_same(const struct look *a, const struct look *b)
{
	u32 i;

	if (a->devs != b->devs || a->claims != b->claims)
		return false;
	for (i = 0; i < a->devs; i++)
		if (a->dev[i] != b->dev[i] || a->ready[i] != b->ready[i])
			return false;
	for (i = 0; i < a->claims; i++) {
		const struct look_claim *x = &a->claim[i], *y = &b->claim[i];

		if (x->res != y->res || x->parent != y->parent ||
		    x->flags != y->flags ||
		    x->claim.range.start != y->claim.range.start ||
		    x->claim.range.last != y->claim.range.last)
			return false;
	}
	return true;
}

/**
 * struct look_where - the index of a resource among claims
 * @res: the resource
 * @index: the index
 */
struct look_where {
	const struct resource *res;
	u32 index;
};

static int where_cmp(const void *a, const void *b)
{
	const struct look_where *x = a, *y = b;

	if (x->res != y->res)
		return x->res < y->res ? -1 : 1;
	/* A host bridge's window may be there more than once. */
	return x->index < y->index ? -1 : x->index > y->index;
}

static u32 where_find(const struct look_where *where, u32 count,
		      const struct resource *res)
{
	u32 low = 0, high = count;

	if (!res)
		return RESV_CLAIM_NONE;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (where[middle].res < res)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && where[low].res == res ? where[low].index :
						      RESV_CLAIM_ELSEWHERE;
}

static int look_parents(struct resv_pci *pci, const struct look *look)
{
	struct look_where *where;
	u32 i;

	where = kvcalloc(look->claims + 1, sizeof(*where), GFP_KERNEL);
	if (!where)
		return -ENOMEM;
	for (i = 0; i < look->claims; i++) {
		where[i].res = look->claim[i].res;
		where[i].index = i;
	}
	sort(where, look->claims, sizeof(*where), where_cmp, NULL);
	for (i = 0; i < look->claims; i++)
		pci->claim[i].parent =
			look->claim[i].claim.kind == RESV_CLAIM_HOST ?
				RESV_CLAIM_ELSEWHERE :
				where_find(where, look->claims,
					   look->claim[i].parent);
	kvfree(where);
	return 0;
}

/* Takes over the functions of @look where it succeeds. */
static int look_keep(struct resv_pci *pci, struct look *look)
{
	u32 i;
	int ret;

	pci->claim = kvcalloc(look->claims + RESV_PCI_MORE, sizeof(*pci->claim),
			      GFP_KERNEL);
	pci->flags = kvcalloc(look->claims + 1, sizeof(*pci->flags), GFP_KERNEL);
	pci->offset = kvcalloc(look->claims + 1, sizeof(*pci->offset),
			       GFP_KERNEL);
	if (!pci->claim || !pci->flags || !pci->offset)
		return -ENOMEM;
	for (i = 0; i < look->claims; i++) {
		pci->claim[i] = look->claim[i].claim;
		pci->flags[i] = look->claim[i].flags;
		pci->offset[i] = look->claim[i].offset;
	}
	ret = look_parents(pci, look);
	if (ret)
		return ret;
	pci->claims = look->claims;
	pci->dev = look->dev;
	pci->ready = look->ready;
	pci->devs = look->devs;
	look->dev = NULL;
	look->ready = NULL;
	look->devs = 0;
	return 0;
}

/**
 * resv_pci_look() - see who has which addresses of PCI
 * @pci: filled in; to be given to resv_pci_forget() in any case
 *
 * Context: may sleep; takes no lock of the PCI core.
 * Return: 0, -EAGAIN where it kept changing, or -ENOMEM.
 */
int resv_pci_look(struct resv_pci *pci)
{
	struct look look, again;
	u32 looks = 1;
	int ret;

	memset(pci, 0, sizeof(*pci));
	ret = look_take(&look);
	if (ret)
		return ret;
	for (;;) {
		ret = look_take(&again);
		if (ret)
			break;
		if (look_same(&look, &again)) {
			ret = look_keep(pci, &again);
			look_drop(&again);
			break;
		}
		look_drop(&look);
		look = again;
		if (++looks == LOOKS_MAX) {
			ret = -EAGAIN;
			break;
		}
		cond_resched();
	}
	look_drop(&look);
	return ret;
}

/**
 * resv_pci_forget() - give back what resv_pci_look() took
 * @pci: filled in by it
 */
void resv_pci_forget(struct resv_pci *pci)
{
	while (pci->devs)
		pci_dev_put(pci->dev[--pci->devs]);
	kvfree(pci->dev);
	kvfree(pci->ready);
	kvfree(pci->claim);
	kvfree(pci->flags);
	kvfree(pci->offset);
	memset(pci, 0, sizeof(*pci));
}
