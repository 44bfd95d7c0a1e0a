/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of one person on one network: made whole or not at all, and opened only when it is what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/crypto/start.h"
#include "core/ledger/profile.h"
#include "temp_dir.h"
#include "world.h"

#define URL "https://peer.example:8443"
#define PIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FILE_MAX (1u << 20)

struct scene {
	struct temp_dir root;
	char dir[128];
	struct world w, other;
	struct profile_settings settings;
	struct profile p;
	struct err_info info;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	temp_dir_make(&s->root);
	snprintf(s->dir, sizeof(s->dir), "%s/people/anna", s->root.path);
	world_init(&s->w, 1);
	world_init(&s->other, 2);
	s->settings = (struct profile_settings){"patient", URL, PIN, NULL};
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_release(&s->w);
	world_release(&s->other);
	temp_dir_remove(&s->root);
	free(s);
	return 0;
}

static enum err create(struct scene *s)
{
	s->info = (struct err_info){0};
	return profile_create(s->dir, &s->settings, buf_bytes(&s->w.genesis), &s->info);
}

/* Opened and closed again: the error. */
static enum err look(struct scene *s)
{
	enum err e;

	s->info = (struct err_info){0};
	e = profile_open(&s->p, s->dir, &s->info);
	if (e == ERR_OK)
		profile_release(&s->p);
	else if (strlen(s->info.detail) < 5 || strpbrk(s->info.detail, "\r\n") != NULL)
		fail_msg("error %d says '%s'", (int)e, s->info.detail);
	return e;
}

static const char *file_of(struct scene *s, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	return path;
}

static bool there(struct scene *s, const char *name)
{
	return access(file_of(s, name), F_OK) == 0;
}

static void put(struct scene *s, const char *name, struct bytes bytes)
{
	assert_int_equal(files_write(file_of(s, name), bytes, NULL), ERR_OK);
}

static void get(struct scene *s, const char *name, struct buf *ret)
{
	buf_clear(ret);
	assert_int_equal(files_read(ret, file_of(s, name), FILE_MAX, NULL), ERR_OK);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* ---- made and opened ---- */

static void test_made_and_opened(void **state)
{
	struct scene *s = *state;
	char path[PROFILE_PATH_MAX];

	s->settings.passphrase_file = "/home/anna/pass phrase";
	assert_int_equal(create(s), ERR_OK);
	assert_int_equal(mode_of(s->dir), 0700);
	assert_int_equal(mode_of(file_of(s, "config")), 0600);
	assert_int_equal(mode_of(file_of(s, "genesis")), 0600);
	assert_int_equal(profile_open(&s->p, s->dir, NULL), ERR_OK);
	assert_memory_equal(s->p.network.b, s->w.network.b, ID_SIZE);
	assert_string_equal(s->p.peer.url, URL);
	assert_int_equal(s->p.peer.pin.b[1], 0x11);
	assert_int_equal(s->p.genesis->time, WORLD_TIME);
	assert_string_equal(options_text(&s->p.options, "mode"), "patient");
	assert_string_equal(options_text(&s->p.options, "passphrase-file"), "/home/anna/pass phrase");
	assert_false(profile_is_full(&s->p));
	assert_int_equal(profile_path(&s->p, path, "replica.db"), ERR_OK);
	assert_string_equal(path, file_of(s, "replica.db"));
	profile_release(&s->p);
	profile_release(&s->p); /* once is enough, twice no harm */
	profile_release(NULL);
}

static void test_who_keeps_everything(void **state)
{
	static const struct { const char *mode; bool full; } rows[] = {
		{"patient", false}, {"clinician", false}, {"researcher", false},
		{"officer", true}, {"operator", true}, {"auditor", true},
	};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(s->dir, sizeof(s->dir), "%s/%zu", s->root.path, i);
		s->settings.mode = rows[i].mode;
		assert_int_equal(create(s), ERR_OK);
		assert_int_equal(profile_open(&s->p, s->dir, NULL), ERR_OK);
		assert_int_equal(profile_is_full(&s->p), rows[i].full);
		profile_release(&s->p);
	}
}

