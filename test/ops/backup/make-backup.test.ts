import { createReadStream, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName } from '../../../core/backup/generation.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
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
