/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * madt.h - reader of the Multiple APIC Description Table, for MSI doorbells
 *
 * Models ACPI 6.5, sections 5.2.12, 5.2.12.16 and 5.2.12.18. The IORT names an
 * ITS by identifier; the MADT's GIC ITS structures say where that ITS is. The
 * frames of a GICv2m stand in the MADT alone. Used by the module next to iort.c,
 * and by host tests.
 */
#ifndef IOMMU_RESV_MADT_H
#define IOMMU_RESV_MADT_H

#include "sdt.h"

/*
 * The ITS has two frames of 64 KiB: control registers, then the frame of
 * GITS_TRANSLATER, the doorbell (Arm IHI 0069, ITS register map).
 */
#define ITS_DOORBELL_OFFSET	0x10000
#define ITS_DOORBELL_SIZE	0x10000

/*
 * The longest table that is read: room for 16384 CPUs at 128 bytes each, which
 * is more than a GIC CPU interface and a redistributor structure take.
 */
#define MADT_LENGTH_MAX		0x200000

/*
 * A GICv2m frame has 4 KiB (SBSA, GICv2m; Linux irq-gic-v2m.c takes as much);
 * its doorbell is the register MSI_SETSPI_NS.
 */
#define V2M_FRAME_SIZE		0x1000
#define V2M_DOORBELL_OFFSET	0x40

/* Interrupt Controller Structure types */
#define MADT_GIC_MSI_FRAME	13
#define MADT_GIC_ITS		15
/*
 * GICv5's, and those after: from here on types are newer than this reader
 * (Linux include/acpi/actbl2.h: ACPI_MADT_TYPE_GICV5_IRS).
 */
#define MADT_GICV5_FIRST	28

/**
 * struct madt_header - the table's fixed part, as on the wire
 * @sdt: the header of every ACPI table, signature "APIC"
 * @local_address: Local Interrupt Controller Address
 * @flags: Flags
 */
struct madt_header {
	struct sdt_header sdt;
	u8 local_address[4];
	u8 flags[4];
};
_Static_assert(sizeof(struct madt_header) == 44, "ACPI 6.5 section 5.2.12");

/**
 * struct madt_entry - what every interrupt controller structure starts with
 * @type: Type
 * @length: Length, of the structure with this header
 */
struct madt_entry {
	u8 type;
	u8 length;
};
_Static_assert(sizeof(struct madt_entry) == 2, "ACPI 6.5 section 5.2.12");

/**
 * struct madt_its - GIC ITS structure, as on the wire
 * @entry: what every structure starts with, type %MADT_GIC_ITS
 * @reserved: Reserved; later revisions have flags here
 * @its_id: GIC ITS ID, what an IORT's ITS group calls it
 * @base: Physical Base Address
 * @reserved2: Reserved
 */
struct madt_its {
	struct madt_entry entry;
	u8 reserved[2];
	u8 its_id[4];
	u8 base[8];
	u8 reserved2[4];
};
_Static_assert(sizeof(struct madt_its) == 20, "ACPI 6.5 section 5.2.12.18");

/**
 * struct madt_msi_frame - GIC MSI Frame structure, as on the wire
 * @entry: what every structure starts with, type %MADT_GIC_MSI_FRAME
 * @reserved: Reserved
 * @frame_id: GIC MSI Frame ID
 * @base: Physical Base Address
 * @flags: Flags
 * @spi_count: SPI Count
 * @spi_base: SPI Base
 */
struct madt_msi_frame {
	struct madt_entry entry;
	u8 reserved[2];
	u8 frame_id[4];
	u8 base[8];
	u8 flags[4];
	u8 spi_count[2];
	u8 spi_base[2];
};
_Static_assert(sizeof(struct madt_msi_frame) == 24, "ACPI 6.5 section 5.2.12.16");

int madt_check(const void *madt, size_t size, struct acpi_fault *f);
int madt_its_base(const void *madt, size_t size, u32 its_id, u64 *base,
		  struct acpi_fault *f);
int madt_for_each_its(const void *madt, size_t size,
		      int (*fn)(void *ctx, u32 its_id, u64 base), void *ctx,
		      struct acpi_fault *f);
int madt_for_each_msi_frame(const void *madt, size_t size,
			    int (*fn)(void *ctx, u64 base), void *ctx,
			    struct acpi_fault *f);
int madt_has_gicv5(const void *madt, size_t size, struct acpi_fault *f);

#endif
