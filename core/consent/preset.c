/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/proto/wire.h"
#include "core/base/text.h"
#include "core/consent/check.h"

#define LINE_MAX_BYTES 512u
#define LIST_MAX (RULE_CODES_MAX + 1u)
#define DAYS_MAX 36500u

/* One string for each line of the table. */
static const char *const preset_lines[] = {
#include "assets/consent/presets.inc"
	NULL};
static const char *const template_lines[] = {
#include "assets/consent/templates.inc"
	NULL};

/* ---- one line as a rule ------------------------------------------------------------------------ */

struct rule_line {
	char text[LINE_MAX_BYTES], until[TIME_TEXT];
	const char *purposes[LIST_MAX], *categories[LIST_MAX], *labels[LIST_MAX], *who;
	size_t purpose_count, category_count, label_count;
	struct rule_words words;
};

static const struct {
	const char *word;
	size_t list, count;
} lists[] = {
	{"purpose", offsetof(struct rule_line, purposes), offsetof(struct rule_line, purpose_count)},
	{"category", offsetof(struct rule_line, categories), offsetof(struct rule_line, category_count)},
	{"label", offsetof(struct rule_line, labels), offsetof(struct rule_line, label_count)},
};

static bool take_list(struct rule_line *l, const char *word, const char *value)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char **list = (const char **)((char *)l + lists[i].list);
		size_t *count = (size_t *)((char *)l + lists[i].count);

		if (strcmp(lists[i].word, word) != 0)
			continue;
		if (!value || *count == RULE_CODES_MAX)
			return false;
		list[(*count)++] = value;
		return true;
	}
	return false;
}

static bool take_days(struct rule_line *l, const char *value, struct time_ms now)
{
	uint64_t days;

	if (!value || parse_u64(&days, bytes_str(value), DAYS_MAX) != ERR_OK)
		return false;
	time_format(l->until, (struct time_ms){now.v + (int64_t)days * MS_PER_DAY});
	l->words.until = l->until;
	return true;
}

static bool take_switch(struct rule_line *l, const char *word)
{
	bool *at = strcmp(word, "lock") == 0           ? &l->words.lock
		   : strcmp(word, "emergency-ok") == 0 ? &l->words.emergency_ok
		   : strcmp(word, "any-label") == 0    ? &l->words.any_label
						       : NULL;

	if (at)
		*at = true;
	return at != NULL;
}

/* "permit who clinician purpose TREAT": pointers go into l->text. */
static bool parse(struct rule_line *l, const char *line, struct time_ms now)
{
	char *rest = l->text;

	*l = (struct rule_line){0};
	if (strlen(line) >= sizeof(l->text))
		return false;
	memcpy(l->text, line, strlen(line) + 1);
	l->words.effect = strsep(&rest, " ");
	while (rest) {
		const char *word = strsep(&rest, " "), *value;

		if (take_switch(l, word))
			continue;
		value = strsep(&rest, " ");
		if (!value)
			return false;
		if (strcmp(word, "who") == 0)
			l->who = value;
		else if (strcmp(word, "form") == 0)
			l->words.form = value;
		else if (strcmp(word, "uses") == 0)
			l->words.uses = value;
		else if (strcmp(word, "days") == 0 ? !take_days(l, value, now) : !take_list(l, word, value))
			return false;
	}
	l->words.purposes = l->purposes;
	l->words.categories = l->categories;
	l->words.labels = l->labels;
	return true;
}

/* who: for whom the template is used; NULL in a preset. */
static enum err add_line(struct policy *to, const char *line, const Medlock__Actor *who, struct time_ms now,
			 const char *until, struct err_info *info)
{
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT;
	Medlock__Actor *named = NULL;
	Medlock__Rule *rule = NULL;
	struct rule_line l;
	enum err e = ERR_OK;

	if (!parse(&l, line, now))
		return err_set(info, ERR_FORMAT, "assets/consent: \"%.60s\"", line);
	if (until)
		l.words.until = until;
	if (who && l.who && strcmp(l.who, "WHO") == 0)
		l.words.who = who;
	else if (l.who)
		e = actor_of_word(&named, l.who);
	if (named)
		l.words.who = named;
	if (e == ERR_OK)
		e = rule_of_words(&rule, &l.words, info);
	if (e == ERR_OK) {
		state.rule = rule;
		e = policy_add(to, &state);
	}
	WIRE_FREE(rule);
	WIRE_FREE(named);
	return e == ERR_NOT_FOUND ? err_set(info, ERR_FORMAT, "assets/consent: \"%.60s\"", line) : e;
}

