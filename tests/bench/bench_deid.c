/* SPDX-License-Identifier: Apache-2.0 */
/* Removing names from a large Bundle, beside reading the same text with the strict scanner and json-c. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "core/base/clock.h"
#include "core/health/deid.h"

#define ENTRIES 9000u

static void build(struct buf *out)
{
	buf_printf(out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\"urn:uuid:0\",\"resource\":"
			"{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\",\"birthDate\":\"1979-03-14\"}}");
	for (unsigned i = 1; i < ENTRIES; i++)
		buf_printf(out, ",{\"fullUrl\":\"urn:uuid:%u\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%u\","
				"\"text\":{\"status\":\"generated\",\"div\":\"<div>Potassium of somebody, as measured</div>\"},"
				"\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
				"\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\","
				"\"display\":\"Laboratory\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
				"\"code\":\"2823-3\",\"display\":\"Potassium\"}],\"text\":\"Potassium\"},"
				"\"subject\":{\"reference\":\"urn:uuid:0\"},\"effectiveDateTime\":\"2026-03-04T08:00:00Z\","
				"\"performer\":[{\"display\":\"Synthetic laboratory\"}],\"valueQuantity\":{\"value\":%u.%u,"
				"\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"},"
				"\"referenceRange\":[{\"low\":{\"value\":3.5,\"unit\":\"mmol/L\"},\"high\":{\"value\":5.1,"
				"\"unit\":\"mmol/L\"}}],\"note\":[{\"text\":\"fasting\"}]}}",
			   i, i, 3 + i % 3, i % 10);
	buf_printf(out, "]}");
}

struct figures { struct bench_figure reading, making, both; };

static void pass(struct figures *f, const struct deid_rules *rules, struct bytes text)
{
	double megabytes = (double)text.len / 1e6, read, made;
	uint64_t start = bench_now_ns();
	struct deid_report report;
	struct buf out = BUF_INIT;
	struct fhir_file file;

	ASSERT(fhir_read(&file, text, NULL) == ERR_OK);
	read = (double)(bench_now_ns() - start) / 1e9;
	start = bench_now_ns();
	ASSERT(deid_make(&out, &report, rules, &file, clock_real()->now(NULL), rng_system(), NULL) == ERR_OK);
	made = (double)(bench_now_ns() - start) / 1e9;
	ASSERT(report.kept == ENTRIES);
	bench_add(&f->reading, megabytes / read);
	bench_add(&f->making, megabytes / made);
	bench_add(&f->both, megabytes / (read + made));
	deid_report_release(&report);
	fhir_release(&file);
	buf_release(&out);
}

int main(void)
{
	static struct figures f;
	struct deid_rules *rules;
	struct buf text = BUF_INIT;

	f = (struct figures){BENCH_FIGURE("reading FHIR strictly", "MB/s", BENCH_MORE),
			     BENCH_FIGURE("removing names from what was read", "MB/s", BENCH_MORE),
			     BENCH_FIGURE("both, from text to text", "MB/s", BENCH_MORE)};
	build(&text);
	ASSERT(buf_error(&text) == ERR_OK && deid_rules_new(&rules, NULL) == ERR_OK);
	for (unsigned i = 0; i < bench_passes(); i++)
		pass(&f, rules, buf_bytes(&text));
	bench_head();
	bench_print_calibration(&f.reading);
	bench_print(&f.making, &f.reading);
	bench_print(&f.both, &f.reading);
	deid_rules_free(rules);
	buf_release(&text);
	return 0;
}
