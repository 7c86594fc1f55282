#include "jepsen/report/page.hpp"

namespace engram::jepsen {

const char* const PAGE_HEAD = R"PAGE(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>engram-jepsen</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:1.5em auto;max-width:1180px;color:#222}
h1{font-size:1.4em}h2{font-size:1.1em;margin:1.6em 0 .4em}
table{border-collapse:collapse}td,th{padding:.15em .8em .15em 0;text-align:left;vertical-align:top}
.valid{color:#17743a}.unknown{color:#9a6700}.INVALID{color:#b3261e;font-weight:bold}
pre{background:#f5f5f5;padding:.8em;overflow-x:auto;font-size:12px}
svg{display:block;background:#fff;border:1px solid #ddd}text{font-size:10px;fill:#555}
.scroll{max-height:420px;overflow-y:auto}
.key span{display:inline-block;margin-right:1.2em}
.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
</style></head><body><main></main><script>
"use strict";
const run = )PAGE";

const char* const PAGE_TAIL = R"PAGE(;
const COLOURS = {ok: "#3f8fd2", fail: "#e0a030", info: "#c2426e"};
const SHADES = ["#f4d9d0", "#d9e8d4", "#d6def2", "#efe3c4", "#e6d5ec", "#d2ebeb", "#e4e4e4"];
const WIDTH = 1140, LEFT = 60;
const page = document.querySelector("main");
let drawn = 0;

function add(to, kind, attributes, text) {
  const svg = to.namespaceURI.endsWith("svg") || kind === "svg";
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", kind)
                   : document.createElement(kind);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  to.appendChild(made);
  return made;
}
const last = Math.max(1, ...run.ops.map(o => o.end), ...run.faults.map(f => f.end));
const x = ms => LEFT + (WIDTH - LEFT - 10) * ms / last;
const faultNames = [...new Set(run.faults.map(f => f.fault))];
const shade = name => SHADES[faultNames.indexOf(name) % SHADES.length];

function chart(title, height) {
  add(page, "h2", {}, title);
  const box = add(page, "div", {"class": height > 420 ? "scroll" : ""});
  const svg = add(box, "svg", {width: WIDTH, height: height + 18});
  for (const f of run.faults) {
    const r = add(svg, "rect", {x: x(f.start), y: 0, width: Math.max(1, x(f.end) - x(f.start)),
                                height, fill: shade(f.fault), opacity: 0.6, "class": "fault"});
    add(r, "title", {}, f.fault + " " + f.how);
  }
  const step = [1, 2, 5, 10, 20, 60, 120].find(s => last / 1000 / s <= 14) || 300;
  for (let s = 0; s * 1000 <= last; s += step) {
    add(svg, "line", {x1: x(s * 1000), x2: x(s * 1000), y1: 0, y2: height, stroke: "#eee"});
    add(svg, "text", {x: x(s * 1000) + 2, y: height + 12}, s + " s");
  }
  return svg;
}
function key(entries) {
  const row = add(page, "div", {"class": "key"});
  for (const [name, colour] of entries) {
    const one = add(row, "span");
    add(one, "i", {style: "background:" + colour});
    one.append(name);
  }
}
function verdicts() {
  const title = add(page, "h1", {}, run.name + ": ");
  add(title, "span", {"class": run.verdict}, run.verdict);
  for (const lack of run.lacks) add(page, "p", {}, "Lacking on this machine: " + lack);
  const table = add(page, "table", {id: "verdicts"});
  for (const v of run.verdicts) {
    const row = add(table, "tr");
    add(row, "td", {}, v.checker);
    add(row, "td", {"class": v.verdict}, v.verdict);
    const what = add(row, "td");
    for (const f of v.findings) add(what, "div", {}, f.what);
    if (!v.findings.length)
      what.textContent = Object.entries(v.facts)
        .filter(([, fact]) => typeof fact !== "object")
        .map(([name, fact]) => name + " " + fact).join(", ");
  }
  if (run.example) {
    add(page, "h2", {}, "The first counter-example, with what was done meanwhile");
    add(page, "pre", {id: "example"}, run.example);
  }
}
function timeline() {
  const lanes = [...new Set(run.ops.map(o => o.lane))].sort((a, b) => a - b);
  const tall = 12, svg = chart("Operations per process", lanes.length * tall);
  for (const o of run.ops) {
    const bar = add(svg, "rect", {x: x(o.start), y: lanes.indexOf(o.lane) * tall + 1,
      height: tall - 3, width: Math.max(1.5, x(o.end) - x(o.start)), fill: COLOURS[o.type],
      "class": "op"});
    add(bar, "title", {}, "#" + o.index + " process " + o.process + " " + o.f + " " + o.value +
        " " + o.type + " " + (o.end - o.start).toFixed(1) + " ms " + o.more);
    drawn++;
  }
  lanes.forEach((lane, i) => add(svg, "text", {x: 2, y: i * tall + 9}, "worker " + lane));
  key([...Object.entries(COLOURS), ...faultNames.map(n => [n, shade(n)])]);
}
function latency() {
  const height = 240, svg = chart("Latency", height);
  const share = ms => Math.min(1, Math.max(0, (Math.log10(Math.max(ms, 0.1)) + 1) / 5));
  const y = ms => height - height * share(ms);
  for (const ms of [0.1, 1, 10, 100, 1000, 10000]) {
    add(svg, "line", {x1: LEFT, x2: WIDTH, y1: y(ms), y2: y(ms), stroke: "#eee"});
    add(svg, "text", {x: 2, y: y(ms) + 9}, ms + " ms");
  }
  for (const o of run.ops)
    add(svg, "circle", {cx: x(o.start), cy: y(o.end - o.start), r: 1.4, fill: COLOURS[o.type]});
  const windows = new Map();
  for (const o of run.ops) {
    const w = Math.floor(o.start / 1000);
    if (!windows.has(w)) windows.set(w, []);
    windows.get(w).push(o.end - o.start);
  }
  const lines = {"p50": [0.5, "#444"], "p95": [0.95, "#777"], "p99": [0.99, "#aaa"]};
  for (const [part, colour] of Object.values(lines)) {
    const points = [...windows.entries()].sort((a, b) => a[0] - b[0]).map(([w, all]) => {
      all.sort((a, b) => a - b);
      return x(w * 1000 + 500) + "," + y(all[Math.max(0, Math.ceil(part * all.length) - 1)]);
    });
    add(svg, "polyline", {points: points.join(" "), fill: "none", stroke: colour});
  }
  key([...Object.entries(COLOURS), ...Object.entries(lines).map(([n, [, c]]) => [n, c])]);
}
function rate() {
  const height = 140, svg = chart("Completions per second", height), counts = {};
  for (const o of run.ops) {
    counts[o.type] = counts[o.type] || [];
    const w = Math.floor(o.end / 1000);
    counts[o.type][w] = (counts[o.type][w] || 0) + 1;
  }
  const most = Math.max(1, ...Object.values(counts).flat().filter(Boolean));
  add(svg, "text", {x: 2, y: 10}, most + "/s");
  for (const [type, row] of Object.entries(counts)) {
    const points = [];
    for (let w = 0; w * 1000 < last; w++)
      points.push(x(w * 1000 + 500) + "," + (height - 8 - (height - 16) * (row[w] || 0) / most));
    add(svg, "polyline", {points: points.join(" "), fill: "none", stroke: COLOURS[type],
                          "stroke-width": 1.5});
  }
  key(Object.entries(COLOURS));
}
function nodes() {
  const tall = 16, svg = chart("Nodes", run.nodes.length * tall);
  run.nodes.forEach((node, i) => {
    add(svg, "text", {x: 2, y: i * tall + 12}, "node " + node.node);
    for (const s of node.states)
      add(svg, "rect", {x: x(s.start), y: i * tall + 3, width: Math.max(1, x(s.end) - x(s.start)),
        height: tall - 6, fill: {up: "#7db46c", down: "#444", paused: "#e0a030"}[s.state]});
  });
  key([["up", "#7db46c"], ["down", "#444"], ["paused", "#e0a030"]]);
}
verdicts(); timeline(); latency(); rate(); nodes();
document.body.dataset.drawn = drawn;
</script></body></html>
)PAGE";

} // namespace engram::jepsen
