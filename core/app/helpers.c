/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's side: shares go out, recoveries are refused; and the helper's: shares are kept, and given after the wait. */
#include "core/app/helpers.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "chain/net/peer_client_mail.h"
#include "core/app/helpers_named.h"
#include "core/app/internal.h"
#include "core/app/mail.h"
#include "core/app/recovery_text.h"
#include "core/app/sealed.h"
#include "core/crypto/hash.h"
#include "core/keys/shares.h"

#define SHARES_FILE "shares"
#define SHARES_FILE_MAX KEYHOLDER_MESSAGE_MAX

/* ---- the owner ---- */

static enum err find_all(struct app *a, struct account_id *ret, const char *const *who, size_t count, struct err_info *info)
{
	for (size_t i = 0; i < count; i++) {
		TRY(app_find(a, &ret[i], who[i], info));
		if (ID_EQUAL(ret[i], a->me.account))
			return err_set(info, ERR_USAGE, "nobody helps herself");
		for (size_t j = 0; j < i; j++)
			if (ID_EQUAL(ret[i], ret[j]))
				return err_set(info, ERR_USAGE, "'%s' is named twice", who[i]);
	}
	return ERR_OK;
}

enum err app_helpers_set(struct app *a, const char *const *who, size_t count, uint32_t needed, struct err_info *info)
{
	struct account_id accounts[APP_HELPERS_MAX];
	struct buf shares[APP_HELPERS_MAX] = {0};
	struct named_helpers named;
	enum err e;

	if (count > APP_HELPERS_MAX || needed < SHARES_NEEDED_MIN || needed > count)
		return err_set(info, ERR_USAGE, "at least two of at most %u helpers must be needed", APP_HELPERS_MAX);
	TRY(app_fresh(a, info));
	TRY(find_all(a, accounts, who, count, info));
	named_make(&named, accounts, count, needed);
	e = keyholder_shares(a->keys, shares, (uint32_t)count, needed, info);
	for (size_t i = 0; i < count && e == ERR_OK; i++) {
		task_progress(a->task, "shares", i, count);
		e = named_into_share(&shares[i], &named);
		if (e == ERR_OK)
			e = app_mail_send(a, &accounts[i], LETTER_SHARE, buf_bytes(&shares[i]), info);
	}
	if (e == ERR_OK)
		e = named_commit(a, &named, info);
	for (size_t i = 0; i < count; i++) {
		if (shares[i].data != NULL)
			secret_wipe(shares[i].data, shares[i].len);
		buf_release(&shares[i]);
	}
	return e;
}

static enum err notice_of(Medlock__RecoveryNotice **ret, const struct app_letter *l)
{
	Medlock__RecoveryNotice *n = NULL;

	TRY(WIRE_DECODE(&n, medlock__recovery_notice, buf_bytes(&l->body), APP_DECODED_MAX, NULL));
	if (n->recovery.len != 0 && n->recovery.len != SEAL_KEY_SIZE) {
		WIRE_FREE(n);
		return ERR_FORMAT;
	}
	*ret = n;
	return ERR_OK;
}

static bool is_announcement(const struct app_letter *l)
{
	Medlock__RecoveryNotice *n;
	bool is;

	if (notice_of(&n, l) != ERR_OK)
		return false;
	is = !n->cancel && n->recovery.len == SEAL_KEY_SIZE;
	WIRE_FREE(n);
	return is;
}

static enum err announce(struct app *a, const struct account_id *to, const struct seal_public *key, struct err_info *info)
{
	Medlock__RecoveryNotice n = MEDLOCK__RECOVERY_NOTICE__INIT;
	struct buf body = BUF_INIT;
	enum err e;

	n.recovery = wire_data(BYTES_ID(*key));
	WIRE_ENCODE(&body, &n);
	e = buf_error(&body);
	if (e == ERR_OK)
		e = app_mail_send(a, to, LETTER_NOTICE, buf_bytes(&body), info);
	buf_release(&body);
	return e;
}

/* She may not know any more who helps: the letter says it, and brings the key to answer with. */
static enum err refuse(struct app *a, const struct app_letter *to, struct err_info *info)
{
	Medlock__RecoveryNotice n = MEDLOCK__RECOVERY_NOTICE__INIT;
	struct buf body = BUF_INIT;
	enum err e;

