// SPDX-License-Identifier: GPL-2.0-only
/* LINK: module/words.c */
/*
 * words_test.c - the module's words are those of the language
 *
 * Every type, action and scope condition has the word that a source uses for it
 * (quirks/vocabulary.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "module/words.h"
#include "quirks/vocabulary.h"

static void types_have_their_words(void **state)
{
	const struct vocab_word *w;
	u32 seen = 0;

	(void)state;
	for (w = vocab_types; w->word; w++, seen++)
		assert_string_equal(resv_type_word(w->value), w->word);
	assert_int_equal(seen, QUIRK_TYPES_END - 1);
}

static void actions_have_their_words(void **state)
{
	const struct vocab_word *w;
	u32 seen = 0;

	(void)state;
	for (w = vocab_actions; w->word; w++, seen++)
		assert_string_equal(resv_action_word(w->value), w->word);
	assert_int_equal(seen, QUIRK_ACTIONS_END - 1);
}

static void conditions_have_their_words(void **state)
{
	u32 i, seen = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(vocab); i++) {
		if (!vocab[i].cond)
			continue;
		assert_string_equal(resv_cond_word(vocab[i].cond),
				    vocab[i].name);
		seen++;
	}
	assert_int_equal(seen, QUIRK_CONDS_END - QUIRK_COND_BOOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_have_their_words),
		cmocka_unit_test(actions_have_their_words),
		cmocka_unit_test(conditions_have_their_words),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL) ? 1 : 0;
}
