/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/new_keys.h"

#include <stdlib.h>
#include <strings.h>

#include "core/app/helpers_named.h"
#include "core/app/new_keys_file.h"
#include "core/app/recovery_text.h"
#include "core/base/files.h"

/* ---- reading ---- */

static enum err read_asked(struct new_keys_file *ret, const char *path, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e = files_read(&file, path, NEW_KEYS_FILE_MAX, info);

	if (e == ERR_OK && new_keys_parse(ret, buf_bytes(&file)) != ERR_OK)
		e = err_set(info, ERR_FORMAT, "%s is no request for new keys", path);
	buf_release(&file);
	return e;
}

/* ---- who may sign what ---- */

static bool is_officer(const struct app *a, struct bytes account)
{
	for (size_t i = 0; i < a->network->n_authorities; i++)
		if (bytes_equal(wire_bytes(a->network->authorities[i]), account))
			return true;
	return false;
}

static enum err check_asked(struct app *a, const struct new_keys_file *x, const struct account_id *who, const char *words,
			    struct err_info *info)
{
	char right[RECOVERY_WORDS];

	if (ID_EQUAL(*who, a->me.account))
		return err_set(info, ERR_USAGE, "nobody approves keys for herself");
	if (!bytes_equal(wire_bytes(x->keys->account), BYTES_ID(*who)))
		return err_set(info, ERR_CONFIRM, "the file asks for keys of another account than %s's", app_name(a, who->b));
	TRY(keyset_check(x->keys->keys, wire_bytes(x->keys->keys_signature), &a->profile.network, who));
	TRY(new_keys_words(right, &a->profile.network, x->keys));
	if (words == NULL || strcasecmp(words, right) != 0)
		return err_set(info, ERR_CONFIRM,
			       "call the person and let her read the six words of her screen to you, and repeat with --confirm"
			       " 'those words'");
	return ERR_OK;
}

/* A helper signs for the helpers whom the account told her of, and nobody else. */
static enum err check_helpers(const struct new_keys_file *x, const Medlock__Helpers *named, const struct account_id *who,
			      struct err_info *info)
{
	struct hash32 known = helpers_commitment(who, named), said;

	if (!x->signed_before)
		return ERR_OK;
	said = helpers_commitment(who, x->keys->by_helpers);
	return ID_EQUAL(known, said) ? ERR_OK : err_set(info, ERR_CONFLICT, "the file names other helpers than you know of");
}

/* ---- signing ---- */

static enum err sign_with(struct app *a, struct buf *ret_tx, struct bytes body, Medlock__Signature *const *before, size_t count,
			  struct err_info *info)
{
	Medlock__Signature by = MEDLOCK__SIGNATURE__INIT, *list[APPROVALS_MAX];
	struct signature signature;
	struct tx_id id;

	if (count >= APPROVALS_MAX)
		return ERR_LIMIT;
	TRY(keyholder_sign_body(a->keys, &signature, body, info));
	by.account = wire_data(BYTES_ID(a->me.account));
	by.signature = wire_data(BYTES_ID(signature));
	for (size_t i = 0; i < count; i++)
		list[i] = before[i];
	list[count] = &by;
	return tx_assemble_approvals(ret_tx, &id, body, list, count + 1);
}

static enum err sign_first(struct app *a, struct buf *ret_tx, const struct new_keys_file *x, Medlock__Helpers *named,
			   struct err_info *info)
{
	Medlock__AccountKeys keys = *x->keys;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	uint8_t salt[TX_SALT_SIZE];
	struct replica_status status;
	struct buf bytes = BUF_INIT;
	struct hash32 hash;
	enum err e;

	TRY(replica_status(a->replica, &status, info));
	rng_fill(rng_system(), salt, sizeof(salt));
	keys.by_helpers = named;
	body.network_id = wire_data(BYTES_ID(a->profile.network));
	body.salt = wire_data(bytes_of(salt, sizeof(salt)));
	body.valid_until = status.height + TX_VALID_AHEAD_MAX;
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &keys;
	e = tx_body_encode(&bytes, &hash, &body);
	if (e == ERR_OK)
		e = sign_with(a, ret_tx, buf_bytes(&bytes), NULL, 0, info);
	buf_release(&bytes);
	return e;
}

static bool has_signed(const struct app *a, const Medlock__Approvals *list)
{
	for (size_t i = 0; i < list->n_signatures; i++)
		if (bytes_equal(wire_bytes(list->signatures[i]->account), BYTES_ID(a->me.account)))
			return true;
	return false;
}

static enum err sign_also(struct app *a, struct buf *ret_tx, const struct new_keys_file *x, struct err_info *info)
{
	const Medlock__Approvals *list = x->tx.wire->auth->approvals;
	struct replica_status status;

	TRY(replica_status(a->replica, &status, info));
	if (x->tx.body->valid_until <= status.height)
		return err_set(info, ERR_TX_EXPIRED, "the signatures are too old: begin again with the new machine's request");
	if (!has_signed(a, list))
		return sign_with(a, ret_tx, wire_bytes(x->tx.wire->body), list->signatures, list->n_signatures, info);
	WIRE_ENCODE(ret_tx, x->tx.wire);
	return buf_error(ret_tx);
}

