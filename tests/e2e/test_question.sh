#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# "Why did you look?": anna asks about an access, who looked answers, both see that the texts are what the ledger was promised;
# what is lost on the way is sent again.
. tests/e2e/lib.sh

ledger() { sqlite3 "$(peer_home)/ledger.db" "PRAGMA busy_timeout = 5000; $1" >"$T/null"; }
entry() { as anna log list --json; value "[.events[] | select($1)][-1].n"; } # number of the newest such entry

world_up
as jansen deposit put assets/demo/records/anna/allergies.json --owner anna
quietly 0 "a record"
as okafor request new --owner anna --purpose TREAT --json
expect 5 "okafor is refused"
request=$(value .request)
n=$(entry '.kind == "access_request"')

expect_error 6 "an entry that there is not" anna log ask 99 --text why
expect_error 2 "a number that is none" anna log ask one --text why
expect_error 2 "nobody is asked about a certificate" anna log ask 1 --text why
expect_error 2 "a question has words" anna log ask "$n"
expect_error 2 "and not none" anna log ask "$n" --text ""
expect_error 2 "and no control characters" anna log ask "$n" --text $'why\033[2J'
expect_error 2 "and an end" anna log ask "$n" --text "$(printf '%4001s' x)"
expect_error 6 "nobody asked okafor yet" okafor request reply "$request" --text because

# ---- asked, of a refusal too ----
as anna log ask "$n" --text "Why did you want my allergies?" --json
expect 0 "anna asks about the refused request"
json "with the time in which an answer is due" '.questions | length == 1 and .[0].state == "waiting" and .[0].unsent == false
	and ((.[0].due | sub("\\..*"; "Z") | fromdate) - (.[0].at | sub("\\..*"; "Z") | fromdate) == 7 * 86400)'
expect_error 10 "one question waits at a time" anna log ask "$n" --text "And another thing"
as okafor sync --json
json "okafor learns it with his sync" '.questions_waiting == 1'
as okafor request questions --json
json "and reads it" --arg r "$request" '.questions[0] | .request == $r and .text == "Why did you want my allergies?" and .asker == "anna"'
as okafor mail list --json
json "his mail says that it is what was promised" '[.letters[] | select(.kind == "question" and .as_promised)] | length == 1'
as vos request questions --json
json "others read nothing, provably" '.questions == [] and .complete'
expect_error 6 "and answer nothing" vos request reply "$request" --text because
printf 'Your pharmacy asked me.\nSorry.\n' >"$T/reply"
as okafor request reply "${request:0:8}" --text "Your pharmacy asked me." --json
expect 0 "okafor answers"
expect_error 10 "once" okafor request reply "$request" --text "Something else"
as anna sync --json
json "anna learns it with her sync" '.answers_unread == 1'
ledger 'DELETE FROM mail' # peers forget: her sync has kept it
as anna sync --json
json "until she has read it" '.answers_unread == 1'
as anna log show "$n" --json
json "the entry shows question and answer" '.questions[0] | .state == "answered" and .text != null and .reply != null and .answered != null'
as anna sync --json
json "and is read then" '.answers_unread == 0'
as anna log verify
expect 0 "her list is whole"

# ---- letters that are lost ----
timeout 20 "$MEDLOCK" -C "$(home_of anna)" log ask "$n" --text - --json <"$T/reply" >"$OUT" 2>"$ERR"
RC=$?
expect 0 "she asks again, from a file"
ledger 'DELETE FROM mail'
as okafor request questions
check "the ledger has it, the text is lost" grep -q 'not been received yet' "$OUT"
expect_error 8 "what nobody read nobody answers" okafor request reply "$request" --text because
as anna log ask "$n"
expect 0 "the same command sends the text again"
as okafor request questions --json
json "and it arrives, line by line" '.questions[1].text == "Your pharmacy asked me.\nSorry."'
ledger "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO mail(kind, box, sender, at, hash, message)
	SELECT 9, x'00', x'$(account_of okafor)', $(date +%s)000, i, x'00' FROM n" # as many as one may send in a day
as okafor request reply "$request" --text "A mistake."
check "a letter that no peer takes is said" grep -q 'it stands on the ledger, its text was not sent: repeat the command' "$ERR"
as okafor request questions
check "and stays said" grep -q "The text was not sent yet: 'medlock request reply ${request:0:12}' sends it" "$OUT"
ledger 'DELETE FROM mail'
as okafor request reply "$request"
expect 0 "the same command sends it"
ledger 'DELETE FROM mail'
as anna log questions
check "the reply's text is lost" grep -q 'reply: (the text has not been received yet)' "$OUT"
as okafor request reply "$request" --text "A mistake."
expect 0 "sent again"
as anna log questions --json
json "and it arrives" '.questions[1].reply == "A mistake."'

# ---- killed between the promise and the letter ----
as okafor request new --owner anna --purpose TREAT
n=$(entry '.kind == "access_request"')
texts() { find "$(home_of anna)/texts" -type f ! -name '.*' | wc -l; }
had=$(texts)
wrote() { [ "$(texts)" -gt "$had" ]; }
"$MEDLOCK" -C "$(home_of anna)" log ask "$n" --text "Cut." >"$T/null" 2>&1 </dev/null &
client=$!
await 20 wrote
kill -9 "$client" 2>"$T/null"
wait "$client" 2>"$T/null"
as anna log ask "$n" --text "Cut." --json
expect 0 "after kill -9 the same command completes it"
json "as one question" '.questions | length == 1 and .[0].unsent == false'
as okafor request questions --json
json "that arrives" '[.questions[] | select(.text == "Cut.")] | length == 1'

# ---- by who acts for her; an own access; closed; revoked ----
as anna proxy add bram --scope asks --now
as haddad request new --owner anna --purpose ETREAT --emergency --reason unconscious --json
emergency=$(value .request)
as haddad request review "$emergency" --text "Found unconscious."
n=$(entry '.emergency')
as bram log ask "$n" --text "What was it?" --for anna
expect 0 "bram asks for anna, about a closed emergency"
as anna log questions
check "she sees that he did" grep -q 'bram asked haddad' "$OUT"
as bram log questions --for anna --json
json "and he what he asked" '[.questions[] | select(.text == "What was it?")] | length == 1'
as anna request new --owner anna --purpose PATRQT
expect_error 2 "nobody asks herself" anna log ask "$(entry '.kind == "access_request"')" --text why
as jansen ca list --json
serial=$(value '[.certificates[] | select(.account == "'"$(account_of haddad)"'")][0].serial')
for officer in jansen dewit jansen; do
	as "$officer" ca show "$serial"
	as "$officer" ca revoke "$serial" --reason affiliation-changed --confirm "${serial: -4}"
done
as haddad request reply "$emergency" --text "An allergic shock."
expect 4 "who is revoked does not answer"
as anna log questions --json
json "and still owes it" '.questions[-1].state == "waiting"'
