#!/usr/bin/env bash
# The main job on real input: one node remembers WordNet and this machine's Debian changelogs, is
# asked, is killed without warning, and answers the same after its restart.
#
#   demo/run.sh BUILD_FOLDER       # make demo builds it first
set -euo pipefail

engram=$1/node/engram
work=$(mktemp -d)
node= server=

cleanup() {
  [ -z "$node" ] || kill -9 "$node" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

fail() {
  echo "demo: $*" >&2
  [ ! -s "$work/node.log" ] || tail -n 20 "$work/node.log" >&2
  exit 1
}

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold= plain=; fi
title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
# Shows a command as a reader would type it, and runs it against the demo's node.
show() {
  local word line=
  for word in "$@"; do
    case $word in *' '*) line+=" \"$word\"" ;; *) line+=" $word" ;; esac
  done
  printf '\n%s$ engram%s%s\n' "$bold" "$line" "$plain"
  "$engram" "$@" --server "$server"
}

start_node() {
  : >"$work/node.log"
  "$engram" node --data "$work/data" --rpc 127.0.0.1:0 --http 127.0.0.1:0 --gossip 127.0.0.1:0 \
    >"$work/node.log" 2>&1 &
  node=$!
  server=
  for _ in $(seq 600); do
    server=$(sed -n 's/.*serving.* rpc=\([^ ]*\).*/\1/p' "$work/node.log" | head -n 1)
    [ -z "$server" ] || break
    kill -0 "$node" 2>/dev/null || fail "the node ended while it started"
    sleep 0.05
  done
  [ -n "$server" ] || fail "the node does not say where it serves"
  "$engram" status --server "$server" >/dev/null || fail "the node does not serve"
}

# What the questions below answer, as programs read it: compared before and after the kill.
answers() {
  "$engram" recall --server "$server" --json --now 2026-01-01 \
    --space lexicon "a bird that cannot fly"
  "$engram" spread --server "$server" --json --space lexicon penguin.n.01
  [ -z "$changelogs" ] || "$engram" recall --server "$server" --json --now 2026-01-01 \
    --space machine "heap overflow in certificate parsing"
}
# Everything but how long it took.
answered() { answers | sed -E 's/"took_us":[0-9]+/"took_us":0/g; s/"token":"[^"]*"//g'; }

[ -x "$engram" ] || fail "$engram is not there; run: make build"
[ -r /usr/share/wordnet/data.noun ] || fail "WordNet is missing; run: apt-get install wordnet-base"
changelogs=
compgen -G '/usr/share/doc/*/changelog.Debian.gz' >/dev/null && changelogs=yes

title "One node, no configuration, a data folder of its own"
start_node
echo "serving on $server"

title "It remembers WordNet: each synset a memory, each relation an association"
began=$(date +%s%N)
show import --format wordnet --space lexicon /usr/share/wordnet
import_ms=$((($(date +%s%N) - began) / 1000000))
if [ -n "$changelogs" ]; then
  title "It remembers what happened to this machine: its Debian changelogs"
  show import --format changelog --space machine /usr/share/doc
else
  title "This machine keeps no changelogs (/usr/share/doc/*/changelog.Debian.gz): going on without"
fi

title "It recalls by cue, through associations"
show recall --space lexicon --limit 5 "a bird that cannot fly"
show spread --space lexicon --limit 6 penguin
if [ -n "$changelogs" ]; then
  show recall --space machine --limit 3 "heap overflow in certificate parsing"
  show recall --space machine --limit 3 --from 2020 "heap overflow in certificate parsing"
  show recall --space machine --limit 1 --explain "Sebastian Andrzej Siewior openssl"
fi

title "Killed without warning (SIGKILL), and started again"
before=$(answered)
kill -9 "$node"
wait "$node" 2>/dev/null || true
began=$(date +%s%N)
start_node
after=$(answered)
took=$((($(date +%s%N) - began) / 1000000))
[ "$before" = "$after" ] || {
  diff <(echo "$before") <(echo "$after") | head -n 20 >&2
  fail "the answers after the restart differ"
}
echo "the same answers to the last bit, $took ms after the start"
show recall --space lexicon --limit 2 "a bird that cannot fly"

# Latency: what somebody would half remember of 300 entries, one question at a time.
awk 'NR % 270 == 30 { sub(/.*\| /, ""); sub(/[;"].*/, ""); gsub(/[\\"]/, "")
     n = split($0, w, " "); q = ""; for (i = 1; i <= n && i <= 8; i++) q = q " " w[i]
     printf "{\"set\":\"lexicon\",\"q\":%d,\"question\":\"%s\"}\n", NR, q }' \
  /usr/share/wordnet/data.noun >"$work/questions.jsonl"
latency=$("$engram" recall --server "$server" --queries "$work/questions.jsonl" \
  --space-field set --in-flight 1 --out "$work/run.jsonl" 2>&1)

title "In short"
"$engram" status --server "$server" --json >"$work/status.json"
python3 - "$work/status.json" "$import_ms" "$latency" <<'PYTHON'
import json, re, sys
status = json.load(open(sys.argv[1]))
lexicon = next(space for space in status["spaces"] if space["name"] == "lexicon")
p50, p99 = re.search(r"p50 (.*?), p99 (.*?)$", sys.argv[3].strip()).groups()
memories = sum(space["memories"] for space in status["spaces"])
held = sum(space["memory_bytes"] for space in status["spaces"])
rate = lexicon["memories"] * 1000 // int(sys.argv[2])
per_memory = lexicon["associations"] / lexicon["memories"]
for name, value in (
        ("memories", f"{memories:,}"),
        ("on disk", f"{status['bytes_on_disk'] / memories:,.0f} bytes per memory"),
        ("in memory", f"{held / memories:,.0f} bytes per memory"),
        ("import", f"{rate:,} memories/s, durable, each with {per_memory:.1f} associations"),
        ("recall", f"p50 {p50}, p99 {p99}, in {memories:,} memories")):
    print(f"  {name:<10} {value}")
PYTHON

kill -TERM "$node"
wait "$node" || fail "the node did not end well"
node=
