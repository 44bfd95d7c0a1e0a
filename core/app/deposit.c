/* SPDX-License-Identifier: Apache-2.0 */
/* Deposit: what the file is, then core/vault does the rest. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app/deposit_lines.h"
#include "core/app/internal.h"
#include "core/app/records.h"
#include "core/base/files.h"
#include "core/health/attachment.h"
#include "core/health/check.h"
#include "core/health/deid.h"
#include "core/health/propose.h"

#define PROBE_LINES (NDJSON_LINE_MAX + 4096u) /* the first line of NDJSON and something behind it */

enum kind { KIND_FHIR, KIND_LINES, KIND_ATTACHMENT };

static bool named(const char *path, const char *extension)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL && strcmp(dot, extension) == 0;
}

/* Looks like JSON: then it must be sound FHIR.  Anything else is an attachment and is not read here. */
static enum kind kind_of(struct bytes head, const char *path)
{
	if (named(path, ".ndjson") || ndjson_looks_like(head))
		return KIND_LINES;
	return fhir_looks_like_json(head) || named(path, ".json") ? KIND_FHIR : KIND_ATTACHMENT;
}

static enum err open_regular(int *ret_fd, struct stat *ret_seen, const char *path, struct err_info *info)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(info, ERR_NOT_FOUND, "%s", path);
	if (fstat(fd, ret_seen) != 0 || !S_ISREG(ret_seen->st_mode)) {
		close(fd);
		return err_set(info, ERR_IO, "%s is not a regular file", path);
	}
	*ret_fd = fd;
	return ERR_OK;
}

static enum err probe(enum kind *ret, const struct attachment **ret_attachment, struct stat *ret_seen, const char *path,
		      struct err_info *info)
{
	struct buf head = BUF_INIT;
	struct byte_source from;
	uint8_t *room;
	enum err e;
	int fd;

	TRY(open_regular(&fd, ret_seen, path, info));
	from = byte_source_fd(&fd);
	room = buf_reserve(&head, PROBE_LINES);
	e = room != NULL ? byte_source_fill(&from, room, PROBE_LINES, &head.len) : ERR_MEMORY;
	close(fd);
	if (e != ERR_OK)
		e = err_set(info, e, "%s cannot be read", path);
	else if (head.len == 0)
		e = err_set(info, ERR_TRUNCATED, "%s is empty", path);
	if (e == ERR_OK) {
		*ret = kind_of(buf_bytes(&head), path);
		*ret_attachment = attachment_of(buf_bytes(&head));
	}
	buf_release(&head);
	return e;
}

/* What a file is and what is made of it. */
struct reading {
	struct label_rules *rules; /* the proposal's words live in them */
	struct proposal proposal;
	struct stat seen; /* the file when it was read */
	const char *words; /* "FHIR", "a PDF document" */
	size_t resources;
	bool has_deid;
	struct buf deid; /* of FHIR that was read whole */
	struct deposit_lines lines; /* of NDJSON */
	struct deid_report dropped;
};

static void reading_release(struct reading *r)
{
	buf_release(&r->deid);
	deposit_lines_release(&r->lines);
	deid_report_release(&r->dropped);
	label_rules_free(r->rules);
}

static enum err make_deid(struct reading *r, const struct fhir_file *f, struct err_info *info)
{
	struct deid_rules *rules;
	enum err e;

	TRY(deid_rules_new(&rules, info));
	buf_init(&r->deid, FHIR_FILE_MAX);
	e = deid_make(&r->deid, &r->dropped, rules, f, clock_real()->now(NULL), rng_system(), info);
	deid_rules_free(rules);
	r->has_deid = e == ERR_OK;
	return e;
}

/* One resource or a Bundle is read whole. */
static enum err read_whole(struct reading *r, const struct app_deposit *d, struct err_info *info)
{
	struct buf text = BUF_INIT;
	struct fhir_file f;
	enum err e = files_read(&text, d->path, FHIR_FILE_MAX, info);

	if (e == ERR_OK)
		e = fhir_read(&f, buf_bytes(&text), info);
	if (e == ERR_OK) {
		e = health_check(&f, info);
		health_propose(&r->proposal, r->rules, &f);
		if (e == ERR_OK && r->proposal.bad_date[0] != '\0')
			e = err_set(info, ERR_FHIR, "%s is no date", r->proposal.bad_date);
		r->words = "FHIR";
		r->resources = f.count;
		if (e == ERR_OK && !d->full_only)
			e = make_deid(r, &f, info);
		fhir_release(&f);
	}
	buf_release(&text);
	return e;
}

