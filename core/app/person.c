/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/person.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/app/asked.h"
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
				const char *passphrase_file, const struct app_prompt *prompt, bool throw_away,
				struct err_info *info)
{
	struct kdf_params params = KDF_PARAMS_FLOOR;
	struct secret *passphrase;
	struct buf file = BUF_INIT;
	enum err e;

	TRY(person_refuse_second(home, info));
	if (!throw_away)
		kdf_calibrate(&params, KDF_TARGET_MS, clock_real());
	TRY(app_passphrase_new(&passphrase, passphrase_file, "Choose a passphrase: ", prompt, info));
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

static enum err make_request(struct buf *ret, struct keyholder *keys,
			     const struct person_wish *wish, const struct network_id *network,
			     const Medlock__Genesis *g, struct err_info *info)
{
	const struct asked_wish asked = {.profile = wish->profile, .name = wish->name, .organisation = wish->organisation,
					 .minor_until = wish->minor_until};
	struct seal_public desks[AGE_RECIPIENTS_MAX];
	size_t count = 0;

	TRY(asked_desks(desks, &count, g, info));
	return asked_make(ret, keys, wish->home, network, &asked, desks, count, info);
}

static enum err new_on(struct keyholder *keys, struct account_id *ret, struct buf *ret_request,
		       const struct person_wish *wish, struct bytes genesis, struct err_info *info)
{
	struct keyholder_public me;
	struct network_id network;
	Medlock__Genesis *g;
	enum err e;

	TRY(genesis_parse(&g, &network, genesis, info));
	e = create_keys(keys, wish->home, &network, wish->passphrase_file, wish->prompt, wish->throw_away, info);
	if (e == ERR_OK)
		e = keyholder_public(keys, &me, info);
	if (e == ERR_OK)
		e = make_request(ret_request, keys, wish, &network, g, info);
	/* Before the profile counts: without its request it could never be certified, and setup refuses a second time. */
	if (e == ERR_OK && wish->request_path != NULL)
		e = files_write(wish->request_path, buf_bytes(ret_request), info);
	if (e == ERR_OK)
		e = person_join(wish, genesis, info);
	if (e == ERR_OK && wish->send != NULL && wish->send(wish->send_self, buf_bytes(ret_request)))
		e = asked_sent(keys, wish->home, info);
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
			const char *passphrase_file, bool throw_away, struct err_info *info)
{
	const struct network_id none = GENESIS_NETWORK;
	struct keyholder_public me;
	struct keyholder *keys;
	enum err e;

	TRY(keyholder_start(&keys, keyholder_capabilities("operator"), info));
	e = create_keys(keys, home, &none, passphrase_file, NULL, throw_away, info);
	if (e == ERR_OK)
		e = keyholder_public(keys, &me, info);
	if (e == ERR_OK)
		e = keys_card(keys, ret_card, role, NULL, info);
	keyholder_free(keys);
	if (e == ERR_OK)
		*ret = me.account;
	return e;
}
