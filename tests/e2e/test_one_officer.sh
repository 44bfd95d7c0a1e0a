#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A network with one authority: one officer ends, holds and releases; what else there is, an old register, a peer that is away.
. tests/e2e/lib.sh

# The demo's keys in a network of one authority, at the place of the demo's peer.
world_up
world_down
people=$WORLD/people
url=$(jq -r '.peers[0].url' "$T/world.json")
run "$MEDLOCKD" init --home "$T/peer" --listen "${url#https://}" --url "$url" --chain-id one-solo-1 \
	--authority "$people/jansen/genesis-card" --operator "$people/op/genesis-card" --passphrase-file "$WORLD/peer-passphrase"
quietly 0 "a network of one authority"
pin=$(value .pin)
desk=$T/desk
mkdir -m 700 "$desk"
cp "$people"/jansen/{book,keystore,lock} "$desk"
cp "$T/peer/genesis" "$desk/genesis"
sed -e "s|^pin = .*|pin = $pin|" -e "s|^network = .*|network = $(value .network)|" "$people/jansen/config" >"$desk/config"
chmod 600 "$desk"/*
"$MEDLOCKD" run --home "$T/peer" --passphrase-file "$WORLD/peer-passphrase" >"$T/peer.log" 2>&1 &
peer=$!
stop_peer() { kill "$peer" && wait "$peer"; }
trap 'stop_peer 2>/dev/null || :; finish' EXIT
desk() { run "$MEDLOCK" -C "$desk" "$@"; }
check "its peer runs" await 20 "$MEDLOCK" -C "$desk" sync --quiet 2>"$T/null" >"$T/null"
desk ca ceremony --out "$T/cer" --witness W --witness A --unrehearsed test --root-passphrase-file "$WORLD/root-passphrase"
quietly 0 "the ceremony"
for n in one two; do
	run "$MEDLOCK" -C "$T/$n" setup --mode clinician --organisation 'West Clinic' --peer "$url" --pin "$pin" --name "Dr $n" \
		--passphrase-file "$people/jansen/passphrase"
	quietly 0 "setup of $n"
done
desk ca queue --json
for id in $(value '.queue[].id'); do
	desk ca approve "$id" --json
	quietly 0 "approval"
done
desk ca list --json
one=$(value '.certificates[] | select(.name == "Dr one") | .serial')
two=$(value '.certificates[] | select(.name == "Dr two") | .serial')

desk ca revoke "$one" --reason hold
expect 3 "what would stop is asked for"
check "after the others of the organisation are shown" grep -q "^$two .*Dr two: of the same organisation, stays" "$OUT"
desk ca revoke "$one" --reason hold --confirm "${one: -4}" --wait --json
expect 0 "one officer holds"
json "ledger, list and peer in one command" '.height > 0 and .peers == {have: 1, of: 1} and .peer_list[0].crl == .crl and .crl > 1'
json "with the other one in the answer" --arg s "$two" '.siblings == [{serial: $s, name: "Dr two", profile: "clinician", ends_too: false}]'
desk ca release "$one" --confirm "${one: -4}" --json
expect 0 "and releases"
json "which the peer has too" '.peers == {have: 1, of: 1} and .crl > 2'
desk ca release "$one" --confirm "${one: -4}"
expect 10 "once"

# ---- an old copy of the register ----
cp "$desk/register.db" "$T/old.db"
desk ca revoke "$one" --reason superseded --confirm "${one: -4}" --json
expect 0 "an end"
newest=$(value .crl)
cp "$T/old.db" "$desk/register.db"
desk ca crl --json
json "an old register is told by what the peer has" --argjson n "$newest" '.peers.have == 0 and .peer_list[0].crl == $n and (.peer_list[0].why | test("old copy"))'
desk ca doctor
expect 1 "and by the ledger"
desk ca revoke "$one" --reason superseded --confirm "${one: -4}" --json
expect 0 "what the ledger has already is taken over"
json "but this list is not the one of its number that the peer has" '.peers.have == 0'
desk ca doctor
expect 0 "register and ledger agree again"

# ---- a peer that is away ----
stop_peer
desk ca crl --out "$T/alone.crl" --json
expect 0 "a list is made without any peer"
json "which is named" '.peers == {have: 0, of: 1} and (.peer_list[0].why | length) > 0'
desk ca revoke "$two" --reason superseded --confirm "${two: -4}"
expect 9 "nothing is revoked without one"
