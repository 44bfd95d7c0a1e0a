/* SPDX-License-Identifier: Apache-2.0 */
/* The desk: certificates approved a second, with the plan, both lints, the signature and the register on a disk; keys and
 * ledger in memory.  Beside it what P-256 alone allows.  The register grows from pass to pass: rows tell how the rate falls.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "ident_desk.h"

#define PEOPLE 100u
#define NOW 1800000000000ll

static void enter(struct desk *d, struct ca *ca, struct register_id ids[PEOPLE])
{
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct person p;
		struct buf file = BUF_INIT;

		person_init(&p, &d->options.network, "Somebody");
		ASSERT(person_ask(&file, &p, d, "patient", "Somebody", NULL) == ERR_OK);
		ASSERT(ca_import(ca, &ids[i], buf_bytes(&file), NULL) == ERR_OK);
		buf_release(&file);
		person_release(&p);
	}
}

static double approve_all(struct ca *ca, const struct register_id ids[PEOPLE])
{
	uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < PEOPLE; i++) {
		struct buf answer = BUF_INIT;
		struct ca_act act;

		ASSERT(ca_approve(ca, &act, &answer, &ids[i], false, NULL) == ERR_OK);
		buf_release(&answer);
	}
	return PEOPLE * 1e9 / (double)(bench_now_ns() - start);
}

int main(void)
{
	struct bench_figure rate = BENCH_FIGURE("certificates approved", "/s", BENCH_MORE);
	struct register_id *ids = calloc(PEOPLE, sizeof(*ids));
	struct ca *ca;
	struct desk d;

	ASSERT(ids);
	desk_init(&d, NOW);
	ASSERT(desk_ceremony(&d, NULL) == ERR_OK);
	ASSERT(ca_open(&ca, &d.options, NULL) == ERR_OK);
	for (unsigned i = 0; i < bench_passes(); i++) {
		enter(&d, ca, ids);
		bench_add(&rate, approve_all(ca, ids));
	}
	bench_head();
	bench_print_calibration(&rate);
	bench_fact("rate of the last pass", rate.values[rate.count - 1], "/s");
	bench_fact("certificates in the register at its end", (double)rate.count * PEOPLE, "");
	ca_free(ca);
	desk_release(&d);
	free(ids);
	return 0;
}
