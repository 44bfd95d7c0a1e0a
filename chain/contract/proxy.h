/* SPDX-License-Identifier: Apache-2.0 */
/* Who may act for whom: the owner herself, and those whom she, or for a minor the authority, has named (action 32).
 *
 * A proxy has a scope (codes.def, SCOPE) and a half-open time.  Whoever is named and stands at all may see what the ledger
 * shows the owner; the scope says what he may do.
 */
#ifndef MEDLOCK_CONTRACT_PROXY_H
#define MEDLOCK_CONTRACT_PROXY_H

#include "chain/contract/rows.h"
#include "core/base/clock.h"

/* May account act for owner at `now`, in every bit of this scope (0: is he named and stands)?  ERR_OK, ERR_ROLE (not
 * named), ERR_PROXY_ENDED (not yet or no longer), ERR_PROXY_SCOPE; what is broken in the store as ERR_… with s->fatal set.
 */
enum err acts_for(struct rows *s, const struct account_id *owner, const struct account_id *account, uint32_t scope,
		  struct time_ms now) MUST_USE;

/* The same about a row that is at hand, NULL for none: what a client knows from its proof. */
enum err proxy_allows(const Medlock__ProxiesState *row, const struct account_id *account, uint32_t scope,
		      struct time_ms now) MUST_USE;

#endif
