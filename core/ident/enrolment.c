/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ident/enrolment.h"

#define SALT_SIZE 16u

static struct hash32 enrolment_id(struct bytes plain)
{
	return hash_tagged("medlock enrolment request", plain);
}

struct hash32 enrolment_drop(const struct hash32 *request)
{
	return hash_tagged("medlock enrolment drop", BYTES_ID(*request));
}

enum err enrolment_seal(struct buf *out, struct hash32 *ret_id, const ProtobufCMessage *m,
			     const struct seal_public *to, size_t count, const struct rng *rng, struct err_info *info)
{
	struct buf plain = BUF_INIT;
	struct bytes view;
	struct age_result result;
	const struct byte_sink sink = byte_sink_buf(out);
	struct byte_source source;
	enum err e;

	buf_init(&plain, ENROLMENT_FILE_MAX);
	wire_encode(&plain, m);
	e = buf_error(&plain);
	view = buf_bytes(&plain);
	if (ret_id != NULL)
		*ret_id = enrolment_id(view);
	source = byte_source_bytes(&view);
	if (e == ERR_OK)
		e = age_encrypt(&result, &sink, &source, &(struct age_spec){.recipients = to, .recipients_count = count},
				rng, info);
	if (e == ERR_OK && result.size > ENROLMENT_FILE_MAX)
		e = err_set(info, ERR_TOO_LARGE, "enrolment file");
	buf_release(&plain);
	return e;
}

enum err enrolment_make(struct buf *out, struct hash32 *ret_id, const struct enrolment_wish *wish,
			const struct seal_public *desks, size_t desk_count, const struct rng *rng, struct err_info *info)
{
	Medlock__EnrolmentRequest m = MEDLOCK__ENROLMENT_REQUEST__INIT;

	m.network_id = wire_data(BYTES_ID(wish->network));
	if (wish->account != NULL)
		m.account = wire_data(BYTES_ID(*wish->account));
	m.keys = (Medlock__KeySet *)(uintptr_t)wish->keys;
	m.keys_signature = wire_data(wish->keys_signature);
	m.csr = wire_data(wish->csr);
	m.profile = wish->profile->number;
	m.name = (char *)(uintptr_t)wish->name;
	if (wish->organisation != NULL)
		m.organisation = (char *)(uintptr_t)wish->organisation;
	if (wish->organisation_id != NULL)
		m.organisation_id = wire_data(BYTES_ID(*wish->organisation_id));
	m.at = wish->at.v;
	m.minor_until = wish->minor_until.v;
	return enrolment_seal(out, ret_id, &m.base, desks, desk_count, rng, info);
}

struct organisation_id enrolment_organisation(const char *name)
{
	struct bytes part = bytes_str(name);
	struct hash32 hash = hash_parts("medlock-organisation-v1", &part, 1);
	struct organisation_id id;

	ID_COPY(id, hash.b);
	return id;
}

/* ---- requests read ---- */

static enum err check_organisation(const Medlock__EnrolmentRequest *m, struct err_info *info)
{
	struct organisation_id named = enrolment_organisation(m->organisation);

	if (m->organisation_id.len == 0)
		return ERR_OK;
	if (m->organisation[0] == '\0' || !bytes_equal(wire_bytes(m->organisation_id), BYTES_ID(named)))
		return err_set(info, ERR_LINT, "the organisation's id is not that of its name");
	return ERR_OK;
}

