import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { importLines } from '../../ops/import/import-person.ts';
import { exportOf, exportPartsOf, fillTenant, PASSWORD } from '../core/export/sample-tenant.ts';
import { openTestState, PASSPHRASE } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';

let folder: TestFolder;
let zips: string[];
let config: string;
const ADA = '@ada:home.test';

beforeEach(async () => {
  folder = new TestFolder();
  config = folder.settings();
  const { state, remove } = await openTestState(() => 1_800_000_000_000);
  state.control.people.add({ id: ADA, role: 'admin', language: 'en' });
  fillTenant(state, state.control.people.callerFor(ADA)!);
  const made = await exportOf(exportPartsOf(state), state.control.people.callerFor(ADA)!);
  remove();
  zips = made.map((bytes, at) => {
    const path = join(folder.path, `kinkeeper-export-${at + 1}-of-${made.length}.zip`);
    writeFileSync(path, bytes);
    return path;
  });
  using here = await open(true);
  here.control.people.add({ id: '@bea:home.test', role: 'member', language: 'en' });
});
afterEach(() => folder.remove());

function open(create = false) {
  const { stateDir } = folder;
  return openState({ stateDir, passphrase: PASSPHRASE, create, clock: Date.now, kdf: KDF_FOR_TESTS_ONLY });
}

async function bring(password = `${PASSWORD}\n`, more: string[] = [], files = zips) {
  const args = ['import', ...files, '--person', '@bea:home.test', '--config', config, ...more];
  return folder.start('ops/kinkeeper.ts', args, { input: password });
}

async function kept(): Promise<string[]> {
  using state = await open();
  const bea = state.control.people.callerFor('@bea:home.test')!;
  return state.vault.read(bea, (reader) =>
    [...reader.documents(), ...reader.replacedDocuments()].map(({ name }) => name).sort(),
  );
}

test('what lay in family rooms is left aside, with a word', () => {
  const imported = { kept: 1, known: 0, forgotten: 0, incomplete: 0, answers: 0, from: ADA, madeAt: 0 };
  expect(importLines({ ...imported, inRooms: 3 })).toContain('Questions and papers of family rooms, left aside: 3.');
  expect(importLines({ ...imported, inRooms: 0 })).not.toContain('aside');
});

const ALL = ['first-name.pdf', 'lease-name.pdf', 'second-name.pdf', 'third-name.pdf'];

describe('kinkeeper import', () => {
  test('takes an export in, and a second time changes nothing', async () => {
    const first = await bring();
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain(`The export of ${ADA} from 2027-01-15 08:12 UTC is whole.`);
    expect(first.stdout).toContain('4 documents taken in; 0 documents had been here already');
    expect(first.stdout).not.toMatch(/lease|first-name/);
    expect(await kept()).toEqual(ALL);
    const second = await bring(undefined, ['--json']);
    expect(JSON.parse(String(second.stdout))).toMatchObject({ kept: 0, known: 4, from: ADA });
    expect(await kept()).toEqual(ALL);
  });

  test('takes nothing in while the bot runs, and says so', async () => {
    using _running = holdLock(join(folder.stateDir, 'bot.lock'));
    const result = await bring();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('another process already works on this state folder');
    expect(await kept()).toEqual([]);
  });

  test('names the file that is not as it was, and takes nothing in', async () => {
    const bytes = readFileSync(zips[0]!);
    bytes[middleOfLargest(bytes)]! ^= 4;
    writeFileSync(zips[0]!, bytes);
    const result = await bring();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /kinkeeper-export-1-of-1\.zip: \S+\.(json|html) is not what was exported; nothing was read/,
    );
    expect(await kept()).toEqual([]);
  });

  test('says what is wrong with the password, the person and the path', async () => {
    const wrong = await bring('something else\n');
    expect(wrong.stderr).toContain('the password does not open kinkeeper-export-1-of-1.zip');
    expect((await bring('\n')).stderr).toContain('no password of the export was given');
    const missing = await bring('\n', [], [join(folder.path, 'nothing.zip')]);
    expect(missing.stderr).toContain('nothing.zip cannot be read');
    const stranger = await bring(undefined, ['--person', '@eve:home.test']);
    expect(stranger.exitCode).toBe(2);
    expect(stranger.stderr).toContain('@eve:home.test is not known here');
    expect(await kept()).toEqual([]);
  });

  test('leaves no file behind beside the state', async () => {
    const before = readdirSync(folder.path).sort();
    await bring();
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });
});

/** A place within what the largest file of an archive holds: between two heads (APPNOTE.TXT 4.3.7 of PKWARE). */
function middleOfLargest(zip: Buffer): number {
  const heads: number[] = [];
  for (let at = zip.indexOf('PK'); at >= 0; at = zip.indexOf('PK', at + 1))
    if ([0x0403, 0x0201].includes(zip.readUInt16LE(at + 2))) heads.push(at);
  const gaps = heads.slice(1).map((head, at) => ({ from: heads[at]!, to: head }));
  const { from, to } = gaps.toSorted((one, other) => other.to - other.from - (one.to - one.from))[0]!;
  return Math.floor((from + to) / 2);
}
