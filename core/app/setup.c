/* SPDX-License-Identifier: Apache-2.0 */
/* A new profile: genesis from the peer, keys in a fresh key-holder, an enrolment request for the desk. */
#include "core/app/setup.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/person.h"
#include "core/base/files.h"

static enum err fetch_genesis(struct buf *ret, const struct app_setup *s, struct task *task, struct err_info *info)
{
	struct http_client_options options = {0};
	struct http_client *http;
	struct peer_address peer;
	struct hash32 pin;
	enum err e;

	if (hex_decode(pin.b, sizeof(pin.b), s->pin) != ERR_OK)
		return err_set(info, ERR_USAGE, "--pin is 64 hex digits");
	TRY(peer_address_set(&peer, s->peer_url, &pin));
	TRY(http_client_new(&http, &options, info));
	e = peer_genesis(&(struct peer_call){.http = http, .peer = &peer, .task = task}, ret, info);
	http_client_free(http);
	return e;
}

static enum err check_mode(const char *mode, struct err_info *info)
{
	static const char *const modes[] = {"patient", "clinician", "researcher", "emergency", "officer"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i], mode) == 0)
			return ERR_OK;
	}
	return err_set(info, ERR_USAGE, "--mode is patient, clinician, researcher, emergency or officer");
}

static enum err read_minor(struct time_ms *ret, const struct app_setup *s, struct err_info *info)
{
	if (s->minor_until == NULL)
		return ERR_OK;
	if (strcmp(s->mode, "patient") != 0)
		return err_set(info, ERR_USAGE, "--minor-until is for patients");
	if (time_parse(ret, s->minor_until) != ERR_OK || ret->v <= clock_real()->now(NULL).v)
		return err_set(info, ERR_USAGE, "'%s' is not a date to come", s->minor_until);
	return ERR_OK;
}

static enum err name_request(struct app_setup_done *ret, const struct app_setup *s, const char *home,
			     struct err_info *info)
{
	int len = s->request_path != NULL ? snprintf(ret->enrolment, sizeof(ret->enrolment), "%s", s->request_path)
					  : snprintf(ret->enrolment, sizeof(ret->enrolment), "%s/enrolment.age", home);

	return len > 0 && (size_t)len < sizeof(ret->enrolment) ? ERR_OK : err_set(info, ERR_RANGE, "the path is too long");
}

enum err app_setup(struct app_setup_done *ret, const struct app_setup *s, struct task *task, struct err_info *info)
{
	struct person_wish wish = {
		.profile = s->mode,
		.name = s->name,
		.organisation = s->organisation,
		.passphrase_file = s->passphrase_file,
		.peer_url = s->peer_url,
		.pin = s->pin,
		.request_path = ret->enrolment,
	};
	struct buf genesis = BUF_INIT, request = BUF_INIT;
	char home[PROFILE_PATH_MAX];
	enum err e;

	TRY(check_mode(s->mode, info));
	TRY(read_minor(&wish.minor_until, s, info));
	TRY(profile_home(home, s->home, info));
	wish.home = home;
	e = name_request(ret, s, home, info);
	if (e == ERR_OK)
		e = fetch_genesis(&genesis, s, task, info);
	if (e == ERR_OK)
		e = person_new(&ret->account, &request, &wish, buf_bytes(&genesis), info);
	buf_release(&genesis);
	buf_release(&request);
	return e;
}
