/* SPDX-License-Identifier: Apache-2.0 */
/* age files by ourselves; against the age program: test_age_program.c. */
#include "core/crypto/age.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "core/crypto/hash.h"
#include "crypto_help.h"

/* Not secret, not random: different bytes for each call, so that files can be compared. */
struct counting_rng { uint64_t next; struct rng rng; };

static void counting_fill(void *self, uint8_t *out, size_t len)
{
	struct counting_rng *c = self;
	uint8_t number[8];

	while (len > 0) {
		size_t n = len < 32 ? len : 32;

		put_be64(number, c->next++);
		struct hash32 h = hash_sha256(bytes_of(number, 8));
		memcpy(out, h.b, n);
		out += n, len -= n;
	}
}

static struct counting_rng counting = {1, {counting_fill, &counting}};

#define RNG (&counting.rng)

struct fixture {
	struct secret *identity, *file_key;
	struct seal_public recipient;
};

static int setup(void **state)
{
	static struct fixture f;

	assert_int_equal(seal_private_new(&f.identity, RNG), ERR_OK);
	assert_int_equal(age_file_key_new(&f.file_key, RNG), ERR_OK);
	seal_public_of(&f.recipient, f.identity);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	secret_free(f->identity);
	secret_free(f->file_key);
	return 0;
}

static const struct age_stanza custodians = {"medlock", {"1", "3"}, 2, {(const uint8_t *)"a wrapped file key", 18}};

static enum err seal(struct buf *out, struct age_result *ret, const struct fixture *f, struct bytes plain)
{
	struct age_spec spec = {f->file_key, &f->recipient, 1, &custodians, 1};
	struct byte_source from = byte_source_bytes(&plain);
	struct byte_sink to = byte_sink_buf(out);

	return age_encrypt(ret, &to, &from, &spec, RNG, NULL);
}

static enum err open_with(struct buf *out, struct age_result *ret, struct bytes file, const struct secret *identity)
{
	struct byte_source from = byte_source_bytes(&file);
	struct byte_sink to = byte_sink_buf(out);

	return age_decrypt(ret, &to, &from, identity, NULL);
}

static enum err open_direct(struct buf *out, struct bytes file, const struct secret *file_key)
{
	struct byte_source from = byte_source_bytes(&file);
	struct byte_sink to = byte_sink_buf(out);

	return age_decrypt_file_key(NULL, &to, &from, file_key, NULL);
}

static uint8_t *pattern(size_t len)
{
	uint8_t *p = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 31 + i / 256);
	return p;
}

static void test_round_trips_at_every_edge(void **state)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 300000};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *plain = pattern(sizes[i]);
		struct buf file = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
		struct age_result made = {0}, read = {0};
		struct age_header h;
		struct hash32 id;

		assert_int_equal(seal(&file, &made, f, bytes_of(plain, sizes[i])), ERR_OK);
		id = hash_sha256(buf_bytes(&file));
		assert_memory_equal(made.id.b, id.b, 32);
		assert_int_equal(made.size, file.len);
		assert_int_equal(made.plain_size, sizes[i]);
		assert_int_equal(age_header_parse(&h, buf_bytes(&file), NULL), ERR_OK);
		assert_int_equal(age_sealed_size(h.size, sizes[i]), file.len);
		age_header_release(&h);
		assert_int_equal(open_with(&a, &read, buf_bytes(&file), f->identity), ERR_OK);
		assert_memory_equal(&read, &made, sizeof(made));
		assert_true(bytes_equal(buf_bytes(&a), bytes_of(plain, sizes[i])));
		assert_int_equal(open_direct(&b, buf_bytes(&file), f->file_key), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		buf_release(&file), buf_release(&a), buf_release(&b);
		free(plain);
	}
}

