/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 as the certificate authority and the peers need it (RFC 5280, RFC 2986, RFC 8410), on OpenSSL.
 *
 * This is mechanism: it writes the fields it is given and reads what is there.  Which fields are right is the profile's
 * and the lint's business (core/ident).  Certificates, requests and lists are DER in and out; private keys are PKCS#8
 * DER in a secret.  Times are whole seconds.  Parsers take exactly one DER object: bytes after it are ERR_FORMAT.
 * All functions are safe from any thread.
 */
#ifndef MEDLOCK_CRYPTO_X509_H
#define MEDLOCK_CRYPTO_X509_H

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/crypto/sign.h"

#define CERT_SERIAL_SIZE 20
#define CERT_SIZE_MAX 16384u	     /* bytes of one certificate */
#define CERT_REQUEST_SIZE_MAX 16384u /* bytes of one request */
#define CERT_CRL_SIZE_MAX (16u * 1024 * 1024)
#define CERT_TEXT_MAX 257  /* a name attribute: 64 characters of UTF-8 and the NUL */
#define CERT_NAME_MAX 512  /* an alternative name or an OID as text, with the NUL */
#define CERT_LIST_MAX 16u  /* entries of one list in a certificate */
#define CERT_CHAIN_MAX 4u  /* certificates between leaf and root */
#define CERT_NO_PATH_LEN (-1)

enum cert_key_kind { CERT_KEY_OTHER = 0, CERT_KEY_P256 = 1, CERT_KEY_ED25519 = 2 };

/* ---- keys ---- */

/* A new private key from OpenSSL's generator, as PKCS#8 DER. */
enum err x509_key_new(struct secret **ret, enum cert_key_kind kind) MUST_USE;

/* The Ed25519 key of a 32-byte seed, as PKCS#8 DER (RFC 8410). */
enum err x509_key_of_seed(struct secret **ret, const struct secret *seed) MUST_USE;

/* Appends the SubjectPublicKeyInfo.  ERR_FORMAT when key is none. */
enum err x509_key_spki(struct buf *out, const struct secret *key) MUST_USE;

/* ECDSA with SHA-256 (FIPS 186-5) over a digest made before; DER, appended: what `openssl dgst -sha256 -verify` reads.
 * ERR_FORMAT when key is no P-256 key.
 */
enum err x509_sign_digest(struct buf *out, const struct secret *key, const struct hash32 *digest) MUST_USE;

/* SHA-256 of a SubjectPublicKeyInfo: the pin of a peer, the duplicate-key check of the desk. */
struct hash32 x509_spki_sha256(struct bytes spki);

/* ---- names and lists ---- */

/* A subject; NULL attributes are left out, UTF8String for the others, at most 64 characters each. */
struct cert_name { const char *organisation, *unit, *common_name; };

enum cert_alt_kind { CERT_ALT_DNS, CERT_ALT_IP, CERT_ALT_URI, CERT_ALT_EMAIL, CERT_ALT_DIRECTORY, CERT_ALT_OTHER };

/* An alternative name or a name constraint.  IP: "192.0.2.1"; as a constraint "192.0.2.0/255.255.255.0".
 * DIRECTORY: text is the organisation of a name that has no other attribute.
 */
struct cert_alt {
	enum cert_alt_kind kind;
	const char *text;
};

/* Key usage bits as RFC 5280 section 4.2.1.3 numbers them: bit i of the BIT STRING is 1 << i. */
#define CERT_USE_SIGN (1u << 0)
#define CERT_USE_COMMIT (1u << 1)
#define CERT_USE_KEY_ENCIPHER (1u << 2)
#define CERT_USE_DATA_ENCIPHER (1u << 3)
#define CERT_USE_KEY_AGREE (1u << 4)
#define CERT_USE_CERT_SIGN (1u << 5)
#define CERT_USE_CRL_SIGN (1u << 6)

/* Extended key usages by dotted OID. */
#define CERT_EKU_SERVER "1.3.6.1.5.5.7.3.1"
#define CERT_EKU_CLIENT "1.3.6.1.5.5.7.3.2"
#define CERT_EKU_OCSP "1.3.6.1.5.5.7.3.9"

/* ---- issuing ---- */

