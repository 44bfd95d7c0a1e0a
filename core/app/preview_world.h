/* SPDX-License-Identifier: Apache-2.0 */
/* What a preview is counted on: the owner's policy, her live records, and the people she knows.  Private to core/app. */
#ifndef MEDLOCK_APP_PREVIEW_WORLD_H
#define MEDLOCK_APP_PREVIEW_WORLD_H

#include "core/app/internal.h"
#include "core/consent/preview.h"

struct preview_world {
	struct policy policy;
	struct consent_record *records;
	size_t record_count;
	struct consent_question *actors; /* account, organisation, role, rights, licensed */
	size_t actor_count;
};
enum err preview_world_load(struct app *a, struct preview_world *ret, struct err_info *info) MUST_USE;
void preview_world_release(struct preview_world *w);

/* One person as the ledger knows her, or as the book does when her row is not ours to read. */
enum err preview_actor(struct app *a, struct consent_question *ret, const struct account_id *who,
		       struct err_info *info) MUST_USE;

/* The question in words, for the evaluator.  ERR_USAGE, ERR_NO_CONTACT. */
struct app_question;
enum err app_question_of(struct app *a, struct consent_question *ret, const struct app_question *q,
			 struct err_info *info) MUST_USE;

/* "okafor, laboratory results, for my treatment": one question, in words. */
struct check_finding;
void app_say_case(struct buf *out, struct app *a, const struct check_finding *x);

#endif
