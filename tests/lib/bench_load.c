/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_load.h"

#include <stdlib.h>

void load_init(struct load *l, const struct network_id *network, const struct account_id *authority,
	       struct secret *authority_seed, struct time_ms now, size_t patients, uint64_t seed)
{
	memset(l, 0, sizeof(*l));
	seeded_rng_init(&l->w.seeded, seed);
	l->w.rng = &l->w.seeded.rng;
	l->w.network = *network;
	l->w.block = (struct contract_block){.time = now, .network = *network};
	l->authority.id = *authority;
	l->authority.sign_seed = authority_seed;
	l->patients = calloc(patients, sizeof(*l->patients));
	ASSERT(l->patients != NULL);
	l->count = patients;
	for (size_t i = 0; i < patients; i++)
		world_account_new(&l->patients[i].account, l->w.rng, network, ROLE_PATIENT);
}

void load_release(struct load *l)
{
	for (size_t i = 0; i < l->count; i++)
		world_account_release(&l->patients[i].account);
	free(l->patients);
}

static Medlock__Body new_body(struct load *l, uint8_t salt[16])
{
	Medlock__Body body = world_body(&l->w, salt);

	body.valid_until = l->height + LOAD_VALID_AHEAD;
	return body;
}

void load_anchor(struct load *l, struct buf *tx, size_t i)
{
	struct load_patient *p = &l->patients[i];
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	uint8_t salt[16], signature[64], certificate[32];
	Medlock__Body body = new_body(l, salt);

	world_keyset(&keys, &p->account);
	world_keys_sign(signature, &p->account, &l->w.network);
	rng_fill(l->w.rng, certificate, sizeof(certificate));
	c.account = wire_data(BYTES_ID(p->account.id));
	c.keys = &keys;
	c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	c.role = ROLE_PATIENT;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = l->w.block.time.v + 365 * MS_PER_DAY;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	world_sign(tx, &l->w, &body, &l->authority);
}

void load_change(struct load *l, struct buf *tx)
{
	struct load_patient *p = &l->patients[l->next++ % l->count];
	Medlock__ConsentSet s = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *put = &rule;
	Medlock__Actor actor = MEDLOCK__ACTOR__INIT, *actors = &actor;
	uint32_t purpose = PURPOSE_TREAT, categories[] = {CATEGORY_LAB, CATEGORY_MED}, remove = p->changes;
	uint8_t salt[16], who[32];
	Medlock__Body body = new_body(l, salt);

	rng_fill(l->w.rng, who, sizeof(who));
	actor.kind = ACTOR_ACCOUNT;
	actor.id = wire_data(bytes_of(who, sizeof(who)));
	rule.effect = EFFECT_PERMIT;
	rule.actors = &actors, rule.n_actors = 1;
	rule.purposes = &purpose, rule.n_purposes = 1;
	rule.categories = categories, rule.n_categories = 2;
	s.owner = wire_data(BYTES_ID(p->account.id));
	s.expected_version = ++p->changes;
	s.put = &put, s.n_put = 1;
	s.remove = &remove, s.n_remove = remove > 0;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &s;
	tx_body_sort(&body);
	world_sign(tx, &l->w, &body, &p->account);
}

void load_pause(struct load *l, struct buf *tx)
{
	Medlock__ConsentPause pause = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = new_body(l, salt);

	pause.owner = wire_data(BYTES_ID(l->patients[0].account.id));
	pause.paused = l->next++ % 2 == 0;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &pause;
	tx_body_sort(&body);
	world_sign(tx, &l->w, &body, &l->patients[0].account);
}
