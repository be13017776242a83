import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caller } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import { code } from '../../core/wording/markdown.ts';
import { exportPassword } from '../export/export-password.ts';
import { type ExportParts, makePart, planExport } from '../export/make-export.ts';
import { say } from '../wording/say.ts';

/** `!export` in the console: a new folder here with the sealed parts. Returns the words about it, the password among them. */
export async function saveExport(
  exporting: ExportParts,
  caller: Caller,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<string> {
  const plan = await planExport(exporting, caller, { limit: Number.MAX_SAFE_INTEGER, signal });
  const password = exportPassword(randomBytes(16));
  const [id, madeAt, parts] = [randomUUID(), clock(), plan.parts.length];
  const folder = mkdtempSync(join(process.cwd(), 'kinkeeper-export-'));
  for (let part = 1; part <= parts; part++) {
    const bytes = await makePart(exporting, caller, { plan, order: { id, madeAt, password, part }, signal });
    writeFileSync(join(folder, `kinkeeper-export-${part}-of-${parts}.zip`), bytes, { mode: 0o600 });
  }
  return say(caller.language, 'console.exported', { folder, parts, password: code(password) });
}
