/**
 * The process that stands for the bot in `prove:hostile`: takes files from its parent, reads and prepares them as the bot
 * does, and says how each went. Started by hostile-reader-client.ts, in namespaces of its own where the machine allows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gramsOf } from '../../core/ask/grams.ts';
import { AppError } from '../../core/errors.ts';
import { checkSandbox } from '../../core/ingest/check-sandbox.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import { DEFAULT_OCR } from '../../core/ingest/read-file.ts';
import { observeChildren } from './hostile-observer.ts';
import type { ReaderAnswer, ReaderOrder, ReaderStart } from './hostile-reader-client.ts';

const encoder = { pieces: () => new Uint32Array() };

const { own } = JSON.parse(process.argv[2]!) as ReaderStart;
const attempts = observeChildren();
const before = new Set(filesThere());

/** Everything in the folders that only this process and its children write to. */
function filesThere(): string[] {
  return own.flatMap((place) => readdirSync(place, { recursive: true }).map((name) => `${place}/${String(name)}`));
}

/** Connections and datagrams that the kernel counted in this process's network namespace. */
function packets(): number {
  const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n');
  const figure = (protocol: string, name: string) => {
    const [names, values] = lines.filter((line) => line.startsWith(`${protocol}: `)).map((line) => line.split(' '));
    return Number(values?.[names?.indexOf(name) ?? -1] ?? 0);
  };
  return figure('Tcp', 'ActiveOpens') + figure('Udp', 'OutDatagrams');
}

async function read({
  bytes,
  name,
  seconds,
}: Extract<ReaderOrder, { type: 'read' }>): Promise<{ outcome: string; sound: boolean }> {
  const limits = {
    fileBytes: 52_428_800,
    pagesPerFile: 2000,
    extractSeconds: seconds,
    ocr: { ...DEFAULT_OCR, pages: 1 },
  };
  try {
    const file = { bytes, name, source: '$event', addedAt: 0 };
    await prepareDocument(file, { limits, encoder, gramsOf });
    return { outcome: 'text', sound: true };
  } catch (error) {
    // Only AppErrors with a reason are answers; anything else would be "internal error" to the person.
    if (error instanceof AppError && error.reason?.startsWith('file-')) return { outcome: error.reason, sound: true };
    return { outcome: error instanceof AppError ? String(error.reason) : String(error), sound: false };
  }
}

/** Lets a child try everything, so that a zero at the end means something. */
async function calibrate(): Promise<ReaderAnswer> {
  await checkSandbox();
  const noticed = attempts.network > 0 && attempts.writing > 0;
  attempts.network = 0;
  attempts.writing = 0;
  return { type: 'ready', noticed, packets: packets() };
}

async function answer(order: ReaderOrder): Promise<ReaderAnswer> {
  if (order.type === 'start') return calibrate();
  if (order.type === 'report')
    return { type: 'report', attempts, written: filesThere().filter((path) => !before.has(path)), packets: packets() };
  const started = performance.now();
  const { outcome, sound } = await read(order);
  const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
  const milliseconds = Math.round(performance.now() - started);
  return { type: 'read', id: order.id, outcome, sound, milliseconds, rss };
}

process.on('message', (order: ReaderOrder) => {
  void answer(order).then((said) => process.send!(said));
});
process.on('disconnect', () => process.exit(0));
