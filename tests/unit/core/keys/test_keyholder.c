/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "chain/proto/genesis.h"
#include "core/crypto/age.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"
#include "core/keys/keyholder.h"

#define PASSPHRASE bytes_str("correct horse battery staple")

static const struct network_id NETWORK = {{7}};
static const uint8_t NONCE[REQUEST_NONCE_SIZE] = {0, 9};

static struct keyholder *started(uint32_t capabilities, struct buf *file)
{
	struct keyholder *k = NULL;

	assert_int_equal(keyholder_start(&k, capabilities, NULL), ERR_OK);
	assert_int_equal(keyholder_create(k, file, &NETWORK, PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_bind(k, &NETWORK, NULL), ERR_OK);
	return k;
}

/* Locked memory of a process, in KiB, as /proc says. */
static unsigned long locked_kib(const char *process)
{
	char path[64], line[128];
	unsigned long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", process);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	fclose(f);
	return kib;
}

/* What carries a passphrase or a file key never reaches the swap of a stolen disk. */
static void test_messages_are_locked_in_memory(void **state)
{
#ifdef MEDLOCK_SANITIZED
	(void)state;
	(void)locked_kib;
	skip(); /* the sanitizers lock nothing */
#else
	const unsigned long both = 2 * KEYHOLDER_MESSAGE_MAX / 1024, before = locked_kib("self");
	struct buf file = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	char children[64] = "";
	FILE *f = fopen("/proc/thread-self/children", "r");

	assert_true(locked_kib("self") >= before + both);
	if (f != NULL && fscanf(f, "%63s", children) == 1)
		assert_true(locked_kib(children) >= both);
	if (f != NULL)
		fclose(f);
	keyholder_free(k);
	assert_true(locked_kib("self") <= before);
	buf_release(&file);
	(void)state;
#endif
}

static void test_locked_until_unlocked(void **state)
{
	struct buf file = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	struct keyholder_public first, again;
	struct account_id other = {{1}};

	assert_int_equal(keyholder_public(k, &first, NULL), ERR_OK);
	assert_int_equal(keyholder_lock(k, NULL), ERR_OK);
	assert_false(keyholder_unlocked(k));
	assert_int_equal(keyholder_public(k, &again, NULL), ERR_LOCKED);
	assert_int_equal(keyholder_unlock(k, buf_bytes(&file), bytes_str("wrong"), NULL, NULL), ERR_PASSPHRASE);
	assert_int_equal(keyholder_unlock(k, buf_bytes(&file), PASSPHRASE, &other, NULL), ERR_WRONG_PROFILE);
	assert_int_equal(keyholder_public(k, &again, NULL), ERR_LOCKED);
	assert_int_equal(keyholder_unlock(k, buf_bytes(&file), PASSPHRASE, &first.account, NULL), ERR_OK);
	assert_true(keyholder_unlocked(k));
	assert_int_equal(keyholder_public(k, &again, NULL), ERR_OK);
	assert_memory_equal(&first.account, &again.account, sizeof(first.account));
	keyholder_free(k);
	buf_release(&file);
}

/* A body whose action is a pause of one's own sharing, or the closing of a request. */
static void body_of(struct buf *out, const struct network_id *network, bool pause)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;
	Medlock__AccessClose c = MEDLOCK__ACCESS_CLOSE__INIT;
	uint8_t id[32] = {3}, salt[16] = {4};

	body.network_id = wire_data(BYTES_ID(*network));
	body.salt = wire_data(bytes_of(salt, sizeof(salt)));
	body.valid_until = 10;
	p.owner = c.request = wire_data(bytes_of(id, sizeof(id)));
	p.paused = true;
	body.action_case = pause ? MEDLOCK__BODY__ACTION_CONSENT_PAUSE : MEDLOCK__BODY__ACTION_ACCESS_CLOSE;
	if (pause)
		body.consent_pause = &p;
	else
		body.access_close = &c;
	WIRE_ENCODE(out, &body);
}

