// SPDX-License-Identifier: GPL-2.0-only
/* The quirk table reader, shared with the host's tools. */
#include "../quirks/table.c"
#include "../quirks/match.c"
#include "../quirks/correct.c"
