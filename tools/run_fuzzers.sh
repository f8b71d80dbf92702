#!/usr/bin/env bash
# Runs every fuzz target of a build for a number of seconds on its corpus, as many at a time as there are cores:
# run_fuzzers.sh BUILD SECONDS [SEED]. Without a seed each run draws another one.
set -euo pipefail
build=${1:?usage: run_fuzzers.sh BUILD SECONDS [SEED]}
seconds=${2:?usage: run_fuzzers.sh BUILD SECONDS [SEED]}
seed=${3:-0}
found=$PWD/build/fuzz-findings
mkdir -p "$found"
shopt -s nullglob
targets=("$build"/bin/fuzz_*)
[ ${#targets[@]} -gt 0 ] || { echo "run_fuzzers.sh: no fuzz targets in $build/bin" >&2; exit 1; }

run_one() {
  local target=$1 seconds=$2 seed=$3 found=$4 name work log
  name=$(basename "$target")
  work=$(mktemp -d)
  log=$found/$name.log
  # New inputs go to a scratch folder: the corpus in git holds only what somebody chose to keep.
  if ! "$target" -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
      -artifact_prefix="$found/$name-" "$work" "fuzz/corpus/${name#fuzz_}" >"$log" 2>&1; then
    tail -40 "$log"
    echo "$name: FAILED; the input is in $found" >&2
    return 1
  fi
  rm -rf "$work"
  printf '%-24s %s executions, %s a second\n' "$name:" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")"
}
export -f run_one
printf '%s\0' "${targets[@]}" | xargs -0 -P "$(nproc)" -I{} bash -c 'run_one "$@"' run_one {} "$seconds" "$seed" "$found"