static void test_signs_what_its_mask_allows(void **state)
{
	static const struct network_id foreign = {{8}};
	struct buf file = BUF_INIT, pause = BUF_INIT, close_body = BUF_INIT, other = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_OWNER, &file);
	struct keyholder_public me;
	struct signature signature;
	struct hash32 hash;

	body_of(&pause, &NETWORK, true);
	body_of(&close_body, &NETWORK, false);
	body_of(&other, &foreign, true);
	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	assert_int_equal(keyholder_sign_body(k, &signature, buf_bytes(&pause), NULL), ERR_OK);
	hash = tx_signing_hash(&NETWORK, buf_bytes(&pause));
	assert_int_equal(sign_verify(&signature, &me.sign, BYTES_ID(hash)), ERR_OK);
	assert_int_equal(keyholder_sign_body(k, &signature, buf_bytes(&close_body), NULL), ERR_ROLE);
	assert_int_equal(keyholder_sign_body(k, &signature, buf_bytes(&other), NULL), ERR_NETWORK_ID);
	assert_int_not_equal(keyholder_sign_body(k, &signature, bytes_str("odd"), NULL), ERR_OK);
	assert_int_equal(keyholder_bind(k, &foreign, NULL), ERR_NETWORK_ID);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&pause);
	buf_release(&close_body);
	buf_release(&other);
}

/* Who acts for oneself is one's own to say; for others it is the authority's. */
static void test_proxies_are_named_by_the_owner_or_the_authority(void **state)
{
	static const uint8_t other[32] = {7}, third[32] = {8}, salt[16] = {4};
	static const struct { uint32_t capabilities; bool own; enum err want; } cells[] = {
		{KEYHOLDER_PATIENT, true, ERR_OK}, {KEYHOLDER_PATIENT, false, ERR_ROLE},
		{KEYHOLDER_INSTITUTE, true, ERR_ROLE}, {KEYHOLDER_INSTITUTE, false, ERR_ROLE},
		{KEYHOLDER_AUTHORITY, false, ERR_OK},
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		Medlock__Body body = MEDLOCK__BODY__INIT;
		Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;
		struct buf file = BUF_INIT, bytes = BUF_INIT;
		struct keyholder *k = started(cells[i].capabilities, &file);
		struct keyholder_public me;
		struct signature signature;

		assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
		p.owner = cells[i].own ? wire_data(BYTES_ID(me.account)) : wire_data(bytes_of(other, 32));
		p.delegate = wire_data(bytes_of(third, 32));
		p.scope = SCOPE_READ;
		body.network_id = wire_data(BYTES_ID(NETWORK));
		body.salt = wire_data(bytes_of(salt, sizeof(salt)));
		body.valid_until = 10;
		body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
		body.proxy_set = &p;
		WIRE_ENCODE(&bytes, &body);
		assert_int_equal(keyholder_sign_body(k, &signature, buf_bytes(&bytes), NULL), cells[i].want);
		keyholder_free(k);
		buf_release(&file);
		buf_release(&bytes);
	}
}

static void test_export_needs_its_capability(void **state)
{
	struct buf file = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_INSTITUTE, &file), *owner = NULL;
	struct secret *text = NULL;

	assert_int_equal(keyholder_export_identity(k, &text, NULL), ERR_ROLE);
	assert_null(text);
	assert_int_equal(keyholder_start(&owner, KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_unlock(owner, buf_bytes(&file), PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_export_identity(owner, &text, NULL), ERR_OK);
	assert_memory_equal(text->data, "AGE-SECRET-KEY-1", 16);
	secret_free(text);
	keyholder_free(k);
	keyholder_free(owner);
	buf_release(&file);
}

static void test_tickets(void **state)
{
	struct buf file = BUF_INIT, text = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	struct keyholder_public me;
	struct sign_public request_sign;
	struct seal_public request_seal;
	struct hash32 pin = {{5}};
	struct blob_id blob = {{6}};
	Medlock__Ticket t = MEDLOCK__TICKET__INIT, *got = NULL;

	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	t.network_id = wire_data(BYTES_ID(NETWORK));
	t.account = wire_data(BYTES_ID(me.account));
	t.not_after = 300000;
	t.spki = wire_data(BYTES_ID(pin));
	t.purpose = TICKET_READ;
	assert_int_equal(keyholder_sign_ticket(k, &text, &t, NULL, NULL), ERR_OK);
	assert_memory_equal(text.data, "medlock ", 8);
	assert_int_equal(ticket_parse_text(&got, bytes_of(text.data + 8, text.len - 8), NULL), ERR_OK);
	assert_int_equal(ticket_check(got, &NETWORK, &pin, &me.sign, (struct time_ms){1}), ERR_OK);
	WIRE_FREE(got);
	got = NULL;
	buf_clear(&text);
	t.purpose = TICKET_GET;
	t.blob = t.request = t.record = wire_data(BYTES_ID(blob));
	assert_int_equal(keyholder_request_keys(k, &request_sign, &request_seal, NONCE, NULL), ERR_OK);
	assert_int_equal(keyholder_sign_ticket(k, &text, &t, NONCE, NULL), ERR_OK);
	assert_int_equal(ticket_parse_text(&got, bytes_of(text.data + 8, text.len - 8), NULL), ERR_OK);
	assert_int_equal(ticket_check(got, &NETWORK, &pin, &request_sign, (struct time_ms){1}), ERR_OK);
	assert_int_equal(ticket_check(got, &NETWORK, &pin, &me.sign, (struct time_ms){1}), ERR_SIGNATURE);
	WIRE_FREE(got);
	t.purpose = TICKET_PUT;
	t.size = 10;
	t.request = t.record = (ProtobufCBinaryData){0};
	assert_int_equal(keyholder_sign_ticket(k, &text, &t, NULL, NULL), ERR_ROLE);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&text);
}

