/* SPDX-License-Identifier: Apache-2.0 */
/* The desk from ceremony to revocation, with OpenSSL's own program as the jury. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/ident/ca_internal.h"
#include "ident_fixture.h"
#include "storage/db.h"

static void write_pem(const char *path, const char *label, struct bytes der)
{
	struct buf pem = BUF_INIT;

	assert_int_equal(x509_pem_write(&pem, label, der), ERR_OK);
	assert_int_equal(files_write(path, buf_bytes(&pem), NULL), ERR_OK);
	buf_release(&pem);
}

/* openssl verify -x509_strict with the whole chain and its revocation list. */
static int jury(struct fixture *f, struct bytes leaf, char *said, size_t size)
{
	char dir[80], command[1024], path[128];
	struct buf crl = BUF_INIT;
	FILE *p;
	size_t len;

	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(f->d.path, '/') - f->d.path), f->d.path);
	assert_int_equal(ca_crl(f->ca, &crl, NULL, NULL), ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/root.pem", dir);
	write_pem(path, CERT_PEM_CERTIFICATE, ca_root(f->ca));
	(void)snprintf(path, sizeof(path), "%s/issuing.pem", dir);
	write_pem(path, CERT_PEM_CERTIFICATE, ca_issuing(f->ca));
	(void)snprintf(path, sizeof(path), "%s/leaf.pem", dir);
	write_pem(path, CERT_PEM_CERTIFICATE, leaf);
	(void)snprintf(path, sizeof(path), "%s/crl.pem", dir);
	write_pem(path, CERT_PEM_CRL, buf_bytes(&crl));
	buf_release(&crl);
	(void)snprintf(command, sizeof(command), "cd %s && openssl verify -x509_strict -auth_level 2 -purpose sslclient -crl_check "
		       "-attime %lld -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem leaf.pem 2>&1; rc=$?; "
		       "rm -f root.pem issuing.pem leaf.pem crl.pem; exit $rc", dir, (long long)(f->d.clock.now.v / 1000));
	p = popen(command, "r");
	assert_non_null(p);
	len = fread(said, 1, size - 1, p);
	said[len] = '\0';
	return pclose(p);
}

static void approve_and_judge(struct fixture *f, const char *profile, const char *name, struct ca_act *ret)
{
	struct person p;
	struct register_id id;
	struct err_info info = {0};
	struct buf answer = BUF_INIT, plain = BUF_INIT;
	struct bytes view;
	struct enrolment_answer a;
	struct hash32 request;
	char said[1024];

	person_init(&p, &f->d.options.network, "somebody else");
	if (ask(f, &id, &p, profile, name, "St. Olaf Hospital", &info) != ERR_OK)
		fail_msg("%s: %s", profile, info.detail);
	if (ca_approve(f->ca, ret, &answer, &id, false, &info) != ERR_OK)
		fail_msg("%s: %s", profile, info.detail);
	assert_memory_equal(f->d.last_account, p.account.b, 32);
	assert_true(f->d.last_had_keys);
	view = buf_bytes(&answer);
	assert_int_equal(age_decrypt(NULL, &(struct byte_sink){byte_sink_buf(&plain).write, &plain},
				     &(struct byte_source){byte_source_bytes(&view).read, &view}, p.seal, NULL), ERR_OK);
	request = f->d.last_request;
	if (enrolment_answer_parse(&a, buf_bytes(&plain), &request, &p.sign, f->d.clock.now, &info) != ERR_OK)
		fail_msg("%s: %s", profile, info.detail);
	assert_false(a.refused);
	assert_memory_equal(a.commitment.b, f->d.last_commitment, 32); /* what the holder compares with the ledger */
	if (jury(f, buf_bytes(&a.certificate), said, sizeof(said)) != 0)
		fail_msg("%s: %s", profile, said);
	enrolment_answer_release(&a);
	request.b[0] ^= 1;
	assert_int_equal(enrolment_answer_parse(&a, buf_bytes(&plain), &request, &p.sign, f->d.clock.now, NULL), ERR_PROOF);
	buf_release(&answer);
	buf_release(&plain);
	person_release(&p);
}

