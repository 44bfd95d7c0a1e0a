/* SPDX-License-Identifier: Apache-2.0 */
/* Deposit, cuts, release with cheating custodians, the owner's own way; peers are real HTTPS servers in this process. */
#include "vault_world.h"

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct buf plain = BUF_INIT;
	char cache[96];

	assert_int_equal(crypto_start(NULL), ERR_OK);
	evthread_use_pthreads();
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/medlock-vault-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	for (size_t i = 0; i < PEERS; i++)
		peer_start(w, i);
	make_network(w);
	assert_int_equal(seal_private_new(&w->owner_seal, rng_system()), ERR_OK);
	assert_int_equal(seal_private_new(&w->request_seal, rng_system()), ERR_OK);
	seal_public_of(&w->owner_public, w->owner_seal);
	seal_public_of(&w->request_public, w->request_seal);
	w->v = (struct vault){.dir = w->dir, .clock = clock_real(), .rng = rng_system(), .row = &w->row,
			      .keys = {ticket, release_request, release_open, unwrap, w}, .ledger = {ledger_sign, ledger_send, w}};
	memset(&w->v.network, 1, 32);
	memset(&w->v.account, 2, 32);
	memset(&w->request, 3, 32);
	memset(&w->record, 4, 32);
	(void)snprintf(cache, sizeof(cache), "%s/blobs", w->dir);
	assert_int_equal(cache_open(&w->v.cache, cache, 0, NULL), ERR_OK);
	assert_int_equal(http_client_new(&w->v.http, NULL, NULL), ERR_OK);
	(void)snprintf(w->plain_path, sizeof(w->plain_path), "%s/plain", w->dir);
	rng_fill(rng_system(), buf_reserve(&plain, PLAIN_SIZE), PLAIN_SIZE);
	plain.len = PLAIN_SIZE;
	assert_int_equal(files_write(w->plain_path, buf_bytes(&plain), NULL), ERR_OK);
	buf_release(&plain);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	http_client_free(w->v.http);
	for (size_t i = 0; i < PEERS; i++)
		peer_stop(&w->peers[i]);
	cache_free(w->v.cache);
	secret_free(w->owner_seal);
	secret_free(w->request_seal);
	WIRE_FREE(w->registered);
	(void)snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static enum err put(struct world *w, struct deposit_done *done, struct err_info *info)
{
	static const uint32_t labels[] = {LABEL_MH};
	const struct deposit_source source = {.form = FORM_FULL, .path = w->plain_path};
	const struct deposit_wish wish = {.owner = {{9}}, .owner_seal = w->owner_public, .category = CATEGORY_LAB,
					  .confidentiality = CONFIDENTIALITY_N, .labels = labels, .label_count = 1,
					  .sources = &source, .source_count = 1};

	return deposit_put(&w->v, done, &wish, info);
}

static struct release_wish wish_of(struct world *w, bool granted)
{
	medlock__record_state__init(&w->state);
	w->state.deposit = w->registered;
	w->state.depositor = wire_data(BYTES_ID(w->v.account));
	return (struct release_wish){.record = w->record, .state = &w->state, .form = FORM_FULL, .request = granted ? &w->request : NULL};
}

static void must_put(struct world *w, struct deposit_done *done)
{
	struct err_info info = {0};

	if (put(w, done, &info) != ERR_OK)
		fail_msg("%s", info.detail);
}

