#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# jansen and dewit at the desk's screens: an enrolment that both approve, a request rejected in words, a certificate that both
# end, and how the peers learn it.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
network_of anna
(umask 077; printf 'correct horse battery\n' >"$T/phrase")
for who in "smit officer S. Smit" "nova patient Zdenka Nova"; do
	read -r name mode words <<<"$who"
	run "$MEDLOCK" -C "$T/$name" setup --mode "$mode" --peer "$url" --pin "$pin" --name "$words" --passphrase-file "$T/phrase"
	expect 0 "setup of $name"
done

# ---- an enrolment, by two ----
screens_open 80x24 -C "$(home_of jansen)"
shows "the queue has both" "Zdenka Nova"
typed "/Smit"
keys Enter Enter
shows "a case shows what would be issued" "Would be issued"
shows "and why two" "nobody alone gives such a role"
keys a
line=$(line_shown)
check "approving is a line ($line)" grep -qE '^ca approve [0-9a-f]{32}$' <<<"$line"
keys Enter
shows "Enter confirms nothing" "y does it"
keys y
shows "the first yes changes nothing yet" "nothing has changed yet"
keys Escape
shows "the queue waits for a colleague" "a colleague"
screens_close
as jansen ca list --json
json "nothing is issued" '[.certificates[] | select(.profile == "officer" and .state == "valid")] == []'
screens_open 80x24 -C "$(home_of dewit)"
shows "dewit's queue has it" "yours"
keys Enter
shows "she sees who entered it" "by jansen"
keys r
shows "only who keeps the request rejects it" "jansen keeps the request"
keys a y
shows "the second yes counts" "on the ledger in block"
screens_close
as jansen ca list --json
json "it is issued" '[.certificates[] | select(.profile == "officer" and .state == "valid")] | length == 1'

# ---- a refusal, in words; and an end, by two ----
screens_open 80x24 -C "$(home_of jansen)"
keys Enter
shows "the other request" "patient"
keys r Down Space s y
shows "is rejected with words" "Rejected."
keys 2
typed "/Haddad"
keys Enter R Down Down Space
shows "what it means stands beside the reasons" "for good. It cannot be undone."
keys s
line=$(line_shown)
check "the end is a line ($line)" grep -qE '^ca revoke [0-9a-f]{40} --reason superseded --confirm [0-9a-f]{4}$' <<<"$line"
typed "nope"
keys Enter
shows "other letters do nothing" "Nothing was done"
keys Escape s
typed "${line: -4}"
keys Enter
shows "the right ones sign it" "nothing has changed yet"
screens_close
screens_open 80x24 -C "$(home_of dewit)"
keys Enter
shows "dewit sees why" "replaced by another one"
keys a
typed "${line: -4}"
keys Enter
shows "and ends it" "revoked, on the ledger in"
screens_close
screens_open 80x24 -C "$(home_of jansen)"
keys 3
shows "the list says it" "L. Haddad"
shows "and all peers know it" "1 of 1 peers"
keys 6
shows "the log has the decision" "revoked"
keys 7
shows "and the desk is in order" "Nothing is broken."
screens_close
as haddad request new --owner anna --purpose BTG --emergency --reason unconscious
expect 4 "haddad is refused"
finish
