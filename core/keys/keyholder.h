/* SPDX-License-Identifier: Apache-2.0 */
/* The key-holder: a process of its own that holds a person's keys and shares one socket with the program.
 *
 * It is forked before any thread starts, closes every file, cannot open files or sockets (seccomp, Landlock where the
 * kernel has it), does only what its capability mask allows, reads what it signs, and dies on an odd message.  Keys and
 * passphrases are never in the program's memory longer than it takes to send them; keys never come back, except what
 * KEYHOLDER_EXPORT allows the owner.
 *
 * Every call blocks until the answer or KEYHOLDER_WAIT_MS: ERR_KEYHOLDER when the process ended (it is not started
 * again by itself).  ERR_LOCKED before unlock; ERR_ROLE when the capability is missing.  One thread at a time for each
 * struct keyholder.  Bytes that come out are appended to bufs.
 */
#ifndef MEDLOCK_KEYS_KEYHOLDER_H
#define MEDLOCK_KEYS_KEYHOLDER_H

#include "chain/proto/release.h"
#include "chain/proto/ticket.h"
#include "chain/proto/tx.h"
#include "core/crypto/x509.h"
#include "core/keys/keystore.h"

#define KEYHOLDER_MESSAGE_MAX (256u * 1024)
#define KEYHOLDER_FIELDS_MAX 16u
#define KEYHOLDER_WAIT_MS 60000 /* Argon2id on a slow machine is the longest */

/* Capabilities. */
enum {
	KEYHOLDER_OWNER = 1u << 0,   /* sign consent_set, consent_pause, access_answer, question */
	KEYHOLDER_REQUEST = 1u << 1, /* sign access_request, access_close, reply to a question; request keys */
	KEYHOLDER_DEPOSIT = 1u << 2, /* sign record_deposit, put tickets */
	KEYHOLDER_CA = 1u << 3,      /* sign cert_anchor, cert_revoke; issue certificates and lists; register */
	KEYHOLDER_OPERATOR = 1u << 4, /* sign network_set */
	KEYHOLDER_EXPORT = 1u << 5,  /* hand out the age identity */
	KEYHOLDER_PROBE = 1u << 30   /* tests only: refused without a probe */
};
/* By mode; everybody may sign read and get tickets, their own key set, and the revocation of their own account. */
#define KEYHOLDER_PATIENT (KEYHOLDER_OWNER | KEYHOLDER_EXPORT | KEYHOLDER_REQUEST)
#define KEYHOLDER_INSTITUTE (KEYHOLDER_REQUEST | KEYHOLDER_DEPOSIT)
#define KEYHOLDER_AUTHORITY (KEYHOLDER_CA | KEYHOLDER_DEPOSIT)
/* "patient", "institute", "ca", "operator", "auditor"; 0 for others. */
uint32_t keyholder_capabilities(const char *mode);

struct keyholder;

/* Fork it.  crypto_start was called; no thread runs yet.  ERR_IO, ERR_MEMORY. */
enum err keyholder_start(struct keyholder **ret, uint32_t capabilities, struct err_info *info) MUST_USE;
/* Ends it and waits. */
void keyholder_free(struct keyholder *k);

/* ---- life ---- */

/* A new person; ret_file: the keystore's bytes, to be written by the caller.  It is unlocked afterwards. */
enum err keyholder_create(struct keyholder *k, struct buf *ret_file, const struct network_id *network,
			  struct bytes passphrase, const struct kdf_params *params, struct err_info *info) MUST_USE;
/* expected NULL: any account.  Errors as keystore_open. */
enum err keyholder_unlock(struct keyholder *k, struct bytes file, struct bytes passphrase,
			  const struct account_id *expected, struct err_info *info) MUST_USE;
/* Keys from the words of a recovery card, named by themselves; ret_file: the keystore's bytes.  ERR_FORMAT: mistyped. */
enum err keyholder_recover(struct keyholder *k, struct buf *ret_file, const struct network_id *network, struct bytes words,
			   struct bytes passphrase, const struct kdf_params *params, struct err_info *info) MUST_USE;
