/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "storage/blob_store.h"
#include "temp_dir.h"

#define SIZE 100000u

static struct temp_dir dir;
static struct blob_store *store;
static struct manual_clock now;
static uint8_t bytes[SIZE];
static struct blob_id id;

static void open_store(uint64_t quota)
{
	assert_int_equal(blob_store_open(&store, dir.path, quota, &now.clock, NULL), ERR_OK);
}

static void reopen(uint64_t quota)
{
	store = blob_store_free(store);
	open_store(quota);
}

static struct blob_id name_of(struct bytes x)
{
	struct hash32 h = hash_sha256(x);
	struct blob_id name;

	ID_COPY(name, h.b);
	return name;
}

static int setup(void **state)
{
	struct seeded_rng r;

	temp_dir_make(&dir);
	manual_clock_init(&now, (struct time_ms){MS_PER_DAY});
	seeded_rng_init(&r, 1);
	rng_fill(&r.rng, bytes, SIZE);
	id = name_of(bytes_of(bytes, SIZE));
	open_store(0);
	return 0;
}

static int teardown(void **state)
{
	store = blob_store_free(store);
	temp_dir_remove(&dir);
	return 0;
}

static void path_of(char out[256], const char *folder, const struct blob_id *name)
{
	char hex[ID_HEX];

	hex_encode(hex, name->b, ID_SIZE);
	if (folder != NULL)
		snprintf(out, 256, "%s/%s/%s", dir.path, folder, hex);
	else
		snprintf(out, 256, "%s/%.2s/%.2s/%s", dir.path, hex, hex + 2, hex);
}

static enum err write_at(uint64_t *have, uint64_t offset, size_t len)
{
	return blob_store_write(store, have, &id, offset, bytes_of(bytes + offset, len), NULL);
}

static struct blob_id keep(size_t size, uint8_t fill)
{
	static uint8_t body[SIZE];
	struct blob_id name;
	uint64_t have;

	memset(body, fill, size);
	name = name_of(bytes_of(body, size));
	assert_int_equal(blob_store_begin(store, &have, &name, size, NULL), ERR_OK);
	assert_int_equal(blob_store_write(store, &have, &name, 0, bytes_of(body, size), NULL), ERR_OK);
	assert_int_equal(blob_store_finish(store, &name, NULL, NULL), ERR_OK);
	return name;
}

static void an_upload_goes_on_where_it_was(void **state)
{
	uint64_t have = 9, size = 0;
	struct buf got = BUF_INIT;

	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(have, 0);
	assert_int_equal(write_at(&have, 0, 40000), ERR_OK);
	assert_false(blob_store_has(store, &id));
	reopen(0);
	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(have, 40000);
	assert_int_equal(blob_store_begin(store, &have, &id, SIZE + 1, NULL), ERR_CONFLICT);
	assert_int_equal(write_at(&have, 10000, 20000), ERR_OK); /* the same piece again */
	assert_int_equal(have, 40000);
	assert_int_equal(write_at(&have, 30000, 30000), ERR_OK); /* partly new */
	assert_int_equal(have, 60000);
	assert_int_equal(write_at(&have, 60001, 10), ERR_RANGE); /* a gap */
	assert_int_equal(blob_store_write(store, &have, &id, 0, bytes_of(bytes + 1, 10), NULL), ERR_CONFLICT);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_TRUNCATED);
	assert_int_equal(write_at(&have, 60000, 40000), ERR_OK);
	assert_int_equal(blob_store_write(store, &have, &id, SIZE, bytes_of(bytes, 1), NULL), ERR_RANGE);
	assert_int_equal(blob_store_progress(store, &have, &size, &id), ERR_OK);
	assert_true(have == SIZE && size == SIZE);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_OK);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_OK);
	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_DUPLICATE);
	assert_int_equal(blob_store_progress(store, &have, &size, &id), ERR_NOT_FOUND);
	assert_int_equal(blob_store_read(store, &got, &id, 0, SIZE), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&got), bytes_of(bytes, SIZE)));
	assert_int_equal(blob_store_verify(store, &id, NULL), ERR_OK);
	buf_release(&got);
}

static void bytes_that_are_not_the_name_are_gone(void **state)
{
	struct blob_totals totals;
	char path[256];
	uint64_t have;

	id.b[5] ^= 1;
	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(write_at(&have, 0, SIZE), ERR_OK);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_BLOB);
	assert_false(blob_store_has(store, &id));
	path_of(path, "partial", &id);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(blob_store_totals(store, &totals), ERR_OK);
	assert_true(totals.partials == 0 && totals.partial_bytes == 0 && totals.blobs == 0);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_NOT_FOUND);
}

