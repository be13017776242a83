import { resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { homeserverSettings, textOf } from './homeserver-settings.ts';
import type { Plan } from './plan/plan.ts';

/** The secret that Synapse makes accounts by: from a file of its own, or as homeserver.yaml says it. Throws AppError `not-found`. */
export function registrationSecret({ file, kind }: Plan['registration']): string {
  if (kind === 'secret') return textOf(file).trim();
  const { registration_shared_secret: secret, registration_shared_secret_path: path } = homeserverSettings(file);
  if (typeof secret === 'string' && secret !== '') return secret;
  if (typeof path === 'string' && path !== '') return textOf(resolve(file, '..', path)).trim();
  throw new AppError('not-found', `${file} names no registration_shared_secret`, {
    hint: 'Add `registration_shared_secret: "<a long random text>"` to it, restart Synapse, and run set-up again.',
  });
}
