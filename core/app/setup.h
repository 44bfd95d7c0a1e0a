/* SPDX-License-Identifier: Apache-2.0 */
/* New profiles, and the demo world. */
#ifndef MEDLOCK_APP_SETUP_H
#define MEDLOCK_APP_SETUP_H

#include "core/app/app.h"

struct app_setup {
	const char *home, *mode, *peer_url, *pin, *name, *organisation, *passphrase_file;
	const char *minor_until;  /* a date: the patient is a minor until then; NULL: of age */
	const char *request_path; /* where the enrolment request goes; NULL: into the profile */
	const struct app_prompt *prompt; /* app_setup: who is asked for the passphrase; NULL: the terminal */
};
struct app_setup_done {
	struct account_id account;
	char enrolment[4096]; /* path of the request for the CA */
	bool sent;            /* the peer has it too; else the next sync sends it */
};
/* For those whom a network begins with (mode officer, operator or auditor), in two steps.  Keys, and a card with their public
 * part for `medlockd init`, into a new file: nothing of the network is known yet, so peer and pin are not looked at.  Then,
 * when the network is there, the profile for these keys; ERR_NOT_FOUND: its genesis does not name them.
 */
enum err app_setup_card(struct app_setup_done *ret, const struct app_setup *s, const char *card_path,
			struct err_info *info) MUST_USE;
enum err app_setup_join(struct app_setup_done *ret, const struct app_setup *s, struct task *task,
			struct err_info *info) MUST_USE;

enum err app_setup(struct app_setup_done *ret, const struct app_setup *s, struct task *task,
		   struct err_info *info) MUST_USE;

#define APP_DEMO_PEOPLE_MAX 16u

struct app_demo_person {
	char name[16], home[4096], mode[16];
	struct account_id account;
};
struct app_demo {
	char dir[4096], engine[16], peer_url[APP_URL], peer_home[4096];
	char pin[65]; /* of the peer, hex */
	struct network_id network;
	int64_t pid;
	struct app_demo_person people[APP_DEMO_PEOPLE_MAX];
	size_t count;
};
/* The demo world in dir: made when it is not there, started when it is.  program: path of medlock, beside which medlockd
 * lies.  ERR_BUSY when it runs already in another way.
 */
enum err app_demo_up(struct app_demo *ret, const char *dir, const char *program, struct task *task,
		     struct err_info *info) MUST_USE;
/* Who lives there: names, homes, modes and accounts, from its folders alone. */
enum err app_demo_people(struct app_demo *ret, const char *dir, struct err_info *info) MUST_USE;
enum err app_demo_down(const char *dir, struct err_info *info) MUST_USE;
/* Where the demo records lie: MEDLOCK_ASSETS, beside the program, or the installed share folder. */
enum err app_assets(char out[4096], const char *program, struct err_info *info) MUST_USE;

#endif
