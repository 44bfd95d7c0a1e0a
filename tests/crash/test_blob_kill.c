/* SPDX-License-Identifier: Apache-2.0 */
/* A process that stores blobs is killed over and over: what it acknowledged is there, and each blob is whole. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "storage/blob_store.h"
#include "temp_dir.h"

#define ROUNDS 40
#define ACKS_MAX 8u
#define SIZE_MAX_BLOB 60000u
#define PIECE 7000u

static struct temp_dir dir;

static enum err store_one(struct blob_store *s, struct blob_id *id, uint8_t *body, size_t size)
{
	struct hash32 h = hash_sha256(bytes_of(body, size));
	uint64_t have;

	ID_COPY(*id, h.b);
	TRY(blob_store_begin(s, &have, id, size, NULL));
	while (have < size) {
		size_t len = size - have < PIECE ? (size_t)(size - have) : PIECE;

		TRY(blob_store_write(s, &have, id, have, bytes_of(body + have, len), NULL));
	}
	return blob_store_finish(s, id, NULL, NULL);
}

/* Store blobs for ever, and write the id of each to the pipe once it is acknowledged. */
static void child(int out, uint64_t seed)
{
	static uint8_t body[SIZE_MAX_BLOB];
	struct blob_store *s;
	struct seeded_rng r;
	struct blob_id id;

	seeded_rng_init(&r, seed);
	if (blob_store_open(&s, dir.path, 0, clock_real(), NULL) != ERR_OK)
		_exit(1);
	for (;;) {
		size_t size = 1 + (size_t)rng_below(&r.rng, SIZE_MAX_BLOB);

		rng_fill(&r.rng, body, size);
		if (store_one(s, &id, body, size) != ERR_OK || write(out, id.b, ID_SIZE) != ID_SIZE)
			_exit(1);
	}
}

static enum err verify_one(void *context, const struct blob_info *blob)
{
	uint64_t size;

	TRY(blob_store_size(context, &size, &blob->id));
	return size == blob->size ? blob_store_verify(context, &blob->id, NULL) : ERR_DAMAGED;
}

static void one_round(uint64_t seed, const struct rng *r)
{
	struct blob_id acknowledged[ACKS_MAX];
	size_t count = 1 + (size_t)rng_below(r, ACKS_MAX);
	struct blob_store *s;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(ends[1], seed);
	close(ends[1]);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(read(ends[0], acknowledged[i].b, ID_SIZE), ID_SIZE);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	close(ends[0]);
	assert_int_equal(blob_store_open(&s, dir.path, 0, clock_real(), NULL), ERR_OK);
	for (size_t i = 0; i < count; i++)
		assert_true(blob_store_has(s, &acknowledged[i]));
	assert_int_equal(blob_store_list(s, verify_one, s), ERR_OK);
	blob_store_free(s);
}

static void a_killed_process_leaves_whole_blobs(void **state)
{
	uint64_t seed = rng_u64(rng_system());
	struct seeded_rng r;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)seed);
	temp_dir_make(&dir);
	seeded_rng_init(&r, seed);
	for (uint64_t i = 0; i < ROUNDS; i++)
		one_round(rng_u64(&r.rng), &r.rng);
	temp_dir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_killed_process_leaves_whole_blobs)};

	return cmocka_run_group_tests_name("blob_kill", tests, NULL, NULL);
}
