import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { tenantFile } from '../../../core/sqlite/tenant-files.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { FileVault } from '../../../core/sqlite/vault.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let ada: Caller;
let now: number;
beforeEach(async () => {
  now = NOW;
  place = temporaryFolder();
  await reopen();
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

async function reopen() {
  state?.[Symbol.dispose]();
  state = await openTestState(place.stateDir, { clock: () => now });
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  ada = state.control.people.callerFor('@ada:home.test')!;
}

const folder = () => join(place.stateDir, 'tenants');
const files = () => readdirSync(folder()).filter((file) => file.endsWith('.db'));
function add(source: string, passages = 3) {
  const content = Array.from({ length: passages }, (_, i) => samplePassage(i, `the ${source} garden wall number${i}`));
  return state.vault.write(ada, (writer) => writer.addDocument(sampleDocument(source), content));
}
const sources = () => state.vault.read(ada, (reader) => reader.documents().map(({ source }) => source));
const found = (word: string) => state.vault.read(ada, (reader) => reader.lexical([word], 9).length);

test('a new key opens everything that was there, and the old file is gone', async () => {
  add('$one');
  const before = readFileSync(join(folder(), files()[0]!));
  now += 1000;
  expect(await state.keys.rotate(ada.tenant)).toMatchObject({ copies: 1 });
  expect(files()).toEqual([`${ada.tenant}.1.db`]);
  expect(sources()).toEqual(['$one']);
  expect(found('number2')).toBe(1);
  add('$two');
  await reopen();
  expect(sources()).toEqual(['$one', '$two']);
  expect(readFileSync(join(folder(), files()[0]!)).includes(before.subarray(4096, 4128))).toBe(false);
  expect(state.keys.ages()).toMatchObject({ count: 1, undated: 0, oldest: NOW + 1000, newest: NOW + 1000 });
});

test('what is written while the file is written anew is not lost', async () => {
  add('$first', 400);
  const rotated = state.keys.rotate(ada.tenant);
  let written = 0;
  let sentAway = 0;
  const writing = setInterval(() => {
    try {
      add(`$while${written}`, 1);
      written += 1;
    } catch (thrown) {
      if ((thrown as { reason?: string }).reason !== 'store-busy') throw thrown;
      sentAway += 1;
      expect(sources()).toContain('$first');
    }
  }, 5);
  const change = await rotated;
  clearInterval(writing);
  expect(change!.copies).toBe(4);
  expect(sentAway).toBeGreaterThan(0);
  add('$afterwards', 1);
  expect(sources()).toEqual(['$first', ...Array.from({ length: written }, (_, i) => `$while${i}`), '$afterwards']);
  expect(files()).toEqual([`${ada.tenant}.1.db`]);
});

test('whoever only reads meanwhile, and opens the file for it, makes nobody copy it again', async () => {
  add('$first', 400);
  await reopen();
  const rotated = state.keys.rotate(ada.tenant);
  expect(sources()).toEqual(['$first']);
  expect(await rotated).toMatchObject({ copies: 1 });
});

test('another process that has the old file open neither reads nor writes it afterwards', async () => {
  add('$one');
  using other = await openTestState(place.stateDir, { create: false });
  const same = other.control.people.callerFor('@ada:home.test')!;
  expect(other.vault.read(same, (reader) => reader.documents().length)).toBe(1);
  await state.keys.rotate(ada.tenant);
  other.vault.write(same, (writer) => writer.addDocument(sampleDocument('$other'), [samplePassage(0, 'a hedge')]));
  expect(sources()).toEqual(['$one', '$other']);
  expect(files()).toEqual([`${ada.tenant}.1.db`]);
});

test('a key can be changed again, and no log keeps the wrapped key of before', async () => {
  add('$one');
  await state.keys.rotate(ada.tenant);
  await state.keys.rotate(ada.tenant);
  expect(files()).toEqual([`${ada.tenant}.2.db`]);
  expect(statSync(join(place.stateDir, 'control.db-wal')).size).toBe(0);
  expect(sources()).toEqual(['$one']);
});

test('a request waits until it is done, and is made once', async () => {
  expect(state.keys.request('all', now)).toBe(1);
  expect(state.keys.request(ada.tenant, now)).toBe(0);
  expect(state.keys.waiting()).toEqual([ada.tenant]);
  await reopen();
  expect(state.keys.waiting()).toEqual([ada.tenant]);
  await state.keys.rotate(ada.tenant);
  expect(state.keys.waiting()).toEqual([]);
  add('$later');
  expect(sources()).toEqual(['$later']);
});

test('an unfinished file of an earlier change is replaced', async () => {
  add('$one');
  openEncrypted(tenantFile(folder(), ada.tenant, 1), new Uint8Array(32)).close();
  await state.keys.rotate(ada.tenant);
  expect(files()).toEqual([`${ada.tenant}.1.db`]);
  expect(sources()).toEqual(['$one']);
});

test('a tenant that is gone gets no key', async () => {
  expect(await state.keys.rotate('0'.repeat(32) as Caller['tenant'])).toBeUndefined();
});

test('a write that began to wait before the change and gets its turn after it goes into the new file', async () => {
  add('$one');
  const masterKey = await unlockMasterKey(join(place.stateDir, 'keys.json'), PASSPHRASE);
  const control = openEncrypted(join(place.stateDir, 'control.db'), deriveKey(masterKey, 'control.db'));
  const tenants = new TenantKeyStore(control, deriveKey(masterKey, 'tenant-keys'));
  const other = new FileVault(folder(), tenants, () => NOW);
  other.read(ada, (reader) => reader.documents());
  const before = tenants.active(ada.tenant)!;
  await state.keys.rotate(ada.tenant);
  // What the other process had seen just before.
  vi.spyOn(tenants, 'active').mockReturnValueOnce(before);
  other.write(ada, (writer) => writer.addDocument(sampleDocument('$late'), [samplePassage(0, 'a hedge')]));
  other.close();
  control.close();
  expect(sources()).toEqual(['$one', '$late']);
});
