/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/genesis.h"
#include "chain/proto/shape.h"
#include "core/crypto/seal.h"

#define RIGHTS_MASK ((uint32_t)RIGHT_DEPOSIT | (uint32_t)RIGHT_EMERGENCY)
#define REVOKE_REASON_MAX 10u
#define REVOKE_REASON_UNUSED 7u

static enum err check_cert_anchor(const Medlock__CertAnchor *a, struct err_info *info)
{
	struct account_id named;

	TRY(shape_bytes(a->account, ID_SIZE, "account", info));
	TRY(shape_bytes(a->keys_signature, a->keys ? 64 : 0, "signature of the keys", info));
	if (a->keys) {
		TRY(shape_keyset(a->keys, info));
		TRY(keyset_account(&named, a->keys));
		TRY(shape_true(bytes_equal(BYTES_ID(named), wire_bytes(a->account)),
			       "the account is not the name of its first keys", info));
	}
	TRY(shape_code(a->role, CODES_ROLE, "role", info));
	TRY(shape_bytes(a->certificate, 32, "certificate", info));
	TRY(shape_true(a->not_after > 0, "not_after", info));
	TRY(shape_optional(a->organisation, ID_SIZE, "organisation", info));
	TRY(shape_true((a->rights & ~RIGHTS_MASK) == 0, "rights", info));
	TRY(shape_true(a->minor_until == 0 || (a->minor_until > 0 && a->keys && a->role == ROLE_PATIENT),
		       "a minor's date without the first keys of a patient", info));
	return shape_codes(a->purposes, a->n_purposes, ACCOUNT_PURPOSES_MAX, CODES_PURPOSE, "purposes", info);
}

static enum err check_cert_revoke(const Medlock__CertRevoke *a, struct err_info *info)
{
	TRY(shape_bytes(a->account, ID_SIZE, "account", info));
	return shape_true(a->reason <= REVOKE_REASON_MAX && a->reason != REVOKE_REASON_UNUSED, "reason", info);
}

static enum err check_rendition(const Medlock__Rendition *r, struct err_info *info)
{
	TRY(shape_code(r->form, CODES_FORM, "form", info));
	TRY(shape_bytes(r->blob, ID_SIZE, "blob", info));
	TRY(shape_true(r->size > 0 && r->size <= RECORD_SIZE_MAX, "size", info));
	return shape_bytes(r->capsule, 160, "capsule", info);
}

static enum err check_record(const Medlock__RecordDeposit *a, struct err_info *info)
{
	TRY(shape_bytes(a->owner, ID_SIZE, "owner", info));
	TRY(shape_optional(a->organisation, ID_SIZE, "organisation", info));
	TRY(shape_code(a->category, CODES_CATEGORY, "category", info));
	TRY(shape_codes(a->labels, a->n_labels, RECORD_LABELS_MAX, CODES_LABEL, "labels", info));
	TRY(shape_code(a->confidentiality, CODES_CONFIDENTIALITY, "confidentiality", info));
	TRY(shape_period(a->period, "period", info));
	TRY(shape_true(a->n_renditions > 0, "no rendition", info));
	TRY(shape_count(a->n_renditions, RECORD_RENDITIONS_MAX, "renditions", info));
	for (size_t i = 0; i < a->n_renditions; i++) {
		TRY(check_rendition(a->renditions[i], info));
		if (i && a->renditions[i - 1]->form >= a->renditions[i]->form)
			return err_set(info, ERR_FORMAT, "renditions: not ascending");
	}
	return ERR_OK;
}

static enum err check_record_deposit(const Medlock__RecordDeposit *a, struct err_info *info)
{
	TRY(check_record(a, info));
	return shape_true(a->supersedes.len == 0, "supersedes", info);
}

static enum err check_record_amend(const Medlock__RecordDeposit *a, struct err_info *info)
{
	TRY(check_record(a, info));
	return shape_bytes(a->supersedes, ID_SIZE, "supersedes", info);
}

static enum err check_access_request(const Medlock__AccessRequest *a, struct err_info *info)
{
	struct sign_public sign;
	struct seal_public seal;

	TRY(shape_bytes(a->owner, ID_SIZE, "owner", info));
	TRY(shape_code(a->purpose, CODES_PURPOSE, "purpose", info));
	TRY(shape_code(a->form, CODES_FORM, "form", info));
	TRY(shape_ids(a->records, a->n_records, REQUEST_RECORDS_MAX, "records", info));
	TRY(shape_codes(a->categories, a->n_categories, RULE_CODES_MAX, CODES_CATEGORY, "categories", info));
	if (a->emergency)
		TRY(shape_code(a->reason, CODES_EMERGENCY_REASON, "reason", info));
	else
		TRY(shape_true(a->reason == 0, "a reason without an emergency", info));
	TRY(shape_optional(a->project, ID_SIZE, "project", info));
	TRY(shape_period(a->period, "period", info));
	TRY(shape_true(!a->period || a->n_records == 0, "a period beside named records", info));
	TRY(shape_true(sign_public_parse(&sign, wire_bytes(a->sign_key)) == ERR_OK, "sign key", info));
	return shape_true(seal_public_parse(&seal, wire_bytes(a->seal_key)) == ERR_OK, "seal key", info);
}

