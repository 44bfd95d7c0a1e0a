#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A peer that withholds or changes one of anna's events is found out: log verify ends with 7.
. tests/e2e/lib.sh

faulty=$BUILD/medlockd-faulty
if [ ! -x "$faulty" ]; then
	not_ok "the faulty peer is built" "no $faulty"
	exit 1
fi
world_up
ok "the demo world starts"
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/problems.json" --owner anna
expect 0 "a deposit"
cp -a "$(home_of anna)" "$T/fresh" # before anna has seen anything of it
as anna consent add --now --permit --who okafor --purpose TREAT
expect 0 "a permit"
as okafor request new --owner anna --purpose TREAT
expect 0 "a request that anna may later miss"
as anna log verify
expect 0 "with the honest peer the list verifies"
as anna log list --json
json "and says of what time it is" '(now - (.checked_at | sub("[.][0-9]+Z$"; "Z") | fromdateiso8601)) | . >= -60 and . < 600'
home=$(peer_home)
world_down

start_faulty() { # FAULT: waits for the line on its ready descriptor
	mkfifo "$T/ready"
	"$faulty" run --home "$home" --fault "$1" --ready-fd 9 9>"$T/ready" 2>"$T/faulty.log" &
	daemon=$!
	IFS= read -r -t 30 line <"$T/ready"
	local rc=$?
	rm "$T/ready"
	return $rc
}
stop_faulty() {
	kill "$daemon" 2>"$T/null"
	wait "$daemon" 2>"$T/null"
}
lies() { # FAULT NAME
	cp -a "$T/fresh" "$T/anna"
	if ! start_faulty "$1"; then
		not_ok "$2" "the faulty peer did not start: $(tail -n 2 "$T/faulty.log")"
		stop_faulty
		return
	fi
	run "$MEDLOCK" -C "$T/anna" log verify --passphrase-file "$(home_of anna)/passphrase" --json
	if [ "$RC" -eq 7 ] && [[ $(value .error.code) =~ ^E-VERIFY- ]]; then ok "$2"; else not_ok "$2" "ended with $RC"; said; fi
	run "$MEDLOCK" -C "$T/anna" log list --passphrase-file "$(home_of anna)/passphrase" --json
	if [ "$RC" -eq 0 ] && [ "$(value .complete)" = true ] && [ "$(value '.events | length')" -lt 3 ]; then
		not_ok "$2: the list does not call itself complete"
	else
		ok "$2: the list does not call itself complete"
	fi
	stop_faulty
	rm -rf "$T/anna"
}
lies withhold-event=1 "the first event withheld"
lies withhold-event=2 "an event in the middle withheld"
lies flip-event=1 "a changed event"
lies flip-proof=1 "a changed proof"
lies drop-proof=1 "an empty proof"
lies refuse-row=1 "every row refused"

# "It is in a block", and it is not: whoever acts must not believe it.
forgets() { # WHO NAME ARGUMENTS…: ends with 7
	local who=$1 name=$2
	shift 2
	rm -rf "$T/who"
	cp -a "$(home_of "$who")" "$T/who"
	run "$MEDLOCK" -C "$T/who" --passphrase-file "$(home_of "$who")/passphrase" --json "$@"
	if [ "$RC" -eq 7 ] && [[ $(value .error.code) =~ ^E-VERIFY- ]]; then ok "$name"; else not_ok "$name" "ended with $RC"; said; fi
}
as jansen ca list --json
serial=$(jq -r --arg a "$(account_of lind)" '.certificates[] | select(.account == $a) | .serial' "$OUT")
end=(--reason keyCompromise --confirm "${serial: -4}")
world_up
as jansen ca revoke "$serial" "${end[@]}"
expect 8 "a second officer is asked"
as dewit ca show "$serial"
expect 0 "who looks"
world_down
if start_faulty forget-tx=1; then
	forgets anna "a pause that was lost" consent pause
	forgets anna "a rule that was lost" consent add --deny --who okafor --purpose TREAT --now
	forgets dewit "a revocation that was lost" ca revoke "$serial" "${end[@]}"
	rm -rf "$T/who"
	cp -a "$(home_of jansen)" "$T/who"
	run "$MEDLOCK" -C "$T/who" --passphrase-file "$(home_of jansen)/passphrase" --json ca list
	json "a lost revocation is not called done" --arg s "$serial" \
		'[.certificates[] | select(.serial == $s) | .state] != ["revoked"]'
	forgets jansen "a deposit that was lost" deposit put "$REPOSITORY/assets/demo/records/anna/problems.json" --owner anna
else
	not_ok "the forgetful peer starts" "$(tail -n 2 "$T/faulty.log")"
fi
stop_faulty
world_up
as anna log verify
expect 0 "with the honest peer again it verifies"
