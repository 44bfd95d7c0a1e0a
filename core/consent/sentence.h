/* SPDX-License-Identifier: Apache-2.0 */
/* One rule as one plain sentence, in English or the words of another language, so that nobody signs what they cannot read. */
#ifndef MEDLOCK_CONSENT_SENTENCE_H
#define MEDLOCK_CONSENT_SENTENCE_H

#include "core/base/places.h"
#include "chain/proto/codes.h"
#include "chain/proto/state.pb-c.h"

/* Names for ids: kind is an ACTOR code (account, organisation, project) ; NULL result or NULL callback: a short form of
 * the id is written.  The text is gated by the callee and lives until the next call.
 */
struct sentence_names {
	void *self;
	const char *(*name)(void *self, uint32_t kind, struct bytes id);
	const struct translation *words; /* of ids of sentence_piece, and of codes as "purpose.treat"; NULL: English */
};

/* "Allow Dr. Okafor to read laboratory results for my treatment, de-identified, until 2027-01-01." */
void sentence_of_rule(struct buf *out, const Medlock__Rule *rule, const struct sentence_names *names);
void sentence_of_actor(struct buf *out, const Medlock__Actor *actor, const struct sentence_names *names);

/* The id and English text of the n-th piece of a sentence, for who translates; false: there are no more. */
bool sentence_piece(size_t n, const char **ret_id, const char **ret_text);

/* The text of one piece in the language of names. */
const char *sentence_text(const struct sentence_names *names, const char *id);
/* A code in the language of names, as the text of "purpose.treat" for the group "purpose"; else english. */
const char *sentence_code(const struct sentence_names *names, const char *group, enum code_set set, uint32_t code,
			  const char *english);

/* Words for codes: "my treatment", "laboratory results"; "?" when unknown.  Live for ever. */
const char *sentence_purpose(uint32_t purpose);
const char *sentence_category(uint32_t category);
const char *sentence_label(uint32_t label);
const char *sentence_duty(uint32_t obligation);
const char *sentence_reason(uint32_t decision_reason);

#endif
