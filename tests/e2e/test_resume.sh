#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client killed in the middle of a large deposit or a large download: the same command repeated completes it.
. tests/e2e/lib.sh

size=$((50 * 1024 * 1024))
world_up
ok "the demo world starts"
openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>"$T/null" | head -c $size >"$T/scan.bin"
check "there is an attachment of 50 MB" test "$(stat -c %s "$T/scan.bin")" -eq $size

kilobytes() { du -sk "$1" 2>"$T/null" | cut -f1; }
grown() { # FOLDER FROM LEAST: has it grown by so many kilobytes, or has the client ended?
	[ $(($(kilobytes "$1") - $2)) -ge "$3" ] || ! kill -0 "$client" 2>"$T/null"
}
killed_at() { # FOLDER LEAST NAME ARGS…: start as NAME, kill -9 when FOLDER has grown
	local folder=$1 least=$2 who=$3 from
	shift 3
	mkdir -p "$folder"
	from=$(kilobytes "$folder")
	"$MEDLOCK" -C "$(home_of "$who")" "$@" >"$T/killed.out" 2>"$T/killed.err" </dev/null &
	client=$!
	await 60 grown "$folder" "$from" "$least"
	if kill -9 "$client" 2>"$T/null"; then cut=$((cut + 1)); fi
	wait "$client" 2>"$T/null"
}

# ---- deposit ----
cut=0
for least in 4096 20480 40960; do
	killed_at "$(peer_home)" $least jansen deposit put "$T/scan.bin" --owner anna --category IMG
done
echo "# $cut of 3 deposits cut"
as anna record list --json
cut_records=$(value '.records | length')
as jansen deposit put "$T/scan.bin" --owner anna --category IMG --json
expect 0 "the deposit repeated after kill -9"
record=$(value .record)
as anna record list --json
check "each acknowledged deposit is one record, a cut one none" test "$(value '.records | length')" -eq $((cut_records + 1))
check "no cut deposit left a record" test "$cut_records" -le $((3 - cut))

# ---- request get ----
as anna consent add --now --permit --who okafor --purpose TREAT
quietly 0 "a permit"
as okafor request new --owner anna --purpose TREAT --record "$record" --json
expect 0 "a request"
request=$(value .request)
cut=0
for least in 4096 20480 45056; do
	killed_at "$(home_of okafor)" $least okafor request get "$request" --out "$T/got"
done
echo "# $cut of 3 downloads cut"
whole=0
while IFS= read -r f; do cmp -s "$f" "$T/scan.bin" || whole=1; done < <(find "$T/got" -type f -name "$record*" ! -name '*.part*' ! -name '*.tmp*' 2>"$T/null")
check "a cut download leaves no half file under its name" test "$whole" -eq 0
rm -rf "$T/got"
as okafor request get "$request" --out "$T/got" --json
expect 0 "the download repeated after kill -9"
check "the bytes are those deposited" cmp "$T/scan.bin" "$(value '.files[0].path')"
check "nothing else is left in the folder" test "$(find "$T/got" -type f | wc -l)" -eq 1

# ---- the daemon ----
daemon=$(peer_pid)
gone() { ! kill -0 "$daemon" 2>"$T/null"; }
kill -9 "$daemon"
check "the daemon is dead" await 20 gone # one that is still dying is taken for one that runs
world_up
as okafor request get "$request" --out "$T/after" --json
expect 0 "after kill -9 of the daemon the record is still there"
check "and whole" cmp "$T/scan.bin" "$(value '.files[0].path')"
world_down
run "$MEDLOCKD" check --home "$(peer_home)"
expect 0 "medlockd check"
left=$(find "$(home_of jansen)" "$(home_of okafor)" -type f -name '*.tmp*' | wc -l)
check "no temporary files are left in the profiles" test "$left" -eq 0
