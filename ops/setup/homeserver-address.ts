import { AppError } from '../../core/errors.ts';
import { type Ask, askBySocket } from './ask-by-socket.ts';
import type { Plan, PlanFacts } from './plan/plan.ts';
import { socketInside } from './socket-inside.ts';
import { run } from './start-services.ts';

const CONTAINER = 'kinkeeper-synapse-1';
const NETWORK = 'kinkeeper_matrix';

/**
 * Where this machine reaches the homeserver, its admin API included. A container has no published port, but its own host reaches it by its
 * address in the inner network; with rootless Podman from inside of it alone. Throws AppError `unavailable`.
 */
export async function homeserverAddress(
  { homeserver }: Pick<Plan, 'homeserver'>,
  podman: PlanFacts['podman'],
): Promise<{ readonly url: string; readonly ask: Ask }> {
  if (homeserver !== undefined) return { url: homeserver, ask: fetch };
  if (podman?.account) {
    const pid = Number(await run('docker', ['inspect', '--format', '{{.State.Pid}}', CONTAINER]));
    return { url: 'http://127.0.0.1:8008', ask: askBySocket(await socketInside(pid, 8008)) };
  }
  const format = `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`;
  const address = (await run('docker', ['inspect', '--format', format, CONTAINER])).trim();
  if (/^[0-9.]+$/.test(address)) return { url: `http://${address}:8008`, ask: fetch };
  throw new AppError('unavailable', `${CONTAINER} has no address in ${NETWORK}`, {
    hint: 'Look with `docker compose ps` whether it runs, and run set-up again.',
  });
}
