import crypto from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';
import { archiveFile, verifyArchive } from '../../../ops/backup/verify-archive.ts';
import { makeEvidence } from '../../../ops/incident/make-evidence.ts';
import { temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { backupTo } from '../backup/beside-household.ts';

let place: ReturnType<typeof temporaryFolder>;
let backup: Awaited<ReturnType<typeof backupTo>>;
const { signal } = new AbortController();
const { randomFillSync } = crypto;
/** All keys that were drawn, where they lie. */
let drawn: Uint8Array[];

beforeEach(async () => {
  place = temporaryFolder();
  backup = await backupTo(join(place.folder, 'backups'));
  drawn = [];
  crypto.randomFillSync = ((into: Uint8Array) => {
    if (into.length === 32) drawn.push(into);
    return randomFillSync(into);
  }) as typeof randomFillSync;
  syncBuiltinESMExports();
});
afterEach(() => {
  crypto.randomFillSync = randomFillSync;
  syncBuiltinESMExports();
  place.remove();
});

/** Makes evidence on a disk that does `what` to it before it is read back. */
async function made(what: (path: string) => void = () => {}) {
  const folder = join(backup.plan.localDir, 'evidence');
  const onStep = (step: unknown) => {
    if (step === 'evidence-written') what(join(folder, readdirSync(folder).find((name) => name.endsWith('.part'))!));
  };
  subscribe('kinkeeper:step', onStep);
  try {
    const sources = { records: undefined, helper: undefined, helperMs: 1, settings: {}, logFiles: [] };
    return await makeEvidence(backup.plan, { sources, cause: 'asked', at: Date.now(), signal });
  } finally {
    unsubscribe('kinkeeper:step', onStep);
  }
}

function spoil(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

test('evidence that the disk did not keep as it was written is none, and nothing of it stays', async () => {
  await expect(made(spoil)).rejects.toMatchObject({ reason: 'backup-damaged' });
  expect(readdirSync(join(backup.plan.localDir, 'evidence'))).toEqual([]);
});

test('the key that this evidence alone has is gone once it was read back, and when that failed', async () => {
  for (const what of [undefined, spoil]) {
    let whenRead = Buffer.alloc(0);
    const making = made((path) => {
      whenRead = Buffer.from(drawn.at(-1)!);
      what?.(path);
    });
    const ended = await making.catch(() => undefined);
    expect(whenRead.equals(Buffer.alloc(32))).toBe(false);
    if (ended !== undefined) {
      const keys = { sessionKey: sessionKeyOf(new Uint8Array(whenRead)) };
      expect(await verifyArchive(archiveFile(ended.path), { keys, signal })).toMatchObject({ leftOut: [] });
    }
    for (const key of drawn) expect(Buffer.from(key).equals(Buffer.alloc(32))).toBe(true);
  }
});
