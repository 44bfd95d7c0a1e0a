/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent: the owner's rules. */
#include <stdlib.h>
#include <string.h>

#include "core/app/consent.h"
#include "core/app/consent_check.h"
#include "core/app/records.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "tui/cli/undo.h"

#define POLICY_FILE_MAX (1024u * 1024)

static void hex_of(char out[ID_HEX], const uint8_t id[ID_SIZE])
{
	hex_encode(out, id, ID_SIZE);
}

/* ---- show ---------------------------------------------------------------------------------- */

/* Beside the policy, for people and screens; consent set ignores it. */
static void show_preset(struct cli *c, const struct app_policy *p)
{
	json_begin_object(&c->w, "preset");
	json_string(&c->w, "name", p->preset != NULL ? p->preset : "own");
	if (p->preset != NULL) {
		json_boolean(&c->w, "emergency", !p->emergency_off);
		json_boolean(&c->w, "research", p->research);
	}
	json_end_object(&c->w);
}

static enum err show(struct cli *c)
{
	struct app_policy p;

	TRY(app_consent_show(c->app, &p, &c->info));
	if (c->json) {
		json_uint(&c->w, "version", p.version);
		json_string(&c->w, "default", p.default_effect);
		json_boolean(&c->w, "paused", p.paused);
		show_preset(c, &p);
		json_begin_array(&c->w, "rules");
		for (size_t i = 0; i < p.count; i++)
			json_raw(&c->w, NULL, bytes_str(p.rules[i].json));
		json_end_array(&c->w);
	}
	cli_say(c, "Policy version %llu.%s\n", (unsigned long long)p.version,
		p.paused ? " ALL SHARING IS PAUSED." : "");
	if (p.preset != NULL)
		cli_say(c, "This is the preset \"%s\"%s, with research %s.\n", p.preset,
			p.emergency_off ? ", closed in emergencies too" : "", p.research ? "on" : "off");
	else
		cli_say(c, "These rules are your own.\n");
	for (size_t i = 0; i < p.count; i++) {
		char lead[24];

		snprintf(lead, sizeof(lead), "  %3u  ", p.rules[i].id);
		cli_say_wrapped(c, lead, cli_foreign(c, p.rules[i].sentence));
	}
	cli_say(c, "What no rule decides: %s.\n",
		strcmp(p.default_effect, "ask") == 0 ? "I am asked" : "nobody sees it");
	app_policy_release(&p);
	return ERR_OK;
}

/* ---- change -------------------------------------------------------------------------------- */

static enum err one_effect(struct cli *c, const char **ret)
{
	static const char *const effects[] = {"permit", "deny", "ask"};
	const char *found = NULL;

	for (size_t i = 0; i < 3; i++) {
		if (!cli_switch(c, effects[i]))
			continue;
		if (found != NULL)
			return err_set(&c->info, ERR_USAGE, "--%s and --%s together", found, effects[i]);
		found = effects[i];
	}
	if (found == NULL)
		return err_set(&c->info, ERR_USAGE, "say --permit, --deny or --ask");
	*ret = found;
	return ERR_OK;
}

static enum err rule_number(struct cli *c, uint32_t *ret, const char *text)
{
	uint64_t id;

	if (parse_u64(&id, bytes_str(text), UINT32_MAX) != ERR_OK || id == 0)
		return err_set(&c->info, ERR_USAGE, "'%s' is not the number of a rule", text);
	*ret = (uint32_t)id;
	return ERR_OK;
}

static enum err add(struct cli *c)
{
	struct app_rule_words words = {
		.who = cli_value(c, "who"), .form = cli_value(c, "form"), .until = cli_value(c, "until"),
		.uses = cli_value(c, "uses"), .lock = cli_switch(c, "lock"),
		.emergency_ok = cli_switch(c, "emergency-ok"), .any_label = cli_switch(c, "any-label"),
		.from = cli_value(c, "from"), .data_from = cli_value(c, "data-from"), .data_to = cli_value(c, "data-to"),
		.confidentiality = cli_value(c, "confidentiality"), .visibility = cli_value(c, "visibility"),
		.project = cli_value(c, "project"),
	};
	struct app_consent_edit edit = {.add = &words, .dry_run = cli_switch(c, "dry-run")};

