/* SPDX-License-Identifier: Apache-2.0 */
/* The checks that stand before each signature of the authority; a refusal cannot be overridden.
 *
 * Libraries leave most of RFC 5280's rules for issuers to the issuer.  The desk makes each certificate first with a
 * throw-away key, lints that, signs with the real key, and lints the result again before anybody sees it.
 * Each rule has a name, which the refusal gives and which tests/unit/core/ident/test_lint.c breaks once.
 */
#ifndef MEDLOCK_IDENT_LINT_H
#define MEDLOCK_IDENT_LINT_H

#include "core/ident/profiles.h"

#define LINT_BACKDATE_MAX_MS (5ll * 60 * 1000)
#define LINT_UTCTIME_END_MS 2524608000000ll /* 2050-01-01: later dates are GeneralizedTime */
#define LINT_CRL_LIFE_MAX_MS (31ll * 24 * 3600 * 1000)
#define LINT_ROOT_CRL_LIFE_MAX_MS (366ll * 24 * 3600 * 1000) /* of a self-signed issuer, whose key is off line */

struct lint_context {
	const struct profile_row *profile;
	const struct cert_summary *issuer; /* NULL: self-signed */
	struct time_ms now;
	struct hash32 spki_sha256;         /* the key that must be in it */
	const char *network_name;          /* first attribute of the subject, and the permitted directory name */
};

/* The name of the first rule that s breaks, or NULL. */
const char *lint_certificate(const struct cert_summary *s, const struct lint_context *c);

/* The same for a revocation list: issuer's name and key, growing number, dates, reasons, no serial twice. */
const char *lint_crl(const struct cert_crl *crl, const struct cert_summary *issuer, uint64_t last_number,
		     struct time_ms now);

/* Names of the rules by position, NULL past the end: for the documentation and the tests. */
const char *lint_rule(size_t index);

#endif
