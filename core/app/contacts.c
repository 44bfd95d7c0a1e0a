/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/contacts.h"

#include <stdio.h>

#include "core/app/internal.h"

#define PREFIX "medlock-contact:"
#define HEX (2u * ID_SIZE)

void app_contact_card(struct app *a, char out[CONTACT_TEXT])
{
	char account[HEX + 1], seal[HEX + 1];

	hex_encode(account, a->me.account.b, ID_SIZE);
	hex_encode(seal, a->me.seal.b, SEAL_KEY_SIZE);
	snprintf(out, CONTACT_TEXT, PREFIX "%s:%s", account, seal);
}

static enum err card_parse(struct book_row *row, const char *card)
{
	const char *at = card + sizeof(PREFIX) - 1;
	char account[HEX + 1] = "";
	struct seal_public key;

	if (strncmp(card, PREFIX, sizeof(PREFIX) - 1) != 0 || strlen(at) != 2 * HEX + 1 || at[HEX] != ':')
		return ERR_USAGE;
	memcpy(account, at, HEX);
	TRY(hex_decode(row->id, ID_SIZE, account));
	TRY(hex_decode(row->seal, SEAL_KEY_SIZE, at + HEX + 1));
	return seal_public_parse(&key, bytes_of(row->seal, SEAL_KEY_SIZE));
}

enum err app_contact_add(struct app *a, const char *name, const char *card, struct err_info *info)
{
	struct book_row row = {.kind = BOOK_PERSON};
	char path[PROFILE_PATH_MAX];

	if (name[0] == '\0' || strlen(name) >= BOOK_NAME_MAX)
		return err_set(info, ERR_USAGE, "a name has 1 to %u bytes", BOOK_NAME_MAX - 1);
	if (card_parse(&row, card) != ERR_OK)
		return err_set(info, ERR_USAGE, "a card is " PREFIX ", 64 hex digits, ':' and 64 hex digits");
	snprintf(row.name, sizeof(row.name), "%s", name);
	TRY(book_add(&a->book, &row));
	TRY(profile_path(&a->profile, path, "book"));
	return book_write(&a->book, a->keys, path, info);
}