	TRY(one_effect(c, &words.effect));
	/* Left out means "any": fine for a deny, but nobody opens a door to all by forgetting a word. */
	if (strcmp(words.effect, "deny") != 0 && (words.who == NULL || cli_value(c, "purpose") == NULL))
		return err_set(&c->info, ERR_USAGE, "say --who WHO (or --who everyone) and --purpose CODE: a rule that opens"
			       " something names both");
	TRY(cli_gather(c, words.purpose, sizeof(words.purpose) / sizeof(words.purpose[0]), "purpose"));
	TRY(cli_gather(c, words.category, sizeof(words.category) / sizeof(words.category[0]), "category"));
	TRY(cli_gather(c, words.label, sizeof(words.label) / sizeof(words.label[0]), "label"));
	TRY(cli_gather(c, words.except, sizeof(words.except) / sizeof(words.except[0]), "except"));
	TRY(cli_gather(c, words.obligation, sizeof(words.obligation) / sizeof(words.obligation[0]), "duty"));
	TRY(cli_gather(c, words.term, sizeof(words.term) / sizeof(words.term[0]), "term"));
	TRY(cli_gather(c, words.record, sizeof(words.record) / sizeof(words.record[0]), "record"));
	TRY(cli_gather(c, words.author, sizeof(words.author) / sizeof(words.author[0]), "author"));
	if (cli_value(c, "replace") != NULL)
		TRY(rule_number(c, &edit.remove, cli_value(c, "replace")));
	return cli_change(c, &edit);
}

static enum err remove_rule(struct cli *c)
{
	struct app_consent_edit edit = {.dry_run = cli_switch(c, "dry-run")};

	TRY(rule_number(c, &edit.remove, c->arguments[0]));
	return cli_change(c, &edit);
}

static enum err set(struct cli *c)
{
	struct app_consent_edit edit = {.dry_run = cli_switch(c, "dry-run")};
	struct buf text = BUF_INIT;
	enum err e = files_read(&text, c->arguments[0], POLICY_FILE_MAX, &c->info);

	if (e == ERR_OK) {
		edit.replace = buf_bytes(&text);
		e = cli_change(c, &edit);
	}
	buf_release(&text);
	return e;
}

/* ---- pause, resume ------------------------------------------------------------------------- */

static enum err set_paused(struct cli *c, bool paused)
{
	const struct app_undo undo = cli_undo(c);
	struct app_pause done;
	bool dry_run = cli_switch(c, "dry-run");

	TRY(app_consent_pause(c->app, &done, paused, dry_run, &undo, &c->info));
	if (c->json) {
		json_boolean(&c->w, "paused", done.paused);
		json_uint(&c->w, "height", done.height);
		json_hex(&c->w, "tx", BYTES_ID(done.tx));
	}
	if (dry_run) {
		cli_say(c, "Nothing was changed (--dry-run).\n");
		return ERR_OK;
	}
	cli_say(c, paused ? "All sharing is paused from block %llu on.\n" : "Sharing goes on from block %llu on.\n",
		(unsigned long long)done.height);
	cli_receipt_in_short(c, paused);
	return ERR_OK;
}

static enum err pause_sharing(struct cli *c)
{
	return set_paused(c, true);
}

static enum err resume_sharing(struct cli *c)
{
	return set_paused(c, false);
}

/* ---- try, who ------------------------------------------------------------------------------ */

static void print_answer(struct cli *c, const struct app_answer *x, bool people)
{
	char id[ID_HEX];

	hex_of(id, x->record.b);
	if (c->json) {
		json_begin_object(&c->w, NULL);
		json_hex(&c->w, "record", BYTES_ID(x->record));
		if (people) {
			json_string(&c->w, "who", x->who);
			json_string(&c->w, "purpose", x->purpose);
		}
		json_string(&c->w, "decision", x->decision);
		json_string(&c->w, "form", x->form);
		json_uint(&c->w, "rule", x->rule);
		json_string(&c->w, "reason", x->reason);
		json_end_object(&c->w);
	}
	if (people)
		cli_say(c, "  %-28s %-10s %-8s %-5s", cli_foreign(c, x->who), x->purpose, x->decision, x->form);
	else
		cli_say(c, "  %.12s  %-4s %-8s %-5s", id, x->category, x->decision, x->form);
	if (x->rule != 0)
		cli_say(c, " by rule %u\n", x->rule);
	else
		cli_say(c, " (%s)\n", x->reason);
}

static void print_answers(struct cli *c, const struct app_answers *x, bool people)
{
	if (c->json)
		json_begin_array(&c->w, "answers");
	for (size_t i = 0; i < x->count; i++)
		print_answer(c, &x->rows[i], people);
	if (c->json) {
		json_end_array(&c->w);
		json_uint(&c->w, "readable", x->readable);
		json_uint(&c->w, "asked", x->asked);
		json_uint(&c->w, "refused", x->refused);
	}
	cli_say(c, "%zu yes, %zu ask me, %zu no.\n", x->readable, x->asked, x->refused);
}

