/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed messages at a peer: an account's mail, drops of which one knows the id, and requests for the authority's desk; and
 * counts for researchers.
 *
 * The peer keeps them MAIL_KEEP_MS and gives them to whoever may ask; what is in them is for others to seal and check
 * (docs/formats/mail.md).  The same bytes put twice into one box are kept once.  Numbers ascend within a box; lists begin
 * after a number and end at about 1 MiB: ask again after the last one.  ERR_LIMIT: the sender's or the receiver's quota.
 */
#ifndef MEDLOCK_NET_PEER_CLIENT_MAIL_H
#define MEDLOCK_NET_PEER_CLIENT_MAIL_H

#include "chain/net/peer_client.h"

/* Read ticket of the sender.  1..MAIL_SIZE_MAX bytes.  ERR_NOT_FOUND: no such account. */
enum err peer_mail_post(const struct peer_call *c, const struct account_id *to, struct bytes message,
			struct err_info *info) MUST_USE;
/* Read ticket of the receiver. */
enum err peer_mail_get(const struct peer_call *c, Medlock__MailReply **ret, uint64_t after, struct err_info *info) MUST_USE;

/* Posting needs a read ticket, reading only the id: a secret between the two. */
enum err peer_drop_post(const struct peer_call *c, const uint8_t id[ID_SIZE], struct bytes message,
			struct err_info *info) MUST_USE;
enum err peer_drop_get(const struct peer_call *c, Medlock__MailReply **ret, const uint8_t id[ID_SIZE], uint64_t after,
		       struct err_info *info) MUST_USE;

/* Posting needs nothing, reading a ticket of one of the authority's officers. */
enum err peer_enrol_post(const struct peer_call *c, struct bytes request, struct err_info *info) MUST_USE;
enum err peer_enrol_get(const struct peer_call *c, Medlock__MailReply **ret, uint64_t after, struct err_info *info) MUST_USE;

/* Read ticket of a researcher.  Codes as numbers of codes.def; 0 and a zero project: any, none.  ERR_ROLE, ERR_LIMIT. */
struct peer_count_wish {
	uint32_t purpose, category, label;
	struct hash32 project;
};
enum err peer_count(const struct peer_call *c, Medlock__CountReply **ret, const struct peer_count_wish *wish,
		    struct err_info *info) MUST_USE;

#endif
