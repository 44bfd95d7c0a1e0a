/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's only view of the world: an ordered map of bytes with one level of undo.
 *
 * Implementations: storage's overlay over SQLite (daemon, full replica), an array in tests, a snapshot of an owner's rows
 * in the client's preview.  All must answer alike.
 */
#ifndef MEDLOCK_CONTRACT_KV_H
#define MEDLOCK_CONTRACT_KV_H

#include "core/base/buf.h"

struct contract_kv {
	void *self;
	/* Append the value to ret_value; ERR_NOT_FOUND when there is none. */
	enum err (*get)(void *self, struct buf *ret_value, struct bytes key);
	enum err (*put)(void *self, struct bytes key, struct bytes value);
	enum err (*del)(void *self, struct bytes key); /* absent is fine */
	/* Call each for all keys that begin with prefix, ascending or descending, until it returns other than ERR_OK,
	 * which is then returned.  The callback must not change the map.
	 */
	enum err (*scan)(void *self, struct bytes prefix, bool descending,
			 enum err (*each)(void *context, struct bytes key, struct bytes value), void *context);
	/* One transaction's undo: begin, then keep or undo everything since. */
	void (*begin)(void *self);
	void (*keep)(void *self);
	void (*undo)(void *self);
};

#endif
