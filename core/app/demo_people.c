/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/demo_people.h"

#include "core/app/ca_enrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/app/ca_ceremony.h"
#include "core/base/files.h"

#define PASSPHRASE_BYTES 15u
#define WEST "GP practice West"
#define OLAF "St. Olaf hospital"
#define INSTITUTE "Lind institute"
#define AMBULANCE "Ambulance service"

struct demo_row {
	const char *name, *full_name, *mode;
	const char *profile;      /* of the desk; NULL: an account of the genesis */
	const char *organisation; /* NULL: none */
	uint32_t role;
	const char *card_flag;    /* of medlockd init, genesis accounts */
};

static const struct demo_row people[] = {
	{"jansen", "M. Jansen", "officer", NULL, NULL, ROLE_OFFICER, "--authority"},
	{"dewit", "P. de Wit", "officer", NULL, NULL, ROLE_OFFICER, "--authority"},
	{"op", "Peer operator", "operator", NULL, NULL, ROLE_OPERATOR, "--operator"},
	{"aud1", "First auditor", "auditor", NULL, NULL, ROLE_AUDITOR, "--auditor"},
	{"aud2", "Second auditor", "auditor", NULL, NULL, ROLE_AUDITOR, "--auditor"},
	{"aud3", "Third auditor", "auditor", NULL, NULL, ROLE_AUDITOR, "--auditor"},
	{"anna", "Anna Vermeer", "patient", "patient", NULL, ROLE_PATIENT, NULL},
	{"bram", "Bram Vermeer", "patient", "patient", NULL, ROLE_PATIENT, NULL},
	{"okafor", "Dr. C. Okafor", "clinician", "clinician", WEST, ROLE_CLINICIAN, NULL},
	{"vos", "Dr. M. Vos", "clinician", "clinician", OLAF, ROLE_CLINICIAN, NULL},
	{"lind", "Dr. S. Lind", "researcher", "researcher", INSTITUTE, ROLE_RESEARCHER, NULL},
	{"haddad", "L. Haddad", "clinician", "emergency", AMBULANCE, ROLE_CLINICIAN, NULL},
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

static const char *const organisations[] = {WEST, OLAF, INSTITUTE, AMBULANCE};

static enum err home_of(char out[4096], const char *dir, const char *name)
{
	return snprintf(out, 4096, "%s/people/%s", dir, name) < 4096 ? ERR_OK : ERR_RANGE;
}

static enum err passphrase_of(char out[4096], const char *home)
{
	return files_join(out, 4096, home, "passphrase");
}

enum err demo_passphrase(const char *path, struct err_info *info)
{
	uint8_t random[PASSPHRASE_BYTES];
	char text[BASE64_SIZE(PASSPHRASE_BYTES) + 1];

	if (access(path, F_OK) == 0)
		return ERR_OK;
	rng_fill(rng_system(), random, sizeof(random));
	base64_encode(text, random, sizeof(random), false);
	return files_write(path, bytes_str(text), info);
}

static enum err make_home(char home[4096], char passphrase[4096], const char *dir, const char *name,
			  struct err_info *info)
{
	TRY(home_of(home, dir, name));
	TRY(files_mkdir(home, info));
	TRY(passphrase_of(passphrase, home));
	return demo_passphrase(passphrase, info);
}

static enum err genesis_person(struct demo_card *ret, const struct demo_row *p, const char *dir,
			       struct err_info *info)
{
	char home[4096], passphrase[4096];
	struct account_id account;
	struct buf card = BUF_INIT;
	enum err e;

	TRY(make_home(home, passphrase, dir, p->name, info));
	e = person_genesis(&account, &card, home, p->role, passphrase, true, info);
	ret->flag = p->card_flag;
	if (e == ERR_OK)
		e = files_join(ret->path, sizeof(ret->path), home, "genesis-card");
	if (e == ERR_OK)
		e = files_write(ret->path, buf_bytes(&card), info);
	buf_release(&card);
	return e;
}

enum err demo_genesis_people(struct demo_cards *ret, const char *dir, struct task *task, struct err_info *info)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		if (people[i].profile != NULL)
			continue;
		TRY(task_check(task));
		task_progress(task, "people", i, PEOPLE);
		ASSERT(ret->count < DEMO_CARDS_MAX);
		TRY(genesis_person(&ret->rows[ret->count++], &people[i], dir, info));
	}
	return ERR_OK;
}

