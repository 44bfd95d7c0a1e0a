/* SPDX-License-Identifier: Apache-2.0 */
/* A desk in memory: keys that are not in a key-holder, a ledger that remembers, people who ask. */
#ifndef MEDLOCK_TESTS_IDENT_DESK_H
#define MEDLOCK_TESTS_IDENT_DESK_H

#include <stdlib.h>
#include <unistd.h>

#include "core/crypto/schnorr.h"
#include <stdio.h>

#include "core/ident/ceremony.h"

struct desk {
	struct secret *ca_key[2], *seal, *column;
	struct seal_public seal_public;
	struct ca_options options;
	struct manual_clock clock;
	char path[64];
	unsigned anchored, revoked, released;
	enum err ledger_says, list_says;
	uint8_t last_account[32], last_commitment[32];
	bool last_had_keys, last_had_organisation;
	uint32_t last_role, last_reason;
	struct buf last_anchor; /* the message, encoded */
	struct hash32 last_request;
	enum err holds; /* what the ledger says of an account's keys */
};

struct person {
	struct secret *seed, *seal, *pkcs8;
	struct sign_public sign;
	struct seal_public seal_public;
	uint8_t open[G1_SIZE], open_proof[64];
	struct signature keys_signature;
	Medlock__KeySet keys;
	struct account_id account;
	struct buf csr;
};

static enum err desk_spki(void *self, struct buf *out, enum ca_key which, struct err_info *info)
{
	struct desk *d = self;

	if (d->ca_key[which - 1] == NULL)
		TRY(x509_key_new(&d->ca_key[which - 1], CERT_KEY_P256));
	return x509_key_spki(out, d->ca_key[which - 1]);
}

static enum err desk_issue(void *self, struct buf *out, enum ca_key which, const struct cert_fields *f, struct bytes issuer,
			   struct err_info *info)
{
	return x509_issue(out, f, issuer, ((struct desk *)self)->ca_key[which - 1], info);
}

static enum err desk_crl(void *self, struct buf *out, enum ca_key which, struct bytes issuer, uint64_t number,
			 struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			 size_t count, struct err_info *info)
{
	if (((struct desk *)self)->list_says != ERR_OK)
		return ((struct desk *)self)->list_says;
	return x509_crl_make(out, issuer, ((struct desk *)self)->ca_key[which - 1], number, this_update, next_update, revoked,
			     count, info);
}

static enum err desk_sign_text(void *self, struct buf *out, enum ca_key which, struct bytes text, struct err_info *info)
{
	const struct hash32 digest = hash_sha256(text);

	return x509_sign_digest(out, ((struct desk *)self)->ca_key[which - 1], &digest);
}

static enum err desk_make_root(void *self, struct err_info *info)
{
	return ERR_OK; /* desk_spki makes it */
}

static enum err desk_open(void *self, struct buf *out, struct bytes file, struct err_info *info)
{
	const struct byte_sink sink = byte_sink_buf(out);
	const struct byte_source source = byte_source_bytes(&file);

	return age_decrypt(NULL, &sink, &source, ((struct desk *)self)->seal, info);
}

static enum err desk_seal_column(void *self, struct buf *out, const struct hash32 *aad, struct bytes plain, struct err_info *info)
{
	struct seal_public to;

	seal_public_of(&to, ((struct desk *)self)->column);
	return seal_to(out, &to, bytes_str("column"), BYTES_ID(*aad), plain, rng_system());
}

static enum err desk_open_column(void *self, struct buf *out, const struct hash32 *aad, struct bytes sealed, struct err_info *info)
{
	return seal_open(out, ((struct desk *)self)->column, bytes_str("column"), BYTES_ID(*aad), sealed);
}

static enum err desk_anchor(void *self, struct tx_id *tx, uint64_t *height, const Medlock__CertAnchor *a, struct err_info *info)
{
	struct desk *d = self;

	if (d->ledger_says != ERR_OK)
		return err_set(info, d->ledger_says, "the test's ledger");
	d->anchored++;
	for (size_t i = 0; i < a->n_purposes; i++) /* as a submitter that sorts writes to the list */
		((volatile uint32_t *)a->purposes)[i] = a->purposes[i];
	memcpy(d->last_account, a->account.data, 32);
	memcpy(d->last_commitment, a->certificate.data, 32);
	buf_release(&d->last_anchor);
	WIRE_ENCODE(&d->last_anchor, a);
	d->last_had_keys = a->keys != NULL;
	d->last_had_organisation = a->organisation.len > 0;
	d->last_role = a->role;
	memset(tx, 7, sizeof(*tx));
	*height = 10 + d->anchored;
	return ERR_OK;
}

static enum err desk_revoke(void *self, struct tx_id *tx, uint64_t *height, const Medlock__CertRevoke *r, struct err_info *info)
{
	struct desk *d = self;

	if (d->ledger_says != ERR_OK)
		return err_set(info, d->ledger_says, "the test's ledger");
	d->revoked++;
	d->last_reason = r->reason;
	memcpy(d->last_account, r->account.data, 32);
	memset(tx, 9, sizeof(*tx));
	*height = 100;
	return ERR_OK;
}

static enum err desk_lift(void *self, struct tx_id *tx, uint64_t *height, const struct account_id *account,
			     struct err_info *info)
{
	struct desk *d = self;

	if (d->ledger_says != ERR_OK)
		return err_set(info, d->ledger_says, "the test's ledger");
	d->released++;
	memcpy(d->last_account, account->b, 32);
	memset(tx, 8, sizeof(*tx));
	*height = 200;
	return ERR_OK;
}

