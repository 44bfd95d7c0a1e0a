/* SPDX-License-Identifier: Apache-2.0 */
/* Replies of a real CometBFT v0.38 node: every header, commit and block in them re-encodes to the hashes that they state.
 * Found anywhere in the JSON: an object with header and commit, or with block and block_id.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/light/verify.h"
#include "comet_json.h"
#include "core/crypto/hash.h"

#define REMEMBERED_MAX 256

struct seen {
	struct block_header header;
	struct hash32 hash;
};

struct tally {
	unsigned headers, ids, links, commits, data, blocks, parts, last_commits, consensus, signatures, in_last, proofs;
	struct validator_set validators;
	bool has_validators;
	struct seen seen[REMEMBERED_MAX];
	unsigned seen_count;
};

static void remember(struct tally *t, const struct block_header *h)
{
	if (t->seen_count < REMEMBERED_MAX)
		t->seen[t->seen_count++] = (struct seen){*h, header_hash(h)};
}

/* Decoding what we encode gives the same bytes again. */
static void round_trip(const struct block_header *h)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct block_header again;

	header_encode(&first, h);
	assert_int_equal(header_decode(&again, buf_bytes(&first), NULL), ERR_OK);
	header_encode(&second, &again);
	assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
	buf_release(&first);
	buf_release(&second);
}

static void check_commit(struct tally *t, const struct block_header *h, const struct commit *c)
{
	struct light_block b = {*h, *c};
	struct hash32 hash = header_hash(h), set;
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct commit again;

	assert_true(digest_is(&c->block_id.hash, &hash));
	commit_encode(&first, c);
	assert_int_equal(commit_decode(&again, buf_bytes(&first), NULL), ERR_OK);
	commit_encode(&second, &again);
	assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
	buf_release(&first);
	buf_release(&second);
	t->commits++;
	set = validators_hash(&t->validators);
	if (t->has_validators && digest_is(&h->validators_hash, &set)) {
		assert_int_equal(light_check_commit(&b, &t->validators, NULL), ERR_OK);
		t->signatures++;
	}
}

static size_t txs_of(struct bytes *ret, struct json_object *block)
{
	struct json_object *list = comet_at(block, "data/txs");
	size_t count = list ? json_object_array_length(list) : 0;

	assert_true(count <= BLOCK_TXS_MAX);
	for (size_t i = 0; i < count; i++)
		ret[i] = comet_base64(json_object_array_get_idx(list, i));
	return count;
}

static void check_parts(struct tally *t, const struct block *b, struct json_object *stated)
{
	struct buf encoded = BUF_INIT;
	struct block_id want, got;
	struct block again = {0};
	struct hash32 hash = header_hash(&b->header);

	assert_int_equal(comet_block_id(&want, stated), ERR_OK);
	block_encode(&encoded, b);
	got = block_id_of(&hash, buf_bytes(&encoded));
	assert_true(block_id_equal(&want, &got));
	assert_int_equal(block_decode(&again, buf_bytes(&encoded), NULL), ERR_OK);
	assert_int_equal(block_check(&again, NULL), ERR_OK);
	assert_int_equal(again.tx_count, b->tx_count);
	block_release(&again);
	buf_release(&encoded);
	t->parts++;
}

/* The commit that a block carries for its predecessor, when it is by the validators that we know. */
static void check_last_commit(struct tally *t, const struct block *b)
{
	struct hash32 set = validators_hash(&t->validators);
	struct buf input = BUF_INIT;

	if (!t->has_validators || b->last_commit.count != t->validators.count ||
	    !digest_is(&b->header.validators_hash, &set))
		return;
	for (uint32_t i = 0; i < b->last_commit.count; i++) {
		const struct commit_sig *sig = &b->last_commit.sigs[i];

		buf_clear(&input);
		vote_sign_bytes(&input, b->header.chain_id, b->last_commit.height, b->last_commit.round,
				&b->last_commit.block_id, sig->time);
		assert_int_equal(sign_verify(&sig->signature, &t->validators.rows[i].key, buf_bytes(&input)), ERR_OK);
		t->in_last++;
	}
	buf_release(&input);
}

/* A transaction with the node's proof of it, brought into our form. */
static void check_proof(struct tally *t, struct json_object *proof)
{
	struct bytes tx = comet_base64(comet_at(proof, "data"));
	struct json_object *aunts = comet_at(proof, "proof/aunts");
	struct hash32 root, hash = hash_sha256(tx);
	struct buf ours = BUF_INIT;
	struct tx_id id;
	uint32_t index;

	ID_COPY(id, hash.b);
	assert_int_equal(hex_decode(root.b, sizeof(root.b), json_object_get_string(comet_at(proof, "root_hash"))), ERR_OK);
	buf_append_be32(&ours, (uint32_t)comet_int(comet_at(proof, "proof"), "total"));
	buf_append_be32(&ours, (uint32_t)comet_int(comet_at(proof, "proof"), "index"));
	for (size_t i = 0; aunts && i < json_object_array_length(aunts); i++) {
		struct bytes aunt = comet_base64(json_object_array_get_idx(aunts, i));

		buf_append_bytes(&ours, aunt);
		free((void *)(uintptr_t)aunt.data);
	}
	assert_int_equal(inclusion_verify(&index, buf_bytes(&ours), &root, &id), ERR_OK);
	buf_release(&ours);
	free((void *)(uintptr_t)tx.data);
	t->proofs++;
}

