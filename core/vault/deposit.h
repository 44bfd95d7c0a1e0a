/* SPDX-License-Identifier: Apache-2.0 */
/* Deposit: encrypt a file for its owner and the custodians, upload it, register it (design/06,
 * docs/formats/deposit.md).
 *
 * Each rendition becomes one age v1 file: an X25519 stanza for the owner, whom the plain age program serves too, and
 * one
 * "medlock" stanza with the file key wrapped under the capsule's key.  It streams into the cache in about 1 MiB of
 * memory for any size.  The capsule is bound to the whole deposit and its actor.
 *
 * A deposit that was cut goes on where it was: the journal keeps the signed-over description, and the encrypted files
 * stay pinned in the cache until the record stands on the ledger.  The same source, owner and description find the
 * same journal; a source that changed is a new deposit.
 */
#ifndef MEDLOCK_VAULT_DEPOSIT_H
#define MEDLOCK_VAULT_DEPOSIT_H

#include <sys/stat.h>

#include "core/vault/vault.h"

struct deposit_source {
	uint32_t form;    /* codes.def, FORM */
	const char *path; /* of the plain file: read once, from start to end */
	const struct stat *seen; /* what it was when its labels were found: ERR_CONFLICT when it is another by now; or NULL */
	struct bytes made; /* path NULL: these bytes, which were made from the other source and may differ each time */
	const struct byte_source *stream; /* path NULL: instead of made, and read only when it has to be encrypted; or NULL */
};

struct deposit_wish {
	struct account_id owner;
	struct seal_public owner_seal;     /* the account's seal key, proven */
	const struct organisation_id *organisation; /* the author's; NULL: none */
	uint32_t category, confidentiality;
	const uint32_t *labels;            /* ascending */
	size_t label_count;
	bool period_known;
	struct time_ms period_from, period_to; /* half-open */
	const struct record_id *supersedes; /* NULL: none */
	const struct deposit_source *sources; /* ascending by form */
	size_t source_count;               /* 1..RECORD_RENDITIONS_MAX */
};

struct deposit_rendition {
	uint32_t form;
	struct blob_id blob;
	uint64_t size;       /* of the age file */
	uint64_t plain_size; /* 0 when an earlier run encrypted it */
};
struct deposit_done {
	struct record_id record;
	struct tx_id tx;
	uint64_t height;
	struct deposit_rendition renditions[RECORD_RENDITIONS_MAX];
	size_t rendition_count;
	uint32_t copies;     /* peers that hold everything */
};

/* ERR_NOT_FOUND (a source), ERR_TOO_LARGE, ERR_NETWORK (fewer peers took it than the network's copies), what the
 * ledger says, ERR_CANCELLED.  After a failure repeat the same call; what nobody repeats for seven days is deleted.
 */
enum err deposit_put(struct vault *v, struct deposit_done *ret, const struct deposit_wish *wish,
		     struct err_info *info) MUST_USE;

#define MEDLOCK_STANZA "medlock"
#define MEDLOCK_STANZA_VERSION "1"

/* The parts, for other uses and tests.
 * deposit_encrypt: from plain to cipher; draft is finished later for the label.
 */
struct deposit_sealed { struct age_result file; struct capsule_draft draft; };
enum err deposit_encrypt(struct deposit_sealed *ret, const struct byte_sink *to, const struct byte_source *from,
			 const struct seal_public *owner, const struct threshold_key *custodians,
			 uint32_t key_generation, const struct rng *rng, struct err_info *info) MUST_USE;

#endif
