#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Neither device nor card: three of five helpers bring anna back, two do not, and not before her devices had 72 hours to say no.
. tests/e2e/lib.sh

world_up
anna=$(home_of anna)
network_of anna
umask 077
echo "a new passphrase" >"$T/passphrase"
machine() { # DIR ARGS…: on a new machine
	local dir=$1
	shift
	run "${LATER[@]}" "$MEDLOCK" -C "$dir" --passphrase-file "$T/passphrase" key recover --helpers --peer "$url" --pin "$pin" --json "$@"
}

as jansen deposit put "$REPOSITORY/assets/demo/records/anna/allergies.json" --owner anna --json
record=$(value .record)
expect_error 2 "one helper alone must not be enough" anna key helpers bram okafor --needed 1
as anna key helpers bram okafor vos lind haddad --needed 2
expect 0 "anna names five helpers"
as anna key helpers bram okafor vos lind haddad --needed 3 --json
expect 0 "and again: three are needed now"
for who in bram okafor vos; do
	as "$who" key helping --json
	json "$who keeps a share" '.shares | length == 1 and .[0].needed == 3 and .[0].of == 5'
done

machine "$T/new"
expect 8 "a new machine waits for helpers"
text=$(value .recovery)
words=$(value .words)
[ -n "$text" ] && [ "$text" != null ] || text=$(grep -o 'medlock-recovery:[0-9a-f]*' "$OUT" "$ERR" | head -n 1)
expect_error 3 "a helper who has not called is stopped" bram key help anna "$text" --confirm "one two three four five six"
as bram key help anna "$text" --confirm "$words"
expect 8 "a helper's program waits"
as okafor key help anna "$text" --confirm "$words"
as vos key help anna "$text" --confirm "$words"
as lind key help anna "$text" --confirm "$words"
machine "$T/new"
expect 8 "nothing comes before the wait is over"

# Somebody else tries the same with another machine; anna has a device and says no.
machine "$T/thief"
other=$(value .recovery)
others=$(value .words)
as haddad key help anna "$other" --confirm "$others"
expect 8 "a stranger's machine waits too"

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
later anna consent pause
later bram key help anna "$text" --confirm "$words"
expect 0 "bram gives his share"
later okafor key help anna "$text" --confirm "$words"
machine "$T/new"
expect 8 "two shares are not enough"
later vos key help anna "$text" --confirm "$words"
expect 0 "the third"
machine "$T/new"
expect 3 "with all shares she still says whose keys they must be"
later bram key helping --json
digits=$(value '.shares[0].account' | cut -c1-12)
machine "$T/new" --account 000000000000
expect 3 "another account's keys are refused"
machine "$T/new" --account "$digits"
expect 0 "anna is back"
json "with her account" --arg a "$(account_of anna)" '.account == $a and .generation == 1'
run "${LATER[@]}" "$MEDLOCK" -C "$T/new" --passphrase-file "$T/passphrase" record view "$record" --json
expect 0 "and her records"
later anna sync
expect 4 "her old device is dead"
run "${LATER[@]}" "$MEDLOCK" -C "$T/new" --passphrase-file "$T/passphrase" key refuse --json
json "she sees that somebody else tries, and says no" '.told >= 1'
later haddad key help anna "$other" --confirm "$others"
expect 3 "haddad's program does not give his share"