/* Every field of a certificate to be made.  Version 3; SKI from the subject's key, AKI from the issuer's. */
struct cert_fields {
	uint8_t serial[CERT_SERIAL_SIZE]; /* big-endian; positive and below 2^159, not zero */
	struct cert_name subject;
	struct time_ms not_before, not_after; /* seconds; the rest of a second is cut */
	struct bytes spki;		      /* of the subject */
	bool ca;			      /* basicConstraints CA; critical either way */
	int path_len;			      /* CERT_NO_PATH_LEN, or 0 and more on a CA */
	uint32_t key_usage;		      /* CERT_USE_*, critical; 0: none */
	const char *const *eku;		      /* dotted OIDs */
	size_t eku_count;
	const struct cert_alt *alt; /* critical if and only if the subject is empty */
	size_t alt_count;
	const char *const *policies; /* dotted OIDs */
	size_t policies_count;
	const struct cert_alt *permitted, *excluded; /* nameConstraints, critical */
	size_t permitted_count, excluded_count;
	const char *crl_uri; /* CRL distribution point; NULL: none */
};

/* Signs a certificate and appends its DER.  issuer: the CA's certificate, whose subject becomes the issuer byte for
 * byte and whose SKI the AKI; empty: self-signed (spki must be key's own).  ERR_RANGE (a field), ERR_FORMAT (issuer,
 * key or spki), ERR_CERTIFICATE (key is not the issuer's).
 */
enum err x509_issue(struct buf *out, const struct cert_fields *fields, struct bytes issuer, const struct secret *key,
		    struct err_info *info) MUST_USE;

/* A self-signed TLS certificate of a peer: digitalSignature, serverAuth and clientAuth, alternative names. */
enum err x509_tls_self_signed(struct buf *out, const struct secret *key, const char *common_name,
			      const struct cert_alt *alt, size_t alt_count, struct time_ms not_before,
			      struct time_ms not_after, struct err_info *info) MUST_USE;

/* ---- requests ---- */

/* A PKCS#10 request for subject, signed with key (so it proves possession).  No extension is asked for. */
enum err x509_request_make(struct buf *out, const struct cert_name *subject, const struct secret *key,
			   struct err_info *info) MUST_USE;

struct cert_subject { char organisation[CERT_TEXT_MAX], unit[CERT_TEXT_MAX], common_name[CERT_TEXT_MAX]; };

struct cert_request {
	struct cert_subject subject; /* valid UTF-8 without control characters; "" when absent */
	enum cert_key_kind kind;     /* never CERT_KEY_OTHER */
	struct sign_public ed25519;  /* when kind is CERT_KEY_ED25519 */
	struct hash32 spki_sha256;
	uint8_t spki[128];
	size_t spki_len;
	char wishes[CERT_LIST_MAX][64]; /* attributes and extensions it asks for, by name or OID: all dropped */
	size_t wishes_count;
};

/* Exactly one request of at most CERT_REQUEST_SIZE_MAX bytes, its signature checked with its own key.
 * Refused: other keys than P-256 and Ed25519, a name attribute twice or longer than 64 characters or other than C, O,
 * OU, CN, serialNumber.  ERR_FORMAT, ERR_TOO_LARGE, ERR_SIGNATURE, ERR_LINT (key or name not taken), ERR_UTF8.
 */
enum err x509_request_parse(struct cert_request *ret, struct bytes der, struct err_info *info) MUST_USE;

/* ---- reading certificates ---- */

struct cert_alt_text {
	enum cert_alt_kind kind;
	char text[CERT_NAME_MAX]; /* non-printing and non-ASCII bytes are shown as \xHH */
};

/* What a certificate says, for display and lint.  A view of its own: nothing to release (about 30 KiB). */
struct cert_summary {
	int version; /* 3 */
	uint8_t serial[CERT_SERIAL_SIZE]; /* right-aligned */
	size_t serial_len;		  /* bytes of the encoded INTEGER; may be 0 or past CERT_SERIAL_SIZE */
	bool serial_negative;
	struct cert_subject subject, issuer;
	bool subject_empty;
	struct hash32 subject_sha256, issuer_sha256; /* of the encoded names */
	struct time_ms not_before, not_after;
	enum cert_key_kind kind;
	struct sign_public ed25519; /* when kind is CERT_KEY_ED25519 */
	struct hash32 spki_sha256;
	char signature_algorithm[64];
	bool basic_present, basic_critical, ca;
	int path_len;
	bool usage_present, usage_critical;
	uint32_t key_usage;
	bool eku_present, eku_critical;
	char eku[CERT_LIST_MAX][64]; /* dotted OIDs */
	size_t eku_count;
	uint8_t ski[32], aki[32];
	size_t ski_len, aki_len; /* 0: absent */
	bool aki_issuer, aki_serial;
	bool alt_present, alt_critical;
	struct cert_alt_text alt[CERT_LIST_MAX];
	size_t alt_count;
	char policies[CERT_LIST_MAX][64];
	size_t policies_count;
	bool constraints_present, constraints_critical;
	struct cert_alt_text permitted[CERT_LIST_MAX], excluded[CERT_LIST_MAX];
	size_t permitted_count, excluded_count;
	char other[CERT_LIST_MAX][64]; /* further extensions, dotted */
	bool other_critical[CERT_LIST_MAX];
	size_t other_count;
	struct hash32 sha256; /* of the whole certificate */
};

