/** Thousands of HTTP targets in one process that costs little: it answers before it has read all, and counts who was asked when. */

import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import type { FleetAnswer, FleetQuestion, FleetReport } from "./fleet-messages.js";

/** Several, so that fresh connections do not run out of ports of their own. */
const PORTS = 8;
const ANSWER =
  "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nok";
const TARGET = /^GET \/t\/(\d+) /;
/** Times between questions are kept for the percentiles; more than so many would be memory for nothing. */
const MOST_GAPS = 2_000_000;

const targets = Number(process.argv[2]);
const hangEvery = Number(process.argv[3]);
const lastAt = new Float64Array(targets);
const worst = new Float64Array(targets);
const hits = new Uint32Array(targets);
let gaps: number[] = [];
let since = Date.now();
let allSeenAt = 0;
let seen = 0;

function hangs(target: number): boolean {
  return hangEvery > 0 && target % hangEvery === 0;
}

function count(target: number, now: number): void {
  const before = lastAt[target] ?? 0;
  if (before > 0) {
    const gap = now - before;
    if (gap > (worst[target] ?? 0)) worst[target] = gap;
    if (gaps.length < MOST_GAPS) gaps.push(gap);
  }
  lastAt[target] = now;
  if (hits[target] === 0) {
    seen += 1;
    if (seen === targets) allSeenAt = now;
  }
  hits[target] = (hits[target] ?? 0) + 1;
}

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  // Whoever asks may hang up at any time: that is an answer, too.
  socket.on("error", () => socket.destroy());
  socket.once("data", (chunk) => {
    const target = Number(TARGET.exec(chunk.toString("latin1"))?.[1]);
    if (!(target < targets)) {
      socket.destroy();
      return;
    }
    count(target, Date.now());
    if (!hangs(target)) socket.end(ANSWER);
  });
}

function begin(): void {
  worst.fill(0);
  hits.fill(0);
  gaps = [];
  seen = 0;
  allSeenAt = 0;
  since = Date.now();
}

function report(due: number): FleetReport {
  const now = Date.now();
  const sorted = Float64Array.from(gaps).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  let worstGapMs = 0;
  for (let target = 0; target < targets; target += 1) {
    if (hangs(target)) continue;
    const open = now - Math.max(lastAt[target] ?? 0, since);
    worstGapMs = Math.max(worstGapMs, worst[target] ?? 0, open);
  }
  return {
    windowSeconds: (now - since) / 1000,
    hits: hits.reduce((sum, each) => sum + each, 0),
    covered: hits.reduce((sum, each) => sum + Math.min(each, due), 0),
    seen,
    allSeenAt,
    worstGapMs,
    medianGapMs: at(0.5),
    gapP01Ms: at(0.01),
    gapP99Ms: at(0.99),
  };
}

function say(answer: FleetAnswer): void {
  process.send?.(answer);
}

process.on("message", (question: FleetQuestion) => {
  if (question.ask === "report") {
    say({ answer: "report", report: report(question.due) });
    return;
  }
  begin();
  say({ answer: "window" });
});
process.on("disconnect", () => process.exit(0));

const ports: number[] = [];
for (let index = 0; index < PORTS; index += 1) {
  const server = createServer(serve).listen({ port: 0, host: "127.0.0.1", backlog: 4_096 });
  await once(server, "listening");
  ports.push((server.address() as AddressInfo).port);
}
say({ answer: "listening", ports });