static void limits_of_pieces_and_sizes(void **state)
{
	static uint8_t large[BLOB_PIECE_MAX + 1];
	uint64_t have;

	assert_int_equal(blob_store_begin(store, &have, &id, 0, NULL), ERR_RANGE);
	assert_int_equal(blob_store_begin(store, &have, &id, BLOB_SIZE_MAX + 1, NULL), ERR_RANGE);
	assert_int_equal(blob_store_write(store, &have, &id, 0, bytes_of(bytes, 1), NULL), ERR_NOT_FOUND);
	assert_int_equal(blob_store_begin(store, &have, &id, sizeof(large), NULL), ERR_OK);
	assert_int_equal(blob_store_write(store, &have, &id, 0, bytes_of(large, sizeof(large)), NULL), ERR_RANGE);
	assert_int_equal(blob_store_write(store, &have, &id, 0, bytes_of(large, 0), NULL), ERR_RANGE);
	assert_int_equal(blob_store_write(store, &have, &id, UINT64_MAX, bytes_of(large, 2), NULL), ERR_RANGE);
}

static void reads_stop_at_the_end(void **state)
{
	struct blob_id name = keep(1000, 7);
	struct buf got = BUF_INIT;
	uint64_t size;

	assert_int_equal(blob_store_size(store, &size, &name), ERR_OK);
	assert_int_equal(size, 1000);
	assert_int_equal(blob_store_read(store, &got, &name, 990, 100), ERR_OK);
	assert_int_equal(got.len, 10);
	assert_int_equal(blob_store_read(store, &got, &name, 1000, 100), ERR_OK);
	assert_int_equal(blob_store_read(store, &got, &name, UINT64_MAX, 100), ERR_OK);
	assert_int_equal(got.len, 10);
	assert_int_equal(blob_store_read(store, &got, &name, 0, BLOB_PIECE_MAX + 1), ERR_RANGE);
	assert_int_equal(blob_store_read(store, &got, &id, 0, 1), ERR_NOT_FOUND);
	buf_release(&got);
}

static void a_changed_blob_is_found_out(void **state)
{
	struct blob_id name = keep(1000, 7);
	char path[256];
	FILE *f;

	path_of(path, NULL, &name);
	f = fopen(path, "r+");
	assert_non_null(f);
	fputc(8, f);
	fclose(f);
	assert_int_equal(blob_store_verify(store, &name, NULL), ERR_BLOB);
	assert_int_equal(blob_store_remove(store, &name), ERR_OK);
	assert_int_equal(blob_store_remove(store, &name), ERR_OK);
	assert_false(blob_store_has(store, &name));
}

static enum err add(void *context, const struct blob_info *blob)
{
	*(uint64_t *)context += blob->size;
	return blob_store_remove(store, &blob->id);
}

static void the_quota_drops_what_was_used_longest_ago(void **state)
{
	struct blob_id a, b, c;
	struct blob_totals totals;
	struct buf got = BUF_INIT;
	uint64_t have, removed = 0, sum = 0;

	reopen(1000);
	a = keep(300, 1);
	now.now.v += MS_PER_DAY;
	b = keep(300, 2);
	now.now.v += MS_PER_DAY;
	c = keep(300, 3);
	now.now.v += MS_PER_DAY;
	assert_int_equal(blob_store_begin(store, &have, &id, 200, NULL), ERR_LIMIT);
	assert_int_equal(blob_store_read(store, &got, &a, 0, 1), ERR_OK); /* a is used again */
	assert_int_equal(blob_store_make_room(store, 200, &removed), ERR_OK);
	assert_int_equal(removed, 1);
	assert_false(blob_store_has(store, &b));
	assert_int_equal(blob_store_pin(store, &c, true), ERR_OK);
	assert_int_equal(blob_store_pin(store, &b, true), ERR_NOT_FOUND);
	assert_int_equal(blob_store_make_room(store, 700, &removed), ERR_OK);
	assert_true(blob_store_has(store, &c) && !blob_store_has(store, &a));
	assert_int_equal(blob_store_make_room(store, 701, &removed), ERR_LIMIT);
	reopen(1000);
	assert_int_equal(blob_store_totals(store, &totals), ERR_OK);
	assert_true(totals.blobs == 1 && totals.blob_bytes == 300 && totals.pinned_bytes == 300);
	assert_int_equal(blob_store_pin(store, &c, false), ERR_OK);
	keep(10, 9);
	assert_int_equal(blob_store_list(store, add, &sum), ERR_OK);
	assert_int_equal(sum, 310);
	assert_int_equal(blob_store_totals(store, &totals), ERR_OK);
	assert_true(totals.blobs == 0 && totals.blob_bytes == 0 && totals.pinned_bytes == 0);
	buf_release(&got);
}

/* A deposit that goes on after a day is told that the blob is here; the sweep of unused ones comes right behind. */
static void what_somebody_was_told_is_here_is_not_swept(void **state)
{
	struct blob_id told, unused, pinned;
	struct time_ms before;
	uint64_t have;

	reopen(1000);
	told = keep(300, 1);
	unused = keep(200, 2);
	pinned = keep(100, 3);
	assert_int_equal(blob_store_pin(store, &pinned, true), ERR_OK);
	now.now.v += 2 * MS_PER_DAY;
	before.v = now.now.v - MS_PER_DAY;
	assert_int_equal(blob_store_begin(store, &have, &told, 300, NULL), ERR_DUPLICATE);
	assert_int_equal(blob_store_remove_unused(store, &told, before), ERR_OK);
	assert_int_equal(blob_store_remove_unused(store, &pinned, before), ERR_OK);
	assert_int_equal(blob_store_remove_unused(store, &unused, before), ERR_OK);
	assert_int_equal(blob_store_remove_unused(store, &unused, before), ERR_OK);
	assert_true(blob_store_has(store, &told) && blob_store_has(store, &pinned));
	assert_false(blob_store_has(store, &unused));
	assert_int_equal(blob_store_remove(store, &told), ERR_OK);
	assert_int_equal(blob_store_remove(store, &pinned), ERR_OK);
}

