/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_scene.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/state_key.h"
#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"

static struct peer_call call_as(struct scene *s, const struct buf *ticket)
{
	return (struct peer_call){.http = s->http, .peer = &s->d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

enum err scene_said(enum err e, const struct err_info *info)
{
	return e == ERR_PEER && strstr(info->detail, " answers 507: the disk is full") != NULL ? ERR_DISK_FULL : e;
}

enum err scene_submit(struct scene *s, const struct buf *tx, const struct tx_id *id)
{
	struct peer_call call = call_as(s, NULL);
	Medlock__TxReply *reply = NULL;
	struct err_info info = {0};
	enum err e = scene_said(peer_submit(&call, &reply, buf_bytes(tx), &info), &info);

	if (e == ERR_OK) {
		e = reply->height > 0 || reply->code != 0 ? (enum err)-(int)reply->code : ERR_BUSY;
		WIRE_FREE(reply);
	}
	ASSERT(s->acked_count < SCENE_ACTS_MAX && s->refused_count < SCENE_ACTS_MAX);
	if (e == ERR_OK)
		s->acked[s->acked_count++] = *id;
	else
		s->refused[s->refused_count++] = *id;
	return e;
}

enum err scene_act(struct scene *s, struct buf *tx)
{
	struct tx_id id;

	buf_clear(tx);
	daemon_pause(tx, &id, &s->d, &s->anna, s->acked_count & 1, SCENE_VALID);
	return scene_submit(s, tx, &id);
}

void scene_must_act(struct scene *s)
{
	struct buf tx = BUF_INIT;

	assert_int_equal(scene_act(s, &tx), ERR_OK);
	buf_release(&tx);
}

void scene_must_act_again(struct scene *s, const struct buf *tx)
{
	struct tx_id id;

	assert_true(s->refused_count > 0);
	id = s->refused[--s->refused_count];
	assert_int_equal(scene_submit(s, tx, &id), ERR_OK);
}

void scene_anchor(struct scene *s)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	daemon_anchor(&tx, &id, &s->d, &s->anna, ROLE_PATIENT, SCENE_VALID);
	assert_int_equal(scene_submit(s, &tx, &id), ERR_OK);
	buf_release(&tx);
}

enum err scene_put(struct scene *s, struct peer_blob *ret, uint64_t offset, size_t len)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;
	struct buf ticket = BUF_INIT;
	struct err_info info = {0};
	struct peer_call call;
	enum err e;

	t.account = wire_data(BYTES_ID(s->d.ca.account));
	t.purpose = TICKET_PUT;
	t.blob = wire_data(BYTES_ID(s->blob_id));
	t.size = SCENE_BLOB;
	daemon_ticket_of(&ticket, &s->d, &t, s->d.ca.seed);
	call = call_as(s, &ticket);
	e = len == 0 ? peer_blob_head(&call, ret, &s->blob_id, &info)
		     : peer_blob_put(&call, ret, &s->blob_id, offset, SCENE_BLOB, bytes_of(s->blob + offset, len), &info);
	buf_release(&ticket);
	return scene_said(e, &info);
}

