/* SPDX-License-Identifier: Apache-2.0 */
/* A new machine asks a peer that takes anybody's ticket and lies: keys come back only as the ledger has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/proto/letter.h"
#include "core/app/helpers.h"
#include "core/app/mail.h"
#include "core/app/recovery_text.h"
#include "core/crypto/start.h"
#include "core/keys/keystore.h"
#include "core/keys/words.h"
#include "replica_help.h"

#define PAIRING_SIZE (2u * ID_SIZE + 4u + 32u) /* network, account, generation, master key: docs/formats/mail.md */

enum lie { LIE_NONE, LIE_PLACE, LIE_ROW };

struct fixture {
	struct replica_desk d;
	struct secret *master, *words;
	struct keystore *mine;      /* what a machine makes of the words */
	enum lie lie;
	struct account_id said;     /* LIE_PLACE, LIE_ROW: whose keys the peer says they are */
	uint32_t generation;
	uint8_t place[SIGN_ROW_SIZE];
	struct buf row;
	char home[128], words_file[128], passphrase_file[128], url[64], pin[65], account[2 * ID_SIZE + 1];
	struct err_info info;
};

static void write_secret(const char *path, const char *text)
{
	assert_int_equal(files_write(path, bytes_str(text), NULL), ERR_OK);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct kdf_params floor = KDF_PARAMS_FLOOR;

	assert_non_null(f);
	replica_desk_init_at(&f->d, 31, false, WORLD_TIME - 7 * MS_PER_DAY);
	assert_int_equal(secret_new(&f->master, 32), ERR_OK);
	rng_fill(f->d.s.w.rng, f->master->data, f->master->len);
	assert_int_equal(words_of(&f->words, f->master), ERR_OK);
	assert_int_equal(keystore_from_master(&f->mine, &f->d.s.w.network, f->master, bytes_str("x"), &floor, rng_system(), NULL),
			 ERR_OK);
	snprintf(f->home, sizeof(f->home), "%s/new", f->d.dir.path);
	snprintf(f->words_file, sizeof(f->words_file), "%s/words", f->d.dir.path);
	snprintf(f->passphrase_file, sizeof(f->passphrase_file), "%s/passphrase", f->d.dir.path);
	snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u", fake_peer_port(f->d.peer));
	hex_encode(f->pin, fake_peer_pin(f->d.peer)->b, ID_SIZE);
	hex_encode(f->account, f->d.s.anna.id.b, ID_SIZE);
	write_secret(f->words_file, (const char *)f->words->data);
	write_secret(f->passphrase_file, "a new passphrase\n");
	f->said = f->d.s.anna.id;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	keystore_free(f->mine);
	secret_free(f->master);
	secret_free(f->words);
	buf_release(&f->row);
	replica_desk_release(&f->d);
	free(f);
	return 0;
}

/* Any key is said to be of that account; with LIE_ROW its row says so too. */
static void lie(void *self, Medlock__ProofReply *reply)
{
	struct fixture *f = self;
	Medlock__AccountState *row = NULL;
	Medlock__KeySet *keys = NULL;

	if (reply->key.data[0] == 'i') {
		memcpy(f->place, f->said.b, ID_SIZE);
		put_be32(f->place + ID_SIZE, f->generation);
		reply->present = true;
		reply->value = wire_data(bytes_of(f->place, sizeof(f->place)));
	}
	if (reply->key.data[0] != 'a' || f->lie != LIE_ROW)
		return;
	ASSERT(WIRE_DECODE(&row, medlock__account_state, wire_bytes(reply->value), 1u << 20, NULL) == ERR_OK);
	ASSERT(WIRE_DECODE(&keys, medlock__key_set, keystore_keyset(f->mine), 1u << 20, NULL) == ERR_OK);
	WIRE_FREE(row->keys);
	row->keys = keys;
	row->generation = f->generation;
	buf_clear(&f->row);
	WIRE_ENCODE(&f->row, row);
	reply->value = wire_data(buf_bytes(&f->row));
	WIRE_FREE(row);
}

static void tell(struct fixture *f, enum lie kind, uint32_t generation)
{
	f->lie = kind;
	f->generation = generation;
	fake_peer_change_proof(f->d.peer, kind == LIE_NONE ? NULL : lie, f);
}

