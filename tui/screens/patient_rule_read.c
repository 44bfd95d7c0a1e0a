/* SPDX-License-Identifier: Apache-2.0 */
/* A rule that stands, as the form says it. */
#include <json-c/json.h>
#include <stdio.h>

#include "core/base/json.h"
#include "tui/screens/patient_sharing.h"

static const char *text_of(struct json_object *o, const char *member)
{
	struct json_object *found;

	return json_object_object_get_ex(o, member, &found) ? json_object_get_string(found) : "";
}

/* A list of codes into bits; false when one is not in the form. */
static bool bits_of(uint32_t *ret, struct json_object *o, const char *member, const char *const *codes)
{
	struct json_object *list;

	*ret = 0;
	if (!json_object_object_get_ex(o, member, &list))
		return true;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		int at = code_index(codes, json_object_get_string(json_object_array_get_idx(list, i)));

		if (at < 0)
			return false;
		*ret |= 1u << at;
	}
	return true;
}

static bool effect_of(int *ret, const char *effect)
{
	static const char *const effects[] = {"permit", "deny", "ask"};

	for (int i = 0; i < 3; i++)
		if (strcmp(effects[i], effect) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

/* Somebody alone. */
static bool who_of(char ret[RULE_WHO], struct json_object *o)
{
	struct json_object *list;

	if (!json_object_object_get_ex(o, "actors", &list) || json_object_array_length(list) != 1)
		return false;
	snprintf(ret, RULE_WHO, "%s", json_object_get_string(json_object_array_get_idx(list, 0)));
	return strlen(ret) < RULE_WHO - 1;
}

static bool knows(struct json_object *o)
{
	static const char *const known[] = {"id", "effect", "actors", "purposes", "categories", "labels", "form", "until",
			"text"};

	json_object_object_foreach(o, name, value) {
		bool found = false;

		(void)value;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found = found || strcmp(known[i], name) == 0;
		if (!found)
			return false;
	}
	return true;
}

static bool read_rule(struct rule_draft *d, struct json_object *o)
{
	const char *until = text_of(o, "until");

	if (!knows(o) || !effect_of(&d->effect, text_of(o, "effect")) || !who_of(d->who, o) ||
	    !bits_of(&d->purposes, o, "purposes", code_purposes) || !bits_of(&d->categories, o, "categories",
			code_categories) ||
	    !bits_of(&d->kept, o, "labels", code_labels))
		return false;
	if (d->effect != 1 && d->kept != 0)
		return false; /* a permit that names labels gives them */
	d->deid = strcmp(text_of(o, "form"), "deid") == 0;
	d->until = until[0] != '\0' ? 1 : 2;
	snprintf(d->date, sizeof(d->date), "%s", until);
	return true;
}

bool rule_draft_of(struct rule_draft *ret, const char *json)
{
	struct rule_draft d = {0};
	struct json_object *o;
	bool read;

	if (json_read(&o, bytes_str(json), NULL) != ERR_OK)
		return false;
	read = read_rule(&d, o);
	json_object_put(o);
	if (read)
		*ret = d;
	return read;
}
