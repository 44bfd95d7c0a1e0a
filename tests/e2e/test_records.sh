#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Records from deposit to withdrawal, with the public examples.  E2E_FULL=1 takes every one of them.
. tests/e2e/lib.sh

deposit_all() { # NAME FILE…: all of them, one TAP line
	local name=$1 done=0
	shift
	for file in "$@"; do
		as jansen deposit put "$file" --owner anna --json
		quietly 0 "deposit of $(basename "$file")" && done=$((done + 1))
	done
	[ "$done" -eq $# ] && ok "$name: $done files"
}

every() { awk -v n="$1" 'NR % n == 1 || n == 1'; }

world_up
ok "the demo world starts"

# ---- deposits of public examples ----
own=$REPOSITORY/assets/demo/records/anna/summary.json
bundle=$own
if [ -d "$VECTORS/fhir/ips" ]; then
	singles=4 r4=10
	[ -n "${E2E_FULL:-}" ] && singles=1 r4=1
	mapfile -t bundles < <(find "$VECTORS/fhir/ips" -name 'Bundle-*.json' | sort)
	mapfile -t rest < <(find "$VECTORS/fhir/ips" -name '*.json' ! -name 'Bundle-*' | sort | every $singles)
	mapfile -t examples < <(find "$VECTORS/fhir/r4" -name '*.json' | sort | every $r4)
	deposit_all "bundles of the patient summary" "${bundles[@]}"
	deposit_all "single resources" "${rest[@]}"
	deposit_all "R4 examples" "${examples[@]}"
	bundle=$VECTORS/fhir/ips/Bundle-bundle-ips-all-sections.json
	[ -e "$bundle" ] || bundle=${bundles[0]}
else
	skipped "public examples are deposited" "no vectors"
fi

as jansen deposit put "$bundle" --owner anna --json
expect 0 "one bundle more"
record=$(value .record)
json "deposit put names the record, the block and the full rendition" '.v == 1 and (.record | length) == 64 and .height > 0 and .renditions[0].form == "full" and (.dropped | type) == "array"'

as anna record list --json
expect 0 "anna lists her records"
json "the new one is among them" --arg r "$record" '[.records[] | select(.record == $r)] | length == 1'

as anna record view "$record" --json
expect 0 "anna reads it"
json "it is verified and has resources" '.verified and .resources > 0 and .form == "full"'
as anna record export "$record" --out "$T/exported"
expect 0 "anna exports it"
check "the export has the original bytes" cmp "$bundle" "$T/exported"
as anna record export "$record" --out "$T/exported"
check "an export does not overwrite a file" test "$RC" -ne 0

# ---- consent, request, release ----
as anna consent add --now --deny --who everyone --purpose TREAT --json
expect 0 "consent add --deny"
json "a change names version, block and diff" '.version > 0 and .height > 0 and (.diff.gains | type) == "array" and (.diff.losses | type) == "array"'
as okafor request new --owner anna --purpose TREAT --record "$record" --json
expect 5 "a request under the denial ends with 5"
note=$(value .note)
json "it lists no record" '(.records | length) == 0'
as okafor request new --owner anna --purpose TREAT --record "$(printf '%064d' 7)" --json
expect 5 "a request for a record that does not exist ends the same way"
check "and says the same note" test "$(value .note)" = "$note"

as anna consent add --permit --who okafor --purpose TREAT --dry-run --json
expect 0 "a permit is tried first"
as anna consent show --json
json "the dry run changed nothing" '[.rules[] | select(.effect == "permit")] | length == 0'
as anna consent add --now --permit --who okafor --purpose TREAT --any-label --json
expect 0 "consent add --permit"
json "the permit gains somebody something" '(.diff.gains | length) > 0'
as anna consent try --as okafor --purpose TREAT --json
expect 0 "consent try"
json "the preview says that the record is readable" --arg r "$record" '.readable > 0 and ([.answers[] | select(.record == $r)][0].form == "full")'
as anna consent check --json
expect 0 "consent check"
json "it answers all questions, each finding in words" '.question == "all" and .holds and all(.findings[]; .text != "")'
as anna consent check never --who okafor --category GEN --json
expect 7 "an emergency contradicts a never"
json "and is shown by one question" '.holds == false and (.findings[-1].witness | .emergency and .category == "GEN")'
as anna consent check always --json
expect 2 "an unknown question is a usage error"

as okafor request new --owner anna --purpose TREAT --record "$record" --wait --json
expect 0 "the request is granted"
request=$(value .request)
json "the grant names the record and its form" --arg r "$record" \
	'.records | length == 1 and (.[0] | .record == $r and .decision == "granted" and .form == "full")'
check "the note is the same for a grant" test "$(value .note)" = "$note"
as okafor request get "$request" --out "$T/got" --json
expect 0 "the record is released and opened"
path=$(value '.files[0].path')
check "the bytes are those deposited" cmp "$bundle" "$path"
check "the digest is that of the file" test "$(value '.files[0].sha256')" = "$(sha256sum "$bundle" | cut -d' ' -f1)"
json "every custodian did well" '(.custodians | length) > 0 and all(.custodians[]; .ok)'
check "the file is for its user only" test "$(stat -c %a "$path")" = 600
as vos request get "$request" --out "$T/stolen" --json
check "somebody else gets nothing under this request" test "$RC" -ne 0 -a ! -e "$T/stolen/$(basename "$path")"

# ---- the owner's copy opens with the plain age program ----
as anna record export "$record" --encrypted --out "$T/record.age"
expect 0 "record export --encrypted"
as anna key export --out "$T/identity"
expect 0 "key export"
check "the identity is for its user only" test "$(stat -c %a "$T/identity")" = 600
if command -v age >/dev/null; then
	check "plain age opens it" age -d -i "$T/identity" -o "$T/plain" "$T/record.age"
	check "and gives the original bytes" cmp "$bundle" "$T/plain"
else
	skipped "plain age opens it" "the age program is not installed"
fi

# ---- withdrawal ----
as anna consent pause --json
expect 0 "consent pause"
paused=$(value .height)
json "it tells the block, the peers and the copies" '.paused and .height > 0 and .peers_at_height >= 1 and .copies >= 1'
as okafor request get "$request" --out "$T/again" --json
expect 5 "the next release under the same grant is refused"
check "nothing was written" bash -c '! find "$1" -type f 2>/dev/null | grep -q .' _ "$T/again"
as okafor request new --owner anna --purpose TREAT --record "$record" --json
expect 5 "a new request is refused as well"

as anna log list --json
expect 0 "anna's list"
json "it is complete" '.complete and .checked_to >= '"${paused:-1}"
json "it shows the deposit" '[.events[] | select(.kind | test("deposit"))] | length > 0'
json "it shows both consent changes" '[.events[] | select(.kind | test("consent|policy"))] | length >= 2'
json "it shows okafor refused and granted" '[.events[] | select(.who == "okafor" and .purpose == "TREAT") | .decision] | (index("denied") != null) and (index("granted") != null)'
json "it shows the release" --arg q "$request" '[.events[] | select(.request? == $q)] | length > 0'
json "it shows the pause" '[.events[] | select(.kind | test("pause"))] | length == 1'
json "entries are numbered without a gap" '[.events[].n] | sort == [range(1; length + 1)]'
as anna log verify
expect 0 "log verify"
as anna ledger verify
expect 0 "ledger verify of a light replica"
as anna consent resume --now
expect 0 "consent resume"
as okafor request get "$request" --out "$T/third"
expect 0 "the grant stands again after the pause"
as okafor request close "$request"
expect 0 "request close"
as okafor request get "$request" --out "$T/fourth"
expect 5 "a closed request releases nothing"

# ---- the ledger, exported and falsified ----
as jansen sync --json
expect 0 "jansen syncs"
json "his replica is full" '.mode == "full" and .behind == 0'
as jansen ledger verify --json
expect 0 "ledger verify of a full replica"
as jansen ledger export "$T/ledger" --json
expect 0 "ledger export"
blocks=$(value .blocks)
as jansen ledger verify "$T/ledger" --json
expect 0 "the export verifies"
check "all of its blocks" test "$(value .blocks)" = "$blocks"
as anna ledger verify "$T/ledger" --json
expect 0 "anna can verify the same file"

flip() { # FILE OFFSET
	local byte
	byte=$(od -An -tu1 -j "$2" -N1 "$1" | tr -d ' ')
	printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
size=$(stat -c %s "$T/ledger") bad=0 named=0 tried=0
for part in 1 7 19 33 50 66 81 93 99; do
	cp "$T/ledger" "$T/false"
	flip "$T/false" $((size * part / 100))
	as jansen ledger verify "$T/false" --json
	tried=$((tried + 1))
	[ "$RC" -eq 7 ] && bad=$((bad + 1)) || echo "# byte at $part %: status $RC"
	[ "$(value '.first_bad // 0')" -gt 0 ] 2>"$T/null" && named=$((named + 1)) || { echo "# byte at $part %: no block named"; said; }
done
check "a flipped byte anywhere ends with 7 ($bad of $tried)" test "$bad" -eq "$tried"
check "and names the block ($named of $tried)" test "$named" -eq "$tried"
head -c $((size * 3 / 4)) "$T/ledger" >"$T/cut"
as jansen ledger verify "$T/cut" --json
check "a cut export does not verify" test "$RC" -ne 0

# A preview speaks of people as they are now, not as they were when it was first asked.
as anna consent add --now --permit --who okafor --purpose TREAT --any-label
as anna consent try --as okafor --purpose TREAT --json
readable=$(value .readable)
check "okafor would read something" test "$readable" -gt 0
as jansen ca list --json
serial=$(jq -r --arg a "$(account_of okafor)" '.certificates[] | select(.account == $a) | .serial' "$OUT")
as jansen ca revoke "$serial" --reason affiliationChanged --confirm "${serial: -4}"
expect 8 "one officer has signed okafor's revocation"
as dewit ca show "$serial"
as dewit ca revoke "$serial" --reason affiliationChanged --confirm "${serial: -4}"
expect 0 "okafor is revoked"
as anna consent try --as okafor --purpose TREAT --json
json "okafor would read nothing any more" '.readable == 0'

# A byte of the own copy changes: said once, then fetched anew.
as anna record list --json
record=$(value '.records[0].record')
blob=$(value '.records[0].renditions[] | select(.form == "full") | .blob')
as anna record view "$record"
expect 0 "a record is read"
copy=$(find "$(home_of anna)/blobs" -name "$blob")
flip "$copy" $(($(stat -c %s "$copy") / 2))
as anna record view "$record"
expect 7 "a damaged copy is not shown"
as anna record view "$record"
expect 0 "and a whole one is fetched"

run "$MEDLOCKD" check --home "$(peer_home)"
if [ "$RC" -eq 0 ]; then ok "medlockd check beside the running peer"; else
	world_down
	run "$MEDLOCKD" check --home "$(peer_home)"
	expect 0 "medlockd check of the stopped peer"
fi
