import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { houseSeries } from '../../../core/house-series.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, type Household, openHousehold } from './household.ts';

const HOUR = 3_600_000;

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function backups(): Promise<string> {
  const call = { name: 'backups', args: '', place: 'ops', caller: home.callerOf(ADA) } as const;
  return (await runCommand(call, home.services)).text;
}

function adopt(name: string, madeAt: number): void {
  const { backups: records } = home.state.control;
  records.adopt({ name, madeAt, bytes: 5_000_000, sha256: '' });
  records.noteCopy(name, { place: 'attic', verifiedAt: 0 });
}

function make(name: string, madeAt: number, places: readonly string[]): void {
  const { backups: records } = home.state.control;
  const facts = { name, madeAt, bytes: 12_000_000, sha256: 'ab'.repeat(32), plainBytes: 20_000_000, entries: 9 };
  records.add(facts, new Uint8Array(32));
  for (const place of places) records.noteCopy(name, { place, verifiedAt: madeAt });
}

test('before the first one it says what makes it', async () => {
  expect(await backups()).toMatch(/no backup yet.*kinkeeper backup keys.*run backup/s);
});

test('a backup counts once it is proven; the list says where each lies and what it answered', async () => {
  make('kin-20270110T031500Z-00000a', NOW - 30 * HOUR, ['local', 'attic']);
  make('kin-20270111T031500Z-00000b', NOW - 6 * HOUR, ['local']);
  expect(await backups()).toMatch(/\*\*2 backups\*\*, none of them proven yet: `run drill`/);
  home.state.control.backups.markProven('kin-20270110T031500Z-00000a', NOW - 29 * HOUR, {
    ...{ documents: 40, questions: 2, place: 'attic' },
  });
  const text = await backups();
  expect(text).toMatch(/\*\*2 backups\.\*\* The newest that is proven was made 1 day, 6 hr.* ago/);
  const [newer, older] = text.split('\n').filter((line) => line.startsWith('- '));
  expect(newer).toMatch(/\(12 MB\), `kin-20270111T031500Z-00000b`: on the server; not proven yet/);
  expect(older).toMatch(
    /attic and on the server; \*\*proven\*\* .* from attic: 40 documents, 2 test questions answered/,
  );
});

test('what is gone from everywhere is listed no more', async () => {
  make('kin-20270110T031500Z-00000a', NOW - 30 * HOUR, ['local']);
  home.state.control.backups.dropCopy('kin-20270110T031500Z-00000a', 'local');
  expect(await backups()).toMatch(/no backup yet/);
});

test('what is only known from a list is named as that, and counts neither here nor in the picture', async () => {
  adopt('kin-20270111T031500Z-0000aa', NOW - 6 * HOUR);
  const series = () => houseSeries(home.state.control, NOW);
  expect(await backups()).toMatch(
    /^\*\*No backup that I know to be sound\.\*\*.*\n- .*0000aa`: attic; only known from a list/s,
  );
  expect(series().newestBackup).toBeUndefined();
  make('kin-20270110T031500Z-00000b', NOW - 30 * HOUR, ['local']);
  home.state.control.backups.markProven('kin-20270110T031500Z-00000b', NOW - 29 * HOUR, { documents: 1, questions: 1 });
  const text = await backups();
  expect(text).toMatch(/^\*\*1 backup\.\*\* The newest that is proven was made 1 day, 6 hr.* ago/);
  const [listed, made] = text.split('\n').filter((line) => line.startsWith('- '));
  expect([listed, made]).toEqual([
    expect.stringMatching(/0000aa`: attic; only known from a list/),
    expect.stringContaining('**proven**'),
  ]);
  expect(series()).toMatchObject({
    ...{ newestBackup: { madeAt: NOW - 30 * HOUR, isProven: true }, newestProvenAt: NOW - 30 * HOUR },
    backups: { made: 1, proven: 1 },
  });
  expect(series().days.flatMap(({ backup }) => (backup === undefined ? [] : [backup.bytes]))).toEqual([12_000_000]);
});

test('one of the future is marked as that, and is neither the newest nor the newest that is proven', async () => {
  const { backups: records } = home.state.control;
  make('kin-20280110T031500Z-0000ff', NOW + 365 * 24 * HOUR, ['local']);
  records.markProven('kin-20280110T031500Z-0000ff', NOW, { documents: 1, questions: 1 });
  expect(await backups()).toMatch(
    /^\*\*No backup that counts\.\*\*.*\n- .*0000ff`: on the server; \*\*from the future\*\*/s,
  );
  make('kin-20270110T031500Z-00000b', NOW - 30 * HOUR, ['local']);
  records.markProven('kin-20270110T031500Z-00000b', NOW, { documents: 1, questions: 1 });
  expect(await backups()).toMatch(/^\*\*1 backup\.\*\* The newest that is proven was made 1 day, 6 hr.* ago/);
  expect(houseSeries(home.state.control, NOW)).toMatchObject({
    ...{ newestBackup: { madeAt: NOW - 30 * HOUR }, newestProvenAt: NOW - 30 * HOUR, backups: { made: 1 } },
  });
});

test('many names that a remote lists push none of ours off the list', async () => {
  make('kin-20270110T031500Z-00000b', NOW - 30 * HOUR, ['local']);
  for (let at = 10; at < 40; at++) adopt(`kin-20270111T0315${at}Z-0000aa`, NOW - 6 * HOUR + at);
  const text = await backups();
  expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual([
    ...Array.from({ length: 3 }, () => expect.stringContaining('only known from a list')),
    expect.stringContaining('00000b'),
  ]);
  expect(text).toMatch(/… and 27 more that are only known from a list\.$/);
});

test('a copy that is not known to be whole, beside one that is, is named as that', async () => {
  make('kin-20270110T031500Z-00000b', NOW - 30 * HOUR, ['local', 'attic']);
  home.state.control.backups.noteCopy('kin-20270110T031500Z-00000b', { place: 'attic', verifiedAt: 0 });
  expect(await backups()).toContain('attic and on the server (not known to be whole: attic); not proven yet');
});

test('a remote that fails is named, with since when and the alert that says what to do', async () => {
  make('kin-20270110T031500Z-00000b', NOW - 30 * HOUR, ['local', 'attic']);
  expect(await backups()).not.toContain('does not work');
  const { alerts } = home.state.control;
  const facts = { remote: 'attic', trouble: 'away', reference: 'abcd1234' };
  alerts.raise({ code: 'remote-failing', severity: 'warning', key: 'remote-failing:attic', facts });
  expect(await backups()).toMatch(/\*\*attic does not work since .*\*\*: .*\*\*A1\*\* says what to do/);
  alerts.clear('remote-failing:attic');
  expect(await backups()).not.toContain('does not work');
});
