/* SPDX-License-Identifier: Apache-2.0 */
/* The vault and the desk with this profile's keys and ledger behind them. */
#include "chain/contract/access.h"
#include "core/app/acts.h"
#include "core/app/internal.h"
#include "core/base/files.h"

/* ---- the vault ------------------------------------------------------------------------------- */

static enum err nonce_of(struct app *a, const uint8_t **ret, const struct request_id *request, struct err_info *info)
{
	*ret = book_nonce(&a->book, request);
	return *ret ? ERR_OK : err_set(info, ERR_NOT_FOUND, "the request was not made by this profile");
}

static enum err ticket(void *self, struct buf *ret, const struct peer_address *peer, uint32_t purpose,
		       const struct blob_id *blob, uint64_t size, const struct request_id *request,
		       const struct record_id *record, struct err_info *info)
{
	struct app *a = self;
	const uint8_t *nonce = NULL;

	if (request != NULL)
		TRY(nonce_of(a, &nonce, request, info));
	return link_ticket_for(&a->link, ret, peer, purpose, blob, size, request, record, nonce, info);
}

static enum err release_request(void *self, struct buf *ret, const struct request_id *request,
				const struct record_id *record, uint32_t form, const struct account_id *custodian,
				struct err_info *info)
{
	struct app *a = self;
	Medlock__ReleaseRequest r = MEDLOCK__RELEASE_REQUEST__INIT;
	uint8_t fresh[RELEASE_NONCE_SIZE];
	const uint8_t *nonce;

	TRY(nonce_of(a, &nonce, request, info));
	rng_fill(rng_system(), fresh, sizeof(fresh));
	r.network_id = wire_data(BYTES_ID(a->profile.network));
	r.request = wire_data(BYTES_ID(*request));
	r.record = wire_data(BYTES_ID(*record));
	r.form = form;
	r.custodian = wire_data(BYTES_ID(*custodian));
	r.at = clock_real()->now(NULL).v;
	r.nonce = wire_data(bytes_of(fresh, sizeof(fresh)));
	return keyholder_sign_release(a->keys, ret, &r, nonce, info);
}

static enum err release_open(void *self, uint8_t ret_share[DECRYPTION_SHARE_SIZE], const struct request_id *request,
			     const struct record_id *record, uint32_t form, const struct account_id *custodian,
			     uint32_t key_generation, struct bytes u, struct bytes sealed, struct err_info *info)
{
	struct app *a = self;
	struct release_binding b = {.network = a->profile.network,
					.request = *request,
					.record = *record,
					.form = form,
					.custodian = *custodian,
					.key_generation = key_generation};
	struct buf share = BUF_INIT;
	const uint8_t *nonce;
	enum err e;

	TRY(nonce_of(a, &nonce, request, info));
	if (u.len != sizeof(b.u))
		return err_set(info, ERR_FORMAT, "a capsule of another size");
	memcpy(b.u, u.data, sizeof(b.u));
	e = keyholder_open_release(a->keys, &share, &b, nonce, sealed, info);
	if (e == ERR_OK && share.len != DECRYPTION_SHARE_SIZE)
		e = err_set(info, ERR_FORMAT, "a share of another size");
	if (e == ERR_OK)
		memcpy(ret_share, share.data, DECRYPTION_SHARE_SIZE);
	buf_release(&share);
	return e;
}

static enum err unwrap(void *self, struct secret **ret, struct bytes header, struct err_info *info)
{
	return keyholder_unwrap(((struct app *)self)->keys, ret, header, info);
}

static enum err submit_body(struct app *a, struct submitted *ret, Medlock__Body *body, struct err_info *info)
{
	struct submitter s = app_submitter(a);

	return submit_action(&s, ret, body, info);
}

static void note_submitted(struct vault_submitted *ret, const struct submitted *done)
{
	ret->tx = done->tx;
	ret->record = done->record;
	ret->height = done->height;
}

