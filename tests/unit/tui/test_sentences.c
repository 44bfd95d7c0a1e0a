/* SPDX-License-Identifier: Apache-2.0 */
/* A rule in the language of the screens: nobody signs what they cannot read. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain/proto/codes.h"
#include "core/consent/preset.h"
#include "core/consent/sentence.h"
#include "tui/words/words.h"

#define DAY_MS INT64_C(86400000)

static const char *name(void *self, uint32_t kind, struct bytes id)
{
	return "okafor";
}

static const char *said(struct buf *out, const Medlock__Rule *r, enum language l)
{
	const struct sentence_names names = {NULL, name, language_translation(l)};

	buf_clear(out);
	sentence_of_rule(out, r, &names);
	assert_int_equal(buf_error(out), ERR_OK);
	return buf_text(out);
}

/* The English of the word files is what the program itself says. */
static void english_is_one(void **state)
{
	const char *id, *text;
	size_t n = 0;

	for (; sentence_piece(n, &id, &text); n++) {
		enum word w = word_by_id(id);

		if (w == WORD_NONE || strcmp(word(LANGUAGE_EN, w), text) != 0)
			fail_msg("%s: write \"%s\" into assets/words/en", id, text);
	}
	assert_true(n > 30);
	assert_null(language_translation(LANGUAGE_EN));
}

/* "with * research on" has the id "says.with-research-on". */
static void id_of_head(char ret[64], const char *head)
{
	size_t len = (size_t)snprintf(ret, 64, "says.");

	for (; *head != '\0' && len < 63; head++)
		if (islower((unsigned char)*head))
			ret[len++] = *head;
		else if (ret[len - 1] != '-')
			ret[len++] = '-';
	ret[len] = '\0';
}

static void presets_are_one(void **state)
{
	static const char *const lines[] = {
#include "assets/consent/presets.inc"
	};
	char id[64] = "";
	size_t said_of = 0;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strncmp(lines[i], "preset ", 7) == 0 || strncmp(lines[i], "with ", 5) == 0)
			id_of_head(id, lines[i]);
		if (strncmp(lines[i], "words ", 6) != 0)
			continue;
		said_of++;
		if (word_by_id(id) == WORD_NONE || strcmp(word(LANGUAGE_EN, word_by_id(id)), lines[i] + 6) != 0)
			fail_msg("%s: write \"%s\" into assets/words/en", id, lines[i] + 6);
	}
	assert_true(said_of > 5);
}

static void a_preset_is_said_in_dutch(void **state)
{
	const struct preset_choice c = {.name = "closed", .research = false};
	struct buf out = BUF_INIT;

	preset_words(&out, &c, language_translation(LANGUAGE_NL));
	assert_string_equal(buf_text(&out), "Niemand ziet iets, en niemand kan erom vragen. Alleen een bevestigd noodgeval opent mijn "
					    "gegevens. Onderzoek krijgt niets en kan niets vragen.");
	buf_release(&out);
}

static void has_words(const char *group, enum code_set set, const uint32_t *codes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char id[64];

		snprintf(id, sizeof(id), "%s.%s", group, code_text(set, codes[i]));
		for (char *at = id; *at != '\0'; at++)
			*at = (char)tolower((unsigned char)*at);
		if (word_by_id(id) == WORD_NONE)
			fail_msg("%s has no word", id);
	}
}

#define COUNT_MAX 64u
static size_t all_codes(uint32_t *ret, enum code_set set)
{
	size_t count = 0;

	for (uint32_t n = 1; n < 512 && count < COUNT_MAX; n++)
		if (code_by_number(set, n) != NULL)
			ret[count++] = n;
	return count;
}

static void every_code_has_words(void **state)
{
	static const struct { const char *group; enum code_set set; } groups[] = {
		{"purpose", CODES_PURPOSE}, {"category", CODES_CATEGORY}, {"label", CODES_LABEL}, {"duty", CODES_OBLIGATION},
		{"role", CODES_ROLE}, {"confidentiality", CODES_CONFIDENTIALITY},
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		uint32_t codes[COUNT_MAX];
		size_t count = all_codes(codes, groups[i].set);

		assert_true(count > 0);
		has_words(groups[i].group, groups[i].set, codes, count);
	}
}

static void a_rule_is_said_in_dutch(void **state)
{
	uint32_t treat = PURPOSE_TREAT, kinds[] = {CATEGORY_LAB, CATEGORY_MED, CATEGORY_IMG}, label = LABEL_PSY;
	uint8_t id[32] = {7};
	Medlock__Actor who = MEDLOCK__ACTOR__INIT, *actors[] = {&who};
	Medlock__Rule r = MEDLOCK__RULE__INIT;
	struct buf out = BUF_INIT;

	who.kind = ACTOR_ACCOUNT;
	who.id.data = id;
	who.id.len = sizeof(id);
	r.effect = EFFECT_PERMIT;
	r.actors = actors;
	r.n_actors = 1;
	r.purposes = &treat;
	r.n_purposes = 1;
	r.categories = kinds;
	r.n_categories = 3;
	r.valid_to = 20454 * DAY_MS;
	assert_string_equal(said(&out, &r, LANGUAGE_EN), "Allow okafor to read laboratory results, medicines or imaging (but not what is "
							 "marked sensitive) for my treatment, until 2026-01-01.");
	assert_string_equal(said(&out, &r, LANGUAGE_NL), "Laat okafor laboratoriumuitslagen, medicijnen of beelden (maar niet wat gevoelig "
							 "is) lezen voor mijn behandeling, tot 2026-01-01.");
	r = (Medlock__Rule)MEDLOCK__RULE__INIT;
	r.effect = EFFECT_DENY;
	r.labels = &label;
	r.n_labels = 1;
	r.lock = true;
	r.uses_left = 1;
	assert_string_equal(said(&out, &r, LANGUAGE_EN), "Never let everyone who is certified read everything marked psychiatry for any "
							 "purpose, 1 time; nothing lifts this, not even an emergency.");
	assert_string_equal(said(&out, &r, LANGUAGE_NL), "Laat iedereen met een certificaat alles, als het over psychiatrie gaat, nooit lezen "
							 "voor welk doel dan ook, 1 keer; niets heft dit op, ook een noodgeval niet.");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(english_is_one),
		cmocka_unit_test(presets_are_one),
		cmocka_unit_test(a_preset_is_said_in_dutch),
		cmocka_unit_test(every_code_has_words),
		cmocka_unit_test(a_rule_is_said_in_dutch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
