/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of certificates know. */
#ifndef MEDLOCK_SCREENS_CA_CERTIFICATES_H
#define MEDLOCK_SCREENS_CA_CERTIFICATES_H

#include "core/app/ca.h"
#include "core/app/ca_end.h"
#include "tui/screens/view.h"

struct certificates_model {
	struct app_certificates all;
	bool away; /* the register is with another officer */
};
struct certificates_draft { bool expiring; }; /* only what ends within 30 days */

/* One that is to end, or to be released from a hold. */
struct end_draft {
	char serial[41], name[128], profile[24];
	bool release;
	int reason;       /* in end_reasons */
	char since[32];
};
struct end_model {
	struct app_ca_end end; /* dry run */
	enum err e;            /* of it; not ERR_OK: it cannot be done, and why */
	char why[192];
};
extern const char *const end_reasons[]; /* as `ca revoke --reason` takes them; ended by NULL */
#define END_REASON_HOLD 5

struct revoked_model {
	struct app_certificates certificates; /* all; the page shows those that do not count */
	struct app_ca_end crl;
	uint64_t revoked;
	bool away; /* the register is with another officer, who makes the list */
};

/* The last four digits of a serial: what is typed to end it. */
const char *serial_end(const char *serial);
/* "..8a4922d2": the part of a serial that rows show. */
#define SERIAL_SHORT 12u
const char *serial_short(char out[SERIAL_SHORT], const char *serial);

#endif
