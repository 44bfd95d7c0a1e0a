/* SPDX-License-Identifier: Apache-2.0 */
/* The model's actions of the authority, the depositors, the owners and the operators. */
#include "core/crypto/threshold.h"
#include "model_state.h"

static bool is_what_it_has(const struct m_account *there, const Medlock__CertAnchor *x)
{
	struct m_name certificate = m_name(x->certificate), organisation = m_name(x->organisation);
	bool same = there->role == x->role && there->rights == x->rights && there->not_after == x->not_after &&
		    there->purpose_count == x->n_purposes && certificate.len == there->certificate.len &&
		    organisation.len == there->organisation.len && memcmp(certificate.b, there->certificate.b, 32) == 0 &&
		    memcmp(organisation.b, there->organisation.b, 32) == 0;

	for (size_t i = 0; same && i < x->n_purposes; i++)
		same = there->purposes[i] == x->purposes[i];
	return same;
}

/* Reason 6 is a hold: officers who could put it can lift it, with the very certificate. */
static enum err check_lifted(const struct m_act *a, const Medlock__CertAnchor *x, const struct m_account *there)
{
	if (there->revoke_reason != 6 || !is_what_it_has(there, x))
		return ERR_REVOKED;
	return a->signed_by_one && a->m->network->n_authorities > 1 ? ERR_FOUR_EYES : ERR_OK;
}

static enum err check_anchor(const struct m_act *a, const Medlock__CertAnchor *x, const struct m_account *there)
{
	if (x->role == ROLE_PEER || x->role == ROLE_OPERATOR || x->role == ROLE_AUDITOR || !m_is_authority(a))
		return ERR_ROLE;
	if (x->role == ROLE_OFFICER && a->signed_by_one && a->m->network->n_authorities > 1)
		return ERR_FOUR_EYES;
	if (x->not_after <= a->block->time)
		return ERR_EXPIRED;
	TRY(m_check_minor(a, x));
	if (x->keys)
		return there ? ERR_DUPLICATE : m_keys_check(x->keys, x->keys_signature, &a->block->network, x->account);
	if (!there)
		return ERR_NOT_FOUND;
	if (there->revoked)
		return check_lifted(a, x, there);
	return there->role == x->role ? ERR_OK : ERR_CONFLICT;
}

enum err m_cert_anchor(struct m_act *a, const Medlock__CertAnchor *x)
{
	struct hash32 id = m_id(x->account);
	struct m_account *to = m_account(a->m, &id);
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	TRY(check_anchor(a, x, to));
	if (!to) {
		to = M_APPEND(a->m->accounts, a->m->account_count);
		to->id = id;
		to->keys = m_clone(x->keys);
		to->anchored_height = a->block->height;
		to->role = x->role;
		to->minor_until = x->minor_until;
		if (x->role == ROLE_PATIENT)
			*M_APPEND(a->m->policies, a->m->policy_count) = (struct m_policy){
				.owner = id, .version = 1, .default_effect = EFFECT_DENY, .next_rule = 1};
	}
	if (to->revoked) {
		event.hold = HOLD_RELEASED;
		to->revoked = false;
		to->revoke_reason = 0;
		to->revoked_height = 0;
	}
	to->certificate = m_name(x->certificate);
	to->organisation = m_name(x->organisation);
	to->not_after = x->not_after;
	to->rights = x->rights;
	to->purpose_count = x->n_purposes;
	for (size_t i = 0; i < x->n_purposes; i++)
		to->purposes[i] = x->purposes[i];
	m_tell(a, &id, &event);
	m_result(a, &id, 0, NULL, 0);
	return ERR_OK;
}

/* The authority ends what it certified, an account ends itself. */
enum err m_cert_revoke(struct m_act *a, const Medlock__CertRevoke *x)
{
	struct hash32 id = m_id(x->account);
	struct m_account *of = m_account(a->m, &id);
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	bool self = ID_EQUAL(id, a->who);

	if (!self && !m_is_authority(a))
		return ERR_ROLE;
	if (!of)
		return ERR_NOT_FOUND;
	if (!self && (of->role == ROLE_PEER || of->role == ROLE_OPERATOR || of->role == ROLE_AUDITOR))
		return ERR_ROLE;
	if (of->revoked && (of->revoke_reason != 6 || x->reason == 6))
		return ERR_REVOKED;
	if (x->reason == 6 && of->certificate.len == 0)
		return ERR_NOT_CERTIFIED;
	if (!self && a->signed_by_one && a->m->network->n_authorities > 1)
		return ERR_FOUR_EYES;
	of->revoked = true;
	of->revoke_reason = x->reason;
	of->revoked_height = a->block->height;
	event.hold = x->reason == 6 ? HOLD_HELD : 0;
	m_tell(a, &id, &event);
	m_result(a, &id, 0, NULL, 0);
	return ERR_OK;
}

