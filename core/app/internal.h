/* SPDX-License-Identifier: Apache-2.0 */
/* One open profile; private to core/app. */
#ifndef MEDLOCK_APP_INTERNAL_H
#define MEDLOCK_APP_INTERNAL_H

#include "core/app/app.h"
#include "core/app/book.h"
#include "core/consent/policy.h"
#include "core/ident/ca.h"
#include "core/ledger/profile.h"
#include "core/ledger/submit.h"
#include "core/vault/release.h"
#include "core/vault/deposit.h"

#define APP_DECODED_MAX (1024u * 1024)

/* Which writing of a file this is: each one is a new file under the same name.  All zero: no file. */
struct app_stamp { uint64_t inode; int64_t size, s, ns; };

struct app {
	struct profile profile;
	struct task *task;
	const char *passphrase_file;
	const struct app_prompt *prompt; /* NULL: the terminal */
	const struct translation *words; /* NULL: English */
	struct keyholder *keys;
	struct keyholder_public me;   /* after unlock */
	struct account_id owner;      /* whose consent, records and list are meant: own, or one that app_act_for named */
	struct http_client *http;
	struct link link;
	struct replica *replica;
	struct cache *cache;
	struct book book;             /* after unlock */
	Medlock__Network *network;    /* after sync */
	struct vault vault;
	struct ca *ca;
	char act_id[33];              /* of the request that is being approved: names its act (acts.h) */
	struct tx_id act_tx;          /* what a colleague submitted, while the register takes it over */
	bool synced, locked;
	int lock;                     /* the open lock file when locked */
	struct app_stamp book_stamp, keystore_stamp; /* as the files were when app_rest let others in */
	char names[16][24];           /* short ids that app_name gave out, used in turn */
	size_t next_name;
};

/* Keep other processes off this profile until release; waits for them a minute, then ERR_BUSY. */
enum err app_lock(struct app *a, struct err_info *info) MUST_USE;
void app_lock_release(struct app *a);

/* Sync once in a process, before the first question that needs the newest state. */
enum err app_fresh(struct app *a, struct err_info *info) MUST_USE;
/* What was asked while offline is answered from the replica; only a peer that lies is an error. */
enum err app_fresh_or_stored(struct app *a, struct err_info *info) MUST_USE;

struct submitter app_submitter(struct app *a);

/* Acting for somebody: one request for all of hers in the list that no grant opens yet.  Else nothing. */
struct app_records;
enum err app_open_as_proxy(struct app *a, const struct app_records *list, struct err_info *info) MUST_USE;

/* By the row of proxies that is stored: acts_for (chain/contract/proxy.h), now. */
enum err app_acts_for(struct app *a, const struct account_id *owner, const struct account_id *account,
		      uint32_t scope) MUST_USE;
/* Everybody whom a->owner has named, whether it stands or not. */
typedef enum err app_proxy_each(struct app *a, void *self, const struct account_id *delegate);
enum err app_each_proxy(struct app *a, app_proxy_each *each, void *self, struct err_info *info) MUST_USE;

/* Whether the verified rows show what was done. */
typedef bool app_shown(struct app *a, const void *self);
/* After an act: a result is the peer's word until a row with a proof shows its effect; waits APP_SHOWN_MS for it.
 * ERR_PROOF.
 */
#define APP_SHOWN_MS 5000
enum err app_await(struct app *a, app_shown *shown, const void *self, struct err_info *info) MUST_USE;

/* The passphrase into a secret: a file's first line, what prompt was told, or, when that is NULL, the terminal's line. */
enum err app_passphrase(struct secret **ret, const char *file, const char *question, const struct app_prompt *prompt,
			struct err_info *info) MUST_USE;

/* A new one: typed twice on the terminal.  ERR_CONFIRM. */
enum err app_passphrase_new(struct secret **ret, const char *file, const char *question, const struct app_prompt *prompt,
			    struct err_info *info) MUST_USE;

/* The vault, wired to this profile; needs the network row. */
enum err app_vault(struct app *a, struct vault **ret, struct err_info *info) MUST_USE;
/* The desk; ERR_ROLE for a profile without the authority's keys. */
enum err app_desk(struct app *a, struct ca **ret, struct err_info *info) MUST_USE;
/* What releases an account that is on hold: the certificate that its row has.  Views into both. */
void app_release_anchor(Medlock__CertAnchor *ret, const Medlock__AccountState *state, const struct account_id *account);
enum err app_desk_options(struct app *a, struct ca_options *ret, char path[PROFILE_PATH_MAX]) MUST_USE;
/* What a keystore says of itself before it is unlocked.  The file must be ours alone. */
enum err app_keystore_about(struct keystore_about *ret, const char *path, struct err_info *info) MUST_USE;
/* New keystore bytes onto the disk. */
enum err app_keystore_write(const struct profile *p, struct bytes file, struct err_info *info) MUST_USE;

/* The stored policy of the owner, and the names for its sentences. */
enum err app_policy_load(struct app *a, struct policy *ret, const struct account_id *owner,
			 struct err_info *info) MUST_USE;
struct sentence_names app_sentence_names(struct app *a);
/* Whom a word means: a term of actor_of_word, or a name in the book (ERR_NO_CONTACT).  Free with WIRE_FREE. */
enum err app_actor(struct app *a, Medlock__Actor **ret, const char *who, struct err_info *info) MUST_USE;

/* The seal key of somebody in the book.  ERR_NO_CONTACT. */
enum err app_contact_seal(struct app *a, struct seal_public *ret, const struct account_id *id, struct err_info *info) MUST_USE;

/* Where to write to somebody: the ledger's row of now, else the book.  Calls sync before.  ERR_NO_CONTACT. */
enum err app_seal_of(struct app *a, struct seal_public *ret, const struct account_id *id, struct err_info *info) MUST_USE;

/* Who may sit at the desk now, at most AGE_RECIPIENTS_MAX; before the ledger can be read, who sat there at first. */
enum err app_desks(struct app *a, struct seal_public *ret, size_t *ret_count, struct err_info *info) MUST_USE;

/* No peer could be asked, which another time may do: nobody has said no. */
bool app_is_offline(enum err e);
/* One message to the first so many peers that can be reached.  ERR_OK when one has it; else what the last one said. */
typedef enum err app_post_call(const struct peer_call *c, const uint8_t id[ID_SIZE], struct bytes message,
			       struct err_info *info);
struct app_posting { size_t copies; bool with_ticket; };
#define APP_POST_ONCE ((struct app_posting){1, true})
enum err app_post(struct app *a, app_post_call *post, const uint8_t id[ID_SIZE], struct bytes message,
		  struct app_posting how, struct err_info *info) MUST_USE;

char *app_text(const struct buf *b); /* a copy; "" when b is empty; NULL without memory */

#endif