static struct app_recovery wish(struct fixture *f)
{
	return (struct app_recovery){.home = f->home, .mode = "patient", .peer_url = f->url, .pin = f->pin,
				     .words_file = f->words_file, .passphrase_file = f->passphrase_file};
}

static enum err by_card(struct fixture *f)
{
	struct app_recovery r = wish(f);
	struct account_id account;

	return app_recover(&account, &r, NULL, &f->info);
}

static bool is_there(const struct fixture *f, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", f->home, name);
	return access(path, F_OK) == 0;
}

static void nothing_written(const struct fixture *f)
{
	static const char *const names[] = {"config", "keystore", "genesis", "replica.db", "recovery.db", "recovery.db-wal"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_there(f, names[i]))
			fail_msg("%s was written", names[i]);
}

/* The authority certifies the keys of the words. */
static void certify(struct fixture *f)
{
	struct story *s = &f->d.s;
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t salt[16], certificate[32] = {1};
	Medlock__Body body = world_body(&s->w, salt);

	assert_int_equal(WIRE_DECODE(&c.keys, medlock__key_set, keystore_keyset(f->mine), 1u << 20, NULL), ERR_OK);
	c.account = wire_data(BYTES_ID(*keystore_account(f->mine)));
	c.keys_signature = wire_data(keystore_keyset_signature(f->mine));
	c.role = ROLE_PATIENT;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = WORLD_TIME + 365 * MS_PER_DAY;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	world_sign(&s->txs[s->tx_count++], &s->w, &body, &s->w.ca);
	story_block(s);
	story_block(s);
	fake_peer_show(f->d.peer);
	WIRE_FREE(c.keys);
}

static void test_honest_peer(void **state)
{
	struct fixture *f = *state;
	char left[160];

	assert_int_equal(by_card(f), ERR_NOT_FOUND);
	nothing_written(f);
	certify(f);
	snprintf(left, sizeof(left), "%s/recovery.db", f->home); /* by a kill */
	write_secret(left, "not a database");
	assert_int_equal(by_card(f), ERR_OK);
	assert_true(is_there(f, "config") && is_there(f, "keystore"));
	assert_false(is_there(f, "recovery.db") || is_there(f, "recovery.db-wal"));
}

/* "These keys are Anna's", who has others: the peer can show her true row, or one that its proof does not carry. */
static void test_card_of_another_account(void **state)
{
	struct fixture *f = *state;

	for (enum lie kind = LIE_PLACE; kind <= LIE_ROW; kind++) {
		tell(f, kind, kind == LIE_ROW);
		assert_int_equal(by_card(f), ERR_PROOF);
		nothing_written(f);
	}
}

static void test_another_generation(void **state)
{
	struct fixture *f = *state;

	certify(f);
	f->said = *keystore_account(f->mine);
	tell(f, LIE_PLACE, 3);
	assert_int_equal(by_card(f), ERR_PROOF);
	nothing_written(f);
}

/* Keys of a stranger, with Anna's name on them: the sender's word, which the peer repeats. */
static void put_pairing(struct fixture *f, const struct seal_public *to, const struct network_id *network)
{
	uint8_t plain[PAIRING_SIZE];
	struct buf sealed = BUF_INIT;

	memcpy(plain, network->b, ID_SIZE);
	memcpy(plain + ID_SIZE, f->said.b, ID_SIZE);
	put_be32(plain + 2 * ID_SIZE, f->generation);
	memcpy(plain + 2 * ID_SIZE + 4, f->master->data, 32);
	assert_int_equal(seal_to(&sealed, to, bytes_str("medlock pairing"), bytes_of(NULL, 0), bytes_of(plain, sizeof(plain)),
				 rng_system()),
			 ERR_OK);
	fake_peer_drop(f->d.peer, buf_bytes(&sealed));
	buf_release(&sealed);
}

static enum err by_device(struct fixture *f, struct app_recovery_state *st)
{
	struct app_recovery r = wish(f);

	r.from_device = true;
	r.account = f->account;
	return app_recover_by_helpers(st, &r, NULL, &f->info);
}