static void must_read(struct world *w, struct release_report *report, const struct release_wish *wish)
{
	struct buf plain = BUF_INIT, original = BUF_INIT;
	struct err_info info = {0};

	if (vault_read(&w->v, &plain, report, wish, VAULT_READ_MAX, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	assert_int_equal(files_read(&original, w->plain_path, VAULT_READ_MAX, NULL), ERR_OK);
	assert_int_equal(plain.len, original.len);
	assert_memory_equal(plain.data, original.data, plain.len);
	buf_release(&plain);
	buf_release(&original);
}

/* A file that was replaced after its labels were found must not go in under them. */
static void a_file_that_changed_is_refused(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct stat seen;
	const struct deposit_source source = {.form = FORM_FULL, .path = w->plain_path, .seen = &seen};
	const struct deposit_wish wish = {.owner = {{9}}, .owner_seal = w->owner_public, .category = CATEGORY_LAB,
					  .confidentiality = CONFIDENTIALITY_N, .sources = &source, .source_count = 1};

	assert_int_equal(stat(w->plain_path, &seen), 0);
	assert_int_equal(files_write(w->plain_path, bytes_str("something else"), NULL), ERR_OK);
	assert_int_equal(deposit_put(&w->v, &done, &wish, NULL), ERR_CONFLICT);
	assert_null(w->registered);
	assert_int_equal(stat(w->plain_path, &seen), 0);
	assert_int_equal(deposit_put(&w->v, &done, &wish, NULL), ERR_OK);
}

static size_t journals(struct world *w)
{
	char path[96];
	size_t count = 0;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/deposits", w->dir);
	d = opendir(path);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		count += e->d_name[0] != '.';
	closedir(d);
	return count;
}

static void forget_cached(struct world *w, const struct deposit_done *done)
{
	assert_int_equal(cache_remove(w->v.cache, &done->renditions[0].blob, NULL), ERR_OK);
	assert_false(cache_has(w->v.cache, &done->renditions[0].blob));
}

/* A file of the journals' folder whose last change is so many days old. */
static void leave_journal(struct world *w, const char *name, int64_t days)
{
	const time_t then = (time_t)(w->v.clock->now(w->v.clock->self).v / MS_PER_SECOND - days * 86400);
	const struct timespec times[2] = {{.tv_sec = then}, {.tv_sec = then}};
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/deposits", w->dir);
	assert_int_equal(files_mkdir(path, NULL), ERR_OK);
	(void)snprintf(path, sizeof(path), "%s/deposits/%s", w->dir, name);
	assert_int_equal(files_write(path, bytes_str("cut off in the middle"), NULL), ERR_OK);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void old_rests_are_swept(void **state)
{
	struct world *w = *state;
	struct deposit_done done;

	leave_journal(w, "1111.part", 8);
	leave_journal(w, "2222.part", 6);
	must_put(w, &done);
	assert_int_equal(journals(w), 1); /* the younger one may still be gone on with */
}

static void deposit_and_read(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_report report = {.count = 0};
	struct release_wish granted, own;

	must_put(w, &done);
	assert_int_equal(done.copies, 1);
	assert_int_equal(done.height, 7);
	assert_int_equal(done.renditions[0].plain_size, PLAIN_SIZE);
	assert_int_equal(journals(w), 0);
	granted = wish_of(w, true);
	own = wish_of(w, false);
	forget_cached(w, &done);
	must_read(w, &report, &granted);
	assert_int_equal(report.count, NEEDED);
	/* The owner's own way, without any network once it is cached. */
	http_client_free(w->v.http);
	w->v.http = NULL;
	must_read(w, NULL, &own);
	forget_cached(w, &done);
	assert_int_equal(vault_read(&w->v, &(struct buf)BUF_INIT, NULL, &own, VAULT_READ_MAX, NULL), ERR_NETWORK);
}

/* The quota bounds what stays: one blob that is larger still comes in, is not pinned, and goes first. */
static void more_than_the_quota(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct cache_use use;
	struct release_wish own;
	char cache[96];

	cache_free(w->v.cache);
	(void)snprintf(cache, sizeof(cache), "%s/small", w->dir);
	assert_int_equal(cache_open(&w->v.cache, cache, PLAIN_SIZE / 2, NULL), ERR_OK);
	must_put(w, &done);
	own = wish_of(w, false);
	must_read(w, NULL, &own);
	assert_int_equal(cache_use(w->v.cache, &use, NULL), ERR_OK);
	assert_int_equal(use.pinned_bytes, 0);
	assert_int_equal(use.quota, PLAIN_SIZE / 2);
	forget_cached(w, &done);
	must_read(w, NULL, &own);
	assert_int_equal(cache_use(w->v.cache, &use, NULL), ERR_OK);
	assert_int_equal(use.pinned_bytes, 0);
}

static void cheats_are_named(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_report report = {.count = 0};
	struct release_wish granted;
	struct err_info info = {0};
	struct buf out = BUF_INIT;
	unsigned bad = 0;

	must_put(w, &done);
	granted = wish_of(w, true);
	/* 3 of 5 with two cheats: named when they were asked, and the record opens.  Repeat until both were. */
	w->cheats = 1u << 1 | 1u << 3;
	for (int i = 0; i < 100 && bad < 2; i++) {
		must_read(w, &report, &granted);
		bad = 0;
		for (size_t j = 0; j < report.count; j++) {
			const bool cheat = report.rows[j].account.b[0] == 0x11 || report.rows[j].account.b[0] == 0x13;

			assert_int_equal(report.rows[j].ok, !cheat);
			assert_int_equal(report.rows[j].err, cheat ? ERR_CUSTODIAN : ERR_OK);
			bad += cheat;
		}
	}
	assert_int_equal(bad, 2);
	/* Three cheats of five: nothing opens, and all three are named. */
	w->cheats |= 1u;
	report.count = 0;
	assert_int_equal(vault_read(&w->v, &out, &report, &granted, VAULT_READ_MAX, &info), ERR_CUSTODIAN);
	assert_int_equal(out.len, 0);
	assert_int_equal(report.count, CUSTODIANS);
	/* A withdrawn grant says so. */
	w->ledger_says = ERR_WITHDRAWN;
	assert_int_equal(vault_read(&w->v, &out, NULL, &granted, VAULT_READ_MAX, &info), ERR_WITHDRAWN);
}

static void a_cut_upload_goes_on(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	unsigned before;

	atomic_store(&w->peers[0].puts_left, 2);
	atomic_store(&w->peers[1].puts_left, 0);
	assert_int_equal(put(w, &done, NULL), ERR_BUSY_PEER);
	assert_int_equal(journals(w), 1);
	assert_int_equal(w->signs, 0);
	before = atomic_load(&w->peers[0].puts);
	assert_int_equal(before, 2);
	atomic_store(&w->peers[0].puts_left, 1000);
	must_put(w, &done);
	/* 3 MiB and a little in pieces of 1 MiB: two were there, two were left. */
	assert_int_equal(atomic_load(&w->peers[0].puts) - before, 2);
	assert_int_equal(done.renditions[0].plain_size, 0); /* not encrypted again */
	assert_int_equal(journals(w), 0);
}

static void a_cut_submission_sends_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct deposit_done done;

	w->ledger_says = ERR_TIMEOUT;
	assert_int_equal(put(w, &done, NULL), ERR_TIMEOUT);
	assert_int_equal(w->signs, 1);
	w->ledger_says = ERR_OK;
	must_put(w, &done);
	assert_int_equal(w->signs, 1);
	assert_int_equal(w->sends, 2);
	/* One that came too late is signed anew, with the same blob. */
	w->ledger_says = ERR_TX_EXPIRED;
	must_put(w, &done);
	assert_int_equal(w->signs, 3);
}

static void a_lying_peer_is_passed_over(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_wish own;
	struct buf out = BUF_INIT;

	w->parameters.copies = 2;
	must_put(w, &done);
	assert_int_equal(done.copies, 2);
	forget_cached(w, &done);
	own = wish_of(w, false);
	atomic_store(&w->peers[0].lies, true);
	must_read(w, NULL, &own);
	assert_true(atomic_load(&w->peers[1].gets) > 0);
	forget_cached(w, &done);
	atomic_store(&w->peers[1].lies, true);
	assert_int_equal(vault_read(&w->v, &out, NULL, &own, VAULT_READ_MAX, NULL), ERR_BLOB);
	assert_int_equal(out.len, 0);
}

static void copied_capsules_are_refused(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_report report = {.count = 0};
	struct release_wish granted;
	struct buf out = BUF_INIT;

	must_put(w, &done);
	granted = wish_of(w, true);
	w->registered->category = CATEGORY_SUM;
	assert_int_equal(vault_read(&w->v, &out, &report, &granted, VAULT_READ_MAX, NULL), ERR_PROOF);
	assert_int_equal(report.count, 0); /* before any custodian is asked */
	w->registered->category = CATEGORY_LAB;
	must_read(w, NULL, &granted);
}

static void exports_are_whole_private_and_open_with_age(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_wish own;
	struct vault_exported x, y;
	struct secret *identity;
	struct stat st;
	char path[96], aged[96], key[96], command[512];

	must_put(w, &done);
	own = wish_of(w, false);
	(void)snprintf(path, sizeof(path), "%s/export", w->dir);
	(void)snprintf(aged, sizeof(aged), "%s/export.age", w->dir);
	(void)snprintf(key, sizeof(key), "%s/identity", w->dir);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, false, NULL), ERR_OK);
	assert_int_equal(x.bytes, PLAIN_SIZE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, false, NULL), ERR_DUPLICATE);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, true, NULL), ERR_OK);
	assert_int_equal(vault_export_age(&w->v, &y, &own, aged, false, NULL), ERR_OK);
	assert_memory_equal(y.sha256.b, done.renditions[0].blob.b, 32);
	assert_int_equal(age_identity_text(&identity, w->owner_seal), ERR_OK);
	assert_int_equal(files_write(key, bytes_of(identity->data, identity->len - 1), NULL), ERR_OK);
	secret_free(identity);
	if (system("age --version >/dev/null 2>&1") != 0) {
		print_message("skipped: no age program\n");
		skip();
	}
	(void)snprintf(command, sizeof(command), "age -d -i %s %s | cmp - %s", key, aged, w->plain_path);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_that_changed_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(old_rests_are_swept, setup, teardown),
		cmocka_unit_test_setup_teardown(deposit_and_read, setup, teardown),
		cmocka_unit_test_setup_teardown(more_than_the_quota, setup, teardown),
		cmocka_unit_test_setup_teardown(cheats_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_upload_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_submission_sends_the_same_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lying_peer_is_passed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(copied_capsules_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(exports_are_whole_private_and_open_with_age, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
