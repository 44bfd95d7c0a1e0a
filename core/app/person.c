/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/person.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/files.h"

/* A profile's mode: what the client offers; emergency badges are clinicians'. */
static const char *mode_of(const char *profile)
{
	return strcmp(profile, "emergency") == 0 ? "clinician" : profile;
}

uint32_t person_capabilities(const char *profile)
{
	if (strcmp(profile, "patient") == 0)
		return keyholder_capabilities("patient");
	return keyholder_capabilities(strcmp(profile, "officer") == 0 ? "ca" : "institute");
}

/* Keys of a profile that is in use are never written over: they may be the only ones that open somebody's records. */
enum err person_refuse_second(const char *home, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(files_join(path, sizeof(path), home, "config"));
	if (access(path, F_OK) == 0)
		return err_set(info, ERR_DUPLICATE, "there is a profile in %s", home);
	return ERR_OK;
}

/* A keystore without a config is left by a cut, or by somebody who lost the config: who knows what it opens? */
static enum err keep_aside(const char *path, struct err_info *info)
{
	char kept[PROFILE_PATH_MAX];
	int len = snprintf(kept, sizeof(kept), "%s.kept-%lld", path, (long long)clock_real()->now(NULL).v);

	if (len < 0 || (size_t)len >= sizeof(kept))
		return err_set(info, ERR_RANGE, "the path is too long");
	if (rename(path, kept) != 0 && errno != ENOENT)
		return err_set(info, err_from_errno(errno), "%s", path);
	return ERR_OK;
}

enum err person_keystore(const char *home, const struct buf *file, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(files_mkdir(home, info));
	TRY(files_join(path, sizeof(path), home, "keystore"));
	TRY(keep_aside(path, info));
	return files_write(path, buf_bytes(file), info);
}

static enum err create_keys(struct keyholder *keys, const char *home, const struct network_id *network,
				const char *passphrase_file, bool throw_away, struct err_info *info)
{
	struct kdf_params params = KDF_PARAMS_FLOOR;
	struct secret *passphrase;
	struct buf file = BUF_INIT;
	enum err e;

	TRY(person_refuse_second(home, info));
	if (!throw_away)
		kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
	TRY(app_passphrase_new(&passphrase, passphrase_file, "Choose a passphrase: ", info));
	e = keyholder_create(keys, &file, network, secret_bytes(passphrase), &params, info);
	secret_free(passphrase);
	if (e == ERR_OK)
		e = person_keystore(home, &file, info);
	buf_release(&file);
	return e;
}

enum err person_join(const struct person_wish *wish, struct bytes genesis, struct err_info *info)
{
	struct profile_settings settings = {mode_of(wish->profile), wish->peer_url, wish->pin, wish->passphrase_file};

	return profile_create(wish->home, &settings, genesis, info);
}

static bool is_authority(const Medlock__Genesis *g, const struct account_id *id)
{
	for (size_t i = 0; i < g->network->n_authorities; i++)
		if (bytes_equal(wire_bytes(g->network->authorities[i]), BYTES_ID(*id)))
			return true;
	return false;
}

/* The seal keys of the authorities in the genesis: each can open a request, whoever holds the register. */
static enum err desk_keys(struct seal_public ret[AGE_RECIPIENTS_MAX], size_t *ret_count, const Medlock__Genesis *g,
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

static enum err make_request(struct buf *ret, struct keyholder *keys, const struct keyholder_public *me,
			     const struct person_wish *wish, const struct network_id *network,
			     const Medlock__Genesis *g, struct err_info *info)
{
	struct cert_name subject = {.common_name = wish->name};
	struct organisation_id organisation = {{0}};
	Medlock__KeySet *keyset = NULL;
	struct enrolment_wish e_wish = {.network = *network, .name = wish->name, .organisation = wish->organisation,
					.profile = profile_by_name(wish->profile), .at = clock_real()->now(NULL),
					.minor_until = wish->minor_until};
	struct seal_public desks[AGE_RECIPIENTS_MAX];
	size_t desk_count = 0;
	struct buf csr = BUF_INIT;
	enum err e = desk_keys(desks, &desk_count, g, info);

	if (wish->organisation != NULL) {
		organisation = enrolment_organisation(wish->organisation);
		e_wish.organisation_id = &organisation;
	}
	if (e == ERR_OK)
		e = keyholder_csr(keys, &csr, &subject, info);
	if (e == ERR_OK)
		e = WIRE_DECODE(&keyset, medlock__key_set, bytes_of(me->keyset, me->keyset_len),
				APP_DECODED_MAX, info);
	if (e == ERR_OK) {
		e_wish.keys = keyset;
		e_wish.keys_signature = BYTES_ID(me->keyset_signature);
		e_wish.csr = buf_bytes(&csr);
		e = enrolment_make(ret, &e_wish, desks, desk_count, rng_system(), info);
	}
	WIRE_FREE(keyset);
	buf_release(&csr);
	return e;
}

static enum err new_on(struct keyholder *keys, struct account_id *ret, struct buf *ret_request,
		       const struct person_wish *wish, struct bytes genesis, struct err_info *info)
{
	struct keyholder_public me;
	struct network_id network;
	Medlock__Genesis *g;
	enum err e;

	TRY(genesis_parse(&g, &network, genesis, info));
	e = create_keys(keys, wish->home, &network, wish->passphrase_file, wish->throw_away, info);
	if (e == ERR_OK)
		e = keyholder_public(keys, &me, info);
	if (e == ERR_OK)
		e = make_request(ret_request, keys, &me, wish, &network, g, info);
	/* Before the profile counts: without its request it could never be certified, and setup refuses a second time. */
	if (e == ERR_OK && wish->request_path != NULL)
		e = files_write(wish->request_path, buf_bytes(ret_request), info);
	if (e == ERR_OK)
		e = person_join(wish, genesis, info);
	WIRE_FREE(g);
	if (e == ERR_OK)
		*ret = me.account;
	return e;
}

enum err person_new(struct account_id *ret, struct buf *ret_request, const struct person_wish *wish,
			struct bytes genesis, struct err_info *info)
{
	struct keyholder *keys;
	enum err e;

	if (profile_by_name(wish->profile) == NULL)
		return err_set(info, ERR_USAGE, "'%s' is no profile of the authority", wish->profile);
	TRY(keyholder_start(&keys, person_capabilities(wish->profile), info));
	e = new_on(keys, ret, ret_request, wish, genesis, info);
	keyholder_free(keys);
	return e;
}

enum err person_genesis(struct account_id *ret, struct buf *ret_card, const char *home, uint32_t role,
			const char *passphrase_file, struct err_info *info)
{
	const struct network_id none = GENESIS_NETWORK;
	struct keyholder_public me;
	struct keyholder *keys;
	enum err e;

	TRY(keyholder_start(&keys, keyholder_capabilities("operator"), info));
	e = create_keys(keys, home, &none, passphrase_file, true, info);
	if (e == ERR_OK)
		e = keyholder_public(keys, &me, info);
	if (e == ERR_OK)
		e = keys_card(keys, ret_card, role, NULL, info);
	keyholder_free(keys);
	if (e == ERR_OK)
		*ret = me.account;
	return e;
}
