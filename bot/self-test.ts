import { randomUUID } from 'node:crypto';
import type { OpenState } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { readSound } from '../core/read-sound.ts';
import type { TenantReader } from '../core/tenant.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';

/** The fact that holds the room in which the bot talks to itself. */
const ROOM = 'self-test-room';

/** Words of a passage that make a question about it. */
const QUESTION_WORDS = 12;

/** What a self-test came to: well, or what did not work. */
export type SelfTestResult = 'ok' | 'homeserver' | 'encryption' | 'question';

/** What a self-test works with. */
export interface SelfTestParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly crypto: CryptoMachine;
  readonly gramsOf: (text: string) => string[];
}

/**
 * Whether the bot can do its work, tried without anybody noticing: it sends itself an encrypted message and reads it from the server
 * again, and asks each tenant's papers a question whose answer is known. Only a room of the bot alone is written to; neither
 * sync tokens nor keys of anybody are touched. Throws what is no question of working or not (a store that cannot be read).
 */
export async function selfTest(parts: SelfTestParts): Promise<SelfTestResult> {
  const { homeserver, session } = parts;
  const own = await homeserver.whoAmI().catch(() => undefined);
  if (own?.user_id !== session.userId) return 'homeserver';
  if (!(await roundTrip(parts).catch(() => false))) return 'encryption';
  return findsWhatIsKept(parts) ? 'ok' : 'question';
}

async function roundTrip({ state, homeserver, crypto }: SelfTestParts): Promise<boolean> {
  const room = await ownRoom(state.control.facts, homeserver);
  const words = randomUUID();
  const content = await crypto.sealForSelf(room, { msgtype: 'm.notice', body: words });
  const id = await homeserver.send(room, 'm.room.encrypted', { transaction: `kin.self-test.${words}`, content });
  const read = await crypto.decrypt(await homeserver.event(room, id), room);
  return read.kind === 'ok' && read.content.body === words;
}

/** The room of the bot alone; made anew where it is gone. */
async function ownRoom(facts: OpenState['control']['facts'], homeserver: Homeserver): Promise<string> {
  const known = facts.get(ROOM);
  if (known !== undefined && (await homeserver.joinedRooms()).includes(known)) return known;
  const room = await homeserver.createRoom({
    name: 'Kinkeeper self-test',
    preset: 'private_chat',
    visibility: 'private',
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } },
    ],
  });
  facts.set(ROOM, room);
  return room;
}

/** The words of a passage have to find it, in the newest document of everybody who has one. Shelves repeat what their owner has. */
function findsWhatIsKept({ state: { control, vault }, gramsOf }: SelfTestParts): boolean {
  const found = control.people
    .tenants()
    .filter(({ kind }) => kind !== 'shelf')
    .map(({ tenant }) => {
      let isFound = true;
      readSound({ vault, people: control.people }, tenant, (reader) => {
        isFound = findsItsNewest(reader, gramsOf);
      });
      return isFound;
    });
  return found.every(Boolean);
}

function findsItsNewest(reader: TenantReader, gramsOf: SelfTestParts['gramsOf']): boolean {
  const newest = reader.documents().at(-1);
  if (newest === undefined) return true;
  const passages = reader.passagesOf(newest.number);
  const passage = passages[Math.floor(passages.length / 2)];
  if (passage === undefined) throw new AppError('internal', 'a document has no passages');
  const question = passage.text.split(/\s+/).slice(0, QUESTION_WORDS).join(' ');
  const grams = gramsOf(question);
  // Text of signs alone has no words to find it by.
  if (grams.length === 0) return true;
  const hits = reader.lexical(grams, Math.max(20, passages.length));
  return hits.some((hit) => passages.some(({ id }) => id === hit.passage));
}
