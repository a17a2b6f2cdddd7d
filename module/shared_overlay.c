// SPDX-License-Identifier: GPL-2.0-only
/* The writer of I/O Remapping Tables, shared with the host's tools. */
#include "../acpi/rmr_plan.c"
#include "../acpi/iort_write.c"
#include "../acpi/iort_fix.c"
#include "../acpi/overlay.c"
#include "../acpi/corrected.c"
