import { randomUUID } from 'node:crypto';
import type { TokenVectors } from '../core/ask/token-vectors.ts';
import { answersTestQuestion } from '../core/backup/test-question.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { readSound } from '../core/read-sound.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';

/** The fact that holds the room in which the bot talks to itself. */
const ROOM = 'self-test-room';

/** What a self-test came to: well, or what did not work. */
export type SelfTestResult = 'ok' | 'homeserver' | 'encryption' | 'question';

/** What a self-test works with. */
export interface SelfTestParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly crypto: CryptoMachine;
  readonly vectors: TokenVectors;
  readonly clock: Clock;
}

/**
 * Whether the bot can do its work, tried without anybody noticing: it sends itself an encrypted message and reads it from the server
 * again, and asks each tenant's papers their stored test question. Only a room of the bot alone is written to; neither
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

/** Each tenant's stored test question has to find its passage. Shelves repeat what their owner has. */
function findsWhatIsKept({ state: { control, vault }, vectors, clock }: SelfTestParts): boolean {
  const searching = { vectors, now: clock() };
  return control.people
    .tenants()
    .filter(({ kind }) => kind !== 'shelf')
    .every(({ tenant }) => {
      const parts = { vault, people: control.people };
      return readSound(parts, tenant, (reader) => answersTestQuestion(reader, searching)) !== 'no';
    });
}
