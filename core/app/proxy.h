/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for this person, for whom this person acts, and acting for somebody. */
#ifndef MEDLOCK_APP_PROXY_H
#define MEDLOCK_APP_PROXY_H

#include "core/app/consent.h"

#define APP_SCOPE_TEXT 32u
#define APP_SCOPES_MAX 3u

/* From here on consent, asks, records and the access list of this app are those of `who`, an account or a contact's name.
 * NULL: the own ones again.
 * An officer names anybody (for proxies of minors).  ERR_NO_CONTACT, ERR_ROLE (not named), ERR_PROXY_ENDED.  What is asked
 * afterwards is refused by the ledger when the scope does not hold it.
 */
enum err app_act_for(struct app *a, const char *who, struct err_info *info) MUST_USE;

struct app_proxy {
	struct account_id owner, delegate;
	char scope[APP_SCOPE_TEXT]; /* "consent,asks,read" */
	struct time_ms from, until; /* 0: from the start, without end */
	const char *state;          /* "stands", "not begun", "ended" */
	bool by_authority;
};
struct app_proxies {
	struct app_proxy *mine, *others; /* who acts for me (or for whom app_act_for named); for whom I act */
	size_t mine_count, other_count;
};
enum err app_proxy_list(struct app *a, struct app_proxies *ret, struct err_info *info) MUST_USE;
void app_proxies_release(struct app_proxies *p);

struct app_proxy_wish {
	const char *who;                        /* account or contact */
	const char *scope[APP_SCOPES_MAX + 1];  /* ended by NULL; none: all of it */
	const char *until;                      /* a date, or NULL: without end; for a minor until of age */
	bool remove, dry_run;
	struct app_undo undo;                   /* of a wait before he may do more than now */
};
struct app_proxied {
	struct tx_id tx;
	uint64_t height;
	struct app_proxy proxy;
	bool widens; /* he may do more than before, or longer: waited for like any change that widens access */
};
/* Name somebody, or take it back.  ERR_USAGE (scope, date), ERR_NO_CONTACT, ERR_UNDONE, and what the ledger answers. */
enum err app_proxy_set(struct app *a, struct app_proxied *ret, const struct app_proxy_wish *wish,
		       struct err_info *info) MUST_USE;

/* Bits of codes.def, SCOPE, as "consent,asks". */
void app_scope_text(char out[APP_SCOPE_TEXT], uint32_t scope);

#endif
