import type { CheckId } from '../../../../core/posture.ts';
import { sayEvidence } from '../../../../core/wording/checklist/evidence/say-evidence.ts';
import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { DockerBeside, whyNoDocker } from './docker-beside.ts';
import { JudgedHost } from './judged-host.ts';
import { container, DOCKER } from './lanes/docker.ts';
import { resultOf } from './prove-checklist.ts';
import { alarms, looked, runLanes } from './run-lanes.ts';
import { emptyTally } from './scenario.ts';

/** What holds with one container that is as the compose file wants it. That containers are confined by AppArmor no kernel here can show. */
const SOUND: readonly CheckId[] = [
  ...(['docker-ports', 'docker-api', 'docker-group', 'docker-socket'] as const),
  ...(['container-privileges', 'container-root-fs', 'container-new-privileges', 'container-limits'] as const),
  ...(['container-namespaces', 'container-mounts', 'container-users', 'container-health', 'container-images'] as const),
  ...(['container-networks', 'container-logs', 'container-data', 'container-secrets'] as const),
];

const ROUTES = `ip route replace default via 10.98.0.2 dev eth1; ip -6 route replace default via fd98::2 dev eth1; mkdir -p /srv/kinkeeper/state`;

/** The lines about Docker, with real containers of a real engine. */
export async function proveDockerLines(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const tally = emptyTally();
  const host = await JudgedHost.of(machine);
  const why = whyNoDocker();
  if (why !== undefined) throw new Error(why);
  await machine.vm.must(ROUTES);
  await machine.configure({
    deployment: 'compose',
    compose_env: '/opt/kinkeeper/.env',
    state_dir: '/srv/kinkeeper/state',
  });
  const without = (await host.look()).checks;
  for (const id of SOUND)
    if (without.get(id)?.verdict === 'pass' && id !== 'docker-api' && id !== 'docker-group')
      tally.falseTicks.push(`${id} without an engine: ${sayEvidence('en', without.get(id)?.evidence ?? [])}`);
  const docker = await DockerBeside.start(machine);
  try {
    host.env = docker.env;
    tally.wrong.push(
      ...(await host.run([{ name: 'a container that is well', script: container('k-well'), isBeside: true }])),
    );
    alarms(SOUND, await looked(host, tally), { tally, when: 'with a container that is well' });
    await runLanes(host, DOCKER, { sound: SOUND, tally });
  } finally {
    await docker.remove();
    host.remove();
  }
  return resultOf(name, tally, began);
}
