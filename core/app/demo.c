/* SPDX-License-Identifier: Apache-2.0 */
/* The demo world: a real peer, a real desk and twelve synthetic people in one folder.
 *
 *   DIR/peer       the daemon's home         DIR/people/NAME   a profile each, with its passphrase file
 *   DIR/world      what is running: process and address
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/app/demo_people.h"
#include "core/app/process.h"
#include "core/app/setup.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/options.h"

/* ---- what is running ------------------------------------------------------------------------ */

static const struct option_row world_rows[] = {
	{"pid", OPTION_UINT, "0", "process of the peer"},
	{"url", OPTION_TEXT, "", "address of the peer"},
	{"pin", OPTION_HEX32, "", "SHA-256 of the peer's TLS key"},
	{"network", OPTION_HEX32, "", "SHA-256 of the genesis"},
	{"whole", OPTION_BOOL, "no", "whether everybody is certified"},
};
#define WORLD_ROWS (sizeof(world_rows) / sizeof(world_rows[0]))

static enum err world_path(char out[4096], const char *dir)
{
	return files_join(out, 4096, dir, "world");
}

static enum err world_read(struct options *o, const char *dir, struct err_info *info)
{
	char path[4096];

	options_init(o, world_rows, WORLD_ROWS);
	TRY(world_path(path, dir));
	return options_read(o, path, info);
}

static enum err world_write(const struct options *o, const char *dir, struct err_info *info)
{
	char path[4096];

	TRY(world_path(path, dir));
	return options_write(o, path, info);
}

/* ---- the peer ------------------------------------------------------------------------------- */

static enum err start_peer(struct options *world, const char *dir, struct task *task, struct err_info *info)
{
	char program[4096], home[4096], log[4096], number[32];
	pid_t pid;

	TRY(process_neighbour(program, "medlockd", info));
	TRY(files_join(home, sizeof(home), dir, "peer"));
	TRY(files_join(log, sizeof(log), dir, "peer.log"));
	TRY(process_start(&pid, (const char *const[]){program, "run", "--home", home, NULL}, log, task, info));
	snprintf(number, sizeof(number), "%ld", (long)pid);
	TRY(options_set(world, "pid", number, info));
	return world_write(world, dir, info);
}

static enum err text_member(struct options *world, struct json_object *o, const char *member, const char *option,
				struct err_info *info)
{
	struct json_object *found;

	if (!json_object_object_get_ex(o, member, &found))
		return err_set(info, ERR_INTERNAL, "medlockd init did not print %s", member);
	return options_set(world, option, json_object_get_string(found), info);
}

static enum err note_peer(struct options *world, struct bytes json, struct err_info *info)
{
	struct json_object *o;
	enum err e;

	TRY(json_read(&o, json, info));
	e = text_member(world, o, "network", "network", info);
	if (e == ERR_OK)
		e = text_member(world, o, "pin", "pin", info);
	if (e == ERR_OK)
		e = text_member(world, o, "url", "url", info);
	json_object_put(o);
	return e;
}

static enum err init_peer(struct options *world, const char *dir, const struct demo_cards *cards,
			  struct err_info *info)
{
	char program[4096], home[4096], passphrase[4096], listen[64], url[80];
	const char *words[64] = {program,
				 "init",
				 "--home",
				 home,
				 "--listen",
				 listen,
				 "--url",
				 url,
				 "--engine",
				 "solo",
				 "--chain-id",
				 "medlock-demo-solo-1",
				 "--passphrase-file",
				 passphrase};
	struct buf out = BUF_INIT;
	size_t count = 14;
	uint16_t port;
	enum err e;

	TRY(process_neighbour(program, "medlockd", info));
	TRY(files_join(home, sizeof(home), dir, "peer"));
	TRY(files_join(passphrase, sizeof(passphrase), dir, "peer-passphrase"));
	TRY(demo_passphrase(passphrase, info));
	TRY(process_free_port(&port, info));
	snprintf(listen, sizeof(listen), "127.0.0.1:%u", port);
	snprintf(url, sizeof(url), "https://127.0.0.1:%u", port);
	for (size_t i = 0; i < cards->count; i++) {
		words[count++] = cards->rows[i].flag;
		words[count++] = cards->rows[i].path;
	}
	e = process_run(&out, words, info);
	if (e == ERR_OK)
		e = note_peer(world, buf_bytes(&out), info);
	buf_release(&out);
	return e;
}

