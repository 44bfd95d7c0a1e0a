/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/genesis.h"
#include "chain/proto/shape.h"
#include "core/crypto/curve.h"

static enum err check_url(const char *url, struct err_info *info)
{
	static const char scheme[] = "https://";
	size_t len = strlen(url);

	TRY(shape_count(len, URL_MAX, "a peer's address", info));
	TRY(shape_true(strncmp(url, scheme, sizeof(scheme) - 1) == 0 && len > sizeof(scheme) - 1,
		       "a peer's address does not start with https://", info));
	for (size_t i = 0; i < len; i++)
		TRY(shape_true(url[i] > ' ' && url[i] < 0x7f, "a peer's address has a strange character", info));
	return ERR_OK;
}

static enum err check_peers(const Medlock__Network *n, struct err_info *info)
{
	TRY(shape_count(n->n_peers, PEERS_MAX, "peers", info));
	for (size_t i = 0; i < n->n_peers; i++) {
		const Medlock__Peer *p = n->peers[i];

		TRY(shape_bytes(p->account, ID_SIZE, "peer", info));
		TRY(shape_bytes(p->spki, 32, "a peer's pin", info));
		TRY(check_url(p->url, info));
		if (i && memcmp(n->peers[i - 1]->account.data, p->account.data, ID_SIZE) >= 0)
			return err_set(info, ERR_FORMAT, "peers: not ascending");
	}
	return ERR_OK;
}

static enum err check_custodians(const Medlock__Network *n, struct err_info *info)
{
	TRY(shape_count(n->n_custodians, CUSTODIANS_MAX, "custodians", info));
	for (size_t i = 0; i < n->n_custodians; i++) {
		const Medlock__Custodian *c = n->custodians[i];

		TRY(shape_bytes(c->account, ID_SIZE, "custodian", info));
		TRY(shape_true(c->index == i + 1, "custodians are not numbered from 1 in order", info));
		for (size_t j = 0; j < i; j++)
			if (memcmp(n->custodians[j]->account.data, c->account.data, ID_SIZE) == 0)
				return err_set(info, ERR_FORMAT, "a custodian is named twice");
	}
	return ERR_OK;
}

static enum err check_threshold(const Medlock__Network *n, struct err_info *info)
{
	struct g1 point;
	size_t least = n->n_custodians >= 2 ? 2 : n->n_custodians;

	TRY(shape_true(n->threshold >= least && n->threshold <= n->n_custodians,
		       "threshold: from 2 (1 for a single custodian) to the number of custodians", info));
	TRY(shape_true(n->n_commitments == n->threshold, "not as many commitments as the threshold", info));
	for (size_t i = 0; i < n->n_commitments; i++) {
		TRY(shape_bytes(n->commitments[i], G1_SIZE, "commitment", info));
		if (g1_parse(&point, n->commitments[i].data) != ERR_OK)
			return err_set(info, ERR_POINT, "commitment %zu", i + 1);
	}
	return ERR_OK;
}

static enum err check_parameters(const Medlock__Network *n, struct err_info *info)
{
	const Medlock__Parameters *p = n->parameters;

	TRY(shape_true(p != NULL, "no parameters", info));
	TRY(shape_true(p->grant_ms > 0 && p->grant_ms <= PARAMETER_MS_MAX, "how long a grant stands", info));
	TRY(shape_true(p->emergency_ms > 0 && p->emergency_ms <= PARAMETER_MS_MAX, "how long an emergency grant stands",
		       info));
	TRY(shape_true(p->question_ms <= PARAMETER_MS_MAX, "how long a reader has to answer", info));
	return shape_count(p->copies, n->n_peers, "copies", info);
}

enum err network_shape_check(const Medlock__Network *n, struct err_info *info)
{
	struct validator_set set;

	TRY(shape_true(n->n_operators > 0, "no operator", info));
	TRY(shape_ids(n->operators, n->n_operators, OPERATORS_MAX, "operators", info));
	TRY(shape_ids(n->authorities, n->n_authorities, AUTHORITIES_MAX, "authorities", info));
	if (validators_of_network(&set, n) != ERR_OK)
		return err_set(info, ERR_FORMAT, "validators: keys, powers or their number");
	TRY(check_peers(n, info));
	TRY(check_custodians(n, info));
	TRY(check_threshold(n, info));
	return check_parameters(n, info);
}
