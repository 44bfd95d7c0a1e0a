/* SPDX-License-Identifier: Apache-2.0 */
/* Changing this account's keys.  Three files: `keystore` is in force; `keystore.next` holds the new keys and `keystore.tx` the
 * signed change, both on the disk before it leaves.  The same bytes are sent until the ledger has them or they are too late, so
 * that no moment exists in which the ledger could take keys that nobody has.
 */
#include "core/app/rotate.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "chain/contract/access.h"
#include "core/app/keys.h"
#include "core/base/files.h"
#include "core/keys/words.h"

#define NEXT_FILE "keystore.next"
#define NEXT_TX_FILE "keystore.tx"

/* ---- what the ledger says ---- */

enum err key_place(struct key_place *ret, const struct peer_call *call, const struct sign_public *sign,
		   struct err_info *info)
{
	struct state_key key = state_key_sign(BYTES_ID(*sign));
	Medlock__ProofReply *reply;
	enum err e;

	TRY(peer_proof(call, &reply, state_key_bytes(&key), NULL, info));
	e = reply->present ? ERR_OK : ERR_NOT_FOUND;
	if (e == ERR_OK && reply->value.len != SIGN_ROW_SIZE)
		e = err_set(info, ERR_PEER, "the row of a key has another size");
	if (e == ERR_OK) {
		ID_COPY(ret->account, reply->value.data);
		ret->generation = get_be32(reply->value.data + ID_SIZE);
	}
	WIRE_FREE(reply);
	return e;
}

/* The first peer that answers: one that is gone for good must not keep a change waiting for ever. */
static enum err place_of_ours(struct app *a, struct key_place *ret, const struct sign_public *sign)
{
	enum err e = ERR_NETWORK;

	for (size_t i = 0; i < a->link.count; i++) {
		struct peer_call call;

		if (a->link.peers[i].state == LINK_DROPPED)
			continue;
		TRY(link_call(&a->link, &call, i, false, NULL));
		e = key_place(ret, &call, sign, NULL);
		if (e == ERR_OK || e == ERR_NOT_FOUND)
			return e;
	}
	return e;
}

enum err keys_refused(struct app *a, enum err e, struct err_info *info)
{
	struct key_place place;

	if (e != ERR_LOCKED && e != ERR_NOT_CERTIFIED)
		return e;
	if (place_of_ours(a, &place, &a->me.sign) != ERR_OK)
		return e;
	return err_set(info, ERR_KEYS_CHANGED, "this device has keys of generation %u", a->me.generation);
}

/* Whose key was sealed there is the sender's word until the ledger says that it was ours, one generation before. */
static enum err check_earlier(struct app *a, const struct sign_public *sign, uint32_t generation, struct err_info *info)
{
	struct state_key key = state_key_sign(BYTES_ID(*sign));
	struct buf row = BUF_INIT;
	enum err e = replica_prove(a->replica, &row, &a->link, state_key_bytes(&key), NULL, info);

	if (e == ERR_OK && (row.len != SIGN_ROW_SIZE || memcmp(row.data, a->me.account.b, ID_SIZE) != 0 ||
			    get_be32(row.data + ID_SIZE) != generation))
		e = ERR_NOT_FOUND;
	buf_release(&row);
	return e;
}

static enum err adopt(struct app *a, uint32_t generation, struct err_info *info)
{
	struct state_key key = state_key_keys(&a->me.account, generation);
	struct buf value = BUF_INIT, file = BUF_INIT;
	Medlock__KeysState *state = NULL;
	struct sign_public sign;
	enum err e = replica_prove(a->replica, &value, &a->link, state_key_bytes(&key), NULL, info);

	if (e == ERR_OK)
		e = WIRE_DECODE(&state, medlock__keys_state, buf_bytes(&value), APP_DECODED_MAX, info);
	if (e == ERR_OK)
		e = keyholder_earlier(a->keys, &sign, generation, wire_bytes(state->earlier), info);
	if (e == ERR_OK)
		e = check_earlier(a, &sign, generation - 1, info);
	if (e == ERR_OK)
		e = keyholder_adopt(a->keys, &file, generation, wire_bytes(state->earlier), &sign, info);
	if (e == ERR_OK)
		e = app_keystore_write(&a->profile, buf_bytes(&file), info);
	WIRE_FREE(state);
	buf_release(&value);
	buf_release(&file);
	return e;
}

/* Helpers who gave new keys had no earlier ones to leave: what cannot be opened stays missing, and the rest works. */
static enum err adopt_missing(struct app *a, struct err_info *info)
{
	uint32_t missing, last = 0;

	for (;;) {
		enum err e;

		TRY(keyholder_missing(a->keys, &missing, info));
		if (missing == 0 || missing == last)
			return ERR_OK;
		e = adopt(a, missing, info);
		if (e == ERR_NOT_FOUND || e == ERR_DECRYPT || e == ERR_TRUNCATED)
			return ERR_OK;
		TRY(e);
		last = missing;
	}
}

enum err keys_complete(struct app *a, struct err_info *info)
{
	Medlock__AccountState *row;
	struct sign_public sign;
	struct replica_status status;
	enum err e = replica_account(a->replica, &row, &a->me.account, NULL);

