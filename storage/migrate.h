/* SPDX-License-Identifier: Apache-2.0 */
/* A file's schema as an append-only list of steps.  SQLite's application_id says whose file it is, user_version how many
 * steps it has seen.
 */
#ifndef MEDLOCK_STORAGE_MIGRATE_H
#define MEDLOCK_STORAGE_MIGRATE_H

#include "storage/db.h"

/* Bring the file to steps[count - 1]; each step is one transaction.  A file of another application: ERR_FORMAT; one that
 * has seen more steps: ERR_NEWER, untouched.
 */
enum err db_migrate(struct db *d, uint32_t application_id, const char *const *steps, size_t count,
		    struct err_info *info) MUST_USE;

#endif
