/* SPDX-License-Identifier: Apache-2.0 */
/* The strict JSON scanner that stands before json-c, and a writer for what we print.
 *
 * RFC 8259 with these limits: valid UTF-8, no byte-order mark, no duplicate member (compared after unescaping), depth
 * at most JSON_DEPTH_MAX, integers (no '.', 'e') within int64 or refused, numbers of at
 * most JSON_NUMBER_MAX characters, no lone surrogate escapes, at most JSON_VALUES_MAX values of which JSON_OBJECTS_MAX are
 * objects, nothing after the value but white space.  Decimals are never converted: their text is kept.
 */
#ifndef MEDLOCK_BASE_JSON_H
#define MEDLOCK_BASE_JSON_H

#include "core/base/buf.h"

#define JSON_DEPTH_MAX 32u
#define JSON_NUMBER_MAX 64u /* characters of one number; FHIR asks for 18 digits */
#define JSON_SIZE_MAX (64u * 1024 * 1024)
/* json-c takes 800 bytes for "{}" and 100 for a number: without a bound 64 MiB of text become 17 GiB. */
#define JSON_OBJECTS_MAX 1000000u
#define JSON_VALUES_MAX 4000000u

/* ERR_OK when text is one strict JSON value.  Otherwise ERR_JSON, ERR_JSON_DUPLICATE, ERR_UTF8, ERR_TOO_DEEP or
 * ERR_TOO_LARGE, with line, column and the member's name or path in info.  Memory: O(depth + members open).
 */
enum err json_check(struct bytes text, struct err_info *info) MUST_USE;

/* json_check, then json-c's tree (decimals kept as written).  Free with json_object_put.  */
struct json_object;
enum err json_read(struct json_object **ret, struct bytes text, struct err_info *info) MUST_USE;

/* A writer that emits one line.  Keys are string literals of ours; values are escaped.  Nesting is tracked, commas
 * are placed by the writer; each json_begin_* must meet its json_end_*.
 */
struct json_writer {
	struct buf *out;
	uint8_t depth;
	uint32_t has_item; /* bit per depth */
};

void json_writer_init(struct json_writer *w, struct buf *out);
void json_begin_object(struct json_writer *w, const char *key); /* key NULL inside an array or at the top */
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w, const char *key);
void json_end_array(struct json_writer *w);
void json_string(struct json_writer *w, const char *key, const char *value); /* invalid UTF-8 is gated */
void json_bytes(struct json_writer *w, const char *key, struct bytes text);
void json_hex(struct json_writer *w, const char *key, struct bytes value);
void json_uint(struct json_writer *w, const char *key, uint64_t value);
void json_int(struct json_writer *w, const char *key, int64_t value);
void json_boolean(struct json_writer *w, const char *key, bool value);
void json_null(struct json_writer *w, const char *key);
void json_time(struct json_writer *w, const char *key, int64_t time_ms);
void json_raw(struct json_writer *w, const char *key, struct bytes json); /* already one JSON value */

#endif