static void test_header_tells_its_stanzas(void **state)
{
	struct fixture *f = *state;
	struct buf file = BUF_INIT;
	struct age_header h;
	const struct age_stanza *s;
	struct byte_source from;
	struct bytes view;
	struct secret *key = NULL;

	assert_int_equal(seal(&file, &(struct age_result){0}, f, bytes_str("x")), ERR_OK);
	view = buf_bytes(&file);
	from = byte_source_bytes(&view);
	assert_int_equal(age_header_read(&h, &from, NULL), ERR_OK);
	assert_int_equal(h.count, 2);
	s = age_header_find(&h, "medlock");
	assert_non_null(s);
	assert_int_equal(s->args_count, 2);
	assert_string_equal(s->args[0], "1");
	assert_string_equal(s->args[1], "3");
	assert_true(bytes_equal(s->body, custodians.body));
	assert_null(age_header_find(&h, "scrypt"));
	assert_int_equal(age_header_check(&h, f->file_key), ERR_OK);
	assert_int_equal(age_header_unwrap(&key, &h, f->identity), ERR_OK);
	assert_true(secret_equal(secret_bytes(key), secret_bytes(f->file_key)));
	secret_free(key);
	age_header_release(&h);
	age_header_release(&h);
	buf_release(&file);
}

static void test_a_body_of_whole_lines_ends_with_an_empty_one(void **state)
{
	static const uint8_t zeros[480];
	struct fixture *f = *state;

	for (size_t len = 0; len <= sizeof(zeros); len += 24) {
		struct age_stanza extra = {"other", {"x"}, 1, bytes_of(zeros, len)};
		struct age_spec spec = {f->file_key, NULL, 0, &extra, 1};
		struct buf file = BUF_INIT, plain = BUF_INIT;
		struct bytes nothing = {NULL, 0};
		struct byte_source from = byte_source_bytes(&nothing);
		struct byte_sink to = byte_sink_buf(&file);
		struct age_result made;
		struct age_header h;

		assert_int_equal(age_encrypt(&made, &to, &from, &spec, RNG, NULL), ERR_OK);
		assert_int_equal(age_header_parse(&h, buf_bytes(&file), NULL), ERR_OK);
		assert_int_equal(h.stanzas[0].body.len, len);
		assert_int_equal(open_direct(&plain, buf_bytes(&file), f->file_key), ERR_OK);
		assert_int_equal(open_with(&plain, NULL, buf_bytes(&file), f->identity), ERR_DECRYPT);
		age_header_release(&h);
		buf_release(&file), buf_release(&plain);
	}
}

static void test_other_keys_do_not_open(void **state)
{
	struct fixture *f = *state;
	struct buf file = BUF_INIT, out = BUF_INIT;
	struct secret *identity = NULL, *key = NULL;

	assert_int_equal(seal(&file, &(struct age_result){0}, f, bytes_str("x")), ERR_OK);
	assert_int_equal(seal_private_new(&identity, RNG), ERR_OK);
	assert_int_equal(age_file_key_new(&key, RNG), ERR_OK);
	assert_int_equal(open_with(&out, NULL, buf_bytes(&file), identity), ERR_DECRYPT);
	assert_int_equal(open_direct(&out, buf_bytes(&file), key), ERR_DECRYPT);
	assert_int_equal(open_direct(&out, buf_bytes(&file), identity), ERR_DECRYPT);
	assert_int_equal(out.len, 0);
	secret_free(identity), secret_free(key);
	buf_release(&file), buf_release(&out);
}

static void test_every_flipped_bit_and_cut_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf file = BUF_INIT, out = BUF_INIT;

	assert_int_equal(seal(&file, &(struct age_result){0}, f, bytes_str("twenty bytes of text")), ERR_OK);
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(open_with(&out, NULL, buf_bytes(&file), f->identity), ERR_OK);
		assert_int_not_equal(open_direct(&out, buf_bytes(&file), f->file_key), ERR_OK);
		file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < file.len; len++)
		assert_int_not_equal(open_with(&out, NULL, bytes_of(file.data, len), f->identity), ERR_OK);
	assert_int_equal(out.len, 0);
	buf_append_byte(&file, 0);
	assert_int_equal(open_with(&out, NULL, buf_bytes(&file), f->identity), ERR_DECRYPT);
	buf_release(&file), buf_release(&out);
}

