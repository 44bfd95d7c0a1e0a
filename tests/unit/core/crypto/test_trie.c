/* SPDX-License-Identifier: Apache-2.0 */
/* The trie against its recursive definition on random sets and histories; its proofs, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"

#define SEED 31
#define KEYS 600      /* names k0, k1, … */
#define BLOCKS 60     /* of a random history */
#define CHANGES 40    /* at most, in one block */

static struct seeded_rng seeded;

static int setup(void **state)
{
	(void)state;
	print_message("seed %d\n", SEED);
	seeded_rng_init(&seeded, SEED);
	return 0;
}

static struct bytes name_of(char out[24], char kind, size_t i)
{
	int n = snprintf(out, 24, "%c%zu", kind, i);

	return bytes_of(out, (size_t)n);
}

static struct hash32 hash_of(char kind, size_t i)
{
	char name[24];

	return hash_sha256(name_of(name, kind, i));
}

static struct trie_change put(size_t key, size_t value)
{
	return (struct trie_change){hash_of('k', key), hash_of('v', value), false};
}

static struct trie_change del(size_t key)
{
	return (struct trie_change){hash_of('k', key), {{0}}, true};
}

/* The model: a sorted array, and the root by its definition. */
struct model {
	struct trie_change leaves[KEYS];
	size_t count;
};

static void model_apply(struct model *m, const struct trie_change *c)
{
	size_t i = 0;

	while (i < m->count && memcmp(m->leaves[i].keyhash.b, c->keyhash.b, 32) < 0)
		i++;
	bool there = i < m->count && ID_EQUAL(m->leaves[i].keyhash, c->keyhash);

	if (there)
		memmove(&m->leaves[i], &m->leaves[i + 1], (m->count-- - i - 1) * sizeof(*c));
	if (c->delete)
		return;
	memmove(&m->leaves[i + 1], &m->leaves[i], (m->count++ - i) * sizeof(*c));
	m->leaves[i] = *c;
}

static struct hash32 tagged(uint8_t tag, const struct hash32 *a, const struct hash32 *b)
{
	uint8_t in[65] = {tag};

	memcpy(in + 1, a->b, 32);
	memcpy(in + 33, b->b, 32);
	return hash_sha256(bytes_of(in, 65));
}

static struct hash32 model_root(const struct trie_change *leaves, size_t count, size_t depth)
{
	size_t left = 0;

	if (count == 0)
		return (struct hash32){{0}};
	if (count == 1)
		return tagged(0, &leaves->keyhash, &leaves->valuehash);
	while (left < count && !(leaves[left].keyhash.b[depth / 8] >> (7 - depth % 8) & 1))
		left++;
	struct hash32 l = model_root(leaves, left, depth + 1);
	struct hash32 r = model_root(leaves + left, count - left, depth + 1);

	return tagged(1, &l, &r);
}

static void assert_root(const struct trie *t, enum trie_version version, const struct model *m)
{
	struct hash32 want = model_root(m->leaves, m->count, 0), got = trie_root(t, version);

	assert_memory_equal(want.b, got.b, 32);
}

static struct trie *new_trie(void)
{
	struct trie *t;

	assert_int_equal(trie_new(&t), ERR_OK);
	return t;
}

static void apply_one(struct trie *t, struct trie_change c)
{
	assert_int_equal(trie_apply(t, &c, 1), ERR_OK);
}

static void test_small(void **state)
{
	struct trie *t = new_trie();
	struct hash32 none = {{0}}, root, one, value;
	struct trie_change c = put(1, 1);

	(void)state;
	root = trie_root(t, TRIE_CURRENT);
	assert_memory_equal(root.b, none.b, 32);
	apply_one(t, del(1));
	root = trie_root(t, TRIE_CURRENT);
	assert_memory_equal(root.b, none.b, 32);
	apply_one(t, c);
	root = trie_root(t, TRIE_CURRENT);
	one = tagged(0, &c.keyhash, &c.valuehash);
	assert_memory_equal(root.b, one.b, 32);
	assert_true(trie_find(t, &value, TRIE_CURRENT, &c.keyhash));
	assert_memory_equal(value.b, c.valuehash.b, 32);
	assert_false(trie_find(t, &value, TRIE_PREVIOUS, &c.keyhash));
	assert_int_equal(trie_count(t), 1);
	apply_one(t, put(2, 2));
	apply_one(t, del(2));
	root = trie_root(t, TRIE_CURRENT);
	assert_memory_equal(root.b, one.b, 32);
	apply_one(t, del(1));
	root = trie_root(t, TRIE_CURRENT);
	assert_memory_equal(root.b, none.b, 32);
	assert_int_equal(trie_count(t), 0);
	trie_free(t);
	trie_free(NULL);
}

