/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_spread.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "chain/net/peer_client_crl.h"
#include "core/base/files.h"
#include "core/base/text.h"

#define SENT_FILE "crl-sent" /* the number of the last list that all peers had */
#define SENT_FILE_MAX 32u
#define AGAIN_MS 250 /* between two rounds of waiting */

struct spread {
	struct app *a;
	struct app_ca_end *ret;
	struct buf put; /* CrlPut; empty: only look */
	uint64_t height;
	int64_t until; /* steady ms: of this round */
};

static int64_t steady(void)
{
	return clock_real()->steady_ms(clock_real()->self);
}

static enum err make_put(struct spread *s, struct ca *desk, struct err_info *info)
{
	Medlock__CrlPut m = MEDLOCK__CRL_PUT__INIT;
	struct buf list = BUF_INIT;
	enum err e = ca_crl(desk, &list, &s->ret->crl, info);

	if (e == ERR_OK) {
		m.list = wire_data(buf_bytes(&list));
		m.issuing = wire_data(ca_issuing(desk));
		m.root = wire_data(ca_root(desk));
		WIRE_ENCODE(&s->put, &m);
		e = buf_error(&s->put);
	}
	buf_release(&list);
	return e;
}

static void fail(struct app_ca_peer *p, enum err e, const struct err_info *why)
{
	snprintf(p->why, sizeof(p->why), "%.150s", why->detail[0] != '\0' ? why->detail : err_text(e));
}

/* What the peer has; then the list, when it has an older one. */
static enum err ask(struct spread *s, struct app_ca_peer *p, struct peer_call *call, struct err_info *info)
{
	Medlock__StatusReply *status;

	TRY(peer_status(call, &status, info));
	p->height = status->height;
	p->crl = status->crl_number;
	WIRE_FREE(status);
	if (s->put.len == 0)
		return ERR_OK;
	if (p->crl > s->ret->crl)
		return err_set(info, ERR_CONFLICT, "it has list %llu: this register is an old copy",
			       (unsigned long long)p->crl);
	TRY(peer_crl_put(call, buf_bytes(&s->put), info)); /* also of the same number: only the same bytes are taken */
	p->crl = s->ret->crl;
	return ERR_OK;
}

static void ask_peer(struct spread *s, size_t i)
{
	struct app_ca_peer *p = &s->ret->peers[i];
	const struct link_peer *l = &s->a->link.peers[i];
	struct peer_call call;
	struct err_info why = {0};
	enum err e;

	snprintf(p->url, sizeof(p->url), "%s", l->address.url);
	p->why[0] = '\0';
	if (p->refuses)
		return;
	if (l->state == LINK_DROPPED)
		e = err_set(&why, ERR_PEER, "it was dropped for a lie");
	else if (steady() >= s->until)
		e = err_set(&why, ERR_TIMEOUT, "not asked: other peers took all the time");
	else
		e = link_call(&s->a->link, &call, i, s->put.len > 0, &why);
	if (e == ERR_OK) {
		call.timeout_ms = CA_PEER_MS;
		e = ask(s, p, &call, &why);
	}
	if (e != ERR_OK)
		fail(p, e, &why);
	p->refuses = e == ERR_OK && p->height >= s->height && p->crl >= s->ret->crl;
}

static enum err round_of(struct spread *s)
{
	s->until = steady() + CA_PEERS_MS;
	s->ret->peers_have = 0;
	for (size_t i = 0; i < s->ret->peer_count; i++) {
		TRY(task_check(s->a->task));
		ask_peer(s, i);
		s->ret->peers_have += s->ret->peers[i].refuses;
	}
	return ERR_OK;
}

static enum err rounds(struct spread *s, bool wait, struct err_info *info)
{
	int64_t end = steady() + CA_WAIT_MS;

	TRY(round_of(s));
	while (wait && s->ret->peers_have < s->ret->peer_count) {
		if (steady() >= end)
			return err_set(info, ERR_PENDING, "%zu of %zu peers have it; 'medlock ca crl --wait' goes on",
				       s->ret->peers_have, s->ret->peer_count);
		poll(NULL, 0, AGAIN_MS);
		TRY(round_of(s));
	}
	return ERR_OK;
}

/* ---- which list all peers had ---------------------------------------------------------------- */

static enum err sent_path(struct app *a, char out[PROFILE_PATH_MAX])
{
	return profile_path(&a->profile, out, SENT_FILE);
}

static uint64_t sent_read(struct app *a)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	uint64_t number = 0;

	if (sent_path(a, path) == ERR_OK && files_read(&file, path, SENT_FILE_MAX, NULL) == ERR_OK && file.len > 0 &&
	    parse_u64(&number, bytes_of(file.data, file.len - 1), INT64_MAX) != ERR_OK)
		number = 0;
	buf_release(&file);
	return number;
}

static enum err sent_write(struct app *a, uint64_t number, struct err_info *info)
{
	char path[PROFILE_PATH_MAX], text[SENT_FILE_MAX];

	TRY(sent_path(a, path));
	snprintf(text, sizeof(text), "%llu\n", (unsigned long long)number);
	return files_write(path, bytes_str(text), info);
}

enum err ca_spread(struct app *a, struct ca *desk, struct app_ca_end *ret, uint64_t height, bool wait, struct err_info *info)
{
	struct spread s = {.a = a, .ret = ret, .put = BUF_INIT, .height = height};
	enum err e;

	ret->peers = calloc(a->link.count + 1, sizeof(*ret->peers));
	if (ret->peers == NULL)
		return err_set(info, ERR_MEMORY, "the peers");
	ret->peer_count = a->link.count;
	e = desk == NULL ? ERR_OK : make_put(&s, desk, info);
	if (e == ERR_OK)
		e = rounds(&s, wait, info);
	buf_release(&s.put);
	if (e == ERR_OK && desk != NULL && ret->peers_have == ret->peer_count && sent_read(a) != ret->crl)
		e = sent_write(a, ret->crl, info);
	return e;
}

void ca_keep_list(struct app *a, struct ca *desk)
{
	struct app_ca_end seen = {0};
	uint64_t number;

	if (ca_crl(desk, NULL, &number, NULL) != ERR_OK || sent_read(a) == number)
		return;
	if (ca_spread(a, desk, &seen, 0, false, NULL) != ERR_OK)
		seen.crl = 0; /* the next command tries again */
	app_ca_end_release(&seen);
}
