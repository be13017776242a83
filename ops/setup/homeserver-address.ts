import { AppError } from '../../core/errors.ts';
import type { Plan } from './plan/plan.ts';
import { run } from './start-services.ts';

const CONTAINER = 'kinkeeper-synapse-1';
const NETWORK = 'kinkeeper_matrix';

/**
 * Where this machine reaches the homeserver, its admin API included. A container has no published port, but its own host reaches it by its
 * address in the inner network. Throws AppError `unavailable`.
 */
export async function homeserverAddress({ homeserver }: Pick<Plan, 'homeserver'>): Promise<string> {
  if (homeserver !== undefined) return homeserver;
  const format = `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`;
  const address = (await run('docker', ['inspect', '--format', format, CONTAINER])).trim();
  if (/^[0-9.]+$/.test(address)) return `http://${address}:8008`;
  throw new AppError('unavailable', `${CONTAINER} has no address in ${NETWORK}`, {
    hint: 'Look with `docker compose ps` whether it runs, and run set-up again.',
  });
}
