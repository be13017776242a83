import { join } from 'node:path';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { changeKey, erase } from '../isolation/changes.ts';
import { House } from '../isolation/house.ts';
import * as operations from '../isolation/operations.ts';
import type { Random } from '../isolation/random.ts';
import { World } from '../isolation/world.ts';
import { writersPeople } from './writing.ts';

export const WRITERS = 2;
const vectors = loadTokenVectors();

/**
 * Makes a household at random: people, rooms, papers that are kept, replaced and forgotten, shares, questions, changed keys, somebody who
 * was erased, an audit trail; a bot.db with what is taken along and what stays behind; and the people that writers write for. Returns the
 * writers' tenants.
 */
export async function makeHousehold(stateDir: string, random: Random): Promise<Set<string>> {
  const world = new World();
  const house = new House(world, stateDir);
  await house.open();
  try {
    let names = 0;
    const scene = { world, house, random, fresh: (kind: string) => `${kind}${++names}` };
    const { add, ask, forget, replace, lend, end } = operations;
    const kinds = [add, add, add, add, ask, forget, replace, lend, lend, end, erase, changeKey];
    for (let left = 10 + random.below(60); left > 0; left--)
      await random.of<(scene: operations.Scene) => unknown>(kinds)(scene);
    const { people, audit } = house.state.control;
    for (let row = random.below(20); row > 0; row--)
      audit.append({
        at: world.now,
        actor: people.list()[0]!.id,
        action: 'show',
        target: `document ${row}`,
        outcome: 'done',
      });
    const writers = Array.from({ length: WRITERS }, (_, writer) => writersPeople(writer)).flat();
    for (const id of writers) people.add({ id, role: 'member', language: 'de' });
    for (const id of writers) house.state.vault.write(people.callerFor(id)!, (store) => store.setSetting('n', '0'));
    fillBot(join(stateDir, 'bot.db'), house.state.botKey, random);
    keepTestQuestions(house.state, { vectors, now: world.now });
    return new Set(writers.map((id) => people.callerFor(id)!.tenant));
  } finally {
    await house.close();
  }
}

function fillBot(path: string, key: Uint8Array, random: Random): void {
  const db = openEncrypted(path, key);
  try {
    migrate(db, BOT_MIGRATIONS);
    db.exec("INSERT INTO facts (key, value) VALUES ('device', 'never resumed'), ('sync-batch', '0')");
    const event = db.prepare(
      'INSERT INTO events (event_id, room_id, position, batch, state, body, received_at) VALUES (?, ?, ?, 1, ?, NULL, 1)',
    );
    for (let at = 0; at < 5 + random.below(40); at++)
      event.run(`$e${at}`, '!chat', at, random.chance(0.8) ? 'done' : 'new');
    db.exec("INSERT INTO seen_messages (fingerprint, event_id) VALUES (x'0102', '$e0')");
  } finally {
    db.close();
  }
}
