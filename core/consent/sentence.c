/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/sentence.h"

#include "chain/proto/codes.h"
#include "chain/proto/wire.h"
#include "core/base/clock.h"

#define SHORT_ID_BYTES 4u

struct word {
	uint32_t code;
	const char *text;
};

static const struct word purposes[] = {
	{PURPOSE_TREAT, "my treatment"}, {PURPOSE_ETREAT, "emergency treatment"},
	{PURPOSE_BTG, "breaking the glass in an emergency"}, {PURPOSE_COC, "coordination of my care"},
	{PURPOSE_TREATDS, "decision support in my care"}, {PURPOSE_HPAYMT, "billing and insurance"},
	{PURPOSE_HOPERAT, "running the hospital"}, {PURPOSE_HQUALIMP, "quality improvement"},
	{PURPOSE_HRESCH, "medical research"}, {PURPOSE_CLINTRCH, "a clinical trial"},
	{PURPOSE_DSRCH, "research into a disease"}, {PURPOSE_POARCH, "ancestry research"},
	{PURPOSE_MLTRAINING, "training AI systems"}, {PURPOSE_PUBHLTH, "public health reporting"},
	{PURPOSE_PATRQT, "my own request"}, {PURPOSE_FAMRQT, "a family member's request"},
	{PURPOSE_PWATRNY, "my legal representative's request"}, {PURPOSE_SUPNWK, "my support network's request"},
	{PURPOSE_HLEGAL, "legal proceedings"}, {PURPOSE_HMARKT, "marketing"},
	{PURPOSE_BIORCH, "biomedical research"}, {PURPOSE_TRANSRCH, "translational research"}, {0, NULL}};

static const struct word categories[] = {
	{CATEGORY_OTH, "other records"}, {CATEGORY_SUM, "the patient summary"},
	{CATEGORY_DX, "diagnoses and problems"}, {CATEGORY_ALG, "allergies"}, {CATEGORY_MED, "medicines"},
	{CATEGORY_IMM, "vaccinations"}, {CATEGORY_LAB, "laboratory results"}, {CATEGORY_VIT, "vital signs"},
	{CATEGORY_IMG, "imaging"}, {CATEGORY_PRC, "procedures and surgery"}, {CATEGORY_ENC, "visits and admissions"},
	{CATEGORY_DOC, "letters and notes"}, {CATEGORY_GEN, "genetics"}, {CATEGORY_SOC, "lifestyle and social facts"},
	{CATEGORY_FAM, "family history"}, {CATEGORY_CAR, "care plans and team"}, {CATEGORY_DEV, "devices"},
	{CATEGORY_DEM, "who I am"}, {CATEGORY_INS, "insurance and bills"}, {CATEGORY_DIR, "wishes and consents"},
	{0, NULL}};

static const struct word labels[] = {
	{LABEL_PSY, "psychiatry"}, {LABEL_MH, "mental health"}, {LABEL_BH, "behavioral health"},
	{LABEL_PSYTHPN, "psychotherapy notes"}, {LABEL_ETH, "substance abuse"}, {LABEL_SUD, "substance use disorder"},
	{LABEL_ETHUD, "alcohol use disorder"}, {LABEL_OPIOIDUD, "opioid use disorder"}, {LABEL_HIV, "HIV/AIDS"},
	{LABEL_SEX, "sexual and reproductive health"}, {LABEL_STD, "sexually transmitted disease"},
	{LABEL_PREGNANT, "pregnancy"}, {LABEL_SDV, "sexual assault, abuse or domestic violence"},
	{LABEL_VIO, "violence"}, {LABEL_GDIS, "genetic disease"}, {LABEL_SCA, "sickle cell anemia"},
	{LABEL_ADOL, "adolescent care"}, {LABEL_TBOO, "not yet discussed"}, {LABEL_PHY, "held by a physician"},
	{LABEL_PRS, "marked sensitive by me"}, {LABEL_PDS, "sensitive by my default"}, {0, NULL}};

static const struct word reasons[] = {
	{DECISION_REASON_RULE, "a rule"}, {DECISION_REASON_DEFAULT, "no rule matches"},
	{DECISION_REASON_OWN, "it is the owner's own record"}, {DECISION_REASON_EMERGENCY, "an attested emergency"},
	{DECISION_REASON_LOCK, "a locked rule"}, {DECISION_REASON_PAUSED, "all sharing is paused"},
	{DECISION_REASON_NOT_LICENSED, "the asker is not certified for this"},
	{DECISION_REASON_ABSENT, "there is no such record"},
	{DECISION_REASON_NO_FORM, "the record does not exist in the form that is allowed"}, {0, NULL}};

