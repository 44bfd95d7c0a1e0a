/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers: people who together, and only together, give a person her keys back.
 *
 * Each keeps one share of the master key.  A new machine shows a recovery text, the person reads its six words to each helper
 * on the phone, each helper's program tells her account's devices and waits RECOVERY_WAIT_MS of block time, in which any of
 * them can say no.  As many helpers as were asked for, together, could take the account over: that is what the wait is for.
 */
#ifndef MEDLOCK_APP_HELPERS_H
#define MEDLOCK_APP_HELPERS_H

#include "core/app/keys.h"

#define APP_HELPERS_MAX 16u
#define RECOVERY_WAIT_MS (72ll * 3600 * 1000)
#define RECOVERY_GOOD_MS (14ll * 24 * 3600 * 1000) /* then anew: peers forget her "no" after MAIL_KEEP_MS */
#define RECOVERY_TEXT 82u  /* "medlock-recovery:", 64 hex digits, NUL */
#define RECOVERY_WORDS 60u /* six words with a space between, NUL */

/* Split the keys of now for these helpers (names or accounts), send each a share, and name them by a commitment in the
 * account's row.  A second call makes a new set, and ends what a cut left of the first: shares of the old one stay good for the
 * same keys; change the keys to make them worthless.
 */
enum err app_helpers_set(struct app *a, const char *const *who, size_t count, uint32_t needed,
			 struct err_info *info) MUST_USE;

/* Whose shares this profile keeps; new ones are taken from the mail first. */
struct app_helped {
	struct account_id account;
	uint32_t generation, needed, of;
	struct time_ms since; /* 0: no recovery is under way */
	bool given;
};
struct app_helped_list { struct app_helped *rows; size_t count; };
enum err app_helping(struct app *a, struct app_helped_list *ret, struct err_info *info) MUST_USE;
void app_helped_release(struct app_helped_list *l);

/* Help whom with her recovery text: the first time her devices are told and the wait begins (ERR_PENDING; ret_until: its end);
 * afterwards the share is given, up to RECOVERY_GOOD_MS after the first time; later it begins anew.  words: as she read them
 * out.  ERR_CONFIRM: other words; ERR_CANCELLED: a device of hers said no; ERR_NOT_FOUND: no share of hers is here.
 */
enum err app_help(struct app *a, struct time_ms *ret_until, const char *who, const char *text, const char *words,
		  struct err_info *info) MUST_USE;

/* Recoveries that helpers told this account of, not cancelled yet; and saying no to all of them. */
enum err app_recoveries(struct app *a, size_t *ret_count, struct err_info *info) MUST_USE;
enum err app_recovery_cancel(struct app *a, size_t *ret_told, struct err_info *info) MUST_USE;

/* On an empty machine.  The first time: keys of this recovery alone are made, and text and words are for the helpers
 * (ERR_PENDING).  Afterwards: the shares that have come; ERR_PENDING with how many; with enough, the profile is made as by
 * app_recover.
 */
struct app_recovery_state {
	char text[RECOVERY_TEXT], words[RECOVERY_WORDS];
	uint32_t have, need; /* need 0: not known before the first share */
	struct account_id account; /* when it is done */
};
enum err app_recover_by_helpers(struct app_recovery_state *ret, const struct app_recovery *r, struct task *task,
				struct err_info *info) MUST_USE;

#endif
