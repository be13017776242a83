import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TEST_QUESTION } from '../../../core/backup/test-question.ts';
import type { PersonId } from '../../../core/caller.ts';
import { createLogger } from '../../../core/log.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { beginUpdate, type UpdateParts } from '../../../ops/update/begin-update.ts';
import { releaseFolders } from '../../../ops/update/deployment.ts';
import { pendingUpdate } from '../../../ops/update/pending-update.ts';
import type { ReleaseFeed } from '../../../ops/update/release-feed.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../open-test-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

const NOW = 1_800_000_000_000;
let spool: string;
let opened: Awaited<ReturnType<typeof openTestState>>;
beforeEach(async () => {
  spool = mkdtempSync(join(tmpdir(), 'kin-spool-'));
  await mkdir(join(spool, 'requests'));
  opened = await openTestState(() => NOW);
});
afterEach(() => {
  opened.remove();
  rmSync(spool, { recursive: true, force: true });
});

/** Begins an update to 0.2.0 that is cancelled once its request lies in the spool. */
async function cancelled(
  atRequest: (file: string) => void,
  makeBackup: UpdateParts['makeBackup'] = undefined,
): Promise<void> {
  const release = { version: '0.2.0', sha256: 'a'.repeat(64), bytes: 1, file: 'x.tar.gz', image: '-' };
  const done = async () => {};
  const feed = { releases: async () => [release], clear: done, layIndex: done, layArchive: done };
  const helper = new HostHelper(spool);
  const deployment = releaseFolders({ version: '0.1.0', feed: feed as unknown as ReleaseFeed, helper });
  const stop = new AbortController();
  const log = createLogger({ name: 'test', level: 'silent' });
  const context = { ...ORDINARY_RUN, signal: stop.signal, clock: () => NOW, log, previous: undefined };
  const parts = { state: opened.state, deployment, makeBackup, vectors: loadTokenVectors };
  const running = beginUpdate(parts, context);
  running.catch(() => {});
  const requests = join(spool, 'requests');
  const waiting = () => readdirSync(requests).find((name) => name.endsWith('.request'));
  await vi.waitFor(() => expect(waiting()).toBeDefined(), { timeout: 30_000, interval: 10 });
  const file = join(requests, waiting()!);
  atRequest(file);
  stop.abort();
  await expect(running).rejects.toThrow();
  expect(existsSync(file)).toBe(false);
}

test('an update that is cancelled before the helper took it is forgotten', async () => {
  await cancelled(() => {});
  expect(pendingUpdate(opened.state.control.facts)).toBeUndefined();
});

test('the backup before it holds the test questions that a restore asks', async () => {
  const { control, vault } = opened.state;
  control.people.seed([{ id: '@ada:home.test' as PersonId, role: 'admin', language: 'en' }]);
  const ada = control.people.callerFor('@ada:home.test')!;
  vault.write(ada, (writer) =>
    writer.addDocument(sampleDocument('$one'), [samplePassage(0, 'The spare key lies under the blue flower pot.')]),
  );
  let asked: string | undefined;
  const makeBackup = async () => {
    asked = vault.read(ada, (reader) => reader.setting(TEST_QUESTION));
    return 'kin-20261130T031500Z-1a2b3c';
  };
  await cancelled(() => {}, makeBackup);
  expect(asked).toContain('spare key');
});

test('one that the helper took is kept, to be told of', async () => {
  await cancelled((file) => rmSync(file));
  expect(pendingUpdate(opened.state.control.facts)).toMatchObject({ from: '0.1.0', to: '0.2.0' });
});
