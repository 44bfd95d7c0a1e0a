/* SPDX-License-Identifier: Apache-2.0 */
/* Lint before the real key signs, with throw-away keys, and after. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

/* A key that signs nothing real, and an issuer of the real one's name and dates with it.  Nobody keeps them; they serve all
 * trials of one desk while it is open.
 */
struct ca_trial_issuer {
	struct secret *key;
	struct buf spki, certificate;
	struct cert_summary summary;
	struct hash32 subject; /* of the real issuer that it stands for; zero: no certificate yet */
};

void ca_trial_issuer_free(struct ca_trial_issuer *t)
{
	if (t == NULL)
		return;
	secret_free(t->key);
	buf_release(&t->spki);
	buf_release(&t->certificate);
	free(t);
}

static struct cert_name name_of(const struct cert_subject *s)
{
	return (struct cert_name){.organisation = s->organisation[0] != '\0' ? s->organisation : NULL,
				  .unit = s->unit[0] != '\0' ? s->unit : NULL,
				  .common_name = s->common_name[0] != '\0' ? s->common_name : NULL};
}

static enum err judge(const struct cert_summary *s, const struct lint_context *c, struct err_info *info)
{
	const char *broken = lint_certificate(s, c);

	return broken == NULL ? ERR_OK : err_set(info, ERR_LINT, "profile %s, rule %s", c->profile->name, broken);
}

static enum err trial_key(struct ca_trial_issuer **ret, struct err_info *info)
{
	struct ca_trial_issuer *t;
	enum err e;

	if (*ret != NULL)
		return ERR_OK;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return err_set(info, ERR_MEMORY, "lint");
	e = x509_key_new(&t->key, CERT_KEY_P256);
	if (e == ERR_OK)
		e = x509_key_spki(&t->spki, t->key);
	if (e == ERR_OK)
		*ret = t;
	else
		ca_trial_issuer_free(t);
	return e;
}

static enum err trial_issuer(struct ca_trial_issuer *t, const struct cert_summary *issuer,
			     const uint8_t serial[CERT_SERIAL_SIZE], struct err_info *info)
{
	struct cert_fields f = {.subject = name_of(&issuer->subject), .not_before = issuer->not_before,
				.not_after = issuer->not_after, .spki = buf_bytes(&t->spki), .ca = true,
				.path_len = issuer->path_len, .key_usage = issuer->key_usage};

	if (ID_EQUAL(t->subject, issuer->subject_sha256) && t->summary.not_after.v == issuer->not_after.v)
		return ERR_OK;
	memset(&t->subject, 0, sizeof(t->subject));
	buf_release(&t->certificate);
	memcpy(f.serial, serial, sizeof(f.serial));
	TRY(x509_issue(&t->certificate, &f, bytes_of(NULL, 0), t->key, info));
	TRY(x509_parse(&t->summary, buf_bytes(&t->certificate), info));
	if (!ID_EQUAL(t->summary.subject_sha256, issuer->subject_sha256))
		return err_set(info, ERR_LINT, "the issuer's name cannot be repeated byte for byte");
	t->subject = issuer->subject_sha256;
	return ERR_OK;
}

static enum err trial_leaf(struct ca_trial_issuer *t, const struct cert_fields *f, const struct lint_context *c,
			   struct err_info *info)
{
	const struct bytes issuer = c->issuer != NULL ? buf_bytes(&t->certificate) : bytes_of(NULL, 0);
	struct cert_summary *leaf = calloc(1, sizeof(*leaf));
	struct buf der = BUF_INIT;
	enum err e = leaf == NULL ? ERR_MEMORY : x509_issue(&der, f, issuer, t->key, info);

	if (e == ERR_OK)
		e = x509_parse(leaf, buf_bytes(&der), info);
	if (e == ERR_OK)
		e = judge(leaf, c, info);
	buf_release(&der);
	free(leaf);
	return e;
}

enum err ca_trial(struct ca_trial_issuer **keep, const struct profile_plan *plan, const struct cert_summary *issuer,
		  const char *network_name, struct time_ms now, struct err_info *info)
{
	struct lint_context c = {.profile = plan->profile, .now = now, .network_name = network_name,
				 .spki_sha256 = x509_spki_sha256(plan->fields.spki)};
	struct cert_fields f = plan->fields;

	TRY(trial_key(keep, info));
	if (issuer != NULL) {
		TRY(trial_issuer(*keep, issuer, plan->fields.serial, info));
		c.issuer = &(*keep)->summary;
	} else {
		f.spki = buf_bytes(&(*keep)->spki);
		c.spki_sha256 = x509_spki_sha256(f.spki);
	}
	return trial_leaf(*keep, &f, &c, info);
}

enum err ca_lint(struct cert_summary *ret, struct bytes der, const struct profile_row *profile,
		const struct hash32 *spki,
		 const struct cert_summary *issuer, const char *network_name, struct time_ms now, struct err_info *info)
{
	const struct lint_context c = {.profile = profile, .issuer = issuer, .now = now, .spki_sha256 = *spki,
				       .network_name = network_name};

	TRY(x509_parse(ret, der, info));
	return judge(ret, &c, info);
}

void ca_new_serial(uint8_t out[CERT_SERIAL_SIZE], const struct rng *rng)
{
	do {
		rng_fill(rng, out, CERT_SERIAL_SIZE);
		out[0] &= 0x7f;
		/* The first octet is never zero, so that all serials have one length. */
	} while (out[0] == 0);
}
