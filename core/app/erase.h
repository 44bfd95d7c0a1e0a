/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing a record: the order on the ledger, what the peers have done, and what cannot be called back. */
#ifndef MEDLOCK_APP_ERASE_H
#define MEDLOCK_APP_ERASE_H

#include "chain/proto/limits.h"
#include "core/app/app.h"

#define APP_ERASED_PEERS_MAX 64u

struct app_erased_reader { /* was given the key, and so may have a copy */
	struct account_id who;
	uint64_t times;
	struct time_ms last;
};
struct app_erased_peer {
	char url[URL_MAX + 1];
	bool answered;
	uint32_t blobs, held; /* of all versions; held: still there */
};
struct app_erased {
	struct record_id *versions; /* erased: the record, then all before it */
	size_t version_count;
	struct record_id newer; /* a version that stays; zero: none */
	struct tx_id tx;        /* of the record's own order */
	uint64_t height;
	struct time_ms at;
	bool before;            /* it was erased already: nothing was sent */
	struct app_erased_peer peers[APP_ERASED_PEERS_MAX];
	size_t peer_count;
	struct app_erased_reader *readers; /* of any version, in order of their first reading */
	size_t reader_count;
};

/* Own records only, with all versions before it.  confirm: the last four digits of the record's id, else ERR_CONFIRM.
 * Repeating gives the receipt again with the peers' newest word, and goes on with versions that a cut left.  The cached
 * copies of this profile go too.  ERR_NOT_FOUND, ERR_ROLE (another's record).
 */
enum err app_record_erase(struct app *a, struct app_erased *ret, const struct record_id *record, const char *confirm,
			  struct err_info *info) MUST_USE;
void app_erased_release(struct app_erased *e);

#endif
