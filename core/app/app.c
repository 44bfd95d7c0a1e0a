/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/app.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "core/app/internal.h"
#include "core/app/rotate.h"
#include "core/base/files.h"
#include "core/crypto/start.h"

void app_process_init(void)
{
	struct err_info info = {0};

	secret_process_harden();
	if (crypto_start(&info) != ERR_OK) {
		fprintf(stderr, "medlock: this machine's libraries do not compute as they must: %s\n", info.detail);
		abort();
	}
}

static const char *keyholder_mode(const char *mode)
{
	if (strcmp(mode, "clinician") == 0 || strcmp(mode, "researcher") == 0)
		return "institute";
	return strcmp(mode, "officer") == 0 ? "ca" : mode;
}

char *app_text(const struct buf *b)
{
	return buf_error(b) == ERR_OK ? strdup(buf_text(b)) : NULL;
}

enum err app_keystore_about(struct keystore_about *ret, const char *path, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e = files_check_private(path, info);

	if (e == ERR_OK)
		e = files_read(&file, path, KEYSTORE_SIZE_MAX, info);
	if (e == ERR_OK)
		e = keystore_about(ret, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

static enum err read_account(struct app *a, struct err_info *info)
{
	struct keystore_about about;
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, path, "keystore"));
	TRY(app_keystore_about(&about, path, info));
	a->me.account = about.account;
	a->owner = a->me.account;
	return ERR_OK;
}

static enum err open_replica(struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf genesis = BUF_INIT;
	struct replica_options options = {
		.path = path, .full = profile_is_full(&a->profile), .account = a->me.account, .clock = clock_real(),
	};
	enum err e = profile_path(&a->profile, path, "replica.db");

	WIRE_ENCODE(&genesis, a->profile.genesis);
	options.genesis = buf_bytes(&genesis);
	if (e == ERR_OK)
		e = buf_error(&genesis);
	if (e == ERR_OK)
		e = replica_open(&a->replica, &options, info);
	buf_release(&genesis);
	return e;
}

#define MINUTE_MS (60u * 1000)

struct app_idle app_idle(const char *mode)
{
	static const struct { const char *mode; struct app_idle idle; } rows[] = {
		{"clinician", {1 * MINUTE_MS, 3 * MINUTE_MS}}, {"researcher", {1 * MINUTE_MS, 3 * MINUTE_MS}},
		{"officer", {2 * MINUTE_MS, 5 * MINUTE_MS}},   {"operator", {2 * MINUTE_MS, 5 * MINUTE_MS}},
		{"auditor", {2 * MINUTE_MS, 5 * MINUTE_MS}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].mode, mode) == 0)
			return rows[i].idle;
	return (struct app_idle){5 * MINUTE_MS, 10 * MINUTE_MS};
}

enum err app_lock_keys(struct app *a, struct err_info *info)
{
	return keyholder_lock(a->keys, info);
}

static enum err open_all(struct app *a, const struct app_options *o, struct err_info *info)
{
	char home[PROFILE_PATH_MAX];
	struct http_client_options http = {0};

	TRY(profile_home(home, o->home, info));
	TRY(profile_open(&a->profile, home, info));
	TRY(app_lock(a, info));
	TRY(keyholder_start(
		&a->keys, keyholder_capabilities(keyholder_mode(options_text(&a->profile.options, "mode"))), info));
	if (o->stays_open)
		TRY(keyholder_idle(a->keys, app_idle(options_text(&a->profile.options, "mode")).lock_ms, info));
	TRY(read_account(a, info));
	TRY(http_client_new(&a->http, &http, info));
	link_init(&a->link, a->http, a->keys, clock_real(), o->task, &a->profile.network, &a->me.account);
	link_add(&a->link, &a->profile.peer);
	return open_replica(a, info);
}

enum err app_home(char out[APP_PATH], bool *ret_there, const char *named, struct err_info *info)
{
	char config[PROFILE_PATH_MAX];

	_Static_assert(APP_PATH == PROFILE_PATH_MAX, "one length of paths");
	TRY(profile_home(out, named, info));
	TRY(files_join(config, sizeof(config), out, "config"));
	*ret_there = access(config, F_OK) == 0;
	return ERR_OK;
}