static void test_opens_what_is_sealed_to_a_request(void **state)
{
	struct buf file = BUF_INIT, sealed = BUF_INIT, share = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_REQUEST, &file);
	struct release_binding b = {.network = NETWORK, .form = FORM_FULL, .key_generation = 1};
	uint8_t context[RELEASE_CONTEXT_SIZE];
	struct sign_public sign;
	struct seal_public seal;

	assert_int_equal(keyholder_request_keys(k, &sign, &seal, NONCE, NULL), ERR_OK);
	release_context(context, &b);
	assert_int_equal(seal_to(&sealed, &seal, bytes_of(context, sizeof(context)), bytes_of(NULL, 0),
				 bytes_str("share"), rng_system()), ERR_OK);
	assert_int_equal(keyholder_open_release(k, &share, &b, NONCE, buf_bytes(&sealed), NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&share), bytes_str("share")));
	b.form = FORM_DEID;
	assert_int_equal(keyholder_open_release(k, &share, &b, NONCE, buf_bytes(&sealed), NULL), ERR_DECRYPT);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&sealed);
	buf_release(&share);
}

static void test_opens_own_age_files(void **state)
{
	struct buf file = BUF_INIT, age = BUF_INIT, plain = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	struct keyholder_public me;
	struct bytes from = bytes_str("hello");
	struct byte_source source = byte_source_bytes(&from);
	struct byte_sink sink = byte_sink_buf(&age);
	struct age_result done;
	struct secret *key = NULL;

	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	assert_int_equal(age_encrypt(&done, &sink, &source,
				     &(struct age_spec){.recipients = &me.seal, .recipients_count = 1}, rng_system(),
				     NULL), ERR_OK);
	assert_int_equal(keyholder_open_age(k, &plain, buf_bytes(&age), NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&plain), bytes_str("hello")));
	assert_int_equal(keyholder_unwrap(k, &key, buf_bytes(&age), NULL), ERR_OK);
	assert_int_equal(key->len, AGE_FILE_KEY_SIZE);
	secret_free(key);
	age.data[age.len - 1] ^= 1;
	assert_int_equal(keyholder_open_age(k, &plain, buf_bytes(&age), NULL), ERR_DECRYPT);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&age);
	buf_release(&plain);
}

static void test_large_messages_pass(void **state)
{
	struct buf file = BUF_INIT, sealed = BUF_INIT, plain = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	size_t len = KEYHOLDER_MESSAGE_MAX - 1024;
	uint8_t *big = calloc(1, len + 2048);

	assert_int_equal(keyholder_seal(k, &sealed, "book", bytes_of(NULL, 0), bytes_of(big, len), NULL), ERR_OK);
	assert_int_equal(keyholder_unseal(k, &plain, "book", bytes_of(NULL, 0), buf_bytes(&sealed), NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&plain), bytes_of(big, len)));
	assert_int_equal(keyholder_seal(k, &sealed, "book", bytes_of(NULL, 0), bytes_of(big, len + 2048), NULL),
			 ERR_TOO_LARGE);
	assert_int_equal(keyholder_lock(k, NULL), ERR_OK);
	free(big);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&sealed);
	buf_release(&plain);
}

