/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a row in words; private to the view. */
#ifndef MEDLOCK_HEALTH_VIEW_TEXT_H
#define MEDLOCK_HEALTH_VIEW_TEXT_H

#include "core/health/fhir.h"

/* Each appends to out, nothing when the resource does not say. */
void view_quantity(struct buf *out, struct json_object *quantity);         /* "< 7.60 mmol/L" */
void view_value(struct buf *out, struct json_object *owner); /* value[x], components, dataAbsentReason */
void view_range(struct buf *out, struct json_object *observation);         /* first referenceRange */
void view_flag(struct buf *out, struct json_object *observation);          /* interpretation in words, or computed */
void view_dose(struct buf *out, struct json_object *medication);
void view_reaction(struct buf *out, struct json_object *allergy);
/* What turns the meaning of the whole resource (FHIR R4, "modifier elements"): doNotPerform, modifierExtension,
 * implicitRules.  Readers must not pass over them.
 */
void view_modifiers(struct buf *out, struct json_object *resource);
void view_source(struct buf *out, const struct fhir_file *f, struct json_object *resource);
const char *view_date(struct json_object *resource);                       /* when it was, "" when not said */
/* -1, 0, 1; 0 in *ret_known when one of them is no plain decimal of at most nine digits. */
int view_compare(bool *ret_known, const char *x, const char *y);
void view_code(struct buf *out, struct json_object *resource); /* "system|code" of its first coding */
const char *view_number(struct json_object *observation);      /* of valueQuantity, "" with a comparator */
const char *view_unit(struct json_object *observation);
/* "None known." and its kin for the codes that say so (HL7 IPS, absent and unknown data); NULL for other codes. */
const char *view_absent(struct json_object *concept);
/* "active", "active, unconfirmed", "refuted": the code of a status where there is one, else its words. */
void view_status(struct buf *out, struct json_object *resource);

#endif
