/* SPDX-License-Identifier: Apache-2.0 */
/* The register while the desk is open: what others add is seen, what others change is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/ident/ca_internal.h"
#include "ident_fixture.h"
#include "storage/db.h"

static void issue(struct fixture *f, struct ca *ca, struct person *p)
{
	struct buf file = BUF_INIT;
	struct register_id id;
	struct ca_act act;

	person_init(p, &f->d.options.network, "x");
	f->d.clock.now.v += 1000;
	assert_int_equal(person_ask(&file, p, &f->d, "patient", "Eva", NULL), ERR_OK);
	assert_int_equal(ca_import(ca, &id, buf_bytes(&file), NULL), ERR_OK);
	assert_int_equal(ca_approve(ca, &act, NULL, &id, false, NULL), ERR_OK);
	buf_release(&file);
}

/* As somebody with the file and SQLite's program would. */
static void write_behind(struct fixture *f, const char *sql)
{
	struct db *db;

	assert_int_equal(db_open(&db, f->d.path, NULL, NULL), ERR_OK);
	assert_int_equal(db_exec(db, sql, NULL), ERR_OK);
	db_free(db);
}

static size_t listed(struct ca *ca)
{
	struct ca_certificates list;
	size_t count;

	assert_int_equal(ca_list(ca, &list, NULL), ERR_OK);
	count = list.count;
	ca_certificates_release(&list);
	return count;
}

static void refuses_to_go_on(struct fixture *f, enum err opens)
{
	struct ca_certificates list;
	struct ca_requests queue;
	struct ca *again = NULL;

	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_DAMAGED);
	assert_int_equal(ca_queue(f->ca, &queue, NULL), ERR_DAMAGED);
	assert_int_equal(ca_open(&again, &f->d.options, NULL), opens);
	ca_free(again);
}

static void a_change_between_two_acts_is_noticed(void **state)
{
	static const struct { const char *sql; enum err opens; } changes[] = {
		{"UPDATE entry SET profile = 4 WHERE seq = 3", ERR_DAMAGED}, /* an old row */
		{"UPDATE entry SET until = until + 1 WHERE seq = (SELECT MAX(seq) FROM entry)", ERR_DAMAGED},
		{"UPDATE entry SET sealed = x'00' WHERE kind = 4", ERR_DAMAGED},
		{"INSERT INTO entry SELECT seq + 100, 8, at, request, account, serial, key, profile, 99, until, tx, sealed, hash"
		 " FROM entry WHERE seq = 1", ERR_DAMAGED},
		/* Rows cut off at the end leave a good chain: who opens it later learns of them from the ledger (ca doctor). */
		{"DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)", ERR_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		void *one = NULL;
		struct fixture *f;
		struct person p, q;

		setup(&one);
		f = one;
		issue(f, f->ca, &p);
		issue(f, f->ca, &q);
		assert_int_equal(listed(f->ca), 2);
		write_behind(f, changes[i].sql);
		refuses_to_go_on(f, changes[i].opens);
		person_release(&p);
		person_release(&q);
		teardown(&one);
	}
}

/* A copy of yesterday takes the register's name. */
static void a_file_in_its_place_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct ca_certificates list;
	struct err_info info = {0};
	char copy[96];
	struct db *db;

	(void)snprintf(copy, sizeof(copy), "%s.old", f->d.path);
	assert_int_equal(db_open(&db, f->d.path, NULL, NULL), ERR_OK);
	assert_int_equal(db_copy(db, copy, NULL), ERR_OK);
	db = db_free(db);
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	ca_certificates_release(&list);
	assert_int_equal(rename(copy, f->d.path), 0);
	assert_int_equal(ca_list(f->ca, &list, &info), ERR_DAMAGED);
	assert_non_null(strstr(info.detail, "replaced"));
}

static void what_another_process_adds_is_seen(void **state)
{
	struct fixture *f = *state;
	struct person p, q, r;
	struct ca *other;

	issue(f, f->ca, &p);
	assert_int_equal(ca_open(&other, &f->d.options, NULL), ERR_OK);
	issue(f, other, &q);
	assert_int_equal(listed(f->ca), 2);
	issue(f, f->ca, &r);
	assert_int_equal(listed(other), 3);
	ca_free(other);
	person_release(&p);
	person_release(&q);
	person_release(&r);
}

/* A view that is held keeps its items while the desk reads on, far enough that the arrays move. */
static void a_view_stays_while_others_read_on(void **state)
{
	struct fixture *f = *state;
	struct ca_fold view, more;
	struct ca_item *first;
	struct account_id account;

	for (int i = 0; i < 3; i++) {
		struct person p;

		issue(f, f->ca, &p);
		account = p.account;
		person_release(&p);
	}
	assert_int_equal(ca_fold_load(&view, f->ca, NULL), ERR_OK);
	first = ca_fold_account(&view, &account);
	assert_non_null(first);
	for (int i = 0; i < 140; i++) {
		struct person p;

		issue(f, f->ca, &p);
		person_release(&p);
	}
	assert_int_equal(view.certificate_count, 3);
	assert_memory_equal(first->row.account.b, account.b, ID_SIZE);
	assert_int_equal(ca_fold_load(&more, f->ca, NULL), ERR_OK);
	assert_int_equal(more.certificate_count, 143);
	for (size_t i = 0; i < more.certificate_count; i++) {
		const struct ca_item *c = &more.certificates[i], *r = ca_fold_request(&more, &c->row.request);

		assert_ptr_equal(ca_fold_serial(&more, c->row.serial), c);
		assert_ptr_equal(ca_fold_account(&more, &c->row.account), c);
		assert_non_null(r);
		assert_ptr_equal(ca_fold_made(&more, r), c);
	}
	ca_fold_release(&view);
	ca_fold_release(&more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_between_two_acts_is_noticed),
		cmocka_unit_test_setup_teardown(a_file_in_its_place_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(what_another_process_adds_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(a_view_stays_while_others_read_on, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
