import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, readPrivateKey } from 'openpgp';
import { archiveName, generationOf } from '../../../core/backup/generation.ts';
import { restoreNote } from '../../../core/backup/restoring.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import type { OpenState } from '../../../core/control.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { drill } from '../../../ops/backup/drill.ts';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { writeGeneration } from '../../../ops/backup/write-generation.ts';
import { openTestState, PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { restoreInto } from '../restore/restore-into.ts';
import { expectPapers, keepPapers } from './sample-household.ts';
import type { KillScenario } from './scenario.ts';

const signal = new AbortController().signal;
const vectors = loadTokenVectors();
/** Stands in every paper (sample-household.ts), so that any plain file would show it. */
const PLAIN = Buffer.from('garden');

const stateIn = (folder: string) => join(folder, 'state');
const openIn = (folder: string) => openTestState(stateIn(folder), { opensCopies: true, clock: Date.now });

function planIn(folder: string): BackupPlan {
  const homeserver = { kind: 'none' } as const;
  return {
    localDir: join(folder, 'backups'),
    recipientsFile: join(folder, 'recipients.asc'),
    homeserver,
    version: '1',
  };
}

async function setUp(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await keepPapers(stateIn(folder));
  const pair = await generateKey({ userIDs: [{ name: 'home' }], type: 'ecc', curve: 'curve25519Legacy' });
  writeFileSync(join(folder, 'recipients.asc'), pair.publicKey);
  writeFileSync(join(folder, 'private.asc'), pair.privateKey);
  using state = await openIn(folder);
  keepTestQuestions(state, { vectors, now: Date.now() });
  await makeBackup(planIn(folder), making(folder, state));
}

const making = (folder: string, state: OpenState) => ({ state, stateDir: stateIn(folder), clock: Date.now, signal });

async function drillNewest(folder: string, state: OpenState): Promise<void> {
  const newest = state.control.backups.all()[0]!;
  if (newest.provenAt !== null) return;
  const { localDir } = planIn(folder);
  const source = { place: 'local', open: async () => createReadStream(join(localDir, archiveName(newest.name))) };
  await drill(newest, { ...making(folder, state), scratchDir: localDir, vectors, source });
}

/** Every archive has a record that its bytes fit, every record its archive, and there are no others. */
function expectInLine(folder: string, state: OpenState, isSettled: boolean): number {
  const { localDir } = planIn(folder);
  const files = readdirSync(localDir);
  const archives = files.filter((file) => generationOf(file) !== undefined);
  const records = state.control.backups.all().map(({ name }) => archiveName(name));
  for (const name of archives) {
    const record = state.control.backups.find(generationOf(name)!);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(localDir, name)))
      .digest('hex');
    if (record?.sha256 !== sha256) throw new Error(`${name} is not what its record says`);
  }
  if (records.some((name) => !archives.includes(name))) throw new Error('a record has no file');
  if (isSettled && (archives.length !== records.length || archives.length !== files.length))
    throw new Error(`left after the next run: ${files.join(', ')} for ${records.join(', ')}`);
  return archives.length;
}

/** No word of anybody's, in whatever was left anywhere. */
function expectSealed(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (readFileSync(path).includes(PLAIN)) throw new Error(`${path} holds plain text`);
  }
}

/** A second generation is made: the first one stays whole, and the second is there with its record, or the next run clears it away. */
function backingUp(name: string, where: 'own-process' | 'here'): KillScenario {
  return {
    name,
    setUp,
    async act(folder) {
      using state = await openIn(folder);
      await makeBackup(planIn(folder), {
        ...making(folder, state),
        // Where its steps can be killed one by one; nobody else has the stores open, so that no lock is missed.
        ...(where === 'here' && {
          write: (order) => writeGeneration(order.plan, { ...order, clock: Date.now, signal, onProgress: () => {} }),
        }),
      });
    },
    async check(folder) {
      expectSealed(folder);
      using state = await openIn(folder);
      expectPapers(state);
      const archives = expectInLine(folder, state, false);
      if (archives === 0) throw new Error('the good generation is lost');
      const isNew = state.control.backups.all().length > 1;
      // The next run brings everything in line, and it is a good one.
      await makeBackup(planIn(folder), making(folder, state));
      expectInLine(folder, state, true);
      await drillNewest(folder, state);
      return isNew ? 'new' : 'old';
    },
  };
}

export const backupInItsProcess = backingUp('backup-make', 'own-process');
export const backupByStep = backingUp('backup-steps', 'here');

/** A generation is proven: it can be proven later as long as it is not, and the scratch place goes. */
export const backupDrill: KillScenario = {
  name: 'backup-drill',
  setUp,
  async act(folder) {
    using state = await openIn(folder);
    await drillNewest(folder, state);
  },
  async check(folder) {
    expectSealed(folder);
    using state = await openIn(folder);
    const [newest] = state.control.backups.all();
    expectInLine(folder, state, false);
    const hasKey = state.control.backups.sessionKey(newest!.name) !== undefined;
    if (hasKey === (newest!.provenAt !== null))
      throw new Error('the key of the archive is gone too early, or too late');
    if (!hasKey) return 'new';
    await drillNewest(folder, state);
    expectInLine(folder, state, true);
    return 'old';
  },
};

/** What is half there, or has not all its parts yet, opens for nobody. */
async function expectClosed(stateDir: string): Promise<void> {
  const reason = await openTestState(stateDir).then(
    (state) => state[Symbol.dispose](),
    (thrown: { reason?: string }) => thrown.reason,
  );
  if (reason !== 'restore-unfinished') throw new Error('a restore that is not at its end can be opened');
}

/**
 * A state is restored, as `kinkeeper restore` does it, from the archive, the private key and the passphrase alone: it is there whole, or
 * nothing opens it and the same call goes on.
 */
export const backupRestore: KillScenario = {
  name: 'backup-restore',
  setUp,
  async act(folder) {
    const { localDir } = planIn(folder);
    const [archive] = readdirSync(localDir);
    const privateKey = await readPrivateKey({ armoredKey: readFileSync(join(folder, 'private.asc'), 'utf8') });
    const opening = { keys: { privateKeys: [privateKey] }, passphrase: PASSPHRASE, clock: Date.now };
    await restoreInto(join(localDir, archive!), join(folder, 'restored'), opening);
  },
  async check(folder) {
    expectSealed(folder);
    const restored = join(folder, 'restored');
    if (existsSync(restoreNote(restored))) await expectClosed(restored);
    if (existsSync(restoreNote(restored)) || !existsSync(restored)) return 'old';
    using state = await openTestState(restored);
    expectPapers(state);
    return 'new';
  },
};
