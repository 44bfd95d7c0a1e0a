#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Changing consent as its owner: what widens access waits and can be undone, what takes it away does not wait.
. tests/e2e/lib.sh
world_up
anna=$(home_of anna)

version() { as anna consent show --json && value .version; }

# waits NAME ARGUMENTS…: it begins to wait, is undone, and changed nothing.
waits() {
	local name=$1 before pid
	shift
	before=$(version)
	: >"$T/waits.err"
	"$MEDLOCK" -C "$anna" "$@" --json >"$T/waits.out" 2>"$T/waits.err" </dev/null &
	pid=$!
	check "$name: waits and says so" await 20 grep -q 'Ctrl-C undoes it' "$T/waits.err"
	[ -n "${2:-}" ] && check "$name: the profile is open to others meanwhile" test "$(version)" = "$before"
	kill -INT "$pid"
	wait "$pid"
	RC=$? OUT=$T/waits.out ERR=$T/waits.err
	expect 3 "$name: Ctrl-C undoes"
	json "$name: says so in JSON" '.error.code == "E-CANCEL-03"'
	OUT=$T/out ERR=$T/err
	check "$name: nothing was changed" test "$(version)" = "$before"
}

# ---- widening waits, narrowing does not ----
waits "a new permit" consent add --permit --who okafor --purpose TREAT
COMMAND_SECONDS=20
as anna consent add --permit --who okafor --purpose TREAT --dry-run --json
json "a dry run says that it widens" '.widens and .height == 0'
as anna consent add --permit --who "$(printf '1f%.0s' {1..32})" --purpose TREAT --dry-run --json
json "an account that she does not know is not taken for everybody" '.diff.example | startswith("account 1f1f1f1f")'
as anna consent add --permit --who okafor --purpose TREAT --now --json
expect 0 "--now does not wait"
json "who gets more is said, also when nobody known does" '.widens and (.diff.gains | type == "array") and (.diff.example | length > 0)'
permit=$(as anna consent show --json && value '.rules[0].id')
as anna consent add --deny --who okafor --purpose TREAT --category LAB --json
expect 0 "a deny does not wait"
json "it does not widen" '.widens == false'
deny=$(as anna consent show --json && value '.rules[1].id')
waits "taking a deny away" consent remove "$deny"
as anna consent remove "$deny" --now
as anna consent show --json
jq '.default = "ask"' "$OUT" >"$T/ask.json"
waits "another default" consent set "$T/ask.json"
as anna consent remove "$permit" --json
expect 0 "taking a permit away does not wait"

# ---- presets and templates ----
as anna consent preset closed --emergencies off --json
expect 0 "the tightest preset does not wait"
as anna consent show --json
json "consent show knows it" '.preset == {"name":"closed","emergency":false,"research":false}'
cp "$OUT" "$T/shown.json"
as anna consent set "$T/shown.json" --json
json "what show prints is read back" '.height == 0'
waits "a wider preset" consent preset open
expect_error 2 "a switch that does not go with the preset" anna consent preset open --emergencies off
expect_error 2 "a preset that is none" anna consent preset wide
as anna consent template apply ask-me --who okafor --json --dry-run
json "a template is words and a diff" '.widens == false and .height == 0' # under the lock nothing opens
expect_error 6 "a template that is none" anna consent template apply nothing --who okafor
as anna consent preset closed --now
as anna consent template apply my-doctor --who okafor --now --json
expect 0 "a template for somebody"
as anna consent show --json
json "then the rules are her own" '.preset == {"name":"own"} and ([.rules[] | select(.effect == "permit")] | length == 1)'
as anna consent preset closed

# ---- pause and resume ----
as anna consent add --permit --who okafor --purpose TREAT --now
as anna consent pause --json
expect 0 "a pause does not wait"
as anna consent add --permit --who vos --purpose TREAT --json
expect 0 "what gives nothing during a pause does not wait"
as anna consent add --deny --lock --label HIV --json
lock=$(as anna consent show --json && value '.rules[-1].id')
waits "a lock taken away, as emergencies pass a pause," consent remove "$lock"
as anna consent remove "$lock" --now
waits "resuming" consent resume
as anna consent show --json
json "it is paused still" '.paused'
as anna consent resume --now
expect 0 "resume --now"

# ---- drafts, other programs' files, and why ----
as jansen deposit put assets/demo/records/anna/labs-2026-03-10.json --owner anna --json
expect 0 "a record to speak of"
as anna consent add --deny --who vos --purpose TREAT --category LAB --json
as anna sync
record=$(as anna record list --json && value '.records[0].record')
as anna consent why "${record:0:10}" --as okafor --purpose TREAT --json
json "why: the rule that decides, and what holds without it" '.decision == "granted" and .rule > 0 and .without.decision == "denied"'
as anna consent why "${record:0:10}" --as vos --purpose TREAT
check "why: in a sentence" grep -q 'To vos the record is refused, because of rule' "$OUT"
as anna consent why "${record:0:10}" --as okafor --purpose HPAYMT --json
json "why: what would change it" '.decision == "denied" and ([.changes[] | select(.limit == "purposes")] | length == 1)'

as anna consent export --fhir
expect 0 "export --fhir"
cp "$OUT" "$T/consent.json"
check "it is a FHIR Consent" test "$(jq -r .resourceType "$T/consent.json")" = Consent
as anna consent import "$T/consent.json" --json
json "importing it again changes nothing" '.height == 0 and (.diff.gains + .diff.losses | length == 0)'
as anna consent diff "$T/consent.json" --json
json "a draft that is the policy is equal" '.equal and (.widens | not)'
jq 'del(.provision.provision[] | select(.type == "permit" and (.actor[0].reference.display == "okafor")))' \
	"$T/consent.json" >"$T/less.json"
as anna consent diff "$T/less.json" --json
json "a draft with less: who loses, with records counted" \
	'(.widens | not) and (.losses | length > 0) and .losses[0].who == "okafor" and .losses[0].records == 1 and (.gains | length == 0)'
jq '.provision.provision[0].type = "permit" | .provision.provision[0].surprise = 1' "$T/consent.json" >"$T/odd.json"
expect_error 1 "an unknown element is refused" anna consent import "$T/odd.json"
as anna consent import "$T/odd.json"
check "with its path" grep -q 'Consent.provision.provision\[0\].surprise' "$ERR"
as anna consent import "$T/less.json" --json
expect 0 "an import that takes access away does not wait"
waits "an import that gives access" consent import "$T/consent.json"

# ---- the receipt ----
as anna consent import "$T/consent.json" --now
as okafor request new --owner anna --purpose TREAT --wait --json
request=$(value .request)
as okafor request get "$request" --out "$T/copies" --json
expect 0 "somebody gets a copy"
as anna consent preset closed --json
expect 0 "closing does not wait"
json "it says who knows and how many copies there are" '.narrows and .peers_at_height == 1 and .copies == 1'
as anna consent receipt --json
json "the receipt names the holder, and each peer" \
	'.copies == 1 and .later == 0 and .holders[0].who == "okafor" and .holders[0].records == 1 and .peers[0].reached and .peers[0].custodian'
version=$(value .version)
as anna consent pause --json
json "a pause says so too" '.paused and .height > 0 and .peers_at_height == 1 and .copies == 1'
as anna consent receipt "$version" --json
json "a receipt can be asked for again" --argjson v "$version" '.version == $v and (.paused | not) and .copies == 1'
expect_error 6 "a version that is not there" anna consent receipt 9999
kill "$(peer_pid)"
as anna consent receipt --json
json "a peer that is silent is not counted" '.peers_at_height == 0 and (.peers[0].answered | not)'