/* stated: the block's own id, or NULL when the reply does not say it. */
static void check_block(struct tally *t, struct json_object *o, struct json_object *stated)
{
	static struct bytes txs[BLOCK_TXS_MAX];
	struct block b = {.txs = txs};
	struct json_object *evidence = comet_at(o, "evidence/evidence");
	struct hash32 data, last, consensus = block_consensus_hash(22020096, -1);

	assert_int_equal(comet_header(&b.header, comet_at(o, "header")), ERR_OK);
	assert_int_equal(comet_commit(&b.last_commit, comet_at(o, "last_commit")), ERR_OK);
	b.tx_count = txs_of(txs, o);
	data = block_data_hash(txs, b.tx_count);
	assert_true(digest_is(&b.header.data_hash, &data));
	t->data++;
	last = commit_hash(&b.last_commit);
	assert_true(digest_is(&b.header.last_commit_hash, &last));
	t->last_commits++;
	check_last_commit(t, &b);
	t->consensus += digest_is(&b.header.consensus_hash, &consensus);
	t->blocks++;
	/* Evidence is there as JSON only: its bytes cannot be put together again. */
	if (stated && (!evidence || json_object_array_length(evidence) == 0))
		check_parts(t, &b, stated);
	for (size_t i = 0; i < b.tx_count; i++)
		free((void *)(uintptr_t)txs[i].data);
}

static void check_header(struct tally *t, struct json_object *o, struct json_object *id)
{
	struct block_header h;
	struct hash32 hash;
	struct block_id want;

	assert_int_equal(comet_header(&h, o), ERR_OK);
	round_trip(&h);
	remember(t, &h);
	t->headers++;
	if (!id)
		return;
	hash = header_hash(&h);
	assert_int_equal(comet_block_id(&want, id), ERR_OK);
	assert_true(digest_is(&want.hash, &hash));
	t->ids++;
}

static void look(struct tally *t, struct json_object *o)
{
	struct json_object *header = comet_at(o, "header"), *commit = comet_at(o, "commit");
	struct json_object *block = comet_at(o, "block"), *id = comet_at(o, "block_id");
	struct block_header h;
	struct commit c;

	if (comet_at(o, "root_hash") && comet_at(o, "proof"))
		check_proof(t, o);
	if (header && comet_at(header, "chain_id"))
		check_header(t, header, id);
	if (header && commit) {
		assert_int_equal(comet_header(&h, header), ERR_OK);
		assert_int_equal(comet_commit(&c, commit), ERR_OK);
		check_commit(t, &h, &c);
	}
	if (block && comet_at(block, "header/chain_id")) {
		check_block(t, block, id);
		if (id)
			check_header(t, comet_at(block, "header"), id);
	}
}

static void walk(struct tally *t, struct json_object *o)
{
	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			walk(t, json_object_array_get_idx(o, i));
	} else if (json_object_is_type(o, json_type_object)) {
		look(t, o);
		json_object_object_foreach(o, key, value)
		{
			(void)key;
			walk(t, value);
		}
	}
}

/* Each header that names a predecessor we have seen names its hash. */
static void check_links(struct tally *t)
{
	for (unsigned i = 0; i < t->seen_count; i++)
		for (unsigned j = 0; j < t->seen_count; j++) {
			const struct block_header *later = &t->seen[i].header, *earlier = &t->seen[j].header;

			if (later->height != earlier->height + 1 || strcmp(later->chain_id, earlier->chain_id) != 0 ||
			    !digest_is(&later->last_block_id.hash, &t->seen[j].hash))
				continue;
			assert_int_equal(light_verify_back(later, earlier, NULL), ERR_OK);
			t->links++;
		}
}

static void load_validators(struct tally *t, const char *folder)
{
	char path[8192];
	struct json_object *o;

	snprintf(path, sizeof(path), "%s/genesis.json", folder);
	o = comet_json_file(path);
	assert_non_null(o);
	t->has_validators = comet_validators(&t->validators, comet_at(o, "result/genesis")) == ERR_OK;
	json_object_put(o);
}

static void run_folder(struct tally *t, const char *folder, DIR *d)
{
	struct dirent *entry;
	char path[8192];

	load_validators(t, folder);
	while ((entry = readdir(d)) != NULL) {
		struct json_object *o;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		o = comet_json_file(path);
		if (!o)
			continue; /* subscribe_malformed.json is no JSON on purpose */
		walk(t, o);
		json_object_put(o);
	}
}

static void test_replies(void **state)
{
	const char *base = getenv("VECTORS") ? getenv("VECTORS") : "../shared/vectors";
	static struct tally t;
	char folder[4096];
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/cometbft/rpc-v0_38/incoming", base);
	d = opendir(folder);
	if (!d) {
		print_message("skipped: no vectors\n");
		skip();
	}
	run_folder(&t, folder, d);
	closedir(d);
	check_links(&t);
	print_message("headers %u, with their hash stated %u, linked to a predecessor %u\n", t.headers, t.ids, t.links);
	print_message("blocks %u: data_hash %u, last_commit_hash %u, consensus_hash %u, part set %u\n", t.blocks, t.data,
		      t.last_commits, t.consensus, t.parts);
	print_message("commits %u, verified %u; signatures in blocks verified %u; proofs of transactions %u\n", t.commits,
		      t.signatures, t.in_last, t.proofs);
	assert_true(t.ids > 0 && t.links > 0 && t.parts > 0 && t.signatures > 0 && t.in_last > 0 && t.proofs > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_replies)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