/* NDJSON is read line by line, and once more when its form without names is made; an attachment is streamed later. */
static enum err read_file(struct app *a, struct reading *r, const struct app_deposit *d, struct err_info *info)
{
	const struct attachment *attachment;
	enum kind kind;
	enum err e;

	TRY(label_rules_new(&r->rules, info));
	TRY(probe(&kind, &attachment, &r->seen, d->path, info));
	if (kind == KIND_ATTACHMENT) {
		health_propose_attachment(&r->proposal, attachment->category);
		r->words = attachment->words;
		return ERR_OK;
	}
	if (kind == KIND_FHIR) {
		e = read_whole(r, d, info);
	} else {
		e = deposit_lines_open(&r->lines, &r->proposal, r->rules, d->path, &r->seen, !d->full_only, a->task, info);
		r->words = "FHIR, one resource on each line";
		r->resources = r->lines.count;
		r->has_deid = !d->full_only;
	}
	return e == ERR_OK ? e : err_wrap(info, e, "%s", d->path);
}

static enum err code_of(uint32_t *ret, enum code_set set, const char *text, struct err_info *info)
{
	const struct code_row *row = code_by_text(set, text);

	if (row == NULL)
		return err_set(info, ERR_USAGE, "'%s' is not known", text);
	*ret = row->number;
	return ERR_OK;
}

struct labels {
	uint32_t codes[RECORD_LABELS_MAX];
	size_t count;
};

