#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The revocation list as anybody fetches it from a peer, judged by openssl; holds, releases, since when, who has it.
. tests/e2e/lib.sh

world_up
url=$(jq -r '.peers[0].url' "$T/world.json")
serial_of() { as jansen ca list --json; jq -r --arg a "$(account_of "$1")" '.certificates[] | select(.account == $a) | .serial' "$OUT"; }
fetch() { curl -sk "$url/v1/crl" -o "$T/crl" && openssl crl -inform DER -in "$T/crl" -out "$T/crl.pem" 2>"$T/null"; }
says() { fetch && openssl crl -in "$T/crl.pem" -noout -text >"$T/text"; }
number() { openssl crl -in "$T/crl.pem" -noout -crlnumber | sed 's/.*0x//'; }
# What openssl says of okafor's certificate, by the list that the peer serves.
verify() {
	local home
	home=$(home_of okafor)
	openssl verify -crl_check -x509_strict -CAfile "$home/authority.pem" -untrusted "$home/certificate.pem" -CRLfile "$T/crl.pem" \
		"$home/certificate.pem" >"$T/said" 2>&1
}
refuses() { ! verify && grep -q 'certificate revoked' "$T/said"; }
# both VERB SERIAL ARGUMENTS…: one officer signs, the other looks and agrees.
both() {
	local verb=$1 serial=$2
	shift 2
	as jansen ca "$verb" "$serial" "$@" --confirm "${serial: -4}" --json
	cp "$OUT" "$T/first"
	quietly 8 "the first officer signs" || return 1
	as dewit ca show "$serial"
	as dewit ca "$verb" "$serial" "$@" --confirm "${serial: -4}" --json
}

serial=$(serial_of okafor)
check "the peer serves a list from the beginning" fetch
first=$(number)
check "as the registered type" bash -c "curl -ski '$url/v1/crl' | grep -qi 'content-type: application/pkix-crl'"
as okafor enrolment status
check "openssl takes okafor's certificate by it" verify
as jansen ca crl --json
json "all peers have it" '.peers == {have: 1, of: 1} and .peer_list[0].crl == .number'

# ---- a hold ----
expect_error 3 "what ends is shown, and asked for" jansen ca revoke "$serial" --reason hold --since 2026-01-01
json "with what the account did since" '.since == "2026-01-01T00:00:00Z" and .affected.entries >= 0 and .siblings == []'
expect_error 2 "no day of the future" jansen ca revoke "$serial" --reason hold --since 2999-01-01 --confirm "${serial: -4}"
both revoke "$serial" --reason hold --since 2026-01-01
expect 0 "two officers put a certificate on hold"
json "and the answer says which peers have the block" '.peers == {have: 1, of: 1}'
expect_error 4 "okafor is refused" okafor request new --owner anna --purpose TREAT --category LAB
as jansen ca list --json
json "the desk shows it" --arg s "$serial" '.certificates[] | select(.serial == $s) | .state == "hold"'
check "the next command of the desk brings the list to the peer" says
check "as a hold" grep -q 'Certificate Hold' "$T/text"
check "openssl refuses okafor's certificate by it" refuses
check "since when" grep -q 'Jan  1 00:00:00 2026' "$T/text"
check "with a larger number" test "$((16#$(number)))" -gt "$((16#$first))"
as jansen ca doctor
expect 0 "register, list and ledger agree about it"
both release "$serial"
expect 0 "two officers release it"
as jansen ca crl --wait --json
json "the new list is empty, and everywhere" '.revoked == 0 and .peers == {have: 1, of: 1}'
says
check "also at the peer" grep -q 'No Revoked Certificates' "$T/text"
check "openssl takes okafor's certificate again" verify
as okafor request new --owner anna --purpose TREAT --category LAB --json
check "okafor acts again" test "$RC" -ne 4
as okafor log list
check "and reads in his list what happened" grep -q 'released this account from its hold' "$OUT"
expect_error 10 "what is not on hold is not released" jansen ca release "$serial" --confirm "${serial: -4}"

# ---- a kill between the ledger and the peers ----
both revoke "$serial" --reason key-compromise
expect 0 "the same one for good"
for after in 0.02 0.05 0.1 0.2 0.3; do
	{ timeout -s KILL "$after" "$MEDLOCK" -C "$(home_of jansen)" ca list </dev/null; } >"$T/null" 2>&1
done
as jansen ca crl --wait --json
json "whatever was cut, a repeat completes" '.revoked == 1 and .peers == {have: 1, of: 1}'
says
check "openssl refuses it by the peer's list" refuses
check "which names it" grep -qi "$serial" "$T/text"
expect_error 10 "a second revocation of it is told" jansen ca revoke "$serial" --reason superseded --confirm "${serial: -4}"
expect_error 10 "and nothing releases it" jansen ca release "$serial" --confirm "${serial: -4}"
finish
