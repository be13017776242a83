import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { BareChat } from '../lab/bare-chat.ts';
import { FamilyClient } from '../lab/family-client.ts';
import { BOT, Household, type ProductProcess, passwordOf } from '../lab/household.ts';
import { startSynapse } from '../lab/synapse.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '60' } } });
const ROUNDS = Number(values.rounds);

/** One measured figure beside its baseline in the same run; `aim` is the most (or least) that the ratio may be. */
interface Row {
  readonly what: string;
  readonly ours: string;
  readonly baseline: string;
  readonly ratio: string;
  readonly aim: string;
}

const figures: Record<string, number | null> = {};
const rows: Row[] = [];
const synapse = await startSynapse({ rateLimits: 'lifted' });
const home = await Household.prepare({ synapse, people: [{ local: 'ada', role: 'admin' }, { local: 'ben' }] });
try {
  await firstStart();
  await measureColdStart();
  await measureRoundTrip();
  await measureIngest();
} finally {
  await home.close();
  await synapse.stop();
}
print();
process.exit(0);

/** The very first start makes keys, accounts' devices and the ops room; what people wait for every day is the later ones. */
async function firstStart(): Promise<void> {
  const bot = home.startBot();
  await logged(bot, 'in touch with the homeserver');
  await bot.stop();
}

async function measureColdStart(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    const bot = home.startBot();
    await logged(bot, 'in touch with the homeserver');
    times.push(performance.now() - started);
    await bot.stop();
  }
  figures.coldStartMs = quantile(times, 0.5);
  rows.push({
    what: 'cold start to first sync, median of 5',
    ours: ms(figures.coldStartMs),
    baseline: '',
    ratio: '',
    aim: 'under 3,000 ms',
  });
}

async function measureRoundTrip(): Promise<void> {
  const bot = home.startBot();
  const ops = home.startOps();
  const ben = home.adopt(
    await FamilyClient.login({
      homeserver: synapse.baseUrl,
      user: 'ben',
      password: passwordOf('ben'),
      crossSigned: true,
    }),
  );
  const room = await ben.openChatWith(BOT, { encrypted: true });
  await ben.nextMessage(room, { from: BOT });
  const bare = await BareChat.open(synapse);
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = -5; round < ROUNDS; round += 1) {
    const help = await roundTrip(ben, room);
    const plain = await bare.roundTrip();
    // The first rounds set up sessions and warm caches on both sides.
    if (round >= 0) {
      ours.push(help);
      baseline.push(plain);
    }
  }
  for (const [name, q] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const [a, b] = [quantile(ours, q), quantile(baseline, q)];
    figures[`help_${name}_ms`] = a;
    figures[`bare_${name}_ms`] = b;
    figures[`ratio_${name}`] = a / b;
    rows.push({
      what: `!help round trip ${name}, ${ROUNDS} rounds`,
      ours: ms(a),
      baseline: ms(b),
      ratio: `${(a / b).toFixed(2)}x`,
      aim: 'under 3x',
    });
  }
  await measureMemory(bot, ops);
}

async function roundTrip(client: FamilyClient, room: string): Promise<number> {
  client.skipMessages(room);
  const started = performance.now();
  await client.say(room, '!help');
  await client.nextMessage(room, { from: BOT });
  return performance.now() - started;
}

/** Resident memory after a quiet while, with one chat behind it. */
async function measureMemory(bot: ProductProcess, ops: ProductProcess): Promise<void> {
  await sleep(15_000);
  for (const [name, running] of [
    ['bot', bot],
    ['ops', ops],
  ] as const) {
    const mb = residentMb(running.pid);
    figures[`${name}IdleMb`] = mb;
    rows.push({
      what: `idle memory, ${name}`,
      ours: `${mb.toFixed(0)} MB`,
      baseline: '',
      ratio: '',
      aim: name === 'bot' ? 'under 250 MB' : '',
    });
  }
}

/** The ingest bench in a process of its own, because a model in this one would change its other figures. */
async function measureIngest(): Promise<void> {
  const script = fileURLToPath(new URL('./ingest.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json'], { maxBuffer: 1 << 24 });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) {
    figures.ingestRatio = null;
    rows.push({ what: 'passages embedded per second', ours: 'not measured', baseline: '', ratio: '', aim: last });
    return;
  }
  const measured = JSON.parse(last) as Record<string, number>;
  Object.assign(figures, { ingestPerSecond: measured.backgroundPerSecond, ingestRatio: measured.share });
  rows.push({
    what: 'passages embedded per second',
    ours: Number(measured.backgroundPerSecond).toFixed(1),
    baseline: Number(measured.barePerSecond).toFixed(1),
    ratio: `${Number(measured.share).toFixed(2)}x`,
    aim: 'at least 0.85x',
  });
}

async function logged(bot: ProductProcess, text: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!bot.output().includes(text)) {
    if (bot.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the bot did not get to "${text}":\n${bot.output()}`);
    await sleep(2);
  }
}

function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1000;
}

function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function print(): void {
  const head: Row = { what: '', ours: 'Kinkeeper', baseline: 'bare', ratio: 'ratio', aim: 'aim' };
  for (const row of [head, ...rows]) {
    process.stdout.write(
      `${row.what.padEnd(42)}${row.ours.padStart(14)}${row.baseline.padStart(12)}${row.ratio.padStart(9)}  ${row.aim}\n`,
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: true, figures })}\n`);
}
