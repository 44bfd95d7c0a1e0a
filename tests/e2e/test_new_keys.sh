#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything lost and too few shares left: two helpers and an officer announce new keys, and anna has 72 hours to say no.  Before
# that, naming helpers is killed at many moments: the same command again makes it whole.
. tests/e2e/lib.sh

world_up
anna=$(home_of anna)
network_of anna
umask 077
echo "a new passphrase" >"$T/passphrase"
machine() { # DIR FILE: on a new machine
	run "${LATER[@]}" "$MEDLOCK" -C "$1" --passphrase-file "$T/passphrase" key recover --helpers --peer "$url" --pin "$pin" \
		--account "$account" --new-keys "$2" --json
}

# ---- killed ----
cuts=0
for after in 0.02 0.1 0.15 0.2 0.25 0.3 0.4 0.5; do
	"$MEDLOCK" -C "$anna" key helpers bram okafor vos --needed 2 >"$T/null" 2>&1 </dev/null &
	pid=$!
	read -r -t "$after" -u "$tick"
	kill -9 "$pid" 2>"$T/null" && cuts=$((cuts + 1))
	wait "$pid" 2>"$T/null"
done
check "naming helpers was cut" test "$cuts" -ge 2
as anna key helpers bram okafor vos --needed 2 --json
expect 0 "the same command again names them"
for who in bram okafor; do
	as "$who" key helping --json
	json "$who keeps one share, of the last set" '.shares | length == 1 and .[0].needed == 2 and .[0].of == 3'
done
account=$(value '.shares[0].account')

# ---- asked for and approved ----
machine "$T/new" "$T/keys"
expect 8 "a new machine asks for new keys"
words=$(value .words)
check "in a file" test -s "$T/keys"
check "and has no profile yet" test ! -e "$T/new/config"
cp "$T/keys" "$T/request"
machine "$T/new" "$T/keys"
check "asked again it has the same words" test "$(value .words)" = "$words"
as jansen key approve "$account" "$T/keys" --confirm "$words"
expect 5 "an officer does not begin it"
expect_error 3 "a helper who has not called is stopped" bram key approve anna "$T/keys" --confirm "one two three four five six"
expect_error 3 "keys are for the account they name" bram key approve okafor "$T/keys" --confirm "$words"
expect_error 6 "who is no helper signs nothing" lind key approve "$account" "$T/keys" --confirm "$words"
check "the file is as it was" cmp -s "$T/keys" "$T/request"
as bram key approve anna "$T/keys" --confirm "$words" --json
expect 8 "the first helper signs"
json "one of two" '.helpers == 1 and .needed == 2 and .officers == 0'
as jansen key approve "$account" "$T/keys" --confirm "$words" --json
expect 8 "the officer signs"
as bram key approve anna "$T/keys" --confirm "$words" --json
json "nobody counts twice" '.helpers == 1 and .officers == 1'
as okafor key approve anna "$T/keys" --confirm "$words" --json
expect 0 "the second helper signs, and it is announced"
as okafor key approve anna "$T/keys" --confirm "$words" --json
expect 0 "once more changes nothing"

# ---- anna, who has lost nothing, says no ----
as anna sync
as anna key status
check "her device shows it" grep -q 'medlock key refuse' "$OUT"
as anna key refuse --json
json "and she says no" '.refused == true'
as anna key status --json
json "nothing is announced any more" 'has("new_keys_announced") | not'

# ---- once more, and she has really lost everything ----
rm "$T/keys"
machine "$T/new" "$T/keys"
as okafor key approve anna "$T/keys" --confirm "$words"
as vos key approve anna "$T/keys" --confirm "$words"
expect 8 "helpers alone are not enough"
as dewit key approve "$account" "$T/keys" --confirm "$words"
expect 0 "with an officer they are"
machine "$T/new" "$T/keys"
expect 8 "the new machine waits"
as anna sync
expect 0 "as long as that, the old keys are hers"

if ! faketime -f +73h "$MEDLOCK" --version >"$T/null" 2>&1; then
	skipped "three days later" "faketime does not work with this build"
	exit 0
fi
LATER=(faketime -f +73h)
run "$MEDLOCK" demo down "$WORLD"
run "${LATER[@]}" "$MEDLOCK" demo up "$WORLD" --json
expect 0 "three days later the network runs"
cp "$OUT" "$T/world.json"
url=$(jq -r '.peers[0].url' "$T/world.json")
later bram consent pause
machine "$T/new" "$T/keys"
expect 0 "anna is back"
json "with her account, and a card of the keys after these" --arg a "$account" '.account == $a and .generation == 2'
run "${LATER[@]}" "$MEDLOCK" -C "$T/new" --passphrase-file "$T/passphrase" consent pause
expect 0 "and acts"
run "${LATER[@]}" "$MEDLOCK" -C "$T/new" --passphrase-file "$T/passphrase" log verify
expect 0 "and her log is complete"
later anna sync
expect 4 "her old device is dead"
