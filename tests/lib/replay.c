/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target without a fuzzer: each file of its corpus, then seeded mutations of them.  A target that fails
 * stops the program (ASSERT or a sanitizer); REPLAY_SEED repeats a run.  From the repository's root:
 *
 *	build/dev/tests/fuzz/fuzz_json
 */
#include <dirent.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/base/text.h"

#define INPUTS_MAX 512u
#define INPUT_SIZE_MAX (4u * 1024 * 1024)
#define MUTATIONS 2000u
#define MUTATED_SIZE_MAX (64u * 1024) /* larger seeds are cut: speed is inputs, not bytes */
#define SEED_DEFAULT 1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf inputs[INPUTS_MAX];
static size_t input_count;
static char place[256]; /* what runs now, for the report of a crash */

/* A copy of exactly its size, so that a sanitizer sees a read past its end. */
static void run_one(struct bytes x)
{
	uint8_t *copy = malloc(x.len ? x.len : 1);

	ASSERT(copy != NULL);
	if (x.len > 0)
		memcpy(copy, x.data, x.len);
	LLVMFuzzerTestOneInput(copy, x.len);
	free(copy);
}

static void load(const char *folder)
{
	char path[4096];
	struct dirent *entry;
	DIR *d = opendir(folder);

	while (d != NULL && (entry = readdir(d)) != NULL && input_count < INPUTS_MAX) {
		if (entry->d_name[0] == '.' || files_join(path, sizeof(path), folder, entry->d_name) != ERR_OK)
			continue;
		if (files_read(&inputs[input_count], path, INPUT_SIZE_MAX, NULL) == ERR_OK)
			input_count++;
		else
			buf_release(&inputs[input_count]);
	}
	if (d != NULL)
		closedir(d);
}

static struct bytes any_input(const struct rng *r)
{
	return input_count ? buf_bytes(&inputs[rng_below(r, input_count)]) : bytes_of(NULL, 0);
}

static void splice(struct buf *x, const struct rng *r)
{
	struct bytes other = any_input(r);
	size_t at = x->len ? (size_t)rng_below(r, x->len) : 0;
	size_t from = other.len ? (size_t)rng_below(r, other.len) : 0;

	x->len = at;
	buf_append(x, other.data ? other.data + from : NULL, other.len - from);
}

static void mutate_once(struct buf *x, const struct rng *r)
{
	static const uint8_t edges[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, '"', '\\', '{', '[', '\n', '-', '9'};
	size_t at = x->len ? (size_t)rng_below(r, x->len) : 0;

	switch (rng_below(r, 6)) {
	case 0:
		if (x->len)
			x->data[at] ^= (uint8_t)(1u << rng_below(r, 8));
		break;
	case 1:
		if (x->len)
			x->data[at] = edges[rng_below(r, sizeof(edges))];
		break;
	case 2:
		x->len = at; /* cut */
		break;
	case 3:
		buf_append_byte(x, edges[rng_below(r, sizeof(edges))]);
		break;
	case 4:
		if (x->len) {
			memmove(x->data + at, x->data + at + 1, x->len - at - 1);
			x->len--;
		}
		break;
	default:
		splice(x, r);
	}
}

static void run_mutations(const struct rng *r)
{
	struct buf x = BUF_INIT;

	for (size_t i = 0; i < MUTATIONS; i++) {
		struct bytes from = any_input(r);

		buf_clear(&x);
		buf_append(&x, from.data, from.len < MUTATED_SIZE_MAX ? from.len : MUTATED_SIZE_MAX);
		for (uint64_t n = 1 + rng_below(r, 4); n > 0; n--)
			mutate_once(&x, r);
		snprintf(place, sizeof(place), "mutation %zu\n", i);
		run_one(buf_bytes(&x));
	}
	buf_release(&x);
}

static void crashed(int number)
{
	(void)!write(STDOUT_FILENO, "not ok - fuzz: stopped at ", 26);
	(void)!write(STDOUT_FILENO, place, strlen(place));
	signal(number, SIG_DFL);
	raise(number);
}

int main(int argc, char **argv)
{
	const char *name = basename(argv[0]);
	const char *seed_text = getenv("REPLAY_SEED");
	struct seeded_rng seeded;
	uint64_t seed = SEED_DEFAULT;
	char folder[512];

	(void)argc;
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	if (seed_text != NULL && parse_u64(&seed, bytes_str(seed_text), UINT64_MAX) != ERR_OK)
		seed = SEED_DEFAULT;
	signal(SIGABRT, crashed);
	signal(SIGALRM, crashed);
	alarm(120);
	snprintf(folder, sizeof(folder), "tests/fuzz/corpora/%s", name);
	load(folder);
	for (size_t i = 0; i < input_count; i++) {
		snprintf(place, sizeof(place), "corpus input %zu\n", i);
		run_one(buf_bytes(&inputs[i]));
	}
	seeded_rng_init(&seeded, seed);
	run_mutations(&seeded.rng);
	printf("# seed %" PRIu64 "\n", seed);
	if (input_count == 0)
		printf("not ok - fuzz %s: no inputs in %s\n", name, folder);
	else
		printf("ok - fuzz %s: %zu inputs\n", name, input_count + MUTATIONS);
	for (size_t i = 0; i < input_count; i++)
		buf_release(&inputs[i]);
	return input_count == 0;
}