static void every_profile_passes_the_jury(void **state)
{
	struct fixture *f = *state;
	struct ca_certificates list;
	struct ca_checks checks;
	struct ca_act act;

	for (size_t i = 0; profile_at(i) != NULL; i++)
		if (!profile_at(i)->ca)
			approve_and_judge(f, profile_at(i)->name, "Dr Ada Okafor", &act);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_int_equal(list.count, CERT_PROFILE_COUNT - 2);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.rows[i].state, "valid");
	ca_certificates_release(&list);
	assert_int_equal(ca_doctor(f->ca, &checks, NULL), ERR_OK);
	for (size_t i = 0; i < checks.count; i++)
		if (!checks.rows[i].ok)
			fail_msg("%s: %s", checks.rows[i].what, checks.rows[i].words);
}

static enum err ask_for(struct fixture *f, struct register_id *id, const char *profile, const char *name,
			const struct organisation_id *organisation)
{
	struct person p;
	struct buf file = BUF_INIT;
	struct enrolment_wish w = {.network = f->d.options.network, .profile = profile_by_name(profile),
				   .name = "Dr Mal", .organisation = name, .organisation_id = organisation,
				   .at = f->d.clock.now};
	enum err e;

	person_init(&p, &f->d.options.network, "Dr Mal");
	w.keys = &p.keys;
	w.keys_signature = bytes_of(p.keys_signature.b, 64);
	w.csr = buf_bytes(&p.csr);
	e = enrolment_make(&file, NULL, &w, &f->d.seal_public, 1, rng_system(), NULL);
	if (e == ERR_OK)
		e = ca_import(f->ca, id, buf_bytes(&file), NULL);
	buf_release(&file);
	person_release(&p);
	return e;
}

