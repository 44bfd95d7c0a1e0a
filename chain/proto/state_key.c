/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/state_key.h"

static struct state_key key_of(char tag)
{
	return (struct state_key){.len = 1, .b = {(uint8_t)tag}};
}

static void add(struct state_key *k, struct bytes part)
{
	ASSERT(part.len <= UINT8_MAX && k->len + 1 + part.len <= STATE_KEY_BYTES_MAX);
	k->b[k->len++] = (uint8_t)part.len;
	memcpy(k->b + k->len, part.data, part.len);
	k->len = (uint8_t)(k->len + part.len);
}

static struct state_key key_one(char tag, struct bytes part)
{
	struct state_key k = key_of(tag);

	add(&k, part);
	return k;
}

static void add_be32(struct state_key *k, uint32_t v)
{
	uint8_t be[4];

	put_be32(be, v);
	add(k, bytes_of(be, sizeof(be)));
}

static void add_be64(struct state_key *k, uint64_t v)
{
	uint8_t be[8];

	put_be64(be, v);
	add(k, bytes_of(be, sizeof(be)));
}

struct state_key state_key_account(const struct account_id *account)
{
	return key_one('a', BYTES_ID(*account));
}

struct state_key state_key_policy(const struct account_id *owner)
{
	return key_one('p', BYTES_ID(*owner));
}

struct state_key state_key_rules(const struct account_id *owner)
{
	return key_one('u', BYTES_ID(*owner));
}

struct state_key state_key_rule(const struct account_id *owner, uint32_t rule)
{
	struct state_key k = state_key_rules(owner);
	uint8_t be[4];

	put_be32(be, rule);
	add(&k, bytes_of(be, sizeof(be)));
	return k;
}

struct state_key state_key_record(const struct record_id *record)
{
	return key_one('r', BYTES_ID(*record));
}

struct state_key state_key_owned(const struct account_id *owner, uint64_t number)
{
	struct state_key k = key_one('o', BYTES_ID(*owner));

	add_be64(&k, number);
	return k;
}

struct state_key state_key_request(const struct request_id *request)
{
	return key_one('q', BYTES_ID(*request));
}

struct state_key state_key_questions(const struct request_id *request)
{
	return key_one('w', BYTES_ID(*request));
}

struct state_key state_key_proxies(const struct account_id *owner)
{
	return key_one('d', BYTES_ID(*owner));
}

struct state_key state_key_network(void)
{
	return key_of('n');
}

struct state_key state_key_replay_until(uint64_t valid_until)
{
	struct state_key k = key_of('x');

	add_be64(&k, valid_until);
	return k;
}

struct state_key state_key_replay(uint64_t valid_until, const struct hash32 *replay)
{
	struct state_key k = state_key_replay_until(valid_until);

	add(&k, BYTES_ID(*replay));
	return k;
}

struct state_key state_key_capsule(struct bytes u)
{
	ASSERT(u.len == 48);
	return key_one('c', u);
}

struct state_key state_key_request_key(struct bytes key)
{
	ASSERT(key.len == 32);
	return key_one('k', key);
}

struct state_key state_key_keys(const struct account_id *account, uint32_t generation)
{
	struct state_key k = key_one('g', BYTES_ID(*account));

	add_be32(&k, generation);
	return k;
}

struct state_key state_key_sign(struct bytes key)
{
	ASSERT(key.len == 32);
	return key_one('i', key);
}

/* The lengths of the parts of each row, 0 for none. */
static const struct {
	char tag;
	uint8_t parts[2];
} rows[] = {
	{'a', {32, 0}}, {'p', {32, 0}}, {'u', {32, 4}}, {'n', {0, 0}},	{'c', {48, 0}},
	{'r', {32, 0}}, {'o', {32, 8}}, {'q', {32, 0}}, {'x', {8, 32}}, {'k', {32, 0}},
	{'g', {32, 4}}, {'i', {32, 0}}, {'d', {32, 0}}, {'w', {32, 0}},
};

enum err state_key_parse(struct state_key *ret, struct bytes in)
{
	struct cursor c = cursor_of(in);
	uint8_t tag = cursor_byte(&c);
	size_t row = 0;

	while (row < sizeof(rows) / sizeof(rows[0]) && (uint8_t)rows[row].tag != tag)
		row++;
	if (c.err || row == sizeof(rows) / sizeof(rows[0]))
		return ERR_FORMAT;
	for (size_t i = 0; i < 2 && rows[row].parts[i]; i++) {
		if (cursor_byte(&c) != rows[row].parts[i])
			return ERR_FORMAT;
		cursor_take(&c, rows[row].parts[i]);
	}
	if (cursor_end(&c) != ERR_OK)
		return ERR_FORMAT;
	ret->len = (uint8_t)in.len;
	memcpy(ret->b, in.data, in.len);
	return ERR_OK;
}
