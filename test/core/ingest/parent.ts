/** Reads and prepares one file as the bot does, and prints how it went and the most memory that this process held. */
import { readFileSync } from 'node:fs';
import { AppError } from '../../../core/errors.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';

const path = process.argv[2]!;
const limits = { fileBytes: 52_428_800, pagesPerFile: 2000, extractSeconds: Number(process.argv[3]) };
const words = (text: string) => [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))];
const encoder = { pieces: (text: string) => Uint32Array.from(words(text), (_, index) => index) };

const started = performance.now();
let outcome: string;
try {
  const file = { bytes: readFileSync(path), name: path, source: '$event', addedAt: 0 };
  const { passages } = await prepareDocument(file, { limits, encoder, gramsOf: words });
  outcome = `${passages.length} passages`;
} catch (error) {
  outcome = error instanceof AppError ? String(error.reason) : String(error);
}
const milliseconds = Math.round(performance.now() - started);
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ outcome, peakMegabytes, milliseconds }));