static void test_forged_label(void **state)
{
	struct fixture *f = *state;
	struct network_id other = f->d.s.w.network;
	struct app_recovery_state st;
	struct seal_public to;

	assert_int_equal(by_device(f, &st), ERR_PENDING);
	assert_int_equal(recovery_text_parse(&to, st.text, NULL), ERR_OK);
	for (enum lie kind = LIE_NONE; kind <= LIE_ROW; kind += LIE_ROW) {
		tell(f, kind, kind == LIE_ROW);
		put_pairing(f, &to, &other);
		assert_int_equal(by_device(f, &st), ERR_PROOF);
		nothing_written(f);
	}
	other.b[0] ^= 1;
	put_pairing(f, &to, &other);
	assert_int_equal(by_device(f, &st), ERR_NETWORK_ID);
	nothing_written(f);
}

/* Eight digits of an account can be found by trying; twelve take much longer. */
static void test_digits(void **state)
{
	struct fixture *f = *state;
	struct app_recovery_state st;
	struct seal_public to;

	certify(f);
	f->said = *keystore_account(f->mine);
	hex_encode(f->account, f->said.b, ID_SIZE);
	f->account[11] = '\0';
	assert_int_equal(by_device(f, &st), ERR_PENDING);
	assert_int_equal(recovery_text_parse(&to, st.text, NULL), ERR_OK);
	put_pairing(f, &to, &f->d.s.w.network);
	assert_int_equal(by_device(f, &st), ERR_USAGE);
	nothing_written(f);
	hex_encode(f->account, f->said.b, ID_SIZE);
	f->account[12] = '\0';
	assert_int_equal(by_device(f, &st), ERR_OK);
	assert_true(is_there(f, "config"));
}

/* ---- what new keys bring of the earlier ones ---- */

/* The account changes its keys to those of next; `earlier` is what the change says of the keys before. */
static void change_keys(struct fixture *f, const struct keystore *next, struct bytes earlier)
{
	struct story *s = &f->d.s;
	struct world_account by = {.id = *keystore_account(f->mine)};
	Medlock__AccountKeys x = MEDLOCK__ACCOUNT_KEYS__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	assert_int_equal(secret_copy(&by.sign_seed, secret_bytes(keystore_act(f->mine))), ERR_OK);
	assert_int_equal(WIRE_DECODE(&x.keys, medlock__key_set, keystore_keyset(next), 1u << 20, NULL), ERR_OK);
	x.account = wire_data(BYTES_ID(by.id));
	x.keys_signature = wire_data(keystore_keyset_signature(next));
	x.earlier = wire_data(earlier);
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &x;
	world_sign(&s->txs[s->tx_count++], &s->w, &body, &by);
	story_block(s);
	assert_int_equal(s->chain.last_results[0].code, 0);
	story_block(s);
	fake_peer_show(f->d.peer);
	secret_free(by.sign_seed);
	WIRE_FREE(x.keys);
}

static struct app *open_profile(struct fixture *f)
{
	struct app_options options = {.home = f->home, .passphrase_file = f->passphrase_file};
	struct app_sync synced;
	struct app *a = NULL;

	f->d.clock.now = clock_real()->now(NULL); /* the peer's: what it says is compared with ours */
	assert_int_equal(app_open(&a, &options, &f->info), ERR_OK);
	assert_int_equal(app_unlock(a, &f->info), ERR_OK);
	if (app_sync(a, &synced, &f->info) != ERR_OK)
		fail_msg("sync: %s", f->info.detail);
	return a;
}

/* How many reading keys a profile made of the card of these keys has after its first sync. */
static size_t reading_keys(struct fixture *f, const struct keystore *next)
{
	struct secret *words = NULL;
	struct buf identity = BUF_INIT;
	struct app *a;
	char path[160];
	size_t count = 0;

	assert_int_equal(keystore_words(next, &words), ERR_OK);
	write_secret(f->words_file, (const char *)words->data);
	assert_int_equal(by_card(f), ERR_OK);
	a = open_profile(f);
	snprintf(path, sizeof(path), "%s/identity", f->d.dir.path);
	assert_int_equal(app_key_export_identity(a, path, &f->info), ERR_OK);
	assert_int_equal(files_read(&identity, path, 4096, NULL), ERR_OK);
	for (const char *at = buf_text(&identity); (at = strstr(at, "AGE-SECRET-KEY")) != NULL; at++)
		count++;
	app_free(a);
	secret_free(words);
	buf_release(&identity);
	return count;
}

