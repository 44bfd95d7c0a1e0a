/* SPDX-License-Identifier: Apache-2.0 */
/* How the screens look: kept for a person's machine, not for a profile.  docs/formats/settings.md. */
#ifndef MEDLOCK_SCREENS_SETTINGS_H
#define MEDLOCK_SCREENS_SETTINGS_H

#include "tui/screens/view.h"

struct screens_settings {
	enum theme theme;
	enum language language;
	bool ascii;
};

/* XDG_CONFIG_HOME/medlock/NAME, else ~/.config/medlock/NAME.  ERR_NOT_FOUND without a home. */
enum err settings_path(char out[APP_PATH], const char *name, struct err_info *info) MUST_USE;
/* What is not in the file stays as it is; no file is fine.  ERR_FORMAT. */
enum err settings_read(struct screens_settings *io, const char *path, struct err_info *info) MUST_USE;
enum err settings_write(const struct screens_settings *settings, const char *path, struct err_info *info) MUST_USE;

#endif