	if (e != ERR_OK || bytes_is_zero(BYTES_ID(a->me.sign)))
		return ERR_OK; /* not on the ledger yet, or locked */
	e = replica_status(a->replica, &status, info);
	if (e == ERR_OK)
		e = access_sign_key(&sign, row, status.time);
	if (e == ERR_OK && !ID_EQUAL(sign, a->me.sign))
		e = err_set(info, ERR_KEYS_CHANGED, "the ledger has keys of generation %u", row->generation);
	else if (e == ERR_OK && row->generation > 0)
		e = adopt_missing(a, info);
	WIRE_FREE(row);
	return e;
}

/* ---- files ---- */

static enum err remove_file(const struct profile *p, const char *name)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(p, path, name));
	return unlink(path) == 0 || errno == ENOENT ? ERR_OK : err_from_errno(errno);
}

static enum err write_file(const struct profile *p, const char *name, const struct buf *bytes, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(p, path, name));
	return files_write(path, buf_bytes(bytes), info);
}

static enum err read_file(const struct profile *p, struct buf *ret, const char *name, size_t max)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(p, path, name));
	return files_read(ret, path, max, NULL);
}

/* That the change was refused is a peer's word: keys that the ledger might still take are kept, under another name.  The
 * transaction goes first: left behind, it would pass for that of the next change.
 */
static void give_up(struct app *a)
{
	char path[PROFILE_PATH_MAX], kept[PROFILE_PATH_MAX + 32];

	if (profile_path(&a->profile, path, NEXT_FILE) != ERR_OK)
		return;
	snprintf(kept, sizeof(kept), "%s.kept-%lld", path, (long long)clock_real()->now(NULL).v);
	if (remove_file(&a->profile, NEXT_TX_FILE) == ERR_OK)
		(void)!rename(path, kept);
}

/* The new keystore holds the old keys too, so the old file is needed no more. */
static enum err move_in(struct app *a, struct err_info *info)
{
	char next[PROFILE_PATH_MAX], path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, next, NEXT_FILE));
	TRY(profile_path(&a->profile, path, "keystore"));
	if (rename(next, path) != 0)
		return err_set(info, err_from_errno(errno), "%s", path);
	TRY(files_sync_parent(path));
	return remove_file(&a->profile, NEXT_TX_FILE);
}

enum err keys_taken_over(struct app *a, struct err_info *info)
{
	for (size_t i = 0; i < a->link.count; i++)
		buf_clear(&a->link.peers[i].ticket);
	return keyholder_public(a->keys, &a->me, info);
}

enum err keys_still(const struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, path, NEXT_FILE));
	if (access(path, F_OK) == 0)
		return err_set(info, ERR_PENDING,
			       "an earlier change of keys is not finished: it goes on when a peer answers at the start");
	return errno == ENOENT ? ERR_OK : err_set(info, err_from_errno(errno), "%s", path);
}

/* ---- the change ---- */

const char *app_passphrase_named(const struct app *a)
{
	const char *named = options_text(&a->profile.options, "passphrase-file");

	return a->passphrase_file ? a->passphrase_file : named[0] ? named : NULL;
}

static enum err make_next(struct app *a, struct keyholder_next *ret, struct err_info *info)
{
	struct kdf_params params;
	struct secret *passphrase;
	struct buf file = BUF_INIT;
	char path[PROFILE_PATH_MAX];
	enum err e;

	TRY(app_passphrase(&passphrase, app_passphrase_named(a), "Passphrase, once more: ", a->prompt, info));
	e = profile_path(&a->profile, path, "keystore");
	if (e == ERR_OK)
		e = files_read(&file, path, KEYSTORE_SIZE_MAX, info);
	/* a slip of the fingers here would lock the new keys away */
	if (e == ERR_OK)
		e = keyholder_unlock(a->keys, buf_bytes(&file), secret_bytes(passphrase), &a->me.account, info);
	if (e == ERR_OK) {
		kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
		e = keyholder_rotate(a->keys, ret, secret_bytes(passphrase), &params, info);
	}
	secret_free(passphrase);
	buf_release(&file);
	return e;
}

static enum err sign_change(struct app *a, struct submitted *done, struct buf *tx, const struct keyholder_next *next,
			    struct err_info *info)
{
	struct submitter s = app_submitter(a);
	Medlock__AccountKeys x = MEDLOCK__ACCOUNT_KEYS__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	enum err e;

	TRY(WIRE_DECODE(&x.keys, medlock__key_set, buf_bytes(&next->keyset), APP_DECODED_MAX, info));
	x.account = wire_data(BYTES_ID(a->me.account));
	x.keys_signature = wire_data(buf_bytes(&next->signature));
	x.earlier = wire_data(buf_bytes(&next->earlier));
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &x;
	e = submit_sign(&s, done, tx, &body, info);
	WIRE_FREE(x.keys);
	return e;
}

