/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/proto/shape.h"
#include "chain/proto/tx.h"

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

static int by_bytes(const void *x, const void *y)
{
	const ProtobufCBinaryData *a = x, *b = y;

	return bytes_compare(wire_bytes(*a), wire_bytes(*b));
}

static int by_actor(const void *x, const void *y)
{
	return actor_compare(*(Medlock__Actor *const *)x, *(Medlock__Actor *const *)y);
}

static int by_released(const void *x, const void *y)
{
	return released_compare(*(Medlock__Released *const *)x, *(Medlock__Released *const *)y);
}

static int by_form(const void *x, const void *y)
{
	return by_number(&(*(Medlock__Rendition *const *)x)->form, &(*(Medlock__Rendition *const *)y)->form);
}

#define SORT(list, count, compare)                                                                 \
	do {                                                                                       \
		if ((count) > 1)                                                                   \
			qsort((list), (count), sizeof((list)[0]), (compare));                      \
	} while (0)

void rule_sort(Medlock__Rule *r)
{
	SORT(r->actors, r->n_actors, by_actor);
	SORT(r->purposes, r->n_purposes, by_number);
	SORT(r->categories, r->n_categories, by_number);
	SORT(r->labels, r->n_labels, by_number);
	SORT(r->obligations, r->n_obligations, by_number);
	SORT(r->records, r->n_records, by_bytes);
	SORT(r->author_organisations, r->n_author_organisations, by_bytes);
	if (r->research)
		SORT(r->research->terms, r->research->n_terms, by_number);
}

static void sort_consent(Medlock__ConsentSet *a)
{
	for (size_t i = 0; i < a->n_put; i++)
		rule_sort(a->put[i]);
	SORT(a->remove, a->n_remove, by_number);
}

static void sort_record(Medlock__RecordDeposit *a)
{
	SORT(a->labels, a->n_labels, by_number);
	SORT(a->renditions, a->n_renditions, by_form);
}

void tx_body_sort(Medlock__Body *b)
{
	if (b->action_case == MEDLOCK__BODY__ACTION_CERT_ANCHOR) {
		SORT(b->cert_anchor->purposes, b->cert_anchor->n_purposes, by_number);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_ACCOUNT_KEYS) {
		if (b->account_keys->by_helpers)
			SORT(b->account_keys->by_helpers->accounts, b->account_keys->by_helpers->n_accounts, by_bytes);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_RECORD_DEPOSIT) {
		sort_record(b->record_deposit);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_RECORD_AMEND) {
		sort_record(b->record_amend);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_CONSENT_SET) {
		sort_consent(b->consent_set);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_ACCESS_REQUEST) {
		SORT(b->access_request->records, b->access_request->n_records, by_bytes);
		SORT(b->access_request->categories, b->access_request->n_categories, by_number);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_ACCESS_ANSWER) {
		SORT(b->access_answer->records, b->access_answer->n_records, by_bytes);
		if (b->access_answer->rules)
			sort_consent(b->access_answer->rules);
	} else if (b->action_case == MEDLOCK__BODY__ACTION_RELEASE_RECEIPT) {
		SORT(b->release_receipt->released, b->release_receipt->n_released, by_released);
	}
}
