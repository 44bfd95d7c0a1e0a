#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The root ceremony: rehearsed first, a signed transcript, the root key in a file of its own; killed anywhere it counts whole or not.
. tests/e2e/lib.sh

world_up
# Another authority of the network, who has no register yet, stands for the first day.
(umask 077; printf 'the root has words of its own\n' >"$T/root-phrase")
hold=(ca ceremony --witness 'W. Itness' --witness 'A. Nother' --root-passphrase-file "$T/root-phrase")
quiet() { "$@" >"$T/null" 2>&1; }
signed() { (cd "$1" && openssl dgst -sha256 -verify root-public.pem -signature transcript.sig transcript.txt) >"$T/null" 2>&1; }

expect_error 3 "unrehearsed it is not held" dewit "${hold[@]}" --out "$T/c"
expect_error 2 "nor without witnesses" dewit ca ceremony --out "$T/c"
expect_error 2 "nor under a witness who is a line break" dewit ca ceremony --out "$T/c" --dry-run --witness $'A\nB'
expect_error 5 "nor by a patient" anna "${hold[@]}" --out "$T/c" --dry-run
expect_error 10 "nor twice" jansen "${hold[@]}" --out "$T/c" --dry-run
as dewit "${hold[@]}" --out "$T/c" --dry-run --json
expect 0 "the rehearsal"
json "says the steps and that nothing counts" '.rehearsal and (.transcript | test("REHEARSAL") and test("8. Open the register"))'
check "nothing of it is kept" test ! -e "$T/c" -a ! -e "$(home_of dewit)/register.db"

# ---- killed at any point ----
expect_error 5 "and there is no register" dewit ca list
pieces=0
for ms in 20 60 100 140 180 220 260 300; do
	home=$T/home-$ms
	cp -r "$(home_of dewit)" "$home"
	timeout -s KILL "0.$(printf '%03d' "$ms")" "$MEDLOCK" -C "$home" "${hold[@]}" --out "$T/k-$ms" >"$OUT" 2>"$ERR" </dev/null
	[ -e "$T/k-$ms.unfinished" ] && pieces=$((pieces + 1))
	if [ ! -e "$T/k-$ms" ]; then
		run "$MEDLOCK" -C "$home" "${hold[@]}" --out "$T/k-$ms"
		quietly 0 "after a kill at $ms ms the same command holds it" || break
	fi
	run "$MEDLOCK" -C "$home" ca crl --out "$T/crl-$ms"
	quietly 0 "after a kill at $ms ms the desk works" || break
	openssl crl -inform DER -in "$T/crl-$ms" -CAfile <(cat "$T/k-$ms/issuing.pem" "$T/k-$ms/root.pem") -noout 2>"$T/said"
	grep -q 'verify OK' "$T/said" && signed "$T/k-$ms" && [ ! -e "$T/k-$ms.unfinished" ] || { not_ok "after a kill at $ms ms folder and desk are one"; break; }
done
ok "killed eight times, $pieces of them in between: folder and desk are one"

# ---- held ----
as dewit "${hold[@]}" --out "$T/c/"
expect 0 "the ceremony"
check "its transcript is signed by the root" signed "$T/c"
sed 's/W. Itness/N. Obody/' "$T/c/transcript.txt" >"$T/c/forged.txt"
check "another one is not" quiet bash -c "cd '$T/c' && ! openssl dgst -sha256 -verify root-public.pem -signature transcript.sig forged.txt"
check "the root key's file is the owner's alone" test "$(stat -c %a "$T/c/root.key")" = 600
check "OpenSSL takes the chain, strictly" quiet openssl verify -x509_strict -check_ss_sig -CAfile "$T/c/root.pem" -crl_check -CRLfile "$T/c/root-list.pem" "$T/c/issuing.pem"
mv "$T/c" "$T/c.unfinished"
as dewit "${hold[@]}" --out "$T/c"
expect 0 "cut after it counted, the same command only gives the folder its name"
check "and it is the same ceremony" signed "$T/c"
expect_error 10 "a second ceremony" dewit "${hold[@]}" --out "$T/again"

# ---- the root key, later ----
by_root=(--root "$T/c/root.key" --root-passphrase-file "$T/root-phrase")
expect_error 2 "no new issuing certificate without the root key" dewit ca issuing --out "$T/issuing.pem"
expect_error 4 "nor with a wrong passphrase" dewit ca issuing --root "$T/c/root.key" --root-passphrase-file "$(home_of dewit)/passphrase" --out "$T/issuing.pem"
expect_error 4 "nor with another authority's root key" jansen ca issuing "${by_root[@]}" --out "$T/issuing.pem"
expect_error 1 "nor with a file that is none" dewit ca issuing --root "$T/c/root.pem" --root-passphrase-file "$T/root-phrase" --out "$T/issuing.pem"
check "nothing was written" test ! -e "$T/issuing.pem"
as dewit ca issuing "${by_root[@]}" --out "$T/issuing.pem"
expect 0 "the issuing certificate is renewed"
check "below the same root" quiet openssl verify -x509_strict -CAfile "$T/c/root.pem" "$T/issuing.pem"
as dewit ca crl "${by_root[@]}" --out "$T/root.crl" --json
json "the root's next list" '.crl == 2'
openssl crl -inform DER -in "$T/root.crl" -CAfile "$T/c/root.pem" -noout 2>"$T/said"
check "is the root's" grep -q 'verify OK' "$T/said"
as dewit ca crl --out "$T/desk.crl"
expect 0 "the desk goes on without it"
finish
