/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/sentence.h"

#include <ctype.h>
#include <stdio.h>

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

/* What sentences are made of; a translation has its own for each id. */
#define PIECES(X)                                                                                                              \
	X(PERMIT, "says.permit", "Allow {1} to read {2} for {3}{4}.")                                                          \
	X(ASK, "says.ask", "Ask me before {1} reads {2} for {3}{4}.")                                                          \
	X(DENY, "says.deny", "Do not let {1} read {2} for {3}{4}.")                                                            \
	X(NEVER, "says.never", "Never let {1} read {2} for {3}{4}.")                                                           \
	X(OR, "says.or", "{1} or {2}")                                                                                         \
	X(EVERYONE, "says.everyone", "everyone who is certified")                                                              \
	X(EVERY, "says.every", "every {1}")                                                                                    \
	X(TEAM, "says.team", "the care team {1}")                                                                              \
	X(MEMBERS, "says.members", "{1} ({2})")                                                                                \
	X(NOBODY, "says.nobody", "nobody")                                                                                     \
	X(AND_MORE, "says.and-more", "{1} and {2} more")                                                                       \
	X(EVERYTHING, "says.everything", "everything")                                                                         \
	X(RECORDS, "says.records", "{1} named {1|record|records}")                                                             \
	X(RECORDS_OF, "says.records-of", "{1} named {1|record|records} of {2}")                                                \
	X(MARKED, "says.marked", "{1} marked {2}")                                                                             \
	X(SENSITIVE_TOO, "says.sensitive-too", "{1}, also what is marked sensitive")                                           \
	X(SENSITIVE_ONLY, "says.sensitive-only", "{1}, of what is sensitive only {2}")                                         \
	X(SENSITIVE_NOT, "says.sensitive-not", "{1} (but not what is marked sensitive)")                                       \
	X(ANY_PURPOSE, "says.any-purpose", "any purpose")                                                                      \
	X(AT_LEAST, "says.at-least", ", confidentiality at least {1}")                                                         \
	X(AT_MOST, "says.at-most", ", confidentiality at most {1}")                                                            \
	X(WRITTEN_AT, "says.written-at", ", written at {1} named {1|organisation|organisations}")                              \
	X(DATA_TIME, "says.data-time", ", from the time {1} to {2}")                                                           \
	X(DEID, "says.deid", ", only de-identified")                                                                           \
	X(BY_NAME, "says.by-name", ", only by name")                                                                           \
	X(DUTY, "says.duty", ", with the duty: {1}")                                                                           \
	X(PROJECT, "says.project", ", for one research project")                                                               \
	X(TERMS, "says.terms", ", under research terms")                                                                       \
	X(FROM, "says.from", ", from {1}")                                                                                     \
	X(UNTIL, "says.until", ", until {1}")                                                                                  \
	X(TIMES, "says.times", ", {1} {1|time|times}")                                                                         \
	X(LOCK_SOFT, "says.lock-soft", "; no other rule lifts this, an emergency does")                                        \
	X(LOCK_HARD, "says.lock-hard", "; nothing lifts this, not even an emergency")                                          \
	X(CHANGE, "says.change", "For {1}, for {2}: {3} {3|record|records} of {4}, {5} until now, will be {6}.")               \
	X(REFUSED, "says.refused", "refused")                                                                                  \
	X(ASKED, "says.asked", "asked for")                                                                                    \
	X(READ_DEID, "says.read-deid", "readable de-identified")                                                               \
	X(READ_FULL, "says.read-full", "readable in full")

enum piece {
#define PIECE(name, id, text) PIECE_##name,
	PIECES(PIECE)
#undef PIECE
	PIECE_COUNT
};
static const struct { const char *id, *text; } pieces[PIECE_COUNT] = {
#define PIECE(name, id, text) {id, text},
	PIECES(PIECE)
#undef PIECE
};

bool sentence_piece(size_t n, const char **ret_id, const char **ret_text)
{
	if (n >= PIECE_COUNT)
		return false;
	*ret_id = pieces[n].id;
	*ret_text = pieces[n].text;
	return true;
}

static const char *translated(const struct sentence_names *names, const char *id, const char *english)
{
	const char *text = names && names->words ? names->words->text(names->words->self, id) : NULL;

	return text ? text : english;
}

const char *sentence_text(const struct sentence_names *names, const char *id)
{
	for (size_t i = 0; i < PIECE_COUNT; i++)
		if (strcmp(pieces[i].id, id) == 0)
			return translated(names, id, pieces[i].text);
	ASSERT(false);
	return "";
}

/* One piece with its values; values are texts, or NULL for what it has no place for. */
static void say(struct buf *out, const struct sentence_names *names, enum piece p, const char *one, const char *two)
{
	const char *const values[] = {one ? one : "", two ? two : ""};

	places_fill(out, translated(names, pieces[p].id, pieces[p].text), values, 2);
}

