/* SPDX-License-Identifier: Apache-2.0 */
#include "comet_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"

struct json_object *comet_json_file(const char *path)
{
	struct buf text = BUF_INIT;
	struct json_object *o = NULL;
	FILE *f = fopen(path, "rb");
	char piece[65536];
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_append(&text, piece, n);
	fclose(f);
	if (json_read(&o, buf_bytes(&text), NULL) != ERR_OK)
		o = NULL;
	buf_release(&text);
	return o;
}

struct json_object *comet_at(struct json_object *o, const char *path)
{
	char part[64];

	while (o && *path) {
		size_t len = strcspn(path, "/");

		ASSERT(len < sizeof(part));
		memcpy(part, path, len);
		part[len] = '\0';
		if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, part, &o))
			return NULL;
		path += len + (path[len] == '/');
	}
	return o;
}

static const char *text_at(struct json_object *o, const char *key)
{
	struct json_object *v = comet_at(o, key);

	return v ? json_object_get_string(v) : "";
}

int64_t comet_int(struct json_object *o, const char *key)
{
	return strtoll(text_at(o, key), NULL, 10);
}

struct block_time comet_time(struct json_object *o, const char *key)
{
	const char *text = text_at(o, key), *dot = strchr(text, '.');
	struct block_time t = {0};
	struct time_ms ms;
	char whole[40] = "";

	if (strncmp(text, "0001-01-01T00:00:00Z", 20) == 0 || !*text)
		return BLOCK_TIME_ABSENT;
	snprintf(whole, sizeof(whole), "%.19sZ", text);
	ASSERT(time_parse(&ms, whole) == ERR_OK);
	t.seconds = ms.v / 1000;
	if (dot) {
		char nanos[10] = "000000000";

		for (int i = 0; i < 9 && dot[i + 1] >= '0' && dot[i + 1] <= '9'; i++)
			nanos[i] = dot[i + 1];
		t.nanos = (int32_t)strtol(nanos, NULL, 10);
	}
	return t;
}

static enum err hash_at(struct digest *ret, struct json_object *o, const char *key)
{
	const char *text = text_at(o, key);
	size_t len = strlen(text) / 2;

	if (len > sizeof(ret->b))
		return ERR_FORMAT;
	*ret = (struct digest){.len = (uint8_t)len};
	return hex_decode(ret->b, len, text);
}

enum err comet_block_id(struct block_id *ret, struct json_object *o)
{
	struct json_object *parts = comet_at(o, "parts");

	*ret = (struct block_id){0};
	if (!o)
		return ERR_OK;
	if (!parts)
		parts = comet_at(o, "part_set_header");
	TRY(hash_at(&ret->hash, o, "hash"));
	ret->total = (uint32_t)comet_int(parts, "total");
	return hash_at(&ret->parts, parts, "hash");
}

enum err comet_header(struct block_header *ret, struct json_object *o)
{
	struct digest proposer;

	*ret = (struct block_header){.height = comet_int(o, "height"), .time = comet_time(o, "time")};
	ret->version_block = (uint64_t)comet_int(o, "version/block");
	ret->version_app = (uint64_t)comet_int(o, "version/app");
	snprintf(ret->chain_id, sizeof(ret->chain_id), "%s", text_at(o, "chain_id"));
	TRY(comet_block_id(&ret->last_block_id, comet_at(o, "last_block_id")));
	TRY(hash_at(&ret->last_commit_hash, o, "last_commit_hash"));
	TRY(hash_at(&ret->data_hash, o, "data_hash"));
	TRY(hash_at(&ret->validators_hash, o, "validators_hash"));
	TRY(hash_at(&ret->next_validators_hash, o, "next_validators_hash"));
	TRY(hash_at(&ret->consensus_hash, o, "consensus_hash"));
	TRY(hash_at(&ret->app_hash, o, "app_hash"));
	TRY(hash_at(&ret->last_results_hash, o, "last_results_hash"));
	TRY(hash_at(&ret->evidence_hash, o, "evidence_hash"));
	TRY(hash_at(&proposer, o, "proposer_address"));
	ret->has_proposer = proposer.len == VALIDATOR_ADDRESS_SIZE;
	memcpy(ret->proposer.b, proposer.b, VALIDATOR_ADDRESS_SIZE);
	return ERR_OK;
}

struct bytes comet_base64(struct json_object *text)
{
	const char *s = text ? json_object_get_string(text) : "";
	size_t size = strlen(s) + 1, len = 0;
	uint8_t *out = malloc(size);

	ASSERT(out && base64_decode(out, size, &len, s, strlen(s), true) == ERR_OK);
	return bytes_of(out, len);
}

static enum err sig_of(struct commit_sig *ret, struct json_object *o)
{
	struct digest address;
	struct bytes signature = comet_base64(comet_at(o, "signature"));

	*ret = (struct commit_sig){.flag = (enum commit_flag)comet_int(o, "block_id_flag"),
				   .time = comet_time(o, "timestamp")};
	if (signature.len == sizeof(ret->signature.b))
		memcpy(ret->signature.b, signature.data, signature.len);
	free((void *)(uintptr_t)signature.data);
	TRY(hash_at(&address, o, "validator_address"));
	memcpy(ret->address.b, address.b, sizeof(ret->address.b));
	return ERR_OK;
}

enum err comet_commit(struct commit *ret, struct json_object *o)
{
	struct json_object *list = comet_at(o, "signatures");

	*ret = (struct commit){.height = comet_int(o, "height"), .round = (int32_t)comet_int(o, "round")};
	TRY(comet_block_id(&ret->block_id, comet_at(o, "block_id")));
	ret->count = list ? (uint32_t)json_object_array_length(list) : 0;
	if (ret->count > VALIDATORS_MAX)
		return ERR_LIMIT;
	for (uint32_t i = 0; i < ret->count; i++)
		TRY(sig_of(&ret->sigs[i], json_object_array_get_idx(list, i)));
	return ERR_OK;
}

enum err comet_validators(struct validator_set *ret, struct json_object *set)
{
	struct json_object *list = comet_at(set, "validators");
	struct validator rows[VALIDATORS_MAX];
	size_t count = list ? json_object_array_length(list) : 0;

	if (count > VALIDATORS_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < count; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		struct bytes key = comet_base64(comet_at(v, "pub_key/value"));

		ASSERT(key.len == sizeof(rows[i].key.b));
		memcpy(rows[i].key.b, key.data, key.len);
		free((void *)(uintptr_t)key.data);
		rows[i].power = comet_int(v, comet_at(v, "voting_power") ? "voting_power" : "power");
	}
	return validators_make(ret, rows, count);
}