/* Officers see a name; what acts on the ledger is the id.  One's own name with another institute's id must not pass. */
static void an_organisation_is_that_of_its_name(void **state)
{
	struct fixture *f = *state;
	struct organisation_id olaf = enrolment_organisation("St. Olaf hospital");
	struct register_id id;
	struct ca_act act;

	assert_int_equal(ask_for(f, &id, "clinician", "GP practice West", &olaf), ERR_LINT);
	assert_int_equal(ask_for(f, &id, "clinician", NULL, &olaf), ERR_LINT);
	assert_int_equal(ask_for(f, &id, "clinician", "St. Olaf hospital", &olaf), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_true(f->d.last_had_organisation);
	assert_int_equal(ask_for(f, &id, "patient", "St. Olaf hospital", &olaf), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_false(f->d.last_had_organisation);
}

static void patients_stay_pseudonymous(void **state)
{
	struct fixture *f = *state;
	struct ca_comparison c;
	struct register_id id;
	struct person p;
	bool name_dropped = false, subject_seen = false;
	char hex[ID_HEX];

	person_init(&p, &f->d.options.network, "Anna Vermeer");
	assert_int_equal(ask(f, &id, &p, "patient", "Anna Vermeer", NULL, NULL), ERR_OK);
	assert_int_equal(ca_show(f->ca, &c, &id, NULL), ERR_OK);
	assert_string_equal(c.request.name, "Anna Vermeer");
	hex_encode(hex, p.account.b, 32);
	for (size_t i = 0; i < c.line_count; i++) {
		assert_null(strstr(c.lines[i].issued, "Anna"));
		name_dropped = name_dropped || (strcmp(c.lines[i].field, "name") == 0 && c.lines[i].dropped);
		subject_seen = subject_seen || (strncmp(c.lines[i].issued, "account ", 8) == 0 && strncmp(c.lines[i].issued + 8, hex, 12) == 0);
	}
	assert_true(name_dropped && subject_seen);
	person_release(&p);
}

static void a_cut_goes_on(void **state)
{
	struct fixture *f = *state;
	struct ca_act first, second;
	struct buf refusal = BUF_INIT;
	struct ca_requests q;
	struct register_id id;
	struct person p;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", "West", NULL), ERR_OK);
	f->d.ledger_says = ERR_NETWORK;
	assert_int_equal(ca_approve(f->ca, &first, NULL, &id, false, NULL), ERR_NETWORK);
	assert_int_equal(ca_queue(f->ca, &q, NULL), ERR_OK);
	assert_int_equal(q.count, 1);
	assert_true(q.rows[0].signed_not_anchored);
	ca_requests_release(&q);
	assert_int_equal(ca_reject(f->ca, &refusal, &id, "no", NULL), ERR_CONFLICT);
	assert_int_equal(refusal.len, 0);
	/* Another process goes on. */
	ca_free(f->ca);
	assert_int_equal(ca_open(&f->ca, &f->d.options, NULL), ERR_OK);
	f->d.ledger_says = ERR_OK;
	assert_int_equal(ca_approve(f->ca, &first, NULL, &id, false, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &second, NULL, &id, false, NULL), ERR_OK);
	assert_memory_equal(first.serial, second.serial, sizeof(first.serial));
	assert_int_equal(f->d.anchored, 1);
	assert_int_equal(second.height, first.height);
	assert_int_equal(ca_queue(f->ca, &q, NULL), ERR_OK);
	assert_int_equal(q.count, 0);
	ca_requests_release(&q);
	person_release(&p);
}

static void revocation(void **state)
{
	struct fixture *f = *state;
	struct ca_act act, again;
	struct ca_certificate c;
	struct buf der = BUF_INIT;
	struct cert_crl crl;
	enum cert_reason reason;
	uint64_t number;

	approve_and_judge(f, "clinician", "Dr Vos", &act);
	assert_int_equal(ca_reason_parse(&reason, "privilege-withdrawn", NULL), ERR_OK);
	assert_int_equal(reason, CERT_REASON_PRIVILEGE_WITHDRAWN);
	assert_int_equal(ca_reason_parse(&reason, "because", NULL), ERR_USAGE);
	assert_int_equal(ca_revoke(f->ca, &again, act.serial, reason, (struct time_ms){0}, true, NULL), ERR_OK);
	assert_int_equal(f->d.revoked, 0);
	f->d.ledger_says = ERR_TIMEOUT;
	assert_int_equal(ca_revoke(f->ca, &again, act.serial, reason, (struct time_ms){0}, false, NULL), ERR_TIMEOUT);
	assert_int_equal(ca_find_serial(f->ca, &c, act.serial_text, NULL), ERR_OK);
	assert_string_equal(c.state, "revoking");
	f->d.ledger_says = ERR_OK;
	assert_int_equal(ca_revoke(f->ca, &again, act.serial, CERT_REASON_SUPERSEDED, (struct time_ms){0}, false, NULL), ERR_OK);
	assert_int_equal(f->d.last_reason, CERT_REASON_PRIVILEGE_WITHDRAWN);
	assert_int_equal(ca_revoke(f->ca, &again, act.serial, reason, (struct time_ms){0}, false, NULL), ERR_DUPLICATE);
	assert_int_equal(ca_crl(f->ca, &der, &number, NULL), ERR_OK);
	assert_int_equal(number, 3);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&der), ca_issuing(f->ca), NULL), ERR_OK);
	assert_int_equal(crl.revoked_count, 1);
	assert_memory_equal(crl.revoked[0].serial, act.serial, CERT_SERIAL_SIZE);
	assert_null(lint_crl(&crl, &f->ca->issuing_summary, 2, f->d.clock.now));
	assert_string_equal(lint_crl(&crl, &f->ca->issuing_summary, 3, f->d.clock.now), "crl-number-grows");
	x509_crl_release(&crl);
	/* Half of its life later it is made again, though nothing changed. */
	f->d.clock.now.v += CA_CRL_LIFE_MS / 2 + 1;
	buf_clear(&der);
	assert_int_equal(ca_crl(f->ca, &der, &number, NULL), ERR_OK);
	assert_int_equal(number, 4);
	buf_release(&der);
}

