/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/story.h"

#include <errno.h>
#include <ftw.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/app/process.h"

#define WORDS_MAX 24u
#define OUTPUT_MAX (4u * 1024 * 1024)
#define OPEN_FOLDERS_MAX 16
#define SHOWN 12 /* digits of an identifier that people are shown, and may type */

struct story {
	struct cli *c;
	const struct app_demo *d;
	char request[SHOWN + 1];
	char assets[4096];
	unsigned step;
};

static const char *home_of(const struct story *s, const char *name)
{
	for (size_t i = 0; i < s->d->count; i++) {
		if (strcmp(s->d->people[i].name, name) == 0)
			return s->d->people[i].home;
	}
	return "";
}

static void say(const char *words)
{
	printf("\n%s\n", words);
	fflush(stdout);
}

/* Where the demo's files lie says nothing: "…" for that part of a path. */
static const char *shorten(const struct story *s, const char **word)
{
	const char *const folders[] = {s->assets, s->d->dir};

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(folders[i]);

		if (strncmp(*word, folders[i], len) != 0)
			continue;
		*word += len;
		return "…";
	}
	return "";
}

/* "  okafor$ medlock request new …", broken as a shell takes it. */
static void show_command(const struct story *s, const char *who, const char *const *words)
{
	size_t column = (size_t)printf("  %s$ medlock", who);

	for (size_t i = 3; words[i] != NULL; i++) {
		const char *word = words[i], *dots = shorten(s, &word);
		size_t len = strlen(word) + 1 + (dots[0] != '\0'), end = words[i + 1] != NULL ? 2 : 0;

		/* An option and its value stay together. */
		if (word[0] == '-' && words[i + 1] != NULL && words[i + 1][0] != '-') {
			const char *value = words[i + 1];

			end += shorten(s, &value)[0] != '\0';
			end += strlen(value) + 1;
		}
		if (column + len + end > CLI_COLUMNS)
			column = (size_t)printf(" \\\n     ") - 3;
		printf(" %s%s", dots, word);
		column += len;
	}
	putchar('\n');
	fflush(stdout);
}

static void show_output(struct bytes text)
{
	bool start = true;

	for (size_t i = 0; i < text.len; i++) {
		if (start)
			fputs("    ", stdout);
		putchar(text.data[i]);
		start = text.data[i] == '\n';
	}
	fflush(stdout);
}

/* One command as one person; its exit status must be the one the story tells. */
static enum err act(struct story *s, const char *who, int expected, struct buf *ret_json, const char *const *command)
{
	const char *words[WORDS_MAX] = {s->c->program, "-C", home_of(s, who)};
	struct buf out = BUF_INIT;
	size_t count = 3;
	int status = 0;
	enum err e;

	for (; command[count - 3] != NULL; count++) {
		ASSERT(count + 2 < WORDS_MAX);
		words[count] = command[count - 3];
	}
	if (ret_json == NULL)
		show_command(s, who, words);
	else
		words[count] = "--json";
	buf_init(&out, OUTPUT_MAX);
	e = task_check(&s->c->task);
	if (e == ERR_OK)
		e = process_capture(&out, &status, words, ret_json == NULL, &s->c->info);
	if (e == ERR_OK && ret_json != NULL)
		buf_append_bytes(ret_json, buf_bytes(&out));
	else if (e == ERR_OK)
		show_output(buf_bytes(&out));
	buf_release(&out);
	if (e == ERR_OK && status != expected)
		return err_set(&s->c->info, ERR_INTERNAL, "'medlock %s %s' as %s ended with %d, not %d",
			       command[0], command[1], who, status, expected);
	return e;
}

#define ACT(s, who, expected, ...) act(s, who, expected, NULL, (const char *const[]){__VA_ARGS__, NULL})

/* The newest request of the clinician. */
static enum err remember_request(struct story *s)
{
	struct buf text = BUF_INIT;
	struct json_object *root, *list = NULL, *last, *id = NULL;
	enum err e = act(s, "okafor", 0, &text, (const char *const[]){"request", "list", NULL});

