/* SPDX-License-Identifier: Apache-2.0 */
/* A desk after its ceremony, for cmocka tests. */
#ifndef MEDLOCK_TEST_IDENT_FIXTURE_H
#define MEDLOCK_TEST_IDENT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/crypto/start.h"
#include "ident_desk.h"

#define START 1795000000000ll /* 2026-11-18 */

struct fixture { struct desk d; struct ca *ca; };

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err_info info = {0};

	assert_int_equal(crypto_start(NULL), ERR_OK);
	desk_init(&f->d, START);
	if (desk_ceremony(&f->d, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	assert_int_equal(ca_open(&f->ca, &f->d.options, NULL), ERR_OK);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	ca_free(f->ca);
	desk_release(&f->d);
	free(f);
	return 0;
}

static inline enum err ask(struct fixture *f, struct register_id *id, struct person *p, const char *profile, const char *name,
		    const char *organisation, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e;

	assert_int_equal(person_ask(&file, p, &f->d, profile, name, organisation), ERR_OK);
	e = ca_import(f->ca, id, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

#endif