/* "medlock-deposit-v1" || network || depositor || the deposit with every capsule empty. */
static struct hash32 deposit_binding(const struct m_act *a, const Medlock__RecordDeposit *x)
{
	Medlock__RecordDeposit *bare = m_clone(x);
	struct buf b = BUF_INIT;
	struct hash32 h;

	for (size_t i = 0; i < bare->n_renditions; i++)
		bare->renditions[i]->capsule.len = 0;
	WIRE_ENCODE(&b, bare);
	ASSERT(buf_error(&b) == ERR_OK);
	h = M_HASH("medlock-deposit-v1", BYTES_ID(a->block->network), BYTES_ID(a->who), buf_bytes(&b));
	buf_release(&b);
	WIRE_FREE(bare);
	return h;
}

static bool has_capsule(const Medlock__RecordDeposit *x, size_t count, const struct capsule *capsule)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(x->renditions[i]->capsule.data, capsule->b, 48) == 0)
			return true;
	return false;
}

static bool was_seen(const struct model *m, const struct capsule *capsule)
{
	for (size_t i = 0; i < m->record_count; i++)
		if (has_capsule(m->records[i].deposit, m->records[i].deposit->n_renditions, capsule))
			return true;
	return false;
}

static enum err check_capsules(const struct m_act *a, const Medlock__RecordDeposit *x)
{
	struct hash32 label = deposit_binding(a, x);

	for (size_t i = 0; i < x->n_renditions; i++) {
		struct capsule capsule;

		if (a->m->network->n_custodians == 0 || x->renditions[i]->key_generation != a->m->network->key_generation)
			return ERR_CONFLICT;
		memcpy(capsule.b, x->renditions[i]->capsule.data, sizeof(capsule.b));
		if (was_seen(a->m, &capsule) || has_capsule(x, i, &capsule))
			return ERR_DUPLICATE;
		TRY(capsule_check(&capsule, BYTES_ID(label)));
	}
	return ERR_OK;
}

/* Who deposits for an organisation is of it; only the authority deposits for others. */
static enum err check_depositor(const struct m_act *a, const Medlock__RecordDeposit *x)
{
	struct m_name author = m_name(x->organisation);

	if (m_is_authority(a))
		return ERR_OK;
	if (!(a->actor.rights & RIGHT_DEPOSIT) || author.len == 0 || a->actor.organisation.len == 0)
		return ERR_ROLE;
	return memcmp(author.b, a->actor.organisation.b, 32) == 0 ? ERR_OK : ERR_ROLE;
}

/* Some label of the old one is missing, or it is less confidential. */
static bool is_weaker(const Medlock__RecordDeposit *x, const Medlock__RecordDeposit *old)
{
	uint64_t now = 0, before = 0;

	for (size_t i = 0; i < x->n_labels; i++)
		now |= 1ull << x->labels[i];
	for (size_t i = 0; i < old->n_labels; i++)
		before |= 1ull << old->labels[i];
	return (before & ~now) != 0 || x->confidentiality < old->confidentiality;
}

static enum err check_superseded(const struct m_act *a, const Medlock__RecordDeposit *x, struct m_record **ret)
{
	struct hash32 id, owner = m_id(x->owner);
	struct m_record *old;

	id = m_id(x->supersedes);
	old = m_record(a->m, &id);
	if (!old || !m_is(old->deposit->owner, &owner) || !ID_EQUAL(old->depositor, a->who))
		return ERR_NOT_FOUND;
	*ret = old;
	if (old->status != RECORD_STATUS_LIVE)
		return old->status == RECORD_STATUS_ERASED ? ERR_ERASED : ERR_CONFLICT;
	return is_weaker(x, old->deposit) ? ERR_LABELS_LOWER : ERR_OK;
}

