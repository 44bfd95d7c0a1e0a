#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A new person: keys and a request, the authority's desk, certified, acting, the passphrase changed, revoked.
. tests/e2e/lib.sh

world_up
ok "the demo world starts"
network_of anna
new=$T/novak
(umask 077; printf 'correct horse battery\n' >"$T/phrase"; printf 'another staple\n' >"$T/phrase2")
as_new() { run "$MEDLOCK" -C "$new" "$@" --passphrase-file "$T/phrase"; }
as_new setup --mode patient --peer "$url" --pin "$pin" --name 'Zdenka Novakova' --request "$T/nowhere/request"
expect 6 "a setup whose request cannot be written"
run "$MEDLOCK" -C "$T/host" setup --mode clinician --peer "$url" --pin "$pin" --name Z.Novak --passphrase-file "$T/phrase"
expect 2 "a name that reads like a host's is refused"
check "before anything is made" test ! -e "$T/host"
before=$(sha256sum <"$new/keystore")
as_new setup --mode patient --peer "$url" --pin "$pin" --name 'Zdenka Novakova' --json
expect 0 "setup"
check "keys that were there are kept" sh -c "cat '$new'/keystore.kept-* | sha256sum | grep -qx '$before'"
account=$(value .account)
request=$(value .enrolment)
json "it names the account" '(.account | length) == 64'
check "there is a request file" test -s "$request"
check "the request does not show the name" bash -c '! strings -a "$1" | grep -qi novakova' _ "$request"
as_new setup --mode patient --peer "$url" --pin "$pin" --name 'Zdenka Novakova'
expect 10 "setup a second time changes nothing"
as_new sync
expect 4 "an account that waits is told so"
grep -q 'wait for the CA' "$ERR" && ok "and what to wait for" || not_ok "and what to wait for"
as_new consent add --now --permit --who everyone --purpose TREAT
expect 4 "it cannot act before it is certified"

# ---- the desk ----
as anna ca import "$request"
expect 5 "a patient cannot take requests"
as jansen ca import "$request" --json
expect 0 "the officer takes the request as a file"
as jansen ca queue --json
json "it is in the queue by its name" '.queue[0].name == "Zdenka Novakova" and .queue[0].profile == "patient"'
id=$(value '.queue[0].id')
as jansen ca import "$request"
expect 10 "the same request a second time"
check "it is one row, though a peer has it too" test "$(as jansen ca queue --json; value '.queue | length')" = 1
as jansen ca show "$id" --json
expect 0 "ca show"
json "requested and issued are side by side" '(.comparison | length) > 3 and all(.comparison[]; has("requested") and has("issued"))'
cp "$request" "$T/bad-request"
printf 'x' | dd of="$T/bad-request" bs=1 seek=$(($(stat -c %s "$request") - 40)) conv=notrunc status=none
as jansen ca import "$T/bad-request"
check "a changed request is refused (status $RC)" test "$RC" -eq 7 -o "$RC" -eq 1
as jansen ca approve "$id" --dry-run --json
expect 0 "approve --dry-run"
as jansen ca queue --json
json "it still waits" '(.queue | length) == 1'
as jansen ca approve "$id" --json
expect 0 "approve"
serial=$(value .serial)
json "the act is on the ledger" '.height > 0 and (.tx | length) == 64'
as jansen ca list --json
json "the certificate is listed" --arg a "$account" '[.certificates[] | select(.account == $a)] | length == 1'

# ---- the new person acts ----
as_new sync
expect 0 "the new person syncs"
as_new consent show --json
expect 0 "and has a policy"
as jansen deposit put "$REPOSITORY/assets/demo/records/bram/labs-2026-01-12.json" --owner "$account" --json
expect 0 "a deposit by account"
record=$(value .record)
as_new record view "$record"
expect 0 "the new person reads it"
as_new consent add --now --permit --who everyone --purpose TREAT
expect 0 "and sets a rule"
as_new log verify
expect 0 "the log of a new account verifies"

# ---- keys ----
as_new key change --new-passphrase-file "$T/phrase2"
expect 0 "key change"
as_new key status
expect 4 "the old passphrase does not open any more"
run "$MEDLOCK" -C "$new" key status --passphrase-file "$T/phrase2" --json
expect 0 "the new one does"
json "it is the same account" --arg a "$account" '.account == $a'

# ---- the end ----
as jansen ca revoke "$serial" --reason cessation --confirm "${serial: -4}" --dry-run
expect 0 "revoke --dry-run"
mkdir "$T/before"
cp "$(home_of jansen)"/register.db* "$T/before/"
as jansen ca revoke "$serial" --reason cessation --confirm "${serial: -4}" --json
[ "$RC" -eq 8 ] && as dewit ca show "$serial" && as dewit ca revoke "$serial" --reason cessation --confirm "${serial: -4}" --json
expect 0 "revoke"
run "$MEDLOCK" -C "$new" consent pause --passphrase-file "$T/phrase2"
expect 4 "a revoked account does not act"
as jansen ca crl --out "$T/list.crl"
expect 0 "the revocation list"
openssl crl -inform DER -in "$T/list.crl" -noout -text >"$T/crl" 2>"$T/null"
check "openssl reads it and finds the serial" grep -qi "$serial" "$T/crl"
as jansen ca doctor
expect 0 "ca doctor"
mkdir "$T/after"
cp "$(home_of jansen)"/register.db* "$T/after/"
rm "$(home_of jansen)"/register.db*
cp "$T/before"/* "$(home_of jansen)/"
as jansen ca doctor --json
expect 1 "a register whose last rows are gone"
json "is found by the ledger" '[.checks[] | select(.ok | not) | .what] == ["ledger"]'
rm "$(home_of jansen)"/register.db*
cp "$T/after"/* "$(home_of jansen)/"
as anna doctor --json
expect 0 "doctor"
as jansen ledger status --json
as aud1 sync
expect 0 "an auditor syncs"
as aud1 ledger verify
expect 0 "and verifies the history"
