import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { AppError } from '../../core/errors.ts';

/** The settings of Synapse, from its homeserver.yaml. Throws AppError `not-found` (cannot be read) or `invalid`. */
export function homeserverSettings(file: string): Readonly<Record<string, unknown>> {
  const text = textOf(file);
  let settings: unknown;
  try {
    settings = parse(text);
  } catch {
    settings = undefined;
  }
  if (typeof settings === 'object' && settings !== null) return settings as Record<string, unknown>;
  throw new AppError('invalid', `${file} is no valid YAML`, { hint: 'Correct it: Synapse cannot read it either.' });
}

/** A file that Synapse's settings stand in, or that they name. Throws AppError `not-found`. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new AppError('not-found', `${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`, {
      hint: 'Correct homeserverConfig in the answers, or run set-up as root.',
    });
  }
}