	n.cancel = true;
	WIRE_ENCODE(&body, &n);
	e = buf_error(&body);
	if (e == ERR_OK)
		e = app_mail_answer(a, to, LETTER_NOTICE, buf_bytes(&body), info);
	buf_release(&body);
	return e;
}

enum err app_recoveries(struct app *a, size_t *ret_count, struct err_info *info)
{
	struct app_letters all;
	size_t count = 0;

	TRY(app_mail_list(a, &all, LETTER_NOTICE, info));
	for (size_t i = 0; i < all.count; i++)
		count += is_announcement(&all.rows[i]);
	app_letters_release(&all);
	*ret_count = count;
	return ERR_OK;
}

enum err app_recovery_cancel(struct app *a, size_t *ret_told, struct err_info *info)
{
	struct app_letters all;
	enum err e = ERR_OK;

	TRY(app_mail_list(a, &all, LETTER_NOTICE, info));
	*ret_told = 0;
	for (size_t i = 0; i < all.count && e == ERR_OK; i++) {
		if (!is_announcement(&all.rows[i]))
			continue;
		e = refuse(a, &all.rows[i], info);
		*ret_told += e == ERR_OK;
	}
	app_letters_release(&all);
	return e;
}

/* ---- the helper's file ---- */

static enum err read_kept(struct app *a, Medlock__KeptShares **ret, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	enum err e;

	TRY(profile_path(&a->profile, path, SHARES_FILE));
	e = SEALED_READ(a->keys, ret, medlock__kept_shares, path, SHARES_FILE, bytes_of(NULL, 0), SHARES_FILE_MAX, info);
	if (e == ERR_NOT_FOUND) /* no file: an empty message has no bytes */
		e = WIRE_DECODE(ret, medlock__kept_shares, bytes_of(NULL, 0), APP_DECODED_MAX, info);
	return e;
}

static enum err write_kept(struct app *a, const Medlock__KeptShares *kept, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, path, SHARES_FILE));
	return sealed_write(a->keys, &kept->base, path, SHARES_FILE, bytes_of(NULL, 0), info);
}

static Medlock__KeptShare *kept_of(const Medlock__KeptShares *kept, const struct account_id *from)
{
	for (size_t i = 0; i < kept->n_shares; i++)
		if (bytes_equal(wire_bytes(kept->shares[i]->from), BYTES_ID(*from)))
			return kept->shares[i];
	return NULL;
}

/* ---- taking shares from the mail ---- */

/* A share is kept only when it is good, of the sender's own account, and of this network. */
static bool is_share_of(const struct app *a, const struct app_letter *l)
{
	Medlock__RecoveryShare *share;
	bool is;

	if (share_parse(&share, buf_bytes(&l->body)) != ERR_OK)
		return false;
	is = bytes_equal(wire_bytes(share->account), BYTES_ID(l->from)) &&
	     bytes_equal(wire_bytes(share->network_id), BYTES_ID(a->profile.network));
	WIRE_FREE(share);
	return is;
}

static enum err set_bytes(ProtobufCBinaryData *to, struct bytes from)
{
	uint8_t *copy = malloc(from.len > 0 ? from.len : 1);

	if (copy == NULL)
		return ERR_MEMORY;
	if (from.len > 0)
		memcpy(copy, from.data, from.len);
	free(to->data);
	*to = (ProtobufCBinaryData){from.len, copy};
	return ERR_OK;
}

static enum err add_kept(Medlock__KeptShares *kept, Medlock__KeptShare **ret)
{
	Medlock__KeptShare **more = realloc(kept->shares, (kept->n_shares + 1) * sizeof(*more));
	Medlock__KeptShare *one = more == NULL ? NULL : malloc(sizeof(*one));

	if (more != NULL)
		kept->shares = more;
	if (one == NULL)
		return ERR_MEMORY;
	*one = (Medlock__KeptShare)MEDLOCK__KEPT_SHARE__INIT;
	more[kept->n_shares++] = one;
	*ret = one;
	return ERR_OK;
}

/* The newest share of somebody takes the place of an older one, and of a recovery that was under way with it.  Peers keep the
 * older letters too, and could bring one back: what is not newer than what is kept changes nothing.
 */
