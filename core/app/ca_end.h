/* SPDX-License-Identifier: Apache-2.0 */
/* Ending certificates: what an officer sees before, what each peer knows after, and the revocation list on its clock. */
#ifndef MEDLOCK_APP_CA_END_H
#define MEDLOCK_APP_CA_END_H

#include "core/app/ca.h"

/* Another certificate that still counts. */
struct app_ca_sibling {
	char serial[41], name[128], profile[24];
	bool same_account; /* it ends too; else it is of the same organisation, and stays */
};

/* A peer, and whether it refuses what ended: its ledger has the block, and it serves the list. */
struct app_ca_peer {
	char url[APP_URL], why[160]; /* why: it could not be asked, or does not take the list; "" else */
	uint64_t height, crl;
	bool refuses;
};

struct app_ca_end {
	struct app_ca_act act;
	bool hold; /* not for good */
	struct app_ca_sibling *siblings;
	size_t sibling_count;
	struct time_ms since;    /* 0: not said */
	uint64_t entries, owners; /* what the account did since, in how many people's lists; with since */
	uint64_t crl;            /* number of the list; 0: the officer who keeps the register makes it */
	struct time_ms crl_until; /* when it must be a newer one; of app_ca_crl */
	struct app_ca_peer *peers;
	size_t peer_count, peers_have;
};
void app_ca_end_release(struct app_ca_end *e);

struct app_ca_wish {
	const char *serial, *reason, *confirm; /* reason NULL: a release; confirm: last four digits of the serial */
	struct time_ms since;                  /* 0: not said */
	bool dry_run, wait;                    /* wait: up to CA_WAIT_MS, until all peers refuse it */
};
#define CA_WAIT_MS 60000
#define CA_PEER_MS 5000    /* one peer that does not answer */
#define CA_PEERS_MS 20000  /* all of them: who is not asked by then is named */

/* End a certificate (RFC 5280 reasons; "hold" until a release), or release it.  The ledger, a new list, the list to the peers.
 * ret is filled also with ERR_CONFIRM (what would end) and ERR_PENDING (a second officer, or with wait a peer, is awaited);
 * peers that cannot be reached are named there and fail nothing else.
 */
enum err app_ca_revoke(struct app *a, struct app_ca_end *ret, const struct app_ca_wish *wish, struct err_info *info) MUST_USE;
enum err app_ca_release(struct app *a, struct app_ca_end *ret, const struct app_ca_wish *wish, struct err_info *info) MUST_USE;

/* The list in force, made anew when it is due, to the peers, and into a file (path NULL: none).  ret_revoked: certificates on
 * it.  ERR_PENDING only with wait.
 */
enum err app_ca_crl(struct app *a, struct app_ca_end *ret, uint64_t *ret_revoked, const char *path, bool wait,
		    struct err_info *info) MUST_USE;

#endif