static void test_a_second_one_leaves_the_first(void **state)
{
	struct scene *s = *state;
	struct buf before = BUF_INIT, after = BUF_INIT;

	assert_int_equal(create(s), ERR_OK);
	get(s, "genesis", &before);
	assert_int_equal(profile_create(s->dir, &s->settings, buf_bytes(&s->other.genesis), &s->info), ERR_DUPLICATE);
	get(s, "genesis", &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	assert_int_equal(look(s), ERR_OK);
	buf_release(&before);
	buf_release(&after);
}

/* Nothing is written for settings that could not be opened. */
static void test_settings_that_cannot_be(void **state)
{
	static const struct profile_settings bad[] = {
		{"patient", URL, "0011", NULL},
		{"patient", URL, "", NULL},
		{"patient", URL, "zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", NULL},
		{"patient", URL, "0000000000000000000000000000000000000000000000000000000000000000", NULL},
		{"patient", "http://peer.example", PIN, NULL},
		{"patient", "https://anna@peer.example", PIN, NULL},
		{"patient", "", PIN, NULL},
		{"patient", URL "\npin = 00", PIN, NULL},
		{"landlord", URL, PIN, NULL},
		{"", URL, PIN, NULL},
		{"patient", URL, PIN, "/tmp/x\nmode = officer"},
	};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum err e;

		s->settings = bad[i];
		e = create(s);
		if (e != ERR_FORMAT || strlen(s->info.detail) < 5)
			fail_msg("settings %zu: error %d '%s'", i, (int)e, s->info.detail);
		assert_false(there(s, "config"));
		assert_false(there(s, "genesis"));
		assert_int_not_equal(access(s->dir, F_OK), 0);
	}
	assert_int_equal(look(s), ERR_NO_PROFILE);
}

static void test_a_genesis_that_is_none(void **state)
{
	struct scene *s = *state;

	s->w.genesis.data[s->w.genesis.len / 2] ^= 1;
	assert_int_not_equal(create(s), ERR_OK);
	s->w.genesis.data[s->w.genesis.len / 2] ^= 1;
	s->w.genesis.len--;
	assert_int_not_equal(create(s), ERR_OK);
	assert_int_not_equal(access(s->dir, F_OK), 0);
}

/* ---- who may read it ---- */

static void test_a_folder_that_others_may_read(void **state)
{
	struct scene *s = *state;

	assert_int_equal(files_mkdir(s->dir, NULL), ERR_OK);
	assert_int_equal(chmod(s->dir, 0755), 0);
	assert_int_equal(create(s), ERR_IO);
	assert_non_null(strstr(s->info.detail, "chmod"));
	assert_false(there(s, "genesis"));
	assert_false(there(s, "config"));
	assert_int_equal(chmod(s->dir, 0700), 0);
	assert_int_equal(create(s), ERR_OK);
	for (unsigned bit = 1; bit < 0100; bit <<= 1) {
		assert_int_equal(chmod(s->dir, 0700 | bit), 0);
		assert_int_equal(look(s), ERR_IO);
		assert_non_null(strstr(s->info.detail, "chmod"));
	}
	assert_int_equal(chmod(s->dir, 0700), 0);
	assert_int_equal(look(s), ERR_OK);
}

static void test_what_is_no_folder(void **state)
{
	struct scene *s = *state;
	char file[192];

	assert_int_equal(look(s), ERR_NO_PROFILE);
	assert_int_equal(files_mkdir(s->root.path, NULL), ERR_OK);
	snprintf(file, sizeof(file), "%s/people", s->root.path);
	assert_int_equal(files_write(file, bytes_str("a file"), NULL), ERR_OK);
	assert_int_equal(look(s), ERR_NO_PROFILE);
	assert_int_not_equal(create(s), ERR_OK);
	assert_true(strlen(s->info.detail) > 4);
}

static void test_a_path_without_end(void **state)
{
	struct scene *s = *state;
	char dir[PROFILE_PATH_MAX + 16];

	memset(dir, 'a', sizeof(dir));
	dir[0] = '/';
	dir[sizeof(dir) - 1] = '\0';
	assert_int_equal(profile_open(&s->p, dir, &s->info), ERR_RANGE);
	assert_true(strlen(s->info.detail) > 4);
	s->info = (struct err_info){0};
	assert_int_equal(profile_create(dir, &s->settings, buf_bytes(&s->w.genesis), &s->info), ERR_RANGE);
	assert_true(strlen(s->info.detail) > 4);
	dir[PROFILE_PATH_MAX - 3] = '\0'; /* fits itself, and what is in it does not */
	assert_int_equal(profile_open(&s->p, dir, &s->info), ERR_RANGE);
	assert_true(strlen(s->info.detail) > 4);
}

/* ---- foreign and damaged ---- */

static void test_another_networks_genesis(void **state)
{
	struct scene *s = *state;

	assert_int_equal(create(s), ERR_OK);
	put(s, "genesis", buf_bytes(&s->other.genesis));
	assert_int_equal(look(s), ERR_NETWORK_ID);
	put(s, "genesis", buf_bytes(&s->w.genesis));
	assert_int_equal(look(s), ERR_OK);
}

