import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { gramsOf } from '../../core/ask/grams.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { keepDocument } from '../../core/ingest/keep-document.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import { stageDocument } from '../../core/ingest/stage-document.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { openTestState, temporaryFolder } from '../core/sqlite/temporary-state.ts';

// node test/bench/large-file.ts [million characters]: what the largest text that is taken costs the bot's process: peak
// memory over what it takes idle, and the longest time that nobody else was served.
const MILLION = 1_000_000;
const characters = Number(process.argv[2] ?? 5.9) * MILLION;
const WORDS = readFileSync(new URL('../../core/embed/language-samples.ts', import.meta.url), 'utf8')
  .match(/\p{L}{3,}/gu)!
  .filter((word, i, all) => all.indexOf(word) === i);

let seed = 7;
function random(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed % below;
}

function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Sentences of real words, with numbers, so that terms are as many as in a real text. Piece by piece, so that this is not what is measured. */
function writeText(path: string): void {
  const out = openSync(path, 'w');
  let part = '';
  for (let length = 0, i = 0; length < characters; i++) {
    const word = i % 9 === 0 ? `${random(100_000)}` : WORDS[random(WORDS.length)]!;
    const more = (word + (i % 13 === 12 ? '.\n' : ' ')).slice(0, characters - length);
    length += more.length;
    part += more;
    if (part.length < 65_536 && length < characters) continue;
    writeSync(out, part);
    part = '';
  }
  closeSync(out);
}

const { stateDir, remove } = temporaryFolder();
const state = await openTestState(stateDir);
state.control.people.add({ id: '@ada:home.test', role: 'member', language: 'en' });
const caller = state.control.people.callerFor('@ada:home.test')!;
const encoder = loadTokenVectors();
const by = { encoder, gramsOf };
const file = `${stateDir}/../large.txt`;
writeText(file);
globalThis.gc?.();
const idle = process.memoryUsage.rss();
let peak = idle;
let last = performance.now();
let longest = 0;
// The same in the thread's own time, which other work on the machine does not lengthen.
let lastCpu = cpu();
let longestCpu = 0;
const look = setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  const own = cpu();
  longestCpu = Math.max(longestCpu, own - lastCpu);
  lastCpu = own;
  peak = Math.max(peak, process.memoryUsage.rss());
}, 2);
const limits = { fileBytes: 52_428_800, pagesPerFile: 2000, extractSeconds: 120 };
const started = performance.now();
const prepared = await prepareDocument(
  { bytes: readFileSync(file), name: 'large.txt', source: '$large', addedAt: 1 },
  { ...by, limits },
);
const read = performance.now();
const peakReading = Math.max(peak, process.resourceUsage().maxRSS * 1024);
const reading = { ms: longest, cpu: longestCpu };
[longest, longestCpu] = [0, 0];
await new Promise((resolve) => setTimeout(resolve, 20));
const kept = await stageDocument(state.vault, { caller, prepared }, (writer) =>
  keepDocument(writer, prepared, indexWords(by)),
);
await new Promise((resolve) => setTimeout(resolve, 20));
const stored = performance.now();
peak = Math.max(peak, process.resourceUsage().maxRSS * 1024);
clearInterval(look);
const mb = (bytes: number) => Math.round(bytes / 1e6);
console.log(
  JSON.stringify({
    passages: kept.document.passages,
    idleMb: mb(idle),
    peakMb: mb(peak),
    peakReadingMb: mb(peakReading),
    prepareMs: Math.round(read - started),
    storeMs: Math.round(stored - read),
    longestBlockReadingMs: Math.round(reading.ms),
    longestBlockReadingCpuMs: Math.round(reading.cpu),
    longestBlockStoringMs: Math.round(longest),
    longestBlockStoringCpuMs: Math.round(longestCpu),
  }),
);
state[Symbol.dispose]();
rmSync(file);
remove();