/* Roots of the first keys by a program in another language: these bytes are interfaces. */
static void test_known(void **state)
{
	static const struct { size_t count; const char *root; } rows[] = {
		{1, "7b994907502e051855c33d5e7329324c6f8cf86dcce7bb795cd5464798ee5bb2"},
		{2, "2ba8bcf04efe679242dfa695467c6647e45ec7065df2c65cd591134af0a93d4f"},
		{5, "80590b259e0502f96994e16d41aebfec8e9818421bc9d3acd7e80aad72709ed4"},
		{300, "91e0ef96fd825a3f9daceef7296a0d663ec9bced06dab446963f73d4ba81541c"},
	};
	struct trie_change c[300];
	char hex[ID_HEX];

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct trie *t = new_trie();

		for (size_t i = 0; i < rows[r].count; i++)
			c[i] = put(i, i);
		trie_sort(c, rows[r].count);
		assert_int_equal(trie_apply(t, c, rows[r].count), ERR_OK);
		hex_encode(hex, trie_root(t, TRIE_CURRENT).b, 32);
		assert_string_equal(hex, rows[r].root);
		trie_free(t);
	}
}

/* A block of random changes with distinct keys. */
static size_t random_block(struct trie_change *out)
{
	size_t n = (size_t)rng_below(&seeded.rng, CHANGES + 1), kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t key = (size_t)rng_below(&seeded.rng, KEYS);

		out[i] = rng_below(&seeded.rng, 3) ? put(key, (size_t)rng_below(&seeded.rng, 5)) : del(key);
	}
	trie_sort(out, n);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !ID_EQUAL(out[kept - 1].keyhash, out[i].keyhash))
			out[kept++] = out[i];
	return kept;
}

static void test_history(void **state)
{
	static struct model now, before;
	struct trie_change block[CHANGES];
	struct trie *t = new_trie();

	(void)state;
	memset(&now, 0, sizeof(now));
	for (size_t b = 0; b < BLOCKS; b++) {
		size_t n = random_block(block);

		before = now;
		for (size_t i = 0; i < n; i++)
			model_apply(&now, &block[i]);
		assert_int_equal(trie_apply(t, block, n), ERR_OK);
		assert_root(t, TRIE_CURRENT, &now);
		assert_root(t, TRIE_PREVIOUS, &before);
		assert_int_equal(trie_count(t), now.count);
		if (b % 5 == 4) {
			trie_undo(t);
			now = before;
			assert_root(t, TRIE_CURRENT, &now);
			assert_root(t, TRIE_PREVIOUS, &now);
			assert_int_equal(trie_count(t), now.count);
		}
	}
	assert_true(now.count > 50);
	for (size_t i = 0; i < now.count; i++)
		now.leaves[i].delete = true;
	assert_int_equal(trie_apply(t, now.leaves, now.count), ERR_OK);
	struct hash32 root = trie_root(t, TRIE_CURRENT);

	assert_true(bytes_is_zero(BYTES_ID(root)));
	trie_free(t);
}

/* The memory of a trie that changes for ever stays that of its size. */
static void test_memory_is_reused(void **state)
{
	struct trie_change block[CHANGES];
	struct trie *t = new_trie();
	size_t most = 0;

	(void)state;
	for (size_t b = 0; b < 3000; b++) {
		size_t n = random_block(block);

		assert_int_equal(trie_apply(t, block, n), ERR_OK);
		if (b == 300)
			most = trie_memory(t);
	}
	assert_true(trie_memory(t) <= most + most / 8);
	trie_free(t);
}

struct list {
	const size_t *order;
	size_t at, count;
};

static enum err next_leaf(void *self, struct trie_change *ret)
{
	struct list *l = self;

	if (l->at == l->count)
		return ERR_NOT_FOUND;
	size_t key = l->order ? l->order[l->at] : l->at;

	l->at++;
	*ret = put(key, key);
	return ERR_OK;
}

/* Any order, in one block, one by one or loaded: one root. */
static void test_history_independent(void **state)
{
	enum { N = 300 };
	static struct trie_change all[N];
	size_t order[N];
	struct trie *one = new_trie(), *many = new_trie(), *loaded = new_trie();

	(void)state;
	for (size_t i = 0; i < N; i++) {
		order[i] = i;
		all[i] = put(i, i);
	}
	for (size_t i = N; i-- > 1;) {
		size_t j = (size_t)rng_below(&seeded.rng, i + 1), swap = order[i];

		order[i] = order[j];
		order[j] = swap;
	}
	for (size_t i = 0; i < N; i++)
		apply_one(one, put(order[i], order[i]));
	trie_sort(all, N);
	assert_int_equal(trie_apply(many, all, N), ERR_OK);
	assert_int_equal(trie_load(loaded, next_leaf, &(struct list){order, 0, N}), ERR_OK);
	struct hash32 a = trie_root(one, TRIE_CURRENT), b = trie_root(many, TRIE_CURRENT);
	struct hash32 c = trie_root(loaded, TRIE_CURRENT), d = trie_root(loaded, TRIE_PREVIOUS);

	assert_memory_equal(a.b, b.b, 32);
	assert_memory_equal(a.b, c.b, 32);
	assert_memory_equal(a.b, d.b, 32);
	trie_free(one);
	trie_free(many);
	trie_free(loaded);
}

