/* SPDX-License-Identifier: Apache-2.0 */
/* The calls about mail, drops and enrolment. */
#include "chain/net/peer_client_mail.h"

#include <inttypes.h>

#include "chain/net/peer_client_parts.h"

#define REPLY_COUNT_MAX 4096u
#define REPLY_MAIL_MAX (1024u * 1024 + 2u * MAIL_SIZE_MAX)

static enum err put(const struct peer_call *c, const char *path, struct bytes message, struct err_info *info)
{
	ASSERT(message.len > 0 && message.len <= MAIL_SIZE_MAX);
	return peer_post(c, path, message, info);
}

static enum err list(const struct peer_call *c, Medlock__MailReply **ret, const char *base, uint64_t after,
		     struct err_info *info)
{
	char path[PEER_PATH_MAX];
	Medlock__MailReply *m;

	(void)snprintf(path, sizeof(path), "%s?" API_PARAM_AFTER "=%" PRIu64, base, after);
	TRY(peer_get(c, (ProtobufCMessage **)(void *)&m, path, &medlock__mail_reply__descriptor, REPLY_MAIL_MAX, info));
	for (size_t i = 0; i < m->n_items; i++) {
		uint64_t least = i == 0 ? after : m->items[i - 1]->seq;

		if (m->items[i]->seq > least && m->items[i]->message.len > 0 && m->items[i]->message.len <= MAIL_SIZE_MAX)
			continue;
		WIRE_FREE(m);
		return err_set(info, ERR_PEER, "%s sent a list of messages with wrong numbers or sizes", c->peer->url);
	}
	*ret = m;
	return ERR_OK;
}

static void path_of(char out[PEER_PATH_MAX], const char *base, const uint8_t id[ID_SIZE])
{
	size_t len = strlen(base);

	memcpy(out, base, len);
	out[len] = '/';
	hex_encode(out + len + 1, id, ID_SIZE);
}

enum err peer_mail_post(const struct peer_call *c, const struct account_id *to, struct bytes message, struct err_info *info)
{
	char path[PEER_PATH_MAX];

	path_of(path, API_MAIL, to->b);
	return put(c, path, message, info);
}

enum err peer_mail_get(const struct peer_call *c, Medlock__MailReply **ret, uint64_t after, struct err_info *info)
{
	return list(c, ret, API_MAIL, after, info);
}

enum err peer_drop_post(const struct peer_call *c, const uint8_t id[ID_SIZE], struct bytes message, struct err_info *info)
{
	char path[PEER_PATH_MAX];

	path_of(path, API_DROP, id);
	return put(c, path, message, info);
}

enum err peer_drop_get(const struct peer_call *c, Medlock__MailReply **ret, const uint8_t id[ID_SIZE], uint64_t after,
		       struct err_info *info)
{
	char path[PEER_PATH_MAX];

	path_of(path, API_DROP, id);
	return list(c, ret, path, after, info);
}

enum err peer_enrol_post(const struct peer_call *c, struct bytes request, struct err_info *info)
{
	return put(c, API_ENROL, request, info);
}

enum err peer_enrol_get(const struct peer_call *c, Medlock__MailReply **ret, uint64_t after, struct err_info *info)
{
	return list(c, ret, API_ENROL, after, info);
}

enum err peer_count(const struct peer_call *c, Medlock__CountReply **ret, const struct peer_count_wish *wish,
		    struct err_info *info)
{
	char path[PEER_PATH_MAX], project[ID_HEX];
	bool has_project = !bytes_is_zero(BYTES_ID(wish->project));

	hex_encode(project, wish->project.b, ID_SIZE);
	(void)snprintf(path, sizeof(path),
		       API_COUNT "?" API_PARAM_PURPOSE "=%" PRIu32 "&" API_PARAM_CATEGORY "=%" PRIu32 "&" API_PARAM_LABEL
				 "=%" PRIu32 "%s%s", wish->purpose, wish->category, wish->label,
		       has_project ? "&" API_PARAM_PROJECT "=" : "", has_project ? project : "");
	return peer_get(c, (ProtobufCMessage **)(void *)ret, path, &medlock__count_reply__descriptor, REPLY_COUNT_MAX, info);
}
