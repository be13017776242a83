import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LANGUAGES } from '../../core/caller.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import type { Given } from './questions.ts';

const DRAFT = z.record(z.string(), z.string()).and(z.object({ language: z.enum(LANGUAGES) }));

/** Answers of a run of set-up that did not come to its end. undefined: there are none, or they cannot be read. */
export function readDraft(file: string): (Given & z.infer<typeof DRAFT>) | undefined {
  try {
    return DRAFT.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Keeps what was answered so far, for this account alone. There is no secret in it. Throws AppError `unavailable`. */
export function keepDraft(file: string, given: Given): void {
  writeDurably(file, `${JSON.stringify(given, null, 1)}\n`, { exclusive: false });
}
