/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule of the lint is broken once, and refuses by its own name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "core/crypto/start.h"
#include "core/ident/lint.h"

#define NOW 1795000000000ll

struct world {
	struct network_id network;
	char network_name[CERT_TEXT_MAX];
	struct cert_summary root, issuing, leaf;
	struct secret *root_key, *issuing_key, *leaf_key;
	struct hash32 leaf_spki, issuing_spki;
};

static void sign_one(struct cert_summary *ret, struct buf *der, struct profile_plan *plan, struct bytes issuer, const struct secret *key)
{
	rng_fill(rng_system(), plan->fields.serial, CERT_SERIAL_SIZE);
	plan->fields.serial[0] = 0x55;
	assert_int_equal(x509_issue(der, &plan->fields, issuer, key, NULL), ERR_OK);
	assert_int_equal(x509_parse(ret, buf_bytes(der), NULL), ERR_OK);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct profile_plan *plan = calloc(1, sizeof(*plan));
	struct buf root = BUF_INIT, issuing = BUF_INIT, leaf = BUF_INIT, spki = BUF_INIT, csr = BUF_INIT;
	struct cert_request request;
	const struct time_ms now = {NOW};

	assert_int_equal(crypto_start(NULL), ERR_OK);
	memset(&w->network, 3, sizeof(w->network));
	profile_network_name(w->network_name, &w->network);
	assert_int_equal(x509_key_new(&w->root_key, CERT_KEY_P256), ERR_OK);
	assert_int_equal(x509_key_new(&w->issuing_key, CERT_KEY_P256), ERR_OK);
	assert_int_equal(x509_key_new(&w->leaf_key, CERT_KEY_ED25519), ERR_OK);
	assert_int_equal(x509_key_spki(&spki, w->root_key), ERR_OK);
	assert_int_equal(profile_plan_ca(plan, profile_by_name("root"), buf_bytes(&spki), &w->network, NULL, now, NULL), ERR_OK);
	sign_one(&w->root, &root, plan, bytes_of(NULL, 0), w->root_key);
	buf_clear(&spki);
	assert_int_equal(x509_key_spki(&spki, w->issuing_key), ERR_OK);
	w->issuing_spki = x509_spki_sha256(buf_bytes(&spki));
	assert_int_equal(profile_plan_ca(plan, profile_by_name("issuing"), buf_bytes(&spki), &w->network, &w->root, now, NULL), ERR_OK);
	sign_one(&w->issuing, &issuing, plan, buf_bytes(&root), w->root_key);
	assert_int_equal(x509_request_make(&csr, &(struct cert_name){.common_name = "x"}, w->leaf_key, NULL), ERR_OK);
	assert_int_equal(x509_request_parse(&request, buf_bytes(&csr), NULL), ERR_OK);
	w->leaf_spki = request.spki_sha256;
	assert_int_equal(profile_plan_leaf(plan, profile_by_name("patient"), &(struct profile_wish){.csr = &request, .account = {{7}},
			 .name = "Anna"}, &w->network, &w->issuing, now, NULL), ERR_OK);
	sign_one(&w->leaf, &leaf, plan, buf_bytes(&issuing), w->issuing_key);
	buf_release(&root);
	buf_release(&issuing);
	buf_release(&leaf);
	buf_release(&spki);
	buf_release(&csr);
	free(plan);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	secret_free(w->root_key);
	secret_free(w->issuing_key);
	secret_free(w->leaf_key);
	free(w);
	return 0;
}

static struct lint_context leaf_context(const struct world *w)
{
	return (struct lint_context){.profile = profile_by_name("patient"), .issuer = &w->issuing, .now = {NOW},
				     .spki_sha256 = w->leaf_spki, .network_name = w->network_name};
}

static struct lint_context issuing_context(const struct world *w)
{
	return (struct lint_context){.profile = profile_by_name("issuing"), .issuer = &w->root, .now = {NOW},
				     .spki_sha256 = w->issuing_spki, .network_name = w->network_name};
}

static bool seen[64];

