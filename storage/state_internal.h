/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the state: a walk over the stored keys that the overlay merges with its own. */
#ifndef MEDLOCK_STORAGE_STATE_INTERNAL_H
#define MEDLOCK_STORAGE_STATE_INTERNAL_H

#include "storage/state_kv.h"

struct state_range {
	struct state_kv *kv;
	sqlite3_stmt *statement;
	int which; /* of the texts */
	struct bytes start;
	uint8_t end[STATE_KEY_MAX];
	size_t end_len;
	bool open_end;		 /* the end itself does not belong to it */
	struct bytes key, value; /* of the present row */
};

/* The views given must live until close.  Close after a failed open too. */
enum err state_range_open(struct state_range *r, struct state_kv *kv, struct bytes prefix, struct bytes from,
			  bool descending) MUST_USE;
enum err state_range_next(struct state_range *r, bool *ret_row) MUST_USE;
void state_range_close(struct state_range *r);

static inline bool state_has_prefix(struct bytes key, struct bytes prefix)
{
	return key.len >= prefix.len && (prefix.len == 0 || memcmp(key.data, prefix.data, prefix.len) == 0);
}

/* A start must be empty or a key of the prefix. */
bool state_from_fits(struct bytes prefix, struct bytes from);

/* The first key after all that begin with prefix; false when there is none (empty prefix, or all 0xFF). */
bool state_prefix_end(uint8_t end[STATE_KEY_MAX], size_t *ret_len, struct bytes prefix);

#endif