	if (e == ERR_OK)
		e = json_read(&root, buf_bytes(&text), &s->c->info);
	buf_release(&text);
	if (e != ERR_OK)
		return e;
	e = ERR_INTERNAL;
	if (json_object_object_get_ex(root, "requests", &list) && json_object_array_length(list) > 0) {
		last = json_object_array_get_idx(list, 0);
		if (json_object_object_get_ex(last, "request", &id) && json_object_get_string_len(id) == ID_HEX - 1) {
			snprintf(s->request, sizeof(s->request), "%s", json_object_get_string(id));
			e = ERR_OK;
		}
	}
	json_object_put(root);
	return e == ERR_OK ? e : err_set(&s->c->info, e, "the request list has no request");
}

static enum err deposit_step(struct story *s)
{
	char summary[4200], labs[4200];

	snprintf(summary, sizeof(summary), "%s/demo/records/anna/summary.json", s->assets);
	snprintf(labs, sizeof(labs), "%s/demo/records/anna/labs-2026-09-15.json", s->assets);
	say("1. The certificate authority's officer jansen encrypts two of anna's records\n"
	    "   and registers them. The peer that stores them cannot read them.");
	TRY(ACT(s, "jansen", 0, "deposit", "put", summary, "--owner", "anna"));
	TRY(ACT(s, "jansen", 0, "deposit", "put", labs, "--owner", "anna"));
	say("   Anna sees them at once; nobody else does.");
	return ACT(s, "anna", 0, "record", "list");
}

static enum err consent_step(struct story *s)
{
	say("2. Before anna has said anything, Dr. Okafor asks for her records.\n"
	    "   Nothing is granted.");
	TRY(ACT(s, "okafor", 5, "request", "new", "--owner", "anna", "--purpose", "TREAT"));
	say("   Anna lets him see her laboratory results for her treatment, and checks first\n"
	    "   what that would mean.");
	TRY(ACT(s, "anna", 0, "consent", "add", "--permit", "--who", "okafor", "--purpose", "TREAT",
		"--category", "LAB", "--until", "2027-12-31", "--dry-run"));
	TRY(ACT(s, "anna", 0, "consent", "add", "--permit", "--who", "okafor", "--purpose", "TREAT",
		"--category", "LAB", "--until", "2027-12-31", "--now"));
	return ACT(s, "anna", 0, "consent", "show");
}

static enum err request_step(struct story *s)
{
	say("3. Dr. Okafor asks again. The contract decides by anna's rule, record by\n"
	    "   record.");
	TRY(ACT(s, "okafor", 0, "request", "new", "--owner", "anna", "--purpose", "TREAT", "--wait"));
	return remember_request(s);
}

static enum err open_step(struct story *s)
{
	char out[4200];

	snprintf(out, sizeof(out), "%s/okafor-records", s->d->dir);
	say("4. The encrypted record comes from the peer; the key comes from the custodian,\n"
	    "   who checks consent once more.");
	return ACT(s, "okafor", 0, "request", "get", s->request, "--out", out);
}

static enum err withdraw_step(struct story *s)
{
	char out[4200];

	snprintf(out, sizeof(out), "%s/okafor-again", s->d->dir);
	say("5. Anna stops all sharing. The same grant opens nothing any more, from that\n"
	    "   block on.");
	TRY(ACT(s, "anna", 0, "consent", "pause"));
	TRY(ACT(s, "okafor", 5, "request", "get", s->request, "--out", out));
	say("   She sees who looked and who was refused, and can prove that her list is\n"
	    "   complete.");
	TRY(ACT(s, "anna", 0, "log", "list"));
	return ACT(s, "anna", 0, "log", "verify");
}

enum err story_tell(struct cli *c, const struct app_demo *d)
{
	struct story s = {.c = c, .d = d};

	TRY(app_assets(s.assets, c->program, &c->info));
	TRY(deposit_step(&s));
	TRY(consent_step(&s));
	TRY(request_step(&s));
	TRY(open_step(&s));
	TRY(withdraw_step(&s));
	say("That was the whole path: certify, encrypt, consent, ask, decide, release, look,\n"
		"stop.\n"
		"Try it yourself: medlock demo up /tmp/world");
	return ERR_OK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

enum err story_remove(const char *dir)
{
	return nftw(dir, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS) == 0 ? ERR_OK : err_from_errno(errno);
}
