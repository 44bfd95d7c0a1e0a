/* SPDX-License-Identifier: Apache-2.0 */
/* A peer's home: keys under a passphrase, the lock, and commands in folders that are no home. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/node/home.h"
#include "chain/node/node.h"
#include "core/base/files.h"
#include "ledger_help.h"

struct fixture {
	char dir[64], home[96], card[96], pass[96], wrong[96];
};

static void write_text(const char *path, struct bytes data)
{
	assert_int_equal(files_write(path, data, NULL), ERR_OK);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct network_id none = GENESIS_NETWORK;
	Medlock__GenesisAccount a = MEDLOCK__GENESIS_ACCOUNT__INIT;
	struct person p;
	struct buf card = BUF_INIT;

	snprintf(f->dir, sizeof(f->dir), "/tmp/medlock-home-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->home, sizeof(f->home), "%s/home", f->dir);
	snprintf(f->card, sizeof(f->card), "%s/card", f->dir);
	snprintf(f->pass, sizeof(f->pass), "%s/pass", f->dir);
	snprintf(f->wrong, sizeof(f->wrong), "%s/wrong", f->dir);
	person_init(&p, &none, 1);
	a.keys = &p.keys;
	a.keys_signature = wire_data(bytes_of(p.signature, sizeof(p.signature)));
	a.role = ROLE_OPERATOR;
	WIRE_ENCODE(&card, &a);
	write_text(f->card, buf_bytes(&card));
	write_text(f->pass, bytes_str("right\nsecond line\n"));
	write_text(f->wrong, bytes_str("wrong\n"));
	buf_release(&card);
	person_release(&p);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"home/config", "home/genesis", "home/peer.keys", "home/lock", "home/ledger.db",
					    "home/blobs", "home", "card", "pass", "wrong", "bad", ""};
	struct fixture *f = *state;
	char path[160];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
		if (unlink(path) != 0)
			rmdir(path);
	}
	free(f);
	return 0;
}

static enum err init_with(const struct fixture *f, const char *card, const char *chain_id, const char *engine)
{
	const char *cards[] = {card};
	struct node_init_options o = {.home = f->home, .listen = "127.0.0.1:0", .engine = engine, .chain_id = chain_id,
				      .authorities = cards, .authority_count = 1, .operators = cards,
				      .operator_count = 1, .passphrase_file = f->pass};
	struct err_info info = {0};
	struct buf out = BUF_INIT;
	enum err e = node_init(&out, &o, &info);

	assert_true(e == ERR_OK ? out.len > 0 : info.detail[0] != '\0');
	buf_release(&out);
	return e;
}

static void test_init_and_unlock(void **state)
{
	struct fixture *f = *state;
	struct home h, second;
	struct key_share share;
	struct stat st;

	assert_int_equal(init_with(f, f->card, "x-solo-1", "solo"), ERR_OK);
	assert_int_equal(stat(f->home, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(init_with(f, f->card, "x-solo-1", "solo"), ERR_DUPLICATE);
	assert_int_equal(home_open(&h, f->home, true, NULL), ERR_OK);
	assert_int_equal(home_open(&second, f->home, true, NULL), ERR_BUSY); /* one daemon a home */
	assert_int_equal(home_unlock(&h, f->wrong, NULL), ERR_PASSPHRASE);
	assert_int_equal(home_unlock(&h, NULL, NULL), ERR_OK); /* the config names the file */
	assert_int_equal(h.share_index, 1);
	assert_int_equal(home_share(&share, &h), ERR_OK);
	key_share_wipe(&share);
	home_close(&h);
	assert_int_equal(home_open(&second, f->home, true, NULL), ERR_OK);
	home_close(&second);
}

static void test_init_refuses(void **state)
{
	struct fixture *f = *state;
	struct buf card = BUF_INIT;
	char bad[160];

	snprintf(bad, sizeof(bad), "%s/bad", f->dir);
	assert_int_equal(files_read(&card, f->card, 4096, NULL), ERR_OK);
	card.data[card.len / 2] ^= 1;
	write_text(bad, buf_bytes(&card));
	buf_release(&card);
	assert_int_not_equal(init_with(f, bad, "x-solo-1", "solo"), ERR_OK);
	assert_int_equal(init_with(f, "/nonexistent/card", "x-solo-1", "solo"), ERR_NOT_FOUND);
	assert_int_not_equal(init_with(f, f->card, "Not A Name", "solo"), ERR_OK);
	assert_int_not_equal(init_with(f, f->card, "x-1", "solo"), ERR_OK); /* a solo chain says so in its name */
	assert_int_equal(init_with(f, f->card, "x-solo-1", "other"), ERR_USAGE);
	assert_int_not_equal(access(f->home, F_OK), 0); /* nothing half-made stays */
}

static void test_no_home(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT;
	struct home h;

	assert_int_equal(home_open(&h, f->home, true, NULL), ERR_NO_PROFILE);
	assert_int_equal(node_status(&out, f->home, true, NULL), ERR_NO_PROFILE);
	assert_int_equal(node_check(&out, f->home, NULL), ERR_NO_PROFILE);
	buf_release(&out);
}

static void test_open_home_is_refused(void **state)
{
	struct fixture *f = *state;
	struct home h;

	assert_int_equal(init_with(f, f->card, "x-solo-1", "solo"), ERR_OK);
	assert_int_equal(chmod(f->home, 0755), 0);
	assert_int_equal(home_open(&h, f->home, true, NULL), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_init_and_unlock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_init_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_home, setup, teardown),
		cmocka_unit_test_setup_teardown(test_open_home_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