static int compare_codes(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static enum err add_label(struct labels *l, const char *text, struct err_info *info)
{
	uint32_t code;

	TRY(code_of(&code, CODES_LABEL, text, info));
	for (size_t i = 0; i < l->count; i++) {
		if (l->codes[i] == code)
			return ERR_OK;
	}
	if (l->count == RECORD_LABELS_MAX)
		return err_set(info, ERR_LIMIT, "more than %u labels", RECORD_LABELS_MAX);
	l->codes[l->count++] = code;
	return ERR_OK;
}

/* A new version is protected at least as the one before: the ledger would refuse it else. */
static enum err keep_labels(struct labels *l, uint32_t *ret_confidentiality, const struct app_record *old,
			    struct err_info *info)
{
	char all[sizeof(old->labels)], *rest = NULL;

	memcpy(all, old->labels, sizeof(all));
	for (char *label = strtok_r(all, ",", &rest); label != NULL; label = strtok_r(NULL, ",", &rest))
		TRY(add_label(l, label, info));
	return code_of(ret_confidentiality, CODES_CONFIDENTIALITY, old->confidentiality, info);
}

/* The version that is replaced: ours, and the newest. */
static enum err old_version(struct app *a, struct app_record *ret, const struct account_id *owner,
			    const struct record_id *record, struct err_info *info)
{
	char newer[ID_HEX];

	TRY(app_fresh(a, info));
	TRY(app_record_show(a, ret, record, info));
	if (!ID_EQUAL(ret->from, a->me.account) || !ID_EQUAL(ret->owner, *owner))
		return err_set(info, ERR_NOT_FOUND, "only who deposited a record makes a new version of it");
	if (strcmp(ret->status, "erased") == 0)
		return err_set(info, ERR_ERASED, "there is nothing to make a new version of");
	hex_encode(newer, ret->newer.b, ID_SIZE);
	if (strcmp(ret->status, "live") != 0)
		return err_set(info, ERR_CONFLICT, "it was replaced by %.12s already: amend that one", newer);
	return ERR_OK;
}

/* What was proposed and what was said.  A label raises confidentiality to R unless somebody says otherwise in words. */
static enum err decide(struct deposit_wish *w, struct labels *l, uint32_t *ret_proposed, const struct proposal *p,
		       const struct app_deposit *d, const struct app_record *old, struct err_info *info)
{
	const char *category = d->category ? d->category : old ? old->category : p->category;
	uint32_t proposed, before = 0;

	if (old != NULL)
		TRY(keep_labels(l, &before, old, info));
	for (size_t i = 0; i < p->label_count; i++)
		TRY(add_label(l, p->labels[i], info));
	for (size_t i = 0; d->labels[i] != NULL; i++)
		TRY(add_label(l, d->labels[i], info));
	qsort(l->codes, l->count, sizeof(l->codes[0]), compare_codes);
	TRY(code_of(&w->category, CODES_CATEGORY, category, info));
	TRY(code_of(&proposed, CODES_CONFIDENTIALITY, p->confidentiality, info));
	if (l->count > 0 && proposed < CONFIDENTIALITY_R)
		proposed = CONFIDENTIALITY_R;
	if (proposed < before)
		proposed = before;
	w->confidentiality = proposed;
	if (d->confidentiality != NULL)
		TRY(code_of(&w->confidentiality, CODES_CONFIDENTIALITY, d->confidentiality, info));
	if (w->confidentiality < proposed && !d->lower)
		return err_set(info, ERR_USAGE, "%s is lower than %s, which is proposed; --lower registers it so",
			       d->confidentiality, code_text(CODES_CONFIDENTIALITY, proposed));
	if (w->confidentiality < before)
		return err_set(info, ERR_LABELS_LOWER, "the old version has %s", old->confidentiality);
	*ret_proposed = proposed;
	w->labels = l->codes;
	w->label_count = l->count;
	w->period_known = p->period_known;
	w->period_from = p->from;
	w->period_to = p->to;
	return ERR_OK;
}

/* The owner's seal key from her proven row. */
static enum err owner_key(struct app *a, struct deposit_wish *w, struct err_info *info)
{
	Medlock__AccountState *owner;
	struct state_key key = state_key_account(&w->owner);
	enum err e = replica_account(a->replica, &owner, &w->owner, NULL);

	if (e != ERR_OK) {
		e = replica_prove(a->replica, NULL, &a->link, state_key_bytes(&key), NULL, info);
		if (e == ERR_NOT_FOUND) /* a patient's row is her own; her card has the key */
			return app_contact_seal(a, &w->owner_seal, &w->owner, info);
		TRY(e);
		TRY(replica_account(a->replica, &owner, &w->owner, info));
	}
	if (owner->revoked)
		e = err_set(info, ERR_REVOKED, "the owner's account");
	else if (owner->role != ROLE_PATIENT)
		e = err_set(info, ERR_USAGE, "a record's owner is a patient");
	else
		e = seal_public_parse(&w->owner_seal, wire_bytes(owner->keys->seal));
	WIRE_FREE(owner);
	return e;
}

static bool is_authority(const struct app *a)
{
	for (size_t i = 0; a->network != NULL && i < a->network->n_authorities; i++)
		if (bytes_equal(wire_bytes(a->network->authorities[i]), BYTES_ID(a->me.account)))
			return true;
	return false;
}

/* Asked here, so that nobody encrypts and uploads for a refusal. */
static enum err may_deposit(struct app *a, struct err_info *info)
{
	Medlock__AccountState *me;
	bool may;

	TRY(replica_account(a->replica, &me, &a->me.account, info));
	may = (me->rights & RIGHT_DEPOSIT) != 0 || is_authority(a);
	WIRE_FREE(me);
	return may ? ERR_OK : err_set(info, ERR_ROLE, "this account was not given the right to deposit records");
}

static enum err own_organisation(struct app *a, struct organisation_id *ret, bool *ret_has, struct err_info *info)
{
	Medlock__AccountState *me;

	TRY(replica_account(a->replica, &me, &a->me.account, info));
	*ret_has = me->organisation.len == ID_SIZE;
	if (*ret_has)
		ID_COPY(*ret, me->organisation.data);
	WIRE_FREE(me);
	return ERR_OK;
}

static void describe(struct app_deposited *ret, const struct deposit_wish *w)
{
	struct app_record *r = &ret->description;
	size_t len = 0;

	r->owner = w->owner;
	r->category = code_text(CODES_CATEGORY, w->category);
	r->confidentiality = code_text(CODES_CONFIDENTIALITY, w->confidentiality);
	r->status = code_text(CODES_RECORD_STATUS, RECORD_STATUS_LIVE);
	r->period_known = w->period_known;
	r->period_from = w->period_from;
	r->period_to = w->period_to;
	for (size_t i = 0; i < w->label_count && len + 12 < sizeof(r->labels); i++)
		len += (size_t)snprintf(r->labels + len, sizeof(r->labels) - len, "%s%s", i ? "," : "",
					code_text(CODES_LABEL, w->labels[i]));
}

static enum err put(struct app *a, struct app_deposited *ret, struct deposit_wish *w, struct err_info *info)
{
	struct organisation_id organisation;
	struct deposit_done done = {0};
	struct vault *v;
	bool has;

	TRY(may_deposit(a, info));
	TRY(owner_key(a, w, info));
	TRY(own_organisation(a, &organisation, &has, info));
	if (has)
		w->organisation = &organisation;
	TRY(app_vault(a, &v, info));
	TRY(deposit_put(v, &done, w, info));
	ret->record = ret->description.record = done.record;
	ret->tx = done.tx;
	ret->height = done.height;
	for (size_t i = 0; i < done.rendition_count && i < 2; i++)
		ret->description.renditions[ret->description.rendition_count++] =
			(struct app_rendition){code_text(CODES_FORM, done.renditions[i].form),
					   done.renditions[i].blob, done.renditions[i].size};
	return ERR_OK;
}

/* The report in the words of this header. */
static enum err losses_of(struct app_losses *ret, const struct deid_report *r)
{
	*ret = (struct app_losses){.further = r->further, .kept = r->kept, .left_out = r->left_out};
	if (r->loss_count == 0)
		return ERR_OK;
	ret->rows = calloc(r->loss_count, sizeof(*ret->rows));
	if (ret->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < r->loss_count; i++) {
		snprintf(ret->rows[i].path, sizeof(ret->rows[i].path), "%s", r->losses[i].path);
		ret->rows[i].count = r->losses[i].count;
	}
	ret->count = r->loss_count;
	return ERR_OK;
}

/* Why it was proposed so, in strings that outlive the tables. */
static enum err reasons_of(struct app_deposited *ret, const struct reading *r)
{
	const struct proposal *p = &r->proposal;

	ret->is = r->words;
	ret->resources = r->resources;
	ret->reasons = calloc(p->reason_count + 1, sizeof(*ret->reasons));
	if (ret->reasons == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->reason_count; i++) {
		struct app_reason *x = &ret->reasons[i];

		snprintf(x->what, sizeof(x->what), "%s", p->reasons[i].what);
		snprintf(x->place, sizeof(x->place), "%s", p->reasons[i].place);
		snprintf(x->code, sizeof(x->code), "%s", p->reasons[i].code);
	}
	ret->reason_count = p->reason_count;
	return ERR_OK;
}

void app_deposited_release(struct app_deposited *d)
{
	free(d->reasons);
	d->reasons = NULL;
	free(d->dropped.rows);
	d->dropped = (struct app_losses){0};
}

static enum err deposit(struct app *a, struct app_deposited *made, struct reading *r, const struct app_deposit *d,
			struct err_info *info)
{
	const struct byte_source stream = deposit_lines_source(&r->lines);
	const struct deposit_source sources[] = {
		{.form = FORM_FULL, .path = d->path, .seen = &r->seen},
		{.form = FORM_DEID, .made = buf_bytes(&r->deid), .stream = r->lines.stream != NULL ? &stream : NULL},
	};
	struct deposit_wish w = {.owner = d->owner, .sources = sources, .source_count = r->has_deid ? 2 : 1};
	struct labels labels = {.count = 0};
	struct app_record old;
	uint32_t proposed;

	if (d->supersedes != NULL) {
		TRY(old_version(a, &old, &d->owner, d->supersedes, info));
		w.supersedes = d->supersedes;
	}
	TRY(decide(&w, &labels, &proposed, &r->proposal, d, d->supersedes ? &old : NULL, info));
	if (w.confidentiality < proposed)
		made->lowered_from = code_text(CODES_CONFIDENTIALITY, proposed);
	describe(made, &w);
	made->deid = r->has_deid;
	if (d->dry_run)
		return ERR_OK;
	TRY(app_fresh(a, info));
	return put(a, made, &w, info);
}

enum err app_deposit_put(struct app *a, struct app_deposited *ret, const struct app_deposit *d, struct err_info *info)
{
	struct app_deposited made = {0};
	struct reading r = {.deid = BUF_INIT};
	enum err e = read_file(a, &r, d, info);

	if (e == ERR_OK)
		e = deposit(a, &made, &r, d, info);
	if (e == ERR_OK && r.lines.stream != NULL)
		e = deposit_lines_report(&r.lines, &r.dropped, info);
	if (e == ERR_OK)
		e = reasons_of(&made, &r);
	if (e == ERR_OK)
		e = losses_of(&made.dropped, &r.dropped);
	reading_release(&r);
	if (e == ERR_OK)
		*ret = made;
	else
		app_deposited_release(&made);
	return e;
}
