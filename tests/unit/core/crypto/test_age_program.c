/* SPDX-License-Identifier: Apache-2.0 */
/* Our age files against the age program, in both directions.  Skipped when the program is not there. */
#include "core/crypto/age.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/crypto/hash.h"
#include "program.h"

static void kernel_fill(void *self, uint8_t *out, size_t len)
{
	FILE *f = fopen("/dev/urandom", "rb");

	(void)self;
	assert_non_null(f);
	assert_int_equal(fread(out, 1, len, f), len);
	fclose(f);
}

static const struct rng kernel = {kernel_fill, NULL};

static char folder[] = "/tmp/medlock-age-XXXXXX";

static int open_in(const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, flags, 0600);
	assert_true(fd >= 0);
	return fd;
}

static void write_file(const char *name, struct bytes data)
{
	int fd = open_in(name, O_WRONLY | O_CREAT | O_TRUNC);
	struct byte_sink to = byte_sink_fd(&fd);

	assert_int_equal(to.write(to.self, data.data, data.len), ERR_OK);
	close(fd);
}

static struct buf read_file(const char *name)
{
	struct buf b = BUF_INIT;
	int fd = open_in(name, O_RDONLY);
	struct byte_source from = byte_source_fd(&fd);
	size_t n;

	do {
		uint8_t *room = buf_reserve(&b, 65536);

		assert_int_equal(byte_source_fill(&from, room, 65536, &n), ERR_OK);
		b.len += n;
	} while (n == 65536);
	close(fd);
	return b;
}

static struct secret *identity;
static struct seal_public recipient;
static char recipient_text[AGE_RECIPIENT_TEXT];

static int setup(void **state)
{
	struct secret *text = NULL;
	char *version[] = {"age", "--version", NULL};
	char *keygen[] = {"age-keygen", "-o", "theirs", NULL};

	*state = NULL;
	assert_non_null(mkdtemp(folder));
	if (program_run_in(folder, version) != 0 || program_run_in(folder, keygen) != 0)
		return 0;
	assert_int_equal(seal_private_new(&identity, &kernel), ERR_OK);
	seal_public_of(&recipient, identity);
	age_recipient_text(recipient_text, &recipient);
	assert_int_equal(age_identity_text(&text, identity), ERR_OK);
	write_file("ours", bytes_of(text->data, text->len - 1));
	secret_free(text);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	char *clean[] = {"rm", "-rf", folder, NULL};

	secret_free(identity);
	return program_run_in(folder, clean);
}

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 10485760};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static uint8_t *pattern(size_t len)
{
	uint8_t *p = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 31 + i / 256);
	return p;
}

static void need_age(void **state)
{
	if (*state)
		return;
	print_message("skipped: no age program\n");
	skip();
}

static void test_age_opens_ours(void **state)
{
	/* Its own -o makes no file when the plain text is empty. */
	char *decrypt[] = {"sh", "-c", "age -d -i ours sealed >plain", NULL};

	need_age(state);
	for (size_t i = 0; i < SIZES; i++) {
		uint8_t *plain = pattern(sizes[i]);
		struct bytes view = bytes_of(plain, sizes[i]);
		struct byte_source from = byte_source_bytes(&view);
		int fd = open_in("sealed", O_WRONLY | O_CREAT | O_TRUNC);
		struct byte_sink to = byte_sink_fd(&fd);
		struct age_stanza custodians = {"medlock", {"1", "3"}, 2, bytes_str("wrapped by others")};
		struct age_spec spec = {NULL, &recipient, 1, &custodians, 1};
		struct age_result made;
		struct buf got, file;
		struct hash32 id;

		assert_int_equal(age_encrypt(&made, &to, &from, &spec, &kernel, NULL), ERR_OK);
		close(fd);
		assert_int_equal(program_run_in(folder, decrypt), 0);
		got = read_file("plain");
		assert_true(bytes_equal(buf_bytes(&got), bytes_of(plain, sizes[i])));
		file = read_file("sealed");
		id = hash_sha256(buf_bytes(&file));
		assert_int_equal(made.size, file.len);
		assert_memory_equal(made.id.b, id.b, 32);
		buf_release(&got), buf_release(&file);
		free(plain);
	}
}