static enum err keep_share(Medlock__KeptShares *kept, bool *changed, const struct app_letter *l)
{
	Medlock__KeptShare *one = kept_of(kept, &l->from);

	if (one != NULL && (l->at.v <= one->at || bytes_equal(wire_bytes(one->share), buf_bytes(&l->body))))
		return ERR_OK;
	if (one == NULL) {
		TRY(add_kept(kept, &one));
		TRY(set_bytes(&one->from, BYTES_ID(l->from)));
	}
	TRY(set_bytes(&one->share, buf_bytes(&l->body)));
	TRY(set_bytes(&one->recovery, bytes_of(NULL, 0)));
	one->at = l->at.v;
	one->since = 0;
	one->given = false;
	*changed = true;
	return ERR_OK;
}

static enum err collect(struct app *a, Medlock__KeptShares *kept, struct err_info *info)
{
	struct app_letters all;
	bool changed = false;
	enum err e;

	TRY(app_mail_list(a, &all, LETTER_SHARE, info));
	e = ERR_OK;
	for (size_t i = 0; i < all.count && e == ERR_OK; i++)
		if (is_share_of(a, &all.rows[i]))
			e = keep_share(kept, &changed, &all.rows[i]);
	app_letters_release(&all);
	return e == ERR_OK && changed ? write_kept(a, kept, info) : e;
}

static enum err fill_helped(struct app_helped *to, const Medlock__KeptShare *from)
{
	Medlock__RecoveryShare *share;
	struct threshold_key key;

	TRY(share_parse(&share, wire_bytes(from->share)));
	if (threshold_key_parse(&key, wire_bytes(share->key)) == ERR_OK) {
		to->needed = key.t;
		to->of = key.n;
	}
	ID_COPY(to->account, share->account.data);
	to->generation = share->generation;
	to->since.v = from->since;
	to->given = from->given;
	WIRE_FREE(share);
	return ERR_OK;
}

enum err app_helping(struct app *a, struct app_helped_list *ret, struct err_info *info)
{
	Medlock__KeptShares *kept;
	struct app_helped_list list = {0};
	enum err e;

	TRY(read_kept(a, &kept, info));
	e = collect(a, kept, info);
	if (e == ERR_OK) {
		list.rows = calloc(kept->n_shares + 1, sizeof(*list.rows));
		e = list.rows == NULL ? ERR_MEMORY : ERR_OK;
	}
	for (size_t i = 0; e == ERR_OK && i < kept->n_shares; i++)
		e = fill_helped(&list.rows[list.count++], kept->shares[i]);
	WIRE_FREE(kept);
	if (e != ERR_OK) {
		app_helped_release(&list);
		return e;
	}
	*ret = list;
	return ERR_OK;
}

void app_helped_release(struct app_helped_list *l)
{
	if (l == NULL)
		return;
	free(l->rows);
	*l = (struct app_helped_list){0};
}

/* ---- helping ---- */

static enum err check_words(const struct seal_public *key, const char *words, const char *advice, struct err_info *info)
{
	char right[RECOVERY_WORDS];

	TRY(recovery_words(right, key));
	if (words != NULL && strcasecmp(words, right) == 0)
		return ERR_OK;
	return err_set(info, ERR_CONFIRM, "%s, and repeat with --confirm 'those words'", advice);
}

static enum err put_into_drop(struct app *a, const struct seal_public *key, struct bytes sealed, struct err_info *info)
{
	struct hash32 drop = recovery_drop(key);

	return app_post(a, peer_drop_post, drop.b, sealed, APP_POST_ONCE, info);
}

enum err app_key_pair(struct app *a, const char *text, const char *words, struct err_info *info)
{
	struct buf sealed = BUF_INIT;
	struct seal_public key;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(recovery_text_parse(&key, text, info));
	TRY(check_words(&key, words, "read the six words of the new device's screen", info));
	e = keyholder_pair(a->keys, &sealed, &key, info);
	if (e == ERR_OK)
		e = put_into_drop(a, &key, buf_bytes(&sealed), info);
	buf_release(&sealed);
	return e;
}

/* A device of hers said no after we agreed. */
static enum err check_refused(struct app *a, const struct account_id *from, int64_t since, bool *ret_refused,
			      struct err_info *info)
{
	struct app_letters all;

