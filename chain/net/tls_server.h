/* SPDX-License-Identifier: Apache-2.0 */
/* The peer's TLS end: TLS 1.3 only (RFC 8446), one P-256 key, a self-signed certificate made anew at each start.
 *
 * Clients pin the key (SHA-256 of its SubjectPublicKeyInfo, as in RFC 7469), not the certificate, so the certificate
 * holds nothing but the key.  Session tickets and early data are off: no state, no replay.
 */
#ifndef MEDLOCK_NET_TLS_SERVER_H
#define MEDLOCK_NET_TLS_SERVER_H

#include <openssl/ssl.h>

#include "core/base/buf.h"

#define TLS_KEY_MAX 512u /* DER, PKCS#8 */

/* A new P-256 key as PKCS#8 DER, appended to out (secret: the caller wipes it). */
enum err tls_key_new(struct buf *out, struct err_info *info) MUST_USE;

/* The pin of a key: SHA-256 of its DER SubjectPublicKeyInfo. */
enum err tls_key_pin(struct hash32 *ret, struct bytes key, struct err_info *info) MUST_USE;

/* A context for bufferevent_openssl; free with SSL_CTX_free.  key: PKCS#8 DER. */
enum err tls_server_new(SSL_CTX **ret, struct bytes key, struct err_info *info) MUST_USE;

#endif
