import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, nameAt } from '../../../core/backup/generation.ts';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { settleLocal } from '../../../ops/backup/settle-local.ts';
import { verifyFile } from '../../../ops/backup/verify-file.ts';
import { writeGeneration } from '../../../ops/backup/write-generation.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { backupTo } from './beside-household.ts';
import { fileOf, makePair, writeSmall } from './small-archive.ts';

const signal = new AbortController().signal;
let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

/** Makes a generation on a disk that does `what` to it before it is read back. */
async function written(what: (path: string) => void) {
  const { plan } = await backupTo(join(place.folder, 'backups'));
  const state = await openTestState(place.stateDir);
  const keys = state.freezeKeys();
  // A freeze opens the files by itself.
  state[Symbol.dispose]();
  const onStep = (step: unknown) => {
    if (step !== 'backup-written') return;
    const file = readdirSync(plan.localDir).find((name) => name.endsWith('.part'))!;
    what(join(plan.localDir, file));
  };
  subscribe('kinkeeper:step', onStep);
  try {
    const { stateDir } = place;
    return await writeGeneration(plan, { stateDir, keys, clock: Date.now, signal, onProgress: () => {} });
  } finally {
    unsubscribe('kinkeeper:step', onStep);
  }
}

test('a backup that the disk did not keep as it was written is none', async () => {
  const spoil = (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  };
  await expect(written(spoil)).rejects.toMatchObject({ reason: 'backup-damaged' });
  const { facts, temporary } = await written(() => {});
  expect(readFileSync(temporary)).toHaveLength(facts.bytes);
});

test('a backup that is whole, but does not list what was to be in it, is none', async () => {
  const { publicKey } = await makePair('kin');
  const path = join(place.folder, 'small');
  const { seal, ...small } = await writeSmall(path, [fileOf('state/a', Buffer.from('a'))], [publicKey]);
  const { sessionKey } = seal;
  await verifyFile(path, { ...small, sessionKey, signal });
  const [head, a] = small.manifest.files;
  const others = [
    { ...small.manifest, files: [head!] },
    { ...small.manifest, files: [head!, { ...a!, bytes: 2 }] },
    { ...small.manifest, leftOut: [{ name: 'settings/kinkeeper.yaml', why: 'missing' } as const] },
  ];
  for (const manifest of others)
    await expect(verifyFile(path, { ...small, manifest, sessionKey, signal })).rejects.toMatchObject({
      reason: 'backup-damaged',
    });
});

test('after a kill a backup here counts as a copy by its size, and what was cut off does not', async () => {
  using state = await openTestState(place.stateDir);
  const { backups } = state.control;
  const [whole, cut] = [nameAt(1_800_000_000_000), nameAt(1_800_000_060_000)];
  for (const [name, bytes] of [[whole, 5] as const, [cut, 4] as const]) {
    backups.add({ name, madeAt: 1, bytes: 5, sha256: 'a', plainBytes: 1, entries: 1 }, new Uint8Array(32));
    writeFileSync(join(place.folder, archiveName(name)), Buffer.alloc(bytes));
  }
  settleLocal(place.folder, { backups, clock: () => 7 });
  expect(backups.find(whole)!.copies).toEqual([{ place: 'local', verifiedAt: 7 }]);
  expect(backups.find(cut)!.copies).toEqual([]);
});

test('of two backups at once one is made; the next one notes what a kill left unnoted', async () => {
  const { plan } = await backupTo(join(place.folder, 'backups'));
  using state = await openTestState(place.stateDir);
  const { backups } = state.control;
  const make = () => makeBackup(plan, { state, stateDir: place.stateDir, clock: Date.now, signal });
  const [first, second] = await Promise.allSettled([make(), make()]);
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict', reason: 'backup-running' } });
  expect(first).toMatchObject({ status: 'fulfilled' });
  const { name } = backups.all()[0]!;
  backups.dropCopy(name, 'local');
  await make();
  expect(backups.find(name)!.copies).toMatchObject([{ place: 'local' }]);
});
