/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/count.h"

#include "chain/net/peer_client_mail.h"
#include "core/app/internal.h"

static enum err code_of(uint32_t *ret, const char *text, enum code_set set, const char *what, struct err_info *info)
{
	const struct code_row *row = text == NULL ? NULL : code_by_text(set, text);

	if (text != NULL && row == NULL)
		return err_set(info, ERR_USAGE, "'%s' is no %s", text, what);
	*ret = row == NULL ? 0 : row->number;
	return ERR_OK;
}

static enum err wish_of(struct peer_count_wish *ret, const struct app_count_wish *wish, struct err_info *info)
{
	TRY(code_of(&ret->purpose, wish->purpose, CODES_PURPOSE, "purpose", info));
	TRY(code_of(&ret->category, wish->category, CODES_CATEGORY, "category", info));
	TRY(code_of(&ret->label, wish->label, CODES_LABEL, "label", info));
	if (wish->project != NULL && hex_decode(ret->project.b, ID_SIZE, wish->project) != ERR_OK)
		return err_set(info, ERR_USAGE, "a project is 64 hex digits");
	return ret->purpose != 0 ? ERR_OK : err_set(info, ERR_USAGE, "say --purpose");
}

enum err app_count(struct app *a, struct app_count *ret, const struct app_count_wish *wish, struct err_info *info)
{
	struct peer_count_wish w = {0};
	Medlock__CountReply *reply;
	struct peer_call call;

	TRY(wish_of(&w, wish, info));
	TRY(app_fresh(a, info));
	TRY(link_call(&a->link, &call, 0, true, info));
	TRY(peer_count(&call, &reply, &w, info));
	*ret = (struct app_count){reply->below, reply->records, reply->owners, reply->floor, reply->rounded};
	WIRE_FREE(reply);
	return ERR_OK;
}
