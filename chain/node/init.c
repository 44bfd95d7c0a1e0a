/* SPDX-License-Identifier: Apache-2.0 */
/* medlockd init: keys, custodian key, genesis and config of a new network with this one peer. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain/node/home.h"
#include "chain/node/node.h"
#include "chain/proto/genesis.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/crypto/schnorr.h"
#include "core/crypto/seal.h"

#define SOLO_POWER 10
#define CARD_SIZE_MAX 4096u
#define CUSTODIANS 1u

/* Everything that init makes before it writes anything. */
struct making {
	struct home_keys keys;
	struct secret *passphrase;
	struct hash32 pin;
	struct account_id account;
	/* the peer's own row of the genesis */
	uint8_t sign[SIGN_PUBLIC_SIZE], seal[SEAL_KEY_SIZE], open[G1_SIZE], open_proof[SCHNORR_PROOF_SIZE];
	struct signature keys_signature;
	uint8_t validator[SIGN_PUBLIC_SIZE], commitment[G1_SIZE], salt[GENESIS_SALT_SIZE];
	Medlock__KeySet keyset;
	Medlock__GenesisAccount self;
	/* all rows; those of cards are owned */
	Medlock__GenesisAccount *cards[GENESIS_ACCOUNTS_MAX + 1];
	struct account_id ids[GENESIS_ACCOUNTS_MAX + 1];
	size_t card_count;
	ProtobufCBinaryData authorities[GENESIS_ACCOUNTS_MAX], operators[GENESIS_ACCOUNTS_MAX], auditors[GENESIS_ACCOUNTS_MAX];
	size_t authority_count, operator_count, auditor_count; /* auditors are accounts without a list of their own */
	struct buf genesis;
	struct network_id network;
};

static enum err seed_new(struct secret **ret)
{
	TRY(secret_new(ret, SIGN_SEED_SIZE));
	rng_fill(rng_system(), (*ret)->data, SIGN_SEED_SIZE);
	return ERR_OK;
}

static enum err tls_new(struct making *m, struct err_info *info)
{
	struct buf der = BUF_INIT;
	enum err e = tls_key_new(&der, info);

	if (e == ERR_OK)
		e = tls_key_pin(&m->pin, buf_bytes(&der), info);
	if (e == ERR_OK)
		e = secret_copy(&m->keys.tls_key, buf_bytes(&der));
	if (der.data != NULL)
		secret_wipe(der.data, der.size);
	buf_release(&der);
	return e;
}

/* The custodian key of one custodian; its commitments go into the genesis. */
static enum err custodian_new(struct making *m)
{
	struct threshold_key *key = calloc(1, sizeof(*key));
	struct key_share share[CUSTODIANS];
	enum err e;

	if (key == NULL)
		return ERR_MEMORY;
	threshold_deal(key, share, CUSTODIANS, CUSTODIANS, rng_system());
	g1_write(m->commitment, &key->commitments[0]);
	m->keys.share_index = share[0].index;
	e = secret_new(&m->keys.share, SCALAR_SIZE);
	if (e == ERR_OK)
		scalar_write(m->keys.share->data, &share[0].x);
	key_share_wipe(&share[0]);
	free(key);
	return e;
}

static enum err keys_new(struct making *m, struct err_info *info)
{
	struct sign_public validator;

	TRY(seed_new(&m->keys.sign_seed));
	TRY(seed_new(&m->keys.validator_seed));
	TRY(seal_private_new(&m->keys.seal_private, rng_system()));
	TRY(secret_new(&m->keys.open_scalar, SCALAR_SIZE));
	TRY(custodian_new(m));
	sign_public_of_seed(&validator, m->keys.validator_seed);
	memcpy(m->validator, validator.b, sizeof(m->validator));
	rng_fill(rng_system(), m->salt, sizeof(m->salt));
	return tls_new(m, info);
}

/* The open key and the proof that its logarithm is known, for the network id that genesis accounts use. */
static enum err open_new(struct making *m)
{
	struct network_id none = GENESIS_NETWORK;
	struct schnorr_proof proof;
	struct buf context = BUF_INIT;
	struct scalar secret;
	struct g1 point;
	enum err e;

	scalar_random(&secret, rng_system());
	g1_mul_generator(&point, &secret);
	g1_write(m->open, &point);
	scalar_write(m->keys.open_scalar->data, &secret);
	keyset_open_context(&context, &none, bytes_of(m->sign, sizeof(m->sign)));
	e = buf_error(&context);
	if (e == ERR_OK) {
		schnorr_prove(&proof, &secret, buf_bytes(&context), rng_system());
		memcpy(m->open_proof, proof.b, sizeof(m->open_proof));
	}
	scalar_wipe(&secret);
	buf_release(&context);
	return e;
}

static enum err self_new(struct making *m)
{
	struct network_id none = GENESIS_NETWORK;
	struct sign_public sign;
	struct seal_public seal;
	struct hash32 statement;

