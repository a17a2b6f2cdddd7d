// SPDX-License-Identifier: GPL-2.0-only
/*
 * jsonc.c - does json-c, in its strict mode, take stdin as one JSON document?
 *
 * Run on the host by the VM tests. Exit status: 0 yes, 1 no, 2 trouble.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *document;
	size_t length = 0, size = 0, more;
	char *text = NULL;
	const char *rest;

	if (!tok)
		return 2;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	do {
		size = size ? size * 2 : 65536;
		text = realloc(text, size);
		if (!text)
			return 2;
		more = fread(text + length, 1, size - length, stdin);
		length += more;
	} while (length == size);

	document = json_tokener_parse_ex(tok, text, (int)length);
	if (!document) {
		fprintf(stderr, "json-c: %s at byte %zu\n",
			json_tokener_error_desc(json_tokener_get_error(tok)),
			json_tokener_get_parse_end(tok));
		return 1;
	}
	rest = text + json_tokener_get_parse_end(tok);
	if (strspn(rest, " \t\r\n") != (size_t)(text + length - rest)) {
		fprintf(stderr, "json-c: text after the end of the document\n");
		return 1;
	}
	json_object_put(document);
	json_tokener_free(tok);
	free(text);
	return 0;
}