/* ---- blocks of a table --------------------------------------------------------------------------- */

static const char *after(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool begins_block(const char *line)
{
	return after(line, "preset") || after(line, "with") || after(line, "template");
}

/* The lines below a head, up to the next one; NULL when there is none. */
static const char *const *block(const char *const *lines, const char *head)
{
	for (; *lines; lines++)
		if (strcmp(*lines, head) == 0)
			return lines + 1;
	return NULL;
}

static const char *const *block_of(const char *format, const char *name, const char *state)
{
	char head[LINE_MAX_BYTES];

	snprintf(head, sizeof(head), "%s %.60s%s", format, name, state);
	return block(strcmp(format, "template") == 0 ? template_lines : preset_lines, head);
}

static const char *words_in(const char *const *lines)
{
	for (; lines && *lines && !begins_block(*lines); lines++)
		if (after(*lines, "words"))
			return after(*lines, "words");
	return NULL;
}

static bool stands_alone(const char *const *lines)
{
	for (; *lines && !begins_block(*lines); lines++)
		if (strcmp(*lines, "alone") == 0)
			return true;
	return false;
}

static enum err rules_in(struct policy *to, const char *const *lines, const Medlock__Actor *who, struct time_ms now,
			 const char *until, struct err_info *info)
{
	for (; *lines && !begins_block(*lines); lines++) {
		const char *rule = after(*lines, "rule"), *effect = after(*lines, "default");

		if (rule)
			TRY(add_line(to, rule, who, now, until, info));
		if (effect)
			to->default_effect = strcmp(effect, "ask") == 0 ? EFFECT_ASK : EFFECT_DENY;
	}
	return ERR_OK;
}

/* ---- presets ------------------------------------------------------------------------------------ */

struct parts {
	const char *const *block[3];
	size_t count;
};

static enum err parts_of(struct parts *ret, const struct preset_choice *c, struct err_info *info)
{
	struct parts p = {.count = 1};

	p.block[0] = block_of("preset", c->name, "");
	if (!p.block[0])
		return err_set(info, ERR_USAGE, "'%.40s' is no preset: open, careful, closed", c->name);
	p.block[p.count] = block_of("with", c->name, c->emergency_off ? " emergency off" : " emergency on");
	if (p.block[p.count])
		p.count++;
	else if (c->emergency_off)
		return err_set(info, ERR_USAGE, "%s leaves nothing closed that an emergency could open: take careful or closed",
			       c->name);
	if (c->research && stands_alone(p.block[p.count - 1]))
		return err_set(info, ERR_USAGE, "what not even an emergency opens, research does not: take one of the two");
	p.block[p.count++] = block_of("with", "*", c->research ? " research on" : " research off");
	ASSERT(p.block[p.count - 1]);
	*ret = p;
	return ERR_OK;
}

/* "with * research on" has the id "says.with-research-on". */
static const char *in_language(const struct translation *words, const char *head, const char *english)
{
	char id[LINE_MAX_BYTES] = "says.";
	size_t len = strlen(id);
	const char *text;

	for (; *head != '\0' && len < sizeof(id) - 1; head++) {
		if (*head >= 'a' && *head <= 'z')
			id[len++] = *head;
		else if (id[len - 1] != '-')
			id[len++] = '-';
	}
	id[len] = '\0';
	text = words ? words->text(words->self, id) : NULL;
	return text ? text : english;
}

void preset_words(struct buf *out, const struct preset_choice *choice, const struct translation *language)
{
	struct parts parts;

	if (parts_of(&parts, choice, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < parts.count; i++) {
		const char *words = words_in(parts.block[i]); /* below its head */

		buf_printf(out, "%s%s", i && words ? " " : "", words ? in_language(language, parts.block[i][-1], words) : "");
	}
}

static void print_without_id(struct buf *out, const Medlock__RuleState *state)
{
	Medlock__RuleState bare = *state;
	Medlock__Rule rule = *state->rule;
	struct json_writer w;

	rule.id = 0;
	bare.rule = &rule;
	json_writer_init(&w, out);
	policy_write_rule(&w, &bare, NULL);
}

static bool prints_alike(const Medlock__RuleState *x, const Medlock__RuleState *y)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	bool alike;

	print_without_id(&a, x);
	print_without_id(&b, y);
	alike = !buf_error(&a) && !buf_error(&b) && bytes_equal(buf_bytes(&a), buf_bytes(&b));
	buf_release(&a);
	buf_release(&b);
	return alike;
}

/* A rule that stands already stays the same one. */
static enum err keep_standing(struct policy *p, const struct policy *current)
{
	struct policy kept = {.version = current->version, .default_effect = p->default_effect, .paused = current->paused};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < p->count; i++) {
		const Medlock__RuleState *rule = p->rules[i];

		for (size_t k = 0; k < current->count; k++)
			if (prints_alike(current->rules[k], p->rules[i]))
				rule = current->rules[k];
		e = policy_add(&kept, rule);
	}
	policy_release(e == ERR_OK ? p : &kept);
	if (e == ERR_OK)
		*p = kept;
	return e;
}

