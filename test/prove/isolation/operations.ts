import { sampleDocument } from '../../core/sqlite/sample-documents.ts';
import { everything, opened } from './dump.ts';
import { type House, wordsOf } from './house.ts';
import type { Random } from './random.ts';
import { type Paper, PEOPLE, ROOMS, type Spot, type World } from './world.ts';

/** What an operation works with. */
export interface Scene {
  readonly world: World;
  readonly house: House;
  readonly random: Random;
  /** A name that is used once. */
  readonly fresh: (kind: string) => string;
}

/** Something that was shown from a spot; `typed` stood in the question itself. */
export interface Shown {
  readonly spot: Spot;
  readonly text: string;
  readonly typed?: string | undefined;
  /** Read after the change: what might be seen before it may not be seen any more. */
  readonly after?: true;
}

const WORDS = 'rent boiler garden violin school ferry insurance deposit holiday dentist'.split(' ');
/** Everybody calls their papers so. */
const NAMES = ['lease.pdf', 'scan.pdf', 'letter.txt'];
/** A letter that went to all: the same bytes for everybody. */
const CIRCULAR = 'The school asks all parents to bring a garden chair on Friday.';
const MOST_PAPERS = 10;
const DAY = 86_400_000;

/** Keeps a paper where somebody stands, as reading a file does; one of the oldest goes when there are many. */
export async function add({ world, house, random, fresh }: Scene): Promise<Shown[]> {
  const spot = world.anySpot(random);
  const caller = house.callerAt(spot);
  if (!caller) return [];
  const papers = world.papersAt(spot);
  if (papers.length >= MOST_PAPERS) return forget({ world, house, random, fresh }, spot);
  const isCircular = random.chance(0.15);
  const canary = isCircular ? undefined : random.canary();
  const name = isCircular ? 'circular.txt' : random.chance(0.7) ? random.of(NAMES) : `${canary}.txt`;
  const texts = isCircular
    ? [CIRCULAR]
    : [`The ${random.of(WORDS)} of ${canary} is about ${random.of(WORDS)}.`, `See ${canary} and ${random.of(WORDS)}.`];
  const source = fresh('$file');
  const number = house.vault.write(caller, (writer) => {
    writer.noteRoom(source, spot.room ?? '!chat', spot.person);
    const passages = texts.map((text, position) => ({
      ...{ position, page: String(position + 1), heading: '', start: 0, end: text.length, text },
      ...wordsOf({ name }, { heading: '', text }),
    }));
    return writer.addDocument(
      sampleDocument(source, { name, digest: isCircular ? 'd'.repeat(64) : undefined }),
      passages,
    ).number;
  });
  papers.push({ number, source, canary, sender: spot.person, replaced: false });
  return [];
}

/** Asks with words that all papers share, with a word of one's own, or with a word that only somebody else's paper has. */
export async function ask({ world, house, random, fresh }: Scene): Promise<Shown[]> {
  const spot = world.anySpot(random);
  const probe = random.chance(0.4) ? random.of([...world.canaries(), 'zqnothingthere']) : undefined;
  const text = probe ?? `What about the ${random.of(WORDS)} and the ${random.of(WORDS)}?`;
  return [{ spot, text: await house.ask(spot, text, fresh('$ask')), typed: probe }];
}

export async function list({ world, house, random }: Scene): Promise<Shown[]> {
  const spot = world.anySpot(random);
  const probe = random.chance(0.3) ? random.of([...world.canaries(), 'zqnothingthere']) : undefined;
  const line = random.of([
    'files',
    'files',
    'shares',
    `shares text ${1 + random.below(60)}`,
    `shares show ${1 + random.below(60)}${random.chance(0.5) ? ' 1' : ''}`,
    `files ${probe ?? random.of(WORDS)}`,
  ]);
  return [{ spot, text: await house.command(spot, line), typed: line.includes(probe ?? ' ') ? probe : undefined }];
}

/** Shows or exports by a number: of one's own, of somebody else's, or of the kind that the product makes for lent papers. */
export async function show({ world, house, random }: Scene): Promise<Shown[]> {
  const spot = world.anySpot(random);
  const number = random.chance(0.2) ? 2 ** 29 + random.below(1000) : 1 + random.below(40);
  return [{ spot, text: await house.command(spot, `${random.of(['show', 'export'])} ${number}`) }];
}

/** Forgets by a number; in a room only who sent the paper succeeds. */
export async function forget({ world, house, random }: Scene, at?: Spot): Promise<Shown[]> {
  const spot = at ?? world.anySpot(random);
  const papers = world.papersAt(spot);
  const paper = papers.length > 0 && random.chance(0.8) ? random.of(papers) : undefined;
  const text = await house.command(spot, `forget ${paper?.number ?? 1 + random.below(60)}`);
  const isForgotten = /^Forgotten/.test(text);
  const hit = paper ?? papers.find(({ number }) => text.includes(`(document ${number})`));
  const mayForget = world.mayEnter(spot) && (spot.room === undefined || [spot.person, ''].includes(hit?.sender ?? '-'));
  if (hit && isForgotten) world.forget(spot, hit);
  if (isForgotten ? !hit || !mayForget : paper !== undefined && mayForget)
    throw new Error(`forgetting went wrong: ${text}`);
  return [{ spot, text }];
}