static enum err deposit_sign(void *self, struct vault_submitted *ret, struct buf *ret_tx,
			     const Medlock__RecordDeposit *deposit, struct err_info *info)
{
	struct submitter s = app_submitter(self);
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct submitted done = {0};
	enum err e;

	body.action_case = deposit->supersedes.len ? MEDLOCK__BODY__ACTION_RECORD_AMEND : MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	if (deposit->supersedes.len)
		body.record_amend = (Medlock__RecordDeposit *)(uintptr_t)deposit;
	else
		body.record_deposit = (Medlock__RecordDeposit *)(uintptr_t)deposit;
	e = submit_sign(&s, &done, ret_tx, &body, info);
	if (e == ERR_OK)
		note_submitted(ret, &done);
	submitted_release(&done);
	return e;
}

static bool shows_record(struct app *a, const void *self)
{
	Medlock__RecordState *record;

	if (replica_record(a->replica, &record, self, NULL) != ERR_OK)
		return false;
	WIRE_FREE(record);
	return true;
}

/* A transaction that is sent again after a cut brings its names along. */
static enum err deposit_send(void *self, struct vault_submitted *ret, struct bytes tx, struct err_info *info)
{
	struct app *a = self;
	struct submitter s = app_submitter(a);
	struct submitted done = {.tx = ret->tx, .record = ret->record};
	struct tx parsed;
	enum err e = tx_parse(&parsed, tx, info);

	if (e != ERR_OK)
		return e;
	done.tx = parsed.id;
	done.record = tx_record_id(&parsed.body_hash, &a->me.account);
	tx_release(&parsed);
	e = submit_again(&s, &done, tx, info);
	if (e == ERR_OK)
		e = replica_watch_record(a->replica, &done.record, info);
	if (e == ERR_OK)
		e = app_await(a, shows_record, &done.record, info);
	if (e == ERR_OK)
		note_submitted(ret, &done);
	submitted_release(&done);
	return e;
}

enum err app_vault(struct app *a, struct vault **ret, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	if (a->network == NULL)
		TRY(replica_network(a->replica, &a->network, info));
	if (a->cache == NULL) {
		TRY(profile_path(&a->profile, path, "blobs"));
		TRY(cache_open(&a->cache, path, 0, info));
	}
	a->vault = (struct vault){
		.dir = a->profile.dir, .cache = a->cache, .http = a->http, .clock = clock_real(), .rng = rng_system(),
		.keys = {ticket, release_request, release_open, unwrap, a}, .ledger = {deposit_sign, deposit_send, a},
		.task = a->task, .network = a->profile.network, .account = a->me.account, .row = a->network,
	};
	*ret = &a->vault;
	return ERR_OK;
}

/* ---- the desk ------------------------------------------------------------------------------- */

static uint32_t entry_of(enum ca_key which)
{
	return which == CA_KEY_ROOT ? KEYSTORE_ENTRY_CA_ROOT : KEYSTORE_ENTRY_CA_ISSUING;
}

enum err app_keystore_write(const struct profile *p, struct bytes file, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(p, path, "keystore"));
	return files_write(path, file, info);
}

static enum err desk_spki(void *self, struct buf *out, enum ca_key which, struct err_info *info)
{
	struct app *a = self;
	struct buf file = BUF_INIT;
	enum err e = keyholder_ca_spki(a->keys, out, &file, entry_of(which), info);

