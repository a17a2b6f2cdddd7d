// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_iort_preserve.c - iommu-resv iort preserve
 *
 * The tables that have Linux heed RMR nodes for PCI devices: on a host, for all
 * of its host bridges. What they are is in preserve.h.
 */
#include "cmd.h"
#include "preserve.h"
#include "problem.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define LIVE_TABLES "/sys/firmware/acpi/tables"

int cmd_iort_preserve(int argc, char **argv)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "dsdt", required_argument, NULL, 'd' },
		{ "ssdt", required_argument, NULL, 's' },
		{ "iasl", required_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	const char *base = LIVE_TABLES;
	const char *dsdt = NULL;
	const char *iasl = "iasl";
	const char *out = NULL;
	bool verbose = false;
	struct preserve p;
	char **ssdt = NULL;
	size_t ssdts = 0;
	int option;
	int ret;

	while ((option = getopt_long(argc, argv, "b:d:s:i:o:v", options,
				     NULL)) != -1) {
		switch (option) {
		case 'b':
			base = optarg;
			break;
		case 'd':
			dsdt = optarg;
			break;
		case 's':
			ssdt = xrealloc(ssdt, (ssdts + 1) * sizeof(*ssdt));
			ssdt[ssdts++] = optarg;
			break;
		case 'i':
			iasl = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 'v':
			verbose = true;
			break;
		default:
			free(ssdt);
			return EXIT_TROUBLE;
		}
	}
	if (optind < argc) {
		problem("iort preserve: what is \"%s\"? It takes options only",
			argv[optind]);
		free(ssdt);
		return EXIT_TROUBLE;
	}
	if (!out) {
		problem("iort preserve: say where to write with --output DIR");
		free(ssdt);
		return EXIT_TROUBLE;
	}
	ret = preserve_read(&p, base, dsdt, ssdt, ssdts);
	if (!ret) {
		preserve_want_all(&p);
		ret = preserve_write(&p, out, iasl, verbose);
	}
	preserve_free(&p);
	free(ssdt);
	return ret ? EXIT_TROUBLE : EXIT_CLEAN;
}