static void store_record(struct m_act *a, const Medlock__RecordDeposit *x, const struct hash32 *id, struct m_record *old)
{
	struct hash32 owner = m_id(x->owner);
	uint64_t number = m_record_count(a->m, &owner) + 1;
	struct m_name first = {0};
	struct m_record *to;

	if (old) {
		first = old->first.len ? old->first : m_name(m_data(&old->id));
		old->status = RECORD_STATUS_SUPERSEDED;
		old->superseded_by = m_name(m_data(id));
	}
	to = M_APPEND(a->m->records, a->m->record_count);
	*to = (struct m_record){.id = *id, .depositor = a->who, .height = a->block->height, .number = number,
				.time = a->block->time, .status = RECORD_STATUS_LIVE};
	to->deposit = m_clone(x);
	to->first = first;
}

static void tell_record(struct m_act *a, const struct hash32 *owner, const struct hash32 *id)
{
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct m_decided entry = {.record = *id};
	struct m_decided_wire wire = m_decided_wire(&entry, 1);

	event.records = wire.list;
	event.n_records = 1;
	m_tell(a, owner, &event);
	m_decided_wire_release(&wire);
	m_result(a, id, 0, NULL, 0);
}

/* The capsules stay in the model's deposit, so that they are known as seen; model_rows.c shows the row without them. */
enum err m_record_erase(struct m_act *a, const Medlock__RecordErase *x)
{
	struct hash32 id = m_id(x->record);
	struct m_record *of = m_record(a->m, &id);

	if (!of || !m_is(of->deposit->owner, &a->who))
		return ERR_NOT_FOUND;
	if (of->status == RECORD_STATUS_ERASED)
		return ERR_ERASED;
	of->status = RECORD_STATUS_ERASED;
	tell_record(a, &a->who, &id);
	return ERR_OK;
}

enum err m_record_deposit(struct m_act *a, const Medlock__RecordDeposit *x)
{
	struct hash32 owner = m_id(x->owner), id = M_HASH("medlock-record-v1", BYTES_ID(a->body_hash), BYTES_ID(a->who));
	const struct m_account *patient = m_account(a->m, &owner);
	struct m_record *old = NULL;

	TRY(check_depositor(a, x));
	if (!patient || patient->role != ROLE_PATIENT)
		return ERR_NOT_FOUND;
	if (patient->revoked)
		return ERR_REVOKED;
	TRY(check_capsules(a, x));
	if (a->tx->action == ACTION_RECORD_AMEND)
		TRY(check_superseded(a, x, &old));
	store_record(a, x, &id, old);
	tell_record(a, &owner, &id);
	return ERR_OK;
}

static size_t standing_rules(const struct model *m, const struct hash32 *owner)
{
	size_t n = 0;

	for (size_t i = 0; i < m->rule_count; i++)
		n += ID_EQUAL(m->rules[i].owner, *owner);
	return n;
}

enum err m_rules_check(const struct m_act *a, const Medlock__ConsentSet *x)
{
	struct hash32 owner = m_id(x->owner);
	size_t after = standing_rules(a->m, &owner);

	if (x->expected_version != m_policy(a->m, &owner)->version)
		return ERR_CONFLICT;
	for (size_t i = 0; i < x->n_remove; i++, after--)
		if (!m_rule(a->m, &owner, x->remove[i]))
			return ERR_NOT_FOUND;
	for (size_t i = 0; i < x->n_put; i++) {
		if (x->put[i]->id == 0)
			after++;
		else if (!m_rule(a->m, &owner, x->put[i]->id))
			return ERR_NOT_FOUND;
	}
	return after > RULES_PER_ACCOUNT_MAX ? ERR_LIMIT : ERR_OK;
}

/* A rule that takes the place of a standing one is a new version of it: its uses begin anew. */
static uint32_t put_rule(struct m_act *a, const Medlock__Rule *from, struct m_policy *policy)
{
	struct m_rule *to = from->id ? m_rule(a->m, &policy->owner, from->id) : NULL;
	uint32_t id = from->id ? from->id : policy->next_rule++;

	if (to)
		WIRE_FREE(to->rule);
	else
		to = M_APPEND(a->m->rules, a->m->rule_count);
	*to = (struct m_rule){.owner = policy->owner, .policy_version = policy->version, .height = a->block->height,
			      .time = a->block->time};
	to->rule = m_clone(from);
	to->rule->id = id;
	return id;
}

