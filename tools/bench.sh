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
"$bin/ledgram-bench" live --rate 5000 --seconds 60
"$bin/ledgram-bench" catchup --accounts 1000 --channels-each 20 --away 3600
LEDGRAM_BIN=$bin PYTHONDONTWRITEBYTECODE=1 python3 bench/api_load.py --posts 1000000 --rate 1000
# TDLib once more with its message database, the nearest to what Ledgram keeps.
LEDGRAM_BIN=$bin PYTHONDONTWRITEBYTECODE=1 python3 bench/peers/tdlib_history.py --posts 50000 --message-database
# The proof of docs/reliability.md, one seed of it; then the same workload for Ledgram and for collectors on other libraries, which
# lose and double: their counts are the result.
"$bin/ledgram-bench" chaos --accounts 5 --channels 20 --messages 20000 --kills 20
same=(--accounts 2 --channels 8 --polled 0 --no-private-chats --messages 10000 --kills 10 --rate 250
  --without migrate,duplicate_session)
"$bin/ledgram-bench" chaos "${same[@]}"
for collector in telethon tdlib pyrofork; do
  "$bin/ledgram-bench" chaos --collector "$collector" "${same[@]}" || true
done
