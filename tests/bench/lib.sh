# SPDX-License-Identifier: Apache-2.0
# Helpers of the whole-program benches: a world as in tests/e2e, and the best of some runs.
set -u
. tests/e2e/lib.sh

row() { printf '%-44s %12s %s\n' "$1" "$2" "${3:-}"; }
ratio() { awk -v a="$1" -v b="$2" -v of="$3" 'BEGIN { printf "%8.2f of %s", a / b, of }'; }

# best RUNS COMMAND…: milliseconds of the fastest; the command must succeed.
best() {
	local runs=$1 fastest='' start took
	shift
	for ((i = 0; i < runs; i++)); do
		start=${EPOCHREALTIME/./}
		"$@" >"$OUT" 2>"$ERR" </dev/null || { echo "failed: $*: $(head -n 1 "$ERR")" >&2; return 1; }
		took=$(((${EPOCHREALTIME/./} - start)))
		[ -z "$fastest" ] || [ "$took" -lt "$fastest" ] && fastest=$took
	done
	awk -v us="$fastest" 'BEGIN { printf "%.1f", us / 1000 }'
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
