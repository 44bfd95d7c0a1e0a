/* SPDX-License-Identifier: Apache-2.0 */
/* What the X.509 sources share.  OpenSSL's types stay behind core/crypto/x509.h. */
#ifndef MEDLOCK_CRYPTO_X509_PARTS_H
#define MEDLOCK_CRYPTO_X509_PARTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/crypto/hash.h"
#include "core/crypto/x509.h"

#define X509_SPKI_P256 91u /* an uncompressed point with its algorithm, RFC 5480 */
#define X509_SPKI_ED25519 44u /* RFC 8410 */

/* Sets the words, with OpenSSL's own reason when there is one, and empties its queue, where left errors would be
 * taken for those of the next TLS call.
 */
enum err x509_fail(struct err_info *info, enum err e, const char *what);

/* ---- keys ---- */

/* NULL when secret is no PKCS#8 key of a kind we use.  Free with EVP_PKEY_free. */
EVP_PKEY *x509_pkey(const struct secret *key);
EVP_PKEY *x509_pkey_of_spki(struct bytes spki);
enum cert_key_kind x509_pkey_kind(const EVP_PKEY *key);
const EVP_MD *x509_digest_for(const EVP_PKEY *key); /* NULL for Ed25519, which hashes by itself */

/* ---- der ---- */

/* Exactly one object within its size limit; NULL otherwise. */
X509 *x509_cert_of_der(struct bytes der);

/* Appends len bytes of der and frees them; ERR_MEMORY when len is negative. */
enum err x509_append(struct buf *out, unsigned char *der, int len);

ASN1_TIME *x509_time(struct time_ms t);
bool x509_time_read(struct time_ms *ret, const ASN1_TIME *from);

/* A serial number of 20 bytes: positive, not zero, below 2^159; NULL otherwise. */
ASN1_INTEGER *x509_serial(const uint8_t serial[CERT_SERIAL_SIZE]);
/* Right-aligned; *ret_len is the length of the encoded INTEGER, leading zero included. */
void x509_serial_read(uint8_t ret[CERT_SERIAL_SIZE], size_t *ret_len, bool *ret_negative, const ASN1_INTEGER *from);

/* ---- names ---- */

X509_NAME *x509_name_make(const struct cert_name *name);
struct hash32 x509_name_sha256(const X509_NAME *name);

/* Shows a name: bytes that could do harm on a terminal come as \xHH; the last of equal attributes wins. */
void x509_name_show(struct cert_subject *ret, const X509_NAME *name);

GENERAL_NAME *x509_alt_make(const struct cert_alt *alt, bool constraint);
void x509_alt_show(struct cert_alt_text *ret, const GENERAL_NAME *name);

/* A dotted OID as text, cut to size. */
void x509_oid_text(char *out, size_t size, const ASN1_OBJECT *object);

#endif
