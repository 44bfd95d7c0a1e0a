/* SPDX-License-Identifier: Apache-2.0 */
/* A message in a file of the profile, sealed by the key-holder under a name: inside core/app. */
#ifndef MEDLOCK_APP_SEALED_H
#define MEDLOCK_APP_SEALED_H

#include "core/app/internal.h"

/* name and aad: as at writing.  max: of the file.  ERR_NOT_FOUND without words: no file. */
enum err sealed_read(struct keyholder *keys, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, const char *path,
		     const char *name, struct bytes aad, size_t max, struct err_info *info) MUST_USE;
#define SEALED_READ(keys, ret, type, path, name, aad, max, info) \
	sealed_read(keys, (ProtobufCMessage **)(void *)(ret), &type##__descriptor, path, name, aad, max, info)

enum err sealed_write(struct keyholder *keys, const ProtobufCMessage *m, const char *path, const char *name, struct bytes aad,
		      struct err_info *info) MUST_USE;

#endif