/* The ledger ends the account: a second certificate of it must not live on where only the list is asked. */
static void all_certificates_of_an_account_end(void **state)
{
	struct fixture *f = *state;
	struct ca_act first, second, done;
	struct ca_certificates list;
	struct register_id id;
	struct buf der = BUF_INIT;
	struct cert_crl crl;
	struct person p;

	person_init(&p, &f->d.options.network, "Dr Vos");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &first, NULL, &id, false, NULL), ERR_OK);
	f->d.clock.now.v += 1000;
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &second, NULL, &id, false, NULL), ERR_OK);
	assert_int_equal(ca_revoke(f->ca, &done, first.serial, CERT_REASON_KEY_COMPROMISE, (struct time_ms){0}, false, NULL),
			 ERR_OK);
	assert_int_equal(f->d.revoked, 1);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_int_equal(list.count, 2);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.rows[i].state, "revoked");
	ca_certificates_release(&list);
	assert_int_equal(ca_crl(f->ca, &der, NULL, NULL), ERR_OK);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&der), ca_issuing(f->ca), NULL), ERR_OK);
	assert_int_equal(crl.revoked_count, 2);
	x509_crl_release(&crl);
	buf_release(&der);
	person_release(&p);
}

/* However much a request wishes for, the officer sees what will be issued. */
static void many_wishes_hide_nothing(void **state)
{
	struct fixture *f = *state;
	struct profile_plan *plan = calloc(1, sizeof(*plan));
	struct cert_request csr;
	struct person p;
	bool rights = false;

	person_init(&p, &f->d.options.network, "another name");
	assert_int_equal(x509_request_parse(&csr, buf_bytes(&p.csr), NULL), ERR_OK);
	(void)snprintf(csr.subject.unit, sizeof(csr.subject.unit), "a unit");
	while (csr.wishes_count < CERT_LIST_MAX)
		(void)snprintf(csr.wishes[csr.wishes_count++], sizeof(csr.wishes[0]), "attribute of no use");
	assert_int_equal(profile_plan_leaf(plan, profile_by_name("emergency"),
					   &(struct profile_wish){.csr = &csr, .account = p.account, .name = "Dr Mal"},
					   &f->d.options.network, &f->ca->issuing_summary, f->d.clock.now, NULL), ERR_OK);
	for (size_t i = 0; i < plan->line_count; i++)
		rights = rights || (strcmp(plan->lines[i].field, "rights") == 0 && strstr(plan->lines[i].issued, "emergency"));
	assert_true(rights);
	free(plan);
	person_release(&p);
}

static void jury_refuses_the_revoked(void **state)
{
	struct fixture *f = *state;
	Medlock__RegisterCertificate *m;
	struct register_row row;
	struct ca_act act;
	char said[1024];

	approve_and_judge(f, "clinician", "Dr Vos", &act);
	assert_int_equal(ca_revoke(f->ca, &act, act.serial, CERT_REASON_KEY_COMPROMISE, (struct time_ms){0}, false, NULL), ERR_OK);
	assert_int_equal(register_of_serial(f->ca->reg, &row, REGISTER_SIGNED, act.serial, NULL), ERR_OK);
	assert_int_equal(CA_COLUMN(&m, f->ca, &row, medlock__register_certificate, NULL), ERR_OK);
	assert_int_not_equal(jury(f, wire_bytes(m->certificate), said, sizeof(said)), 0);
	assert_non_null(strstr(said, "revoked"));
	WIRE_FREE(m);
	register_row_release(&row);
}

