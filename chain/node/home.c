/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/node/home.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "chain/proto/limits.h"
#include "core/base/files.h"
#include "core/crypto/seal.h"
#include "storage/sealed_file.h"

const struct option_row HOME_CONFIG[] = {
	{"listen", OPTION_TEXT, "", "numeric address and port to serve on; port 0 takes any free one"},
	{"url", OPTION_TEXT, "", "how clients reach this peer"},
	{"engine", OPTION_TEXT, "solo", "what orders transactions: solo"},
	{"passphrase-file", OPTION_TEXT, "", "file with the passphrase of peer.keys, for unattended starts"},
	{"workers", OPTION_UINT, "2", "threads that check signatures ahead"},
	{"rate", OPTION_UINT, "2000", "transactions a second from one address"},
	{"burst", OPTION_UINT, "8000", "transactions at once from one address"},
	{"connections", OPTION_UINT, "400", "open connections in all"},
	{"connections-per-address", OPTION_UINT, "64", "open connections of one address"},
	{"blob-quota", OPTION_UINT, "0", "bytes of blobs this peer stores; 0: as many as fit the disk"},
};
const size_t HOME_CONFIG_COUNT = sizeof(HOME_CONFIG) / sizeof(HOME_CONFIG[0]);

enum err home_paths(struct home_paths *ret, const char *dir, struct err_info *info)
{
	const struct {
		char *path;
		const char *name;
	} rows[] = {{ret->config, "config"}, {ret->genesis, "genesis"}, {ret->keys, "peer.keys"},
		    {ret->ledger, "ledger.db"}, {ret->blobs, "blobs"}, {ret->lock, "lock"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (files_join(rows[i].path, HOME_PATH_MAX, dir, rows[i].name) != ERR_OK)
			return err_set(info, ERR_RANGE, "the path of the home is too long");
	return ERR_OK;
}

/* ---- keys: 32 bytes of each seed, be32 share index, 32 bytes of the share, the rest is the TLS key ---- */

static struct secret **seed_at(struct home_keys *k, size_t i)
{
	struct secret **all[] = {&k->sign_seed, &k->seal_private, &k->open_scalar, &k->validator_seed, &k->share};

	return all[i];
}

#define SEEDS 5u
#define SEED_SIZE 32u
#define KEYS_HEAD (4u + SEEDS * SEED_SIZE)

enum err home_keys_write(const char *path, const struct home_keys *k, const struct secret *passphrase,
			 struct err_info *info)
{
	struct sealed_opener opener = {.passphrase = passphrase};
	struct home_keys copy = *k;
	struct secret *payload = NULL;
	enum err e;

	TRY(secret_new(&payload, KEYS_HEAD + k->tls_key->len));
	put_be32(payload->data, k->share_index);
	for (size_t i = 0; i < SEEDS; i++)
		memcpy(payload->data + 4 + i * SEED_SIZE, (*seed_at(&copy, i))->data, SEED_SIZE);
	memcpy(payload->data + KEYS_HEAD, k->tls_key->data, k->tls_key->len);
	e = sealed_file_write(path, HOME_KEYS_PURPOSE, secret_bytes(payload), &opener, rng_system(), info);
	secret_free(payload);
	return e;
}

static enum err keys_split(struct home_keys *k, struct bytes payload)
{
	if (payload.len <= KEYS_HEAD || get_be32(payload.data) > THRESHOLD_N_MAX)
		return ERR_DAMAGED;
	k->share_index = (uint16_t)get_be32(payload.data);
	for (size_t i = 0; i < SEEDS; i++)
		TRY(secret_copy(seed_at(k, i), bytes_of(payload.data + 4 + i * SEED_SIZE, SEED_SIZE)));
	return secret_copy(&k->tls_key, bytes_of(payload.data + KEYS_HEAD, payload.len - KEYS_HEAD));
}

enum err home_keys_read(struct home_keys *ret, const char *path, const struct secret *passphrase,
			struct err_info *info)
{
	struct sealed_opener opener = {.passphrase = passphrase};
	struct home_keys k = {0};
	struct secret *payload = NULL;
	enum err e;

	TRY(sealed_file_read(&payload, path, HOME_KEYS_PURPOSE, &opener, info));
	e = keys_split(&k, secret_bytes(payload));
	secret_free(payload);
	if (e != ERR_OK) {
		home_keys_release(&k);
		return err_set(info, e, "peer.keys cannot be read");
	}
	*ret = k;
	return ERR_OK;
}

void home_keys_release(struct home_keys *k)
{
	for (size_t i = 0; i < SEEDS; i++)
		*seed_at(k, i) = secret_free(*seed_at(k, i));
	k->tls_key = secret_free(k->tls_key);
}

enum err home_passphrase(struct secret **ret, const char *path, struct err_info *info)
{
	struct buf text = BUF_INIT;
	size_t len;
	enum err e;

	if (path == NULL || path[0] == '\0')
		return err_set(info, ERR_LOCKED,
			       "the peer's keys need a passphrase: --passphrase-file F, or passphrase-file in config");
	e = files_read(&text, path, PASSPHRASE_MAX, info);
	len = text.len;
	for (size_t i = 0; i < text.len && len == text.len; i++)
		if (text.data[i] == '\n' || text.data[i] == '\r')
			len = i;
	if (e == ERR_OK)
		e = len == 0 ? err_set(info, ERR_PASSPHRASE, "the passphrase file is empty")
			     : secret_copy(ret, bytes_of(text.data, len));
	if (text.data != NULL)
		secret_wipe(text.data, text.size);
	buf_release(&text);
	return e;
}

/* ---- the home ---- */

static enum err lock_take(struct home *h, struct err_info *info)
{
	h->lock_fd = open(h->paths.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (h->lock_fd < 0)
		return err_set(info, err_from_errno(errno), "cannot open the lock file: %s", strerror(errno));
	if (flock(h->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(info, ERR_BUSY, "a medlockd works in this home already");
	return ERR_OK;
}

static enum err open_parts(struct home *h, const char *dir, bool lock, struct err_info *info)
{
	TRY(home_paths(&h->paths, dir, info));
	if (access(h->paths.config, F_OK) != 0 || access(h->paths.genesis, F_OK) != 0)
		return err_set(info, ERR_NO_PROFILE, "'%s' is no home of a peer: make one with 'medlockd init'", dir);
	TRY(files_check_private(dir, info));
	TRY(options_read(&h->config, h->paths.config, info));
	TRY(files_read(&h->genesis, h->paths.genesis, GENESIS_SIZE_MAX, info));
	return lock ? lock_take(h, info) : ERR_OK;
}

enum err home_open(struct home *ret, const char *dir, bool lock, struct err_info *info)
{
	enum err e;

	memset(ret, 0, sizeof(*ret));
	ret->lock_fd = -1;
	options_init(&ret->config, HOME_CONFIG, HOME_CONFIG_COUNT);
	e = open_parts(ret, dir, lock, info);
	if (e != ERR_OK)
		home_close(ret);
	return e;
}

enum err home_unlock(struct home *h, const char *passphrase_file, struct err_info *info)
{
	struct secret *passphrase = NULL;
	enum err e;

	TRY(home_passphrase(&passphrase,
			    passphrase_file != NULL ? passphrase_file
						    : options_text(&h->config, "passphrase-file"),
			    info));
	e = home_keys_read(&h->keys, h->paths.keys, passphrase, info);
	secret_free(passphrase);
	if (e != ERR_OK)
		return e;
	h->share_index = h->keys.share_index;
	h->sign_seed = h->keys.sign_seed;
	h->validator_seed = h->keys.validator_seed;
	return ERR_OK;
}

enum err home_share(struct key_share *ret, const struct home *h)
{
	ret->index = h->share_index;
	return scalar_parse(&ret->x, h->keys.share->data);
}

void home_close(struct home *h)
{
	home_keys_release(&h->keys);
	options_release(&h->config);
	buf_release(&h->genesis);
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	h->lock_fd = -1;
}
