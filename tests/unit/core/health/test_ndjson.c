/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON: lines, bad lines, recognition, and the form without names line by line. */
#include "core/health/ndjson.h"

#include "core/base/json.h"
#include "core/health/attachment.h"
#include "core/health/deid.h"
#include "fhir_help.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"gender\":\"female\",\"name\":[{\"family\":\"Planted\"}],\"birthDate\":\"1960-02-03\"}"
#define OBSERVATION(n) "{\"resourceType\":\"Observation\",\"id\":\"o" n "\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"}," \
		       "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2823-3\",\"display\":\"Planted\"}]},\"valueInteger\":" n "}"

/* A source that gives few bytes at a time. */
struct dribble { struct bytes rest; size_t piece; };

static enum err dribble_read(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	struct dribble *d = self;
	size_t len = d->rest.len < d->piece ? d->rest.len : d->piece;

	len = len < max ? len : max;
	if (len > 0)
		memcpy(out, d->rest.data, len);
	d->rest = bytes_of(d->rest.data + len, d->rest.len - len);
	*ret_len = len;
	return ERR_OK;
}

static void expect_lines(const char *text, size_t piece, size_t count, uint64_t last)
{
	struct dribble d = {bytes_str(text), piece};
	const struct byte_source from = {dribble_read, &d};
	struct ndjson n;
	bool end = false;
	size_t seen = 0;

	ndjson_init(&n, &from);
	for (;;) {
		struct fhir_file f;

		assert_int_equal(ndjson_next(&n, &f, &end, NULL), ERR_OK);
		if (end)
			break;
		seen++;
		assert_int_equal(n.line <= last, 1);
		fhir_release(&f);
	}
	assert_int_equal(seen, count);
	assert_int_equal(n.read, strlen(text));
	ndjson_release(&n);
}

static void test_lines(void **state)
{
	for (size_t piece = 1; piece < 200; piece += 13) {
		expect_lines(PATIENT "\n" OBSERVATION("1") "\n" OBSERVATION("2") "\n", piece, 3, 3);
		expect_lines(PATIENT "\r\n\r\n  \n" OBSERVATION("1"), piece, 2, 4);
		expect_lines("", piece, 0, 0);
		expect_lines("\n\n", piece, 0, 2);
	}
}

static void expect_bad(const char *text, enum err expected, const char *words)
{
	struct bytes all = bytes_str(text);
	const struct byte_source from = byte_source_bytes(&all);
	struct err_info info = {0};
	struct ndjson n;
	bool end = false;
	enum err e;

	ndjson_init(&n, &from);
	do {
		struct fhir_file f = {0};

		e = ndjson_next(&n, &f, &end, &info);
		fhir_release(&f);
	} while (e == ERR_OK && !end);
	assert_int_equal(e, expected);
	if (strstr(info.detail, words) != info.detail)
		fail_msg("'%s' does not begin with '%s'", info.detail, words);
	ndjson_release(&n);
}

static void test_a_bad_line_is_named(void **state)
{
	expect_bad(PATIENT "\n{\"resourceType\":\n" PATIENT, ERR_JSON, "line 2: column");
	expect_bad(PATIENT "\n\n{\"id\":\"x\"}\n", ERR_FHIR, "line 3: ");
	expect_bad(PATIENT "\n[]\n", ERR_FHIR, "line 2: ");
	expect_bad(PATIENT "\n{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}", ERR_JSON_DUPLICATE, "line 2: ");
	expect_bad(PATIENT " " PATIENT, ERR_JSON, "line 1: ");
}

static void test_a_line_without_end(void **state)
{
	size_t len = NDJSON_LINE_MAX + 10;
	char *text = malloc(len + 1);

	memset(text, ' ', len);
	text[len] = '\0';
	expect_bad(text, ERR_TOO_LARGE, "line 1 ");
	free(text);
}

static void test_recognition(void **state)
{
	assert_true(ndjson_looks_like(bytes_str(PATIENT "\n" PATIENT "\n")));
	assert_true(ndjson_looks_like(bytes_str("\n" PATIENT "\n{broken")));
	assert_false(ndjson_looks_like(bytes_str(PATIENT)));
	assert_false(ndjson_looks_like(bytes_str(PATIENT "\n")));
	assert_false(ndjson_looks_like(bytes_str("{\n\"resourceType\":\"Patient\"\n}\n")));
	assert_false(ndjson_looks_like(bytes_str("plain\ntext\n")));
	assert_false(ndjson_looks_like(bytes_str("")));
}

static void test_as_one_file(void **state)
{
	struct fhir_file f;
	size_t beyond;

	assert_int_equal(ndjson_or_fhir(&f, &beyond, bytes_str(OBSERVATION("1") "\n" PATIENT "\n"), NULL), ERR_OK);
	assert_int_equal(f.count, 2);
	assert_int_equal(beyond, 0);
	assert_string_equal(fhir_resolve(&f, "Patient/p1")->type, "Patient");
	fhir_release(&f);
	assert_int_equal(ndjson_or_fhir(&f, &beyond, bytes_str(PATIENT), NULL), ERR_OK);
	assert_int_equal(f.count, 1);
	fhir_release(&f);
}

