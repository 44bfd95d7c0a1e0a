/* SPDX-License-Identifier: Apache-2.0 */
/* CometBFT's JSON (RPC replies and the light client's model-based cases) as our structs.  Absent and null are zero. */
#ifndef MEDLOCK_TESTS_COMET_JSON_H
#define MEDLOCK_TESTS_COMET_JSON_H

#include <json-c/json.h>

#include "chain/proto/validators.h"

/* The strict reader on a whole file; NULL when it cannot be read.  json_object_put. */
struct json_object *comet_json_file(const char *path);

struct json_object *comet_at(struct json_object *o, const char *path); /* "a/b/c"; NULL when missing or null */
int64_t comet_int(struct json_object *o, const char *key);             /* a number or a text of one */
struct block_time comet_time(struct json_object *o, const char *key);

enum err comet_header(struct block_header *ret, struct json_object *o);
enum err comet_commit(struct commit *ret, struct json_object *o);
enum err comet_block_id(struct block_id *ret, struct json_object *o);
enum err comet_validators(struct validator_set *ret, struct json_object *set);

/* Base64 of a JSON text into memory to be freed. */
struct bytes comet_base64(struct json_object *text);

#endif