static void test_we_open_what_age_makes(void **state)
{
	char *encrypt[] = {"age", "-r", recipient_text, "-o", "sealed", "plain", NULL};

	need_age(state);
	for (size_t i = 0; i < SIZES; i++) {
		uint8_t *plain = pattern(sizes[i]);
		struct buf got = BUF_INIT;
		struct byte_sink to = byte_sink_buf(&got);
		struct byte_source from;
		struct age_result read;
		int fd;

		write_file("plain", bytes_of(plain, sizes[i]));
		assert_int_equal(program_run_in(folder, encrypt), 0);
		fd = open_in("sealed", O_RDONLY);
		from = byte_source_fd(&fd);
		assert_int_equal(age_decrypt(&read, &to, &from, identity, NULL), ERR_OK);
		close(fd);
		assert_true(bytes_equal(buf_bytes(&got), bytes_of(plain, sizes[i])));
		assert_int_equal(read.plain_size, sizes[i]);
		buf_release(&got);
		free(plain);
	}
}

static void test_both_refuse_the_same(void **state)
{
	char *encrypt[] = {"age", "-r", recipient_text, "-o", "sealed", "plain", NULL};
	char *decrypt[] = {"age", "-d", "-i", "ours", "-o", "/dev/null", "sealed", NULL};
	struct buf file;

	need_age(state);
	write_file("plain", bytes_str("a short text"));
	assert_int_equal(program_run_in(folder, encrypt), 0);
	file = read_file("sealed");
	for (size_t i = 0; i < file.len + 2; i += 7) {
		struct buf got = BUF_INIT, changed = BUF_INIT;
		struct byte_sink to = byte_sink_buf(&got);
		struct byte_source from;
		struct bytes view;

		buf_append_bytes(&changed, buf_bytes(&file));
		if (i < file.len)
			changed.data[i] ^= 4;
		else
			buf_append_byte(&changed, '\n');
		write_file("sealed", buf_bytes(&changed));
		assert_int_not_equal(program_run_in(folder, decrypt), 0);
		view = buf_bytes(&changed);
		from = byte_source_bytes(&view);
		assert_int_not_equal(age_decrypt(NULL, &to, &from, identity, NULL), ERR_OK);
		buf_release(&got), buf_release(&changed);
	}
	buf_release(&file);
}

/* age-keygen's texts, and ours by age-keygen's reading. */
static void test_key_texts(void **state)
{
	char *show[] = {"sh", "-c", "age-keygen -y ours >ours.public && age-keygen -y theirs >theirs.public", NULL};
	struct secret *theirs = NULL, *text = NULL;
	struct seal_public key, parsed;
	struct buf file, ours, public;
	char *line;

	need_age(state);
	assert_int_equal(program_run_in(folder, show), 0);
	ours = read_file("ours.public");
	assert_int_equal(ours.len, strlen(recipient_text) + 1);
	assert_memory_equal(ours.data, recipient_text, strlen(recipient_text));
	file = read_file("theirs");
	line = strstr(buf_text(&file), "AGE-SECRET-KEY-1");
	assert_non_null(line);
	line[AGE_IDENTITY_TEXT - 1] = '\0';
	assert_int_equal(age_identity_parse(&theirs, line), ERR_OK);
	assert_int_equal(age_identity_text(&text, theirs), ERR_OK);
	assert_string_equal((char *)text->data, line);
	public = read_file("theirs.public");
	public.data[public.len - 1] = '\0';
	assert_int_equal(age_recipient_parse(&parsed, (char *)public.data), ERR_OK);
	seal_public_of(&key, theirs);
	assert_memory_equal(key.b, parsed.b, sizeof(key.b));
	secret_free(theirs), secret_free(text);
	buf_release(&file), buf_release(&ours), buf_release(&public);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_age_opens_ours),
		cmocka_unit_test(test_we_open_what_age_makes),
		cmocka_unit_test(test_both_refuse_the_same),
		cmocka_unit_test(test_key_texts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