/* ERR_FORMAT, ERR_TOO_LARGE (size, or a list past CERT_LIST_MAX).  Signatures are not checked. */
enum err x509_parse(struct cert_summary *ret, struct bytes der, struct err_info *info) MUST_USE;

/* Appends the SubjectPublicKeyInfo of a certificate. */
enum err x509_spki(struct buf *out, struct bytes der) MUST_USE;

/* ---- revocation lists ---- */

/* CRLReason of RFC 5280 section 5.3.1. */
enum cert_reason {
	CERT_REASON_UNSPECIFIED = 0, CERT_REASON_KEY_COMPROMISE = 1, CERT_REASON_CA_COMPROMISE = 2,
	CERT_REASON_AFFILIATION_CHANGED = 3, CERT_REASON_SUPERSEDED = 4, CERT_REASON_CESSATION = 5,
	CERT_REASON_HOLD = 6, CERT_REASON_PRIVILEGE_WITHDRAWN = 9, CERT_REASON_AA_COMPROMISE = 10
};

struct cert_revoked {
	uint8_t serial[CERT_SERIAL_SIZE]; /* right-aligned, as in cert_fields */
	struct time_ms revoked_at;
	enum cert_reason reason; /* unspecified is left out, as the RFC recommends */
	bool has_invalid_since;
	struct time_ms invalid_since; /* the invalidity date */
};

/* Signs a version 2 list with number, AKI, both dates and one entry each; appends its DER.  ERR_RANGE (dates, reason,
 * serial), ERR_FORMAT, ERR_CERTIFICATE (key is not the issuer's).
 */
enum err x509_crl_make(struct buf *out, struct bytes issuer, const struct secret *key, uint64_t number,
		       struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
		       size_t revoked_count, struct err_info *info) MUST_USE;

struct cert_crl {
	uint64_t number;
	struct time_ms this_update, next_update;
	struct hash32 issuer_sha256; /* of the encoded name */
	uint8_t aki[32];
	size_t aki_len;
	struct cert_revoked *revoked;
	size_t revoked_count;
};

/* Reads a list and checks its signature with the issuer's certificate (empty: not checked).  Version 2 with number
 * and nextUpdate only; a delta list and any critical extension are refused.  ERR_FORMAT, ERR_TOO_LARGE, ERR_SIGNATURE.
 */
enum err x509_crl_parse(struct cert_crl *ret, struct bytes der, struct bytes issuer, struct err_info *info) MUST_USE;
void x509_crl_release(struct cert_crl *crl);
const struct cert_revoked *x509_crl_find(const struct cert_crl *crl, const uint8_t serial[CERT_SERIAL_SIZE]);

/* ---- checking a chain ---- */

enum { CERT_CHECK_LEAF_CRL = 1, CERT_CHECK_ALL_CRLS = 2 };

struct cert_chain {
	struct bytes root; /* the one trust anchor */
	const struct bytes *between;
	size_t between_count; /* 0..CERT_CHAIN_MAX */
	const struct bytes *crls;
	size_t crls_count;
	unsigned flags; /* CERT_CHECK_*: a missing or stale list refuses */
};

/* OpenSSL's path validation at a time, with X509_V_FLAG_X509_STRICT and security level 2.  eku: a dotted OID the
 * leaf must carry, or NULL.  ERR_CERTIFICATE, ERR_EXPIRED, ERR_REVOKED, ERR_FORMAT; the reason in info.
 */
enum err x509_verify(struct bytes leaf, const struct cert_chain *chain, struct time_ms at, const char *eku,
		     struct err_info *info) MUST_USE;

/* ---- text form ---- */

#define CERT_PEM_CERTIFICATE "CERTIFICATE"
#define CERT_PEM_REQUEST "CERTIFICATE REQUEST"
#define CERT_PEM_CRL "X509 CRL"

/* RFC 7468, one object.  Reading takes exactly one of that label (text before and after it is refused, white space
 * is not).  ERR_FORMAT, ERR_TOO_LARGE.
 */
enum err x509_pem_write(struct buf *out, const char *label, struct bytes der) MUST_USE;
enum err x509_pem_read(struct buf *out, const char *label, struct bytes text) MUST_USE;

#endif
