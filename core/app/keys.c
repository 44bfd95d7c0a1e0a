/* SPDX-License-Identifier: Apache-2.0 */
/* The recovery card of this profile, and when it was last shown and typed back. */
#include "core/app/keys.h"

#include <errno.h>
#include <unistd.h>

#include "core/app/internal.h"
#include "core/app/rotate.h"
#include "core/base/files.h"

#define CARD_FILE "card"
#define CARD_FILE_SIZE 20u /* be32 generation, be64 shown, be64 rehearsed: no secret, and no harm when it is lost */

static enum err card_read(struct app *a, struct app_card *ret, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	enum err e;

	*ret = (struct app_card){.generation = a->me.generation};
	TRY(profile_path(&a->profile, path, CARD_FILE));
	e = files_read(&file, path, CARD_FILE_SIZE, info);
	if (e == ERR_OK && file.len == CARD_FILE_SIZE && get_be32(file.data) == a->me.generation) {
		ret->shown_at.v = (int64_t)get_be64(file.data + 4);
		ret->rehearsed_at.v = (int64_t)get_be64(file.data + 12);
	}
	buf_release(&file);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err card_write(struct app *a, const struct app_card *card, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	uint8_t file[CARD_FILE_SIZE];

	put_be32(file, card->generation);
	put_be64(file + 4, (uint64_t)card->shown_at.v);
	put_be64(file + 12, (uint64_t)card->rehearsed_at.v);
	TRY(profile_path(&a->profile, path, CARD_FILE));
	return files_write(path, bytes_of(file, sizeof(file)), info);
}

enum err app_key_card_state(struct app *a, struct app_card *ret, struct err_info *info)
{
	return card_read(a, ret, info);
}

enum err app_key_card(struct app *a, struct secret **ret_words, struct err_info *info)
{
	struct app_card card;

	TRY(card_read(a, &card, info));
	card.shown_at = clock_real()->now(NULL);
	TRY(card_write(a, &card, info));
	return keyholder_words(a->keys, ret_words, info);
}

enum err app_key_rehearse(struct app *a, uint32_t *ret_wrong, const char *words_file, struct err_info *info)
{
	struct app_card card;
	struct secret *typed;
	uint32_t wrong = 0;
	enum err e;

	TRY(card_read(a, &card, info));
	TRY(app_words(&typed, words_file, a->prompt, info));
	e = keyholder_words_compare(a->keys, &wrong, secret_bytes(typed), info);
	secret_free(typed);
	if (e == ERR_OK && wrong == 0) {
		card.rehearsed_at = clock_real()->now(NULL);
		e = card_write(a, &card, info);
	}
	if (e == ERR_OK)
		*ret_wrong = wrong;
	return e;
}

/* ---- passphrase and identity ---- */

enum err app_key_change(struct app *a, const char *new_passphrase_file, struct err_info *info)
{
	struct kdf_params params;
	struct secret *passphrase;
	struct buf file = BUF_INIT;
	enum err e;

	TRY(keys_still(a, info)); /* the same passphrase must open both */
	TRY(app_passphrase_new(&passphrase, new_passphrase_file, "New passphrase: ", a->prompt, info));
	kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
	e = keyholder_change_passphrase(a->keys, &file, secret_bytes(passphrase), &params, info);
	secret_free(passphrase);
	if (e == ERR_OK)
		e = app_keystore_write(&a->profile, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

enum err app_write_new(const char *path, struct bytes data, struct err_info *info)
{
	enum err e;
	int fd;

	TRY(files_create(&fd, path, info));
	e = files_write_all(fd, data);
	if (e == ERR_OK && fsync(fd) != 0)
		e = err_from_errno(errno);
	if (close(fd) != 0 && e == ERR_OK)
		e = err_from_errno(errno);
	if (e != ERR_OK)
		unlink(path);
	return e;
}

enum err app_key_export_identity(struct app *a, const char *path, struct err_info *info)
{
	struct secret *text;
	enum err e;

	TRY(keyholder_export_identity(a->keys, &text, info));
	text->data[text->len - 1] = '\n'; /* in place of the NUL */
	e = app_write_new(path, secret_bytes(text), info);
	secret_free(text);
	return e;
}
