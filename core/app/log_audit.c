/* SPDX-License-Identifier: Apache-2.0 */
/* The access list as FHIR R4 AuditEvent (https://hl7.org/fhir/R4/auditevent.html), for other programs. */
#include "core/app/internal.h"
#include "core/app/log.h"
#include "core/base/json.h"

#define TYPE_SYSTEM "http://dicom.nema.org/resources/ontology/DCM"
#define PURPOSE_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-ActReason"
#define ACCOUNT_SYSTEM "urn:medlock:account"
#define RECORD_SYSTEM "urn:medlock:record"
#define NETWORK_SYSTEM "urn:medlock:network"
#define TX_SYSTEM "urn:medlock:transaction"

/* What kind of act it is: DICOM audit event, and the letter of audit-event-action. */
static const struct { const char *kind, *code, *display, *action; } kinds[] = {
	{"cert_anchor", "110137", "User Security Attributes Changed", "U"},
	{"cert_revoke", "110137", "User Security Attributes Changed", "U"},
	{"account_keys", "110137", "User Security Attributes Changed", "U"},
	{"record_deposit", "110107", "Import", "C"},
	{"record_amend", "110107", "Import", "U"},
	{"record_erase", "110110", "Patient Record", "D"},
	{"consent_set", "110136", "Security Roles Changed", "U"},
	{"consent_pause", "110136", "Security Roles Changed", "U"},
	{"proxy_set", "110136", "Security Roles Changed", "U"},
	{"access_request", "110112", "Query", "E"},
	{"access_answer", "110136", "Security Roles Changed", "U"},
	{"access_close", "110112", "Query", "U"},
	{"question", "110112", "Query", "E"},
	{"release_receipt", "110106", "Export", "R"},
};

static void coding(struct json_writer *w, const char *key, const char *system, const char *code, const char *display)
{
	json_begin_object(w, key);
	json_string(w, "system", system);
	json_string(w, "code", code);
	if (display != NULL)
		json_string(w, "display", display);
	json_end_object(w);
}

static void identifier(struct json_writer *w, const char *key, const char *system, struct bytes id)
{
	json_begin_object(w, key);
	json_begin_object(w, "identifier");
	json_string(w, "system", system);
	json_hex(w, "value", id);
	json_end_object(w);
	json_end_object(w);
}

static void agent(struct json_writer *w, struct app *a, const struct app_event *e)
{
	json_begin_array(w, "agent");
	json_begin_object(w, NULL);
	identifier(w, "who", ACCOUNT_SYSTEM, BYTES_ID(e->who));
	json_string(w, "name", app_name(a, e->who.b));
	json_boolean(w, "requestor", true);
	json_end_object(w);
	json_end_array(w);
}

static void detail(struct json_writer *w, const char *type, const char *value)
{
	if (value[0] == '\0')
		return;
	json_begin_object(w, NULL);
	json_string(w, "type", type);
	json_string(w, "valueString", value);
	json_end_object(w);
}

/* Each record with its own decision: a refusal beside a grant stays visible. */
static void entities(struct json_writer *w, const struct app_event *e)
{
	json_begin_array(w, "entity");
	json_begin_object(w, NULL);
	identifier(w, "what", TX_SYSTEM, BYTES_ID(e->tx));
	json_end_object(w);
	for (size_t i = 0; i < e->count; i++) {
		const struct app_event_record *r = &e->records[i];

		json_begin_object(w, NULL);
		identifier(w, "what", RECORD_SYSTEM, BYTES_ID(r->record));
		if (r->decision[0] != '\0') {
			json_begin_array(w, "detail");
			detail(w, "decision", r->decision);
			detail(w, "form", r->form);
			detail(w, "reason", r->reason);
			json_end_array(w);
		}
		json_end_object(w);
	}
	json_end_array(w);
}

static bool all_refused(const struct app_event *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->records[i].decision, "denied") != 0)
			return false;
	return e->count > 0;
}

static void kind(struct json_writer *w, const struct app_event *e)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, e->kind) != 0)
			continue;
		coding(w, "type", TYPE_SYSTEM, kinds[i].code, kinds[i].display);
		json_string(w, "action", kinds[i].action);
		return;
	}
	coding(w, "type", TYPE_SYSTEM, "110100", "Application Activity");
}

static void purpose(struct json_writer *w, const struct app_event *e)
{
	if (e->purpose[0] == '\0')
		return;
	json_begin_array(w, "purposeOfEvent");
	json_begin_object(w, NULL);
	json_begin_array(w, "coding");
	coding(w, NULL, PURPOSE_SYSTEM, e->purpose, NULL);
	if (e->emergency)
		coding(w, NULL, PURPOSE_SYSTEM, "BTG", NULL);
	json_end_array(w);
	json_end_object(w);
	json_end_array(w);
}

static void audit_event(struct json_writer *w, struct app *a, const struct app_event *e)
{
	json_begin_object(w, NULL);
	json_begin_object(w, "resource");
	json_string(w, "resourceType", "AuditEvent");
	kind(w, e);
	json_time(w, "recorded", e->at.v);
	json_string(w, "outcome", all_refused(e) ? "4" : "0");
	purpose(w, e);
	agent(w, a, e);
	json_begin_object(w, "source");
	identifier(w, "observer", NETWORK_SYSTEM, BYTES_ID(a->profile.network));
	json_end_object(w);
	entities(w, e);
	json_end_object(w);
	json_end_object(w);
}

enum err app_log_audit(struct app *a, struct buf *out, size_t *ret_count, struct time_ms since, struct err_info *info)
{
	struct app_events all;
	struct json_writer w;

	TRY(app_log_list(a, &all, since, 0, info));
	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_string(&w, "resourceType", "Bundle");
	json_string(&w, "type", "collection");
	if (all.count > 0)
		json_begin_array(&w, "entry");
	for (size_t i = 0; i < all.count; i++)
		audit_event(&w, a, &all.rows[i]);
	if (all.count > 0)
		json_end_array(&w);
	json_end_object(&w);
	*ret_count = all.count;
	app_events_release(&all);
	return buf_error(out);
}
