/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of records in both outputs; shared by record and deposit. */
#ifndef MEDLOCK_TUI_RECORD_PRINT_H
#define MEDLOCK_TUI_RECORD_PRINT_H

#include "core/app/records.h"
#include "tui/cli/cli.h"

/* every: old versions and erased records too */
void cli_records(struct cli *c, const char *key, const struct app_records *all, bool every);

/* record erase, in record_erase.c */
enum err record_erase_command(struct cli *c);
/* record report, in record_report.c */
enum err record_report_command(struct cli *c);
void cli_renditions(struct cli *c, const struct app_record *r);

/* record summary (summary.c). */
enum err cli_summary(struct cli *c) MUST_USE;
/* record open, record files (record_open.c). */
enum err cli_record_open(struct cli *c) MUST_USE;
enum err cli_record_files(struct cli *c) MUST_USE;

#endif
