/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/files.h"

static const struct option_row rows[] = {
	{"mode", OPTION_TEXT, "patient", "what this profile is for"},
	{"peer", OPTION_TEXT, "", "address of the peer"},
	{"pin", OPTION_HEX32, "", "SHA-256 of the peer's TLS key"},
	{"network", OPTION_HEX32, "", "SHA-256 of the genesis"},
	{"passphrase-file", OPTION_TEXT, "", "file with the passphrase; asked on the terminal when not given"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static enum err too_long(struct err_info *info)
{
	return err_set(info, ERR_RANGE, "the path of the profile is too long");
}

enum err profile_home(char out[PROFILE_PATH_MAX], const char *named, struct err_info *info)
{
	const char *base = named ? named : getenv("MEDLOCK_HOME"), *tail = "";

	if (base == NULL && (base = getenv("XDG_DATA_HOME")) != NULL)
		tail = "/medlock";
	if (base == NULL && (base = getenv("HOME")) != NULL)
		tail = "/.local/share/medlock";
	if (base == NULL)
		return err_set(info, ERR_NO_PROFILE, "neither -C DIR nor HOME says where the profile is");
	if (snprintf(out, PROFILE_PATH_MAX, "%s%s", base, tail) >= (int)PROFILE_PATH_MAX)
		return too_long(info);
	return ERR_OK;
}

/* What the table of settings cannot say. */
static enum err check_settings(const struct options *o, struct peer_address *ret_peer, struct err_info *info)
{
	static const char *const modes[] = {"patient", "clinician", "researcher", "officer", "operator", "auditor"};
	const char *mode = options_text(o, "mode");
	struct hash32 pin;
	size_t i = 0;

	while (i < sizeof(modes) / sizeof(modes[0]) && strcmp(modes[i], mode) != 0)
		i++;
	if (i == sizeof(modes) / sizeof(modes[0]))
		return err_set(info, ERR_FORMAT, "mode: '%.32s' is none of patient, clinician, researcher, officer,"
						 " operator, auditor", mode);
	if (hex_decode(pin.b, sizeof(pin.b), options_text(o, "pin")) != ERR_OK || bytes_is_zero(BYTES_ID(pin)))
		return err_set(info, ERR_FORMAT, "pin: the peer's is missing");
	if (peer_address_set(ret_peer, options_text(o, "peer"), &pin) != ERR_OK)
		return err_set(info, ERR_FORMAT, "peer: '%.64s' is not https://HOST or https://HOST:PORT",
			       options_text(o, "peer"));
	return ERR_OK;
}

static enum err fill_settings(struct options *o, const struct profile_settings *s, const struct network_id *network,
			      struct err_info *info)
{
	struct peer_address peer;
	char id[ID_HEX];

	hex_encode(id, network->b, ID_SIZE);
	TRY(options_set(o, "mode", s->mode, info));
	TRY(options_set(o, "peer", s->peer, info));
	TRY(options_set(o, "pin", s->pin, info));
	TRY(options_set(o, "network", id, info));
	if (s->passphrase_file != NULL)
		TRY(options_set(o, "passphrase-file", s->passphrase_file, info));
	return check_settings(o, &peer, info);
}

/* The settings last: they make it a profile. */
static enum err write_folder(const char *dir, const struct options *o, struct bytes genesis, struct err_info *info)
{
	char config[PROFILE_PATH_MAX], path[PROFILE_PATH_MAX];
	struct stat st;

	if (files_join(config, sizeof(config), dir, "config") != ERR_OK ||
	    files_join(path, sizeof(path), dir, "genesis") != ERR_OK)
		return too_long(info);
	if (lstat(config, &st) == 0)
		return err_set(info, ERR_DUPLICATE, "%s holds a profile already", dir);
	TRY(files_mkdir(dir, info));
	TRY(files_check_private(dir, info));
	TRY(files_write(path, genesis, info));
	return options_write(o, config, info);
}

enum err profile_create(const char *dir, const struct profile_settings *s, struct bytes genesis,
			struct err_info *info)
{
	struct network_id network;
	Medlock__Genesis *parsed;
	struct options o;
	enum err e;

	TRY(genesis_parse(&parsed, &network, genesis, info));
	WIRE_FREE(parsed);
	options_init(&o, rows, ROWS);
	e = fill_settings(&o, s, &network, info);
	if (e == ERR_OK)
		e = write_folder(dir, &o, genesis, info);
	options_release(&o);
	return e;
}

static enum err read_genesis(struct profile *p, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	uint8_t expected[ID_SIZE];
	struct buf bytes = BUF_INIT;
	enum err e = profile_path(p, path, "genesis");

	if (e == ERR_OK)
		e = files_read(&bytes, path, GENESIS_SIZE_MAX, info);
	if (e == ERR_OK)
		e = genesis_parse(&p->genesis, &p->network, buf_bytes(&bytes), info);
	buf_release(&bytes);
	if (e != ERR_OK)
		return e;
	if (hex_decode(expected, sizeof(expected), options_text(&p->options, "network")) != ERR_OK)
		return err_set(info, ERR_FORMAT, "%s/config: network is missing", p->dir);
	if (memcmp(expected, p->network.b, ID_SIZE) != 0)
		return err_set(info, ERR_NETWORK_ID, "the genesis in the profile is not that of its network");
	return ERR_OK;
}

static enum err read_profile(struct profile *p, struct err_info *info)
{
	char config[PROFILE_PATH_MAX];
	struct stat st;
	enum err e;

	if (profile_path(p, config, "config") != ERR_OK)
		return too_long(info);
	if (stat(config, &st) != 0)
		return err_set(info, ERR_NO_PROFILE, "%s", p->dir);
	TRY(files_check_private(p->dir, info));
	TRY(options_read(&p->options, config, info));
	e = check_settings(&p->options, &p->peer, info);
	return e == ERR_OK ? read_genesis(p, info) : err_wrap(info, e, "%s", config);
}

enum err profile_open(struct profile *ret, const char *dir, struct err_info *info)
{
	struct profile p = {0};
	enum err e;

	options_init(&p.options, rows, ROWS);
	if (snprintf(p.dir, sizeof(p.dir), "%s", dir) >= (int)sizeof(p.dir))
		return too_long(info);
	e = read_profile(&p, info);
	if (e != ERR_OK) {
		profile_release(&p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}

void profile_release(struct profile *p)
{
	if (p == NULL)
		return;
	options_release(&p->options);
	WIRE_FREE(p->genesis);
	p->genesis = NULL;
}

enum err profile_path(const struct profile *p, char out[PROFILE_PATH_MAX], const char *name)
{
	return files_join(out, PROFILE_PATH_MAX, p->dir, name);
}

bool profile_is_full(const struct profile *p)
{
	const char *mode = options_text(&p->options, "mode");

	return strcmp(mode, "officer") == 0 || strcmp(mode, "auditor") == 0 || strcmp(mode, "operator") == 0;
}
