import { gramsOf } from '../../../core/ask/grams.ts';
import { Caller } from '../../../core/caller.ts';
import { everything, opened } from './dump.ts';
import type { Scene, Shown } from './operations.ts';
import { PEOPLE, ROOMS, type Spot } from './world.ts';

/** A caller that was true once. */
interface Kept {
  readonly caller: Caller;
  readonly spot: Spot;
}

const MOST_KEPT = 200;

/** Callers kept beyond their time, callers made up, and ids of others: everything that goes around commands and questions. */
export class Forgeries {
  readonly #kept: Kept[] = [];

  /** Uses a caller from some time ago: it opens what its person may see now, or nothing. */
  old({ world, house, random }: Scene): Shown[] {
    this.#keep({ world, house, random });
    if (this.#kept.length === 0) return [];
    const { caller, spot } = random.of(this.#kept);
    const isOwn = house.state.control.people.find(spot.person)?.tenant === caller.tenant;
    const expected = spot.room !== undefined || isOwn ? world.papersAt(spot).length : undefined;
    const text = opened(() =>
      house.vault.read(caller, (reader) => {
        const all = [...reader.documents(), ...reader.replacedDocuments()];
        if (expected !== undefined && all.length !== expected)
          throw new Error(`${all.length} papers are counted where ${expected} are kept`);
        return everything(reader);
      }),
    );
    const isRefused = text === '';
    if (isOwn && world.mayEnter(spot) && isRefused) throw new Error('somebody’s own papers were refused to them');
    if (!isOwn && !world.mayEnter(spot) && !isRefused) throw new Error('a caller outlived its right');
    return [{ spot, text }];
  }

  /** Makes up a caller of one person for the tenant of another, of a room or of a shelf: it opens nothing. */
  madeUp({ house, random }: Scene): Shown[] {
    const tenants = house.state.control.people.tenants();
    const person = random.of(PEOPLE);
    const found = house.state.control.people.find(person);
    const foreign = tenants.filter(({ tenant, kind }) => kind === 'person' && tenant !== found?.tenant);
    if (foreign.length === 0) return [];
    const facts = {
      person: person as Caller['person'],
      tenant: random.of(foreign).tenant,
      role: 'admin',
      language: 'en',
    } as const;
    const forged = random.chance(0.5) ? new Caller(facts) : (facts as unknown as Caller);
    const text = opened(() => house.vault.read(forged, everything));
    if (text !== '') throw new Error('a caller that was made up opened something');
    const system = opened(() => house.vault.read({ ...facts, role: 'system' } as unknown as Caller, everything));
    if (system !== '') throw new Error('a caller that says of itself that it is the system opened something');
    return [];
  }

  /** Asks one's own store for what lies in others: ids, sources, digests and words. */
  foreignIds({ world, house, random }: Scene): Shown[] {
    const spot = world.anySpot(random);
    const caller = house.callerAt(spot);
    if (!caller) return [];
    const other = random.of([
      ...PEOPLE.map((person) => ({ person, room: undefined })),
      ...ROOMS.map((room) => ({ person: '', room })),
    ]);
    const paper = random.of([...world.papersAt(other), undefined]);
    const text = house.vault.read(caller, (reader) => {
      const isOwn = world.papersAt(spot).some(({ source }) => source === paper?.source);
      const bySource = reader.documentBySource(paper?.source ?? '$none');
      if (bySource !== undefined && !isOwn) throw new Error('a source of somebody else was known');
      const hits = reader.lexical(gramsOf(`^${paper?.canary ?? 'none'}^`), 50).map(({ passage }) => passage);
      const ids = [...hits, 2 ** 40 + 1 + random.below(9), 1 + random.below(3000)];
      const circulars = reader.documentByDigest('d'.repeat(64));
      return JSON.stringify([reader.passages(ids), reader.passagesOf(2 ** 40 + 1), circulars]);
    });
    return [{ spot, text }];
  }

  #keep({ world, house, random }: Pick<Scene, 'world' | 'house' | 'random'>): void {
    const spot = world.anySpot(random);
    const caller = house.callerAt(spot);
    if (caller) this.#kept.push({ caller, spot });
    const own = house.callerAt({ person: spot.person, room: undefined });
    for (const { shelf } of own ? house.state.shares.of(own) : [])
      this.#kept.push({ caller: shelf, spot: { person: spot.person, room: undefined } });
    while (this.#kept.length > MOST_KEPT) this.#kept.splice(random.below(this.#kept.length), 1);
  }
}
