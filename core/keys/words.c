/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys/words.h"

#include <ctype.h>
#include <string.h>

#include "core/crypto/hash.h"

#define LIST_SIZE 2048u
#define WORD_BITS 11u
#define PREFIX 4u /* letters that tell a word */

static const char *const list[] = {
#include "assets/words/english.inc"
};
_Static_assert(sizeof(list) / sizeof(list[0]) >= LIST_SIZE, "the word list is short");

/* ---- numbers of words ---- */

/* 33 bytes: the key and the first byte of its hash. */
static void indices_of(uint16_t out[WORDS_COUNT], const struct secret *secret)
{
	struct hash32 sum = hash_sha256(secret_bytes(secret));
	uint8_t raw[WORDS_SECRET_SIZE + 1];

	ASSERT(secret->len == WORDS_SECRET_SIZE);
	memcpy(raw, secret->data, WORDS_SECRET_SIZE);
	raw[WORDS_SECRET_SIZE] = sum.b[0];
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		unsigned value = 0;

		for (size_t bit = WORD_BITS * i; bit < WORD_BITS * (i + 1); bit++)
			value = value << 1 | (raw[bit / 8] >> (7 - bit % 8) & 1u);
		out[i] = (uint16_t)value;
	}
	secret_wipe(raw, sizeof(raw));
	secret_wipe(&sum, sizeof(sum));
}

static void raw_of(uint8_t raw[WORDS_SECRET_SIZE + 1], const uint16_t indices[WORDS_COUNT])
{
	memset(raw, 0, WORDS_SECRET_SIZE + 1);
	for (size_t bit = 0; bit < WORD_BITS * WORDS_COUNT; bit++) {
		unsigned one = indices[bit / WORD_BITS] >> (WORD_BITS - 1 - bit % WORD_BITS) & 1u;

		raw[bit / 8] |= (uint8_t)(one << (7 - bit % 8));
	}
}

enum err words_of(struct secret **ret_text, const struct secret *secret)
{
	uint16_t indices[WORDS_COUNT];
	struct secret *text = NULL;
	size_t at = 0;

	TRY(secret_new(&text, WORDS_COUNT * (WORDS_LETTERS_MAX + 1)));
	indices_of(indices, secret);
	for (size_t i = 0; i < WORDS_COUNT; i++) {
		size_t len = strlen(list[indices[i]]);

		if (i > 0)
			text->data[at++] = ' ';
		memcpy(text->data + at, list[indices[i]], len);
		at += len;
	}
	secret_wipe(indices, sizeof(indices));
	*ret_text = text;
	return ERR_OK;
}

/* ---- what was typed ---- */

struct typed {
	char word[WORDS_LETTERS_MAX + 2]; /* one letter more than any word has */
	size_t len;
};

static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

/* The word that begins like this; a whole word before one that only begins so ("act" and "action"). */
static int find(const struct typed *t)
{
	for (uint16_t i = 0; i < LIST_SIZE; i++)
		if (strcmp(list[i], t->word) == 0)
			return i;
	for (uint16_t i = 0; t->len >= PREFIX && i < LIST_SIZE; i++)
		if (strncmp(list[i], t->word, t->len) == 0)
			return i;
	return -1;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters to put in, take out or change (Levenshtein 1966). */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORDS_LETTERS_MAX + 3], len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1, corner + (a[i] != b[j]));
			corner = above;
		}
	}
	return row[len];
}

static const char *nearest(const struct typed *t)
{
	size_t best = 3; /* further away it is no help */
	const char *ret = NULL;

	for (size_t i = 0; i < LIST_SIZE; i++) {
		size_t d = distance(list[i], t->word);

		if (d < best || (d == best && ret != NULL && common(list[i], t->word) > common(ret, t->word))) {
			best = d;
			ret = list[i];
		}
	}
	return ret;
}

static enum err not_a_word(const struct typed *t, size_t place, struct err_info *info)
{
	const char *near = nearest(t);

	if (near != NULL)
		return err_set(info, ERR_FORMAT, "word %zu is not on the list; did you mean '%s'?", place, near);
	return err_set(info, ERR_FORMAT, "word %zu is not on the list", place);
}

/* The next run of letters; numbers and punctuation are passed over.  False at the end. */
static bool next(struct typed *t, struct bytes *rest)
{
	*t = (struct typed){0};
	while (rest->len > 0 && !isalpha(rest->data[0])) {
		rest->data++;
		rest->len--;
	}
	while (rest->len > 0 && isalpha(rest->data[0])) {
		if (t->len < WORDS_LETTERS_MAX + 1)
			t->word[t->len++] = (char)tolower(rest->data[0]);
		rest->data++;
		rest->len--;
	}
	return t->len > 0;
}

static enum err read_words(uint16_t out[WORDS_COUNT], struct typed *t, struct bytes typed, struct err_info *info)
{
	size_t count = 0;

	while (next(t, &typed)) {
		int index = find(t);

		if (index < 0)
			return not_a_word(t, count + 1, info);
		if (count == WORDS_COUNT)
			return err_set(info, ERR_FORMAT, "a card has %u words; there are more", WORDS_COUNT);
		out[count++] = (uint16_t)index;
	}
	if (count != WORDS_COUNT)
		return err_set(info, ERR_FORMAT, "a card has %u words; these are %zu", WORDS_COUNT, count);
	return ERR_OK;
}

static enum err read_typed(uint16_t out[WORDS_COUNT], struct bytes typed, struct err_info *info)
{
	struct typed t = {0};
	enum err e;

	if (typed.len > WORDS_TYPED_MAX)
		return err_set(info, ERR_FORMAT, "that is longer than %u words", WORDS_COUNT);
	e = read_words(out, &t, typed, info);
	secret_wipe(&t, sizeof(t));
	return e;
}

enum err words_parse(struct secret **ret, struct bytes typed, struct err_info *info)
{
	uint16_t indices[WORDS_COUNT];
	uint8_t raw[WORDS_SECRET_SIZE + 1];
	struct secret *secret = NULL;
	enum err e = read_typed(indices, typed, info);

	if (e == ERR_OK) {
		raw_of(raw, indices);
		e = secret_copy(&secret, bytes_of(raw, WORDS_SECRET_SIZE));
	}
	if (e == ERR_OK && hash_sha256(secret_bytes(secret)).b[0] != raw[WORDS_SECRET_SIZE])
		e = err_set(info, ERR_FORMAT, "the words do not fit together: one of them is wrong, or two changed places");
	secret_wipe(raw, sizeof(raw));
	secret_wipe(indices, sizeof(indices));
	if (e != ERR_OK) {
		secret_free(secret);
		return e;
	}
	*ret = secret;
	return ERR_OK;
}

enum err words_compare(uint32_t *ret_wrong, struct bytes typed, const struct secret *secret, struct err_info *info)
{
	uint16_t indices[WORDS_COUNT], right[WORDS_COUNT];
	enum err e = read_typed(indices, typed, info);

	if (e == ERR_OK) {
		indices_of(right, secret);
		*ret_wrong = 0;
		for (size_t i = 0; i < WORDS_COUNT; i++)
			*ret_wrong |= (uint32_t)(indices[i] != right[i]) << i;
	}
	secret_wipe(indices, sizeof(indices));
	secret_wipe(right, sizeof(right));
	return e;
}