/* Whatever comes of it, it comes of these bytes. */
static bool is_final(enum err e)
{
	return e == ERR_TX_EXPIRED || e == ERR_SIGNATURE || e == ERR_ROLE || e == ERR_REVOKED || e == ERR_EXPIRED ||
	       e == ERR_DUPLICATE;
}

static enum err send_change(struct app *a, struct submitted *done, struct bytes tx, struct err_info *info)
{
	struct submitter s = app_submitter(a);

	s.replica = NULL; /* headers are read with a ticket, and the keys that sign it may be dead already */
	return submit_again(&s, done, tx, info);
}

static enum err change(struct app *a, struct submitted *done, const struct keyholder_next *next, struct err_info *info)
{
	struct buf tx = BUF_INIT;
	enum err e = sign_change(a, done, &tx, next, info);

	if (e == ERR_OK) /* one that a cut left behind is of another change */
		e = remove_file(&a->profile, NEXT_TX_FILE);
	if (e == ERR_OK)
		e = write_file(&a->profile, NEXT_FILE, &next->file, info);
	if (e == ERR_OK)
		e = write_file(&a->profile, NEXT_TX_FILE, &tx, info);
	if (e == ERR_OK) {
		e = send_change(a, done, buf_bytes(&tx), info);
		if (is_final(e))
			give_up(a);
	}
	buf_release(&tx);
	return e;
}

enum err app_key_rotate(struct app *a, struct app_rotated *ret, struct err_info *info)
{
	struct keyholder_next next = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
	struct submitted done = {0};
	struct app_sync sync;
	enum err e;

	TRY(keys_still(a, info)); /* the ledger may have those keys already, and nobody else has them */
	TRY(app_sync(a, &sync, info));
	TRY(make_next(a, &next, info));
	e = change(a, &done, &next, info);
	if (e == ERR_OK)
		e = keyholder_rotated(a->keys, info);
	if (e == ERR_OK)
		e = keys_taken_over(a, info);
	if (e == ERR_OK) /* the proven row must have these keys: a peer's word is not enough to give the old ones up */
		e = app_sync(a, &sync, info);
	if (e == ERR_OK)
		e = move_in(a, info);
	if (e == ERR_OK)
		*ret = (struct app_rotated){done.tx, done.height, a->me.generation};
	submitted_release(&done);
	keyholder_next_release(&next);
	return e;
}

/* ---- after a cut ---- */

static enum err unlock_file(struct app *a, const struct buf *file, const struct secret *passphrase, struct err_info *info)
{
	TRY(keyholder_unlock(a->keys, buf_bytes(file), secret_bytes(passphrase), &a->me.account, info));
	return keys_taken_over(a, info);
}

/* The ledger has them when the row of their sign key is there, which the proven row must bear out; else the same bytes are sent
 * again.
 */
static enum err finish(struct app *a, struct bytes tx, const struct buf *old, const struct buf *next,
		       const struct secret *passphrase, struct err_info *info)
{
	struct key_place place;
	struct submitted done = {0};
	struct app_sync sync;
	enum err e;

	TRY(unlock_file(a, next, passphrase, info));
	e = place_of_ours(a, &place, &a->me.sign);
	if (e == ERR_NOT_FOUND) {
		e = send_change(a, &done, tx, info);
		submitted_release(&done);
	}
	if (e == ERR_OK && app_sync(a, &sync, NULL) == ERR_OK)
		return move_in(a, info);
	if (is_final(e))
		give_up(a);
	return unlock_file(a, old, passphrase, info); /* offline: the old keys read what is here */
}

enum err keys_settle(struct app *a, const struct secret *passphrase, struct err_info *info)
{
	struct buf old = BUF_INIT, next = BUF_INIT, tx = BUF_INIT;
	enum err e = read_file(&a->profile, &next, NEXT_FILE, KEYSTORE_SIZE_MAX);

	if (e == ERR_OK && read_file(&a->profile, &tx, NEXT_TX_FILE, TX_SIZE_MAX) == ERR_OK) {
		e = read_file(&a->profile, &old, "keystore", KEYSTORE_SIZE_MAX);
		if (e == ERR_OK)
			e = finish(a, buf_bytes(&tx), &old, &next, passphrase, info);
	} else if (e == ERR_OK) {
		give_up(a);
	}
	buf_release(&old);
	buf_release(&next);
	buf_release(&tx);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* ---- words ---- */

enum err app_words(struct secret **ret, const char *file, const struct app_prompt *prompt, struct err_info *info)
{
	struct buf typed = BUF_INIT;
	enum err e;

	if (file == NULL)
		return app_passphrase(ret, NULL, "The 24 words, on one line (nothing is shown): ", prompt, info);
	e = strcmp(file, "-") == 0 ? ERR_OK : files_check_private(file, info);
	if (e == ERR_OK)
		e = files_read(&typed, file, WORDS_TYPED_MAX, info);
	if (e == ERR_OK && typed.len == 0)
		e = err_set(info, ERR_FORMAT, "%s is empty", file);
	if (e == ERR_OK)
		e = secret_copy(ret, buf_bytes(&typed));
	if (typed.data != NULL)
		secret_wipe(typed.data, typed.len);
	buf_release(&typed);
	return e;
}