	if (e == ERR_OK && file.len > 0)
		e = app_keystore_write(&a->profile, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

static enum err desk_issue(void *self, struct buf *out, enum ca_key which, const struct cert_fields *fields,
			   struct bytes issuer, struct err_info *info)
{
	return keyholder_ca_issue(((struct app *)self)->keys, out, entry_of(which), fields, issuer, info);
}

static enum err desk_crl(void *self, struct buf *out, enum ca_key which, struct bytes issuer, uint64_t number,
			 struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			 size_t revoked_count, struct err_info *info)
{
	return keyholder_ca_crl(((struct app *)self)->keys, out, entry_of(which), issuer, number, this_update,
				next_update, revoked, revoked_count, info);
}

static enum err desk_sign_text(void *self, struct buf *out, enum ca_key which, struct bytes text, struct err_info *info)
{
	return keyholder_ca_sign_text(((struct app *)self)->keys, out, entry_of(which), text, info);
}

static enum err desk_open_request(void *self, struct buf *out, struct bytes file, struct err_info *info)
{
	return keyholder_open_age(((struct app *)self)->keys, out, file, info);
}

static enum err desk_seal(void *self, struct buf *out, const struct hash32 *aad, struct bytes plain,
			  struct err_info *info)
{
	return keyholder_seal(((struct app *)self)->keys, out, "register", BYTES_ID(*aad), plain, info);
}

static enum err desk_unseal(void *self, struct buf *out, const struct hash32 *aad, struct bytes sealed,
				struct err_info *info)
{
	return keyholder_unseal(((struct app *)self)->keys, out, "register", BYTES_ID(*aad), sealed, info);
}

static enum err desk_submit(struct app *a, struct tx_id *ret_tx, uint64_t *ret_height, Medlock__Body *body,
				struct err_info *info)
{
	struct submitted done = {0};
	enum err e = submit_body(a, &done, body, info);

	if (e == ERR_OK) {
		*ret_tx = done.tx;
		*ret_height = done.height;
	}
	submitted_release(&done);
	return e;
}

/* A repeat of what the ledger has is no failure; but who says so is a peer. */
static bool may_stand(enum err e)
{
	return e == ERR_OK || e == ERR_DUPLICATE;
}

static bool shows_anchor(struct app *a, const void *self)
{
	const Medlock__CertAnchor *wanted = self;
	Medlock__AccountState *state;
	struct account_id account;
	bool same;

	ID_COPY(account, wanted->account.data);
	if (replica_account(a->replica, &state, &account, NULL) != ERR_OK)
		return false;
	same = !state->revoked && bytes_equal(wire_bytes(state->certificate), wire_bytes(wanted->certificate));
	WIRE_FREE(state);
	return same;
}

static enum err desk_anchor(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const Medlock__CertAnchor *anchor,
				struct err_info *info)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct app *a = self;
	enum err e;

	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = (Medlock__CertAnchor *)(uintptr_t)anchor;
	if (anchor->role == ROLE_OFFICER && acts_needed(self)) {
		*ret_tx = a->act_tx;
		return shows_anchor(a, anchor) ? ERR_OK : acts_propose(a, ACT_ENROL, a->act_id, &body, info);
	}
	e = desk_submit(self, ret_tx, ret_height, &body, info);
	if (may_stand(e))
		TRY(app_await(self, shows_anchor, anchor, info));
	return e;
}

static bool shows_revocation(struct app *a, const void *self)
{
	const Medlock__CertRevoke *wanted = self;
	Medlock__AccountState *state;
	struct account_id account;
	bool revoked;

	ID_COPY(account, wanted->account.data);
	if (replica_account(a->replica, &state, &account, NULL) != ERR_OK)
		return false;
	revoked = state->revoked && (wanted->reason == REVOKE_REASON_HOLD || state->revoke_reason != REVOKE_REASON_HOLD);
	WIRE_FREE(state);
	return revoked;
}

/* In which block the account ended; 0: it acts. */
static uint64_t ended_in(struct app *a, const Medlock__CertRevoke *of)
{
	Medlock__AccountState *state;
	struct account_id account;
	uint64_t height;

	ID_COPY(account, of->account.data);
	if (replica_account(a->replica, &state, &account, NULL) != ERR_OK)
		return 0;
	height = state->revoked_height;
	WIRE_FREE(state);
	return height;
}

static enum err desk_revoke(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const Medlock__CertRevoke *revoke,
				struct err_info *info)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	enum err e;

	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = (Medlock__CertRevoke *)(uintptr_t)revoke;
	*ret_tx = ((struct app *)self)->act_tx;
	if (shows_revocation(self, revoke)) { /* by the account itself, by two officers, or before a cut */
		*ret_height = ended_in(self, revoke);
		return ERR_OK;
	}
	if (acts_needed(self)) /* app_ca_revoke begins only what two officers agreed to */
		return err_set(info, ERR_FOUR_EYES, "the revocation");
	e = desk_submit(self, ret_tx, ret_height, &body, info);
	if (may_stand(e))
		TRY(app_await(self, shows_revocation, revoke, info));
	return e;
}