	sign_public_of_seed(&sign, m->keys.sign_seed);
	seal_public_of(&seal, m->keys.seal_private);
	memcpy(m->sign, sign.b, sizeof(m->sign));
	memcpy(m->seal, seal.b, sizeof(m->seal));
	TRY(open_new(m));
	medlock__key_set__init(&m->keyset);
	m->keyset.sign = wire_data(bytes_of(m->sign, sizeof(m->sign)));
	m->keyset.seal = wire_data(bytes_of(m->seal, sizeof(m->seal)));
	m->keyset.open = wire_data(bytes_of(m->open, sizeof(m->open)));
	m->keyset.open_proof = wire_data(bytes_of(m->open_proof, sizeof(m->open_proof)));
	TRY(keyset_account(&m->account, &m->keyset));
	TRY(keyset_statement(&statement, &none, &m->account, &m->keyset));
	sign_make(&m->keys_signature, m->keys.sign_seed, BYTES_ID(statement));
	medlock__genesis_account__init(&m->self);
	m->self.keys = &m->keyset;
	m->self.keys_signature = wire_data(BYTES_ID(m->keys_signature));
	m->self.role = ROLE_PEER;
	return ERR_OK;
}

/* ---- cards ---- */

static enum err card_read(struct making *m, struct account_id *ret, const char *path, struct err_info *info)
{
	Medlock__GenesisAccount *card = NULL;
	struct buf text = BUF_INIT;
	enum err e = files_read(&text, path, CARD_SIZE_MAX, info);

	if (e == ERR_OK)
		e = genesis_account_parse(&card, buf_bytes(&text), info);
	buf_release(&text);
	if (e == ERR_OK)
		e = genesis_account_id(ret, card);
	if (e != ERR_OK) {
		WIRE_FREE(card);
		return err_wrap(info, e, "card '%s'", path);
	}
	for (size_t i = 0; i < m->card_count; i++) {
		if (!ID_EQUAL(m->ids[i], *ret))
			continue;
		WIRE_FREE(card); /* one person may be both */
		return ERR_OK;
	}
	if (m->card_count >= GENESIS_ACCOUNTS_MAX - 1) {
		WIRE_FREE(card);
		return err_set(info, ERR_LIMIT, "too many cards");
	}
	m->ids[m->card_count] = *ret;
	m->cards[m->card_count++] = card;
	return ERR_OK;
}

static const uint8_t *id_kept(const struct making *m, const struct account_id *id)
{
	for (size_t i = 0; i < m->card_count; i++)
		if (ID_EQUAL(m->ids[i], *id))
			return m->ids[i].b;
	return NULL;
}

/* Insert in ascending order, each once. */
static void list_insert(ProtobufCBinaryData *list, size_t *count, const uint8_t *id)
{
	size_t at = 0;

	while (at < *count && memcmp(list[at].data, id, ID_SIZE) < 0)
		at++;
	if (at < *count && memcmp(list[at].data, id, ID_SIZE) == 0)
		return;
	memmove(&list[at + 1], &list[at], (*count - at) * sizeof(*list));
	list[at] = wire_data(bytes_of(id, ID_SIZE));
	(*count)++;
}

static enum err cards_read(struct making *m, ProtobufCBinaryData *list, size_t *ret_count, const char *const *paths,
			   size_t count, struct err_info *info)
{
	struct account_id id;

	for (size_t i = 0; i < count; i++) {
		TRY(card_read(m, &id, paths[i], info));
		list_insert(list, ret_count, id_kept(m, &id));
	}
	return ERR_OK;
}

/* ---- genesis ---- */

static enum err genesis_make(struct making *m, const struct node_init_options *o, const char *url,
			     struct err_info *info)
{
	Medlock__Genesis g = MEDLOCK__GENESIS__INIT;
	Medlock__Network n = MEDLOCK__NETWORK__INIT;
	Medlock__Validator validator = MEDLOCK__VALIDATOR__INIT, *validators[] = {&validator};
	Medlock__Custodian custodian = MEDLOCK__CUSTODIAN__INIT, *custodians[] = {&custodian};
	Medlock__Peer peer = MEDLOCK__PEER__INIT, *peers[] = {&peer};
	Medlock__Parameters parameters = MEDLOCK__PARAMETERS__INIT;
	ProtobufCBinaryData commitment = wire_data(bytes_of(m->commitment, sizeof(m->commitment)));
	ProtobufCBinaryData account = wire_data(BYTES_ID(m->account));