static void test_an_odd_message_ends_it(void **state)
{
	static const char *const odd[] = {"x", "\x00\x00\x00\x63\x00\x00\x00\x01\x00", "\x00\x00\x00\x01\x00\x00\x00\x01\x02"};

	for (size_t i = 0; i < 3; i++) {
		struct buf file = BUF_INIT;
		struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
		struct keyholder_public me;

		assert_int_equal(keyholder_send_raw(k, bytes_of(odd[i], i == 0 ? 1 : 9)), ERR_OK);
		assert_int_equal(keyholder_public(k, &me, NULL), ERR_KEYHOLDER);
		assert_int_equal(keyholder_public(k, &me, NULL), ERR_KEYHOLDER);
		assert_false(keyholder_unlocked(k));
		keyholder_free(k);
		buf_release(&file);
	}
}

#define ROOT_PASSPHRASE bytes_str("the root's own words")

/* A certificate's bytes are never signed as a text; a long text comes in parts. */
static void signs_known_texts_only(struct keyholder *k)
{
	struct buf text = BUF_INIT, der = BUF_INIT;

	assert_int_equal(keyholder_ca_sign_text(k, &der, KEYSTORE_ENTRY_CA_ROOT, bytes_str("0\x82 tbs"), NULL), ERR_REFUSED);
	assert_int_equal(keyholder_ca_sign_text(k, &der, KEYSTORE_ENTRY_CA_ROOT, bytes_of(NULL, 0), NULL), ERR_REFUSED);
	buf_append_text(&text, KEYHOLDER_TEXT_CSV);
	while (text.len < KEYHOLDER_MESSAGE_MAX)
		buf_append_text(&text, "a row of an export, ");
	assert_int_equal(keyholder_ca_sign_text(k, &der, KEYSTORE_ENTRY_CA_ISSUING, buf_bytes(&text), NULL), ERR_OK);
	assert_in_range(der.len, 64, 72);
	buf_release(&text);
	buf_release(&der);
}

