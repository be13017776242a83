import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import { findLeftovers } from '../../../core/sqlite/find-leftovers.ts';
import { step } from '../../../core/step.ts';
import { gramsOf, sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState } from '../../core/sqlite/temporary-state.ts';
import { openedControl } from './opened-control.ts';
import type { KillScenario } from './scenario.ts';

const ADA = '@ada:home.test' as PersonId;
const ERASED = ['@ben:home.test', '@cora:home.test'] as PersonId[];
const ROOM = '!family:home.test';

/**
 * An older copy of the state folder is put back, with the tombstones of now, and started: who was erased since then is gone
 * again, with all that was lent and said in family rooms; what the others had is there.
 */
export const restoreOlderCopy: KillScenario = {
  name: 'restore-older-copy',
  async setUp(folder) {
    const at = places(folder);
    mkdirSync(folder, { recursive: true });
    await fill(at.state);
    cpSync(at.state, at.older, { recursive: true });
    using state = await openTestState(at.state);
    for (const person of ERASED) erase(state, person);
  },
  async act(folder) {
    putBack(folder);
    step('restore-put-back');
    // The start of the bot.
    (await openTestState(places(folder).state))[Symbol.dispose]();
  },
  async check(folder) {
    const at = places(folder);
    const isBegun = existsSync(at.was);
    // Whoever was at it finishes the copying before anything is started.
    if (isBegun) putBack(folder);
    const isToldOf = await openAndLook(at.state);
    if (isBegun && !isToldOf) throw new Error('the admins were not told');
    await expectNothingLeft(at.state);
    return isBegun ? 'new' : 'old';
  },
};

function places(folder: string) {
  const at = (name: string) => join(folder, name);
  return { state: at('state'), older: at('older'), next: at('next'), was: at('was') };
}

/** As an admin does it: the copy beside it, the newer tombstones into it, then one in the place of the other. May be repeated. */
function putBack(folder: string): void {
  const { state, older, next, was } = places(folder);
  if (!existsSync(was)) {
    rmSync(next, { recursive: true, force: true });
    cpSync(older, next, { recursive: true });
    cpSync(join(state, 'tombstones'), join(next, 'tombstones'));
    renameSync(state, was);
  }
  if (!existsSync(state)) renameSync(next, state);
}

/** Three people with papers, shares in both directions, and a family room with what each of them sent. */
async function fill(stateDir: string): Promise<void> {
  using state = await openTestState(stateDir);
  const { people } = state.control;
  state.rooms.askMembership(() => true);
  const wordsOf = (_: unknown, { text }: { text: string }) => ({
    ...{ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) },
  });
  for (const id of [ADA, ...ERASED]) {
    people.add({ id, role: 'member', language: 'en' });
    const document = sampleDocument(`$${id} own`);
    state.vault.write(people.callerFor(id)!, (writer) =>
      writer.addDocument(document, [samplePassage(0, 'the violin')]),
    );
    state.vault.write(state.rooms.enter(ROOM, id)!, (writer) => {
      writer.addDocument(sampleDocument(`$${id} room`), [samplePassage(0, 'the ferry')]);
      writer.noteRoom(`$${id} room`, ROOM, id);
    });
    state.control.audit.append({ at: NOW, actor: id, action: 'command.forget', target: '-', outcome: 'done' });
  }
  const parts = { vault: state.vault, shares: state.shares, wordsOf, isNote: () => false };
  for (const other of ERASED) {
    lendDocument(parts, people.callerFor(other)!, { document: 1, reader: ADA, until: null });
    lendDocument(parts, people.callerFor(ADA)!, { document: 1, reader: other, until: null });
  }
}

function erase({ control, erasing }: OpenState, id: PersonId): void {
  const { tenant } = control.people.find(id)!;
  const wish = { kind: 'person', cause: 'self', language: 'en', dueAt: NOW } as const;
  const erasure = erasing.book.plan({ ...wish, person: id, tenant });
  control.people.remove(id);
  erasing.shred(tenant);
  erasing.bury(erasure, NOW);
}

/** Starts it and looks as those do who are still there. Returns whether the admins hear that somebody was erased again. */
async function openAndLook(stateDir: string): Promise<boolean> {
  using state = await openTestState(stateDir);
  const { people, alerts, audit } = state.control;
  const ada = people.callerFor(ADA)!;
  const sources = state.vault.read(ada, (reader) => reader.documents().map(({ source }) => source));
  if (sources.join() !== `$${ADA} own`) throw new Error(`the others have ${sources.join(', ')}`);
  if (state.shares.of(ada).length > 0) throw new Error('something is still lent');
  for (const id of ERASED) {
    if (people.find(id)) throw new Error(`${id} is known`);
    if (state.shares.countOf(id) > 0) throw new Error(`${id} has shares`);
  }
  state.rooms.askMembership(() => true);
  const sent = state.vault.read(state.rooms.callerFor(ROOM, ADA)!, (reader) => ERASED.map((id) => reader.sentBy(id)));
  audit.verify();
  // The older copy is one in which the room still knows who sent what: that has to be gone as well.
  const isToldOf = alerts.recent(10).some(({ code }) => code === 'erased-again');
  if (isToldOf && sent.some((count) => count > 0)) throw new Error(`the room tells of ${sent.join('+')} papers`);
  return isToldOf;
}

/** No name in control.db, and no file of anybody but the one person and the room. */
async function expectNothingLeft(stateDir: string): Promise<void> {
  const { db } = await openedControl(stateDir);
  try {
    const left = findLeftovers(db, { texts: ERASED, events: [] });
    if (left.length > 0) throw new Error(`left behind: ${left.map(({ table }) => table).join(', ')}`);
    const tenants = db.prepare('SELECT id FROM tenants').pluck().all() as string[];
    const files = readdirSync(join(stateDir, 'tenants')).map((file) => file.split('.', 1)[0]!);
    const orphans = files.filter((file) => !tenants.includes(file));
    if (tenants.length !== 2 || orphans.length > 0)
      throw new Error(`${tenants.length} tenants and ${orphans.length} files of nobody are left`);
  } finally {
    db.close();
  }
}
