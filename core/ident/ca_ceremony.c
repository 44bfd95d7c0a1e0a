/* SPDX-License-Identifier: Apache-2.0 */
/* The script of the ceremony, its rehearsal, and the register's first row. */
#include <stdlib.h>

#include "core/base/text.h"
#include "core/ident/ca_internal.h"
#include "core/ident/ceremony.h"

struct ceremony {
	struct ca *ca; /* with options of this run: the rehearsal's keys, or the true ones */
	const struct ceremony_wish *wish;
	struct ceremony_made *made;
	struct time_ms now;
	bool rehearsal;
	struct buf issuing_spki;
	struct cert_summary root, issuing;
	struct profile_plan plan;
};

typedef enum err step_run(struct ceremony *c, struct err_info *info);

/* ---- what is said ---- */

static void say_fingerprint(struct ceremony *c, const char *what, struct bytes bytes)
{
	const struct hash32 h = hash_sha256(bytes);
	char hex[ID_HEX];

	hex_encode(hex, h.b, sizeof(h.b));
	buf_printf(&c->made->transcript, "   %s, SHA-256:\n     ", what);
	for (size_t i = 0; i < 64; i += 8)
		buf_printf(&c->made->transcript, " %.8s", hex + i);
	buf_append_text(&c->made->transcript, "\n");
}

static void say_plan(struct buf *out, const struct profile_plan *p)
{
	for (size_t i = 0; i < p->line_count; i++)
		buf_printf(out, "   %-20s %s\n", p->lines[i].field, p->lines[i].issued);
}

/* ---- the steps ---- */

static enum err make_root_key(struct ceremony *c, struct err_info *info)
{
	if (!c->rehearsal)
		TRY(c->wish->make_root(c->wish->self, info));
	TRY(c->ca->o.keys.spki(c->ca->o.keys.self, &c->made->root_spki, CA_KEY_ROOT, info));
	say_fingerprint(c, "root key", buf_bytes(&c->made->root_spki));
	return ERR_OK;
}

static enum err make_issuing_key(struct ceremony *c, struct err_info *info)
{
	TRY(c->ca->o.keys.spki(c->ca->o.keys.self, &c->issuing_spki, CA_KEY_ISSUING, info));
	say_fingerprint(c, "issuing key", buf_bytes(&c->issuing_spki));
	return ERR_OK;
}

static enum err certify(struct ceremony *c, struct buf *out, struct cert_summary *ret, enum cert_profile profile,
			const struct buf *spki, struct err_info *info)
{
	const bool root = profile == CERT_PROFILE_ROOT;
	const struct cert_summary *issuer = root ? NULL : &c->root;
	const struct hash32 pin = x509_spki_sha256(buf_bytes(spki));
	const struct ca_keys *k = &c->ca->o.keys;

	TRY(profile_plan_ca(&c->plan, profile_by_number(profile), buf_bytes(spki), &c->ca->o.network, issuer, c->now, info));
	ca_new_serial(c->plan.fields.serial, c->ca->o.rng);
	TRY(ca_trial(&c->ca->trial, &c->plan, issuer, c->ca->network_name, c->now, info));
	say_plan(&c->made->transcript, &c->plan);
	TRY(k->issue(k->self, out, CA_KEY_ROOT, &c->plan.fields, root ? bytes_of(NULL, 0) : buf_bytes(&c->made->root), info));
	TRY(ca_lint(ret, buf_bytes(out), c->plan.profile, &pin, issuer, c->ca->network_name, c->now, info));
	say_fingerprint(c, root ? "root certificate" : "issuing certificate", buf_bytes(out));
	return ERR_OK;
}

static enum err sign_root(struct ceremony *c, struct err_info *info)
{
	return certify(c, &c->made->root, &c->root, CERT_PROFILE_ROOT, &c->made->root_spki, info);
}

static enum err sign_issuing(struct ceremony *c, struct err_info *info)
{
	return certify(c, &c->made->issuing, &c->issuing, CERT_PROFILE_ISSUING, &c->issuing_spki, info);
}

static enum err sign_root_list(struct ceremony *c, struct err_info *info)
{
	TRY(ca_root_list_make(c->ca, &c->made->root_list, buf_bytes(&c->made->root), &c->root, 1, c->now, info));
	say_fingerprint(c, "root's revocation list 1", buf_bytes(&c->made->root_list));
	return ERR_OK;
}

static enum err check_chain(struct ceremony *c, struct err_info *info)
{
	const struct bytes list = buf_bytes(&c->made->root_list);
	const struct cert_chain chain = {.root = buf_bytes(&c->made->root), .crls = &list, .crls_count = 1,
					 .flags = CERT_CHECK_LEAF_CRL};

	return x509_verify(buf_bytes(&c->made->issuing), &chain, c->now, NULL, info);
}