static void test_authority(void **state)
{
	struct buf file = BUF_INIT, spki = BUF_INIT, again = BUF_INIT, newer = BUF_INIT, none = BUF_INIT, root = BUF_INIT,
		   crl = BUF_INIT, root_file = BUF_INIT, issuing = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_AUTHORITY, &file), *patient = NULL;
	struct cert_fields f = {.serial = {1}, .subject = {"medlock", NULL, "Root"}, .not_before = {1000},
				.not_after = {2000000000000}, .ca = true, .path_len = 1,
				.key_usage = CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN};
	struct cert_revoked revoked = {.serial = {9}, .revoked_at = {1000000}, .reason = CERT_REASON_SUPERSEDED};
	struct cert_summary s;
	struct cert_crl list;

	assert_int_equal(keyholder_ca_issue(k, &root, KEYSTORE_ENTRY_CA_ROOT, &f, bytes_of(NULL, 0), NULL), ERR_LOCKED);
	assert_int_equal(keyholder_ca_spki(k, &spki, &newer, KEYSTORE_ENTRY_CA_ROOT, NULL), ERR_LOCKED);
	assert_int_equal(keyholder_ca_issue(k, &root, KEYSTORE_ENTRY_CA_ISSUING, &f, bytes_of(NULL, 0), NULL), ERR_NOT_FOUND);
	assert_int_equal(keyholder_ca_spki(k, &issuing, &newer, KEYSTORE_ENTRY_CA_ISSUING, NULL), ERR_OK);
	assert_int_not_equal(newer.len, 0);
	assert_int_equal(keyholder_ca_spki(k, &issuing, &none, KEYSTORE_ENTRY_CA_ISSUING, NULL), ERR_OK);
	assert_int_equal(none.len, 0);
	assert_int_equal(keyholder_ca_root_new(k, &root_file, ROOT_PASSPHRASE, NULL), ERR_OK);
	assert_int_equal(keyholder_ca_spki(k, &spki, &none, KEYSTORE_ENTRY_CA_ROOT, NULL), ERR_OK);
	/* Unlocking forgets it, and the keystore never had it. */
	assert_int_equal(keyholder_unlock(k, buf_bytes(&newer), PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_ca_spki(k, &again, &none, KEYSTORE_ENTRY_CA_ROOT, NULL), ERR_LOCKED);
	assert_int_equal(keyholder_ca_root_open(k, buf_bytes(&root_file), PASSPHRASE, NULL), ERR_PASSPHRASE);
	assert_int_equal(keyholder_ca_root_open(k, buf_bytes(&newer), ROOT_PASSPHRASE, NULL), ERR_FORMAT);
	assert_int_equal(keyholder_ca_root_open(k, buf_bytes(&root_file), ROOT_PASSPHRASE, NULL), ERR_OK);
	assert_int_equal(keyholder_ca_spki(k, &again, &none, KEYSTORE_ENTRY_CA_ROOT, NULL), ERR_OK);
	assert_int_equal(none.len, 0);
	assert_true(bytes_equal(buf_bytes(&spki), buf_bytes(&again)));
	f.spki = buf_bytes(&spki);
	assert_int_equal(keyholder_ca_issue(k, &root, KEYSTORE_ENTRY_CA_ROOT, &f, bytes_of(NULL, 0), NULL), ERR_OK);
	assert_int_equal(x509_parse(&s, buf_bytes(&root), NULL), ERR_OK);
	assert_string_equal(s.subject.common_name, "Root");
	assert_int_equal(s.path_len, 1);
	assert_int_equal(keyholder_ca_crl(k, &crl, KEYSTORE_ENTRY_CA_ROOT, buf_bytes(&root), 3, (struct time_ms){2000000},
					  (struct time_ms){9000000}, &revoked, 1, NULL), ERR_OK);
	assert_int_equal(x509_crl_parse(&list, buf_bytes(&crl), buf_bytes(&root), NULL), ERR_OK);
	assert_int_equal(list.number, 3);
	assert_non_null(x509_crl_find(&list, revoked.serial));
	x509_crl_release(&list);
	signs_known_texts_only(k);
	assert_int_equal(keyholder_ca_root_forget(k, NULL), ERR_OK);
	assert_int_equal(keyholder_ca_issue(k, &root, KEYSTORE_ENTRY_CA_ROOT, &f, bytes_of(NULL, 0), NULL), ERR_LOCKED);
	assert_int_equal(keyholder_start(&patient, KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_unlock(patient, buf_bytes(&newer), PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_ca_issue(patient, &root, KEYSTORE_ENTRY_CA_ROOT, &f, bytes_of(NULL, 0), NULL), ERR_ROLE);
	keyholder_free(patient);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&spki);
	buf_release(&again);
	buf_release(&newer);
	buf_release(&none);
	buf_release(&root_file);
	buf_release(&issuing);
	buf_release(&root);
	buf_release(&crl);
}

static void test_card_and_request(void **state)
{
	struct buf file = BUF_INIT, card = BUF_INIT, csr = BUF_INIT;
	struct keyholder *k = NULL;
	struct network_id none = GENESIS_NETWORK;
	struct organisation_id organisation = {{2}};
	struct cert_request request;
	Medlock__GenesisAccount *account = NULL;

	assert_int_equal(keyholder_start(&k, KEYHOLDER_AUTHORITY, NULL), ERR_OK);
	assert_int_equal(keyholder_create(k, &file, &none, PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keys_card(k, &card, ROLE_OFFICER, &organisation, NULL), ERR_OK);
	assert_int_equal(genesis_account_parse(&account, buf_bytes(&card), NULL), ERR_OK);
	WIRE_FREE(account);
	assert_int_equal(keyholder_csr(k, &csr, &(struct cert_name){.common_name = "Test"}, NULL), ERR_OK);
	assert_int_equal(x509_request_parse(&request, buf_bytes(&csr), NULL), ERR_OK);
	assert_string_equal(request.subject.common_name, "Test");
	keyholder_free(k);
	buf_release(&file);
	buf_release(&card);
	buf_release(&csr);
}

/* ---- what the process has given up ---- */

static int try_file(void)
{
	return open("/etc/hostname", O_RDONLY) >= 0 ? 0 : errno;
}

static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 ? 0 : errno;
}

/* Signal 0 asks only whether one could be sent. */
static int try_signal(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0 ? 0 : errno;
}

static int signal_itself(void)
{
	return syscall(SYS_tgkill, getpid(), gettid(), 0) == 0 ? 0 : errno;
}

static int count_files(void)
{
	int open_files = 0;

	for (int fd = 3; fd < 256; fd++) {
		char byte;

		if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) >= 0 || errno != EBADF)
			open_files++;
	}
	return open_files;
}

