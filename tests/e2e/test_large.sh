#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A large attachment there and back in flat memory, both sides killed half-way.  E2E_FULL=1 takes 2 GB.
. tests/e2e/lib.sh

size=$((96 * 1024 * 1024))
[ -n "${E2E_FULL:-}" ] && size=$((2 * 1000 * 1000 * 1000)) COMMAND_SECONDS=900
limit=65536 # kB resident
world_up
ok "the demo world starts"
# The passphrase's key derivation takes its memory once, at the start: what the work itself takes is counted after it.
openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>"$T/null" | head -c $size >"$T/scan.bin"
check "there is an attachment of $size bytes" test "$(stat -c %s "$T/scan.bin")" -eq $size

kilobytes() { du -sk "$1" 2>"$T/null" | cut -f1; }
grown() { # FOLDER FROM LEAST
	[ $(($(kilobytes "$1") - $2)) -ge "$3" ] || ! kill -0 "$client" 2>"$T/null"
}
resident() { awk '/^VmRSS/ {print $2}' "/proc/$1/status" 2>"$T/null" || echo 0; }
# watched NAME ARGS…: run as NAME, keep the largest resident size of the client after its start and of the peer.
watched() {
	local who=$1 now
	shift
	"$MEDLOCK" -C "$(home_of "$who")" "$@" >"$OUT" 2>"$ERR" </dev/null &
	client=$!
	most=0 most_peer=0
	while kill -0 "$client" 2>"$T/null"; do
		now=$(resident "$client")
		[ "${now:-0}" -gt "$most" ] && most=$now
		now=$(resident "$(peer_pid)")
		[ "${now:-0}" -gt "$most_peer" ] && most_peer=$now
		read -r -t 0.02 -u "$tick" || true
	done
	wait "$client"
	RC=$?
}
# cut_at FOLDER KB NAME ARGS…: kill -9 the client and then the peer when FOLDER has grown by so much.
cut_at() {
	local folder=$1 least=$2 who=$3 from
	shift 3
	mkdir -p "$folder"
	from=$(kilobytes "$folder")
	"$MEDLOCK" -C "$(home_of "$who")" "$@" >"$T/killed.out" 2>"$T/killed.err" </dev/null &
	client=$!
	await "$COMMAND_SECONDS" grown "$folder" "$from" "$least"
	cut=0
	kill -9 "$client" 2>"$T/null" && cut=1
	wait "$client" 2>"$T/null"
	kill -9 "$(peer_pid)"
	world_up
}
half=$((size / 1024 / 2))

cut_at "$(peer_home)" $half jansen deposit put "$T/scan.bin" --owner anna --category IMG
check "the client was killed half-way through the upload" test $cut -eq 1
before=$(kilobytes "$(peer_home)")
watched jansen deposit put "$T/scan.bin" --owner anna --category IMG --json
expect 0 "the same deposit again"
record=$(value .record)
check "it went on where it was" test $(($(kilobytes "$(peer_home)") - before)) -lt $((size / 1024 * 3 / 4))
flat "the client stayed below 64 MB" "$most" $limit
flat "the peer stayed below 64 MB" "$most_peer" $limit
left=$(find "$(home_of jansen)/deposits" -type f | wc -l)
check "nothing of the deposit is left in the profile" test "$left" -eq 0

mkdir -p "$(home_of anna)/blobs"
before=$(kilobytes "$(home_of anna)")
"$MEDLOCK" -C "$(home_of anna)" record export "$record" --out "$T/back" >"$OUT" 2>"$ERR" </dev/null &
client=$!
await "$COMMAND_SECONDS" grown "$(home_of anna)" "$before" $((half / 4))
kill -INT $client 2>"$T/null"
wait $client
RC=$?
expect 3 "Ctrl-C cancels a download"
check "and leaves no file" test ! -e "$T/back"
cut_at "$(home_of anna)" $((half / 2)) anna record export "$record" --out "$T/back"
check "the client was killed half-way through the download" test $cut -eq 1
check "there is no file under the wanted name" test ! -e "$T/back"
watched anna record export "$record" --out "$T/back" --json
expect 0 "the same export again"
check "the bytes are those deposited" cmp "$T/scan.bin" "$T/back"
check "the file is private" test "$(stat -c %a "$T/back")" = 600
flat "the client stayed below 64 MB" "$most" $limit
flat "the peer stayed below 64 MB" "$most_peer" $limit
rm -f "$T/back"
"$MEDLOCK" -C "$(home_of anna)" record export "$record" --out "$T/back" >"$OUT" 2>"$ERR" </dev/null &
client=$!
plain() { [ -n "$(find "$T" -maxdepth 1 -name 'back*')" ] || ! kill -0 "$client" 2>"$T/null"; }
await 2 plain
kill -9 "$client" 2>"$T/null"
wait "$client" 2>"$T/null"
check "an export that was killed leaves no plain text behind" test "$(find "$T" -maxdepth 1 -name 'back.*' | wc -l)" -eq 0
as anna record list --json
json "one record came of it" '[.records[] | select(.category == "IMG")] | length == 1'
