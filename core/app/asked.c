/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/asked.h"

#include "core/app/sealed.h"
#include "core/base/files.h"

#define ASKED_FILE_MAX (256u * 1024)

struct making {
	struct keyholder_public me;
	struct organisation_id organisation;
	struct enrolment_wish wish;
	struct buf csr;
	Medlock__KeySet *keyset;
};

static enum err fill(struct making *m, struct keyholder *keys, const struct network_id *network,
		     const struct asked_wish *wish, struct err_info *info)
{
	struct cert_name subject = {.common_name = wish->name};
	struct account_id named;

	m->wish = (struct enrolment_wish){.network = *network, .name = wish->name,
					  .organisation = wish->organisation, .profile = profile_by_name(wish->profile),
					  .at = clock_real()->now(NULL), .minor_until = wish->minor_until};
	if (wish->organisation != NULL) {
		m->organisation = enrolment_organisation(wish->organisation);
		m->wish.organisation_id = &m->organisation;
	}
	TRY(keyholder_public(keys, &m->me, info));
	TRY(keyholder_csr(keys, &m->csr, &subject, info));
	TRY(WIRE_DECODE(&m->keyset, medlock__key_set, bytes_of(m->me.keyset, m->me.keyset_len), APP_DECODED_MAX, info));
	m->wish.keys = m->keyset;
	TRY(keyset_account(&named, m->keyset));
	if (!ID_EQUAL(named, m->me.account)) /* they are not its first keys */
		m->wish.account = &m->me.account;
	m->wish.keys_signature = BYTES_ID(m->me.keyset_signature);
	m->wish.csr = buf_bytes(&m->csr);
	return ERR_OK;
}

static enum err note(struct keyholder *keys, const char *home, const struct hash32 *id, const struct making *m,
		     const struct asked_wish *wish, struct bytes file, struct err_info *info)
{
	Medlock__EnrolmentAsked asked = MEDLOCK__ENROLMENT_ASKED__INIT;

	asked.request = wire_data(BYTES_ID(*id));
	asked.at = m->wish.at.v;
	asked.file = wire_data(file);
	asked.profile = (char *)(uintptr_t)wish->profile;
	asked.name = (char *)(uintptr_t)wish->name;
	if (wish->organisation != NULL)
		asked.organisation = (char *)(uintptr_t)wish->organisation;
	return asked_write(keys, home, &asked, info);
}

enum err asked_make(struct buf *ret_file, struct keyholder *keys, const char *home, const struct network_id *network,
		    const struct asked_wish *wish, const struct seal_public *desks, size_t desk_count,
		    struct err_info *info)
{
	struct making m = {.csr = BUF_INIT};
	struct hash32 id;
	enum err e = fill(&m, keys, network, wish, info);

	if (e == ERR_OK)
		e = enrolment_make(ret_file, &id, &m.wish, desks, desk_count, rng_system(), info);
	if (e == ERR_OK)
		e = note(keys, home, &id, &m, wish, buf_bytes(ret_file), info);
	WIRE_FREE(m.keyset);
	buf_release(&m.csr);
	return e;
}

/* ---- whom to ask ---- */

static bool is_authority(const Medlock__Genesis *g, const struct account_id *id)
{
	for (size_t i = 0; i < g->network->n_authorities; i++)
		if (bytes_equal(wire_bytes(g->network->authorities[i]), BYTES_ID(*id)))
			return true;
	return false;
}

enum err asked_desks(struct seal_public ret[AGE_RECIPIENTS_MAX], size_t *ret_count, const Medlock__Genesis *g,
		     struct err_info *info)
{
	size_t count = 0;

	for (size_t i = 0; count < AGE_RECIPIENTS_MAX && i < g->n_accounts; i++) {
		struct account_id id;

		TRY(genesis_account_id(&id, g->accounts[i]));
		if (is_authority(g, &id))
			TRY(seal_public_parse(&ret[count++], wire_bytes(g->accounts[i]->keys->seal)));
	}
	*ret_count = count;
	return count > 0 ? ERR_OK : err_set(info, ERR_FORMAT, "the genesis names no authority");
}

/* ---- the file ---- */

enum err asked_write(struct keyholder *keys, const char *home, const Medlock__EnrolmentAsked *asked, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(files_join(path, sizeof(path), home, ASKED_FILE));
	return sealed_write(keys, &asked->base, path, ASKED_FILE, bytes_of(NULL, 0), info);
}

enum err asked_read(struct keyholder *keys, Medlock__EnrolmentAsked **ret, const char *home, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	Medlock__EnrolmentAsked *m;

	TRY(files_join(path, sizeof(path), home, ASKED_FILE));
	TRY(SEALED_READ(keys, &m, medlock__enrolment_asked, path, ASKED_FILE, bytes_of(NULL, 0), ASKED_FILE_MAX, info));
	if (m->request.len != sizeof(struct hash32) || profile_by_name(m->profile) == NULL) {
		WIRE_FREE(m);
		return err_set(info, ERR_DAMAGED, "the file of the certificate request");
	}
	*ret = m;
	return ERR_OK;
}

enum err asked_sent(struct keyholder *keys, const char *home, struct err_info *info)
{
	Medlock__EnrolmentAsked *m;
	enum err e;

	TRY(asked_read(keys, &m, home, info));
	m->sent = true;
	e = asked_write(keys, home, m, info);
	WIRE_FREE(m);
	return e;
}