enum err keyholder_lock(struct keyholder *k, struct err_info *info) MUST_USE; /* wipes the keys */
/* Lock by itself after so many milliseconds without a question; 0: never, as at the start.  For programs that stay open: a
 * command that works long between two questions would lose its keys.  ERR_RANGE above INT32_MAX.
 */
enum err keyholder_idle(struct keyholder *k, uint32_t ms, struct err_info *info) MUST_USE;
bool keyholder_unlocked(const struct keyholder *k); /* as of the last call; no message */

/* New keystore bytes, to be written before they count. */
enum err keyholder_change_passphrase(struct keyholder *k, struct buf *ret_file, struct bytes passphrase,
				     const struct kdf_params *params, struct err_info *info) MUST_USE;
/* The recovery card: the words that are the master key, and the places in which typed ones differ. */
enum err keyholder_words(struct keyholder *k, struct secret **ret_text, struct err_info *info) MUST_USE;
enum err keyholder_words_compare(struct keyholder *k, uint32_t *ret_wrong, struct bytes typed,
				 struct err_info *info) MUST_USE;

/* Shares of the master key for n helpers of whom `needed` give it back (core/keys/shares.h), one appended to each buf:
 * secrets.
 */
enum err keyholder_shares(struct keyholder *k, struct buf *ret, uint32_t n, uint32_t needed, struct err_info *info) MUST_USE;
/* With the keys of a recovery unlocked: shares sealed to them (each after its be32 length).  ret_have good ones of ret_need (0:
 * not known); with enough, the person's keys take the place, and ret_file gets their keystore; else it stays empty.
 */
enum err keyholder_recover_shares(struct keyholder *k, struct buf *ret_file, uint32_t *ret_have, uint32_t *ret_need,
				  struct bytes sealed, struct bytes passphrase, const struct kdf_params *params,
				  struct err_info *info) MUST_USE;

/* These keys for another device of the same person, sealed to its key; and on that device, from what was sealed to it (each
 * after its be32 length): ret_file stays empty when nothing opens.
 */
enum err keyholder_pair(struct keyholder *k, struct buf *ret, const struct seal_public *to, struct err_info *info) MUST_USE;
enum err keyholder_recover_pair(struct keyholder *k, struct buf *ret_file, struct bytes sealed, struct bytes passphrase,
				const struct kdf_params *params, struct err_info *info) MUST_USE;

/* ---- generations of keys (core/keys/keystore.h) ---- */

/* Fresh keys for this account.  ret_file is to be stored beside the keystore before ret's transaction leaves; only a body
 * with these keys is signed, still by the old ones.  keyholder_rotated: they count from now on.
 */
struct keyholder_next {
	struct buf file, keyset, signature, earlier;
};
enum err keyholder_rotate(struct keyholder *k, struct keyholder_next *ret, struct bytes passphrase,
			  const struct kdf_params *params, struct err_info *info) MUST_USE;
void keyholder_next_release(struct keyholder_next *n);
enum err keyholder_rotated(struct keyholder *k, struct err_info *info) MUST_USE;

/* What the ledger says of recovered keys: their account, their generation, the sealed earlier ones; new keystore bytes. */
enum err keyholder_place(struct keyholder *k, struct buf *ret_file, const struct account_id *account, uint32_t generation,
			 struct err_info *info) MUST_USE;
enum err keyholder_earlier(struct keyholder *k, struct sign_public *ret, uint32_t generation, struct bytes sealed,
			   struct err_info *info) MUST_USE; /* keystore_earlier_sign */
enum err keyholder_adopt(struct keyholder *k, struct buf *ret_file, uint32_t generation, struct bytes sealed,
			 const struct sign_public *sign,
			 struct err_info *info) MUST_USE;
/* The newest generation whose predecessor is not here; 0: none. */
enum err keyholder_missing(struct keyholder *k, uint32_t *ret, struct err_info *info) MUST_USE;

