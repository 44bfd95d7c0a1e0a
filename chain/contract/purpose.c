/* SPDX-License-Identifier: Apache-2.0 */
/* How purposes of use contain each other (HL7 v3 ActReason), as bit sets: bit n for purpose n. */
#include "chain/contract/eval_internal.h"

#define BIT(n) (1u << (unsigned)(n))

uint32_t purpose_descendants(uint32_t purpose)
{
	switch (purpose) {
	case PURPOSE_TREAT:
		return BIT(PURPOSE_ETREAT) | BIT(PURPOSE_BTG) | BIT(PURPOSE_COC) | BIT(PURPOSE_TREATDS);
	case PURPOSE_ETREAT:
		return BIT(PURPOSE_BTG);
	case PURPOSE_HOPERAT:
		return BIT(PURPOSE_HQUALIMP) | BIT(PURPOSE_MLTRAINING) | BIT(PURPOSE_HLEGAL);
	case PURPOSE_HRESCH:
		return BIT(PURPOSE_CLINTRCH) | BIT(PURPOSE_DSRCH) | BIT(PURPOSE_POARCH) | BIT(PURPOSE_BIORCH) |
		       BIT(PURPOSE_TRANSRCH);
	case PURPOSE_PATRQT:
		return BIT(PURPOSE_FAMRQT) | BIT(PURPOSE_PWATRNY) | BIT(PURPOSE_SUPNWK);
	default:
		return 0;
	}
}

/* What a permit covers beyond what it names: never the emergency override, ancestry, family or decision support. */
static uint32_t safe_descendants(uint32_t purpose)
{
	if (purpose == PURPOSE_TREAT)
		return BIT(PURPOSE_COC) | BIT(PURPOSE_ETREAT);
	if (purpose == PURPOSE_HRESCH)
		return BIT(PURPOSE_CLINTRCH) | BIT(PURPOSE_DSRCH) | BIT(PURPOSE_BIORCH) | BIT(PURPOSE_TRANSRCH);
	return 0;
}

uint32_t purpose_cover(uint32_t named, bool deny)
{
	if (named == 0 || named >= 32)
		return 0;
	return BIT(named) | (deny ? purpose_descendants(named) : safe_descendants(named));
}

bool consent_purpose_covers(uint32_t named, uint32_t asked, bool deny)
{
	return asked < 32 && (purpose_cover(named, deny) >> asked & 1u);
}