static enum err sign(struct app *a, struct buf *ret_tx, const struct new_keys_file *x, const struct account_id *who,
		     struct err_info *info)
{
	Medlock__RecoveryShare *share = NULL;
	enum err e = named_kept(a, &share, who, info);

	if (e == ERR_NOT_FOUND && is_officer(a, BYTES_ID(a->me.account)))
		return x->signed_before ? sign_also(a, ret_tx, x, info)
					: err_set(info, ERR_ROLE, "a helper must sign first: she knows who the others are");
	if (e == ERR_NOT_FOUND)
		return err_set(info, e, "you keep no share of %s that names her helpers", app_name(a, who->b));
	TRY(e);
	e = check_helpers(x, share->helpers, who, info);
	if (e == ERR_OK)
		e = x->signed_before ? sign_also(a, ret_tx, x, info) : sign_first(a, ret_tx, x, share->helpers, info);
	secret_wipe(share->share.data, share->share.len);
	WIRE_FREE(share);
	return e;
}

/* ---- sending ---- */

static enum err count_signatures(struct app *a, struct app_new_keys *ret, struct bytes bytes)
{
	const Medlock__Helpers *h;
	struct tx tx;

	TRY(tx_parse(&tx, bytes, NULL));
	h = tx.body->account_keys->by_helpers;
	ret->needed = h->threshold;
	ret->tx = tx.id;
	for (size_t i = 0; i < tx.wire->auth->approvals->n_signatures; i++) {
		struct bytes by = wire_bytes(tx.wire->auth->approvals->signatures[i]->account);
		bool helps = false;

		for (size_t j = 0; j < h->n_accounts; j++)
			helps |= bytes_equal(wire_bytes(h->accounts[j]), by);
		ret->helpers += helps;
		ret->officers += !helps && is_officer(a, by);
	}
	tx_release(&tx);
	return ERR_OK;
}

static enum err send_it(struct app *a, struct app_new_keys *ret, struct bytes tx, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct submitted done = {.tx = ret->tx};
	struct replica_status status;
	enum err e = submit_again(&s, &done, tx, info);

	ret->height = done.height;
	submitted_release(&done);
	TRY(e);
	TRY(replica_status(a->replica, &status, info));
	ret->effective.v = status.time.v + ACCOUNT_KEYS_DELAY_MS;
	return ERR_OK;
}

enum err app_new_keys_approve(struct app *a, struct app_new_keys *ret, const char *who, const char *path, const char *words,
			      struct err_info *info)
{
	struct app_new_keys r = {0};
	struct buf tx = BUF_INIT;
	struct account_id account;
	struct new_keys_file x;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(app_find(a, &account, who, info));
	TRY(read_asked(&x, path, info));
	e = check_asked(a, &x, &account, words, info);
	if (e == ERR_OK)
		e = sign(a, &tx, &x, &account, info);
	if (e == ERR_OK)
		e = count_signatures(a, &r, buf_bytes(&tx));
	if (e == ERR_OK) /* before it is sent: after a cut the same bytes go again */
		e = files_write(path, buf_bytes(&tx), info);
	if (e == ERR_OK && (r.helpers < r.needed || r.officers == 0))
		e = err_set(info, ERR_PENDING, "%u of %u helpers and %u of 1 officer have signed", r.helpers, r.needed,
			    r.officers);
	else if (e == ERR_OK)
		e = send_it(a, &r, buf_bytes(&tx), info);
	new_keys_release(&x);
	buf_release(&tx);
	*ret = r;
	return e;
}

/* ---- the owner ---- */

enum err app_new_keys_announced(struct app *a, struct time_ms *ret, struct err_info *info)
{
	Medlock__AccountState *row = NULL;
	struct replica_status status;
	enum err e = replica_account(a->replica, &row, &a->me.account, info);

	ret->v = 0;
	if (e == ERR_NOT_FOUND)
		return ERR_OK; /* not certified yet */
	if (e == ERR_OK)
		e = replica_status(a->replica, &status, info);
	if (e == ERR_OK && row->pending != NULL && row->pending->effective > status.time.v)
		ret->v = row->pending->effective;
	WIRE_FREE(row);
	return e;
}

static bool shows_none(struct app *a, const void *self)
{
	struct time_ms announced;

	(void)self;
	return app_new_keys_announced(a, &announced, NULL) == ERR_OK && announced.v == 0;
}

enum err app_new_keys_refuse(struct app *a, bool *ret_refused, struct err_info *info)
{
	Medlock__AccountKeys x = MEDLOCK__ACCOUNT_KEYS__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	struct time_ms announced;
	enum err e;

	*ret_refused = false;
	TRY(app_fresh(a, info));
	TRY(app_new_keys_announced(a, &announced, info));
	if (announced.v == 0)
		return ERR_OK;
	x.account = wire_data(BYTES_ID(a->me.account));
	x.cancel = true;
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &x;
	e = submit_action(&s, &done, &body, info);
	submitted_release(&done);
	TRY(e);
	*ret_refused = true;
	return app_await(a, shows_none, NULL, info);
}