/* A part has been said: its memory goes, an error of it stays with the whole. */
static void end_part(struct buf *out, struct buf *part)
{
	if (buf_error(part) != ERR_OK)
		out->err = buf_error(part);
	buf_release(part);
}

/* As say, of a buffer that is said anew: out = the piece with out as its first value. */
static void say_around(struct buf *out, const struct sentence_names *names, enum piece p, const char *two)
{
	struct buf whole = BUF_INIT;

	say(&whole, names, p, buf_text(out), two);
	buf_clear(out);
	buf_append_bytes(out, buf_bytes(&whole));
	end_part(out, &whole);
}

static void say_number(struct buf *out, const struct sentence_names *names, enum piece p, size_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", number);
	say(out, names, p, text, NULL);
}

/* One more of a list: "a", "a, b", "a, b or c". */
static void list_add(struct buf *out, const struct sentence_names *names, size_t i, size_t count, const char *text)
{
	if (i > 0 && i + 1 == count) {
		say_around(out, names, PIECE_OR, text);
		return;
	}
	buf_append_text(out, i > 0 ? ", " : "");
	buf_append_text(out, text);
}

const char *sentence_code(const struct sentence_names *names, const char *group, enum code_set set, uint32_t code,
			  const char *english)
{
	char id[64];

	snprintf(id, sizeof(id), "%s.%s", group, code_text(set, code));
	for (char *at = id; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return translated(names, id, english);
}

static const char *label_word(const struct sentence_names *names, uint32_t label)
{
	return sentence_code(names, "label", CODES_LABEL, label, sentence_label(label));
}

static void append_labels(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	for (size_t i = 0; i < r->n_labels; i++)
		list_add(out, names, i, r->n_labels, label_word(names, r->labels[i]));
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
		say(out, names, PIECE_EVERYONE, NULL, NULL);
	else if (actor->kind == ACTOR_ROLE)
		say(out, names, PIECE_EVERY,
		    sentence_code(names, "role", CODES_ROLE, actor->role, code_text(CODES_ROLE, actor->role)), NULL);
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

/* The members but the team itself: "okafor, GP practice West and 4 more" */
static void append_members(struct buf *out, const Medlock__Rule *r, const Medlock__Actor *team,
			   const struct sentence_names *names)
{
	size_t members = r->n_actors - 1, shown = 0;
	char more[24];

	if (members == 0)
		say(out, names, PIECE_NOBODY, NULL, NULL);
	for (size_t i = 0; i < r->n_actors && shown < TEAM_NAMED; i++) {
		if (r->actors[i] == team)
			continue;
		buf_append_text(out, shown++ > 0 ? ", " : "");
		sentence_of_actor(out, r->actors[i], names);
	}
	snprintf(more, sizeof(more), "%zu", members - shown);
	if (members > shown)
		say_around(out, names, PIECE_AND_MORE, more);
}

/* "the care team home (okafor, GP practice West and 4 more)" */
static void append_team(struct buf *out, const Medlock__Rule *r, const Medlock__Actor *team, const struct sentence_names *names)
{
	struct buf members = BUF_INIT;

	sentence_of_actor(out, team, names);
	if (names && names->name && names->name(names->self, ACTOR_CARE_TEAM, wire_bytes(team->id)))
		say_around(out, names, PIECE_TEAM, NULL);
	append_members(&members, r, team, names);
	say_around(out, names, PIECE_MEMBERS, buf_text(&members));
	end_part(out, &members);
}

static void append_actors(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	const Medlock__Actor *team = team_of(r);

	if (team != NULL) {
		append_team(out, r, team, names);
		return;
	}
	if (r->n_actors == 0)
		say(out, names, PIECE_EVERYONE, NULL, NULL);
	for (size_t i = 0; i < r->n_actors; i++) {
		struct buf one = BUF_INIT;

		sentence_of_actor(&one, r->actors[i], names);
		list_add(out, names, i, r->n_actors, buf_text(&one));
		end_part(out, &one);
	}
}

/* "everything", "laboratory results or medicines", "2 named records of letters and notes" */
static void append_kinds(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	struct buf kinds = BUF_INIT;
	char records[24];

	for (size_t i = 0; i < r->n_categories; i++)
		list_add(&kinds, names, i, r->n_categories, sentence_code(names, "category", CODES_CATEGORY, r->categories[i],
								      sentence_category(r->categories[i])));
	snprintf(records, sizeof(records), "%zu", r->n_records);
	if (r->n_records > 0)
		say(out, names, r->n_categories > 0 ? PIECE_RECORDS_OF : PIECE_RECORDS, records, buf_text(&kinds));
	else if (r->n_categories > 0)
		buf_append_bytes(out, buf_bytes(&kinds));
	else
		say(out, names, PIECE_EVERYTHING, NULL, NULL);
	end_part(out, &kinds);
}

static void append_what(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	struct buf marked = BUF_INIT;

	append_kinds(out, r, names);
	append_labels(&marked, r, names);
	if (r->effect == EFFECT_DENY && r->n_labels > 0)
		say_around(out, names, PIECE_MARKED, buf_text(&marked));
	else if (r->effect != EFFECT_DENY)
		say_around(out, names, r->any_label ? PIECE_SENSITIVE_TOO : r->n_labels > 0 ? PIECE_SENSITIVE_ONLY
											  : PIECE_SENSITIVE_NOT,
			   buf_text(&marked));
	end_part(out, &marked);
}

#define RULE_TIME (TIME_TEXT + 8)
/* "2027-12-31", or with hour and minute, of a time that is no day's beginning. */
static const char *time_words(char out[RULE_TIME], int64_t time)
{
	char text[TIME_TEXT];

	time_format(text, (struct time_ms){time});
	if (time % MS_PER_DAY != 0)
		snprintf(out, RULE_TIME, "%.10s %.5s UTC", text, text + 11);
	else
		snprintf(out, RULE_TIME, "%.10s", text);
	return out;
}

static void append_duties(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	struct buf duties_said = BUF_INIT;

	for (size_t i = 0; i < r->n_obligations; i++) {
		buf_append_text(&duties_said, i > 0 ? "; " : "");
		buf_append_text(&duties_said, sentence_code(names, "duty", CODES_OBLIGATION, r->obligations[i],
							sentence_duty(r->obligations[i])));
	}
	if (r->n_obligations > 0)
		say(out, names, PIECE_DUTY, buf_text(&duties_said), NULL);
	end_part(out, &duties_said);
}

/* Which records and in which form. */
static void append_scope(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	char from[RULE_TIME], to[RULE_TIME];
	const char *level = code_text(CODES_CONFIDENTIALITY, r->confidentiality);

	if (r->confidentiality)
		say(out, names, r->effect == EFFECT_DENY ? PIECE_AT_LEAST : PIECE_AT_MOST,
		    sentence_code(names, "confidentiality", CODES_CONFIDENTIALITY, r->confidentiality, level), NULL);
	if (r->n_author_organisations)
		say_number(out, names, PIECE_WRITTEN_AT, r->n_author_organisations);
	if (r->data)
		say(out, names, PIECE_DATA_TIME, time_words(from, r->data->from), time_words(to, r->data->to));
	if (r->form == FORM_DEID)
		say(out, names, PIECE_DEID, NULL, NULL);
	if (r->visibility == VISIBILITY_NAMED)
		say(out, names, PIECE_BY_NAME, NULL, NULL);
}

static void append_limits(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	char time[RULE_TIME];

	append_scope(out, r, names);
	append_duties(out, r, names);
	if (r->research)
		say(out, names, r->research->project.len ? PIECE_PROJECT : PIECE_TERMS, NULL, NULL);
	if (r->valid_from)
		say(out, names, PIECE_FROM, time_words(time, r->valid_from), NULL);
	if (r->valid_to)
		say(out, names, PIECE_UNTIL, time_words(time, r->valid_to), NULL);
	if (r->uses_left)
		say_number(out, names, PIECE_TIMES, r->uses_left);
	if (r->lock)
		say(out, names, r->emergency_ok ? PIECE_LOCK_SOFT : PIECE_LOCK_HARD, NULL, NULL);
}

static void append_purposes(struct buf *out, const Medlock__Rule *r, const struct sentence_names *names)
{
	if (r->n_purposes == 0)
		say(out, names, PIECE_ANY_PURPOSE, NULL, NULL);
	for (size_t i = 0; i < r->n_purposes; i++)
		list_add(out, names, i, r->n_purposes, sentence_code(names, "purpose", CODES_PURPOSE, r->purposes[i],
								 sentence_purpose(r->purposes[i])));
}

static enum piece opening(const Medlock__Rule *r)
{
	if (r->effect == EFFECT_PERMIT)
		return PIECE_PERMIT;
	if (r->effect == EFFECT_ASK)
		return PIECE_ASK;
	return r->lock ? PIECE_NEVER : PIECE_DENY;
}

void sentence_of_rule(struct buf *out, const Medlock__Rule *rule, const struct sentence_names *names)
{
	struct buf who = BUF_INIT, what = BUF_INIT, why = BUF_INIT, limits = BUF_INIT;
	enum piece p = opening(rule);

	append_actors(&who, rule, names);
	append_what(&what, rule, names);
	append_purposes(&why, rule, names);
	append_limits(&limits, rule, names);
	places_fill(out, translated(names, pieces[p].id, pieces[p].text),
		    (const char *const[]){buf_text(&who), buf_text(&what), buf_text(&why), buf_text(&limits)}, 4);
	end_part(out, &who);
	end_part(out, &what);
	end_part(out, &why);
	end_part(out, &limits);
}