static int probe(uint32_t kind)
{
	static int (*const tries[])(void) = {try_file, try_socket, try_exec, try_fork, try_signal, signal_itself,
					     count_files};

	return kind < sizeof(tries) / sizeof(tries[0]) ? tries[kind]() : -1;
}

static void test_it_cannot_open_anything(void **state)
{
	struct keyholder *k = NULL;
	int answer = 0;

	assert_int_equal(keyholder_start_probed(&k, KEYHOLDER_PROBE, probe, NULL), ERR_OK);
	assert_int_equal(keyholder_ask_probe(k, &answer, 6, NULL), ERR_OK);
	assert_int_equal(answer, 1); /* its socket */
#ifdef MEDLOCK_SANITIZED
	print_message("skipped: the filter does not run under sanitizers\n");
#else
	for (uint32_t kind = 0; kind < 5; kind++) {
		assert_int_equal(keyholder_ask_probe(k, &answer, kind, NULL), ERR_OK);
		assert_int_equal(answer, EPERM);
	}
	assert_int_equal(keyholder_ask_probe(k, &answer, 5, NULL), ERR_OK);
	assert_int_equal(answer, 0); /* abort() still works */
#endif
	keyholder_free(k);
	assert_int_equal(keyholder_start(&k, KEYHOLDER_PROBE | KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_ask_probe(k, &answer, 0, NULL), ERR_ROLE);
	keyholder_free(k);
}

/* Looks through all of this process's writable memory for a needle; the needle itself is kept inverted. */
static bool in_memory(const uint8_t *inverted, size_t len)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);
	char line[512];
	bool found = false;
	uint8_t *room = malloc(1 << 20);

	while (!found && fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from, to;
		char rights[8];

		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' || strstr(line, "[v") != NULL)
			continue;
		for (unsigned long at = from; at < to && !found; at += (1 << 20) - 64) {
			size_t want = to - at < 1 << 20 ? to - at : 1 << 20;
			ssize_t got = pread(mem, room, want, (off_t)at);

			if ((uintptr_t)room < at + want && (uintptr_t)room + (1 << 20) > at)
				continue;
			for (ssize_t i = 0; i + (ssize_t)len <= got && !found; i++) {
				size_t same = 0;

				while (same < len && room[i + (ssize_t)same] + inverted[same] == 255)
					same++;
				found = same == len;
			}
		}
	}
	secret_wipe(room, 1 << 20);
	free(room);
	close(mem);
	fclose(maps);
	return found;
}

static void test_keys_are_not_in_this_process(void **state)
{
#ifdef MEDLOCK_SANITIZED
	print_message("skipped: the sanitizers' shadow memory is too large to search\n");
	skip();
#endif
	struct buf file = BUF_INIT;
	struct keyholder *k = started(KEYHOLDER_PATIENT, &file);
	struct secret *text = NULL, *identity = NULL;
	uint8_t inverted[32];
	struct keyholder_public me;

	assert_int_equal(keyholder_export_identity(k, &text, NULL), ERR_OK);
	assert_int_equal(age_identity_parse(&identity, (char *)text->data), ERR_OK);
	for (size_t i = 0; i < 32; i++)
		inverted[i] = (uint8_t)~identity->data[i];
	assert_true(in_memory(inverted, 32)); /* the search finds it while it is here */
	secret_free(identity);
	secret_free(text);
	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	assert_false(in_memory(inverted, 32));
	keyholder_free(k);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_are_locked_in_memory), cmocka_unit_test(test_signs_what_its_mask_allows),
		cmocka_unit_test(test_locked_until_unlocked), cmocka_unit_test(test_signs_what_its_mask_allows),
		cmocka_unit_test(test_proxies_are_named_by_the_owner_or_the_authority),
		cmocka_unit_test(test_export_needs_its_capability), cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_opens_what_is_sealed_to_a_request), cmocka_unit_test(test_opens_own_age_files),
		cmocka_unit_test(test_large_messages_pass), cmocka_unit_test(test_an_odd_message_ends_it),
		cmocka_unit_test(test_authority), cmocka_unit_test(test_card_and_request),
		cmocka_unit_test(test_it_cannot_open_anything), cmocka_unit_test(test_keys_are_not_in_this_process),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
