#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A lost device: anna comes back on an empty machine by the words of her card; the old device is dead, her rules, records and
# log are there, and what was sealed to the earlier keys opens.
. tests/e2e/lib.sh

world_up
anna=$(home_of anna)
network_of anna
umask 077
echo "a new passphrase" >"$T/passphrase"

# A record, a rule, the card.
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/allergies.json" --owner anna --json
record=$(value .record)
expect 0 "a record of hers before the loss"
as anna consent add --permit --who okafor --purpose TREAT --now
expect 0 "a rule of hers"
as anna key status
grep -q NONE "$OUT"
expect 0 "without a card she is told what that means"
check "in words" grep -q 'the account is lost' "$OUT"
as anna key card --json
value .words >"$T/card1"
check "24 words" test "$(wc -w <"$T/card1")" -eq 24
as anna key rehearse --words-file "$T/card1"
expect 0 "typed back, they are right"
awk '{ $3 = ($3 == "zoo" ? "zone" : "zoo"); print }' "$T/card1" >"$T/wrong"
expect_error 3 "a wrong word is named by its place" anna key rehearse --words-file "$T/wrong"
as anna key rehearse --words-file "$T/wrong"
check "the third" grep -q ' card: 3\.' "$ERR"
as anna key card --out "$T/page"
check "the page is for her alone" test "$(stat -c %a "$T/page")" = 600

# An empty machine.
new=$T/new
recover() { run "$MEDLOCK" -C "$1" --passphrase-file "$T/passphrase" key recover --peer "$url" --pin "$pin" --json --words-file "$2"; }
on_new() { run "$MEDLOCK" -C "$new" --passphrase-file "$T/passphrase" "$@"; }
recover "$T/none" "$T/wrong"
expect 1 "a card with a wrong word is refused"
check "and nothing is left behind" test ! -e "$T/none/config"
printf 'zoo %.0s' {1..23} >"$T/stranger"
echo vote >>"$T/stranger"
recover "$T/none" "$T/stranger"
expect 6 "keys of nobody are refused"
recover "$new" "$T/card1"
expect 0 "anna comes back"
json "with her account" --arg a "$(account_of anna)" '.account == $a and .generation == 1'
value .words >"$T/card2"
on_new consent show --json
json "her rule is there" '.rules | length == 1'
on_new record view "$record" --json
expect 0 "her record opens, sealed to the earlier key"
json "and is verified" '.verified == true'
on_new log verify
expect 0 "her log is complete"
on_new log list
check "and tells of the change" grep -q 'changed the keys of this account' "$OUT"
on_new consent pause
expect 0 "she acts"
on_new key export --out "$T/identity"
check "both reading keys are hers to keep" test "$(grep -c AGE-SECRET-KEY "$T/identity")" -eq 2

# The old device, and the old card.
expect_error 4 "the old device may not read" anna sync
expect_error 4 "the old device may not act" anna consent resume
recover "$T/none" "$T/card1"
expect 4 "the old card is void"
check "and says why" grep -q 'newer one was written' "$OUT"

# The new card brings the whole chain, and a change can be declined.
run "$MEDLOCK" -C "$T/third" --passphrase-file "$T/passphrase" key recover --peer "$url" --pin "$pin" --keep-devices --json \
	--words-file "$T/card2"
expect 0 "the new card works"
run "$MEDLOCK" -C "$T/third" --passphrase-file "$T/passphrase" record view "$record" --json
expect 0 "and opens what was sealed two keys ago"
on_new sync
expect 0 "a device that was kept still works"

# A second device by pairing: both are hers.
second() { run "$MEDLOCK" -C "$T/second" --passphrase-file "$T/passphrase" key recover --device --peer "$url" --pin "$pin" --json "$@"; }
second
expect 8 "a new device waits for the other one"
text=$(value .recovery)
words=$(value .words)
on_new key pair "$text" --confirm "other words than these six are"
expect 3 "other words hand nothing over"
on_new key pair "$text" --confirm "$words"
expect 0 "the other device hands its keys over"
second
expect 3 "nothing is installed before she says whose keys they must be"
check "and nothing is" test ! -e "$T/second/config"
second --account "$(account_of anna | cut -c1-4)"
expect 2 "four digits are too few"
second --account "$(account_of anna | cut -c1-12)"
expect 0 "the second device is hers"
run "$MEDLOCK" -C "$T/second" --passphrase-file "$T/passphrase" record view "$record" --json
expect 0 "and reads"
on_new sync
expect 0 "as the first one does"

# Somebody who saw text and words sends keys of his own account.
stolen() { run "$MEDLOCK" -C "$T/stolen" --passphrase-file "$T/passphrase" key recover --device --peer "$url" --pin "$pin" --json "$@"; }
stolen
text=$(value .recovery)
words=$(value .words)
as bram key pair "$text" --confirm "$words"
stolen --account "$(account_of anna | cut -c1-12)"
expect 3 "keys of another account are refused"
check "and not installed" test ! -e "$T/stolen/config"

# Killed at any step of a change, the account never has keys that nobody has.
killed_when() { # FILE DELAY: a change that dies this long after the file is there
	"$MEDLOCK" -C "$new" --passphrase-file "$T/passphrase" key rotate >"$T/null" 2>&1 </dev/null &
	local pid=$!
	until [ -e "$new/$1" ] || ! kill -0 "$pid" 2>"$T/null"; do :; done
	[ "$2" = 0 ] || read -r -t "$2" -u "$tick"
	kill -9 "$pid" && cuts=$((cuts + 1))
	wait "$pid" 2>"$T/null"
	on_new sync
	[ "$RC" -eq 0 ] || { lost=$((lost + 1)); said; }
}
lost=0 cuts=0
killed_when keystore.next 0
killed_when keystore.tx 0
check "the changes were cut" test "$cuts" -ge 1
check "killed while changing keys, it goes on" test "$lost" -eq 0
check "nothing waits any more" test ! -e "$new/keystore.next" -a ! -e "$new/keystore.tx"
on_new record view "$record" --json
expect 0 "the record still opens"

# A change whose end is not known, and no peer: nothing may replace its keys, nor lock them away.
run "$MEDLOCK" demo down "$WORLD"
cp "$new/keystore" "$new/keystore.next"
echo "not sent" >"$new/keystore.tx"
echo "another passphrase" >"$T/another"
on_new key change --new-passphrase-file "$T/another"
expect 8 "the passphrase stays while a change of keys waits"
on_new key rotate
check "no second change takes the place of the first" test "$RC" -ne 0
check "whose keys are still there" cmp -s "$new/keystore" "$new/keystore.next"
on_new key status
expect 0 "and she can go on reading"