#define HOSTILE_OBJECTS 100000u /* of one line */
#define HOSTILE_LINES 12u

/* Lines that each keep to the limits, and together would not fit into memory. */
static void test_lines_that_are_too_much_together(void **state)
{
	struct buf text = BUF_INIT;
	struct fhir_file f;
	size_t beyond;

	for (size_t k = 0; k < HOSTILE_LINES; k++) {
		buf_append_text(&text, "{\"resourceType\":\"Observation\",\"x\":[{}");
		for (size_t i = 2; i < HOSTILE_OBJECTS; i++)
			buf_append_text(&text, ",{}");
		buf_append_text(&text, "]}\n");
	}
	assert_int_equal(ndjson_or_fhir(&f, &beyond, buf_bytes(&text), NULL), ERR_OK);
	assert_int_equal(f.count, JSON_OBJECTS_MAX / HOSTILE_OBJECTS);
	assert_int_equal(beyond, HOSTILE_LINES - JSON_OBJECTS_MAX / HOSTILE_OBJECTS);
	fhir_release(&f);
	buf_release(&text);
	(void)state;
}

static void add(struct deid_stream *s, struct buf *out, const char *line)
{
	struct fhir_file f = read_fhir(line);

	assert_int_equal(deid_stream_add(s, out, &f, NULL), ERR_OK);
	fhir_release(&f);
}

/* Lines keep pointing at each other, under other names; nothing planted passes; what went is counted over all lines. */
static void test_without_names(void **state)
{
	struct deid_rules *rules;
	struct deid_stream *s;
	struct deid_report report;
	struct buf out = BUF_INIT;
	struct fhir_file patient = read_fhir(PATIENT), all;
	const char *id, *reference;
	size_t beyond;

	assert_int_equal(deid_rules_new(&rules, NULL), ERR_OK);
	assert_int_equal(deid_stream_new(&s, rules, (struct time_ms){1790000000000}, rng_system(), NULL), ERR_OK);
	deid_stream_see(s, &patient);
	add(s, &out, OBSERVATION("1"));
	add(s, &out, PATIENT);
	add(s, &out, "{\"resourceType\":\"Claim\",\"id\":\"c\"}");
	add(s, &out, OBSERVATION("2"));
	assert_null(strstr(buf_text(&out), "Planted"));
	assert_null(strstr(buf_text(&out), "p1"));
	assert_int_equal(ndjson_or_fhir(&all, &beyond, buf_bytes(&out), NULL), ERR_OK);
	assert_int_equal(all.count, 3);
	id = fhir_text(all.resources[1].object, "id");
	reference = fhir_text(fhir_member(all.resources[2].object, "subject"), "reference");
	assert_string_equal(all.resources[1].type, "Patient");
	assert_string_equal(fhir_text(all.resources[1].object, "birthDate"), "1960");
	assert_string_equal(reference + strlen("Patient/"), id);
	assert_int_equal(deid_stream_report(&report, s), ERR_OK);
	assert_int_equal(report.kept, 3);
	assert_int_equal(report.left_out, 1);
	assert_true(report.loss_count > 0);
	deid_report_release(&report);
	fhir_release(&all);
	fhir_release(&patient);
	buf_release(&out);
	deid_stream_free(s);
	deid_rules_free(rules);
}

static void expect_attachment(const char *words, const char *category, struct bytes head)
{
	assert_string_equal(attachment_of(head)->words, words);
	assert_string_equal(attachment_of(head)->category, category);
}

static void test_attachments(void **state)
{
	uint8_t dicom[132] = {0};

	memcpy(dicom + 128, "DICM", 4);
	expect_attachment("a DICOM image", "IMG", bytes_of(dicom, sizeof(dicom)));
	expect_attachment("a file of an unknown kind", "DOC", bytes_of(dicom, 131));
	expect_attachment("a PDF document", "DOC", bytes_str("%PDF-1.7\n"));
	expect_attachment("a JPEG image", "IMG", bytes_str("\xff\xd8\xff\xe0"));
	expect_attachment("a text", "DOC", bytes_str("Dear colleague,\nM\xc3\xbcller"));
	expect_attachment("a text", "DOC", bytes_str("cut in M\xc3"));
	expect_attachment("a text", "DOC", bytes_str("escape \x1b[2J"));
	expect_attachment("a file of an unknown kind", "DOC", bytes_str("\xc3\x28 and much more of it"));
	expect_attachment("a file of an unknown kind", "DOC", bytes_str(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_a_bad_line_is_named),
		cmocka_unit_test(test_a_line_without_end),
		cmocka_unit_test(test_recognition),
		cmocka_unit_test(test_as_one_file),
		cmocka_unit_test(test_lines_that_are_too_much_together),
		cmocka_unit_test(test_without_names),
		cmocka_unit_test(test_attachments),
	};

	return cmocka_run_group_tests_name("health ndjson", tests, NULL, NULL);
}
