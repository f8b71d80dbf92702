#!/usr/bin/env bash
# The whole path in one go: a simulated Telegram, a login, three channels, their posts. demo.sh BIN
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:?usage: demo.sh BIN}

work=$(mktemp -d "${TMPDIR:-/tmp}/ledgram-demo.XXXXXX")
simulator=
finish() {
  [ -z "$simulator" ] || { kill "$simulator" 2>/dev/null || true; wait "$simulator" 2>/dev/null || true; }
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

step() { printf '\n$ %s\n' "$*"; "$@"; }
ledgram() { step "$bin/ledgram" --data "$work/data" "$@"; }

channels=(sim/demo/*.json)
arguments=()
for file in "${channels[@]}"; do arguments+=(--channel "$file"); done

printf 'Starting the simulated Telegram with %s channels\n' "${#channels[@]}"
coproc SIM { exec "$bin/ledgram-sim" --data "$work/sim" "${arguments[@]}"; }
simulator=$SIM_PID
# Its first line says that it is ready; the end of its output that it could not start.
read -r -t 30 ready <&"${SIM[0]}" || { echo "demo: the simulator did not start" >&2; exit 1; }
case "$ready" in *'"event":"ready"'*) ;; *) echo "demo: unexpected: $ready" >&2; exit 1 ;; esac

ledgram init --sim "$work/sim"
# A test account of data centre 2: its login code is the digit 2, five times.
ledgram account add --phone +9996621234 --code 22222
ledgram channel add $(basename -as .json "${channels[@]}" | sed 's/^/@/')
ledgram collect
ledgram posts --limit 15
ledgram verify
posts=$("$bin/ledgram" --data "$work/data" posts --limit 1000000 --format jsonl | wc -l)
printf '\ncollected %s posts from %s channels\n' "$posts" "${#channels[@]}"
