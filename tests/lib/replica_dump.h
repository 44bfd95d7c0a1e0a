/* SPDX-License-Identifier: Apache-2.0 */
/* What two files of replicas hold, compared by SQL: neither is asked through medlock's own readers. */
#ifndef MEDLOCK_TESTS_REPLICA_DUMP_H
#define MEDLOCK_TESTS_REPLICA_DUMP_H

#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"

/* `a` as main, `b` as other. */
static inline sqlite3 *replica_pair(const char *a, const char *b)
{
	char *attach = sqlite3_mprintf("ATTACH %Q AS other", b);
	sqlite3 *h = NULL;

	ASSERT(sqlite3_open_v2(a, &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	ASSERT(sqlite3_exec(h, attach, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_free(attach);
	return h;
}

/* The number that a query gives, with ?1 (a text) when it has one. */
static inline int64_t replica_count(sqlite3 *h, const char *sql, const char *text)
{
	sqlite3_stmt *s = NULL;
	int64_t count;
	int code = sqlite3_prepare_v2(h, sql, -1, &s, NULL);

	if (code != SQLITE_OK)
		fprintf(stderr, "# %s: %s\n", sql, sqlite3_errmsg(h));
	ASSERT(code == SQLITE_OK);
	if (sqlite3_bind_parameter_count(s) > 0)
		sqlite3_bind_text(s, 1, text, -1, SQLITE_STATIC);
	ASSERT(sqlite3_step(s) == SQLITE_ROW);
	count = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return count;
}

/* Rows of main's table (these columns, this condition) that other's has not. */
static inline int64_t replica_more(sqlite3 *h, const char *columns, const char *table, const char *where,
				   const char *text)
{
	char *sql = sqlite3_mprintf("SELECT count(*) FROM (SELECT %s FROM main.%s WHERE %s EXCEPT SELECT %s FROM other.%s)",
				    columns, table, where, columns, table);
	int64_t count = replica_count(h, sql, text);

	if (count != 0)
		fprintf(stderr, "# %" PRId64 " rows of %s are in one alone\n", count, table);
	sqlite3_free(sql);
	return count;
}

static inline bool replica_holds_no_more(const char *a, const char *b)
{
	static const char *const tables[][2] = {
		{"meta", "*"}, {"block", "*"}, {"state", "*"}, {"row", "key, value"}, {"event", "*"}, {"record", "*"},
		{"rule", "*"}, {"request", "*"}, {"certificate", "*"}, {"tx", "*"}, {"watch", "*"},
	};
	sqlite3 *h = replica_pair(a, b);
	int64_t more = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		more += replica_more(h, tables[i][1], tables[i][0], "1", NULL);
	sqlite3_close(h);
	return more == 0;
}

/* Every row of every table, whole, of two replicas at one height.  Except the evidence, which is about peers, and the proofs,
 * which are of the height at which a row was last asked for.
 */
static inline bool replica_same(const char *a, const char *b)
{
	return replica_holds_no_more(a, b) && replica_holds_no_more(b, a);
}

#endif