static enum err check_access_answer(const Medlock__AccessAnswer *a, struct err_info *info)
{
	TRY(shape_bytes(a->owner, ID_SIZE, "owner", info));
	TRY(shape_bytes(a->request, ID_SIZE, "request", info));
	TRY(shape_code(a->answer, CODES_ANSWER, "answer", info));
	TRY(shape_ids(a->records, a->n_records, REQUEST_RECORDS_MAX, "records", info));
	if (!a->rules)
		return ERR_OK;
	TRY(check_consent_set(a->rules, info));
	return shape_true(bytes_equal(wire_bytes(a->rules->owner), wire_bytes(a->owner)), "rules of another owner", info);
}

static enum err check_access_close(const Medlock__AccessClose *a, struct err_info *info)
{
	TRY(shape_bytes(a->request, ID_SIZE, "request", info));
	return shape_optional(a->review, 32, "review", info);
}

static enum err check_question(const Medlock__Question *a, struct err_info *info)
{
	TRY(shape_bytes(a->request, ID_SIZE, "request", info));
	return shape_bytes(a->text, 32, "text", info);
}

static enum err check_release_receipt(const Medlock__ReleaseReceipt *a, struct err_info *info)
{
	TRY(shape_true(a->n_released > 0, "nothing released", info));
	TRY(shape_count(a->n_released, RELEASED_MAX, "released", info));
	for (size_t i = 0; i < a->n_released; i++) {
		const Medlock__Released *r = a->released[i];

		TRY(shape_bytes(r->request, ID_SIZE, "request", info));
		TRY(shape_bytes(r->record, ID_SIZE, "record", info));
		TRY(shape_code(r->form, CODES_FORM, "form", info));
		if (i && released_compare(a->released[i - 1], r) >= 0)
			return err_set(info, ERR_FORMAT, "released: not ascending");
	}
	return ERR_OK;
}

static enum err check_action(const Medlock__Body *b, struct err_info *info)
{
	switch (b->action_case) {
	case MEDLOCK__BODY__ACTION_CERT_ANCHOR:
		return check_cert_anchor(b->cert_anchor, info);
	case MEDLOCK__BODY__ACTION_CERT_REVOKE:
		return check_cert_revoke(b->cert_revoke, info);
	case MEDLOCK__BODY__ACTION_ACCOUNT_KEYS:
		return check_account_keys(b->account_keys, info);
	case MEDLOCK__BODY__ACTION_RECORD_DEPOSIT:
		return check_record_deposit(b->record_deposit, info);
	case MEDLOCK__BODY__ACTION_RECORD_AMEND:
		return check_record_amend(b->record_amend, info);
	case MEDLOCK__BODY__ACTION_RECORD_ERASE:
		return shape_bytes(b->record_erase->record, ID_SIZE, "record", info);
	case MEDLOCK__BODY__ACTION_CONSENT_SET:
		return check_consent_set(b->consent_set, info);
	case MEDLOCK__BODY__ACTION_CONSENT_PAUSE:
		return shape_bytes(b->consent_pause->owner, ID_SIZE, "owner", info);
	case MEDLOCK__BODY__ACTION_PROXY_SET:
		return check_proxy_set(b->proxy_set, info);
	case MEDLOCK__BODY__ACTION_ACCESS_REQUEST:
		return check_access_request(b->access_request, info);
	case MEDLOCK__BODY__ACTION_ACCESS_ANSWER:
		return check_access_answer(b->access_answer, info);
	case MEDLOCK__BODY__ACTION_ACCESS_CLOSE:
		return check_access_close(b->access_close, info);
	case MEDLOCK__BODY__ACTION_RELEASE_RECEIPT:
		return check_release_receipt(b->release_receipt, info);
	case MEDLOCK__BODY__ACTION_QUESTION:
		return check_question(b->question, info);
	case MEDLOCK__BODY__ACTION_NETWORK_SET:
		TRY(shape_true(b->network_set->network != NULL, "no network", info));
		return network_shape_check(b->network_set->network, info);
	case MEDLOCK__BODY__ACTION__NOT_SET:
	case _MEDLOCK__BODY__ACTION__CASE_IS_INT_SIZE:
	default:
		return err_set(info, ERR_FORMAT, "no action");
	}
}

enum err tx_check_body(const Medlock__Body *body, struct err_info *info)
{
	enum err e;

	TRY(shape_bytes(body->network_id, ID_SIZE, "network", info));
	TRY(shape_bytes(body->salt, TX_SALT_SIZE, "salt", info));
	TRY(shape_true(body->valid_until > 0 && body->valid_until <= INT64_MAX, "valid_until", info));
	e = check_action(body, info);
	if (e)
		return err_wrap(info, e, "%s", code_text(CODES_ACTION, (uint32_t)body->action_case));
	return ERR_OK;
}

static enum err check_approvals(const Medlock__Approvals *a, struct err_info *info)
{
	TRY(shape_true(a->n_signatures > 0, "no approval", info));
	TRY(shape_count(a->n_signatures, APPROVALS_MAX, "approvals", info));
	for (size_t i = 0; i < a->n_signatures; i++) {
		TRY(shape_signature(a->signatures[i], info));
		if (i && memcmp(a->signatures[i - 1]->account.data, a->signatures[i]->account.data, ID_SIZE) >= 0)
			return err_set(info, ERR_FORMAT, "approvals: not ascending");
	}
	return ERR_OK;
}

enum err tx_check_auth(const Medlock__Auth *auth, struct err_info *info)
{
	if (auth && auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE)
		return shape_signature(auth->signature, info);
	if (auth && auth->by_case == MEDLOCK__AUTH__BY_APPROVALS)
		return check_approvals(auth->approvals, info);
	return err_set(info, ERR_FORMAT, "not signed");
}
