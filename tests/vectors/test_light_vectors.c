/* SPDX-License-Identifier: Apache-2.0 */
/* The light client's public model-based cases: each file is a trusted header and steps with a verdict.  The clock drift
 * of that model is 1 s; trusting periods are in ns.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/light/verify.h"
#include "comet_json.h"

#define MODEL_DRIFT_MS 1000

struct tally {
	unsigned files, success, not_enough, invalid;
};

static const char *verdict_of(enum err e)
{
	if (e == ERR_OK)
		return "SUCCESS";
	return e == ERR_TRUST ? "NOT_ENOUGH_TRUST" : "INVALID";
}

static void count(struct tally *t, const char *verdict)
{
	t->success += strcmp(verdict, "SUCCESS") == 0;
	t->not_enough += strcmp(verdict, "NOT_ENOUGH_TRUST") == 0;
	t->invalid += strcmp(verdict, "INVALID") == 0;
}

/* Decide one step as the model's driver does: the trusted set is the one that the trusted header announces. */
static enum err step(struct light_trust *trust, struct json_object *input, int64_t trusting_ms)
{
	struct light_options options = {trusting_ms, MODEL_DRIFT_MS};
	struct light_block block;
	struct validator_set validators, next;
	struct json_object *b = comet_at(input, "block");
	struct time_ms now = block_time_ms(comet_time(input, "now"));
	bool has_next;

	TRY(comet_header(&block.header, comet_at(b, "signed_header/header")));
	TRY(comet_commit(&block.commit, comet_at(b, "signed_header/commit")));
	TRY(comet_validators(&validators, comet_at(b, "validator_set")));
	has_next = comet_validators(&next, comet_at(b, "next_validator_set")) == ERR_OK;
	TRY(light_verify(trust, &block, &validators, &options, now, NULL));
	if (has_next)
		trust->validators = next;
	return ERR_OK;
}

static void run_file(struct tally *t, const char *path, const char *name)
{
	struct json_object *o = comet_json_file(path);
	struct light_trust trust = {0};
	struct json_object *inputs = comet_at(o, "input");
	int64_t trusting_ms = comet_int(comet_at(o, "initial"), "trusting_period") / 1000000;

	assert_non_null(o);
	assert_int_equal(comet_header(&trust.header, comet_at(o, "initial/signed_header/header")), ERR_OK);
	assert_int_equal(comet_validators(&trust.validators, comet_at(o, "initial/next_validator_set")), ERR_OK);
	for (size_t i = 0; i < json_object_array_length(inputs); i++) {
		struct json_object *input = json_object_array_get_idx(inputs, i);
		const char *want = json_object_get_string(comet_at(input, "verdict"));
		const char *got = verdict_of(step(&trust, input, trusting_ms));

		if (strcmp(got, want) != 0)
			fail_msg("%s, step %zu: %s, not %s", name, i, got, want);
		count(t, want);
	}
	t->files++;
	json_object_put(o);
}

static void test_model_cases(void **state)
{
	const char *base = getenv("VECTORS") ? getenv("VECTORS") : "../shared/vectors";
	char folder[4096], path[8192];
	struct tally t = {0};
	struct dirent *entry;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/cometbft/light-single-step", base);
	d = opendir(folder);
	if (!d) {
		print_message("skipped: no vectors\n");
		skip();
	}
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		run_file(&t, path, entry->d_name);
	}
	closedir(d);
	print_message("light client: %u files; %u SUCCESS, %u NOT_ENOUGH_TRUST, %u INVALID\n", t.files, t.success,
		      t.not_enough, t.invalid);
	assert_true(t.files > 0 && t.success > 0 && t.not_enough > 0 && t.invalid > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_model_cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