enum err app_open(struct app **ret, const struct app_options *options, struct err_info *info)
{
	struct app *a = calloc(1, sizeof(*a));
	enum err e;

	if (a == NULL)
		return ERR_MEMORY;
	a->task = options->task;
	a->passphrase_file = options->passphrase_file;
	a->prompt = options->prompt;
	e = open_all(a, options, info);
	if (e != ERR_OK) {
		app_free(a);
		return e;
	}
	*ret = a;
	return ERR_OK;
}

void app_free(struct app *a)
{
	if (a == NULL)
		return;
	ca_free(a->ca);
	cache_free(a->cache);
	replica_free(a->replica);
	link_release(&a->link);
	http_client_free(a->http);
	book_release(&a->book);
	WIRE_FREE(a->network);
	keyholder_free(a->keys);
	app_lock_release(a);
	profile_release(&a->profile);
	free(a);
}

/* Config and genesis lie in clear: whoever swaps them shows another ledger with other truths.  The sealed keystore says
 * for which network these keys were made; keys of a genesis cannot say it.
 */
static enum err check_network(const struct app *a, struct err_info *info)
{
	if (bytes_is_zero(BYTES_ID(a->me.network)) || ID_EQUAL(a->me.network, a->profile.network))
		return ERR_OK;
	return err_set(info, ERR_NETWORK_ID, "the keys were made for another network than the profile's genesis");
}

static enum err unlock_with(struct app *a, const struct secret *passphrase, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	enum err e = profile_path(&a->profile, path, "keystore");

	if (e == ERR_OK)
		e = files_read(&file, path, KEYSTORE_SIZE_MAX, info);
	if (e == ERR_OK)
		e = keyholder_unlock(a->keys, buf_bytes(&file), secret_bytes(passphrase), &a->me.account, info);
	if (e == ERR_OK)
		e = keyholder_bind(a->keys, &a->profile.network, info);
	if (e == ERR_OK)
		e = keys_taken_over(a, info);
	if (e == ERR_OK)
		e = check_network(a, info);
	buf_release(&file);
	return e;
}

enum err app_unlock(struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct secret *passphrase;
	enum err e;

	TRY(app_passphrase(&passphrase, app_passphrase_named(a), "Passphrase: ", a->prompt, info));
	e = unlock_with(a, passphrase, info);
	if (e == ERR_OK)
		e = keys_settle(a, passphrase, info);
	secret_free(passphrase);
	if (e == ERR_OK)
		e = profile_path(&a->profile, path, "book");
	if (e == ERR_OK) {
		book_release(&a->book);
		e = book_read(&a->book, a->keys, path, info);
	}
	return e;
}

/* ---- sync ---------------------------------------------------------------------------------- */

static enum err load_network(struct app *a, struct err_info *info)
{
	WIRE_FREE(a->network);
	a->network = NULL;
	TRY(replica_network(a->replica, &a->network, info));
	link_add_network(&a->link, a->network);
	return ERR_OK;
}

static const char *peer_state(enum link_state state)
{
	switch (state) {
	case LINK_UNKNOWN:
		return "unknown";
	case LINK_OK:
		return "ok";
	case LINK_UNREACHABLE:
		return "unreachable";
	case LINK_DROPPED:
		return "dropped";
	}
	return "unknown";
}

static void fill_sync(struct app *a, struct app_sync *ret, const struct replica_sync_report *report)
{
	*ret = (struct app_sync){.height = report->height, .tip = report->tip, .verified = report->height,
				 .mode = profile_is_full(&a->profile) ? "full" : "light"};
	for (size_t i = 0; i < a->link.count && i < APP_PEERS_MAX; i++) {
		struct app_peer *p = &ret->peers[ret->peer_count++];

		snprintf(p->url, sizeof(p->url), "%s", a->link.peers[i].address.url);
		p->height = a->link.peers[i].height;
		p->state = peer_state(a->link.peers[i].state);
	}
}

enum err app_sync(struct app *a, struct app_sync *ret, struct err_info *info)
{
	struct replica_sync_report report = {0};
	enum err e = replica_sync(a->replica, &report, &a->link, info);

	if (e == ERR_OK)
		e = load_network(a, info);
	if (e == ERR_OK)
		e = keys_complete(a, info);
	if (e != ERR_OK)
		return keys_refused(a, e, info);
	a->synced = true;
	fill_sync(a, ret, &report);
	return ERR_OK;
}

