/* SPDX-License-Identifier: Apache-2.0 */
/* What is lost: counted by its place in the rules, named for the report. */
#include <stdio.h>
#include <stdlib.h>

#include "core/health/deid_parts.h"

_Static_assert(DEID_LOSS_TABLE >= 2 * DEID_LOSSES_MAX, "the table of losses keeps free places");

static uint32_t loss_hash(const struct deid_node *node, const char *name)
{
	uint32_t h = 2166136261u ^ (uint32_t)(uintptr_t)node; /* FNV-1a */

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return h ^ h >> 15;
}

static void loss_path(const struct deid *d, char out[DEID_PATH_MAX], const struct deid_node *node, const char *name)
{
	const struct deid_node *line[JSON_DEPTH_MAX];
	size_t count = 0, len = 0;

	for (; node != &d->rules->nodes[0] && count < JSON_DEPTH_MAX; node = &d->rules->nodes[node->parent])
		line[count++] = node;
	out[0] = '\0';
	while (count-- > 0 && len < DEID_PATH_MAX)
		len += (size_t)snprintf(out + len, DEID_PATH_MAX - len, "%s%s", len > 0 ? "." : "", line[count]->name);
	if (name[0] != '\0' && len < DEID_PATH_MAX)
		snprintf(out + len, DEID_PATH_MAX - len, "%s%s", len > 0 ? "." : "", name);
}

void deid_lose(struct deid *d, const struct deid_node *node, const char *name)
{
	char cut[DEID_NAME_MAX];
	size_t len = strnlen(name, sizeof(cut) - 1);
	uint32_t at;

	memcpy(cut, name, len);
	cut[len] = '\0';
	for (at = loss_hash(node, cut); d->loss_table[at % DEID_LOSS_TABLE] != 0; at++) {
		size_t i = d->loss_table[at % DEID_LOSS_TABLE] - 1u;

		if (d->loss_keys[i].node == node && strcmp(d->loss_keys[i].name, cut) == 0) {
			d->report.losses[i].count++;
			return;
		}
	}
	if (d->report.loss_count == DEID_LOSSES_MAX) {
		d->report.further++;
		return;
	}
	d->loss_keys[d->report.loss_count].node = node;
	memcpy(d->loss_keys[d->report.loss_count].name, cut, len + 1);
	loss_path(d, d->report.losses[d->report.loss_count].path, node, cut);
	d->report.losses[d->report.loss_count++].count = 1;
	d->loss_table[at % DEID_LOSS_TABLE] = (uint16_t)d->report.loss_count;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct deid_loss *)a)->path, ((const struct deid_loss *)b)->path);
}

void deid_sort_losses(struct deid_report *r)
{
	qsort(r->losses, r->loss_count, sizeof(*r->losses), by_path);
}

void deid_report_release(struct deid_report *r)
{
	free(r->losses);
	*r = (struct deid_report){0};
}
