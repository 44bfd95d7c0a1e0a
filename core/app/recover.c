/* SPDX-License-Identifier: Apache-2.0 */
/* A profile from the words of a card: keys first, then their name and generation from the ledger, then the folder. */
#include <errno.h>
#include <unistd.h>

#include "chain/net/peer_client_mail.h"
#include "core/app/helpers.h"
#include "core/app/person.h"
#include "core/app/recover_proof.h"
#include "core/app/recovery_text.h"
#include "core/app/rotate.h"
#include "core/base/files.h"

struct recovering {
	const struct app_recovery *r;
	char home[PROFILE_PATH_MAX];
	struct http_client *http;
	struct peer_address peer;
	struct task *task;
	struct keyholder *keys;
	struct keyholder_public me;
	struct network_id network;
	struct buf genesis, file;
	bool sent; /* by helpers or another device, with a name that is the sender's word */
};

static enum err make_keys(struct recovering *x, struct err_info *info)
{
	struct secret *words = NULL, *passphrase = NULL;
	struct kdf_params params;
	enum err e = app_words(&words, x->r->words_file, x->r->prompt, info);

	if (e == ERR_OK)
		e = app_passphrase_new(&passphrase, x->r->passphrase_file, "Choose a passphrase for this machine: ",
				       x->r->prompt, info);
	if (e == ERR_OK) {
		kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
		e = keyholder_recover(x->keys, &x->file, &x->network, secret_bytes(words), secret_bytes(passphrase), &params,
				      info);
	}
	secret_free(words);
	secret_free(passphrase);
	if (e == ERR_OK)
		e = keyholder_bind(x->keys, &x->network, info);
	return e == ERR_OK ? keyholder_public(x->keys, &x->me, info) : e;
}

static struct peer_call call_of(struct recovering *x)
{
	return (struct peer_call){.http = x->http, .peer = &x->peer, .task = x->task};
}

/* Keys that changed have another name than their own. */
static enum err place(struct recovering *x, bool *ret_changed, struct err_info *info)
{
	struct peer_call call = call_of(x);
	struct key_place place;
	enum err e = key_place(&place, &call, &x->me.sign, info);

	*ret_changed = e == ERR_OK;
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	TRY(e);
	buf_clear(&x->file);
	TRY(keyholder_place(x->keys, &x->file, &place.account, place.generation, info));
	return keyholder_public(x->keys, &x->me, info);
}

/* A refusal of their tickets is the peer's word, and enough to write nothing. */
static enum err refused(const struct recovering *x, enum err e, bool changed, struct err_info *info)
{
	if (e != ERR_LOCKED && e != ERR_NOT_CERTIFIED && e != ERR_NOT_FOUND)
		return e;
	if (x->sent)
		return err_set(info, ERR_KEYS_CHANGED, "the peer does not take these keys for that account: it has newer"
			       " ones, or somebody else sent these");
	if (changed)
		return err_set(info, ERR_KEYS_CHANGED, "this card is of generation %u: a newer one was written since",
			       x->me.generation);
	return err_set(info, ERR_NOT_FOUND, "nobody certified on this network has these keys");
}

/* Does the ledger have these keys?  Proven before anything is written. */
static enum err ask_ledger(struct recovering *x, uint32_t *ret_generation, struct err_info *info)
{
	struct link link;
	enum err e;

	link_init(&link, x->http, x->keys, clock_real(), x->task, &x->network, &x->me.account);
	link_add(&link, &x->peer);
	e = recovered_prove(x->home, buf_bytes(&x->genesis), &link, &x->me, ret_generation, info);
	link_release(&link);
	return e;
}

static enum err prove_keys(struct recovering *x, bool changed, struct err_info *info)
{
	return refused(x, ask_ledger(x, NULL, info), changed, info);
}

static enum err write_profile(struct recovering *x, struct err_info *info)
{
	struct person_wish wish = {.home = x->home, .profile = x->r->mode, .passphrase_file = x->r->passphrase_file,
				   .peer_url = x->r->peer_url, .pin = x->r->pin};

	TRY(person_keystore(x->home, &x->file, info));
	return person_join(&wish, buf_bytes(&x->genesis), info);
}

static enum err recover(struct recovering *x, struct err_info *info)
{
	struct peer_call call = call_of(x);
	Medlock__Genesis *genesis = NULL;
	bool changed = false;

	TRY(peer_genesis(&call, &x->genesis, info));
	TRY(genesis_parse(&genesis, &x->network, buf_bytes(&x->genesis), info));
	WIRE_FREE(genesis);
	TRY(make_keys(x, info));
	TRY(place(x, &changed, info));
	TRY(prove_keys(x, changed, info));
	return write_profile(x, info);
}

static enum err begin(struct recovering *x, struct err_info *info)
{
	struct http_client_options options = {0};
	struct hash32 pin;

