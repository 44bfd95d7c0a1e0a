/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as people edit it: the JSON that `consent show --json` prints, and rules said in words.
 *
 * The JSON object: {version, default, paused, rules:[{id, effect, actors, purposes, categories, labels, form, until,
 * uses_left, lock, emergency_ok, text, …}]}.  Codes are the texts of chain/proto/codes.def; absent members mean "any" or
 * "no".  What is printed is read back to the same rules.  `v`, `text`, `preset` and `paused` are for people and are
 * ignored when read; version is what the file was made from: who applies it compares it with what stands (absent: the
 * present one).
 * Reading is strict: an unknown member or code is refused with its path ("rules[2].purposes[0]"), never ignored.
 */
#ifndef MEDLOCK_CONSENT_POLICY_H
#define MEDLOCK_CONSENT_POLICY_H

#include "chain/contract/consent_eval.h"
#include "chain/proto/tx.pb-c.h"
#include "core/base/json.h"
#include "core/consent/sentence.h"

/* A whole policy; owns the rule states, each freed with WIRE_FREE.  All zero is the empty one. */
struct policy {
	uint64_t version;
	uint32_t default_effect;
	bool paused;
	Medlock__RuleState **rules;
	size_t count;
};
void policy_release(struct policy *p);

/* Append a copy of rule with its id. */
enum err policy_add(struct policy *p, const Medlock__RuleState *rule) MUST_USE;

/* Print.  names may be NULL (ids stand for names then). */
void policy_write(struct json_writer *w, const struct policy *p, const struct sentence_names *names);
void policy_write_rule(struct json_writer *w, const Medlock__RuleState *rule, const struct sentence_names *names);

/* Read.  A rule with an id must be one of `current` (NULL: none): when it prints alike it is that very rule, with what
 * is left of its uses; else it is new and takes its place.  ERR_POLICY and the errors of json_read, path in info.
 * New rules have id 0.
 */
enum err policy_read(struct policy *ret, struct bytes json, const struct policy *current,
		     struct err_info *info) MUST_USE;

/* The transaction that makes `current` into `wanted`: rules to put, ids to remove, the default.  Pointers into wanted;
 * free the two lists with free(). Asks nothing of pause.
 */
void policy_change(Medlock__ConsentSet *ret, const struct policy *current, const struct policy *wanted);
bool policy_change_is_empty(const Medlock__ConsentSet *change);

/* One rule in words; lists end with NULL, members NULL or empty are not said. */
struct rule_words {
	const char *effect;             /* permit, deny, ask */
	const Medlock__Actor *who;      /* resolved by the caller; NULL: everyone */
	const char *const *purposes, *const *categories, *const *labels;
	const char *form;               /* full, deid */
	const char *until;              /* RFC 3339 date or date-time; a date ends at its midnight UTC */
	const char *uses;               /* decimal, at least 1 */
	bool lock, emergency_ok, any_label;
	const char *from;               /* as until: the rule's beginning */
	const char *data_from, *data_to; /* as until: the period of the data; both or neither */
	const char *confidentiality;    /* U to V: a permit or ask at most, a deny at least */
	const char *visibility;         /* named, open-to-me */
	const char *const *obligations, *const *terms; /* terms: of research, GA4GH DUO */
	const char *project;            /* 64 hex digits */
	const struct hash32 *records, *authors; /* authors: organisations that wrote the data; resolved by the caller */
	size_t record_count, author_count;
};
/* ERR_POLICY names the word that is not understood.  Free with WIRE_FREE. */
enum err rule_of_words(Medlock__Rule **ret, const struct rule_words *words, struct err_info *info) MUST_USE;

/* An actor of words that need no contacts: 64 hex digits (account), "organisation:HEX", "project:HEX", a role's code, or
 * "everyone".  ERR_NOT_FOUND for anything else, so that the caller can look among names.  Free with WIRE_FREE.
 */
enum err actor_of_word(Medlock__Actor **ret, const char *word) MUST_USE;
void actor_word(struct buf *out, const Medlock__Actor *actor); /* what actor_of_word reads */

#endif