/* Chunks moved, dropped, repeated or added. */
static void test_chunks_keep_their_places(void **state)
{
	enum { SEALED = 65536 + 16 };
	struct fixture *f = *state;
	uint8_t *plain = pattern(3 * 65536), *swap = malloc(SEALED);
	struct buf file = BUF_INIT, out = BUF_INIT;
	struct age_header h;
	size_t at;

	assert_int_equal(seal(&file, &(struct age_result){0}, f, bytes_of(plain, 3 * 65536)), ERR_OK);
	assert_int_equal(age_header_parse(&h, buf_bytes(&file), NULL), ERR_OK);
	at = h.size + 16;
	age_header_release(&h);
	assert_int_equal(open_with(&out, NULL, bytes_of(file.data, at + 2 * SEALED), f->identity), ERR_TRUNCATED);
	assert_int_equal(open_with(&out, NULL, bytes_of(file.data, at + SEALED), f->identity), ERR_TRUNCATED);
	assert_int_equal(open_with(&out, NULL, bytes_of(file.data, at), f->identity), ERR_TRUNCATED);
	assert_int_equal(open_with(&out, NULL, bytes_of(file.data, at - 1), f->identity), ERR_TRUNCATED);
	memcpy(swap, file.data + at, SEALED);
	memcpy(file.data + at, file.data + at + SEALED, SEALED);
	memcpy(file.data + at + SEALED, swap, SEALED);
	buf_clear(&out);
	assert_int_equal(open_with(&out, NULL, buf_bytes(&file), f->identity), ERR_DECRYPT);
	assert_int_equal(out.len, 0);
	memcpy(file.data + at, swap, SEALED); /* the first one twice */
	assert_int_equal(open_with(&out, NULL, buf_bytes(&file), f->identity), ERR_DECRYPT);
	assert_int_equal(out.len, 65536); /* what authenticated was handed on, and only that */
	free(plain), free(swap);
	buf_release(&file), buf_release(&out);
}

