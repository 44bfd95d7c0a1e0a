#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An operator's day by docs/OPERATING.md: its runnable blocks, in their order, against a throw-away peer; the forecast.
. tests/e2e/lib.sh

world_up
home=$(peer_home)
yes 'A letter of some length.' | head -n 20000 >"$T/letter.txt"
as jansen deposit put "$T/letter.txt" --owner anna --json
quietly 0 "there is a record"

# ---- the forecast ----
forecast() { run faketime -f "$1" "$MEDLOCKD" forecast --home "$home" --json; }
run "$MEDLOCKD" forecast --home "$home"
expect 0 "forecast beside the daemon"
check "a young ledger gets no forecast" grep -q 'forecast  none' "$OUT"
later() {
	forecast +10d
	expect 0 "forecast after ten days"
	json "ten days of history" '.history_days == 10 and .enough_history'
	json "the pace is what there is by ten days" '(.ledger_bytes - .mail_bytes) / 10 - .ledger_bytes_per_day | fabs < 20'
	json "a small ledger is counted with what is in its log" '.ledger_bytes > 50000'
	json "blobs too" '.blob_bytes > 0 and (.blob_bytes / 10 - .blob_bytes_per_day | fabs < 20)'
	json "the days are the room by the pace" \
		'.disk_free_bytes / (.ledger_bytes_per_day + .blob_bytes_per_day) - .days_until_disk_full | fabs < 1.01'
	json "without a quota none gets full" '.blob_quota_bytes == 0 and .days_until_quota_full == null'
	forecast +100d
	json "what is older than thirty days is no growth" \
		'.history_days == 30 and .ledger_bytes_per_day == 0 and .blob_bytes_per_day == 0 and .days_until_disk_full == null'
	size=$(value .blob_bytes)
	cp "$home/config" "$T/config"
	echo "blob-quota = $((size * 3))" >>"$home/config"
	forecast +10d
	json "a quota three times the blobs is full in twenty days" '.days_until_quota_full | . >= 19 and . <= 21'
	cp "$T/config" "$home/config"
}
if faketime -f +10d "$MEDLOCKD" --version >"$T/null" 2>&1; then
	later
else
	skipped "the pace of ten days" "faketime does not work with this build"
fi
run "$MEDLOCKD" forecast --home "$T/nowhere"
check "no home, no forecast (status $RC)" test "$RC" -ne 0 -a ! -s "$OUT"

# ---- the blocks of the document ----
# A block is runnable when the line before it is <!-- runnable NAME -->; the paths in it become those of this world.
block() {
	awk -v name="$1" '$0 == "<!-- runnable " name " -->" {on = 1; next} on && /^    / {print substr($0, 5); seen = 1; next}
		on && seen {exit}' docs/OPERATING.md |
		sed -e "s|/var/lib/medlock-new|$T/new|g; s|/var/lib/medlock|$home|g; s|/backup/2026-11-22|$T/backup|g" \
			-e "s|HEIGHT|${height:-}|g; s|^medlockd |'$MEDLOCKD' |"
}
follow() {
	block "$1" >"$T/block"
	check "the document has the block '$1'" test -s "$T/block"
	run bash -e "$T/block"
}
follow status
expect 0 "status beside the daemon"
check "it names the height" grep -qE '^height +[1-9]' "$OUT"
follow forecast
expect 0 "forecast as it is written"
follow backup
expect 0 "backup beside the daemon"
check "the copy has the keys sealed and the ledger" test -s "$T/backup/peer.keys" -a -s "$T/backup/ledger.db"
follow backup
check "a backup does not take another's place (status $RC)" test "$RC" -eq 10
as anna ledger status --json
expect 0 "a client tells the highest height"
follow check
check "check refuses beside the daemon (status $RC)" test "$RC" -ne 0
world_down
follow check
expect 0 "check with the daemon stopped"
check "it counts the blocks" grep -qE '^blocks +[1-9][0-9]* whole' "$OUT"
height=$("$MEDLOCKD" status --home "$home" --json | jq .height)
follow restore
expect 0 "restore"
# It listens on a port of its own; what it says goes to a file, for the daemon does not end by itself.
sed -i 's/^listen *=.*/listen = 127.0.0.1:0/' "$T/new/config"
signs() { # starts the restored peer and says whether it gets ready
	"$MEDLOCKD" run --home "$T/new" --ready-fd 3 3>"$T/ready" 2>"$T/said" </dev/null &
	pid=$!
	await 10 bash -c 'grep -q ready "$1" || ! kill -0 "$2" 2>/dev/null' _ "$T/ready" "$pid"
	kill "$pid" 2>/dev/null
	wait "$pid"
	grep -q ready "$T/ready"
}
signs && not_ok "a restored peer does not sign by itself" || ok "a restored peer does not sign by itself"
sed -n 's/^/# /p' "$T/said" | head -3
follow allow
expect 0 "it is told the highest height"
check "then it serves" signs
finish
