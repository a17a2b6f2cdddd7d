// SPDX-License-Identifier: GPL-2.0-only
/* The ACPI table readers, shared with the host's tools. */
#include "../acpi/iort.c"
#include "../acpi/iort_walk.c"
#include "../acpi/iort_check.c"
#include "../acpi/iort_check_node.c"
#include "../acpi/madt.c"
