/* SPDX-License-Identifier: Apache-2.0 */
/* The de-identified form of a FHIR record, profile deid-1 (design/06, notes 4.3): an allow-list of elements, dates by
 * year, ages over 89 as 90, codes of known systems only, pseudonyms that live in this one record.
 *
 * Nothing passes that a rule of assets/deid does not name, and no text passes at all: what is written is words of those
 * tables, numbers, years, codes of a checked shape, and pseudonyms.  What is lost is counted by its place.  The output
 * says "PSEUDED" and "REDACTED"; it is never called anonymous, because rare combinations may still point at somebody.
 * One thread for each call; the rules may be shared once they are made.
 */
#ifndef MEDLOCK_HEALTH_DEID_H
#define MEDLOCK_HEALTH_DEID_H

#include "core/base/clock.h"
#include "core/base/rng.h"
#include "core/health/fhir.h"

#define DEID_PROFILE "deid-1"
#define DEID_PATH_MAX 160u
#define DEID_LOSSES_MAX 1024u /* different places; what is lost in further ones is counted together */
#define DEID_AGE_MAX 89

/* The tables of assets/deid, read once.  ERR_FORMAT with the line when a table is wrong, ERR_MEMORY. */
struct deid_rules;
enum err deid_rules_new(struct deid_rules **ret, struct err_info *info) MUST_USE;
void deid_rules_free(struct deid_rules *r);

struct deid_loss {
	char path[DEID_PATH_MAX]; /* "Patient.name", or a type that was left out whole; foreign text */
	uint64_t count;
};

struct deid_report {
	size_t kept, left_out;    /* resources */
	struct deid_loss *losses; /* by path */
	size_t loss_count;
	uint64_t further;         /* in places past DEID_LOSSES_MAX */
};
void deid_report_release(struct deid_report *r);

/* Appends to out one JSON value: a resource when f is one of a type that may stay and contains no others, else a Bundle
 * of type collection, which may be empty.  now is the day that ages are counted to.  Each call makes other pseudonyms.
 * ERR_MEMORY, and what out's cap says.
 */
enum err deid_make(struct buf *out, struct deid_report *ret, const struct deid_rules *rules, const struct fhir_file *f,
		   struct time_ms now, const struct rng *rng, struct err_info *info) MUST_USE;

/* The same for a record of many lines (ndjson.h), in memory of one.  First every line is seen, for the patient's year of
 * birth; then every line is added: what stays of it is appended to out, each resource on a line of its own.  One id is one
 * pseudonym all through the stream.
 */
struct deid_stream;
enum err deid_stream_new(struct deid_stream **ret, const struct deid_rules *rules, struct time_ms now, const struct rng *rng,
			 struct err_info *info) MUST_USE;
void deid_stream_free(struct deid_stream *s);
void deid_stream_see(struct deid_stream *s, const struct fhir_file *line);
enum err deid_stream_add(struct deid_stream *s, struct buf *out, const struct fhir_file *line, struct err_info *info) MUST_USE;
/* What was lost up to here; the caller releases it. */
enum err deid_stream_report(struct deid_report *ret, const struct deid_stream *s) MUST_USE;

#endif
