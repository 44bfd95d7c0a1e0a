/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/enrol.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/contract/access.h"
#include "chain/net/peer_client_mail.h"
#include "core/app/asked.h"
#include "core/base/files.h"

#define CERTIFICATE_FILE "certificate.pem" /* the own one and the issuing authority's */
#define AUTHORITY_FILE "authority.pem"     /* the root */

struct asking {
	struct app *a;
	Medlock__EnrolmentAsked *m; /* NULL: nothing was asked */
	struct enrolment_answer *answer; /* NULL: none that is one */
	char unsent[APP_UNSENT];
};

static enum err save(const struct asking *x, struct err_info *info)
{
	return asked_write(x->a->keys, x->a->profile.dir, x->m, info);
}

static void drop_answer(struct asking *x)
{
	enrolment_answer_release(x->answer);
	free(x->answer);
	x->answer = NULL;
}

static void asking_release(struct asking *x)
{
	WIRE_FREE(x->m);
	drop_answer(x);
	*x = (struct asking){0};
}

/* The parsed answer of a message, or why it is none. */
static enum err read_answer(struct asking *x, struct bytes plain, struct err_info *info)
{
	struct hash32 request;

	x->answer = calloc(1, sizeof(*x->answer));
	if (x->answer == NULL)
		return ERR_MEMORY;
	ID_COPY(request, x->m->request.data);
	return enrolment_answer_parse(x->answer, plain, &request, &x->a->me.sign, clock_real()->now(NULL), info);
}

/* An answer that was checked when it came may be past the life of its certificate now. */
static enum err load(struct asking *x, struct err_info *info)
{
	enum err e = asked_read(x->a->keys, &x->m, x->a->profile.dir, info);

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	TRY(e);
	if (x->m->answer.len > 0 && read_answer(x, wire_bytes(x->m->answer), NULL) != ERR_OK) {
		drop_answer(x);
	}
	return ERR_OK;
}

/* ---- sending ---- */

static enum err post_request(const struct peer_call *c, const uint8_t id[ID_SIZE], struct bytes message, struct err_info *info)
{
	(void)id;
	return peer_enrol_post(c, message, info);
}

/* That no peer takes it is no failure of who asks how it stands: the next time tries again. */
static enum err send_request(struct asking *x, struct err_info *info)
{
	struct err_info why = {0};
	enum err e;

	if (x->m->sent)
		return ERR_OK;
	e = app_post(x->a, post_request, NULL, wire_bytes(x->m->file), (struct app_posting){ASKED_COPIES, false}, &why);
	TRY(task_check(x->a->task));
	if (e != ERR_OK) {
		snprintf(x->unsent, sizeof(x->unsent), "%.190s", why.detail[0] != '\0' ? why.detail : err_text(e));
		return ERR_OK;
	}
	x->m->sent = true;
	return save(x, info);
}

/* ---- the answer ---- */

static enum err keep_answer(struct asking *x, struct bytes plain, struct err_info *info)
{
	uint8_t *copy = malloc(plain.len);

	if (copy == NULL)
		return ERR_MEMORY;
	memcpy(copy, plain.data, plain.len);
	free(x->m->answer.data);
	x->m->answer = (ProtobufCBinaryData){plain.len, copy};
	free(x->m->file.data);
	x->m->file = (ProtobufCBinaryData){0};
	return save(x, info);
}

/* Whoever knows the drop may have put something there: what is no answer is passed over. */
static enum err try_answer(struct asking *x, struct bytes sealed, struct err_info *info)
{
	struct buf plain = BUF_INIT;
	enum err e = keyholder_open_age(x->a->keys, &plain, sealed, info);

	if (e == ERR_OK)
		e = read_answer(x, buf_bytes(&plain), info);
	if (e == ERR_OK)
		e = keep_answer(x, buf_bytes(&plain), info);
	buf_release(&plain);
	if (e != ERR_OK)
		drop_answer(x);
	return e;
}

static enum err look_at(struct asking *x, size_t peer, struct err_info *info)
{
	struct peer_call call;
	Medlock__MailReply *reply;
	struct hash32 request, drop;

	ID_COPY(request, x->m->request.data);
	drop = enrolment_drop(&request);
	TRY(link_call(&x->a->link, &call, peer, false, info));
	TRY(peer_drop_get(&call, &reply, drop.b, 0, info));
	for (size_t i = 0; x->answer == NULL && i < reply->n_items; i++)
		(void)try_answer(x, wire_bytes(reply->items[i]->message), NULL);
	WIRE_FREE(reply);
	return ERR_OK;
}

