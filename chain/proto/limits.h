/* SPDX-License-Identifier: Apache-2.0 */
/* Every maximum of the ledger in one place.  Changing one of these changes which transactions are valid: they belong to
 * the contract's version.
 */
#ifndef MEDLOCK_PROTO_LIMITS_H
#define MEDLOCK_PROTO_LIMITS_H

#define TX_SIZE_MAX (64u * 1024)
#define TX_DECODED_MAX (512u * 1024) /* heap that one transaction may take when decoded */
#define TX_SALT_SIZE 16u
#define TX_VALID_AHEAD_MAX 10000u    /* heights */
#define APPROVALS_MAX 64u
#define OFFICERS_NEEDED 2u           /* authorities who give or take away an office together, where there are as many */

#define REVOKE_REASON_HOLD 6u        /* certificateHold of RFC 5280 section 5.3.1 */

#define BLOCK_SIZE_MAX (1024u * 1024)
#define BLOCK_TXS_MAX 2000u
#define BLOCK_COST_MAX 10000u
#define COST_SIGNATURE 1u
#define COST_TOKEN 60u
#define COST_RECORD 1u

#define RULES_PER_ACCOUNT_MAX 256u
#define RULE_ACTORS_MAX 32u
#define RULE_CODES_MAX 32u   /* purposes, categories, labels, obligations, terms: each */
#define RULE_RECORDS_MAX 64u
#define RULE_ORGANISATIONS_MAX 16u
#define REQUEST_RECORDS_MAX 256u
#define RELEASED_MAX 256u
#define RECORD_LABELS_MAX 32u
#define RECORD_RENDITIONS_MAX 2u
#define RECORD_SIZE_MAX (16ull * 1024 * 1024 * 1024) /* of one encrypted rendition */
#define ACCOUNT_PURPOSES_MAX 32u

#define ACCOUNT_EARLIER_MAX 512u
#define ACCOUNT_HELPERS_MAX 16u
#define ACCOUNT_HELPERS_MIN 2u
#define ACCOUNT_KEYS_DELAY_MS (72ll * 3600 * 1000) /* in which the account can cancel what helpers announced */

#define PROXIES_PER_ACCOUNT_MAX 16u
#define MINOR_MS_MAX (25ll * 366 * 24 * 3600 * 1000) /* how far ahead a minor's date may lie */

#define QUESTIONS_PER_REQUEST_MAX 8u
#define QUESTION_MS_DEFAULT (7ull * 24 * 3600 * 1000)

#define OPERATORS_MAX 64u
#define VALIDATORS_MAX 100u
#define CUSTODIANS_MAX 128u
#define AUTHORITIES_MAX 16u
#define PEERS_MAX 64u
#define URL_MAX 256u
#define CHAIN_ID_MAX 50u
#define GENESIS_SIZE_MAX (1024u * 1024)
#define GENESIS_ACCOUNTS_MAX 256u

#define GRANT_MS_DEFAULT (24ull * 3600 * 1000)
#define EMERGENCY_MS_DEFAULT (24ull * 3600 * 1000)

#define CONTRACT_VERSION 1u

/* Peer API */
#define API_PIECE_MAX (4u * 1024 * 1024)
#define API_HEADERS_MAX 2000u
#define API_BLOCKS_MAX 500u
#define API_EVENTS_MAX 1000u
#define TICKET_LIFE_MS (10ll * 60 * 1000)
#define RELEASE_CLOCK_MS (120ll * 1000)
#define PROOF_FRESH_MS (90ll * 1000) /* a custodian's newest header must be younger */
#define MAIL_SIZE_MAX (64u * 1024)
#define MAIL_KEEP_MS (30ll * 24 * 3600 * 1000)
#define CRL_PUT_MAX (1024u * 1024)   /* a revocation list with its certificates; the desk lists at most 4,096 */
#define CRL_LIFE_MAX_MS (31ll * 24 * 3600 * 1000)
#define CRL_CLOCK_MS (300ll * 1000)  /* how far a desk's clock may be ahead of a peer's */
#define COUNT_FLOOR 10u  /* owners; fewer are not told */
#define COUNT_ROUNDED 5u
#define LONG_POLL_MS 25000
#define HEARTBEAT_MS 30000

#endif
