/* SPDX-License-Identifier: Apache-2.0 */
/* A second officer's program believes nothing of what the keeper put beside an act. */
#include "core/ident/act_case.h"

#include "ident_fixture.h"

static const struct hash32 BODY = {{7}};

struct act {
	Medlock__CertAnchor *anchor;
	Medlock__Body body;
	Medlock__ActCase *m;
	struct network_id network;
};

static void open_case(struct act *x, struct fixture *f, const struct buf *file)
{
	struct buf plain = BUF_INIT;
	struct bytes view = buf_bytes(file);

	assert_int_equal(age_decrypt(NULL, &(struct byte_sink){byte_sink_buf(&plain).write, &plain},
				     &(struct byte_source){byte_source_bytes(&view).read, &view}, f->d.seal, NULL), ERR_OK);
	assert_int_equal(WIRE_DECODE(&x->m, medlock__act_case, buf_bytes(&plain), ACT_CASE_DECODED_MAX, NULL), ERR_OK);
	buf_release(&plain);
}

/* An approval as the keeper's desk makes it, and the anchoring that it wants signed. */
static void begin(struct act *x, struct fixture *f, const char *profile)
{
	struct buf file = BUF_INIT;
	struct register_id id;
	const struct act_case_of of = {.request = &id};
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "somebody else");
	assert_int_equal(ask(f, &id, &p, profile, "Dr Ada Okafor", "St. Olaf Hospital", NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_int_equal(act_case_make(&file, f->ca, &of, &BODY, &f->d.seal_public, 1, NULL), ERR_OK);
	open_case(x, f, &file);
	assert_int_equal(WIRE_DECODE(&x->anchor, medlock__cert_anchor, buf_bytes(&f->d.last_anchor), ACT_CASE_DECODED_MAX, NULL),
			 ERR_OK);
	x->network = f->d.options.network;
	x->body = (Medlock__Body)MEDLOCK__BODY__INIT;
	x->body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	x->body.cert_anchor = x->anchor;
	buf_release(&file);
	person_release(&p);
}

static void end(struct act *x)
{
	WIRE_FREE(x->anchor);
	WIRE_FREE(x->m);
}

static enum err judge(const struct act *x, struct act_view *ret)
{
	struct buf plain = BUF_INIT;
	struct err_info info = {0};
	enum err e;

	WIRE_ENCODE(&plain, x->m);
	e = act_case_judge(ret, buf_bytes(&plain), &x->body, &BODY, &x->network, NULL, &info);
	buf_release(&plain);
	return e;
}

static bool has_line(const struct act_view *v, const char *field, const char *requested, bool dropped)
{
	for (size_t i = 0; i < v->line_count; i++)
		if (strcmp(v->lines[i].field, field) == 0 && strcmp(v->lines[i].requested, requested) == 0 &&
		    v->lines[i].dropped == dropped)
			return true;
	return false;
}

static void every_profile_is_shown_whole(void **state)
{
	struct fixture *f = *state;
	struct act_view *v = calloc(1, sizeof(*v));

	for (size_t i = 0; profile_at(i) != NULL; i++) {
		struct act x = {0};

		if (profile_at(i)->ca)
			continue;
		begin(&x, f, profile_at(i)->name);
		assert_int_equal(judge(&x, v), ERR_OK);
		assert_ptr_equal(v->profile, profile_at(i));
		assert_string_equal(v->name, "Dr Ada Okafor");
		assert_int_equal(v->rules, 24);
		assert_true(has_line(v, "request's common name", "somebody else", true));
		assert_true(has_line(v, "name", "Dr Ada Okafor", profile_at(i)->pseudonymous));
		assert_string_equal(v->facts[0].field, "serial");
		assert_int_equal(strlen(v->facts[0].issued), 40);
		end(&x);
	}
	free(v);
}

static void flip(ProtobufCBinaryData *x, size_t at)
{
	assert_true(at < x->len);
	x->data[at] ^= 1;
}

/* Another body than the case's: the second officer would sign something else than what she reads. */
static void a_body_that_does_something_else_is_refused(void **state)
{
	struct fixture *f = *state;
	struct act_view *v = calloc(1, sizeof(*v));
	ProtobufCBinaryData organisation;
	struct act x = {0};

	begin(&x, f, "officer");
	assert_int_equal(judge(&x, v), ERR_OK);
	flip(&x.anchor->account, 0);
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	flip(&x.anchor->account, 0);
	flip(&x.anchor->certificate, 0);
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	flip(&x.anchor->certificate, 0);
	flip(&x.anchor->keys->seal, 0);
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	flip(&x.anchor->keys->seal, 0);
	x.anchor->role ^= 1;
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	x.anchor->role ^= 1;
	x.anchor->rights ^= RIGHT_EMERGENCY;
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	x.anchor->rights ^= RIGHT_EMERGENCY;
	x.anchor->not_after++;
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	x.anchor->not_after--;
	organisation = x.anchor->organisation;
	x.anchor->organisation = wire_data(BYTES_ID(BODY));
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	x.anchor->organisation = organisation;
	flip(&x.m->body, 0);
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	flip(&x.m->body, 0);
	assert_int_equal(judge(&x, v), ERR_OK);
	end(&x);
	free(v);
}

/* The case of another act of the same keeper, part by part. */
static void parts_of_another_case_are_refused(void **state)
{
	struct fixture *f = *state;
	struct act_view *v = calloc(1, sizeof(*v));
	struct act x = {0}, other = {0};

	begin(&other, f, "clinician");
	begin(&x, f, "officer");
	for (int part = 0; part < 5; part++) {
		ProtobufCBinaryData *const mine[] = {&x.m->certificate, &x.m->salt, &x.m->request, &x.m->issuing, &x.m->root};
		ProtobufCBinaryData *const others[] = {&other.m->certificate, &other.m->salt, &other.m->request,
						       &other.m->root, &other.m->certificate};
		const ProtobufCBinaryData kept = *mine[part];

		*mine[part] = *others[part];
		assert_int_not_equal(judge(&x, v), ERR_OK);
		*mine[part] = kept;
	}
	x.m->profile = CERT_PROFILE_CLINICIAN;
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	x.m->profile = CERT_PROFILE_OFFICER;
	x.network.b[0] ^= 1;
	assert_int_equal(judge(&x, v), ERR_NETWORK_ID);
	x.network.b[0] ^= 1;
	flip(&x.m->certificate, x.m->certificate.len - 1);
	assert_int_not_equal(judge(&x, v), ERR_OK);
	flip(&x.m->certificate, x.m->certificate.len - 1);
	assert_int_equal(judge(&x, v), ERR_OK);
	end(&x);
	end(&other);
	free(v);
}

static void a_revocation_shows_what_ends(void **state)
{
	struct fixture *f = *state;
	struct act_view *v = calloc(1, sizeof(*v));
	Medlock__CertRevoke revoke = MEDLOCK__CERT_REVOKE__INIT;
	struct act x = {0};

	begin(&x, f, "clinician");
	revoke.account = x.anchor->account;
	x.body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	x.body.cert_revoke = &revoke;
	assert_int_equal(judge(&x, v), ERR_OK);
	assert_string_equal(v->name, "Dr Ada Okafor");
	assert_false(v->newest);
	flip(&revoke.account, 0);
	assert_int_equal(judge(&x, v), ERR_CONFLICT);
	end(&x);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_profile_is_shown_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_body_that_does_something_else_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(parts_of_another_case_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_revocation_shows_what_ends, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