/* One peer alone may keep it back: each is asked. */
static enum err look(struct asking *x, struct err_info *info)
{
	enum err e = err_set(info, ERR_NETWORK, "no peer is known");
	bool answered = false;

	for (size_t i = 0; x->answer == NULL && i < x->a->link.count; i++) {
		if (x->a->link.peers[i].state == LINK_DROPPED)
			continue;
		TRY(task_check(x->a->task));
		e = look_at(x, i, info);
		answered |= e == ERR_OK;
	}
	return answered || x->answer != NULL ? ERR_OK : e;
}

/* ---- what the ledger says ---- */

static enum err write_pem(struct app *a, const char *name, struct bytes first, struct bytes second, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf pem = BUF_INIT;
	enum err e = x509_pem_write(&pem, CERT_PEM_CERTIFICATE, first);

	if (e == ERR_OK && second.len > 0)
		e = x509_pem_write(&pem, CERT_PEM_CERTIFICATE, second);
	if (e == ERR_OK)
		e = profile_path(&a->profile, path, name);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&pem), info);
	buf_release(&pem);
	return e;
}

/* The authority's word counts when the ledger names the certificate. */
static enum err install(struct asking *x, struct err_info *info)
{
	struct app *a = x->a;
	Medlock__AccountState *row;
	bool same;

	TRY(app_fresh(a, info));
	TRY(replica_account(a->replica, &row, &a->me.account, info));
	same = bytes_equal(wire_bytes(row->certificate), BYTES_ID(x->answer->commitment));
	WIRE_FREE(row);
	if (!same)
		return err_set(info, ERR_PROOF, "the ledger names another certificate for this account");
	TRY(write_pem(a, AUTHORITY_FILE, buf_bytes(&x->answer->root), bytes_of(NULL, 0), info));
	TRY(write_pem(a, CERTIFICATE_FILE, buf_bytes(&x->answer->certificate), buf_bytes(&x->answer->issuing), info));
	x->m->anchored = true;
	return save(x, info);
}

static void tell_certificate(const struct asking *x, struct app_asked *ret)
{
	const struct cert_summary *s = &x->answer->summary;

	hex_encode(ret->serial, s->serial, sizeof(s->serial));
	ret->not_after = s->not_after;
	ret->renew_from.v = s->not_before.v + (s->not_after.v - s->not_before.v) / 3 * 2;
}

static void tell(const struct asking *x, struct app_asked *ret)
{
	*ret = (struct app_asked){.state = APP_ASKED_NOTHING};
	if (x->m == NULL)
		return;
	ret->at.v = x->m->at;
	ret->until.v = x->m->at + ENROLMENT_LIFE_MS;
	ret->sent = x->m->sent || x->m->answer.len > 0;
	memcpy(ret->unsent, x->unsent, sizeof(ret->unsent));
	ret->state = clock_real()->now(NULL).v > ret->until.v ? APP_ASKED_EXPIRED : APP_ASKED_WAITING;
	if (x->m->anchored)
		ret->state = APP_ASKED_CERTIFIED;
	if (x->answer != NULL && x->answer->refused) {
		ret->state = APP_ASKED_REFUSED;
		snprintf(ret->words, sizeof(ret->words), "%s", x->answer->words);
	} else if (x->answer != NULL && x->m->anchored) {
		tell_certificate(x, ret);
	}
}

/* Where the request stands, and one step further. */
static enum err go_on(struct asking *x, struct err_info *info)
{
	if (x->m == NULL || x->m->anchored)
		return ERR_OK;
	if (x->m->answer.len == 0) {
		enum err e = look(x, info);

		if (x->answer == NULL)
			TRY(send_request(x, info));
		TRY(e);
	}
	return x->answer != NULL && !x->answer->refused ? install(x, info) : ERR_OK;
}

/* Without a certificate here, as in a profile that was recovered or that changed its keys, the ledger still says until when. */
static enum err tell_ledger(struct app *a, struct app_asked *ret, struct err_info *info)
{
	Medlock__AccountState *row;
	enum err e;

	if (ret->serial[0] != '\0')
		return ERR_OK;
	e = app_fresh(a, info);
	if (e != ERR_OK && e != ERR_NOT_CERTIFIED && !app_is_offline(e))
		return e;
	e = replica_account(a->replica, &row, &a->me.account, info);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	ret->not_after.v = row->not_after;
	WIRE_FREE(row);
	return ERR_OK;
}

static enum err status(struct asking *x, struct app_asked *ret, struct err_info *info)
{
	enum err e = go_on(x, info);

	if (e != ERR_OK && !app_is_offline(e))
		return e;
	tell(x, ret);
	return tell_ledger(x->a, ret, info);
}

