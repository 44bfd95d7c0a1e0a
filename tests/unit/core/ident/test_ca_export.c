/* SPDX-License-Identifier: Apache-2.0 */
/* The export is what the register says, safe in a spreadsheet, and signed; a copy opens as the register. */
#include "core/ident/ca_export.h"

#include "ident_fixture.h"

static void csv(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;

	ca_csv_field(&out, bytes_str(text));
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

/* RFC 4180, and what spreadsheets run as formulas. */
static void fields_are_quoted(void **state)
{
	(void)state;
	csv("plain", "plain");
	csv("a,b", "\"a,b\"");
	csv("say \"yes\"", "\"say \"\"yes\"\"\"");
	csv("two\r\nlines", "\"two\r\nlines\"");
	csv("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"");
	csv("+1", "\"'+1\"");
	csv("-1", "\"'-1\"");
	csv("@SUM(A1)", "\"'@SUM(A1)\"");
	csv("\tx", "\"'\tx\"");
	csv("x=1", "x=1");
}

static void decide(struct fixture *f, const char *name, const char *reason)
{
	struct buf refusal = BUF_INIT;
	struct register_id id;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", name, "St. Olaf hospital", NULL), ERR_OK);
	if (reason != NULL)
		assert_int_equal(ca_reject(f->ca, &refusal, &id, reason, NULL), ERR_OK);
	else
		assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	buf_release(&refusal);
	person_release(&p);
	f->d.clock.now.v += 1000;
}

static void export(struct fixture *f, struct buf *text, uint64_t *rows, enum ca_export_format format, int64_t since)
{
	struct buf signature = BUF_INIT;
	struct err_info info = {0};

	buf_release(text);
	if (ca_export(f->ca, text, &signature, rows, format, (struct time_ms){since}, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	assert_true(signature.len > 60);
	buf_release(&signature);
}

static size_t count(const struct buf *text, const char *what)
{
	size_t n = 0;

	for (const char *p = buf_text(text); (p = strstr(p, what)) != NULL; p += strlen(what))
		n++;
	return n;
}

static void every_decision_is_there_once(void **state)
{
	struct fixture *f = *state;
	struct ca_certificates list;
	struct buf text = BUF_INIT;
	struct ca_act act;
	uint64_t rows = 0;
	int64_t then;

	decide(f, "Dr One", NULL);
	decide(f, "=cmd|' /C calc'!A1", "+a formula, too");
	then = f->d.clock.now.v;
	decide(f, "Dr Three", NULL);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_int_equal(ca_revoke(f->ca, &act, list.rows[0].serial, CERT_REASON_KEY_COMPROMISE, (struct time_ms){START}, false,
				   NULL), ERR_OK);
	ca_certificates_release(&list);
	export(f, &text, &rows, CA_EXPORT_CSV, 0);
	assert_int_equal(rows, 4);
	assert_int_equal(strncmp(buf_text(&text), "entry,serial,", 13), 0);
	assert_int_equal(count(&text, "\r\nissued,"), 2);
	assert_int_equal(count(&text, "\r\nrejected,"), 1);
	assert_int_equal(count(&text, "\r\nrevoked,"), 1);
	assert_int_equal(count(&text, "keyCompromise"), 1);
	assert_int_equal(count(&text, "\"'=cmd|"), 1);
	assert_int_equal(count(&text, "\"'+a formula, too\""), 1);
	assert_int_equal(count(&text, "\r\nhead,"), 1);
	assert_int_equal(count(&text, "\r\n"), 6);
	export(f, &text, &rows, CA_EXPORT_CSV, then);
	assert_int_equal(rows, 2);
	assert_int_equal(count(&text, "Dr Three"), 1);
	export(f, &text, &rows, CA_EXPORT_JSON, 0);
	assert_int_equal(rows, 4);
	assert_int_equal(count(&text, "\"entry\":\"issued\""), 2);
	assert_int_equal(strncmp(buf_text(&text), "{\"export\":\"medlock register\",", 28), 0);
	buf_release(&text);
}

static void a_hold_is_told_and_its_release(void **state)
{
	struct fixture *f = *state;
	struct ca_certificates list;
	struct buf text = BUF_INIT;
	struct ca_act act;
	uint64_t rows = 0;

	decide(f, "Dr One", NULL);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_int_equal(ca_revoke(f->ca, &act, list.rows[0].serial, CERT_REASON_HOLD, (struct time_ms){0}, false, NULL), ERR_OK);
	export(f, &text, &rows, CA_EXPORT_CSV, 0);
	assert_int_equal(rows, 2);
	assert_int_equal(count(&text, "\r\nheld,"), 1);
	assert_int_equal(ca_release(f->ca, &act, list.rows[0].serial, false, NULL), ERR_OK);
	ca_certificates_release(&list);
	export(f, &text, &rows, CA_EXPORT_CSV, 0);
	assert_int_equal(rows, 3);
	assert_int_equal(count(&text, "\r\nheld,"), 1);
	assert_int_equal(count(&text, "\r\nreleased,"), 1);
	assert_int_equal(count(&text, "certificateHold"), 1);
	buf_release(&text);
}

static void decisions_are_those_of_the_export(void **state)
{
	struct fixture *f = *state;
	struct ca_certificates list;
	struct ca_decisions all;
	struct ca_act act;

	decide(f, "Dr One", NULL);
	decide(f, "Dr Two", "the photo does not match");
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_string_equal(list.rows[0].reason, "");
	assert_int_equal(list.rows[0].ended.v, 0);
	assert_int_equal(ca_revoke(f->ca, &act, list.rows[0].serial, CERT_REASON_KEY_COMPROMISE, (struct time_ms){0}, false,
				   NULL), ERR_OK);
	ca_certificates_release(&list);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_string_equal(list.rows[0].reason, "keyCompromise");
	assert_int_not_equal(list.rows[0].ended.v, 0);
	assert_int_equal(ca_decisions(f->ca, &all, NULL), ERR_OK);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.rows[0].entry, "issued");
	assert_string_equal(all.rows[0].name, "Dr One");
	assert_int_not_equal(all.rows[0].height, 0);
	assert_string_equal(all.rows[1].entry, "rejected");
	assert_string_equal(all.rows[1].profile, all.rows[0].profile);
	assert_string_equal(all.rows[1].reason, "the photo does not match");
	assert_int_equal(all.rows[1].height, 0);
	assert_string_equal(all.rows[2].entry, "revoked");
	assert_string_equal(all.rows[2].reason, "keyCompromise");
	assert_string_equal(all.rows[2].serial, list.rows[0].serial_text);
	assert_true(all.rows[0].row < all.rows[1].row && all.rows[1].row < all.rows[2].row);
	ca_decisions_release(&all);
	ca_certificates_release(&list);
}

static void a_copy_is_the_register(void **state)
{
	struct fixture *f = *state;
	struct ca_options options = f->d.options;
	struct ca_copied copied;
	char path[96];
	struct ca *ca;

	decide(f, "Dr One", NULL);
	(void)snprintf(path, sizeof(path), "%s.copy", f->d.path);
	assert_int_equal(ca_copy(f->ca, &copied, path, NULL), ERR_OK);
	assert_int_equal(copied.rows, ca_rows(f->ca));
	assert_int_equal(ca_copy(f->ca, &copied, path, NULL), ERR_DUPLICATE);
	options.register_path = path;
	assert_int_equal(ca_open(&ca, &options, NULL), ERR_OK);
	assert_int_equal(ca_rows(ca), copied.rows);
	ca_free(ca);
	for (const char *const *end = (const char *const[]){"", "-wal", "-shm", NULL}; *end != NULL; end++) {
		char side[112];

		(void)snprintf(side, sizeof(side), "%s%s", path, *end);
		(void)unlink(side);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_quoted),
		cmocka_unit_test_setup_teardown(every_decision_is_there_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hold_is_told_and_its_release, setup, teardown),
		cmocka_unit_test_setup_teardown(decisions_are_those_of_the_export, setup, teardown),
		cmocka_unit_test_setup_teardown(a_copy_is_the_register, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
