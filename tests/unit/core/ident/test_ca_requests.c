/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of other people's making, made by OpenSSL's own program, at the desk's edge: each is refused with one clear line, or what
 * it asks too much is dropped in sight.
 */
#include "core/base/files.h"
#include "core/ident/ca_export.h"
#include "ident_fixture.h"

static void path_in(char out[128], struct fixture *f, const char *name)
{
	(void)snprintf(out, 128, "%.*s/%s", (int)(strrchr(f->d.path, '/') - f->d.path), f->d.path, name);
}

/* Put what `openssl req` makes in place of the person's own request.  key: words of genpkey, or NULL for her account's key. */
static void request_of(struct fixture *f, struct person *p, const char *key, const char *words)
{
	char folder[128], key_path[128], csr_path[128], command[1024];

	path_in(folder, f, "");
	path_in(key_path, f, "key.der");
	path_in(csr_path, f, "csr.der");
	if (key == NULL)
		assert_int_equal(files_write(key_path, secret_bytes(p->pkcs8), NULL), ERR_OK);
	else {
		(void)snprintf(command, sizeof(command), "openssl genpkey %s -outform DER -out %s 2>/dev/null", key, key_path);
		assert_int_equal(system(command), 0);
	}
	(void)snprintf(command, sizeof(command), "openssl req -new -keyform DER -key %s %s -outform DER -out %s 2>/dev/null", key_path,
		       words, csr_path);
	assert_int_equal(system(command), 0);
	buf_release(&p->csr);
	assert_int_equal(files_read(&p->csr, csr_path, 65536, NULL), ERR_OK);
	unlink(key_path);
	unlink(csr_path);
}

static void refused(struct fixture *f, const char *key, const char *words, enum err expected, const char *said)
{
	struct err_info info = {0};
	struct register_id id;
	struct person p;
	enum err e;

	person_init(&p, &f->d.options.network, "x");
	request_of(f, &p, key, words);
	e = ask(f, &id, &p, "clinician", "Dr Vos", "St. Olaf hospital", &info);
	if (e != expected || strstr(info.detail, said) == NULL || strchr(info.detail, '\n') != NULL)
		fail_msg("%s: %d, \"%s\"", words, e, info.detail);
	person_release(&p);
}

static void keys_that_are_not_the_accounts_are_refused(void **state)
{
	struct fixture *f = *state;
	const char *subject = "-subj '/CN=Dr Vos'";
	struct ca_requests q;

	refused(f, "-algorithm RSA -pkeyopt rsa_keygen_bits:512", "-sha256 -subj '/CN=Dr Vos'", ERR_LINT, "key");
	refused(f, "-algorithm RSA -pkeyopt rsa_keygen_bits:4096", "-sha256 -subj '/CN=Dr Vos'", ERR_LINT, "key");
	refused(f, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "-sha256 -subj '/CN=Dr Vos'", ERR_LINT, "key");
	refused(f, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha1 -subj '/CN=Dr Vos'", ERR_LINT, "");
	refused(f, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha256 -subj '/CN=Dr Vos'", ERR_LINT, "key");
	refused(f, "-algorithm ED25519", subject, ERR_LINT, "key"); /* of the right kind, but not the account's */
	assert_int_equal(ca_queue(f->ca, &q, NULL), ERR_OK);
	assert_int_equal(q.count, 0);
	ca_requests_release(&q);
}

static bool dropped(const struct ca_comparison *c, const char *requested)
{
	for (size_t i = 0; i < c->line_count; i++)
		if (c->lines[i].dropped && strstr(c->lines[i].requested, requested) != NULL)
			return true;
	return false;
}

/* A CA, every usage, a wildcard host and an address: the certificate has none of it, and the officer sees each wish. */
static void what_is_asked_too_much_is_dropped_in_sight(void **state)
{
	struct fixture *f = *state;
	struct ca_comparison *c = calloc(1, sizeof(*c));
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct buf der = BUF_INIT;
	struct register_id id;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	request_of(f, &p, NULL, "-subj '/O=Another network/CN=*.example.org' -addext basicConstraints=critical,CA:TRUE "
			   "-addext keyUsage=critical,keyCertSign,cRLSign -addext extendedKeyUsage=serverAuth,anyExtendedKeyUsage "
			   "-addext subjectAltName=DNS:*.example.org,IP:192.0.2.1,email:root@example.org");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", "St. Olaf hospital", NULL), ERR_OK);
	assert_int_equal(ca_show(f->ca, c, &id, NULL), ERR_OK);
	assert_true(dropped(c, "*.example.org"));
	assert_true(dropped(c, "Another network"));
	assert_true(dropped(c, "asicConstraints") || dropped(c, "2.5.29.19"));
	assert_true(dropped(c, "eyUsage") || dropped(c, "2.5.29.15"));
	assert_true(dropped(c, "ubjectAltName") || dropped(c, "2.5.29.17"));
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_int_equal(ca_certificate_der(f->ca, &der, act.serial, NULL), ERR_OK);
	assert_int_equal(x509_parse(s, buf_bytes(&der), NULL), ERR_OK);
	assert_false(s->ca);
	assert_int_equal(s->key_usage, CERT_USE_SIGN);
	assert_int_equal(s->eku_count, 1);
	assert_false(s->alt_present);
	assert_string_equal(s->subject.common_name, "Dr Vos");
	buf_release(&der);
	person_release(&p);
	free(c);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_that_are_not_the_accounts_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_asked_too_much_is_dropped_in_sight, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
