/* SPDX-License-Identifier: Apache-2.0 */
/* The one evaluation of consent (design/05): contract, custodians at release, and the client's preview all call it.
 *
 * Total: every input gives a decision.  Pure and independent of the order of rules.  Order of steps: revoked or
 * unlicensed: deny; own access: permit; a matching lock-deny wins, unless emergency and the rule allows it; emergency with
 * attested right: permit; else the most specific matching rules, among which deny beats ask beats permit; nothing matches:
 * the default.  Subsumption is asymmetric: a deny covers a purpose's descendants, a permit only the safe listed ones
 * (notes 2.1).  Labels: a deny matches any of them, a permit must list all of the record's.  Confidentiality: permit at
 * most, deny at least.  Periods of data: a deny matches when they overlap, a permit when the record lies inside; unknown
 * matches every deny and no permit.  A rule that names a record means all its versions: it names the first, so that a
 * correction by somebody else lifts nothing.  Times are block times; intervals are half-open.
 */
#ifndef MEDLOCK_CONTRACT_CONSENT_EVAL_H
#define MEDLOCK_CONTRACT_CONSENT_EVAL_H

#include "chain/proto/codes.h"
#include "chain/proto/limits.h"
#include "core/base/clock.h"
#include "chain/proto/state.pb-c.h"

/* Who asks, for what.  All ids may be zero where they do not apply. */
struct consent_question {
	struct account_id account;
	struct organisation_id organisation;
	uint32_t role;
	uint32_t rights;     /* RIGHT bits */
	bool licensed;       /* certified, not revoked, not expired, role and purpose attested */
	bool own;            /* the owner, or a proxy within scope */
	uint32_t purpose;
	bool emergency;
	uint32_t form;       /* wanted: FORM_FULL or FORM_DEID */
	struct hash32 project;
	struct time_ms now;
	bool answered;       /* the owner said yes to what she was asked: an ask is a permit */
	uint32_t granted_rule; /* at release: the rule that granted, whose uses are counted already; else 0 */
};

/* What is asked about; views into a RecordState. */
struct consent_record {
	struct record_id id;
	struct record_id first; /* of a later version: what rules name instead of id; zero: there is none before */
	uint32_t category, confidentiality;
	uint64_t labels;     /* bit n for LABEL number n */
	bool period_known;
	struct time_ms from, to;
	struct organisation_id author;
	uint32_t forms;      /* bit n for FORM n that exists */
};

struct consent_decision {
	uint32_t decision;    /* DECISION_… */
	uint32_t form;        /* granted only */
	uint32_t rule;        /* that decided, 0 when none did; the lowest id among equals */
	uint32_t reason;      /* DECISION_REASON_… */
	uint32_t obligations; /* bit n for OBLIGATION n: the join over the deciding rules */
};

/* Rules compiled once for many questions; owns copies, no reference to the messages is kept. */
struct consent_policy;
enum err consent_policy_new(struct consent_policy **ret, Medlock__RuleState *const *rules, size_t count,
			    uint32_t default_effect, bool paused) MUST_USE;
void consent_policy_free(struct consent_policy *p);

struct consent_decision consent_decide(const struct consent_policy *p, const struct consent_question *q,
				       const struct consent_record *r);

/* The evaluator's view of a stored record. */
struct consent_record consent_record_of(const struct record_id *id, const Medlock__RecordState *row);

/* Does a permit (deny) that names purpose `named` cover a request for `asked`? */
bool consent_purpose_covers(uint32_t named, uint32_t asked, bool deny);

#endif