void scene_must_read(struct scene *s)
{
	struct peer_call nobody = call_as(s, NULL), patient = call_as(s, &s->patient), officer = call_as(s, &s->officer);
	struct state_key key = state_key_account(&s->anna.account);
	Medlock__StatusReply *status = NULL;
	Medlock__HeadersReply *headers = NULL;
	Medlock__BlocksReply *blocks = NULL;
	Medlock__EventsReply *events = NULL;
	Medlock__ProofReply *proof = NULL;
	Medlock__TxReply *tx = NULL;
	struct peer_blob held;

	assert_int_equal(peer_status(&nobody, &status, NULL), ERR_OK);
	assert_int_equal(peer_headers(&patient, &headers, 1, 10, NULL), ERR_OK);
	assert_int_equal(peer_blocks(&officer, &blocks, 1, 10, NULL), ERR_OK);
	assert_int_equal(peer_events(&patient, &events, &s->anna.account, 1, NULL), ERR_OK);
	assert_int_equal(events->n_events, s->acked_count); /* the anchoring is the first one */
	assert_int_equal(peer_proof(&patient, &proof, state_key_bytes(&key), NULL, NULL), ERR_OK);
	assert_true(proof->present);
	assert_int_equal(peer_tx(&officer, &tx, &s->acked[s->acked_count - 1], NULL), ERR_OK);
	assert_int_equal(scene_put(s, &held, 0, 0), ERR_OK);
	assert_int_equal(held.held, SCENE_PIECE);
	WIRE_FREE(status);
	WIRE_FREE(headers);
	WIRE_FREE(blocks);
	WIRE_FREE(events);
	WIRE_FREE(proof);
	WIRE_FREE(tx);
}

/* ---- the ledger as the next start would find it ---- */

static size_t stored(sqlite3 *db, const struct tx_id *ids, size_t count)
{
	sqlite3_stmt *s = NULL;
	size_t found = 0;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM tx WHERE id = ?1 AND code = 0", -1, &s, NULL),
			 SQLITE_OK);
	for (size_t i = 0; i < count; i++) {
		sqlite3_bind_blob(s, 1, ids[i].b, ID_SIZE, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(s), SQLITE_ROW);
		found += (size_t)sqlite3_column_int(s, 0);
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return found;
}

size_t scene_check_stored(const struct scene *s)
{
	char path[DAEMON_PATH];
	sqlite3 *db = NULL;
	size_t refused;

	ASSERT(files_join(path, sizeof(path), s->d.home, "ledger.db") == ERR_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(stored(db, s->acked, s->acked_count), s->acked_count);
	refused = stored(db, s->refused, s->refused_count);
	sqlite3_close(db);
	return refused;
}

size_t scene_logged(const struct scene *s, const char *words)
{
	char path[DAEMON_PATH];
	struct buf log = BUF_INIT;
	size_t count = 0;

	ASSERT(files_join(path, sizeof(path), s->d.dir, "log") == ERR_OK);
	ASSERT(files_read(&log, path, 1 << 24, NULL) == ERR_OK);
	for (const char *at = strstr(buf_text(&log), words); at != NULL; at = strstr(at + 1, words))
		count++;
	buf_release(&log);
	return count;
}

/* ---- the scene ---- */

void scene_client(struct scene *s)
{
	http_client_free(s->http);
	s->http = NULL;
	assert_int_equal(http_client_new(&s->http, NULL, NULL), ERR_OK);
}

void scene_init(struct scene *s)
{
	struct hash32 h;

	memset(s, 0, sizeof(*s));
	signal(SIGPIPE, SIG_IGN);
	daemon_make(&s->d, NULL);
	person_init(&s->anna, &s->d.network, 10);
	s->blob = malloc(SCENE_BLOB);
	assert_non_null(s->blob);
	rng_fill(rng_system(), s->blob, SCENE_BLOB);
	h = hash_sha256(bytes_of(s->blob, SCENE_BLOB));
	ID_COPY(s->blob_id, h.b);
}

void scene_release(struct scene *s)
{
	http_client_free(s->http);
	daemon_remove(&s->d);
	person_release(&s->anna);
	buf_release(&s->officer);
	buf_release(&s->patient);
	free(s->blob);
}

void scene_begin(struct scene *s)
{
	struct peer_blob held;

	daemon_start(&s->d, NULL, NULL);
	scene_client(s);
	scene_anchor(s);
	scene_must_act(s);
	daemon_ticket(&s->officer, &s->d, &s->d.ca);
	daemon_ticket(&s->patient, &s->d, &s->anna);
	assert_int_equal(scene_put(s, &held, 0, SCENE_PIECE), ERR_OK);
	scene_must_read(s);
}