	if (profile_by_name(x->r->mode) == NULL)
		return err_set(info, ERR_USAGE, "--mode is what the account was certified for: patient, clinician, …");
	if (hex_decode(pin.b, sizeof(pin.b), x->r->pin) != ERR_OK)
		return err_set(info, ERR_USAGE, "--pin is 64 hex digits");
	TRY(peer_address_set(&x->peer, x->r->peer_url, &pin));
	TRY(profile_home(x->home, x->r->home, info));
	TRY(person_refuse_second(x->home, info));
	TRY(keyholder_start(&x->keys, person_capabilities(x->r->mode), info));
	return http_client_new(&x->http, &options, info);
}

static void recovering_release(struct recovering *x)
{
	http_client_free(x->http);
	keyholder_free(x->keys);
	buf_release(&x->genesis);
	buf_release(&x->file);
}

enum err app_recover(struct account_id *ret, const struct app_recovery *r, struct task *task, struct err_info *info)
{
	struct recovering x = {.r = r, .task = task};
	enum err e = begin(&x, info);

	if (e == ERR_OK)
		e = recover(&x, info);
	if (e == ERR_OK)
		*ret = x.me.account;
	recovering_release(&x);
	return e;
}

/* ---- by helpers ---- */

#define RECOVERY_FILE "keystore.recovery" /* keys of this recovery alone: they open the shares */

static enum err make_opener(struct recovering *x, const char *path, const struct secret *passphrase, struct err_info *info)
{
	struct kdf_params params;

	kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
	TRY(files_mkdir(x->home, info));
	TRY(keyholder_create(x->keys, &x->file, &x->network, secret_bytes(passphrase), &params, info));
	return files_write(path, buf_bytes(&x->file), info);
}

static enum err open_opener(struct recovering *x, const char *path, const struct secret *passphrase, struct err_info *info)
{
	enum err e = files_read(&x->file, path, KEYSTORE_SIZE_MAX, NULL);

	if (e == ERR_NOT_FOUND)
		e = make_opener(x, path, passphrase, info);
	else if (e == ERR_OK)
		e = keyholder_unlock(x->keys, buf_bytes(&x->file), secret_bytes(passphrase), NULL, info);
	buf_clear(&x->file);
	TRY(e);
	return keyholder_public(x->keys, &x->me, info);
}

static enum err fetch_shares(struct recovering *x, struct buf *ret, struct err_info *info)
{
	struct hash32 drop = recovery_drop(&x->me.seal);
	struct peer_call call = call_of(x);
	Medlock__MailReply *reply;

	TRY(peer_drop_get(&call, &reply, drop.b, 0, info));
	for (size_t i = 0; i < reply->n_items; i++) {
		buf_append_be32(ret, (uint32_t)reply->items[i]->message.len);
		buf_append_bytes(ret, wire_bytes(reply->items[i]->message));
	}
	WIRE_FREE(reply);
	return buf_error(ret);
}

/* The keys that were sent here: in shares by helpers, or whole by the other device. */
static enum err take_keys(struct recovering *x, struct app_recovery_state *ret, struct bytes sent,
			  const struct secret *passphrase, struct err_info *info)
{
	struct kdf_params params;

	kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
	if (!x->r->from_device)
		return keyholder_recover_shares(x->keys, &x->file, &ret->have, &ret->need, sent, secret_bytes(passphrase),
						&params, info);
	TRY(keyholder_recover_pair(x->keys, &x->file, sent, secret_bytes(passphrase), &params, info));
	return x->file.len > 0 ? ERR_OK : err_set(info, ERR_PENDING, "the other device has not answered yet");
}

static enum err put_together(struct recovering *x, struct app_recovery_state *ret, const struct secret *passphrase,
			     struct err_info *info)
{
	struct buf sent = BUF_INIT;
	enum err e = fetch_shares(x, &sent, info);

	if (e == ERR_OK)
		e = take_keys(x, ret, buf_bytes(&sent), passphrase, info);
	buf_release(&sent);
	TRY(e);
	if (x->file.len == 0 && ret->need == 0)
		return err_set(info, ERR_PENDING, "no share is here yet");
	if (x->file.len == 0)
		return err_set(info, ERR_PENDING, "%u of %u shares are here", ret->have, ret->need);
	TRY(keyholder_bind(x->keys, &x->network, info));
	return keyholder_public(x->keys, &x->me, info);
}

/* Nothing is installed before she said whose keys they must be. */
static enum err check_account(const struct recovering *x, struct err_info *info)
{
	const char *said = x->r->account;
	char account[ID_HEX];

