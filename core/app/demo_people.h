/* SPDX-License-Identifier: Apache-2.0 */
/* The people of the demo world, all synthetic: keys, cards, certificates, introductions.  Private to core/app. */
#ifndef MEDLOCK_APP_DEMO_PEOPLE_H
#define MEDLOCK_APP_DEMO_PEOPLE_H

#include "core/app/person.h"
#include "core/app/setup.h"

#define DEMO_CARDS_MAX 8u

struct demo_card {
	const char *flag; /* of medlockd init */
	char path[4096];
};
struct demo_cards {
	struct demo_card rows[DEMO_CARDS_MAX];
	size_t count;
};

/* A random passphrase into a new 0600 file; one that is there stays. */
enum err demo_passphrase(const char *path, struct err_info *info) MUST_USE;

/* Operator, officer and auditors: keys and cards, before there is a network. */
enum err demo_genesis_people(struct demo_cards *ret, const char *dir, struct task *task,
			     struct err_info *info) MUST_USE;

/* Everybody joins the running network: the desk's ceremony, requests, approvals, and introductions. */
enum err demo_certify(const char *dir, struct bytes genesis, const char *url, const char *pin, struct task *task,
		      struct err_info *info) MUST_USE;

#endif