static enum err try_as(struct cli *c)
{
	struct app_question q = {
		.as = cli_value(c, "as"), .purpose = cli_value(c, "purpose"), .on = cli_value(c, "on"),
		.emergency = cli_switch(c, "emergency"),
	};
	struct app_answers x;

	if (q.as == NULL || q.purpose == NULL)
		return err_set(&c->info, ERR_USAGE, "say --as WHO and --purpose CODE");
	TRY(app_consent_try(c->app, &x, &q, &c->info));
	print_answers(c, &x, false);
	app_answers_release(&x);
	return ERR_OK;
}

static enum err who(struct cli *c)
{
	struct record_id record;
	struct app_answers x;

	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_consent_who(c->app, &x, &record, &c->info));
	print_answers(c, &x, true);
	app_answers_release(&x);
	return ERR_OK;
}

/* ---- check --------------------------------------------------------------------------------- */

static void write_witness(struct cli *c, const struct app_witness *x)
{
	json_begin_object(&c->w, "witness");
	json_string(&c->w, "who", x->who);
	json_string(&c->w, "purpose", x->purpose);
	json_string(&c->w, "category", x->category);
	json_begin_array(&c->w, "labels");
	for (size_t i = 0; x->labels[i] != NULL; i++)
		json_string(&c->w, NULL, x->labels[i]);
	json_end_array(&c->w);
	json_string(&c->w, "confidentiality", x->confidentiality);
	json_time(&c->w, "day", x->now.v);
	json_boolean(&c->w, "emergency", x->emergency);
	json_string(&c->w, "decision", x->decision);
	json_end_object(&c->w);
}

static bool is_emergency(const struct app_check_finding *x)
{
	return strcmp(x->question, "emergency") == 0 && x->has_witness;
}

static void print_finding(struct cli *c, const struct app_check_finding *x)
{
	if (c->json) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "question", x->question);
		json_uint(&c->w, "rule", x->rule);
		json_uint(&c->w, "other", x->other);
		json_string(&c->w, "text", x->text);
		if (x->has_witness)
			write_witness(c, &x->witness);
		json_end_object(&c->w);
	}
	if (!is_emergency(x))
		cli_say_wrapped(c, "  ", cli_foreign(c, x->text));
}

/* Twenty lines that differ in one word are one line for people. */
static void say_emergencies(struct cli *c, const struct app_check *x)
{
	struct buf line = BUF_INIT;
	const char *glue = "Others can read in an emergency only: ";

	for (size_t i = 0; i < x->count; i++) {
		if (!is_emergency(&x->rows[i]))
			continue;
		buf_printf(&line, "%s%s", glue, x->rows[i].witness.category);
		glue = ", ";
	}
	if (line.len > 0)
		cli_say_wrapped(c, "  ", buf_text(&line));
	buf_release(&line);
}

static void print_check(struct cli *c, const struct app_check *x, const char *question)
{
	if (c->json) {
		json_string(&c->w, "question", question != NULL ? question : "all");
		json_boolean(&c->w, "holds", x->holds);
		json_boolean(&c->w, "more", x->more);
		json_begin_array(&c->w, "findings");
	}
	for (size_t i = 0; i < x->count; i++)
		print_finding(c, &x->rows[i]);
	say_emergencies(c, x);
	if (c->json)
		json_end_array(&c->w);
	if (!x->holds)
		cli_say(c, "It does not hold: others can read it.\n");
	else if (question != NULL && strcmp(question, "never") == 0)
		cli_say(c, "It holds: nobody else can ever read it under these rules.\n");
	else if (x->count == 0)
		cli_say(c, "Nothing to report.\n");
	if (x->more)
		cli_say(c, "There is more than is shown.\n");
}

static enum err check(struct cli *c)
{
	struct app_check_words words = {
		.question = c->argument_count > 0 ? c->arguments[0] : NULL, .who = cli_value(c, "who"),
		.category = cli_value(c, "category"), .label = cli_value(c, "label"), .purpose = cli_value(c, "purpose"),
	};
	struct app_check x;
	bool never = words.question != NULL && strcmp(words.question, "never") == 0, holds;

	if (!never && (words.who != NULL || words.category != NULL || words.label != NULL || words.purpose != NULL))
		return err_set(&c->info, ERR_USAGE, "--who, --category, --label and --purpose go with 'never'");
	TRY(app_consent_check(c->app, &x, &words, &c->info));
	print_check(c, &x, words.question);
	holds = x.holds;
	app_check_release(&x);
	return holds ? ERR_OK : ERR_CONTRADICTED;
}

#define END {NULL, NULL, NULL}

