import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, LOCAL_PLACE, nameAt } from '../../../core/backup/generation.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { squareBackups } from '../../../ops/restore/square-backups.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';

const ADA = '@ada:home.test';

let place: ReturnType<typeof temporaryFolder>;
let localDir: string;
beforeEach(() => {
  place = temporaryFolder();
  localDir = join(place.folder, 'backups');
  mkdirSync(localDir);
});
afterEach(() => place.remove());

/** What a household was restored from: a file in its folder of backups. */
function from(name: string, bytes: number) {
  const head = { format: 1, version: '0.1.0', madeAt: NOW, people: 1, tenants: [], homeserver: 'none' } as const;
  const verified = { head, bytes, sha256: 'ab', files: 1, plainBytes: 1, leftOut: [], keyFile: '' };
  const source = { generation: name, name: join(localDir, archiveName(name)) };
  return { source, verified, localDir, vectors: loadTokenVectors, now: NOW } as unknown as Parameters<
    typeof squareBackups
  >[1];
}

test('a copy that is here in part only went with the old machine', async () => {
  using state = await openTestState(place.stateDir);
  const { backups } = state.control;
  const [whole, part] = [nameAt(NOW - 2_000_000), nameAt(NOW - 1_000_000)];
  for (const [name, bytes] of [[whole, 5] as const, [part, 4] as const]) {
    backups.add({ name, madeAt: 1, bytes: 5, sha256: 'a', plainBytes: 1, entries: 1 }, new Uint8Array(32));
    backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: 1 });
    writeFileSync(join(localDir, archiveName(name)), Buffer.alloc(bytes));
  }
  squareBackups(state, from(nameAt(NOW), 7));
  expect(backups.find(whole)!.copies).toHaveLength(1);
  expect(backups.find(part)!.copies).toEqual([]);
});

test('the backup that all came from is proven only when every test question found its passage', async () => {
  using state = await openTestState(place.stateDir);
  const { people, backups } = state.control;
  people.seed([{ id: ADA, role: 'admin', language: 'en' }]);
  const ada = people.callerFor(ADA)!;
  const words = 'the violet lighthouse keeper pays seventeen crowns every year';
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$one'), [samplePassage(0, words)]));
  expect(keepTestQuestions(state, { vectors: loadTokenVectors(), now: NOW })).toBe(1);
  const [good, bad] = [nameAt(NOW), nameAt(NOW + 1_000)];
  squareBackups(state, from(good, 7));
  expect(backups.find(good)).toMatchObject({ provenAt: NOW, copies: [{ place: LOCAL_PLACE, verifiedAt: NOW }] });
  state.vault.write(ada, (writer) =>
    writer.setSetting('test-question', JSON.stringify({ question: words, passage: 4711 })),
  );
  squareBackups(state, from(bad, 7));
  expect(backups.find(bad)).toMatchObject({ provenAt: null, copies: [{ place: LOCAL_PLACE, verifiedAt: NOW }] });
});
