/* SPDX-License-Identifier: Apache-2.0 */
/* The request for a certificate and its file: inside core/app. */
#ifndef MEDLOCK_APP_ASKED_H
#define MEDLOCK_APP_ASKED_H

#include "core/app/internal.h"
#include "core/ident/enrolment.h"

#define ASKED_FILE "enrolment" /* EnrolmentAsked, sealed by the key-holder */

/* Peers that get a request or an answer: one of them alone could keep it back. */
#define ASKED_COPIES 3u

struct asked_wish {
	const char *profile, *name, *organisation; /* organisation NULL: none */
	struct time_ms minor_until;
};
/* A request with the key-holder's keys of now, sealed to the desks; what is to be kept of it goes into the profile's folder.
 * ret_file: appended.
 */
enum err asked_make(struct buf *ret_file, struct keyholder *keys, const char *home, const struct network_id *network,
		    const struct asked_wish *wish, const struct seal_public *desks, size_t desk_count,
		    struct err_info *info) MUST_USE;

/* The seal keys of the authorities in a genesis: each can open a request, whoever holds the register. */
enum err asked_desks(struct seal_public ret[AGE_RECIPIENTS_MAX], size_t *ret_count,
		     const Medlock__Genesis *g, struct err_info *info) MUST_USE;

/* The file in a profile's folder.  ERR_NOT_FOUND: none. */
enum err asked_write(struct keyholder *keys, const char *home, const Medlock__EnrolmentAsked *asked,
		     struct err_info *info) MUST_USE;
enum err asked_sent(struct keyholder *keys, const char *home, struct err_info *info) MUST_USE; /* a peer took it: noted */
enum err asked_read(struct keyholder *keys, Medlock__EnrolmentAsked **ret, const char *home, struct err_info *info) MUST_USE;

#endif
