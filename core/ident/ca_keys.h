/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk asks of whoever holds the authority's keys: the key-holder process, in tests a struct in memory.
 *
 * The desk never sees a private key.  A PKCS#11 token can stand behind the same table.
 */
#ifndef MEDLOCK_IDENT_CA_KEYS_H
#define MEDLOCK_IDENT_CA_KEYS_H

#include "core/crypto/seal.h"
#include "core/crypto/x509.h"

enum ca_key { CA_KEY_ROOT = 1, CA_KEY_ISSUING = 2 };

struct ca_keys {
	/* SubjectPublicKeyInfo appended; an issuing key is made when there is none, a root key must be there (ERR_LOCKED). */
	enum err (*spki)(void *self, struct buf *out, enum ca_key which, struct err_info *info);
	/* As x509_issue and x509_crl_make. */
	enum err (*issue)(void *self, struct buf *out, enum ca_key which, const struct cert_fields *fields,
			  struct bytes issuer, struct err_info *info);
	enum err (*crl)(void *self, struct buf *out, enum ca_key which, struct bytes issuer, uint64_t number,
			struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			size_t revoked_count, struct err_info *info);
	/* A text as it is, ECDSA-SHA256, DER, appended: keyholder_ca_sign_text. */
	enum err (*sign_text)(void *self, struct buf *out, enum ca_key which, struct bytes text, struct err_info *info);
	/* An age file to the desk's seal key, decrypted and appended; at most ENROLMENT_FILE_MAX bytes. */
	enum err (*open_request)(void *self, struct buf *out, struct bytes file, struct err_info *info);
	/* A column of the register, sealed and opened under the register's key; aad is bound. */
	enum err (*seal_column)(void *self, struct buf *out, const struct hash32 *aad, struct bytes plain,
				struct err_info *info);
	enum err (*open_column)(void *self, struct buf *out, const struct hash32 *aad, struct bytes sealed,
				struct err_info *info);
	void *self;
};

#endif
