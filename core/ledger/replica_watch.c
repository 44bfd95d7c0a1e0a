/* SPDX-License-Identifier: Apache-2.0 */
/* The list of rows that a light replica fetches at its next sync. */
#include <stdlib.h>

#include "core/ledger/replica_internal.h"

enum err replica_watched(struct replica *r, struct id_list *ret, const char *kind, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = true;
	size_t size = 0;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT id FROM watch WHERE kind = ?1 ORDER BY rowid", info));
	db_bind_text(s, 1, kind);
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		if (ret->count == size) {
			size_t larger = size ? 2 * size : 64;
			struct hash32 *grown = realloc(ret->ids, larger * sizeof(*grown));

			if (grown == NULL) {
				e = ERR_MEMORY;
				break;
			}
			ret->ids = grown;
			size = larger;
		}
		e = db_column_fixed(ret->ids[ret->count].b, ID_SIZE, s, 0);
		ret->count += e == ERR_OK;
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

enum err replica_unwatch(struct replica *r, const char *kind, struct bytes id, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "DELETE FROM watch WHERE kind = ?1 AND id = ?2", info));
	db_bind_text(s, 1, kind);
	db_bind_bytes(s, 2, id);
	return db_run(r->db, s, info);
}

enum err replica_watch_owner(struct replica *r, const struct account_id *owner, struct err_info *info)
{
	return replica_watch(r, WATCH_PROXY, BYTES_ID(*owner), info);
}

enum err replica_unwatch_owner(struct replica *r, const struct account_id *owner, struct err_info *info)
{
	return replica_unwatch(r, WATCH_PROXY, BYTES_ID(*owner), info);
}
