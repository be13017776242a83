import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { AppError } from '../../core/errors.ts';
import type { Plan } from './plan/plan.ts';

/** The secret that Synapse makes accounts by: from a file of its own, or as homeserver.yaml says it. Throws AppError `not-found`. */
export function registrationSecret({ file, kind }: Plan['registration']): string {
  const text = read(file);
  if (kind === 'secret') return text.trim();
  const settings = parsed(text, file);
  const { registration_shared_secret: secret, registration_shared_secret_path: path } = settings;
  if (typeof secret === 'string' && secret !== '') return secret;
  if (typeof path === 'string' && path !== '') return read(resolve(file, '..', path)).trim();
  throw new AppError('not-found', `${file} names no registration_shared_secret`, {
    hint: 'Add `registration_shared_secret: "<a long random text>"` to it, restart Synapse, and run set-up again.',
  });
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text) as Record<string, unknown>;
  } catch {
    throw new AppError('invalid', `${file} is no valid YAML`, { hint: 'Correct it: Synapse cannot read it either.' });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new AppError('not-found', `${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`, {
      hint: 'Correct homeserverConfig in the answers, or run set-up as root.',
    });
  }
}
