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
		return err_set(info, ERR_RANGE, "the path of the profile is too long");
	return ERR_OK;
}

static enum err write_settings(const char *path, const struct profile_settings *s, const struct network_id *network,
			       struct err_info *info)
{
	struct options o;
	char id[ID_HEX];
	enum err e;

	hex_encode(id, network->b, ID_SIZE);
	options_init(&o, rows, ROWS);
	e = options_set(&o, "mode", s->mode, info);
	if (e == ERR_OK)
		e = options_set(&o, "peer", s->peer, info);
	if (e == ERR_OK)
		e = options_set(&o, "pin", s->pin, info);
	if (e == ERR_OK)
		e = options_set(&o, "network", id, info);
	if (e == ERR_OK && s->passphrase_file != NULL)
		e = options_set(&o, "passphrase-file", s->passphrase_file, info);
	if (e == ERR_OK)
		e = options_write(&o, path, info);
	options_release(&o);
	return e;
}

enum err profile_create(const char *dir, const struct profile_settings *s, struct bytes genesis,
			struct err_info *info)
{
	char config[PROFILE_PATH_MAX], path[PROFILE_PATH_MAX];
	struct network_id network;
	Medlock__Genesis *parsed;
	struct stat st;

	TRY(genesis_parse(&parsed, &network, genesis, info));
	WIRE_FREE(parsed);
	TRY(files_join(config, sizeof(config), dir, "config"));
	TRY(files_join(path, sizeof(path), dir, "genesis"));
	if (lstat(config, &st) == 0)
		return err_set(info, ERR_DUPLICATE, "%s holds a profile already", dir);
	TRY(files_mkdir(dir, info));
	TRY(files_write(path, genesis, info));
	return write_settings(config, s, &network, info);
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
	TRY(hex_decode(expected, sizeof(expected), options_text(&p->options, "network")));
	if (memcmp(expected, p->network.b, ID_SIZE) != 0)
		return err_set(info, ERR_NETWORK_ID, "the genesis in the profile is not that of its network");
	return ERR_OK;
}

static enum err read_profile(struct profile *p, struct err_info *info)
{
	char config[PROFILE_PATH_MAX];
	struct hash32 pin;
	struct stat st;

	TRY(profile_path(p, config, "config"));
	if (stat(config, &st) != 0)
		return err_set(info, ERR_NO_PROFILE, "%s", p->dir);
	TRY(files_check_private(p->dir, info));
	TRY(options_read(&p->options, config, info));
	if (hex_decode(pin.b, sizeof(pin.b), options_text(&p->options, "pin")) != ERR_OK)
		return err_set(info, ERR_FORMAT, "%s: pin is missing", config);
	TRY(peer_address_set(&p->peer, options_text(&p->options, "peer"), &pin));
	return read_genesis(p, info);
}

enum err profile_open(struct profile *ret, const char *dir, struct err_info *info)
{
	struct profile p = {0};
	enum err e;

	options_init(&p.options, rows, ROWS);
	if (snprintf(p.dir, sizeof(p.dir), "%s", dir) >= (int)sizeof(p.dir))
		return err_set(info, ERR_RANGE, "the path of the profile is too long");
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
