/* SPDX-License-Identifier: Apache-2.0 */
/* Lint before the real key signs, with throw-away keys, and after. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

struct trial {
	struct secret *key;
	struct buf spki, issuer, leaf;
	struct cert_summary issuer_summary, leaf_summary;
};

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

/* An issuer of the real one's name and dates with a key that nobody keeps. */
static enum err trial_issuer(struct trial *t, const struct cert_summary *issuer, const uint8_t serial[CERT_SERIAL_SIZE],
			     struct err_info *info)
{
	struct cert_fields f = {.subject = name_of(&issuer->subject), .not_before = issuer->not_before,
				.not_after = issuer->not_after, .spki = buf_bytes(&t->spki), .ca = true,
				.path_len = issuer->path_len, .key_usage = issuer->key_usage};

	memcpy(f.serial, serial, sizeof(f.serial));
	TRY(x509_issue(&t->issuer, &f, bytes_of(NULL, 0), t->key, info));
	TRY(x509_parse(&t->issuer_summary, buf_bytes(&t->issuer), info));
	if (!ID_EQUAL(t->issuer_summary.subject_sha256, issuer->subject_sha256))
		return err_set(info, ERR_LINT, "the issuer's name cannot be repeated byte for byte");
	return ERR_OK;
}

static enum err trial_run(struct trial *t, const struct profile_plan *plan, const struct cert_summary *issuer,
			  const char *network_name, struct time_ms now, struct err_info *info)
{
	struct lint_context c = {.profile = plan->profile, .now = now, .network_name = network_name,
				 .spki_sha256 = x509_spki_sha256(plan->fields.spki)};
	struct cert_fields f = plan->fields;

	TRY(x509_key_new(&t->key, CERT_KEY_P256));
	TRY(x509_key_spki(&t->spki, t->key));
	if (issuer != NULL) {
		TRY(trial_issuer(t, issuer, plan->fields.serial, info));
		c.issuer = &t->issuer_summary;
	} else {
		f.spki = buf_bytes(&t->spki);
		c.spki_sha256 = x509_spki_sha256(f.spki);
	}
	TRY(x509_issue(&t->leaf, &f, buf_bytes(&t->issuer), t->key, info));
	TRY(x509_parse(&t->leaf_summary, buf_bytes(&t->leaf), info));
	return judge(&t->leaf_summary, &c, info);
}

enum err ca_trial(const struct profile_plan *plan, const struct cert_summary *issuer, const char *network_name,
		  struct time_ms now, struct err_info *info)
{
	struct trial *t = calloc(1, sizeof(*t));
	enum err e;

	if (t == NULL)
		return err_set(info, ERR_MEMORY, "lint");
	e = trial_run(t, plan, issuer, network_name, now, info);
	t->key = secret_free(t->key);
	buf_release(&t->spki);
	buf_release(&t->issuer);
	buf_release(&t->leaf);
	free(t);
	return e;
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
