/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/words/words.h"

static const struct { const char *id, *texts[LANGUAGE_COUNT]; } rows[WORD_COUNT] = {
	{"", {"", ""}},
#define WORD(name, id, ...) {id, {__VA_ARGS__}},
#include "tui/words/words.inc"
#undef WORD
};
static const struct { const char *code, *name; } languages[LANGUAGE_COUNT] = {{"en", "English"}, {"nl", "Nederlands"}};

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

/* One place; text is at its '{'.  Returns what follows it. */
static const char *fill_place(struct buf *out, const char *text, const char *const *values, size_t count)
{
	size_t n = (size_t)(text[1] - '1');
	const char *one, *other, *end;

	ASSERT(n < count);
	if (text[2] == '}') {
		buf_append_text(out, values[n]);
		return text + 3;
	}
	one = text + 3;
	other = strchr(one, '|');
	end = other != NULL ? strchr(other, '}') : NULL;
	ASSERT(text[2] == '|' && end != NULL);
	if (strcmp(values[n], "1") == 0)
		buf_append(out, one, (size_t)(other - one));
	else
		buf_append(out, other + 1, (size_t)(end - other - 1));
	return end + 1;
}

void words_fill(struct buf *out, enum language l, enum word w, const char *const *values, size_t count)
{
	const char *at = word(l, w);

	while (*at != '\0') {
		size_t len = strcspn(at, "{");

		buf_append(out, at, len);
		at += len;
		if (at[0] == '{' && at[1] == '{') {
			buf_append_byte(out, '{');
			at += 2;
		} else if (at[0] == '{') {
			at = fill_place(out, at, values, count);
		}
	}
}

void words_vsay(struct buf *out, enum language l, enum word w, va_list values)
{
	const char *list[WORD_VALUES_MAX], *value;
	size_t count = 0;

	while ((value = va_arg(values, const char *)) != NULL) {
		ASSERT(count < WORD_VALUES_MAX);
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
