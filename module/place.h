/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.h - where the software MSI window goes
 *
 * The window (IOMMU_RESV_SW_MSI) is where the kernel maps MSI doorbells into
 * the address space of a device; Arm's drivers have it at 0x08000000, 1 MiB
 * long, whatever the machine has there. This solver finds an address that
 * collides with nothing known. Its answer depends on its input only: the same
 * machine gets the same window each time. Compiled into the module (window.c),
 * the command (cmd_window.c) and the host's tests.
 *
 * Where nothing is wrong with the driver's own window, it stays as it is. A
 * window that is placed is whole host pages, not at 0, inside the aperture and
 * clear of everything forbidden. It starts at a multiple of 64 KiB whatever the
 * page size, because a guest is told of it in units of that (RMR: DEN0049E.f,
 * section 3.1.1.5; Linux complains of others). Of such places the first
 * preferred one below 4 GiB wins, then the lowest one there outside the RAM that
 * guests of known VMMs have, which is the lowest below 1 GiB where there is one;
 * then the lowest one there at all: a host that reaches no other addresses has
 * to have it there (Juno: DMA below 2 GiB goes nowhere), and guests have to
 * leave it out. Above 4 GiB it lies as the last resort, and only where all
 * devices have 64 address bits for MSIs.
 *
 * What it has to hold: VFIO type1 and iommufd map each doorbell that a container
 * needs at the next page from the window's start, and nothing stops them at its
 * end (iommu_dma_get_msi_page() in drivers/iommu/dma-iommu.c,
 * iommufd_sw_msi_get_map() in drivers/iommu/iommufd). So it is as long as there
 * are pages with doorbells.
 */
#ifndef IOMMU_RESV_PLACE_H
#define IOMMU_RESV_PLACE_H

#include "env.h"
#include "ranges.h"

/* What Arm's drivers use (Linux arm-smmu-v3.h: MSI_IOVA_BASE, MSI_IOVA_LENGTH) */
#define RESV_PLACE_USUAL_BASE	0x08000000ULL
#define RESV_PLACE_USUAL_SIZE	0x00100000ULL
/* A window starts at a multiple of this, and of the host's page size. */
#define RESV_PLACE_GRID		0x00010000ULL
/* The last address that a device with 32 address bits for MSIs can write to. */
#define RESV_PLACE_LIMIT_32	0xffffffffULL

/**
 * enum resv_place_how - what came of a placement
 * @RESV_PLACE_OWN: the driver's own window is clear and long enough
 * @RESV_PLACE_PREFERRED: it is at a preferred address
 * @RESV_PLACE_CLEAR: it is at the lowest address outside known guests' RAM
 * @RESV_PLACE_INSIDE_RAM: it is at the lowest address below 4 GiB, inside known
 *	guests' RAM
 * @RESV_PLACE_HIGH: it is at the lowest address above 4 GiB
 * @RESV_PLACE_NO_APERTURE: it would not fit if nothing were forbidden and all
 *	devices had 64-bit MSIs
 * @RESV_PLACE_NO_LIMIT: it would not fit if nothing were forbidden
 * @RESV_PLACE_NO_INBOUND: it would not fit if nothing were forbidden but what
 *	lies outside inbound windows
 * @RESV_PLACE_NO_GAP: it does not fit between what is forbidden
 */
enum resv_place_how {
	RESV_PLACE_OWN,
	RESV_PLACE_PREFERRED,
	RESV_PLACE_CLEAR,
	RESV_PLACE_INSIDE_RAM,
	RESV_PLACE_HIGH,
	RESV_PLACE_NO_APERTURE,
	RESV_PLACE_NO_LIMIT,
	RESV_PLACE_NO_INBOUND,
	RESV_PLACE_NO_GAP,
};

/**
 * struct resv_place_request - what a window has to fit
 * @forbidden: addresses that it must not touch; those of @outside are among them
 * @outside: what lies outside inbound windows, to tell why nothing fits; or
 *	%NULL
 * @aperture: what the IOMMU can map
 * @limit: the last address that all devices can write MSIs to:
 *	RESV_PLACE_LIMIT_32 or U64_MAX
 * @own: the driver's own window; last below start where it has none
 * @size: bytes that are needed, rounded up to pages
 * @page_size: of the host, a power of two
 * @preferred: bases to try first, in this order; one that is 0 or not
 *	aligned as above does not fit
 * @preferred_count: how many
 * @ram: RAM of known VMMs' guests, in any order
 * @ram_count: how many
 */
struct resv_place_request {
	const struct resv_ranges *forbidden;
	const struct resv_ranges *outside;
	struct resv_range aperture;
	u64 limit;
	struct resv_range own;
	u64 size;
	u64 page_size;
	const u64 *preferred;
	u32 preferred_count;
	const struct resv_range *ram;
	u32 ram_count;
};

/**
 * struct resv_placement - where a window goes, or why it goes nowhere
 * @window: the window; of no meaning on failure
 * @how: what came of it
 * @largest: on failure: bytes of the largest place there is, whole pages
 * @gap: on failure: that place, the lowest of several; of no meaning where
 *	@largest is 0
 */
