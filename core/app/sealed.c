/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/sealed.h"

#include "core/base/files.h"

static void wipe(struct buf *plain)
{
	if (plain->data != NULL)
		secret_wipe(plain->data, plain->len);
	buf_release(plain);
}

enum err sealed_read(struct keyholder *keys, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, const char *path,
		     const char *name, struct bytes aad, size_t max, struct err_info *info)
{
	struct buf file = BUF_INIT, plain = BUF_INIT;
	enum err e = files_read(&file, path, max, NULL);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		err_set(info, e, "%s", path);
	if (e == ERR_OK)
		e = keyholder_unseal(keys, &plain, name, aad, buf_bytes(&file), info);
	if (e == ERR_OK)
		e = wire_decode(ret, d, buf_bytes(&plain), APP_DECODED_MAX, info);
	buf_release(&file);
	wipe(&plain);
	return e;
}

enum err sealed_write(struct keyholder *keys, const ProtobufCMessage *m, const char *path, const char *name, struct bytes aad,
		      struct err_info *info)
{
	struct buf plain = BUF_INIT, sealed = BUF_INIT;
	enum err e;

	wire_encode(&plain, m);
	e = buf_error(&plain);
	if (e == ERR_OK)
		e = keyholder_seal(keys, &sealed, name, aad, buf_bytes(&plain), info);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&sealed), info);
	wipe(&plain);
	buf_release(&sealed);
	return e;
}
