#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What lies on the disks of peer and people: no names, no health data, no keys; rights for their user only.
. tests/e2e/lib.sh

world_up
ok "the demo world starts"
records=$REPOSITORY/assets/demo/records

# ---- a played world ----
as jansen deposit put "$records/anna/summary.json" --owner anna
quietly 0 "a deposit for anna"
as jansen deposit put "$records/anna/mental-health.json" --owner anna
quietly 0 "a sensitive deposit for anna"
as jansen deposit put "$records/bram/summary.json" --owner bram
quietly 0 "a deposit for bram"
as anna consent add --now --permit --who okafor --purpose TREAT --any-label
quietly 0 "a permit"
as okafor request new --owner anna --purpose TREAT --json
quietly 0 "a request"
as okafor request get "$(value .request)" --out "$T/released"
quietly 0 "a release"
for who in anna bram okafor jansen aud1; do as $who sync; done
as anna record list
as anna log list
as jansen ledger export "$T/ledger"
mkdir "$T/kept"
cp -a "$T/ledger" "$T/kept/"

# ---- what must not be there ----
# Shorter names would be found in ciphertext by chance.
jq -r '.people | keys[] | select(length >= 4) | ., (.[:1] | ascii_upcase) + .[1:]' "$T/world.json" >"$T/names"
# What records say in words: names of people, of what they have and of what they take.
jq -r '.. | objects | (.text?, .display?, .description?, .family?, .conclusion?, .valueString?, .title?) | strings |
	select(length >= 6 and length <= 80 and test("[A-Z]"))' "$records"/anna/*.json "$records"/bram/*.json | sort -u >"$T/content"
printf '%s\n' Vermeer Okafor >>"$T/content"
echo "# $(wc -l <"$T/content") phrases of records, $(wc -l <"$T/names") names"
check "there are phrases to look for" test "$(wc -l <"$T/content")" -ge 40

# Paths hold the folder names of the demo world, so that contents alone are searched.
find "$WORLD" "$T/kept" -type f ! -name passphrase ! -name 'passphrase*' >"$T/files"
search() { # FILE-OF-PATTERNS GREP-OPTIONS…: prints the hits
	local patterns=$1
	shift
	while IFS= read -r f; do
		strings -a -n 4 "$f" | grep "$@" -f "$patterns" | head -n 2 | sed "s|^|${f#"$T"/}: |"
	done <"$T/files"
}
nothing() { # NAME HITS
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1"; head -n 12 <<<"$2" | cut -c1-160 | sed 's/^/# /'; fi
}
echo "# $(wc -l <"$T/files") files"
nothing "no content of a record is in any file" "$(search "$T/content" -aF)"
# The path of a home stands in its own settings; a name anywhere else may not.
hits=$(while IFS= read -r f; do
	strings -a -n 4 "$f" | sed "s|$WORLD[^ \"=]*||g" | grep -waF -f "$T/names" | head -n 2 | sed "s|^|${f#"$T"/}: |"
done <"$T/files")
nothing "no name of a demo person is in any file" "$hits"
printf '%s\n' AGE-SECRET-KEY 'PRIVATE KEY' >"$T/keys"
nothing "no key stands in clear" "$(search "$T/keys" -aF)"
find "$WORLD" -type f -name 'passphrase*' -exec cat {} + | sed '/^.\{0,5\}$/d' | sort -u >"$T/phrases"
check "there are passphrases" test -s "$T/phrases"
nothing "no passphrase is in any other file" "$(search "$T/phrases" -aF)"
as anna key export --out "$T/identity"
grep -o 'AGE-SECRET-KEY-[A-Z0-9]*' "$T/identity" >"$T/identity.text"
grep -aF -f "$T/content" "$T/released"/* >"$T/null" && ok "the search would find content" || not_ok "the search would find content"
check "the search would find a key" grep -qaF -f "$T/keys" "$T/identity"

# ---- rights ----
nothing "every folder is 0700" "$(find "$WORLD" -mindepth 1 -type d ! -perm 700 -printf '%m %p\n')"
nothing "every file is 0600" "$(find "$WORLD" -type f ! -perm 600 -printf '%m %p\n')"
nothing "nothing is a link out of the world" "$(find "$WORLD" -type l -printf '%p -> %l\n')"

# ---- logs of the daemon ----
nothing "the daemon's log has no account, no record, no purpose" \
	"$(find "$WORLD" -type f -name '*log*' ! -name '*.db*' -exec grep -laE "$(account_of anna)|TREAT" {} +)"

# ---- the replica is plain tables ----
replica=$(home_of anna)/replica.db
check "the replica is an SQLite file" test -s "$replica"
sqlite3 "file:$replica?mode=ro" .tables >"$T/tables" 2>"$T/null"
for table in record rule request event block; do
	check "the replica has a table $table" grep -qwE "${table}s?" "$T/tables"
done
check "the replica has a table certificate or account" grep -qwE '(certificate|account)s?' "$T/tables"
check "anna's records can be read with sqlite3" test "$(sqlite3 "file:$replica?mode=ro" 'select count(*) from record')" = 2
