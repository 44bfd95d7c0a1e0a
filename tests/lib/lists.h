/* SPDX-License-Identifier: Apache-2.0 */
/* An authority's two certificates and revocation lists of it on their way to a peer, for tests.  Functions ASSERT. */
#ifndef MEDLOCK_TESTS_LISTS_H
#define MEDLOCK_TESTS_LISTS_H

#include "core/crypto/x509.h"

struct list_maker {
	struct secret *root_key, *issuing_key;
	struct buf root, issuing;
};

/* usage: CERT_USE_* of the issuing certificate. */
void list_maker_init(struct list_maker *m, struct time_ms now, uint32_t usage);
void list_maker_release(struct list_maker *m);

/* A canonical CrlPut with an empty list, appended; ret_list: the list's DER, appended (NULL: not wanted). */
void list_make(struct buf *out, struct buf *ret_list, const struct list_maker *m, uint64_t number, struct time_ms from,
	       struct time_ms until);
/* The list of one maker with the certificates of another. */
void list_wrap(struct buf *out, const struct list_maker *m, struct bytes list);

#endif
