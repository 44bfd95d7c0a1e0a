/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/words/words.h"

static const struct { const char *id, *texts[LANGUAGE_COUNT]; } rows[WORD_COUNT] = {
	{"", {"", ""}},
#define WORD(name, id, ...) {id, {__VA_ARGS__}},
#include "tui/words/words.inc"
#undef WORD
};

static const char *text_by_id(const void *self, const char *id);

static const struct { const char *code, *name; struct translation words; } languages[LANGUAGE_COUNT] = {
	{"en", "English", {text_by_id, "en"}},
	{"nl", "Nederlands", {text_by_id, "nl"}},
};

const char *word(enum language l, enum word w)
{
	ASSERT(l < LANGUAGE_COUNT && w < WORD_COUNT);
	return rows[w].texts[l];
}

const char *word_id(enum word w)
{
	ASSERT(w < WORD_COUNT);
	return rows[w].id;
}

enum word word_by_id(const char *id)
{
	for (unsigned w = 1; w < WORD_COUNT; w++)
		if (strcmp(rows[w].id, id) == 0)
			return (enum word)w;
	return WORD_NONE;
}

void words_fill(struct buf *out, enum language l, enum word w, const char *const *values, size_t count)
{
	places_fill(out, word(l, w), values, count);
}

void words_vsay(struct buf *out, enum language l, enum word w, va_list values)
{
	const char *list[PLACES_MAX], *value;
	size_t count = 0;

	while ((value = va_arg(values, const char *)) != NULL) {
		ASSERT(count < PLACES_MAX);
		list[count++] = value;
	}
	words_fill(out, l, w, list, count);
}

void words_say(struct buf *out, enum language l, enum word w, ...)
{
	va_list values;

	va_start(values, w);
	words_vsay(out, l, w, values);
	va_end(values);
}

enum err language_parse(enum language *ret, const char *name)
{
	for (unsigned l = 0; l < LANGUAGE_COUNT; l++) {
		if (strcmp(languages[l].code, name) != 0)
			continue;
		*ret = (enum language)l;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

const char *language_code(enum language l)
{
	return languages[l].code;
}

const char *language_name(enum language l)
{
	return languages[l].name;
}

enum language language_of_locale(const char *locale)
{
	size_t len = locale != NULL ? strcspn(locale, "_.@") : 0;

	for (unsigned l = 0; l < LANGUAGE_COUNT; l++)
		if (len == strlen(languages[l].code) && strncmp(locale, languages[l].code, len) == 0)
			return (enum language)l;
	return LANGUAGE_EN;
}

static const char *text_by_id(const void *self, const char *id)
{
	enum language l = LANGUAGE_EN;
	enum word w = word_by_id(id);

	return w == WORD_NONE || language_parse(&l, self) != ERR_OK ? NULL : word(l, w);
}

const struct translation *language_translation(enum language l)
{
	ASSERT(l < LANGUAGE_COUNT);
	return l == LANGUAGE_EN ? NULL : &languages[l].words;
}
