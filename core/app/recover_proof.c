/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/recover_proof.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "chain/contract/access.h"
#include "core/base/files.h"

#define PROOF_FILE "recovery.db"

/* One that a kill left behind is of another try, perhaps of another account. */
static enum err forget(const char *path, struct err_info *info)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char file[PROFILE_PATH_MAX + 8];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", path, ends[i]);
		if (unlink(file) != 0 && errno != ENOENT)
			return err_set(info, err_from_errno(errno), "%s", file);
	}
	return ERR_OK;
}

/* Keys that helpers announced are the account's from their time on, before a transaction has moved them up. */
static enum err same_keys(const Medlock__AccountState *row, struct time_ms now, const struct keyholder_public *me,
			  uint32_t *ret_generation, struct err_info *info)
{
	uint32_t generation = row->generation + (access_keys(row, now) != row->keys);
	char account[ID_HEX];
	struct sign_public sign;

	TRY(access_sign_key(&sign, row, now));
	if (ID_EQUAL(sign, me->sign) && (ret_generation != NULL || generation == me->generation)) {
		if (ret_generation != NULL)
			*ret_generation = generation;
		return ERR_OK;
	}
	hex_encode(account, me->account.b, ID_SIZE);
	return err_set(info, ERR_PROOF, "the ledger has other keys for account %.12s: these are not that account's", account);
}

static enum err prove(struct replica *r, struct link *l, const struct keyholder_public *me, uint32_t *ret_generation,
		      struct err_info *info)
{
	struct state_key key = state_key_account(&me->account);
	Medlock__AccountState *row = NULL;
	struct replica_status status;
	struct buf value = BUF_INIT;
	enum err e = replica_prove(r, &value, l, state_key_bytes(&key), NULL, info);

	if (e == ERR_OK)
		e = replica_status(r, &status, info);
	if (e == ERR_OK)
		e = WIRE_DECODE(&row, medlock__account_state, buf_bytes(&value), APP_DECODED_MAX, info);
	if (e == ERR_OK)
		e = same_keys(row, status.time, me, ret_generation, info);
	WIRE_FREE(row);
	buf_release(&value);
	return e;
}

enum err recovered_prove(const char *home, struct bytes genesis, struct link *l, const struct keyholder_public *me,
			 uint32_t *ret_generation, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct replica_options options = {.path = path, .genesis = genesis, .account = me->account, .clock = l->clock,
					  .unsynced = true};
	struct replica *r;
	enum err e;

	if (!ID_EQUAL(me->network, l->network))
		return err_set(info, ERR_NETWORK_ID, "these keys are of another network than the peer's");
	TRY(files_join(path, sizeof(path), home, PROOF_FILE));
	TRY(files_mkdir(home, info));
	TRY(forget(path, info));
	e = replica_open(&r, &options, info);
	if (e == ERR_OK) {
		e = prove(r, l, me, ret_generation, info);
		replica_free(r);
	}
	return forget(path, NULL) == ERR_OK || e != ERR_OK ? e : ERR_IO;
}