static void old_partials_are_dropped(void **state)
{
	uint64_t have, count = 9, size;

	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(write_at(&have, 0, 10), ERR_OK);
	assert_int_equal(blob_store_drop_partials(store, &count, (struct time_ms){0}), ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(blob_store_drop_partials(store, &count, (struct time_ms){INT64_MAX}), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(blob_store_progress(store, &have, &size, &id), ERR_NOT_FOUND);
}

static void a_lost_or_damaged_index_is_made_again(void **state)
{
	struct blob_id a = keep(300, 1);
	struct blob_totals totals;
	char path[256];
	uint64_t have;

	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(write_at(&have, 0, 10), ERR_OK);
	for (int round = 0; round < 2; round++) {
		store = blob_store_free(store);
		snprintf(path, sizeof(path), "%s/blobs.db", dir.path);
		if (round == 0)
			assert_int_equal(unlink(path), 0);
		else
			assert_int_equal(files_write(path, bytes_of(bytes, 5000), NULL), ERR_OK);
		open_store(0);
		assert_true(blob_store_has(store, &a));
		assert_int_equal(blob_store_totals(store, &totals), ERR_OK);
		assert_true(totals.blobs == 1 && totals.blob_bytes == 300 && totals.partials == 0);
	}
	path_of(path, "partial", &id);
	assert_int_not_equal(access(path, F_OK), 0); /* nobody knows its size any more */
}

/* Killed between the rename and the index. */
static void a_blob_that_had_its_name_is_adopted(void **state)
{
	struct blob_totals totals;
	char from[256], to[256], folder[256];
	uint64_t have;

	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(write_at(&have, 0, SIZE), ERR_OK);
	path_of(from, "partial", &id);
	path_of(to, NULL, &id);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(to, '/') - to), to);
	assert_int_equal(files_mkdir(folder, NULL), ERR_OK);
	assert_int_equal(rename(from, to), 0);
	reopen(0);
	assert_int_equal(blob_store_totals(store, &totals), ERR_OK);
	assert_true(totals.blobs == 1 && totals.partials == 0 && totals.blob_bytes == SIZE);
}

static void a_piece_that_does_not_fit_leaves_what_was_there(void **state)
{
	struct rlimit before, small;
	uint64_t have, size;
	enum err e;

	assert_int_equal(blob_store_begin(store, &have, &id, SIZE, NULL), ERR_OK);
	assert_int_equal(write_at(&have, 0, 40000), ERR_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 70000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	e = write_at(&have, 40000, 60000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(e, ERR_DISK_FULL);
	assert_int_equal(blob_store_progress(store, &have, &size, &id), ERR_OK);
	assert_int_equal(have, 40000);
	assert_int_equal(write_at(&have, 40000, 60000), ERR_OK);
	assert_int_equal(blob_store_finish(store, &id, NULL, NULL), ERR_OK);
}

static void a_file_is_imported_and_a_task_can_stop_it(void **state)
{
	struct blob_id got;
	struct task task;
	char path[256];

	snprintf(path, sizeof(path), "%s/file", dir.path);
	assert_int_equal(files_write(path, bytes_of(bytes, SIZE), NULL), ERR_OK);
	task_init(&task, NULL, NULL);
	task_cancel(&task);
	assert_int_equal(blob_store_import(store, &got, path, &task, NULL), ERR_CANCELLED);
	assert_int_equal(blob_store_import(store, &got, path, NULL, NULL), ERR_OK);
	assert_true(ID_EQUAL(got, id));
	assert_int_equal(blob_store_import(store, &got, path, NULL, NULL), ERR_OK);
	assert_true(blob_store_has(store, &id));
}

int main(void)
{
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_DIR(an_upload_goes_on_where_it_was),
		WITH_DIR(bytes_that_are_not_the_name_are_gone),
		WITH_DIR(limits_of_pieces_and_sizes),
		WITH_DIR(reads_stop_at_the_end),
		WITH_DIR(a_changed_blob_is_found_out),
		WITH_DIR(the_quota_drops_what_was_used_longest_ago),
		WITH_DIR(what_somebody_was_told_is_here_is_not_swept),
		WITH_DIR(old_partials_are_dropped),
		WITH_DIR(a_lost_or_damaged_index_is_made_again),
		WITH_DIR(a_blob_that_had_its_name_is_adopted),
		WITH_DIR(a_piece_that_does_not_fit_leaves_what_was_there),
		WITH_DIR(a_file_is_imported_and_a_task_can_stop_it),
	};

	return cmocka_run_group_tests_name("blob_store", tests, NULL, NULL);
}