/** A newer version takes the place of a paper: what was lent of it ends. */
export async function replace({ world, house, random }: Scene): Promise<Shown[]> {
  const spot: Spot = { person: random.of(PEOPLE), room: undefined };
  const caller = house.callerAt(spot);
  const [older, newer] = world.papersAt(spot).filter(({ replaced }) => !replaced);
  if (!caller || !older || !newer) return [];
  house.vault.write(caller, (writer) => writer.replaceDocument(older.number, { number: newer.number, at: world.now }));
  older.replaced = true;
  world.endWhere(({ paper }) => paper === older);
  return [];
}

export async function lend({ world, house, random }: Scene): Promise<Shown[]> {
  const spot: Spot = { person: random.of(PEOPLE), room: undefined };
  const reader = random.of(PEOPLE);
  const wanted: Paper | undefined = random.of([...world.papersAt(spot), undefined]);
  const days = random.chance(0.4) ? 1 + random.below(5) : undefined;
  const last = days === undefined ? undefined : new Date(world.now + days * DAY);
  const until = last && new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1).getTime();
  const date = last && `${last.getFullYear()}-${last.getMonth() + 1}-${last.getDate()}`;
  const before = house.told.length;
  const number = wanted?.number ?? 1 + random.below(2000);
  // A number at random may be that of a paper that is there.
  const paper = world.papersAt(spot).find((one) => one.number === number);
  const line = `share ${number} with ${reader}${date === undefined ? '' : ` until ${date}`}`;
  const text = await house.command(spot, line);
  if (/ is lent to /.test(text)) {
    if (!paper || !world.mayEnter(spot) || !world.known.has(reader)) throw new Error(`lent by mistake: ${text}`);
    world.lend({ owner: spot.person, reader, paper, until: until ?? null });
  }
  const told = house.told
    .slice(before)
    .map((one) => ({ spot: { person: one.person, room: undefined }, text: one.text }));
  return [{ spot, text }, ...told];
}

/** Ends a share, by document or by its number in one's own list. */
export async function end({ world, house, random }: Scene): Promise<Shown[]> {
  const spot: Spot = { person: random.of(PEOPLE), room: undefined };
  const caller = house.callerAt(spot);
  const shares = caller ? house.state.shares.of(caller) : [];
  const expected = caller ? world.lent.filter((one) => [one.owner, one.reader].includes(spot.person)).length : 0;
  if (shares.length !== expected) throw new Error(`${shares.length} shares are listed where there are ${expected}`);
  const own = shares.length > 0 && random.chance(0.8) ? random.of(shares) : undefined;
  if (random.chance(0.5)) {
    const number = own?.side === 'owner' ? own.document : 1 + random.below(30);
    const text = await house.command(spot, `unshare ${number}`);
    if (/^Taken back/.test(text))
      world.endWhere(({ owner, paper }) => owner === spot.person && paper.number === number);
    return [{ spot, text }];
  }
  const text = await house.command(spot, `shares end ${own?.number ?? 1 + random.below(500)}`);
  const ended = shares.filter((one) => !house.state.shares.of(caller!).some((left) => left.number === one.number));
  for (const { owner, reader, document } of caller ? ended : [])
    world.endWhere((one) => one.owner === owner && one.reader === reader && one.paper.number === document);
  return [{ spot, text }];
}

/** Time passes, rooms fill and empty, strangers come and go, people are removed from the household and come back. */
export async function happen({ world, house, random }: Scene): Promise<Shown[]> {
  const [room, person] = [random.of(ROOMS), random.of(PEOPLE)];
  const members = world.inRoom.get(room)!;
  switch (random.below(6)) {
    case 0:
      return timePasses({ world, house, random });
    case 1:
      if (world.strangerIn.has(room)) world.strangerIn.delete(room);
      else if (random.chance(0.3)) world.strangerIn.add(room);
      break;
    case 2:
      members.delete(person);
      break;
    case 3:
    case 4:
      members.add(person);
      break;
    case 5:
      if (!world.known.has(person)) {
        house.state.control.people.add({ id: person, role: 'member', language: 'en' });
        world.known.add(person);
      } else if (random.chance(0.2)) {
        house.state.control.people.remove(person);
        world.known.delete(person);
        world.endWhere(({ owner, reader }) => owner === person || reader === person);
      }
  }
  return [];
}

/** Shares run out. Nothing has swept them up when their shelves are tried. */
function timePasses({ world, house, random }: Pick<Scene, 'world' | 'house' | 'random'>): Shown[] {
  const spots = PEOPLE.map((person): Spot => ({ person, room: undefined }));
  const shelves = spots.flatMap((spot) => {
    const caller = house.callerAt(spot);
    return caller ? house.state.shares.of(caller).map(({ shelf }) => ({ spot, shelf })) : [];
  });
  world.now += random.below(2 * DAY);
  return shelves.map(({ spot, shelf }) => ({
    spot,
    text: opened(() => house.vault.read(shelf, everything)),
    after: true,
  }));
}
