/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "storage/migrate.h"

static const char scratch_schema[] = "CREATE TABLE state(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL);";
static const struct migration scratch_migrations[] = {{1, scratch_schema}};

void scratch_free(struct scratch *s)
{
	char path[128];

	if (s == NULL)
		return;
	executor_free(s->executor);
	db_free(s->db);
	WIRE_FREE(s->genesis);
	if (s->dir[0] != '\0') {
		static const char *const names[] = {"state.db", "state.db-wal", "state.db-shm"};

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
			unlink(path);
		}
		rmdir(s->dir);
	}
	free(s);
}

static enum err scratch_open(struct scratch *s, struct network_id *ret_network, struct bytes genesis,
			     struct err_info *info)
{
	struct db_options options = {.unsynced = true};
	char path[128];

	TRY(genesis_parse(&s->genesis, ret_network, genesis, info));
	TRY(validators_of_network(&s->validators, s->genesis->network));
	snprintf(s->dir, sizeof(s->dir), "/tmp/medlock-verify-XXXXXX");
	if (mkdtemp(s->dir) == NULL) {
		s->dir[0] = '\0';
		return err_set(info, ERR_IO, "no folder under /tmp");
	}
	snprintf(path, sizeof(path), "%s/state.db", s->dir);
	TRY(db_open(&s->db, path, &options, info));
	TRY(migrate(s->db, DB_TEST, scratch_migrations, 1, info));
	TRY(executor_new(&s->executor, s->db, ret_network, info));
	TRY(db_begin(s->db, info));
	TRY(executor_genesis(s->executor, s->genesis, info));
	return replay_init(&s->replay, s->executor, s->genesis, &s->validators, NULL, NULL, info);
}

enum err scratch_new(struct scratch **ret, struct network_id *ret_network, struct bytes genesis,
				struct err_info *info)
{
	struct scratch *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return ERR_MEMORY;
	e = scratch_open(s, ret_network, genesis, info);
	if (e != ERR_OK) {
		scratch_free(s);
		return e;
	}
	*ret = s;
	return ERR_OK;
}

static enum err run_block(struct scratch *s, struct ledger_verified *v, struct bytes block, struct bytes commit,
			  const struct scratch_watch *watch, struct err_info *info)
{
	const struct contract_sink *sink = watch != NULL && watch->sink.event != NULL ? &watch->sink : NULL;
	struct replayed *x = calloc(1, sizeof(*x));
	enum err e;

	if (x == NULL)
		return ERR_MEMORY;
	e = replay_block(&s->replay, x, block, commit, sink, NULL, NULL, info);
	if (e == ERR_OK) {
		if (watch != NULL && watch->block != NULL)
			e = watch->block(watch->sink.self, x, info);
		v->txs += x->block.tx_count;
		v->app_hash = x->executed.app_hash;
		block_release(&x->block);
	}
	free(x);
	return e;
}

enum err scratch_block(struct scratch *s, struct ledger_verified *v, struct bytes block, struct bytes commit,
		       const struct scratch_watch *watch, struct err_info *info)
{
	enum err e = run_block(s, v, block, commit, watch, info);

	if (e == ERR_OK)
		v->blocks++;
	else
		v->first_bad = v->blocks + 1;
	return e;
}
