import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { PROMISED } from '../deploy/promises.ts';
import { makeBaseImages, STAND_INS } from '../lab/docker/base-images.ts';
import { TwoHosts, WIRE } from '../lab/docker/two-hosts.ts';
import { noPodmanBecause, PodmanMachine } from '../lab/podman/podman-machine.ts';
import { PATIENCE_MS } from '../patience.ts';
import type { Container } from './compose/compose-household.ts';
import { OUTSIDE_PORT, PROBE, promisedReach, targetsOf } from './compose/reach.ts';
import { bringBack, WRITTEN } from './podman/bring-back.ts';
import { lookAtContainer } from './podman/look-at-container.ts';
import { typeWords } from './podman/type-words.ts';

const HOST = 'matrix.home.test';
const ANSWERS = {
  ...{ kind: 'compose', engine: 'podman', serverName: 'home.test', host: HOST, reach: 'internet', model: 'none' },
  people: [{ name: 'ada', role: 'admin' }, { name: 'ben' }],
};
const SETUP = [
  'cd /opt/kinkeeper && node_modules/node/bin/node --disable-warning=DEP0060',
  'ops/kinkeeper.ts setup --answers /opt/answers.yaml',
].join(' ');

/** Whose Podman it is; `numberOf`: the number that an account of a container has on the host. */
const KINDS = {
  account: {
    more: { podmanAccount: 'kin' },
    numberOf: (uid: number) => (uid === 0 ? 1000 : 100_000 + uid - 1),
  },
  root: { more: {}, numberOf: (uid: number) => uid },
} as const;
type Kind = keyof typeof KINDS;

interface Parts {
  readonly kind: Kind;
  readonly machine: PodmanMachine;
  readonly hosts: TwoHosts;
  readonly tell: (part: string, faults: readonly string[]) => void;
}

/**
 * Set-up on a Debian 13 with its own Podman, as root and as an account without rights of root: to the first encrypted answer through nginx and a
 * second time; then processes beside what is promised of them, whom each reaches, who is seen at the door, and a start of the machine anew.
 */
export async function podmanCampaign({ say, ...call }: CampaignOptions) {
  const missing = noPodmanBecause();
  if (missing !== undefined) throw new Error(`Podman cannot be had here: ${missing}`);
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => kind.startsWith(call.only ?? ''));
  const broken: string[] = [];
  const seconds: Record<string, number> = {};
  await using hosts = await TwoHosts.make(HOST);
  await using machine = await PodmanMachine.start(hosts.server, [`${WIRE.server} ${HOST}`], say);
  await makeBaseImages(machine, say);
  await machine.buildProduct('kinkeeper:local', STAND_INS.NODE_IMAGE);
  await listenOutside(hosts);
  await takeDown(machine);
  for (const kind of kinds) {
    const tell = (part: string, faults: readonly string[]) => {
      say(`${kind}: ${part}: ${faults.length === 0 ? 'as it has to be' : faults.join('; ')}`);
      broken.push(...faults.map((fault) => `${kind}: ${fault}`));
    };
    const parts = { kind, machine, hosts, tell };
    await makeReady(parts);
    const began = Date.now();
    const said = await setUp(parts);
    seconds[kind] = Math.round((Date.now() - began) / 1000);
    if (said !== undefined) await look(parts, said);
    await takeDown(machine);
  }
  return { ok: broken.length === 0, ...call, figures: { seconds, broken } };
}