static enum err desk_holds(void *self, const struct account_id *account, const Medlock__KeySet *keys, struct err_info *info)
{
	struct desk *d = self;

	return d->holds == ERR_OK ? ERR_OK : err_set(info, d->holds, "the test's ledger");
}

static inline void desk_init(struct desk *d, int64_t now)
{
	memset(d, 0, sizeof(*d));
	manual_clock_init(&d->clock, (struct time_ms){now});
	(void)snprintf(d->path, sizeof(d->path), "/tmp/medlock-desk-%d-XXXXXX", (int)getpid());
	ASSERT(mkdtemp(d->path) != NULL);
	(void)snprintf(d->path + strlen(d->path), sizeof(d->path) - strlen(d->path), "/register.db");
	ASSERT(seal_private_new(&d->seal, rng_system()) == ERR_OK && seal_private_new(&d->column, rng_system()) == ERR_OK);
	seal_public_of(&d->seal_public, d->seal);
	d->options = (struct ca_options){
		.register_path = d->path,
		.keys = {desk_spki, desk_issue, desk_crl, desk_sign_text, desk_open, desk_seal_column, desk_open_column, d},
		.ledger = {desk_anchor, desk_revoke, desk_holds, desk_lift, d},
		.clock = &d->clock.clock, .rng = rng_system(),
	};
	d->holds = ERR_NOT_FOUND; /* nobody has an account */
	memset(d->options.network.b, 0x42, sizeof(d->options.network.b));
}

static const char *const desk_witnesses[] = {"W. Itness", "A. Nother"};

static inline struct ceremony_wish desk_wish(struct desk *d)
{
	return (struct ceremony_wish){.version = "0.0.0", .witnesses = desk_witnesses, .witness_count = 2,
				      .make_root = desk_make_root, .self = d};
}

/* Hold it and open the register. */
static inline enum err desk_ceremony(struct desk *d, struct err_info *info)
{
	const struct ceremony_wish wish = desk_wish(d);
	struct ceremony_made made = {0};
	enum err e = ceremony_hold(&made, &d->options, &wish, false, info);

	if (e == ERR_OK)
		e = ceremony_open(&d->options, &made, info);
	ceremony_made_release(&made);
	return e;
}

static inline void desk_release(struct desk *d)
{
	char *slash;

	secret_free(d->ca_key[0]);
	secret_free(d->ca_key[1]);
	buf_release(&d->last_anchor);
	secret_free(d->seal);
	secret_free(d->column);
	(void)unlink(d->path);
	slash = strrchr(d->path, '/');
	for (const char *const *s = (const char *const[]){"-wal", "-shm", NULL}; *s != NULL; s++) {
		char side[80];

		(void)snprintf(side, sizeof(side), "%s%s", d->path, *s);
		(void)unlink(side);
	}
	*slash = '\0';
	(void)rmdir(d->path);
}

/* Keys of a person for a network, and a request with a common name. */
static inline void person_init(struct person *p, const struct network_id *network, const char *common_name)
{
	struct buf context = BUF_INIT;
	struct schnorr_proof proof;
	struct scalar x;
	struct g1 open;
	struct hash32 statement;

	memset(p, 0, sizeof(*p));
	ASSERT(secret_new(&p->seed, 32) == ERR_OK && seal_private_new(&p->seal, rng_system()) == ERR_OK);
	rng_fill(rng_system(), p->seed->data, 32);
	sign_public_of_seed(&p->sign, p->seed);
	seal_public_of(&p->seal_public, p->seal);
	ASSERT(x509_key_of_seed(&p->pkcs8, p->seed) == ERR_OK);
	medlock__key_set__init(&p->keys);
	p->keys.sign = wire_data(bytes_of(p->sign.b, 32));
	p->keys.seal = wire_data(bytes_of(p->seal_public.b, 32));
	scalar_random(&x, rng_system());
	g1_mul_generator(&open, &x);
	g1_write(p->open, &open);
	p->keys.open = wire_data(bytes_of(p->open, sizeof(p->open)));
	keyset_open_context(&context, network, bytes_of(p->sign.b, 32));
	schnorr_prove(&proof, &x, buf_bytes(&context), rng_system());
	memcpy(p->open_proof, proof.b, sizeof(p->open_proof));
	p->keys.open_proof = wire_data(bytes_of(p->open_proof, sizeof(p->open_proof)));
	buf_release(&context);
	ASSERT(keyset_account(&p->account, &p->keys) == ERR_OK);
	ASSERT(keyset_statement(&statement, network, &p->account, &p->keys) == ERR_OK);
	sign_make(&p->keys_signature, p->seed, BYTES_ID(statement));
	ASSERT(x509_request_make(&p->csr, &(struct cert_name){.common_name = common_name, .organisation = "Wished Ltd"}, p->pkcs8, NULL) == ERR_OK);
}

static inline void person_release(struct person *p)
{
	secret_free(p->seed);
	secret_free(p->seal);
	secret_free(p->pkcs8);
	buf_release(&p->csr);
}

static inline enum err person_ask(struct buf *out, struct person *p, struct desk *d, const char *profile, const char *name,
				  const char *organisation)
{
	const struct enrolment_wish w = {.keys = &p->keys, .keys_signature = bytes_of(p->keys_signature.b, 64),
					 .csr = buf_bytes(&p->csr), .network = d->options.network,
					 .profile = profile_by_name(profile), .name = name, .organisation = organisation,
					 .at = d->clock.now};

	return enrolment_make(out, &d->last_request, &w, &d->seal_public, 1, rng_system(), NULL);
}

#endif
