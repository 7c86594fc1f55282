#!/bin/sh
# Runs every benchmark of a build folder and fails when one misses a bar.
#   bench/run.sh [build folder]      default: build/release
set -u
folder=${1:-build/release}/bench
status=0
for name in scan_bench spread_bench storage_bench shell_bench restart_bench events_bench \
  consolidation_bench; do
  "$folder/$name" || { status=1; echo "$name: a bar was missed"; }
done
exit $status