static size_t change_and_recover(struct fixture *f, bool forged)
{
	struct keystore *next = NULL;
	struct secret *other = NULL;
	struct seal_public to;
	struct buf earlier = BUF_INIT, info = BUF_INIT;
	size_t count;

	certify(f);
	assert_int_equal(keystore_rotate(&next, f->mine, bytes_str("x"), NULL, rng_system(), NULL), ERR_OK);
	if (forged) {
		assert_int_equal(secret_new(&other, 32), ERR_OK);
		seal_public_of(&to, keystore_read(next));
		buf_append_text(&info, "medlock earlier keys");
		buf_append_bytes(&info, BYTES_ID(f->d.s.w.network));
		buf_append_bytes(&info, BYTES_ID(*keystore_account(f->mine)));
		buf_append_be32(&info, 1);
		assert_int_equal(seal_to(&earlier, &to, buf_bytes(&info), bytes_of(NULL, 0), secret_bytes(other), rng_system()),
				 ERR_OK);
	} else {
		assert_int_equal(keystore_seal_earlier(next, &earlier, rng_system()), ERR_OK);
	}
	change_keys(f, next, buf_bytes(&earlier));
	count = reading_keys(f, next);
	keystore_free(next);
	secret_free(other);
	buf_release(&earlier);
	buf_release(&info);
	return count;
}

static void test_earlier_keys(void **state)
{
	assert_int_equal(change_and_recover(*state, false), 2);
}

/* Anybody can seal something to a public key: what is not the account's key of before is not taken for it. */
static void test_earlier_keys_of_a_stranger(void **state)
{
	assert_int_equal(change_and_recover(*state, true), 1);
}

/* ---- letters by keys that helpers ended ---- */

static struct account_id by_helpers_of(Medlock__Helpers *ret, ProtobufCBinaryData ids[2], struct story *s)
{
	static const uint8_t salt[TX_SALT_SIZE] = {3};
	bool bram_first = memcmp(s->bram.id.b, s->doctor.id.b, ID_SIZE) < 0;

	ids[!bram_first] = wire_data(BYTES_ID(s->bram.id));
	ids[bram_first] = wire_data(BYTES_ID(s->doctor.id));
	*ret = (Medlock__Helpers)MEDLOCK__HELPERS__INIT;
	ret->salt = wire_data(bytes_of(salt, sizeof(salt)));
	ret->threshold = ret->n_accounts = 2;
	ret->accounts = ids;
	return s->anna.id;
}

static void take_block(struct fixture *f)
{
	struct story *s = &f->d.s;

	size_t waiting = s->tx_count;

	story_block(s);
	for (size_t i = 0; i < waiting; i++)
		assert_int_equal(s->chain.last_results[i].code, 0);
	story_block(s);
	fake_peer_show(f->d.peer);
}

/* Bram, the doctor and the authority announce other keys for Anna, who had named the two. */
static void announce_for_anna(struct fixture *f)
{
	struct story *s = &f->d.s;
	const struct world_account *by[] = {&s->bram, &s->doctor, &s->w.ca};
	Medlock__AccountKeys x = MEDLOCK__ACCOUNT_KEYS__INIT;
	Medlock__Signature rows[3], *list[3];
	struct signature made[3];
	Medlock__Helpers helpers;
	Medlock__KeySet keys;
	ProtobufCBinaryData ids[2];
	struct world_account next;
	struct hash32 commitment, hash;
	struct account_id anna = by_helpers_of(&helpers, ids, s);
	uint8_t salt[16], signature[64];
	Medlock__Body body = world_body(&s->w, salt);
	struct buf bytes = BUF_INIT;
	struct tx_id id;

	commitment = helpers_commitment(&anna, &helpers);
	x.account = wire_data(BYTES_ID(anna));
	x.helpers = wire_data(BYTES_ID(commitment));
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &x;
	world_sign(&s->txs[s->tx_count++], &s->w, &body, &s->anna);
	take_block(f);
	world_account_new(&next, s->w.rng, &s->w.network, ROLE_PATIENT);
	next.id = anna;
	world_keyset(&keys, &next);
	world_keys_sign(signature, &next, &s->w.network);
	x.helpers = (ProtobufCBinaryData){0};
	x.keys = &keys;
	x.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	x.by_helpers = &helpers;
	assert_int_equal(tx_body_encode(&bytes, &hash, &body), ERR_OK);
	for (size_t i = 0; i < 3; i++) {
		sign_make(&made[i], by[i]->sign_seed, BYTES_ID(hash));
		rows[i] = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
		rows[i].account = wire_data(BYTES_ID(by[i]->id));
		rows[i].signature = wire_data(BYTES_ID(made[i]));
		list[i] = &rows[i];
	}
	assert_int_equal(tx_assemble_approvals(&s->txs[s->tx_count++], &id, buf_bytes(&bytes), list, 3), ERR_OK);
	take_block(f);
	world_account_release(&next);
	buf_release(&bytes);
}

