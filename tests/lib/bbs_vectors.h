/* SPDX-License-Identifier: Apache-2.0 */
/* The official fixtures of BBS, blind BBS and BBS pseudonyms (VECTORS/bbs): reading them, and their mocked random source.
 * Each reader asserts that what it reads is there.
 */
#ifndef MEDLOCK_TESTS_BBS_VECTORS_H
#define MEDLOCK_TESTS_BBS_VECTORS_H

#include <json-c/json.h>

#include "core/crypto/bbs.h"

#define FIXTURE_BYTES_MAX 2048

typedef void (*fixture_check)(struct json_object *fixture, enum curve_hash suite);

/* Checks each file of bbs/FAMILY/SUITE/KIND*.json in both suites, and says how many held.  skip() when there are no
 * vectors; fails when there are fewer than expected in a suite.
 */
void fixtures_check(const char *family, const char *kind, size_t expected, fixture_check check);

/* One file of bbs/; NULL when there are no vectors. */
struct json_object *fixture_load(const char *path);

struct json_object *fixture_at(struct json_object *o, const char *path); /* names with dots; NULL when not there */
struct bytes fixture_bytes(uint8_t out[FIXTURE_BYTES_MAX], struct json_object *hex);
void fixture_scalar(struct scalar *ret, struct json_object *hex); /* leading zeros may be left out */
void fixture_key(struct g2 *ret, struct json_object *hex);

/* Each message of an array as a scalar; how many. */
size_t fixture_messages(struct scalar *ret, const struct bbs_interface *interface, struct json_object *array);

/* seeded_random_scalars of the drafts: count scalars, no more, then it asserts. */
struct mocked_rng { uint8_t stream[FIXTURE_BYTES_MAX]; size_t at, len; struct rng rng; };
void mocked_rng_init(struct mocked_rng *m, enum curve_hash suite, const char *seed, struct bytes dst, size_t count);

#endif
