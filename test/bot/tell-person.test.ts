import { afterEach, beforeEach, expect, it } from 'vitest';
import { RoomBook } from '../../bot/matrix/room-book.ts';
import { dropEnded, speaksOfEnded, tellPerson } from '../../bot/tell-person.ts';
import { temporaryFolder } from '../core/sqlite/temporary-state.ts';
import { ADA, BEN, BENS_ROOM, type EraseSide, fillForBen, lend, openEraseSide } from './erase/erase-side.ts';
import { BOT } from './matrix/sample-events.ts';

let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;
beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  fillForBen(side);
  side.db.prepare('DELETE FROM outbox').run();
});
afterEach(() => {
  side.close();
  place.remove();
});

it('the news of a share that waits goes with the share, and other news stays', () => {
  const { people } = side.state.control;
  const parts = {
    ...{ own: BOT, rooms: new RoomBook(side.db), outbox: side.outbox, people },
    ...{ isShared: () => false, wake: () => {} },
  };
  for (const owner of [ADA, ADA]) {
    const share = lend(side, { owner, document: 1, reader: BEN });
    const text = () => `${owner} lends you divorce.pdf`;
    expect(
      tellPerson(parts, share.reader, { key: `share.${share.shelf.tenant}`, share: share.shelf.tenant, text }),
    ).toBe(true);
    side.state.shares.end(people.callerFor(owner)!, share.number);
  }
  const open = lend(side, { owner: ADA, document: 1, reader: BEN });
  tellPerson(parts, open.reader, { key: 'open', share: open.shelf.tenant, text: () => 'still lent' });
  tellPerson(parts, open.reader, { key: 'other', text: () => 'other news' });
  expect(side.outbox.next()).toMatchObject({ room: BENS_ROOM });
  expect(speaksOfEnded(side.outbox.next()!, people)).toBe(true);
  dropEnded({ outbox: side.outbox, people });
  const words = side.db.prepare('SELECT content FROM outbox WHERE content IS NOT NULL').pluck().all() as string[];
  expect(words.map((content) => JSON.parse(content).body)).toEqual(['still lent', 'other news']);
  expect(speaksOfEnded(side.outbox.next()!, people)).toBe(false);
});
