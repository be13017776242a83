import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKey, type PrivateKey, readPrivateKey } from 'openpgp';
import { archiveName } from '../../../core/backup/generation.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { drill } from '../../../ops/backup/drill.ts';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { PASSPHRASE } from '../isolation/house.ts';
import type { Random } from '../isolation/random.ts';
import { makeHousehold, WRITERS } from './household.ts';
import { type LogicalState, logicalState, withStores } from './logical-state.ts';
import { restoreInto } from './restore-into.ts';
import { countIn, forgottenBy, held, replayed, WRITERS_NOW, writersPeople } from './writing.ts';

const WRITER = fileURLToPath(new URL('./writer.child.ts', import.meta.url));
const vectors = loadTokenVectors();

/** What one household showed. `wrong` has to be empty. */
export interface TrialFigures {
  readonly tablesHashed: number;
  readonly turns: number;
  readonly archiveBytes: number;
  readonly damages: number;
  readonly detected: number;
  /** Turned bits of the packet of the session key that nobody reads: the content was the right one. */
  readonly unread: number;
  readonly wrong: readonly string[];
}

/**
 * Makes a household, lets processes write to it, backs it up, proves the backup, loses everything but the archive and the private
 * key, restores, and compares row by row: what nobody wrote to with what it was, what writers wrote to with the replay of
 * their journals up to one common moment. Then damages the archive, `damages` times.
 */
export async function restoreTrial(folder: string, random: Random, damages: number): Promise<TrialFigures> {
  const stateDir = join(folder, 'state');
  const writersTenants = await makeHousehold(stateDir, random);
  const before = await logicalState(stateDir, writersTenants);
  const { archive, privateKey, bounds } = await backedUp(folder, stateDir);
  rmSync(stateDir, { recursive: true });
  await restoreInto(archive, stateDir, withKey(privateKey));
  const after = await logicalState(stateDir, writersTenants);
  const wrong = [...differences(before, after), ...(await writersWrong(stateDir, bounds))];
  const damage = await damaged({ archive, privateKey, stateDir, damages, random });
  const turns = bounds.reduce((sum, { most }) => sum + most, 0);
  return {
    ...{ tablesHashed: after.size, turns, archiveBytes: statSync(archive).size, damages },
    ...{ detected: damage.detected, unread: damage.unread, wrong: [...wrong, ...damage.wrong] },
  };
}

