/* SPDX-License-Identifier: Apache-2.0 */
/* The only door for the terminal: one open profile, and what its person may ask of it.
 *
 * Calls block; each takes its progress and cancellation from the app's task, so that screens can run them on a worker thread
 * while the command line just waits.  One app is used by one thread at a time.  Texts that come out are foreign: gate them
 * before they are shown.  Lists are arrays owned by their struct and released by its _release.
 */
#ifndef MEDLOCK_APP_APP_H
#define MEDLOCK_APP_APP_H

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/places.h"
#include "core/base/task.h"

struct app;
struct secret;

/* Who answers questions that only the person can: in place of the terminal.  Called on the thread that called the function,
 * and may block as long as she thinks; ERR_CANCELLED: she gave up.  repeated: for a new secret, which the prompt lets her type
 * twice.
 */
struct app_prompt {
	enum err (*ask)(void *self, struct secret **ret, const char *question, bool repeated, struct err_info *info);
	void *self;
};

struct app_options {
	const char *home;            /* NULL: MEDLOCK_HOME, else XDG data */
	const char *passphrase_file; /* NULL: the profile's config, else the terminal */
	struct task *task;
	const struct app_prompt *prompt; /* NULL: the terminal */
	bool stays_open;             /* screens: the keys lock by themselves after app_idle's time */
};

/* After how long without a key pressed the screen goes blank, and the keys lock; by who is likely to walk past. */
struct app_idle { uint32_t blank_ms, lock_ms; };
struct app_idle app_idle(const char *mode);
/* Lock the keys now; app_unlock opens them again. */
enum err app_lock_keys(struct app *a, struct err_info *info) MUST_USE;

/* While a program that stays open has nothing to do, others may work with the profile.  app_rest lets them, and every call but
 * app_lock_keys, app_wake, app_unlock after it, and app_free needs an app_wake before; both are nothing when it is so already.
 * What others wrote meanwhile is read again; when it was the keystore, the keys lock (ERR_LOCKED): app_unlock opens the new
 * ones.  ERR_BUSY after a minute in which another had the profile, ERR_CANCELLED; the app rests on then.
 */
void app_rest(struct app *a);
enum err app_wake(struct app *a, struct err_info *info) MUST_USE;

/* Once, before anything else: no core files, signature self-check, library set-up.  Aborts when the machine cannot. */
void app_process_init(void);

/* The folder of a profile: named, else MEDLOCK_HOME, else in the XDG data folder; and whether there is one. */
#define APP_PATH 4096u
enum err app_home(char out[APP_PATH], bool *ret_there, const char *named, struct err_info *info) MUST_USE;

/* Open a profile; starts its key-holder process.  ERR_NO_PROFILE, ERR_NEWER, ERR_BUSY. */
enum err app_open(struct app **ret, const struct app_options *options, struct err_info *info) MUST_USE;
void app_free(struct app *a);

/* Say rules in these words from now on (core/consent/sentence.h); NULL: English.  words outlives a. */
void app_speak(struct app *a, const struct translation *words);

/* Unlock the keys: passphrase from the file named, the config, or a prompt on the terminal.  ERR_PASSPHRASE, ERR_LOCKED. */
enum err app_unlock(struct app *a, struct err_info *info) MUST_USE;

#define APP_PEERS_MAX 64u
#define APP_URL 257u

struct app_peer {
	char url[APP_URL];
	uint64_t height;
	const char *state; /* "ok", "unreachable", "dropped" */
};

struct app_sync {
	uint64_t height;   /* newest verified by this profile */
	uint64_t tip;      /* newest a peer claims */
	uint64_t verified; /* headers whose commits were checked or linked */
	const char *mode;  /* "light" or "full" */
	struct app_peer peers[APP_PEERS_MAX];
	size_t peer_count;
};

/* Bring the replica to the newest height that a peer has.  Offline is ERR_NETWORK; what was verified stays. */
enum err app_sync(struct app *a, struct app_sync *ret, struct err_info *info) MUST_USE;

/* An account by 64 hex digits or by a contact's name.  ERR_NO_CONTACT. */
enum err app_find(struct app *a, struct account_id *ret, const char *who, struct err_info *info) MUST_USE;
/* A contact's name for an account or an organisation, or its first 12 hex digits.  Lives until the app is freed. */
const char *app_name(struct app *a, const uint8_t id[ID_SIZE]);

struct app_me {
	struct account_id account;
	char mode[16];
	struct network_id network;
	char age_recipient[64];
	uint32_t keystore_slots;
};
void app_me(struct app *a, struct app_me *ret);

#endif