struct resv_placement {
	struct resv_range window;
	enum resv_place_how how;
	u64 largest;
	struct resv_range gap;
};

/**
 * enum resv_wish - what is wrong with an address that somebody wants
 * @RESV_WISH_GRANTED: nothing
 * @RESV_WISH_ZERO: it is 0
 * @RESV_WISH_UNALIGNED: it is not at a multiple of 64 KiB and of host pages
 * @RESV_WISH_TOO_HIGH: the window would run over the top of the address space
 * @RESV_WISH_APERTURE: the IOMMU cannot map all of the window
 * @RESV_WISH_LIMIT: some device cannot write its MSIs there
 * @RESV_WISH_FORBIDDEN: the window would touch something forbidden
 */
enum resv_wish {
	RESV_WISH_GRANTED,
	RESV_WISH_ZERO,
	RESV_WISH_UNALIGNED,
	RESV_WISH_TOO_HIGH,
	RESV_WISH_APERTURE,
	RESV_WISH_LIMIT,
	RESV_WISH_FORBIDDEN,
};

/**
 * enum resv_stay - why a window is not moved, whatever rules say
 * @RESV_STAY_NOT: it may be moved
 * @RESV_STAY_KERNEL: the kernel has a way of its own to move it
 * @RESV_STAY_NESTED: a device's translation is nested
 * @RESV_STAY_OPERATOR: the operator wants it so
 */
enum resv_stay {
	RESV_STAY_NOT,
	RESV_STAY_KERNEL,
	RESV_STAY_NESTED,
	RESV_STAY_OPERATOR,
};

/**
 * resv_place_request_init() - ask for a window with the usual wishes
 * @request: filled in: no window of the driver's, MSIs of 32 address bits, the
 *	usual base preferred, QEMU's guest RAM avoided
 * @forbidden: as in the request; outlives it
 * @aperture: as in the request
 * @size: as in the request; 0 for the usual size
 * @page_size: as in the request
 */
void resv_place_request_init(struct resv_place_request *request,
			     const struct resv_ranges *forbidden,
			     struct resv_range aperture, u64 size,
			     u64 page_size);

/**
 * resv_place() - find the place of a window
 * @request: what it has to fit
 * @placement: filled in
 *
 * Return: 0, or -ENOSPC with the reason in placement.how.
 */
int resv_place(const struct resv_place_request *request,
	       struct resv_placement *placement);

/**
 * resv_place_wish() - can a window be at an address that somebody wants?
 * @request: what it has to fit; preferences and RAM are no matter
 * @base: the address
 * @window: the window that would be there; not filled in where @base is 0, not
 *	aligned or too high
 *
 * At the base of the driver's own window it is at least as long as that.
 *
 * Return: what is wrong, the first of it in the order of the enum.
 */
enum resv_wish resv_place_wish(const struct resv_place_request *request,
			       u64 base, struct resv_range *window);

/**
 * resv_place_text() - what came of a placement, in words
 * @how: what came of it
 *
 * Return: the words, to stand behind "the software MSI window: ".
 */
const char *resv_place_text(enum resv_place_how how);

/**
 * resv_wish_text() - what is wrong with a wish, in words
 * @wish: what is wrong
 *
 * Return: the words, to stand behind "refused: ".
 */
const char *resv_wish_text(enum resv_wish wish);

/**
 * resv_stay() - does a window have to stay, whatever rules say?
 * @kernel_option: the kernel lets user space choose its place
 * @nested: the translation of a device of the driver is nested
 * @operator: the operator wants it to stay
 *
 * A kernel's own way comes first: whoever uses that has to find what the
 * kernel says. In a nested translation the guest's stage 1 walks to the window,
 * and the guest has been told where it is.
 *
 * Return: why it has to, or RESV_STAY_NOT.
 */
enum resv_stay resv_stay(bool kernel_option, bool nested, bool operator);

/**
 * resv_stay_text() - why a window stays, in words
 * @stay: why
 *
 * Return: the words, "" for RESV_STAY_NOT.
 */
const char *resv_stay_text(enum resv_stay stay);

/**
 * resv_doorbell_add() - note where doorbells are
 * @pages: the set of pages with doorbells
 * @start: first byte of a doorbell, or of several that follow each other
 * @last: last byte
 * @page_size: of the host, a power of two
 */
void resv_doorbell_add(struct resv_ranges *pages, u64 start, u64 last,
		       u64 page_size);

/**
 * resv_doorbell_pages() - in how many pages are there doorbells?
 * @pages: from resv_doorbell_add()
 * @page_size: of the host, a power of two
 *
 * Return: how many; U32_MAX where there are more.
 */
u32 resv_doorbell_pages(const struct resv_ranges *pages, u64 page_size);

/**
 * resv_window_size() - how long does a window have to be?
 * @pages: pages with doorbells
 * @complete: there are no others
 * @page_size: of the host, a power of two
 * @minimum: bytes that somebody wants at least; 0 for nobody
 *
 * Where not all doorbells are known, the usual size is the least.
 *
 * Return: bytes, a multiple of the host's pages and of 64 KiB, not 0.
 */
u64 resv_window_size(u32 pages, bool complete, u64 page_size, u64 minimum);

#endif
