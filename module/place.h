/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.h - where the software MSI window goes
 *
 * The window (IOMMU_RESV_SW_MSI) is where the kernel maps MSI doorbells into
 * the address space of a device; Arm's drivers have it at 0x08000000, 1 MiB
 * long, whatever the machine has there. This solver finds an address that
 * collides with nothing known. Its answer depends on its input only: the same
 * machine gets the same window each time. Compiled into the module (window.c)
 * and into the host's tests.
 *
 * A window is whole host pages, not at 0, below 4 GiB, because some devices
 * have 32 address bits for MSIs, inside the aperture and clear of everything
 * forbidden. It starts at a multiple of 64 KiB whatever the page size, because a
 * guest is told of it in units of that (RMR: DEN0049E.f, section 3.1.1.5; Linux
 * complains of others). Of such places the first preferred one wins, then the lowest
 * outside the RAM that guests of known VMMs have, then the lowest at all: a
 * host that reaches no other addresses has to have it there (Juno: DMA below
 * 2 GiB goes nowhere), and guests have to leave it out.
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

/**
 * enum resv_place_how - what came of a placement
 * @RESV_PLACE_PREFERRED: it is at a preferred address
 * @RESV_PLACE_CLEAR: it is at the lowest address outside known guests' RAM
 * @RESV_PLACE_INSIDE_RAM: it is at the lowest address, inside known guests' RAM
 * @RESV_PLACE_NO_APERTURE: it would not fit if nothing were forbidden
 * @RESV_PLACE_NO_GAP: it does not fit between what is forbidden
 */
enum resv_place_how {
	RESV_PLACE_PREFERRED,
	RESV_PLACE_CLEAR,
	RESV_PLACE_INSIDE_RAM,
	RESV_PLACE_NO_APERTURE,
	RESV_PLACE_NO_GAP,
};

/**
 * struct resv_place_request - what a window has to fit
 * @forbidden: addresses that it must not touch; what lies outside inbound
 *	windows is among them
 * @aperture: what the IOMMU can map
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
	struct resv_range aperture;
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
 */
struct resv_placement {
	struct resv_range window;
	enum resv_place_how how;
	u64 largest;
};

/**
 * resv_place_request_init() - ask for a window with the usual wishes
 * @request: filled in: the usual base preferred, QEMU's guest RAM avoided
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
 * resv_place_text() - what came of a placement, in words
 * @how: what came of it
 *
 * Return: the words, to stand behind "the software MSI window: ".
 */
const char *resv_place_text(enum resv_place_how how);

#endif
