/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as an HL7 FHIR Consent, and back: https://hl7.org/fhir/R4/consent.html, https://hl7.org/fhir/R5/consent.html.
 *
 * Written is R4 with two levels: the root denies, each rule is one provision with an explicit type.  What FHIR cannot say
 * stands in extensions of ours, as modifierExtension wherever a reader who ignored it would give more than the owner does
 * (docs/formats/fhir-consent.md).
 *
 * Read are R4 and R5.  Nested provisions mean different things to different writers, so the dialect is told first:
 *   A  R4's text: no type at the root, OPTIN or OPTOUT in policyRule, children with a type.  A scope at the root is refused:
 *      it names what the base policy covers to some writers, and what it excepts to others.
 *   B  R5, or R4 whose children have no type: each level is an exception to the one above, and inside it.
 *   C  R4 with a type at the root and at each child: a child stands alone and may be wider than the root.
 * Refused with the element's path: what is neither or two of them, every element, code, actor or extension that is not
 * understood and could change the meaning, and provisions that contradict each other without saying which one wins.
 */
#ifndef MEDLOCK_CONSENT_FHIR_CONSENT_H
#define MEDLOCK_CONSENT_FHIR_CONSENT_H

#include "core/consent/policy.h"

/* Append one line of JSON.  owner names the patient; at is the time of statement; names may be NULL.  Rules that are used up
 * are left out: they decide nothing.
 */
void fhir_consent_write(struct buf *out, const struct policy *p, const struct account_id *owner, struct time_ms at,
			const struct sentence_names *names);

/* A provision that prints like the rule of `current` (may be NULL) with its number is that very rule, as in policy_read;
 * others are new.  owner (may be NULL): a patient named by another account is refused.  ERR_FHIR_CONSENT with the path in
 * info, ERR_POLICY for what no policy can hold, the errors of json_read, ERR_LIMIT.
 */
enum err fhir_consent_read(struct policy *ret, struct bytes json, const struct policy *current,
			   const struct account_id *owner, struct err_info *info) MUST_USE;

#endif