enum err app_asked(struct app *a, struct app_asked *ret, struct err_info *info)
{
	struct asking x = {.a = a};
	enum err e = load(&x, info);

	if (e == ERR_OK)
		e = status(&x, ret, info);
	asking_release(&x);
	return e;
}

static bool waits(const struct asking *x)
{
	return x->m != NULL && !x->m->anchored && (x->answer == NULL || !x->answer->refused);
}

bool app_asks(struct app *a)
{
	struct asking x = {.a = a};
	bool asks = load(&x, NULL) == ERR_OK && waits(&x);

	asking_release(&x);
	return asks;
}

enum err app_ask_take(struct app *a, struct app_asked *ret, const char *path, struct err_info *info)
{
	struct asking x = {.a = a};
	struct buf file = BUF_INIT;
	enum err e = load(&x, info);

	if (e == ERR_OK && !waits(&x))
		e = err_set(info, ERR_NOT_FOUND, "this profile waits for no answer");
	if (e == ERR_OK)
		e = files_read(&file, path, ENROLMENT_FILE_MAX, info);
	if (e == ERR_OK && x.m->answer.len == 0) {
		e = try_answer(&x, buf_bytes(&file), info);
		e = e == ERR_OK ? e : err_wrap(info, e, "%s", path);
	}
	if (e == ERR_OK)
		e = status(&x, ret, info);
	buf_release(&file);
	asking_release(&x);
	return e;
}

/* ---- asking again ---- */

/* A profile does not say whether its clinician has the emergency badge: the ledger does. */
static enum err profile_of(struct app *a, const char **ret, struct err_info *info)
{
	Medlock__AccountState *row;

	TRY(app_fresh(a, info));
	TRY(replica_account(a->replica, &row, &a->me.account, info));
	*ret = row->rights & RIGHT_EMERGENCY ? "emergency" : options_text(&a->profile.options, "mode");
	WIRE_FREE(row);
	return profile_by_name(*ret) ? ERR_OK : err_set(info, ERR_ROLE, "the desk gives no certificates to a %s", *ret);
}

enum err app_desks(struct app *a, struct seal_public *ret, size_t *ret_count, struct err_info *info)
{
	size_t count = 0;

	if (app_fresh(a, NULL) != ERR_OK)
		return asked_desks(ret, ret_count, a->profile.genesis, info);
	for (size_t i = 0; count < AGE_RECIPIENTS_MAX && i < a->network->n_authorities; i++) {
		struct account_id id;

		ID_COPY(id, a->network->authorities[i].data);
		TRY(app_seal_of(a, &ret[count++], &id, info));
	}
	*ret_count = count;
	return count > 0 ? ERR_OK : err_set(info, ERR_ROLE, "the network has no authority");
}

static enum err make_again(struct app *a, const struct asked_wish *wish, struct err_info *info)
{
	struct seal_public desks[AGE_RECIPIENTS_MAX];
	struct buf file = BUF_INIT;
	size_t count = 0;
	enum err e = app_desks(a, desks, &count, info);

	if (e == ERR_OK)
		e = asked_make(&file, a->keys, a->profile.dir, &a->profile.network, wish, desks, count, info);
	buf_release(&file);
	return e;
}

static const char *given(const char *typed, const char *last)
{
	return typed != NULL ? typed : last != NULL && last[0] != '\0' ? last : NULL;
}

static enum err ask_again(struct asking *x, const struct app_asking *asking, struct err_info *info)
{
	struct asked_wish wish = {.name = given(asking->name, x->m ? x->m->name : NULL),
				  .organisation = given(asking->organisation, x->m ? x->m->organisation : NULL)};

	if (wish.name == NULL)
		return err_set(info, ERR_USAGE, "say --name: how the certificate authority knows you");
	if (x->m != NULL)
		wish.profile = x->m->profile;
	else
		TRY(profile_of(x->a, &wish.profile, info));
	return make_again(x->a, &wish, info);
}

enum err app_ask(struct app *a, struct app_asked *ret, const struct app_asking *asking, struct err_info *info)
{
	struct asking x = {.a = a};
	enum err e = load(&x, info);

	if (e == ERR_OK)
		e = ask_again(&x, asking, info);
	asking_release(&x);
	return e == ERR_OK ? app_asked(a, ret, info) : e;
}

const char *app_asked_text(enum app_asked_state state)
{
	switch (state) {
	case APP_ASKED_NOTHING:
		return "nothing";
	case APP_ASKED_WAITING:
		return "waiting";
	case APP_ASKED_CERTIFIED:
		return "certified";
	case APP_ASKED_REFUSED:
		return "refused";
	case APP_ASKED_EXPIRED:
		return "expired";
	}
	return "nothing";
}
