/* SPDX-License-Identifier: Apache-2.0 */
/* The ceremony: root and issuing certificate, the register's first row, revocation list 1. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

struct ceremony {
	struct ca *ca;
	struct time_ms now;
	struct buf root_spki, issuing_spki;
	struct profile_plan root, issuing;
	struct buf *transcript;
};

static void say_fingerprint(struct ceremony *c, const char *what, struct bytes bytes)
{
	const struct hash32 h = hash_sha256(bytes);
	char hex[ID_HEX];

	hex_encode(hex, h.b, sizeof(h.b));
	buf_printf(c->transcript, "   %s, SHA-256:", what);
	for (size_t i = 0; i < 64; i += 8)
		buf_printf(c->transcript, " %.8s", hex + i);
	buf_append_text(c->transcript, "\n");
}

static void say_plan(struct ceremony *c, const struct profile_plan *p)
{
	for (size_t i = 0; i < p->line_count; i++)
		buf_printf(c->transcript, "   %-20s %s\n", p->lines[i].field, p->lines[i].issued);
}

/* Plan, lint with throw-away keys, sign, lint. */
static enum err make_one(struct ceremony *c, struct buf *out, struct cert_summary *ret, struct profile_plan *plan,
			 enum cert_profile profile, bool dry_run, struct err_info *info)
{
	const bool root = profile == CERT_PROFILE_ROOT;
	const struct cert_summary *issuer = root ? NULL : &c->ca->root_summary;
	const struct bytes spki = buf_bytes(root ? &c->root_spki : &c->issuing_spki);
	const struct hash32 pin = x509_spki_sha256(spki);

	TRY(profile_plan_ca(plan, profile_by_number(profile), spki, &c->ca->o.network, issuer, c->now, info));
	ca_new_serial(plan->fields.serial, c->ca->o.rng);
	TRY(ca_trial(plan, issuer, c->ca->network_name, c->now, info));
	say_plan(c, plan);
	if (dry_run && !root)
		return ERR_OK;
	TRY(c->ca->o.keys.issue(c->ca->o.keys.self, out, CA_KEY_ROOT, &plan->fields,
				root ? bytes_of(NULL, 0) : buf_bytes(&c->ca->root), info));
	TRY(ca_lint(ret, buf_bytes(out), plan->profile, &pin, issuer, c->ca->network_name, c->now, info));
	say_fingerprint(c, root ? "root certificate" : "issuing certificate", buf_bytes(out));
	return ERR_OK;
}

static enum err store(struct ceremony *c, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	struct register_row row = {.kind = REGISTER_AUTHORITY, .at = c->now, .until = c->ca->issuing_summary.not_after};
	uint64_t number;

	m.certificate = wire_data(buf_bytes(&c->ca->root));
	m.issuing = wire_data(buf_bytes(&c->ca->issuing));
	memcpy(row.serial, c->ca->issuing_summary.serial, sizeof(row.serial));
	row.key = c->ca->issuing_summary.spki_sha256;
	TRY(ca_append(c->ca, &row, &m.base, info));
	TRY(ca_crl_issue(c->ca, &number, info));
	buf_printf(c->transcript, "5. The register is open; revocation list %llu is made.\n",
			(unsigned long long)number);
	return ERR_OK;
}

static enum err hold(struct ceremony *c, struct err_info *info)
{
	const struct ca_keys *k = &c->ca->o.keys;
	char time[TIME_TEXT];

