#!/usr/bin/env bash
# The whole path in one go: a simulated Telegram, a login, three channels, their posts. demo.sh BIN [--serve]
# --serve goes on with the web app on these posts, until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
usage="usage: demo.sh BIN [--serve]"
bin=${1:?$usage}
case "${2:-}" in '') serve= ;; --serve) serve=1 ;; *) echo "$usage" >&2; exit 2 ;; esac

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
# In a session of its own: Ctrl-C is for the programs that use it, which are to find it there until they have ended.
coproc SIM { exec setsid "$bin/ledgram-sim" --data "$work/sim" "${arguments[@]}"; }
simulator=$SIM_PID
# Its first line says that it is ready; the end of its output that it could not start.
read -r -t 30 ready <&"${SIM[0]}" || { echo "demo: the simulator did not start" >&2; exit 1; }
case "$ready" in *'"event":"ready"'*) ;; *) echo "demo: unexpected: $ready" >&2; exit 1 ;; esac

ledgram init --sim "$work/sim"
# A test account of data centre 2: its login code is the digit 2, five times.
ledgram account add --phone +9996621234 --code 22222
names=$(basename -as .json "${channels[@]}")
ledgram channel add $(sed 's/^/@/' <<<"$names")
ledgram collect
ledgram posts --limit 15
ledgram verify
posts=$("$bin/ledgram" --data "$work/data" posts --limit 1000000 --format jsonl | wc -l)
printf '\ncollected %s posts from %s channels\n' "$posts" "${#channels[@]}"
[ -n "$serve" ] || exit 0

# Any free port: another Ledgram may be running on the usual one.
sed -i 's/^\[http\]$/[http]\nport = 0/' "$work/data/ledgram.toml"
control=$(sed -n 's/.*"control":"\([^"]*\)".*/\1/p' <<<"$ready")
cat <<TEXT

Now the web app: open the link with /setup, choose a name and a password for yourself, and these channels are yours.
Ctrl-C ends it, and nothing stays. This writes a post that appears while you look:

  curl $control/publish -d '{"chat":"$(head -n 1 <<<"$names")","text":"Hello"}'

TEXT
# Ctrl-C reaches ledgram as well as this script; what is sent to this script alone is passed on. Either ends a wait early.
server= interrupted=
trap 'interrupted=1' INT
trap 'interrupted=1; [ -z "$server" ] || kill "$server" 2>/dev/null || true' TERM
"$bin/ledgram" --data "$work/data" serve &
server=$!
code=0
wait "$server" || code=$?
while [ -n "$interrupted" ]; do
  interrupted= code=0
  wait "$server" || code=$?
done
exit "$code"