/* More than one batch of trie_load, and a key that comes again in a later batch or the same. */
static void test_load(void **state)
{
	enum { N = 270000 };
	struct trie *t = new_trie(), *twice = new_trie(), *far = new_trie();
	size_t *order = calloc(N, sizeof(*order));

	(void)state;
	assert_int_equal(trie_load(t, next_leaf, &(struct list){NULL, 0, N}), ERR_OK);
	assert_int_equal(trie_count(t), N);
	for (size_t i = 0; i < N; i++)
		order[i] = i;
	order[N - 1] = 3;
	assert_int_equal(trie_load(far, next_leaf, &(struct list){order, 0, N}), ERR_DAMAGED);
	order[4] = 3;
	assert_int_equal(trie_load(twice, next_leaf, &(struct list){order, 0, 10}), ERR_DAMAGED);
	free(order);
	trie_free(t);
	trie_free(twice);
	trie_free(far);
}

/* Keys that share very long beginnings: the deepest trie there can be. */
static void test_deep(void **state)
{
	static struct model m;
	struct trie_change c[4];
	struct trie *t = new_trie();
	struct buf proof = BUF_INIT;

	(void)state;
	memset(&m, 0, sizeof(m));
	memset(c, 0, sizeof(c));
	c[1].keyhash.b[31] = 1; /* differs in the last bit only */
	c[2].keyhash.b[31] = 2;
	c[3].keyhash.b[0] = 0x80;
	for (size_t i = 0; i < 4; i++)
		model_apply(&m, &c[i]);
	assert_int_equal(trie_apply(t, c, 4), ERR_OK);
	assert_root(t, TRIE_CURRENT, &m);
	trie_prove(t, &proof, TRIE_CURRENT, &c[1].keyhash);
	assert_int_equal(buf_error(&proof), ERR_OK);
	assert_int_equal(proof.len, 1 + 2 + 32 + 3 * 32);
	assert_int_equal(proof.data[1] << 8 | proof.data[2], 256);
	c[0].delete = true;
	model_apply(&m, &c[0]);
	assert_int_equal(trie_apply(t, c, 1), ERR_OK);
	assert_root(t, TRIE_CURRENT, &m);
	buf_release(&proof);
	trie_free(t);
}

/* Proofs. */

struct shown {
	struct trie *t;
	struct hash32 root;
	struct buf proof;
};

/* A trie of the even keys below 2n. */
static void show_init(struct shown *s, size_t n)
{
	struct trie_change c[KEYS];

	*s = (struct shown){.t = new_trie()};
	for (size_t i = 0; i < n; i++)
		c[i] = put(2 * i, i);
	trie_sort(c, n);
	assert_int_equal(trie_apply(s->t, c, n), ERR_OK);
	s->root = trie_root(s->t, TRIE_CURRENT);
}

static void show_release(struct shown *s)
{
	buf_release(&s->proof);
	trie_free(s->t);
}

static void show(struct shown *s, size_t key)
{
	struct hash32 keyhash = hash_of('k', key);

	buf_clear(&s->proof);
	trie_prove(s->t, &s->proof, TRIE_CURRENT, &keyhash);
	assert_int_equal(buf_error(&s->proof), ERR_OK);
	assert_true(s->proof.len <= TRIE_PROOF_MAX);
}

/* The value is that of the number, or NULL for absence. */
static enum err judge(const struct shown *s, size_t key, const size_t *value, struct bytes proof)
{
	char k[24], v[24];
	struct bytes bytes = value ? name_of(v, 'v', *value) : (struct bytes){0};

	return trie_verify(&s->root, name_of(k, 'k', key), value ? &bytes : NULL, proof);
}

static void test_proofs(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 200; n += n < 6 ? 1 : 97) {
		struct shown s;

		show_init(&s, n);
		for (size_t key = 0; key < 2 * n + 4; key++) {
			size_t value = key / 2, other = value + 1;
			bool there = key % 2 == 0 && value < n;

			show(&s, key);
			struct bytes proof = buf_bytes(&s.proof);

			assert_int_equal(judge(&s, key, &value, proof), there ? ERR_OK : ERR_PROOF);
			assert_int_equal(judge(&s, key, NULL, proof), there ? ERR_PROOF : ERR_OK);
			assert_int_equal(judge(&s, key, &other, proof), ERR_PROOF);
			assert_int_equal(judge(&s, key + 1, &value, proof), ERR_PROOF);
		}
		show_release(&s);
	}
}