static enum err check_shape(const Medlock__EnrolmentRequest *m, const struct network_id *network, struct time_ms now,
			    struct err_info *info)
{
	if (!bytes_equal(wire_bytes(m->network_id), BYTES_ID(*network)))
		return err_set(info, ERR_NETWORK_ID, "the request is for another network");
	if (m->keys == NULL || m->csr.len == 0 || (m->organisation_id.len != 0 && m->organisation_id.len != ID_SIZE) ||
	    (m->account.len != 0 && m->account.len != ID_SIZE))
		return err_set(info, ERR_FORMAT, "the request is incomplete");
	if (strlen(m->name) >= CERT_TEXT_MAX || strlen(m->organisation) >= CERT_TEXT_MAX)
		return err_set(info, ERR_TOO_LARGE, "a name is longer than %d bytes", CERT_TEXT_MAX - 1);
	if (m->at > now.v + ENROLMENT_CLOCK_MS)
		return err_set(info, ERR_CLOCK, "the request comes from the future");
	if (m->at < now.v - ENROLMENT_LIFE_MS)
		return err_set(info, ERR_EXPIRED, "the request is older than 30 days");
	return ERR_OK;
}

static enum err check_keys(struct enrolment *e, const struct network_id *network, struct err_info *info)
{
	const Medlock__EnrolmentRequest *m = e->wire;
	enum err err = keyset_account(&e->account, m->keys);

	e->named = m->account.len == ID_SIZE;
	if (err == ERR_OK && e->named)
		ID_COPY(e->account, m->account.data);
	if (err == ERR_OK)
		err = keyset_check(m->keys, wire_bytes(m->keys_signature), network, &e->account);
	if (err != ERR_OK)
		return err_set(info, err, "the account's keys: %s", err_text(err));
	TRY(sign_public_parse(&e->sign, wire_bytes(m->keys->sign)));
	return seal_public_parse(&e->seal, wire_bytes(m->keys->seal));
}

/* What the ledger would refuse must not reach a signature. */
static enum err check_minor(const struct enrolment *e, struct time_ms now, struct err_info *info)
{
	int64_t until = e->wire->minor_until;

	if (until == 0)
		return ERR_OK;
	if (e->profile->role != ROLE_PATIENT)
		return err_set(info, ERR_LINT, "only a patient is enrolled as a minor");
	return until > now.v && until - now.v <= MINOR_MS_MAX ? ERR_OK
							      : err_set(info, ERR_LINT, "the date until which the patient is a"
									" minor is over, or too far away");
}

/* Both proofs of possession must speak of one key. */
static enum err check_request(struct enrolment *e, struct err_info *info)
{
	TRY(x509_request_parse(&e->csr, wire_bytes(e->wire->csr), info));
	if (e->csr.kind != CERT_KEY_ED25519 || memcmp(e->csr.ed25519.b, e->sign.b, sizeof(e->sign.b)) != 0)
		return err_set(info, ERR_LINT, "the certificate request is for another key than the account's");
	e->profile = profile_by_number(e->wire->profile);
	if (e->profile == NULL || e->profile->ca)
		return err_set(info, ERR_LINT, "nobody may ask for profile %u", (unsigned)e->wire->profile);
	return ERR_OK;
}

enum err enrolment_parse(struct enrolment *ret, struct bytes plain, const struct network_id *network,
		struct time_ms now,
			 struct err_info *info)
{
	struct enrolment e = {0};
	enum err err;

	if (plain.len > ENROLMENT_FILE_MAX)
		return err_set(info, ERR_TOO_LARGE, "an enrolment request");
	TRY(WIRE_DECODE(&e.wire, medlock__enrolment_request, plain, ENROLMENT_DECODED_MAX, info));
	err = check_shape(e.wire, network, now, info);
	if (err == ERR_OK)
		err = check_keys(&e, network, info);
	if (err == ERR_OK)
		err = check_organisation(e.wire, info);
	if (err == ERR_OK)
		err = check_request(&e, info);
	if (err == ERR_OK)
		err = check_minor(&e, now, info);
	if (err != ERR_OK) {
		WIRE_FREE(e.wire);
		return err;
	}
	e.id = enrolment_id(plain);
	*ret = e;
	return ERR_OK;
}

void enrolment_release(struct enrolment *e)
{
	if (e == NULL)
		return;
	WIRE_FREE(e->wire);
	e->wire = NULL;
}

/* ---- answers ---- */

