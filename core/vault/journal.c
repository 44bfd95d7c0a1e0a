/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of a deposit: "medlock-journal-v1\n", be32 length and RecordDeposit, be32 length and signed
 * transaction. */
#include <stdio.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/vault/internal.h"

#define MAGIC "medlock-journal-v1\n"
#define JOURNAL_SIZE_MAX (sizeof(MAGIC) + 8 + 2 * TX_SIZE_MAX)

enum err journal_read(Medlock__RecordDeposit **ret, struct buf *ret_tx, const char *path, struct err_info *info)
{
	struct buf all = BUF_INIT;
	struct cursor c;
	struct bytes magic, deposit, tx;
	enum err e = files_read(&all, path, JOURNAL_SIZE_MAX, info);

	c = cursor_of(buf_bytes(&all));
	magic = cursor_take(&c, strlen(MAGIC));
	deposit = cursor_take(&c, cursor_be32(&c));
	tx = cursor_take(&c, cursor_be32(&c));
	if (e == ERR_OK && (cursor_end(&c) != ERR_OK || !bytes_equal(magic, bytes_str(MAGIC)) || tx.len > TX_SIZE_MAX))
		e = err_set(info, ERR_DAMAGED, "the journal of a deposit");
	if (e == ERR_OK) {
		buf_append_bytes(ret_tx, tx);
		e = buf_error(ret_tx);
	}
	if (e == ERR_OK)
		e = WIRE_DECODE(ret, medlock__record_deposit, deposit, TX_DECODED_MAX, info);
	buf_release(&all);
	return e;
}

enum err journal_open(struct journal *ret, const struct vault *v, const struct hash32 *digest, struct err_info *info)
{
	struct journal j = {0};
	char hex[ID_HEX];
	enum err e;
	int len = snprintf(j.path, sizeof(j.path), "%s/deposits", v->dir);

	if (len <= 0 || (size_t)len + 1 + ID_HEX + 32 > sizeof(j.path))
		return err_set(info, ERR_RANGE, "the profile's path is too long");
	TRY(files_mkdir(j.path, info));
	hex_encode(hex, digest->b, sizeof(digest->b));
	(void)snprintf(j.path + len, sizeof(j.path) - (size_t)len, "/%s", hex);
	e = journal_read(&j.deposit, &j.tx, j.path, NULL);
	if (e == ERR_NOT_FOUND || e == ERR_DAMAGED || e == ERR_FORMAT || e == ERR_NOT_CANONICAL || e == ERR_TOO_LARGE) {
		/* A journal that cannot be read is worth nothing: the deposit begins anew. */
		buf_clear(&j.tx);
		e = ERR_OK;
	}
	if (e != ERR_OK) {
		journal_release(&j);
		return err_set(info, e, "the journal of a deposit");
	}
	*ret = j;
	return ERR_OK;
}

enum err journal_save(const struct journal *j, struct err_info *info)
{
	struct buf all = BUF_INIT, deposit = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&deposit, j->deposit);
	buf_append_text(&all, MAGIC);
	buf_append_be32(&all, (uint32_t)deposit.len);
	buf_append_bytes(&all, buf_bytes(&deposit));
	buf_append_be32(&all, (uint32_t)j->tx.len);
	buf_append_bytes(&all, buf_bytes(&j->tx));
	e = buf_error(&deposit) != ERR_OK ? buf_error(&deposit) : buf_error(&all);
	if (e == ERR_OK)
		e = files_write(j->path, buf_bytes(&all), info);
	buf_release(&all);
	buf_release(&deposit);
	return e;
}

void journal_remove(const struct journal *j)
{
	(void)unlink(j->path);
}

void journal_release(struct journal *j)
{
	WIRE_FREE(j->deposit);
	j->deposit = NULL;
	buf_release(&j->tx);
}
