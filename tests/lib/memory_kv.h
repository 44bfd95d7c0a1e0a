/* SPDX-License-Identifier: Apache-2.0 */
/* A contract_kv in memory, sorted, with one level of undo: for tests and benches. */
#ifndef MEDLOCK_TESTS_MEMORY_KV_H
#define MEDLOCK_TESTS_MEMORY_KV_H

#include "chain/contract/kv.h"

struct memory_kv;
struct memory_kv *memory_kv_new(void);
void memory_kv_free(struct memory_kv *m);
struct contract_kv memory_kv_view(struct memory_kv *m);

/* A hash over all keys and values in order: equal states, equal digests. */
struct hash32 memory_kv_digest(const struct memory_kv *m);
size_t memory_kv_count(const struct memory_kv *m);
/* Entry i in order of keys; views until the next change. */
void memory_kv_at(const struct memory_kv *m, size_t i, struct bytes *ret_key, struct bytes *ret_value);

/* Make the n-th following call of put or get fail with e (0: never). */
void memory_kv_fail_after(struct memory_kv *m, unsigned n, enum err e);

#endif
