/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures verified ahead: a verdict is never another than the contract's own, and is for its key alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench_load.h"
#include "chain_help.h"
#include "core/ledger/ahead.h"

#define PATIENTS 80u
#define BROKEN 7u /* whose change has a wrong signature */
#define SEED 11

struct scene {
	struct world w;
	struct load load;
	struct chain chain;
	struct buf anchors[PATIENTS], changes[PATIENTS];
	Medlock__BlockReply rows[2], *list[2];
	Medlock__BlocksReply page;
};

static void block_of(struct chain *c, const struct buf *txs)
{
	struct bytes list[PATIENTS];

	for (size_t i = 0; i < PATIENTS; i++)
		list[i] = buf_bytes(&txs[i]);
	chain_block(c, list, PATIENTS);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		print_message("skipped: one processor\n");
		free(s);
		*state = NULL;
		return 0;
	}
	world_init(&s->w, SEED);
	load_init(&s->load, &s->w.network, &s->w.ca.id, s->w.ca.sign_seed, (struct time_ms){WORLD_TIME}, PATIENTS, SEED);
	for (size_t i = 0; i < PATIENTS; i++)
		load_anchor(&s->load, &s->anchors[i], i);
	for (size_t i = 0; i < PATIENTS; i++)
		load_change(&s->load, &s->changes[i]);
	s->changes[BROKEN].data[s->changes[BROKEN].len - 1] ^= 1;
	chain_init(&s->chain, buf_bytes(&s->w.genesis), s->w.op.sign_seed);
	block_of(&s->chain, s->anchors);
	block_of(&s->chain, s->changes);
	s->page = (Medlock__BlocksReply)MEDLOCK__BLOCKS_REPLY__INIT;
	for (size_t i = 0; i < 2; i++) {
		s->rows[i] = (Medlock__BlockReply)MEDLOCK__BLOCK_REPLY__INIT;
		s->rows[i].block = wire_data(buf_bytes(&s->chain.blocks[i]));
		s->list[i] = &s->rows[i];
	}
	s->page.blocks = s->list;
	s->page.n_blocks = 2;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	if (s == NULL)
		return 0;
	for (size_t i = 0; i < PATIENTS; i++) {
		buf_release(&s->anchors[i]);
		buf_release(&s->changes[i]);
	}
	chain_release(&s->chain);
	load_release(&s->load);
	world_release(&s->w);
	free(s);
	return 0;
}

/* Ask for one transaction as the contract does, which verifies itself where there is no verdict. */
static int ask(const struct contract_verdicts *v, const struct buf *bytes, const struct sign_public *key)
{
	struct tx tx;
	int verdict;

	assert_int_equal(tx_parse(&tx, buf_bytes(bytes), NULL), ERR_OK);
	verdict = v->signature(v->self, &tx.id, key);
	if (verdict < 0)
		(void)!tx_verify_signature(&tx, tx.wire->auth->signature, key);
	tx_release(&tx);
	return verdict;
}

/* Once through the page; which verdicts were seen. */
static void walk(struct scene *s, struct executor *x, bool *seen_valid, bool *seen_invalid)
{
	struct ahead *a = ahead_new(x, &s->page);
	const struct contract_verdicts *v = ahead_verdicts(a);

	assert_non_null(a);
	for (size_t i = 0; i < PATIENTS; i++)
		assert_int_not_equal(ask(v, &s->anchors[i], &s->w.ca.sign), 0);
	for (size_t i = 0; i < PATIENTS; i++) {
		int verdict = ask(v, &s->changes[i], &s->load.patients[i].account.sign);

		assert_int_not_equal(verdict, i == BROKEN ? 1 : 0);
		*seen_valid |= verdict == 1;
		*seen_invalid |= verdict == 0;
	}
	ahead_free(a);
}

static void verdicts_are_true(void **state)
{
	struct scene *s = *state;
	bool valid = false, invalid = false;

	if (s == NULL)
		skip();
	while (!valid || !invalid) /* who comes first to a signature is the scheduler's to say */
		walk(s, s->chain.executor, &valid, &invalid);
}

/* The accounts are anchored in the page itself. */
static void anchors_among_the_blocks_are_known(void **state)
{
	struct scene *s = *state;
	struct chain young;
	bool valid = false, invalid = false;

	if (s == NULL)
		skip();
	chain_init(&young, buf_bytes(&s->w.genesis), s->w.op.sign_seed);
	while (!valid || !invalid)
		walk(s, young.executor, &valid, &invalid);
	chain_release(&young);
}

static void a_verdict_is_for_one_key(void **state)
{
	struct scene *s = *state;
	struct ahead *a;

	if (s == NULL)
		skip();
	a = ahead_new(s->chain.executor, &s->page);
	for (size_t i = 0; i < PATIENTS; i++)
		assert_int_equal(ask(ahead_verdicts(a), &s->changes[i], &s->w.op.sign), -1);
	ahead_free(a);
}

static void execution_gives_the_same(void **state)
{
	struct scene *s = *state;
	struct ahead *a;
	struct chain again;

	if (s == NULL)
		skip();
	chain_init(&again, buf_bytes(&s->w.genesis), s->w.op.sign_seed);
	a = ahead_new(again.executor, &s->page);
	executor_verdicts(again.executor, ahead_verdicts(a));
	block_of(&again, s->anchors);
	block_of(&again, s->changes);
	executor_verdicts(again.executor, NULL);
	ahead_free(a);
	assert_true(ID_EQUAL(again.app_hash, s->chain.app_hash));
	assert_true(ID_EQUAL(again.results, s->chain.results));
	assert_int_equal(-(int)again.last_results[BROKEN].code, ERR_SIGNATURE);
	assert_int_equal(again.last_results[BROKEN + 1].code, 0);
	chain_release(&again);
}

static void odd_blocks_and_few_transactions_are_passed_over(void **state)
{
	struct scene *s = *state;
	Medlock__BlockReply odd = MEDLOCK__BLOCK_REPLY__INIT, *list[] = {&odd};
	Medlock__BlocksReply page = MEDLOCK__BLOCKS_REPLY__INIT;
	uint8_t noise[] = {1, 2, 3};

	if (s == NULL)
		skip();
	assert_null(ahead_new(s->chain.executor, &page));
	odd.block = wire_data(bytes_of(noise, sizeof(noise)));
	page.blocks = list;
	page.n_blocks = 1;
	assert_null(ahead_new(s->chain.executor, &page));
	assert_null(ahead_verdicts(NULL));
	ahead_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_are_true),
		cmocka_unit_test(anchors_among_the_blocks_are_known),
		cmocka_unit_test(a_verdict_is_for_one_key),
		cmocka_unit_test(execution_gives_the_same),
		cmocka_unit_test(odd_blocks_and_few_transactions_are_passed_over),
	};

	return cmocka_run_group_tests_name("ahead", tests, setup, teardown);
}