enum err enrolment_answer_make(struct buf *out, const struct enrolment_reply *reply, const struct seal_public *holder,
			       const struct rng *rng, struct err_info *info)
{
	Medlock__EnrolmentAnswer m = MEDLOCK__ENROLMENT_ANSWER__INIT;

	m.request = wire_data(BYTES_ID(reply->request));
	if (reply->words != NULL) {
		m.words = (char *)(uintptr_t)reply->words;
	} else {
		m.certificate = wire_data(reply->certificate);
		m.salt = wire_data(bytes_of(reply->salt, SALT_SIZE));
		m.issuing = wire_data(reply->issuing);
		m.root = wire_data(reply->root);
	}
	return enrolment_seal(out, NULL, &m.base, holder, 1, rng, info);
}

static bool has_certificates(const Medlock__EnrolmentAnswer *m)
{
	return m->salt.len == SALT_SIZE && m->certificate.len > 0 && m->issuing.len > 0 && m->root.len > 0;
}

static bool is_bare(const Medlock__EnrolmentAnswer *m)
{
	return m->salt.len == 0 && m->certificate.len == 0 && m->issuing.len == 0 && m->root.len == 0;
}

static enum err check_certificates(struct enrolment_answer *a, const Medlock__EnrolmentAnswer *m,
				   const struct sign_public *own, struct time_ms now, struct err_info *info)
{
	const struct bytes leaf = wire_bytes(m->certificate), issuing = wire_bytes(m->issuing),
			   root = wire_bytes(m->root);
	const struct cert_chain chain = {.root = root, .between = &issuing, .between_count = 1};

	TRY(x509_parse(&a->summary, leaf, info));
	if (a->summary.kind != CERT_KEY_ED25519 || memcmp(a->summary.ed25519.b, own->b, sizeof(own->b)) != 0)
		return err_set(info, ERR_CERTIFICATE, "the certificate is for another key");
	TRY(x509_verify(leaf, &chain, now, CERT_EKU_CLIENT, info));
	a->commitment = certificate_commitment(m->salt.data, leaf);
	buf_append_bytes(&a->certificate, leaf);
	buf_append_bytes(&a->issuing, issuing);
	buf_append_bytes(&a->root, root);
	TRY(buf_error(&a->certificate));
	TRY(buf_error(&a->issuing));
	return buf_error(&a->root);
}

static enum err check_answer(struct enrolment_answer *a, const Medlock__EnrolmentAnswer *m, const struct hash32 *request,
			     const struct sign_public *own, struct time_ms now, struct err_info *info)
{
	size_t len = strlen(m->words);

	if (!bytes_equal(wire_bytes(m->request), BYTES_ID(*request)))
		return err_set(info, ERR_PROOF, "the answer is to another request");
	a->refused = len > 0;
	if (len > ENROLMENT_WORDS_MAX || !(a->refused ? is_bare(m) : has_certificates(m)))
		return err_set(info, ERR_FORMAT, "the answer is neither a certificate nor a refusal");
	memcpy(a->words, m->words, len + 1);
	return a->refused ? ERR_OK : check_certificates(a, m, own, now, info);
}

enum err enrolment_answer_parse(struct enrolment_answer *ret, struct bytes plain, const struct hash32 *request,
				const struct sign_public *own, struct time_ms now, struct err_info *info)
{
	struct enrolment_answer a = {0};
	Medlock__EnrolmentAnswer *m;
	enum err e;

	if (plain.len > ENROLMENT_FILE_MAX)
		return err_set(info, ERR_TOO_LARGE, "an enrolment answer");
	TRY(WIRE_DECODE(&m, medlock__enrolment_answer, plain, ENROLMENT_DECODED_MAX, info));
	e = check_answer(&a, m, request, own, now, info);
	WIRE_FREE(m);
	if (e != ERR_OK)
		enrolment_answer_release(&a);
	else
		*ret = a;
	return e;
}

void enrolment_answer_release(struct enrolment_answer *a)
{
	if (a == NULL)
		return;
	buf_release(&a->certificate);
	buf_release(&a->issuing);
	buf_release(&a->root);
}