static void must_break(const struct cert_summary *s, const struct lint_context *c, const char *rule)
{
	const char *said = lint_certificate(s, c);

	if (said == NULL || strcmp(said, rule) != 0)
		fail_msg("expected %s, got %s", rule, said == NULL ? "nothing" : said);
	for (size_t i = 0; lint_rule(i) != NULL; i++)
		seen[i] = seen[i] || strcmp(lint_rule(i), rule) == 0;
}

/* Change a copy of a good certificate, and expect the rule. */
#define BREAK(from, context, rule, change)                                                         \
	do {                                                                                       \
		struct cert_summary *s = malloc(sizeof(*s));                                       \
		struct lint_context c = context(w);                                                \
		*s = w->from;                                                                      \
		(void)c;                                                                           \
		change;                                                                            \
		must_break(s, &c, rule);                                                           \
		free(s);                                                                           \
	} while (0)

static void good_ones_pass(void **state)
{
	struct world *w = *state;
	struct lint_context leaf = leaf_context(w), issuing = issuing_context(w);
	struct lint_context root = {.profile = profile_by_name("root"), .now = {NOW}, .spki_sha256 = w->root.spki_sha256,
				    .network_name = w->network_name};

	assert_null(lint_certificate(&w->root, &root));
	assert_null(lint_certificate(&w->issuing, &issuing));
	assert_null(lint_certificate(&w->leaf, &leaf));
}

static void leaf_rules(void **state)
{
	struct world *w = *state;

	BREAK(leaf, leaf_context, "version-3", s->version = 1);
	BREAK(leaf, leaf_context, "serial-positive-64-bits-20-octets", s->serial_negative = true);
	BREAK(leaf, leaf_context, "serial-positive-64-bits-20-octets", s->serial_len = 21);
	BREAK(leaf, leaf_context, "serial-positive-64-bits-20-octets", s->serial_len = 7);
	BREAK(leaf, leaf_context, "serial-positive-64-bits-20-octets", memset(s->serial, 0, sizeof(s->serial)));
	BREAK(leaf, leaf_context, "signature-algorithm", (void)snprintf(s->signature_algorithm, sizeof(s->signature_algorithm), "1.2.840.113549.1.1.5"));
	BREAK(leaf, leaf_context, "issuer-name-byte-equal", s->issuer_sha256.b[0] ^= 1);
	BREAK(leaf, leaf_context, "subject-key-identifier", s->ski_len = 0);
	BREAK(leaf, leaf_context, "authority-key-identifier", s->aki[0] ^= 1);
	BREAK(leaf, leaf_context, "authority-key-identifier", s->aki_issuer = true);
	BREAK(leaf, leaf_context, "basic-constraints", s->basic_critical = false);
	BREAK(leaf, leaf_context, "basic-constraints", s->ca = true);
	BREAK(leaf, leaf_context, "cert-sign-only-with-ca", s->key_usage |= CERT_USE_CERT_SIGN);
	BREAK(leaf, leaf_context, "key-usage", s->usage_critical = false);
	BREAK(leaf, leaf_context, "key-usage", s->key_usage |= CERT_USE_COMMIT);
	BREAK(leaf, leaf_context, "extended-key-usage-narrow", (void)snprintf(s->eku[0], sizeof(s->eku[0]), "2.5.29.37.0"));
	BREAK(leaf, leaf_context, "extended-key-usage-narrow", (s->eku_present = false, s->eku_count = 0));
	BREAK(leaf, leaf_context, "name-constraints-place", s->constraints_present = true);
	BREAK(leaf, leaf_context, "alternative-name-critical", (s->alt_present = true, s->alt_critical = true));
	BREAK(leaf, leaf_context, "alternative-name-absent", s->alt_present = true);
	BREAK(leaf, leaf_context, "subject", s->subject_empty = true);
	BREAK(leaf, leaf_context, "subject", s->subject.organisation[0] = 'M');
	BREAK(leaf, leaf_context, "subject-pseudonymous", (void)snprintf(s->subject.common_name, CERT_TEXT_MAX, "Anna Vermeer"));
	BREAK(leaf, leaf_context, "subject-pseudonymous", (void)snprintf(s->subject.unit, CERT_TEXT_MAX, "Ward 5"));
	BREAK(leaf, leaf_context, "times-whole-seconds", s->not_after.v += 1);
	BREAK(leaf, leaf_context, "not-before-backdated", s->not_before.v -= LINT_BACKDATE_MAX_MS);
	BREAK(leaf, leaf_context, "not-before-backdated", s->not_before.v = NOW + 1000);
	BREAK(leaf, leaf_context, "life", s->not_after.v += 20 * 365 * MS_PER_DAY);
	BREAK(leaf, leaf_context, "policy-one-per-profile", s->policies_count = 0);
	BREAK(leaf, leaf_context, "policy-one-per-profile", s->policies[0][5] ^= 1);
	BREAK(leaf, leaf_context, "extensions-known", s->other_count = 1);
	BREAK(leaf, leaf_context, "key-of-the-account", s->spki_sha256.b[0] ^= 1);
	BREAK(leaf, leaf_context, "key-of-the-account", s->kind = CERT_KEY_P256);
}