static const char *word_of(const struct word *list, uint32_t code)
{
	while (list->text && list->code != code)
		list++;
	return list->text ? list->text : "?";
}

const char *sentence_purpose(uint32_t purpose)
{
	return word_of(purposes, purpose);
}

const char *sentence_category(uint32_t category)
{
	return word_of(categories, category);
}

const char *sentence_label(uint32_t label)
{
	return word_of(labels, label);
}

/* HL7 v3 ActCode, ObligationPolicy and RefrainPolicy. */
static const struct word duties[] = {
	{OBLIGATION_DEID, "take names off"}, {OBLIGATION_PSEUD, "use other names"},
	{OBLIGATION_REDACT, "leave out what is not needed"},
	{OBLIGATION_MASK, "hide what is not needed"}, {OBLIGATION_MINEC, "take no more than is needed"},
	{OBLIGATION_HUAPRV, "ask me first"}, {OBLIGATION_NOCOLLECT, "keep no copy"}, {OBLIGATION_DELAU, "delete it after use"},
	{OBLIGATION_NORDSCLCDS, "pass nothing on without my consent"}, {OBLIGATION_NOREUSE, "use it for nothing else"},
	{OBLIGATION_NORELINK, "do not find out who it is"}, {OBLIGATION_NOINTEGRATE, "put it into no other record"},
	{OBLIGATION_AUDIT, "note each use"}, {OBLIGATION_PERSISTLABEL, "keep its labels"}, {0, NULL},
};

const char *sentence_duty(uint32_t obligation)
{
	return word_of(duties, obligation);
}

const char *sentence_reason(uint32_t decision_reason)
{
	return word_of(reasons, decision_reason);
}

static void list_glue(struct buf *out, size_t i, size_t count)
{
	if (i > 0)
		buf_append_text(out, i + 1 == count ? " or " : ", ");
}

static void append_codes(struct buf *out, const struct word *words, const uint32_t *codes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		list_glue(out, i, count);
		buf_append_text(out, word_of(words, codes[i]));
	}
}

static void append_id(struct buf *out, uint32_t kind, struct bytes id, const struct sentence_names *names)
{
	const char *name = names && names->name ? names->name(names->self, kind, id) : NULL;
	char hex[2 * SHORT_ID_BYTES + 1] = "?";

	if (name) {
		buf_append_text(out, name);
		return;
	}
	if (id.len >= SHORT_ID_BYTES)
		hex_encode(hex, id.data, SHORT_ID_BYTES);
	buf_printf(out, "%s %s\xe2\x80\xa6", code_text(CODES_ACTOR, kind), hex);
}

void sentence_of_actor(struct buf *out, const Medlock__Actor *actor, const struct sentence_names *names)
{
	if (actor->kind == ACTOR_EVERYONE)
		buf_append_text(out, "everyone who is certified");
	else if (actor->kind == ACTOR_ROLE)
		buf_printf(out, "every %s", code_text(CODES_ROLE, actor->role));
	else
		append_id(out, actor->kind, wire_bytes(actor->id), names);
}

#define TEAM_NAMED 5u /* members of a team that a sentence names */

/* The team of a rule that is for its members and for nobody else. */
static const Medlock__Actor *team_of(const Medlock__Rule *r)
{
	const Medlock__Actor *team = NULL;

	for (size_t i = 0; i < r->n_actors; i++) {
		if (r->actors[i]->kind == ACTOR_CARE_TEAM && team == NULL)
			team = r->actors[i];
		else if (r->actors[i]->kind != ACTOR_ACCOUNT && r->actors[i]->kind != ACTOR_ORGANISATION)
			return NULL;
	}
	return team;
}

/* "the care team home (okafor, GP practice West and 4 more)" */
static void append_team(struct buf *out, const Medlock__Rule *r, const Medlock__Actor *team, const struct sentence_names *names)
{
	size_t members = r->n_actors - 1, shown = 0;

	if (names && names->name && names->name(names->self, ACTOR_CARE_TEAM, wire_bytes(team->id)))
		buf_append_text(out, "the care team ");
	sentence_of_actor(out, team, names);
	buf_append_text(out, members == 0 ? " (nobody" : " (");
	for (size_t i = 0; i < r->n_actors && shown < TEAM_NAMED; i++) {
		if (r->actors[i] == team)
			continue;
		buf_append_text(out, shown++ > 0 ? ", " : "");
		sentence_of_actor(out, r->actors[i], names);
	}
	if (members > shown)
		buf_printf(out, " and %zu more", members - shown);
	buf_append_text(out, ")");
}

