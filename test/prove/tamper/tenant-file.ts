import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenState } from '../../../core/control.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import { keepPapers } from '../kill-steps/sample-household.ts';
import type { TamperTarget } from './target.ts';
import { turnBitOf } from './turned-bit.ts';

const ADA = '@ada:home.test';
/** The salt of a file is used for passphrases only, and ours opens with a raw key: it is never read. */
const SALT_BYTES = 16;

/** A tenant's file: every document read by its person, then all of its pages by a change of the key. */
export const tenantFile: TamperTarget = {
  name: 'tenant file',
  async setUp(folder) {
    await keepPapers(folder);
    using state = await openTestState(folder);
    // Written anew, so that no page of it is unused.
    for (const { tenant } of state.control.people.list()) await state.keys.rotate(tenant);
    // The one whose file comes first by name is read: `tamper` knows no names of people.
    const [first] = readdirSync(join(folder, 'tenants'))
      .filter((name) => name.endsWith('.db'))
      .sort();
    state.control.facts.set('tampered', first!.split('.')[0]!);
  },
  tamper(folder, random) {
    const [first] = readdirSync(join(folder, 'tenants'))
      .filter((name) => name.endsWith('.db'))
      .sort();
    const { byte, ...turned } = turnBitOf(join(folder, 'tenants', first!), random);
    return { ...turned, isUnread: byte < SALT_BYTES };
  },
  async read(folder) {
    using state = await openTestState(folder, { create: false });
    const person = state.control.people.list().find(({ tenant }) => tenant === state.control.facts.get('tampered'))!;
    const text = readAll(state, person.id);
    await state.keys.rotate(person.tenant);
    return text;
  },
  reasons: ['store-unreadable'],
};

function readAll(state: OpenState, id: string = ADA): string {
  return state.vault.read(state.control.people.callerFor(id)!, (reader) =>
    JSON.stringify([
      reader.documents(),
      reader.documents().map(({ number }) => reader.passagesOf(number)),
      reader.lexical(['garden'], 1000),
      [...reader.pieceLists()].map(({ passage, pieces }) => [passage, [...pieces]]),
    ]),
  );
}
