import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../bot/commands/run-command.ts';
import type { CommandServices } from '../../bot/commands/services.ts';
import { countKept } from '../../bot/count-kept.ts';
import { embeddingProgress } from '../../bot/embedding-progress.ts';
import { lentStores } from '../../bot/lent-stores.ts';
import { answerQuestion } from '../../core/ask/answer-question.ts';
import type { Caller, PersonId } from '../../core/caller.ts';
import { sweepShares } from '../../core/shelf-keeping-vault.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { NOW, temporaryFolder } from '../core/sqlite/temporary-state.ts';
import { ADA, BEN, type EraseSide, lend, openEraseSide } from './erase/erase-side.ts';

const CEM = '@cem:home.test' as PersonId;
const vectors = loadTokenVectors();
let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;
beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  side.state.control.people.add({ id: CEM, role: 'member', language: 'en' });
  for (const [person, text] of [
    [ADA, 'The violin is from Mittenwald.'],
    [BEN, 'The bicycle has the number 4711.'],
  ] as const) {
    const passages = [0, 1, 2].map((at) => samplePassage(at, `${text} ${at}`));
    side.state.vault.write(callerOf(person), (writer) => writer.addDocument(sampleDocument(`$${person}`), passages));
  }
});
afterEach(() => {
  side.close();
  place.remove();
});

const callerOf = (person: string): Caller => side.state.control.people.callerFor(person)!;
const sweep = () => sweepShares({ ...side.state, people: side.state.control.people });
const fileOf = (tenant: string) => join(place.stateDir, 'tenants', `${tenant}.db`);

/** The bot ends, something overwrites the file from this page on, and the bot starts again. */
async function damage(tenant: string, fromPage = 0): Promise<void> {
  side.close();
  const bytes = readFileSync(fileOf(tenant));
  bytes.fill(7, fromPage * 4096);
  writeFileSync(fileOf(tenant), bytes);
  for (const suffix of ['-wal', '-shm']) rmSync(`${fileOf(tenant)}${suffix}`, { force: true });
  side = await openEraseSide(place.stateDir);
}

async function run(person: string, name: string, args = ''): Promise<string> {
  const { vault, shares, control } = side.state;
  const services = {
    ...{ vault, shares, people: control.people, audit: control.audit, clock: () => NOW, server: 'home.test' },
    tellPerson: () => true,
  } as unknown as CommandServices;
  const { text } = await runCommand({ name, args, place: 'direct', caller: callerOf(person) }, services);
  return text.replace(/[\\`*\u2060]/g, '');
}

const ask = (text: string) =>
  answerQuestion(
    callerOf(BEN),
    { text, room: '!b', event: '$q', at: NOW },
    { vault: side.state.vault, vectors, lent: lentStores(side.state.shares) },
    { language: 'en' },
  );

const alerts = () => side.state.control.alerts.recent(9).map(({ code, facts }) => [code, facts]);

describe.each([
  ['from its first page on', 0],
  ['behind its first pages', 4],
])('a lent copy that is damaged %s', (_, page) => {
  it('leaves its reader all that is their own, can be ended by both, and is told to the admins once', async () => {
    const { shelf } = lend(side, { owner: ADA, document: 1, reader: BEN });
    lend(side, { owner: ADA, document: 1, reader: CEM });
    await damage(shelf.tenant, page);
    expect(JSON.stringify(await ask('What number has the bicycle?'))).toContain('4711');
    expect(await run(BEN, 'files')).toContain('I know 1 document');
    expect(await run(BEN, 'shares')).toContain('from @ada:home.test');
    expect(await run(ADA, 'shares')).toContain('(document 1) to @ben:home.test');
    expect(alerts()).toEqual([['store-damaged', { file: `${shelf.tenant}.db` }]]);
    expect(await run(BEN, 'shares end', '1')).toMatch(/^Given back: .* from @ada:home.test/);
    expect(side.state.shares.countOf(BEN)).toBe(0);
    expect(() => readFileSync(fileOf(shelf.tenant))).toThrow(/ENOENT/);
  });

  it('is taken back by its owner with all others of that document', async () => {
    const { shelf } = lend(side, { owner: ADA, document: 1, reader: BEN });
    lend(side, { owner: ADA, document: 1, reader: CEM });
    await damage(shelf.tenant, page);
    expect(await run(ADA, 'unshare', '1')).toContain('@ben:home.test and @cem:home.test');
    expect(side.state.shares.countOf(ADA)).toBe(0);
  });
});

it('a lender whose file is damaged keeps nobody else’s share from ending, and nothing from being counted', async () => {
  lend(side, { owner: ADA, document: 1, reader: CEM });
  const ended = lend(side, { owner: BEN, document: 1, reader: CEM });
  await damage(callerOf(ADA).tenant);
  side.state.control.people.remove(BEN);
  sweep();
  sweep();
  expect(side.state.erasing.isShredded(ended.shelf.tenant)).toBe(true);
  expect(() => readFileSync(fileOf(ended.shelf.tenant))).toThrow(/ENOENT/);
  expect(side.state.shares.countOf(ADA)).toBe(1);
  expect(countKept(side.state)).toEqual({ documents: 0, passages: 0 });
  expect(embeddingProgress(side.state, 'any')).toMatchObject({ embedded: 0 });
  expect(alerts().map(([code]) => code)).toEqual(['store-damaged']);
});

it('a file that was put back while the bot was stopped ends the alert at its first use', async () => {
  const { tenant } = callerOf(ADA);
  side.close();
  const whole = readFileSync(fileOf(tenant));
  side = await openEraseSide(place.stateDir);
  await damage(tenant);
  const open = () => side.state.control.alerts.recent(1).map(({ code, clearedAt }) => [code, clearedAt === null]);
  const count = () => side.state.vault.read(callerOf(ADA), (reader) => reader.documents().length);
  expect(count).toThrow();
  side.close();
  side = await openEraseSide(place.stateDir);
  expect(count).toThrow();
  expect(open()).toEqual([['store-damaged', true]]);
  side.close();
  writeFileSync(fileOf(tenant), whole);
  side = await openEraseSide(place.stateDir);
  expect(count()).toBe(1);
  expect(open()).toEqual([['store-damaged', false]]);
});