	*ret_refused = false;
	TRY(app_mail_list(a, &all, LETTER_NOTICE, info));
	if (all.count == APP_LETTERS_MAX) { /* her no may be among those that found no place */
		app_letters_release(&all);
		return err_set(info, ERR_LIMIT, "somebody floods this account with notices");
	}
	for (size_t i = 0; i < all.count; i++) {
		Medlock__RecoveryNotice *n;

		if (!ID_EQUAL(all.rows[i].from, *from) || notice_of(&n, &all.rows[i]) != ERR_OK)
			continue;
		*ret_refused |= n->cancel && all.rows[i].at.v + MS_PER_DAY >= since; /* her clock may differ */
		WIRE_FREE(n);
	}
	app_letters_release(&all);
	return ERR_OK;
}

static enum err begin_help(struct app *a, Medlock__KeptShares *kept, Medlock__KeptShare *one,
			   const struct account_id *from, const struct seal_public *key, struct time_ms now,
			   struct err_info *info)
{
	TRY(announce(a, from, key, info));
	TRY(set_bytes(&one->recovery, BYTES_ID(*key)));
	one->since = now.v;
	one->given = false;
	return write_kept(a, kept, info);
}

static enum err give(struct app *a, Medlock__KeptShares *kept, Medlock__KeptShare *one, const struct seal_public *key,
		     struct err_info *info)
{
	struct buf sealed = BUF_INIT;
	enum err e = seal_to(&sealed, key, bytes_str(RECOVERY_INFO), bytes_of(NULL, 0), wire_bytes(one->share), rng_system());

	if (e == ERR_OK)
		e = put_into_drop(a, key, buf_bytes(&sealed), info);
	buf_release(&sealed);
	TRY(e);
	one->given = true;
	return write_kept(a, kept, info);
}

static enum err help(struct app *a, Medlock__KeptShares *kept, struct time_ms *ret_until, const struct account_id *from,
		     const struct seal_public *key, struct err_info *info)
{
	Medlock__KeptShare *one = kept_of(kept, from);
	struct replica_status status;
	bool refused;

	if (one == NULL)
		return err_set(info, ERR_NOT_FOUND, "you keep no share of %s", app_name(a, from->b));
	TRY(replica_status(a->replica, &status, info));
	if (one->since == 0 || status.time.v >= one->since + RECOVERY_GOOD_MS ||
	    !bytes_equal(wire_bytes(one->recovery), BYTES_ID(*key)))
		TRY(begin_help(a, kept, one, from, key, status.time, info));
	TRY(check_refused(a, from, one->since, &refused, info));
	if (refused)
		return err_set(info, ERR_CANCELLED, "a device of %s says that this recovery is not hers", app_name(a, from->b));
	ret_until->v = one->since + RECOVERY_WAIT_MS;
	if (status.time.v < ret_until->v)
		return err_set(info, ERR_PENDING, "the wait in which her devices can say no");
	return give(a, kept, one, key, info);
}

enum err app_help(struct app *a, struct time_ms *ret_until, const char *who, const char *text, const char *words,
		  struct err_info *info)
{
	Medlock__KeptShares *kept;
	struct seal_public key;
	struct account_id from;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(app_find(a, &from, who, info));
	TRY(recovery_text_parse(&key, text, info));
	TRY(check_words(&key, words, "call the person and let her read the six words of her screen to you", info));
	TRY(read_kept(a, &kept, info));
	e = collect(a, kept, info);
	if (e == ERR_OK)
		e = help(a, kept, ret_until, &from, &key, info);
	WIRE_FREE(kept);
	return e;
}

enum err named_kept(struct app *a, Medlock__RecoveryShare **ret, const struct account_id *from, struct err_info *info)
{
	Medlock__RecoveryShare *share = NULL;
	Medlock__KeptShares *kept;
	const Medlock__KeptShare *one;
	enum err e;

	TRY(read_kept(a, &kept, info));
	e = collect(a, kept, info);
	one = e == ERR_OK ? kept_of(kept, from) : NULL;
	if (e == ERR_OK)
		e = one == NULL ? ERR_NOT_FOUND : share_parse(&share, wire_bytes(one->share));
	WIRE_FREE(kept);
	TRY(e);
	if (share->helpers == NULL) {
		WIRE_FREE(share);
		return ERR_NOT_FOUND;
	}
	*ret = share;
	return ERR_OK;
}