static const struct cli_option change_options[] = {CLI_DRY_RUN, CLI_NOW, CLI_FOR, END};
static const struct cli_option pause_options[] = {CLI_DRY_RUN, CLI_FOR, END};
static const struct cli_option resume_options[] = {CLI_DRY_RUN, CLI_NOW, CLI_FOR, END};
static const struct cli_option add_options[] = {
	{"permit", NULL, "let them see"}, {"deny", NULL, "keep it from them"}, {"ask", NULL, "ask me each time"},
	{"who", "WHO", "contact, account, organisation, care team, role, everyone"},
	{"purpose", "CODE…", "purpose of use: TREAT, HRESCH, … (repeat)"},
	{"category", "CODE…", "kind of data: LAB, MED, … (repeat; none: all)"},
	{"label", "CODE…", "sensitivity: PSY, HIV, … (repeat)"},
	{"any-label", NULL, "a permit that covers sensitive records too"},
	{"except", "CODE…", "a permit that covers sensitive records too, but for these: PSY, HIV, … (repeat)"},
	{"replace", "RULE", "in place of this rule"},
	{"record", "ID…", "only these records (repeat)"},
	{"author", "WHO…", "only what these organisations wrote (repeat)"},
	{"data-from", "DATE", "only data of a period; with --data-to"}, {"data-to", "DATE", "its end, not included"},
	{"confidentiality", "C", "U L M N R V: a permit at most, a deny at least"},
	{"form", "FORM", "full or deid"}, {"from", "DATE", "since when the rule holds; dates are UTC"},
	{"until", "DATE", "until when: 2027-01-31, or 2027-01-31T09:00:00Z"}, {"uses", "N", "how many requests"},
	{"duty", "CODE…", "what who reads must do: NOREUSE, DELAU, … (repeat)"},
	{"visibility", "HOW", "named: only who asks by name; open-to-me: also by token"},
	{"term", "DUO…", "research terms: DUO:0000042, … (repeat)"},
	{"project", "HASH", "only for this research project"},
	{"lock", NULL, "with --deny: nothing more specific lifts it"},
	{"emergency-ok", NULL, "with --lock: an emergency passes"}, CLI_DRY_RUN, CLI_NOW, CLI_FOR, END,
};
static const struct cli_option try_options[] = {
	{"as", "WHO", "who would ask"}, {"purpose", "CODE", "for what"}, {"on", "DATE", "on which day (default now)"},
	{"emergency", NULL, "as an emergency"}, CLI_FOR, END,
};

static const struct cli_option check_options[] = {
	{"who", "WHO", "never: nobody but this contact, account, organisation or role"},
	{"category", "CODE", "never: this kind of data only"}, {"label", "CODE", "never: data of this sensitivity only"},
	{"purpose", "CODE", "never: for this purpose only"}, CLI_FOR, END,
};

const struct command consent_commands[] = {
	{"consent", "show", "", 0, 0, CLI_KEYS, "my rules, one sentence each", cli_for_options,
	 (const char *const[]){"consent show", "consent show --json", NULL}, show},
	{"consent", "add", "", 0, 0, CLI_KEYS, "add one rule", add_options,
	 (const char *const[]){"consent add --permit --who okafor --purpose TREAT",
			   "consent add --deny --who everyone --purpose HMARKT --lock --dry-run", NULL},
	 add},
	{"consent", "remove", "RULE", 1, 1, CLI_KEYS, "remove one rule", change_options,
	 (const char *const[]){"consent remove 1 --dry-run", NULL}, remove_rule},
	{"consent", "set", "FILE", 1, 1, CLI_KEYS, "replace all rules by a JSON policy (- reads stdin)",
	 change_options, (const char *const[]){"consent set policy.json --dry-run", NULL}, set},
	{"consent", "pause", "", 0, 0, CLI_KEYS, "stop all sharing at once", pause_options,
	 (const char *const[]){"consent pause", NULL}, pause_sharing},
	{"consent", "resume", "", 0, 0, CLI_KEYS, "end the pause", resume_options,
	 (const char *const[]){"consent resume", NULL}, resume_sharing},
	{"consent", "try", "", 0, 0, CLI_KEYS, "what would somebody see", try_options,
	 (const char *const[]){"consent try --as okafor --purpose TREAT", NULL}, try_as},
	{"consent", "who", "RECORD", 1, 1, CLI_KEYS, "who could see one record", cli_for_options,
	 (const char *const[]){"consent who 4f1c09", NULL}, who},
	{"consent", "check", "[dead|conflicts|emergency|never]", 0, 1, CLI_KEYS,
	 "exact answers about my rules: idle ones, contradictions, what can never be read", check_options,
	 (const char *const[]){"consent check", "consent check dead", "consent check never --who okafor --label HIV", NULL},
	 check},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
