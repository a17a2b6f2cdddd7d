// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_match.c - iommu-resv quirks match
 */
#include "aliases.h"
#include "cmd.h"
#include "machine.h"
#include "out.h"
#include "print.h"
#include "problem.h"
#include "sources.h"

#include <getopt.h>
#include <stdlib.h>

struct matched {
	struct out *o;
	const struct quirk_table *t;
	bool load;
	unsigned int count;
};

static int print_match(void *arg, u32 entry, u32 key)
{
	struct matched *m = arg;

	if (m->load && !aliases_wants_load(m->t, entry))
		return 0;
	m->count++;
	out_object(m->o);
	print_entry_head(m->o, m->t, entry);
	out_array(m->o, "matched");
	out_object(m->o);
	print_key(m->o, m->t, key);
	out_close(m->o);
	out_close(m->o);
	out_close(m->o);
	return 0;
}

static void print_keys(struct out *o, const struct machine *m)
{
	size_t i;

	out_array(o, "keys");
	for (i = 0; i < m->count; i++) {
		const struct token *token = &m->tokens[i];
		char *line = source_line(token->kind, token->value,
					 token->revision);

		out_text(o, NULL, line);
		free(line);
	}
	out_close(o);
}

int cmd_quirks_match(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "load", no_argument, NULL, 'l' },
		{ "root", required_argument, NULL, 'r' },
		{ "table", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 }
	};
	struct matched matched = { .count = 0 };
	struct table_file t;
	const char *root = "";
	char *table = NULL;
	struct machine m;
	bool verbose = false;
	bool quiet = false;
	bool json = false;
	int option;
	int failed;
	size_t i;
	int ret;

	while ((option = getopt_long(argc, argv, "qvjlr:t:", options, NULL)) != -1) {
		switch (option) {
		case 'q':
			quiet = true;
			break;
		case 'v':
			verbose = true;
			break;
		case 'j':
			json = true;
			break;
		case 'l':
			matched.load = true;
			break;
		case 'r':
			root = optarg;
			break;
		case 't':
			table = optarg;
			break;
		default:
			return EXIT_TROUBLE;
		}
	}
	if (optind < argc) {
		problem("quirks match: takes no argument such as \"%s\": --table FILE names a table, --root DIR a copy of a machine's files",
			argv[optind]);
		return EXIT_TROUBLE;
	}
	if (quiet && (verbose || json)) {
		problem("quirks match: --quiet goes with neither --verbose nor --json");
		return EXIT_TROUBLE;
	}
	ret = table ? table_read(&t, &table, 1) : table_current(&t, root);
	if (ret) {
		table_free(&t);
		/* A table that is refused is no answer to the question. */
		return EXIT_TROUBLE;
	}

	machine_read(&m, root);
	matched.o = out_begin(json);
	matched.t = &t.table;
	out_text(matched.o, "table", t.from);
	out_array(matched.o, "entries");
	failed = machine_match(&m, &t.table, print_match, &matched);
	out_close(matched.o);
	if (verbose)
		print_keys(matched.o, &m);
	out_array(matched.o, "unread");
	for (i = 0; i < m.unread_count; i++)
		out_text(matched.o, NULL, m.unread[i]);
	out_close(matched.o);

	ret = matched.count ? EXIT_CLEAN : EXIT_FINDINGS;
	if (quiet || failed)
		out_drop(matched.o);
	else if (out_end(matched.o, NULL))
		ret = EXIT_TROUBLE;
	machine_free(&m);
	table_free(&t);
	return failed ? EXIT_TROUBLE : ret;
}