enum err preset_policy(struct policy *ret, const struct preset_choice *choice, const struct policy *current,
		       struct err_info *info)
{
	struct policy p = {.default_effect = EFFECT_DENY};
	struct parts parts;
	enum err e = ERR_OK;

	TRY(parts_of(&parts, choice, info));
	for (size_t i = 0; e == ERR_OK && i < parts.count; i++)
		e = rules_in(&p, parts.block[i], NULL, (struct time_ms){0}, NULL, info);
	if (e == ERR_OK && current)
		e = keep_standing(&p, current);
	if (e != ERR_OK) {
		policy_release(&p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}

static const char *preset_name(size_t index)
{
	for (const char *const *line = preset_lines; *line; line++)
		if (after(*line, "preset") && index-- == 0)
			return after(*line, "preset");
	return NULL;
}

static enum err is_preset(bool *ret, const struct preset_choice *choice, const struct policy *p, struct time_ms now,
			  struct err_info *info)
{
	struct policy preset = {0};
	bool equal = false;
	enum err e = preset_policy(&preset, choice, NULL, info);

	*ret = false;
	if (e == ERR_USAGE)
		return ERR_OK; /* the switch does not go with it */
	for (size_t i = 0; e == ERR_OK && i < preset.count; i++)
		preset.rules[i]->rule->id = (uint32_t)i + 1;
	if (e == ERR_OK)
		e = check_equal(&equal, NULL, p, &preset, now, info);
	policy_release(&preset);
	if (e == ERR_LIMIT)
		return ERR_OK;
	*ret = e == ERR_OK && equal;
	return e;
}

enum err preset_of(struct preset_choice *ret, const struct policy *p, struct time_ms now, struct err_info *info)
{
	for (size_t i = 0; preset_name(i); i++) {
		for (unsigned switches = 0; switches < 4; switches++) {
			struct preset_choice c = {preset_name(i), switches & 1u, switches & 2u};
			bool found;

			TRY(is_preset(&found, &c, p, now, info));
			if (found) {
				*ret = c;
				return ERR_OK;
			}
		}
	}
	*ret = (struct preset_choice){0};
	return ERR_OK;
}

/* ---- templates ----------------------------------------------------------------------------------- */

bool template_at(size_t index, const char **ret_name, const char **ret_words)
{
	for (const char *const *line = template_lines; *line; line++) {
		if (!after(*line, "template") || index-- > 0)
			continue;
		*ret_name = after(*line, "template");
		*ret_words = words_in(line + 1);
		return true;
	}
	return false;
}

enum err template_apply(struct policy *to, const char *name, const Medlock__Actor *who, struct time_ms now, const char *until,
			struct err_info *info)
{
	const char *const *lines = block_of("template", name, "");

	if (!lines)
		return err_set(info, ERR_NOT_FOUND, "'%.40s' is no template: see 'medlock consent template list'", name);
	return rules_in(to, lines, who, now, until, info);
}
