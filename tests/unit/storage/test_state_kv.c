/* SPDX-License-Identifier: Apache-2.0 */
/* The state and its overlay, also against a slow model: an unsorted list that is searched and sorted anew each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "storage/migrate.h"
#include "storage/state_kv.h"
#include "temp_dir.h"

static struct temp_dir dir;
static struct db *db;
static struct state_kv *kv;
static struct state_overlay *overlay;

static int setup(void **state)
{
	struct db_options unsynced = {.unsynced = true};
	struct migration steps[] = {{1, STATE_KV_SCHEMA}};
	char path[128];

	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/x.db", dir.path);
	assert_int_equal(db_open(&db, path, &unsynced, NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, steps, 1, NULL), ERR_OK);
	assert_int_equal(state_kv_new(&kv, db, NULL), ERR_OK);
	assert_int_equal(state_overlay_new(&overlay, kv), ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	overlay = state_overlay_free(overlay);
	kv = state_kv_free(kv);
	db = db_free(db);
	temp_dir_remove(&dir);
	return 0;
}

/* "key=value " for each, as a text. */
static enum err collect(void *context, struct bytes key, struct bytes value)
{
	struct buf *out = context;

	buf_append_bytes(out, key);
	buf_append_byte(out, '=');
	buf_append_bytes(out, value);
	buf_append_byte(out, ' ');
	return ERR_OK;
}

static void scan_is(const char *prefix, const char *from, bool descending, const char *want)
{
	struct buf got = BUF_INIT;

	assert_int_equal(state_overlay_scan(overlay, bytes_str(prefix), bytes_str(from), descending, collect,
			&got), ERR_OK);
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
}

static void put(const char *key, const char *value)
{
	assert_int_equal(state_overlay_put(overlay, bytes_str(key), bytes_str(value)), ERR_OK);
}

static void store(void)
{
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(state_overlay_store(overlay), ERR_OK);
	assert_int_equal(db_commit(db, NULL), ERR_OK);
	state_overlay_clear(overlay);
}

static void value_is(const char *key, const char *want)
{
	struct buf got = BUF_INIT;
	enum err e = state_overlay_get(overlay, &got, bytes_str(key));

	assert_int_equal(e, want != NULL ? ERR_OK : ERR_NOT_FOUND);
	if (want != NULL)
		assert_string_equal(buf_text(&got), want);
	buf_release(&got);
}

static void changes_cover_what_is_stored(void **state)
{
	uint64_t count;

	put("b", "1");
	put("d", "2");
	put("e", "");
	store();
	assert_int_equal(state_kv_count(kv, &count), ERR_OK);
	assert_int_equal(count, 3);
	put("a", "3");
	put("b", "4");
	assert_int_equal(state_overlay_delete(overlay, bytes_str("d")), ERR_OK);
	assert_int_equal(state_overlay_delete(overlay, bytes_str("zz")), ERR_OK);
	value_is("b", "4");
	value_is("d", NULL);
	value_is("e", "");
	value_is("c", NULL);
	scan_is("", "", false, "a=3 b=4 e= ");
	scan_is("", "", true, "e= b=4 a=3 ");
	scan_is("", "b", false, "b=4 e= ");
	scan_is("", "d", true, "b=4 a=3 ");
	store();
	scan_is("", "", false, "a=3 b=4 e= ");
	value_is("d", NULL);
}

static void prefixes_end_where_they_should(void **state)
{
	put("a", "0");
	put("ab", "1");
	put("ab\xFF", "2");
	put("ac", "3");
	put("\xFF", "4");
	put("\xFF\xFF", "5");
	for (int round = 0; round < 2; round++) {
		scan_is("ab", "", false, "ab=1 ab\xFF=2 ");
		scan_is("ab", "", true, "ab\xFF=2 ab=1 ");
		scan_is("ab", "ab", true, "ab=1 ");
		scan_is("ab\xFF", "", true, "ab\xFF=2 ");
		scan_is("\xFF", "", false, "\xFF=4 \xFF\xFF=5 ");
		scan_is("\xFF", "", true, "\xFF\xFF=5 \xFF=4 ");
		scan_is("b", "", true, "");
		store();
	}
	assert_int_equal(state_overlay_scan(overlay, bytes_str("b"), bytes_str("a"), false, collect, NULL), ERR_RANGE);
}

