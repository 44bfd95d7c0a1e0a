/* SPDX-License-Identifier: Apache-2.0 */
/* What a second officer looks at before she agrees: the whole certificate, and the request it answers.
 *
 * The desk's keeper puts a case beside the act, sealed to the network's officers.  The second officer has no register, and
 * believes nothing of the case: she checks the request's own proofs again, makes the plan herself, lints the certificate
 * herself, and compares all of it with the body that she would sign, which names the certificate by a salted hash.
 * Pure but for the register of act_case_make.
 */
#ifndef MEDLOCK_IDENT_ACT_CASE_H
#define MEDLOCK_IDENT_ACT_CASE_H

#include "core/ident/ca.h"

#define ACT_CASE_DECODED_MAX (512u * 1024)
#define ACT_CASE_LINES_MAX 12u

/* Of what it is: a request (an enrolment) or a serial (the end of a certificate; with newest, the account's newest one that was
 * issued: a release); exactly one is not NULL.
 */
struct act_case_of { const struct register_id *request; const uint8_t *serial; bool newest; };
/* body: the hash of what is signed.  Appends the age file.  ERR_NOT_FOUND. */
enum err act_case_make(struct buf *out, struct ca *ca, const struct act_case_of *of, const struct hash32 *body,
		       const struct seal_public *officers, size_t officer_count, struct err_info *info) MUST_USE;

struct act_view {
	const struct profile_row *profile;
	char name[CERT_TEXT_MAX], organisation[CERT_TEXT_MAX]; /* foreign text, as in the request */
	struct time_ms received, entered;
	struct profile_line facts[ACT_CASE_LINES_MAX]; /* of the certificate as it is */
	size_t fact_count;
	struct profile_line lines[PROFILE_ROWS_MAX];   /* requested versus issued */
	size_t line_count;
	size_t rules;                                  /* of the lint, all of which it passes */
	bool newest;                                   /* of a certificate to end: the one that the ledger names */
};

/* anchored: the commitment that the account's row has now; NULL: none, or not asked.
 * ERR_CONFLICT: the case is not that of this body, or the certificate not what the request gives.  ERR_LINT, ERR_CERTIFICATE,
 * and what enrolment_parse says.
 */
enum err act_case_judge(struct act_view *ret, struct bytes plain, const Medlock__Body *body, const struct hash32 *body_hash,
			const struct network_id *network, const struct hash32 *anchored, struct err_info *info) MUST_USE;

#endif