enum err app_fresh(struct app *a, struct err_info *info)
{
	struct app_sync ignored;

	return a->synced ? ERR_OK : app_sync(a, &ignored, info);
}

bool app_is_offline(enum err e)
{
	return e == ERR_NETWORK || e == ERR_TIMEOUT || e == ERR_TLS || e == ERR_BUSY_PEER;
}

enum err app_fresh_or_stored(struct app *a, struct err_info *info)
{
	enum err e = app_fresh(a, info);

	return app_is_offline(e) ? ERR_OK : e;
}

enum err app_await(struct app *a, app_shown *shown, const void *self, struct err_info *info)
{
	const struct clock *clock = clock_real();
	int64_t until = clock->steady_ms(clock->self) + APP_SHOWN_MS;
	struct app_sync ignored;

	for (bool again = false; !shown(a, self); again = true) {
		if (clock->steady_ms(clock->self) >= until)
			return err_set(info, ERR_PROOF, "the peer says that it is done, the proven state shows that it is not");
		TRY(task_check(a->task));
		if (again)
			poll(NULL, 0, SUBMIT_RETRY_MS);
		TRY(app_sync(a, &ignored, info));
	}
	return ERR_OK;
}

struct submitter app_submitter(struct app *a)
{
	return (struct submitter){.keys = a->keys, .link = &a->link, .replica = a->replica};
}

/* ---- names --------------------------------------------------------------------------------- */

enum err app_find(struct app *a, struct account_id *ret, const char *who, struct err_info *info)
{
	const struct book_row *row = book_by_name(&a->book, who);

	if (strlen(who) == 2 * ID_SIZE && hex_decode(ret->b, ID_SIZE, who) == ERR_OK)
		return ERR_OK;
	if (row == NULL || row->kind != BOOK_PERSON)
		return err_set(info, ERR_NO_CONTACT, "'%s'", who);
	ID_COPY(*ret, row->id);
	return ERR_OK;
}

enum err app_contact_seal(struct app *a, struct seal_public *ret, const struct account_id *id, struct err_info *info)
{
	const struct book_row *row = book_by_id(&a->book, id->b);

	if (row == NULL || bytes_is_zero(bytes_of(row->seal, SEAL_KEY_SIZE)))
		return err_set(info, ERR_NO_CONTACT, "the key of %s: a patient's contact card has it", app_name(a, id->b));
	return seal_public_parse(ret, bytes_of(row->seal, SEAL_KEY_SIZE));
}

const char *app_name(struct app *a, const uint8_t id[ID_SIZE])
{
	static const uint8_t several[ID_SIZE]; /* approvals name nobody as the actor */
	const struct book_row *row = book_by_id(&a->book, id);
	char *text;

	if (memcmp(id, several, ID_SIZE) == 0)
		return "several together";
	if (row != NULL)
		return row->name;
	for (size_t i = 0; a->network != NULL && i < a->network->n_peers; i++) {
		if (bytes_equal(wire_bytes(a->network->peers[i]->account), bytes_of(id, ID_SIZE)))
			return a->network->peers[i]->url;
	}
	text = a->names[a->next_name++ % 16];
	hex_encode(text, id, 6);
	return text;
}

static const char *sentence_name(void *self, uint32_t kind, struct bytes id)
{
	struct app *a = self;
	const struct book_row *row = id.len == ID_SIZE ? book_by_id(&a->book, id.data) : NULL;
	const struct book_team *team = kind == ACTOR_CARE_TEAM && id.len == ID_SIZE ? book_team_by_id(&a->book, id.data) : NULL;

	return team ? team->name : row ? row->name : NULL;
}

void app_speak(struct app *a, const struct translation *words)
{
	a->words = words;
}

struct sentence_names app_sentence_names(struct app *a)
{
	return (struct sentence_names){a, sentence_name, a->words};
}

void app_me(struct app *a, struct app_me *ret)
{
	*ret = (struct app_me){.account = a->me.account, .network = a->profile.network, .keystore_slots = a->me.slots};
	snprintf(ret->mode, sizeof(ret->mode), "%s", options_text(&a->profile.options, "mode"));
	age_recipient_text(ret->age_recipient, &a->me.seal);
}
