/* SPDX-License-Identifier: Apache-2.0 */
/* The file that goes from the new machine to helpers and officer (docs/formats/mail.md).  Private to core/app. */
#ifndef MEDLOCK_APP_NEW_KEYS_FILE_H
#define MEDLOCK_APP_NEW_KEYS_FILE_H

#include "chain/proto/tx.h"

/* One of both: the request, or from the first signature on the transaction. */
struct new_keys_file {
	Medlock__AccountKeys *request;
	struct tx tx;
	bool signed_before;               /* tx is there */
	const Medlock__AccountKeys *keys; /* a view into the one that is there; it has keys */
};

/* Foreign bytes, strictly: a canonical AccountKeys with keys and without helpers, or a canonical Tx of that action by approvals
 * that names helpers.  No signature is checked.  ERR_FORMAT.  Released with new_keys_release.
 */
enum err new_keys_parse(struct new_keys_file *ret, struct bytes file) MUST_USE;
void new_keys_release(struct new_keys_file *x);

#endif
