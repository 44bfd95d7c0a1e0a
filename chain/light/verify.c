/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/light/verify.h"

#include "core/crypto/trie.h"

/* Fractions of power as CometBFT computes them: whole division first, then strictly more. */
static int64_t two_thirds(int64_t total)
{
	return total * 2 / 3;
}

static int64_t one_third(int64_t total)
{
	return total / 3;
}

enum err light_trust_genesis(struct light_trust *ret, const Medlock__Genesis *genesis)
{
	struct validator_set set;
	struct hash32 hash;
	size_t len = strlen(genesis->chain_id);

	if (len > CHAIN_ID_MAX || !genesis->network)
		return ERR_FORMAT;
	TRY(validators_of_network(&set, genesis->network));
	hash = validators_hash(&set);
	*ret = (struct light_trust){.validators = set};
	memcpy(ret->header.chain_id, genesis->chain_id, len + 1);
	ret->header.time = block_time_of((struct time_ms){genesis->time});
	ret->header.validators_hash = digest_of(&hash);
	ret->header.next_validators_hash = digest_of(&hash);
	return ERR_OK;
}

enum err light_block_decode(struct light_block *ret, struct bytes header, struct bytes commit, struct err_info *info)
{
	struct block_header h;

	TRY(header_decode(&h, header, info));
	TRY(commit_decode(&ret->commit, commit, info));
	ret->header = h;
	return ERR_OK;
}

/* One signature of a commit, by the key of the validator it names. */
static bool signature_holds(struct buf *scratch, const struct light_block *b, const struct commit_sig *sig,
			    const struct validator *by)
{
	buf_clear(scratch);
	vote_sign_bytes(scratch, b->header.chain_id, b->commit.height, b->commit.round, &b->commit.block_id, sig->time);
	return buf_error(scratch) == ERR_OK && sign_verify(&sig->signature, &by->key, buf_bytes(scratch)) == ERR_OK;
}

static enum err check_structure(const struct light_block *b, const struct validator_set *validators,
				struct err_info *info)
{
	struct hash32 set = validators_hash(validators);
	struct hash32 hash = header_hash(&b->header);

	if (b->header.version_block != BLOCK_PROTOCOL)
		return err_set(info, ERR_CHAIN, "a block of another protocol");
	if (!digest_is(&b->header.validators_hash, &set))
		return err_set(info, ERR_CHAIN, "the header names other validators");
	if (b->commit.height != b->header.height || !digest_is(&b->commit.block_id.hash, &hash))
		return err_set(info, ERR_CHAIN, "the commit is for another block");
	if (b->commit.count != validators->count)
		return err_set(info, ERR_CHAIN, "the commit has %u places for %u validators", b->commit.count,
			       validators->count);
	for (uint32_t i = 0; i < b->commit.count; i++)
		if (b->commit.sigs[i].flag != COMMIT_ABSENT &&
		    !ID_EQUAL(b->commit.sigs[i].address, validators->rows[i].address))
			return err_set(info, ERR_CHAIN, "place %u of the commit names another validator", i + 1);
	return ERR_OK;
}

enum err light_check_commit(const struct light_block *b, const struct validator_set *validators,
			    struct err_info *info)
{
	struct buf scratch = BUF_INIT;
	int64_t power = 0;

	TRY(check_structure(b, validators, info));
	for (uint32_t i = 0; i < b->commit.count && power <= two_thirds(validators->total); i++)
		if (b->commit.sigs[i].flag == COMMIT_FOR_BLOCK &&
		    signature_holds(&scratch, b, &b->commit.sigs[i], &validators->rows[i]))
			power += validators->rows[i].power;
	buf_release(&scratch);
	if (power <= two_thirds(validators->total))
		return err_set(info, ERR_CHAIN, "two thirds of the validators did not sign this block");
	return ERR_OK;
}

/* More than 1/3 of the trusted power signed the new block, wherever their places are now. */
static enum err check_overlap(const struct light_block *b, const struct validator_set *trusted, struct err_info *info)
{
	struct buf scratch = BUF_INIT;
	bool seen[VALIDATORS_MAX] = {false};
	int64_t power = 0;