static void test_header_parser_refuses(void **state)
{
	static const char mac[] = "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
	static const struct { const char *header; enum err want; } cases[] = {
		{"", ERR_TRUNCATED},
		{"age-encryption.org/v1", ERR_TRUNCATED},
		{"age-encryption.org/v2\n", ERR_FORMAT},
		{"age-encryption.org/v1\r\n-> a\n\n", ERR_FORMAT},
		{"age-encryption.org/v1\n", ERR_TRUNCATED},
		{"age-encryption.org/v1\n-> a\n\n", ERR_TRUNCATED},
		{"age-encryption.org/v1\n-> a\n\n@", ERR_OK},
		{"age-encryption.org/v1\n@", ERR_FORMAT}, /* no stanza */
		{"age-encryption.org/v1\n-> \n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n->  a\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a \n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a  b\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\tb\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> \xc3\xa4\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n->a\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\nAAAA\n@", ERR_OK},
		{"age-encryption.org/v1\n-> a\nAAA=\n@", ERR_FORMAT}, /* padding */
		{"age-encryption.org/v1\n-> a\nAAB\n@", ERR_FORMAT},  /* trailing bits */
		{"age-encryption.org/v1\n-> a\nAA\xa1" "A\n@", ERR_FORMAT}, /* past ASCII */
		{"age-encryption.org/v1\n-> a\nA\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\nAA AA\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> scrypt a 10\nAAAA\n@", ERR_OK},
		{"age-encryption.org/v1\n-> scrypt a 10\nAAAA\n-> a\n\n@", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\n\n---  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", ERR_FORMAT},
		{"age-encryption.org/v1\n-> a\n\n---\n", ERR_FORMAT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;
		struct age_header h;

		buf_append_text(&b, cases[i].header);
		if (b.len > 0 && b.data[b.len - 1] == '@') {
			b.len--;
			buf_append_text(&b, mac);
		}
		if (age_header_parse(&h, buf_bytes(&b), NULL) != cases[i].want)
			fail_msg("case %zu: %s", i, cases[i].header);
		age_header_release(&h);
		buf_release(&b);
	}
}

static void test_header_limits(void **state)
{
	struct buf b = BUF_INIT;
	struct age_header h;

	buf_append_text(&b, "age-encryption.org/v1\n");
	for (size_t i = 0; i <= AGE_STANZAS_MAX; i++)
		buf_append_text(&b, "-> a\n\n");
	assert_int_equal(age_header_parse(&h, buf_bytes(&b), NULL), ERR_TOO_LARGE);
	buf_clear(&b);
	buf_append_text(&b, "age-encryption.org/v1\n-> a");
	for (size_t i = 0; i <= AGE_ARGS_MAX; i++)
		buf_append_text(&b, " b");
	buf_append_text(&b, "\n\n");
	assert_int_equal(age_header_parse(&h, buf_bytes(&b), NULL), ERR_TOO_LARGE);
	buf_clear(&b);
	buf_append_text(&b, "age-encryption.org/v1\n-> ");
	while (b.len <= AGE_HEADER_MAX)
		buf_append_byte(&b, 'a');
	assert_int_equal(age_header_parse(&h, buf_bytes(&b), NULL), ERR_TOO_LARGE);
	buf_release(&b);
}

static void test_misuse_is_refused(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT;
	struct byte_sink to = byte_sink_buf(&out);
	struct bytes nothing = {NULL, 0};
	struct byte_source from = byte_source_bytes(&nothing);
	struct age_stanza bad[] = {{"X25519", {0}, 0, {0}}, {"scrypt", {0}, 0, {0}}, {"", {0}, 0, {0}},
				   {"a b", {0}, 0, {0}}, {"a", {"new\nline"}, 1, {0}}};
	struct age_spec nobody = {0}, long_key = {f->identity, &f->recipient, 1, NULL, 0};
	struct age_result r;

	assert_int_equal(age_encrypt(&r, &to, &from, &nobody, RNG, NULL), ERR_RANGE);
	assert_int_equal(age_encrypt(&r, &to, &from, &long_key, RNG, NULL), ERR_RANGE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct age_spec spec = {f->file_key, NULL, 0, &bad[i], 1};

		assert_int_equal(age_encrypt(&r, &to, &from, &spec, RNG, NULL), ERR_RANGE);
	}
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static enum err full(void *self, const uint8_t *data, size_t len)
{
	size_t *left = self;

	if (len > *left)
		return ERR_DISK_FULL;
	*left -= len;
	return ERR_OK;
}

static void test_a_full_disk_is_told(void **state)
{
	struct fixture *f = *state;

	for (size_t room = 0; room < 140000; room += 5000) {
		uint8_t *plain = pattern(140000);
		struct bytes view = bytes_of(plain, 140000);
		struct byte_source from = byte_source_bytes(&view);
		size_t left = room;
		struct byte_sink to = {full, &left};
		struct age_spec spec = {NULL, &f->recipient, 1, NULL, 0};
		struct age_result r = {.size = 7};

		assert_int_equal(age_encrypt(&r, &to, &from, &spec, RNG, NULL), ERR_DISK_FULL);
		assert_int_equal(r.size, 7);
		free(plain);
	}
}

static enum err one_byte(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	struct byte_source whole = byte_source_bytes(self);

	return whole.read(whole.self, out, max < 1 ? max : 1, ret_len);
}

static void test_short_reads_change_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t *plain = pattern(70000);
	struct buf file = BUF_INIT, out = BUF_INIT;
	struct bytes view;
	struct byte_source from = {one_byte, &view};
	struct byte_sink to = byte_sink_buf(&out);

	assert_int_equal(seal(&file, &(struct age_result){0}, f, bytes_of(plain, 70000)), ERR_OK);
	view = buf_bytes(&file);
	assert_int_equal(age_decrypt(NULL, &to, &from, f->identity, NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&out), bytes_of(plain, 70000)));
	free(plain);
	buf_release(&file), buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips_at_every_edge),
		cmocka_unit_test(test_header_tells_its_stanzas),
		cmocka_unit_test(test_a_body_of_whole_lines_ends_with_an_empty_one),
		cmocka_unit_test(test_other_keys_do_not_open),
		cmocka_unit_test(test_every_flipped_bit_and_cut_is_refused),
		cmocka_unit_test(test_chunks_keep_their_places),
		cmocka_unit_test(test_header_parser_refuses),
		cmocka_unit_test(test_header_limits),
		cmocka_unit_test(test_misuse_is_refused),
		cmocka_unit_test(test_a_full_disk_is_told),
		cmocka_unit_test(test_short_reads_change_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
