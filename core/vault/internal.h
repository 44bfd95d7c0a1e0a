/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the vault: what its files share. */
#ifndef MEDLOCK_VAULT_INTERNAL_H
#define MEDLOCK_VAULT_INTERNAL_H

#include "core/vault/deposit.h"
#include "core/vault/release.h"
#include "storage/blob_store.h"

#define VAULT_PIECE (1024u * 1024)             /* of an upload or download */
#define VAULT_TICKET_MS (5ll * 60 * 1000)      /* a ticket is made anew before the peer's limit */
#define VAULT_PATH_MAX 4096u

struct blob_store *cache_store(struct cache *c);
/* Evict until so many more bytes fit. */
enum err cache_room(struct cache *c, uint64_t room, struct err_info *info) MUST_USE;

/* The custodians' public key from the network row.  ERR_FORMAT, ERR_POINT. */
enum err vault_threshold_key(struct threshold_key *ret, const Medlock__Network *row, struct err_info *info) MUST_USE;

/* The rendition of the wanted form, with a well-formed blob id and size; NULL when there is none. */
const Medlock__Rendition *vault_rendition(const struct release_wish *w);

/* The header of a blob in the cache. */
enum err vault_header(struct age_header *ret, struct vault *v, const Medlock__Rendition *r,
		struct err_info *info) MUST_USE;

/* An error that no other peer can mend: cancellation, own keys, own disk. */
bool vault_is_final(enum err e);

/* Put one whole blob of the cache to as many peers as the network wants; ret: how many hold it. */
enum err vault_upload(struct vault *v, uint32_t *ret_copies, const struct blob_id *id, uint64_t size,
		      struct err_info *info) MUST_USE;

/* ---- the journal of deposits: dir/deposits/<digest> ---- */

struct journal {
	char path[VAULT_PATH_MAX];
	Medlock__RecordDeposit *deposit; /* owned; NULL: there was none */
	struct buf tx;                   /* signed bytes; empty before signing */
};
enum err journal_open(struct journal *ret, const struct vault *v, const struct hash32 *digest,
		struct err_info *info) MUST_USE;
enum err journal_save(const struct journal *j, struct err_info *info) MUST_USE;
enum err journal_read(Medlock__RecordDeposit **ret, struct buf *ret_tx, const char *path,
		struct err_info *info) MUST_USE;
void journal_remove(const struct journal *j);
void journal_release(struct journal *j);

/* A new 0600 file beside path that takes its name when it is whole. */
struct new_file {
	int fd;
	bool nameless; /* it has no name before it is whole */
	char path[VAULT_PATH_MAX], temporary[VAULT_PATH_MAX];
	uint64_t written, started; /* bytes through the sink; bytes whose way to the disk has begun */
};
enum err new_file_open(struct new_file *ret, const char *path, const struct rng *rng, struct err_info *info) MUST_USE;
/* The same for plain text: where the file system can, a file without a name, so that a kill -9 leaves nothing. */
enum err new_file_open_plain(struct new_file *ret, const char *path, const struct rng *rng,
			     struct err_info *info) MUST_USE;
/* Writes at the end of the file; the disk works while the next bytes are made, so that the sync finds little to do.
 * f outlives the sink. */
struct byte_sink new_file_sink(struct new_file *f);
/* Sync and rename; on failure nothing is left. */
enum err new_file_commit(struct new_file *f, bool overwrite, struct err_info *info) MUST_USE;
void new_file_abandon(struct new_file *f);

#endif
