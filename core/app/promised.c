/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/promised.h"

#include <stdio.h>

#include "core/app/internal.h"
#include "core/app/sealed.h"
#include "core/base/files.h"
#include "core/base/text.h"

#define TEXTS_FOLDER "texts"
#define KEPT_FILE_MAX (16u * 1024)

/* ---- writing ---- */

static bool is_harmless(struct bytes text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		bool harmless = false;
		size_t n = text_character(&c, &harmless, text);

		if (n == 0 || (!harmless && c != '\n'))
			return false;
		text = bytes_of(text.data + n, text.len - n);
	}
	return true;
}

enum err letter_words_check(const char *text, struct err_info *info)
{
	if (text[0] == '\0' || strlen(text) > LETTER_TEXT_MAX)
		return err_set(info, ERR_USAGE, "the text has 1 to %u bytes", LETTER_TEXT_MAX);
	if (!is_harmless(bytes_str(text)))
		return err_set(info, ERR_USAGE, "the text has control characters or is not valid UTF-8");
	return ERR_OK;
}

enum err promised_make(struct promised *p, uint32_t kind, const struct request_id *request, const char *text,
		       struct err_info *info)
{
	TRY(letter_words_check(text, info));
	medlock__promised_text__init(&p->text);
	rng_fill(rng_system(), p->salt, sizeof(p->salt));
	p->text.request = wire_data(BYTES_ID(*request));
	p->text.salt = wire_data(bytes_of(p->salt, sizeof(p->salt)));
	p->text.text = (char *)(uintptr_t)text;
	p->commitment = letter_text_commitment(kind, &p->text);
	return ERR_OK;
}

enum err promised_send(struct app *a, const Medlock__PromisedText *text, uint32_t kind, const struct app_letter *to,
		       bool answer, struct err_info *info)
{
	struct buf body = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&body, text);
	e = buf_error(&body);
	if (e == ERR_OK && answer)
		e = app_mail_answer(a, to, kind, buf_bytes(&body), info);
	else if (e == ERR_OK)
		e = app_mail_send(a, &to->from, kind, buf_bytes(&body), info);
	if (body.data != NULL)
		secret_wipe(body.data, body.len);
	buf_release(&body);
	return e;
}

/* ---- comparing ---- */

static enum err proven(struct app *a, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct state_key key)
{
	struct buf value = BUF_INIT;
	enum err e = replica_prove(a->replica, &value, &a->link, state_key_bytes(&key), NULL, NULL);

	if (e == ERR_OK)
		e = wire_decode(ret, d, buf_bytes(&value), APP_DECODED_MAX, NULL);
	buf_release(&value);
	return e;
}

#define PROVEN(a, ret, type, key) proven(a, (ProtobufCMessage **)(void *)(ret), &type##__descriptor, key)

static bool was_asked(struct app *a, const struct request_id *id, struct bytes promised, const struct account_id *asker)
{
	Medlock__QuestionsState *row = NULL;
	bool is = false;

	if (PROVEN(a, &row, medlock__questions_state, state_key_questions(id)) != ERR_OK)
		return false;
	for (size_t i = 0; i < row->n_questions; i++) {
		const Medlock__QuestionState *q = row->questions[i];

		if (asker == NULL)
			is |= bytes_equal(wire_bytes(q->reply), promised);
		else
			is |= bytes_equal(wire_bytes(q->text), promised) && bytes_equal(wire_bytes(q->asker), BYTES_ID(*asker));
	}
	WIRE_FREE(row);
	return is;
}

bool promised_stands(struct app *a, uint32_t kind, const Medlock__PromisedText *text, const struct account_id *from)
{
	struct hash32 promised = letter_text_commitment(kind, text);
	Medlock__RequestState *row = NULL;
	struct request_id id;
	bool by_reader, is;

	ID_COPY(id, text->request.data);
	if (PROVEN(a, &row, medlock__request_state, state_key_request(&id)) != ERR_OK)
		return false;
	by_reader = bytes_equal(wire_bytes(row->requester), BYTES_ID(*from));
	is = bytes_equal(wire_bytes(row->review), BYTES_ID(promised)) &&
	     bytes_equal(wire_bytes(row->owner), BYTES_ID(a->me.account));
	WIRE_FREE(row);
	if (kind == LETTER_QUESTION)
		return was_asked(a, &id, BYTES_ID(promised), from);
	if (kind == LETTER_REPLY)
		is = was_asked(a, &id, BYTES_ID(promised), NULL);
	return by_reader && is;
}

bool promise_kept(const struct promise *p, uint32_t kind, const Medlock__PromisedText *text, const struct account_id *from)
{
	struct hash32 is = letter_text_commitment(kind, text);

	return kind == p->kind && bytes_equal(wire_bytes(text->request), BYTES_ID(p->request)) && ID_EQUAL(*from, p->by) &&
	       ID_EQUAL(is, p->text);
}

/* ---- kept ---- */

static enum err path_of(struct app *a, char path[PROFILE_PATH_MAX], const struct hash32 *commitment)
{
	char name[sizeof(TEXTS_FOLDER) + ID_HEX], hex[ID_HEX];

	hex_encode(hex, commitment->b, sizeof(commitment->b));
	snprintf(name, sizeof(name), "%s/%s", TEXTS_FOLDER, hex);
	return profile_path(&a->profile, path, name);
}

static bool is_this(const Medlock__KeptText *k, const struct hash32 *commitment)
{
	struct hash32 is;

	if (k->text == NULL || k->from.len != ID_SIZE || (k->seal.len != 0 && k->seal.len != SEAL_KEY_SIZE))
		return false;
	is = letter_text_commitment(k->kind, k->text);
	return ID_EQUAL(is, *commitment);
}

enum err kept_text_read(struct app *a, Medlock__KeptText **ret, const struct hash32 *commitment, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	Medlock__KeptText *k;
	enum err e;

	TRY(path_of(a, path, commitment));
	e = SEALED_READ(a->keys, &k, medlock__kept_text, path, TEXTS_FOLDER, BYTES_ID(*commitment), KEPT_FILE_MAX, info);
	if (e == ERR_NOT_FOUND)
		return err_set(info, e, "%s", path);
	TRY(e);
	if (!is_this(k, commitment)) {
		WIRE_FREE(k);
		return err_set(info, ERR_DAMAGED, "%s", path);
	}
	*ret = k;
	return ERR_OK;
}

enum err kept_text_write(struct app *a, const Medlock__KeptText *k, struct err_info *info)
{
	struct hash32 commitment = letter_text_commitment(k->kind, k->text);
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, path, TEXTS_FOLDER));
	TRY(files_mkdir(path, info));
	TRY(path_of(a, path, &commitment));
	return sealed_write(a->keys, &k->base, path, TEXTS_FOLDER, BYTES_ID(commitment), info);
}
