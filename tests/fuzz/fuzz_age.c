/* SPDX-License-Identifier: Apache-2.0 */
/* age files with a fixed identity and a fixed file key.  The first byte chooses: 0 the whole file as it is; 1 a header
 * whose MAC is put right first, so that what lies behind the MAC is reached; else the payload under a right header.
 */
#include "core/crypto/age.h"

#include "core/crypto/age_parts.h"

#define PLAIN_MAX (1u << 20)

static struct secret *fixed(size_t len)
{
	struct secret *s = NULL;

	ASSERT(secret_new(&s, len) == ERR_OK);
	memset(s->data, 7, len);
	return s;
}

static void open_both(struct bytes file, const struct secret *identity, const struct secret *file_key)
{
	struct buf out = BUF_INIT;
	struct byte_sink to = byte_sink_buf(&out);
	struct err_info info = {0};
	struct age_result result;
	struct bytes view = file;
	struct byte_source from = byte_source_bytes(&view);

	buf_init(&out, PLAIN_MAX);
	if (age_decrypt(&result, &to, &from, identity, &info) == ERR_OK)
		ASSERT(result.plain_size == out.len && result.size == file.len);
	buf_clear(&out);
	view = file;
	if (age_decrypt_file_key(&result, &to, &from, file_key, NULL) == ERR_OK)
		ASSERT(result.plain_size == out.len && result.size == file.len);
	buf_release(&out);
}

/* What parsed must be writable as the same bytes: there is one form. */
static void rewrite(const struct age_header *h)
{
	struct buf again = BUF_INIT;

	buf_append_text(&again, AGE_INTRO);
	for (size_t i = 0; i < h->count; i++) {
		const struct age_stanza *s = &h->stanzas[i];
		char body[BASE64_SIZE(AGE_BODY_MAX)];
		size_t at = 0;

		buf_printf(&again, "-> %s", s->type);
		for (size_t a = 0; a < s->args_count; a++)
			buf_printf(&again, " %s", s->args[a]);
		base64_encode(body, s->body.data, s->body.len, false);
		for (; at + 64 <= strlen(body); at += 64)
			buf_printf(&again, "\n%.64s", body + at);
		buf_printf(&again, "\n%s\n", body + at);
	}
	buf_append_text(&again, "---");
	ASSERT(bytes_equal(buf_bytes(&again), bytes_of(h->raw.data, h->mac_covers)));
	buf_release(&again);
}

static void with_mac(struct bytes header, const struct secret *identity, const struct secret *file_key)
{
	struct buf file = BUF_INIT;
	char text[BASE64_SIZE(AGE_MAC_SIZE)];
	struct hash32 mac;

	buf_append_text(&file, AGE_INTRO);
	buf_append_bytes(&file, header);
	buf_append_text(&file, "---");
	mac = age_mac(file_key, buf_bytes(&file));
	base64_encode(text, mac.b, sizeof(mac.b), false);
	buf_printf(&file, " %s\nsixteen bytes...", text);
	open_both(buf_bytes(&file), identity, file_key);
	buf_release(&file);
}

static void with_payload(struct bytes payload, const struct secret *identity, const struct secret *file_key)
{
	struct buf file = BUF_INIT;

	buf_append_text(&file, AGE_INTRO "-> any\n\n---");
	struct hash32 mac = age_mac(file_key, buf_bytes(&file));
	char text[BASE64_SIZE(AGE_MAC_SIZE)];

	base64_encode(text, mac.b, sizeof(mac.b), false);
	buf_printf(&file, " %s\n", text);
	buf_append_bytes(&file, payload);
	open_both(buf_bytes(&file), identity, file_key);
	buf_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret *identity = fixed(SEAL_KEY_SIZE), *file_key = fixed(AGE_FILE_KEY_SIZE);
	struct bytes rest = bytes_of(data + (size > 0), size - (size > 0));
	struct age_header h;

	if (size > 0 && data[0] == 0) {
		if (age_header_parse(&h, rest, NULL) == ERR_OK)
			rewrite(&h);
		age_header_release(&h);
		open_both(rest, identity, file_key);
	} else if (size > 0 && data[0] == 1) {
		with_mac(rest, identity, file_key);
	} else {
		with_payload(rest, identity, file_key);
	}
	secret_free(identity);
	secret_free(file_key);
	return 0;
}
