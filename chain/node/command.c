/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of medlockd: one row a command, flags of the form --name VALUE in any order. */
#include <stdio.h>
#include <unistd.h>

#include "chain/node/node.h"
#include "core/base/text.h"
#include "core/crypto/secret.h"
#include "core/crypto/sign.h"

#define CARDS_MAX GENESIS_ACCOUNTS_MAX
#define PORT_FD_MAX 1024

struct arguments {
	const char *home, *listen, *url, *engine, *chain_id, *passphrase_file, *ready_fd, *to, *from, *highest_seen;
	const char *authorities[CARDS_MAX], *operators[CARDS_MAX], *auditors[CARDS_MAX];
	size_t authority_count, operator_count, auditor_count;
	bool json, verbose;
	const struct node_faults *faults;
};

static const struct flag {
	const char *name;
	size_t at; /* of a const char * in struct arguments */
} flags[] = {
	{"--home", offsetof(struct arguments, home)},
	{"--listen", offsetof(struct arguments, listen)},
	{"--url", offsetof(struct arguments, url)},
	{"--engine", offsetof(struct arguments, engine)},
	{"--chain-id", offsetof(struct arguments, chain_id)},
	{"--passphrase-file", offsetof(struct arguments, passphrase_file)},
	{"--ready-fd", offsetof(struct arguments, ready_fd)},
	{"--to", offsetof(struct arguments, to)},
	{"--from", offsetof(struct arguments, from)},
	{"--highest-seen", offsetof(struct arguments, highest_seen)},
};

static enum err need(const char *value, const char *flag, struct err_info *info)
{
	return value != NULL ? ERR_OK : err_set(info, ERR_USAGE, "%s is missing", flag);
}

static enum err run_init(struct buf *out, const struct arguments *a, struct err_info *info)
{
	struct node_init_options o = {
		.home = a->home, .listen = a->listen, .url = a->url, .chain_id = a->chain_id,
		.engine = a->engine == NULL ? "solo" : a->engine,
		.authorities = a->authorities, .authority_count = a->authority_count,
		.operators = a->operators, .operator_count = a->operator_count,
		.auditors = a->auditors, .auditor_count = a->auditor_count,
		.passphrase_file = a->passphrase_file,
	};

	TRY(need(a->listen, "--listen", info));
	TRY(need(a->chain_id, "--chain-id", info));
	return node_init(out, &o, info);
}

static enum err run_run(struct buf *out, const struct arguments *a, struct err_info *info)
{
	uint64_t fd = 0;
	struct log log = {stderr, a->verbose ? LOG_DEBUG : LOG_INFO, clock_real()};
	struct node_run_options o = {.home = a->home, .passphrase_file = a->passphrase_file, .ready_fd = -1,
				     .clock = clock_real(), .log = &log, .faults = a->faults};

	(void)out;
	if (a->ready_fd != NULL) {
		if (parse_u64(&fd, bytes_str(a->ready_fd), PORT_FD_MAX) != ERR_OK)
			return err_set(info, ERR_USAGE, "--ready-fd takes the number of an open file");
		o.ready_fd = (int)fd;
	}
	return node_run(&o, info);
}

static enum err run_status(struct buf *out, const struct arguments *a, struct err_info *info)
{
	return node_status(out, a->home, a->json, info);
}

static enum err run_forecast(struct buf *out, const struct arguments *a, struct err_info *info)
{
	return node_forecast(out, a->home, clock_real(), a->json, info);
}

static enum err run_check(struct buf *out, const struct arguments *a, struct err_info *info)
{
	return node_check(out, a->home, info);
}

static enum err run_backup(struct buf *out, const struct arguments *a, struct err_info *info)
{
	TRY(need(a->to, "--to", info));
	TRY(node_backup(a->home, a->to, info));
	buf_printf(out, "backup written to %s\n", a->to);
	return ERR_OK;
}

static enum err run_restore(struct buf *out, const struct arguments *a, struct err_info *info)
{
	uint64_t height = 0;

	if (a->from != NULL) {
		TRY(node_restore(a->home, a->from, info));
		buf_printf(out, "restored; it does not sign before '--highest-seen HEIGHT' is given\n");
	}
	if (a->highest_seen != NULL) {
		if (parse_u64(&height, bytes_str(a->highest_seen), INT64_MAX) != ERR_OK)
			return err_set(info, ERR_USAGE, "--highest-seen takes a height");
		TRY(node_allow_signing(a->home, height, info));
		buf_printf(out, "signing is allowed above height %llu\n", (unsigned long long)height);
	}
	return a->from == NULL && a->highest_seen == NULL
		       ? err_set(info, ERR_USAGE, "restore takes --from FOLDER, --highest-seen HEIGHT, or both")
		       : ERR_OK;
}

