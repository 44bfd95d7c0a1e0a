# SPDX-License-Identifier: Apache-2.0
# Helpers of the whole-program benches: a world as in tests/e2e, and rows as tests/lib/bench.c prints them.
set -u
. tests/e2e/lib.sh

PASSES=${BENCH_PASSES:-5}

head_row() { printf '%-56s %10s %10s %-5s%s\n' "$PASSES passes; ratio of bests" best median unit '   ratio'; }
# row WHAT UNIT BEST MEDIAN [RATIO]
row() { printf '%-56s %10s %10s %-5s%s\n' "$1" "$3" "$4" "$2" "${5:-}"; }
fact() { row "$1" "$3" "$2" ''; } # WHAT VALUE UNIT
ratio() { awk -v a="$1" -v b="$2" -v of="$3" 'BEGIN { printf "%8.3f of %s", a / b, of }'; }
CALIBRATION='       calibration'

# passes FUNCTION: runs it PASSES times; it leaves its microseconds in US.  Sets BEST and MEDIAN, milliseconds.
passes() {
	local all='' n
	for ((n = 0; n < PASSES; n++)); do
		"$@" || return 1
		all+="$US "
	done
	read -r BEST MEDIAN < <(printf '%s\n' $all | sort -n | awk '{ v[NR] = $1 / 1000 }
		END { printf "%.1f %.1f\n", v[1], (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }')
}

# timed COMMAND…: into US; the command must succeed.
timed() {
	local start=${EPOCHREALTIME/./}
	"$@" >"$OUT" 2>"$ERR" </dev/null || { echo "failed: $*: $(head -n 1 "$ERR")" >&2; return 1; }
	US=$((${EPOCHREALTIME/./} - start))
}

# peak COMMAND…: the most resident memory, MiB, seen while it runs.
peak() {
	local kb most=0
	"$@" >"$OUT" 2>"$ERR" </dev/null &
	while kill -0 $! 2>"$T/null"; do
		kb=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$!/status" 2>"$T/null")
		[ "${kb:-0}" -gt "$most" ] && most=$kb
		read -r -t 0.002 -u "$tick"
	done
	awk -v kb="$most" 'BEGIN { printf "%.1f", kb / 1024 }'
}
