/* SPDX-License-Identifier: Apache-2.0 */
/* The closed table of certificate profiles: what the authority ever issues, field by field.
 *
 * A profile decides every field; a request decides only what the profile leaves to the person: the name shown and the
 * organisation's name, and the key.  Whatever else a request asks is dropped, and the drop is shown (design/04).
 * Patients are pseudonymous: their subject is the start of their account's name, never their own.
 * Sources: RFC 5280 sections 4.1, 4.2 and 6; docs/formats/enrolment.md has the table in words.
 */
#ifndef MEDLOCK_IDENT_PROFILES_H
#define MEDLOCK_IDENT_PROFILES_H

#include "chain/proto/codes.h"
#include "core/crypto/x509.h"

enum cert_profile {
	CERT_PROFILE_ROOT = 1, CERT_PROFILE_ISSUING = 2, CERT_PROFILE_PEER = 3, CERT_PROFILE_CLINICIAN = 4,
	CERT_PROFILE_RESEARCHER = 5, CERT_PROFILE_OFFICER = 6, CERT_PROFILE_PATIENT = 7,
	CERT_PROFILE_EMERGENCY = 8 /* a clinician with the emergency badge */
};
#define CERT_PROFILE_COUNT 8u
#define CERT_PROFILE_PURPOSES_MAX 16u

struct profile_row {
	enum cert_profile number;
	const char *name;            /* "clinician": as in commands */
	uint32_t role;               /* codes.def, ROLE; 0 for root and issuing */
	uint32_t rights;             /* bits: codes.def, RIGHT */
	uint32_t purposes[CERT_PROFILE_PURPOSES_MAX]; /* attested, ascending, ended by 0 */
	bool ca;
	int path_len;
	uint32_t key_usage;
	const char *eku[2];
	size_t eku_count;
	const char *policy;          /* one OID a profile; NULL: none (root) */
	int64_t life_ms;
	enum cert_key_kind key;      /* the only kind taken */
	bool pseudonymous;           /* subject from the account */
	uint32_t approvals;          /* officers that must agree */
};

/* NULL when there is none. */
const struct profile_row *profile_by_number(uint32_t number);
const struct profile_row *profile_by_name(const char *name);
/* By position, NULL past the end. */
const struct profile_row *profile_at(size_t index);

#define PROFILE_NOT_BEFORE_MS (60ll * 1000) /* back-dating; the limit is 5 min */
#define PROFILE_ROWS_MAX 40u

/* One line of the comparison; requested or issued may be "". */
struct profile_line {
	char field[32], requested[256], issued[256];
	bool dropped; /* asked and not given */
};

/* What would be issued: fields whose pointers point into the plan itself, so a plan is not copied. */
struct profile_plan {
	const struct profile_row *profile;
	struct cert_fields fields; /* serial is set by the desk */
	char organisation[CERT_TEXT_MAX], unit[CERT_TEXT_MAX], common_name[CERT_TEXT_MAX];
	const char *eku[2], *policies[1];
	struct cert_alt permitted[5];
	uint8_t spki[128];
	struct profile_line lines[PROFILE_ROWS_MAX];
	size_t line_count;
};

/* What a person asked, already checked (core/ident/enrolment.h). */
struct profile_wish {
	const struct cert_request *csr;
	struct account_id account;
	const char *name, *organisation; /* UTF-8, at most 64 characters each */
	struct time_ms minor_until; /* on the ledger, not in the certificate; 0: of age */
};

/* "J.Smit": letters, digits, '-', '_' and a dot between, and nothing else.  Verifiers take such a common name for a host
 * (RFC 9525, section 6.3 tells of it), and an issuing certificate of this network permits none.
 */
bool profile_name_is_host(const char *name);

/* The plan of a leaf under an issuing certificate: validity ends at the latest with the issuer's.  network names the
 * first attribute of every subject, which the issuing certificate's name constraint permits alone.
 * ERR_LINT (key kind, no name, a name that the text gate would change), ERR_EXPIRED (the issuer's validity).
 */
enum err profile_plan_leaf(struct profile_plan *ret, const struct profile_row *profile, const struct profile_wish *wish,
			   const struct network_id *network, const struct cert_summary *issuer, struct time_ms now,
			   struct err_info *info) MUST_USE;

/* The plans of the ceremony: root (issuer NULL) and issuing, for the key whose SubjectPublicKeyInfo is given. */
enum err profile_plan_ca(struct profile_plan *ret, const struct profile_row *profile, struct bytes spki,
			 const struct network_id *network, const struct cert_summary *issuer, struct time_ms now,
			 struct err_info *info) MUST_USE;

/* "medlock 0123456789ab": organisation attribute of every certificate of a network. */
void profile_network_name(char out[CERT_TEXT_MAX], const struct network_id *network);

#endif