interface CampaignOptions {
  readonly seed: number;
  readonly scale: number;
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

/** What set-up tells a person to do first, and no more; images go from root to the account, as no registry is reached. */
async function makeReady({ kind, machine }: Parts): Promise<void> {
  layAnswers({ kind, machine });
  if (kind === 'root') return void (await machine.run('systemctl enable --now podman.socket'));
  machine.write('etc/sysctl.d/60-kinkeeper-podman.conf', 'net.ipv4.ip_unprivileged_port_start=80\n');
  await machine.run('sysctl -q -p /etc/sysctl.d/60-kinkeeper-podman.conf');
  await machine.run('systemctl --user --machine=kin@ enable --now podman.socket');
  const { NODE_IMAGE: _, ...images } = STAND_INS;
  const names = [...Object.values(images), 'kinkeeper:local'].join(' ');
  await machine.run(`podman save -q -m -o /var/tmp/images.tar ${names} && chmod 644 /var/tmp/images.tar`);
  await machine.run('cd && podman load -q -i /var/tmp/images.tar', { account: 'kin' });
  rmSync(machine.path('var/tmp/images.tar'));
}

/** The answers, and the names of the images that can be had here. */
function layAnswers({ kind, machine }: Pick<Parts, 'kind' | 'machine'>): void {
  const env = { ...STAND_INS, OLLAMA_MEMORY: '1g' };
  machine.write(
    'opt/kinkeeper/.env',
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  machine.write('opt/answers.yaml', stringify({ ...ANSWERS, ...KINDS[kind].more }));
}

/** As root types it; resolves to what it said, undefined where it did not come to its end. */
async function setUp({ machine, tell }: Parts): Promise<string | undefined> {
  const first = await machine.typed(SETUP);
  const isUp = first.code === 0 && /It works\. A guest sent/.test(first.said);
  tell('set-up to the first answer', isUp ? [] : [`it did not come to its end: ${first.said.slice(-1500)}`]);
  if (!isUp) return undefined;
  const again = await machine.typed(SETUP);
  const isSame = again.code === 0 && /nothing was changed/.test(again.said);
  tell('set-up once more', isSame ? [] : [`it changed something: ${again.said.slice(-1500)}`]);
  return first.said;
}

async function look(parts: Parts, said: string): Promise<void> {
  const { kind, machine, tell } = parts;
  const containers = await healthy(parts);
  const faults: string[] = [];
  const reach: string[] = [];
  for (const [name, { State }] of containers) {
    const [promised, pid] = [PROMISED[name]!, State.Pid];
    faults.push(...(await lookAtContainer(machine, { name, pid, promised }, KINDS[kind].numberOf)));
    // With Podman the door leads out, until the host's firewall stops it (0022).
    const wanted = [...promisedReach(name), ...(name === 'nginx' ? ['outside'] : [])].sort().join();
    const found = await reachedInside(parts, name, containers);
    if (found !== wanted) reach.push(`${name} reaches ${found}, not ${wanted}`);
  }
  tell('processes beside what is promised', faults);
  tell('whom each reaches', reach);
  await visit(parts);
  await askHelper(parts, containers);
  await closeHost(parts, await healthy(parts));
  const began = Date.now();
  await machine.restart();
  const back = await healthy(parts).then(
    (): string[] => [],
    (error: Error) => [error.message],
  );
  tell(`the machine started anew, ${Math.round((Date.now() - began) / 1000)} s`, back);
  await visit(parts);
  tell('what a person types', await typeWords(machine, said));
  const restoring = { setUp: SETUP, said, layAnswers: () => layAnswers(parts), healthy: () => healthy(parts) };
  tell('lost, and back from its backup', await bringBack({ machine, ...restoring }));
}

/** Whom a service reaches, tried from its own network in the machine. */
async function reachedInside({ machine }: Parts, name: string, containers: Map<string, Container>): Promise<string> {
  machine.write('var/tmp/probe.cjs', `process.argv.splice(1, 1);${PROBE}`);
  const targets = JSON.stringify(targetsOf(name, containers));
  const node = '/opt/kinkeeper/node_modules/node/bin/node';
  const pid = containers.get(name)!.State.Pid;
  return (
    JSON.parse(await machine.run(`nsenter -t ${pid} -n ${node} /var/tmp/probe.cjs '${targets}'`)) as string[]
  ).join();
}

/** What ops does to have the host helper start the bot anew: from its sandbox that reaches Podman by its socket alone. */
async function askHelper({ kind, machine, tell }: Parts, before: Map<string, Container>): Promise<void> {
  const number = KINDS[kind].numberOf(10_001);
  const spool = '/var/lib/kinkeeper-spool';
  const lay = `umask 077; cd ${spool}/requests && printf "restart-service\\nname=bot\\n" >.x && mv .x prove1.request`;
  await machine.run(`setpriv --reuid=${number} --regid=${number} --clear-groups sh -c '${lay}'`);
  const answer = machine.path(`${spool}/answers/prove1.answer`);
  for (const until = Date.now() + PATIENCE_MS; !existsSync(answer) && Date.now() < until; ) await pause(500);
  const said = existsSync(answer) ? readFileSync(answer, 'utf8').split('\n')[0]! : 'nothing';
  const startedAt = (await healthy({ machine })).get('bot')!.State.StartedAt;
  tell('the bot started anew by the host helper', [
    ...(said === 'ok' ? [] : [`the helper said ${said}`]),
    ...(startedAt === before.get('bot')!.State.StartedAt ? ['the bot runs as before'] : []),
  ]);
}

/** The measure `firewall` of the host: as root's the door does not lead out any more; as an account's the forwarder's own ports are shut. */
async function closeHost(parts: Parts, containers: Map<string, Container>): Promise<void> {
  const { kind, machine, hosts, tell } = parts;
  const harden = '/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf';
  const applied = await machine.attempt(`${harden} apply firewall`);
  const faults = applied.code === 0 ? [] : [`the firewall was not closed: ${applied.said.slice(-600)}`];
  if (kind === 'root') {
    const found = await reachedInside(parts, 'nginx', containers);
    if (found !== promisedReach('nginx').join()) faults.push(`nginx reaches ${found} in spite of the firewall`);
  } else {
    for (const port of [8080, 8443]) {
      const knock = `exec 3<>/dev/tcp/${WIRE.server}/${port}`;
      const said = await execa('ip', ['netns', 'exec', hosts.outside, 'timeout', '3', 'bash', '-c', knock], {
        reject: false,
      });
      if (said.exitCode === 0) faults.push(`port ${port} is open in spite of the firewall`);
    }
  }
  tell('the firewall of the host', faults);
  await visit(parts);
  await machine.attempt(`${harden} undo firewall`);
}

/** Somebody outside, over both kinds of addresses: paths at the door, and who the door says was refused. */
async function visit({ hosts, machine, tell }: Parts): Promise<void> {
  const faults: string[] = [];
  const log = machine.path('srv/kinkeeper/logs/nginx/refused.log');
  for (const [at, from] of [
    [WIRE.server, WIRE.outside],
    [`[${WIRE.server6}]`, WIRE.outside6],
  ] as const) {
    const before = existsSync(log) ? readFileSync(log, 'utf8').length : 0;
    for (const [path, status] of Object.entries({
      '/_matrix/client/versions': 200,
      '/_synapse/admin/v1/server_version': 404,
      '/kinkeeper/metrics': 401,
    })) {
      const curl = [
        'curl',
        '-sk',
        '-m',
        '20',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '--resolve',
        `${HOST}:443:${at}`,
      ];
      const said = await execa('ip', ['netns', 'exec', hosts.outside, ...curl, `https://${HOST}${path}`], {
        reject: false,
      });
      if (said.stdout !== `${status}`) faults.push(`${at}${path} answers ${said.stdout}, not ${status}`);
    }
    const seen = readFileSync(log, 'utf8').slice(before);
    if (!seen.includes(` ${from} refused page 401`)) faults.push(`a visitor from ${from} is seen as: ${seen.trim()}`);
  }
  tell('paths at the door, and who is seen there', faults);
}

/** Waits until every service is healthy; resolves to all of them. Throws with what the others say. */
async function healthy({ machine }: Pick<Parts, 'machine'>): Promise<Map<string, Container>> {
  for (const until = Date.now() + 3 * PATIENCE_MS; ; await pause(1000)) {
    const { said } = await machine.typed('docker inspect $(docker ps -aq) 2>/dev/null');
    const all = said.startsWith('[') ? (JSON.parse(said) as Container[]) : [];
    const found = new Map(all.map((one) => [one.Config.Labels['com.docker.compose.service'] ?? '', one]));
    const sick = Object.keys(PROMISED).filter((name) => {
      return PROMISED[name]!.profile === undefined && found.get(name)?.State.Health?.Status !== 'healthy';
    });
    if (sick.length === 0) return found;
    if (Date.now() <= until) continue;
    const states = sick.map((name) => `${name} ${JSON.stringify(found.get(name)?.State)}`.slice(0, 1500));
    const words = await machine.typed(`cd /opt/kinkeeper && docker compose logs --tail 15 ${sick.join(' ')}`);
    throw new Error(`not healthy: ${states.join('; ')}: ${words.said.slice(-2500)}`);
  }
}

/** Whatever runs in the machine, whoever's: a run that was cut off has left its household, which starts with the machine. */
async function takeDown(machine: PodmanMachine): Promise<void> {
  await machine.attempt(
    'systemctl disable --now kinkeeper-host.path kinkeeper-host-facts.timer kinkeeper-host-posture.timer',
  );
  const all = 'cd && podman rm --all --force --time 5 && podman network prune --force && podman volume prune --force';
  await machine.run(all);
  await machine.run(all, { account: 'kin' });
  for (const path of WRITTEN) rmSync(machine.path(path), { recursive: true, force: true });
}

/** Somebody outside, for who tries to get out. */
async function listenOutside(hosts: TwoHosts): Promise<void> {
  const listen = `require('node:net').createServer((one) => one.destroy()).listen(${OUTSIDE_PORT}, '0.0.0.0', () => console.log('ready'))`;
  const child = execa('ip', ['netns', 'exec', hosts.outside, process.execPath, '-e', listen], { reject: false });
  await new Promise((resolve) => child.stdout.once('data', resolve));
}