/* ---- certificates ---------------------------------------------------------------------------- */

static enum err join(const struct demo_row *p, const char *dir, struct bytes genesis, const char *url,
		     const char *pin, struct err_info *info)
{
	char home[4096], passphrase[4096];
	struct person_wish wish = {.home = home, .throw_away = true,
				   .profile = p->mode,
				   .name = p->full_name,
				   .peer_url = url,
				   .pin = pin,
				   .passphrase_file = passphrase};

	TRY(make_home(home, passphrase, dir, p->name, info));
	return person_join(&wish, genesis, info);
}

static enum err enrol(const struct demo_row *p, struct app *officer, struct ca *desk, const char *dir, struct bytes genesis,
		      const char *url, const char *pin, struct err_info *info)
{
	char home[4096], passphrase[4096];
	struct person_wish wish = {.home = home, .throw_away = true,
				   .profile = p->profile,
				   .name = p->full_name,
				   .peer_url = url,
				   .pin = pin,
				   .passphrase_file = passphrase,
				   .organisation = p->organisation};
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct register_id id;
	struct account_id account;
	struct app_ca_act told;
	struct ca_act act;
	enum err e;

	TRY(make_home(home, passphrase, dir, p->name, info));
	e = person_new(&account, &request, &wish, genesis, info);
	if (e == ERR_OK)
		e = ca_import(desk, &id, buf_bytes(&request), info);
	if (e == ERR_OK)
		e = ca_approve(desk, &act, &answer, &id, false, info);
	if (e == ERR_OK)
		e = ca_answer(officer, desk, &told, &id, &answer, info);
	buf_release(&request);
	buf_release(&answer);
	return e == ERR_OK ? e : err_wrap(info, e, "certifying %s", p->name);
}

/* The second officer looks for acts where the first one's desk leaves them. */
static enum err share_desk(const char *dir, struct err_info *info)
{
	char keeper[4096], colleague[4096], acts[4096], path[4096];

	TRY(home_of(keeper, dir, people[0].name));
	TRY(home_of(colleague, dir, people[1].name));
	TRY(files_join(acts, sizeof(acts), keeper, "acts"));
	TRY(files_join(path, sizeof(path), colleague, "desk"));
	return files_write(path, bytes_str(acts), info);
}

/* As any officer holds it; the root key's passphrase lies beside it, which only a demo may do. */
static enum err ceremony(struct app *officer, struct ca **ret, const char *dir, struct err_info *info)
{
	static const char *const witnesses[] = {"The first witness", "The second witness"};
	char out[4096], passphrase[4096];
	struct app_ceremony wish = {.out = out, .passphrase_file = passphrase, .witnesses = witnesses, .witness_count = 2};
	struct app_ceremony_done done = {0};
	enum err e;

	TRY(files_join(out, sizeof(out), dir, "ceremony"));
	TRY(files_join(passphrase, sizeof(passphrase), dir, "root-passphrase"));
	TRY(demo_passphrase(passphrase, info));
	for (int rehearsal = 1; rehearsal >= 0; rehearsal--) {
		wish.dry_run = rehearsal == 1;
		e = app_ca_ceremony(officer, &done, &wish, info);
		buf_release(&done.transcript);
		TRY(e);
	}
	return app_desk(officer, ret, info);
}

static enum err with_desk(struct app *officer, const char *dir, struct bytes genesis, const char *url,
			  const char *pin, struct task *task, struct err_info *info)
{
	struct ca *desk;

	TRY(app_unlock(officer, info));
	TRY(ceremony(officer, &desk, dir, info));
	for (size_t i = 0; i < PEOPLE; i++) {
		if (people[i].profile == NULL)
			continue;
		TRY(task_check(task));
		task_progress(task, "certificates", i, PEOPLE);
		TRY(enrol(&people[i], officer, desk, dir, genesis, url, pin, info));
	}
	return ERR_OK;
}

