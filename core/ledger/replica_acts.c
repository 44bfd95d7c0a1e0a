/* SPDX-License-Identifier: Apache-2.0 */
/* What one account did, over everybody's lists. */
#include "core/ledger/replica_internal.h"

enum err replica_acts_since(struct replica *r, struct replica_acts *ret, const struct account_id *actor, struct time_ms since,
			    struct err_info *info)
{
	char account[ID_HEX], from[TIME_TEXT];
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	hex_encode(account, actor->b, sizeof(actor->b));
	time_format(from, since);
	TRY(db_statement(&s, r->db, "SELECT COUNT(*), COUNT(DISTINCT owner) FROM event WHERE actor = ?1 AND at >= ?2", info));
	db_bind_text(s, 1, account);
	db_bind_text(s, 2, from);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row)
		*ret = (struct replica_acts){(uint64_t)db_column_int(s, 0), (uint64_t)db_column_int(s, 1)};
	db_done(s);
	return e;
}
