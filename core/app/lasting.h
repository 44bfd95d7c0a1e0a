/* SPDX-License-Identifier: Apache-2.0 */
/* The rule that comes with an answer: what is given or refused now, from now on. */
#ifndef MEDLOCK_APP_LASTING_H
#define MEDLOCK_APP_LASTING_H

#include "chain/contract/decided.h"
#include "core/app/asks.h"
#include "core/consent/policy.h"

/* Points into itself and into the ask, which must outlive it. */
struct lasting {
	Medlock__ConsentSet set; /* puts the rule, if the policy is still the one that was read */
	Medlock__Rule rule, *put;
	Medlock__Actor actor, *actors;
	uint32_t purpose, obligations[OBLIGATIONS_MAX];
	ProtobufCBinaryData records[RULE_RECORDS_MAX];
	struct policy policy; /* as it stands: terms of research are borrowed from it */
};

/* APP_REPLY_YES: these records, for this purpose, for days (0: without end), and no more than the rules that asked would
 * give: in their form, with their duties (but for the one to ask), by name or not, under their terms of research.
 * APP_REPLY_NEVER: refuses this purpose.  ERR_LIMIT for too many records, and for terms of research that differ among them.
 */
enum err lasting_make(struct app *a, struct lasting *ret, const struct app_waiting *w, enum app_reply reply, uint32_t days,
		      struct err_info *info) MUST_USE;
void lasting_release(struct lasting *l); /* zeroed is enough */

#endif