/* Anna's device of before writes to the person of the card. */
static void put_letter_of_anna(struct fixture *f)
{
	static const uint8_t id[LETTER_ID_SIZE] = {9};
	struct story *s = &f->d.s;
	Medlock__Letter l = MEDLOCK__LETTER__INIT;
	struct buf letter = BUF_INIT, padded = BUF_INIT, sealed = BUF_INIT;
	struct account_id from = s->anna.id, to = *keystore_account(f->mine);
	struct signature signature;
	struct seal_public seal;
	Medlock__KeySet keys;
	struct hash32 hash;

	world_keyset(&keys, &s->anna);
	l.network_id = wire_data(BYTES_ID(s->w.network));
	l.from = wire_data(BYTES_ID(from));
	l.to = wire_data(BYTES_ID(to));
	l.kind = LETTER_NOTICE;
	l.at = WORLD_TIME;
	l.id = wire_data(bytes_of(id, sizeof(id)));
	l.keys = &keys;
	l.body = wire_data(bytes_str("x"));
	assert_int_equal(letter_signing_hash(&hash, &l), ERR_OK);
	sign_make(&signature, s->anna.sign_seed, BYTES_ID(hash));
	l.signature = wire_data(BYTES_ID(signature));
	WIRE_ENCODE(&letter, &l);
	assert_int_equal(letter_pad(&padded, buf_bytes(&letter)), ERR_OK);
	seal_public_of(&seal, keystore_read(f->mine));
	assert_int_equal(seal_to(&sealed, &seal, bytes_str(LETTER_INFO), bytes_of(NULL, 0), buf_bytes(&padded), rng_system()),
			 ERR_OK);
	fake_peer_drop(f->d.peer, buf_bytes(&sealed));
	buf_release(&letter);
	buf_release(&padded);
	buf_release(&sealed);
}

static size_t letters(struct fixture *f)
{
	struct app *a = open_profile(f);
	struct app_letters all;
	size_t count;

	assert_int_equal(app_mail_list(a, &all, LETTER_NOTICE, &f->info), ERR_OK);
	count = all.count;
	assert_int_equal(count + all.odd, 1);
	app_letters_release(&all);
	app_free(a);
	return count;
}

/* Nothing has moved the announced keys up, and her row is her own: the letter is no letter of hers from their time on. */
static void test_letters_by_dead_keys(void **state)
{
	struct fixture *f = *state;

	const struct account_id anna = f->d.s.anna.id;
	struct state_key row = state_key_account(&anna);

	certify(f);
	assert_int_equal(by_card(f), ERR_OK);
	fake_peer_hide(f->d.peer, state_key_bytes(&row));
	put_letter_of_anna(f);
	assert_int_equal(letters(f), 1);
	announce_for_anna(f);
	assert_int_equal(letters(f), 1);
	f->d.s.chain.genesis->time += 80ll * 3600 * 1000;
	take_block(f);
	assert_int_equal(letters(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_honest_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_card_of_another_account, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_generation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forged_label, setup, teardown),
		cmocka_unit_test_setup_teardown(test_digits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_earlier_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_earlier_keys_of_a_stranger, setup, teardown),
		cmocka_unit_test_setup_teardown(test_letters_by_dead_keys, setup, teardown),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
