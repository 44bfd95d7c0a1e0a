#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Another network, another peer, damaged files, a full disk, Ctrl-C: each is named, and the good way works afterwards.
. tests/e2e/lib.sh

line_with() { # CODE NAME: the last command's one line
	if grep -qE "^medlock: .* \($1\)$" "$ERR"; then ok "$2"; else not_ok "$2" "no $1"; said; fi
}
refused_by() { # STATUS CODE NAME
	if [ "$RC" -eq "$1" ] && grep -qE "^medlock: .* \($2\)$" "$ERR"; then ok "$3"; else
		not_ok "$3" "ended with $RC, not $1 and $2"
		said
	fi
}
setting() { sed -n "s/^$2 = //p" "$(home_of "$1")/config"; }

world_up
run "$MEDLOCK" demo up "$T/world2" --json
cp "$OUT" "$T/world2.json"
expect 0 "two networks run"
other() { jq -r --arg n "$1" '.people[$n].home' "$T/world2.json"; }
anna=$(home_of anna)
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/problems.json" --owner anna --json
expect 0 "a deposit"
record=$(value .record)
full=$(value '.renditions[] | select(.form == "full") | .blob')
as anna consent add --now --permit --who okafor --purpose TREAT
as okafor request new --owner anna --purpose TREAT --json
expect 0 "a grant"
request=$(value .request)

# ---- another peer, another network ----
copy() { rm -rf "$T/copy"; cp -a "$anna" "$T/copy"; }
copied() { run "$MEDLOCK" -C "$T/copy" "$@" --passphrase-file "$anna/passphrase"; }
copy
pin=$(setting anna pin)
sed -i "s/^pin = .*/pin = $(tr 0-9a-f 1-9a-f0 <<<"$pin")/" "$T/copy/config"
copied sync
refused_by 9 E-NET-03 "a peer with another key than the pinned one"
copy
sed -i "s|^peer = .*|peer = $(jq -r '.peers[0].url' "$T/world2.json")|; s/^pin = .*/$(grep '^pin = ' "$(other anna)/config")/" "$T/copy/config"
copied sync
refused_by 4 E-AUTH-09 "a peer of another network"
copy
cp "$(other anna)/genesis" "$T/copy/genesis"
copied sync
refused_by 4 E-AUTH-09 "the genesis of another network"
run "$MEDLOCK" -C "$(other jansen)" ledger export "$T/other-ledger"
expect 0 "the other network's ledger is exported"
as anna ledger verify "$T/other-ledger"
check "it is not taken for ours (status 4 or 7)" test "$RC" -eq 4 -o "$RC" -eq 7
line_with 'E-[A-Z]+-[0-9]+' "and the reason is named"
run "$MEDLOCK" -C "$(other anna)" record view "$record"
expect 6 "a record of one network is unknown in the other"
run "$MEDLOCK" demo down "$T/world2"
expect 0 "the other network stops"

# ---- blobs on the peer ----
blob=$(find "$(peer_home)/blobs" -type f -name "$full*" | head -n 1)
cp -a "$blob" "$T/blob"
truncate -s -1000 "$blob"
as okafor request get "$request" --out "$T/got"
check "a truncated blob is not opened (status $RC)" test "$RC" -eq 7 -o "$RC" -eq 9
line_with 'E-[A-Z]+-[0-9]+' "it is named"
cp "$T/blob" "$blob"
printf 'x' | dd of="$blob" bs=1 seek=900 conv=notrunc status=none
as okafor request get "$request" --out "$T/got"
check "a changed blob is not opened (status $RC)" test "$RC" -eq 7 -o "$RC" -eq 9
check "no file is left of either" bash -c '! find "$1" -type f 2>/dev/null | grep -q .' _ "$T/got"
cp "$T/blob" "$blob"
as okafor request get "$request" --out "$T/got"
expect 0 "with the blob restored the same command works"

