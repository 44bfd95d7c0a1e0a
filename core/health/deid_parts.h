/* SPDX-License-Identifier: Apache-2.0 */
/* One run of de-identification; private to core/health/deid*.c. */
#ifndef MEDLOCK_HEALTH_DEID_PARTS_H
#define MEDLOCK_HEALTH_DEID_PARTS_H

#include <json-c/json.h>

#include "core/base/json.h"
#include "core/health/deid_rules.h"

#define DEID_KEY_SIZE 32u
#define DEID_PSEUDONYM_HEX 33u /* 128 bits and the NUL */
#define DEID_REFERENCE_KEPT 128u
#define DEID_LOSS_TABLE 4096u /* a power of two, four times the losses */
#define DEID_MASKED "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\"," \
		    "\"valueCode\":\"masked\"}]}"

/* A resource that goes in: of the file, or contained in one of it. */
struct deid_slot {
	struct json_object *object, *holder; /* holder: the resource that contains it, or itself */
	const struct deid_node *type;	     /* NULL: it has to go */
	char pseudonym[DEID_PSEUDONYM_HEX];
};

struct deid {
	const struct deid_rules *rules;
	const struct fhir_file *file;
	struct json_writer w;
	struct deid_slot *slots, **by_object, **by_name; /* as in the file; by address; by holder and id */
	size_t slot_count;
	struct json_object *resource; /* the one whose elements are read: where "#id" is looked up */
	int year, birth_year;	      /* of now; of the patient, 0 when not known */
	uint8_t key[DEID_KEY_SIZE];
	uint64_t places; /* resources so far */
	char last[DEID_REFERENCE_KEPT], last_pseudonym[DEID_PSEUDONYM_HEX]; /* the foreign reference met last; "": none */
	bool by_id;	 /* lines refer to each other by type and id: so do the pseudonyms */
	struct deid_report report;
	uint16_t *loss_table; /* open addressing over losses; 0: free, else index + 1 */
	struct { const struct deid_node *node; char name[DEID_NAME_MAX]; } *loss_keys;
};

/* Where the output stood, to take back what turned out to be empty. */
struct deid_mark { size_t len; struct json_writer w; };
struct deid_mark deid_mark(const struct deid *d);
void deid_back(struct deid *d, struct deid_mark to);

/* Count what is lost: node itself, or its member name. */
void deid_lose(struct deid *d, const struct deid_node *node, const char *name);

void deid_sort_losses(struct deid_report *r); /* by path */

/* Write one value (no list) as node's action says, under key (NULL in a list).  False: nothing was written. */
bool deid_value(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value);

/* The pseudonymous form of a reference: "Type/pseudonym" into out; false when it has to go. */
bool deid_reference(struct deid *d, char out[DEID_NAME_MAX + DEID_PSEUDONYM_HEX], const char *types,
		    const char *reference);

/* The year that a date of the file may be said to be of; 0: it has to go. */
int deid_year(const struct deid *d, const char *date);
/* Years that a number of this unit makes (deid_time.c); -1: the unit is no time. */
double deid_years(const char *unit, double value);

#endif
