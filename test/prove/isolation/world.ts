import type { Random } from './random.ts';

/** A paper as it should be kept: `canary` stands in its text and nowhere else; undefined in papers that several people have alike. */
export interface Paper {
  readonly number: number;
  readonly source: string;
  readonly canary: string | undefined;
  /** '' once its sender was erased. */
  sender: string;
  replaced: boolean;
}

/** A lent paper as it should be. */
export interface Lent {
  readonly owner: string;
  readonly reader: string;
  readonly paper: Paper;
  readonly until: number | null;
}

/** Where somebody stands when they do something: in their own chat, or in a family room. */
export interface Spot {
  readonly person: string;
  readonly room: string | undefined;
}

export const BOT = '@kin:home.test';
export const PEOPLE = ['@ada:home.test', '@ben:home.test', '@cem:home.test', '@dan:home.test'] as const;
export const ROOMS = ['!loft:home.test', '!barn:home.test'] as const;
const STRANGER = '@eve:home.test';

/** What everybody should see: an account of all papers, kept apart from the product and compared with it. */
export class World {
  now = 1_800_000_000_000;
  erasures = 0;
  readonly known = new Set<string>(PEOPLE);
  readonly inRoom = new Map<string, Set<string>>([
    [ROOMS[0], new Set([PEOPLE[0], PEOPLE[1]])],
    [ROOMS[1], new Set([PEOPLE[1], PEOPLE[2], PEOPLE[3]])],
  ]);
  readonly strangerIn = new Set<string>();
  /** Rooms that something was asked or sent in: they stay family rooms. */
  readonly entered = new Set<string>();
  readonly #papers = new Map<string, Paper[]>();
  #lent: Lent[] = [];

  /** The bot's view of a room's members. */
  joinedMembers(room: string): string[] {
    return [BOT, ...(this.inRoom.get(room) ?? []), ...(this.strangerIn.has(room) ? [STRANGER] : [])];
  }

  /** True when somebody may use what is kept where they stand. */
  mayEnter({ person, room }: Spot): boolean {
    if (!this.known.has(person)) return false;
    if (room === undefined) return true;
    const members = this.inRoom.get(room)!;
    if (this.strangerIn.has(room) || !members.has(person)) return false;
    const isWhole = [...members].every((member) => this.known.has(member));
    return isWhole && (members.size > 1 || this.entered.has(room));
  }

  papersAt(spot: Spot): Paper[] {
    const place = spot.room ?? spot.person;
    const papers = this.#papers.get(place) ?? [];
    this.#papers.set(place, papers);
    return papers;
  }

  /** Everything that somebody forgets ends what was lent of it. */
  forget(spot: Spot, paper: Paper): void {
    this.#papers.set(
      spot.room ?? spot.person,
      this.papersAt(spot).filter((one) => one !== paper),
    );
    this.endWhere((one) => one.paper === paper);
  }

  /** Who is erased leaves nothing but what they gave to rooms, which is anybody's there from then on. */
  erase(person: string): void {
    this.erasures += 1;
    this.known.delete(person);
    this.#papers.delete(person);
    this.endWhere(({ owner, reader }) => owner === person || reader === person);
    for (const room of ROOMS)
      for (const paper of this.#papers.get(room) ?? []) if (paper.sender === person) paper.sender = '';
  }

  lend(lent: Lent): void {
    this.#lent.push(lent);
  }

  endWhere(isOver: (lent: Lent) => boolean): void {
    this.#lent = this.#lent.filter((one) => !isOver(one));
  }

  /** What is lent now, by anybody to anybody. */
  get lent(): readonly Lent[] {
    return this.#lent.filter(({ until }) => until === null || until > this.now);
  }

  /** The canaries that may be seen from a spot now. */
  allowedAt(spot: Spot): Set<string> {
    if (!this.mayEnter(spot)) return new Set();
    const own = this.papersAt(spot);
    const borrowed = spot.room === undefined ? this.lent.filter(({ reader }) => reader === spot.person) : [];
    return new Set([...own, ...borrowed.map(({ paper }) => paper)].flatMap(({ canary }) => canary ?? []));
  }

  /** All canaries of anybody's papers, for questions that probe. */
  canaries(): string[] {
    return [...this.#papers.values()].flatMap((papers) => papers.flatMap(({ canary }) => canary ?? []));
  }

  /** A spot at random: mostly one's own chat, also rooms that one is not in. */
  anySpot(random: Random): Spot {
    return { person: random.of(PEOPLE), room: random.chance(0.35) ? random.of(ROOMS) : undefined };
  }
}