# ---- the replica ----
copy
sqlite3 "$T/copy/replica.db" 'PRAGMA user_version = 999' >"$T/null"
copied log list
refused_by 1 E-HOST-06 "a replica of a newer version"
copy
head -c 200000 /dev/urandom >"$T/copy/replica.db"
rm -f "$T/copy/replica.db-wal" "$T/copy/replica.db-shm"
copied log list
check "a replica of noise is refused (status $RC)" test "$RC" -eq 7 -o "$RC" -eq 1
line_with 'E-HOST-0[15]' "it is named as damaged"
rm -f "$T/copy"/replica.db*
copied log verify
expect 0 "without a replica it is made again"
by_hand() { # SQL NAME
	copy
	sqlite3 "$T/copy/replica.db" "$1" || { not_ok "$2" "sqlite3 refused"; return; }
	copied log verify
	if [ "$RC" -eq 7 ]; then ok "$2"; else not_ok "$2" "ended with $RC"; said; fi
}
by_hand "DELETE FROM event WHERE n = 2" "an entry deleted by hand"
by_hand "UPDATE event SET bytes = (SELECT bytes FROM event WHERE n = 1) WHERE n = 2" "an entry replaced by hand"
by_hand "UPDATE event SET bytes = zeroblob(30) WHERE n = 2" "an entry overwritten by hand"
rm -rf "$T/copy"
as jansen sync
cp -a "$(home_of jansen)" "$T/copy"
sqlite3 "$T/copy/replica.db" "UPDATE block SET header = (SELECT header FROM block WHERE height = 4) WHERE height = 5"
run "$MEDLOCK" -C "$T/copy" ledger verify --passphrase-file "$(home_of jansen)/passphrase" --json
if [ "$RC" -eq 7 ]; then ok "a block replaced by hand"; else not_ok "a block replaced by hand" "ended with $RC"; said; fi
rm -rf "$T/copy"
cp -a "$(home_of jansen)" "$T/copy"
sqlite3 "$T/copy/replica.db" "UPDATE block SET body = zeroblob(length(body)) WHERE height = 7"
run "$MEDLOCK" -C "$T/copy" ledger verify --passphrase-file "$(home_of jansen)/passphrase" --json
if [ "$RC" -eq 7 ] && [ "$(value .first_bad)" = 7 ]; then ok "a body overwritten by hand, the block named"; else
	not_ok "a body overwritten by hand, the block named" "ended with $RC"
	said
fi

# ---- the machine ----
RC=0
timeout 60 "$MEDLOCK" -C "$anna" log list >/dev/full 2>"$ERR" </dev/null || RC=$?
check "output that cannot be written is a failure" test "$RC" -eq 1
as anna record export "$record" --out "$T/no/such/folder/file"
check "an output folder that is not there (status $RC)" test "$RC" -eq 1 -o "$RC" -eq 6
line_with 'E-[A-Z]+-[0-9]+' "it is named"
copy
chmod 644 "$T/copy/keystore"
copied log list
check "a keystore that others may read is refused" test "$RC" -ne 0
line_with 'E-[A-Z]+-[0-9]+' "and the reason is named"
copy
chmod 755 "$T/copy"
copied log list
check "a profile folder others may enter is refused, or made private" \
	bash -c 'test "$1" -ne 0 || test "$(stat -c %a "$2")" = 700' _ "$RC" "$T/copy"

# ---- Ctrl-C ----
head -c 80000000 /dev/zero >"$T/zeros"
set -m # a background job of a shell without job control ignores SIGINT
"$MEDLOCK" -C "$(home_of jansen)" deposit put "$T/zeros" --owner anna --category IMG >"$OUT" 2>"$ERR" </dev/null &
client=$!
set +m
grown() { [ "$(du -sk "$(peer_home)/blobs" | cut -f1)" -gt 8000 ] || ! kill -0 "$client" 2>"$T/null"; }
await 60 grown
kill -INT "$client" 2>"$T/null"
wait "$client"
RC=$?
if [ "$RC" -eq 0 ]; then skipped "Ctrl-C ends with 3" "the deposit was faster"; else
	expect 3 "Ctrl-C ends with 3"
	line_with E-CANCEL-01 "and says that repeating goes on"
fi
as anna record list --json
json "only the record acknowledged before is there" --argjson n $((1 + (RC == 0))) '(.records | length) >= 1'

run "$MEDLOCKD" run --home "$T/nothing"
check "medlockd in a folder that is no peer is refused" test "$RC" -ne 0 -a "$RC" -lt 11
run "$MEDLOCKD" run --home "$(peer_home)"
check "a second daemon on the same home is refused" test "$RC" -ne 0 -a "$RC" -lt 11
world_down
chmod 755 "$(peer_home)"
run "$MEDLOCKD" check --home "$(peer_home)"
check "a peer's home that others may read is refused" test "$RC" -ne 0
chmod 700 "$(peer_home)"