/** Turns that were over before the backup began, and when it had ended. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

async function backedUp(folder: string, stateDir: string) {
  const pair = await generateKey({ userIDs: [{ name: 'home' }], type: 'ecc', curve: 'curve25519Legacy' });
  const recipientsFile = join(folder, 'recipients.asc');
  writeFileSync(recipientsFile, pair.publicKey);
  const localDir = join(folder, 'backups');
  const plan = { localDir, recipientsFile, homeserver: { kind: 'none' } as const, version: '1' };
  const clock = () => NOW;
  const options = { stateDir, passphrase: PASSPHRASE, create: false, clock, opensCopies: true };
  using state = await openState(options);
  const journals = Array.from({ length: WRITERS }, (_, writer) => join(folder, `journal-${writer}`));
  const children = await Promise.all(journals.map((journal, writer) => startWriter(stateDir, writer, journal)));
  const signal = new AbortController().signal;
  try {
    const least = journals.map(turnsIn);
    const made = await makeBackup(plan, { state, stateDir, clock, signal });
    const most = journals.map(turnsIn);
    const archive = join(localDir, archiveName(made.name));
    const source = { place: 'local', open: async () => createReadStream(archive) };
    await drill(made, { ...{ state, stateDir, scratchDir: localDir, vectors, clock, signal, source } });
    const bounds = least.map((turns, writer): Bounds => ({ least: turns, most: most[writer]! }));
    return { archive, privateKey: await readPrivateKey({ armoredKey: pair.privateKey }), bounds };
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  }
}

async function startWriter(stateDir: string, writer: number, journal: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WRITER, stateDir, String(writer), journal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

function turnsIn(journal: string): number {
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0;
}

function differences(before: LogicalState, after: LogicalState): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((table) => before.get(table) !== after.get(table))
    .map((table) => `${table} is another one`);
}

async function writersWrong(stateDir: string, bounds: readonly Bounds[]): Promise<string[]> {
  const stores = new Map<string, { n: number; papers: string[] }>();
  const tenantOf = new Map<string, string>();
  const inControl = new Map<string, number>();
  let [inBot, ended] = [0, 0];
  await withStores(stateDir, (name, db) => {
    if (name === 'control.db') {
      for (const [person, tenant] of db.prepare('SELECT id, tenant FROM people').raw().all() as string[][])
        tenantOf.set(person!, tenant!);
      const counts = db.prepare("SELECT key, value FROM facts WHERE key LIKE 'count-%'").raw().all() as string[][];
      ended = db.prepare('SELECT count(*) FROM endings WHERE at = ?').pluck().get(WRITERS_NOW) as number;
      for (const [key, value] of counts) inControl.set(key!, Number(value));
    } else if (name === 'bot.db') {
      inBot = Number(db.prepare("SELECT value FROM facts WHERE key = 'sync-batch'").pluck().get());
      if (db.prepare("SELECT 1 FROM facts WHERE key = 'device'").get() !== undefined)
        throw new Error('the device came along');
    } else stores.set(name, { n: countIn(db), papers: held(db) });
  });
  const firsts = bounds.map((_, writer) => stores.get(tenantOf.get(writersPeople(writer)[0])!)!.n);
  const forgotten = firsts.reduce((sum, n) => sum + forgottenBy(n), 0);
  const endings = ended === forgotten ? [] : [`${ended} endings are noted where ${forgotten} papers were forgotten`];
  const perWriter = bounds.flatMap((bound, writer) => {
    const [first, second] = writersPeople(writer).map((person) => stores.get(tenantOf.get(person)!)!);
    const control = inControl.get(`count-${writer}`) ?? 0;
    const chain = [first!.n, second!.n, ...(writer === 0 ? [inBot] : []), control];
    const isOneMoment = chain.every((n, at) => at === 0 || n <= chain[at - 1]!) && control >= first!.n - 1;
    const isInTime = control >= bound.least && control <= bound.most + 1;
    const isReplay = JSON.stringify(first!.papers) === JSON.stringify(replayed(writer, first!.n));
    return [
      ...(isOneMoment ? [] : [`writer ${writer}: stores stand at ${chain.join(', ')}`]),
      ...(isInTime ? [] : [`writer ${writer}: ${control} is not from ${bound.least} to ${bound.most}`]),
      ...(isReplay ? [] : [`writer ${writer}: its papers are not those of its journal`]),
    ];
  });
  return [...endings, ...perWriter];
}

interface Damaging {
  readonly archive: string;
  readonly privateKey: PrivateKey;
  /** The restored state, to be compared with. */
  readonly stateDir: string;
  readonly damages: number;
  readonly random: Random;
}

/** Turns bits and cuts the archive, and tries to restore it: it has to be refused, and nothing may be left. */
async function damaged({ archive, privateKey, stateDir, damages, random }: Damaging) {
  const whole = readFileSync(archive);
  const right = await logicalState(stateDir, new Set());
  const [tried, target] = [`${archive}.damaged`, `${stateDir}-damaged`];
  const tally = { detected: 0, unread: 0, wrong: [] as string[] };
  for (let turn = 0; turn < damages; turn++) {
    const isCut = random.chance(0.3);
    // Many at the beginning, where the packets stand that nothing else protects.
    const at = random.chance(0.2) ? random.below(Math.min(300, whole.length)) : random.below(whole.length);
    const bytes = Buffer.from(isCut ? whole.subarray(0, at) : whole);
    if (!isCut) bytes[at]! ^= 1 << random.below(8);
    writeFileSync(tried, bytes);
    const reason = await restoreInto(tried, target, withKey(privateKey)).catch(
      (thrown: { reason?: string }) => thrown.reason ?? String(thrown),
    );
    if (reason === undefined) {
      if (differences(right, await logicalState(target, new Set())).length === 0 && !isCut) tally.unread++;
      else tally.wrong.push(`${isCut ? 'cut' : 'a bit turned'} at ${at}: restored something else`);
      rmSync(target, { recursive: true, force: true });
    } else if (reason !== 'backup-damaged' && reason !== 'backup-key') tally.wrong.push(`at ${at}: ${reason}`);
    else tally.detected++;
    const left = readdirSync(dirname(target)).filter((name) => name.startsWith(basename(target)));
    if (left.length > 0) tally.wrong.push(`at ${at}: left ${left.join(', ')}`);
  }
  return tally;
}

function withKey(privateKey: PrivateKey) {
  return { keys: { privateKeys: [privateKey] }, passphrase: PASSPHRASE, clock: () => NOW };
}
