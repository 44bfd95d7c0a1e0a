/* SPDX-License-Identifier: Apache-2.0 */
/* The revocation list on its way to the peers: inside core/app. */
#ifndef MEDLOCK_APP_CA_SPREAD_H
#define MEDLOCK_APP_CA_SPREAD_H

#include "core/app/ca_end.h"
#include "core/app/internal.h"

/* Give every peer the list of the desk (desk NULL: only look) and see which refuse what ended at height.  Fills crl and peers
 * of ret.  With wait ERR_PENDING when the time is over.  A list that is due is made first.
 */
enum err ca_spread(struct app *a, struct ca *desk, struct app_ca_end *ret, uint64_t height, bool wait,
		   struct err_info *info) MUST_USE;

/* What every command of the desk does on the way: a list that is due is made, and one that not all peers had is sent again.
 * What fails here fails nothing: `ca crl` and `ca doctor` say it.
 */
void ca_keep_list(struct app *a, struct ca *desk);

#endif