static const struct step {
	const char *says;
	step_run *run; /* NULL: done after the transcript is complete, so that it can be signed */
} steps[] = {
	{"Make the root key, into a file of its own with a passphrase of its own.", make_root_key},
	{"Make the issuing key, in the keystore of the desk.", make_issuing_key},
	{"Sign the root certificate with the root key.", sign_root},
	{"Sign the issuing certificate with the root key.", sign_issuing},
	{"Sign the root's revocation list 1, which is empty, with the root key.", sign_root_list},
	{"Check the chain and the list as everybody else will.", check_chain},
	{"Sign this transcript with the root key, and wipe that key from memory.", NULL},
	{"Open the register with these certificates; the desk's revocation list 1 follows.", NULL},
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

/* ---- the script ---- */

static void script_profile(struct buf *out, const struct profile_row *p)
{
	buf_printf(out, "   %s: key P-256, path length %d, key usage bits 0x%02x, %lld days, policy %s\n", p->name, p->path_len,
		   (unsigned)p->key_usage, (long long)(p->life_ms / MS_PER_DAY), p->policy ? p->policy : "none");
}

enum err ceremony_script(struct buf *out, const struct ca_options *options, const char *version)
{
	char network[CERT_TEXT_MAX];

	profile_network_name(network, &options->network);
	buf_printf(out, "Script for network %s, program %s\n", network, version);
	for (size_t i = 0; i < STEPS; i++)
		buf_printf(out, "%2zu. %s\n", i + 1, steps[i].says);
	script_profile(out, profile_by_number(CERT_PROFILE_ROOT));
	script_profile(out, profile_by_number(CERT_PROFILE_ISSUING));
	return buf_error(out);
}

/* ---- the transcript ---- */

/* Names and reasons stand in a text that people read on a terminal and sign. */
static enum err say_words(struct buf *out, const char *lead, const char *words, struct err_info *info)
{
	struct buf gated = BUF_INIT;
	enum err e;

	text_gate(&gated, bytes_str(words), false);
	e = buf_error(&gated);
	if (e == ERR_OK && (gated.len == 0 || gated.len > CEREMONY_WORDS_MAX ||
			    !bytes_equal(buf_bytes(&gated), bytes_str(words))))
		e = err_set(info, ERR_RANGE, "witnesses and reasons are 1 to %u bytes of visible text", CEREMONY_WORDS_MAX);
	if (e == ERR_OK)
		buf_printf(out, "%s%s\n", lead, words);
	buf_release(&gated);
	return e;
}

static enum err say_head(struct ceremony *c, struct err_info *info)
{
	struct buf *out = &c->made->transcript, script = BUF_INIT;
	char time[TIME_TEXT], hex[ID_HEX];
	struct hash32 hash;
	enum err e = ceremony_script(&script, &c->ca->o, c->wish->version);

	time_format(time, c->now);
	hash = hash_sha256(buf_bytes(&script));
	hex_encode(hex, hash.b, sizeof(hash.b));
	buf_printf(out, "Ceremony of the certificate authority of network %s\n", c->ca->network_name);
	if (c->rehearsal)
		buf_append_text(out, "REHEARSAL: these keys are thrown away, nothing counts.\n");
	buf_printf(out, "Begun %s\nProgram medlock %s\nScript, SHA-256 %s\n", time, c->wish->version, hex);
	if (e == ERR_OK && c->wish->unrehearsed != NULL)
		e = say_words(out, "NOT REHEARSED: ", c->wish->unrehearsed, info);
	for (size_t i = 0; e == ERR_OK && i < c->wish->witness_count; i++)
		e = say_words(out, "Witness ", c->wish->witnesses[i], info);
	buf_append_text(out, "\n");
	buf_append_bytes(out, buf_bytes(&script));
	buf_append_text(out, "\n");
	buf_release(&script);
	return e;
}

static enum err run_step(struct ceremony *c, size_t i, struct err_info *info)
{
	char time[TIME_TEXT];
	enum err e;

	if (steps[i].run == NULL)
		return ERR_OK;
	TRY(task_check(c->wish->task));
	task_progress(c->wish->task, "ceremony", i, STEPS);
	time_format(time, c->ca->o.clock->now(c->ca->o.clock->self));
	buf_printf(&c->made->transcript, "%s  %zu. %s\n", time, i + 1, steps[i].says);
	e = steps[i].run(c, info);
	return e == ERR_OK ? e : err_wrap(info, e, "step %zu of the ceremony", i + 1);
}

static enum err run_script(struct ceremony *c, struct err_info *info)
{
	const struct ca_keys *k = &c->ca->o.keys;

	TRY(say_head(c, info));
	for (size_t i = 0; i < STEPS; i++)
		TRY(run_step(c, i, info));
	buf_append_text(&c->made->transcript, "\nRead the fingerprints aloud. The root signs the bytes of this text.\n");
	TRY(buf_error(&c->made->transcript));
	return k->sign_text(k->self, &c->made->signature, CA_KEY_ROOT, buf_bytes(&c->made->transcript), info);
}

/* ---- keys of a rehearsal ---- */

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

static enum err rehearse_crl(void *self, struct buf *out, enum ca_key which, struct bytes issuer, uint64_t number,
			     struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			     size_t revoked_count, struct err_info *info)
{
	return x509_crl_make(out, issuer, ((struct rehearsal_keys *)self)->key[which - 1], number, this_update, next_update,
			     revoked, revoked_count, info);
}

static enum err rehearse_sign(void *self, struct buf *out, enum ca_key which, struct bytes text, struct err_info *info)
{
	const struct hash32 digest = hash_sha256(text);

	(void)info;
	return x509_sign_digest(out, ((struct rehearsal_keys *)self)->key[which - 1], &digest);
}

static enum err rehearse(struct ceremony *c, struct err_info *info)
{
	struct rehearsal_keys keys = {{NULL, NULL}};
	enum err e;

	c->ca->o.keys = (struct ca_keys){.spki = rehearse_spki, .issue = rehearse_issue, .crl = rehearse_crl,
					 .sign_text = rehearse_sign, .self = &keys};
	e = run_script(c, info);
	secret_free(keys.key[0]);
	secret_free(keys.key[1]);
	return e;
}

/* ---- the register ---- */

/* ret NULL: nothing is made, and a register that is not there is fine. */
static enum err no_ceremony_yet(struct ca_register **ret, const char *path, struct err_info *info)
{
	struct ca_register *reg = NULL;
	struct register_row row;
	enum err e = register_open(&reg, path, ret != NULL, info);

	if (e == ERR_NOT_FOUND && ret == NULL)
		return ERR_OK;
	TRY(e);
	e = register_newest(reg, &row, REGISTER_AUTHORITY, NULL);
	if (e == ERR_OK) {
		register_row_release(&row);
		e = err_set(info, ERR_DUPLICATE, "the ceremony was held already");
	} else if (e == ERR_NOT_FOUND) {
		e = ERR_OK;
	}
	if (e == ERR_OK && ret != NULL)
		*ret = reg;
	else
		register_free(reg);
	return e;
}

static enum err check_wish(const struct ceremony_wish *wish, struct err_info *info)
{
	if (wish->witness_count == 0 || wish->witness_count > CEREMONY_WITNESSES_MAX)
		return err_set(info, ERR_RANGE, "a ceremony has 1 to %u witnesses", CEREMONY_WITNESSES_MAX);
	return ERR_OK;
}

enum err ceremony_hold(struct ceremony_made *ret, const struct ca_options *options, const struct ceremony_wish *wish,
		       bool rehearsal, struct err_info *info)
{
	struct ceremony_made made = {0};
	struct ceremony *c;
	struct ca ca = {.o = *options};
	enum err e;

	TRY(check_wish(wish, info));
	TRY(no_ceremony_yet(NULL, options->register_path, info));
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_set(info, ERR_MEMORY, "the ceremony");
	profile_network_name(ca.network_name, &options->network);
	*c = (struct ceremony){.ca = &ca, .wish = wish, .made = &made, .rehearsal = rehearsal,
			       .now = options->clock->now(options->clock->self)};
	e = rehearsal ? rehearse(c, info) : run_script(c, info);
	buf_release(&c->issuing_spki);
	ca_trial_issuer_free(ca.trial);
	free(c);
	if (e == ERR_OK)
		*ret = made;
	else
		ceremony_made_release(&made);
	return e;
}

void ceremony_made_release(struct ceremony_made *m)
{
	buf_release(&m->transcript);
	buf_release(&m->signature);
	buf_release(&m->root);
	buf_release(&m->issuing);
	buf_release(&m->root_spki);
	buf_release(&m->root_list);
}

enum err ceremony_open(const struct ca_options *options, const struct ceremony_made *made, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	struct ca *ca = calloc(1, sizeof(*ca));
	uint64_t number;
	enum err e = ca != NULL ? ERR_OK : err_set(info, ERR_MEMORY, "the desk");

	if (e == ERR_OK) {
		ca->o = *options;
		profile_network_name(ca->network_name, &options->network);
		e = no_ceremony_yet(&ca->reg, options->register_path, info);
	}
	m.root_list = wire_data(buf_bytes(&made->root_list));
	if (e == ERR_OK)
		e = ca_authority_append(ca, buf_bytes(&made->root), buf_bytes(&made->issuing), &m, info);
	if (e == ERR_OK)
		e = ca_crl_issue(ca, &number, info);
	ca_free(ca);
	return e;
}
