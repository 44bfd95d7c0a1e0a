/* SPDX-License-Identifier: Apache-2.0 */
/* Small stateless checks that the shapes of all messages are made of.  Inside chain/proto.
 *
 * Each answers ERR_OK, ERR_FORMAT, or ERR_LIMIT for more than a maximum; `what` names the field in info.
 */
#ifndef MEDLOCK_PROTO_SHAPE_H
#define MEDLOCK_PROTO_SHAPE_H

#include "chain/proto/codes.h"
#include "chain/proto/wire.h"
#include "chain/proto/tx.pb-c.h"

/* Exactly len bytes; with optional also none. */
enum err shape_bytes(ProtobufCBinaryData x, size_t len, const char *what, struct err_info *info) MUST_USE;
enum err shape_optional(ProtobufCBinaryData x, size_t len, const char *what, struct err_info *info) MUST_USE;

/* Strictly ascending lists of known codes, of numbers above 0, and of ids of 32 bytes. */
enum err shape_codes(const uint32_t *x, size_t count, size_t max, enum code_set set, const char *what,
		     struct err_info *info) MUST_USE;
enum err shape_numbers(const uint32_t *x, size_t count, size_t max, const char *what, struct err_info *info) MUST_USE;
enum err shape_ids(const ProtobufCBinaryData *x, size_t count, size_t max, const char *what,
		   struct err_info *info) MUST_USE;

enum err shape_code(uint32_t x, enum code_set set, const char *what, struct err_info *info) MUST_USE;
enum err shape_count(size_t count, size_t max, const char *what, struct err_info *info) MUST_USE;
enum err shape_true(bool holds, const char *what, struct err_info *info) MUST_USE; /* ERR_FORMAT */

enum err shape_signature(const Medlock__Signature *s, struct err_info *info) MUST_USE;
enum err shape_keyset(const Medlock__KeySet *k, struct err_info *info) MUST_USE; /* lengths only */
enum err shape_period(const Medlock__Period *p, const char *what, struct err_info *info) MUST_USE; /* NULL is fine */

/* The order of actors, and of what was released: <0, 0, >0. */
int actor_compare(const Medlock__Actor *x, const Medlock__Actor *y);
int released_compare(const Medlock__Released *x, const Medlock__Released *y);

/* The parts of a transaction (tx_check.c, tx_check_consent.c, tx_check_keys.c). */
enum err tx_check_auth(const Medlock__Auth *auth, struct err_info *info) MUST_USE;
enum err tx_check_body(const Medlock__Body *body, struct err_info *info) MUST_USE;
enum err check_proxy_set(const Medlock__ProxySet *a, struct err_info *info) MUST_USE;
enum err check_account_keys(const Medlock__AccountKeys *a, struct err_info *info) MUST_USE;
enum err check_consent_set(const Medlock__ConsentSet *a, struct err_info *info) MUST_USE;

#endif
