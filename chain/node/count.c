/* SPDX-License-Identifier: Apache-2.0 */
/* GET count: how many records consent gives a researcher without names, told only above a floor and rounded. */
#include "chain/node/internal.h"
#include "core/crypto/hash.h"

#define COUNTS_A_DAY 50u
#define ASKERS_MAX 1024u /* remembered; a restart forgets them */

struct count_asker {
	struct account_id account;
	int64_t day;
	uint32_t asked;
};

struct counts {
	struct count_asker rows[ASKERS_MAX];
};

enum err counts_new(struct counts **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret == NULL ? ERR_MEMORY : ERR_OK;
}

void counts_free(struct counts *c)
{
	free(c);
}

/* One place for each account, by its name: who shares it with somebody busy waits a day too. */
static enum err spend(struct node *n, const struct account_id *who)
{
	struct count_asker *row = &n->counts->rows[get_be32(who->b) % ASKERS_MAX];
	int64_t day = node_now(n).v / MS_PER_DAY;

	if (row->day != day)
		*row = (struct count_asker){*who, day, 0};
	return row->asked++ < COUNTS_A_DAY ? ERR_OK : ERR_LIMIT;
}

static enum err code_of(uint32_t *ret, struct http_request *r, const char *name, enum code_set set, bool needed)
{
	uint64_t value = 0;

	TRY(http_query_u64(&value, r, name, 0, UINT32_MAX));
	if (value == 0 ? needed : !code_known(set, (uint32_t)value))
		return ERR_FORMAT;
	*ret = (uint32_t)value;
	return ERR_OK;
}

static enum err wish_of(struct access_wish *ret, struct http_request *r)
{
	struct buf project = BUF_INIT;
	enum err e;

	TRY(code_of(&ret->purpose, r, API_PARAM_PURPOSE, CODES_PURPOSE, true));
	TRY(code_of(&ret->category, r, API_PARAM_CATEGORY, CODES_CATEGORY, false));
	TRY(code_of(&ret->label, r, API_PARAM_LABEL, CODES_LABEL, false));
	e = http_query_hex(&project, r, API_PARAM_PROJECT, ID_SIZE);
	if (e == ERR_OK && project.len == ID_SIZE)
		ID_COPY(ret->project, project.data);
	else if (e == ERR_OK)
		e = ERR_FORMAT;
	buf_release(&project);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Below the floor nothing is told but that; above it, the numbers are rounded down: one person more or less mostly shows
 * nothing.
 */
static void answer(struct http_request *r, const struct access_tally *t)
{
	Medlock__CountReply reply = MEDLOCK__COUNT_REPLY__INIT;

	reply.floor = COUNT_FLOOR;
	reply.rounded = COUNT_ROUNDED;
	reply.below = t->owners < COUNT_FLOOR;
	if (!reply.below) {
		reply.owners = t->owners - t->owners % COUNT_ROUNDED;
		reply.records = t->records - t->records % COUNT_ROUNDED;
	}
	node_reply(r, 200, &reply);
}

void service_count(void *self, struct http_request *r)
{
	struct node *n = self;
	struct app_info at = ledger_app_info(n->app);
	struct contract_block newest = {.network = *ledger_app_network(n->app), .height = at.height, .time = at.time};
	struct access_wish wish = {0};
	struct access_tally tally;
	struct asker who;
	enum err e;

	if (!node_reader(n, &who, r))
		return;
	e = wish_of(&wish, r);
	if (e == ERR_OK)
		e = spend(n, &who.account);
	if (e == ERR_OK)
		e = access_count(&tally, ledger_app_state(n->app), &newest, &who.account, &wish);
	if (e == ERR_OK)
		answer(r, &tally);
	else
		http_reply_error(r, e);
}