	hex_encode(account, x->me.account.b, ID_SIZE);
	if (said == NULL)
		return err_set(info, ERR_CONFIRM, "keys are here: %s shows how your account begins; repeat with --account",
			       x->r->from_device ? "medlock key status there" : "a helper's medlock key helping");
	if (strlen(said) < RECOVERY_ACCOUNT_DIGITS || strlen(said) > strlen(account))
		return err_set(info, ERR_USAGE, "--account is at least the first %u digits of the account",
			       RECOVERY_ACCOUNT_DIGITS);
	if (strncmp(account, said, strlen(said)) != 0)
		return err_set(info, ERR_CONFIRM, "the keys that came are of another account: somebody else sent them");
	return ERR_OK;
}

/* ---- by new keys, when too few shares are left ---- */

/* The keys of this recovery as the account's next ones: a request that helpers and an officer make their own. */
static enum err write_request(struct recovering *x, struct app_recovery_state *ret, struct err_info *info)
{
	Medlock__AccountKeys wanted = MEDLOCK__ACCOUNT_KEYS__INIT;
	struct buf request = BUF_INIT;
	enum err e = WIRE_DECODE(&wanted.keys, medlock__key_set, bytes_of(x->me.keyset, x->me.keyset_len), APP_DECODED_MAX,
				 info);

	TRY(e);
	wanted.account = wire_data(BYTES_ID(x->me.account));
	wanted.keys_signature = wire_data(BYTES_ID(x->me.keyset_signature));
	e = new_keys_words(ret->words, &x->network, &wanted);
	WIRE_ENCODE(&request, &wanted);
	if (e == ERR_OK)
		e = app_write_new(x->r->new_keys_path, buf_bytes(&request), info);
	WIRE_FREE(wanted.keys);
	buf_release(&request);
	if (e == ERR_DUPLICATE) /* written the first time; it may have signatures by now */
		e = ERR_OK;
	return e == ERR_OK ? err_set(info, ERR_PENDING, "the ledger does not have these keys yet") : e;
}

static enum err place_at(struct recovering *x, const struct account_id *account, uint32_t generation, struct err_info *info)
{
	buf_clear(&x->file);
	TRY(keyholder_place(x->keys, &x->file, account, generation, info));
	return keyholder_public(x->keys, &x->me, info);
}

static enum err by_new_keys(struct recovering *x, struct app_recovery_state *ret, struct err_info *info)
{
	struct account_id account;
	uint32_t generation = 0;
	enum err e;

	if (x->r->account == NULL || hex_decode(account.b, ID_SIZE, x->r->account) != ERR_OK)
		return err_set(info, ERR_USAGE, "--account is the whole account, 64 hex digits: a helper's medlock key helping"
			       " shows it");
	TRY(keyholder_bind(x->keys, &x->network, info));
	TRY(place_at(x, &account, 0, info));
	ret->text[0] = '\0';
	e = ask_ledger(x, &generation, info);
	if (e == ERR_LOCKED || e == ERR_NOT_CERTIFIED || e == ERR_NOT_FOUND)
		return write_request(x, ret, info);
	TRY(e);
	TRY(place_at(x, &account, generation, info));
	return ERR_OK;
}

static enum err by_shares(struct recovering *x, struct app_recovery_state *ret, const struct secret *passphrase,
			  struct err_info *info)
{
	TRY(put_together(x, ret, passphrase, info));
	TRY(check_account(x, info));
	return prove_keys(x, true, info);
}

static enum err by_helpers(struct recovering *x, struct app_recovery_state *ret, const struct secret *passphrase,
			   struct err_info *info)
{
	struct peer_call call = call_of(x);
	Medlock__Genesis *genesis = NULL;
	char path[PROFILE_PATH_MAX];

	TRY(files_join(path, sizeof(path), x->home, RECOVERY_FILE));
	TRY(peer_genesis(&call, &x->genesis, info));
	TRY(genesis_parse(&genesis, &x->network, buf_bytes(&x->genesis), info));
	WIRE_FREE(genesis);
	TRY(open_opener(x, path, passphrase, info));
	recovery_text(ret->text, &x->me.seal);
	TRY(recovery_words(ret->words, &x->me.seal));
	TRY(x->r->new_keys_path != NULL ? by_new_keys(x, ret, info) : by_shares(x, ret, passphrase, info));
	TRY(write_profile(x, info));
	ret->account = x->me.account;
	return unlink(path) == 0 ? ERR_OK : err_set(info, err_from_errno(errno), "%s", path);
}

enum err app_recover_by_helpers(struct app_recovery_state *ret, const struct app_recovery *r, struct task *task,
				struct err_info *info)
{
	struct recovering x = {.r = r, .task = task, .sent = true};
	struct secret *passphrase = NULL;
	enum err e = begin(&x, info);

	*ret = (struct app_recovery_state){.have = 0};
	if (e == ERR_OK)
		e = app_passphrase_new(&passphrase, r->passphrase_file, "Passphrase for this machine: ", r->prompt, info);
	if (e == ERR_OK)
		e = by_helpers(&x, ret, passphrase, info);
	secret_free(passphrase);
	recovering_release(&x);
	return e;
}
