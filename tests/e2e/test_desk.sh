#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Four eyes: two officers end a certificate and give an office, one cannot.
. tests/e2e/lib.sh

world_up
serial_of() { as jansen ca list --json; jq -r --arg a "$(account_of "$1")" '.certificates[] | select(.account == $a) | .serial' "$OUT"; }

# ---- a revocation ----
serial=$(serial_of okafor)
end=(--reason affiliation-changed --confirm "${serial: -4}" --json)
as dewit ca revoke "$serial" "${end[@]}"
expect 6 "a second officer has nothing to agree to before the first"
as jansen ca revoke "$serial" "${end[@]}"
expect 8 "one officer alone revokes nothing"
json "and is told so" '.approvals == {have: 1, need: 2}'
as jansen ca revoke "$serial" "${end[@]}"
expect 8 "nor does the same one twice"
as okafor request new --owner anna --purpose TREAT --category LAB --json
check "okafor still acts" test "$RC" -ne 4
as jansen ca crl --out "$T/before.crl"
openssl crl -inform DER -in "$T/before.crl" -noout -text >"$T/crl"
check "and is on no list" bash -c "! grep -qi '$serial' '$T/crl'"
as dewit ca queue --json
json "dewit finds it" --arg s "$serial" '.queue | length == 1 and .[0].id == $s and .[0].kind == "revocation" and .[0].approvals == {have: 1, need: 2}'
expect_error 3 "but not without the digits" dewit ca revoke "$serial" --reason affiliation-changed
expect_error 3 "nor without having looked" dewit ca revoke "$serial" --reason affiliation-changed --confirm "${serial: -4}"
as dewit ca show "$serial" --json
json "she sees the whole certificate, who began it, and what her own lint says" --arg s "$serial" '.name == "Dr. C. Okafor" and
	.entered_by == "jansen" and (.lint | test("all 24 rules")) and ([.comparison[] | select(.field == "serial")][0].issued == $s) and
	([.comparison[] | select(.field == "reason")][0].issued == "affiliationChanged") and (.received | length > 0)'
# Another act under this one's name, as somebody could write who reaches the folder.
acts=$(home_of jansen)/acts
cp -r "$acts" "$T/acts"
other=$(serial_of vos)
as jansen ca revoke "$other" --reason superseded --confirm "${other: -4}"
cp "$acts/revoke-$other.act" "$acts/revoke-$serial.act"
expect_error 10 "what changed since she looked, she does not sign" dewit ca revoke "$serial" --reason affiliation-changed --confirm "${serial: -4}"
expect_error 10 "nor is it shown with another's certificate" dewit ca show "$serial"
as dewit ca show "$other"
expect 0 "the other act is shown as what it is"
rm "$acts/revoke-$other."*
cp "$T/acts/"* "$acts/"
rm "$acts/revoke-$serial.case"
expect_error 6 "without anything beside it, nothing is shown" dewit ca show "$serial"
cp "$T/acts/"* "$acts/"
as dewit ca revoke "$serial" "${end[@]}"
expect 0 "and agrees"
json "on the ledger" '.height > 0 and .approvals == {have: 2, need: 2}'
expect_error 4 "okafor is refused from then on" okafor request new --owner anna --purpose TREAT --category LAB
as dewit ca revoke "$serial" "${end[@]}"
expect 6 "nothing is left to agree to"
as jansen ca crl --out "$T/after.crl" --json
json "one certificate is on the next list" '.revoked == 1 and .crl > 1'
openssl crl -inform DER -in "$T/after.crl" -noout -text >"$T/crl"
check "the next list has it" grep -qi "$serial" "$T/crl"
as jansen ca doctor
expect 0 "register, list and ledger agree"
as jansen ca queue --json
json "the queue is empty" '.queue == []'

as jansen key status
expect 0 "an officer of the genesis sees the state of his keys"

# ---- an office ----
network_of anna
(umask 077; printf 'correct horse battery\n' >"$T/phrase")
run "$MEDLOCK" -C "$T/smit" setup --mode officer --peer "$url" --pin "$pin" --name 'S. Smit' --passphrase-file "$T/phrase" --json
expect 0 "setup of an officer"
as jansen ca import "$(value .enrolment)" --json
id=$(value .id)
as jansen ca approve "$id" --json
expect 8 "one officer alone makes no officer"
as jansen ca queue --json
json "it waits" '.queue | length == 1 and .[0].approvals == {have: 1, need: 2}'
as dewit ca queue --json
json "for dewit, under the same id" --arg i "$id" '.queue[0].id == $i and .queue[0].profile == "officer"'
expect_error 3 "who must look first" dewit ca approve "$id"
as dewit ca show "$id" --json
json "and sees name, organisation and what is dropped" '.name == "S. Smit" and .profile == "officer" and .entered_by == "jansen" and
	([.comparison[] | select(.field == "subject'"'"'s name")][0].issued == "S. Smit") and (.comparison | length > 20)'
as dewit ca approve "$id" --json
expect 0 "who agrees"
as jansen ca list --json
json "it is issued" '[.certificates[] | select(.profile == "officer")] | length == 1 and .[0].state == "valid"'
as jansen ca list --expiring 30d --json
json "nothing ends within a month" '.certificates == []'
as jansen ca list --expiring 400d --json
json "officers and clinicians end within the year, patients later" '[.certificates[].profile] | index("officer") and (index("patient") | not)'
expect_error 2 "a number of days is wanted" jansen ca list --expiring soon
check "with an answer for the new officer" test -s "$(home_of jansen)/answer-$id.age"
# ---- both officers at the same moment ----
serial=$(as jansen ca list --json; value '[.certificates[] | select(.name == "L. Haddad")][0].serial')
as jansen ca revoke "$serial" --reason superseded --confirm "${serial: -4}"
as dewit ca show "$serial"
at_once() { # WHO
	"$MEDLOCK" -C "$(home_of "$1")" ca revoke "$serial" --reason superseded --confirm "${serial: -4}" >"$T/$1.out" 2>"$T/$1.err" </dev/null
	echo $? >"$T/$1.rc"
}
at_once jansen &
at_once dewit &
wait
check "the second one's agreement counts" test "$(cat "$T/dewit.rc")" -eq 0
check "the first one waits or finds it done (status $(cat "$T/jansen.rc"))" grep -qE '^(0|8|10)$' "$T/jansen.rc"
as jansen ca list --json
json "it ended once" --arg s "$serial" '[.certificates[] | select(.serial == $s) | .state] == ["revoked"]'
as jansen ca doctor
expect 0 "and register, list and ledger agree"
finish
