/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile knows by name: people, organisations, care teams, and the nonces of its requests.  One sealed file; nothing
 * of it stands anywhere in clear.  Private to core/app.
 */
#ifndef MEDLOCK_APP_BOOK_H
#define MEDLOCK_APP_BOOK_H

#include "core/consent/care_team.h"
#include "core/keys/keyholder.h"

#define BOOK_NAME_MAX 64u
#define BOOK_ROWS_MAX 2000u

enum book_kind { BOOK_PERSON = 1, BOOK_ORGANISATION = 2 };

struct book_row {
	uint32_t kind;
	char name[BOOK_NAME_MAX];
	uint8_t id[ID_SIZE];
	uint32_t role;                /* of a person, 0 when not known */
	uint8_t organisation[ID_SIZE]; /* of a person, zero when none */
	uint8_t seal[SEAL_KEY_SIZE];   /* of a person whose row on the ledger is her own; zero when not known */
};
struct book_request {
	struct request_id request;
	uint8_t nonce[REQUEST_NONCE_SIZE];
};
#define BOOK_TEAMS_MAX 64u
struct book_team {
	char name[BOOK_NAME_MAX];
	struct care_team team; /* its members while no rule is for it: else the rules say them */
};
struct book {
	struct book_row *rows;
	size_t count;
	struct book_team *teams;
	size_t team_count;
	struct book_request *requests;
	size_t request_count;
};

/* A profile without a book has an empty one. */
enum err book_read(struct book *ret, struct keyholder *keys, const char *path, struct err_info *info) MUST_USE;
enum err book_write(const struct book *b, struct keyholder *keys, const char *path, struct err_info *info) MUST_USE;
void book_release(struct book *b);

/* Adds, or replaces the row of the same name and kind. */
enum err book_add(struct book *b, const struct book_row *row) MUST_USE;
/* Adds, or replaces the one of the same name.  ERR_LIMIT. */
enum err book_add_team(struct book *b, const struct book_team *team) MUST_USE;
void book_drop_team(struct book *b, const uint8_t id[ID_SIZE]);
const struct book_team *book_team_by_name(const struct book *b, const char *name); /* ignores case */
const struct book_team *book_team_by_id(const struct book *b, const uint8_t id[ID_SIZE]);
enum err book_add_request(struct book *b, const struct book_request *request) MUST_USE;
const struct book_row *book_by_name(const struct book *b, const char *name); /* ignores case */
const struct book_row *book_by_id(const struct book *b, const uint8_t id[ID_SIZE]);
const uint8_t *book_nonce(const struct book *b, const struct request_id *request); /* NULL: not ours */

#endif
