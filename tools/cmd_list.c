// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_list.c - iommu-resv quirks list
 */
#include "cmd.h"
#include "out.h"
#include "print.h"
#include "problem.h"
#include "sources.h"

#include <getopt.h>

int cmd_quirks_list(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "root", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	const char *root = "";
	struct table_file t;
	bool json = false;
	struct out *o;
	int option;
	u32 i;
	int ret;

	while ((option = getopt_long(argc, argv, "jr:", options, NULL)) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'r':
			root = optarg;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (optind < argc)
		ret = table_read(&t, argv + optind, (size_t)(argc - optind));
	else
		ret = table_current(&t, root);
	if (ret) {
		table_free(&t);
		return ret;
	}

	o = out_begin(json);
	out_text(o, "table", t.from);
	out_number(o, "serial", (int64_t)t.table.serial);
	out_number(o, "local", t.table.local);
	out_hex(o, "crc", t.table.crc, 8);
	out_array(o, "entries");
	for (i = 0; i < t.table.count[QUIRK_SEC_ENTRIES]; i++)
		print_entry(o, &t.table, i);
	out_close(o);
	ret = out_end(o, "entries");
	table_free(&t);
	return ret ? EXIT_TROUBLE : EXIT_CLEAN;
}
