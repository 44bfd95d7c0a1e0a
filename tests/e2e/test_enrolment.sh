#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Enrolment by way of the peer alone: asked, refused with words, asked again, certified, renewed, also after the keys changed;
# answers that are not hers, a peer that is away, requests that are none.
. tests/e2e/lib.sh

world_up
network_of anna
(umask 077; printf 'correct horse battery\n' >"$T/phrase")
eva() { run "$MEDLOCK" -C "$T/eva" "$@" --passphrase-file "$T/phrase"; }
ivo() { run "$MEDLOCK" -C "$T/ivo" "$@" --passphrase-file "$T/phrase"; }
waiting() { as jansen ca queue --json; value '.queue[0].id'; }

# ---- asked and refused ----
eva setup --mode patient --peer "$url" --pin "$pin" --name 'Eva Nieuw' --json
json "setup sends the request" '.sent == true'
eva enrolment status --json
json "it waits" '.state == "waiting" and .sent == true and (has("serial") | not)'
eva sync
expect 4 "sync says that it waits"
grep -q 'no answer yet' "$OUT" && ok "since when, and until when" || not_ok "since when, and until when"
as jansen ca queue --json
json "it comes to the desk by itself" '.fetched.entered == 1 and (.queue | length) == 1 and .queue[0].name == "Eva Nieuw"'
first=$(value '.queue[0].id')
as jansen ca queue --json
json "once" '.fetched.entered == 0 and .fetched.refused == 0 and (.queue | length) == 1'
rm "$(home_of jansen)/desk-marks"
as jansen ca queue --json
json "also when the desk forgot how far it read" '.fetched == {entered: 0, refused: 0, unreachable: 0} and (.queue | length) == 1'
as jansen ca reject "$first" --reason '' --json
expect 2 "a refusal needs words"
as jansen ca reject "$first" --reason 'Bring your passport to the desk.' --json
json "the refusal is on its way" '.answer_sent == true'
eva sync
grep -q 'Bring your passport' "$OUT" && ok "she reads why" || not_ok "she reads why"
eva enrolment status --json
json "status says it as data" '.state == "refused" and .words == "Bring your passport to the desk."'

# ---- asked again ----
eva enrolment renew --json
json "she asks again, under the same name" '.state == "waiting"'
second=$(waiting)
check "it is another request" test "$second" != "$first" -a "$second" != null
ivo setup --mode patient --peer "$url" --pin "$pin" --name 'Ivo Nieuw' --json
third=$(as jansen ca queue --json; value '.queue[] | select(.name == "Ivo Nieuw") | .id')
as jansen ca approve "$third" --json
json "one is certified" '.answer_sent == true and .height > 0'
theirs=$(value .answer)
eva enrolment take "$theirs" --json
check "another's answer is refused (status $RC)" test "$RC" -ne 0
cp "$(home_of jansen)/answer-$first.age" "$T/old"
eva enrolment take "$T/old" --json
check "so is the answer to her earlier request (status $RC)" test "$RC" -ne 0
as jansen ca approve "$second" --json
serial=$(value .serial)
cp "$(value .answer)" "$T/changed"
printf 'x' | dd of="$T/changed" bs=1 seek=$(($(stat -c %s "$T/changed") - 40)) conv=notrunc status=none
eva enrolment take "$T/changed"
check "and one that was changed on its way (status $RC)" test "$RC" -ne 0
eva enrolment take /dev/null
check "and nothing at all (status $RC)" test "$RC" -ne 0
as jansen ca approve "$second" --json
json "what was approved is answered again" --arg s "$serial" '.answer_sent == true and .serial == $s'
eva sync --json
json "sync brings the certificate" '.enrolment == "certified" and .height > 0'
eva enrolment status --json
json "it is the one that was issued" --arg s "$serial" '.state == "certified" and .serial == $s and .renew_from < .not_after'
openssl verify -x509_strict -CAfile "$T/eva/authority.pem" -untrusted "$T/eva/certificate.pem" "$T/eva/certificate.pem" >"$T/null" 2>&1
check "openssl accepts it" test $? -eq 0
eva consent add --now --permit --who everyone --purpose TREAT
expect 0 "she acts"
eva enrolment take "$theirs"
expect 6 "nothing more is waited for"

# ---- a file alone, as when peers lost it ----
ivo enrolment take "$theirs" --json
json "an answer may come as a file" '.state == "certified"'

# ---- renewed, with keys that changed, while the peer is away ----
kill -STOP "$(peer_pid)"
eva enrolment status --json
json "what is known is told offline" --arg s "$serial" '.state == "certified" and .serial == $s'
kill -CONT "$(peer_pid)"
eva key rotate
expect 0 "she changes her keys"
eva enrolment status --json
json "the certificate was for those of before" '.state == "certified" and (has("serial") | not) and has("not_after")'
eva enrolment renew --json
json "she asks for the next" '.state == "waiting" and .sent == true'
account=$(eva key status --json; value .account)
fourth=$(waiting)
as jansen ca show "$fourth" --json
json "the desk sees a renewal of her account" --arg a "$account" '.kind == "renewal" and .account == $a'
as jansen ca approve "$fourth" --json
renewed=$(value .serial)
eva enrolment status --json
json "it is hers" --arg s "$renewed" '.state == "certified" and .serial == $s'
as jansen ca list --json
json "and took the place of the first" --arg s "$serial" --arg n "$renewed" \
	'[.certificates[] | select(.serial == $s or .serial == $n) | .state] == ["superseded", "valid"]'

# ---- requests that are none ----
for n in 1 2 3; do head -c 900 /dev/urandom >"$T/noise"; curl -sk -o "$T/null" --data-binary @"$T/noise" "$url/v1/enrol"; done
as jansen ca queue --json
json "are passed over, counted, and stop nothing" '.fetched.refused == 3 and .fetched.entered == 0 and (.fetched.why | length) > 0'
for n in $(seq 20); do
	head -c 40 /dev/urandom >"$T/noise"
	curl -sk -o "$T/null" -w '%{http_code}\n' --data-binary @"$T/noise" "$url/v1/enrol"
done >"$T/codes"
check "one address fills no queue" test "$(tail -n 1 "$T/codes")" -ge 400
eva enrolment renew
check "who comes after it is told, and her request waits here" grep -q 'limit of the network' "$OUT"
eva enrolment status --json
json "as data" '.state == "waiting" and .sent == false and (.unsent | length) > 0'
as jansen ca doctor
expect 0 "register and ledger agree"