static void refuses_bad_requests(void **state)
{
	struct fixture *f = *state;
	struct buf refusal = BUF_INIT;
	struct err_info info = {0};
	struct register_id id;
	struct person p, q, host;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	person_init(&q, &f->d.options.network, "y");
	assert_int_equal(ask(f, &id, &p, "issuing", "Dr Evil", NULL, &info), ERR_LINT);
	p.keys_signature.b[3] ^= 1;
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_SIGNATURE);
	p.keys_signature.b[3] ^= 1;
	{ /* somebody else's proof of possession */
		struct buf own = p.csr;

		p.csr = q.csr;
		assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_LINT);
		p.csr = own;
	}
	p.csr.data[p.csr.len - 3] ^= 1;
	assert_int_not_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_OK);
	p.csr.data[p.csr.len - 3] ^= 1;
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_OK);
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_DUPLICATE);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	/* The same key in another profile. */
	assert_int_equal(ask(f, &id, &p, "researcher", "Dr Vos", NULL, NULL), ERR_LINT);
	/* Renewal: the same profile, without keys on the ledger. */
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos jr", NULL, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_false(f->d.last_had_keys);
	/* A name that verifiers take for a host's, which the issuing certificate does not permit. */
	person_init(&host, &f->d.options.network, "z");
	assert_int_equal(ask(f, &id, &host, "clinician", "S.Smit", NULL, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, true, &info), ERR_LINT);
	assert_non_null(strstr(info.detail, "with a space"));
	person_release(&host);
	/* A name that would break a terminal. */
	assert_int_equal(ask(f, &id, &q, "clinician", "Dr \xe2\x80\xae" "soV", NULL, NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_LINT);
	assert_int_equal(ca_reject(f->ca, &refusal, &id, "name cannot be shown", NULL), ERR_OK);
	buf_release(&refusal);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_CONFLICT);
	person_release(&p);
	person_release(&q);
}

static void clock_that_goes_back_signs_nothing(void **state)
{
	struct fixture *f = *state;
	struct register_id id;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", NULL, NULL), ERR_OK);
	f->d.clock.now.v -= 1;
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_CLOCK);
	f->d.clock.now.v += 1;
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, true, NULL), ERR_OK);
	assert_int_equal(f->d.anchored, 0);
	person_release(&p);
}

static void register_holds_no_names_and_shows_changes(void **state)
{
	struct fixture *f = *state;
	struct ca_act act;
	struct buf file = BUF_INIT;
	struct db *db;
	struct ca *ca = NULL;

	approve_and_judge(f, "clinician", "Dr Quetzalcoatl", &act);
	ca_free(f->ca);
	f->ca = NULL;
	assert_int_equal(db_open(&db, f->d.path, NULL, NULL), ERR_OK);
	assert_int_equal(db_checkpoint(db, NULL), ERR_OK);
	assert_int_equal(files_read(&file, f->d.path, 1 << 24, NULL), ERR_OK);
	assert_null(memmem(file.data, file.len, "Quetzal", 7));
	assert_null(memmem(file.data, file.len, "Olaf", 4));
	buf_release(&file);
	assert_int_equal(db_exec(db, "UPDATE entry SET profile = 6 WHERE kind = 4", NULL), ERR_OK);
	db = db_free(db);
	assert_int_equal(ca_open(&ca, &f->d.options, NULL), ERR_DAMAGED);
	assert_null(ca);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_profile_passes_the_jury, setup, teardown),
		cmocka_unit_test_setup_teardown(an_organisation_is_that_of_its_name, setup, teardown),
		cmocka_unit_test_setup_teardown(patients_stay_pseudonymous, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(revocation, setup, teardown),
		cmocka_unit_test_setup_teardown(all_certificates_of_an_account_end, setup, teardown),
		cmocka_unit_test_setup_teardown(many_wishes_hide_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(jury_refuses_the_revoked, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_bad_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(clock_that_goes_back_signs_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(register_holds_no_names_and_shows_changes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
