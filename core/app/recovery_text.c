/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/recovery_text.h"

#include <stdio.h>
#include <string.h>

#include "core/crypto/hash.h"
#include "core/keys/words.h"

#define PREFIX "medlock-recovery:"
#define WORDS 6u

void recovery_text(char out[RECOVERY_TEXT], const struct seal_public *key)
{
	memcpy(out, PREFIX, sizeof(PREFIX) - 1);
	hex_encode(out + sizeof(PREFIX) - 1, key->b, SEAL_KEY_SIZE);
}

enum err recovery_text_parse(struct seal_public *ret, const char *text, struct err_info *info)
{
	uint8_t key[SEAL_KEY_SIZE];

	if (strncmp(text, PREFIX, sizeof(PREFIX) - 1) != 0 ||
	    hex_decode(key, sizeof(key), text + sizeof(PREFIX) - 1) != ERR_OK ||
	    seal_public_parse(ret, bytes_of(key, sizeof(key))) != ERR_OK)
		return err_set(info, ERR_USAGE, "a recovery text is " PREFIX " and 64 hex digits");
	return ERR_OK;
}

static enum err six_words(char out[RECOVERY_WORDS], struct hash32 hash)
{
	struct secret *source = NULL, *text = NULL;
	const char *at;
	size_t len = 0;
	enum err e = secret_copy(&source, BYTES_ID(hash));

	if (e == ERR_OK)
		e = words_of(&text, source);
	secret_free(source);
	TRY(e);
	at = (const char *)text->data;
	for (size_t i = 0; i < WORDS; i++)
		len += strcspn(at + len, " ") + 1;
	snprintf(out, RECOVERY_WORDS, "%.*s", (int)(len - 1), at);
	secret_free(text);
	return ERR_OK;
}

enum err recovery_words(char out[RECOVERY_WORDS], const struct seal_public *key)
{
	return six_words(out, hash_tagged("medlock recovery words", BYTES_ID(*key)));
}

enum err new_keys_words(char out[RECOVERY_WORDS], const struct network_id *network, const Medlock__AccountKeys *x)
{
	struct account_id account;
	struct hash32 statement;

	ID_COPY(account, x->account.data);
	TRY(keyset_statement(&statement, network, &account, x->keys));
	return six_words(out, hash_tagged("medlock new keys words", BYTES_ID(statement)));
}

struct hash32 recovery_drop(const struct seal_public *key)
{
	return hash_tagged("medlock recovery drop", BYTES_ID(*key));
}
