/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/id_search.h"

#include <string.h>

enum err id_search_init(struct id_search *s, const char *text, const char *what, struct err_info *info)
{
	size_t len = strlen(text);

	if (len < ID_SEARCH_DIGITS_MIN || len > 2 * ID_SIZE || strspn(text, "0123456789abcdef") != len)
		return err_set(info, ERR_NOT_FOUND, "'%s' is no %s's id (at least %u hex digits)", text, what,
			       ID_SEARCH_DIGITS_MIN);
	*s = (struct id_search){.text = text, .what = what, .len = len};
	return ERR_OK;
}

void id_search_look(struct id_search *s, const uint8_t id[ID_SIZE])
{
	char hex[ID_HEX];

	hex_encode(hex, id, ID_SIZE);
	if (strncmp(hex, s->text, s->len) == 0) {
		s->found++;
		memcpy(s->id, id, ID_SIZE);
	}
}

enum err id_search_end(const struct id_search *s, uint8_t ret[ID_SIZE], struct err_info *info)
{
	if (s->found == 0)
		return err_set(info, ERR_NOT_FOUND, "no %s '%s' is known here", s->what, s->text);
	if (s->found > 1)
		return err_set(info, ERR_NOT_FOUND, "'%s' begins several %ss", s->text, s->what);
	memcpy(ret, s->id, ID_SIZE);
	return ERR_OK;
}
