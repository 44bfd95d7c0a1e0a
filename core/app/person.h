/* SPDX-License-Identifier: Apache-2.0 */
/* Making people: keys, profile folder, card or enrolment request.  Private to core/app. */
#ifndef MEDLOCK_APP_PERSON_H
#define MEDLOCK_APP_PERSON_H

#include "core/app/internal.h"
#include "core/ident/enrolment.h"

struct person_wish {
	const char *home, *profile;            /* profile of the CA: patient, clinician, … */
	const char *name, *organisation;       /* organisation NULL: none */
	const char *passphrase_file;           /* NULL: asked twice */
	const struct app_prompt *prompt;       /* by whom; NULL: on the terminal */
	const char *peer_url, *pin;
	struct time_ms minor_until;            /* patients; 0: of age */
	const char *request_path;              /* where the request is written too; NULL: nowhere */
	/* Tries to send the request on its way, when the profile is made; NULL: nobody does. */
	bool (*send)(void *self, struct bytes request);
	void *send_self;
	bool throw_away;                       /* demo: the cheapest passphrase work, not a second of this machine */
};

/* A profile on a network that exists, and its encrypted request for the desk. */
enum err person_new(struct account_id *ret, struct buf *ret_request, const struct person_wish *wish,
			struct bytes genesis, struct err_info *info) MUST_USE;

/* What its key-holder may do. */
uint32_t person_capabilities(const char *profile);
/* ERR_DUPLICATE when there is a profile in home. */
enum err person_refuse_second(const char *home, struct err_info *info) MUST_USE;
/* The folder and its keystore; one that is there without a profile is kept aside. */
enum err person_keystore(const char *home, const struct buf *file, struct err_info *info) MUST_USE;

/* Keys for somebody of a genesis: keystore in home, public card appended; person_join makes the profile later.  throw_away:
 * as in struct person_wish.
 */
enum err person_genesis(struct account_id *ret, struct buf *ret_card, const char *home, uint32_t role,
			const char *passphrase_file, bool throw_away, struct err_info *info) MUST_USE;
enum err person_join(const struct person_wish *wish, struct bytes genesis, struct err_info *info) MUST_USE;

#endif
