#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A network from nothing, as docs/OPERATING.md says: cards, the first peer, profiles for the cards, the ceremony, the first patient.
. tests/e2e/lib.sh

(umask 077; printf 'correct horse battery\n' >"$T/phrase"; printf 'root of all\n' >"$T/root-phrase"; printf 'peer words\n' >"$T/peer-phrase")
on() { # WHO ARGS…
	local who=$1
	shift
	run "$MEDLOCK" -C "$T/$who" "$@" --passphrase-file "$T/phrase"
}
on officer setup --mode officer --card "$T/officer.card" --json
expect 0 "an officer makes keys and a card"
officer=$(value .account)
on operator setup --mode operator --card "$T/operator.card" --json
expect 0 "an operator too"
on patient setup --mode patient --card "$T/patient.card"
expect 2 "a patient is not whom a network begins with"
on stranger setup --mode officer --card "$T/stranger.card"
expect 0 "a stranger makes keys"
on late setup --mode officer --card "$T/officer.card"
expect 10 "a card is not written over"
port=$((20000 + RANDOM % 20000))
url=https://127.0.0.1:$port
run "$MEDLOCKD" init --home "$T/peer" --listen "127.0.0.1:$port" --url "$url" --chain-id first-solo-1 \
	--authority "$T/officer.card" --operator "$T/operator.card" --passphrase-file "$T/peer-phrase"
expect 0 "the network begins"
pin=$(value .pin)
[ -n "$pin" ] && [ "$pin" != null ] || pin=$(sed -n 's/^pin  *//p' "$OUT")
"$MEDLOCKD" run --home "$T/peer" --passphrase-file "$T/peer-phrase" >"$T/peer.log" 2>&1 &
peer=$!
trap 'kill "$peer" 2>/dev/null || :; finish' EXIT
joins() { on officer setup --join --mode officer --peer "$url" --pin "$pin" --json; [ "$RC" -eq 0 ]; }
check "the officer joins" await 20 joins
json "with the account of the card" --arg a "$officer" '.account == $a'
on officer setup --join --mode officer --peer "$url" --pin "$pin"
expect 10 "once"
on stranger setup --join --mode officer --peer "$url" --pin "$pin"
expect 6 "keys that the network did not begin with do not join"
on nobody setup --join --mode officer --peer "$url" --pin "$pin"
check "nor do keys that are not there (status $RC)" test "$RC" -ne 0
on officer sync
expect 0 "the officer syncs"
on officer ca ceremony --out "$T/ceremony" --witness W --witness A --unrehearsed test --root-passphrase-file "$T/root-phrase"
expect 0 "and holds the ceremony"
on patient setup --mode patient --peer "$url" --pin "$pin" --name 'Eva Nieuw' --json
expect 0 "a patient asks"
on officer ca queue --json
on officer ca approve "$(value '.queue[0].id')" --json
expect 0 "is certified"
on patient sync --json
json "and there" '.enrolment == "certified"'