	validator.public_key = wire_data(bytes_of(m->validator, sizeof(m->validator)));
	validator.power = SOLO_POWER;
	custodian.account = account;
	custodian.index = m->keys.share_index;
	peer.account = account;
	peer.url = (char *)(uintptr_t)url;
	peer.spki = wire_data(BYTES_ID(m->pin));
	parameters.grant_ms = GRANT_MS_DEFAULT;
	parameters.emergency_ms = EMERGENCY_MS_DEFAULT;
	parameters.question_ms = QUESTION_MS_DEFAULT;
	parameters.copies = 1;
	n.version = 1;
	n.operators = m->operators, n.n_operators = m->operator_count;
	n.authorities = m->authorities, n.n_authorities = m->authority_count;
	n.validators = validators, n.n_validators = 1;
	n.custodians = custodians, n.n_custodians = 1;
	n.threshold = 1;
	n.commitments = &commitment, n.n_commitments = 1;
	n.key_generation = 1;
	n.peers = peers, n.n_peers = 1;
	n.parameters = &parameters;
	m->cards[m->card_count] = &m->self;
	g.chain_id = (char *)(uintptr_t)o->chain_id;
	g.time = clock_real()->now(clock_real()->self).v;
	g.accounts = m->cards, g.n_accounts = m->card_count + 1;
	g.network = &n;
	g.salt = wire_data(bytes_of(m->salt, sizeof(m->salt)));
	return genesis_encode(&m->genesis, &m->network, &g, info);
}

/* ---- writing ---- */

static enum err config_write(const struct home_paths *p, const struct node_init_options *o, const char *url,
			     struct err_info *info)
{
	struct options c;
	char *real = o->passphrase_file == NULL ? NULL : realpath(o->passphrase_file, NULL);
	enum err e;

	options_init(&c, HOME_CONFIG, HOME_CONFIG_COUNT);
	e = options_set(&c, "listen", o->listen, info);
	if (e == ERR_OK)
		e = options_set(&c, "url", url, info);
	if (e == ERR_OK)
		e = options_set(&c, "engine", o->engine, info);
	if (e == ERR_OK && real != NULL)
		e = options_set(&c, "passphrase-file", real, info);
	if (e == ERR_OK)
		e = options_write(&c, p->config, info);
	options_release(&c);
	free(real);
	return e;
}

static enum err write_all(const struct making *m, const struct node_init_options *o, const char *url,
			  const struct home_paths *p, struct err_info *info)
{
	TRY(home_keys_write(p->keys, &m->keys, m->passphrase, info));
	TRY(files_mkdir(p->blobs, info));
	TRY(config_write(p, o, url, info));
	return files_write(p->genesis, buf_bytes(&m->genesis), info); /* last: a home is one when it has a genesis */
}

static void remove_half(const struct home_paths *p, const char *dir)
{
	unlink(p->keys);
	unlink(p->config);
	unlink(p->genesis);
	rmdir(p->blobs);
	rmdir(dir);
}

static void report(struct buf *out, const struct making *m, const char *url)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_uint(&w, "v", 1);
	json_hex(&w, "network", BYTES_ID(m->network));
	json_hex(&w, "pin", BYTES_ID(m->pin));
	json_string(&w, "url", url);
	json_hex(&w, "account", BYTES_ID(m->account));
	json_end_object(&w);
	buf_append_text(out, "\n");
}

static enum err make(struct making *m, const struct node_init_options *o, const char *url, struct err_info *info)
{
	if (strcmp(o->engine, "solo") != 0)
		return err_set(info, ERR_USAGE, "the engine '%s' is not one of this build: solo", o->engine);
	if (o->authority_count == 0 || o->operator_count == 0)
		return err_set(info, ERR_USAGE, "a network needs at least one --authority and one --operator card");
	TRY(home_passphrase(&m->passphrase, o->passphrase_file, info));
	TRY(cards_read(m, m->authorities, &m->authority_count, o->authorities, o->authority_count, info));
	TRY(cards_read(m, m->operators, &m->operator_count, o->operators, o->operator_count, info));
	TRY(cards_read(m, m->auditors, &m->auditor_count, o->auditors, o->auditor_count, info));
	TRY(keys_new(m, info));
	TRY(self_new(m));
	return genesis_make(m, o, url, info);
}

static void making_free(struct making *m)
{
	for (size_t i = 0; i < m->card_count; i++)
		WIRE_FREE(m->cards[i]);
	home_keys_release(&m->keys);
	secret_free(m->passphrase);
	buf_release(&m->genesis);
	free(m);
}

enum err node_init(struct buf *ret_json, const struct node_init_options *o, struct err_info *info)
{
	struct making *m = calloc(1, sizeof(*m));
	struct home_paths *p = calloc(1, sizeof(*p));
	char url[URL_MAX + 1];
	enum err e = m == NULL || p == NULL ? ERR_MEMORY : home_paths(p, o->home, info);

	snprintf(url, sizeof(url), o->url != NULL ? "%s" : "https://%s", o->url != NULL ? o->url : o->listen);
	if (e == ERR_OK && access(p->genesis, F_OK) == 0)
		e = err_set(info, ERR_DUPLICATE, "'%s' is a peer's home already", o->home);
	if (e == ERR_OK)
		e = make(m, o, url, info);
	if (e == ERR_OK)
		e = files_mkdir(o->home, info);
	if (e == ERR_OK && (e = write_all(m, o, url, p, info)) != ERR_OK)
		remove_half(p, o->home);
	if (e == ERR_OK)
		report(ret_json, m, url);
	if (m != NULL)
		making_free(m);
	free(p);
	return e;
}