void m_rules_change(struct m_act *a, uint32_t *ret_put, const Medlock__ConsentSet *x)
{
	struct hash32 owner = m_id(x->owner);
	struct m_policy *policy = m_policy(a->m, &owner);

	policy->version++;
	if (x->default_effect)
		policy->default_effect = x->default_effect;
	for (size_t i = 0; i < x->n_remove; i++)
		m_rule_remove(a->m, m_rule(a->m, &owner, x->remove[i]));
	for (size_t i = 0; i < x->n_put; i++)
		ret_put[i] = put_rule(a, x->put[i], policy);
}

enum err m_consent_set(struct m_act *a, const Medlock__ConsentSet *x)
{
	struct hash32 owner = m_id(x->owner);
	struct m_policy *policy = m_policy(a->m, &owner);
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	uint32_t put[RULES_PER_ACCOUNT_MAX];

	TRY(m_acts_for(a->m, &owner, &a->who, SCOPE_CONSENT, a->block->time));
	ASSERT(policy); /* every patient has one */
	TRY(m_rules_check(a, x));
	m_rules_change(a, put, x);
	event.policy_version = policy->version;
	event.paused = policy->paused;
	event.rules_put = put;
	event.n_rules_put = x->n_put;
	event.rules_removed = x->remove;
	event.n_rules_removed = x->n_remove;
	m_tell(a, &owner, &event);
	m_result(a, NULL, policy->version, NULL, 0);
	return ERR_OK;
}

enum err m_consent_pause(struct m_act *a, const Medlock__ConsentPause *x)
{
	struct hash32 owner = m_id(x->owner);
	struct m_policy *policy = m_policy(a->m, &owner);
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	TRY(m_acts_for(a->m, &owner, &a->who, SCOPE_CONSENT, a->block->time));
	ASSERT(policy);
	policy->paused = x->paused;
	event.policy_version = ++policy->version;
	event.paused = x->paused;
	m_tell(a, &owner, &event);
	m_result(a, NULL, policy->version, NULL, 0);
	return ERR_OK;
}

static bool same_bytes(ProtobufCBinaryData x, ProtobufCBinaryData y)
{
	return bytes_equal(wire_bytes(x), wire_bytes(y));
}

static bool same_validators(const Medlock__Network *x, const Medlock__Network *y)
{
	bool same = x->n_validators == y->n_validators;

	for (size_t i = 0; same && i < x->n_validators; i++)
		same = same_bytes(x->validators[i]->public_key, y->validators[i]->public_key) &&
		       x->validators[i]->power == y->validators[i]->power;
	return same;
}

static bool same_custodian_key(const Medlock__Network *x, const Medlock__Network *y)
{
	bool same = x->threshold == y->threshold && x->n_commitments == y->n_commitments;

	for (size_t i = 0; same && i < x->n_commitments; i++)
		same = same_bytes(x->commitments[i], y->commitments[i]);
	return same;
}

/* Nobody gets power who is not on the ledger and in good standing. */
static enum err check_members(const struct m_act *a, const Medlock__Network *n)
{
	size_t count = n->n_operators + n->n_authorities + n->n_custodians + n->n_peers;

	for (size_t i = 0; i < count; i++) {
		size_t at = i;
		struct hash32 id;

		if (at < n->n_operators)
			id = m_id(n->operators[at]);
		else if ((at -= n->n_operators) < n->n_authorities)
			id = m_id(n->authorities[at]);
		else if ((at -= n->n_authorities) < n->n_custodians)
			id = m_id(n->custodians[at]->account);
		else
			id = m_id(n->peers[at - n->n_custodians]->account);
		TRY(m_account_stands(m_account(a->m, &id), a->block->time));
	}
	return ERR_OK;
}

enum err m_network_set(struct m_act *a, const Medlock__NetworkSet *x)
{
	const Medlock__Network *to = x->network, *old = a->m->network;

	if (a->signed_by_one && (old->n_operators != 1 || !m_is(old->operators[0], &a->who)))
		return ERR_ROLE;
	if (to->version != old->version + 1)
		return ERR_CONFLICT;
	if (to->n_authorities == 0)
		return ERR_FORMAT;
	if (!same_validators(old, to))
		return ERR_REFUSED;
	if (to->key_generation != old->key_generation + (same_custodian_key(old, to) ? 0 : 1))
		return ERR_CONFLICT;
	TRY(check_members(a, to));
	WIRE_FREE(a->m->network);
	a->m->network = m_clone(to);
	m_result(a, NULL, to->version, NULL, 0);
	return ERR_OK;
}