static void issuing_rules(void **state)
{
	struct world *w = *state;

	BREAK(issuing, issuing_context, "issuer-may-sign", (w->root.key_usage = CERT_USE_SIGN));
	w->root.key_usage = CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN;
	BREAK(issuing, issuing_context, "basic-constraints", s->path_len = 1);
	BREAK(issuing, issuing_context, "name-constraints-place", s->constraints_critical = false);
	BREAK(issuing, issuing_context, "name-constraints-place", s->constraints_present = false);
	BREAK(issuing, issuing_context, "name-constraints-cover", s->permitted_count = 4);
	BREAK(issuing, issuing_context, "name-constraints-cover", (void)snprintf(s->permitted[0].text, CERT_NAME_MAX, "Somebody else"));
	BREAK(issuing, issuing_context, "key-not-the-issuers", (s->spki_sha256 = w->root.spki_sha256, c.spki_sha256 = w->root.spki_sha256));
}

static void no_rule_is_untested(void **state)
{
	(void)state;
	for (size_t i = 0; lint_rule(i) != NULL; i++)
		if (!seen[i])
			fail_msg("rule %s was never broken", lint_rule(i));
}

static void list_rules(void **state)
{
	struct world *w = *state;
	struct cert_revoked r[2] = {{.serial = {1}, .revoked_at = {NOW}, .reason = CERT_REASON_SUPERSEDED},
				    {.serial = {2}, .revoked_at = {NOW}, .reason = CERT_REASON_SUPERSEDED}};
	const struct cert_crl good = {.number = 5, .this_update = {NOW}, .next_update = {NOW + MS_PER_DAY},
				      .issuer_sha256 = w->issuing.subject_sha256, .revoked = r, .revoked_count = 2};
	struct cert_crl c = good;
	const struct time_ms now = {NOW};

	memcpy(c.aki, w->issuing.ski, sizeof(c.aki));
	c.aki_len = w->issuing.ski_len;
	assert_null(lint_crl(&c, &w->issuing, 4, now));
	assert_string_equal(lint_crl(&c, &w->issuing, 5, now), "crl-number-grows");
	assert_string_equal(lint_crl(&c, &w->leaf, 4, now), "crl-issuer-may-sign");
	c.issuer_sha256.b[0] ^= 1;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-issuer-name");
	c.issuer_sha256.b[0] ^= 1;
	c.aki[0] ^= 1;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-authority-key-identifier");
	c.aki[0] ^= 1;
	c.next_update.v = NOW;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-next-update");
	c.next_update.v = NOW + 60 * MS_PER_DAY;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-next-update");
	c.next_update = good.next_update;
	c.this_update.v = NOW + 1000;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-this-update");
	c.this_update = good.this_update;
	r[1].reason = (enum cert_reason)8;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-entry");
	r[1].reason = CERT_REASON_SUPERSEDED;
	r[1].serial[0] = 1;
	assert_string_equal(lint_crl(&c, &w->issuing, 4, now), "crl-serial-once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_pass),
		cmocka_unit_test(leaf_rules),
		cmocka_unit_test(issuing_rules),
		cmocka_unit_test(no_rule_is_untested),
		cmocka_unit_test(list_rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
