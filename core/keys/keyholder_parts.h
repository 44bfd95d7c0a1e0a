/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the key-holder: its messages, what the child does, and what it gives up.  Only core/keys includes this
 * (and the fuzz targets).
 */
#ifndef MEDLOCK_KEYS_KEYHOLDER_PARTS_H
#define MEDLOCK_KEYS_KEYHOLDER_PARTS_H

#include "core/crypto/hash.h"
#include "core/keys/keyholder.h"

enum keyholder_op {
#define OP(name, number, fields, capability, unlocked) OP_##name = number,
#include "core/keys/keyholder_ops.def"
#undef OP
};

/* be32 code, be32 id, byte count, then each field as be32 length and bytes.  code: the operation, or in an answer 0 or
 * -(enum err), when the only field is the words.  Fields are views into the message.
 */
struct keyholder_message {
	uint32_t code, id;
	size_t count;
	struct bytes fields[KEYHOLDER_FIELDS_MAX];
};
#define KEYHOLDER_MESSAGE_HEAD 9u

void keyholder_message_write(struct buf *out, const struct keyholder_message *m);
enum err keyholder_message_parse(struct keyholder_message *ret, struct bytes in) MUST_USE;

/* ---- the child ---- */

#define HOLDER_ANSWERS 7u
enum { HOLDER_TEXT_FIRST = 1u << 0, HOLDER_TEXT_LAST = 1u << 1 };

struct holder {
	uint32_t capabilities;
	uint32_t idle_ms; /* 0: never */
	bool bound;
	struct network_id network;
	struct keystore *keys; /* NULL: locked */
	struct keystore *next; /* of ROTATE, until they count; else NULL */
	struct secret *root;   /* the authority's root key, only while it is wanted; else NULL */
	struct hash_sha256_stream text; /* of CA_SIGN_TEXT, between its parts */
	keyholder_probe *probe;
};

/* One operation: asked fields, answers to append to. */
struct holder_call {
	struct holder *h;
	const struct bytes *in;
	struct buf out[HOLDER_ANSWERS];
	size_t out_count;
	struct err_info info;
};

/* Answers one message into reply.  ERR_FORMAT for an odd one: the process must end. */
enum err holder_serve(struct holder *h, struct buf *reply, struct bytes message) MUST_USE;
void holder_release(struct holder *h);
void holder_lock(struct holder *h); /* wipes the keys */

/* Fields of many operations: exactly len bytes; passphrase work, nothing for the floor.  Keys that are taken. */
enum err holder_fixed(struct bytes x, size_t len) MUST_USE;
enum err holder_params(struct kdf_params *ret, struct bytes work) MUST_USE;
void holder_take(struct keystore **place, struct keystore *keys);
/* keys, which are taken also on failure, are the holder's from now on; their file into the first answer. */
enum err holder_become(struct holder_call *c, struct keystore *keys) MUST_USE;
/* May this account_keys be signed here?  (keyholder_rotate.c) */
enum err holder_keys_allowed(const struct holder *h, const Medlock__AccountKeys *x) MUST_USE;

/* The operations of recovery and change (keyholder_rotate.c). */
enum err holder_recover(struct holder_call *c) MUST_USE;
enum err holder_rotate(struct holder_call *c) MUST_USE;
enum err holder_rotated(struct holder_call *c) MUST_USE;
enum err holder_place(struct holder_call *c) MUST_USE;
enum err holder_adopt(struct holder_call *c) MUST_USE;
enum err holder_earlier(struct holder_call *c) MUST_USE;
enum err holder_missing(struct holder_call *c) MUST_USE;
enum err holder_words(struct holder_call *c) MUST_USE;
enum err holder_compare(struct holder_call *c) MUST_USE;

#define HOLDER_RECOVERY_INFO "medlock recovery share" /* what shares for a new machine are sealed with */
#define HOLDER_PAIRING_INFO "medlock pairing"
/* The operations of helpers and of pairing (keyholder_shares.c). */
enum err holder_shares(struct holder_call *c) MUST_USE;
enum err holder_recover_shares(struct holder_call *c) MUST_USE;
enum err holder_pair(struct holder_call *c) MUST_USE;
enum err holder_recover_pair(struct holder_call *c) MUST_USE;

/* The operations on letters (keyholder_letter.c). */
enum err holder_sign_letter(struct holder_call *c) MUST_USE;
enum err holder_open_letter(struct holder_call *c) MUST_USE;

/* The operations of the authority (keyholder_ca.c). */
enum err holder_ca_spki(struct holder_call *c) MUST_USE;
enum err holder_ca_issue(struct holder_call *c) MUST_USE;
enum err holder_ca_crl(struct holder_call *c) MUST_USE;
/* The key that field 0 names; c->info says where it is when it is not here. */
enum err holder_ca_key(const struct secret **ret, struct holder_call *c) MUST_USE;

/* The root key and signed texts (keyholder_ca_root.c). */
enum err holder_ca_root(struct holder_call *c) MUST_USE;
enum err holder_ca_sign_text(struct holder_call *c) MUST_USE;
void holder_ca_forget(struct holder *h);

/* Give up files, sockets and other processes.  ERR_IO when the kernel does not take the filter. */
enum err keyholder_sandbox(int keep_fd) MUST_USE;

/* The client's side of one operation; answers view the client's buffer until the next call. */
enum err keyholder_ask(struct keyholder *k, struct keyholder_message *ret, enum keyholder_op op,
		       const struct bytes *fields, size_t count, size_t answers, struct err_info *info) MUST_USE;

#endif
