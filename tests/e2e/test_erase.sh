#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A record's life: a new version by who deposited it, and its end by its owner.
. tests/e2e/lib.sh

blobs() { find "$(peer_home)/blobs" -type f -regextype posix-extended -regex '.*/[0-9a-f]{60,64}' | wc -l; }

world_up
summary=$REPOSITORY/assets/demo/records/anna/summary.json

as anna record list --all --json
before=$(blobs)
as jansen deposit put "$summary" --owner anna --category LAB --label VIO --json
expect 0 "a deposit"
first=$(value .record)
mapfile -t files < <(value '.renditions[].blob')
as anna consent add --now --permit --who okafor --purpose TREAT --category LAB --label VIO --json
expect 0 "anna permits this record"
as okafor request new --owner anna --purpose TREAT --record "$first" --json
expect 0 "okafor asks for it"
request=$(value .request)
as okafor record view "$first" --json
expect 0 "okafor reads it"

# ---- a new version ----
as jansen deposit amend "$first" "$summary" --json
expect 0 "its depositor makes a new version"
second=$(value .record)
json "labels and kind are kept" '.category == "LAB"'
as anna record list --json
json "the list has the newest alone, with its labels" --arg a "$first" --arg b "$second" '([.records[].record] | index($b) != null and index($a) == null) and ([.records[] | select(.record == $b).labels[]] | index("VIO") != null)'
as anna record list --all --json
json "with --all the old one names the new" --arg a "$first" --arg b "$second" '[.records[] | select(.record == $a and .state == "superseded" and .newer == $b)] | length == 1'
as anna record view "$first"
check "an old version says that there is a newer" grep -q "newer one: ${second:0:12}" "$OUT"
as jansen deposit amend "$first" "$summary"
expect 10 "an old version is not amended"
as jansen deposit amend "$second" "$summary" --confidentiality N --lower
expect 10 "nothing is less protected than before"

# ---- the end ----
as anna record erase "$second" --confirm 0000x
check "a wrong confirmation erases nothing" test "$RC" -ne 0
as okafor record erase "$first" --confirm "${first: -4}"
check "nobody else erases" test "$RC" -ne 0
cp -a "$(peer_home)/blobs" "$T/blobs"
as anna record erase "$second" --confirm "${second: -4}" --json
expect 0 "anna erases it"
json "the receipt names both versions, the block, the peers and who had it" --arg a "$first" --arg b "$second" '.versions == [$b, $a] and .height > 0 and (.peers | length) >= 1 and ([.peers[].erased] | all) and ([.readers[].who] | index("okafor") != null)'
tx=$(value .tx)
check "the peer has as many files as before the deposit" test "$(blobs)" -eq "$before"
gone=1
for blob in "${files[@]}"; do find "$(peer_home)/blobs" "$(home_of anna)" -name "*${blob:2:20}*" | grep -q . && gone=0; done
check "neither the peer nor anna has a file of its name" test "$gone" -eq 1
as anna record erase "$second" --confirm "${second: -4}" --json
json "once more gives the same receipt" --arg tx "$tx" '.before and .tx == $tx and ([.peers[].erased] | all)'
as anna record erase "$second" --confirm "${second: -4}"
check "the receipt says what cannot be called back" grep -q "okafor.* may have a copy" "$OUT"

# ---- a peer that is killed after the block and before it deletes: the files are there again, as it had left them ----
pid=$(peer_pid)
kill -9 "$pid"
await 10 sh -c "! kill -0 $pid 2>/dev/null" || not_ok "the peer dies"
rm -r "$(peer_home)/blobs"
mv "$T/blobs" "$(peer_home)/blobs"
check "the files are back" test "$(blobs)" -gt "$before"
world_up
none_left() { [ "$(blobs)" -eq "$before" ]; }
check "at its next start the peer deletes them" await 10 none_left

as okafor request get "$request" "$first" --json
check "okafor is given no key any more" test "$RC" -ne 0
as okafor request new --owner anna --purpose TREAT --record "$first" --json
json "a new request does not see it" '(.records // []) | length == 0'
as jansen deposit amend "$second" "$summary"
expect 10 "an erased record is not amended"
as anna record view "$first"
check "its owner cannot open it either" test "$RC" -ne 0
as anna record list --json
json "the list does not show it" --arg b "$second" '[.records[] | select(.record == $b)] == []'
as anna log list --json
json "the log has it all" '[.events[].kind] | (index("record_amend") != null) and (map(select(. == "record_erase")) | length == 2)'
as anna log verify --json
expect 0 "and is whole"
as jansen deposit put "$summary" --owner anna --json
expect 0 "the same file is deposited anew"

kill "$(peer_pid)"
await 10 sh -c "! kill -0 $(peer_pid) 2>/dev/null" || not_ok "the peer stops"
as anna record erase "$second" --confirm "${second: -4}" --json
json "a peer that is silent has confirmed nothing" --arg tx "$tx" '.before and .tx == $tx and ([.peers[].erased] | any | not)'