void app_release_anchor(Medlock__CertAnchor *ret, const Medlock__AccountState *state, const struct account_id *account)
{
	*ret = (Medlock__CertAnchor)MEDLOCK__CERT_ANCHOR__INIT;
	ret->account = wire_data(BYTES_ID(*account));
	ret->role = state->role;
	ret->certificate = state->certificate;
	ret->not_after = state->not_after;
	ret->organisation = state->organisation;
	ret->rights = state->rights;
	ret->purposes = state->purposes;
	ret->n_purposes = state->n_purposes;
}

static bool shows_release(struct app *a, const void *self)
{
	Medlock__AccountState *state;
	bool acts;

	if (replica_account(a->replica, &state, self, NULL) != ERR_OK)
		return false;
	acts = !state->revoked;
	WIRE_FREE(state);
	return acts;
}

static enum err desk_release(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const struct account_id *account,
			     struct err_info *info)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor anchor;
	Medlock__AccountState *state;
	struct app *a = self;
	enum err e;

	*ret_tx = a->act_tx;
	if (shows_release(a, account))
		return ERR_OK;
	if (acts_needed(a)) /* as with a revocation: two officers have done it before */
		return err_set(info, ERR_FOUR_EYES, "the release");
	TRY(replica_account(a->replica, &state, account, info));
	app_release_anchor(&anchor, state, account);
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &anchor;
	e = desk_submit(a, ret_tx, ret_height, &body, info);
	WIRE_FREE(state);
	if (may_stand(e))
		TRY(app_await(a, shows_release, account, info));
	return e;
}

static enum err desk_holds(void *self, const struct account_id *account, const Medlock__KeySet *keys, struct err_info *info)
{
	struct app *a = self;
	struct replica_status status;
	Medlock__AccountState *state;
	enum err e;

	TRY(replica_status(a->replica, &status, info));
	TRY(replica_account(a->replica, &state, account, info));
	e = ERR_OK;
	if (state->revoked)
		e = err_set(info, ERR_REVOKED, state->revoke_reason == REVOKE_REASON_HOLD
			? "this account is on hold: release it first" : "this account was revoked: it needs new keys");
	else if (!bytes_equal(wire_bytes(access_keys(state, status.time)->sign), wire_bytes(keys->sign)))
		e = err_set(info, ERR_KEYS_CHANGED, "the request is by other keys than the account's");
	WIRE_FREE(state);
	return e;
}

enum err app_desk_options(struct app *a, struct ca_options *ret, char path[PROFILE_PATH_MAX])
{
	TRY(profile_path(&a->profile, path, "register.db"));
	*ret = (struct ca_options){
		.register_path = path, .clock = clock_real(), .rng = rng_system(), .network = a->profile.network,
		.keys = {desk_spki, desk_issue, desk_crl, desk_sign_text, desk_open_request, desk_seal, desk_unseal, a},
		.ledger = {desk_anchor, desk_revoke, desk_holds, desk_release, a},
	};
	return ERR_OK;
}

enum err app_desk(struct app *a, struct ca **ret, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct ca_options options;
	enum err e;

	if (a->ca == NULL) {
		TRY(app_desk_options(a, &options, path));
		e = ca_open(&a->ca, &options, info);
		if (e == ERR_NOT_FOUND)
			return err_set(info, ERR_ROLE,
				       "this profile does not hold the authority's keys and register");
		TRY(e);
	}
	*ret = a->ca;
	return ERR_OK;
}