	for (uint32_t i = 0; i < b->commit.count && power <= one_third(trusted->total); i++) {
		const struct commit_sig *sig = &b->commit.sigs[i];
		const struct validator *by;

		if (sig->flag != COMMIT_FOR_BLOCK)
			continue;
		by = validators_find(trusted, &sig->address);
		if (!by || seen[by - trusted->rows])
			continue;
		if (!signature_holds(&scratch, b, sig, by))
			continue;
		seen[by - trusted->rows] = true;
		power += by->power;
	}
	buf_release(&scratch);
	if (power <= one_third(trusted->total))
		return err_set(info, ERR_TRUST, "across this gap");
	return ERR_OK;
}

/* What needs no signature: chain, height, times. */
static enum err check_step(const struct light_trust *trust, const struct block_header *h,
			   const struct light_options *options, struct time_ms now, struct err_info *info)
{
	struct block_time drifted = block_time_of((struct time_ms){now.v + options->drift_ms});
	struct block_time start = block_time_of((struct time_ms){now.v - options->trusting_ms});
	int order = block_time_compare(h->time, trust->header.time);

	if (options->trusting_ms && block_time_compare(trust->header.time, start) <= 0)
		return err_set(info, ERR_EXPIRED, "the trusted header is too old to start from");
	if (strcmp(h->chain_id, trust->header.chain_id) != 0)
		return err_set(info, ERR_CHAIN, "a header of another chain");
	if (h->height <= trust->header.height)
		return err_set(info, ERR_CHAIN, "the header is not later than the trusted one");
	/* The first block has the time of the genesis. */
	if (order < 0 || (order == 0 && trust->header.height != 0))
		return err_set(info, ERR_CHAIN, "the header's time is not after the trusted one's");
	if (block_time_compare(h->time, drifted) >= 0)
		return err_set(info, ERR_CHAIN, "the header comes from the future: compare the clocks");
	return ERR_OK;
}

static enum err check_first(const struct light_trust *trust, const struct light_block *b, struct err_info *info)
{
	const struct block_id none = {0};

	if (trust->header.height == 0 && b->header.height == 1 &&
	    !block_id_equal(&b->header.last_block_id, &none))
		return err_set(info, ERR_CHAIN, "the first block has a predecessor");
	return ERR_OK;
}

static enum err check_link(const struct light_trust *trust, const struct light_block *b, struct err_info *info)
{
	struct hash32 last;

	if (b->header.height != trust->header.height + 1)
		return check_overlap(b, &trust->validators, info);
	if (!digest_equal(&b->header.validators_hash, &trust->header.next_validators_hash))
		return err_set(info, ERR_CHAIN, "the validators are not those that the block before announced");
	if (trust->header.height == 0)
		return check_first(trust, b, info);
	last = header_hash(&trust->header);
	/* CometBFT leaves this to the hashes of full nodes; a neighbour is at hand, so it costs nothing. */
	if (b->header.last_block_id.hash.len && !digest_is(&b->header.last_block_id.hash, &last))
		return err_set(info, ERR_CHAIN, "the header names another predecessor");
	return ERR_OK;
}

enum err light_verify(struct light_trust *trust, const struct light_block *b, const struct validator_set *validators,
		      const struct light_options *options, struct time_ms now, struct err_info *info)
{
	const struct validator_set *set = validators ? validators : &trust->validators;

	TRY(check_step(trust, &b->header, options, now, info));
	TRY(check_structure(b, set, info));
	TRY(check_link(trust, b, info));
	TRY(light_check_commit(b, set, info));
	trust->header = b->header;
	if (set != &trust->validators)
		trust->validators = *set;
	return ERR_OK;
}

enum err light_verify_back(const struct block_header *later, const struct block_header *earlier, struct err_info *info)
{
	struct hash32 hash = header_hash(earlier);

	if (strcmp(later->chain_id, earlier->chain_id) != 0 || earlier->height != later->height - 1)
		return err_set(info, ERR_CHAIN, "the header is not that of the height before");
	if (!digest_is(&later->last_block_id.hash, &hash))
		return err_set(info, ERR_CHAIN, "the header is not the one that its successor names");
	if (block_time_compare(earlier->time, later->time) >= 0)
		return err_set(info, ERR_CHAIN, "the header is not earlier than its successor");
	return ERR_OK;
}

enum err light_check_row(const struct block_header *header, struct bytes key, const struct bytes *value,
			 struct bytes proof)
{
	struct hash32 root;

	if (header->app_hash.len != sizeof(root.b))
		return ERR_PROOF;
	ID_COPY(root, header->app_hash.b);
	return trie_verify(&root, key, value, proof);
}