/* ---- public ---- */

struct keyholder_public {
	struct account_id account;
	struct network_id network; /* of the key set's statement; zero: genesis account */
	struct sign_public sign;
	struct seal_public seal;
	uint8_t keyset[256];       /* canonical KeySet */
	size_t keyset_len;
	struct signature keyset_signature;
	uint32_t slots, generation;
	uint32_t entries;          /* bit n: entry kind n < 32 is there */
};
enum err keyholder_public(struct keyholder *k, struct keyholder_public *ret, struct err_info *info) MUST_USE;

/* GenesisAccount bytes of this person (`medlockd init` takes them): the key set must have been made for GENESIS_NETWORK
 * (ERR_NETWORK_ID).  organisation may be NULL.
 */
enum err keys_card(struct keyholder *k, struct buf *ret, uint32_t role, const struct organisation_id *organisation,
		   struct err_info *info) MUST_USE;

/* ---- signing: the process decodes what it signs ---- */

/* The network that everything signed must name.  Once a life; a second, other one is ERR_NETWORK_ID. */
enum err keyholder_bind(struct keyholder *k, const struct network_id *network, struct err_info *info) MUST_USE;

/* A canonical Body: its network is the bound one and its action fits the mask (cert_revoke of the own account always
 * does; account_keys as core/keys/keyholder_rotate.c says).  ret: over tx_signing_hash.  ERR_ROLE, ERR_NETWORK_ID, ERR_FORMAT.
 */
enum err keyholder_sign_body(struct keyholder *k, struct signature *ret, struct bytes body,
			     struct err_info *info) MUST_USE;

/* Fills ticket->signature: appends the canonical signed ticket's Authorization value ("medlock BASE64") to ret_text.
 * The ticket names the bound network and this account; request set: signed with that request's key (nonce), else NULL.
 */
enum err keyholder_sign_ticket(struct keyholder *k, struct buf *ret_text, const Medlock__Ticket *ticket,
			       const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info) MUST_USE;

/* PKCS#10 with the acting key; DER appended. */
enum err keyholder_csr(struct keyholder *k, struct buf *ret_der, const struct cert_name *subject,
		       struct err_info *info) MUST_USE;

/* ---- one-time keys of a request: derived from a nonce that is no secret ---- */

enum err keyholder_request_keys(struct keyholder *k, struct sign_public *ret_sign, struct seal_public *ret_seal,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info) MUST_USE;
/* A ReleaseRequest whose signature is filled in here; canonical bytes appended. */
enum err keyholder_sign_release(struct keyholder *k, struct buf *ret, const Medlock__ReleaseRequest *request,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info) MUST_USE;
/* The share sealed to the request's seal key: HPKE info is release_context of the binding, no aad. */
enum err keyholder_open_release(struct keyholder *k, struct buf *ret_share, const struct release_binding *binding,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct bytes sealed,
				struct err_info *info) MUST_USE;

/* ---- reading ---- */

/* The file key of an age header (its bytes; more may follow) by the person's identity. */
enum err keyholder_unwrap(struct keyholder *k, struct secret **ret_file_key, struct bytes age_header,
			  struct err_info *info) MUST_USE;
/* A whole small age file (at most KEYHOLDER_MESSAGE_MAX - 1024 bytes) decrypted. */
enum err keyholder_open_age(struct keyholder *k, struct buf *out, struct bytes file, struct err_info *info) MUST_USE;
/* "AGE-SECRET-KEY-1…", a line for each generation, the newest first: KEYHOLDER_EXPORT. */
enum err keyholder_export_identity(struct keyholder *k, struct secret **ret_text, struct err_info *info) MUST_USE;

/* A canonical Letter (chain/proto/letter.h) without its signature, from this account with its keys of now, signed; appended. */
enum err keyholder_sign_letter(struct keyholder *k, struct buf *ret, struct bytes letter, struct err_info *info) MUST_USE;
/* What was sealed as a letter to this account, by its keys of now or earlier ones; appended. */
enum err keyholder_open_letter(struct keyholder *k, struct buf *ret, struct bytes sealed, struct err_info *info) MUST_USE;

