/* SPDX-License-Identifier: Apache-2.0 */
/* Random acts of owners and of those who read. */
#include "contract_draw.h"

void draw_pause(struct draw *d, struct buf *ret_tx)
{
	Medlock__ConsentPause x = MEDLOCK__CONSENT_PAUSE__INIT;
	const struct world_account *owner = draw_person(d, ROLE_PATIENT);
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	x.owner = wire_data(BYTES_ID(owner->id));
	x.paused = once_in(d, 3);
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &x;
	draw_finish(d, ret_tx, &body, once_in(d, 8) ? draw_person(d, ROLE_PATIENT) : owner);
}
