/* SPDX-License-Identifier: Apache-2.0 */
/* Opening 100 MB of an age file on disk, without start, unlock and writing: what of `record export` is opening.  It
 * hashes the sealed bytes against the ledger's name and checks each chunk, so the calibration is just that over memory:
 * SHA-256 and ChaCha20-Poly1305 of the same number of bytes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "core/base/rng.h"
#include "core/crypto/aead.h"
#include "core/crypto/age.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"

#define SIZE (100u * 1000 * 1000)

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_age: %s\n", what);
	exit(1);
}

static enum err zeros(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	uint64_t *left = self;

	*ret_len = *left < max ? (size_t)*left : max;
	memset(out, 0, *ret_len);
	*left -= *ret_len;
	return ERR_OK;
}

static enum err drop(void *self, const uint8_t *data, size_t len)
{
	(void)data;
	*(uint64_t *)self += len;
	return ERR_OK;
}

static void seal_file(int fd, struct age_result *sealed, const struct secret *key)
{
	uint64_t left = SIZE;
	const struct byte_source from = {zeros, &left};
	const struct byte_sink to = byte_sink_fd(&fd);
	struct age_stanza stanza = {.type = "bench", .body = bytes_str("0123456789abcdef")};
	struct age_spec spec = {.file_key = key, .extra = &stanza, .extra_count = 1};

	must(age_encrypt(sealed, &to, &from, &spec, rng_system(), NULL) == ERR_OK, "the file cannot be sealed");
}

static uint64_t open_once(int fd, const struct age_result *sealed, const struct secret *key)
{
	uint64_t got = 0, start = bench_now_ns();
	const struct byte_source from = byte_source_fd(&fd);
	const struct byte_sink to = {drop, &got};
	struct age_result result;

	must(lseek(fd, 0, SEEK_SET) == 0, "no seek");
	must(age_decrypt_file_key(&result, &to, &from, key, NULL) == ERR_OK && got == SIZE &&
		     ID_EQUAL(result.id, sealed->id), "the file does not open");
	return bench_now_ns() - start;
}

/* The two primitives over the same bytes, chunk by chunk in one place of memory. */
static uint64_t parts_once(void)
{
	static uint8_t chunk[AGE_CHUNK_SIZE], out[AGE_CHUNK_SIZE + AEAD_TAG_SIZE];
	const uint8_t key[AEAD_KEY_SIZE] = {1}, nonce[AEAD_NONCE_SIZE] = {0};
	struct hash_sha256_stream hash;
	struct aead cipher;
	uint64_t start = bench_now_ns();

	must(aead_init(&cipher, key) == ERR_OK, "no cipher");
	hash_sha256_stream_init(&hash);
	for (size_t done = 0; done < SIZE; done += sizeof(chunk)) {
		aead_seal(&cipher, out, nonce, bytes_of(NULL, 0), bytes_of(chunk, sizeof(chunk)));
		hash_sha256_stream_update(&hash, bytes_of(out, sizeof(out)));
	}
	(void)hash_sha256_stream_final(&hash);
	aead_release(&cipher);
	return bench_now_ns() - start;
}

int main(void)
{
	struct bench_figure parts = BENCH_FIGURE("SHA-256 and ChaCha20-Poly1305 of 100 MB", "ms", BENCH_LESS);
	struct bench_figure opened = BENCH_FIGURE("open 100 MB", "ms", BENCH_LESS);
	const char *tmp = getenv("TMPDIR");
	struct age_result sealed;
	struct secret *key = NULL;
	struct rusage before, after;
	char path[256];
	int fd;

	must(crypto_start(NULL) == ERR_OK && age_file_key_new(&key, rng_system()) == ERR_OK, "no key");
	snprintf(path, sizeof(path), "%s/medlock-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
	fd = mkstemp(path);
	must(fd >= 0 && unlink(path) == 0, "no file");
	getrusage(RUSAGE_SELF, &before);
	seal_file(fd, &sealed, key);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&parts, (double)parts_once() / 1e6);
		bench_add(&opened, (double)open_once(fd, &sealed, key) / 1e6);
	}
	getrusage(RUSAGE_SELF, &after);
	bench_head();
	bench_print_calibration(&parts);
	bench_print(&opened, &parts);
	bench_fact("memory that it adds", (double)(after.ru_maxrss - before.ru_maxrss) / 1024, "MiB");
	secret_free(key);
	close(fd);
	return 0;
}
