import { beforeEach, expect, test } from 'vitest';
import { Departures } from '../../bot/erase/departures.ts';
import { openSealedZip } from '../../core/zipjs/sealed-zip.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { CHAT, OPS } from './dispatcher-side.ts';
import { received } from './export/export-side.ts';
import { ADA, BOT, text } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();
const DAY = 86_400_000;

/** Ada is removed here, by Ben, who is an admin too. */
beforeEach(() => {
  const { home, commands } = stage();
  const { people } = home.state.control;
  people.add({ id: '@ben:home.test', role: 'admin', language: 'en' });
  home.state.vault.write(people.callerFor(ADA)!, (writer) =>
    writer.addDocument(sampleDocument('$lease', { name: 'lease.pdf' }), [samplePassage(0, 'the rent')]),
  );
  const departures = new Departures({
    ...{ own: BOT, db: home.db, rooms: home.rooms, inbox: home.inbox, outbox: home.outbox, people },
    ...{ vault: home.state.vault, shares: home.state.shares, families: home.state.rooms, erasing: home.state.erasing },
    onPersonFrozen: [(person) => stage().dispatcher.stopQuestions(person)],
    opsRoom: () => OPS,
    clock: () => home.clock.now,
    waits: { coolingOffMs: 0, afterRemovalMs: 30 * DAY },
    onTakeAlong: () => {},
    wake: () => {},
  });
  Object.assign(commands, { departures });
});

const ada = () => stage().home.state.control.people.find(ADA)!;
const departures = () => stage().commands.departures!;
async function says(body: string): Promise<string[]> {
  await stage().arrive(CHAT, await stage().say(body));
  return stage().settle();
}

test('somebody who was removed learns what is going on, whatever they write, and nothing else', async () => {
  const caller = stage().home.state.control.people.callerFor(ADA)!;
  await departures().remove(ada());
  const said = [await says('!files'), await says('!export'), await says('what is the rent?')].map((all) => all.at(-1));
  for (const one of said) expect(one).toMatch(/^An admin has taken you out.* sealed, and on .* I erase it.* before\.$/);
  expect((await received(stage())).parts).toEqual([]);
  expect(() => stage().home.state.vault.read(caller, () => 1)).toThrow(/nothing kept/);
});

test('with "export" they get it at once, may ask again until they are erased, and can do nothing else', async () => {
  await departures().remove(ada(), { mayExport: true });
  await stage().dispatcher.pump();
  await stage().settle();
  const first = await received(stage());
  expect(first.bodies.join('\n')).toMatch(/Here comes everything that I keep about you, to take along/);
  expect(first.parts).toHaveLength(1);
  const files = await openSealedZip(first.parts[0]!.bytes, { part: 'it', password: first.password });
  expect(new TextDecoder().decode(files.get('index.html'))).toContain('the rent');
  expect(new TextDecoder().decode(files.get('person.json'))).toContain(ADA);
  expect((await says('!files')).at(-1)).toMatch(/until then !export sends you all of it\.$/);
  expect((await says('what is the rent?')).at(-1)).toMatch(/^An admin has taken you out/);
  expect(stage().asked).toEqual([]);
  stage().home.clock.now += 3_600_001;
  await says('!export');
  expect((await received(stage())).parts).toHaveLength(2);
  // The same event, once more, is no second export.
  await stage().dispatcher.pump();
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(2);
});

test('an erasure without a time to think lets nothing more be listed or asked', async () => {
  const caller = stage().home.state.control.people.callerFor(ADA)!;
  expect((await says('!files')).at(-1)).toContain('lease.pdf');
  departures().ask(caller, 'person');
  for (const body of ['!files', 'what is the rent?'])
    expect((await says(body)).at(-1)).toBe('I am erasing everything about you, so I no longer answer you.');
  expect(stage().asked).toEqual([]);
});

test('once the erasure runs, the receipt is the last that is said', async () => {
  const { id } = await departures().remove(ada());
  stage().home.state.erasing.book.stepDone(id, 'shares');
  const before = (await stage().settle()).length;
  expect(await says('!files')).toHaveLength(before);
});

test('it ends with the erasure, and when they are let in again', async () => {
  await departures().remove(ada(), { mayExport: true });
  const { people } = stage().home.state.control;
  expect(people.leavingCallerFor(ADA)).toBeDefined();
  people.add({ id: ADA, role: 'member', language: 'en' });
  expect(people.leavingCallerFor(ADA)).toBeUndefined();
  await departures().remove(ada());
  expect(departures().letTakeAlong(departures().openOf(ADA)!)).toBe(true);
  const caller = people.leavingCallerFor(ADA)!;
  // What an erasure does first.
  people.remove(ADA);
  expect(people.leavingCallerFor(ADA)).toBeUndefined();
  expect(() => stage().home.state.vault.read(caller, (reader) => reader.documents())).toThrow(/nothing kept/);
  stage().home.state.erasing.book.stepDone(departures().openOf(ADA)!.id, 'freeze');
  expect(departures().letTakeAlong(departures().openOf(ADA)!)).toBe(false);
});

test('nobody else can have it sent, and it goes nowhere but into their own chat', async () => {
  await departures().remove(ada(), { mayExport: true });
  stage().room('!crowd:home.test', BOT, ADA, '@ben:home.test');
  const take = { type: 'kin.take-along', content: {} };
  await stage().arrive('!crowd:home.test', text('$a', { ...take, sender: ADA }));
  await stage().arrive(CHAT, text('$b', { ...take, sender: '@eve:home.test' }));
  await stage().settle();
  expect((await received(stage())).parts).toHaveLength(1);
});
