import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomStream } from '../bot/random.ts';
import { PROMISED } from '../deploy/promises.ts';
import { noEngineBecause } from '../lab/docker/engine.ts';
import { WIRE } from '../lab/docker/two-hosts.ts';
import { PATIENCE_MS } from '../patience.ts';
import { ADA, BOT, ComposeHousehold, HOST } from './compose/compose-household.ts';
import { judgeContainer } from './compose/judge-container.ts';
import { lookInside } from './compose/look-inside.ts';
import { OUTSIDE_PORT, promisedReach, reachedFrom } from './compose/reach.ts';
import { changesNothing, goesThrough } from './compose/set-up.ts';
import { updates } from './compose/updates.ts';
import { wholeRestore } from './compose/whole-restore.ts';

interface CampaignOptions {
  readonly seed: number;
  /** Below 1 fewer containers are killed, and only some ports are scanned. */
  readonly scale: number;
  /** How the names of the parts begin that are to run. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

/** What somebody would try first, for a scan of some ports alone. */
const TRIED_FIRST = [
  22, 25, 53, 80, 443, 2375, 2376, 3000, 5432, 6333, 8008, 8080, 8088, 8443, 8448, 8765, 9090, 9465, 9466, 11434,
];
const PAPER =
  'The boiler was serviced by Dale Brothers on 3 March 2026. The report has the number R-4711, and cost 180 pounds.';
const QUESTION = 'Which number has the report of the boiler by Dale Brothers?';

const DOOR = `https://${HOST}`;

/** What came of it; all of `broken` is one sentence each. */
export interface ComposeFigures {
  /** From a bare server to the first answer through the door, and how often set-up was killed on the way. */
  readonly setUp: { readonly seconds: number; readonly kills: number };
  readonly containers?: number;
  readonly openPorts?: { readonly ipv4: readonly number[]; readonly ipv6: readonly number[]; readonly scanned: number };
  readonly kills?: number;
  /** Questions that were answered while a container was killed. */
  readonly answers?: number;
  /** Versions that were tried. */
  readonly updates?: { readonly good: number; readonly bad: number };
  readonly broken: readonly string[];
}

/** What every part works with. */
interface Campaign {
  readonly household: ComposeHousehold;
  readonly scale: number;
  readonly random: () => number;
  readonly tell: Tell;
}

/** Each looks at the same household; in this order. */
const PARTS: Readonly<Record<string, (campaign: Campaign) => Promise<Partial<ComposeFigures> | undefined>>> = {
  people: admit,
  containers: compare,
  scan,
  door: visit,
  certificate: renew,
  reach,
  reboot,
  kills: killSome,
  restore: restoreAll,
  updates: updateAll,
  'without IPv6': listenOnce,
};

/**
 * Images are built, set-up makes a household on a real engine and is killed on the way, somebody outside sends a paper and asks, containers
 * are compared with what the file promises, scanned, asked whom they reach, started anew with the engine, killed one after the other, lost and
 * restored from a backup, updated, and set up where there is no IPv6.
 * Throws Error where no engine can be started, or no part has a name that begins with `only`.
 */
export async function composeCampaign({ seed, scale, only = '', say }: CampaignOptions) {
  const missing = noEngineBecause();
  if (missing !== undefined) throw new Error(`no Docker engine can be started: ${missing}`);
  const parts = Object.entries(PARTS).filter(([name]) => name.startsWith(only));
  if (parts.length === 0) throw new Error(`--only takes the beginning of one of ${Object.keys(PARTS).join(', ')}`);
  const broken: string[] = [];
  const tell = (part: string, faults: readonly string[]) => {
    say(`${part}: ${faults.length === 0 ? 'as it has to be' : faults.join('; ')}`);
    broken.push(...faults);
  };
  await using household = await ComposeHousehold.open(say, { isKilled: scale >= 1 });
  const { faults, passwords, kills, seconds } = household.setUp;
  tell(`set-up from a bare server to the first answer, killed ${kills} times, ${seconds} s`, faults);
  const setUp = { seconds, kills };
  if (faults.length > 0) return { ok: false, seed, scale, figures: { setUp, broken } };
  const campaign = { household, scale, random: randomStream(seed), tell };
  await converse(household, passwords.get(ADA) ?? '', tell);
  const figures: ComposeFigures = { setUp, broken };
  for (const [name, part] of parts) {
    const began = Date.now();
    // Whatever it could not even try is a fault; the others look at the same household.
    await part(campaign).then(
      (more) => Object.assign(figures, more),
      (error: Error) => tell(name, [error.message]),
    );
    say(`${name}: ${Math.round((Date.now() - began) / 1000)} s`);
  }
  return { ok: broken.length === 0, seed, scale, figures };
}

type Tell = (part: string, faults: readonly string[]) => void;

/** Ada logs in with the card that set-up showed. */
async function converse(household: ComposeHousehold, password: string, tell: Tell): Promise<void> {
  const login = { homeserver: DOOR, user: 'ada', password, bot: BOT };
  await household.outside('open', login);
  const kept = await household.outside<string>('file', { name: 'boiler.txt', text: PAPER });
  const faults = await ask(household);
  tell('a paper and a question through the door', [
    ...(/I read/.test(kept) ? [] : [`the paper was not read: ${kept}`]),
    ...faults,
  ]);
}

/** A new person gets an account from the bot and comes in with their card; the bot changes its own password. */
async function admit({ household, tell }: Campaign): Promise<undefined> {
  const faults: string[] = [];
  const order = (text: string, matching: string) => household.outside<string>('order', { text, matching });
  try {
    const card = await order('people add cleo', 'Set-up card');
    if (!card.includes(`Homeserver: ${DOOR}`)) faults.push(`the card names another homeserver than ${DOOR}`);
    const [password = ''] = /[a-z2-9]{4}(?:-[a-z2-9]{4}){3}/.exec(card) ?? [];
    await household.outside('visit', { homeserver: DOOR, user: 'cleo', password });
    const file = join(household.data, 'secrets/bot-login/bot-password');
    const before = readFileSync(file, 'utf8');
    await order('rotate now bot-password yes', 'password is new');
    if (readFileSync(file, 'utf8') === before) faults.push('the file of the password is the old one');
  } catch (error) {
    faults.push((error as Error).message);
  }
  tell('a new account, and a new password of the bot', faults);
}

/** The engine goes down and comes up as with the machine: everything comes back by itself, and open, as its passphrase is in a file. */
async function reboot({ household, tell }: Campaign): Promise<undefined> {
  const began = Date.now();
  await household.engine.restart();
  const faults = await household.healthy().then(
    (): string[] => [],
    (error: Error) => [error.message],
  );
  faults.push(...(await ask(household)));
  tell(`the engine started anew, ${Math.round((Date.now() - began) / 1000)} s`, faults);
}

/** One question; it has to be answered once, from the paper, encrypted. */
async function ask(household: ComposeHousehold): Promise<string[]> {
  try {
    const eventId = await household.outside<string>('say', { text: QUESTION });
    await household.outside('answer', { eventId, matching: 'R-4711' });
    const { answers, encrypted } = await household.outside<{ answers: number; encrypted: boolean }>('count', {
      eventId,
    });
    return [
      ...(answers === 1 ? [] : [`${answers} answers to one question`]),
      ...(encrypted ? [] : ['an answer in the clear']),
    ];
  } catch (error) {
    return [(error as Error).message];
  }
}

async function compare({ household, tell }: Campaign): Promise<Partial<ComposeFigures>> {
  const containers = await household.containers();
  const running = Object.entries(PROMISED).filter(([, { profile }]) => profile === undefined);
  const faults = running.flatMap(([name, promised]) => {
    const container = containers.get(name);
    return container ? judgeContainer(name, promised, container) : [`${name} is not there`];
  });
  tell('containers beside what is promised', faults);
  tell('inside the image', await lookInside(household));
  return { containers: running.length };
}

async function scan({ household, scale, tell }: Campaign): Promise<Partial<ComposeFigures>> {
  const ports = scale < 1 ? TRIED_FIRST : Array.from({ length: 65_535 }, (_, n) => n + 1);
  const [ipv4, ipv6] = [
    await household.outside<number[]>('scan', { host: WIRE.server, ports }),
    await household.outside<number[]>('scan', { host: WIRE.server6, ports }),
  ];
  const wrong = (name: string, open: readonly number[]) =>
    open.join() === '80,443' ? [] : [`open over ${name}: ${open.join(', ') || 'nothing'}`];
  // Somebody on the same wire can send packets for addresses inside; a provider's neighbours are such.
  const route = ['172.16.0.0/12', 'via', WIRE.server];
  await household.hosts.ip(household.hosts.outside, 'route', 'add', ...route);
  const inside: string[] = [];
  for (const [name, { NetworkSettings }] of await household.containers())
    for (const { IPAddress: host } of Object.values(NetworkSettings.Networks)) {
      const open = await household.outside<number[]>('scan', { host, ports: TRIED_FIRST });
      if (open.length > 0 && name !== 'nginx')
        inside.push(`${name} is reached from the wire at ${host}:${open.join()}`);
    }
  await household.hosts.ip(household.hosts.outside, 'route', 'del', ...route);
  tell('a scan from outside', [...wrong('IPv4', ipv4), ...wrong('IPv6', ipv6), ...inside]);
  return { openPorts: { ipv4, ipv6, scanned: ports.length } };
}

/** A few doors that have to be shut; each rule has its own test in test/deploy/nginx.test.ts. */
async function visit({ household, tell }: Campaign): Promise<undefined> {
  const wanted = {
    '/_matrix/client/versions': 200,
    '/.well-known/matrix/client': 200,
    '/kinkeeper/healthz': 200,
    '/_synapse/admin/v1/server_version': 404,
    '/_matrix/federation/v1/version': 404,
    '/kinkeeper/metrics': 401,
  };
  const faults: string[] = [];
  for (const [path, status] of Object.entries(wanted)) {
    const found = await household.outside<number>('get', { url: `https://${HOST}${path}` });
    if (found !== status) faults.push(`${path} answers ${found}, not ${status}`);
  }
  const plain = await household.outside<number>('get', { url: `http://${HOST}/_matrix/client/versions` });
  if (plain !== 301) faults.push(`port 80 answers ${plain}, not 301`);
  tell('paths at the door', faults);
}

/** A fresh certificate, by the hook that certbot calls; nobody's connection ends. */
async function renew({ household, tell }: Campaign): Promise<undefined> {
  const before = await household.outside<string>('serial', { host: HOST });
  await household.renewCertificate();
  const until = Date.now() + PATIENCE_MS;
  let now = before;
  while (now === before && Date.now() < until) now = await household.outside<string>('serial', { host: HOST });
  tell('a certificate renewed', now === before ? ['the door goes on with the old certificate'] : []);
}

async function reach({ household, tell }: Campaign): Promise<undefined> {
  await household.outside('listen', { port: OUTSIDE_PORT });
  const containers = await household.containers();
  const faults: string[] = [];
  for (const name of containers.keys()) {
    const [found, wanted] = [(await reachedFrom(name, containers)).join(), promisedReach(name).join()];
    if (found !== wanted) faults.push(`${name} reaches ${found || 'nobody'}, not ${wanted || 'nobody'}`);
  }
  tell('whom each reaches', faults);
}

/** Kills everything in a container at once, as the kernel does when memory is short. It has to come back, and no question may be lost. */
async function killSome({ household, scale, random, tell }: Campaign): Promise<Partial<ComposeFigures>> {
  const names = [...(await household.containers()).keys()].sort(() => random() - 0.5);
  const killed = names.slice(0, Math.max(1, Math.round(names.length * Math.min(1, scale))));
  let answered = 0;
  for (const name of killed) {
    const before = (await household.containers()).get(name)!;
    process.kill(before.State.Pid, 'SIGKILL');
    const faults = await ask(household);
    if (faults.length === 0) answered += 1;
    if (!(await cameBack(household, name, before.State.StartedAt))) faults.push(`${name} did not come back`);
    await household.healthy().catch((error: Error) => faults.push(error.message));
    tell(
      `${name} killed`,
      faults.map((fault) => `${name} killed: ${fault}`),
    );
  }
  return { kills: killed.length, answers: answered };
}

async function restoreAll({ household, tell }: Campaign): Promise<undefined> {
  tell('a server that is lost, and comes back from a backup', await wholeRestore(household, () => ask(household)));
}

/** The same household on a host without IPv6, which publishes its door once. */
async function listenOnce({ household, tell }: Campaign): Promise<undefined> {
  await household.loseIpv6();
  const { faults } = await goesThrough(household.place);
  const open = await household.outside<number[]>('scan', { host: WIRE.server, ports: TRIED_FIRST });
  if (open.join() !== '80,443') faults.push(`open over IPv4: ${open.join(', ') || 'nothing'}`);
  faults.push(...(await ask(household)), ...(await changesNothing(household.place)));
  tell('a host without IPv6', faults);
}

async function updateAll({ household, scale, tell }: Campaign): Promise<Partial<ComposeFigures>> {
  const { faults, good, bad } = await updates(household, { isShort: scale < 1, ask: () => ask(household) });
  tell(`${good} update that works, ${bad} that do not`, faults);
  return { updates: { good, bad } };
}

async function cameBack(household: ComposeHousehold, name: string, startedAt: string): Promise<boolean> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { State } = (await household.containers()).get(name)!;
    if (State.Running && State.StartedAt !== startedAt) return true;
    await pause(200);
  }
  return false;
}
