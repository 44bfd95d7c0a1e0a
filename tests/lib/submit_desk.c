/* SPDX-License-Identifier: Apache-2.0 */
#include "submit_desk.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/crypto/start.h"
#include "seed.h"

/* ---- the scene ---- */

static void make_keys(struct submit_desk *f, struct keyholder_public *ret)
{
	const struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct buf file = BUF_INIT;

	assert_int_equal(keyholder_create(f->keys, &file, &f->s.d.network, bytes_str("a passphrase for tests"), &floor,
					  NULL), ERR_OK);
	assert_int_equal(keyholder_public(f->keys, ret, NULL), ERR_OK);
	assert_int_equal(keyholder_bind(f->keys, &f->s.d.network, NULL), ERR_OK);
	f->account = ret->account;
	buf_release(&file);
}

/* The desk certifies them. */
static void certify(struct submit_desk *f, const struct keyholder_public *p)
{
	struct peer_call call = {.http = f->s.http, .peer = &f->s.d.peer};
	struct person who = {.account = p->account};
	Medlock__TxReply *reply = NULL;
	Medlock__KeySet *keys = NULL;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	assert_int_equal(WIRE_DECODE(&keys, medlock__key_set, bytes_of(p->keyset, p->keyset_len), TX_DECODED_MAX, NULL),
			 ERR_OK);
	who.keys = *keys;
	memcpy(who.signature, p->keyset_signature.b, sizeof(who.signature));
	daemon_anchor(&tx, &id, &f->s.d, &who, ROLE_PATIENT, SUBMIT_DESK_VALID);
	assert_int_equal(peer_submit(&call, &reply, buf_bytes(&tx), NULL), ERR_OK);
	assert_int_equal(reply->code, 0);
	WIRE_FREE(reply);
	WIRE_FREE(keys);
	buf_release(&tx);
}

static void open_replica(struct submit_desk *f)
{
	char path[128];
	struct replica_options o = {.path = path, .genesis = buf_bytes(&f->s.genesis), .account = f->account,
				    .clock = clock_real()};

	snprintf(path, sizeof(path), "%s/replica.db", f->dir.path);
	assert_int_equal(replica_open(&f->replica, &o, NULL), ERR_OK);
}

void submit_desk_link(struct submit_desk *f, const struct peer_address *peer)
{
	link_release(&f->link);
	link_init(&f->link, f->s.http, f->keys, clock_real(), NULL, &f->s.d.network, &f->account);
	link_add(&f->link, peer);
	f->submitter = (struct submitter){.keys = f->keys, .link = &f->link, .replica = f->replica};
}

int submit_desk_setup(void **state)
{
	struct submit_desk *f = calloc(1, sizeof(*f));
	struct keyholder_public public;

	assert_non_null(f);
	f->seed = test_seed();
	seeded_rng_init(&f->rng, f->seed);
	assert_int_equal(crypto_start(NULL), ERR_OK);
	assert_int_equal(keyholder_start(&f->keys, KEYHOLDER_PATIENT, NULL), ERR_OK); /* before any thread */
	daemon_story_init(&f->s, "medlockd-faulty");
	temp_dir_make(&f->dir);
	make_keys(f, &public);
	certify(f, &public);
	open_replica(f);
	*state = f;
	return 0;
}

int submit_desk_teardown(void **state)
{
	struct submit_desk *f = *state;

	link_release(&f->link);
	replica_free(f->replica);
	keyholder_free(f->keys);
	daemon_story_release(&f->s);
	temp_dir_remove(&f->dir);
	free(f);
	return 0;
}

/* ---- what the ledger has ---- */

static int64_t ledger_count(struct submit_desk *f, const char *sql, const struct tx_id *id)
{
	char path[DAEMON_PATH];
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	int64_t count;

	ASSERT(files_join(path, sizeof(path), f->s.d.home, "ledger.db") == ERR_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	if (id != NULL)
		sqlite3_bind_blob(s, 1, id->b, ID_SIZE, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	count = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return count;
}

int64_t submit_desk_times(struct submit_desk *f, const struct tx_id *id)
{
	return ledger_count(f, "SELECT count(*) FROM tx WHERE id = ?1", id);
}

int64_t submit_desk_transactions(struct submit_desk *f)
{
	return ledger_count(f, "SELECT count(*) FROM tx", NULL);
}

static enum err count_event(void *self, const Medlock__Event *event, struct bytes raw)
{
	(void)event, (void)raw;
	(*(uint64_t *)self)++;
	return ERR_OK;
}

uint64_t submit_desk_entries(struct submit_desk *f)
{
	struct replica_sync_report report;
	struct replica_log log;
	uint64_t count = 0;

	assert_int_equal(replica_sync(f->replica, &report, &f->link, NULL), ERR_OK);
	assert_int_equal(replica_events(f->replica, &f->account, 1, UINT64_MAX, count_event, &count, NULL), ERR_OK);
	assert_int_equal(replica_log_verify(f->replica, &log, &f->account, NULL), ERR_OK);
	assert_int_equal(log.count, count);
	return count;
}

/* ---- acts ---- */

Medlock__Body *submit_desk_pause(struct submit_act *a, const struct submit_desk *f, bool paused)
{
	*a = (struct submit_act){.body = MEDLOCK__BODY__INIT, .pause = MEDLOCK__CONSENT_PAUSE__INIT};
	a->pause.owner = wire_data(BYTES_ID(f->account));
	a->pause.paused = paused;
	a->body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	a->body.consent_pause = &a->pause;
	return &a->body;
}

Medlock__Body *submit_desk_rule(struct submit_act *a, const struct submit_desk *f, uint64_t version)
{
	*a = (struct submit_act){.body = MEDLOCK__BODY__INIT, .set = MEDLOCK__CONSENT_SET__INIT, .rule = MEDLOCK__RULE__INIT,
			  .actor = MEDLOCK__ACTOR__INIT, .purposes = {PURPOSE_TREAT}};
	a->actor.kind = ACTOR_ACCOUNT;
	a->actor.id = wire_data(BYTES_ID(f->s.doctor.account));
	a->actors[0] = &a->actor;
	a->rule.effect = EFFECT_PERMIT;
	a->rule.actors = a->actors, a->rule.n_actors = 1;
	a->rule.purposes = a->purposes, a->rule.n_purposes = 1;
	a->rules[0] = &a->rule;
	a->set.owner = wire_data(BYTES_ID(f->account));
	a->set.expected_version = version;
	a->set.put = a->rules, a->set.n_put = 1;
	a->body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	a->body.consent_set = &a->set;
	return &a->body;
}

uint64_t submit_desk_policy(struct submit_desk *f, size_t *ret_rules)
{
	struct replica_sync_report report;
	Medlock__PolicyState *p = NULL;
	uint64_t version;

	assert_int_equal(replica_sync(f->replica, &report, &f->link, NULL), ERR_OK);
	assert_int_equal(replica_policy(f->replica, &p, &f->account, NULL), ERR_OK);
	version = p->version;
	*ret_rules = p->n_rules;
	WIRE_FREE(p);
	return version;
}
