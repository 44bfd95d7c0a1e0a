/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of certificates know. */
#ifndef MEDLOCK_SCREENS_CA_CERTIFICATES_H
#define MEDLOCK_SCREENS_CA_CERTIFICATES_H

#include "core/app/ca.h"
#include "core/app/ca_end.h"
#include "tui/screens/view.h"

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
	enum err e;            /* of it: what would end is known with ERR_CONFIRM too */
};
extern const char *const end_reasons[]; /* ended by NULL */

struct revoked_model {
	struct app_certificates certificates; /* all; the page shows those that do not count */
	struct app_ca_end crl;
	uint64_t revoked;
	bool known;                           /* crl was made or found */
};

#endif
