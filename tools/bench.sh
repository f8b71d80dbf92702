#!/usr/bin/env bash
# The figures of docs/benchmarks.md, Ledgram and its peers in one run: bench.sh BIN [ledgram-bench arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:?usage: bench.sh BIN [ARGS...]}
shift
if [ $# -gt 0 ]; then exec "$bin/ledgram-bench" "$@"; fi
"$bin/ledgram-bench" micro
"$bin/ledgram-bench" collect --posts 200000
"$bin/ledgram-bench" accounts --count 1000
"$bin/ledgram-bench" download
"$bin/ledgram-bench" peers --posts 50000
# TDLib once more with its message database, the nearest to what Ledgram keeps.
LEDGRAM_BIN=$bin PYTHONDONTWRITEBYTECODE=1 python3 bench/peers/tdlib_history.py --posts 50000 --message-database