/* ---- making --------------------------------------------------------------------------------- */

static enum err read_genesis(struct buf *ret, const char *dir, struct err_info *info)
{
	char path[4096];

	TRY(files_join(path, sizeof(path), dir, "peer/genesis"));
	return files_read(ret, path, GENESIS_SIZE_MAX, info);
}

static enum err certify(struct options *world, const char *dir, struct task *task, struct err_info *info)
{
	struct buf genesis = BUF_INIT;
	enum err e = read_genesis(&genesis, dir, info);

	if (e == ERR_OK)
		e = demo_certify(dir, buf_bytes(&genesis), options_text(world, "url"),
				 options_text(world, "pin"), task, info);
	buf_release(&genesis);
	if (e == ERR_OK)
		e = options_set(world, "whole", "yes", info);
	return e == ERR_OK ? world_write(world, dir, info) : e;
}

static enum err make_world(struct options *world, const char *dir, struct task *task, struct err_info *info)
{
	struct demo_cards *cards = calloc(1, sizeof(*cards));
	enum err e = cards ? files_mkdir(dir, info) : ERR_MEMORY;

	if (e == ERR_OK)
		e = demo_genesis_people(cards, dir, task, info);
	if (e == ERR_OK)
		e = init_peer(world, dir, cards, info);
	free(cards);
	if (e == ERR_OK)
		e = start_peer(world, dir, task, info);
	return e == ERR_OK ? certify(world, dir, task, info) : e;
}

/* A folder that exists is either a whole world, or not one of ours. */
static enum err resume_world(struct options *world, const char *dir, struct task *task, struct err_info *info)
{
	if (!options_bool(world, "whole"))
		return err_set(info, ERR_CONFLICT,
			       "%s holds a world that was cut while it was made: remove the folder", dir);
	if (process_alive((pid_t)options_uint(world, "pid"), "medlockd"))
		return ERR_OK;
	return start_peer(world, dir, task, info);
}

static enum err describe(struct app_demo *ret, const struct options *world, const char *dir, struct err_info *info)
{
	*ret = (struct app_demo){.pid = (int64_t)options_uint(world, "pid")};
	snprintf(ret->dir, sizeof(ret->dir), "%s", dir);
	snprintf(ret->engine, sizeof(ret->engine), "solo");
	snprintf(ret->peer_url, sizeof(ret->peer_url), "%s", options_text(world, "url"));
	snprintf(ret->pin, sizeof(ret->pin), "%s", options_text(world, "pin"));
	TRY(files_join(ret->peer_home, sizeof(ret->peer_home), dir, "peer"));
	TRY(hex_decode(ret->network.b, ID_SIZE, options_text(world, "network")));
	return app_demo_people(ret, dir, info);
}

enum err app_demo_up(struct app_demo *ret, const char *dir, const char *program, struct task *task,
		     struct err_info *info)
{
	char absolute[4096];
	struct options world;
	enum err e;

	(void)program;
	TRY(files_mkdir(dir, info));
	if (realpath(dir, absolute) == NULL)
		return err_set(info, ERR_IO, "%s", dir);
	e = world_read(&world, absolute, info);
	if (e == ERR_NOT_FOUND)
		e = make_world(&world, absolute, task, info);
	else if (e == ERR_OK)
		e = resume_world(&world, absolute, task, info);
	if (e == ERR_OK)
		e = describe(ret, &world, absolute, info);
	options_release(&world);
	return e;
}

enum err app_demo_down(const char *dir, struct err_info *info)
{
	struct options world;
	enum err e = world_read(&world, dir, info);
	pid_t pid = e == ERR_OK ? (pid_t)options_uint(&world, "pid") : 0;

	if (e == ERR_OK && process_alive(pid, "medlockd"))
		e = process_stop(pid, info);
	options_release(&world);
	return e == ERR_NOT_FOUND ? err_set(info, e, "%s holds no demo world", dir) : e;
}