static const struct command {
	const char *name;
	enum err (*run)(struct buf *out, const struct arguments *a, struct err_info *info);
	const char *help;
} commands[] = {
	{"init", run_init, "--home D --listen HOST:PORT --chain-id NAME-solo-1 [--url URL] [--engine solo]\n"
			   "           --authority CARD… --operator CARD… [--auditor CARD…] [--passphrase-file F]\n"
			   "           make a new peer and its network"},
	{"run", run_run, "--home D [--ready-fd N] [--passphrase-file F] [--verbose]\n"
			 "           serve until SIGTERM"},
	{"status", run_status, "--home D [--json]\n           where the stored ledger stands"},
	{"forecast", run_forecast, "--home D [--json]\n           when the disk or the blob quota is full"},
	{"check", run_check, "--home D\n           prove the store whole"},
	{"backup", run_backup, "--home D --to FOLDER\n           also beside a running daemon"},
	{"restore", run_restore, "--home D --from FOLDER | --highest-seen HEIGHT\n           make a home of a backup"},
};

static void print_help(FILE *to)
{
	fprintf(to, "medlockd %s: a peer of a medlock network\n\n", MEDLOCK_VERSION);
	fprintf(to, "  medlockd init --home /var/lib/medlock --listen 0.0.0.0:8443 --chain-id region-solo-1 \\\n"
		    "                --authority ca.card --operator op.card\n"
		    "  medlockd run --home /var/lib/medlock\n\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\nExit: 0 ok, 1 failed, 2 usage, 4 locked, 6 not found, 7 damaged, 9 network, 10 conflict\n");
}

static enum err flag_take(struct arguments *a, const char *name, const char *value, struct err_info *info)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(name, flags[i].name) != 0)
			continue;
		*(const char **)(void *)((char *)a + flags[i].at) = value;
		return ERR_OK;
	}
	if (strcmp(name, "--authority") == 0 && a->authority_count < CARDS_MAX) {
		a->authorities[a->authority_count++] = value;
		return ERR_OK;
	}
	if (strcmp(name, "--operator") == 0 && a->operator_count < CARDS_MAX) {
		a->operators[a->operator_count++] = value;
		return ERR_OK;
	}
	if (strcmp(name, "--auditor") == 0 && a->auditor_count < CARDS_MAX) {
		a->auditors[a->auditor_count++] = value;
		return ERR_OK;
	}
	return err_set(info, ERR_USAGE, "'%s' is not a flag of medlockd", name);
}

static enum err arguments_parse(struct arguments *a, const char **ret_command, int argc, char **argv,
				struct err_info *info)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			a->json = true;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			a->verbose = true;
		} else if (strncmp(argv[i], "--", 2) == 0) {
			if (i + 1 >= argc)
				return err_set(info, ERR_USAGE, "'%s' needs a value", argv[i]);
			TRY(flag_take(a, argv[i], argv[i + 1], info));
			i++;
		} else if (*ret_command == NULL) {
			*ret_command = argv[i];
		} else {
			return err_set(info, ERR_USAGE, "'%s' is one word too many", argv[i]);
		}
	}
	return ERR_OK;
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static enum err dispatch(struct arguments *a, int argc, char **argv, struct err_info *info)
{
	const char *name = NULL;
	const struct command *command;
	struct buf out = BUF_INIT;
	enum err e;

	TRY(arguments_parse(a, &name, argc, argv, info));
	command = command_find(name);
	if (command == NULL)
		return err_set(info, ERR_USAGE, name == NULL ? "say what to do: 'medlockd --help'"
							      : "there is no such command: 'medlockd --help'");
	TRY(need(a->home, "--home", info));
	TRY(sign_self_check());
	e = command->run(&out, a, info);
	fputs(buf_text(&out), stdout);
	buf_release(&out);
	return fflush(stdout) != 0 && e == ERR_OK ? ERR_IO : e;
}

int node_main(int argc, char **argv, const struct node_faults *faults)
{
	struct arguments a = {.faults = faults};
	struct err_info info = {0};
	const struct err_row *row;
	enum err e;

	secret_process_harden();
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help(stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("medlockd %s\n", MEDLOCK_VERSION);
		return 0;
	}
	e = dispatch(&a, argc, argv, &info);
	if (e == ERR_OK)
		return 0;
	row = err_row(e);
	fprintf(stderr, "medlockd: %s%s%s (%s)\n", row->text, info.detail[0] != '\0' ? ": " : "", info.detail,
		row->code);
	if (row->next[0] != '\0' && info.detail[0] == '\0')
		fprintf(stderr, "medlockd: %s\n", row->next);
	return row->exit_status;
}
