import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { HOST_SETTINGS } from '../../../ops/setup/plan/host-helper-files.ts';
import { STAND_INS } from '../../lab/docker/base-images.ts';
import { REAL_CASES } from '../update/real-cases.ts';
import type { ComposeHousehold } from './compose-household.ts';
import { PathUnit } from './path-unit.ts';
import { Releases } from './releases.ts';
import { changesNothing, goesThrough } from './set-up.ts';

/** A busy machine starts the new version slowly; that which says nothing is waited for as long. */
const GATE_SECONDS = 120;
const KEYRING = '/etc/kinkeeper/releases.gpg';

/** Versions that do not work, by the names of `REAL_CASES`; the first is tried in a short campaign too. */
const BAD = ['its bot hangs', 'its bot does not start'] as const;

/** What came of them; a sentence each. */
export interface Updates {
  readonly faults: readonly string[];
  readonly good: number;
  readonly bad: number;
}

type Ask = () => Promise<string[]>;

/**
 * Ada says `update` in the ops room: a version that works stays, by its digest; those that do not are taken back by themselves, and she is
 * told. `ask` puts a question and resolves to what is amiss with the answer.
 */
export async function updates(
  household: ComposeHousehold,
  { isShort, ask }: { readonly isShort: boolean; readonly ask: Ask },
): Promise<Updates> {
  await using releases = await Releases.open(household);
  const faults = await switchOn(household, releases);
  await using _unit = new PathUnit(household);
  const before = await idsOf(household);
  const good = await releases.publish('0.2.0', []);
  await household.outside('order', { text: 'update', matching: '.' });
  await household.outside('hear', { matching: 'from version 0\\.1\\.0 to 0\\.2\\.0' });
  faults.push(...(await runs(household, { image: good, version: '0.2.0' })), ...(await ask()));
  if ((await idsOf(household)).some((one) => before.includes(one))) faults.push('an old container still runs');
  const bad = isShort ? BAD.slice(0, 1) : BAD;
  for (const [n, name] of bad.entries()) {
    const version = `0.3.${n}`;
    const { patches } = REAL_CASES.find((one) => one.name === name)!;
    await releases.publish(version, patches);
    await household.outside('order', { text: 'update', matching: '.' });
    await household.outside('hear', {
      matching: `Version ${version.replaceAll('.', '\\.')} did not work here, so 0\\.2\\.0 is back`,
    });
    const found = [...(await runs(household, { image: good, version: '0.2.0' })), ...(await ask())];
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  faults.push(...(await changesNothing(household.place)));
  return { faults, good: 1, bad: bad.length };
}

/** As the runbook says it: the publisher's key, two settings, and set-up once more. Other lines of both files have to stay. */
async function switchOn(household: ComposeHousehold, { publisher, url }: Releases): Promise<string[]> {
  await household.lay(KEYRING, readFileSync(publisher.keyring));
  writeFileSync(join(household.data, 'config/releases.asc'), readFileSync(publisher.keyFile));
  const own = `keyring=${KEYRING}\ngate_seconds=${GATE_SECONDS}\n`;
  await household.onServer(['sh', '-euc', 'cat >>"$1"', 'sh', HOST_SETTINGS], own);
  const file = join(household.data, 'config/kinkeeper.yaml');
  const settings = parseDocument(readFileSync(file, 'utf8'));
  const update = { kind: 'compose', feed: url, keyFile: '/config/releases.asc', watchSeconds: 10 };
  for (const [name, value] of Object.entries(update)) settings.setIn(['update', name], value);
  writeFileSync(file, settings.toString());
  const { faults } = await goesThrough(household.place);
  const conf = await household.onServer(['cat', HOST_SETTINGS]);
  if (!conf.endsWith(own.trimEnd())) faults.push(`set-up changed lines of others in ${HOST_SETTINGS}`);
  const env = await linesOfEnv(household);
  for (const [name, value] of Object.entries(STAND_INS))
    if (!env.includes(`${name}=${value}`)) faults.push(`set-up dropped ${name} from .env`);
  return faults;
}

/** Whether bot and ops run with an image, well, and `.env` says so. */
async function runs(household: ComposeHousehold, { image, version }: { image: string; version: string }) {
  const faults = await household.healthy('bot', 'ops').then(
    (): string[] => [],
    (error: Error) => [error.message],
  );
  const containers = await household.containers();
  for (const name of ['bot', 'ops']) {
    const found = containers.get(name)?.Config.Image;
    if (found !== image) faults.push(`${name} runs with ${found}, not ${image}`);
  }
  const env = await linesOfEnv(household);
  for (const line of [`KINKEEPER_IMAGE=${image}`, `KINKEEPER_VERSION=${version}`])
    if (!env.includes(line)) faults.push(`.env does not say ${line}`);
  return faults;
}

async function linesOfEnv(household: ComposeHousehold): Promise<string[]> {
  return (await household.onServer(['cat', '/opt/kinkeeper/.env'])).split('\n');
}

/** Ids of the containers of the product. */
async function idsOf(household: ComposeHousehold): Promise<string[]> {
  const containers = await household.containers();
  return ['bot', 'ops'].map((name) => containers.get(name)!.Id);
}
