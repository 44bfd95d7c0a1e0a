/* SPDX-License-Identifier: Apache-2.0 */
/* Reading 100,000 resources of NDJSON as a deposit does (strict, checked, category and labels proposed), and removing their
 * names line by line, beside json-c alone over the same lines.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "core/base/clock.h"
#include "core/health/check.h"
#include "core/health/deid.h"
#include "core/health/ndjson.h"
#include "core/health/propose.h"

#define LINES 100000u

static void build(struct buf *out)
{
	buf_init(out, 256u * 1024 * 1024);
	buf_printf(out, "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"birthDate\":\"1979-03-14\"}\n");
	for (unsigned i = 1; i < LINES; i++)
		buf_printf(out, "{\"resourceType\":\"Observation\",\"id\":\"o%u\","
				"\"text\":{\"status\":\"generated\",\"div\":\"<div>Potassium of somebody, as measured</div>\"},"
				"\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
				"\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\","
				"\"display\":\"Laboratory\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
				"\"code\":\"2823-3\",\"display\":\"Potassium\"}],\"text\":\"Potassium\"},"
				"\"subject\":{\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"2026-03-04T08:00:00Z\","
				"\"performer\":[{\"display\":\"Synthetic laboratory\"}],\"valueQuantity\":{\"value\":%u.%u,"
				"\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"},"
				"\"referenceRange\":[{\"low\":{\"value\":3.5,\"unit\":\"mmol/L\"},\"high\":{\"value\":5.1,"
				"\"unit\":\"mmol/L\"}}],\"note\":[{\"text\":\"fasting\"}]}\n",
			   i, 3 + i % 3, i % 10);
}

static double seconds_since(uint64_t start)
{
	return (double)(bench_now_ns() - start) / 1e9;
}

static double json_alone(struct bytes text)
{
	uint64_t start = bench_now_ns();
	struct json_tokener *tokener = json_tokener_new();

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = (size_t)(end - text.data);
		struct json_object *tree = json_tokener_parse_ex(tokener, (const char *)text.data, (int)len);

		ASSERT(tree != NULL);
		json_object_put(tree);
		json_tokener_reset(tokener);
		text = bytes_of(end + 1, text.len - len - 1);
	}
	json_tokener_free(tokener);
	return seconds_since(start);
}

/* The two passes of a deposit: first seen and proposed, then without names when stream is given. */
static double lines_of(struct bytes text, const struct label_rules *rules, struct deid_stream *stream)
{
	const struct byte_source from = byte_source_bytes(&text);
	uint64_t start = bench_now_ns();
	struct buf out = BUF_INIT;
	struct proposing proposing;
	struct proposal proposal;
	struct ndjson n;
	bool end = false;

	ndjson_init(&n, &from);
	health_propose_begin(&proposing, rules);
	for (;;) {
		struct fhir_file line;

		ASSERT(ndjson_next(&n, &line, &end, NULL) == ERR_OK);
		if (end)
			break;
		if (stream != NULL) {
			buf_clear(&out);
			ASSERT(deid_stream_add(stream, &out, &line, NULL) == ERR_OK);
		} else {
			ASSERT(health_check(&line, NULL) == ERR_OK);
			health_propose_add(&proposing, &line);
		}
		fhir_release(&line);
	}
	health_propose_end(&proposal, &proposing);
	ASSERT(stream != NULL || strcmp(proposal.category, "LAB") == 0);
	ndjson_release(&n);
	buf_release(&out);
	return seconds_since(start);
}

int main(void)
{
	static struct { struct bench_figure alone, import, names; } f;
	struct label_rules *rules;
	struct deid_rules *deid;
	struct buf text = BUF_INIT;
	double megabytes;

	f.alone = BENCH_FIGURE("json-c alone, line by line", "MB/s", BENCH_MORE);
	f.import = BENCH_FIGURE("import: strict, checked, proposed", "MB/s", BENCH_MORE);
	f.names = BENCH_FIGURE("names removed, from text to text", "MB/s", BENCH_MORE);
	build(&text);
	megabytes = (double)text.len / 1e6;
	ASSERT(buf_error(&text) == ERR_OK && deid_rules_new(&deid, NULL) == ERR_OK && label_rules_new(&rules, NULL) == ERR_OK);
	for (unsigned i = 0; i < bench_passes(); i++) {
		struct deid_stream *stream;

		ASSERT(deid_stream_new(&stream, deid, clock_real()->now(NULL), rng_system(), NULL) == ERR_OK);
		bench_add(&f.alone, megabytes / json_alone(buf_bytes(&text)));
		bench_add(&f.import, megabytes / lines_of(buf_bytes(&text), rules, NULL));
		bench_add(&f.names, megabytes / lines_of(buf_bytes(&text), rules, stream));
		deid_stream_free(stream);
	}
	bench_head();
	bench_print_calibration(&f.alone);
	bench_print(&f.import, &f.alone);
	bench_print(&f.names, &f.alone);
	deid_rules_free(deid);
	label_rules_free(rules);
	buf_release(&text);
	return 0;
}