	time_format(time, c->now);
	buf_printf(c->transcript, "Ceremony of the certificate authority of network %s\n%s\n\n", c->ca->network_name,
			time);
	TRY(k->spki(k->self, &c->root_spki, CA_KEY_ROOT, info));
	buf_append_text(c->transcript, "1. The root key is made. It never leaves the key-holder.\n");
	say_fingerprint(c, "root key", buf_bytes(&c->root_spki));
	TRY(k->spki(k->self, &c->issuing_spki, CA_KEY_ISSUING, info));
	buf_append_text(c->transcript, "2. The issuing key is made.\n");
	say_fingerprint(c, "issuing key", buf_bytes(&c->issuing_spki));
	buf_append_text(c->transcript, "3. The root certificate, signed with its own key:\n");
	TRY(make_one(c, &c->ca->root, &c->ca->root_summary, &c->root, CERT_PROFILE_ROOT, false, info));
	buf_append_text(c->transcript, "4. The issuing certificate, signed with the root key:\n");
	TRY(make_one(c, &c->ca->issuing, &c->ca->issuing_summary, &c->issuing, CERT_PROFILE_ISSUING, false, info));
	TRY(store(c, info));
	buf_append_text(c->transcript,
			"\nPut the root key off line now. Read the fingerprints aloud and sign this transcript.\n");
	return buf_error(c->transcript);
}

/* ---- the rehearsal: the same plans on keys that are thrown away ---- */

struct rehearsal_keys { struct secret *key[2]; };

static enum err rehearse_spki(void *self, struct buf *out, enum ca_key which, struct err_info *info)
{
	struct rehearsal_keys *k = self;

	(void)info;
	if (k->key[which - 1] == NULL)
		TRY(x509_key_new(&k->key[which - 1], CERT_KEY_P256));
	return x509_key_spki(out, k->key[which - 1]);
}

static enum err rehearse_issue(void *self, struct buf *out, enum ca_key which, const struct cert_fields *fields,
			       struct bytes issuer, struct err_info *info)
{
	return x509_issue(out, fields, issuer, ((struct rehearsal_keys *)self)->key[which - 1], info);
}

static enum err rehearse(struct ceremony *c, struct err_info *info)
{
	struct rehearsal_keys keys = {{NULL, NULL}};
	enum err e;

	buf_append_text(c->transcript, "REHEARSAL: keys are thrown away, nothing is kept.\n");
	c->ca->o.keys = (struct ca_keys){.spki = rehearse_spki, .issue = rehearse_issue, .self = &keys};
	e = rehearse_spki(&keys, &c->root_spki, CA_KEY_ROOT, info);
	if (e == ERR_OK)
		e = rehearse_spki(&keys, &c->issuing_spki, CA_KEY_ISSUING, info);
	if (e == ERR_OK)
		e = make_one(c, &c->ca->root, &c->ca->root_summary, &c->root, CERT_PROFILE_ROOT, false, info);
	if (e == ERR_OK)
		e = make_one(c, &c->ca->issuing, &c->ca->issuing_summary, &c->issuing, CERT_PROFILE_ISSUING, true,
				info);
	keys.key[0] = secret_free(keys.key[0]);
	keys.key[1] = secret_free(keys.key[1]);
	return e;
}

static enum err open_new(struct ca *ca, struct err_info *info)
{
	struct register_row row;
	enum err e;

	TRY(register_open(&ca->reg, ca->o.register_path, true, info));
	e = register_newest(ca->reg, &row, REGISTER_AUTHORITY, NULL);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK)
		register_row_release(&row);
	return e == ERR_OK ? err_set(info, ERR_DUPLICATE, "the ceremony was held already") : err_set(info, e,
			"register");
}

enum err ca_init(struct buf *transcript, const struct ca_options *options, bool dry_run, struct err_info *info)
{
	struct ceremony *c = calloc(1, sizeof(*c));
	enum err e = ERR_OK;

	if (c != NULL)
		c->ca = calloc(1, sizeof(*c->ca));
	if (c == NULL || c->ca == NULL) {
		free(c);
		return err_set(info, ERR_MEMORY, "the ceremony");
	}
	c->ca->o = *options;
	c->transcript = transcript;
	c->now = options->clock->now(options->clock->self);
	profile_network_name(c->ca->network_name, &options->network);
	if (!dry_run)
		e = open_new(c->ca, info);
	if (e == ERR_OK)
		e = dry_run ? rehearse(c, info) : hold(c, info);
	buf_release(&c->root_spki);
	buf_release(&c->issuing_spki);
	ca_free(c->ca);
	free(c);
	return e;
}