static void undo_takes_back_one_transaction(void **state)
{
	put("a", "0");
	store();
	put("b", "1");
	state_overlay_begin(overlay);
	put("a", "x");
	put("a", "y");
	put("b", "z");
	put("c", "new");
	assert_int_equal(state_overlay_delete(overlay, bytes_str("a")), ERR_OK);
	scan_is("", "", false, "b=z c=new ");
	state_overlay_undo(overlay);
	scan_is("", "", false, "a=0 b=1 ");
	scan_is("", "", true, "b=1 a=0 ");
	state_overlay_begin(overlay);
	put("c", "2");
	state_overlay_keep(overlay);
	scan_is("", "", false, "a=0 b=1 c=2 ");
	state_overlay_clear(overlay);
	scan_is("", "", false, "a=0 ");
}

static enum err collect_change(void *context, const struct state_change *c)
{
	buf_printf(context, "%.*s:%.*s>%.*s ", (int)c->key.len, c->key.data, (int)c->old_value.len,
		   c->has_old ? (const char *)c->old_value.data : "", (int)c->new_value.len,
		   c->has_new ? (const char *)c->new_value.data : "");
	return ERR_OK;
}

static void changes_are_sorted_and_real(void **state)
{
	struct buf got = BUF_INIT;

	put("a", "1");
	put("b", "2");
	put("c", "3");
	store();
	put("z", "9");
	put("b", "2"); /* as it was */
	assert_int_equal(state_overlay_delete(overlay, bytes_str("c")), ERR_OK);
	assert_int_equal(state_overlay_delete(overlay, bytes_str("q")), ERR_OK);
	put("a", "4");
	assert_int_equal(state_overlay_changes(overlay, collect_change, &got), ERR_OK);
	assert_string_equal(buf_text(&got), "a:1>4 c:3> z:>9 ");
	buf_release(&got);
}

/* What was read of the base is remembered, but not beyond a store: its transaction may be rolled back. */
static void a_store_forgets_what_was_read(void **state)
{
	struct buf got = BUF_INIT;

	put("a", "1");
	store();
	state_overlay_begin(overlay);
	value_is("a", "1");
	value_is("b", NULL);
	scan_is("", "", false, "a=1 "); /* a read adds nothing */
	put("b", "2");
	value_is("a", "1");
	state_overlay_undo(overlay);
	value_is("b", NULL);
	put("a", "3");
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(state_overlay_store(overlay), ERR_OK);
	db_rollback(db);
	assert_int_equal(state_overlay_changes(overlay, collect_change, &got), ERR_OK);
	assert_string_equal(buf_text(&got), "a:1>3 ");
	buf_release(&got);
}

static enum err stop(void *context, struct bytes key, struct bytes value)
{
	return ++*(int *)context == 2 ? ERR_CANCELLED : ERR_OK;
}

static enum err scan_again(void *context, struct bytes key, struct bytes value)
{
	return state_overlay_scan(overlay, bytes_str(""), bytes_str(""), false, collect, context);
}

static void scans_stop_and_nest(void **state)
{
	struct buf got = BUF_INIT;
	int calls = 0;

	put("a", "1");
	put("b", "2");
	store();
	put("c", "3");
	assert_int_equal(state_overlay_scan(overlay, bytes_str(""), bytes_str(""), false, stop, &calls), ERR_CANCELLED);
	assert_int_equal(calls, 2);
	assert_int_equal(state_overlay_scan(overlay, bytes_str(""), bytes_str(""), true, scan_again, &got), ERR_OK);
	assert_string_equal(buf_text(&got), "a=1 b=2 c=3 a=1 b=2 c=3 a=1 b=2 c=3 ");
	buf_release(&got);
}

static void sizes_have_limits(void **state)
{
	static uint8_t large[STATE_VALUE_MAX + 1];

	assert_int_equal(state_overlay_put(overlay, bytes_of(NULL, 0), bytes_str("x")), ERR_RANGE);
	assert_int_equal(state_overlay_put(overlay, bytes_of(large, STATE_KEY_MAX + 1), bytes_str("x")), ERR_RANGE);
	assert_int_equal(state_overlay_put(overlay, bytes_str("x"), bytes_of(large, sizeof(large))), ERR_RANGE);
	assert_int_equal(state_overlay_put(overlay, bytes_str("x"), bytes_of(large, sizeof(large) - 1)), ERR_OK);
	store();
}

static void an_overlay_stands_alone_too(void **state)
{
	struct state_overlay *alone, *before = overlay;

	assert_int_equal(state_overlay_new(&alone, NULL), ERR_OK);
	overlay = alone;
	put("a", "1");
	value_is("a", "1");
	value_is("b", NULL);
	scan_is("", "", true, "a=1 ");
	overlay = before;
	state_overlay_free(alone);
}

/* ---- the model ---- */

