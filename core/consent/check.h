/* SPDX-License-Identifier: Apache-2.0 */
/* Exact answers about a policy: what can never happen, which rules do nothing, which contradict each other.
 *
 * Exhaustive over cells: each dimension of a question is cut at the values that rules name, plus one "other"; intervals at
 * all their end points; label by label.  Values that the rules still in play treat alike are one (that keeps it small, and
 * exact: the evaluator sees values only through rules).  Each cell is decided by consent_decide itself.  Askers are licensed
 * and not the owner; emergencies are for the purposes that the ledger takes them for (TREAT, ETREAT, BTG); pause is left
 * out, as it ends.  Instants from `from` on count.
 *
 * Everything here: ERR_LIMIT when CHECK_CELLS_MAX cells are not enough, ERR_FORMAT for a rule that the evaluator refuses,
 * ERR_MEMORY.  Outputs are untouched on failure.  Pure; one call uses one thread.
 */
#ifndef MEDLOCK_CONSENT_CHECK_H
#define MEDLOCK_CONSENT_CHECK_H

#include "core/consent/policy.h"

#define CHECK_CELLS_MAX (1u << 22) /* steps of one call */
#define CHECK_FINDINGS_MAX 1000u   /* rows of one call; `more` says when there are others */

/* One finding with one concrete question that shows it. */
struct check_finding {
	uint32_t rule, other; /* ids; 0: none */
	bool has_witness;     /* a dead rule that nothing can match has none */
	struct consent_question question;
	struct consent_record record;
	struct consent_decision decision; /* of the question; for check_widens the one after */
};
struct check_findings {
	struct check_finding *rows;
	size_t count;
	bool more;
};
void check_findings_release(struct check_findings *x);

/* Does the account, organisation, record or author of a question stand for all that no rule names? */
bool check_is_other(const uint8_t id[ID_SIZE]);

/* Rules without which every answer would be the same, as they decide nothing.  The witness is a question that the rule
 * matches, decided by `other`.
 */
enum err check_dead(struct check_findings *ret, const struct policy *p, struct time_ms from,
		    struct err_info *info) MUST_USE;

/* Pairs of a deny and a permit (or ask) that match one question.  rule is the one that decides it, other the one that does
 * not; when a third decides, decision.rule names it.
 */
enum err check_conflicts(struct check_findings *ret, const struct policy *p, struct time_ms from,
			 struct err_info *info) MUST_USE;

/* One row for each category of which nobody can read (nor ask for) any record, unless in an emergency. */
enum err check_emergency(struct check_findings *ret, const struct policy *p, struct time_ms from,
			 struct err_info *info) MUST_USE;

/* Can anybody but `who` read such records?  Zero members: any.  An ask does not count: the owner answers it.
 * A row for each rule that lets somebody, and one (rule 0) when an emergency does.  No rows: never.
 */
struct check_never {
	const Medlock__Actor *who; /* account, organisation, role or project; NULL: nobody at all */
	uint32_t category, label, purpose;
};
enum err check_never(struct check_findings *ret, const struct policy *p, const struct check_never *what,
		     struct time_ms from, struct err_info *info) MUST_USE;

/* Does `after` give something that `before` does not: refused < ask < de-identified < full, or the same more often?  Also
 * after counts are used up: what is asked of both counts in both.  At most one row.
 */
enum err check_widens(struct check_findings *ret, const struct policy *before, const struct policy *after,
		      struct time_ms from, struct err_info *info) MUST_USE;

/* The same answer (decision, form, obligations, form after a yes) to every question?  The witness is one that differs.
 * How often it is given is part of the answer, and so are the answers when counts are used up.
 */
enum err check_equal(bool *ret, struct check_finding *ret_witness, const struct policy *p, const struct policy *q,
		     struct time_ms from, struct err_info *info) MUST_USE;

#endif
