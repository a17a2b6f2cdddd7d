/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars_room.h - do BARs that grow still fit into the window of their bridge?
 */
#ifndef IOMMU_RESV_BARS_ROOM_H
#define IOMMU_RESV_BARS_ROOM_H

#include "bars_pci.h"

/**
 * struct bars_room - the answer for a window
 * @needed: BARs that have to be in it
 * @placed: how many of them have a place
 */
struct bars_room {
	size_t needed;
	size_t placed;
};

/**
 * bars_room() - do BARs that grow fit into a window?
 * @m: all functions of the machine
 * @moves: for each of them: its BARs are placed anew, and small ones grow
 * @window: the window, CPU physical
 * @align: what they grow to, a power of two
 *
 * What else lies in the window stays where it is. BARs are powers of two, each
 * at a multiple of its size; placed from the largest to the smallest, each at
 * the first place that is free, they find one if there is one. Linux does the
 * same (drivers/pci/setup-bus.c, pdev_sort_resources()).
 *
 * Return: the answer.
 */
struct bars_room bars_room(const struct pci_machine *m, const bool *moves,
			   struct resv_range window, u64 align);

#endif
