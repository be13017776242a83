import { createReadStream, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName } from '../../../core/backup/generation.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import type { OpenState } from '../../../core/control.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { drill } from '../../../ops/backup/drill.ts';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let plan: BackupPlan;
const vectors = loadTokenVectors();
const signal = new AbortController().signal;
const clock = Date.now;

beforeEach(async () => {
  place = temporaryFolder();
  const { publicKey } = await generateKey({ userIDs: [{ name: 'kin' }], curve: 'curve25519Legacy', type: 'ecc' });
  const recipientsFile = join(place.folder, 'recipients.asc');
  writeFileSync(recipientsFile, publicKey);
  const homeserver = { kind: 'none' } as const;
  plan = { localDir: join(place.folder, 'backups'), recipientsFile, homeserver, version: '0.1.0' };
});
afterEach(() => place.remove());

async function household() {
  const state = await openTestState(place.stateDir, { opensCopies: true });
  state.control.people.seed([
    { id: '@ada:home.test', role: 'admin', language: 'en' },
    { id: '@ben:home.test', role: 'member', language: 'de' },
  ]);
  for (const who of ['@ada:home.test', '@ben:home.test']) {
    const caller = state.control.people.callerFor(who)!;
    for (let number = 0; number < 5; number++) {
      const words = `paper ${number} of ${who} about the violet lighthouse keeper number ${number * 17}`;
      state.vault.write(caller, (writer) =>
        writer.addDocument(sampleDocument(`$${who}-${number}`), [samplePassage(0, words)]),
      );
    }
  }
  return state;
}

test('a backup is whole, proves itself, and only then counts', async () => {
  using state = await household();
  keepTestQuestions(state, { vectors, now: clock() });
  const made = await makeBackup(plan, { state, stateDir: place.stateDir, clock, signal });
  expect(readdirSync(plan.localDir)).toEqual([archiveName(made.name)]);
  expect(made.provenAt).toBeNull();
  expect(state.control.backups.all()[0]).toMatchObject({ name: made.name, copies: [{ place: 'local' }] });
  const proof = await drill(made, {
    ...{ state, stateDir: place.stateDir, scratchDir: plan.localDir, vectors, clock, signal },
    source: { place: 'local', open: async () => createReadStream(join(plan.localDir, archiveName(made.name))) },
  });
  expect(proof).toMatchObject({ tenants: 2, documents: 10, questions: 2 });
  expect(state.control.backups.find(made.name)?.provenAt).not.toBeNull();
  expect(state.control.backups.sessionKey(made.name)).toBeUndefined();
  expect(readdirSync(plan.localDir)).toEqual([archiveName(made.name)]);
  expect(existsSync(join(place.stateDir, 'tombstones'))).toBe(true);
});

async function drilled(state: OpenState, openCopy: OpenState['openCopy']) {
  const made = await makeBackup(plan, { state, stateDir: place.stateDir, clock, signal });
  const source = {
    place: 'local',
    open: async () => createReadStream(join(plan.localDir, archiveName(made.name))),
  };
  const { stateDir } = place;
  return drill(made, {
    ...{ state: { control: state.control, openCopy }, stateDir, scratchDir: stateDir, vectors, clock, signal, source },
  });
}

test('somebody whose papers nobody may enter any more is in the backup, too', async () => {
  using state = await household();
  state.control.people.remove('@ben:home.test' as never);
  expect(await drilled(state, state.openCopy)).toMatchObject({ tenants: 1, documents: 5 });
});

test('a tenant that the copy does not know any more is noticed, though nothing in it is damaged', async () => {
  using state = await household();
  const without = (dir: string) => {
    const db = openEncrypted(join(dir, 'control.db'), state.freezeKeys().control);
    db.pragma('foreign_keys = OFF');
    const tenant = db.prepare("SELECT tenant FROM people WHERE id = '@ben:home.test'").pluck().get();
    db.prepare("DELETE FROM people WHERE id = '@ben:home.test'").run();
    db.prepare('DELETE FROM tenants WHERE id = ?').run(tenant);
    db.close();
    return state.openCopy(dir);
  };
  await expect(drilled(state, without)).rejects.toMatchObject({ reason: 'backup-unproven' });
});

test('a backup that somebody deleted here is still known when the next one is made: the job that sends tells of it', async () => {
  using state = await household();
  const making = { state, stateDir: place.stateDir, clock, signal };
  const { name } = await makeBackup(plan, making);
  rmSync(join(plan.localDir, archiveName(name)));
  await makeBackup(plan, making);
  expect(state.control.backups.find(name)?.copies).toMatchObject([{ place: 'local' }]);
});
