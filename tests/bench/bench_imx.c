/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of institutes: issuing, making (before the act and with it), checking one and many, opening; each as a ratio to
 * one multiplication in G1.
 */
#include <stdlib.h>

#include "bench.h"
#include "tests/lib/imx_scene.h"

#define ROUNDS 20 /* of one pass */
#define BATCH 256

static struct imx_scene scene;
static struct imx_credential holder;
static struct imx_prepared *prepared[ROUNDS];
static struct buf token_bytes;
static struct imx_token token, tokens[BATCH];
static struct imx_item items[BATCH];
static enum err verdicts[BATCH];
static struct decryption_share shares[SCENE_NEEDED];
static const struct imx_attributes attributes = {.role = 2, .purpose = 1, .tier = 1, .jurisdiction = 9, .epoch = SCENE_EPOCH};
static struct scalar authority_share, organisation;
static struct imx_holder asker;
static struct imx_asked asked;
static struct imx_ask ask;
static struct g1 base, epoch_point;

static void must(enum err e)
{
	if (e != ERR_OK)
		exit(1);
}

static void multiply(int i)
{
	struct g1 p;

	(void)i;
	g1_mul_generator(&p, &holder.s);
}

static void check_ask(int i)
{
	(void)i;
	must(imx_ask_check(&asked, scene.params, &authority_share, &ask, bytes_str("bench")));
}

static void sign_again(int i)
{
	struct bbs_signature signature;

	(void)i;
	must(imx_credential_sign(&signature, scene.params, &scene.issuer_secret, &base, &epoch_point));
}

static void issue(int i)
{
	imx_credential_base(&base, scene.params, &scene.issuer, &attributes, &asked, &authority_share);
	imx_epoch_point(&epoch_point, scene.params, SCENE_EPOCH);
	sign_again(i);
}

static void prepare(int i)
{
	must(imx_prepare(&prepared[i], scene.params, &scene.issuer, &scene.auditors, &holder, false,
			 bytes_of(&i, sizeof(i)), scene.rng));
}

static void finish(int i)
{
	buf_clear(&token_bytes);
	must(imx_finish(&token_bytes, prepared[i], &scene.act, SCENE_FLAGS, (uint16_t)i, 1));
}

static void parse(int i)
{
	(void)i;
	must(imx_token_parse(&token, buf_bytes(&token_bytes)));
}

static void verify(int i)
{
	(void)i;
	must(imx_token_parse(&token, buf_bytes(&token_bytes)));
	must(imx_verify(&token, scene.params, &scene.issuer, &scene.auditors, &scene.act));
}

/* Bytes in, verdicts out. */
static void batch(void)
{
	for (size_t i = 0; i < BATCH; i++)
		must(imx_token_parse(&tokens[i], bytes_of(tokens[i].bytes, IMX_REQUEST_SIZE)));
	must(imx_batch_verify(verdicts, items, BATCH, scene.params, &scene.issuer, &scene.auditors));
}

static void owner_opens(int i)
{
	struct g1 found;

	(void)i;
	imx_owner_open(&found, &token, &scene.owner_secret);
}

static void auditors_open(int i)
{
	struct g1 found;

	(void)i;
	for (size_t k = 0; k < SCENE_NEEDED; k++)
		imx_auditor_share(&shares[k], &scene.shares[k], &token, bytes_str("bench"), scene.rng);
	must(imx_auditors_open(&found, &scene.auditors_key, &token, shares, SCENE_NEEDED, bytes_str("bench"), NULL));
}

/* Milliseconds of one in a pass. */
static double once(void (*work)(int))
{
	uint64_t start = bench_cpu_ns();

	for (int i = 0; i < ROUNDS; i++)
		work(i);
	return (double)(bench_cpu_ns() - start) / ROUNDS / 1e6;
}

static struct { struct bench_figure figure; void (*work)(int); } rows[] = {
	{{.name = "one multiplication in G1", .unit = "ms"}, multiply},
	{{.name = "check an ask for credentials", .unit = "ms"}, check_ask},
	{{.name = "sign a credential", .unit = "ms"}, issue},
	{{.name = "sign a credential again, for an epoch", .unit = "ms"}, sign_again},
	{{.name = "make a request: before the act", .unit = "ms"}, prepare},
	{{.name = "make a request: with the act", .unit = "ms"}, finish},
	{{.name = "read a request (points and scalars)", .unit = "ms"}, parse},
	{{.name = "read and verify a request", .unit = "ms"}, verify},
	{{.name = "open as its owner", .unit = "ms"}, owner_opens},
	{{.name = "open with 2 of 3 auditors", .unit = "ms"}, auditors_open},
};
static struct bench_figure batched = {.name = "read and verify, each of a batch of 256", .unit = "ms"};

static void begin(void)
{
	imx_scene_begin(&scene, rng_system());
	imx_scene_holder(&scene, &holder);
	scalar_random(&authority_share, scene.rng);
	scalar_random(&organisation, scene.rng);
	must(imx_ask_make(&ask, &asker, scene.params, &authority_share, &organisation, bytes_str("bench"), scene.rng));
	for (size_t i = 0; i < BATCH; i++) {
		struct buf bytes;

		imx_scene_token(&scene, &bytes, &holder, SCENE_FLAGS, (uint16_t)i, (uint16_t)i);
		must(imx_token_parse(&tokens[i], buf_bytes(&bytes)));
		items[i] = (struct imx_item){&tokens[i], &scene.act};
		buf_release(&bytes);
	}
}

static void pass(void)
{
	uint64_t start;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		bench_add(&rows[i].figure, once(rows[i].work));
	start = bench_cpu_ns();
	batch();
	bench_add(&batched, (double)(bench_cpu_ns() - start) / BATCH / 1e6);
}

int main(void)
{
	begin();
	for (unsigned i = 0; i < bench_passes(); i++)
		pass();
	bench_head();
	bench_print_calibration(&rows[0].figure);
	for (size_t i = 1; i < sizeof(rows) / sizeof(rows[0]); i++)
		bench_print(&rows[i].figure, &rows[0].figure);
	bench_print(&batched, &rows[0].figure);
	bench_fact("bytes of a request's token", (double)token_bytes.len, "bytes");
	buf_release(&token_bytes);
	imx_scene_end(&scene);
	return 0;
}
