import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExtractedText } from '../../../core/document.ts';
import { AppError } from '../../../core/errors.ts';
import { type ReadFileRequest, readFile } from '../../../core/ingest/read-file.ts';

export const LIMITS = { fileBytes: 52_428_800, pagesPerFile: 2000, extractSeconds: 60 };

/** Reads bytes under the product's limits. */
export function read(
  bytes: Uint8Array | string,
  name: string,
  more: Partial<ReadFileRequest> = {},
): Promise<ExtractedText> {
  return readFile({ bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes, name, limits: LIMITS, ...more });
}

/** Why reading was refused: reason and facts. Throws when it was not refused, or not with an AppError. */
export async function refusal(
  bytes: Uint8Array | string,
  name: string,
  more: Partial<ReadFileRequest> = {},
): Promise<object> {
  const result = await read(bytes, name, more).catch((error: unknown) => error);
  if (!(result instanceof AppError))
    throw new Error(`not refused: ${result instanceof Error ? result.stack : JSON.stringify(result)}`);
  return { reason: result.reason, ...result.facts };
}

/** What a process of its own says after reading a file: how it went, and the most memory it ever held. */
export interface ParentFigures {
  readonly outcome: string;
  readonly peakMegabytes: number;
  readonly milliseconds: number;
}

/** Reads a file in a parent process of its own, so that its memory can be measured; `seconds` is the time limit of the reading. */
export async function readInParent(path: string, seconds: number): Promise<ParentFigures> {
  const script = new URL('./parent.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script, path, String(seconds)]);
  return JSON.parse(stdout) as ParentFigures;
}