static void test_a_damaged_genesis(void **state)
{
	struct scene *s = *state;
	struct buf genesis = BUF_INIT;

	assert_int_equal(create(s), ERR_OK);
	get(s, "genesis", &genesis);
	for (size_t at = 0; at < genesis.len; at += 1 + genesis.len / 60) {
		genesis.data[at] ^= 1;
		put(s, "genesis", buf_bytes(&genesis));
		assert_int_not_equal(look(s), ERR_OK);
		genesis.data[at] ^= 1;
		put(s, "genesis", bytes_of(genesis.data, at));
		assert_int_not_equal(look(s), ERR_OK);
	}
	unlink(file_of(s, "genesis"));
	assert_int_equal(look(s), ERR_NOT_FOUND);
	assert_int_equal(mkdir(file_of(s, "genesis"), 0700), 0);
	assert_int_equal(look(s), ERR_IO);
	buf_release(&genesis);
}

/* The config with one line replaced (NULL: left out). */
static void put_config(struct scene *s, const char *name, const char *line)
{
	static const char *const names[] = {"mode", "peer", "pin", "network"};
	struct buf text = BUF_INIT;
	char network[ID_HEX];
	const char *values[] = {"patient", URL, PIN, network};

	hex_encode(network, s->w.network.b, ID_SIZE);
	for (size_t i = 0; i < 4; i++) {
		if (strcmp(names[i], name) != 0)
			buf_printf(&text, "%s = %s\n", names[i], values[i]);
		else if (line != NULL)
			buf_printf(&text, "%s\n", line);
	}
	put(s, "config", buf_bytes(&text));
	buf_release(&text);
}

static void test_a_damaged_config(void **state)
{
	static const struct { const char *name, *line; } bad[] = {
		{"peer", NULL}, {"peer", "peer = "}, {"peer", "peer = http://peer.example"},
		{"peer", "peer = https://"}, {"peer", "peer " URL}, {"peer", "per = " URL},
		{"pin", NULL}, {"pin", "pin = 12"}, {"pin", "pin ="}, {"pin", "pin = " PIN "\npin = " PIN},
		{"pin", "pin = 0000000000000000000000000000000000000000000000000000000000000000"},
		{"network", NULL}, {"network", "network = nowhere"},
		{"mode", "mode = landlord"}, {"mode", "mode ="}, {"mode", "mode = patient\x01"}, {"mode", "\xff\xfe"},
	};
	struct scene *s = *state;

	assert_int_equal(create(s), ERR_OK);
	put_config(s, "none", NULL);
	assert_int_equal(look(s), ERR_OK);
	put_config(s, "mode", NULL); /* the standard one */
	assert_int_equal(look(s), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum err e;

		put_config(s, bad[i].name, bad[i].line);
		e = look(s);
		if (e != ERR_FORMAT || strstr(s->info.detail, "config") == NULL)
			fail_msg("%s: error %d '%s'", bad[i].line ? bad[i].line : bad[i].name, (int)e, s->info.detail);
	}
	put(s, "config", bytes_of(NULL, 0));
	assert_int_equal(look(s), ERR_FORMAT);
	unlink(file_of(s, "config"));
	assert_int_equal(look(s), ERR_NO_PROFILE);
}

/* ---- where it is ---- */

static void test_where_it_is(void **state)
{
	char out[PROFILE_PATH_MAX], *home = strdup(getenv("HOME") ? getenv("HOME") : "/");

	(void)state;
	setenv("MEDLOCK_HOME", "/m", 1);
	setenv("XDG_DATA_HOME", "/x", 1);
	setenv("HOME", "/h", 1);
	assert_int_equal(profile_home(out, "/named", NULL), ERR_OK);
	assert_string_equal(out, "/named");
	assert_int_equal(profile_home(out, NULL, NULL), ERR_OK);
	assert_string_equal(out, "/m");
	unsetenv("MEDLOCK_HOME");
	assert_int_equal(profile_home(out, NULL, NULL), ERR_OK);
	assert_string_equal(out, "/x/medlock");
	unsetenv("XDG_DATA_HOME");
	assert_int_equal(profile_home(out, NULL, NULL), ERR_OK);
	assert_string_equal(out, "/h/.local/share/medlock");
	unsetenv("HOME");
	assert_int_equal(profile_home(out, NULL, NULL), ERR_NO_PROFILE);
	setenv("HOME", home, 1);
	free(home);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_made_and_opened), TEST(test_who_keeps_everything), TEST(test_a_second_one_leaves_the_first),
		TEST(test_settings_that_cannot_be), TEST(test_a_genesis_that_is_none),
		TEST(test_a_folder_that_others_may_read), TEST(test_what_is_no_folder), TEST(test_a_path_without_end),
		TEST(test_another_networks_genesis), TEST(test_a_damaged_genesis), TEST(test_a_damaged_config),
		cmocka_unit_test(test_where_it_is),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
