#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What leaves the desk: a signed export, a backup that can be put back, and the doctor's word on both.
. tests/e2e/lib.sh

world_up
as jansen ca certificate issuing --out "$T/issuing.pem"
openssl x509 -in "$T/issuing.pem" -noout -pubkey >"$T/public.pem"
signed() { openssl dgst -sha256 -verify "$T/public.pem" -signature "$1.sig" "$1" >"$T/said" 2>&1; }
forged() { ! signed "$1"; }

for format in csv json; do
	as jansen ca export --out "$T/all.$format" --format "$format" --json
	json "export as $format" '.rows == 6'
	check "OpenSSL takes its signature" signed "$T/all.$format"
done
jq -e '.export == "medlock register" and (.rows | length == 6 and all(.entry == "issued")) and .head.row > 18 and (.head.row_hash | length == 64)' "$T/all.json" >"$T/said"
check "the JSON has every certificate and the register's head" test "$(cat "$T/said")" = true
check "the CSV has lines of one width, ended as RFC 4180 has it" awk -F, 'BEGIN { RS = "\r\n" } NF != 15 { bad = 1 } END { exit bad || NR != 8 }' "$T/all.csv"
cp "$T/all.csv.sig" "$T/forged.csv.sig"
sed 's/Okafor/Okafer/' "$T/all.csv" >"$T/forged.csv"
check "a changed letter is found" forged "$T/forged.csv"
as jansen ca export --out "$T/later.json" --since 2999-01-01 --json
json "nothing was decided since a day to come" '.rows == 0'
expect_error 2 "a format that is none" jansen ca export --out "$T/x" --format xml
expect_error 2 "a day that is none" jansen ca export --out "$T/x" --since yesterday
expect_error 5 "a patient has no register" anna ca export --out "$T/x"
check "nothing was written" test ! -e "$T/x" -a ! -e "$T/x.sig"

as jansen ca doctor --json
expect 0 "the doctor"
json "warns that there is no backup, and says what to do" '.failed == 0 and ([.checks[] | select(.level == "warn")] | length == 1 and .[0].what == "backup" and (.[0].next | test("ca backup")))'
json "and looked at everything" '[.checks[].what] | contains(["register", "clock", "serials", "serials'"'"' entropy", "issuing certificate", "root certificate", "revocation list", "root'"'"'s list", "unfinished acts", "certificates", "expiry", "root key", "backup", "clock and peer", "ledger"])'
as jansen ca backup --to "$T/backup" --json
expect 0 "a backup"
rows=$(value .rows)
expect_error 10 "not into a folder that is there" jansen ca backup --to "$T/backup"
as jansen ca doctor --json
json "the doctor is content" '.warned == 0 and ([.checks[] | select(.what == "backup")][0].text | test("0 days old, 0 rows"))'

# ---- the desk's machine is lost ----
home=$(home_of jansen)
rm "$home"/register.db* "$home/keystore"
cp "$T/backup/register.db" "$T/backup/keystore" "$home/"
as jansen ca doctor --json
expect 0 "put back, everything is as it was"
json "row for row" --arg r "$rows" '[.checks[] | select(.what == "register head")][0].text | startswith($r + " rows")'

# ---- a clock that is wrong ----
if command -v faketime >/dev/null && ! sanitized; then
	run faketime '2020-01-01 00:00:00' "$MEDLOCK" -C "$home" ca doctor --json
	check "a clock that went back is bad" test "$RC" -ne 0
	run faketime -f '+370d' "$MEDLOCK" -C "$home" ca doctor --json
	check "so is one that is ahead" test "$RC" -ne 0
else
	skipped "clocks" "faketime does not work here"
fi
finish