/* ---- introductions --------------------------------------------------------------------------- */

static enum err keys_of(struct keystore_about *ret, const char *dir, const char *name, struct err_info *info)
{
	char home[4096], path[4096];

	TRY(home_of(home, dir, name));
	TRY(files_join(path, sizeof(path), home, "keystore"));
	return app_keystore_about(ret, path, info);
}

/* Everybody knows everybody and the four organisations. */
static enum err fill_book(struct book *b, const char *dir, struct err_info *info)
{
	for (size_t i = 0; i < sizeof(organisations) / sizeof(organisations[0]); i++) {
		struct organisation_id id = enrolment_organisation(organisations[i]);
		struct book_row row = {.kind = BOOK_ORGANISATION};

		snprintf(row.name, sizeof(row.name), "%s", organisations[i]);
		memcpy(row.id, id.b, ID_SIZE);
		TRY(book_add(b, &row));
	}
	for (size_t i = 0; i < PEOPLE; i++) {
		struct book_row row = {.kind = BOOK_PERSON, .role = people[i].role};
		struct keystore_about keys;

		TRY(keys_of(&keys, dir, people[i].name, info));
		snprintf(row.name, sizeof(row.name), "%s", people[i].name);
		memcpy(row.id, keys.account.b, ID_SIZE);
		memcpy(row.seal, keys.seal.b, SEAL_KEY_SIZE);
		if (people[i].organisation != NULL)
			memcpy(row.organisation, enrolment_organisation(people[i].organisation).b, ID_SIZE);
		TRY(book_add(b, &row));
	}
	return ERR_OK;
}

static enum err introduce(const char *dir, const char *name, struct task *task, struct err_info *info)
{
	char home[4096], path[PROFILE_PATH_MAX];
	struct app_options options = {.home = home, .task = task};
	struct app *a = NULL;
	enum err e = home_of(home, dir, name);

	if (e == ERR_OK)
		e = app_open(&a, &options, info);
	if (e == ERR_OK)
		e = app_unlock(a, info);
	if (e == ERR_OK)
		e = fill_book(&a->book, dir, info);
	if (e == ERR_OK)
		e = profile_path(&a->profile, path, "book");
	if (e == ERR_OK)
		e = book_write(&a->book, a->keys, path, info);
	app_free(a);
	return e;
}

enum err demo_certify(const char *dir, struct bytes genesis, const char *url, const char *pin, struct task *task,
		      struct err_info *info)
{
	char home[4096];
	struct app_options options = {.home = home, .task = task};
	struct app *officer = NULL;
	enum err e;

	for (size_t i = 0; i < PEOPLE; i++) {
		if (people[i].profile == NULL)
			TRY(join(&people[i], dir, genesis, url, pin, info));
	}
	TRY(share_desk(dir, info));
	TRY(home_of(home, dir, people[0].name));
	e = app_open(&officer, &options, info);
	if (e == ERR_OK)
		e = with_desk(officer, dir, genesis, url, pin, task, info);
	app_free(officer);
	for (size_t i = 0; e == ERR_OK && i < PEOPLE; i++) {
		task_progress(task, "introductions", i, PEOPLE);
		e = introduce(dir, people[i].name, task, info);
	}
	return e;
}

enum err app_demo_people(struct app_demo *ret, const char *dir, struct err_info *info)
{
	for (size_t i = 0; i < PEOPLE && i < APP_DEMO_PEOPLE_MAX; i++) {
		struct app_demo_person *p = &ret->people[ret->count++];
		struct keystore_about keys;

		snprintf(p->name, sizeof(p->name), "%s", people[i].name);
		snprintf(p->mode, sizeof(p->mode), "%s", people[i].mode);
		TRY(home_of(p->home, dir, people[i].name));
		TRY(keys_of(&keys, dir, people[i].name, info));
		p->account = keys.account;
	}
	return ERR_OK;
}
