/* SPDX-License-Identifier: Apache-2.0 */
/* Tables by numbered steps that are only ever appended.
 *
 * The file's application_id says whose it is and user_version how far it has come (both in SQLite's header).  Each step
 * runs in one transaction with its new number, so that a kill leaves the file before or after a step.
 */
#ifndef MEDLOCK_STORAGE_MIGRATE_H
#define MEDLOCK_STORAGE_MIGRATE_H

#include "storage/db.h"

/* application_id of each kind of file: 'm' 'l' and two letters.  Never changed or reused. */
enum db_kind {
	DB_LEDGER = 0x6d6c4c44,	  /* "mlLD" a peer's ledger.db */
	DB_REPLICA = 0x6d6c5250,  /* "mlRP" a client's replica.db */
	DB_REGISTER = 0x6d6c5247, /* "mlRG" the register of the CA's desk */
	DB_BLOBS = 0x6d6c424c,	  /* "mlBL" the index of a blob folder */
	DB_MAIL = 0x6d6c4d4c,	  /* "mlML" a peer's mailbox */
	DB_PROFILE = 0x6d6c5046,  /* "mlPF" a profile's own tables */
	DB_TEST = 0x6d6c5454	  /* "mlTT" */
};

struct migration {
	int version; /* 1, 2, 3, … without a gap */
	const char *sql;
};

/* Bring a new or older file to the last version of the table.  ERR_FORMAT for a database of another kind, ERR_NEWER for
 * one that a later program wrote.  A read-only handle must be at the last version already (ERR_FORMAT otherwise).
 */
enum err migrate(struct db *db, enum db_kind kind, const struct migration *steps, size_t count,
		 struct err_info *info) MUST_USE;

#endif