#define MODEL_KEYS 24 /* few, so that they meet often */

struct model { bool there[MODEL_KEYS]; uint8_t value[MODEL_KEYS]; };

/* Keys of different lengths whose order as bytes is not that of their numbers. */
static struct bytes key_of(uint8_t out[3], size_t i)
{
	out[0] = (uint8_t)(0xFE + i % 2);
	out[1] = (uint8_t)(i / 2 % 3 * 0x7F);
	out[2] = (uint8_t)(i * 37);
	return bytes_of(out, 1 + i % 3);
}

/* Is key i the first (or last) of its bytes?  Some numbers share a key: the smallest one stands for all. */
static size_t canonical(size_t i)
{
	uint8_t a[3], b[3];

	for (size_t j = 0; j < i; j++)
		if (bytes_equal(key_of(a, j), key_of(b, i)))
			return j;
	return i;
}

static void model_scan(struct buf *out, const struct model *m, struct bytes prefix, bool descending)
{
	bool done[MODEL_KEYS] = {0};

	for (;;) {
		size_t best = MODEL_KEYS;

		for (size_t i = 0; i < MODEL_KEYS; i++) {
			uint8_t a[3], b[3];
			struct bytes key = key_of(a, i);

			if (!m->there[i] || done[i] || key.len < prefix.len || memcmp(key.data, prefix.data,
					prefix.len) != 0)
				continue;
			if (best == MODEL_KEYS || (bytes_compare(key, key_of(b, best)) < 0) != descending)
				best = i;
		}
		if (best == MODEL_KEYS)
			return;
		done[best] = true;
		uint8_t a[3];
		collect(out, key_of(a, best), bytes_of(&m->value[best], 1));
	}
}

static void compare_scans(const struct model *m, const struct rng *r)
{
	struct buf want = BUF_INIT, got = BUF_INIT;
	bool descending = rng_below(r, 2) == 0;
	uint8_t key[3];
	struct bytes prefix = key_of(key, (size_t)rng_below(r, MODEL_KEYS));

	prefix.len = (size_t)rng_below(r, prefix.len + 1);
	model_scan(&want, m, prefix, descending);
	assert_int_equal(state_overlay_scan(overlay, prefix, bytes_of(NULL, 0), descending, collect, &got), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&want), buf_bytes(&got)));
	buf_release(&want);
	buf_release(&got);
}

static void random_step(struct model *m, struct model *saved, bool *in_tx, const struct rng *r)
{
	size_t i = canonical((size_t)rng_below(r, MODEL_KEYS));
	uint8_t key[3], value = (uint8_t)rng_below(r, 4);

	switch (rng_below(r, 8)) {
	case 0: case 1: case 2:
		assert_int_equal(state_overlay_put(overlay, key_of(key, i), bytes_of(&value, 1)), ERR_OK);
		m->there[i] = true;
		m->value[i] = value;
		break;
	case 3: case 4:
		assert_int_equal(state_overlay_delete(overlay, key_of(key, i)), ERR_OK);
		m->there[i] = false;
		break;
	case 5:
		if (*in_tx) {
			state_overlay_undo(overlay);
			*m = *saved;
		} else {
			state_overlay_begin(overlay);
			*saved = *m;
		}
		*in_tx = !*in_tx;
		break;
	case 6:
		if (*in_tx)
			state_overlay_keep(overlay);
		*in_tx = false;
		break;
	default:
		if (!*in_tx)
			store();
	}
	compare_scans(m, r);
}

static void agrees_with_the_model(void **state)
{
	uint64_t seed = rng_u64(rng_system());
	struct model m = {0}, saved = {0};
	struct seeded_rng r;
	bool in_tx = false;

	print_message("# seed %llu\n", (unsigned long long)seed);
	seeded_rng_init(&r, seed);
	for (int i = 0; i < 4000; i++)
		random_step(&m, &saved, &in_tx, &r.rng);
	if (in_tx)
		state_overlay_keep(overlay);
}

int main(void)
{
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_DIR(changes_cover_what_is_stored),
		WITH_DIR(prefixes_end_where_they_should),
		WITH_DIR(undo_takes_back_one_transaction),
		WITH_DIR(changes_are_sorted_and_real),
		WITH_DIR(a_store_forgets_what_was_read),
		WITH_DIR(scans_stop_and_nest),
		WITH_DIR(sizes_have_limits),
		WITH_DIR(an_overlay_stands_alone_too),
		WITH_DIR(agrees_with_the_model),
	};

	return cmocka_run_group_tests_name("state_kv", tests, NULL, NULL);
}