/* Private local bytes, bound to a name and aad; at most KEYHOLDER_MESSAGE_MAX - 1024. */
enum err keyholder_seal(struct keyholder *k, struct buf *out, const char *name, struct bytes aad, struct bytes plain,
			struct err_info *info) MUST_USE;
enum err keyholder_unseal(struct keyholder *k, struct buf *out, const char *name, struct bytes aad, struct bytes sealed,
			  struct err_info *info) MUST_USE;

/* ---- the authority (KEYHOLDER_CA); which: KEYSTORE_ENTRY_CA_ROOT or _ISSUING ---- */

/* The root key, which is in no keystore: a P-256 key in a sealed file of its own (storage/sealed_file.h) with a passphrase
 * of its own.  _root_new makes one and appends the file's bytes, which the caller writes before the key counts; _root_open
 * takes one (ERR_PASSPHRASE, ERR_FORMAT).  Until _root_forget, lock or unlock it serves the calls below, which say
 * ERR_LOCKED without.
 */
enum err keyholder_ca_root_new(struct keyholder *k, struct buf *ret_file, struct bytes passphrase,
			       struct err_info *info) MUST_USE;
enum err keyholder_ca_root_open(struct keyholder *k, struct bytes file, struct bytes passphrase,
				struct err_info *info) MUST_USE;
enum err keyholder_ca_root_forget(struct keyholder *k, struct err_info *info) MUST_USE;

/* Texts that the authority signs as they are, so that stock programs verify them: ECDSA-SHA256 over the bytes, DER, appended.
 * A text must begin as one of these, so that no signature here is one of a certificate.  ERR_REFUSED for others.
 */
#define KEYHOLDER_TEXT_CEREMONY "Ceremony of the certificate authority of network "
#define KEYHOLDER_TEXT_CSV "entry,serial,"
#define KEYHOLDER_TEXT_JSON "{\"export\":\"medlock register\","
enum err keyholder_ca_sign_text(struct keyholder *k, struct buf *out, uint32_t which, struct bytes text,
				struct err_info *info) MUST_USE;

/* The SubjectPublicKeyInfo, appended.  When there is no issuing key, a P-256 one is made and ret_file gets new keystore
 * bytes, which the caller writes before using it; else ret_file gets nothing.
 */
enum err keyholder_ca_spki(struct keyholder *k, struct buf *out, struct buf *ret_file, uint32_t which,
			   struct err_info *info) MUST_USE;
/* As x509_issue; the fields travel whole. */
enum err keyholder_ca_issue(struct keyholder *k, struct buf *out, uint32_t which, const struct cert_fields *fields,
			    struct bytes issuer, struct err_info *info) MUST_USE;
/* As x509_crl_make; at most KEYHOLDER_REVOKED_MAX entries (ERR_TOO_LARGE). */
#define KEYHOLDER_REVOKED_MAX 4096u
enum err keyholder_ca_crl(struct keyholder *k, struct buf *out, uint32_t which, struct bytes issuer, uint64_t number,
			  struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			  size_t revoked_count, struct err_info *info) MUST_USE;

/* ---- tests ---- */

/* What the child does for a probe message: set before keyholder_start by a test; NULL in the program, where the
 * capability is refused.  kind is the test's; the answer is an errno.
 */
typedef int keyholder_probe(uint32_t kind);
enum err keyholder_start_probed(struct keyholder **ret, uint32_t capabilities, keyholder_probe *probe,
				struct err_info *info) MUST_USE;
enum err keyholder_ask_probe(struct keyholder *k, int *ret_errno, uint32_t kind, struct err_info *info) MUST_USE;
/* Raw bytes into the socket, as a fault. */
enum err keyholder_send_raw(struct keyholder *k, struct bytes message) MUST_USE;

#endif