/* Each bit of a proof counts, and each length but its own is refused. */
static void damage(const struct shown *s, size_t key, const size_t *value)
{
	struct bytes good = buf_bytes(&s->proof);
	uint8_t bad[TRIE_PROOF_MAX + 1] = {0};

	assert_int_equal(judge(s, key, value, good), ERR_OK);
	for (size_t bit = 0; bit < 8 * good.len; bit++) {
		memcpy(bad, good.data, good.len);
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(judge(s, key, value, bytes_of(bad, good.len)), ERR_PROOF);
	}
	memcpy(bad, good.data, good.len);
	bad[good.len] = 0;
	for (size_t len = 0; len <= good.len + 1; len++)
		assert_int_equal(judge(s, key, value, bytes_of(bad, len)), len == good.len ? ERR_OK : ERR_PROOF);
}

static void test_damage(void **state)
{
	bool seen[3] = {false};
	struct shown s;

	(void)state;
	show_init(&s, 100);
	for (size_t key = 0; key < 60; key++) {
		size_t value = key / 2;

		show(&s, key);
		if (seen[s.proof.data[0]])
			continue;
		seen[s.proof.data[0]] = true;
		damage(&s, key, key % 2 ? NULL : &value);
	}
	assert_true(seen[0] && seen[1] && seen[2]);
	show_release(&s);
}

/* An absence proof that ends in the key's own leaf, or in a leaf off the key's way, proves nothing. */
static void test_false_absence(void **state)
{
	struct shown s;
	struct buf forged = BUF_INIT;
	struct hash32 k = hash_of('k', 4), v = hash_of('v', 2);

	(void)state;
	show_init(&s, 50);
	show(&s, 4);
	buf_append_bytes(&forged, buf_bytes(&s.proof));
	forged.data[0] = 2;
	buf_append_bytes(&forged, BYTES_ID(k));
	buf_append_bytes(&forged, BYTES_ID(v));
	assert_int_equal(judge(&s, 4, NULL, buf_bytes(&forged)), ERR_PROOF);
	size_t refused = 0;

	for (size_t key = 0; key < 40; key += 2) /* the leaf of key 4 shown as the end of other keys' ways */
		refused += judge(&s, key, NULL, buf_bytes(&forged)) == ERR_PROOF;
	assert_int_equal(refused, 20);
	buf_release(&forged);
	show_release(&s);
}

/* A root that no honest trie has must not lend itself to proofs either. */
static void test_false_roots(void **state)
{
	const struct hash32 none = {{0}};
	size_t low = 0, high = 0, value = 1;
	uint8_t proof[1 + 2 + 1 + 3 * 32] = {0, 0, 1};
	struct shown s = {0};

	(void)state;
	while (hash_of('k', low).b[0] & 0x80)
		low++;
	while (!(hash_of('k', high).b[0] & 0x80))
		high++;
	struct hash32 low_key = hash_of('k', low), k = hash_of('k', high), v = hash_of('v', value);
	struct hash32 leaf = tagged(0, &k, &v);
	struct hash32 lone = tagged(0, &low_key, &v);

	s.root = tagged(1, &lone, &none); /* a lone leaf that did not collapse */
	assert_int_equal(judge(&s, low, &value, bytes_of(proof, 4)), ERR_PROOF);
	s.root = tagged(1, &leaf, &leaf); /* a leaf on the left whose key goes right */
	proof[0] = 2;
	proof[3] = 0x80;
	memcpy(proof + 4, leaf.b, 32);
	memcpy(proof + 36, k.b, 32);
	memcpy(proof + 68, v.b, 32);
	assert_int_equal(judge(&s, low, NULL, bytes_of(proof, sizeof(proof))), ERR_PROOF);
}

static void test_previous_is_provable(void **state)
{
	struct shown s;
	struct hash32 key = hash_of('k', 6);
	size_t value = 3;

	(void)state;
	show_init(&s, 40);
	apply_one(s.t, del(6));
	buf_clear(&s.proof);
	trie_prove(s.t, &s.proof, TRIE_PREVIOUS, &key);
	assert_int_equal(judge(&s, 6, &value, buf_bytes(&s.proof)), ERR_OK);
	show(&s, 6);
	assert_int_equal(judge(&s, 6, NULL, buf_bytes(&s.proof)), ERR_PROOF);
	s.root = trie_root(s.t, TRIE_CURRENT);
	assert_int_equal(judge(&s, 6, NULL, buf_bytes(&s.proof)), ERR_OK);
	show_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_memory_is_reused),
		cmocka_unit_test(test_history_independent),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_false_absence),
		cmocka_unit_test(test_false_roots),
		cmocka_unit_test(test_previous_is_provable),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