static void append_actors(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	const Medlock__Actor *team = team_of(r);

	if (team != NULL) {
		append_team(out, r, team, names);
		return;
	}
	if (r->n_actors == 0)
		buf_append_text(out, "everyone who is certified");
	for (size_t i = 0; i < r->n_actors; i++) {
		list_glue(out, i, r->n_actors);
		sentence_of_actor(out, r->actors[i], names);
	}
}

static void append_what(struct buf *out, const Medlock__Rule *r)
{
	if (r->n_records)
		buf_printf(out, "%zu named record%s%s", r->n_records, r->n_records == 1 ? "" : "s",
			   r->n_categories ? " of " : "");
	if (r->n_categories)
		append_codes(out, categories, r->categories, r->n_categories);
	else if (r->n_records == 0)
		buf_append_text(out, "everything");
	if (r->effect == EFFECT_DENY && r->n_labels) {
		buf_append_text(out, " marked ");
		append_codes(out, labels, r->labels, r->n_labels);
	} else if (r->effect != EFFECT_DENY && r->any_label) {
		buf_append_text(out, ", also what is marked sensitive");
	} else if (r->effect != EFFECT_DENY && r->n_labels) {
		buf_append_text(out, ", of what is sensitive only ");
		append_codes(out, labels, r->labels, r->n_labels);
	} else if (r->effect != EFFECT_DENY) {
		buf_append_text(out, " (but not what is marked sensitive)");
	}
}

/* "2027-12-31", or with hour and minute, of a time that is no day's beginning. */
static void append_time(struct buf *out, const char *lead, int64_t time)
{
	char text[TIME_TEXT];

	time_format(text, (struct time_ms){time});
	buf_printf(out, "%s%.10s", lead, text);
	if (time % MS_PER_DAY != 0)
		buf_printf(out, " %.5s UTC", text + 11);
}

static void append_period(struct buf *out, const Medlock__Period *p)
{
	append_time(out, ", from the time ", p->from);
	append_time(out, " to ", p->to);
}

static void append_limits(struct buf *out, const Medlock__Rule *r)
{

	if (r->confidentiality)
		buf_printf(out, ", confidentiality %s %s", r->effect == EFFECT_DENY ? "at least" : "at most",
			   code_text(CODES_CONFIDENTIALITY, r->confidentiality));
	if (r->n_author_organisations)
		buf_printf(out, ", written at %zu named organisation%s", r->n_author_organisations,
			   r->n_author_organisations == 1 ? "" : "s");
	if (r->data)
		append_period(out, r->data);
	if (r->form == FORM_DEID)
		buf_append_text(out, ", only de-identified");
	if (r->visibility == VISIBILITY_NAMED)
		buf_append_text(out, ", only by name");
	for (size_t i = 0; i < r->n_obligations; i++)
		buf_printf(out, "%s%s", i ? "; " : ", with the duty: ", sentence_duty(r->obligations[i]));
	if (r->research)
		buf_append_text(out, r->research->project.len ? ", for one research project" : ", under research terms");
	if (r->valid_from)
		append_time(out, ", from ", r->valid_from);
	if (r->valid_to)
		append_time(out, ", until ", r->valid_to);
	if (r->uses_left)
		buf_printf(out, ", %u time%s", r->uses_left, r->uses_left == 1 ? "" : "s");
}

static const char *opening(const Medlock__Rule *r)
{
	if (r->effect == EFFECT_PERMIT)
		return "Allow ";
	if (r->effect == EFFECT_ASK)
		return "Ask me before ";
	return r->lock ? "Never let " : "Do not let ";
}

static const char *verb(const Medlock__Rule *r)
{
	if (r->effect == EFFECT_PERMIT)
		return " to read ";
	return r->effect == EFFECT_ASK ? " reads " : " read ";
}

void sentence_of_rule(struct buf *out, const Medlock__Rule *rule, const struct sentence_names *names)
{
	buf_append_text(out, opening(rule));
	append_actors(out, rule, names);
	buf_append_text(out, verb(rule));
	append_what(out, rule);
	buf_append_text(out, " for ");
	if (rule->n_purposes)
		append_codes(out, purposes, rule->purposes, rule->n_purposes);
	else
		buf_append_text(out, "any purpose");
	append_limits(out, rule);
	if (rule->lock)
		buf_append_text(out, rule->emergency_ok ? "; no other rule lifts this, an emergency does"
							: "; nothing lifts this, not even an emergency");
	buf_append_text(out, ".");
}
